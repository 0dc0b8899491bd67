//! `check`: from a request to a report.

use super::Session;
use super::base::Base;
use super::baseline::Baseline;
use super::cache::identities;
use super::locate::{Places, numbered};
use super::plan::{Plan, looks_back};
use super::run::{Earlier, INTERNAL, Run};
use super::suppress::Suppressor;
use crate::config::Mistake;
use crate::database::may_read;
use crate::error::{Error, Result};
use crate::finding::{Finding, Severity};
use crate::repo::{Lives, Snapshot};
use crate::report::{Located, Report, RuleInfo, Summary};
use crate::rules::{Check, Ledger, Suppression};
use crate::text::RepoPath;

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
        let plan = Plan::new(self.rules(), &self.config, &self.request.only, &self.request.skip)?;
        let mut notes = Vec::new();
        let base = self.base(&mut notes)?;
        let before = if self.needs_before(base.as_ref()) { self.before() } else { None };
        self.check_paths(before.as_ref())?;
        let earlier = base.as_ref().map(|base| &base.snapshot).or(before.as_ref());
        let elsewhere = self.elsewhere(base.as_ref(), &plan, &mut notes)?;
        let mut unknown = Vec::new();
        let lives = self.lives(&plan, base.as_ref(), &mut unknown);
        let past = Earlier { head: earlier, lives: lives.as_ref(), is_range: base.is_some() };
        let mut run = self.run(&self.snapshot, &self.config, &plan, past, &elsewhere);
        run.gap = unknown.first().cloned();
        run.unknown.extend(unknown);
        run.commits = lives.as_ref().map_or(0, Lives::commits);
        if let Some(lives) = &lives {
            self.remember_lives(lives);
        }
        let mut findings = std::mem::take(&mut run.findings);
        let lost_a_collection = run.database.tables.iter().any(|table| !table.gone.is_empty());
        if base.is_some() && self.paths.is_empty() && !lost_a_collection && elsewhere.is_empty() {
            // What is checked now is what the next change is compared with, where nothing else had a part in it. What was
            // found by looking back at this base is nothing that the files themselves say.
            let lasting = findings.iter().filter(|finding| !looks_back(&finding.rule));
            self.remember(&self.snapshot, &plan, &identities(lasting));
        }
        self.retain_paths(&mut findings, before.as_ref());
        if let Some(base) = &base {
            self.retain_new(&mut findings, base, &plan);
        }
        self.report(run, findings, &plan, (base.as_ref(), before.as_ref()), notes)
    }

    /// Everything the default rules find, the baseline and its own rules left out.
    pub(super) fn findings_without_baseline(&self) -> Result<Vec<Located>> {
        let skip = ["unused-suppression", "expired-suppression", "stale-baseline-entry"].map(str::to_owned);
        let plan = Plan::new(self.rules(), &self.config, &[], &skip)?;
        let before = if self.needs_before(None) { self.before() } else { None };
        let lives = self.lives(&plan, None, &mut Vec::new());
        let past = Earlier { head: before.as_ref(), lives: lives.as_ref(), is_range: false };
        let mut run = self.run(&self.snapshot, &self.config, &plan, past, &[]);
        let mut outcome = Outcome::default();
        let mut suppressors = self.suppressors(&run.database, &plan, true);
        let findings = std::mem::take(&mut run.findings);
        let (mut none, mut places) = (Baseline::default(), Places::new(self, &run.database));
        places.hide(&run.secrets);
        self.place(findings, &plan, &mut suppressors, &mut none, &mut places, &mut outcome);
        match self.unable(&run, None, None) {
            Some(error) => Err(error),
            None => Ok(outcome.report.findings),
        }
    }

    /// Whether the commit before matters: for paths that may have been deleted, for collections that lost their last
    /// file and for links to what was deleted. A base stands for it.
    fn needs_before(&self, base: Option<&Base>) -> bool {
        self.workspace.is_git() && (!self.paths.is_empty() || base.is_none())
    }

    fn report(
        &self,
        mut run: Run,
        findings: Vec<Finding>,
        plan: &Plan,
        (base, before): (Option<&Base>, Option<&Snapshot>),
        mut notes: Vec<String>,
    ) -> Result<Checked> {
        let earlier = base.map(|base| &base.snapshot).or(before);
        let is_whole = self.paths.is_empty() && base.is_none();
        let mut outcome = Outcome::default();
        let mut suppressors = self.suppressors(&run.database, plan, is_whole);
        let mut baseline = self.baseline()?;
        let mut places = Places::new(self, &run.database);
        places.hide(&run.secrets);
        outcome.report.secrets = std::mem::take(&mut run.secrets);
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
        run.database.notice_changes();
        let has_bug = outcome.report.findings.iter().any(|found| found.finding.rule == INTERNAL);
        outcome.report.scope = self.scope(&run.database, base, notes);
        outcome.report.scope.commits = run.commits;
        (outcome.report.scope.documents, outcome.report.scope.references) = run.examined;
        if !run.unknown.is_empty() {
            outcome.report.scope.complete = false;
            outcome.report.scope.unknown.append(&mut run.unknown);
        }
        let unheeded = self.unheeded_mistake(&run, &outcome.report);
        if let Some(mistake) = &unheeded {
            outcome.report.scope.complete = false;
            outcome.report.scope.unknown.push(format!("what the configuration means: {mistake}"));
        }
        outcome.report.rules = plan.rules().map(rule_info).collect();
        // A fault that was there before the change does not block it.
        let unheeded = unheeded.filter(|_| base.is_none());
        let unable = self.unable(&run, earlier, unheeded).or_else(|| self.without_past(&run, plan, base));
        Ok(Checked { report: outcome.report, unable, has_bug })
    }

    /// Gives findings their places and severities, leaves out what is suppressed or in the baseline, and counts.
    fn place(
        &self,
        mut findings: Vec<Finding>,
        plan: &Plan,
        suppressors: &mut [Suppressor],
        baseline: &mut Baseline,
        places: &mut Places<'_>,
        outcome: &mut Outcome,
    ) {
        findings.iter_mut().for_each(|finding| places.clean(finding));
        let Outcome { report, .. } = outcome;
        for (finding, ordinal) in numbered(findings) {
            let severity = plan.severity(&finding);
            let located = places.locate(finding, severity, ordinal);
            let is_hidden = self.is_suppressed(suppressors, &located.finding, located.start.line);
            report.summary.suppressed += usize::from(is_hidden);
            let in_baseline = !is_hidden && baseline.covers(&located.fingerprint);
            report.summary.baselined += usize::from(in_baseline);
            if is_hidden || in_baseline {
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

    /// A mistake that keeps collections from being checked as they are meant, when this run does not report it because
    /// the rule is left out, or the request is about other files.
    fn unheeded_mistake(&self, run: &Run, report: &Report) -> Option<String> {
        let mut said = report.findings.iter().map(|located| &located.finding);
        if said.any(|finding| finding.rule == "invalid-config") {
            return None;
        }
        let matters =
            |mistake: &&Mistake| mistake.pointer.is_empty() || mistake.pointer.starts_with("/collections");
        let mistake = self.config.mistakes.iter().find(matters).map(|mistake| mistake.message.clone());
        let of_schema = || run.database.schema_errors.first().map(|(_, _, message)| message.clone());
        let of_page = || run.mistakes.first().map(|(path, mistake)| format!("{path}: {}", mistake.message));
        mistake.or_else(of_schema).or_else(of_page)
    }

    /// Why the run cannot be called complete: there was nothing to look at, something claimed was not read, or the
    /// configuration could not be understood.
    fn unable(&self, run: &Run, earlier: Option<&Snapshot>, mistake: Option<String>) -> Option<Error> {
        let database = &run.database;
        let is_empty = database.records() == 0 && database.documents.is_empty();
        if let Some(lost) = database.unread.iter().find(|one| one.is_loss) {
            return Some(
                Error::environment(format!("{} was not read: {}", lost.path, lost.reason))
                    .hint("mend that, or leave the file out with [project].exclude"),
            );
        }
        if let Some(mistake) = mistake {
            return Some(
                Error::configuration(format!("the configuration has a mistake: {mistake}"))
                    .hint("`opsbook check` on everything shows where"),
            );
        }
        if is_empty && !self.request.allow_empty {
            return Some(
                Error::environment("nothing was checked: there is no record and no document here")
                    .hint("run it in a repository with records, or pass --allow-empty"),
            );
        }
        if !self.paths.is_empty() && !self.reads_any_path(earlier) && !self.request.allow_empty {
            let paths: Vec<&str> = self.paths.iter().map(RepoPath::as_str).collect();
            return Some(
                Error::environment(format!(
                    "nothing was checked: {} is not read as anything",
                    paths.join(", ")
                ))
                .hint("name records or documents, or pass --allow-empty"),
            );
        }
        None
    }

    /// Why a run that is about the past cannot tell.
    fn without_past(&self, run: &Run, plan: &Plan, base: Option<&Base>) -> Option<Error> {
        let is_about_past = self.request.needs_history || !self.request.only.is_empty();
        if !is_about_past || !plan.asks_the_past() {
            return None;
        }
        if let Some(gap) = &run.gap {
            return Some(
                Error::environment(gap.clone()).hint("fetch the whole history with `git fetch --unshallow`"),
            );
        }
        if !self.request.needs_history || self.request.allow_empty {
            return None;
        }
        if run.commits == 0 && base.is_none() && self.wants_lives(base) {
            let hint = "run it in a git repository with commits, or pass --allow-empty";
            return Some(Error::environment("nothing was examined: there is no history here").hint(hint));
        }
        (run.examined.1 == 0 && run.covering == 0).then(|| {
            let hint = "run it where there are documents with links, or pass --allow-empty";
            Error::environment("nothing was examined: no document refers to anything here").hint(hint)
        })
    }

    /// Whether one of the request's paths holds something that is read, or was before.
    fn reads_any_path(&self, earlier: Option<&Snapshot>) -> bool {
        let chosen = |path: &RepoPath| self.paths.iter().any(|chosen| path.is_within(chosen.as_str()));
        let counts = |path: &RepoPath| chosen(path) && self.reads(path);
        let holds = |snapshot: &Snapshot| snapshot.entries().iter().any(|entry| counts(&entry.path));
        holds(&self.snapshot) || earlier.is_some_and(holds)
    }

    /// Whether what stands at `path` matters to this run.
    fn reads(&self, path: &RepoPath) -> bool {
        let is_known = self.config.file.as_ref() == Some(path) || self.config.baseline == *path;
        is_known || (may_read(&self.config, path) && !self.config.excludes(path.as_str()))
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
