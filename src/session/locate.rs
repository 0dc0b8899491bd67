//! From bytes to lines and columns, and to the names that findings keep when lines move.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Session;
use super::run::INTERNAL;
use crate::database::Database;
use crate::finding::{Finding, Severity, fingerprint};
use crate::report::Located;
use crate::rules::Rule;
use crate::text::{RepoPath, Span, Window};

/// Shorter texts are no secrets, and are parts of other words.
const SHORTEST: usize = 6;

/// The stretches of files that findings stand in. Findings come in order, so one stretch of a file at a time will do.
pub(super) struct Places<'a> {
    session: &'a Session,
    database: &'a Database,
    windows: HashMap<RepoPath, Window<'a>>,
}

impl<'a> Places<'a> {
    pub(super) fn new(session: &'a Session, database: &'a Database) -> Self {
        Self { session, database, windows: HashMap::new() }
    }

    /// A stretch of `path` that shows `offset`.
    fn at(&mut self, path: &RepoPath, offset: u32) -> &Window<'a> {
        if !self.windows.get(path).is_some_and(|window| window.holds(offset)) {
            let files = &self.database.files;
            let window = match files.binary_search_by(|file| file.path.cmp(path)) {
                Ok(at) => files[at].window(offset),
                Err(_) => {
                    let bytes = self.session.bytes(&self.session.snapshot, path).unwrap_or_default();
                    Window::whole(Cow::Owned(bytes.into()))
                }
            };
            self.windows.insert(path.clone(), window);
        }
        &self.windows[path]
    }

    /// The findings with every secret that one of them hides taken out of all their words: another rule may have quoted
    /// the value.
    pub(super) fn without_secrets(&mut self, mut findings: Vec<Finding>) -> Vec<Finding> {
        let mut secrets: Vec<String> = Vec::new();
        for finding in &findings {
            for span in &finding.hidden {
                let bytes = self.at(&finding.path, span.start).slice(*span);
                let text = String::from_utf8_lossy(bytes).into_owned();
                let bare = text.trim_matches('"').to_owned();
                secrets.extend([text, bare].into_iter().filter(|text| text.chars().count() >= SHORTEST));
            }
        }
        if secrets.is_empty() {
            return findings;
        }
        secrets.sort_by_key(|text| std::cmp::Reverse(text.len()));
        let clean = |text: &mut String| {
            for secret in &secrets {
                if text.contains(secret.as_str()) {
                    *text = text.replace(secret.as_str(), "[redacted]");
                }
            }
        };
        for finding in &mut findings {
            clean(&mut finding.message);
            finding.label.iter_mut().for_each(clean);
            finding.notes.iter_mut().for_each(clean);
            finding.quoted.iter_mut().for_each(clean);
            let fix = finding.fix.iter_mut();
            fix.for_each(|fix| clean(&mut fix.title));
        }
        findings
    }

    /// A finding with its places and its fingerprint.
    pub(super) fn locate(&mut self, finding: Finding, severity: Severity, ordinal: usize) -> Located {
        let span = finding.span;
        let group = match Rule::from_id(&finding.rule) {
            Some(rule) => rule.group,
            None if finding.rule == INTERNAL => "internal",
            None => "",
        };
        let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
        let edits = edits.map(|edit| {
            let Span { start, end } = edit.span;
            (self.at(&edit.path, start).position(start), self.at(&edit.path, end).position(end))
        });
        let edits = edits.collect();
        let end = self.at(&finding.path, span.end).position(span.end);
        let window = self.at(&finding.path, span.start);
        Located {
            group: group.to_owned(),
            severity,
            start: window.position(span.start),
            end,
            edits,
            fingerprint: fingerprint(&finding.identity(), ordinal),
            excerpt: window.excerpt(span),
            finding,
        }
    }
}

/// Sorts findings by path, position and rule, and gives each its ordinal among equals.
pub(super) fn numbered(mut findings: Vec<Finding>) -> Vec<(Finding, usize)> {
    findings.sort_by(|a, b| {
        let order = |finding: &'_ Finding| (finding.span.start, finding.span.end);
        (&a.path, order(a), &a.rule, &a.field, &a.message).cmp(&(
            &b.path,
            order(b),
            &b.rule,
            &b.field,
            &b.message,
        ))
    });
    let mut seen: HashMap<String, usize> = HashMap::new();
    findings
        .into_iter()
        .map(|finding| {
            let count = seen.entry(finding.identity()).or_default();
            *count += 1;
            (finding, *count - 1)
        })
        .collect()
}
