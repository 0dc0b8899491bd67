//! Presets: what a team of a kind starts with. Each is a file under `templates/init/`, so that none needs
//! code.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::text::{escape, nearest};

/// What a team of a kind starts with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// The name on the command line.
    pub name: String,
    /// Whom it is for, one line.
    pub summary: String,
    /// Lines for the table `[project]` of the configuration.
    pub(super) project: String,
    /// Lines for the table `[rules.severity]` of the configuration.
    pub(super) severity: String,
    /// The presets of the rituals that the team keeps.
    #[serde(default)]
    pub(super) rituals: Vec<String>,
    #[serde(default)]
    pub(super) folders: Vec<Folder>,
    #[serde(default)]
    pub(super) files: Vec<File>,
}

/// A folder that holds records or documents, and the README that says which. One that is there already stays
/// as it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Folder {
    pub(super) path: String,
    pub(super) readme: String,
}

/// A document that the team starts with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) path: String,
    pub(super) text: String,
    /// Why it has to be there, for one that the configuration is to require.
    pub(super) because: Option<String>,
}

macro_rules! embed {
    ($($name:literal),* $(,)?) => {
        const TEXTS: &[&str] = &[$(include_str!(concat!("../../../templates/init/", $name, ".toml"))),*];
    };
}

embed!["agent-business", "content-pipeline", "departments", "ml-system", "operations-team"];

/// All presets, sorted by name. The command line lists them from here.
pub fn presets() -> &'static [Preset] {
    static PRESETS: LazyLock<Vec<Preset>> = LazyLock::new(|| {
        let read = |text: &&str| toml::from_str(text).expect("a test reads every embedded preset");
        TEXTS.iter().map(read).collect()
    });
    &PRESETS
}

/// The preset called `name`.
///
/// # Errors
/// Usage when there is none, with the nearest name.
pub fn preset(name: &str) -> Result<&'static Preset> {
    let found = presets().iter().find(|preset| preset.name == name);
    found.ok_or_else(|| {
        let error = Error::usage(format!("there is no preset '{}'", escape(name)));
        let names: Vec<&str> = presets().iter().map(|preset| &*preset.name).collect();
        match nearest(name, names.iter().copied()) {
            Some(near) => error.hint(format!("did you mean '{near}'?")),
            None => error.hint(format!("the presets are {}", names.join(", "))),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_a_preset_is_embedded_under_its_name() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/init");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .expect("the presets are beside the sources")
            .filter_map(|entry| entry.expect("readable").file_name().into_string().ok())
            .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
            .collect();
        files.sort();
        let names: Vec<&str> = presets().iter().map(|preset| &*preset.name).collect();
        assert_eq!(names, files);
        assert!(presets().iter().all(|preset| !preset.summary.ends_with('.')));
    }

    #[test]
    fn an_unknown_preset_is_answered_with_the_nearest() {
        let error = preset("operation-team").expect_err("there is none");
        assert_eq!(error.hint.as_deref(), Some("did you mean 'operations-team'?"));
        assert!(preset("zoo").is_err_and(|e| e.hint.is_some_and(|hint| hint.contains("departments"))));
    }
}
