//! When a meeting was: its day, its week and how long it was to take.
//!
//! The path beats the title, the title beats a label, because paths are made by whoever keeps the minutes in order and
//! titles are copied from the last time.

use jiff::civil::Date;

use super::parts::{Part, plain};
use crate::extract::{Field, Source};
use crate::model::{FolderWeek, date};
use crate::text::Span;

/// The day of the meeting as `YYYY-MM-DD`; only the month, `YYYY-MM`, when no day is said.
pub(super) fn date(source: &Source<'_>) -> Option<Field> {
    let title = source.title();
    let start = Span::new(source.span().start, source.span().start);
    let place = title.as_ref().map_or(start, |(_, span)| *span);
    if let Some(date) = in_path(source) {
        return Some(Field::text(date.to_string(), place));
    }
    if let Some(date) = title.as_ref().and_then(|(title, _)| date::first(title)) {
        return Some(Field::text(date.to_string(), place));
    }
    if let Some(value) = source.front("date")
        && let Some(date) = value.as_str().and_then(date::first)
    {
        return Some(Field::text(date.to_string(), value.span()));
    }
    let is_day = |name: &str| {
        matches!(
            &*plain(name),
            "date"
                | "when"
                | "meeting date"
                | "date time"
                | "date and time"
                | "time"
                | "meeting start"
                | "day"
                | "held on"
                | "datetime"
                | "meeting time"
        )
    };
    let labels = source.labels().iter().filter(|label| is_day(&label.name));
    let labelled = labels.filter_map(|label| Some((date::first(&label.value)?, label.value_span))).next();
    if let Some((date, span)) = labelled {
        return Some(Field::text(date.to_string(), span));
    }
    let headings = source.document.headings.iter().take(3);
    let headed = headings.filter_map(|heading| Some((date::first(&heading.text)?, heading.span))).next();
    if let Some((date, span)) = headed {
        return Some(Field::text(date.to_string(), span));
    }
    month(source.stem()).map(|month| Field::text(month, place))
}

/// Whether the path or the title of a document names a day.
pub(super) fn has_day(source: &Source<'_>) -> bool {
    in_path(source).is_some() || source.title().is_some_and(|(title, _)| date::first(&title).is_some())
}

/// The day in a path: in the file's name, in its folders, or over both as in `2026/11-20.md`,
/// `2026/group-11-20.md` and `2026-11/nov-20.md`.
fn in_path(source: &Source<'_>) -> Option<Date> {
    let stem = source.stem();
    if let Some(date) = date::first(stem) {
        return Some(date);
    }
    let mut folders: Vec<&str> = source.path.split('/').collect();
    folders.pop();
    let near = folders.iter().rev().take(3);
    let year = near.clone().find_map(|folder| year_of(folder));
    let month = folders.last().and_then(|folder| folder.get(..2).filter(|_| is_month(folder)));
    let tail =
        stem.find(|c: char| c.is_ascii_digit()).map(|at| &stem[at..]).filter(|tail| is_month_and_day(tail));
    let candidates = [
        year.and_then(|year| date::first(&format!("{year}-{}", tail?))),
        year.and_then(|year| date::first(&format!("{stem} {year}"))),
        year.and_then(|year| date::first(&format!("{year}-{stem}"))),
        year.and_then(|year| date::first(&format!("{year}-{}-{}", month?, stem.get(..2)?))),
    ];
    candidates.into_iter().flatten().next().or_else(|| near.clone().find_map(|folder| date::first(folder)))
}

/// Whether `text` is two numbers such as those of a month and a day: `11-20`.
fn is_month_and_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', '_', '.']).collect();
    let is_number =
        |part: &&str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 2 && parts.iter().all(is_number)
}

fn year_of(folder: &str) -> Option<&str> {
    let year = folder.get(..4)?;
    let is_year =
        year.bytes().all(|byte| byte.is_ascii_digit()) && (year.starts_with("19") || year.starts_with("20"));
    (is_year && folder.as_bytes().get(4).is_none_or(|byte| !byte.is_ascii_digit())).then_some(year)
}

/// Whether a folder is named after a month: `11`, `11-Nov`.
fn is_month(folder: &str) -> bool {
    let digits = folder.bytes().take_while(u8::is_ascii_digit).count();
    digits == 2
        && folder
            .get(..2)
            .and_then(|month| month.parse().ok())
            .is_some_and(|month: u8| (1..=12).contains(&month))
}

/// `2026-11` when a file is named after a month.
fn month(stem: &str) -> Option<String> {
    let mut parts = stem.split(['-', '_', '.']);
    let (year, month) = (parts.next()?, parts.next()?);
    let is_year = year.len() == 4 && year_of(year).is_some();
    let is_month = month.len() == 2 && month.parse().is_ok_and(|month: u8| (1..=12).contains(&month));
    (is_year && is_month).then(|| format!("{year}-{month}"))
}

/// The week that a folder of the path names: `2026-47`, `2026-W47`.
pub(super) fn week(source: &Source<'_>) -> Option<Field> {
    let week = FolderWeek::of(source.path).filter(|folder| folder.is_week())?.week().ok()?;
    let start = Span::new(source.span().start, source.span().start);
    Some(Field::text(week.to_string(), start))
}

/// How many minutes the meeting was to take, where it says so.
pub(super) fn duration(source: &Source<'_>, parts: &[Part]) -> Option<Field> {
    let lines = &source.document.lines;
    let named = parts.iter().filter(|part| part.has_value() && part.level.is_none());
    named
        .filter_map(|part| {
            let line = &lines[part.value_line];
            let text = &line.text[part.value.clone()];
            let minutes = match &*part.name {
                "duration" | "length" | "timebox" | "time box" => minutes_in(text).or_else(|| between(text)),
                "time" | "when" | "date" | "meeting time" | "date and time" | "date time" => between(text),
                _ => None,
            }?;
            Some(Field::Number(minutes, line.span_of(part.value.clone())))
        })
        .next()
}

/// The minutes that `text` names: `45 min`, `1.5 h`, `1 h 30 min`.
pub(super) fn minutes_in(text: &str) -> Option<i64> {
    let (mut total, mut found, mut rest) = (0.0, false, text);
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let number = &rest[at..];
        let end = number.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(number.len());
        let value: f64 = number[..end].trim_end_matches('.').parse().ok()?;
        let unit = number[end..].trim_start_matches([' ', '-', '\u{a0}']);
        let word: String = unit.chars().take_while(|c| c.is_alphabetic() || *c == '\'').collect();
        let factor = match word.to_lowercase().as_str() {
            "m" | "min" | "mins" | "minute" | "minutes" | "'" => 1.0,
            "h" | "hr" | "hrs" | "hour" | "hours" => 60.0,
            _ => 0.0,
        };
        found |= factor > 0.0;
        total += value * factor;
        rest = &number[end..];
    }
    (found && (1.0..1e6).contains(&total)).then_some(total as i64)
}

/// The minutes between the two times of day that `text` holds.
fn between(text: &str) -> Option<i64> {
    let mut times = Vec::new();
    for (at, _) in text.match_indices(':') {
        let digits = text[..at].bytes().rev().take_while(u8::is_ascii_digit).count().min(2);
        let hour: i64 = text[at - digits..at].parse().ok()?;
        let minute: i64 = text.get(at + 1..at + 3)?.parse().ok()?;
        let after = text[at + 3..].trim_start().to_lowercase();
        let half = match () {
            () if after.starts_with("pm") && hour < 12 => 12,
            () if after.starts_with("am") && hour == 12 => -12,
            () => 0,
        };
        times.push(((hour + half) * 60 + minute, at));
    }
    let [(start, from), (end, to)] = times[..] else { return None };
    let gap = text.get(from + 3..to)?.to_lowercase();
    let is_range =
        gap.contains(['-', '\u{2013}', '\u{2014}']) || gap.contains(" to ") || gap.contains("until");
    (is_range && gap.len() <= 14 && end > start).then_some(end - start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_in_minutes() {
        for (text, expect) in [
            ("45 min", Some(45)),
            ("(10m, Ana)", Some(10)),
            ("1 h 30 min", Some(90)),
            ("1.5 hours", Some(90)),
            ("#45", None),
            ("soon", None),
        ] {
            assert_eq!(minutes_in(text), expect, "{text}");
        }
        assert_eq!(between("10:00 - 11:30 UTC"), Some(90));
        assert_eq!(between("10:00 AM to 1:00 PM"), Some(180));
        assert_eq!(between("10:00 UTC / 12:00 CEST"), None);
    }
}
