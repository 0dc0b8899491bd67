//! The parts of a document that somebody opened with a name: by a heading, a bold line, a label, an item with items
//! below it. Minutes and action lists are found by these names.
//!
//! This module knows where a part ends in each of those forms; it does not know what a name means.

use std::ops::Range;

use crate::extract::Source;
use crate::read::markdown::{Item, Line, Place, labels};

/// A part of a document with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::extract) struct Part {
    /// The name in plain lower-case words; see [`plain`].
    pub name: String,
    /// The line the name stands on.
    pub line: usize,
    /// The line the value stands on: the same one, but for the cell beside a cell.
    pub value_line: usize,
    /// What stands behind the name, up to the next label of the line; a range of the text of `value_line`.
    pub value: Range<usize>,
    /// The lines below it.
    pub lines: Range<usize>,
    /// The level of the heading that opens it.
    pub level: Option<u8>,
}

impl Part {
    /// Whether something stands behind the name on its own line.
    pub(in crate::extract) fn has_value(&self) -> bool {
        !self.value.is_empty()
    }
}

/// Longer lines without a colon are text, not names.
const LONGEST: usize = 60;

/// The parts of a document, in the order of their names: under each heading, and behind each name that `is_known`.
pub(in crate::extract) fn parts(source: &Source<'_>, is_known: fn(&str) -> bool) -> Vec<Part> {
    let lines = &source.document.lines;
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        match line.place {
            Place::Heading(level) => found.extend(by_heading(source, at, level)),
            Place::Cell { column: 0, .. } => found.extend(beside(lines, at, is_known)),
            Place::Cell { .. } => {}
            _ => by_line(lines, at, is_known, &mut found),
        }
    }
    found
}

/// A name in lower-case words: without what stands in brackets, numbers before it, marks and the `s` of a possessive.
pub(in crate::extract) fn plain(name: &str) -> String {
    let mut words: Vec<String> = vec![String::new()];
    let mut depth = 0usize;
    for c in name.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            c if c.is_alphanumeric() => words.last_mut().expect("there is a word").extend(c.to_lowercase()),
            '\'' | '\u{2019}' => words.push("'".to_owned()),
            _ => words.push(String::new()),
        }
    }
    words.retain(|word| !matches!(&**word, "" | "'" | "'s"));
    let numbers = words.iter().take_while(|word| word.chars().all(|c| c.is_ascii_digit())).count();
    words.drain(..numbers.min(words.len()));
    let words = words.iter().map(|word| word.trim_start_matches('\''));
    words.collect::<Vec<_>>().join(" ")
}

fn by_heading(source: &Source<'_>, at: usize, level: u8) -> Option<Part> {
    let lines = &source.document.lines;
    let heading =
        source.document.headings.get(lines[at].section?).filter(|heading| heading.line == Some(at))?;
    let end = lines.partition_point(|line| line.span.start < heading.end).max(at + 1);
    let text = &lines[at].text;
    let (name, value) = match text.find(": ") {
        Some(colon) if !text[colon + 1..].trim().is_empty() => {
            (&text[..colon], trimmed(text, colon + 1..text.len()))
        }
        _ => (text.as_str(), text.len()..text.len()),
    };
    Some(Part { name: plain(name), line: at, value_line: at, value, lines: at + 1..end, level: Some(level) })
}

/// A row of two cells, the first of which names the second. A header does so only when the rows below do.
fn beside(lines: &[Line], at: usize, is_known: fn(&str) -> bool) -> Option<Part> {
    let row = |line: &Line| match line.place {
        Place::Cell { table, row, .. } => Some((table, row)),
        _ => None,
    };
    let own = row(&lines[at]);
    let value = lines.get(at + 1).filter(|line| row(line) == own)?;
    let is_pair = lines.get(at + 2).is_none_or(|line| row(line) != own);
    let is_own = |line: &&Line| row(line).map(|(table, _)| table) == own.map(|(table, _)| table);
    let below = lines[at + 1..].iter().take_while(is_own);
    let mut first = below.filter(|line| matches!(line.place, Place::Cell { column: 0, .. }));
    let is_header = own.is_some_and(|(_, row)| row == 0) && first.any(|line| !is_known(&plain(&line.text)));
    (is_pair && !is_header).then(|| Part {
        name: plain(&lines[at].text),
        line: at,
        value_line: at + 1,
        value: trimmed(&value.text, 0..value.text.len()),
        lines: at + 2..at + 2,
        level: None,
    })
}

/// The parts that a line of text opens: one for each of its labels, or one that all of it names.
fn by_line(lines: &[Line], at: usize, is_known: fn(&str) -> bool, found: &mut Vec<Part>) {
    let line = &lines[at];
    let text = &line.text;
    let labels = labels(line, at);
    let mut from = 0;
    for label in &labels {
        let name = text[from..].find(&*label.name).map_or(from, |start| from + start + label.name.len());
        let start = text[name..].find(&*label.value).filter(|_| !label.value.is_empty());
        let value = start.map_or(text.len()..text.len(), |at| name + at..name + at + label.value.len());
        from = if value.is_empty() { name } else { value.end };
        if !is_known(&plain(&label.name)) {
            continue;
        }
        let is_open = value.is_empty() || is_hint(&text[value.clone()]);
        found.push(Part {
            name: plain(&label.name),
            line: at,
            value_line: at,
            lines: below(lines, at, !is_open, is_known),
            value: if is_open { text.len()..text.len() } else { value },
            level: None,
        });
    }
    if labels.is_empty() && (text.len() <= LONGEST || text.trim_end().ends_with(':')) {
        let name = plain(text);
        if is_known(&name) {
            let lines = below(lines, at, false, is_known);
            let value = text.len()..text.len();
            found.push(Part { name, line: at, value_line: at, value, lines, level: None });
        }
    }
}

/// Whether a value only says what to write below it.
fn is_hint(value: &str) -> bool {
    value.starts_with('(') && value.ends_with(')') && value.matches('(').count() == 1
}

/// The lines that belong to a name on line `at`.
fn below(lines: &[Line], at: usize, has_value: bool, is_known: fn(&str) -> bool) -> Range<usize> {
    let depth = lines[at].depth();
    let mut end = at + 1;
    if depth > 0 {
        let is_below = |line: &&Line| match line.place {
            Place::Item(Item { depth: other, .. }) => !has_value && other > depth,
            Place::InItem { depth: other } => other > depth || (other == depth && !opens(line, is_known)),
            _ => false,
        };
        return end..end + lines[end..].iter().take_while(is_below).count();
    }
    // The last thing seen: 0 nothing but the own paragraph, 1 a paragraph, 2 a list or a table.
    let (mut seen, mut table, mut goes_on) = (0, None, false);
    while let Some(line) = lines.get(end) {
        match line.place {
            Place::Paragraph { first: false } if seen < 2 && !opens(line, is_known) => goes_on = true,
            Place::Paragraph { first: true }
                if seen == 0 && !goes_on && !has_value && !opens(line, is_known) =>
            {
                seen = 1;
            }
            Place::Item(_) if seen == 1 && !lines[end - 1].text.trim_end().ends_with(':') => break,
            Place::Item(_) | Place::InItem { .. } if !has_value && table.is_none() => seen = 2,
            Place::Cell { table: other, .. } if !has_value && table.is_none_or(|known| known == other) => {
                (seen, table) = (2, Some(other));
            }
            _ => break,
        }
        end += 1;
    }
    at + 1..end
}

/// Whether a line of text opens a part of its own.
pub(in crate::extract) fn opens(line: &Line, is_known: fn(&str) -> bool) -> bool {
    let text = line.text.trim_end();
    if line.is_strong() || (text.ends_with(':') && text.split_whitespace().count() <= 6) {
        return true;
    }
    let is_short = text.len() <= LONGEST && is_known(&plain(text));
    is_short
        || labels(line, 0).first().is_some_and(|label| {
            let is_bold =
                line.strong.first().is_some_and(|bold| bold.end >= label.name.len() && bold.start < 3);
            is_bold || is_known(&plain(&label.name))
        })
}

/// `range` of `text` without white space around it.
pub(in crate::extract) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = text.get(range.clone()).unwrap_or_default();
    let start = range.start + (part.len() - part.trim_start().len());
    start..start + part.trim().len()
}
