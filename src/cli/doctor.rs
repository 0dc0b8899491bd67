//! `opsbook doctor`.

use clap::{Args, ValueEnum};

use super::output::{Terminal, output_error};
use super::{Globals, Outcome};
use crate::report::Style;
use crate::report::doctor::{State, write_json, write_text};
use crate::session::Request;
use crate::setup::doctor;

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub(super) struct DoctorArguments {
    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// How checks are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line for each check.
    Text,
    /// One object, opsbook.doctor/1.
    Json,
}

/// A problem is status 1, something that could not be told is 2; a note is neither.
pub(super) fn run(arguments: &DoctorArguments, globals: &Globals, terminal: &mut Terminal) -> Outcome {
    let mut request = Request::new(&globals.dir, globals.now);
    request.config.clone_from(&globals.config);
    let checkup = doctor::examine(&request, &globals.environment);
    let style = Style { quiet: globals.quiet, ..terminal.style() };
    let written = match arguments.format {
        Format::Text => write_text(&checkup, &style, terminal.out()),
        Format::Json => write_json(&checkup, terminal.out()),
    };
    written.map_err(|error| output_error(&error))?;
    Ok(match checkup.verdict() {
        State::Ok | State::Note => 0,
        State::Problem => 1,
        State::Unknown => 2,
    })
}
