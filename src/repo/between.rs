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
/// Bytes that are compared in all, before only equal files and those of equal names are.
const BUDGET: usize = 512 << 20;
/// In percent, as in git.
const LIKENESS: u8 = 50;

/// Two moments, and what moved from the one to the other.
pub struct Between<'a> {
    /// The earlier moment.
    pub before: &'a Snapshot,
    /// The later one.
    pub now: &'a Snapshot,
    state: Mutex<Option<State<'a>>>,
}

/// What differs between the two, once it is asked for.
struct State<'a> {
    added: Vec<Added<'a>>,
    gone: Vec<&'a Entry>,
    moved_to: HashMap<String, Option<Moved>>,
    came_from: HashMap<String, Option<String>>,
    budget: usize,
}

/// A new file, with what is known of its bytes.
struct Added<'a> {
    entry: &'a Entry,
    name: String,
    blob: Option<BlobId>,
    bytes: Option<Bytes>,
}

impl<'a> Between<'a> {
    /// What became of `before` in `now`.
    #[must_use]
    pub fn new(before: &'a Snapshot, now: &'a Snapshot) -> Self {
        Self { before, now, state: Mutex::new(None) }
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
        self.with_state(|state| {
            if let Some(known) = state.came_from.get(path) {
                return known.clone();
            }
            let name = name_of(path);
            // The same name first: most of what is moved keeps it.
            let (same, other): (Vec<&Entry>, Vec<&Entry>) =
                state.gone.iter().copied().partition(|entry| name_of(entry.path.as_str()) == name);
            let mut all = same.into_iter().chain(other).map(|entry| entry.path.as_str());
            let is_it = |from: &&str| {
                state.file_moved_to(self.before, self.now, from).is_some_and(|to| to.to == path)
            };
            let found = all.find(is_it).map(str::to_owned);
            state.came_from.insert(path.to_owned(), found.clone());
            found
        })
    }

    fn file_moved_to(&self, path: &str) -> Option<Moved> {
        self.with_state(|state| state.file_moved_to(self.before, self.now, path))
    }

    fn with_state<T>(&self, work: impl FnOnce(&mut State<'a>) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        work(state.get_or_insert_with(|| State::new(self.before, self.now)))
    }
}

impl<'a> State<'a> {
    fn new(before: &'a Snapshot, now: &'a Snapshot) -> Self {
        let only_in = |one: &'a Snapshot, other: &'a Snapshot| {
            one.entries().iter().filter(|entry| !other.contains(entry.path.as_str()))
        };
        let added = only_in(now, before).map(|entry| Added {
            entry,
            name: name_of(entry.path.as_str()),
            blob: now.blob(entry),
            bytes: None,
        });
        Self {
            added: added.collect(),
            gone: only_in(before, now).collect(),
            moved_to: HashMap::new(),
            came_from: HashMap::new(),
            budget: BUDGET,
        }
    }

    fn file_moved_to(&mut self, before: &Snapshot, now: &Snapshot, path: &str) -> Option<Moved> {
        if let Some(known) = self.moved_to.get(path) {
            return known.clone();
        }
        let found = self.find(before, now, path);
        self.moved_to.insert(path.to_owned(), found.clone());
        found
    }

    /// The new file that is most like the one that was at `path`; of equals the one with its name.
    fn find(&mut self, before: &Snapshot, now: &Snapshot, path: &str) -> Option<Moved> {
        let entry = before.entry(path).filter(|_| !self.added.is_empty())?;
        let blob = before.blob(entry);
        let bytes = before.read(entry, LARGEST).ok().filter(|bytes| !bytes.is_empty())?;
        let name = name_of(path);
        let mut best: Option<((u8, bool), Move)> = None;
        for one in &mut self.added {
            let has_name = one.name == name;
            let likeness = match blob.is_some() && one.blob == blob {
                true => 100,
                false if has_name || self.budget > 0 => {
                    let other =
                        one.bytes.get_or_insert_with(|| now.read(one.entry, LARGEST).unwrap_or_default());
                    self.budget = self.budget.saturating_sub(bytes.len() + other.len());
                    likeness(&bytes, other)
                }
                false => 0,
            };
            let rank = (likeness, has_name);
            if likeness >= LIKENESS && best.as_ref().is_none_or(|(best, _)| rank > *best) {
                let to = one.entry.path.to_string();
                best = Some((rank, Move { from: path.to_owned(), to, likeness }));
            }
        }
        best.map(|(_, found)| Moved { is_sure: found.is_sure(), to: found.to })
    }
}

fn name_of(path: &str) -> String {
    path.rsplit('/').next().unwrap_or_default().to_lowercase()
}
