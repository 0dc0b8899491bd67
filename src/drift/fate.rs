//! What became of the things that documents refer to.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, OnceLock, PoisonError};

use rayon::prelude::*;

use super::past::{Moment, Past};
use super::readers::{is_for_insiders, is_lesson, is_numbered, is_part, is_sample, is_translation};
use super::sites::Sites;
use crate::config::{Class, Config};
use crate::database::{Database, Document};
use crate::extract::references::{Candidate, Reference, ReferenceKind, candidates, rewritten};
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
    /// Whether the reference may well mean something else than what went, by where its document lies and what is there.
    pub is_doubtful: bool,
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

impl End {
    /// The same, and nothing is offered to be written in its place.
    fn without_fix(self) -> Self {
        match self {
            Self::Died(death) => Self::Died(Box::new(Death { fix: None, ..*death })),
            Self::Never => Self::Never,
        }
    }
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
    let (sites, ignored) = (Sites::new(snapshot), Mutex::new(Ignored::new(snapshot)));
    let judge = Judge { snapshot, past, sites, names: OnceLock::new(), ignored };
    let of = |document: &Document| -> Vec<Verdict> {
        let class = database.class_of(document, config);
        let references = document.references.iter().filter(|reference| !reference.path.is_empty());
        references.filter_map(|reference| judge.fate(document, class, reference)).collect()
    };
    let verdicts: Vec<Verdict> = database.documents.par_iter().flat_map_iter(of).collect();
    Examined {
        fates: without_names(verdicts),
        documents: database.documents.len(),
        references: database.documents.iter().map(|document| document.references.len()).sum(),
    }
}

/// What is to be said of a reference.
enum Verdict {
    Fate(Fate),
    /// Nothing: a document names this path in words, and did not while something stood there, which is gone.
    GivenLater(RepoPath, RepoPath),
}

/// The fates without those of paths that are names rather than places. What documents go on being given after it is gone
/// is no file of this repository: an example, a file that readers have in their own.
fn without_names(verdicts: Vec<Verdict>) -> Vec<Fate> {
    /// Of the documents that name a path, how many of them got it afterwards: at least two, and one in so many.
    const SHARE: usize = 5;
    let mut later: HashMap<RepoPath, HashSet<RepoPath>> = HashMap::new();
    let mut before: HashMap<RepoPath, HashSet<RepoPath>> = HashMap::new();
    for verdict in &verdicts {
        let (at, path, document) = match verdict {
            // What was translated later was not written later.
            Verdict::GivenLater(_, document) if is_translation(document.as_str()) => continue,
            Verdict::GivenLater(path, document) => (&mut later, path, document),
            Verdict::Fate(fate) => (&mut before, &fate.path, &fate.document),
        };
        at.entry(path.clone()).or_default().insert(document.clone());
    }
    let is_name = |fate: &Fate| {
        let count = |of: &HashMap<RepoPath, HashSet<RepoPath>>| of.get(&fate.path).map_or(0, HashSet::len);
        let (later, before) = (count(&later), count(&before));
        !fate.reference.kind.is_link() && later >= 2 && later * SHARE >= later + before
    };
    let fates = verdicts.into_iter().filter_map(|verdict| match verdict {
        Verdict::Fate(fate) => Some(fate),
        Verdict::GivenLater(..) => None,
    });
    fates.filter(|fate| !is_name(fate)).collect()
}

/// What stands behind the name of a file that is a template of it.
const TEMPLATES: [&str; 8] = ["jinja", "j2", "tmpl", "tpl", "erb", "in", "template", "dist"];

/// How the files end that generators make pages of.
const PAGES: [&str; 3] = [".md", ".mdx", ".markdown"];

struct Judge<'a> {
    snapshot: &'a Snapshot,
    past: &'a Past<'a>,
    sites: Sites<'a>,
    /// The paths of files by their last name.
    names: OnceLock<HashMap<&'a str, Vec<&'a str>>>,
    ignored: Mutex<Ignored<'a>>,
}

impl Judge<'_> {
    /// What became of a reference; `None` when it leads somewhere, and when nothing is to be said of it.
    fn fate(&self, document: &Document, class: Class, reference: &Reference) -> Option<Verdict> {
        // A link is a promise; words may well be about what was, and the name of one folder alone is said of any.
        let is_bare = !reference.path.trim_matches('/').contains('/');
        if !reference.kind.is_link() && (reference.is_past || is_bare) {
            return None;
        }
        let mut places = candidates(&document.path, reference);
        // A README that is no page of a website is read where it lies: files are what they are called, from the top.
        if is_for_insiders(document.path.file_name()) && !self.sites.hold(document.path.as_str()) {
            places.retain(|place| !place.is_page);
        }
        // A template of a file stands for it, where the file is made from it.
        let is_there = |path: &str| {
            let template = |ending: &str| self.snapshot.contains(&format!("{path}.{ending}"));
            self.snapshot.has(path) || TEMPLATES.iter().any(|ending| template(ending))
        };
        if places.iter().any(|place| is_there(place.path.as_str())) {
            return None;
        }
        // `./setup.sh` is said from where the reader stands: beside the document, if it means a file of this repository.
        let places: Vec<Candidate> = match reference.path.strip_prefix("./") {
            Some(name) if !reference.kind.is_link() && !name.trim_matches('/').contains('/') => {
                places.into_iter().filter(|place| place.base.as_str() == document.path.parent()).collect()
            }
            _ => places,
        };
        let path = |place: &Candidate| place.path.clone();
        let found = self.died(document, reference, &places).or_else(|| self.left_behind(document, reference));
        let (path, end) = match found {
            Some((path, death)) => (path, End::Died(Box::new(death))),
            None if self.past.is_whole() && reference.kind.is_link() && !reference.may_be_route() => {
                (path(places.first()?), End::Never)
            }
            None if !reference.kind.is_link() => {
                let place = places.iter().find(|place| self.past.is_gone(place.path.as_str()))?;
                return Some(Verdict::GivenLater(path(place), document.path.clone()));
            }
            None => return None,
        };
        // What git is told to leave out may well be on every machine, and what a website shows, its readers find.
        if self.is_ignored(path.as_str())
            || places.first().is_some_and(|first| self.is_ignored(first.path.as_str()))
            || self.sites.show(&document.path, reference)
        {
            return None;
        }
        let is_doubtful = self.is_doubtful(&document.path, reference, &path, &end);
        let is_of_plan = class == Class::Plan && !reference.kind.is_link();
        let is_fixed = class == Class::Record || !(is_doubtful || is_of_plan);
        let end = if is_fixed { end } else { end.without_fix() };
        let (document, reference) = (document.path.clone(), reference.clone());
        Some(Verdict::Fate(Fate { document, class, reference, path, is_doubtful, end }))
    }

    /// Whether `reference` of `document` may mean something else than what went, which was at `path`.
    ///
    /// What a website makes of its pages' links to anything but the file of another page, its own build knows; and from
    /// where those of a part count is for the page to say that takes it in. A path in words is taken for one of this
    /// repository where the document speaks to those who work on it, and not of a plan, a lesson or a folder; whether
    /// words in another language are about the past is not understood.
    fn is_doubtful(&self, document: &RepoPath, reference: &Reference, path: &RepoPath, end: &End) -> bool {
        let own = document.as_str();
        if is_sample(own) || is_numbered(own) {
            return true;
        }
        // Who takes a path away while a document names it is there to look, whomever the document speaks to.
        let is_new = matches!(end, End::Died(death) if death.is_new);
        let is_still_its_end = || matches!(end, End::Died(death) if is_still_its_end(reference, death));
        match reference.kind.is_link() {
            true => {
                let is_moved = !reference.path.starts_with('/') && is_part(own);
                let is_picture = matches!(reference.kind, ReferenceKind::Image | ReferenceKind::Html);
                let is_remade = !is_page_file(reference)
                    && !is_for_insiders(document.file_name())
                    && (self.sites.remake(document, reference, path)
                        || self.sites.lead_from_own_folder(document, reference))
                    && !self.is_lost_file(reference);
                is_remade || is_moved || is_picture && reference.path.starts_with('/') && is_still_its_end()
            }
            false => {
                !(is_for_insiders(own) || is_new)
                    || is_translation(own)
                    || is_lesson(own)
                    || self.is_beside_a_plan(own)
                    || is_still_its_end()
                    || self.stands_below(&reference.path)
                    || matches!(end, End::Died(death) if death.home.is_none())
                        && self.has_double(&reference.path)
            }
        }
    }

    /// Whether the folder of the document at `own`, or one above it, holds the plan of a piece of work.
    fn is_beside_a_plan(&self, own: &str) -> bool {
        const PLANS: [&str; 4] = ["plan.md", "PLAN.md", "tasks.md", "plan/plan.md"];
        let mut folders = own.match_indices('/').map(|(at, _)| &own[..at]);
        folders.any(|folder| PLANS.iter().any(|plan| self.snapshot.contains(&format!("{folder}/{plan}"))))
    }

    /// Whether a file stands elsewhere in folders of the same names as that at `path`: the one that is installed from it.
    fn has_double(&self, path: &str) -> bool {
        let mut ends = path.rmatch_indices('/').map(|(at, _)| &path[at + 1..]);
        ends.nth(2).is_some_and(|end| self.stands_below(end))
    }

    /// Whether `reference` names a file that is no page, a picture for one, and none of that name stands anywhere: whatever
    /// a generator does, it has nothing to show.
    fn is_lost_file(&self, reference: &Reference) -> bool {
        let name = reference.path.rsplit('/').next().unwrap_or_default();
        let is_page = reference.may_be_page() || PAGES.iter().any(|ending| name.ends_with(ending));
        !is_page && !self.names().contains_key(name)
    }

    /// Whether a file stands somewhere whose path ends with `path`.
    fn stands_below(&self, path: &str) -> bool {
        let path = path.trim_start_matches("./").trim_matches('/');
        let name = path.rsplit('/').next().unwrap_or(path);
        let is_end = |whole: &str| whole.strip_suffix(path).is_some_and(|above| above.ends_with('/'));
        path.contains('/')
            && self.names().get(name).is_some_and(|paths| paths.iter().any(|whole| is_end(whole)))
    }

    fn names(&self) -> &HashMap<&str, Vec<&str>> {
        self.names.get_or_init(|| {
            let mut names: HashMap<&str, Vec<&str>> = HashMap::new();
            for entry in self.snapshot.entries() {
                names.entry(entry.path.file_name()).or_default().push(entry.path.as_str());
            }
            names
        })
    }

    /// The target was there, and went.
    fn died(
        &self,
        document: &Document,
        reference: &Reference,
        places: &[Candidate],
    ) -> Option<(RepoPath, Death)> {
        // Where a website leads from an address that it once had, its own redirects say.
        let mut files = places.iter().filter(|place| !place.is_page);
        let went = |place: &Candidate| self.past.went(&document.path, reference, place.path.as_str());
        let (place, moment) = files.find_map(|place| Some((place, went(place)?)))?;
        let home = self.home(place.path.as_str(), moment);
        let fix = home.as_ref().filter(|home| home.is_sure && reference.is_verbatim);
        let fix = fix.filter(|home| are_called_alike(place.path.as_str(), home.path.as_str()));
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
                !place.is_page
                    && !own.iter().any(|own| own.path == place.path)
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

/// Whether two paths lie in one folder, their names share a word, or the later is that of the page or module of its folder:
/// equal bytes elsewhere under a name of another meaning may well be something else.
fn are_called_alike(from: &str, to: &str) -> bool {
    const ENTRANCES: [&str; 6] = ["index", "readme", "main", "mod", "init", "lib"];
    let words = |path: &str| -> Vec<String> {
        let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let stem = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map_or(name, |(stem, _)| stem);
        let words = stem.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    if folder(from) == folder(to) {
        return true;
    }
    let (from, to) = (words(from), words(to));
    from.iter().any(|word| to.contains(word)) || to.iter().any(|word| ENTRANCES.contains(&word.as_str()))
}

/// Whether a link names the file of a page, from where its document lies: generators take that as it is written.
fn is_page_file(reference: &Reference) -> bool {
    let is_page = PAGES.iter().any(|ending| reference.path.ends_with(ending));
    is_page && !reference.path.starts_with('/')
}

/// Whether what is written is how the present path ends: a header as it is included, a file of a package as it is called
/// in there, a picture as a site shows it, a folder that whoever builds the same has in his own project. It tells where to
/// look, if no more from the top.
fn is_still_its_end(reference: &Reference, death: &Death) -> bool {
    let mut written = reference.path.trim_matches('/');
    while let Some(rest) = written.strip_prefix("./").or_else(|| written.strip_prefix("../")) {
        written = rest;
    }
    let is_end = |home: &str| home.strip_suffix(written).is_some_and(|above| above.ends_with('/'));
    written.contains('/') && death.home.as_ref().is_some_and(|home| is_end(home.path.as_str()))
}
