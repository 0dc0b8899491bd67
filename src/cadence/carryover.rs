//! Actions from meeting to meeting: since when each is listed, how often it was carried over, whether it vanished, and
//! whether it came back after it was closed.
//!
//! The meetings of one series are told by their paths, their days by the minutes, else by the path. What makes two
//! actions the same is known to the model.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::civil::Date;
use serde_json::Value as Json;

use super::tables::RECORDS;
use crate::database::sql::{Cell, Needs, Place, Source, SqlError, TableInfo, Take, Values};
use crate::database::{Database, RecordId};
use crate::model::action::{Action, Chain, Meeting, chains, is_same, recurrences, series};
use crate::model::{FolderWeek, date};
use crate::read::tape::Value;
use crate::text::Span;

/// The collections in which actions live on after their meeting.
const KEPT: &[&str] = &["backlog", "roadmap"];

/// The columns: name, kind, what it says.
const INFO: &[(&str, &str, &str)] = &[
    (
        "identity",
        "text",
        "Its name from meeting to meeting: its id, else the day it was first seen and a hash.",
    ),
    ("series", "text", "The series of meetings that lists it: their path without what tells them apart."),
    ("text", "text", "What is to be done, as the last meeting that lists it has it."),
    ("owner", "text", "Who does it, as the last meeting has it."),
    (
        "state",
        "text",
        "open, done or dropped, as the last meeting has it; kept or gone when it is no longer listed.",
    ),
    ("is_stated", "boolean", "Whether the last meeting says by a box, a word or a field how it stands."),
    ("first_seen", "date", "The day of the first meeting that lists it."),
    ("last_seen", "date", "The day of the last one."),
    ("meetings", "integer", "How many meetings list it."),
    (
        "carried",
        "integer",
        "How many of them came after the first, or what the record says of that, if it is more.",
    ),
    (
        "gone_at",
        "date",
        "The day of the meeting that no longer lists it, although it was neither closed nor kept.",
    ),
    ("recurs", "integer", "How often the same was closed before, and came back."),
    (
        "closed_before",
        "date",
        "The day of the meeting that listed it as closed the last time before it came back.",
    ),
    ("records", "json", "The handles of all its records: `_id` of the table of actions."),
];

/// The table of actions from meeting to meeting.
pub(super) fn source(database: &Database) -> Box<dyn Source + '_> {
    let about = "an action through the meetings that list it, at its last record";
    Box::new(Carryovers { database, info: TableInfo::new("carryovers", about, INFO) })
}

struct Carryovers<'a> {
    database: &'a Database,
    info: TableInfo,
}

/// A record of the collection `actions`.
struct Listed {
    id: RecordId,
    path: String,
    key: Option<String>,
    text: String,
    owner: Option<String>,
    state: &'static str,
    is_stated: bool,
    is_kept: bool,
    carried: i64,
}

/// An action and what became of it.
struct Row<'r> {
    series: &'r str,
    chain: Chain,
    listed: Vec<&'r Listed>,
    state: &'static str,
    gone: Option<Date>,
    recurs: i64,
    closed_before: Option<Date>,
}

impl Source for Carryovers<'_> {
    fn info(&self) -> &TableInfo {
        &self.info
    }

    fn needs(&self, _columns: &[usize], needs: &mut Needs) {
        needs_of(self.database, needs);
    }

    fn rows(&self, wanted: &[usize], take: &mut Take<'_>) -> Result<(), SqlError> {
        each(self.database, &mut |row| {
            let cells: Vec<Cell<'_>> =
                wanted.iter().map(|&at| cell(&row, &self.info.columns[at].name)).collect();
            let place = row.listed.last().map_or(Place::Nowhere, |last| Place::Record(last.id));
            take(place, &cells)
        })
    }
}

/// What has to be read to follow actions.
pub(super) fn needs_of(database: &Database, needs: &mut Needs) {
    needs.add(database, &["actions"]);
    needs.add(database, RECORDS);
    needs.add(database, KEPT);
}

/// How often each record of an action was carried over before, and when the action was first seen.
pub(super) fn computed(database: &Database) -> Values {
    let mut values = Values::new();
    let every = each(database, &mut |row| {
        let first = row.chain.at.first().map(|&(meeting, _)| meeting);
        let mut before: Vec<usize> = Vec::new();
        for (&(meeting, _), one) in row.chain.at.iter().zip(&row.listed) {
            if before.last() != Some(&meeting) && Some(meeting) != first {
                before.push(meeting);
            }
            let first_seen = Cell::text(row.chain.first_seen.to_string());
            values.insert(one.id, vec![Cell::Integer(before.len() as i64), first_seen]);
        }
        Ok(())
    });
    every.map(|()| values).unwrap_or_default()
}

/// Calls `visit` with every action, series by series.
fn each(database: &Database, visit: &mut dyn FnMut(Row<'_>) -> Result<(), SqlError>) -> Result<(), SqlError> {
    let listed = listed(database);
    let days = Days::of(database);
    let kept = Kept::of(database);
    let texts = Texts { database };
    let mut all: BTreeMap<String, BTreeMap<Date, Vec<&Listed>>> = BTreeMap::new();
    for one in &listed {
        if let Some(day) = days.day(&one.path) {
            all.entry(series(&one.path)).or_default().entry(day).or_default().push(one);
        }
    }
    let closed: HashSet<&str> =
        listed.iter().filter(|one| one.state != "open").filter_map(|one| one.key.as_deref()).collect();
    for (series, meetings) in &all {
        let after = After { closed: &closed, kept: &kept, texts: &texts, held: days.held(series) };
        rows(series, meetings, &after).into_iter().try_for_each(&mut *visit)?;
    }
    Ok(())
}

/// How many meetings that list no actions may lie between one that lists an action and one that does not, so that the
/// second can be said to have lost it: more of them show that lists are not kept from meeting to meeting.
const SILENT: usize = 2;

/// What else tells what became of an action.
struct After<'a> {
    /// The ids that are closed somewhere.
    closed: &'a HashSet<&'a str>,
    kept: &'a Kept,
    texts: &'a Texts<'a>,
    /// The days and minutes of all meetings of the series, in order.
    held: &'a [(Date, u32)],
}

impl After<'_> {
    /// What became of an action that is open in the last meeting that lists it, `gone` from the next one that lists any,
    /// whose records are `next`.
    fn fate(&self, listed: &[&Listed], last_seen: Date, gone: Date, next: &[&Listed]) -> &'static str {
        let Some(last) = listed.last() else { return "open" };
        let since: Vec<&(Date, u32)> =
            self.held.iter().filter(|(day, _)| last_seen < *day && *day <= gone).collect();
        let between = since.iter().filter(|(day, _)| *day < gone).count();
        let files = since.iter().map(|(_, file)| *file).chain(next.iter().map(|one| one.id.file));
        if last.key.as_deref().is_some_and(|key| self.closed.contains(key)) {
            "done"
        } else if listed.iter().any(|one| one.is_kept) || self.kept.has(last) {
            "kept"
        } else if between > SILENT || self.texts.mention(&files.collect(), last) {
            "open"
        } else {
            "gone"
        }
    }
}

/// The documents that actions were read from.
struct Texts<'a> {
    database: &'a Database,
}

impl Texts<'_> {
    /// Whether one of `files` is about the action, which may be listed in a form that is not read as an action, or takes
    /// over the list that it stands in by a link.
    fn mention(&self, files: &BTreeSet<u32>, action: &Listed) -> bool {
        let own = Action { text: &action.text, is_open: true, ..Action::default() };
        let is_it = |text: &str| is_same(&own, &Action { text, is_open: true, ..Action::default() });
        let name = action.path.rsplit('/').next().unwrap_or_default();
        let is_link = |line: &str| line.contains(name) && line.to_lowercase().contains("action");
        files.iter().any(|&at| {
            let file = &self.database.files[at as usize];
            let bytes = file.slice(Span::of(0, file.bytes()));
            let text = String::from_utf8_lossy(&bytes);
            text.lines().any(|line| is_link(line) || is_it(line))
                || in_context(&text).iter().any(|line| is_it(line))
        })
    }
}

/// The lines of a text behind the one that each goes on, and behind the one that it is set in under.
fn in_context(text: &str) -> Vec<String> {
    let (mut joined, mut above, mut before) = (Vec::new(), Vec::<(usize, &str)>::new(), "");
    for line in text.lines() {
        let own = line.trim();
        let depth = line.len() - line.trim_start().len();
        if !own.is_empty() {
            above.retain(|(other, _)| *other < depth);
            let parent = above.last().map_or("", |(_, text)| text);
            joined.extend((!before.is_empty()).then(|| format!("{before} {own}")));
            joined.extend((!parent.is_empty() && parent != before).then(|| format!("{parent} {own}")));
            above.push((depth, own));
        }
        before = own;
    }
    joined
}

/// The actions of a series.
fn rows<'r>(series: &'r str, meetings: &BTreeMap<Date, Vec<&'r Listed>>, after: &After<'_>) -> Vec<Row<'r>> {
    let lists: Vec<&Vec<&Listed>> = meetings.values().collect();
    let of = |one: &&'r Listed| Action {
        id: one.key.as_deref(),
        text: &one.text,
        owner: one.owner.as_deref(),
        is_open: one.state == "open",
    };
    let held: Vec<Meeting<'_>> = meetings
        .iter()
        .map(|(&date, list)| Meeting { date, actions: list.iter().map(of).collect() })
        .collect();
    let chains = chains(&held);
    let earlier = recurrences(&held, &chains);
    let mut recurs: Vec<(i64, Option<Date>)> = Vec::with_capacity(chains.len());
    let mut rows = Vec::with_capacity(chains.len());
    for (chain, earlier) in chains.iter().zip(earlier) {
        let listed: Vec<&Listed> = chain.at.iter().map(|&(meeting, at)| lists[meeting][at]).collect();
        let before = earlier.map_or((0, None), |at| (recurs[at].0 + 1, Some(chains[at].last_seen)));
        let reopened = reopened(chain, &listed, &held);
        recurs.push((before.0 + reopened.len() as i64, reopened.last().copied().or(before.1)));
        let state = match chain.gone {
            Some(gone) => after.fate(&listed, chain.last_seen, gone, &meetings[&gone]),
            None => listed.last().map_or("open", |last| last.state),
        };
        let gone = chain.gone.filter(|_| state == "gone");
        let (recurs, closed_before) = recurs[recurs.len() - 1];
        rows.push(Row { series, chain: chain.clone(), listed, state, gone, recurs, closed_before });
    }
    rows
}

/// The days on which the action was listed as closed before it was listed as open again.
fn reopened(chain: &Chain, listed: &[&Listed], held: &[Meeting<'_>]) -> Vec<Date> {
    let states = chain.at.iter().zip(listed).map(|(&(meeting, _), one)| (held[meeting].date, one.state));
    let states: Vec<(Date, &str)> = states.collect();
    let pairs = states.windows(2).filter(|pair| pair[0].0 != pair[1].0);
    pairs.filter(|pair| pair[0].1 != "open" && pair[1].1 == "open").map(|pair| pair[0].0).collect()
}

fn cell(row: &Row<'_>, column: &str) -> Cell<'static> {
    let last = row.listed.last();
    let count = |number: usize| Cell::Integer(number as i64);
    match column {
        "identity" => Cell::text(row.chain.identity.clone()),
        "series" => Cell::text(row.series.to_owned()),
        "text" => Cell::maybe(last.map(|last| last.text.clone())),
        "owner" => Cell::maybe(last.and_then(|last| last.owner.clone())),
        "state" => Cell::text(row.state),
        "is_stated" => Cell::bool(last.is_some_and(|last| last.is_stated)),
        "first_seen" => Cell::text(row.chain.first_seen.to_string()),
        "last_seen" => Cell::text(row.chain.last_seen.to_string()),
        "meetings" => count(row.chain.carried + 1),
        "carried" => {
            let said = row.listed.iter().map(|one| one.carried).max().unwrap_or_default();
            Cell::Integer(said.max(row.chain.carried as i64))
        }
        "gone_at" => Cell::maybe(row.gone.map(|day| day.to_string())),
        "recurs" => Cell::Integer(row.recurs),
        "closed_before" => Cell::maybe(row.closed_before.map(|day| day.to_string())),
        _ => {
            let handles = row.listed.iter().map(|one| Json::from(one.id.handle()));
            Cell::text(Json::Array(handles.collect()).to_string())
        }
    }
}

fn listed(database: &Database) -> Vec<Listed> {
    let mut all = Vec::new();
    let Some((table, _)) = database.table("actions") else { return all };
    database.for_each(table, &mut |id, record, _| {
        let Some(text) = text(record, "text") else { return };
        let done = record.get("done").and_then(|done| done.as_bool());
        let status = self::text(record, "status");
        let state = match status.as_deref() {
            Some("dropped") => "dropped",
            Some("done") => "done",
            _ if done == Some(true) => "done",
            _ => "open",
        };
        let carried = record.get("carried").and_then(|carried| carried.as_number()?.parse().ok());
        all.push(Listed {
            id,
            path: database.file(id).path.as_str().to_owned(),
            key: self::text(record, "id"),
            owner: self::text(record, "owner"),
            is_stated: done.is_some() || status.is_some(),
            is_kept: self::text(record, "backlog").is_some(),
            carried: carried.unwrap_or_default(),
            text,
            state,
        });
    });
    all
}

fn text(record: Value<'_>, name: &str) -> Option<String> {
    let text = record.get(name)?.scalar_text()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// On which day the meeting of a file was.
struct Days {
    /// Minutes, and the folders that hold those of one day.
    known: HashMap<String, Option<Date>>,
    /// The days of the minutes of each series, and their files, in order.
    held: HashMap<String, Vec<(Date, u32)>>,
}

impl Days {
    fn of(database: &Database) -> Self {
        let mut known: HashMap<String, Option<Date>> = HashMap::new();
        let mut held: HashMap<String, Vec<(Date, u32)>> = HashMap::new();
        let Some((table, _)) = database.table("meetings") else { return Self { known, held } };
        database.for_each(table, &mut |id, record, _| {
            let day = record.get("date").and_then(|day| day.as_str()?.get(..10)?.parse::<Date>().ok());
            let path = database.file(id).path.as_str();
            held.entry(series(path)).or_default().extend(day.map(|day| (day, id.file)));
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            for place in [path.to_owned(), format!("{folder}/")] {
                let entry = known.entry(place).or_insert(day);
                // Of two days, neither.
                *entry = entry.filter(|other| day.is_none_or(|day| day == *other));
            }
        });
        held.values_mut().for_each(|days| days.sort_unstable());
        Self { known, held }
    }

    fn held(&self, series: &str) -> &[(Date, u32)] {
        self.held.get(series).map(Vec::as_slice).unwrap_or_default()
    }

    fn day(&self, path: &str) -> Option<Date> {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let told = |place: &str| self.known.get(place).copied().flatten();
        let week =
            || FolderWeek::of(path).filter(|week| week.is_week())?.week().ok().map(|week| week.monday());
        let in_folders = || folder.rsplit('/').find_map(date::first);
        told(path)
            .or_else(|| date::first(path.rsplit('/').next().unwrap_or_default()))
            .or_else(|| told(&format!("{folder}/")))
            .or_else(in_folders)
            .or_else(week)
    }
}

/// What took actions over: entries of the backlog and items of the roadmap.
struct Kept {
    origins: HashSet<String>,
    titles: Vec<String>,
}

impl Kept {
    fn of(database: &Database) -> Self {
        let mut kept = Self { origins: HashSet::new(), titles: Vec::new() };
        for name in KEPT {
            let Some((table, _)) = database.table(name) else { continue };
            database.for_each(table, &mut |_, record, _| {
                kept.origins.extend(text(record, "origin"));
                // A roadmap is not made of actions, unless it says so.
                kept.titles.extend(text(record, "title").filter(|_| *name == "backlog"));
            });
        }
        kept
    }

    fn has(&self, one: &Listed) -> bool {
        let own = Action { text: &one.text, is_open: true, ..Action::default() };
        let is_it =
            |title: &String| is_same(&own, &Action { text: title, is_open: true, ..Action::default() });
        one.key.as_ref().is_some_and(|key| self.origins.contains(key)) || self.titles.iter().any(is_it)
    }
}

#[cfg(test)]
mod tests {
    use super::in_context;
    use crate::cadence::world::World;

    #[test]
    fn a_line_stands_behind_the_one_it_goes_on_and_the_one_above_it() {
        assert_eq!(
            in_context("* Numbers (Ana)\n  * How to\n    count them\n  * Views\n\n* Other"),
            [
                "* Numbers (Ana) * How to",
                "* How to count them",
                "count them * Views",
                "* Numbers (Ana) * Views"
            ]
        );
    }

    fn minutes(day: &str, actions: &str) -> String {
        format!("# Review {day}\n\nAttendees: Ana, Bo\n\n## Actions\n\n{actions}\n")
    }

    fn world(meetings: &[(&str, &str)], others: &[(&str, &str)]) -> World {
        let files: Vec<(String, String)> = meetings
            .iter()
            .map(|(day, actions)| (format!("meetings/{day}.md"), minutes(day, actions)))
            .collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
        World::new("", "2026-11-20T12:00:00Z").without_git().with(&files).with(others)
    }

    const ROWS: &str = "SELECT text, owner, state, first_seen, last_seen, carried, gone_at FROM carryovers ORDER BY \
                        first_seen, text";

    #[test]
    fn an_action_is_carried_over_closed_or_gone() {
        let world = world(
            &[
                ("2026-11-02", "- [ ] Ana: order blue paint\n- [ ] Bo: ask the harbour for a permit"),
                ("2026-11-09", "- [ ] Bo: order the blue paint\n- [ ] Ana: hire a painter"),
                ("2026-11-16", "- [x] Bo: order the blue paint\n- [ ] Bo: sweep the pier"),
            ],
            &[],
        );
        assert_eq!(
            world.ask(ROWS),
            [
                "ask the harbour for a permit|Bo|gone|2026-11-02|2026-11-02|0|2026-11-09",
                "order the blue paint|Bo|done|2026-11-02|2026-11-16|2|-",
                "hire a painter|Ana|gone|2026-11-09|2026-11-09|0|2026-11-16",
                "sweep the pier|Bo|open|2026-11-16|2026-11-16|0|-",
            ]
        );
        let sql = "SELECT a._path FROM carryovers c JOIN actions a ON a._id = c._id WHERE c.meetings = 3";
        assert_eq!(world.ask(sql), ["meetings/2026-11-16.md"], "a row stands at the last record");
        let sql =
            "SELECT count(*) FROM carryovers c, json_each(c.records) r JOIN actions a ON a._id = r.value";
        assert_eq!(world.ask(sql), ["6"]);
    }

    #[test]
    fn what_the_backlog_keeps_is_not_gone() {
        let backlog = "{\"id\":\"B-1\",\"title\":\"Ask the harbour for a permit\"}\n";
        let meetings =
            [("2026-11-02", "- [ ] Bo: ask the harbour for a permit"), ("2026-11-09", "- [ ] Ana: paint")];
        let states = "SELECT state FROM carryovers ORDER BY first_seen";
        assert_eq!(world(&meetings, &[("ops/backlog.jsonl", backlog)]).ask(states), ["kept", "open"]);
        assert_eq!(world(&meetings, &[]).ask(states), ["gone", "open"]);
    }

    #[test]
    fn what_the_next_minutes_speak_of_is_not_gone_nor_what_nobody_listed_for_long() {
        let open = "- [ ] Bo: ask the harbour for a permit";
        let states = |meetings: &[(&str, &str)], others: &[(&str, &str)]| {
            world(meetings, others).ask("SELECT state FROM carryovers WHERE text LIKE '%permit%'")
        };
        let next =
            ("2026-11-09", "- [ ] Ana: hire a painter\n\n## Report\n\nThe harbour was asked for the permit.");
        assert_eq!(states(&[("2026-11-02", open), next], &[]), ["open"]);
        let silent: Vec<(String, String)> = ["2026-11-03", "2026-11-04", "2026-11-05"]
            .iter()
            .map(|day| (format!("meetings/{day}.md"), format!("# Review {day}\n\nAttendees: Ana\n")))
            .collect();
        let silent: Vec<(&str, &str)> = silent.iter().map(|(path, text)| (&**path, &**text)).collect();
        let both = [("2026-11-02", open), ("2026-11-09", "- [ ] Ana: hire a painter")];
        assert_eq!(states(&both, &silent), ["open"]);
        assert_eq!(states(&both, &silent[..2]), ["gone"]);
    }

    #[test]
    fn minutes_in_between_a_line_below_another_and_a_link_to_the_list_tell_of_an_action_too() {
        let open = ("2026-11-02", "- [ ] Bo: ask the harbour for a permit to moor");
        let later = ("2026-11-16", "- [ ] Ana: hire a painter");
        let state = |text: &str| {
            let between = format!("# Review 2026-11-09\n\nAttendees: Ana, Bo\n\n## Agenda\n\n{text}\n");
            world(&[open, later], &[("meetings/2026-11-09.md", &between)])
                .ask("SELECT state FROM carryovers WHERE text LIKE '%permit%'")
        };
        for told in [
            "- The harbour was asked for a permit to moor.",
            "- The harbour was asked\n  for a permit to moor.",
            "- Harbour: a permit to moor\n  - Bo asked, they think about it",
            "- What is left of the [actions](https://example.org/meetings/2026-11-02.md#actions)",
        ] {
            assert_eq!(state(told), ["open"], "{told}");
        }
        for other in ["- We talked about paint.", "- [Last time](https://example.org/meetings/2026-11-02.md)"]
        {
            assert_eq!(state(other), ["gone"], "{other}");
        }
    }

    #[test]
    fn lists_beside_minutes_are_of_the_same_meeting() {
        let list = |status: &str| format!("{{\"id\":\"A-1\",\"text\":\"Paint\",\"status\":\"{status}\"}}\n");
        let files = [
            (
                "ops/operations/weekly/2026-45/minutes.md",
                "# Review 2026-11-03\n\nAttendees: Ana\n".to_owned(),
            ),
            ("ops/operations/weekly/2026-45/actions.jsonl", list("open")),
            ("ops/operations/weekly/2026-46/actions.jsonl", list("done")),
            ("ops/operations/weekly/2026-47/actions.jsonl", list("open")),
        ];
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, &**text)).collect();
        let world = World::new("", "2026-11-20T12:00:00Z").without_git().with(&files);
        let sql = "SELECT identity, series, state, first_seen, last_seen, meetings, recurs, closed_before FROM carryovers";
        assert_eq!(
            world.ask(sql),
            ["A-1|ops/operations/weekly|open|2026-11-03|2026-11-16|3|1|2026-11-09"],
            "without minutes, the Monday of the week"
        );
    }

    #[test]
    fn what_was_closed_and_comes_back_recurs() {
        let world = world(
            &[
                ("2026-09-07", "- [x] Bo: mend the leaking roof of the shed"),
                ("2026-10-05", "- [ ] Ana: paint the pier"),
                ("2026-11-02", "- [x] Ana: mend the leaking shed roof"),
                ("2026-11-09", "- [ ] Ana: order a ladder"),
                ("2026-11-16", "- [ ] Bo: mend the roof of the shed, leaking"),
            ],
            &[],
        );
        let sql =
            "SELECT first_seen, recurs, closed_before FROM carryovers WHERE text LIKE '%roof%' ORDER BY 1";
        assert_eq!(world.ask(sql), ["2026-09-07|0|-", "2026-11-02|1|2026-09-07", "2026-11-16|2|2026-11-02"]);
    }

    /// Two meetings of a week each; what the first lists, and what else there is.
    fn weeks(first: &str, others: &[(&str, &str)]) -> World {
        let next = "{\"id\":\"A-9\",\"text\":\"Sweep the yard\",\"status\":\"open\"}\n";
        World::new("", "2026-11-20T12:00:00Z")
            .without_git()
            .with(&[
                ("ops/operations/weekly/2026-45/actions.jsonl", &format!("{first}\n")),
                ("ops/operations/weekly/2026-46/actions.jsonl", next),
            ])
            .with(others)
    }

    const FATE: &str =
        "SELECT state, gone_at, carried FROM carryovers WHERE identity = 'A-1' AND series LIKE '%weekly'";

    #[test]
    fn an_action_is_not_gone_where_it_is_closed_or_kept_elsewhere() {
        let open = "{\"id\":\"A-1\",\"text\":\"Ask the harbour for a permit\",\"status\":\"open\"}";
        assert_eq!(weeks(open, &[]).ask(FATE), ["gone|2026-11-09|0"]);
        let closed = open.replace("open", "done");
        let elsewhere = [("ops/operations/monthly/2026-11/actions.jsonl", &*closed)];
        assert_eq!(weeks(open, &elsewhere).ask(FATE), ["done|-|0"]);
        let named = open.replace("\"status\"", "\"backlog\":\"B-1\",\"status\"");
        assert_eq!(weeks(&named, &[]).ask(FATE), ["kept|-|0"]);
        let origin = "{\"id\":\"B-1\",\"title\":\"Papers\",\"origin\":\"A-1\"}\n";
        assert_eq!(weeks(open, &[("ops/backlog.jsonl", origin)]).ask(FATE), ["kept|-|0"]);
        let planned = "{\"id\":\"T-1\",\"title\":\"Ask the harbour for a permit\",\"status\":\"todo\"}\n";
        assert_eq!(weeks(open, &[("roadmap.jsonl", planned)]).ask(FATE), ["gone|2026-11-09|0"]);
    }

    #[test]
    fn what_a_record_says_of_itself_counts() {
        let dropped = "{\"id\":\"A-1\",\"text\":\"Paint\",\"status\":\"dropped\",\"carried\":3}";
        assert_eq!(weeks(dropped, &[]).ask(FATE), ["dropped|-|3"]);
        let silent = world(&[("2026-11-02", "- Ana: sell the boat"), ("2026-11-09", "- [ ] Bo: paint")], &[]);
        let sql = "SELECT is_stated FROM carryovers ORDER BY first_seen";
        assert_eq!(silent.ask(sql), ["0", "1"], "without a box nobody said how it stands");
    }

    #[test]
    fn a_list_without_minutes_has_the_day_of_its_folder() {
        let list = "{\"text\":\"Paint\",\"status\":\"open\"}\n";
        let world = World::new("", "2026-11-20T12:00:00Z")
            .without_git()
            .with(&[("meetings/2026-11-09/actions.jsonl", list)]);
        assert_eq!(world.ask("SELECT first_seen FROM carryovers"), ["2026-11-09"]);
    }
}
