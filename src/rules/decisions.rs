//! The decision records of a repository, for the rules of the group `adr` and for what changes one of them: who is who,
//! and who names whom.
//!
//! A decision is known by its folder and its number, by its path, or by the name of its file. A name that fits two
//! records leads to none of them: what is wrong then is the name.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::database::{Database, File, RecordId};
use crate::finding::Finding;
use crate::model::decision::{Name, Relation, name};
use crate::model::{Status, status};
use crate::read::tape::Value;
use crate::text::{RepoPath, Span, escape, shorten};

/// A decision record.
pub(crate) struct Decision {
    pub(crate) id: RecordId,
    pub(crate) collection: Arc<str>,
    pub(crate) path: RepoPath,
    /// What its number is unique in: the folder of a document, the file of others.
    pub(crate) home: String,
    pub(crate) number: Option<i64>,
    /// The title, and its bytes; without one, those of the record.
    pub(crate) title: String,
    pub(crate) title_span: Span,
    pub(crate) status: Option<Status>,
    /// The status as written.
    pub(crate) status_raw: Option<(String, Span)>,
    pub(crate) date: Option<(Date, Span)>,
    pub(crate) supersedes: Vec<(String, Span)>,
    pub(crate) superseded_by: Vec<(String, Span)>,
    /// The parts that a record should have and this one has not.
    pub(crate) missing: Vec<&'static str>,
    /// Whether it is a document of its own.
    pub(crate) is_document: bool,
}

/// All decision records of a repository, sorted by path.
pub(crate) struct Decisions {
    pub(crate) all: Vec<Decision>,
    names: HashMap<(String, String), Vec<usize>>,
}

impl Decisions {
    pub(crate) fn of(database: &Database) -> Self {
        let mut all = Vec::new();
        for (at, table) in database.tables.iter().enumerate() {
            if table.collection.holds_decisions() {
                database.for_each(at, &mut |id, value, base| {
                    all.push(decision(id, table.name(), database.file(id), value, base));
                });
            }
        }
        all.sort_by(|a, b| (a.path.as_str(), a.id.record).cmp(&(b.path.as_str(), b.id.record)));
        let mut names: HashMap<(String, String), Vec<usize>> = HashMap::new();
        for (at, own) in all.iter().enumerate() {
            let mut known_as: Vec<String> = own.number.iter().map(ToString::to_string).collect();
            if own.is_document {
                known_as.push(name::stem(own.path.as_str()).to_owned());
                names.entry((String::new(), own.path.as_str().to_owned())).or_default().push(at);
            }
            known_as.dedup();
            for name in known_as {
                names.entry((own.home.clone(), name)).or_default().push(at);
            }
        }
        Self { all, names }
    }

    /// The one record that the record `from` means by `target`.
    pub(crate) fn meant(&self, from: &Decision, target: &str) -> Option<&Decision> {
        match self.named(from, target) {
            [one] => Some(&self.all[*one]),
            _ => None,
        }
    }

    /// Whether the record `from` may mean `own` by `target`, which may fit others, too.
    pub(crate) fn may_mean(&self, from: &Decision, target: &str, own: &Decision) -> bool {
        self.named(from, target).iter().any(|&at| self.all[at].is(own))
    }

    /// The places of the records that `target`, written in the record `from`, fits.
    fn named(&self, from: &Decision, target: &str) -> &[usize] {
        let key = match target.contains('/') {
            true => (String::new(), target.to_owned()),
            false => (from.home.clone(), target.to_owned()),
        };
        self.names.get(&key).map_or(&[], Vec::as_slice)
    }

    /// The number behind the highest in a home.
    pub(crate) fn next_free(&self, home: &str) -> i64 {
        let own = self.all.iter().filter(|one| one.home == home);
        own.filter_map(|one| one.number).max().unwrap_or_default() + 1
    }

    /// The records that share a home, a number and what stands before it, in the order of their paths.
    pub(crate) fn by_number(&self) -> Vec<Vec<&Decision>> {
        let mut groups: HashMap<(&str, i64, Vec<String>), Vec<&Decision>> = HashMap::new();
        for own in &self.all {
            if let Some(number) = own.number {
                groups.entry((&own.home, number, own.series())).or_default().push(own);
            }
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by(|a, b| a.0.cmp(&b.0));
        groups.into_iter().map(|(_, group)| group).collect()
    }
}

impl Decision {
    /// How messages call it: its number and title.
    pub(crate) fn shown(&self) -> String {
        let title = escape(&self.title).into_owned();
        let title = shorten(&title, 60);
        match self.number {
            Some(number) if title.is_empty() => format!("ADR {number}"),
            Some(number) => format!("ADR {number} ({title})"),
            None if title.is_empty() => escape(self.path.as_str()).into_owned(),
            None => format!("\"{title}\""),
        }
    }

    /// The words before the number in its file's name: each such series counts for itself.
    pub(crate) fn series(&self) -> Vec<String> {
        Name::of(name::stem(self.path.as_str())).series
    }

    /// Whether it and `other` are the same record.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.id == other.id
    }

    /// A finding about it at `span`.
    pub(crate) fn finding(&self, rule: &'static str, span: Span, message: impl Into<String>) -> Finding {
        Finding::new(rule, &self.path, span, message).record(&self.collection, None)
    }

    /// The decisions it names in this relation.
    pub(crate) fn related(&self, relation: Relation) -> &[(String, Span)] {
        match relation {
            Relation::Supersedes => &self.supersedes,
            Relation::SupersededBy => &self.superseded_by,
            Relation::Amends | Relation::Other => &[],
        }
    }
}

fn decision(id: RecordId, collection: &Arc<str>, file: &File, value: Value<'_>, base: u32) -> Decision {
    let text = |field: &str| {
        let found =
            value.get(field).filter(|found| found.as_str().is_some_and(|text| !text.trim().is_empty()))?;
        Some((found.as_str().unwrap_or_default().to_owned(), found.span().shifted(base)))
    };
    let day = |field: &str| text(field).and_then(|(text, span)| Some((text.get(..10)?.parse().ok()?, span)));
    let names = |field: &str| {
        let items = value.get(field).into_iter().flat_map(|list| list.items());
        let texts =
            items.filter_map(|item| Some((item.scalar_text()?.to_owned(), item.span().shifted(base))));
        texts.collect::<Vec<_>>()
    };
    let is_document = crate::config::is_markdown(&file.path.extension());
    let home = if is_document { name::folder(file.path.as_str()) } else { file.path.as_str() };
    let (title, title_span) = text("title").unwrap_or_else(|| (String::new(), value.span().shifted(base)));
    let parts = ["context", "decision", "consequences"];
    Decision {
        id,
        collection: collection.clone(),
        path: file.path.clone(),
        home: home.to_owned(),
        number: value.get("number").and_then(|number| number.as_number()?.parse().ok()),
        title,
        title_span,
        status: text("status").and_then(|(text, _)| status::Status::from_name(&text)),
        status_raw: text("status_raw"),
        date: day("date"),
        supersedes: names("supersedes"),
        superseded_by: names("superseded_by"),
        missing: parts.into_iter().filter(|part| text(part).is_none()).collect(),
        is_document,
    }
}
