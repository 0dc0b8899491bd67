//! Pairs of actions as people wrote them, judged by reading, and series made up.

use super::*;

/// A line of the list: two actions of different meetings of one series, and whether they are the same.
fn pairs() -> Vec<serde_json::Value> {
    let text = include_str!("../../../tests/data/action-pairs.jsonl");
    text.lines().map(|line| serde_json::from_str(line).expect("every line is a pair")).collect()
}

fn action(side: &serde_json::Value) -> Action<'_> {
    let text = side["text"].as_str().expect("an action has a text");
    Action { id: None, text, owner: side["owner"].as_str(), is_open: true }
}

#[test]
fn nineteen_in_twenty_pairs_are_told_right() {
    let pairs = pairs();
    let count = |same: bool| pairs.iter().filter(|pair| pair["same"] == same).count();
    assert_eq!((count(true), count(false)), (30, 30));
    let repositories: BTreeSet<&str> = pairs.iter().filter_map(|pair| pair["repository"].as_str()).collect();
    assert!(repositories.len() >= 3, "{repositories:?}");
    let wrong = pairs.iter().filter(|pair| is_same(&action(&pair["a"]), &action(&pair["b"])) != pair["same"]);
    let wrong: Vec<String> = wrong
        .map(|pair| {
            let likeness = likeness(&action(&pair["a"]), &action(&pair["b"]));
            format!("{likeness:.2} {} | {}", pair["a"]["text"], pair["b"]["text"])
        })
        .collect();
    assert!(wrong.len() * 20 <= pairs.len(), "{} wrong: {wrong:#?}", wrong.len());
    for pair in &pairs {
        let (a, b) = (action(&pair["a"]), action(&pair["b"]));
        assert!((likeness(&a, &b) - likeness(&b, &a)).abs() < 1e-9, "{a:?} {b:?}");
    }
}

#[test]
fn a_number_is_never_another() {
    for (a, b, same) in [
        ("Review PR 12", "Review PR 13", false),
        ("Review PR 12", "Review PR 12 and PR 13", true),
        ("Draft the agenda for March", "Draft the agenda for April", false),
        ("Draft the agenda for March", "Prepare the agenda for March", true),
        ("Rotate the keys by 1 May", "Rotate the keys by 15 June", true),
        ("Rotate the keys (2026-05-01)", "Rotate the keys (2026-06-15)", true),
        ("Rotate the keys on 1 May", "Rotate the keys on 15 June", false),
        ("Order paint", "Order brushes", false),
        ("Follow up", "Follow up", false),
        ("", "", false),
    ] {
        let of = |text| Action { text, is_open: true, ..Action::default() };
        assert_eq!(is_same(&of(a), &of(b)), same, "{a} | {b}: {}", likeness(&of(a), &of(b)));
    }
}

#[test]
fn ids_decide() {
    let of = |id, text| Action { id: Some(id), text, ..Action::default() };
    assert!(is_same(&of("A-1", "Order paint"), &of("A-1", "Buy blue paint for the walls")));
    assert!(!is_same(&of("A-1", "Order paint"), &of("A-2", "Order paint")));
}

/// Meetings a week apart from their actions: text, owner after `@`, done after `x `.
fn meetings<'a>(all: &[&[&'a str]]) -> Vec<Meeting<'a>> {
    let first = jiff::civil::date(2026, 1, 5);
    let meeting = |(week, lines): (usize, &&[&'a str])| {
        let actions = lines.iter().map(|line| {
            let (text, owner) =
                line.split_once('@').map_or((*line, None), |(text, owner)| (text, Some(owner)));
            let (id, text) = text.split_once(": ").map_or((None, text), |(id, text)| (Some(id), text));
            let open = text.strip_prefix("x ");
            Action { id, text: open.unwrap_or(text), owner, is_open: open.is_none() }
        });
        let date = first.checked_add(jiff::Span::new().weeks(week as i64)).expect("a near day");
        Meeting { date, actions: actions.collect() }
    };
    all.iter().enumerate().map(meeting).collect()
}

fn told(all: &[&[&str]]) -> Vec<String> {
    let told = |chain: &Chain| {
        let gone = chain.gone.map_or_else(String::new, |day| format!(", gone on {day}"));
        format!("{} to {}, {} times{gone}: {:?}", chain.first_seen, chain.last_seen, chain.carried, chain.at)
    };
    chains(&meetings(all)).iter().map(told).collect()
}

#[test]
fn an_action_is_followed_in_other_words_and_with_another_owner() {
    assert_eq!(
        told(&[
            &["Order blue paint for the walls@Ana", "Ask who has a ladder"],
            &["Blue paint for the walls must be ordered@Bo", "Sweep the yard"],
            &[],
            &["x Order the blue paint for the walls@Bo", "Sweep the yard"],
        ]),
        [
            "2026-01-05 to 2026-01-26, 2 times: [(0, 0), (1, 0), (3, 0)]",
            "2026-01-05 to 2026-01-05, 0 times, gone on 2026-01-12: [(0, 1)]",
            "2026-01-12 to 2026-01-26, 1 times: [(1, 1), (3, 1)]",
        ]
    );
}

#[test]
fn what_was_done_comes_anew_and_what_was_missed_comes_back() {
    let paint = &["Order blue paint"] as &[&str];
    let other = &["Sweep the yard"] as &[&str];
    let done = &["x Order blue paint"] as &[&str];
    assert_eq!(told(&[paint, done, other, paint]).len(), 3, "done, then agreed once more");
    assert_eq!(told(&[paint, other, paint]).len(), 2, "left out once");
    assert_eq!(told(&[paint, other, other, other, paint]).len(), 3, "left out for long");
    assert_eq!(
        told(&[&["A-1: Order paint"], other, other, other, &["A-1: x Paint"]]).len(),
        2,
        "known by its id"
    );
}

#[test]
fn what_was_closed_and_comes_back_in_other_words_recurs() {
    let all: &[&[&str]] = &[
        &["x Mend the leaking roof of the shed", "Sweep the yard"],
        &["Order blue paint"],
        &["Mend the shed roof, leaking", "Sweep the yard"],
        &["x Mend the shed roof, leaking"],
        &["Order blue paint"],
        &["A-9: Leaking roof of the shed"],
    ];
    let meetings = meetings(all);
    let chains = chains(&meetings);
    let found = recurrences(&meetings, &chains).into_iter().enumerate();
    let found: Vec<String> = found
        .filter_map(|(at, earlier)| Some(format!("{:?} after {:?}", chains[at].at, chains[earlier?].at)))
        .collect();
    // What was never closed does not recur, and an id is no reason against it.
    assert_eq!(found, ["[(2, 0), (3, 0)] after [(0, 0)]", "[(5, 0)] after [(2, 0), (3, 0)]"]);
}

#[test]
fn a_meeting_lists_an_action_twice() {
    let told = told(&[
        &["Order blue paint@Ana", "Sweep the yard", "Order blue paint@Ana"],
        &["Order blue paint@Ana"],
    ]);
    assert_eq!(told[0], "2026-01-05 to 2026-01-12, 1 times: [(0, 0), (0, 2), (1, 0)]");
}

#[test]
fn a_name_stays_when_meetings_follow() {
    let name = |all: &[&[&str]]| chains(&meetings(all))[0].identity.clone();
    let one = name(&[&["Order blue paint"]]);
    assert_eq!(one, name(&[&["Order blue paint"], &["Blue paint is ordered", "Sweep"]]));
    assert!(one.starts_with("2026-01-05/"), "{one}");
    assert_eq!(name(&[&["A-7: Order paint"]]), "A-7");
}

#[test]
fn meetings_of_one_series_share_its_name() {
    for (path, name) in [
        ("notes/2020/2020-03-26.md", "notes"),
        ("notes/2026/2026-06-01-contributor-pool.md", "notes/contributor-pool"),
        ("ops/operations/weekly/2026-47/minutes.md", "ops/operations/weekly"),
        ("ops/operations/weekly/2026-W48/actions.md", "ops/operations/weekly"),
        ("meetings/2026-01/january-20.md", "meetings"),
        ("meetings/board/2026/q3-notes.md", "meetings/board"),
    ] {
        assert_eq!(series(path), name, "{path}");
    }
}
