//! Markdown documents: what is remembered of each, and the records that collections find in it.
//!
//! A document is taken apart once, whatever wants to know something of it. Its records lie on a tape as those of other
//! formats do, so no later step can tell the difference.

use std::sync::Arc;

use super::claims::Place;
use super::columns::Columns;
use super::file::File;
use super::pieces::Piece;
use super::reading::{Content, FileView, Observer, Outcome, Reading, Role};
use super::{Declined, NotRead};
use crate::config::Reader;
use crate::extract::{self, Extract, Field, Object, Source, shapes};
use crate::read::conflict::conflict_markers;
use crate::read::markdown::{self, LinkKind};
use crate::read::tape::Tape;
use crate::read::{self, Problem};
use crate::repo::{Contents, Entry, Snapshot};
use crate::schema::Schema;
use crate::text::{RepoPath, Span};

/// A Markdown document, as far as it is remembered after it was read.
#[derive(Debug)]
pub struct Document {
    /// Where it is.
    pub path: RepoPath,
    /// Its HTML comments that suppress findings, each with its text.
    pub comments: Vec<(Span, String)>,
    /// Where its links to files of the repository lead, in order.
    pub targets: Vec<Target>,
}

/// A link to a file or folder of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The bytes of the destination.
    pub span: Span,
    /// The destination as written, without query and fragment.
    pub written: String,
    /// Where it leads.
    pub path: RepoPath,
    /// Whether the bytes are the destination as it was read, without escapes or entities.
    pub is_verbatim: bool,
}

/// A link of a document to something that is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenLink {
    /// The document.
    pub document: RepoPath,
    /// The link.
    pub target: Target,
    /// Where the file is now, when it was moved: its bytes stand there, and did not before.
    pub moved_to: Option<RepoPath>,
}

/// The links of `documents` to what `before` has and `now` has not.
pub(super) fn broken_links(documents: &[Document], before: &Snapshot, now: &Snapshot) -> Vec<BrokenLink> {
    let has = |snapshot: &Snapshot, path: &str| snapshot.contains(path) || snapshot.has_folder(path);
    let mut moves = Moves { before, now, added: None };
    let mut broken = Vec::new();
    for document in documents {
        for target in &document.targets {
            let path = target.path.as_str();
            if !has(now, path) && has(before, path) {
                let moved_to = moves.of(&target.path);
                broken.push(BrokenLink { document: document.path.clone(), target: target.clone(), moved_to });
            }
        }
    }
    broken
}

/// Where files went between two snapshots.
struct Moves<'a> {
    before: &'a Snapshot,
    now: &'a Snapshot,
    /// The files that are new, once they are asked for.
    added: Option<Vec<&'a Entry>>,
}

impl Moves<'_> {
    /// Where the file at `path` went: the one new file with its bytes, under its name if there are several.
    fn of(&mut self, path: &RepoPath) -> Option<RepoPath> {
        const LARGEST: u64 = 4 << 20;
        let (before, now) = (self.before, self.now);
        let entry = before.entry(path.as_str())?;
        let bytes = before.read(entry, LARGEST).ok().filter(|bytes| !bytes.is_empty())?;
        let added = self.added.get_or_insert_with(|| {
            now.entries().iter().filter(|entry| !before.contains(entry.path.as_str())).collect()
        });
        let is_like = |entry: &&&Entry| entry.path.extension() == path.extension();
        let is_same = |entry: &&&Entry| now.read(entry, LARGEST).is_ok_and(|other| *other == *bytes);
        let mut same: Vec<&&Entry> = added.iter().filter(is_like).filter(is_same).collect();
        if same.len() > 1 {
            same.retain(|entry| entry.path.file_name() == path.file_name());
        }
        match same.as_slice() {
            [one] => Some(one.path.clone()),
            _ => None,
        }
    }
}

/// Reads the document at `path` and the records that `readings` find in it.
pub(super) fn read(
    path: &RepoPath,
    contents: &Arc<Contents>,
    readings: &[Reading<'_>],
    observe: Observer<'_>,
) -> Outcome {
    let bytes = contents.all();
    let Ok(text) = simdutf8::basic::from_utf8(&bytes) else {
        let problems = read::not_utf8(&bytes, 0);
        let document = Document { path: path.clone(), comments: Vec::new(), targets: Vec::new() };
        let view = view(path, &bytes, &problems);
        return Outcome { findings: observe(&view), document: Some(document), ..Outcome::default() };
    };
    let parsed = markdown::Document::read(text);
    let mut front_matter = Tape::new();
    let problems = extract::front_matter(text, &parsed, &mut front_matter);
    let source = Source::new(path.as_str(), text, &parsed, front_matter.root(text));
    let mut outcome = Outcome::default();
    let mut faults = Vec::new();
    let (by_place, anywhere): (Vec<_>, Vec<_>) =
        readings.iter().partition(|reading| reading.place != Place::Anywhere);
    by_place.into_iter().for_each(|reading| take(reading, &source, contents, &mut outcome, &mut faults));
    if outcome.files.is_empty() {
        anywhere.into_iter().for_each(|reading| take(reading, &source, contents, &mut outcome, &mut faults));
    }
    // A document that is understood as one thing need not be another, too.
    if !outcome.files.is_empty() {
        outcome.declined.clear();
    }
    let fences: Vec<Span> = parsed.fences.iter().map(|fence| fence.span).collect();
    let has_marker = memchr::memmem::find(&bytes, b"<<<<<<<").is_some();
    let conflicts = if has_marker { conflict_markers(text, &fences) } else { Vec::new() };
    let code = [fences, code_spans(&parsed)].concat();
    // Front matter that nobody takes for a record is written for another program, and may be wrong on purpose.
    let problems: &[Problem] = if outcome.files.is_empty() { &[] } else { &problems };
    let seen = view(path, &bytes, problems);
    outcome.findings = observe(&FileView { conflicts: &conflicts, code: &code, faults: &faults, ..seen });
    outcome.document = Some(remembered(path, text, &parsed));
    outcome
}

/// Adds what `reading` finds in a document, or why it finds nothing, to `outcome`.
fn take(
    reading: &Reading<'_>,
    source: &Source<'_>,
    contents: &Arc<Contents>,
    outcome: &mut Outcome,
    faults: &mut Vec<super::RecordFaults>,
) {
    match records(reading, source, contents) {
        Ok((file, found)) => {
            outcome.files.push(file);
            faults.extend(found);
        }
        // Nothing is to be said of a document that nobody would take for such a record.
        Err(reason) if reason.is_empty() => {}
        Err(reason) => {
            let path = RepoPath::new(source.path);
            outcome.declined.push(Declined { path, collection: reading.table.name().clone(), reason });
        }
    }
}

fn view<'a>(path: &'a RepoPath, bytes: &'a [u8], problems: &'a [Problem]) -> FileView<'a> {
    FileView { path, bytes, base: 0, role: Role::Document, problems, conflicts: &[], code: &[], faults: &[] }
}

fn code_spans(document: &markdown::Document) -> Vec<Span> {
    let lines = document.lines.iter();
    lines.flat_map(|line| line.code.iter().map(|range| line.span_of(range.clone()))).collect()
}

/// The records that one collection finds in a document, or why it finds none.
fn records(
    reading: &Reading<'_>,
    source: &Source<'_>,
    contents: &Arc<Contents>,
) -> Result<(File, Vec<super::RecordFaults>), String> {
    let mut reason = match reading.place {
        Place::Anywhere => String::new(),
        Place::Matched | Place::Named => "nothing in it is a record".to_owned(),
    };
    for &reader in &reading.readers {
        let Some(extract) = extraction(reader, reading.place) else { continue };
        match extract(source) {
            Ok(objects) if !objects.is_empty() => {
                let kept = keep(reading, source, contents, objects);
                return kept.map(|(file, faults)| (File { reader, ..file }, faults));
            }
            Ok(_) => {}
            Err(why) => reason = why,
        }
    }
    Err(reason)
}

/// What a reader takes from a document that is offered because of its place; `None` for readers of other files.
fn extraction(reader: Reader, place: Place) -> Option<Extract> {
    Some(match reader {
        Reader::Adr => match place {
            Place::Matched => extract::adr::extract,
            Place::Named => extract::adr::among_decisions,
            Place::Anywhere => extract::adr::anywhere,
        },
        Reader::Minutes if place == Place::Anywhere => extract::minutes::anywhere,
        Reader::Actions if place == Place::Anywhere => extract::actions::anywhere,
        // No other record is known by what it says alone.
        _ if place == Place::Anywhere => return None,
        Reader::Minutes => extract::minutes::extract,
        Reader::Actions => extract::actions::extract,
        Reader::Markdown => shapes::DOCUMENT,
        Reader::MarkdownTable => shapes::ROWS,
        Reader::MarkdownTasks => shapes::TASKS,
        Reader::MarkdownSections => shapes::SECTIONS,
        Reader::Spec => extract::registers::spec,
        Reader::Assessment => extract::registers::assessment,
        Reader::Releases => extract::registers::releases,
        Reader::Jsonl
        | Reader::Json
        | Reader::Yaml
        | Reader::Toml
        | Reader::Csv
        | Reader::Codeowners
        | Reader::Mailmap => return None,
    })
}

fn keep(
    reading: &Reading<'_>,
    source: &Source<'_>,
    contents: &Arc<Contents>,
    objects: Vec<Object>,
) -> Result<(File, Vec<super::RecordFaults>), String> {
    let table = reading.table;
    let (mut content, mut tape, mut columns) = (Content::default(), Tape::new(), Columns::default());
    let mut rows = Vec::with_capacity(objects.len());
    for mut object in objects {
        if let Some(schema) = &table.schema {
            let is_found = reading.is_discovered();
            object.map_fields(|name, field| as_described(schema, table.known_as(name), field, is_found));
        }
        let row = object.write(source.text, &mut tape);
        if table.has_aliases() {
            table.apply_aliases(&mut tape, source.text, row as usize);
        }
        rows.push(row);
    }
    for &row in &rows {
        content.take(reading, tape.value(source.text, row as usize), row, 0, &mut columns);
    }
    let span = Span::of(0, source.text.len());
    content.pieces.push(Piece { span, columns, ..Piece::default() });
    let faults = std::mem::take(&mut content.faults);
    let kept = reading.keep(content, contents.clone(), Some(tape), Vec::new());
    kept.map(|(file, _)| (file, faults)).map_err(|NotRead { reason, .. }| reason)
}

/// A text of a document as the kind of value that the schema describes: a number, or a list of what commas part. Where
/// nobody named the document, a word in the place of a number, such as "high", is how it speaks, and no number is known.
fn as_described(schema: &Schema, name: &str, field: Field, is_found: bool) -> Field {
    let Field::Text(text, span) = field else { return field };
    let kinds = schema.kinds_of(name);
    let is = |kind: &str| kinds.contains(&kind);
    if kinds.is_empty() || is("string") {
        return Field::Text(text, span);
    }
    if is("integer") || is("number") {
        match text.trim().parse::<i64>() {
            Ok(number) => return Field::Number(number, span),
            Err(_) if is_found && is("null") && !text.contains(|c: char| c.is_ascii_digit()) => {
                return Field::Null(span);
            }
            Err(_) => {}
        }
    }
    if is("array") {
        let items = text.split([',', '\n']).map(str::trim).filter(|item| !item.is_empty());
        return Field::List(items.map(|item| Field::text(item, span)).collect(), span);
    }
    Field::Text(text, span)
}

/// What is kept of a document.
fn remembered(path: &RepoPath, text: &str, document: &markdown::Document) -> Document {
    let texts = document.comments.iter().map(|span| (*span, text[span.range()].to_owned()));
    let is_meant = |text: &str| text.trim_start_matches("<!--").trim_start().starts_with("opsbook-ignore");
    let comments = texts.filter(|(_, text)| is_meant(text)).collect();
    let links = document.links.iter().filter(|link| link.kind != LinkKind::Reference);
    let targets = links.filter_map(|link| {
        let is_verbatim = text.get(link.span.range()) == Some(link.destination.as_str());
        target(path, link.span, &link.destination).map(|target| Target { is_verbatim, ..target })
    });
    let targets = targets.collect();
    Document { path: path.clone(), comments, targets }
}

/// Where a link of the document at `path` leads in its repository; `None` when it leads elsewhere.
pub(super) fn target(path: &RepoPath, span: Span, destination: &str) -> Option<Target> {
    let written = destination.split(['#', '?']).next().unwrap_or_default();
    let has_scheme = written.split_once(':').is_some_and(|(scheme, _)| !scheme.contains('/'));
    if written.is_empty() || has_scheme || written.starts_with("//") || written.starts_with('@') {
        return None;
    }
    let decoded = percent_decoded(written)?;
    let mut parts: Vec<&str> = match decoded.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => path.as_str().split('/').rev().skip(1).collect::<Vec<_>>().into_iter().rev().collect(),
    };
    for part in decoded.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    let path = RepoPath::new(&parts.join("/"));
    (!parts.is_empty()).then(|| Target { span, written: written.to_owned(), path, is_verbatim: false })
}

/// `text` with its `%20` and their like resolved; `None` when that is not UTF-8.
fn percent_decoded(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| byte == b'%') {
            Some(decoded) => {
                bytes.push(decoded);
                rest = &after[2..];
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_files_of_the_repository_or_nowhere() {
        let leads = |destination: &str| {
            let found = target(&"docs/adr/1.md".into(), Span::default(), destination);
            found.map(|target| target.path.as_str().to_owned())
        };
        for (destination, expect) in [
            ("2.md", Some("docs/adr/2.md")),
            ("./2.md#why", Some("docs/adr/2.md")),
            ("../guide%20one.md?raw=1", Some("docs/guide one.md")),
            ("/README.md", Some("README.md")),
            ("../../..", None),
            ("../../../outside.md", None),
            ("#anchor", None),
            ("https://example.org/2.md", None),
            ("mailto:a@example.org", None),
            ("//example.org/x", None),
            ("@ana", None),
            ("a/b:c.md", Some("docs/adr/a/b:c.md")),
            ("%ff.md", None),
        ] {
            assert_eq!(leads(destination).as_deref(), expect, "{destination}");
        }
    }
}
