//! What the named values of a decision record mean: status, dates, people, relations.
//!
//! Several places may name the same thing. The first that says something understood is taken; of those that say nothing
//! understood the first is kept as it was written.

use jiff::civil::Date;

use super::named::{Named, Spot, head_end};
use super::parts::Section;
use crate::extract::Source;
use crate::model::date;
use crate::model::decision::relations::{self, Relation};
use crate::model::status::{Reading, Status, read};
use crate::read::markdown::{Line, Place};
use crate::text::Span;

/// The values of a record.
pub(super) struct Facts {
    values: Vec<Named>,
    /// Lines above the first part, and among links, that start with a relation: `Supersedes [3](0003-x.md)`.
    lines: Vec<(String, Span)>,
    /// The date that stands alone on a line above the first part.
    lone_date: Option<(Date, Span)>,
    /// The first date of a section on the record's changes.
    first_change: Option<(Date, Span)>,
}

const STATUS: &[&str] =
    &["status", "adr status", "decision status", "current status", "state", "estado", "statut", "stato"];

/// Names of the day of a decision, the best first.
const DATE: &[&[&str]] = &[
    &["date", "datum", "fecha", "data"],
    &[
        "decision date",
        "date of decision",
        "decided on",
        "date decided",
        "decided",
        "accepted on",
        "date accepted",
        "accepted",
        "approved on",
    ],
    &[
        "created",
        "created on",
        "date created",
        "creation date",
        "created at",
        "proposed on",
        "date proposed",
        "proposed",
        "start date",
        "drafted",
    ],
];

const CHANGED: &[&str] = &[
    "last updated",
    "last modified",
    "updated",
    "modified",
    "last update",
    "updated on",
    "lastmod",
    "revised",
];

const DECIDERS: &[&str] = &[
    "deciders",
    "decider",
    "decision makers",
    "decision maker",
    "decided by",
    "approvers",
    "approver",
    "approved by",
];

const REVIEW: &[&str] = &[
    "review",
    "review by",
    "review date",
    "next review",
    "next review date",
    "review on",
    "revisit",
    "revisit by",
    "expires",
    "valid until",
];

/// How many sections and lines of links are looked at.
const MOST: usize = 64;

/// Sections that list how a decision stands to others.
const LINKS: &[&str] = &[
    "links",
    "related",
    "related decisions",
    "related adrs",
    "related records",
    "relations",
    "references",
    "more information",
    "see also",
];

const AFFECTS: &[&str] = &["affects", "applies to", "affected", "affected components", "affected paths"];

impl Facts {
    pub(super) fn of(
        source: &Source<'_>,
        values: Vec<Named>,
        sections: &[Section],
        title: Option<usize>,
    ) -> Self {
        let end = head_end(source, sections, title);
        let head = || {
            source
                .document
                .lines
                .iter()
                .filter(|line| line.span.start < end && !matches!(line.place, Place::Heading(_)))
        };
        let raw = |span: Span| source.text.get(span.range()).unwrap_or_default().to_owned();
        let of_links: Vec<Span> = sections
            .iter()
            .filter(|section| LINKS.contains(&&*section.name))
            .map(|section| section.body)
            .take(MOST)
            .collect();
        let linked = |line: &&Line| {
            of_links.iter().any(|body| body.start <= line.span.start && line.span.end <= body.end)
        };
        let lines = head().chain(source.document.lines.iter().filter(linked));
        let lines = lines.filter(|line| relations::starts_with_relation(&line.text)).take(MOST);
        let lines = lines.map(|line| (raw(line.span), line.span)).collect();
        let lone_date = head().find_map(|line| {
            let (date, range) = date::dates(&line.text).into_iter().next()?;
            let others = line.text.len() - range.len();
            (others <= 4).then(|| (date, line.span_of(range)))
        });
        Self { values, lines, lone_date, first_change: first_change(source, sections) }
    }

    fn called<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = &'a Named> {
        self.values.iter().filter(|value| names.contains(&&*value.name))
    }

    /// The title that a value names.
    pub(super) fn title(&self) -> Option<(String, Span)> {
        let own = self.called(&["title"]).find(|value| value.text.chars().any(char::is_alphanumeric));
        own.map(|value| (value.text.clone(), value.span))
    }

    /// The number that the front matter names.
    pub(super) fn number(&self) -> Option<(i64, Span)> {
        let own =
            self.called(&["number", "adr", "adr number", "id"]).filter(|value| value.place == Spot::Front);
        own.filter_map(|value| {
            let digits =
                value.text.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '-' || c == ' ');
            Some((digits.parse().ok().filter(|_| digits.len() <= 6)?, value.span))
        })
        .next()
    }

    /// Whether a status is written.
    pub(super) fn has_status(&self) -> bool {
        self.status().is_some()
    }

    /// The state, the text that says it, and its bytes.
    pub(super) fn status(&self) -> Option<(Option<Status>, String, Span)> {
        let mut first: Option<(Option<Status>, String, Span)> = None;
        for place in [Spot::Front, Spot::Head, Spot::Section] {
            let own: Vec<&Named> =
                self.called(STATUS).filter(|value| value.place == place && says(&value.text)).collect();
            if let Some(found) = status_of(&own) {
                if found.0.is_some() {
                    return Some(found);
                }
                first.get_or_insert(found);
            }
        }
        first.or_else(|| {
            let own = self.lines.iter().find(|(text, _)| read(text) == Reading::State(Status::Superseded));
            own.map(|(text, span)| (Some(Status::Superseded), text.clone(), *span))
        })
    }

    /// The day of the decision, apart from the file's name.
    pub(super) fn date(&self) -> Option<(Date, Span)> {
        let named = DATE.iter().find_map(|names| self.first_date(names));
        named.or_else(|| self.status_date()).or(self.lone_date).or(self.first_change)
    }

    /// The day of the last change, which says least of when it was decided.
    pub(super) fn last_change(&self) -> Option<(Date, Span)> {
        self.first_date(CHANGED)
    }

    /// The day by which it is to be looked at again.
    pub(super) fn review_by(&self) -> Option<(Date, Span)> {
        self.first_date(REVIEW)
    }

    fn first_date(&self, names: &[&str]) -> Option<(Date, Span)> {
        self.called(names).find_map(|value| dated(value).into_iter().next())
    }

    /// The day behind the status: `Accepted, 2026-11-20`. Not one in the name of another decision.
    fn status_date(&self) -> Option<(Date, Span)> {
        let own = self.called(STATUS).filter(|value| !value.text.contains("](") && says(&value.text));
        let dates: Vec<(Date, Span)> = own.take(3).flat_map(dated).collect();
        let (_, _, status) = self.status()?;
        let beside = dates.iter().find(|(_, span)| span.start >= status.start && span.end <= status.end);
        beside.or(dates.first()).copied()
    }

    /// Who decided.
    pub(super) fn deciders(&self) -> Vec<(String, Span)> {
        self.called(DECIDERS)
            .flat_map(|value| listed(value, &[',', ';', '&', '\n', '|'], &['*', '_', '"', '`', '-']))
            .collect()
    }

    /// The paths and parts it is about.
    pub(super) fn affects(&self) -> Vec<(String, Span)> {
        self.called(AFFECTS).flat_map(|value| listed(value, &[',', ';', '\n'], &['"', '`'])).collect()
    }

    /// The decisions it has this relation to, seen from the file `own`.
    pub(super) fn related(&self, relation: Relation, own: &str) -> Vec<(String, Span)> {
        let mut found: Vec<(String, Span)> = Vec::new();
        let mut push = |text: &str, offset: usize, span: Span, is_decoded: bool| {
            for (target, range) in relations::targets(text, own) {
                if !found.iter().any(|(known, _)| *known == target) {
                    let start = span.start as usize + offset + range.start;
                    let bytes = Span::of(start, start + range.len());
                    found.push((target, if is_decoded { span } else { bytes }));
                }
            }
        };
        for value in &self.values {
            let is_decoded = value.text.len() != value.span.range().len();
            if relations::of_name(&value.name) == Some(relation) {
                if relations::names_none(&value.text) {
                    continue;
                }
                push(&value.text, 0, value.span, is_decoded);
            } else if STATUS.contains(&&*value.name) && read(&value.text) != Reading::Placeholder {
                for (_, range) in
                    relations::stated(&value.text).into_iter().filter(|(stated, _)| *stated == relation)
                {
                    push(&value.text[range.clone()], range.start, value.span, is_decoded);
                }
            }
        }
        for (text, span) in &self.lines {
            for (_, range) in relations::stated(text).into_iter().filter(|(stated, _)| *stated == relation) {
                push(&text[range.clone()], range.start, *span, false);
            }
        }
        found
    }
}

/// What the values of one place that are called status say together.
fn status_of(own: &[&Named]) -> Option<(Option<Status>, String, Span)> {
    let first = own.first()?;
    let has_boxes = own.iter().any(|value| value.task.is_some());
    let meant: Vec<&&Named> = own.iter().filter(|value| !has_boxes || value.task == Some(true)).collect();
    let mut found: Option<(Status, &Named)> = None;
    let mut was_understood = true;
    for value in meant {
        // The second line of a sentence is no statement of its own.
        let is_rest = value.goes_on && !was_understood;
        let reading = read(&value.text);
        was_understood = !is_rest && reading != Reading::Unknown;
        let Reading::State(status) = reading else { continue };
        let is_later = match found {
            None => true,
            Some((known, _)) => follows(known, status, &value.text),
        };
        if is_later && !is_rest {
            found = Some((status, value));
        }
    }
    Some(match found {
        Some((status, value)) => (Some(status), shown(&value.text), value.span),
        None => (None, shown(&first.text), first.span),
    })
}

/// Whether a further line with `status` says what became of a decision that was `known`, and does not explain it.
fn follows(known: Status, status: Status, text: &str) -> bool {
    let is_short = text.split_whitespace().count() <= 4 || !date::dates(text).is_empty();
    match status {
        Status::Superseded => !relations::stated(text).is_empty() || is_short,
        Status::Rejected => known == Status::Proposed && is_short,
        status => status > known && is_short,
    }
}

/// A text without the markup around it.
fn shown(text: &str) -> String {
    text.trim().trim_matches(['*', '_']).trim().to_owned()
}

/// Whether there is a word in `text`.
fn says(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
}

/// The days in a value, those in the names of files left out.
fn dated(value: &Named) -> Vec<(Date, Span)> {
    let is_decoded = value.text.len() != value.span.range().len();
    let dates = date::dates(&value.text).into_iter().filter(|(_, range)| {
        let rest = value.text[range.end..].trim_start_matches(['-', '_']);
        rest.len() == value.text.len() - range.end || !rest.starts_with(|c: char| c.is_alphabetic())
    });
    let start = value.span.start as usize;
    let spanned = dates.map(|(date, range)| {
        (date, if is_decoded { value.span } else { Span::of(start + range.start, start + range.end) })
    });
    spanned.collect()
}

/// The items of a value with `separators` between them and `marks` around them.
fn listed(value: &Named, separators: &[char], marks: &[char]) -> Vec<(String, Span)> {
    let is_decoded = value.text.len() != value.span.range().len();
    let mut found = Vec::new();
    let mut at = 0;
    for part in value.text.split(separators) {
        let name = part.trim().trim_matches(marks).trim();
        let offset = at + part.find(name).unwrap_or(0);
        at += part.len() + value.text[at + part.len()..].chars().next().map_or(0, char::len_utf8);
        let is_blank = name.starts_with(['{', '<', '[']) && !name.contains("](")
            || matches!(&*name.to_lowercase(), "tbd" | "n/a" | "none" | "todo" | "");
        if is_blank || !name.chars().any(char::is_alphanumeric) {
            continue;
        }
        let start = value.span.start as usize + offset;
        let span = if is_decoded { value.span } else { Span::of(start, start + name.len()) };
        let text = match (name.starts_with('['), name.find("](")) {
            (true, Some(end)) => &name[1..end],
            _ => name,
        };
        found.push((text.to_owned(), span));
    }
    found
}

/// The earliest day in the section that lists what was changed.
fn first_change(source: &Source<'_>, sections: &[Section]) -> Option<(Date, Span)> {
    const NAMES: &[&str] = &[
        "changelog",
        "change log",
        "history",
        "revision history",
        "revisions",
        "change history",
        "log",
        "changes",
        "document history",
    ];
    let section = sections.iter().find(|section| NAMES.contains(&&*section.name))?;
    let inside = |span: Span| span.start >= section.body.start && span.end <= section.body.end;
    let lines = source.document.lines.iter().filter(|line| inside(line.span));
    let dates = lines.flat_map(|line| {
        date::dates(&line.text).into_iter().map(|(date, range)| (date, line.span_of(range)))
    });
    dates.min_by_key(|(date, _)| *date)
}
