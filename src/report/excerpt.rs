//! The one line of source a reader sees: cut around the marked bytes to the width of the terminal, with every
//! character that a terminal would not draw as one piece shown as an escape, so that the marks stand under what
//! they mark. Secrets are taken out here. Knows nothing of colour or of the lines around it.

use std::ops::Range;

use super::plain::{clusters, ends_log_prefix, is_hidden, width};
use super::{Located, Report};
use crate::text::{Span, escape, is_unprintable};

/// A line of source, ready to draw.
pub(super) struct Drawn {
    /// The visible piece of the line.
    pub(super) source: String,
    /// Columns before the first mark.
    pub(super) indent: usize,
    /// Columns marked, at least one.
    pub(super) marks: usize,
}

/// The bytes that no excerpt may show, by file.
pub(super) struct Secrets<'a>(std::collections::HashMap<&'a str, Vec<Span>>);

/// What is shown in place of a secret.
const REDACTED: &str = "[redacted]";

/// Columns that a tab takes.
const TAB: &str = "    ";

/// Columns of context before the mark that are kept when a label wants the space after it.
const CONTEXT: usize = 16;

impl<'a> Secrets<'a> {
    /// The secrets of `report`: those its findings mark and those it lists.
    pub(super) fn new(report: &'a Report) -> Self {
        let mut spans: std::collections::HashMap<&str, Vec<Span>> = std::collections::HashMap::new();
        for finding in report.findings.iter().map(|located| &located.finding) {
            spans.entry(finding.path.as_str()).or_default().extend(&finding.hidden);
        }
        for (path, span) in &report.secrets {
            spans.entry(path.as_str()).or_default().push(*span);
        }
        Self(spans)
    }

    /// The ranges of the excerpt's text that are secret, sorted and apart from each other.
    fn within(&self, located: &Located) -> Vec<Range<usize>> {
        let text = &located.excerpt.text;
        let mark = &located.excerpt.mark;
        let from = (located.start.offset as usize).saturating_sub(mark.start);
        // A place on the line ending is shown at the end of the text, one byte before where it is.
        let slack = usize::from(mark.is_empty());
        let spans = self.0.get(located.finding.path.as_str()).map(Vec::as_slice).unwrap_or_default();
        let mut found: Vec<Range<usize>> = spans
            .iter()
            .map(|span| {
                let clamp = |offset: u32| (offset as usize).saturating_sub(from).min(text.len());
                clamp(span.start)..(clamp(span.end) + slack).min(text.len())
            })
            .filter(|range| range.start < range.end)
            .collect();
        if !found.is_empty() && text.contains('\u{fffd}') {
            // Bytes that are not UTF-8 became longer in the text, so offsets do not tell where the secret is.
            return std::iter::once(0..text.len()).collect();
        }
        found.sort_by_key(|range| range.start);
        found.dedup_by(|next, last| {
            let joined = next.start <= last.end;
            last.end = if joined { last.end.max(next.end) } else { last.end };
            joined
        });
        found
    }
}

/// Draws the excerpt of `located` in at most `columns`, leaving room for `label` columns beside the marks if it can.
pub(super) fn draw(located: &Located, secrets: &Secrets, columns: usize, label: usize) -> Drawn {
    let excerpt = &located.excerpt;
    let cells = cells(&excerpt.text, &excerpt.mark, &secrets.within(located));
    let first = cells.iter().position(|cell| cell.marked);
    let first = first.unwrap_or_else(|| cells.iter().take_while(|cell| cell.at < excerpt.mark.start).count());
    let marked = cells[first..].iter().take_while(|cell| cell.marked).count();
    let window =
        window(&cells, first..first + marked, (excerpt.cut_before, excerpt.cut_after), columns, label);
    let drawn = |range: Range<usize>| cells[range].iter().map(|cell| cell.text.as_str()).collect::<String>();
    let total = |range: Range<usize>| cells[range].iter().map(|cell| cell.width).sum::<usize>();
    let cut_before = window.start > 0 || excerpt.cut_before;
    let cut_after = window.end < cells.len() || excerpt.cut_after;
    let end = (first + marked).min(window.end);
    Drawn {
        source: format!(
            "{}{}{}",
            if cut_before { "…" } else { "" },
            drawn(window.clone()),
            if cut_after { "…" } else { "" }
        ),
        indent: usize::from(cut_before) + total(window.start..first),
        // Marks that run out of sight say less than one at the start.
        marks: if end < first + marked { 1 } else { total(first..end).max(1) },
    }
}

/// The cells to show: the marked ones, then as much around them as fits.
fn window(
    cells: &[Cell],
    marked: Range<usize>,
    cut: (bool, bool),
    columns: usize,
    label: usize,
) -> Range<usize> {
    let total = |range: Range<usize>| cells[range].iter().map(|cell| cell.width).sum::<usize>();
    // A place at the end has its mark after the last cell.
    let beyond = usize::from(marked.start == cells.len());
    let whole = total(0..cells.len()) + usize::from(cut.0) + usize::from(cut.1).max(beyond);
    if whole <= columns {
        return 0..cells.len();
    }
    let (before, after) = (total(0..marked.start), total(marked.end..cells.len()));
    let marks = total(marked.clone()).max(1);
    let free = columns.saturating_sub(2 + marks);
    let beside = columns.saturating_sub(2 + marks + label).max(CONTEXT);
    let left = (free / 2).min(beside).max(free.saturating_sub(after)).min(before);
    let mut start = marked.start;
    let mut room = left.min(free);
    while start > 0 && cells[start - 1].width <= room {
        start -= 1;
        room -= cells[start].width;
    }
    let mut room = columns.saturating_sub(2 + total(start..marked.start));
    let mut end = marked.start;
    while end < cells.len() && cells[end].width <= room {
        room -= cells[end].width;
        end += 1;
    }
    start..end
}

/// What a terminal draws in one piece.
struct Cell {
    text: String,
    width: usize,
    marked: bool,
    /// Where it starts in the excerpt.
    at: usize,
}

fn cells(text: &str, mark: &Range<usize>, secrets: &[Range<usize>]) -> Vec<Cell> {
    let overlaps = |a: &Range<usize>, b: &Range<usize>| a.start < b.end && b.start < a.end;
    let mut cells = Vec::with_capacity(text.len());
    let mut hidden: Option<usize> = None;
    for range in clusters(text) {
        let secret = secrets.iter().position(|secret| overlaps(secret, &range));
        let marked = overlaps(&range, mark);
        match secret {
            Some(index) if hidden == Some(index) => {
                let last: &mut Cell = cells.last_mut().expect("the secret's first character made a cell");
                last.marked |= marked;
            }
            Some(_) => {
                cells.push(Cell { text: REDACTED.into(), width: REDACTED.len(), marked, at: range.start })
            }
            None => cells.push(cell(text, range, marked)),
        }
        hidden = secret;
    }
    cells
}

fn cell(text: &str, range: Range<usize>, marked: bool) -> Cell {
    let piece = &text[range.clone()];
    let c = piece.chars().next().expect("a cluster holds a character");
    let drawn = match c {
        '\t' => TAB.to_owned(),
        '#' if ends_log_prefix(text, range.start) => c.escape_unicode().to_string(),
        c if is_unprintable(c) => escape(piece).into_owned(),
        c if is_hidden(c) || width(piece) == 0 => c.escape_unicode().to_string() + &piece[c.len_utf8()..],
        _ => piece.to_owned(),
    };
    Cell { width: width(&drawn), text: drawn, marked, at: range.start }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::plain::clusters;
    use super::super::sample;
    use super::*;
    use crate::finding::{Finding, Severity};

    /// Columns of `text` as a terminal that draws each piece for itself counts them.
    fn columns(text: &str) -> usize {
        clusters(text).into_iter().map(|range| width(&text[range])).sum()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn marks_stand_under_what_they_mark(
            before in "(\\PC|[\u{0}-\u{1f}\u{300}\u{200b}-\u{200f}👩日]| ){0,120}",
            after in "(\\PC|[\u{0}-\u{1f}\u{300}\u{200b}-\u{200f}👩日]| ){0,120}",
            room in 30..100_usize,
            label in 0..60_usize,
        ) {
            let before = before.replace('\n', " ");
            let source = format!("{before} MARK {after}");
            let start = before.len() + 1;
            let finding = Finding::new("a", &"a.md".into(), Span::of(start, start + 4), "m");
            let located = sample::located(finding, Severity::Error, &source);
            let drawn = draw(&located, &Secrets::new(&Report::default()), room, label);
            let at = drawn.source.rfind(" MARK ").expect("the mark is shown with what is beside it") + 1;
            prop_assert_eq!((columns(&drawn.source[..at]), drawn.marks), (drawn.indent, 4), "{:?}", drawn.source);
            prop_assert!(columns(&drawn.source) <= room, "{:?}", drawn.source);
        }
    }
}
