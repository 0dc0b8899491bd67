//! Dates in running text, in the spellings that can only mean one day.
//!
//! `2026-11-20`, `2026/11/20`, `20261120`, `Nov 20, 2026`, `20th of November 2026`, `2026 Nov 20`, `20.11.2026`. With
//! slashes or hyphens and the year last, only days above 12 tell day and month apart; `05/06/2026` is no date here,
//! because half of its readers would be wrong.

use std::ops::Range;

use jiff::civil::Date;

/// The dates in `text`, in order, each with the bytes it stands in.
#[must_use]
pub fn dates(text: &str) -> Vec<(Date, Range<usize>)> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match date_at(text, &tokens[at..]) {
            Some((date, used)) => {
                found.push((date, tokens[at].range.start..tokens[at + used - 1].range.end));
                at += used;
            }
            None => at += 1,
        }
    }
    found
}

/// The first date in `text`.
#[must_use]
pub fn first(text: &str) -> Option<Date> {
    dates(text).into_iter().next().map(|(date, _)| date)
}

/// A run of digits or letters.
struct Token {
    kind: Kind,
    range: Range<usize>,
}

#[derive(Clone, Copy)]
enum Kind {
    /// The value and the number of digits.
    Number(u32, usize),
    /// A month's name.
    Month(i8),
    /// `1st`, `of`: what may stand in a date and says nothing.
    Filler,
    Word,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some(&(start, c)) = chars.peek() {
        let is_digit = c.is_ascii_digit();
        if !is_digit && !c.is_alphabetic() {
            chars.next();
            continue;
        }
        let mut end = start;
        while let Some(&(at, c)) = chars.peek() {
            if c.is_ascii_digit() != is_digit || !(is_digit || c.is_alphabetic()) {
                break;
            }
            end = at + c.len_utf8();
            chars.next();
        }
        let run = &text[start..end];
        let kind = if is_digit {
            Kind::Number(run.parse().unwrap_or(u32::MAX), run.len())
        } else {
            let behind_number = tokens
                .last()
                .is_some_and(|last| matches!(last.kind, Kind::Number(..)) && last.range.end == start);
            word(run, behind_number)
        };
        tokens.push(Token { kind, range: start..end });
    }
    // Fillers are passed over, so that the three parts of a date are neighbours.
    tokens.retain(|token| !matches!(token.kind, Kind::Filler));
    tokens
}

fn word(run: &str, behind_number: bool) -> Kind {
    let lower = run.to_lowercase();
    if (behind_number && matches!(&*lower, "st" | "nd" | "rd" | "th")) || lower == "of" {
        return Kind::Filler;
    }
    month(&lower).map_or(Kind::Word, Kind::Month)
}

/// The number, from 1, of the month that `word` names, in lower case: whole, or by its first three letters.
#[must_use]
pub fn month(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let is_month = |month: &&str| *word == **month || (word.len() == 3 && month.starts_with(word));
    let named = MONTHS.iter().position(is_month).map(|at| at as i8 + 1);
    named.or((word == "sept").then_some(9))
}

/// The date that `tokens` start with, and how many of them it takes.
fn date_at(text: &str, tokens: &[Token]) -> Option<(Date, usize)> {
    if let Some(Token { kind: Kind::Number(number, 8), .. }) = tokens.first() {
        let date = day((number / 10_000, 4), (number / 100 % 100) as i8, (number % 100, 2))?;
        return Some((date, 1));
    }
    let [first, second, third, ..] = tokens else { return None };
    let gaps = [&text[first.range.end..second.range.start], &text[second.range.end..third.range.start]];
    let date = match (first.kind, second.kind, third.kind) {
        (Kind::Number(a, n), Kind::Number(b, m), Kind::Number(c, k)) => {
            let before = text[..first.range.start].chars().next_back();
            let is_part = before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '/'));
            numeric((a, n), (b, m), (c, k), gaps).filter(|_| n == 4 || !is_part)?
        }
        (Kind::Month(month), Kind::Number(d, n), Kind::Number(y, m)) if loose(gaps) => {
            day((y, m), month, (d, n))?
        }
        (Kind::Number(a, n), Kind::Month(month), Kind::Number(b, m)) if loose(gaps) => {
            day((b, m), month, (a, n)).or_else(|| day((a, n), month, (b, m)))?
        }
        _ => return None,
    };
    Some((date, 3))
}

/// Three numbers with the same separator between them; each with its number of digits.
fn numeric(a: (u32, usize), b: (u32, usize), c: (u32, usize), gaps: [&str; 2]) -> Option<Date> {
    let is_separator =
        matches!(gaps[0], "-" | "/" | "." | "_" | "\u{2010}" | "\u{2011}" | "\u{2013}" | " / ");
    if gaps[0] != gaps[1] || !is_separator || b.1 > 2 {
        return None;
    }
    let month = |(value, digits): (u32, usize)| if digits <= 2 { i8::try_from(value).ok() } else { None };
    if a.1 == 4 {
        return day(a, month(b)?, c);
    }
    match (a.0, b.0) {
        _ if c.1 != 4 => None,
        _ if gaps[0] == "." => day(c, month(b)?, a),
        (13.., _) => day(c, month(b)?, a),
        (_, 13..) => day(c, month(a)?, b),
        (a_value, b_value) if a_value == b_value => day(c, month(a)?, b),
        _ => None,
    }
}

/// Whether what stands between the parts of a date with a month's name is nothing but punctuation.
fn loose(gaps: [&str; 2]) -> bool {
    let is_plain = |c: char| c == ' ' || matches!(c, ',' | '.' | '-' | '/' | '_' | '\'' | '\u{a0}');
    let letters = |gap: &str| gap.chars().filter(|c| c.is_alphabetic()).collect::<String>().to_lowercase();
    gaps.iter().all(|gap| {
        let words = letters(gap);
        matches!(&*words, "" | "of" | "st" | "nd" | "rd" | "th" | "stof" | "ndof" | "rdof" | "thof")
            && gap.chars().all(|c| is_plain(c) || c.is_alphabetic())
            && gap.chars().count() <= 8
    })
}

fn day(year: (u32, usize), month: i8, day: (u32, usize)) -> Option<Date> {
    let is_plausible = year.1 == 4 && (1970..=2100).contains(&year.0) && day.1 <= 2;
    let date = Date::new(i16::try_from(year.0).ok()?, month, i8::try_from(day.0).ok()?).ok()?;
    is_plausible.then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let found: Vec<String> = dates(text).iter().map(|(date, _)| date.to_string()).collect();
        assert_eq!(found, expect, "{text:?}");
    }

    #[test]
    fn a_day_is_known_in_every_spelling_that_means_one() {
        for text in [
            "2026-11-20",
            "2026/11/20",
            "2026.11.20",
            "2026_11_20",
            "20261120",
            "2026-11-20T09:00:00Z",
            "Nov 20, 2026",
            "November 20th, 2026",
            "Fri, 20 Nov 2026",
            "the 20th of November, 2026",
            "20-Nov-2026",
            "2026-Nov-20",
            "2026 November 20",
            "20.11.2026",
            "20/11/2026",
            "11/20/2026",
            "on Nov. 20 2026.",
            "minutes-2026-11-20.md",
            "20november2026",
        ] {
            check(text, &["2026-11-20"]);
        }
    }

    #[test]
    fn what_may_mean_two_days_or_none_is_no_date() {
        for text in [
            "05/06/2026",
            "2026-13-01",
            "2026-02-30",
            "v1.2.2026",
            "20261399",
            "1.2.3",
            "Nov 2026",
            "2026",
            "2026-11",
            "12:30:2026",
            "2026-11/20",
            "120261120",
            "may 5 people",
            "Q4 2026",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn several_dates_come_in_order_with_their_bytes() {
        let text = "é 2026-01-05 – Jan 6, 2026";
        check(text, &["2026-01-05", "2026-01-06"]);
        assert_eq!(&text[dates(text)[1].1.clone()], "Jan 6, 2026");
    }
}
