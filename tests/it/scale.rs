//! A hundred thousand records with three thousand faults: each is reported once, at its place, and nothing else is.

use opsbook::repo::builder::Repo;
use serde_json::Value;

use crate::support::{assert_valid, places, report_schema, run, sarif_schema};

const RECORDS: usize = 100_000;

/// Every so many records one is faulty, and the kinds of fault take turns.
const STEP: usize = 33;

const FAULTS: usize = 3_000;

/// Text of one to four bytes a character, so that bytes, UTF-16 units and code points all differ.
const TEXTS: [&str; 5] = ["Größe geändert", "项目进度", "🚀 раз", "e\u{301}tude ‘x’", "Ω≈ç√ 👩\u{200d}🔧"];

const CONFIG: &str = "\
[collections.items]
files = [\"data/items.jsonl\"]
schema = \"roadmap\"
key = \"id\"
references.depends_on = \"items\"
";

/// The line of a record, and where a fault was planted in it: rule and column.
fn record(number: usize) -> (String, Option<(&'static str, usize)>) {
    let text = TEXTS[number % TEXTS.len()].repeat(1 + number % 3);
    let head = format!("{{\"id\":\"I-{number:06}\",\"text\":\"{text}\"");
    let on = number.saturating_sub(1 + number % 7);
    let tail = format!(",\"depends_on\":[\"I-{on:06}\"]");
    let title = format!(",\"title\":\"Titel {number} – {text}\"");
    let status = ",\"status\":\"in-progress\"";
    let due = ",\"due\":\"2026-05-04\"";
    let is_faulty = number % STEP == 7 && number / STEP < FAULTS;
    let kind = if is_faulty { Some((number / STEP) % 6) } else { None };
    // Each arm: everything before the fault, everything from it on, and the rule that finds it.
    let (before, rest, rule) = match kind {
        None => return (format!("{head}{title}{status}{due}{tail}}}"), None),
        Some(0) => {
            (format!("{head}{title},\"status\":"), format!("\"in-progres\"{due}{tail}}}"), "schema-violation")
        }
        Some(1) => {
            (format!("{head}{title}{status},\"due\":"), format!("\"2026-02-30\"{tail}}}"), "schema-violation")
        }
        Some(2) => (String::new(), format!("{head}{status}{due}{tail}}}"), "schema-violation"),
        Some(3) => {
            let (before, rest) = match (number / STEP / 6) % 4 {
                0 => (format!("{head}{title},\"status\" "), format!("\"done\"{due}{tail}}}")),
                1 => (format!("{head}{title}{status}{due}{tail}"), ",}".to_owned()),
                2 => (format!("{head}{title}{status}{tail},\"due\":"), "\"2026-05-04}".to_owned()),
                _ => (format!("{head}{title}{status}{due}{tail}"), String::new()),
            };
            (before, rest, "invalid-syntax")
        }
        Some(4) => (
            format!("{head}{title}{status}{due}{tail},"),
            "\"text\":\"twice\"}".to_owned(),
            "duplicate-json-key",
        ),
        Some(_) => (
            format!("{head}{title}{status}{due},\"depends_on\":[\"I-{number:06}\","),
            "\"Ä-🚀-nowhere\"]}".to_owned(),
            "dangling-reference",
        ),
    };
    let column = before.chars().count() + 1;
    (before + &rest, Some((rule, column)))
}

fn build() -> (Repo, Vec<String>) {
    let mut expected = Vec::with_capacity(FAULTS);
    let mut bytes = String::with_capacity(RECORDS * 220);
    for number in 0..RECORDS {
        let (line, fault) = record(number);
        if let Some((rule, column)) = fault {
            expected.push(format!("data/items.jsonl:{}:{column} {rule}", number + 1));
        }
        bytes.push_str(&line);
        bytes.push('\n');
    }
    let repo = Repo::new();
    repo.write("opsbook.toml", CONFIG).write("data/items.jsonl", bytes);
    (repo, expected)
}

/// The results of a SARIF log as "path:line:column rule".
fn sarif_places(log: &Value) -> Vec<String> {
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let place = |result: &Value| {
        let place = &result["locations"][0]["physicalLocation"];
        let (line, column) = (&place["region"]["startLine"], &place["region"]["startColumn"]);
        let path = place["artifactLocation"]["uri"].as_str().unwrap_or_default();
        format!("{path}:{line}:{column} {}", result["ruleId"].as_str().unwrap_or_default())
    };
    run["results"].as_array().expect("a list").iter().map(place).collect()
}

#[test]
fn three_thousand_faults_in_a_hundred_thousand_records_are_each_found_once_at_their_place() {
    let (repo, expected) = build();
    assert_eq!(expected.len(), FAULTS);
    let of = |rule: &str| expected.iter().filter(|place| place.ends_with(rule)).count();
    assert_eq!((of("schema-violation"), of("invalid-syntax")), (1_500, 500));
    assert_eq!((of("duplicate-json-key"), of("dangling-reference")), (500, 500));

    let output = run(&repo, &["check", "--format", "json", "--format", "sarif=out.sarif"]).exits(1);
    let report: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_same(&places(&report), &expected);
    assert_eq!(report["summary"]["error"], FAULTS);
    assert_eq!(report["scope"]["records"], RECORDS - 500, "records with broken syntax are not counted");
    assert_valid(report_schema(), &report);

    let text = std::fs::read_to_string(repo.path().join("out.sarif")).expect("it was written");
    let log: Value = serde_json::from_str(&text).expect("JSON");
    assert_same(&sarif_places(&log), &expected);
    assert_valid(sarif_schema(), &log);
    let fingerprint = |result: &Value| {
        result["partialFingerprints"].as_object().and_then(|all| all.values().next().cloned())
    };
    let in_sarif: Vec<Option<Value>> =
        log["runs"][0]["results"].as_array().expect("a list").iter().map(fingerprint).collect();
    let in_json: Vec<Option<Value>> = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|finding| Some(finding["fingerprint"].clone()))
        .collect();
    assert_eq!(in_sarif, in_json);
    let distinct: std::collections::HashSet<String> =
        in_json.iter().flatten().map(ToString::to_string).collect();
    assert_eq!(distinct.len(), FAULTS, "fingerprints tell findings apart");
}

/// Shows the first differences instead of three thousand lines.
#[track_caller]
fn assert_same(found: &[String], expected: &[String]) {
    let missing: Vec<_> = expected.iter().filter(|place| !found.contains(place)).take(5).collect();
    let surplus: Vec<_> = found.iter().filter(|place| !expected.contains(place)).take(5).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing {missing:#?}, not expected {surplus:#?}");
    assert_eq!(found.len(), expected.len(), "something was reported twice");
}
