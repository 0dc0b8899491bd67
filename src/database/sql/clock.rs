//! SQLite's functions of date and time, with "now" nailed to the moment that is handed in.
//!
//! The functions themselves are SQLite's own, asked of a second, empty connection: what a date modifier means is not
//! said twice.

use std::sync::{Arc, Mutex};

use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::Value;

use super::{Cell, Now, Place, Source, SqlError, TableInfo, Take};

const FLAGS: FunctionFlags = FunctionFlags::SQLITE_UTF8.union(FunctionFlags::SQLITE_DETERMINISTIC);

/// Puts the functions that know the time into `connection`.
pub(super) fn install(connection: &Connection, now: &Now) -> rusqlite::Result<()> {
    let own = Arc::new(Mutex::new(Connection::open_in_memory()?));
    for name in ["date", "time", "datetime", "julianday", "unixepoch", "strftime"] {
        let (own, now) = (own.clone(), now.clone());
        connection.create_scalar_function(name, -1, FLAGS, move |context| {
            let own = own.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            asked(&own, name, arguments(context, name, &now)?)
        })?;
    }
    let timediff = now.clone();
    connection.create_scalar_function("timediff", 2, FLAGS, move |context| {
        let own = own.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let values = (0..2).map(|at| Ok(pinned(context.get(at)?, &timediff)));
        asked(&own, "timediff", values.collect::<rusqlite::Result<Vec<Value>>>()?)
    })?;
    let (date, time) = now.instant.split_once('T').unwrap_or((&now.instant, ""));
    let time = time.trim_end_matches('Z').to_owned();
    let stamp = format!("{date} {time}");
    let fixed = [
        ("current_date", date.to_owned()),
        ("current_time", time),
        ("current_timestamp", stamp),
        ("now", now.instant.clone()),
        ("today", now.today.clone()),
    ];
    for (name, text) in fixed {
        connection.create_scalar_function(name, 0, FLAGS, move |_| Ok(text.clone()))?;
    }
    Ok(())
}

/// The tables `now` and `today`, with one row and one column each.
#[must_use]
pub fn of_now(now: &Now) -> Vec<Box<dyn Source>> {
    let moment = |name: &str, about: &str, text: &str| -> Box<dyn Source> {
        let info = TableInfo::new(name, about, &[(name, "date", "The same as the function of this name.")]);
        Box::new(Moment { info, text: text.to_owned() })
    };
    vec![
        moment("now", "the moment that counts as now, in UTC", &now.instant),
        moment("today", "the day in the project's time zone", &now.today),
    ]
}

struct Moment {
    info: TableInfo,
    text: String,
}

impl Source for Moment {
    fn info(&self) -> &TableInfo {
        &self.info
    }

    fn rows(&self, wanted: &[usize], take: &mut Take<'_>) -> Result<(), SqlError> {
        let cells: Vec<Cell<'_>> = wanted.iter().map(|_| Cell::text(&*self.text)).collect();
        take(Place::Nowhere, &cells)
    }
}

/// The arguments of a call, a moment in the place where leaving it out means now.
fn arguments(context: &Context<'_>, name: &str, now: &Now) -> rusqlite::Result<Vec<Value>> {
    let at = usize::from(name == "strftime");
    let mut values = Vec::with_capacity(context.len().max(at + 1));
    for index in 0..context.len() {
        let value: Value = context.get(index)?;
        values.push(if index == at { pinned(value, now) } else { value });
    }
    if values.len() == at {
        values.push(Value::Text(now.instant.clone()));
    }
    Ok(values)
}

fn pinned(value: Value, now: &Now) -> Value {
    match value {
        Value::Text(text) if text.trim().eq_ignore_ascii_case("now") => Value::Text(now.instant.clone()),
        other => other,
    }
}

/// Modifiers by which the answer would hang on the zone that the machine is set to.
const LOCAL: &[&str] = &["localtime", "utc"];

fn asked(own: &Connection, name: &str, values: Vec<Value>) -> rusqlite::Result<Value> {
    let local = values.iter().skip(1).find_map(|value| match value {
        Value::Text(text) => LOCAL.iter().find(|word| text.trim().eq_ignore_ascii_case(word)),
        _ => None,
    });
    if let Some(word) = local {
        let message = format!("the modifier '{word}' is refused: the machine's zone is not the project's");
        return Err(rusqlite::Error::UserFunctionError(message.into()));
    }
    let places = vec!["?"; values.len()].join(",");
    let mut statement = own.prepare_cached(&format!("SELECT {name}({places})"))?;
    statement.query_row(rusqlite::params_from_iter(values), |row| row.get(0))
}
