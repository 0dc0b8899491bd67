//! What became of the things that documents refer to, asked through the command line.

use std::path::Path;

use opsbook::repo::builder::Repo;

use crate::support::{Output, finish, git, run, run_in};

const STEPS: &str = "Start the pumps, wait until the needle stands still, and open the valve by a quarter.\n";

/// A page that names two files; one of them is moved, then the other is deleted.
fn drifted() -> Repo {
    let repo = Repo::new();
    repo.write("README.md", "# Pumps\n\nThe [steps](docs/run.md), and `scripts/warm-up.sh`.\n");
    repo.write("docs/run.md", STEPS).write("scripts/warm-up.sh", "#!/bin/sh\n").stage_all();
    repo.commit_at("docs: how it is done", 1_772_442_000);
    repo.remove("scripts/warm-up.sh").stage_all().commit_at("chore: no warm-up", 1_775_034_000);
    repo.remove("docs/run.md").write("docs/steps/run.md", STEPS).stage_all();
    repo.commit_at("docs: steps in a folder", 1_777_626_000);
    repo
}

fn drift(repo: &Repo, more: &[&str]) -> Output {
    run(repo, &[&["drift", "--format", "json"], more].concat())
}

#[test]
fn drift_names_what_broke_it_and_when_and_what_to_write() {
    let repo = drifted();
    let report = drift(&repo, &[]).exits(1).report();
    let scope = &report["scope"];
    assert_eq!((scope["commits"].as_u64(), scope["references"].as_u64()), (Some(3), Some(2)));
    let [link, path] = report["findings"].as_array().expect("an array").as_slice() else {
        panic!("{report:#}")
    };
    let message = link["message"].as_str().expect("a message");
    assert!(message.starts_with("docs/run.md was moved to docs/steps/run.md in "), "{message}");
    assert!(message.ends_with(" (2026-05-01, \"docs: steps in a folder\")"), "{message}");
    assert_eq!(link["fix"]["edits"][0]["text"], "docs/steps/run.md");
    assert_eq!(link["fix"]["safe"], true);
    assert_eq!(link["evidence"][0]["date"], "2026-05-01T09:00:00+00:00");
    assert_eq!(link["evidence"][1]["date"], "2026-03-02");
    assert_eq!((path["rule"].as_str(), path["severity"].as_str()), (Some("deleted-path"), Some("error")));
    assert!(path["notes"].to_string().contains("untrue for 233 days"), "{path:#}");
}

#[test]
fn people_see_first_what_has_been_untrue_for_longest() {
    let repo = drifted();
    let lines = run(&repo, &["drift", "--format", "concise"]).exits(1).stdout;
    let rules: Vec<&str> = lines.lines().filter_map(|line| line.split(['[', ']']).nth(1)).collect();
    assert_eq!(rules, ["deleted-path", "broken-reference"], "{lines}");
    let places = drift(&repo, &[]).exits(1).places();
    assert_eq!(places, ["README.md:3:13 broken-reference", "README.md:3:32 deleted-path"]);
}

#[test]
fn the_safe_ones_are_mended_and_then_nothing_is_left_of_them() {
    let repo = drifted();
    run(&repo, &["drift", "--fix"]).exits(1);
    assert_eq!(drift(&repo, &[]).exits(1).places(), ["README.md:3:38 deleted-path"]);
    let text = opsbook::repo::builder::read(&repo.path().join("README.md"));
    assert_eq!(text, "# Pumps\n\nThe [steps](docs/steps/run.md), and `scripts/warm-up.sh`.\n");
}

#[test]
fn a_check_of_everything_asks_the_past_and_a_branch_answers_for_its_own_change_only() {
    let repo = drifted();
    let check = |more: &[&str]| run(&repo, &[&["check", "--format", "json"], more].concat());
    assert_eq!(check(&[]).exits(1).places().len(), 2);
    assert_eq!(check(&["--base", "HEAD"]).exits(0).places(), [""; 0]);
    let branch = check(&["--base", "HEAD~1"]).exits(1);
    assert_eq!(branch.places(), ["README.md:3:13 broken-reference"]);
    assert!(branch.stdout.contains("docs: steps in a folder"), "{}", branch.stdout);
    // At an earlier commit only what was wrong by then.
    assert_eq!(check(&["--rev", "HEAD~1"]).exits(1).places(), ["README.md:3:32 deleted-path"]);
    assert_eq!(check(&["--rev", "HEAD~2"]).exits(0).places(), [""; 0]);
}

#[test]
fn the_answer_is_the_same_with_and_without_what_was_remembered() {
    let repo = drifted();
    let cold = drift(&repo, &["--no-cache"]).exits(1).stdout;
    assert!(!repo.path().join(".git/opsbook/lives-1").exists());
    assert_eq!(drift(&repo, &[]).exits(1).stdout, cold);
    assert!(repo.path().join(".git/opsbook/lives-1").exists());
    assert_eq!(drift(&repo, &[]).exits(1).stdout, cold);
}

/// A clone of `repo` as `options` make it, or `None` where there is no git.
fn cloned(repo: &Repo, folder: &Path, options: &[&str]) -> Option<std::path::PathBuf> {
    let from = format!("file://{}", repo.top().display());
    finish(git(folder)?.args(["clone", "--quiet"]).args(options).args([from.as_str(), "clone"])).exits(0);
    Some(folder.join("clone"))
}

#[test]
fn a_shallow_clone_cannot_tell_and_invents_nothing() {
    let (repo, folder) = (drifted(), tempfile::tempdir().expect("there is room"));
    let Some(clone) = cloned(&repo, folder.path(), &["--depth", "1"]) else { return };
    let output = run_in(&clone, &["drift", "--format", "json"]).exits(2);
    let report = output.report();
    assert_eq!(
        (report["findings"].as_array().map(Vec::len), &report["scope"]["complete"]),
        (Some(0), &false.into())
    );
    assert!(output.stderr.contains("git fetch --unshallow"), "{}", output.stderr);
    // What else there is to check is checked; what is unknown is named.
    let check = run_in(&clone, &["check", "--format", "json"]).exits(0).report();
    assert!(check["scope"]["unknown"].to_string().contains("shallow clone"), "{check:#}");
    // Two commits are enough to see what the last one did.
    let folder = tempfile::tempdir().expect("there is room");
    let Some(clone) = cloned(&repo, folder.path(), &["--depth", "2"]) else { return };
    let output = run_in(&clone, &["check", "--base", "HEAD~1", "--format", "json"]).exits(1);
    assert_eq!(output.places(), ["README.md:3:13 broken-reference"]);
    assert_eq!(
        run_in(&clone, &["drift", "--format", "json"]).exits(1).places(),
        ["README.md:3:13 broken-reference"]
    );
}

#[test]
fn squashing_and_rebasing_neither_hide_nor_invent() {
    // One commit with the state before, one with the state after.
    let repo = Repo::new();
    repo.write("README.md", "The [steps](docs/run.md), and `scripts/warm-up.sh`.\n");
    repo.write("docs/run.md", STEPS).write("scripts/warm-up.sh", "#!/bin/sh\n").stage_all();
    repo.commit("feat: all of the past");
    repo.remove("scripts/warm-up.sh").remove("docs/run.md").write("docs/steps/run.md", STEPS).stage_all();
    repo.commit("feat: all of the rest");
    assert_eq!(
        drift(&repo, &[]).exits(1).places(),
        ["README.md:1:13 broken-reference", "README.md:1:32 deleted-path"]
    );
    // Everything in one commit: nothing is known to have been there, so nothing is known to have gone.
    let repo = Repo::new();
    repo.write("README.md", "The [steps](docs/run.md), and `scripts/warm-up.sh`.\n").stage_all();
    repo.commit("feat: all at once");
    assert_eq!(drift(&repo, &[]).exits(0).places(), ["README.md:1:13 unresolved-link"]);
}

#[test]
fn looking_at_nothing_is_no_answer() {
    let repo = Repo::new();
    repo.write("README.md", "Nothing here.\n").stage_all().commit("docs: nothing");
    let output = run(&repo, &["drift"]).exits(2);
    assert!(output.stderr.contains("no document refers to anything"), "{}", output.stderr);
    run(&repo, &["drift", "--allow-empty"]).exits(0);
    let plain = Repo::plain();
    plain.write("README.md", "See [it](docs/a.md).\n");
    let output = run(&plain, &["drift"]).exits(2);
    assert!(output.stderr.contains("there is no history here"), "{}", output.stderr);
    run(&Repo::new(), &["drift"]).exits(2);
}

#[test]
fn what_is_about_to_be_committed_is_named_at_once() {
    let repo = Repo::new();
    repo.write("README.md", "The [steps](docs/run.md), and `docs/run.md:1`.\n").write("docs/run.md", STEPS);
    repo.stage_all().commit("docs: how it is done");
    repo.remove("docs/run.md")
        .write("docs/steps/run.md", STEPS.replace("quarter", "half") + STEPS)
        .stage_all();
    let staged = run(&repo, &["check", "--staged", "--format", "json"]).exits(1);
    assert_eq!(staged.places(), ["README.md:1:13 broken-reference", "README.md:1:32 moved-path"]);
    assert!(staged.stdout.contains("docs/run.md was moved to docs/steps/run.md"), "{}", staged.stdout);
}

#[test]
fn how_long_a_document_must_stay_true_is_said_by_its_place_by_itself_and_by_the_configuration() {
    let page = "The [steps](/docs/run.md).\n";
    let files = [
        "docs/plans/2026-03-02-pumps.md",
        "CHANGELOG.md",
        "docs/proposals/pumps.md",
        "docs/own.md",
        "docs/set.md",
    ];
    let repo = Repo::new();
    files.iter().for_each(|file| _ = repo.write(file, page));
    repo.write("docs/run.md", STEPS).write("docs/own.md", format!("---\nclass: record\n---\n{page}"));
    repo.write("opsbook.toml", "[drift]\nrecord = [\"docs/set.md\"]\n").stage_all().commit("docs: pages");
    repo.remove("docs/run.md").stage_all().commit("docs: no steps");
    let report = drift(&repo, &[]).exits(1).report();
    let of = |severity: &str| -> Vec<String> {
        let findings = report["findings"].as_array().expect("an array").iter();
        let wanted = findings.filter(|one| one["severity"] == severity);
        wanted.map(|one| one["path"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(of("error"), ["docs/proposals/pumps.md"]);
    assert_eq!(of("info"), ["CHANGELOG.md", "docs/own.md", "docs/plans/2026-03-02-pumps.md", "docs/set.md"]);
}

#[test]
fn a_path_that_documents_go_on_being_given_after_it_went_is_a_name() {
    let repo = Repo::new();
    repo.write("src/env.d.ts", "types\n").write("dev/a.md", "Write `src/env.d.ts`, and `src/main.ts`.\n");
    repo.write("src/main.ts", "main\n").stage_all().commit("docs: how to begin");
    repo.remove("src/env.d.ts").remove("src/main.ts").stage_all().commit("chore: not here");
    let places = |repo: &Repo| drift(repo, &["--only", "deleted-path"]).exits(1).places();
    assert_eq!(places(&repo), ["dev/a.md:1:8 deleted-path", "dev/a.md:1:28 deleted-path"]);
    repo.write("dev/b.md", "Write `src/env.d.ts`.\n")
        .write("dev/c.md", "Write `src/env.d.ts`.\n")
        .stage_all();
    repo.commit("docs: more of how to begin");
    assert_eq!(places(&repo), ["dev/a.md:1:28 deleted-path"]);
}

#[test]
fn a_name_behind_a_dot_is_meant_to_stand_beside_its_document() {
    let repo = Repo::new();
    repo.write("README.md", "Run `./build.sh`.\n")
        .write("docs/a.md", "Run `./build.sh`, then `./setup.sh`.\n");
    repo.write("build.sh", "make\n")
        .write("docs/setup.sh", "true\n")
        .stage_all()
        .commit("docs: how to build");
    repo.remove("build.sh").remove("docs/setup.sh").stage_all().commit("build: with cargo");
    let found = drift(&repo, &["--only", "deleted-path"]).exits(1).places();
    assert_eq!(found, ["README.md:1:6 deleted-path", "docs/a.md:1:25 deleted-path"]);
}

#[test]
fn words_weigh_less_where_they_may_mean_something_else() {
    let repo = Repo::new();
    let told = [
        ("README.md", "error"),
        ("docs/dev/run.md", "error"),
        ("docs/guide.md", "warning"),
        ("docs/dev/ko/run.md", "warning"),
        ("docs/proposals/run.md", "warning"),
        ("docs/dev/quick-start.md", "warning"),
        ("docs/dev/0012-run.md", "warning"),
        ("work/dev/spec.md", "warning"),
        ("tests/a/b/dev.md", "warning"),
        ("docs/over.md", "info"),
    ];
    for (path, severity) in told {
        let over =
            if severity == "info" { "# Over\n\n**Status:** Superseded by the next one\n\n" } else { "" };
        repo.write(path, format!("{over}It is done by `src/main.rs`.\n"));
    }
    repo.write("work/dev/plan.md", "# Plan\n");
    repo.write("src/main.rs", "fn main() {}\n").stage_all().commit("docs: how it is done");
    repo.remove("src/main.rs").stage_all().commit("chore: nothing does it");
    let guide = run(&repo, &["check", "--base", "HEAD~1", "--format", "concise"]).exits(1).stdout;
    assert!(guide.contains("docs/guide.md:1:16: error[deleted-path]"), "who takes it away is told: {guide}");
    let report = drift(&repo, &[]).exits(1).report();
    let text = |one: &serde_json::Value, name: &str| one[name].as_str().expect("a text").to_owned();
    let findings = report["findings"].as_array().expect("an array").iter();
    let found: Vec<(String, String)> =
        findings.map(|one| (text(one, "path"), text(one, "severity"))).collect();
    let mut wanted = told.map(|(path, severity)| (path.to_owned(), severity.to_owned()));
    wanted.sort();
    assert_eq!(found, wanted);
}

#[test]
fn a_path_that_stands_below_some_folder_or_was_copied_from_there_weighs_less() {
    let repo = Repo::new();
    repo.write("README.md", "See `i18n/a.xlf`, `set/flows/make/b.md`, and `flows/make/c.md`.\n");
    for path in ["i18n/a.xlf", "set/flows/make/b.md", "flows/make/c.md"] {
        repo.write(path, path);
    }
    repo.stage_all().commit("docs: where it is");
    for path in ["i18n/a.xlf", "set/flows/make/b.md", "flows/make/c.md"] {
        repo.remove(path);
    }
    repo.write("web/i18n/a.xlf", "other\n").write("src/flows/make/b.md", "other\n").stage_all();
    repo.commit("refactor: elsewhere");
    let report = drift(&repo, &[]).exits(1).report();
    let findings = report["findings"].as_array().expect("an array").iter();
    let told: Vec<_> =
        findings.map(|one| (one["start"]["column"].as_u64(), one["severity"].as_str())).collect();
    assert_eq!(told, [(Some(6), Some("warning")), (Some(20), Some("warning")), (Some(47), Some("error"))]);
}

#[test]
fn a_path_that_its_new_place_still_ends_with_weighs_less() {
    let repo = Repo::new();
    repo.write("docs/dev.md", "See `pump/vm.h`, and `pump/hal.h`.\n").write("pump/vm.h", STEPS);
    repo.write("pump/hal.h", STEPS.repeat(3)).stage_all().commit("docs: headers");
    repo.remove("pump/vm.h").write("runtime/src/pump/vm.h", STEPS);
    repo.remove("pump/hal.h").write("runtime/src/pump/hal/api.h", STEPS.repeat(3));
    repo.stage_all().commit("refactor: headers below a folder");
    let report = drift(&repo, &["--only", "moved-path"]).exits(1).report();
    let findings = report["findings"].as_array().expect("an array").iter();
    let told: Vec<_> =
        findings.map(|one| (one["start"]["column"].as_u64(), one["severity"].as_str())).collect();
    assert_eq!(told, [(Some(6), Some("warning")), (Some(23), Some("error"))]);
}

#[test]
fn a_fix_is_offered_where_the_names_are_alike() {
    let repo = Repo::new();
    let long = STEPS.repeat(3);
    repo.write("README.md", "[one](a/ack.json) [two](a/run.md)\n");
    repo.write("a/ack.json", &long).write("a/run.md", STEPS).stage_all().commit("docs: two");
    repo.remove("a/ack.json")
        .write("b/0000-legacy.json", &long)
        .remove("a/run.md")
        .write("b/run-it.md", STEPS);
    repo.stage_all().commit("docs: elsewhere");
    let report = drift(&repo, &[]).exits(1).report();
    let fixes: Vec<&str> = report["findings"]
        .as_array()
        .expect("an array")
        .iter()
        .map(|one| one["fix"]["edits"][0]["text"].as_str().unwrap_or("none"))
        .collect();
    assert_eq!(fixes, ["none", "b/run-it.md"]);
    assert!(report["findings"][0]["message"].to_string().contains("b/0000-legacy.json"));
}

#[test]
fn what_a_reader_does_not_see_and_what_is_made_from_a_template_is_no_drift() {
    let repo = Repo::new();
    let page = "<link href=\"docs/a.css\">\n\n[conf](docs/app.conf) [used][u] `docs/` `v/`\n\n[u]: docs/u.md\n[n]: docs/n.md\n";
    repo.write("README.md", page).write("docs/v0.3/old.md", "[n](/docs/n.md)\n");
    for file in ["docs/a.css", "docs/app.conf", "docs/u.md", "docs/n.md", "v/x"] {
        repo.write(file, format!("{file} {STEPS}"));
    }
    repo.stage_all().commit("docs: pages");
    repo.remove("v").remove("docs").write("docs/app.conf.j2", "{{ x }}\n");
    repo.write("docs/v0.3/old.md", "[n](/docs/n.md)\n").stage_all().commit("docs: gone");
    let only = ["--only", "broken-reference,deleted-path,moved-path"];
    assert_eq!(drift(&repo, &only).exits(1).places(), ["README.md:5:6 broken-reference"]);
}

/// The broken links of `repo` after its files in `gone` went, by document and what is written.
fn broken_after(repo: &Repo, gone: &[&str]) -> Vec<String> {
    repo.stage_all().commit("docs: all is there");
    gone.iter().for_each(|path| _ = repo.remove(path));
    repo.stage_all().commit("docs: some is not");
    broken(repo)
}

/// What `drift` says of links that lead nowhere, each with the path of its document before it.
fn broken(repo: &Repo) -> Vec<String> {
    let report = drift(repo, &["--only", "broken-reference"]).report();
    let findings = report["findings"].as_array().expect("an array").iter();
    let line = |one: &serde_json::Value| one["message"].as_str().expect("a message").to_owned();
    findings.map(|one| format!("{}: {}", one["path"].as_str().expect("a path"), line(one))).collect()
}

/// Asserts that of what `found` says each is about one of `wanted`, in order: a document and the path it names.
fn assert_told(found: &[String], wanted: &[(&str, &str)]) {
    let is_it = |(told, (document, path)): (&String, &(&str, &str))| {
        told.starts_with(&format!("{document}: ")) && told.contains(path)
    };
    assert!(found.len() == wanted.len() && found.iter().zip(wanted).all(is_it), "{found:#?}");
}

#[test]
fn a_picture_that_a_site_takes_from_its_static_folder_or_from_its_theme_is_there() {
    let repo = Repo::new();
    let page = "![a](../../img/a.png) ![b](../../img/b.png) <img src=\"../../img/c.png\">\n";
    repo.write("site/content/about/us.md", page);
    for (path, text) in [("site/img/a.png", "a"), ("site/img/b.png", "b"), ("site/img/c.png", "c")] {
        repo.write(path, text);
    }
    repo.write("site/static/img/a.png", "a").write("site/themes/plain/static/img/b.png", "b");
    let gone = ["site/img/a.png", "site/img/b.png", "site/img/c.png"];
    assert_told(&broken_after(&repo, &gone), &[("site/content/about/us.md", "site/img/c.png")]);
}

#[test]
fn a_site_beside_its_documents_and_pages_of_another_language_lend_their_pictures() {
    let repo = Repo::new();
    repo.write("docs/run.md", "![a](/docs/img/a.png) ![b](/docs/img/b.png)\n");
    repo.write("content/ko/run/index.md", "![c](c.png) ![d](d.png)\n").write("web/astro.config.mjs", "\n");
    repo.write("web/public/docs/img/a.png", "a").write("content/en/run/c.png", "c");
    let gone = ["docs/img/a.png", "docs/img/b.png", "content/ko/run/c.png", "content/ko/run/d.png"];
    gone.iter().for_each(|path| _ = repo.write(path, *path));
    let told = broken_after(&repo, &gone);
    assert_told(
        &told,
        &[("content/ko/run/index.md", "content/ko/run/d.png"), ("docs/run.md", "docs/img/b.png")],
    );
}

#[test]
fn links_of_a_websites_pages_weigh_less_unless_they_name_the_file_of_a_page() {
    let repo = Repo::new();
    let links = "[a](../gone/a.md) [b](../gone/b.png) [c](/gone/c.md) [d](../gone/d.png)\n";
    for path in ["site/guide/run.md", "site/guide/README.md", "notes/guide/run.md"] {
        repo.write(path, links);
    }
    // A generator might find the picture that stands elsewhere, and none that stands nowhere.
    repo.write("theme/b.png", "b");
    let gone =
        ["a.md", "b.png", "d.png"].map(|name| [format!("site/gone/{name}"), format!("notes/gone/{name}")]);
    let gone: Vec<&str> = gone.as_flattened().iter().map(String::as_str).chain(["gone/c.md"]).collect();
    gone.iter().for_each(|path| _ = repo.write(path, *path));
    repo.write("site/_config.yml", "title: Pumps\n").stage_all().commit("docs: all is there");
    gone.iter().for_each(|path| _ = repo.remove(path));
    repo.stage_all().commit("docs: nothing is");
    let report = drift(&repo, &[]).exits(1).report();
    let severity = |one: &serde_json::Value| one["severity"].as_str().expect("one").to_owned();
    let of = |path: &str| -> Vec<String> {
        let findings = report["findings"].as_array().expect("an array").iter();
        findings.filter(|one| one["path"] == path).map(severity).collect()
    };
    assert_eq!(of("site/guide/run.md"), ["error", "warning", "warning", "error"]);
    assert_eq!(of("site/guide/README.md"), ["error"; 4]);
    assert_eq!(of("notes/guide/run.md"), ["error"; 4]);
}

#[test]
fn links_of_a_page_are_certain_where_its_generator_takes_them_as_they_are_written() {
    let repo = Repo::new();
    // Mounted by nothing, and the picture of that name is another: what MkDocs takes is certain, what Jekyll does is not.
    repo.write("lib/b.png", "b").write("a/mkdocs.yml", "site_name: A\n").write("b/_config.yml", "title: B\n");
    repo.write("c/mkdocs.yml", "site_name: C\n").write("c/_config.yml", "title: C\n");
    let links = "![b](../gone/b.png) <img src=\"../gone/b.png\"> [c](../gone/old/) [d](../../gone/b.png)\n";
    for site in ["a", "b", "c"] {
        repo.write(&format!("{site}/guide/run.md"), links).write(&format!("{site}/gone/b.png"), site);
        repo.write(&format!("{site}/gone/old/c.txt"), "c\n");
    }
    repo.write("gone/b.png", "top").stage_all().commit("docs: all is there");
    for path in ["a/gone/b.png", "b/gone/b.png", "c/gone/b.png", "gone/b.png"] {
        repo.remove(path);
    }
    ["a", "b", "c"].iter().for_each(|site| _ = repo.remove(&format!("{site}/gone/old/c.txt")));
    repo.stage_all().commit("docs: nothing is");
    let report = drift(&repo, &[]).exits(1).report();
    let of = |path: &str| -> Vec<&str> {
        let findings = report["findings"].as_array().expect("an array").iter();
        findings.filter(|one| one["path"] == path).filter_map(|one| one["severity"].as_str()).collect()
    };
    // The last one leaves the folder of the site.
    assert_eq!(of("a/guide/run.md"), ["error", "warning", "warning", "error"]);
    assert_eq!(of("b/guide/run.md"), ["warning", "warning", "warning", "error"]);
    assert_eq!(of("c/guide/run.md"), ["warning", "warning", "warning", "error"]);
}

#[test]
fn a_slash_leads_a_readme_to_the_top_and_a_page_also_to_the_top_of_its_site() {
    let repo = Repo::new();
    repo.write("pump/README.md", "[a](/pump/a.rs)\n").write("pump/page.md", "[a](/pump/a.rs)\n");
    repo.write("pump/a.rs", STEPS).stage_all().commit("feat: a pump");
    repo.remove("pump/README.md").remove("pump/page.md").remove("pump/a.rs");
    repo.write("src/pump/README.md", "[a](/pump/a.rs)\n").write("src/pump/page.md", "[a](/pump/a.rs)\n");
    repo.write("src/pump/a.rs", STEPS).stage_all().commit("refactor: in a folder");
    let report = drift(&repo, &["--only", "broken-reference"]).exits(1).report();
    let findings = report["findings"].as_array().expect("an array").iter();
    let told: Vec<&str> = findings.filter_map(|one| one["path"].as_str()).collect();
    assert_eq!(told, ["src/pump/README.md"]);
}

#[test]
fn a_link_that_leaves_the_repository_since_its_document_was_moved_up_is_told_and_mended() {
    let repo = Repo::new();
    let text = "See the [license](../../LICENSE.txt) and the [issues](../../issues).\n";
    repo.write("exp/pump/README.md", text).write("LICENSE.txt", STEPS).stage_all().commit("feat: a pump");
    repo.remove("exp/pump/README.md").write("pump/README.md", text).stage_all().commit("feat: no experiment");
    assert_told(&broken(&repo), &[("pump/README.md", "LICENSE.txt")]);
    drift(&repo, &["--fix"]).exits(0);
    let mended = "See the [license](../LICENSE.txt) and the [issues](../../issues).\n";
    assert_eq!(std::fs::read_to_string(repo.path().join("pump/README.md")).expect("a file"), mended);
}

#[test]
fn a_link_that_led_out_of_a_site_before_its_page_moved_in_is_certain() {
    let repo = Repo::new();
    let text = "[a](../pump/src) [b](../pump/pages)\n";
    repo.write("docs/_config.yml", "title: Pumps\n")
        .write("tools/run.md", text)
        .write("pump/src/a.rs", STEPS);
    repo.write("docs/pump/pages/a.md", "# A\n").write("pump/pages/a.md", "# A\n").stage_all();
    repo.commit("docs: tools");
    repo.remove("tools/run.md").write("docs/tools/run.md", text).remove("docs/pump/pages/a.md");
    repo.stage_all().commit("docs: on the site");
    let report = drift(&repo, &["--only", "broken-reference"]).exits(1).report();
    let findings = report["findings"].as_array().expect("an array").iter();
    let told: Vec<_> = findings.filter_map(|one| one["severity"].as_str()).collect();
    assert_eq!(told, ["error", "error"]);
}

#[test]
fn a_file_is_no_page_of_its_name_where_no_site_makes_pages() {
    let repo = Repo::new();
    repo.write("README.md", "[a](OWNERS)\n").write("site/README.md", "[a](OWNERS)\n");
    repo.write("site/_config.yml", "title: Pumps\n").write("OWNERS", STEPS).write("site/OWNERS", "Ana\n");
    repo.stage_all().commit("docs: owners");
    for folder in ["", "site/"] {
        repo.remove(&format!("{folder}OWNERS")).write(&format!("{folder}OWNERS.md"), STEPS);
    }
    repo.stage_all().commit("docs: owners in Markdown");
    assert_told(&broken(&repo), &[("README.md", "OWNERS")]);
}

#[test]
fn links_count_from_a_folder_of_the_pages_own_where_its_site_gives_it_one() {
    let repo = Repo::new();
    let page = "![a](../gone/a.png)\n";
    let own = format!("---\npermalink: /b/run/\n---\n\n{page}");
    let pages = [
        ("a/run.md", page),
        ("a/own.md", &own),
        ("b/run.md", page),
        ("c/run.md", page),
        ("d/README.md", page),
        ("e/run.md", page),
        ("h/site/content/run.md", page),
    ];
    pages.iter().for_each(|(path, text)| _ = repo.write(path, *text));
    repo.write("a/_config.yml", "permalink: /blog/:title.html\n")
        .write("b/_config.yml", "permalink: pretty\n");
    repo.write("e/_config.yml", "permalink: none\ncollections:\n  tours:\n    permalink: /:path/\n");
    // Within the folder of Jekyll, another generator makes its own site.
    repo.write("h/_config.yml", "title: Pumps\n").write("h/site/hugo.toml", "title = \"Pumps\"\n");
    for folder in ["a", "b", "c", "d", "e", "h/site/content"] {
        repo.write(&format!("{folder}/gone/a.png"), folder);
    }
    repo.write("h/site/gone/a.png", "h").write("gone/a.png", "a").stage_all().commit("docs: all is there");
    repo.remove("gone/a.png").remove("h/site/gone/a.png").stage_all();
    repo.commit("docs: it is beside the pages");
    let report = drift(&repo, &[]).exits(1).report();
    let findings = report["findings"].as_array().expect("an array").iter();
    let told: Vec<_> =
        findings.filter_map(|one| Some((one["path"].as_str()?, one["severity"].as_str()?))).collect();
    // Outside of a site, one of another repository may still show the page in a folder of its own.
    assert_eq!(told, [("a/run.md", "error"), ("c/run.md", "warning"), ("d/README.md", "error")]);
}

#[test]
fn an_address_that_a_page_names_as_its_own_leads_there() {
    let repo = Repo::new();
    repo.write("docs/all.md", "[a](/guide/run/) [b](/guide/stop/)\n");
    repo.write("docs/run.md", "---\ntitle: Run\naliases:\n  - /guide/run\n---\n\nRun.\n");
    let gone = ["guide/run/a.md", "guide/stop/a.md"];
    gone.iter().for_each(|path| _ = repo.write(path, "# A\n"));
    assert_told(&broken_after(&repo, &gone), &[("docs/all.md", "guide/stop")]);
}

#[test]
fn links_of_a_part_count_from_the_pages_that_take_it_in_and_weigh_less() {
    let repo = Repo::new();
    for path in ["docs/run.md", "docs/snippets/run.md"] {
        repo.write(path, "[a](../pump.md)\n");
    }
    repo.write("pump.md", "# Pump\n").write("docs/pump.md", "# Pump\n").stage_all().commit("docs: pumps");
    repo.remove("pump.md").remove("docs/pump.md").stage_all().commit("docs: no pumps");
    let report = drift(&repo, &[]).exits(1).report();
    let findings = report["findings"].as_array().expect("an array").iter();
    let told: Vec<&str> = findings.filter_map(|one| one["severity"].as_str()).collect();
    assert_eq!(told, ["error", "warning"], "{report:#}");
}

#[test]
fn a_page_for_each_language_is_there_for_the_pages_of_that_language() {
    let repo = Repo::new();
    repo.write("docs/run-js.md", "[a](./call.md) [b](./stop.md)\n");
    repo.write("docs/run.de.md", "[a](call.md) [b](begin.md)\n");
    for path in ["docs/call.md", "docs/stop.md", "docs/begin.md"] {
        repo.write(path, format!("# {path}\n"));
    }
    repo.write("docs/call-js.md", "# JS\n").write("docs/begin.de.md", "# Anfang\n");
    repo.write("docs/stop-now.md", "# Now\n");
    let gone = ["docs/call.md", "docs/stop.md", "docs/begin.md"];
    assert_told(&broken_after(&repo, &gone), &[("docs/run-js.md", "docs/stop.md")]);
}

#[test]
fn what_hugo_mounts_is_where_it_is_mounted() {
    let mounts = "[[module.mounts]]\nsource = \"content\"\ntarget = \"content\"\n\
        [[module.mounts]]\nsource = \"../notes\"\ntarget = \"content/notes\"\n";
    let repo = Repo::new();
    repo.write("site/hugo.toml", mounts).write("site/content/guide/a.md", "# A\n");
    repo.write("notes/one/index.md", "[a](../../guide/a.md) [b](../../guide/b.md)\n");
    repo.write("guide/a.md", "# A\n").write("guide/b.md", "# B\n");
    let gone = ["guide/a.md", "guide/b.md"];
    assert_told(&broken_after(&repo, &gone), &[("notes/one/index.md", "guide/b.md")]);
    repo.write("site/hugo.toml", "title = \"no mounts\"\n");
    assert_eq!(broken_after(&repo, &[]).len(), 2);
    repo.remove("site/hugo.toml");
    repo.write("site/config/_default/module.yaml", "mounts:\n- source: ../notes\n  target: content/notes\n");
    assert_eq!(broken_after(&repo, &[]).len(), 1);
}

#[test]
fn a_page_in_a_folder_of_its_own_and_one_that_docusaurus_looks_for_are_found() {
    let repo = Repo::new();
    repo.write("docs/start.md", "[a](../next) [b](../gone)\n");
    repo.write("web/docusaurus.config.js", "\n").write("web/docs/deep/a.md", "[a](api.md) [b](./api.md)\n");
    repo.write("next.md", "# Next\n").write("gone.md", "# Gone\n").write("web/docs/deep/api.md", "# API\n");
    repo.write("docs/next.md", "# Next\n").write("web/docs/api.md", "# API\n");
    let gone = ["next.md", "gone.md", "web/docs/deep/api.md"];
    let told = broken_after(&repo, &gone);
    assert_told(&told, &[("web/docs/deep/a.md", "web/docs/deep/api.md")]);
}

#[test]
fn what_git_leaves_out_beside_a_document_that_moved_may_be_there() {
    let repo = Repo::new();
    let text = "[a](./corpus/a) [b](./cases/b)\n";
    repo.write("pump/README.md", text).write("pump/corpus/a", "a").write("pump/cases/b", "b").stage_all();
    repo.commit("test: cases");
    repo.remove("pump/README.md").write("crates/pump/README.md", text);
    repo.write("crates/pump/.gitignore", "/corpus/\n");
    let told = broken_after(&repo, &[]);
    assert_told(&told, &[("crates/pump/README.md", "./cases/b")]);
}

#[test]
fn words_of_a_lesson_weigh_less_and_links_speak_for_their_texts() {
    let repo = Repo::new();
    repo.write("docs/tutorial-1.md", "Open `src/start.rs`, or [read it](../src/start.rs).\n");
    repo.write(
        "docs/dev-inside.md",
        "In [`src/start.rs`](../src/begin.rs) it begins, `src/start.rs` says.\n",
    );
    repo.write("src/start.rs", "fn main() {}\n").write("src/begin.rs", "fn begin() {}\n").stage_all();
    repo.commit("docs: where it starts");
    repo.remove("src/start.rs").stage_all().commit("chore: starts elsewhere");
    let report = drift(&repo, &[]).exits(1).report();
    let findings = report["findings"].as_array().expect("an array").iter();
    let told: Vec<String> = findings
        .map(|one| {
            let column = one["start"]["column"].as_u64().expect("a number");
            format!(
                "{}:{column} {}",
                one["path"].as_str().expect("a path"),
                one["severity"].as_str().expect("one")
            )
        })
        .collect();
    assert_eq!(
        told,
        ["docs/dev-inside.md:50 error", "docs/tutorial-1.md:7 warning", "docs/tutorial-1.md:35 error"]
    );
}

#[test]
fn a_link_counts_from_the_address_of_its_page_too() {
    let repo = Repo::new();
    repo.write("docs/start.md", "![a](../img/a.png) ![b](../img/b.png)\n").write("docs/img/a.png", "other");
    repo.write("routes/docs/(pump)/faq/index.md", "[a](../../learn/) [b](../../play/)\n");
    repo.write("routes/learn/index.md", "# Learn\n");
    repo.write("website/docusaurus.config.js", "\n").write("docs/deep/a.md", "[a](api.md) [b](./api.md)\n");
    repo.write("docs/api.md", "# API\n");
    let gone =
        ["img/a.png", "img/b.png", "routes/docs/learn/x.md", "routes/docs/play/x.md", "docs/deep/api.md"];
    gone.iter().for_each(|path| _ = repo.write(path, *path));
    let wanted = [
        ("docs/deep/a.md", "docs/deep/api.md"),
        ("docs/start.md", "img/b.png"),
        ("routes/docs/(pump)/faq/index.md", "routes/docs/play"),
    ];
    assert_told(&broken_after(&repo, &gone), &wanted);
}

#[test]
fn what_is_doubtful_is_a_warning_without_a_fix() {
    let repo = Repo::new();
    repo.write("docs/guide/run.md", "See ![a](../img/a.png), [b](../b.rs), and `src/pump.rs`.\n");
    repo.write("tools/run/guide.md", "See [b](../b.rs).\n").write("tools/config.yaml", "a: 1\n");
    repo.write("website/astro.config.mjs", "\n");
    let files = ["docs/img/a.png", "docs/b.rs", "src/pump.rs", "tools/b.rs"];
    files.iter().for_each(|path| _ = repo.write(path, STEPS.repeat(path.len())));
    repo.stage_all().commit("docs: where it is");
    for path in files {
        repo.remove(path).write(&format!("new/{path}"), STEPS.repeat(path.len()));
    }
    repo.stage_all().commit("refactor: in a folder");
    let report = drift(&repo, &[]).exits(1).report();
    let findings = report["findings"].as_array().expect("an array").iter();
    let told: Vec<(&str, bool)> =
        findings.map(|one| (one["severity"].as_str().expect("one"), one["fix"].is_object())).collect();
    // The link of the page of a website, its picture, the words of a guide; then a link where no website is.
    assert_eq!(told, [("warning", false), ("warning", false), ("warning", false), ("error", true)]);
}

#[test]
fn a_picture_that_still_ends_like_the_link_may_be_shown_by_a_site() {
    let repo = Repo::new();
    repo.write("guide/deep/run.md", "![a](/img/a.png) ![a](../img/a.png)\n")
        .write("img/a.png", "of the top\n");
    repo.write("guide/img/a.png", STEPS).stage_all().commit("docs: pictures");
    repo.remove("guide/img/a.png").remove("img/a.png").write("assets/img/a.png", "of the top\n");
    repo.write("shots/img/a.png", STEPS);
    repo.stage_all().commit("docs: moved");
    let report = drift(&repo, &[]).exits(1).report();
    let findings = report["findings"].as_array().expect("an array").iter();
    let told: Vec<&str> = findings.filter_map(|one| one["severity"].as_str()).collect();
    assert_eq!(told, ["warning", "error"]);
}
