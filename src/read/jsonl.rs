//! JSON Lines: one record a line (<https://jsonlines.org>), each line read on its own so that one broken line never
//! hides the others.
//!
//! A file is read in pieces that end at line ends, so that pieces can be read side by side. It knows nothing of
//! what the records mean.

use super::tape::{Kind, Tape, Value};
use super::{Problem, ProblemKind, json};
use crate::text::Span;

/// What a line turned out to be.
#[derive(Clone, Copy)]
pub enum Line<'a> {
    /// A record. Its spans count from the base that is given with it.
    Record(Value<'a>),
    /// Nothing but white space.
    Blank,
    /// Not readable; the problems say why.
    Broken,
}

/// Changes a record on its tape, such as the names of its fields; given the text its spans count in.
pub type Prepare<'a> = &'a dyn Fn(&mut Tape, &str);

/// Reads the lines of one `piece` of a file that starts at byte `base` of it. Each line is given to `visit` with its
/// span in the file, without the line ending, and the base from which a record's spans count. Problems carry spans in the file. `tape` is scratch space; `prepare` may
/// change a record on it before it is given out.
pub fn read(
    piece: &[u8],
    base: u32,
    tape: &mut Tape,
    prepare: Option<Prepare<'_>>,
    problems: &mut Vec<Problem>,
    mut visit: impl FnMut(Span, u32, Line<'_>),
) {
    let mut start = 0;
    if base == 0 && piece.starts_with("\u{feff}".as_bytes()) {
        problems.push(json::byte_order_mark(0));
        start = 3;
    }
    tape.forget();
    let text = simdutf8::basic::from_utf8(piece).ok();
    while start < piece.len() {
        if let Some(text) = text {
            // Nearly every line is one plain record, whose end is found by reading it.
            tape.clear();
            if let Some(end) = json::value_of_line(text, start, tape) {
                if let Some(prepare) = prepare {
                    prepare(tape, text);
                }
                if let Some(record) = tape.root(text) {
                    let line = without_carriage_return(piece, start, end);
                    visit(line.shifted(base), base, Line::Record(record));
                }
                start = end + 1;
                continue;
            }
        }
        let end = memchr::memchr(b'\n', &piece[start..]).map_or(piece.len(), |n| start + n);
        let line = without_carriage_return(piece, start, end);
        let span = line.shifted(base);
        match text.or_else(|| std::str::from_utf8(&piece[..line.end as usize]).ok()) {
            Some(text) => {
                visit_line(text, line, base, tape, prepare, problems, |found| visit(span, base, found))
            }
            None => match std::str::from_utf8(line.slice(piece)) {
                Ok(text) => {
                    let whole = Span::of(0, text.len());
                    visit_line(text, whole, span.start, tape, prepare, problems, |found| {
                        visit(span, span.start, found)
                    });
                }
                Err(_) => {
                    problems.extend(super::not_utf8(line.slice(piece), span.start));
                    visit(span, base, Line::Broken);
                }
            },
        }
        start = end + 1;
    }
}

/// Puts the record of the line that is `line` of `text` behind what is on `tape`, and gives its node and whether a name
/// stands twice in it; `None` when it holds no record.
pub fn append(text: &str, line: Span, tape: &mut Tape) -> Option<(usize, bool)> {
    let (node, range) = (tape.len(), line.range());
    let mut problems = Vec::new();
    match json::value(text, range.start, range.end, tape, &mut problems) {
        Ok(after) if after >= range.end => Some((node, !problems.is_empty())),
        Ok(_) => {
            tape.truncate(node);
            None
        }
        Err(_) => None,
    }
}

#[inline]
fn visit_line(
    text: &str,
    line: Span,
    base: u32,
    tape: &mut Tape,
    prepare: Option<Prepare<'_>>,
    problems: &mut Vec<Problem>,
    visit: impl FnOnce(Line<'_>),
) {
    tape.clear();
    let known = problems.len();
    let range = line.range();
    let outcome = json::value(text, range.start, range.end, tape, problems);
    match outcome {
        Ok(after) if after >= range.end => {
            problems[known..].iter_mut().for_each(|problem| problem.shift(base));
            if let Some(prepare) = prepare {
                prepare(tape, text);
            }
            if let Some(record) = tape.root(text) {
                visit(Line::Record(record));
            }
        }
        Ok(after) => {
            problems.truncate(known);
            problems.push(second_value(text, after, range.end));
            problems[known..].iter_mut().for_each(|problem| problem.shift(base));
            visit(Line::Broken);
        }
        Err(_) if text[range].trim_ascii().is_empty() => visit(Line::Blank),
        Err(problem) => {
            problems.truncate(known);
            problems.push(problem);
            problems[known..].iter_mut().for_each(|problem| problem.shift(base));
            visit(Line::Broken);
        }
    }
}

/// Text after the first value of a line: another record whose line break is missing, or rubbish.
#[cold]
fn second_value(text: &str, after: usize, end: usize) -> Problem {
    let mut tape = Tape::new();
    let rest = Span::of(after, end);
    let is_record = json::value(text, after, end, &mut tape, &mut Vec::new()).is_ok()
        && tape.root(text).is_some_and(|value| value.kind() == Kind::Object);
    if is_record {
        Problem::new(ProblemKind::Syntax, rest, "a second record on the same line")
            .note("the line break between two records is missing")
            .fix("put it on a line of its own", Span::at(after), "\n")
    } else {
        Problem::new(ProblemKind::Syntax, rest, "text after the end of the record")
    }
}

/// What is wrong with the end of a file of lines: the line feed after the last record is missing, or blank lines
/// follow it.
#[must_use]
pub fn ending(source: &[u8]) -> Option<Problem> {
    let kept = source.trim_ascii_end();
    if kept.is_empty() {
        return None;
    }
    let rest = &source[kept.len()..];
    match memchr::memchr(b'\n', rest) {
        None => {
            let at = Span::at(source.len());
            Some(
                Problem::new(ProblemKind::MissingFinalNewline, at, "the last record has no line feed")
                    .note("the next record appended to the file would be glued to it")
                    .fix("add the line feed", at, "\n"),
            )
        }
        Some(feed) if feed + 1 < rest.len() => {
            let span = Span::of(kept.len() + feed + 1, source.len());
            Some(Problem::new(ProblemKind::BlankLine, span, "blank lines after the last record").fix(
                "remove them",
                span,
                "",
            ))
        }
        Some(_) => None,
    }
}

fn without_carriage_return(piece: &[u8], start: usize, end: usize) -> Span {
    let trimmed = end > start && piece[end - 1] == b'\r';
    Span::of(start, end - usize::from(trimmed))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of `source` as text, then its problems, reading pieces of `size` lines.
    fn outline(source: &[u8], size: usize) -> (Vec<String>, Vec<String>) {
        let (mut lines, mut problems, mut tape) = (Vec::new(), Vec::new(), Tape::new());
        let all: Vec<&[u8]> = source.split_inclusive(|&byte| byte == b'\n').collect();
        let mut end = 0;
        for piece in all.chunks(size).map(<[&[u8]]>::concat) {
            let base = end as u32;
            end += piece.len();
            read(&piece, base, &mut tape, None, &mut problems, |span, _, line| {
                let what = match line {
                    Line::Record(value) => value.to_json().to_string(),
                    Line::Blank => "blank".to_owned(),
                    Line::Broken => "broken".to_owned(),
                };
                lines.push(format!("{}..{} {what}", span.start, span.end));
            });
        }
        let problems =
            problems.iter().map(|p| format!("{}..{} {}", p.span.start, p.span.end, p.message)).collect();
        (lines, problems)
    }

    #[test]
    fn one_broken_line_hides_no_other() {
        let source = b"{\"a\":1}\r\n{\"a\":}\n\n{\"a\":3}";
        let (lines, problems) = outline(source, 99);
        assert_eq!(lines, [r#"0..7 {"a":1}"#, "9..15 broken", "16..16 blank", r#"17..24 {"a":3}"#]);
        assert_eq!(problems, ["14..15 `}` where a value should stand"]);
    }

    #[test]
    fn pieces_of_any_size_give_the_same_lines_and_spans() {
        let source = "{\"é\":\"ü\"}\n{\"b\":2,}\n\n{\"c\":\"x\\u00e9\",\"c\":1}\n{\"d\":4}".as_bytes();
        let whole = outline(source, 99);
        for size in 1..5 {
            assert_eq!(outline(source, size), whole, "pieces of {size} lines");
        }
    }

    #[test]
    fn a_name_that_stands_twice_is_said_of_every_record_that_has_it() {
        let line = "{\"a\":1,\"b\":2,\"a\":3}\n";
        let other = "{\"a\":1,\"x\":2,\"b\":2,\"x\":3}\n{\"a\":1,\"b\":2}\n{\"a\":1,\"b\":2,\"b\":2}\n";
        let source = [&line.repeat(3), "{\"a\":1,\"b\":2}\n", line, other].concat();
        let (_, problems) = outline(source.as_bytes(), 99);
        let starts: Vec<&str> =
            problems.iter().filter_map(|problem| problem.split_once("..")).map(|p| p.0).collect();
        assert_eq!(starts, ["13", "33", "53", "87", "113", "147"], "{problems:?}");
    }

    #[test]
    fn two_records_on_a_line_are_told_apart_from_rubbish() {
        let (_, problems) = outline(b"{\"a\":1}{\"a\":2}\n{\"a\":1} x\n", 99);
        assert_eq!(
            problems,
            ["7..14 a second record on the same line", "23..24 text after the end of the record"]
        );
    }

    #[test]
    fn bytes_that_are_not_utf8_break_their_line_only() {
        let (lines, problems) = outline(b"{\"a\":1}\n{\"b\":\"\xff\"}\n{\"c\":\"\xc3\xa9\"}\n", 99);
        assert_eq!(lines, [r#"0..7 {"a":1}"#, "8..17 broken", r#"18..28 {"c":"é"}"#]);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("14..15 "), "{problems:?}");
    }

    #[test]
    fn the_end_of_a_file_is_one_line_feed() {
        let ends = |source: &[u8]| ending(source).map(|p| (p.kind, p.span));
        assert_eq!(ends(b"{}\n"), None);
        assert_eq!(ends(b""), None);
        assert_eq!(ends(b"\n\n"), None);
        assert_eq!(ends(b"{}"), Some((ProblemKind::MissingFinalNewline, Span::new(2, 2))));
        assert_eq!(ends(b"{}\r\n"), None);
        assert_eq!(ends(b"{}\n \n\n"), Some((ProblemKind::BlankLine, Span::new(3, 6))));
    }
}
