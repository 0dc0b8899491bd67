//! The occurrences of rituals: a table for people, objects for programs. The calendar file is in `ics`.

use std::io::{self, Write};

use jiff::civil::Date;
use jiff::{Span, Timestamp, Zoned};
use serde::Serialize;

use super::json::on_one_line;
use super::plain::{count, shown, width};
use super::{Style, ics};
use crate::text::shorten;

/// When rituals take place, and what became of them.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// The name of the project.
    pub project: Option<String>,
    /// The moment as of which it was computed.
    pub now: Timestamp,
    /// Its entries, sorted by start.
    pub entries: Vec<Entry>,
}

/// One occurrence of a ritual.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The ritual's id.
    pub ritual: String,
    /// What people call it.
    pub title: String,
    /// Who leads it.
    pub owner: Option<String>,
    /// When it begins, in its zone.
    pub start: Zoned,
    /// When it ends.
    pub end: Zoned,
    /// Its week, as in `2026-W47`.
    pub week: String,
    /// What became of it: `held`, `skipped`, `missed`, `open`, `coming`, `unknown`.
    pub state: &'static str,
    /// Where its minutes lie, or would.
    pub folder: Option<String>,
    /// The file of its record, and the line on which the record starts.
    pub meeting: Option<(String, u32)>,
    /// The day on which it was held.
    pub held_on: Option<Date>,
    /// Why it was skipped.
    pub rationale: Option<String>,
    /// What makes up for that.
    pub recovery: Option<String>,
    /// Until when its minutes are to be published.
    pub publish_by: Timestamp,
    /// When they were, where that is known.
    pub published: Option<Timestamp>,
    /// How many days late it was held, or has been missing.
    pub days_late: i64,
    /// Who is to be told by now.
    pub escalated_to: Option<String>,
    /// What it is about, and how many minutes each item is given.
    pub agenda: Vec<(String, Option<f64>)>,
    /// How long before it a calendar reminds of it.
    pub reminders: Vec<Span>,
}

/// What programs are given of an entry.
#[derive(Serialize)]
struct Wire<'a> {
    ritual: &'a str,
    title: &'a str,
    owner: Option<&'a str>,
    start: String,
    end: String,
    zone: &'a str,
    week: &'a str,
    state: &'a str,
    folder: Option<&'a str>,
    meeting: Option<&'a str>,
    line: Option<u32>,
    held_on: Option<String>,
    rationale: Option<&'a str>,
    recovery: Option<&'a str>,
    publish_by: String,
    published: Option<String>,
    days_late: i64,
    escalated_to: Option<&'a str>,
}

impl<'a> From<&'a Entry> for Wire<'a> {
    fn from(entry: &'a Entry) -> Self {
        let rfc3339 = |at: &Zoned| at.timestamp().display_with_offset(at.offset()).to_string();
        Self {
            ritual: &entry.ritual,
            title: &entry.title,
            owner: entry.owner.as_deref(),
            start: rfc3339(&entry.start),
            end: rfc3339(&entry.end),
            zone: entry.start.time_zone().iana_name().unwrap_or("UTC"),
            week: &entry.week,
            state: entry.state,
            folder: entry.folder.as_deref(),
            meeting: entry.meeting.as_ref().map(|(path, _)| path.as_str()),
            line: entry.meeting.as_ref().map(|(_, line)| *line),
            held_on: entry.held_on.map(|day| day.to_string()),
            rationale: entry.rationale.as_deref(),
            recovery: entry.recovery.as_deref(),
            publish_by: entry.publish_by.to_string(),
            published: entry.published.map(|at| at.to_string()),
            days_late: entry.days_late,
            escalated_to: entry.escalated_to.as_deref(),
        }
    }
}

impl Calendar {
    /// Writes a table for people, and how many entries are in which state.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_table(&self, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        if self.entries.is_empty() {
            return writeln!(out, "nothing takes place in these days");
        }
        let rows: Vec<[String; 5]> = self.entries.iter().map(cells).collect();
        let widest = |at: usize| rows.iter().map(|row| width(&row[at])).max().unwrap_or(0);
        let widths = [widest(0), widest(1), widest(2), widest(3)];
        for row in &rows {
            let mut line = String::new();
            for (cell, wide) in row.iter().zip(widths) {
                line.push_str(cell);
                line.push_str(&" ".repeat(wide - width(cell) + 2));
            }
            let left = style.width.saturating_sub(width(&line)).max(24);
            line.push_str(&shorten(&row[4], left));
            writeln!(out, "{}", line.trim_end())?;
        }
        let mut states: Vec<(&str, usize)> = Vec::new();
        for entry in &self.entries {
            match states.iter_mut().find(|(state, _)| *state == entry.state) {
                Some((_, number)) => *number += 1,
                None => states.push((entry.state, 1)),
            }
        }
        let states: Vec<String> = states.iter().map(|(state, number)| format!("{number} {state}")).collect();
        writeln!(out, "\n{}: {}", count(self.entries.len(), "occurrence"), states.join(", "))
    }

    /// Writes a JSON array, an object an entry.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let all: Vec<Wire<'_>> = self.entries.iter().map(Wire::from).collect();
        serde_json::to_writer_pretty(&mut *out, &all)?;
        writeln!(out)
    }

    /// Writes a JSON object an entry, each on a line.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_lines(&self, out: &mut dyn Write) -> io::Result<()> {
        for entry in &self.entries {
            writeln!(out, "{}", on_one_line(serde_json::to_string(&Wire::from(entry))?))?;
        }
        Ok(())
    }

    /// The bytes of a calendar file (RFC 5545).
    #[must_use]
    pub fn ics(&self) -> String {
        ics::text(self)
    }
}

/// Start, week, state, ritual and what else is known of an entry.
fn cells(entry: &Entry) -> [String; 5] {
    [
        entry.start.strftime("%Y-%m-%d %a %H:%M %Z").to_string(),
        entry.week.clone(),
        entry.state.to_owned(),
        shown(&entry.ritual),
        more(entry),
    ]
}

/// What is known of an entry beside its state, in a few words.
fn more(entry: &Entry) -> String {
    let days = || count(usize::try_from(entry.days_late).unwrap_or(0), "day");
    let record = entry.meeting.as_ref().map(|(path, _)| shown(path));
    let owner = entry.owner.as_deref().map(shown);
    match entry.state {
        "held" if entry.days_late > 0 => format!("{}, {} late", record.unwrap_or_default(), days()),
        "held" => record.unwrap_or_default(),
        "skipped" => match (&entry.rationale, &entry.recovery) {
            (Some(why), Some(instead)) => format!("{}; {}", shown(why), shown(instead)),
            (Some(why), None) => format!("{}; no recovery plan", shown(why)),
            (None, _) => "no rationale".to_owned(),
        },
        "missed" => match &entry.escalated_to {
            Some(to) => format!("tell {}: {} ago", shown(to), days()),
            None => format!("{} ago", days()),
        },
        "open" => {
            let until = entry.publish_by.to_zoned(entry.start.time_zone().clone());
            format!("minutes until {}", until.strftime("%Y-%m-%d %H:%M"))
        }
        "coming" => owner.unwrap_or_default(),
        _ => "before the first record".to_owned(),
    }
}
