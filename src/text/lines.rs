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
    /// Column, from 1, in bytes.
    pub byte_column: u32,
}

/// Where each line of a file starts. A line ends after its line feed; a carriage return before it belongs to the line.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// Places within long lines: the offset, and the code points of its line before it. Without them, many findings
    /// on one line of megabytes would each count it from its start.
    marks: Vec<(u32, u32)>,
}

/// Every so many bytes of a long line have a mark.
const MARKED: usize = 4096;

impl LineIndex {
    /// Indexes `source`, one pass.
    #[must_use]
    pub fn new(source: &[u8]) -> Self {
        let mut starts = vec![0];
        let mut marks = Vec::new();
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', source) {
            mark(source, start, end, &mut marks);
            start = end + 1;
            starts.push(u32::try_from(start).unwrap_or(u32::MAX));
        }
        mark(source, start, source.len(), &mut marks);
        Self { starts, marks }
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
        let (from, columns) = match self.marks.partition_point(|&(at, _)| at <= offset).checked_sub(1) {
            Some(last) if self.marks[last].0 > start => self.marks[last],
            _ => (start, 0),
        };
        let before = Span::new(from, offset).slice(source);
        Position { line, column: columns + code_points(before) + 1, offset, byte_column: offset - start + 1 }
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

/// Marks the line from `start` to `end` if it is long. A mark stands before a byte that starts a character, so that
/// counting up to it and from it on gives what counting in one go gives.
fn mark(source: &[u8], start: usize, end: usize, marks: &mut Vec<(u32, u32)>) {
    let (mut from, mut columns) = (start, 0);
    while end - from > MARKED {
        let starts_character = |byte: &u8| byte & 0xc0 != 0x80;
        let Some(more) = source[from + MARKED..end].iter().position(starts_character) else { return };
        let at = from + MARKED + more;
        columns += code_points(&source[from..at]);
        marks.push((u32::try_from(at).unwrap_or(u32::MAX), columns));
        from = at;
    }
}

/// Code points in `bytes`: every byte that does not continue a sequence starts one, and a continuation byte
/// without a start counts for itself.
fn code_points(bytes: &[u8]) -> u32 {
    let count: usize = match std::str::from_utf8(bytes) {
        Ok(text) => text.chars().count(),
        Err(_) => {
            bytes.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum()
        }
    };
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
    fn long_lines_count_the_same_from_their_middle() {
        let piece = "aé项🦀\u{301}".as_bytes();
        let mut source =
            [piece.repeat(1500), vec![0xff, 0xe9, 0xe9], vec![0x80; 9_000], piece.repeat(900)].concat();
        source.extend_from_slice(b"\nshort\n");
        source.extend(piece.repeat(3000));
        let index = LineIndex::new(&source);
        assert!(index.marks.len() > 8);
        let step = 7;
        for offset in (0..source.len()).step_by(step) {
            let start = source[..offset].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
            let position = index.position(&source, offset as u32);
            assert_eq!(position.column, code_points(&source[start..offset]) + 1, "{offset}");
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_count_one_column_each() {
        assert_eq!(at(b"\xff\xfeab", 3), (1, 4));
    }

    #[test]
    fn byte_columns_start_anew_on_each_line() {
        let source = "é\nab🦀c\r\n".as_bytes();
        let index = LineIndex::new(source);
        let columns = [0, 2, 3, 9, 12, 99].map(|offset| index.position(source, offset).byte_column);
        assert_eq!(columns, [1, 3, 1, 7, 1, 1]);
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
