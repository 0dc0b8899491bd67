//! The table `clocks`: a row for each clock, at the record it is about.

use std::cell::Cell as Slot;
use std::rc::Rc;

use jiff::Timestamp;

use super::{Clock, Sight, Stop, tables};
use crate::cadence::TooMany;
use crate::cadence::tables::{RECORDS, moment};
use crate::config::Config;
use crate::database::Database;
use crate::database::sql::{Cell, Needs, Source, SqlError, TableInfo, Take, Timeline};

/// The columns: name, kind, what it says.
const INFO: &[(&str, &str, &str)] = &[
    ("kind", "text", "sla, publication, review or proposal."),
    ("collection", "text", "The collection of the record it is about."),
    ("key", "text", "What that is known by: its key, the number of a decision, the path of minutes."),
    ("title", "text", "What it calls itself."),
    ("owner", "text", "Who answers for it."),
    ("priority", "text", "How urgent it is."),
    ("field", "text", "The field of the record that sets the clock."),
    ("started", "date", "When it started, in UTC."),
    ("due", "date", "Until when it is in time, in UTC."),
    ("stopped", "date", "When it was stopped, in UTC; none while it runs, or when nobody can tell."),
    ("state", "text", "running, met, breached, or unknown when nothing says when it started or was stopped."),
    ("hours", "integer", "How many whole hours it ran, until it was stopped or until now."),
    ("hours_late", "integer", "How many whole hours too late it was stopped, or is by now; 0 in time."),
    ("days_late", "integer", "The same in whole days of 24 hours."),
    ("escalated_to", "text", "Whom the escalation has reached by now, or had when it was stopped."),
];

/// The table of clocks as of `now`.
pub(in crate::cadence) fn source<'a>(
    config: &'a Config,
    database: &'a Database,
    timeline: &Rc<Timeline<'a>>,
    now: Timestamp,
) -> Box<dyn Source + 'a> {
    let about = "something that has to happen by some moment, and whether it did";
    let info = TableInfo::new("clocks", about, INFO);
    Box::new(Clocks { config, database, timeline: timeline.clone(), now, info, lacks_past: Slot::new(false) })
}

struct Clocks<'a> {
    config: &'a Config,
    database: &'a Database,
    timeline: Rc<Timeline<'a>>,
    now: Timestamp,
    info: TableInfo,
    /// Whether a clock is not known for want of history.
    lacks_past: Slot<bool>,
}

impl Source for Clocks<'_> {
    fn info(&self) -> &TableInfo {
        &self.info
    }

    fn has_repeats(&self) -> bool {
        true
    }

    fn is_sound(&self) -> bool {
        true
    }

    fn needs(&self, _columns: &[usize], needs: &mut Needs) {
        needs.tables.extend(tables(self.database));
        needs.add(self.database, RECORDS);
        needs.documents = true;
    }

    fn announce(&self) {
        self.timeline.want(tables(self.database));
    }

    fn unknown(&self) -> Vec<String> {
        if self.lacks_past.get() { self.timeline.unknown_of_records() } else { Vec::new() }
    }

    fn rows(&self, wanted: &[usize], take: &mut Take<'_>) -> Result<(), SqlError> {
        let Self { config, database, timeline, now, .. } = self;
        let sight = Sight { config, database, timeline, now: *now };
        let told = sight.clocks().map_err(|many| SqlError::limit(many.to_string(), TooMany::HINT));
        let (clocks, lacks_past) = told?;
        self.lacks_past.set(lacks_past);
        for clock in &clocks {
            let cells: Vec<Cell<'_>> =
                wanted.iter().map(|&at| cell(clock, &self.info.columns[at].name, *now)).collect();
            take(clock.place(config), &cells)?;
        }
        Ok(())
    }
}

fn cell(clock: &Clock, column: &str, now: Timestamp) -> Cell<'static> {
    const HOUR: i64 = 3_600;
    let about = &clock.about;
    let text = |text: &Option<String>| Cell::maybe(text.clone());
    let at = |at: Option<Timestamp>| at.map_or(Cell::Null, moment);
    match column {
        "kind" => Cell::text(clock.kind.name()),
        "collection" => Cell::maybe(about.collection.as_ref().map(ToString::to_string)),
        "key" => text(&about.key),
        "title" => text(&about.title),
        "owner" => text(&about.owner),
        "priority" => text(&about.priority),
        "field" => Cell::text(clock.field),
        "started" => at(clock.started),
        "due" => at(clock.due),
        "stopped" => match clock.stopped {
            Stop::At(stopped) => moment(stopped),
            Stop::Not | Stop::Unknown => Cell::Null,
        },
        "state" => Cell::text(clock.state(now).name()),
        "hours" => {
            let length = clock.started.zip(clock.end(now)).map(|(start, end)| end.duration_since(start));
            length.map_or(Cell::Null, |length| Cell::Integer(length.as_secs().max(0) / HOUR))
        }
        "hours_late" => Cell::Integer(clock.seconds_late(now) / HOUR),
        "days_late" => Cell::Integer(clock.seconds_late(now) / (24 * HOUR)),
        _ => text(&clock.escalated_to),
    }
}
