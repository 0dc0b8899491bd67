//! What minutes hold beside people and actions: decisions, the agenda, what was to be read, whether the risks were
//! looked at, and why a meeting was skipped.

use std::ops::Range;

use super::grid::{self, Grid};
use super::names::person;
use super::parts::{Part, plain, trimmed};
use super::when::minutes_in;
use super::words;
use crate::extract::{Field, Object, Source};
use crate::read::markdown::{Item, Line, Place};
use crate::text::Span;

/// The decisions, each with its text and line.
pub(super) fn decisions(source: &Source<'_>, parts: &[Part]) -> Vec<Field> {
    let lines = &source.document.lines;
    // The part each line belongs to: the last known one above it.
    let mut owners: Vec<Option<usize>> = vec![None; lines.len()];
    for (at, part) in parts.iter().enumerate().filter(|(_, part)| words::is_known(&part.name)) {
        owners[part.lines.clone()].fill(Some(at));
        owners[part.line] = Some(at);
    }
    let mut found: Vec<(usize, Field)> = Vec::new();
    for (at, part) in parts.iter().enumerate().filter(|(_, part)| words::is_decisions(&part.name)) {
        if part.has_value() {
            found.extend(decision(source, &lines[part.value_line], part.value.start..usize::MAX, None));
            continue;
        }
        let own = part.lines.clone().filter(|&line| owners[line] == Some(at));
        let own: Vec<&Line> = own.map(|line| &lines[line]).collect();
        let items = own.iter().filter(|line| matches!(line.place, Place::Item(_)));
        let depth = items.map(|line| line.depth()).min();
        let is_top = |line: &&&Line| match line.place {
            Place::Item(Item { depth: own, .. }) => Some(own) == depth,
            Place::Paragraph { first } => first && depth.is_none(),
            _ => false,
        };
        for (place, line) in own.iter().enumerate().filter(|(_, line)| is_top(line)) {
            let mut whole = decision(source, line, 0..usize::MAX, None);
            for pair in own[place..].windows(2).take_while(|pair| goes_on(source, pair[0], pair[1])) {
                whole = whole.map(|(number, field)| (number, continued(field, pair[1])));
            }
            found.extend(whole);
        }
    }
    for cells in grid::tables(lines) {
        let part = owners[cells[0].0].map(|at| &parts[at]);
        let is_in_section = part.is_some_and(|part| words::is_decisions(&part.name));
        found.extend(rows(source, &Grid::new(&cells), is_in_section));
    }
    found.extend(lines.iter().filter_map(|line| bracketed(source, line)));
    found.sort_by_key(|(line, _)| *line);
    found.dedup_by_key(|(line, _)| *line);
    found.into_iter().map(|(_, field)| field).collect()
}

fn decision(
    source: &Source<'_>,
    line: &Line,
    range: Range<usize>,
    evidence: Option<&Line>,
) -> Option<(usize, Field)> {
    let range = trimmed(&line.text, range.start..line.text.len().min(range.end));
    let text = line.text.get(range.clone())?;
    if matches!(&*plain(text), "" | "none" | "n a" | "tbd" | "no decisions" | "none recorded" | "no decision")
    {
        return None;
    }
    let span = line.span_of(range);
    let mut object = Object::new(span);
    object.add("text", Field::text(text, span));
    let number = line_of(source.text, span.start);
    object.add("line", Field::Number(number as i64, Span::new(span.start, span.start)));
    if let Some(cell) = evidence {
        object.list("evidence", evidence_in(cell));
    }
    Some((number, Field::Object(object)))
}

/// Whether the text of a line goes on in the next one.
fn goes_on(source: &Source<'_>, line: &Line, next: &Line) -> bool {
    let is_text = matches!(next.place, Place::Paragraph { first: false } | Place::InItem { .. });
    let between = source.text.get(line.span.end as usize..next.span.start as usize).unwrap_or_default();
    is_text && next.depth() == line.depth() && between.matches('\n').count() == 1
}

/// A decision with a further line of its text.
fn continued(decision: Field, line: &Line) -> Field {
    let Field::Object(mut object) = decision else { return decision };
    object.span.end = line.span.end;
    object.map_fields(|name, field| match field {
        Field::Text(text, span) if name == "text" => {
            Field::text(format!("{text} {}", line.text.trim()), Span::new(span.start, line.span.end))
        }
        other => other,
    });
    Field::Object(object)
}

/// What a cell of a column "evidence" holds.
pub(in crate::extract) fn evidence_in(cell: &Line) -> Vec<Field> {
    let text = cell.text.trim();
    match matches!(&*plain(text), "" | "none" | "n a" | "tbd" | "todo") && !text.contains("://") {
        true => Vec::new(),
        false => vec![Field::text(text, cell.span)],
    }
}

/// The decisions in the rows of a table.
fn rows(source: &Source<'_>, grid: &Grid<'_>, is_in_section: bool) -> Vec<(usize, Field)> {
    let named = grid.column(&["decision", "decisions", "resolution"]);
    let in_section = || grid.column(&["what", "text", "title", "description"]).filter(|_| is_in_section);
    let Some(text) = named.or_else(in_section) else { return Vec::new() };
    let evidence = grid.column(&["evidence", "proof"]);
    let mut found = Vec::new();
    for row in 1..=grid.last {
        let Some(cell) = grid.cell(row, text) else { continue };
        let proof = evidence.and_then(|column| grid.cell(row, column));
        let Some((line, mut field)) = decision(source, cell, 0..usize::MAX, proof) else { continue };
        if let (Field::Object(object), true) = (&mut field, evidence.is_some() && proof.is_none()) {
            object.list("evidence", Vec::new());
        }
        found.push((line, field));
    }
    found
}

/// `[Decision] text`.
fn bracketed(source: &Source<'_>, line: &Line) -> Option<(usize, Field)> {
    let text = line.text.trim_start();
    let start = line.text.len() - text.len();
    let inner = text.strip_prefix('[')?;
    let close = inner.find(']')?;
    words::is_decisions(&plain(&inner[..close])).then_some(())?;
    let rest = &inner[close + 1..];
    let rest = rest.trim_start_matches([':', '-', ' ', '\u{2013}']);
    decision(source, line, start + text.len() - rest.len()..usize::MAX, None)
}

/// The line of a byte, from 1.
fn line_of(source: &str, offset: u32) -> usize {
    1 + memchr::memchr_iter(b'\n', &source.as_bytes()[..offset as usize]).count()
}

/// Who led the meeting.
pub(super) fn chair(source: &Source<'_>, parts: &[Part]) -> Option<Field> {
    let lines = &source.document.lines;
    let named = parts.iter().filter(|part| part.has_value() && words::is_chair(&part.name));
    let labelled = named
        .filter_map(|part| {
            let line = &lines[part.value_line];
            let name = person(&line.text, part.value.clone())?;
            Some(Field::text(&line.text[name.clone()], line.span_of(name)))
        })
        .next();
    labelled.or_else(|| lines.iter().find_map(told_chair))
}

/// `Ana chaired, and Bo took notes.`
fn told_chair(line: &Line) -> Option<Field> {
    let text = &line.text;
    let verbs = [" moderated", " chaired", " facilitated"];
    let at = verbs.iter().filter_map(|verb| text.find(verb)).min()?;
    let name = text[..at].trim();
    let start = text.find(name)?;
    let is_handle = name.starts_with('@') && !name.contains(' ');
    (is_handle || super::names::is_name(name) && name.split(' ').count() <= 3)
        .then(|| Field::text(name, line.span_of(start..start + name.len())))
}

/// The items of the agenda, each with the minutes it is given.
pub(super) fn agenda(source: &Source<'_>, parts: &[Part]) -> Vec<Field> {
    let lines = &source.document.lines;
    let Some(part) = parts.iter().find(|part| words::is_agenda(&part.name) && !part.has_value()) else {
        return Vec::new();
    };
    let own: Vec<&Line> = lines[part.lines.clone()].iter().collect();
    let under = own.iter().take_while(|line| !matches!(line.place, Place::Heading(_)));
    let items: Vec<&&Line> =
        under.filter(|line| matches!(line.place, Place::Item(Item { depth: 1, .. }))).collect();
    let level = own.iter().filter_map(|line| heading_level(line)).min();
    let headed = own.iter().filter(|line| heading_level(line).is_some() && heading_level(line) == level);
    let tables = grid::tables(&lines[part.lines.clone()]);
    if let (Some(cells), true) = (tables.first(), items.is_empty()) {
        return agenda_rows(&Grid::new(cells));
    }
    let titles: Vec<&&Line> = if items.is_empty() { headed.collect() } else { items };
    titles.into_iter().filter_map(|line| agenda_item(line)).collect()
}

const fn heading_level(line: &Line) -> Option<u8> {
    match line.place {
        Place::Heading(level) => Some(level),
        _ => None,
    }
}

fn agenda_item(line: &Line) -> Option<Field> {
    let text = &line.text;
    let (title, minutes) = timed(text);
    let title = trimmed(text, title);
    if text.get(title.clone())?.is_empty() {
        return None;
    }
    let mut object = Object::new(line.span);
    object.add("title", Field::text(&text[title.clone()], line.span_of(title)));
    object.add("minutes", minutes.map(|(minutes, at)| Field::Number(minutes, line.span_of(at))));
    Some(Field::Object(object))
}

/// The title in an item of an agenda, and the minutes it is given in brackets or behind a dash or at its start.
fn timed(text: &str) -> (Range<usize>, Option<(i64, Range<usize>)>) {
    for (open, close) in [('(', ')'), ('[', ']')] {
        for (at, _) in text.match_indices(open) {
            let Some(end) = text[at..].find(close).map(|end| at + end) else { continue };
            if let Some(minutes) = minutes_in(&text[at + 1..end]) {
                let is_first = text[..at].trim().is_empty();
                let title = if is_first { end + 1..text.len() } else { 0..at };
                return (title, Some((minutes, at + 1..end)));
            }
        }
    }
    for dash in [" - ", " \u{2013} ", " \u{2014} ", ": ", ", "] {
        if let Some(at) = text.rfind(dash)
            && let after = at + dash.len()
            && text[after..].starts_with(|c: char| c.is_ascii_digit())
            && text[after..].len() <= 12
            && let Some(minutes) = minutes_in(&text[after..])
        {
            return (0..at, Some((minutes, after..text.len())));
        }
    }
    (0..text.len(), None)
}

fn agenda_rows(grid: &Grid<'_>) -> Vec<Field> {
    let time = grid.column(&["minutes", "duration", "min", "mins", "length", "time", "timebox", "time min"]);
    let titles = &["topic", "item", "agenda", "agenda item", "title", "subject", "what", "description"];
    let Some(title) = grid.column(titles) else { return Vec::new() };
    let rows = (1..=grid.last).filter_map(|row| Some((row, grid.cell(row, title)?)));
    rows.map(|(row, cell)| {
        let mut object = Object::new(cell.span);
        object.add("title", Field::text(cell.text.trim(), cell.span));
        let given = time.and_then(|time| grid.cell(row, time));
        let minutes = given.and_then(|given| {
            let text = given.text.trim();
            let minutes = text.parse().ok().or_else(|| minutes_in(text))?;
            Some(Field::Number(minutes, given.span))
        });
        object.add("minutes", minutes);
        Field::Object(object)
    })
    .collect()
}

/// What was to be read before the meeting, and whether its boxes are ticked.
pub(super) fn pre_read(source: &Source<'_>, parts: &[Part]) -> Vec<Field> {
    let lines = &source.document.lines;
    let named = parts.iter().filter(|part| words::is_pre_read(&part.name));
    let items = named.flat_map(|part| &lines[part.lines.clone()]).filter_map(|line| match line.place {
        Place::Item(item) => Some((line, item)),
        _ => None,
    });
    let fields = items.map(|(line, item)| {
        let mut object = Object::new(line.span);
        object.add("text", Field::text(line.text.trim(), line.span));
        object.add("done", item.task.map(|done| Field::Bool(done, item.mark.unwrap_or(line.span))));
        Field::Object(object)
    });
    fields.collect()
}

/// Whether the risks were looked at, where the minutes have a place for it.
pub(super) fn risks(source: &Source<'_>, parts: &[Part]) -> Option<Field> {
    let lines = &source.document.lines;
    let is_no = |text: &str| {
        let text = plain(text);
        matches!(
            &*text,
            "" | "no" | "none" | "n a" | "tbd" | "not reviewed" | "skipped" | "false" | "todo" | "not done"
        )
    };
    let boxed = lines.iter().find_map(|line| match line.place {
        Place::Item(Item { task: Some(done), mark, .. }) if words::is_risks(&plain(&line.text)) => {
            Some(Field::Bool(done, mark.unwrap_or(line.span)))
        }
        _ => None,
    });
    let stated = || {
        let part = parts.iter().find(|part| {
            words::is_risks(&part.name)
                && (part.level.is_some() || part.has_value() || !part.lines.is_empty())
        })?;
        let value = &lines[part.value_line].text[part.value.clone()];
        let is_reviewed = match part.has_value() {
            true => !is_no(value),
            false => lines[part.lines.clone()].iter().any(|line| !is_no(&line.text)),
        };
        Some(Field::Bool(is_reviewed, lines[part.line].span))
    };
    boxed.or_else(stated)
}

/// Why a meeting was skipped, and what makes up for it.
pub(super) fn skipped(source: &Source<'_>, parts: &[Part]) -> Option<Field> {
    let lines = &source.document.lines;
    let text_of = |names: &[&str]| {
        let part = parts.iter().find(|part| names.contains(&&*part.name))?;
        if part.has_value() {
            let line = &lines[part.value_line];
            return Some(Field::text(&line.text[part.value.clone()], line.span_of(part.value.clone())));
        }
        let mut own =
            lines[part.lines.clone()].iter().filter(|line| !matches!(line.place, Place::Heading(_)));
        let first = own.next()?;
        // A paragraph goes on over several lines.
        let goes_on =
            |line: &&Line| matches!(line.place, Place::Paragraph { first: false } | Place::InItem { .. });
        let (mut text, mut span) = (first.text.trim().to_owned(), first.span);
        for line in own.take_while(goes_on) {
            text = format!("{text} {}", line.text.trim());
            span.end = line.span.end;
        }
        Some(Field::text(text, span))
    };
    let is_skipped = parts
        .iter()
        .any(|part| matches!(&*part.name, "skipped" | "meeting skipped" | "cancelled" | "canceled"))
        || source
            .title()
            .is_some_and(|(title, _)| super::is_off(&title) || plain(&title).contains("skipped"));
    let rationale =
        text_of(&["skipped", "rationale", "reason", "skip rationale", "why skipped", "reason for skipping"]);
    let recovery =
        text_of(&["recovery", "recovery plan", "recovered by", "catch up", "make up", "recovery action"]);
    let span = rationale.as_ref().or(recovery.as_ref()).map(Field::span).filter(|_| is_skipped)?;
    let mut object = Object::new(span);
    object.add("rationale", rationale).add("recovery", recovery);
    Some(Field::Object(object))
}
