//! Source bytes and the places in them: spans, lines, columns, repository paths.
//!
//! Everything opsbook says points at bytes, so this room stands below all others. It does not know what the
//! bytes mean, where they came from or how a place is shown.

mod excerpt;
mod lines;
mod path;
mod window;

pub use excerpt::Excerpt;
pub use lines::{LineIndex, Position};
pub use path::{RepoPath, joined, percent_decoded};
pub use window::Window;

/// A half-open range of byte offsets into one file. Files are read up to 4 GiB, so 32 bits are enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset one past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of `start..end`.
    #[must_use]
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// The span of `start..end`; offsets beyond 4 GiB are clamped, which no readable file has.
    #[must_use]
    pub fn of(start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self::new(clamp(start), clamp(end))
    }

    /// The empty span before the byte at `offset`.
    #[must_use]
    pub fn at(offset: usize) -> Self {
        Self::of(offset, offset)
    }

    /// The same span with `base` added to both ends.
    #[must_use]
    pub const fn shifted(self, base: u32) -> Self {
        Self::new(self.start.saturating_add(base), self.end.saturating_add(base))
    }

    /// Whether it holds no byte.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// The range as indices.
    #[must_use]
    pub const fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The bytes of `source` under this span; what lies beyond the end is left out.
    #[must_use]
    pub fn slice(self, source: &[u8]) -> &[u8] {
        let end = (self.end as usize).min(source.len());
        source.get(self.start as usize..end).unwrap_or_default()
    }

    /// Whether `offset` lies in the span or at its end.
    #[must_use]
    pub const fn touches(self, offset: u32) -> bool {
        self.start <= offset && offset <= self.end
    }
}

/// Text for a message: control characters, terminal escapes and direction-changing characters become visible
/// `\u{…}` escapes, so that text from a record can neither move a cursor nor reorder a line.
#[must_use]
pub fn escape(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.chars().any(is_unprintable) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_unprintable(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out.into()
}

/// Whether `c` would change how the text around it is shown: C0 and C1 controls, line and paragraph separators,
/// bidirectional controls (Unicode TR 9), byte order marks, tag characters.
#[must_use]
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// `text` shortened to at most `max` characters for a message, with an ellipsis where something was left out.
#[must_use]
pub fn shorten(text: &str, max: usize) -> std::borrow::Cow<'_, str> {
    match text.char_indices().nth(max) {
        None => text.into(),
        Some(_) => {
            let kept: String = text.chars().take(max.saturating_sub(1)).collect();
            format!("{kept}…").into()
        }
    }
}

/// The candidate nearest to `word`, when it is near enough to be worth suggesting: at most a third of the
/// characters differ (Damerau-Levenshtein distance), or it differs only in case, spaces, hyphens and underscores.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(word);
    let limit = (word.chars().count().max(3)) / 3;
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let other = fold(candidate);
        let distance = if other == folded {
            0
        } else if folded.len().max(other.len()) > LONGEST {
            continue;
        } else {
            strsim::damerau_levenshtein(&folded, &other).max(1)
        };
        if distance <= limit && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// `word` in lower case without spaces, hyphens and underscores: two words with the same folding are the same
/// word written in two ways.
#[must_use]
pub fn fold(word: &str) -> String {
    word.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Longer texts, in bytes, are not compared letter by letter: that takes time and memory of the product of both, and
/// nobody means one by the other.
const LONGEST: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_would_move_a_cursor_or_reorder_a_line() {
        assert_eq!(escape("a\u{1b}[2Jb\n\u{202e}c"), "a\\u{1b}[2Jb\\n\\u{202e}c");
        assert!(matches!(escape("plain café"), std::borrow::Cow::Borrowed(_)));
    }

    #[test]
    fn nearest_prefers_the_same_word_written_otherwise() {
        let statuses = ["in-progress", "in-prograss", "done"];
        assert_eq!(nearest("In Progress", statuses), Some("in-progress"));
        assert_eq!(nearest("doen", statuses), Some("done"));
        assert_eq!(nearest("unrelated", statuses), None);
    }

    #[test]
    fn a_text_of_megabytes_is_near_to_nothing_but_itself() {
        let long = "é".repeat(2 << 20);
        let near = format!("{long}x");
        assert_eq!(nearest(&long, ["done", &near]), None);
        assert_eq!(nearest(&long, ["done", &near, &long]), Some(&*long));
    }

    #[test]
    fn shorten_counts_characters_and_says_that_it_cut() {
        assert_eq!(shorten("naïveté", 4), "naï…");
        assert_eq!(shorten("naïv", 4), "naïv");
    }

    #[test]
    fn a_span_beyond_the_end_gives_what_is_there() {
        assert_eq!(Span::new(2, 9).slice(b"abcd"), b"cd");
        assert_eq!(Span::new(7, 9).slice(b"abcd"), b"");
    }
}
