//! From bytes to lines and columns, and to the names that findings keep when lines move.

use std::collections::HashMap;
use std::ops::Deref;

use super::Session;
use super::run::INTERNAL;
use super::suppress::within;
use crate::database::Database;
use crate::finding::{Finding, Severity, fingerprint};
use crate::repo::Bytes;
use crate::report::Located;
use crate::rules::Rule;
use crate::text::{Excerpt, LineIndex, RepoPath, Span};

/// Shorter texts are no secrets, and are parts of other words.
const SHORTEST: usize = 6;

/// The files that findings stand in, indexed once each.
pub(super) struct Places<'a> {
    database: &'a Database,
    files: HashMap<RepoPath, (Held<'a>, LineIndex)>,
}

/// The bytes of a file: those the database holds, or read again.
enum Held<'a> {
    Borrowed(&'a [u8]),
    Read(Bytes),
}

impl Deref for Held<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Read(bytes) => bytes,
        }
    }
}

impl<'a> Places<'a> {
    pub(super) fn new(database: &'a Database) -> Self {
        Self { database, files: HashMap::new() }
    }

    /// Makes sure that every file `findings` mention is known.
    pub(super) fn add(&mut self, session: &Session, findings: &[Finding]) {
        let edited = findings.iter().filter_map(|finding| finding.fix.as_ref()).flat_map(|fix| &fix.edits);
        for path in findings.iter().map(|finding| &finding.path).chain(edited.map(|edit| &edit.path)) {
            if !self.files.contains_key(path) {
                let files = &self.database.files;
                let bytes = match files.binary_search_by(|file| file.path.cmp(path)) {
                    Ok(at) => Held::Borrowed(&files[at].bytes),
                    Err(_) => Held::Read(session.bytes(&session.snapshot, path).unwrap_or_default()),
                };
                let lines = LineIndex::new(&bytes);
                self.files.insert(path.clone(), (bytes, lines));
            }
        }
    }

    /// The findings with every secret that one of them hides taken out of all their words: another rule may have quoted
    /// the value.
    pub(super) fn without_secrets(&self, mut findings: Vec<Finding>) -> Vec<Finding> {
        let mut secrets: Vec<String> = Vec::new();
        for finding in &findings {
            let Some((bytes, _)) = self.files.get(&finding.path) else { continue };
            for span in &finding.hidden {
                let text = String::from_utf8_lossy(within(*span, bytes).slice(bytes)).into_owned();
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

    /// The line a finding starts on.
    pub(super) fn line(&self, finding: &Finding) -> u32 {
        self.files
            .get(&finding.path)
            .map_or(1, |(bytes, lines)| lines.line(within(finding.span, bytes).start))
    }

    /// A finding with its places and its fingerprint.
    pub(super) fn locate(&self, finding: Finding, severity: Severity, ordinal: usize) -> Located {
        let (bytes, lines) = &self.files[&finding.path];
        let span = within(finding.span, bytes);
        let group = match Rule::from_id(&finding.rule) {
            Some(rule) => rule.group,
            None if finding.rule == INTERNAL => "internal",
            None => "",
        };
        let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
        let edits = edits.map(|edit| {
            let (bytes, lines) = &self.files[&edit.path];
            let Span { start, end } = within(edit.span, bytes);
            (lines.position(bytes, start), lines.position(bytes, end))
        });
        Located {
            group: group.to_owned(),
            severity,
            start: lines.position(bytes, span.start),
            end: lines.position(bytes, span.end),
            edits: edits.collect(),
            fingerprint: fingerprint(&finding.identity(), ordinal),
            excerpt: Excerpt::new(bytes, lines, span),
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
