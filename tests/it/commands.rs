//! The commands beside `check` print what they promise, and say the way out where they cannot.

use serde_json::Value;

use crate::support::{ITEMS, command, dependent, faulty, finish, item, items, run, run_in};

#[test]
fn records_are_printed_with_their_place_and_key_as_they_were_at_each_snapshot() {
    let repo = items(&(item("A") + &dependent("B", "A")));
    repo.stage_all().commit("feat: two items");
    repo.write("items.jsonl", item("C")).stage_all();
    repo.write("items.jsonl", item("D") + "{\n");
    let keys = |more: &[&str]| -> Vec<String> {
        let output = run(&repo, &[&["records", "items", "--format", "jsonl"], more].concat()).exits(0);
        let row = |line: &str| -> Value { serde_json::from_str(line).expect("JSON") };
        output.stdout.lines().map(|line| row(line)["_key"].as_str().expect("a key").to_owned()).collect()
    };
    assert_eq!(keys(&["--rev", "HEAD"]), ["A", "B"]);
    assert_eq!(keys(&["--staged"]), ["C"]);
    assert_eq!(keys(&[]), ["D"]);
    let output = run(&repo, &["records", "--rev", "HEAD", "--format", "jsonl"]).exits(0);
    let row: Value = serde_json::from_str(output.stdout.lines().nth(1).expect("two rows")).expect("JSON");
    assert_eq!((&row["_path"], &row["_line"]), (&"items.jsonl".into(), &2.into()));
    assert_eq!((&row["depends_on"][0], &row["_collection"]), (&"A".into(), &"items".into()));
    let table = run(&repo, &["records", "--rev", "HEAD"]).exits(0).stdout;
    assert!(table.contains("items.jsonl:2") && table.lines().count() == 3, "{table}");
    run(&repo, &["records", "nothing"]).exits(2);
    run(&repo, &["records", "--rev", "nothing"]).exits(2);
}

#[test]
fn records_prints_what_it_can_and_names_what_it_could_not_read() {
    let repo = items(&item("A"));
    repo.write("opsbook.toml", format!("{ITEMS}[limits]\nfile_bytes = 80\n"));
    repo.write("more/big.jsonl", item(&"B".repeat(90)));
    let output = run(&repo, &["records", "--format", "jsonl"]).exits(0);
    assert_eq!(output.stdout.lines().count(), 1);
    assert!(output.stderr.contains("more/big.jsonl"), "{output:#?}");
}

#[test]
fn every_rule_is_explained_and_every_schema_printed() {
    let repo = items(&item("A"));
    let all = run(&repo, &["explain"]).exits(0).stdout;
    for rule in opsbook::rules::RULES {
        assert!(all.contains(rule.id), "{}", rule.id);
        let page = run(&repo, &["explain", rule.id]).exits(0).stdout;
        assert!(page.contains(rule.group) && page.contains("## Finds"), "{page}");
    }
    assert!(run(&repo, &["explain", "reference"]).exits(0).stdout.contains("dangling-reference"));
    assert!(run(&repo, &["explain", "dangling-referense"]).exits(2).stderr.contains("dangling-reference"));
    let names = run(&repo, &["schema"]).exits(0).stdout;
    for name in names.lines().filter_map(|line| line.split_whitespace().next()) {
        let text = run(&repo, &["schema", name]).exits(0).stdout;
        let schema: Value = serde_json::from_str(&text).expect("JSON");
        jsonschema::options().offline().build(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    assert!(run(&repo, &["schema", "roadmop"]).exits(2).stderr.contains("roadmap"));
}

#[test]
fn the_configuration_is_printed_as_toml_with_its_origins_and_reads_back_to_the_same() {
    let repo = items(&item("A"));
    repo.write("opsbook.toml", format!("{ITEMS}[project]\nname = \"x \\\"y\\\" ü\"\nexclude = [\"a b\"]\n"));
    let printed = run(&repo, &["config"]).exits(0).stdout;
    assert!(printed.contains("# opsbook.toml:2") && printed.contains("# built in"), "{printed}");
    let other = items(&item("A"));
    other.write("opsbook.toml", &printed);
    let again = run(&other, &["config"]).exits(0).stdout;
    let values = |text: &str| -> Vec<String> {
        text.lines().map(|line| line.split(" # ").next().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(values(&again), values(&printed));
    repo.write("opsbook.toml", "[project]\nzone = \"Nowhere\"\n");
    assert!(run(&repo, &["config"]).exits(1).stderr.contains("Nowhere"));
}

#[test]
fn completions_and_the_manual_are_printed_for_every_shell() {
    let repo = items(&item("A"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(&repo, &["completions", shell]).exits(0).stdout;
        assert!(script.contains("opsbook") && script.contains("stdin-filename"), "{shell}");
    }
    run(&repo, &["completions", "dos"]).exits(2);
    let manual = run(&repo, &["man"]).exits(0).stdout;
    assert!(manual.contains(".TH") && manual.contains("check"), "{manual}");
}

#[test]
fn help_and_version_are_no_failures_and_no_arguments_are() {
    let repo = items(&item("A"));
    for arguments in [&["--help"][..], &["--version"], &["check", "--help"], &["help", "records"]] {
        assert!(run(&repo, arguments).exits(0).stdout.contains("opsbook"), "{arguments:?}");
    }
    finish(&mut command(repo.path())).exits(2);
    run(&repo, &["chekc"]).exits(2);
}

#[test]
fn the_tour_runs_to_its_end_and_leaves_nothing_where_it_started() {
    let empty = tempfile::tempdir().expect("there is room");
    let first = run_in(empty.path(), &["tour"]).exits(0);
    assert!(first.stdout.contains("That was the tour."), "{}", first.stdout);
    let mistakes = [
        "error[broken-reference]",
        "warning[adr-number-collision]",
        "error[invalid-syntax]",
        "error[dangling-reference]",
        "error[schema-violation]",
    ];
    for mistake in mistakes.into_iter().chain(["6 errors, 2 warnings; 2 can be mended"]) {
        assert!(first.stdout.contains(mistake), "no {mistake} in {}", first.stdout);
    }
    assert_eq!(std::fs::read_dir(empty.path()).expect("readable").count(), 0);
    let second = finish(command(empty.path()).args(["--now", "2031-01-01T00:00:00Z", "tour"])).exits(0);
    assert_eq!(second.stdout, first.stdout, "the story does not depend on the day it is told");
}

#[test]
fn hook_run_reports_in_text_and_by_exit_status() {
    let repo = items(&faulty("A"));
    repo.stage_all();
    let output = run(&repo, &["hook", "run", "pre-commit"]).exits(1);
    assert!(output.stdout.contains("items.jsonl:1:32"), "{output:#?}");
    repo.write("items.jsonl", item("A")).stage_all();
    run(&repo, &["hook", "run", "pre-commit"]).exits(0);
    run(&repo, &["hook", "run", "post-commit"]).exits(2);
}

#[test]
fn the_calendar_says_what_was_held_and_writes_a_file_that_is_always_the_same() {
    let repo = items(&item("A"));
    let ritual = "[[rituals]]\nid = \"weekly\"\nrrule = \"FREQ=WEEKLY;BYDAY=MO\"\nstart = 2026-01-05T09:00:00\n\
                  folder = \"ops/operations/weekly/{week}\"\n";
    repo.write("opsbook.toml", format!("{ITEMS}{ritual}"));
    repo.write(
        "ops/operations/weekly/2026-45/minutes.md",
        "# Weekly\n\n- Date: 2026-11-03\n- Attendees: Ada\n",
    );
    let output = run(&repo, &["calendar", "--format", "jsonl", "--ics", "a.ics"]).exits(0);
    let rows: Vec<Value> =
        output.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let states: Vec<(&str, &str)> = rows
        .iter()
        .map(|row| (row["week"].as_str().expect("a week"), row["state"].as_str().expect("a state")))
        .collect();
    // Four weeks back, eight weeks on, and through week 53.
    assert_eq!(
        states[..5],
        [
            ("2026-W44", "unknown"),
            ("2026-W45", "held"),
            ("2026-W46", "missed"),
            ("2026-W47", "missed"),
            ("2026-W48", "coming")
        ]
    );
    assert_eq!(rows.len(), 12);
    assert_eq!(states[10..], [("2027-W01", "coming"), ("2027-W02", "coming")][..2]);
    assert_eq!(rows[1]["meeting"], "ops/operations/weekly/2026-45/minutes.md");
    assert_eq!(rows[9]["folder"], "ops/operations/weekly/2026-53");
    let read = |name: &str| std::fs::read_to_string(repo.path().join(name)).expect("it was written");
    run(&repo, &["calendar", "--ics", "b.ics"]).exits(0);
    assert_eq!(read("a.ics"), read("b.ics"));
    assert_eq!(read("a.ics").matches("BEGIN:VEVENT").count(), rows.len());
    assert!(run(&repo, &["calendar", "--format", "json"]).exits(0).stdout.starts_with('['));
    assert!(
        run(&repo, &["calendar", "--from", "2027-01-01", "--to", "2026-01-01"])
            .exits(2)
            .stderr
            .contains("after")
    );
    run(&repo, &["calendar", "--to", "9999-01-01"]).exits(2);
    let config = run(&repo, &["config"]).exits(0).stdout;
    assert!(
        config.contains("[[rituals]]\n") && config.contains("id = \"weekly\" # opsbook.toml:"),
        "{config}"
    );
    repo.write(
        "opsbook.toml",
        format!(
            "{ITEMS}{ritual}[[rituals]]\nid = \"x\"\nrrule = \"FREQ=HOURLY\"\nstart = 2026-01-05T09:00:00\n"
        ),
    );
    assert!(run(&repo, &["calendar"]).exits(2).stderr.contains("HOURLY is too often"));
    repo.write("limits.toml", format!("{ritual}[limits]\noccurrences = 100\n"));
    let within = |to: &str| run(&repo, &["--config", "limits.toml", "calendar", "--to", to]);
    within("2026-11-30").exits(0);
    let output = within("2199-12-31").exits(2);
    let said = "the rituals have more dates until 2199-12-31 than the 100 of [limits].occurrences";
    assert!(output.stderr.contains(said) && output.stderr.contains("help:"), "{output:#?}");
    assert!(run(&repo, &["check"]).exits(1).stdout.contains("HOURLY is too often"));
}
