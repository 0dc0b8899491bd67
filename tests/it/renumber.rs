//! `opsbook renumber` shows what it would do, does just that, stages nothing, and mends the collision.

use opsbook::repo::builder::{Repo, files, read};

use crate::support::{Output, run, run_in};

/// Two decisions with the number 13, the younger of which an index, a staged change and a text name.
fn collided() -> Repo {
    let decision =
        |title: &str, day: &str| format!("# {title}\n\nDate: {day}\n\n## Context\n\nc\n\n## Decision\n\nd\n");
    let repo = Repo::new();
    repo.write("docs/adr/0013-use-x.md", decision("13. Use x", "2026-11-01"));
    repo.write("docs/adr/0013-use-y.md", decision("13. Use y", "2026-11-02"));
    repo.write(
        "docs/adr/README.md",
        "# Ours\n\n- [13. Use x](0013-use-x.md)\n- [13. Use y](0013-use-y.md)\n",
    );
    repo.write("notes.md", "# Notes\n\nAs ADR 13 says.\n");
    repo.stage_all().commit("docs: decisions");
    repo.write("notes.md", "# Notes\n\nAs ADR 13 says, staged.\n").stage_all();
    repo
}

fn collisions(repo: &Repo) -> Output {
    run(repo, &["check", "--only", "adr-number-collision,reference", "--format", "json"]).exits(0)
}

#[test]
fn the_command_that_the_finding_names_mends_it_and_stages_nothing() {
    let repo = collided();
    let found = collisions(&repo);
    assert_eq!(found.places(), ["docs/adr/0013-use-y.md:1:7 adr-number-collision"]);
    let report = found.report();
    let notes = report["findings"][0]["notes"].as_array().expect("a list");
    let command = notes.iter().filter_map(|note| note.as_str()?.split('`').nth(1)).next_back();
    let words: Vec<&str> = command.expect("a note names the command").split(' ').skip(1).collect();
    assert_eq!(words, ["renumber", "docs/adr/0013-use-y.md", "--to", "14"]);

    let before = files(&repo.path().join("docs"));
    let index = std::fs::read(repo.path().join(".git/index")).expect("there is an index");
    let dry = run(&repo, &[&words[..], &["--dry-run"]].concat()).exits(0);
    assert!(dry.stdout.starts_with("rename from docs/adr/0013-use-y.md\nrename to docs/adr/0014-use-y.md\n"));
    assert!(dry.stdout.contains("+- [14. Use y](0014-use-y.md)\n"), "{}", dry.stdout);
    assert!(dry.stderr.contains("  notes.md:3: As ADR 13 says, staged.\n"), "{}", dry.stderr);
    assert!(dry.stderr.contains("dry run"), "{}", dry.stderr);
    assert_eq!(files(&repo.path().join("docs")), before);

    let done = run(&repo, &words).exits(0);
    assert_eq!(
        done.stdout,
        "docs/adr/0013-use-y.md is docs/adr/0014-use-y.md now: 3 places changed in 2 files\n"
    );
    assert!(done.stderr.contains("notes.md:3") && done.stderr.contains("git add -A"), "{}", done.stderr);
    assert_eq!(collisions(&repo).places(), [""; 0]);
    let after = files(&repo.path().join("docs/adr"));
    let names: Vec<&str> = after.keys().map(String::as_str).collect();
    assert_eq!(names, ["0013-use-x.md", "0014-use-y.md", "README.md"]);
    assert!(after["0014-use-y.md"].starts_with("# 14. Use y\n"));
    assert_eq!(std::fs::read(repo.path().join(".git/index")).expect("there is an index"), index);
    assert_eq!(read(&repo.path().join("notes.md")), "# Notes\n\nAs ADR 13 says, staged.\n");
}

#[test]
fn a_file_is_named_from_the_current_folder_and_what_cannot_be_is_said() {
    let repo = collided();
    let folder = repo.path().join("docs/adr");
    let output = run_in(&folder, &["-q", "renumber", "0013-use-y.md", "--to", "20"]).exits(0);
    assert_eq!(output.stderr, "");
    assert!(folder.join("0020-use-y.md").is_file() && !folder.join("0013-use-y.md").exists());
    for (arguments, words) in [
        (&["renumber", "docs/adr/0020-use-y.md", "--to", "13"][..], "0013-use-x.md has it"),
        (&["renumber", "docs/adr/0020-use-y.md", "--to", "0"], "0"),
        (&["renumber", "docs/adr/README.md"], "no decision record"),
        (&["renumber"], "FILE"),
    ] {
        let output = run(&repo, arguments).exits(2);
        assert!(output.stderr.contains(words), "{arguments:?}: {output:#?}");
    }
}

#[cfg(unix)]
#[test]
fn the_new_file_has_the_permissions_of_the_old_one() {
    use std::os::unix::fs::PermissionsExt;
    let repo = collided();
    let place = |name: &str| repo.path().join("docs/adr").join(name);
    std::fs::set_permissions(place("0013-use-y.md"), std::fs::Permissions::from_mode(0o640))
        .expect("allowed");
    run(&repo, &["renumber", "docs/adr/0013-use-y.md"]).exits(0);
    assert_eq!(std::fs::metadata(place("0014-use-y.md")).expect("there").permissions().mode() & 0o777, 0o640);
}
