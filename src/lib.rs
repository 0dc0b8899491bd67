//! opsbook reads the records a team keeps in git and says where they stopped being true.
//!
//! The rooms and what each may know are in `ARCHITECTURE.md`; a test holds the code to that table.

pub mod cadence;
pub mod cli;
pub mod config;
pub mod database;
pub mod drift;
pub mod error;
pub mod extract;
pub mod finding;
pub mod model;
pub mod read;
pub mod repo;
pub mod report;
pub mod rules;
pub mod schema;
pub mod session;
pub mod setup;
pub mod text;
