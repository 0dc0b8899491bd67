//! What a change is compared with, and which findings it is to blame for.

use std::collections::{HashMap, HashSet};

use super::cache::{identities, identity};
use super::plan::Plan;
use super::run::Earlier;
use super::{BaseChoice, Session, Source};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::repo::{AutoBase, Snapshot};
use crate::text::RepoPath;

/// The other side of a comparison.
pub(super) struct Base {
    /// Its commit; `None` before the first commit.
    pub(super) commit: Option<String>,
    pub(super) snapshot: Snapshot,
    /// Where the other side has got to since: of a base that was chosen, the end of the default branch.
    pub(super) tip: Option<Tip>,
}

/// The last commit of another line of history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tip {
    /// What people call it.
    pub(super) name: String,
    /// Full id.
    pub(super) commit: String,
}

impl Session {
    /// The base the request names. `None` without one, or where there is none to compare with, which is then said in
    /// `notes`.
    pub(super) fn base(&self, notes: &mut Vec<String>) -> Result<Option<Base>> {
        match &self.request.base {
            None => Ok(None),
            Some(BaseChoice::Rev(rev)) if rev == "HEAD" && self.workspace.head()?.is_none() => {
                self.needs_git()?;
                Ok(Some(Base { commit: None, snapshot: self.workspace.empty(), tip: None }))
            }
            Some(BaseChoice::Rev(rev)) => self.base_at(rev).map(Some),
            Some(BaseChoice::Auto) => match self.workspace.auto_base()? {
                AutoBase::Base { commit, tip, branch } => {
                    let base = self.base_at(&commit)?;
                    Ok(Some(Base { tip: Some(Tip { name: branch, commit: tip }), ..base }))
                }
                AutoBase::OnDefaultBranch { branch } => {
                    notes.push(format!("no base: this is {branch}, so everything is reported"));
                    Ok(None)
                }
                AutoBase::Unknown { reason } => {
                    Err(Error::environment(format!("the base cannot be told: {reason}"))
                        .hint("name it with --base REV, or fetch more history with `git fetch --unshallow`"))
                }
            },
        }
    }

    fn needs_git(&self) -> Result<()> {
        if self.workspace.is_git() {
            return Ok(());
        }
        Err(Error::usage("--base needs a git repository").hint("leave --base out, or run `git init`"))
    }

    fn base_at(&self, rev: &str) -> Result<Base> {
        self.needs_git()?;
        let snapshot = self.workspace.commit(rev)?;
        let commit = snapshot.commit().map(str::to_owned);
        let tip = commit.clone().map(|commit| Tip { name: rev.to_owned(), commit });
        Ok(Base { commit, snapshot, tip })
    }

    /// The commit under the files that are checked: HEAD under a working tree or index, the first parent of a commit.
    pub(super) fn before(&self) -> Option<Snapshot> {
        match &self.request.source {
            Source::Commit(rev) => self.workspace.commit(&format!("{rev}^")).ok(),
            Source::Worktree | Source::Index => {
                self.workspace.head().ok().flatten().and_then(|head| self.workspace.commit(&head).ok())
            }
        }
    }

    /// Leaves only the findings that the change from `base` brought: of equal ones, as many as there are more now.
    pub(super) fn retain_new(&self, findings: &mut Vec<Finding>, base: &Base, plan: &Plan) {
        if findings.is_empty() {
            return;
        }
        let known = self.recall(&base.snapshot, plan).unwrap_or_else(|| {
            let known = identities(&self.known(base, plan));
            self.remember(&base.snapshot, plan, &known);
            known
        });
        let mut now = identities(findings.iter());
        // From the end, because what was added stands behind what was there more often than before it.
        let mut kept: Vec<Finding> = Vec::new();
        for finding in std::mem::take(findings).into_iter().rev() {
            let identity = identity(&finding);
            let before = known.get(&identity).copied().unwrap_or(0);
            let left = now.entry(identity).or_default();
            if *left > before {
                *left -= 1;
                kept.push(finding);
            }
        }
        kept.reverse();
        *findings = kept;
    }

    /// The findings of the base. It is judged by the current configuration, but a mistake in the configuration is the
    /// base's only when its own configuration has it.
    fn known(&self, base: &Base, plan: &Plan) -> Vec<Finding> {
        let mut findings = self.run(&base.snapshot, &self.config, plan, Earlier::default(), &[]).findings;
        let Some(earlier) = self.earlier_config(base) else { return findings };
        let in_config = |finding: &Finding| self.config.file.as_ref() == Some(&finding.path);
        findings.retain(|finding| !in_config(finding));
        let own = self.run(&base.snapshot, &earlier, &plan.group("config"), Earlier::default(), &[]).findings;
        findings.extend(own.into_iter().filter(in_config));
        findings
    }

    /// The configuration of the base, when it is another than the current one.
    fn earlier_config(&self, base: &Base) -> Option<Config> {
        if self.request.config.is_some() {
            return None;
        }
        let found = super::configuration(&self.workspace, &base.snapshot, &self.request).unwrap_or_default();
        let source = std::str::from_utf8(&found.bytes).unwrap_or_default();
        (source.as_bytes() != self.config_source).then(|| Config::read(found.path, &found.root, source))
    }

    /// Refuses a path of the request that names nothing, neither now nor before.
    pub(super) fn check_paths(&self, before: Option<&Snapshot>) -> Result<()> {
        for path in &self.paths {
            let path = path.as_str();
            let is_in = |snapshot: &Snapshot| snapshot.contains(path) || snapshot.has_folder(path);
            if !is_in(&self.snapshot) && !before.is_some_and(is_in) {
                return Err(Error::usage(format!("no file matches {}", crate::text::escape(path)))
                    .hint("paths are taken from the current folder; a deleted file must be in HEAD"));
            }
        }
        Ok(())
    }

    /// Leaves only the findings that changes in the request's paths could have caused: those in them, and those
    /// elsewhere that are about something in them.
    pub(super) fn retain_paths(&self, findings: &mut Vec<Finding>, before: Option<&Snapshot>) {
        if self.paths.is_empty() {
            return;
        }
        let chosen = |path: &RepoPath| self.paths.iter().any(|chosen| path.is_within(chosen.as_str()));
        let mut cache: HashMap<RepoPath, HashSet<Vec<u8>>> = HashMap::new();
        findings.retain(|finding| {
            chosen(&finding.path)
                || finding
                    .related
                    .iter()
                    .any(|path| chosen(path) && self.is_about(finding, path, before, &mut cache))
        });
    }

    /// Whether a finding elsewhere is about `path`: a reference to a missing key only when `path` held the key before.
    fn is_about(
        &self,
        finding: &Finding,
        path: &RepoPath,
        before: Option<&Snapshot>,
        cache: &mut HashMap<RepoPath, HashSet<Vec<u8>>>,
    ) -> bool {
        if finding.rule != "dangling-reference" {
            return true;
        }
        let (Some(key), Some(before)) = (&finding.quoted, before) else { return false };
        let words = cache.entry(path.clone()).or_insert_with(|| {
            let bytes = self.bytes(before, path).unwrap_or_default();
            bytes.split(|&byte| byte == b'"').map(<[u8]>::to_vec).collect()
        });
        let quoted = serde_json::Value::String(key.clone()).to_string();
        words.contains(quoted.trim_matches('"').as_bytes())
    }
}
