//! One YAML document on a tape: configuration people write by hand, and front matter inside Markdown.
//!
//! YAML has more than records need: aliases, merge keys, several documents, names that are lists. What JSON cannot
//! say is refused with its place instead of being guessed at, so that a small file can never grow when read. Plain
//! words follow the core schema of YAML 1.2: `yes`, `on` and `2024-01-01` are text. This module does not know whether
//! it reads a file or the head of one.

mod explain;

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{Event, Options, Parser, ScalarStyle, StrInput, Tag};

use super::problems::Problems;
use super::tape::{Kind, Tape};
use super::{MAX_DEPTH, Problem, ProblemKind, scalar};
use crate::text::Span;

/// Reads the one document in `range` of `source` onto the end of `tape`; spans are relative to all of `source`.
///
/// Nothing is pushed when there is no document or only an empty one. A syntax error takes everything back and is
/// told once, at its byte; all other problems leave the values that are sound:
///
/// - An alias reads as `null`, a merge key (`<<: *name`) is left out, each with a problem.
/// - A member whose name is not a scalar is left out, with a problem.
/// - A name that occurs twice is kept twice, with a [`ProblemKind::DuplicateKey`] at the later one.
/// - A second document is a problem at its start and is not read.
/// - Anchors and tags are ignored, but `!!str` and `!` make text of any scalar.
///
/// Numbers reach the tape in JSON's grammar; `.inf`, `.nan` and integers beyond 128 bits in base 8 or 16 are text.
#[must_use]
pub fn read(source: &str, range: Span, tape: &mut Tape) -> Vec<Problem> {
    let text = source.get(range.range()).unwrap_or_default();
    let mut problems = Problems::new(source);
    if let Some(at) = memchr::memchr(0, text.as_bytes()) {
        let span = Span::of(at, at + 1).shifted(range.start);
        problems.syntax(span, "a NUL byte cannot stand in YAML");
        return problems.finish();
    }
    let start = tape.len();
    let mut options = Options::default();
    options.emit_unresolved_aliases = true;
    options.set_emit_comments(false);
    let events = Parser::new_from_str_with_options(text, options);
    let mut reader = Reader { text, base: range.start, events, tape, problems };
    if reader.document().is_err() {
        reader.tape.truncate(start);
    }
    reader.problems.finish()
}

/// Reading cannot go on; the reason is among the problems.
struct Stop;

/// A document while it is read.
struct Reader<'a, 't> {
    /// The range that is read.
    text: &'a str,
    /// Where the range starts in the source.
    base: u32,
    events: Parser<'a, StrInput<'a>>,
    tape: &'t mut Tape,
    problems: Problems<'a>,
}

impl<'a> Reader<'a, '_> {
    fn document(&mut self) -> Result<(), Stop> {
        let mut documents = 0;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(()),
                Event::DocumentStart(..) if documents > 0 => {
                    self.problems.syntax(span, "one document expected: this starts another");
                    return Ok(());
                }
                Event::DocumentStart(..) => {
                    documents += 1;
                    let (event, span) = self.next()?;
                    if !is_absent(&event, span) {
                        self.value(event, span, 0)?;
                    }
                }
                _ => {}
            }
        }
    }

    /// The next event and its span in the source.
    fn next(&mut self) -> Result<(Event<'a>, Span), Stop> {
        match self.events.next_event() {
            Some(Ok((event, span))) => {
                let bytes = span.byte_range().unwrap_or_default();
                Ok((event, Span::of(bytes.start, bytes.end).shifted(self.base)))
            }
            Some(Err(error)) => {
                self.problems.push(explain::problem(self.text, self.base, &error));
                Err(Stop)
            }
            None => Err(Stop),
        }
    }

    /// Pushes the value that `event` starts, `depth` containers deep, and gives its span.
    fn value(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Span, Stop> {
        match event {
            Event::Scalar(text, style, _, tag) => Ok(self.scalar(&text, style, tag.as_deref(), span)),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.problems.syntax(span, "aliases are not followed: write the value out");
                self.tape.push_literal(Kind::Null, span);
                Ok(span)
            }
            Event::SequenceStart(..) | Event::MappingStart(..) if depth >= MAX_DEPTH => {
                self.problems.syntax(span, explain::too_deep());
                Err(Stop)
            }
            Event::SequenceStart(..) => self.sequence(self.sequence_start(span.start), depth + 1),
            Event::MappingStart(..) => self.mapping(span.start, depth + 1),
            _ => Err(Stop),
        }
    }

    fn sequence(&mut self, start: u32, depth: usize) -> Result<Span, Stop> {
        let open = self.tape.open(Kind::Array, start as usize);
        let (mut items, mut end) = (0, start);
        loop {
            let (event, span) = self.next()?;
            if let Event::SequenceEnd = event {
                end = closing(span, end);
                break;
            }
            end = end.max(self.value(event, span, depth)?.end);
            items += 1;
        }
        self.tape.close(open, end as usize, items);
        Ok(Span::new(start, end))
    }

    fn mapping(&mut self, start: u32, depth: usize) -> Result<Span, Stop> {
        let open = self.tape.open(Kind::Object, start as usize);
        let mut names = HashMap::new();
        let (mut members, mut end) = (0, start);
        loop {
            let (event, span) = self.next()?;
            if let Event::MappingEnd = event {
                end = closing(span, end);
                break;
            }
            let (kept, last) = self.member(event, span, depth, &mut names)?;
            members += usize::from(kept);
            end = end.max(last);
        }
        self.tape.close(open, end as usize, members);
        Ok(Span::new(start, end))
    }

    /// Pushes one member whose name starts with `event`; gives whether it was kept, and where it ends.
    fn member(
        &mut self,
        event: Event<'a>,
        span: Span,
        depth: usize,
        names: &mut HashMap<Cow<'a, str>, Span>,
    ) -> Result<(bool, u32), Stop> {
        let (mark, told) = (self.tape.len(), self.problems.len());
        let (named, merges) = match event {
            Event::Scalar(name, style, ..) if !is_empty_plain(style, span) => {
                let merges = style == ScalarStyle::Plain && name == "<<";
                self.name(name, style, span, names);
                (true, merges)
            }
            other => {
                self.refused_name(other, span, depth)?;
                (false, false)
            }
        };
        let (event, span) = self.next()?;
        let span = self.after_colon(&event, span);
        let end = self.value(event, span, depth)?.end;
        let kept = named && !(merges && self.problems.len() > told);
        if !kept {
            self.tape.truncate(mark);
        }
        Ok((kept, end))
    }

    fn name(
        &mut self,
        name: Cow<'a, str>,
        style: ScalarStyle,
        span: Span,
        names: &mut HashMap<Cow<'a, str>, Span>,
    ) {
        let span = self.whole(style, span);
        scalar::push(self.tape, Kind::String, span, self.raw(span), &name);
        match names.get(&name) {
            Some(&first) => self.problems.duplicate(&name, span, first),
            None => _ = names.insert(name, span),
        }
    }

    /// Passes over a name that an object cannot have.
    fn refused_name(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<(), Stop> {
        match event {
            Event::Scalar(..) => self.problems.syntax(span, "the name before the colon is missing"),
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                self.problems.syntax(span, "a name must be a single word or text, not a list or an object");
                self.value(event, span, depth)?;
            }
            other => _ = self.value(other, span, depth)?,
        }
        Ok(())
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, span: Span) -> Span {
        let span = self.whole(style, span);
        let raw = self.raw(span);
        if style != ScalarStyle::Plain || tag.is_some_and(makes_text) {
            scalar::push(self.tape, Kind::String, span, raw, text);
        } else if span.start == span.end {
            self.tape.push_literal(Kind::Null, span);
        } else {
            match plain(text) {
                Plain::Literal(kind) => self.tape.push_literal(kind, span),
                Plain::Number(number) => scalar::push(self.tape, Kind::Number, span, raw, &number),
                Plain::Text => scalar::push(self.tape, Kind::String, span, raw, text),
            }
        }
        span
    }

    /// The source under `span`.
    fn raw(&self, span: Span) -> &'a str {
        let start = span.start.saturating_sub(self.base) as usize;
        let end = span.end.saturating_sub(self.base) as usize;
        self.text.get(start..end).unwrap_or_default()
    }

    /// The span of a scalar with its header: the parser's span of a block scalar starts behind `|` and its
    /// indentation and runs through the blank lines that follow.
    fn whole(&self, style: ScalarStyle, span: Span) -> Span {
        if !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            return span;
        }
        let start = (span.start - self.base) as usize;
        let header = block_header(&self.text[..start]).unwrap_or(start);
        let end = (span.end - self.base) as usize;
        let content = self.text[header..end].trim_end_matches(['\n', '\r', ' ', '\t']);
        Span::of(header, header + content.len()).shifted(self.base)
    }

    /// Where the first dash of a sequence is: the parser's span of one that is not indented starts behind it.
    fn sequence_start(&self, start: u32) -> u32 {
        let before = self.text.get(..(start - self.base) as usize).unwrap_or_default();
        let here = &self.text[before.len()..];
        let blank = before.trim_end_matches([' ', '\t']);
        match (here.starts_with(['-', '[']), blank.ends_with('-')) {
            (false, true) => Span::of(blank.len() - 1, 0).shifted(self.base).start,
            _ => start,
        }
    }

    /// The span of a value that is not written, moved from before its colon to behind it.
    fn after_colon(&self, event: &Event<'_>, span: Span) -> Span {
        if !is_absent(event, span) {
            return span;
        }
        let rest = self.text.get((span.start - self.base) as usize..).unwrap_or_default();
        let colon = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        // A colon right before other text belongs to that text, which is the next name then.
        match rest[colon..].strip_prefix(':') {
            Some(next) if next.is_empty() || next.starts_with([' ', '\t', '\r', '\n', ',', '}', ']']) => {
                Span::at(colon + 1).shifted(span.start)
            }
            _ => span,
        }
    }
}

/// Whether the event stands for a value that is not written at all.
fn is_absent(event: &Event<'_>, span: Span) -> bool {
    matches!(event, Event::Scalar(_, style, _, None) if is_empty_plain(*style, span))
}

fn is_empty_plain(style: ScalarStyle, span: Span) -> bool {
    style == ScalarStyle::Plain && span.start == span.end
}

/// Where a container ends: behind its bracket, or where its last child ends if it has none.
fn closing(event: Span, last: u32) -> u32 {
    if event.start < event.end { event.end.max(last) } else { last }
}

/// Whether a tag makes text of a scalar that would be something else: `!!str`, or `!` alone.
fn makes_text(tag: &Tag) -> bool {
    tag.core_suffix() == Some("str") || tag.parts() == ("", "!")
}

/// What an unquoted scalar is.
enum Plain<'a> {
    Literal(Kind),
    Number(Cow<'a, str>),
    Text,
}

/// The core schema (YAML 1.2.2, section 10.3.2).
fn plain(text: &str) -> Plain<'_> {
    match text {
        "~" | "null" | "Null" | "NULL" => return Plain::Literal(Kind::Null),
        "true" | "True" | "TRUE" => return Plain::Literal(Kind::True),
        "false" | "False" | "FALSE" => return Plain::Literal(Kind::False),
        _ => {}
    }
    let number = match (text.strip_prefix("0x"), text.strip_prefix("0o")) {
        (Some(digits), _) => scalar::to_decimal(digits, 16).map(Cow::Owned),
        (_, Some(digits)) => scalar::to_decimal(digits, 8).map(Cow::Owned),
        _ => scalar::decimal(text),
    };
    number.map_or(Plain::Text, Plain::Number)
}

/// Where the header of a block scalar starts (`|` or `>`), when `before` is all that stands before its content.
fn block_header(before: &str) -> Option<usize> {
    let line_end = before.trim_end_matches([' ', '\t', '\n', '\r']).len();
    let line_start = before[..line_end].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let line = &before[line_start..line_end];
    let comments = line.match_indices('#').map(|(at, _)| at);
    comments.chain([line.len()]).find_map(|cut| {
        let header = line[..cut].trim_end_matches([' ', '\t']);
        let bare = header.trim_end_matches(['+', '-']).trim_end_matches(|c: char| c.is_ascii_digit());
        let bare = bare.trim_end_matches(['+', '-']);
        bare.ends_with(['|', '>']).then(|| line_start + bare.len() - 1)
    })
}

#[cfg(test)]
mod tests;
