//! `opsbook baseline`.

use clap::Subcommand;

use super::output::Terminal;
use super::{Globals, Outcome};
use crate::session::{Request, Session};

/// Arguments of `baseline`.
#[derive(Debug, Subcommand)]
pub(super) enum BaselineCommand {
    /// Write a baseline that covers everything found now.
    Create,
    /// Take out of the baseline what is mended.
    Prune,
}

pub(super) fn run(command: &BaselineCommand, globals: &Globals, terminal: &mut Terminal) -> Outcome {
    let mut request = Request::new(&globals.dir, globals.now);
    request.config.clone_from(&globals.config);
    let session = Session::open(request, &globals.environment)?;
    let entries =
        |count: usize| if count == 1 { "1 finding".to_owned() } else { format!("{count} findings") };
    match command {
        BaselineCommand::Create => {
            let (path, now, _) = session.write_baseline(false)?;
            terminal.print(&format!("wrote {path}, which covers {}\n", entries(now)))?;
        }
        BaselineCommand::Prune => {
            let (path, now, before) = session.write_baseline(true)?;
            let gone = before.saturating_sub(now);
            terminal.print(&format!("took {} out of {path}, {} left\n", entries(gone), entries(now)))?;
        }
    }
    Ok(0)
}
