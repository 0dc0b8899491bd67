//! The English words by which a path is one of the past, of what is to come, or of somebody else.
//!
//! Tables only: how far a word reaches, and what a sentence is, is judged by the module above.

/// On which side of the path a phrase stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    After,
}

use Side::{After, Before};

/// A phrase that makes a path one of the past or of the future.
pub(super) struct Phrase {
    pub(super) side: Side,
    pub(super) words: &'static str,
    /// How many bytes may stand between it and a path behind it, code not counted.
    pub(super) reach: usize,
}

impl Phrase {
    /// The word by which it is looked up.
    pub(super) fn first(&self) -> &'static str {
        first_word(self.words)
    }
}

/// The first word of a phrase or of a part of a heading.
pub(super) fn first_word(words: &'static str) -> &'static str {
    words.trim_start_matches('(').split(' ').next().unwrap_or_default()
}

const fn before(words: &'static str, reach: usize) -> Phrase {
    Phrase { side: Before, words, reach }
}

/// A phrase behind a path follows it closely: only [`LINKING`] words stand between.
const fn after(words: &'static str) -> Phrase {
    Phrase { side: After, words, reach: 0 }
}

/// How far a verb reaches.
const FAR: usize = 60;
/// How far an adjective or an order reaches.
const NEAR: usize = 16;

/// What is said of a path, before or behind it.
pub(super) const PHRASES: &[Phrase] = &[
    // What was, before its name.
    before("renamed from", FAR),
    before("moved from", FAR),
    before("migrated from", FAR),
    before("extracted from", FAR),
    before("ported from", FAR),
    before("split from", FAR),
    before("split out of", FAR),
    before("renamed", FAR),
    before("rename", NEAR),
    before("moved", FAR),
    before("move", NEAR),
    before("formerly", FAR),
    before("formerly in", FAR),
    before("previously", FAR),
    before("previously in", FAR),
    before("originally", FAR),
    before("originally in", FAR),
    before("historically", FAR),
    before("used to be", FAR),
    before("used to be in", FAR),
    before("used to live in", FAR),
    before("lived in", FAR),
    before("no longer", FAR),
    before("no longer in", FAR),
    before("there is no", NEAR),
    before("there are no", NEAR),
    before("there was no", NEAR),
    before("there isn't a", NEAR),
    before("instead of", FAR),
    before("in place of", FAR),
    before("replaces", FAR),
    before("replaced", FAR),
    before("replacing", FAR),
    before("replacement for", FAR),
    before("supersedes", FAR),
    before("superseding", FAR),
    before("removed", FAR),
    before("removes", FAR),
    before("removing", FAR),
    before("removal of", FAR),
    before("remove", NEAR),
    before("deleted", FAR),
    before("deletes", FAR),
    before("deleting", FAR),
    before("deletion of", FAR),
    before("delete", NEAR),
    before("dropped", FAR),
    before("deprecated", FAR),
    before("deprecates", FAR),
    before("retired", FAR),
    before("obsolete", NEAR),
    before("the old", NEAR),
    before("an old", NEAR),
    before("old", 4),
    before("legacy", NEAR),
    before("former", NEAR),
    before("the previous", NEAR),
    before("the original", NEAR),
    before("before:", 4),
    before("was:", 4),
    before("at the time", FAR),
    before("superseded by", FAR),
    before("used to", FAR),
    // What is made when something runs.
    before("generates", NEAR),
    before("generated in", NEAR),
    before("generated into", NEAR),
    before("generated to", NEAR),
    before("writes to", NEAR),
    before("written to", NEAR),
    before("output to", NEAR),
    before("outputs to", NEAR),
    before("saved to", NEAR),
    // What is not this repository's, or only an example.
    before("your", NEAR),
    before("in your project", FAR),
    before("in your app", FAR),
    before("in your application", FAR),
    before("in your repository", FAR),
    before("in your repo", FAR),
    before("of your project", FAR),
    before("of your app", FAR),
    before("of your application", FAR),
    before("of your repository", FAR),
    before("of your repo", FAR),
    before("to your project", FAR),
    before("to your repository", FAR),
    before("create a new", FAR),
    before("for example", FAR),
    before("for example in", FAR),
    before("for instance", FAR),
    before("for instance in", FAR),
    // The same behind its name.
    after("at the time"),
    after("in your"),
    after("renamed"),
    after("moved"),
    after("moves to"),
    after("relocated"),
    after("migrated"),
    after("removed"),
    after("deleted"),
    after("dropped"),
    after("retired"),
    after("gone"),
    after("replaced"),
    after("superseded"),
    after("merged into"),
    after("folded into"),
    after("split into"),
    after("split up"),
    after("deprecated"),
    after("obsolete"),
    after("former"),
    after("formerly"),
    after("legacy"),
    after("old"),
    after("no longer exist"),
    after("no longer exists"),
    after("no longer there"),
    after("does not exist"),
    after("doesn't exist"),
    after("do not exist"),
    after("did not exist"),
    after("not present"),
    after("in favor of"),
    after("in favour of"),
    after("used to be"),
    after("used to live"),
    after("now lives"),
    after("is now called"),
    after("is now at"),
    after("is now in"),
    after("is now `"),
    after("became `"),
    // What is to come.
    after("will be created"),
    after("will be added"),
    after("will be written"),
    after("will be introduced"),
    after("to be created"),
    after("to be added"),
    after("to be written"),
    after("to be done"),
    after("planned"),
    after("proposed"),
    after("not yet"),
    after("tbd"),
    after("todo"),
    after("(new"),
    after("(future"),
    after("(create"),
    before("will live in", FAR),
    before("will live at", FAR),
    before("will move to", FAR),
    before("will be created", FAR),
    before("will be placed in", FAR),
    before("will be added", FAR),
    before("to be created", FAR),
    before("create", 24),
    before("planned", NEAR),
    before("proposed", NEAR),
    before("future", NEAR),
    before("hypothetical", NEAR),
];

/// Words that may stand between a path and what is said of it.
pub(super) const LINKING: [&str; 32] = [
    "a",
    "all",
    "already",
    "also",
    "and",
    "are",
    "be",
    "been",
    "being",
    "both",
    "directory",
    "file",
    "files",
    "folder",
    "got",
    "had",
    "has",
    "have",
    "is",
    "it",
    "just",
    "module",
    "now",
    "or",
    "script",
    "since",
    "soon",
    "that",
    "the",
    "was",
    "were",
    "will",
];

/// Words behind which a sentence turns from what is gone to something else.
pub(super) const TURNS: [&str; 17] = [
    "to",
    "into",
    "with",
    "by",
    "in favor of",
    "in favour of",
    "instead",
    "now",
    "see",
    "use",
    "but",
    "→",
    "->",
    "from",
    "in",
    "inside",
    "within",
];

/// Headings of sections about the past or the future, in lower case: the whole heading.
pub(super) const WHOLE_HEADINGS: [&str; 30] = [
    "history",
    "changes",
    "migration",
    "migrations from",
    "migrating",
    "upgrading",
    "upgrade",
    "upgrade notes",
    "removed",
    "removals",
    "renamed",
    "renames",
    "moved",
    "moves",
    "deleted",
    "deprecated",
    "deprecations",
    "before",
    "old",
    "legacy",
    "unreleased",
    "news",
    "roadmap",
    "todo",
    "to do",
    "future",
    "planned",
    "proposed",
    "next steps",
    "fixed",
];

/// The same, anywhere in the heading.
pub(super) const HEADINGS: [&str; 26] = [
    "changelog",
    "change log",
    "change history",
    "release notes",
    "release history",
    "version history",
    "revision history",
    "breaking change",
    "what's new",
    "whats new",
    "what's changed",
    "what changed",
    "migration guide",
    "migration from",
    "migrating from",
    "migrating to",
    "upgrading from",
    "upgrading to",
    "upgrade guide",
    "removed in",
    "removed file",
    "deprecated in",
    "future work",
    "no longer",
    "formerly",
    "moved to",
];

/// Marks before or behind the heading of a step that was carried out.
pub(super) const DONE: [&str; 8] =
    ["[done]", "(done)", "- done", "— done", "[completed]", "(completed)", "✅ done", "✅ completed"];

/// Headings of columns, and cells that say it of their row.
pub(super) const CELLS: [&str; 26] = [
    "old",
    "before",
    "from",
    "previous",
    "previously",
    "was",
    "former",
    "formerly",
    "removed",
    "deleted",
    "legacy",
    "deprecated",
    "old path",
    "old name",
    "old file",
    "old location",
    "old location(s)",
    "previous path",
    "previous location",
    "original",
    "original path",
    "planned",
    "renamed",
    "obsolete",
    "retired",
    "not started",
];
