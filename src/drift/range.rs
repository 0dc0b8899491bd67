//! Whether a change that is about to be merged changes code and leaves out the document that covers it.
//!
//! Two snapshots are all there is: what was, and what is to be. No history is asked.

use std::collections::HashMap;
use std::sync::Arc;

use super::care::{Change, Since, changed_files};
use super::cover::{self, Covering};
use super::lexical::{self, Difference};
use super::timeline::{Edit, edit};
use crate::config::Config;
use crate::extract::upkeep;
use crate::repo::{BlobId, Bytes, Snapshot};
use crate::text::RepoPath;

/// The largest version that is compared, in bytes.
const LARGEST: u64 = 16 << 20;

/// A change, as its two ends.
pub(super) struct Range<'a> {
    pub(super) before: &'a Snapshot,
    pub(super) now: &'a Snapshot,
    pub(super) config: &'a Config,
}

impl Range<'_> {
    /// What changed of what `covering` covers, when the document says the same as before, where it was at `was` or at
    /// its own place, and nobody left a receipt for what is there now.
    pub(super) fn without_document(&self, covering: &Covering, was: Option<String>) -> Option<Change> {
        let path = covering.document.as_str();
        let was = was.unwrap_or_else(|| path.to_owned());
        let (before, now) = (text(self.before, &was)?, text(self.now, path)?);
        if edit(&before, &now) == Edit::Substance {
            return None;
        }
        let files = covering.files(self.now, self.config);
        let names = [covering.document.clone(), RepoPath::new(&was)];
        let receipt = cover::receipt(self.now, &names, &self.config.root).and_then(|(_, receipt)| receipt);
        if receipt.is_some_and(|receipt| receipt.covered == cover::hex(&cover::hash(files.iter().copied()))) {
            return None;
        }
        let earlier: HashMap<&str, BlobId> = covering.files(self.before, self.config).into_iter().collect();
        let files: HashMap<&str, BlobId> = files.into_iter().collect();
        let is_file = |name: &str| files.keys().any(|path| path.rsplit('/').next() == Some(name));
        let words = upkeep::identifiers(&now, &is_file);
        let differs = |path: &str, before: Option<BlobId>, now: Option<BlobId>| {
            let was = before.and_then(|_| bytes(self.before, path));
            let is = now.and_then(|_| bytes(self.now, path));
            match (was.as_deref(), is.as_deref()) {
                (Some(was), Some(is)) => lexical::difference(path, was, is),
                (Some(one), None) | (None, Some(one)) => match lexical::difference(path, b"", one) {
                    Difference::Form => Difference::Lines(Vec::new()),
                    lines => lines,
                },
                (None, None) => Difference::Lines(Vec::new()),
            }
        };
        changed_files(&earlier, &files, &words, &differs, Since::Base)
    }
}

fn bytes(snapshot: &Snapshot, path: &str) -> Option<Arc<Bytes>> {
    let entry = snapshot.entry(path)?;
    snapshot.read(entry, LARGEST).ok().map(Arc::new)
}

fn text(snapshot: &Snapshot, path: &str) -> Option<String> {
    let bytes = bytes(snapshot, path)?;
    std::str::from_utf8(&bytes).ok().map(str::to_owned)
}
