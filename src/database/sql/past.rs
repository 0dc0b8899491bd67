//! The past as tables: commits, the files they changed, tags, and what changed in records.
//!
//! Nothing is read before a statement asks for it, and what several tables need is read once. A clone that lacks a part
//! of history says so by [`Source::unknown`]; the rows that there are, are right.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::Value as Json;

use super::{Cell, Needs, Place, Source, SqlError, TableInfo, Take};
use crate::config::Config;
use crate::database::history::{Change, History, Past, Said};
use crate::database::{Database, RecordId};
use crate::repo::{Commit, FileChanges, Log, Snapshot, Tag, Workspace};
use crate::text::RepoPath;

/// The history of a snapshot, read as far as it is asked for.
pub struct Timeline<'a> {
    workspace: &'a Workspace,
    snapshot: &'a Snapshot,
    config: &'a Config,
    database: &'a Database,
    cache: bool,
    /// The tables whose records are asked for.
    wanted: RefCell<BTreeSet<usize>>,
    log: OnceCell<Result<Log, String>>,
    files: OnceCell<FileChanges>,
    tags: OnceCell<Result<Vec<Tag>, String>>,
    records: OnceCell<Result<History, String>>,
    handles: OnceCell<HashMap<usize, RecordId>>,
}

impl<'a> Timeline<'a> {
    /// The history that leads to `snapshot`, of which `database` is. `cache` allows to keep what was computed for other
    /// runs.
    #[must_use]
    pub fn new(
        workspace: &'a Workspace,
        snapshot: &'a Snapshot,
        config: &'a Config,
        database: &'a Database,
        cache: bool,
    ) -> Self {
        Self {
            workspace,
            snapshot,
            config,
            database,
            cache,
            wanted: RefCell::default(),
            log: OnceCell::new(),
            files: OnceCell::new(),
            tags: OnceCell::new(),
            records: OnceCell::new(),
            handles: OnceCell::new(),
        }
    }

    /// The commits of the mainline, the oldest first; none without git and before the first commit.
    #[must_use]
    pub fn commits(&self) -> &[Commit] {
        self.log().map_or(&[], |log| &log.commits)
    }

    /// For each of the files that `wanted` accepts: the moments at which a change of it reached the mainline, the first
    /// first. Where it stood under another name before counts as its own.
    #[must_use]
    pub fn arrivals(&self, wanted: &(dyn Fn(&str) -> bool + Sync)) -> HashMap<RepoPath, Vec<Timestamp>> {
        let Some(log) = self.log() else { return HashMap::new() };
        let mut arrivals: HashMap<RepoPath, Vec<Timestamp>> = HashMap::new();
        let changed = log.changes(wanted);
        for (commit, changes) in log.commits.iter().zip(changed.of) {
            for change in changes {
                let before = change.old_path.as_ref().and_then(|old| arrivals.remove(old));
                let moments = arrivals.entry(change.path).or_default();
                moments.splice(0..0, before.into_iter().flatten());
                moments.extend(Timestamp::from_second(commit.arrived).ok());
            }
        }
        arrivals
    }

    /// What of the past cannot be told, as sentences without a period.
    #[must_use]
    pub fn unknown(&self) -> Vec<String> {
        match self.log.get_or_init(|| self.read_log()) {
            Ok(log) => log.unknown.clone(),
            Err(why) => vec![why.clone()],
        }
    }

    /// Asks that the history of the records of `tables` be read when that of any is.
    pub fn want(&self, tables: impl IntoIterator<Item = usize>) {
        self.wanted.borrow_mut().extend(tables);
    }

    /// What became of the records of the tables that were [asked for](Self::want); `None` where nothing is known.
    #[must_use]
    pub fn history(&self) -> Option<&History> {
        self.read_records().as_ref().ok()
    }

    /// The numbers that the records of the snapshot have in that history.
    #[must_use]
    pub fn numbers(&self) -> HashMap<RecordId, usize> {
        self.handles().iter().map(|(&number, &id)| (id, number)).collect()
    }

    /// What of that history cannot be told, as sentences without a period.
    #[must_use]
    pub fn unknown_of_records(&self) -> Vec<String> {
        let mut unknown = self.unknown();
        match self.read_records() {
            Ok(history) => unknown.extend(history.unknown.clone()),
            Err(why) => unknown.push(why.clone()),
        }
        unknown
    }

    fn log(&self) -> Option<&Log> {
        self.log.get_or_init(|| self.read_log()).as_ref().ok()
    }

    fn read_log(&self) -> Result<Log, String> {
        let Some(tip) = self.snapshot.commit() else {
            let unknown = self.snapshot.unknown().first().cloned();
            return Err(unknown.unwrap_or_else(|| "there is no commit yet: there is no history".to_owned()));
        };
        self.workspace.log(tip).map_err(|error| error.message)
    }

    fn files(&self) -> &FileChanges {
        self.files.get_or_init(|| self.log().map(|log| log.changes(&|_| true)).unwrap_or_default())
    }

    fn tags(&self) -> &[Tag] {
        let tags = self.tags.get_or_init(|| self.workspace.tags().map_err(|error| error.message));
        tags.as_deref().unwrap_or_default()
    }

    fn read_records(&self) -> &Result<History, String> {
        self.records.get_or_init(|| {
            let past = Past {
                workspace: self.workspace,
                snapshot: self.snapshot,
                config: self.config,
                tables: &self.database.tables,
                cache: self.cache,
            };
            let wanted = self.wanted.borrow();
            let is_wanted: HashMap<&str, bool> = self
                .database
                .tables
                .iter()
                .enumerate()
                .map(|(at, table)| (&**table.name(), wanted.contains(&at)))
                .collect();
            past.history(&|table| is_wanted[&**table.name()]).map_err(|error| error.message)
        })
    }

    /// The records of the snapshot by their numbers in the history.
    fn handles(&self) -> &HashMap<usize, RecordId> {
        self.handles.get_or_init(|| {
            let mut handles = HashMap::new();
            let Some(history) = self.history() else { return handles };
            for &at in &*self.wanted.borrow() {
                let table = &self.database.tables[at];
                self.database.for_each(at, &mut |id, value, _| {
                    let path = &self.database.file(id).path;
                    handles.extend(history.record(table, at, path, value).map(|number| (number, id)));
                });
            }
            handles
        })
    }

    fn day(&self, moment: i64) -> Cell<'static> {
        let zone: &TimeZone = &self.config.project.zone;
        let moment = Timestamp::from_second(moment).ok();
        Cell::maybe(moment.map(|moment| Zoned::new(moment, zone.clone()).date().to_string()))
    }
}

/// A table of the past.
struct Table<'a> {
    timeline: Rc<Timeline<'a>>,
    what: What,
    info: TableInfo,
}

#[derive(Clone, Copy)]
enum What {
    Commits,
    Files,
    Tags,
    /// The changes of one table's records, or of all.
    Records(Option<usize>),
}

const COMMITS: &[(&str, &str, &str)] = &[
    ("id", "text", "Its full id."),
    ("short", "text", "The first twelve characters of it."),
    ("number", "integer", "Its place on the mainline, from 1; the newest has the largest."),
    ("author", "text", "Who wrote it, by name."),
    ("email", "text", "Who wrote it, by address."),
    ("authored", "date", "When it was written, in UTC."),
    ("committed", "date", "When it was committed, in UTC."),
    ("arrived", "date", "When it reached the mainline, in UTC: the latest time of commit up to here."),
    ("date", "date", "The day of that in the project's zone."),
    ("summary", "text", "The first paragraph of the message."),
    ("body", "text", "The rest of the message."),
    ("is_merge", "boolean", "Whether it has more than one parent."),
    ("parents", "json", "The ids of its parents."),
];

const FILES: &[(&str, &str, &str)] = &[
    ("commit_id", "text", "The commit."),
    ("status", "text", "A for a new file, M for a changed one, D for a deleted one, R for a renamed one."),
    ("path", "text", "Where the file is, or was before it was deleted."),
    ("old_path", "text", "Where it was before, if it was renamed."),
];

const TAGS: &[(&str, &str, &str)] = &[
    ("name", "text", "Its name."),
    ("commit_id", "text", "The commit it marks."),
    ("made", "date", "When it was made, in UTC; when the commit was, for a tag that is only a name."),
    ("message", "text", "What was noted with it."),
];

const RECORDS: &[(&str, &str, &str)] = &[
    ("collection", "text", "The collection of the record."),
    ("key", "text", "Its key."),
    ("field", "text", "The field that changed; none when the whole record came or went."),
    ("old", "any", "What it was; the whole record as JSON when it went."),
    ("new", "any", "What it is since; the whole record as JSON when it came."),
    ("commit_id", "text", "The commit; none when the change is not committed."),
    ("author", "text", "Who wrote the commit, by name."),
    ("email", "text", "Who wrote the commit, by address."),
    ("arrived", "date", "When the commit reached the mainline, in UTC."),
    ("date", "date", "The day of that in the project's zone."),
    ("path", "text", "The file that the record stands in since, or stood in before it went."),
    ("number", "integer", "The place of the commit on the mainline, from 1."),
    ("record", "integer", "The handle of the record, if it is still there: `_id` of its collection's table."),
];

/// The tables of the past: `commits`, `commit_files`, `tags`, `history`, and `…_history` of each collection.
#[must_use]
pub fn sources<'a>(timeline: &Rc<Timeline<'a>>) -> Vec<Box<dyn Source + 'a>> {
    let table = |name: &str, about: &str, columns, what| -> Box<dyn Source + 'a> {
        Box::new(Table { timeline: timeline.clone(), what, info: TableInfo::new(name, about, columns) })
    };
    let mut all = vec![
        table("commits", "a commit of the mainline", COMMITS, What::Commits),
        table("commit_files", "a file that a commit of the mainline changed", FILES, What::Files),
        table("tags", "a tag of a commit", TAGS, What::Tags),
        table("history", "what a commit changed in a record", RECORDS, What::Records(None)),
    ];
    for (at, one) in timeline.database.tables.iter().enumerate() {
        let about = format!("what a commit changed in a record of {}", one.name());
        all.push(table(&format!("{}_history", one.name()), &about, RECORDS, What::Records(Some(at))));
    }
    all
}

impl Source for Table<'_> {
    fn info(&self) -> &TableInfo {
        &self.info
    }

    fn needs(&self, _columns: &[usize], needs: &mut Needs) {
        if let What::Records(of) = self.what {
            needs.tables.extend(self.tables(of));
        }
    }

    fn announce(&self) {
        if let What::Records(of) = self.what {
            self.timeline.want(self.tables(of));
        }
    }

    fn unknown(&self) -> Vec<String> {
        let timeline = &self.timeline;
        let mut unknown = timeline.unknown();
        match self.what {
            What::Commits => {}
            What::Files => unknown.extend(timeline.files().unknown.clone()),
            What::Tags => {
                unknown = timeline.tags.get().and_then(|tags| tags.clone().err()).into_iter().collect()
            }
            What::Records(_) => unknown = timeline.unknown_of_records(),
        }
        unknown
    }

    fn rows(&self, wanted: &[usize], take: &mut Take<'_>) -> Result<(), SqlError> {
        let timeline = &*self.timeline;
        let mut give = |cell: &dyn Fn(&str) -> Cell<'static>| {
            let cells: Vec<Cell<'static>> =
                wanted.iter().map(|&column| cell(&self.info.columns[column].name)).collect();
            take(Place::Nowhere, &cells)
        };
        match self.what {
            What::Commits => {
                for (at, commit) in timeline.commits().iter().enumerate() {
                    give(&|column| of_commit(timeline, at, commit, column))?;
                }
            }
            What::Files => {
                for (commit, changes) in timeline.commits().iter().zip(&timeline.files().of) {
                    for change in changes {
                        give(&|column| match column {
                            "commit_id" => Cell::text(commit.id.clone()),
                            "status" => Cell::text(change.status.letter()),
                            "old_path" => {
                                Cell::maybe(change.old_path.as_ref().map(|old| old.as_str().to_owned()))
                            }
                            _ => Cell::text(change.path.as_str().to_owned()),
                        })?;
                    }
                }
            }
            What::Tags => {
                for tag in timeline.tags() {
                    give(&|column| match column {
                        "name" => Cell::text(tag.name.clone()),
                        "commit_id" => Cell::text(tag.commit.clone()),
                        "made" => moment(tag.when.seconds),
                        _ => Cell::maybe(tag.message.clone()),
                    })?;
                }
            }
            What::Records(of) => {
                let Some(history) = timeline.history() else { return Ok(()) };
                let is_wanted =
                    |change: &&Change| of.is_none_or(|at| history.records[change.record].table == at);
                for change in history.changes.iter().filter(is_wanted) {
                    give(&|column| of_change(timeline, history, change, column))?;
                }
            }
        }
        Ok(())
    }
}

impl Table<'_> {
    /// The tables of records that a table of changes is about.
    fn tables(&self, of: Option<usize>) -> std::ops::Range<usize> {
        of.map_or(0..self.timeline.database.tables.len(), |at| at..at + 1)
    }
}

fn of_commit(timeline: &Timeline<'_>, at: usize, commit: &Commit, column: &str) -> Cell<'static> {
    match column {
        "id" => Cell::text(commit.id.clone()),
        "short" => Cell::text(commit.id[..12].to_owned()),
        "number" => Cell::Integer(at as i64 + 1),
        "author" => Cell::text(commit.author.clone()),
        "email" => Cell::text(commit.email.clone()),
        "authored" => moment(commit.authored.seconds),
        "committed" => moment(commit.committed.seconds),
        "arrived" => moment(commit.arrived),
        "date" => timeline.day(commit.arrived),
        "summary" => Cell::text(commit.summary.clone()),
        "body" => Cell::text(commit.body.clone()),
        "is_merge" => Cell::bool(commit.is_merge()),
        _ => Cell::text(Json::from(commit.parents.clone()).to_string()),
    }
}

fn of_change(timeline: &Timeline<'_>, history: &History, change: &Change, column: &str) -> Cell<'static> {
    let record = &history.records[change.record];
    let commit = change.commit.map(|at| &history.commits[at]);
    match column {
        "collection" => Cell::text(timeline.database.tables[record.table].name().to_string()),
        "key" => Cell::maybe(record.key.as_ref().map(ToString::to_string)),
        "field" => Cell::maybe(change.field.as_ref().map(ToString::to_string)),
        "old" => said(change.old.as_ref()),
        "new" => said(change.new.as_ref()),
        "commit_id" => Cell::maybe(commit.map(|commit| commit.id.clone())),
        "author" => Cell::maybe(commit.map(|commit| commit.author.clone())),
        "email" => Cell::maybe(commit.map(|commit| commit.email.clone())),
        "arrived" => commit.map_or(Cell::Null, |commit| moment(commit.arrived)),
        "date" => commit.map_or(Cell::Null, |commit| timeline.day(commit.arrived)),
        "path" => Cell::text(change.path.as_str().to_owned()),
        "number" => change.commit.map_or(Cell::Null, |at| Cell::Integer(at as i64 + 1)),
        _ => timeline.handles().get(&change.record).map_or(Cell::Null, |id| Cell::Integer(id.handle())),
    }
}

/// A moment in seconds since 1970, as SQL compares it with `now()`.
fn moment(seconds: i64) -> Cell<'static> {
    let moment = Timestamp::from_second(seconds).ok();
    Cell::maybe(moment.map(|moment| moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()))
}

fn said(value: Option<&Said>) -> Cell<'static> {
    match value.map(Said::json) {
        None | Some(Json::Null) => Cell::Null,
        Some(Json::Bool(value)) => Cell::bool(value),
        Some(Json::String(text)) => Cell::text(text),
        Some(Json::Number(number)) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Cell::Integer(whole),
            (None, Some(real)) => Cell::Real(real),
            (None, None) => Cell::text(number.to_string()),
        },
        Some(nested) => Cell::text(nested.to_string()),
    }
}
