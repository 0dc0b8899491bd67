//! `check`: from a request to a report.

use super::base::Base;
use super::baseline::Baseline;
use super::cache::identities;
use super::locate::{Places, numbered};
use super::plan::Plan;
use super::run::{INTERNAL, Run};
use super::suppress::Suppressor;
use super::{Session, Source};
use crate::error::{Error, Result};
use crate::finding::{Finding, Severity};
use crate::report::{Located, Report, RuleInfo, Summary};
use crate::rules::{Check, Ledger, Suppression};

/// A report and what it means for the exit status.
pub struct Checked {
    /// The report.
    pub report: Report,
    /// Why the run could not tell, although it reports what it found.
    pub unable: Option<Error>,
    /// Whether a rule failed: a bug in opsbook.
    pub has_bug: bool,
}

impl Session {
    /// Runs all rules and reports what they found.
    ///
    /// # Errors
    /// Usage, configuration or environment, when the request cannot be fulfilled at all.
    pub fn check(&self) -> Result<Checked> {
        let plan = Plan::new(&self.config, &self.request.only, &self.request.skip)?;
        let mut notes = Vec::new();
        let base = self.base(&mut notes)?;
        let before = if self.needs_before(base.as_ref()) { self.before() } else { None };
        self.check_paths(before.as_ref())?;
        let earlier = base.as_ref().map(|base| &base.snapshot).or(before.as_ref());
        let mut run = self.run(&self.snapshot, &self.config, &plan, earlier);
        let mut findings = std::mem::take(&mut run.findings);
        let lost_a_collection = run.database.tables.iter().any(|table| !table.gone.is_empty());
        if base.is_some() && self.paths.is_empty() && !lost_a_collection {
            // What is checked now is what the next change is compared with.
            self.remember(&self.snapshot, &plan, &identities(&findings));
        }
        self.retain_paths(&mut findings, before.as_ref());
        if let Some(base) = &base {
            self.retain_new(&mut findings, base, &plan);
        }
        self.report(run, findings, &plan, base.as_ref(), notes)
    }

    /// Everything the default rules find, the baseline and its own rules left out.
    pub(super) fn findings_without_baseline(&self) -> Result<Vec<Located>> {
        let skip = ["unused-suppression", "expired-suppression", "stale-baseline-entry"].map(str::to_owned);
        let plan = Plan::new(&self.config, &[], &skip)?;
        let before = if self.needs_before(None) { self.before() } else { None };
        let mut run = self.run(&self.snapshot, &self.config, &plan, before.as_ref());
        let mut outcome = Outcome::default();
        let mut suppressors = self.suppressors(&run.database, &plan, true);
        let findings = std::mem::take(&mut run.findings);
        let (mut none, mut places) = (Baseline::default(), Places::new(&run.database));
        self.place(findings, &plan, &mut suppressors, &mut none, &mut places, &mut outcome);
        match self.unable(&run) {
            Some(error) => Err(error),
            None => Ok(outcome.report.findings),
        }
    }

    /// Whether the commit before matters: for paths that may have been deleted, and for collections that lost their
    /// last file. A plain look at the whole working tree asks for it, too: the deletion may be the mistake.
    fn needs_before(&self, base: Option<&Base>) -> bool {
        let is_commit = matches!(self.request.source, Source::Commit(_));
        self.workspace.is_git() && (!self.paths.is_empty() || (base.is_none() && !is_commit))
    }

    fn report(
        &self,
        run: Run,
        findings: Vec<Finding>,
        plan: &Plan,
        base: Option<&Base>,
        mut notes: Vec<String>,
    ) -> Result<Checked> {
        let is_whole = self.paths.is_empty() && base.is_none();
        let mut outcome = Outcome::default();
        let mut suppressors = self.suppressors(&run.database, plan, is_whole);
        let mut baseline = self.baseline()?;
        let mut places = Places::new(&run.database);
        self.place(findings, plan, &mut suppressors, &mut baseline, &mut places, &mut outcome);
        let ledger = Ledger {
            today: Some(self.today()),
            suppressions: suppressors.iter().map(|one| one.entry.clone()).collect::<Vec<Suppression>>(),
            stale_baseline: if is_whole { baseline.stale(plan) } else { Vec::new() },
        };
        let mut late = Vec::new();
        for rule in plan.rules() {
            if let Some(Check::Ledger(check)) = rule.check {
                check(&ledger, &mut late);
            }
        }
        if let Some(base) = base {
            late.retain(|finding| self.is_new_in(finding, base));
            notes.extend(self.added_suppressions(&suppressors, &base.snapshot));
            let added = self.added_to_baseline(&baseline, &base.snapshot);
            if added > 0 {
                notes.push(format!("this change adds {added} to the baseline"));
            }
        }
        self.retain_paths(&mut late, None);
        self.place(late, plan, &mut suppressors, &mut baseline, &mut places, &mut outcome);
        outcome.sort();
        let has_bug = outcome.report.findings.iter().any(|found| found.finding.rule == INTERNAL);
        outcome.report.scope = self.scope(&run.database, base, notes);
        outcome.report.rules = plan.rules().map(rule_info).collect();
        let unable = self.unable(&run);
        Ok(Checked { report: outcome.report, unable, has_bug })
    }

    /// Gives findings their places and severities, leaves out what is suppressed or in the baseline, and counts.
    fn place(
        &self,
        findings: Vec<Finding>,
        plan: &Plan,
        suppressors: &mut [Suppressor],
        baseline: &mut Baseline,
        places: &mut Places<'_>,
        outcome: &mut Outcome,
    ) {
        places.add(self, &findings);
        let findings = places.without_secrets(findings);
        let Outcome { report, .. } = outcome;
        for (finding, ordinal) in numbered(findings) {
            let severity = plan.get(&finding.rule).map_or(Severity::Error, |(_, severity)| severity);
            let line = places.line(&finding);
            let is_hidden = if self.is_suppressed(suppressors, &finding, line) {
                report.summary.suppressed += 1;
                true
            } else {
                false
            };
            let located = places.locate(finding, severity, ordinal);
            let in_baseline = !is_hidden && baseline.covers(&located.fingerprint);
            report.summary.baselined += usize::from(in_baseline);
            if is_hidden || in_baseline {
                let path = &located.finding.path;
                report.secrets.extend(located.finding.hidden.iter().map(|span| (path.clone(), *span)));
                continue;
            }
            count(&mut report.summary, severity);
            report.findings.push(located);
        }
    }

    /// Whether the line a finding about the configuration stands on is not in the base.
    fn is_new_in(&self, finding: &Finding, base: &Base) -> bool {
        let now = self.bytes(&self.snapshot, &finding.path).unwrap_or_default();
        let before = self.bytes(&base.snapshot, &finding.path).unwrap_or_default();
        memchr::memmem::find(&before, finding.span.slice(&now).trim_ascii()).is_none()
    }

    /// Why the run cannot be called complete: there was nothing to look at, or something claimed was not read.
    fn unable(&self, run: &Run) -> Option<Error> {
        let database = &run.database;
        let is_empty = database.records() == 0 && database.documents.is_empty() && database.files.is_empty();
        if let Some(lost) = database.unread.iter().find(|one| one.is_loss) {
            return Some(Error::environment(format!("{} was not read: {}", lost.path, lost.reason)));
        }
        if is_empty && !self.request.allow_empty {
            return Some(
                Error::environment("nothing was checked: there is no record and no document here")
                    .hint("run it in a repository with records, or pass --allow-empty"),
            );
        }
        None
    }
}

#[derive(Default)]
struct Outcome {
    report: Report,
}

impl Outcome {
    fn sort(&mut self) {
        self.report.findings.sort_by(|a, b| {
            (&a.finding.path, a.start, a.end, &a.finding.rule).cmp(&(
                &b.finding.path,
                b.start,
                b.end,
                &b.finding.rule,
            ))
        });
    }
}

fn count(summary: &mut Summary, severity: Severity) {
    match severity {
        Severity::Error => summary.error += 1,
        Severity::Warning => summary.warning += 1,
        Severity::Info => summary.info += 1,
    }
}

fn rule_info(rule: &'static crate::rules::Rule) -> RuleInfo {
    RuleInfo {
        id: rule.id.into(),
        group: rule.group.to_owned(),
        summary: rule.summary.to_owned(),
        help_markdown: Some(rule.prose().to_owned()),
        severity: rule.severity,
    }
}
