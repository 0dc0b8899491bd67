//! Rows of a table on a tape, each an object with the names of the first row.
//!
//! Fields follow RFC 4180: commas, double quotes, quotes doubled inside them; a row ends at CRLF, LF or CR, and lines
//! without anything are passed over. The parser never refuses a byte, so the mistakes that shift every later field
//! are looked for here. This module does not know what a column means: every field is text.

use std::collections::HashMap;

use csv_core::ReadFieldResult;

use super::problems::Problems;
use super::tape::{Kind, Tape};
use super::{Problem, ProblemKind, scalar};
use crate::text::Span;

/// Reads the rows of `source` onto the end of `tape` and pushes the node of each onto `rows`. The first row names the
/// columns and gives no value.
///
/// The span of a row goes from its first field to its last, that of a field includes its quotes, and that of a name is
/// its place in the first row. Empty fields are left out, quoted or not. Problems:
///
/// - A row with too few or too many fields is told and kept; fields beyond the names are left out.
/// - A column without a name is told and left out; one named as another is told as [`ProblemKind::DuplicateKey`]
///   and kept.
/// - A quote that is never closed swallows the rest of the source: it is told, and the row it stands in is left out.
/// - Text behind a closing quote is told and joined to the field.
#[must_use]
pub fn read(source: &str, tape: &mut Tape, rows: &mut Vec<u32>) -> Vec<Problem> {
    let mut reader = Reader { fields: Fields::new(source), tape, problems: Problems::new(source) };
    if let Some(mut columns) = reader.header() {
        while let Some(row) = reader.row(&mut columns) {
            rows.extend(row);
        }
    }
    reader.problems.finish()
}

/// A column of the table.
struct Column {
    /// The cell of the first row.
    span: Span,
    name: String,
    /// The node on the tape that has the name first, once a row has a field in this column.
    node: Option<usize>,
}

/// A table while it is read.
struct Reader<'a, 't> {
    fields: Fields<'a>,
    tape: &'t mut Tape,
    problems: Problems<'a>,
}

impl Reader<'_, '_> {
    /// The columns; `None` when nothing can follow.
    fn header(&mut self) -> Option<Vec<Column>> {
        let (mut columns, mut seen) = (Vec::new(), HashMap::new());
        while let Some(field) = self.fields.next() {
            if !self.is_sound(field) {
                return None;
            }
            let name = self.fields.text(field).to_owned();
            if name.is_empty() {
                self.problems.syntax(field.span, "a column without a name");
            } else if let Some(&first) = seen.get(&name) {
                self.problems.duplicate(&name, field.span, first);
            } else {
                seen.insert(name.clone(), field.span);
            }
            columns.push(Column { span: field.span, name, node: None });
            if field.ends_row {
                break;
            }
        }
        (!columns.is_empty()).then_some(columns)
    }

    /// Pushes the next row and gives its node, if it could be kept; `None` at the end.
    fn row(&mut self, columns: &mut [Column]) -> Option<Option<u32>> {
        let mark = self.tape.len();
        let mut field = self.fields.next()?;
        let open = self.tape.open(Kind::Object, field.span.start as usize);
        let start = field.span.start;
        let (mut count, mut members) = (0, 0);
        loop {
            if !self.is_sound(field) {
                self.tape.truncate(mark);
                return Some(None);
            }
            if let Some(column) = columns.get_mut(count) {
                members += usize::from(self.member(column, field));
            }
            count += 1;
            if field.ends_row {
                break;
            }
            let Some(next) = self.fields.next() else { break };
            field = next;
        }
        self.tape.close(open, field.span.end as usize, members);
        if count != columns.len() {
            let fields = if count == 1 { "1 field".to_owned() } else { format!("{count} fields") };
            let message = format!("{fields} in this row, but the first row names {}", columns.len());
            let problem = Problem::new(ProblemKind::Syntax, Span::new(start, field.span.end), message);
            self.problems
                .push(problem.note("quote a field that holds a comma; keep the commas of empty fields"));
        }
        Some(u32::try_from(mark).ok())
    }

    /// Pushes name and text of a field; gives whether there was something to push.
    fn member(&mut self, column: &mut Column, field: Field) -> bool {
        let text = self.fields.text(field);
        if text.is_empty() || column.name.is_empty() {
            return false;
        }
        match column.node {
            Some(node) => self.tape.push_again(node),
            None => {
                column.node = Some(self.tape.len());
                let raw = self.fields.raw(column.span);
                scalar::push(self.tape, Kind::String, column.span, raw, &column.name);
            }
        }
        scalar::push(self.tape, Kind::String, field.span, self.fields.raw(field.span), text);
        true
    }

    /// Tells what is wrong with the quotes of a field; gives whether the field ends where it should.
    fn is_sound(&mut self, field: Field) -> bool {
        if !field.quoted {
            return true;
        }
        let (start, raw) = (field.span.start as usize, self.fields.raw(field.span));
        match closing_quote(raw) {
            None => {
                let problem = Problem::new(
                    ProblemKind::Syntax,
                    Span::of(start, start + 1),
                    "this quote is never closed: the rest of the file belongs to the field",
                );
                self.problems
                    .push(problem.note("add the closing quote; inside quotes, a quote is written `\"\"`"));
                false
            }
            Some(at) => {
                if at + 1 < raw.len() {
                    let span = Span::of(start + at + 1, start + raw.len());
                    let problem = Problem::new(ProblemKind::Syntax, span, "text follows the closing quote");
                    self.problems.push(problem.note("inside quotes, a quote is written `\"\"`"));
                }
                true
            }
        }
    }
}

/// Where the quote is that closes the field `raw`, which starts with one.
fn closing_quote(raw: &str) -> Option<usize> {
    let bytes = raw.as_bytes();
    let mut at = 1;
    loop {
        at += memchr::memchr(b'"', bytes.get(at..)?)?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// A field of the table.
#[derive(Clone, Copy)]
struct Field {
    span: Span,
    quoted: bool,
    ends_row: bool,
}

/// The fields of a source, one after another.
struct Fields<'a> {
    source: &'a str,
    parser: csv_core::Reader,
    at: usize,
    at_row_start: bool,
    /// The text of the last quoted field without its quotes, in the first `len` bytes.
    decoded: Vec<u8>,
    len: usize,
}

impl<'a> Fields<'a> {
    fn new(source: &'a str) -> Self {
        let mut parser = csv_core::Reader::new();
        let mut decoded = vec![0; 256];
        // The parser would take off a second byte order mark by itself, which would shift the spans; after a blank
        // line it does not.
        let _ = parser.read_field(b"\n", &mut decoded);
        let at = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { source, parser, at, at_row_start: true, decoded, len: 0 }
    }

    fn next(&mut self) -> Option<Field> {
        let bytes = self.source.as_bytes();
        if self.at_row_start {
            self.at += bytes[self.at..].iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
            if self.at == bytes.len() {
                return None;
            }
        }
        let start = self.at;
        self.len = 0;
        loop {
            let rest = &bytes[self.at..];
            let (result, read, written) = self.parser.read_field(rest, &mut self.decoded[self.len..]);
            self.at += read;
            self.len += written;
            match result {
                ReadFieldResult::InputEmpty => {}
                ReadFieldResult::OutputFull => self.decoded.resize(self.decoded.len() * 2, 0),
                ReadFieldResult::Field { record_end } => {
                    self.at_row_start = record_end;
                    // Nothing was left to read: the end of the source ended the field, not a byte.
                    let end = if rest.is_empty() { self.at } else { self.at - 1 };
                    let quoted = bytes[start..end].first() == Some(&b'"');
                    return Some(Field { span: Span::of(start, end), quoted, ends_row: record_end });
                }
                ReadFieldResult::End => return None,
            }
        }
    }

    /// The text of `field`, which must be the last one given.
    fn text(&self, field: Field) -> &str {
        if field.quoted {
            std::str::from_utf8(&self.decoded[..self.len]).unwrap_or_default()
        } else {
            self.raw(field.span)
        }
    }

    fn raw(&self, span: Span) -> &'a str {
        self.source.get(span.range()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Rows and problems, one a line: the row as JSON; `kind start..end message`.
    fn check(source: &str, expect: &str) {
        let (mut tape, mut rows) = (Tape::new(), Vec::new());
        let problems = read(source, &mut tape, &mut rows);
        let mut found: Vec<String> =
            rows.iter().map(|&row| tape.value(source, row as usize).to_json().to_string()).collect();
        for p in problems {
            found.push(format!("{:?} {}..{} {}", p.kind, p.span.start, p.span.end, p.message));
        }
        assert_eq!(found.join("\n"), expect, "{source:?}");
    }

    /// The spans of all fields of all rows, as text.
    fn spans(source: &str, expect: &[&str]) {
        let (mut tape, mut rows) = (Tape::new(), Vec::new());
        let _ = read(source, &mut tape, &mut rows);
        let members = rows.iter().flat_map(|&row| tape.value(source, row as usize).members());
        let found: Vec<_> = members.map(|(_, value)| &source[value.span().range()]).collect();
        assert_eq!(found, expect, "{source:?}");
    }

    #[test]
    fn rows_are_objects_named_by_the_first_row() {
        check(
            "id,name\n1,Ada\n2,Grace\n",
            "{\"id\":\"1\",\"name\":\"Ada\"}\n{\"id\":\"2\",\"name\":\"Grace\"}",
        );
        check("id,name\n1,\n,\"\"", "{\"id\":\"1\"}\n{}");
        check("id\n\n1\n\n\n2\n\n", "{\"id\":\"1\"}\n{\"id\":\"2\"}");
        check("id\r\n1\r2\r\n", "{\"id\":\"1\"}\n{\"id\":\"2\"}");
        check(
            "\u{feff}é,\"a \"\"b\"\"\"\nü,x\ny,z",
            "{\"é\":\"ü\",\"a \\\"b\\\"\":\"x\"}\n{\"é\":\"y\",\"a \\\"b\\\"\":\"z\"}",
        );
        check("a\nx\0y\n", "{\"a\":\"x\\u0000y\"}");
        for nothing in ["", "\n\r\n", "id,name", "id,name\n", "\u{feff}"] {
            check(nothing, "");
        }
    }

    #[test]
    fn spans_are_the_bytes_of_each_field_with_its_quotes() {
        spans("é,b\nü,\"x\r\ny\"\r\n\"\"\"q\"\"\",\u{1f980}", &["ü", "\"x\r\ny\"", "\"\"\"q\"\"\"", "🦀"]);
        spans("\u{feff}\u{feff}\"a\",b\n1,2\n", &["1", "2"]);
        check("\u{feff}\u{feff}\"a,b\n1,2\n", "{\"\u{feff}\\\"a\":\"1\",\"b\":\"2\"}");
        let long = format!("\"{}\"", "é\"\"".repeat(1000));
        spans(&format!("a\n{long}\nb\n"), &[&long, "b"]);
    }

    #[test]
    fn rows_that_do_not_fit_the_first_are_told_and_kept() {
        check("a,b\n1\n", "{\"a\":\"1\"}\nSyntax 4..5 1 field in this row, but the first row names 2");
        check(
            "a,b\n1,2,3\n",
            "{\"a\":\"1\",\"b\":\"2\"}\nSyntax 4..9 3 fields in this row, but the first row names 2",
        );
    }

    #[test]
    fn names_are_told_when_they_are_missing_or_taken() {
        check("a,,b\n1,2,3\n", "{\"a\":\"1\",\"b\":\"3\"}\nSyntax 2..2 a column without a name");
        check("a,\"a\"\n1,2\n", "{\"a\":\"2\"}\nDuplicateKey 2..5 `a` is given twice");
    }

    #[test]
    fn quotes_that_shift_the_rest_are_told() {
        let open = "this quote is never closed: the rest of the file belongs to the field";
        check("a\n1\n\"x\"\"\n2\n", &format!("{{\"a\":\"1\"}}\nSyntax 4..5 {open}"));
        check("a,\"b\n1,2\n", &format!("Syntax 2..3 {open}"));
        check("a\n\"x\"y\"\n", "{\"a\":\"xy\\\"\"}\nSyntax 5..7 text follows the closing quote");
        check("a\n5\" disk\n", "{\"a\":\"5\\\" disk\"}");
    }

    #[test]
    fn a_decoded_name_is_kept_once_however_many_rows_there_are() {
        let source = format!("\"{}\"\n{}", "x\"\"".repeat(1000), "1\n".repeat(20_000));
        let (mut tape, mut rows) = (Tape::new(), Vec::new());
        assert!(read(&source, &mut tape, &mut rows).is_empty());
        assert_eq!(rows.len(), 20_000);
        let last =
            tape.value(&source, rows[19_999] as usize).members().next().expect("each row has a member");
        assert_eq!(last.0.as_str().map(str::len), Some(2000));
    }

    fn quoted(text: &str) -> String {
        match text.contains([',', '"', '\r', '\n']) || text.starts_with('\u{feff}') {
            true => format!("\"{}\"", text.replace('"', "\"\"")),
            false => text.to_owned(),
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            rows in prop::collection::vec(prop::collection::vec("[a-c,\"\r\n é🦀\0]{0,6}", 3), 1..6),
            ending in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        ) {
            let mut source = format!("x,\"y\",z{ending}");
            let mut expect = Vec::new();
            for row in &rows {
                source += &row.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(",");
                source += ending;
                let members = ["x", "y", "z"].iter().zip(row).filter(|(_, text)| !text.is_empty());
                expect.push(serde_json::Value::Object(
                    members.map(|(name, text)| ((*name).to_owned(), text.as_str().into())).collect(),
                ));
            }
            let (mut tape, mut nodes) = (Tape::new(), Vec::new());
            prop_assert_eq!(read(&source, &mut tape, &mut nodes), vec![]);
            let found: Vec<_> = nodes.iter().map(|&row| tape.value(&source, row as usize).to_json()).collect();
            prop_assert_eq!(found, expect);
        }

        #[test]
        fn any_text_has_spans_within_it(source in "[a,\"\r\né\u{feff}]{0,40}") {
            let (mut tape, mut rows) = (Tape::new(), Vec::new());
            let problems = read(&source, &mut tape, &mut rows);
            for problem in problems {
                prop_assert!(source.get(problem.span.range()).is_some());
            }
            for row in rows {
                let row = tape.value(&source, row as usize);
                for (_, value) in row.members() {
                    prop_assert!(source.get(value.span().range()).is_some());
                    prop_assert!(row.span().start <= value.span().start && value.span().end <= row.span().end);
                }
            }
        }
    }
}
