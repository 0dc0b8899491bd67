//! What keeps an import from being written, at its place in the input.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::Incoming;
use super::source::Input;
use crate::config::Collection;
use crate::finding::{Finding, Severity, fingerprint};
use crate::read::tape::Tape;
use crate::read::{Problem, json};
use crate::report::{Located, Report, Summary};
use crate::schema::Schema;
use crate::text::{Excerpt, LineIndex, RepoPath, Span};

/// The name under which the import's own faults are told.
const RULE: &str = "import";

/// The faults of an import.
pub(super) struct Faults<'a> {
    inputs: &'a [Input],
    found: Vec<(usize, Finding)>,
}

impl<'a> Faults<'a> {
    pub(super) const fn new(inputs: &'a [Input]) -> Self {
        Self { inputs, found: Vec::new() }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// A fault of the file.
    pub(super) fn problem(&mut self, input: usize, problem: Problem) {
        let mut finding = Finding::new(RULE, &self.inputs[input].path, problem.span, problem.message);
        finding.notes.extend(problem.note);
        self.found.push((input, finding));
    }

    /// A fault of a record.
    pub(super) fn at_record(&mut self, record: &Incoming, message: String) {
        self.found
            .push((record.input, Finding::new(RULE, &self.inputs[record.input].path, record.span, message)));
    }

    /// What the schema does not allow in a record.
    pub(super) fn violations(&mut self, record: &Incoming, schema: &Schema) {
        let line = Json::Object(record.fields.clone()).to_string();
        let mut tape = Tape::new();
        let _ = json::read(&line, Span::of(0, line.len()), &mut tape);
        let Some(value) = tape.root(&line) else { return };
        for violation in schema.violations(value) {
            let field = violation.pointer.split('/').nth(1).unwrap_or_default();
            let span = record.spans.get(field).copied().unwrap_or(record.span);
            let mut finding = Finding::new(RULE, &self.inputs[record.input].path, span, violation.message);
            finding.notes = violation.notes;
            self.found.push((record.input, finding));
        }
    }

    /// The faults, and the findings of `report` with each that is about a line of the import at its place in the input.
    pub(super) fn into_report(
        self,
        mut report: Report,
        places: &HashMap<(RepoPath, usize), usize>,
        incoming: &[Incoming],
        collection: &Collection,
    ) -> Report {
        let own =
            self.found.iter().map(|(input, finding)| self.located(*input, finding.clone(), Severity::Error));
        let own: Vec<Located> = own.collect();
        for found in &mut report.findings {
            let place = (found.finding.path.clone(), found.start.line as usize);
            let Some(record) = places.get(&place).map(|&at| &incoming[at]) else { continue };
            let field = found.finding.field.as_deref().unwrap_or_default();
            let field = field.split('/').nth(1).unwrap_or_default();
            let field = collection.map.iter().find(|(from, _)| from == field).map_or(field, |(_, to)| to);
            let span = record.spans.get(field).copied().unwrap_or(record.span);
            let mut finding = found.finding.clone();
            finding.path = self.inputs[record.input].path.clone();
            (finding.span, finding.fix, finding.label) = (span, None, None);
            finding.hidden.clear();
            // What was secret in the record is as secret in the input.
            if !found.finding.hidden.is_empty() {
                finding.hidden.push(span);
            }
            *found = self.located(record.input, finding, found.severity);
        }
        report.findings.splice(0..0, own);
        report.findings.sort_by(|a, b| (&a.finding.path, a.start).cmp(&(&b.finding.path, b.start)));
        report.summary = Summary::of(&report.findings);
        report
    }

    fn located(&self, input: usize, finding: Finding, severity: Severity) -> Located {
        let bytes = &self.inputs[input].bytes;
        let lines = LineIndex::new(bytes);
        let Span { start, end } = finding.span;
        Located {
            group: RULE.to_owned(),
            severity,
            start: lines.position(bytes, start),
            end: lines.position(bytes, end),
            edits: Vec::new(),
            fingerprint: fingerprint(&finding.identity(), 0),
            excerpt: Excerpt::new(bytes, &lines, finding.span),
            finding,
        }
    }
}
