//! Records through time: which record came, went or changed in which field, with which commit.
//!
//! Nothing is kept of the versions of a file but what differs between one and the next: of a file of lines only lines
//! that no version had before are parsed, of a document the records that differ are compared. The past is read by today's
//! configuration and schemas. This room says what changed; whether it should have, rules say.
//!
//! It is computed when it is asked for, and only for the collections asked for. A cache below git's folder remembers
//! the differences by the ids of the blobs they are between (ADR 10, ADR 13); it is never needed.

mod delta;
mod entry;
mod fold;
mod lines;
mod memo;
mod said;
mod versions;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::Table;
use super::claims::{Offer, Places};
use crate::config::Config;
use crate::error::Result;
use crate::read::tape::Value;
use crate::repo::{BlobId, Commit, FileChange, FileStatus, Snapshot, SnapshotKind, Workspace};
use crate::text::RepoPath;
use fold::Identities;
pub use said::Said;
use versions::Versions;

/// What a record was, is or came to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The record: its number in [`History::records`].
    pub record: usize,
    /// The field that changed; `None` when the whole record came or went.
    pub field: Option<Arc<str>>,
    /// What the field, or the whole record as an object, was; `None` when there was none.
    pub old: Option<Said>,
    /// What it is since; `None` when there is none.
    pub new: Option<Said>,
    /// The commit, as its number in [`History::commits`]; `None` when it is not committed yet.
    pub commit: Option<usize>,
    /// The file it stands in since, or stood in before it went.
    pub path: RepoPath,
}

/// A record that is or was there.
#[derive(Debug, Clone, PartialEq)]
pub struct Tracked {
    /// The number of its table in [`Database::tables`](super::Database::tables).
    pub table: usize,
    /// Its key; `None` for a record that has none, which is followed by its file and what it says.
    pub key: Option<Arc<str>>,
    /// The file it stands in, or stood in last.
    pub path: RepoPath,
    /// Whether it is in the snapshot.
    pub is_there: bool,
}

/// How the records of some tables came to be what they are.
#[derive(Default)]
pub struct History {
    /// The mainline, the oldest commit first.
    pub commits: Vec<Commit>,
    /// Every record there ever was. One with a key is the same wherever it stands and whenever it comes back; one
    /// without goes with its file when that is renamed.
    pub records: Vec<Tracked>,
    /// What changed, the oldest first: with each commit by path, what is not committed last.
    pub changes: Vec<Change>,
    /// What cannot be told, as sentences without a period. Where history is cut off, records that were there before have
    /// no change with which they came.
    pub unknown: Vec<String>,
    identities: Identities,
}

impl History {
    /// The number of the record that is `value`, of the snapshot's file at `path`, in [`Self::records`].
    #[must_use]
    pub fn record(&self, table: &Table, at: usize, path: &RepoPath, value: Value<'_>) -> Option<usize> {
        let record = versions::record(table, value, versions::is_document(table, path));
        self.identities.find(at, path, &record)
    }
}

/// Where to read history from, and by which configuration.
pub struct Past<'a> {
    /// The place.
    pub workspace: &'a Workspace,
    /// The moment up to which it is told.
    pub snapshot: &'a Snapshot,
    /// Today's configuration.
    pub config: &'a Config,
    /// The tables of the database of `snapshot`, as [`super::load`] made them by `config`.
    pub tables: &'a [Table],
    /// Whether differences may be kept for, and taken from, other runs.
    pub cache: bool,
}

/// One version of a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Side {
    Blob(RepoPath, BlobId),
    /// A file of the snapshot, of which no blob is known.
    File(RepoPath),
}

impl Side {
    const fn path(&self) -> &RepoPath {
        match self {
            Self::Blob(path, _) | Self::File(path) => path,
        }
    }
}

/// One file from one version to the next.
#[derive(Debug, Clone)]
struct Step {
    commit: Option<usize>,
    old: Option<Side>,
    new: Option<Side>,
}

impl Step {
    fn path(&self) -> &RepoPath {
        static NOWHERE: std::sync::OnceLock<RepoPath> = std::sync::OnceLock::new();
        let side = self.new.as_ref().or(self.old.as_ref());
        side.map_or_else(|| NOWHERE.get_or_init(|| RepoPath::new("")), Side::path)
    }
}

/// All that happened to the file at one path, as one table sees it.
struct Chain {
    table: usize,
    steps: Vec<Step>,
}

impl Past<'_> {
    /// What changed in the records of the tables that `wanted` accepts. Without git, and before the first commit, nothing
    /// is known of the past.
    ///
    /// # Errors
    /// Environment, when commits cannot be read.
    pub fn history(&self, wanted: &dyn Fn(&Table) -> bool) -> Result<History> {
        let Some(tip) = self.snapshot.commit() else {
            return Ok(History { unknown: self.snapshot.unknown().to_vec(), ..History::default() });
        };
        let log = self.workspace.log(tip)?;
        let places = Places::new(self.snapshot, self.config, &mut Vec::new());
        let is_wanted: Vec<bool> = self.tables.iter().map(wanted).collect();
        let offers = |path: &RepoPath| -> Vec<Offer> {
            places.offers(path).into_iter().filter(|offer| is_wanted[offer.table]).collect()
        };
        let changed = log.changes_within(
            &|folder| {
                self.tables
                    .iter()
                    .zip(&is_wanted)
                    .any(|(table, wanted)| *wanted && table.collection.may_lie_in(&self.config.root, folder))
            },
            &|path| !offers(&RepoPath::new(path)).is_empty(),
        );
        let mut steps: Vec<Step> = Vec::new();
        for (commit, changes) in changed.of.iter().enumerate() {
            steps.extend(changes.iter().map(|change| step(commit, change)));
        }
        steps.extend(self.not_committed(&|path| !offers(path).is_empty())?);
        let versions = Versions { past: self, log: &log, offers: &offers };
        let (deltas, mut unknown) = self.deltas(&versions, chains(steps, &offers));
        unknown.extend(changed.unknown);
        unknown.extend(log.unknown);
        unknown.sort();
        unknown.dedup();
        let (records, changes, identities) = fold::fold(self.tables, deltas);
        Ok(History { commits: log.commits, records, changes, unknown, identities })
    }

    /// From the commit under the snapshot to the snapshot itself.
    fn not_committed(&self, is_wanted: &dyn Fn(&RepoPath) -> bool) -> Result<Vec<Step>> {
        let (Some(tip), false) = (self.snapshot.commit(), self.snapshot.kind() == SnapshotKind::Commit)
        else {
            return Ok(Vec::new());
        };
        let head = self.workspace.commit(tip)?;
        let blob = |path: &RepoPath| head.entry(path.as_str()).and_then(|entry| head.blob(entry));
        let mut steps = Vec::new();
        let mut gone: HashMap<BlobId, RepoPath> = HashMap::new();
        for entry in head.entries().iter().filter(|entry| is_wanted(&entry.path)) {
            if let (false, Some(blob)) = (self.snapshot.contains(entry.path.as_str()), head.blob(entry)) {
                gone.insert(blob, entry.path.clone());
            }
        }
        for entry in self.snapshot.entries().iter().filter(|entry| is_wanted(&entry.path)) {
            let path = entry.path.clone();
            let before = blob(&path);
            let now = self.snapshot.blob(entry);
            if now.is_some() && now == before {
                continue;
            }
            // A file that was moved as it was.
            let from = now.filter(|_| before.is_none()).and_then(|now| Some((gone.remove(&now)?, now)));
            let old = from.map(|(from, blob)| Side::Blob(from, blob));
            let old = old.or_else(|| before.map(|blob| Side::Blob(path.clone(), blob)));
            let new = now.map_or_else(|| Side::File(path.clone()), |blob| Side::Blob(path.clone(), blob));
            steps.push(Step { commit: None, old, new: Some(new) });
        }
        steps.extend(gone.into_iter().map(|(blob, path)| Step {
            commit: None,
            old: Some(Side::Blob(path, blob)),
            new: None,
        }));
        steps.sort_by(|a, b| a.path().cmp(b.path()));
        Ok(steps)
    }

    /// The differences of all chains, in the order of commits and paths, and what cannot be told.
    fn deltas(&self, versions: &Versions<'_>, chains: Vec<Chain>) -> (Vec<fold::Known>, Vec<String>) {
        let memos: Vec<memo::Memo> =
            self.tables.iter().map(|table| memo::Memo::open(self, table, &chains)).collect();
        /// Versions that one thread reads one after the other.
        const RUN: usize = 48;
        let runs: Vec<(usize, &[Step])> = chains
            .iter()
            .filter(|chain| versions.is_of(chain))
            .flat_map(|chain| chain.steps.chunks(RUN).map(|steps| (chain.table, steps)))
            .collect();
        let read = |&(table, steps): &(usize, &[Step])| versions.run(table, steps, &memos[table]);
        let done: Vec<(Vec<fold::Known>, Vec<String>)> = runs.par_iter().map(read).collect();
        let (mut deltas, mut unknown) = (Vec::new(), Vec::new());
        for (known, missing) in done {
            deltas.extend(known);
            unknown.extend(missing);
        }
        for (at, memo) in memos.iter().enumerate() {
            memo.close(self, deltas.iter().filter(|known| known.table == at));
        }
        deltas.sort_by(|a, b| {
            let commit = |known: &fold::Known| known.step.commit.unwrap_or(usize::MAX);
            (commit(a), a.table, a.step.path()).cmp(&(commit(b), b.table, b.step.path()))
        });
        (deltas, unknown)
    }
}

fn step(commit: usize, change: &FileChange) -> Step {
    let from = change.old_path.as_ref().unwrap_or(&change.path);
    let old = change.old_blob.map(|blob| Side::Blob(from.clone(), blob));
    let new = change.blob.filter(|_| change.status != FileStatus::Deleted);
    Step { commit: Some(commit), old, new: new.map(|blob| Side::Blob(change.path.clone(), blob)) }
}

/// `steps`, which are in order, by the path they lead to and the tables that are offered it or what it was before.
fn chains(steps: Vec<Step>, offers: &dyn Fn(&RepoPath) -> Vec<Offer>) -> Vec<Chain> {
    let mut chains: Vec<Chain> = Vec::new();
    let mut places: HashMap<(usize, RepoPath), usize> = HashMap::new();
    for step in steps.into_iter().filter(|step| step.old.is_some() || step.new.is_some()) {
        let mut tables: Vec<usize> = offers(step.path()).iter().map(|offer| offer.table).collect();
        if let Some(old) = step.old.as_ref().filter(|old| old.path() != step.path()) {
            tables.extend(offers(old.path()).iter().map(|offer| offer.table));
            tables.sort_unstable();
            tables.dedup();
        }
        for table in tables {
            let at = *places.entry((table, step.path().clone())).or_insert_with(|| {
                chains.push(Chain { table, steps: Vec::new() });
                chains.len() - 1
            });
            chains[at].steps.push(step.clone());
        }
    }
    chains
}
