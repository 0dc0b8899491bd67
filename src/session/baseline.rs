//! The baseline: findings of the past that a team has decided to live with for now.
//!
//! A file of fingerprints, `{"format":"opsbook.baseline/1","findings":[{"fingerprint","rule","path","message"}]}`.
//! What it covers is counted and left out; what it covers no more is a finding, so that it only ever shrinks.

use std::collections::HashMap;

use super::Session;
use super::plan::Plan;
use crate::error::{Error, Result};
use crate::read::json;
use crate::read::tape::{Tape, Value};
use crate::repo::Snapshot;
use crate::report::Located;
use crate::text::{RepoPath, Span};

/// A baseline and which of its entries were used.
#[derive(Debug, Default)]
pub(super) struct Baseline {
    path: Option<RepoPath>,
    entries: HashMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    span: Span,
    rule: String,
    message: String,
    is_used: bool,
}

const FORMAT: &str = "opsbook.baseline/1";

impl Session {
    /// The baseline of this run: the named file, else the repository's own, else an empty one.
    pub(super) fn baseline(&self) -> Result<Baseline> {
        let (path, bytes) = match &self.request.baseline {
            Some(named) => {
                let path = self.workspace.relative(named);
                let path = path.unwrap_or_else(|_| RepoPath::new(&named.to_string_lossy()));
                (path, self.workspace.read_named(named)?.into())
            }
            None => {
                let path = self.config.baseline.clone();
                let Some(bytes) = self.bytes(&self.snapshot, &path) else { return Ok(Baseline::default()) };
                (path, bytes)
            }
        };
        Baseline::read(path, &bytes)
    }

    /// The text of a baseline file that covers `findings`, one a line, in their order.
    fn baseline_text(findings: &[Located]) -> String {
        let entry = |located: &Located| {
            let finding = &located.finding;
            let text = |value: &str| serde_json::Value::from(value).to_string();
            format!(
                "    {{\"fingerprint\":{},\"rule\":{},\"path\":{},\"message\":{}}}",
                text(&located.fingerprint),
                text(&finding.rule),
                text(finding.path.as_str()),
                text(&finding.message)
            )
        };
        let entries: Vec<String> = findings.iter().map(entry).collect();
        let list =
            if entries.is_empty() { "[]".to_owned() } else { format!("[\n{}\n  ]", entries.join(",\n")) };
        format!("{{\n  \"format\": \"{FORMAT}\",\n  \"findings\": {list}\n}}\n")
    }

    /// Writes a baseline that covers everything found now, or with `prune` only what the present one covers, too. Gives
    /// the file, how many entries it has and how many it had.
    ///
    /// # Errors
    /// What [`Session::check`] says; usage when there is nothing to prune; environment when the file cannot be written.
    pub fn write_baseline(&self, prune: bool) -> Result<(RepoPath, usize, usize)> {
        let path = self.config.baseline.clone();
        let old = self.bytes(&self.snapshot, &path);
        let known = match &old {
            Some(bytes) => Baseline::read(path.clone(), bytes)?,
            None if prune => {
                return Err(Error::usage(format!("there is no baseline at {path}"))
                    .hint("`opsbook baseline create` writes one"));
            }
            None => Baseline::default(),
        };
        let mut found = self.findings_without_baseline()?;
        if prune {
            found.retain(|located| known.entries.contains_key(&located.fingerprint));
        }
        let text = Self::baseline_text(&found);
        self.workspace.write(&path, old.as_deref(), text.as_bytes())?;
        Ok((path, found.len(), known.entries.len()))
    }

    /// How many entries of the baseline `base` does not have.
    pub(super) fn added_to_baseline(&self, baseline: &Baseline, base: &Snapshot) -> usize {
        let Some(path) = &baseline.path else { return 0 };
        let before = self.bytes(base, path).unwrap_or_default();
        let is_new = |fingerprint: &&String| memchr::memmem::find(&before, fingerprint.as_bytes()).is_none();
        baseline.entries.keys().filter(is_new).count()
    }
}

impl Baseline {
    fn read(path: RepoPath, bytes: &[u8]) -> Result<Self> {
        let broken = |why: &str| {
            Error::configuration(format!("the baseline {path} cannot be used: {why}"))
                .hint("restore it from git, or remove it")
        };
        let text = std::str::from_utf8(bytes).map_err(|_| broken("it is not UTF-8"))?;
        let mut tape = Tape::new();
        let problems = json::read(text, Span::of(0, text.len()), &mut tape);
        if let Some(problem) = problems.first() {
            return Err(broken(&problem.message));
        }
        let root = tape.root(text).ok_or_else(|| broken("it is empty"))?;
        if root.get("format").and_then(|value| value.as_str()) != Some(FORMAT) {
            return Err(broken(&format!("its format is not {FORMAT}")));
        }
        let findings = root.get("findings").ok_or_else(|| broken("it has no findings"))?;
        Ok(Self { entries: findings.items().filter_map(entry).collect(), path: Some(path) })
    }

    /// Whether the baseline covers a finding; remembers it when so.
    pub(super) fn covers(&mut self, fingerprint: &str) -> bool {
        let entry = self.entries.get_mut(fingerprint);
        entry.map(|entry| entry.is_used = true).is_some()
    }

    /// The entries of rules that ran which covered nothing, in the order of the file.
    pub(super) fn stale(&self, plan: &Plan) -> Vec<(RepoPath, Span, String, String)> {
        let Some(path) = &self.path else { return Vec::new() };
        let unused = self.entries.values().filter(|entry| !entry.is_used && plan.runs(&entry.rule));
        let mut stale: Vec<_> = unused
            .map(|entry| (path.clone(), entry.span, entry.rule.clone(), entry.message.clone()))
            .collect();
        stale.sort();
        stale
    }
}

fn entry(value: Value<'_>) -> Option<(String, Entry)> {
    let text = |name: &str| value.get(name).and_then(|field| field.as_str()).unwrap_or_default().to_owned();
    let fingerprint = value.get("fingerprint")?;
    let entry =
        Entry { span: fingerprint.span(), rule: text("rule"), message: text("message"), is_used: false };
    Some((fingerprint.as_str()?.to_owned(), entry))
}
