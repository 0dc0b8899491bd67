//! Files that the user names on the command line: a configuration, a baseline, a report to write. They may lie
//! outside the repository and are read and written as any program would, links followed.

use std::path::{Path, PathBuf};

use super::Workspace;
use crate::error::{Error, Result};

const FROM_HERE: &str = "paths are taken from the current folder, or from the one `-C` names";

impl Workspace {
    /// The bytes of a file the user named, relative to the folder the workspace was opened in.
    ///
    /// # Errors
    /// Environment when it cannot be read.
    pub fn read_named(&self, path: &Path) -> Result<Vec<u8>> {
        std::fs::read(self.named(path))
            .map_err(|e| Error::environment(format!("cannot read {}: {e}", path.display())).hint(FROM_HERE))
    }

    /// Writes a file the user named, through a temporary file beside it.
    ///
    /// # Errors
    /// Environment when it cannot be written.
    pub fn write_named(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let place = self.named(path);
        // The error names the temporary file, which is nobody's concern.
        let failure = |e: std::io::Error| {
            let why = std::io::Error::from(e.kind());
            Error::environment(format!("cannot write {}: {why}", path.display()))
                .hint("check that its folder exists and can be written")
        };
        // A pipe or device is written into, not replaced.
        if place.metadata().is_ok_and(|found| !found.is_file()) {
            return std::fs::write(&place, bytes).map_err(failure);
        }
        let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".opsbook-").suffix(".tmp");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let temporary = builder.tempfile_in(folder).map_err(failure)?;
        std::fs::write(temporary.path(), bytes).map_err(failure)?;
        temporary.persist(&place).map_err(|e| failure(e.error))?;
        Ok(())
    }

    /// The names of what the folder holds that the user named, sorted; `None` when there is no such folder.
    ///
    /// # Errors
    /// Environment when it cannot be read, or is no folder.
    pub fn names_in_named(&self, path: &Path) -> Result<Option<Vec<String>>> {
        let failure = |e: std::io::Error| {
            Error::environment(format!("cannot read {}: {e}", path.display())).hint(FROM_HERE)
        };
        let mut names = Vec::new();
        match std::fs::read_dir(self.named(path)) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(failure(e)),
            Ok(entries) => {
                for entry in entries {
                    names.push(entry.map_err(failure)?.file_name().to_string_lossy().into_owned());
                }
            }
        }
        names.sort();
        Ok(Some(names))
    }

    /// Makes a folder the user named, and those above it that are missing.
    ///
    /// # Errors
    /// Environment when it cannot be made.
    pub fn make_folder_named(&self, path: &Path) -> Result<()> {
        std::fs::create_dir_all(self.named(path))
            .map_err(|e| Error::environment(format!("cannot make {}: {e}", path.display())).hint(FROM_HERE))
    }

    /// Removes a file in a folder the user named.
    ///
    /// # Errors
    /// Environment when it cannot be removed.
    pub fn remove_named(&self, path: &Path) -> Result<()> {
        std::fs::remove_file(self.named(path))
            .map_err(|e| Error::environment(format!("cannot remove {}: {e}", path.display())))
    }

    fn named(&self, path: &Path) -> PathBuf {
        self.base.join(path)
    }
}
