//! `opsbook drift`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::check::{self, CheckArguments, Kind};
use super::output::Terminal;
use super::{Globals, Outcome};
use crate::report::count;
use crate::session::{Request, Session};
use crate::text::escape;

/// Arguments of `drift`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct DriftArguments {
    #[command(flatten)]
    check: CheckArguments,
    #[command(subcommand)]
    command: Option<DriftCommand>,
}

/// What can be done about it.
#[derive(Debug, Subcommand)]
enum DriftCommand {
    /// Say that a document was held against what it covers, and is true.
    Ack(AckArguments),
}

/// Arguments of `drift ack`.
#[derive(Debug, Args)]
struct AckArguments {
    /// The document.
    #[arg(value_name = "DOC")]
    document: PathBuf,
    /// What there is to say about it.
    #[arg(long, value_name = "TEXT")]
    because: Option<String>,
}

/// What is looked at unless rules are named.
const RULES: [&str; 4] = ["drift", "broken-reference", "adr-index-incomplete", "adr-one-sided-supersession"];

pub(super) fn run(arguments: DriftArguments, globals: &Globals, terminal: &mut Terminal) -> Outcome {
    if let Some(DriftCommand::Ack(arguments)) = arguments.command {
        return ack(arguments, globals, terminal);
    }
    let mut check = arguments.check;
    if check.only.is_empty() {
        check.only = RULES.map(str::to_owned).to_vec();
    }
    check::run_as(Kind::Drift, check, globals, terminal)
}

fn ack(arguments: AckArguments, globals: &Globals, terminal: &mut Terminal) -> Outcome {
    let mut request = Request::new(&globals.dir, globals.now);
    request.config.clone_from(&globals.config);
    let session = Session::open(request, &globals.environment)?;
    let done = session.acknowledge(&arguments.document, arguments.because)?;
    let document = escape(done.receipt.document.as_str());
    let files = count(done.receipt.files, "file");
    let verb = if done.was_there { "is acknowledged already" } else { "is acknowledged" };
    terminal.print(&format!("{document} {verb}, with {files} that it covers: {}\n", done.path))?;
    if !globals.quiet && session.workspace.is_git() && !done.was_there {
        terminal.note("commit the receipt together with what it is about");
    }
    Ok(0)
}
