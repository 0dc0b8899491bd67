//! What takes place when, what has to be done by when, and whether it was: occurrences of rituals, clocks, actions from
//! meeting to meeting and objectives, computed from the configuration, the records and a moment; how operations are by
//! the figures of indicators; and what assessments lead to.
//!
//! This room knows no git, no templates and no clock of the machine. `now` is handed in, and what happened when is asked
//! of the database's timeline.

pub mod assessment;
mod assign;
mod carryover;
mod clocks;
mod computed;
mod criteria;
mod evidence;
pub mod indicator;
mod occurrence;
mod slo;
mod tables;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod world;

pub use clocks::{About, Clock, ClockKind, ClockState, Stop};
pub use computed::computed;
pub use criteria::{Ask, criteria};
pub use evidence::{Evidence, Kind, Meeting};
pub use occurrence::{Occurrence, State, TooMany, occurrences};
pub use tables::sources;
