//! How opsbook comes into a repository: what `init` writes, with and without a preset; the story of
//! `docs/adopt.md` with a real git; what the doctor says of it; and the hooks that pre-commit reads here.

use std::collections::BTreeMap;
use std::path::Path;

use opsbook::read::{tape::Tape, yaml};
use opsbook::repo::builder::{Repo, read};
use opsbook::setup::init::presets;
use opsbook::text::Span;
use serde_json::Value;

use crate::support::{assert_valid, compile, finish, git, run, run_in};

const PAST: &str = "{\"id\":\"T-1\",\"title\":\"Move the backups\",\"status\":\"doing\"}\n";
const NEW: &str = "{\"id\":\"T-2\",\"title\":\"Tell the customers\",\"status\":\"soon\"}\n";

#[test]
fn a_repository_with_a_past_is_adopted_commit_by_commit() {
    let repo = Repo::new();
    if git(repo.path()).is_none() {
        return;
    }
    let git = |args: &[&str]| finish(git(repo.path()).expect("it was there").args(args));
    let commit = |message: &str| {
        git(&["add", "."]).exits(0);
        git(&["commit", "-m", message])
    };
    repo.write("roadmap.jsonl", PAST);
    commit("plan the move").exits(0);
    let output = run(&repo, &["init", "--yes"]).exits(0);
    assert!(output.stderr.contains("1 finding already; `opsbook baseline create`"), "{output:#?}");
    run(&repo, &["check"]).exits(1);
    run(&repo, &["baseline", "create"]).exits(0);
    // The hook has nothing against the past, and says so.
    let output = commit("check our records").exits(0);
    assert!(output.stderr.contains("no problems found"), "the hook ran: {output:#?}");
    run(&repo, &["check"]).exits(0);
    // A new fault stops the commit, and it alone is told.
    repo.write("roadmap.jsonl", [PAST, NEW].concat());
    let output = commit("plan the announcement").exits(1);
    assert!(output.stderr.contains("\"soon\"") && !output.stderr.contains("\"doing\""), "{output:#?}");
    repo.write("roadmap.jsonl", [PAST, &NEW.replace("soon", "planned")].concat());
    commit("plan the announcement").exits(0);
    // What is mended leaves a stale entry, which blocks nobody and can be taken out.
    repo.write("roadmap.jsonl", [PAST, NEW].concat().replace("doing", "done").replace("soon", "planned"));
    commit("mend the past").exits(0);
    let check = || run(&repo, &["check", "--format", "json"]).exits(0);
    assert_eq!(check().rules(), ["stale-baseline-entry"]);
    run(&repo, &["baseline", "prune"]).exits(0);
    assert_eq!(check().rules(), [""; 0]);
    commit("prune the baseline").exits(0);
    assert!(git(&["status", "--porcelain"]).exits(0).stdout.is_empty());
}

/// Every file of a folder with its text, git's own left out.
fn tree(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("readable").flatten() {
        let name = entry.file_name().into_string().expect("our names are text");
        match entry.path().is_dir() {
            true if name == ".git" => {}
            true => {
                let below = tree(&entry.path());
                files.extend(below.into_iter().map(|(path, text)| (format!("{name}/{path}"), text)));
            }
            false => {
                files.insert(name, read(&entry.path()));
            }
        }
    }
    files
}

/// The page on adopting opsbook.
fn page() -> String {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/adopt.md"))
}

#[test]
fn what_every_preset_writes_is_valid_at_birth_and_written_once() {
    for preset in presets() {
        assert!(page().contains(&format!("| `{}` |", preset.name)), "docs/adopt.md does not name it");
        let repo = Repo::new();
        let init = |more: &[&str]| run(&repo, &[&["init", "--preset", &preset.name], more].concat());
        init(&["--dry-run"]).exits(0);
        // There is no terminal to ask on.
        let refused = init(&[]).exits(2);
        assert!(refused.stderr.contains("--yes"), "{refused:#?}");
        assert!(tree(repo.path()).is_empty() && !repo.path().join(".git/hooks/pre-commit").exists());
        init(&["--yes"]).exits(0);
        let written = tree(repo.path());
        assert!(written.len() > 3, "{}: {written:#?}", preset.name);
        let check = ["check", "--allow-empty", "--fail-on", "info", "--format", "json"];
        assert_eq!(run(&repo, &check).exits(0).places(), [""; 0], "{}", preset.name);
        assert_eq!(run(&repo, &["config"]).exits(0).stderr, "", "{}", preset.name);
        let again = init(&["--yes"]).exits(0);
        assert!(again.stdout.starts_with("nothing to do"), "{again:#?}");
        assert_eq!(tree(repo.path()), written);
    }
}

#[test]
fn the_records_that_presets_show_are_read_and_right() {
    let mut shown = 0;
    for preset in presets() {
        let repo = Repo::new();
        run(&repo, &["init", "--preset", &preset.name, "--yes"]).exits(0);
        let mut paths = Vec::new();
        for text in tree(repo.path()).into_values() {
            for fence in text.split("```jsonl ").skip(1) {
                let (path, rest) = fence.split_once('\n').expect("a fence names a file");
                repo.write(path, rest.split("```").next().expect("a fence ends"));
                paths.push(path.to_owned());
            }
        }
        shown += paths.len();
        let check = ["check", "--only", "schema,reference,syntax,config", "--fail-on", "info"];
        let report = run(&repo, &[&check[..], &["--format", "json"]].concat());
        assert_eq!(report.places(), [""; 0].map(String::from), "{}: {report:#?}", preset.name);
        let records = run(&repo, &["records", "--format", "jsonl"]).exits(0).stdout;
        let read: std::collections::BTreeSet<String> = records
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a record a line"))
            .filter_map(|record| record["_path"].as_str().map(str::to_owned))
            .collect();
        for path in &paths {
            assert!(read.contains(path), "{}: {path} in {read:?}", preset.name);
        }
    }
    assert!(shown >= 10, "only {shown} were shown");
}

#[test]
fn the_proposal_is_a_patch_that_git_can_apply() {
    let (shown, written) = (Repo::new(), Repo::new());
    if git(shown.path()).is_none() {
        return;
    }
    for repo in [&shown, &written] {
        repo.write(".github/dependabot.yml", "version: 2\n");
    }
    let arguments = ["init", "--preset", "departments"];
    let patch = run(&shown, &[&arguments[..], &["--dry-run"]].concat()).exits(0).stdout;
    let place = tempfile::tempdir().expect("there is room");
    let file = place.path().join("init.patch");
    std::fs::write(&file, patch).expect("writable");
    let mut apply = git(shown.path()).expect("it was there");
    // Git writes nothing into its own folder.
    finish(apply.args(["apply", "--exclude=.git/*"]).arg(&file)).exits(0);
    run(&written, &[&arguments[..], &["--yes"]].concat()).exits(0);
    assert_eq!(tree(shown.path()), tree(written.path()));
    assert!(tree(written.path()).contains_key(".github/workflows/opsbook.yml"));
}

#[test]
fn init_runs_at_the_top_from_a_subfolder_and_in_a_folder_without_git() {
    let repo = Repo::plain();
    repo.write("ops/notes.jsonl", "{\"text\":\"Backups restored.\"}\n");
    let output = run(&repo, &["init", "--yes"]).exits(0);
    assert!(output.stderr.contains("git init"), "{output:#?}");
    let repo = Repo::new();
    repo.write("ops/notes.jsonl", "{\"text\":\"Backups restored.\"}\n");
    run_in(&repo.path().join("ops"), &["init", "--yes"]).exits(0);
    assert!(repo.path().join("opsbook.toml").exists() && !repo.path().join("ops/opsbook.toml").exists());
    run(&repo, &["init", "--preset", "zoo"]).exits(2);
}

#[test]
fn the_doctor_answers_in_both_formats_and_by_exit_status() {
    let repo = Repo::new();
    let doctor = |status| {
        let output = run(&repo, &["doctor", "--format", "json"]).exits(status);
        let object: Value = serde_json::from_str(&output.stdout).expect("it is JSON");
        assert_valid(&compile("schemas/doctor-report.schema.json"), &object);
        assert_eq!(run(&repo, &["doctor"]).exits(status).stderr, "");
        object
    };
    assert_eq!(doctor(0)["verdict"], "ok");
    repo.write("opsbook.toml", "[projct]\n");
    let object = doctor(1);
    for check in object["checks"].as_array().expect("a list") {
        let id = format!("`{}`", check["id"].as_str().expect("a text"));
        assert!(page().contains(&id), "docs/adopt.md does not name {id}");
    }
    let mut checks = object["checks"].as_array().expect("a list").iter();
    let found = checks.find(|check| check["state"] == "problem").expect("one is a problem");
    assert_eq!((&found["id"], &found["subject"]), (&"configuration".into(), &"opsbook.toml".into()));
    repo.remove(".git").write(".git", "gitdir: nowhere\n");
    assert_eq!(doctor(2)["verdict"], "unknown");
}

/// A YAML file of this project.
fn yaml_of(path: &str) -> Value {
    let text = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    let mut tape = Tape::new();
    assert_eq!(yaml::read(&text, Span::of(0, text.len()), &mut tape), [], "{path}");
    tape.root(&text).expect("it holds a document").to_json()
}

/// Asserts that `line` is a command that this opsbook has.
#[track_caller]
fn assert_is_command(line: &str) {
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words.first(), Some(&"opsbook"), "{line}");
    let folder = tempfile::tempdir().expect("there is room");
    run_in(folder.path(), &[&words[1..], &["--help"]].concat()).exits(0);
}

#[test]
fn pre_commit_finds_two_hooks_here_that_check_the_whole_index() {
    let hooks = yaml_of(".pre-commit-hooks.yaml");
    let hooks = hooks.as_array().expect("a list of hooks");
    let of = |name: &str| -> Vec<&str> { hooks.iter().filter_map(|hook| hook[name].as_str()).collect() };
    assert_eq!(of("id"), ["opsbook", "opsbook-system"]);
    assert_eq!(of("language"), ["rust", "system"]);
    for hook in hooks {
        assert_eq!((&hook["always_run"], &hook["pass_filenames"]), (&true.into(), &false.into()), "{hook}");
        assert_eq!(hook["stages"], serde_json::json!(["pre-commit"]));
        assert!(
            ["name", "description"].iter().all(|key| hook[key].as_str().is_some_and(|it| !it.is_empty()))
        );
        assert_eq!(hook["entry"], "opsbook hook run pre-commit");
        assert_is_command("opsbook hook run pre-commit");
    }
}

#[test]
fn proposed_pipelines_are_yaml_and_run_commands_that_exist() {
    let github = yaml_of("templates/init/ci/github.yml");
    let steps = github["jobs"]["check"]["steps"].as_array().expect("a list of steps");
    let gitlab = yaml_of("templates/init/ci/gitlab.yml");
    let script = gitlab["opsbook"]["script"].as_array().expect("a list of commands");
    let commands = steps.iter().filter_map(|step| step["run"].as_str());
    let commands: Vec<&str> = commands.chain(script.iter().filter_map(Value::as_str)).collect();
    assert_eq!(commands.len(), 4);
    commands.into_iter().for_each(assert_is_command);
}
