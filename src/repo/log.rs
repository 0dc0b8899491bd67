//! History as the mainline saw it: the commits along first parents, the files each of them changed, and the tags.
//!
//! A merge counts as one change, what it brought against its first parent, because that is when the branch got it. It
//! reads commits, trees and blobs, and knows nothing of what files mean.

pub(super) mod renames;
pub(super) mod trees;

use std::sync::Arc;

use git2::{ObjectType, Odb, OdbObject, Oid, Repository};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use rayon::prelude::*;

use super::git::{Git, failure};
use super::snapshot::{BlobId, too_large};
use super::{Bytes, Workspace};
use crate::error::Result;
use crate::text::RepoPath;

/// A point in time as git writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// Seconds since 1970.
    pub seconds: i64,
    /// Minutes that the clock of the place was ahead of UTC.
    pub offset: i32,
}

impl When {
    /// The same in the form of RFC 3339, in the offset it was written with, or in UTC when no place has that offset. What
    /// lies beyond the years 0 to 9999, which the form is made for, is clamped to them.
    #[must_use]
    pub fn rfc3339(self) -> String {
        const DAY: i64 = 86_400;
        /// 0000-01-01.
        const LEAST: i64 = -62_167_219_200;
        let most = Timestamp::MAX.as_second() - DAY;
        let moment = Timestamp::from_second(self.seconds.clamp(LEAST + DAY, most)).unwrap_or_default();
        let offset = Offset::from_seconds(self.offset.saturating_mul(60)).unwrap_or(Offset::UTC);
        moment.to_zoned(TimeZone::fixed(offset)).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }
}

/// A commit on the mainline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its full id.
    pub id: String,
    /// The full ids of its parents, the mainline's first, also of those that were not fetched.
    pub parents: Vec<String>,
    /// The author's name.
    pub author: String,
    /// The author's address.
    pub email: String,
    /// When the author wrote it, by the author's clock.
    pub authored: When,
    /// When it was committed, by the committer's clock.
    pub committed: When,
    /// The latest time of commit of this one and all before it, in seconds since 1970: clocks go wrong and branches
    /// are rebased, but nothing arrives before what it stands on.
    pub arrived: i64,
    /// The first paragraph of the message, on one line.
    pub summary: String,
    /// The rest of the message; empty when there is none.
    pub body: String,
    /// Whether what it changed cannot be told, because its parent was not fetched.
    pub is_cut: bool,
    tree: Oid,
}

impl Commit {
    /// Whether it has more than one parent.
    #[must_use]
    pub const fn is_merge(&self) -> bool {
        self.parents.len() > 1
    }
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileStatus {
    /// It is new.
    Added,
    /// Its content, its mode or its kind is another.
    Modified,
    /// It is gone.
    Deleted,
    /// It has another name, and maybe other content.
    Renamed,
}

impl FileStatus {
    /// The letter git writes: `A`, `M`, `D` or `R`.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Added => "A",
            Self::Modified => "M",
            Self::Deleted => "D",
            Self::Renamed => "R",
        }
    }
}

/// A file that a commit changed against its first parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// What became of it.
    pub status: FileStatus,
    /// Where it is, or was before it was deleted.
    pub path: RepoPath,
    /// Where it was, when it was renamed.
    pub old_path: Option<RepoPath>,
    /// What it holds; `None` when it is gone, or no regular file.
    pub blob: Option<BlobId>,
    /// What it held; `None` when it is new, or was no regular file.
    pub old_blob: Option<BlobId>,
}

/// The files that each commit of a log changed.
#[derive(Debug, Default)]
pub struct FileChanges {
    /// For each commit of the log, in its order: what it changed, sorted by path. Nothing for a commit that is cut.
    pub of: Vec<Vec<FileChange>>,
    /// What cannot be told, as sentences without a period.
    pub unknown: Vec<String>,
}

/// A tag of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name, without `refs/tags/`.
    pub name: String,
    /// The full id of the commit.
    pub commit: String,
    /// When it was made; for a tag without a note of its own, when the commit was.
    pub when: When,
    /// What was noted with it; `None` for a tag that is only a name.
    pub message: Option<String>,
}

/// The mainline that ends in one commit.
pub struct Log {
    git: Arc<Git>,
    /// Its commits, the oldest first.
    pub commits: Vec<Commit>,
    /// What cannot be told, as sentences without a period.
    pub unknown: Vec<String>,
}

impl Workspace {
    /// The mainline that ends in `rev`.
    ///
    /// # Errors
    /// Usage without git and when `rev` names no commit; environment when a commit is damaged.
    pub fn log(&self, rev: &str) -> Result<Log> {
        let git = self.git("history")?;
        let tip = self.resolve(rev)?;
        let (commits, missing) = git.with(|handle| walk(handle, &tip, git))??;
        let mut unknown = Vec::new();
        if let Some(first) = commits.first().filter(|first| first.is_cut) {
            let short = &first.id[..12];
            unknown.push(match git.is_shallow() {
                true => format!("shallow clone: history before {short} is unknown"),
                false => format!("commit {} is missing: history before {short} is unknown", &missing[..12]),
            });
        }
        Ok(Log { git: git.clone(), commits, unknown })
    }

    /// The tags of commits, sorted by name.
    ///
    /// # Errors
    /// Usage without git; environment when the references cannot be read.
    pub fn tags(&self) -> Result<Vec<Tag>> {
        let git = self.git("a tag")?;
        git.with(tags)?
    }
}

impl Log {
    /// The files among those that `wanted` accepts by their paths that each commit changed against its first parent. A
    /// rename is one when both names are wanted.
    #[must_use]
    pub fn changes(&self, wanted: &(dyn Fn(&str) -> bool + Sync)) -> FileChanges {
        self.changes_within(&|_| true, wanted)
    }

    /// The same, when wanted files lie only in folders that `may_hold` accepts, whose paths end in a slash. The others
    /// are not looked into.
    #[must_use]
    pub fn changes_within(
        &self,
        may_hold: &(dyn Fn(&str) -> bool + Sync),
        wanted: &(dyn Fn(&str) -> bool + Sync),
    ) -> FileChanges {
        const CHUNK: usize = 256;
        let numbers: Vec<usize> = (0..self.commits.len()).collect();
        let look = |numbers: &[usize]| self.part(numbers, trees::Wanted { folder: may_hold, file: wanted });
        let parts: Vec<FileChanges> = numbers.par_chunks(CHUNK).map(look).collect();
        let mut all = FileChanges::default();
        for part in parts {
            all.of.extend(part.of);
            all.unknown.extend(part.unknown);
        }
        all
    }

    /// Does `work` with a way to read blobs that no other thread waits for.
    ///
    /// # Errors
    /// Why none can be read, as a sentence without a period.
    pub fn with_blobs<T>(&self, work: impl FnOnce(&Blobs<'_>) -> T) -> std::result::Result<T, String> {
        let done = self.git.with(|handle| {
            let odb = handle.odb().map_err(|e| crate::text::escape(e.message()).into_owned())?;
            Ok(work(&Blobs { odb, is_partial: self.git.is_partial() }))
        });
        done.map_err(|e| e.message)?
    }

    fn part(&self, numbers: &[usize], wanted: trees::Wanted<'_>) -> FileChanges {
        let read = self.git.with(|handle| {
            let mut found = FileChanges::default();
            let mut differ = trees::Differ::new(handle, wanted)?;
            for &at in numbers {
                let commit = &self.commits[at];
                let before = at.checked_sub(1).map(|before| self.commits[before].tree);
                let mut changes = Vec::new();
                if !commit.is_cut {
                    match differ.diff(before, commit.tree) {
                        Ok(changed) => changes = renames::joined(handle, before, commit.tree, changed),
                        Err(why) => found.unknown.push(format!("what {} changed: {why}", &commit.id[..12])),
                    }
                }
                changes.sort_by(|a, b| a.path.cmp(&b.path));
                found.of.push(changes);
            }
            Ok(found)
        });
        let read = read
            .map_err(|e| e.message)
            .and_then(|read| read.map_err(|e: git2::Error| e.message().to_owned()));
        read.unwrap_or_else(|why| FileChanges { of: vec![Vec::new(); numbers.len()], unknown: vec![why] })
    }
}

/// The bytes of a blob, when there are at most `limit`; else why not.
pub(super) fn read_blob(git: &Git, blob: BlobId, limit: u64) -> std::result::Result<Bytes, String> {
    let read = git.with(|handle| {
        let odb = handle.odb().map_err(|e| crate::text::escape(e.message()).into_owned())?;
        let blobs = Blobs { odb, is_partial: git.is_partial() };
        blobs.read(blob, limit).map(|read| Bytes::from(read.to_vec()))
    });
    read.map_err(|e| e.message)?
}

/// Reads blobs one after the other.
pub struct Blobs<'a> {
    odb: Odb<'a>,
    is_partial: bool,
}

/// The bytes of a blob, where git's library left them.
pub struct Blob<'a>(OdbObject<'a>);

impl Blobs<'_> {
    /// The bytes of a blob, when there are at most `limit`.
    ///
    /// # Errors
    /// Why it cannot be read, as a sentence without a period.
    pub fn read(&self, blob: BlobId, limit: u64) -> std::result::Result<Blob<'_>, String> {
        let oid = Oid::from_bytes(&blob).map_err(|e| e.message().to_owned())?;
        let failed = |e: git2::Error| match self.is_partial {
            true => format!("partial clone: object {oid} was not fetched"),
            false => format!("cannot read object {oid}: {}", crate::text::escape(e.message())),
        };
        // The header first: a blob above the limit must not be unpacked.
        let (size, _) = self.odb.read_header(oid).map_err(failed)?;
        if size as u64 > limit {
            return Err(too_large(limit).1);
        }
        self.odb.read(oid).map(Blob).map_err(failed)
    }
}

impl std::ops::Deref for Blob<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.data()
    }
}

/// The commits that end in `tip`, the oldest first, and the id of the one that is missing before them.
fn walk(handle: &Repository, tip: &str, git: &Git) -> Result<(Vec<Commit>, String)> {
    let broken = |e: git2::Error| failure("cannot read history", &e).hint("run `git fsck`");
    let shallow = git.shallow_commits();
    let mut next = Oid::from_str(tip).map_err(broken)?;
    let (mut commits, mut missing) = (Vec::new(), String::new());
    loop {
        let found = handle.find_commit(next).map_err(broken)?;
        let mut commit = commit(&found);
        let parent = commit.parents.first().cloned();
        let known = parent.as_deref().filter(|_| !shallow.contains(&commit.id));
        let known = known.and_then(|id| Oid::from_str(id).ok());
        let known = known.filter(|&id| handle.odb().is_ok_and(|odb| odb.exists(id)));
        commit.is_cut = known.is_none() && parent.is_some();
        commits.push(commit);
        match known {
            Some(known) => next = known,
            None => {
                missing.extend(parent);
                break;
            }
        }
    }
    commits.reverse();
    let mut latest = i64::MIN;
    for commit in &mut commits {
        latest = latest.max(commit.committed.seconds);
        commit.arrived = latest;
    }
    Ok((commits, missing))
}

fn commit(found: &git2::Commit<'_>) -> Commit {
    let (author, committer) = (found.author(), found.committer());
    // A shallow clone hides the parents that were not fetched; the commit itself names them.
    let header = found.raw_header_bytes().split(|&byte| byte == b'\n');
    let parents = header.filter_map(|line| line.strip_prefix(b"parent "));
    let message = String::from_utf8_lossy(found.message_bytes()).into_owned();
    let message = message.trim();
    let (summary, body) = message.split_once("\n\n").unwrap_or((message, ""));
    Commit {
        id: found.id().to_string(),
        parents: parents.map(|id| String::from_utf8_lossy(id).into_owned()).collect(),
        author: String::from_utf8_lossy(author.name_bytes()).into_owned(),
        email: String::from_utf8_lossy(author.email_bytes()).into_owned(),
        authored: when(author.when()),
        committed: when(committer.when()),
        arrived: 0,
        summary: summary.lines().map(str::trim).collect::<Vec<_>>().join(" "),
        body: body.trim().to_owned(),
        is_cut: false,
        tree: found.tree_id(),
    }
}

fn when(time: git2::Time) -> When {
    When { seconds: time.seconds(), offset: time.offset_minutes() }
}

fn tags(handle: &Repository) -> Result<Vec<Tag>> {
    let broken = |e: git2::Error| failure("cannot read the tags", &e).hint("run `git fsck`");
    let mut tags = Vec::new();
    for reference in handle.references_glob("refs/tags/*").map_err(broken)?.flatten() {
        // A tag of a tree or a blob, or one whose commit is not here, marks no place in history.
        let Ok(commit) = reference.peel_to_commit() else { continue };
        let noted = reference.peel(ObjectType::Tag).ok().and_then(|tag| tag.into_tag().ok());
        let made = noted.as_ref().and_then(|tag| Some(when(tag.tagger()?.when())));
        let name = String::from_utf8_lossy(reference.name_bytes()).into_owned();
        tags.push(Tag {
            name: name.strip_prefix("refs/tags/").unwrap_or(&name).to_owned(),
            commit: commit.id().to_string(),
            when: made.unwrap_or_else(|| when(commit.time())),
            message: noted.map(|tag| {
                String::from_utf8_lossy(tag.message_bytes().unwrap_or_default()).trim().to_owned()
            }),
        });
    }
    tags.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(tags)
}
