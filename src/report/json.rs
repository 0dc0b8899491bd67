//! The contract for programs: `opsbook.check/1`, described by `schemas/check-report.schema.json`. Keys appear in
//! the order of the contract; what a later version adds comes after them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::{Located, Report, Scope, Style, Summary};
use crate::finding::{Edit, Evidence, Fix};
use crate::text::Position;

/// Writes one object on one line.
pub(super) fn write(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let wire = WireReport {
        format: "opsbook.check/1",
        tool: tool(),
        scope: WireScope::from(&report.scope),
        findings: report.findings.iter().map(WireFinding::from).collect(),
        summary: WireSummary::from(report.summary),
    };
    serde_json::to_writer(&mut *out, &wire)?;
    writeln!(out)
}

/// Writes each finding as one line, shaped as in the object.
pub(super) fn write_lines(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for located in &report.findings {
        writeln!(out, "{}", on_one_line(serde_json::to_string(&WireFinding::from(located))?))?;
    }
    Ok(())
}

/// JSON as one line for every reader: some end a line also at the separators that Unicode has and JSON leaves as they are.
#[must_use]
pub fn on_one_line(json: String) -> String {
    const SEPARATORS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];
    if !json.contains(SEPARATORS) {
        return json;
    }
    SEPARATORS.iter().fold(json, |json, c| json.replace(*c, &format!("\\u{:04x}", u32::from(*c))))
}

#[derive(Serialize)]
struct WireReport<'a> {
    format: &'static str,
    tool: WireTool,
    scope: WireScope<'a>,
    findings: Vec<WireFinding<'a>>,
    summary: WireSummary,
}

/// What wrote a report.
pub(super) fn tool() -> WireTool {
    WireTool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") }
}

/// A scope as all formats of opsbook write it.
pub(super) fn scope(scope: &Scope) -> WireScope<'_> {
    WireScope::from(scope)
}

#[derive(Serialize)]
pub(super) struct WireTool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
pub(super) struct WireScope<'a> {
    snapshot: &'static str,
    commit: Option<&'a str>,
    base: Option<&'a str>,
    complete: bool,
    files: usize,
    records: usize,
    commits: usize,
    documents: usize,
    references: usize,
    collections: BTreeMap<&'a str, WireCollection>,
    unread: Vec<WireUnread<'a>>,
    unknown: &'a [String],
    notes: &'a [String],
}

#[derive(Serialize)]
struct WireCollection {
    files: usize,
    records: usize,
}

#[derive(Serialize)]
struct WireUnread<'a> {
    path: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct WireFinding<'a> {
    rule: &'a str,
    group: &'a str,
    severity: &'static str,
    message: &'a str,
    path: &'a str,
    start: WirePosition,
    end: WirePosition,
    record: Option<&'a str>,
    field: Option<&'a str>,
    notes: &'a [String],
    evidence: Vec<WireEvidence<'a>>,
    fix: Option<WireFix<'a>>,
    fingerprint: &'a str,
    collection: Option<&'a str>,
    label: Option<&'a str>,
    related: Vec<&'a str>,
}

/// A place. Only an edit whose place was not looked up lacks line and column, which the schema does not allow.
#[derive(Serialize)]
struct WirePosition {
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    offset: u32,
}

#[derive(Serialize)]
struct WireEvidence<'a> {
    kind: &'a str,
    id: &'a str,
    date: Option<&'a str>,
    summary: &'a str,
}

#[derive(Serialize)]
struct WireFix<'a> {
    title: &'a str,
    safe: bool,
    edits: Vec<WireEdit<'a>>,
}

#[derive(Serialize)]
struct WireEdit<'a> {
    path: &'a str,
    start: WirePosition,
    end: WirePosition,
    text: &'a str,
}

#[derive(Serialize)]
struct WireSummary {
    error: usize,
    warning: usize,
    info: usize,
    suppressed: usize,
    baselined: usize,
}

impl<'a> From<&'a Scope> for WireScope<'a> {
    fn from(scope: &'a Scope) -> Self {
        let collections = scope.collections.iter();
        Self {
            snapshot: scope.snapshot,
            commit: scope.commit.as_deref(),
            base: scope.base.as_deref(),
            complete: scope.complete,
            files: scope.files,
            records: scope.records,
            commits: scope.commits,
            documents: scope.documents,
            references: scope.references,
            collections: collections
                .map(|(name, &(files, records))| (name.as_str(), WireCollection { files, records }))
                .collect(),
            unread: scope.unread.iter().map(|(path, reason)| WireUnread { path, reason }).collect(),
            unknown: &scope.unknown,
            notes: &scope.notes,
        }
    }
}

impl<'a> From<&'a Located> for WireFinding<'a> {
    fn from(located: &'a Located) -> Self {
        let finding = &located.finding;
        Self {
            rule: &finding.rule,
            group: &located.group,
            severity: located.severity.name(),
            message: &finding.message,
            path: finding.path.as_str(),
            start: located.start.into(),
            end: located.end.into(),
            record: finding.record.as_deref(),
            field: finding.field.as_deref(),
            notes: &finding.notes,
            evidence: finding.evidence.iter().map(WireEvidence::from).collect(),
            fix: finding.fix.as_ref().map(|fix| WireFix::new(fix, &located.edits)),
            fingerprint: &located.fingerprint,
            collection: finding.collection.as_deref(),
            label: finding.label.as_deref(),
            related: finding.related.iter().take(super::RELATED).map(crate::text::RepoPath::as_str).collect(),
        }
    }
}

impl<'a> WireFix<'a> {
    fn new(fix: &'a Fix, places: &[(Position, Position)]) -> Self {
        let edits = fix.edits.iter().enumerate();
        let edits = edits.map(|(index, edit)| WireEdit::new(edit, places.get(index).copied())).collect();
        Self { title: &fix.title, safe: fix.safe, edits }
    }
}

impl<'a> WireEdit<'a> {
    fn new(edit: &'a Edit, places: Option<(Position, Position)>) -> Self {
        let bare = |offset| WirePosition { line: None, column: None, offset };
        let (start, end) = places
            .map_or((bare(edit.span.start), bare(edit.span.end)), |(start, end)| (start.into(), end.into()));
        Self { path: edit.path.as_str(), start, end, text: &edit.text }
    }
}

impl From<Position> for WirePosition {
    fn from(position: Position) -> Self {
        Self { line: Some(position.line), column: Some(position.column), offset: position.offset }
    }
}

impl<'a> From<&'a Evidence> for WireEvidence<'a> {
    fn from(fact: &'a Evidence) -> Self {
        Self { kind: fact.kind, id: &fact.id, date: fact.date.as_deref(), summary: &fact.summary }
    }
}

impl From<Summary> for WireSummary {
    fn from(summary: Summary) -> Self {
        let Summary { error, warning, info, suppressed, baselined } = summary;
        Self { error, warning, info, suppressed, baselined }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::sample;
    use super::*;

    fn validator() -> jsonschema::Validator {
        let schema = include_str!("../../schemas/check-report.schema.json");
        let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
        jsonschema::validator_for(&schema).expect("the schema is a schema")
    }

    fn object(report: &Report) -> Value {
        serde_json::from_str(&sample::written(write, report)).expect("the report is JSON")
    }

    #[test]
    fn the_object_satisfies_its_schema() {
        let validator = validator();
        for report in [sample::report(), sample::of(Vec::new())] {
            let object = object(&report);
            let errors: Vec<String> = validator.iter_errors(&object).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}");
        }
    }

    #[test]
    fn the_schema_notices_an_edit_without_its_place() {
        let mut report = sample::report();
        report.findings[0].edits.clear();
        assert!(!validator().is_valid(&object(&report)));
    }

    #[test]
    fn every_property_of_the_schema_is_described() {
        fn bare<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
            for (name, property) in value["properties"].as_object().into_iter().flatten() {
                if property["description"].as_str().is_none_or(str::is_empty) {
                    found.push(name);
                }
            }
            match value {
                Value::Object(map) => map.values().for_each(|value| bare(value, found)),
                Value::Array(list) => list.iter().for_each(|value| bare(value, found)),
                _ => {}
            }
        }
        let schema: Value = serde_json::from_str(include_str!("../../schemas/check-report.schema.json"))
            .expect("the schema is JSON");
        let mut found = Vec::new();
        bare(&schema, &mut found);
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn keys_stand_in_the_order_of_the_contract() {
        let text = sample::written(write, &sample::report());
        let mut at = 0;
        for key in [
            "format",
            "tool",
            "name",
            "version",
            "scope",
            "snapshot",
            "commit",
            "base",
            "complete",
            "files",
            "records",
            "commits",
            "collections",
            "roadmap",
            "unread",
            "path",
            "reason",
            "unknown",
            "notes",
            "findings",
            "rule",
            "group",
            "severity",
            "message",
            "path",
            "start",
            "line",
            "column",
            "offset",
            "end",
            "record",
            "field",
            "notes",
            "evidence",
            "fix",
            "title",
            "safe",
            "edits",
            "path",
            "start",
            "end",
            "text",
            "fingerprint",
            "summary",
            "error",
            "warning",
            "info",
            "suppressed",
            "baselined",
        ] {
            let key = format!("\"{key}\":");
            at += text[at..].find(&key).unwrap_or_else(|| panic!("{key} is not after byte {at} of {text}"));
        }
    }

    #[test]
    fn a_line_holds_what_the_object_holds() {
        let report = sample::report();
        let lines = sample::written(write_lines, &report);
        let lines: Vec<Value> =
            lines.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
        assert_eq!(object(&report)["findings"], Value::from(lines));
    }

    #[test]
    fn no_reader_sees_two_lines_in_one() {
        let text = "a\u{85}b\u{2028}c\u{2029}d";
        let line = on_one_line(Value::from(text).to_string());
        assert_eq!(line, r#""a\u0085b\u2028c\u2029d""#);
        assert_eq!(serde_json::from_str::<Value>(&line).expect("it is JSON"), text);
    }

    #[test]
    fn text_of_a_record_stays_on_its_line_and_is_kept() {
        let mut report = sample::report();
        let hostile = "a\n::error::b\u{1b}[2J\u{0}\u{fffd}";
        report.findings[0].finding.message = hostile.into();
        let text = sample::written(write_lines, &report);
        assert_eq!(text.lines().count(), report.findings.len());
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'));
        assert_eq!(object(&report)["findings"][0]["message"], hostile);
    }
}
