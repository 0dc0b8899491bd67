//! The options of `check` mean what the contract says, from any folder, on any snapshot.

use opsbook::repo::builder::Repo;
use serde_json::Value;

use crate::support::{
    ITEMS, Output, command, dependent, faulty, finish, item, items, run, run_in, run_with_input,
};

fn check(repo: &Repo, more: &[&str]) -> Output {
    run(repo, &[&["check", "--format", "json"], more].concat())
}

#[test]
fn fail_on_decides_the_exit_status_and_hides_nothing() {
    let repo = items(item("A").trim_end());
    for (limit, status) in [("error", 0), ("warning", 1), ("info", 1)] {
        let output = check(&repo, &["--fail-on", limit]).exits(status);
        assert_eq!(output.rules(), ["missing-final-newline"], "{limit}");
    }
    repo.write("items.jsonl", item("A") + "\n");
    let blank = ["--only", "trailing-blank-record", "--fail-on"];
    for (limit, status) in [("error", 0), ("warning", 0), ("info", 1)] {
        assert_eq!(
            check(&repo, &[&blank[..], &[limit]].concat()).exits(status).rules(),
            ["trailing-blank-record"]
        );
    }
}

#[test]
fn only_and_skip_take_rules_and_groups_and_only_switches_on_what_is_off() {
    let repo = items(&(faulty("A") + &dependent("B", "X") + "{\n" + &item("C") + "\n"));
    let rules = |more: &[&str]| check(&repo, more).rules();
    assert_eq!(rules(&[]), ["dangling-reference", "invalid-syntax", "schema-violation"]);
    assert_eq!(rules(&["--only", "schema"]), ["schema-violation"]);
    assert_eq!(rules(&["--only", "reference,invalid-syntax"]), ["dangling-reference", "invalid-syntax"]);
    assert_eq!(rules(&["--skip", "syntax,reference"]), ["schema-violation"]);
    assert_eq!(rules(&["--only", "schema", "--skip", "schema-violation"]), [""; 0]);
    assert_eq!(rules(&["--only", "trailing-blank-record"]), ["trailing-blank-record"]);
    assert_eq!(rules(&["--only", "syntax"]), ["invalid-syntax", "trailing-blank-record"]);
}

#[test]
fn configured_severities_count_and_off_is_off() {
    let repo = items(&faulty("A"));
    for (severity, status, count) in [("error", 1, 1), ("warning", 0, 1), ("info", 0, 1), ("off", 0, 0)] {
        repo.write("opsbook.toml", format!("{ITEMS}schema-violation = \"{severity}\"\n"));
        let report = check(&repo, &[]).exits(status).report();
        assert_eq!(report["findings"].as_array().map(Vec::len), Some(count), "{severity}");
        if count > 0 {
            assert_eq!(report["findings"][0]["severity"], severity);
            assert_eq!(report["summary"][severity], 1);
        }
    }
}

#[test]
fn a_base_leaves_what_is_new_and_a_range_names_both_ends() {
    let repo = items(&(item("A") + &faulty("B")));
    let first = repo.stage_all().commit("feat: one fault");
    repo.branch("side");
    repo.write("items.jsonl", item("A") + &item("A2") + &faulty("B") + &faulty("C"));
    let second = repo.stage_all().commit("feat: another");
    let new = ["items.jsonl:4:32 schema-violation"];
    assert_eq!(check(&repo, &[]).exits(1).places().len(), 2);
    assert_eq!(check(&repo, &["--base", &first]).exits(1).places(), new);
    assert_eq!(check(&repo, &["--base", "HEAD"]).exits(0).places(), [""; 0]);
    assert_eq!(check(&repo, &["--base", "auto"]).exits(1).places(), new);
    assert_eq!(check(&repo, &["--rev", "HEAD", "--base", "HEAD^"]).exits(1).places(), new);
    assert_eq!(check(&repo, &[&format!("{first}..{second}")]).exits(1).places(), new);
    assert_eq!(check(&repo, &["main..side"]).exits(1).places(), new);
    assert_eq!(check(&repo, &["main..."]).exits(1).places(), new);
    assert_eq!(check(&repo, &["side..main"]).exits(0).places(), [""; 0]);
    assert_eq!(check(&repo, &["main..side", "items.jsonl"]).exits(1).places(), new);
    let report = check(&repo, &["main..side"]).report();
    assert_eq!((&report["scope"]["commit"], &report["scope"]["base"]), (&second.into(), &first.into()));
    check(&repo, &["main..side", "--rev", "HEAD"]).exits(2);
    // On the default branch there is no base, and that is said.
    repo.git().set_head("refs/heads/main").expect("it exists");
    let output = check(&repo, &["--base", "auto"]).exits(1);
    assert!(output.stdout.contains("no base: this is main"), "{}", output.stdout);
}

#[test]
fn a_range_of_three_dots_starts_at_the_merge_base() {
    let repo = items(&item("A"));
    repo.stage_all().commit("feat: start");
    repo.branch("side");
    repo.write("items.jsonl", item("A") + &faulty("B")).stage_all().commit("feat: a fault on the side");
    repo.git().set_head("refs/heads/main").expect("it exists");
    repo.write("items.jsonl", item("A")).stage_all();
    repo.write("more/x.jsonl", faulty("X")).stage_all().commit("feat: a fault on main");
    assert_eq!(check(&repo, &["main...side"]).exits(1).places(), ["items.jsonl:2:32 schema-violation"]);
    assert_eq!(check(&repo, &["side...main"]).exits(1).places(), ["more/x.jsonl:1:32 schema-violation"]);
}

#[test]
fn a_file_whose_name_holds_two_dots_is_a_path() {
    let repo = items(&item("A"));
    repo.write("more/a..b.jsonl", faulty("B"));
    assert_eq!(
        check(&repo, &["more/a..b.jsonl"]).exits(1).places(),
        ["more/a..b.jsonl:1:32 schema-violation"]
    );
}

#[test]
fn a_bare_repository_is_checked_at_a_commit() {
    let repo = items(&faulty("A"));
    repo.stage_all().commit("feat: a fault");
    let bare = tempfile::tempdir().expect("there is room");
    git2::build::RepoBuilder::new()
        .bare(true)
        .clone_local(git2::build::CloneLocal::Local)
        .clone(repo.path().to_str().expect("UTF-8"), bare.path())
        .expect("it can be cloned");
    let rev = ["check", "--rev", "HEAD", "--format", "json"];
    assert_eq!(run_in(bare.path(), &rev).exits(1).places(), ["items.jsonl:1:32 schema-violation"]);
    for arguments in [&["check"][..], &["check", "--staged"], &["check", "--rev", "HEAD", "--fix"]] {
        let output = run_in(bare.path(), arguments).exits(2);
        assert!(!output.stderr.is_empty(), "{output:#?}");
    }
}

#[test]
fn paths_are_relative_to_the_root_from_wherever_the_run_starts() {
    let repo = items(&item("A"));
    repo.write("more/b.jsonl", faulty("B")).write("docs/x.md", "# X\n");
    let expected = ["more/b.jsonl:1:32 schema-violation"];
    let (more, docs) = (repo.path().join("more"), repo.path().join("docs"));
    let json = ["check", "--format", "json"];
    assert_eq!(run_in(&more, &json).exits(1).places(), expected);
    assert_eq!(run_in(&more, &[&json[..], &["b.jsonl"]].concat()).exits(1).places(), expected);
    assert_eq!(run_in(&docs, &[&json[..], &["../more"]].concat()).exits(1).places(), expected);
    assert_eq!(run_in(&docs, &[&json[..], &["."]].concat()).exits(0).places(), [""; 0]);
    assert_eq!(check(&repo, &["-C", "more", "b.jsonl"]).exits(1).places(), expected);
    let elsewhere = tempfile::tempdir().expect("there is room");
    let top = repo.top();
    let far = ["-C", top.to_str().expect("UTF-8"), "check", "--format", "json", "more/b.jsonl"];
    assert_eq!(run_in(elsewhere.path(), &far).exits(1).places(), expected);
}

#[test]
fn a_path_reports_what_its_change_broke_elsewhere_and_not_what_was_broken_there() {
    let repo = items(&(dependent("B", "A") + &dependent("C", "never-was") + &faulty("D")));
    repo.write("more/a.jsonl", item("A")).stage_all().commit("feat: two files");
    repo.remove("more/a.jsonl");
    assert_eq!(check(&repo, &["more/a.jsonl"]).exits(1).places(), ["items.jsonl:1:56 dangling-reference"]);
}

#[test]
fn a_configuration_from_elsewhere_replaces_the_repositorys() {
    let repo = items(&faulty("A"));
    let other = Repo::plain();
    other.write("lax.toml", ITEMS.to_owned() + "schema-violation = \"off\"\n").write("bad.toml", "x = 1\n");
    let place = |name: &str| other.top().join(name).to_str().expect("UTF-8").to_owned();
    check(&repo, &["--config", &place("lax.toml")]).exits(0);
    let output = check(&repo, &["--config", &place("bad.toml"), "--allow-empty"]).exits(1);
    assert!(output.places()[0].ends_with("bad.toml:1:1 invalid-config"), "{:?}", output.places());
}

#[test]
fn another_version_than_the_required_one_stops() {
    let repo = items(&item("A"));
    for (required, status) in [(">=0.1, <9", 0), (">=99", 2)] {
        repo.write("opsbook.toml", format!("{ITEMS}[project]\nrequired_version = \"{required}\"\n"));
        let output = check(&repo, &[]).exits(status);
        assert_eq!(output.stderr.contains(">=99"), status == 2, "{output:#?}");
    }
}

#[test]
fn standard_input_stands_for_a_file_there_or_not() {
    let repo = items(&item("A"));
    let json = ["check", "--format", "json", "--stdin-filename"];
    let with =
        |name: &str, input: &str| run_with_input(&repo, &[&json[..], &[name]].concat(), input.as_bytes());
    assert_eq!(with("items.jsonl", &faulty("A")).exits(1).places(), ["items.jsonl:1:32 schema-violation"]);
    assert_eq!(with("more/new.jsonl", &dependent("B", "A")).exits(0).places(), [""; 0]);
    // What the new text takes away from others is found, too.
    repo.write("more/b.jsonl", dependent("B", "A")).stage_all().commit("feat: a dependent");
    assert_eq!(with("items.jsonl", &item("C")).exits(1).rules(), ["dangling-reference"]);
    let fix = |name: &str, input: &str| {
        run_with_input(&repo, &["check", "--fix", "--stdin-filename", name], input.as_bytes())
    };
    let before = std::fs::read(repo.path().join("items.jsonl")).expect("it is there");
    assert_eq!(fix("items.jsonl", item("A").trim_end()).exits(0).stdout, item("A"));
    assert_eq!(fix("items.jsonl", &item("A")).exits(0).stdout, item("A"));
    assert_eq!(std::fs::read(repo.path().join("items.jsonl")).expect("it is there"), before);
    with("../out.jsonl", "").exits(2);
}

#[test]
fn several_formats_go_to_files_and_one_to_standard_output() {
    let repo = items(&faulty("A"));
    let formats =
        ["concise", "json", "jsonl", "github", "gitlab", "sarif", "junit", "rdjson", "markdown", "text"];
    let mut arguments = vec!["check".to_owned(), "--format".to_owned(), "concise".to_owned()];
    for format in formats.iter().filter(|format| opsbook::report::Format::from_name(format).is_some()) {
        arguments.extend(["--format".to_owned(), format!("{format}=out.{format}")]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = run(&repo, &arguments).exits(1);
    assert!(output.stdout.starts_with("items.jsonl:1:32: error"), "{}", output.stdout);
    for format in opsbook::report::FORMATS {
        let text = std::fs::read_to_string(repo.path().join(format!("out.{}", format.name)));
        let text = text.unwrap_or_else(|error| panic!("{}: {error}", format.name));
        assert!(text.contains("items.jsonl") && !text.contains('\u{1b}'), "{}: {text}", format.name);
    }
    run(&repo, &["check", "--format", "json", "--format", "text"]).exits(2);
    run(&repo, &["check", "--format", "json=nowhere/x.json"]).exits(2);
}

#[test]
fn colour_is_only_where_it_is_asked_for() {
    let repo = items(&faulty("A"));
    let colour = |arguments: &[&str], no_color: bool| {
        let mut command = command(repo.path());
        if no_color {
            command.env("NO_COLOR", "1");
        }
        finish(command.args(arguments)).exits(1).stdout.contains('\u{1b}')
    };
    assert!(!colour(&["check"], false), "a pipe is no terminal");
    assert!(!colour(&["check"], true));
    assert!(colour(&["check", "--color", "always"], false));
    assert!(colour(&["check", "--color", "always"], true), "asked for aloud");
    assert!(!colour(&["check", "--color", "never"], false));
    assert!(!colour(&["check", "--color", "always", "--format", "json"], false));
}

#[test]
fn quiet_prints_findings_and_verbose_more() {
    let repo = items(&(item("A") + &faulty("B")));
    let length = |more: &[&str]| run(&repo, &[&["check"], more].concat()).exits(1).stdout.len();
    assert!(length(&["-q"]) < length(&[]) && length(&[]) <= length(&["-v"]));
    run(&repo, &["check", "-q", "-v"]).exits(2);
    repo.write("items.jsonl", item("A"));
    let output = run(&repo, &["check", "-q"]).exits(0);
    assert_eq!((&*output.stdout, &*output.stderr), ("no problems found\n", ""));
}

#[test]
fn the_moment_comes_from_the_option_before_the_variable_before_the_clock() {
    let repo = items(&faulty("A"));
    let ignore = "[[ignore]]\nrule = \"schema-violation\"\nbecause = \"it is known\"\npath = \"*.jsonl\"\nuntil = 2026-06-30\n";
    repo.write("opsbook.toml", ITEMS.to_owned() + ignore);
    let rules = |variable: &str, option: Option<&str>| {
        let mut command = command(repo.path());
        command.env("OPSBOOK_NOW", variable).args(["check", "--format", "json"]);
        finish(command.args(option.iter().flat_map(|now| ["--now", now]))).rules()
    };
    assert_eq!(rules("2026-06-30T23:00:00Z", None), [""; 0]);
    assert_eq!(rules("2026-07-01T00:00:00Z", None), ["expired-suppression", "schema-violation"]);
    assert_eq!(rules("2026-07-01T00:00:00Z", Some("2026-06-01T00:00:00Z")), [""; 0]);
}

#[test]
fn a_closed_pipe_is_quiet() {
    let lines: String = (0..5_000).map(|number| faulty(&format!("I-{number}"))).collect();
    let repo = items(&lines);
    for arguments in
        [&["check", "--format", "json"][..], &["check", "--all"], &["records", "--format", "jsonl"]]
    {
        let mut command = command(repo.path());
        let command = command.args(arguments).stdout(std::process::Stdio::piped());
        let mut child = command.stderr(std::process::Stdio::piped()).spawn().expect("it was built");
        drop(child.stdout.take());
        let output = Output::from(child.wait_with_output().expect("it ends")).exits(0);
        assert_eq!(output.stderr, "", "{arguments:?}");
    }
}

#[test]
fn the_diff_shows_what_fix_does_and_changes_nothing() {
    let repo = items(item("A").trim_end());
    let output = run(&repo, &["check", "--diff"]).exits(0);
    assert!(
        output.stdout.contains("--- a/items.jsonl") && output.stderr.contains("1 finding would be mended")
    );
    assert_eq!(
        std::fs::read_to_string(repo.path().join("items.jsonl")).expect("there"),
        item("A").trim_end()
    );
    run(&repo, &["check", "--fix"]).exits(0);
    assert_eq!(std::fs::read_to_string(repo.path().join("items.jsonl")).expect("there"), item("A"));
    let report: Value = check(&repo, &[]).exits(0).report();
    assert_eq!(report["findings"], Value::Array(Vec::new()));
}
