//! The files in git's hooks folder: looked at, written, removed; never run.

use std::io::ErrorKind;
use std::path::PathBuf;

use super::Workspace;
use crate::error::{Error, Result};

impl Workspace {
    /// The bytes of the hook called `name`; `None` when there is none.
    ///
    /// # Errors
    /// Environment when the hooks folder cannot be told or the hook cannot be read.
    pub fn hook(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let place = self.hooks_dir()?.join(name);
        match std::fs::read(&place) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::environment(format!("cannot read {}: {e}", place.display()))),
        }
    }

    /// Writes the hook called `name`, which must not exist, and lets it be run; gives where it is.
    ///
    /// # Errors
    /// Environment when it exists or the disk refuses.
    pub fn write_hook(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        let folder = self.hooks_dir()?;
        let place = folder.join(name);
        let failure =
            |e: std::io::Error| Error::environment(format!("cannot write {}: {e}", place.display()));
        std::fs::create_dir_all(&folder).map_err(failure)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".opsbook-").suffix(".tmp");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
        let temporary = builder.tempfile_in(&folder).map_err(failure)?;
        std::fs::write(temporary.path(), bytes).map_err(failure)?;
        temporary.persist_noclobber(&place).map_err(|e| failure(e.error))?;
        Ok(place)
    }

    /// Removes the hook called `name`, whose bytes must be `expected`.
    ///
    /// # Errors
    /// Environment when it is not as expected or the disk refuses.
    pub fn remove_hook(&self, name: &str, expected: &[u8]) -> Result<PathBuf> {
        let place = self.hooks_dir()?.join(name);
        if self.hook(name)?.as_deref() != Some(expected) {
            return Err(Error::environment(format!("{} changed meanwhile", place.display())));
        }
        std::fs::remove_file(&place)
            .map_err(|e| Error::environment(format!("cannot remove {}: {e}", place.display())))?;
        Ok(place)
    }
}

/// The path of the running program, for a hook that must find it again.
#[must_use]
pub fn this_program() -> Option<PathBuf> {
    std::env::current_exe().ok()
}
