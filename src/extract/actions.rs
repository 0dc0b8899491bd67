//! Actions: what somebody agreed to do, where a document says so in so many words.
//!
//! An action is marked: it stands in a part called so, in a table with the columns of one, or behind a mark. Plans,
//! ideas and what people say they will do are not taken for actions, and where no owner or day is named there is none.

mod block;
mod marks;
mod owner;
mod state;
mod tables;
#[cfg(test)]
mod tests;
mod verbs;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use super::minutes::grid::{self, Grid};
use super::minutes::parts::{self, Part, plain, trimmed};
use super::minutes::words::{self, Actions};
use super::minutes::{self, names};
use super::{Field, Object, Source};
use crate::model::date;
use crate::read::markdown::{Item, Line, Place, labels};
use crate::text::Span;
use owner::Known;

/// The actions of a document, in its order.
///
/// # Errors
/// Why there are none, in a sentence.
pub fn extract(source: &Source<'_>) -> Result<Vec<Object>, String> {
    minutes::refuse(source)?;
    let parts = parts::parts(source, words::is_known);
    let mut reading = Reading {
        source,
        lines: &source.document.lines,
        known: known(source, &parts),
        used: HashSet::new(),
        found: BTreeMap::new(),
    };
    let kinds = reading.kinds(&parts);
    reading.tables(&kinds);
    reading.blocks(&parts, &kinds);
    reading.marks(&parts);
    reading.boxes();
    match reading.found.is_empty() {
        true => Err("nothing in it is marked as an action".to_owned()),
        false => Ok(reading.found.into_values().collect()),
    }
}

/// The actions of minutes that lie just anywhere; see [`minutes::anywhere`].
///
/// # Errors
/// An empty text for any other document, and for minutes without actions, of which there is nothing to say.
pub fn anywhere(source: &Source<'_>) -> Result<Vec<Object>, String> {
    if minutes::is_beyond_doubt(source) {
        extract(source).map_err(|_| String::new())
    } else {
        Err(String::new())
    }
}

/// Whether a text in the place of an action says that there is none.
fn is_nothing(text: &str) -> bool {
    let name = plain(text);
    let is_said = matches!(
        &*name,
        "none"
            | "n a"
            | "na"
            | "nothing"
            | "tbd"
            | "todo"
            | "no actions"
            | "no action"
            | "none recorded"
            | "nil"
            | "none yet"
            | "none at this time"
            | "no new actions"
            | "no action required"
            | "see above"
            | "see below"
            | "same as above"
            | "action item"
            | "action items"
            | "actions"
            | "add action items here"
            | "no follow ups"
            | "none so far"
    );
    // What is left over from the last meeting is named where that meeting lists it.
    let before_link = text.split("http").next().unwrap_or_default();
    let is_earlier =
        text.len() > before_link.len() && words::actions(&plain(before_link)) == Some(Actions::Earlier);
    is_said || is_earlier || name.starts_with("no action item") || !text.chars().any(char::is_alphanumeric)
}

/// Whether a text in the place of an owner names nobody.
fn is_we(text: &str) -> bool {
    matches!(
        &*plain(text),
        "" | "we"
            | "us"
            | "tbd"
            | "unassigned"
            | "nobody"
            | "unclaimed"
            | "none"
            | "n a"
            | "i"
            | "someone"
            | "somebody"
            | "you"
    )
}

/// The people a document names: those who were there, and those who speak in it more than once.
fn known(source: &Source<'_>, parts: &[Part]) -> Known {
    let mut known = Known::default();
    minutes::people(source, parts).iter().for_each(|name| known.add(name));
    let mut speakers: HashMap<&str, usize> = HashMap::new();
    for label in source.labels().iter().filter(|label| !label.value.is_empty()) {
        *speakers.entry(&label.name).or_default() += 1;
    }
    let is_speaker = |name: &str| {
        names::is_name(name)
            && name.split(' ').count() <= 2
            && !words::is_known(&plain(name))
            && !owner::is_no_person(name)
    };
    speakers
        .iter()
        .filter(|(name, count)| **count > 1 && is_speaker(name))
        .for_each(|(name, _)| known.add(name));
    known
}

/// A document while its actions are looked for.
struct Reading<'a> {
    source: &'a Source<'a>,
    lines: &'a [Line],
    known: Known,
    /// Lines that are taken.
    used: HashSet<usize>,
    found: BTreeMap<usize, Object>,
}

/// A part of actions: which one, and how sure it is.
type Kind = Option<(usize, Actions)>;

/// What is known of an action before its text is read.
struct Candidate {
    /// Its line.
    line: usize,
    /// Its part of the line's text.
    range: Range<usize>,
    /// Who does it, when that stands elsewhere.
    owner: Option<Field>,
    /// Whether the line is marked by itself.
    is_marked: bool,
    /// Whether it stands among those that are done.
    is_done: bool,
}

impl Reading<'_> {
    /// Which part of actions each line belongs to.
    fn kinds(&self, parts: &[Part]) -> Vec<Kind> {
        let stem = plain(self.source.stem());
        let is_list = words::actions(&stem).is_some_and(|kind| kind == Actions::Sure);
        let mut kinds: Vec<Kind> = vec![is_list.then_some((usize::MAX, Actions::Sure)); self.lines.len()];
        for (at, part) in parts.iter().enumerate() {
            let around = kinds.get(part.line).copied().flatten();
            let is_text = matches!(self.lines[part.line].place, Place::Paragraph { .. });
            let own = match (words::actions(&part.name), around) {
                (Some(kind), _) if !part.has_value() => Some((at, kind)),
                (_, Some(_)) if part.has_value() => continue,
                (_, Some(_)) if matches!(&*part.name, "done" | "completed" | "closed" | "finished") => {
                    Some((at, Actions::Done))
                }
                (_, Some((_, kind))) if part.level.is_some() && !words::is_known(&part.name) => {
                    Some((at, kind))
                }
                (_, Some(_)) if words::presence(&part.name).is_some() || words::is_decisions(&part.name) => {
                    None
                }
                (_, Some(_)) if words::is_known(&part.name) && (is_text || part.level.is_some()) => None,
                _ => continue,
            };
            kinds[part.lines.clone()].fill(own);
        }
        kinds
    }

    fn tables(&mut self, kinds: &[Kind]) {
        for cells in grid::tables(self.lines) {
            let is_in_section = kinds[cells[0].0].is_some();
            for (line, mut object) in tables::rows(&Grid::new(&cells), is_in_section) {
                object.add("section", self.section(line));
                self.found.insert(line, object);
            }
            self.used.extend(cells.iter().map(|(at, _)| *at));
        }
    }

    /// Lines with a mark of their own, wherever they stand.
    fn marks(&mut self, parts: &[Part]) {
        let with_value = parts.iter().filter(|part| part.has_value() && part.value_line == part.line);
        let named: HashMap<usize, (&Part, Actions)> =
            with_value.filter_map(|part| Some((part.line, (part, words::actions(&part.name)?)))).collect();
        for at in 0..self.lines.len() {
            let line = &self.lines[at];
            if self.used.contains(&at) || matches!(line.place, Place::Cell { .. }) {
                continue;
            }
            let named = named.get(&at);
            let is_heading = matches!(line.place, Place::Heading(_));
            if is_heading && !named.is_some_and(|(_, kind)| *kind == Actions::Sure) {
                continue;
            }
            match (marks::mark(&line.text), named) {
                (Some(mark), _) => self.marked(at, mark.owner, mark.rest),
                (None, Some((part, Actions::Sure | Actions::Likely))) => {
                    self.marked(at, None, part.value.start)
                }
                _ => {}
            }
        }
    }

    /// A line whose action starts at byte `rest`, or whose owner's actions stand below.
    fn marked(&mut self, at: usize, named: Option<Range<usize>>, rest: usize) {
        let line = &self.lines[at];
        let owner = named.map(|owner| self.owner_at(at, owner));
        let range = trimmed(&line.text, rest..line.text.len());
        if let Some(name) = block::only_owner(&line.text, range.clone(), &self.known) {
            let owner = self.owner_at(at, name);
            let below = self.below(at);
            if !self.nearest(&below).is_empty() {
                return self.children(&below, Some(&owner), false);
            }
        }
        self.push(Candidate { line: at, range, owner, is_marked: true, is_done: false });
    }

    /// Boxes below an item that calls them actions.
    fn boxes(&mut self) {
        for at in 0..self.lines.len() {
            let text = self.lines[at].text.to_lowercase();
            let is_item = matches!(self.lines[at].place, Place::Item(_));
            if !is_item || !(text.contains("list of actions") || text.contains("action items")) {
                continue;
            }
            for line in self.below(at) {
                if matches!(self.lines[line].place, Place::Item(Item { task: Some(_), .. }))
                    && !self.used.contains(&line)
                {
                    self.plain(line, None, false);
                }
            }
        }
    }

    /// The lines of the list below line `at`.
    fn below(&self, at: usize) -> Vec<usize> {
        let depth = self.lines[at].depth();
        let is_below = |(_, line): &(usize, &Line)| match line.place {
            Place::Item(Item { depth: own, .. }) => own > depth,
            Place::InItem { depth: own } => own > depth || (own == depth && depth > 0),
            _ => false,
        };
        let rest = self.lines.iter().enumerate().skip(at + 1);
        rest.take_while(is_below).map(|(at, _)| at).collect()
    }

    /// A whole line that is an action.
    fn plain(&mut self, line: usize, owner: Option<&Field>, is_done: bool) {
        let text = &self.lines[line].text;
        match marks::mark(text) {
            Some(mark) => self.marked(line, mark.owner, mark.rest),
            None => {
                let range = trimmed(text, 0..text.len());
                self.push(Candidate { line, range, owner: owner.cloned(), is_marked: false, is_done });
            }
        }
    }

    fn owner_at(&self, line: usize, range: Range<usize>) -> Field {
        let line = &self.lines[line];
        Field::text(line.text[range.clone()].trim(), line.span_of(range))
    }

    fn section(&self, line: usize) -> Option<Field> {
        let heading = self.source.document.headings.get(self.lines[line].section?)?;
        (!heading.text.is_empty()).then(|| Field::text(heading.text.as_str(), heading.span))
    }

    /// Adds an action.
    fn push(&mut self, candidate: Candidate) {
        let Candidate { line: at, mut range, owner, is_marked, is_done } = candidate;
        let line = &self.lines[at];
        if self.used.contains(&at) || is_nothing(&line.text[range.clone()]) {
            return;
        }
        self.used.insert(at);
        let more = self.continued(at);
        self.used.extend(more.iter().copied());
        let mut object = Object::new(line.span);
        object.span.end = more.last().map_or(line.span.end, |&last| self.lines[last].span.end);
        if let Some(id) = id(&line.text, range.clone()) {
            object.add("id", Field::text(&line.text[id.clone()], line.span_of(id.clone())));
            range = trimmed(&line.text, id.end + 1..range.end);
        }
        range = behind_day(&line.text, range);
        let about = self.about(at);
        range.end = range.end.min(about.end).max(range.start);
        let (due, before_due) = due(line, range);
        let state = state::around(&line.text, before_due.clone()).filter(|_| more.is_empty());
        let range = state.as_ref().map_or(before_due, |(_, rest, _)| rest.clone());
        let (found, range) = self.owner_in(at, range, owner.is_some(), is_marked, !more.is_empty());
        object.add("text", Some(self.text(at, range, &more)));
        object.add("owner", owner.filter(|owner| !owner.as_text().is_some_and(is_we)));
        object.add("owner", found);
        for (name, field) in about.fields {
            object.add(name, field);
        }
        object.add("due", due);
        let said = state.map(|(state, _, place)| (state, line.span_of(place)));
        self.add_state(&mut object, at, said.or_else(|| self.state_below(at)), is_done);
        object.add("section", self.section(at));
        self.found.insert(at, object);
    }

    /// The owner that a part of a line names, and what is to be done. `is_known` says that the owner stands elsewhere,
    /// so that only a name at the end is taken off; `goes_on` that the action continues on the next line.
    fn owner_in(
        &self,
        at: usize,
        range: Range<usize>,
        is_known: bool,
        is_marked: bool,
        goes_on: bool,
    ) -> (Option<Field>, Range<usize>) {
        let line = &self.lines[at];
        let Some(owned) = owner::owned(&line.text, range.clone(), &self.known, is_marked) else {
            return (None, range);
        };
        let is_code = owned.owner.as_ref().is_some_and(|name| {
            line.code.iter().any(|code| code.start <= name.start && name.start < code.end)
        });
        if is_code || (owned.text.is_empty() && !goes_on) {
            return (None, range);
        }
        if is_known {
            let is_behind = owned.text.start == range.start && owned.text.end < range.end;
            return (None, if is_behind { owned.text } else { range });
        }
        let named = owned.owner.filter(|name| !is_we(&line.text[name.clone()]));
        (named.map(|name| self.owner_at(at, name)), owned.text)
    }

    /// Adds what the box, the words around the text or the part say of the state of the action on line `at`.
    fn add_state(&self, object: &mut Object, at: usize, said: Option<(state::State, Span)>, is_done: bool) {
        let line = &self.lines[at];
        if let Place::Item(Item { task: Some(done), mark, .. }) = line.place {
            object.add("done", Field::Bool(done, mark.unwrap_or(line.span)));
        }
        if let Some((state, span)) = said {
            object.add("status", Field::text(state.name(), span));
            object.add("done", state.done().map(|done| Field::Bool(done, span)));
        } else if is_done {
            object.add("done", Field::Bool(true, Span::new(line.span.start, line.span.start)));
        }
    }

    /// The text of an action with the lines that continue it.
    fn text(&self, at: usize, range: Range<usize>, more: &[usize]) -> Field {
        let line = &self.lines[at];
        let first = line.text.get(range.clone()).unwrap_or_default().trim();
        let span = line.span_of(trimmed(&line.text, range));
        let Some(&last) = more.last() else { return Field::text(first, span) };
        let rest = more.iter().map(|&at| self.lines[at].text.trim());
        let text: Vec<&str> = std::iter::once(first).chain(rest).filter(|text| !text.is_empty()).collect();
        Field::text(text.join(" "), Span::new(span.start, self.lines[last].span.end.max(span.start)))
    }

    /// The lines that continue the text of line `at`.
    fn continued(&self, at: usize) -> Vec<usize> {
        let place = self.lines[at].place;
        let is_more = |(at, line): &(usize, &Line)| {
            let is_same = match (place, line.place) {
                (Place::Item(Item { depth, .. }) | Place::InItem { depth }, Place::InItem { depth: own }) => {
                    own == depth
                }
                (Place::Paragraph { .. }, Place::Paragraph { first: false }) => true,
                _ => false,
            };
            let starts =
                line.text.starts_with(|c: char| !c.is_uppercase()) || matches!(place, Place::Item(_));
            is_same
                && starts
                && !self.used.contains(at)
                && marks::mark(&line.text).is_none()
                && label_field(line).is_none()
                && !parts::opens(line, words::is_known)
        };
        let rest = self.lines.iter().enumerate().skip(at + 1);
        rest.take_while(is_more).map(|(at, _)| at).collect()
    }

    /// What labels on the line and below it say of an action.
    fn about(&self, at: usize) -> About {
        let line = &self.lines[at];
        let mut about = About { fields: Vec::new(), end: line.text.len() };
        for label in labels(line, at).iter().skip(1) {
            let Some(field) = field_of(&label.name, &label.value, label.value_span) else { continue };
            let start =
                line.text.find(&*format!("{}:", label.name)).or_else(|| line.text.rfind(&*label.name));
            let before = start.map_or(line.text.len(), |start| {
                line.text[..start].trim_end_matches([' ', '|', ',', ';', '*']).len()
            });
            about.end = about.end.min(before);
            about.fields.push(field);
        }
        for child in self.below(at) {
            if let Some(field) = label_field(&self.lines[child]) {
                about.fields.push(field);
            }
        }
        about
    }

    /// The state that the only line below an action names.
    fn state_below(&self, at: usize) -> Option<(state::State, Span)> {
        let below = self.below(at);
        let [child] = below[..] else { return None };
        let child = &self.lines[child];
        let state = state::of(&child.text)?;
        (child.text.chars().count() <= 24).then_some((state, child.span))
    }
}

/// What labels say of an action, and where its text ends before them.
struct About {
    fields: Vec<(&'static str, Field)>,
    end: usize,
}

/// The field that a line of its own names, as in `Owner: Ana` below an action.
fn label_field(line: &Line) -> Option<(&'static str, Field)> {
    let label = labels(line, 0).into_iter().next()?;
    field_of(&label.name, &label.value, label.value_span)
}

fn field_of(name: &str, value: &str, span: Span) -> Option<(&'static str, Field)> {
    let text = || Field::text(value, span);
    if value.is_empty() || is_nothing(value) {
        return None;
    }
    Some(match &*plain(name) {
        "owner" | "assignee" | "assigned to" | "responsible" | "dri" => ("owner", text()),
        "due" | "due date" | "deadline" | "due by" => {
            ("due", Field::text(date::first(value)?.to_string(), span))
        }
        "status" | "state" => ("status", Field::text(state::of(value)?.name(), span)),
        "verification" | "verified by" | "verify" | "acceptance" | "done when" => ("verification", text()),
        "evidence" | "proof" => ("evidence", Field::List(vec![text()], span)),
        _ => return None,
    })
}

/// What stands behind the day on which an action was noted: `2026-11-20: call Ana`.
fn behind_day(text: &str, range: Range<usize>) -> Range<usize> {
    let part = text.get(range.clone()).unwrap_or_default();
    let found = date::dates(part).into_iter().next().filter(|(_, day)| day.start <= 1);
    let Some((_, day)) = found else { return range };
    let rest = part[day.end..].trim_start_matches([']', ')', ' ']);
    match rest.strip_prefix(':') {
        Some(rest) if !rest.trim().is_empty() => trimmed(text, range.end - rest.len()..range.end),
        _ => range,
    }
}

/// The identifier at the start of an action: `A-12: ...`.
fn id(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let part = &text[range.clone()];
    let letters = part.bytes().take_while(u8::is_ascii_uppercase).count();
    let rest = part[letters..].strip_prefix('-')?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let end = letters + 1 + digits;
    let is_id = (1..=8).contains(&letters) && digits > 0 && part[end..].starts_with([':', ' ', '.', ')']);
    is_id.then(|| range.start..range.start + end)
}

/// The day by which an action is to be done, and its text without that.
fn due(line: &Line, range: Range<usize>) -> (Option<Field>, Range<usize>) {
    const BEFORE: &[&str] = &[
        "no later than",
        "due date:",
        "due date",
        "due on",
        "due by",
        "due:",
        "due",
        "by:",
        "by",
        "before",
        "until",
        "deadline:",
        "deadline",
        "eta:",
        "eta",
        "target:",
        "\u{1f4c5}",
        "\u{23f0}",
    ];
    let Some(part) = line.text.get(range.clone()) else { return (None, range) };
    for (day, found) in date::dates(part) {
        let before = part[..found.start].trim_end();
        let lower = before.to_lowercase();
        let is_word = |word: &&&str| {
            lower.ends_with(**word)
                && !lower[..lower.len() - word.len()].ends_with(|c: char| c.is_alphanumeric())
        };
        let Some(word) = BEFORE.iter().find(is_word) else { continue };
        let span = line.span_of(range.start + found.start..range.start + found.end);
        let is_last = part[found.end..].trim_matches([')', ']', '.', ' ']).is_empty();
        let head = before.get(..before.len().saturating_sub(word.len())).unwrap_or_default();
        let head = head.trim_end_matches([' ', '(', '[', ',', ';', '-', '\u{2013}', '\u{2014}']);
        let rest = if is_last && !head.is_empty() { range.start..range.start + head.len() } else { range };
        return (Some(Field::text(day.to_string(), span)), rest);
    }
    (None, range)
}
