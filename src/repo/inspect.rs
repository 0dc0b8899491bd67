//! What can be asked about a place itself, for those who say whether everything is set up: settings of git,
//! the state of hooks and of the cache folder. It judges none of the answers.

use std::path::{Path, PathBuf};

use super::Workspace;
use crate::error::Result;

impl Workspace {
    /// The folder with git's own files: for a linked worktree, its own.
    #[must_use]
    pub fn git_dir(&self) -> Option<&Path> {
        self.git.as_ref().map(|git| git.gitdir.as_path())
    }

    /// What `core.hooksPath` says, as it is written; `None` when it says nothing.
    ///
    /// # Errors
    /// Usage without git; environment when git's configuration cannot be read.
    pub fn hooks_path_setting(&self) -> Result<Option<String>> {
        let value = self.git("a hook")?.config()?.get_string("core.hookspath").ok();
        Ok(value.filter(|path| !path.is_empty()))
    }

    /// The address of the remote `origin`, where there is one.
    #[must_use]
    pub fn origin_url(&self) -> Option<String> {
        self.git.as_ref()?.config().ok()?.get_string("remote.origin.url").ok()
    }

    /// Whether git would run the hook called `name`: it passes by one that is not executable.
    ///
    /// # Errors
    /// Environment when the hooks folder cannot be told.
    pub fn is_hook_executable(&self, name: &str) -> Result<bool> {
        Ok(is_executable(&self.hooks_dir()?.join(name)))
    }

    /// Whether entries can be written into the cache folder, or into the one it would be made in. `None`
    /// without git, where nothing is cached.
    #[must_use]
    pub fn is_cache_writable(&self) -> Option<bool> {
        let folder = self.cache_dir()?;
        let existing = folder.ancestors().find(|folder| folder.exists())?;
        // Trying is the only test that also knows read-only disks and full ones. The file is gone again at
        // once.
        Some(tempfile::Builder::new().prefix(".opsbook-").tempfile_in(existing).is_ok())
    }
}

/// Whether a program can be started at `path`.
#[must_use]
pub fn is_program(path: &Path) -> bool {
    path.is_file() && is_executable(path)
}

/// Whether both paths lead to the same file.
#[must_use]
pub fn is_same_file(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| -> Option<PathBuf> { path.canonicalize().ok() };
    one == other || (real(one).is_some() && real(one) == real(other))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|file| file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Environment;
    use crate::repo::builder::Repo;

    fn workspace(repo: &Repo) -> Workspace {
        Workspace::open(repo.path(), &Environment::default()).expect("the repository opens")
    }

    #[test]
    fn settings_of_git_are_read_and_absent_ones_are_none() {
        let repo = Repo::new();
        assert_eq!(workspace(&repo).hooks_path_setting(), Ok(None));
        assert_eq!(workspace(&repo).origin_url(), None);
        let mut config = repo.git().config().expect("there is a configuration");
        config.set_str("core.hooksPath", ".hooks").expect("it is writable");
        config.set_str("remote.origin.url", "https://example.org/a.git").expect("it is writable");
        assert_eq!(workspace(&repo).hooks_path_setting(), Ok(Some(".hooks".to_owned())));
        assert_eq!(workspace(&repo).origin_url().as_deref(), Some("https://example.org/a.git"));
    }

    #[test]
    fn asking_for_the_cache_leaves_nothing_behind() {
        let repo = Repo::new();
        let count = || std::fs::read_dir(repo.path().join(".git")).expect("readable").count();
        let before = count();
        assert_eq!(workspace(&repo).is_cache_writable(), Some(true));
        assert_eq!(count(), before);
        repo.write(".git/opsbook", "in the way");
        assert_eq!(workspace(&repo).is_cache_writable(), Some(false));
        assert_eq!(workspace(&Repo::plain()).is_cache_writable(), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_hook_that_git_would_pass_by_is_told_from_one_it_runs() {
        let repo = Repo::new();
        repo.write(".git/hooks/pre-commit", "#!/bin/sh\n");
        assert_eq!(workspace(&repo).is_hook_executable("pre-commit"), Ok(false));
        workspace(&repo).write_hook("commit-msg", b"#!/bin/sh\n").expect("it is written");
        assert_eq!(workspace(&repo).is_hook_executable("commit-msg"), Ok(true));
    }
}
