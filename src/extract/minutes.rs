//! Minutes of meetings: when, who, what was decided.
//!
//! Minutes are written in a hurry and in as many forms as there are groups; what each form says is taken with its
//! bytes, and what none says is left out. This module does not know in which folder minutes belong.

mod attendance;
mod details;
pub(super) mod grid;
pub(super) mod names;
pub(super) mod parts;
mod when;
pub(super) mod words;

use super::{Field, Object, Source};
use crate::read::markdown::Place;
use crate::text::Span;
use attendance::Attendance;
use parts::Part;

/// The record of a meeting that a document is.
///
/// # Errors
/// Why it is none, in a sentence.
pub fn extract(source: &Source<'_>) -> Result<Vec<Object>, String> {
    refuse(source)?;
    if words::actions(&parts::plain(source.stem())) == Some(words::Actions::Sure) {
        return Err("it is a list of actions".to_owned());
    }
    let parts = parts::parts(source, words::is_known);
    let attendance = Attendance::read(source, &parts);
    let date = when::date(source);
    let decisions = details::decisions(source, &parts);
    let title = source.title();
    let is_told = attendance.is_listed || !decisions.is_empty() || has_actions(&parts);
    let names = format!("{} {}", source.stem(), title.as_ref().map_or("", |(title, _)| title));
    if !is_told && is_of_something_else(&names) {
        return Err("it neither lists who was there nor calls itself minutes".to_owned());
    }
    if date.is_none() && !is_told && !speaks_of_meeting(&names) {
        return Err("it has no date, and nothing in it is said of a meeting".to_owned());
    }
    let mut record = Object::new(source.span());
    record.add("kind", kind(source, &parts, &attendance, !decisions.is_empty()));
    record.add("date", date);
    record.add("week", when::week(source));
    record.add("title", title.map(|(title, span)| Field::text(title, span)));
    record.add("chair", details::chair(source, &parts).or_else(|| attendance.chair.clone()));
    record.add("duration", when::duration(source, &parts));
    record.list("attendees", attendance.present);
    record.list("absent", attendance.absent);
    record.list("decisions", decisions);
    record.list("agenda", details::agenda(source, &parts));
    record.list("pre_read", details::pre_read(source, &parts));
    record.add("risks_reviewed", details::risks(source, &parts));
    record.add("skipped", details::skipped(source, &parts));
    Ok(vec![record])
}

/// The record of a meeting that a document which lies just anywhere is: only where what it says leaves no doubt.
///
/// # Errors
/// An empty text for any other document, of which there is nothing to say.
pub fn anywhere(source: &Source<'_>) -> Result<Vec<Object>, String> {
    if is_beyond_doubt(source) { extract(source).map_err(|_| String::new()) } else { Err(String::new()) }
}

/// Whether a document whose place says nothing is the minutes of a meeting: its path or its title has a day, one of its
/// headings is over a list of those who were there, and another over the agenda or the notes. Where nobody is listed, it
/// has both of the latter. Most documents are seen to be something else by their path and title.
pub(super) fn is_beyond_doubt(source: &Source<'_>) -> bool {
    if !when::has_day(source) {
        return false;
    }
    let names: Vec<String> =
        source.document.headings.iter().map(|heading| parts::plain(&heading.text)).collect();
    let has = |is: &dyn Fn(&str) -> bool| names.iter().any(|name| is(name));
    let is_agenda = |name: &str| words::is_agenda(name) || name.split(' ').next() == Some("agenda");
    let is_notes =
        |name: &str| name.split(' ').any(|word| words::among("notes minutes discussion discussions", word));
    let (has_agenda, has_notes) = (has(&is_agenda), has(&is_notes));
    if !has(&|name| words::presence(name) == Some(words::Presence::Present)) || !(has_agenda || has_notes) {
        return false;
    }
    let present = Attendance::read(source, &parts::parts(source, words::is_known)).present.len();
    refuse(source).is_ok() && (present > 1 || (has_agenda && has_notes))
}

/// The people that the lists of a document name as present or not.
pub(super) fn people(source: &Source<'_>, parts: &[Part]) -> Vec<String> {
    let attendance = Attendance::read(source, parts);
    let all = attendance.present.iter().chain(&attendance.absent);
    all.filter_map(|name| name.as_text().map(str::to_owned)).collect()
}

/// Says why a document beside minutes is none, when its name or its size says so.
pub(super) fn refuse(source: &Source<'_>) -> Result<(), String> {
    let stem = source.stem().to_lowercase();
    let words: Vec<&str> = stem.split(|c: char| !c.is_alphanumeric()).collect();
    if matches!(&*stem, "readme" | "index" | "contributing" | "_index") {
        return Err("it introduces its folder".to_owned());
    }
    if words.contains(&"template") {
        return Err("it is a template".to_owned());
    }
    if words.contains(&"transcript") {
        return Err("it is a transcript".to_owned());
    }
    let lines = &source.document.lines;
    let text = lines.iter().filter(|line| !matches!(line.place, Place::Heading(_)));
    let is_empty =
        |text: &str| matches!(&*parts::plain(text), "no notes" | "no minutes" | "tbd" | "todo" | "");
    if text.clone().all(|line| is_empty(&line.text)) && !lines.iter().any(|line| is_off(&line.text)) {
        return Err("it holds nothing but a title".to_owned());
    }
    let is_link = text.clone().count() == 1 && lines.len() == 1 && source.document.headings.is_empty();
    match is_link && lines.first().is_some_and(|line| !line.text.contains(' ')) {
        true => Err("it only refers to another file".to_owned()),
        false => Ok(()),
    }
}

/// Whether there is a place for actions. A name with nothing behind or below it is an item of the agenda.
fn has_actions(parts: &[Part]) -> bool {
    let is_place = |part: &&Part| part.level.is_some() || part.has_value() || !part.lines.is_empty();
    parts.iter().filter(is_place).any(|part| words::actions(&part.name).is_some())
}

/// Whether names say that a document is about a meeting.
fn speaks_of_meeting(names: &str) -> bool {
    const MEETING: &str = "\
        meeting minutes notes call sync agenda standup retro retrospective review planning session \
        weekly biweekly monthly quarterly summit 1on1 council triage discussion";
    parts::plain(names).split(' ').any(|word| words::among(MEETING, word))
}

/// Whether names say that a document is something other than minutes.
fn is_of_something_else(names: &str) -> bool {
    const OTHER: &str = "report newsletter changelog survey template presentation slides letter";
    let names = parts::plain(names);
    names.split(' ').any(|word| words::among(OTHER, word)) && !speaks_of_meeting(&names)
}

/// Whether `text` says that a meeting did not take place.
fn is_off(text: &str) -> bool {
    let text = text.to_lowercase();
    let said = [
        "cancelled",
        "canceled",
        "postponed",
        "did not take place",
        "no meeting",
        "meeting skipped",
        "was skipped",
    ];
    said.iter().any(|word| text.contains(word))
}

fn kind(source: &Source<'_>, parts: &[Part], attendance: &Attendance, is_decided: bool) -> Field {
    let lines = &source.document.lines;
    let start = Span::new(source.span().start, source.span().start);
    let title = source.title();
    if let Some(front) = source.front("kind") {
        let text = front.as_str().unwrap_or_default().to_lowercase();
        if let Some(kind) = ["minutes", "agenda", "cancelled"].iter().find(|kind| **kind == text) {
            return Field::text(*kind, front.span());
        }
    }
    if let Some((_, span)) = title.as_ref().filter(|(title, _)| is_off(title)) {
        return Field::text("cancelled", *span);
    }
    let stated =
        source.labels().iter().find(|label| parts::plain(&label.name) == "status" && is_off(&label.value));
    if let Some(label) = stated {
        return Field::text("cancelled", label.value_span);
    }
    let is_short = lines.len() <= 8 && attendance.present.is_empty();
    if let Some(line) = lines.iter().find(|line| is_short && is_off(&line.text)) {
        return Field::text("cancelled", line.span);
    }
    let names = format!("{} {}", source.stem(), title.as_ref().map_or("", |(title, _)| title));
    let is_called_agenda = parts::plain(&names).split(' ').any(|word| word == "agenda");
    let is_held = !attendance.present.is_empty() || is_decided || has_actions(parts) || lines.len() > 60;
    let span = title.map_or(start, |(_, span)| span);
    Field::text(if is_called_agenda && !is_held { "agenda" } else { "minutes" }, span)
}

#[cfg(test)]
mod tests;
