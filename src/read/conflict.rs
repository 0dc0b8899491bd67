//! Conflict markers that git left in a file: the first thing to say about a file that holds them.
//!
//! Only complete sequences count, since each marker alone is ordinary text somewhere: seven equals signs underline a
//! Markdown heading. This module does not know what the file holds; the caller says which spans to pass over. A real
//! conflict inside a fenced block cannot be told from an example of one and stays unsaid there.

use memchr::memmem;

use crate::text::Span;

/// The marker lines of one unresolved conflict, without their line endings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conflict {
    /// `<<<<<<< ours`.
    pub ours: Span,
    /// `||||||| base`, in the style of `diff3` and `zdiff3`.
    pub base: Option<Span>,
    /// `=======`.
    pub separator: Span,
    /// `>>>>>>> theirs`.
    pub theirs: Span,
}

/// The conflicts of `source` in order. Markers within the spans of `skip`, in whatever order these are, do not count.
#[must_use]
pub fn conflict_markers(source: &str, skip: &[Span]) -> Vec<Conflict> {
    let bytes = source.as_bytes();
    let Some(first) = memmem::find(bytes, b"<<<<<<<") else { return Vec::new() };
    let mut skipped = Skipped::new(skip);
    let mut found = Vec::new();
    let mut open: Option<Opened> = None;
    let mut start = memchr::memrchr(b'\n', &bytes[..first]).map_or(0, |feed| feed + 1);
    while start < bytes.len() {
        let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |feed| start + feed);
        if let Some((marker, span)) = marker(bytes, start, end)
            && !skipped.holds(span)
        {
            open = match open.take() {
                Some(open) => open.next(marker, span, &mut found),
                None => Opened::new(marker, span),
            };
        }
        start = end + 1;
    }
    found
}

/// A conflict that is not complete yet.
struct Opened {
    ours: Span,
    base: Option<Span>,
    separator: Option<Span>,
}

impl Opened {
    fn new(marker: u8, span: Span) -> Option<Self> {
        (marker == b'<').then_some(Self { ours: span, base: None, separator: None })
    }

    /// What is open after one more marker. A marker out of order is text, but a new start always counts.
    fn next(mut self, marker: u8, span: Span, found: &mut Vec<Conflict>) -> Option<Self> {
        match (marker, self.separator) {
            (b'<', _) => return Self::new(marker, span),
            (b'|', None) => self.base = self.base.or(Some(span)),
            (b'=', None) => self.separator = Some(span),
            (b'>', Some(separator)) => {
                found.push(Conflict { ours: self.ours, base: self.base, separator, theirs: span });
                return None;
            }
            _ => {}
        }
        Some(self)
    }
}

/// The marker that the line `start..end` is, with its span without a carriage return: exactly seven of one
/// character, then nothing or a space and a label.
fn marker(bytes: &[u8], start: usize, end: usize) -> Option<(u8, Span)> {
    let line = bytes[start..end].strip_suffix(b"\r").unwrap_or(&bytes[start..end]);
    let (head, label) = line.split_at_checked(7)?;
    let marker = head[0];
    let is_marker = matches!(marker, b'<' | b'|' | b'=' | b'>') && head.iter().all(|&b| b == marker);
    let ends = label.is_empty() || label[0] == b' ';
    (is_marker && ends).then(|| (marker, Span::of(start, start + line.len())))
}

/// Spans to pass over, asked about in ascending order.
struct Skipped {
    spans: std::vec::IntoIter<Span>,
    /// The furthest end of the spans that start before the place last asked about.
    reach: u32,
}

impl Skipped {
    fn new(skip: &[Span]) -> Self {
        let mut spans = skip.to_vec();
        spans.sort_unstable();
        Self { spans: spans.into_iter(), reach: 0 }
    }

    fn holds(&mut self, span: Span) -> bool {
        while let Some(&next) = self.spans.as_slice().first()
            && next.start <= span.start
        {
            self.reach = self.reach.max(next.end);
            self.spans.next();
        }
        span.start < self.reach
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The marker lines of each conflict, as text.
    fn check(source: &str, expect: &[&[&str]]) {
        check_outside(source, &[], expect);
    }

    fn check_outside(source: &str, skip: &[Span], expect: &[&[&str]]) {
        let found: Vec<Vec<&str>> = conflict_markers(source, skip)
            .iter()
            .map(|c| [Some(c.ours), c.base, Some(c.separator), Some(c.theirs)].into_iter().flatten())
            .map(|spans| spans.map(|span| &source[span.range()]).collect())
            .collect();
        assert_eq!(found, expect, "{source:?}");
    }

    #[test]
    fn complete_sequences_are_found_in_either_style() {
        check(
            "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> topic/é\nd\n",
            &[&["<<<<<<< HEAD", "=======", ">>>>>>> topic/é"]],
        );
        check(
            "<<<<<<< a\r\n||||||| b\r\n=======\r\n>>>>>>> c",
            &[&["<<<<<<< a", "||||||| b", "=======", ">>>>>>> c"]],
        );
        check("<<<<<<<\n=======\n>>>>>>>\n", &[&["<<<<<<<", "=======", ">>>>>>>"]]);
        check(
            "<<<<<<< a\n=======\n>>>>>>> b\n<<<<<<< c\n=======\n>>>>>>> d\n",
            &[&["<<<<<<< a", "=======", ">>>>>>> b"], &["<<<<<<< c", "=======", ">>>>>>> d"]],
        );
    }

    #[test]
    fn ordinary_text_is_no_conflict() {
        for source in [
            "Title\n=======\n",
            "<<<<<<< a\n=======\n",
            "<<<<<<< a\n>>>>>>> b\n",
            "=======\n>>>>>>> b\n",
            " <<<<<<< a\n=======\n>>>>>>> b\n",
            "<<<<<<<< a\n=======\n>>>>>>> b\n",
            "<<<<<<< a\n========\n>>>>>>> b\n",
            "<<<<<<<a\n=======\n>>>>>>> b\n",
            "<<<<<<< a\n=======\n>>>>>>>>\n",
            "x <<<<<<< a\n",
            "",
        ] {
            check(source, &[]);
        }
    }

    #[test]
    fn a_new_start_replaces_one_that_never_ended() {
        check(
            "<<<<<<< a\n=======\n<<<<<<< b\n=======\n>>>>>>> c\n",
            &[&["<<<<<<< b", "=======", ">>>>>>> c"]],
        );
    }

    #[test]
    fn markers_in_skipped_spans_do_not_count() {
        let source = "<<<<<<< a\n=======\n>>>>>>> b\n<<<<<<< c\n=======\n>>>>>>> d\n";
        let second: &[&[&str]] = &[&["<<<<<<< c", "=======", ">>>>>>> d"]];
        check_outside(source, &[Span::new(0, 28)], second);
        check_outside(source, &[Span::new(11, 12), Span::new(0, 28)], second);
        check_outside(source, &[Span::new(5, 28), Span::new(6, 7)], second);
        check_outside(source, &[Span::new(10, 18), Span::new(38, 46)], &[]);
    }

    proptest! {
        #[test]
        fn conflicts_are_ordered_lines_of_the_source(lines in prop::collection::vec(
            prop::sample::select(vec!["<<<<<<< a", "||||||| b", "=======", ">>>>>>> c", "text", "\r", ""]), 0..20))
        {
            let source = lines.join("\n");
            let mut last = 0;
            for conflict in conflict_markers(&source, &[]) {
                for span in [Some(conflict.ours), conflict.base, Some(conflict.separator), Some(conflict.theirs)]
                    .into_iter()
                    .flatten()
                {
                    prop_assert!(span.start >= last && (span.end as usize) <= source.len());
                    prop_assert!(span.start == 0 || source.as_bytes()[span.start as usize - 1] == b'\n');
                    last = span.end;
                }
            }
        }
    }
}
