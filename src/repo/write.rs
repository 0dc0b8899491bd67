//! Writing into the working tree so that, killed at any instant, every file is either old or new.
//!
//! It refuses what was not meant: a file that changed meanwhile, a link, a path out of the root or into `.git`. It
//! does not know why a file is written.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::Workspace;
use super::names::refused_path;
use super::snapshot::on_disk;
use crate::error::{Error, Result};
use crate::text::RepoPath;

impl Workspace {
    /// Replaces the file at `path`, whose bytes must still be `expected`, by one with `bytes`; with `None` there must
    /// be no file, and missing folders are made. Permissions are kept.
    ///
    /// # Errors
    /// Usage in a bare repository; environment when the file is not as expected, when the path holds a symbolic link
    /// or leads out of the root, and when the disk refuses.
    pub fn write(&self, path: &RepoPath, expected: Option<&[u8]>, bytes: &[u8]) -> Result<()> {
        self.put(path, expected, bytes, path)
    }

    /// Makes a file at `path`, where there must be none, with the permissions of the file at `like`.
    ///
    /// # Errors
    /// As for [`Self::write`].
    pub fn write_like(&self, path: &RepoPath, like: &RepoPath, bytes: &[u8]) -> Result<()> {
        self.put(path, None, bytes, like)
    }

    /// Whether the file at `path` could be written now: its bytes are `expected`, or with `None` nothing is there.
    ///
    /// # Errors
    /// As for [`Self::write`], which nothing is written by.
    pub fn expect(&self, path: &RepoPath, expected: Option<&[u8]>) -> Result<()> {
        self.accept(path)?;
        check_expected(&on_disk(&self.root, path.as_str()), path, expected)
    }

    /// Removes the file at `path`, whose bytes must still be `expected`.
    ///
    /// # Errors
    /// As for [`Self::write`].
    pub fn remove(&self, path: &RepoPath, expected: &[u8]) -> Result<()> {
        self.expect(path, Some(expected))?;
        let place = on_disk(&self.root, path.as_str());
        std::fs::remove_file(&place).map_err(|e| {
            Error::environment(format!("cannot remove {path}: {e}")).hint("check permissions, and remove it")
        })?;
        sync_folder(place.parent().unwrap_or(&self.root));
        Ok(())
    }

    /// Refuses a path that is never written.
    fn accept(&self, path: &RepoPath) -> Result<()> {
        self.needs_worktree()?;
        match refused_path(path.as_str().as_bytes()) {
            Some(reason) => Err(Error::environment(format!("will not write {path}: {reason}"))),
            None => Ok(()),
        }
    }

    fn put(&self, path: &RepoPath, expected: Option<&[u8]>, bytes: &[u8], like: &RepoPath) -> Result<()> {
        self.accept(path)?;
        let io = |e: std::io::Error| {
            Error::environment(format!("cannot write {path}: {e}")).hint("check permissions and free space")
        };
        let place = on_disk(&self.root, path.as_str());
        self.make_folders(path)?;
        let folder = place.parent().unwrap_or(&self.root);
        let mut builder = tempfile::Builder::new();
        builder.prefix(".opsbook-").suffix(".tmp");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut temporary = builder.tempfile_in(folder).map_err(io)?;
        temporary.write_all(bytes).map_err(io)?;
        if let Ok(old) = std::fs::symlink_metadata(on_disk(&self.root, like.as_str())) {
            temporary.as_file().set_permissions(old.permissions()).map_err(io)?;
        }
        temporary.as_file().sync_all().map_err(io)?;
        // Last, so that little time is left for the file to change.
        check_expected(&place, path, expected)?;
        let kept = match expected {
            Some(_) => temporary.persist(&place),
            None => temporary.persist_noclobber(&place),
        };
        kept.map_err(|e| match e.error.kind() {
            ErrorKind::AlreadyExists => exists(path),
            _ => io(e.error),
        })?;
        sync_folder(folder);
        Ok(())
    }

    fn make_folders(&self, path: &RepoPath) -> Result<()> {
        let mut folder: PathBuf = self.root.clone();
        for part in path.parent().split('/').filter(|part| !part.is_empty()) {
            folder.push(part);
            match std::fs::symlink_metadata(&folder) {
                Ok(found) if found.is_dir() => {}
                Ok(found) if found.is_symlink() => return Err(behind_link(path)),
                Ok(_) => {
                    return Err(Error::environment(format!("cannot write {path}: {part} is not a folder")));
                }
                Err(_) => match std::fs::create_dir(&folder) {
                    // Another run may have made it in between.
                    Err(e) if e.kind() != ErrorKind::AlreadyExists => {
                        return Err(Error::environment(format!("cannot make {}: {e}", folder.display())));
                    }
                    _ => {}
                },
            }
        }
        Ok(())
    }
}

fn check_expected(place: &Path, path: &RepoPath, expected: Option<&[u8]>) -> Result<()> {
    let changed = || {
        Error::environment(format!("will not write {path}: it changed after it was read"))
            .hint("run opsbook again")
    };
    match (std::fs::symlink_metadata(place), expected) {
        (Ok(found), _) if found.is_symlink() => Err(behind_link(path)),
        (Ok(found), _) if !found.is_file() => {
            Err(Error::environment(format!("cannot write {path}: it is no file")))
        }
        (Ok(_), None) => Err(exists(path)),
        (Ok(found), Some(expected)) if found.len() != expected.len() as u64 => Err(changed()),
        (Ok(_), Some(expected)) => match std::fs::read(place) {
            Ok(now) if now == expected => Ok(()),
            _ => Err(changed()),
        },
        (Err(_), Some(_)) => Err(changed()),
        (Err(_), None) => Ok(()),
    }
}

fn behind_link(path: &RepoPath) -> Error {
    Error::environment(format!("will not write {path}: its path holds a symbolic link"))
        .hint("name the file the link leads to")
}

fn exists(path: &RepoPath) -> Error {
    Error::environment(format!("will not write {path}: there is a file already"))
        .hint("remove it, or run again")
}

/// Makes the new name survive a power cut. Not every file system can, and the file itself is safe without.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = std::fs::File::open(folder) {
        let _ = folder.sync_all();
    }
}
