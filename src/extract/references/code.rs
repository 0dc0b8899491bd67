//! References in code spans, and in the words of ticked items.

use std::ops::Range;

use super::past::Around;
use super::paths::{self, Fragment};
use super::{LineRange, Part, Reference, ReferenceKind};
use crate::read::markdown::{Document, Item, Line, Link, Place};
use crate::text::Span;

/// Adds the references in the code of `parsed`, and in what it has ticked.
pub(super) fn code(text: &str, parsed: &Document, around: &mut Around<'_>, found: &mut Vec<Reference>) {
    let labels = Labels::new(parsed);
    let mut ticked = 0;
    for (at, line) in parsed.lines.iter().enumerate() {
        ticked = match line.place {
            Place::Item(Item { depth, task: Some(true), .. }) => depth,
            Place::InItem { depth } if depth == ticked => depth,
            _ => 0,
        };
        let kind = if ticked > 0 { ReferenceKind::Ticked } else { ReferenceKind::Code };
        let mut add = |range: Range<usize>, pieces: paths::Pieces| {
            if !labels.holds(line.span_of(range.clone()).start) {
                let mut reference = reference(text, line, kind, range.clone(), pieces);
                reference.is_past = around.is_past_at(at, range);
                found.push(reference);
            }
        };
        for range in &line.code {
            if let Some(pieces) = paths::in_code(&line.text[range.clone()]) {
                add(range.clone(), pieces);
            }
        }
        if ticked > 0 {
            words(line, parsed).for_each(|(range, pieces)| add(range, pieces));
        }
    }
}

fn reference(
    text: &str,
    line: &Line,
    kind: ReferenceKind,
    range: Range<usize>,
    pieces: paths::Pieces,
) -> Reference {
    let part = |part: Range<usize>| line.span_of(range.start + part.start..range.start + part.end);
    let read = &line.text[range.clone()];
    let written = &read[pieces.path.clone()];
    let span = part(pieces.path.clone());
    let mut reference = Reference {
        kind,
        span,
        written: written.to_owned(),
        is_verbatim: text.get(span.range()) == Some(written),
        path: written.to_owned(),
        anchor: None,
        lines: pieces.lines.map(|(range, first, last)| LineRange { span: part(range), first, last }),
        is_past: false,
    };
    if let Some(range) = pieces.fragment {
        match paths::fragment(&read[range.clone()]) {
            Fragment::Lines(first, last) => {
                reference.lines = Some(LineRange { span: part(range), first, last });
            }
            Fragment::Anchor(text) => reference.anchor = Some(Part { span: part(range), text }),
            Fragment::Nothing => {}
        }
    }
    reference
}

/// The words of a line outside code and links that can only be paths, each with its place in the text.
fn words<'a>(
    line: &'a Line,
    parsed: &'a Document,
) -> impl Iterator<Item = (Range<usize>, paths::Pieces)> + 'a {
    let is_marked = |range: &Range<usize>| {
        let span = line.span_of(range.clone());
        line.code.iter().any(|code| code.start < range.end && range.start < code.end)
            || line.links.iter().any(|&link| {
                let whole = parsed.links[link].whole;
                whole.start < span.end && span.start < whole.end
            })
    };
    let mut at = 0;
    let words = line.text.split(' ').map(move |word| {
        let start = at;
        at += word.len() + 1;
        let trimmed = word.trim_start_matches(['(', '"', '\'', '[', '“']);
        let start = start + word.len() - trimmed.len();
        let trimmed = trimmed.trim_end_matches([')', '"', '\'', ']', '”', ',', ';', ':', '.', '!', '?']);
        (start..start + trimmed.len(), trimmed)
    });
    words.filter(|(_, word)| word.contains('/')).filter_map(move |(range, word)| {
        let pieces = paths::in_code(word)?;
        let path = &word[pieces.path.clone()];
        let last = path.rsplit('/').next().unwrap_or_default();
        (paths::has_extension(last) && !is_marked(&range)).then_some((range, pieces))
    })
}

/// The texts of links. A path in one is the name of what the link leads to, so the link speaks for it; where it leads
/// out of the repository, it is a path over there.
struct Labels(Vec<Span>);

impl Labels {
    fn new(parsed: &Document) -> Self {
        let labels = parsed.links.iter().filter(|link| !is_on_forge(link));
        Self(labels.map(|link| link.whole).collect())
    }

    fn holds(&self, offset: u32) -> bool {
        let before = self.0.partition_point(|span| span.start <= offset);
        // A link holds no other, but an image may stand in one.
        self.0[..before].iter().rev().take(2).any(|span| offset < span.end)
    }
}

/// Whether a link leads to what its text names in full, on a forge and on a branch that goes on:
/// `[src/a.rs](https://…/blob/main/src/a.rs)`. If that is this repository's, history knows the path; if not, it does not.
fn is_on_forge(link: &Link) -> bool {
    const BRANCHES: [&str; 5] = ["main", "master", "HEAD", "trunk", "develop"];
    let address = link.destination.split(['#', '?']).next().unwrap_or_default().trim_end_matches('/');
    let text = link.text.trim().trim_end_matches('/');
    let mut forms = ["/blob/", "/tree/"].into_iter();
    let path = forms.find_map(|form| address.split_once(form)).and_then(|(_, rest)| rest.split_once('/'));
    path.is_some_and(|(branch, path)| BRANCHES.contains(&branch) && text.contains('/') && path == text)
}
