//! What is checked is what will be committed: the index, whatever lies on disk, also when git itself asks.

use std::path::{Path, PathBuf};
use std::process::Command;

use opsbook::repo::builder::Repo;

use crate::support::{ITEMS, Output, command, dependent, faulty, finish, git, item, items, run, run_in};

fn staged(repo: &Repo) -> Output {
    run(repo, &["check", "--staged", "--format", "json"])
}

/// A repository with two items, committed.
fn committed() -> Repo {
    let repo = items(&(item("A") + &dependent("B", "A")));
    repo.stage_all().commit("feat: two items");
    repo
}

#[test]
fn what_was_staged_good_and_broken_on_disk_is_good() {
    let repo = committed();
    repo.write("items.jsonl", item("A") + &item("B")).stage_all().write("items.jsonl", "{\n");
    assert_eq!(staged(&repo).exits(0).places(), [""; 0]);
    assert_eq!(
        run(&repo, &["check", "--format", "json"]).exits(1).places(),
        ["items.jsonl:1:2 invalid-syntax"]
    );
}

#[test]
fn what_was_staged_bad_and_mended_on_disk_is_found() {
    let repo = committed();
    repo.write("items.jsonl", faulty("A")).stage_all().write("items.jsonl", item("A"));
    assert_eq!(staged(&repo).exits(1).places(), ["items.jsonl:1:32 schema-violation"]);
    assert_eq!(run(&repo, &["check", "--format", "json"]).exits(0).places(), [""; 0]);
}

#[test]
fn a_staged_record_is_missed_by_what_refers_to_it_when_it_is_gone() {
    let repo = committed();
    repo.write("items.jsonl", dependent("B", "A")).stage_all();
    let output = staged(&repo).exits(1);
    assert_eq!(output.places(), ["items.jsonl:1:56 dangling-reference"]);
    assert_eq!(run(&repo, &["hook", "run", "pre-commit"]).exits(1).stderr, "");
    // The record that went is named with what took it: this very change.
    assert!(output.stdout.contains("this change removes it"), "{}", output.stdout);
}

#[test]
fn a_document_that_links_to_what_is_staged_to_go_is_named_with_the_line_of_the_link() {
    let repo = items(&item("A"));
    repo.write("README.md", "# Tools\n\nWhy it is so: [the decision](docs/adr/0001-keep-it.md).\n");
    repo.write("docs/adr/0001-keep-it.md", "# 1. Keep it\n\n## Context\n\nc\n\n## Decision\n\nd\n");
    repo.stage_all().commit("docs: a decision");
    repo.remove("docs/adr/0001-keep-it.md").stage_all();
    let link = ["README.md:3:30 broken-reference"];
    assert_eq!(staged(&repo).exits(1).places(), link);
    let hook = run(&repo, &["hook", "run", "pre-commit"]).exits(1);
    assert!(hook.stdout.contains("README.md:3:30"), "{}", hook.stdout);
    // Once it is committed, it was there before: a commit that does not touch it passes.
    repo.commit("docs: the decision goes");
    assert_eq!(run(&repo, &["check", "--rev", "HEAD", "--format", "json"]).exits(1).places(), link);
    repo.write("items.jsonl", item("A") + &item("B")).stage_all();
    run(&repo, &["hook", "run", "pre-commit"]).exits(0);
}

#[test]
fn a_template_of_a_document_is_held_to_its_links_and_not_to_its_front_matter() {
    let repo = items(&item("A"));
    let template = "---\ntitle: {% if a %}x: [y\n---\n\nSee [it](docs/a.md).\n";
    repo.write("README.md.j2", template).write("docs/a.md", "# A\n");
    repo.stage_all().commit("docs: a page");
    assert_eq!(staged(&repo).exits(0).places(), [""; 0]);
    repo.remove("docs/a.md").stage_all();
    assert_eq!(staged(&repo).exits(1).places(), ["README.md.j2:5:10 broken-reference"]);
}

#[test]
fn a_staged_file_is_missed_when_other_files_of_its_collection_refer_into_it() {
    let repo = items(&dependent("B", "A"));
    repo.write("more/a.jsonl", item("A")).stage_all().commit("feat: two files");
    repo.remove("more/a.jsonl").stage_all();
    assert_eq!(staged(&repo).exits(1).places(), ["items.jsonl:1:56 dangling-reference"]);
    let hook = run(&repo, &["hook", "run", "pre-commit"]).exits(1);
    assert!(hook.stdout.contains("items.jsonl:1:56"), "{}", hook.stdout);
}

#[test]
fn the_last_file_of_a_collection_is_missed_by_another_collection() {
    let repo = Repo::new();
    let config = "[collections.parts]\nfiles=[\"parts.jsonl\"]\nkey=\"id\"\nreferences.of=\"wholes\"\n\
                  [collections.wholes]\nfiles=[\"wholes.jsonl\"]\nkey=\"id\"\n\
                  [rules.severity]\nunmatched-collection=\"off\"\n";
    repo.write("opsbook.toml", config);
    repo.write("parts.jsonl", "{\"id\":\"p\",\"of\":\"w\"}\n").write("wholes.jsonl", "{\"id\":\"w\"}\n");
    repo.stage_all().commit("feat: parts of a whole");
    repo.remove("wholes.jsonl").stage_all();
    assert_eq!(staged(&repo).exits(1).places(), ["parts.jsonl:1:16 dangling-reference"]);
    let hook = run(&repo, &["check", "--staged", "--base", "HEAD", "--format", "json"]);
    assert_eq!(hook.exits(1).places(), ["parts.jsonl:1:16 dangling-reference"]);
}

#[test]
fn a_staged_schema_judges_staged_records() {
    let repo = Repo::new();
    let config = "[collections.parts]\nfiles=[\"parts.jsonl\"]\nkey=\"id\"\nschema=\"parts.json\"\n";
    repo.write("opsbook.toml", config).write("parts.json", "{\"required\":[\"id\"]}");
    repo.write("parts.jsonl", "{\"id\":\"p\"}\n").stage_all().commit("feat: parts");
    repo.write("parts.json", "{\"required\":[\"id\",\"name\"]}").stage_all();
    repo.write("parts.json", "{\"required\":[\"id\"]}");
    assert_eq!(staged(&repo).exits(1).places(), ["parts.jsonl:1:1 schema-violation"]);
    assert_eq!(run(&repo, &["check"]).exits(0).stderr, "");
}

#[test]
fn a_staged_mistake_in_the_configuration_stops_the_commit_that_brings_it_and_no_later_one() {
    for (mistake, place) in [
        ("[collections.items]\nfile = 1\n", "opsbook.toml:2:1 invalid-config"),
        ("[collections.items\n", "opsbook.toml:1:19 invalid-config"),
        ("[rules.severity]\nno-such-rule = \"error\"\n", "opsbook.toml:2:1 invalid-config"),
        ("[collections.items]\nfiles = [\"nowhere.jsonl\"]\n", "opsbook.toml:2:10 unmatched-collection"),
        (
            "[collections.items]\nfiles = [\"items.jsonl\"]\nschema = \"none.json\"\n",
            "opsbook.toml:3:10 invalid-config",
        ),
    ] {
        let repo = Repo::new();
        repo.write("opsbook.toml", "").write("items.jsonl", item("A")).stage_all().commit("feat: an item");
        repo.write("opsbook.toml", mistake).stage_all();
        let hook =
            || run(&repo, &["check", "--staged", "--base", "HEAD", "--allow-empty", "--format", "json"]);
        let found = hook().exits(1).places();
        assert!(found.contains(&place.to_owned()), "{mistake}: {found:?}");
        repo.commit("feat: a mistake");
        repo.write("notes.md", "# Notes\n").stage_all();
        assert_eq!(hook().exits(0).places(), [""; 0], "{mistake}");
    }
}

/// A git that would run the installed hook, in a repository with two items and that hook.
fn hooked() -> Option<(Repo, impl Fn(&[&str]) -> Output)> {
    let repo = committed();
    git(repo.path())?;
    run(&repo, &["hook", "install"]).exits(0);
    let folder = repo.path().to_owned();
    Some((repo, move |args: &[&str]| finish(git(&folder).expect("it was there").args(args))))
}

#[test]
fn git_commit_is_stopped_by_what_is_staged_alone() {
    let Some((repo, git)) = hooked() else { return };
    repo.write("items.jsonl", item("A") + &faulty("B"));
    git(&["add", "items.jsonl"]).exits(0);
    repo.write("items.jsonl", item("A") + &item("B"));
    let output = git(&["commit", "-m", "feat: bad"]).exits(1);
    // Git shows what a hook writes to either stream on its own stderr.
    assert!(output.stderr.contains("items.jsonl:2:32"), "{output:#?}");
    git(&["add", "items.jsonl"]).exits(0);
    repo.write("items.jsonl", "{\n");
    git(&["commit", "-m", "feat: good"]).exits(0);
}

#[test]
fn git_commit_all_and_git_commit_path_check_what_they_commit() {
    let Some((repo, git)) = hooked() else { return };
    repo.write("more/c.jsonl", item("C"));
    git(&["add", "."]).exits(0);
    git(&["commit", "-m", "feat: another file"]).exits(0);
    // Bad in one file, staged; good in the other: committing the other alone is fine, all is not.
    repo.write("items.jsonl", faulty("A")).write("more/c.jsonl", item("C") + &item("D"));
    git(&["add", "items.jsonl"]).exits(0);
    git(&["commit", "-am", "feat: all"]).exits(1);
    git(&["commit", "-m", "feat: the good one", "more/c.jsonl"]).exits(0);
    // The other way round: only the named file is bad, the index is good.
    repo.write("items.jsonl", item("A") + &item("B")).write("more/c.jsonl", faulty("C"));
    git(&["add", "items.jsonl"]).exits(0);
    let output = git(&["commit", "-m", "feat: the bad one", "more/c.jsonl"]).exits(1);
    assert!(output.stderr.contains("more/c.jsonl:1:32"), "{output:#?}");
    git(&["commit", "-m", "feat: what is staged"]).exits(0);
}

#[test]
fn a_fault_that_was_there_before_does_not_block_and_another_like_it_does() {
    let Some((repo, git)) = hooked() else { return };
    repo.write("items.jsonl", faulty("A"));
    git(&["commit", "-am", "feat: bad", "--no-verify"]).exits(0);
    repo.write("items.jsonl", item("Z") + &faulty("A") + &item("B"));
    git(&["commit", "-am", "feat: around it"]).exits(0);
    repo.write("items.jsonl", item("Z") + &faulty("A") + &item("B") + &faulty("C"));
    let output = git(&["commit", "-am", "feat: one more"]).exits(1);
    assert!(output.stderr.contains("items.jsonl:4:32") && !output.stderr.contains("items.jsonl:2"));
}

#[test]
fn a_commit_in_a_linked_worktree_checks_that_worktree() {
    let Some((repo, git_in)) = hooked() else { return };
    let other = tempfile::tempdir().expect("there is room");
    let place = other.path().join("linked");
    git_in(&["worktree", "add", "-b", "side", place.to_str().expect("UTF-8")]).exits(0);
    let linked = |args: &[&str]| finish(git(&place).expect("it was there").args(args));
    std::fs::write(place.join("items.jsonl"), faulty("A")).expect("writable");
    repo.write("items.jsonl", item("A") + &item("B") + &item("C"));
    assert!(linked(&["commit", "-am", "feat: bad"]).exits(1).stderr.contains("items.jsonl:1:32"));
    git_in(&["commit", "-am", "feat: good"]).exits(0);
    std::fs::write(place.join("items.jsonl"), item("A")).expect("writable");
    linked(&["commit", "-am", "feat: good, too"]).exits(0);
}

#[test]
fn a_commit_from_a_subfolder_and_of_the_first_commit_ever_is_checked() {
    let repo = items(&faulty("A"));
    if git(repo.path()).is_none() {
        return;
    }
    run(&repo, &["hook", "install"]).exits(0);
    repo.write("more/b.jsonl", item("B"));
    let below = repo.path().join("more");
    let commit = |message: &str| finish(git(&below).expect("it was there").args(["commit", "-m", message]));
    finish(git(repo.path()).expect("it was there").args(["add", "."])).exits(0);
    let output = commit("feat: first").exits(1);
    assert!(output.stderr.contains("items.jsonl:1:32"), "{output:#?}");
    repo.write("items.jsonl", item("A"));
    finish(git(repo.path()).expect("it was there").args(["add", "."])).exits(0);
    commit("feat: first").exits(0);
}

#[test]
fn the_hook_goes_where_core_hookspath_says() {
    let Some((repo, git)) = hooked() else { return };
    run(&repo, &["hook", "uninstall"]).exits(0);
    git(&["config", "core.hooksPath", "tools/hooks"]).exits(0);
    let installed = run(&repo, &["hook", "install"]).exits(0).stdout;
    assert!(installed.trim_end().ends_with("tools/hooks/pre-commit"), "{installed}");
    assert!(!repo.path().join(".git/hooks/pre-commit").exists());
    repo.write("items.jsonl", faulty("A"));
    git(&["commit", "-am", "feat: bad"]).exits(1);
    run(&repo, &["hook", "uninstall"]).exits(0);
    git(&["commit", "-am", "feat: bad"]).exits(0);
}

#[test]
fn an_existing_hook_stays_and_the_way_out_is_said() {
    let repo = committed();
    repo.write(".git/hooks/pre-commit", "#!/bin/sh\nexit 0\n");
    for action in ["install", "uninstall"] {
        let output = run(&repo, &["hook", action]).exits(2);
        assert!(output.stderr.contains("help: "), "{output:#?}");
    }
    let left = std::fs::read_to_string(repo.path().join(".git/hooks/pre-commit")).expect("it is there");
    assert_eq!(left, "#!/bin/sh\nexit 0\n");
}

#[test]
fn installing_twice_and_uninstalling_twice_is_no_mistake() {
    let repo = committed();
    for (action, words) in [
        ("install", "installed"),
        ("install", "there already"),
        ("uninstall", "removed"),
        ("uninstall", "no pre-commit"),
    ] {
        let output = run(&repo, &["hook", action]).exits(0);
        assert!(output.stdout.contains(words), "{output:#?}");
    }
}

#[test]
fn git_index_file_names_the_index_that_is_checked() {
    let repo = committed();
    let good: PathBuf = repo.path().join(".git/index");
    std::fs::copy(&good, repo.path().join(".git/other")).expect("writable");
    repo.write("items.jsonl", faulty("A")).stage_all();
    let with = |index: &Path| {
        let mut command: Command = command(repo.path());
        finish(command.env("GIT_INDEX_FILE", index).args(["check", "--staged", "--format", "json"]))
    };
    assert_eq!(with(Path::new(".git/other")).exits(0).places(), [""; 0]);
    assert_eq!(with(&good).exits(1).places(), ["items.jsonl:1:32 schema-violation"]);
}

#[test]
fn a_hook_without_git_says_that_it_needs_one() {
    let repo = Repo::plain();
    repo.write("opsbook.toml", ITEMS);
    for action in [&["hook", "install"][..], &["hook", "run", "pre-commit"], &["check", "--staged"]] {
        let output = run_in(repo.path(), action).exits(2);
        assert!(output.stderr.contains("git"), "{output:#?}");
    }
}

#[test]
fn a_schema_made_stricter_does_not_make_old_records_a_new_fault() {
    let repo = Repo::new();
    let config = "[collections.plans]\nfiles = [\"plans.jsonl\"]\nschema = \"plan.json\"\nkey = \"id\"\n";
    repo.write("opsbook.toml", config).write("plan.json", "{}").write("plans.jsonl", "{\"id\":\"P-1\"}\n");
    repo.stage_all().commit("a past");
    repo.write("plan.json", "{\"required\":[\"id\",\"title\"]}").stage_all();
    run(&repo, &["hook", "run", "pre-commit"]).exits(0);
    run(&repo, &["check", "--staged"]).exits(1);
}
