//! `opsbook schema`.

use clap::Args;

use super::Outcome;
use super::output::Terminal;
use crate::error::Error;
use crate::schema::BUILT_IN;
use crate::text::nearest;

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub(super) struct SchemaArguments {
    /// The schema to print; without it, all are listed.
    name: Option<String>,
}

pub(super) fn run(arguments: &SchemaArguments, terminal: &mut Terminal) -> Outcome {
    let Some(name) = arguments.name.as_deref() else {
        for schema in BUILT_IN {
            let json: serde_json::Value = serde_json::from_str(schema.text).unwrap_or_default();
            terminal.print(&format!(
                "{:<14} {}\n",
                schema.name,
                json["title"].as_str().unwrap_or_default()
            ))?;
        }
        return Ok(0);
    };
    if let Some(schema) = BUILT_IN.iter().find(|schema| schema.name == name) {
        terminal.print(schema.text)?;
        return Ok(0);
    }
    let error = Error::usage(format!("there is no built-in schema '{}'", crate::text::escape(name)));
    Err(match nearest(name, BUILT_IN.iter().map(|schema| schema.name)) {
        Some(near) => error.hint(format!("did you mean '{near}'?")),
        None => error.hint("`opsbook schema` lists them"),
    })
}
