//! Records are found where a repository keeps them, and nowhere else: what is named, what is found by its content, and
//! what other programs' files say of people.

use opsbook::repo::builder::Repo;
use serde_json::Value;

use crate::support::run;

/// A decision without a number, which is only taken for one where decisions are kept.
const CHOICE: &str = "# Use x\n\nStatus: accepted\n\n## Decision\n\nWe use x.\n";

/// A decision that says by itself that it is one.
const DECISION: &str = "# 5. Use x\n\nDate: 2026-11-20\n\n## Status\n\nAccepted\n\n## Context\n\nWe ship by hand.\n\n\
                        ## Decision\n\nWe use x.\n\n## Consequences\n\nLess work.\n";

/// The paths of the records of `collection`.
fn paths(repo: &Repo, collection: &str, more: &[&str]) -> Vec<String> {
    let output = run(repo, &[&["records", collection, "--format", "jsonl"], more].concat()).exits(0);
    let path = |line: &str| -> String {
        let record: Value = serde_json::from_str(line).expect("JSON");
        record["_path"].as_str().expect("a path").to_owned()
    };
    output.stdout.lines().map(path).collect()
}

#[test]
fn decisions_are_found_in_the_folder_that_the_snapshot_names() {
    let repo = Repo::new();
    repo.write(".adr-dir", "log/choices\n").write("log/choices/x.md", CHOICE).write("log/x.md", CHOICE);
    repo.write("web/.adr-dir", "./kept/\n").write("web/kept/y.md", CHOICE).write("kept/z.md", CHOICE);
    repo.write("log/choices/plan.md", "# Plan\n\nLater.\n").write("log/choices/run.sh", "exit\n");
    repo.stage_all().commit("docs: choices");
    repo.write(".adr-dir", "log\n").stage_all();
    repo.remove(".adr-dir");
    assert_eq!(paths(&repo, "adrs", &["--rev", "HEAD"]), ["log/choices/x.md", "web/kept/y.md"]);
    assert_eq!(paths(&repo, "adrs", &["--staged"]), ["log/choices/x.md", "log/x.md", "web/kept/y.md"]);
    assert_eq!(paths(&repo, "adrs", &[]), ["web/kept/y.md"]);
    let status = run(&repo, &["status", "--rev", "HEAD"]).exits(0).stdout;
    assert!(status.contains("log/choices/plan.md") && !status.contains("run.sh"), "{status}");
}

#[test]
fn a_folder_is_named_only_below_its_own_and_only_where_the_files_are_not_configured() {
    let repo = Repo::new();
    repo.write("choices/x.md", CHOICE).write("other/y.md", CHOICE);
    let hostile: [&[u8]; 7] =
        [b"", b".\n", b"/choices", b"../choices", b"\xff\xfe", b"choices\nother\n", &[b'x'; 100_000]];
    for content in hostile {
        repo.write(".adr-dir", content);
        assert_eq!(paths(&repo, "adrs", &[]), [""; 0]);
        let status = run(&repo, &["status", "--format", "json"]).exits(0).stdout;
        let status: Value = serde_json::from_str(&status).expect("JSON");
        assert_eq!(status["scope"]["unread"][0]["path"], ".adr-dir", "{status}");
        assert_eq!(run(&repo, &["check"]).exits(0).stderr, "");
    }
    repo.write(".adr-dir", "choices");
    assert_eq!(paths(&repo, "adrs", &[]), ["choices/x.md"]);
    repo.write("opsbook.toml", "[collections.adrs]\nfiles = [\"other/*.md\"]\n");
    assert_eq!(paths(&repo, "adrs", &[]), [""; 0]);
    repo.write("opsbook.toml", "[collections.adrs]\nfiles = [\"*/*.md\"]\n");
    assert_eq!(paths(&repo, "adrs", &[]), ["choices/x.md"]);
    repo.write("opsbook.toml", "[project]\nexclude = [\".adr-dir\"]\n");
    assert_eq!(paths(&repo, "adrs", &[]), [""; 0]);
}

#[test]
fn a_decision_is_found_wherever_it_lies_and_nothing_is_said_of_other_documents() {
    let repo = Repo::new();
    repo.write("docs/use-x.md", DECISION).write("docs/plan.md", CHOICE).write("docs/adr/plan.md", "# Plan\n");
    repo.write("docs/how.md", "# How we decide\n\n## Context\n\nWe talk.\n\n## Decision\n\nWe vote.\n");
    assert_eq!(paths(&repo, "adrs", &[]), ["docs/use-x.md"]);
    let declined = || -> Vec<String> {
        let status = run(&repo, &["status", "--format", "json"]).exits(0).stdout;
        let status: Value = serde_json::from_str(&status).expect("JSON");
        let declined = status["declined"].as_array().expect("a list").iter();
        declined.map(|one| one["path"].as_str().expect("a path").to_owned()).collect()
    };
    assert_eq!(declined(), ["docs/adr/plan.md"]);
    repo.write("opsbook.toml", "[collections.adrs]\nfiles = [\"docs/adr/*.md\"]\n");
    assert_eq!(paths(&repo, "adrs", &[]), [""; 0]);
    repo.write("opsbook.toml", "[collections.adrs]\nfiles = [\"docs/adr/*.md\"]\nanywhere = true\n");
    assert_eq!(paths(&repo, "adrs", &[]), ["docs/use-x.md"]);
    repo.write("opsbook.toml", "[collections.adrs]\nanywhere = false\n");
    assert_eq!(paths(&repo, "adrs", &[]), [""; 0]);
    repo.write(
        "opsbook.toml",
        "[collections.choices]\nfiles = [\"a.md\"]\nreader = \"markdown\"\nanywhere = true\n",
    );
    assert_eq!(paths(&repo, "choices", &[]), [""; 0]);
    assert_eq!(declined(), ["docs/adr/plan.md"]);
}

/// The people as JSON, without what says where they stand.
fn people(repo: &Repo) -> Vec<(String, Value)> {
    let output = run(repo, &["records", "people", "--format", "jsonl"]).exits(0);
    assert_eq!(output.stderr, "");
    let person = |line: &str| {
        let mut record: Value = serde_json::from_str(line).expect("JSON");
        let fields = record.as_object_mut().expect("an object");
        let place = format!("{}:{}", fields["_path"].as_str().expect("a path"), fields["_line"]);
        fields.retain(|name, _| !name.starts_with('_'));
        (place, record)
    };
    output.stdout.lines().map(person).collect()
}

#[test]
fn a_person_whom_several_files_name_is_one_record() {
    let repo = Repo::new();
    repo.write("CODEOWNERS", "* @ana @Bo\n").write("docs/CODEOWNERS", "* @bo @org/web cy@example.org\n");
    repo.write(
        ".mailmap",
        "Cy <cy@example.org> <cy@old.org>\nAna <ana@example.org>\nDee <dee@example.org>\n",
    );
    let handles = |repo: &Repo| -> Vec<String> {
        let all = people(repo);
        all.iter().map(|(place, one)| format!("{} {place}", one["handle"].as_str().expect("one"))).collect()
    };
    let borrowed = [
        "cy@example.org .mailmap:1",
        "ana@example.org .mailmap:2",
        "dee@example.org .mailmap:3",
        "@ana CODEOWNERS:1",
        "@Bo CODEOWNERS:1",
        "@org/web docs/CODEOWNERS:1",
    ];
    assert_eq!(handles(&repo), borrowed);
    repo.write(
        "ops/people.jsonl",
        "{\"handle\":\"Ana\",\"emails\":[\"ANA@example.org\"]}\n{\"handle\":\"bo\",\"name\":\"Dee\"}\n",
    );
    let own = ["Ana ops/people.jsonl:1", "bo ops/people.jsonl:2"];
    assert_eq!(handles(&repo), [&[borrowed[0], borrowed[2], borrowed[5]], &own[..]].concat());
    let status = run(&repo, &["status"]).exits(0).stdout;
    assert!(status.contains("people: 5 records in 4 files"), "{status}");
    let check = ["check", "--format", "concise"];
    assert_eq!(run(&repo, &check).exits(0).stderr, "");
    // Whom two records claim is neither of them.
    repo.write("ops/people.jsonl", "{\"handle\":\"@ana\"}\n{\"handle\":\"@ana\"}\n");
    assert!(handles(&repo).contains(&"@ana CODEOWNERS:1".to_owned()));
    let report = run(&repo, &["check", "--format", "json"]).exits(1).report();
    let found: Vec<String> = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| format!("{} {}", one["rule"], one["path"]))
        .collect();
    assert_eq!(found, ["\"duplicate-key\" \"ops/people.jsonl\""]);
}

#[test]
fn files_of_other_programs_are_never_at_fault_and_nobody_is_missed_in_them() {
    let task = "{\"id\":\"T-1\",\"title\":\"Move\",\"status\":\"todo\",\"owner\":\"zoe\"}\n";
    let repo = Repo::new();
    repo.write(
        "opsbook.toml",
        "[rules.severity]\nunknown-owner = \"error\"\n[collections.roadmap.references]\nowner = \"people\"\n",
    );
    repo.write("roadmap.jsonl", task).write("CODEOWNERS", "* @ana\n[\n* @@x @ana, @\n");
    repo.write(".mailmap", "J\u{c3}\u{a9}r\u{c3}\u{b4}me <j@host.(none)>\n<>\n> <\n")
        .stage_all()
        .commit("docs: owners");
    let clean = |repo: &Repo| assert_eq!(run(repo, &["check"]).exits(0).stderr, "");
    clean(&repo);
    repo.remove("CODEOWNERS").write(".mailmap", b"J\xe9 <j@example.org>\n");
    clean(&repo);
    let report = run(&repo, &["check", "--format", "json"]).report();
    assert_eq!(report["scope"]["unread"][0]["path"], ".mailmap", "{report}");
    repo.write("ops/people.jsonl", "{\"handle\":\"ana\"}\n");
    let report = run(&repo, &["check", "--format", "json"]).exits(1).report();
    let rules: Vec<&Value> =
        report["findings"].as_array().expect("a list").iter().map(|one| &one["rule"]).collect();
    assert_eq!(rules, ["dangling-reference", "unknown-owner"]);
    repo.write("opsbook.toml", "[collections.people]\nfiles = [\".mailmap\"]\n");
    let report = run(&repo, &["check", "--format", "json"]).exits(1).report();
    assert_eq!(report["findings"][0]["rule"], "not-utf8", "{report}");
}
