//! SQL over a session's snapshot: which tables there are, and what a statement answers.
//!
//! A statement is looked at first, so that only the files of the tables it reads are read.

use std::cell::RefCell;
use std::rc::Rc;

use super::Session;
use crate::cadence;
use crate::database::sql::{self, Engine, Limits, Now, PeriodSlot, Records, SqlError, TableInfo};
use crate::database::{Database, load_part};
use crate::drift;
use crate::error::{Error, Result};
use crate::repo::Snapshot;
use crate::report::Scope;
use crate::report::rows::Cell;

/// Takes the names of the columns, once, and then each row.
pub(super) type Rows<'r> = dyn FnMut(&[String], Option<Vec<Cell>>) -> Result<()> + 'r;

impl Session {
    /// Asks `sql` of the records; gives what was looked at, and what of it cannot be told.
    ///
    /// # Errors
    /// Usage when the statement is wrong, environment when it meets a limit.
    pub fn query(&self, sql: &str, rows: &mut Rows<'_>) -> Result<Scope> {
        let (database, is_complete) = self.read_for(sql)?;
        let mut engine =
            self.engine(&self.snapshot, &database, is_complete).map_err(|error| told(&error, sql))?;
        let reads = engine.reads(sql).map_err(|error| told(&error, sql))?;
        engine.load(&reads).map_err(|error| told(&error, sql))?;
        let (mut failed, mut is_named) = (None, false);
        let answered = engine.run(sql, &mut |names, cells| {
            let row = (!cells.is_empty()).then(|| cells.iter().map(cell).collect());
            let named = if is_named { Ok(()) } else { rows(names, None) };
            is_named = true;
            let taken = named.and_then(|()| row.map_or(Ok(()), |row| rows(names, Some(row))));
            taken.map_err(|error| {
                failed = Some(error);
                SqlError::stopped()
            })
        });
        if let Some(error) = failed {
            return Err(error);
        }
        answered.map_err(|error| told(&error, sql))?;
        let unknown = engine.unknown(&reads);
        Ok(Scope { unknown, ..self.scope(&database, None, Vec::new()) })
    }

    /// Every table with its columns, those that only records name among them.
    ///
    /// # Errors
    /// Internal failures of SQLite.
    pub fn tables(&self) -> Result<Vec<TableInfo>> {
        let all = (0..self.config.collections.len()).collect();
        let database = load_part(&self.snapshot, &self.config, &all, false);
        let engine = self.engine(&self.snapshot, &database, true).map_err(|error| told(&error, ""))?;
        Ok(engine.into_tables())
    }

    /// The records that `sql` reads, and whether columns that only records name are needed, too.
    fn read_for(&self, sql: &str) -> Result<(Database, bool)> {
        let empty = Database::empty(&self.snapshot, &self.config);
        let engine = self.engine(&self.snapshot, &empty, false).map_err(|error| told(&error, sql))?;
        let reads = engine.reads(sql);
        let is_known = reads.is_ok();
        let reads = match reads {
            Ok(reads) => reads,
            // A column may be one that only records name.
            Err(error) if error.is_unknown_column() => engine.named(sql),
            Err(error) => return Err(told(&error, sql)),
        };
        let needs = engine.needs(&reads);
        drop(engine);
        Ok((load_part(&self.snapshot, &self.config, &needs.tables, needs.documents), !is_known))
    }

    /// An engine over everything there is to ask. `is_complete` adds the columns that only records name.
    pub(super) fn engine<'a>(
        &'a self,
        snapshot: &'a Snapshot,
        database: &'a Database,
        is_complete: bool,
    ) -> std::result::Result<Engine<'a>, SqlError> {
        let now = self.periods().pop().expect("a period ends now");
        self.engine_at(snapshot, database, is_complete, &PeriodSlot::new(now))
    }

    /// The same, with the period of `slot`.
    pub(super) fn engine_at<'a>(
        &'a self,
        snapshot: &'a Snapshot,
        database: &'a Database,
        is_complete: bool,
        slot: &PeriodSlot,
    ) -> std::result::Result<Engine<'a>, SqlError> {
        // What criteria ask for themselves, they ask of everything but criteria.
        let asker =
            Asker { session: self, snapshot, database, slot: slot.clone(), engine: RefCell::new(None) };
        let criteria = cadence::criteria(database, Box::new(move |sql| asker.ask(sql)));
        self.engine_with(snapshot, database, is_complete, slot, Some(criteria))
    }

    /// An engine over all tables, and one more.
    fn engine_with<'a>(
        &'a self,
        snapshot: &'a Snapshot,
        database: &'a Database,
        is_complete: bool,
        slot: &PeriodSlot,
        more: Option<Box<dyn sql::Source + 'a>>,
    ) -> std::result::Result<Engine<'a>, SqlError> {
        let mut sources: Vec<Box<dyn sql::Source + 'a>> = Vec::new();
        for (at, table) in database.tables.iter().enumerate() {
            let records = Box::new(Records::new(database, at, is_complete));
            sources.push(cadence::computed(database, table.name(), records));
        }
        sources.extend(sql::of_documents(snapshot, database, self.config.limits.file_bytes));
        let timeline =
            sql::Timeline::new(&self.workspace, snapshot, &self.config, database, self.request.cache);
        let timeline = Rc::new(timeline);
        sources.extend(sql::of_past(&timeline));
        sources.extend(cadence::sources(&self.config, database, &timeline, self.request.now));
        sources.push(cadence::assessment::source(&self.config, database));
        let find = move || self.known_drift(snapshot, database);
        sources.push(drift::table::source(self.today(), Box::new(find)));
        sources.push(slot.source());
        sources.extend(more);
        let now = Now {
            instant: self.request.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            today: self.today().to_string(),
        };
        sources.extend(sql::of_now(&now));
        let limits = &self.config.limits;
        let limits = Limits {
            steps: limits.sql_steps,
            bytes: limits.sql_bytes,
            rows: limits.sql_rows,
            seconds: limits.sql_seconds,
        };
        Engine::new(sources, &now, limits)
    }
}

/// Asks statements that stand in records, all of them within the bounds of one.
struct Asker<'a> {
    session: &'a Session,
    snapshot: &'a Snapshot,
    database: &'a Database,
    slot: PeriodSlot,
    engine: RefCell<Option<Engine<'a>>>,
}

impl<'a> Asker<'a> {
    /// The first value of the first row; why there is none.
    fn ask(&self, statement: &str) -> std::result::Result<sql::Cell<'static>, String> {
        let (first, unknown) = self.first(statement).map_err(|error| error.message)?;
        // What is missing could make it another.
        unknown.into_iter().next().map_or(Ok(first), Err)
    }

    fn first(&self, statement: &str) -> std::result::Result<(sql::Cell<'static>, Vec<String>), SqlError> {
        let mut engine = self.engine.borrow_mut();
        let engine: &mut Engine<'a> = match &mut *engine {
            Some(engine) => engine,
            none => none.insert({
                let Self { session, snapshot, database, slot, .. } = self;
                session.engine_with(snapshot, database, true, slot, None)?
            }),
        };
        let left = self.session.config.limits.sql_steps.saturating_sub(engine.spent());
        engine.set_steps(left.max(1));
        let reads = engine.reads(statement)?;
        let mut first = None;
        let asked = engine.load(&reads).and_then(|()| {
            engine.run(statement, &mut |_, cells| {
                if first.is_none() {
                    first = cells.first().map(sql::Cell::to_owned_cell);
                }
                Ok(())
            })
        });
        // The next statement may read other columns of the same tables.
        engine.unload(&reads)?;
        asked?;
        Ok((first.unwrap_or(sql::Cell::Null), engine.unknown(&reads)))
    }
}

/// What is wrong with a statement, for the person who typed it.
fn told(error: &SqlError, sql: &str) -> Error {
    let place = error.position(sql).map(|(line, column)| format!(", at {line}:{column} of the statement"));
    let message = format!("{}{}", error.message, place.unwrap_or_default());
    let told = match error.cause {
        sql::Cause::Statement => Error::usage(message),
        sql::Cause::Limit => Error::environment(message),
        sql::Cause::Internal => Error::new(crate::error::ErrorKind::Bug, message),
    };
    match &error.hint {
        Some(hint) => told.hint(hint.clone()),
        None => told,
    }
}

pub(super) fn cell(cell: &sql::Cell<'_>) -> Cell {
    match cell {
        sql::Cell::Null => Cell::Null,
        sql::Cell::Integer(number) => Cell::Integer(*number),
        sql::Cell::Real(number) => Cell::Real(*number),
        sql::Cell::Text(text) => Cell::Text(text.to_string()),
    }
}
