//! `opsbook import`.

use std::path::PathBuf;

use clap::Args;

use super::new::{pair, refused, tell};
use super::output::Terminal;
use super::{Globals, Outcome};
use crate::report::count;
use crate::session::Request;
use crate::setup::import::{self, FORMATS, Planned, Wish};
use crate::text::{escape, shorten};

/// Arguments of `import`.
#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    /// A format, or the name of an import in the configuration.
    #[arg(value_name = "FORMAT", help = formats_help())]
    what: String,
    /// The files to read; none for those that the configuration names.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The collection that the records belong to.
    #[arg(long, value_name = "COLLECTION")]
    into: Option<String>,
    /// Make a column a field; an empty field leaves the column out. May be repeated.
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = pair)]
    map: Vec<(String, String)>,
    /// Recognise records by this field instead of the collection's key.
    #[arg(long, value_name = "FIELD")]
    key: Option<String>,
    /// Show what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

/// How many keys are named that the import does not have.
const NAMED: usize = 10;

fn formats_help() -> String {
    let formats = FORMATS.iter().map(|(name, what)| format!("{name}: {what}"));
    format!(
        "A format ({}), or the name of an import in the configuration",
        formats.collect::<Vec<_>>().join("; ")
    )
}

pub(super) fn run(arguments: &ImportArguments, globals: &Globals, terminal: &mut Terminal) -> Outcome {
    let mut request = Request::new(&globals.dir, globals.now);
    request.config.clone_from(&globals.config);
    let wish = Wish {
        what: arguments.what.clone(),
        files: arguments.files.clone(),
        into: arguments.into.clone(),
        map: arguments.map.clone(),
        key: arguments.key.clone(),
    };
    let planned = import::plan(&request, &globals.environment, &wish)?;
    if planned.report.summary.error > 0 {
        return refused(&planned.report, globals, terminal);
    }
    tell(&planned.report, globals, terminal)?;
    if arguments.dry_run {
        terminal.print(&super::printable(&planned.diff()))?;
    } else {
        planned.write()?;
        for path in planned.paths() {
            terminal.print(&format!("wrote {}\n", escape(path.as_str())))?;
        }
    }
    if !globals.quiet {
        summary(&planned, terminal);
        if arguments.dry_run {
            terminal.note("nothing was written: this is a dry run");
        }
    }
    Ok(0)
}

/// Tells what an import comes to.
fn summary(planned: &Planned, terminal: &mut Terminal) {
    let added = count(planned.added, "record");
    terminal.note(&format!("{added} added, {} changed, {} as before", planned.changed, planned.same));
    if planned.missing.is_empty() {
        return;
    }
    let named = planned.missing.iter().take(NAMED).map(|key| {
        let key = escape(&key.replace('\u{1f}', "/")).into_owned();
        shorten(&key, 40).into_owned()
    });
    let named = named.collect::<Vec<_>>().join(", ");
    let more = match planned.missing.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let missing = count(planned.missing.len(), "record");
    terminal.note(&format!("{missing} kept that the import does not have: {named}{more}"));
}
