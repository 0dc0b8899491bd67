//! Clocks: what has to happen by when, and whether it did. How long an issue may stay open, when minutes are to be
//! published, when a decision is to be looked at again, how long a proposal may wait.
//!
//! A clock starts with what a record says of itself, else with what the timeline tells of the record; what neither tells
//! is unknown and stays so. Whether a clock that ran out is a fault is for rules to say.

mod decisions;
mod mirror;
mod publication;
mod sla;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::cadence::TooMany;
use crate::config::Config;
use crate::database::sql::{Place, Timeline};
use crate::database::{Database, RecordId};
use crate::model::Moment;
use crate::read::tape::Value;
use crate::text::Span;

pub(super) use table::source;

/// What a clock measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClockKind {
    /// How long something of a priority stays open.
    Sla,
    /// Until minutes are published.
    Publication,
    /// Until a decision is looked at again.
    Review,
    /// How long a decision stays proposed.
    Proposal,
    /// Until records that are kept elsewhere are fetched again.
    Import,
}

impl ClockKind {
    /// The name in output and queries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sla => "sla",
            Self::Publication => "publication",
            Self::Review => "review",
            Self::Proposal => "proposal",
            Self::Import => "import",
        }
    }
}

/// Whether a clock still runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// It runs.
    Not,
    /// It was stopped then.
    At(Timestamp),
    /// It was stopped, and nobody can tell when.
    Unknown,
}

/// How a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockState {
    /// It runs, and there is time left.
    Running,
    /// It was stopped in time.
    Met,
    /// Time ran out before it was stopped.
    Breached,
    /// Nothing says when it started, or when it was stopped.
    Unknown,
}

impl ClockState {
    /// The name in output and queries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Met => "met",
            Self::Breached => "breached",
            Self::Unknown => "unknown",
        }
    }
}

/// One thing that has to happen by some moment.
#[derive(Debug, Clone)]
pub struct Clock {
    /// What it measures.
    pub kind: ClockKind,
    /// What it is about.
    pub about: About,
    /// The field that sets it, of the record.
    pub field: &'static str,
    /// When it started.
    pub started: Option<Timestamp>,
    /// Until when it is in time.
    pub due: Option<Timestamp>,
    /// Whether and when it was stopped.
    pub stopped: Stop,
    /// Who is to be told by now.
    pub escalated_to: Option<String>,
}

/// What a clock is about.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// The record; without one, it is about the bytes `span` of the configuration.
    pub record: Option<RecordId>,
    /// The bytes of an entry of the configuration.
    pub span: Option<Span>,
    /// The collection of the record.
    pub collection: Option<Arc<str>>,
    /// What the record is known by.
    pub key: Option<String>,
    /// What it calls itself.
    pub title: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// How urgent it is.
    pub priority: Option<String>,
}

impl Clock {
    /// How it stands at `now`.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> ClockState {
        let Some(due) = self.due else { return ClockState::Unknown };
        match self.stopped {
            Stop::Unknown => ClockState::Unknown,
            Stop::At(stopped) if stopped <= due => ClockState::Met,
            Stop::Not if now <= due => ClockState::Running,
            Stop::At(_) | Stop::Not => ClockState::Breached,
        }
    }

    /// How many seconds too late it was stopped, or is by `now`; 0 when it is in time.
    #[must_use]
    pub fn seconds_late(&self, now: Timestamp) -> i64 {
        let (ClockState::Breached, Some(due)) = (self.state(now), self.due) else { return 0 };
        self.end(now).map_or(0, |end| end.duration_since(due).as_secs().max(0))
    }

    /// When it was stopped, else `now`; `None` when it was stopped at a time that nobody can tell.
    fn end(&self, now: Timestamp) -> Option<Timestamp> {
        match self.stopped {
            Stop::Not => Some(now),
            Stop::At(stopped) => Some(stopped),
            Stop::Unknown => None,
        }
    }

    fn place<'a>(&self, config: &'a Config) -> Place<'a> {
        match (self.about.record, config.file.as_ref(), self.about.span) {
            (Some(id), ..) => Place::Record(id),
            (None, Some(file), Some(span)) => Place::Bytes(file, span),
            _ => Place::Nowhere,
        }
    }
}

/// What clocks are read from.
struct Sight<'a> {
    config: &'a Config,
    database: &'a Database,
    timeline: &'a Rc<Timeline<'a>>,
    now: Timestamp,
}

impl Sight<'_> {
    const fn zone(&self) -> &TimeZone {
        &self.config.project.zone
    }

    /// All clocks, and whether one of a record is not known for want of history.
    ///
    /// # Errors
    /// When the rituals have more dates than the configuration allows.
    fn clocks(&self) -> Result<(Vec<Clock>, bool), TooMany> {
        let (mut clocks, lacks_past) = sla::clocks(self);
        let (of_decisions, lacks_more) = decisions::clocks(self);
        clocks.extend(of_decisions);
        clocks.extend(publication::clocks(self)?);
        let (of_imports, lacks_files) = mirror::clocks(self);
        clocks.extend(of_imports);
        Ok((clocks, lacks_past || lacks_more || lacks_files))
    }
}

/// The tables whose records clocks may be about, beside those of meetings.
fn tables(database: &Database) -> BTreeSet<usize> {
    let all = database.tables.iter().enumerate();
    all.filter(|(_, table)| sla::is_of(table) || table.collection.holds_decisions())
        .map(|(at, _)| at)
        .collect()
}

/// The first of `fields` of a record that names a moment.
fn moment(record: Value<'_>, fields: &[&str]) -> Option<Moment> {
    fields.iter().find_map(|field| Moment::read(record.get(field)?.as_str()?))
}

/// The first of `fields` of a record that says something, with the name of the field.
fn text(record: Value<'_>, fields: &[&'static str]) -> Option<(&'static str, String)> {
    fields.iter().find_map(|field| {
        let text = record.get(field)?.scalar_text()?.trim();
        (!text.is_empty()).then(|| (*field, text.to_owned()))
    })
}

fn words(record: Value<'_>, fields: &[&'static str]) -> Option<String> {
    text(record, fields).map(|(_, text)| text)
}
