//! What is wrong with a statement, in words for the person who wrote it: where, and what was probably meant.

use crate::text::nearest;

/// Why a statement has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlError {
    /// What kind of failure it is.
    pub cause: Cause,
    /// What is wrong, one sentence without a final period.
    pub message: String,
    /// Byte offset in the statement, where it is known.
    pub offset: Option<usize>,
    /// The way out.
    pub hint: Option<String>,
}

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The statement is wrong, or asks for more than reading.
    Statement,
    /// It would take more work, memory or rows than it may.
    Limit,
    /// Something else failed.
    Internal,
}

impl SqlError {
    pub(super) fn new(cause: Cause, message: impl Into<String>) -> Self {
        Self { cause, message: message.into(), offset: None, hint: None }
    }

    /// That a table takes more than it may, in one sentence without a period, and what to do about it.
    #[must_use]
    pub fn limit(message: impl Into<String>, hint: &str) -> Self {
        Self::new(Cause::Limit, message).hint(hint)
    }

    /// That nobody wants more rows.
    #[must_use]
    pub fn stopped() -> Self {
        Self::new(Cause::Internal, "stopped")
    }

    /// Whether it names a column that there is not, or not yet.
    #[must_use]
    pub fn is_unknown_column(&self) -> bool {
        self.message.starts_with(NO_COLUMN)
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The line and the column, from 1 and in characters, of the place in `sql`.
    #[must_use]
    pub fn position(&self, sql: &str) -> Option<(usize, usize)> {
        let before = sql.get(..self.offset?)?;
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |feed| feed + 1);
        Some((line, before[start..].chars().count() + 1))
    }
}

/// How SQLite starts to say that there is no such column.
const NO_COLUMN: &str = "no such column: ";

/// What SQLite said of `sql`. `tables` and `columns` give the names that a misspelt one may mean.
pub(super) fn from_sqlite<'n>(
    error: rusqlite::Error,
    sql: &str,
    tables: impl Fn() -> Vec<&'n str>,
    columns: impl Fn() -> Vec<&'n str>,
) -> SqlError {
    use rusqlite::Error as E;
    use rusqlite::ErrorCode as Code;
    let (message, offset) = match error {
        E::SqlInputError { msg, offset, .. } => (msg, usize::try_from(offset).ok()),
        E::MultipleStatement => {
            return SqlError::new(Cause::Statement, "there is more than one statement")
                .hint("ask one thing at a time; a WITH clause may hold steps on the way");
        }
        E::SqliteFailure(failure, message) => match failure.code {
            Code::OperationInterrupted => return too_much("more steps than [limits].sql_steps", ENDLESS),
            // Files in memory are full before memory is.
            Code::OutOfMemory | Code::DiskFull => {
                return too_much("more memory than [limits].sql_bytes", "read fewer columns");
            }
            Code::TooBig => {
                return too_much("more for a single value than a 32nd of [limits].sql_bytes", SHORTER);
            }
            _ => (message.unwrap_or_else(|| failure.to_string()), None),
        },
        other => return SqlError::new(Cause::Internal, other.to_string()),
    };
    let mut found = SqlError::new(Cause::Statement, said(&message));
    found.offset = offset.filter(|&at| at <= sql.len());
    if let Some(name) = message.strip_prefix(NO_COLUMN) {
        let name = name.split(" - ").next().unwrap_or(name);
        let name = name.rsplit('.').next().unwrap_or(name).trim_matches('"');
        found.hint = Some(meant(name, columns(), "columns"));
    } else if let Some(name) = message.strip_prefix("no such table: ") {
        found.hint = Some(meant(name, tables(), "tables"));
        found.offset = found.offset.or_else(|| sql.find(name));
    }
    found
}

const ENDLESS: &str = "look for a join without a condition, or a recursion that does not end";

const SHORTER: &str = "take a part of it with substr, or of JSON with ->>";

/// That the statement takes `what`, which is more of something than a limit.
pub(super) fn too_much(what: &str, hint: &str) -> SqlError {
    SqlError::new(Cause::Limit, format!("the statement takes {what} allows")).hint(hint)
}

/// SQLite's words, for they are the field's, on one line.
fn said(message: &str) -> String {
    crate::text::escape(message).into_owned()
}

fn meant(name: &str, known: Vec<&str>, what: &str) -> String {
    match nearest(name, known) {
        Some(near) => format!("did you mean '{near}'?"),
        None => format!("`opsbook query --tables` lists the {what}"),
    }
}
