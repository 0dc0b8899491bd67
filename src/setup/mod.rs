//! What brings opsbook into a repository, and the example that shows it: the git hook, the tour.
//!
//! It knows where things go, and nothing of what rules look for.

pub mod hook;
pub mod tour;
