//! `opsbook calendar`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::output::{Terminal, output_error};
use super::{Globals, Outcome};
use crate::session::{Request, Session};
use crate::text::escape;

/// Arguments of `calendar`.
#[derive(Debug, Args)]
pub(super) struct CalendarArguments {
    /// The first day; four weeks ago when not given.
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// The last day; eight weeks from now when not given.
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,
    /// Write a calendar file (RFC 5545) as well, for programs that keep calendars.
    #[arg(long, value_name = "FILE")]
    ics: Option<PathBuf>,
    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: CalendarFormat,
}

/// How occurrences are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CalendarFormat {
    /// A line an occurrence, for people.
    Table,
    /// A JSON array of objects.
    Json,
    /// A JSON object a line.
    Jsonl,
}

pub(super) fn run(arguments: &CalendarArguments, globals: &Globals, terminal: &mut Terminal) -> Outcome {
    let mut request = Request::new(&globals.dir, globals.now);
    request.config.clone_from(&globals.config);
    let session = Session::open(request, &globals.environment)?;
    let range = session.days(arguments.from, arguments.to)?;
    let calendar = session.calendar(&range)?;
    let style = terminal.style();
    let written = match arguments.format {
        CalendarFormat::Table => calendar.write_table(&style, terminal.out()),
        CalendarFormat::Json => calendar.write_json(terminal.out()),
        CalendarFormat::Jsonl => calendar.write_lines(terminal.out()),
    };
    written.map_err(|error| output_error(&error))?;
    terminal.flush()?;
    if let Some(path) = &arguments.ics {
        session.workspace.write_named(path, calendar.ics().as_bytes())?;
    }
    if session.config.rituals.is_empty() && !globals.quiet {
        terminal.note("no rituals are configured: `opsbook init --preset NAME` brings some");
    }
    let file = session.config.file.as_ref().map_or("opsbook.toml", |file| file.as_str());
    let mistakes = session.mistakes_of_rituals();
    for mistake in &mistakes {
        terminal.note(&format!("opsbook: {}: {}", escape(file), escape(&mistake.message)));
    }
    Ok(if mistakes.is_empty() { 0 } else { 2 })
}
