//! The mistakes of one read while they are gathered: bounded in number, with the line of an earlier half at hand.
//!
//! A hostile file can hold a mistake every two bytes; without a bound its list of problems would outgrow the file
//! many times over. This module does not know what a mistake is.

use super::{Problem, ProblemKind};
use crate::text::{LineIndex, Span, escape, shorten};

/// The most problems one read tells; past them a last one says that the rest was left out.
pub const MAX_PROBLEMS: usize = 1000;

/// The problems of one read of one source.
#[derive(Debug)]
pub(super) struct Problems<'a> {
    source: &'a str,
    /// Built when the first problem needs a line number.
    lines: Option<LineIndex>,
    found: Vec<Problem>,
}

impl<'a> Problems<'a> {
    /// No problems yet in `source`.
    pub(super) fn new(source: &'a str) -> Self {
        Self { source, lines: None, found: Vec::new() }
    }

    /// Adds `problem`, unless there are [`MAX_PROBLEMS`] already.
    pub(super) fn push(&mut self, problem: Problem) {
        if self.found.len() < MAX_PROBLEMS {
            self.found.push(problem);
        } else if self.found.len() == MAX_PROBLEMS {
            let message = format!("more than {MAX_PROBLEMS} problems: the rest is left out");
            self.found.push(Problem::new(ProblemKind::Syntax, problem.span, message));
        }
    }

    /// Adds a syntax problem.
    pub(super) fn syntax(&mut self, span: Span, message: impl Into<String>) {
        self.push(Problem::new(ProblemKind::Syntax, span, message));
    }

    /// Adds the problem that `name` at `span` stood already at `first`.
    pub(super) fn duplicate(&mut self, name: &str, span: Span, first: Span) {
        let message = format!("`{}` is given twice", escape(&shorten(name, 60)));
        let line = self.line(first.start);
        let mut problem = Problem::new(ProblemKind::DuplicateKey, span, message);
        problem.other = Some(first);
        self.push(problem.note(format!("first given on line {line}")));
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    /// The problems, in the order of the bytes they are about.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        self.found.sort_by_key(|problem| (problem.span.start, problem.span.end));
        self.found
    }

    /// The line of a byte, from 1.
    pub(super) fn line(&mut self, offset: u32) -> u32 {
        let source = self.source;
        self.lines.get_or_insert_with(|| LineIndex::new(source.as_bytes())).line(offset)
    }
}

/// The offset `at`, or the nearest before it that lies in `text` and not inside a character.
pub(super) fn char_boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duplicate_names_the_line_of_the_first() {
        let mut problems = Problems::new("a\nb\na\n");
        problems.duplicate("a", Span::new(4, 5), Span::new(2, 3));
        let found = problems.finish();
        assert_eq!(found[0].message, "`a` is given twice");
        assert_eq!(found[0].other, Some(Span::new(2, 3)));
        assert_eq!(found[0].note.as_deref(), Some("first given on line 2"));
    }

    #[test]
    fn past_the_bound_one_problem_says_that_the_rest_is_left_out() {
        let mut problems = Problems::new("");
        for at in 0..2 * MAX_PROBLEMS {
            problems.syntax(Span::at(at), "wrong");
        }
        let found = problems.finish();
        assert_eq!(found.len(), MAX_PROBLEMS + 1);
        assert!(found[MAX_PROBLEMS].message.contains("left out"));
    }
}
