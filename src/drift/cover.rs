//! What documents cover, and the receipts that say it was held against them.
//!
//! A receipt names the blob of the document and a hash of everything that it covers, never a commit and never a day: so it
//! says what somebody looked at, whatever was squashed, rebased or clicked since. One small file a document, so that two
//! reviews do not touch.

use std::collections::HashMap;

use serde_json::{Value as Json, json};

use crate::config::{Config, Globs};
use crate::database::Database;
use crate::repo::{BlobId, Snapshot, blob_id};
use crate::text::{RepoPath, Span};

/// Where receipts lie, from the top of a project.
pub const REVIEWS: &str = ".opsbook/reviews";
/// The form of a receipt.
const FORMAT: &str = "opsbook.review/1";
/// The largest file that is covered, in bytes; of a larger one only its being there counts.
const LARGEST: u64 = 256 << 20;

/// A document and what it covers.
#[derive(Debug)]
pub struct Covering {
    /// The document.
    pub document: RepoPath,
    /// Where it says so; nothing at its start, when the configuration does.
    pub span: Span,
    /// The globs as written.
    pub patterns: Vec<String>,
    /// Whether the document itself says so.
    pub is_own: bool,
    globs: Globs,
}

impl Covering {
    /// Whether the file at `path` is covered.
    #[must_use]
    pub fn has(&self, path: &str, config: &Config) -> bool {
        path != self.document.as_str()
            && !path.contains(".opsbook/")
            && self.globs.is_match(path)
            && !config.excludes(path)
    }

    /// The files of `snapshot` that are covered, in order, each with the blob of its bytes.
    #[must_use]
    pub fn files<'s>(&self, snapshot: &'s Snapshot, config: &Config) -> Vec<(&'s str, BlobId)> {
        let entries = snapshot.entries().iter().filter(|entry| self.has(entry.path.as_str(), config));
        entries
            .map(|entry| (entry.path.as_str(), snapshot.id_of(entry, LARGEST).unwrap_or_default()))
            .collect()
    }
}

/// The documents of `database` that cover something, by its front matter or the configuration, in order.
#[must_use]
pub fn coverings(database: &Database, config: &Config) -> Vec<Covering> {
    let documents = database.documents.iter().filter(|document| {
        !document.upkeep.covers.is_empty()
            || config.covers.iter().any(|cover| cover.document == document.path)
    });
    let covering = documents.map(|document| {
        let own = document.upkeep.covers.iter();
        let span = own.clone().map(|(_, span)| *span).reduce(|one, other| Span::new(one.start, other.end));
        let patterns = own.map(|(pattern, _)| pattern.clone());
        let configured = config.covers.iter().filter(|cover| cover.document == document.path);
        let patterns: Vec<String> =
            patterns.chain(configured.flat_map(|cover| cover.covers.clone())).collect();
        let globs = Globs::new(&config.root, patterns.iter().map(String::as_str));
        let is_own = span.is_some();
        let span = span.unwrap_or_default();
        Covering { document: document.path.clone(), span, patterns, is_own, globs }
    });
    covering.collect()
}

/// The hash of covered files, in the order of their paths: that of the text with a line `BLOB PATH` for each, as a blob
/// of git.
#[must_use]
pub fn hash<'p>(files: impl IntoIterator<Item = (&'p str, BlobId)>) -> BlobId {
    let lines = files.into_iter().map(|(path, blob)| format!("{} {path}\n", hex(&blob)));
    blob_id(lines.collect::<String>().as_bytes())
}

/// An id in hexadecimal digits.
#[must_use]
pub fn hex(id: &BlobId) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What somebody says they looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The document.
    pub document: RepoPath,
    /// Its blob.
    pub blob: String,
    /// The hash of what it covers.
    pub covered: String,
    /// How many files those were.
    pub files: usize,
    /// What was said about it.
    pub because: Option<String>,
}

impl Receipt {
    /// Where the receipt of `document` lies, in a project in the folder `root`. The name is what people recognise of the
    /// path, and a hash of it, so that no two documents share one on any file system.
    #[must_use]
    pub fn path(document: &RepoPath, root: &str) -> RepoPath {
        /// Characters of the readable part.
        const MOST: usize = 80;
        let is_safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        let name: String = document.as_str().chars().map(|c| if is_safe(c) { c } else { '-' }).collect();
        let name = name.trim_matches(['-', '.']);
        let name = &name[name.len().saturating_sub(MOST)..];
        let digits = xxhash_rust::xxh3::xxh3_64(document.as_str().as_bytes());
        let folder = if root.is_empty() { String::new() } else { format!("{root}/") };
        RepoPath::new(&format!(
            "{folder}{REVIEWS}/{}-{digits:016x}.json",
            name.trim_start_matches(['-', '.'])
        ))
    }

    /// The bytes of its file.
    #[must_use]
    pub fn text(&self) -> String {
        let mut members = vec![
            ("format", json!(FORMAT)),
            ("document", json!(self.document.as_str())),
            ("blob", json!(self.blob)),
            ("covered", json!(self.covered)),
            ("files", json!(self.files)),
        ];
        members.extend(self.because.as_ref().map(|because| ("because", json!(because))));
        let lines: Vec<String> =
            members.iter().map(|(name, value)| format!("  {}: {value}", json!(name))).collect();
        format!("{{\n{}\n}}\n", lines.join(",\n"))
    }

    /// The receipt in `bytes`.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let json: Json = serde_json::from_slice(bytes).ok()?;
        let text = |name: &str| json.get(name).and_then(Json::as_str).map(str::to_owned);
        (text("format")? == FORMAT).then_some(())?;
        Some(Self {
            document: RepoPath::new(&text("document")?),
            blob: text("blob")?,
            covered: text("covered")?,
            files: json.get("files").and_then(Json::as_u64).unwrap_or(0) as usize,
            because: text("because"),
        })
    }
}

/// Where receipts of documents are, and what they say: of each name in `names` that has one in `snapshot`, the first.
pub(super) fn receipt(
    snapshot: &Snapshot,
    names: &[RepoPath],
    root: &str,
) -> Option<(RepoPath, Option<Receipt>)> {
    /// The largest receipt, in bytes.
    const LARGEST: u64 = 1 << 20;
    names.iter().find_map(|name| {
        let path = Receipt::path(name, root);
        let entry = snapshot.entry(path.as_str())?;
        let found = snapshot.read(entry, LARGEST).ok().and_then(|bytes| Receipt::read(&bytes));
        Some((path, found.filter(|receipt| receipt.document == *name)))
    })
}

/// `files` of two moments without those that only have another name: those that went with their bytes and came again with
/// them.
pub(super) fn changed<'p>(
    before: &HashMap<&'p str, BlobId>,
    now: &HashMap<&'p str, BlobId>,
) -> Vec<(&'p str, Option<BlobId>, Option<BlobId>)> {
    let mut all: Vec<&str> = before.keys().chain(now.keys()).copied().collect();
    all.sort_unstable();
    all.dedup();
    let pairs = all.into_iter().map(|path| (path, before.get(path).copied(), now.get(path).copied()));
    let mut changed: Vec<_> = pairs.filter(|(_, before, now)| before != now).collect();
    let gone: Vec<BlobId> = changed.iter().filter(|one| one.2.is_none()).filter_map(|one| one.1).collect();
    let came: Vec<BlobId> = changed.iter().filter(|one| one.1.is_none()).filter_map(|one| one.2).collect();
    changed.retain(|(_, before, now)| match (before, now) {
        (Some(blob), None) => !came.contains(blob),
        (None, Some(blob)) => !gone.contains(blob),
        _ => true,
    });
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_receipt_is_readable_safe_and_nobody_elses() {
        let path = |document: &str| Receipt::path(&RepoPath::new(document), "").as_str().to_owned();
        assert!(path("docs/specs/api.md").starts_with(".opsbook/reviews/docs-specs-api.md-"));
        for (one, other) in
            [("docs/a-b.md", "docs/a/b.md"), ("docs/A.md", "docs/a.md"), ("docs/é.md", "docs/è.md")]
        {
            let (one, other) = (path(one).to_lowercase(), path(other).to_lowercase());
            assert_ne!(one, other);
            assert!(one.is_ascii() && one.matches('/').count() == 2, "{one}");
        }
        let long = path(&"deep/".repeat(100));
        assert!(long.len() < 140, "{long}");
        assert!(Receipt::path(&"shop/a.md".into(), "shop").as_str().starts_with("shop/.opsbook/reviews/"));
    }

    #[test]
    fn a_receipt_is_read_as_it_was_written() {
        let receipt = Receipt {
            document: "docs/a \"b\".md".into(),
            blob: "00".repeat(20),
            covered: "ff".repeat(20),
            files: 2,
            because: Some("read it twice\nreally".to_owned()),
        };
        let text = receipt.text();
        assert_eq!(Receipt::read(text.as_bytes()), Some(receipt));
        assert_eq!(text.lines().count(), 8, "one fact a line: {text}");
        assert_eq!(Receipt::read(b"<<<<<<< ours\n"), None);
        assert_eq!(Receipt::read(text.replace("review/1", "review/2").as_bytes()), None);
    }

    #[test]
    fn the_hash_is_one_that_git_makes_of_a_list() {
        let files = [("a.rs", [0x11; 20]), ("b.rs", [0x22; 20])];
        let list = format!("{} a.rs\n{} b.rs\n", "11".repeat(20), "22".repeat(20));
        assert_eq!(hash(files), blob_id(list.as_bytes()));
        assert_eq!(hex(&hash([])), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", "git's id of an empty file");
    }

    #[test]
    fn another_name_for_the_same_bytes_is_no_change() {
        let (one, other) = ([1; 20], [2; 20]);
        let before = HashMap::from([("a", one), ("b", other), ("c", one)]);
        let now = HashMap::from([("a2", one), ("b", one), ("c", one)]);
        assert_eq!(changed(&before, &now), [("b", Some(other), Some(one))]);
    }
}
