//! The formats that other tools read, as the binary writes them: to files and standard output, when nothing could be
//! checked, from hostile records, and when there is much to say.

use std::collections::HashSet;

use opsbook::report::{FORMATS, Format};
use roxmltree::Document;
use serde_json::Value;

use crate::support::{
    assert_valid, dependent, faulty, gitlab_schema, item, items, rdjson_schema, report_schema, run,
    sarif_schema,
};

/// The formats of which a reader expects one document.
fn documents() -> impl Iterator<Item = &'static Format> {
    FORMATS.iter().filter(|format| format.is_document)
}

/// Asserts that `text` is a document of the format, as far as it is published what that is.
#[track_caller]
fn assert_readable(format: &str, text: &str) {
    let json = || serde_json::from_str::<Value>(text).unwrap_or_else(|e| panic!("{format}: {e}: {text}"));
    match format {
        "json" => assert_valid(report_schema(), &json()),
        "sarif" => assert_valid(sarif_schema(), &json()),
        "gitlab" => assert_valid(gitlab_schema(), &json()),
        "rdjson" => assert_valid(rdjson_schema(), &json()),
        "junit" => assert!(Document::parse(text).is_ok(), "{text}"),
        "markdown" => assert!(text.starts_with("## opsbook: ") && text.encode_utf16().count() <= 65_536),
        other => panic!("{other} is a document that no test reads"),
    }
}

/// How many cases of a JUnit report have an element.
fn count(junit: &str, tag: &str) -> usize {
    let document = Document::parse(junit).expect("well-formed XML");
    document.descendants().filter(|node| node.has_tag_name(tag)).count()
}

#[test]
fn a_report_in_a_file_leaves_standard_output_empty_and_the_status_as_it_is() {
    for (records, status) in [(item("A"), 0), (faulty("A"), 1)] {
        let repo = items(&records);
        for format in documents() {
            let place = format!("{}=out", format.name);
            let output = run(&repo, &["check", "--format", &place]).exits(status);
            assert_eq!((&*output.stdout, &*output.stderr), ("", ""), "{}", format.name);
            let text = std::fs::read_to_string(repo.path().join("out")).expect("it was written");
            assert_eq!(text, run(&repo, &["check", "--format", format.name]).exits(status).stdout);
            assert_readable(format.name, &text);
            assert_eq!(text.contains("items.jsonl"), status == 1, "{}: {text}", format.name);
        }
    }
}

#[test]
fn a_run_that_could_check_nothing_writes_every_document_and_says_so_where_there_is_room() {
    let repo = items(&item("A"));
    let written = |format: &str, arguments: &[&str]| {
        let place = format!("{format}=old");
        repo.write("old", "<yesterday/>");
        run(&repo, &[&["check", "--format", &place], arguments].concat()).exits(2);
        let text = std::fs::read_to_string(repo.path().join("old")).expect("it was written");
        let output = run(&repo, &[&["check", "--format", format], arguments].concat()).exits(2);
        assert_eq!(output.stdout, text, "{format}");
        assert_readable(format, &text);
        text
    };
    for format in documents() {
        let text = written(format.name, &["--rev", "nothing"]);
        assert_eq!(text.contains("nothing"), format.name != "gitlab", "{}: {text}", format.name);
    }
    let junit = written("junit", &["--rev", "nothing"]);
    assert_eq!((count(&junit, "testcase"), count(&junit, "error")), (1, 1));
    assert!(written("rdjson", &["--rev", "nothing"]).contains("\"severity\":\"ERROR\""));
    assert_eq!(written("gitlab", &["--rev", "nothing"]), "[]\n");
    // A command line that is refused is told about, too.
    for format in documents() {
        let output = run(&repo, &["check", "--format", format.name, "--no-such-option"]).exits(2);
        assert_readable(format.name, &output.stdout);
    }
}

#[test]
fn a_file_that_could_not_be_read_keeps_reports_from_being_green() {
    let repo = items(&item("A"));
    repo.write("more/x.jsonl", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n");
    let text = |format| run(&repo, &["check", "--format", format]).exits(2).stdout;
    let junit = text("junit");
    assert_eq!((count(&junit, "error"), count(&junit, "skipped")), (1, 1), "{junit}");
    let rdjson: Value = serde_json::from_str(&text("rdjson")).expect("JSON");
    assert_eq!(rdjson["diagnostics"][0]["location"]["path"], "more/x.jsonl");
    assert!(text("markdown").contains("not everything could be checked"));
}

#[test]
fn hostile_records_and_names_stay_text() {
    let repo = items(&item("A"));
    let evil = "@ana ]]></failure><img src=x> | `x` [x](https://example.org)\\n\\n# y\\u0000\\uffff\u{202e}";
    let record = format!("{{\"id\":\"{evil}\",\"title\":\"t\",\"status\":\"{evil}\"}}\n");
    repo.write("items.jsonl", &record);
    repo.write("more/a\n\n# @ana | <img src=x>.jsonl", &record);
    for format in documents() {
        let output = run(&repo, &["check", "--all", "--format", format.name]).exits(1);
        assert_readable(format.name, &output.stdout);
    }
    let junit = run(&repo, &["check", "--format", "junit"]).exits(1).stdout;
    assert_eq!((count(&junit, "failure"), count(&junit, "img")), (5, 0), "{junit}");
    let markdown = run(&repo, &["check", "--all", "--format", "markdown"]).exits(1).stdout;
    let is_ours = |line: &&str| line.trim_start().starts_with(['-', '<', '{', '^', '…']);
    let others: Vec<&str> = markdown.lines().filter(|line| !line.is_empty() && !is_ours(line)).collect();
    assert!(others.iter().all(|line| line.starts_with('#') || line.starts_with("checked")), "{markdown}");
    assert!(others.iter().filter(|line| line.starts_with('#')).count() == 3, "{markdown}");
    assert!(!markdown.contains("<img") && markdown.contains("&#64;ana"));
    // Source stands in elements that keep it as it is.
    let outside: Vec<&str> =
        markdown.split("<pre>").map(|part| part.rsplit("</pre>").next().unwrap_or(part)).collect();
    assert!(outside.iter().all(|part| !part.contains("](") && !part.contains('@')), "{outside:#?}");
}

#[test]
fn thirty_thousand_findings_are_all_written_or_counted() {
    const MANY: usize = 30_000;
    let records: String = (0..MANY).map(|number| faulty(&format!("I-{number}"))).collect();
    let repo = items(&records);
    let mut arguments = vec!["check".to_owned()];
    arguments.extend(documents().flat_map(|f| ["--format".to_owned(), format!("{0}=out.{0}", f.name)]));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    run(&repo, &arguments).exits(1);
    let read = |name: &str| {
        std::fs::read_to_string(repo.path().join(format!("out.{name}"))).expect("it was written")
    };
    documents().for_each(|format| assert_readable(format.name, &read(format.name)));
    let json: Value = serde_json::from_str(&read("json")).expect("JSON");
    let gitlab: Value = serde_json::from_str(&read("gitlab")).expect("JSON");
    let prints = |list: &Value| -> Vec<String> {
        let all = list.as_array().expect("a list").iter();
        all.map(|one| one["fingerprint"].as_str().expect("a text").to_owned()).collect()
    };
    let in_gitlab = prints(&gitlab);
    assert_eq!(in_gitlab, prints(&json["findings"]));
    assert_eq!(in_gitlab.iter().collect::<HashSet<_>>().len(), MANY);
    let junit = read("junit");
    assert_eq!(count(&junit, "failure"), MANY);
    let document = Document::parse(&junit).expect("well-formed XML");
    let cases = document.descendants().filter(|node| node.has_tag_name("testcase"));
    let names: HashSet<_> = cases.map(|case| (case.attribute("classname"), case.attribute("name"))).collect();
    assert_eq!(names.len(), MANY + 1, "services take cases of one name for one");
    let rdjson: Value = serde_json::from_str(&read("rdjson")).expect("JSON");
    assert_eq!(rdjson["diagnostics"].as_array().map(Vec::len), Some(MANY));
    assert!(read("markdown").contains("10 of 30,000 findings are shown"));
}

/// A made-up secret in the format of an issuer, in two parts so that nobody takes this file for a leak.
fn made_up() -> String {
    ["AKIA", "Q7RT2WMZK9LX4VBN"].concat()
}

#[test]
fn no_format_shows_a_secret_whatever_repeats_it() {
    let secret = made_up();
    let near = secret.to_lowercase();
    // A key, a value, a near key that a fix would write, a text that is cut, and a line with an old secret in it.
    let mut records = faulty(&secret) + &dependent("B", &near) + &dependent("C", &secret.replace('Q', "R"));
    records += &item("D").replace("planned", &format!("{secret} {secret} {secret} {secret}"));
    records += &format!("{{\"id\":\"{secret}\",\"title\":\"t\",\"status\":\"plannd\"}}\n");
    let repo = items(&records);
    let config = opsbook::repo::builder::read(&repo.path().join("opsbook.toml"));
    let ignore = format!(
        "{config}[[ignore]]\nrule = \"dangling-reference\"\nrecord = \"{secret}\"\nbecause = \"it is known\"\n"
    );
    repo.write("opsbook.toml", ignore).stage_all().commit("feat: leaks");
    repo.write("items.jsonl", records.replace("\"t\"", "\"u\"").replace("plannd", "planed"));
    for more in [
        &[][..],
        &["--base", "HEAD"],
        &["--only", "schema"],
        &["--skip", "security"],
        &["--only", "reference,config", "-v"],
        &["items.jsonl"],
    ] {
        for format in FORMATS {
            let arguments = [&["check", "--all", "--format", format.name][..], more].concat();
            let output = run(&repo, &arguments);
            let shown = [output.stdout.as_str(), &output.stderr].concat();
            assert!(!shown.contains(&secret[..12]), "{} {more:?}: {shown}", format.name);
            assert!(shown.contains("items.jsonl"), "{} {more:?}: {shown}", format.name);
        }
    }
    let diff = run(&repo, &["check", "--diff", "--unsafe-fixes"]).exits(1).stdout;
    assert!(diff.contains("[redacted]") && !diff.contains(&secret[..12]), "{diff}");
    run(&repo, &["baseline", "create"]).exits(0);
    let baseline = opsbook::repo::builder::read(&repo.path().join(".opsbook/baseline.json"));
    assert!(baseline.contains("[redacted]") && !baseline.contains(&secret[..12]), "{baseline}");
}

#[test]
fn what_one_rule_knows_for_a_secret_is_shown_in_no_other_place() {
    let value = "a-made-up-0ne";
    let record = faulty("A").replace("\"t\"", &format!("\"{value}\""));
    let repo = items(&(record + &dependent("B", value)));
    repo.write("ops/secrets.jsonl", format!("{{\"name\":\"KEY\",\"value\":\"{value}\"}}\n"));
    for format in FORMATS {
        let output = run(&repo, &["check", "--format", format.name]).exits(1);
        assert!(!output.stdout.contains(value), "{}: {}", format.name, output.stdout);
        assert!(output.stdout.contains("items.jsonl"), "{}: {}", format.name, output.stdout);
    }
}

#[test]
fn a_fix_that_would_write_a_secret_is_not_offered_and_another_still_mends() {
    let secret = made_up();
    let near = secret.to_lowercase();
    let records = item(&secret) + &dependent("B", &near) + &faulty("C");
    let repo = items(&records);
    let report = run(&repo, &["check", "--format", "json"]).exits(1).report();
    let of = |rule: &str| {
        let found = report["findings"].as_array().expect("a list").iter().find(|one| one["rule"] == rule);
        found.unwrap_or_else(|| panic!("no {rule}: {report:#}")).clone()
    };
    let dangling = of("dangling-reference");
    assert!(
        dangling["fix"].is_null() && dangling["notes"].to_string().contains("would write a secret"),
        "{dangling:#}"
    );
    assert!(of("schema-violation")["fix"].is_object());
    run(&repo, &["check", "--fix", "--unsafe-fixes"]).exits(1);
    let left = opsbook::repo::builder::read(&repo.path().join("items.jsonl"));
    assert_eq!(left, records.replace("plannd", "planned"));
}
