//! The files of one moment, and how their bytes are read.
//!
//! A snapshot is listed once and read from many threads. Whatever cannot be read is said, never passed over. It does
//! not know how the list was made.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use git2::{ErrorCode, ObjectType, Oid, Repository};

use super::bytes::Bytes;
use super::contents::Contents;
use super::git::Git;
use crate::text::RepoPath;

/// The raw id of a blob: equal ids are equal bytes.
pub type BlobId = [u8; 20];

/// The id of the blob with these bytes.
#[must_use]
pub fn blob_id(bytes: &[u8]) -> BlobId {
    let id = Oid::hash_object(ObjectType::Blob, bytes).expect("a hash can be made of any bytes");
    id.as_bytes().try_into().expect("an id has 20 bytes")
}

/// Where the files of a snapshot come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapshotKind {
    /// The files on disk.
    Worktree,
    /// The files staged for the next commit.
    Index,
    /// The files of a commit.
    Commit,
}

impl SnapshotKind {
    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Worktree => "worktree",
            Self::Index => "index",
            Self::Commit => "commit",
        }
    }
}

/// A file of a snapshot.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Where it is.
    pub path: RepoPath,
    source: Source,
}

impl Entry {
    pub(super) fn new(path: &str, source: Source) -> Self {
        Self { path: RepoPath::new(path), source }
    }
}

/// Where an entry's bytes are.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// On disk, with what the index remembers of the file when it is tracked.
    Disk(Option<Stamp>),
    Blob(Oid),
    Memory(Arc<[u8]>),
}

/// A file as git last saw it: as long as these hold, its content is the blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) blob: Oid,
    pub(super) size: u32,
    pub(super) modified: Moment,
    pub(super) changed: Moment,
    pub(super) inode: u32,
}

/// Seconds and nanoseconds since 1970, cut to the 32 bits that the index keeps.
pub(super) type Moment = (u32, u32);

/// What cannot be read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The path, with what cannot be printed escaped.
    pub path: String,
    /// Why, for people.
    pub reason: String,
    /// Why, for programs.
    pub cause: Cause,
}

/// Why something is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A symbolic link, which is never followed.
    Symlink,
    /// A submodule, or another repository in the working tree.
    Submodule,
    /// A path that is not UTF-8.
    NotUtf8Name,
    /// A path that git would not check out.
    UnsafePath,
    /// A file in conflict.
    Unmerged,
    /// A file above the limit.
    TooLarge,
    /// A file whose content is in git LFS.
    LfsPointer,
    /// An object that is not in the repository.
    MissingObject,
    /// The disk or the system refused.
    Io,
}

impl Cause {
    /// Whether opsbook never reads such a thing, so that a run is complete without it.
    #[must_use]
    pub const fn by_design(self) -> bool {
        matches!(self, Self::Symlink | Self::Submodule)
    }
}

/// What a listing found, before it is put in order.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) entries: Vec<Entry>,
    pub(super) unread: Vec<Unread>,
    pub(super) conversion: Conversion,
    /// When the index was written: what changed since may carry the same time stamp.
    pub(super) index_written: Moment,
}

/// What git may do to a file between working tree and blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Conversion {
    /// Nothing: equal stamps are equal bytes.
    #[default]
    None,
    /// Line ends and `$Id$`, which always change the size.
    Sized,
    /// Anything.
    Any,
}

/// The files of one moment.
pub struct Snapshot {
    kind: SnapshotKind,
    commit: Option<String>,
    root: PathBuf,
    git: Option<Arc<Git>>,
    listing: Listing,
    unknown: Vec<String>,
    /// One reference for each file left open.
    open: Arc<()>,
}

/// Files on disk from this size on are left there and read piece by piece.
const LARGE: usize = 4 << 20;

/// How many files are left open at most: systems allow as few as 256.
const MOST_OPEN: usize = 64;

impl Snapshot {
    pub(super) fn new(
        kind: SnapshotKind,
        commit: Option<String>,
        root: PathBuf,
        git: Option<Arc<Git>>,
        mut listing: Listing,
        unknown: Vec<String>,
    ) -> Self {
        listing.entries.sort_by(|a, b| a.path.cmp(&b.path));
        let Listing { entries, unread, .. } = &mut listing;
        entries.dedup_by(|later, earlier| {
            let twice = later.path == earlier.path;
            if twice {
                let reason = "its folder lists the name twice; the first is read".to_owned();
                unread.push(Unread { path: printable(&later.path), reason, cause: Cause::UnsafePath });
            }
            twice
        });
        unread.sort_by(|a, b| a.path.cmp(&b.path));
        unread.dedup_by(|later, earlier| later.path == earlier.path);
        Self { kind, commit, root, git, listing, unknown, open: Arc::default() }
    }

    /// Where the files come from.
    #[must_use]
    pub const fn kind(&self) -> SnapshotKind {
        self.kind
    }

    /// The full id of the commit, or of HEAD below a working tree or an index.
    #[must_use]
    pub fn commit(&self) -> Option<&str> {
        self.commit.as_deref()
    }

    /// The files, sorted by path, each path once.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.listing.entries
    }

    /// The file at `path`.
    #[must_use]
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        let at = self.listing.entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).ok()?;
        self.listing.entries.get(at)
    }

    /// What is there and is never read, sorted by path.
    #[must_use]
    pub fn unread(&self) -> &[Unread] {
        &self.listing.unread
    }

    /// What the place cannot tell, as sentences without a period.
    #[must_use]
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }

    /// Whether something stands at `path`: a file, or what is never read, such as a symbolic link.
    #[must_use]
    pub fn contains(&self, path: &str) -> bool {
        self.entry(path).is_some() || self.unread_at(path).is_some()
    }

    /// Whether `folder` holds a file, or is itself never read, as a submodule or a linked folder is.
    #[must_use]
    pub fn has_folder(&self, folder: &str) -> bool {
        if folder.is_empty() || self.unread_at(folder).is_some() {
            return true;
        }
        let inside = format!("{}/", folder.trim_end_matches('/'));
        let entries = &self.listing.entries;
        let unread = &self.listing.unread;
        let file = entries.partition_point(|entry| entry.path.as_str() < inside.as_str());
        let other = unread.partition_point(|unread| unread.path < inside);
        entries.get(file).is_some_and(|entry| entry.path.as_str().starts_with(&inside))
            || unread.get(other).is_some_and(|unread| unread.path.starts_with(&inside))
    }

    /// Whether something stands at `path`, a file or a folder, or may stand there, behind a link or in a submodule.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let mut folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        self.contains(path) || self.has_folder(path) || folders.any(|folder| self.unread_at(folder).is_some())
    }

    /// What is unread at `path` itself.
    #[must_use]
    pub fn unread_at(&self, path: &str) -> Option<&Unread> {
        let at = self.listing.unread.binary_search_by(|unread| unread.path.as_str().cmp(path)).ok()?;
        self.listing.unread.get(at)
    }

    /// The id of the blob whose bytes `entry` has, when that is known without reading them. For a file on disk this
    /// asks the file system: size, times and inode must be those git saw when it last compared the two.
    #[must_use]
    pub fn blob(&self, entry: &Entry) -> Option<BlobId> {
        let oid = match &entry.source {
            Source::Blob(oid) => *oid,
            Source::Disk(Some(stamp)) if self.is_unchanged(entry, stamp) => stamp.blob,
            Source::Disk(_) | Source::Memory(_) => return None,
        };
        oid.as_bytes().try_into().ok()
    }

    /// The id of the blob that git makes of `entry`: of its bytes, with the line ends that git stores where it converts
    /// them.
    ///
    /// # Errors
    /// As for [`Self::open`]; also above `limit` bytes.
    pub fn id_of(&self, entry: &Entry, limit: u64) -> std::result::Result<BlobId, Unread> {
        if let Some(known) = self.blob(entry) {
            return Ok(known);
        }
        let bytes = self.read(entry, limit)?;
        let is_text = !bytes.iter().take(8000).any(|&byte| byte == 0);
        let converts = self.listing.conversion != Conversion::None;
        if converts && is_text && memchr::memmem::find(&bytes, b"\r\n").is_some() {
            let mut stored = Vec::with_capacity(bytes.len());
            let returns = |at: usize| bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
            stored.extend((0..bytes.len()).filter(|&at| !returns(at)).map(|at| bytes[at]));
            return Ok(blob_id(&stored));
        }
        Ok(blob_id(&bytes))
    }

    /// What `entry` holds, when that is at most `limit` bytes. A large file of the working tree stays on disk.
    ///
    /// # Errors
    /// The reason why it cannot be read, to be reported beside [`Self::unread`].
    pub fn open(&self, entry: &Entry, limit: u64) -> std::result::Result<Contents, Unread> {
        let contents = match &entry.source {
            Source::Memory(bytes) => Ok(Bytes::from(bytes.to_vec()).into()),
            Source::Disk(_) => self.open_file(entry.path.as_str(), limit),
            Source::Blob(oid) => self.read_blob(*oid, limit).map(Contents::from),
        };
        let refuse = |(cause, reason)| Unread { path: printable(&entry.path), cause, reason };
        let contents = contents.map_err(refuse)?;
        if contents.len() < LFS_POINTER && is_lfs_pointer(&contents.all()) {
            return Err(refuse((Cause::LfsPointer, self.lfs_reason().to_owned())));
        }
        Ok(contents)
    }

    /// The bytes of `entry`, exactly as they are in the snapshot, when they are at most `limit`.
    ///
    /// # Errors
    /// As for [`Self::open`].
    pub fn read(&self, entry: &Entry, limit: u64) -> std::result::Result<Bytes, Unread> {
        self.open(entry, limit).map(Contents::into_bytes)
    }

    fn open_file(&self, path: &str, limit: u64) -> std::result::Result<Contents, (Cause, String)> {
        let (mut file, size) = open_file(&self.root, path, limit)?;
        if size >= LARGE && Arc::strong_count(&self.open) <= MOST_OPEN {
            return Ok(Contents::on_disk(file, size, self.open.clone()));
        }
        // A file that grows meanwhile is read as it was.
        Bytes::read(&mut file, size).map(Contents::from).map_err(refuse)
    }

    /// Puts `bytes` at `path`, over what is there or as a new file.
    pub fn overlay(&mut self, path: RepoPath, bytes: Vec<u8>) {
        self.listing.unread.retain(|unread| unread.path != path.as_str());
        let entries = &mut self.listing.entries;
        let source = Source::Memory(bytes.into());
        match entries.binary_search_by(|entry| entry.path.cmp(&path)) {
            Ok(at) => entries[at].source = source,
            Err(at) => entries.insert(at, Entry { path, source }),
        }
    }

    /// Takes away what stands at `path`.
    pub fn remove(&mut self, path: &RepoPath) {
        self.listing.unread.retain(|unread| unread.path != path.as_str());
        self.listing.entries.retain(|entry| entry.path != *path);
    }

    /// The same moment with only those of its files that `keep` chooses.
    #[must_use]
    pub fn only(&self, keep: &dyn Fn(&RepoPath) -> bool) -> Self {
        let entries = self.listing.entries.iter().filter(|entry| keep(&entry.path)).cloned().collect();
        let Listing { conversion, index_written, .. } = self.listing;
        Self {
            kind: self.kind,
            commit: self.commit.clone(),
            root: self.root.clone(),
            git: self.git.clone(),
            listing: Listing { entries, unread: Vec::new(), conversion, index_written },
            unknown: self.unknown.clone(),
            open: self.open.clone(),
        }
    }

    fn is_unchanged(&self, entry: &Entry, stamp: &Stamp) -> bool {
        let Ok(file) = std::fs::symlink_metadata(on_disk(&self.root, entry.path.as_str())) else {
            return false;
        };
        // A file written in the same instant as the index can differ and still carry the same time.
        let racy = stamp.modified >= self.listing.index_written;
        !racy
            && stamp.describes(&file)
            && match self.listing.conversion {
                Conversion::None => true,
                Conversion::Sized => self.blob_size(stamp.blob) == Some(file.len()),
                Conversion::Any => false,
            }
    }

    fn blob_size(&self, oid: Oid) -> Option<u64> {
        let git = self.git.as_ref()?;
        let (size, _) = git.with(|handle| handle.odb()?.read_header(oid)).ok()?.ok()?;
        Some(size as u64)
    }

    fn read_blob(&self, oid: Oid, limit: u64) -> Reading {
        let git = self.git.as_ref().expect("only a listing made through git holds blobs");
        let read = git.with(|handle| read_object(handle, oid, limit)).map_err(|e| (Cause::Io, e.message))?;
        match read {
            Ok(reading) => reading,
            Err(e) if e.code() == ErrorCode::NotFound && git.is_partial() => Err((
                Cause::MissingObject,
                format!("not fetched (partial clone): run `git cat-file -p {oid}`, which fetches it"),
            )),
            Err(e) if e.code() == ErrorCode::NotFound => {
                Err((Cause::MissingObject, format!("object {oid} is missing: run `git fsck`")))
            }
            Err(e) => {
                Err((Cause::Io, format!("cannot read object {oid}: {}", crate::text::escape(e.message()))))
            }
        }
    }

    const fn lfs_reason(&self) -> &'static str {
        match self.kind {
            SnapshotKind::Worktree => "the content is in git LFS: run `git lfs pull`",
            SnapshotKind::Index | SnapshotKind::Commit => "the content is in git LFS, not in the repository",
        }
    }
}

/// Bytes, or why there are none.
pub(super) type Reading = std::result::Result<Bytes, (Cause, String)>;

impl Stamp {
    /// Whether `file` is still as git saw it. Like git, this takes every field the platform has.
    fn describes(&self, file: &std::fs::Metadata) -> bool {
        file.is_file()
            && file.len() as u32 == self.size
            && modified(file) == Some(self.modified)
            && self.has_identity(file)
    }

    #[cfg(unix)]
    fn has_identity(&self, file: &std::fs::Metadata) -> bool {
        use std::os::unix::fs::MetadataExt;
        (file.ctime() as u32, file.ctime_nsec() as u32) == self.changed && file.ino() as u32 == self.inode
    }

    #[cfg(not(unix))]
    fn has_identity(&self, _: &std::fs::Metadata) -> bool {
        true
    }
}

/// When a file was last written, as the index keeps it.
pub(super) fn modified(file: &std::fs::Metadata) -> Option<Moment> {
    let since = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((since.as_secs() as u32, since.subsec_nanos()))
}

/// The place of a repository path on disk. Part by part, because Windows takes `/` for a letter in long paths.
pub(super) fn on_disk(root: &Path, path: &str) -> PathBuf {
    let mut place = root.to_owned();
    place.extend(path.split('/'));
    place
}

fn printable(path: &RepoPath) -> String {
    super::names::printable(path.as_str().as_bytes())
}

/// The bytes of an object, or why they are not read.
pub(super) fn read_object(
    handle: &Repository,
    oid: Oid,
    limit: u64,
) -> std::result::Result<Reading, git2::Error> {
    let odb = handle.odb()?;
    // The header first: a blob above the limit must not be unpacked.
    let (size, _) = odb.read_header(oid)?;
    if size as u64 > limit {
        return Ok(Err(too_large(limit)));
    }
    let object = odb.read(oid)?;
    Ok(Ok(Bytes::from(object.data().to_vec())))
}

fn refuse(e: std::io::Error) -> (Cause, String) {
    match e.kind() {
        ErrorKind::NotFound => (Cause::Io, "it vanished while opsbook ran".to_owned()),
        _ => (Cause::Io, super::names::printable(e.to_string().to_lowercase().as_bytes())),
    }
}

/// Opens a regular file that no link leads to, and gives its size.
fn open_file(root: &Path, path: &str, limit: u64) -> std::result::Result<(File, usize), (Cause, String)> {
    let mut folder = root.to_owned();
    for part in path.rsplit_once('/').into_iter().flat_map(|(folders, _)| folders.split('/')) {
        folder.push(part);
        if std::fs::symlink_metadata(&folder).map_err(refuse)?.is_symlink() {
            return Err((Cause::Symlink, "a folder of its path became a symbolic link".to_owned()));
        }
    }
    let place = on_disk(root, path);
    let listed = std::fs::symlink_metadata(&place).map_err(refuse)?;
    if listed.is_symlink() {
        return Err((Cause::Symlink, "it became a symbolic link".to_owned()));
    }
    // Opening a pipe would wait for a writer.
    if !listed.is_file() {
        return Err((Cause::Io, "it is no file any more".to_owned()));
    }
    if listed.len() > limit {
        return Err(too_large(limit));
    }
    let file = File::open(&place).map_err(refuse)?;
    let size = usize::try_from(listed.len()).map_err(|_| too_large(limit))?;
    Ok((file, size))
}

pub(super) fn too_large(limit: u64) -> (Cause, String) {
    (Cause::TooLarge, format!("larger than the limit of {limit} bytes"))
}

/// Pointers are shorter, by the git-lfs specification.
const LFS_POINTER: usize = 1024;

/// A pointer by the git-lfs specification: the version first.
fn is_lfs_pointer(bytes: &[u8]) -> bool {
    bytes.starts_with(b"version https://git-lfs.github.com/spec/")
}
