//! What opsbook has to say about a place in a file: the one type every rule makes and every format shows.
//!
//! A finding knows nothing of how it is shown, of the rules that made it or of any wire format. Severity is not
//! final here: the session applies configuration and suppressions once, for all.

use std::borrow::Cow;
use std::sync::Arc;

use crate::text::{RepoPath, Span};

/// The kebab-case name of a rule, such as `schema-violation`.
pub type RuleId = Cow<'static, str>;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Should be mended.
    Warning,
    /// Must be mended: the default for failing a run.
    Error,
}

impl Severity {
    /// All severities, the lightest first.
    pub const ALL: [Self; 3] = [Self::Info, Self::Warning, Self::Error];

    /// The name in configuration and output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The severity called `name`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.name() == name)
    }
}

/// One replacement of bytes in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The file to change.
    pub path: RepoPath,
    /// The bytes to replace; empty to insert.
    pub span: Span,
    /// The bytes to put there, as text.
    pub text: String,
}

/// A way to mend what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What the fix does, in the imperative.
    pub title: String,
    /// Whether the meaning cannot change by it: safe fixes are applied by `--fix` alone.
    pub safe: bool,
    /// The edits, which do not overlap.
    pub edits: Vec<Edit>,
}

/// A fact from outside the marked bytes that supports a finding, such as the commit that caused it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What it is: `commit`, `record`, `file`.
    pub kind: &'static str,
    /// Its identity: an object id, a key, a path.
    pub id: String,
    /// When, RFC 3339 or a date, where known.
    pub date: Option<String>,
    /// One line that says what it shows.
    pub summary: String,
}

/// A problem at a place, as a rule reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it.
    pub rule: RuleId,
    /// What is wrong, one sentence without a final period.
    pub message: String,
    /// The file.
    pub path: RepoPath,
    /// The bytes that are wrong.
    pub span: Span,
    /// Words to put beside the marked bytes, short.
    pub label: Option<String>,
    /// The collection of the record, for a finding about a record.
    pub collection: Option<Arc<str>>,
    /// The key of the record.
    pub record: Option<Arc<str>>,
    /// JSON pointer (RFC 6901) to the field within the record.
    pub field: Option<String>,
    /// Further lines: why it matters, where the other half is, the way out.
    pub notes: Vec<String>,
    /// Facts that support it.
    pub evidence: Vec<Evidence>,
    /// How to mend it.
    pub fix: Option<Fix>,
    /// How much the rule wants this one to weigh, unless it is configured; `None` for what the rule weighs.
    pub severity: Option<Severity>,
    /// Other files the problem is about, such as the one a reference points into.
    pub related: Vec<RepoPath>,
    /// The text that identifies the place when there is no record key. Never a secret.
    pub quoted: Option<String>,
    /// Bytes of the file that hold a secret, which nobody may print.
    pub hidden: Vec<Span>,
}

impl Finding {
    /// A finding of `rule` at `span` of `path`. The rest is added by the methods below.
    #[must_use]
    pub fn new(rule: impl Into<RuleId>, path: &RepoPath, span: Span, message: impl Into<String>) -> Self {
        Self {
            rule: rule.into(),
            message: message.into(),
            path: path.clone(),
            span,
            label: None,
            collection: None,
            record: None,
            field: None,
            notes: Vec::new(),
            evidence: Vec::new(),
            fix: None,
            severity: None,
            related: Vec::new(),
            quoted: None,
            hidden: Vec::new(),
        }
    }

    /// Adds words beside the marked bytes.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Says which record of which collection it is about.
    #[must_use]
    pub fn record(mut self, collection: &Arc<str>, key: Option<Arc<str>>) -> Self {
        self.collection = Some(collection.clone());
        self.record = key;
        self
    }

    /// Says which field it is about, by JSON pointer.
    #[must_use]
    pub fn field(mut self, pointer: impl Into<String>) -> Self {
        self.field = Some(pointer.into());
        self
    }

    /// Adds a line of explanation.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a supporting fact.
    #[must_use]
    pub fn evidence(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }

    /// Adds another file the problem is about.
    #[must_use]
    pub fn related(mut self, path: &RepoPath) -> Self {
        self.related.push(path.clone());
        self
    }

    /// Sets the text that identifies the place when there is no record key.
    #[must_use]
    pub fn quoted(mut self, text: impl Into<String>) -> Self {
        self.quoted = Some(text.into());
        self
    }

    /// Says which bytes of the file hold a secret.
    #[must_use]
    pub fn hidden(mut self, secret: Span) -> Self {
        self.hidden.push(secret);
        self
    }

    /// Adds a fix that replaces `span` of the finding's own file by `text`.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, safe: bool, span: Span, text: impl Into<String>) -> Self {
        let path = self.path.clone();
        let edits = vec![Edit { path, span, text: text.into() }];
        self.fix = Some(Fix { title: title.into(), safe, edits });
        self
    }

    /// What identifies the problem across edits elsewhere in the file: rule, collection, record key and field; or
    /// rule, path and quoted text where there is no key. Never a line number. Two findings may share it; the
    /// ordinal among equals, given by the session, tells them apart in the [`fingerprint`].
    #[must_use]
    pub fn identity(&self) -> String {
        let field = self.field.as_deref().unwrap_or_default();
        match (&self.record, &self.collection) {
            (Some(key), Some(collection)) => {
                [self.rule.as_ref(), "record", collection, key, field].join("\u{1f}")
            }
            _ => {
                let quoted = self.quoted.as_deref().unwrap_or_default();
                [self.rule.as_ref(), "path", self.path.as_str(), field, quoted].join("\u{1f}")
            }
        }
    }
}

/// The stable name of a finding: 32 hexadecimal digits over its identity and its ordinal among equals, from 0.
/// XXH3-128; not a secret and not a signature.
#[must_use]
pub fn fingerprint(identity: &str, ordinal: usize) -> String {
    let text = format!("{identity}\u{1e}{ordinal}");
    format!("{:032x}", xxhash_rust::xxh3::xxh3_128(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(span: Span) -> Finding {
        Finding::new("dangling-reference", &"roadmap.jsonl".into(), span, "no such key")
            .record(&"roadmap".into(), Some("RM-1".into()))
            .field("/parent")
    }

    #[test]
    fn identity_ignores_where_the_record_stands() {
        let moved = Finding { path: "ops/roadmap.jsonl".into(), ..finding(Span::new(90, 94)) };
        assert_eq!(finding(Span::new(3, 7)).identity(), moved.identity());
    }

    #[test]
    fn identity_without_a_key_is_path_and_quoted_text() {
        let one = Finding::new("not-utf8", &"a.md".into(), Span::new(1, 2), "m").quoted("x");
        let other = Finding { path: "b.md".into(), ..one.clone() };
        assert_ne!(one.identity(), other.identity());
        assert_ne!(one.identity(), one.clone().quoted("y").identity());
    }

    #[test]
    fn equals_are_told_apart_by_their_ordinal() {
        let identity = finding(Span::new(0, 1)).identity();
        assert_ne!(fingerprint(&identity, 0), fingerprint(&identity, 1));
        assert_eq!(fingerprint(&identity, 0).len(), 32);
    }
}
