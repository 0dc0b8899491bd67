//! `opsbook completions` and `opsbook man`: both come from the table of commands.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::output::{Terminal, output_error};
use super::{Arguments, Outcome};
use crate::error::Error;

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell.
    shell: Shell,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
pub(super) struct ManArguments {
    /// The command, such as `check` or `hook install`; without it, the page of opsbook itself.
    command: Vec<String>,
}

pub(super) fn completions(arguments: &CompletionsArguments, terminal: &mut Terminal) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "opsbook", &mut script);
    terminal.out().write_all(&script).map_err(|error| output_error(&error))?;
    Ok(0)
}

pub(super) fn man(arguments: &ManArguments, terminal: &mut Terminal) -> Outcome {
    let mut root = Arguments::command();
    root.build();
    let mut command = &root;
    for name in &arguments.command {
        command = command.find_subcommand(name).ok_or_else(|| {
            Error::usage(format!("there is no command '{}'", crate::text::escape(name)))
                .hint("`opsbook help` lists the commands")
        })?;
    }
    clap_mangen::Man::new(command.clone()).render(terminal.out()).map_err(|error| output_error(&error))?;
    Ok(0)
}
