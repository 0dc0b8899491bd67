//! `opsbook new`.

use std::io::IsTerminal;

use clap::Args;
use clap::builder::PossibleValue;
use jiff::civil::Date;

use super::output::{Terminal, output_error};
use super::{Globals, Outcome};
use crate::error::{Error, Result};
use crate::report::{Format, Report, Style};
use crate::session::Request;
use crate::setup::new::{self, KINDS, Kind, Wish};
use crate::text::escape;

/// Arguments of `new`.
#[derive(Debug, Args)]
pub(super) struct NewArguments {
    /// What to make.
    #[arg(value_name = "KIND", value_parser = kinds())]
    kind: String,
    /// Its title; of a note, its text.
    #[arg(value_name = "TITLE")]
    title: Option<String>,
    /// Give it a further field.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    field: Vec<(String, String)>,
    /// The ritual that a meeting or a note belongs to.
    #[arg(long, value_name = "ID")]
    ritual: Option<String>,
    /// The day it is of, instead of today.
    #[arg(long, value_name = "DATE")]
    date: Option<Date>,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Do not open it in an editor.
    #[arg(long)]
    no_edit: bool,
}

fn kinds() -> Vec<PossibleValue> {
    KINDS.iter().map(|kind| PossibleValue::new(kind.name).help(kind.summary)).collect()
}

/// `NAME=VALUE`, taken apart.
pub(super) fn pair(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}

pub(super) fn run(arguments: &NewArguments, globals: &Globals, terminal: &mut Terminal) -> Outcome {
    let kind = Kind::from_name(&arguments.kind)
        .ok_or_else(|| Error::usage(format!("there is no kind '{}'", escape(&arguments.kind))))?;
    let wish = Wish {
        kind,
        title: arguments.title.clone(),
        fields: arguments.field.clone(),
        ritual: arguments.ritual.clone(),
        date: arguments.date,
    };
    let mut request = Request::new(&globals.dir, globals.now);
    request.config.clone_from(&globals.config);
    let planned = new::plan(&request, &globals.environment, &wish)?;
    if planned.report.summary.error > 0 {
        return refused(&planned.report, globals, terminal);
    }
    tell(&planned.report, globals, terminal)?;
    if arguments.dry_run {
        terminal.print(&super::printable(&planned.diff()))?;
        if !globals.quiet {
            terminal.note("nothing was written: this is a dry run");
        }
        return Ok(0);
    }
    planned.write()?;
    terminal.print(&format!("{}:{}\n", escape(planned.path.as_str()), planned.line))?;
    terminal.flush()?;
    let is_attended = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    match &globals.environment.editor {
        Some(editor) if is_attended && !globals.environment.ci && !arguments.no_edit => {
            planned.edit(editor)?
        }
        _ => {}
    }
    Ok(0)
}

/// Shows what keeps something from being written.
pub(super) fn refused(report: &Report, globals: &Globals, terminal: &mut Terminal) -> Outcome {
    let style = Style { verbose: globals.verbose, quiet: true, ..terminal.style() };
    let text = Format::from_name("text").map(|format| format.write);
    if let Some(write) = text {
        write(report, &style, terminal.out()).map_err(|error| output_error(&error))?;
    }
    terminal.flush()?;
    terminal.note("nothing was written");
    Ok(1)
}

/// Tells what will be found and keeps nothing from being written.
pub(super) fn tell(report: &Report, globals: &Globals, terminal: &mut Terminal) -> Result<()> {
    if globals.quiet || report.findings.is_empty() {
        return Ok(());
    }
    let mut bytes = Vec::new();
    let style = Style { color: false, quiet: true, ..terminal.style() };
    if let Some(format) = Format::from_name("concise") {
        (format.write)(report, &style, &mut bytes).map_err(|error| output_error(&error))?;
    }
    terminal.note(String::from_utf8_lossy(&bytes).trim_end());
    Ok(())
}
