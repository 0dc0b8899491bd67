//! The occurrences of rituals: when each begins and ends, what is recorded of it, and who is to be told.

use std::fmt;
use std::ops::RangeInclusive;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, Zoned};

use super::assign::{Slots, assigned, days_between};
use super::evidence::{Evidence, Kind, Meeting};
use crate::config::Ritual;
use crate::database::RecordId;
use crate::model::length::after;
use crate::model::{Week, period};

/// How far beyond what is asked for occurrences are computed, so that a record finds the nearest.
const MARGIN_DAYS: i32 = 100;

/// One time that a ritual takes place, or should have.
#[derive(Debug, Clone)]
pub struct Occurrence {
    /// The ritual's id.
    pub ritual: String,
    /// What people call it.
    pub title: String,
    /// Who leads it.
    pub owner: Option<String>,
    /// When it begins, in its zone.
    pub start: Zoned,
    /// When it ends; when it begins, where no duration is known.
    pub end: Zoned,
    /// The week it is in.
    pub week: Week,
    /// Where its minutes lie, or would.
    pub folder: Option<String>,
    /// What became of it.
    pub state: State,
    /// The file of its record.
    pub meeting: Option<String>,
    /// The line on which the record starts, from 1.
    pub line: Option<u32>,
    /// The record, where it is one of the database.
    pub record: Option<RecordId>,
    /// The day on which it was held, where its record says.
    pub held_on: Option<Date>,
    /// Why it was skipped.
    pub rationale: Option<String>,
    /// What makes up for that.
    pub recovery: Option<String>,
    /// Until when its minutes are to be published.
    pub publish_by: Timestamp,
    /// When they were, as far as the evidence says.
    pub published: Option<Timestamp>,
    /// If held, how many days after its own; if missed, how many whole days nobody has held the ritual since it ended.
    pub days_late: i64,
    /// If missed, the person of the last step of the escalation that is due.
    pub escalated_to: Option<String>,
}

/// What became of an occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It took place, and its record says so.
    Held,
    /// It did not take place, and its record says so.
    Skipped,
    /// It is over, and so is the time for its minutes; nothing is recorded.
    Missed,
    /// It has begun, and there is time left for its minutes.
    Open,
    /// It has not begun.
    Coming,
    /// It is over, and lies before the first record of any meeting.
    Unknown,
}

impl State {
    /// All states.
    pub const ALL: [Self; 6] =
        [Self::Held, Self::Skipped, Self::Missed, Self::Open, Self::Coming, Self::Unknown];

    /// The name in output and queries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Skipped => "skipped",
            Self::Missed => "missed",
            Self::Open => "open",
            Self::Coming => "coming",
            Self::Unknown => "unknown",
        }
    }
}

/// That rituals take place too often to tell of each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// How many dates there may be.
    pub most: usize,
    /// The last day that was looked at.
    pub last: Date,
}

impl TooMany {
    /// What to do about it.
    pub const HINT: &str = "ask for an earlier end, or let rituals start later and take place less often";
}

impl fmt::Display for TooMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { most, last } = self;
        write!(f, "the rituals have more dates until {last} than the {most} of [limits].occurrences")
    }
}

/// The occurrences of `rituals` on the days of `range`, each by the clock of its ritual, sorted by start and ritual.
/// What became of them is told by `evidence`, as of `now`.
///
/// # Errors
/// When the rituals pass more than `most` dates from their starts to the end.
pub fn occurrences(
    rituals: &[Ritual],
    evidence: &Evidence,
    range: &RangeInclusive<Date>,
    now: Timestamp,
    most: usize,
) -> Result<Vec<Occurrence>, TooMany> {
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let first = evidence.first_day().map_or(*range.start(), |day| day.min(*range.start()));
    let last = evidence.last_day().map_or(today, |day| day.max(today)).max(*range.end());
    let many = TooMany { most, last };
    let (first, last) = (first.saturating_sub(MARGIN_DAYS.days()), last.saturating_add(MARGIN_DAYS.days()));
    let (mut slots, mut left) = (Vec::new(), most);
    for (ritual, series) in rituals.iter().filter_map(|ritual| Some((ritual, ritual.series.as_ref()?))) {
        let starts = series.between_within(first, last, &mut left).ok_or(many)?;
        slots.push(Slots::new(ritual, starts));
    }
    let records = assigned(&slots, &evidence.meetings);
    let mut all = Vec::new();
    for (slots, records) in slots.iter().zip(&records) {
        let view = View { ritual: slots.ritual, evidence, now };
        // From the last to the first, so that each one missed knows when the ritual was next held.
        let mut next_held = now;
        for (start, record) in slots.starts.iter().zip(records).rev() {
            let occurrence = view.occurrence(start, *record, next_held);
            if occurrence.state == State::Held {
                next_held = start.timestamp().min(now);
            }
            if range.contains(&start.date()) {
                all.push(occurrence);
            }
        }
    }
    all.sort_by(|a, b| (&a.start, &a.ritual).cmp(&(&b.start, &b.ritual)));
    Ok(all)
}

/// What is known while the occurrences of one ritual are judged.
struct View<'a> {
    ritual: &'a Ritual,
    evidence: &'a Evidence,
    now: Timestamp,
}

impl View<'_> {
    fn occurrence(&self, start: &Zoned, record: Option<&Meeting>, next_held: Timestamp) -> Occurrence {
        let ritual = self.ritual;
        let end = ritual
            .duration
            .and_then(|length| start.checked_add(length).ok())
            .unwrap_or_else(|| start.clone());
        let publish_by = match ritual.publish_within {
            Some(within) => after(&end, within),
            None => end
                .tomorrow()
                .and_then(|day| day.start_of_day())
                .map_or(Timestamp::MAX, |day| day.timestamp()),
        };
        let folder = ritual.folder.as_deref().map(|pattern| period::rendered(pattern, start.date()));
        let report = folder.as_deref().filter(|path| self.is_report(path));
        let state = self.state(start, publish_by, record, report.is_some());
        let text = |field: fn(&Meeting) -> &Option<String>| record.and_then(|record| field(record).clone());
        let held_on = record.and_then(|record| record.date).filter(|_| state == State::Held);
        let days_late = match state {
            State::Missed => next_held.duration_since(end.timestamp()).as_secs().max(0) / 86_400,
            _ => held_on.map_or(0, |day| i64::from(days_between(start.date(), day).max(0))),
        };
        let mut due = ritual.escalation.iter().filter(|step| after(&end, step.after) < next_held);
        let escalated_to = due.next_back().map(|step| step.to.clone()).filter(|_| state == State::Missed);
        let path = record.map(|record| record.path.clone()).or_else(|| report.map(str::to_owned));
        Occurrence {
            ritual: ritual.id.clone(),
            title: ritual.title.clone(),
            owner: ritual.owner.clone(),
            week: Week::of(start.date()),
            state,
            published: path.as_deref().and_then(|path| self.evidence.published(path, start.timestamp())),
            record: record.and_then(|record| record.id),
            meeting: path,
            line: record.map(|record| record.line).or(report.map(|_| 1)),
            held_on,
            rationale: text(|record| &record.rationale),
            recovery: text(|record| &record.recovery),
            publish_by,
            days_late,
            escalated_to,
            folder,
            start: start.clone(),
            end,
        }
    }

    /// Whether a document lies at exactly this place, which a pattern with a placeholder names.
    fn is_report(&self, path: &str) -> bool {
        self.ritual.folder.as_deref().is_some_and(period::has_placeholder)
            && self.evidence.documents.contains(path)
    }

    fn state(
        &self,
        start: &Zoned,
        publish_by: Timestamp,
        record: Option<&Meeting>,
        has_report: bool,
    ) -> State {
        let today = self.now.to_zoned(start.time_zone().clone()).date();
        // Minutes are prepared before the meeting, too.
        let is_over = |record: &Meeting| record.date.unwrap_or(start.date()) <= today;
        match record {
            Some(record) if record.kind == Kind::Skipped => return State::Skipped,
            Some(record) if record.kind != Kind::Agenda && is_over(record) => return State::Held,
            _ if has_report && start.date() <= today => return State::Held,
            _ => {}
        }
        if self.now < start.timestamp() {
            return State::Coming;
        }
        let is_recorded = self.evidence.first_day().is_some_and(|first| first <= start.date());
        match (self.now <= publish_by, is_recorded) {
            (true, _) => State::Open,
            (false, true) => State::Missed,
            (false, false) => State::Unknown,
        }
    }
}
