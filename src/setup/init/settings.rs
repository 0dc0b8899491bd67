//! The text of a first `opsbook.toml`: what opsbook cannot see by itself, and nothing that is built in.

use super::layout::Astray;
use super::preset::Preset;
use crate::session::VERSION;

/// The text of the configuration: what is required of opsbook, whose code is left alone, records outside
/// their usual place, and what the preset brings.
pub(super) fn text(vendored: &[&str], astray: &[Astray], preset: Option<&Preset>) -> String {
    let mut text = format!(
        "# What opsbook cannot see by itself; everything else is built in. `opsbook config` prints all that is in force,\n\
         # each setting with where it came from.\n\n\
         [project]\n\
         # An older opsbook stops with a message instead of reading this file wrongly.\n\
         required_version = \"{}\"\n",
        required_version(VERSION)
    );
    if !vendored.is_empty() {
        text.push_str(&format!(
            "# Code of others, in which nothing is ours to keep.\nexclude = {}\n",
            list(vendored)
        ));
    }
    text.push_str(preset.map_or("", |preset| &preset.project));
    for Astray { collection, files } in astray {
        text.push_str(&format!(
            "\n# Found outside the usual place of such records.\n[collections.{collection}]\nfiles = {}\n",
            list(files)
        ));
    }
    if let Some(preset) = preset.filter(|preset| !preset.severity.is_empty()) {
        text.push_str(&format!("\n[rules.severity]\n{}", preset.severity));
    }
    text.push_str(&preset.map(required).unwrap_or_default());
    let rituals = preset.map_or(&[][..], |preset| &preset.rituals);
    if !rituals.is_empty() {
        text.push_str(
            "\n# What takes place again and again. Keys beside `preset` take the place of its own.\n",
        );
    }
    let entries =
        rituals.iter().map(|name| format!("[[rituals]]\npreset = {}\n", serde_json::Value::from(&**name)));
    text.push_str(&entries.collect::<Vec<_>>().join("\n"));
    text
}

/// The documents that the team must have, each as an entry of `[[required]]`.
fn required(preset: &Preset) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let entries = preset.files.iter().filter_map(|file| {
        let because = file.because.as_deref()?;
        let (path, because) = (quoted(&file.path), quoted(because));
        let sections: Vec<&str> = file.text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        let sections =
            if sections.is_empty() { String::new() } else { format!("sections = {}\n", list(&sections)) };
        Some(format!("[[required]]\npath = {path}\n{sections}because = {because}\n"))
    });
    let entries: Vec<String> = entries.collect();
    if entries.is_empty() {
        return String::new();
    }
    format!(
        "\n# Documents that have to be there; `opsbook check --fix` makes one anew.\n{}",
        entries.join("\n")
    )
}

/// What versions may read a configuration that `version` wrote: those with its keys. A version before its
/// release is no part of any range that does not name it.
fn required_version(version: &str) -> String {
    let mut parts = version.split('.');
    match (parts.next(), parts.next()) {
        (Some(major), Some(minor)) if !version.contains('-') => format!(">={major}.{minor}"),
        _ => format!(">={version}"),
    }
}

/// A list of texts as TOML writes it.
fn list<T: AsRef<str>>(items: &[T]) -> String {
    // JSON's escapes are a part of TOML's.
    let items = items.iter().map(|item| serde_json::Value::from(item.as_ref()).to_string());
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::preset::presets;
    use super::*;
    use crate::config::Config;

    #[test]
    fn everything_at_once_is_a_valid_configuration() {
        let astray = [
            Astray { collection: "risks".to_owned(), files: vec!["a \"b\"/risks.jsonl".to_owned()] },
            Astray { collection: "notes".to_owned(), files: vec!["x/notes.jsonl".to_owned()] },
        ];
        for preset in presets().iter().map(Some).chain([None]) {
            let text = text(&["vendor"], &astray, preset);
            let config = Config::read(None, "", &text);
            assert!(config.mistakes.is_empty(), "{text}\n{:#?}", config.mistakes);
            assert!(config.excludes("vendor/x.md"));
            assert_eq!(config.collection("risks").map(|risks| risks.patterns.len()), Some(1));
            assert_eq!(config.check_version(VERSION), Ok(()));
            assert_eq!(config.rituals.len(), preset.map_or(0, |preset| preset.rituals.len()));
            assert!(preset.is_none() || !config.rituals.is_empty(), "{text}");
            let files = preset.map_or(&[][..], |preset| &preset.files).iter();
            let must: Vec<&str> =
                files.filter(|file| file.because.is_some()).map(|file| &*file.path).collect();
            let required: Vec<&str> = config.required.iter().map(|one| &*one.pattern).collect();
            assert_eq!(required, must, "{text}");
        }
    }

    #[test]
    fn the_running_version_may_always_read_what_it_wrote() {
        for version in ["0.1.0", "1.4.2", "0.2.0-rc.1"] {
            let text = format!("[project]\nrequired_version = \"{}\"\n", required_version(version));
            assert_eq!(Config::read(None, "", &text).check_version(version), Ok(()), "{version}");
        }
    }
}
