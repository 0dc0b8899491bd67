//! The history of a run's records, for those who ask for it.

use super::Session;
use crate::database::history::{History, Past};
use crate::database::{Database, Table};
use crate::error::Result;

impl Session {
    /// What changed in the records of the tables of `database`, which is of this session's snapshot, that `wanted`
    /// accepts; see [`Past::history`]. Nothing is read before this is called.
    ///
    /// # Errors
    /// Environment, when commits cannot be read.
    pub fn history(&self, database: &Database, wanted: &dyn Fn(&Table) -> bool) -> Result<History> {
        let past = Past {
            workspace: &self.workspace,
            snapshot: &self.snapshot,
            config: &self.config,
            tables: &database.tables,
            cache: self.request.cache,
        };
        past.history(wanted)
    }
}
