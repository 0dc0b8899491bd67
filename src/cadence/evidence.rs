//! What the records say of meetings, in the few fields that tell whether a ritual took place: minutes, notes with a tag
//! `meeting:ID`, and documents that lie where a ritual's report would.
//!
//! The database keeps no values, so each record is read once and forgotten but for these.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::database::sql::Timeline;
use crate::database::{Database, RecordId};
use crate::read::tape::{Kind as ValueKind, Value};

/// Everything that shows that something took place.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// Minutes, announcements and notes, in the order of the files.
    pub meetings: Vec<Meeting>,
    /// The paths of all documents.
    pub documents: HashSet<String>,
    /// When changes of a file reached everybody, the first first. Empty until somebody who knows history fills it.
    pub arrivals: HashMap<String, Vec<Timestamp>>,
}

/// One record about a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// Its file.
    pub path: String,
    /// The line it starts on, from 1.
    pub line: u32,
    /// What the record is.
    pub kind: Kind,
    /// The ritual it names.
    pub ritual: Option<String>,
    /// The day of the meeting.
    pub date: Option<Date>,
    /// The week that its path names, as in `2026-W47`.
    pub week: Option<String>,
    /// Why it was skipped.
    pub rationale: Option<String>,
    /// What makes up for that.
    pub recovery: Option<String>,
    /// The record, where it is one of the database.
    pub id: Option<RecordId>,
}

/// What a record about a meeting is, the strongest evidence first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Minutes of a meeting that took place.
    Minutes,
    /// The notice of one that did not.
    Skipped,
    /// A note that says it is about the meeting.
    Note,
    /// The agenda of a meeting to come.
    Agenda,
}

impl Evidence {
    /// What `database` holds.
    #[must_use]
    pub fn of(database: &Database) -> Self {
        let mut meetings = Vec::new();
        for (name, read) in
            [("meetings", minutes as fn(Value<'_>, Meeting) -> Option<Meeting>), ("notes", note)]
        {
            let Some((table, _)) = database.table(name) else { continue };
            database.for_each(table, &mut |id, value, base| {
                let file = database.file(id);
                let line = file.line(value.span().shifted(base).start);
                let place = Meeting { id: Some(id), ..Meeting::at(file.path.as_str(), line) };
                meetings.extend(read(value, place));
            });
        }
        let documents = database.documents.iter().map(|document| document.path.as_str().to_owned());
        Self { meetings, documents: documents.collect(), arrivals: HashMap::new() }
    }

    /// Fills [`Self::arrivals`] from history, for the files of meetings and the documents.
    pub fn learn_arrivals(&mut self, timeline: &Timeline<'_>) {
        let files: HashSet<&str> = self.meetings.iter().map(|meeting| &*meeting.path).collect();
        let documents = &self.documents;
        let arrivals = timeline.arrivals(&|path| files.contains(path) || documents.contains(path));
        self.arrivals =
            arrivals.into_iter().map(|(path, moments)| (path.as_str().to_owned(), moments)).collect();
    }

    /// When what was there by `start`, or came after it, at `path` reached everybody: minutes are prepared before the
    /// meeting, too, so what came after its start counts first.
    pub(super) fn published(&self, path: &str, start: Timestamp) -> Option<Timestamp> {
        let moments = self.arrivals.get(path)?;
        moments.iter().find(|moment| **moment >= start).or_else(|| moments.last()).copied()
    }

    /// The day from which on something is recorded: before it, nothing can be missed.
    pub(super) fn first_day(&self) -> Option<Date> {
        self.meetings.iter().filter_map(|meeting| meeting.date).min()
    }

    /// The last day of a record.
    pub(super) fn last_day(&self) -> Option<Date> {
        self.meetings.iter().filter_map(|meeting| meeting.date).max()
    }
}

impl Meeting {
    /// Minutes at a place, of which nothing else is known yet.
    #[must_use]
    pub fn at(path: &str, line: u32) -> Self {
        Self {
            path: path.to_owned(),
            line,
            kind: Kind::Minutes,
            ritual: None,
            date: None,
            week: None,
            rationale: None,
            recovery: None,
            id: None,
        }
    }
}

/// What a record of the collection `meetings` says.
fn minutes(record: Value<'_>, place: Meeting) -> Option<Meeting> {
    let skipped = record.get("skipped").filter(|skipped| skipped.kind() == ValueKind::Object);
    let kind = match text(record, "kind").as_deref() {
        Some("cancelled") => Kind::Skipped,
        _ if skipped.is_some() => Kind::Skipped,
        Some("agenda") => Kind::Agenda,
        _ => Kind::Minutes,
    };
    let reason = |name: &str| text(skipped?, name);
    Some(Meeting {
        kind,
        ritual: text(record, "ritual"),
        date: day(record, "date"),
        week: text(record, "week"),
        rationale: reason("rationale"),
        recovery: reason("recovery"),
        ..place
    })
}

/// What a record of the collection `notes` says, if it is tagged as one of a meeting.
fn note(record: Value<'_>, place: Meeting) -> Option<Meeting> {
    let mut tags = record.get("tags")?.items().filter_map(|tag| tag.as_str());
    let ritual = tags.find_map(|tag| tag.strip_prefix("meeting:"))?.trim().to_owned();
    let date = day(record, "date").or_else(|| day(record, "created"));
    Some(Meeting { kind: Kind::Note, ritual: Some(ritual), date, ..place })
}

fn text(record: Value<'_>, name: &str) -> Option<String> {
    let text = record.get(name)?.scalar_text()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The day that a date or a moment begins with; a month alone is none.
fn day(record: Value<'_>, name: &str) -> Option<Date> {
    record.get(name)?.as_str()?.get(..10)?.parse().ok()
}
