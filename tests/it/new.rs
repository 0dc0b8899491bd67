//! `opsbook new` says where the record is, writes nothing on a dry run or when it would be wrong, and asks no editor
//! without a terminal.

use opsbook::repo::builder::{Repo, files, read};

use crate::support::{command, finish, run};

#[test]
fn a_record_is_written_shown_or_refused() {
    let repo = Repo::new();
    repo.write("ops/risks.jsonl", "{\"id\":\"R-1\",\"title\":\"Fire\"}");
    let before = files(repo.path());
    let dry = run(&repo, &["new", "risk", "Flood", "--dry-run"]).exits(0);
    assert!(dry.stdout.contains("+{\"id\":\"R-2\",\"title\":\"Flood\""), "{}", dry.stdout);
    assert!(dry.stderr.contains("dry run"), "{}", dry.stderr);
    let wrong = run(&repo, &["new", "risk", "Flood", "--field", "impact=9"]).exits(1);
    assert!(wrong.stdout.contains(" --> ops/risks.jsonl:2:"), "{}", wrong.stdout);
    assert!(wrong.stderr.contains("nothing was written"), "{}", wrong.stderr);
    assert_eq!(files(repo.path()), before);
    let done = run(&repo, &["new", "risk", "Flood", "--field", "impact=4"]).exits(0);
    assert_eq!(done.stdout, "ops/risks.jsonl:2\n");
    let text = read(&repo.path().join("ops/risks.jsonl"));
    assert!(
        text.starts_with("{\"id\":\"R-1\",\"title\":\"Fire\"}\n{\"id\":\"R-2\"")
            && text.ends_with("\"impact\":4}\n")
    );
    run(&repo, &["check", "--only", "schema,syntax"]).exits(0);
}

#[test]
fn what_cannot_be_made_is_a_usage_error() {
    let repo = Repo::new();
    for (args, says) in [
        (&["new", "risk"][..], "a title is needed for a new risk"),
        (&["new", "poem", "x"], "poem"),
        (&["new", "risk", "x", "--field", "y"], "NAME=VALUE"),
        (&["new", "risk", "x", "--date", "soon"], "soon"),
    ] {
        let output = run(&repo, args).exits(2);
        assert!(output.stderr.contains(says), "{args:?}: {}", output.stderr);
    }
    assert!(!repo.path().join("ops").exists());
}

#[test]
fn no_editor_starts_without_a_terminal() {
    let repo = Repo::new();
    let mut new = command(repo.path());
    new.args(["new", "note", "x"]).env("EDITOR", "touch opened; false");
    finish(&mut new).exits(0);
    assert!(!repo.path().join("opened").exists());
}
