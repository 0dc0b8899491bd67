//! Markdown as people write it: front matter, headings, lines of text, labelled values, tables, tasks and links, each
//! with the bytes it came from.
//!
//! GitHub's dialect, read by `pulldown-cmark`; what stands in code blocks and comments is not text. This module does
//! not know what a document is about.

mod document;
mod labels;
mod regions;
mod slug;

pub use document::{Document, Fence, Heading, Item, Line, Link, LinkKind, Place};
pub use labels::{Label, labels};
pub use regions::{FrontMatter, FrontMatterKind, front_matter};
pub use slug::slug;
