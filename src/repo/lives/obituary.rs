//! Who took a path away: the commit itself, where the mainline only sees the merge that brought it.

use std::cell::RefCell;
use std::collections::HashMap;

use git2::{Commit, Oid, Repository};

use super::Lives;
use crate::repo::Workspace;
use crate::repo::log::When;

/// Commits of a branch that are looked at before the merge itself has to do.
const MOST: usize = 5_000;

/// The commit that took a path away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obituary {
    /// Its full id.
    pub commit: String,
    /// Who wrote it.
    pub author: String,
    /// When it was committed.
    pub when: When,
    /// The first paragraph of its message, on one line.
    pub summary: String,
}

impl Workspace {
    /// Who took away what stood at `path`, on the way to the commit `rev`. `None` when it stands there, when it has been
    /// gone for long, and when it was gone before what was fetched.
    #[must_use]
    pub fn obituary(&self, rev: &str, path: &str) -> Option<Obituary> {
        let git = self.git.as_ref()?;
        git.with(|handle| {
            let tip = handle.revparse_single(rev).ok()?.peel_to_commit().ok()?;
            let is_gone = |commit: &Commit<'_>| !has(commit, path);
            if !is_gone(&tip) {
                return None;
            }
            let on_mainline = since(tip, &is_gone, &mut MOST.clone())?;
            told(&handle.find_commit(on_branch(handle, on_mainline, &is_gone)).ok()?)
        })
        .ok()?
    }
}

impl Lives {
    /// Who took away what stood at `path` until the commit `died` of the mainline.
    ///
    /// `None` when the commit cannot be read.
    #[must_use]
    pub fn obituary(&self, path: &str, died: usize) -> Option<Obituary> {
        let id = self.breaker(path, died)?;
        self.git.with(|handle| told(&handle.find_commit(id).ok()?)).ok()?
    }

    /// Who made the file at `path` such that `holds` is true of its bytes, on the way to the commit `at` of the mainline,
    /// whose first parent has another.
    #[must_use]
    pub fn made(&self, path: &str, at: usize, holds: &dyn Fn(&[u8]) -> bool) -> Option<Obituary> {
        let merge = self.steps.get(at)?.id;
        let judged = RefCell::new(HashMap::<Oid, bool>::new());
        self.git
            .with(|handle| {
                let is_such = |commit: &Commit<'_>| {
                    let tree = commit.tree().ok();
                    let Some(id) = tree.and_then(|tree| Some(tree.get_path(path.as_ref()).ok()?.id())) else {
                        return false;
                    };
                    let look = || handle.find_blob(id).is_ok_and(|blob| holds(blob.content()));
                    *judged.borrow_mut().entry(id).or_insert_with(look)
                };
                told(&handle.find_commit(on_branch(handle, merge, &is_such)).ok()?)
            })
            .ok()?
    }

    /// The commit that took `path` away, on whatever branch that was.
    pub(super) fn breaker(&self, path: &str, died: usize) -> Option<Oid> {
        let merge = self.steps.get(died)?.id;
        self.git.with(|handle| on_branch(handle, merge, &|commit| !has(commit, path))).ok()
    }

    /// The commit that brought what stands at `path` since the commit `born` of the mainline, when that is a merge.
    pub(super) fn breaker_of_birth(&self, path: &str, born: usize) -> Option<Oid> {
        let merge = self.steps.get(born)?.id;
        let found = self.git.with(|handle| on_branch(handle, merge, &|commit| has(commit, path))).ok()?;
        (found != merge).then_some(found)
    }
}

/// The commit since which something `holds`, which the first parent of `merge` did not hold: `merge` itself, or one of the
/// branch that it merged.
pub(crate) fn on_branch(handle: &Repository, merge: Oid, holds: &dyn Fn(&Commit<'_>) -> bool) -> Oid {
    let mut found = merge;
    let mut left = MOST;
    while let Ok(commit) = handle.find_commit(found) {
        let branches = (1..commit.parent_count()).filter_map(|at| commit.parent(at).ok());
        let Some(next) = branches.filter(|tip| holds(tip)).find_map(|tip| since(tip, holds, &mut left))
        else {
            return found;
        };
        found = next;
    }
    found
}

/// The first commit on the way to `tip` that holds, along first parents.
fn since(tip: Commit<'_>, holds: &dyn Fn(&Commit<'_>) -> bool, left: &mut usize) -> Option<Oid> {
    let mut commit = tip;
    loop {
        *left = left.checked_sub(1)?;
        let parent = commit.parent(0).ok()?;
        if !holds(&parent) {
            return Some(commit.id());
        }
        commit = parent;
    }
}

fn has(commit: &Commit<'_>, path: &str) -> bool {
    commit.tree().is_ok_and(|tree| tree.get_path(path.as_ref()).is_ok())
}

pub(super) fn told(commit: &Commit<'_>) -> Option<Obituary> {
    let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
    let summary = message.trim().split("\n\n").next().unwrap_or_default();
    let time = commit.time();
    Some(Obituary {
        commit: commit.id().to_string(),
        author: String::from_utf8_lossy(commit.author().name_bytes()).into_owned(),
        when: When { seconds: time.seconds(), offset: time.offset_minutes() },
        summary: summary.lines().map(str::trim).collect::<Vec<_>>().join(" "),
    })
}
