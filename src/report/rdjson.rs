//! The Reviewdog Diagnostic Format: <https://github.com/reviewdog/reviewdog/tree/master/proto/rdf>. Lines and columns
//! count from 1, columns in bytes of UTF-8, ends are exclusive. reviewdog posts messages as Markdown and its other
//! reporters print them as they are, so they are written to be read as both.

use std::io::{self, Write};

use serde::Serialize;

use super::markup::ticked;
use super::{Located, Report, Scope, Style};
use crate::finding::{Finding, Fix, Severity};
use crate::text::Position;

/// Writes one `DiagnosticResult` on one line.
pub(super) fn write(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let findings = report.findings.iter().map(Diagnostic::from);
    let result = DiagnosticResult {
        source: Source { name: env!("CARGO_PKG_NAME") },
        severity: overall(report),
        diagnostics: findings.chain(not_checked(&report.scope)).collect(),
    };
    serde_json::to_writer(&mut *out, &result)?;
    writeln!(out)
}

#[derive(Serialize)]
struct DiagnosticResult<'a> {
    source: Source,
    severity: &'static str,
    diagnostics: Vec<Diagnostic<'a>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    message: String,
    location: Location<'a>,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Code<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion<'a>>,
}

/// reviewdog stops at a diagnostic without a location, so there is always one.
#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Place,
    end: Place,
}

#[derive(Serialize)]
struct Place {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Code<'a> {
    value: &'a str,
}

#[derive(Serialize)]
struct Suggestion<'a> {
    range: Range,
    text: &'a str,
}

impl<'a> From<&'a Located> for Diagnostic<'a> {
    fn from(located: &'a Located) -> Self {
        let finding = &located.finding;
        Self {
            message: message(finding),
            location: Location {
                path: finding.path.as_str(),
                range: Some(Range::new(located.start, located.end)),
            },
            severity: severity(located.severity),
            code: Some(Code { value: &finding.rule }),
            suggestions: suggestions(located),
        }
    }
}

impl Range {
    fn new(start: Position, end: Position) -> Self {
        let place = |position: Position| Place { line: position.line, column: position.byte_column };
        Self { start: place(start), end: place(end) }
    }
}

/// The heaviest severity of all; reviewdog gives it to diagnostics without one, of which there are none.
fn overall(report: &Report) -> &'static str {
    let heaviest = report.findings.iter().map(|located| located.severity).max();
    severity(heaviest.unwrap_or(Severity::Info))
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Info => "INFO",
    }
}

/// The message, then the notes and the title of the fix, on lines of their own.
fn message(finding: &Finding) -> String {
    let mut lines = vec![ticked(&finding.message)];
    lines.extend(finding.notes.iter().map(|note| format!("note: {}", ticked(note))));
    lines.extend(finding.fix.as_ref().map(help));
    lines.join("\n")
}

fn help(fix: &Fix) -> String {
    let caution = if fix.safe { "" } else { " (may change the meaning)" };
    format!("help: {}{caution}", ticked(&fix.title))
}

/// The edits of the fix. A suggestion has no path, so a fix that also changes another file is none: half of it would
/// be worse than nothing.
fn suggestions(located: &Located) -> Vec<Suggestion<'_>> {
    let Some(fix) = &located.finding.fix else { return Vec::new() };
    let is_here = fix.edits.iter().all(|edit| edit.path == located.finding.path);
    if !is_here || fix.edits.len() != located.edits.len() {
        return Vec::new();
    }
    let places = fix.edits.iter().zip(&located.edits);
    places
        .map(|(edit, &(start, end))| Suggestion { range: Range::new(start, end), text: &edit.text })
        .collect()
}

/// Why the run did not see everything, where it did not: the files that were not read, and what could not be told.
fn not_checked(scope: &Scope) -> Vec<Diagnostic<'_>> {
    if scope.complete {
        return Vec::new();
    }
    let is_anything = scope.files > 0 || scope.commits > 0;
    let severity = severity(if is_anything { Severity::Warning } else { Severity::Error });
    let told = |path, message| Diagnostic {
        message,
        location: Location { path, range: None },
        severity,
        code: None,
        suggestions: Vec::new(),
    };
    let unread = scope.unread.iter();
    let unread = unread.map(|(path, reason)| told(path, format!("not read: {}", ticked(reason))));
    let unknown = scope.unknown.iter().map(|text| told("", format!("cannot tell: {}", ticked(text))));
    let mut all: Vec<Diagnostic> = unread.chain(unknown).collect();
    if all.is_empty() {
        all.push(told("", "cannot tell: something that the run needed was missing".to_owned()));
    }
    all
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::sample;
    use super::*;
    use crate::finding::Edit;
    use crate::text::Span;

    fn object(report: &Report) -> Value {
        serde_json::from_str(&sample::written(write, report)).expect("the report is JSON")
    }

    fn validator() -> jsonschema::Validator {
        let schema = include_str!("../../tests/data/rdjson.schema.json");
        let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
        jsonschema::validator_for(&schema).expect("the schema is a schema")
    }

    #[test]
    fn the_object_satisfies_the_published_definition() {
        let validator = validator();
        for report in [sample::report(), sample::of(Vec::new()), Report::default()] {
            let object = object(&report);
            let errors: Vec<String> = validator.iter_errors(&object).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}");
        }
        let mut broken = object(&sample::report());
        broken["diagnostics"][0]["severity"] = "error".into();
        assert!(!validator.is_valid(&broken), "the definition would allow anything");
    }

    #[test]
    fn a_finding_is_a_diagnostic_and_its_fix_a_suggestion() {
        let object = object(&sample::report());
        assert_eq!((&object["source"]["name"], &object["severity"]), (&json!("opsbook"), &json!("ERROR")));
        let range = json!({"start": {"line": 2, "column": 41}, "end": {"line": 2, "column": 54}});
        let message = "\"In Progress\" is not a value that `` `status` `` may have\n\
            note: `schemas/roadmap.schema.json` allows 4 values\nhelp: write \"in-progress\"";
        assert_eq!(
            object["diagnostics"][0],
            json!({
                "message": message,
                "location": {"path": "roadmap.jsonl", "range": range},
                "severity": "ERROR",
                "code": {"value": "schema-violation"},
                "suggestions": [{"range": range, "text": "\"in-progress\""}],
            })
        );
        assert_eq!(object["diagnostics"][2]["severity"], "WARNING");
    }

    #[test]
    fn columns_count_bytes() {
        let source = "{\n\"é🦀\": \"ü\"}\n";
        let at = sample::span(source, "\"ü\"");
        let finding = Finding::new("a", &"a.json".into(), at, "m").fix("write u", true, at, "\"u\"");
        let object = object(&sample::of(vec![sample::located(finding, Severity::Info, source)]));
        let range = json!({"start": {"line": 2, "column": 11}, "end": {"line": 2, "column": 15}});
        assert_eq!(object["diagnostics"][0]["location"]["range"], range);
        assert_eq!(object["diagnostics"][0]["suggestions"][0]["range"], range);
    }

    #[test]
    fn a_fix_of_several_edits_is_suggested_whole_or_not_at_all() {
        let path = "roadmap.jsonl".into();
        let place = sample::span(sample::ROADMAP, "RM-7");
        let edit = |path: &str, span| Edit { path: path.into(), span, text: String::new() };
        let suggested = |edits: Vec<Edit>| {
            let mut finding = Finding::new("a", &path, place, "m");
            finding.fix = Some(Fix { title: "t".into(), safe: false, edits });
            object(&sample::of(vec![sample::located(finding, Severity::Error, sample::ROADMAP)]))
        };
        let here = suggested(vec![edit("roadmap.jsonl", place), edit("roadmap.jsonl", Span::at(0))]);
        let texts = here["diagnostics"][0]["suggestions"].as_array().map(Vec::len);
        assert_eq!(texts, Some(2));
        assert_eq!(here["diagnostics"][0]["message"], "m\nhelp: t (may change the meaning)");
        let elsewhere = suggested(vec![edit("roadmap.jsonl", place), edit("b.md", Span::at(0))]);
        assert_eq!(elsewhere["diagnostics"][0].get("suggestions"), None);
    }

    #[test]
    fn a_run_that_did_not_see_everything_says_so_and_a_complete_one_does_not() {
        let told = |report: &Report| {
            let object = object(report);
            let all = object["diagnostics"].as_array().expect("a list").clone();
            let bare = all.into_iter().filter(|one| one.get("code").is_none());
            bare.map(|one| {
                let text = |value: &Value| value.as_str().expect("a text").to_owned();
                (text(&one["severity"]), text(&one["location"]["path"]), text(&one["message"]))
            })
            .collect::<Vec<_>>()
        };
        let mut report = sample::report();
        let unread = ("WARNING".into(), "data/huge.jsonl".into(), "not read: is a Git LFS pointer".into());
        let unknown = "cannot tell: history is shallow, so dangling-reference could not look for deletions";
        assert_eq!(told(&report), [unread, ("WARNING".into(), String::new(), unknown.into())]);
        report.scope.complete = true;
        assert_eq!(told(&report), []);
        let nothing = told(&Report::default());
        assert_eq!((nothing.len(), &*nothing[0].0), (1, "ERROR"));
    }

    #[test]
    fn nobody_is_mentioned_in_a_comment() {
        let mut report = sample::report();
        report.findings[0].finding.message = "@ana <img src=x>\n# x".into();
        let object = object(&report);
        let message = object["diagnostics"][0]["message"].as_str().expect("a text");
        assert!(message.starts_with("`@ana <img src=x>\\n#` x\n"), "{message}");
    }
}
