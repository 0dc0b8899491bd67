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

    fn named(&self, path: &Path) -> PathBuf {
        self.base.join(path)
    }
}
