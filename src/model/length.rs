//! Lengths of time as people write them: `45m`, `2h`, `3d`, `1w`, `1w 2d`.
//!
//! Hours and minutes are always as long; a day is as long as the calendar of a zone makes it, so a length is added to a
//! moment of a zone and never turned into seconds before.

use jiff::{Span, Timestamp, Zoned};

/// The length written `text`, in the friendly form of `jiff`, which takes ISO 8601 (`PT45M`) as well.
///
/// # Errors
/// One sentence, when it is no length, or not longer than nothing.
pub fn length(text: &str) -> Result<Span, String> {
    let shown = crate::text::escape(text);
    let span: Span = text
        .trim()
        .parse()
        .map_err(|_| format!("'{shown}' is no length of time; write it like 45m, 2h, 3d or 1w"))?;
    if span.is_negative() || span.is_zero() {
        return Err(format!("'{shown}' is not longer than nothing"));
    }
    Ok(span)
}

/// The moment `length` after `from`, as late as can be told.
#[must_use]
pub fn after(from: &Zoned, length: Span) -> Timestamp {
    from.checked_add(length).map_or(Timestamp::MAX, |end| end.timestamp())
}

/// How many minutes a length has on an ordinary day; weeks and days count 24 hours each, months 30 days.
#[must_use]
pub fn minutes(length: Span) -> i64 {
    let days = i64::from(length.get_years()) * 365
        + i64::from(length.get_months()) * 30
        + i64::from(length.get_weeks()) * 7
        + i64::from(length.get_days());
    (days * 24 + i64::from(length.get_hours())) * 60 + length.get_minutes() + length.get_seconds() / 60
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_people_write_them() {
        for (text, expect) in [
            ("45m", 45),
            ("2h", 120),
            ("1h 30m", 90),
            ("3d", 4320),
            ("1w", 10080),
            ("24 hours", 1440),
            ("PT45M", 45),
        ] {
            assert_eq!(length(text).map(minutes), Ok(expect), "{text}");
        }
        let why = length("soon").expect_err("no length");
        assert_eq!(why, "'soon' is no length of time; write it like 45m, 2h, 3d or 1w");
        assert!(["0m", "-1h", "", "45"].iter().all(|text| length(text).is_err()));
    }

    #[test]
    fn a_day_is_as_long_as_the_calendar_makes_it() {
        let before: Zoned = "2026-03-28T09:00[Europe/Berlin]".parse().expect("a moment");
        let ends = ["1d", "24h"].map(|text| after(&before, length(text).expect("a length")).to_string());
        assert_eq!(ends, ["2026-03-29T07:00:00Z", "2026-03-29T08:00:00Z"]);
        assert_eq!(after(&before, length("9000 years").expect("a length")), Timestamp::MAX);
    }
}
