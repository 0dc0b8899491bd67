//! When something takes place again and again: a first moment on a clock in a place, and a rule by RFC 5545.
//!
//! The rule is counted on the clock of the zone, as a person reads it: nine o'clock stays nine o'clock when summer time
//! begins. Only then does each date become a moment, by section 3.3.5: a time that the clock skips is told by the
//! offset before the gap, and of a time that comes twice the first is meant. Whoever asks names a range of days, and
//! every rule that is accepted here answers in bounded time. This module knows no ritual and no calendar file.

use std::collections::HashSet;

use jiff::civil::{Date, DateTime, Time, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use rrule::RRuleSet;

use crate::text::{escape, nearest};

/// The days between which a recurrence is known: not before the first, not behind the last.
pub const DAYS: [Date; 2] = [date(1970, 1, 1), date(2199, 12, 31)];

/// How often a rule may have something take place in a day.
const TIMES_A_DAY: usize = 24;

/// The longest rule.
const LENGTH: usize = 4096;

/// The frequencies of RFC 5545 that are no shorter than a day.
const FREQUENCIES: [&str; 4] = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"];

/// The frequencies that are.
const TOO_FREQUENT: [&str; 3] = ["SECONDLY", "MINUTELY", "HOURLY"];

/// A series of moments.
#[derive(Debug, Clone)]
pub struct Recurrence {
    /// The first moment that the series may have, as the clock shows it.
    pub start: DateTime,
    /// Where the clock stands.
    pub zone: TimeZone,
    /// The rule on the clock, written as if it were UTC, so that the library sees no zone. `None`: once.
    rule: Option<RRuleSet>,
    /// What the rule gives and does not take place: dates, or whole days.
    without: Exceptions,
    /// What takes place besides.
    besides: Vec<DateTime>,
}

#[derive(Debug, Clone, Default)]
struct Exceptions {
    moments: HashSet<DateTime>,
    days: HashSet<Date>,
}

impl Exceptions {
    fn has(&self, at: DateTime) -> bool {
        self.moments.contains(&at) || self.days.contains(&at.date())
    }
}

impl Recurrence {
    /// The series that begins on `start` in `zone` and goes on by `rule`: the value of an `RRULE`, or lines `RRULE:`,
    /// `EXDATE:` and `RDATE:`. Without any, it takes place once. As the rule has it, `start` itself is a part only if
    /// the rule gives it.
    ///
    /// A date without a time in `EXDATE` means the whole day, and in `UNTIL` its end. Times without `Z` are those of
    /// the zone's clock.
    ///
    /// # Errors
    /// What is wrong with the rule or the start, in one sentence: not RFC 5545, several times an hour, or without a
    /// single date.
    pub fn new(start: DateTime, zone: TimeZone, rule: &str) -> Result<Self, String> {
        if !(DAYS[0]..=DAYS[1]).contains(&start.date()) {
            return Err(format!("starts are known from {} to {}", DAYS[0], DAYS[1]));
        }
        if rule.len() > LENGTH {
            return Err(format!("a recurrence rule has at most {LENGTH} bytes"));
        }
        let (without, besides) = (Exceptions::default(), Vec::new());
        let mut series = Self { start, zone, rule: None, without, besides };
        for line in rule.lines().map(str::trim).filter(|line| !line.is_empty()) {
            series.add(line)?;
        }
        let is_once = series.rule.is_none();
        if is_once {
            series.besides.push(start);
        }
        if !is_once && series.dates(DAYS[1]).next().is_none() && series.besides.is_empty() {
            return Err("this recurrence rule gives not a single date".to_owned());
        }
        Ok(series)
    }

    /// The moments of the series on the days `from` to `to`, both counted in, by the clock of its zone; in order.
    #[must_use]
    pub fn between(&self, from: Date, to: Date) -> Vec<Zoned> {
        self.between_within(from, to, &mut { usize::MAX }).unwrap_or_default()
    }

    /// The same, unless the series passes more than `left` dates from its start to the end: then `None`. Those it
    /// passes are taken off.
    #[must_use]
    pub fn between_within(&self, from: Date, to: Date, left: &mut usize) -> Option<Vec<Zoned>> {
        let (from, to) = (from.max(DAYS[0]), to.min(DAYS[1]));
        let mut moments = Vec::new();
        for at in self.dates(to).chain(self.besides.iter().copied()) {
            *left = left.checked_sub(1)?;
            if (from..=to).contains(&at.date()) && !self.without.has(at) {
                moments.extend(self.zone.to_ambiguous_zoned(at).compatible().ok());
            }
        }
        moments.sort();
        moments.dedup();
        Some(moments)
    }

    /// What the rule gives until the end of the day `to`, on the clock.
    fn dates(&self, to: Date) -> impl Iterator<Item = DateTime> + '_ {
        let dates = self.rule.as_ref().into_iter().flat_map(IntoIterator::into_iter);
        dates.map_while(|at| clock(at.timestamp())).take_while(move |at| at.date() <= to)
    }

    /// Takes in one line.
    fn add(&mut self, line: &str) -> Result<(), String> {
        let (name, value) = match line.split_once(':') {
            Some((name, value)) => (name.split(';').next().unwrap_or_default().trim(), value),
            None => ("RRULE", line),
        };
        match &*name.to_ascii_uppercase() {
            "RRULE" if self.rule.is_some() => Err("a recurrence has one rule".to_owned()),
            "RRULE" => {
                self.rule = Some(self.parsed(value)?);
                Ok(())
            }
            "EXDATE" => value.split(',').try_for_each(|text| {
                match self.instant(text)? {
                    (day, None) => self.without.days.insert(day),
                    (day, Some(time)) => self.without.moments.insert(day.to_datetime(time)),
                };
                Ok(())
            }),
            "RDATE" => value.split(',').try_for_each(|text| {
                let (day, time) = self.instant(text)?;
                self.besides.push(day.to_datetime(time.unwrap_or(self.start.time())));
                Ok(())
            }),
            _ => Err(format!("'{}' is no line of a recurrence rule: RRULE, EXDATE, RDATE", escape(name))),
        }
    }

    /// A rule, read by the library after everything that it does not look at.
    fn parsed(&self, rule: &str) -> Result<RRuleSet, String> {
        let mut parts = Vec::new();
        let mut times = 1;
        let (mut frequency, mut is_bounded) = (None, false);
        for part in rule.trim().trim_end_matches(';').split(';') {
            let Some((name, value)) = part.split_once('=') else {
                return Err(format!(
                    "'{}' is no part of a recurrence rule, such as FREQ=WEEKLY",
                    escape(part)
                ));
            };
            let (name, mut value) = (name.trim().to_ascii_uppercase(), value.trim().to_ascii_uppercase());
            match &*name {
                "FREQ" => frequency = Some(value.clone()),
                "INTERVAL" if value.parse() == Ok(0) => return Err("INTERVAL is at least 1".to_owned()),
                "COUNT" | "UNTIL" if is_bounded => {
                    return Err("a recurrence rule has COUNT or UNTIL, once".to_owned());
                }
                "COUNT" if value.parse() == Ok(0) => return Err("COUNT is at least 1".to_owned()),
                "COUNT" => is_bounded = true,
                "UNTIL" => {
                    is_bounded = true;
                    let (day, time) = self.instant(&value)?;
                    let end = day.to_datetime(time.unwrap_or(Time::MAX));
                    if end < self.start {
                        return Err("UNTIL lies before the start".to_owned());
                    }
                    value = floating(end);
                }
                "BYHOUR" | "BYMINUTE" | "BYSECOND" => times *= value.split(',').count(),
                _ => {}
            }
            parts.push(format!("{name}={value}"));
        }
        is_slow(frequency.as_deref())?;
        if times > TIMES_A_DAY {
            return Err(format!("this recurrence rule gives more than {TIMES_A_DAY} times a day"));
        }
        let text = format!("DTSTART:{}\nRRULE:{}", floating(self.start), parts.join(";"));
        let set = text.parse::<RRuleSet>().map_err(|error| refusal(&error))?;
        // Where a rule goes on for long without a date, the library gives up.
        Ok(set.limit())
    }

    /// A date, or a date with a time on the zone's clock.
    fn instant(&self, text: &str) -> Result<(Date, Option<Time>), String> {
        let text = text.trim();
        let not_one =
            || format!("'{}' is neither a date like 20261231 nor a time like 20261231T090000Z", escape(text));
        if let Ok(day) = Date::strptime("%Y%m%d", text) {
            return Ok((day, None));
        }
        let (local, is_utc) = match text.strip_suffix(['Z', 'z']) {
            Some(text) => (text, true),
            None => (text, false),
        };
        let at = DateTime::strptime("%Y%m%dT%H%M%S", local).map_err(|_| not_one())?;
        let at = match is_utc {
            // The last days of the year 9999 are the same everywhere.
            true => TimeZone::UTC
                .to_timestamp(at)
                .map_or(at, |moment| moment.to_zoned(self.zone.clone()).datetime()),
            false => at,
        };
        Ok((at.date(), Some(at.time())))
    }
}

/// Whether something of this frequency takes place once a day or less often.
fn is_slow(frequency: Option<&str>) -> Result<(), String> {
    let all = FREQUENCIES.join(", ");
    match frequency {
        None => Err(format!("a recurrence rule has a FREQ: {all}")),
        Some(name) if FREQUENCIES.contains(&name) => Ok(()),
        Some(name) if TOO_FREQUENT.contains(&name) => {
            Err(format!("{name} is too often: FREQ is one of {all}"))
        }
        Some(name) => Err(match nearest(name, FREQUENCIES) {
            Some(near) => format!("'{}' is no FREQ; did you mean {near}?", escape(name)),
            None => format!("'{}' is no FREQ: {all}", escape(name)),
        }),
    }
}

/// A time on the clock in the form that the library reads, as if the clock stood in Greenwich.
fn floating(at: DateTime) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// What the clock shows, of seconds that the library counted.
fn clock(seconds: i64) -> Option<DateTime> {
    Some(TimeZone::UTC.to_datetime(Timestamp::from_second(seconds).ok()?))
}

/// What the library refuses, in the tone of this program.
fn refusal(error: &rrule::RRuleError) -> String {
    let text = error.to_string();
    let text = text.split_once(" error: ").map_or(&*text, |(_, reason)| reason);
    let text = text.trim_end_matches('.').replace('`', "");
    format!("not a recurrence rule: {}", escape(&text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn series(rule: &str) -> Result<Recurrence, String> {
        Recurrence::new(date(2025, 1, 6).at(9, 0, 0, 0), TimeZone::UTC, rule)
    }

    #[test]
    fn dates_are_those_that_a_calendar_counts() {
        // Counted day by day by tests/data/recurrence/dates.py.
        let cases = include_str!("../../tests/data/recurrence/dates.jsonl");
        let mut moments = 0;
        for line in cases.lines() {
            let case: serde_json::Value = serde_json::from_str(line).expect("a case is JSON");
            let text = |name: &str| case[name].as_str().expect("a text").to_owned();
            let zone = TimeZone::get(&text("zone")).expect("a zone");
            let series = Recurrence::new(text("start").parse().expect("a start"), zone, &text("rule"));
            let series = series.unwrap_or_else(|why| panic!("{}: {why}", text("name")));
            let [from, to] = ["from", "to"].map(|name| text(name).parse().expect("a day"));
            let found: Vec<String> =
                series.between(from, to).iter().map(|at| at.timestamp().to_string()).collect();
            let expect: Vec<&str> =
                case["starts"].as_array().expect("a list").iter().filter_map(|at| at.as_str()).collect();
            assert_eq!(found, expect, "{}", text("name"));
            moments += found.len();
        }
        assert!(moments > 2000, "{moments}");
    }

    #[test]
    fn a_rule_that_says_nothing_is_refused_with_the_reason() {
        for (rule, expect) in [
            ("weekly", "'weekly' is no part of a recurrence rule, such as FREQ=WEEKLY"),
            ("BYDAY=MO", "a recurrence rule has a FREQ: DAILY, WEEKLY, MONTHLY, YEARLY"),
            ("FREQ=WEEKLI", "'WEEKLI' is no FREQ; did you mean WEEKLY?"),
            ("FREQ=SECONDLY", "SECONDLY is too often: FREQ is one of DAILY, WEEKLY, MONTHLY, YEARLY"),
            ("FREQ=WEEKLY;INTERVAL=0", "INTERVAL is at least 1"),
            ("FREQ=WEEKLY;COUNT=2;UNTIL=20270101", "a recurrence rule has COUNT or UNTIL, once"),
            ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "this recurrence rule gives not a single date"),
            ("FREQ=WEEKLY;UNTIL=20200101", "UNTIL lies before the start"),
            ("FREQ=WEEKLY;BYDAY=XX", "not a recurrence rule:"),
            ("FREQ=MONTHLY;BYMONTHDAY=32", "not a recurrence rule:"),
            ("RRULE:FREQ=DAILY\nRRULE:FREQ=DAILY", "a recurrence has one rule"),
            ("RRULE:FREQ=DAILY\nEXDATE:tomorrow", "'tomorrow' is neither a date like 20261231"),
            ("DTSTART:20250101", "'DTSTART' is no line of a recurrence rule"),
        ] {
            let why = series(rule).err().unwrap_or_default();
            assert!(why.starts_with(expect), "{rule}: {why}");
        }
        assert!(Recurrence::new(date(1, 1, 1).at(0, 0, 0, 0), TimeZone::UTC, "FREQ=DAILY").is_err());
    }

    #[test]
    fn an_endless_rule_ends_with_the_range() {
        let hours = (0..24).map(|hour| hour.to_string()).collect::<Vec<_>>().join(",");
        let hourly = series(&format!("FREQ=DAILY;BYHOUR={hours}")).expect("24 times a day");
        assert_eq!(hourly.between(date(2026, 1, 1), date(2026, 1, 2)).len(), 48);
        assert!(series(&format!("FREQ=DAILY;BYHOUR={hours};BYMINUTE=0,30")).is_err());
        let daily = series("FREQ=DAILY;UNTIL=99991231T000000Z").expect("a rule");
        assert_eq!(daily.between(date(2025, 1, 7), date(9999, 12, 31)).last().map(Zoned::year), Some(2199));
        assert_eq!(daily.between(date(2025, 2, 1), date(2025, 1, 1)), []);
        // From the start on each date counts, whether it is asked for or not.
        let mut left = 10;
        let mut some = |last| daily.between_within(date(2025, 1, 10), date(2025, 1, last), &mut left);
        assert_eq!(some(12).map(|days| days.len()), Some(3));
        assert_eq!((some(8).map(|days| days.len()), some(8)), (Some(0), None));
    }

    proptest! {
        #[test]
        fn any_text_is_a_rule_or_is_refused(
            rule in "(RRULE:|EXDATE:|RDATE:)?(FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY))?(;(INTERVAL|COUNT|UNTIL|BYDAY|BYSETPOS|BYWEEKNO|BYYEARDAY|BYMONTHDAY|BYMONTH|BYHOUR|WKST)=[-+0-9A-Z,]{0,12}){0,4}(\n.{0,20})?",
            year in 1960i16..2210,
        ) {
            if let Ok(series) = Recurrence::new(date(year, 2, 28).at(2, 30, 0, 0), TimeZone::UTC, &rule) {
                let found = series.between(date(2026, 1, 1), date(2026, 12, 31));
                prop_assert!(found.len() <= 24 * 366, "{rule}: {}", found.len());
                prop_assert!(found.windows(2).all(|pair| pair[0] < pair[1]));
            }
        }
    }
}
