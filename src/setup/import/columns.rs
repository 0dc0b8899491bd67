//! Which column becomes which field, and rows as records by that.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value as Json};

use super::source::{CREATED, Content, ID, Row};
use super::values::Field;
use super::{Incoming, Settled};
use crate::config::Collection;
use crate::error::{Error, Result};
use crate::session::Session;
use crate::text::{escape, fold};

/// The columns of an import.
#[derive(Debug)]
pub(super) struct Columns {
    /// The fields by which records are recognised.
    pub(super) key: Vec<String>,
    /// The field of each column; parts of a nested one joined by dots.
    targets: HashMap<(bool, String), Target>,
    values: Vec<(String, String)>,
}

#[derive(Debug)]
struct Target {
    /// The names that lead to it.
    path: Vec<String>,
    field: Field,
}

impl Columns {
    /// The columns that `rows` have, by the map and by their names.
    pub(super) fn new(
        session: &Session,
        collection: &Collection,
        settled: &Settled,
        rows: &[Row],
    ) -> Result<Self> {
        let schema = session.schema_of(collection);
        let described: Vec<&str> = schema.iter().flat_map(|schema| schema.field_names()).collect();
        let key = match &settled.key {
            Some(key) => vec![key.clone()],
            None => collection.key.iter().map(ToString::to_string).collect::<Vec<_>>(),
        };
        if key.is_empty() {
            return Err(Error::usage(format!("{} have no key to recognise records by", collection.name))
                .hint("name a field that tells them apart with --key FIELD"));
        }
        let mut columns: Vec<(bool, &str)> = Vec::new();
        for cell in rows.iter().flat_map(|row| &row.cells) {
            let column = (matches!(cell.content, Content::About(_)), cell.column.as_str());
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        check_map(settled, &columns)?;
        let mut chosen: Vec<((bool, &str), String)> = Vec::new();
        let is_free = |chosen: &[((bool, &str), String)], name: &str| chosen.iter().all(|(_, to)| to != name);
        // What is told goes before what is the same, that before what is alike.
        for &(is_about, column) in &columns {
            if let Some((_, to)) = settled.map.iter().find(|(from, _)| from == column) {
                if !to.is_empty() && !is_free(&chosen, to) {
                    return Err(Error::usage(format!("two columns become the field {}", escape(to))));
                }
                chosen.push(((is_about, column), to.clone()));
            }
        }
        let is_left = |chosen: &[((bool, &str), String)], column: &(bool, &str)| {
            chosen.iter().all(|(own, _)| own != column)
        };
        for &column in &columns {
            if !column.0
                && described.contains(&column.1)
                && is_left(&chosen, &column)
                && is_free(&chosen, column.1)
            {
                chosen.push((column, column.1.to_owned()));
            }
        }
        for &column in columns.iter().filter(|column| !column.0) {
            let alike =
                described.iter().find(|name| fold(name) == fold(column.1)).map(|name| (*name).to_owned());
            let mapped = collection.map.iter().find(|(from, _)| fold(from) == fold(column.1));
            let to = alike.or_else(|| mapped.map(|(_, to)| to.clone()));
            if let Some(to) = to.filter(|to| is_left(&chosen, &column) && is_free(&chosen, to)) {
                chosen.push((column, to));
            }
        }
        for &column in &columns {
            if !is_left(&chosen, &column) {
                continue;
            }
            let to = match column {
                (true, ID) if key.len() == 1 && is_free(&chosen, &key[0]) => key[0].clone(),
                (true, ID) => "airtable_id".to_owned(),
                (true, CREATED) if described.contains(&"created") && is_free(&chosen, "created") => {
                    "created".to_owned()
                }
                (true, _) => String::new(),
                (false, name) if settled.is_airtable => snake(name),
                (false, name) => name.to_owned(),
            };
            chosen.push((column, to));
        }
        let is_told = |column: &str| settled.map.iter().any(|(from, _)| from == column);
        let targets = chosen.into_iter().filter(|(_, to)| !to.is_empty()).map(|((is_about, column), to)| {
            // A dot in a name that nobody mapped is a dot.
            let path: Vec<String> = match is_told(column) {
                true => to.split('.').map(str::to_owned).collect(),
                false => vec![to],
            };
            let field = Field::of(schema.as_deref(), &path);
            ((is_about, column.to_owned()), Target { path, field })
        });
        let targets = targets.collect();
        let values = settled.values.iter().chain(&collection.values).cloned().collect();
        Ok(Self { key, targets, values })
    }

    /// The rows as records. Where Airtable's rows name each other by its own ids and the records have keys of their own,
    /// those take their place.
    pub(super) fn records(&self, rows: Vec<Row>) -> Vec<Incoming> {
        let mut known: HashMap<String, Json> = HashMap::new();
        let mut records = Vec::new();
        for row in rows {
            let mut record =
                Incoming { input: row.input, span: row.span, fields: Map::new(), spans: BTreeMap::new() };
            let mut own_id = None;
            for cell in row.cells {
                let is_about = matches!(cell.content, Content::About(_));
                if let (Content::About(id), ID) = (&cell.content, &*cell.column) {
                    own_id = Some(id.clone());
                }
                let Some(target) = self.targets.get(&(is_about, cell.column)) else { continue };
                if let Some(value) = target.field.value(&cell.content, &self.values) {
                    put(&mut record.fields, &target.path, value);
                    record.spans.insert(target.path[0].clone(), cell.span);
                }
            }
            let key = self.key.first().filter(|_| self.key.len() == 1).and_then(|key| record.fields.get(key));
            if let (Some(id), Some(key)) = (own_id, key.filter(|key| key.is_string() || key.is_number())) {
                known.insert(id, key.clone());
            }
            records.push(record);
        }
        known.retain(|id, key| key.as_str() != Some(id));
        for record in records.iter_mut().filter(|_| !known.is_empty()) {
            let names = record.fields.iter_mut().filter(|(name, _)| *name != "airtable_id");
            names.for_each(|(_, value)| renamed(value, &known));
        }
        records
    }
}

/// Refuses a column of the command line that no row has, for it is misspelt more often than empty. A configured import may
/// meet a table in which a column is empty.
fn check_map(settled: &Settled, columns: &[(bool, &str)]) -> Result<()> {
    let is_known = |from: &str| columns.iter().any(|(_, column)| *column == from);
    match settled.asked.iter().find(|from| !columns.is_empty() && !is_known(from)) {
        Some(from) => {
            let names: Vec<&str> = columns.iter().map(|(_, column)| *column).collect();
            let error = Error::usage(format!("no row has a value in the column '{}'", escape(from)));
            Err(error.hint(format!("the columns are {}", escape(&names.join(", ")))))
        }
        None => Ok(()),
    }
}

/// Puts a value where the names lead, beside what is there.
fn put(fields: &mut Map<String, Json>, path: &[String], value: Json) {
    match path {
        [] => {}
        [name] => {
            fields.insert(name.clone(), value);
        }
        [name, rest @ ..] => {
            let below = fields.entry(name.clone()).or_insert_with(|| Json::Object(Map::new()));
            if let Json::Object(below) = below {
                put(below, rest, value);
            }
        }
    }
}

/// Puts keys into the places of the ids that stand for them.
fn renamed(value: &mut Json, known: &HashMap<String, Json>) {
    match value {
        Json::String(text) => {
            if let Some(key) = known.get(text.as_str()) {
                *value = key.clone();
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| renamed(item, known)),
        _ => {}
    }
}

/// A column's name as a field: letters and digits in lower case with `_` between words.
fn snake(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}
