//! What must hold before a phase is done: the `exit_criteria` of the roadmap, each measured as it says, by the newest
//! value of a metric or by a statement of its own.
//!
//! How a statement is asked is handed in. One that cannot be answered leaves its criterion unknown, with the reason.

use serde_json::Value as Json;

use crate::database::sql::{Cell, Needs, Place, Source, SqlError, TableInfo, Take};
use crate::database::{Database, RecordId};
use crate::model::{Comparison, Moment};
use crate::read::tape::Value;

/// The columns: name, kind, what it says.
const INFO: &[(&str, &str, &str)] = &[
    ("item", "text", "The id of the item of the roadmap."),
    ("title", "text", "What the item calls itself."),
    ("status", "text", "How far the item is."),
    ("number", "integer", "Which of its criteria, from 0."),
    ("text", "text", "The criterion in words."),
    ("metric", "text", "The metric whose newest value counts."),
    ("query", "text", "The statement whose first value counts."),
    ("op", "text", "How that is to compare with the target."),
    ("target", "any", "The target."),
    ("value", "any", "What was measured."),
    ("is_met", "boolean", "Whether it compares so; none when nothing is measured."),
    ("reason", "text", "Why nothing could be measured, where something should be."),
];

/// Asks a statement of everything that is recorded, for the first value of its first row.
///
/// # Errors
/// Why it has no answer, in words.
pub type Ask<'a> = dyn Fn(&str) -> Result<Cell<'static>, String> + 'a;

/// The table of criteria, whose statements are asked by `ask`.
#[must_use]
pub fn criteria<'a>(database: &'a Database, ask: Box<Ask<'a>>) -> Box<dyn Source + 'a> {
    let info =
        TableInfo::new("criteria", "a criterion that must hold before an item of the roadmap is done", INFO);
    Box::new(Criteria { database, ask, info })
}

struct Criteria<'a> {
    database: &'a Database,
    ask: Box<Ask<'a>>,
    info: TableInfo,
}

/// A criterion of a record, and what was measured.
struct Criterion {
    id: RecordId,
    item: Option<String>,
    title: Option<String>,
    status: Option<String>,
    /// The day on which it was closed: what is measured later changes nothing.
    closed: Option<String>,
    number: usize,
    said: Json,
    measured: Result<Option<Cell<'static>>, String>,
}

impl Source for Criteria<'_> {
    fn info(&self) -> &TableInfo {
        &self.info
    }

    fn has_repeats(&self) -> bool {
        true
    }

    /// A statement may ask for anything.
    fn needs(&self, _columns: &[usize], needs: &mut Needs) {
        needs.tables.extend(0..self.database.tables.len());
        needs.documents = true;
    }

    fn rows(&self, wanted: &[usize], take: &mut Take<'_>) -> Result<(), SqlError> {
        let mut all = criteria_of(self.database);
        let is_asked = |&at: &usize| matches!(&*self.info.columns[at].name, "value" | "is_met" | "reason");
        if wanted.iter().any(is_asked) {
            all.iter_mut().for_each(|one| one.measured = self.measured(&one.said, one.closed.as_deref()));
        }
        for one in &all {
            let cells: Vec<Cell<'_>> =
                wanted.iter().map(|&at| cell(one, &self.info.columns[at].name)).collect();
            take(Place::Record(one.id), &cells)?;
        }
        Ok(())
    }
}

impl Criteria<'_> {
    fn measured(&self, said: &Json, closed: Option<&str>) -> Result<Option<Cell<'static>>, String> {
        let text = |name: &str| said.get(name).and_then(Json::as_str);
        match (text("query"), text("metric")) {
            (Some(query), _) => (self.ask)(query).map(Some),
            (None, Some(metric)) => match newest(self.database, metric, closed) {
                Some(value) => Ok(Some(Cell::Real(value))),
                None => Err(format!("{} has no value", crate::text::escape(metric))),
            },
            (None, None) => Ok(None),
        }
    }
}

/// The newest value of a metric, up to the day `closed` where there is one: of the series without labels, if it has one.
fn newest(database: &Database, metric: &str, closed: Option<&str>) -> Option<f64> {
    let (table, _) = database.table("metrics")?;
    let mut newest: Option<(bool, String, f64)> = None;
    database.for_each(table, &mut |_, record, _| {
        if text(record, "name").as_deref() != Some(metric) {
            return;
        }
        let value = record.get("value").and_then(|value| value.as_number()?.parse().ok());
        let is_in_time = |date: &String| closed.is_none_or(|closed| date.get(..10) <= Some(closed));
        let date = text(record, "date").filter(|date| Moment::read(date).is_some()).filter(is_in_time);
        let (Some(value), Some(date)) = (value, date) else { return };
        let is_plain = record.get("labels").is_none_or(|labels| labels.is_empty());
        let is_newer = |old: &(bool, String, f64)| (old.0, &old.1) <= (is_plain, &date);
        if newest.as_ref().is_none_or(is_newer) {
            newest = Some((is_plain, date, value));
        }
    });
    newest.map(|(.., value)| value)
}

fn criteria_of(database: &Database) -> Vec<Criterion> {
    let mut all = Vec::new();
    let Some((table, of)) = database.table("roadmap") else { return all };
    database.for_each(table, &mut |id, record, _| {
        let items = record.get("exit_criteria").into_iter().flat_map(|list| list.items());
        for (number, said) in items.enumerate() {
            all.push(Criterion {
                id,
                item: of.key(record),
                title: text(record, "title"),
                status: text(record, "status"),
                closed: text(record, "closed").and_then(|day| day.get(..10).map(str::to_owned)),
                number,
                said: said.to_json(),
                measured: Ok(None),
            });
        }
    });
    all
}

fn text(record: Value<'_>, name: &str) -> Option<String> {
    record.get(name)?.scalar_text().map(str::to_owned)
}

impl Criterion {
    /// Whether what was measured is what is asked for; `None` when nothing was.
    fn is_met(&self) -> Option<bool> {
        let value = self.measured.as_ref().ok()?.as_ref()?;
        let Some(target) = self.said.get("value").filter(|target| !target.is_null()) else {
            // Without a target, anything but nothing will do.
            return Some(!matches!(value, Cell::Null | Cell::Integer(0)) && *value != Cell::Real(0.0));
        };
        let sign = self.said.get("op").and_then(Json::as_str).unwrap_or("=");
        let comparison = Comparison::from_sign(sign)?;
        let number = match value {
            Cell::Null => return Some(false),
            Cell::Integer(number) => Some(*number as f64),
            Cell::Real(number) => Some(*number),
            Cell::Text(_) => None,
        };
        let wanted = target.as_f64().or_else(|| target.as_bool().map(|yes| f64::from(u8::from(yes))));
        match (number, wanted, value) {
            (Some(number), Some(wanted), _) => Some(comparison.holds(&number, &wanted)),
            (None, None, Cell::Text(text)) => Some(comparison.holds(&&**text, &target.as_str()?)),
            // A number and a text are never the same.
            _ => Some(comparison == Comparison::NotEqual),
        }
    }
}

fn cell(one: &Criterion, column: &str) -> Cell<'static> {
    let said = |name: &str| match one.said.get(name) {
        None | Some(Json::Null) => Cell::Null,
        Some(Json::Bool(yes)) => Cell::bool(*yes),
        Some(Json::Number(number)) => match number.as_i64() {
            Some(whole) => Cell::Integer(whole),
            None => number.as_f64().map_or(Cell::Null, Cell::Real),
        },
        Some(Json::String(text)) => Cell::text(text.clone()),
        Some(nested) => Cell::text(nested.to_string()),
    };
    match column {
        "item" => Cell::maybe(one.item.clone()),
        "title" => Cell::maybe(one.title.clone()),
        "status" => Cell::maybe(one.status.clone()),
        "number" => Cell::Integer(one.number as i64),
        "target" => said("value"),
        "value" => one.measured.clone().ok().flatten().unwrap_or(Cell::Null),
        "is_met" => one.is_met().map_or(Cell::Null, Cell::bool),
        "reason" => Cell::maybe(one.measured.clone().err()),
        name => said(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn criterion(said: &str, measured: Cell<'static>) -> Option<bool> {
        let said = serde_json::from_str(said).expect("JSON");
        let id = RecordId { file: 0, record: 0 };
        let (item, title, status, closed) = (None, None, None, None);
        Criterion { id, item, title, status, closed, number: 0, said, measured: Ok(Some(measured)) }.is_met()
    }

    #[test]
    fn what_was_measured_is_compared_with_what_is_asked_for() {
        for (said, measured, expect) in [
            (r#"{"op":">=","value":0.9}"#, Cell::Real(0.9), Some(true)),
            (r#"{"op":">=","value":0.9}"#, Cell::Real(0.89), Some(false)),
            (r#"{"value":3}"#, Cell::Integer(3), Some(true)),
            (r#"{"value":"green"}"#, Cell::text("green"), Some(true)),
            (r#"{"op":"!=","value":"red"}"#, Cell::text("green"), Some(true)),
            (r#"{"value":"3"}"#, Cell::Integer(3), Some(false)),
            (r#"{"value":true}"#, Cell::Integer(1), Some(true)),
            (r#"{"op":"=","value":0}"#, Cell::Null, Some(false)),
            ("{}", Cell::Integer(0), Some(false)),
            ("{}", Cell::Integer(2), Some(true)),
            ("{}", Cell::Null, Some(false)),
            (r#"{"op":"~","value":1}"#, Cell::Integer(1), None),
        ] {
            assert_eq!(criterion(said, measured.clone()), expect, "{said} {measured:?}");
        }
    }
}
