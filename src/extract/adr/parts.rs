//! The parts of a decision record: which headings open its context, its decision, what follows from it, the way back.
//!
//! A part may have a heading, a bold line in its place, or a label. Words of a few languages are known; whether the
//! parts suffice is for others to say.

use crate::extract::Source;
use crate::read::markdown::{Line, Place};
use crate::text::Span;

/// A part of a record that has a field of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Why something is to be decided.
    Context,
    /// What was decided.
    Decision,
    /// What follows from it.
    Consequences,
    /// How it is undone.
    Rollback,
}

/// A heading, or a bold line in place of one.
#[derive(Debug)]
pub(super) struct Section {
    /// Its name in lower case, without number and punctuation.
    pub(super) name: String,
    /// Which part of the record it opens.
    pub(super) part: Option<Part>,
    /// The bytes of the heading.
    pub(super) heading: Span,
    /// The bytes below it, without white space around them.
    pub(super) body: Span,
    /// The heading, when it is a real one.
    pub(super) index: Option<usize>,
}

/// How many bold lines are looked at: more than any record has, and no work for a hostile file.
const MOST: usize = 64;

/// A name in lower case with single spaces, without what stands in brackets, numbers in front and punctuation.
pub(super) fn plain(text: &str) -> String {
    let mut depth = 0_usize;
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '(' | '<' => depth += 1,
            ')' | '>' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            c if c.is_alphanumeric() => {
                if c.is_uppercase() && before.is_lowercase() {
                    out.push(' ');
                }
                out.extend(c.to_lowercase());
            }
            '\'' | '\u{2019}' => {}
            _ if !out.ends_with(' ') => out.push(' '),
            _ => {}
        }
        before = c;
    }
    out.trim().trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').to_owned()
}

/// The part that a section called `name` holds, when its name is known.
pub(super) fn part_of(name: &str) -> Option<Part> {
    const CONTEXT: &[&str] = &[
        "issue",
        "description",
        "situation",
        "the problem",
        "why",
        "challenge",
        "current situation",
        "introduction",
        "kontext",
        "ausgangslage",
        "problemstellung",
        "contexto",
        "contexte",
        "contesto",
    ];
    const DECISION: &[&str] = &[
        "outcome",
        "resolution",
        "agreement",
        "solution",
        "the decision",
        "the existing decision",
        "existing decision",
        "our decision",
        "final decision",
        "proposed decision",
        "architectural decision",
        "architecture decision",
        "chosen option",
        "chosen solution",
        "selected option",
        "proposed solution",
        "recommendation",
        "conclusion",
        "what we decided",
        "we decided",
        "entscheidung",
        "entscheid",
        "decisi\u{f3}n",
        "d\u{e9}cision",
        "decis\u{e3}o",
        "decisione",
    ];
    const CONSEQUENCES: &[&str] = &[
        "results",
        "trade offs",
        "tradeoffs",
        "effects",
        "ramifications",
        "konsequenzen",
        "auswirkungen",
        "folgen",
        "consecuencias",
        "cons\u{e9}quences",
        "consequ\u{ea}ncias",
        "conseguenze",
    ];
    // Sections that speak of the decision and do not state it.
    const ABOUT: &[&str] = &[
        "driver", "drivers", "maker", "makers", "log", "criteria", "history", "record", "records", "date",
        "matrix", "tree", "status", "process", "factors", "table", "context", "options", "makings", "review",
        "points",
    ];
    let words: Vec<&str> = name.split(' ').collect();
    let first = words[0];
    let is_one_of = |names: &[&str]| names.contains(&name);
    // Names are short; what is longer is a sentence that happens to have the word.
    let is_name = words.len() <= 4;
    if is_name && (words.contains(&"consequences") || words.contains(&"consequence"))
        || matches!(first, "implications" | "impact" | "impacts")
        || is_one_of(CONSEQUENCES)
    {
        return Some(Part::Consequences);
    }
    if matches!(first, "rollback" | "reversal" | "reversibility" | "backout")
        || ["roll back", "back out", "exit strategy", "exit plan", "how to undo", "contingency"]
            .iter()
            .any(|start| name.starts_with(start))
    {
        return Some(Part::Rollback);
    }
    let second = words.get(1).copied().unwrap_or_default();
    let is_decision = first == "decision" || is_name && matches!(first, "decisions" | "decided");
    if (is_decision && !ABOUT.contains(&second)) || first == "proposal" || is_one_of(DECISION) {
        return Some(Part::Decision);
    }
    let is_context = matches!(first, "context" | "problem" | "background" | "motivation") && second != "tags";
    (is_context || is_one_of(CONTEXT)).then_some(Part::Context)
}

/// Whether `name` is that of a part and nothing more, so that no title is meant.
pub(super) fn is_bare(name: &str) -> bool {
    const LONGER: &[&str] = &["context and problem statement", "problem statement", "decision outcome"];
    part_of(name).is_some() && (!name.contains(' ') || LONGER.contains(&name))
}

/// Whether a section called `name` is one that a decision record has and hardly anything else: stricter than
/// [`part_of`].
pub(super) fn is_plainly(name: &str, part: Part) -> bool {
    let starts: &[&str] = match part {
        Part::Context => &["context", "problem", "background", "kontext", "contexto", "contexte"],
        Part::Decision => {
            &["decision", "entscheidung", "decisi\u{f3}n", "d\u{e9}cision", "decis\u{e3}o", "the decision"]
        }
        Part::Consequences | Part::Rollback => &[],
    };
    part_of(name) == Some(part) && starts.iter().any(|start| name.starts_with(start))
}

/// The sections of a document below its title, in order.
pub(super) fn sections(source: &Source<'_>, title: Option<usize>) -> Vec<Section> {
    let document = source.document;
    let mut found: Vec<Section> = Vec::new();
    for (at, heading) in document.headings.iter().enumerate() {
        if Some(at) == title || heading.text.is_empty() {
            continue;
        }
        let name = plain(&heading.text);
        let part = part_of(&name);
        found.push(Section {
            name,
            part,
            heading: heading.span,
            body: trimmed(source.text, document.body(at)),
            index: Some(at),
        });
    }
    let bold = document.lines.iter().filter(|line| stands_for_heading(line));
    for (line, name) in bold.take(MOST).map(|line| (line, plain(&line.text))) {
        let ends = |other: &&Line| {
            other.span.start > line.span.start && (other.section != line.section || stands_for_heading(other))
        };
        let end = document.lines.iter().find(ends).map_or(source.text.len() as u32, |next| next.span.start);
        let end = document
            .headings
            .iter()
            .map(|heading| heading.span.start)
            .filter(|&start| start > line.span.start)
            .fold(end, u32::min);
        let part = part_of(&name);
        let body = trimmed(source.text, without_marks(source.text, Span::new(line.span.end, end)));
        found.push(Section { name, part, heading: line.span, body, index: None });
    }
    for label in source.labels() {
        let name = plain(&label.name);
        if !label.value.is_empty() && matches!(&*name, "context" | "decision" | "consequences") {
            let part = part_of(&name);
            found.push(Section { name, part, heading: label.name_span, body: label.value_span, index: None });
        }
    }
    found.sort_by_key(|section| section.heading);
    found
}

/// `span`, which lies between two bold lines, without their marks.
fn without_marks(text: &str, span: Span) -> Span {
    let inner = text.get(span.range()).unwrap_or_default();
    let marks = ['*', '_', ':'];
    let line = inner.len() - inner.trim_start_matches(marks).len();
    let next = inner.trim_end_matches(['*', '_']);
    let end = if next.ends_with('\n') { next.len() } else { inner.len() };
    Span::of(span.start as usize + line, span.start as usize + end.max(line))
}

/// Whether `line` is bold as a whole and names a part: a heading that somebody wrote without `#`.
fn stands_for_heading(line: &Line) -> bool {
    matches!(line.place, Place::Paragraph { .. }) && line.is_strong() && part_of(&plain(&line.text)).is_some()
}

/// The bytes that hold `part`: its first section; of several kinds of consequences, from the first to the last.
pub(super) fn body(sections: &[Section], part: Part) -> Option<Span> {
    let own: Vec<&Section> = sections.iter().filter(|section| section.part == Some(part)).collect();
    let says = |section: &&&Section| !section.body.is_empty();
    let exact = own.iter().filter(says).find(|section| !section.name.contains(' '));
    let first = exact.or_else(|| own.iter().find(|section| says(section)))?;
    let is_half = |section: &&&Section| {
        ["positive", "negative", "good", "bad", "neutral"].iter().any(|word| section.name.starts_with(word))
    };
    let halves: Vec<&&Section> = own.iter().filter(is_half).collect();
    match (halves.first(), halves.last()) {
        (Some(from), Some(to)) if exact.is_none() && halves.len() > 1 => {
            Some(Span::new(from.heading.start, to.body.end.max(from.body.end)))
        }
        _ => Some(first.body),
    }
}

/// The bytes of what tells why, where no section is called after it: the reasons, else the text between the title and
/// the first section, which begins behind `start`.
pub(super) fn told(source: &Source<'_>, sections: &[Section], start: u32) -> Option<Span> {
    const REASONS: &[&str] = &["rationale", "reason", "reasons", "reasoning", "justification"];
    let says = |section: &&Section| REASONS.contains(&&*section.name) && !section.body.is_empty();
    sections.iter().find(says).map(|section| section.body).or_else(|| lead(source, sections, start))
}

/// The text above the first section, when it is more than a remark. Labels and what stands in lists are none of it.
pub(super) fn lead(source: &Source<'_>, sections: &[Section], start: u32) -> Option<Span> {
    const WORDS: usize = 20;
    let end = sections.iter().map(|section| section.heading.start).find(|&at| at > start);
    let end = end.unwrap_or(source.text.len() as u32);
    let labels = source.labels();
    let is_text = |line: &&Line| {
        let next = labels.partition_point(|label| label.name_span.start < line.span.start);
        let is_label = || labels.get(next).is_some_and(|label| line.span.touches(label.name_span.start));
        matches!(line.place, Place::Paragraph { .. })
            && (start..end).contains(&line.span.start)
            && line.text.contains(' ')
            && !is_label()
    };
    let own: Vec<&Line> = source.document.lines.iter().filter(is_text).take(MOST).collect();
    let words: usize = own.iter().map(|line| line.text.split_whitespace().count()).sum();
    let (first, last) = (own.first()?, own.last()?);
    (words >= WORDS).then(|| Span::new(first.span.start, last.span.end))
}

/// `span` without the white space at its ends.
pub(super) fn trimmed(text: &str, span: Span) -> Span {
    let Some(inner) = text.get(span.range()) else { return span };
    let start = span.start as usize + (inner.len() - inner.trim_start().len());
    Span::of(start.min(span.end as usize), start.min(span.end as usize) + inner.trim().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_whatever_stands_around_them() {
        for (text, part) in [
            ("1. Context", Some(Part::Context)),
            ("Context and Problem Statement", Some(Part::Context)),
            ("\u{1f4a1} Decision Outcome", Some(Part::Decision)),
            ("Decision: use x", Some(Part::Decision)),
            ("Proposal", Some(Part::Decision)),
            ("Positive Consequences <!-- optional -->", Some(Part::Consequences)),
            ("Rollback plan", Some(Part::Rollback)),
            ("Decision Drivers", None),
            ("Decision log", None),
            ("Context tags", None),
            ("Options", None),
            ("", None),
        ] {
            assert_eq!(part_of(&plain(text)), part, "{text}");
        }
    }

    #[test]
    fn names_in_camel_case_are_taken_apart() {
        assert_eq!(plain("supersededBy"), "superseded by");
        assert_eq!(plain("superseded_by"), "superseded by");
        assert_eq!(plain("Date (of the decision):"), "date");
    }
}
