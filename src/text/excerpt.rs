//! The piece of a line that a reader needs to see, however long the line is.

use std::borrow::Cow;

use super::{LineIndex, Span};

/// One line of a source, cut to a window around the marked bytes, as text that is safe to measure but not yet escaped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Excerpt {
    /// The line's number, from 1.
    pub line: u32,
    /// The text of the window; bytes that are not UTF-8 became U+FFFD.
    pub text: String,
    /// The marked bytes within `text`; empty for a place between bytes.
    pub mark: std::ops::Range<usize>,
    /// Whether text of the line before the window was left out.
    pub cut_before: bool,
    /// Whether text of the line after the window was left out.
    pub cut_after: bool,
}

impl Excerpt {
    /// How many bytes around the mark are kept at most on either side, and of the mark itself.
    const WINDOW: u32 = 240;

    /// The line on which `span` starts. A span over several lines is marked up to the end of its first line.
    #[must_use]
    pub fn new(source: &[u8], lines: &LineIndex, span: Span) -> Self {
        let number = lines.line(span.start);
        let line = lines.span(source, number);
        let start = span.start.clamp(line.start, line.end);
        let end = span.end.clamp(start, line.end);
        let shown_end = end.min(start.saturating_add(Self::WINDOW));
        let from = char_start(source, start.saturating_sub(Self::WINDOW).max(line.start));
        let to = char_start(source, shown_end.saturating_add(Self::WINDOW).min(line.end));
        let text = |a: u32, b: u32| lossy(Span::new(a, b).slice(source));
        let (before, marked) = (text(from, start), text(start, char_start(source, shown_end)));
        let mark = before.len()..before.len() + marked.len();
        let text = [before, marked, text(char_start(source, shown_end), to)].concat();
        Self { line: number, text, mark, cut_before: from > line.start, cut_after: to < line.end }
    }
}

/// `bytes` as text. Nearly all bytes are, which is quicker to see than to go through them for those that are not.
fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// The nearest offset at or before `offset` that does not lie inside a UTF-8 sequence.
fn char_start(source: &[u8], offset: u32) -> u32 {
    let mut at = offset as usize;
    while at > 0 && at < source.len() && source[at] & 0xc0 == 0x80 && offset as usize - at < 3 {
        at -= 1;
    }
    at as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(source: &str, span: Span) -> Excerpt {
        Excerpt::new(source.as_bytes(), &LineIndex::new(source.as_bytes()), span)
    }

    #[test]
    fn a_short_line_is_shown_whole_with_the_mark_in_place() {
        let found = excerpt("one\ntwo three\n", Span::new(8, 13));
        assert_eq!((found.line, &found.text[..], &found.text[found.mark.clone()]), (2, "two three", "three"));
        assert!(!found.cut_before && !found.cut_after);
    }

    #[test]
    fn a_long_line_is_cut_at_characters_on_both_sides() {
        let source = format!("{}X{}\n", "é".repeat(400), "ü".repeat(400));
        let found = excerpt(&source, Span::new(800, 801));
        assert_eq!(&found.text[found.mark.clone()], "X");
        assert!(found.cut_before && found.cut_after && !found.text.contains('\u{fffd}'));
        assert!(found.text.len() < 600);
    }

    #[test]
    fn a_span_over_lines_is_marked_to_the_end_of_its_first_line() {
        let found = excerpt("ab\ncd\n", Span::new(1, 5));
        assert_eq!((&found.text[..], found.mark), ("ab", 1..2));
    }
}
