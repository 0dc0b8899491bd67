//! Offsets to lines and columns, and back. Built only for files that have something to show.

use super::Span;

/// A place in a file as people count: lines and columns from 1, columns in Unicode code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in code points; each byte that is not UTF-8 counts as one.
    pub column: u32,
    /// Byte offset, from 0.
    pub offset: u32,
}

/// Where each line of a file starts. A line ends after its line feed; a carriage return before it belongs to the line.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes `source`, one pass.
    #[must_use]
    pub fn new(source: &[u8]) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', source).map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX)));
        Self { starts }
    }

    /// The line that holds `offset`, from 1.
    #[must_use]
    pub fn line(&self, offset: u32) -> u32 {
        let line = self.starts.partition_point(|&start| start <= offset);
        u32::try_from(line).unwrap_or(u32::MAX)
    }

    /// The place of `offset` in `source`, which must be the bytes this index was made of.
    #[must_use]
    pub fn position(&self, source: &[u8], offset: u32) -> Position {
        let offset = offset.min(u32::try_from(source.len()).unwrap_or(u32::MAX));
        let line = self.line(offset);
        let start = self.starts[line as usize - 1];
        let before = Span::new(start, offset).slice(source);
        Position { line, column: code_points(before) + 1, offset }
    }

    /// The bytes of `line` (from 1) in `source`, without its line ending; empty beyond the last line.
    #[must_use]
    pub fn span(&self, source: &[u8], line: u32) -> Span {
        let at = line as usize - 1;
        let len = u32::try_from(source.len()).unwrap_or(u32::MAX);
        let start = self.starts.get(at).copied().unwrap_or(len);
        let mut end = self.starts.get(at + 1).map_or(len, |next| next - 1);
        if end > start && source.get(end as usize - 1) == Some(&b'\r') {
            end -= 1;
        }
        Span::new(start, end)
    }

    /// How many lines there are; the text after the last line feed counts, also when it is empty.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Never true: a file has at least one line.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        false
    }
}

/// Code points in `bytes`: every byte that does not continue a sequence starts one, and a continuation byte
/// without a start counts for itself.
fn code_points(bytes: &[u8]) -> u32 {
    let count: usize =
        bytes.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum();
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(source: &[u8], offset: u32) -> (u32, u32) {
        let position = LineIndex::new(source).position(source, offset);
        (position.line, position.column)
    }

    #[test]
    fn columns_count_code_points_and_lines_end_after_their_line_feed() {
        let source = "é\nab🦀c\r\n".as_bytes();
        assert_eq!(at(source, 0), (1, 1));
        assert_eq!(at(source, 2), (1, 2));
        assert_eq!(at(source, 3), (2, 1));
        assert_eq!(at(source, 9), (2, 4));
        assert_eq!(at(source, 99), (3, 1));
    }

    #[test]
    fn bytes_that_are_not_utf8_count_one_column_each() {
        assert_eq!(at(b"\xff\xfeab", 3), (1, 4));
    }

    #[test]
    fn a_line_is_given_without_its_ending() {
        let source = b"one\r\ntwo\n";
        let index = LineIndex::new(source);
        assert_eq!(index.span(source, 1).slice(source), b"one");
        assert_eq!(index.span(source, 2).slice(source), b"two");
        assert_eq!(index.span(source, 3).slice(source), b"");
        assert_eq!(index.span(source, 9).slice(source), b"");
    }
}
