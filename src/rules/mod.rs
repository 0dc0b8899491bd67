//! The rules: one page each, and beside it the code of those that are not a query.
//!
//! A rule looks at facts that are handed to it and returns findings. It does no IO, does not know the clock beyond
//! the day it is given, does not decide its final severity and prints nothing. `registry.rs` and each group's
//! `mod.rs` are generated from the pages by `UPDATE=1 cargo test --test codegen`.

mod adr;
mod checklist;
mod config;
pub(crate) mod decisions;
mod drift;
mod fates;
mod gone;
mod lapses;
mod meeting;
mod page;
mod place;
mod policy;
mod reference;
mod registry;
mod schema;
mod security;
mod syntax;

use std::collections::HashSet;
use std::sync::Arc;

use jiff::civil::Date;

use crate::config::{Config, Mistake};
use crate::database::{Database, FileView, Joined};
use crate::drift::{Fate, Lapse, Texts};
use crate::finding::{Finding, Severity};
use crate::text::{RepoPath, Span};

pub use page::{Page, read_page};
pub use policy::{Asked, ask};
pub use registry::RULES;

/// A rule, as its page's front matter and the code beside it say.
///
/// Pages of a repository are kept as long as the process lives, so that a rule is the same thing whoever wrote it.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its permanent name.
    pub id: &'static str,
    /// The group it belongs to.
    pub group: &'static str,
    /// How much its findings weigh unless configured otherwise.
    pub severity: Severity,
    /// Whether it runs without being named.
    pub on: bool,
    /// The version that brought it.
    pub since: &'static str,
    /// Whether its findings carry a fix.
    pub fix: FixKind,
    /// What it finds, one sentence.
    pub summary: &'static str,
    /// Its page, with front matter.
    pub page: &'static str,
    /// Its code; without any, the statement on its page is the rule.
    pub check: Option<Check>,
}

/// Whether a rule's findings carry a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixKind {
    /// None does.
    Never,
    /// Some do.
    Sometimes,
    /// All do.
    Always,
}

impl FixKind {
    /// The word for tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Sometimes => "sometimes",
            Self::Always => "always",
        }
    }
}

/// What a rule looks at, which decides when it runs.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// One file at a time, while it is in memory.
    File(fn(&FileView<'_>, &mut Vec<Finding>)),
    /// All records, after they are read.
    Database(fn(&Context<'_>, &mut Vec<Finding>)),
    /// What became of suppressions and baseline, after all other rules.
    Ledger(fn(&Ledger, &mut Vec<Finding>)),
}

/// What a rule over the whole database may use.
pub struct Context<'a> {
    /// All records.
    pub database: &'a Database,
    /// Their keys and references, joined.
    pub joined: &'a Joined,
    /// What documents refer to and is not there, as far as the past can be asked.
    pub fates: &'a [Fate],
    /// The documents that did not keep up, as far as the past can be asked.
    pub lapses: &'a [Lapse],
    /// What documents say of the insides of files and is not so.
    pub texts: &'a Texts,
    /// Documents of decisions that other refs took in, for each ref that did.
    pub elsewhere: &'a [Elsewhere],
    /// The configuration.
    pub config: &'a Config,
    /// Every rule there is, those of the repository included.
    pub rules: &'a [&'static Rule],
    /// What is wrong with the pages of the repository's own rules.
    pub page_mistakes: &'a [(RepoPath, Mistake)],
    /// The day, in the project's time zone.
    pub today: Date,
    /// Whether the snapshot has a file that a pattern matches.
    pub has_file: &'a dyn Fn(&globset::GlobMatcher) -> bool,
    /// The bytes of a file of the snapshot.
    pub bytes: &'a dyn Fn(&RepoPath) -> Option<Vec<u8>>,
    /// Asks history for the commit that removed a key from a table's files.
    pub removal: &'a dyn Fn(usize, &str) -> Option<Removal>,
}

/// What another ref and this snapshot each took in where decisions are kept, since the two parted.
pub struct Elsewhere {
    /// What people call the ref.
    pub name: String,
    /// The documents that are new there, and stand nowhere here.
    pub database: Database,
    /// The documents that are new here, and stand nowhere there.
    pub new_here: HashSet<RepoPath>,
    /// The documents that both began with.
    pub before: Vec<RepoPath>,
}

/// The commit that removed a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Full object id; `None` when it is not committed yet.
    pub commit: Option<String>,
    /// The day it was committed.
    pub date: String,
    /// The first line of its message.
    pub summary: String,
}

/// What became of suppressions and baseline in a run.
#[derive(Debug, Default)]
pub struct Ledger {
    /// The day, in the project's time zone.
    pub today: Option<Date>,
    /// Every suppression, used or not.
    pub suppressions: Vec<Suppression>,
    /// Entries of the baseline whose finding is gone: the file, the bytes of the fingerprint, the rule and the message.
    pub stale_baseline: Vec<(RepoPath, Span, String, String)>,
}

/// A suppression and what became of it.
#[derive(Debug, Clone)]
pub struct Suppression {
    /// The file it stands in.
    pub path: RepoPath,
    /// Its bytes.
    pub span: Span,
    /// The rule it names.
    pub rule: String,
    /// What it covers, in words.
    pub covers: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// How many findings it covered.
    pub used: usize,
    /// Whether its rule ran on everything, so that "unused" means something.
    pub was_checked: bool,
}

impl Ledger {
    /// Whether the last day of a suppression has passed.
    #[must_use]
    pub fn is_expired(&self, suppression: &Suppression) -> bool {
        matches!((suppression.until, self.today), (Some(until), Some(today)) if until < today)
    }
}

impl Rule {
    /// The rule called `id`.
    #[must_use]
    pub fn from_id(id: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.id == id)
    }

    /// The statement on its page, and where it stands there.
    #[must_use]
    pub fn sql(&self) -> Option<(&'static str, Span)> {
        let document = crate::read::markdown::Document::read(self.page);
        let fence = document.fences.iter().find(|fence| fence.info.split(' ').next() == Some("sql"))?;
        let text = self.page.get(fence.span.range())?;
        let start = text.find('\n')? + 1;
        let end = text.rfind('\n').filter(|&end| end >= start)?;
        let at = fence.span.start as usize + start;
        Some((&text[start..end], Span::of(at, at + end - start)))
    }

    /// The page without its front matter.
    #[must_use]
    pub fn prose(&self) -> &'static str {
        let body = self.page.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
        body.map_or(self.page, |(_, prose)| prose).trim_start()
    }
}

/// The names of the groups of `rules`, in their order, each once.
#[must_use]
pub fn groups<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> Vec<&'static str> {
    let mut groups: Vec<&str> = Vec::new();
    for rule in rules {
        if !groups.contains(&rule.group) {
            groups.push(rule.group);
        }
    }
    groups
}

/// A key as findings carry it.
fn shared(key: Option<&str>) -> Option<Arc<str>> {
    key.map(Into::into)
}

/// A finding of `rule` at what a reader met.
fn syntax_problem(rule: &'static str, file: &FileView<'_>, problem: &crate::read::Problem) -> Finding {
    let quoted = String::from_utf8_lossy(file.slice(problem.span));
    let mut finding = Finding::new(rule, file.path, problem.span, problem.message.as_str())
        .quoted(crate::text::shorten(&quoted, 200).into_owned());
    finding.notes.extend(problem.note.clone());
    if let Some((title, span, text)) = &problem.fix {
        finding = finding.fix(*title, true, *span, text.as_str());
    }
    finding
}
