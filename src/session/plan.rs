//! Which rules run, and how much their findings weigh.

use crate::config::Config;
use crate::database::Wants;
use crate::drift::Wanted;
use crate::error::{Error, Result};
use crate::finding::{Finding, Severity};
use crate::rules::{Rule, groups};
use crate::text::nearest;

/// The rules about what became of the things that documents refer to.
const FATES: [&str; 5] =
    ["broken-reference", "moved-path", "deleted-path", "outdated-record", "unresolved-link"];

/// The rules about whether documents kept up with what they cover and state.
const LAPSES: [&str; 5] = [
    "covered-code-changed",
    "review-contradicts-evidence",
    "last-updated-stale",
    "review-overdue",
    "spec-not-updated",
];

/// Whether what a rule finds depends on what was before, and not on the files alone.
pub(super) fn looks_back(rule: &str) -> bool {
    FATES.contains(&rule) || LAPSES.contains(&rule) || TEXTS.contains(&rule)
}

/// The rules about the insides of files that ask the past.
const TEXTS: [&str; 3] = ["broken-anchor", "line-anchor-moved", "unknown-command"];

/// The rules of a run with their severities, in the order of the registry.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    rules: Vec<(&'static Rule, Severity)>,
    /// The rules and groups to which the configuration gives a severity.
    configured: Vec<String>,
}

impl Plan {
    /// Those of the rules `all` that `config` switches on, narrowed by `only` and `skip`. Naming a rule in `only`
    /// switches it on.
    pub(super) fn new(
        all: &[&'static Rule],
        config: &Config,
        only: &[String],
        skip: &[String],
    ) -> Result<Self> {
        for name in only.iter().chain(skip) {
            check_name(all, name)?;
        }
        let names =
            |list: &[String], rule: &Rule| list.iter().any(|name| name == rule.id || name == rule.group);
        let mut rules = Vec::new();
        for &rule in all {
            let picked = names(only, rule);
            if names(skip, rule) || (!only.is_empty() && !picked) {
                continue;
            }
            let severity = match configured(config, rule) {
                Some(None) if !only.iter().any(|name| name == rule.id) => continue,
                Some(severity) => severity.unwrap_or(rule.severity),
                None if rule.on || picked => rule.severity,
                None => continue,
            };
            rules.push((rule, severity));
        }
        let configured = config.severities.iter().map(|entry| entry.name.clone()).collect();
        Ok(Self { rules, configured })
    }

    pub(super) fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        self.rules.iter().map(|(rule, _)| *rule)
    }

    /// Every rule with its severity.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'static Rule, Severity)> {
        self.rules.iter().copied()
    }

    /// The rules of one group.
    pub(super) fn group(&self, name: &str) -> Self {
        let rules = self.rules.iter().filter(|(rule, _)| rule.group == name).copied().collect();
        Self { rules, configured: self.configured.clone() }
    }

    /// The rule called `id` and its severity, when it runs.
    pub(super) fn get(&self, id: &str) -> Option<(&'static Rule, Severity)> {
        self.rules.iter().find(|(rule, _)| rule.id == id).copied()
    }

    /// How much a finding weighs: what is configured for its rule, else what the rule says of it.
    pub(super) fn severity(&self, finding: &Finding) -> Severity {
        let Some((rule, severity)) = self.get(&finding.rule) else { return Severity::Error };
        let is_configured = self.configured.iter().any(|name| name == rule.id || name == rule.group);
        finding.severity.filter(|_| !is_configured).unwrap_or(severity)
    }

    pub(super) fn runs(&self, id: &str) -> bool {
        self.get(id).is_some()
    }

    /// What rules want to know of what documents say of the insides of files.
    pub(super) fn wants_texts(&self) -> Wanted {
        Wanted {
            anchors: self.runs("broken-anchor"),
            lines: self.runs("line-anchor-moved"),
            snippets: self.runs("snippet-stale"),
            commands: self.runs("unknown-command"),
        }
    }

    /// Whether a rule wants to know what was before.
    pub(super) fn asks_the_past(&self) -> bool {
        self.asks_for_fates() || self.asks_for_lapses() || self.asks_for_texts()
    }

    /// Whether a rule about the insides of files asks the past.
    pub(super) fn asks_for_texts(&self) -> bool {
        self.rules().any(|rule| TEXTS.contains(&rule.id))
    }

    /// Whether a rule wants to know what became of the things that documents refer to.
    pub(super) fn asks_for_fates(&self) -> bool {
        self.rules().any(|rule| FATES.contains(&rule.id))
    }

    /// Whether a rule wants to know whether documents kept up.
    pub(super) fn asks_for_lapses(&self) -> bool {
        self.rules().any(|rule| LAPSES.contains(&rule.id))
    }

    /// What must be known of the records for these rules.
    pub(super) fn wants(&self) -> Wants {
        Wants {
            violations: self.runs("schema-violation"),
            unknown_fields: self.runs("unknown-field"),
            keys: ["duplicate-key", "dangling-reference", "reference-cycle"].iter().any(|id| self.runs(id)),
        }
    }
}

/// What the configuration says of a rule: nothing, or a severity, or `off`. The rule's own entry beats its group's.
fn configured(config: &Config, rule: &Rule) -> Option<Option<Severity>> {
    let entry = |name: &str| config.severities.iter().find(|entry| entry.name == name);
    entry(rule.id).or_else(|| entry(rule.group)).map(|entry| entry.severity)
}

fn check_name(all: &[&'static Rule], name: &str) -> Result<()> {
    let known = || all.iter().map(|rule| rule.id).chain(groups(all.iter().copied()));
    if known().any(|known| known == name) {
        return Ok(());
    }
    let error = Error::usage(format!("there is no rule or group '{}'", crate::text::escape(name)));
    Err(match nearest(name, known()) {
        Some(near) => error.hint(format!("did you mean '{near}'? `opsbook explain` lists the rules")),
        None => error.hint("`opsbook explain` lists the rules"),
    })
}
