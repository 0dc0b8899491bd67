//! What a run looked at, for the report: nothing is green that was not read.

use super::base::Base;
use super::plan::Plan;
use super::{Session, Source};
use crate::database::Database;
use crate::repo::{Lives, Snapshot};
use crate::report::Scope;

impl Session {
    /// The life lines of the mainline under what is checked, when a rule of `plan` wants them and the request is about
    /// everything: a change is held against two moments only. What cannot be told is said in `unknown`.
    pub(super) fn lives(&self, plan: &Plan, base: Option<&Base>, unknown: &mut Vec<String>) -> Option<Lives> {
        if !plan.asks_the_past() || !self.wants_lives(base) {
            return None;
        }
        self.lives_under(&self.snapshot, unknown)
    }

    /// The life lines of the mainline under a snapshot.
    pub(super) fn lives_under(&self, snapshot: &Snapshot, unknown: &mut Vec<String>) -> Option<Lives> {
        let tip = snapshot.commit()?;
        match self.workspace.lives(tip, self.request.cache) {
            Ok(lives) => {
                unknown.extend(lives.unknown.iter().map(|why| format!("what documents refer to: {why}")));
                Some(lives)
            }
            Err(error) => {
                unknown.push(format!("what documents refer to: {}", error.message));
                None
            }
        }
    }

    /// Keeps what a run learned of life lines, unless it keeps nothing.
    pub(super) fn remember_lives(&self, lives: &Lives) {
        if self.request.cache {
            self.workspace.remember_lives(lives);
        }
    }

    /// Whether the whole past matters to the request.
    pub(super) fn wants_lives(&self, base: Option<&Base>) -> bool {
        let is_whole = base.is_none() && self.paths.is_empty() && self.request.stdin.is_none();
        is_whole && self.request.source != Source::Index
    }

    /// The scope of a run over `database`.
    pub(super) fn scope(&self, database: &Database, base: Option<&Base>, notes: Vec<String>) -> Scope {
        let mut scope = Scope {
            snapshot: self.snapshot.kind().name(),
            commit: self.snapshot.commit().map(str::to_owned),
            base: base.and_then(|base| base.commit.clone()),
            files: database.paths_read(),
            records: database.records(),
            unread: database.unread.iter().map(|one| (one.path.clone(), one.reason.clone())).collect(),
            unknown: self.snapshot.unknown().to_vec(),
            notes,
            ..Scope::default()
        };
        for table in database.tables.iter().filter(|table| !table.files.is_empty()) {
            let records = table.files.iter().map(|&at| database.files[at].len()).sum();
            scope.collections.insert(table.name().to_string(), (table.files.len(), records));
        }
        let lost = database.unread.iter().filter(|one| one.is_loss).count();
        // A folder without git has no history that could be missing.
        scope.complete = lost == 0 && (scope.unknown.is_empty() || !self.workspace.is_git());
        scope
    }
}
