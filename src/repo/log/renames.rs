//! Which of the files that a commit deleted are those that it added.
//!
//! Equal content first, which costs nothing; then likeness, by libgit2 on just these files. It looks at no file that
//! the commit left where it was.

use std::collections::{HashMap, HashSet};

use git2::{Delta, DiffFindOptions, DiffOptions, Oid, Repository};

use super::{FileChange, FileStatus};
use crate::repo::snapshot::BlobId;
use crate::text::RepoPath;

/// More added or deleted files than this are not compared, as in git (`diff.renameLimit`).
const MOST: usize = 1000;
/// In percent, as in git.
const LIKENESS: u16 = 50;

/// `changes` of a commit with each deletion that is the other half of an addition joined to it.
pub(in crate::repo) fn joined(
    handle: &Repository,
    old: Option<Oid>,
    new: Oid,
    mut changes: Vec<FileChange>,
) -> Vec<FileChange> {
    if !has_pair(&changes) {
        return changes;
    }
    let same = of_equal_content(&changes);
    join(&mut changes, &same);
    if has_pair(&changes)
        && let Some(old) = old
    {
        let alike = of_like_content(handle, old, new, &changes).unwrap_or_default();
        join(&mut changes, &alike);
    }
    changes
}

/// A file that a commit moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::repo) struct Move {
    /// Where it was.
    pub(in crate::repo) from: String,
    /// Where it is.
    pub(in crate::repo) to: String,
    /// How much of it stayed as it was, in percent.
    pub(in crate::repo) likeness: u8,
}

impl Move {
    /// Whether it is beyond doubt that the two are the same: all bytes are, nearly all of them and a word of the name, or
    /// most of them and the name. Texts that everybody has, such as licenses, differ by a line.
    pub(in crate::repo) fn is_sure(&self) -> bool {
        /// In percent.
        const NEARLY_ALL: u8 = 80;
        let (from, to) = (self.from.to_lowercase(), self.to.to_lowercase());
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        self.likeness == 100
            || self.likeness >= NEARLY_ALL && have_common_word(&name(&from), &name(&to))
            || name(&from) == name(&to)
            || is_entrance(&from, &to)
            || is_entrance(&to, &from)
    }
}

/// Whether the names of two files, without extension, have a word in common: `event_a.rs` and `a.rs`.
fn have_common_word(one: &str, other: &str) -> bool {
    let stem = |name: &str| name.split_once('.').map_or(name, |(stem, _)| stem).to_owned();
    let is_end = |c: char| !c.is_alphanumeric();
    let (one, other) = (stem(one), stem(other));
    let mut words = one.split(is_end).filter(|word| !word.is_empty());
    words.any(|word| other.split(is_end).any(|known| known == word))
}

/// Whether the file `folder` is the page or module that stands for the folder named like the file `plain`: `a/b.md` and
/// `a/b/index.md`, `b.rs` and `b/mod.rs`.
fn is_entrance(plain: &str, folder: &str) -> bool {
    /// Names of files that stand for their folder, without extension.
    const ENTRANCES: [&str; 6] = ["index", "_index", "readme", "mod", "__init__", "main"];
    let stem = |path: &str| path.rsplit_once('.').map_or(path, |(stem, _)| stem).to_owned();
    stem(folder)
        .rsplit_once('/')
        .is_some_and(|(inside, name)| ENTRANCES.contains(&name) && inside == stem(plain))
}

/// What a commit that made `changes` between two trees moved.
pub(in crate::repo) fn moves(
    handle: &Repository,
    old: Option<Oid>,
    new: Oid,
    changes: Vec<FileChange>,
) -> Vec<Move> {
    let joined = joined(handle, old, new, changes).into_iter();
    let content = |blob: Option<BlobId>| {
        let oid = Oid::from_bytes(&blob?).ok()?;
        Some(handle.find_blob(oid).ok()?.content().to_vec())
    };
    let moves = joined.filter_map(|change| {
        let likeness = match change.blob == change.old_blob {
            true => 100,
            false => likeness(&content(change.old_blob)?, &content(change.blob)?),
        };
        let (from, to) = (change.old_path?.to_string(), change.path.to_string());
        Some(Move { from, to, likeness })
    });
    moves.collect()
}

/// How much of the larger of two files is in the other, in percent, counted in bytes of whole lines.
pub(in crate::repo) fn likeness(old: &[u8], new: &[u8]) -> u8 {
    let (small, large) = (old.len().min(new.len()), old.len().max(new.len()));
    if small * 2 < large {
        return 0;
    }
    let mut lines: HashMap<&[u8], usize> = HashMap::new();
    for line in old.split_inclusive(|&byte| byte == b'\n') {
        *lines.entry(line).or_default() += 1;
    }
    let mut common = 0;
    for line in new.split_inclusive(|&byte| byte == b'\n') {
        if let Some(count) = lines.get_mut(line).filter(|count| **count > 0) {
            *count -= 1;
            common += line.len();
        }
    }
    (common * 100 / old.len().max(new.len()).max(1)) as u8
}

/// New paths to old ones.
type Moves = HashMap<RepoPath, RepoPath>;

fn of(changes: &[FileChange], status: FileStatus) -> impl Iterator<Item = &FileChange> {
    changes.iter().filter(move |change| change.status == status)
}

fn has_pair(changes: &[FileChange]) -> bool {
    of(changes, FileStatus::Added).any(|change| change.blob.is_some())
        && of(changes, FileStatus::Deleted).any(|change| change.old_blob.is_some())
}

/// Of several deleted files with the same content the one with the same name is meant, else the first.
fn of_equal_content(changes: &[FileChange]) -> Moves {
    let mut gone: HashMap<_, Vec<&RepoPath>> = HashMap::new();
    for change in of(changes, FileStatus::Deleted) {
        if let Some(blob) = change.old_blob {
            gone.entry(blob).or_default().push(&change.path);
        }
    }
    let mut moves = Moves::new();
    for is_same_name in [true, false] {
        for change in of(changes, FileStatus::Added).filter(|change| change.blob.is_some()) {
            let Some(from) = change.blob.and_then(|blob| gone.get_mut(&blob)) else { continue };
            let is_it = |from: &&RepoPath| !is_same_name || from.file_name() == change.path.file_name();
            if let (false, Some(at)) = (moves.contains_key(&change.path), from.iter().position(is_it)) {
                moves.insert(change.path.clone(), from.remove(at).clone());
            }
        }
    }
    moves
}

fn of_like_content(
    handle: &Repository,
    old: Oid,
    new: Oid,
    changes: &[FileChange],
) -> Result<Moves, git2::Error> {
    let mut options = DiffOptions::new();
    options.disable_pathspec_match(true);
    for status in [FileStatus::Added, FileStatus::Deleted] {
        if of(changes, status).count() > MOST {
            return Ok(Moves::new());
        }
        of(changes, status).for_each(|change| {
            options.pathspec(change.path.as_str());
        });
    }
    let (old, new) = (handle.find_tree(old)?, handle.find_tree(new)?);
    let mut diff = handle.diff_tree_to_tree(Some(&old), Some(&new), Some(&mut options))?;
    let mut find = DiffFindOptions::new();
    diff.find_similar(Some(find.renames(true).rename_threshold(LIKENESS).rename_limit(MOST)))?;
    let moves = diff.deltas().filter(|delta| delta.status() == Delta::Renamed).filter_map(|delta| {
        let path =
            |file: git2::DiffFile<'_>| Some(RepoPath::new(std::str::from_utf8(file.path_bytes()?).ok()?));
        Some((path(delta.new_file())?, path(delta.old_file())?))
    });
    Ok(moves.collect())
}

fn join(changes: &mut Vec<FileChange>, moves: &Moves) {
    let gone: HashMap<RepoPath, Option<BlobId>> =
        of(changes, FileStatus::Deleted).map(|change| (change.path.clone(), change.old_blob)).collect();
    let mut used = HashSet::new();
    for change in changes.iter_mut().filter(|change| change.status == FileStatus::Added) {
        let Some((from, &old_blob)) = moves.get(&change.path).and_then(|from| Some((from, gone.get(from)?)))
        else {
            continue;
        };
        used.insert(from);
        (change.status, change.old_path, change.old_blob) =
            (FileStatus::Renamed, Some(from.clone()), old_blob);
    }
    changes.retain(|change| change.status != FileStatus::Deleted || !used.contains(&change.path));
}
