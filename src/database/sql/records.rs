//! The records of a collection as a table: a column for each field that its schema describes or a record has, and
//! where the record stands.

use std::borrow::Cow;
use std::collections::HashSet;

use super::{Cell, Column, Needs, Place, Source, SqlError, TableInfo, Take};
use crate::database::{Database, RecordId, Table};
use crate::read::tape::{Kind, Value, is_same};

/// Columns of every collection, behind its fields.
const OWN: &[(&str, &str, &str)] = &[
    ("_path", "text", "The file that the record stands in."),
    ("_line", "integer", "The line it starts on, from 1."),
    ("_key", "text", "Its key."),
    ("_record", "json", "All of it, with fields that no column is of."),
];

/// The records of a collection.
pub struct Records<'a> {
    database: &'a Database,
    at: usize,
    info: TableInfo,
    /// How many of the columns are fields; those of [`OWN`] follow.
    fields: usize,
}

impl<'a> Records<'a> {
    /// The table with index `at`. `is_complete` asks for the fields that the schema does not describe, too, for which
    /// all records are read; where there is no schema, they always are.
    #[must_use]
    pub fn new(database: &'a Database, at: usize, is_complete: bool) -> Self {
        let table = &database.tables[at];
        let mut columns = described(table);
        if is_complete || table.schema.is_none() {
            add_found(database, at, &mut columns);
        }
        let fields = columns.len();
        columns.extend(OWN.iter().map(|(name, kind, about)| Column::new(*name, *kind, *about)));
        columns.push(Column::id());
        let name = table.name().to_string();
        let about = format!("a record of the collection {name}");
        Self { database, at, info: TableInfo { name, about, columns }, fields }
    }
}

/// The fields of the schema.
fn described(table: &Table) -> Vec<Column> {
    let Some(schema) = &table.schema else { return Vec::new() };
    let mut columns: Vec<Column> = Vec::new();
    for name in schema.field_names() {
        let kinds: Vec<&str> = schema.kinds_of(name).into_iter().filter(|kind| *kind != "null").collect();
        add(
            &mut columns,
            Column::new(name, kind_of(&kinds), schema.description_of(name).unwrap_or_default()),
        );
    }
    columns
}

/// The fields that records have and the schema does not describe, in the order in which they are met.
fn add_found(database: &Database, at: usize, columns: &mut Vec<Column>) {
    let mut known: HashSet<String> = columns.iter().map(|column| column.name.clone()).collect();
    database.for_each(at, &mut |_, record, _| {
        for (name, _) in record.members() {
            if let Some(name) = name.as_str().filter(|name| !known.contains(*name)) {
                known.insert(name.to_owned());
                add(
                    columns,
                    Column::new(name, "any", "A field of records that the schema does not describe."),
                );
            }
        }
    });
}

/// Adds a column unless its name is taken: names of columns do not tell cases apart.
fn add(columns: &mut Vec<Column>, column: Column) {
    let is_taken = |other: &str| other.eq_ignore_ascii_case(&column.name);
    let is_own = is_taken("_id") || OWN.iter().any(|(own, ..)| is_taken(own));
    if !is_own && !column.name.is_empty() && !columns.iter().any(|known| is_taken(&known.name)) {
        columns.push(column);
    }
}

fn kind_of(kinds: &[&str]) -> String {
    let mut names: Vec<&str> = kinds
        .iter()
        .map(|kind| match *kind {
            "string" => "text",
            "object" | "array" => "json",
            other => other,
        })
        .collect();
    names.dedup();
    if names.is_empty() { "any".to_owned() } else { names.join(" or ") }
}

impl Source for Records<'_> {
    fn info(&self) -> &TableInfo {
        &self.info
    }

    fn needs(&self, _columns: &[usize], needs: &mut Needs) {
        needs.tables.insert(self.at);
    }

    fn rows(&self, wanted: &[usize], take: &mut Take<'_>) -> Result<(), SqlError> {
        let table = &self.database.tables[self.at];
        let slots: Vec<(usize, &[u8])> = wanted
            .iter()
            .enumerate()
            .filter(|(_, column)| **column < self.fields)
            .map(|(slot, &column)| (slot, self.info.columns[column].name.as_bytes()))
            .collect();
        let own: Vec<(usize, &str)> = wanted
            .iter()
            .enumerate()
            .filter(|(_, column)| **column >= self.fields)
            .map(|(slot, &column)| (slot, OWN[column - self.fields].0))
            .collect();
        for &at in &table.files {
            let file = &self.database.files[at];
            let read = |batch: &mut Batch, id: RecordId, record: Value<'_>, base: u32| {
                let row = batch.add(id, wanted.len());
                for (name, value) in record.members() {
                    let name = name.text_bytes();
                    for &(slot, wanted) in &slots {
                        if is_same(wanted, name) {
                            batch.set(row + slot, cell(value));
                        }
                    }
                }
                for &(slot, name) in &own {
                    let cell = match name {
                        "_path" => Cell::text(file.path.as_str()),
                        "_line" => Cell::Integer(i64::from(file.line(record.span().shifted(base).start))),
                        "_key" => Cell::maybe(table.key(record)),
                        _ => Cell::text(record.to_json().to_string()),
                    };
                    batch.set(row + slot, cell);
                }
            };
            self.database.for_each_piece_in(at, &read, &mut |batch: Batch| batch.each(wanted.len(), take))?;
        }
        Ok(())
    }
}

/// The wanted values of the records of a piece: in two allocations, for they are made on one thread and freed on another.
#[derive(Default)]
struct Batch {
    ids: Vec<RecordId>,
    /// Row after row.
    cells: Vec<Kept>,
    texts: String,
}

/// A value in a batch.
#[derive(Debug, Clone, Copy)]
enum Kept {
    Null,
    Integer(i64),
    Real(f64),
    /// Where it starts among the texts, and its length.
    Text(usize, usize),
}

impl Batch {
    /// Adds a row of `width` cells without a value; gives the index of its first.
    fn add(&mut self, id: RecordId, width: usize) -> usize {
        let row = self.cells.len();
        self.ids.push(id);
        self.cells.resize(row + width, Kept::Null);
        row
    }

    fn set(&mut self, at: usize, cell: Cell<'_>) {
        self.cells[at] = match cell {
            Cell::Null => Kept::Null,
            Cell::Integer(value) => Kept::Integer(value),
            Cell::Real(value) => Kept::Real(value),
            Cell::Text(text) => {
                let start = self.texts.len();
                self.texts.push_str(&text);
                Kept::Text(start, text.len())
            }
        };
    }

    /// Hands over each row of `width` cells.
    fn each(&self, width: usize, take: &mut Take<'_>) -> Result<(), SqlError> {
        let mut row = Vec::with_capacity(width);
        for (number, &id) in self.ids.iter().enumerate() {
            let cells = &self.cells[number * width..][..width];
            row.clear();
            row.extend(cells.iter().map(|&kept| self.cell(kept)));
            take(Place::Record(id), &row)?;
        }
        Ok(())
    }

    fn cell(&self, kept: Kept) -> Cell<'_> {
        match kept {
            Kept::Null => Cell::Null,
            Kept::Integer(value) => Cell::Integer(value),
            Kept::Real(value) => Cell::Real(value),
            Kept::Text(start, length) => Cell::text(&self.texts[start..][..length]),
        }
    }
}

/// A value of a record.
pub(crate) fn cell(value: Value<'_>) -> Cell<'_> {
    match value.kind() {
        Kind::Null => Cell::Null,
        Kind::String => Cell::maybe(value.as_str()),
        Kind::Object | Kind::Array => Cell::text(value.to_json().to_string()),
        Kind::Number => number(value.as_number().unwrap_or_default()),
        _ => value.as_bool().map_or(Cell::Null, Cell::bool),
    }
}

fn number(text: &str) -> Cell<'_> {
    if let Ok(whole) = text.parse() {
        return Cell::Integer(whole);
    }
    match text.parse::<f64>() {
        Ok(real) if real.is_finite() => Cell::Real(real),
        // Beyond what SQLite can count with, the digits are kept.
        _ => Cell::Text(Cow::Borrowed(text)),
    }
}
