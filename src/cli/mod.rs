//! The command line: arguments become requests, reports become text on a stream, errors become an exit status.
//!
//! It decides nothing about records. Each command is one file; the table of commands is the `Command` enum, from
//! which help, completions and man pages come.

mod baseline;
mod calendar;
mod check;
mod config;
mod doctor;
mod drift;
mod explain;
mod export;
mod hook;
mod import;
mod init;
mod manual;
mod new;
mod output;
mod query;
mod records;
mod renumber;
mod schema;
mod status;
mod tour;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

use crate::error::{Error, Result};
use crate::repo::Environment;
use crate::session::Source;
use output::Terminal;

/// Your repository is the database of how you operate; opsbook keeps it true.
#[derive(Debug, Parser)]
#[command(name = "opsbook", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "\
Exit status: 0 done and clean, 1 findings, 2 could not run or could not tell, 3 a bug in opsbook.
Start with `opsbook tour`, or `opsbook check` in a repository of yours.")]
pub struct Arguments {
    /// Run as if started in this folder.
    #[arg(short = 'C', value_name = "DIR", global = true)]
    dir: Option<PathBuf>,
    /// Use this configuration instead of the repository's.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Take this moment as now (RFC 3339); OPSBOOK_NOW does the same.
    #[arg(long, value_name = "TIME", global = true)]
    now: Option<String>,
    /// Colour the output.
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    color: ColorChoice,
    /// Print findings only.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Print more of each finding.
    #[arg(short, long, global = true)]
    verbose: bool,
    #[command(subcommand)]
    command: Command,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check records and documents against schemas, references and rules.
    Check(check::CheckArguments),
    /// List the documents that stopped being true, with the commits that made them so.
    Drift(drift::DriftArguments),
    /// Print the records as they are understood.
    Records(records::RecordsArguments),
    /// Ask the records a question in SQL.
    Query(query::QueryArguments),
    /// Say what was read as what, and what was not understood.
    Status(status::StatusArguments),
    /// Make a record from a template, with a number or id that nobody has.
    New(new::NewArguments),
    /// Merge records from a file of another tool, by key.
    Import(import::ImportArguments),
    /// Write the records into a folder, as JSON Lines and CSV.
    Export(export::ExportArguments),
    /// List when rituals take place, and which were held, skipped or missed.
    Calendar(calendar::CalendarArguments),
    /// Give a decision record another number, and change what names it.
    Renumber(renumber::RenumberArguments),
    /// Explain a rule, or list all rules.
    Explain(explain::ExplainArguments),
    /// Print a built-in schema, or list them.
    Schema(schema::SchemaArguments),
    /// Print the effective configuration, each value with where it came from.
    Config,
    /// Propose what a repository needs for opsbook, and write it when you agree.
    Init(init::InitArguments),
    /// Say whether opsbook is in place here, and if not, why not.
    Doctor(doctor::DoctorArguments),
    /// Adopt opsbook in a repository with a past: keep known findings out of reports.
    #[command(subcommand)]
    Baseline(baseline::BaselineCommand),
    /// Install, remove or run the git hook.
    #[command(subcommand)]
    Hook(hook::HookCommand),
    /// Print the completion script of a shell.
    Completions(manual::CompletionsArguments),
    /// Print the manual page.
    Man(manual::ManArguments),
    /// Build an example repository and walk through what opsbook does with it.
    Tour(tour::TourArguments),
}

/// What every command is given beside its own arguments.
struct Globals {
    dir: PathBuf,
    config: Option<PathBuf>,
    now: Timestamp,
    environment: Environment,
    quiet: bool,
    verbose: bool,
}

/// The outcome of a command that ran: its exit status.
type Outcome = Result<u8>;

/// Runs the command line `arguments` and gives the exit status. `clock` is the moment of the call.
pub fn run(arguments: impl IntoIterator<Item = OsString>, clock: Timestamp) -> u8 {
    let words: Vec<OsString> = arguments.into_iter().collect();
    let environment = Environment::from_process();
    let arguments = match Arguments::try_parse_from(&words) {
        Ok(arguments) => arguments,
        Err(error) => {
            // A reader that closed the pipe has seen enough.
            let _ = error.print();
            if !error.use_stderr() {
                return 0;
            }
            let mut terminal = Terminal::new(ColorChoice::Never, &environment);
            let _ = check::refused(&words, &usage(&error), &mut terminal).and_then(|()| terminal.flush());
            return 2;
        }
    };
    let mut terminal = Terminal::new(arguments.color, &environment);
    let now = moment(arguments.now.as_deref().or(environment.opsbook_now.as_deref()), clock);
    let outcome = match now {
        Ok(now) => dispatch(arguments, now, environment, &mut terminal),
        Err(error) => check::refused(&words, &error, &mut terminal).and(Err(error)),
    };
    let outcome = outcome.and_then(|status| terminal.flush().map(|()| status));
    match outcome {
        Ok(status) => status,
        Err(error) if output::is_closed_pipe(&error) => 0,
        Err(error) => {
            terminal.error(&error);
            error.exit_status()
        }
    }
}

/// What clap says of a command line, in one line.
fn usage(error: &clap::Error) -> Error {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    Error::usage(line.strip_prefix("error: ").unwrap_or(line))
        .hint("`opsbook help` lists commands and options")
}

fn dispatch(
    arguments: Arguments,
    now: Timestamp,
    environment: Environment,
    terminal: &mut Terminal,
) -> Outcome {
    let Arguments { dir, config, quiet, verbose, command, .. } = arguments;
    let globals =
        Globals { dir: dir.unwrap_or_else(|| PathBuf::from(".")), config, now, environment, quiet, verbose };
    match command {
        Command::Check(arguments) => check::run(arguments, &globals, terminal),
        Command::Drift(arguments) => drift::run(arguments, &globals, terminal),
        Command::Records(arguments) => records::run(&arguments, &globals, terminal),
        Command::Query(arguments) => query::run(&arguments, &globals, terminal),
        Command::Status(arguments) => status::run(&arguments, &globals, terminal),
        Command::New(arguments) => new::run(&arguments, &globals, terminal),
        Command::Import(arguments) => import::run(&arguments, &globals, terminal),
        Command::Export(arguments) => export::run(&arguments, &globals, terminal),
        Command::Calendar(arguments) => calendar::run(&arguments, &globals, terminal),
        Command::Renumber(arguments) => renumber::run(&arguments, &globals, terminal),
        Command::Explain(arguments) => explain::run(&arguments, &globals, terminal),
        Command::Schema(arguments) => schema::run(&arguments, terminal),
        Command::Config => config::run(&globals, terminal),
        Command::Init(arguments) => init::run(&arguments, &globals, terminal),
        Command::Doctor(arguments) => doctor::run(&arguments, &globals, terminal),
        Command::Baseline(command) => baseline::run(&command, &globals, terminal),
        Command::Hook(command) => hook::run(command, &globals, terminal),
        Command::Completions(arguments) => manual::completions(&arguments, terminal),
        Command::Man(arguments) => manual::man(&arguments, terminal),
        Command::Tour(arguments) => tour::run(&arguments, &globals, terminal),
    }
}

/// The files that `--rev` and `--staged` choose.
fn source(rev: Option<&str>, staged: bool) -> Source {
    match (rev, staged) {
        (Some(rev), _) => Source::Commit(rev.to_owned()),
        (None, true) => Source::Index,
        (None, false) => Source::Worktree,
    }
}

/// A diff as it may stand on a terminal: files may have any name and hold anything.
fn printable(diff: &str) -> String {
    diff.lines().flat_map(|line| [crate::text::escape(line), "\n".into()]).collect()
}

/// The moment that counts as now: the one asked for, else the clock's.
fn moment(asked: Option<&str>, clock: Timestamp) -> Result<Timestamp> {
    let Some(text) = asked else { return Ok(clock) };
    text.parse().map_err(|_| {
        Error::usage(format!("'{}' is not a moment", crate::text::escape(text)))
            .hint("write it as RFC 3339 does, such as 2026-11-20T09:00:00Z")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn now_is_what_is_asked_for_or_the_clock() {
        let clock = Timestamp::UNIX_EPOCH;
        assert_eq!(moment(None, clock), Ok(clock));
        assert_eq!(moment(Some("1970-01-01T01:00:00+01:00"), Timestamp::MAX), Ok(clock));
        assert!(moment(Some("yesterday"), clock).is_err());
    }
}
