//! From bytes to lines and columns, and to the names that findings keep when lines move.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Session;
use super::run::INTERNAL;
use super::secrets::Secrets;
use crate::database::Database;
use crate::finding::{Finding, Severity, fingerprint};
use crate::report::Located;
use crate::text::{RepoPath, Span, Window};

/// The stretches of files that findings stand in. Findings come in order, so one stretch of a file at a time will do.
pub(super) struct Places<'a> {
    session: &'a Session,
    database: &'a Database,
    windows: HashMap<RepoPath, Window<'a>>,
    secrets: Secrets,
}

impl<'a> Places<'a> {
    pub(super) fn new(session: &'a Session, database: &'a Database) -> Self {
        Self { session, database, windows: HashMap::new(), secrets: Secrets::default() }
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

    /// Remembers what stands at `places` as secret.
    pub(super) fn hide(&mut self, places: &[(RepoPath, Span)]) {
        for (path, span) in places {
            let bytes = self.at(path, span.start).slice(*span).to_vec();
            self.secrets.add(&bytes);
        }
    }

    /// Takes every secret out of all words of a finding: another rule may have quoted the value.
    pub(super) fn clean(&self, finding: &mut Finding) {
        self.secrets.clean(finding);
    }

    /// The secrets that stand near the bytes of a finding, where they would be shown with it.
    fn secrets_around(&mut self, path: &RepoPath, span: Span) -> Vec<Span> {
        /// More than any format shows on either side.
        const AROUND: u32 = 4096;
        if self.secrets.is_empty() {
            return Vec::new();
        }
        let start = span.start.saturating_sub(AROUND);
        let window = self.at(path, span.start);
        let (start, bytes) = window.part(Span::new(start, span.start.saturating_add(AROUND)));
        let bytes = bytes.to_vec();
        self.secrets.spans(&bytes, start)
    }

    /// A finding with its places and its fingerprint.
    pub(super) fn locate(&mut self, mut finding: Finding, severity: Severity, ordinal: usize) -> Located {
        let span = finding.span;
        finding.hidden.extend(self.secrets_around(&finding.path, span));
        let group = match self.session.rule(&finding.rule) {
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
