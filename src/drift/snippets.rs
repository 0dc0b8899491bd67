//! Blocks of code that say which file they are a copy of, held against that file.
//!
//! The marks that count are those that real tools leave in a document together with the copy; `docs/drift.md` lists them.
//! A title alone is no mark: people put titles on code that never was in any file.

mod marks;
mod regions;

use std::ops::Range;

use super::texts::{Page, World};
use crate::config::Class;
use crate::text::{RepoPath, Span};
use marks::{Form, Mark, Part};

/// A marked block that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The document.
    pub document: RepoPath,
    /// The bytes that name the file, with its part.
    pub span: Span,
    /// What they say.
    pub written: String,
    /// The file that is meant.
    pub path: RepoPath,
    /// What is wrong.
    pub fault: SnippetFault,
}

/// What is wrong with a marked block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SnippetFault {
    /// There is no such file.
    NoFile,
    /// The file has no such part: what it would be called.
    NoPart(String),
    /// The copy differs.
    Differs {
        /// The first line that does, from 1, counted in the block.
        line: u32,
        /// The bytes of the copy, and what should stand there; `None` where that is not beyond doubt.
        fix: Option<(Span, String)>,
    },
    /// The copy is true, and the lines that it names are others now: the numbers as they should be written.
    Moved(Span, String),
}

/// The marked blocks of a page that are wrong.
pub(super) fn wrong(world: &World<'_>, page: &Page<'_>) -> Vec<Snippet> {
    if page.class == Class::Record || !marks::may_have(page.text()) {
        return Vec::new();
    }
    let marks = marks::marks(page.text(), page.parsed());
    marks.into_iter().filter_map(|mark| one(world, page, mark)).collect()
}

fn one(world: &World<'_>, page: &Page<'_>, mark: Mark) -> Option<Snippet> {
    let document = &page.document.path;
    let places = mark.places(document);
    let found = |path: RepoPath, fault| {
        let written = page.slice(mark.span).to_owned();
        Some(Snippet { document: document.clone(), span: mark.span, written, path, fault })
    };
    let there = places.iter().find(|place| world.snapshot.entry(place.as_str()).is_some());
    let Some(path) = there else {
        let first = places.into_iter().next()?;
        let is_known =
            world.snapshot.has(first.as_str()) || world.snapshot.unread_at(first.as_str()).is_some();
        return if is_known || !mark.is_promise(world, document) {
            None
        } else {
            found(first, SnippetFault::NoFile)
        };
    };
    let bytes = world.read(path.as_str())?;
    let source = std::str::from_utf8(&bytes).ok()?;
    let Some(part) = regions::part(source, &mark.part) else {
        return match &mark.part {
            Part::Unknown => None,
            part => found(path.clone(), SnippetFault::NoPart(part.to_string())),
        };
    };
    let copy = Copy::of(page.text(), mark.fence?)?;
    let is = regions::plain(&copy.lines);
    let mut should = regions::plain(&source[part.clone()].lines().collect::<Vec<_>>());
    if let Some(header) = &mark.header {
        should.insert(0, header.clone());
    }
    if is.is_empty() || is == should || regions::same_but_for_marks(&is, &should) {
        return None;
    }
    // A block that only has the name of a file above it, and hardly a line of it, is no copy.
    if mark.form == Form::Attribute && mark.part == Part::Whole && !regions::is_alike(&is, &should) {
        return None;
    }
    if let (Part::Lines(..), Some(numbers)) = (&mark.part, mark.numbers)
        && let Some((first, last)) = regions::only_place(source, &is)
    {
        return found(
            path.clone(),
            SnippetFault::Moved(numbers, mark.renumbered(page.slice(numbers), first, last)?),
        );
    }
    let same = is.iter().zip(&should).take_while(|(a, b)| a == b).count();
    // What lines are meant is not known once they changed.
    let fix = if matches!(mark.part, Part::Lines(..)) { None } else { copy.with(&should) };
    found(path.clone(), SnippetFault::Differs { line: same as u32 + 1, fix })
}

/// The lines of a block of code.
struct Copy<'a> {
    lines: Vec<&'a str>,
    /// The bytes of the lines, the last line ending included.
    range: Range<usize>,
    /// What stands before each line that is no part of it.
    indent: &'a str,
    fence: char,
}

impl<'a> Copy<'a> {
    /// The block whose bytes, with its fences, are at `span`; `None` for one in a quotation, and for one that does not end.
    fn of(text: &'a str, span: Span) -> Option<Self> {
        let start = text[..span.start as usize].rfind('\n').map_or(0, |at| at + 1);
        let indent = &text[start..span.start as usize];
        if !indent.chars().all(char::is_whitespace) {
            return None;
        }
        let block = &text[span.range()];
        let fence = block.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let first = span.start as usize + block.find('\n')? + 1;
        let last = span.start as usize + block.trim_end().rfind('\n')? + 1;
        if !text[last..].trim_start().starts_with(fence) || last < first {
            return None;
        }
        let strip = |line: &'a str| {
            let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
            &line[blank.min(indent.len())..]
        };
        let lines = text[first..last].lines().map(strip).collect();
        Some(Self { lines, range: first..last, indent, fence })
    }

    /// The edit that puts `lines` in its place; `None` when they would end the block.
    fn with(&self, lines: &[String]) -> Option<(Span, String)> {
        let closes: String = std::iter::repeat_n(self.fence, 3).collect();
        if lines.iter().any(|line| line.trim_start().starts_with(&closes)) {
            return None;
        }
        let mut text = String::new();
        for line in lines {
            if !line.is_empty() {
                text.push_str(self.indent);
                text.push_str(line);
            }
            text.push('\n');
        }
        Some((Span::of(self.range.start, self.range.end), text))
    }
}
