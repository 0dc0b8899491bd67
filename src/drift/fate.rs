//! What became of the things that documents refer to.

use std::sync::Mutex;
use std::sync::PoisonError;

use rayon::prelude::*;

use super::past::{Moment, Past};
use crate::config::{Class, Config};
use crate::database::{Database, Document};
use crate::extract::references::{Candidate, Reference, candidates, rewritten};
use crate::repo::{Ignored, Obituary, Snapshot};
use crate::text::RepoPath;

/// What a look at all documents gave.
#[derive(Debug, Default)]
pub struct Examined {
    /// The references that lead nowhere, in the order of documents and bytes.
    pub fates: Vec<Fate>,
    /// How many documents there were.
    pub documents: usize,
    /// How many references they hold.
    pub references: usize,
}

/// A reference to something that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    /// The document.
    pub document: RepoPath,
    /// Whether it has to be true now.
    pub class: Class,
    /// The reference.
    pub reference: Reference,
    /// What it leads to.
    pub path: RepoPath,
    /// What became of that.
    pub end: End,
}

/// Why there is nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It was there while the document referred to it.
    Died(Box<Death>),
    /// It never was.
    Never,
}

/// How something that a document refers to went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Death {
    /// The commit that did it; `None` when it is not committed, or cannot be told.
    pub obituary: Option<Obituary>,
    /// Whether the change that is looked at did it, rather than some commit of the past.
    pub is_new: bool,
    /// What the document was called, when it is the document that moved.
    pub document_was: Option<RepoPath>,
    /// Where what was referred to is now.
    pub home: Option<Home>,
    /// When the reference was written, in seconds since 1970, and the full id of the commit.
    pub written: Option<(i64, String)>,
    /// The text that leads there, to be put in place of the reference's path; `None` unless that is beyond doubt.
    pub fix: Option<String>,
}

/// Where something went that died.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// Where it is.
    pub path: RepoPath,
    /// The places it was at on the way, the oldest first.
    pub by_way_of: Vec<RepoPath>,
    /// Whether it is beyond doubt that this is the same.
    pub is_sure: bool,
}

/// Looks at every reference of `database`, which is of `snapshot`.
#[must_use]
pub fn examine<'a>(
    database: &Database,
    snapshot: &'a Snapshot,
    config: &Config,
    past: &'a Past<'a>,
) -> Examined {
    let judge = Judge { snapshot, past, ignored: Mutex::new(Ignored::new(snapshot)) };
    let of = |document: &Document| -> Vec<Fate> {
        let class = database.class_of(document, config);
        let references = document.references.iter().filter(|reference| !reference.path.is_empty());
        references.filter_map(|reference| judge.fate(document, class, reference)).collect()
    };
    Examined {
        fates: database.documents.par_iter().flat_map_iter(of).collect(),
        documents: database.documents.len(),
        references: database.documents.iter().map(|document| document.references.len()).sum(),
    }
}

struct Judge<'a> {
    snapshot: &'a Snapshot,
    past: &'a Past<'a>,
    ignored: Mutex<Ignored<'a>>,
}

impl Judge<'_> {
    /// What became of a reference; `None` when it leads somewhere, and when nothing is to be said of it.
    fn fate(&self, document: &Document, class: Class, reference: &Reference) -> Option<Fate> {
        // A link is a promise; words may well be about what was.
        if reference.is_past && !reference.kind.is_link() {
            return None;
        }
        let places = candidates(&document.path, reference);
        let first = places.first()?;
        if places.iter().any(|place| self.snapshot.has(place.path.as_str())) {
            return None;
        }
        let path = |place: &Candidate| place.path.clone();
        let found = self.died(document, reference, &places).or_else(|| self.left_behind(document, reference));
        let (path, end) = match found {
            Some((path, death)) => (path, End::Died(Box::new(death))),
            None if self.past.is_whole() && reference.kind.is_link() && !reference.may_be_route() => {
                (path(first), End::Never)
            }
            None => return None,
        };
        // What git is told to leave out may well be on every machine.
        if self.is_ignored(path.as_str()) {
            return None;
        }
        Some(Fate { document: document.path.clone(), class, reference: reference.clone(), path, end })
    }

    /// The target was there, and went.
    fn died(
        &self,
        document: &Document,
        reference: &Reference,
        places: &[Candidate],
    ) -> Option<(RepoPath, Death)> {
        let went = |place: &Candidate| self.past.went(&document.path, reference, place.path.as_str());
        let (place, moment) = places.iter().find_map(|place| Some((place, went(place)?)))?;
        let home = self.home(place.path.as_str(), moment);
        let fix = home.as_ref().filter(|home| home.is_sure && reference.is_verbatim);
        let fix = fix.and_then(|home| rewritten(reference, place, &home.path));
        let (obituary, written) = self.told(document, reference, place.path.as_str(), moment);
        let is_new = moment == Moment::Step;
        let death = Death { obituary, is_new, document_was: None, home, written, fix };
        Some((place.path.clone(), death))
    }

    /// The document went somewhere else, and what it refers to from its own folder stayed behind.
    fn left_behind(&self, document: &Document, reference: &Reference) -> Option<(RepoPath, Death)> {
        if !reference.kind.is_link() && !reference.path.starts_with("../") {
            return None;
        }
        let own = candidates(&document.path, reference);
        for (moment, name) in self.past.moves(&document.path) {
            let stood = |place: &Candidate| {
                !own.iter().any(|own| own.path == place.path)
                    && self.past.referred_before(moment, &name, reference, place.path.as_str())
            };
            let Some(place) = candidates(&name, reference).into_iter().find(stood) else { continue };
            let home = match self.snapshot.has(place.path.as_str()) {
                true => Some(Home { path: place.path.clone(), by_way_of: Vec::new(), is_sure: true }),
                false => self
                    .past
                    .next_death(place.path.as_str(), moment)
                    .or(Some(moment))
                    .and_then(|moment| self.home(place.path.as_str(), moment)),
            };
            let here = Candidate { base: RepoPath::new(document.path.parent()), ..place.clone() };
            let fix = home.as_ref().filter(|home| home.is_sure && reference.is_verbatim);
            let fix = fix.and_then(|home| rewritten(reference, &here, &home.path));
            let (obituary, written) = self.told(document, reference, name.as_str(), moment);
            let is_new = moment == Moment::Step;
            let death = Death { obituary, is_new, document_was: Some(name), home, written, fix };
            return Some((place.path, death));
        }
        None
    }

    /// Where what stood at `place` until `moment` is now, over all its moves.
    fn home(&self, place: &str, moment: Moment) -> Option<Home> {
        /// Moves that are followed.
        const MOST: usize = 50;
        let (mut here, mut moment, mut is_sure) = (place.to_owned(), moment, true);
        let mut by_way_of = Vec::new();
        for _ in 0..MOST {
            let moved = self.past.moved_to(&here, moment)?;
            is_sure &= moved.is_sure;
            if self.snapshot.has(&moved.to) {
                return Some(Home { path: RepoPath::new(&moved.to), by_way_of, is_sure });
            }
            by_way_of.push(RepoPath::new(&moved.to));
            moment = self.past.next_death(&moved.to, moment)?;
            here = moved.to;
        }
        None
    }

    /// Who took `path` away, and when the reference was written.
    fn told(
        &self,
        document: &Document,
        reference: &Reference,
        path: &str,
        moment: Moment,
    ) -> (Option<Obituary>, Option<(i64, String)>) {
        let written = match (moment, self.past.lives) {
            (Moment::Commit(died), Some(lives)) => {
                let last = died.checked_sub(1);
                let at = last.and_then(|last| self.past.written(&document.path, reference, last));
                at.map(|at| (lives.seconds(at), lives.id(at)))
            }
            _ => None,
        };
        (self.past.obituary(path, moment), written)
    }

    fn is_ignored(&self, path: &str) -> bool {
        self.ignored.lock().unwrap_or_else(PoisonError::into_inner).covers(path)
    }
}
