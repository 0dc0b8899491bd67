//! JSON (RFC 8259) onto a tape, with the exact byte of every mistake.
//!
//! This is the hot path of every JSONL collection, so it looks at each byte once and allocates nothing while the
//! text is plain. It knows neither lines nor records; `jsonl` does.

mod names;

use super::tape::{Kind, Tape, is_same};
use super::{MAX_DEPTH, Problem, ProblemKind};
use crate::text::{Span, escape, shorten};
use names::{Foreseen, Names};

/// Reads the one JSON value in `source[range]`. The value is on the tape from node 0 on; nothing is on the tape when
/// it could not be read. Spans are offsets into `source`.
pub fn read(source: &str, range: Span, tape: &mut Tape) -> Vec<Problem> {
    tape.clear();
    let mut problems = Vec::new();
    let mut start = range.start as usize;
    let end = (range.end as usize).min(source.len());
    if source[start..end].starts_with('\u{feff}') {
        problems.push(byte_order_mark(start));
        start += 3;
    }
    if blank(source.as_bytes(), start) >= end {
        problems.push(syntax(Span::of(start, end), "no JSON value in here"));
        return problems;
    }
    match value(source, start, end, tape, &mut problems) {
        Ok(after) if after < end => {
            problems.push(syntax(character(source, after), "text after the end of the JSON value"));
            tape.clear();
        }
        Ok(_) => {}
        Err(problem) => problems.push(problem),
    }
    problems
}

/// Reads one value that starts at or after `start` and gives the offset after it and the white space behind it.
/// Nothing beyond `end` is looked at. Duplicate keys are added to `problems`; a syntax error takes the value's
/// nodes back off the tape and is given alone, because nothing behind it can be trusted.
pub(super) fn value(
    source: &str,
    start: usize,
    end: usize,
    tape: &mut Tape,
    problems: &mut Vec<Problem>,
) -> Result<usize, Problem> {
    let first = tape.len();
    let bytes = &source.as_bytes()[..end];
    let mut parser = Parser::<true> { source, bytes, at: start, tape, problems };
    let outcome = parser.value(0).map(|()| {
        parser.skip_blank();
        parser.at
    });
    if outcome.is_err() {
        tape.truncate(first);
    }
    outcome.map_err(|problem| *problem)
}

/// Reads one value that starts at `start` and ends before the next line feed or the end of `source`, and gives the
/// offset of that line feed, or the end. `None` for anything out of the ordinary, with nothing said and the tape as it
/// was: then [`value`] is to look at the line again.
#[inline]
pub(super) fn value_of_line(source: &str, start: usize, tape: &mut Tape) -> Option<usize> {
    let first = tape.len();
    let mut problems = Vec::new();
    let mut parser =
        Parser::<false> { source, bytes: source.as_bytes(), at: start, tape, problems: &mut problems };
    let is_whole = parser.value(0).is_ok() && {
        parser.skip_blank();
        matches!(parser.peek(), None | Some(b'\n'))
    };
    let at = parser.at;
    if is_whole && problems.is_empty() {
        return Some(at);
    }
    tape.truncate(first);
    None
}

/// The problem of a byte order mark at `start`: RFC 8259 section 8.1 forbids writing one.
pub(super) fn byte_order_mark(start: usize) -> Problem {
    let span = Span::of(start, start + 3);
    syntax(span, "a byte order mark, which JSON does not allow")
        .note("many JSON parsers refuse the file because of it")
        .fix("remove the byte order mark", span, "")
}

/// Reads values. With `LINES` a line feed is white space, as JSON has it; without, it ends the text.
struct Parser<'a, const LINES: bool> {
    source: &'a str,
    bytes: &'a [u8],
    at: usize,
    tape: &'a mut Tape,
    problems: &'a mut Vec<Problem>,
}

/// Mistakes are seldom: boxed, they leave the result of every step in a register.
type Step<T = ()> = Result<T, Box<Problem>>;

impl<const LINES: bool> Parser<'_, LINES> {
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn skip_blank(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\n' if LINES => self.at += 1,
                _ => return,
            }
        }
    }

    fn value(&mut self, depth: usize) -> Step {
        self.skip_blank();
        match self.peek() {
            Some(b'"') => self.string().map(|_| ()),
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.array(depth + 1),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true", Kind::True),
            Some(b'f') => self.literal("false", Kind::False),
            Some(b'n') => self.literal("null", Kind::Null),
            _ => fail(self.no_value()),
        }
    }

    fn object(&mut self, depth: usize) -> Step {
        self.check_depth(depth)?;
        let first = self.at;
        let open = self.tape.open(Kind::Object, first);
        self.at += 1;
        let mut names = Names::new(self.tape.len());
        self.skip_blank();
        if self.peek() == Some(b'}') {
            self.at += 1;
            self.tape.close(open, self.at, 0);
            return Ok(());
        }
        let mut foreseen = Foreseen { next: 0, holds: true, is_used: !LINES && depth == 1 };
        loop {
            self.skip_blank();
            if !self.foreseen_name(&mut foreseen, &mut names) {
                if self.peek() != Some(b'"') {
                    return fail(self.no_name());
                }
                let name = self.string()?;
                names.add(self.tape, self.source, name, self.problems);
                self.skip_blank();
                if self.peek() != Some(b':') {
                    return fail(self.expected("`:` after the name"));
                }
                self.at += 1;
                foreseen.missed(self.tape, name);
            }
            self.value(depth)?;
            if self.closes(b'}', "`,` or `}`")? {
                self.tape.close(open, self.at, names.count);
                // A record in which a name stands twice foresees nothing: it would hide the next one.
                if foreseen.is_used && !foreseen.holds && self.problems.is_empty() {
                    self.tape.foresee(self.source, names.first, Names::bit);
                }
                return Ok(());
            }
        }
    }

    /// Reads a name and its colon when they are, byte for byte, those that the record before had here.
    #[inline]
    fn foreseen_name(&mut self, foreseen: &mut Foreseen, names: &mut Names) -> bool {
        let Some((known, bit)) = self.tape.foreseen(foreseen.next).filter(|_| foreseen.is_used) else {
            return false;
        };
        let end = self.at + (known.end - known.start) as usize;
        let (Some(here), Some(before)) = (self.bytes.get(self.at..end), self.bytes.get(known.range())) else {
            return false;
        };
        if self.bytes.get(end) != Some(&b':') || !is_same(here, before) {
            return false;
        }
        let node = self.tape.len();
        let span = Span::of(self.at, end);
        self.tape.push_verbatim(Kind::String, span, Span::new(span.start + 1, span.end - 1));
        names.add_foreseen(bit, self.tape, self.source, node, self.problems);
        self.at = end + 1;
        foreseen.next += 1;
        true
    }

    fn array(&mut self, depth: usize) -> Step {
        self.check_depth(depth)?;
        let open = self.tape.open(Kind::Array, self.at);
        self.at += 1;
        self.skip_blank();
        if self.peek() == Some(b']') {
            self.at += 1;
            self.tape.close(open, self.at, 0);
            return Ok(());
        }
        let mut count = 0;
        loop {
            self.value(depth)?;
            count += 1;
            if self.closes(b']', "`,` or `]`")? {
                self.tape.close(open, self.at, count);
                return Ok(());
            }
        }
    }

    /// After an item: whether `close` follows; otherwise a comma must.
    #[inline]
    fn closes(&mut self, close: u8, expected: &str) -> Step<bool> {
        self.skip_blank();
        match self.peek() {
            Some(b',') => {
                let comma = self.at;
                self.at += 1;
                self.skip_blank();
                if self.peek() == Some(close) {
                    let span = Span::of(comma, comma + 1);
                    return fail(syntax(span, "a comma with nothing after it").fix(
                        "remove the comma",
                        span,
                        "",
                    ));
                }
                Ok(false)
            }
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(true)
            }
            _ => fail(self.expected(expected)),
        }
    }

    /// A string; gives its node.
    #[inline]
    fn string(&mut self) -> Step<usize> {
        let node = self.tape.len();
        let first = self.at;
        self.at = plain_run(self.bytes, first + 1);
        match self.peek() {
            Some(b'"') => {
                let text = Span::of(first + 1, self.at);
                self.at += 1;
                self.tape.push_verbatim(Kind::String, Span::of(first, self.at), text);
                Ok(node)
            }
            _ => self.decoded_string(first).map(|()| node),
        }
    }

    /// The rest of a string that holds escapes or a mistake.
    #[cold]
    fn decoded_string(&mut self, first: usize) -> Step {
        let mut text = self.source[first + 1..self.at].to_owned();
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => text.push(self.escape()?),
                Some(byte) => {
                    let name = match byte {
                        b'\t' => "a tab".to_owned(),
                        0 => "a NUL byte".to_owned(),
                        _ => format!("the control character U+{byte:04X}"),
                    };
                    let problem = syntax(Span::of(self.at, self.at + 1), format!("{name} inside a string"));
                    return fail(match byte {
                        b'\t' => problem.fix("write it as \\t", Span::of(self.at, self.at + 1), "\\t"),
                        b'\n' | b'\r' => self.unterminated(first),
                        _ => problem.note(format!("write it as \\u{byte:04x} or take it out")),
                    });
                }
                None => return fail(self.unterminated(first)),
            }
            let run = self.at;
            self.at = plain_run(self.bytes, run);
            text.push_str(&self.source[run..self.at]);
        }
        self.at += 1;
        self.tape.push_decoded(Kind::String, Span::of(first, self.at), &text);
        Ok(())
    }

    fn unterminated(&self, first: usize) -> Problem {
        let line_end =
            memchr::memchr2(b'\n', b'\r', &self.bytes[first..]).map_or(self.bytes.len(), |n| first + n);
        syntax(Span::of(first, line_end), "a string without its closing quote")
    }

    /// One escape sequence, RFC 8259 section 7.
    fn escape(&mut self) -> Step<char> {
        let first = self.at;
        let letter = self.bytes.get(first + 1).copied();
        self.at += 2;
        Ok(match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(first),
            _ => {
                self.at = first;
                let end = (character(self.source, first + 1).end as usize).min(self.bytes.len());
                let shown = Span::of(first, end);
                let problem = syntax(shown, "an escape that JSON does not have");
                return fail(problem.note("a backslash in text is written \\\\"));
            }
        })
    }

    fn unicode_escape(&mut self, first: usize) -> Step<char> {
        let unit = |at: usize| -> Option<u32> {
            let digits = self.bytes.get(at..at + 4)?;
            if !digits.iter().all(u8::is_ascii_hexdigit) {
                return None;
            }
            u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
        };
        let Some(high) = unit(first + 2) else {
            self.at = first;
            return fail(syntax(Span::of(first, first + 2), "\\u takes four hexadecimal digits"));
        };
        self.at = first + 6;
        if let Some(c) = char::from_u32(high) {
            return Ok(c);
        }
        let low = match self.bytes.get(first + 6..first + 8) {
            Some(b"\\u") if high < 0xdc00 => unit(first + 8).filter(|low| (0xdc00..0xe000).contains(low)),
            _ => None,
        };
        let pair = low.and_then(|low| char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)));
        match pair {
            Some(c) => {
                self.at = first + 12;
                Ok(c)
            }
            None => {
                self.at = first;
                let span = Span::of(first, first + 6);
                fail(
                    syntax(span, "half of a surrogate pair, which is no character")
                        .note("characters beyond U+FFFF take two \\u escapes, or are written as they are"),
                )
            }
        }
    }

    #[inline]
    fn number(&mut self) -> Step {
        let first = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let whole = self.digits();
        let leading_zero = whole > 1 && self.bytes[self.at - whole] == b'0';
        if whole == 0 || leading_zero {
            return fail(self.bad_number(first, whole));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return fail(self.bad_number(first, whole));
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return fail(self.bad_number(first, whole));
            }
        }
        let span = Span::of(first, self.at);
        self.tape.push_verbatim(Kind::Number, span, span);
        Ok(())
    }

    #[inline]
    fn digits(&mut self) -> usize {
        let first = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - first
    }

    #[cold]
    fn bad_number(&mut self, first: usize, whole: usize) -> Problem {
        let word = self.word(first);
        self.at = first;
        let text = &self.source[word.range()];
        let message = match text.strip_prefix('-').unwrap_or(text) {
            "Infinity" | "inf" | "Inf" => "JSON has no infinity",
            rest if whole > 1 && rest.starts_with('0') => "a number with a leading zero",
            _ => "not a number as JSON writes it",
        };
        syntax(word, message)
    }

    #[inline]
    fn literal(&mut self, text: &str, kind: Kind) -> Step {
        let first = self.at;
        let end = first + text.len();
        let ends = self.bytes.get(end).is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
        if self.bytes.get(first..end) == Some(text.as_bytes()) && ends {
            self.at = end;
            self.tape.push_literal(kind, Span::of(first, end));
            return Ok(());
        }
        fail(self.no_value())
    }

    fn check_depth(&self, depth: usize) -> Step {
        if depth <= MAX_DEPTH {
            return Ok(());
        }
        let message = format!("values nested deeper than {MAX_DEPTH} levels");
        fail(syntax(Span::of(self.at, self.at + 1), message))
    }

    /// The problem of a place where a value should start.
    #[cold]
    fn no_value(&self) -> Problem {
        let Some(byte) = self.peek() else {
            return syntax(self.end(), "the text ends where a value should stand");
        };
        let word = self.word(self.at);
        let text = &self.source[word.range()];
        let replaced = match text {
            "True" | "TRUE" => Some("true"),
            "False" | "FALSE" => Some("false"),
            "None" | "NULL" | "Null" | "nil" | "undefined" => Some("null"),
            _ => None,
        };
        match (byte, replaced) {
            (_, Some(right)) => syntax(word, format!("`{text}` is not JSON: it is written `{right}`")).fix(
                "write it as JSON does",
                word,
                right,
            ),
            (b'\'', _) => {
                syntax(Span::of(self.at, self.at + 1), "a single quote: JSON strings take double quotes")
            }
            (0, _) => syntax(Span::of(self.at, self.at + 1), "a NUL byte where a value should stand"),
            (b'/', _) => syntax(word, "JSON has no comments"),
            _ if matches!(text, "NaN" | "Infinity") => syntax(word, format!("JSON has no `{text}`")),
            _ => syntax(word, format!("`{}` where a value should stand", shorten(&escape(text), 24))),
        }
    }

    /// The problem of a place where a member's name should start.
    #[cold]
    fn no_name(&self) -> Problem {
        match self.peek() {
            None => syntax(self.end(), "the text ends inside an object"),
            Some(b'\'') => {
                syntax(Span::of(self.at, self.at + 1), "a single quote: JSON names take double quotes")
            }
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' => {
                let word = self.word(self.at);
                let text = &self.source[word.range()];
                syntax(word, "a name without double quotes").fix(
                    "quote the name",
                    word,
                    format!("\"{text}\""),
                )
            }
            Some(_) => self.expected("a name in double quotes"),
        }
    }

    #[cold]
    fn expected(&self, what: &str) -> Problem {
        match self.peek() {
            None => syntax(self.end(), format!("the text ends where {what} should stand")),
            Some(_) => {
                let span = character(self.source, self.at);
                let found = shorten(&escape(&self.source[span.range()]), 12).into_owned();
                syntax(span, format!("`{found}` where {what} should stand"))
            }
        }
    }

    /// The place after the last byte that is not white space.
    fn end(&self) -> Span {
        let text = self.bytes.trim_ascii_end();
        Span::at(text.len())
    }

    /// The run of word characters at `first`, at least one character.
    fn word(&self, first: usize) -> Span {
        let run = self.bytes[first..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'.'))
            .count();
        if run == 0 { character(self.source, first) } else { Span::of(first, first + run) }
    }
}

/// The offset of the first byte from `at` on that is not JSON white space.
#[inline]
fn blank(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = bytes.get(at) {
        at += 1;
    }
    at
}

/// The offset of the first quote, backslash or control character from `at` on, eight bytes at a time: a byte is
/// found by the borrow it causes when a comparison value is subtracted ("determine if a word has a byte less than n").
#[inline]
fn plain_run(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    while let Some(Ok(chunk)) = bytes.get(at..at + 8).map(<[u8; 8]>::try_from) {
        let word = u64::from_le_bytes(chunk);
        let quote = word ^ (ONES * b'"' as u64);
        let backslash = word ^ (ONES * b'\\' as u64);
        let found = (quote.wrapping_sub(ONES) & !quote)
            | (backslash.wrapping_sub(ONES) & !backslash)
            | (word.wrapping_sub(ONES * 0x20) & !word);
        let found = found & HIGHS;
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|&byte| byte != b'"' && byte != b'\\' && byte >= 0x20) {
        at += 1;
    }
    at
}

/// The one character of `source` at `at`, or the place there at the end.
fn character(source: &str, at: usize) -> Span {
    let width = source.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    Span::of(at.min(source.len()), at.min(source.len()) + width)
}

#[cold]
fn fail<T>(problem: Problem) -> Step<T> {
    Err(Box::new(problem))
}

fn syntax(span: Span, message: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Syntax, span, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The problems of `source` as "start..end message".
    fn problems(source: &str) -> Vec<String> {
        let mut tape = Tape::new();
        read(source, Span::of(0, source.len()), &mut tape)
            .iter()
            .map(|p| format!("{}..{} {}", p.span.start, p.span.end, p.message))
            .collect()
    }

    fn check(source: &str, expect: &[&str]) {
        assert_eq!(problems(source), expect, "{source:?}");
    }

    #[test]
    fn reads_every_kind_of_value() {
        let source = r#" {"a":[1,-2.5e+3,true,false,null],"b":{"c":"d\n\u00e9\ud83e\udd80"},"":{},"e":[]} "#;
        let mut tape = Tape::new();
        assert_eq!(read(source, Span::of(0, source.len()), &mut tape), []);
        let expect: serde_json::Value = serde_json::from_str(source).expect("the source is JSON");
        assert_eq!(tape.root(source).map(|root| root.to_json()), Some(expect));
    }

    #[test]
    fn says_the_exact_byte_of_a_syntax_error() {
        check(r#"{"a":1,}"#, &["6..7 a comma with nothing after it"]);
        check(r#"{"a" 1}"#, &["5..6 `1` where `:` after the name should stand"]);
        check(r#"{"a":1 "b":2}"#, &["7..8 `\"` where `,` or `}` should stand"]);
        check(r#"{"é":tru}"#, &["6..9 `tru` where a value should stand"]);
        check(r#"{"a":"b"#, &["5..7 a string without its closing quote"]);
        check(r#"{"a":1"#, &["6..6 the text ends where `,` or `}` should stand"]);
        check("{'a':1}", &["1..2 a single quote: JSON names take double quotes"]);
        check("{a:1}", &["1..2 a name without double quotes"]);
        check("[1,2]]", &["5..6 text after the end of the JSON value"]);
        check("[01]", &["1..3 a number with a leading zero"]);
        check("[-]", &["1..2 not a number as JSON writes it"]);
        check("[1.]", &["1..3 not a number as JSON writes it"]);
        check("[NaN]", &["1..4 JSON has no `NaN`"]);
        check("[True]", &["1..5 `True` is not JSON: it is written `true`"]);
        check("[\"a\tb\"]", &["3..4 a tab inside a string"]);
        check(r#"["\x"]"#, &["2..4 an escape that JSON does not have"]);
        check(r#"["\u12g4"]"#, &["2..4 \\u takes four hexadecimal digits"]);
        check(r#"["\ud800x"]"#, &["2..8 half of a surrogate pair, which is no character"]);
        check("", &["0..0 no JSON value in here"]);
        check("\u{feff}1", &["0..3 a byte order mark, which JSON does not allow"]);
        check("[\"a\0b\"]", &["3..4 a NUL byte inside a string"]);
    }

    #[test]
    fn duplicate_names_are_found_in_small_and_large_objects_and_when_escaped() {
        check(r#"{"ab":1,"a\u0062":2}"#, &["8..17 the name \"ab\" occurs twice in this object"]);
        check(r#"{"a":{"x":1},"b":{"x":1}}"#, &[]);
        let members: Vec<String> = (0..5_000).map(|n| format!("\"k{n}\":0")).collect();
        check(&format!("{{{}}}", members.join(",")), &[]);
        let twice = format!("{{{},\"k7\":1}}", members.join(","));
        assert_eq!(problems(&twice).len(), 1);
    }

    #[test]
    fn deep_nesting_is_a_problem_and_no_crash() {
        check(&"[".repeat(1_000_000), &["128..129 values nested deeper than 128 levels"]);
        let fits = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        check(&fits, &[]);
    }

    #[test]
    fn nothing_beyond_the_range_is_looked_at_or_marked() {
        let mut tape = Tape::new();
        let found = read(r#"{"a\": 1}"#, Span::new(0, 4), &mut tape);
        assert_eq!(found.iter().map(|problem| problem.span).collect::<Vec<_>>(), [Span::new(3, 4)]);
    }

    #[test]
    fn a_value_that_fails_leaves_nothing_on_the_tape() {
        let mut tape = Tape::new();
        read("[1,2", Span::of(0, 4), &mut tape);
        assert!(tape.is_empty());
    }

    proptest::proptest! {
        #[test]
        fn agrees_with_serde_json_on_what_is_json(source in r#"[\[\]{}",:0-9a-e\\ntruefalsu .+-]{0,40}"#) {
            let mut tape = Tape::new();
            let syntax = read(&source, Span::of(0, source.len()), &mut tape)
                .iter()
                .any(|problem| problem.kind == ProblemKind::Syntax);
            let theirs = serde_json::from_str::<serde_json::Value>(&source);
            // serde_json refuses numbers beyond f64; we keep their text.
            let out_of_range = theirs.as_ref().is_err_and(|error| error.to_string().contains("out of range"));
            proptest::prop_assert_eq!(!syntax, theirs.is_ok() || out_of_range, "{:?}", source);
        }

        #[test]
        fn reads_back_what_serde_json_writes(names in proptest::collection::vec(".{0,12}", 0..8), text in ".{0,40}") {
            let value = serde_json::json!({"names": names, "text": text, "n": [1, -0.5, null, {"x": true}]});
            let source = value.to_string();
            let mut tape = Tape::new();
            proptest::prop_assert_eq!(read(&source, Span::of(0, source.len()), &mut tape), vec![]);
            proptest::prop_assert_eq!(tape.root(&source).map(|root| root.to_json()), Some(value));
        }
    }
}
