//! What differed between two blobs, remembered below git's folder for the next run.
//!
//! An entry holds one table's differences, each named by the blobs and paths it is between; the entry itself is named by
//! everything else that counts: the version of opsbook and how the table reads its files. It may be deleted at any time
//! and is written as a whole. One that cannot be understood is as if it were not there, and its differences are
//! computed again.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use super::delta::{Delta, Edited, Record};
use super::{Chain, Past, Side, Step, fold};
use crate::config::SchemaSource;
use crate::database::Table;

/// The first line of every entry.
const FORMAT: &str = "opsbook history 2";

/// A larger entry is not kept: reading it would cost what it saves.
const LARGEST: usize = 256 << 20;

/// The remembered differences of one table.
#[derive(Default)]
pub(super) struct Memo {
    /// The name of the entry; `None` when nothing is to be remembered.
    name: Option<String>,
    known: HashMap<u128, Delta>,
}

impl Memo {
    /// What is remembered of `table`; nothing when none of `chains` is about it.
    pub(super) fn open(past: &Past<'_>, table: &Table, chains: &[Chain]) -> Self {
        let is_asked = chains.iter().any(|chain| past.tables[chain.table].name() == table.name());
        if !past.cache || !is_asked {
            return Self::default();
        }
        let name = name(past, table);
        let known = past.workspace.read_cache(&name).and_then(|bytes| parsed(&bytes)).unwrap_or_default();
        Self { name: Some(name), known }
    }

    /// What a step changed, when it is remembered.
    pub(super) fn get(&self, step: &Step) -> Option<Delta> {
        self.known.get(&key(step)?).cloned()
    }

    /// Remembers `all`, the differences of a run, when some of them are new.
    pub(super) fn close<'a>(&self, past: &Past<'_>, all: impl Iterator<Item = &'a fold::Known>) {
        let Some(name) = &self.name else { return };
        let keyed: HashMap<u128, &Delta> =
            all.filter_map(|one| Some((key(&one.step)?, &one.delta))).collect();
        if keyed.keys().all(|key| self.known.contains_key(key)) {
            return;
        }
        let mut lines: Vec<String> = keyed
            .iter()
            .map(|(key, delta)| json!([format!("{key:032x}"), written(delta)]).to_string())
            .collect();
        lines.sort_unstable();
        let mut text = format!("{FORMAT}\n{}\n", lines.len());
        for line in lines {
            text.push_str(&line);
            text.push('\n');
        }
        if text.len() <= LARGEST {
            past.workspace.write_cache(name, text.as_bytes());
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

fn written(delta: &Delta) -> Json {
    let records = |records: &[Record]| -> Vec<Json> {
        records.iter().map(|record| json!([record.key.as_deref(), record.fields])).collect()
    };
    let edited: Vec<Json> = delta
        .edited
        .iter()
        .map(|one| {
            // A field that is not there is no list, one that is there a list of its value.
            let list = |value: &Option<Json>| value.as_ref().map(|value| [value.clone()]);
            let edits: Vec<Json> =
                one.edits.iter().map(|(name, old, new)| json!([**name, list(old), list(new)])).collect();
            json!([one.key.as_deref(), one.old_key.as_deref(), one.was, one.is, edits])
        })
        .collect();
    json!([records(&delta.gone), edited, records(&delta.come)])
}

fn parsed(bytes: &[u8]) -> Option<HashMap<u128, Delta>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut lines = text.lines();
    if lines.next() != Some(FORMAT) {
        return None;
    }
    let count: usize = lines.next()?.parse().ok()?;
    let mut known = HashMap::new();
    for line in lines {
        let Json::Array(parts) = serde_json::from_str(line).ok()? else { return None };
        let [Json::String(key), delta] = <[Json; 2]>::try_from(parts).ok()? else { return None };
        known.insert(u128::from_str_radix(&key, 16).ok()?, delta_of(delta)?);
    }
    (known.len() == count).then_some(known)
}

fn delta_of(json: Json) -> Option<Delta> {
    let [gone, edited, come] = array(json)?;
    let records = |list: Json| -> Option<Vec<Record>> { items(list)?.into_iter().map(record_of).collect() };
    let edited: Option<Vec<Edited>> = items(edited)?.into_iter().map(edited_of).collect();
    Some(Delta { gone: records(gone)?, edited: edited?, come: records(come)? })
}

fn record_of(json: Json) -> Option<Record> {
    let [key, Json::Object(fields)] = array(json)? else { return None };
    let fields: Map<String, Json> = fields;
    Some(Record::new(key.as_str().map(str::to_owned), fields))
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

fn value_of(json: Json) -> Option<Option<Json>> {
    match json {
        Json::Null => Some(None),
        other => array(other).map(|[value]| Some(value)),
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
