//! The versions that a file had, the newest first, each with the moment in which the next one took its place.
//!
//! It serves everything that asks what a file once said: the headings of a document, the lines of a source file, the
//! targets of a Makefile. A file that was moved keeps its versions.

use std::sync::Arc;

use super::past::{LARGEST, Moment, Past};
use crate::repo::{BlobId, Bytes, State};
use crate::text::RepoPath;

/// What a file was, until something else took its place.
#[derive(Debug, Clone)]
pub(super) struct Version {
    /// What it was called then.
    pub(super) name: RepoPath,
    /// What came after: a commit of the mainline, or the change that is looked at.
    pub(super) until: Moment,
    /// Its bytes; `None` for the version of the snapshot before.
    blob: Option<BlobId>,
}

impl Past<'_> {
    /// The versions of the file that is at `path` now, without the one that stands there now; the newest first, at most
    /// `most` of them.
    pub(super) fn versions(&self, path: &RepoPath, most: usize) -> Vec<Version> {
        let mut found = Vec::new();
        let Some(lives) = self.lives else {
            let name = self.name_in_mainline(path);
            let has = self.step.is_some_and(|step| step.before.entry(name.as_str()).is_some());
            if has {
                found.push(Version { name, until: Moment::Step, blob: None });
            }
            return found;
        };
        let mut name = self.name_in_mainline(path);
        // Where the next version begins; without a step, the newest version is the one that stands there now.
        let mut until = self.step.map(|_| Moment::Step);
        let mut latest = lives.commits();
        loop {
            let versions: Vec<(usize, State)> = lives.versions(name.as_str()).collect();
            let mut born = None;
            for &(at, state) in versions.iter().rev().filter(|(at, _)| *at < latest) {
                let State::File(blob) = state else { break };
                if let Some(until) = until {
                    found.push(Version { name: name.clone(), until, blob: Some(blob) });
                }
                (until, born) = (Some(Moment::Commit(at)), Some(at));
                if found.len() >= most {
                    return found;
                }
            }
            let Some(from) = born.and_then(|born| lives.came_from(name.as_str(), born)) else { return found };
            (name, latest) = (RepoPath::new(&from), born.unwrap_or_default());
        }
    }

    /// What distinguishes the bytes of a version from others, where that is known.
    pub(super) fn identity(&self, version: &Version) -> Option<BlobId> {
        version.blob.or_else(|| {
            let before = self.step?.before;
            before.blob(before.entry(version.name.as_str())?)
        })
    }

    /// The bytes of a version.
    pub(super) fn bytes_of(&self, version: &Version) -> Option<Arc<Bytes>> {
        match version.blob {
            Some(blob) => self.bytes(blob),
            None => self.before_step(&version.name),
        }
    }

    /// What the file that is at `path` now said just before `moment`.
    pub(super) fn said_until(&self, path: &RepoPath, moment: Moment) -> Option<Arc<Bytes>> {
        match moment {
            Moment::Step => self.before_step(&self.name_in_mainline(path)),
            Moment::Commit(at) => self.said_after(path, at.checked_sub(1)?),
        }
    }

    /// What the file that is at `path` now said after a commit of the mainline.
    pub(super) fn said_after(&self, path: &RepoPath, commit: usize) -> Option<Arc<Bytes>> {
        let name = self.name_at(path, commit)?;
        match self.lives?.state(name.as_str(), commit) {
            State::File(blob) => self.bytes(blob),
            State::Gone | State::Other => None,
        }
    }

    /// What a file of the snapshot before said.
    pub(super) fn before_step(&self, name: &RepoPath) -> Option<Arc<Bytes>> {
        let before = self.step?.before;
        before.read(before.entry(name.as_str())?, LARGEST).ok().map(Arc::new)
    }
}
