//! Objectives: whether the values of a metric kept to what `[[slos]]` promises, window by window, how often in a row they
//! did not, and which incident stands for that.
//!
//! A window is judged by the mean of its values. Windows lie side by side from 2001-01-01 on, which began a week, a month,
//! a quarter and a year: those of `7d` begin on Mondays, those of `1mo` with the month. Series of one metric with
//! different labels are judged each for itself.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use jiff::{Span, Timestamp, ToSpan};

use crate::config::{Config, Slo};
use crate::database::sql::{Cell, Needs, Place, Source, SqlError, TableInfo, Take};
use crate::database::{Database, RecordId};
use crate::model::{Comparison, Moment, length};
use crate::read::tape::Value;

/// A Monday that began a year.
const FIRST: Date = date(2001, 1, 1);

/// The columns: name, kind, what it says.
const INFO: &[(&str, &str, &str)] = &[
    ("slo", "text", "The name of the objective."),
    ("metric", "text", "The metric whose values count."),
    ("labels", "json", "The labels of the series, if it has any."),
    ("first_day", "date", "The first day that is judged."),
    ("last_day", "date", "The last one."),
    ("is_complete", "boolean", "Whether that day is over, so that no further value can come."),
    ("amount", "integer", "How many values were measured."),
    ("value", "number", "Their mean."),
    ("op", "text", "How it is to compare with the target."),
    ("target", "number", "The target."),
    ("is_met", "boolean", "Whether it does."),
    ("breaches", "integer", "How many times in a row, up to this one, it did not; 0 when it did."),
    ("breached_since", "date", "The first day of that row."),
    ("is_last", "boolean", "Whether it is the last one of its series that is complete."),
    (
        "incident",
        "text",
        "The key of an incident that stands for the breach: of this objective, open within the row.",
    ),
];

/// The table of objectives, as of the day of `now`.
pub(super) fn source<'a>(config: &'a Config, database: &'a Database, now: Timestamp) -> Box<dyn Source + 'a> {
    let about = "a window of an objective, at the last value that was measured in it";
    let today = now.to_zoned(config.project.zone.clone()).date();
    Box::new(Results { config, database, today, info: TableInfo::new("slo_results", about, INFO) })
}

struct Results<'a> {
    config: &'a Config,
    database: &'a Database,
    today: Date,
    info: TableInfo,
}

/// A value that was measured.
struct Measured {
    id: RecordId,
    day: Date,
    value: f64,
}

/// A window of a series.
struct Judged<'c> {
    slo: &'c Slo,
    labels: String,
    first: Date,
    last: Date,
    is_complete: bool,
    amount: usize,
    value: f64,
    id: RecordId,
    is_met: bool,
    breaches: i64,
    since: Option<Date>,
    is_last: bool,
    incident: Option<String>,
}

/// An incident, as far as it can stand for a breach.
struct Incident {
    key: Option<String>,
    slo: Option<String>,
    words: String,
    opened: Option<Date>,
    resolved: Option<Date>,
}

impl Source for Results<'_> {
    fn info(&self) -> &TableInfo {
        &self.info
    }

    fn has_repeats(&self) -> bool {
        true
    }

    fn needs(&self, _columns: &[usize], needs: &mut Needs) {
        needs.add(self.database, &["metrics", "incidents"]);
    }

    fn rows(&self, wanted: &[usize], take: &mut Take<'_>) -> Result<(), SqlError> {
        let incidents = self.incidents();
        let series = self.series();
        for slo in &self.config.slos {
            let own = series.iter().filter(|((metric, _), _)| *metric == slo.metric);
            for ((_, labels), values) in own {
                for one in judged(slo, labels, values, &incidents, self.today) {
                    let cells: Vec<Cell<'_>> =
                        wanted.iter().map(|&at| cell(&one, &self.info.columns[at].name)).collect();
                    take(Place::Record(one.id), &cells)?;
                }
            }
        }
        Ok(())
    }
}

impl Results<'_> {
    /// The values of the metrics that an objective names, by metric and labels, in the order of their days.
    fn series(&self) -> BTreeMap<(String, String), Vec<Measured>> {
        let mut series: BTreeMap<(String, String), Vec<Measured>> = BTreeMap::new();
        let Some((table, _)) = self.database.table("metrics") else { return series };
        self.database.for_each(table, &mut |id, record, _| {
            let Some(name) = text(record, "name") else { return };
            if !self.config.slos.iter().any(|slo| slo.metric == name) {
                return;
            }
            let value = record.get("value").and_then(|value| value.as_number()?.parse::<f64>().ok());
            let (Some(day), Some(value)) = (self.day(record, "date"), value) else { return };
            let labels = record.get("labels").filter(|labels| !labels.is_empty());
            let labels = labels.map(|labels| labels.to_json().to_string()).unwrap_or_default();
            series.entry((name, labels)).or_default().push(Measured { id, day, value });
        });
        series.values_mut().for_each(|values| values.sort_by_key(|one| one.day));
        series
    }

    fn incidents(&self) -> Vec<Incident> {
        let mut incidents = Vec::new();
        let Some((table, of)) = self.database.table("incidents") else { return incidents };
        self.database.for_each(table, &mut |_, record, _| {
            let words = ["title", "summary"].map(|name| text(record, name).unwrap_or_default());
            incidents.push(Incident {
                key: of.key(record),
                slo: text(record, "slo"),
                words: words.join(" "),
                opened: self.day(record, "opened"),
                resolved: self.day(record, "resolved"),
            });
        });
        incidents
    }

    fn day(&self, record: Value<'_>, name: &str) -> Option<Date> {
        let zone = &self.config.project.zone;
        let moment = Moment::read(record.get(name)?.as_str()?)?;
        Some(moment.start(zone).to_zoned(zone.clone()).date())
    }
}

fn text(record: Value<'_>, name: &str) -> Option<String> {
    let text = record.get(name)?.scalar_text()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The windows of a series, in order; each value is one where the objective names no window.
fn judged<'c>(
    slo: &'c Slo,
    labels: &str,
    values: &[Measured],
    incidents: &[Incident],
    today: Date,
) -> Vec<Judged<'c>> {
    let Some(comparison) = Comparison::from_sign(&slo.op) else { return Vec::new() };
    let mut all: Vec<Judged<'_>> = Vec::new();
    let window = |one: &Measured| slo.window.map_or((one.day, one.day), |length| window(one.day, length));
    for group in values.chunk_by(|a, b| slo.window.is_some() && window(a) == window(b)) {
        let newest = &group[group.len() - 1];
        let (first, last) = window(newest);
        let value = group.iter().map(|one| one.value).sum::<f64>() / group.len() as f64;
        let is_met = comparison.holds(&value, &slo.target);
        let before = all.last().filter(|before| !before.is_met && !is_met);
        let breaches = before.map_or(0, |before| before.breaches) + i64::from(!is_met);
        let since = before.and_then(|before| before.since).or_else(|| (!is_met).then_some(first));
        let is_complete = slo.window.is_none() || last < today;
        let (amount, id, labels) = (group.len(), newest.id, labels.to_owned());
        all.push(Judged {
            slo,
            labels,
            first,
            last,
            is_complete,
            amount,
            value,
            id,
            is_met,
            breaches,
            since,
            is_last: false,
            incident: None,
        });
    }
    if let Some(last) = all.iter_mut().rev().find(|one| one.is_complete) {
        last.is_last = true;
    }
    for at in 0..all.len() {
        // It may be noticed when the next figures are there.
        let until = all.get(at + 1).map_or(Date::MAX, |next| next.last);
        if let Some(since) = all[at].since {
            all[at].incident = incident(slo, incidents, since, until);
        }
    }
    all
}

/// The incident that was open at some time from `since` until `until` and says that it is about the objective.
fn incident(slo: &Slo, incidents: &[Incident], since: Date, until: Date) -> Option<String> {
    let names = |one: &Incident| match &one.slo {
        Some(name) => *name == slo.name,
        None => one.words.contains(&slo.name) || one.words.contains(&slo.metric),
    };
    let is_open = |one: &Incident| {
        one.opened.is_none_or(|opened| opened <= until)
            && one.resolved.is_none_or(|resolved| resolved >= since)
    };
    incidents.iter().filter(|one| names(one) && is_open(one)).find_map(|one| one.key.clone())
}

/// The first and the last day of the window that holds `day`.
fn window(day: Date, length: Span) -> (Date, Date) {
    let months = i64::from(length.get_years()) * 12 + i64::from(length.get_months());
    let start = |number: i64| {
        if months > 0 {
            return FIRST.saturating_add((number * months).months());
        }
        let days = (length::minutes(length) / 1_440).max(1);
        FIRST.saturating_add((number * days).days())
    };
    let days = (length::minutes(length) / 1_440).max(1);
    let mut number = i64::from((day - FIRST).get_days()).div_euclid(days);
    // Months are not all as long.
    while start(number) > day {
        number -= 1;
    }
    while start(number + 1) <= day {
        number += 1;
    }
    (start(number), start(number + 1).saturating_sub(1.day()))
}

fn cell(one: &Judged<'_>, column: &str) -> Cell<'static> {
    let day = |day: Date| Cell::text(day.to_string());
    match column {
        "slo" => Cell::text(one.slo.name.clone()),
        "metric" => Cell::text(one.slo.metric.clone()),
        "labels" => Cell::maybe((!one.labels.is_empty()).then(|| one.labels.clone())),
        "first_day" => day(one.first),
        "last_day" => day(one.last),
        "is_complete" => Cell::bool(one.is_complete),
        "amount" => Cell::Integer(one.amount as i64),
        "value" => Cell::Real(one.value),
        "op" => Cell::text(one.slo.op.clone()),
        "target" => Cell::Real(one.slo.target),
        "is_met" => Cell::bool(one.is_met),
        "breaches" => Cell::Integer(one.breaches),
        "breached_since" => one.since.map_or(Cell::Null, day),
        "is_last" => Cell::bool(one.is_last),
        _ => Cell::maybe(one.incident.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cadence::world::World;

    fn values(name: &str, all: &[(&str, f64)]) -> String {
        let line = |(day, value): &(&str, f64)| {
            format!("{{\"name\":\"{name}\",\"date\":\"{day}\",\"value\":{value}}}\n")
        };
        all.iter().map(line).collect()
    }

    const CONFIG: &str = "[[slos]]\nname = \"latency\"\nmetric = \"p95\"\nop = \"<=\"\ntarget = 600\n";

    #[test]
    fn each_value_is_judged_and_breaches_in_a_row_are_counted() {
        let metrics = values(
            "p95",
            &[("2026-11-01", 700.0), ("2026-11-02", 600.0), ("2026-11-04", 601.0), ("2026-11-03", 650.0)],
        ) + &values("other", &[("2026-11-01", 900.0)]);
        let incidents = "{\"id\":\"I-1\",\"title\":\"Slow\",\"slo\":\"latency\",\"opened\":\"2026-11-04T08:00:00Z\"}\n\
                         {\"id\":\"I-0\",\"title\":\"Slow\",\"slo\":\"other\",\"opened\":\"2026-11-01\"}\n";
        let world = World::new(CONFIG, "2026-11-20T12:00:00Z")
            .without_git()
            .with(&[("ops/metrics.jsonl", &metrics), ("ops/incidents.jsonl", incidents)]);
        let sql = "SELECT first_day, value, is_met, breaches, breached_since, is_last, incident FROM slo_results \
                   ORDER BY first_day";
        assert_eq!(
            world.ask(sql),
            [
                "2026-11-01|700|0|1|2026-11-01|0|-",
                "2026-11-02|600|1|0|-|0|-",
                "2026-11-03|650|0|1|2026-11-03|0|I-1",
                "2026-11-04|601|0|2|2026-11-03|1|I-1",
            ]
        );
    }

    #[test]
    fn a_window_is_judged_by_its_mean_and_series_by_their_labels() {
        let config = format!("{CONFIG}window = \"7d\"\n");
        let metrics = values("p95", &[("2026-11-09", 500.0), ("2026-11-15", 800.0), ("2026-11-16", 100.0)])
            + "{\"name\":\"p95\",\"date\":\"2026-11-15\",\"value\":1,\"labels\":{\"stage\":\"a\"}}\n";
        let world = World::new(&config, "2026-11-20T12:00:00Z")
            .without_git()
            .with(&[("ops/metrics.jsonl", &metrics)]);
        let sql = "SELECT labels, first_day, last_day, amount, value, is_met, is_complete, is_last FROM slo_results";
        assert_eq!(
            world.ask(sql),
            [
                "-|2026-11-09|2026-11-15|2|650|0|1|1",
                "-|2026-11-16|2026-11-22|1|100|1|0|0",
                "{\"stage\":\"a\"}|2026-11-09|2026-11-15|1|1|1|1|1",
            ]
        );
    }

    #[test]
    fn one_value_may_be_judged_by_two_objectives() {
        let config =
            format!("{CONFIG}[[slos]]\nname = \"goal\"\nmetric = \"p95\"\nop = \"<\"\ntarget = 300\n");
        let metrics = values("p95", &[("2026-11-09", 500.0)]);
        let world = World::new(&config, "2026-11-20T12:00:00Z")
            .without_git()
            .with(&[("ops/metrics.jsonl", &metrics)]);
        let sql = "SELECT r.slo, r.is_met, m.value FROM slo_results r JOIN metrics m ON m._id = r._id";
        assert_eq!(world.ask(sql), ["latency|1|500", "goal|0|500"]);
    }

    #[test]
    fn windows_lie_side_by_side() {
        for (day, length, expect) in [
            ("2026-11-20", "7d", "2026-11-16 2026-11-22"),
            ("2026-11-20", "1w", "2026-11-16 2026-11-22"),
            ("2026-11-20", "1mo", "2026-11-01 2026-11-30"),
            ("2026-12-31", "3mo", "2026-10-01 2026-12-31"),
            ("2026-12-31", "1y", "2026-01-01 2026-12-31"),
            ("2026-11-20", "24h", "2026-11-20 2026-11-20"),
            ("1999-12-31", "1mo", "1999-12-01 1999-12-31"),
            ("1970-01-15", "1mo", "1970-01-01 1970-01-31"),
        ] {
            let day: Date = day.parse().expect("a day");
            let (first, last) = window(day, length::length(length).expect(length));
            assert_eq!(format!("{first} {last}"), expect, "{day} {length}");
        }
    }

    #[test]
    fn an_incident_stands_for_a_breach_that_it_names_or_speaks_of_and_was_open_in() {
        let metrics = values("p95", &[("2026-11-03", 700.0), ("2026-11-04", 700.0)]);
        let stands = |rest: &str| {
            let incident = format!("{{\"id\":\"I-1\",{rest}}}\n");
            let world = World::new(CONFIG, "2026-11-20T12:00:00Z")
                .without_git()
                .with(&[("ops/metrics.jsonl", &metrics), ("ops/incidents.jsonl", &incident)]);
            world.ask("SELECT incident FROM slo_results WHERE is_last") == ["I-1"]
        };
        for (rest, expect) in [
            ("\"title\":\"The latency is high\"", true),
            ("\"title\":\"Slow\",\"summary\":\"p95 went up\"", true),
            ("\"title\":\"Slow\"", false),
            ("\"title\":\"p95 and latency\",\"slo\":\"another\"", false),
            (
                "\"title\":\"a\",\"slo\":\"latency\",\"opened\":\"2026-11-01\",\"resolved\":\"2026-11-03\"",
                true,
            ),
            (
                "\"title\":\"a\",\"slo\":\"latency\",\"opened\":\"2026-11-01\",\"resolved\":\"2026-11-02\"",
                false,
            ),
        ] {
            assert_eq!(stands(rest), expect, "{rest}");
        }
    }

    #[test]
    fn a_window_is_complete_when_its_last_day_is_over_and_stands_at_its_newest_value() {
        let config = format!("[project]\nzone = \"Pacific/Auckland\"\n{CONFIG}window = \"7d\"\n");
        // The second is of the 15th there.
        let metrics = values("p95", &[("2026-11-09", 500.0), ("2026-11-14T11:30:00Z", 800.0)]);
        let sql =
            "SELECT is_complete, is_last, amount, m.value FROM slo_results r JOIN metrics m ON m._id = r._id";
        let world = World::new(&config, "2026-11-15T10:00:00Z")
            .without_git()
            .with(&[("ops/metrics.jsonl", &metrics)]);
        assert_eq!(world.ask(sql), ["0|0|2|800"]);
        assert_eq!(world.now("2026-11-15T11:00:00Z").ask(sql), ["1|1|2|800"]);
        let each =
            World::new(&format!("[project]\nzone = \"Pacific/Auckland\"\n{CONFIG}"), "2026-11-20T12:00:00Z")
                .without_git()
                .with(&[("ops/metrics.jsonl", &(metrics + &values("p95", &[("2026-11-15", 1.0)])))]);
        let sql = "SELECT first_day, value FROM slo_results ORDER BY first_day, value";
        assert_eq!(
            each.ask(sql),
            ["2026-11-09|500", "2026-11-15|1", "2026-11-15|800"],
            "each value for itself"
        );
    }
}
