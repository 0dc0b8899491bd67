//! Which files are read, and as what: a collection's records or a document.
//!
//! It goes by paths alone. Whether a discovered file really holds what its name promises is seen when it is read.

use std::sync::Arc;

use crate::config::{Config, PLACES, is_markdown};
use crate::repo::{Entry, Snapshot, Unread};
use crate::text::{RepoPath, Span};

use super::NotRead;

/// A file that something claims.
pub(super) struct Claim<'a> {
    pub(super) entry: &'a Entry,
    /// The tables whose records it may hold, by index; none for a document that no collection claims.
    pub(super) tables: Vec<usize>,
}

/// Every claimed file of `snapshot`, sorted by path. Claimed paths that can never be read go to `unread`.
pub(super) fn claims<'a>(
    snapshot: &'a Snapshot,
    config: &Config,
    unread: &mut Vec<NotRead>,
) -> Vec<Claim<'a>> {
    let scope = Scope::new(snapshot, config);
    let mut claims = Vec::new();
    for entry in snapshot.entries() {
        if !scope.holds(&entry.path) {
            continue;
        }
        let claiming = config.collections.iter().enumerate();
        let claiming = claiming.filter(|(_, collection)| collection.files.is_match(entry.path.as_str()));
        let tables: Vec<usize> = claiming.map(|(at, _)| at).collect();
        if !tables.is_empty() || is_document(&entry.path) {
            claims.push(Claim { entry, tables });
        }
    }
    let claimed = |other: &&Unread| {
        let path = RepoPath::new(&other.path);
        let by_collection =
            config.collections.iter().any(|collection| collection.files.is_match(path.as_str()));
        scope.holds(&path) && (by_collection || is_document(&path))
    };
    unread.extend(snapshot.unread().iter().filter(claimed).map(NotRead::from));
    claims
}

/// The patterns of the user's configuration that match neither a claimed file nor one that could not be read.
pub(super) fn unmatched(
    config: &Config,
    claims: &[Claim<'_>],
    unread: &[NotRead],
) -> Vec<(Arc<str>, String, Span)> {
    let mut unmatched = Vec::new();
    for (at, collection) in
        config.collections.iter().enumerate().filter(|(_, collection)| collection.is_configured)
    {
        let claimed = claims.iter().filter(|claim| claim.tables.contains(&at));
        let paths: Vec<&str> = claimed
            .map(|claim| claim.entry.path.as_str())
            .chain(unread.iter().map(|unread| unread.path.as_str()))
            .collect();
        for (pattern, span) in &collection.patterns {
            let Ok(glob) = crate::config::glob(&config.root, pattern) else { continue };
            let matcher = glob.compile_matcher();
            if !paths.iter().any(|path| matcher.is_match(path)) {
                unmatched.push((collection.name.clone(), pattern.clone(), *span));
            }
        }
    }
    unmatched
}

/// Whether `path` is Markdown, by its extension.
pub(super) fn is_document(path: &RepoPath) -> bool {
    is_markdown(&path.extension())
}

/// The part of a repository that belongs to its own project: not excluded, not in a folder with a configuration of
/// its own.
struct Scope<'a> {
    config: &'a Config,
    nested: Vec<&'a str>,
}

impl<'a> Scope<'a> {
    fn new(snapshot: &'a Snapshot, config: &'a Config) -> Self {
        let nested = snapshot.entries().iter().filter_map(|entry| {
            let path = entry.path.as_str();
            let folder = PLACES.iter().find_map(|place| path.strip_suffix(place)?.strip_suffix('/'))?;
            let folder = folder.strip_suffix("/.config").unwrap_or(folder);
            let is_deeper = folder.len() > config.root.len() && folder != ".config";
            is_deeper.then_some(folder).filter(|folder| RepoPath::new(folder).is_within(&config.root))
        });
        Self { config, nested: nested.collect() }
    }

    fn holds(&self, path: &RepoPath) -> bool {
        path.is_within(&self.config.root)
            && !self.nested.iter().any(|folder| path.is_within(folder))
            && !self.config.excludes(path.as_str())
    }
}
