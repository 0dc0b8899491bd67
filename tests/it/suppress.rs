//! Suppressions and baselines cover what they name, for as long as they say, and nobody adds one unseen.

use opsbook::repo::builder::Repo;
use serde_json::{Value, json};

use crate::support::{ITEMS, Output, faulty, item, items, run};

fn check(repo: &Repo, more: &[&str]) -> Output {
    run(repo, &[&["check", "--format", "json"], more].concat())
}

fn with_ignore(entry: &str) -> Repo {
    let repo = items(&(faulty("A") + &faulty("B")));
    repo.write("opsbook.toml", format!("{ITEMS}[[ignore]]\nrule = \"schema-violation\"\n{entry}"));
    repo
}

#[test]
fn an_entry_covers_a_record_or_a_path() {
    let why = "because = \"agreed\"\n";
    for (entry, left) in [
        ("record = \"A\"\n", 1),
        ("record = \"Z\"\n", 2),
        ("path = \"*.jsonl\"\n", 0),
        ("path = \"more/*\"\n", 2),
        ("path = \"*.jsonl\"\nuntil = \"2026-11-20\"\n", 0),
    ] {
        let repo = with_ignore(&format!("{why}{entry}"));
        let report = check(&repo, &[]).report();
        let found = report["findings"].as_array().expect("a list").iter();
        assert_eq!(found.filter(|one| one["rule"] == "schema-violation").count(), left, "{entry}");
        assert_eq!(report["summary"]["suppressed"], 2 - left, "{entry}");
    }
}

#[test]
fn what_is_wrong_with_an_entry_is_a_finding_and_such_an_entry_covers_nothing() {
    for (entry, rule, left) in [
        ("record = \"A\"\n", "invalid-config", 2),
        ("because = \"\"\nrecord = \"A\"\n", "invalid-config", 2),
        ("because = \"agreed\"\n", "invalid-config", 2),
        ("because = \"agreed\"\npath = \"*.jsonl\"\nuntil = \"some day\"\n", "invalid-config", 2),
        ("because = \"agreed\"\npath = \"[\"\n", "invalid-config", 2),
        ("because = \"agreed\"\nrecord = \"Z\"\n", "unused-suppression", 2),
        ("because = \"agreed\"\nrecord = \"A\"\nuntil = \"2026-11-19\"\n", "expired-suppression", 2),
    ] {
        let repo = with_ignore(entry);
        let report = check(&repo, &[]).exits(1).report();
        let count = |rule: &str| {
            report["findings"].as_array().expect("a list").iter().filter(|one| one["rule"] == rule).count()
        };
        assert_eq!((count(rule), count("schema-violation")), (1, left), "{entry}: {report:#}");
    }
}

#[test]
fn a_comment_covers_its_line_and_the_next_and_gives_a_reason() {
    let marker = "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n";
    let comment = |text: &str| format!("# Notes\n\n<!-- opsbook-ignore: {text} -->\n{marker}");
    for (text, expected) in [
        ("conflict-marker because the text shows one", &[][..]),
        ("syntax because the text shows one", &[]),
        ("conflict-marker", &["conflict-marker", "invalid-config"]),
        ("conflict-marker because", &["conflict-marker", "invalid-config"]),
        ("not-utf8 because it is another", &["conflict-marker", "unused-suppression"]),
    ] {
        let repo = items(&item("A"));
        repo.write("notes.md", comment(text));
        assert_eq!(check(&repo, &[]).rules(), expected, "{text}");
    }
    let repo = items(&item("A"));
    let far = format!("<!-- opsbook-ignore: conflict-marker because it is far -->\n\n\n{marker}");
    repo.write("notes.md", far);
    assert_eq!(check(&repo, &[]).rules(), ["conflict-marker", "unused-suppression"]);
}

#[test]
fn a_suppression_of_a_rule_that_did_not_run_is_not_called_unused() {
    let repo = with_ignore("because = \"agreed\"\nrecord = \"Z\"\n");
    assert_eq!(check(&repo, &["--only", "syntax,config"]).exits(0).rules(), [""; 0]);
    assert_eq!(check(&repo, &["items.jsonl"]).exits(1).rules(), ["schema-violation"]);
}

#[test]
fn suppressions_and_baseline_entries_that_a_change_adds_are_listed() {
    let repo = items(&faulty("A"));
    repo.stage_all().commit("feat: a fault");
    let print = fingerprints(&check(&repo, &[]).report());
    let entry = "[[ignore]]\nrule = \"schema-violation\"\nrecord = \"B\"\nbecause = \"agreed\"\n";
    repo.write("opsbook.toml", format!("{ITEMS}{entry}")).write("items.jsonl", faulty("A") + &faulty("B"));
    repo.write(".opsbook/baseline.json", baseline(&print));
    let report = check(&repo, &["--base", "HEAD"]).exits(0).report();
    let notes = report["scope"]["notes"].to_string();
    assert!(notes.contains("suppresses schema-violation of record B"), "{notes}");
    assert!(notes.contains("adds 1 to the baseline"), "{notes}");
    let text = run(&repo, &["check", "--base", "HEAD"]).exits(0).stdout;
    assert!(text.contains("suppresses schema-violation of record B"), "{text}");
    repo.stage_all().commit("feat: accepted");
    assert_eq!(check(&repo, &["--base", "HEAD"]).exits(0).report()["scope"]["notes"], json!([]));
}

fn fingerprints(report: &Value) -> Vec<Value> {
    let findings = report["findings"].as_array().expect("a list").iter();
    findings
        .map(|one| {
            json!({"fingerprint": one["fingerprint"], "rule": one["rule"], "path": one["path"], "message": one["message"]})
        })
        .collect()
}

fn baseline(entries: &[Value]) -> String {
    json!({"format": "opsbook.baseline/1", "findings": entries}).to_string()
}

#[test]
fn a_baseline_covers_what_it_lists_wherever_the_lines_move() {
    let repo = items(&faulty("A"));
    let entries = fingerprints(&check(&repo, &[]).exits(1).report());
    repo.write("old.json", baseline(&entries));
    let with = |file: &str| check(&repo, &["--baseline", file]);
    let report = with("old.json").exits(0).report();
    assert_eq!((&report["summary"]["baselined"], &report["summary"]["error"]), (&1.into(), &0.into()));
    repo.write("items.jsonl", item("Z") + &faulty("A") + &faulty("B"));
    assert_eq!(with("old.json").exits(1).places(), ["items.jsonl:3:32 schema-violation"]);
    // What is mended must leave the list.
    repo.write("items.jsonl", item("A"));
    assert_eq!(with("old.json").exits(0).rules(), ["stale-baseline-entry"]);
    // The repository's own is read without being named.
    repo.write(".opsbook/baseline.json", baseline(&entries)).write("items.jsonl", faulty("A"));
    assert_eq!(check(&repo, &[]).exits(0).report()["summary"]["baselined"], 1);
    for broken in ["{", "[]", "{\"format\":\"opsbook.baseline/9\",\"findings\":[]}", "\u{feff}", ""] {
        repo.write("broken.json", broken);
        assert!(with("broken.json").exits(2).stderr.contains("broken.json"), "{broken}");
    }
}
