//! Which other decisions a text names, and how: it supersedes, is superseded by, amends them.
//!
//! A decision is named by its number where it has one and lies in the same folder, by its path where it lies in another,
//! else by its file's name. What leads out of the repository names none.

use std::ops::Range;

use super::name::{self, Name};
use crate::model::date;

/// How one decision stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// It takes the place of the other.
    Supersedes,
    /// The other takes its place.
    SupersededBy,
    /// It changes the other.
    Amends,
    /// A relation that has no field: what is named behind it belongs to none of the others.
    Other,
}

/// The verbs of relations, the longer ones first. The passive needs a "by" behind it.
const VERBS: &[(&str, Relation)] = &[
    ("supersedes", Relation::Supersedes),
    ("supercedes", Relation::Supersedes),
    ("superseeds", Relation::Supersedes),
    ("superceeds", Relation::Supersedes),
    ("replaces", Relation::Supersedes),
    ("obsoletes", Relation::Supersedes),
    ("overrides", Relation::Supersedes),
    ("superseded", Relation::SupersededBy),
    ("superceded", Relation::SupersededBy),
    ("superseeded", Relation::SupersededBy),
    ("superceeded", Relation::SupersededBy),
    ("replaced", Relation::SupersededBy),
    ("obsoleted", Relation::SupersededBy),
    ("overridden", Relation::SupersededBy),
    ("amends", Relation::Amends),
    ("amended", Relation::Other),
    ("complements", Relation::Other),
    ("complemented", Relation::Other),
    ("completes", Relation::Other),
    ("completed", Relation::Other),
    ("extends", Relation::Other),
    ("extended", Relation::Other),
    ("clarifies", Relation::Other),
    ("clarified", Relation::Other),
    ("relates", Relation::Other),
    ("related", Relation::Other),
    ("refines", Relation::Other),
    ("refined", Relation::Other),
    ("depends", Relation::Other),
    ("rejected", Relation::Other),
    ("see", Relation::Other),
];

/// The relation that a value called `name` states, such as `superseded by`.
#[must_use]
pub fn of_name(name: &str) -> Option<Relation> {
    match name {
        "supersedes" | "supercedes" | "superseeds" | "replaces" | "obsoletes" | "superseding" => {
            Some(Relation::Supersedes)
        }
        "superseded by" | "superceded by" | "superseeded by" | "superseded" | "superceded"
        | "replaced by" | "obsoleted by" | "supersededby" | "overridden by" => Some(Relation::SupersededBy),
        "amends" => Some(Relation::Amends),
        _ => None,
    }
}

/// Whether `text`, the value of a relation, says that there is none, whatever it explains behind that word: `None
/// (extends ADR-5)`.
#[must_use]
pub fn names_none(text: &str) -> bool {
    let lower = text.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let word = lower.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    matches!(word, "none" | "nothing" | "nil") || lower.starts_with("n/a")
}

/// The relations that `text` states, each with the bytes of `text` in which the other decisions are named.
#[must_use]
pub fn stated(text: &str) -> Vec<(Relation, Range<usize>)> {
    let lower = text.to_ascii_lowercase();
    let masked = masked(&lower);
    let mut verbs: Vec<(usize, usize, Relation)> = Vec::new();
    let mut at = 0;
    for word in masked.split(|c: char| !c.is_ascii_alphabetic()) {
        if let Some((verb, relation)) = VERBS.iter().find(|(verb, _)| *verb == word) {
            verbs.push((at, at + verb.len(), *relation));
        }
        at += word.len();
        at += masked[at..].chars().next().map_or(0, char::len_utf8);
    }
    let ends = verbs.iter().skip(1).map(|verb| verb.0).chain([text.len()]);
    let mut found = Vec::new();
    for ((_, from, relation), end) in verbs.iter().zip(ends) {
        let start = match relation {
            Relation::SupersededBy => match by(&masked[*from..end]) {
                Some(offset) => from + offset,
                None => continue,
            },
            _ => *from,
        };
        if !names_none(&text[start..end]) {
            found.push((*relation, start..end));
        }
    }
    found
}

/// Whether `text` says of itself how it stands to others: a relation's verb comes first.
#[must_use]
pub fn starts_with_relation(text: &str) -> bool {
    const LEAD: &[&str] = &[
        "this",
        "adr",
        "decision",
        "record",
        "partially",
        "partly",
        "in",
        "part",
        "it",
        "also",
        "note",
        "status",
        "is",
    ];
    let lower = text.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    words.find(|word| !LEAD.contains(word)).is_some_and(|word| VERBS.iter().any(|(verb, _)| *verb == word))
}

/// Where what stands behind the word "by" begins.
fn by(text: &str) -> Option<usize> {
    let at = text.match_indices("by").find(|(at, _)| {
        let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        is_edge(text[..*at].chars().next_back()) && is_edge(text[at + 2..].chars().next())
    });
    at.map(|(at, _)| at + 2)
}

/// The decisions that `text`, which stands in the file `own`, names; each with its bytes in `text`.
#[must_use]
pub fn targets(text: &str, own: &str) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    for (range, destination) in links(text) {
        found.extend(of_destination(destination, own).map(|target| (target, range)));
    }
    found.extend(mentions(&masked(text)));
    found.sort_by_key(|(_, range)| range.start);
    let mut unique: Vec<(String, Range<usize>)> = Vec::new();
    for (target, range) in found {
        if !unique.iter().any(|(known, _)| *known == target) {
            unique.push((target, range));
        }
    }
    unique
}

/// The inline links of Markdown in `text`: the bytes of each, and its destination.
fn links(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(middle) = text[from..].find("](").map(|at| from + at) {
        let open = text[from..middle].rfind('[').map_or(from, |at| from + at);
        let Some(close) = text[middle..].find(')').map(|at| middle + at) else { break };
        let destination = text[middle + 2..close].split_whitespace().next().unwrap_or_default();
        found.push((open..close + 1, destination.trim_matches(['<', '>'])));
        from = close + 1;
    }
    found
}

/// `text` with links, addresses and dates blanked out; every byte keeps its place.
fn masked(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let mut blank = |range: Range<usize>| bytes[range].fill(b' ');
    links(text).into_iter().for_each(|(range, _)| blank(range));
    for (at, _) in text.match_indices("://") {
        let start = text[..at].rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
        let end = text[at..].find(char::is_whitespace).map_or(text.len(), |end| at + end);
        // What is no character boundary is left: only whole characters are blanked.
        if text.is_char_boundary(start) {
            blank(start..end);
        }
    }
    for (_, range) in date::dates(text) {
        let goes_on = text[range.end..].starts_with(['-', '_']);
        if !goes_on {
            blank(range);
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| " ".repeat(text.len()))
}

/// The decisions named in plain words: `ADR 5`, `ADR-0005 and 7`, `#5`, `0005-use-x`.
fn mentions(text: &str) -> Vec<(String, Range<usize>)> {
    const OPENS: &[&str] = &["adr", "adrs", "madr", "decision", "decisions", "record", "records"];
    const BETWEEN: &[&str] = &["and", "or", "no", "number", "by"];
    let mut found = Vec::new();
    let mut is_open = true;
    let mut at = 0;
    for token in text.split([' ', '\t', '\n', ',', ';', '&', '(', ')', '[', ']', '"', '\'', '`', '*', '|']) {
        let range = at..at + token.len();
        at = range.end + 1;
        let word = token
            .trim_end_matches(['.', ':', '!', '?'])
            .trim_start_matches(['#', '_', '<'])
            .trim_end_matches(['_', '>']);
        if word.is_empty() {
            continue;
        }
        let target = mention(word, is_open);
        let lower = word.to_lowercase();
        is_open = target.is_some() || OPENS.contains(&&*lower) || (is_open && BETWEEN.contains(&&*lower));
        found.extend(target.map(|target| (target, range)));
    }
    found
}

fn mention(word: &str, is_open: bool) -> Option<String> {
    let is_number = word.len() <= 5 && word.bytes().all(|byte| byte.is_ascii_digit());
    if is_number {
        return if is_open { word.parse::<i64>().ok().map(|number| number.to_string()) } else { None };
    }
    let stem = ["md", "mdx", "markdown"].iter().find_map(|end| word.strip_suffix(end)?.strip_suffix('.'));
    let name = Name::of(stem.unwrap_or(word));
    let is_file = stem.is_some() || (word.contains('-') && !name.words.is_empty());
    match name.number {
        Some(number) if name.is_marked || is_file => Some(number.to_string()),
        None if is_file && (stem.is_some() || name.date.is_some()) && !word.contains('/') => {
            Some(stem.unwrap_or(word).to_owned())
        }
        _ => None,
    }
}

/// The decision that a link in the file `own` leads to.
fn of_destination(destination: &str, own: &str) -> Option<String> {
    let path = destination.split(['#', '?']).next().unwrap_or_default();
    if path.is_empty() || path.contains("://") || path.starts_with("mailto:") || path.starts_with('@') {
        return None;
    }
    let is_route = path.starts_with('/') && !path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    let (folder, file) = resolved(path, own);
    let (stem, extension) = match file.rsplit_once('.') {
        Some((stem, extension)) if extension.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            (stem, extension)
        }
        _ => (&*file, ""),
    };
    if !matches!(&*extension.to_lowercase(), "" | "md" | "mdx" | "markdown" | "html" | "htm") {
        return None;
    }
    let is_page = matches!(&*stem.to_lowercase(), "readme" | "index");
    let (folder, stem) = match folder.rsplit_once('/') {
        Some((above, last)) if is_page => (above.to_owned(), last.to_owned()),
        _ => (folder, stem.to_owned()),
    };
    if folder != name::folder(own) && !is_route {
        return Some(format!("{folder}/{file}").trim_start_matches('/').to_owned());
    }
    let number = Name::of(&stem).number.or_else(|| stem.parse().ok());
    Some(number.map_or(stem, |number| number.to_string()))
}

/// The folder and the last part of `path`, seen from the file `own`.
fn resolved(path: &str, own: &str) -> (String, String) {
    let start = own.rfind('/').map_or("", |at| &own[..at]);
    let mut parts: Vec<&str> = match path.starts_with('/') {
        true => Vec::new(),
        false => start.split('/').filter(|part| !part.is_empty()).collect(),
    };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let file = parts.pop().unwrap_or_default().to_owned();
    (parts.join("/"), file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let found = targets(text, "docs/adr/0009-own.md");
        let names: Vec<&str> = found.iter().map(|(target, _)| target.as_str()).collect();
        assert_eq!(names, expect, "{text:?}");
        assert!(found.iter().all(|(_, range)| text.get(range.clone()).is_some()), "{text:?}");
    }

    #[test]
    fn a_decision_is_named_in_every_form() {
        for text in [
            "5",
            "0005",
            "ADR-5",
            "ADR 5",
            "adr-005-use-x.md",
            "#5",
            "[ADR-5](0005-use-x.md)",
            "[Use x](./0005-use-x.md#status)",
            "[Use x](0005-use-x/README.md)",
            "[ADR 5](/adr/5)",
            "[\u{e9}](../adr/0005-use-x.md) on 2026-11-20",
            "0005-use-x",
        ] {
            check(text, &["5"]);
        }
        check("ADR 5 and 7, [9. Own](0009-own.md)", &["5", "7", "9"]);
    }

    #[test]
    fn a_decision_without_a_number_or_in_another_folder_keeps_its_name() {
        check("[x](20261120-use-x.md)", &["20261120-use-x"]);
        check("20261120-use-x", &["20261120-use-x"]);
        check("[x](../../core/adr/0005-x.md)", &["core/adr/0005-x.md"]);
    }

    #[test]
    fn other_numbers_and_links_name_no_decision() {
        for text in [
            "2026-11-20",
            "the 12 proposals of 3 teams",
            "version 1.5",
            "[ADR-5](https://example.org/adr/0005-x.md)",
            "https://example.org/5",
            "[picture](5.png)",
            "none",
            "n/a",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn a_relation_to_none_is_told_from_one_that_names_a_decision() {
        for text in ["None", "none (extends ADR-5)", "**Nothing**; amends ADR 5", "N/A, see 0005-x.md", "nil"]
        {
            assert!(names_none(text), "{text:?}");
        }
        for text in ["", "ADR 5", "[5. Nothing](0005-nothing.md)", "0005-nothing.md", "5"] {
            assert!(!names_none(text), "{text:?}");
        }
    }

    #[test]
    fn each_verb_has_what_stands_behind_it() {
        let check = |text: &str, expect: &[(Relation, &str)]| {
            let found = stated(text);
            let found: Vec<_> =
                found.iter().map(|(relation, range)| (*relation, text[range.clone()].trim())).collect();
            assert_eq!(found, expect);
        };
        check("Superseded (never built) by ADR 5", &[(Relation::SupersededBy, "ADR 5")]);
        check(
            "Accepted, supersedes 3, amended by 4",
            &[(Relation::Supersedes, "3,"), (Relation::Other, "by 4")],
        );
        check("**Supersedes:** nothing. It narrows ADR 5", &[]);
        check("Supersedes none, amends ADR 5", &[(Relation::Amends, "ADR 5")]);
        check("[superseded by](x.md)", &[]);
        check("superseded", &[]);
    }
}
