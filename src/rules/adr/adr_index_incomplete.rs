//! A list of the decision records of a folder that leaves some of them out.
//!
//! A line for what is missing is made from one that is there, with what is said of the one record put in the place of what
//! is said of the other. Only when every other line of the list can be made in the same way is it offered.

use std::collections::BTreeMap;

use crate::database::Document;
use crate::finding::{Edit, Finding, Fix};
use crate::model::decision::name;
use crate::rules::decisions::{Decision, Decisions};
use crate::rules::{Check, Context};
use crate::text::{RepoPath, Span, escape};

pub(crate) const CHECK: Check = Check::Database(check);

/// How many names a message gives.
const SHOWN: usize = 3;

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let decisions = Decisions::of(context.database);
    let mut homes: BTreeMap<&str, Vec<&Decision>> = BTreeMap::new();
    for own in decisions.all.iter().filter(|own| own.is_document) {
        homes.entry(name::folder(own.path.as_str())).or_default().push(own);
    }
    for (home, own) in &homes {
        for document in &context.database.documents {
            let is_decision = decisions.all.iter().any(|one| one.path == document.path);
            let is_near = is_index(&document.path, home);
            if let Some(index) = is_near.then(|| Index::of(document, own)).flatten().filter(|_| !is_decision)
            {
                findings.extend(index.finding(context));
            }
        }
    }
}

/// Whether a document may be the list of the records in the folder `home`: by its name, there or in the folder above.
fn is_index(path: &RepoPath, home: &str) -> bool {
    const NAMES: [&str; 6] = ["readme", "index", "toc", "decisions", "adr", "adrs"];
    let stem = name::stem(path.as_str()).to_lowercase();
    let folder = name::folder(path.as_str());
    let above = home.rsplit_once('/').map_or("", |(above, _)| above);
    NAMES.contains(&&*stem) && (folder == home || folder == above)
}

/// A document that lists records.
struct Index<'a> {
    document: &'a Document,
    /// The records it lists, with the bytes of where the link leads, in the order of the document.
    listed: Vec<(&'a Decision, Span)>,
    missing: Vec<&'a Decision>,
    count: usize,
}

impl<'a> Index<'a> {
    /// The document as a list of `own`; `None` when it names a few of them and is none.
    fn of(document: &'a Document, own: &[&'a Decision]) -> Option<Self> {
        let mut listed: Vec<(&Decision, Span)> = Vec::new();
        for (span, path) in document.links() {
            let found = own.iter().find(|one| one.path == path);
            if let Some(one) = found.filter(|one| !listed.iter().any(|(other, _)| other.is(one))) {
                listed.push((one, span));
            }
        }
        let is_listed = |one: &&&Decision| listed.iter().any(|(other, _)| other.is(one));
        let missing: Vec<&Decision> = own.iter().filter(|one| !is_listed(one)).copied().collect();
        // Of a list that is kept, most is there.
        let is_list = listed.len() >= 2 && listed.len() * 2 >= own.len();
        is_list.then_some(Self { document, listed, missing, count: own.len() })
    }

    fn finding(&self, context: &Context<'_>) -> Option<Finding> {
        let (_, last) = self.listed.last().filter(|_| !self.missing.is_empty())?;
        let names: Vec<&str> = self
            .missing
            .iter()
            .take(SHOWN)
            .map(|one| one.path.as_str().rsplit('/').next().unwrap_or_default())
            .collect();
        let more = match self.missing.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!(
            "the list leaves out {} of {} decision records: {}{more}",
            self.missing.len(),
            self.count,
            escape(&names.join(", "))
        );
        let mut finding = Finding::new("adr-index-incomplete", &self.document.path, *last, message)
            .quoted(names.join(", "));
        finding.related = self.missing.iter().map(|one| one.path.clone()).collect();
        finding.fix = (context.bytes)(&self.document.path).and_then(|bytes| self.completed(&bytes));
        Some(finding)
    }

    /// A line for each record that is missing, where the order of the others puts it.
    fn completed(&self, bytes: &[u8]) -> Option<Fix> {
        let text = std::str::from_utf8(bytes).ok()?;
        let mut lines: Vec<Line<'_>> =
            self.listed.iter().map(|(own, target)| Line::of(text, own, *target)).collect::<Option<_>>()?;
        lines.sort_by_key(|line| line.start);
        let is_one_each = lines.windows(2).all(|pair| pair[0].start != pair[1].start);
        let pattern = lines.iter().find(|one| {
            lines
                .iter()
                .filter(|other| !other.own.is(one.own))
                .all(|other| one.made_for(other.own).as_deref() == Some(other.text))
        });
        let pattern = pattern.filter(|_| is_one_each)?;
        let numbers: Vec<i64> = lines.iter().map(|line| line.own.number).collect::<Option<_>>()?;
        let is_rising = numbers.is_sorted();
        if !is_rising && !numbers.iter().rev().is_sorted() {
            return None;
        }
        let mut added: BTreeMap<usize, Vec<(i64, String)>> = BTreeMap::new();
        for own in &self.missing {
            let number = own.number?;
            let before = lines.iter().filter(|line| line.own.number < Some(number) || !is_rising);
            let before = before.filter(|line| is_rising || line.own.number > Some(number));
            let at = before.map(|line| line.end).max().unwrap_or(lines[0].start);
            added.entry(at).or_default().push((number, pattern.made_for(own)?));
        }
        let feed = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let edits = added.into_iter().map(|(at, mut made)| {
            made.sort();
            if !is_rising {
                made.reverse();
            }
            let lines: Vec<String> = made.into_iter().map(|(_, line)| line).collect();
            let lines = lines.join(feed);
            let is_behind_line = at == 0 || text[..at].ends_with('\n');
            let text = if is_behind_line { format!("{lines}{feed}") } else { format!("{feed}{lines}") };
            Edit { path: self.document.path.clone(), span: Span::of(at, at), text }
        });
        Some(Fix { title: "list them, too".to_owned(), safe: true, edits: edits.collect() })
    }
}

/// A line of the list.
struct Line<'a> {
    own: &'a Decision,
    text: &'a str,
    /// Where it starts in the document.
    start: usize,
    /// Where the next one does.
    end: usize,
    /// Where in the line the link leads.
    target: &'a str,
}

impl<'a> Line<'a> {
    fn of(text: &'a str, own: &'a Decision, target: Span) -> Option<Self> {
        let range = target.range();
        let start = text.get(..range.start)?.rfind('\n').map_or(0, |feed| feed + 1);
        let end = text.get(range.end..)?.find('\n').map_or(text.len(), |feed| range.end + feed + 1);
        let line = text[start..end].trim_end_matches(['\n', '\r']);
        Some(Self { own, text: line, start, end, target: text.get(range)? })
    }

    /// This line as it would be for `other`: where the link leads, number, title, state and day are the other's.
    fn made_for(&self, other: &Decision) -> Option<String> {
        let file = |own: &Decision| own.path.as_str().rsplit('/').next().unwrap_or_default().to_owned();
        let (old, new) = (file(self.own), file(other));
        // What is said of a record, the longest first, so that a number is not found in a title.
        let mut said: Vec<(String, String)> = vec![(old.clone(), new.clone())];
        said.push((name::stem(&old).to_owned(), name::stem(&new).to_owned()));
        said.push((self.own.title.clone(), other.title.clone()));
        let state = |own: &Decision| own.status_raw.as_ref().map(|(text, _)| text.clone());
        said.extend(state(self.own).zip(state(other)));
        let day = |own: &Decision| own.date.map(|(day, _)| day.to_string());
        said.extend(day(self.own).zip(day(other)));
        let (number, its) = (self.own.number?, other.number?);
        said.extend([4, 3, 2, 1].map(|width| (format!("{number:0width$}"), format!("{its:0width$}"))));
        said.retain(|(old, _)| !old.is_empty());
        if !self.target.contains(&old) {
            return None;
        }
        Some(replaced(self.text, &said))
    }
}

/// `text` with each of the first texts, as a word of its own, replaced by the second.
fn replaced(text: &str, said: &[(String, String)]) -> String {
    let mut made = String::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let is_start = !text[..at].ends_with(char::is_alphanumeric);
        let found = said.iter().filter(|_| is_start).find(|(old, _)| {
            rest.strip_prefix(old.as_str()).is_some_and(|behind| !behind.starts_with(char::is_alphanumeric))
        });
        match found {
            Some((old, new)) => {
                made.push_str(new);
                at += old.len();
            }
            None => {
                let Some(c) = rest.chars().next() else { break };
                made.push(c);
                at += c.len_utf8();
            }
        }
    }
    made
}
