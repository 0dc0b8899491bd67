//! `drift ack`: somebody held a document against what it covers, and found it true.

use std::path::Path;

use super::Session;
use crate::database;
use crate::drift::{Receipt, coverings, hash, hex};
use crate::error::{Error, Result};
use crate::text::{RepoPath, escape};

/// A receipt that was written.
#[derive(Debug)]
pub struct Acknowledged {
    /// Where it lies.
    pub path: RepoPath,
    /// What it says.
    pub receipt: Receipt,
    /// Whether it said the same before.
    pub was_there: bool,
}

impl Session {
    /// Writes the receipt that the document at `file` is true of what it covers, as both stand in the working tree.
    ///
    /// # Errors
    /// Usage when there is no such document, or it covers nothing; environment when the receipt cannot be written.
    pub fn acknowledge(&self, file: &Path, because: Option<String>) -> Result<Acknowledged> {
        const LIMIT: u64 = 1 << 20;
        let document = self.workspace.relative(file)?;
        let shown = escape(document.as_str()).into_owned();
        let Some(entry) = self.snapshot.entry(document.as_str()) else {
            return Err(
                Error::usage(format!("there is no document {shown}")).hint("name a file that is there")
            );
        };
        let wants = database::Wants { violations: false, unknown_fields: false, keys: false };
        let all = database::load(&self.snapshot, &self.snapshot, &self.config, wants, &|_| Vec::new());
        let coverings = coverings(&all.database, &self.config);
        let Some(covering) = coverings.iter().find(|covering| covering.document == document) else {
            return Err(Error::usage(format!("{shown} does not say what it covers")).hint(
                "write `covers: [\"src/**\"]` in its front matter, or a [[drift.cover]] in opsbook.toml",
            ));
        };
        let files = covering.files(&self.snapshot, &self.config);
        if files.is_empty() {
            let patterns = covering.patterns.iter().map(|pattern| escape(pattern).into_owned());
            let patterns = patterns.collect::<Vec<_>>().join(", ");
            return Err(Error::usage(format!("{shown} covers {patterns}, and no file is there"))
                .hint("correct the globs: they are relative to the top of the project"));
        }
        let unread = |unread: crate::repo::Unread| {
            Error::environment(format!("cannot read {}: {}", unread.path, unread.reason))
        };
        let blob = self.snapshot.id_of(entry, self.config.limits.file_bytes).map_err(unread)?;
        let receipt = Receipt {
            blob: hex(&blob),
            covered: hex(&hash(files.iter().copied())),
            files: files.len(),
            because,
            document,
        };
        let path = Receipt::path(&receipt.document, &self.config.root);
        let before = match self.snapshot.entry(path.as_str()) {
            Some(entry) => Some(self.snapshot.read(entry, LIMIT).map_err(unread)?),
            None => None,
        };
        let text = receipt.text();
        let was_there = before.as_deref() == Some(text.as_bytes());
        if !was_there {
            self.workspace.write(&path, before.as_deref(), text.as_bytes())?;
        }
        Ok(Acknowledged { path, receipt, was_there })
    }
}
