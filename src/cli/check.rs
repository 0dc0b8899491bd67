//! `opsbook check`.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::output::{Terminal, output_error};
use super::{Globals, Outcome, source};
use crate::error::{Error, Result};
use crate::finding::Severity;
use crate::repo::Workspace;
use crate::report::{FORMATS, Format, Located, Report, Scope, Style};
use crate::session::{BaseChoice, Checked, Fixes, Request, Session, Source};

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// Report only what changes in these files and folders could have broken; A..B checks B against A.
    #[arg(value_name = "PATH|RANGE")]
    paths: Vec<PathBuf>,
    /// Check what is staged instead of the files on disk.
    #[arg(long, conflicts_with = "rev")]
    staged: bool,
    /// Check the files of a commit.
    #[arg(long, value_name = "REV")]
    rev: Option<String>,
    /// Report only what is new against a commit, or `auto`: the merge base with the default branch.
    #[arg(long, value_name = "REV|auto")]
    base: Option<String>,
    /// Compare the numbers of decision records with this ref, too, before the two are merged; may be repeated.
    #[arg(long, value_name = "REF")]
    against: Vec<String>,
    /// Run only these rules or groups.
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    pub(super) only: Vec<String>,
    /// Leave out these rules or groups.
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    skip: Vec<String>,
    /// Write the report in a format, to a file if one is named; may be given several times.
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "text", help = format_help())]
    format: Vec<String>,
    /// Apply the safe fixes that findings carry.
    #[arg(long, conflicts_with_all = ["staged", "rev"])]
    fix: bool,
    /// With --fix or --diff, take the fixes that may change the meaning, too.
    #[arg(long)]
    unsafe_fixes: bool,
    /// Show what --fix would change, and change nothing.
    #[arg(long, conflicts_with = "fix")]
    diff: bool,
    /// The lightest severity that makes the exit status 1.
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// Use this baseline instead of the repository's.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Check standard input as if it were this file.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["staged", "rev", "paths"])]
    stdin_filename: Option<PathBuf>,
    /// Be content with a repository that holds nothing to check.
    #[arg(long)]
    allow_empty: bool,
    /// Show every finding, however many a rule has in a file.
    #[arg(long)]
    all: bool,
    /// Read and write no cache.
    #[arg(long)]
    no_cache: bool,
}

/// A severity on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Errors only.
    Error,
    /// Warnings and errors.
    Warning,
    /// Everything.
    Info,
}

impl From<FailOn> for Severity {
    fn from(fail_on: FailOn) -> Self {
        match fail_on {
            FailOn::Error => Self::Error,
            FailOn::Warning => Self::Warning,
            FailOn::Info => Self::Info,
        }
    }
}

fn format_help() -> String {
    let lines = FORMATS.iter().map(|format| format!("{}: {}", format.name, format.summary.to_lowercase()));
    format!(
        "Write the report in a format, to a file if one is named; may be repeated ({})",
        lines.collect::<Vec<_>>().join("; ")
    )
}

/// A format and where it goes; `None` is stdout.
type Target = (&'static Format, Option<PathBuf>);

/// How often fixes are applied and the result checked again, before the rest is left to the next run.
const ROUNDS: usize = 10;

/// Which command it is that checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `check`.
    Check,
    /// `drift`, which is about the past: without any, it cannot tell.
    Drift,
}

pub(super) fn run(arguments: CheckArguments, globals: &Globals, terminal: &mut Terminal) -> Outcome {
    run_as(Kind::Check, arguments, globals, terminal)
}

pub(super) fn run_as(
    kind: Kind,
    arguments: CheckArguments,
    globals: &Globals,
    terminal: &mut Terminal,
) -> Outcome {
    let targets = targets(&arguments.format)?;
    let outcome = checked(kind, &arguments, globals, terminal);
    match outcome {
        Ok((session, checked, fixes)) => {
            finish(kind, &arguments, globals, terminal, &targets, &session, checked, fixes)
        }
        Err(error) => {
            let workspace = Workspace::open(&globals.dir, &globals.environment).ok();
            report_failure(&targets, &error, workspace.as_ref(), terminal)?;
            Err(error)
        }
    }
}

/// Says that nothing could be checked in every format that is a document, and in every file, where a report of an
/// earlier run would otherwise be taken for this one's.
fn report_failure(
    targets: &[Target],
    error: &Error,
    workspace: Option<&Workspace>,
    terminal: &mut Terminal,
) -> Result<()> {
    let report = nothing_checked(error);
    for (format, file) in targets {
        match (file, workspace) {
            (None, _) if format.is_document => {
                (format.write)(&report, &terminal.style(), terminal.out()).map_err(|e| output_error(&e))?;
            }
            (Some(path), Some(workspace)) => {
                let mut bytes = Vec::new();
                (format.write)(&report, &Style { color: false, ..terminal.style() }, &mut bytes)
                    .map_err(|e| output_error(&e))?;
                // The failure itself is what there is to say; this would be a second one.
                let _ = workspace.write_named(path, &bytes);
            }
            _ => {}
        }
    }
    Ok(())
}

/// Writes the report of a command line that was refused before it was understood, when it asks for `check` in a format
/// that is a document.
pub(super) fn refused(words: &[OsString], error: &Error, terminal: &mut Terminal) -> Result<()> {
    if !words.iter().any(|word| word == "check" || word == "drift") {
        return Ok(());
    }
    let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
    let named = words.iter().zip(words.iter().skip(1)).filter(|(word, _)| *word == "--format");
    let joined = words.iter().filter_map(|word| word.strip_prefix("--format="));
    let formats: Vec<String> = named.map(|(_, name)| &**name).chain(joined).map(str::to_owned).collect();
    report_failure(&targets(&formats).unwrap_or_default(), error, None, terminal)
}

/// Runs the check, and with `--fix` applies fixes until none is left.
fn checked(
    kind: Kind,
    arguments: &CheckArguments,
    globals: &Globals,
    terminal: &Terminal,
) -> Result<(Session, Checked, Option<Fixes>)> {
    let mut request = request(arguments, globals)?;
    request.needs_history = kind == Kind::Drift;
    let _progress = terminal.progress("checking");
    let mut session = Session::open(request.clone(), &globals.environment)?;
    let mut checked = session.check()?;
    if arguments.diff || (arguments.fix && request.stdin.is_some()) {
        let fixes = session.fixes(&checked.report, arguments.unsafe_fixes);
        return Ok((session, checked, Some(fixes)));
    }
    if !arguments.fix {
        return Ok((session, checked, None));
    }
    let mut total = Fixes::default();
    for _ in 0..ROUNDS {
        let fixes = session.fixes(&checked.report, arguments.unsafe_fixes);
        if fixes.files.is_empty() {
            break;
        }
        session.write(&fixes)?;
        total.applied += fixes.applied;
        session = Session::open(request.clone(), &globals.environment)?;
        checked = session.check()?;
    }
    Ok((session, checked, Some(total)))
}

#[expect(clippy::too_many_arguments, reason = "each is one thing that was decided before")]
fn finish(
    kind: Kind,
    arguments: &CheckArguments,
    globals: &Globals,
    terminal: &mut Terminal,
    targets: &[Target],
    session: &Session,
    mut checked: Checked,
    fixes: Option<Fixes>,
) -> Outcome {
    let style =
        Style { all: arguments.all, verbose: globals.verbose, quiet: globals.quiet, ..terminal.style() };
    let takes_stdout = match &fixes {
        Some(fixes) if arguments.diff => {
            terminal.print(&fixes.diff())?;
            let left = checked.report.findings.len() - fixes.applied;
            let rest = if left == 0 { String::new() } else { format!(", {} left", findings(left)) };
            terminal.note(&format!("{} would be mended{rest}", findings(fixes.applied)));
            true
        }
        Some(fixes) if arguments.stdin_filename.is_some() => {
            print_fixed(session, fixes, terminal)?;
            true
        }
        Some(fixes) if fixes.applied > 0 => {
            terminal.note(&format!("{} mended", findings(fixes.applied)));
            false
        }
        _ => false,
    };
    let by_place = checked.report.findings.clone();
    for (format, file) in targets {
        // People want to know what has been wrong for longest; programs rely on the order of places.
        checked.report.findings.clone_from(&by_place);
        if kind == Kind::Drift && format.is_for_people {
            checked.report.findings.sort_by(|a, b| since(a).cmp(&since(b)));
        }
        let write = |out: &mut dyn Write, style: &Style| (format.write)(&checked.report, style, out);
        match file {
            Some(path) => {
                let mut bytes = Vec::new();
                write(&mut bytes, &Style { color: false, ..style }).map_err(|error| output_error(&error))?;
                session.workspace.write_named(path, &bytes)?;
            }
            None if takes_stdout => {}
            None => write(terminal.out(), &style).map_err(|error| output_error(&error))?,
        }
    }
    terminal.flush()?;
    Ok(status(arguments, terminal, &checked))
}

/// Since when a finding holds, as far as its evidence says; what is new comes last.
fn since(located: &Located) -> (bool, &str) {
    let date = located.finding.evidence.first().and_then(|first| first.date.as_deref());
    (date.is_none(), date.unwrap_or_default())
}

/// The exit status: a bug beats findings, findings beat not being able to tell.
fn status(arguments: &CheckArguments, terminal: &mut Terminal, checked: &Checked) -> u8 {
    let limit = Severity::from(arguments.fail_on);
    let fails = checked.report.findings.iter().any(|finding| finding.severity >= limit);
    match &checked.unable {
        _ if checked.has_bug => 3,
        _ if fails => 1,
        Some(error) => {
            terminal.error(error);
            2
        }
        None => 0,
    }
}

/// With `--stdin-filename --fix`: the mended text, or the text as it came.
fn print_fixed(session: &Session, fixes: &Fixes, terminal: &mut Terminal) -> Result<()> {
    let stdin = session.stdin();
    let fixed = stdin.as_ref().and_then(|(path, _)| fixes.files.get(path)).map(|change| &change.after);
    let bytes = fixed.or(stdin.as_ref().map(|(_, bytes)| *bytes));
    let bytes = bytes.map_or(&[][..], Vec::as_slice);
    terminal.out().write_all(bytes).map_err(|error| output_error(&error))
}

fn findings(count: usize) -> String {
    if count == 1 { "1 finding".to_owned() } else { format!("{count} findings") }
}

fn nothing_checked(error: &Error) -> Report {
    let reason = match &error.hint {
        Some(hint) => format!("{}; {hint}", error.message),
        None => error.message.clone(),
    };
    let scope = Scope { snapshot: "worktree", complete: false, unknown: vec![reason], ..Scope::default() };
    Report { scope, ..Report::default() }
}

fn request(arguments: &CheckArguments, globals: &Globals) -> Result<Request> {
    let mut request = Request::new(&globals.dir, globals.now);
    request.config.clone_from(&globals.config);
    request.source = source(arguments.rev.as_deref(), arguments.staged);
    request.base = arguments.base.as_ref().map(|base| match base.as_str() {
        "auto" => BaseChoice::Auto,
        rev => BaseChoice::Rev(rev.to_owned()),
    });
    request.against.clone_from(&arguments.against);
    request.paths.clone_from(&arguments.paths);
    take_range(&mut request, globals)?;
    request.only.clone_from(&arguments.only);
    request.skip.clone_from(&arguments.skip);
    request.baseline.clone_from(&arguments.baseline);
    request.allow_empty = arguments.allow_empty;
    request.cache = !arguments.no_cache;
    if let Some(path) = &arguments.stdin_filename {
        request.stdin = Some((path.clone(), super::output::standard_input()?));
    }
    Ok(request)
}

/// Takes a range `A..B` or `A...B` out of the paths: B is checked, against A or their merge base.
fn take_range(request: &mut Request, globals: &Globals) -> Result<()> {
    let is_range = |path: &PathBuf| {
        let text = path.to_string_lossy();
        text.contains("..") && !text.split('/').any(|part| part == "..")
    };
    if !request.paths.iter().any(is_range) {
        return Ok(());
    }
    let workspace = Workspace::open(&globals.dir, &globals.environment)?;
    let is_range = |path: &PathBuf| is_range(path) && !workspace.is_there(path);
    let Some(at) = request.paths.iter().position(is_range) else { return Ok(()) };
    let text = request.paths[at].to_string_lossy().into_owned();
    let (from, to, merge_base) = match text.split_once("...") {
        Some((from, to)) => (from, to, true),
        None => text.split_once("..").map_or((text.as_str(), "", false), |(from, to)| (from, to, false)),
    };
    let or_head = |rev: &str| if rev.is_empty() { "HEAD".to_owned() } else { rev.to_owned() };
    let (from, to) = (or_head(from), or_head(to));
    if request.base.is_some() || request.source != Source::Worktree {
        return Err(Error::usage(format!("the range {text} says itself what is checked against what"))
            .hint("leave out --base, --rev and --staged"));
    }
    let base = if merge_base {
        // Where A has got to since is what B will be merged into.
        request.against.push(from.clone());
        workspace.merge_base(&from, &to)?.ok_or_else(|| {
            Error::environment(format!("{from} and {to} have no merge base")).hint("fetch more history")
        })?
    } else {
        from
    };
    request.paths.remove(at);
    request.source = Source::Commit(to);
    request.base = Some(BaseChoice::Rev(base));
    Ok(())
}

fn targets(formats: &[String]) -> Result<Vec<Target>> {
    let mut targets: Vec<Target> = Vec::new();
    for text in formats {
        let (name, file) = match text.split_once('=') {
            Some((name, file)) if !file.is_empty() => (name, Some(PathBuf::from(file))),
            Some((name, _)) => return Err(Error::usage(format!("--format {name}= names no file"))),
            None => (text.as_str(), None),
        };
        let Some(format) = Format::from_name(name) else {
            let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
            return Err(Error::usage(format!("there is no format '{}'", crate::text::escape(name)))
                .hint(format!("the formats are {}", names.join(", "))));
        };
        if file.is_none() && targets.iter().any(|(_, other)| other.is_none()) {
            return Err(Error::usage("only one format can be written to standard output")
                .hint("write the others to files, such as --format sarif=report.sarif"));
        }
        targets.push((format, file));
    }
    Ok(targets)
}
