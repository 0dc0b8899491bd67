//! What a run looked at, for the report: nothing is green that was not read.

use super::Session;
use super::base::Base;
use crate::database::Database;
use crate::report::Scope;

impl Session {
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
