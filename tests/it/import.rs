//! `opsbook import` and `opsbook export` on the command line: what is shown, what is written, and with which status.

use opsbook::repo::builder::{Repo, files, read};

use crate::support::{run, run_in};

#[test]
fn an_import_is_shown_made_and_then_has_nothing_to_do() {
    let repo = Repo::new();
    repo.write(
        "ops/risks.jsonl",
        "{\"id\":\"R-1\",\"title\":\"Fire\"}\n{\"id\":\"R-0\",\"title\":\"Ice\"}\n",
    );
    repo.write("sub/risks.csv", "id,title,Impact\nR-1,Fire,4\nR-2,Flood,3\n");
    let before = files(repo.path());
    let args = ["import", "csv", "risks.csv", "--into", "risks"];
    let here = repo.path().join("sub");
    let dry = run_in(&here, &[&args[..], &["--dry-run"]].concat()).exits(0);
    assert!(dry.stdout.starts_with("--- a/ops/risks.jsonl\n+++ b/ops/risks.jsonl\n"), "{}", dry.stdout);
    assert!(dry.stderr.contains("1 record added, 1 changed, 0 as before"), "{}", dry.stderr);
    assert!(dry.stderr.contains("1 record kept that the import does not have: R-0"), "{}", dry.stderr);
    assert_eq!(files(repo.path()), before);
    let done = run_in(&here, &args).exits(0);
    assert_eq!(done.stdout, "wrote ops/risks.jsonl\n");
    let again = run_in(&here, &args).exits(0);
    assert_eq!(again.stdout, "");
    assert!(again.stderr.contains("0 records added, 0 changed, 2 as before"), "{}", again.stderr);
    repo.write("sub/risks.csv", "id,title,Impact\nR-1,Fire,9\n");
    let wrong = run_in(&here, &args).exits(1);
    assert!(wrong.stdout.contains(" --> risks.csv:2:10"), "{}", wrong.stdout);
}

#[test]
fn an_export_of_a_commit_is_what_it_held() {
    let repo = Repo::new();
    repo.write("ops/risks.jsonl", "{\"id\":\"R-1\",\"title\":\"Fire\"}\n").stage_all().commit("feat: risks");
    repo.write("ops/risks.jsonl", "{\"id\":\"R-2\",\"title\":\"Flood\"}\n");
    let done = run(&repo, &["export", "out", "--rev", "HEAD", "--format", "csv"]).exits(0);
    assert_eq!(done.stdout, "out/risks.csv: 1 record\n");
    assert_eq!(read(&repo.path().join("out/risks.csv")), "id,title\r\nR-1,Fire\r\n");
    let refused = run(&repo, &["export", "ops"]).exits(2);
    assert!(refused.stderr.contains("ops holds risks.jsonl, which is no export"), "{}", refused.stderr);
    run(&repo, &["import", "csv"]).exits(2);
}
