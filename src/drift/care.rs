//! Whether documents kept up: with what they cover, with the days that they state, and with how often they are to be
//! reviewed.
//!
//! A review is what leaves evidence: a receipt of this very state, or a commit that changed the document together with what
//! it covers. A day that somebody wrote is a claim, and is held against that.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::cover::{self, Covering, Receipt, coverings};
use super::lexical::Difference;
use super::past::Past;
use super::timeline::{Edit, Timeline, Version, hash_at, state};
use crate::config::{Class, Config};
use crate::database::{Database, Document};
use crate::extract::upkeep;
use crate::repo::{BlobId, Snapshot};
use crate::text::{RepoPath, Span};

/// What a look at the upkeep of all documents gave.
#[derive(Debug, Default)]
pub struct Cared {
    /// What is wrong, in the order of documents.
    pub lapses: Vec<Lapse>,
    /// How many documents cover something.
    pub covering: usize,
    /// What cannot be told, as sentences without a period.
    pub unknown: Vec<String>,
}

/// A document that did not keep up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lapse {
    /// The document.
    pub document: RepoPath,
    /// Where it says what it did not keep.
    pub span: Span,
    /// What that is.
    pub what: What,
}

/// In what a document did not keep up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// What it covers changed since it was reviewed.
    Changed(Change),
    /// A commit moved its day or version, and nothing else, although what it covers had changed.
    Contradicted {
        /// That commit.
        stamped: At,
        /// What had changed by then.
        change: Change,
    },
    /// It changed after the day that it states for its last change.
    Stale {
        /// The day it states.
        stated: Date,
        /// Whether the day is written as `2026-11-20`.
        is_plain: bool,
        /// What changed it last.
        last: At,
        /// The day of that.
        day: Date,
    },
    /// It is to be reviewed from time to time.
    Due {
        /// How often, as written.
        every: String,
        /// The day of its last review, and what says so.
        last: Date,
        /// What that day is known from.
        known_from: &'static str,
    },
    /// The change that is looked at changes what it covers, and not the document.
    NotUpdated(Change),
}

/// A change of what a document covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The files, in order.
    pub files: Vec<RepoPath>,
    /// Names that the document quotes and that stand in lines that changed.
    pub quoted: Vec<String>,
    /// The first and the last moment of it, as far as there is a past.
    pub span: Option<(At, At)>,
    /// What it is counted from.
    pub since: Since,
}

/// What changes are counted from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    /// A receipt, in the file at this place.
    Receipt(RepoPath),
    /// A commit that changed the document together with what it covers.
    Together(At),
    /// The moment since which the document says that it covers this.
    Declared(At),
    /// The base of the change that is looked at.
    Base,
}

/// A moment of the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    /// In seconds since 1970, and the full id of the commit; `None` for what is not committed.
    pub commit: Option<(i64, String)>,
    /// Its day in the project's time zone.
    pub day: Date,
}

/// What to look at.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// The day, in the project's time zone.
    pub today: Date,
    /// Whether the earlier of two snapshots is the base of a change.
    pub is_range: bool,
}

/// Looks at the upkeep of every document of `database`, which is of `snapshot`. Without life lines only a change against
/// a base can be judged.
#[must_use]
pub fn care<'a>(
    database: &Database,
    snapshot: &'a Snapshot,
    config: &'a Config,
    past: &'a Past<'a>,
    look: Look,
) -> Cared {
    let coverings = coverings(database, config);
    let mut cared = Cared { covering: coverings.len(), ..Cared::default() };
    cared.unknown = dead(&coverings, database, snapshot, config);
    if let Some(step) = past.step.filter(|_| look.is_range) {
        let range = super::range::Range { before: step.before, now: snapshot, config };
        cared.lapses.extend(coverings.iter().filter_map(|covering| {
            let change = range.without_document(covering, step.came_from(covering.document.as_str()))?;
            let what = What::NotUpdated(change);
            Some(Lapse { document: covering.document.clone(), span: covering.span, what })
        }));
    }
    let Some(lives) = past.lives else { return cared };
    let judge = Judge { timeline: Timeline::new(lives, snapshot, config, past), look };
    for document in &database.documents {
        let covering = coverings.iter().find(|covering| covering.document == document.path);
        let upkeep = &document.upkeep;
        if covering.is_none() && upkeep.updated.is_none() && upkeep.review_every.is_none() {
            continue;
        }
        let versions = judge.timeline.document(&document.path);
        if let Some(covering) = covering {
            match judge.kept_up(covering, &versions) {
                Some(lapses) => cared.lapses.extend(lapses),
                None => cared.unknown.push(format!(
                    "whether {} kept up with what it covers: its last review is not in the history that is here",
                    document.path
                )),
            }
        }
        if database.class_of(document, config) != Class::Record {
            cared.lapses.extend(judge.stale(document, &versions));
        }
        cared.lapses.extend(judge.due(document, &versions));
    }
    cared
}

/// What is said to cover something and cannot: nobody would notice that it is never asked.
fn dead(coverings: &[Covering], database: &Database, snapshot: &Snapshot, config: &Config) -> Vec<String> {
    let is_there = |path: &RepoPath| database.documents.iter().any(|document| document.path == *path);
    let missing = config.covers.iter().filter(|cover| !is_there(&cover.document));
    let missing = missing.map(|cover| {
        format!("whether {} keeps up, which [[drift.cover]] names: it is no document here", cover.document)
    });
    let has_file = |covering: &&Covering| {
        snapshot.entries().iter().any(|entry| covering.has(entry.path.as_str(), config))
    };
    let empty = coverings.iter().filter(|covering| !has_file(covering)).map(|covering| {
        let patterns = covering.patterns.join(", ");
        format!("whether {} keeps up: it covers {patterns}, and no file is there", covering.document)
    });
    let unread = coverings.iter().filter_map(|covering| {
        let names = [covering.document.clone()];
        let (path, receipt) = cover::receipt(snapshot, &names, &config.root)?;
        receipt.is_none().then(|| format!("what {path} says: it is no receipt of {}", covering.document))
    });
    missing.chain(empty).chain(unread).collect()
}

struct Judge<'a> {
    timeline: Timeline<'a>,
    look: Look,
}

impl Judge<'_> {
    /// What a document missed of the changes of what it covers; `None` when it is not known when it was reviewed.
    fn kept_up(&self, covering: &Covering, versions: &[Version]) -> Option<Vec<Lapse>> {
        let covered = self.timeline.covered(covering);
        let receipt = self.receipt(covering);
        let says =
            |receipt: &Receipt, moment: usize| cover::hex(&hash_at(&covered, moment)) == receipt.covered;
        if let Some((_, receipt)) = &receipt
            && says(receipt, self.timeline.now())
        {
            return Some(Vec::new());
        }
        let found = receipt.as_ref().and_then(|(path, receipt)| {
            let moment = self.moment_of(path, &covered, &|moment| says(receipt, moment))?;
            Some((moment, Since::Receipt(path.clone())))
        });
        let together = self.together(covering, versions, &covered);
        let declared = self.declared(covering, versions);
        // The latest counts; of one moment the receipt says most.
        let (since, basis) =
            [declared, together, found].into_iter().flatten().max_by_key(|(moment, _)| *moment)?;
        let words = self.quoted(covering, versions, &covered);
        let mut lapses = Vec::new();
        let lapse = |what| Lapse { document: covering.document.clone(), span: covering.span, what };
        if let Some(change) = self.change(&covered, since, self.timeline.now(), &words, &basis) {
            lapses.push(lapse(What::Changed(change)));
        }
        if let Some((stamped, change)) =
            self.contradicted(covering, versions, &covered, since, &basis, &words)
        {
            lapses.push(lapse(What::Contradicted { stamped, change }));
        }
        Some(lapses)
    }

    /// The receipt of the document, under any of its names.
    fn receipt(&self, covering: &Covering) -> Option<(RepoPath, Receipt)> {
        let timeline = &self.timeline;
        let names: Vec<RepoPath> =
            timeline.names(&covering.document).into_iter().map(|(name, _)| name).collect();
        let (path, receipt) = cover::receipt(timeline.snapshot, &names, &timeline.config.root)?;
        Some((path, receipt?))
    }

    /// The last moment at which what is covered was what a receipt says, not later than the receipt itself came.
    fn moment_of(
        &self,
        receipt: &RepoPath,
        covered: &[(&str, Vec<Version>)],
        says: &dyn Fn(usize) -> bool,
    ) -> Option<usize> {
        /// Moments that are looked at.
        const MOST: usize = 200;
        let came = self.timeline.versions(receipt.as_str()).last()?.0;
        let mut moments: Vec<usize> =
            covered.iter().flat_map(|(_, versions)| versions).map(|one| one.0).collect();
        moments.retain(|&moment| moment <= came);
        moments.sort_unstable();
        moments.dedup();
        moments.into_iter().rev().take(MOST).find(|&moment| says(moment))
    }

    /// The last moment that changed what the document says, and something that it covers.
    fn together(
        &self,
        covering: &Covering,
        versions: &[Version],
        covered: &[(&str, Vec<Version>)],
    ) -> Option<(usize, Since)> {
        let touched = |moment: usize| {
            let is_at = |versions: &[Version]| versions.binary_search_by_key(&moment, |one| one.0).is_ok();
            covered.iter().any(|(_, versions)| is_at(versions))
        };
        let path = covering.document.as_str();
        (0..versions.len()).rev().find_map(|at| {
            let (moment, blob) = versions[at];
            if self.timeline.is_edge(moment) || !touched(moment) {
                return None;
            }
            let before = at.checked_sub(1).and_then(|before| versions[before].1);
            let says = self.timeline.edit(path, before, blob) == Edit::Substance;
            says.then(|| (moment, Since::Together(self.at(moment))))
        })
    }

    /// The moment since which the document says, or the configuration says of it, that it covers this.
    fn declared(&self, covering: &Covering, versions: &[Version]) -> Option<(usize, Since)> {
        /// Versions that are read.
        const MOST: usize = 300;
        let timeline = &self.timeline;
        let says = |path: &str, blob: Option<BlobId>| {
            let Some(text) = timeline.text(path, blob) else { return false };
            match covering.is_own {
                true => {
                    let then = upkeep::covers(&text);
                    !then.is_empty() && then.iter().all(|one| covering.patterns.contains(one))
                }
                false => covering.patterns.iter().all(|pattern| text.contains(pattern.as_str())),
            }
        };
        let configured = timeline.config.file.clone().filter(|_| !covering.is_own);
        let (path, versions) = match &configured {
            Some(file) => (file, &timeline.versions(file.as_str())[..]),
            None => (&covering.document, versions),
        };
        let mut since = None;
        for &(moment, blob) in versions.iter().rev().take(MOST) {
            if !says(path.as_str(), blob) {
                break;
            }
            since = Some(moment);
        }
        let since = since.filter(|&moment| !timeline.is_edge(moment))?;
        Some((since, Since::Declared(self.at(since))))
    }

    /// The names that the document quotes and that may stand in code.
    fn quoted(
        &self,
        covering: &Covering,
        versions: &[Version],
        covered: &[(&str, Vec<Version>)],
    ) -> Vec<String> {
        let is_file = |name: &str| covered.iter().any(|(path, _)| path.rsplit('/').next() == Some(name));
        let blob = versions.last().and_then(|last| last.1);
        let text = self.timeline.text(covering.document.as_str(), blob).unwrap_or_default();
        upkeep::identifiers(&text, &is_file)
    }

    /// What changed in what is covered from the moment `since` to `until`, white space and comments left out.
    fn change(
        &self,
        covered: &[(&str, Vec<Version>)],
        since: usize,
        until: usize,
        words: &[String],
        basis: &Since,
    ) -> Option<Change> {
        let (before, now) = (state(covered, since), state(covered, until));
        let differs = |path: &str, before: Option<BlobId>, now: Option<BlobId>| {
            self.timeline.difference(path, before, now)
        };
        let mut change = changed_files(&before, &now, words, &differs, basis.clone())?;
        let mut moments = Vec::new();
        for file in &change.files {
            let at = covered.binary_search_by(|(path, _)| (*path).cmp(file.as_str()));
            let Some((path, versions)) = at.ok().and_then(|at| covered.get(at)) else { continue };
            let mut last = before.get(path).copied();
            for &(moment, blob) in versions.iter().filter(|(at, _)| since < *at && *at <= until) {
                if differs(path, last, blob) != Difference::Form {
                    moments.push(moment);
                }
                last = blob;
            }
        }
        let (first, last) = (moments.iter().min(), moments.iter().max());
        change.span = first.zip(last).map(|(&first, &last)| (self.at(first), self.at(last)));
        Some(change)
    }

    /// The last commit that moved only the day or the version of the document, and what had changed by then.
    fn contradicted(
        &self,
        covering: &Covering,
        versions: &[Version],
        covered: &[(&str, Vec<Version>)],
        since: usize,
        basis: &Since,
        words: &[String],
    ) -> Option<(At, Change)> {
        let timeline = &self.timeline;
        let path = covering.document.as_str();
        let said = timeline.last_said(path, versions).map(|moment| self.at(moment).day);
        let stamped = (1..versions.len()).rev().find(|&at| {
            versions[at].0 > since
                && timeline.edit(path, versions[at - 1].1, versions[at].1) == Edit::Stamp
                // A day that was set right says nothing of a review.
                && timeline
                    .text(path, versions[at].1)
                    .is_some_and(|text| upkeep::latest_stamp(&text).is_none_or(|day| said.is_none_or(|said| day > said)))
        })?;
        let moment = versions[stamped].0;
        Some((self.at(moment), self.change(covered, since, moment, words, basis)?))
    }

    /// Whether the document changed after the day that it states.
    fn stale(&self, document: &Document, versions: &[Version]) -> Option<Lapse> {
        /// Days that a clock, a time zone or a review may take.
        const TOLERANCE: i32 = 1;
        let stated = document.upkeep.updated?;
        let path = document.path.as_str();
        let text = self.timeline.text(path, versions.last()?.1)?;
        let written = text.get(stated.span.range())?;
        let states = |version: &Version| {
            self.timeline.text(path, version.1).is_some_and(|text| text.contains(written))
        };
        // A commit that wrote the day kept it, whenever it arrived.
        let wrote = versions.iter().rposition(|version| !states(version)).map_or(0, |at| at + 1);
        let changed = (wrote + 1..versions.len())
            .rev()
            .find(|&at| self.timeline.edit(path, versions[at - 1].1, versions[at].1) == Edit::Substance)?;
        let last = self.at(versions[changed].0);
        let day = last.day;
        if (day - stated.day).get_days() <= TOLERANCE {
            return None;
        }
        let what = What::Stale { stated: stated.day, is_plain: stated.is_plain, last, day };
        Some(Lapse { document: document.path.clone(), span: stated.span, what })
    }

    /// When the document was last reviewed, if it is to be from time to time.
    fn due(&self, document: &Document, versions: &[Version]) -> Option<Lapse> {
        let (every, span) = document.upkeep.review_every.clone()?;
        let timeline = &self.timeline;
        let names: Vec<RepoPath> = timeline.names(&document.path).into_iter().map(|(name, _)| name).collect();
        let receipt = cover::receipt(timeline.snapshot, &names, &timeline.config.root);
        let came = receipt.and_then(|(path, _)| timeline.versions(path.as_str()).last().map(|last| last.0));
        let said = timeline.last_said(document.path.as_str(), versions);
        // What lies before the history that is here may be later than what is stated.
        if came.into_iter().chain(said).any(|moment| timeline.is_edge(moment)) {
            return None;
        }
        let mut known = Vec::new();
        known.extend(document.upkeep.reviewed.map(|stated| (stated.day, "the day it states")));
        known.extend(said.map(|moment| (self.at(moment).day, "the last commit that changed what it says")));
        known.extend(came.map(|moment| (self.at(moment).day, "its receipt")));
        let (last, known_from) = known.into_iter().max_by_key(|(day, _)| *day)?;
        let what = What::Due { every, last, known_from };
        Some(Lapse { document: document.path.clone(), span, what })
    }

    fn at(&self, moment: usize) -> At {
        if moment >= self.timeline.now() {
            return At { commit: None, day: self.look.today };
        }
        let seconds = self.timeline.lives.seconds(moment);
        let zone = self.timeline.config.project.zone.clone();
        let day = Timestamp::from_second(seconds).unwrap_or_default().to_zoned(zone).date();
        At { commit: Some((seconds, self.timeline.lives.id(moment))), day }
    }
}

/// How two versions of a file differ.
pub(super) type Differs<'a> = dyn Fn(&str, Option<BlobId>, Option<BlobId>) -> Difference + 'a;

/// The files that differ in more than form, and which of `words` stand in their lines that do.
pub(super) fn changed_files(
    before: &HashMap<&str, BlobId>,
    now: &HashMap<&str, BlobId>,
    words: &[String],
    differs: &Differs<'_>,
    since: Since,
) -> Option<Change> {
    let mut change = Change { files: Vec::new(), quoted: Vec::new(), span: None, since };
    for (path, before, now) in cover::changed(before, now) {
        let Difference::Lines(lines) = differs(path, before, now) else { continue };
        change.files.push(RepoPath::new(path));
        for word in words {
            if !change.quoted.contains(word) && lines.iter().any(|line| holds(line, word)) {
                change.quoted.push(word.clone());
            }
        }
    }
    (!change.files.is_empty()).then_some(change)
}

/// Whether `word` stands in `line`, and not as a part of a longer one.
fn holds(line: &str, word: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(is_word) && !line[at + word.len()..].starts_with(is_word))
}
