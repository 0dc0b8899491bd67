//! Rules that are a statement: its rows become findings.
//!
//! A row says which record it means by `_id`, or which line of which file by `_path` and `_line`; `field` names the field
//! it stands on; `message`, `note` and `severity` are what a person reads, and `about` tells it from other rows of its place. Tables and their loading are not known here.

use super::{Rule, shared};
use crate::database::sql::{Cell, Engine, SqlError};
use crate::database::{Database, RecordId};
use crate::finding::{Finding, Severity};
use crate::read::tape::{Value, escape_pointer};
use crate::text::{RepoPath, Span};

/// What asking a rule gave.
#[derive(Debug, Default)]
pub struct Asked {
    /// A finding for each row.
    pub findings: Vec<Finding>,
    /// What is wrong with the answer: a column that a rule has to give and this one does not.
    pub lacks: Option<&'static str>,
}

/// Asks the statement `sql` of `rule`, whose tables are loaded.
///
/// # Errors
/// What the engine says.
pub fn ask(
    rule: &'static Rule,
    sql: &str,
    engine: &mut Engine<'_>,
    database: &Database,
) -> Result<Asked, SqlError> {
    let (mut asked, mut rows) = (Asked::default(), Vec::new());
    engine.run(sql, &mut |names, cells| {
        let columns = Columns::of(names);
        if columns.id.is_none() && columns.path.is_none() {
            asked.lacks = Some("the statement gives no _id, so nobody can tell which record a row means");
        }
        if !cells.is_empty() && asked.lacks.is_none() {
            rows.push(columns.row(cells));
        }
        Ok(())
    })?;
    for row in rows {
        asked.findings.extend(row.finding(rule, engine, database));
    }
    Ok(asked)
}

/// Where the columns of a rule stand in its rows.
struct Columns {
    id: Option<usize>,
    path: Option<usize>,
    line: Option<usize>,
    field: Option<usize>,
    message: Option<usize>,
    note: Option<usize>,
    about: Option<usize>,
    severity: Option<usize>,
}

/// A row as a rule means it.
struct Row {
    id: Option<i64>,
    path: Option<String>,
    line: u32,
    field: Option<String>,
    message: Option<String>,
    notes: Vec<String>,
    about: Option<String>,
    severity: Option<Severity>,
}

impl Columns {
    fn of(names: &[String]) -> Self {
        let at = |name: &str| names.iter().position(|known| known.eq_ignore_ascii_case(name));
        Self {
            id: at("_id"),
            path: at("_path"),
            line: at("_line"),
            field: at("field"),
            message: at("message"),
            note: at("note"),
            about: at("about"),
            severity: at("severity"),
        }
    }

    fn row(&self, cells: &[Cell<'_>]) -> Row {
        let number = |at: Option<usize>| match cells.get(at?)? {
            Cell::Integer(number) => Some(*number),
            _ => None,
        };
        let text = |at: Option<usize>| match cells.get(at?)? {
            Cell::Null => None,
            Cell::Integer(number) => Some(number.to_string()),
            Cell::Real(number) => Some(number.to_string()),
            Cell::Text(text) => Some(text.to_string()),
        };
        Row {
            id: number(self.id),
            path: text(self.path),
            line: number(self.line).and_then(|line| u32::try_from(line).ok()).unwrap_or(1),
            field: text(self.field),
            message: text(self.message).filter(|message| !message.trim().is_empty()),
            notes: text(self.note).into_iter().collect(),
            about: text(self.about),
            severity: text(self.severity).as_deref().and_then(Severity::from_name),
        }
    }
}

impl Row {
    /// What the row says, at what it means; nothing when it means nothing that is there.
    fn finding(self, rule: &'static Rule, engine: &Engine<'_>, database: &Database) -> Option<Finding> {
        let message = self.message.clone().unwrap_or_else(|| rule.summary.to_owned());
        // What identifies a row of which no record does: a message may change from day to day.
        let about = self.about.clone().unwrap_or_else(|| message.clone());
        let record = self.id.and_then(Engine::record).filter(|id| (id.file as usize) < database.files.len());
        let mut finding = match (record, self.id.and_then(|id| engine.place(id))) {
            (Some(id), _) => of_record(rule, id, self.field.as_deref(), (&message, &about), database)?,
            (None, Some((path, span))) => Finding::new(rule.id, path, *span, message.as_str()).quoted(about),
            (None, None) => {
                let path = RepoPath::new(self.path.as_deref()?);
                let span = line(database, &path, self.line);
                Finding::new(rule.id, &path, span, message.as_str()).quoted(about)
            }
        };
        finding.notes.extend(self.notes);
        finding.severity = self.severity;
        Some(finding)
    }
}

/// A finding at a field of a record, or at what the record is known by.
fn of_record(
    rule: &'static Rule,
    id: RecordId,
    field: Option<&str>,
    (message, about): (&str, &str),
    database: &Database,
) -> Option<Finding> {
    let file = database.file(id);
    let table = &database.tables[file.table];
    let (span, pointer, key) = database.with_record(id, |record, base| {
        let (span, pointer) = ground(record, field, table.simple_key());
        (span.shifted(base), pointer, table.key(record))
    })?;
    let mut finding =
        Finding::new(rule.id, &file.path, span, message).record(table.name(), shared(key.as_deref()));
    finding.field = pointer;
    if key.is_none() {
        finding = finding.quoted(about);
    }
    Some(finding)
}

/// The bytes that a finding about `record` stands on, and the pointer to the field: `field`, a name or a JSON pointer,
/// else what the record is known by, else its start.
fn ground(record: Value<'_>, field: Option<&str>, key: Option<&str>) -> (Span, Option<String>) {
    let pointer = field.map(|field| match field.starts_with('/') {
        true => field.to_owned(),
        false => format!("/{}", escape_pointer(field)),
    });
    if let Some(value) = pointer.as_deref().and_then(|pointer| record.pointer(pointer)) {
        return (value.span(), pointer);
    }
    let known_by = key.into_iter().chain(["title", "text", "name"]).find_map(|name| record.get(name));
    let span = known_by.map_or(Span::new(record.span().start, record.span().start), |value| value.span());
    (span, pointer)
}

/// The bytes of a line of a file that was read, as far as they are known: its start.
fn line(database: &Database, path: &RepoPath, line: u32) -> Span {
    let file = database.files.iter().find(|file| file.path == *path);
    file.map_or(Span::default(), |file| file.line_span(line))
}
