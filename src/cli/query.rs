//! `opsbook query`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::output::{Terminal, output_error};
use super::{Globals, Outcome, source};
use crate::error::{Error, Result};
use crate::report::rows::{Cell, RowFormat, Rows};
use crate::session::{Request, Session};
use crate::text::escape;

/// Arguments of `query`.
#[derive(Debug, Args)]
pub(super) struct QueryArguments {
    /// The statement, SELECT or WITH; `-` takes it from standard input.
    #[arg(value_name = "SQL", required_unless_present_any = ["tables", "file"], conflicts_with_all = ["tables", "file"])]
    sql: Option<String>,
    /// Take the statement from a file.
    #[arg(long, value_name = "FILE", conflicts_with = "tables")]
    file: Option<PathBuf>,
    /// List the tables and their columns.
    #[arg(long)]
    tables: bool,
    /// Ask the records of a commit.
    #[arg(long, value_name = "REV", conflicts_with = "staged")]
    rev: Option<String>,
    /// Ask the records that are staged.
    #[arg(long)]
    staged: bool,
    /// How to print the rows.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: QueryFormat,
}

/// How rows are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum QueryFormat {
    /// Aligned columns, for people.
    Table,
    /// One array of objects.
    Json,
    /// A JSON object a line.
    Jsonl,
    /// Comma-separated values with a header.
    Csv,
    /// A table in Markdown.
    Markdown,
}

pub(super) fn run(arguments: &QueryArguments, globals: &Globals, terminal: &mut Terminal) -> Outcome {
    let mut request = Request::new(&globals.dir, globals.now);
    request.config.clone_from(&globals.config);
    request.source = source(arguments.rev.as_deref(), arguments.staged);
    let session = Session::open(request, &globals.environment)?;
    let mut rows = Rows::new(arguments.format.into());
    let width = terminal.columns().unwrap_or(usize::MAX);
    let mut unread = Vec::new();
    let mut unknown = Vec::new();
    if arguments.tables {
        list(&session, &mut rows, terminal)?;
    } else {
        let sql = statement(arguments, &session)?;
        let scope = session.query(&sql, &mut |names, row| {
            let out = terminal.out();
            let written = match row {
                None => rows.name(names, out),
                Some(row) => rows.row(row, out),
            };
            written.map_err(|error| output_error(&error))
        })?;
        (unread, unknown) = (scope.unread, scope.unknown);
    }
    let count = rows.count();
    rows.finish(width, terminal.out()).map_err(|error| output_error(&error))?;
    terminal.flush()?;
    for (path, reason) in &unread {
        terminal.note(&format!("not read: {}: {}", escape(path), escape(reason)));
    }
    for what in &unknown {
        terminal.note(&escape(what));
    }
    if count == 0 && !globals.quiet {
        terminal.note("no rows");
    }
    Ok(0)
}

/// The statement, wherever it stands.
fn statement(arguments: &QueryArguments, session: &Session) -> Result<String> {
    let bytes = match (&arguments.file, arguments.sql.as_deref()) {
        (Some(file), _) => session.workspace.read_named(file)?,
        (None, Some("-")) => super::output::standard_input()?,
        (None, sql) => return Ok(sql.unwrap_or_default().to_owned()),
    };
    String::from_utf8(bytes).map_err(|_| Error::usage("the statement is not UTF-8"))
}

/// A row for each column of each table.
fn list(session: &Session, rows: &mut Rows, terminal: &mut Terminal) -> Result<()> {
    let out = terminal.out();
    let names = ["table", "column", "kind", "about"].map(str::to_owned);
    let mut write = || -> std::io::Result<()> {
        rows.name(&names, out)?;
        for table in session.tables().map_err(|error| std::io::Error::other(error.message))? {
            for column in &table.columns {
                let cells = [&table.name, &column.name, &column.kind, &column.about];
                rows.row(cells.map(|text| Cell::Text(text.clone())).to_vec(), out)?;
            }
        }
        Ok(())
    };
    write().map_err(|error| output_error(&error))
}

impl From<QueryFormat> for RowFormat {
    fn from(format: QueryFormat) -> Self {
        match format {
            QueryFormat::Table => Self::Table,
            QueryFormat::Json => Self::Json,
            QueryFormat::Jsonl => Self::Jsonl,
            QueryFormat::Csv => Self::Csv,
            QueryFormat::Markdown => Self::Markdown,
        }
    }
}
