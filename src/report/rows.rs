//! Rows of a query: a table for people and for Markdown, JSON and CSV (RFC 4180) for programs.

use std::io::{self, Write};

use serde_json::{Map, Value as Json};

use super::markup::ticked;
use super::on_one_line;
use super::plain::{shown, unled, width};

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// None.
    Null,
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Real(f64),
    /// A text.
    Text(String),
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFormat {
    /// Aligned columns.
    Table,
    /// One array of objects.
    Json,
    /// An object a line.
    Jsonl,
    /// Comma-separated values with a header.
    Csv,
    /// A table in Markdown.
    Markdown,
}

/// Writes rows as they come. What needs all of them to be laid out is written by [`finish`](Self::finish).
pub struct Rows {
    format: RowFormat,
    names: Vec<String>,
    kept: Vec<Vec<Cell>>,
    count: usize,
}

impl Rows {
    /// Nothing yet.
    #[must_use]
    pub const fn new(format: RowFormat) -> Self {
        Self { format, names: Vec::new(), kept: Vec::new(), count: 0 }
    }

    /// How many rows there were.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }

    /// Names the columns, before the first row.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn name(&mut self, names: &[String], out: &mut dyn Write) -> io::Result<()> {
        self.names = names.to_vec();
        match self.format {
            RowFormat::Json => out.write_all(b"["),
            RowFormat::Csv => {
                let names = names.iter().map(|name| csv(name)).collect::<Vec<_>>();
                write!(out, "{}\r\n", names.join(","))
            }
            RowFormat::Table | RowFormat::Jsonl | RowFormat::Markdown => Ok(()),
        }
    }

    /// Takes a row.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn row(&mut self, cells: Vec<Cell>, out: &mut dyn Write) -> io::Result<()> {
        self.count += 1;
        match self.format {
            RowFormat::Json => {
                let comma = if self.count == 1 { "\n" } else { ",\n" };
                write!(out, "{comma}  {}", self.object(&cells))
            }
            RowFormat::Jsonl => writeln!(out, "{}", self.object(&cells)),
            RowFormat::Csv => {
                let cells = cells.iter().map(|cell| csv(&cell.text())).collect::<Vec<_>>();
                write!(out, "{}\r\n", cells.join(","))
            }
            RowFormat::Table | RowFormat::Markdown => {
                self.kept.push(cells);
                Ok(())
            }
        }
    }

    /// Writes what is left; `columns` is how wide a table for people may be.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn finish(self, columns: usize, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            RowFormat::Json if self.count == 0 => writeln!(out, "]"),
            RowFormat::Json => writeln!(out, "\n]"),
            RowFormat::Table => self.table(columns, out),
            RowFormat::Markdown => self.markdown(out),
            RowFormat::Jsonl | RowFormat::Csv => Ok(()),
        }
    }

    fn object(&self, cells: &[Cell]) -> String {
        let fields = self.names.iter().cloned().zip(cells.iter().map(Cell::json));
        on_one_line(Json::Object(fields.collect::<Map<String, Json>>()).to_string())
    }

    fn table(self, columns: usize, out: &mut dyn Write) -> io::Result<()> {
        let names: Vec<String> = self.names.iter().map(|name| shown(name)).collect();
        let rows: Vec<Vec<String>> =
            self.kept.iter().map(|row| row.iter().map(|cell| shown(&cell.text())).collect()).collect();
        let is_number = |at: usize| {
            let mut values =
                self.kept.iter().map(|row| &row[at]).filter(|cell| **cell != Cell::Null).peekable();
            values.peek().is_some() && values.all(|cell| matches!(cell, Cell::Integer(_) | Cell::Real(_)))
        };
        let right: Vec<bool> = (0..names.len()).map(is_number).collect();
        let wide = |at: usize| rows.iter().map(|row| width(&row[at])).chain([width(&names[at])]).max();
        let mut widths: Vec<usize> = (0..names.len()).map(|at| wide(at).unwrap_or_default()).collect();
        narrow(&mut widths, columns);
        for row in std::iter::once(&names).chain(&rows) {
            let mut line = String::new();
            for (at, cell) in row.iter().enumerate() {
                let cell = fitted(cell, widths[at]);
                let space = " ".repeat(widths[at].saturating_sub(width(&cell)));
                let (before, behind) = if right[at] { (&*space, "") } else { ("", &*space) };
                line.push_str(&format!("{before}{cell}{behind}  "));
            }
            writeln!(out, "{}", unled(line.trim_end().to_owned()))?;
        }
        Ok(())
    }

    fn markdown(self, out: &mut dyn Write) -> io::Result<()> {
        let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
        let cell = |text: &str| ticked(&shown(text)).replace('|', "\\|");
        writeln!(out, "{}", line(self.names.iter().map(|name| cell(name)).collect()))?;
        writeln!(out, "{}", line(vec!["---".to_owned(); self.names.len()]))?;
        for row in &self.kept {
            writeln!(out, "{}", line(row.iter().map(|value| cell(&value.text())).collect()))?;
        }
        Ok(())
    }
}

impl Cell {
    fn text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Integer(number) => number.to_string(),
            Self::Real(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }

    pub(super) fn json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Integer(number) => (*number).into(),
            Self::Real(number) => serde_json::Number::from_f64(*number).map_or(Json::Null, Json::Number),
            Self::Text(text) => text.as_str().into(),
        }
    }
}

/// A field of CSV, quoted where it has to be.
fn csv(text: &str) -> String {
    match text.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

/// Takes from the widest columns until a line of `columns` fits, but leaves each something to be known by.
fn narrow(widths: &mut [usize], columns: usize) {
    const LEAST: usize = 8;
    loop {
        let total: usize = widths.iter().map(|width| width + 2).sum::<usize>().saturating_sub(2);
        let widest = widths.iter().max().copied().unwrap_or_default();
        if total <= columns || widest <= LEAST {
            return;
        }
        if let Some(width) = widths.iter_mut().rev().find(|width| **width == widest) {
            *width -= 1;
        }
    }
}

/// `text` in at most `columns` columns, the rest an ellipsis.
fn fitted(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    for piece in super::plain::clusters(text) {
        if width(&out) + width(&text[piece.clone()]) + 1 > columns {
            break;
        }
        out.push_str(&text[piece]);
    }
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: RowFormat, columns: usize, rows: &[&[Cell]]) -> String {
        let (mut all, mut out) = (Rows::new(format), Vec::new());
        all.name(&["id".to_owned(), "n".to_owned()], &mut out).expect("memory is writable");
        for row in rows {
            all.row(row.to_vec(), &mut out).expect("memory is writable");
        }
        all.finish(columns, &mut out).expect("memory is writable");
        String::from_utf8(out).expect("UTF-8")
    }

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn rows_are_written_in_every_format() {
        let rows: &[&[Cell]] = &[&[text("a,\"b\"|"), Cell::Integer(7)], &[text("é"), Cell::Null]];
        let check = |format, expect: &str| assert_eq!(written(format, 80, rows), expect, "{format:?}");
        check(RowFormat::Table, "id      n\na,\"b\"|  7\né\n");
        check(RowFormat::Json, "[\n  {\"id\":\"a,\\\"b\\\"|\",\"n\":7},\n  {\"id\":\"é\",\"n\":null}\n]\n");
        check(RowFormat::Jsonl, "{\"id\":\"a,\\\"b\\\"|\",\"n\":7}\n{\"id\":\"é\",\"n\":null}\n");
        check(RowFormat::Csv, "id,n\r\n\"a,\"\"b\"\"|\",7\r\né,\r\n");
        check(RowFormat::Markdown, "| id | n |\n| --- | --- |\n| `a,\"b\"\\|` | 7 |\n| é |  |\n");
    }

    #[test]
    fn nothing_is_an_answer_in_every_format() {
        assert_eq!(written(RowFormat::Json, 80, &[]), "[]\n");
        assert_eq!(written(RowFormat::Table, 80, &[]), "id  n\n");
        assert_eq!(written(RowFormat::Csv, 80, &[]), "id,n\r\n");
    }

    #[test]
    fn a_table_fits_its_columns_and_moves_no_cursor() {
        let rows: &[&[Cell]] = &[&[text(&"long ".repeat(40)), text("\u{1b}[2J\n::error::x")]];
        let table = written(RowFormat::Table, 40, rows);
        assert!(table.lines().all(|line| width(line) <= 40), "{table}");
        assert!(!table.contains('\u{1b}'), "{table}");
        assert_eq!(table.lines().count(), 2);
    }
}
