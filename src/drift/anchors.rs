//! Links to headings that are not there: whether they were while the link was, who took them away, and which heading
//! stands in their place.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::headings::{Places, loose, successor};
use super::texts::{Gone, Page, World, from_name, says};
use super::versions::Version;
use crate::config::{Class, is_markdown};
use crate::extract::references::{Part, Reference, candidates};
use crate::repo::BlobId;
use crate::text::{RepoPath, Span, nearest};

/// Versions of a document that are looked at.
const MOST: usize = 300;

/// A link to a heading that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostAnchor {
    /// The document.
    pub document: RepoPath,
    /// Whether it has to be true now.
    pub class: Class,
    /// The link.
    pub reference: Reference,
    /// The name of the heading, with its bytes.
    pub anchor: Part,
    /// The document that should have it.
    pub target: RepoPath,
    /// What is known of it.
    pub end: AnchorEnd,
}

/// Why there is no such heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnchorEnd {
    /// It was there while the document linked to it.
    Died {
        /// How it went.
        gone: Box<Gone>,
        /// The name and the text of the heading in its place.
        successor: Option<(String, String)>,
        /// Whether that is beyond doubt the same heading.
        is_sure: bool,
    },
    /// It never was; the name of one that is almost called so.
    Near(String),
}

/// What is known of the documents that links lead to.
pub(super) struct Judge<'w, 'a> {
    world: &'w World<'a>,
    now: Mutex<HashMap<RepoPath, Option<Arc<Places>>>>,
    then: Mutex<HashMap<BlobId, Arc<Places>>>,
}

impl<'w, 'a> Judge<'w, 'a> {
    pub(super) fn new(world: &'w World<'a>) -> Self {
        Self { world, now: Mutex::default(), then: Mutex::default() }
    }

    /// The links of a page to headings that are not there.
    pub(super) fn lost(&self, page: &Page<'_>) -> Vec<LostAnchor> {
        let lost = |reference: &Reference| self.one(page, reference);
        page.document.references.iter().filter_map(lost).collect()
    }

    fn one(&self, page: &Page<'_>, reference: &Reference) -> Option<LostAnchor> {
        let anchor = reference.anchor.clone()?;
        if !is_name(&anchor.text) || (reference.is_past && !reference.kind.is_link()) {
            return None;
        }
        let target = self.target(&page.document.path, reference)?;
        let now = self.now(&target)?;
        // A part of the page that stands in another file may well have it.
        if now.has(&anchor.text) || now.includes {
            return None;
        }
        let end = self.died(page, reference, &anchor, &target, &now);
        let end = end.or_else(|| near(reference, &anchor, &now))?;
        Some(LostAnchor {
            document: page.document.path.clone(),
            class: page.class,
            reference: reference.clone(),
            anchor,
            target,
            end,
        })
    }

    /// The document that a reference leads to: a page, or the one that stands for a folder.
    fn target(&self, document: &RepoPath, reference: &Reference) -> Option<RepoPath> {
        if reference.path.is_empty() {
            return Some(document.clone());
        }
        let snapshot = self.world.snapshot;
        let places = candidates(document, reference);
        let there = places.iter().find(|place| snapshot.has(place.path.as_str()))?;
        let named = snapshot.entry(there.path.as_str()).map(|entry| entry.path.clone());
        let named = named.or_else(|| {
            let page =
                |name: &str| snapshot.entry(&format!("{}/{name}", there.path)).map(|one| one.path.clone());
            ["README.md", "index.md", "_index.md", "readme.md"].into_iter().find_map(page)
        })?;
        is_markdown(&named.extension()).then_some(named)
    }

    fn now(&self, path: &RepoPath) -> Option<Arc<Places>> {
        if let Some(known) = lock(&self.now).get(path) {
            return known.clone();
        }
        let bytes = self.world.read(path.as_str());
        let text = bytes.as_ref().and_then(|bytes| std::str::from_utf8(bytes).ok());
        let found = text.map(|text| Arc::new(Places::read(text, path.extension() == "mdx")));
        lock(&self.now).insert(path.clone(), found.clone());
        found
    }

    /// The places of a version; `None` when it cannot have `anchor`.
    fn then(&self, version: &Version, anchor: Option<&str>) -> Option<Arc<Places>> {
        let identity = self.world.past.identity(version);
        if let Some(known) = identity.and_then(|id| lock(&self.then).get(&id).cloned()) {
            return Some(known);
        }
        let bytes = self.world.past.bytes_of(version)?;
        if anchor.is_some_and(|anchor| !may_have(&bytes, anchor)) {
            return None;
        }
        let text = std::str::from_utf8(&bytes).ok()?;
        let found = Arc::new(Places::read(text, version.name.extension() == "mdx"));
        if let Some(id) = identity {
            lock(&self.then).insert(id, found.clone());
        }
        Some(found)
    }

    /// What became of the heading, when it was there while the page linked to it.
    fn died(
        &self,
        page: &Page<'_>,
        reference: &Reference,
        anchor: &Part,
        target: &RepoPath,
        now: &Places,
    ) -> Option<AnchorEnd> {
        let past = self.world.past;
        let document = &page.document.path;
        let start = reference.span.start.min(anchor.span.start.saturating_sub(1));
        let words = from_name(page.slice(Span::new(start, anchor.span.end)));
        // What some website may find is only missing where GitHub's own name was there.
        let is_loose = !now.has_like(&anchor.text);
        let has = |places: &Places| places.has(&anchor.text) || (is_loose && places.has_like(&anchor.text));
        let versions = past.versions(target, MOST);
        let held = |version: &Version| self.then(version, Some(&anchor.text)).filter(|places| has(places));
        let (at, before) = versions.iter().enumerate().find_map(|(at, one)| Some((at, held(one)?)))?;
        let said = past.said_until(document, versions[at].until)?;
        if !says(&said, words) {
            return None;
        }
        let lacks = |bytes: &[u8]| {
            std::str::from_utf8(bytes)
                .is_ok_and(|text| !may_have(bytes, &anchor.text) || !has(&Places::read(text, false)))
        };
        let gone = self.world.gone(
            (&self.name_after(&versions, at, target), &lacks),
            versions[at].until,
            (document, &|bytes| says(bytes, words)),
        );
        let followed = self.follow(&versions[..at], before, now, &anchor.text);
        let (successor, is_sure) = match followed {
            Some((slug, text, is_sure)) => (Some((slug, text)), is_sure),
            None => {
                let near = nearest(&anchor.text, now.slugs());
                let near = near.and_then(|near| now.headings.iter().find(|heading| heading.slug == near));
                (near.map(|heading| (heading.slug.clone(), heading.text.clone())), false)
            }
        };
        Some(AnchorEnd::Died { gone: Box::new(gone), successor, is_sure })
    }

    /// What the document is called after the version `at`.
    fn name_after(&self, versions: &[Version], at: usize, target: &RepoPath) -> RepoPath {
        match at.checked_sub(1) {
            Some(next) => versions[next].name.clone(),
            None => self.world.past.name_in_mainline(target),
        }
    }

    /// Follows a heading from the version `before` over the `later` ones, which are the newest first, to what it is now.
    fn follow(
        &self,
        later: &[Version],
        before: Arc<Places>,
        now: &Places,
        anchor: &str,
    ) -> Option<(String, String, bool)> {
        let (mut here, mut name, mut is_sure) = (before, anchor.to_owned(), true);
        for version in later.iter().rev() {
            let places = self.then(version, None)?;
            if !places.has(&name) {
                let (heading, is_same) = successor(&here, &places, &name)?;
                (name, is_sure) = (heading.slug.clone(), is_sure && is_same);
            }
            here = places;
        }
        if !now.has(&name) {
            let (heading, is_same) = successor(&here, now, &name)?;
            (name, is_sure) = (heading.slug.clone(), is_sure && is_same);
        }
        let heading = now.headings.iter().find(|heading| heading.slug == name)?;
        Some((heading.slug.clone(), heading.text.clone(), is_sure))
    }
}

/// A heading that is almost called so, when nothing but a slip of the pen explains the link.
fn near(reference: &Reference, anchor: &Part, now: &Places) -> Option<AnchorEnd> {
    let name = &anchor.text;
    let length = name.chars().count();
    if !reference.kind.is_link() || now.is_site || now.has_like(name) || length < 6 {
        return None;
    }
    let near = nearest(name, now.slugs())?;
    let without_digits = |name: &str| name.replace(|c: char| c.is_ascii_digit(), "");
    let distance = strsim::damerau_levenshtein(name, near);
    let is_slip = distance <= (length / 6).max(1) && without_digits(name) != without_digits(near);
    is_slip.then(|| AnchorEnd::Near(near.to_owned()))
}

/// Whether `anchor` may be the name of a heading: not a footnote, which is made where it is used.
fn is_name(anchor: &str) -> bool {
    let bare = anchor.strip_prefix("user-content-").unwrap_or(anchor);
    let is_note = bare.strip_prefix("fn").is_some_and(|rest| {
        let rest = rest.strip_prefix("ref").unwrap_or(rest).trim_start_matches([':', '-', '_']);
        rest.starts_with(|c: char| c.is_ascii_digit())
    });
    !is_note && !loose(anchor).is_empty() && !anchor.contains(['=', '{', '}', '<', '>', '$', '*'])
}

/// Whether a document with these bytes may have a heading called `anchor`: it holds the longest word of it.
fn may_have(bytes: &[u8], anchor: &str) -> bool {
    let words = anchor.split(|c: char| !c.is_ascii_alphanumeric());
    let Some(word) = words.max_by_key(|word| word.len()).filter(|word| word.len() > 2) else { return true };
    let word = word.to_ascii_lowercase();
    // Punctuation within a word is left out of a name.
    let letters =
        bytes.iter().filter(|byte| byte.is_ascii_alphanumeric() || **byte >= 0x80 || **byte == b' ');
    let letters: Vec<u8> = letters.map(u8::to_ascii_lowercase).collect();
    memchr::memmem::find(&letters, word.as_bytes()).is_some()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
