//! The example repositories under `examples/`, built commit by commit from their files and a `history.toml`.
//!
//! The files stand in the folder as they are at the end. The history says which of them came with which commit, how
//! much of them was there, and what a line said before it changed, so every past state is derived and none is kept
//! twice. The examples are for reading; this module knows nothing of what their records mean.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Deserialize;

use crate::repo::builder::Repo;

/// Where the history of an example stands, in its folder. It is no part of the repository that is built.
pub const HISTORY: &str = "history.toml";

/// An example: what its repository holds in the end, and how it came to be.
#[derive(Debug)]
pub struct Example {
    /// Every file, by path from the top.
    pub files: BTreeMap<String, String>,
    /// The commits.
    pub history: History,
}

/// What `history.toml` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    /// The commits, oldest first.
    pub commits: Vec<Commit>,
    /// What was different before.
    #[serde(default)]
    pub was: Vec<Was>,
}

/// One commit.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commit {
    /// What `until` refers to.
    pub id: String,
    /// When, as RFC 3339 writes it.
    pub at: String,
    /// Who, as `Name <address>`.
    pub by: String,
    /// The message.
    pub says: String,
    /// Files that come with it, whole; a name that ends with `/` stands for all files below it.
    #[serde(default)]
    pub files: Vec<String>,
    /// Files of which it brings the first lines: how many there are from now on.
    #[serde(default)]
    pub lines: BTreeMap<String, usize>,
}

/// What a file said until a commit changed it. Of several changes of one place each speaks of the text that the later
/// ones found.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Was {
    /// The file.
    pub path: String,
    /// The commit that brought what stands there now.
    pub until: String,
    /// What only the line that is meant holds; the whole file is meant when it is left out.
    #[serde(default)]
    pub line: String,
    /// Pairs: what is said now, once, and what was said before.
    #[serde(default)]
    pub edits: Vec<[String; 2]>,
    /// What was not there: from the first text up to the next place of the second, or to the end when that is empty.
    pub cut: Option<[String; 2]>,
}

impl Example {
    /// The example whose folder holds `files`: their texts, by path from there, the history among them.
    ///
    /// # Panics
    /// When there is no history, or it is not in the form above.
    #[must_use]
    pub fn new(mut files: BTreeMap<String, String>) -> Self {
        let text = files.remove(HISTORY).expect("an example has a history");
        let history = toml::from_str(&text).unwrap_or_else(|error| panic!("{HISTORY}: {error}"));
        Self { files, history }
    }

    /// The repository, and the ids of its commits, oldest first.
    ///
    /// # Panics
    /// When the history speaks of a file, a line or a text that is not there.
    #[must_use]
    pub fn build(&self) -> (Repo, Vec<String>) {
        let repo = Repo::new();
        let mut known = BTreeMap::new();
        let commits = self.history.commits.iter().enumerate();
        let ids = commits.map(|(at, commit)| {
            for path in self.touched(at, &mut known) {
                repo.write(&path, self.state(&path, at, known[&path])).stage(&path);
            }
            let moment: jiff::Timestamp = commit.at.parse().expect("a moment as RFC 3339 writes it");
            repo.commit_by(&commit.by, &commit.says, moment.as_second())
        });
        let ids = ids.collect();
        (repo, ids)
    }

    /// The files that a commit writes. `known` holds how many lines of each file are there.
    fn touched(&self, at: usize, known: &mut BTreeMap<String, usize>) -> BTreeSet<String> {
        let commit = &self.history.commits[at];
        let mut touched: BTreeSet<String> = commit.lines.keys().cloned().collect();
        for named in &commit.files {
            let is_meant = |path: &&String| *path == named || named.ends_with('/') && path.starts_with(named);
            let before = touched.len();
            touched.extend(self.files.keys().filter(is_meant).cloned());
            assert!(touched.len() > before, "{}: nothing new is called {named}", commit.id);
        }
        for path in &touched {
            known.insert(path.clone(), commit.lines.get(path).copied().unwrap_or(usize::MAX));
        }
        let changed = self.history.was.iter().filter(|was| was.until == commit.id);
        touched.extend(changed.map(|was| was.path.clone()).filter(|path| known.contains_key(path)));
        touched
    }

    /// What `path` said at a commit.
    fn state(&self, path: &str, at: usize, lines: usize) -> String {
        let whole = self.files.get(path).unwrap_or_else(|| panic!("there is no {path}"));
        let text: String = whole.split_inclusive('\n').take(lines).collect();
        let later = self.history.was.iter().filter(|was| was.path == path && self.place(&was.until) > at);
        let mut later: Vec<&Was> = later.collect();
        later.sort_by_key(|was| std::cmp::Reverse(self.place(&was.until)));
        later.into_iter().fold(text, |text, was| was.undone(text))
    }

    fn place(&self, id: &str) -> usize {
        let found = self.history.commits.iter().position(|commit| commit.id == id);
        found.unwrap_or_else(|| panic!("no commit is called {id}"))
    }
}

impl Was {
    /// The text without what came later.
    fn undone(&self, text: String) -> String {
        // A line that had not been written yet has nothing to undo.
        let Some(range) = self.range(&text) else { return text };
        let mut part = text[range.clone()].to_owned();
        for [now, then] in &self.edits {
            assert_eq!(
                part.matches(now).count(),
                1,
                "{} until {}: {now:?} in\n{part}",
                self.path,
                self.until
            );
            part = part.replace(now, then);
        }
        if let Some([start, end]) = &self.cut {
            part = self.without(&part, start, end);
        }
        text[..range.start].to_owned() + &part + &text[range.end..]
    }

    fn range(&self, text: &str) -> Option<Range<usize>> {
        if self.line.is_empty() {
            return Some(0..text.len());
        }
        let at = text.find(&self.line)?;
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let end = text[at..].find('\n').map_or(text.len(), |length| at + length + 1);
        Some(start..end)
    }

    fn without(&self, text: &str, start: &str, end: &str) -> String {
        let from = text.find(start);
        let from = from.unwrap_or_else(|| panic!("{} until {}: no {start:?}", self.path, self.until));
        let rest = &text[from + start.len()..];
        let rest = if end.is_empty() { "" } else { rest.find(end).map_or("", |at| &rest[at..]) };
        text[..from].to_owned() + rest
    }
}
