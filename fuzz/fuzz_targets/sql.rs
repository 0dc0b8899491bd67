//! Any text as a statement, over two small tables: it answers, or says why not, and changes nothing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use opsbook::database::sql::{Cell, Engine, Limits, Now, Place, Source, SqlError, TableInfo, Take, of_now};

const FIELDS: &[(&str, &str, &str)] = &[("id", "text", ""), ("title", "text", ""), ("n", "number", "")];
const LIMITS: Limits = Limits { steps: 200_000, bytes: 64 << 20, rows: 1_000, seconds: 5 };
const WHOLE: &str = "SELECT group_concat(id || title || n) FROM roadmap";

/// A table with two rows.
struct Table(TableInfo);

impl Source for Table {
    fn info(&self) -> &TableInfo {
        &self.0
    }

    fn rows(&self, wanted: &[usize], take: &mut Take<'_>) -> Result<(), SqlError> {
        for row in [["T-1", "Move", "1"], ["T-2", "[1,{\"a\":null}]", "2.5"]] {
            let cells: Vec<Cell<'_>> = wanted.iter().map(|&at| Cell::text(row[at])).collect();
            take(Place::Nowhere, &cells)?;
        }
        Ok(())
    }
}

/// The answer, or as much of it as there may be.
fn ask(engine: &mut Engine<'_>, sql: &str) -> Result<Vec<String>, SqlError> {
    let mut rows = Vec::new();
    engine.run(sql, &mut |_, cells| {
        rows.push(format!("{cells:?}"));
        Ok(())
    })?;
    Ok(rows)
}

/// An error says something, in one line, of a place that is there.
fn is_sound(error: &SqlError, sql: &str) {
    assert!(!error.message.is_empty() && !error.message.ends_with('.'), "{error:?}");
    assert!(!error.message.chars().any(char::is_control), "{error:?}");
    assert!(error.offset.is_none_or(|offset| offset <= sql.len()), "{error:?}");
    assert!(error.position(sql).is_none_or(|(line, column)| line > 0 && column > 0), "{error:?}");
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(sql) = std::str::from_utf8(bytes) else { return };
    let now = Now { instant: "2026-11-20T09:00:00Z".to_owned(), today: "2026-11-20".to_owned() };
    let table = |name: &str| Box::new(Table(TableInfo::new(name, "", FIELDS))) as Box<dyn Source>;
    let sources = [table("roadmap"), table("notes")].into_iter().chain(of_now(&now)).collect();
    let mut engine = Engine::new(sources, &now, LIMITS).expect("SQLite starts");
    // Tables are filled once, with what any statement reads.
    let mut reads = engine.reads(WHOLE).expect("it is right");
    match engine.reads(sql) {
        Ok(more) => more.into_iter().for_each(|(table, columns)| reads.entry(table).or_default().extend(columns)),
        Err(error) => return is_sound(&error, sql),
    }
    engine.load(&reads).expect("there is room");
    let before = ask(&mut engine, WHOLE).expect("it is right");
    match ask(&mut engine, sql) {
        Ok(rows) => assert!(rows.len() as u64 <= LIMITS.rows),
        Err(error) => is_sound(&error, sql),
    }
    assert_eq!(ask(&mut engine, WHOLE).expect("it is still right"), before);
});
