//! What takes place when, and whether it did: the occurrences of rituals, computed from the configuration, the records
//! of meetings and a moment.
//!
//! This room knows no git, no templates and no clock. `now` is handed in, and so is the moment at which minutes were
//! published, for only history can tell that.

mod assign;
mod evidence;
mod occurrence;

#[cfg(test)]
mod tests;

pub use evidence::{Evidence, Kind, Meeting};
pub use occurrence::{Occurrence, State, occurrences};
