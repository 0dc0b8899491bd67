//! The words of an action, by how much they say.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::Action;
use crate::model::date::month;

/// What an action is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words<'a> {
    pub(super) id: Option<&'a str>,
    /// Numbers, versions, days: another one is another thing.
    pub(super) numbers: BTreeSet<String>,
    /// What it is about.
    pub(super) topics: BTreeSet<String>,
    /// Words of which every meeting is full.
    pub(super) usual: BTreeSet<String>,
    /// Who does it.
    pub(super) owner: BTreeSet<String>,
}

impl<'a> Words<'a> {
    pub(super) fn of(action: &Action<'a>) -> Self {
        let owner = action.owner.unwrap_or_default().to_lowercase();
        let owner = owner.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
        let mut words = Self {
            id: action.id.filter(|id| !id.is_empty()),
            numbers: BTreeSet::new(),
            topics: BTreeSet::new(),
            usual: BTreeSet::new(),
            owner: owner.map(str::to_owned).collect(),
        };
        words.read(without_note(action.text));
        words
    }

    /// How much is said.
    pub(super) fn weight(&self) -> f64 {
        3.0 * self.numbers.len() as f64 + self.topics.len() as f64 + 0.4 * self.usual.len() as f64
    }

    /// A name for an action that was first seen on `day`.
    pub(super) fn name(&self, day: Date) -> String {
        let all: Vec<&str> =
            [&self.numbers, &self.topics, &self.usual].into_iter().flatten().map(String::as_str).collect();
        let hash = xxhash_rust::xxh3::xxh3_64(all.join(" ").as_bytes());
        format!("{day}/{hash:016x}")
    }

    fn read(&mut self, text: &str) {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '\'' | '’');
        let text: String = text.chars().filter(|c| !matches!(c, '~' | '*' | '`')).collect();
        // A day behind "by" is when, not what.
        let mut is_deadline = false;
        for token in text.split(|c: char| !is_part(c)).filter(|token| !token.is_empty()) {
            let token = token.trim_matches(['.', '-', '\'', '’', '_']);
            if token.parse::<Date>().is_ok_and(|_| token.len() == 10) {
                continue;
            }
            for part in token.split(['-', '_', '\'', '’']).filter(|part| !part.is_empty()) {
                let word = part.to_lowercase();
                if is_deadline && is_of_a_day(&word) {
                    continue;
                }
                is_deadline = matches!(&*word, "by" | "due" | "before" | "until" | "eta");
                self.add(part, word);
            }
        }
    }

    fn add(&mut self, written: &str, word: String) {
        if word.bytes().any(|byte| byte.is_ascii_digit()) {
            let day = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end));
            let day = day.filter(|day| day.bytes().all(|byte| byte.is_ascii_digit()));
            self.numbers.insert(day.unwrap_or(&word).trim_matches('.').to_owned());
        } else if let Some(month) = month(&word).filter(|_| {
            // Two months are also verbs.
            !matches!(&*word, "may" | "march" | "mar") || written.starts_with('M')
        }) {
            self.numbers.insert(format!("month {month}"));
        } else if word.chars().count() > 1 && !EMPTY.contains(&&*word) && !self.owner.contains(&word) {
            let stem = stem(&word);
            let is_usual = USUAL.iter().any(|usual| *usual == word || self::stem(usual) == stem);
            if is_usual {
                self.usual.insert(stem)
            } else {
                self.topics.insert(stem)
            };
        }
    }
}

/// Whether a word belongs to the name of a day.
fn is_of_a_day(word: &str) -> bool {
    const WORDS: [&str; 10] =
        ["the", "of", "end", "next", "this", "week", "month", "quarter", "meeting", "eod"];
    word.ends_with("day")
        || month(word).is_some()
        || WORDS.contains(&word)
        || (word.len() <= 4 && word.starts_with(|c: char| c.is_ascii_digit()))
}

/// `text` without what was noted behind it in a later meeting: how it stands, not what it is.
fn without_note(text: &str) -> &str {
    const MARKS: [&str; 9] =
        [" * ", "✅", " -- ", " - update", " - talked", " - done", " - not done", " - in progress", " – "];
    let lower = text.to_ascii_lowercase();
    let end = MARKS.iter().filter_map(|mark| lower.find(mark)).min().unwrap_or(text.len());
    let kept = text.get(..end).unwrap_or(text);
    if kept.trim().is_empty() { text } else { kept }
}

/// The beginning of a word that its forms share; `word` is in lower case.
fn stem(word: &str) -> String {
    const ENDS: [&str; 19] = [
        "ization", "isation", "ations", "ation", "izing", "ising", "ments", "ment", "ings", "ing", "ized",
        "ised", "ize", "ise", "ies", "ed", "es", "s", "y",
    ];
    let long_enough = |stem: &&str| stem.chars().count() >= 4;
    let stem = ENDS.iter().find_map(|end| word.strip_suffix(end).filter(long_enough)).unwrap_or(word);
    let stem = stem.strip_suffix('e').filter(long_enough).unwrap_or(stem);
    stem.chars().take(8).collect()
}

/// Words that say nothing of what is to be done.
const EMPTY: &[&str] = &[
    "a", "about", "above", "all", "also", "an", "and", "are", "as", "at", "be", "below", "by", "can",
    "could", "did", "do", "does", "for", "from", "get", "had", "has", "have", "he", "her", "here", "his",
    "if", "in", "into", "is", "it", "its", "let", "lets", "ll", "more", "not", "of", "on", "or", "our",
    "out", "please", "re", "she", "should", "so", "that", "the", "their", "them", "then", "there", "these",
    "they", "this", "those", "to", "up", "us", "ve", "via", "was", "we", "were", "will", "with", "would",
    "you",
];

/// Words of which every meeting is full: what one does with anything, and where.
const USUAL: &[&str] = &[
    "add",
    "again",
    "agenda",
    "analyze",
    "ask",
    "check",
    "close",
    "comment",
    "continue",
    "create",
    "discuss",
    "discussion",
    "done",
    "fcp",
    "feedback",
    "find",
    "follow",
    "gh",
    "github",
    "help",
    "investigate",
    "issue",
    "item",
    "leave",
    "look",
    "make",
    "meeting",
    "merge",
    "next",
    "note",
    "open",
    "post",
    "pr",
    "prepare",
    "propose",
    "pull",
    "read",
    "release",
    "remove",
    "request",
    "respond",
    "review",
    "schedule",
    "see",
    "send",
    "share",
    "start",
    "step",
    "still",
    "team",
    "try",
    "update",
    "work",
    "write",
];
