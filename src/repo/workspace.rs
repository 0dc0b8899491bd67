//! The place a run works in: a git working tree, a bare repository or a plain folder, found as git finds it.
//!
//! It knows where things are and hands out snapshots; it reads no file of the user's itself.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use git2::Config;

use super::git::{self, Git};
use super::snapshot::{Listing, Snapshot, SnapshotKind};
use super::{Environment, index, names, tree, worktree};
use crate::error::{Error, Result};
use crate::text::RepoPath;

/// An opened place.
pub struct Workspace {
    /// The folder the user is in, without symbolic links.
    pub(super) base: PathBuf,
    /// The top of the working tree, the folder, or the bare repository; without symbolic links.
    pub(super) root: PathBuf,
    pub(super) git: Option<Arc<Git>>,
    bare: bool,
    index_file: Option<PathBuf>,
    pub(super) env: Environment,
}

impl Workspace {
    /// Opens what holds `dir`: the repository git would use there, else `dir` itself as a plain folder.
    ///
    /// # Errors
    /// Usage when `dir` is no folder; environment when there is a repository that cannot be read.
    pub fn open(dir: &Path, env: &Environment) -> Result<Self> {
        let base = dir.canonicalize().ok().filter(|base| base.is_dir()).ok_or_else(|| {
            Error::usage(format!("no such folder: {}", dir.display())).hint("name a folder that exists")
        })?;
        let place =
            Self { root: base.clone(), base, git: None, bare: false, index_file: None, env: env.clone() };
        match git::discover(&place.base, env)? {
            None => Ok(place),
            Some(gitdir) => place.with_git(gitdir),
        }
    }

    /// The top of the working tree, the plain folder, or the bare repository's own folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether there is a repository.
    #[must_use]
    pub const fn is_git(&self) -> bool {
        self.git.is_some()
    }

    /// Whether there is a repository without a working tree.
    #[must_use]
    pub const fn is_bare(&self) -> bool {
        self.bare
    }

    /// Whether history ends early because it was not fetched.
    #[must_use]
    pub fn is_shallow(&self) -> bool {
        self.git.as_ref().is_some_and(|git| git.is_shallow())
    }

    /// Whether objects may be missing because git fetches them only when it needs them.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.git.as_ref().is_some_and(|git| git.is_partial())
    }

    /// The repository path of a path the user typed: absolute, or relative to the folder given to `open`. The path
    /// need not exist. The root itself is the empty path.
    ///
    /// # Errors
    /// Usage when the path lies outside the root, in `.git`, or is not UTF-8.
    pub fn relative(&self, path: &Path) -> Result<RepoPath> {
        let outside = || {
            Error::usage(format!("{} lies outside {}", path.display(), self.root.display()))
                .hint("name a path in the repository, or choose another with `-C`")
        };
        let full = if self.bare { normal(path) } else { resolve_parents(&self.base.join(path)) };
        let inside = match full.strip_prefix(&self.root) {
            Ok(inside) => inside,
            Err(_) if self.bare && full.is_relative() => &full,
            Err(_) => return Err(outside()),
        };
        let mut parts = Vec::new();
        for component in inside.components() {
            let Component::Normal(part) = component else { return Err(outside()) };
            let part = part.to_str().ok_or_else(|| {
                Error::usage(format!("{} is not UTF-8", path.display())).hint("name the folder that holds it")
            })?;
            if let Some(reason) = names::refused(part.as_bytes()) {
                return Err(Error::usage(format!("{} cannot be checked: {reason}", path.display()))
                    .hint("name a file or folder that git would track"));
            }
            parts.push(part);
        }
        Ok(RepoPath::new(&parts.join("/")))
    }

    /// Whether something stands on disk at a path the user typed.
    #[must_use]
    pub fn is_there(&self, path: &Path) -> bool {
        self.base.join(path).symlink_metadata().is_ok()
    }

    /// The files of the working tree: tracked ones, and untracked ones that are not ignored. In a plain folder, all
    /// that no `.gitignore` covers.
    ///
    /// # Errors
    /// Usage in a bare repository; environment when the index or the root cannot be read.
    pub fn worktree(&self) -> Result<Snapshot> {
        self.needs_worktree()?;
        let index_file = self.index_file.as_deref();
        let listing = worktree::list(&self.root, self.git.as_deref(), index_file, &self.env)?;
        Ok(self.snapshot(SnapshotKind::Worktree, self.head()?, listing))
    }

    /// The files as they are staged for the next commit.
    ///
    /// # Errors
    /// Usage without git or in a bare repository; environment when the index cannot be read.
    pub fn index(&self) -> Result<Snapshot> {
        self.git("the index")?;
        self.needs_worktree()?;
        let listing = match &self.index_file {
            Some(file) => index::list(file)?,
            None => Listing::default(),
        };
        Ok(self.snapshot(SnapshotKind::Index, self.head()?, listing))
    }

    /// The files of a commit.
    ///
    /// # Errors
    /// Usage when `rev` names no commit; environment when its trees cannot be read.
    pub fn commit(&self, rev: &str) -> Result<Snapshot> {
        let commit = self.resolve(rev)?;
        let git = self.git("a revision")?;
        let listing = git.with(|handle| tree::list(handle, &commit, git.is_partial()))??;
        Ok(self.snapshot(SnapshotKind::Commit, Some(commit), listing))
    }

    /// A snapshot without files: the base of a branch without commits.
    #[must_use]
    pub fn empty(&self) -> Snapshot {
        self.snapshot(SnapshotKind::Commit, None, Listing::default())
    }

    /// The folder in which caches of this repository live, shared by its worktrees. It may not exist yet.
    #[must_use]
    pub fn cache_dir(&self) -> Option<PathBuf> {
        self.git.as_ref().map(|git| git.commondir.join("opsbook"))
    }

    /// The folder git runs hooks from. It may not exist yet.
    ///
    /// # Errors
    /// Usage without git; environment when git's configuration cannot be read.
    pub fn hooks_dir(&self) -> Result<PathBuf> {
        let git = self.git("a hook")?;
        match git.config()?.get_string("core.hookspath") {
            // Git runs hooks at the top of the working tree, and a relative path starts there.
            Ok(path) if !path.is_empty() => Ok(self.root.join(self.expand_home(&path))),
            _ => Ok(git.commondir.join("hooks")),
        }
    }

    /// The repository, or a usage error that says what needs one.
    pub(super) fn git(&self, wanted: &str) -> Result<&Arc<Git>> {
        self.git.as_ref().ok_or_else(|| {
            Error::usage(format!("{wanted} needs git, and {} is in no git repository", self.base.display()))
                .hint("run `git init`, or choose a repository with `-C`")
        })
    }

    pub(super) fn needs_worktree(&self) -> Result<()> {
        if !self.bare {
            return Ok(());
        }
        Err(Error::usage(format!("{} is a bare repository: it has no working tree", self.root.display()))
            .hint("check a commit with `--rev HEAD`"))
    }

    fn with_git(mut self, gitdir: PathBuf) -> Result<Self> {
        let worktree = self.find_worktree(&gitdir)?;
        let git = Git::open(gitdir, worktree.as_deref(), &self.env, &self.base)?;
        self.bare = worktree.is_none();
        self.root = worktree.unwrap_or_else(|| git.gitdir.clone());
        self.index_file = Some(match &self.env.git_index_file {
            Some(file) => self.root.join(file),
            None => git.gitdir.join("index"),
        });
        self.git = Some(Arc::new(git));
        Ok(self)
    }

    /// The top of the working tree by git's rules (`gitrepository-layout`, `core.worktree`); `None` when bare.
    fn find_worktree(&self, gitdir: &Path) -> Result<Option<PathBuf>> {
        if let Some(named) = &self.env.git_work_tree {
            let top = self.base.join(named);
            return top
                .canonicalize()
                .map(Some)
                .map_err(|e| Error::environment(format!("cannot use GIT_WORK_TREE {}: {e}", top.display())));
        }
        let config = form_of(gitdir)
            .map_err(|e| git::failure(&format!("cannot read {}/config", gitdir.display()), &e))?;
        if let Ok(path) = config.get_string("core.worktree") {
            return Ok(Some(git::canonical(&gitdir.join(path))));
        }
        if config.get_bool("core.bare").unwrap_or(false) {
            return Ok(None);
        }
        if self.env.git_dir.is_some() {
            return Ok(Some(self.base.clone()));
        }
        let linking = |folder: &&Path| {
            let link = folder.join(".git");
            link.is_file() || link.canonicalize().is_ok_and(|target| target == gitdir)
        };
        let top = self.base.ancestors().find(linking);
        Ok(top.or_else(|| gitdir.parent().filter(|_| gitdir.ends_with(".git"))).map(Path::to_owned))
    }

    fn snapshot(&self, kind: SnapshotKind, commit: Option<String>, listing: Listing) -> Snapshot {
        Snapshot::new(kind, commit, self.root.clone(), self.git.clone(), listing, self.unknown())
    }

    /// What no run on this place can know, for the scope of a report.
    fn unknown(&self) -> Vec<String> {
        let Some(git) = &self.git else { return vec!["no git repository: history is unknown".to_owned()] };
        match git.shallow_commits().as_slice() {
            [] => Vec::new(),
            [only] => {
                let short = only.get(..12).unwrap_or(only);
                vec![format!("shallow clone: history before {short} is unknown")]
            }
            many => vec![format!("shallow clone: history before {} commits is unknown", many.len())],
        }
    }

    fn expand_home(&self, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), &self.env.home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(path),
        }
    }
}

/// The configuration that says whether there is a working tree, and where. What stands in the common configuration is
/// meant for the main working tree, not for linked ones.
fn form_of(gitdir: &Path) -> std::result::Result<Config, git2::Error> {
    let common = gitdir.join("config");
    if gitdir.join("commondir").is_file() || !common.is_file() {
        return Config::new();
    }
    let mut config = Config::open(&common)?;
    let own = gitdir.join("config.worktree");
    if own.is_file() && config.get_bool("extensions.worktreeconfig").unwrap_or(false) {
        config.add_file(&own, git2::ConfigLevel::Worktree, false)?;
    }
    Ok(config)
}

/// `path` with its folders free of symbolic links; the last part stays, because a link there is itself meant.
fn resolve_parents(path: &Path) -> PathBuf {
    let plain = path.components().next_back();
    let (Some(Component::Normal(name)), Some(parent)) = (plain, path.parent()) else { return resolve(path) };
    resolve(parent).join(name)
}

/// `path` with its longest existing beginning free of symbolic links and the rest tidied.
fn resolve(path: &Path) -> PathBuf {
    for existing in path.ancestors() {
        if let (Ok(real), Ok(rest)) = (existing.canonicalize(), path.strip_prefix(existing)) {
            return normal(&real.join(rest));
        }
    }
    normal(path)
}

/// `path` without `.` and with each `..` taken back, without looking at the disk.
fn normal(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(result.components().next_back(), Some(Component::Normal(_))) => {
                result.pop();
            }
            other => result.push(other),
        }
    }
    result
}
