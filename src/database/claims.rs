//! Which files are read, and as what: a collection's records or a document.
//!
//! It goes by paths alone, those in the repository's `.adr-dir` among them. Whether a discovered file really holds what
//! its name promises is seen when it is read.

use std::sync::Arc;

use crate::config::{Collection, Config, PLACES, Reader, is_markdown, is_template};
use crate::repo::{Entry, Snapshot, Unread};
use crate::text::{RepoPath, Span};

use super::{NotRead, folders};

/// A file that something claims.
pub(super) struct Claim<'a> {
    pub(super) entry: &'a Entry,
    /// The tables whose records it may hold; none for a document that no collection claims.
    pub(super) offers: Vec<Offer>,
}

/// A file as offered to a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offer {
    /// Index of the table.
    pub(super) table: usize,
    /// Why it is offered.
    pub(super) place: Place,
}

/// What makes a file one that may hold a collection's records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A pattern of the collection matches its path.
    Matched,
    /// It is a document in a folder that the repository names as the home of its decisions.
    Named,
    /// It is a document, and the collection takes those from anywhere when what they say leaves no doubt.
    Anywhere,
}

/// Every claimed file of `snapshot`, sorted by path. Claimed paths that can never be read go to `unread`.
pub(super) fn claims<'a>(
    snapshot: &'a Snapshot,
    config: &Config,
    unread: &mut Vec<NotRead>,
) -> Vec<Claim<'a>> {
    let places = Places::new(snapshot, config, unread);
    let scope = &places.scope;
    let mut claims = Vec::new();
    for entry in snapshot.entries().iter().filter(|entry| scope.holds(&entry.path)) {
        let offers = places.offers_within(&entry.path);
        if !offers.is_empty() || is_document(&entry.path) {
            claims.push(Claim { entry, offers });
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

/// Which collections a file is offered to, by where it is.
pub(super) struct Places<'a> {
    scope: Scope<'a>,
    /// The folders that the repository names as the home of its decisions.
    homes: Vec<String>,
}

impl<'a> Places<'a> {
    /// As the files of `snapshot` and `config` have it. Files that should name a folder and do not go to `unread`.
    pub(super) fn new(snapshot: &'a Snapshot, config: &'a Config, unread: &mut Vec<NotRead>) -> Self {
        let scope = Scope::new(snapshot, config);
        let held = snapshot.entries().iter().filter(|entry| scope.holds(&entry.path));
        let homes = folders::named(snapshot, held, unread);
        Self { scope, homes }
    }

    /// The collections to which a file at `path` is offered, whether or not there is one.
    pub(super) fn offers(&self, path: &RepoPath) -> Vec<Offer> {
        if self.scope.holds(path) { self.offers_within(path) } else { Vec::new() }
    }

    fn offers_within(&self, path: &RepoPath) -> Vec<Offer> {
        let is_home = is_markdown(&path.extension()) && self.homes.iter().any(|home| path.is_within(home));
        let offer =
            |(table, collection)| place(collection, path, is_home).map(|place| Offer { table, place });
        self.scope.config.collections.iter().enumerate().filter_map(offer).collect()
    }
}

/// Why the file at `path` is offered to `collection`, if it is. `is_home` says that it is a document where decisions are
/// kept. Where the user named the files, those are all.
fn place(collection: &Collection, path: &RepoPath, is_home: bool) -> Option<Place> {
    let is_matched = collection.files.is_match(path.as_str());
    if is_home && (is_matched || !collection.is_configured) && collection.readers.contains(&Reader::Adr) {
        return Some(Place::Named);
    }
    match is_matched {
        true => Some(Place::Matched),
        false => (collection.anywhere && is_markdown(&path.extension())).then_some(Place::Anywhere),
    }
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
        let claimed = claims.iter().filter(|claim| claim.offers.iter().any(|offer| offer.table == at));
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

/// Whether `path` is Markdown, by its extension, or a template of it. What a template names is read like what a document
/// names, but it is no record: what it will say is not known.
pub(super) fn is_document(path: &RepoPath) -> bool {
    is_markdown(&path.extension()) || is_template(path)
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
