//! The files of a working tree as git sees them: what is tracked, and what is not ignored.
//!
//! The walk is our own because a repository may be hostile: ignore files are read only when they are small regular
//! files of the repository, and links and other repositories are never entered. It reads no other file.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::FileType;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use git2::Config;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::Environment;
use super::git::Git;
use super::index::{self, Item, Verdict};
use super::names::{printable, refused};
use super::snapshot::{Cause, Conversion, Entry, Listing, Source, Stamp, Unread, modified, on_disk};
use crate::error::{Error, Result};

/// Bytes of an ignore or attributes file above which it is not taken for one.
const MAX_PATTERNS: u64 = 8 << 20;

/// The files under `root`.
pub(super) fn list(
    root: &Path,
    git: Option<&Git>,
    index_file: Option<&Path>,
    env: &Environment,
) -> Result<Listing> {
    let config = git.map(Git::config).transpose()?;
    let patterns = shared_patterns(git, config.as_ref(), env);
    let (items, found) =
        rayon::join(|| index_file.map_or_else(|| Ok(Vec::new()), index::read), || walk(root, &patterns));
    let (items, found) = (items?, found?);
    let keeps_links = config.as_ref().is_none_or(|config| config.get_bool("core.symlinks").unwrap_or(true));
    let mut listing = join(root, &items, found, keeps_links);
    listing.conversion = conversion(root, git, config.as_ref(), env, &listing.entries, &items);
    listing.index_written =
        index_file.and_then(|file| modified(&std::fs::metadata(file).ok()?)).unwrap_or_default();
    Ok(listing)
}

/// What a walk came upon.
#[derive(Default)]
struct Found {
    files: Vec<String>,
    unread: Vec<Unread>,
}

/// A folder still to be listed.
struct Folder {
    place: PathBuf,
    /// Its repository path; empty at the root.
    path: String,
    rules: Rc<Rules>,
}

/// Walks everything under `root` that no `.gitignore` and none of the files of `patterns` covers; the first of them
/// weighs most.
fn walk(root: &Path, patterns: &[PathBuf]) -> Result<Found> {
    let nothing = Rules { own: Gitignore::empty(), outer: None };
    let shared = patterns
        .iter()
        .rev()
        .filter_map(|file| Rules::read(file, ""))
        .fold(nothing, |outer, own| Rules { own, outer: Some(Rc::new(outer)) });
    let mut found = Found::default();
    let mut pending = vec![Folder { place: root.to_owned(), path: String::new(), rules: Rc::new(shared) }];
    while let Some(folder) = pending.pop() {
        match found.list_folder(&folder, &mut pending) {
            Ok(()) => {}
            Err(e) if folder.path.is_empty() => {
                return Err(Error::environment(format!("cannot list {}: {e}", root.display()))
                    .hint("choose a folder that can be read with `-C`"));
            }
            Err(e) => {
                found.leave_out(folder.path.as_bytes(), Cause::Io, &format!("cannot list the folder: {e}"))
            }
        }
    }
    Ok(found)
}

impl Found {
    fn list_folder(&mut self, folder: &Folder, pending: &mut Vec<Folder>) -> std::io::Result<()> {
        let items = std::fs::read_dir(&folder.place)?
            .map(|item| item.and_then(|item| Ok((item.file_name(), item.file_type()?))))
            .collect::<std::io::Result<Vec<_>>>()?;
        let has = |wanted: &str| items.iter().any(|(name, _)| name == wanted);
        if !folder.path.is_empty() && has(".git") && is_repository(&folder.place.join(".git")) {
            self.leave_out(folder.path.as_bytes(), Cause::Submodule, "a repository of its own");
            return Ok(());
        }
        let own =
            has(".gitignore").then(|| Rules::read(&folder.place.join(".gitignore"), &folder.path)).flatten();
        let rules = match own {
            Some(own) => Rc::new(Rules { own, outer: Some(Rc::clone(&folder.rules)) }),
            None => Rc::clone(&folder.rules),
        };
        // Pipes and devices are nothing git would track.
        let listed = |kind: &FileType| kind.is_file() || kind.is_dir() || kind.is_symlink();
        for (name, kind) in items.iter().filter(|(name, kind)| name != ".git" && listed(kind)) {
            match name.to_str() {
                Some(name) => self.sort_out(name, *kind, folder, &rules, pending),
                None => self.leave_out_unless_ignored(name, kind.is_dir(), folder, &rules),
            }
        }
        Ok(())
    }

    fn sort_out(
        &mut self,
        name: &str,
        kind: FileType,
        folder: &Folder,
        rules: &Rc<Rules>,
        pending: &mut Vec<Folder>,
    ) {
        let path = match folder.path.as_str() {
            "" => name.to_owned(),
            parent => format!("{parent}/{name}"),
        };
        if rules.is_ignored(Path::new(&path), kind.is_dir()) {
            return;
        }
        if let Some(reason) = refused(name.as_bytes()) {
            self.leave_out(path.as_bytes(), Cause::UnsafePath, reason);
        } else if kind.is_symlink() {
            self.leave_out(path.as_bytes(), Cause::Symlink, "symbolic link");
        } else if kind.is_dir() {
            pending.push(Folder { place: folder.place.join(name), path, rules: Rc::clone(rules) });
        } else {
            self.files.push(path);
        }
    }

    fn leave_out_unless_ignored(&mut self, name: &OsStr, is_folder: bool, folder: &Folder, rules: &Rules) {
        let path = Path::new(&folder.path).join(name);
        if !rules.is_ignored(&path, is_folder) {
            self.leave_out(path.as_os_str().as_encoded_bytes(), Cause::NotUtf8Name, "the name is not UTF-8");
        }
    }

    fn leave_out(&mut self, path: &[u8], cause: Cause, reason: &str) {
        self.unread.push(Unread { path: printable(path), cause, reason: reason.to_owned() });
    }
}

/// Whether `link` is a `.git` that git would take for a repository; an empty folder of that name is none.
fn is_repository(link: &Path) -> bool {
    link.is_file() || link.join("HEAD").symlink_metadata().is_ok()
}

/// Ignore patterns: those of one file, and those that stand behind them.
struct Rules {
    own: Gitignore,
    outer: Option<Rc<Rules>>,
}

impl Rules {
    /// The patterns of `file` for what lies in `folder`; `None` when it holds none.
    fn read(file: &Path, folder: &str) -> Option<Gitignore> {
        let text = read_patterns(file)?;
        let mut builder = GitignoreBuilder::new(folder);
        for line in text.trim_start_matches('\u{feff}').lines() {
            // A pattern that cannot be understood matches nothing, as in git.
            let _ = builder.add_line(None, line);
        }
        builder.build().ok().filter(|rules| !rules.is_empty())
    }

    /// The nearest file with a pattern that matches decides.
    fn is_ignored(&self, path: &Path, is_folder: bool) -> bool {
        let mut rules = Some(self);
        while let Some(current) = rules {
            match current.own.matched(path, is_folder) {
                ignore::Match::Ignore(_) => return true,
                ignore::Match::Whitelist(_) => return false,
                ignore::Match::None => rules = current.outer.as_deref(),
            }
        }
        false
    }
}

/// The files with patterns that hold everywhere: `info/exclude`, then `core.excludesFile` (gitignore(5)).
fn shared_patterns(git: Option<&Git>, config: Option<&Config>, env: &Environment) -> Vec<PathBuf> {
    let Some(git) = git else { return Vec::new() };
    let own = git.commondir.join("info/exclude");
    std::iter::once(own).chain(user_file(config, env, "core.excludesfile", "ignore")).collect()
}

/// A file of the user's that git's configuration names, else the one in git's own folder.
fn user_file(config: Option<&Config>, env: &Environment, key: &str, usual: &str) -> Option<PathBuf> {
    match config.and_then(|config| config.get_string(key).ok()) {
        Some(named) => match (named.strip_prefix("~/"), &env.home) {
            (Some(rest), Some(home)) => Some(home.join(rest)),
            _ => Some(PathBuf::from(named)),
        },
        None => env.xdg_git().map(|folder| folder.join(usual)),
    }
}

/// The text of a file of patterns; `None` when it is a link, a device or too large.
fn read_patterns(file: &Path) -> Option<String> {
    let listed = std::fs::symlink_metadata(file).ok()?;
    if !listed.is_file() || listed.len() > MAX_PATTERNS {
        return None;
    }
    Some(String::from_utf8_lossy(&std::fs::read(file).ok()?).into_owned())
}

/// Joins what the walk found with what git tracks.
fn join(root: &Path, items: &[Item], found: Found, keeps_links: bool) -> Listing {
    let mut listing = Listing::default();
    let mut on_disk: HashMap<String, Option<Stamp>> =
        found.files.into_iter().map(|path| (path, None)).collect();
    for item in items {
        let verdict = match item.verdict() {
            // A file in conflict has bytes on disk all the same.
            Verdict::Unread(Cause::Unmerged, _) => item.kind(),
            verdict => verdict,
        };
        match verdict {
            Verdict::File => match on_disk.get_mut(item.text()) {
                Some(stamp) => *stamp = stamp_of(item),
                None => listing.tracked_unseen(root, item),
            },
            Verdict::Unread(Cause::UnsafePath, reason) => {
                listing.unread.push(item.unread(Cause::UnsafePath, reason))
            }
            // A file stands where a link or a submodule was. Where links cannot be made, git writes files for them.
            Verdict::Unread(cause, _)
                if on_disk.contains_key(item.text()) && (cause != Cause::Symlink || keeps_links) => {}
            Verdict::Unread(cause, reason) => {
                on_disk.remove(item.text());
                if exists(root, &item.entry.path) {
                    listing.unread.push(item.unread(cause, reason));
                }
            }
        }
    }
    // After those of the index, whose reasons say more.
    listing.unread.extend(found.unread);
    listing.entries.extend(on_disk.into_iter().map(|(path, stamp)| Entry::new(&path, Source::Disk(stamp))));
    listing
}

impl Listing {
    /// A tracked file that the walk did not come upon: ignored, left out by sparse checkout, or gone.
    fn tracked_unseen(&mut self, root: &Path, item: &Item) {
        let path = item.text();
        if behind_link(root, path) {
            return;
        }
        match std::fs::symlink_metadata(on_disk(root, path)) {
            Ok(file) if file.is_file() => self.entries.push(Entry::new(path, Source::Disk(stamp_of(item)))),
            Ok(file) if file.is_symlink() => self.unread.push(item.unread(Cause::Symlink, "symbolic link")),
            Ok(_) => {}
            Err(_) if item.skip_worktree() => {
                self.entries.push(Entry::new(path, Source::Blob(item.entry.id)))
            }
            Err(_) => {}
        }
    }
}

/// Whether a folder of `path` is a symbolic link, behind which nothing is tracked.
fn behind_link(root: &Path, path: &str) -> bool {
    let folders = path.match_indices('/').map(|(end, _)| &path[..end]);
    folders.into_iter().any(|folder| on_disk(root, folder).is_symlink())
}

fn exists(root: &Path, raw: &[u8]) -> bool {
    match std::str::from_utf8(raw) {
        Ok(path) => !behind_link(root, path) && on_disk(root, path).symlink_metadata().is_ok(),
        Err(_) => raw_place(root, raw).symlink_metadata().is_ok(),
    }
}

#[cfg(unix)]
fn raw_place(root: &Path, raw: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    root.join(std::ffi::OsStr::from_bytes(raw))
}

#[cfg(not(unix))]
fn raw_place(root: &Path, raw: &[u8]) -> PathBuf {
    root.join(&*String::from_utf8_lossy(raw))
}

/// What the index remembers of a file; `None` when its content is not staged as a whole.
fn stamp_of(item: &Item) -> Option<Stamp> {
    let entry = &item.entry;
    let moment = |time: &git2::IndexTime| (time.seconds() as u32, time.nanoseconds());
    (!item.is_unmerged() && !item.intent_to_add()).then(|| Stamp {
        blob: entry.id,
        size: entry.file_size,
        modified: moment(&entry.mtime),
        changed: moment(&entry.ctime),
        inode: entry.ino,
    })
}

/// What git may do to files here between working tree and blob (gitattributes(5)).
fn conversion(
    root: &Path,
    git: Option<&Git>,
    config: Option<&Config>,
    env: &Environment,
    entries: &[Entry],
    items: &[Item],
) -> Conversion {
    let (Some(git), Some(config)) = (git, config) else { return Conversion::Any };
    let is_attributes = |path: &str| path == ".gitattributes" || path.ends_with("/.gitattributes");
    let mut files: Vec<PathBuf> =
        user_file(Some(config), env, "core.attributesfile", "attributes").into_iter().collect();
    files.push(git.commondir.join("info/attributes"));
    files.retain(|file| file.exists());
    files.extend(
        entries
            .iter()
            .map(|entry| entry.path.as_str())
            .filter(|p| is_attributes(p))
            .map(|p| on_disk(root, p)),
    );
    // One that is staged and not on disk still counts for git.
    files.extend(items.iter().map(Item::text).filter(|p| is_attributes(p)).map(|p| on_disk(root, p)));
    let converts_lines = config.get_string("core.autocrlf").is_ok_and(|value| value != "false");
    if files.is_empty() {
        return if converts_lines { Conversion::Sized } else { Conversion::None };
    }
    let harmless = |text: String| !text.contains("filter") && !text.contains("working-tree-encoding");
    match files.iter().all(|file| read_patterns(file).is_some_and(harmless)) {
        true => Conversion::Sized,
        false => Conversion::Any,
    }
}
