//! What documents say of the insides of files, when a rule wants to know.

use super::Session;
use super::plan::Plan;
use super::run::Earlier;
use crate::config::Config;
use crate::database::Database;
use crate::drift::{Past, Texts, Wanted, look};
use crate::repo::{Between, Snapshot, SnapshotKind};

impl Session {
    /// Looks at the documents of `database` for what the rules of `plan` are about. Without a past, only what needs none
    /// is found.
    pub(super) fn texts(
        &self,
        plan: &Plan,
        snapshot: &Snapshot,
        config: &Config,
        database: &Database,
        earlier: Earlier<'_>,
    ) -> Texts {
        let Wanted { anchors, lines, snippets, commands } = plan.wants_texts();
        if !anchors && !lines && !snippets && !commands {
            return Texts::default();
        }
        let Earlier { head, lives } = earlier;
        // The life lines of a commit go up to that commit itself.
        let is_known = lives.is_some() && snapshot.kind() == SnapshotKind::Commit;
        let step = head.filter(|_| !is_known).map(|head| Between::new(head, snapshot));
        let past = Past::new(lives, step.as_ref(), &|_| None);
        look(database, snapshot, config, &past, plan.wants_texts())
    }
}
