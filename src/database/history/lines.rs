//! The different lines of all versions of a table's files. Each is parsed once, however many versions have it, and known
//! by its number from then on.
//!
//! It knows lines, not files: which version has which lines, `versions` says.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::delta::{self, Delta, Edit, Edited, Names, Record};
use super::said::{self, Said};
use crate::database::Table;
use crate::read::jsonl;
use crate::read::tape::{Kind, Tape, Value};
use crate::text::Span;

/// A line that holds a record.
pub(super) struct Line {
    text: Box<str>,
    tape: Tape,
    key: Option<Arc<str>>,
    /// Whether each field has one name, the one it is written with.
    is_plain: bool,
    content: OnceLock<u64>,
}

impl Line {
    /// The record on the line that is `bytes`, when there is one. `tape` is scratch space.
    fn read(table: &Table, bytes: &[u8], tape: &mut Tape) -> Option<Self> {
        let text = simdutf8::basic::from_utf8(bytes).ok()?;
        tape.clear();
        let (_, names_twice) = jsonl::append(text, Span::of(0, text.len()), tape)?;
        if table.has_aliases() {
            table.apply_aliases(tape, text, 0);
        }
        let key = table.key(tape.value(text, 0)).map(Arc::from);
        let is_plain = !names_twice && !table.has_aliases();
        // A copy takes no more memory than it has to.
        let tape = tape.clone();
        Some(Self { text: text.into(), tape, key, is_plain, content: OnceLock::new() })
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn key(&self) -> Option<&Arc<str>> {
        self.key.as_ref()
    }

    pub(super) fn record(&self) -> Value<'_> {
        self.value(0)
    }

    pub(super) fn value(&self, node: usize) -> Value<'_> {
        self.tape.value(&self.text, node)
    }

    pub(super) fn is_object(&self) -> bool {
        self.record().kind() == Kind::Object
    }

    /// The hash of what the record says.
    pub(super) fn content(&self) -> u64 {
        *self.content.get_or_init(|| said::content(&self.record().to_json()))
    }
}

/// Lines by their numbers. Threads share it.
#[derive(Default)]
pub(super) struct Lines(Mutex<Known>);

#[derive(Default)]
struct Known {
    numbers: HashMap<u64, u32, BuildHasherDefault<AsItIs>>,
    /// `None` for a line that holds no record.
    lines: Vec<Option<Arc<Line>>>,
}

/// A line not looked up yet: the hash of its bytes, and those.
pub(super) type Fresh<'a> = (u64, &'a [u8]);

impl Lines {
    /// Lines with numbers from 0; `None` when one of them holds no record.
    pub(super) fn of(table: &Table, texts: &[Vec<u8>]) -> Option<Self> {
        use rayon::prelude::*;
        let read = |text: &Vec<u8>| Some((hash(text), Arc::new(Line::read(table, text, &mut Tape::new())?)));
        let lines: Vec<Option<(u64, Arc<Line>)>> = texts.par_iter().with_min_len(256).map(read).collect();
        let mut known = Known::default();
        for (number, line) in (0..).zip(lines) {
            let (hash, line) = line?;
            known.numbers.insert(hash, number);
            known.lines.push(Some(line));
        }
        Some(Self(Mutex::new(known)))
    }

    /// The numbers of `fresh`. Those that nobody saw before are parsed.
    pub(super) fn numbers(&self, table: &Table, fresh: &[Fresh<'_>]) -> Vec<u32> {
        const UNKNOWN: u32 = u32::MAX;
        let known = self.known();
        let look = |(hash, _): &Fresh<'_>| known.numbers.get(hash).copied().unwrap_or(UNKNOWN);
        let mut numbers: Vec<u32> = fresh.iter().map(look).collect();
        drop(known);
        // Parsed without the lock. Rarely another thread does the same meanwhile: the first counts.
        let mut tape = Tape::new();
        let missing = fresh.iter().zip(&numbers).filter(|(_, number)| **number == UNKNOWN);
        let mut read: HashMap<u64, Option<Arc<Line>>, BuildHasherDefault<AsItIs>> = HashMap::default();
        for ((hash, bytes), _) in missing {
            read.entry(*hash).or_insert_with(|| Line::read(table, bytes, &mut tape).map(Arc::new));
        }
        if read.is_empty() {
            return numbers;
        }
        let mut known = self.known();
        for ((hash, _), number) in fresh.iter().zip(&mut numbers).filter(|(_, number)| **number == UNKNOWN) {
            let next = known.lines.len() as u32;
            *number = *known.numbers.entry(*hash).or_insert(next);
            if *number == next {
                known.lines.push(read.remove(hash).flatten());
            }
        }
        numbers
    }

    /// Those of the lines that hold a record.
    pub(super) fn records(&self, numbers: &[u32]) -> Vec<Arc<Line>> {
        let known = self.known();
        numbers.iter().filter_map(|&number| known.lines.get(number as usize)?.clone()).collect()
    }

    pub(super) fn get(&self, number: u32) -> Option<Arc<Line>> {
        self.known().lines.get(number as usize)?.clone()
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.known().lines.len()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The hash by which a line is known.
pub(super) fn hash(line: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(line)
}

/// Numbers that are hashes already.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxhash_rust::xxh3::xxh3_64_with_seed(bytes, self.0);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// The difference between the lines that only one of two versions of a file has.
///
/// Most of them are a record with a key, before and since. Those are compared as they lie on their tapes.
pub(super) fn between(old: Vec<Arc<Line>>, new: Vec<Arc<Line>>, names: &mut Names) -> Delta {
    let mut by_key: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, line) in old.iter().enumerate().rev() {
        if let Some(key) = line.key() {
            by_key.entry(key).or_default().push(at);
        }
    }
    let (mut edited, mut used, mut come) = (Vec::new(), vec![false; old.len()], Vec::new());
    for line in &new {
        match line.key().and_then(|key| by_key.get_mut(&**key)).and_then(Vec::pop) {
            Some(same) => {
                used[same] = true;
                let edits = delta::edits(&Said::of_line(&old[same]), &Said::of_line(line), names);
                // A record with a key is known by that, not by what it says.
                edited.push(Edited { key: line.key().cloned(), old_key: None, was: 0, is: 0, edits });
            }
            None => come.push(record(line)),
        }
    }
    let gone = old.iter().zip(used).filter(|(_, used)| !used).map(|(line, _)| record(line));
    let rest = delta::between(gone.collect(), come, names);
    edited.retain(|one| !one.edits.is_empty());
    edited.extend(rest.edited);
    Delta { gone: rest.gone, edited, come: rest.come }
}

/// What a line says as a record.
pub(super) fn record(line: &Arc<Line>) -> Record {
    Record { key: line.key().cloned(), said: Said::of_line(line) }
}

/// The fields that differ between the records of two lines, sorted by name; `None` when they are not as they are
/// written.
pub(super) fn edits(old: &Arc<Line>, new: &Arc<Line>, names: &mut Names) -> Option<Vec<Edit>> {
    if !old.is_plain || !new.is_plain {
        return None;
    }
    let others: Vec<(&str, Value<'_>)> =
        new.record().members().map(|(name, value)| (name.as_str().unwrap_or_default(), value)).collect();
    let (mut seen, mut next) = (vec![false; others.len()], 0);
    let mut edits: Vec<Edit> = Vec::new();
    for (name, value) in old.record().members() {
        let name = name.as_str().unwrap_or_default();
        // Mostly the fields stand in the same order.
        let is_it = |at: &usize| others.get(*at).is_some_and(|(other, _)| *other == name);
        let at = Some(next).filter(is_it).or_else(|| (0..others.len()).find(is_it));
        let since = at.map(|at| {
            (seen[at], next) = (true, at + 1);
            others[at].1
        });
        if !since.is_some_and(|since| said::is_same((value, &old.text), (since, &new.text))) {
            let since = since.map(|since| Said::at(new, since.index()));
            edits.push((names.get(name), Some(Said::at(old, value.index())), since));
        }
    }
    for ((name, value), _) in others.iter().zip(seen).filter(|(_, seen)| !seen) {
        edits.push((names.get(name), None, Some(Said::at(new, value.index()))));
    }
    edits.sort_by(|a, b| a.0.cmp(&b.0));
    Some(edits)
}
