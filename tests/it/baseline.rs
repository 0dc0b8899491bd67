//! Adopting opsbook in a repository with a past, and remembering what was found in a base.

use opsbook::repo::builder::Repo;

use crate::support::run;

const GOOD: &str = "{\"id\":\"T-1\",\"title\":\"One\",\"status\":\"todo\"}\n";
const BAD: &str = "{\"id\":\"T-2\",\"title\":\"Two\",\"status\":\"someday\"}\n";
const WORSE: &str = "{\"id\":\"T-3\",\"title\":\"Three\",\"status\":\"never\"}\n";

#[test]
fn a_baseline_covers_the_past_and_shrinks() {
    let repo = Repo::new();
    repo.write("roadmap.jsonl", [GOOD, BAD].concat()).stage_all().commit("a past");
    run(&repo, &["check"]).exits(1);
    let created = run(&repo, &["baseline", "create"]).exits(0);
    assert_eq!(created.stdout, "wrote .opsbook/baseline.json, which covers 1 finding\n");
    let covered = run(&repo, &["check", "--format", "json"]).exits(0).report();
    assert_eq!(covered["summary"]["baselined"], 1);
    // A new fault is found, whatever moves the old one.
    repo.write("roadmap.jsonl", [WORSE, GOOD, BAD].concat());
    assert_eq!(
        run(&repo, &["check", "--format", "json"]).exits(1).places(),
        ["roadmap.jsonl:1:38 schema-violation"]
    );
    // A mended one makes its entry stale, until it is pruned.
    repo.write("roadmap.jsonl", GOOD);
    let stale = run(&repo, &["check", "--format", "json"]).exits(0);
    assert_eq!(stale.rules(), ["stale-baseline-entry"]);
    let pruned = run(&repo, &["baseline", "prune"]).exits(0);
    assert_eq!(pruned.stdout, "took 1 finding out of .opsbook/baseline.json, 0 findings left\n");
    assert_eq!(run(&repo, &["check", "--format", "json"]).exits(0).places(), Vec::<String>::new());
}

#[test]
fn pruning_covers_nothing_new() {
    let repo = Repo::new();
    repo.write("roadmap.jsonl", [GOOD, BAD].concat());
    run(&repo, &["baseline", "create"]).exits(0);
    repo.write("roadmap.jsonl", [GOOD, BAD, WORSE].concat());
    run(&repo, &["baseline", "prune"]).exits(0);
    assert_eq!(
        run(&repo, &["check", "--format", "json"]).exits(1).places(),
        ["roadmap.jsonl:3:38 schema-violation"]
    );
}

#[test]
fn there_is_nothing_to_prune_without_a_baseline() {
    let repo = Repo::new();
    repo.write("roadmap.jsonl", GOOD);
    let refused = run(&repo, &["baseline", "prune"]).exits(2);
    assert!(refused.stderr.contains("there is no baseline at .opsbook/baseline.json"), "{}", refused.stderr);
}

#[test]
fn the_cache_changes_no_answer_and_may_be_damaged_or_deleted() {
    let repo = Repo::new();
    repo.write("roadmap.jsonl", [GOOD, BAD].concat()).stage_all().commit("a past");
    repo.write("roadmap.jsonl", [GOOD, BAD, WORSE].concat()).stage_all();
    let arguments = ["check", "--staged", "--base", "HEAD", "--format", "json"];
    let without = run(&repo, &[&arguments[..], &["--no-cache"]].concat()).exits(1);
    let folder = repo.path().join(".git/opsbook");
    assert!(!folder.exists(), "--no-cache writes none");
    assert_eq!(run(&repo, &arguments).exits(1).stdout, without.stdout);
    let entries: Vec<_> = std::fs::read_dir(&folder).expect("a cache was written").flatten().collect();
    assert_eq!(entries.len(), 2, "the base, and what was checked");
    assert_eq!(run(&repo, &arguments).exits(1).stdout, without.stdout);
    for entry in entries {
        std::fs::write(entry.path(), b"opsbook cache 1\n7\n\xff").expect("the cache is writable");
    }
    assert_eq!(run(&repo, &arguments).exits(1).stdout, without.stdout);
}

#[test]
fn what_was_checked_is_the_next_commits_base() {
    let repo = Repo::new();
    repo.write("roadmap.jsonl", GOOD).stage_all().commit("a past");
    repo.write("roadmap.jsonl", [GOOD, BAD].concat()).stage_all();
    let arguments = ["check", "--staged", "--base", "HEAD", "--format", "json"];
    run(&repo, &arguments).exits(1);
    repo.commit("committed all the same");
    repo.write("roadmap.jsonl", [GOOD, BAD, WORSE].concat()).stage_all();
    assert_eq!(run(&repo, &arguments).exits(1).places(), ["roadmap.jsonl:3:38 schema-violation"]);
}
