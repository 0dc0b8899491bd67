//! Names of people as minutes hold them: with handles, affiliations, roles, marks and remarks around them.
//!
//! Everything here gives ranges of the text it was handed, so that each name keeps its bytes. Nothing here knows where
//! in a document the text stood.

use std::ops::Range;

use super::parts::{plain, trimmed};
use super::words::among;

/// Words that stand where a name is to be filled in, or for nobody in particular.
const NOBODY: &[&str] = &[
    "",
    "none",
    "n a",
    "na",
    "tbd",
    "tba",
    "todo",
    "nobody",
    "no one",
    "noone",
    "everyone",
    "all",
    "name",
    "names",
    "your name",
    "full name",
    "others",
    "various",
    "unknown",
    "attendees",
    "link",
    "links",
    "recording",
    "notes",
    "minutes",
    "agenda",
    "here",
    "present",
    "absent",
    "total",
    "quorum",
    "date",
    "time",
    "video",
    "transcript",
    "yes",
    "no",
    "same",
    "et al",
    "first last",
    "me",
    "you",
    "anonymous",
    "members",
    "guests",
    "observers",
    "regrets",
];

/// Words that no name holds but sentences do.
const SENTENCE: &str = "\
    the is are was were will with for took takes moderated chaired not but please add see this that \
    these we our your have has had if when who taking no there here here's it be been by to joined left \
    wrote following yourself meeting recording minutes on in or he she they facilitated left.";

/// Words for what somebody does that are nobody's name.
const ROLES: &str = "\
    chair chairman chairwoman chairperson co-chair cochair vice-chair lead leader manager engineer director \
    officer secretary scribe president treasurer facilitator moderator maintainer editor architect developer \
    designer analyst coordinator consultant sponsor owner administrator notetaker timekeeper cto ceo cfo coo \
    ciso sre vp";

/// Where a name ends and something about it starts.
const ENDS: &[&str] = &[
    " - ",
    " \u{2013} ",
    " \u{2014} ",
    " -",
    "- ",
    "\u{2013}",
    "\u{2014}",
    "(",
    "[",
    "]",
    " @",
    "<",
    "|",
    ":",
    "/",
    ",",
    ";",
    "\u{b7}",
    "\t",
    "\u{2192}",
    "=",
    "!",
    "`",
    " http",
    " from ",
    " at ",
    " for ",
    " representing ",
    " on behalf ",
    " as ",
    " via ",
    " joined",
    " \u{2022}",
    "\n",
    "{",
    "?",
    "*",
    " + ",
    "~",
    " \"",
    " of the ",
];

/// Where the one name stands that `range` of `text` starts with.
pub(in crate::extract) fn person(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let part = text.get(range.clone())?;
    let whole = plain(part);
    if !whole.is_empty() && NOBODY.contains(&&*whole) {
        return None;
    }
    let lead = part.find(|c: char| c.is_alphanumeric() || c == '@')?;
    let start = range.start + lead;
    let part = &text[start..range.end];
    if part.starts_with('@') && !part.starts_with("@ ") {
        return handle(text, start..range.end);
    }
    let end = ENDS.iter().filter_map(|end| part.find(end)).filter(|&at| at > 0).min().unwrap_or(part.len());
    let name = part[..end].trim_end_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != '\'');
    let is_initial = name.ends_with('.') && name.rsplit(' ').next().is_some_and(|word| word.len() <= 3);
    let name = if is_initial { name } else { name.trim_end_matches(['.', '\'']) };
    is_name(name).then(|| start..start + name.len())
}

/// The handle at the start of `range`, or the name that stands behind it.
fn handle(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let part = &text[range.clone()];
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let length = part[1..].find(|c| !is_part(c)).map_or(part.len(), |at| at + 1);
    let handle = part[..length].trim_end_matches(['.', '-']);
    if handle.len() < 2 {
        return None;
    }
    let rest = part[length..].trim_start_matches([']', '[']);
    if rest.starts_with(|c: char| c.is_lowercase()) || first_word_is_lower(rest) {
        return None;
    }
    let named = person(text, range.end - rest.len()..range.end).filter(|name| {
        let name = &text[name.clone()];
        let words: Vec<&str> = name.split(' ').collect();
        let upper =
            |word: &&&str| word.starts_with(char::is_uppercase) && word.chars().any(char::is_lowercase);
        words.len() >= 2 && words.iter().filter(upper).count() >= 2
    });
    Some(named.unwrap_or(range.start..range.start + handle.len()))
}

/// Whether a word in lower case follows, as in `@ana took notes`.
fn first_word_is_lower(rest: &str) -> bool {
    let word = rest.strip_prefix(' ').unwrap_or_default();
    word.starts_with(|c: char| c.is_lowercase())
}

/// Whether `text` can be a name: a few words, none of them one of sentences.
pub(in crate::extract) fn is_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_short = matches!(words.len(), 1..=5) && text.chars().count() <= 40;
    if !is_short || !text.starts_with(char::is_alphanumeric) || !text.chars().any(char::is_alphabetic) {
        return false;
    }
    let lower = text.to_lowercase();
    let counts = |word: &&&str| word.len() > 2 || word.starts_with(char::is_lowercase);
    let has_sentence =
        words.iter().filter(counts).any(|word| among(SENTENCE, word.to_lowercase().trim_matches(['.', ','])))
            || matches!(lower.split(' ').next(), Some("we" | "no" | "if" | "it") if words.len() > 1);
    let has_digits = words.len() > 1 && text.chars().any(|c| c.is_ascii_digit());
    let lower_words = words.iter().filter(|word| word.starts_with(char::is_lowercase)).count();
    !has_sentence && !has_digits && lower_words <= 2 && !NOBODY.contains(&plain(text).as_str())
}

/// Whether `text` says what somebody does: `chair`, `operations lead`, `Head of Product`. Of a role in capitals only one
/// word may stand before the last, or it could be `Bo Li Chair`.
fn is_role(text: &str) -> bool {
    let is_lower = |word: &&str| word.starts_with(char::is_lowercase);
    let words: Vec<&str> = text.split_whitespace().collect();
    let known = |word: &str| among(ROLES, &word.to_lowercase());
    match words.as_slice() {
        [first, "of" | "for", _, ..] => known(first) || first.eq_ignore_ascii_case("head"),
        [before @ .., last] => known(last) && (before.len() < 2 || before.iter().all(is_lower)),
        [] => false,
    }
}

/// Where the pieces of a list in one line stand: `Ana, Bo and Cy (Acme, Inc)`, `@ana @bo`. What somebody does belongs to
/// the piece with the name before it: `Ana, chair`.
pub(in crate::extract) fn pieces(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    const BETWEEN: &[&str] = &[",", ";", " and ", " & ", "\n", " | ", "\u{b7}", "\u{2022}", "\u{3001}"];
    let mut found = Vec::new();
    let (mut depth, mut start, mut at) = (0usize, range.start, range.start);
    while at < range.end {
        let rest = &text[at..range.end];
        let c = rest.chars().next().expect("the range ends on characters");
        let separator = BETWEEN.iter().find(|between| depth == 0 && rest.starts_with(**between));
        let next_handle = depth == 0 && rest.starts_with(" @") && text[start..].trim_start().starts_with('@');
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let width = separator.map_or(0, |between| between.len());
        if width > 0 || next_handle {
            found.push(trimmed(text, start..at));
            start = at + width;
        }
        at += if width > 0 { width } else { c.len_utf8() };
    }
    found.push(trimmed(text, start..range.end));
    found.retain(|piece| !piece.is_empty());
    found.dedup_by(|next, last| {
        let is_about_last = is_role(&text[next.clone()]);
        last.end = if is_about_last { next.end } else { last.end };
        is_about_last
    });
    found
}

/// The names of a list in one line; `None` when most of its pieces are none.
pub(in crate::extract) fn people(
    text: &str,
    range: Range<usize>,
) -> Option<Vec<(Range<usize>, Range<usize>)>> {
    let pieces = pieces(text, range);
    let strip = |piece: &Range<usize>| {
        let own = &text[piece.clone()];
        own.strip_prefix("and ").map_or(piece.clone(), |rest| piece.end - rest.len()..piece.end)
    };
    let pieces: Vec<_> = pieces.iter().map(strip).collect();
    let names: Vec<_> =
        pieces.iter().filter_map(|piece| Some((person(text, piece.clone())?, piece.clone()))).collect();
    let is_list = !names.is_empty() && names.len() * 10 >= pieces.len() * 6;
    is_list.then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<&str>) {
        assert_eq!(person(text, 0..text.len()).map(|range| &text[range]), expect, "{text:?}");
    }

    #[test]
    fn a_name_comes_without_what_is_said_about_it() {
        for text in [
            "Ana Ito",
            "Ana Ito (Acme)",
            "Ana Ito @ana (lead)",
            "Ana Ito - Acme",
            "Ana Ito, Acme",
            "Ana Ito <ana@example.org>",
            "Ana Ito / Acme",
            "Ana Ito \u{2014} remote",
            "\u{2705} Ana Ito",
            "@ana - Ana Ito",
            "@ana (Ana Ito)",
            "Ana Ito [Acme]",
            "Ana Ito: joins late",
            "Ana Ito from Acme",
            "* Ana Ito -TSC",
        ] {
            check(text, Some("Ana Ito"));
        }
        check("@ana", Some("@ana"));
        check("[@ana][]", Some("@ana"));
        check("Bo J. Li Jr.", Some("Bo J. Li Jr."));
        check("Ana-Maria O'Hara", Some("Ana-Maria O'Hara"));
        check("\u{41e}\u{43b}\u{44c}\u{433}\u{430} (Acme)", Some("\u{41e}\u{43b}\u{44c}\u{433}\u{430}"));
    }

    #[test]
    fn sentences_and_blanks_are_no_names() {
        for text in [
            "",
            "-",
            "TBD",
            "none",
            "N/A",
            "@ana took notes",
            "Please add yourself",
            "We met on Monday",
            "(your name)",
            "see the list",
            "10:30",
            "the whole team was there",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn a_line_of_names_is_taken_apart() {
        let names = |text: &str| {
            let found = people(text, 0..text.len()).unwrap_or_default();
            found.into_iter().map(|(name, _)| text[name].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names("Ana, Bo Li (Acme, Inc) and Cy"), ["Ana", "Bo Li", "Cy"]);
        assert_eq!(names("@ana @bo, @cy"), ["@ana", "@bo", "@cy"]);
        assert_eq!(names("Ana; Bo, and Cy"), ["Ana", "Bo", "Cy"]);
        assert_eq!(
            names("Ana Ito, chair, Bo Li, Head of Product, Cy and Dee Fox, SRE"),
            ["Ana Ito", "Bo Li", "Cy", "Dee Fox"]
        );
        assert_eq!(names("Ana Ito, Bo Li Chair, Cy"), ["Ana Ito", "Bo Li Chair", "Cy"]);
        assert!(names("We were late, and the room was not there").is_empty());
    }
}
