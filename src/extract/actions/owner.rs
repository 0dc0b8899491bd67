//! Who is to do it, as an action says: `Ana to ...`, `@ana will ...`, `[Ana] ...`, `Ana: ...`, `... (Ana)`.
//!
//! A name is taken where a form says that somebody is named; a word in front of a colon is not enough when nothing
//! makes it a name. This module knows the text of one action and the names that the document has elsewhere.

use std::collections::HashSet;
use std::ops::Range;

use crate::extract::minutes::names::{is_name, pieces};
use crate::extract::minutes::parts::{plain, trimmed};
use crate::extract::minutes::words::among;

/// The people whom a document names elsewhere, in lower case: full and first names.
#[derive(Debug, Default)]
pub(super) struct Known(HashSet<String>);

impl Known {
    /// Adds a name and its first word.
    pub(super) fn add(&mut self, name: &str) {
        let name = name.trim_start_matches('@').to_lowercase();
        self.0.extend(name.split(' ').next().map(str::to_owned));
        self.0.insert(name);
    }

    /// Whether `name` is one of them.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.0.contains(&name.trim_start_matches('@').to_lowercase())
    }
}

/// An owner and where what is to be done stands around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owned {
    /// The owner; `None` when the place of one says that there is none.
    pub owner: Option<Range<usize>>,
    /// What is to be done.
    pub text: Range<usize>,
    /// Whether the form leaves no doubt: a handle, brackets, `to`.
    pub is_sure: bool,
}

/// Words in front of a colon that are no person.
const NOT_PEOPLE: &str = "\
    note notes update updates link links issue issues pr prs rfc status question next action actions \
    todo fyi see zoom slack github doc docs ref done open pending blocked decision agenda meeting \
    reminder idea proposal context background goal summary example result due deadline by when date \
    edit also maybe option bug fix feat release website blog spec review discussion topic item task \
    owner milestone roadmap ongoing wip new old today later first second finally resolution conclusion \
    outcome priority risk step http https call draft introduction api";

/// Words that start a sentence whose `to` or `will` follows nobody.
const NO_SUBJECT: &str = "\
    need needs try want wants how remember going able talk reach respond reply switch move add continue \
    plan have has like due up prefer ask agree agreed go back link listen speak write return report \
    refer relate apply submit send we this that it the they there i you which what issue pr folks who \
    when where next start begin get point aim come look post propose push upgrade update commit present \
    upload transition convert bring migrate subscribe intend hope expect would should could might will \
    still not also then and or if action actions todo step steps decided decision proposal someone \
    somebody nobody anyone make things nothing everything something work is are was be been set \
    agreement consensus ready time way these those let one ok okay yes no please happy changes pr's prs \
    tests discussion discussions question thanks here maybe some any another more most merge open close \
    create review follow file contribute publish encourage help use";

/// Words that join the names of several, or make a group of one.
const JOINING: &str = "\
    and or & + team members group wg tc tsc the of all parties interested with leads chairs owners \
    editors maintainers staff committee";

/// Words that end the name of a group.
const GROUP: &str = "\
    members team group parties leads chairs maintainers staff committee participants attendees editors \
    volunteers contributors owners";

/// Names for whoever is there.
const EVERYONE: &[&str] = &["everyone", "everybody", "all", "anyone", "all of us", "team"];

/// Finds the owner of an action, whose text is `range` of `text`. `is_marked` says that the line is marked as one, so
/// that a name behind a dash may be meant.
pub(super) fn owned(text: &str, range: Range<usize>, known: &Known, is_marked: bool) -> Option<Owned> {
    let range = trimmed(text, range);
    bracketed(text, range.clone())
        .or_else(|| handles(text, range.clone()))
        .or_else(|| to_do(text, range.clone(), known))
        .or_else(|| before_colon(text, range.clone(), known))
        .or_else(|| before_dash(text, range.clone(), known, is_marked))
        .or_else(|| before_comma(text, range.clone(), known, is_marked))
        .or_else(|| at_the_end(text, range.clone(), known))
        .or_else(|| in_the_middle(text, range))
}

/// `[Ana, Bo] ...`
fn bracketed(text: &str, range: Range<usize>) -> Option<Owned> {
    let part = &text[range.clone()];
    let inner = part.strip_prefix('[')?;
    // `[@ana][]: ...` is a reference that leads nowhere.
    let close = inner.find(']')?;
    let owner = range.start + 1..range.start + 1 + close;
    if !is_people(&text[owner.clone()], true) {
        return None;
    }
    let rest = &inner[close + 1..];
    let rest = rest.strip_prefix("[]").unwrap_or(rest);
    let rest = rest.trim_start_matches([' ', ':', '-', '\u{2013}', '\u{2014}']);
    let rest = without_verb(rest);
    (!rest.is_empty()).then(|| Owned {
        owner: Some(owner),
        text: range.end - rest.len()..range.end,
        is_sure: true,
    })
}

/// `@ana and @bo will ...`
fn handles(text: &str, range: Range<usize>) -> Option<Owned> {
    let part = &text[range.clone()];
    let mut end = 0;
    loop {
        let here = part[end..].trim_start_matches([' ', ',', '/', '&', '+']);
        let here = here.strip_prefix("and ").unwrap_or(here);
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
        let name =
            here.strip_prefix('@').map(|name| &name[..name.find(|c| !is_part(c)).unwrap_or(name.len())]);
        match name {
            Some(name) if !name.is_empty() => end = part.len() - here.len() + 1 + name.len(),
            _ => break,
        }
    }
    if end == 0 {
        return None;
    }
    // `@Ana B to ...`: the name goes on.
    let behind = &part[end..];
    if let Some(to) = behind.find(" to ").filter(|&to| to > 0 && to <= 12)
        && behind[..to].split_whitespace().all(|word| word.starts_with(char::is_uppercase))
    {
        end += to;
    }
    let behind = &part[end..];
    let parted =
        behind.trim_start_matches([' ', ':', '-', ',', '\u{2013}', '\u{2014}', ']', '[', '\u{2192}']);
    let rest = without_verb(parted);
    // `@ana was late` only mentions her.
    let is_sure = behind.len() - parted.len() > 1 || rest.len() < parted.len();
    let owner = range.start..range.start + end;
    let text = range.end - rest.len()..range.end;
    (!rest.is_empty()).then_some(Owned { owner: Some(owner), text, is_sure })
}

/// `rest` without the verb between owner and action.
fn without_verb(rest: &str) -> &str {
    const VERBS: &[&str] =
        &["will ", "to ", "should ", "is going to ", "shall ", "must ", "needs to ", "is to "];
    VERBS.iter().find_map(|verb| rest.strip_prefix(verb)).unwrap_or(rest)
}

/// `Ana to ...`, `Ana and Bo will ...`
fn to_do(text: &str, range: Range<usize>, known: &Known) -> Option<Owned> {
    const VERBS: &[&str] =
        &[" to ", " will ", " should ", " shall ", " is going to ", " must ", " needs to "];
    let part = &text[range.clone()];
    let found = VERBS.iter().filter_map(|verb| Some((part.find(verb)?, verb.len()))).min();
    // The rest of a wrapped line stands below.
    let wrapped = part.strip_suffix(" to").or_else(|| part.strip_suffix(" will")).map(str::len);
    let found = found.or_else(|| wrapped.map(|at| (at, part.len() - at)))?;
    let name = part[..found.0].trim_end_matches([',', ' ']);
    let words: Vec<&str> = name.split([' ', ',', '/']).filter(|word| !word.is_empty()).collect();
    let first = words.first()?;
    if words.len() > 6 || among(NO_SUBJECT, &first.to_lowercase()) || name.contains(['.', ':', '(', '"']) {
        return None;
    }
    let is_person = |word: &&str| {
        let upper = word.starts_with(char::is_uppercase) || word.starts_with('@');
        (upper && !word.chars().any(|c| c.is_ascii_digit()))
            || known.holds(word)
            || among(JOINING, &word.to_lowercase())
    };
    let is_lower = words.len() == 1 && is_lower_name(first);
    let is_named = words.iter().all(is_person) || is_lower;
    let owner = range.start..range.start + name.len();
    let rest = range.start + found.0 + found.1..range.end;
    if !is_verb(&text[rest.clone()]) {
        return None;
    }
    (is_named && is_people_list(name, known)).then_some(Owned {
        owner: Some(owner),
        text: rest,
        is_sure: true,
    })
}

/// Whether what follows `to` can be done: not a thing with an article or a name.
fn is_verb(rest: &str) -> bool {
    const THINGS: &str = "\
        the a an this that these those our my his her their its it them him me us you all each every \
        any some stage what which who no";
    let word = rest.split(' ').next().unwrap_or_default();
    word.is_empty() || (word.starts_with(char::is_alphabetic) && !among(THINGS, &word.to_lowercase()))
}

/// Whether a word in lower case may be somebody's nickname: not the form of a verb or an adverb.
fn is_lower_name(word: &str) -> bool {
    word.len() >= 3
        && word.chars().all(char::is_alphanumeric)
        && !["ing", "ed", "ly", "tion", "ment"].iter().any(|end| word.ends_with(end))
        && !among(NO_SUBJECT, word)
        && !among(NOT_PEOPLE, word)
}

/// Whether the pieces of a list are names, a few words each.
fn is_people_list(names: &str, known: &Known) -> bool {
    let parts: Vec<&str> = names.split([',', '/', '&', '+']).collect();
    let parts =
        parts.iter().flat_map(|part| part.split(" and ")).map(str::trim).filter(|part| !part.is_empty());
    parts.clone().count() > 0 && parts.clone().all(|part| known.holds(part) || part.split(' ').count() <= 4)
}

/// `Ana: ...`, `TSC members: ...`
fn before_colon(text: &str, range: Range<usize>, known: &Known) -> Option<Owned> {
    let part = &text[range.clone()];
    let colon = part.find(':')?;
    let name = part[..colon].trim_end();
    let rest = part[colon + 1..].trim_start();
    if rest.is_empty()
        || rest.starts_with("//")
        || part[colon + 1..].starts_with(|c: char| c.is_ascii_digit() || c == ':')
    {
        return None;
    }
    let rest = range.end - without_verb(rest).len()..range.end;
    if matches!(&*plain(name), "unclaimed" | "unassigned" | "tbd" | "nobody" | "no owner" | "unowned") {
        return Some(Owned { owner: None, text: rest, is_sure: true });
    }
    let is_named = name.split(['/', ',']).all(|name| known.holds(name.trim()))
        || looks_like_people(name)
        || EVERYONE.contains(&&*name.to_lowercase());
    let owner = range.start..range.start + name.len();
    is_named.then_some(Owned { owner: Some(owner), text: rest, is_sure: false })
}

/// Whether every word of `name` is one of a name, or joins names.
pub(super) fn looks_like_people(name: &str) -> bool {
    let words: Vec<&str> = name.split([' ', ',', '/']).filter(|word| !word.is_empty()).collect();
    let lower = |word: &str| word.to_lowercase();
    let is_upper = |word: &&&str| word.starts_with(char::is_uppercase) || word.starts_with('@');
    let is_plain = |word: &&str| {
        (is_upper(&word) || among(JOINING, &lower(word)))
            && !among(NOT_PEOPLE, &lower(word))
            && !word.chars().any(|c| c.is_ascii_digit() || matches!(c, '#' | '`' | '"' | '('))
    };
    let is_group = words.last().is_some_and(|last| among(GROUP, &lower(last)))
        && words.first().is_some_and(|first| is_plain(first) && first.starts_with(char::is_uppercase));
    (1..=6).contains(&words.len())
        && (is_group || words.iter().all(is_plain))
        && words.iter().filter(is_upper).count() > 0
}

/// `Ana - ...`
fn before_dash(text: &str, range: Range<usize>, known: &Known, is_marked: bool) -> Option<Owned> {
    let part = &text[range.clone()];
    let dashes = [" - ", " \u{2013} ", " \u{2014} ", " => ", " -> ", " \u{2192} "];
    let (at, width) = dashes.iter().filter_map(|dash| Some((part.find(dash)?, dash.len()))).min()?;
    let name = part[..at].trim_end();
    let is_known = name.split(['/', ',', '&']).all(|name| known.holds(name.trim()));
    let is_short = name.split_whitespace().count() <= 3 && looks_like_people(name);
    let is_everyone = EVERYONE.contains(&&*name.to_lowercase());
    let owner = range.start..range.start + name.len();
    let rest = without_verb(&part[at + width..]);
    let rest = range.end - rest.len()..range.end;
    (is_known || (is_marked && (is_short || is_everyone))).then_some(Owned {
        owner: Some(owner),
        text: rest,
        is_sure: is_known,
    })
}

/// `Ana, please ...`, behind a mark and when Ana is somebody.
fn before_comma(text: &str, range: Range<usize>, known: &Known, is_marked: bool) -> Option<Owned> {
    let part = &text[range.clone()];
    let comma = part.find(", ")?;
    let is_known = is_marked && known.holds(part[..comma].trim());
    let owner = range.start..range.start + comma;
    is_known.then(|| Owned { owner: Some(owner), text: range.start + comma + 2..range.end, is_sure: true })
}

/// `... (Ana)`, `... - Ana`, `... @ana`, `... [Ana]`, `..., owner: Ana`
fn at_the_end(text: &str, range: Range<usize>, known: &Known) -> Option<Owned> {
    let part = text[range.clone()].trim_end_matches(['.', ' ']);
    let end = range.start + part.len();
    let lower = part.to_ascii_lowercase();
    for label in
        ["owner: ", "assigned to: ", "assigned to ", "assignee: ", "owned by ", "responsible: ", "owner = "]
    {
        if let Some(at) = lower.rfind(label) {
            let start = range.start + at + label.len();
            let owner =
                start..start + text[start..end].find([',', ';', ')', ']', '|', '.']).unwrap_or(end - start);
            let before = text[range.start..range.start + at]
                .trim_end_matches([' ', '(', '[', ',', ';', '-', '\u{2014}', '|']);
            let is_person = is_people(&text[owner.clone()], true);
            let rest = range.start..range.start + before.len();
            return is_person.then_some(Owned { owner: Some(owner), text: rest, is_sure: true });
        }
    }
    let (start, close) = match part.chars().next_back()? {
        ')' => (part.rfind('(')?, 1),
        ']' => (part.rfind('[')?, 1),
        _ => {
            let dashes = [" - ", " \u{2013} ", " \u{2014} ", " -> ", " => ", " \u{2192} "];
            let dash = dashes.iter().filter_map(|dash| Some(part.rfind(dash)? + dash.len())).max();
            let handle = part.rfind(" @").map(|at| at + 1).filter(|&at| !part[at..].contains(' '));
            (dash.into_iter().chain(handle).max()?, 0)
        }
    };
    let inner = range.start + start + close..end - close;
    let inner = trimmed(text, inner);
    let name = &text[inner.clone()];
    let is_named = name.starts_with('@')
        || known.holds(name)
        || pieces(name, 0..name.len()).iter().all(|piece| {
            let piece = &name[piece.clone()];
            known.holds(piece)
                || (looks_like_people(piece)
                    && piece.split(' ').count() <= 2
                    && piece.chars().any(char::is_lowercase))
        });
    let before = part[..start].trim_end_matches([' ', '-', '\u{2013}', '\u{2014}', '>', '=', '\u{2192}']);
    (is_named && !name.is_empty() && !before.is_empty() && is_people(name, true)).then(|| Owned {
        owner: Some(inner),
        text: range.start..range.start + before.len(),
        is_sure: name.starts_with('@') || known.holds(name),
    })
}

/// `#12 - @ana to ...`
fn in_the_middle(text: &str, range: Range<usize>) -> Option<Owned> {
    let part = &text[range.clone()];
    let at = part.find(" @")? + 1;
    let to = at + part[at..].find(" to ").or_else(|| part[at..].find(" will "))?;
    let name = &part[at..to];
    let is_name = name.split(' ').count() <= 2 && !name.ends_with([',', ':']);
    let owner = range.start + at..range.start + to;
    is_name.then_some(Owned { owner: Some(owner), text: range, is_sure: true })
}

/// Whether a word in front of a colon is one that names no person.
pub(super) fn is_no_person(name: &str) -> bool {
    name.split(' ').any(|word| among(NOT_PEOPLE, &word.to_lowercase()))
}

/// Whether `text` is one or more names or groups. `is_named` says that it stands where nothing but an owner does.
pub(super) fn is_people(text: &str, is_named: bool) -> bool {
    let text = text.trim();
    let words = text.split_whitespace().count();
    let is_plain = (1..=if is_named { 14 } else { 3 }).contains(&words)
        && text.chars().count() <= 140
        && !text.chars().any(|c| c.is_ascii_digit() || matches!(c, '#' | '`' | ':' | '?'))
        && text.starts_with(|c: char| c.is_alphabetic() || c == '@')
        && !text.contains("://");
    let first = text.split([' ', ',', '/']).next().unwrap_or_default().to_lowercase();
    let is_word = among(NOT_PEOPLE, &first)
        || matches!(&*first, "wip" | "x" | "tbd" | "none" | "optional" | "if" | "e.g.");
    let is_upper = text.starts_with(|c: char| !c.is_lowercase()) || (is_named && words <= 2);
    let pieces = pieces(text, 0..text.len());
    is_plain && !is_word && is_upper && pieces.iter().all(|piece| text[piece.clone()].split(' ').count() <= 5)
}

/// The name that `range` starts with: words with a capital, or one handle.
pub(super) fn first_name(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let range = trimmed(text, range);
    let part = &text[range.clone()];
    let mut end = 0;
    for word in part.split(' ').take(3) {
        if !word.starts_with(char::is_uppercase) && !word.starts_with('@') {
            break;
        }
        end = (word.as_ptr() as usize - part.as_ptr() as usize) + word.trim_end_matches([',', ';']).len();
    }
    (end > 0 && is_people(&part[..end], true)).then(|| range.start..range.start + end)
}

/// The name that `range` ends with, before a verb such as `will`.
pub(super) fn last_name(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let range = trimmed(text, range);
    let mut part = &text[range.clone()];
    for verb in [" will", " to", " should", " can", " would", " could", ","] {
        part = part.strip_suffix(verb).unwrap_or(part).trim_end();
    }
    let is_sentence = part.rfind(['.', ',', ':', ';', '?', '(']).map_or(0, |at| at + 1);
    let tail = part[is_sentence..].trim_start();
    let from = part.len() - tail.len();
    let mut start = part.len();
    for word in tail.rsplit(' ').take(3) {
        if !word.starts_with(char::is_uppercase) && !word.starts_with('@') {
            break;
        }
        start = word.as_ptr() as usize - part.as_ptr() as usize;
    }
    if start == part.len() {
        // One word in lower case is somebody only when it is all there is before the verb.
        let word = tail.rsplit(' ').next().unwrap_or_default();
        let is_alone = tail == word && is_lower_name(word) && is_name(word);
        start = if is_alone { from } else { return None };
    }
    let name = &part[start..];
    let is_subject = !among(NO_SUBJECT, &name.to_lowercase());
    (is_subject && !name.is_empty()).then(|| range.start + start..range.start + part.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<(&str, &str)>) {
        let mut known = Known::default();
        known.add("Dee Fox");
        let found = owned(text, 0..text.len(), &known, true);
        let found = found.map(|owned| (owned.owner.map_or("", |owner| &text[owner]), &text[owned.text]));
        assert_eq!(found, expect, "{text:?}");
    }

    #[test]
    fn an_owner_is_known_in_every_form() {
        for text in [
            "Ana to call them",
            "Ana will call them",
            "Ana: call them",
            "Ana - call them",
            "[Ana] call them",
            "[Ana]: call them",
            "call them (Ana)",
            "call them - Ana",
            "call them [Ana]",
            "call them, owner: Ana",
            "call them (assigned to Ana)",
        ] {
            check(text, Some(("Ana", "call them")));
        }
        check("@ana will call them", Some(("@ana", "call them")));
        check("@ana: call them", Some(("@ana", "call them")));
        check("call them @ana", Some(("@ana", "call them")));
        check("@ana and @bo to call them", Some(("@ana and @bo", "call them")));
        check("Ana, Bo to call them", Some(("Ana, Bo", "call them")));
        check("Ana and Bo: call them", Some(("Ana and Bo", "call them")));
        check("TSC members: call them", Some(("TSC members", "call them")));
        check("All reading group members: call them", Some(("All reading group members", "call them")));
        check("everyone: call them", Some(("everyone", "call them")));
        check("Dee, call them", Some(("Dee", "call them")));
        check("boats to call them", Some(("boats", "call them")));
        check("dee: call them", Some(("dee", "call them")));
        check("Unclaimed: call them", Some(("", "call them")));
    }

    #[test]
    fn no_owner_is_read_where_none_is_named() {
        for text in [
            "Need to call them",
            "We will call them",
            "The team wants this: call them",
            "Note: call them",
            "node: call them",
            "call them (soon)",
            "call them (#12)",
            "call them - done",
            "https://example.org/x",
            "[WIP #12] call them",
            "continue to call them",
            "Punt to the team",
            "Rename to \"them\"",
        ] {
            check(text, None);
        }
    }
}
