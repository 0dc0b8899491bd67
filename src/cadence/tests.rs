//! Occurrences from rituals written as a user writes them and records as they are found.

use jiff::Timestamp;
use jiff::civil::{Date, date};

use super::*;
use crate::config::{Config, Ritual};

const WEEKLY: &str = "[[rituals]]\nid = \"weekly\"\nrrule = \"FREQ=WEEKLY;BYDAY=MO\"\nstart = 2026-01-05T09:00:00\n\
                      duration = \"45m\"\nfolder = \"ops/weekly/{week}\"\npublish_within = \"24h\"\n\
                      escalation = [{ after = \"2w\", to = \"director\" }, { after = \"3d\", to = \"lead\" }]\n";

fn rituals(source: &str) -> Vec<Ritual> {
    let config = Config::read(None, "", source);
    assert!(config.mistakes.is_empty(), "{:?}", config.mistakes);
    config.rituals
}

fn meeting(path: &str, day: &str) -> Meeting {
    Meeting { date: day.parse().ok(), ..Meeting::at(path, 1) }
}

fn of_ritual(id: &str, path: &str, day: &str) -> Meeting {
    Meeting { ritual: Some(id.to_owned()), ..meeting(path, day) }
}

/// What became of the occurrences of `source` from `from` to `to`, a line each: day, state, and what is known.
fn lines(source: &str, meetings: Vec<Meeting>, days: [Date; 2], now: &str) -> Vec<String> {
    let evidence = Evidence { meetings, ..Evidence::default() };
    let now: Timestamp = now.parse().expect("a moment");
    let found = occurrences(&rituals(source), &evidence, &(days[0]..=days[1]), now, 10_000);
    let found = found.expect("they are few");
    let line = |one: &Occurrence| {
        let known = [one.meeting.clone(), one.escalated_to.clone()];
        let late = (one.days_late > 0).then(|| format!("+{}", one.days_late));
        let more: Vec<String> = known.into_iter().flatten().chain(late).collect();
        format!("{} {} {}", one.start.date(), one.state.name(), more.join(" ")).trim_end().to_owned()
    };
    found.iter().map(line).collect()
}

const NOVEMBER: [Date; 2] = [date(2026, 11, 1), date(2026, 11, 30)];

#[test]
fn an_occurrence_is_held_skipped_missed_open_or_coming() {
    let skipped = Meeting {
        kind: Kind::Skipped,
        rationale: Some("holiday".to_owned()),
        ..meeting("ops/weekly/2026-46/minutes.md", "2026-11-09")
    };
    let records = vec![meeting("ops/weekly/2026-44/minutes.md", "2026-10-26"), skipped];
    assert_eq!(
        lines(WEEKLY, records, NOVEMBER, "2026-11-23T12:00:00Z"),
        [
            "2026-11-02 missed director +21",
            "2026-11-09 skipped ops/weekly/2026-46/minutes.md",
            "2026-11-16 missed lead +7",
            "2026-11-23 open",
            "2026-11-30 coming",
        ]
    );
}

#[test]
fn minutes_may_take_as_long_as_the_ritual_says() {
    let first = || vec![meeting("ops/weekly/2026-45/minutes.md", "2026-11-02")];
    let monday = [date(2026, 11, 9), date(2026, 11, 9)];
    for (now, expect) in [
        ("2026-11-09T08:59:59Z", "2026-11-09 coming"),
        ("2026-11-09T09:00:00Z", "2026-11-09 open"),
        ("2026-11-10T09:45:00Z", "2026-11-09 open"),
        ("2026-11-10T09:45:01Z", "2026-11-09 missed +1"),
    ] {
        assert_eq!(lines(WEEKLY, first(), monday, now), [expect], "{now}");
    }
    // Without a time for the minutes, the day is.
    let source = WEEKLY.replace("publish_within = \"24h\"\n", "zone = \"America/New_York\"\n");
    for (now, expect) in [("2026-11-10T05:00:00Z", "open"), ("2026-11-10T05:00:01Z", "missed")] {
        assert_eq!(lines(&source, first(), monday, now), [format!("2026-11-09 {expect}")], "{now}");
    }
}

#[test]
fn a_missed_one_grows_no_later_once_the_ritual_is_held_again() {
    let records = vec![
        meeting("ops/weekly/2026-44/minutes.md", "2026-10-26"),
        meeting("ops/weekly/2026-46/minutes.md", "2026-11-09"),
    ];
    let found = lines(WEEKLY, records, [date(2026, 11, 2), date(2026, 11, 9)], "2027-06-01T00:00:00Z");
    assert_eq!(found, ["2026-11-02 missed lead +6", "2026-11-09 held ops/weekly/2026-46/minutes.md"]);
}

#[test]
fn what_lies_before_the_first_record_or_the_start_is_not_missed() {
    let now = "2026-11-30T00:00:00Z";
    let none = lines(WEEKLY, Vec::new(), [date(2026, 11, 2), date(2026, 11, 9)], now);
    assert_eq!(none, ["2026-11-02 unknown", "2026-11-09 unknown"]);
    // The first record is of something else: the repository is kept since then.
    let other = vec![meeting("meetings/kick-off.md", "2026-11-05")];
    let some = lines(WEEKLY, other, [date(2026, 11, 2), date(2026, 11, 9)], now);
    assert_eq!(some, ["2026-11-02 unknown", "2026-11-09 missed director +20"]);
    let early = vec![meeting("ops/weekly/2025-30/minutes.md", "2025-07-21")];
    assert_eq!(lines(WEEKLY, early, [date(2025, 7, 1), date(2026, 1, 4)], now), [""; 0]);
}

#[test]
fn a_meeting_that_was_moved_is_held() {
    let now = "2026-11-30T00:00:00Z";
    for (record, expect) in [
        // In its folder, whatever the day; with the letter of the week, or in a folder below.
        (meeting("ops/weekly/2026-46/minutes.md", "2026-11-11"), "held ops/weekly/2026-46/minutes.md +2"),
        (meeting("ops/weekly/2026-46/minutes.md", "2026-11-07"), "held ops/weekly/2026-46/minutes.md"),
        (meeting("ops/weekly/2026-W46/a/minutes.md", "none"), "held ops/weekly/2026-W46/a/minutes.md"),
        // By its name, wherever it lies: the nearest.
        (of_ritual("weekly", "notes.jsonl", "2026-11-12"), "held notes.jsonl +3"),
        (of_ritual("weekly", "notes.jsonl", "2026-11-06"), "held notes.jsonl"),
        (Meeting { week: Some("2026-W46".to_owned()), ..of_ritual("weekly", "x.md", "") }, "held x.md"),
        // Not by somebody else's name, nor by its day alone.
        (of_ritual("monthly", "ops/weekly/2026-46/minutes.md", "2026-11-09"), "missed lead +13"),
        (meeting("meetings/x.md", "2026-11-09"), "missed lead +13"),
    ] {
        let others = ["2026-10-26", "2026-11-02", "2026-11-16", "2026-11-23"];
        let mut records: Vec<Meeting> = others.map(|day| of_ritual("weekly", "other.md", day)).into();
        records.push(record.clone());
        // The one after is held, so that only this one is told.
        let found = lines(WEEKLY, records, [date(2026, 11, 9), date(2026, 11, 9)], now);
        let expect = expect.replace("+13", "+6");
        assert_eq!(found, [format!("2026-11-09 {expect}")], "{record:?}");
    }
}

#[test]
fn an_agenda_is_no_meeting_and_minutes_beat_a_note() {
    let monday = [date(2026, 11, 9), date(2026, 11, 9)];
    let agenda = || Meeting { kind: Kind::Agenda, ..meeting("ops/weekly/2026-46/agenda.md", "2026-11-09") };
    let note = || Meeting { kind: Kind::Note, ..of_ritual("weekly", "notes.jsonl", "2026-11-09") };
    let minutes = || meeting("ops/weekly/2026-46/minutes.md", "2026-11-10");
    let now = "2026-11-11T00:00:00Z";
    assert_eq!(
        lines(WEEKLY, vec![agenda()], monday, now),
        ["2026-11-09 missed ops/weekly/2026-46/agenda.md +1"]
    );
    assert_eq!(lines(WEEKLY, vec![agenda(), note()], monday, now), ["2026-11-09 held notes.jsonl"]);
    let all = vec![note(), minutes(), agenda()];
    assert_eq!(lines(WEEKLY, all, monday, now), ["2026-11-09 held ops/weekly/2026-46/minutes.md +1"]);
    // Prepared for a day to come.
    let early = lines(WEEKLY, vec![minutes()], monday, "2026-11-08T00:00:00Z");
    assert_eq!(early, ["2026-11-09 coming ops/weekly/2026-46/minutes.md"]);
}

#[test]
fn of_rituals_that_share_a_folder_the_day_tells() {
    let source =
        format!("{WEEKLY}{}", WEEKLY.replace("\"weekly\"", "\"friday\"").replace("BYDAY=MO", "BYDAY=FR"));
    let records = vec![
        meeting("ops/weekly/2026-46/a.md", "2026-11-13"),
        meeting("ops/weekly/2026-46/b.md", "2026-11-09"),
        meeting("ops/weekly/2026-46/c.md", "2026-11-11"),
    ];
    let found = lines(&source, records, [date(2026, 11, 9), date(2026, 11, 15)], "2026-11-14T00:00:00Z");
    assert_eq!(found, ["2026-11-09 held ops/weekly/2026-46/b.md", "2026-11-13 held ops/weekly/2026-46/a.md"]);
    // In a folder that is the same for all, only the day tells.
    let flat = WEEKLY.replace("ops/weekly/{week}", "meetings");
    let records = vec![meeting("meetings/a.md", "2026-11-02"), meeting("meetings/b.md", "2026-11-10")];
    let found = lines(&flat, records, [date(2026, 11, 2), date(2026, 11, 9)], "2026-11-14T00:00:00Z");
    assert_eq!(found, ["2026-11-02 held meetings/a.md", "2026-11-09 missed lead +4"]);
}

#[test]
fn a_document_at_the_place_of_a_report_is_one() {
    let source = "[[rituals]]\npreset = \"issue-review\"\n[[rituals]]\npreset = \"plan-assessment\"\n";
    let paths = ["docs/reviews/2026-11-15-issue-review.md", "docs/assessments/Q3-2026.md"];
    let documents = paths.map(str::to_owned).into();
    let evidence =
        Evidence { meetings: vec![meeting("meetings/x.md", "2026-09-01")], documents, ..Evidence::default() };
    let now: Timestamp = "2026-11-20T00:00:00Z".parse().expect("a moment");
    let range = date(2026, 9, 20)..=date(2026, 11, 30);
    let found = occurrences(&rituals(source), &evidence, &range, now, 10_000).expect("they are few");
    let states: Vec<_> = found.iter().map(|one| (one.start.date().to_string(), one.state.name())).collect();
    let expect = [
        ("2026-09-25", "held"),
        ("2026-10-01", "missed"),
        ("2026-10-15", "missed"),
        ("2026-11-01", "missed"),
        ("2026-11-15", "held"),
    ];
    assert_eq!(states, expect.map(|(day, state)| (day.to_owned(), state)));
    assert_eq!(found[0].meeting.as_deref(), Some(paths[1]));
    assert_eq!(found[1].escalated_to.as_deref(), Some("architect"));
}

#[test]
fn week_53_has_its_folder_and_its_label_through_the_new_year() {
    let source =
        format!("{WEEKLY}{}", WEEKLY.replace("\"weekly\"", "\"sunday\"").replace("BYDAY=MO", "BYDAY=SU"));
    let found = occurrences(
        &rituals(&source),
        &Evidence::default(),
        &(date(2026, 12, 27)..=date(2027, 1, 4)),
        Timestamp::UNIX_EPOCH,
        10_000,
    )
    .expect("they are few");
    let shown: Vec<String> = found
        .iter()
        .map(|one| format!("{} {} {}", one.start.date(), one.week, one.folder.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(
        shown,
        [
            "2026-12-27 2026-W52 ops/weekly/2026-52",
            "2026-12-28 2026-W53 ops/weekly/2026-53",
            "2027-01-03 2026-W53 ops/weekly/2026-53",
            "2027-01-04 2027-W01 ops/weekly/2027-01",
        ]
    );
    let record = meeting("ops/weekly/2026-53/minutes.md", "2026-12-28");
    let range = [date(2026, 12, 28), date(2027, 1, 4)];
    let found = lines(WEEKLY, vec![record], range, "2026-12-29T00:00:00Z");
    assert_eq!(found, ["2026-12-28 held ops/weekly/2026-53/minutes.md", "2027-01-04 coming"]);
}

#[test]
fn a_learning_system_meets_on_the_right_days_of_three_years() {
    let presets = ["repository-sync", "plan-updates", "issue-review", "plan-assessment"];
    let source: String = presets.map(|name| format!("[[rituals]]\npreset = \"{name}\"\n")).concat();
    let range = date(2025, 1, 1)..=date(2027, 12, 31);
    let now: Timestamp = "2026-11-20T09:00:00Z".parse().expect("a moment");
    let found = occurrences(&rituals(&source), &Evidence::default(), &range, now, 1_000_000).expect("few");
    // What the calendar says, counted day by day.
    let mut expect = Vec::new();
    let mut day = *range.start();
    while day <= *range.end() {
        use jiff::civil::Weekday;
        let is_friday = day.weekday() == Weekday::Friday;
        let ends_quarter = day.month() % 3 == 0 && day.day() + 7 > day.days_in_month();
        let starts = [
            (day.weekday() == Weekday::Monday, "T09:00:00Z repository-sync"),
            (is_friday && ends_quarter, "T09:00:00Z plan-assessment"),
            (day.day() == 1 || day.day() == 15, "T10:00:00Z issue-review"),
            (is_friday, "T16:00:00Z plan-updates"),
        ];
        expect.extend(starts.iter().filter(|(is_so, _)| *is_so).map(|(_, what)| format!("{day}{what}")));
        day = day.tomorrow().expect("there is one");
    }
    let mut found: Vec<String> =
        found.iter().map(|one| format!("{} {}", one.start.timestamp(), one.ritual)).collect();
    found.sort();
    expect.sort();
    assert_eq!(found, expect);
    assert_eq!(expect.len(), 156 + 157 + 72 + 12);
}

#[test]
fn rituals_without_measure_are_refused_before_they_are_told() {
    let hours = (0..24).map(|hour| hour.to_string()).collect::<Vec<_>>().join(",");
    let often = |id: usize| {
        format!(
            "[[rituals]]\nid = \"r{id}\"\nstart = \"2020-01-06T09:00:00\"\nrrule = \"FREQ=DAILY;BYHOUR={hours}\"\n"
        )
    };
    let all = rituals(&(0..200).map(often).collect::<String>());
    assert_eq!(all.len(), 200);
    let told = |to: Date, most: usize| {
        let days = date(2026, 11, 1)..=to;
        occurrences(&all, &Evidence::default(), &days, Timestamp::UNIX_EPOCH, most)
    };
    let why = told(date(2199, 12, 31), 1_000_000).expect_err("they are many");
    let said = "the rituals have more dates until 2199-12-31 than the 1000000 of [limits].occurrences";
    assert_eq!(why.to_string(), said);
    assert!(told(date(2026, 11, 2), 10_000).is_err(), "what lies before the range counts");
}
