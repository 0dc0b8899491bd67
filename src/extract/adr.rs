//! A decision record: what was decided, where the decision stands, since when, by whom, and what it replaces.
//!
//! A file is offered because of its name or its folder; whether it holds a decision is judged here by what it says.
//! Indexes, templates and annexes hold none. What nobody wrote is left out: a record without a status has none.

mod facts;
mod kind;
mod named;
mod parts;
#[cfg(test)]
mod tests;

use super::{Field, Object, Source};
use crate::model::decision::{Name, Relation, name};
use crate::read::markdown::Place;
use crate::text::Span;
use facts::Facts;
use parts::{Part, Section};

/// The decision record in `source`, one object.
///
/// # Errors
/// In a sentence, why the file holds no decision record.
pub fn extract(source: &Source<'_>) -> Result<Vec<Object>, String> {
    let adr = Adr::read(source);
    kind::judge(&adr, name::is_kept_among_decisions(source.path))?;
    Ok(vec![adr.record()])
}

/// Like [`extract`], where it is known that decisions are kept in the folder, whatever that is called.
///
/// # Errors
/// As for [`extract`].
pub fn among_decisions(source: &Source<'_>) -> Result<Vec<Object>, String> {
    let adr = Adr::read(source);
    kind::judge(&adr, true)?;
    Ok(vec![adr.record()])
}

/// The decision record in a document that lies just anywhere: only where what it says leaves no doubt. Most documents
/// are seen to be something else by their headings alone.
///
/// # Errors
/// An empty text for any other document, of which there is nothing to say.
pub fn anywhere(source: &Source<'_>) -> Result<Vec<Object>, String> {
    if !kind::may_be_anywhere(source) {
        return Err(String::new());
    }
    let adr = Adr::read(source);
    if kind::is_beyond_doubt(&adr) { Ok(vec![adr.record()]) } else { Err(String::new()) }
}

/// A file while it is read as a decision record.
struct Adr<'a, 's> {
    source: &'s Source<'a>,
    /// What the file's name says.
    name: Name,
    /// The title without its number, and its bytes.
    title: Option<(String, Span)>,
    /// The number in the title.
    title_number: Option<i64>,
    /// Whether the title says that this is a decision record.
    is_titled_so: bool,
    sections: Vec<Section>,
    facts: Facts,
}

impl<'a, 's> Adr<'a, 's> {
    fn read(source: &'s Source<'a>) -> Self {
        let heading = title_heading(source);
        let name = Name::of(name::stem(source.path));
        let sections = parts::sections(source, heading);
        let facts = Facts::of(source, named::named(source, &sections, heading), &sections, heading);
        let (title, title_number, is_titled_so) = title(source, heading, &facts, name.number);
        Self { source, name, title, title_number, is_titled_so, sections, facts }
    }

    /// Where facts stand that the file's name tells: at the title, else at the start.
    fn named_at(&self) -> Span {
        let start = self.source.span().start;
        self.title.as_ref().map_or(Span::new(start, start), |(_, span)| *span)
    }

    /// The number: that of the file's name, of the title, of the front matter.
    fn number(&self) -> Option<(i64, Span)> {
        let here = self.named_at();
        let named = self.name.number.or(self.title_number).map(|number| (number, here));
        named.or_else(|| self.facts.number())
    }

    fn record(&self) -> Object {
        let (source, facts) = (self.source, &self.facts);
        let mut record = Object::new(source.span());
        let text = |(text, span): (String, Span)| Field::Text(text, span);
        record.add("number", self.number().map(|(number, span)| Field::Number(number, span)));
        let title = self.title.clone().or_else(|| {
            let words = self.name.words.join(" ");
            (!words.is_empty()).then(|| (words, self.named_at()))
        });
        record.add("title", title.map(text));
        let status = facts.status();
        if let Some((state, raw, span)) = status {
            record.add("status", state.map(|state| Field::text(state.name(), span)));
            record.add("status_raw", Field::Text(raw, span));
        }
        let date = facts.date().or_else(|| self.name.date.map(|date| (date, self.named_at())));
        let date = date.or_else(|| facts.last_change());
        record.add("date", date.map(|(date, span)| Field::text(date.to_string(), span)));
        record.list("deciders", facts.deciders().into_iter().map(text).collect());
        for (field, relation) in [
            ("supersedes", Relation::Supersedes),
            ("superseded_by", Relation::SupersededBy),
            ("amends", Relation::Amends),
        ] {
            record.list(field, facts.related(relation, source.path).into_iter().map(text).collect());
        }
        for (field, part) in [
            ("context", Part::Context),
            ("decision", Part::Decision),
            ("consequences", Part::Consequences),
            ("rollback", Part::Rollback),
        ] {
            record.add(field, self.part(part));
        }
        record.add("review_by", facts.review_by().map(|(date, span)| Field::text(date.to_string(), span)));
        record.list("affects", facts.affects().into_iter().map(text).collect());
        record.list("sections", self.names_of_sections());
        record
    }

    /// What the record says in a part: below its heading, or where people put it who give it none.
    fn part(&self, part: Part) -> Option<Field> {
        let start = self.named_at().end;
        let own = parts::body(&self.sections, part);
        let body = match part {
            Part::Context => own.or_else(|| parts::told(self.source, &self.sections, start)),
            Part::Decision => own.or_else(|| self.decided_above(start)),
            Part::Consequences | Part::Rollback => own,
        }?;
        let text = self.source.text.get(body.range()).filter(|text| !text.is_empty())?;
        Some(Field::text(text, body))
    }

    /// The text above the first section, which begins behind `start`, where it says that something was decided.
    fn decided_above(&self, start: u32) -> Option<Span> {
        let lead = parts::lead(self.source, &self.sections, start)?;
        let text = self.source.text.get(lead.range())?.to_lowercase();
        ["we decided", "we have decided", "we will ", "it was decided", "we chose"]
            .iter()
            .any(|words| text.contains(words))
            .then_some(lead)
    }

    fn names_of_sections(&self) -> Vec<Field> {
        let headings =
            self.sections.iter().filter(|section| section.index.is_some() || section.part.is_some());
        let fields = headings.map(|section| {
            let named = section.index.map(|at| &self.source.document.headings[at]);
            let name = named.map_or_else(|| section.name.clone(), |heading| heading.text.clone());
            Field::text(name, section.heading)
        });
        fields.collect()
    }
}

/// Headings that say what kind of document it is, and not what was decided.
const GENERIC: &[&str] =
    &["adr", "architecture decision record", "architectural decision record", "decision record"];

/// The heading that is the title: the first of level 1, else the first, unless it opens a part.
fn title_heading(source: &Source<'_>) -> Option<usize> {
    let headings = &source.document.headings;
    let is_title = |at: &usize| {
        let name = parts::plain(&headings[*at].text);
        let is_generic = GENERIC.contains(&&*name) || name == "status";
        let is_part = match headings[*at].level {
            1 => parts::is_bare(&name),
            _ => parts::part_of(&name).is_some(),
        };
        !headings[*at].text.is_empty() && !is_part && !is_generic
    };
    let top = (0..headings.len()).filter(is_title).find(|&at| headings[at].level == 1);
    top.or_else(|| (0..headings.len().min(2)).find(is_title))
}

/// The title without its number, the number, and whether the title calls itself a decision record.
fn title(
    source: &Source<'_>,
    heading: Option<usize>,
    facts: &Facts,
    number: Option<i64>,
) -> (Option<(String, Span)>, Option<i64>, bool) {
    let front =
        facts.title().map(|(text, span)| (text.lines().map(str::trim).collect::<Vec<_>>().join(" "), span));
    let of_heading = heading.map(|at| {
        let heading = &source.document.headings[at];
        let line = heading.line.map_or(heading.span, |line| source.document.lines[line].span);
        let last = source
            .document
            .lines
            .iter()
            .rfind(|other| other.section == Some(at) && matches!(other.place, Place::Heading(_)));
        (
            heading.text.clone(),
            Span::new(line.start, last.map_or(line.end, |last| last.span.end).max(line.end)),
        )
    });
    let Some((text, span)) = front.or(of_heading) else { return (None, None, false) };
    let (rest, found, is_titled_so) = without_number(&text, number);
    let raw = source.text.get(span.range()).unwrap_or_default();
    let span = match raw.rfind(rest) {
        Some(at) => Span::of(span.start as usize + at, span.start as usize + at + rest.len()),
        None => span,
    };
    (Some((rest.to_owned(), span)), found, is_titled_so)
}

/// `text` without `ADR-5:`, `5.` or the like in front; the number; whether it is called a decision record.
fn without_number(text: &str, expected: Option<i64>) -> (&str, Option<i64>, bool) {
    let mut rest = text.trim();
    let (mut number, mut is_named) = (None, false);
    if let Some((own, title)) = rest.split_once([':', ' ']) {
        // `CORE-ADR-NET-0005: Use x`.
        let name = Name::of(own);
        let title = title.trim_start_matches([' ', ':', '-', '\u{2013}', '\u{2014}']);
        if name.is_marked && !name.series.is_empty() && name.series == name.words && !title.is_empty() {
            return (title, name.number, true);
        }
    }
    for _ in 0..2 {
        let Some((title, value, has_name)) = behind_lead(rest, expected) else { break };
        is_named |= has_name;
        number = number.or(value);
        rest = title;
    }
    (rest, number, is_named)
}

/// What follows one `ADR-5:`, `5.` or `Decision:` at the start of `text`, the number, and whether there is a name.
fn behind_lead(text: &str, expected: Option<i64>) -> Option<(&str, Option<i64>, bool)> {
    const NAMES: &[&str] = &[
        "architecture decision record",
        "architectural decision record",
        "architecture decision",
        "architectural decision",
        "decision record",
        "adr",
        "madr",
        "decision",
    ];
    let dashes = ['-', ':', '|', '\u{2013}', '\u{2014}'];
    let inner = text.trim_start_matches(['[', '(', '#']);
    let name = NAMES.iter().find(|name| {
        let start = inner.get(..name.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(name))
            && !inner[name.len()..].starts_with(|c: char| c.is_alphabetic())
    });
    let behind = name.map_or(inner, |name| &inner[name.len()..]);
    let from_digits = behind.trim_start_matches([' ', '-', '_', '#', '\u{2013}']);
    let digits = from_digits.bytes().take_while(u8::is_ascii_digit).count();
    let (value, after) = match digits {
        1..=6 => (from_digits[..digits].parse().ok(), &from_digits[digits..]),
        _ => (None, behind),
    };
    let after = after.trim_start_matches([']', ')']);
    let title = after.trim_start_matches([' ', ':', '.', '-', '|', '\u{2013}', '\u{2014}', ')', '\u{a0}']);
    // "5-minute builds" and "2026-11-20" go on; "5 - builds" does not.
    let mut next = after.chars();
    let goes_on = matches!(next.next(), Some('.' | '-' | '/'))
        && next.next().is_some_and(|c| {
            c.is_ascii_digit() || ((name.is_none() || value.is_none()) && c.is_alphabetic())
        });
    let is_apart = after.starts_with(['.', ')']) || after.trim_start().starts_with(dashes);
    let is_spaced = after.starts_with(' ') && (name.is_some() || digits > 2 || value == expected);
    let is_lead = is_apart || (value.is_some() && is_spaced);
    let is_something = name.is_some() || value.is_some();
    (is_lead && is_something && !goes_on && !title.is_empty()).then_some((title, value, name.is_some()))
}
