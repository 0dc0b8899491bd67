//! Histories made from data, and what is told of them.

use serde_json::Value as Json;

use super::*;
use crate::database::{Wants, load};
use crate::repo::Environment;
use crate::repo::builder::Repo;

/// The history of one collection as lines: commit, record, field, old and new.
fn told(repo: &Repo, collection: &str) -> Vec<String> {
    told_with(repo, "", collection, true)
}

fn history(repo: &Repo, settings: &str, collection: &str, cache: bool) -> (History, Vec<String>) {
    let workspace = Workspace::open(repo.path(), &Environment::default()).expect("the place can be opened");
    let snapshot = workspace.worktree().expect("it can be listed");
    let config = Config::read(None, "", settings);
    let wants = Wants { violations: false, unknown_fields: false, keys: false };
    let database = load(&snapshot, &snapshot, &config, wants, &|_| Vec::new()).database;
    let past =
        Past { workspace: &workspace, snapshot: &snapshot, config: &config, tables: &database.tables, cache };
    let history = past.history(&|table| **table.name() == *collection).expect("history can be read");
    // What is there is what its changes made of it.
    let (at, table) = database.table(collection).expect("it is a collection");
    let replayed = replayed(&history);
    let mut missing = Vec::new();
    database.for_each(at, &mut |id, value, _| {
        let path = &database.file(id).path;
        let now = versions::record(table, value, versions::is_document(table, path));
        let known = history.record(table, at, path, value).and_then(|record| replayed.get(&record));
        if known != Some(&now.said.fields()) {
            missing.push(format!("{path}: {value:?} is {known:?}"));
        }
    });
    (history, missing)
}

/// Every record as its changes, one after the other, leave it.
fn replayed(history: &History) -> HashMap<usize, serde_json::Map<String, Json>> {
    let mut records: HashMap<usize, serde_json::Map<String, Json>> = HashMap::new();
    for Change { record, field, new, .. } in &history.changes {
        match (field, new.as_ref().map(Said::json)) {
            (None, Some(Json::Object(whole))) => drop(records.insert(*record, whole)),
            (None, _) => drop(records.remove(record)),
            (Some(field), Some(new)) => {
                drop(records.entry(*record).or_default().insert(field.to_string(), new));
            }
            (Some(field), None) => drop(records.entry(*record).or_default().remove(&**field)),
        }
    }
    records
}

fn told_with(repo: &Repo, settings: &str, collection: &str, cache: bool) -> Vec<String> {
    let (history, missing) = history(repo, settings, collection, cache);
    assert!(missing.is_empty() || !history.unknown.is_empty(), "{missing:#?}");
    let changes = history.changes.iter().map(|change| {
        let commit = change.commit.map_or("not yet", |at| history.commits[at].summary.as_str());
        let record = &history.records[change.record];
        let name = record.key.as_deref().map_or_else(|| format!("#{}", change.record), str::to_owned);
        let shown = |value: &Option<Said>| match value.as_ref().map(Said::json) {
            Some(Json::Object(fields)) => {
                let mut names: Vec<String> = fields.keys().cloned().collect();
                names.sort();
                format!("{{{}}}", names.join(" "))
            }
            Some(value) => value.to_string(),
            None => "-".to_owned(),
        };
        let field = change.field.as_deref().unwrap_or("*");
        format!("{commit}: {} {name} {field} {} {}", change.path, shown(&change.old), shown(&change.new))
    });
    changes.chain(history.unknown.iter().map(|why| format!("unknown: {why}"))).collect()
}

fn task(id: &str, status: &str) -> String {
    format!("{{\"id\":\"{id}\",\"title\":\"Task {id}\",\"status\":\"{status}\"}}\n")
}

fn commit(repo: &Repo, message: &str) -> String {
    repo.stage_all().commit(message)
}

#[test]
fn records_come_change_and_go() {
    let repo = Repo::new();
    repo.write("roadmap.jsonl", task("T-1", "todo") + &task("T-2", "todo"));
    commit(&repo, "one");
    repo.write(
        "roadmap.jsonl",
        task("T-2", "done") + "\n{broken\n" + &task("T-1", "todo") + &task("T-3", "todo"),
    );
    commit(&repo, "two");
    repo.write(
        "roadmap.jsonl",
        task("T-3", "todo").replace('}', ",\"owner\":\"ada\"}") + &task("T-2", "done"),
    );
    assert_eq!(
        told(&repo, "roadmap"),
        [
            "one: roadmap.jsonl T-1 * - {id status title}",
            "one: roadmap.jsonl T-2 * - {id status title}",
            "two: roadmap.jsonl T-2 status \"todo\" \"done\"",
            "two: roadmap.jsonl T-3 * - {id status title}",
            "not yet: roadmap.jsonl T-1 * {id status title} -",
            "not yet: roadmap.jsonl T-3 owner - \"ada\"",
        ]
    );
}

#[test]
fn another_spelling_is_no_change() {
    let repo = Repo::new();
    repo.write("roadmap.jsonl", task("T-1", "todo") + &task("T-2", "todo"));
    commit(&repo, "one");
    let spaced = task("T-1", "todo").replace(',', " , ").replace(':', ": ");
    repo.write("roadmap.jsonl", task("T-2", "todo") + &spaced);
    commit(&repo, "two");
    assert_eq!(told(&repo, "roadmap").len(), 2, "{:?}", told(&repo, "roadmap"));
}

#[test]
fn fields_are_compared_whatever_their_order_and_the_bytes_around_them() {
    let repo = Repo::new();
    let line = "{\"id\":\"T-1\",\"title\":\"a\",\"status\":\"todo\",\"tags\":[\"x\"]}\n";
    repo.write("roadmap.jsonl", format!("\u{feff}{line}"));
    commit(&repo, "one");
    let turned =
        "{\"status\":\"todo\",\"tags\":[ \"x\" ],\"owner\":\"bo\",\"id\":\"T-1\",\"title\":\"\\u0061\"}\n";
    repo.write("roadmap.jsonl", turned);
    commit(&repo, "two");
    // Not UTF-8 in another line: the others are still compared.
    let next = [turned.replace("bo", "al").as_bytes(), b"{\"id\":\"\xff\"}\n"].concat();
    repo.write("roadmap.jsonl", next);
    let expected =
        ["two: roadmap.jsonl T-1 owner - \"bo\"", "not yet: roadmap.jsonl T-1 owner \"bo\" \"al\""];
    assert_eq!(told(&repo, "roadmap")[1..], expected);
}

#[test]
fn a_key_is_the_same_record_in_another_file_and_after_it_was_gone() {
    let repo = Repo::new();
    repo.write("roadmap.jsonl", task("T-1", "todo") + &task("T-2", "todo"));
    commit(&repo, "one");
    repo.write("roadmap.jsonl", task("T-2", "todo")).write("ops/roadmap.jsonl", task("T-1", "done"));
    commit(&repo, "two");
    repo.remove("ops/roadmap.jsonl");
    commit(&repo, "three");
    repo.write("roadmap.jsonl", task("T-2", "todo") + &task("T-1", "todo"));
    commit(&repo, "four");
    let (history, _) = history(&repo, "", "roadmap", true);
    assert_eq!(history.records.len(), 2, "{:?}", history.records);
    assert_eq!(
        told(&repo, "roadmap")[2..],
        [
            "two: ops/roadmap.jsonl T-1 status \"todo\" \"done\"",
            "three: ops/roadmap.jsonl T-1 * {id status title} -",
            "four: roadmap.jsonl T-1 * - {id status title}",
        ]
    );
}

#[test]
fn a_merge_brings_what_it_brings_at_once() {
    let repo = Repo::new();
    repo.write("roadmap.jsonl", task("T-1", "todo"));
    commit(&repo, "one");
    repo.branch("side").write("roadmap.jsonl", task("T-1", "in-progress"));
    commit(&repo, "side");
    repo.write("roadmap.jsonl", task("T-1", "done"));
    let side = commit(&repo, "side again");
    repo.switch("main");
    let git = repo.git();
    let parents = ["main", side.as_str()]
        .map(|rev| git.revparse_single(rev).and_then(|it| it.peel_to_commit()).expect("a commit"));
    let who =
        git2::Signature::new("Ada", "ada@example.org", &git2::Time::new(1_800_000_000, 0)).expect("valid");
    let tree = parents[1].tree().expect("it has one");
    git.commit(Some("HEAD"), &who, &who, "merge", &tree, &[&parents[0], &parents[1]]).expect("valid");
    repo.switch("main");
    assert_eq!(told(&repo, "roadmap")[1..], ["merge: roadmap.jsonl T-1 status \"todo\" \"done\""]);
}

const DECISION: &str = "# 1. Use blue\n\n## Status\n\nProposed\n\n## Context\n\nWalls need a colour that all of us \
can bear to look at, every day.\n\n## Decision\n\nBlue it is, for all walls, inside and outside, from May.\n\n## Consequences\n\nPaint is bought.\n";

#[test]
fn a_document_is_followed_through_renames() {
    let repo = Repo::new();
    repo.write("docs/adr/0001-use-blue.md", DECISION);
    commit(&repo, "one");
    let accepted = DECISION.replace("Proposed", "Accepted");
    repo.remove("docs/adr/0001-use-blue.md").write("docs/decisions/0001-use-blue.md", &accepted);
    commit(&repo, "two");
    repo.write(
        "docs/decisions/0001-use-blue.md",
        accepted.replace("# 1. Use blue", "\n\n# 1. Use dark blue"),
    );
    let (history, _) = history(&repo, "", "adrs", true);
    assert_eq!(history.records.len(), 1, "{:?}", history.records);
    let told = told(&repo, "adrs");
    assert!(told[0].starts_with("one: docs/adr/0001-use-blue.md #0 * - {"), "{told:#?}");
    assert!(
        told.contains(&"two: docs/decisions/0001-use-blue.md #0 status \"proposed\" \"accepted\"".to_owned()),
        "{told:#?}"
    );
    assert!(
        told.contains(
            &"not yet: docs/decisions/0001-use-blue.md #0 title \"Use blue\" \"Use dark blue\"".to_owned()
        ),
        "{told:#?}"
    );
}

#[test]
fn records_without_a_key_are_known_by_their_words() {
    let repo = Repo::new();
    let list =
        "# Setup\n\n- [ ] Order the paint for the walls\n- [ ] Ask who has a ladder\n- [ ] Close the door\n";
    repo.write("docs/checklists/setup.md", list);
    commit(&repo, "one");
    let now = list.replace("[ ] Ask", "[x] Ask").replace("- [ ] Close the door\n", "- [ ] Buy brushes\n");
    repo.write("docs/checklists/setup.md", now);
    commit(&repo, "two");
    let told = told(&repo, "checklists");
    assert!(told.contains(&"two: docs/checklists/setup.md #1 done false true".to_owned()), "{told:#?}");
    assert!(told.iter().any(|line| line.starts_with("two: docs/checklists/setup.md #2 * {")), "{told:#?}");
    assert!(told.iter().any(|line| line.starts_with("two: docs/checklists/setup.md #3 * - {")), "{told:#?}");
}

#[test]
fn other_formats_are_read_whole() {
    let repo = Repo::new();
    let settings = "[collections.racks]\nfiles = [\"racks.csv\", \"racks.yaml\"]\nkey = \"id\"\n";
    repo.write("racks.csv", "id,place\nr1,north\nr2,south\n");
    commit(&repo, "one");
    repo.write("racks.csv", "id,place\nr2,south\nr1,east\n");
    commit(&repo, "two");
    repo.remove("racks.csv").write("racks.yaml", "- id: r1\n  place: east\n- id: r2\n  place: west\n");
    commit(&repo, "three");
    assert_eq!(
        told_with(&repo, settings, "racks", true)[2..],
        ["two: racks.csv r1 place \"north\" \"east\"", "three: racks.yaml r2 place \"south\" \"west\"",]
    );
}

#[test]
fn what_is_remembered_changes_no_answer() {
    let repo = Repo::new();
    repo.write("roadmap.jsonl", task("T-1", "todo") + &task("T-2", "todo"));
    commit(&repo, "one");
    repo.write("roadmap.jsonl", task("T-1", "done") + &task("T-2", "todo"));
    commit(&repo, "two");
    let folder = repo.path().join(".git/opsbook");
    let fresh = told_with(&repo, "", "roadmap", false);
    assert!(!folder.exists(), "nothing is kept that is not to be");
    assert_eq!((told(&repo, "roadmap"), told(&repo, "roadmap")), (fresh.clone(), fresh.clone()));
    let entries =
        || std::fs::read_dir(&folder).expect("something is kept").map(|entry| entry.expect("listed").path());
    let [entry] = entries().collect::<Vec<_>>().try_into().expect("one entry");
    let kept = std::fs::read(&entry).expect("it can be read");
    // It is read: what is not so comes back.
    std::fs::write(&entry, entry::resealed(&kept, b"done", b"gone")).expect("writable");
    let (spoiled, wrong) = history(&repo, "", "roadmap", true);
    let news: Vec<&str> = spoiled.changes.iter().filter_map(|change| change.new.as_ref()?.as_str()).collect();
    assert_eq!(news, ["gone"]);
    assert!(!wrong.is_empty(), "what the changes make of a record is looked at");
    // What is damaged is not.
    let mut other = kept.clone();
    other[kept.len() / 2] ^= 1;
    for damaged in [kept[..kept.len() / 2].to_vec(), Vec::new(), other, vec![0; 99]] {
        std::fs::write(&entry, damaged).expect("writable");
        assert_eq!(told(&repo, "roadmap"), fresh);
    }
    repo.write("roadmap.jsonl", task("T-1", "done"));
    commit(&repo, "three");
    assert_eq!(told(&repo, "roadmap"), told_with(&repo, "", "roadmap", false), "it grows with history");
}

/// Versions of a file of lines, each with the lines that are to be told of it, with and without what is remembered.
fn check_versions(versions: &[(&str, &[&str])]) {
    let repo = Repo::new();
    let mut expected = Vec::new();
    for (number, (text, changes)) in versions.iter().enumerate() {
        repo.write("roadmap.jsonl", text);
        commit(&repo, &format!("v{number}"));
        expected.extend(changes.iter().map(|change| format!("v{number}: roadmap.jsonl {change}")));
        // With each commit, what was remembered of those before is used.
        assert_eq!(told(&repo, "roadmap"), expected, "with version {number}");
    }
    assert_eq!(told(&repo, "roadmap"), expected, "all remembered");
    assert_eq!(told_with(&repo, "", "roadmap", false), expected, "none remembered");
}

#[test]
fn lines_that_move_change_nothing() {
    let lines: Vec<String> = (1..200).map(|number| task(&format!("T-{number:03}"), "todo")).collect();
    let come: Vec<String> = (1..200).map(|number| format!("T-{number:03} * - {{id status title}}")).collect();
    let come: Vec<&str> = come.iter().map(String::as_str).collect();
    let mut turned = lines.clone();
    turned.reverse();
    let mut swapped = turned.clone();
    swapped.swap(3, 150);
    let mut edited = swapped.clone();
    (10..90).for_each(|at| edited[at] = edited[at].replace("todo", "done"));
    let mut changes: Vec<String> =
        (110..190).map(|at| format!("T-{at:03} status \"todo\" \"done\"")).collect();
    changes.sort();
    let changes: Vec<&str> = changes.iter().map(String::as_str).collect();
    check_versions(&[
        (&lines.concat(), &come),
        (&turned.concat(), &[]),
        (&swapped.concat(), &[]),
        // More in a row than a line is looked for ahead, and further down the same as before.
        (&edited.concat(), &changes),
        (&(edited[..40].concat() + &edited[41..].concat()), &["T-159 * {id status title} -"]),
    ]);
}

#[test]
fn a_line_that_stands_twice_is_two_records_of_one_key() {
    let (one, two) = (task("T-1", "todo"), task("T-2", "todo"));
    check_versions(&[
        (&(one.clone() + &two), &["T-1 * - {id status title}", "T-2 * - {id status title}"]),
        (&(one.clone() + &two + &one), &["T-1 * - {id status title}"]),
        (&(one.clone() + &one + &two), &[]),
    ]);
}

#[test]
fn a_record_that_takes_another_key_goes_and_comes() {
    check_versions(&[
        (&task("T-1", "todo"), &["T-1 * - {id status title}"]),
        (
            &task("T-1", "todo").replace("\"id\":\"T-1\"", "\"id\":\"T-9\""),
            &["T-1 * {id status title} -", "T-9 * - {id status title}"],
        ),
    ]);
}

#[test]
fn line_endings_and_blank_lines_are_no_change_and_bad_lines_are_passed_over() {
    let (one, two) = (task("T-1", "todo"), task("T-2", "todo"));
    let windows = |text: &str| text.replace('\n', "\r\n");
    let done = two.replace("todo", "done");
    check_versions(&[
        (&(one.clone() + &two), &["T-1 * - {id status title}", "T-2 * - {id status title}"]),
        (&windows(&(one.clone() + &two)), &[]),
        (&(one.clone() + "\n \t\n" + two.trim_end()), &[]),
        (&(format!("\u{feff}{one}{{\"id\":\n") + &done), &["T-2 status \"todo\" \"done\""]),
        (&(format!("{{\"id\":\n{one}") + &done + "{\"id\":\"T-3\"} {}\n"), &[]),
        (&(format!("{{\"id\":1]\n{one}") + "]\n"), &["T-2 * {id status title} -"]),
    ]);
}

#[test]
fn a_name_that_stands_twice_says_what_stands_last() {
    let line = |fields: &str| format!("{{\"id\":\"T-1\",\"title\":\"x\",\"status\":\"todo\",{fields}}}\n");
    check_versions(&[
        (&line("\"a\":1,\"a\":2,\"b\":0"), &["T-1 * - {a b id status title}"]),
        (&line("\"a\":2,\"b\":0"), &[]),
        (&line("\"b\":0,\"a\":3,\"a\":{\"c\":[1]}"), &["T-1 a 2 {c}"]),
        (&line("\"c\":null,\"b\":0.0,\"a\":{ \"c\" : [ 1 ] }"), &["T-1 b 0 0.0", "T-1 c - null"]),
    ]);
}

#[test]
fn a_cut_history_is_unknown_before_the_cut() {
    let repo = Repo::new();
    repo.write("roadmap.jsonl", task("T-1", "todo"));
    let first = commit(&repo, "one");
    repo.write("roadmap.jsonl", task("T-1", "done"));
    commit(&repo, "two");
    std::fs::write(repo.path().join(".git/shallow"), first.clone() + "\n").expect("writable");
    // A commit without parents is not cut, even in a shallow clone.
    assert_eq!(told(&repo, "roadmap").len(), 2);
    repo.write("roadmap.jsonl", task("T-1", "dropped"));
    let third = commit(&repo, "three");
    repo.write("roadmap.jsonl", task("T-1", "planned"));
    commit(&repo, "four");
    std::fs::write(repo.path().join(".git/shallow"), third.clone() + "\n").expect("writable");
    assert_eq!(
        told(&repo, "roadmap"),
        [
            "four: roadmap.jsonl T-1 status \"dropped\" \"planned\"".to_owned(),
            format!("unknown: shallow clone: history before {} is unknown", &third[..12]),
        ]
    );
}

#[test]
fn without_commits_or_git_nothing_is_known_of_the_past() {
    let repo = Repo::new();
    repo.write("roadmap.jsonl", task("T-1", "todo"));
    assert_eq!(history(&repo, "", "roadmap", true).0.changes, []);
    let plain = Repo::plain();
    plain.write("roadmap.jsonl", task("T-1", "todo"));
    assert_eq!(history(&plain, "", "roadmap", true).0.unknown, ["no git repository: history is unknown"]);
}
