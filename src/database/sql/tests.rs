use std::collections::BTreeSet;

use super::*;
use crate::config::Config;
use crate::database::{Database, load_part};
use crate::repo::builder::Repo;
use crate::repo::{Environment, Snapshot, Workspace};

const TASKS: &str = "\
{\"id\":\"T-1\",\"title\":\"Move\",\"status\":\"todo\",\"due\":\"2026-11-19\",\"tags\":[\"a\",\"b\"],\"estimate\":{\"cost\":12.5}}
{\"id\":\"T-2\",\"title\":\"Rotate\",\"status\":\"done\",\"due\":\"2026-11-20\",\"weight\":7,\"autonomy\":2}
{\"id\":\"T-3\",\"title\":\"Éclair\",\"status\":\"todo\",\"weight\":12345678901234567890}
";

fn now() -> Now {
    Now { instant: "2026-11-20T23:30:00Z".to_owned(), today: "2026-11-21".to_owned() }
}

const LIMITS: Limits = Limits { steps: 20_000_000, bytes: 1 << 30, rows: 1_000, seconds: 60 };

/// A repository with three tasks and a page.
struct World {
    _repo: Repo,
    snapshot: Snapshot,
    config: Config,
    database: Database,
}

impl World {
    fn new() -> Self {
        let repo = Repo::new();
        repo.write("roadmap.jsonl", TASKS).write("vendors.csv", "name,Plan\nacme,gold\nzeta,\n");
        repo.write(
            "docs/page.md",
            "# A page\n\nSee [it](../roadmap.jsonl#L2).\n\n## Next\n\n- [x] one\n- [ ] two\n",
        );
        let config = Config::read(None, "", "[collections.vendors]\nfiles = [\"vendors.csv\"]\n");
        let workspace = Workspace::open(repo.path(), &Environment::default()).expect("it opens");
        let snapshot = workspace.worktree().expect("it is readable");
        let all: BTreeSet<usize> = (0..config.collections.len()).collect();
        let database = load_part(&snapshot, &config, &all, true);
        Self { _repo: repo, snapshot, config, database }
    }

    fn engine(&self, limits: Limits) -> Engine<'_> {
        let mut sources: Vec<Box<dyn Source + '_>> = Vec::new();
        for at in 0..self.database.tables.len() {
            sources.push(Box::new(Records::new(&self.database, at, true)));
        }
        sources.extend(of_documents(&self.snapshot, &self.database, self.config.limits.file_bytes));
        sources.extend(of_now(&now()));
        Engine::new(sources, &now(), limits).expect("SQLite starts")
    }

    /// The rows of a statement, each as its values joined by bars.
    fn ask(&self, sql: &str) -> Result<Vec<String>, SqlError> {
        self.ask_within(sql, LIMITS)
    }

    fn ask_within(&self, sql: &str, limits: Limits) -> Result<Vec<String>, SqlError> {
        let mut engine = self.engine(limits);
        let reads = engine.reads(sql)?;
        engine.load(&reads)?;
        let mut rows = Vec::new();
        engine.run(sql, &mut |_, cells| {
            let shown = cells.iter().map(|cell| match cell {
                Cell::Null => "-".to_owned(),
                Cell::Integer(number) => number.to_string(),
                Cell::Real(number) => format!("{number:?}"),
                Cell::Text(text) => text.to_string(),
            });
            let row = shown.collect::<Vec<_>>().join("|");
            rows.extend((!cells.is_empty()).then_some(row));
            Ok(())
        })?;
        Ok(rows)
    }
}

#[test]
fn one_engine_answers_one_statement_after_another() {
    let world = World::new();
    let mut engine = world.engine(LIMITS);
    for (sql, expect) in [
        ("SELECT count(status) FROM roadmap", 3),
        ("SELECT count(due) FROM roadmap", 2),
        ("SELECT count(status) + count(due) FROM roadmap", 5),
    ] {
        let reads = engine.reads(sql).expect("the columns are there");
        engine.load(&reads).expect("they fit into memory");
        let mut found = None;
        let mut visit = |_: &[String], cells: &[Cell<'_>]| {
            found = cells.first().map(Cell::to_owned_cell);
            Ok(())
        };
        engine.run(sql, &mut visit).expect("it has an answer");
        assert_eq!(found, Some(Cell::Integer(expect)), "{sql}");
        engine.unload(&reads).expect("they are there");
    }
}

#[test]
fn records_are_rows_with_their_fields_and_places() {
    let world = World::new();
    for (sql, expect) in [
        (
            "SELECT id, title, due FROM roadmap WHERE status = 'todo'",
            vec!["T-1|Move|2026-11-19", "T-3|Éclair|-"],
        ),
        ("SELECT _key, _path, _line FROM roadmap WHERE id = 'T-2'", vec!["T-2|roadmap.jsonl|2"]),
        ("SELECT tags, estimate ->> 'cost' FROM roadmap WHERE id = 'T-1'", vec!["[\"a\",\"b\"]|12.5"]),
        ("SELECT value FROM roadmap, json_each(roadmap.tags)", vec!["a", "b"]),
        (
            "SELECT typeof(autonomy), typeof(weight), weight FROM roadmap WHERE id = 'T-2'",
            vec!["integer|integer|7"],
        ),
        ("SELECT weight FROM roadmap WHERE id = 'T-3'", vec!["1.2345678901234567e19"]),
        ("SELECT _record ->> 'weight' FROM roadmap WHERE id = 'T-2'", vec!["7"]),
        ("SELECT name, plan FROM vendors ORDER BY name DESC", vec!["zeta|-", "acme|gold"]),
        ("SELECT count(*) FROM roadmap", vec!["3"]),
        ("SELECT a.id FROM roadmap a JOIN roadmap b USING (status) WHERE b.id = 'T-1'", vec!["T-1", "T-3"]),
        ("SELECT id, line FROM roadmap NATURAL JOIN (SELECT 'T-1' AS id, 1 AS line)", vec!["T-1|1"]),
        ("SELECT count(*) FROM headings NATURAL JOIN tasks", vec!["0"]),
        ("SELECT count(*) FROM headings JOIN tasks USING (path)", vec!["4"]),
        ("WITH late AS (SELECT id FROM roadmap WHERE due < today()) SELECT * FROM late", vec!["T-1", "T-2"]),
        ("SELECT id FROM risks", vec![]),
    ] {
        assert_eq!(
            world.ask(sql).map_err(|error| error.message),
            Ok(expect.iter().map(|row| (*row).to_owned()).collect()),
            "{sql}"
        );
    }
}

#[test]
fn documents_are_rows_with_their_headings_links_and_tasks() {
    let world = World::new();
    for (sql, expect) in [
        ("SELECT path, title, lines FROM documents", "docs/page.md|A page|8"),
        ("SELECT line, level, text, anchor FROM headings WHERE level = 2", "5|2|Next|next"),
        ("SELECT line, kind, destination, target FROM links", "3|inline|../roadmap.jsonl#L2|roadmap.jsonl"),
        ("SELECT line, text, section FROM tasks WHERE done", "7|one|Next"),
        ("SELECT path, records, reader FROM files WHERE collection = 'vendors'", "vendors.csv|2|csv"),
        ("SELECT folder, name, extension FROM files WHERE collection IS NULL", "docs|page.md|md"),
    ] {
        assert_eq!(world.ask(sql).map_err(|error| error.message), Ok(vec![expect.to_owned()]), "{sql}");
    }
}

#[test]
fn only_what_a_statement_reads_is_loaded() {
    let world = World::new();
    let engine = world.engine(LIMITS);
    let read = |sql: &str| -> Vec<String> {
        let reads = engine.reads(sql).expect("the statement is right");
        let tables: Vec<&TableInfo> = engine.tables().collect();
        let named = |(&at, columns): (&usize, &BTreeSet<usize>)| {
            let columns: Vec<&str> =
                columns.iter().map(|&column| &*tables[at].columns[column].name).collect();
            format!("{}({})", tables[at].name, columns.join(","))
        };
        reads.iter().map(named).collect()
    };
    assert_eq!(read("SELECT ID FROM Roadmap WHERE status = 'x'"), ["roadmap(id,status)"]);
    assert_eq!(read("SELECT count(*) FROM notes"), ["notes()"]);
    assert_eq!(read("SELECT 1"), [""; 0]);
    assert_eq!(
        read("SELECT r.id FROM roadmap r, tasks t WHERE t.text = r.title"),
        ["roadmap(id,title)", "tasks(text)"]
    );
}

#[test]
fn now_is_the_moment_that_is_handed_in() {
    let world = World::new();
    for (sql, expect) in [
        ("SELECT now(), today()", "2026-11-20T23:30:00Z|2026-11-21"),
        ("SELECT now.now, today.today FROM now, today", "2026-11-20T23:30:00Z|2026-11-21"),
        (
            "SELECT date('now'), date(), datetime('NOW', '+1 day')",
            "2026-11-20|2026-11-20|2026-11-21 23:30:00",
        ),
        ("SELECT time('now'), strftime('%Y-%j'), strftime('%H', 'now')", "23:30:00|2026-324|23"),
        (
            "SELECT unixepoch() = unixepoch('2026-11-20 23:30:00'), julianday('2026-11-22') - julianday('2026-11-20')",
            "1|2.0",
        ),
        ("SELECT CURRENT_DATE, CURRENT_TIME, CURRENT_TIMESTAMP", "2026-11-20|23:30:00|2026-11-20 23:30:00"),
        (
            "SELECT iso_week('2026-12-31'), iso_week('2027-01-03T10:00:00Z'), iso_week('soon'), iso_week(NULL)",
            "2026-W53|2026-W53|-|-",
        ),
        ("SELECT quarter('2026-11-20'), quarter('2026-03-31')", "2026-Q4|2026-Q1"),
        ("SELECT 'SK-12' REGEXP '^[A-Z]+-\\d+$', NULL REGEXP 'x', 12 REGEXP '^1'", "1|-|1"),
    ] {
        assert_eq!(world.ask(sql).map_err(|error| error.message), Ok(vec![expect.to_owned()]), "{sql}");
    }
}

#[test]
fn a_statement_may_only_read() {
    let world = World::new();
    for sql in [
        "DELETE FROM roadmap",
        "INSERT INTO roadmap(id) VALUES ('x')",
        "UPDATE roadmap SET id = 'x'",
        "CREATE TABLE x(y)",
        "CREATE TEMP TABLE x AS SELECT * FROM roadmap",
        "CREATE TEMP VIEW x AS SELECT * FROM roadmap",
        "CREATE TEMP TRIGGER x AFTER INSERT ON roadmap BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE x USING fts5(y)",
        "INSERT INTO roadmap(id) VALUES ('x') RETURNING id",
        "DELETE FROM roadmap RETURNING id",
        "WITH x AS (SELECT 1) INSERT INTO roadmap(id) SELECT 1",
        "REPLACE INTO roadmap(id) VALUES ('x')",
        "ALTER TABLE roadmap RENAME TO x",
        "REINDEX",
        "ANALYZE",
        "SAVEPOINT x",
        "DETACH main",
        "PRAGMA table_info(roadmap)",
        "PRAGMA hard_heap_limit = 0",
        "SELECT * FROM pragma_compile_options",
        "SELECT * FROM sqlite_temp_schema",
        "SELECT * FROM dbstat",
        "SELECT fts3_tokenizer('simple')",
        "EXPLAIN SELECT * FROM json_each('[1]')",
        "DROP TABLE roadmap",
        "ATTACH 'x.db' AS y",
        "VACUUM INTO 'x.db'",
        "PRAGMA writable_schema = 1",
        "SELECT * FROM pragma_table_info('roadmap')",
        "SELECT * FROM sqlite_schema",
        "SELECT load_extension('x')",
        "SELECT random()",
        "SELECT hex(randomblob(4))",
        "BEGIN",
        "EXPLAIN DELETE FROM roadmap",
        "SELECT 1; DELETE FROM roadmap",
        "SELECT 1\0; DELETE FROM roadmap",
        "\0",
        "",
        ";",
        "-- nothing",
        "/* nothing",
        &format!("SELECT '{}'", "x".repeat(10 << 20)),
    ] {
        let error = world.ask(sql).expect_err(sql);
        assert!(error.cause == Cause::Statement && error.hint.is_some(), "{sql}: {error:?}");
    }
    assert!(!std::path::Path::new("x.db").exists());
    // SQLite refuses these by itself, in its own words.
    for sql in [
        format!("SELECT {}1{}", "(".repeat(200_000), ")".repeat(200_000)),
        format!("SELECT 1{}", "+1".repeat(200_000)),
        format!("SELECT {}1", "NOT ".repeat(200_000)),
        format!("SELECT {}1{}", "CASE WHEN 1 THEN ".repeat(5_000), " END".repeat(5_000)),
        format!("SELECT * FROM {}roadmap{}", "(SELECT * FROM ".repeat(3_000), ")".repeat(3_000)),
        format!("SELECT 1 FROM {}", ["roadmap"; 70].join(", ")),
        format!("SELECT {}", ["1"; 3_000].join(", ")),
        "SELECT * FROM fts3tokenize".to_owned(),
        "UPDATE sqlite_schema SET sql = ''".to_owned(),
        "SELECT json_extract(x, x, x".to_owned(),
        format!("SELECT json('{}')", "[".repeat(100_000)),
    ] {
        let error = world.ask(&sql).expect_err(&sql);
        assert!(error.cause == Cause::Statement && error.message.len() < 200, "{error:?}");
    }
    assert_eq!(world.ask("EXPLAIN QUERY PLAN SELECT 1").map(|rows| rows.len()), Ok(1));
}

#[test]
fn the_zone_of_the_machine_cannot_be_asked_for() {
    let world = World::new();
    for sql in ["SELECT datetime('now', 'LocalTime')", "SELECT strftime('%H', '2026-11-20T09:00', ' utc ')"] {
        let error = world.ask(sql).expect_err(sql);
        assert!(error.message.contains("is refused"), "{error:?}");
    }
    assert_eq!(world.ask("SELECT strftime('utc', '2026-11-20')"), Ok(vec!["utc".to_owned()]));
}

#[test]
fn work_memory_and_rows_are_bounded() {
    let world = World::new();
    let endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT";
    let few = Limits { bytes: 32 << 20, ..LIMITS };
    let brief = Limits { seconds: 1, steps: u64::MAX, ..LIMITS };
    for (sql, limits, word) in [
        (format!("{endless} count(*) FROM r"), LIMITS, "steps"),
        (format!("{endless} n FROM r"), LIMITS, "rows"),
        (
            format!("{endless} group_concat(n, hex(zeroblob(1000))) FROM (SELECT n FROM r LIMIT 900)"),
            few,
            "value",
        ),
        // What is sorted, or kept to be compared.
        (format!("{endless} hex(zeroblob(1000)) || n AS t FROM r ORDER BY t"), few, "memory"),
        (format!("{endless} count(DISTINCT hex(zeroblob(1000)) || n) FROM r"), few, "memory"),
        ("SELECT zeroblob(2000000000)".to_owned(), LIMITS, "value"),
        ("SELECT printf('%*d', 900000000, 1)".to_owned(), LIMITS, "value"),
        ("SELECT replace(hex(zeroblob(1000)), '0', hex(zeroblob(100000)))".to_owned(), LIMITS, "allows"),
        (format!("{endless} hex(zeroblob(100000)) FROM r"), few, "memory for its result"),
        // Few steps, each of them long.
        (format!("{endless} sum(length(hex(zeroblob(500000 + n)))) FROM r"), brief, "seconds"),
        (format!("SELECT count(*) FROM {}", ["roadmap"; 30].join(", ")), LIMITS, "steps"),
        ("SELECT 'aaaaaaaaaaaaaaaaaaaaaaaa' REGEXP '(a{1000}){1000}'".to_owned(), LIMITS, "pattern"),
    ] {
        let error = world.ask_within(&sql, limits).expect_err(&sql);
        assert!(error.message.contains(word), "{sql}: {error:?}");
    }
    // As many rows as the bound says are given, and not one more.
    let three = Limits { rows: 3, ..LIMITS };
    assert_eq!(world.ask_within("SELECT id FROM roadmap", three).map(|rows| rows.len()), Ok(3));
    assert!(world.ask_within("SELECT 1 UNION ALL SELECT id FROM roadmap", three).is_err());
    // What was refused leaves the engine fit for the next question.
    assert_eq!(world.ask("SELECT count(*) FROM roadmap"), Ok(vec!["3".to_owned()]));
}

#[test]
fn more_than_fits_into_the_cache_is_sorted_right() {
    let world = World::new();
    let many = "WITH RECURSIVE r(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM r WHERE n < 19999), \
                s(t) AS (SELECT printf('%0200d', n * 7919 % 20000) FROM r)";
    let sorted = world.ask(&format!("{many} SELECT ltrim(t, '0') FROM s ORDER BY t LIMIT 3 OFFSET 19997"));
    assert_eq!(sorted, Ok(["19997", "19998", "19999"].map(str::to_owned).to_vec()));
    let grouped = format!("{many} SELECT count(*), min(n) FROM (SELECT count(*) AS n FROM s GROUP BY t)");
    assert_eq!(world.ask(&grouped), Ok(vec!["20000|1".to_owned()]));
}

#[test]
fn a_mistake_is_shown_at_its_place_with_what_was_meant() {
    let world = World::new();
    for (sql, message, place, hint) in [
        ("SELECT titel FROM roadmap", "no such column: titel", Some((1, 8)), "did you mean 'title'?"),
        ("SELECT id\nFROM roadmp", "no such table: roadmp", Some((2, 6)), "did you mean 'roadmap'?"),
        (
            "SELECT é FROM roadmap",
            "no such column: é",
            Some((1, 8)),
            "`opsbook query --tables` lists the columns",
        ),
    ] {
        let error = world.ask(sql).expect_err(sql);
        assert_eq!(
            (&*error.message, error.position(sql), error.hint.as_deref()),
            (message, place, Some(hint)),
            "{sql}"
        );
    }
    let error = world.ask("SELEC 1").expect_err("no statement");
    assert_eq!((&*error.message, error.position("SELEC 1")), ("near \"SELEC\": syntax error", Some((1, 1))));
}

#[test]
fn a_handle_leads_back_to_the_record_or_the_place() {
    let world = World::new();
    let mut engine = world.engine(LIMITS);
    let sql = "SELECT _id FROM roadmap WHERE id = 'T-2' UNION ALL SELECT _id FROM headings WHERE level = 2";
    let reads = engine.reads(sql).expect("the statement is right");
    engine.load(&reads).expect("there is room");
    let mut ids = Vec::new();
    engine
        .run(sql, &mut |_, cells| {
            ids.extend(cells.iter().map(|cell| if let Cell::Integer(id) = cell { *id } else { 0 }));
            Ok(())
        })
        .expect("it runs");
    let record = Engine::record(ids[0]).expect("a record");
    assert_eq!(world.database.key(record).as_deref(), Some("T-2"));
    let (path, span) = engine.place(ids[1]).expect("a place");
    assert_eq!((path.as_str(), span.start), ("docs/page.md", 42));
    assert!(Engine::record(ids[1]).is_none() && engine.place(ids[0]).is_none());
    assert!(engine.place(-99).is_none() && engine.place(i64::MIN).is_none());
}
