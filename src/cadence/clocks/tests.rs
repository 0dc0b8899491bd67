//! Clocks of records as they are written, with and without a past.

use crate::cadence::world::World;

const STATES: &str = "SELECT coalesce(key, title), state, coalesce(due, ''), coalesce(stopped, ''), days_late \
                      FROM clocks ORDER BY collection, key";

fn task(id: &str, rest: &str) -> String {
    format!("{{\"id\":\"{id}\",\"title\":\"t\",{rest}}}\n")
}

#[test]
fn an_issue_is_open_as_long_as_its_priority_allows() {
    let tasks = [
        task("A", "\"status\":\"todo\",\"priority\":\"P0\",\"created\":\"2026-11-18T09:00:00Z\""),
        task("B", "\"status\":\"todo\",\"priority\":\"P0\",\"created\":\"2026-11-19\""),
        task(
            "C",
            "\"status\":\"done\",\"priority\":\"P1\",\"created\":\"2026-11-01\",\"closed\":\"2026-11-08\"",
        ),
        task(
            "D",
            "\"status\":\"done\",\"priority\":\"P1\",\"created\":\"2026-11-01\",\"closed\":\"2026-11-10\"",
        ),
        task(
            "E",
            "\"status\":\"todo\",\"priority\":\"P2\",\"created\":\"2026-11-01\",\"closed\":\"2026-11-02\"",
        ),
        task("F", "\"status\":\"todo\",\"created\":\"2020-01-01\""),
        task("G", "\"status\":\"todo\",\"kind\":\"phase\",\"priority\":\"P0\",\"created\":\"2020-01-01\""),
    ];
    let incidents = "{\"id\":\"I\",\"title\":\"t\",\"severity\":\"P0\",\"opened\":\"2026-11-01T00:00:00Z\",\
                     \"resolved\":\"2026-11-01T23:00:00Z\"}\n";
    let world = World::new("", "2026-11-20T12:00:00Z")
        .without_git()
        .with(&[("roadmap.jsonl", &tasks.concat()), ("ops/incidents.jsonl", incidents)]);
    let (rows, unknown) = world.asked(STATES);
    assert_eq!(
        rows,
        [
            "I|met|2026-11-02T00:00:00Z|2026-11-01T23:00:00Z|0",
            "A|breached|2026-11-19T09:00:00Z||1",
            // Its hour is not known: it has until the end of the second day.
            "B|running|2026-11-21T00:00:00Z||0",
            "C|met|2026-11-09T00:00:00Z|2026-11-08T00:00:00Z|0",
            "D|breached|2026-11-09T00:00:00Z|2026-11-10T00:00:00Z|1",
            // It was opened again.
            "E|breached|2026-11-16T00:00:00Z||4",
        ]
    );
    assert_eq!(unknown, [""; 0], "every record says when");
}

#[test]
fn what_a_record_does_not_say_history_does() {
    let open = task("A", "\"status\":\"todo\",\"priority\":\"P0\"");
    let done = open.replace("todo", "done");
    let born_done = task("B", "\"status\":\"done\",\"priority\":\"P0\",\"created\":\"2026-11-01\"");
    let world = World::new("", "2026-11-20T12:00:00Z")
        .at("2026-11-02T09:00:00Z", &[("roadmap.jsonl", &open)])
        .at("2026-11-03T08:00:00Z", &[("roadmap.jsonl", &format!("{done}{born_done}"))]);
    let rows = world.ask(STATES);
    assert_eq!(rows[0], "A|met|2026-11-03T09:00:00Z|2026-11-03T08:00:00Z|0");
    // It was closed by the third, but maybe in time.
    assert_eq!(rows[1], "B|unknown|2026-11-03T00:00:00Z||0");
    let again = world.at("2026-11-05T00:00:00Z", &[("roadmap.jsonl", &open)]);
    assert_eq!(again.ask(STATES)[0], "A|breached|2026-11-03T09:00:00Z||17");
    // What is not committed is so since now.
    let closed = again.with(&[("roadmap.jsonl", &done)]);
    assert_eq!(closed.ask(STATES)[0], "A|breached|2026-11-03T09:00:00Z|2026-11-20T12:00:00Z|17");
}

#[test]
fn without_a_past_nobody_knows_when_a_silent_record_came() {
    let open = task("A", "\"status\":\"todo\",\"priority\":\"P0\"");
    let world = World::new("", "2026-11-20T12:00:00Z").without_git().with(&[("roadmap.jsonl", &open)]);
    let (rows, unknown) = world.asked(STATES);
    assert_eq!(rows, ["A|unknown|||0"]);
    assert_eq!(unknown, ["no git repository: history is unknown"]);
}

#[test]
fn an_escalation_reaches_the_last_person_whose_time_has_come() {
    let config = "[sla]\nP0 = \"2h\"\nescalation = [\n  { priority = \"P0\", to = \"@lead\" },\n  \
                  { after = \"1d\", to = \"@director\" },\n]\n";
    let record = task("A", "\"status\":\"todo\",\"priority\":\"P0\",\"created\":\"2026-11-18T09:00:00Z\"")
        + &task("B", "\"status\":\"todo\",\"priority\":\"P1\",\"created\":\"2026-11-11T10:00:00Z\"");
    let world = World::new(config, "2026-11-18T11:00:00Z").without_git().with(&[("roadmap.jsonl", &record)]);
    let sql = "SELECT escalated_to FROM clocks ORDER BY key";
    for (now, expect) in [
        ("2026-11-18T11:00:00Z", ["-", "-"]),
        ("2026-11-18T11:00:01Z", ["@lead", "-"]),
        ("2026-11-19T11:00:00Z", ["@lead", "@director"]),
        ("2026-11-19T11:00:01Z", ["@director", "@director"]),
    ] {
        let world = World::new(config, now).without_git().with(&[("roadmap.jsonl", &record)]);
        assert_eq!(world.ask(sql), expect, "{now}");
    }
    drop(world);
    // What was closed late had reached somebody by then.
    let record = task(
        "A",
        "\"status\":\"done\",\"priority\":\"P0\",\"created\":\"2026-11-18T09:00:00Z\",\"closed\":\"2026-11-18T12:00:00Z\"",
    );
    let world = World::new(config, "2026-11-20T09:00:00Z").without_git().with(&[("roadmap.jsonl", &record)]);
    assert_eq!(world.ask(sql), ["@lead"]);
}

#[test]
fn days_end_in_the_zone_of_the_project() {
    let record = task("A", "\"status\":\"todo\",\"priority\":\"P0\",\"created\":\"2026-11-18\"");
    let config = "[project]\nzone = \"America/New_York\"\n";
    let world = World::new(config, "2026-11-20T04:59:59Z").without_git().with(&[("roadmap.jsonl", &record)]);
    assert_eq!(world.ask(STATES), ["A|running|2026-11-20T05:00:00Z||0"]);
    assert_eq!(world.now("2026-11-20T05:00:01Z").ask("SELECT state FROM clocks"), ["breached"]);
}

fn decision(head: &str) -> String {
    format!("# 1. A\n\n{head}\n\n## Context\n\nSlow.\n\n## Decision\n\nWe move.\n")
}

#[test]
fn decisions_are_looked_at_again_and_proposals_wait_90_days() {
    let files = [
        (
            "docs/adr/0001-a.md",
            decision("Date: 2026-01-15\n\nReview by: 2026-02-01\n\n## Status\n\nProposed"),
        ),
        ("docs/adr/0002-b.md", decision("## Status\n\nProposed")),
        ("docs/adr/0003-c.md", decision("**Status:** Accepted | **Review:** 2026-11-19")),
        ("docs/adr/0004-d.md", decision("**Status:** Superseded | **Review:** 2026-11-19")),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, &**text)).collect();
    let world = World::new("", "2026-11-20T12:00:00Z").at("2026-09-01T10:00:00Z", &files);
    let sql = "SELECT kind, key, field, state, due, days_late FROM clocks ORDER BY key";
    assert_eq!(
        world.ask(sql),
        [
            "review|1|review_by|breached|2026-02-02T00:00:00Z|291",
            "proposal|1|date|breached|2026-04-16T00:00:00Z|218",
            "proposal|2|date|running|2026-11-30T10:00:00Z|0",
            "review|3|review_by|breached|2026-11-20T00:00:00Z|0",
        ]
    );
}

#[test]
fn a_proposal_that_was_moved_waits_since_it_came_under_its_old_name() {
    let text = decision("## Status\n\nProposed");
    let world = World::new("", "2026-11-20T12:00:00Z")
        .at("2026-03-01T10:00:00Z", &[("docs/adr/0001-a.md", &text)])
        .without(&["docs/adr/0001-a.md"])
        .at("2026-11-01T10:00:00Z", &[("docs/decisions/0001-first.md", &text)]);
    let sql = "SELECT kind, key, state, due FROM clocks";
    assert_eq!(world.ask(sql), ["proposal|1|breached|2026-05-30T10:00:00Z"]);
}

#[test]
fn minutes_are_published_in_time_counted_from_the_day_of_the_meeting() {
    let config = "[[rituals]]\nid = \"weekly\"\nrrule = \"FREQ=WEEKLY;BYDAY=MO\"\nstart = 2026-11-02T09:00:00\n\
                  duration = \"1h\"\nfolder = \"ops/weekly/{week}\"\npublish_within = \"24h\"\n\
                  [collections.meetings]\nfiles = [\"ops/weekly/**/*.md\"]\n";
    let minutes = |day: &str| format!("# Review {day}\n\n- Date: {day}\n\n## Decisions\n\n- none\n");
    let world = World::new(config, "2026-11-20T12:00:00Z")
        .at("2026-11-03T09:00:00Z", &[("ops/weekly/2026-45/minutes.md", &minutes("2026-11-02"))])
        .at("2026-11-13T12:00:00Z", &[("ops/weekly/2026-46/minutes.md", &minutes("2026-11-12"))])
        .with(&[("ops/weekly/2026-47/minutes.md", &minutes("2026-11-16"))]);
    let sql = "SELECT title, state, due, coalesce(stopped, ''), hours_late FROM clocks ORDER BY due";
    assert_eq!(
        world.ask(sql),
        [
            "weekly, 2026-11-02|met|2026-11-03T10:00:00Z|2026-11-03T09:00:00Z|0",
            // Three days after its own.
            "weekly, 2026-11-12|breached|2026-11-13T10:00:00Z|2026-11-13T12:00:00Z|2",
            "weekly, 2026-11-16|breached|2026-11-17T10:00:00Z||74",
        ]
    );
    let without = World::new(config, "2026-11-20T12:00:00Z")
        .without_git()
        .with(&[("ops/weekly/2026-47/minutes.md", &minutes("2026-11-16"))]);
    assert_eq!(without.ask("SELECT state FROM clocks"), ["unknown"]);
}

#[test]
fn work_that_is_planned_for_a_day_has_that_to_keep_to() {
    let record = task(
        "A",
        "\"priority\":\"P0\",\"created\":\"2026-11-18\",\"due\":\"2026-12-04\",\"status\":\"todo\"",
    ) + &task(
        "B",
        "\"kind\":\"issue\",\"priority\":\"P0\",\"created\":\"2026-11-18\",\"due\":\"2026-12-04\",\"status\":\"todo\"",
    );
    let world = World::new("", "2026-11-20T09:00:00Z").without_git().with(&[("roadmap.jsonl", &record)]);
    assert_eq!(world.ask("SELECT key FROM clocks"), ["B"]);
}

#[test]
fn the_last_moment_is_in_time() {
    let of = |id: &str, status: &str, closed: &str| {
        task(
            id,
            &format!(
                "\"status\":\"{status}\",\"priority\":\"P0\",\"created\":\"2026-11-18T09:00:00Z\"{closed}"
            ),
        )
    };
    let records = of("A", "todo", "")
        + &of("B", "done", ",\"closed\":\"2026-11-19T09:00:00Z\"")
        + &of("C", "done", ",\"closed\":\"2026-11-19T09:00:01Z\"")
        // On the day it was opened, and so not before.
        + &of("D", "done", ",\"closed\":\"2026-11-18\"");
    let world = World::new("", "2026-11-19T09:00:00Z").without_git().with(&[("roadmap.jsonl", &records)]);
    let sql = "SELECT key, state, hours, coalesce(stopped, '') FROM clocks ORDER BY key";
    assert_eq!(
        world.ask(sql),
        [
            "A|running|24|",
            "B|met|24|2026-11-19T09:00:00Z",
            "C|breached|24|2026-11-19T09:00:01Z",
            "D|met|0|2026-11-18T09:00:00Z",
        ]
    );
}

#[test]
fn the_first_coming_and_the_first_closing_count() {
    let other = task("B", "\"status\":\"todo\"");
    let of = |status: &str| task("A", &format!("\"status\":\"{status}\",\"priority\":\"P0\"")) + &other;
    let world = World::new("", "2026-11-20T12:00:00Z")
        .at("2026-11-02T09:00:00Z", &[("roadmap.jsonl", &of("todo"))])
        .at("2026-11-03T08:00:00Z", &[("roadmap.jsonl", &of("done"))])
        .at("2026-11-05T08:00:00Z", &[("roadmap.jsonl", &of("dropped"))]);
    assert_eq!(world.ask(STATES), ["A|met|2026-11-03T09:00:00Z|2026-11-03T08:00:00Z|0"]);
    let world = World::new("", "2026-11-20T12:00:00Z")
        .at("2026-11-02T09:00:00Z", &[("roadmap.jsonl", &of("todo"))])
        .at("2026-11-04T09:00:00Z", &[("roadmap.jsonl", &other)])
        .at("2026-11-06T09:00:00Z", &[("roadmap.jsonl", &of("todo"))]);
    assert_eq!(world.ask("SELECT started FROM clocks"), ["2026-11-02T09:00:00Z"], "it went and came back");
}

#[test]
fn a_proposal_without_a_day_waits_since_its_document_came() {
    let sql = "SELECT kind, state, coalesce(due, '') FROM clocks";
    let proposed = decision("## Status\n\nProposed");
    let document = [("docs/adr/0001-a.md", &*proposed)];
    let world = World::new("", "2026-11-20T12:00:00Z").at("2026-11-01T09:00:00Z", &[("README.md", "# A\n")]);
    assert_eq!(world.with(&document).ask(sql), ["proposal|running|2027-02-18T12:00:00Z"], "since now");
    let (rows, unknown) = World::new("", "2026-11-20T12:00:00Z").without_git().with(&document).asked(sql);
    assert_eq!(rows, ["proposal|unknown|"]);
    assert_eq!(unknown, ["no git repository: history is unknown"]);
    // A list of decisions came before most of what it holds.
    let config = "[collections.adrs]\nfiles = [\"decisions.jsonl\"]\nreader = \"jsonl\"\n";
    let record = "{\"number\":1,\"title\":\"We move\",\"status\":\"proposed\"}\n";
    let world =
        World::new(config, "2026-11-20T12:00:00Z").at("2026-11-01T09:00:00Z", &[("decisions.jsonl", record)]);
    assert_eq!(world.ask(sql), ["proposal|unknown|"]);
}

#[test]
fn an_import_is_as_fresh_as_the_last_change_of_the_last_of_its_files() {
    let config = "[import.plan]\nformat = \"csv\"\nfile = [\"a.csv\", \"b.csv\"]\ninto = \"roadmap\"\nwithin = \"7d\"\n";
    let sql = "SELECT state, coalesce(started, ''), coalesce(due, '') FROM clocks";
    let world = World::new(config, "2026-11-20T12:00:00Z")
        .at("2026-11-10T09:00:00Z", &[("a.csv", "id,title\n")])
        .at("2026-11-12T09:00:00Z", &[("b.csv", "id,title\n")])
        .at("2026-11-14T09:00:00Z", &[("a.csv", "id,title\nT-1,Paint\n")]);
    assert_eq!(world.ask(sql), ["running|2026-11-14T09:00:00Z|2026-11-21T09:00:00Z"]);
    let (rows, unknown) =
        World::new(config, "2026-11-20T12:00:00Z").without_git().with(&[("a.csv", "id,title\n")]).asked(sql);
    assert_eq!(
        (rows, unknown),
        (vec!["unknown||".to_owned()], vec!["no git repository: history is unknown".to_owned()])
    );
}
