//! The period that a folder is named after, written from a date: what `{week}`, `{month}`, `{quarter}`, `{q}`,
//! `{year}` and `{date}` in a pattern of paths stand for. The other direction, from a folder to its week, is [`super::FolderWeek`].

use jiff::civil::Date;

use super::Week;
use crate::text::nearest;

/// A placeholder, and how it is written for a date.
type Placeholder = (&'static str, fn(Date) -> String);

/// All placeholders. Weeks are counted by ISO 8601, in the year that has most of their days.
const PLACEHOLDERS: [Placeholder; 6] = [
    ("week", |date| {
        let week = Week::of(date);
        format!("{:04}-{:02}", week.year(), week.number())
    }),
    ("month", |date| date.strftime("%Y-%m").to_string()),
    ("quarter", quarter),
    ("q", |date| format!("Q{}", (date.month() + 2) / 3)),
    ("year", |date| format!("{:04}", date.year())),
    ("date", |date| date.to_string()),
];

/// The quarter that holds `date`, as in `2026-Q4`.
#[must_use]
pub fn quarter(date: Date) -> String {
    format!("{:04}-Q{}", date.year(), (date.month() + 2) / 3)
}

/// `pattern` with every placeholder written for `date`. What is no placeholder stays as it is.
#[must_use]
pub fn rendered(pattern: &str, date: Date) -> String {
    let mut text = pattern.to_owned();
    for (name, write) in PLACEHOLDERS {
        let placeholder = format!("{{{name}}}");
        if text.contains(&placeholder) {
            text = text.replace(&placeholder, &write(date));
        }
    }
    text
}

/// All placeholders in braces, for people.
#[must_use]
pub fn names() -> String {
    PLACEHOLDERS.map(|(name, _)| format!("{{{name}}}")).join(", ")
}

/// `pattern` as a pattern of paths that matches what it stands for at any time.
#[must_use]
pub fn globbed(pattern: &str) -> String {
    PLACEHOLDERS.iter().fold(pattern.to_owned(), |text, (name, _)| {
        let any = if *name == "q" { "Q[1-4]" } else { "[0-9]*" };
        text.replace(&format!("{{{name}}}"), any)
    })
}

/// Whether `pattern` names another folder for another period.
#[must_use]
pub fn has_placeholder(pattern: &str) -> bool {
    PLACEHOLDERS.iter().any(|(name, _)| pattern.contains(&format!("{{{name}}}")))
}

/// The first thing in braces that is no placeholder: its bytes in `pattern`, and the placeholder that may be meant.
#[must_use]
pub fn unknown(pattern: &str) -> Option<(std::ops::Range<usize>, Option<&'static str>)> {
    let names = || PLACEHOLDERS.iter().map(|(name, _)| *name);
    let mut at = 0;
    while let Some(open) = pattern[at..].find('{').map(|found| at + found) {
        let end = pattern[open..].find('}').map_or(pattern.len(), |found| open + found + 1);
        let name = pattern[open..end].trim_matches(['{', '}']);
        let is_closed = pattern[..end].ends_with('}');
        if !is_closed || !names().any(|known| known == name) {
            return Some((open..end, nearest(name, names())));
        }
        at = end;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_pattern_of_paths_stands_for_every_time() {
        assert_eq!(globbed("ops/{week}/x"), "ops/[0-9]*/x");
        assert_eq!(globbed("{year}/{q}"), "[0-9]*/Q[1-4]");
        assert_eq!(globbed("meetings"), "meetings");
    }

    #[test]
    fn a_pattern_is_written_for_a_date() {
        for (pattern, day, expect) in [
            ("ops/weekly/{week}", date(2026, 12, 28), "ops/weekly/2026-53"),
            ("ops/weekly/{week}", date(2027, 1, 3), "ops/weekly/2026-53"),
            ("ops/weekly/{week}", date(2027, 1, 4), "ops/weekly/2027-01"),
            ("ops/weekly/{week}", date(2024, 12, 30), "ops/weekly/2025-01"),
            ("{month}/{quarter}", date(2026, 3, 31), "2026-03/2026-Q1"),
            ("{quarter}", date(2026, 10, 1), "2026-Q4"),
            ("assessments/{q}-{year}.md", date(2026, 12, 25), "assessments/Q4-2026.md"),
            ("reviews/{date}-review.md", date(2026, 11, 15), "reviews/2026-11-15-review.md"),
            ("meetings", date(2026, 11, 15), "meetings"),
        ] {
            assert_eq!(rendered(pattern, day), expect);
            assert_eq!(has_placeholder(pattern), pattern != "meetings");
        }
    }

    #[test]
    fn what_is_no_placeholder_is_named() {
        assert_eq!(unknown("a/{week}/{date}"), None);
        assert_eq!(unknown("é/{weak}/x"), Some((3..9, Some("week"))));
        assert_eq!(unknown("a/{week"), Some((2..7, Some("week"))));
        assert_eq!(unknown("a/{zzzzzzz}"), Some((2..11, None)));
    }
}
