//! The schemas that ship hold what they promise, record by record; and what ships is valid by them.

use opsbook::read::tape::Tape;
use opsbook::read::{json, toml};
use opsbook::schema::{BUILT_IN, Schema, built_in};
use opsbook::text::Span;
use serde_json::Value;

fn data(name: &str) -> Option<Value> {
    let place = format!("{}/tests/data/schemas/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(place).ok()?;
    Some(serde_json::from_str(&text).expect("the test data is JSON"))
}

/// The schemas of reports, which are tried on the reports themselves.
const OF_REPORTS: &[&str] = &["baseline", "check-report", "doctor-report"];

/// The violations of a record as "pointer keyword", by the quick path and by the full validator.
fn violations(schema: &Schema, record: &Value) -> Vec<(String, String)> {
    let source = record.to_string();
    let mut tape = Tape::new();
    assert!(json::read(&source, Span::of(0, source.len()), &mut tape).is_empty());
    let value = tape.root(&source).expect("the record is JSON");
    let found = schema.violations(value);
    assert_eq!(found, schema.all_violations(value), "{source}");
    found.into_iter().map(|violation| (violation.pointer, violation.keyword)).collect()
}

#[test]
fn valid_records_are_valid_and_each_invalid_one_breaks_what_it_should() {
    let mut tested = 0;
    for schema in BUILT_IN {
        let Some(data) = data(schema.name) else {
            assert!(OF_REPORTS.contains(&schema.name), "{} has no cases", schema.name);
            continue;
        };
        let compiled = built_in(schema.name).expect("the schema ships");
        for record in data["valid"].as_array().expect("a list") {
            assert_eq!(violations(&compiled, record), [], "{}: {record}", schema.name);
            tested += 1;
        }
        for case in data["invalid"].as_array().expect("a list") {
            let found = violations(&compiled, &case["record"]);
            assert!(breaks(&found, case), "{}: {} gave {found:?}", schema.name, case);
            tested += 1;
        }
    }
    assert!(tested > 600, "only {tested} records were tested");
}

/// Whether the violation that a case is about is among those found.
fn breaks(found: &[(String, String)], case: &Value) -> bool {
    let text = |name: &str| case[name].as_str().unwrap_or_default();
    let (at, keyword) = (text("at"), text("keyword"));
    // A missing or unexpected field is reported under its own name.
    found.iter().any(|(pointer, found)| {
        found == keyword
            && (pointer == at || pointer.rsplit_once('/').is_some_and(|(parent, _)| parent == at))
    })
}

#[test]
fn each_constraint_of_a_schema_is_missed_by_a_case_when_it_is_gone() {
    let mut bare = Vec::new();
    for schema in BUILT_IN {
        let Some(data) = data(schema.name) else { continue };
        let whole: Value = serde_json::from_str(schema.text).expect("a schema is JSON");
        let cases = data["invalid"].as_array().expect("a list");
        for (place, without) in weakened(&whole, &whole, "") {
            let weak = Schema::new(&without.to_string()).expect("a schema with less in it is a schema");
            if cases.iter().all(|case| breaks(&violations(&weak, &case["record"]), case)) {
                bare.push(format!("{}: {place}", schema.name));
            }
        }
    }
    assert!(bare.is_empty(), "no case notices that these are gone: {bare:#?}");
}

/// `whole` without one constraint of the schema at `pointer` or below, for each of them, with where it stood.
fn weakened(whole: &Value, schema: &Value, pointer: &str) -> Vec<(String, Value)> {
    const CONSTRAINTS: &[&str] = &[
        "type",
        "enum",
        "const",
        "pattern",
        "format",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "minItems",
        "uniqueItems",
        "required",
    ];
    let mut all = Vec::new();
    let without = |keyword: &str, element: Option<usize>| {
        let mut whole = whole.clone();
        let object =
            whole.pointer_mut(pointer).and_then(Value::as_object_mut).expect("a schema is an object");
        match element {
            Some(at) => _ = object[keyword].as_array_mut().expect("a list").remove(at),
            None => _ = object.remove(keyword),
        }
        (format!("{pointer}/{keyword}{}", element.map_or(String::new(), |at| format!("/{at}"))), whole)
    };
    for (keyword, value) in schema.as_object().into_iter().flatten() {
        let below = format!("{pointer}/{keyword}");
        let member = |name: &str| format!("{below}/{}", name.replace('~', "~0").replace('/', "~1"));
        match (keyword.as_str(), value) {
            ("required", Value::Array(names)) => {
                all.extend((0..names.len()).map(|at| without(keyword, Some(at))))
            }
            // The values of an enumeration have their types.
            ("type", _) if schema.get("enum").is_some() => {}
            (keyword, _) if CONSTRAINTS.contains(&keyword) => all.push(without(keyword, None)),
            ("properties" | "patternProperties" | "$defs", Value::Object(members)) => {
                members.iter().for_each(|(name, one)| all.extend(weakened(whole, one, &member(name))));
            }
            ("anyOf" | "oneOf" | "allOf", Value::Array(members)) => {
                let members = members.iter().enumerate();
                members.for_each(|(at, one)| all.extend(weakened(whole, one, &format!("{below}/{at}"))));
            }
            ("items" | "additionalProperties", Value::Object(_)) => {
                all.extend(weakened(whole, value, &below))
            }
            _ => {}
        }
    }
    all
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
    for source in [opsbook::config::DEFAULTS, opsbook::config::INDICATORS] {
        let mut tape = Tape::new();
        assert_eq!(toml::read(source, Span::of(0, source.len()), &mut tape), []);
        let schema = built_in("opsbook").expect("the schema ships");
        assert_eq!(schema.violations(tape.root(source).expect("the defaults are TOML")), []);
    }
}
