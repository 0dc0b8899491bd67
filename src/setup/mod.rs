//! What brings opsbook into a repository, says whether it is in place, and shows what it does: the proposal
//! of `init`, the git hook, the doctor, the tour, the examples; and what brings records into it and out of it.
//!
//! It knows where things go, and nothing of what rules look for.

mod cell;
mod ci;
pub mod doctor;
pub mod examples;
pub mod export;
pub mod hook;
pub mod import;
pub mod init;
mod line;
pub mod new;
mod template;
pub mod tour;
mod verdict;
