//! Nested projects: left alone from outside, checked from inside.

use opsbook::repo::builder::Repo;

use crate::support::{run, run_in};

fn repo() -> Repo {
    let repo = Repo::new();
    repo.write("roadmap.jsonl", "{\"id\":\"T-1\",\"title\":\"One\",\"status\":\"todo\"}\n");
    repo.write(
        "team/opsbook.toml",
        "[collections.plans]\nfiles = [\"plans/*.jsonl\"]\nschema = \"roadmap\"\nkey = \"id\"\n",
    );
    repo.write("team/plans/a.jsonl", "{\"id\":\"P-1\",\"title\":\"One\",\"status\":\"wrong\"}\n");
    repo.write("team/roadmap.jsonl", "{\"id\":\"P-2\",\"title\":\"Two\",\"status\":\"wrong\"}\n");
    repo
}

#[test]
fn a_folder_with_its_own_configuration_is_left_alone_from_outside() {
    let report = run(&repo(), &["check", "--format", "json"]).exits(0).report();
    assert_eq!(report["scope"]["records"], 1);
}

#[test]
fn from_inside_its_patterns_are_its_own_and_paths_are_the_repositorys() {
    let repo = repo();
    for folder in ["team", "team/plans"] {
        let inside = run_in(&repo.path().join(folder), &["check", "--format", "json"]).exits(1);
        assert_eq!(
            inside.places(),
            ["team/plans/a.jsonl:1:36 schema-violation", "team/roadmap.jsonl:1:36 schema-violation"]
        );
        assert_eq!(inside.report()["scope"]["records"], 2);
    }
}
