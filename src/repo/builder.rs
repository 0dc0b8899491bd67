//! Repositories for tests, the tour and the examples: made from data, with a fixed author and a fixed clock, untouched
//! by the machine's git configuration.
//!
//! It only builds; what is built is read through [`Workspace`](super::Workspace) like any other place.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use git2::build::CheckoutBuilder;
use git2::{IndexAddOption, Repository, RepositoryInitOptions, Signature, Time};
use tempfile::TempDir;

/// Monday, 2026-01-05 09:00 UTC: the time of the first commit. Each further one is an hour later.
pub const FIRST_COMMIT: i64 = 1_767_603_600;

/// A repository in a temporary folder, on the branch `main`. All methods panic where git or the disk refuse.
pub struct Repo {
    folder: TempDir,
    clock: Cell<i64>,
}

impl Default for Repo {
    fn default() -> Self {
        Self::new()
    }
}

impl Repo {
    /// An empty repository: HEAD is unborn.
    #[must_use]
    pub fn new() -> Self {
        let repo = Self::plain();
        let mut options = RepositoryInitOptions::new();
        let git = Repository::init_opts(repo.top(), options.initial_head("main").external_template(false))
            .expect("a new folder can hold a repository");
        let mut config = git.config().expect("a new repository has a configuration");
        // What the machine's own configuration could say otherwise.
        for (key, value) in
            [("core.autocrlf", "false"), ("core.excludesfile", ""), ("core.attributesfile", "")]
        {
            config.set_str(key, value).expect("the configuration is writable");
        }
        repo
    }

    /// A folder without git.
    #[must_use]
    pub fn plain() -> Self {
        let folder = tempfile::tempdir().expect("there is room for a temporary folder");
        Self { folder, clock: Cell::new(FIRST_COMMIT) }
    }

    /// The top of the working tree.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The top of the working tree, without symbolic links.
    #[must_use]
    pub fn top(&self) -> PathBuf {
        self.path().canonicalize().expect("the folder exists")
    }

    /// Writes a file, with the folders it needs.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        let place = self.path().join(path);
        std::fs::create_dir_all(place.parent().expect("a file has a folder"))
            .expect("the folder is writable");
        std::fs::write(place, content).expect("the file is writable");
        self
    }

    /// Removes a file or a folder with all in it.
    pub fn remove(&self, path: &str) -> &Self {
        let place = self.path().join(path);
        let removed = if place.is_dir() && !place.is_symlink() {
            std::fs::remove_dir_all(&place)
        } else {
            std::fs::remove_file(&place)
        };
        removed.expect("what is removed was there");
        self
    }

    /// Stages one file, ignored or not.
    pub fn stage(&self, path: &str) -> &Self {
        let git = self.git();
        let mut index = git.index().expect("the repository has an index");
        index.add_path(Path::new(path)).expect("the file can be staged");
        index.write().expect("the index is writable");
        self
    }

    /// Stages everything that is not ignored, deletions included.
    pub fn stage_all(&self) -> &Self {
        let git = self.git();
        let mut index = git.index().expect("the repository has an index");
        index.add_all(["*"], IndexAddOption::DEFAULT, None).expect("files can be staged");
        index.update_all(["*"], None).expect("deletions can be staged");
        index.write().expect("the index is writable");
        self
    }

    /// Commits what is staged on the branch of HEAD, an hour after the last commit; the full id.
    pub fn commit(&self, message: &str) -> String {
        let seconds = self.clock.get();
        self.clock.set(seconds + 3600);
        self.commit_at(message, seconds)
    }

    /// Commits what is staged at `seconds` since 1970; the full id.
    pub fn commit_at(&self, message: &str, seconds: i64) -> String {
        self.commit_by("Ada Example <ada@example.org>", message, seconds)
    }

    /// Commits what is staged as somebody, written `Name <address>`, at `seconds` since 1970; the full id.
    pub fn commit_by(&self, author: &str, message: &str, seconds: i64) -> String {
        let git = self.git();
        let (name, address) = author.split_once(" <").expect("an author has a name and an address");
        let address = address.trim_end_matches('>');
        let who = Signature::new(name, address, &Time::new(seconds, 0)).expect("a valid author");
        let tree = git.index().and_then(|mut index| index.write_tree()).expect("the index is a tree");
        let tree = git.find_tree(tree).expect("the tree was written");
        let parent = git.head().ok().map(|head| head.peel_to_commit().expect("HEAD is a commit"));
        let parents: Vec<_> = parent.iter().collect();
        git.commit(Some("HEAD"), &who, &who, message, &tree, &parents)
            .expect("the commit is valid")
            .to_string()
    }

    /// Makes the branch `name` at HEAD and points HEAD to it; files stay as they are.
    pub fn branch(&self, name: &str) -> &Self {
        let git = self.git();
        let head = git.head().and_then(|head| head.peel_to_commit()).expect("HEAD is a commit");
        git.branch(name, &head, true).expect("the branch can be made");
        git.set_head(&format!("refs/heads/{name}")).expect("the branch exists");
        self
    }

    /// Goes to the branch `name`, which exists: HEAD, index and files.
    pub fn switch(&self, name: &str) -> &Self {
        let git = self.git();
        git.set_head(&format!("refs/heads/{name}")).expect("the branch exists");
        let mut options = CheckoutBuilder::new();
        git.checkout_head(Some(options.force().remove_untracked(true))).expect("the files can be written");
        self
    }

    /// Keeps the folder when this is dropped; gives where it is.
    #[must_use]
    pub fn keep(self) -> PathBuf {
        self.folder.keep()
    }

    /// A handle of libgit2, for states that have no word here.
    #[must_use]
    pub fn git(&self) -> Repository {
        Repository::open(self.path()).expect("the repository was made by new()")
    }
}

/// The text of a file in a built repository.
///
/// # Panics
/// When there is no such file.
#[must_use]
pub fn read(place: &Path) -> String {
    std::fs::read_to_string(place).expect("the file was written before")
}

/// The text of every file below `folder`, by its path from there.
///
/// # Panics
/// When the folder cannot be read, or a file in it is not UTF-8.
#[must_use]
pub fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let entry = entry.expect("the folder can be read");
        let name = entry.file_name().into_string().expect("names are UTF-8");
        if entry.path().is_dir() {
            let below = files(&entry.path()).into_iter();
            found.extend(below.map(|(path, text)| (format!("{name}/{path}"), text)));
        } else {
            found.insert(name, read(&entry.path()));
        }
    }
    found
}
