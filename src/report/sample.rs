//! Reports for the tests of this room, made of sources and marks as a session would.

use std::io::{self, Write};

use super::{Located, Report, RuleInfo, Scope, Style, Summary};
use crate::finding::{Edit, Evidence, Finding, Fix, Severity, fingerprint};
use crate::text::{Excerpt, LineIndex, Span};

/// Eighty columns without colour.
pub(super) const STYLE: Style = Style { color: false, width: 80, all: false, verbose: false, quiet: false };

/// What `write` makes of `report` at eighty columns.
pub(super) fn written(
    write: fn(&Report, &Style, &mut dyn Write) -> io::Result<()>,
    report: &Report,
) -> String {
    styled(write, report, STYLE)
}

/// What `write` makes of `report` in `style`.
pub(super) fn styled(
    write: fn(&Report, &Style, &mut dyn Write) -> io::Result<()>,
    report: &Report,
    style: Style,
) -> String {
    let mut out = Vec::new();
    write(report, &style, &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("formats write UTF-8")
}

/// The span of `needle`, which must occur, in `source`.
pub(super) fn span(source: &str, needle: &str) -> Span {
    let start = source.find(needle).expect("the needle occurs");
    Span::of(start, start + needle.len())
}

/// `finding` with what a session adds from `source`; its edits must be in the same file.
pub(super) fn located(finding: Finding, severity: Severity, source: &str) -> Located {
    let source = source.as_bytes();
    let lines = LineIndex::new(source);
    let places = |span: Span| (lines.position(source, span.start), lines.position(source, span.end));
    let (start, end) = places(finding.span);
    let edits = finding.fix.iter().flat_map(|fix| &fix.edits).map(|edit| places(edit.span)).collect();
    Located {
        group: "schema".into(),
        severity,
        start,
        end,
        edits,
        fingerprint: fingerprint(&finding.identity(), 0),
        excerpt: Excerpt::new(source, &lines, finding.span),
        finding,
    }
}

/// `findings` with their counts and the scope below.
pub(super) fn of(findings: Vec<Located>) -> Report {
    let mut report = Report { scope: scope(), findings, ..Report::default() };
    report.summary = count(&report.findings);
    report
}

fn count(findings: &[Located]) -> Summary {
    let of = |severity| findings.iter().filter(|located| located.severity == severity).count();
    Summary {
        error: of(Severity::Error),
        warning: of(Severity::Warning),
        info: of(Severity::Info),
        ..Summary::default()
    }
}

/// A complete scope of two collections.
pub(super) fn scope() -> Scope {
    let collections = [("notes".to_owned(), (1, 14)), ("roadmap".to_owned(), (1, 1_190))];
    Scope {
        snapshot: "worktree",
        commit: Some("1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d".into()),
        complete: true,
        files: 12,
        records: 1_204,
        collections: collections.into(),
        ..Scope::default()
    }
}

/// The file that the findings of [`report`] are about.
pub(super) const ROADMAP: &str = concat!(
    r#"{"id":"RM-1","title":"Move the build","status":"done"}"#,
    "\n",
    r#"{"id":"RM-2","title":"Ship it","status":"In Progress","parent":"RM-7"}"#,
    "\n",
);

/// An error with a safe fix, an error with evidence, a warning; a file that was not read.
pub(super) fn report() -> Report {
    let path = &"roadmap.jsonl".into();
    let status = span(ROADMAP, "\"In Progress\"");
    let wrong = Finding::new(
        "schema-violation",
        path,
        status,
        "\"In Progress\" is not a value that `status` may have",
    )
    .label("one of planned, in-progress, done, dropped")
    .record(&"roadmap".into(), Some("RM-2".into()))
    .field("/status")
    .note("schemas/roadmap.schema.json allows 4 values")
    .fix("write \"in-progress\"", true, status, "\"in-progress\"");
    let dangling = Finding::new(
        "dangling-reference",
        path,
        span(ROADMAP, "\"RM-7\""),
        "no record of roadmap has the key RM-7",
    )
    .record(&"roadmap".into(), Some("RM-2".into()))
    .field("/parent")
    .evidence(Evidence {
        kind: "commit",
        id: "9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c".into(),
        date: Some("2026-11-02".into()),
        summary: "drop the items that nobody owns".into(),
    });
    let mut stale =
        Finding::new("stale-in-progress", path, span(ROADMAP, "RM-2"), "RM-2 has not changed for 94 days")
            .related(&"docs/adr/0003-build.md".into());
    let edit = Edit { path: path.clone(), span: Span::at(0), text: String::new() };
    stale.fix = Some(Fix { title: "set it back to planned".into(), safe: false, edits: vec![edit] });
    let mut report = of(vec![
        located(wrong, Severity::Error, ROADMAP),
        located(dangling, Severity::Error, ROADMAP),
        located(stale, Severity::Warning, ROADMAP),
    ]);
    report.summary.suppressed = 1;
    report.summary.baselined = 3;
    report.scope.complete = false;
    report.scope.unread = vec![("data/huge.jsonl".into(), "is a Git LFS pointer".into())];
    report.scope.unknown =
        vec!["history is shallow, so dangling-reference could not look for deletions".into()];
    report.rules = vec![RuleInfo {
        id: "schema-violation".into(),
        group: "schema".into(),
        summary: "A record does not satisfy its schema".into(),
        help_markdown: Some("Each violation stands at the *field's* bytes.".into()),
        severity: Severity::Error,
    }];
    report
}
