//! Values that mean something in operations, whatever file they stand in: dates as people write them, ISO weeks and
//! other periods, series of moments, thresholds, the states of a decision and of work, what makes two actions one.
//!
//! Pure values and their spelling. This room knows no files, no git and no clock.

pub mod action;
mod comparison;
pub mod date;
pub mod decision;
mod folder;
mod language;
pub mod length;
mod moment;
pub mod period;
mod progress;
pub mod recurrence;
pub mod status;
pub mod threshold;
pub mod week;
pub mod words;

pub use comparison::Comparison;
pub use folder::FolderWeek;
pub use language::Language;
pub use moment::Moment;
pub use progress::Progress;
pub use recurrence::Recurrence;
pub use status::Status;
pub use threshold::Threshold;
pub use week::{NoSuchWeek, Week};
