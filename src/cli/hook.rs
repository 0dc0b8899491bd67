//! `opsbook hook`.

use clap::{Parser, Subcommand, ValueEnum};

use super::output::Terminal;
use super::{Globals, Outcome, check};
use crate::error::Result;
use crate::repo::Workspace;
use crate::setup::hook::{self, Installed};

/// Arguments of `hook`.
#[derive(Debug, Subcommand)]
pub(super) enum HookCommand {
    /// Install the pre-commit hook; an existing one is never overwritten.
    Install,
    /// Remove the pre-commit hook, if it is opsbook's.
    Uninstall,
    /// Do what the hook does: check what is staged, and report what is new against HEAD.
    Run {
        /// The hook.
        hook: Hook,
    },
}

/// A hook of git.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Hook {
    /// Before a commit is made.
    PreCommit,
}

pub(super) fn run(command: HookCommand, globals: &Globals, terminal: &mut Terminal) -> Outcome {
    let workspace = || -> Result<Workspace> { Workspace::open(&globals.dir, &globals.environment) };
    match command {
        HookCommand::Install => match hook::install(&workspace()?)? {
            Installed::Written(place) => terminal.print(&format!("installed {}\n", place.display()))?,
            Installed::AlreadyThere(place) => {
                terminal.print(&format!("{} is there already\n", place.display()))?
            }
        },
        HookCommand::Uninstall => match hook::uninstall(&workspace()?)? {
            Some(place) => terminal.print(&format!("removed {}\n", place.display()))?,
            None => terminal.print("there is no pre-commit hook\n")?,
        },
        HookCommand::Run { hook: Hook::PreCommit } => return pre_commit(globals, terminal),
    }
    Ok(0)
}

/// What is staged, against HEAD: a fault that was there before does not block. A repository without any record yet is
/// no reason to stop a commit.
fn pre_commit(globals: &Globals, terminal: &mut Terminal) -> Outcome {
    let arguments = PreCommit::parse_from(["pre-commit", "--staged", "--base", "HEAD", "--allow-empty"]);
    check::run(arguments.check, globals, terminal)
}

/// The arguments of `check`, to be filled as a command line.
#[derive(Debug, Parser)]
struct PreCommit {
    #[command(flatten)]
    check: check::CheckArguments,
}
