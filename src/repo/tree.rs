//! The files of a commit, read from raw tree objects.
//!
//! Trees are read as bytes because a hostile one may hold names that git itself would never write; each of those
//! is listed as unread. This module reads no file contents.

use git2::{ErrorCode, ObjectType, Odb, Oid, Repository};

use super::git::failure;
use super::names::{printable, refused};
use super::snapshot::{Cause, Entry, Listing, Source, Unread};
use crate::error::{Error, Result};

/// Entries visited before a commit counts as hostile: trees can name each other ten times over, ten levels deep.
const MAX_ENTRIES: usize = 4_000_000;
/// Bytes of a path, as Linux limits them.
const MAX_PATH: usize = 4096;
/// The length of a raw SHA-1.
pub(super) const ID: usize = 20;

/// The files of the commit with the full id `commit`.
pub(super) fn list(handle: &Repository, commit: &str, partial: bool) -> Result<Listing> {
    let broken = |e: git2::Error| failure(&format!("cannot read commit {commit}"), &e).hint("run `git fsck`");
    let root = Oid::from_str(commit).and_then(|oid| handle.find_commit(oid)).map_err(broken)?.tree_id();
    let odb = handle.odb().map_err(broken)?;
    let mut walk = Walk { listing: Listing::default(), pending: vec![(root, String::new())], visited: 0 };
    while let Some((tree, folder)) = walk.pending.pop() {
        let raw = read_tree(&odb, tree, commit, partial)?;
        walk.folder(&raw, &folder, commit)?;
    }
    Ok(walk.listing)
}

struct Walk {
    listing: Listing,
    pending: Vec<(Oid, String)>,
    visited: usize,
}

impl Walk {
    fn folder(&mut self, raw: &[u8], folder: &str, commit: &str) -> Result<()> {
        let mut rest = raw;
        while !rest.is_empty() {
            let Some((item, after)) = next_item(rest) else {
                self.unread(folder.as_bytes(), Cause::UnsafePath, "damaged tree object");
                return Ok(());
            };
            rest = after;
            self.visited += 1;
            if self.visited > MAX_ENTRIES {
                return Err(Error::environment(format!(
                    "commit {commit} holds more than {MAX_ENTRIES} files"
                ))
                .hint("it cannot be checked; was it made to exhaust memory?"));
            }
            self.item(&item, folder);
        }
        Ok(())
    }

    fn item(&mut self, item: &Item<'_>, folder: &str) {
        let mut path = folder.as_bytes().to_vec();
        path.extend_from_slice(item.name);
        if let Some(reason) = refused(item.name) {
            return self.unread(&path, Cause::UnsafePath, reason);
        }
        if path.len() > MAX_PATH {
            return self.unread(&path[..MAX_PATH], Cause::UnsafePath, "the path is longer than 4096 bytes");
        }
        let Ok(mut text) = String::from_utf8(path) else {
            let path = [folder.as_bytes(), item.name].concat();
            return self.unread(&path, Cause::NotUtf8Name, "the name is not UTF-8");
        };
        match item.mode & KIND {
            FOLDER => {
                text.push('/');
                self.pending.push((item.id, text));
            }
            REGULAR => self.listing.entries.push(Entry::new(&text, Source::Blob(item.id))),
            0o120_000 => self.unread(text.as_bytes(), Cause::Symlink, "symbolic link"),
            0o160_000 => self.unread(text.as_bytes(), Cause::Submodule, "submodule"),
            _ => self.unread(text.as_bytes(), Cause::UnsafePath, "neither file nor folder"),
        }
    }

    fn unread(&mut self, path: &[u8], cause: Cause, reason: &str) {
        self.listing.unread.push(Unread { path: printable(path), cause, reason: reason.to_owned() });
    }
}

/// One line of a tree object: `<mode in octal> <name>\0<raw id>`.
pub(super) struct Item<'a> {
    pub(super) mode: u32,
    pub(super) name: &'a [u8],
    pub(super) id: Oid,
}

impl Item<'_> {
    pub(super) const fn is_folder(&self) -> bool {
        self.mode & KIND == FOLDER
    }

    pub(super) const fn is_regular(&self) -> bool {
        self.mode & KIND == REGULAR
    }
}

/// The bits of a mode that say what an entry is, and what they say of folders and files.
const KIND: u32 = 0o170_000;
const FOLDER: u32 = 0o040_000;
const REGULAR: u32 = 0o100_000;

/// The first entry of a raw tree, and what is behind it.
pub(super) fn next_item(raw: &[u8]) -> Option<(Item<'_>, &[u8])> {
    let space = memchr::memchr(b' ', raw)?;
    let end = space + memchr::memchr(0, &raw[space..])?;
    let mode = u32::from_str_radix(std::str::from_utf8(&raw[..space]).ok()?, 8).ok()?;
    let id = Oid::from_bytes(raw.get(end + 1..end + 1 + ID)?).ok()?;
    Some((Item { mode, name: &raw[space + 1..end], id }, &raw[end + 1 + ID..]))
}

fn read_tree(odb: &Odb<'_>, tree: Oid, commit: &str, partial: bool) -> Result<Vec<u8>> {
    let what = format!("cannot read the files of commit {commit}");
    match odb.read(tree) {
        Ok(object) if object.kind() == ObjectType::Tree => Ok(object.data().to_vec()),
        Ok(_) => Err(Error::environment(format!("{what}: {tree} is not a tree")).hint("run `git fsck`")),
        Err(e) if e.code() == ErrorCode::NotFound && partial => {
            Err(Error::environment(format!("{what}: partial clone, tree {tree} was not fetched"))
                .hint(format!("run `git ls-tree -r {commit}`, which fetches it")))
        }
        Err(e) => Err(failure(&what, &e).hint("run `git fsck`")),
    }
}
