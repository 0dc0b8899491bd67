//! A claimed file is read: its bytes become records and problems, everything is shown to the observer once while it is
//! in memory, and what later steps need is kept.
//!
//! Files of lines go by piece by piece, so that each byte is fetched, parsed, judged and searched while it is in the
//! processor's cache, and memory does not grow with the file. What can only be told from the whole file, such as a
//! merge conflict, is looked for only when a piece gives reason to.

use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::claims::{Claim, Offer, Place};
use super::columns::Columns;
use super::documents::{self, Document};
use super::file::File;
use super::pieces::{self, PIECE, Piece};
use super::table::Table;
use super::{Declined, NotRead, Wants};
use crate::config::{Config, Reader};
use crate::finding::Finding;
use crate::read::conflict::{Conflict, conflict_markers};
use crate::read::jsonl::{self, Line};
use crate::read::tape::{Kind, Tape, Value};
use crate::read::{self, Problem, ProblemKind, json};
use crate::repo::{Contents, Snapshot};
use crate::schema::{Schema, Violation};
use crate::text::{RepoPath, Span, escape, nearest, shorten};

/// How many of the first lines of a discovered file decide whether the rest is worth reading.
const SNIFFED: usize = 1_000;

/// How many records of a discovered file have to speak in other words, so that it is taken for something else.
const STRANGERS: usize = 3;

/// Everything known of a file, or of whole lines of one, while it is in memory.
pub struct FileView<'a> {
    /// Where it is.
    pub path: &'a RepoPath,
    /// The bytes in view.
    pub bytes: &'a [u8],
    /// Where they start in the file. All spans are those of the file.
    pub base: u32,
    /// What it was read as.
    pub role: Role<'a>,
    /// What the reader met, in order.
    pub problems: &'a [Problem],
    /// Unresolved conflicts.
    pub conflicts: &'a [Conflict],
    /// What is there to be quoted and not to be mended, in order: code in a document, and all of a file that is kept for
    /// another program.
    pub code: &'a [Span],
    /// Records with faults, in order.
    pub faults: &'a [RecordFaults],
}

impl<'a> FileView<'a> {
    /// The bytes of `span`, which lies in view.
    #[must_use]
    pub fn slice(&self, span: Span) -> &'a [u8] {
        Span::new(span.start.saturating_sub(self.base), span.end.saturating_sub(self.base)).slice(self.bytes)
    }
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
    /// Its collection.
    pub collection: Arc<str>,
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
    pub(super) files: Vec<File>,
    pub(super) document: Option<Document>,
    pub(super) unread: Vec<NotRead>,
    pub(super) declined: Vec<Declined>,
    pub(super) findings: Vec<Finding>,
}

pub(super) type Observer<'a> = &'a (dyn Fn(&FileView<'_>) -> Vec<Finding> + Sync);

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
    let contents = match snapshot.open(claim.entry, config.limits.file_bytes) {
        Ok(contents) => Arc::new(contents),
        Err(unread) => return Outcome { unread: vec![NotRead::from(&unread)], ..Outcome::default() },
    };
    read_contents(path, contents, config, tables, &claim.offers, wants, observe)
}

/// Reads a file that is offered to some of `tables`, whatever it came from.
pub(super) fn read_contents(
    path: &RepoPath,
    contents: Arc<Contents>,
    config: &Config,
    tables: &[Table],
    offers: &[Offer],
    wants: Wants,
    observe: Observer<'_>,
) -> Outcome {
    let line_limit = usize::try_from(config.limits.line_bytes).unwrap_or(usize::MAX);
    let readings = offers.iter().map(|offer| {
        let (at, place) = (offer.table, offer.place);
        let table = &tables[at];
        let readers = table.collection.readers_for(path);
        Reading { path, at, table, place, readers, line_limit, piece: PIECE, wants, observe }
    });
    let (of_documents, of_data): (Vec<_>, Vec<_>) =
        readings.partition(|reading| reading.reader().is_for_documents());
    let mut outcome = Outcome::default();
    if of_data.is_empty() {
        outcome = documents::read(path, &contents, &of_documents, observe);
    }
    for reading in of_data {
        let read = match reading.reader() {
            Reader::Jsonl => reading.lines(contents.clone()),
            reader => reading.values(reader, contents.clone()),
        };
        match read {
            Ok((file, findings)) => {
                outcome.files.push(file);
                outcome.findings.extend(findings);
            }
            Err(unread) => outcome.unread.push(unread),
        }
    }
    outcome
}

/// How one file of records is read.
pub(super) struct Reading<'a> {
    pub(super) path: &'a RepoPath,
    /// Index of the table.
    pub(super) at: usize,
    pub(super) table: &'a Table,
    /// Why the file is offered to it.
    pub(super) place: Place,
    /// The readers to try, at least one.
    pub(super) readers: Vec<Reader>,
    pub(super) line_limit: usize,
    /// Bytes of a piece.
    pub(super) piece: usize,
    pub(super) wants: Wants,
    pub(super) observe: Observer<'a>,
}

/// What is used again from piece to piece.
#[derive(Default)]
struct Scratch {
    buffer: Vec<u8>,
    tape: Tape,
}

/// A file and what the observer made of it, or why it was not read.
type Read = Result<(File, Vec<Finding>), NotRead>;

/// What reading a piece, or all pieces, gave.
#[derive(Default)]
pub(super) struct Content {
    pub(super) pieces: Vec<Piece>,
    pub(super) problems: Vec<Problem>,
    pub(super) faults: Vec<RecordFaults>,
    broken: Vec<Span>,
    findings: Vec<Finding>,
    /// Records with the fields the collection requires; counted for discovered files only.
    right: usize,
    records: usize,
    /// Whether a record uses a word of the collection where it has its own; looked at for discovered files only.
    is_at_home: bool,
    /// How many records use another word there, until one is at home, and the first few of those words.
    strangers: usize,
    strange: Vec<String>,
    /// Whether something is only understood from the whole file.
    needs_whole: bool,
    /// Whether a line is longer than the limit.
    has_long_line: bool,
}

impl Reading<'_> {
    pub(super) fn reader(&self) -> Reader {
        self.readers[0]
    }

    /// A file of lines.
    fn lines(&self, contents: Arc<Contents>) -> Read {
        if self.is_discovered() && !self.is_worth_reading(&contents) {
            return Err(self.looks_otherwise());
        }
        let mut content = self.pieces(&contents, true);
        if content.has_long_line {
            return Err(self.long_line(&contents.all()).unwrap_or_else(|| self.unread("a line is too long")));
        }
        let mut conflicts = Vec::new();
        if content.needs_whole || (content.records == 0 && content.broken.len() > 1) {
            content = self.pieces(&contents, false);
            conflicts = self.whole(&mut content, &contents.all());
        }
        self.keep(content, contents, None, conflicts)
    }

    /// A format that is not made of lines; its values stay on a tape.
    fn values(&self, reader: Reader, contents: Arc<Contents>) -> Read {
        let bytes = contents.all();
        if let Some(unread) = self.long_line(&bytes) {
            return Err(unread);
        }
        if reader.is_borrowed() && self.is_discovered() && simdutf8::basic::from_utf8(&bytes).is_err() {
            return Err(NotRead { is_loss: false, ..self.unread("it is not UTF-8") });
        }
        let (mut content, tape) = self.document(reader, &bytes);
        let conflicts = self.whole(&mut content, &bytes);
        drop(bytes);
        self.keep(content, contents, Some(tape), conflicts)
    }

    /// Looks at all of a file, which has a conflict, or may be something else than it seems; gives the conflicts.
    fn whole(&self, content: &mut Content, bytes: &[u8]) -> Vec<Span> {
        let is_lines = self.reader() == Reader::Jsonl;
        if is_lines && content.records == 0 && content.broken.len() > 1 && is_one_document(bytes) {
            let message = "one JSON value over several lines; JSON Lines hold one record a line";
            let problem = Problem::new(ProblemKind::Syntax, Span::of(0, 1), message);
            content.problems =
                vec![problem.note("write each record on a line of its own, or set reader = \"json\"")];
        }
        if is_lines {
            content.problems.retain(|problem| !is_about_the_end(problem));
            content.problems.extend(jsonl::ending(bytes));
        }
        let text = if content.broken.is_empty() { None } else { simdutf8::basic::from_utf8(bytes).ok() };
        let conflicts = text.map(|text| conflict_markers(text, &[])).unwrap_or_default();
        let region = |conflict: &Conflict| Span::new(conflict.ours.start, conflict.theirs.end);
        let regions: Vec<Span> = conflicts.iter().map(region).collect();
        let is_outside = |offset: u32| !regions.iter().any(|region| region.touches(offset));
        content.broken.retain(|broken| is_outside(broken.start));
        // Inside a conflict the markers are the problem; what the readers make of them says nothing more.
        content.problems.retain(|problem| is_outside(problem.span.start));
        if !self.is_discovered() || (content.looks_right() && !content.speaks_otherwise()) {
            content.findings = self.observe(bytes, 0, content, &conflicts);
        }
        regions
    }

    pub(super) fn keep(
        &self,
        mut content: Content,
        contents: Arc<Contents>,
        tape: Option<Tape>,
        conflicts: Vec<Span>,
    ) -> Read {
        if self.is_discovered() && !content.looks_right() {
            return Err(self.looks_otherwise());
        }
        if self.is_discovered() && content.speaks_otherwise() {
            return Err(self.speaks_otherwise(&content.strange));
        }
        let mut before = 0;
        content.pieces.retain(|piece| !piece.span.is_empty());
        for piece in &mut content.pieces {
            piece.before = before;
            before += piece.lines();
        }
        let file = File {
            path: self.path.clone(),
            table: self.at,
            reader: self.reader(),
            broken: content.broken,
            conflicts,
            contents,
            pieces: content.pieces,
            tape,
            repeats: Vec::new(),
            index: OnceLock::new(),
        };
        Ok((file, content.findings))
    }

    fn observe(&self, bytes: &[u8], base: u32, content: &Content, conflicts: &[Conflict]) -> Vec<Finding> {
        let Content { problems, faults, .. } = content;
        let role = Role::Records(self.table);
        // What another program's file says may be wrong on purpose, such as a name that stands so in commits.
        let whole = [Span::of(base as usize, base as usize + bytes.len())];
        let code = if self.reader().is_borrowed() { &whole[..] } else { &[] };
        (self.observe)(&FileView { path: self.path, bytes, base, role, problems, conflicts, code, faults })
    }

    /// Reads all pieces side by side. Where they are `observed`, what was only for the observer is
    /// not kept.
    fn pieces(&self, contents: &Contents, observed: bool) -> Content {
        let read = (0..pieces::count(contents, self.piece)).into_par_iter().map_init(
            Scratch::default,
            |scratch, at| {
                let Some(span) = pieces::span(contents, at, self.piece, self.line_limit) else {
                    return Content { has_long_line: true, ..Content::default() };
                };
                let Scratch { buffer, tape } = scratch;
                let bytes = contents.read(span, buffer);
                let mut content = self.piece(bytes, span, span.end as usize == contents.len(), tape);
                if observed && !content.needs_whole {
                    content.findings = self.observe(bytes, span.start, &content, &[]);
                    (content.problems, content.faults) = (Vec::new(), Vec::new());
                }
                content
            },
        );
        Content::joined(read.collect())
    }

    fn piece(&self, bytes: &[u8], span: Span, is_last: bool, tape: &mut Tape) -> Content {
        let mut content = Content::default();
        if bytes.len() > self.line_limit && longest_line(bytes) > self.line_limit {
            content.has_long_line = true;
            return content;
        }
        let (mut problems, mut others) = (Vec::new(), Vec::new());
        let mut columns = Columns::default();
        let aliases = |tape: &mut Tape, source: &str| self.table.apply_aliases(tape, source, 0);
        let prepare: Option<jsonl::Prepare<'_>> =
            if self.table.has_aliases() { Some(&aliases) } else { None };
        jsonl::read(bytes, span.start, tape, prepare, &mut problems, |line, base, found| match found {
            Line::Record(record) => content.take(self, record, line.start, base, &mut columns),
            Line::Blank => others.push(line.start),
            Line::Broken => {
                let text = Span::new(line.start - span.start, line.end - span.start).slice(bytes);
                content.needs_whole |= text.starts_with(b"<<<<<<<") || text.starts_with(b">>>>>>>");
                others.push(line.start);
                content.broken.push(line);
            }
        });
        if is_last {
            let ending = jsonl::ending(bytes).map(|mut problem| {
                problem.shift(span.start);
                problem
            });
            problems.extend(ending);
            // Blank lines that began before this piece.
            content.needs_whole |= span.start > 0 && bytes.trim_ascii().is_empty();
        }
        columns.shrink();
        content.problems = problems;
        content.pieces.push(Piece { span, before: 0, others, columns });
        content
    }

    /// Reads a format that is not made of lines.
    fn document(&self, reader: Reader, bytes: &[u8]) -> (Content, Tape) {
        let (mut content, mut tape) = (Content::default(), Tape::new());
        let whole = Span::of(0, bytes.len());
        let Ok(text) = simdutf8::basic::from_utf8(bytes) else {
            content.problems = read::not_utf8(bytes, 0);
            content.broken.push(whole);
            return (content, tape);
        };
        let mut rows = Vec::new();
        content.problems = match reader {
            Reader::Json => json::read(text, whole, &mut tape),
            Reader::Yaml => read::yaml::read(text, whole, &mut tape),
            Reader::Toml => read::toml::read(text, whole, &mut tape),
            Reader::Csv => read::csv::read(text, &mut tape, &mut rows),
            Reader::Codeowners => {
                read::codeowners::read(text, &mut tape, &mut rows);
                Vec::new()
            }
            Reader::Mailmap => {
                read::mailmap::read(text, &mut tape, &mut rows);
                Vec::new()
            }
            _ => unreachable!("lines are read by `lines`, documents by their own module"),
        };
        if matches!(reader, Reader::Json | Reader::Yaml | Reader::Toml) {
            rows = tape.root(text).map_or_else(Vec::new, |root| items(root));
        }
        let is_broken = content.problems.iter().any(|problem| problem.kind == ProblemKind::Syntax);
        if is_broken && rows.is_empty() {
            content.broken.push(whole);
        }
        if self.table.has_aliases() {
            for &row in &rows {
                self.table.apply_aliases(&mut tape, text, row as usize);
            }
        }
        let mut columns = Columns::default();
        for &row in &rows {
            content.take(self, tape.value(text, row as usize), row, 0, &mut columns);
        }
        content.pieces.push(Piece { span: whole, columns, ..Piece::default() });
        (content, tape)
    }

    pub(super) fn is_discovered(&self) -> bool {
        !self.table.collection.is_configured
    }

    /// Whether the first lines look like the collection's records, or else all do. The full count decides when the file
    /// has been read; this keeps a large file of something else from being judged by the wrong schema.
    fn is_worth_reading(&self, contents: &Contents) -> bool {
        let Some(span) = pieces::span(contents, 0, self.piece, self.line_limit) else { return true };
        let bytes = contents.slice(span);
        let end = memchr::memchr_iter(b'\n', &bytes).nth(SNIFFED).unwrap_or(bytes.len());
        let wants = Wants { violations: false, unknown_fields: false, keys: false };
        let reading = Reading { wants, readers: self.readers.clone(), ..*self };
        let head = reading.piece(&bytes[..end], Span::of(0, end), false, &mut Tape::new());
        end == contents.len()
            || head.has_long_line
            || head.looks_right()
            || reading.pieces(contents, false).looks_right()
    }

    pub(super) fn looks_otherwise(&self) -> NotRead {
        let name = self.table.name();
        let reason = format!(
            "does not look like {name}: fewer than 8 in 10 records have the fields it requires; name it in \
             [collections.{name}].files to read it",
        );
        NotRead { is_loss: false, ..self.unread(&reason) }
    }

    fn speaks_otherwise(&self, strange: &[String]) -> NotRead {
        let name = self.table.name();
        let words: Vec<_> = strange.iter().map(|word| shorten(&escape(word), 30).into_owned()).collect();
        let reason = format!(
            "looks like {name}, but its words are other ones: {}; name it in [collections.{name}].files to read it, and \
             say there what they mean",
            words.join(", "),
        );
        NotRead { is_loss: false, ..self.unread(&reason) }
    }

    /// Why a file is not read, when a line of it is too long.
    fn long_line(&self, bytes: &[u8]) -> Option<NotRead> {
        if bytes.len() <= self.line_limit {
            return None;
        }
        let mut start = 0;
        for (number, end) in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]).enumerate() {
            if end - start > self.line_limit {
                let (number, length, limit) = (number + 1, end - start, self.line_limit);
                return Some(self.unread(&format!(
                    "line {number} has {length} bytes, more than the {limit} of [limits].line_bytes"
                )));
            }
            start = end + 1;
        }
        None
    }

    fn unread(&self, reason: &str) -> NotRead {
        let path = crate::text::escape(self.path.as_str()).into_owned();
        NotRead { path, reason: reason.to_owned(), is_loss: true }
    }
}

impl Content {
    /// At least 8 in 10 of the records look right. Nothing at all looks right, too, and what cannot be read as a record
    /// does not count: it is a fault to report, not a reason to look away.
    pub(super) fn looks_right(&self) -> bool {
        self.right * 10 >= self.records * 8
    }

    /// Whether several records have words for what the collection has words for, and none has one of its own: they are
    /// written for something else, and what the schema says of them is nothing that anybody wants to know.
    fn speaks_otherwise(&self) -> bool {
        !self.is_at_home && self.strangers >= STRANGERS
    }

    /// Notes whether `record` speaks as those of `table` do. One that does settles it.
    fn listen(&mut self, table: &Table, record: Value<'_>) {
        match table.speaks_of(record) {
            Some(Ok(())) => self.is_at_home = true,
            Some(Err(word)) => {
                self.strangers += 1;
                if self.strange.len() < STRANGERS && !self.strange.contains(&word) {
                    self.strange.push(word);
                }
            }
            None => {}
        }
    }

    fn joined(parts: Vec<Self>) -> Self {
        let mut whole = Self::default();
        for part in parts {
            whole.pieces.extend(part.pieces);
            whole.problems.extend(part.problems);
            whole.faults.extend(part.faults);
            whole.broken.extend(part.broken);
            whole.findings.extend(part.findings);
            whole.right += part.right;
            whole.records += part.records;
            whole.is_at_home |= part.is_at_home;
            whole.strangers += part.strangers;
            let others =
                part.strange.into_iter().filter(|word| !whole.strange.contains(word)).collect::<Vec<_>>();
            whole.strange.extend(others);
            whole.strange.truncate(STRANGERS);
            whole.needs_whole |= part.needs_whole;
            whole.has_long_line |= part.has_long_line;
        }
        whole
    }

    pub(super) fn take(
        &mut self,
        reading: &Reading<'_>,
        record: Value<'_>,
        start: u32,
        base: u32,
        columns: &mut Columns,
    ) {
        let Reading { table, wants, .. } = *reading;
        self.records += 1;
        columns.push(table, record, start, wants.keys);
        if reading.is_discovered() && table.looks_right(record) {
            self.right += 1;
        }
        if reading.is_discovered() && !self.is_at_home {
            self.listen(table, record);
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
        let collection = table.name().clone();
        self.faults.push(RecordFaults { collection, key: table.key(record), violations, unknown });
    }
}

fn is_one_document(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let mut tape = Tape::new();
    let problems = json::read(text, Span::of(0, text.len()), &mut tape);
    problems.iter().all(|problem| problem.kind != ProblemKind::Syntax)
}

fn is_about_the_end(problem: &Problem) -> bool {
    matches!(problem.kind, ProblemKind::MissingFinalNewline | ProblemKind::BlankLine)
}

fn longest_line(bytes: &[u8]) -> usize {
    bytes.split(|&byte| byte == b'\n').map(<[u8]>::len).max().unwrap_or(0)
}

/// The nodes of the records in a document: the items of an array, or the document itself.
fn items(root: Value<'_>) -> Vec<u32> {
    match root.kind() {
        Kind::Array => root.items().map(|item| item.index() as u32).collect(),
        _ => vec![root.index() as u32],
    }
}

fn unknown_fields(schema: &Schema, record: Value<'_>, base: u32) -> Vec<UnknownField> {
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::repo::Bytes;
    use crate::text::Window;

    /// What a file of tasks is read as, in pieces of `piece` bytes: every word said of it, and where each line is.
    fn read_as(source: &[u8], piece: usize, configured: bool) -> Result<(Vec<String>, Vec<String>), String> {
        let files = if configured { "[collections.tasks]\nfiles = [\"tasks.jsonl\"]\n" } else { "" };
        let config = Config::read(None, "", files);
        let name = if configured { "tasks" } else { "roadmap" };
        let mut collection = config.collection(name).expect("it is configured or built in").clone();
        collection.readers = vec![Reader::Jsonl];
        let schema = r#"{"required":["id"],"anyOf":[{"required":["s"]},{"required":["id"]}],
            "properties":{"id":{"type":"string"},"n":{"type":"integer"},"s":{"enum":["open","done"]}}}"#;
        let schema = Schema::new(schema).expect("the schema compiles");
        let table = Table::new(collection, Some(Arc::new(schema)));
        let observe = |view: &FileView<'_>| {
            let place = |span: Span, what: &str| {
                let quoted = String::from_utf8_lossy(view.slice(span)).into_owned();
                Finding::new("test", view.path, span, format!("{what}: {quoted}"))
            };
            let problems = view.problems.iter().map(|problem| place(problem.span, &problem.message));
            let conflicts = view.conflicts.iter().map(|conflict| place(conflict.ours, "conflict"));
            let violations = view.faults.iter().flat_map(|fault| &fault.violations);
            let violations = violations.map(|violation| place(violation.span, &violation.message));
            problems.chain(conflicts).chain(violations).collect()
        };
        let path = "tasks.jsonl".into();
        let wants = Wants { violations: true, unknown_fields: false, keys: true };
        let (at, place, line_limit) = (0, Place::Matched, 90);
        let (table, readers, observe) = (&table, vec![Reader::Jsonl], &observe);
        let reading = Reading { path: &path, at, table, place, readers, line_limit, piece, wants, observe };
        let contents = Arc::new(Bytes::from(source.to_vec()).into());
        let (file, findings) = reading.lines(contents).map_err(|unread| unread.reason)?;
        let mut said: Vec<(Span, String)> =
            findings.into_iter().map(|finding| (finding.span, finding.message)).collect();
        said.sort();
        let mut said: Vec<String> =
            said.into_iter().map(|(span, text)| format!("{}..{} {text}", span.start, span.end)).collect();
        said.push(format!("broken {:?}, conflicts {:?}", file.broken, file.conflicts));
        let shown = |value: Value<'_>, base: u32| format!("{value:?} {:?}", value.span().shifted(base));
        let mut side_by_side = Vec::new();
        let read = |made: &mut Vec<String>, number: u32, value: Value<'_>, base: u32| {
            made.push(format!("{number} {}", shown(value, base)));
        };
        let taken = file.for_each_piece(table, &read, &mut |made: Vec<String>| {
            side_by_side.extend(made);
            Ok::<(), ()>(())
        });
        assert_eq!(taken, Ok(()));
        let mut side_by_side = side_by_side.into_iter();
        file.for_each(table, &mut |number, value, base| {
            assert_eq!(side_by_side.next(), Some(format!("{number} {}", shown(value, base))));
            let again = file.with_record(table, number, shown);
            assert_eq!(again, Some(shown(value, base)));
            said.push(format!("{number} at {} is {value:?}", value.span().shifted(base).start));
        });
        assert_eq!(side_by_side.next(), None);
        let mut count = 0;
        let stopped = file.for_each_piece(table, &read, &mut |_: Vec<String>| {
            count += 1;
            if count == 2 { Err(()) } else { Ok(()) }
        });
        assert_eq!((stopped.is_err(), count), (file.pieces.len() > 1, file.pieces.len().min(2)));
        let whole = Window::whole(source.into());
        let mut lines = Vec::new();
        for offset in 0..=source.len() as u32 {
            let window = file.window(offset);
            assert!(window.holds(offset), "{offset}");
            assert_eq!(file.line(offset), whole.line(offset), "{offset}");
            assert_eq!(file.position(offset), whole.position(offset), "{offset}");
            assert_eq!(window.excerpt(Span::new(offset, offset)), whole.excerpt(Span::new(offset, offset)));
            lines.push(format!("{:?}", file.position(offset)));
        }
        Ok((said, lines))
    }

    #[test]
    fn a_file_says_the_same_in_pieces_of_any_size() {
        let sources: [&[u8]; 10] = [
            b"",
            b"\n",
            b"\xef\xbb\xbf{\"id\":\"a\"}\r\n{\"id\":1}\r\n",
            "{\"id\":\"\u{e9}\",\"n\":\"x\"}\n\n{\"id\":\"b\",\"id\":2}\n{\"id\":}\n{\"id\":\"c\"}".as_bytes(),
            b"{\"id\":\"a\"}\n{\"id\":\"b\"}\n\n  \n\n\n",
            b"{\"id\":\"a\"}\n<<<<<<< ours\n{\"id\":1}\n=======\n{\"id\":2}\n>>>>>>> theirs\n{\"id\":\"b\"}\n",
            b"{\"id\":\"a\"}\n<<<<<<< no conflict\n{\"id\":\"b\"}\n",
            b"{\n  \"id\": \"a\",\n  \"n\": 1\n}\n",
            b"{\"id\":\"\xff\"}\n{\"id\":\"b\",\"n\":\"y\"}\n\xfe\n",
            b"null\n[]\n{\"n\":1.5}\n",
        ];
        for source in sources {
            let whole = read_as(source, 1 << 20, true);
            for piece in 1..=source.len() {
                let shown = String::from_utf8_lossy(source);
                assert_eq!(read_as(source, piece, true), whole, "pieces of {piece} bytes of {shown:?}");
            }
        }
    }

    #[test]
    fn a_long_line_is_refused_wherever_pieces_end() {
        let source = [b"{\"id\":\"a\"}\n".to_vec(), vec![b' '; 91], b"\n{\"id\":\"b\"}\n".to_vec()].concat();
        for piece in 1..=source.len() {
            let reason = read_as(&source, piece, true).expect_err("a line is too long");
            assert_eq!(reason, "line 2 has 91 bytes, more than the 90 of [limits].line_bytes");
        }
        let longest = [b"{\"id\":\"a\"}\n".to_vec(), vec![b' '; 90], b"\n{\"id\":\"b\"}\n".to_vec()].concat();
        for piece in 1..=longest.len() {
            assert!(read_as(&longest, piece, true).is_ok(), "90 bytes, in pieces of {piece}");
        }
    }

    #[test]
    fn a_discovered_file_of_something_else_is_left_alone_wherever_pieces_end() {
        let source = b"{\"x\":1}\n{\"x\":2}\n{\"id\":\"a\"}\n";
        for piece in 1..=source.len() {
            let reason = read_as(source, piece, false).expect_err("most records have no id");
            assert!(reason.starts_with("does not look like roadmap"), "{reason}");
        }
    }

    #[test]
    fn a_discovered_file_in_other_words_is_left_alone_wherever_pieces_end() {
        let other = "{\"id\":\"a\",\"s\":\"shipped\"}\n{\"id\":\"b\",\"s\":\"aloft\"}\n";
        let more = format!("{other}{{\"id\":\"c\",\"s\":\"shipped\"}}\n");
        for piece in 1..=more.len() {
            let reason = read_as(more.as_bytes(), piece, false).expect_err("no record has a known state");
            assert!(
                reason.starts_with("looks like roadmap, but its words are other ones: shipped, aloft;"),
                "{reason}"
            );
            assert!(read_as(more.as_bytes(), piece, true).is_ok(), "who names the file has it read");
            let one_known = format!("{more}{{\"id\":\"d\",\"s\":\"Done\"}}\n");
            assert!(read_as(one_known.as_bytes(), piece, false).is_ok(), "{piece}");
            assert!(read_as(other.as_bytes(), piece, false).is_ok(), "two records are too few to tell");
        }
    }
}
