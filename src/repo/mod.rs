//! Every touch of disk, git and environment, so that all other rooms are pure and a run is one set of bytes.
//!
//! A [`Workspace`] is an opened place; a [`Snapshot`] is the files of one moment of it: the working tree, the index
//! or a commit. This room does not know what files mean: no records, no rules, no configuration of opsbook.
//! Nothing here starts a process, follows a symbolic link or lets git run a filter or a hook.

mod between;
mod branches;
pub mod builder;
mod bytes;
mod cache;
mod contents;
mod diff;
mod editor;
mod environment;
mod git;
mod history;
mod hooks;
mod ignored;
mod index;
mod inspect;
mod lives;
mod log;
mod names;
mod outside;
mod removal;
mod snapshot;
mod tree;
mod workspace;
mod worktree;
mod write;

#[cfg(test)]
mod tests;

pub use between::Between;
pub use bytes::Bytes;
pub use contents::Contents;
pub use diff::{moved_file_diff, new_file_diff, unified_diff};
pub use environment::Environment;
pub use history::AutoBase;
pub use hooks::this_program;
pub use ignored::Ignored;
pub use inspect::{is_program, is_same_file};
pub use lives::{Life, Lives, Moved, Obituary, State};
pub use log::{Blob, Blobs, Commit, FileChange, FileChanges, FileStatus, Log, Tag, When};
pub use removal::RemovingCommit;
pub use snapshot::{BlobId, Cause, Entry, Snapshot, SnapshotKind, Unread, blob_id};
pub use workspace::Workspace;
