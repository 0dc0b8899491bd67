//! What takes place when, and whether it did: the occurrences of rituals, computed from the configuration, the records
//! of meetings and a moment; how operations are by the figures of indicators; and what assessments lead to.
//!
//! This room knows no git, no templates and no clock. `now` is handed in, and when minutes were published is asked of the
//! database's timeline.

pub mod assessment;
mod assign;
mod evidence;
pub mod indicator;
mod occurrence;
mod tables;

#[cfg(test)]
mod tests;

pub use evidence::{Evidence, Kind, Meeting};
pub use occurrence::{Occurrence, State, occurrences};
pub use tables::sources;
