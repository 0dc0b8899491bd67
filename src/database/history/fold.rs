//! From differences between versions of files to what became of each record.
//!
//! It gives records their identity: by key wherever they stand, else by their file and what they say.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value as Json;

use super::delta::{self, Delta, Edited, Record};
use super::{Change, Side, Step, Tracked};
use crate::database::Table;
use crate::text::RepoPath;

/// What a step changed in the records of a table.
pub(super) struct Known {
    pub(super) table: usize,
    pub(super) step: Step,
    pub(super) delta: Delta,
}

/// Which record is which, at one moment.
#[derive(Debug, Default)]
pub(super) struct Identities {
    /// The records with keys that are one in the whole table.
    keys: HashMap<(usize, Arc<str>), usize>,
    /// The records of each file, by what tells them apart there.
    files: HashMap<(usize, RepoPath), HashMap<Mark, Vec<usize>>>,
}

/// What tells a record from the others of its file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Mark {
    Key(Arc<str>),
    Content(u64),
}

impl Mark {
    fn new(key: Option<&Arc<str>>, content: u64) -> Self {
        key.map_or(Self::Content(content), |key| Self::Key(key.clone()))
    }
}

impl Identities {
    /// The record that stands in the file at `path` of the last moment.
    pub(super) fn find(&self, table: usize, path: &RepoPath, record: &Record) -> Option<usize> {
        let mark = Mark::new(record.key.as_ref(), record.content);
        self.files.get(&(table, path.clone()))?.get(&mark)?.first().copied()
    }
}

/// What became of the records, from differences in the order of their commits, then by path.
pub(super) fn fold(tables: &[Table], known: Vec<Known>) -> (Vec<Tracked>, Vec<Change>, Identities) {
    let mut fold = Fold { tables, records: Vec::new(), changes: Vec::new(), now: Identities::default() };
    let mut rest = known.into_iter().peekable();
    while let Some(first) = rest.next() {
        let (table, commit) = (first.table, first.step.commit);
        let mut together = vec![first];
        while let Some(next) = rest.next_if(|next| next.table == table && next.step.commit == commit) {
            together.push(next);
        }
        fold.moment(table, together);
    }
    (fold.records, fold.changes, fold.now)
}

struct Fold<'a> {
    tables: &'a [Table],
    records: Vec<Tracked>,
    changes: Vec<Change>,
    now: Identities,
}

impl Fold<'_> {
    /// All that one commit changed in one table.
    fn moment(&mut self, table: usize, steps: Vec<Known>) {
        for Known { step, .. } in &steps {
            self.rename(table, step);
        }
        let first = self.changes.len();
        let is_global = self.tables[table].collection.is_unique;
        // A record that leaves one file and comes into another is still that record.
        let mut leaving: HashMap<Arc<str>, Record> = HashMap::new();
        let mut coming: Vec<(Step, Record)> = Vec::new();
        let mut gone: Vec<(Step, Record)> = Vec::new();
        for Known { step, delta, .. } in steps {
            for edited in delta.edited {
                self.edited(table, &step, edited);
            }
            gone.extend(delta.gone.into_iter().map(|record| (step.clone(), record)));
            coming.extend(delta.come.into_iter().map(|record| (step.clone(), record)));
        }
        let keys: HashSet<Arc<str>> = coming.iter().filter_map(|(_, record)| record.key.clone()).collect();
        for (step, record) in gone {
            match record.key.clone().filter(|key| is_global && keys.contains(key)) {
                Some(key) => {
                    self.leave(table, &step, &record);
                    leaving.insert(key, record);
                }
                None => self.gone(table, &step, record),
            }
        }
        for (step, record) in coming {
            match record.key.as_ref().and_then(|key| leaving.remove(key)) {
                Some(old) => self.moved(table, &step, &old, &record),
                None => self.come(table, &step, record),
            }
        }
        self.changes[first..]
            .sort_by(|a, b| (&a.path, a.record, &a.field).cmp(&(&b.path, b.record, &b.field)));
    }

    fn rename(&mut self, table: usize, step: &Step) {
        let (Some(old), Some(new)) = (&step.old, &step.new) else { return };
        let (old, new) = (Side::path(old), Side::path(new));
        if old == new {
            return;
        }
        let Some(held) = self.now.files.remove(&(table, old.clone())) else { return };
        for &record in held.values().flatten() {
            self.records[record].path = new.clone();
        }
        self.now.files.insert((table, new.clone()), held);
    }

    fn edited(&mut self, table: usize, step: &Step, edited: Edited) {
        let before = edited.old_key.as_ref().or(edited.key.as_ref());
        let record = self.take(table, step, before, edited.was);
        self.put(table, step, record, edited.key.as_ref(), edited.is);
        self.say(step, record, edited.edits);
    }

    fn moved(&mut self, table: usize, step: &Step, old: &Record, new: &Record) {
        let record = self.record(table, step, new.key.as_ref(), None);
        self.put(table, step, record, new.key.as_ref(), new.content);
        self.say(step, record, delta::edited(old, new).edits);
    }

    fn say(&mut self, step: &Step, record: usize, edits: Vec<delta::Edit>) {
        let (commit, path) = (step.commit, step.path());
        self.changes.extend(edits.into_iter().map(|(field, old, new)| Change {
            record,
            field: Some(field),
            old,
            new,
            commit,
            path: path.clone(),
        }));
    }

    fn leave(&mut self, table: usize, step: &Step, record: &Record) -> usize {
        let at = self.take(table, step, record.key.as_ref(), record.content);
        self.records[at].is_there = false;
        at
    }

    fn gone(&mut self, table: usize, step: &Step, record: Record) {
        let at = self.leave(table, step, &record);
        let old = Some(Json::Object(record.fields));
        let (commit, path) = (step.commit, step.path().clone());
        self.changes.push(Change { record: at, field: None, old, new: None, commit, path });
    }

    fn come(&mut self, table: usize, step: &Step, record: Record) {
        let at = self.record(table, step, record.key.as_ref(), None);
        self.put(table, step, at, record.key.as_ref(), record.content);
        let new = Some(Json::Object(record.fields));
        let (commit, path) = (step.commit, step.path().clone());
        self.changes.push(Change { record: at, field: None, old: None, new, commit, path });
    }

    /// Takes the record out of its file.
    fn take(&mut self, table: usize, step: &Step, key: Option<&Arc<str>>, content: u64) -> usize {
        let mark = Mark::new(key, content);
        let held = self.now.files.get_mut(&(table, step.path().clone())).and_then(|file| file.get_mut(&mark));
        let found = held.filter(|held| !held.is_empty()).map(|held| held.remove(0));
        self.record(table, step, key, found)
    }

    /// Puts the record into the file.
    fn put(&mut self, table: usize, step: &Step, record: usize, key: Option<&Arc<str>>, content: u64) {
        let file = self.now.files.entry((table, step.path().clone())).or_default();
        file.entry(Mark::new(key, content)).or_default().push(record);
        let tracked = &mut self.records[record];
        (tracked.path, tracked.key, tracked.is_there) = (step.path().clone(), key.cloned(), true);
        if let Some(key) = key.filter(|_| self.tables[table].collection.is_unique) {
            self.now.keys.insert((table, key.clone()), record);
        }
    }

    /// The record `found`, else the one with the key, else a new one: what was there before history began, or comes.
    fn record(&mut self, table: usize, step: &Step, key: Option<&Arc<str>>, found: Option<usize>) -> usize {
        let by_key = || self.now.keys.get(&(table, key?.clone())).copied();
        found.or_else(by_key).unwrap_or_else(|| {
            let (key, path) = (key.cloned(), step.path().clone());
            self.records.push(Tracked { table, key, path, is_there: true });
            self.records.len() - 1
        })
    }
}
