//! What differs between two trees, from their raw objects.
//!
//! Only folders that differ are read, and of those only the raw bytes: libgit2's own comparison lists both trees whole.
//! It does not tell renames.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::rc::Rc;

use git2::{ErrorCode, ObjectType, Odb, Oid, Repository};

use super::{FileChange, FileStatus};
use crate::repo::names::{printable, refused};
use crate::repo::snapshot::BlobId;
use crate::repo::tree::{ID, Item, next_item};
use crate::text::RepoPath;

/// Entries that are looked at for one commit before its trees count as hostile.
const MAX_ENTRIES: usize = 4_000_000;
/// Bytes of a path, as Linux limits them.
const MAX_PATH: usize = 4096;
/// Bytes of trees that are kept for the next comparison, which mostly starts where this one ended.
const KEPT: usize = 64 << 20;

/// What is looked for, by paths.
#[derive(Clone, Copy)]
pub(in crate::repo) struct Wanted<'a> {
    /// Whether a folder, whose path ends in a slash, may hold any of it.
    pub(in crate::repo) folder: &'a (dyn Fn(&str) -> bool + Sync),
    /// Whether a file is of it.
    pub(in crate::repo) file: &'a (dyn Fn(&str) -> bool + Sync),
}

impl Wanted<'_> {
    /// Everything.
    pub(in crate::repo) const ALL: Self = Self { folder: &|_| true, file: &|_| true };
}

/// Compares one tree after the other.
pub(in crate::repo) struct Differ<'a> {
    odb: Odb<'a>,
    wanted: Wanted<'a>,
    trees: HashMap<Oid, Rc<[u8]>>,
    kept: usize,
    visited: usize,
    found: Vec<FileChange>,
}

impl<'a> Differ<'a> {
    pub(in crate::repo) fn new(handle: &'a Repository, wanted: Wanted<'a>) -> Result<Self, git2::Error> {
        let odb = handle.odb()?;
        Ok(Self { odb, wanted, trees: HashMap::new(), kept: 0, visited: 0, found: Vec::new() })
    }

    /// The wanted files that differ, none of them as renamed; `None` is the tree without files. Fails with a sentence
    /// when a tree is missing or no tree.
    pub(in crate::repo) fn diff(&mut self, old: Option<Oid>, new: Oid) -> Result<Vec<FileChange>, String> {
        self.visited = 0;
        self.found.clear();
        self.folder(old, Some(new), &mut Vec::new())?;
        Ok(std::mem::take(&mut self.found))
    }

    fn folder(&mut self, old: Option<Oid>, new: Option<Oid>, path: &mut Vec<u8>) -> Result<(), String> {
        let (old, new) = (self.tree(old)?, self.tree(new)?);
        let (mut left, mut right) = (Items { rest: &old }, Items { rest: &new });
        loop {
            left.skip_common(&mut right);
            let Some(order) = left.compare(&right) else { return Ok(()) };
            self.visited += 1;
            if self.visited > MAX_ENTRIES {
                return Err(format!("more than {MAX_ENTRIES} files"));
            }
            let before = order.is_le().then(|| left.take()).flatten();
            let after = order.is_ge().then(|| right.take()).flatten();
            self.item(before, after, path)?;
        }
    }

    /// Two entries of the same name, or one that has no counterpart.
    fn item(
        &mut self,
        old: Option<Item<'_>>,
        new: Option<Item<'_>>,
        path: &mut Vec<u8>,
    ) -> Result<(), String> {
        let (Some(some), false) = (new.as_ref().or(old.as_ref()), same(&old, &new)) else { return Ok(()) };
        let length = path.len();
        if refused(some.name).is_some() || length + some.name.len() > MAX_PATH {
            return Ok(());
        }
        path.extend_from_slice(some.name);
        if some.is_folder() {
            path.push(b'/');
            if !(self.wanted.folder)(&printable(path)) {
                path.truncate(length);
                return Ok(());
            }
            self.folder(old.map(|old| old.id), new.map(|new| new.id), path)?;
        } else {
            self.file(old, new, path);
        }
        path.truncate(length);
        Ok(())
    }

    fn file(&mut self, old: Option<Item<'_>>, new: Option<Item<'_>>, path: &[u8]) {
        let path = printable(path);
        if !(self.wanted.file)(&path) {
            return;
        }
        let status = match (&old, &new) {
            (None, _) => FileStatus::Added,
            (_, None) => FileStatus::Deleted,
            _ => FileStatus::Modified,
        };
        let path = RepoPath::new(&path);
        let (old_blob, blob) = (old.and_then(|old| blob(&old)), new.and_then(|new| blob(&new)));
        self.found.push(FileChange { status, path, old_path: None, blob, old_blob });
    }

    fn tree(&mut self, id: Option<Oid>) -> Result<Rc<[u8]>, String> {
        let Some(id) = id else { return Ok(Rc::from([])) };
        if let Some(known) = self.trees.get(&id) {
            return Ok(known.clone());
        }
        let raw: Rc<[u8]> = match self.odb.read(id) {
            Ok(object) if object.kind() == ObjectType::Tree => Rc::from(object.data()),
            Ok(_) => return Err(format!("{id} is not a tree")),
            Err(e) if e.code() == ErrorCode::NotFound => return Err(format!("tree {id} is missing")),
            Err(e) => return Err(crate::text::escape(e.message()).into_owned()),
        };
        if self.kept + raw.len() > KEPT {
            self.trees.clear();
            self.kept = 0;
        }
        self.kept += raw.len();
        self.trees.insert(id, raw.clone());
        Ok(raw)
    }
}

fn same(old: &Option<Item<'_>>, new: &Option<Item<'_>>) -> bool {
    matches!((old, new), (Some(old), Some(new)) if old.id == new.id && old.mode == new.mode)
}

fn blob(item: &Item<'_>) -> Option<BlobId> {
    item.is_regular().then(|| item.id.as_bytes().try_into().ok()).flatten()
}

/// The entries of a raw tree, in its order.
struct Items<'a> {
    rest: &'a [u8],
}

impl<'a> Items<'a> {
    /// Steps over the entries that come next in both: most of two trees is the same, and need not be taken apart.
    fn skip_common(&mut self, other: &mut Self) {
        while let Some(entry) = memchr::memchr(0, self.rest).and_then(|end| self.rest.get(..end + 1 + ID))
            && let Some(rest) = other.rest.strip_prefix(entry)
        {
            self.rest = &self.rest[entry.len()..];
            other.rest = rest;
        }
    }

    /// Gives the entry that is next, and steps on. What is behind a damaged entry is not there.
    fn take(&mut self) -> Option<Item<'a>> {
        let next = next_item(self.rest);
        self.rest = next.as_ref().map_or(&[], |(_, rest)| rest);
        next.map(|(item, _)| item)
    }

    /// Whose next entry comes first, in git's order: by name, where the name of a folder ends in a slash. `None` when
    /// neither has one.
    fn compare(&self, other: &Self) -> Option<Ordering> {
        match (next_item(self.rest), next_item(other.rest)) {
            (None, None) => None,
            (Some(_), None) => Some(Ordering::Less),
            (None, Some(_)) => Some(Ordering::Greater),
            (Some((a, _)), Some((b, _))) => Some(in_order(&a).cmp(in_order(&b))),
        }
    }
}

fn in_order<'a>(item: &Item<'a>) -> impl Iterator<Item = u8> + 'a {
    let slash = item.is_folder().then_some(b'/');
    item.name.iter().copied().chain(slash)
}
