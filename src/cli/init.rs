//! `opsbook init`.

use clap::Args;

use super::output::Terminal;
use super::{Globals, Outcome};
use crate::error::{Error, Result};
use crate::report::count;
use crate::session::{Request, Session};
use crate::setup::init::{self, Plan};
use crate::text::escape;

/// Arguments of `init`.
#[derive(Debug, Args)]
pub(super) struct InitArguments {
    /// Show what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Add the folders and documents of a kind of team.
    #[arg(long, value_name = "NAME", help = preset_help())]
    preset: Option<String>,
    /// Write without asking.
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
}

fn preset_help() -> String {
    let lines = init::presets().iter().map(|preset| format!("{}: {}", preset.name, preset.summary));
    format!("Add the folders and documents of a kind of team ({})", lines.collect::<Vec<_>>().join("; "))
}

pub(super) fn run(arguments: &InitArguments, globals: &Globals, terminal: &mut Terminal) -> Outcome {
    let preset = arguments.preset.as_deref().map(init::preset).transpose()?;
    let mut request = Request::new(&globals.dir, globals.now);
    request.config.clone_from(&globals.config);
    let plan = init::plan(&request, &globals.environment, preset)?;
    if !globals.quiet {
        plan.found.iter().for_each(|line| terminal.note(&format!("found {}", escape(line))));
    }
    if plan.is_empty() {
        terminal.print("nothing to do: everything that init would write is there\n")?;
        offer_baseline(&plan, arguments, globals, request, terminal)?;
        return Ok(0);
    }
    terminal.print(&super::printable(&plan.diff()))?;
    if arguments.dry_run {
        terminal.note("nothing was written: this is a dry run");
        return Ok(0);
    }
    match arguments.yes.then_some(true).or_else(|| terminal.ask("Write this?")) {
        Some(true) => {}
        Some(false) => {
            terminal.note("nothing was written");
            return Ok(0);
        }
        None => {
            return Err(Error::usage("nothing was written: there is no terminal to ask on")
                .hint("pass --yes to write it, or --dry-run to look only"));
        }
    }
    for place in plan.write()? {
        terminal.print(&format!("wrote {}\n", escape(&place)))?;
    }
    plan.notes.iter().for_each(|note| terminal.note(&format!("next: {}", escape(note))));
    offer_baseline(&plan, arguments, globals, request, terminal)?;
    Ok(0)
}

/// Where there are faults already, offers the baseline: as a question where questions are asked, elsewhere as
/// a command.
fn offer_baseline(
    plan: &Plan,
    arguments: &InitArguments,
    globals: &Globals,
    request: Request,
    terminal: &mut Terminal,
) -> Result<()> {
    if plan.faults == 0 {
        return Ok(());
    }
    let faults = count(plan.faults, "finding");
    let is_silent = arguments.yes || arguments.dry_run;
    let question = format!("There is a past of {faults}. Cover it with a baseline?");
    if is_silent || terminal.ask(&question) != Some(true) {
        terminal
            .note(&format!("next: {faults} already; `opsbook baseline create` keeps them out of reports"));
        return Ok(());
    }
    let (path, covered, _) = Session::open(request, &globals.environment)?.write_baseline(false)?;
    terminal.print(&format!("wrote {path}, which covers {}\n", count(covered, "finding")))
}
