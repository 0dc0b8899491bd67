//! What differs between the records of two versions of a file.
//!
//! It compares records, and knows nothing of where they are from.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::lines;
use super::said::Said;

/// A record as it stood in one version of a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Record {
    pub(super) key: Option<Arc<str>>,
    /// An object.
    pub(super) said: Said,
}

/// The field of an edited record: name, before, since.
pub(super) type Edit = (Arc<str>, Option<Said>, Option<Said>);

/// A record that is another than before.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Edited {
    pub(super) key: Option<Arc<str>>,
    /// The key it had, when that was another.
    pub(super) old_key: Option<Arc<str>>,
    /// The hashes of what it said and says, where one of the two has no key.
    pub(super) was: u64,
    pub(super) is: u64,
    pub(super) edits: Vec<Edit>,
}

/// What differs.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Delta {
    pub(super) gone: Vec<Record>,
    pub(super) edited: Vec<Edited>,
    pub(super) come: Vec<Record>,
}

/// Names of fields, each made once.
#[derive(Default)]
pub(super) struct Names(HashMap<Box<str>, Arc<str>>);

impl Names {
    pub(super) fn get(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return known.clone();
        }
        self.0.entry(name.into()).or_insert_with(|| name.into()).clone()
    }
}

/// The difference between `old` and `new`, without the records that are in both.
pub(super) fn between(old: Vec<Record>, new: Vec<Record>, names: &mut Names) -> Delta {
    let (mut gone, mut come) = without_common(old, new);
    let mut edited = Vec::new();
    let mut by_key: HashMap<Arc<str>, Vec<usize>> = HashMap::new();
    for (at, record) in gone.iter().enumerate().rev() {
        if let Some(key) = &record.key {
            by_key.entry(key.clone()).or_default().push(at);
        }
    }
    let mut pairs = Vec::new();
    for (at, record) in come.iter().enumerate() {
        let same = record.key.as_ref().and_then(|key| by_key.get_mut(key)).and_then(Vec::pop);
        pairs.extend(same.map(|same| (same, at)));
    }
    edited.extend(take_pairs((&mut gone, &mut come), pairs, names));
    let pairs = alike(&gone, &come);
    edited.extend(take_pairs((&mut gone, &mut come), pairs, names));
    Delta { gone, edited, come }
}

/// What became of a record.
fn edited(old: &Record, new: &Record, names: &mut Names) -> Edited {
    let edits = edits(&old.said, &new.said, names);
    let old_key = old.key.clone().filter(|_| old.key != new.key);
    let is_keyed = old.key.is_some() && new.key.is_some();
    let content = |said: &Said| if is_keyed { 0 } else { said.content() };
    Edited { key: new.key.clone(), old_key, was: content(&old.said), is: content(&new.said), edits }
}

/// The fields that differ between two records, sorted by name.
pub(super) fn edits(old: &Said, new: &Said, names: &mut Names) -> Vec<Edit> {
    if let (Some(old), Some(new)) = (old.line(), new.line())
        && let Some(edits) = lines::edits(old, new, names)
    {
        return edits;
    }
    let (old, new) = (old.fields(), new.fields());
    let all = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)));
    let said = |value: Option<&Json>| value.map(|value| Said::from(value.clone()));
    let edits = all
        .filter(|name| old.get(*name) != new.get(*name))
        .map(|name| (names.get(name), said(old.get(name)), said(new.get(name))));
    let mut edits: Vec<Edit> = edits.collect();
    edits.sort_by(|a, b| a.0.cmp(&b.0));
    edits
}

fn without_common(old: Vec<Record>, new: Vec<Record>) -> (Vec<Record>, Vec<Record>) {
    if old.is_empty() || new.is_empty() {
        return (old, new);
    }
    let mut counts: HashMap<u64, usize> = HashMap::new();
    for record in &new {
        *counts.entry(record.said.content()).or_default() += 1;
    }
    let mut common: HashMap<u64, usize> = HashMap::new();
    let mut gone = old;
    gone.retain(|record| match counts.get_mut(&record.said.content()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            *common.entry(record.said.content()).or_default() += 1;
            false
        }
        _ => true,
    });
    let mut come = new;
    come.retain(|record| match common.get_mut(&record.said.content()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    });
    (gone, come)
}

/// Takes the records at each pair of places away and gives what became of them.
fn take_pairs(
    (gone, come): (&mut Vec<Record>, &mut Vec<Record>),
    pairs: Vec<(usize, usize)>,
    names: &mut Names,
) -> Vec<Edited> {
    let edits = pairs.iter().map(|&(old, new)| edited(&gone[old], &come[new], names)).collect();
    let mut old: Vec<bool> = vec![true; gone.len()];
    let mut new: Vec<bool> = vec![true; come.len()];
    for (was, is) in pairs {
        (old[was], new[is]) = (false, false);
    }
    let (mut old, mut new) = (old.into_iter(), new.into_iter());
    gone.retain(|_| old.next().unwrap_or(true));
    come.retain(|_| new.next().unwrap_or(true));
    edits
}

/// Pairs of records that may be one, because not both of them have a key, and that share at least half of their words;
/// the most alike first. The only record of a file stays the same record whatever becomes of it.
fn alike(gone: &[Record], come: &[Record]) -> Vec<(usize, usize)> {
    const LEAST: f64 = 0.5;
    /// More pairs than this are not compared: they come from a file that was written anew.
    const MOST: usize = 250_000;
    let may_be_one = |old: &Record, new: &Record| old.key.is_none() || new.key.is_none();
    if let ([old], [new]) = (gone, come) {
        return if may_be_one(old, new) { vec![(0, 0)] } else { Vec::new() };
    }
    let all_keyed = gone.iter().chain(come).all(|record| record.key.is_some());
    if all_keyed || gone.len() * come.len() > MOST {
        return Vec::new();
    }
    let words = |records: &[Record]| -> Vec<Vec<u64>> {
        records.iter().map(|one| words(&one.said.fields())).collect()
    };
    let (old, new) = (words(gone), words(come));
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (was, record) in gone.iter().enumerate() {
        for (is, _) in come.iter().enumerate().filter(|(_, other)| may_be_one(record, other)) {
            pairs.push((share(&old[was], &new[is]), was, is));
        }
    }
    pairs.retain(|(share, ..)| *share >= LEAST);
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let (mut old, mut new) = (vec![false; gone.len()], vec![false; come.len()]);
    pairs.retain(|&(_, was, is)| {
        let is_free = !old[was] && !new[is];
        if is_free {
            (old[was], new[is]) = (true, true);
        }
        is_free
    });
    pairs.into_iter().map(|(_, was, is)| (was, is)).collect()
}

/// The words of all texts of a record, as sorted hashes.
fn words(fields: &Map<String, Json>) -> Vec<u64> {
    fn visit(value: &Json, words: &mut Vec<u64>) {
        match value {
            Json::String(text) => words.extend(
                text.split(|c: char| !c.is_alphanumeric())
                    .filter(|word| !word.is_empty())
                    .map(|word| xxhash_rust::xxh3::xxh3_64(word.to_lowercase().as_bytes())),
            ),
            Json::Array(items) => items.iter().for_each(|item| visit(item, words)),
            Json::Object(fields) => fields.values().for_each(|value| visit(value, words)),
            Json::Number(_) | Json::Bool(_) | Json::Null => {}
        }
    }
    let mut words = Vec::new();
    fields.values().for_each(|value| visit(value, &mut words));
    words.sort_unstable();
    words
}

/// How much two sorted lists share, from 0 to 1 (Dice's coefficient).
fn share(a: &[u64], b: &[u64]) -> f64 {
    let (mut left, mut right, mut both) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(left), b.get(right)) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => left += 1,
            std::cmp::Ordering::Greater => right += 1,
            std::cmp::Ordering::Equal => (left, right, both) = (left + 1, right + 1, both + 1),
        }
    }
    if a.is_empty() && b.is_empty() { 0.0 } else { 2.0 * f64::from(both) / (a.len() + b.len()) as f64 }
}
