//! GitLab's Code Quality report: <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>.
//! An array with one object a finding and room for nothing else, so what could not be checked is not in it: the exit
//! status says that.

use std::io::{self, Write};

use serde::Serialize;

use super::plain::shown;
use super::{Located, Report, Style};
use crate::finding::Severity;

/// Writes the array, `[]` without findings. GitLab drops all findings of one fingerprint but the first.
pub(super) fn write(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let violations: Vec<Violation> = report.findings.iter().map(Violation::from).collect();
    serde_json::to_writer(&mut *out, &violations)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Violation<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

impl<'a> From<&'a Located> for Violation<'a> {
    fn from(located: &'a Located) -> Self {
        let finding = &located.finding;
        Self {
            description: shown(&finding.message),
            check_name: &finding.rule,
            fingerprint: &located.fingerprint,
            severity: severity(located.severity),
            location: Location {
                path: finding.path.as_str(),
                lines: Lines { begin: located.start.line, end: located.last_line() },
            },
        }
    }
}

/// GitLab's `critical` and `blocker` are about what code does when it runs, which records do not.
const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Info => "info",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::sample;
    use super::*;

    fn array(report: &Report) -> Value {
        serde_json::from_str(&sample::written(write, report)).expect("the report is JSON")
    }

    fn validator() -> jsonschema::Validator {
        let schema = include_str!("../../tests/data/gitlab-code-quality.schema.json");
        let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
        jsonschema::validator_for(&schema).expect("the schema is a schema")
    }

    #[test]
    fn the_array_satisfies_what_gitlab_documents() {
        let validator = validator();
        for report in [sample::report(), sample::of(Vec::new()), Report::default()] {
            let array = array(&report);
            let errors: Vec<String> = validator.iter_errors(&array).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}");
        }
        let mut broken = array(&sample::report());
        broken[0]["severity"] = "error".into();
        assert!(!validator.is_valid(&broken), "the schema would allow anything");
    }

    #[test]
    fn a_violation_has_the_fingerprint_of_its_finding() {
        let mut report = sample::report();
        report.findings[2].severity = Severity::Info;
        let array = array(&report);
        assert_eq!(
            array[0],
            json!({
                "description": "\"In Progress\" is not a value that `status` may have",
                "check_name": "schema-violation",
                "fingerprint": report.findings[0].fingerprint,
                "severity": "major",
                "location": {"path": "roadmap.jsonl", "lines": {"begin": 2, "end": 2}},
            })
        );
        assert_eq!(array[2]["severity"], "info");
    }

    #[test]
    fn without_findings_there_is_an_empty_array() {
        assert_eq!(sample::written(write, &sample::of(Vec::new())), "[]\n");
    }

    #[test]
    fn a_path_is_kept_and_words_are_made_visible() {
        let mut report = sample::report();
        report.findings[0].finding.path = "a\n\"b\u{1b}.md".into();
        report.findings[0].finding.message = format!("\u{1b}[2J{}", "x".repeat(2_000_000));
        let array = array(&report);
        assert_eq!(array[0]["location"]["path"], "a\n\"b\u{1b}.md");
        let description = array[0]["description"].as_str().expect("a text");
        assert!(description.starts_with("\\u{1b}[2Jxxx") && description.len() < 1_100);
    }
}
