//! What a document names in its repository: every link, image, definition, attribute and path in code that may be a file
//! or a folder, with its exact bytes.
//!
//! A document tells the truth about its repository as long as what it names is there. This module says what it names, and
//! where each name may lead; it does not know what exists, or ever did. Whatever cannot be a path (an address, a handle,
//! a pattern, a placeholder, a command) is not a reference, so nobody has to judge it.

mod boxes;
mod code;
mod links;
mod past;
mod paths;
mod places;

use crate::read::markdown;
use crate::text::Span;

pub use places::{Candidate, candidates, rewritten};

/// A place of a document that names a file or folder of the repository, or a heading of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The form in which it is written.
    pub kind: ReferenceKind,
    /// The bytes of the path, without fragment, query and line numbers; empty before an anchor of the document itself.
    pub span: Span,
    /// The path as it is read, escapes and entities resolved.
    pub written: String,
    /// Whether the bytes at `span` are exactly `written`.
    pub is_verbatim: bool,
    /// The path to look for: percent-decoded in links, as written in code. It may start with `/`, `./` or `../`, and is
    /// empty where the document names itself.
    pub path: String,
    /// The heading or named place in the target, decoded.
    pub anchor: Option<Part>,
    /// The lines of the target.
    pub lines: Option<LineRange>,
    /// Whether the words around it say that the path is of the past, or yet to come.
    pub is_past: bool,
}

/// The form in which a reference is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReferenceKind {
    /// `[text](path)`.
    Link,
    /// `![text](path)`.
    Image,
    /// `[label]: path`.
    Definition,
    /// `<name.rs:12>`.
    Auto,
    /// An attribute of HTML.
    Html,
    /// A path in a code span.
    Code,
    /// A path in a ticked item of a task list, as code or as a plain word.
    Ticked,
}

/// A part of a reference with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The bytes, without `#`.
    pub span: Span,
    /// What is read there.
    pub text: String,
}

/// Lines that a reference names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineRange {
    /// The bytes of the numbers, without the `:` or `#` before them.
    pub span: Span,
    /// The first line, from 1.
    pub first: u32,
    /// The last line, which may be the first.
    pub last: u32,
}

impl ReferenceKind {
    /// Whether a reader can follow it: then it claims that its target is there now.
    #[must_use]
    pub const fn is_link(self) -> bool {
        !matches!(self, Self::Code | Self::Ticked)
    }
}

impl Reference {
    /// Whether it may as well be a page of a website as a file: it starts at the top, or its last name has no extension
    /// or that of a page. That such a link leads to no file is no news.
    #[must_use]
    pub fn may_be_route(&self) -> bool {
        self.kind.is_link() && (self.path.starts_with('/') || self.may_be_page())
    }

    /// Whether it leads to what is called like a page of a website, rather than like some other file: by no extension, or
    /// that of HTML.
    #[must_use]
    pub fn may_be_page(&self) -> bool {
        let last = self.path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        !paths::has_extension(last) || last.ends_with(".html") || last.ends_with(".htm")
    }
}

/// Every reference of a document whose text is `text`, in the order of the file.
#[must_use]
pub fn references(text: &str, parsed: &markdown::Document) -> Vec<Reference> {
    let mut found = Vec::new();
    add(text, parsed, &mut found);
    if let Some(boxes) = boxes::unfolded(text, parsed) {
        add(text, &markdown::Document::read(&boxes), &mut found);
    }
    found.sort_by_key(|reference| (reference.span, reference.kind));
    found.shrink_to_fit();
    found
}

fn add(text: &str, parsed: &markdown::Document, found: &mut Vec<Reference>) {
    let mut around = past::Around::new(parsed);
    links::links(text, parsed, &mut around, found);
    code::code(text, parsed, &mut around, found);
}

#[cfg(test)]
mod tests;
