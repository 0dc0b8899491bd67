//! The marks by which a line says that it is an action: `Action: ...`, `[Action - Ana] ...`, `TODO: ...`,
//! `Next step is to ...`, `Ana takes the action to ...`.
//!
//! A mark counts where it opens the line or follows the name of who speaks. This module knows one line at a time.

use std::ops::Range;

use super::owner;
use crate::extract::minutes::names::is_name;

/// A line that marks itself as an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// Who the mark itself names, as a range of the line.
    pub owner: Option<Range<usize>>,
    /// Where what is to be done starts.
    pub rest: usize,
}

/// How a word marks an action.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strength {
    /// Whatever follows a separator.
    Sure,
    /// Only in capitals, or before a colon.
    Loud,
    /// Only before a colon, or as `next step is to`.
    Step,
}

const WORDS: &[(&str, Strength)] = &[
    ("action items", Strength::Sure),
    ("action item", Strength::Sure),
    ("action points", Strength::Sure),
    ("action point", Strength::Sure),
    ("next actions", Strength::Step),
    ("next action", Strength::Step),
    ("next steps", Strength::Step),
    ("next step", Strength::Step),
    ("follow-ups", Strength::Step),
    ("follow-up", Strength::Step),
    ("follow ups", Strength::Step),
    ("follow up", Strength::Step),
    ("followups", Strength::Step),
    ("followup", Strength::Step),
    ("actions", Strength::Sure),
    ("action", Strength::Sure),
    ("to-do", Strength::Loud),
    ("to do", Strength::Loud),
    ("todos", Strength::Loud),
    ("todo", Strength::Loud),
    ("ai", Strength::Loud),
];

/// Finds the mark of a line.
pub(super) fn mark(text: &str) -> Option<Mark> {
    let start = text.find(|c: char| c.is_alphanumeric() || matches!(c, '[' | '@'))?;
    at(text, start)
        .or_else(|| behind_speaker(text, start).and_then(|start| at(text, start)))
        .or_else(|| in_sentence(text))
        .filter(|mark| text[mark.rest..].chars().any(char::is_alphanumeric))
}

/// The mark at byte `start`.
fn at(text: &str, start: usize) -> Option<Mark> {
    let rest = &text[start..];
    let is_open = rest.starts_with(['[', '(']);
    let word_at = start + usize::from(is_open) * rest.chars().next().map_or(0, char::len_utf8);
    let (word, strength) = WORDS.iter().find(|(word, _)| starts_with(&text[word_at..], word))?;
    let end = word_at + word.len();
    let is_loud = text[word_at..end].chars().all(|c| !c.is_lowercase());
    if is_open {
        return bracketed(text, end, is_loud || *strength == Strength::Sure);
    }
    separated(text, end, is_loud, *strength)
}

/// Whether `text` starts with the word `word`, whatever its case.
fn starts_with(text: &str, word: &str) -> bool {
    let is_same = text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    is_same
        && !text[word.len()..].starts_with(|c: char| {
            c.is_alphanumeric() || matches!(c, '-' | '_' | '/') && !text[word.len()..].starts_with("- ")
        })
}

/// `[Action - Ana] ...`, where the word ends at `end`.
fn bracketed(text: &str, end: usize, is_mark: bool) -> Option<Mark> {
    let close = end + text[end..].find([']', ')'])?;
    let inner = text[end..close].trim_start_matches([' ', '-', ':', ',', '\u{2013}', '\u{2014}']);
    let owner = close - inner.len()..close;
    let owner = owner.start..owner.start + text[owner].trim_end().len();
    let is_owner = !owner.is_empty() && owner::is_people(&text[owner.clone()], true);
    if !is_mark || !(owner.is_empty() || is_owner) {
        return None;
    }
    let rest = skip(text, close + 1);
    Some(Mark { owner: is_owner.then_some(owner), rest })
}

/// `Action: ...`, `ACTION - Ana: ...`, `Action item (Ana): ...`, where the word ends at `end`.
fn separated(text: &str, end: usize, is_loud: bool, strength: Strength) -> Option<Mark> {
    let mut here = end;
    let mut owner = None;
    let numbered = text[here..].trim_start_matches([' ', '#']);
    let digits = numbered.len() - numbered.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if digits > 0 && strength != Strength::Step {
        here = text.len() - numbered.len() + digits;
    }
    let after = text[here..].trim_start();
    if let Some(inner) = after.strip_prefix(['(', '['])
        && let Some(close) = inner.find([')', ']'])
    {
        let start = text.len() - inner.len();
        owner = owner::first_name(text, start..start + close);
        here = start + close + 1;
    }
    let after = text[here..].trim_start();
    let offset = text.len() - after.len();
    let is_dash = after.starts_with(['-', '\u{2013}', '\u{2014}', '\u{2192}', '=']) && offset > here;
    let found = match strength {
        _ if after.starts_with(':') && !after.starts_with("::") => Some(skip(text, offset + 1)),
        Strength::Sure if is_dash => Some(skip(text, offset)),
        Strength::Loud if is_dash && is_loud => Some(skip(text, offset)),
        Strength::Sure if is_loud && offset > here => Some(offset),
        Strength::Loud if is_loud && offset > here && text[..end].ends_with("TODO") => Some(offset),
        Strength::Sure if after.starts_with("for ") || after.starts_with("on ") => {
            return of_somebody(text, offset);
        }
        Strength::Sure => phrase(after, &["is to ", "to "]).map(|width| offset + width),
        Strength::Step if is_dash => Some(skip(text, offset)),
        Strength::Step => {
            phrase(after, &["is to ", "would be to ", "will be to ", ", "]).map(|width| offset + width)
        }
        Strength::Loud => None,
    }?;
    // "Actions to take on the tracker" speaks of actions.
    let is_phrase = after.starts_with("to ") || after.starts_with("is to ");
    let is_many = text[..end].ends_with(['s', 'S']);
    (!(is_phrase && is_many && strength == Strength::Sure)).then_some(Mark { owner, rest: found })
}

/// `Action item for Ana: ...`, whose `for` stands at `at`.
fn of_somebody(text: &str, at: usize) -> Option<Mark> {
    let start = at + text[at..].find(' ')? + 1;
    let (end, width) =
        [": ", " to ", " - "].iter().filter_map(|end| Some((text[start..].find(end)?, end.len()))).min()?;
    let owner = start..start + end;
    let is_person = owner::is_people(&text[owner.clone()], false);
    is_person.then(|| Mark { owner: Some(owner.clone()), rest: owner.end + width })
}

fn phrase(text: &str, starts: &[&str]) -> Option<usize> {
    starts.iter().find(|start| text.starts_with(**start)).map(|start| start.len())
}

/// Behind what may stand between a mark and its text.
fn skip(text: &str, from: usize) -> usize {
    let is_between = |c: char| {
        c.is_whitespace()
            || matches!(c, ':' | '-' | '\u{2013}' | '\u{2014}' | '\u{2192}' | '=' | '>' | '*' | '.' | ',')
    };
    text.len() - text[from..].trim_start_matches(is_between).len()
}

/// Where the text of a speaker starts: behind `Ana: ` or `[Ana]`.
fn behind_speaker(text: &str, start: usize) -> Option<usize> {
    let rest = &text[start..];
    if let Some(inner) = rest.strip_prefix('[') {
        let close = inner.find(']')?;
        let behind = start + 1 + close + 1;
        return is_name(&inner[..close]).then(|| without_stars(text, behind));
    }
    let colon = rest.find(':')?;
    is_name(rest[..colon].trim()).then(|| without_stars(text, start + colon + 1))
}

/// Behind white space and stars that were meant to make the mark bold.
fn without_stars(text: &str, from: usize) -> usize {
    text.len() - text[from..].trim_start_matches([' ', '*', '_']).len()
}

/// `... and Ana will take the action to ...`, `the next action item is on Ana to ...`.
fn in_sentence(text: &str) -> Option<Mark> {
    const TAKES: &[&str] = &[
        " take action to ",
        " takes action to ",
        " take the action to ",
        " takes the action to ",
        " take an action to ",
        " takes an action to ",
        " has action to ",
        " had action to ",
        " has an action to ",
        " has the action to ",
        " take the action item to ",
        " takes the action item to ",
        " take the action item and ",
        " take action item to ",
        " take the action of ",
        " took action to ",
        " took the action to ",
        " took an action to ",
        " have action to ",
        " to take the action and ",
        " has action item to ",
        " has an action item to ",
        " takes an action item to ",
        " takes action item to ",
        " taking the action to ",
        " taking action to ",
    ];
    let lower = text.to_ascii_lowercase();
    for words in TAKES {
        if let Some(found) = lower.find(words) {
            let owner = owner::last_name(text, 0..found);
            return owner.map(|owner| Mark { owner: Some(owner), rest: found + words.len() });
        }
    }
    for words in ["the action is to ", "the action item is to "] {
        if let Some(found) = lower.find(words) {
            return Some(Mark { owner: None, rest: found + words.len() });
        }
    }
    for words in ["action item is on ", "action item for ", "action is on ", "action item on "] {
        if let Some(found) = lower.find(words) {
            let start = found + words.len();
            let to = start + text[start..].find(" to ")?;
            let is_person = owner::is_people(&text[start..to], false);
            return is_person.then(|| Mark { owner: Some(start..to), rest: to + " to ".len() });
        }
    }
    let todo = text.find("(TODO: ").or_else(|| text.find("[TODO: "))?;
    let words = text[todo..].split([')', ']']).next().unwrap_or_default().split(' ').count();
    (words > 2).then_some(Mark { owner: None, rest: todo + "(TODO: ".len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<(&str, &str)>) {
        let found = mark(text).map(|mark| (mark.owner.map_or("", |owner| &text[owner]), &text[mark.rest..]));
        assert_eq!(found, expect, "{text:?}");
    }

    #[test]
    fn a_mark_is_known_in_every_form() {
        for text in [
            "Action: call Ana",
            "ACTION: call Ana",
            "Action item: call Ana",
            "ACTION - call Ana",
            "ACTION call Ana",
            "[Action] call Ana",
            "[ACTION]: call Ana",
            "AI: call Ana",
            "TODO: call Ana",
            "TODO call Ana",
            "To do: call Ana",
            "Next step: call Ana",
            "Next step is to call Ana",
            "Bo: ACTION: call Ana",
            "Action to call Ana",
            "Action item to call Ana",
            "The action is to call Ana",
            "Action item #3: call Ana",
            "Action 4: call Ana",
            "Follow-up: call Ana",
            "(we have to (TODO: call Ana",
        ] {
            check(text, Some(("", "call Ana")));
        }
    }

    #[test]
    fn a_mark_may_name_who() {
        for text in [
            "[Action - Bo] call Ana",
            "[ACTION: Bo] - call Ana",
            "[AI Bo] call Ana",
            "Ana: [ACTION- Bo] call Ana",
            "Ana: **[ACTION - Bo] **call Ana",
            "Action item (Bo): call Ana",
            "Sure. Bo will take action to call Ana",
            "Bo takes the action to call Ana",
            "Bo has action to call Ana",
            "The next action item is on Bo to call Ana",
            "Action item for Bo: call Ana",
        ] {
            check(text, Some(("Bo", "call Ana")));
        }
    }

    #[test]
    fn talk_about_actions_is_no_mark() {
        for text in [
            "Action items were reviewed",
            "Actions of last week",
            "AI working group",
            "action plan: see below",
            "Next steps for the parser",
            "to do this we need more",
            "Call to action: vote",
            "follow up with them",
            "Action items:",
            "No action: wait",
            "The slides (TODO: link)",
            "AIs are many",
            "Should we take action on it?",
        ] {
            check(text, None);
        }
    }
}
