//! The versions of a file as records, and what differs from one to the next.
//!
//! A file of lines is compared line by line before anything is parsed: a history of gigabytes holds only megabytes of
//! different lines. Every other file is read whole, as the snapshot's are.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value as Json;

use super::delta::{self, Names, Record};
use super::lines::{self, Fresh, Lines};
use super::memo::{Difference, Memo};
use super::said::as_object;
use super::{Chain, Past, Side, Step, fold};
use crate::config::Reader;
use crate::database::claims::Offer;
use crate::database::{Table, Wants, reading};
use crate::read::jsonl::{self, Line};
use crate::read::tape::{Tape, Value};
use crate::repo::{Blob, Blobs, Bytes, Contents, Log};
use crate::text::{RepoPath, Span};

/// Reads versions.
pub(super) struct Versions<'a> {
    pub(super) past: &'a Past<'a>,
    pub(super) log: &'a Log,
    pub(super) offers: &'a (dyn Fn(&RepoPath) -> Vec<Offer> + Sync),
}

/// The bytes of a version.
enum Source<'a> {
    Blob(Blob<'a>),
    File(Bytes),
}

impl std::ops::Deref for Source<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Blob(blob) => blob,
            Self::File(bytes) => bytes,
        }
    }
}

/// One version of a file, read as far as it must be to be compared.
enum Version<'a> {
    Lines { source: Source<'a>, lines: Vec<Placed> },
    Records(Vec<Record>),
}

/// A line of a version.
#[derive(Clone, Copy)]
struct Placed {
    /// Its number among all lines.
    number: u32,
    hash: u64,
    span: Span,
}

/// Whether the records of the file at `path` are taken from a document, where their places say nothing of them.
pub(super) fn is_document(table: &Table, path: &RepoPath) -> bool {
    table.collection.readers_for(path)[0].is_for_documents()
}

/// A value as a record of history. Of a document, the line that a part of it stands on is no part of what it says.
pub(super) fn record(table: &Table, value: Value<'_>, is_document: bool) -> Record {
    let mut fields = as_object(value.to_json());
    if is_document {
        fields.values_mut().for_each(without_lines);
    }
    Record { key: table.key(value).map(Arc::from), said: Json::Object(fields).into() }
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
        let read = self.log.with_blobs(|blobs| {
            let Ok(source) = self.source(newest, blobs) else { return true };
            let (mut right, mut all) = (0, 0);
            each_record(table, &source, &mut |value| {
                all += 1;
                right += usize::from(table.looks_right(value));
            });
            right * 10 >= all * 8
        });
        read.unwrap_or(true)
    }

    /// The differences of consecutive steps of one file, and what cannot be told.
    pub(super) fn run(&self, table: usize, steps: &[Step], memo: &Memo) -> (Vec<fold::Known>, Vec<String>) {
        let run = self.log.with_blobs(|blobs| {
            let unknown = Vec::new();
            let mut run =
                Run { versions: self, blobs, table, lines: &memo.lines, counts: Vec::new(), unknown };
            let (mut known, mut last, mut names) = (Vec::new(), HashMap::new(), Names::default());
            for step in steps {
                let difference = memo.get(step).or_else(|| run.step(step, &mut last));
                known.extend(difference.map(|difference| {
                    let delta = difference.delta(&memo.lines, &mut names);
                    fold::Known { table, step: step.clone(), difference, delta }
                }));
            }
            (known, run.unknown)
        });
        run.unwrap_or_else(|why| (Vec::new(), steps.iter().map(|step| unread(step.path(), &why)).collect()))
    }

    fn is_lines(&self, table: &Table, path: &RepoPath) -> bool {
        table.collection.readers_for(path)[0] == Reader::Jsonl
    }

    fn source<'b>(&self, side: &Side, blobs: &'b Blobs<'_>) -> Result<Source<'b>, String> {
        let limit = self.past.config.limits.file_bytes;
        match side {
            Side::Blob(_, blob) => blobs.read(*blob, limit).map(Source::Blob),
            Side::File(path) => {
                let snapshot = self.past.snapshot;
                let entry = snapshot.entry(path.as_str()).ok_or("it is not there any more")?;
                snapshot.read(entry, limit).map(Source::File).map_err(|unread| unread.reason)
            }
        }
    }
}

fn unread(path: &RepoPath, why: &str) -> String {
    format!("a version of {} is unknown: {why}", crate::text::escape(path.as_str()))
}

/// The versions of one file, one after the other.
struct Run<'a> {
    versions: &'a Versions<'a>,
    blobs: &'a Blobs<'a>,
    table: usize,
    lines: &'a Lines,
    /// By the number of a line: how many more of it there are before than since. All zero between two comparisons.
    counts: Vec<i32>,
    unknown: Vec<String>,
}

/// The version that the step before led to.
type Last<'a> = HashMap<Side, Rc<Version<'a>>>;

impl<'a> Run<'a> {
    fn step(&mut self, step: &Step, last: &mut Last<'a>) -> Option<Difference> {
        let old = self.side(step.old.as_ref(), last, None)?;
        let new = self.side(step.new.as_ref(), last, old.as_deref())?;
        last.clear();
        if let (Some(side), Some(new)) = (&step.new, &new) {
            last.insert(side.clone(), new.clone());
        }
        Some(self.between(old.as_deref(), new.as_deref()))
    }

    /// The version of a side, if it has one for the table; nothing when it cannot be read.
    fn side(
        &mut self,
        side: Option<&Side>,
        last: &Last<'a>,
        before: Option<&Version<'a>>,
    ) -> Option<Option<Rc<Version<'a>>>> {
        let Some(side) = side else { return Some(None) };
        if let Some(known) = last.get(side) {
            return Some(Some(known.clone()));
        }
        match self.version(side, before) {
            Ok(version) => Some(version.map(Rc::new)),
            Err(why) => {
                self.unknown.push(unread(side.path(), &why));
                None
            }
        }
    }

    fn between(&mut self, old: Option<&Version<'a>>, new: Option<&Version<'a>>) -> Difference {
        let is_lines = |version: Option<&Version<'a>>| !matches!(version, Some(Version::Records(_)));
        if is_lines(old) && is_lines(new) {
            let lines = |version: Option<&'_ Version<'a>>| match version {
                Some(Version::Lines { lines, .. }) => lines.iter().map(|line| line.number).collect(),
                _ => Vec::new(),
            };
            let (old, new): (Vec<u32>, Vec<u32>) = (lines(old), lines(new));
            self.counts.resize(self.lines.count(), 0);
            let (gone, come) = different(&old, &new, &mut self.counts);
            return Difference::Lines { gone, come };
        }
        let all = |version: Option<&Version<'a>>| match version {
            None => Vec::new(),
            Some(Version::Records(records)) => records.clone(),
            Some(Version::Lines { lines, .. }) => {
                let numbers: Vec<u32> = lines.iter().map(|line| line.number).collect();
                self.lines.records(&numbers).iter().map(lines::record).collect()
            }
        };
        Difference::Records(delta::between(all(old), all(new), &mut Names::default()))
    }

    /// A version as the table sees it; `None` when that is not offered it. `before` is mostly much like it.
    fn version(&self, side: &Side, before: Option<&Version<'a>>) -> Result<Option<Version<'a>>, String> {
        let (path, past) = (side.path(), self.versions.past);
        let table = &past.tables[self.table];
        let mut offers = (self.versions.offers)(path);
        offers.retain(|offer| offer.table == self.table);
        if offers.is_empty() {
            return Ok(None);
        }
        let source = self.versions.source(side, self.blobs)?;
        if self.versions.is_lines(table, path) {
            let before = match before {
                Some(Version::Lines { source, lines }) => (&**source, lines.as_slice()),
                _ => (&[][..], &[][..]),
            };
            let (mut lines, fresh) = split(&source, before);
            let texts: Vec<Fresh<'_>> =
                fresh.iter().map(|&at| (lines[at].hash, lines[at].span.slice(&source))).collect();
            for (at, number) in fresh.iter().zip(self.lines.numbers(table, &texts)) {
                lines[*at].number = number;
            }
            return Ok(Some(Version::Lines { source, lines }));
        }
        let wants = Wants { violations: false, unknown_fields: false, keys: false };
        let contents = Arc::new(Contents::from(Bytes::from(source.to_vec())));
        let read =
            reading::read_contents(path, contents, past.config, past.tables, &offers, wants, &|_| Vec::new());
        let mut records = Vec::new();
        for file in &read.files {
            let is_document = file.reader.is_for_documents();
            file.for_each(table, &mut |_, value, _| records.push(record(table, value, is_document)));
        }
        Ok(Some(Version::Records(records)))
    }
}

/// The lines of a file that are not blank, and which of them have no number yet. Those that stand in `before` in the same
/// order are known by their bytes; others are hashed.
fn split(source: &[u8], before: (&[u8], &[Placed])) -> (Vec<Placed>, Vec<usize>) {
    /// How far a line is looked for behind the place where it is expected, so that the cost stays in proportion.
    const NEAR: usize = 64;
    let (old_source, old) = before;
    let mut lines: Vec<Placed> = Vec::with_capacity(old.len() + 16);
    let (mut fresh, mut next) = (Vec::new(), 0);
    // A byte order mark stands before the first record, not in it.
    let mut start = if source.starts_with("\u{feff}".as_bytes()) { 3 } else { 0 };
    while start < source.len() {
        let rest = &source[start..];
        let stands_here = |line: &Placed| {
            let text = line.span.slice(old_source);
            rest.starts_with(text) && rest.get(text.len()).is_none_or(|byte| *byte == b'\n')
        };
        // The one that came after the line before, or, where one was edited or removed, the one after that.
        if let Some(at) = (next..old.len().min(next + 2)).find(|&at| stands_here(&old[at])) {
            let end = start + (old[at].span.end - old[at].span.start) as usize;
            lines.push(Placed { span: Span::of(start, end), ..old[at] });
            (start, next) = (end + 1, at + 1);
            continue;
        }
        let end = memchr::memchr(b'\n', rest).map_or(source.len(), |length| start + length);
        let text = &source[start..end];
        if !text.trim_ascii().is_empty() {
            let (hash, span) = (lines::hash(text), Span::of(start, end));
            let near = &old[next..old.len().min(next + NEAR)];
            match near.iter().position(|line| line.hash == hash) {
                Some(skipped) => {
                    lines.push(Placed { span, ..near[skipped] });
                    next += skipped + 1;
                }
                None => {
                    fresh.push(lines.len());
                    lines.push(Placed { number: 0, hash, span });
                }
            }
        }
        start = end + 1;
    }
    (lines, fresh)
}

/// The lines that only one of two versions has, or has more often. `counts` has a zero for each line.
fn different(old: &[u32], new: &[u32], counts: &mut [i32]) -> (Vec<u32>, Vec<u32>) {
    let same = |(a, b): &(&u32, &u32)| a == b;
    let start = old.iter().zip(new).take_while(same).count();
    let (old, new) = (&old[start..], &new[start..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
    old.iter().for_each(|&line| counts[line as usize] += 1);
    new.iter().for_each(|&line| counts[line as usize] -= 1);
    // Taking a line away brings its count nearer to zero, where it is in the end.
    let mut take = |lines: &[u32], sign: i32| -> Vec<u32> {
        let is_more = |line: &&u32| {
            let count = &mut counts[**line as usize];
            let is_more = *count * sign > 0;
            *count -= if is_more { sign } else { 0 };
            is_more
        };
        lines.iter().filter(is_more).copied().collect()
    };
    (take(old, 1), take(new, -1))
}

/// Calls `visit` with each record of a file of lines; what is none is passed over.
fn each_record(table: &Table, source: &[u8], visit: &mut dyn FnMut(Value<'_>)) {
    let aliases = |tape: &mut Tape, source: &str| table.apply_aliases(tape, source, 0);
    let prepare: Option<jsonl::Prepare<'_>> = if table.has_aliases() { Some(&aliases) } else { None };
    jsonl::read(source, 0, &mut Tape::new(), prepare, &mut Vec::new(), |_, _, found| {
        if let Line::Record(value) = found {
            visit(value);
        }
    });
}
