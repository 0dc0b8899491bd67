use super::*;
use crate::repo::builder::Repo;

fn planned(repo: &Repo, preset: Option<&Preset>) -> Plan {
    let request = Request::new(repo.path(), jiff::Timestamp::UNIX_EPOCH);
    plan(&request, &Environment::default(), preset).expect("the repository can be planned")
}

fn paths(plan: &Plan) -> Vec<&str> {
    plan.files.iter().map(|(path, _)| path.as_str()).collect()
}

#[test]
fn an_empty_repository_gets_a_configuration_and_the_hook() {
    let repo = Repo::new();
    let plan = planned(&repo, None);
    assert_eq!(paths(&plan), ["opsbook.toml"]);
    assert_eq!(plan.hook, Some(repo.top().join(".git/hooks/pre-commit")));
    assert_eq!((plan.faults, plan.found.len()), (0, 0));
    let diff = plan.diff();
    assert!(
        diff.contains("+++ b/opsbook.toml\n") && diff.contains("+++ b/.git/hooks/pre-commit\n"),
        "{diff}"
    );
}

#[test]
fn planning_writes_nothing_and_writing_leaves_nothing_to_plan() {
    for preset in presets() {
        let repo = Repo::new();
        repo.write(".github/dependabot.yml", "version: 2\n");
        let before = planned(&repo, Some(preset));
        assert!(!repo.path().join("opsbook.toml").exists(), "{}", preset.name);
        assert!(paths(&before).contains(&".github/workflows/opsbook.yml"));
        before.write().expect("nothing is in the way");
        let after = planned(&repo, Some(preset));
        assert!(after.is_empty() && after.faults == 0, "{}: {:?}", preset.name, paths(&after));
    }
}

#[test]
fn a_document_that_a_team_must_have_is_required_from_then_on() {
    for preset in presets() {
        let repo = Repo::new();
        planned(&repo, Some(preset)).write().expect("nothing is in the way");
        let must: Vec<&str> =
            preset.files.iter().filter(|file| file.because.is_some()).map(|file| &*file.path).collect();
        assert_eq!(must.is_empty(), preset.name == "departments", "{}", preset.name);
        for path in must {
            repo.remove(path);
            let request = Request::new(repo.path(), jiff::Timestamp::UNIX_EPOCH);
            let session = Session::open(request, &Environment::default()).expect("it opens");
            let findings = session.check().expect("it is checked").report.findings;
            let found = |rule: &str| findings.iter().any(|one| one.finding.rule == rule);
            assert!(found("required-document-missing"), "{}: {path}", preset.name);
            let text = &preset.files.iter().find(|file| file.path == path).expect("it is one of them").text;
            repo.write(path, text);
        }
    }
}

#[test]
fn what_is_there_is_neither_planned_over_nor_changed() {
    let repo = Repo::new();
    repo.write(".config/opsbook.toml", "").write("docs/specs/queue.md", "# Queue\n");
    repo.write("SECURITY.md", "ours\n").write(".gitignore", "EVAL.md\n").write("EVAL.md", "ours\n");
    repo.write(".git/hooks/pre-commit", "#!/bin/sh\n");
    let plan = planned(&repo, Some(preset("content-pipeline").expect("it ships")));
    for there in ["opsbook.toml", "docs/specs/README.md", "SECURITY.md", "EVAL.md"] {
        assert!(!paths(&plan).contains(&there), "{there}");
    }
    assert!(paths(&plan).contains(&"docs/adr/README.md"));
    assert_eq!(plan.hook, None);
    assert!(plan.notes.iter().any(|note| note.contains(hook::LINE)), "{:?}", plan.notes);
}

#[test]
fn a_file_that_came_meanwhile_stops_the_writing() {
    let repo = Repo::new();
    let plan = planned(&repo, None);
    repo.write("opsbook.toml", "# mine\n");
    assert!(plan.write().is_err());
    assert_eq!(crate::repo::builder::read(&repo.path().join("opsbook.toml")), "# mine\n");
}

#[test]
fn what_a_repository_holds_is_said_and_records_astray_are_named() {
    let repo = Repo::new();
    repo.write("roadmap.jsonl", "{\"id\":\"1\",\"title\":\"t\",\"status\":\"todo\"}\n");
    repo.write("data/risks.jsonl", "{\"id\":\"R-1\",\"title\":\"t\",\"likelihood\":9}\n");
    repo.write("docs/adr/0001-a.md", "# A\n\nStatus: accepted\n").write("vendor/b.md", "# B\n");
    let plan = planned(&repo, None);
    assert_eq!(
        plan.found,
        ["adrs: 1 record in 1 file", "risks: 1 record in 1 file", "roadmap: 1 record in 1 file"]
    );
    let text = &plan.files[0].1;
    assert!(text.contains("[collections.risks]\nfiles = [\"data/risks.jsonl\"]\n"), "{text}");
    assert!(text.contains("exclude = [\"vendor\"]\n"), "{text}");
    assert_eq!(plan.faults, 1, "the likelihood, which is only read once the configuration names the file");
}

#[test]
fn without_git_there_is_no_hook_and_the_way_to_one_is_said() {
    let plan = planned(&Repo::plain(), None);
    assert_eq!(plan.hook, None);
    assert!(plan.notes.iter().any(|note| note.contains("git init")), "{:?}", plan.notes);
}
