use super::*;
use crate::repo::builder::{Repo, read};

const NOW: &str = "2026-11-20T12:00:00Z";

fn wish(kind: &str, title: &str) -> Wish {
    Wish {
        kind: Kind::from_name(kind).expect("there is such a kind"),
        title: (!title.is_empty()).then(|| title.to_owned()),
        fields: Vec::new(),
        ritual: None,
        date: None,
    }
}

fn with(mut wish: Wish, fields: &[(&str, &str)]) -> Wish {
    wish.fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    wish
}

fn planned(repo: &Repo, wish: &Wish) -> Result<Planned> {
    plan(&Request::new(repo.path(), NOW.parse().expect("a moment")), &Environment::default(), wish)
}

/// Plans and writes; gives path, line and the file.
#[track_caller]
fn made(repo: &Repo, wish: &Wish) -> (String, usize, String) {
    let planned = planned(repo, wish).expect("it can be made");
    let found: Vec<&str> = planned.report.findings.iter().map(|one| &*one.finding.message).collect();
    assert_eq!(found, [""; 0], "{}", planned.diff());
    planned.write().expect("it can be written");
    let path = planned.path.as_str().to_owned();
    let text = read(&repo.path().join(&path));
    (path, planned.line, text)
}

fn decision(title: &str) -> String {
    format!("# {title}\n\nStatus: accepted\n\n## Context\n\nc\n\n## Decision\n\nd\n")
}

#[test]
fn every_kind_is_valid_at_birth_in_an_empty_repository() {
    for kind in KINDS {
        let repo = Repo::new();
        let (path, line, text) = made(&repo, &wish(kind.name, "Move the \"queue\" <now>"));
        assert_eq!(line, 1, "{text}");
        let expect = match kind.name {
            "adr" => "docs/adr/0001-move-the-queue-now.md",
            "meeting" => "ops/operations/weekly/2026-47/minutes.md",
            "task" => "api/tasks/roadmap.jsonl",
            "note" => "memory/notes.jsonl",
            "risk" => "ops/risks.jsonl",
            _ => "ops/incidents.jsonl",
        };
        assert_eq!(path, expect);
        let again = planned(&repo, &wish(kind.name, "Move the \"queue\" <now>"));
        match kind.name {
            "meeting" => assert!(again.is_err_and(|error| error.message.contains("already"))),
            "adr" => {
                assert_eq!(again.expect("another number").path.file_name(), "0002-move-the-queue-now.md")
            }
            _ => assert_eq!(again.expect("another id").line, 2),
        }
    }
}

#[test]
fn a_record_is_one_line_more_in_the_manner_of_the_others() {
    let repo = Repo::new();
    let first = r#"{"id": "RM-17", "title": "t", "status": "done"}"#;
    repo.write("roadmap.jsonl", first);
    let wish = with(
        wish("task", "Rotate the key"),
        &[
            ("owner", "@ana"),
            ("tags", "a, b"),
            ("autonomy", "2"),
            ("estimate", "{\"cost\":5}"),
            ("status", "planned"),
        ],
    );
    let (path, line, text) = made(&repo, &wish);
    assert_eq!((&*path, line), ("roadmap.jsonl", 2));
    let second = r#"{"id": "RM-18", "title": "Rotate the key", "status": "planned", "created": "2026-11-20", "owner": "@ana", "tags": ["a", "b"], "autonomy": 2, "estimate": {"cost": 5}}"#;
    assert_eq!(text, format!("{first}\n{second}\n"));
}

#[test]
fn what_would_be_wrong_is_found_before_it_is_written() {
    let repo = Repo::new();
    repo.write("roadmap.jsonl", "{\"id\":\"T-1\",\"title\":\"t\",\"status\":\"nonsense\"}\n");
    let planned = planned(&repo, &with(wish("task", "x"), &[("priority", "P9"), ("parent", "T-7")]));
    let planned = planned.expect("it can be planned");
    let rules: Vec<&str> = planned.report.findings.iter().map(|one| one.finding.rule.as_ref()).collect();
    assert_eq!((rules, planned.report.summary.error), (vec!["schema-violation", "dangling-reference"], 2));
    assert!(planned.report.findings.iter().all(|one| one.start.line == 2));
}

#[test]
fn a_file_that_changed_meanwhile_is_left_alone() {
    let repo = Repo::new();
    repo.write("roadmap.jsonl", "{\"id\":\"T-1\",\"title\":\"t\",\"status\":\"todo\"}\n");
    let planned = planned(&repo, &wish("task", "x")).expect("it can be planned");
    repo.write("roadmap.jsonl", "mine\n");
    assert!(planned.write().is_err_and(|error| error.message.contains("changed")));
    assert_eq!(read(&repo.path().join("roadmap.jsonl")), "mine\n");
}

#[test]
fn numbers_are_above_those_of_every_branch() {
    let repo = Repo::new();
    repo.write("docs/adr/adr-007-old.md", decision("7. Old"));
    repo.write("roadmap.jsonl", "{\"id\":\"T-1\",\"title\":\"t\",\"status\":\"todo\"}\n");
    repo.stage_all().commit("docs: old");
    repo.branch("other").switch("other");
    repo.write("docs/adr/adr-011-theirs.md", decision("11. Theirs"));
    repo.write("roadmap.jsonl", "{\"id\":\"T-9\",\"title\":\"t\",\"status\":\"todo\"}\n");
    repo.stage_all().commit("docs: theirs");
    repo.switch("main");
    let (path, _, text) =
        made(&repo, &with(wish("adr", "Use x"), &[("deciders", "@ana"), ("status", "accepted")]));
    assert_eq!(path, "docs/adr/adr-012-use-x.md");
    assert!(
        text.starts_with(
            "# 12. Use x\n\n- Status: accepted\n- Date: 2026-11-20\n- Deciders: @ana\n\n## Context\n"
        ),
        "{text}"
    );
    assert!(made(&repo, &wish("task", "x")).2.contains("\"id\":\"T-10\""));
}

#[test]
fn the_repositorys_own_template_wins_and_its_faults_are_told() {
    let repo = Repo::new();
    repo.write("templates/risk.j2", "{\"id\": {{ id|tojson }}, \"title\": {{ title|upper|tojson }}}\n");
    let (_, _, text) = made(&repo, &wish("risk", "fire"));
    assert!(text.ends_with("\"title\":\"FIRE\"}\n"), "{text}");
    for (template, says) in [
        ("{{ title }}", "makes no JSON object"),
        ("{\"id\": {{ id|tojson }}}", "would not be read"),
        ("{{ nothing.at.all }}", "templates/risk.j2:1"),
        ("{{ title ~ title }}", "templates/risk.j2:1"),
    ] {
        repo.write("templates/risk.j2", template);
        let found = match planned(&repo, &wish("risk", "fire")) {
            Ok(planned) => planned.report.findings.iter().map(|one| one.finding.message.clone()).collect(),
            Err(error) => error.message,
        };
        assert!(found.contains(says), "{template}: {found}");
    }
}

#[test]
fn a_register_in_a_document_gets_a_row() {
    let repo = Repo::new();
    let head =
        "# Risks\n\n| ID | Title | Likelihood | Impact | Owner | Status |\n|---|---|---|---|---|---|\n";
    repo.write("docs/operations/RISK_REGISTER.md", format!("{head}\nThe end.\n"));
    let wish = with(wish("risk", "A | B"), &[("likelihood", "2"), ("owner", "@ana")]);
    let (path, line, text) = made(&repo, &wish);
    assert_eq!((&*path, line), ("docs/operations/RISK_REGISTER.md", 5));
    let row = text.lines().nth(4).expect("a fifth line").to_owned();
    assert!(row.starts_with("| R-") && row.ends_with(" | A \\| B | 2 |  | @ana | open |"), "{row}");
    assert!(text.starts_with(head) && text.ends_with("|\n\nThe end.\n"), "{text}");
    let (_, line, _) = made(&repo, &super::tests::wish("risk", "Second"));
    assert_eq!(line, 6);
    let refused = planned(&repo, &with(super::tests::wish("risk", "x"), &[("mitigation", "y")]));
    assert!(refused.is_err_and(|error| error.message.contains("no column for mitigation")));
}

#[test]
fn minutes_take_place_and_agenda_from_the_last_of_their_kind() {
    let repo = Repo::new();
    let minutes = |title: &str, agenda: &str| {
        format!(
            "# {title}\n\n## Attendees\n\n- Ana\n\n## Agenda\n\n1. {agenda} (10 min)\n\n## Decisions\n\n- x\n"
        )
    };
    repo.write("docs/meetings/2026-11-13-ops-sync.md", minutes("Ops sync 2026-11-13", "Queues"));
    repo.write("docs/meetings/2026-11-16-hiring.md", minutes("Hiring 2026-11-16", "Offers"));
    let ritual = Wish { ritual: Some("ops-sync".into()), ..wish("meeting", "") };
    let (path, _, text) = made(&repo, &ritual);
    assert_eq!(path, "docs/meetings/2026-11-20-ops-sync.md");
    assert!(text.starts_with("# Ops sync, 2026-11-20\n\n- Date: 2026-11-20\n- Ritual: ops-sync\n"), "{text}");
    assert!(text.contains("1. Queues (10 min)\n"), "{text}");
    let day = Wish { date: "2026-12-01".parse().ok(), ..wish("meeting", "On call") };
    assert_eq!(made(&repo, &day).0, "docs/meetings/2026-12-01-on-call.md");
}

#[test]
fn minutes_of_a_ritual_have_its_place_and_what_it_is_about() {
    let repo = Repo::new();
    repo.write(
        "opsbook.toml",
        "[[rituals]]\nid = \"kpi\"\ntitle = \"Figures\"\nrrule = \"FREQ=WEEKLY;BYDAY=FR\"\n\
         start = 2026-01-02T10:00:00\nduration = \"30m\"\nowner = \"Ana\"\nparticipants = [\"Ben\", \"Ana\"]\n\
         folder = \"figures/{week}\"\ninputs = [\"last week's figures\"]\noutputs = [\"a list of actions\"]\n\
         agenda = [{ title = \"Funnels\", minutes = 20 }, { title = \"Rest\" }]\n",
    );
    let ritual = |id: &str| Wish { ritual: Some(id.into()), ..wish("meeting", "") };
    let (path, _, text) = made(&repo, &ritual("kpi"));
    assert_eq!(path, "figures/2026-47/minutes.md");
    assert!(
        text.starts_with(
            "# Figures, 2026-11-20\n\n- Date: 2026-11-20\n- Ritual: kpi\n\n## Attendees\n\n- Ana\n- Ben\n"
        ),
        "{text}"
    );
    for part in [
        "\n\n## Pre-read\n\n- [ ] last week's figures\n\n## Agenda\n\n1. Funnels (20 min)\n2. Rest\n\n",
        "\n\n## Outputs\n\n- [ ] a list of actions\n\n## Actions\n",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert!(
        planned(&repo, &ritual("kpis"))
            .is_err_and(|error| error.hint.is_some_and(|hint| hint.contains("'kpi'")))
    );
    // One that ships needs no configuration.
    let (.., text) = made(&Repo::new(), &ritual("strategy-session"));
    assert!(text.contains("min)\n"), "{text}");
}

#[test]
fn titles_are_needed_and_are_one_line() {
    let repo = Repo::new();
    for title in ["", " ", "a\nb"] {
        assert!(planned(&repo, &wish("risk", title)).is_err(), "{title:?}");
    }
}

#[test]
fn values_are_what_the_field_allows() {
    for (kinds, text, expect) in [
        (&["string", "null"][..], "2", json!("2")),
        (&["string", "integer"], "2", json!("2")),
        (&["integer", "null"], "2", json!(2)),
        (&["array", "null"], "a, b", json!(["a", "b"])),
        (&["array"], "[1]", json!([1])),
        (&["array"], "1", json!(["1"])),
        (&["object", "null"], "{\"a\":1}", json!({"a": 1})),
        (&["object"], "x", json!("x")),
        (&[], "true", json!(true)),
        (&[], "yes", json!("yes")),
    ] {
        assert_eq!(value_of(kinds, text), expect, "{kinds:?} {text}");
    }
}
