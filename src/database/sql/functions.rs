//! Functions that questions about operations need and SQLite has not: ISO weeks, quarters, patterns.

use std::sync::Mutex;

use jiff::civil::Date;
use regex_automata::meta::Regex;
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::Value;

use crate::model::{Week, words};

const FLAGS: FunctionFlags = FunctionFlags::SQLITE_UTF8.union(FunctionFlags::SQLITE_DETERMINISTIC);

/// How large a pattern may become when it is compiled, in bytes.
const PATTERN: usize = 1 << 20;

/// Puts the functions into `connection`.
pub(super) fn install(connection: &Connection) -> rusqlite::Result<()> {
    connection.create_scalar_function("iso_week", 1, FLAGS, |context| {
        Ok(day(context.get::<Option<String>>(0)?).map(|day| Week::of(day).to_string()))
    })?;
    connection.create_scalar_function("quarter", 1, FLAGS, |context| {
        let day = day(context.get::<Option<String>>(0)?);
        Ok(day.map(|day| format!("{:04}-Q{}", day.year(), (day.month() + 2) / 3)))
    })?;
    connection.create_scalar_function("words_changed", 2, FLAGS, |context| {
        let [old, new] = [context.get::<Option<String>>(0)?, context.get::<Option<String>>(1)?];
        let count = words::changed(&old.unwrap_or_default(), &new.unwrap_or_default());
        Ok(i64::try_from(count).unwrap_or(i64::MAX))
    })?;
    let last: Mutex<Option<(String, Regex)>> = Mutex::new(None);
    connection.create_scalar_function("regexp", 2, FLAGS, move |context| {
        let pattern: Option<String> = context.get(0)?;
        // As LIKE does, a number is taken for its digits.
        let text = match context.get(1)? {
            Value::Text(text) => text,
            Value::Integer(number) => number.to_string(),
            Value::Real(number) => number.to_string(),
            Value::Null | Value::Blob(_) => return Ok(None),
        };
        let Some(pattern) = pattern else { return Ok(None) };
        let mut last = last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if last.as_ref().is_none_or(|(known, _)| *known != pattern) {
            *last = Some((pattern.clone(), compiled(&pattern)?));
        }
        Ok(last.as_ref().map(|(_, regex)| regex.is_match(&*text)))
    })
}

/// The day in front of a date or a date with a time.
fn day(text: Option<String>) -> Option<Date> {
    text?.get(..10)?.parse().ok()
}

fn compiled(pattern: &str) -> rusqlite::Result<Regex> {
    let config = Regex::config().nfa_size_limit(Some(PATTERN)).onepass_size_limit(Some(PATTERN));
    Regex::builder().configure(config).build(pattern).map_err(|error| {
        let reason = error.to_string();
        rusqlite::Error::UserFunctionError(format!("not a pattern: {reason}").into())
    })
}
