//! One file: its bytes become records and problems, everything is shown to the observer once, and what later steps
//! need is kept.

use rayon::prelude::*;

use super::claims::{Claim, ClaimKind};
use super::columns::Columns;
use super::table::Table;
use super::{Document, NotRead, Wants};
use crate::config::{Config, Reader};
use crate::finding::Finding;
use crate::read::conflict::{Conflict, conflict_markers};
use crate::read::jsonl::{self, Line};
use crate::read::tape::{Kind, Tape, Value};
use crate::read::{self, Problem, ProblemKind, json, markdown};
use crate::repo::{Bytes, Snapshot};
use crate::schema::Violation;
use crate::text::{RepoPath, Span, nearest};

/// Pieces of a file of lines that are read side by side, in bytes.
const PIECE: usize = 1 << 20;

/// How many of the first lines of a discovered file decide whether the rest is worth reading.
const SNIFFED: usize = 1_000;

/// A file read as records.
pub struct File {
    /// Where it is.
    pub path: RepoPath,
    /// Index of its table.
    pub table: usize,
    /// Its bytes.
    pub bytes: Bytes,
    /// The places that could not be read as records. A key that stands in one may still be there.
    pub broken: Vec<Span>,
    /// From the first to the last marker of each unresolved conflict.
    pub conflicts: Vec<Span>,
    pub(super) pieces: Vec<Columns>,
    /// The values, for formats that are not read line by line.
    tape: Option<Tape>,
}

/// Everything known of a file while it is in memory.
pub struct FileView<'a> {
    /// Where it is.
    pub path: &'a RepoPath,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// What it was read as.
    pub role: Role<'a>,
    /// What the reader met, in order.
    pub problems: &'a [Problem],
    /// Unresolved conflicts.
    pub conflicts: &'a [Conflict],
    /// Records with faults, in order.
    pub faults: &'a [RecordFaults],
}

/// What a file was read as.
#[derive(Clone, Copy)]
pub enum Role<'a> {
    /// Records of a table.
    Records(&'a Table),
    /// A document.
    Document,
}

/// A record that breaks its schema.
#[derive(Debug)]
pub struct RecordFaults {
    /// Its key.
    pub key: Option<String>,
    /// The violations; spans are those of the file.
    pub violations: Vec<Violation>,
    /// Fields the schema does not describe; only when asked for.
    pub unknown: Vec<UnknownField>,
}

/// A field the schema does not describe.
#[derive(Debug)]
pub struct UnknownField {
    /// Its name.
    pub name: String,
    /// The bytes of the name in the file.
    pub span: Span,
    /// The known field with the nearest name.
    pub nearest: Option<String>,
}

/// What became of a claim.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) file: Option<File>,
    pub(super) document: Option<Document>,
    pub(super) unread: Option<NotRead>,
    pub(super) findings: Vec<Finding>,
}

type Observer<'a> = &'a (dyn Fn(&FileView<'_>) -> Vec<Finding> + Sync);

/// Reads a claimed file.
pub(super) fn read(
    snapshot: &Snapshot,
    config: &Config,
    tables: &[Table],
    claim: &Claim<'_>,
    wants: Wants,
    observe: Observer<'_>,
) -> Outcome {
    let path = &claim.entry.path;
    let bytes = match snapshot.read(claim.entry, config.limits.file_bytes) {
        Ok(bytes) => bytes,
        Err(unread) => return Outcome { unread: Some(NotRead::from(&unread)), ..Outcome::default() },
    };
    match claim.kind {
        ClaimKind::Document => document(path, &bytes, observe),
        ClaimKind::Records(at) => {
            records(path, bytes, at, &tables[at], config.limits.line_bytes, wants, observe)
        }
    }
}

fn document(path: &RepoPath, bytes: &[u8], observe: Observer<'_>) -> Outcome {
    let text = simdutf8::basic::from_utf8(bytes);
    let problems = if text.is_err() { read::not_utf8(bytes, 0) } else { Vec::new() };
    let text = text.unwrap_or_default();
    let mentions = |needle: &str| memchr::memmem::find(text.as_bytes(), needle.as_bytes()).is_some();
    let (mut conflicts, mut comments) = (Vec::new(), Vec::new());
    if mentions("<<<<<<<") || mentions("opsbook-ignore") {
        let regions = markdown::regions(text);
        conflicts = conflict_markers(text, &regions.fences);
        let texts = regions.comments.iter().map(|span| (*span, text[span.range()].to_owned()));
        let is_meant =
            |text: &str| text.trim_start_matches("<!--").trim_start().starts_with("opsbook-ignore");
        comments = texts.filter(|(_, text)| is_meant(text)).collect();
    }
    let view = FileView {
        path,
        bytes,
        role: Role::Document,
        problems: &problems,
        conflicts: &conflicts,
        faults: &[],
    };
    let findings = observe(&view);
    Outcome { findings, document: Some(Document { path: path.clone(), comments }), ..Outcome::default() }
}

fn records(
    path: &RepoPath,
    bytes: Bytes,
    at: usize,
    table: &Table,
    line_limit: u64,
    wants: Wants,
    observe: Observer<'_>,
) -> Outcome {
    let reader = table.collection.reader.unwrap_or_else(|| Reader::from_extension(&path.extension()));
    let refuse = |reason: String, is_loss: bool| {
        let unread = NotRead { path: crate::text::escape(path.as_str()).into_owned(), reason, is_loss };
        Outcome { unread: Some(unread), ..Outcome::default() }
    };
    if let Some(reason) = long_line(&bytes, line_limit) {
        return refuse(reason, true);
    }
    let discovered = !table.collection.is_configured;
    if discovered && reader == Reader::Jsonl && !worth_reading(table, &bytes) {
        return refuse(looks_otherwise(table), false);
    }
    let mut content = match reader {
        Reader::Jsonl => lines(table, &bytes, wants),
        _ => values(table, reader, &bytes, wants),
    };
    let conflicts = match simdutf8::basic::from_utf8(&bytes) {
        Ok(text) if !content.broken.is_empty() => conflict_markers(text, &[]),
        _ => Vec::new(),
    };
    let regions: Vec<Span> =
        conflicts.iter().map(|conflict| Span::new(conflict.ours.start, conflict.theirs.end)).collect();
    content.broken.retain(|broken| !regions.iter().any(|region| region.touches(broken.start)));
    if discovered && !content.looks_right() {
        return refuse(looks_otherwise(table), false);
    }
    // Inside a conflict the markers are the problem; what the readers make of them says nothing more.
    content.problems.retain(|problem| !regions.iter().any(|region| region.touches(problem.span.start)));
    let findings = observe(&FileView {
        path,
        bytes: &bytes,
        role: Role::Records(table),
        problems: &content.problems,
        conflicts: &conflicts,
        faults: &content.faults,
    });
    let file = File {
        path: path.clone(),
        table: at,
        bytes,
        broken: content.broken,
        conflicts: regions,
        pieces: content.pieces,
        tape: content.tape,
    };
    Outcome { file: Some(file), findings, ..Outcome::default() }
}

/// Why a file is not read, when a line of it is longer than `limit`.
fn long_line(bytes: &[u8], limit: u64) -> Option<String> {
    // A piece ends at the first line end behind its size, so only a longer one can hold a line above the limit.
    let room = usize::try_from(limit).unwrap_or(usize::MAX);
    if bytes.len() <= room || jsonl::pieces(bytes, room).iter().all(|(_, piece)| piece.len() <= room) {
        return None;
    }
    let mut start = 0;
    for (number, end) in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]).enumerate() {
        if (end - start) as u64 > limit {
            let length = end - start;
            return Some(format!(
                "line {} has {length} bytes, more than the {limit} of [limits].line_bytes",
                number + 1
            ));
        }
        start = end + 1;
    }
    None
}

fn looks_otherwise(table: &Table) -> String {
    format!(
        "does not look like {}: fewer than 8 in 10 records have the fields it requires; name it in \
         [collections.{}].files to read it",
        table.name(),
        table.name()
    )
}

/// Whether the first lines look like the collection's records. A full count decides when the file has been read.
fn worth_reading(table: &Table, bytes: &[u8]) -> bool {
    let end = memchr::memchr_iter(b'\n', bytes).nth(SNIFFED).unwrap_or(bytes.len());
    let wants = Wants { violations: false, unknown_fields: false, keys: false };
    let head = piece(table, 0, &bytes[..end], wants);
    end == bytes.len()
        || Content::from_pieces(vec![head]).looks_right()
        || lines(table, bytes, wants).looks_right()
}

/// What reading a file gave.
#[derive(Default)]
struct Content {
    pieces: Vec<Columns>,
    tape: Option<Tape>,
    problems: Vec<Problem>,
    faults: Vec<RecordFaults>,
    broken: Vec<Span>,
    /// Records with the fields the collection requires; counted for discovered files only.
    right: usize,
    records: usize,
}

impl Content {
    /// At least 8 in 10 of the records look right. Nothing at all looks right, too, and what cannot be read as a record
    /// does not count: it is a fault to report, not a reason to look away.
    fn looks_right(&self) -> bool {
        self.right * 10 >= self.records * 8
    }

    fn from_pieces(pieces: Vec<Content>) -> Self {
        let mut whole = Self::default();
        for piece in pieces {
            whole.pieces.extend(piece.pieces);
            whole.problems.extend(piece.problems);
            whole.faults.extend(piece.faults);
            whole.broken.extend(piece.broken);
            whole.right += piece.right;
            whole.records += piece.records;
        }
        whole
    }

    fn take(
        &mut self,
        table: &Table,
        record: Value<'_>,
        start: u32,
        base: u32,
        wants: Wants,
        columns: &mut Columns,
    ) {
        self.records += 1;
        columns.push(table, record, start, wants.keys);
        if !table.collection.is_configured && table.looks_right(record) {
            self.right += 1;
        }
        let Some(schema) = &table.schema else { return };
        let accepted = !wants.violations || schema.accepts_quickly(record);
        if accepted && !wants.unknown_fields {
            return;
        }
        let mut violations = if accepted { Vec::new() } else { schema.all_violations(record) };
        let unknown = if wants.unknown_fields { unknown_fields(schema, record, base) } else { Vec::new() };
        if violations.is_empty() && unknown.is_empty() {
            return;
        }
        for violation in &mut violations {
            violation.span = violation.span.shifted(base);
            violation.hidden = violation.hidden.map(|span| span.shifted(base));
        }
        self.faults.push(RecordFaults { key: table.key(record), violations, unknown });
    }
}

fn lines(table: &Table, bytes: &[u8], wants: Wants) -> Content {
    let pieces = jsonl::pieces(bytes, PIECE);
    let read: Vec<Content> =
        pieces.par_iter().map(|&(base, bytes)| piece(table, base, bytes, wants)).collect();
    let mut content = Content::from_pieces(read);
    if content.records == 0 && content.broken.len() > 1 && is_one_document(bytes) {
        let message = "one JSON value over several lines; JSON Lines hold one record a line";
        let problem = Problem::new(ProblemKind::Syntax, Span::of(0, 1), message);
        content.problems =
            vec![problem.note("write each record on a line of its own, or set reader = \"json\"")];
    }
    content.problems.extend(jsonl::ending(bytes));
    content
}

fn is_one_document(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let mut tape = Tape::new();
    let problems = json::read(text, Span::of(0, text.len()), &mut tape);
    problems.iter().all(|problem| problem.kind != ProblemKind::Syntax)
}

fn piece(table: &Table, base: u32, bytes: &[u8], wants: Wants) -> Content {
    let mut tape = Tape::new();
    let mut content = Content::default();
    let mut problems = Vec::new();
    let mut columns = Columns::default();
    let aliases = |tape: &mut Tape, source: &str| table.apply_aliases(tape, source, 0);
    let prepare: Option<jsonl::Prepare<'_>> = if table.has_aliases() { Some(&aliases) } else { None };
    jsonl::read(bytes, base, &mut tape, prepare, &mut problems, |span, base, line| match line {
        Line::Record(record) => content.take(table, record, span.start, base, wants, &mut columns),
        Line::Blank => {}
        Line::Broken => content.broken.push(span),
    });
    columns.shrink();
    content.problems = problems;
    content.pieces.push(columns);
    content
}

/// Reads a format that is not made of lines; its values stay on a tape.
fn values(table: &Table, reader: Reader, bytes: &[u8], wants: Wants) -> Content {
    let mut content = Content::default();
    let Ok(text) = simdutf8::basic::from_utf8(bytes) else {
        content.problems = read::not_utf8(bytes, 0);
        content.broken.push(Span::of(0, bytes.len()));
        return content;
    };
    let whole = Span::of(0, text.len());
    let mut tape = Tape::new();
    let mut rows = Vec::new();
    content.problems = match reader {
        Reader::Json => json::read(text, whole, &mut tape),
        Reader::Yaml => read::yaml::read(text, whole, &mut tape),
        Reader::Toml => read::toml::read(text, whole, &mut tape),
        Reader::Csv => read::csv::read(text, &mut tape, &mut rows),
        Reader::Jsonl => unreachable!("lines are read by `lines`"),
    };
    if reader != Reader::Csv {
        rows = tape.root(text).map_or_else(Vec::new, |root| items(root));
    }
    let is_broken = content.problems.iter().any(|problem| problem.kind == ProblemKind::Syntax);
    if is_broken && rows.is_empty() {
        content.broken.push(whole);
    }
    if table.has_aliases() {
        for &row in &rows {
            table.apply_aliases(&mut tape, text, row as usize);
        }
    }
    let mut columns = Columns::default();
    for &row in &rows {
        content.take(table, tape.value(text, row as usize), row, 0, wants, &mut columns);
    }
    content.pieces.push(columns);
    content.tape = Some(tape);
    content
}

/// The nodes of the records in a document: the items of an array, or the document itself.
fn items(root: Value<'_>) -> Vec<u32> {
    match root.kind() {
        Kind::Array => root.items().map(|item| item.index() as u32).collect(),
        _ => vec![root.index() as u32],
    }
}

fn unknown_fields(schema: &crate::schema::Schema, record: Value<'_>, base: u32) -> Vec<UnknownField> {
    let unknown = record.members().filter_map(|(name, _)| {
        let text = name.as_str()?;
        if schema.field_names().any(|known| known == text) {
            return None;
        }
        let nearest = nearest(text, schema.field_names()).map(str::to_owned);
        Some(UnknownField { name: text.to_owned(), span: name.span().shifted(base), nearest })
    });
    unknown.collect()
}

impl File {
    /// How many records it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pieces.iter().map(|piece| piece.starts.len()).sum()
    }

    /// Whether it holds no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The byte offset (or node) of record `number`.
    fn start(&self, mut number: usize) -> Option<u32> {
        for piece in &self.pieces {
            match piece.starts.get(number) {
                Some(&start) => return Some(start),
                None => number -= piece.starts.len(),
            }
        }
        None
    }

    /// Calls `f` with one record and the base its spans count from.
    pub(super) fn with_record<T>(
        &self,
        table: &Table,
        record: u32,
        f: impl FnOnce(Value<'_>, u32) -> T,
    ) -> Option<T> {
        let start = self.start(record as usize)?;
        if let Some(tape) = &self.tape {
            let text = simdutf8::basic::from_utf8(&self.bytes).ok()?;
            return Some(f(tape.value(text, start as usize), 0));
        }
        let mut tape = Tape::new();
        self.line(table, start, &mut tape, |value| f(value, start))
    }

    /// Calls `visit` with every record: its number, its value, the base its spans count from.
    pub(super) fn for_each(&self, table: &Table, visit: &mut dyn FnMut(u32, Value<'_>, u32)) {
        let starts = self.pieces.iter().flat_map(|piece| &piece.starts).zip(0u32..);
        if let Some(tape) = &self.tape {
            let Ok(text) = simdutf8::basic::from_utf8(&self.bytes) else { return };
            starts.for_each(|(&start, number)| visit(number, tape.value(text, start as usize), 0));
            return;
        }
        let mut tape = Tape::new();
        for (&start, number) in starts {
            self.line(table, start, &mut tape, |value| visit(number, value, start));
        }
    }

    /// Reads the line that starts at `start` again.
    fn line<T>(
        &self,
        table: &Table,
        start: u32,
        tape: &mut Tape,
        f: impl FnOnce(Value<'_>) -> T,
    ) -> Option<T> {
        let rest = &self.bytes[start as usize..];
        let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
        let text = std::str::from_utf8(line).ok()?;
        json::read(text, Span::of(0, text.len()), tape);
        if table.has_aliases() && !tape.is_empty() {
            table.apply_aliases(tape, text, 0);
        }
        tape.root(text).map(f)
    }
}
