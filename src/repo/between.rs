//! Where files went between two snapshots, when no history is asked: by their bytes, then by likeness.
//!
//! It serves what is about to be committed and what a branch changes as a whole, where the two moments are all there is.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::lives::{Moved, folder_moved};
use super::log::renames::{Move, likeness};
use super::snapshot::BlobId;
use super::{Bytes, Entry, Snapshot};

/// The largest file that is compared, in bytes.
const LARGEST: u64 = 4 << 20;
/// New files that one that went away is compared with.
const MOST: usize = 1000;
/// In percent, as in git.
const LIKENESS: u8 = 50;

/// Two moments, and what moved from the one to the other.
pub struct Between<'a> {
    /// The earlier moment.
    pub before: &'a Snapshot,
    /// The later one.
    pub now: &'a Snapshot,
    state: Mutex<State<'a>>,
}

#[derive(Default)]
struct State<'a> {
    /// The files that are new, with what is known of their bytes, once they are asked for.
    added: Option<Vec<Added<'a>>>,
    known: HashMap<String, Option<Moved>>,
}

struct Added<'a> {
    entry: &'a Entry,
    blob: Option<BlobId>,
    bytes: Option<Bytes>,
}

impl<'a> Between<'a> {
    /// What became of `before` in `now`.
    #[must_use]
    pub fn new(before: &'a Snapshot, now: &'a Snapshot) -> Self {
        Self { before, now, state: Mutex::default() }
    }

    /// Whether something stands at `path` in `before`, a file or a folder, and nothing in `now`.
    #[must_use]
    pub fn took_away(&self, path: &str) -> bool {
        !self.now.has(path) && self.before.has(path)
    }

    /// Where the file or folder that was at `path` is now; `None` when nobody can tell.
    #[must_use]
    pub fn moved_to(&self, path: &str) -> Option<Moved> {
        if self.before.entry(path).is_some() {
            return self.file_moved_to(path);
        }
        let inside = format!("{path}/");
        let files = self.before.entries().iter().map(|entry| entry.path.as_str());
        let gone: Vec<&str> =
            files.filter(|file| file.starts_with(&inside) && !self.now.contains(file)).collect();
        folder_moved(path, &gone, &|file| self.file_moved_to(file))
    }

    /// Where the new file at `path` had been before.
    #[must_use]
    pub fn came_from(&self, path: &str) -> Option<String> {
        if self.before.contains(path) {
            return None;
        }
        let name = path.rsplit('/').next().unwrap_or_default().to_lowercase();
        let gone = self.before.entries().iter().filter(|entry| !self.now.contains(entry.path.as_str()));
        // The same name first: most of what is moved keeps it.
        let (same, other): (Vec<_>, Vec<_>) =
            gone.take(MOST).partition(|entry| entry.path.file_name().to_lowercase() == name);
        let mut all = same.into_iter().chain(other).map(|entry| entry.path.as_str());
        all.find(|from| self.file_moved_to(from).is_some_and(|moved| moved.to == path)).map(str::to_owned)
    }

    fn file_moved_to(&self, path: &str) -> Option<Moved> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = state.known.get(path) {
            return known.clone();
        }
        let (before, now) = (self.before, self.now);
        let added = state.added.get_or_insert_with(|| {
            let is_new = |entry: &&Entry| !before.contains(entry.path.as_str());
            let added = now.entries().iter().filter(is_new);
            added.map(|entry| Added { entry, blob: now.blob(entry), bytes: None }).collect()
        });
        let found = find(before, now, path, added);
        state.known.insert(path.to_owned(), found.clone());
        found
    }
}

fn find(before: &Snapshot, now: &Snapshot, path: &str, added: &mut [Added<'_>]) -> Option<Moved> {
    if added.is_empty() {
        return None;
    }
    let entry = before.entry(path)?;
    let blob = before.blob(entry);
    let bytes = before.read(entry, LARGEST).ok().filter(|bytes| !bytes.is_empty())?;
    let name = entry.path.file_name().to_lowercase();
    let mut best: Option<(u8, bool, Move)> = None;
    for one in added.iter_mut().take(MOST) {
        let to = one.entry.path.as_str();
        let is_same = blob.is_some() && one.blob == blob;
        let likeness = if is_same {
            100
        } else {
            if one.bytes.is_none() {
                one.bytes = now.read(one.entry, LARGEST).ok();
            }
            one.bytes.as_ref().map_or(0, |other| likeness(&bytes, other))
        };
        let has_name = one.entry.path.file_name().to_lowercase() == name;
        let rank = (likeness, has_name);
        if likeness >= LIKENESS && best.as_ref().is_none_or(|(best, named, _)| rank > (*best, *named)) {
            let found = Move { from: path.to_owned(), to: to.to_owned(), likeness };
            best = Some((likeness, has_name, found));
        }
    }
    best.map(|(_, _, found)| Moved { is_sure: found.is_sure(), to: found.to })
}
