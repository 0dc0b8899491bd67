//! The repository behind a workspace: where its parts are, and one handle for each thread that reads from it.
//!
//! libgit2 cannot read every repository git makes. What it cannot read is recognised here and answered with the way
//! out, or read through a view of the repository (see `View`). This module knows no files and no snapshots.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};

use git2::{Config, ConfigLevel, ErrorCode, Repository, RepositoryOpenFlags};
use tempfile::TempDir;

use super::Environment;
use crate::error::{Error, Result};

/// An opened repository, shared by all snapshots and threads of a run.
pub(super) struct Git {
    /// The folder with `HEAD` and `index`: for a linked worktree, its own.
    pub(super) gitdir: PathBuf,
    /// The folder with objects, references and hooks, which all worktrees share.
    pub(super) commondir: PathBuf,
    /// git's configuration that applies here, as files of rising weight.
    config_files: Vec<(PathBuf, ConfigLevel)>,
    /// Objects that are not in the common folder, as the environment says.
    object_folders: Vec<PathBuf>,
    partial: bool,
    view: Option<View>,
    /// Handles that no thread uses at the moment. Two threads on one handle would wait for each other.
    idle: Mutex<Vec<Repository>>,
}

impl Git {
    /// Opens the repository at `gitdir` for the working tree at `worktree`, when it has one.
    pub(super) fn open(
        gitdir: PathBuf,
        worktree: Option<&Path>,
        env: &Environment,
        base: &Path,
    ) -> Result<Self> {
        prepare_library();
        let commondir = common_folder(&gitdir);
        let format = Format::read(&commondir)?;
        // libgit2 looks for `shallow` in a linked worktree's own folder.
        let misread = format.is_extended || (gitdir != commondir && is_shallow(&commondir));
        let view = match misread {
            true => Some(View::new(&gitdir, &commondir, worktree.unwrap_or(&gitdir))?),
            false => None,
        };
        let mut config_files = config_files(env, &commondir);
        if format.has_worktree_config {
            config_files.push((gitdir.join("config.worktree"), ConfigLevel::Worktree));
        }
        let object_folders = env
            .git_object_directory
            .iter()
            .chain(&env.git_alternate_object_directories)
            .map(|folder| base.join(folder))
            .collect();
        let git = Self {
            gitdir,
            commondir,
            config_files,
            object_folders,
            partial: format.is_partial,
            view,
            idle: Mutex::default(),
        };
        git.with(|_| ())?;
        Ok(git)
    }

    /// Runs `work` with a handle that no other thread has.
    pub(super) fn with<T>(&self, work: impl FnOnce(&Repository) -> T) -> Result<T> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let handle = match idle {
            Some(handle) => handle,
            None => self.new_handle()?,
        };
        let result = work(&handle);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(handle);
        Ok(result)
    }

    /// git's configuration: system, user, repository, worktree.
    pub(super) fn config(&self) -> Result<Config> {
        let mut config = Config::new().map_err(|e| failure("cannot read git's configuration", &e))?;
        for (file, level) in self.config_files.iter().filter(|(file, _)| file.is_file()) {
            config.add_file(file, *level, false).map_err(|e| {
                failure(&format!("cannot read git's configuration {}", file.display()), &e).hint(format!(
                    "mend the file; `git config --file {} --list` shows where it breaks",
                    file.display()
                ))
            })?;
        }
        Ok(config)
    }

    /// Whether history ends early.
    pub(super) fn is_shallow(&self) -> bool {
        is_shallow(&self.commondir)
    }

    /// Whether git left objects on the server, to be fetched when they are needed.
    pub(super) const fn is_partial(&self) -> bool {
        self.partial
    }

    /// The full ids of the commits whose parents were not fetched.
    pub(super) fn shallow_commits(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.commondir.join("shallow")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn new_handle(&self) -> Result<Repository> {
        let at = self.view.as_ref().map_or(self.gitdir.as_path(), View::path);
        let handle = open_exactly(at).map_err(|e| self.open_failure(&e))?;
        if !self.object_folders.is_empty() {
            let odb = handle.odb().map_err(|e| failure("cannot open git's objects", &e))?;
            for folder in self.object_folders.iter().filter_map(|folder| folder.to_str()) {
                odb.add_disk_alternate(folder).map_err(|e| failure("cannot open git's objects", &e))?;
            }
        }
        Ok(handle)
    }

    fn open_failure(&self, error: &git2::Error) -> Error {
        let failure = failure(&format!("cannot open the repository {}", self.gitdir.display()), error);
        if error.code() != ErrorCode::Owner {
            return failure;
        }
        // git keys its exception by the working tree, or by a bare repository's own folder.
        let is_dot_git = self.gitdir.file_name() == Some(OsStr::new(".git"));
        let key = self.gitdir.parent().filter(|_| is_dot_git).unwrap_or(&self.gitdir);
        failure.hint(format!(
            "if you trust it, run `git config --global --add safe.directory {}`",
            self.view.as_ref().map_or(key, |view| &view.worktree).display()
        ))
    }
}

/// The folder of the repository that holds `base`, as git finds it; `None` when there is none.
pub(super) fn discover(base: &Path, env: &Environment) -> Result<Option<PathBuf>> {
    prepare_library();
    if let Some(named) = &env.git_dir {
        return named_repository(&base.join(named)).map(Some);
    }
    let error = match Repository::discover_path(base, &env.git_ceiling_directories) {
        Ok(gitdir) => return Ok(Some(canonical(&gitdir))),
        Err(error) => error,
    };
    // A `.git` file that points nowhere is a broken repository, not a folder without one.
    match base.ancestors().map(|folder| folder.join(".git")).find(|link| link.is_file()) {
        Some(link) => Err(failure(&format!("cannot open the repository of {}", link.display()), &error)
            .hint("run `git status` there; a moved worktree is mended by `git worktree repair`")),
        None => Ok(None),
    }
}

/// An environment error: what could not be done, and what git said about it.
pub(super) fn failure(what: &str, error: &git2::Error) -> Error {
    Error::environment(format!("{what}: {}", crate::text::escape(error.message().trim_end_matches('.'))))
}

/// `path` without symbolic links where it exists, as it is otherwise.
pub(super) fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

fn named_repository(named: &Path) -> Result<PathBuf> {
    let found = match named.is_file() {
        true => named.parent().and_then(|folder| Repository::discover_path(folder, [""; 0]).ok()),
        false => named.join("HEAD").exists().then(|| named.to_owned()),
    };
    found.map(|gitdir| canonical(&gitdir)).ok_or_else(|| {
        Error::environment(format!("no git repository at {} (GIT_DIR)", named.display()))
            .hint("unset GIT_DIR, or set it to a repository")
    })
}

/// Settings of the library that hold for the whole process.
fn prepare_library() {
    static ONCE: Once = Once::new();
    // Hashing each object that is read costs 40 % and finds only damage that `git fsck` is for.
    ONCE.call_once(|| git2::opts::strict_hash_verification(false));
}

fn open_exactly(gitdir: &Path) -> std::result::Result<Repository, git2::Error> {
    let flags = RepositoryOpenFlags::NO_SEARCH | RepositoryOpenFlags::NO_DOTGIT;
    Repository::open_ext(gitdir, flags, [""; 0])
}

fn common_folder(gitdir: &Path) -> PathBuf {
    match std::fs::read_to_string(gitdir.join("commondir")) {
        Ok(text) => canonical(&gitdir.join(text.trim_end())),
        Err(_) => gitdir.to_owned(),
    }
}

fn is_shallow(commondir: &Path) -> bool {
    std::fs::metadata(commondir.join("shallow")).is_ok_and(|file| file.len() > 0)
}

/// What the repository's own configuration says of its form.
#[derive(Default)]
struct Format {
    /// Objects are fetched from a promisor remote when they are needed.
    is_partial: bool,
    /// It carries `extensions.partialClone`, which libgit2 refuses. Newer gits mark only the remote.
    is_extended: bool,
    /// Each worktree has a configuration of its own.
    has_worktree_config: bool,
}

/// The extensions of git's repository format that change nothing here, or nothing that libgit2 does not know.
const EXTENSIONS: [&str; 8] = [
    "noop",
    "noop-v1",
    "objectformat",
    "partialclone",
    "preciousobjects",
    "refstorage",
    "relativeworktrees",
    "worktreeconfig",
];

impl Format {
    /// Refuses a repository that libgit2 cannot read.
    fn read(commondir: &Path) -> Result<Self> {
        let file = commondir.join("config");
        if !file.is_file() {
            return Ok(Self::default());
        }
        let config =
            Config::open(&file).map_err(|e| failure(&format!("cannot read {}", file.display()), &e))?;
        let value = |name: &str| config.get_string(name).unwrap_or_default().to_ascii_lowercase();
        let refuse = |what: &str, way_out: &str| {
            let message = format!("{} {what}, which opsbook cannot read", commondir.display());
            Err(Error::environment(message).hint(way_out))
        };
        if value("extensions.refstorage") == "reftable" {
            return refuse("keeps its references as a reftable", "run `git refs migrate --ref-format=files`");
        }
        if value("extensions.objectformat") == "sha256" {
            return refuse(
                "names its objects by SHA-256",
                "check an export: `git archive HEAD | tar -x -C FOLDER`",
            );
        }
        let mut names = Vec::new();
        if let Ok(extensions) = config.entries(Some(r"^extensions\.")) {
            let _ = extensions.for_each(|entry| names.extend(entry.name().map(str::to_owned)));
        }
        let is_known =
            |name: &&String| EXTENSIONS.iter().any(|known| name.strip_prefix("extensions.") == Some(known));
        if let Some(unknown) = names.iter().find(|name| !is_known(name)) {
            return refuse(
                &format!("uses {unknown}"),
                "see `git help repository-version` for what it changes",
            );
        }
        let is_extended = names.iter().any(|name| name == "extensions.partialclone");
        let has_worktree_config = config.get_bool("extensions.worktreeconfig").unwrap_or(false);
        let mut is_partial = is_extended;
        if let Ok(promisors) = config.entries(Some(r"^remote\..*\.promisor$")) {
            let promises = |value: &str| git2::Config::parse_bool(value).unwrap_or(true);
            let _ = promisors.for_each(|entry| is_partial |= entry.value().is_ok_and(promises));
        }
        Ok(Self { is_partial, is_extended, has_worktree_config })
    }
}

fn config_files(env: &Environment, commondir: &Path) -> Vec<(PathBuf, ConfigLevel)> {
    let mut files = Vec::new();
    files.extend(env.git_config_system.clone().map(|file| (file, ConfigLevel::System)));
    match &env.git_config_global {
        Some(file) => files.push((file.clone(), ConfigLevel::Global)),
        None => {
            files.extend(env.xdg_git().map(|folder| (folder.join("config"), ConfigLevel::XDG)));
            files.extend(env.home.as_ref().map(|home| (home.join(".gitconfig"), ConfigLevel::Global)));
        }
    }
    files.push((commondir.join("config"), ConfigLevel::Local));
    files
}

/// A folder outside the repository that shows libgit2 the same objects and references with a configuration it
/// accepts. libgit2's own switch for this is a process-wide variable that only `unsafe` code may set.
struct View {
    folder: TempDir,
    worktree: PathBuf,
}

impl View {
    fn new(gitdir: &Path, commondir: &Path, worktree: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("opsbook-").tempdir();
        let folder =
            folder.map_err(|e| Error::environment(format!("cannot make a temporary folder: {e}")))?;
        let view = Self { folder, worktree: worktree.to_owned() };
        view.fill(gitdir, commondir).map_err(|e| {
            Error::environment(format!("cannot make a view of the repository {}: {e}", gitdir.display()))
        })?;
        view.configure(gitdir, commondir).map_err(|e| {
            failure(&format!("cannot make a view of the repository {}", gitdir.display()), &e)
        })?;
        Ok(view)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn fill(&self, gitdir: &Path, commondir: &Path) -> std::io::Result<()> {
        let own = self.path();
        std::fs::copy(gitdir.join("HEAD"), own.join("HEAD"))?;
        for shared in ["refs", "packed-refs", "shallow"] {
            show(&commondir.join(shared), &own.join(shared))?;
        }
        show(&gitdir.join("logs"), &own.join("logs"))?;
        std::fs::create_dir_all(own.join("objects/info"))?;
        let mut objects = commondir.join("objects").into_os_string().into_encoded_bytes();
        objects.push(b'\n');
        std::fs::write(own.join("objects/info/alternates"), objects)
    }

    /// The repository's configuration, then what differs: the value that is read last counts, and format version 0
    /// has no extensions.
    fn configure(&self, gitdir: &Path, commondir: &Path) -> std::result::Result<(), git2::Error> {
        let own = self.path().join("own");
        let mut differing = Config::open(&own)?;
        differing.set_i32("core.repositoryformatversion", 0)?;
        differing.set_bool("core.bare", false)?;
        // libgit2 checks the owner of the working tree, and takes it for the key of git's `safe.directory`.
        differing.set_str("core.worktree", self.worktree.to_str().unwrap_or_default())?;
        let mut config = Config::open(&self.path().join("config"))?;
        for included in [commondir.join("config"), gitdir.join("config.worktree"), own] {
            if let (true, Some(path)) = (included.is_file(), included.to_str()) {
                config.set_multivar("include.path", "^$", path)?;
            }
        }
        Ok(())
    }
}

/// Makes `from` visible as `to`; nothing where there is no `from`.
#[cfg(unix)]
fn show(from: &Path, to: &Path) -> std::io::Result<()> {
    if from.exists() { std::os::unix::fs::symlink(from, to) } else { Ok(()) }
}

/// Makes `from` visible as `to` by copying, where making links is a privilege.
#[cfg(not(unix))]
fn show(from: &Path, to: &Path) -> std::io::Result<()> {
    if from.is_file() {
        std::fs::copy(from, to)?;
    } else if from.is_dir() {
        std::fs::create_dir_all(to)?;
        for entry in std::fs::read_dir(from)? {
            let entry = entry?;
            show(&entry.path(), &to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
