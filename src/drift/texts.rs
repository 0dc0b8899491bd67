//! What documents say of the insides of files: headings, lines, copied code, commands. Each document is read again once,
//! and only when it says something of the kind that is asked about.
//!
//! Which kinds there are is listed here; each has its own module. What they have in common is a page, which is a document
//! with its text, and the world, which is the snapshot and what is known of its past.

use std::cell::OnceCell;

use rayon::prelude::*;

use super::anchors::{self, LostAnchor};
use super::commands::{self, LostCommand};
use super::lines::{self, MovedLines};
use super::past::{LARGEST, Moment, Past};
use super::snippets::{self, Snippet};
use crate::config::{Class, Config};
use crate::database::{Database, Document};
use crate::extract::references::{Reference, candidates};
use crate::read::markdown;
use crate::repo::{Bytes, Obituary, Snapshot};
use crate::text::{RepoPath, Span};

/// What is looked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Headings that links lead to and that are not there.
    pub anchors: bool,
    /// Lines of files that stand elsewhere now.
    pub lines: bool,
    /// Copies that differ from what they are copies of.
    pub snippets: bool,
    /// Commands that nothing defines.
    pub commands: bool,
}

/// What a look at the documents gave, in the order of documents and bytes.
#[derive(Debug, Default)]
pub struct Texts {
    /// Headings that links lead to and that are not there.
    pub anchors: Vec<LostAnchor>,
    /// Lines of files that stand elsewhere now.
    pub lines: Vec<MovedLines>,
    /// Copies that differ from what they are copies of.
    pub snippets: Vec<Snippet>,
    /// Commands that nothing defines.
    pub commands: Vec<LostCommand>,
}

/// How something went that a document names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// The commit that took it away; `None` when it is not committed, or cannot be told.
    pub obituary: Option<Obituary>,
    /// Whether the change that is looked at did it, rather than some commit of the past.
    pub is_new: bool,
    /// When the document began to name it, in seconds since 1970, and the full id of the commit.
    pub written: Option<(i64, String)>,
}

/// Looks at what the documents of `database`, which is of `snapshot`, say of the insides of files.
#[must_use]
pub fn look<'a>(
    database: &Database,
    snapshot: &'a Snapshot,
    config: &Config,
    past: &'a Past<'a>,
    wanted: Wanted,
) -> Texts {
    let world = World { snapshot, past };
    let registries = wanted.commands.then(|| commands::Registries::new(&world));
    let anchors = anchors::Judge::new(&world);
    let of = |document: &Document| {
        let mut texts = Texts::default();
        let class = database.class_of(document, config);
        let has_lines = wanted.lines && document.references.iter().any(|one| one.lines.is_some());
        let has_anchors = wanted.anchors && document.references.iter().any(|one| one.anchor.is_some());
        if !has_lines && !has_anchors && !wanted.snippets && registries.is_none() {
            return texts;
        }
        let Some(page) = Page::read(&world, document, class) else { return texts };
        if has_anchors {
            texts.anchors = anchors.lost(&page);
        }
        if has_lines {
            texts.lines = lines::moved(&world, &page);
        }
        if wanted.snippets {
            texts.snippets = snippets::wrong(&world, &page);
        }
        if let Some(registries) = &registries {
            texts.commands = commands::lost(&world, registries, &page);
        }
        texts
    };
    let parts: Vec<Texts> = database.documents.par_iter().map(of).collect();
    let mut all = Texts::default();
    for part in parts {
        all.anchors.extend(part.anchors);
        all.lines.extend(part.lines);
        all.snippets.extend(part.snippets);
        all.commands.extend(part.commands);
    }
    all
}

/// A file, and what is asked of the bytes of its versions.
pub(super) type Judged<'a> = (&'a RepoPath, &'a dyn Fn(&[u8]) -> bool);

/// The files that there are, and what is known of those that were.
pub(super) struct World<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) past: &'a Past<'a>,
}

/// A document with its text.
pub(super) struct Page<'a> {
    pub(super) document: &'a Document,
    pub(super) class: Class,
    bytes: Bytes,
    parsed: OnceCell<markdown::Document>,
}

impl World<'_> {
    /// The bytes of a file of the snapshot.
    pub(super) fn read(&self, path: &str) -> Option<Bytes> {
        self.snapshot.read(self.snapshot.entry(path)?, LARGEST).ok()
    }

    /// The file of the snapshot that a reference leads to.
    pub(super) fn target(&self, document: &RepoPath, reference: &Reference) -> Option<RepoPath> {
        let places = candidates(document, reference);
        let there = places.iter().find(|place| self.snapshot.has(place.path.as_str()))?;
        self.snapshot.entry(there.path.as_str()).map(|entry| entry.path.clone())
    }

    /// Who made the file called `name` such that `lacks` is true of it, at `moment`, and since when `document` names what
    /// it lacks.
    pub(super) fn gone(
        &self,
        (name, lacks): Judged<'_>,
        moment: Moment,
        (document, says): Judged<'_>,
    ) -> Gone {
        let Moment::Commit(at) = moment else {
            return Gone { obituary: None, is_new: true, written: None };
        };
        let lives = self.past.lives;
        let since = at.checked_sub(1).and_then(|before| self.past.held_since(document, says, before));
        Gone {
            obituary: lives.and_then(|lives| lives.made(name.as_str(), at, lacks)),
            is_new: false,
            written: lives.zip(since).map(|(lives, since)| (lives.seconds(since), lives.id(since))),
        }
    }
}

impl<'a> Page<'a> {
    fn read(world: &World<'_>, document: &'a Document, class: Class) -> Option<Self> {
        let bytes = world.read(document.path.as_str())?;
        std::str::from_utf8(&bytes).ok()?;
        Some(Self { document, class, bytes, parsed: OnceCell::new() })
    }

    /// Its text.
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("checked when it was read")
    }

    /// Its text, taken apart.
    pub(super) fn parsed(&self) -> &markdown::Document {
        self.parsed.get_or_init(|| markdown::Document::read(self.text()))
    }

    /// The text at a span.
    pub(super) fn slice(&self, span: Span) -> &str {
        self.text().get(span.range()).unwrap_or_default()
    }
}

/// Whether `bytes` hold `words` and not only as a part of longer ones.
pub(super) fn says(bytes: &[u8], words: &str) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    !words.is_empty()
        && memchr::memmem::find_iter(bytes, words.as_bytes()).any(|at| {
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            let after = bytes.get(at + words.len());
            let starts_in = is_word(&words.as_bytes()[0]) && before.is_some_and(is_word);
            !starts_in && !after.is_some_and(is_word)
        })
}

/// The part of `text` that begins with the name of a file, after its folders: how a document names the same thing from
/// wherever it stands.
pub(super) fn from_name(text: &str) -> &str {
    let path = text.split(['#', '?']).next().unwrap_or_default();
    &text[path.rfind('/').map_or(0, |at| at + 1)..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_said_whole_or_not_at_all() {
        assert!(says(b"run `make lint` first", "make lint"));
        assert!(!says(b"run `make lint-all` first", "make lint"));
        assert!(!says(b"remake lint", "make lint"));
        assert!(says(b"[a](x#why)", "#why"));
        assert!(!says(b"[a](x#why-not)", "#why"));
    }

    #[test]
    fn a_name_begins_after_the_folders() {
        assert_eq!(from_name("../docs/a.md#b/c"), "a.md#b/c");
        assert_eq!(from_name("#b"), "#b");
        assert_eq!(from_name("src/a.rs:12"), "a.rs:12");
    }
}
