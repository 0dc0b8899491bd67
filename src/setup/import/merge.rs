//! Records of an import among those of the repository, by key.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value as Json};

use super::faults::Faults;
use super::{Change, Incoming};
use crate::config::{Collection, Reader};
use crate::error::{Error, Result};
use crate::read::json;
use crate::read::tape::Tape;
use crate::session::{Row, Session};
use crate::setup::line::{Manner, appended, changed, is_same};
use crate::setup::new::lines_of;
use crate::text::{RepoPath, Span, escape};

/// What merging would change.
#[derive(Debug, Default)]
pub(super) struct Merged {
    pub(super) changes: BTreeMap<RepoPath, Change>,
    pub(super) added: usize,
    pub(super) changed: usize,
    pub(super) same: usize,
    pub(super) missing: Vec<String>,
    /// The record of the import that each line of a changed file is of.
    pub(super) places: HashMap<(RepoPath, usize), usize>,
}

/// Merges `incoming` into the records of `collection`, recognised by the fields `key`. What cannot be merged is told to
/// `faults`.
pub(super) fn merge(
    session: &Session,
    collection: &Collection,
    key: &[String],
    incoming: &[Incoming],
    faults: &mut Faults<'_>,
) -> Result<Merged> {
    let existing = Existing::read(session, collection, key)?;
    let mut merged = Merged::default();
    let mut edits: BTreeMap<String, BTreeMap<usize, Vec<(String, Json)>>> = BTreeMap::new();
    let (mut added, mut seen) = (Vec::new(), HashMap::new());
    for (at, record) in incoming.iter().enumerate() {
        let Some(own) = key_of(&record.fields, key) else {
            faults.at_record(
                record,
                format!("no value for {}, by which records are recognised", key.join(", ")),
            );
            continue;
        };
        if seen.insert(own.clone(), at).is_some() {
            faults.at_record(record, format!("{} stands in the import twice", escape(&own)));
            continue;
        }
        let Some(row) = existing.by_key.get(&own) else {
            added.push(at);
            continue;
        };
        let news = news(row, record);
        if news.is_empty() {
            merged.same += 1;
        } else if existing.is_line(row) {
            merged.changed += 1;
            merged.places.insert((RepoPath::new(&row.path), row.line as usize), at);
            edits.entry(row.path.clone()).or_default().insert(row.line as usize, news);
        } else {
            let message = format!("{} is kept in {}, which import does not change", escape(&own), row.path);
            faults.at_record(record, message);
        }
    }
    merged.added = added.len();
    let lost = existing.by_key.iter().filter(|(own, row)| existing.is_line(row) && !seen.contains_key(*own));
    merged.missing = lost.map(|(own, _)| own.clone()).collect();
    merged.missing.sort();
    for (path, lines) in edits {
        let path = RepoPath::new(&path);
        let before = session.file(path.as_str()).map(|bytes| bytes.to_vec()).unwrap_or_default();
        let after = edited(collection, &before, &lines);
        merged.changes.insert(path, (Some(before), after));
    }
    if !added.is_empty() {
        append(session, collection, incoming, &added, &mut merged)?;
    }
    Ok(merged)
}

/// The records there are.
struct Existing {
    by_key: HashMap<String, Row>,
    /// The files whose records are lines.
    lines: BTreeSet<String>,
}

impl Existing {
    fn read(session: &Session, collection: &Collection, key: &[String]) -> Result<Self> {
        let receipt = session.status(false)?;
        let files = receipt.collections.iter().filter(|(name, _)| **name == *collection.name);
        let files = files.flat_map(|(_, files)| files);
        let lines = files.filter(|file| file.reader == Reader::Jsonl.name());
        let lines = lines.map(|file| file.path.clone()).collect();
        let mut by_key: HashMap<String, Row> = HashMap::new();
        let mut twice = None;
        session.records(Some(&collection.name), &mut |row| {
            if let Some(own) = key_of(&row.fields, key)
                && let Some(other) = by_key.insert(own.clone(), row)
            {
                twice = Some((own, other));
            }
            Ok(())
        })?;
        match twice {
            Some((own, other)) => Err(Error::usage(format!(
                "{} is the key of two records, one of them at {}:{}",
                escape(&own),
                other.path,
                other.line
            ))
            .hint("mend that first; `opsbook check --only duplicate-key` shows both")),
            None => Ok(Self { by_key, lines }),
        }
    }

    fn is_line(&self, row: &Row) -> bool {
        self.lines.contains(&row.path)
    }
}

/// The text by which a record is recognised; `None` where it has none of the fields.
fn key_of(fields: &Map<String, Json>, key: &[String]) -> Option<String> {
    let text = |name: &String| {
        let value = name.split('.').try_fold(None, |found: Option<&Json>, part| {
            let within = match found {
                Some(value) => value.as_object()?,
                None => fields,
            };
            Some(Some(within.get(part)?))
        });
        match value?? {
            Json::String(text) if text.is_empty() => None,
            Json::String(text) => Some(text.clone()),
            Json::Null => None,
            Json::Object(members) if members.is_empty() => None,
            Json::Array(items) if items.is_empty() => None,
            other => Some(other.to_string()),
        }
    };
    let parts: Vec<Option<String>> = key.iter().map(text).collect();
    let is_told = parts.iter().any(Option::is_some);
    is_told.then(|| parts.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().join("\u{1f}"))
}

/// The fields that the import has otherwise. A nested one keeps what the import does not speak of.
fn news(row: &Row, record: &Incoming) -> Vec<(String, Json)> {
    let changed = record.fields.iter().filter_map(|(name, value)| {
        let old = row.fields.get(name);
        let new = match (old, value) {
            (Some(Json::Object(old)), Json::Object(new)) => {
                let mut both = old.clone();
                both.extend(new.clone());
                Json::Object(both)
            }
            _ => value.clone(),
        };
        let is_known = old.is_some_and(|old| is_same(old, &new) || is_same_key(old, &new));
        (!is_known).then(|| (name.clone(), new))
    });
    changed.collect()
}

/// Whether a text and a number are the same key.
fn is_same_key(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::String(text), Json::Number(number)) | (Json::Number(number), Json::String(text)) => {
            number.to_string() == *text
        }
        _ => false,
    }
}

/// A file with the members of some of its lines changed. A field that the file calls otherwise keeps that name.
fn edited(collection: &Collection, before: &[u8], lines: &BTreeMap<usize, Vec<(String, Json)>>) -> Vec<u8> {
    let mut after = Vec::with_capacity(before.len() + 256);
    for (at, line) in before.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let text = lines.get(&(at + 1)).zip(std::str::from_utf8(line).ok());
        let new = text.and_then(|(changes, line)| changed(line, &as_in_file(collection, line, changes)));
        after.extend_from_slice(new.as_ref().map_or(line, |new| new.as_bytes()));
    }
    after
}

fn as_in_file(collection: &Collection, line: &str, changes: &[(String, Json)]) -> Vec<(String, Json)> {
    let mut tape = Tape::new();
    let _ = json::read(line, Span::of(0, line.len()), &mut tape);
    let has = |name: &str| tape.root(line).is_some_and(|root| root.get(name).is_some());
    let own_name = |field: &String| {
        let aliases = collection.map.iter().filter(|(_, to)| to == field).map(|(from, _)| from);
        aliases.into_iter().find(|from| has(from)).unwrap_or(field).clone()
    };
    changes.iter().map(|(field, value)| (own_name(field), value.clone())).collect()
}

/// Adds the records at `added` behind the last ones.
fn append(
    session: &Session,
    collection: &Collection,
    incoming: &[Incoming],
    added: &[usize],
    merged: &mut Merged,
) -> Result<()> {
    let path = lines_of(session, collection)?;
    let there = session.file(path.as_str()).map(|bytes| bytes.to_vec());
    let (before, now) = match merged.changes.remove(&path) {
        Some((before, after)) => (before, after),
        None => (there.clone(), there.unwrap_or_default()),
    };
    let last = now.trim_ascii_end().rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    let manner = Manner::of(std::str::from_utf8(last).unwrap_or_default());
    let order = session.field_order(collection);
    let lines = added.iter().map(|&at| {
        let mut members: Vec<(String, Json)> =
            incoming[at].fields.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        members.sort_by_key(|(name, _)| order.iter().position(|known| known == name).unwrap_or(order.len()));
        manner.object(&members)
    });
    let (after, first) = appended(&now, &lines.collect::<Vec<_>>());
    for (offset, &at) in added.iter().enumerate() {
        merged.places.insert((path.clone(), first + offset), at);
    }
    merged.changes.insert(path, (before, after));
    Ok(())
}
