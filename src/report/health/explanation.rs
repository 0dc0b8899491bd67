//! One indicator in full: what it says, how it is asked, what the answer was, and where its records are.

use std::io::{self, Write};

use serde::Serialize;

use super::wire::{WireIndicator, wire};
use super::{IndicatorReceipt, LISTED, NARROW, goal, share, value};
use crate::report::Style;
use crate::report::plain::{count, shown, wrap};
use crate::report::rows::{Cell, RowFormat, Rows};

/// Everything about one indicator.
#[derive(Debug, Default)]
pub struct Explanation {
    /// The periods, as in the figures.
    pub periods: Vec<[String; 4]>,
    /// The indicator.
    pub indicator: IndicatorReceipt,
    /// What it says, and why that matters.
    pub about: Option<String>,
    /// Where its statement stands: `built in`, or file and line.
    pub origin: String,
    /// Its statement.
    pub sql: String,
    /// Its statement for periods that are over, where that is another.
    pub past: Option<String>,
    /// The files whose records it reads: path, collection, how many records.
    pub records: Vec<(String, String, usize)>,
    /// The other tables it reads.
    pub tables: Vec<String>,
    /// The names of the columns that the period that ends now gave.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
}

impl Explanation {
    /// Writes it for people.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_text(self, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let one = &self.indicator;
        let room = style.width.max(NARROW);
        writeln!(out, "{} ({})", shown(&one.title), shown(&one.id))?;
        for line in self.about.iter().flat_map(|about| wrap(&shown(about), room - 2, room - 2)) {
            writeln!(out, "  {line}")?;
        }
        writeln!(out)?;
        let mut fact = |name: &str, text: &str| -> io::Result<()> {
            let lines = wrap(text, room.saturating_sub(11).max(NARROW), room.saturating_sub(11).max(NARROW));
            for (at, line) in lines.iter().enumerate() {
                let name = if at == 0 { name } else { "" };
                writeln!(out, "{}", format!("  {name:<9}{line}").trim_end())?;
            }
            Ok(())
        };
        let state = one.state.replace('-', " ");
        let figure = [value(one, one.figure.value), share(&one.figure), state];
        let figure: Vec<&str> = figure.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
        fact("now", &figure.join(", "))?;
        if let Some(reason) = one.reason.as_deref() {
            fact("because", &shown(reason))?;
        }
        if let Some(note) = &one.figure.note {
            fact("note", &shown(note))?;
        }
        if let Some(target) = &one.target {
            fact("target", &goal(target, &one.unit))?;
        }
        let mut name = "trend";
        for (period, known) in self.periods.iter().zip(&one.trend) {
            fact(name, &format!("{} to {}  {}", period[0], period[1], value(one, *known)))?;
            name = "";
        }
        fact("from", &shown(&self.origin))?;
        let mut name = "records";
        for (path, collection, records) in self.records.iter().take(LISTED) {
            fact(name, &format!("{}: {} of {}", shown(path), count(*records, "record"), shown(collection)))?;
            name = "";
        }
        if self.records.len() > LISTED {
            fact("", &format!("… and {} more", count(self.records.len() - LISTED, "file")))?;
        }
        if !self.tables.is_empty() {
            fact("tables", &self.tables.join(", "))?;
        }
        writeln!(out)?;
        statement(&self.sql, out)?;
        if let Some(past) = self.past.as_deref().filter(|past| !past.trim().is_empty()) {
            writeln!(out, "\nfor periods that are over:\n")?;
            statement(past, out)?;
        }
        writeln!(out)?;
        if self.columns.is_empty() {
            return writeln!(out, "no rows");
        }
        let mut rows = Rows::new(RowFormat::Table);
        rows.name(&self.columns, out)?;
        self.rows.into_iter().try_for_each(|row| rows.row(row, out))?;
        rows.finish(room, out)
    }

    /// Writes it as one JSON object.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let row = |row: &Vec<Cell>| {
            self.columns.iter().cloned().zip(row.iter().map(Cell::json)).collect::<serde_json::Map<_, _>>()
        };
        let records = self.records.iter();
        let wire = WireExplanation {
            indicator: wire(&self.indicator, &self.periods),
            about: self.about.as_deref(),
            origin: &self.origin,
            sql: &self.sql,
            past: self.past.as_deref(),
            records: records
                .map(|(path, collection, records)| WireRecords { path, collection, records: *records })
                .collect(),
            tables: &self.tables,
            rows: self.rows.iter().map(row).collect(),
        };
        serde_json::to_writer(&mut *out, &wire)?;
        writeln!(out)
    }
}

/// A statement as it is written, two columns in.
fn statement(sql: &str, out: &mut dyn Write) -> io::Result<()> {
    for line in sql.trim_matches('\n').lines() {
        writeln!(out, "{}", format!("  {}", shown(line)).trim_end())?;
    }
    Ok(())
}

#[derive(Serialize)]
struct WireExplanation<'a> {
    #[serde(flatten)]
    indicator: WireIndicator<'a>,
    about: Option<&'a str>,
    origin: &'a str,
    sql: &'a str,
    past: Option<&'a str>,
    records: Vec<WireRecords<'a>>,
    tables: &'a [String],
    rows: Vec<serde_json::Map<String, serde_json::Value>>,
}

#[derive(Serialize)]
struct WireRecords<'a> {
    path: &'a str,
    collection: &'a str,
    records: usize,
}
