//! Values that mean something in operations, whatever file they stand in: dates as people write them, ISO weeks and
//! other periods, series of moments, comparisons, the states of a decision, what makes two actions one.
//!
//! Pure values and their spelling. This room knows no files, no git and no clock.

pub mod action;
pub mod comparison;
pub mod date;
pub mod decision;
mod folder;
pub mod length;
pub mod period;
pub mod recurrence;
pub mod status;
pub mod week;

pub use comparison::Comparison;
pub use folder::FolderWeek;
pub use recurrence::Recurrence;
pub use status::Status;
pub use week::{NoSuchWeek, Week};
