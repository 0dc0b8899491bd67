//! Indicators: what a statement gives for the period that ends now and for those before it, and whether that is what it
//! should be.
//!
//! The tables are an engine's; which statements there are is said by the configuration. How figures are shown is not known
//! here.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::config::{Better, Indicator, Lookback};
use crate::database::sql::{Cell, Engine, Period, PeriodSlot, SqlError};

/// What a row of an indicator says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figure {
    /// The figure.
    pub value: Option<f64>,
    /// Where it is a share, how much of the whole that is.
    pub numerator: Option<f64>,
    /// The whole.
    pub denominator: Option<f64>,
    /// What else there is to say.
    pub note: Option<String>,
}

/// What a statement gave for one period.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// The row without a name.
    pub whole: Option<Figure>,
    /// The rows with one.
    pub parts: Vec<(String, Figure)>,
    /// What is wrong with the answer.
    pub lacks: Option<&'static str>,
}

/// Whether an indicator is what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Met,
    /// It is not.
    Missed,
    /// Nothing says what it should be.
    Free,
    /// Nobody can tell.
    Unknown,
}

/// How an indicator changed since the period before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Which way its value went.
    pub direction: Direction,
    /// Whether that is better; `None` when it is level, or nobody can tell.
    pub is_better: Option<bool>,
}

/// Which way a value went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It is more.
    Up,
    /// It is less.
    Down,
    /// It is the same.
    Level,
}

/// The periods that `lookback` names, at least one, the one that ends at `now` last. Their days are those of `zone`, and
/// none belongs to two.
#[must_use]
pub fn periods(now: Timestamp, lookback: Lookback, zone: &TimeZone) -> Vec<Period> {
    let mut end = now.to_zoned(zone.clone());
    let mut periods = Vec::with_capacity(lookback.periods);
    for _ in 0..lookback.periods {
        // Before the first moment there is, a period is empty.
        let start = end.checked_sub(lookback.period).unwrap_or_else(|_| end.clone());
        let first_day = start.date().tomorrow().unwrap_or_else(|_| start.date());
        periods.push(Period {
            since: moment(&start),
            until: moment(&end),
            first_day: first_day.to_string(),
            last_day: end.date().to_string(),
        });
        end = start;
    }
    periods.reverse();
    periods
}

fn moment(at: &Zoned) -> String {
    at.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Asks `sql`, whose tables are loaded, for `period`.
///
/// # Errors
/// What the engine says.
pub fn ask(
    sql: &str,
    period: &Period,
    slot: &PeriodSlot,
    engine: &mut Engine<'_>,
) -> Result<Answer, SqlError> {
    slot.put(period, engine)?;
    let mut answer = Answer::default();
    engine.run(sql, &mut |names, cells| {
        let at = |name: &str| names.iter().position(|known| known.eq_ignore_ascii_case(name));
        let cell = |name: &str| cells.get(at(name)?);
        if at("value").is_none() {
            answer.lacks = Some("the statement gives no column called value");
        }
        if cells.is_empty() || answer.lacks.is_some() {
            return Ok(());
        }
        if matches!(cell("value"), Some(Cell::Text(_))) {
            answer.lacks = Some("the value that the statement gives is no number");
        }
        let figure = Figure {
            value: cell("value").and_then(number),
            numerator: cell("numerator").and_then(number),
            denominator: cell("denominator").and_then(number),
            note: cell("note").and_then(text),
        };
        match cell("name").and_then(text) {
            Some(name) => answer.parts.push((name, figure)),
            None if answer.whole.is_some() => {
                answer.lacks = Some("the statement gives several rows without a name")
            }
            None => answer.whole = Some(figure),
        }
        Ok(())
    })?;
    Ok(answer)
}

/// Whether `value` is what `indicator` should be.
#[must_use]
pub fn verdict(indicator: &Indicator, value: Option<f64>) -> Verdict {
    match (value, &indicator.target) {
        (None, _) => Verdict::Unknown,
        (Some(_), None) => Verdict::Free,
        (Some(value), Some(target)) if target.holds(rounded(value)) => Verdict::Met,
        _ => Verdict::Missed,
    }
}

/// How the last of `values` compares with the last known one before it; `None` when there are no two.
#[must_use]
pub fn change(values: &[Option<f64>], better: Option<Better>) -> Option<Change> {
    let (last, before) = values.split_last()?;
    let (last, before) = (rounded((*last)?), rounded(before.iter().rev().find_map(|value| *value)?));
    if last == before {
        return Some(Change { direction: Direction::Level, is_better: None });
    }
    let direction = if last > before { Direction::Up } else { Direction::Down };
    let is_better = better.map(|better| match better {
        Better::Higher => last > before,
        Better::Lower => last < before,
        Better::Nearer => last.abs() < before.abs(),
    });
    // As far from nothing as before, on the other side: neither.
    let is_level = better == Some(Better::Nearer) && last.abs() == before.abs();
    Some(Change { direction, is_better: is_better.filter(|_| !is_level) })
}

/// A value without what binary numbers add to it: nine digits behind the point are more than anybody measures.
fn rounded(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

fn number(cell: &Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Integer(number) => Some(*number as f64),
        Cell::Real(number) => Some(*number),
        Cell::Null | Cell::Text(_) => None,
    }
}

fn text(cell: &Cell<'_>) -> Option<String> {
    match cell {
        Cell::Null => None,
        Cell::Integer(number) => Some(number.to_string()),
        Cell::Real(number) => Some(number.to_string()),
        Cell::Text(text) => Some(text.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::database::sql::{Limits, Now};

    const LIMITS: Limits = Limits { steps: 1_000_000, bytes: 1 << 24, rows: 100, seconds: 60 };

    fn lookback() -> Lookback {
        Config::built_in().lookback
    }

    fn all() -> Vec<Period> {
        periods("2026-11-20T09:00:00Z".parse().expect("a moment"), lookback(), &TimeZone::UTC)
    }

    fn answer(sql: &str, period: &Period) -> Answer {
        let slot = PeriodSlot::new(all()[0].clone());
        let now = Now { instant: "2026-11-20T09:00:00Z".to_owned(), today: "2026-11-20".to_owned() };
        let mut engine = Engine::new(vec![slot.source()], &now, LIMITS).expect("an engine");
        let reads = engine.reads(sql).expect("a statement");
        engine.load(&reads).expect("it fits");
        ask(sql, period, &slot, &mut engine).expect("an answer")
    }

    #[test]
    fn periods_follow_one_another_and_no_day_belongs_to_two() {
        let days: Vec<(String, String)> =
            all().into_iter().map(|period| (period.first_day, period.last_day)).collect();
        assert_eq!(
            days,
            [
                ("2026-08-01", "2026-08-28"),
                ("2026-08-29", "2026-09-25"),
                ("2026-09-26", "2026-10-23"),
                ("2026-10-24", "2026-11-20"),
            ]
            .map(|(from, to)| (from.to_owned(), to.to_owned()))
        );
        assert_eq!(all()[3].since, "2026-10-23T09:00:00Z");
        let zone = TimeZone::get("Pacific/Auckland").expect("a zone");
        let late = periods("2026-11-20T18:00:00Z".parse().expect("a moment"), lookback(), &zone);
        assert_eq!((&*late[3].last_day, &*late[3].until), ("2026-11-21", "2026-11-20T18:00:00Z"));
    }

    #[test]
    fn one_statement_is_asked_for_each_period() {
        let sql = "SELECT julianday(last_day) - julianday('2026-11-20') AS value, 1 AS numerator, 'n' AS note FROM period";
        let values: Vec<Option<f64>> =
            all().iter().map(|period| answer(sql, period).whole.and_then(|whole| whole.value)).collect();
        assert_eq!(values, [Some(-84.0), Some(-56.0), Some(-28.0), Some(0.0)]);
        let whole = answer(sql, &all()[0]).whole.expect("a row");
        assert_eq!((whole.numerator, whole.denominator, whole.note.as_deref()), (Some(1.0), None, Some("n")));
    }

    #[test]
    fn rows_with_a_name_are_parts() {
        let sql = "SELECT NULL AS name, 2 AS value UNION ALL SELECT 'a', 1.5 UNION ALL SELECT 7, NULL";
        let found = answer(sql, &all()[3]);
        assert_eq!(found.whole.and_then(|whole| whole.value), Some(2.0));
        let parts: Vec<(String, Option<f64>)> =
            found.parts.into_iter().map(|(name, figure)| (name, figure.value)).collect();
        assert_eq!(parts, [("a".to_owned(), Some(1.5)), ("7".to_owned(), None)]);
    }

    #[test]
    fn an_answer_that_is_no_figure_says_what_it_lacks() {
        let lacks = |sql: &str| answer(sql, &all()[3]).lacks;
        assert_eq!(lacks("SELECT 1 AS n"), Some("the statement gives no column called value"));
        assert_eq!(lacks("SELECT 'x' AS value"), Some("the value that the statement gives is no number"));
        assert_eq!(
            lacks("SELECT 1 AS value UNION ALL SELECT 2"),
            Some("the statement gives several rows without a name")
        );
        assert_eq!(lacks("SELECT NULL AS value"), None);
        assert_eq!(answer("SELECT 1 AS value WHERE 0", &all()[3]), Answer::default());
    }

    #[test]
    fn a_figure_is_met_missed_free_or_unknown() {
        let source = "[[indicators]]\nid = \"a\"\nsql = \"SELECT 1\"\ntarget = \"within 15\"\n\
                      [[indicators]]\nid = \"b\"\nsql = \"SELECT 1\"\n";
        let config = Config::read(None, "", source);
        let of = |id: &str, value| {
            verdict(config.indicators.iter().find(|one| one.id == id).expect("it is there"), value)
        };
        // 6.9 against 6 is 15 % and a little more in binary numbers.
        assert_eq!(of("a", Some(100.0 * (6.9 - 6.0) / 6.0)), Verdict::Met);
        assert_eq!(of("a", Some(-15.1)), Verdict::Missed);
        assert_eq!(
            (of("a", None), of("b", None), of("b", Some(1.0))),
            (Verdict::Unknown, Verdict::Unknown, Verdict::Free)
        );
    }

    #[test]
    fn a_change_is_better_or_worse_by_what_is_wanted() {
        let of = |values: &[Option<f64>], better| {
            change(values, better).map(|change| (change.direction, change.is_better))
        };
        use Better::{Higher, Lower, Nearer};
        use Direction::{Down, Level, Up};
        assert_eq!(of(&[Some(1.0), Some(2.0)], Some(Higher)), Some((Up, Some(true))));
        assert_eq!(of(&[Some(1.0), None, Some(2.0)], Some(Lower)), Some((Up, Some(false))));
        assert_eq!(of(&[Some(-9.0), Some(3.0)], Some(Nearer)), Some((Up, Some(true))));
        assert_eq!(of(&[Some(-3.0), Some(3.0)], Some(Nearer)), Some((Up, None)));
        assert_eq!(of(&[Some(2.0), Some(1.0)], None), Some((Down, None)));
        assert_eq!(of(&[Some(0.1 + 0.2), Some(0.3)], Some(Higher)), Some((Level, None)));
        assert_eq!((of(&[Some(1.0), None], None), of(&[Some(1.0)], None)), (None, None));
    }
}
