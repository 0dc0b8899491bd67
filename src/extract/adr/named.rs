//! The values that a decision record names outside its parts: in front matter, labels, tables and sections of their own.
//!
//! Everything becomes the same thing, a name and a text with its bytes, in the order of trust: front matter first, then
//! what stands above the first part, then sections. Which names mean what is for others to say.

use super::parts::{Section, plain};
use crate::extract::Source;
use crate::read::markdown::{Label, Line, LinkKind, Place};
use crate::read::tape::{Kind, Value};
use crate::text::Span;

/// Where a value was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spot {
    /// The front matter.
    Front,
    /// Above the first part, with its name.
    Head,
    /// A line of a section with that name.
    Section,
}

/// A value and what it is called.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// The name, as [`plain`] has it.
    pub(super) name: String,
    /// The text, Markdown as written; decoded where it stands in front matter.
    pub(super) text: String,
    /// Its bytes.
    pub(super) span: Span,
    /// Where it was named.
    pub(super) place: Spot,
    /// Whether a box stands before it, and whether it is ticked.
    pub(super) task: Option<bool>,
    /// Whether it goes on in the paragraph of the line before.
    pub(super) goes_on: bool,
}

/// Sections that hold one value instead of a part of the record.
const VALUES: &[&str] = &[
    "status",
    "adr status",
    "decision status",
    "current status",
    "date",
    "decision date",
    "deciders",
    "decision makers",
    "decision maker",
    "approvers",
    "supersedes",
    "supercedes",
    "superseded by",
    "superceded by",
    "replaces",
    "replaced by",
    "amends",
    "review date",
    "review by",
    "next review",
    "affects",
    "title",
    "estado",
    "statut",
    "stato",
];

/// Other names that stand beside these in the header of a table.
const BESIDE: &[&str] = &[
    "author",
    "authors",
    "owner",
    "owners",
    "version",
    "created",
    "updated",
    "last updated",
    "number",
    "id",
    "adr",
];

/// How many labels and sections are looked at: more than any record has, and no work for a hostile file.
const MOST: usize = 256;

/// Sections in which values are named, as above the first part.
const HEADS: &[&str] =
    &["metadata", "meta", "meta data", "document information", "header", "details", "info", "adr"];

/// Every value that `source` names; `sections` are its sections, `title` is its title's heading.
pub(super) fn named(source: &Source<'_>, sections: &[Section], title: Option<usize>) -> Vec<Named> {
    let mut found = Vec::new();
    for (name, value) in source.front_matter.into_iter().flat_map(|front| front.members()) {
        front(&plain(name.as_str().unwrap_or_default()), value, &mut found);
    }
    let end = head_end(source, sections, title);
    for label in source.labels().iter().filter(|label| label.name_span.start < end).take(MOST) {
        from_label(source, label, &mut found);
    }
    columns(source, end, &mut found);
    in_sections(source, sections, title, &mut found);
    found
}

/// Where the first part of the record starts: values named below are not its own.
pub(super) fn head_end(source: &Source<'_>, sections: &[Section], title: Option<usize>) -> u32 {
    let is_head = |name: &str| HEADS.contains(&name) || VALUES.contains(&name) || name.starts_with("status");
    let first = sections.iter().find(|section| Some(section.index) != Some(title) && !is_head(&section.name));
    first.map_or(source.text.len() as u32, |section| section.heading.start)
}

/// The value of a field of the front matter: each item of a list, and each name between braces, as templates have it.
fn front(name: &str, value: Value<'_>, found: &mut Vec<Named>) {
    let mut push = |text: &str, span| {
        if !text.trim().is_empty() {
            let text = text.trim().to_owned();
            found.push(Named {
                name: name.to_owned(),
                text,
                span,
                place: Spot::Front,
                task: None,
                goes_on: false,
            });
        }
    };
    match value.kind() {
        Kind::Array => {
            for item in value.items() {
                match (item.get("target"), item.get("kind").and_then(|kind| kind.as_str())) {
                    (Some(target), Some(kind)) if name == "links" => front(&plain(kind), target, found),
                    _ => front(name, item, found),
                }
            }
        }
        Kind::Object => {
            for (key, _) in value.members().filter(|(_, below)| below.kind() == Kind::Null) {
                push(key.as_str().unwrap_or_default(), key.span());
            }
        }
        Kind::Null => {}
        _ => push(value.scalar_text().unwrap_or_default(), value.span()),
    }
}

/// The value of a label: beside its name, or in the lines below.
fn from_label(source: &Source<'_>, label: &Label, found: &mut Vec<Named>) {
    let name = plain(&label.name);
    let mut push = |span: Span, task| {
        let text = source.text.get(span.range()).unwrap_or_default().to_owned();
        found.push(Named { name: name.clone(), text, span, place: Spot::Head, task, goes_on: false });
    };
    if !label.value.is_empty() {
        return push(with_markup(source, label.value_span), None);
    }
    for line in below(source, label.line) {
        push(with_markup(source, line.span), task(line));
    }
}

/// `span` with the link or the strike-through that it cuts into.
pub(super) fn with_markup(source: &Source<'_>, span: Span) -> Span {
    let mut start = span.start as usize;
    let mut end = span.end as usize;
    let cut = source.document.links.iter().filter(|link| link.kind != LinkKind::Definition);
    for link in cut.filter(|link| link.whole.start < span.end && link.whole.end > span.end) {
        end = end.max(link.whole.end as usize);
    }
    while source.text[..start].ends_with(['~', '[']) {
        start -= 1;
    }
    while source.text[end..].starts_with('~') {
        end += 1;
    }
    Span::of(start, end)
}

/// The lines that give a label its value: the items below it, or the paragraph that follows.
fn below<'a>(source: &'a Source<'_>, at: usize) -> impl Iterator<Item = &'a Line> {
    const MOST: usize = 20;
    let own = &source.document.lines[at];
    let rest = &source.document.lines[at + 1..];
    let mut paragraphs = 0;
    rest.iter().take(MOST).take_while(move |line| {
        let is_here = line.section == own.section;
        is_here
            && match line.place {
                Place::Item(_) | Place::InItem { .. } => line.depth() > own.depth() && paragraphs == 0,
                Place::Paragraph { first } => {
                    paragraphs += usize::from(first);
                    own.depth() == 0 && paragraphs < 2 && crate::read::markdown::labels(line, 0).is_empty()
                }
                _ => false,
            }
    })
}

fn task(line: &Line) -> Option<bool> {
    match line.place {
        Place::Item(item) => item.task,
        _ => None,
    }
}

/// The cells of a table with one row, under the names in its header; what was read of it as a name and its value goes.
fn columns(source: &Source<'_>, end: u32, found: &mut Vec<Named>) {
    let cells = source.document.lines.iter().filter(|line| line.span.start < end).filter_map(|line| {
        let Place::Cell { table, row, column } = line.place else { return None };
        Some((table, row, column, line))
    });
    let cells: Vec<(usize, usize, usize, &Line)> = cells.collect();
    for own in cells.chunk_by(|a, b| a.0 == b.0) {
        let row = |wanted: usize| own.iter().filter(move |(_, row, ..)| *row == wanted);
        let names: Vec<(usize, String)> =
            row(0).map(|(_, _, column, line)| (*column, plain(&line.text))).collect();
        let is_name = |name: &str| VALUES.contains(&name) || BESIDE.contains(&name);
        let is_header = names.len() > 2 || names.get(1).is_some_and(|(_, name)| is_name(name));
        if !is_header || row(2).next().is_some() || !names.iter().any(|(_, name)| is_name(name)) {
            continue;
        }
        let inside = |span: Span| own.iter().any(|(.., line)| line.span.touches(span.start));
        found.retain(|known| known.place == Spot::Front || !inside(known.span));
        for (_, _, column, line) in row(1) {
            let Some((_, name)) = names.iter().find(|(known, _)| known == column) else { continue };
            let text = source.text.get(line.span.range()).unwrap_or_default().to_owned();
            found.push(Named {
                name: name.clone(),
                text,
                span: line.span,
                place: Spot::Head,
                task: None,
                goes_on: false,
            });
        }
    }
}

/// The lines of the sections that hold one value.
fn in_sections(source: &Source<'_>, sections: &[Section], title: Option<usize>, found: &mut Vec<Named>) {
    let headings = &source.document.headings;
    for section in sections.iter().take(MOST) {
        let Some(index) = section.index else { continue };
        let parent = headings[index].parent;
        let is_below_top = parent.is_none()
            || parent == title
            || parent
                .is_some_and(|at| headings[at].level == 1 || HEADS.contains(&&*plain(&headings[at].text)));
        if !is_below_top {
            continue;
        }
        if VALUES.contains(&&*section.name) {
            for line in source.document.under(Some(index)) {
                let span = with_markup(source, line.span);
                let text = source.text.get(span.range()).unwrap_or_default().to_owned();
                let name = section.name.clone();
                let goes_on = matches!(line.place, Place::Paragraph { first: false } | Place::InItem { .. });
                found.push(Named { name, text, span, place: Spot::Section, task: task(line), goes_on });
            }
        } else if let Some((name, value)) = headings[index].text.split_once([':', '\u{2013}', '\u{2014}']) {
            // `## Status: accepted`.
            let name = plain(name);
            let raw = source.text.get(section.heading.range()).unwrap_or_default();
            if let Some(at) =
                raw.rfind(value.trim()).filter(|_| VALUES.contains(&&*name) && !value.trim().is_empty())
            {
                let start = section.heading.start as usize + at;
                let span = Span::of(start, start + value.trim().len());
                let text = value.trim().to_owned();
                found.push(Named { name, text, span, place: Spot::Section, task: None, goes_on: false });
            }
        }
    }
}
