//! Actions in tables: each row is one, and the columns say who, by when and how it shows.
//!
//! A table holds actions when a column is called so, or when it stands where actions do and has the columns of one.

use super::state;
use crate::extract::minutes::grid::Grid;
use crate::extract::{Field, Object};
use crate::model::date;
use crate::read::markdown::Line;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Text,
    Owner,
    Due,
    Status,
    Verification,
    Evidence,
    Id,
}

/// The actions in the rows of one table, each with its first line.
pub(super) fn rows(grid: &Grid<'_>, is_in_section: bool) -> Vec<(usize, Object)> {
    let columns = columns(grid, is_in_section);
    if !columns.iter().any(|(_, column)| *column == Column::Text) {
        return Vec::new();
    }
    (1..=grid.last).filter_map(|row| self::row(grid, &columns, row)).collect()
}

fn columns(grid: &Grid<'_>, is_in_section: bool) -> Vec<(usize, Column)> {
    let header = &grid.header;
    let mut found: Vec<(usize, Column)> = Vec::new();
    let mut is_named = false;
    for (at, raw, name) in header {
        let column = match &**name {
            "action" | "actions" | "action item" | "action items" | "action point" | "action points"
            | "next step" | "next steps" | "todo" | "to do" | "follow up" | "follow ups" | "commitment"
            | "what to do" => {
                is_named = true;
                Column::Text
            }
            "owner" | "owners" | "assignee" | "assignees" | "assigned to" | "assigned" | "who"
            | "responsible" | "responsible person" | "responsibility" | "lead" | "dri" | "person"
            | "action owner" | "by whom" | "champion" => Column::Owner,
            "due" | "due date" | "deadline" | "by when" | "when" | "eta" | "target date" | "due by"
            | "target" | "date due" => Column::Due,
            "status" | "state" | "done" | "complete" | "completed" | "progress" => Column::Status,
            "verification"
            | "verified by"
            | "how verified"
            | "verify"
            | "acceptance"
            | "acceptance criteria"
            | "definition of done"
            | "done when"
            | "verification method"
            | "check" => Column::Verification,
            "evidence" | "proof" | "evidence link" | "evidence links" => Column::Evidence,
            "id" | "no" | "nr" | "number" | "action id" | "ref" => Column::Id,
            "" if *raw == "#" => Column::Id,
            _ => continue,
        };
        if !found.iter().any(|(_, other)| *other == column) {
            found.push((*at, column));
        }
    }
    let has = |column: Column| found.iter().any(|(_, other)| *other == column);
    let looks_right =
        has(Column::Owner) && (has(Column::Due) || has(Column::Status) || has(Column::Verification));
    if !is_named && (is_in_section || looks_right) {
        let is_text = |name: &str| {
            matches!(
                name,
                "task"
                    | "tasks"
                    | "description"
                    | "what"
                    | "item"
                    | "items"
                    | "text"
                    | "title"
                    | "details"
                    | "activity"
                    | "deliverable"
                    | "summary"
            )
        };
        let is_free = |at: usize| !found.iter().any(|(other, _)| *other == at);
        let text = header.iter().find(|(at, _, name)| is_text(name) && is_free(*at)).map(|(at, ..)| *at);
        let first = header
            .iter()
            .find(|(at, ..)| is_in_section && has(Column::Owner) && is_free(*at))
            .map(|(at, ..)| *at);
        // A table of tasks says so only by its name when nothing else does.
        found.extend(text.or(first).map(|at| (at, Column::Text)));
    }
    let is_action = is_in_section || (is_named && found.len() > 1) || (!is_named && looks_right);
    if is_action { found } else { Vec::new() }
}

fn row(grid: &Grid<'_>, columns: &[(usize, Column)], row: usize) -> Option<(usize, Object)> {
    let cell = |column: Column| {
        let at = columns.iter().find(|(_, other)| *other == column)?.0;
        grid.cell(row, at)
    };
    let own = grid.row(row);
    let text = cell(Column::Text).filter(|cell| !super::is_nothing(&cell.text))?;
    let first = own.first()?;
    let mut object = Object::new(first.1.span);
    object.span.end = own.last()?.1.span.end;
    let value = |column: Column| cell(column).filter(|cell| !super::is_nothing(&cell.text));
    let field = |cell: &Line| Field::text(cell.text.trim().replace('\n', " "), cell.span);
    object.add("id", value(Column::Id).map(field));
    object.add("text", field(text));
    object.add("owner", value(Column::Owner).filter(|cell| !super::is_we(&cell.text)).map(field));
    let due = value(Column::Due).and_then(|cell| Some((date::first(&cell.text)?, cell.span)));
    object.add("due", due.map(|(due, span)| Field::text(due.to_string(), span)));
    if let Some(status) = cell(Column::Status)
        && let Some(state) = state::of(&status.text)
    {
        object.add("status", Field::text(state.name(), status.span));
        object.add("done", state.done().map(|done| Field::Bool(done, status.span)));
    }
    object.add("verification", value(Column::Verification).map(field));
    if columns.iter().any(|(_, column)| *column == Column::Evidence) {
        object.list("evidence", value(Column::Evidence).map(field).into_iter().collect());
    }
    Some((first.0, object))
}
