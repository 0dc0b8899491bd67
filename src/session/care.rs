//! What is known of the upkeep of documents, for the rules that ask.

use super::Session;
use super::plan::Plan;
use super::run::Earlier;
use crate::config::Config;
use crate::database::Database;
use crate::drift::{Cared, Look, Past, care};
use crate::repo::Snapshot;

impl Session {
    /// Whether documents kept up, when a rule of `plan` wants to know and there is a past to ask.
    pub(super) fn cared(
        &self,
        plan: &Plan,
        snapshot: &Snapshot,
        config: &Config,
        database: &Database,
        earlier: Earlier<'_>,
    ) -> Cared {
        let Earlier { lives, is_range, .. } = earlier;
        if !plan.asks_for_lapses() || (lives.is_none() && !is_range) {
            return Cared::default();
        }
        let step = earlier.step(snapshot);
        let past = Past::new(lives, step.as_ref(), &|_| None);
        care(database, snapshot, config, &past, Look { today: self.today(), is_range })
    }
}
