//! Applying a fix removes its finding and brings no other, changes only the bytes it names, and never a file that is no
//! longer what was checked.

use std::collections::BTreeMap;
use std::path::Path;

use opsbook::repo::Environment;
use opsbook::repo::builder::Repo;
use opsbook::session::{Request, Session};
use serde_json::Value;

use crate::support::{ITEMS, NOW, dependent, faulty, item, items, run};

/// Repositories in which a rule has something to mend: rule, files.
fn cases() -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let record = |rest: &str| format!("{{\"id\":\"Ä\",\"title\":\"Größe 🚀\",{rest}}}\n");
    vec![
        ("missing-final-newline", vec![("items.jsonl", item("Ä").trim_end().to_owned())]),
        ("trailing-blank-record", vec![("items.jsonl", item("Ä") + "\n  \r\n\n")]),
        ("invalid-syntax", vec![("items.jsonl", record("\"status\":\"planned\",") + &item("B"))]),
        ("invalid-syntax", vec![("items.jsonl", item("Ä").trim_end().to_owned() + &item("B"))]),
        ("invalid-syntax", vec![("items.jsonl", record("status:\"planned\"") + &item("B"))]),
        ("schema-violation", vec![("items.jsonl", record("\"status\":\"In Progress\"") + &item("B"))]),
        ("schema-violation", vec![("items.jsonl", record("\"status\":\"doen\"") + &item("B"))]),
        (
            "unknown-field",
            vec![("items.jsonl", record("\"status\":\"done\",\"priorty\":\"P1\"") + &item("B"))],
        ),
        (
            "adr-one-sided-supersession",
            vec![
                ("docs/adr/0001-old.md", decision("1. Old", "Superseded by [2](0002-new.md)")),
                ("docs/adr/0002-new.md", decision("2. New", "Accepted")),
            ],
        ),
        (
            "adr-index-incomplete",
            vec![
                (
                    "docs/adr/README.md",
                    "| No. | Decision | Status |\r\n|---|---|---|\r\n\
                     | 003 | [Three](0003-three.md) | Accepted |\r\n| 001 | [One](0001-one.md) | Accepted |\r\n\r\nEnd\r\n"
                        .to_owned(),
                ),
                ("docs/adr/0001-one.md", decision("1. One", "Accepted")),
                ("docs/adr/0002-two.md", decision("2. Two", "Rejected")),
                ("docs/adr/0003-three.md", decision("3. Three", "Accepted")),
            ],
        ),
        (
            "required-document-missing",
            vec![
                ("items.jsonl", item("A")),
                ("opsbook.toml", format!("{ITEMS}[[required]]\npath = \"docs/run/RUN_BOOK.md\"\nsections = [\"Start\"]\n")),
            ],
        ),
        ("mojibake", vec![("notes.md", "The caf\u{c3}\u{a9} opens at nine.\n".to_owned())]),
        (
            "broken-reference",
            vec![
                ("before docs/a.md", "The steps.\n".to_owned()),
                ("docs/steps/a.md", "The steps.\n".to_owned()),
                ("notes.md", "See [the steps](docs/a.md#two).\n".to_owned()),
            ],
        ),
        (
            "moved-path",
            vec![
                ("before src/engine.rs", ENGINE.to_owned()),
                ("before docs/run.md", "The work is done in `src/engine.rs`.\n".to_owned()),
                ("src/core/engine.rs", ENGINE.to_owned()),
                ("docs/run.md", "The work is done in `src/engine.rs`.\n".to_owned()),
            ],
        ),
        (
            "outdated-record",
            vec![
                ("before src/engine.rs", ENGINE.to_owned()),
                ("before docs/meetings/2026-01-05.md", minutes()),
                ("src/core/engine.rs", ENGINE.to_owned()),
                ("docs/meetings/2026-01-05.md", minutes()),
            ],
        ),
        (
            "last-updated-stale",
            vec![
                ("before docs/run.md", "# Run\n\nLast updated: 2026-01-05\n\nStart the pumps.\n".to_owned()),
                ("docs/run.md", "# Run\n\nLast updated: 2026-01-05\n\nStart the valves.\n".to_owned()),
            ],
        ),
        (
            "broken-anchor",
            vec![
                ("before docs/guide.md", guide("Getting started")),
                ("before README.md", "See [the guide](docs/guide.md#getting-started).\n".to_owned()),
                ("docs/guide.md", guide("First steps")),
                ("README.md", "See [the guide](docs/guide.md#getting-started).\n".to_owned()),
            ],
        ),
        (
            "line-anchor-moved",
            vec![
                ("before src/a.rs", PARSER.to_owned()),
                ("before README.md", "`parse_the_header` is at `src/a.rs:3`.\n".to_owned()),
                ("src/a.rs", format!("use std::io;\n{PARSER}")),
                ("README.md", "`parse_the_header` is at `src/a.rs:3`.\n".to_owned()),
            ],
        ),
        (
            "snippet-stale",
            vec![
                ("README.md", "# Use\n\n```rust file=examples/a.rs#use\nlet a = A::new();\n```\n".to_owned()),
                (
                    "examples/a.rs",
                    "fn main() {\n    // ANCHOR: use\n    let a = A::with(1);\n    // ANCHOR_END: use\n}\n".to_owned(),
                ),
            ],
        ),
        ("dangling-reference", vec![("items.jsonl", item("backup") + &dependent("Ä", "bakcup"))]),
        (
            "unknown-owner",
            vec![
                ("ops/people.jsonl", "{\"handle\":\"@ana-maria\",\"name\":\"Ana Maria\"}\n".to_owned()),
                ("items.jsonl", record("\"status\":\"done\",\"owner\":\"@ana-mria\"")),
            ],
        ),
        (
            "invalid-config",
            vec![("items.jsonl", item("A")), ("opsbook.toml", ITEMS.replace("\"roadmap\"", "\"roadmop\""))],
        ),
    ]
}

const ENGINE: &str =
    "/// The engine turns what comes in into what goes out, a piece at a time.\nfn turn() {}\n";

const PARSER: &str =
    "use std::fmt;\n\nfn parse_the_header(text: &str) {\n    let mut header = Header::new(text);\n}\n";

/// A guide whose first part is called `heading`.
fn guide(heading: &str) -> String {
    format!("# Guide\n\n## {heading}\n\nInstall it first.\n\nThen run it.\n\n## End\n")
}

/// Minutes that name a file.
fn minutes() -> String {
    "# Weekly, 2026-01-05\n\n## Attendees\n\n- Ana\n- Ben\n\n## Notes\n\nThe work is in `src/engine.rs`.\n"
        .to_owned()
}

/// A decision record.
fn decision(title: &str, status: &str) -> String {
    format!("# {title}\n\n## Status\n\n{status}\n\n## Context\n\nc\n\n## Decision\n\nd\n")
}

/// A repository with `files`. Those under `before ` were in the last commit and are gone.
fn build(files: &[(&str, String)]) -> Repo {
    let repo = items("");
    let before: Vec<_> =
        files.iter().filter_map(|(path, content)| Some((path.strip_prefix("before ")?, content))).collect();
    for (path, content) in &before {
        repo.write(path, content).stage(path);
    }
    if !before.is_empty() {
        repo.commit("before");
        for (path, _) in &before {
            repo.remove(path);
        }
    }
    let files = files.iter().filter(|(path, _)| !path.starts_with("before "));
    for (path, content) in files {
        repo.write(path, content);
    }
    repo
}

/// Everything that all rules find, as JSON, with the off ones switched on.
fn findings(repo: &Repo) -> Vec<Value> {
    let groups = "syntax,schema,reference,adr,meeting,checklist,security,drift,config";
    let report = run(repo, &["check", "--format", "json", "--only", groups]).report();
    report["findings"].as_array().expect("a list").clone()
}

/// How often each finding is there, whatever its place.
fn counts(findings: &[Value]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(finding["fingerprint"].to_string()).or_default() += 1;
    }
    counts
}

#[test]
fn a_fix_removes_its_finding_brings_none_and_touches_only_its_bytes() {
    let mut mended = std::collections::BTreeSet::new();
    for (rule, files) in cases() {
        let repo = build(&files);
        let before = findings(&repo);
        let Some(finding) = before.iter().find(|one| one["rule"] == rule && !one["fix"].is_null()) else {
            panic!("no {rule} with a fix in {files:?}: {before:#?}");
        };
        let edits = finding["fix"]["edits"].as_array().expect("a list");
        assert_eq!(edits.len(), 1, "{rule}");
        let edit = &edits[0];
        let place = repo.path().join(edit["path"].as_str().expect("a path"));
        // A fix may make a file.
        let old = std::fs::read(&place).unwrap_or_default();
        let at = |end: &str| edit[end]["offset"].as_u64().expect("an offset") as usize;
        let (start, end, text) = (at("start"), at("end"), edit["text"].as_str().expect("a text"));
        let expected = [&old[..start], text.as_bytes(), &old[end..]].concat();

        let only = ["check", "--fix", "--unsafe-fixes", "--only", rule, "--format", "json"];
        run(&repo, &only);
        let new = std::fs::read(&place).expect("readable");
        assert_eq!(String::from_utf8_lossy(&new), String::from_utf8_lossy(&expected), "{rule}");
        let after = findings(&repo);
        assert!(!counts(&after).contains_key(&finding["fingerprint"].to_string()), "{rule} is still there");
        // A record that can be read again may have faults of its own; nothing else may be new.
        let known = counts(&before);
        let new: Vec<&Value> =
            after.iter().filter(|one| !known.contains_key(&one["fingerprint"].to_string())).collect();
        assert!(new.is_empty(), "{rule} brought {new:#?}");
        mended.insert(rule);
    }
    let promised = opsbook::rules::RULES.iter().filter(|rule| rule.fix != opsbook::rules::FixKind::Never);
    for rule in promised {
        assert!(mended.contains(rule.id), "{} promises fixes and has no case here", rule.id);
    }
}

#[test]
fn a_list_of_decisions_is_completed_in_its_own_form_or_not_at_all() {
    let list = |head: &str, line: &dyn Fn(i32, &str) -> String| {
        let repo = Repo::new();
        for (number, name) in [(1, "One"), (2, "Two"), (3, "Three"), (10, "Ten")] {
            let path = format!("docs/adr/{number:04}-{}.md", name.to_lowercase());
            repo.write(&path, decision(&format!("{number}. {name}"), "Accepted"));
        }
        let lines = [(1, "One"), (3, "Three")].map(|(number, name)| line(number, name));
        repo.write("docs/adr/README.md", format!("{head}{}", lines.join("\n")));
        run(&repo, &["check", "--fix", "--only", "adr-index-incomplete"]);
        std::fs::read_to_string(repo.path().join("docs/adr/README.md")).expect("readable")
    };
    let file = |number: i32, name: &str| format!("{number:04}-{}.md", name.to_lowercase());
    let item = |number: i32, name: &str| format!("* [ADR-{number:03}: {name}](./{})", file(number, name));
    let all = [(1, "One"), (2, "Two"), (3, "Three"), (10, "Ten")].map(|(number, name)| item(number, name));
    assert_eq!(list("# List\n\n", &item), format!("# List\n\n{}", all.join("\n")));
    // What is said beside it nobody can make up.
    let told = |number: i32, name: &str| {
        format!("{}, {}", item(number, name), if number == 1 { "at last" } else { "again" })
    };
    let kept = [told(1, "One"), told(3, "Three")].join("\n");
    assert_eq!(list("", &told), kept);
}

#[test]
fn a_required_document_is_made_only_where_nothing_is() {
    let repo = Repo::new();
    repo.write("opsbook.toml", "[[required]]\npath = \"docs/a.md\"\n[[required]]\npath = \"docs\"\n");
    repo.write("docs/b.md", "# B\n");
    let only = ["check", "--only", "required-document-missing"];
    let shown = run(&repo, &[&only[..], &["--diff"]].concat());
    assert!(shown.stdout.contains("+# A"), "{shown:#?}");
    run(&repo, &[&only[..], &["--fix"]].concat());
    assert_eq!(std::fs::read_to_string(repo.path().join("docs/a.md")).expect("it was made"), "# A\n");
    assert!(run(&repo, &[&only[..], &["--fix"]].concat()).stdout.contains("there is no docs"));
}

#[test]
fn safe_fixes_leave_the_unsafe_ones_alone() {
    let records = faulty("A") + &item("B").replace("planned", "In Progress");
    let repo = items(&records);
    run(&repo, &["check", "--fix"]).exits(1);
    let read = || std::fs::read_to_string(repo.path().join("items.jsonl")).expect("readable");
    assert_eq!(read(), records.replace("In Progress", "in-progress"));
    run(&repo, &["check", "--fix", "--unsafe-fixes"]).exits(0);
    assert_eq!(read(), records.replace("In Progress", "in-progress").replace("plannd", "planned"));
}

#[test]
fn fixing_twice_changes_nothing_more() {
    for (_, files) in cases() {
        let repo = build(&files);
        let all = ["check", "--fix", "--unsafe-fixes", "--only", "syntax,schema,reference,adr,config"];
        run(&repo, &all);
        let read = || -> Vec<Vec<u8>> {
            let kept = files.iter().filter(|(path, _)| !path.starts_with("before "));
            kept.map(|(path, _)| std::fs::read(repo.path().join(path)).expect("readable")).collect()
        };
        let once = read();
        let again = run(&repo, &all);
        assert_eq!(read(), once, "{again:#?}");
    }
}

#[test]
fn line_endings_order_and_unknown_fields_survive_a_fix() {
    let bytes = "\u{feff}{ \"zz\" : 1e400 ,\t\"id\":\"A\",\"title\":\"t\",\"status\":\"Planned\"}\r\n\r\n{\"id\":\"B\" , \"title\":\"\\u00e9\",\"status\":\"done\"}\r\n";
    let repo = items("");
    repo.write("items.jsonl", bytes);
    run(&repo, &["check", "--fix", "--only", "schema"]);
    let after = std::fs::read_to_string(repo.path().join("items.jsonl")).expect("readable");
    assert_eq!(after, bytes.replace("Planned", "planned"));
}

#[test]
fn a_file_that_changed_after_it_was_checked_is_not_written() {
    let repo = items(item("A").trim_end());
    let request = Request::new(repo.path(), NOW.parse().expect("a moment"));
    let session = Session::open(request, &Environment::default()).expect("it opens");
    let checked = session.check().expect("it can be checked");
    let fixes = session.fixes(&checked.report, false);
    assert_eq!(fixes.applied, 1);
    repo.write("items.jsonl", item("B"));
    let error = session.write(&fixes).expect_err("the file changed");
    assert!(error.message.contains("items.jsonl") && error.hint.is_some(), "{error:?}");
    assert_eq!(opsbook::repo::builder::read(&repo.path().join("items.jsonl")), item("B"));
    repo.remove("items.jsonl").write("items.jsonl/x", "");
    assert!(session.write(&fixes).is_err(), "a folder is no file");
}

#[cfg(unix)]
#[test]
fn a_fix_keeps_permissions_and_does_not_write_through_links() {
    use std::os::unix::fs::PermissionsExt;
    let repo = items(item("A").trim_end());
    let place = repo.path().join("items.jsonl");
    std::fs::set_permissions(&place, std::fs::Permissions::from_mode(0o640)).expect("allowed");
    run(&repo, &["check", "--fix"]).exits(0);
    assert_eq!(std::fs::metadata(&place).expect("there").permissions().mode() & 0o777, 0o640);
    assert_eq!(left_over(repo.path()), Vec::<String>::new());

    let outside = Repo::plain();
    outside.write("target.jsonl", item("A").trim_end());
    repo.remove("items.jsonl");
    std::os::unix::fs::symlink(outside.path().join("target.jsonl"), &place).expect("allowed");
    run(&repo, &["check", "--fix", "--allow-empty"]);
    assert_eq!(opsbook::repo::builder::read(&outside.path().join("target.jsonl")), item("A").trim_end());
}

/// Temporary files that were not cleaned up.
fn left_over(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).expect("readable").filter_map(Result::ok);
    let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with(".opsbook-")).collect()
}

#[cfg(unix)]
#[test]
fn killed_at_any_instant_a_fix_leaves_each_file_old_or_new() {
    const FILES: usize = 12;
    let old: String =
        (0..400).map(|number| item(&format!("I-{number}")).replace("planned", "Planned")).collect();
    let new = old.replace("Planned", "planned");
    let repo = items("");
    let name = |number: usize| format!("more/f{number}.jsonl");
    let content = |number: usize, text: &str| text.replace("I-", &format!("F{number}-"));
    // The moments are spread over what a whole run takes here, however busy the machine is.
    (0..FILES).for_each(|number| _ = repo.write(&name(number), content(number, &old)));
    let start = std::time::Instant::now();
    run(&repo, &["check", "--fix", "--quiet"]);
    let whole = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX).max(1_000);
    // Numbers from a fixed seed: the moments differ, their series does not.
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let (mut untouched, mut finished) = (0, 0);
    for round in 0..50 {
        for number in 0..FILES {
            repo.write(&name(number), content(number, &old));
        }
        let mut command = crate::support::command(repo.path());
        command.args(["check", "--fix", "--quiet"]).stdout(std::process::Stdio::null());
        let mut child = command.stderr(std::process::Stdio::null()).spawn().expect("it was built");
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        std::thread::sleep(std::time::Duration::from_micros(seed % (whole + whole / 4)));
        // It may be over already.
        let _ = child.kill();
        let _ = child.wait();
        let mut mended = 0;
        for number in 0..FILES {
            let found = opsbook::repo::builder::read(&repo.path().join(name(number)));
            let (old, new) = (content(number, &old), content(number, &new));
            assert!(found == old || found == new, "round {round}: {} is neither old nor new", name(number));
            mended += usize::from(found == new);
        }
        untouched += usize::from(mended == 0);
        finished += usize::from(mended == FILES);
    }
    assert!(untouched < 50 && finished < 50, "no round was cut: {untouched} untouched, {finished} finished");
    // What killed runs left behind is no record and stops no later run.
    run(&repo, &["check", "--fix"]).exits(0);
}
