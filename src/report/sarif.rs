//! SARIF 2.1.0 (OASIS, errata 01) for code scanning services. Section numbers below are of that document. Findings
//! that a suppression or the baseline covers are not part of a report, so they are not written.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::plain::thousands;
use super::{Located, Report, RuleInfo, Scope, Style};
use crate::finding::{Finding, Fix, Severity};
use crate::text::{Position, Span};

/// Results that GitHub reads from one run.
const RESULTS: usize = 25_000;

/// Where the schema is published.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Name of the root that every path is relative to.
const ROOT: &str = "%SRCROOT%";

/// Writes one log with one run.
pub(super) fn write(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let rules = Rules::new(report);
    let kept = kept(&report.findings);
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: tool(&rules),
            invocations: [invocation(&report.scope, kept.len(), report.findings.len())],
            original_uri_base_ids: json!({ROOT: {"description": {"text": "the root of the repository"}}}),
            column_kind: "unicodeCodePoints",
            results: kept.into_iter().map(|located| result(located, &rules)).collect(),
        }],
    };
    serde_json::to_writer(&mut *out, &log)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Value,
    invocations: [Value; 1],
    original_uri_base_ids: Value,
    column_kind: &'static str,
    results: Vec<Value>,
}

/// The heaviest findings that fit, in the order of the report.
fn kept(findings: &[Located]) -> Vec<&Located> {
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by_key(|&index| (std::cmp::Reverse(findings[index].severity), index));
    order.truncate(RESULTS);
    order.sort_unstable();
    order.into_iter().map(|index| &findings[index]).collect()
}

/// The rules in the order that `ruleIndex` counts: those the report describes, then those only findings name.
struct Rules<'a> {
    described: Vec<Value>,
    index: HashMap<&'a str, usize>,
}

impl<'a> Rules<'a> {
    fn new(report: &'a Report) -> Self {
        let mut rules = Self { described: Vec::new(), index: HashMap::new() };
        for rule in &report.rules {
            rules.add(&rule.id, || describe(rule));
        }
        for located in &report.findings {
            let id = &located.finding.rule;
            rules.add(id, || json!({"id": id, "properties": {"tags": [located.group]}}));
        }
        rules
    }

    fn add(&mut self, id: &'a str, describe: impl FnOnce() -> Value) {
        if !self.index.contains_key(id) {
            self.index.insert(id, self.described.len());
            self.described.push(describe());
        }
    }
}

/// A `reportingDescriptor` (3.49).
fn describe(rule: &RuleInfo) -> Value {
    let mut value = json!({
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "defaultConfiguration": {"level": level(rule.severity)},
        "properties": {"tags": [rule.group]},
    });
    if let Some(markdown) = &rule.help_markdown {
        value["help"] = json!({"text": markdown, "markdown": markdown});
    }
    value
}

fn tool(rules: &Rules<'_>) -> Value {
    let version = env!("CARGO_PKG_VERSION");
    json!({"driver": {
        "name": env!("CARGO_PKG_NAME"),
        "version": version,
        "semanticVersion": version,
        "rules": rules.described,
    }})
}

/// The `invocation` (3.20): what could not be looked at is said as notifications.
fn invocation(scope: &Scope, kept: usize, found: usize) -> Value {
    let note = |level: &str, text: &str| json!({"level": level, "message": {"text": plain(text)}});
    let mut notifications = Vec::new();
    for (path, reason) in &scope.unread {
        let mut unread = note("warning", &format!("not read: {path}: {reason}"));
        unread["locations"] = json!([{"physicalLocation": {"artifactLocation": artifact(path)}}]);
        notifications.push(unread);
    }
    notifications.extend(scope.unknown.iter().map(|text| note("warning", &format!("cannot tell: {text}"))));
    if kept < found {
        let (kept, found) = (thousands(kept), thousands(found));
        notifications.push(note(
            "warning",
            &format!("{kept} of {found} findings are in this log; the lighter ones were left out"),
        ));
    }
    notifications.extend(scope.notes.iter().map(|text| note("note", text)));
    json!({"executionSuccessful": true, "toolExecutionNotifications": notifications})
}

/// A `result` (3.27).
fn result(located: &Located, rules: &Rules<'_>) -> Value {
    let finding = &located.finding;
    let mut location = json!({"physicalLocation": {
        "artifactLocation": artifact(finding.path.as_str()),
        "region": region(located.start, located.end),
    }});
    if let Some(logical) = logical(finding) {
        location["logicalLocations"] = json!([logical]);
    }
    let mut value = json!({
        "ruleId": finding.rule,
        "ruleIndex": rules.index[finding.rule.as_ref()],
        "level": level(located.severity),
        "message": {"text": plain(&message(finding))},
        "locations": [location],
        "partialFingerprints": {"opsbook/v1": located.fingerprint},
    });
    if !finding.related.is_empty() {
        let related = finding.related.iter().take(super::RELATED);
        let related =
            related.map(|path| json!({"physicalLocation": {"artifactLocation": artifact(path.as_str())}}));
        value["relatedLocations"] = related.collect();
    }
    if let Some(fix) = &finding.fix {
        value["fixes"] = json!([wire_fix(fix, &located.edits)]);
    }
    value
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// The message, then each note and supporting fact on a line of its own.
fn message(finding: &Finding) -> String {
    let mut lines = vec![finding.message.clone()];
    lines.extend(finding.notes.iter().cloned());
    lines.extend(finding.evidence.iter().map(|fact| format!("{} {}: {}", fact.kind, fact.id, fact.summary)));
    lines.join("\n")
}

/// `text` without the links that a viewer would make of `[words](target)` (3.11.6).
fn plain(text: &str) -> String {
    if !text.contains("](") {
        return text.to_owned();
    }
    text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

/// A `logicalLocation` (3.33): the record and the field, such as `roadmap/RM-1/status`.
fn logical(finding: &Finding) -> Option<Value> {
    let (collection, record) = (finding.collection.as_deref()?, finding.record.as_deref()?);
    let field = finding.field.as_deref().unwrap_or_default();
    Some(json!({
        "name": record,
        "fullyQualifiedName": format!("{collection}/{record}{field}"),
        "kind": "object",
    }))
}

/// An `artifactLocation` (3.4): a path from the root as a URI reference (RFC 3986).
fn artifact(path: &str) -> Value {
    json!({"uri": uri(path), "uriBaseId": ROOT})
}

/// `path` with every byte percent-encoded but the unreserved ones (RFC 3986, 2.3) and `/`.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte))
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// A `region` (3.30), as text and as bytes; the two say the same.
fn region(start: Position, end: Position) -> Value {
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "byteOffset": start.offset,
        "byteLength": end.offset.saturating_sub(start.offset),
    })
}

/// A `fix` (3.55), its replacements by file in the order of the edits.
fn wire_fix(fix: &Fix, places: &[(Position, Position)]) -> Value {
    let mut changes: Vec<(&str, Vec<Value>)> = Vec::new();
    for (index, edit) in fix.edits.iter().enumerate() {
        let region = places.get(index).map_or_else(|| bytes(edit.span), |&(start, end)| region(start, end));
        let mut replacement = json!({"deletedRegion": region});
        if !edit.text.is_empty() {
            replacement["insertedContent"] = json!({"text": edit.text});
        }
        let path = edit.path.as_str();
        match changes.iter_mut().find(|(changed, _)| *changed == path) {
            Some((_, replacements)) => replacements.push(replacement),
            None => changes.push((path, vec![replacement])),
        }
    }
    let changes = changes.into_iter();
    let changes: Vec<Value> = changes
        .map(|(path, replacements)| json!({"artifactLocation": artifact(path), "replacements": replacements}))
        .collect();
    json!({
        "description": {"text": plain(&fix.title)},
        "artifactChanges": changes,
        "properties": {"safe": fix.safe},
    })
}

fn bytes(span: Span) -> Value {
    json!({"byteOffset": span.start, "byteLength": span.end.saturating_sub(span.start)})
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn log(report: &Report) -> Value {
        serde_json::from_str(&sample::written(write, report)).expect("the log is JSON")
    }

    /// The published schema, without its descriptions.
    fn validator() -> jsonschema::Validator {
        let schema = include_str!("../../tests/data/sarif-2.1.0.schema.json");
        let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
        jsonschema::validator_for(&schema).expect("the schema is a schema")
    }

    #[test]
    fn the_log_satisfies_the_published_schema() {
        let validator = validator();
        for report in [sample::report(), sample::of(Vec::new()), Report::default()] {
            let log = log(&report);
            let errors: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}");
        }
        let mut broken = log(&sample::report());
        broken["runs"][0]["results"][0]["level"] = "fatal".into();
        assert!(!validator.is_valid(&broken), "the schema would allow anything");
    }

    #[test]
    fn a_result_says_where_in_text_and_in_bytes() {
        let log = log(&sample::report());
        let result = &log["runs"][0]["results"][0];
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(
            place["region"],
            json!({"startLine": 2, "startColumn": 41, "endLine": 2, "endColumn": 54, "byteOffset": 95, "byteLength": 13})
        );
        assert_eq!(place["artifactLocation"], json!({"uri": "roadmap.jsonl", "uriBaseId": "%SRCROOT%"}));
        let rules = &log["runs"][0]["tool"]["driver"]["rules"];
        let results = log["runs"][0]["results"].as_array().expect("results are an array");
        for result in results {
            let index = result["ruleIndex"].as_u64().expect("an index") as usize;
            assert_eq!(rules[index]["id"], result["ruleId"]);
        }
    }

    #[test]
    fn what_was_not_read_is_a_notification() {
        let log = log(&sample::report());
        let notes =
            log["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().expect("an array");
        let texts: Vec<&str> = notes.iter().filter_map(|note| note["message"]["text"].as_str()).collect();
        assert_eq!(
            texts,
            [
                "not read: data/huge.jsonl: is a Git LFS pointer",
                "cannot tell: history is shallow, so dangling-reference could not look for deletions"
            ]
        );
    }

    #[test]
    fn the_heaviest_results_are_kept_and_the_cut_is_said() {
        let mut report = sample::report();
        let warning = report.findings.pop().expect("the sample has a warning");
        let error = report.findings[0].clone();
        report.findings = vec![warning.clone(), warning];
        report.findings.resize(RESULTS + 1, error);
        let log = log(&report);
        let results = log["runs"][0]["results"].as_array().expect("results are an array");
        assert_eq!(results.len(), RESULTS);
        assert_eq!((&results[0]["level"], &results[1]["level"]), (&json!("warning"), &json!("error")));
        assert!(log.to_string().contains("25,000 of 25,001 findings are in this log"));
    }

    #[test]
    fn text_of_a_record_makes_no_link_and_a_path_is_a_uri() {
        assert_eq!(plain("see [here](https://example.org)"), r"see \[here\](https://example.org)");
        assert_eq!(plain("a[0] and {x}"), "a[0] and {x}");
        assert_eq!(uri("ops/wo 47/é%:x.md"), "ops/wo%2047/%C3%A9%25%3Ax.md");
    }
}
