//! Who was at a meeting, and who was not.
//!
//! Attendance stands in lists, lines, tables and boxes under a dozen names, in groups and alone. A name counts only
//! where a list says so; somebody who speaks in the notes is not taken for present.

use std::collections::HashSet;
use std::ops::Range;

use super::grid::{self, Grid};
use super::names::{is_name, people, person, pieces};
use super::parts::{Part, opens, plain};
use super::words::{self, Presence};
use crate::extract::{Field, Source};
use crate::read::markdown::{Item, Line, Place, labels};

/// The people of a meeting.
#[derive(Debug, Default)]
pub(super) struct Attendance {
    /// Those who were there, each once.
    pub present: Vec<Field>,
    /// Those who were not.
    pub absent: Vec<Field>,
    /// The one a list calls chair.
    pub chair: Option<Field>,
    /// Whether there is a list, if only an empty one.
    pub is_listed: bool,
    seen: HashSet<(bool, String)>,
}

impl Attendance {
    /// Takes the people out of the `parts` of a document.
    pub(super) fn read(source: &Source<'_>, parts: &[Part]) -> Self {
        let lines = &source.document.lines;
        // Which part each line belongs to: the last one that opens above it.
        let mut owners: Vec<Option<usize>> = vec![None; lines.len()];
        let mut found = Self::default();
        for (at, part) in parts.iter().enumerate() {
            let inside = owners.get(part.line).copied().flatten();
            if part.level.is_some() && inside.is_some() && words::is_group(&part.name) {
                continue;
            }
            if words::presence(&part.name).is_some() || (part.level.is_some() && inside.is_some()) {
                owners[part.lines.clone()].fill(Some(at));
                owners[part.line] = Some(at);
            } else if inside.is_none() && is_next_to(parts, at) {
                owners[part.lines.clone()].fill(Some(at));
            }
        }
        for (at, part) in parts.iter().enumerate() {
            let presence =
                words::presence(&part.name).or_else(|| is_next_to(parts, at).then_some(Presence::Present));
            let Some(presence) = presence.filter(|presence| *presence != Presence::Open) else { continue };
            found.is_listed = true;
            let own = part.lines.clone().filter(|&line| owners[line] == Some(at) && line != part.line);
            let own: Vec<&Line> = own.map(|line| &lines[line]).collect();
            let mut list = List { attendance: &mut found, is_present: presence == Presence::Present };
            if part.has_value() {
                list.pieces(&lines[part.value_line], part.value.clone());
            }
            list.lines(&own);
        }
        found.tables(lines, &owners);
        found
    }

    fn add(&mut self, is_present: bool, line: &Line, name: Range<usize>, about: &str) {
        let text = line.text[name.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
        let about = about.to_lowercase();
        let is_absent =
            ["absent", "regrets", "not present", "apologies"].iter().any(|word| about.contains(word));
        let is_struck = line.struck.iter().any(|struck| struck.start <= name.start && name.end <= struck.end);
        let is_present = is_present && !is_absent && !is_struck;
        if !self.seen.insert((is_present, text.to_lowercase())) {
            return;
        }
        let field = Field::text(text, line.span_of(name));
        if is_present && ["chair", "facilitator", "moderator"].iter().any(|duty| is_word(&about, duty)) {
            self.chair.get_or_insert(field.clone());
        }
        if is_present { self.present.push(field) } else { self.absent.push(field) }
    }

    /// Tables that list attendance by their own header, outside of any list.
    fn tables(&mut self, lines: &[Line], owners: &[Option<usize>]) {
        for cells in grid::tables(lines).iter().filter(|cells| owners[cells[0].0].is_none()) {
            let table = Table::of(cells);
            if table.is_attendance() {
                self.is_listed = true;
                List { attendance: self, is_present: true }.table(&table);
            }
        }
    }
}

/// Whether part `at` lists guests right behind a list of those present, under a heading of its own.
fn is_next_to(parts: &[Part], at: usize) -> bool {
    let part = &parts[at];
    let is_guests =
        matches!(&*part.name, "observers" | "guests" | "visitors" | "observers guests" | "guests observers");
    if !is_guests || part.level.is_none() {
        return false;
    }
    let before = parts[..at].iter().rev().find(|other| other.level.is_some() && other.level <= part.level);
    before.is_some_and(|before| {
        before.lines.end == part.line && words::presence(&before.name) == Some(Presence::Present)
    })
}

fn is_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|other| other == word)
}

/// A list of people while it is read.
struct List<'a> {
    attendance: &'a mut Attendance,
    is_present: bool,
}

impl List<'_> {
    /// All names of a range of a line.
    fn pieces(&mut self, line: &Line, range: Range<usize>) {
        for (name, piece) in people(&line.text, range).unwrap_or_default() {
            let about = &line.text[name.end..piece.end];
            self.attendance.add(self.is_present, line, name, about);
        }
    }

    /// The one name of a range of a line, with the rest said about it.
    fn one(&mut self, line: &Line, range: Range<usize>) {
        if let Some(name) = person(&line.text, range.clone()) {
            let about = &line.text[name.end..range.end];
            self.attendance.add(self.is_present, line, name, about);
        }
    }

    fn lines(&mut self, lines: &[&Line]) {
        let depth = lines.iter().find_map(|line| item(line)).map_or(1, |item| item.depth);
        let at_depth = lines.iter().filter(|line| item(line).is_some_and(|item| item.depth == depth)).count();
        let some_ticked = lines.iter().any(|line| item(line).is_some_and(|item| item.task == Some(true)));
        let is_cell = |line: &&&Line| matches!(line.place, Place::Cell { .. });
        let cells: Vec<(usize, &Line)> = lines.iter().filter(is_cell).map(|line| (0, *line)).collect();
        let (mut listed, mut closed, mut in_group) = (false, false, false);
        for line in lines {
            match line.place {
                Place::Heading(_) => {
                    closed = !is_heading_of_group(&line.text);
                    listed = false;
                }
                Place::Cell { .. } => listed = true,
                Place::Paragraph { .. } => match (listed, group(line)) {
                    (_, Some(Group { value, .. })) => {
                        closed = false;
                        self.pieces(line, value);
                    }
                    _ if opens(line, words::is_known) || line.text.trim_end().ends_with(':') => closed = true,
                    (false, None) if !closed => self.paragraph(line),
                    _ => {}
                },
                Place::InItem { .. } => {}
                Place::Item(_) if closed => {}
                Place::Item(Item { depth: own, task, .. }) => {
                    listed = true;
                    if own > depth {
                        if in_group {
                            self.one(line, 0..line.text.len());
                        }
                        continue;
                    }
                    in_group = group(line).is_some_and(|group| group.is_open);
                    let was = self.is_present;
                    self.is_present &= !(some_ticked && task == Some(false));
                    self.item(line, at_depth == 1);
                    self.is_present = was;
                }
            }
        }
        let table = |line: &Line| match line.place {
            Place::Cell { table, .. } => Some(table),
            _ => None,
        };
        for cells in cells.chunk_by(|(_, a), (_, b)| table(a) == table(b)) {
            self.table(&Table::of(cells));
        }
    }

    /// A line of text in a list of people.
    fn paragraph(&mut self, line: &Line) {
        let text = &line.text;
        let Some(names) = people(text, 0..text.len()) else { return };
        let is_sure = |name: &Range<usize>| {
            let name = &text[name.clone()];
            name.starts_with('@') || name.starts_with(|c: char| c.is_uppercase() || !c.is_lowercase())
        };
        let last = &text[names.last().map_or(0, |(_, piece)| piece.end)..];
        if names.iter().all(|(name, _)| is_sure(name)) && !last.contains(". ") {
            self.pieces(line, 0..text.len());
        }
    }

    fn item(&mut self, line: &Line, is_only: bool) {
        let text = &line.text;
        if let Some(group) = group(line) {
            return self.pieces(line, group.value);
        }
        if let Some(colon) = text.find(": ") {
            let rest = pieces(text, colon + 2..text.len());
            let full = |piece: &&Range<usize>| {
                person(text, (*piece).clone()).is_some_and(|name| text[name].split(' ').count() == 2)
            };
            if rest.len() >= 2 && rest.iter().filter(full).count() == rest.len() {
                return self.pieces(line, colon + 2..text.len());
            }
        }
        let all = pieces(text, 0..text.len());
        let is_list = all.len() >= 4
            || (is_only && all.len() >= 2)
            || (all.len() >= 2 && all.iter().all(|piece| text[piece.clone()].starts_with('@')))
            || (all.len() >= 2
                && text.contains(" and ")
                && all.iter().all(|piece| is_name(&text[piece.clone()])));
        if is_list { self.pieces(line, 0..text.len()) } else { self.one(line, 0..text.len()) }
    }

    fn table(&mut self, table: &Table<'_>) {
        for (column, presence) in &table.lists {
            for cell in table.grid.body(*column) {
                List { attendance: self.attendance, is_present: *presence == Presence::Present }
                    .pieces(cell, 0..cell.text.len());
            }
        }
        let Some(names) = table.names.filter(|_| table.lists.is_empty()) else { return };
        let first = usize::from(table.has_titles);
        for row in first..=table.grid.last {
            let Some(cell) = table.grid.cell(row, names) else { continue };
            let answer =
                table.answer.map(|column| table.grid.cell(row, column).map_or("", |cell| cell.text.trim()));
            let is_present = match answer {
                None => self.is_present,
                Some(text) => match answered(text) {
                    Some(is_present) => is_present,
                    None => continue,
                },
            };
            List { attendance: self.attendance, is_present }.one(cell, 0..cell.text.len());
        }
    }
}

const fn item(line: &Line) -> Option<Item> {
    match line.place {
        Place::Item(item) => Some(item),
        _ => None,
    }
}

fn is_heading_of_group(text: &str) -> bool {
    let name = plain(text);
    !words::is_known(&name) && name.split(' ').count() <= 3
}

/// A line that names a group of people.
struct Group {
    value: Range<usize>,
    /// Whether the people stand below.
    is_open: bool,
}

fn group(line: &Line) -> Option<Group> {
    let text = &line.text;
    if let Some(label) = labels(line, 0).first() {
        let name = plain(&label.name);
        if !words::is_group(&name) && !words::is_duty(&name) {
            return None;
        }
        let start = text.find(&*label.value).filter(|_| !label.value.is_empty()).unwrap_or(text.len());
        return Some(Group { value: start..text.len(), is_open: label.value.is_empty() });
    }
    words::is_group(&plain(text)).then_some(Group { value: text.len()..text.len(), is_open: true })
}

/// What a cell of a column "Present?" says.
fn answered(text: &str) -> Option<bool> {
    let word = plain(text);
    match &*word {
        "yes" | "y" | "x" | "present" | "attended" | "true" | "here" | "remote" | "online" | "attending"
        | "p" => Some(true),
        "no" | "n" | "absent" | "regrets" | "false" | "apologies" | "excused" | "a" | "r" => Some(false),
        _ if text.contains(['\u{2713}', '\u{2714}', '\u{2705}', '\u{2611}']) || text.contains("[x]") => {
            Some(true)
        }
        _ if text.contains(['\u{2717}', '\u{2718}', '\u{274c}', '\u{2610}']) || text.contains("[ ]") => {
            Some(false)
        }
        _ => None,
    }
}

/// A table by what its columns mean.
struct Table<'a> {
    grid: Grid<'a>,
    /// The column with a name in each row.
    names: Option<usize>,
    /// The column that says whether somebody was there.
    answer: Option<usize>,
    /// Columns that are lists of people by themselves.
    lists: Vec<(usize, Presence)>,
    /// Whether the header has names of columns; without any it is a row like the others.
    has_titles: bool,
}

impl<'a> Table<'a> {
    fn of(cells: &[(usize, &'a Line)]) -> Self {
        let grid = Grid::new(cells);
        let (mut names, mut answer, mut lists) = (None, None, Vec::new());
        let mut presences = Vec::new();
        for (column, _, name) in &grid.header {
            match words::presence(name) {
                _ if is_name_column(name) => names = names.or(Some(*column)),
                Some(presence) => presences.push((*column, presence)),
                None => {}
            }
        }
        for (column, presence) in presences {
            let body = grid.body(column);
            let answers = body.iter().filter(|cell| answered(cell.text.trim()).is_some()).count();
            if answers * 2 > body.len() {
                answer = answer.or(Some(column));
            } else if names.is_none() {
                lists.push((column, presence));
            }
        }
        let has_titles = names.is_some() || !lists.is_empty();
        let is_named = |cell: &Line| person(&cell.text, 0..cell.text.len()).is_some();
        let first = grid.cell(0, 0).is_some_and(is_named);
        // A header without a known name heads a column of names, unless it is one itself.
        let is_header = grid.header.iter().any(|(_, _, name)| is_other_column(name));
        let names = names.or((!has_titles).then_some(0));
        Self { grid, names, answer, lists, has_titles: has_titles || is_header || !first }
    }

    /// Whether its header alone says that it lists who was there.
    fn is_attendance(&self) -> bool {
        self.answer.is_some() || !self.lists.is_empty()
    }
}

/// Columns that stand beside one of names.
fn is_other_column(name: &str) -> bool {
    matches!(
        name,
        "organization"
            | "organisation"
            | "company"
            | "affiliation"
            | "role"
            | "github"
            | "location"
            | "email"
            | "team"
            | "handle"
            | "org"
            | "title"
            | "project"
            | "country"
            | "abbreviation"
            | "github handle"
            | "employer"
    )
}

fn is_name_column(name: &str) -> bool {
    matches!(
        name,
        "name"
            | "names"
            | "who"
            | "person"
            | "member"
            | "full name"
            | "attendee"
            | "participant"
            | "attendee name"
            | "representative"
            | "people"
            | "contact"
            | "delegate"
            | "participant name"
            | "your name"
    )
}
