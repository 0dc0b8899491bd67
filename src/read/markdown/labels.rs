//! Values that a document names: `Status: accepted` in every form people write it in.
//!
//! A label may stand alone on a line, in an item, bold or not, several on a line between bars, or in the first cell of a
//! row of two. Which names matter, and in which part of a document, is for the caller to say; values under a heading of
//! their own are found through the headings, and front matter through its own reader.

use std::ops::Range;

use super::document::{Document, Line, Place};
use crate::text::Span;

/// A value with the name that stands before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The name without markup and colon, as written.
    pub name: String,
    /// The value without markup; empty when it stands in the lines below.
    pub value: String,
    /// The bytes of the name.
    pub name_span: Span,
    /// The bytes of the value; the place behind the name when it is empty.
    pub value_span: Span,
    /// The line it stands on, an index into [`Document::lines`].
    pub line: usize,
}

/// Longer names are sentences.
const LONGEST: usize = 48;

/// Names of more words are sentences.
const WORDS: usize = 5;

impl Document {
    /// Every label of the document, in its order.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        let mut found = Vec::new();
        for (at, line) in self.lines.iter().enumerate() {
            match line.place {
                Place::Heading(_) => {}
                Place::Cell { column: 0, .. } => match self.beside(at) {
                    Some(value) => found.extend(in_row(line, value, at)),
                    None => found.extend(labels(line, at)),
                },
                _ => found.extend(labels(line, at)),
            }
        }
        found
    }

    /// The cell right of the one on line `at`, when it is the last of its row.
    fn beside(&self, at: usize) -> Option<&Line> {
        let row_of = |line: &Line| match line.place {
            Place::Cell { table, row, .. } => Some((table, row)),
            _ => None,
        };
        let own = row_of(self.lines.get(at)?);
        let next = self.lines.get(at + 1).filter(|line| row_of(line) == own)?;
        let third = self.lines.get(at + 2).is_some_and(|line| row_of(line) == own);
        (!third).then_some(next)
    }
}

/// The labels on `line`, which has index `at`: the one it starts with, and those behind bars.
#[must_use]
pub fn labels(line: &Line, at: usize) -> Vec<Label> {
    let Some(first) = parts(line, 0..line.text.len()) else { return Vec::new() };
    let mut found = vec![first];
    // Behind a bar a further label may start; the value before it ends there.
    for (bar, width) in bars(&line.text) {
        let (_, value) = found.last_mut().expect("there is a first label");
        if bar < value.start {
            continue;
        }
        if let Some(next) = parts(line, bar + width..line.text.len()) {
            value.end = value.end.min(bar);
            found.push(next);
        }
    }
    found.into_iter().map(|(name, value)| made(line, name, value, at)).collect()
}

/// Where bars between labels stand in `text`, and how many bytes they take.
fn bars(text: &str) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for bar in [" | ", " \u{b7} ", " \u{2022} ", "; ", ", ", "\n"] {
        found.extend(text.match_indices(bar).map(|(at, bar)| (at, bar.len())));
    }
    found.sort_unstable();
    found
}

/// The name and the value of the label that `range` of the line's text starts with.
fn parts(line: &Line, range: Range<usize>) -> Option<(Range<usize>, Range<usize>)> {
    let text = line.text.get(range.clone())?;
    let lead = text.len() - text.trim_start_matches(|c: char| !c.is_alphanumeric()).len();
    let body = &text[lead..];
    let start = range.start + lead;
    if let Some((colon, width)) = colon(body) {
        let name = &body[..colon];
        if is_name(name.trim_end()) {
            let end = start + name.trim_end().len();
            return Some((start..end, start + colon + width..range.end));
        }
    }
    // `**Status** accepted`: the bold part is the name.
    let strong = line.strong.iter().find(|strong| strong.start <= start && start < strong.end)?;
    let name = line.text.get(start..strong.end)?.trim_end();
    let rest = line.text.get(strong.end..range.end)?;
    let is_label = is_name(name) && name.split_whitespace().count() <= 2 && !rest.trim().is_empty();
    is_label.then(|| (start..start + name.len(), strong.end..range.end))
}

/// Where the colon behind a name stands in `text`, and its width: not one in a time or an address.
fn colon(text: &str) -> Option<(usize, usize)> {
    // Behind the longest name there is nothing to look for.
    let mut near = text.char_indices().take(LONGEST + 8);
    let (at, colon) = near.find(|(_, c)| matches!(c, ':' | '\u{ff1a}'))?;
    let after = text[at + colon.len_utf8()..].chars().next();
    let in_time =
        text[..at].ends_with(|c: char| c.is_ascii_digit()) && after.is_some_and(|c| c.is_ascii_digit());
    (!in_time && !matches!(after, Some(':' | '/'))).then_some((at, colon.len_utf8()))
}

fn is_name(name: &str) -> bool {
    let is_plain = |c: char| {
        c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '/' | '&' | '\'' | '\u{2019}' | '(' | ')' | '#')
    };
    name.starts_with(|c: char| c.is_alphabetic())
        && name.chars().count() <= LONGEST
        && name.split_whitespace().count() <= WORDS
        && name.chars().all(is_plain)
}

fn in_row(name: &Line, value: &Line, at: usize) -> Option<Label> {
    let trimmed = name.text.trim().trim_end_matches(':').trim_end();
    let start = name.text.len() - name.text.trim_start().len();
    if !is_name(trimmed) {
        return None;
    }
    Some(Label {
        name: trimmed.to_owned(),
        value: value.text.trim().to_owned(),
        name_span: name.span_of(start..start + trimmed.len()),
        value_span: value.span,
        line: at,
    })
}

fn made(line: &Line, name: Range<usize>, value: Range<usize>, at: usize) -> Label {
    let text = line.text.get(value.clone()).unwrap_or_default();
    let start = value.start + (text.len() - text.trim_start().len());
    let value = start..start + text.trim().len();
    Label {
        name: line.text[name.clone()].to_owned(),
        value: line.text[value.clone()].to_owned(),
        name_span: line.span_of(name),
        value_span: line.span_of(value),
        line: at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The labels of `source` as "name=value", each checked against its bytes.
    fn check(source: &str, expect: &[&str]) {
        let document = Document::read(source);
        let found: Vec<String> =
            document.labels().iter().map(|label| format!("{}={}", label.name, label.value)).collect();
        assert_eq!(found, expect, "{source:?}");
        for label in document.labels() {
            assert_eq!(&source[label.name_span.range()], label.name, "{source:?}");
        }
    }

    #[test]
    fn a_value_is_named_in_every_form() {
        for source in [
            "Status: accepted\n",
            "- Status: accepted\n",
            "* **Status:** accepted\n",
            "**Status**: accepted\n",
            "**Status** accepted\n",
            "> _Status_: accepted\n",
            "\u{1f4cc} Status: accepted\n",
            "Status :accepted\n",
            "| Status | accepted |\n|---|---|\n",
            "| | |\n|---|---|\n| **Status:** | accepted |\n",
            "| Status: accepted | | |\n|---|---|---|\n",
        ] {
            check(source, &["Status=accepted"]);
        }
    }

    #[test]
    fn several_stand_on_a_line() {
        check("Status: done | Date: 2026-11-20 | at 10:30\n", &["Status=done", "Date=2026-11-20 | at 10:30"]);
        check("**Date:** 1 \u{b7} **Owner:** Ana, Bo\n", &["Date=1", "Owner=Ana, Bo"]);
    }

    #[test]
    fn sentences_times_and_addresses_are_no_labels() {
        for source in [
            "We met, as always: late\n",
            "10:30 start\n",
            "https://example.org\n",
            "use std::fs here\n",
            "this is a sentence of many words: it goes on\n",
            "# Heading: with a colon\n",
            "`code: x`\n```\na: b\n```\n",
        ] {
            let found = Document::read(source).labels();
            assert!(found.is_empty() || source.starts_with('`'), "{source:?} {found:?}");
        }
    }

    #[test]
    fn a_value_may_stand_below() {
        check("Attendees:\n- Ana\n- Bo\n", &["Attendees="]);
    }
}
