//! What a document said, and where it stood, at moments of the past.
//!
//! There are two ways to know: the life lines of the whole mainline, and two snapshots, what was before a change and
//! what is now. Both answer the same question here, so nothing else has to know which of them was at hand.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::extract::references::{Reference, candidates, references};
use crate::read::markdown;
use crate::repo::{Between, BlobId, Bytes, Life, Lives, Moved, Obituary, State};
use crate::text::RepoPath;

/// The largest version of a document that is searched, in bytes.
pub(super) const LARGEST: u64 = 16 << 20;

/// What is known of the past.
pub struct Past<'a> {
    /// The life lines of the mainline under the snapshot.
    pub lives: Option<&'a Lives>,
    /// What was before and what is now: the commit under the snapshot, or the base of a change.
    pub step: Option<&'a Between<'a>>,
    /// Who took a path away, of what went in the step.
    obituary: &'a (dyn Fn(&str) -> Option<Obituary> + Sync),
    read: Mutex<HashMap<BlobId, Option<Arc<Bytes>>>>,
}

/// The moment in which something went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// A commit of the mainline, by its number.
    Commit(usize),
    /// Between the two snapshots.
    Step,
}

impl<'a> Past<'a> {
    /// The past as far as it is handed in.
    #[must_use]
    pub fn new(
        lives: Option<&'a Lives>,
        step: Option<&'a Between<'a>>,
        obituary: &'a (dyn Fn(&str) -> Option<Obituary> + Sync),
    ) -> Self {
        Self { lives, step, obituary, read: Mutex::default() }
    }

    /// Whether it is known of everything what was there before.
    pub(super) fn is_whole(&self) -> bool {
        self.lives.is_some_and(|lives| !lives.is_cut())
    }

    /// Who took `path` away.
    pub(super) fn obituary(&self, path: &str, moment: Moment) -> Option<Obituary> {
        match moment {
            Moment::Step => (self.obituary)(path),
            Moment::Commit(died) => self.lives?.obituary(path, died),
        }
    }

    /// When the target at `place` went while `document` referred to it; `None` when that never happened. The latest
    /// such moment is meant.
    pub(super) fn went(&self, document: &RepoPath, reference: &Reference, place: &str) -> Option<Moment> {
        if self.went_in_step(document, reference, place) {
            return Some(Moment::Step);
        }
        let lives = self.lives?;
        // What is written as a folder never meant a file.
        if reference.path.ends_with('/') && lives.versions(place).next().is_some() {
            return None;
        }
        let ended = |life: &Life| life.died.filter(|&died| died > life.born);
        let mut deaths = lives.of(place).into_iter().rev().filter_map(|life| ended(&life));
        deaths.find(|&died| self.referred(document, reference, place, died - 1)).map(Moment::Commit)
    }

    fn went_in_step(&self, document: &RepoPath, reference: &Reference, place: &str) -> bool {
        let Some(step) = self.step.filter(|step| step.took_away(place)) else { return false };
        // A link is a promise whenever it was written; words about a path may well say that it is gone.
        reference.kind.is_link() || self.said_before(step, document, reference, place)
    }

    /// Whether the document said so before the step already.
    fn said_before(
        &self,
        step: &Between<'_>,
        document: &RepoPath,
        reference: &Reference,
        place: &str,
    ) -> bool {
        let Some(entry) = step.before.entry(document.as_str()) else {
            return step.came_from(document.as_str()).is_some_and(|from| {
                let from = RepoPath::new(&from);
                let entry = step.before.entry(from.as_str());
                let bytes = entry.and_then(|entry| step.before.read(entry, LARGEST).ok());
                leads(&from, reference, place) && bytes.is_some_and(|bytes| holds(&bytes, reference))
            });
        };
        step.before.read(entry, LARGEST).is_ok_and(|bytes| holds(&bytes, reference))
    }

    /// Whether, after `commit`, the document referred to `place`, under whatever name it had then.
    fn referred(&self, document: &RepoPath, reference: &Reference, place: &str, commit: usize) -> bool {
        let Some(then) = self.name_at(document, commit) else { return false };
        match leads(&then, reference, place) && self.held(&then, reference, commit) {
            true => true,
            false => self.led_otherwise(&then, reference, place, commit),
        }
    }

    /// The name that `document` had after `commit`; `None` when it was not there yet.
    pub(super) fn name_at(&self, document: &RepoPath, commit: usize) -> Option<RepoPath> {
        let lives = self.lives?;
        let mut name = self.name_in_mainline(document);
        let mut latest = lives.commits();
        // Each step goes to an earlier commit.
        loop {
            let life = lives.of(name.as_str()).into_iter().rev().find(|life| life.born < latest)?;
            if life.born <= commit {
                return (life.died.is_none_or(|died| commit < died)).then_some(name);
            }
            latest = life.born;
            name = RepoPath::new(&lives.came_from(name.as_str(), life.born)?);
        }
    }

    /// What `document` is called at the end of the mainline.
    pub(super) fn name_in_mainline(&self, document: &RepoPath) -> RepoPath {
        let from = self.step.and_then(|step| step.came_from(document.as_str()));
        from.map_or_else(|| document.clone(), |from| RepoPath::new(&from))
    }

    /// The moves of the document, the latest first: when, and what it was called before.
    pub(super) fn moves(&self, document: &RepoPath) -> Vec<(Moment, RepoPath)> {
        /// Names of one document that are followed.
        const MOST: usize = 20;
        let mut moves = Vec::new();
        let name = self.name_in_mainline(document);
        if name != *document {
            moves.push((Moment::Step, name.clone()));
        }
        let Some(lives) = self.lives else { return moves };
        let (mut name, mut latest) = (name, lives.commits());
        while moves.len() < MOST {
            let Some(life) = lives.of(name.as_str()).into_iter().rev().find(|life| life.born < latest) else {
                break;
            };
            let Some(from) = lives.came_from(name.as_str(), life.born) else { break };
            (name, latest) = (RepoPath::new(&from), life.born);
            moves.push((Moment::Commit(life.born), name.clone()));
        }
        moves
    }

    /// Whether the document called `name` before `moment` said so and its target stood at `place`.
    pub(super) fn referred_before(
        &self,
        moment: Moment,
        name: &RepoPath,
        reference: &Reference,
        place: &str,
    ) -> bool {
        match (moment, self.lives, self.step) {
            (Moment::Step, _, Some(step)) => {
                let bytes =
                    step.before.entry(name.as_str()).and_then(|entry| step.before.read(entry, LARGEST).ok());
                step.before.has(place) && bytes.is_some_and(|bytes| holds(&bytes, reference))
            }
            (Moment::Commit(commit), Some(lives), _) if commit > 0 => {
                lives.stood(place, commit - 1) && self.held(name, reference, commit - 1)
            }
            _ => false,
        }
    }

    /// Whether the file at `name` referred to `place` in other words: from another folder, or written otherwise.
    fn led_otherwise(&self, name: &RepoPath, reference: &Reference, place: &str, commit: usize) -> bool {
        let Some(State::File(blob)) = self.lives.map(|lives| lives.state(name.as_str(), commit)) else {
            return false;
        };
        let Some(bytes) = self.bytes(blob) else { return false };
        let last = place.rsplit('/').next().unwrap_or_default();
        let (Some(_), Ok(text)) =
            (memchr::memmem::find(&bytes, last.as_bytes()), std::str::from_utf8(&bytes))
        else {
            return false;
        };
        let parsed = markdown::Document::read(text);
        let is_it =
            |one: &Reference| one.kind.is_link() == reference.kind.is_link() && leads(name, one, place);
        references(text, &parsed).iter().any(is_it)
    }

    /// Whether the file at `name` named the reference's path after `commit`.
    fn held(&self, name: &RepoPath, reference: &Reference, commit: usize) -> bool {
        let Some(lives) = self.lives else { return false };
        match lives.state(name.as_str(), commit) {
            State::File(blob) => self.bytes(blob).is_some_and(|bytes| holds(&bytes, reference)),
            State::Gone | State::Other => false,
        }
    }

    /// The commit of the mainline that wrote the reference, which the document holds after `commit`: the first of those
    /// since which it was always there. `None` when that takes too long to find out.
    pub(super) fn written(&self, document: &RepoPath, reference: &Reference, commit: usize) -> Option<usize> {
        self.held_since(document, &|bytes| holds(bytes, reference), commit)
    }

    /// The first of the commits since which `holds` was always true of the document's bytes, up to `commit`. `None` when
    /// that takes too long to find out, and when it is not true after `commit`.
    pub(super) fn held_since(
        &self,
        document: &RepoPath,
        holds: &dyn Fn(&[u8]) -> bool,
        commit: usize,
    ) -> Option<usize> {
        /// Versions that are searched.
        const MOST: usize = 300;
        let lives = self.lives?;
        let mut name = self.name_at(document, commit)?;
        let (mut latest, mut since, mut left) = (commit, None, MOST);
        loop {
            let versions: Vec<(usize, State)> = lives.versions(name.as_str()).collect();
            for &(at, state) in versions.iter().rev().filter(|(at, _)| *at <= latest) {
                left = left.checked_sub(1)?;
                match state {
                    State::File(blob) if self.bytes(blob).is_some_and(|bytes| holds(&bytes)) => {
                        since = Some(at);
                    }
                    _ => return since,
                }
            }
            let born = since?;
            let Some(from) = lives.came_from(name.as_str(), born) else { return since };
            (name, latest) = (RepoPath::new(&from), born.checked_sub(1)?);
        }
    }

    /// Whether something stood at `place` once, and does no more.
    pub(super) fn is_gone(&self, place: &str) -> bool {
        self.lives.is_some_and(|lives| lives.of(place).last().is_some_and(|life| life.died.is_some()))
    }

    /// Where what went at `moment` from `place` was afterwards.
    pub(super) fn moved_to(&self, place: &str, moment: Moment) -> Option<Moved> {
        match moment {
            Moment::Step => self.step?.moved_to(place),
            Moment::Commit(died) => self.lives?.moved_to(place, died),
        }
    }

    /// When what stands at `place` since `moment` went from there.
    pub(super) fn next_death(&self, place: &str, moment: Moment) -> Option<Moment> {
        let after = match moment {
            Moment::Step => return None,
            Moment::Commit(after) => after,
        };
        let is_later = |died: &usize| *died > after;
        let later = self.lives?.of(place).into_iter().filter_map(|life| life.died).find(is_later);
        let in_step = || self.step.filter(|step| step.took_away(place)).map(|_| Moment::Step);
        later.map(Moment::Commit).or_else(in_step)
    }

    pub(super) fn bytes(&self, blob: BlobId) -> Option<Arc<Bytes>> {
        /// Versions that are kept in memory.
        const KEPT: usize = 1000;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read.get(&blob) {
            return known.clone();
        }
        if read.len() >= KEPT {
            read.clear();
        }
        let bytes = self.lives?.read(blob, LARGEST).ok().map(Arc::new);
        read.insert(blob, bytes.clone());
        bytes
    }
}

/// Whether the reference, in a document called `name`, may mean `place`.
fn leads(name: &RepoPath, reference: &Reference, place: &str) -> bool {
    candidates(name, reference).iter().any(|candidate| candidate.path.as_str() == place)
}

/// Whether a document with these bytes names the reference's path, and not only as a part of a longer one.
fn holds(bytes: &[u8], reference: &Reference) -> bool {
    let written = reference.written.as_bytes();
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'/');
    memchr::memmem::find_iter(bytes, written).any(|at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let after = &bytes[at + written.len()..];
        let goes_on = match after {
            [b'.', next, ..] => is_word(next),
            [next, ..] => is_word(next) && !written.ends_with(b"/"),
            [] => false,
        };
        !before.is_some_and(is_word) && !goes_on
    })
}
