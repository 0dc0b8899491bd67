//! Life lines: of every path that the mainline ever had, when something stood there, and where it went.
//!
//! A path lives from the commit that put something there to the one that took it away, maybe several times. The walk
//! that finds this out compares trees and reads no file; what moved where is asked of single commits, when somebody
//! wants to know. What was found is kept below git's folder and extended by the commits that came since; nothing
//! depends on its being there. This room does not know who refers to a path.

mod kept;
mod obituary;
mod table;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use git2::{Oid, Repository};
use rayon::prelude::*;

use super::git::{Git, failure};
use super::log::renames::{self, Move};
use super::log::{FileChange, FileStatus, read_blob, trees};
use super::snapshot::BlobId;
use super::{Bytes, Workspace};
use crate::error::Result;

pub use obituary::Obituary;
use table::{Event, Table};

/// The cache entry that holds what a walk found.
const ENTRY: &str = "lives-1";

/// What stands at a path after a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing.
    Gone,
    /// No regular file: a symbolic link or a submodule.
    Other,
    /// A file with these bytes.
    File(BlobId),
}

/// A stretch of the mainline in which something stood at a path. Commits are counted from 0, the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// The first commit that has it.
    pub born: usize,
    /// The first commit that has it no more; `None` while it lives at the end of the mainline.
    pub died: Option<usize>,
}

/// Where a file or a folder went when it died.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Where it was afterwards.
    pub to: String,
    /// Whether it is beyond doubt that this is the same: its bytes are, or most of them and its name.
    pub is_sure: bool,
}

/// A commit of the mainline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    id: Oid,
    tree: Oid,
    /// When it was committed, in seconds since 1970.
    seconds: i64,
}

/// The life lines of one mainline.
pub struct Lives {
    git: Arc<Git>,
    steps: Vec<Step>,
    /// The parent of the first commit, when it has one that was not fetched.
    missing: Option<Oid>,
    table: Table,
    /// What each commit that was asked moved.
    moves: Mutex<HashMap<Oid, Arc<[Move]>>>,
    /// How many of the moves were known before this run.
    remembered: usize,
    /// Whether this run had to walk.
    has_walked: bool,
    /// What cannot be told, as sentences without a period.
    pub unknown: Vec<String>,
}

impl Workspace {
    /// The life lines of the mainline that ends in `rev`. With `cache`, what an earlier run found is extended.
    ///
    /// # Errors
    /// Usage without git and when `rev` names no commit; environment when a commit is damaged.
    pub fn lives(&self, rev: &str, cache: bool) -> Result<Lives> {
        let git = self.git("history")?;
        let tip = self.resolve(rev)?;
        let broken = |e: git2::Error| failure("cannot read history", &e).hint("run `git fsck`");
        let tip = Oid::from_str(&tip).map_err(broken)?;
        let known = if cache { self.read_cache(ENTRY) } else { None };
        let mut lives = known.and_then(|bytes| kept::parsed(&bytes, git)).unwrap_or_else(|| Lives::new(git));
        lives.extend(tip).map_err(broken)?;
        Ok(lives)
    }

    /// Keeps life lines for the next run, when this one learned something.
    pub fn remember_lives(&self, lives: &Lives) {
        let has_learned = lives.has_walked || lives.known_moves().len() > lives.remembered;
        if let Some(bytes) = has_learned.then(|| kept::written(lives)).flatten() {
            self.write_cache(ENTRY, &bytes);
        }
    }
}

impl Lives {
    fn new(git: &Arc<Git>) -> Self {
        Self {
            git: git.clone(),
            steps: Vec::new(),
            missing: None,
            table: Table::default(),
            moves: Mutex::default(),
            remembered: 0,
            has_walked: false,
            unknown: Vec::new(),
        }
    }

    /// Walks from `tip` to what is known, forgets what lies beside the way, and adds what is new.
    fn extend(&mut self, tip: Oid) -> std::result::Result<(), git2::Error> {
        let git = self.git.clone();
        let failed = |error: crate::error::Error| git2::Error::from_str(&error.message);
        let places: HashMap<Oid, usize> =
            self.steps.iter().enumerate().map(|(at, step)| (step.id, at)).collect();
        let walked = git.with(|handle| walk(handle, tip, &git, &places)).map_err(failed)??;
        let kept = walked.joins.map_or(0, |at| at + 1);
        if walked.joins.is_none() {
            self.missing = walked.missing;
        }
        self.has_walked = !walked.steps.is_empty() || kept < self.steps.len();
        if kept < self.steps.len() {
            self.table.forget(kept as u32);
            self.steps.truncate(kept);
        }
        self.steps.extend(walked.steps);
        let events = self.events(kept);
        if !events.is_empty() {
            self.table.add(events);
        }
        if self.missing.is_some()
            && let Some(first) = self.steps.first()
        {
            let short = &first.id.to_string()[..12];
            self.unknown.insert(
                0,
                match self.git.is_shallow() {
                    true => format!(
                        "shallow clone: history before {short} is unknown; run `git fetch --unshallow`"
                    ),
                    false => format!("history before {short} is unknown: its parent is missing"),
                },
            );
        }
        Ok(())
    }

    /// What the commits from `first` on did to each path.
    fn events(&mut self, first: usize) -> Vec<(Box<str>, Event)> {
        const CHUNK: usize = 256;
        let numbers: Vec<usize> = (first..self.steps.len()).collect();
        let parts: Vec<_> = numbers.par_chunks(CHUNK).map(|numbers| self.part(numbers)).collect();
        let mut events = Vec::new();
        for (found, unknown) in parts {
            events.extend(found);
            self.unknown.extend(unknown);
        }
        events
    }

    fn part(&self, numbers: &[usize]) -> (Vec<(Box<str>, Event)>, Vec<String>) {
        let (mut events, mut unknown) = (Vec::new(), Vec::new());
        let read = self.git.with(|handle| {
            let mut differ = trees::Differ::new(handle, trees::Wanted::ALL)?;
            for &at in numbers {
                let before = at.checked_sub(1).map(|before| self.steps[before].tree);
                match differ.diff(before, self.steps[at].tree) {
                    Ok(changes) => events.extend(changes.iter().map(|change| event(at as u32, change))),
                    Err(why) => unknown.push(format!("what {:.12} changed: {why}", self.steps[at].id)),
                }
            }
            Ok::<(), git2::Error>(())
        });
        match read {
            Ok(Ok(())) => {}
            Ok(Err(error)) => unknown.push(error.message().to_owned()),
            Err(error) => unknown.push(error.message),
        }
        (events, unknown)
    }

    /// How many commits the mainline has.
    #[must_use]
    pub const fn commits(&self) -> usize {
        self.steps.len()
    }

    /// Whether history ends early, so that nothing is known of what was before.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        self.missing.is_some()
    }

    /// When a commit of the mainline was committed, in seconds since 1970.
    #[must_use]
    pub fn seconds(&self, commit: usize) -> i64 {
        self.steps[commit].seconds
    }

    /// The full id of a commit of the mainline.
    #[must_use]
    pub fn id(&self, commit: usize) -> String {
        self.steps[commit].id.to_string()
    }

    /// The lives of the file or the folder at `path`, the oldest first.
    #[must_use]
    pub fn of(&self, path: &str) -> Vec<Life> {
        let mut lives: Vec<Life> = Vec::new();
        for (commit, is_there) in self.table.presence(path) {
            match (lives.last_mut(), is_there) {
                (Some(last @ Life { died: None, .. }), false) => last.died = Some(commit as usize),
                (Some(Life { died: None, .. }), true) | (None, false) => {}
                (_, true) => lives.push(Life { born: commit as usize, died: None }),
                (Some(_), false) => {}
            }
        }
        lives
    }

    /// Every path at which a file ever stood, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.table.paths.iter().map(|path| &**path)
    }

    /// Each commit that changed the file at `path`, the oldest first, and what stood there after it.
    pub fn versions(&self, path: &str) -> impl DoubleEndedIterator<Item = (usize, State)> {
        self.table.events(path).iter().map(|event| (event.commit as usize, event.state))
    }

    /// What stood at `path` after a commit.
    #[must_use]
    pub fn state(&self, path: &str, commit: usize) -> State {
        let events = self.table.events(path);
        let after = events.partition_point(|event| event.commit as usize <= commit);
        after.checked_sub(1).map_or(State::Gone, |at| events[at].state)
    }

    /// Whether something stood at `path`, a file or a folder, after a commit.
    #[must_use]
    pub fn stood(&self, path: &str, commit: usize) -> bool {
        self.of(path).iter().any(|life| life.born <= commit && life.died.is_none_or(|died| commit < died))
    }

    /// The bytes of a blob, when there are at most `limit`.
    ///
    /// # Errors
    /// Why it cannot be read, as a sentence without a period.
    pub fn read(&self, blob: BlobId, limit: u64) -> std::result::Result<Bytes, String> {
        read_blob(&self.git, blob, limit)
    }

    /// Where the file or folder at `path` went when commit `died` took it away; `None` when it was deleted, or nobody
    /// can tell.
    #[must_use]
    pub fn moved_to(&self, path: &str, died: usize) -> Option<Moved> {
        match self.table.events(path).is_empty() {
            true => self.folder_moved_to(path, died),
            false => self.file_moved_to(path, died),
        }
    }

    /// Where the file that commit `born` put at `path` had been before; `None` when it was new.
    #[must_use]
    pub fn came_from(&self, path: &str, born: usize) -> Option<String> {
        let moves = self.moves(born);
        let found = moves.iter().find(|one| one.to == path).map(|one| one.from.clone());
        found.or_else(|| {
            let own = self.breaker_of_birth(path, born)?;
            self.moves_of(own).iter().find(|one| one.to == path).map(|one| one.from.clone())
        })
    }

    fn file_moved_to(&self, path: &str, died: usize) -> Option<Moved> {
        let told = |moves: &[Move]| {
            let found = moves.iter().find(|one| one.from == path)?;
            Some(Moved { to: found.to.clone(), is_sure: found.is_sure() })
        };
        let found = told(&self.moves(died)).or_else(|| {
            // A branch may have moved the file and then changed it beyond recognition.
            let own = self.breaker(path, died)?;
            if own == self.steps[died].id { None } else { told(&self.moves_of(own)) }
        });
        found.or_else(|| self.same_elsewhere(path, died))
    }

    /// A file with the bytes of the one that died, which another commit nearby made: a move in two steps.
    fn same_elsewhere(&self, path: &str, died: usize) -> Option<Moved> {
        /// Commits of the mainline between the two steps.
        const NEARBY: usize = 100;
        /// Shorter files say too little to be told from others.
        const LEAST: u64 = 64;
        let State::File(blob) = self.state(path, died.checked_sub(1)?) else { return None };
        if self.read(blob, u64::MAX).ok()?.len() < LEAST as usize {
            return None;
        }
        let near = died.saturating_sub(NEARBY)..=died + NEARBY;
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let mut found: Vec<String> = self.table.born_with(blob, &near);
        found.retain(|other| other != path);
        if found.len() > 1 {
            found.retain(|other| name(other) == name(path));
        }
        let [one] = found.as_slice() else { return None };
        Some(Moved { to: one.clone(), is_sure: name(one) == name(path) })
    }

    fn folder_moved_to(&self, folder: &str, died: usize) -> Option<Moved> {
        let gone = self.table.died_in(&format!("{folder}/"), died as u32);
        folder_moved(folder, &gone, &|path| self.file_moved_to(path, died))
    }

    /// What a commit of the mainline moved, against its first parent.
    fn moves(&self, commit: usize) -> Arc<[Move]> {
        let before = commit.checked_sub(1).map(|before| self.steps[before].tree);
        let Step { id, tree, .. } = self.steps[commit];
        self.moves_between(id, before, tree)
    }

    /// What any commit moved, against its first parent.
    fn moves_of(&self, commit: Oid) -> Arc<[Move]> {
        let trees = self.git.with(|handle| {
            let found = handle.find_commit(commit).ok()?;
            Some((found.parent(0).ok().map(|parent| parent.tree_id()), found.tree_id()))
        });
        match trees {
            Ok(Some((before, tree))) => self.moves_between(commit, before, tree),
            _ => Arc::from([]),
        }
    }

    fn moves_between(&self, commit: Oid, before: Option<Oid>, tree: Oid) -> Arc<[Move]> {
        if let Some(known) = self.known_moves().get(&commit) {
            return known.clone();
        }
        let found = self.git.with(|handle| {
            let mut differ = trees::Differ::new(handle, trees::Wanted::ALL).ok()?;
            let changes = differ.diff(before, tree).ok()?;
            Some(renames::moves(handle, before, tree, changes))
        });
        let found: Arc<[Move]> = found.ok().flatten().unwrap_or_default().into();
        self.known_moves().insert(commit, found.clone());
        found
    }

    fn known_moves(&self) -> std::sync::MutexGuard<'_, HashMap<Oid, Arc<[Move]>>> {
        self.moves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a folder went: to where most of `gone`, the files that it held at the end, went under their names.
pub(super) fn folder_moved(
    folder: &str,
    gone: &[&str],
    moved_to: &dyn Fn(&str) -> Option<Moved>,
) -> Option<Moved> {
    /// Files that are asked.
    const MOST: usize = 200;
    let asked = gone.len().min(MOST);
    let mut places: HashMap<String, usize> = HashMap::new();
    for path in &gone[..asked] {
        if let Some(moved) = moved_to(path)
            && let Some(place) = moved.to.strip_suffix(&path[folder.len()..])
        {
            *places.entry(place.to_owned()).or_default() += 1;
        }
    }
    let (to, count) = places.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)))?;
    // One file says little about its folder, unless that kept its name.
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let is_sure = count == asked && (asked > 1 || name(folder) == name(&to));
    (count * 2 > asked).then_some(Moved { to, is_sure })
}

fn event(commit: u32, change: &FileChange) -> (Box<str>, Event) {
    let state = match (change.status, change.blob) {
        (FileStatus::Deleted, _) => State::Gone,
        (_, Some(blob)) => State::File(blob),
        (_, None) => State::Other,
    };
    (change.path.as_str().into(), Event { commit, state })
}

/// The commits that are not known yet.
struct Walked {
    /// The oldest first.
    steps: Vec<Step>,
    /// The known commit that the oldest of them stands on.
    joins: Option<usize>,
    /// The parent that was not fetched, where the walk ended for lack of it.
    missing: Option<Oid>,
}

fn walk(
    handle: &Repository,
    tip: Oid,
    git: &Git,
    known: &HashMap<Oid, usize>,
) -> std::result::Result<Walked, git2::Error> {
    let shallow = git.shallow_commits();
    let odb = handle.odb()?;
    let mut walked = Walked { steps: Vec::new(), joins: None, missing: None };
    let mut next = tip;
    loop {
        if let Some(&at) = known.get(&next) {
            walked.joins = Some(at);
            break;
        }
        let commit = handle.find_commit(next)?;
        walked.steps.push(Step { id: next, tree: commit.tree_id(), seconds: commit.time().seconds() });
        // A shallow clone hides the parents that were not fetched; the commit itself names them.
        let mut header = commit.raw_header_bytes().split(|&byte| byte == b'\n');
        let parent = header.find_map(|line| line.strip_prefix(b"parent "));
        let parent = parent.and_then(|hex| Oid::from_str(std::str::from_utf8(hex).ok()?).ok());
        let Some(parent) = parent else { break };
        if shallow.iter().any(|id| *id == next.to_string()) || !odb.exists(parent) {
            walked.missing = Some(parent);
            break;
        }
        next = parent;
    }
    walked.steps.reverse();
    Ok(walked)
}
