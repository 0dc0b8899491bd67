//! Issue records from public repositories, when they are at hand: nothing is left unread, and what is found agrees
//! with a count made another way.

use std::collections::{HashMap, HashSet};

use opsbook::repo::builder::Repo;
use serde_json::Value;

use crate::support::run;

/// What the records of these files are, told by reading them.
const SCHEMA: &str = r#"{
  "type": "object",
  "required": ["id", "title", "status", "issue_type", "created_at", "updated_at"],
  "properties": {
    "id": {"type": "string", "pattern": "^[a-z_]+-[0-9a-z.-]+$"},
    "title": {"type": "string", "minLength": 1, "maxLength": 500},
    "status": {"enum": ["open", "in_progress", "blocked", "closed", "tombstone"]},
    "priority": {"type": "integer", "minimum": 0, "maximum": 4},
    "issue_type": {"enum": ["task", "feature", "bug", "epic", "chore"]},
    "created_at": {"type": "string", "format": "date-time"},
    "updated_at": {"type": "string", "format": "date-time"},
    "closed_at": {"type": "string", "format": "date-time"},
    "labels": {"type": "array", "uniqueItems": true, "items": {"type": "string", "minLength": 1}},
    "dependencies": {"type": "array", "items": {"type": "object", "required": ["issue_id", "depends_on_id", "type"]}}
  }
}"#;

const CONFIG: &str = r#"
[collections.issues]
files = ["issues.jsonl"]
schema = "issue.schema.json"
key = "id"

[collections.issues.references]
"dependencies.issue_id" = "issues"
"dependencies.depends_on_id" = { to = "issues", acyclic = true }
"#;

#[test]
fn issue_records_of_public_repositories_are_read_whole_and_judged_right() {
    for name in ["beads-issues-10519.jsonl", "beads_rust-issues.jsonl"] {
        let place = format!("{}/../shared/corpora/jsonl/{name}", env!("CARGO_MANIFEST_DIR"));
        let Ok(text) = std::fs::read_to_string(&place) else {
            eprintln!("SKIPPED: {name} is not at hand, so real records were not checked");
            continue;
        };
        let repo = Repo::new();
        repo.write("opsbook.toml", CONFIG).write("issue.schema.json", SCHEMA).write("issues.jsonl", &text);
        let report = run(&repo, &["check", "--format", "json"]).report();
        let records: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(report["scope"]["records"], records.len());
        assert_eq!(report["scope"]["unread"], Value::Array(Vec::new()));
        let mut found: HashMap<&str, usize> = HashMap::new();
        for finding in report["findings"].as_array().expect("a list") {
            *found.entry(finding["rule"].as_str().expect("a rule")).or_default() += 1;
        }
        let ids: HashSet<&str> = records.iter().filter_map(|record| record["id"].as_str()).collect();
        let duplicates = records.len() - ids.len();
        assert_eq!(found.remove("duplicate-key").unwrap_or(0), duplicates, "{name}");
        let targets =
            records.iter().flat_map(|record| record["dependencies"].as_array().into_iter().flatten());
        let dangling = targets.filter(|one| !ids.contains(one["depends_on_id"].as_str().unwrap_or_default()));
        assert_eq!(found.remove("dangling-reference").unwrap_or(0), dangling.count(), "{name}");
        assert_eq!(found, HashMap::new(), "{name}");
        let listed = run(&repo, &["records", "issues", "--format", "jsonl"]).exits(0);
        assert_eq!(listed.stdout.lines().count(), records.len());
        assert_eq!(listed.stderr, "");
    }
}

/// What the script that compares with the labels says of `kind`; `None`, said aloud, when it is not at hand.
fn score(kind: &str) -> Option<String> {
    let corpora = format!("{}/../shared/corpora", env!("CARGO_MANIFEST_DIR"));
    let script = format!("{corpora}/score.py");
    if !std::path::Path::new(&script).exists() {
        eprintln!(
            "SKIPPED: the labelled documents are not at hand, so the accuracy of {kind} was not measured"
        );
        return None;
    }
    let (labels, data) = (format!("{corpora}/labels/{kind}.jsonl"), format!("{corpora}/{kind}"));
    let python = std::process::Command::new("python3")
        .args([&*script, kind, &labels, &data, env!("CARGO_BIN_EXE_opsbook")])
        .output();
    match python {
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
        Err(error) => {
            eprintln!("SKIPPED: python3 does not run ({error}), so the accuracy of {kind} was not measured");
            None
        }
    }
}

/// The figure called `name`, as `name=0.994` or `'name': 164`.
fn figure(said: &str, name: &str) -> f64 {
    let found = [format!("{name}="), format!("'{name}': ")].iter().find_map(|lead| {
        let rest = said.split(lead.as_str()).nth(1)?;
        rest.split(|c: char| !c.is_ascii_digit() && c != '.').next()?.parse().ok()
    });
    found.unwrap_or_else(|| panic!("no {name} in {said}"))
}

#[test]
fn decision_records_of_public_repositories_are_understood_as_their_readers_understood_them() {
    let Some(said) = score("adr") else { return };
    let rates = said.lines().last().unwrap_or_default();
    for (name, least) in [("recognised", 0.97), ("status", 0.97), ("date", 0.95), ("title", 0.98)] {
        assert!(figure(rates, name) >= least, "{name}: {said}");
    }
}

#[test]
fn minutes_of_public_repositories_are_understood_as_their_readers_understood_them() {
    let Some(said) = score("minutes") else { return };
    let rates = said.lines().last().unwrap_or_default();
    for (name, least) in [("recognised", 0.97), ("date", 0.97), ("attendees", 0.90), ("owner", 0.85)] {
        assert!(figure(rates, name) >= least, "{name}: {said}");
    }
    let [right, wrong, missed] = ["act_tp", "act_fp", "act_fn"].map(|name| figure(&said, name));
    assert!(right / (right + wrong) >= 0.90, "precision: {said}");
    assert!(right / (right + missed) >= 0.75, "recall: {said}");
}
