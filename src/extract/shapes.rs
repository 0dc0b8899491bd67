//! The extractions that know no subject: a document is a record, or each row of its tables, each task, each section is.

use super::{Extract, Field, Object, Source};
use crate::read::markdown::{Heading, Item, Line, Place};
use crate::text::Span;

/// The document as one record: the values of its front matter, its title, its labelled values before the second heading,
/// and the text of each of its sections.
pub const DOCUMENT: Extract = document;

/// A record for each row of a table: its cells under the names in the header, in lower case with `_` between words.
pub const ROWS: Extract = rows;

/// A record for each item with a box: `text`, `done`, `section` (the headings and items above it), `paths` (those it
/// names in code), `owners` (the table of that name in the front matter).
pub const TASKS: Extract = tasks;

/// A record for each section of the highest level below the title: `title`, its labelled values, `body`.
pub const SECTIONS: Extract = sections;

fn document(source: &Source<'_>) -> Result<Vec<Object>, String> {
    let mut record = Object::new(source.span());
    for (name, value) in source.front_matter.into_iter().flat_map(|front| front.members()) {
        record.add(field_name(name.as_str().unwrap_or_default()), Field::from_value(value));
    }
    record.add("title", source.title().map(|(text, span)| Field::Text(text, span)));
    let head = source.document.headings.get(1).map_or(u32::MAX, |heading| heading.span.start);
    for label in
        source.labels().iter().filter(|label| label.name_span.start < head && !label.value.is_empty())
    {
        record.add(field_name(&label.name), Field::text(label.value.as_str(), label.value_span));
    }
    let top = source.document.headings.iter().position(|heading| heading.level == 1);
    for (at, heading) in source.document.headings.iter().enumerate() {
        let body = trimmed(source.text, source.document.body(at));
        if Some(at) != top && !heading.text.is_empty() && !body.is_empty() {
            let text = source.text.get(body.range()).unwrap_or_default();
            record.add(field_name(&heading.text), Field::text(text, body));
        }
    }
    Ok(vec![record])
}

fn rows(source: &Source<'_>) -> Result<Vec<Object>, String> {
    let mut records: Vec<((usize, usize), Object)> = Vec::new();
    let mut header: Vec<(usize, String)> = Vec::new();
    for line in &source.document.lines {
        let Place::Cell { table, row, column } = line.place else { continue };
        if row == 0 {
            if column == 0 || header.last().is_some_and(|(last, _)| *last >= column) {
                header.clear();
            }
            header.push((column, field_name(&line.text)));
            continue;
        }
        let Some((_, name)) = header.iter().find(|(known, _)| *known == column) else { continue };
        let field = Field::text(line.text.trim(), line.span);
        match records.last_mut() {
            Some((place, record)) if *place == (table, row) => {
                record.span.end = line.span.end;
                record.add(name.clone(), field);
            }
            _ => {
                let mut record = Object::new(line.span);
                record.add("section", section_of(source, line.section));
                record.add(name.clone(), field);
                records.push(((table, row), record));
            }
        }
    }
    if records.is_empty() {
        return Err("there is no table in it".to_owned());
    }
    Ok(records.into_iter().map(|(_, record)| record).collect())
}

/// The text of the heading a line stands under.
fn section_of(source: &Source<'_>, section: Option<usize>) -> Option<Field> {
    let heading = source.document.headings.get(section?)?;
    (!heading.text.is_empty()).then(|| Field::text(heading.text.as_str(), heading.span))
}

fn tasks(source: &Source<'_>) -> Result<Vec<Object>, String> {
    let mut records = Vec::new();
    let owners = source.front("owners").map(Field::from_value);
    let owners = owners.filter(|owners| matches!(owners, Field::Object(_)));
    // The items above the current one, by depth.
    let mut above: Vec<(u8, &Line)> = Vec::new();
    for line in &source.document.lines {
        let Place::Item(Item { depth, task, mark, .. }) = line.place else { continue };
        above.retain(|(other, item)| *other < depth && item.section == line.section);
        if let Some(done) = task {
            let mut record = Object::new(line.span);
            record.add("text", Field::text(line.text.trim(), line.span));
            record.add("done", Field::Bool(done, mark.unwrap_or(line.span)));
            let headings = headings_above(source, line.section);
            let mut section: Vec<Field> =
                headings.iter().map(|heading| Field::text(heading.text.as_str(), heading.span)).collect();
            section.extend(above.iter().map(|(_, item)| Field::text(item.text.trim(), item.span)));
            record.list("section", section);
            let paths =
                line.code.iter().filter_map(|range| Some((line.text.get(range.clone())?, range.clone())));
            let is_path = |text: &str| text.contains('/') && !text.contains(' ') && !text.contains("://");
            let paths = paths.filter(|(text, _)| is_path(text));
            record.list("paths", paths.map(|(text, range)| Field::text(text, line.span_of(range))).collect());
            record.add("owners", owners.clone());
            records.push(record);
        }
        above.push((depth, line));
    }
    match records.is_empty() {
        true => Err("there is no task list in it".to_owned()),
        false => Ok(records),
    }
}

/// The heading a line stands under and those above it, the highest first; the title of the document is not one of them.
fn headings_above<'a>(source: &'a Source<'_>, section: Option<usize>) -> Vec<&'a Heading> {
    let headings = &source.document.headings;
    let mut path = Vec::new();
    let mut here = section;
    while let Some(at) = here {
        path.push(&headings[at]);
        here = headings[at].parent;
    }
    path.reverse();
    if path.first().is_some_and(|heading| heading.level == 1) && path.len() > 1 {
        path.remove(0);
    }
    path
}

fn sections(source: &Source<'_>) -> Result<Vec<Object>, String> {
    let headings = &source.document.headings;
    let title = headings.iter().position(|heading| heading.level == 1);
    let is_only_title = headings.iter().filter(|heading| heading.level == 1).count() == 1;
    let rest = headings.iter().enumerate().filter(|(at, _)| !(is_only_title && Some(*at) == title));
    let Some(level) = rest.clone().map(|(_, heading)| heading.level).min() else {
        return Err("there is no section in it".to_owned());
    };
    let mut records = Vec::new();
    for (at, heading) in rest.filter(|(_, heading)| heading.level == level) {
        let mut record = Object::new(Span::new(
            heading.span.start,
            trimmed(source.text, Span::new(heading.span.start, heading.end)).end,
        ));
        record.add("title", Field::text(heading.text.as_str(), heading.span));
        let body = source.document.body(at);
        let own = |span: Span| body.start <= span.start && span.start < body.end;
        for label in source.labels().iter().filter(|label| own(label.name_span) && !label.value.is_empty()) {
            record.add(field_name(&label.name), Field::text(label.value.as_str(), label.value_span));
        }
        let body = trimmed(source.text, body);
        record.add("body", Field::text(source.text.get(body.range()).unwrap_or_default(), body));
        records.push(record);
    }
    Ok(records)
}

/// A name as a field: letters and digits in lower case, `_` for everything between them.
#[must_use]
pub fn field_name(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_alphanumeric() => name.extend(c.to_lowercase()),
            _ if name.is_empty() || name.ends_with('_') => {}
            _ => name.push('_'),
        }
    }
    name.trim_end_matches('_').to_owned()
}

/// `span` without white space around it.
#[must_use]
pub fn trimmed(source: &str, span: Span) -> Span {
    let text = source.get(span.range()).unwrap_or_default();
    let start = span.start as usize + (text.len() - text.trim_start().len());
    Span::of(start.min(span.end as usize), start + text.trim().len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::extract::testing::extracted;

    #[test]
    fn a_document_is_a_record_of_its_front_matter_labels_and_sections() {
        let text = "---\nversion: 1.2.0\n---\n# A spec\n\nOwner: @ana\n\n## Scope & aim\n\nAll of it.\n\nNot: this\n";
        let found = extracted(DOCUMENT, "docs/spec.md", text).expect("it is a document");
        assert_eq!(
            found,
            json!([{"version": "1.2.0", "title": "A spec", "owner": "@ana", "scope_aim": "All of it.\n\nNot: this"}])
        );
    }

    #[test]
    fn each_row_is_a_record_with_the_names_of_its_header() {
        let text =
            "## Open\n\n| Risk ID | Likely? |\n|---|---|\n| R-1 | *3* |\n| R-2 | |\n\n| A |\n|---|\n| x |\n";
        let found = extracted(ROWS, "risks.md", text).expect("there is a table");
        assert_eq!(
            found,
            json!([
                {"section": "Open", "risk_id": "R-1", "likely": "3"},
                {"section": "Open", "risk_id": "R-2"},
                {"section": "Open", "a": "x"}
            ])
        );
        assert!(extracted(ROWS, "risks.md", "no table\n").is_err());
    }

    #[test]
    fn each_task_is_a_record_with_what_stands_above_it() {
        let text = "# List\n\n## Build\n\n- Set up\n  - [x] make `src/main.rs`\n  - [ ] test\n- [ ] ship\n";
        let found = extracted(TASKS, "list.md", text).expect("there are tasks");
        assert_eq!(
            found,
            json!([
                {"text": "make src/main.rs", "done": true, "section": ["Build", "Set up"], "paths": ["src/main.rs"]},
                {"text": "test", "done": false, "section": ["Build", "Set up"], "paths": []},
                {"text": "ship", "done": false, "section": ["Build"], "paths": []}
            ])
        );
    }

    #[test]
    fn each_task_has_the_owners_of_its_document() {
        let text =
            "---\nowners:\n  kpi: '@ana'\n  monitoring: '@bo'\n---\n# List\n\n- [ ] ship\n- [x] rest\n";
        let found = extracted(TASKS, "list.md", text).expect("there are tasks");
        let owners = json!({"kpi": "@ana", "monitoring": "@bo"});
        assert_eq!((&found[0]["owners"], &found[1]["owners"]), (&owners, &owners));
        let found =
            extracted(TASKS, "list.md", "---\nowners: all\n---\n- [ ] ship\n").expect("there is a task");
        assert_eq!(found[0].get("owners"), None);
    }

    #[test]
    fn each_section_below_the_title_is_a_record() {
        let text = "# Changes\n\n## 1.0\n\nDate: 2026-11-20\n\n### Added\n\n- x\n\n## 0.9\n";
        let found = extracted(SECTIONS, "changes.md", text).expect("there are sections");
        assert_eq!(
            found,
            json!([
                {"title": "1.0", "date": "2026-11-20", "body": "Date: 2026-11-20\n\n### Added\n\n- x"},
                {"title": "0.9", "body": ""}
            ])
        );
    }
}
