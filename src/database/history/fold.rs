//! From differences between versions of files to what became of each record.
//!
//! It gives records their identity: by key wherever they stand, else by their file and what they say.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::delta::{self, Delta, Edited, Names, Record};
use super::memo::Difference;
use super::{Change, Side, Step, Tracked};
use crate::database::Table;
use crate::text::RepoPath;

/// What a step changed in the records of a table.
pub(super) struct Known {
    pub(super) table: usize,
    pub(super) step: Step,
    /// As it can be remembered.
    pub(super) difference: Difference,
    pub(super) delta: Delta,
}

/// Which record is which, at one moment.
#[derive(Debug, Default)]
pub(super) struct Identities {
    /// The records with keys that are one in the whole table.
    keys: HashMap<(usize, Arc<str>), usize>,
    /// The records of each file, by what tells them apart there.
    files: HashMap<Place, HashMap<Mark, Vec<usize>>>,
}

/// A file as a table sees it.
type Place = (usize, RepoPath);

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

    fn of(record: &Record) -> Self {
        let content = || Self::Content(record.said.content());
        record.key.as_ref().map_or_else(content, |key| Self::Key(key.clone()))
    }
}

impl Identities {
    /// The record that stands in the file at `path` of the last moment.
    pub(super) fn find(&self, table: usize, path: &RepoPath, record: &Record) -> Option<usize> {
        let mark = Mark::of(record);
        self.files.get(&(table, path.clone()))?.get(&mark)?.first().copied()
    }
}

/// What became of the records, from differences in the order of their commits, then by path.
pub(super) fn fold(tables: &[Table], known: Vec<Known>) -> (Vec<Tracked>, Vec<Change>, Identities) {
    let (records, changes) = (Vec::new(), Vec::new());
    let mut fold = Fold { tables, records, changes, now: Identities::default(), names: Names::default() };
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
    names: Names,
}

impl Fold<'_> {
    /// All that one commit changed in one table.
    fn moment(&mut self, table: usize, known: Vec<Known>) {
        let (steps, deltas): (Vec<Step>, Vec<Delta>) =
            known.into_iter().map(|known| (known.step, known.delta)).unzip();
        for step in &steps {
            self.rename(table, step);
        }
        let first = self.changes.len();
        let is_global = self.tables[table].collection.is_unique;
        // A record that leaves one file and comes into another is still that record.
        let mut leaving: HashMap<Arc<str>, Record> = HashMap::new();
        let mut coming: Vec<(&Step, Record)> = Vec::new();
        let mut gone: Vec<(&Step, Record)> = Vec::new();
        for (step, delta) in steps.iter().zip(deltas) {
            let place = (table, step.path().clone());
            for edited in delta.edited {
                self.edited(&place, step, edited);
            }
            gone.extend(delta.gone.into_iter().map(|record| (step, record)));
            coming.extend(delta.come.into_iter().map(|record| (step, record)));
        }
        let keys: HashSet<Arc<str>> = match gone.is_empty() {
            true => HashSet::new(),
            false => coming.iter().filter_map(|(_, record)| record.key.clone()).collect(),
        };
        for (step, record) in gone {
            match record.key.clone().filter(|key| is_global && keys.contains(key)) {
                Some(key) => {
                    self.leave(table, step, &record);
                    leaving.insert(key, record);
                }
                None => self.gone(table, step, record),
            }
        }
        for (step, record) in coming {
            match record.key.as_ref().and_then(|key| leaving.remove(key)) {
                Some(old) => self.moved(table, step, &old, &record),
                None => self.come(table, step, record),
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

    fn edited(&mut self, place: &Place, step: &Step, edited: Edited) {
        let before = edited.old_key.as_ref().or(edited.key.as_ref());
        let (was, is) = (Mark::new(before, edited.was), Mark::new(edited.key.as_ref(), edited.is));
        // Mostly one record has the mark, before and since.
        let held = self.now.files.get(place).and_then(|file| file.get(&was)).map(Vec::as_slice);
        let record = match held {
            Some(&[record]) if was == is && self.stands(place, record, edited.key.as_ref()) => {
                self.records[record].is_there = true;
                record
            }
            _ => {
                let record = self.take(place, before, &was);
                self.put(place, record, edited.key.as_ref(), is);
                record
            }
        };
        self.say(step, record, edited.edits);
    }

    fn moved(&mut self, table: usize, step: &Step, old: &Record, new: &Record) {
        let place = (table, step.path().clone());
        let record = self.record(&place, new.key.as_ref(), None);
        self.put(&place, record, new.key.as_ref(), Mark::of(new));
        let edits = delta::edits(&old.said, &new.said, &mut self.names);
        self.say(step, record, edits);
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
        let at = self.take(&(table, step.path().clone()), record.key.as_ref(), &Mark::of(record));
        self.records[at].is_there = false;
        at
    }

    fn gone(&mut self, table: usize, step: &Step, record: Record) {
        let at = self.leave(table, step, &record);
        let (commit, path) = (step.commit, step.path().clone());
        self.changes.push(Change {
            record: at,
            field: None,
            old: Some(record.said),
            new: None,
            commit,
            path,
        });
    }

    fn come(&mut self, table: usize, step: &Step, record: Record) {
        let place = (table, step.path().clone());
        let at = self.record(&place, record.key.as_ref(), None);
        self.put(&place, at, record.key.as_ref(), Mark::of(&record));
        let (commit, path) = (step.commit, place.1);
        self.changes.push(Change {
            record: at,
            field: None,
            old: None,
            new: Some(record.said),
            commit,
            path,
        });
    }

    /// Whether nothing but its fields is to be changed of the record with that key in that place.
    fn stands(&self, place: &Place, record: usize, key: Option<&Arc<str>>) -> bool {
        let tracked = &self.records[record];
        let is_known = |key: &Arc<str>| self.now.keys.get(&(place.0, key.clone())) == Some(&record);
        tracked.path == place.1
            && tracked.key.as_ref() == key
            && (!self.tables[place.0].collection.is_unique || key.is_none_or(is_known))
    }

    /// Takes the record out of its file.
    fn take(&mut self, place: &Place, key: Option<&Arc<str>>, mark: &Mark) -> usize {
        let held = self.now.files.get_mut(place).and_then(|file| file.get_mut(mark));
        let found = held.filter(|held| !held.is_empty()).map(|held| held.remove(0));
        self.record(place, key, found)
    }

    /// Puts the record into the file.
    fn put(&mut self, place: &Place, record: usize, key: Option<&Arc<str>>, mark: Mark) {
        let file = self.now.files.entry(place.clone()).or_default();
        file.entry(mark).or_default().push(record);
        let tracked = &mut self.records[record];
        (tracked.path, tracked.key, tracked.is_there) = (place.1.clone(), key.cloned(), true);
        if let Some(key) = key.filter(|_| self.tables[place.0].collection.is_unique) {
            self.now.keys.insert((place.0, key.clone()), record);
        }
    }

    /// The record `found`, else the one with the key, else a new one: what was there before history began, or comes.
    fn record(&mut self, place: &Place, key: Option<&Arc<str>>, found: Option<usize>) -> usize {
        let by_key = || self.now.keys.get(&(place.0, key?.clone())).copied();
        found.or_else(by_key).unwrap_or_else(|| {
            let (key, path) = (key.cloned(), place.1.clone());
            self.records.push(Tracked { table: place.0, key, path, is_there: true });
            self.records.len() - 1
        })
    }
}
