//! The schemas that ship hold what they promise, record by record; and what ships is valid by them.

use opsbook::read::tape::Tape;
use opsbook::read::{json, toml};
use opsbook::schema::{BUILT_IN, built_in};
use opsbook::text::Span;
use serde_json::Value;

fn data(name: &str) -> Option<Value> {
    let place = format!("{}/tests/data/schemas/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(place).ok()?;
    Some(serde_json::from_str(&text).expect("the test data is JSON"))
}

/// The violations of a record as "pointer keyword", by the quick path and by the full validator.
fn violations(schema: &str, record: &Value) -> Vec<(String, String)> {
    let source = record.to_string();
    let mut tape = Tape::new();
    assert!(json::read(&source, Span::of(0, source.len()), &mut tape).is_empty());
    let schema = built_in(schema).expect("the schema ships");
    let value = tape.root(&source).expect("the record is JSON");
    let found = schema.violations(value);
    assert_eq!(found, schema.all_violations(value), "{source}");
    found.into_iter().map(|violation| (violation.pointer, violation.keyword)).collect()
}

#[test]
fn valid_records_are_valid_and_each_invalid_one_breaks_what_it_should() {
    let mut tested = 0;
    for schema in BUILT_IN {
        let Some(data) = data(schema.name) else { continue };
        for record in data["valid"].as_array().expect("a list") {
            assert_eq!(violations(schema.name, record), [], "{}: {record}", schema.name);
            tested += 1;
        }
        for case in data["invalid"].as_array().expect("a list") {
            let found = violations(schema.name, &case["record"]);
            let (at, keyword) =
                (case["at"].as_str().unwrap_or_default(), case["keyword"].as_str().unwrap_or_default());
            // A missing or unexpected field is reported under its own name.
            let is_it = |(pointer, found): &(String, String)| {
                found == keyword
                    && (pointer == at || pointer.rsplit_once('/').is_some_and(|(parent, _)| parent == at))
            };
            assert!(found.iter().any(is_it), "{}: {} gave {found:?}", schema.name, case);
            tested += 1;
        }
    }
    assert!(tested > 400, "only {tested} records were tested");
}

#[test]
fn most_valid_records_take_the_quick_path() {
    for schema in BUILT_IN.iter().filter(|schema| schema.name != "opsbook" && schema.name != "people") {
        let Some(data) = data(schema.name) else { continue };
        let records = data["valid"].as_array().expect("a list");
        let compiled = built_in(schema.name).expect("the schema ships");
        let quick = records.iter().filter(|record| {
            let source = record.to_string();
            let mut tape = Tape::new();
            json::read(&source, Span::of(0, source.len()), &mut tape);
            let quick = tape.root(&source).is_some_and(|value| compiled.accepts_quickly(value));
            if !quick {
                println!("slow {} {record}", schema.name);
            }
            quick
        });
        let (quick, all) = (quick.count(), records.len());
        assert!(quick * 10 >= all * 7, "{}: {quick} of {all}", schema.name);
    }
}

#[test]
fn the_built_in_configuration_is_valid_by_its_schema() {
    let source = opsbook::config::DEFAULTS;
    let mut tape = Tape::new();
    assert_eq!(toml::read(source, Span::of(0, source.len()), &mut tape), []);
    let schema = built_in("opsbook").expect("the schema ships");
    assert_eq!(schema.violations(tape.root(source).expect("the defaults are TOML")), []);
}
