//! A day or a moment as records write it: `2026-11-20`, `2026-11-20T09:00:00Z`, `2026-11-20T09:00`.
//!
//! A day alone is all of it: what is due on it is in time until it ends, and what began on it may have begun at any time.
//! Where days begin is a matter of the zone that is handed in.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};

/// A day, or a moment of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A day of which no time is said.
    Day(Date),
    /// What a clock of the zone showed.
    Local(DateTime),
    /// A moment, whatever the zone.
    At(Timestamp),
}

impl Moment {
    /// The moment that `text` names; `None` when it names none. A month alone is none.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() == 10 {
            return text.parse().ok().map(Self::Day);
        }
        // Only what begins with a day: a time of day alone is no moment.
        text.get(..10)?.parse::<Date>().ok()?;
        let at = text.parse().ok().map(Self::At);
        at.or_else(|| text.parse().ok().map(Self::Local))
    }

    /// When it begins.
    #[must_use]
    pub fn start(self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Day(day) => begin(day, zone),
            Self::Local(local) => local.to_zoned(zone.clone()).map_or(Timestamp::MAX, |at| at.timestamp()),
        }
    }

    /// When it is over: a day when the next one begins.
    #[must_use]
    pub fn end(self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Day(day) => day.tomorrow().map_or(Timestamp::MAX, |next| begin(next, zone)),
            Self::At(_) | Self::Local(_) => self.start(zone),
        }
    }

    /// Until when something that may take `length` from here is in time: where no time of day is known, until the end of
    /// the last day that it can reach.
    #[must_use]
    pub fn due(self, length: Span, zone: &TimeZone) -> Timestamp {
        let from: Zoned = self.start(zone).to_zoned(zone.clone());
        let Ok(last) = from.checked_add(length) else { return Timestamp::MAX };
        match self {
            Self::Day(_) => Self::Day(last.date()).end(zone),
            Self::At(_) | Self::Local(_) => last.timestamp(),
        }
    }
}

fn begin(day: Date, zone: &TimeZone) -> Timestamp {
    day.to_zoned(zone.clone()).map_or(Timestamp::MAX, |start| start.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_all_of_it_by_the_zone() {
        let zone = TimeZone::get("America/New_York").expect("a zone");
        for (text, start, end) in [
            ("2026-11-20", "2026-11-20T05:00:00Z", "2026-11-21T05:00:00Z"),
            ("2026-11-20T09:00:00Z", "2026-11-20T09:00:00Z", "2026-11-20T09:00:00Z"),
            ("2026-11-20T09:00", "2026-11-20T14:00:00Z", "2026-11-20T14:00:00Z"),
            ("2026-11-20 09:00:00+02:00", "2026-11-20T07:00:00Z", "2026-11-20T07:00:00Z"),
        ] {
            let moment = Moment::read(text).expect(text);
            assert_eq!([moment.start(&zone), moment.end(&zone)].map(|at| at.to_string()), [start, end]);
        }
        for text in ["2026-11", "soon", "", "2026-13-01", "09:00:00", "2026-11-20x", "2026-11-31T09:00:00Z"] {
            assert_eq!(Moment::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_of_which_no_time_is_known_gets_the_benefit_of_the_doubt() {
        let hours = crate::model::length::length("24h").expect("a length");
        let due = |text: &str| Moment::read(text).expect(text).due(hours, &TimeZone::UTC).to_string();
        assert_eq!(due("2026-11-18"), "2026-11-20T00:00:00Z");
        assert_eq!(due("2026-11-18T15:00:00Z"), "2026-11-19T15:00:00Z");
    }
}
