//! What a document says of its own upkeep: what it covers, how often it is to be reviewed, when it last was, and when it
//! was last changed.
//!
//! Such statements are claims. This module reads them, and reads a text without them, so that somebody can tell whether a
//! document was changed or only its date; whether a claim is true is for others to find out.

use std::ops::Range;

use jiff::civil::Date;

use super::{Source, front_matter};
use crate::model::date;
use crate::read::markdown::{Document, Place};
use crate::read::tape::{Kind, Tape, Value};
use crate::text::Span;

/// What a document says of its own upkeep.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upkeep {
    /// The globs of what it covers, with their bytes.
    pub covers: Vec<(String, Span)>,
    /// How often it is to be reviewed, as written.
    pub review_every: Option<(String, Span)>,
    /// The day of its last review.
    pub reviewed: Option<Stated>,
    /// The day of its last change.
    pub updated: Option<Stated>,
}

/// A day that a document states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stated {
    /// The day.
    pub day: Date,
    /// The bytes of the day.
    pub span: Span,
    /// Whether it is written as `2026-11-20`.
    pub is_plain: bool,
}

/// Names that the day of a last change goes by.
const UPDATED: [&str; 7] =
    ["last updated", "last update", "last modified", "last changed", "last edited", "updated", "modified"];
/// Names that the day of a last review goes by.
const REVIEWED: [&str; 4] = ["last reviewed", "last review", "reviewed", "review date"];
/// Other names of what is counted up without anything being said.
const OTHER: [&str; 6] = ["version", "revision", "rev", "as of", "effective date", "date"];

/// What the document of `source` says.
#[must_use]
pub fn upkeep(source: &Source<'_>) -> Upkeep {
    let front = |names: &[&str]| names.iter().find_map(|name| source.front(name));
    let day = |value: Value<'_>| stated(source.text, value.span());
    let mut upkeep = Upkeep {
        covers: source.front("covers").map(globs).unwrap_or_default(),
        review_every: source.front("review_every").and_then(|value| {
            let text = source.text.get(value.span().range())?;
            let text = value.as_str().unwrap_or(text).trim().to_owned();
            (!text.is_empty() && value.kind() != Kind::Null).then(|| (text, value.span()))
        }),
        reviewed: front(&["last_reviewed", "last-reviewed", "reviewed"]).and_then(day),
        updated: front(&["last_updated", "last-updated", "updated", "lastmod", "last_modified"])
            .and_then(day),
    };
    // Most documents say none of it, and to look at every line would cost more than reading them.
    let says = |word: &str| memchr::memmem::find(source.text.as_bytes(), word.as_bytes()).is_some();
    if upkeep.updated.is_none() && (says("pdate") || says("odified") || says("hanged") || says("dited")) {
        upkeep.updated = in_text(source, &UPDATED[..5]);
    }
    if upkeep.reviewed.is_none() && says("eview") {
        upkeep.reviewed = in_text(source, &REVIEWED[..2]);
    }
    upkeep
}

/// The globs of what the document with this text covers, by its front matter.
#[must_use]
pub fn covers(text: &str) -> Vec<String> {
    // The rest of a document cannot say it, and need not be taken apart.
    let Some(front) = crate::read::markdown::front_matter(text) else { return Vec::new() };
    let document = Document { front_matter: Some(front), ..Document::default() };
    let mut tape = Tape::new();
    front_matter(text, &document, &mut tape);
    let source = Source::new("", text, &document, tape.root(text));
    source.front("covers").map(globs).unwrap_or_default().into_iter().map(|(glob, _)| glob).collect()
}

fn globs(value: Value<'_>) -> Vec<(String, Span)> {
    let glob = |value: Value<'_>| {
        let text = value.as_str()?.trim();
        (!text.is_empty()).then(|| (text.to_owned(), value.span()))
    };
    match value.kind() {
        Kind::Array => value.items().filter_map(glob).collect(),
        _ => glob(value).into_iter().collect(),
    }
}

/// The first day in `span` of the text.
fn stated(text: &str, span: Span) -> Option<Stated> {
    let written = text.get(span.range())?;
    let (day, range) = date::dates(written).into_iter().next()?;
    let is_plain = written.get(range.clone())? == day.to_string();
    let start = span.start as usize;
    Some(Stated { day, span: Span::of(start + range.start, start + range.end), is_plain })
}

/// The day behind one of `names` at the top of a document or at its end. Two of them, and elsewhere, may be about
/// something else than the document.
fn in_text(source: &Source<'_>, names: &[&str]) -> Option<Stated> {
    let document = source.document;
    let end = document.lines.len().saturating_sub(2);
    let is_about_all = |at: usize| {
        let line = &document.lines[at];
        let is_top = line.section.is_none_or(|section| section == 0 && document.headings[0].level == 1);
        is_top || at >= end
    };
    let is_name = |name: &str| names.contains(&name.trim().to_lowercase().replace(['_', '-'], " ").as_str());
    let labels = source.labels().iter().filter(|label| is_name(&label.name));
    let mut found: Vec<(usize, Stated)> =
        labels.filter_map(|label| Some((label.line, stated(source.text, label.value_span)?))).collect();
    for (at, line) in document.lines.iter().enumerate() {
        if matches!(line.place, Place::Heading(_) | Place::Cell { .. }) {
            continue;
        }
        let lower = line.text.to_lowercase();
        let start = lower.len() - lower.trim_start().len();
        let Some(name) = names.iter().find(|name| lower[start..].starts_with(**name)) else { continue };
        let Some((day, range)) = date::dates(&line.text).into_iter().next() else { continue };
        // "Last updated on 3 May 2026": the day follows at once.
        let near = range.start.checked_sub(start + name.len()).is_some_and(|between| between <= 5);
        if near && line.text.len() == lower.len() && found.iter().all(|(known, _)| *known != at) {
            let is_plain = line.text.get(range.clone()) == Some(day.to_string().as_str());
            found.push((at, Stated { day, span: line.span_of(range), is_plain }));
        }
    }
    match found.as_slice() {
        [(at, one)] if is_about_all(*at) => Some(*one),
        _ => None,
    }
}

/// `text` without the lines that only state a day of review or change, or a version.
#[must_use]
pub fn without_stamps(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    text.split_inclusive('\n').filter(|line| !is_stamp(line)).for_each(|line| kept.push_str(line));
    kept
}

/// The latest day that a line states which says nothing else.
#[must_use]
pub fn latest_stamp(text: &str) -> Option<Date> {
    let stamps = text.lines().filter(|line| is_stamp(line));
    stamps.flat_map(|line| date::dates(&line.replace('_', " "))).map(|(day, _)| day).max()
}

/// The names of the program's own things that the document with this text quotes in code: what stands alone in a code span
/// and is one word, or several joined by dots and colons. `is_file` says what is the name of a file.
#[must_use]
pub fn identifiers(text: &str, is_file: &dyn Fn(&str) -> bool) -> Vec<String> {
    /// Words of every program.
    const COMMON: [&str; 16] = [
        "true", "false", "null", "none", "nil", "self", "this", "main", "int", "str", "string", "bool",
        "float", "list", "todo", "default",
    ];
    /// Shorter names stand everywhere.
    const LEAST: usize = 3;
    let document = Document::read(text);
    let spans = document
        .lines
        .iter()
        .flat_map(|line| line.code.iter().filter_map(|range| line.text.get(range.clone())).map(str::trim));
    let is_one = |span: &&str| !span.contains(|c: char| c.is_whitespace() || c == '/') && !is_file(span);
    let is_letter = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let mut found: Vec<String> = spans
        .filter(is_one)
        .flat_map(|span| {
            let bare = span.trim_end_matches("()").trim_start_matches(['-', '$', '@', '#', '.', '%']);
            bare.split("::").flat_map(|part| part.split(['.', '#'])).collect::<Vec<_>>()
        })
        .map(|name| name.trim_end_matches("()").trim_end_matches([';', ',', '!', '?', ':']))
        .filter(|name| name.chars().count() >= LEAST && name.chars().all(is_letter))
        .filter(|name| name.contains(char::is_alphabetic) && !COMMON.contains(&name.to_lowercase().as_str()))
        .map(str::to_owned)
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Whether a line says nothing but a day of review or change, or a version, and whose hand it was.
fn is_stamp(line: &str) -> bool {
    /// Longer lines are prose.
    const LONGEST: usize = 160;
    if line.len() > LONGEST || !line.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let mut rest = line.to_lowercase().replace(['_', '-'], " ");
    let dashed = line.to_lowercase().replace('_', " ");
    let days: Vec<Range<usize>> = date::dates(&dashed).into_iter().map(|(_, range)| range).collect();
    for range in days.into_iter().rev() {
        if rest.get(range.clone()).is_some() {
            rest.replace_range(range, " ");
        }
    }
    let names = UPDATED.iter().chain(&REVIEWED).chain(&OTHER);
    let mut is_named = false;
    for name in names {
        if let Some(at) = word_at(&rest, name) {
            is_named = true;
            rest.replace_range(at..at + name.len(), " ");
        }
    }
    is_named && rest.split_whitespace().all(is_filler)
}

/// Where `name` stands in `text` as whole words.
fn word_at(text: &str, name: &str) -> Option<usize> {
    let is_word = |c: char| c.is_alphanumeric();
    text.match_indices(name)
        .map(|(at, _)| at)
        .find(|&at| !text[..at].ends_with(is_word) && !text[at + name.len()..].starts_with(is_word))
}

/// Whether a word of a stamp says nothing beside a name, a number or a sign.
fn is_filler(word: &str) -> bool {
    let inner = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '@');
    let number = inner.strip_prefix('v').unwrap_or(inner);
    inner.is_empty()
        || inner.starts_with('@')
        || matches!(inner, "on" | "by" | "at" | "utc" | "and")
        || (number.starts_with(|c: char| c.is_ascii_digit()) && number.len() <= 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Upkeep {
        let document = Document::read(text);
        let mut tape = Tape::new();
        front_matter(text, &document, &mut tape);
        upkeep(&Source::new("docs/a.md", text, &document, tape.root(text)))
    }

    #[test]
    fn the_front_matter_says_what_is_covered_and_when_it_was_reviewed() {
        let text = "---\ncovers: [src/**, 'lib/a.rs']\nreview_every: 30d\nlast_reviewed: 2026-10-26\n\
                    updated: \"2026-11-01\"\n---\n# A\n";
        let found = said(text);
        let globs: Vec<&str> = found.covers.iter().map(|(glob, _)| glob.as_str()).collect();
        assert_eq!(globs, ["src/**", "lib/a.rs"]);
        assert_eq!(covers(text), globs);
        assert_eq!(found.review_every.map(|(text, _)| text).as_deref(), Some("30d"));
        let day = |stated: Option<Stated>| stated.map(|one| text[one.span.range()].to_owned());
        assert_eq!(day(found.reviewed).as_deref(), Some("2026-10-26"));
        assert_eq!(day(found.updated).as_deref(), Some("2026-11-01"));
        assert_eq!(said("---\ncovers: src\n---\n").covers[0].0, "src");
        assert_eq!(said("# A\n"), Upkeep::default());
    }

    #[test]
    fn the_text_says_when_it_was_last_changed_in_the_forms_people_use() {
        for (text, expect) in [
            ("# A\n\nLast updated: 2026-03-02\n\nText.\n", Some("2026-03-02")),
            ("# A\n\n_Last updated: 2026-03-02_\n", Some("2026-03-02")),
            ("# A\n\n**Last Updated:** March 2, 2026\n\n## B\n\nc\n", Some("March 2, 2026")),
            ("# A\n\n- Owner: Ana\n- Last updated: 2026-03-02\n", Some("2026-03-02")),
            ("# A\n\n| Owner | Ana |\n|-|-|\n| Last updated | 2026-03-02 |\n", Some("2026-03-02")),
            ("# A\n\nLast updated on 2026-03-02 by Ana.\n", Some("2026-03-02")),
            ("# A\n\n## B\n\nOne.\n\n## C\n\nTwo.\n\nLast updated: 2026-03-02\n", Some("2026-03-02")),
            // About something else.
            ("# A\n\n## Prices\n\nLast updated: 2026-03-02\n\nx\n\n## C\n\nd\n\ne\n", None),
            ("# A\n\nLast updated: 2026-03-02\n\nLast updated: 2026-03-03\n", None),
            ("# A\n\nThe cache was last updated long before 2026-03-02.\n", None),
            ("# A\n\nLast updated: soon\n", None),
        ] {
            let found = said(text).updated.map(|one| text[one.span.range()].to_owned());
            assert_eq!(found.as_deref(), expect, "{text}");
        }
    }

    #[test]
    fn a_stamp_says_only_a_day_or_a_version() {
        for line in [
            "last_reviewed: 2026-10-26",
            "**Last updated:** 2026-10-26 by @ana",
            "| Last updated | 26 October 2026 |",
            "version: 2.1.0",
            "Version: v2.1.0 | Last updated: 2026-10-26",
            "_Last updated: 2026-10-26_",
            "Date: 2026-10-26",
        ] {
            assert!(is_stamp(line), "{line}");
        }
        for line in [
            "The version of the protocol is 2.",
            "Since 2026-10-26 it waits for 3 seconds.",
            "review_every: 30d",
            "# Version history",
            "| 2026-10-26 | Ana | added retries |",
            "port: 8080",
        ] {
            assert!(!is_stamp(line), "{line}");
        }
        assert_eq!(
            latest_stamp("a\nreviewed: 2026-01-02\n\nLast updated: 2026-01-05\n"),
            "2026-01-05".parse().ok()
        );
        assert_eq!(without_stamps("a\nversion: 1.0\nb 1\n"), "a\nb 1\n");
    }

    #[test]
    fn identifiers_are_what_stands_in_code_and_names_something_of_the_program() {
        let text = "The `RETRIES` of `Client.send()` and `http::Pool`, `--dry-run`, `wait_s`; not `a b`, `src/x.rs`, \
                    `x.py`, `true`, `12`, `a`.\n\n```\nfence\n```\n";
        let found = identifiers(text, &|name| name == "x.py");
        assert_eq!(found, ["Client", "Pool", "RETRIES", "dry-run", "http", "send", "wait_s"]);
    }
}
