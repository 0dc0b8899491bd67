//! A TOML document on a tape, with every mistake at once: opsbook's own configuration, and front matter between
//! `+++`.
//!
//! The parser recovers from errors, so whoever edits a configuration sees all mistakes of syntax and of meaning in
//! one run. This module orders what the parser sorts by name back into the order of the file. It does not know what
//! any name means.

mod depth;

use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

use super::problems::{Problems, char_boundary};
use super::tape::{Kind, Tape};
use super::{MAX_DEPTH, Problem, ProblemKind, scalar};
use crate::text::{Span, escape, shorten};

/// The longest document that is read. The parser keeps all tokens and all errors of a document in memory, which for one
/// that is nothing but mistakes is some hundred times its size.
pub const MAX_BYTES: usize = 8 << 20;

/// Reads the document in `range` of `source` as one object onto the end of `tape`; spans are relative to all of
/// `source`. Something is always pushed: what could be read around the mistakes, which is nothing of a document that is
/// longer than [`MAX_BYTES`] or whose inline values nest deeper than [`MAX_DEPTH`].
///
/// - The span of a table is its header, of an implied table the part of the header that implies it, of the whole
///   document `range`. So the span of a table does not hold those of its members.
/// - A member without a name or value is left out, a wrong one is kept as text where the parser can tell its end. Of
///   a name given twice the first value is kept, unless the second is a header: tables of one name are joined, and
///   any other value makes way.
/// - Dates and times are strings as written, and so are `inf`, `nan` and integers beyond 128 bits.
/// - Numbers reach the tape in JSON's grammar.
#[must_use]
pub fn read(source: &str, range: Span, tape: &mut Tape) -> Vec<Problem> {
    let text = source.get(range.range()).unwrap_or_default();
    let mut reader = Reader { text, base: range.start, tape, problems: Problems::new(source) };
    if let Some((at, message)) = refusal(text) {
        reader.problems.syntax(Span::at(at).shifted(range.start), message);
        let open = reader.tape.open(Kind::Object, range.start as usize);
        reader.tape.close(open, range.start as usize + text.len(), 0);
        return reader.problems.finish();
    }
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        reader.error(error);
    }
    reader.table(document.get_ref(), Span::of(0, text.len()).shifted(range.start), 1);
    reader.problems.finish()
}

/// Why and where a document is not even parsed.
fn refusal(text: &str) -> Option<(usize, String)> {
    if text.len() > MAX_BYTES {
        return Some((0, format!("a TOML document of more than {} MiB is not read", MAX_BYTES >> 20)));
    }
    let at = depth::exceeds(text, MAX_DEPTH)?;
    Some((at, format!("values nest more than {MAX_DEPTH} deep")))
}

/// A document on its way to the tape.
struct Reader<'a, 't> {
    /// The range that is read.
    text: &'a str,
    /// Where the range starts in the source.
    base: u32,
    tape: &'t mut Tape,
    problems: Problems<'a>,
}

impl Reader<'_, '_> {
    fn table(&mut self, table: &DeTable<'_>, span: Span, depth: usize) {
        // What the parser made up where nothing is written has an empty span.
        let is_written =
            |name: &Spanned<_>, value: &Spanned<_>| !name.span().is_empty() && !value.span().is_empty();
        let mut members: Vec<_> = table.iter().filter(|(name, value)| is_written(name, value)).collect();
        members.sort_by_key(|(name, _)| name.span().start);
        let open = self.tape.open(Kind::Object, span.start as usize);
        for (name, value) in &members {
            let at = self.span(name.span());
            scalar::push(self.tape, Kind::String, at, self.raw(name.span()), name.get_ref());
            self.value(value, depth);
        }
        self.tape.close(open, span.end as usize, members.len());
    }

    /// Pushes the value of a member or item, which lies in `depth` containers.
    fn value(&mut self, value: &Spanned<DeValue<'_>>, depth: usize) {
        let (span, raw) = (self.span(value.span()), self.raw(value.span()));
        match value.get_ref() {
            DeValue::Array(_) | DeValue::Table(_) if depth >= MAX_DEPTH => {
                self.problems.syntax(span, format!("values nest more than {MAX_DEPTH} deep"));
                self.tape.push_literal(Kind::Null, span);
            }
            DeValue::Table(table) => self.table(table, span, depth + 1),
            DeValue::Array(items) => {
                let open = self.tape.open(Kind::Array, span.start as usize);
                for item in items.iter() {
                    self.value(item, depth + 1);
                }
                self.tape.close(open, span.end as usize, items.len());
            }
            DeValue::String(text) => scalar::push(self.tape, Kind::String, span, raw, text),
            DeValue::Boolean(true) => self.tape.push_literal(Kind::True, span),
            DeValue::Boolean(false) => self.tape.push_literal(Kind::False, span),
            DeValue::Datetime(_) => scalar::push(self.tape, Kind::String, span, raw, raw),
            DeValue::Float(float) => self.number(span, raw, scalar::decimal(float.as_str()).as_deref()),
            DeValue::Integer(integer) if integer.radix() == 10 => {
                self.number(span, raw, scalar::decimal(integer.as_str()).as_deref());
            }
            DeValue::Integer(integer) => {
                self.number(span, raw, scalar::to_decimal(integer.as_str(), integer.radix()).as_deref());
            }
        }
    }

    /// Pushes a number, or the text as written where JSON has no number for it.
    fn number(&mut self, span: Span, raw: &str, number: Option<&str>) {
        match number {
            Some(number) => scalar::push(self.tape, Kind::Number, span, raw, number),
            None => scalar::push(self.tape, Kind::String, span, raw, raw),
        }
    }

    fn error(&mut self, error: &Error) {
        let bytes = error.span().unwrap_or(0..0);
        let span = self.span(bytes.clone());
        if error.message().starts_with("duplicate key") {
            let name = escape(&shorten(self.raw(bytes), 60)).into_owned();
            let message = format!("`{name}` is given twice");
            self.problems.push(Problem::new(ProblemKind::DuplicateKey, span, message));
        } else if error.message().starts_with("string values must be quoted") {
            let missing = span.start == span.end;
            self.problems.syntax(span, if missing { "a value is missing" } else { "text must be in quotes" });
        } else {
            let message = error.message().trim_end_matches(", expected nothing");
            self.problems.syntax(span, escape(message).into_owned());
        }
    }

    /// A range of the parser as a span of the source, at character boundaries.
    fn span(&self, bytes: std::ops::Range<usize>) -> Span {
        let start = char_boundary(self.text, bytes.start);
        let end = char_boundary(self.text, bytes.end).max(start);
        Span::of(start, end).shifted(self.base)
    }
}

impl<'a> Reader<'a, '_> {
    /// The source under a range of the parser.
    fn raw(&self, bytes: std::ops::Range<usize>) -> &'a str {
        self.text.get(bytes).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
