//! Never green on nothing: a run that read nothing, or could not read what it should, says so and does not exit 0.

use opsbook::repo::builder::Repo;
use serde_json::Value;

use crate::support::{ITEMS, Output, faulty, finish, git, item, items, run, run_in};

fn check(repo: &Repo, more: &[&str]) -> Output {
    run(repo, &[&["check", "--format", "json"], more].concat())
}

#[test]
fn where_there_is_nothing_to_check_the_run_could_not_tell() {
    let plain = Repo::plain();
    let empty = Repo::new();
    let code = Repo::new();
    code.write("src/main.rs", "fn main() {}\n");
    let excluded = Repo::new();
    excluded
        .write("opsbook.toml", "[project]\nexclude = [\"old\"]\n")
        .write("old/roadmap.jsonl", faulty("A"));
    let ignored = Repo::new();
    ignored.write(".gitignore", "roadmap.jsonl\n").write("roadmap.jsonl", faulty("A"));
    let nested = Repo::new();
    nested.write("sub/opsbook.toml", "").write("sub/roadmap.jsonl", faulty("A"));
    for (name, repo) in [
        ("plain", plain),
        ("empty", empty),
        ("code", code),
        ("excluded", excluded),
        ("ignored", ignored),
        ("nested", nested),
    ] {
        let output = check(&repo, &[]).exits(2);
        assert!(output.stderr.contains("nothing was checked"), "{name}: {output:#?}");
        assert_eq!(output.report()["findings"], Value::Array(Vec::new()), "{name}");
        assert_eq!(check(&repo, &["--allow-empty"]).exits(0).stderr, "", "{name}");
    }
}

#[test]
fn an_unborn_branch_is_an_empty_base_and_an_empty_index_holds_nothing() {
    let repo = items(&faulty("A"));
    check(&repo, &["--staged"]).exits(2);
    assert_eq!(check(&repo, &["--base", "HEAD"]).exits(1).places(), ["items.jsonl:1:32 schema-violation"]);
    repo.stage_all();
    assert_eq!(check(&repo, &["--staged", "--base", "HEAD"]).exits(1).places().len(), 1);
}

#[test]
fn what_the_request_names_must_exist() {
    let repo = items(&item("A"));
    repo.stage_all().commit("feat: an item");
    for (arguments, words) in [
        (&["--only", "no-such-rule"][..], "no-such-rule"),
        (&["--skip", "no-such-rule"], "no-such-rule"),
        (&["--only", "schema-violatoin"], "schema-violation"),
        (&["nowhere.jsonl"], "nowhere.jsonl"),
        (&["nowhere/"], "nowhere"),
        (&["../elsewhere"], "elsewhere"),
        (&[".git/config"], ".git/config"),
        (&["--rev", "nothing"], "nothing"),
        (&["--base", "nothing"], "nothing"),
        (&["nothing..HEAD"], "nothing"),
        (&["HEAD...nothing"], "nothing"),
        (&["--baseline", "nothing.json"], "nothing.json"),
        (&["--config", "nothing.toml"], "nothing.toml"),
        (&["-C", "nothing"], "nothing"),
    ] {
        let output = check(&repo, arguments).exits(2);
        assert!(output.stderr.contains(words), "{arguments:?}: {output:#?}");
        assert!(output.stderr.contains("help: "), "{arguments:?} shows no way out: {output:#?}");
        let report = output.report();
        assert_eq!(report["scope"]["complete"], false, "{arguments:?}");
        assert!(report["scope"]["unknown"][0].is_string(), "{arguments:?} says why");
    }
}

#[test]
fn a_message_is_lower_case_without_a_period() {
    let repo = items(&item("A"));
    repo.stage_all().commit("feat: an item");
    for arguments in [
        &["check", "--only", "x"][..],
        &["check", "nowhere"],
        &["check", "--rev", "x"],
        &["check", "--base", "auto", "--rev", "HEAD~9"],
        &["check", "--format", "x"],
        &["check", "--format", "json", "--format", "text"],
        &["check", "--baseline", "x"],
        &["--config", "x", "check"],
        &["--now", "yesterday", "check"],
        &["records", "x"],
        &["explain", "x"],
        &["schema", "x"],
        &["-C", "x", "config"],
    ] {
        // The first --now wins nothing: clap refuses two of one option.
        let output = finish(crate::support::command(repo.path()).args(arguments)).exits(2);
        let line = output.stderr.lines().next().unwrap_or_default();
        let message = line.strip_prefix("opsbook: ").unwrap_or_else(|| panic!("{arguments:?}: {output:#?}"));
        assert!(!message.ends_with('.'), "{message}");
        let first = message.chars().next().unwrap_or(' ');
        assert!(!first.is_uppercase(), "{message}");
        assert!(output.stderr.contains("\n  help: "), "{arguments:?} shows no way out: {output:#?}");
    }
}

#[test]
fn a_configured_place_without_a_file_is_a_finding() {
    let repo = Repo::new();
    repo.write("opsbook.toml", "[collections.items]\nfiles = [\"*.jsonl\", \"more/**/x.jsonl\"]\n");
    repo.write("a.jsonl", "{}\n");
    assert_eq!(check(&repo, &[]).exits(1).places(), ["opsbook.toml:2:21 unmatched-collection"]);
}

#[test]
fn a_claimed_file_that_cannot_be_read_leaves_the_run_undecided() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";
    let limits = format!("{ITEMS}[limits]\nfile_bytes = 40\n");
    let lines = format!("{ITEMS}[limits]\nline_bytes = 40\n");
    for (config, bytes, why) in
        [(ITEMS, pointer.to_owned(), "LFS"), (&limits, item("A"), "40"), (&lines, item("A"), "line 1")]
    {
        let repo = items(&bytes);
        repo.write("opsbook.toml", config).write("more/b.jsonl", "\n");
        let output = check(&repo, &[]).exits(2);
        let report = output.report();
        let unread = &report["scope"]["unread"][0];
        assert_eq!(unread["path"], "items.jsonl", "{output:#?}");
        assert!(unread["reason"].as_str().is_some_and(|reason| reason.contains(why)), "{unread}");
        assert_eq!(report["scope"]["complete"], false);
        assert!(output.stderr.contains("items.jsonl was not read"), "{output:#?}");
        // A finding elsewhere decides: the run is not clean in any case, and still says what is missing.
        repo.write("more/b.jsonl", "{\n");
        let report = check(&repo, &[]).exits(1).report();
        assert_eq!(report["scope"]["unread"][0]["path"], "items.jsonl");
        // What the request leaves out is missed all the same, also with --allow-empty.
        check(&repo, &["--only", "unknown-field", "--allow-empty"]).exits(2);
    }
}

#[test]
fn an_unmerged_file_is_not_read_as_if_it_were_resolved() {
    let repo = items(&item("A"));
    let Some(_) = git(repo.path()) else { return };
    let git = |args: &[&str]| finish(git(repo.path()).expect("it was there").args(args));
    repo.stage_all().commit("feat: an item");
    git(&["checkout", "-q", "-b", "side"]).exits(0);
    repo.write("items.jsonl", item("A").replace("Item", "This")).stage_all().commit("feat: this");
    git(&["checkout", "-q", "main"]).exits(0);
    repo.write("items.jsonl", item("A").replace("Item", "That")).stage_all().commit("feat: that");
    git(&["merge", "side"]).exits(1);
    let staged = check(&repo, &["--staged"]).exits(2).report();
    assert_eq!(staged["scope"]["unread"][0]["path"], "items.jsonl");
    assert_eq!(check(&repo, &[]).exits(1).rules(), ["conflict-marker"]);
}

#[test]
fn a_collection_whose_schema_cannot_be_used_is_never_green() {
    let config = "[collections.items]\nfiles = [\"items.jsonl\"]\nschema = \"own.json\"\n";
    for schema in ["{", "{\"type\": \"strin\"}", "[]"] {
        let repo = items(&faulty("A"));
        repo.write("opsbook.toml", config).write("own.json", schema);
        assert_eq!(check(&repo, &[]).exits(1).places(), ["opsbook.toml:3:10 invalid-config"], "{schema}");
        for arguments in [&["--only", "schema-violation"][..], &["--skip", "config"], &["items.jsonl"]] {
            let output = check(&repo, arguments);
            assert_ne!(output.status, 0, "{schema} {arguments:?}: {output:#?}");
        }
    }
}

#[test]
fn an_unreadable_configuration_is_not_taken_for_none() {
    let repo = items(&faulty("A"));
    repo.write("opsbook.toml", b"[collections.items]\nfiles = [\"\xff\"]\n");
    check(&repo, &[]).exits(2);
    repo.write("opsbook.toml", "[collections.items\n");
    assert_eq!(check(&repo, &[]).exits(1).rules(), ["invalid-config"]);
    assert_ne!(check(&repo, &["--only", "syntax"]).status, 0);
}

#[test]
fn json_is_printed_also_when_the_command_line_is_wrong() {
    let repo = items(&item("A"));
    for arguments in [
        &["check", "--format", "json", "--no-such-option"][..],
        &["check", "--format=json", "--staged", "--rev", "HEAD"],
        &["check", "--format", "json", "--now", "yesterday"],
        &["check", "--format", "json", "--fail-on", "never"],
    ] {
        let output = finish(crate::support::command(repo.path()).args(arguments)).exits(2);
        assert_eq!(output.report()["scope"]["complete"], false, "{arguments:?}");
    }
}

#[test]
fn a_report_for_a_file_is_written_also_when_nothing_could_be_checked() {
    let repo = items(&item("A"));
    repo.write("old.json", "{\"findings\":[]}");
    run(&repo, &["check", "--rev", "nothing", "--format", "json=old.json", "--format", "sarif=new.sarif"])
        .exits(2);
    let read = |name: &str| -> Value {
        let text = std::fs::read_to_string(repo.path().join(name)).expect("it was written");
        serde_json::from_str(&text).expect("JSON")
    };
    assert_eq!(
        read("old.json")["scope"]["complete"],
        false,
        "a report of yesterday would be taken for today's"
    );
    crate::support::assert_valid(crate::support::sarif_schema(), &read("new.sarif"));
    let sarif = run(&repo, &["check", "--rev", "nothing", "--format", "sarif"]).exits(2);
    let log: Value = serde_json::from_str(&sarif.stdout).expect("JSON");
    crate::support::assert_valid(crate::support::sarif_schema(), &log);
}

#[test]
fn a_file_of_another_folder_is_not_taken_for_one_here() {
    let repo = items(&faulty("A"));
    let other = Repo::plain();
    other.write("items.jsonl", item("A"));
    let place = other.top().join("items.jsonl");
    let output = run_in(repo.path(), &["check", place.to_str().expect("UTF-8")]).exits(2);
    assert!(output.stderr.contains("lies outside"), "{output:#?}");
}

#[test]
fn a_number_that_another_branch_took_is_told_before_the_merge() {
    let decision = |title: &str| format!("# {title}\n\n## Context\n\nc\n\n## Decision\n\nd\n");
    let repo = items(&item("A"));
    repo.stage_all().commit("feat: an item");
    repo.branch("topic").write("docs/adr/0013-x.md", decision("13. Use x")).stage_all().commit("docs: x");
    repo.switch("main").write("docs/adr/0013-z.md", decision("13. Use z")).stage_all().commit("docs: z");
    repo.switch("topic");
    let place = ["docs/adr/0013-x.md:1:7 adr-number-collision"];
    for more in [
        &["--base", "auto"][..],
        &["--base", "main"],
        &["--against", "main"],
        &["--against", "HEAD", "--against", "main", "--staged"],
        &["--against", "main", "--rev", "topic"],
        &["main...topic"],
        &["--base", "auto", "docs"],
    ] {
        assert_eq!(check(&repo, more).exits(0).places(), place, "{more:?}");
    }
    for more in [&[][..], &["--base", "HEAD~1"], &["--base", "auto", "items.jsonl"], &["HEAD~1..topic"]] {
        assert_eq!(check(&repo, more).exits(0).places(), [""; 0], "{more:?}");
    }
    assert!(check(&repo, &["--against", "nowhere"]).exits(2).stderr.contains("nowhere"));
}
