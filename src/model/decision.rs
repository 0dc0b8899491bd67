//! How decisions are called, and how one names another: numbers in names of files, and the words for their relations.
//!
//! A decision is known by its folder and its number, or by the name of its file where it has none. This module knows
//! spelling only: whether such a decision exists is for others to find out.

pub mod name;
pub mod relations;

pub use name::Name;
pub use relations::Relation;
