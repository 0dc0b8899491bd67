//! SQLite, kept on a short lead: it may read the tables it is given, for so long and no longer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::error::{Cause, SqlError, from_sqlite, too_much as too_much_of};
use super::patience::Patience;
use super::{Cell, Limits, Needs, Now, Place, Source, TableInfo, clock, functions};
use crate::database::RecordId;
use crate::text::{RepoPath, Span};

/// After how many steps of the virtual machine the budget is looked at.
const STRIDE: i32 = 100_000;

/// SQLite's own file system in memory (<https://www.sqlite.org/src/file/src/memdb.c>).
const FILES_IN_MEMORY: &str = "memdb";

/// The longest statement, in bytes: as long as the page of a rule may be. SQLite takes its time over a longer one before
/// it counts a single step.
const LONGEST: usize = 1 << 20;

/// Which part of all memory a single value may take, for one step works on the whole of it.
const VALUES: u64 = 32;

/// Functions whose answer is not the same twice, or that reach out of the database.
const REFUSED: &[&str] =
    &["random", "randomblob", "load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"];

/// The handle of the first row that is no record. Those of records are not negative; rows keep their order.
const PLACES: i64 = -(1 << 48);

/// The columns that statements read: by table, their indices.
pub type Reads = BTreeMap<usize, BTreeSet<usize>>;

/// Tables and the statements asked of them.
pub struct Engine<'a> {
    connection: Connection,
    sources: Vec<Box<dyn Source + 'a>>,
    limits: Limits,
    /// The steps that statements took.
    spent: u64,
    watch: Arc<Mutex<Watch>>,
    /// The places of rows that are no records: row `n` has the handle [`PLACES`] and `n`.
    places: Vec<Option<(RepoPath, Span)>>,
}

/// What the authorizer saw while a statement was prepared.
#[derive(Default)]
struct Watch {
    /// Whether anything but reading is refused.
    is_armed: bool,
    reads: Vec<(String, String)>,
    refused: Option<String>,
}

/// The answer to a statement while it is read, row by row.
pub type Visit<'v> = dyn FnMut(&[String], &[Cell<'_>]) -> Result<(), SqlError> + 'v;

impl<'a> Engine<'a> {
    /// An engine over the tables of `sources`, all of them empty.
    ///
    /// # Errors
    /// Internal when SQLite cannot be started, or two tables have one name.
    pub fn new(sources: Vec<Box<dyn Source + 'a>>, now: &Now, limits: Limits) -> Result<Self, SqlError> {
        let start = || -> rusqlite::Result<(Connection, Arc<Mutex<Watch>>)> {
            // What SQLite takes for temporary files is memory, too, and counts. Told to keep them in memory itself, with
            // `temp_store`, it sorts with an allocation for each row, which takes half as long again.
            let mut connection =
                Connection::open_with_flags_and_vfs(":memory:", OpenFlags::default(), FILES_IN_MEMORY)?;
            connection.execute_batch(&format!(
                "PRAGMA hard_heap_limit={}; PRAGMA journal_mode=OFF; PRAGMA temp_store=FILE; \
                 PRAGMA trusted_schema=OFF",
                limits.bytes
            ))?;
            let longest = i32::try_from(limits.bytes / VALUES).unwrap_or(i32::MAX);
            connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, longest)?;
            clock::install(&connection, now)?;
            functions::install(&connection)?;
            let watch = Arc::new(Mutex::new(Watch::default()));
            let seen = watch.clone();
            connection.authorizer(Some(move |context: AuthContext<'_>| {
                seen.lock().unwrap_or_else(PoisonError::into_inner).allow(&context.action)
            }))?;
            Ok((connection, watch))
        };
        let (connection, watch) = start().map_err(internal)?;
        let mut engine = Self { connection, sources, limits, spent: 0, watch, places: Vec::new() };
        for at in 0..engine.sources.len() {
            engine.create_empty(at)?;
        }
        Ok(engine)
    }

    /// The tables.
    pub fn tables(&self) -> impl Iterator<Item = &TableInfo> {
        self.sources.iter().map(|source| source.info())
    }

    /// The same, without the engine.
    #[must_use]
    pub fn into_tables(self) -> Vec<TableInfo> {
        self.tables().cloned().collect()
    }

    /// The tables that `sql` seems to name, for a statement of which SQLite cannot say it yet.
    #[must_use]
    pub fn named(&self, sql: &str) -> Reads {
        let all = self.sources.iter().enumerate();
        let named = all.filter(|(_, source)| sql.contains(&*source.info().name));
        named.map(|(at, _)| (at, BTreeSet::new())).collect()
    }

    /// What `sql` reads.
    ///
    /// # Errors
    /// What is wrong with it, or what it asks for beside reading.
    pub fn reads(&self, sql: &str) -> Result<Reads, SqlError> {
        is_readable(sql)?;
        *self.watch() = Watch { is_armed: true, ..Watch::default() };
        let prepared = self.connection.prepare(sql);
        let watch = std::mem::take(&mut *self.watch());
        let statement = match prepared {
            Ok(statement) => statement,
            Err(_) if watch.refused.is_some() => return Err(refusal(&watch.refused.unwrap_or_default())),
            Err(error) => return Err(self.error(error, sql)),
        };
        if statement.column_count() == 0 {
            return Err(SqlError::new(Cause::Statement, "there is no statement")
                .hint("ask with SELECT, such as: SELECT id, title FROM roadmap"));
        }
        if statement.is_explain() == 1 {
            return Err(SqlError::new(Cause::Statement, "EXPLAIN shows the inside of SQLite")
                .hint("EXPLAIN QUERY PLAN says how a statement is answered"));
        }
        let mut reads = Reads::new();
        for (table, column) in watch.reads {
            let Some(at) = self.sources.iter().position(|source| is_same(&source.info().name, &table)) else {
                continue;
            };
            let columns = &self.sources[at].info().columns;
            let read = reads.entry(at).or_default();
            read.extend(columns.iter().position(|known| is_same(&known.name, &column)));
        }
        self.add_joined(sql, &mut reads);
        Ok(reads)
    }

    /// What has to be read of the repository before the tables that are read can be filled.
    #[must_use]
    pub fn needs(&self, reads: &Reads) -> Needs {
        let mut needs = Needs::default();
        for (&at, columns) in reads {
            let columns: Vec<usize> = columns.iter().copied().collect();
            self.sources[at].needs(&columns, &mut needs);
        }
        needs
    }

    /// What cannot be told of the columns that are read, as sentences without a period; known once they are filled.
    #[must_use]
    pub fn unknown(&self, reads: &Reads) -> Vec<String> {
        let of = |(at, columns): (&usize, &BTreeSet<usize>)| self.sources[*at].unknown_of(columns);
        let mut all: Vec<String> = reads.iter().flat_map(of).collect();
        all.sort();
        all.dedup();
        all
    }

    /// Whether an answer from the tables that are read is right although something cannot be told.
    #[must_use]
    pub fn is_sound(&self, reads: &Reads) -> bool {
        reads.keys().all(|&at| self.sources[at].is_sound() || self.sources[at].unknown().is_empty())
    }

    /// Fills the tables with the columns that are read. They have no others until [`Engine::unload`].
    ///
    /// # Errors
    /// Limit when they do not fit into memory.
    pub fn load(&mut self, reads: &Reads) -> Result<(), SqlError> {
        reads.keys().for_each(|&at| self.sources[at].announce());
        for (&at, columns) in reads {
            self.create(at, columns.iter().copied())?;
            self.fill(at, &columns.iter().copied().collect::<Vec<_>>())?;
        }
        Ok(())
    }

    /// Empties tables that were filled and gives them all their columns back, so that a statement that reads others can
    /// be asked.
    ///
    /// # Errors
    /// Internal when SQLite refuses.
    pub fn unload(&mut self, reads: &Reads) -> Result<(), SqlError> {
        reads.keys().try_for_each(|&at| self.create_empty(at))
    }

    /// Calls `visit` with the names of the columns and the values of each row; once with no values when there is no
    /// row, so that the names are known.
    ///
    /// # Errors
    /// What is wrong with the statement, the limit it meets, and what `visit` says.
    pub fn run(&mut self, sql: &str, visit: &mut Visit<'_>) -> Result<(), SqlError> {
        *self.watch() = Watch { is_armed: true, ..Watch::default() };
        let (limit, spent) = (self.limits.steps, Arc::new(AtomicU64::new(0)));
        let seen = spent.clone();
        let out_of_steps = move || seen.fetch_add(STRIDE as u64, Relaxed) + STRIDE as u64 >= limit;
        self.connection.progress_handler(STRIDE, Some(out_of_steps)).map_err(internal)?;
        let handle = self.connection.get_interrupt_handle();
        let outcome =
            Patience::over(self.limits.seconds, &handle, |patience| self.answer(sql, patience, visit));
        *self.watch() = Watch::default();
        self.connection.progress_handler(STRIDE, None::<fn() -> bool>).map_err(internal)?;
        self.spent += spent.load(Relaxed);
        outcome
    }

    /// How many steps statements took so far, in strides.
    #[must_use]
    pub const fn spent(&self) -> u64 {
        self.spent
    }

    /// How many steps the statements to come may take each.
    pub const fn set_steps(&mut self, steps: u64) {
        self.limits.steps = steps;
    }

    /// The record that the handle `id` stands for.
    #[must_use]
    pub fn record(id: i64) -> Option<RecordId> {
        let id = u64::try_from(id).ok()?;
        Some(RecordId { file: u32::try_from(id >> 32).ok()?, record: (id & u64::from(u32::MAX)) as u32 })
    }

    /// The place that the handle `id` of a row stands for which is no record.
    #[must_use]
    pub fn place(&self, id: i64) -> Option<&(RepoPath, Span)> {
        self.places.get(usize::try_from(id.checked_sub(PLACES)?).ok()?)?.as_ref()
    }

    /// Adds the tables and columns that USING and NATURAL join by, of which SQLite does not speak: those that the
    /// statement names, or that several tables have. That they may be too many costs time, and nothing else.
    fn add_joined(&self, sql: &str, reads: &mut Reads) {
        let words: Vec<&str> = sql.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let has = |word: &str| words.iter().any(|other| is_same(other, word));
        let (is_using, is_natural) = (has("using"), has("natural"));
        if !is_using && !is_natural {
            return;
        }
        let named = self.sources.iter().enumerate().filter(|(_, source)| has(&source.info().name));
        named.for_each(|(at, _)| {
            reads.entry(at).or_default();
        });
        let tables: Vec<usize> = reads.keys().copied().collect();
        let names = |at: usize| self.sources[at].info().columns.iter().map(|column| &*column.name);
        for (&at, read) in reads {
            let is_shared = |name: &str| {
                let mut others = tables.iter().filter(|&&other| other != at);
                others.any(|&other| names(other).any(|theirs| is_same(theirs, name)))
            };
            let is_joined = |name: &str| (is_using && has(name)) || (is_natural && is_shared(name));
            read.extend(names(at).enumerate().filter(|(_, name)| is_joined(name)).map(|(column, _)| column));
        }
    }

    fn answer(&self, sql: &str, patience: &Patience, visit: &mut Visit<'_>) -> Result<(), SqlError> {
        let refused = |engine: &Self, error| match engine.watch().refused.take() {
            Some(what) => refusal(&what),
            None if patience.has_ended() => too_much_of("more seconds than [limits].sql_seconds", LARGE),
            None => engine.error(error, sql),
        };
        let mut statement = self.connection.prepare(sql).map_err(|error| refused(self, error))?;
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.raw_query();
        let (mut count, mut bytes, mut cells) = (0, 0, Vec::with_capacity(names.len()));
        while let Some(row) = patience.at_work(|| rows.next()).map_err(|error| refused(self, error))? {
            count += 1;
            if count > self.limits.rows {
                let message =
                    format!("the result has more than the {} rows of [limits].sql_rows", self.limits.rows);
                return Err(
                    SqlError::new(Cause::Limit, message).hint("narrow it with WHERE, or count with GROUP BY")
                );
            }
            for at in 0..names.len() {
                cells.push(match row.get_ref(at).map_err(internal)? {
                    ValueRef::Null => Cell::Null,
                    ValueRef::Integer(value) => Cell::Integer(value),
                    ValueRef::Real(value) => Cell::Real(value),
                    ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned().into()),
                    ValueRef::Blob(bytes) => Cell::Text(String::from_utf8_lossy(bytes).into_owned().into()),
                });
            }
            bytes += cells.iter().map(Cell::bytes).sum::<usize>() as u64;
            if bytes > self.limits.bytes {
                return Err(too_much_of("more memory for its result than [limits].sql_bytes", LARGE));
            }
            visit(&names, &cells)?;
            cells.clear();
        }
        if count == 0 { visit(&names, &[]) } else { Ok(()) }
    }

    fn create_empty(&mut self, at: usize) -> Result<(), SqlError> {
        self.create(at, 0..self.sources[at].info().columns.len())
    }

    fn create(&mut self, at: usize, columns: impl Iterator<Item = usize>) -> Result<(), SqlError> {
        let info = self.sources[at].info();
        let columns: Vec<String> = columns
            .map(|column| &info.columns[column].name)
            .filter(|name| *name != ID)
            .map(|name| quoted(name))
            .collect();
        let table = quoted(&info.name);
        let columns: String = columns.iter().map(|column| format!(", {column}")).collect();
        let key = if self.sources[at].has_repeats() { "" } else { " PRIMARY KEY" };
        let sql = format!("DROP TABLE IF EXISTS {table}; CREATE TABLE {table} ({ID} INTEGER{key}{columns})");
        self.connection.execute_batch(&sql).map_err(internal)
    }

    fn fill(&mut self, at: usize, columns: &[usize]) -> Result<(), SqlError> {
        let Self { connection, sources, places, .. } = self;
        let source = &sources[at];
        let info = source.info();
        let wanted: Vec<usize> =
            columns.iter().copied().filter(|&column| info.columns[column].name != ID).collect();
        let sql = format!("INSERT INTO {} VALUES (?{})", quoted(&info.name), ",?".repeat(wanted.len()));
        connection.execute_batch("BEGIN").map_err(internal)?;
        let mut insert = connection.prepare(&sql).map_err(internal)?;
        let filled = source.rows(&wanted, &mut |place, cells| {
            let id = match place {
                Place::Record(id) => id.handle(),
                Place::Bytes(path, span) => {
                    places.push(Some((path.clone(), span)));
                    PLACES + places.len() as i64 - 1
                }
                Place::Nowhere => {
                    places.push(None);
                    PLACES + places.len() as i64 - 1
                }
            };
            insert.raw_bind_parameter(1, id).map_err(too_much)?;
            for (cell, parameter) in cells.iter().zip(2..) {
                match cell {
                    Cell::Null => insert.raw_bind_parameter(parameter, rusqlite::types::Null),
                    Cell::Integer(value) => insert.raw_bind_parameter(parameter, value),
                    Cell::Real(value) => insert.raw_bind_parameter(parameter, value),
                    Cell::Text(text) => insert.raw_bind_parameter(parameter, &**text),
                }
                .map_err(too_much)?;
            }
            insert.raw_execute().map(|_| ()).map_err(too_much)
        });
        drop(insert);
        connection.execute_batch("COMMIT").map_err(internal)?;
        filled
    }

    fn watch(&self) -> std::sync::MutexGuard<'_, Watch> {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn error(&self, error: rusqlite::Error, sql: &str) -> SqlError {
        let tables = || self.tables().map(|table| &*table.name).collect();
        // Columns of the tables that the statement names, for those are meant.
        let columns = || {
            let named = self.tables().filter(|table| sql.contains(&*table.name));
            named.flat_map(|table| table.columns.iter().map(|column| &*column.name)).collect()
        };
        from_sqlite(error, sql, tables, columns)
    }
}

/// The column that holds the handle of a row.
const ID: &str = "_id";

impl Watch {
    fn allow(&mut self, action: &AuthAction<'_>) -> Authorization {
        if !self.is_armed {
            return Authorization::Allow;
        }
        let refused = match *action {
            AuthAction::Read { table_name, column_name } => {
                self.reads.push((table_name.to_owned(), column_name.to_owned()));
                let is_inner = table_name.starts_with("pragma_") || table_name.starts_with("sqlite_");
                is_inner.then(|| format!("the table {table_name} is SQLite's own"))
            }
            AuthAction::Function { function_name } => REFUSED
                .contains(&&*function_name.to_ascii_lowercase())
                .then(|| format!("the function {function_name} is refused")),
            AuthAction::Select | AuthAction::Recursive => None,
            AuthAction::Attach { .. } => Some("no other database may be attached".to_owned()),
            AuthAction::Pragma { pragma_name, .. } => Some(format!("the pragma {pragma_name} is refused")),
            AuthAction::Transaction { .. } | AuthAction::Savepoint { .. } => {
                Some("there are no transactions".to_owned())
            }
            _ => Some("a statement may only read".to_owned()),
        };
        if refused.is_none() {
            return Authorization::Allow;
        }
        self.refused = self.refused.take().or(refused);
        Authorization::Deny
    }
}

/// What to do where values are the trouble.
const LARGE: &str = "work on shorter values, or on fewer of them";

/// Whether SQLite reads all of `sql`, and soon.
fn is_readable(sql: &str) -> Result<(), SqlError> {
    if sql.len() > LONGEST {
        return Err(SqlError::new(Cause::Statement, "a statement has at most 1 MiB")
            .hint("keep what it compares with as records"));
    }
    match sql.find('\0') {
        None => Ok(()),
        at => Err(SqlError {
            offset: at,
            ..SqlError::new(Cause::Statement, "there is a NUL character in the statement")
                .hint("SQLite would read no further: remove it")
        }),
    }
}

fn refusal(what: &str) -> SqlError {
    let hint = match what {
        what if what.contains("function") => {
            "every answer has to be the same twice, and stay in the repository"
        }
        what if what.contains("SQLite's own") => "`opsbook query --tables` lists the tables",
        _ => "records are changed in their files; SQL is for asking, with SELECT or WITH",
    };
    SqlError::new(Cause::Statement, what).hint(hint)
}

fn is_same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn internal(error: rusqlite::Error) -> SqlError {
    SqlError::new(Cause::Internal, error.to_string())
}

fn too_much(error: rusqlite::Error) -> SqlError {
    from_sqlite(error, "", Vec::new, Vec::new)
}
