//! Suppressions: comments in documents and `[[ignore]]` entries, each with a reason, each counted.

use crate::config::ignore_comment;
use crate::database::Database;
use crate::finding::Finding;
use crate::repo::{Bytes, Snapshot};
use crate::rules::{Rule, Suppression};
use crate::text::{LineIndex, RepoPath, escape};

use super::Session;
use super::plan::Plan;

/// A suppression with what it matches.
pub(super) struct Suppressor {
    pub(super) entry: Suppression,
    scope: Scope,
}

/// What a suppression covers.
enum Scope {
    /// Findings on one of these lines of a document.
    Lines(u32, u32),
    /// The `[[ignore]]` entry with this index.
    Entry(usize),
}

impl Session {
    /// Every suppression of this run. `is_whole` says whether all of the repository was looked at.
    pub(super) fn suppressors(&self, database: &Database, plan: &Plan, is_whole: bool) -> Vec<Suppressor> {
        let mut all = Vec::new();
        let checked = |rule: &str| {
            let named = |known: &Rule| known.id == rule || known.group == rule;
            is_whole && plan.rules().any(named)
        };
        for document in database.documents.iter().filter(|document| !document.comments.is_empty()) {
            let Some(bytes) = self.bytes(&self.snapshot, &document.path) else { continue };
            let lines = LineIndex::new(&bytes);
            for (span, text) in &document.comments {
                let Ok((rule, _)) = ignore_comment(text) else { continue };
                let (first, last) = (lines.line(span.start), lines.line(span.end.max(1) - 1));
                all.push(Suppressor {
                    entry: Suppression {
                        path: document.path.clone(),
                        span: *span,
                        was_checked: checked(&rule),
                        rule,
                        covers: "here".to_owned(),
                        until: None,
                        used: 0,
                    },
                    scope: Scope::Lines(first, last + 1),
                });
            }
        }
        let Some(file) = &self.config.file else { return all };
        for (at, ignore) in self.config.ignores.iter().enumerate() {
            let covers = match (&ignore.record, &ignore.path) {
                (Some(record), _) => format!("of record {}", escape(record)),
                (None, Some(path)) => format!("in {}", escape(path.glob().glob())),
                (None, None) => "anywhere".to_owned(),
            };
            all.push(Suppressor {
                entry: Suppression {
                    path: file.clone(),
                    span: ignore.span,
                    rule: ignore.rule.clone(),
                    covers,
                    until: ignore.until,
                    used: 0,
                    was_checked: checked(&ignore.rule),
                },
                scope: Scope::Entry(at),
            });
        }
        all
    }

    /// Whether a suppression that holds covers `finding`, which stands on `line`; counts it when so.
    pub(super) fn is_suppressed(&self, all: &mut [Suppressor], finding: &Finding, line: u32) -> bool {
        let today = self.today();
        let group = self.rule(&finding.rule).map(|rule| rule.group);
        let mut covered = false;
        for one in all {
            let names = one.entry.rule == finding.rule || Some(one.entry.rule.as_str()) == group;
            let expired = one.entry.until.is_some_and(|until| until < today);
            if names && !expired && self.covers(one, finding, line) {
                one.entry.used += 1;
                covered = true;
            }
        }
        covered
    }

    fn covers(&self, one: &Suppressor, finding: &Finding, line: u32) -> bool {
        match one.scope {
            Scope::Lines(first, last) => one.entry.path == finding.path && (first..=last).contains(&line),
            Scope::Entry(at) => {
                let ignore = &self.config.ignores[at];
                let record =
                    ignore.record.as_deref().is_none_or(|key| finding.record.as_deref() == Some(key));
                let path = ignore.path.as_ref().is_none_or(|glob| glob.is_match(finding.path.as_str()));
                record && path
            }
        }
    }

    /// The suppressions that `base` does not have, in words, for a reader of the change.
    pub(super) fn added_suppressions(&self, all: &[Suppressor], base: &Snapshot) -> Vec<String> {
        let mut added = Vec::new();
        for one in all {
            let Some(now) = self.bytes(&self.snapshot, &one.entry.path) else { continue };
            let before = self.bytes(base, &one.entry.path).unwrap_or_default();
            let text = one.entry.span.slice(&now).trim_ascii();
            if memchr::memmem::find(&before, text).is_none() {
                let (rule, covers, path) = (&one.entry.rule, &one.entry.covers, &one.entry.path);
                added.push(format!("this change suppresses {} {covers} ({path})", escape(rule)));
            }
        }
        added
    }

    /// The bytes of a file of a snapshot, or of a configuration from elsewhere.
    pub(super) fn bytes(&self, snapshot: &Snapshot, path: &RepoPath) -> Option<Bytes> {
        if self.config.file.as_ref() == Some(path) && std::ptr::eq(snapshot, &self.snapshot) {
            return Some(self.config_source.clone().into());
        }
        snapshot.read(snapshot.entry(path.as_str())?, self.config.limits.file_bytes).ok()
    }
}
