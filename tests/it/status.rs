//! `status`: indicators in text, JSON and one by one, on a repository with a past; and what is said where there is nothing
//! to tell.

use opsbook::repo::builder::Repo;
use serde_json::Value;

use crate::support::{Output, assert_valid, compile, run, run_in};

/// Monday 2026-09-07, 09:00 UTC, in seconds since 1970.
const START: i64 = 1_788_771_600;
const DAY: i64 = 86_400;

fn action(id: &str, due: &str, status: &str) -> String {
    format!("{{\"id\":\"{id}\",\"text\":\"Do {id}\",\"due\":\"{due}\",\"status\":\"{status}\"}}\n")
}

fn secret(rotated: &str) -> String {
    format!("{{\"name\":\"KEY\",\"last_rotated\":\"{rotated}\",\"rotation_days\":30}}\n")
}

/// Actions of which one was closed too late and one is still open, and a secret that was rotated too late once.
fn repo() -> Repo {
    let repo = Repo::new();
    let actions = |first: &str, second: &str| {
        let all = action("A-1", "2026-09-18", first) + &action("A-2", "2026-10-02", second);
        repo.write("ops/operations/weekly/2026-37/actions.jsonl", all);
    };
    repo.write(
        "ops/operations/weekly/2026-37/minutes.md",
        "# Review 2026-09-07\n\n## Minutes\n\n- all well\n",
    );
    repo.write("ops/secrets.jsonl", secret("2026-09-01"));
    actions("open", "open");
    repo.stage_all().commit_at("docs: minutes", START);
    actions("done", "open");
    repo.stage_all().commit_at("chore: one is done", START + 30 * DAY);
    repo.write("ops/secrets.jsonl", secret("2026-11-10"));
    repo.stage_all().commit_at("chore: rotate", START + 64 * DAY);
    repo
}

fn health(output: &Output) -> Value {
    let report: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_valid(&compile("schemas/status.schema.json"), &report);
    report["health"].clone()
}

fn indicator(repo: &Repo, id: &str) -> Value {
    let health = health(&run(repo, &["status", "--format", "json"]).exits(0));
    let all = health["indicators"].as_array().expect("a list").clone();
    all.into_iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("there is no {id}"))
}

fn values(one: &Value) -> Vec<Option<f64>> {
    one["trend"]["values"].as_array().expect("a list").iter().map(|one| one["value"].as_f64()).collect()
}

#[test]
fn indicators_have_a_figure_a_trend_and_a_state() {
    let repo = repo();
    let closure = indicator(&repo, "action-closure");
    assert_eq!(values(&closure), [None, Some(100.0), Some(0.0), None]);
    assert_eq!(
        (&closure["state"], &closure["reason"]),
        (&"unknown".into(), &"there is nothing to count in this period".into())
    );
    let text = run(&repo, &["status"]).exits(0).stdout;
    let line =
        |title: &str| text.lines().find(|line| line.trim_start().starts_with(title)).map(str::to_owned);
    assert!(text.contains("\nhealth, 2026-10-24 to 2026-11-20:\n"), "{text}");
    let overdue = line("Actions overdue").expect("it is told");
    assert!(overdue.contains("1 of 1") && overdue.ends_with("off target"), "{overdue}");
    assert!(line("Secrets rotated").expect("it is told").ends_with("ok"), "{text}");
    assert_eq!(line("Risks rated"), None, "what has nothing to tell is left out");
}

#[test]
fn the_past_of_what_carries_no_day_comes_from_history_and_is_no_matter_of_the_present() {
    let repo = repo();
    // A-1 was due on 18 September and closed on 7 October; A-2 was due on 2 October.
    let overdue = indicator(&repo, "overdue-actions");
    assert_eq!(values(&overdue), [None, Some(1.0), Some(1.0), Some(1.0)]);
    // Rotated on 1 September and not before 10 November, with 30 days allowed.
    let secrets = indicator(&repo, "secrets-rotated");
    assert_eq!(values(&secrets), [None, Some(100.0), Some(0.0), Some(100.0)]);
    assert_eq!((&secrets["trend"]["direction"], &secrets["trend"]["better"]), (&"up".into(), &true.into()));
    let clone = Repo::plain();
    let into = clone.path().join("clone");
    let url = format!("file://{}", repo.path().display());
    let done = std::process::Command::new("git")
        .args(["clone", "--quiet", "--depth", "1", &url])
        .arg(&into)
        .status()
        .expect("git runs");
    assert!(done.success());
    let shallow = run_in(&into, &["status", "--format", "json", "--explain", "overdue-actions"]);
    let shallow: Value = serde_json::from_str(&shallow.stdout).expect("JSON");
    assert_eq!((shallow["value"].as_f64(), values(&shallow)), (Some(1.0), vec![None, None, None, Some(1.0)]));
}

#[test]
fn one_indicator_is_explained_by_its_statement_its_rows_and_its_files() {
    let repo = repo();
    let text = run(&repo, &["status", "--explain", "overdue-actions"]).exits(0).stdout;
    for part in [
        "Actions overdue (overdue-actions)",
        "off target",
        "built in",
        "ops/operations/weekly/2026-37/actions.jsonl: 2 records of actions",
        "WITH listed AS",
        "for periods that are over",
        "value  numerator  denominator",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let unknown = run(&repo, &["status", "--explain", "overdue-action"]).exits(2);
    assert!(unknown.stderr.contains("did you mean overdue-actions?"), "{unknown:#?}");
}

#[test]
fn a_repository_without_operations_has_no_indicators_and_json_says_why() {
    let repo = Repo::new();
    repo.write("README.md", "# Read me\n").write("docs/a.md", "# A\n");
    let text = run(&repo, &["status"]).exits(0).stdout;
    assert!(!text.contains("health"), "{text}");
    let health = health(&run(&repo, &["status", "--format", "json"]).exits(0));
    let all = health["indicators"].as_array().expect("a list");
    assert!(all.len() > 15);
    for one in all {
        assert_eq!(one["state"], "unknown", "{one}");
        let reason = one["reason"].as_str().unwrap_or_default();
        let is_known = ["there are no records of ", "there is nothing to count"]
            .iter()
            .any(|start| reason.starts_with(start));
        assert!(is_known, "{one}");
    }
}

#[test]
fn an_indicator_of_the_user_is_asked_and_a_wrong_one_is_a_finding() {
    let repo = repo();
    let own = "[status]\nperiod = \"1w\"\nperiods = 2\n[[indicators]]\nid = \"open\"\ntitle = \"Open\"\nunit = \"%\"\n\
               target = \"< 50\"\nsql = \"\"\"\nSELECT text AS name, 50 AS value FROM actions UNION ALL SELECT NULL, 60\n\"\"\"\n";
    repo.write("opsbook.toml", own);
    let open = indicator(&repo, "open");
    assert_eq!((&open["state"], open["parts"].as_array().map(Vec::len)), (&"off-target".into(), Some(2)));
    assert_eq!(values(&open).len(), 2);
    run(&repo, &["check"]).exits(0);
    repo.write("opsbook.toml", own.replace("FROM actions", "FROM action"));
    let checked = run(&repo, &["check", "--format", "concise"]).exits(1);
    assert!(
        checked.stdout.starts_with("opsbook.toml:9:7: error[invalid-config] no such table: action"),
        "{checked:#?}"
    );
    let text = run(&repo, &["status"]).exits(0).stdout;
    assert!(text.contains("unknown: no such table: action, at 1:39 of the statement"), "{text}");
    // A collection that is switched off is no fault of the indicators that would read it.
    repo.write("opsbook.toml", "[collections.actions]\nenabled = false\n");
    run(&repo, &["check"]).exits(0);
    let text = run(&repo, &["status"]).exits(0).stdout;
    assert!(!text.contains("no such table"), "{text}");
}

#[test]
fn a_decision_is_computed_beside_the_stated_one() {
    let repo = Repo::new();
    let page = "# Assessment\n\n- Gaps: 34 %\n- Alignment: 93 %\n- Decision: adjust tactics\n";
    repo.write("docs/assessments/Q3-2026.md", page);
    let sql = "SELECT quarter, day, alignment_band, gap_band, decision, is_same, score_goals FROM assessment_results";
    let rows = run(&repo, &["query", "--format", "csv", sql]).exits(0).stdout;
    let expect =
        "2026-Q3,2026-09-30,continue as planned,pivot strategy,pivot strategy; close the gaps by a plan,0,";
    assert_eq!(rows.lines().nth(1), Some(expect));
    let found = run(&repo, &["check", "--only", "metric", "--format", "concise"]).exits(0).stdout;
    assert!(
        found.contains("assessment-decision-mismatch") && found.contains("assessment-plan-missing"),
        "{found}"
    );
    assert!(run(&repo, &["check"]).exits(0).stdout.starts_with("no problems found"));
    let alignment = indicator(&repo, "plan-alignment");
    assert_eq!((&alignment["value"], &alignment["state"]), (&93.0.into(), &"ok".into()));
}

/// Records of every kind that a built-in indicator counts, as of Friday 2026-11-20, 12:00 UTC.
const RECORDS: &[(&str, &str)] = &[
    (
        "opsbook.toml",
        "[[rituals]]\npreset = \"weekly-ops-review\"\nstart = 2026-11-02T10:00:00\n\
         [[slos]]\nname = \"latency\"\nmetric = \"latency\"\nop = \"<\"\ntarget = 100\n",
    ),
    // Held on the 2nd and the 9th, missed on the 16th. The pump was clean on the 2nd and is to be cleaned again; the oil is
    // on no list any more.
    (
        "ops/operations/weekly/2026-45/minutes.md",
        "# Review 2026-11-02\n\n## Minutes\n\n- ok\n\n## Actions\n\n- [x] Ana: clean the pump\n- [ ] Ben: buy oil, due 2026-11-06\n",
    ),
    (
        "ops/operations/weekly/2026-46/minutes.md",
        "# Review 2026-11-09\n\n## Minutes\n\n- ok\n\n## Actions\n\n- [ ] Ana: clean the pump\n",
    ),
    (
        "ops/incidents.jsonl",
        "{\"id\":\"I-1\",\"title\":\"Flood\",\"severity\":\"P0\",\"opened\":\"2026-11-18T12:00:00Z\"}\n\
         {\"id\":\"I-2\",\"title\":\"Fire\",\"severity\":\"P1\",\"opened\":\"2026-11-18T12:00:00Z\"}\n",
    ),
    (
        "roadmap.jsonl",
        "{\"id\":\"PH\",\"title\":\"Phase\",\"kind\":\"phase\",\"status\":\"in-progress\"}\n\
         {\"id\":\"T-1\",\"title\":\"In time\",\"status\":\"done\",\"parent\":\"PH\",\"due\":\"2026-11-10\",\"closed\":\"2026-11-10\",\"estimate\":{\"cost\":100,\"days\":10},\"realized\":{\"cost\":110,\"days\":13},\"profile\":\"fixer\",\"outcome\":\"success\"}\n\
         {\"id\":\"T-2\",\"title\":\"Late\",\"status\":\"done\",\"parent\":\"PH\",\"due\":\"2026-11-10\",\"closed\":\"2026-11-12\",\"estimate\":{\"cost\":100,\"days\":10},\"realized\":{\"cost\":120,\"days\":13},\"profile\":\"fixer\",\"outcome\":\"failure\"}\n\
         {\"id\":\"T-3\",\"title\":\"Open\",\"status\":\"todo\",\"parent\":\"PH\",\"due\":\"2026-12-10\"}\n\
         {\"id\":\"T-4\",\"title\":\"Dropped\",\"status\":\"dropped\",\"parent\":\"PH\",\"due\":\"2026-11-11\"}\n",
    ),
    (
        "ops/metrics.jsonl",
        "{\"name\":\"latency\",\"date\":\"2026-11-10\",\"value\":90}\n{\"name\":\"latency\",\"date\":\"2026-11-17\",\"value\":110}\n\
         {\"name\":\"uptime\",\"date\":\"2026-09-01\",\"value\":99}\n",
    ),
    (
        "ops/risks.jsonl",
        "{\"id\":\"R-1\",\"title\":\"a\",\"likelihood\":3,\"impact\":5,\"status\":\"open\"}\n\
         {\"id\":\"R-2\",\"title\":\"b\",\"likelihood\":2,\"impact\":5}\n\
         {\"id\":\"R-3\",\"title\":\"c\",\"likelihood\":5,\"impact\":5,\"status\":\"closed\"}\n",
    ),
    (
        "ops/secrets.jsonl",
        "{\"name\":\"A\",\"last_rotated\":\"2026-11-01\",\"rotation_days\":30}\n{\"name\":\"B\",\"last_rotated\":\"2026-10-01\",\"rotation_days\":30}\n{\"name\":\"C\"}\n",
    ),
    (
        "docs/checklists/release.md",
        "# Release\n\n## Build\n\n- [x] a\n- [ ] b\n\n## Publish\n\n- [x] c\n- [x] d\n",
    ),
    ("docs/assessments/Q2-2026.md", "# Q2\n\n- Alignment: 95 %\n"),
    ("docs/assessments/Q3-2026.md", "# Q3\n\n- Alignment: 85 %\n- Date: 2026-10-02\n"),
    ("docs/spec.md", "---\nversion: 1.0.0\ncovers: src/**\n---\n# Spec\n"),
];

#[test]
fn every_indicator_that_ships_counts_what_it_says() {
    let repo = Repo::new();
    for (path, text) in RECORDS {
        repo.write(path, text);
    }
    repo.write("docs/guide.md", "# Guide\n\nThis is [the guide](guide.md).\n");
    repo.stage_all().commit_at("docs: all of it", START + 64 * DAY);
    type Parts<'a> = &'a [(&'a str, f64)];
    let expected: &[(&str, &str, Option<f64>, Parts<'_>)] = &[
        ("action-closure", "off-target", Some(0.0), &[]),
        ("overdue-actions", "off-target", Some(1.0), &[]),
        ("repeated-issues", "off-target", Some(1.0), &[]),
        ("ritual-attendance", "off-target", Some(200.0 / 3.0), &[("Weekly operations review", 200.0 / 3.0)]),
        ("minutes-in-time", "off-target", Some(50.0), &[]),
        ("p0-late", "off-target", Some(1.0), &[]),
        ("p1-late", "ok", Some(0.0), &[]),
        ("slos-kept", "off-target", Some(50.0), &[("latency", 50.0)]),
        ("documentation-drift", "ok", Some(0.0), &[]),
        ("plan-alignment", "off-target", Some(85.0), &[]),
        ("assessments-a-year", "off-target", Some(2.0), &[]),
        ("roadmap-in-time", "off-target", Some(50.0), &[]),
        ("phase-progress", "no-target", Some(200.0 / 3.0), &[("Phase", 200.0 / 3.0)]),
        ("cost-variance", "ok", Some(15.0), &[("Phase", 15.0)]),
        ("time-variance", "off-target", Some(30.0), &[("Phase", 30.0)]),
        ("tasks-succeeded", "no-target", Some(50.0), &[("fixer", 50.0)]),
        ("checklists", "no-target", Some(75.0), &[("Build", 50.0), ("Publish", 100.0)]),
        ("high-risks", "ok", Some(1.0), &[]),
        ("secrets-rotated", "off-target", Some(50.0), &[]),
        ("metrics-fresh", "off-target", Some(50.0), &[]),
    ];
    let health = health(&run(&repo, &["status", "--format", "json"]).exits(0));
    let all = health["indicators"].as_array().expect("a list");
    assert_eq!(all.len(), expected.len());
    let mut wrong = Vec::new();
    for (one, (id, state, value, parts)) in all.iter().zip(expected) {
        let is_near = |one: &Value, value: Option<f64>| match (one.as_f64(), value) {
            (Some(one), Some(value)) => (one - value).abs() < 1e-6,
            (one, value) => one == value,
        };
        let given = one["parts"].as_array().expect("a list");
        let is_right = one["id"] == *id
            && one["state"] == *state
            && is_near(&one["value"], *value)
            && given.len() == parts.len()
            && given
                .iter()
                .zip(*parts)
                .all(|(one, (name, value))| one["name"] == *name && is_near(&one["value"], Some(*value)));
        if !is_right {
            wrong.push(format!("{id} is to be {value:?}, {state}, {parts:?}: {one:#}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
