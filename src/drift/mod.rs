//! Documents that stopped being true, with what history says of when and why.
//!
//! A reference that leads nowhere says little: it may be a route of a site, a file that a build makes, an example. One
//! whose target stood there while it was written, and stands there no more, is a document that stopped being true.
//! This room tells the two apart. A document that covers code stopped being true, maybe, when that changed and nobody looked;
//! this room knows what counts as looking. It does not know how findings are worded or weighed.

mod anchors;
mod care;
mod commands;
mod cover;
mod fate;
mod headings;
mod lexical;
mod lines;
mod past;
mod range;
mod readers;
mod sites;
mod snippets;
pub mod table;
mod texts;
mod timeline;
mod versions;

pub use anchors::{AnchorEnd, LostAnchor};
pub use care::{At, Cared, Change, Lapse, Look, Since, What, care};
pub use commands::{CommandEnd, CommandKind, LostCommand};
pub use cover::{Covering, REVIEWS, Receipt, coverings, hash, hex};
pub use fate::{Death, End, Examined, Fate, Home, examine};
pub use lines::MovedLines;
pub use past::Past;
pub use snippets::{Snippet, SnippetFault};
pub use texts::{Gone, Texts, Wanted, look};
