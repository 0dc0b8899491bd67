//! `opsbook records`.

use clap::{Args, ValueEnum};
use serde_json::Value as Json;

use super::output::{Terminal, output_error};
use super::{Globals, Outcome, source};
use crate::error::Result;
use crate::report::on_one_line;
use crate::session::{Request, Row, Session};
use crate::text::{escape, shorten};

/// Arguments of `records`.
#[derive(Debug, Args)]
pub(super) struct RecordsArguments {
    /// Print only this collection.
    collection: Option<String>,
    /// Read the files of a commit.
    #[arg(long, value_name = "REV", conflicts_with = "staged")]
    rev: Option<String>,
    /// Read what is staged.
    #[arg(long)]
    staged: bool,
    /// How to print them.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: RecordsFormat,
}

/// How records are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RecordsFormat {
    /// A line a record with its key and place, for people.
    Table,
    /// A JSON object a line with every field, `_path`, `_line` and `_key`.
    Jsonl,
}

pub(super) fn run(arguments: &RecordsArguments, globals: &Globals, terminal: &mut Terminal) -> Outcome {
    let mut request = Request::new(&globals.dir, globals.now);
    request.config.clone_from(&globals.config);
    request.source = source(arguments.rev.as_deref(), arguments.staged);
    let session = Session::open(request, &globals.environment)?;
    let mut table = Vec::new();
    let scope = session.records(arguments.collection.as_deref(), &mut |row| {
        match arguments.format {
            RecordsFormat::Jsonl => print_json(row, terminal)?,
            RecordsFormat::Table => table.push(cells(&row)),
        }
        Ok(())
    })?;
    if arguments.format == RecordsFormat::Table {
        let width = terminal.style().width;
        print_table(&table, width, terminal)?;
    }
    terminal.flush()?;
    for (path, reason) in &scope.unread {
        terminal.note(&format!("not read: {}: {}", escape(path), escape(reason)));
    }
    if scope.records == 0 && !globals.quiet {
        terminal.note("no records found");
    }
    Ok(0)
}

fn print_json(row: Row, terminal: &mut Terminal) -> Result<()> {
    let mut object = row.fields;
    object.insert("_collection".to_owned(), row.collection.into());
    object.insert("_path".to_owned(), row.path.into());
    object.insert("_line".to_owned(), row.line.into());
    object.insert("_key".to_owned(), row.key.map_or(Json::Null, Json::from));
    let mut line = on_one_line(Json::Object(object).to_string());
    line.push('\n');
    terminal.out().write_all(line.as_bytes()).map_err(|error| output_error(&error))
}

/// Collection, key, place and the rest of a record as short text.
fn cells(row: &Row) -> [String; 4] {
    let text = |value: &Json| match value {
        Json::String(text) => escape(text).into_owned(),
        other => escape(&other.to_string()).into_owned(),
    };
    let key = row.key.as_deref().unwrap_or("–");
    let first = ["title", "text", "name", "summary"].iter().find_map(|name| row.fields.get(*name));
    let fields = ["status", "priority", "owner", "due", "date"];
    let rest =
        fields.iter().filter_map(|name| row.fields.get(*name)).filter(|value| !value.is_null()).map(text);
    let mut about: Vec<String> = first.map(text).into_iter().collect();
    about.extend(rest);
    [
        row.collection.clone(),
        shorten(&escape(key), 32).into_owned(),
        format!("{}:{}", escape(&row.path), row.line),
        about.join(" · "),
    ]
}

fn print_table(rows: &[[String; 4]], width: usize, terminal: &mut Terminal) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let wide = |at: usize, name: &str| {
        rows.iter().map(|row| row[at].chars().count()).chain([name.len()]).max().unwrap_or(0)
    };
    let names = ["collection", "key", "place", "what"];
    let widths = [wide(0, names[0]), wide(1, names[1]), wide(2, names[2])];
    let mut line = |cells: [&str; 4]| {
        let mut text = String::new();
        for (cell, width) in cells.iter().zip(widths) {
            text.push_str(&format!("{cell:<width$}  "));
        }
        let left = width.saturating_sub(text.chars().count()).max(24);
        text.push_str(&shorten(cells[3], left));
        terminal.print(&format!("{}\n", text.trim_end()))
    };
    line(names)?;
    rows.iter().try_for_each(|row| line([&row[0], &row[1], &row[2], &row[3]]))
}
