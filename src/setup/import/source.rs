//! Files of other tools as rows of named values, each with its bytes: CSV, and what Airtable exports and its API gives.
//!
//! Pages of the API are `{"records": [{"id": "rec…", "createdTime": …, "fields": {…}}], "offset": …}`
//! (<https://airtable.com/developers/web/api/list-records>), one in a file or several in an array. It does not know
//! which fields the rows become.

use serde_json::Value as Json;

use crate::read::tape::{Kind, Tape, Value};
use crate::read::{Problem, ProblemKind, csv, json};
use crate::text::{RepoPath, Span};

/// The name of the column that holds Airtable's own id of a row.
pub(super) const ID: &str = "id";

/// The name of the column that holds when Airtable's row was made.
pub(super) const CREATED: &str = "createdTime";

/// A file that is read.
#[derive(Debug)]
pub(super) struct Input {
    /// Its path as the user named it.
    pub(super) path: RepoPath,
    pub(super) bytes: Vec<u8>,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    /// Text as CSV has it, whose kind is to be told.
    Cell(String),
    /// A value that has its kind.
    Value(Json),
    /// What the source says of a row beside its columns.
    About(String),
}

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    /// Index of its input.
    pub(super) input: usize,
    pub(super) span: Span,
    /// The columns that are not empty.
    pub(super) cells: Vec<Cell>,
}

/// One value of a row.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) column: String,
    pub(super) content: Content,
    pub(super) span: Span,
}

/// The rows of an input, and what cannot be read in it.
pub(super) fn read(at: usize, input: &Input, is_airtable: bool) -> (Vec<Row>, Vec<Problem>) {
    let Ok(text) = std::str::from_utf8(&input.bytes) else {
        return (Vec::new(), crate::read::not_utf8(&input.bytes, 0));
    };
    let starts = text.trim_start_matches('\u{feff}').trim_start();
    match is_airtable && starts.starts_with(['{', '[']) {
        true => pages(at, text),
        false => table(at, text),
    }
}

fn table(at: usize, text: &str) -> (Vec<Row>, Vec<Problem>) {
    let (mut tape, mut nodes) = (Tape::new(), Vec::new());
    let problems = csv::read(text, &mut tape, &mut nodes);
    let rows = nodes.into_iter().map(|node| {
        let row = tape.value(text, node as usize);
        let cells = row.members().map(|(name, value)| Cell {
            column: name.as_str().unwrap_or_default().to_owned(),
            content: Content::Cell(value.as_str().unwrap_or_default().to_owned()),
            span: value.span(),
        });
        Row { input: at, span: row.span(), cells: cells.collect() }
    });
    (rows.collect(), problems)
}

fn pages(at: usize, text: &str) -> (Vec<Row>, Vec<Problem>) {
    let mut tape = Tape::new();
    let mut problems = json::read(text, Span::of(0, text.len()), &mut tape);
    let Some(root) = tape.root(text) else { return (Vec::new(), problems) };
    let pages: Vec<Value<'_>> = match root.kind() {
        Kind::Array => root.items().collect(),
        _ => vec![root],
    };
    let mut rows = Vec::new();
    for page in pages {
        let Some(records) = page.get("records").filter(|records| records.kind() == Kind::Array) else {
            let span = Span::new(page.span().start, page.span().start + 1);
            let problem = Problem::new(ProblemKind::Syntax, span, "no list of records in this page");
            problems.push(
                problem.note("a page of Airtable's API is {\"records\": [{\"id\": …, \"fields\": {…}}]}"),
            );
            continue;
        };
        rows.extend(records.items().map(|record| of_page(at, record)));
    }
    (rows, problems)
}

fn of_page(at: usize, record: Value<'_>) -> Row {
    let about = [ID, CREATED].into_iter().filter_map(|name| {
        let value = record.get(name)?;
        let content = Content::About(value.as_str()?.to_owned());
        Some(Cell { column: name.to_owned(), content, span: value.span() })
    });
    let fields = record.get("fields").into_iter().flat_map(|fields| fields.members());
    let fields = fields.filter(|(_, value)| value.kind() != Kind::Null).map(|(name, value)| Cell {
        column: name.as_str().unwrap_or_default().to_owned(),
        content: Content::Value(value.to_json()),
        span: value.span(),
    });
    Row { input: at, span: record.span(), cells: about.chain(fields).collect() }
}
