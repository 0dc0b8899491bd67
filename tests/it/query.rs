//! `query` answers questions in SQL of any snapshot, in every format, and says the way out where it cannot.

use opsbook::repo::builder::Repo;

use crate::support::{item, items, run, run_in, run_with_input};

const COUNT: &str = "SELECT count(*) AS n FROM items";

#[test]
fn the_same_question_at_two_snapshots_has_the_two_answers() {
    let repo = items(&item("A"));
    repo.stage_all().commit("feat: an item");
    repo.write("items.jsonl", item("A") + &item("B")).stage_all();
    repo.write("items.jsonl", item("A") + &item("B") + &item("C"));
    let count =
        |more: &[&str]| run(&repo, &[&["query", COUNT, "--format", "jsonl"], more].concat()).exits(0).stdout;
    assert_eq!(count(&["--rev", "HEAD"]), "{\"n\":1}\n");
    assert_eq!(count(&["--staged"]), "{\"n\":2}\n");
    assert_eq!(count(&[]), "{\"n\":3}\n");
    run(&repo, &["query", COUNT, "--rev", "nothing"]).exits(2);
}

#[test]
fn a_statement_may_come_from_a_file_or_from_standard_input() {
    let repo = items(&item("A"));
    repo.write("count.sql", COUNT);
    let expect = "n\n1\n";
    assert_eq!(run(&repo, &["query", "--file", "count.sql"]).exits(0).stdout, expect);
    assert_eq!(run_with_input(&repo, &["query", "-"], COUNT.as_bytes()).exits(0).stdout, expect);
    run_with_input(&repo, &["query", "-"], b"\xff").exits(2);
    run(&repo, &["query"]).exits(2);
}

#[test]
fn only_the_files_of_the_tables_that_are_asked_are_read() {
    let repo = items(&item("A"));
    repo.write("roadmap.jsonl", "{\"id\":\n");
    repo.write("opsbook.toml", format!("{}[limits]\nfile_bytes = 300\n", crate::support::ITEMS));
    repo.write("more/big.jsonl", item(&"B".repeat(400)));
    let output = run(&repo, &["query", "SELECT count(*) AS n FROM headings"]).exits(0);
    assert_eq!((&*output.stdout, &*output.stderr), ("n\n0\n", ""));
    let output = run(&repo, &["query", COUNT]).exits(0);
    assert!(output.stderr.contains("more/big.jsonl"), "{output:#?}");
}

#[test]
fn fields_that_no_schema_describes_can_be_asked_for() {
    let repo = Repo::new();
    repo.write("roadmap.jsonl", "{\"id\":\"T-1\",\"title\":\"t\",\"status\":\"todo\",\"squad\":\"red\"}\n");
    let output = run(&repo, &["query", "--format", "csv", "SELECT id, squad FROM roadmap"]).exits(0);
    assert_eq!(output.stdout, "id,squad\r\nT-1,red\r\n");
    let tables = run(&repo, &["query", "--tables", "--format", "csv"]).exits(0).stdout;
    assert!(tables.contains("roadmap,squad,any,"), "{tables}");
    assert!(tables.contains("roadmap,status,text,"), "{tables}");
    assert!(
        run(&repo, &["query", "SELECT quad FROM roadmap"]).exits(2).stderr.contains("did you mean 'squad'?")
    );
}

#[test]
fn an_answer_depends_on_nothing_but_the_snapshot_and_now() {
    let repo = items(&(item("B") + &item("A")));
    repo.write("docs/a.md", "# A\n").write("docs/sub/b.md", "# B\n");
    let sql = "SELECT date('now') AS day, now() AS moment, i.id, d.path FROM items i, documents d";
    let here = run(&repo, &["query", sql]).exits(0).stdout;
    assert!(here.contains("2026-11-20  2026-11-20T12:00:00Z  B"), "{here}");
    assert_eq!(run_in(&repo.path().join("docs/sub"), &["query", sql]).exits(0).stdout, here);
}

#[test]
fn a_statement_that_cannot_be_answered_ends_with_a_way_out() {
    let repo = items(&item("A"));
    repo.write(
        "opsbook.toml",
        format!("{}[limits]\nsql_steps = 200000\nsql_rows = 2\n", crate::support::ITEMS),
    );
    let endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT";
    for (sql, said) in [
        ("DROP TABLE items".to_owned(), "may only read"),
        ("SELECT ide FROM items".to_owned(), "at 1:8"),
        (format!("{endless} max(n) FROM r"), "sql_steps"),
        (format!("{endless} n FROM r"), "sql_rows"),
    ] {
        let output = run(&repo, &["query", &sql]).exits(2);
        assert!(output.stderr.contains(said) && output.stderr.contains("help:"), "{output:#?}");
    }
}
