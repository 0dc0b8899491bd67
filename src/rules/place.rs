//! Words for a second place in the same file, for rules that point at two.

use std::cell::OnceCell;

use crate::text::{LineIndex, Span};

/// The lines of a file, counted when the first place in it is asked for.
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    index: OnceCell<LineIndex>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, index: OnceCell::new() }
    }

    /// "line 3, column 7" for the start of `span`.
    pub(super) fn place(&self, span: Span) -> String {
        let index = self.index.get_or_init(|| LineIndex::new(self.bytes));
        let position = index.position(self.bytes, span.start);
        format!("line {}, column {}", position.line, position.column)
    }
}
