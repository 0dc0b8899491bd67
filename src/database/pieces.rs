//! A file of lines, cut into pieces that are read side by side and forgotten; what is kept of each tells where its
//! lines are.

use super::columns::Columns;
use crate::repo::Contents;
use crate::text::Span;

/// Bytes of a piece, up to the line end behind them: small enough for the processor's cache.
pub(super) const PIECE: usize = 1 << 20;

/// Whole lines of a file and what is remembered of them.
#[derive(Debug, Default)]
pub(super) struct Piece {
    /// Its bytes in the file.
    pub(super) span: Span,
    /// Lines of the file before it.
    pub(super) before: u32,
    /// Where each line that is no record starts.
    pub(super) others: Vec<u32>,
    /// Its records.
    pub(super) columns: Columns,
}

impl Piece {
    /// How many lines it has.
    pub(super) fn lines(&self) -> u32 {
        (self.columns.starts.len() + self.others.len()) as u32
    }

    /// The line of this piece that holds `offset`: how many lines of the file are before it, and its bytes.
    pub(super) fn line(&self, offset: u32) -> (u32, Span) {
        let (records, others) = (&self.columns.starts, &self.others);
        // A byte order mark belongs to the first line, whose record starts behind it.
        let first = records.first().into_iter().chain(others.first()).min();
        let offset = offset.max(first.copied().unwrap_or_default());
        let record = records.partition_point(|&start| start <= offset);
        let other = others.partition_point(|&start| start <= offset);
        let started = |starts: &[u32], count: usize| count.checked_sub(1).map(|at| starts[at]);
        let number = (record + other).saturating_sub(1) as u32;
        let start = match number {
            0 => None,
            _ => started(records, record).max(started(others, other)),
        };
        let next = records.get(record).into_iter().chain(others.get(other)).min();
        let line = Span::new(start.unwrap_or(self.span.start), *next.unwrap_or(&self.span.end));
        (self.before + number, line)
    }
}

/// How many pieces of `size` bytes a file has.
pub(super) fn count(contents: &Contents, size: usize) -> usize {
    contents.len().div_ceil(size)
}

/// The bytes of the lines that belong to piece `number`: those whose first byte lies in its `size` bytes. `None` when a
/// line longer than `limit` is in the way.
pub(super) fn span(contents: &Contents, number: usize, size: usize, limit: usize) -> Option<Span> {
    let start = border(contents, number * size, limit)?;
    let end = border(contents, (number + 1) * size, limit)?;
    Some(Span::of(start, end))
}

/// Where the first line starts that starts at or behind `at`.
fn border(contents: &Contents, at: usize, limit: usize) -> Option<usize> {
    const LOOK: usize = 4096;
    if at == 0 || at >= contents.len() {
        return Some(at.min(contents.len()));
    }
    let (mut from, mut look, mut buffer) = (at - 1, LOOK, Vec::new());
    while from - at.min(from) <= limit {
        let wanted = Span::of(from, from + look);
        let bytes = contents.read(wanted, &mut buffer);
        match memchr::memchr(b'\n', bytes) {
            Some(feed) => return Some(from + feed + 1),
            None if bytes.len() < look => return Some(contents.len()),
            None => (from, look) = (from + look, look * 4),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(source: &[u8]) -> Contents {
        crate::repo::Bytes::from(source.to_vec()).into()
    }

    #[test]
    fn pieces_of_any_size_are_whole_lines_and_leave_nothing_out() {
        let source = "one\n\ntwo two two two\nthree\r\n\u{e9}\nlast".as_bytes();
        for size in 1..source.len() + 2 {
            let contents = contents(source);
            let spans = (0..count(&contents, size)).map(|number| span(&contents, number, size, 99));
            let spans: Vec<Span> = spans.map(|span| span.expect("no line is long")).collect();
            let mut end = 0;
            for span in spans {
                assert_eq!(span.start, end, "pieces of {size} bytes");
                let bytes = span.slice(source);
                assert!(bytes.is_empty() || bytes.ends_with(b"\n") || span.end as usize == source.len());
                end = span.end;
            }
            assert_eq!(end as usize, source.len(), "pieces of {size} bytes");
        }
    }

    #[test]
    fn a_line_beyond_the_limit_is_not_searched_to_its_end() {
        let contents = contents(&[vec![b'x'; 50_000], b"\ny\n".to_vec()].concat());
        assert_eq!(span(&contents, 0, 10, 10_000), None);
        assert_eq!(span(&contents, 0, 10, 60_000), Some(Span::new(0, 50_001)));
    }

    #[test]
    fn lines_are_found_among_records_and_others() {
        // A byte order mark, a record, a blank line, two records.
        let columns = Columns { starts: vec![103, 111, 120], ..Columns::default() };
        let piece = Piece { span: Span::new(100, 130), before: 7, others: vec![110], columns };
        let line = |offset| {
            let (before, span) = piece.line(offset);
            (before, span.start, span.end)
        };
        assert_eq!((line(100), line(103), line(109)), ((7, 100, 110), (7, 100, 110), (7, 100, 110)));
        assert_eq!(line(110), (8, 110, 111));
        assert_eq!((line(111), line(119)), ((9, 111, 120), (9, 111, 120)));
        assert_eq!((line(120), line(129), line(130)), ((10, 120, 130), (10, 120, 130), (10, 120, 130)));
        assert_eq!(piece.lines(), 4);
    }
}
