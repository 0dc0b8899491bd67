//! Bytes to records with spans, for each format a team keeps records in.
//!
//! A reader takes bytes and gives values and problems; it never fails, never touches a file and knows nothing of
//! collections, schemas or git. All formats share one value representation, the [`tape`].

pub mod codeowners;
pub mod conflict;
pub mod csv;
pub mod json;
pub mod jsonl;
pub mod mailmap;
pub mod markdown;
mod person;
mod problems;
mod scalar;
pub mod tape;
pub mod toml;
pub mod yaml;

pub use problems::MAX_PROBLEMS;

use crate::text::Span;

/// What kind of mistake a reader met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// The bytes are not the format they should be.
    Syntax,
    /// A name occurs twice in one object.
    DuplicateKey,
    /// The bytes are not UTF-8.
    NotUtf8,
    /// A record line has no content.
    BlankLine,
    /// The last record line has no line feed.
    MissingFinalNewline,
}

/// A mistake in the bytes, with the place and, where there is one, the way to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind.
    pub kind: ProblemKind,
    /// The bytes that are wrong.
    pub span: Span,
    /// What is wrong, one sentence without a final period.
    pub message: String,
    /// The other half, such as the first of two equal names.
    pub other: Option<Span>,
    /// Why it matters, or the way out.
    pub note: Option<String>,
    /// Replacement of a span that mends it without changing any meaning: title, span, text.
    pub fix: Option<(&'static str, Span, String)>,
}

impl Problem {
    /// A problem of `kind` at `span`.
    #[must_use]
    pub fn new(kind: ProblemKind, span: Span, message: impl Into<String>) -> Self {
        Self { kind, span, message: message.into(), other: None, note: None, fix: None }
    }

    /// Adds the way out.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Adds a safe replacement.
    #[must_use]
    pub fn fix(mut self, title: &'static str, span: Span, text: impl Into<String>) -> Self {
        self.fix = Some((title, span, text.into()));
        self
    }

    /// Adds `base` to all its spans.
    pub fn shift(&mut self, base: u32) {
        self.span = self.span.shifted(base);
        self.other = self.other.map(|span| span.shifted(base));
        if let Some((_, span, _)) = &mut self.fix {
            *span = span.shifted(base);
        }
    }
}

/// How deep values may nest in any format. Deeper input is a [`ProblemKind::Syntax`] problem, so that no later
/// step can exhaust the stack.
pub const MAX_DEPTH: usize = 128;

/// The problems of bytes that are not UTF-8, one for each run of such bytes; spans count from `base`.
#[must_use]
pub fn not_utf8(bytes: &[u8], base: u32) -> Vec<Problem> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        let span = Span::new(base, base + 2);
        return vec![
            Problem::new(ProblemKind::NotUtf8, span, "the file is UTF-16, not UTF-8")
                .note("save it as UTF-8"),
        ];
    }
    let mut problems: Vec<Problem> = Vec::new();
    let mut at = base as usize;
    for chunk in bytes.utf8_chunks() {
        at += chunk.valid().len();
        let bad = Span::of(at, at + chunk.invalid().len());
        at = bad.end as usize;
        match problems.last_mut() {
            _ if chunk.invalid().is_empty() => {}
            Some(last) if chunk.valid().is_empty() && last.span.end == bad.start => last.span.end = bad.end,
            _ => problems.push(Problem::new(ProblemKind::NotUtf8, bad, "bytes that are not UTF-8")),
        }
    }
    problems
}
