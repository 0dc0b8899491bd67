//! `opsbook status`.

use clap::{Args, ValueEnum};

use super::output::{Terminal, output_error};
use super::{Globals, Outcome, source};
use crate::report::Style;
use crate::session::{Request, Session};

/// Arguments of `status`.
#[derive(Debug, Args)]
pub(super) struct StatusArguments {
    /// Look at the files of a commit.
    #[arg(long, value_name = "REV", conflicts_with = "staged")]
    rev: Option<String>,
    /// Look at what is staged.
    #[arg(long)]
    staged: bool,
    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: StatusFormat,
    /// Show one indicator: what it says, its statement, the rows that gives, and where its records are.
    #[arg(long, value_name = "ID")]
    explain: Option<String>,
    /// Be content with a repository in which nothing is read.
    #[arg(long)]
    allow_empty: bool,
}

/// How the receipt is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StatusFormat {
    /// For people; --verbose lists every file and the facts of every document.
    Text,
    /// One JSON object with all of it.
    Json,
}

pub(super) fn run(arguments: &StatusArguments, globals: &Globals, terminal: &mut Terminal) -> Outcome {
    let mut request = Request::new(&globals.dir, globals.now);
    request.config.clone_from(&globals.config);
    request.source = source(arguments.rev.as_deref(), arguments.staged);
    request.allow_empty = arguments.allow_empty;
    let session = Session::open(request, &globals.environment)?;
    let is_json = arguments.format == StatusFormat::Json;
    if let Some(id) = &arguments.explain {
        let explanation = session.explain_indicator(id)?;
        let written = match arguments.format {
            StatusFormat::Text => explanation.write_text(&terminal.style(), terminal.out()),
            StatusFormat::Json => explanation.write_json(terminal.out()),
        };
        return written.map(|()| 0).map_err(|error| output_error(&error));
    }
    let receipt = session.status(is_json || globals.verbose)?;
    let style = Style { verbose: globals.verbose, ..terminal.style() };
    let written = match arguments.format {
        StatusFormat::Text => receipt.write_text(&style, terminal.out()),
        StatusFormat::Json => receipt.write_json(terminal.out()),
    };
    written.map_err(|error| output_error(&error))?;
    Ok(if receipt.scope.complete { 0 } else { 2 })
}
