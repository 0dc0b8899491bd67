//! The YAML parser's errors in words for the people who write the files.
//!
//! The parser names what it expected; people need to know what to change. Errors that nobody meets by accident keep
//! the parser's own words.

use granit_parser::{ErrorKind, ScanError};

use super::{MAX_DEPTH, Problem, ProblemKind};
use crate::read::problems::char_boundary;
use crate::text::{Span, escape};

/// The problem that `error` is, found while reading `text`, which starts at byte `base` of its source.
pub(super) fn problem(text: &str, base: u32, error: &ScanError) -> Problem {
    let at = place(text, error);
    let len = text[at..].chars().next().filter(|c| !matches!(c, '\n' | '\r')).map_or(0, char::len_utf8);
    let span = Span::of(at, at + len).shifted(base);
    let (message, note) = words(error.kind());
    let message = message.map_or_else(|| escape(&error.info()).into_owned(), str::to_owned);
    let problem = Problem::new(ProblemKind::Syntax, span, message);
    match note {
        Some(note) => problem.note(note),
        None => problem,
    }
}

/// What is said where values nest deeper than [`MAX_DEPTH`].
pub(super) fn too_deep() -> String {
    format!("values nest more than {MAX_DEPTH} deep")
}

/// The byte an error is about.
fn place(text: &str, error: &ScanError) -> usize {
    let marker = error.marker();
    let at = marker
        .byte_offset()
        .unwrap_or_else(|| text.char_indices().nth(marker.index()).map_or(text.len(), |(byte, _)| byte));
    let at = char_boundary(text, at);
    if is_about_tabs(error.kind()) { tab_in_indentation(text, at).unwrap_or(at) } else { at }
}

fn is_about_tabs(kind: &ErrorKind) -> bool {
    use ErrorKind::{
        TabAtBlockScalarStart, TabInBlockIndentation, TabInIndentation, TabInPlainScalar, TabNotAllowed,
    };
    matches!(
        kind,
        TabAtBlockScalarStart | TabInBlockIndentation | TabInIndentation | TabInPlainScalar | TabNotAllowed
    )
}

/// The first tab before any text of a line, from the line of `from` on.
fn tab_in_indentation(text: &str, from: usize) -> Option<usize> {
    let mut at = text[..from].rfind('\n').map_or(0, |feed| feed + 1);
    for line in text[at..].split_inclusive('\n') {
        let spaces = line.len() - line.trim_start_matches(' ').len();
        if line[spaces..].starts_with('\t') {
            return Some(at + spaces);
        }
        at += line.len();
    }
    None
}

/// Message and way out; no message where the parser's own is good enough.
fn words(kind: &ErrorKind) -> (Option<&'static str>, Option<&'static str>) {
    use ErrorKind as E;
    let said = |message, note| (Some(message), Some(note));
    match kind {
        kind if is_about_tabs(kind) => said("a tab cannot indent YAML", "indent with spaces"),
        E::MappingValueNotAllowed => {
            said("a second `:` in one value", "quote the value, or give the inner name a line of its own")
        }
        E::UnexpectedCharacter { character: '@' | '`' | '%' } => {
            said("text cannot start with this character", "quote the text")
        }
        E::UnclosedQuotedScalar => said("quoted text is not closed", "add the closing quote"),
        E::InvalidQuotedScalarIndent => said(
            "quoted text goes on in a line that is not indented",
            "add the closing quote, or indent the line more than the name",
        ),
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => {
            said("text follows a closing quote", "quote the whole text, and double or escape quotes in it")
        }
        E::UnknownQuotedScalarEscape => {
            said("unknown escape in double-quoted text", "write `\\\\` for a backslash, or use single quotes")
        }
        E::SimpleKeyExpected | E::InvalidSimpleKey => said(
            "a name without a colon",
            "write `name: value`, or indent the line to continue the value above",
        ),
        E::ExpectedBlockMappingKey | E::ExpectedBlockSequenceEntry | E::InvalidIndentation => {
            (Some("this line fits no level above it"), Some("align it with the lines it belongs to"))
        }
        E::BomInsideDocument => said("a byte order mark inside the document", "remove it"),
        E::RecursionLimitExceeded => (Some("values nest too deep"), None),
        _ => (None, None),
    }
}
