//! The versions of a file as records, and what differs from one to the next.
//!
//! A file of lines is compared line by line, by hashes, before anything is parsed: a history of gigabytes holds only
//! megabytes of different lines. Every other file is read whole, as the snapshot's are.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::delta::{self, Delta, Record};
use super::memo::Memo;
use super::{Chain, Found, Past, Side, Step, fold, lines};
use crate::config::Reader;
use crate::database::claims::Offer;
use crate::database::{Table, Wants, reading};
use crate::read::tape::Value;
use crate::repo::{Bytes, Contents, Log};
use crate::text::{RepoPath, Span};

/// Reads versions.
pub(super) struct Versions<'a> {
    pub(super) past: &'a Past<'a>,
    pub(super) log: &'a Log,
    pub(super) offers: &'a (dyn Fn(&RepoPath) -> Vec<Offer> + Sync),
}

/// One version of a file, read as far as it must be to be compared.
enum Version {
    Lines { bytes: Bytes, lines: Vec<(u64, Span)> },
    Records(Vec<Record>),
}

/// Whether the records of the file at `path` are taken from a document, where their places say nothing of them.
pub(super) fn is_document(table: &Table, path: &RepoPath) -> bool {
    table.collection.readers_for(path)[0].is_for_documents()
}

/// A value as a record of history. Of a document, the line that a part of it stands on is no part of what it says.
pub(super) fn record(table: &Table, value: Value<'_>, is_document: bool) -> Record {
    let mut fields = match value.to_json() {
        Json::Object(fields) => fields,
        other => Map::from_iter([("value".to_owned(), other)]),
    };
    if is_document {
        fields.values_mut().for_each(without_lines);
    }
    Record::new(table.key(value), fields)
}

fn without_lines(value: &mut Json) {
    match value {
        Json::Array(items) => items.iter_mut().for_each(without_lines),
        Json::Object(fields) => {
            fields.remove("line");
            fields.values_mut().for_each(without_lines);
        }
        _ => {}
    }
}

impl Versions<'_> {
    /// Whether the newest version of a file of lines that was only found holds what its table wants.
    pub(super) fn is_of(&self, chain: &Chain) -> bool {
        let table = &self.past.tables[chain.table];
        let newest = chain.steps.iter().rev().find_map(|step| step.new.as_ref().or(step.old.as_ref()));
        let Some(newest) = newest.filter(|newest| self.is_lines(table, newest.path())) else { return true };
        if table.collection.is_configured {
            return true;
        }
        let Ok(bytes) = self.bytes(newest) else { return true };
        let (mut right, mut all) = (0, 0);
        lines::each_record(table, &bytes, Span::of(0, bytes.len()), &mut |value| {
            all += 1;
            right += usize::from(table.looks_right(value));
        });
        right * 10 >= all * 8
    }

    /// The differences of consecutive steps of one file, and what cannot be told.
    pub(super) fn run(&self, table: usize, steps: &[Step], memo: &Memo) -> (Vec<fold::Known>, Vec<String>) {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        let mut last: HashMap<Side, Rc<Version>> = HashMap::new();
        for step in steps {
            let delta = match memo.get(step) {
                Some(delta) => Some(delta),
                None => self.step(table, step, &mut last, &mut unknown),
            };
            known.extend(delta.map(|delta| fold::Known { table, step: step.clone(), delta }));
        }
        (known, unknown)
    }

    fn step(
        &self,
        table: usize,
        step: &Step,
        last: &mut HashMap<Side, Rc<Version>>,
        unknown: &mut Vec<String>,
    ) -> Found {
        let mut version = |side: &Option<Side>| -> Option<Option<Rc<Version>>> {
            let Some(side) = side else { return Some(None) };
            if let Some(known) = last.get(side) {
                return Some(Some(known.clone()));
            }
            match self.version(table, side) {
                Ok(version) => Some(version.map(Rc::new)),
                Err(why) => {
                    let path = crate::text::escape(side.path().as_str());
                    unknown.push(format!("a version of {path} is unknown: {why}"));
                    None
                }
            }
        };
        let (old, new) = (version(&step.old)?, version(&step.new)?);
        last.clear();
        if let (Some(side), Some(new)) = (&step.new, &new) {
            last.insert(side.clone(), new.clone());
        }
        Some(self.between(table, old.as_deref(), new.as_deref()))
    }

    fn between(&self, table: usize, old: Option<&Version>, new: Option<&Version>) -> Delta {
        let table = &self.past.tables[table];
        if let (
            Some(Version::Lines { bytes: a, lines: old }),
            Some(Version::Lines { bytes: b, lines: new }),
        ) = (old, new)
        {
            let (gone, come) = different(old, new);
            return lines::between(table, (a, &gone), (b, &come));
        }
        let all = |version: Option<&Version>| match version {
            None => Vec::new(),
            Some(Version::Records(records)) => records.clone(),
            Some(Version::Lines { bytes, lines }) => {
                let spans: Vec<Span> = lines.iter().map(|(_, span)| *span).collect();
                lines::records(table, bytes, &spans)
            }
        };
        delta::between(all(old), all(new))
    }

    /// A version as `table` sees it; `None` when that is not offered it.
    fn version(&self, at: usize, side: &Side) -> Result<Option<Version>, String> {
        let (path, table) = (side.path(), &self.past.tables[at]);
        let offers: Vec<Offer> = (self.offers)(path).into_iter().filter(|offer| offer.table == at).collect();
        if offers.is_empty() {
            return Ok(None);
        }
        let bytes = self.bytes(side)?;
        if self.is_lines(table, path) {
            let lines = split(&bytes);
            return Ok(Some(Version::Lines { bytes, lines }));
        }
        let wants = Wants { violations: false, unknown_fields: false, keys: false };
        let contents = Arc::new(Contents::from(bytes));
        let (config, tables) = (self.past.config, self.past.tables);
        let read = reading::read_contents(path, contents, config, tables, &offers, wants, &|_| Vec::new());
        let mut records = Vec::new();
        for file in &read.files {
            let is_document = file.reader.is_for_documents();
            file.for_each(table, &mut |_, value, _| records.push(record(table, value, is_document)));
        }
        Ok(Some(Version::Records(records)))
    }

    fn is_lines(&self, table: &Table, path: &RepoPath) -> bool {
        table.collection.readers_for(path)[0] == Reader::Jsonl
    }

    fn bytes(&self, side: &Side) -> Result<Bytes, String> {
        let limit = self.past.config.limits.file_bytes;
        match side {
            Side::Blob(_, blob) => self.log.read(*blob, limit),
            Side::File(path) => {
                let snapshot = self.past.snapshot;
                let entry = snapshot.entry(path.as_str()).ok_or("it is not there any more")?;
                snapshot.read(entry, limit).map_err(|unread| unread.reason)
            }
        }
    }
}

/// The lines of a file that are not blank, each with the hash of its bytes.
fn split(bytes: &[u8]) -> Vec<(u64, Span)> {
    let mut start = 0;
    let mut lines = Vec::with_capacity(bytes.len() / 512);
    for end in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]) {
        let line = &bytes[start..end];
        if !line.trim_ascii().is_empty() {
            lines.push((xxhash_rust::xxh3::xxh3_64(line), Span::of(start, end)));
        }
        start = end + 1;
    }
    lines
}

/// The lines that only one of two versions has, or has more often.
fn different(old: &[(u64, Span)], new: &[(u64, Span)]) -> (Vec<Span>, Vec<Span>) {
    let same = |(a, b): &(&(u64, Span), &(u64, Span))| a.0 == b.0;
    let start = old.iter().zip(new).take_while(same).count();
    let (old, new) = (&old[start..], &new[start..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
    let mut counts: HashMap<u64, i64> = HashMap::with_capacity(old.len());
    old.iter().for_each(|(hash, _)| *counts.entry(*hash).or_default() += 1);
    new.iter().for_each(|(hash, _)| *counts.entry(*hash).or_default() -= 1);
    let mut take = |lines: &[(u64, Span)], sign: i64| -> Vec<Span> {
        let is_more = |&&(hash, _): &&(u64, Span)| {
            let count = counts.get_mut(&hash).filter(|count| **count * sign > 0);
            count.map(|count| *count -= sign).is_some()
        };
        lines.iter().filter(is_more).map(|(_, span)| *span).collect()
    };
    (take(old, 1), take(new, -1))
}
