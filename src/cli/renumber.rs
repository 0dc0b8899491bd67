//! `opsbook renumber`.

use std::path::PathBuf;

use clap::Args;

use super::output::Terminal;
use super::{Globals, Outcome};
use crate::report::count;
use crate::session::{Renumbering, Request, Session};
use crate::text::escape;

/// Arguments of `renumber`.
#[derive(Debug, Args)]
pub(super) struct RenumberArguments {
    /// The decision record.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Its new number, instead of the next that is free in its folder.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=999_999))]
    to: Option<i64>,
    /// Show what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(arguments: &RenumberArguments, globals: &Globals, terminal: &mut Terminal) -> Outcome {
    let mut request = Request::new(&globals.dir, globals.now);
    request.config.clone_from(&globals.config);
    let session = Session::open(request, &globals.environment)?;
    let planned = session.renumber(&arguments.file, arguments.to)?;
    if arguments.dry_run {
        terminal.print(&super::printable(&planned.diff()))?;
    } else {
        session.write_renumbering(&planned)?;
        terminal.print(&format!("{}\n", done(&planned)))?;
    }
    if !globals.quiet {
        tell(&planned, terminal);
        if arguments.dry_run {
            terminal.note("nothing was written: this is a dry run");
        } else if session.workspace.is_git() {
            terminal.note("nothing was staged: `git add -A` stages the old name and the new one");
        }
    }
    Ok(0)
}

/// What was done, in one line.
fn done(planned: &Renumbering) -> String {
    let places = count(planned.changes.applied, "place");
    let files = count(planned.changes.files.len(), "file");
    let (from, to) = (escape(planned.from.as_str()), escape(planned.to.as_str()));
    match from == to {
        true => format!("{from} has the number {} now: {places} changed in {files}", planned.number),
        false => format!("{from} is {to} now: {places} changed in {files}"),
    }
}

/// Tells what a person has to look at.
fn tell(planned: &Renumbering, terminal: &mut Terminal) {
    if planned.left.is_empty() {
        return;
    }
    terminal.note("left as it is, because it may mean another decision:");
    for left in &planned.left {
        terminal.note(&format!("  {}:{}: {}", escape(left.path.as_str()), left.line, left.text));
    }
}
