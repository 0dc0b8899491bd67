//! Whether the words around a path say that it is of the past, or yet to come: then it need not be there.
//!
//! English words, all in the tables of [`words`]. What counts is the sentence, the heading, the column; where a word may
//! as well be about something else, the path is taken to be meant as of now.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

mod words;

use words::{CELLS, DONE, HEADINGS, LINKING, PHRASES, Phrase, Side, TURNS, WHOLE_HEADINGS, first_word};

use crate::read::markdown::{Document, Line, Place};
use crate::text::Span;

/// How many lines of a paragraph are looked at on each side.
const LINES: usize = 3;

/// How many bytes of a sentence are looked at on each side.
const WINDOW: usize = 400;

/// What surrounds the references of one document.
pub(super) struct Around<'a> {
    parsed: &'a Document,
    /// Whether each heading, or one above it, is about the past.
    sections: Option<Vec<bool>>,
    tables: Option<Tables>,
    /// The lines around the last reference, and which line it was.
    block: Option<(usize, Block)>,
}

/// Which columns and rows of tables say that they are about the past.
#[derive(Default)]
struct Tables {
    columns: HashSet<(usize, usize)>,
    rows: HashSet<(usize, usize)>,
}

/// A paragraph or a piece of it in lower case, code blanked out.
struct Block {
    text: String,
    /// Where the line in question starts.
    start: usize,
    /// The phrases in it.
    marks: Vec<Mark>,
}

impl<'a> Around<'a> {
    pub(super) fn new(parsed: &'a Document) -> Self {
        Self { parsed, sections: None, tables: None, block: None }
    }

    /// Whether the bytes at `span` are spoken of as past.
    pub(super) fn is_past(&mut self, span: Span) -> bool {
        let lines = &self.parsed.lines;
        let next = lines.partition_point(|line| line.span.start <= span.start);
        // A line starts with its first character, which stands behind the bracket of a link.
        let at = next.checked_sub(1).filter(|&at| span.start < lines[at].span.end);
        let at = at.or_else(|| (next < lines.len() && lines[next].span.start < span.end).then_some(next));
        match at {
            Some(at) => {
                let line = &lines[at];
                let range = line.offset_of(span.start)..line.offset_of(span.end);
                self.is_past_at(at, range.start.min(range.end)..range.end)
            }
            None => {
                let headings = &self.parsed.headings;
                let section = headings.partition_point(|heading| heading.span.start <= span.start);
                self.is_past_section(section.checked_sub(1))
            }
        }
    }

    /// The same of the bytes `range` of the text of line `at`.
    pub(super) fn is_past_at(&mut self, at: usize, range: Range<usize>) -> bool {
        let line = &self.parsed.lines[at];
        let is_struck =
            line.struck.iter().any(|struck| struck.start <= range.start && range.end <= struck.end);
        is_struck
            || self.is_past_section(line.section)
            || self.is_past_cell(line)
            || is_left_of_arrow(line, range.end)
            || has_date(&line.text, &range)
            || self.is_past_sentence(at, range)
    }

    /// Whether the section under the heading `section` is about the past.
    pub(super) fn is_past_section(&mut self, section: Option<usize>) -> bool {
        let Some(section) = section else { return false };
        let headings = &self.parsed.headings;
        let sections = self.sections.get_or_insert_with(|| {
            let mut sections: Vec<bool> = Vec::with_capacity(headings.len());
            for heading in headings {
                let above = heading.parent.is_some_and(|parent| sections[parent]);
                sections.push(above || is_past_heading(&heading.text));
            }
            sections
        });
        sections[section]
    }

    fn is_past_cell(&mut self, line: &Line) -> bool {
        let Place::Cell { table, row, column } = line.place else { return false };
        let tables = self.tables.get_or_insert_with(|| Tables::of(self.parsed));
        tables.columns.contains(&(table, column)) || tables.rows.contains(&(table, row))
    }

    fn is_past_sentence(&mut self, at: usize, range: Range<usize>) -> bool {
        if self.block.as_ref().is_none_or(|(known, _)| *known != at) {
            self.block = Some((at, Block::of(self.parsed, at)));
        }
        let Some((_, block)) = &self.block else { return false };
        block.is_past(block.start + range.start..block.start + range.end)
    }
}

/// The phrases by their first word.
static BY_WORD: LazyLock<HashMap<&str, Vec<&Phrase>>> = LazyLock::new(|| {
    let mut by_word: HashMap<&str, Vec<&Phrase>> = HashMap::new();
    PHRASES.iter().for_each(|phrase| by_word.entry(phrase.first()).or_default().push(phrase));
    by_word
});

/// The parts of headings by their first word.
static BY_HEADING: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let mut by_word: HashMap<&str, Vec<&str>> = HashMap::new();
    HEADINGS.iter().for_each(|part| by_word.entry(first_word(part)).or_default().push(part));
    by_word
});

/// A phrase and where it stands.
struct Mark {
    phrase: &'static Phrase,
    start: usize,
    end: usize,
}

/// Every phrase in `text`, in order.
fn marks(text: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    for (at, word) in words(text) {
        for phrase in BY_WORD.get(word).into_iter().flatten() {
            let start = at.saturating_sub(usize::from(phrase.words.starts_with('(')));
            if is_at(text, start, phrase.words) {
                marks.push(Mark { phrase, start, end: start + phrase.words.len() });
            }
        }
    }
    marks
}

/// Whether `words` stand at byte `at` of `text` and end there.
fn is_at(text: &str, at: usize, words: &str) -> bool {
    let rest = text.get(at..).and_then(|rest| rest.strip_prefix(words));
    rest.is_some_and(|rest| !(words.ends_with(is_letter) && rest.starts_with(|c| is_letter(c) || c == '-')))
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '/')
}

/// The words of `text` with their places; what hyphens, slashes and underscores join is one word.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'/' | b'-' | b'\'') || byte >= 0x80;
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        at += bytes[at..].iter().position(|&byte| is_part(byte))?;
        let len = bytes[at..].iter().position(|&byte| !is_part(byte)).unwrap_or(bytes.len() - at);
        let start = at;
        at += len;
        Some((start, &text[start..start + len]))
    })
}

/// Whether a sentence turns to something else in `gap`.
fn turns(gap: &str) -> bool {
    gap.contains("->") || gap.contains('→') || words(gap).any(|(_, word)| TURNS.contains(&word))
}

/// Whether `gap` is made of linking words, code and marks alone.
fn is_linking(gap: &str) -> bool {
    words(gap).all(|(_, word)| LINKING.contains(&word))
}

/// The length of a text without its code.
fn words_only(gap: &str) -> usize {
    gap.bytes().filter(|&byte| byte != MASK).count()
}

/// What code is blanked out with.
const MASK: u8 = b'`';

/// Whether an arrow leads from what ends at byte `end` of the line to one other thing.
fn is_left_of_arrow(line: &Line, end: usize) -> bool {
    const ARROWS: [&str; 7] = ["→", "⟶", "➔", "⇒", "-->", "->", "=>"];
    let Some(rest) = line.text.get(end..) else { return false };
    let is_gap = |c: char| c.is_whitespace() || matches!(c, '`' | '"' | '\'' | ')');
    let rest = rest.trim_start_matches(is_gap);
    let Some(rest) = ARROWS.iter().find_map(|arrow| rest.strip_prefix(arrow)) else { return false };
    let to = line.text.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || c == '`').len();
    let is_path = line.code.iter().any(|code| code.start == to)
        || rest.split_whitespace().next().is_some_and(|word| word.contains('/'));
    // A chain of arrows is how something flows.
    let count: usize =
        ["→", "⟶", "➔", "⇒", "->", "=>"].iter().map(|arrow| line.text.matches(arrow).count()).sum();
    is_path && count == 1
}

/// Whether a line holds a day near `path` and outside it, `2026-03-02` or `20260302`: what it says held on that day.
fn has_date(text: &str, path: &Range<usize>) -> bool {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let number = |range: Range<usize>| text.get(range).and_then(|part| part.parse::<u32>().ok());
    let near = path.start.saturating_sub(WINDOW)..bytes.len().min(path.end + WINDOW);
    near.into_iter().filter(|&at| is_digit(at)).any(|at| {
        let dash = usize::from(bytes.get(at + 4) == Some(&b'-'));
        let (month, day, end) = (at + 4 + dash, at + 6 + 2 * dash, at + 8 + 2 * dash);
        let is_alone = !at.checked_sub(1).is_some_and(is_digit) && !is_digit(end);
        is_alone
            && (end <= path.start || path.end <= at)
            && (0..4).all(|digit| is_digit(at + digit))
            && (dash == 0 || bytes.get(at + 7) == Some(&b'-'))
            && number(at..at + 4).is_some_and(|year| (1990..2100).contains(&year))
            && number(month..month + 2).is_some_and(|month| (1..=12).contains(&month))
            && number(day..day + 2).is_some_and(|day| (1..=31).contains(&day))
    })
}

fn is_past_heading(text: &str) -> bool {
    let lower = text.to_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    let is_release = || {
        let version = bare.strip_prefix("version ").or_else(|| bare.strip_prefix('v')).unwrap_or(bare);
        let version = version.split([' ', ']']).next().unwrap_or_default();
        version.starts_with(|c: char| c.is_ascii_digit())
            && version.split(['.', '-']).count() >= 3
            && version.bytes().filter(u8::is_ascii_digit).count() >= 3
    };
    let has_part = |(at, word): (usize, &str)| {
        BY_HEADING.get(word).is_some_and(|parts| parts.iter().any(|part| bare[at..].starts_with(part)))
    };
    // `[DONE] Story 3`, `Phase 1 (done)`: what was planned and carried out.
    let is_done = || DONE.iter().any(|mark| lower.starts_with(mark) || lower.ends_with(mark));
    WHOLE_HEADINGS.contains(&bare) || is_done() || words(bare).any(has_part) || is_release()
}

impl Tables {
    fn of(parsed: &Document) -> Self {
        let mut tables = Self::default();
        for line in &parsed.lines {
            let Place::Cell { table, row, column } = line.place else { continue };
            if line.text.len() > 24 || !line.code.is_empty() {
                continue;
            }
            let cell = line.text.trim().to_lowercase();
            let cell = cell.trim_matches(|c: char| !c.is_alphanumeric() && c != ')');
            if CELLS.contains(&cell) {
                match row {
                    0 => tables.columns.insert((table, column)),
                    _ => tables.rows.insert((table, row)),
                };
            }
        }
        tables
    }
}

impl Block {
    /// The lines of the paragraph or item around line `at`.
    fn of(parsed: &Document, at: usize) -> Self {
        let lines = &parsed.lines;
        let goes_on =
            |at: usize| matches!(lines[at].place, Place::Paragraph { first: false } | Place::InItem { .. });
        let mut first = at;
        while first > 0 && at - first < LINES && goes_on(first) {
            first -= 1;
        }
        let mut last = at;
        while last + 1 < lines.len() && last - at < LINES && goes_on(last + 1) {
            last += 1;
        }
        let mut block = Self { text: String::new(), start: 0, marks: Vec::new() };
        for (index, line) in lines.iter().enumerate().take(last + 1).skip(first) {
            if index == at {
                block.start = block.text.len();
            }
            let mut bytes = line.text.to_ascii_lowercase().into_bytes();
            line.code.iter().for_each(|code| bytes[code.clone()].fill(MASK));
            block.text.push_str(&String::from_utf8(bytes).expect("code starts and ends between characters"));
            block.text.push(' ');
        }
        block.marks = marks(&block.text);
        block
    }

    /// Whether a phrase in its sentence makes what stands at `path` past.
    fn is_past(&self, path: Range<usize>) -> bool {
        let text = &self.text;
        let from = self.marks.partition_point(|mark| mark.start + WINDOW < path.start);
        let near = self.marks[from..].iter().take_while(|mark| mark.start < path.end + WINDOW);
        let holds = |mark: &Mark| match mark.phrase.side {
            Side::Before => text.get(mark.end..path.start).is_some_and(|gap| {
                words_only(gap) <= mark.phrase.reach && is_one_sentence(gap) && !turns(gap)
            }),
            Side::After => {
                text.get(path.end..mark.start).is_some_and(|gap| is_one_sentence(gap) && is_linking(gap))
            }
        };
        near.into_iter().any(holds) || is_destination(&text[..path.start.min(text.len())])
    }
}

/// Whether what stands behind `before` is where something is told to be put: "copy `a.yml` to", "rename it to".
fn is_destination(before: &str) -> bool {
    /// Verbs that bring something to another place.
    const VERBS: [&str; 5] = ["move", "copy", "rename", "save", "symlink"];
    /// How many bytes of a sentence lie between the verb and the place, at most.
    const REACH: usize = 100;
    let mut from = before.len().saturating_sub(REACH);
    while !before.is_char_boundary(from) {
        from += 1;
    }
    let before = before[from..].trim_end_matches([' ', MASK as char]);
    let Some(told) = [" to", " into", " as"].iter().find_map(|link| before.strip_suffix(link)) else {
        return false;
    };
    let verb = words(told).filter(|(_, word)| VERBS.contains(word)).last();
    verb.is_some_and(|(at, _)| is_one_sentence(&told[at..]))
}

/// Whether no sentence ends in `text`.
fn is_one_sentence(text: &str) -> bool {
    /// What ends in a period within a sentence.
    const SHORT: [&str; 5] = ["e.g", "i.e", "cf", "vs", "etc"];
    let ends = |(at, pair): (usize, &[u8])| {
        matches!(pair[0], b'.' | b'!' | b'?' | b';')
            && pair[1] == b' '
            && !SHORT.iter().any(|short| text[..at].ends_with(short))
    };
    !text.as_bytes().windows(2).enumerate().any(ends)
}
