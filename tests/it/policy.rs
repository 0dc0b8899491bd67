//! Rules that a repository brings as pages are rules like the others, and what is wrong with a page is said at its bytes.

use opsbook::repo::builder::Repo;
use serde_json::Value;

use crate::support::{run, sarif_schema};

const TASKS: &str = "\
{\"id\":\"T-1\",\"title\":\"Move the backups\",\"status\":\"todo\",\"squad\":\"red\"}
{\"id\":\"T-2\",\"title\":\"Rotate the keys\",\"status\":\"todo\",\"owner\":\"@ana\"}
";

fn page(front: &str, sql: &str) -> String {
    format!("---\n{front}---\n# A rule\n\n```sql\n{sql}\n```\n")
}

fn repo(front: &str, sql: &str) -> Repo {
    let repo = Repo::new();
    repo.write("opsbook.toml", "[rules]\npaths = [\"ops/rules\"]\n").write("roadmap.jsonl", TASKS);
    repo.write("ops/rules/README.md", "# Our rules\n").write("ops/rules/owned.md", page(front, sql));
    repo
}

fn concise(repo: &Repo, args: &[&str], status: i32) -> Vec<String> {
    let args = [&["check", "--format", "concise"], args].concat();
    let output = run(repo, &args).exits(status).stdout;
    output.lines().filter(|line| line.contains("]")).map(str::to_owned).collect()
}

const OWNED: &str =
    "SELECT _id, 'status' AS field, id || ' has no owner' AS message FROM roadmap WHERE owner IS NULL";

#[test]
fn a_page_is_a_rule_with_a_place_a_severity_and_a_switch() {
    let repo = repo("id: owned\nseverity: error\n", OWNED);
    let expect = ["roadmap.jsonl:1:49: error[owned] T-1 has no owner"];
    assert_eq!(concise(&repo, &[], 1), expect);
    assert_eq!(concise(&repo, &["--only", "owned"], 1), expect);
    assert_eq!(concise(&repo, &["--only", "policy"], 1), expect);
    assert!(concise(&repo, &["--skip", "owned"], 0).is_empty());
    repo.write("opsbook.toml", "[rules]\npaths = [\"ops/rules/*.md\"]\n[rules.severity]\nowned = \"info\"\n");
    assert_eq!(concise(&repo, &[], 0), ["roadmap.jsonl:1:49: info[owned] T-1 has no owner"]);
    repo.write("opsbook.toml", "[rules]\npaths = [\"ops/rules\"]\n[rules.severity]\nowned = \"off\"\n");
    assert!(concise(&repo, &[], 0).is_empty());
    let said = run(&repo, &["explain", "owned"]).exits(0).stdout;
    assert!(said.contains("# A rule") && said.contains("SELECT _id"), "{said}");
}

#[test]
fn a_finding_of_a_page_is_one_like_the_others() {
    let repo = repo("id: owned\nsummary: a task has an owner\n", OWNED);
    let json = run(&repo, &["check", "--format", "json"]).exits(0).stdout;
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let finding = &json["findings"][0];
    assert_eq!((&finding["rule"], &finding["group"]), (&"owned".into(), &"policy".into()));
    assert_eq!((&finding["record"], &finding["field"]), (&"T-1".into(), &"/status".into()));
    let sarif = run(&repo, &["check", "--format", "sarif"]).exits(0).stdout;
    let sarif: Value = serde_json::from_str(&sarif).expect("JSON");
    let result = &sarif["runs"][0]["results"][0];
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&result["ruleId"], &region["startLine"]), (&"owned".into(), &1.into()));
    repo.write(
        "opsbook.toml",
        "[rules]\npaths = [\"ops/rules\"]\n[[ignore]]\nrule = \"owned\"\nrecord = \"T-1\"\nbecause = \"it is new\"\n",
    );
    assert!(concise(&repo, &[], 0).is_empty());
}

/// The files that the first part of a page of the documentation asks its reader to write.
fn asked_for(page: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut lines = page.lines().take_while(|line| !line.starts_with("## "));
    while let Some(line) = lines.next() {
        let word = line.trim_start_matches('`');
        let fence = "`".repeat(line.len() - word.len());
        let Some((_, path)) = word.split_once(' ').filter(|_| fence.len() >= 3) else { continue };
        let content: Vec<&str> = lines.by_ref().take_while(|line| *line != fence).collect();
        files.push((path.to_owned(), content.join("\n") + "\n"));
    }
    files
}

#[test]
fn who_follows_the_page_about_rules_gets_findings_with_places_in_sarif_too() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/write-a-rule.md");
    let files = asked_for(&std::fs::read_to_string(page).expect("the page is there"));
    assert_eq!(files.len(), 3, "{files:?}");
    let repo = Repo::new();
    files.iter().for_each(|(path, content)| _ = repo.write(path, content));
    let expect = ["roadmap.jsonl:1:67: error[urgent-work-has-an-owner] T-1 is P1, and nobody owns it"];
    assert_eq!(concise(&repo, &[], 1), expect);
    let sarif = run(&repo, &["check", "--format", "sarif"]).exits(1).stdout;
    let sarif: Value = serde_json::from_str(&sarif).expect("JSON");
    assert!(sarif_schema().is_valid(&sarif));
    let result = &sarif["runs"][0]["results"][0];
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "roadmap.jsonl");
    let region = &place["region"];
    assert_eq!((&region["startLine"], &region["startColumn"]), (&1.into(), &67.into()));
    assert_eq!(result["ruleId"], "urgent-work-has-an-owner");
}

#[test]
fn a_change_is_blamed_only_for_what_it_brings() {
    let repo = repo("id: owned\nseverity: error\n", OWNED);
    repo.stage_all().commit("feat: tasks");
    let more = "{\"id\":\"T-3\",\"title\":\"Draw\",\"status\":\"todo\"}\n";
    repo.write("roadmap.jsonl", format!("{TASKS}{more}")).stage_all();
    let expect = ["roadmap.jsonl:3:37: error[owned] T-3 has no owner"];
    assert_eq!(concise(&repo, &["--staged", "--base", "HEAD"], 1), expect);
    assert_eq!(concise(&repo, &["--staged", "--base", "HEAD"], 1), expect, "what is remembered of the base");
    // Another statement finds other things in the base.
    let all = OWNED.replace("owner IS NULL", "1");
    repo.write("ops/rules/owned.md", page("id: owned\nseverity: error\n", &all)).stage_all();
    assert_eq!(concise(&repo, &["--staged", "--base", "HEAD"], 1).len(), 1);
}

#[test]
fn a_row_may_mean_a_record_a_line_or_a_place_of_a_document() {
    let repo =
        repo("id: a\n", "SELECT _id, 'x' AS message FROM headings WHERE level = 1 AND path = 'docs/b.md'");
    repo.write("docs/b.md", "text\n\n# B\n");
    assert_eq!(concise(&repo, &[], 0), ["docs/b.md:3:1: warning[a] x"]);
    repo.write(
        "ops/rules/owned.md",
        page("id: a\n", "SELECT 'roadmap.jsonl' AS _path, 2 AS _line, 'y' AS message"),
    );
    assert_eq!(concise(&repo, &[], 0), ["roadmap.jsonl:2:1: warning[a] y"]);
    let by_row = "SELECT _id, 'z' AS message, 'why' AS note, CASE id WHEN 'T-1' THEN 'error' END AS severity, \
                  'squad' AS field FROM roadmap";
    repo.write("ops/rules/owned.md", page("id: a\n", by_row));
    assert_eq!(concise(&repo, &[], 1), ["roadmap.jsonl:1:64: error[a] z", "roadmap.jsonl:2:7: warning[a] z"]);
}

#[test]
fn fields_that_only_records_name_can_be_asked_for() {
    let repo = repo(
        "id: a\n",
        "SELECT _id, 'squad' AS field, squad AS message FROM roadmap WHERE squad IS NOT NULL",
    );
    assert_eq!(concise(&repo, &[], 0), ["roadmap.jsonl:1:64: warning[a] red"]);
}

#[test]
fn what_is_wrong_with_a_page_is_found_at_its_bytes_and_never_green() {
    for (front, sql, place, said) in [
        ("id: a\n", "SELECT _id, 'x' AS message FROM roadmp", "7:33", "no such table: roadmp"),
        ("id: a\n", "SELECT _id,\n  titel AS message FROM roadmap", "8:3", "no such column: titel"),
        ("id: a\n", "SELECT 'x' AS message FROM roadmap", "7:1", "gives no _id"),
        ("id: a\n", "DELETE FROM roadmap", "7:1", "may only read"),
        ("id: A b\n", OWNED, "2:5", "is no id"),
        ("id: a\nseverity: bad\n", OWNED, "3:11", "no severity"),
    ] {
        let repo = repo(front, sql);
        let found = concise(&repo, &[], 1);
        assert_eq!(found.len(), 1, "{found:#?}");
        let start = format!("ops/rules/owned.md:{place}: error[invalid-config]");
        assert!(
            found[0].starts_with(&start) && found[0].contains(said),
            "{} is not {start} … {said}",
            found[0]
        );
        let output = run(&repo, &["check", "--skip", "invalid-config"]).exits(2);
        assert!(output.stderr.contains("ops/rules/owned.md"), "{output:#?}");
    }
    let repo = repo("id: a\n", OWNED);
    repo.write("ops/rules/again.md", page("id: a\n", OWNED));
    assert!(concise(&repo, &[], 1)[0].contains("is a rule of ops/rules/again.md already"));
}

#[test]
fn a_rule_that_costs_too_much_leaves_the_run_incomplete() {
    let endless =
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) AS _id FROM r";
    let repo = repo("id: a\n", endless);
    repo.write("opsbook.toml", "[rules]\npaths = [\"ops/rules\"]\n[limits]\nsql_steps = 300000\n");
    let json = run(&repo, &["check", "--format", "json"]).stdout;
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["scope"]["complete"], false);
    assert!(json["scope"]["unknown"][0].as_str().is_some_and(|text| text.contains("what a says")), "{json}");
}
