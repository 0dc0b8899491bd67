//! The schemas that ship in the binary, and nothing about who uses them.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use super::Schema;

/// One embedded schema.
#[derive(Debug, Clone, Copy)]
pub struct BuiltIn {
    /// The name by which configuration and the command line refer to it.
    pub name: &'static str,
    /// Its text, as in `schemas/`.
    pub text: &'static str,
}

macro_rules! embed {
    ($($name:literal),* $(,)?) => {
        /// Every schema in `schemas/`, sorted by name.
        pub const BUILT_IN: &[BuiltIn] = &[
            $(BuiltIn {
                name: $name,
                text: include_str!(concat!("../../schemas/", $name, ".schema.json")),
            },)*
        ];
    };
}

embed![
    "actions",
    "adrs",
    "assessments",
    "backlog",
    "baseline",
    "check-report",
    "checklists",
    "doctor-report",
    "incidents",
    "locks",
    "meetings",
    "metrics",
    "notes",
    "opsbook",
    "people",
    "releases",
    "risks",
    "roadmap",
    "secrets",
    "specs",
    "status",
];

/// The built-in schema called `name`, compiled once for the process.
#[must_use]
pub fn built_in(name: &str) -> Option<Arc<Schema>> {
    static COMPILED: LazyLock<HashMap<&str, std::sync::OnceLock<Arc<Schema>>>> =
        LazyLock::new(|| BUILT_IN.iter().map(|schema| (schema.name, std::sync::OnceLock::new())).collect());
    let cell = COMPILED.get(name)?;
    let text = BUILT_IN.iter().find(|schema| schema.name == name)?.text;
    let compiled = cell.get_or_init(|| {
        let json = serde_json::from_str(text).expect("a test parses every embedded schema");
        Arc::new(Schema::trusted(json))
    });
    Some(compiled.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_schema_compiles_and_names_itself() {
        for schema in BUILT_IN {
            let compiled =
                Schema::new(schema.text).unwrap_or_else(|error| panic!("{}: {error}", schema.name));
            let id = compiled.json()["$id"].as_str().unwrap_or_default();
            assert!(id.ends_with(&format!("/{}.schema.json", schema.name)), "{}: {id}", schema.name);
        }
    }

    #[test]
    fn embedded_schemas_are_sorted_and_complete() {
        let names: Vec<&str> = BUILT_IN.iter().map(|schema| schema.name).collect();
        assert!(names.is_sorted());
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas");
        let files = std::fs::read_dir(folder).expect("the schemas are beside the sources").count();
        assert_eq!(files, names.len(), "every file in schemas/ is embedded");
    }
}
