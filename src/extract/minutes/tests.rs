//! Minutes in the forms that people write them in, as records.

use serde_json::{Value, json};

use crate::extract::testing::extracted;

fn minutes(path: &str, text: &str) -> Value {
    let records = extracted(super::extract, path, text).unwrap_or_else(|error| panic!("{error}: {text:?}"));
    assert_eq!(records.as_array().map(Vec::len), Some(1));
    records[0].clone()
}

fn attendees(text: &str) -> Vec<String> {
    let record = minutes("meetings/2026-11-20.md", &format!("# Weekly meeting\n\n{text}"));
    let names = record["attendees"].as_array().expect("there is a list").iter();
    names.map(|name| name.as_str().expect("names are text").to_owned()).collect()
}

#[test]
fn attendance_is_known_in_every_form() {
    for text in [
        "## Attendees\n\n- Ana Ito\n- Bo Li\n",
        "## Present\n\n* Ana Ito @ana (lead)\n* Bo Li (Acme)\n",
        "### Roll call\n\nAna Ito, Bo Li\n",
        "Attendees: Ana Ito, Bo Li\n",
        "**Attendees:** Ana Ito (Acme, Inc), Bo Li\n\nText.\n",
        "**Present**\n\n- Ana Ito - Acme\n- Bo Li - Initech\n",
        "**Attendees:**\n\n| Name | Abbreviation | Organisation |\n|---|---|---|\n| Ana Ito | AI | Acme |\n| Bo Li | BL | |\n",
        "| Attendees | Ana Ito, Bo Li |\n|---|---|\n| Date | today |\n",
        "- Attendees:\n  - Ana Ito, Acme\n  - Bo Li, Initech\n- Topics:\n  - Cy Day\n",
        "- Present: Ana Ito, Bo Li\n- Regrets: Cy Day\n",
        "## Participants\n\n- [x] Ana Ito\n- [x] Bo Li\n- [ ] Cy Day\n",
        "## Attendance\n\n| Name | Present |\n|---|---|\n| Ana Ito | x |\n| Bo Li | yes |\n| Cy Day | no |\n",
        "| Present | Absent |\n|---|---|\n| Ana Ito | Cy Day |\n| Bo Li | |\n",
        "## Attendees\n\n- TSC:\n  - Ana Ito\n- Guests: Bo Li\n",
        "## Attendees\n\n### Members\n\n- Ana Ito\n\n### Guests\n\n- Bo Li\n\n### Regrets\n\n- Cy Day\n",
        "## Present\n\n- Ana Ito\n\n## Observers\n\n- Bo Li\n",
        "## Attendees\n\n- Ana Ito\n- Bo Li\n- ~~Cy Day~~\n- Dee Fox (regrets)\n",
        "Present:\nAna Ito\nBo Li\n\nDee spoke.\n",
        "## Attendees\n\n- Ana Ito, operations lead and chair\n\n## Observers\n\n- Bo Li, Product Manager\n",
        "Present: Ana Ito, chair, Bo Li, secretary\n",
    ] {
        assert_eq!(attendees(text), ["Ana Ito", "Bo Li"], "{text}");
    }
}

#[test]
fn who_speaks_or_is_invited_is_not_taken_for_present() {
    for text in [
        "## Notes\n\n- Ana: hello\n- Bo: hello\n",
        "## Invited\n\n- Ana Ito\n",
        "## Attendance policy\n\n- Ana Ito wrote it\n",
        "## Introduction of attendees\n\n- Ana Ito\n",
        "## Attendees\n\n- TBD\n- (your name)\n\n## Topics\n\n- Roadmap\n",
    ] {
        assert_eq!(attendees(text), [] as [&str; 0], "{text}");
    }
}

#[test]
fn text_behind_the_list_is_not_part_of_it() {
    let text = "## Attendees\n\n- Ana Ito\n\n@ana moderated, and @bo took notes.\n\n\
        The following are not in attendance:\n\n- Cy Day\n\n## Topics\n\n- Dee Fox\n";
    assert_eq!(attendees(text), ["Ana Ito"]);
    let record = minutes("meetings/2026-11-20.md", text);
    assert_eq!((&record["chair"], &record["absent"]), (&json!("@ana"), &json!(["Cy Day"])));
}

#[test]
fn the_day_is_that_of_the_path_before_that_of_the_title() {
    for (path, title, expect) in [
        ("meetings/2026-11-20.md", "Meeting of 2026-11-13", "2026-11-20"),
        ("meetings/2026/11-20.md", "Meeting", "2026-11-20"),
        ("meetings/2026/group-11-20.md", "Meeting", "2026-11-20"),
        ("meetings/2026-11/nov-20.md", "Meeting", "2026-11-20"),
        ("meetings/2026/11/20.md", "Meeting", "2026-11-20"),
        ("meetings/weekly.md", "Meeting of 20 November 2026", "2026-11-20"),
        ("meetings/weekly.md", "Meeting\n\nDate: Nov 20, 2026", "2026-11-20"),
        ("meetings/2026-11.md", "Meeting", "2026-11"),
    ] {
        let record = minutes(path, &format!("# {title}\n\nPresent: Ana\n"));
        assert_eq!(record["date"], expect, "{path} {title}");
    }
    assert!(minutes("meetings/weekly.md", "# Meeting\n\nPresent: Ana\n").get("date").is_none());
}

#[test]
fn a_meeting_that_did_not_happen_says_why() {
    let record = minutes(
        "ops/operations/weekly/2026-47/minutes.md",
        "# Weekly review: skipped\n\nStatus: cancelled\n\nRationale: all at a fair\n\nRecovery: read the notes\n",
    );
    assert_eq!((&record["kind"], &record["week"]), (&json!("cancelled"), &json!("2026-W47")));
    assert_eq!(record["skipped"], json!({"rationale": "all at a fair", "recovery": "read the notes"}));
    let record = minutes(
        "ops/operations/weekly/2026-47/minutes.md",
        "# Weekly review\n\n## Skipped\n\nEverybody was\nat a fair.\n\nMore.\n\n## Recovery\n\nRead\nthe notes.\n",
    );
    assert_eq!(
        record["skipped"],
        json!({"rationale": "Everybody was at a fair.", "recovery": "Read the notes."})
    );
}

#[test]
fn an_agenda_is_not_yet_minutes() {
    let text = "# Agenda of 2026-11-20\n\n## Agenda\n\n1. Welcome (5m, Ana)\n2. Roadmap - 20 min\n3. Other\n";
    let record = minutes("meetings/next.md", text);
    assert_eq!(record["kind"], "agenda");
    assert_eq!(
        record["agenda"],
        json!([{"title": "Welcome", "minutes": 5}, {"title": "Roadmap", "minutes": 20}, {"title": "Other"}])
    );
    assert_eq!(minutes("meetings/next.md", &format!("{text}\nPresent: Ana, Bo\n"))["kind"], "minutes");
    let named = text.replace("Other", "Action items (10 min)");
    assert_eq!(minutes("meetings/next.md", &named)["kind"], "agenda");
    let agreed = format!("{named}\n## Action items\n\n- Ana: order paint\n");
    assert_eq!(minutes("meetings/next.md", &agreed)["kind"], "minutes");
}

#[test]
fn decisions_come_with_their_lines() {
    let text = "# Meeting\n\n## Decisions\n\n- Use blue\n  - because\n- None\n\n## Colour\n\n**Resolution:** no, green\n\n\
        [Decision] red\n\n| Decision | Evidence |\n|---|---|\n| pink | |\n";
    assert_eq!(
        minutes("meetings/2026-11-20.md", text)["decisions"],
        json!([
            {"text": "Use blue", "line": 5},
            {"text": "no, green", "line": 11},
            {"text": "red", "line": 13},
            {"text": "pink", "line": 17, "evidence": []}
        ])
    );
}

#[test]
fn a_wrapped_decision_is_one() {
    let text = "# Meeting\n\n## Decisions\n\n- Use blue,\n  as in [decision 2](2.md),\n  for ever\n\n  Bo was against it.\n- Use\n  red\n";
    assert_eq!(
        minutes("meetings/2026-11-20.md", text)["decisions"],
        json!([{"text": "Use blue, as in decision 2, for ever", "line": 5}, {"text": "Use red", "line": 10}])
    );
    let text = "# Meeting\n\n## Decisions\n\nUse blue,\nfor ever.\n\nUse red.\n";
    assert_eq!(
        minutes("meetings/2026-11-20.md", text)["decisions"],
        json!([{"text": "Use blue, for ever.", "line": 5}, {"text": "Use red.", "line": 8}])
    );
}

#[test]
fn reading_and_risks_say_whether_they_were_done() {
    let text = "# Meeting\n\nDuration: 45 min\n\n## Pre-read\n\n- [x] plan\n- [ ] report\n\n## Risk review\n\nNone\n";
    let record = minutes("meetings/2026-11-20.md", text);
    assert_eq!(
        record["pre_read"],
        json!([{"text": "plan", "done": true}, {"text": "report", "done": false}])
    );
    assert_eq!((&record["risks_reviewed"], &record["duration"]), (&json!(false), &json!(45)));
    let record = minutes("meetings/2026-11-20.md", "# Meeting\n\n- [x] Risks reviewed\n");
    assert_eq!(record["risks_reviewed"], true);
    assert!(minutes("meetings/2026-11-20.md", "# Meeting\n\nHello.\n").get("risks_reviewed").is_none());
}

#[test]
fn pages_beside_minutes_are_none() {
    for (path, text, why) in [
        ("meetings/README.md", "# Meetings\n\nWe meet.\n", "introduces"),
        ("meetings/template.md", "# Meeting\n\nPresent:\n", "template"),
        ("meetings/2026-11-20.md", "# Meeting\n\nNo notes.\n", "nothing"),
        ("meetings/2026-11-20.md", "../other.md\n", "refers"),
        ("meetings/2026-11-01-pool.md", "# Payout report\n\n- Ana: 5 EUR\n", "neither"),
        ("meetings/2026-11-20/actions.md", "# Actions\n\n- [ ] call Ana\n", "list of actions"),
        ("meetings/how.md", "# How we work\n\nSlowly.\n", "no date"),
    ] {
        let error = extracted(super::extract, path, text).expect_err("it is no record");
        assert!(error.contains(why), "{path}: {error}");
    }
}

#[test]
fn anywhere_only_what_leaves_no_doubt_is_minutes() {
    let found =
        |path: &str, text: &str| extracted(super::anywhere, path, text).map(|found| found[0]["date"].clone());
    let list = "## Attendees\n\n- Ana Ito\n- Bo Li\n\n";
    for (path, text) in [
        ("main/2026/group-11-20.md", format!("# Call\n\n{list}## Agenda\n\n1. Paint\n")),
        ("main/2026-11-20.md", format!("# Call\n\n{list}## Meeting notes\n\nWe talked.\n")),
        ("main/group.md", format!("# Call of 2026-11-20\n\n{list}## Discussion\n\nWe talked.\n")),
        // Prepared, and nobody there yet.
        ("main/2026-11-20.md", "# Call\n\n## Agenda\n\n1. Paint\n\n## Notes\n\n### Attendees\n".to_owned()),
    ] {
        assert_eq!(found(path, &text), Ok(json!("2026-11-20")), "{path} {text}");
    }
    for (path, text) in [
        // No day, nobody listed, nothing said.
        ("main/group.md", format!("# Call\n\n{list}## Agenda\n\n1. Paint\n")),
        ("main/2026-11-20.md", "# Call\n\n## Agenda\n\n1. Paint\n\n## Notes\n\nTalk.\n".to_owned()),
        ("main/2026-11-20.md", format!("# Call\n\n{list}## Travel\n\nBy train.\n")),
        ("main/2026-11-20.md", "# Fair\n\n## Attendees\n\nMany came.\n\n## Agenda\n\n1. Paint\n".to_owned()),
        ("main/2026-11-20.md", "# Plan\n\nAttendees: Ana Ito, Bo Li\n\n## Agenda\n\n1. Paint\n".to_owned()),
        // A page of a folder, and a form to fill in.
        ("main/2026-11-20/README.md", format!("# Calls\n\n{list}## Agenda\n\n1. Paint\n")),
        ("main/2026-11-20-template.md", format!("# Call\n\n{list}## Agenda\n\n1. Paint\n")),
        ("main/2026-11-20.md", String::new()),
    ] {
        assert_eq!(found(path, &text), Err(String::new()), "{path} {text}");
    }
}
