//! How long something of a priority may stay open: `[sla]`, for the records that have a priority or a severity.
//!
//! A record is opened when it says so, else when it came into the repository. It is closed when it says so, else when
//! its status changed to one that leaves nothing to do.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{About, Clock, ClockKind, Sight, Stop, moment, text, words};
use crate::config::Sla;
use crate::database::history::{Change, History, Said};
use crate::database::{RecordId, Table};
use crate::model::length::after;
use crate::model::{Moment, Progress};
use crate::read::tape::Value;

/// The fields that say how urgent a record is.
const URGENCY: &[&str] = &["priority", "severity"];

/// The fields that say when it was opened.
const OPENED: &[&str] = &["opened", "created", "opened_at", "created_at", "reported"];

/// The fields that say when it was closed.
const CLOSED: &[&str] = &["closed", "resolved", "closed_at", "resolved_at"];

/// Parts of a plan that hold others and have days of their own: no issues.
const WHOLES: &[&str] = &["stage", "phase", "milestone"];

/// What has to be mended, whatever day somebody plans for it.
const FAULT: &str = "issue";

/// Whether records of a table may have a priority: its schema says so, or nothing says what they hold.
pub(super) fn is_of(table: &Table) -> bool {
    table.schema.as_ref().is_none_or(|schema| schema.field_names().any(|name| URGENCY.contains(&name)))
}

/// A record with a priority, as far as it speaks for itself.
struct Issue {
    id: RecordId,
    about: About,
    field: &'static str,
    opened: Option<Moment>,
    closed: Option<Moment>,
    is_over: bool,
}

/// The clocks, and whether some would be known with more history.
pub(super) fn clocks(sight: &Sight<'_>) -> (Vec<Clock>, bool) {
    let mut issues = Vec::new();
    for (at, table) in sight.database.tables.iter().enumerate().filter(|(_, table)| is_of(table)) {
        sight.database.for_each(at, &mut |id, record, _| {
            issues.extend(issue(id, table, record, &sight.config.slas));
        });
    }
    let is_silent = |issue: &Issue| issue.opened.is_none() || (issue.is_over && issue.closed.is_none());
    let past = issues.iter().any(is_silent).then(|| Past::of(sight));
    let mut lacks_past = false;
    let clock = |issue: Issue| {
        let clock = clock(sight, past.as_ref(), &issue);
        lacks_past |= clock.due.is_none() || clock.stopped == Stop::Unknown;
        clock
    };
    let clocks = issues.into_iter().map(clock).collect();
    (clocks, lacks_past)
}

fn issue(id: RecordId, table: &Table, record: Value<'_>, slas: &[Sla]) -> Option<Issue> {
    let (field, priority) = text(record, URGENCY)?;
    let is_known = slas.iter().any(|sla| sla.priority == priority);
    let kind = words(record, &["kind"]);
    if !is_known || kind.as_deref().is_some_and(|kind| WHOLES.contains(&kind)) {
        return None;
    }
    // Work that is planned for a day has that to keep to.
    if kind.as_deref() != Some(FAULT) && words(record, &["due"]).is_some() {
        return None;
    }
    let closed = moment(record, CLOSED);
    let is_over = match words(record, &["status"]) {
        Some(status) => Progress::is_over(&status),
        None => closed.is_some(),
    };
    let about = About {
        record: Some(id),
        span: None,
        collection: Some(table.name().clone()),
        key: table.key(record),
        title: words(record, &["title", "name", "text"]),
        owner: words(record, &["owner"]),
        priority: Some(priority),
    };
    Some(Issue {
        id,
        about,
        field,
        opened: moment(record, OPENED),
        closed: closed.filter(|_| is_over),
        is_over,
    })
}

fn clock(sight: &Sight<'_>, past: Option<&Past<'_>>, issue: &Issue) -> Clock {
    let zone = sight.zone();
    let came = || past.and_then(|past| past.came(issue.id)).map(Moment::At);
    let opened = issue.opened.or_else(came);
    let started = opened.map(|opened| opened.start(zone));
    let priority = issue.about.priority.as_deref();
    let sla = sight.config.slas.iter().find(|sla| Some(&*sla.priority) == priority);
    let due = opened.zip(sla).map(|(opened, sla)| opened.due(sla.within, zone));
    let stopped = match (issue.is_over, issue.closed) {
        (false, _) => Stop::Not,
        // What was closed on the day it was opened was not closed before.
        (true, Some(closed)) => {
            Stop::At(started.map_or(closed.start(zone), |start| closed.start(zone).max(start)))
        }
        (true, None) => past.map_or(Stop::Unknown, |past| past.closed(issue.id, due)),
    };
    let mut clock = Clock {
        kind: ClockKind::Sla,
        about: issue.about.clone(),
        field: issue.field,
        started,
        due,
        stopped,
        escalated_to: None,
    };
    clock.escalated_to = escalated_to(sight, &clock);
    clock
}

/// The person of the last step that came due before it was stopped.
fn escalated_to(sight: &Sight<'_>, clock: &Clock) -> Option<String> {
    let end = clock.end(sight.now)?;
    let due = clock.due?.to_zoned(sight.zone().clone());
    let steps = sight.config.sla_escalation.iter();
    let reached = steps
        .filter(|step| step.priority.is_none() || step.priority == clock.about.priority)
        .map(|step| (step.after.map_or(due.timestamp(), |length| after(&due, length)), step))
        .filter(|(since, _)| *since < end);
    reached.max_by_key(|(since, _)| *since).map(|(_, step)| step.to.clone())
}

/// What the timeline tells of records.
struct Past<'a> {
    history: Option<&'a History>,
    numbers: HashMap<RecordId, usize>,
    /// By record: when it came, and the changes of its status, in order.
    came: HashMap<usize, Timestamp>,
    statuses: HashMap<usize, Vec<&'a Change>>,
    now: Timestamp,
}

impl<'a> Past<'a> {
    fn of(sight: &'a Sight<'_>) -> Self {
        let now = sight.now;
        let history = sight.timeline.history();
        let mut past = Self {
            history,
            numbers: sight.timeline.numbers(),
            came: HashMap::new(),
            statuses: HashMap::new(),
            now,
        };
        for change in history.iter().flat_map(|history| &history.changes) {
            match change.field.as_deref() {
                Some("status") => past.statuses.entry(change.record).or_default().push(change),
                None if change.new.is_some() => {
                    let came = past.moment(change);
                    past.came.entry(change.record).or_insert(came);
                }
                _ => {}
            }
        }
        past
    }

    /// When a record came into the repository; now, when it is not committed.
    fn came(&self, id: RecordId) -> Option<Timestamp> {
        self.came.get(self.numbers.get(&id)?).copied()
    }

    /// When its status became one that leaves nothing to do. What came so was closed by then, which tells enough when
    /// that was in time.
    fn closed(&self, id: RecordId, due: Option<Timestamp>) -> Stop {
        let Some(number) = self.numbers.get(&id) else { return Stop::Unknown };
        let statuses = self.statuses.get(number).map(Vec::as_slice).unwrap_or_default();
        let is_over =
            |value: &Option<Said>| value.as_ref().and_then(Said::as_str).is_some_and(Progress::is_over);
        let last = statuses.iter().rev().find(|change| is_over(&change.new) && !is_over(&change.old));
        let came = self.came.get(number).copied().filter(|came| due.is_some_and(|due| *came <= due));
        last.map(|change| self.moment(change)).or(came).map_or(Stop::Unknown, Stop::At)
    }

    fn moment(&self, change: &Change) -> Timestamp {
        let commit = change.commit.and_then(|at| self.history?.commits.get(at));
        commit.and_then(|commit| Timestamp::from_second(commit.arrived).ok()).unwrap_or(self.now)
    }
}
