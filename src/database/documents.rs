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
use crate::config::{Class, Reader, is_template};
use crate::extract::references::{Reference, references};
use crate::extract::upkeep::{Upkeep, upkeep};
use crate::extract::{self, Extract, Field, Object, Source, shapes};
use crate::read::conflict::conflict_markers;
use crate::read::markdown;
use crate::read::tape::Tape;
use crate::read::{self, Problem};
use crate::repo::Contents;
use crate::schema::Schema;
use crate::text::{RepoPath, Span, joined, percent_decoded};

/// A Markdown document, as far as it is remembered after it was read.
#[derive(Debug)]
pub struct Document {
    /// Where it is.
    pub path: RepoPath,
    /// Its HTML comments that suppress findings, each with its text.
    pub comments: Vec<(Span, String)>,
    /// How long it must stay true, when it says so itself: `class: record` in its front matter, or a status that is over.
    pub class: Option<Class>,
    /// What it refers to in its repository, in order.
    pub references: Vec<Reference>,
    /// What it says of its own upkeep.
    pub upkeep: Upkeep,
}

impl Document {
    /// Its links to files and folders of the repository: the bytes of the path, and where it leads.
    pub fn links(&self) -> impl Iterator<Item = (Span, RepoPath)> {
        let links = self.references.iter().filter(|one| one.kind.is_link());
        links.filter_map(|one| Some((one.span, target(&self.path, &one.written)?)))
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
        let (comments, references, upkeep) = (Vec::new(), Vec::new(), Upkeep::default());
        let document = Document { path: path.clone(), comments, class: None, references, upkeep };
        let view = view(path, &bytes, &problems);
        return Outcome { findings: observe(&view), document: Some(document), ..Outcome::default() };
    };
    let parsed = markdown::Document::read(text);
    let mut front_matter = Tape::new();
    // The front matter of a template is none of its format before the template is filled in.
    let problems = match is_template(path) {
        true => Vec::new(),
        false => extract::front_matter(text, &parsed, &mut front_matter),
    };
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
    let stated = |name: &str| source.front_matter.and_then(|values| values.get(name)?.as_str());
    let class = stated("class").and_then(Class::from_name);
    let class = class.or_else(|| is_over(stated("status"), &parsed).then_some(Class::Record));
    outcome.document = Some(Document { class, ..remembered(path, &source) });
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

/// Whether a document says at its head that its time is over: `Status: superseded`.
fn is_over(status: Option<&str>, document: &markdown::Document) -> bool {
    /// Lines of text that are its head.
    const HEAD: usize = 20;
    const LABELS: [&str; 3] = ["status", "decision", "resolution"];
    const OVER: [&str; 11] = [
        "superseded",
        "rejected",
        "withdrawn",
        "deprecated",
        "historical",
        "retired",
        "archived",
        "obsolete",
        "abandoned",
        "wontfix",
        "declined",
    ];
    let is_over = |value: &str| {
        let mut words = value.split(|c: char| !c.is_alphabetic()).take(4);
        words.any(|word| OVER.contains(&word.to_ascii_lowercase().as_str()))
    };
    let head = document.lines.iter().take(HEAD).filter_map(|line| line.text.split_once(':'));
    let mut labels = head.filter(|(name, _)| LABELS.contains(&name.trim().to_ascii_lowercase().as_str()));
    status.is_some_and(is_over) || labels.any(|(_, value)| is_over(value))
}

/// What is kept of a document.
fn remembered(path: &RepoPath, source: &Source<'_>) -> Document {
    let (text, document) = (source.text, source.document);
    let texts = document.comments.iter().map(|span| (*span, text[span.range()].to_owned()));
    let is_meant = |text: &str| text.trim_start_matches("<!--").trim_start().starts_with("opsbook-ignore");
    let comments = texts.filter(|(_, text)| is_meant(text)).collect();
    let references = references(text, document);
    Document { path: path.clone(), comments, class: None, references, upkeep: upkeep(source) }
}

/// Where a link of the document at `path` to `destination` leads in its repository; `None` when it leads elsewhere.
pub(super) fn target(path: &RepoPath, destination: &str) -> Option<RepoPath> {
    let written = destination.split(['#', '?']).next().unwrap_or_default();
    let has_scheme = written.split_once(':').is_some_and(|(scheme, _)| !scheme.contains('/'));
    if written.is_empty() || has_scheme || written.starts_with("//") || written.starts_with('@') {
        return None;
    }
    let decoded = percent_decoded(written)?;
    let leads = joined(path.parent(), &decoded)?;
    (!leads.is_empty()).then(|| RepoPath::new(&leads))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_files_of_the_repository_or_nowhere() {
        let leads = |destination: &str| {
            target(&"docs/adr/1.md".into(), destination).map(|path| path.as_str().to_owned())
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
