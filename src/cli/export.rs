//! `opsbook export`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::output::Terminal;
use super::{Globals, Outcome, source};
use crate::report::count;
use crate::session::{Request, Session};
use crate::setup::export::{self, Format};
use crate::text::escape;

/// Arguments of `export`.
#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    /// The folder that the files go into.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Read the files of a commit.
    #[arg(long, value_name = "REV")]
    rev: Option<String>,
    /// Write only this format; may be repeated.
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    format: Vec<String>,
    /// Write into a folder that holds something else, and over exports that were changed.
    #[arg(long)]
    force: bool,
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(Format::ALL.map(|(_, name)| name))
}

pub(super) fn run(arguments: &ExportArguments, globals: &Globals, terminal: &mut Terminal) -> Outcome {
    let mut request = Request::new(&globals.dir, globals.now);
    request.config.clone_from(&globals.config);
    request.source = source(arguments.rev.as_deref(), false);
    request.allow_empty = true;
    let session = Session::open(request, &globals.environment)?;
    let asked =
        |name: &str| arguments.format.is_empty() || arguments.format.iter().any(|asked| asked == name);
    let formats: Vec<Format> =
        Format::ALL.into_iter().filter(|(_, name)| asked(name)).map(|(format, _)| format).collect();
    let done = export::export(&session, &arguments.folder, &formats, arguments.force)?;
    for (file, records) in &done.files {
        let file = file.to_string_lossy().replace('\\', "/");
        terminal.print(&format!("{}: {}\n", escape(&file), count(*records, "record")))?;
    }
    terminal.flush()?;
    for (path, reason) in &done.unread {
        terminal.note(&format!("not read: {}: {}", escape(path), escape(reason)));
    }
    if done.files.is_empty() && !globals.quiet {
        terminal.note("no records found");
    }
    Ok(0)
}
