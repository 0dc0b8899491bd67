//! Where a decision stands, out of the words in which people say it.
//!
//! `Accepted & implemented`, `~~Proposed~~ accepted`, `Superceded by [ADR-5](0005-x.md), 2026-11-20`: the first words of
//! a clause decide, what follows them explains. A choice that nobody made (`proposed | accepted | rejected`), a blank
//! that nobody filled in and a word not known here give no state. This module does not know where the text stood.

use std::fmt;

/// Where a decision stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Put forward; nobody has decided yet.
    Proposed,
    /// Put off: to be decided later.
    Deferred,
    /// Carried out, and nothing is said of who agreed.
    Implemented,
    /// In force.
    Accepted,
    /// Decided against.
    Rejected,
    /// No longer in force, and nothing took its place.
    Deprecated,
    /// No longer in force: another decision took its place.
    Superseded,
}

/// What a text says about the state of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// It names a state.
    State(Status),
    /// Nobody filled it in: a choice between states, a blank, the words of a template.
    Placeholder,
    /// Something else.
    Unknown,
}

impl Status {
    /// All states, in the order in which a decision goes through them.
    pub const ALL: [Self; 7] = [
        Self::Proposed,
        Self::Deferred,
        Self::Implemented,
        Self::Accepted,
        Self::Rejected,
        Self::Deprecated,
        Self::Superseded,
    ];

    /// The name in records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Deferred => "deferred",
            Self::Implemented => "implemented",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Deprecated => "deprecated",
            Self::Superseded => "superseded",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// The state that `text` names, in whatever form; `None` when it names none for certain.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match read(text) {
            Reading::State(status) => Some(status),
            Reading::Placeholder | Reading::Unknown => None,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What `text` says about the state of a decision.
#[must_use]
pub fn read(text: &str) -> Reading {
    let plain = without_targets(text);
    let outer = without_brackets(&plain);
    let body = if outer.chars().any(char::is_alphabetic) { outer } else { plain };
    if is_choice(&body) {
        return Reading::Placeholder;
    }
    match state_of(&body) {
        Some(status) => Reading::State(status),
        None if is_blank(text) => Reading::Placeholder,
        None => Reading::Unknown,
    }
}

/// The words for each state, those of a few other languages among them, beside misspellings that are one letter off.
const WORDS: &[(Status, &[&str])] = &[
    (
        Status::Proposed,
        &[
            "proposed",
            "proposal",
            "proposing",
            "propose",
            "pending",
            "draft",
            "drafted",
            "drafting",
            "wip",
            "submitted",
            "open",
            "undecided",
            "rfc",
            "under review",
            "in review",
            "under discussion",
            "in discussion",
            "under consideration",
            "being discussed",
            "for review",
            "review",
            "for discussion",
            "work in progress",
            "request for comments",
            "review needed",
            "awaiting approval",
            "awaiting decision",
            "awaiting review",
            "propos\u{e9}",
            "propos\u{e9}e",
            "vorgeschlagen",
            "propuesto",
            "propuesta",
            "proposto",
            "proposta",
        ],
    ),
    (Status::Deferred, &["deferred", "postponed", "on hold", "onhold", "put on hold", "parked", "paused"]),
    (Status::Implemented, &["implemented"]),
    (
        Status::Accepted,
        &[
            "accepted",
            "accept",
            "approved",
            "adopted",
            "agreed",
            "decided",
            "ratified",
            "confirmed",
            "active",
            "endorsed",
            "enacted",
            "effective",
            "in force",
            "in effect",
            "signed off",
            "final",
            "finalized",
            "finalised",
            "accept\u{e9}",
            "accept\u{e9}e",
            "valid\u{e9}",
            "valid\u{e9}e",
            "akzeptiert",
            "angenommen",
            "aceptado",
            "aceptada",
            "aceito",
            "aceita",
            "accettato",
            "accettata",
        ],
    ),
    (
        Status::Rejected,
        &[
            "rejected",
            "reject",
            "declined",
            "denied",
            "refused",
            "withdrawn",
            "dismissed",
            "turned down",
            "rejet\u{e9}",
            "rejet\u{e9}e",
            "refus\u{e9}",
            "refus\u{e9}e",
            "abgelehnt",
            "verworfen",
            "rechazado",
            "rechazada",
            "rejeitado",
            "rejeitada",
            "rifiutato",
            "rifiutata",
        ],
    ),
    (
        Status::Deprecated,
        &[
            "deprecated",
            "obsolete",
            "removed",
            "retired",
            "revoked",
            "reverted",
            "rescinded",
            "sunset",
            "outdated",
            "no longer valid",
        ],
    ),
    (
        Status::Superseded,
        &[
            "superseded",
            "superseeded",
            "superceded",
            "superceeded",
            "supersede by",
            "replaced",
            "overridden",
            "obsoleted by",
            "overruled",
        ],
    ),
];

/// Words that may stand before the state in its clause and change nothing.
const LEAD: &[&str] = &[
    "a",
    "already",
    "an",
    "and",
    "also",
    "adr",
    "been",
    "but",
    "currently",
    "decision",
    "formally",
    "fully",
    "had",
    "has",
    "have",
    "here",
    "initially",
    "is",
    "it",
    "largely",
    "later",
    "mostly",
    "now",
    "officially",
    "originally",
    "partially",
    "partly",
    "provisionally",
    "record",
    "state",
    "status",
    "still",
    "tentatively",
    "the",
    "then",
    "this",
    "unanimously",
    "was",
    "we",
    "were",
    "conditionally",
    "since",
    "as",
    "of",
    "on",
];

/// Words that turn what follows them around.
const NEGATIONS: &[&str] =
    &["no", "not", "never", "cannot", "without", "isn't", "isnt", "wasn't", "un", "non"];

/// The state that the clauses of `text` lead to.
fn state_of(text: &str) -> Option<Status> {
    let mut found: Vec<Status> = Vec::new();
    for (at, clause) in clauses(text).enumerate() {
        match clause_state(&clause) {
            Clause::State(status) => found.push(status),
            Clause::Nothing => {}
            // What a text starts with decides whether it speaks of its own state.
            Clause::Other if at == 0 || found.is_empty() => return None,
            Clause::Other => {}
        }
    }
    let last = found.iter().copied().max()?;
    let contradicts = |one, other| found.contains(&one) && found.contains(&other);
    if last == Status::Rejected && contradicts(Status::Rejected, Status::Accepted) {
        return None;
    }
    Some(last)
}

enum Clause {
    State(Status),
    /// No words that say anything: a date, a number.
    Nothing,
    Other,
}

fn clause_state(words: &[String]) -> Clause {
    let says = |word: &&String| word.chars().any(char::is_alphabetic);
    let mut words: Vec<&str> = words.iter().filter(says).map(String::as_str).collect();
    loop {
        let Some(&first) = words.first() else { return Clause::Nothing };
        if let Some(status) = named(&words) {
            return Clause::State(status);
        }
        if NEGATIONS.contains(&first) || !LEAD.contains(&first) {
            return Clause::Other;
        }
        words.remove(0);
    }
}

/// The state whose words `words` start with.
fn named(words: &[&str]) -> Option<Status> {
    let starts_with = |phrase: &&&str| {
        let mut count = 0;
        phrase.split(' ').all(|part| {
            count += 1;
            words.get(count - 1) == Some(&part)
        })
    };
    let exact = WORDS.iter().find(|(_, phrases)| phrases.iter().any(|phrase| starts_with(&phrase)));
    exact.map(|(status, _)| *status).or_else(|| misspelled(words.first()?))
}

/// The state that a word of some length is one slip away from.
fn misspelled(word: &str) -> Option<Status> {
    const LONG: usize = 7;
    let is_near =
        |known: &&&str| known.len() > LONG && !known.contains(' ') && strsim::osa_distance(word, known) == 1;
    let is_count_right = |known: &&str| known.ends_with('d') == word.ends_with('d');
    let near = |phrases: &[&str]| phrases.iter().filter(|known| is_near(known)).any(is_count_right);
    if word.len() < LONG {
        return None;
    }
    WORDS.iter().find(|(_, phrases)| near(phrases)).map(|(status, _)| *status)
}

/// The clauses of `text`, each as its words in lower case.
fn clauses(text: &str) -> impl Iterator<Item = Vec<String>> {
    let lower = text.to_lowercase().replace(['\u{2192}', '&', '+', '\u{2013}', '\u{2014}', ':', '|'], ";");
    let lower = lower.replace("->", ";").replace("=>", ";").replace(" - ", ";").replace(" and ", ";");
    let lower = lower.replace(" but ", ";").replace(" then ", ";");
    let clauses: Vec<Vec<String>> = lower
        .split([';', ',', '.', '\n', '!'])
        .map(|clause| {
            let parts = clause.split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '\u{2019}')));
            parts.filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        })
        .filter(|words| !words.is_empty())
        .collect();
    clauses.into_iter()
}

/// Whether `text` offers several states and takes none: `proposed | accepted`, `accepted/rejected`, or three of them.
fn is_choice(text: &str) -> bool {
    let lower = text.to_lowercase();
    let parts: Vec<&str> = lower.split(['|', '/']).flat_map(|part| part.split(" or ")).collect();
    let states = |parts: &[&str]| {
        let of = |part: &&str| {
            clauses(part)
                .filter_map(|words| match clause_state(&words) {
                    Clause::State(status) => Some(status),
                    Clause::Nothing | Clause::Other => None,
                })
                .next()
        };
        let mut states: Vec<Status> = parts.iter().filter_map(of).collect();
        states.sort_unstable();
        states.dedup();
        states.len()
    };
    if parts.len() > 1 && states(&parts) > 1 {
        return true;
    }
    let listed: Vec<&str> =
        lower.split([',', ';', '|', '/', '\n']).flat_map(|part| part.split(" or ")).collect();
    states(&listed) > 2
}

/// Whether `text` is a blank to fill in: brackets around all of it, or a word for "later".
fn is_blank(text: &str) -> bool {
    let text = text.trim();
    let inside = [('{', '}'), ('[', ']'), ('<', '>')].iter().any(|(open, close)| {
        text.strip_prefix(*open)
            .and_then(|rest| rest.strip_suffix(*close))
            .is_some_and(|rest| !rest.contains(*open))
    });
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    inside
        || matches!(
            &*bare,
            "tbd"
                | "tba"
                | "todo"
                | "to do"
                | "to be defined"
                | "to be decided"
                | "to be determined"
                | "status"
                | "xxx"
        )
        || bare.starts_with("what is the status")
}

/// `text` with the targets of Markdown links taken out, and their brackets.
fn without_targets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("](") {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        rest = after.find(')').map_or("", |end| &after[end + 1..]);
        if let Some(open) = out.rfind('[') {
            out.remove(open);
        }
    }
    out + rest
}

/// `text` without what stands in brackets and without what is struck out.
fn without_brackets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut depth = 0_usize;
    for (at, part) in text.split("~~").enumerate() {
        if at % 2 == 1 {
            continue;
        }
        for c in part.chars() {
            match c {
                '(' | '[' | '{' | '<' => depth += 1,
                ')' | ']' | '}' | '>' => depth = depth.saturating_sub(1),
                c if depth == 0 => out.push(c),
                _ => {}
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expect: Option<Status>, texts: &[&str]) {
        for text in texts {
            assert_eq!(Status::parse(text), expect, "{text:?}");
        }
    }

    #[test]
    fn the_first_words_of_a_clause_decide() {
        check(
            Some(Status::Accepted),
            &[
                "accepted",
                "ACCEPTED",
                "Accepted.",
                "\u{2705} Accepted",
                "**Accepted**",
                "\"Accepted\"",
                "(accepted)",
                "[Accepted]",
                "Accepted (by silence) & implemented",
                "Accepted (all read/write paths moved; #12/#13 retired)",
                "Accepted, not built yet",
                "Accepted on 2026-11-20",
                "2026-11-20: accepted",
                "2026-11-20 - Approved by Ana",
                "Status: adopted",
                "This ADR has been approved",
                "Proposed 2026-11-01, accepted 2026-11-20",
                "Proposed \u{2192} Accepted",
                "~~Proposed~~ Accepted",
                "Accepted; supersedes ADR 3",
                "acepted",
                "Accpeted",
            ],
        );
        check(
            Some(Status::Proposed),
            &[
                "propos\u{e9}",
                "Vorgeschlagen, 2026-11-20",
                "Proposed",
                "{proposed}",
                "Draft / WIP",
                "In review",
                "Pending. Not implemented yet.",
            ],
        );
        check(Some(Status::Implemented), &["Implemented", "Proposed & implemented"]);
        check(
            Some(Status::Rejected),
            &["Declined", "Rejected in favour of ADR 7", "rejected by [7](0007-x.md)"],
        );
        check(Some(Status::Deprecated), &["Depreciated", "Accepted, deprecated since 2.0", "obsolete"]);
        check(Some(Status::Deferred), &["On hold", "Deferred until spring"]);
    }

    #[test]
    fn what_took_its_place_makes_a_decision_superseded() {
        check(
            Some(Status::Superseded),
            &[
                "Superseded by [ADR-5](0005-accepted-rejected.md)",
                "Superceded by 5",
                "Superseded (as nobody built it) by ADR 5 and ADR 6",
                "superseeded",
                "Partly superseded",
                "Accepted\nReplaced by [5. New](0005-new.md)",
                "Accepted\nOverridden by 5",
                "\u{274c} superseded by 20261120-use-it",
            ],
        );
    }

    #[test]
    fn what_is_not_certain_is_no_state() {
        check(
            None,
            &[
                "",
                "\u{2014}",
                "proposed | accepted | rejected",
                "{proposed | rejected | superseded by [ADR-5](0005-x.md)}",
                "Proposed, accepted, rejected, deprecated or superseded",
                "Accepted/Rejected",
                "Accepted or rejected",
                "What is the status, such as proposed or accepted?",
                "Not implemented",
                "Not-Implemented",
                "Never accepted",
                "Reviewed",
                "Supersedes ADR 3",
                "We discussed what was accepted",
                "rejected, accepted",
                "TBD",
                "excepted",
                "unapproved",
            ],
        );
    }

    #[test]
    fn a_blank_and_a_choice_are_told_from_an_unknown_word() {
        for text in [
            "proposed | accepted",
            "[status]",
            "TBD",
            "<Accepted / Rejected>",
            "What is the status, such as x?",
        ] {
            assert_eq!(read(text), Reading::Placeholder, "{text:?}");
        }
        for text in ["Reviewed", "Not-Implemented", "Supersedes ADR 3"] {
            assert_eq!(read(text), Reading::Unknown, "{text:?}");
        }
    }

    #[test]
    fn every_state_is_read_back_from_its_name() {
        for status in Status::ALL {
            assert_eq!(Status::from_name(status.name()), Some(status));
            assert_eq!(Status::parse(status.name()), Some(status));
        }
    }
}
