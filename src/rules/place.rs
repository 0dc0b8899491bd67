//! Words for a second place in the same file, for rules that point at two.

use std::cell::OnceCell;

use crate::database::FileView;
use crate::text::{LineIndex, Position, Span};

/// The lines in view of a rule, counted when the first place in them is asked for.
pub(super) struct Lines<'a> {
    file: &'a FileView<'a>,
    index: OnceCell<LineIndex>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(file: &'a FileView<'a>) -> Self {
        Self { file, index: OnceCell::new() }
    }

    /// "line 3, column 7" for the start of `span`. All of the file must be in view.
    pub(super) fn place(&self, span: Span) -> String {
        debug_assert_eq!(self.file.base, 0);
        place(self.position(span))
    }

    /// "line 3, column 7" for the start of `span`, or "column 7" when that is the line on which `other` starts.
    pub(super) fn beside(&self, span: Span, other: Span) -> String {
        let position = self.position(span);
        match position.line == self.position(other).line {
            true => format!("column {}", position.column),
            false => place(position),
        }
    }

    fn position(&self, span: Span) -> Position {
        let index = self.index.get_or_init(|| LineIndex::new(self.file.bytes));
        index.position(self.file.bytes, span.start - self.file.base)
    }
}

/// "line 3, column 7".
pub(super) fn place(position: Position) -> String {
    format!("line {}, column {}", position.line, position.column)
}
