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
        "1. A small team runs the gates, boards and tickets of a ferry line.",
        INTRODUCTION,
    )?;
    guide.command(terminal, &["check"], 0)?;
    guide.say(terminal, "", UNDERSTOOD)?;
    guide.part(terminal, &["status", "--verbose"], &format!("  {}: ", tour::MINUTES))?;
    guide.say(terminal, "2. The work of an afternoon is staged, mistakes and all.", MISTAKES)?;
    tour::make_mistakes(&repo);
    guide.command(terminal, &["hook", "run", "pre-commit"], 1)?;
    guide.say(terminal, "3. What can only be meant in one way, opsbook mends itself.", FIXES)?;
    guide.command(terminal, &["check", "--diff"], 1)?;
    guide.command(terminal, &["check", "--fix", "--format", "concise"], 1)?;
    guide.say(terminal, "4. The rest needs a person; then the commit goes through.", MENDED)?;
    tour::mend_by_hand(&repo);
    guide.command(terminal, &["hook", "run", "pre-commit"], 0)?;
    guide.say(terminal, "5. What it read can be looked at.", RECORDS)?;
    guide.command(terminal, &["records", "roadmap"], 0)?;
    guide.say(terminal, "That was the tour.", END)?;
    if arguments.keep {
        let place = repo.keep();
        terminal.print(&format!("The example repository is at {}\n", place.display()))?;
    }
    Ok(0)
}

const INTRODUCTION: &str = "\
Its plan, decisions, minutes, risks and figures of fourteen weeks are files in a
git repository, found where teams keep them. What is configured is when the team
meets and which rules it holds itself to.";
const UNDERSTOOD: &str = "\
Minutes are prose that people write, and are records all the same. The receipt
says which fact came from which line. This is what it says of the last review:";
const MISTAKES: &str = "\
An action names a row of the backlog that nobody wrote, a task is due on the
31st of November, a figure ends with a comma too many, two decisions have the
number 8, a checklist got another name, and decision 3 is deleted because a
later one took its place. This is what the commit hook says:";
const FIXES: &str = "\
--diff shows the change, --fix makes it. Only the bytes of the mistake change.";
const MENDED: &str = "\
Decision 3 comes back, the new one becomes number 9, and the action and the task
get the row and the day that were meant. The hook checks what will be committed:
the index.";
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
        let heading = if heading.is_empty() { String::new() } else { format!("{heading}\n") };
        terminal.print(&format!("\n{heading}{text}\n"))
    }

    /// Runs a command in the example; its exit status must be the one the story needs.
    fn command(&self, terminal: &mut Terminal, words: &[&str], expected: u8) -> Result<()> {
        terminal.print(&format!("\n$ opsbook {}\n", words.join(" ")))?;
        let status = self.run(terminal, words)?;
        if status == expected { Ok(()) } else { Err(broken(&format!("{words:?} ended with {status}"))) }
    }

    /// Runs a command that says more than the story needs, and shows the line that starts with `first` and those that
    /// belong to it because they stand further in.
    fn part(&self, terminal: &mut Terminal, words: &[&str], first: &str) -> Result<()> {
        let (_, text) = terminal.captured(|terminal| self.run(terminal, words))?;
        let depth = |line: &str| line.len() - line.trim_start().len();
        let mut lines = text.lines().skip_while(|line| !line.starts_with(first));
        let first = lines.next().ok_or_else(|| broken(&format!("{words:?} says nothing of {first}")))?;
        let below: Vec<&str> = lines.take_while(|line| depth(line) > depth(first)).collect();
        terminal.print(&format!("\n$ opsbook {}\n…\n{first}\n{}\n…\n", words.join(" "), below.join("\n")))
    }

    fn run(&self, terminal: &mut Terminal, words: &[&str]) -> Outcome {
        let folder = self.repo.path().to_string_lossy().into_owned();
        let line = ["opsbook", "-C", &folder].into_iter().chain(words.iter().copied());
        let arguments = Arguments::try_parse_from(line).map_err(|error| broken(&error.to_string()))?;
        let now = moment(Some(tour::NOW), self.globals.now)?;
        dispatch(arguments, now, self.globals.environment.without_git(), terminal)
    }
}

fn broken(what: &str) -> Error {
    Error::new(crate::error::ErrorKind::Bug, format!("the tour lost its way: {what}"))
}
