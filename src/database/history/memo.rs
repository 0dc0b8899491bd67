//! What differed between two blobs, remembered below git's folder for the next run.
//!
//! An entry holds what one table's versions differ in, each difference named by the blobs and paths it is between; the
//! entry itself is named by everything else that counts: the version of opsbook and how the table reads its files. Of
//! files of lines it holds the different lines once, each as what it is other than the line that its record had
//! before, and differences as the numbers of lines: what they mean is quicker told again than read. It may be deleted at
//! any time and is written as a whole. One that cannot be understood is as if it were not there, and its differences
//! are computed again.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::delta::{Delta, Edited, Names, Record};
use super::entry::{Reader, Writer};
use super::lines::{self, Line, Lines};
use super::said::Said;
use super::{Chain, Past, Side, Step, fold};
use crate::config::SchemaSource;
use crate::database::Table;

/// A larger entry is not kept: reading it would cost what it saves.
const LARGEST: usize = 256 << 20;

/// The texts of an entry take at most this much: lines that are told by what they differ in can be far more than it.
const MOST: usize = 1 << 30;

/// What differs between two versions.
#[derive(Debug, Clone)]
pub(super) enum Difference {
    /// The lines that only the old one has, and those that only the new one has, by their numbers.
    Lines { gone: Vec<u32>, come: Vec<u32> },
    /// Of everything that is not lines.
    Records(Delta),
}

impl Difference {
    /// What it says of records.
    pub(super) fn delta(&self, lines: &Lines, names: &mut Names) -> Delta {
        match self {
            Self::Lines { gone, come } => lines::between(lines.records(gone), lines.records(come), names),
            Self::Records(delta) => delta.clone(),
        }
    }
}

/// The remembered differences of one table.
#[derive(Default)]
pub(super) struct Memo {
    /// The name of the entry; `None` when nothing is to be remembered.
    name: Option<String>,
    known: HashMap<u128, Difference>,
    /// Its lines, and those that this run meets.
    pub(super) lines: Lines,
}

impl Memo {
    /// What is remembered of `table`; nothing when none of `chains` is about it.
    pub(super) fn open(past: &Past<'_>, table: &Table, chains: &[Chain]) -> Self {
        let is_asked = chains.iter().any(|chain| past.tables[chain.table].name() == table.name());
        if !past.cache || !is_asked {
            return Self::default();
        }
        let name = name(past, table);
        let entry = past.workspace.read_cache(&name);
        let (lines, known) = entry.and_then(|entry| read(table, &entry)).unwrap_or_default();
        Self { name: Some(name), known, lines }
    }

    /// What a step changed, when it is remembered.
    pub(super) fn get(&self, step: &Step) -> Option<Difference> {
        self.known.get(&key(step)?).cloned()
    }

    /// Remembers `all`, the differences of a run, when some of them are new.
    pub(super) fn close<'a>(&self, past: &Past<'_>, all: impl Iterator<Item = &'a fold::Known>) {
        let Some(name) = &self.name else { return };
        let mut seen: HashMap<u128, ()> = HashMap::new();
        let all = all.filter_map(|one| Some((key(&one.step)?, &one.difference)));
        let all: Vec<(u128, &Difference)> = all.filter(|(key, _)| seen.insert(*key, ()).is_none()).collect();
        if all.iter().all(|(key, _)| self.known.contains_key(key)) {
            return;
        }
        let entry = written(&self.lines, &all);
        if entry.len() <= LARGEST {
            past.workspace.write_cache(name, &entry);
        }
    }
}

fn name(past: &Past<'_>, table: &Table) -> String {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    let mut add = |part: &[u8]| {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part);
    };
    let collection = &table.collection;
    add(env!("CARGO_PKG_VERSION").as_bytes());
    add(past.config.root.as_bytes());
    add(&past.config.limits.line_bytes.to_le_bytes());
    add(collection.name.as_bytes());
    add(&[u8::from(collection.is_configured), u8::from(collection.anywhere), u8::from(collection.is_unique)]);
    for (pattern, _) in &collection.patterns {
        add(pattern.as_bytes());
    }
    for reader in &collection.readers {
        add(format!("{reader:?}").as_bytes());
    }
    for field in &collection.key {
        add(field.to_string().as_bytes());
    }
    for (from, to) in collection.map.iter().chain([&(String::new(), String::new())]).chain(&collection.values)
    {
        add(from.as_bytes());
        add(to.as_bytes());
    }
    match &collection.schema {
        None => add(b""),
        Some(SchemaSource::BuiltIn(name)) => add(name.as_bytes()),
        Some(SchemaSource::Path(path)) => {
            let entry = past.snapshot.entry(path);
            let bytes = entry.and_then(|entry| past.snapshot.read(entry, past.config.limits.file_bytes).ok());
            add(path.as_bytes());
            add(&bytes.unwrap_or_default());
        }
    }
    format!("history-{:032x}", hash.digest128())
}

/// What a difference depends on: two blobs, and the paths, which say how they are read. `None` when one of them is no
/// blob.
fn key(step: &Step) -> Option<u128> {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    for side in [&step.old, &step.new] {
        match side {
            None => hash.update(b"-"),
            Some(Side::File(_)) => return None,
            Some(Side::Blob(path, blob)) => {
                hash.update(b"+");
                hash.update(blob);
                hash.update(&(path.as_str().len() as u64).to_le_bytes());
                hash.update(path.as_str().as_bytes());
            }
        }
    }
    Some(hash.digest128())
}

/// The entry of differences, whose lines are `lines`.
fn written(lines: &Lines, all: &[(u128, &Difference)]) -> Vec<u8> {
    let mut used = Used::default();
    let mut differences = Writer::default();
    for (key, difference) in all {
        differences.bytes(&key.to_le_bytes());
        match difference {
            Difference::Lines { gone, come } => {
                differences.number(0);
                differences.numbers(used.numbers(lines, gone).into_iter());
                differences.numbers(used.numbers(lines, come).into_iter());
            }
            Difference::Records(delta) => {
                differences.number(1);
                differences.bytes(json_of(delta).to_string().as_bytes());
            }
        }
    }
    let mut entry = Writer::default();
    entry.number(used.lines.len() as u64);
    // The line that the record had before, by key.
    let mut before: HashMap<&str, usize> = HashMap::new();
    for (at, line) in used.lines.iter().enumerate() {
        let base = line.key().and_then(|key| before.insert(key, at));
        entry.number(base.map_or(0, |base| base as u64 + 1));
        entry.beside(base.map_or("", |base| used.lines[base].text()).as_bytes(), line.text().as_bytes());
    }
    entry.number(all.len() as u64);
    entry.append(&differences);
    entry.sealed()
}

/// The lines that an entry needs, in the order in which it needs them.
#[derive(Default)]
struct Used {
    lines: Vec<Arc<Line>>,
    numbers: HashMap<u32, Option<u64>>,
}

impl Used {
    /// The numbers that lines have in the entry. Those without a record are not in it.
    fn numbers(&mut self, lines: &Lines, of: &[u32]) -> Vec<u64> {
        let numbers = of.iter().filter_map(|&number| {
            *self.numbers.entry(number).or_insert_with(|| {
                self.lines.push(lines.get(number)?);
                Some(self.lines.len() as u64 - 1)
            })
        });
        numbers.collect()
    }
}

fn read(table: &Table, entry: &[u8]) -> Option<(Lines, HashMap<u128, Difference>)> {
    let mut reader = Reader::open(entry)?;
    let (mut texts, mut size): (Vec<Vec<u8>>, usize) = (Vec::new(), 0);
    for _ in 0..reader.count()? {
        let base = match reader.number()? {
            0 => &[][..],
            base => texts.get(usize::try_from(base - 1).ok()?)?,
        };
        let text = reader.beside(base)?;
        size += text.len();
        if size > MOST {
            return None;
        }
        texts.push(text);
    }
    let mut known = HashMap::new();
    for _ in 0..reader.count()? {
        let key = u128::from_le_bytes(reader.bytes()?.try_into().ok()?);
        let numbers = |reader: &mut Reader<'_>| -> Option<Vec<u32>> {
            let numbers = reader.numbers()?;
            let valid =
                |number: u64| u32::try_from(number).ok().filter(|number| (*number as usize) < texts.len());
            numbers.into_iter().map(valid).collect()
        };
        let difference = match reader.number()? {
            0 => Difference::Lines { gone: numbers(&mut reader)?, come: numbers(&mut reader)? },
            1 => Difference::Records(delta_of(serde_json::from_slice(reader.bytes()?).ok()?)?),
            _ => return None,
        };
        known.insert(key, difference);
    }
    reader.is_empty().then_some(())?;
    Some((Lines::of(table, &texts)?, known))
}

fn json_of(delta: &Delta) -> Json {
    let records = |records: &[Record]| -> Vec<Json> {
        records.iter().map(|record| json!([record.key.as_deref(), record.said.json()])).collect()
    };
    let edited: Vec<Json> = delta
        .edited
        .iter()
        .map(|one| {
            // A field that is not there is no list, one that is there a list of its value.
            let list = |value: &Option<Said>| value.as_ref().map(|value| [value.json()]);
            let edits: Vec<Json> =
                one.edits.iter().map(|(name, old, new)| json!([**name, list(old), list(new)])).collect();
            json!([one.key.as_deref(), one.old_key.as_deref(), one.was, one.is, edits])
        })
        .collect();
    json!([records(&delta.gone), edited, records(&delta.come)])
}

fn delta_of(json: Json) -> Option<Delta> {
    let [gone, edited, come] = array(json)?;
    let records = |list: Json| -> Option<Vec<Record>> { items(list)?.into_iter().map(record_of).collect() };
    let edited: Option<Vec<Edited>> = items(edited)?.into_iter().map(edited_of).collect();
    Some(Delta { gone: records(gone)?, edited: edited?, come: records(come)? })
}

fn record_of(json: Json) -> Option<Record> {
    let [key, said] = array(json)?;
    said.is_object().then(|| Record { key: key.as_str().map(Arc::from), said: said.into() })
}

fn edited_of(json: Json) -> Option<Edited> {
    let [key, old_key, was, is, edits] = array(json)?;
    let text = |json: &Json| json.as_str().map(Arc::from);
    let edits = items(edits)?.into_iter().map(|edit| {
        let [name, old, new] = array(edit)?;
        Some((Arc::from(name.as_str()?), value_of(old)?, value_of(new)?))
    });
    let edits: Option<Vec<_>> = edits.collect();
    Some(Edited {
        key: text(&key),
        old_key: text(&old_key),
        was: was.as_u64()?,
        is: is.as_u64()?,
        edits: edits?,
    })
}

fn value_of(json: Json) -> Option<Option<Said>> {
    match json {
        Json::Null => Some(None),
        other => array(other).map(|[value]| Some(Said::from(value))),
    }
}

fn items(json: Json) -> Option<Vec<Json>> {
    match json {
        Json::Array(items) => Some(items),
        _ => None,
    }
}

fn array<const N: usize>(json: Json) -> Option<[Json; N]> {
    items(json)?.try_into().ok()
}
