//! Another number for a decision record: its file, its title, and everything that names it.
//!
//! Every change is a run of digits that becomes another, so no file is rewritten. Only what certainly means this record
//! is changed: links that lead to it, and mentions of its number where no other record has that number. What may mean
//! another record is left as it is and told, for a person to decide.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;
use std::path::Path;

use super::Session;
use super::fix::Fixes;
use crate::database::{self, Database, Document, File, Wants};
use crate::error::{Error, Result};
use crate::finding::Edit;
use crate::model::decision::Name;
use crate::model::decision::name::{self, digit_runs, renumbered, written_like};
use crate::read::markdown::{self, LinkKind};
use crate::read::tape::{Kind, Value};
use crate::repo::{Snapshot, moved_file_diff, unified_diff};
use crate::rules::decisions::{Decision, Decisions};
use crate::text::{LineIndex, RepoPath, Span, escape, shorten};

/// What another number for a record changes, and what it leaves to a person.
#[derive(Debug)]
pub struct Renumbering {
    /// Where the record is.
    pub from: RepoPath,
    /// Where it will be; the same, when the name of its file has no number.
    pub to: RepoPath,
    /// Its new number.
    pub number: i64,
    /// The files that change, the record's own under its old name among them.
    pub changes: Fixes,
    /// Places that may mean the record or another one, in order.
    pub left: Vec<Left>,
}

/// A place that was left as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Left {
    /// The file.
    pub path: RepoPath,
    /// The line, from 1.
    pub line: u32,
    /// What stands there.
    pub text: String,
}

impl Renumbering {
    /// The changes as one diff, in the form of git.
    #[must_use]
    pub fn diff(&self) -> String {
        let files = self.changes.files.iter();
        let diffs = files.map(|(path, change)| match *path == self.from {
            true if self.from != self.to => {
                moved_file_diff(self.from.as_str(), self.to.as_str(), change.before(), &change.after)
            }
            _ => unified_diff(path.as_str(), change.before(), &change.after),
        });
        diffs.collect()
    }
}

impl Session {
    /// What it takes to give the decision record at `file` the number `to`, or the next that is free in its folder.
    /// Nothing is written.
    ///
    /// # Errors
    /// Usage when there is no such record, or it cannot have that number; environment when its new name is taken.
    pub fn renumber(&self, file: &Path, to: Option<i64>) -> Result<Renumbering> {
        let from = self.workspace.relative(file)?;
        let database = self.read_all(&self.snapshot);
        let decisions = Decisions::of(&database);
        let own = record_at(&decisions, &database, &from)?;
        let old = own.number.ok_or_else(|| {
            Error::usage(format!("{from} has no number"))
                .hint("put one in front of its name, or of its title")
        })?;
        let number = to.unwrap_or_else(|| decisions.next_free(&own.home));
        check_free(&decisions, own, number)?;
        let (to, run) = new_path(&from, number)?;
        if to != from {
            self.workspace.expect(&to, None)?;
        }
        let subject = Subject::new(&decisions, own, old, run);
        let mut places = Places::default();
        for document in &database.documents {
            let Some(bytes) = self.bytes(&self.snapshot, &document.path) else { continue };
            let Ok(text) = std::str::from_utf8(&bytes) else { continue };
            subject.in_document(document, text, &mut places);
        }
        subject.in_records(&database, &mut places);
        let changes = self.changes(&from, places.certain.clone(), number);
        let mut left = self.left(&places);
        let after = self.after(&from, &to, &changes)?;
        left.extend(self.verify(&after, own, (&from, &to), number)?);
        Ok(Renumbering { from, to, number, changes, left: left.into_iter().collect() })
    }

    /// Writes a renumbering into the working tree. All files must still be as they were read, or none is written. The
    /// record stands under both names until everything leads to the new one, so no instant has a broken link. What is
    /// staged stays as it is.
    ///
    /// # Errors
    /// Environment when a file changed meanwhile, the new name is taken, or a file cannot be written.
    pub fn write_renumbering(&self, planned: &Renumbering) -> Result<()> {
        let Renumbering { from, to, changes, .. } = planned;
        for (path, change) in &changes.files {
            self.workspace.expect(path, change.before.as_deref())?;
        }
        let moved = changes.files.get(from).filter(|_| from != to);
        if let Some(own) = moved {
            self.workspace.write_like(to, from, &own.after)?;
        }
        let others = changes.files.iter().filter(|(path, _)| moved.is_none() || *path != from);
        for (path, change) in others {
            self.workspace.write(path, change.before.as_deref(), &change.after)?;
        }
        moved.map_or(Ok(()), |own| self.workspace.remove(from, own.before()))
    }

    fn read_all(&self, snapshot: &Snapshot) -> Database {
        let wants = Wants { violations: false, unknown_fields: false, keys: false };
        database::load(snapshot, snapshot, &self.config, wants, &|_| Vec::new()).database
    }

    /// The files in which each of `places`, which are digits, becomes `number`.
    fn changes(&self, own: &RepoPath, places: BTreeSet<(RepoPath, Span)>, number: i64) -> Fixes {
        let applied = places.len();
        let mut edits: BTreeMap<RepoPath, BTreeMap<Span, Edit>> = BTreeMap::new();
        edits.entry(own.clone()).or_default();
        for (path, span) in places {
            let Some(bytes) = self.bytes(&self.snapshot, &path) else { continue };
            let text = written_like(number, &String::from_utf8_lossy(span.slice(&bytes)));
            edits.entry(path.clone()).or_default().insert(span, Edit { path, span, text });
        }
        Fixes { files: self.edited(edits), applied, ..Fixes::default() }
    }

    /// The places that are left, each line once.
    fn left(&self, places: &Places) -> BTreeSet<Left> {
        let open = places.open.difference(&places.certain);
        let left = open.filter_map(|(path, span)| {
            let bytes = self.bytes(&self.snapshot, path)?;
            Some(line_of(path, &bytes, *span))
        });
        left.collect()
    }

    /// The working tree as it will be.
    fn after(&self, from: &RepoPath, to: &RepoPath, changes: &Fixes) -> Result<Snapshot> {
        let mut after = self.workspace.worktree()?;
        for (path, change) in &changes.files {
            if path == from {
                after.remove(from);
                after.overlay(to.clone(), change.after.clone());
            } else {
                after.overlay(path.clone(), change.after.clone());
            }
        }
        Ok(after)
    }

    /// Makes sure that `after` holds the record `own` under its new number and nothing else of it changed. Gives the links
    /// that still lead to its old name.
    fn verify(
        &self,
        after: &Snapshot,
        own: &Decision,
        (from, to): (&RepoPath, &RepoPath),
        number: i64,
    ) -> Result<Vec<Left>> {
        let database = self.read_all(after);
        let decisions = Decisions::of(&database);
        let is_it =
            |one: &&Decision| one.path == *to && (one.number, &one.title) == (Some(number), &own.title);
        if !decisions.all.iter().any(|one| is_it(&one)) {
            return Err(Error::usage(format!("{from} would not be read as decision {number} afterwards"))
                .hint("give it the number by hand: its name or its title is written in a way of its own"));
        }
        let mut left = Vec::new();
        for document in database.documents.iter().filter(|_| from != to) {
            for span in links_to(document, &[from.as_str()]) {
                if let Some(bytes) = self.bytes(after, &document.path) {
                    left.push(line_of(&document.path, &bytes, span));
                }
            }
        }
        Ok(left)
    }
}

/// The destinations of the links of a document that lead to one of `paths`.
fn links_to(document: &Document, paths: &[&str]) -> Vec<Span> {
    let leads = document.links().filter(|(_, path)| paths.contains(&path.as_str()));
    leads.map(|(span, _)| span).collect()
}

/// The line of `span`, as it is told.
fn line_of(path: &RepoPath, bytes: &[u8], span: Span) -> Left {
    let lines = LineIndex::new(bytes);
    let line = lines.line(span.start);
    let text = String::from_utf8_lossy(lines.span(bytes, line).slice(bytes)).into_owned();
    let text = shorten(&escape(text.trim()), 80).into_owned();
    Left { path: path.clone(), line, text }
}

/// The decision record in the document at `path`.
fn record_at<'a>(decisions: &'a Decisions, database: &Database, path: &RepoPath) -> Result<&'a Decision> {
    if let Some(own) = decisions.all.iter().find(|one| one.is_document && one.path == *path) {
        return Ok(own);
    }
    let why = database.declined.iter().find(|declined| declined.path == *path);
    let why = why.map(|declined| format!(": {}", declined.reason)).unwrap_or_default();
    Err(Error::usage(format!("{path} is no decision record{why}"))
        .hint("`opsbook records adrs` lists those of the working tree"))
}

/// Refuses a number that the record has already, or another one of its folder and series.
fn check_free(decisions: &Decisions, own: &Decision, number: i64) -> Result<()> {
    if own.number == Some(number) {
        return Err(Error::usage(format!("{} has the number {number} already", own.path)));
    }
    let is_taken = |one: &&Decision| {
        one.number == Some(number) && one.home == own.home && one.series() == own.series() && !one.is(own)
    };
    match decisions.all.iter().find(is_taken) {
        None => Ok(()),
        Some(other) => Err(Error::usage(format!("number {number} is taken: {} has it", other.path))
            .hint("leave out --to for the next number that is free")),
    }
}

/// Where the record goes, and where in its file's name the number stands, if it does.
fn new_path(from: &RepoPath, number: i64) -> Result<(RepoPath, Option<Range<usize>>)> {
    let stem = name::stem(from.as_str());
    if Name::of(stem).number.is_none() {
        return Ok((from.clone(), None));
    }
    if name::folder(from.as_str()) != from.parent() {
        return Err(Error::usage(format!("the number of {from} is in the name of its folder"))
            .hint("rename the folder, then `opsbook check --fix` mends the links"));
    }
    let Some((run, digits)) = renumbered(stem, number) else {
        return Err(Error::usage(format!(
            "{from} cannot have the number {number}: it would be read otherwise"
        ))
        .hint("choose another with --to"));
    };
    let file = from.file_name();
    let new = [&file[..run.start], &digits, &file[run.end..]].concat();
    let folder = from.parent();
    let to = if folder.is_empty() { new } else { format!("{folder}/{new}") };
    Ok((RepoPath::new(&to), Some(run)))
}

/// Digits that mean the record, and places that may mean it or another one.
#[derive(Default)]
struct Places {
    certain: BTreeSet<(RepoPath, Span)>,
    open: BTreeSet<(RepoPath, Span)>,
}

impl Places {
    fn add(&mut self, path: &RepoPath, span: Span, is_certain: bool) {
        let places = if is_certain { &mut self.certain } else { &mut self.open };
        places.insert((path.clone(), span));
    }
}

/// The record that gets another number, and what else could be meant by its old one.
struct Subject<'a> {
    own: &'a Decision,
    old: i64,
    /// Where in its file's name the number stands.
    run: Option<Range<usize>>,
    decisions: &'a Decisions,
    /// Whether another record anywhere has the number, and whether one of its own folder has.
    is_shared: bool,
    is_shared_at_home: bool,
    /// Whether another record has the same file name.
    is_name_shared: bool,
}

/// Words that stand in front of the number of a decision, in titles and texts of links.
const MARKS: &[&str] = &["adr", "adrs", "madr", "architecture", "architectural", "decision", "record"];

impl<'a> Subject<'a> {
    fn new(decisions: &'a Decisions, own: &'a Decision, old: i64, run: Option<Range<usize>>) -> Self {
        let stem = |one: &Decision| name::stem(one.path.as_str()).to_owned();
        let others = || decisions.all.iter().filter(|one| !one.is(own));
        Self {
            own,
            old,
            run,
            decisions,
            is_shared: others().any(|one| one.number == Some(old)),
            is_shared_at_home: others().any(|one| one.number == Some(old) && one.home == own.home),
            is_name_shared: others().any(|one| stem(one) == stem(own)),
        }
    }

    /// Whether a bare number in the file at `path` can only mean this record.
    fn is_meant_in(&self, path: &RepoPath) -> bool {
        let is_at_home = !self.own.home.is_empty() && path.is_within(&self.own.home);
        self.own.series().is_empty() && (!self.is_shared || (is_at_home && !self.is_shared_at_home))
    }

    /// Whether the name of its file without extension can only mean this record in the file at `path`.
    fn is_named_in(&self, path: &RepoPath) -> bool {
        !self.is_name_shared || path.parent() == self.own.path.parent()
    }

    fn in_document(&self, document: &Document, text: &str, places: &mut Places) {
        let parsed = markdown::Document::read(text);
        let path = &document.path;
        let destinations: Vec<Span> = parsed
            .links
            .iter()
            .filter(|link| link.kind != LinkKind::Reference)
            .map(|link| link.span)
            .collect();
        let code: Vec<Span> = parsed.fences.iter().map(|fence| fence.span).collect();
        let is_prose = |run: &Range<usize>| {
            let inside = |span: &Span| span.range().start <= run.start && run.end <= span.range().end;
            !destinations.iter().any(inside) && !code.iter().any(inside)
        };
        let led = self.links(document, text, &parsed, places);
        let add = |range: Range<usize>, is_certain: bool, places: &mut Places| {
            if is_prose(&range) {
                places.add(path, Span::of(range.start, range.end), is_certain);
            }
        };
        for range in &led {
            let inside = &text[range.clone()];
            let runs =
                self.lead(inside, false).into_iter().chain(self.mentions(inside)).chain(self.names(inside));
            runs.for_each(|run| add(range.start + run.start..range.start + run.end, true, places));
            let line = line_around(text, range);
            let bare = self.bare(&text[line.clone()]);
            bare.for_each(|run| add(line.start + run.start..line.start + run.end, false, places));
        }
        if *path == self.own.path {
            let runs = self.own_numbers(text, &parsed);
            runs.into_iter().for_each(|run| add(run, true, places));
        }
        for run in self.mentions(text) {
            add(run, self.is_meant_in(path), places);
        }
        for run in self.names(text) {
            add(run, self.is_named_in(path), places);
        }
        for (span, is_certain) in self.relations(path) {
            let Some(inside) = text.get(span.range()) else { continue };
            let start = span.range().start;
            let is_linked = led.iter().any(|link| link.start < span.range().end && start < link.end);
            for run in self.runs(inside).filter(|_| !is_linked) {
                add(start + run.start..start + run.end, is_certain, places);
            }
        }
    }

    /// Takes the destinations of links to the record, and gives the bytes of those links' texts.
    fn links(
        &self,
        document: &Document,
        text: &str,
        parsed: &markdown::Document,
        places: &mut Places,
    ) -> Vec<Range<usize>> {
        let own = self.own.path.as_str();
        let bare = own.rsplit_once('.').map_or(own, |(bare, _)| bare);
        let mut starts: HashSet<u32> = HashSet::new();
        for span in links_to(document, &[own, bare]) {
            starts.insert(span.start);
            if let Some(run) = self.run_in_destination(&text[span.range()]) {
                let start = span.range().start;
                places.add(&document.path, Span::of(start + run.start, start + run.end), true);
            }
        }
        let leading: HashSet<&str> = parsed
            .links
            .iter()
            .filter(|link| starts.contains(&link.span.start))
            .map(|link| link.destination.as_str())
            .collect();
        let links = parsed.links.iter().filter(|link| leading.contains(link.destination.as_str()));
        let texts = links.filter_map(|link| {
            let end = match link.kind {
                LinkKind::Inline | LinkKind::Image => link.span.start,
                LinkKind::Reference => link.whole.end,
                LinkKind::Auto | LinkKind::Definition => return None,
            };
            text.get(link.whole.start as usize..end as usize)?;
            Some(link.whole.start as usize..end as usize)
        });
        texts.collect()
    }

    /// The number in the last part of a link's destination, as it is written there.
    fn run_in_destination(&self, written: &str) -> Option<Range<usize>> {
        let run = self.run.clone()?;
        let path = written.split(['#', '?']).next().unwrap_or_default();
        let start = path.rfind('/').map_or(0, |at| at + 1);
        let name = self.own.path.file_name();
        let rest = path[start..].strip_prefix(&name[..run.end])?;
        let found = start + run.start..start + run.end;
        (!rest.starts_with(|c: char| c.is_ascii_digit())).then_some(found)
    }

    /// The numbers of the record in its own title and front matter.
    fn own_numbers(&self, text: &str, parsed: &markdown::Document) -> Vec<Range<usize>> {
        const KEYS: &[&str] = &["number", "adr", "adr number", "adr_number", "adr-number", "id", "title"];
        let mut runs = Vec::new();
        let goes_on = !self.own.title.starts_with(|c: char| c.is_ascii_digit());
        let own = |start: usize, inside: &str| {
            self.lead(inside, goes_on).map(|run| start + run.start..start + run.end)
        };
        for heading in parsed.headings.iter().filter(|heading| heading.level == 1) {
            runs.extend(own(heading.span.range().start, &text[heading.span.range()]));
        }
        // Whatever stands around the title, the last number in front of it on its line is its own.
        let before = self.own.title_span.range().start;
        let line = text[..before].rfind('\n').map_or(0, |at| at + 1);
        let last = digit_runs(&text[line..before]).pop();
        let last = last.map(|run| line + run.start..line + run.end);
        runs.extend(last.filter(|run| text[run.clone()].parse() == Ok(self.old)));
        let Some(front) = parsed.front_matter else { return runs };
        let mut start = front.inner.range().start;
        for line in text[front.inner.range()].split_inclusive('\n') {
            if let Some(at) = line.find([':', '='])
                && KEYS.contains(&&*line[..at].trim().to_lowercase())
            {
                runs.extend(own(start + at + 1, &line[at + 1..]));
            }
            start += line.len();
        }
        runs
    }

    /// The number that `text` begins with, behind markup and the words for a decision. What follows a bare number must
    /// part it from the rest, unless `goes_on`.
    fn lead(&self, text: &str, goes_on: bool) -> Option<Range<usize>> {
        let series = self.own.series();
        let mut at = 0;
        let mut is_marked = false;
        loop {
            at += text[at..].find(char::is_alphanumeric)?;
            let end = text[at..].find(|c: char| !c.is_alphabetic()).map_or(text.len(), |end| at + end);
            let word = text[at..end].to_lowercase();
            if word.is_empty() {
                break;
            }
            if !MARKS.contains(&&*word) && !series.contains(&word) {
                return None;
            }
            is_marked = true;
            at = end;
        }
        let run = self.runs(text).find(|run| run.start == at)?;
        let rest = text[run.end..].trim_start_matches([' ', '*', '_', '`']);
        let is_apart = rest.is_empty()
            || rest.starts_with(['.', ':', ')', ']', '|', '"', '\'', '\r', '\n', '\u{2013}', '\u{2014}']);
        let is_dash = rest.starts_with('-') && !text[run.end..].starts_with('-');
        let is_word = text[run.end..].starts_with(char::is_alphanumeric);
        let is_decimal =
            text[run.end..].starts_with('.') && text[run.end + 1..].starts_with(|c: char| c.is_ascii_digit());
        ((is_marked || goes_on || is_apart || is_dash) && !is_word && !is_decimal).then_some(run)
    }

    /// The old number where the word ADR stands in front of it: `ADR 13`, `ADR-0013`, `adr #13`.
    fn mentions<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
        self.runs(text).filter(|run| {
            let before = text[..run.start].trim_end_matches([' ', '-', '_', '#', '\u{a0}']);
            let gap = run.start - before.len();
            let start = before
                .rfind(|c: char| !c.is_alphabetic())
                .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
            let is_mark = matches!(&*before[start..].to_lowercase(), "adr" | "adrs" | "madr");
            let is_alone = !before[..start].ends_with(|c: char| c.is_alphanumeric() || "-_/".contains(c));
            let after = &text[run.end..];
            let goes_on = after.starts_with(|c: char| c.is_alphanumeric() || c == '/')
                || (after.starts_with('.') && after[1..].starts_with(|c: char| c.is_ascii_digit()));
            is_mark && is_alone && gap <= 2 && !goes_on
        })
    }

    /// The number in the name of the record's file, wherever that stands in `text`, with or without its extension.
    fn names<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
        let stem = name::stem(self.own.path.as_str());
        let part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        let run = self.run.clone();
        let found = run.into_iter().flat_map(move |run| {
            text.match_indices(stem).map(move |(at, _)| (at, at + run.start..at + run.end))
        });
        found
            .filter(move |(at, _)| !text[..*at].ends_with(part) && !text[at + stem.len()..].starts_with(part))
            .map(|(_, run)| run)
    }

    /// The old number where it stands alone, as in a cell of a table or in front of an item.
    fn bare<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
        self.runs(text).filter(|run| {
            let (before, after) = (&text[..run.start], &text[run.end..]);
            (before.is_empty() || before.ends_with([' ', '|', '#', '\t', '(']))
                && (after.is_empty() || after.starts_with([' ', '|', '.', ':', ')', '\t', '\r']))
        })
    }

    /// The runs of digits that are the old number.
    fn runs<'t>(&self, text: &'t str) -> impl Iterator<Item = Range<usize>> + use<'t> {
        let old = self.old;
        digit_runs(text).into_iter().filter(move |run| text[run.clone()].parse() == Ok(old))
    }

    /// Where the record at `path` says that it supersedes this one or is superseded by it, and whether no other one can be
    /// meant.
    fn relations(&self, path: &RepoPath) -> Vec<(Span, bool)> {
        let old = self.old.to_string();
        let mut found = Vec::new();
        for one in self.decisions.all.iter().filter(|one| one.path == *path && one.home == self.own.home) {
            for (target, span) in one.supersedes.iter().chain(&one.superseded_by) {
                if *target == old {
                    let is_meant = self.decisions.meant(one, target).is_some_and(|meant| meant.is(self.own));
                    found.push((*span, is_meant));
                }
            }
        }
        found
    }

    /// The fields of records that refer to decisions.
    fn in_records(&self, database: &Database, places: &mut Places) {
        for (at, table) in database.tables.iter().enumerate() {
            let fields = table.schema.as_ref().map(|schema| schema.fields_referring_to("adrs"));
            for field in fields.unwrap_or_default() {
                database.for_each(at, &mut |id, record, base| {
                    let Some(value) = record.get(&field) else { return };
                    match value.kind() {
                        Kind::Array => value
                            .items()
                            .for_each(|item| self.in_value(database.file(id), item, base, places)),
                        _ => self.in_value(database.file(id), value, base, places),
                    }
                });
            }
        }
    }

    fn in_value(&self, file: &File, value: Value<'_>, base: u32, places: &mut Places) {
        let Some(key) = value.scalar_text() else { return };
        let span = value.span().shifted(base);
        let raw = file.slice(span);
        let (Ok(raw), start) = (std::str::from_utf8(&raw), span.range().start) else { return };
        let is_number = key.parse() == Ok(self.old);
        let run = match self.names(raw).next() {
            Some(run) => Some((run, self.is_named_in(&file.path))),
            None if is_number => self.runs(raw).next().map(|run| (run, self.is_meant_in(&file.path))),
            None => self.mentions(raw).next().map(|run| (run, self.is_meant_in(&file.path))),
        };
        if let Some((run, is_certain)) = run {
            places.add(&file.path, Span::of(start + run.start, start + run.end), is_certain);
        }
    }
}

/// The line of `text` that holds the start of `range`.
fn line_around(text: &str, range: &Range<usize>) -> Range<usize> {
    let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[range.start..].find('\n').map_or(text.len(), |at| range.start + at);
    start..end
}

#[cfg(test)]
mod tests;
