//! Weeks by ISO 8601: they start on Monday, and week 1 is the one with the year's first Thursday.

use std::fmt;

use jiff::civil::{Date, ISOWeekDate, Weekday};

/// A week of a year. Displayed as `2026-W47`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week {
    year: i16,
    week: i8,
}

/// What is wrong with a week that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSuchWeek {
    /// The year.
    pub year: i16,
    /// The number that is no week of it.
    pub week: i16,
    /// The weeks that may be meant: the last one of the year or the year before, and the first one.
    pub meant: [Week; 2],
}

impl Week {
    /// Week `week` of `year`.
    ///
    /// # Errors
    /// When the year has no such week: 0, above 53, or 53 in a year of 52 weeks. `None` inside for a year out of range.
    pub fn new(year: i16, week: i16) -> Result<Self, Option<NoSuchWeek>> {
        let number = i8::try_from(week).unwrap_or(0);
        match ISOWeekDate::new(year, number, Weekday::Monday) {
            Ok(_) => Ok(Self { year, week: number }),
            Err(_) => Err(Self::meant(year, week)),
        }
    }

    /// The week that holds `date`.
    #[must_use]
    pub fn of(date: Date) -> Self {
        let iso = date.iso_week_date();
        Self { year: iso.year(), week: iso.week() }
    }

    /// The year it is counted in, which may differ from that of its days.
    #[must_use]
    pub const fn year(self) -> i16 {
        self.year
    }

    /// Its number, from 1.
    #[must_use]
    pub const fn number(self) -> i8 {
        self.week
    }

    /// Its first day.
    #[must_use]
    pub fn monday(self) -> Date {
        let monday = ISOWeekDate::new(self.year, self.week, Weekday::Monday);
        monday.map(ISOWeekDate::date).unwrap_or(Date::MAX)
    }

    /// Its last day.
    #[must_use]
    pub fn sunday(self) -> Date {
        let sunday = ISOWeekDate::new(self.year, self.week, Weekday::Sunday);
        sunday.map(ISOWeekDate::date).unwrap_or(Date::MAX)
    }

    /// Whether `date` lies in it.
    #[must_use]
    pub fn holds(self, date: Date) -> bool {
        Self::of(date) == self
    }

    fn last_of(year: i16) -> Option<Self> {
        let fourth = Date::new(year, 12, 28).ok()?;
        Some(Self::of(fourth))
    }

    fn meant(year: i16, week: i16) -> Option<NoSuchWeek> {
        let meant = match week {
            ..=0 => [Self::last_of(year - 1)?, Self { year, week: 1 }],
            _ => [Self::last_of(year)?, Self { year: year + 1, week: 1 }],
        };
        Some(NoSuchWeek { year, week, meant })
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-W{:02}", self.year, self.week)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("the test's date is one")
    }

    #[test]
    fn the_year_of_a_week_is_that_of_its_thursday() {
        for (date, week) in [
            ("2026-11-20", "2026-W47"),
            ("2027-01-03", "2026-W53"),
            ("2027-01-04", "2027-W01"),
            ("2024-12-30", "2025-W01"),
            ("2021-01-03", "2020-W53"),
        ] {
            assert_eq!(Week::of(day(date)).to_string(), week);
        }
    }

    #[test]
    fn a_week_that_does_not_exist_names_those_that_may_be_meant() {
        let meant = |year, week| {
            let error = Week::new(year, week).expect_err("there is no such week").expect("the year is plain");
            error.meant.map(|week| week.to_string())
        };
        assert_eq!(meant(2025, 53), ["2025-W52", "2026-W01"]);
        assert_eq!(meant(2026, 0), ["2025-W52", "2026-W01"]);
        assert!(Week::new(2026, 53).is_ok());
        assert_eq!(meant(2026, 54), ["2026-W53", "2027-W01"]);
    }

    #[test]
    fn a_week_knows_its_days() {
        let week = Week::new(2026, 53).expect("2026 has 53 weeks");
        assert_eq!((week.monday(), week.sunday()), (day("2026-12-28"), day("2027-01-03")));
        assert!(week.holds(day("2027-01-01")) && !week.holds(day("2027-01-04")));
    }
}
