//! Words for a second place in the same file, for rules that point at two.

use crate::text::{LineIndex, Span};

/// "line 3, column 7" for the start of `span`.
pub(super) fn place(bytes: &[u8], span: Span) -> String {
    let position = LineIndex::new(bytes).position(bytes, span.start);
    format!("line {}, column {}", position.line, position.column)
}
