//! The example repositories: built with their history they are clean, read in full, and the same each time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use opsbook::repo::builder::{Repo, files, read};
use opsbook::setup::examples::{Commit, Example, Was};
use serde_json::Value;

use crate::support::{Output, command, finish, run};

/// The rules of these groups hold in the examples even where they are off by default.
const GROUPS: &[&str] = &[
    "syntax",
    "schema",
    "reference",
    "config",
    "security",
    "adr",
    "meeting",
    "roadmap",
    "action",
    "risk",
    "checklist",
    "metric",
];

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn example(name: &str) -> Example {
    Example::new(files(&top().join("examples").join(name)))
}

const NAMES: [&str; 5] = ["operations", "agents", "pipeline", "organisation", "forecasts"];

#[test]
fn each_is_clean_under_the_default_rules() {
    for name in NAMES {
        let (repo, _) = example(name).build();
        run(&repo, &["check", "--fail-on", "info"]).exits(0);
    }
}

#[test]
fn each_is_clean_under_every_rule_of_the_groups() {
    for name in NAMES {
        let (repo, _) = example(name).build();
        switch_on(&repo);
        let report = run(&repo, &["check", "--fail-on", "info", "--format", "json"]);
        assert_eq!(report.places(), [""; 0], "{name}");
        // What is switched on speaks: a field that nobody knows is a finding.
        repo.write("notes.jsonl", "{\"text\":\"x\",\"autor\":\"@nobody\"}\n");
        run(&repo, &["check", "--fail-on", "info"]).exits(1);
    }
}

/// Names every group in the configuration of the working tree, as far as it does not say how it takes one itself.
fn switch_on(repo: &Repo) {
    const TABLE: &str = "[rules.severity]\n";
    let place = repo.path().join("opsbook.toml");
    let mut text = if place.is_file() { read(&place) } else { String::new() };
    if !text.contains(TABLE) {
        text += &format!("\n{TABLE}");
    }
    let (_, own) = text.split_once(TABLE).unwrap_or_default();
    let named = |group: &str| own.lines().any(|line| line.starts_with(&format!("{group} = ")));
    let missing = GROUPS.iter().filter(|group| !named(group));
    let missing: String = missing.map(|group| format!("{group} = \"warning\"\n")).collect();
    repo.write("opsbook.toml", text.replacen(TABLE, &format!("{TABLE}{missing}"), 1));
}

#[test]
fn every_commit_is_clean_on_its_day() {
    for name in NAMES {
        let example = example(name);
        let (repo, ids) = example.build();
        for (commit, id) in example.history.commits.iter().zip(&ids) {
            let args = ["check", "--rev", id, "--now", &commit.at, "--fail-on", "info"];
            let output = finish(command(repo.path()).args(args));
            assert_eq!(output.status, 0, "{} of {name}: {output:#?}", commit.id);
        }
    }
}

#[test]
fn the_operations_team_is_read_in_full() {
    let expected = [
        ("actions", 33),
        ("adrs", 8),
        ("backlog", 23),
        ("checklists", 17),
        ("incidents", 6),
        ("locks", 3),
        ("meetings", 18),
        ("metrics", 89),
        ("notes", 34),
        ("people", 7),
        ("releases", 6),
        ("risks", 8),
        ("roadmap", 22),
        ("secrets", 3),
        ("specs", 2),
    ];
    is_read_as("operations", &expected, &["docs/adr/README.md: adrs"]);
}

#[test]
fn the_agent_business_is_read_in_full() {
    let expected = [
        ("actions", 52),
        ("checklists", 10),
        ("incidents", 3),
        ("meetings", 24),
        ("metrics", 53),
        ("notes", 31),
        ("people", 6),
        ("releases", 6),
        ("risks", 4),
        ("roadmap", 26),
        ("sales", 32),
        ("secrets", 6),
        ("specs", 6),
    ];
    is_read_as("agents", &expected, &[]);
}

#[test]
fn the_studio_is_read_in_full() {
    let expected = [
        ("actions", 59),
        ("adrs", 10),
        ("checklists", 32),
        ("incidents", 6),
        ("meetings", 17),
        ("metrics", 226),
        ("notes", 37),
        ("people", 6),
        ("releases", 6),
        ("risks", 6),
        ("roadmap", 22),
        ("secrets", 5),
        ("specs", 14),
    ];
    is_read_as("pipeline", &expected, &["docs/adr/README.md: adrs"]);
}

#[test]
fn the_departments_are_read_in_full() {
    let expected = [
        ("actions", 72),
        ("adrs", 11),
        ("checklists", 157),
        ("incidents", 5),
        ("meetings", 29),
        ("metrics", 128),
        ("notes", 35),
        ("people", 10),
        ("risks", 6),
        ("roadmap", 18),
        ("specs", 1),
    ];
    is_read_as("organisation", &expected, &["docs/adr/README.md: adrs"]);
}

#[test]
fn the_forecasters_are_read_in_full() {
    let expected = [
        ("actions", 47),
        ("adrs", 8),
        ("assessments", 2),
        ("checklists", 18),
        ("incidents", 5),
        ("meetings", 13),
        ("metrics", 91),
        ("notes", 47),
        ("people", 6),
        ("releases", 3),
        ("risks", 6),
        ("roadmap", 34),
    ];
    let declined = [
        "docs/adr/README.md: adrs",
        "docs/reviews/2026-09-01-issue-review.md: actions",
        "docs/reviews/2026-09-01-issue-review.md: adrs",
    ];
    is_read_as("forecasts", &expected, &declined);
}

#[track_caller]
fn is_read_as(name: &str, expected: &[(&str, u64)], declined: &[&str]) {
    let (repo, _) = example(name).build();
    let output: Output = run(&repo, &["status", "--format", "json"]).exits(0);
    let status: Value = serde_json::from_str(&output.stdout).expect("JSON");
    let scope = &status["scope"];
    let collections = scope["collections"].as_object().expect("a table").iter();
    let counts: BTreeMap<&str, u64> = collections
        .map(|(name, read)| (name.as_str(), read["records"].as_u64().expect("a number")))
        .collect();
    assert_eq!(counts, expected.iter().copied().collect(), "{name}");
    assert_eq!(scope["unread"], serde_json::json!([]), "{name}");
    let found = status["declined"].as_array().expect("a list").iter();
    let found: Vec<String> =
        found.map(|one| format!("{}: {}", text(&one["path"]), text(&one["collection"]))).collect();
    assert_eq!(found, declined, "{name}");
}

#[test]
fn minutes_say_who_was_there_what_was_decided_and_how_long_it_took() {
    for name in NAMES {
        let mut cancelled = 0;
        let (repo, _) = example(name).build();
        let people: Vec<String> = records(&repo, "people").iter().map(|one| text(&one["name"])).collect();
        for meeting in records(&repo, "meetings") {
            let path = text(&meeting["_path"]);
            if meeting["kind"] == "cancelled" {
                cancelled += 1;
                assert!(meeting["skipped"]["rationale"].is_string(), "{path}");
                assert!(meeting["skipped"]["recovery"].is_string(), "{path}");
                continue;
            }
            for person in list(&meeting, "attendees").iter().chain(list(&meeting, "absent")) {
                assert!(people.contains(&text(person)), "{path}: {person} is nobody");
            }
            assert!(list(&meeting, "attendees").len() > 1, "{path}");
            assert!(!list(&meeting, "decisions").is_empty(), "{path}");
            assert_eq!(meeting["risks_reviewed"], true, "{path}");
            let minutes = list(&meeting, "agenda").iter().filter_map(|item| item["minutes"].as_u64());
            assert_eq!(Some(minutes.sum()), meeting["duration"].as_u64(), "{path}");
        }
        assert_eq!(cancelled, 1, "{name}");
    }
}

#[test]
fn actions_say_who_by_when_and_how_it_shows() {
    for name in NAMES {
        let (repo, _) = example(name).build();
        for action in records(&repo, "actions") {
            for field in ["id", "text", "owner", "due", "verification", "status"] {
                assert!(action[field].is_string(), "{name}: {field} of {action}");
            }
        }
    }
}

#[test]
fn no_ritual_was_missed() {
    for name in NAMES {
        let (repo, _) = example(name).build();
        let args = ["calendar", "--from", "2026-08-17", "--to", "2026-11-20", "--format", "json"];
        let output = run(&repo, &args).exits(0);
        let occurrences: Value = serde_json::from_str(&output.stdout).expect("JSON");
        let occurrences = occurrences.as_array().expect("a list");
        let count = |state: &str| occurrences.iter().filter(|one| one["state"] == state).count();
        assert!(count("held") > 15, "{name}: {occurrences:#?}");
        assert_eq!((count("skipped"), count("missed"), count("unknown")), (1, 0, 0), "{name}");
    }
}

/// What is measured of a phase can be measured, and a phase that is done is what it was to be.
#[test]
fn criteria_are_measured_and_met_where_a_phase_is_done() {
    for (name, measured, met) in [("pipeline", 7, 5), ("organisation", 3, 1)] {
        let (repo, _) = example(name).build();
        let sql = "SELECT sum(metric IS NOT NULL OR query IS NOT NULL) AS asked, count(value) AS measured,
                     sum(status = 'done' AND is_met) AS met, sum(status = 'done' AND NOT is_met) AS failed
                   FROM criteria";
        let answer = run(&repo, &["query", sql, "--format", "csv"]).exits(0).stdout.replace('\r', "");
        let expect = format!("asked,measured,met,failed\n{measured},{measured},{met},0\n");
        assert_eq!(answer, expect, "{name}");
    }
}

/// Every question that a README proposes has an answer.
#[test]
fn what_a_readme_asks_is_answered() {
    for (name, questions) in [("pipeline", 4), ("organisation", 4)] {
        let example = example(name);
        let (repo, _) = example.build();
        let asked = example.files["README.md"].split("opsbook query \"").skip(1);
        let asked: Vec<&str> = asked.filter_map(|rest| rest.split("\"\n```").next()).collect();
        assert_eq!(asked.len(), questions, "{name}");
        for question in asked {
            let answer = run(&repo, &["query", question, "--format", "jsonl"]).exits(0);
            assert!(answer.stdout.lines().count() > 2, "{name}: {question}");
        }
    }
}

/// Every week of the quarter has a commit.
#[test]
fn no_week_of_fourteen_is_silent() {
    for name in ["operations", "pipeline", "organisation", "forecasts"] {
        let commits = example(name).history.commits;
        let weeks = commits.iter().map(|commit| {
            let moment: jiff::Timestamp = commit.at.parse().expect("a moment");
            moment.to_zoned(jiff::tz::TimeZone::UTC).date().iso_week_date().week()
        });
        let weeks: BTreeSet<i8> = weeks.collect();
        assert_eq!(weeks, (34..=47).collect(), "{name}");
    }
}

/// An owner changes in the plan together with a list of the handover, all of it ticked.
#[test]
fn an_owner_changes_with_a_finished_handover() {
    for (name, list) in [
        ("pipeline", "docs/checklists/handoff-jonas-to-sabine.md"),
        ("organisation", "docs/checklists/handoff-bram-to-noor.md"),
    ] {
        let example = example(name);
        let is_handover = |commit: &&Commit| commit.files.iter().any(|file| file == list);
        let handover = example.history.commits.iter().find(is_handover).expect("there is one");
        let is_owner = |was: &&Was| {
            was.path.ends_with("roadmap.jsonl")
                && was.edits.iter().any(|[now, then]| now.contains("\"owner\"") && then.contains("\"owner\""))
        };
        let changes: Vec<&Was> = example.history.was.iter().filter(is_owner).collect();
        assert!(changes.len() > 1, "{name}");
        assert!(changes.iter().all(|was| was.until == handover.id), "{name}: {changes:?}");
        assert!(!example.files[list].contains("- [ ]"), "{name}");
    }
}

#[test]
fn the_plan_of_the_forecasters_is_that_of_airtable_at_every_update() {
    let example = example("forecasts");
    let (repo, ids) = example.build();
    let commits = example.history.commits.iter().zip(&ids).rev();
    let updates =
        commits.filter(|(commit, _)| commit.files.iter().any(|file| file.contains("/plan-updates/")));
    let mut count = 0;
    for (commit, id) in updates {
        let git = repo.git();
        let commit_there = git.revparse_single(id).expect("it was built");
        git.checkout_tree(&commit_there, Some(git2::build::CheckoutBuilder::new().force())).expect("a tree");
        let output = run(&repo, &["import", "plan", "--dry-run"]).exits(0);
        let said = output.stdout + &output.stderr;
        assert!(said.contains("0 records added, 0 changed"), "{}: {said}", commit.id);
        count += 1;
    }
    assert_eq!(count, 13);
}

/// The records of a collection.
fn records(repo: &Repo, collection: &str) -> Vec<Value> {
    let output = run(repo, &["records", collection, "--format", "jsonl"]).exits(0);
    output.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn list<'a>(record: &'a Value, field: &str) -> &'a [Value] {
    record[field].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn the_last_commit_holds_every_file_as_it_stands_in_the_folder() {
    for name in NAMES {
        let example = example(name);
        let (repo, ids) = example.build();
        let git = repo.git();
        let head = git.head().and_then(|head| head.peel_to_commit()).expect("there are commits");
        assert_eq!(Some(&head.id().to_string()), ids.last());
        let tree = head.tree().expect("a commit has a tree");
        for (path, text) in &example.files {
            let entry = tree.get_path(Path::new(path)).unwrap_or_else(|_| panic!("{name} lacks {path}"));
            let blob = git.find_blob(entry.id()).expect("a file");
            assert_eq!(std::str::from_utf8(blob.content()).expect("UTF-8"), text, "{name}: {path}");
        }
    }
}

#[test]
fn building_twice_gives_the_same_commits() {
    for name in NAMES {
        let example = example(name);
        assert_eq!(example.build().1, example.build().1, "{name}");
    }
}

#[test]
fn each_commit_changes_something_and_none_goes_back_in_time() {
    for name in NAMES {
        let (repo, ids) = example(name).build();
        let git = repo.git();
        let commits = ids.iter().map(|id| {
            let id = git2::Oid::from_str(id).expect("an id");
            git.find_commit(id).expect("it was built")
        });
        let commits: Vec<_> = commits.collect();
        for pair in commits.windows(2) {
            assert_ne!(pair[0].tree_id(), pair[1].tree_id(), "{name}: {:?}", pair[1].message());
            assert!(pair[0].time() < pair[1].time(), "{name}: {:?}", pair[1].message());
        }
    }
}

#[test]
fn no_relative_link_leads_nowhere() {
    let mut count = 0;
    for name in NAMES {
        let example = example(name);
        for (path, text) in example.files.iter().filter(|(path, _)| path.ends_with(".md")) {
            for target in targets(text).filter(|target| !target.contains("://")) {
                let place = resolve(path, target.split('#').next().unwrap_or_default());
                assert!(example.files.contains_key(&place), "{name}: {path} links to {target}");
                count += 1;
            }
        }
    }
    assert!(count > 50, "only {count} links were found");
}

/// What stands in `](…)`.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

/// The path of `target` as the document at `path` means it.
fn resolve(path: &str, target: &str) -> String {
    let mut place = PathBuf::from(path);
    place.pop();
    for part in target.split('/') {
        if part == ".." {
            assert!(place.pop(), "{path} links out of the repository")
        } else {
            place.push(part)
        }
    }
    place.to_str().expect("UTF-8").to_owned()
}
