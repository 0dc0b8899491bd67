//! SQL over everything a repository holds: collections, documents and whatever other rooms add are tables.
//!
//! A statement is first prepared against empty tables, where SQLite says which columns it reads; only those are then
//! loaded. Statements can read and nothing else, and work, memory and rows are bounded. What is random is refused and
//! "now" is a moment that is handed in, so the same snapshot gives the same rows everywhere. This room knows nothing of
//! rules or output.

mod clock;
mod documents;
mod engine;
mod error;
mod filled;
mod functions;
mod past;
mod patience;
mod period;
mod records;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeSet;

pub use clock::of_now;
pub use documents::sources as of_documents;
pub use engine::{Engine, Reads, Visit};
pub use error::{Cause, SqlError};
pub use filled::{Filled, Values};
pub use past::{Timeline, sources as of_past};
pub use period::{Period, PeriodSlot};
pub use records::Records;

use super::RecordId;
use crate::text::{RepoPath, Span};

/// A table that statements may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableInfo {
    /// Its name.
    pub name: String,
    /// What a row of it is, one line.
    pub about: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What its values are: `text`, `integer`, `number`, `boolean`, `date`, `json`, or several of them with `or`.
    pub kind: String,
    /// What it says of a row, one sentence.
    pub about: String,
}

impl Column {
    /// A column of values of a kind.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: impl Into<String>, about: impl Into<String>) -> Self {
        Self { name: name.into(), kind: kind.into(), about: about.into() }
    }

    /// The handle of a row, by which it becomes a finding.
    #[must_use]
    pub fn id() -> Self {
        Self::new("_id", "integer", "The handle of the row: what a rule gives to say which one it means.")
    }
}

impl TableInfo {
    /// A table of rows that stand for something in the repository, with the columns (name, kind, what it says) and the
    /// handle `_id`.
    #[must_use]
    pub fn new(name: &str, about: &str, columns: &[(&str, &str, &str)]) -> Self {
        let own = columns.iter().map(|(name, kind, about)| Column::new(*name, *kind, *about));
        Self { name: name.to_owned(), about: about.to_owned(), columns: own.chain([Column::id()]).collect() }
    }
}

/// Where the rows of a table come from.
pub trait Source {
    /// What the table is.
    fn info(&self) -> &TableInfo;

    /// Hands over every row, in an order that depends on nothing but the repository, with the values of the columns
    /// `wanted`, which are indices into those of [`info`](Self::info).
    ///
    /// # Errors
    /// What `take` says.
    fn rows(&self, wanted: &[usize], take: &mut Take<'_>) -> Result<(), SqlError>;

    /// Adds what has to be read of the repository before rows with these columns are asked for.
    fn needs(&self, _columns: &[usize], _needs: &mut Needs) {}

    /// Told before any table is filled that this one will be, so that what several tables need is computed once.
    fn announce(&self) {}

    /// Whether each row holds whatever is missing, for it says itself what it does not know. A rule over other tables is
    /// not answered when something is missing that could make it say what is not so.
    fn is_sound(&self) -> bool {
        false
    }

    /// Whether several rows may stand for one record, so that handles are not all different.
    fn has_repeats(&self) -> bool {
        false
    }

    /// What of the table cannot be told, as sentences without a period; asked once it is filled.
    fn unknown(&self) -> Vec<String> {
        Vec::new()
    }

    /// What of these columns of it cannot be told, which may be less.
    fn unknown_of(&self, _columns: &BTreeSet<usize>) -> Vec<String> {
        self.unknown()
    }
}

/// What has to be read of a repository before a statement can be asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Indices of the tables in [`Database::tables`](super::Database::tables).
    pub tables: BTreeSet<usize>,
    /// Whether all documents are needed.
    pub documents: bool,
}

impl Needs {
    /// Adds the collections called `names`, those that there are.
    pub fn add(&mut self, database: &super::Database, names: &[&str]) {
        self.tables.extend(names.iter().filter_map(|name| database.table(name)).map(|(at, _)| at));
    }
}

/// Takes a row: the place it stands for and its values.
pub type Take<'t> = dyn FnMut(Place<'_>, &[Cell<'_>]) -> Result<(), SqlError> + 't;

/// What a row stands for. Its handle is the column `_id`.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// A record.
    Record(RecordId),
    /// Bytes of a file.
    Bytes(&'a RepoPath, Span),
    /// Nothing in the repository.
    Nowhere,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// None.
    Null,
    /// A whole number, or a boolean: 1 and 0.
    Integer(i64),
    /// Any other number.
    Real(f64),
    /// A text, or a nested value as JSON.
    Text(Cow<'a, str>),
}

impl<'a> Cell<'a> {
    /// A text.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    /// A text where there is one.
    pub fn maybe(text: Option<impl Into<Cow<'a, str>>>) -> Self {
        text.map_or(Self::Null, Self::text)
    }

    /// The same, for as long as it is wanted.
    #[must_use]
    pub fn to_owned_cell(&self) -> Cell<'static> {
        match self {
            Self::Null => Cell::Null,
            Self::Integer(number) => Cell::Integer(*number),
            Self::Real(number) => Cell::Real(*number),
            Self::Text(text) => Cell::Text(Cow::Owned(text.clone().into_owned())),
        }
    }

    /// How many bytes it takes, of a text.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            _ => 0,
        }
    }

    /// A boolean.
    #[must_use]
    pub fn bool(value: bool) -> Self {
        Self::Integer(i64::from(value))
    }
}

/// How much a statement may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Steps of SQLite's virtual machine; some 45 million are a second of work.
    pub steps: u64,
    /// Bytes of memory, the loaded tables included.
    pub bytes: u64,
    /// Rows of the result.
    pub rows: u64,
    /// Seconds at work on the rows, about: the last resort where steps are long.
    pub seconds: u64,
}

/// The moment that counts as now, as SQL sees it.
#[derive(Debug, Clone)]
pub struct Now {
    /// The moment in UTC, `2026-11-20T09:00:00Z`.
    pub instant: String,
    /// The day in the project's time zone, `2026-11-20`.
    pub today: String,
}
