//! Rituals and their occurrences as tables that statements may read.
//!
//! Their rows stand for entries of the configuration; what is recorded of an occurrence is named by path and line. The
//! rows are made when they are asked for, and when minutes were published only if that column is.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::rc::Rc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use serde_json::{Value as Json, json};

use super::{Evidence, Occurrence, TooMany, carryover, clocks, occurrences, slo};
use crate::config::{AgendaItem, Config, Escalation, Ritual};
use crate::database::Database;
use crate::database::sql::{Cell, Needs, Place, Source, SqlError, TableInfo, Take, Timeline};
use crate::text::RepoPath;

/// How far back the table of occurrences reaches at most, in years: what is older is no matter of operations.
const YEARS_BACK: i64 = 5;

/// How far ahead it reaches, in years.
const YEARS_AHEAD: i64 = 1;

/// The column of occurrences that history tells.
const PUBLISHED: &str = "published";

/// The collections in which meetings are recorded.
pub(super) const RECORDS: &[&str] = &["meetings", "notes"];

const RITUALS: &[(&str, &str, &str)] = &[
    ("id", "text", "What notes and minutes call it."),
    ("title", "text", "What people call it."),
    ("owner", "text", "Who leads it."),
    ("rrule", "text", "When it takes place, as RFC 5545 writes it."),
    ("zone", "text", "The zone of its clock."),
    ("minutes", "integer", "How long it takes."),
    ("agenda_minutes", "number", "How long the items of its agenda take together."),
    ("folder", "text", "Where its minutes lie, with placeholders."),
    ("publish_hours", "integer", "How long after its end the minutes may take."),
    ("autonomy", "integer", "How much may be done without asking, from 1 (everything) to 3 (nothing)."),
    ("preset", "text", "The preset it is made from."),
    ("participants", "json", "Who else takes part."),
    ("agenda", "json", "Its items: title, minutes, evidence_command."),
    ("inputs", "json", "What it needs."),
    ("outputs", "json", "What it has to bring forth."),
    ("escalation", "json", "Who is told when it is missed: after_hours, to."),
];

const OCCURRENCES: &[(&str, &str, &str)] = &[
    ("ritual", "text", "The id of the ritual."),
    ("title", "text", "What people call it."),
    ("owner", "text", "Who leads it."),
    ("start", "date", "When it begins, in UTC."),
    ("end", "date", "When it ends, in UTC."),
    ("day", "date", "The day it begins on, in its own zone."),
    ("week", "text", "The ISO week of that day, as in 2026-W47."),
    ("quarter", "text", "The quarter of that day, as in 2026-Q4."),
    ("state", "text", "held, skipped, missed, open, coming or unknown."),
    ("folder", "text", "Where its minutes lie, or would."),
    ("path", "text", "The file in which it is recorded."),
    ("line", "integer", "The line on which that begins, from 1."),
    ("record", "integer", "The handle of its record: `_id` of meetings or notes."),
    ("held_on", "date", "The day on which it was held, as its record says."),
    ("rationale", "text", "Why it was skipped."),
    ("recovery", "text", "What makes up for that."),
    ("publish_by", "date", "Until when its minutes are to be published, in UTC."),
    ("published", "date", "When the minutes reached the mainline, in UTC; none when they are not committed."),
    (
        "days_late",
        "integer",
        "If held, how many days late; if missed, how many days nobody has held it since.",
    ),
    ("escalated_to", "text", "If missed, whom the escalation has reached by now."),
];

/// The tables about what takes place when, and what has to be done by when, of `config` as of `now`.
#[must_use]
pub fn sources<'a>(
    config: &'a Config,
    database: &'a Database,
    timeline: &Rc<Timeline<'a>>,
    now: Timestamp,
) -> Vec<Box<dyn Source + 'a>> {
    let rituals = TableInfo::new("rituals", "something that takes place again and again", RITUALS);
    let held =
        TableInfo::new("occurrences", "one time that a ritual takes place, or should have", OCCURRENCES);
    vec![
        Box::new(Rituals { config, info: rituals }),
        Box::new(Occurrences { config, database, timeline: timeline.clone(), now, info: held }),
        clocks::source(config, database, timeline, now),
        carryover::source(database),
        slo::source(config, database, now),
    ]
}

/// The days that occurrences are told of: from the first meeting that is recorded.
pub(super) fn days(config: &Config, evidence: &Evidence, now: Timestamp) -> RangeInclusive<Date> {
    let today = now.to_zoned(config.project.zone.clone()).date();
    let earliest = today.saturating_sub(YEARS_BACK.years());
    let first = evidence.first_day().unwrap_or(today).clamp(earliest, today);
    first..=today.saturating_add(YEARS_AHEAD.years())
}

struct Rituals<'a> {
    config: &'a Config,
    info: TableInfo,
}

struct Occurrences<'a> {
    config: &'a Config,
    database: &'a Database,
    timeline: Rc<Timeline<'a>>,
    now: Timestamp,
    info: TableInfo,
}

impl Source for Rituals<'_> {
    fn info(&self) -> &TableInfo {
        &self.info
    }

    fn rows(&self, wanted: &[usize], take: &mut Take<'_>) -> Result<(), SqlError> {
        for ritual in &self.config.rituals {
            let cells: Vec<Cell<'_>> =
                wanted.iter().map(|&at| of_ritual(ritual, &self.info.columns[at].name)).collect();
            take(place(self.config.file.as_ref(), ritual), &cells)?;
        }
        Ok(())
    }
}

impl Source for Occurrences<'_> {
    fn info(&self) -> &TableInfo {
        &self.info
    }

    fn needs(&self, _columns: &[usize], needs: &mut Needs) {
        needs.add(self.database, RECORDS);
        needs.documents = true;
    }

    fn unknown_of(&self, columns: &BTreeSet<usize>) -> Vec<String> {
        let is_asked = columns.iter().any(|&at| self.info.columns[at].name == PUBLISHED);
        if is_asked && !self.config.rituals.is_empty() { self.timeline.unknown() } else { Vec::new() }
    }

    fn rows(&self, wanted: &[usize], take: &mut Take<'_>) -> Result<(), SqlError> {
        if self.config.rituals.is_empty() {
            return Ok(());
        }
        let name = |at: usize| &*self.info.columns[at].name;
        let mut evidence = Evidence::of(self.database);
        if wanted.iter().any(|&at| name(at) == PUBLISHED) {
            evidence.learn_arrivals(&self.timeline);
        }
        let (days, most) = (days(self.config, &evidence, self.now), self.config.limits.occurrences);
        let all = occurrences(&self.config.rituals, &evidence, &days, self.now, most)
            .map_err(|many| SqlError::limit(many.to_string(), TooMany::HINT))?;
        for one in &all {
            let cells: Vec<Cell<'_>> = wanted.iter().map(|&at| of_occurrence(one, name(at))).collect();
            let ritual = self.config.rituals.iter().find(|ritual| ritual.id == one.ritual);
            let place = ritual.map_or(Place::Nowhere, |ritual| place(self.config.file.as_ref(), ritual));
            take(place, &cells)?;
        }
        Ok(())
    }
}

/// The entry of a ritual in the configuration.
fn place<'a>(file: Option<&'a RepoPath>, ritual: &Ritual) -> Place<'a> {
    file.map_or(Place::Nowhere, |file| Place::Bytes(file, ritual.span))
}

fn of_ritual(ritual: &Ritual, column: &str) -> Cell<'static> {
    let text = |text: &Option<String>| Cell::maybe(text.clone());
    let list = |list: Vec<Json>| Cell::text(Json::Array(list).to_string());
    let texts = |all: &[String]| list(all.iter().cloned().map(Json::from).collect());
    match column {
        "id" => Cell::text(ritual.id.clone()),
        "title" => Cell::text(ritual.title.clone()),
        "owner" => text(&ritual.owner),
        "rrule" => Cell::maybe((!ritual.rrule.is_empty()).then(|| ritual.rrule.clone())),
        "zone" => Cell::maybe(ritual.zone.iana_name().map(str::to_owned)),
        "minutes" => length(ritual.duration.as_ref(), 60),
        "agenda_minutes" => {
            let minutes: Vec<f64> = ritual.agenda.iter().filter_map(|item| item.minutes).collect();
            if minutes.is_empty() { Cell::Null } else { Cell::Real(minutes.iter().sum()) }
        }
        "folder" => text(&ritual.folder),
        "publish_hours" => length(ritual.publish_within.as_ref(), 3_600),
        "autonomy" => ritual.autonomy.map_or(Cell::Null, |level| Cell::Integer(i64::from(level))),
        "preset" => text(&ritual.preset),
        "participants" => texts(&ritual.participants),
        "inputs" => texts(&ritual.inputs),
        "outputs" => texts(&ritual.outputs),
        "agenda" => list(ritual.agenda.iter().map(AgendaItem::to_json).collect()),
        _ => {
            let step = |step: &Escalation| json!({ "after_hours": units(&step.after, 3_600), "to": step.to });
            list(ritual.escalation.iter().map(step).collect())
        }
    }
}

fn of_occurrence(one: &Occurrence, column: &str) -> Cell<'static> {
    let text = |text: &Option<String>| Cell::maybe(text.clone());
    let day = one.start.date();
    match column {
        "ritual" => Cell::text(one.ritual.clone()),
        "title" => Cell::text(one.title.clone()),
        "owner" => text(&one.owner),
        "start" => moment(one.start.timestamp()),
        "end" => moment(one.end.timestamp()),
        "day" => Cell::text(day.to_string()),
        "week" => Cell::text(one.week.to_string()),
        "quarter" => Cell::text(format!("{:04}-Q{}", day.year(), (day.month() + 2) / 3)),
        "state" => Cell::text(one.state.name()),
        "folder" => text(&one.folder),
        "path" => text(&one.meeting),
        "line" => one.line.map_or(Cell::Null, |line| Cell::Integer(i64::from(line))),
        "record" => one.record.map_or(Cell::Null, |id| Cell::Integer(id.handle())),
        "held_on" => Cell::maybe(one.held_on.map(|day| day.to_string())),
        "rationale" => text(&one.rationale),
        "recovery" => text(&one.recovery),
        "publish_by" => moment(one.publish_by),
        "published" => one.published.map_or(Cell::Null, moment),
        "days_late" => Cell::Integer(one.days_late),
        _ => text(&one.escalated_to),
    }
}

/// A moment in UTC, as SQL compares it with `now()`.
pub(super) fn moment(moment: Timestamp) -> Cell<'static> {
    Cell::text(moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

fn length(length: Option<&jiff::Span>, seconds: i64) -> Cell<'static> {
    length.and_then(|length| units(length, seconds)).map_or(Cell::Null, Cell::Integer)
}

/// How many units of so many seconds a length has, a day counted as 24 hours and a month as one that begins in January.
fn units(length: &jiff::Span, seconds: i64) -> Option<i64> {
    let start: Zoned = jiff::civil::date(2001, 1, 1).to_zoned(TimeZone::UTC).ok()?;
    let end = start.checked_add(*length).ok()?;
    Some(end.timestamp().duration_since(start.timestamp()).as_secs() / seconds)
}
