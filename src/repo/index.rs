//! The index: what is staged for the next commit, and what git remembers of the files it tracks.
//!
//! It is read from its file, so that the temporary index of a commit being made serves as well. It does not look at
//! the working tree.

use std::path::Path;

use git2::{Index, IndexEntry};

use super::git::failure;
use super::names::{printable, refused_path};
use super::snapshot::{Cause, Entry, Listing, Source, Unread};
use crate::error::{Error, Result};

/// `flags_extended`: the path is to be added, its content is not staged.
const INTENT_TO_ADD: u16 = 1 << 13;
/// `flags_extended`: sparse checkout left the file out of the working tree.
const SKIP_WORKTREE: u16 = 1 << 14;

/// The files staged in the index `file`; none when there is no such file.
pub(super) fn list(file: &Path) -> Result<Listing> {
    let mut listing = Listing::default();
    for item in read(file)? {
        match item.verdict() {
            Verdict::File if item.intent_to_add() => {}
            Verdict::File => listing.entries.push(Entry::new(item.text(), Source::Blob(item.entry.id))),
            Verdict::Unread(cause, reason) => listing.unread.push(item.unread(cause, reason)),
        }
    }
    Ok(listing)
}

/// The entries of the index `file`, each path once; none when there is no such file.
pub(super) fn read(file: &Path) -> Result<Vec<Item>> {
    if !file.exists() {
        return Ok(Vec::new());
    }
    let index = Index::open(file).map_err(|e| unreadable(file, &e))?;
    let mut items: Vec<Item> = index.iter().map(|entry| Item { entry }).collect();
    // A path in conflict stands once for each side.
    items.dedup_by(|later, earlier| later.entry.path == earlier.entry.path);
    Ok(items)
}

/// One entry of the index.
pub(super) struct Item {
    pub(super) entry: IndexEntry,
}

/// What an entry is to a snapshot.
pub(super) enum Verdict {
    File,
    Unread(Cause, &'static str),
}

impl Item {
    pub(super) fn verdict(&self) -> Verdict {
        if let Some(reason) = refused_path(&self.entry.path) {
            return Verdict::Unread(Cause::UnsafePath, reason);
        }
        if self.is_unmerged() {
            return Verdict::Unread(Cause::Unmerged, "unmerged: resolve the conflict, then stage the file");
        }
        self.kind()
    }

    /// The verdict without regard to conflicts, for a file that is read from disk.
    pub(super) fn kind(&self) -> Verdict {
        match self.entry.mode & 0o170_000 {
            0o120_000 => Verdict::Unread(Cause::Symlink, "symbolic link"),
            0o160_000 => Verdict::Unread(Cause::Submodule, "submodule"),
            _ if std::str::from_utf8(&self.entry.path).is_err() => {
                Verdict::Unread(Cause::NotUtf8Name, "the name is not UTF-8")
            }
            _ => Verdict::File,
        }
    }

    /// The path; empty when it is not UTF-8, which no file is.
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.entry.path).unwrap_or_default()
    }

    pub(super) const fn is_unmerged(&self) -> bool {
        self.entry.flags >> 12 & 3 != 0
    }

    pub(super) const fn intent_to_add(&self) -> bool {
        self.entry.flags_extended & INTENT_TO_ADD != 0
    }

    pub(super) const fn skip_worktree(&self) -> bool {
        self.entry.flags_extended & SKIP_WORKTREE != 0
    }

    pub(super) fn unread(&self, cause: Cause, reason: &str) -> Unread {
        Unread { path: printable(&self.entry.path), cause, reason: reason.to_owned() }
    }
}

/// libgit2 names the extension it does not know: `link` is a split index, `sdir` a sparse one.
fn unreadable(file: &Path, error: &git2::Error) -> Error {
    let what = format!("cannot read the index {}", file.display());
    if error.message().contains("'link'") {
        return Error::environment(format!("{what}: it is a split index"))
            .hint("run `git update-index --no-split-index`");
    }
    if error.message().contains("'sdir'") {
        return Error::environment(format!("{what}: it is a sparse index"))
            .hint("run `git sparse-checkout reapply --no-sparse-index`");
    }
    failure(&what, error).hint("run `git status`; a damaged index is rebuilt by `git reset`")
}
