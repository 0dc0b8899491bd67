//! Rules that are statements: the pages that a repository brings, and asking all of them of one database.
//!
//! All statements are looked at before anything is loaded, so that a table is filled once, with what any of them reads.

use super::Session;
use super::plan::Plan;
use crate::config::{Mistake, PagePaths};
use crate::database::Database;
use crate::database::sql::{Cause, Reads, SqlError};
use crate::finding::Finding;
use crate::repo::Snapshot;
use crate::rules::{RULES, Rule, ask, read_page};
use crate::text::{RepoPath, Span};

/// The largest page of a rule that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// Every rule of a session, and where those of the repository stand.
#[derive(Default)]
pub(super) struct Pages {
    pub(super) rules: Vec<&'static Rule>,
    pub(super) places: Vec<(RepoPath, &'static str)>,
    pub(super) mistakes: Vec<(RepoPath, Mistake)>,
}

/// What asking all statements gave.
#[derive(Default)]
pub(super) struct Policies {
    pub(super) findings: Vec<Finding>,
    /// What is wrong with pages of the repository.
    pub(super) mistakes: Vec<(RepoPath, Mistake)>,
    /// Rules that could not tell, and why.
    pub(super) unknown: Vec<String>,
}

/// The built-in rules and those whose pages stand in `snapshot` where `paths` says.
pub(super) fn pages(snapshot: &Snapshot, paths: &PagePaths) -> Pages {
    let mut pages = Pages { rules: RULES.iter().collect(), ..Pages::default() };
    for entry in snapshot.entries().iter().filter(|entry| paths.is_match(&entry.path)) {
        let mistake = |message: String| (entry.path.clone(), Mistake::new(Span::default(), "", message));
        let bytes = match snapshot.read(entry, LARGEST) {
            Ok(bytes) => bytes,
            Err(unread) => {
                pages.mistakes.push(mistake(format!("the page of a rule cannot be read: {}", unread.reason)));
                continue;
            }
        };
        let Ok(text) = std::str::from_utf8(&bytes) else {
            pages.mistakes.push(mistake("the page of a rule is not UTF-8".to_owned()));
            continue;
        };
        let page = read_page(text);
        pages.mistakes.extend(page.mistakes.into_iter().map(|mistake| (entry.path.clone(), mistake)));
        let Some(rule) = page.rule else { continue };
        if let Some((first, _)) = pages.places.iter().find(|(_, id)| *id == rule.id) {
            pages.mistakes.push(mistake(format!("{} is a rule of {first} already", rule.id)));
            continue;
        }
        pages.rules.push(rule);
        pages.places.push((entry.path.clone(), rule.id));
    }
    pages
}

/// A statement to ask.
struct Statement {
    rule: &'static Rule,
    sql: &'static str,
    /// Where it stands on its page.
    span: Span,
}

impl Session {
    /// The rule called `id`.
    pub(super) fn rule(&self, id: &str) -> Option<&'static Rule> {
        self.pages.rules.iter().copied().find(|rule| rule.id == id)
    }

    /// Asks the statements of `plan` of `database`, which is of `snapshot`.
    pub(super) fn policies(&self, plan: &Plan, snapshot: &Snapshot, database: &Database) -> Policies {
        let statements = plan.rules().filter(|rule| rule.check.is_none());
        let statements: Vec<Statement> = statements
            .filter_map(|rule| rule.sql().map(|(sql, span)| Statement { rule, sql, span }))
            .collect();
        let mut policies = Policies::default();
        if statements.is_empty() {
            return policies;
        }
        if let Err(error) = self.ask_all(&statements, snapshot, database, &mut policies) {
            policies.unknown.push(format!("what SQL says: {}", error.message));
        }
        policies
    }

    fn ask_all(
        &self,
        statements: &[Statement],
        snapshot: &Snapshot,
        database: &Database,
        policies: &mut Policies,
    ) -> Result<(), SqlError> {
        let mut engine = self.engine(snapshot, database, false)?;
        let is_late = |statement: &Statement| {
            engine.reads(statement.sql).is_err_and(|error| error.is_unknown_column())
                && self.page_of(statement.rule).is_some()
        };
        // A column may be one that only records name.
        if statements.iter().any(is_late) {
            engine = self.engine(snapshot, database, true)?;
        }
        let (mut right, mut all) = (Vec::new(), Reads::new());
        for statement in statements {
            match engine.reads(statement.sql) {
                Ok(reads) => {
                    for (table, columns) in &reads {
                        all.entry(*table).or_default().extend(columns);
                    }
                    right.push((statement, reads));
                }
                Err(error) => self.failed(statement, &error, policies),
            }
        }
        engine.load(&all)?;
        for (statement, reads) in right {
            // What is missing could make it say what is not so.
            if let Some(why) = engine.unknown(&reads).first() {
                policies.unknown.push(format!("what {} says: {why}", statement.rule.id));
                if !engine.is_sound(&reads) {
                    continue;
                }
            }
            match ask(statement.rule, statement.sql, &mut engine, database) {
                Ok(asked) => {
                    policies.findings.extend(asked.findings);
                    if let (Some(lacks), Some(page)) = (asked.lacks, self.page_of(statement.rule)) {
                        policies.mistakes.push((page.clone(), Mistake::new(statement.span, "/sql", lacks)));
                    }
                }
                // What was right when it was looked at and fails on the records is no answer, whoever wrote it.
                Err(error) if self.page_of(statement.rule).is_none() => {
                    policies.unknown.push(format!("what {} says: {}", statement.rule.id, error.message));
                }
                Err(error) => self.failed(statement, &error, policies),
            }
        }
        Ok(())
    }

    /// What to make of a statement without an answer. A built-in one that names what this repository switched off has
    /// nothing to say.
    fn failed(&self, statement: &Statement, error: &SqlError, policies: &mut Policies) {
        let id = statement.rule.id;
        match (error.cause, self.page_of(statement.rule)) {
            (Cause::Statement, Some(page)) => {
                let start = statement.span.start as usize + error.offset.unwrap_or_default();
                let rest = statement.sql.get(error.offset.unwrap_or_default()..).unwrap_or_default();
                let is_word = |c: &char| c.is_alphanumeric() || *c == '_';
                let word: usize = rest.chars().take_while(is_word).map(char::len_utf8).sum();
                let span = match error.offset {
                    Some(_) => Span::of(start, start + word.max(1).min(rest.len())),
                    None => statement.span,
                };
                let mut mistake = Mistake::new(span, "/sql", error.message.as_str());
                mistake.notes.extend(error.hint.clone());
                policies.mistakes.push((page.clone(), mistake));
            }
            (Cause::Statement, None) => {}
            (Cause::Limit | Cause::Internal, _) => {
                policies.unknown.push(format!("what {id} says: {}", error.message));
            }
        }
    }

    fn page_of(&self, rule: &Rule) -> Option<&RepoPath> {
        self.pages.places.iter().find(|(_, id)| *id == rule.id).map(|(path, _)| path)
    }
}
