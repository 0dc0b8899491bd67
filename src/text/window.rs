//! A stretch of a file with its lines counted, so that a place in a large file is shown without indexing all of it.

use std::borrow::Cow;

use super::{Excerpt, LineIndex, Position, Span};

/// Whole lines of a file: where they start in it, their bytes, their lines. All offsets are those of the file.
#[derive(Debug, Clone)]
pub struct Window<'a> {
    bytes: Cow<'a, [u8]>,
    index: LineIndex,
    start: u32,
    /// Lines of the file before the window.
    before: u32,
    is_last: bool,
}

impl<'a> Window<'a> {
    /// A whole file.
    #[must_use]
    pub fn whole(bytes: Cow<'a, [u8]>) -> Self {
        Self::new(bytes, 0, 0, true)
    }

    /// The lines in `bytes`, which start at byte `start` of the file and have `before` lines before them. `is_last` says
    /// whether the file ends with them.
    #[must_use]
    pub fn new(bytes: Cow<'a, [u8]>, start: u32, before: u32, is_last: bool) -> Self {
        let index = LineIndex::new(&bytes);
        Self { bytes, index, start, before, is_last }
    }

    /// Whether the place `offset` is shown in this window. The end of the file belongs to its last line.
    #[must_use]
    pub fn holds(&self, offset: u32) -> bool {
        let end = self.start + Span::of(0, self.bytes.len()).end;
        self.start <= offset && (offset < end || self.is_last)
    }

    /// The bytes of `span`; what lies outside of the window is left out.
    #[must_use]
    pub fn slice(&self, span: Span) -> &[u8] {
        self.local(span).slice(&self.bytes)
    }

    /// Where `span` starts and its bytes, as far as they lie in the window.
    #[must_use]
    pub fn part(&self, span: Span) -> (u32, &[u8]) {
        (self.local(span).start + self.start, self.slice(span))
    }

    /// The line that holds `offset`, from 1.
    #[must_use]
    pub fn line(&self, offset: u32) -> u32 {
        self.before + self.index.line(self.local(Span::new(offset, offset)).start)
    }

    /// The place of `offset`; beyond the end it is the end.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let place = self.index.position(&self.bytes, self.local(Span::new(offset, offset)).start);
        Position { line: place.line + self.before, offset: place.offset + self.start, ..place }
    }

    /// The line on which `span` starts, cut around it.
    #[must_use]
    pub fn excerpt(&self, span: Span) -> Excerpt {
        let excerpt = Excerpt::new(&self.bytes, &self.index, self.local(span));
        Excerpt { line: excerpt.line + self.before, ..excerpt }
    }

    fn local(&self, span: Span) -> Span {
        let len = Span::of(0, self.bytes.len()).end;
        let clamp = |offset: u32| offset.saturating_sub(self.start).min(len);
        Span::new(clamp(span.start), clamp(span.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_shows_its_places_as_the_whole_file_does() {
        let source = "one\ntw\u{f6} words\n\nlast".as_bytes();
        let whole = Window::whole(Cow::Borrowed(source));
        let (mut start, mut before) = (0, 0);
        for line in source.split_inclusive(|&byte| byte == b'\n') {
            let end = start + line.len();
            let window = Window::new(Cow::Borrowed(line), start as u32, before, end == source.len());
            for offset in (start..=end).map(|offset| offset as u32).filter(|&offset| window.holds(offset)) {
                assert_eq!(window.position(offset), whole.position(offset), "{offset}");
                assert_eq!(window.line(offset), whole.line(offset), "{offset}");
                let span = Span::new(offset, end as u32);
                assert_eq!(window.slice(span), whole.slice(span), "{offset}");
                assert_eq!(window.part(Span::new(0, end as u32)), (start as u32, line), "{offset}");
                assert_eq!(window.excerpt(span), whole.excerpt(span), "{offset}");
            }
            assert_eq!(window.holds(end as u32), end == source.len());
            (start, before) = (end, before + 1);
        }
        assert_eq!(whole.position(99).offset, source.len() as u32);
    }
}
