//! What documents cover: receipts survive what git does to commits, and nothing is invented or hidden where history ends.

use std::path::Path;

use opsbook::repo::builder::Repo;
use serde_json::Value;

use crate::support::{Output, git, run, run_in};

const DOCUMENT: &str = "---\ncovers: [src]\n---\n# Retries\n\nA call is tried `MAX_TRIES` times.\n";
/// 2026-11-02 09:00 UTC.
const START: i64 = 1_793_610_000;
const DAY: i64 = 86_400;

/// A document and the code that it covers, in one commit.
fn repo() -> Repo {
    let repo = Repo::new();
    repo.write("docs/retries.md", DOCUMENT).write("src/client.py", "MAX_TRIES = 3\n");
    repo.write("src/pool.py", "SIZE = 8\n");
    repo.stage_all().commit_at("feat: retries", START);
    repo
}

/// Changes the code, `days` after the first commit.
fn change(repo: &Repo, days: i64, code: &str) {
    repo.write("src/client.py", code);
    repo.stage_all().commit_at("fix: more tries", START + days * DAY);
}

fn drift(folder: &Path, more: &[&str]) -> Output {
    run_in(folder, &[&["drift", "--format", "json", "--fail-on", "warning"], more].concat())
}

fn rules(output: &Output) -> Vec<String> {
    output.rules()
}

fn finding(output: &Output, rule: &str) -> Value {
    let report = output.report();
    let findings = report["findings"].as_array().expect("a list");
    findings
        .iter()
        .find(|one| one["rule"] == rule)
        .unwrap_or_else(|| panic!("no {rule}: {output:#?}"))
        .clone()
}

/// Runs git, or gives up when there is none.
fn in_git(folder: &Path, args: &[&str]) -> Option<String> {
    let output = Output::from(git(folder)?.args(args).output().expect("git starts"));
    assert_eq!(output.status, 0, "git {args:?}: {output:#?}");
    Some(output.stdout)
}

/// A copy of the repository with the last `depth` commits.
fn shallow(repo: &Repo, depth: &str) -> Option<Repo> {
    let clone = Repo::plain();
    let url = format!("file://{}", repo.top().display());
    in_git(clone.path(), &["clone", "--quiet", "--depth", depth, &url, "clone"])?;
    Some(clone)
}

#[test]
fn a_change_is_drift_until_somebody_says_that_the_document_is_true() {
    let repo = repo();
    drift(repo.path(), &[]).exits(0);
    change(&repo, 1, "MAX_TRIES = 5\n");
    let found = drift(repo.path(), &[]).exits(1);
    assert_eq!(rules(&found), ["covered-code-changed"]);
    let one = finding(&found, "covered-code-changed");
    assert_eq!(one["severity"], "error", "the document quotes MAX_TRIES");
    assert_eq!(one["related"], serde_json::json!(["src/client.py"]));
    let acked = run(&repo, &["drift", "ack", "docs/retries.md", "--because", "five is few"]).exits(0);
    assert!(acked.stdout.contains("2 files"), "{acked:#?}");
    drift(repo.path(), &[]).exits(0);
    repo.stage_all().commit_at("docs: reviewed", START + 2 * DAY);
    drift(repo.path(), &[]).exits(0);
    // From here on only what came after the receipt counts.
    repo.write("src/pool.py", "SIZE = 9\n");
    repo.stage_all().commit_at("perf: a larger pool", START + 3 * DAY);
    let found = drift(repo.path(), &[]).exits(1);
    let one = finding(&found, "covered-code-changed");
    assert_eq!((&one["severity"], &one["related"]), (&"warning".into(), &serde_json::json!(["src/pool.py"])));
    assert!(one["evidence"][0]["date"] == "2026-11-05", "{one:#}");
}

#[test]
fn comments_and_moves_are_no_drift_and_what_is_not_committed_is() {
    let repo = repo();
    change(&repo, 1, "# Three is enough.\nMAX_TRIES  =  3\n");
    repo.remove("src/pool.py").write("src/pools.py", "SIZE = 8\n");
    repo.stage_all().commit_at("refactor: a name", START + 2 * DAY);
    drift(repo.path(), &[]).exits(0);
    repo.write("src/client.py", "MAX_TRIES = 4\n");
    assert_eq!(rules(&drift(repo.path(), &[]).exits(1)), ["covered-code-changed"]);
    // Together with the document it is reviewed.
    repo.write("docs/retries.md", DOCUMENT.replace("times", "times at most"));
    drift(repo.path(), &[]).exits(0);
}

#[test]
fn a_receipt_survives_a_squash_and_a_rebase() {
    for way in ["squash", "rebase"] {
        let repo = repo();
        repo.branch("work");
        change(&repo, 1, "MAX_TRIES = 5\n");
        run(&repo, &["drift", "ack", "docs/retries.md"]).exits(0);
        repo.stage_all().commit_at("docs: reviewed", START + DAY + 3_600);
        repo.switch("main").write("README.md", "# Client\n");
        repo.stage_all().commit_at("docs: a page", START + 2 * DAY);
        let folder = repo.path();
        let done = match way {
            "squash" => in_git(folder, &["merge", "--quiet", "--squash", "work"])
                .and_then(|_| in_git(folder, &["commit", "--quiet", "-m", "feat: five tries"])),
            _ => in_git(folder, &["checkout", "--quiet", "work"])
                .and_then(|_| in_git(folder, &["rebase", "--quiet", "main"])),
        };
        if done.is_none() {
            return;
        }
        drift(folder, &[]).exits(0);
        // It hides nothing that comes later.
        repo.write("src/client.py", "MAX_TRIES = 6\n");
        repo.stage_all().commit_at("fix: six", START + 15 * DAY);
        let found = drift(folder, &[]).exits(1);
        let one = finding(&found, "covered-code-changed");
        assert!(one["notes"].to_string().contains(".opsbook/reviews/"), "{way}: {one:#}");
        let evidence = one["evidence"].as_array().expect("a list");
        assert!(
            evidence.len() == 1 && evidence[0]["date"] == "2026-11-17",
            "{way}: only the last commit: {one:#}"
        );
    }
}

#[test]
fn a_shallow_clone_neither_invents_nor_hides() {
    let repo = repo();
    change(&repo, 1, "MAX_TRIES = 5\n");
    repo.write("README.md", "# Client\n").stage_all().commit_at("docs: a page", START + 2 * DAY);
    // The review lies before what was fetched: unknown.
    let Some(clone) = shallow(&repo, "1") else { return };
    let found = drift(&clone.path().join("clone"), &[]).exits(2);
    assert_eq!(rules(&found), [""; 0]);
    let unknown = found.report()["scope"]["unknown"].to_string();
    assert!(unknown.contains("whether docs/retries.md kept up with what it covers"), "{unknown}");
    // A receipt of what is there is known without any past, and one within what was fetched is, too.
    run(&repo, &["drift", "ack", "docs/retries.md"]).exits(0);
    repo.stage_all().commit_at("docs: reviewed", START + 3 * DAY);
    let clone = shallow(&repo, "1").expect("there is a git");
    let found = drift(&clone.path().join("clone"), &[]);
    let unknown = found.report()["scope"]["unknown"].to_string();
    assert!(!unknown.contains("docs/retries.md"), "{unknown}");
    assert_eq!(rules(&found), [""; 0]);
    change(&repo, 4, "MAX_TRIES = 6\n");
    let clone = shallow(&repo, "2").expect("there is a git");
    assert_eq!(rules(&drift(&clone.path().join("clone"), &[]).exits(1)), ["covered-code-changed"]);
}

#[test]
fn a_range_that_leaves_the_document_out_is_told_until_there_is_a_receipt() {
    let repo = repo();
    change(&repo, 1, "MAX_TRIES = 5\n");
    let range = ["--base", "HEAD~1"];
    let found = drift(repo.path(), &range).exits(1);
    assert_eq!(rules(&found), ["spec-not-updated"]);
    // A date is no change of what it says.
    repo.write("docs/retries.md", DOCUMENT.replace("---\n#", "last_reviewed: 2026-11-03\n---\n#"));
    assert_eq!(rules(&drift(repo.path(), &range).exits(1)), ["spec-not-updated"]);
    repo.write("docs/retries.md", DOCUMENT);
    run(&repo, &["drift", "ack", "docs/retries.md"]).exits(0);
    drift(repo.path(), &range).exits(0);
    repo.write("src/pool.py", "SIZE = 9\n");
    assert_eq!(
        rules(&drift(repo.path(), &range).exits(1)),
        ["spec-not-updated"],
        "a receipt of another state"
    );
    drift(repo.path(), &["--base", "HEAD", "--skip", "spec-not-updated"]).exits(0);
}

#[test]
fn a_document_that_moved_takes_its_receipt_along() {
    let repo = repo();
    change(&repo, 1, "MAX_TRIES = 5\n");
    run(&repo, &["drift", "ack", "docs/retries.md"]).exits(0);
    repo.stage_all().commit_at("docs: reviewed", START + 2 * DAY);
    repo.remove("docs/retries.md").write("docs/client/retries.md", DOCUMENT);
    repo.stage_all().commit_at("docs: a folder", START + 3 * DAY);
    drift(repo.path(), &[]).exits(0);
}

#[test]
fn the_configuration_says_what_a_document_covers_that_does_not() {
    let repo = repo();
    let plain = "# Retries\n\nA call is tried three times.\n";
    repo.write("docs/retries.md", plain);
    repo.write(
        "opsbook.toml",
        "[[drift.cover]]\ndocument = \"docs/retries.md\"\ncovers = [\"src/*.py\"]\nbecause = \"handbook 2.5\"\n",
    );
    repo.stage_all().commit_at("chore: what is covered", START + DAY);
    drift(repo.path(), &["--allow-empty"]).exits(0);
    change(&repo, 2, "MAX_TRIES = 5\n");
    let found = drift(repo.path(), &[]).exits(1);
    assert_eq!(found.places(), ["docs/retries.md:1:1 covered-code-changed"]);
}

#[test]
fn what_covers_nothing_is_not_acknowledged() {
    let repo = repo();
    repo.write("README.md", "# Client\n").write("docs/empty.md", "---\ncovers: [lib]\n---\n");
    for (document, why) in [
        ("README.md", "README.md does not say what it covers"),
        ("docs/empty.md", "docs/empty.md covers lib, and no file is there"),
        ("docs/none.md", "there is no document docs/none.md"),
    ] {
        let refused = run(&repo, &["drift", "ack", document]).exits(2);
        assert!(refused.stderr.contains(why), "{refused:#?}");
    }
    assert!(!repo.path().join(".opsbook").exists());
}

#[test]
fn the_day_of_the_last_change_is_mended() {
    let repo = Repo::new();
    let page = |text: &str| format!("# Run\n\n_Last updated: 2026-11-02_\n\n{text}\n");
    repo.write("docs/run.md", page("Start the pumps."));
    repo.stage_all().commit_at("docs: run", START);
    repo.write("docs/run.md", page("Start the pumps, then the valves."));
    repo.stage_all().commit_at("docs: valves", START + 9 * DAY);
    let only = ["--only", "last-updated-stale", "--allow-empty"];
    assert_eq!(drift(repo.path(), &only).exits(1).places(), ["docs/run.md:3:16 last-updated-stale"]);
    drift(repo.path(), &[&only[..], &["--fix"]].concat()).exits(0);
    let text = opsbook::repo::builder::read(&repo.path().join("docs/run.md"));
    assert!(text.contains("_Last updated: 2026-11-11_"), "{text}");
    repo.stage_all().commit_at("docs: the date", START + 10 * DAY);
    drift(repo.path(), &only).exits(0);
}
