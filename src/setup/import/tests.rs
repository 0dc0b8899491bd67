use proptest::prelude::*;

use super::*;
use crate::repo::builder::{Repo, read};
use crate::setup::export::{Format, export};

const NOW: &str = "2026-11-20T12:00:00Z";

fn request(repo: &Repo) -> Request {
    Request::new(repo.path(), NOW.parse().expect("a moment"))
}

fn wish(what: &str, file: &str, into: &str) -> Wish {
    Wish { what: what.to_owned(), files: vec![file.into()], into: Some(into.to_owned()), ..Wish::default() }
}

fn mapped(mut wish: Wish, map: &[(&str, &str)]) -> Wish {
    wish.map = map.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
    wish
}

fn planned(repo: &Repo, wish: &Wish) -> Result<Planned> {
    plan(&request(repo), &Environment::default(), wish)
}

/// Plans, makes sure that nothing stands in the way, writes, and makes sure that a second run does nothing. Gives added,
/// changed, same.
#[track_caller]
fn imported(repo: &Repo, wish: &Wish) -> (usize, usize, usize) {
    let first = planned(repo, wish).expect("it can be imported");
    assert_eq!(places(&first), [""; 0], "{}", first.diff());
    first.write().expect("it can be written");
    let second = planned(repo, wish).expect("it can be imported");
    assert_eq!((second.diff(), second.added, second.changed), (String::new(), 0, 0));
    (first.added, first.changed, first.same)
}

/// What stands in the way, as "path:line: message".
fn places(planned: &Planned) -> Vec<String> {
    let found = planned.report.findings.iter();
    found.map(|one| format!("{}:{}: {}", one.finding.path, one.start.line, one.finding.message)).collect()
}

#[test]
fn a_table_is_merged_by_key_and_touches_only_what_it_carries() {
    let repo = Repo::new();
    repo.write(
        "roadmap.jsonl",
        "{ \"id\": \"T-1\", \"x\": \"\\u0041\", \"title\": \"Old\", \"status\": \"todo\" }\n{\"id\":\"T-2\",\"title\":\"Stays\",\"status\":\"done\"}\n{\"id\":\"T-3\",\"title\":\"Same\",\"status\":\"todo\"}",
    );
    repo.write(
        "in.csv",
        "ID,Name,Status,Due,Cost,Junk\nT-1,New,In Progress,11/20/2026,5,a\nT-3,Same,todo,,,b\nT-4,\"More, new\",Todo,,,c\n",
    );
    let wish = mapped(
        wish("csv", "in.csv", "roadmap"),
        &[("Name", "title"), ("Cost", "estimate.cost"), ("Junk", "")],
    );
    let dry = planned(&repo, &wish).expect("it can be imported");
    assert_eq!(dry.missing, ["T-2"]);
    assert!(
        dry.diff().contains("-{ \"id\": \"T-1\"") && dry.diff().contains("+{\"id\":\"T-4\""),
        "{}",
        dry.diff()
    );
    assert_eq!(imported(&repo, &wish), (1, 1, 1));
    assert_eq!(
        read(&repo.path().join("roadmap.jsonl")),
        "{ \"id\": \"T-1\", \"x\": \"\\u0041\", \"title\": \"New\", \"status\": \"in-progress\", \"due\": \"2026-11-20\", \"estimate\": {\"cost\": 5} }\n{\"id\":\"T-2\",\"title\":\"Stays\",\"status\":\"done\"}\n{\"id\":\"T-3\",\"title\":\"Same\",\"status\":\"todo\"}\n{\"id\":\"T-4\",\"title\":\"More, new\",\"status\":\"todo\"}\n"
    );
}

#[test]
fn faults_stand_in_the_input_and_nothing_is_written() {
    let repo = Repo::new();
    repo.write("roadmap.jsonl", "{\"id\":\"T-1\",\"title\":\"t\",\"status\":\"todo\"}\n");
    for (table, expect) in [
        (
            "id,title,status,due,parent\nT-1,t,never,,\nT-2,u,todo,5/6/2026,T-9\n",
            &[
                "in.csv:2: \"never\" is not a value of status",
                "in.csv:3: \"5/6/2026\" is neither a date (YYYY-MM-DD) nor a date-time (YYYY-MM-DDThh:mm:ssZ)",
                "in.csv:3: parent refers to T-9, which is not in roadmap",
            ][..],
        ),
        ("id,title,status\nT-2,u,todo\nT-2,v,todo\n", &["in.csv:3: T-2 stands in the import twice"]),
        ("id,title,status\n,u,todo\n", &["in.csv:2: no value for id, by which records are recognised"]),
        ("id,title,status\nT-2,u\n", &["in.csv:2: 2 fields in this row, but the first row names 3"]),
    ] {
        repo.write("in.csv", table);
        let planned = planned(&repo, &wish("csv", "in.csv", "roadmap")).expect("it can be planned");
        let found = places(&planned);
        let alike =
            found.len() == expect.len() && found.iter().zip(expect).all(|(a, b)| a.get(..20) == b.get(..20));
        assert!(alike, "{found:#?}");
        assert!(planned.report.summary.error > 0);
    }
}

#[test]
fn records_of_a_new_file_are_judged_one_by_one() {
    let repo = Repo::new();
    repo.write("in.csv", "id,name\nR-1,x\nR-2,y\n");
    let planned = planned(&repo, &wish("csv", "in.csv", "risks")).expect("it can be planned");
    assert_eq!(places(&planned), ["in.csv:2: title is missing", "in.csv:3: title is missing"]);
}

const PAGES: &str = r#"[
  {"records": [
    {"id": "recA", "createdTime": "2026-11-01T09:00:00.000Z", "fields": {
      "Name": "Phase", "State": "Doing", "Tasks": ["recB"], "Files": [{"id": "att1", "url": "https://x.org/a", "filename": "a"}]}},
    {"id": "recB", "createdTime": "2026-11-02T09:00:00.000Z", "fields": {
      "Name": "Task", "State": "Todo", "Part of": ["recA"], "Done %": 0.5}}
  ], "offset": "itr/recB"}
]"#;

#[test]
fn pages_of_airtable_keep_ids_and_links() {
    let repo = Repo::new();
    repo.write("opsbook.toml", "[import.plan]\nformat = \"airtable\"\nfile = \"plan.json\"\ninto = \"roadmap\"\n\n[import.plan.map]\nName = \"title\"\nState = \"status\"\n\"Part of\" = \"parent\"\nTasks = \"depends_on\"\nFiles = \"links\"\n\n[import.plan.values]\nDoing = \"in-progress\"\n");
    repo.write("plan.json", PAGES.replace("\"Tasks\": [\"recB\"], ", ""));
    let wish = Wish { what: "plan".to_owned(), ..Wish::default() };
    assert_eq!(imported(&repo, &wish), (2, 0, 0));
    assert_eq!(
        read(&repo.path().join("api/tasks/roadmap.jsonl")),
        "{\"id\":\"recA\",\"title\":\"Phase\",\"status\":\"in-progress\",\"created\":\"2026-11-01T09:00:00.000Z\",\"links\":[\"https://x.org/a\"]}\n{\"id\":\"recB\",\"title\":\"Task\",\"status\":\"todo\",\"parent\":\"recA\",\"created\":\"2026-11-02T09:00:00.000Z\",\"done\":0.5}\n"
    );
}

#[test]
fn records_with_keys_of_their_own_are_linked_by_them() {
    let repo = Repo::new();
    let pages = PAGES
        .replace("\"Name\": \"Phase\"", "\"Key\": \"P-1\", \"Name\": \"Phase\"")
        .replace("\"Name\": \"Task\"", "\"Key\": \"T-1\", \"Name\": \"Task\"");
    repo.write("plan.json", pages.replace("\"Tasks\": [\"recB\"], ", ""));
    let map =
        [("Key", "id"), ("Name", "title"), ("State", "status"), ("Part of", "parent"), ("Files", "links")];
    repo.write("plan.json", read(&repo.path().join("plan.json")).replace("Doing", "In progress"));
    assert_eq!(imported(&repo, &mapped(wish("airtable", "plan.json", "roadmap"), &map)), (2, 0, 0));
    let text = read(&repo.path().join("api/tasks/roadmap.jsonl"));
    assert!(
        text.contains("\"id\":\"T-1\"")
            && text.contains("\"parent\":\"P-1\"")
            && text.contains("\"airtable_id\":\"recB\""),
        "{text}"
    );
}

#[test]
fn what_cannot_be_imported_is_said() {
    let repo = Repo::new();
    repo.write("in.csv", "id,title\nR-1,x\n").write("page.json", "{\"records\": 5}");
    for (wish, says) in [
        (wish("xml", "in.csv", "risks"), "no format or import 'xml'"),
        (wish("csv", "none.csv", "risks"), "none.csv"),
        (wish("csv", "in.csv", "riks"), "no collection 'riks'"),
        (
            mapped(wish("csv", "in.csv", "risks"), &[("Titel", "title")]),
            "no row has a value in the column 'Titel'",
        ),
        (
            mapped(wish("csv", "in.csv", "risks"), &[("title", "x"), ("id", "x")]),
            "two columns become the field x",
        ),
        (wish("csv", "in.csv", "meetings"), "no key"),
        (Wish { into: None, ..wish("csv", "in.csv", "") }, "no collection is named"),
        (Wish { files: Vec::new(), ..wish("csv", "", "risks") }, "no file is named"),
    ] {
        let found = planned(&repo, &wish).err().map(|error| error.message);
        assert!(found.as_ref().is_some_and(|found| found.contains(says)), "{says}: {found:?}");
    }
    let page = planned(&repo, &wish("airtable", "page.json", "risks")).expect("it can be planned");
    assert_eq!(places(&page), ["page.json:1: no list of records in this page"]);
}

#[test]
fn a_file_that_changed_meanwhile_stops_the_writing() {
    let repo = Repo::new();
    repo.write("ops/risks.jsonl", "{\"id\":\"R-1\",\"title\":\"x\"}\n").write("in.csv", "id,title\nR-1,y\n");
    let planned = planned(&repo, &wish("csv", "in.csv", "risks")).expect("it can be planned");
    repo.write("ops/risks.jsonl", "mine\n");
    assert!(planned.write().is_err());
    assert_eq!(read(&repo.path().join("ops/risks.jsonl")), "mine\n");
}

fn any_record() -> impl Strategy<Value = serde_json::Map<String, Json>> {
    let text = "[a-z0-9\" ,\\[{é\n-]{0,6}";
    let free = prop_oneof![
        text.prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        any::<bool>().prop_map(Json::from),
        prop::collection::vec(text, 0..3).prop_map(Json::from),
        Just(serde_json::json!({"a": [1, "x"], "b": "2"})),
    ];
    let tags = prop::collection::btree_set("[a-z,\"]{1,4}", 0..3);
    (
        proptest::option::of(text),
        proptest::option::of(tags),
        prop::collection::btree_map("[A-Zt.]{1,3}", free, 0..3),
    )
        .prop_map(|(mitigation, tags, free)| {
            let mut record: serde_json::Map<String, Json> = free.into_iter().collect();
            record.extend(mitigation.map(|text| ("mitigation".to_owned(), Json::from(text))));
            let tags = tags.map(|tags| tags.into_iter().map(Json::from).collect::<Json>());
            record.extend(tags.map(|tags| ("actions_of_old".to_owned(), tags)));
            record
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn an_export_imported_elsewhere_is_the_same_records(records in prop::collection::vec(any_record(), 1..5)) {
        let repo = Repo::plain();
        let lines: String = records.into_iter().enumerate().map(|(at, mut record)| {
            record.insert("id".to_owned(), format!("R-{at}").into());
            record.insert("title".to_owned(), "x".into());
            format!("{}\n", Json::Object(record))
        }).collect();
        repo.write("ops/risks.jsonl", &lines);
        let session = Session::open(request(&repo), &Environment::default()).expect("it opens");
        let formats = Format::ALL.map(|(format, _)| format);
        export(&session, std::path::Path::new("out"), &formats, false).expect("it can be exported");
        let other = Repo::plain();
        let file = repo.path().join("out/risks.csv").to_string_lossy().into_owned();
        let planned = planned(&other, &wish("csv", &file, "risks")).expect("it can be imported");
        planned.write().expect("it can be written");
        let all = |text: &str| -> Vec<Json> {
            text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect()
        };
        prop_assert_eq!(all(&read(&other.path().join("ops/risks.jsonl"))), all(&lines));
    }
}
