//! `opsbook drift`.

use clap::Args;

use super::check::{self, CheckArguments, Kind};
use super::output::Terminal;
use super::{Globals, Outcome};

/// Arguments of `drift`.
#[derive(Debug, Args)]
pub(super) struct DriftArguments {
    #[command(flatten)]
    check: CheckArguments,
}

/// What is looked at unless rules are named.
const RULES: [&str; 4] = ["drift", "broken-reference", "adr-index-incomplete", "adr-one-sided-supersession"];

pub(super) fn run(arguments: DriftArguments, globals: &Globals, terminal: &mut Terminal) -> Outcome {
    let mut check = arguments.check;
    if check.only.is_empty() {
        check.only = RULES.map(str::to_owned).to_vec();
    }
    check::run_as(Kind::Drift, check, globals, terminal)
}
