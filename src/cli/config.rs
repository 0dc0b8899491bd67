//! `opsbook config`.

use std::collections::BTreeMap;

use super::output::Terminal;
use super::{Globals, Outcome};
use crate::config::{Origin, Setting};
use crate::session::{Request, Session};

pub(super) fn run(globals: &Globals, terminal: &mut Terminal) -> Outcome {
    let mut request = Request::new(&globals.dir, globals.now);
    request.config.clone_from(&globals.config);
    let session = Session::open(request, &globals.environment)?;
    let config = &session.config;
    let file = config.file.as_ref().map_or("opsbook.toml", |file| file.as_str());
    if config.file.is_none() {
        terminal.print("# There is no opsbook.toml: everything is built in.\n")?;
    }
    // By table, so that none is opened twice: the settings of a table and of those in it come mixed.
    let mut tables: BTreeMap<Vec<String>, Vec<(String, &Setting)>> = BTreeMap::new();
    // Those with layers of their own stand below.
    let is_list = |names: &[String]| matches!(names, [name] if name == "rituals" || name == "indicators");
    for (mut names, setting) in config.settings.iter().filter(|(names, _)| !is_list(names)) {
        let last = names.pop().unwrap_or_default();
        tables.entry(names).or_default().push((last, setting));
    }
    for (names, settings) in tables {
        let heading = names.iter().map(|name| name_of(name)).collect::<Vec<_>>().join(".");
        if !heading.is_empty() {
            terminal.print(&format!("\n[{heading}]\n"))?;
        }
        for (name, setting) in settings {
            terminal.print(&line(&name, setting, file))?;
        }
    }
    let rituals = config.rituals.iter().map(|ritual| ("rituals", &ritual.settings));
    let indicators = config.indicators.iter().map(|one| ("indicators", &one.settings));
    for (list, settings) in rituals.chain(indicators) {
        terminal.print(&format!("\n[[{list}]]\n"))?;
        for (names, setting) in settings.iter() {
            terminal.print(&line(&names.join("."), setting, file))?;
        }
    }
    terminal.flush()?;
    for mistake in &config.mistakes {
        terminal.note(&format!("opsbook: {file}: {}", crate::text::escape(&mistake.message)));
    }
    Ok(if config.mistakes.is_empty() { 0 } else { 1 })
}

/// A setting with where it came from; `file` is that of the configuration.
fn line(name: &str, setting: &Setting, file: &str) -> String {
    let origin = match setting.origin {
        Origin::BuiltIn => "built in".to_owned(),
        Origin::Preset(name) => format!("preset {name}"),
        Origin::File => format!("{file}:{}", setting.line),
    };
    format!("{} = {} # {origin}\n", name_of(name), toml_text(&setting.json))
}

/// A name as TOML writes it.
fn name_of(name: &str) -> String {
    let is_bare =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if is_bare { name.to_owned() } else { toml_text(&name.into()) }
}

/// A value as TOML writes it, on one line.
fn toml_text(value: &serde_json::Value) -> String {
    use serde_json::Value as Json;
    match value {
        // JSON's escapes are a part of TOML's.
        Json::String(_) | Json::Bool(_) | Json::Number(_) => value.to_string(),
        Json::Null => "\"\"".to_owned(),
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(toml_text).collect();
            format!("[{}]", items.join(", "))
        }
        Json::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{} = {}", name_of(name), toml_text(value)))
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_toml() {
        let value = serde_json::json!({"a b": ["x\"y\n", 1, true], "c": {"d": "é"}});
        assert_eq!(toml_text(&value), r#"{ "a b" = ["x\"y\n", 1, true], c = { d = "é" } }"#);
    }
}
