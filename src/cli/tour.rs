//! `opsbook tour`: the whole story on an example, in a few seconds, with the real commands.

use clap::{Args, Parser};

use super::output::Terminal;
use super::{Arguments, Globals, Outcome, dispatch, moment};
use crate::error::{Error, Result};
use crate::repo::builder::Repo;
use crate::setup::tour;

/// Arguments of `tour`.
#[derive(Debug, Args)]
pub(super) struct TourArguments {
    /// Keep the example repository and say where it is.
    #[arg(long)]
    keep: bool,
}

pub(super) fn run(arguments: &TourArguments, globals: &Globals, terminal: &mut Terminal) -> Outcome {
    let repo = tour::build();
    let guide = Guide { repo: &repo, globals };
    guide.say(
        terminal,
        "1. A small team keeps its plan, risks and incidents in a git repository.",
        INTRODUCTION,
    )?;
    guide.command(terminal, &["check"], 0)?;
    guide.say(terminal, "2. An afternoon later, changes to the roadmap are staged.", MISTAKES)?;
    tour::make_mistakes(&repo);
    guide.command(terminal, &["hook", "run", "pre-commit"], 1)?;
    guide.say(terminal, "3. What can only be meant in one way, opsbook mends itself.", FIXES)?;
    guide.command(terminal, &["check", "--diff"], 1)?;
    guide.command(terminal, &["check", "--fix", "--format", "concise"], 1)?;
    guide.say(
        terminal,
        "4. The day and the reference need a person; then the commit goes through.",
        MENDED,
    )?;
    tour::mend_by_hand(&repo);
    guide.command(terminal, &["hook", "run", "pre-commit"], 0)?;
    guide.say(terminal, "5. What it read can be looked at.", RECORDS)?;
    guide.command(terminal, &["records", "roadmap"], 0)?;
    guide.say(terminal, "That was the tour.", END.trim_end())?;
    if arguments.keep {
        let place = repo.keep();
        terminal.print(&format!("The example repository is at {}\n", place.display()))?;
    }
    Ok(0)
}

const INTRODUCTION: &str = "Nothing is configured: the records are found where teams keep them.";
const MISTAKES: &str = "\
A comma too many, a day that does not exist, and an item deleted on which another\ndepends. This is what the commit hook says:";
const FIXES: &str = "\
--diff shows the change, --fix makes it. Only the bytes of the mistake change. With\nthe comma gone the record can be read again, and its misspelt status is mended, too.";
const MENDED: &str = "The hook checks the index, which is what will be committed.";
const RECORDS: &str = "As a table for people, or with --format jsonl for programs.";
const END: &str = "\
Now on a repository of yours:
  opsbook check                     everything, with no configuration
  opsbook hook install              before each commit, only what the commit breaks
  opsbook check --base auto         in a pull request, only what it brings
  opsbook explain schema-violation  why a rule is there and what to do";

/// Shows a step: what happens, the command, what it says.
struct Guide<'a> {
    repo: &'a Repo,
    globals: &'a Globals,
}

impl Guide<'_> {
    fn say(&self, terminal: &mut Terminal, heading: &str, text: &str) -> Result<()> {
        terminal.print(&format!("\n{heading}\n{text}\n"))
    }

    /// Runs a command in the example; its exit status must be the one the story needs.
    fn command(&self, terminal: &mut Terminal, words: &[&str], expected: u8) -> Result<()> {
        terminal.print(&format!("\n$ opsbook {}\n", words.join(" ")))?;
        let folder = self.repo.path().to_string_lossy().into_owned();
        let line = ["opsbook", "-C", &folder].into_iter().chain(words.iter().copied());
        let arguments = Arguments::try_parse_from(line).map_err(|error| broken(&error.to_string()))?;
        let now = moment(Some(tour::NOW), self.globals.now)?;
        let status = dispatch(arguments, now, self.globals.environment.without_git(), terminal)?;
        if status == expected { Ok(()) } else { Err(broken(&format!("{words:?} ended with {status}"))) }
    }
}

fn broken(what: &str) -> Error {
    Error::new(crate::error::ErrorKind::Bug, format!("the tour lost its way: {what}"))
}
