//! Which commit took a text out of a file: evidence for a reference to something that is gone.
//!
//! It walks first parents and looks only at commits that changed one of the files. It does not know what
//! the text means.

use git2::{Oid, Repository, Tree};

use super::Workspace;
use crate::text::RepoPath;

/// A commit that removed a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovingCommit {
    /// Full object id; `None` when the commit searched from still has the text, so that the removal is not committed.
    pub commit: Option<String>,
    /// When it was committed, seconds since 1970.
    pub seconds: i64,
    /// The first line of its message.
    pub summary: String,
}

/// Commits that are looked at, and bytes of blobs that are read, before the search gives up.
const COMMITS: usize = 20_000;
const BYTES: usize = 256 << 20;

impl Workspace {
    /// The latest commit on the first-parent line from `rev` after which none of `paths` holds `text` any more, although
    /// one did before. `None` when there is none, or the search would take too long.
    #[must_use]
    pub fn removal(&self, rev: &str, paths: &[RepoPath], text: &[u8]) -> Option<RemovingCommit> {
        let git = self.git.as_ref()?;
        git.with(|handle| search(handle, rev, paths, text)).ok().flatten()
    }
}

fn search(handle: &Repository, rev: &str, paths: &[RepoPath], text: &[u8]) -> Option<RemovingCommit> {
    let mut commit = handle.revparse_single(rev).ok()?.peel_to_commit().ok()?;
    let mut budget = BYTES;
    let mut blobs = blobs(&commit.tree().ok()?, paths);
    if holds(handle, &blobs, text, &mut budget)? {
        return Some(RemovingCommit { commit: None, seconds: 0, summary: String::new() });
    }
    for _ in 0..COMMITS {
        let parent = commit.parent(0).ok()?;
        let before = self::blobs(&parent.tree().ok()?, paths);
        if before != blobs {
            if holds(handle, &before, text, &mut budget)? {
                return Some(RemovingCommit {
                    commit: Some(commit.id().to_string()),
                    seconds: commit.time().seconds(),
                    summary: commit.summary().ok().flatten().unwrap_or_default().to_owned(),
                });
            }
            blobs = before;
        }
        commit = parent;
    }
    None
}

fn blobs(tree: &Tree<'_>, paths: &[RepoPath]) -> Vec<Option<Oid>> {
    paths.iter().map(|path| tree.get_path(path.as_str().as_ref()).ok().map(|entry| entry.id())).collect()
}

/// Whether one of the blobs holds `text`; `None` when the budget is spent.
fn holds(handle: &Repository, blobs: &[Option<Oid>], text: &[u8], budget: &mut usize) -> Option<bool> {
    for oid in blobs.iter().flatten() {
        let Ok(blob) = handle.find_blob(*oid) else { continue };
        *budget = budget.checked_sub(blob.size())?;
        if memchr::memmem::find(blob.content(), text).is_some() {
            return Some(true);
        }
    }
    Some(false)
}
