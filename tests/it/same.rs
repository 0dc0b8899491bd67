//! The same files and the same moment give the same bytes, whatever the machine is set to.

use std::path::{Path, PathBuf};

use opsbook::repo::builder::Repo;

use crate::support::{NOW, command, dependent, faulty, finish, item, items};

const RITUAL: &str = "[[rituals]]\nid = \"weekly\"\nrrule = \"FREQ=WEEKLY;BYDAY=MO\"\nstart = 2026-11-02T23:30:00\n\
                      duration = \"1h\"\nfolder = \"ops/operations/weekly/{week}\"\n";

const MINUTES: &str =
    "# Review 2026-11-09\n\n## Minutes\n\n- all well\n\n## Actions\n\n- [ ] Ana: order paint\n";

/// Statements whose answers are the same everywhere.
const QUESTIONS: [&str; 6] = [
    "SELECT * FROM occurrences",
    "SELECT kind, key, title, started, due, stopped, state, hours FROM clocks",
    "SELECT identity, text, owner, state, first_seen, carried FROM carryovers",
    "SELECT collection, key, field, old, new, author, date FROM history",
    "SELECT path, collection, records FROM files",
    "SELECT now(), today(), strftime('%H:%M', 'now') AS utc, id FROM items ORDER BY id DESC",
];

/// A repository with four times so many records that are not committed.
fn build(records: usize) -> Repo {
    let repo = items(&(item("A") + &faulty("B") + &dependent("C", "gone") + "{\"id\":\n"));
    repo.write("opsbook.toml", crate::support::ITEMS.to_owned() + RITUAL);
    repo.write("ops/operations/weekly/2026-46/minutes.md", MINUTES);
    repo.stage_all().commit("feat: items");
    repo.write("items.jsonl", item("A") + &item("D")).stage_all().commit("feat: another item");
    let many: String = (0..records)
        .map(|number| match number % 10 {
            3 => faulty(&format!("é-{number}")),
            5 => dependent(&format!("d-{number}"), &format!("x-{}", number % 7)),
            7 => item("same"),
            _ => item(&format!("i-{number}")),
        })
        .collect();
    for file in ["z", "a", "Ä", "m/n"] {
        repo.write(&format!("more/{file}.jsonl"), &many);
    }
    repo.write("notes.md", "# Notes\n<<<<<<< a\n=======\n>>>>>>> b\n");
    repo
}

/// The commands whose output is compared: reports.
fn reports() -> Vec<Vec<&'static str>> {
    let formats = opsbook::report::FORMATS.iter().map(|format| format.name);
    let mut all: Vec<Vec<&str>> = formats.map(|name| vec!["check", "--format", name]).collect();
    all.push(vec!["check", "--all"]);
    all.push(vec!["check", "--base", "HEAD", "--format", "json"]);
    all.push(vec!["check", "--rev", "HEAD", "--format", "json"]);
    all.push(vec!["records"]);
    all.push(vec!["records", "--format", "jsonl"]);
    all.push(vec!["config"]);
    all
}

/// And what else is computed: answers, the state of things, the calendar.
fn answers() -> Vec<Vec<&'static str>> {
    let mut all = vec![
        vec!["status"],
        vec!["status", "--verbose", "--format", "json"],
        vec!["status", "--explain", "action-closure"],
        vec!["calendar"],
        vec!["calendar", "--format", "json", "--ics"],
        vec!["query", "--tables"],
        vec!["query", "--rev", "HEAD~1", "SELECT id, _path, _line FROM items"],
    ];
    all.extend(QUESTIONS.map(|question| vec!["query", "--format", "csv", question]));
    all
}

/// What the commands print that are started in `folder` and look at `root`, and what they write.
fn outputs(all: &[Vec<&str>], folder: &Path, root: &Path, environment: &[(&str, &str)]) -> Vec<String> {
    let root = root.to_str().expect("UTF-8");
    let print = |arguments: &Vec<&str>| {
        let beside = tempfile::tempdir().expect("there is room");
        let file = beside.path().join("calendar.ics");
        let mut command = command(folder);
        command.envs(environment.iter().copied()).args(["--now", NOW, "-C", root]).args(arguments);
        let writes = arguments.last() == Some(&"--ics");
        if writes {
            command.arg(&file);
        }
        let output = finish(&mut command);
        assert!(output.status < 2, "{output:#?}");
        output.stdout + &if writes { opsbook::repo::builder::read(&file) } else { String::new() }
    };
    all.iter().map(print).collect()
}

#[test]
fn reports_do_not_depend_on_time_zone_language_home_folder_threads_or_file_times() {
    are_the_same(&build(3_000), &reports());
}

#[test]
fn answers_do_not_depend_on_time_zone_language_home_folder_threads_or_file_times() {
    are_the_same(&build(100), &answers());
}

fn are_the_same(repo: &Repo, all: &[Vec<&str>]) {
    let outputs =
        |folder: &Path, root: &Path, environment: &[(&str, &str)]| outputs(all, folder, root, environment);
    let expected = outputs(repo.path(), repo.path(), &[]);
    let other = tempfile::tempdir().expect("there is room");
    let home = other.path().to_str().expect("UTF-8").to_owned();
    std::fs::write(other.path().join(".gitconfig"), "[core]\n\tautocrlf = true\n\texcludesFile = ~/mine\n")
        .expect("writable");
    std::fs::create_dir_all(other.path().join(".config/git")).expect("writable");
    // What somebody does not want to see in any repository is still in this one.
    for ignored in ["mine", ".config/git/ignore"] {
        std::fs::write(other.path().join(ignored), "more/\n*.md\n").expect("writable");
    }
    for environment in [
        &[("TZ", "Pacific/Kiritimati")][..],
        &[("TZ", "America/New_York"), ("LANG", "tr_TR.UTF-8"), ("LC_ALL", "C")],
        &[("HOME", &*home)],
        &[("RAYON_NUM_THREADS", "1")],
        &[("RAYON_NUM_THREADS", "2")],
        &[("RAYON_NUM_THREADS", "7"), ("CI", "true"), ("USER", "root")],
    ] {
        assert!(
            outputs(repo.path(), repo.path(), environment) == expected,
            "{environment:?} changes the output"
        );
    }
    assert!(
        outputs(other.path(), repo.path(), &[]) == expected,
        "the folder it starts in changes the output"
    );
    let mut places: Vec<PathBuf> = vec![repo.path().join("items.jsonl"), repo.path().join("more/a.jsonl")];
    places.push(repo.path().join("opsbook.toml"));
    for place in places {
        let file = std::fs::File::options().append(true).open(place).expect("writable");
        file.set_modified(std::time::SystemTime::UNIX_EPOCH).expect("allowed");
    }
    assert!(outputs(repo.path(), repo.path(), &[]) == expected, "file times change the output");
}

#[test]
fn the_order_in_which_files_were_made_does_not_matter() {
    let action = "{\"id\":\"A-1\",\"text\":\"Paint\",\"owner\":\"Ana\",\"status\":\"open\"}\n";
    let files = [
        ("b/roadmap.jsonl", faulty("B")),
        ("roadmap.jsonl", faulty("A")),
        ("ops/roadmap.jsonl", faulty("A")),
        ("opsbook.toml", crate::support::ITEMS.to_owned() + RITUAL),
        ("items.jsonl", item("A") + &item("B")),
        ("ops/operations/weekly/2026-47/actions.jsonl", action.to_owned()),
        ("ops/operations/weekly/2026-46/minutes.md", MINUTES.to_owned()),
        ("ops/metrics.jsonl", "{\"name\":\"latency\",\"date\":\"2026-11-02\",\"value\":3}\n".to_owned()),
        ("docs/adr/0002-b.md", "# 2. B\n\nStatus: proposed\n".to_owned()),
        ("docs/adr/0001-a.md", "# 1. A\n\nStatus: accepted\n".to_owned()),
    ];
    let made = |order: &mut dyn Iterator<Item = &(&str, String)>| {
        let repo = items(&item("A"));
        repo.stage_all().commit("feat: an item");
        order.for_each(|(path, bytes)| _ = repo.write(path, bytes).stage(path));
        repo.commit("feat: all of it");
        repo
    };
    let (one, other) = (made(&mut files.iter()), made(&mut files.iter().rev()));
    let all = [reports(), answers()].concat();
    let of = |repo: &Repo| outputs(&all, repo.path(), repo.path(), &[]);
    for ((arguments, one), other) in all.iter().zip(of(&one)).zip(of(&other)) {
        assert_eq!(one, other, "{arguments:?}");
    }
}

#[test]
fn findings_are_sorted_by_path_position_and_rule() {
    let repo = build(3_000);
    let report = crate::support::run(&repo, &["check", "--format", "json"]).exits(1).report();
    let key = |finding: &serde_json::Value| {
        let number = |value: &serde_json::Value| value["offset"].as_u64().expect("an offset");
        let text = |name: &str| finding[name].as_str().expect("a text").to_owned();
        (text("path"), number(&finding["start"]), number(&finding["end"]), text("rule"))
    };
    let keys: Vec<_> = report["findings"].as_array().expect("a list").iter().map(key).collect();
    assert!(keys.len() > 1_000, "{}", keys.len());
    assert!(keys.is_sorted());
}
