//! A record as a row of a table in a Markdown document.

use serde_json::Value as Json;

use crate::config::Collection;
use crate::error::{Error, Result};
use crate::read::markdown::{Document, Place};
use crate::text::{LineIndex, RepoPath, fold};

/// A column of a table: the heading in its cell.
type Columns = Vec<String>;

/// The document `file` with the record `members` as the last row of its last table that has a column for the key, and the
/// line of that row. `asked` are the fields that must find a column; others that find none are left out.
///
/// # Errors
/// Usage when there is no such table, or a field that was asked for has no column.
pub(super) fn appended(
    collection: &Collection,
    path: &RepoPath,
    file: &[u8],
    members: &[(String, Json)],
    asked: &[(String, String)],
) -> Result<(Vec<u8>, usize)> {
    let text = String::from_utf8_lossy(file);
    let key = collection.key.first().map_or("id", |key| key.first());
    let Some((columns, end)) = table(&text, &|column| field(collection, column) == fold(key)) else {
        return Err(Error::usage(format!("{path} has no table with a column for {key}"))
            .hint("add a table with such a heading to it"));
    };
    let fields: Vec<String> = columns.iter().map(|column| field(collection, column)).collect();
    if let Some((name, _)) = asked.iter().find(|(name, _)| !fields.contains(&fold(name))) {
        return Err(Error::usage(format!("the table in {path} has no column for {name}"))
            .hint(format!("its columns are {}", columns.join(", "))));
    }
    let cells = fields.iter().map(|field| {
        let value = members.iter().find(|(name, _)| fold(name) == *field).map(|(_, value)| value);
        value.map(cell).unwrap_or_default()
    });
    let row = format!("| {} |", cells.collect::<Vec<_>>().join(" | "));
    let ending = if text[..end].ends_with("\r\n") { "\r\n" } else { "\n" };
    let before = if text[..end].ends_with('\n') { "" } else { ending };
    let after = format!("{}{before}{row}{ending}{}", &text[..end], &text[end..]);
    let line = after[..end + before.len()].matches('\n').count() + 1;
    Ok((after.into_bytes(), line))
}

/// The field that a column holds.
fn field(collection: &Collection, column: &str) -> String {
    let own = fold(column);
    let mapped = collection.map.iter().find(|(from, _)| fold(from) == own);
    mapped.map_or(own, |(_, to)| fold(to))
}

/// The columns of the last table that has one for which `is_key` holds, and the byte behind its last row.
fn table(text: &str, is_key: &dyn Fn(&str) -> bool) -> Option<(Columns, usize)> {
    let document = Document::read(text);
    let mut tables: Vec<(Columns, u32)> = vec![(Vec::new(), 0); document.tables];
    for line in &document.lines {
        if let Place::Cell { table, row, column } = line.place
            && let Some((columns, end)) = tables.get_mut(table)
        {
            // A column without a name has no line.
            if row == 0 {
                columns.resize(column, String::new());
                columns.push(line.text.clone());
            }
            *end = (*end).max(line.span.end);
        }
    }
    let (columns, end) =
        tables.into_iter().rev().find(|(columns, _)| columns.iter().any(|name| is_key(name)))?;
    let lines = LineIndex::new(text.as_bytes());
    // Empty cells may follow on the line; a table without rows still has the line under its head.
    let mut last = lines.line(end);
    let is_rule = |line: u32| {
        let line = text.get(lines.span(text.as_bytes(), line).range()).unwrap_or_default();
        line.contains('-') && line.trim().bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' '))
    };
    let is_row = |line: u32| {
        let line = text.get(lines.span(text.as_bytes(), line).range()).unwrap_or_default().trim();
        line.starts_with('|') && line.bytes().all(|byte| matches!(byte, b'|' | b' '))
    };
    while (last as usize) < lines.len() && (is_rule(last + 1) || is_row(last + 1)) {
        last += 1;
    }
    let end = lines.span(text.as_bytes(), last).end as usize;
    let end = text[end..].find('\n').map_or(text.len(), |feed| end + feed + 1);
    Some((columns, end))
}

/// A value as a cell shows it.
fn cell(value: &Json) -> String {
    let text = match value {
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(", "),
        Json::Null => String::new(),
        other => other.to_string(),
    };
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}
