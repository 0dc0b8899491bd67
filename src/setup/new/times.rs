//! The times that a path names, moved to another day: `2026-11-20`, `20261120`, `2026-W47`, `2026-Q4`, `2026-47`,
//! `2026/11/20`, each in its own manner.

use jiff::civil::Date;

use crate::model::{FolderWeek, Week};

/// The quarter that `date` lies in, from 1.
pub(super) fn quarter(date: Date) -> i8 {
    (date.month() + 2) / 3
}

/// `path` with every time it names as that of `date`; `None` where it names none.
pub(super) fn redated(path: &str, date: Date) -> Option<String> {
    let (mut out, mut at, mut is_changed, mut is_in_year) = (String::new(), 0, false, false);
    while let Some(c) = path[at..].chars().next() {
        let is_start = !path[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
        let place = Place { path, at, is_in_year, date };
        match place.time().filter(|_| is_start) {
            Some((length, new)) => {
                is_in_year |= length == 4;
                is_changed = true;
                out.push_str(&new);
                at += length;
            }
            None => {
                out.push(c);
                at += c.len_utf8();
            }
        }
    }
    is_changed.then_some(out)
}

/// A place in a path where a time may stand.
struct Place<'a> {
    path: &'a str,
    /// The byte it starts at.
    at: usize,
    /// Whether the folder of a year goes before.
    is_in_year: bool,
    date: Date,
}

/// How long a time is, and that of the other day in its manner.
type Time = Option<(usize, String)>;

impl<'a> Place<'a> {
    fn time(&self) -> Time {
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        match digits {
            8 => self.plain_day(),
            4 if self.number(0, 4).is_some_and(|year| (1990..2100).contains(&year)) => self.in_year(),
            2 if self.is_in_year && self.path[..self.at].ends_with('/') => self.below_year(),
            _ => None,
        }
    }

    fn rest(&self) -> &'a str {
        &self.path[self.at..]
    }

    fn number(&self, from: usize, to: usize) -> Option<i16> {
        self.rest().get(from..to)?.parse().ok()
    }

    fn gap(&self, at: usize) -> Option<&'a str> {
        self.rest().get(at..=at).filter(|c| matches!(*c, "-" | "_" | "."))
    }

    /// Whether no letter or digit follows at `length`.
    fn ends(&self, length: usize) -> bool {
        let goes_on = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphanumeric());
        self.rest().get(length..).is_some_and(|rest| !goes_on(rest))
    }

    /// `20261120`.
    fn plain_day(&self) -> Time {
        let is_day =
            Date::new(self.number(0, 4)?, self.number(4, 6)? as i8, self.number(6, 8)? as i8).is_ok();
        (is_day && self.ends(8)).then(|| (8, self.date.strftime("%Y%m%d").to_string()))
    }

    /// What starts with a year.
    fn in_year(&self) -> Time {
        let (date, week) = (self.date, Week::of(self.date));
        let Some(gap) = self.gap(4) else {
            return (self.rest().get(4..5) == Some("/")).then(|| (4, format!("{:04}", date.year())));
        };
        let letter = self.rest().get(5..6).unwrap_or_default();
        if let (Some(second), Some(_), Some(_)) = (self.gap(7), self.number(5, 7), self.number(8, 10))
            && self.ends(10)
        {
            let (year, month, day) = (date.year(), date.month(), date.day());
            return Some((10, format!("{year:04}{gap}{month:02}{second}{day:02}")));
        }
        if matches!(letter, "W" | "w") && self.number(6, 8).is_some() && self.ends(8) {
            return Some((8, format!("{:04}{gap}{letter}{:02}", week.year(), week.number())));
        }
        if matches!(letter, "Q" | "q") && self.number(6, 7).is_some() && self.ends(7) {
            return Some((7, format!("{:04}{gap}{letter}{}", date.year(), quarter(date))));
        }
        if self.number(5, 7).is_none() || !self.ends(7) {
            return None;
        }
        let folder = format!("{}/", &self.path[..self.at + 7]);
        let (year, number) = match FolderWeek::of(&folder).is_some_and(FolderWeek::is_week) {
            true => (week.year(), week.number()),
            false => (date.year(), date.month()),
        };
        Some((7, format!("{year:04}{gap}{number:02}")))
    }

    /// A month, a day, or both, in the folder of a year.
    fn below_year(&self) -> Time {
        let (month, day) = (self.date.month(), self.date.day());
        if let (Some(gap), Some(_)) = (self.gap(2), self.number(3, 5))
            && self.ends(5)
        {
            return Some((5, format!("{month:02}{gap}{day:02}")));
        }
        let number = if self.rest().get(2..3) == Some("/") { month } else { day };
        self.ends(2).then(|| (2, format!("{number:02}")))
    }
}
