//! The rules over one snapshot: facts in, bare findings out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::plan::Plan;
use super::{Session, Source};
use crate::config::{Config, Mistake};
use crate::database::{self, Database, FileView, Joined};
use crate::drift::{self, Examined, Past, examine};
use crate::finding::Finding;
use crate::repo::{Between, Lives, Snapshot, SnapshotKind};
use crate::rules::{Check, Context, Elsewhere, Removal, Rule};
use crate::text::{RepoPath, Span};

/// The name under which a rule's own failure is reported.
pub(super) const INTERNAL: &str = "internal-error";

/// The rule that knows secrets when it sees them.
const SECRETS: &str = "plaintext-secret";

/// What is known of the time before a snapshot.
#[derive(Clone, Copy, Default)]
pub(super) struct Earlier<'a> {
    /// What was there before, so that what a deletion broke is known.
    pub(super) head: Option<&'a Snapshot>,
    /// The life lines of the mainline under the snapshot.
    pub(super) lives: Option<&'a Lives>,
    /// Whether what was there before is the base of a change.
    pub(super) is_range: bool,
}

impl<'a> Earlier<'a> {
    /// What lies between what was before and `snapshot`, unless the life lines of a commit tell it, which go up to that
    /// commit itself.
    pub(super) fn step(&self, snapshot: &'a Snapshot) -> Option<Between<'a>> {
        let is_known = self.lives.is_some() && snapshot.kind() == SnapshotKind::Commit;
        self.head.filter(|_| !is_known).map(|head| Between::new(head, snapshot))
    }
}

/// What the rules found in one snapshot.
pub(super) struct Run {
    pub(super) database: Database,
    pub(super) findings: Vec<Finding>,
    /// The bytes that hold secrets, also those that no rule of the run was asked about.
    pub(super) secrets: Vec<(RepoPath, Span)>,
    /// What is wrong with pages of the repository's rules.
    pub(super) mistakes: Vec<(RepoPath, Mistake)>,
    /// What rules could not tell, and why.
    pub(super) unknown: Vec<String>,
    /// How many documents and references were held against the past.
    pub(super) examined: (usize, usize),
    /// How many documents that cover something were held against it.
    pub(super) covering: usize,
    /// Why the past is not known as far as it has to be.
    pub(super) gap: Option<String>,
    /// How many commits were looked at.
    pub(super) commits: usize,
}

impl Session {
    /// Runs the rules of `plan` on `snapshot`, which is this session's own or the base it is compared with, as `config`
    /// says. `elsewhere` is what other refs hold.
    pub(super) fn run(
        &self,
        snapshot: &Snapshot,
        config: &Config,
        plan: &Plan,
        earlier: Earlier<'_>,
        elsewhere: &[Elsewhere],
    ) -> Run {
        let failures = Mutex::new(Vec::new());
        let guard = |rule: &'static str, path: &RepoPath, work: &mut dyn FnMut(&mut Vec<Finding>)| {
            let mut findings = Vec::new();
            match catch_unwind(AssertUnwindSafe(|| work(&mut findings))) {
                Ok(()) => findings,
                Err(cause) => {
                    let finding = internal(rule, path, cause.as_ref());
                    failures.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(finding);
                    Vec::new()
                }
            }
        };
        // Whatever else is asked for, no finding may show a secret, and this rule knows them.
        let watch = Rule::from_id(SECRETS).filter(|rule| !plan.runs(rule.id));
        let observe = |file: &FileView<'_>| {
            let mut findings = Vec::new();
            for rule in plan.rules().chain(watch) {
                if let Some(Check::File(check)) = rule.check {
                    findings.extend(guard(rule.id, file.path, &mut |found| check(file, found)));
                }
            }
            findings
        };
        // Records of a base are judged by today's configuration, and so by today's schemas.
        let is_today = std::ptr::eq(config, &self.config);
        let schemas = if is_today { &self.snapshot } else { snapshot };
        let loaded = database::load(snapshot, schemas, config, plan.wants(), &observe);
        let (mut database, mut findings) = (loaded.database, loaded.findings);
        if let Some(head) = earlier.head {
            database.remember(head, snapshot);
        }
        let joined = if plan.wants().keys { database.join() } else { Joined::default() };
        let removal = |table: usize, key: &str| self.removal(&database, table, key);
        let examined = self.examined(plan, snapshot, config, &database, earlier);
        let cared = self.cared(plan, snapshot, config, &database, earlier);
        let texts = self.texts(plan, snapshot, config, &database, earlier);
        let policies = self.policies(plan, snapshot, &database);
        findings.extend(policies.findings);
        let mut mistakes = [self.pages.mistakes.clone(), policies.mistakes].concat();
        if let Some(file) = self.config.file.as_ref().filter(|_| is_today) {
            let of_indicators = self.mistakes_of_indicators(snapshot, &database).into_iter();
            mistakes.extend(of_indicators.map(|mistake| (file.clone(), mistake)));
        }
        let has_file = |files: &globset::GlobMatcher| {
            snapshot.entries().iter().any(|entry| files.is_match(entry.path.as_str()))
        };
        let bytes = |path: &RepoPath| self.bytes(snapshot, path).map(|bytes| bytes.to_vec());
        let context = Context {
            database: &database,
            joined: &joined,
            fates: &examined.fates,
            lapses: &cared.lapses,
            texts: &texts,
            elsewhere,
            config,
            rules: self.rules(),
            page_mistakes: &mistakes,
            today: self.today(),
            has_file: &has_file,
            bytes: &bytes,
            removal: &removal,
        };
        let nowhere = RepoPath::new("");
        for rule in plan.rules() {
            if let Some(Check::Database(check)) = rule.check {
                findings.extend(guard(rule.id, &nowhere, &mut |found| check(&context, found)));
            }
        }
        findings.extend(failures.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner));
        let hidden = findings.iter().flat_map(|one| one.hidden.iter().map(|span| (one.path.clone(), *span)));
        let secrets = hidden.collect();
        findings.retain(|finding| watch.is_none_or(|rule| finding.rule != rule.id));
        let examined = (examined.documents, examined.references);
        Run {
            database,
            findings,
            secrets,
            mistakes,
            unknown: [policies.unknown, cared.unknown].concat(),
            examined,
            covering: cared.covering,
            gap: None,
            commits: 0,
        }
    }

    /// What became of the things that documents refer to, when a rule of `plan` wants to know and there is a past to ask.
    fn examined(
        &self,
        plan: &Plan,
        snapshot: &Snapshot,
        config: &Config,
        database: &Database,
        earlier: Earlier<'_>,
    ) -> Examined {
        if !plan.asks_for_fates() {
            return Examined::default();
        }
        self.held_against_past(snapshot, config, database, earlier)
    }

    fn held_against_past(
        &self,
        snapshot: &Snapshot,
        config: &Config,
        database: &Database,
        earlier: Earlier<'_>,
    ) -> Examined {
        let Earlier { head, lives, .. } = earlier;
        if head.is_none() && lives.is_none() {
            return Examined::default();
        }
        let step = earlier.step(snapshot);
        let obituary = |path: &str| self.workspace.obituary(snapshot.commit()?, path);
        examine(database, snapshot, config, &Past::new(lives, step.as_ref(), &obituary))
    }

    /// Every reference of `database`, which is of `snapshot`, that leads nowhere, by all that is known of the past, and what
    /// cannot be told.
    pub(super) fn known_drift(&self, snapshot: &Snapshot, database: &Database) -> drift::table::Known {
        let mut unknown = Vec::new();
        let Some(lives) = self.lives_under(snapshot, &mut unknown) else { return (Vec::new(), unknown) };
        let head = match snapshot.kind() {
            SnapshotKind::Commit => None,
            _ => snapshot.commit().and_then(|head| self.workspace.commit(head).ok()),
        };
        let earlier = Earlier { head: head.as_ref(), lives: Some(&lives), is_range: false };
        let fates = self.held_against_past(snapshot, &self.config, database, earlier).fates;
        self.remember_lives(&lives);
        (fates, unknown)
    }

    /// Asks history which commit took a key out of a table's files.
    fn removal(&self, database: &Database, table: usize, key: &str) -> Option<Removal> {
        let rev = match &self.request.source {
            Source::Commit(rev) => rev,
            Source::Worktree | Source::Index => "HEAD",
        };
        let quoted = serde_json::Value::String(key.to_owned()).to_string();
        let found = self.workspace.removal(rev, &database.paths(table), quoted.as_bytes())?;
        let time = Timestamp::from_second(found.seconds).ok()?;
        let date = time.to_zoned(TimeZone::UTC).date().to_string();
        Some(Removal { commit: found.commit, date, summary: found.summary })
    }
}

fn internal(rule: &'static str, path: &RepoPath, cause: &(dyn std::any::Any + Send)) -> Finding {
    let text = cause.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("no reason given");
    let message = format!("the rule {rule} failed: {}", crate::text::escape(text));
    Finding::new(INTERNAL, path, Span::default(), message)
        .quoted(rule)
        .note("this is a bug in opsbook; all other rules ran")
}
