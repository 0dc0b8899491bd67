//! Documents that stopped being true, with what history says of when and why.
//!
//! A reference that leads nowhere says little: it may be a route of a site, a file that a build makes, an example. One
//! whose target stood there while it was written, and stands there no more, is a document that stopped being true.
//! This room tells the two apart. It does not know how findings are worded or weighed.

mod fate;
mod past;
pub mod table;

pub use fate::{Death, End, Examined, Fate, Home, examine};
pub use past::Past;
