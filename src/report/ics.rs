//! A calendar file, RFC 5545: each occurrence an event of its own, in UTC, so that no program computes its date again.
//!
//! The name of an event is made of its ritual and the moment it was planned for, so that a file that is read again
//! replaces what was there. Nothing depends on a clock: the stamp is the moment as of which the calendar was computed.

use std::fmt::Write;

use jiff::{Span, Timestamp, Zoned};

use super::calendar::{Calendar, Entry};
use crate::text::is_unprintable;

/// The longest line, in bytes, without its end (section 3.1).
const LINE: usize = 75;

/// The file.
pub(super) fn text(calendar: &Calendar) -> String {
    let mut file = Lines::default();
    let identity = concat!("-//opsbook//opsbook ", env!("CARGO_PKG_VERSION"), "//EN");
    file.plain("BEGIN", "VCALENDAR").plain("VERSION", "2.0").plain("PRODID", identity);
    file.plain("CALSCALE", "GREGORIAN").plain("METHOD", "PUBLISH");
    if let Some(name) = &calendar.project {
        file.text("X-WR-CALNAME", name);
    }
    for entry in &calendar.entries {
        event(calendar, entry, &mut file);
    }
    file.plain("END", "VCALENDAR").0.clone()
}

fn event(calendar: &Calendar, entry: &Entry, file: &mut Lines) {
    file.plain("BEGIN", "VEVENT").plain("UID", &identifier(calendar, entry));
    file.plain("DTSTAMP", &moment(calendar.now)).plain("DTSTART", &moment(entry.start.timestamp()));
    if entry.end > entry.start {
        file.plain("DTEND", &moment(entry.end.timestamp()));
    }
    file.text("SUMMARY", &entry.title);
    file.plain("STATUS", if entry.state == "skipped" { "CANCELLED" } else { "CONFIRMED" });
    let description = description(entry);
    if !description.is_empty() {
        file.text("DESCRIPTION", &description);
    }
    // What is over needs no reminder.
    for reminder in entry.reminders.iter().filter(|_| entry.state == "coming") {
        if let Some(seconds) = seconds_before(&entry.start, *reminder) {
            file.plain("BEGIN", "VALARM").plain("ACTION", "DISPLAY").text("DESCRIPTION", &entry.title);
            file.plain("TRIGGER", &format!("-PT{seconds}S")).plain("END", "VALARM");
        }
    }
    file.plain("END", "VEVENT");
}

/// Lines of the format.
#[derive(Default)]
struct Lines(String);

impl Lines {
    /// Adds a value in which nothing is to be escaped.
    fn plain(&mut self, name: &str, value: &str) -> &mut Self {
        let line = format!("{name}:{value}");
        let mut rest = line.as_str();
        let mut room = LINE;
        while rest.len() > room {
            let at = rest.floor_char_boundary(room);
            // Writing to a string cannot fail.
            let _ = write!(self.0, "{}\r\n ", &rest[..at]);
            rest = &rest[at..];
            room = LINE - 1;
        }
        let _ = write!(self.0, "{rest}\r\n");
        self
    }

    /// Adds a text (section 3.3.11). Characters that no line may hold become spaces.
    fn text(&mut self, name: &str, text: &str) -> &mut Self {
        let mut value = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '\n' => value.push_str("\\n"),
                '\\' | ';' | ',' => value.extend(['\\', c]),
                c if c.is_control() || is_unprintable(c) => value.push(' '),
                c => value.push(c),
            }
        }
        self.plain(name, &value)
    }
}

/// What the event is known by, now and in every later file.
fn identifier(calendar: &Calendar, entry: &Entry) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let project =
        calendar.project.as_deref().map(|name| format!("{}.", name.chars().map(plain).collect::<String>()));
    format!("{}-{}@{}opsbook", entry.ritual, moment(entry.start.timestamp()), project.unwrap_or_default())
}

/// Who leads it, what it is about, where its minutes lie, what became of it; a line each.
fn description(entry: &Entry) -> String {
    let mut lines = Vec::new();
    lines.extend(entry.owner.as_ref().map(|owner| format!("Owner: {owner}")));
    for (title, minutes) in &entry.agenda {
        let minutes = minutes.map_or(String::new(), |minutes| format!(" ({minutes} min)"));
        lines.push(format!("- {title}{minutes}"));
    }
    lines.extend(entry.folder.as_ref().map(|folder| format!("Minutes: {folder}")));
    if entry.state != "coming" {
        lines.push(format!("State: {}", entry.state));
    }
    lines.extend(entry.rationale.as_ref().map(|why| format!("Why: {why}")));
    lines.extend(entry.recovery.as_ref().map(|instead| format!("Instead: {instead}")));
    // What somebody wrote in several lines stays one.
    lines.iter().map(|line| line.replace('\n', " ")).collect::<Vec<_>>().join("\n")
}

/// A moment in the basic form of ISO 8601, in UTC.
fn moment(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// How many seconds before `start` something is that lies `length` before it by the calendar of its zone.
fn seconds_before(start: &Zoned, length: Span) -> Option<i64> {
    let reminder = start.checked_sub(length).ok()?;
    Some(start.timestamp().duration_since(reminder.timestamp()).as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use calcard::icalendar::{ICalendar, ICalendarComponentType, ICalendarProperty, ICalendarValue};

    fn entry(ritual: &str, title: &str, start: &str, state: &'static str) -> Entry {
        let start: Zoned = start.parse().expect("a moment");
        Entry {
            ritual: ritual.to_owned(),
            title: title.to_owned(),
            owner: Some("Ada; Bo, \\ & Ω".to_owned()),
            end: start.checked_add(Span::new().minutes(45)).expect("in range"),
            week: String::new(),
            state,
            folder: Some("ops/weekly/2026-48".to_owned()),
            meeting: None,
            held_on: None,
            rationale: Some("holiday\r\nBEGIN:VEVENT".to_owned()),
            recovery: None,
            publish_by: start.timestamp(),
            published: None,
            days_late: 0,
            escalated_to: None,
            agenda: vec![("é".repeat(100), Some(10.0)), ("open, points".to_owned(), None)],
            reminders: vec![Span::new().minutes(15), Span::new().days(1)],
            start,
        }
    }

    fn calendar() -> Calendar {
        Calendar {
            project: Some("Shop & Co".to_owned()),
            now: "2026-11-20T09:00:00Z".parse().expect("a moment"),
            entries: vec![
                entry("weekly", "Weekly; \"review\"", "2026-11-23T09:00[Europe/Berlin]", "coming"),
                // The clocks change in the night before.
                entry("sunday", "After the night", "2027-03-28T09:00[Europe/Berlin]", "coming"),
                entry("weekly", "Weekly", "2026-11-16T09:00[Europe/Berlin]", "skipped"),
            ],
        }
    }

    /// The file as other authors read it.
    fn read(text: &str) -> ICalendar {
        ICalendar::parse(text).unwrap_or_else(|why| panic!("{why:?}\n{text}"))
    }

    #[test]
    fn another_reader_finds_every_event_with_its_texts_and_dates() {
        let file = read(&calendar().ics());
        let events: Vec<_> = file
            .components
            .iter()
            .filter(|one| one.component_type == ICalendarComponentType::VEvent)
            .collect();
        assert_eq!(events.len(), 3);
        let text = |at: usize, name: ICalendarProperty| match &events[at]
            .property(&name)
            .expect("it is given")
            .values[..]
        {
            [ICalendarValue::Text(text)] => text.clone(),
            [ICalendarValue::PartialDateTime(at)] => {
                let at = at.to_date_time().expect("a moment");
                format!("{} {:?}", at.date_time, at.offset.map(|offset| offset.to_string()))
            }
            other => format!("{other:?}"),
        };
        assert_eq!(text(0, ICalendarProperty::Uid), "weekly-20261123T080000Z@shop---co.opsbook");
        assert_eq!(text(0, ICalendarProperty::Summary), "Weekly; \"review\"");
        let description = text(0, ICalendarProperty::Description);
        let expect = format!("Owner: Ada; Bo, \\ & Ω\n- {} (10 min)\n- open, points\n", "é".repeat(100));
        assert!(description.starts_with(&expect), "{description}");
        assert!(text(2, ICalendarProperty::Description).ends_with("Why: holiday  BEGIN:VEVENT"));
        assert!(text(0, ICalendarProperty::Dtstart).starts_with("2026-11-23 08:00:00"));
        assert!(text(0, ICalendarProperty::Dtend).starts_with("2026-11-23 08:45:00"));
        assert!(text(1, ICalendarProperty::Dtstart).starts_with("2027-03-28 07:00:00"));
        assert!(text(1, ICalendarProperty::Dtstamp).starts_with("2026-11-20 09:00:00"));
        let alarms = |at: usize| events[at].component_ids.len();
        assert_eq!([alarms(0), alarms(1), alarms(2)], [2, 2, 0]);
    }

    #[test]
    fn a_day_before_is_a_day_of_the_calendar() {
        let text = calendar().ics().replace("\r\n ", "");
        let triggers: Vec<&str> = text.lines().filter(|line| line.starts_with("TRIGGER")).collect();
        let expect =
            ["-PT900S", "-PT86400S", "-PT900S", "-PT82800S"].map(|length| format!("TRIGGER:{length}"));
        assert_eq!(triggers, expect, "{text}");
        let seconds = |length: &str| {
            let start: Zoned = "2027-03-28T09:00[Europe/Berlin]".parse().expect("a moment");
            seconds_before(&start, length.parse().expect("a length"))
        };
        assert_eq!(["15m", "24h", "1d"].map(seconds), [Some(900), Some(86_400), Some(82_800)]);
    }

    #[test]
    fn lines_are_short_and_end_as_the_format_wants() {
        let text = calendar().ics();
        assert!(text.ends_with("END:VCALENDAR\r\n"));
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        assert!(text.lines().all(|line| line.len() <= 75), "{text}");
        assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//opsbook//opsbook "));
        assert_eq!(text, calendar().ics());
    }
}
