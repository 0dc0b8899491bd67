//! The versions of a document and of what it covers, along the mainline and up to what is looked at.
//!
//! Moments are the commits of the mainline, counted from 0; one more stands for what is not committed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::cover::{self, Covering};
use super::lexical::{self, Difference};
use super::past::{Moment, Past};
use crate::config::Config;
use crate::extract::upkeep;
use crate::repo::{BlobId, Bytes, Lives, Snapshot, SnapshotKind, State};
use crate::text::RepoPath;

/// The largest version that is compared, in bytes.
const LARGEST: u64 = 16 << 20;

/// What a moment made of a file: its blob, or nothing.
pub(super) type Version = (usize, Option<BlobId>);

/// Everything that can be asked about versions.
pub(super) struct Timeline<'a> {
    pub(super) lives: &'a Lives,
    pub(super) snapshot: &'a Snapshot,
    pub(super) config: &'a Config,
    pub(super) past: &'a Past<'a>,
    read: Mutex<HashMap<BlobId, Option<Arc<Bytes>>>>,
}

/// How a document differs from its version before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edit {
    /// In white space and comments.
    Form,
    /// In the day of its review or change, or in its version.
    Stamp,
    /// In what it says.
    Substance,
}

impl<'a> Timeline<'a> {
    pub(super) fn new(
        lives: &'a Lives,
        snapshot: &'a Snapshot,
        config: &'a Config,
        past: &'a Past<'a>,
    ) -> Self {
        Self { lives, snapshot, config, past, read: Mutex::default() }
    }

    /// The moment of what is not committed, also where there is no such thing.
    pub(super) fn now(&self) -> usize {
        self.lives.commits()
    }

    /// Whether nothing is known of what was before `moment`, so that what it has may be older.
    pub(super) fn is_edge(&self, moment: usize) -> bool {
        moment == 0 && self.lives.is_cut()
    }

    /// The names of the document, the present one first, each with the moment since which it has it.
    pub(super) fn names(&self, document: &RepoPath) -> Vec<(RepoPath, usize)> {
        let mut names = vec![(document.clone(), 0)];
        for (moment, before) in self.past.moves(document) {
            let at = match moment {
                Moment::Commit(at) => at,
                Moment::Step => self.now(),
            };
            if let Some(last) = names.last_mut() {
                last.1 = at;
            }
            names.push((before, 0));
        }
        names
    }

    /// The versions of the document under all its names, the oldest first.
    pub(super) fn document(&self, document: &RepoPath) -> Vec<Version> {
        let mut versions = Vec::new();
        let mut until = usize::MAX;
        for (name, since) in self.names(document) {
            let own = self.versions(name.as_str()).into_iter();
            let own = own.filter(|&(at, blob)| since <= at && at < until && blob.is_some());
            versions.push(own.collect::<Vec<_>>());
            until = since;
        }
        versions.into_iter().rev().flatten().collect()
    }

    /// The versions of the file at `path`, the oldest first.
    pub(super) fn versions(&self, path: &str) -> Vec<Version> {
        let blob = |state: State| match state {
            State::File(blob) => Some(blob),
            State::Gone | State::Other => None,
        };
        let mut versions: Vec<Version> =
            self.lives.versions(path).map(|(at, state)| (at, blob(state))).collect();
        if self.snapshot.kind() != SnapshotKind::Commit {
            let entry = self.snapshot.entry(path);
            let present = entry.and_then(|entry| self.snapshot.id_of(entry, LARGEST).ok());
            if versions.last().and_then(|last| last.1) != present {
                versions.push((self.now(), present));
            }
        }
        versions
    }

    /// The versions of everything that is covered, or would have been when it was there.
    pub(super) fn covered<'p>(&'p self, covering: &Covering) -> Vec<(&'p str, Vec<Version>)>
    where
        'a: 'p,
    {
        let own = self.snapshot.entries().iter().map(|entry| entry.path.as_str());
        let mut paths: Vec<&str> = self.lives.paths().chain(own).collect();
        paths.retain(|path| covering.has(path, self.config));
        paths.sort_unstable();
        paths.dedup();
        paths.into_iter().map(|path| (path, self.versions(path))).collect()
    }

    /// The bytes of a version of the file at `path`.
    pub(super) fn bytes(&self, path: &str, blob: BlobId) -> Option<Arc<Bytes>> {
        /// Versions that are kept in memory.
        const KEPT: usize = 500;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read.get(&blob) {
            return known.clone();
        }
        if read.len() >= KEPT {
            read.clear();
        }
        let own = || self.snapshot.entry(path).and_then(|entry| self.snapshot.read(entry, LARGEST).ok());
        let bytes = self.lives.read(blob, LARGEST).ok().or_else(own).map(Arc::new);
        read.insert(blob, bytes.clone());
        bytes
    }

    /// The text of a version of the file at `path`.
    pub(super) fn text(&self, path: &str, blob: Option<BlobId>) -> Option<String> {
        let bytes = self.bytes(path, blob?)?;
        std::str::from_utf8(&bytes).ok().map(str::to_owned)
    }

    /// How two versions of the file at `path` differ.
    pub(super) fn difference(&self, path: &str, before: Option<BlobId>, now: Option<BlobId>) -> Difference {
        let bytes = |blob: Option<BlobId>| match blob {
            None => Some(Arc::default()),
            Some(blob) => self.bytes(path, blob),
        };
        match (bytes(before), bytes(now)) {
            // That an empty file came or went says something, too.
            _ if before.is_some() != now.is_some() && (before.is_none() || now.is_none()) => {
                let bytes = bytes(before.or(now)).unwrap_or_default();
                match lexical::difference(path, b"", &bytes) {
                    Difference::Form => Difference::Lines(Vec::new()),
                    lines => lines,
                }
            }
            (Some(before), Some(now)) => lexical::difference(path, &before, &now),
            _ => Difference::Lines(Vec::new()),
        }
    }

    /// What a version of the document made of the one before.
    pub(super) fn edit(&self, path: &str, before: Option<BlobId>, now: Option<BlobId>) -> Edit {
        if before.is_none() || now.is_none() {
            return Edit::Substance;
        }
        match (self.text(path, before), self.text(path, now)) {
            (Some(before), Some(now)) => edit(&before, &now),
            _ => Edit::Substance,
        }
    }

    /// The last moment that changed what the document says.
    pub(super) fn last_said(&self, path: &str, versions: &[Version]) -> Option<usize> {
        let says = |at: usize| {
            let before = at.checked_sub(1).and_then(|before| versions[before].1);
            self.edit(path, before, versions[at].1) == Edit::Substance
        };
        (0..versions.len()).rev().find(|&at| says(at)).map(|at| versions[at].0)
    }
}

/// What became of the text `before` of a document.
pub(super) fn edit(before: &str, now: &str) -> Edit {
    let is_same = |before: &str, now: &str| {
        lexical::difference("a.md", before.as_bytes(), now.as_bytes()) == Difference::Form
    };
    if is_same(before, now) {
        return Edit::Form;
    }
    match is_same(&upkeep::without_stamps(before), &upkeep::without_stamps(now)) {
        true => Edit::Stamp,
        false => Edit::Substance,
    }
}

/// What stood where after `moment`.
pub(super) fn state<'p>(covered: &[(&'p str, Vec<Version>)], moment: usize) -> HashMap<&'p str, BlobId> {
    let after = |versions: &[Version]| {
        let known = versions.partition_point(|(at, _)| *at <= moment);
        known.checked_sub(1).and_then(|at| versions[at].1)
    };
    covered.iter().filter_map(|(path, versions)| Some((*path, after(versions)?))).collect()
}

/// The hash of what stood there after `moment`.
pub(super) fn hash_at(covered: &[(&str, Vec<Version>)], moment: usize) -> BlobId {
    let mut files: Vec<(&str, BlobId)> = state(covered, moment).into_iter().collect();
    files.sort_unstable();
    cover::hash(files)
}
