//! What the doctor says, for people and for programs: `opsbook.doctor/1`, described by
//! `schemas/doctor-report.schema.json`. How it was found out is not known here.

use std::io::{self, Write};

use serde::Serialize;

use super::Style;
use super::plain::{shown, unled};

/// Everything the doctor looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checkup {
    /// What was looked at, in order.
    pub checks: Vec<Check>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was looked at, one word of ours.
    pub id: &'static str,
    /// Which one, where there are several, such as the name of a collection.
    pub subject: Option<String>,
    /// How it is.
    pub state: State,
    /// What was seen, without a period.
    pub message: String,
    /// The way out, in the imperative.
    pub help: Option<String>,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// As it should be.
    Ok,
    /// Worth knowing, and maybe meant.
    Note,
    /// It could not be told.
    Unknown,
    /// It keeps opsbook from doing what it is there for.
    Problem,
}

impl State {
    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Unknown => "unknown",
            Self::Problem => "problem",
        }
    }

    const fn color(self) -> &'static str {
        match self {
            Self::Ok => "32",
            Self::Note => "36",
            Self::Unknown => "33",
            Self::Problem => "31",
        }
    }
}

impl Check {
    /// Something that is as it should be, until another state is given.
    #[must_use]
    pub fn new(id: &'static str, message: impl Into<String>) -> Self {
        Self { id, subject: None, state: State::Ok, message: message.into(), help: None }
    }

    /// Says which one it is.
    #[must_use]
    pub fn of(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Gives it another state, and the way out.
    #[must_use]
    pub fn is(mut self, state: State, help: impl Into<String>) -> Self {
        self.state = state;
        self.help = Some(help.into()).filter(|help| !help.is_empty());
        self
    }
}

impl Checkup {
    /// The gravest state: a problem before what could not be told before a note.
    #[must_use]
    pub fn verdict(&self) -> State {
        self.checks.iter().map(|check| check.state).max().unwrap_or(State::Ok)
    }
}

/// Writes a line for each check, the way out behind it.
///
/// # Errors
/// What `out` says.
pub fn write_text(checkup: &Checkup, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let is_shown = |check: &&Check| !style.quiet || check.state != State::Ok;
    for check in checkup.checks.iter().filter(is_shown) {
        let mut line = shown(&check.message);
        if let Some(subject) = &check.subject {
            line = format!("{}: {line}", shown(subject));
        }
        if let Some(help) = &check.help {
            line = format!("{line}; {}", shown(help));
        }
        let word = format!("{:<8}", check.state.name());
        let word = if style.color { format!("\u{1b}[{}m{word}\u{1b}[0m", check.state.color()) } else { word };
        writeln!(out, "{word} {:<13} {}", check.id, unled(line))?;
    }
    Ok(())
}

/// Writes one object on one line.
///
/// # Errors
/// What `out` says.
pub fn write_json(checkup: &Checkup, out: &mut dyn Write) -> io::Result<()> {
    let verdict = match checkup.verdict() {
        State::Note => State::Ok,
        state => state,
    };
    let wire = WireCheckup {
        format: "opsbook.doctor/1",
        tool: WireTool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        verdict: verdict.name(),
        checks: checkup.checks.iter().map(WireCheck::from).collect(),
    };
    serde_json::to_writer(&mut *out, &wire)?;
    writeln!(out)
}

#[derive(Serialize)]
struct WireCheckup<'a> {
    format: &'static str,
    tool: WireTool,
    verdict: &'static str,
    checks: Vec<WireCheck<'a>>,
}

#[derive(Serialize)]
struct WireTool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct WireCheck<'a> {
    id: &'static str,
    subject: Option<&'a str>,
    state: &'static str,
    message: &'a str,
    help: Option<&'a str>,
}

impl<'a> From<&'a Check> for WireCheck<'a> {
    fn from(check: &'a Check) -> Self {
        Self {
            id: check.id,
            subject: check.subject.as_deref(),
            state: check.state.name(),
            message: &check.message,
            help: check.help.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn checkup() -> Checkup {
        let checks = vec![
            Check::new("version", "opsbook 0.1.0"),
            Check::new("collection", "3 records in 1 file").of("roadmap"),
            Check::new("hook", "there is no hook").is(State::Note, "run `opsbook hook install`"),
        ];
        Checkup { checks }
    }

    fn text(checkup: &Checkup, quiet: bool) -> String {
        let mut out = Vec::new();
        let style = Style { quiet, ..sample::STYLE };
        write_text(checkup, &style, &mut out).expect("a vector takes everything");
        String::from_utf8(out).expect("it is text")
    }

    #[test]
    fn each_check_is_a_line_with_its_way_out() {
        let shown = "ok       version       opsbook 0.1.0\n\
                     ok       collection    roadmap: 3 records in 1 file\n\
                     note     hook          there is no hook; run `opsbook hook install`\n";
        assert_eq!(text(&checkup(), false), shown);
        assert_eq!(text(&checkup(), true).lines().count(), 1);
    }

    #[test]
    fn a_problem_is_graver_than_not_knowing_and_a_note_is_fine() {
        let mut checkup = checkup();
        assert_eq!(checkup.verdict(), State::Note);
        checkup.checks.push(Check::new("cache", "x").is(State::Problem, ""));
        checkup.checks.push(Check::new("git", "x").is(State::Unknown, ""));
        assert_eq!(checkup.verdict(), State::Problem);
        checkup.checks.remove(3);
        assert_eq!(checkup.verdict(), State::Unknown);
    }

    #[test]
    fn the_object_satisfies_its_schema() {
        let schema = include_str!("../../schemas/doctor-report.schema.json");
        let schema: serde_json::Value = serde_json::from_str(schema).expect("the schema is JSON");
        let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
        let mut out = Vec::new();
        write_json(&checkup(), &mut out).expect("a vector takes everything");
        let mut object: serde_json::Value = serde_json::from_slice(&out).expect("it is JSON");
        assert_eq!(validator.validate(&object).map_err(|error| error.to_string()), Ok(()));
        assert_eq!(object["verdict"], "ok");
        object["checks"][0]["state"] = "fine".into();
        assert!(!validator.is_valid(&object));
    }

    #[test]
    fn no_text_of_a_repository_moves_the_cursor() {
        let hostile = "a\u{1b}[2J\n::error::b";
        let check = Check::new("configuration", hostile).of(hostile).is(State::Problem, hostile);
        let text = text(&Checkup { checks: vec![check] }, false);
        assert!(text.lines().count() == 1 && !text.contains('\u{1b}'), "{text:?}");
    }
}
