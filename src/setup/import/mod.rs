//! Records from files of other tools, merged by key: what the import carries is written, everything else stays as it is,
//! and nothing is deleted.
//!
//! The result is checked as a whole before it is written; what is wrong is shown where it stands in the input.

mod columns;
mod faults;
mod merge;
mod source;
mod values;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Map, Value as Json};

use super::verdict;
use crate::error::{Error, Result};
use crate::repo::{Environment, Workspace, new_file_diff, unified_diff};
use crate::report::Report;
use crate::session::{Request, Session};
use crate::text::{RepoPath, Span, escape};
use columns::Columns;
use source::{Input, Row};

/// The formats that can be imported, each with what it is.
pub const FORMATS: &[(&str, &str)] = &[
    ("csv", "a table whose first row names the columns"),
    ("airtable", "Airtable's CSV or pages of its API"),
];

/// What is asked for.
#[derive(Debug, Default)]
pub struct Wish {
    /// A format, or the name of an import in the configuration.
    pub what: String,
    /// The files, from the folder of the command; none for those of the configuration.
    pub files: Vec<PathBuf>,
    /// The collection, instead of the configured one.
    pub into: Option<String>,
    /// Column → field, before what is configured. An empty field leaves the column out.
    pub map: Vec<(String, String)>,
    /// The field by which records are recognised.
    pub key: Option<String>,
}

/// What an import would change.
pub struct Planned {
    /// How many records would be added, how many changed, and how many are as the import has them.
    pub added: usize,
    /// See `added`.
    pub changed: usize,
    /// See `added`.
    pub same: usize,
    /// The keys of records that the import does not have.
    pub missing: Vec<String>,
    /// What stands in the way, at its place in the input where that can be told.
    pub report: Report,
    changes: BTreeMap<RepoPath, Change>,
    workspace: Workspace,
}

/// A file before, if it is there, and after.
type Change = (Option<Vec<u8>>, Vec<u8>);

impl Planned {
    /// The changes as one unified diff.
    #[must_use]
    pub fn diff(&self) -> String {
        let diff = |(path, (before, after)): (&RepoPath, &Change)| match before {
            Some(before) => unified_diff(path.as_str(), before, after),
            None => new_file_diff(path.as_str(), after),
        };
        self.changes.iter().map(diff).collect()
    }

    /// The files that change.
    pub fn paths(&self) -> impl Iterator<Item = &RepoPath> {
        self.changes.keys()
    }

    /// Writes the changes, when every file is still as it was read.
    ///
    /// # Errors
    /// Environment when a file changed meanwhile or the disk refuses.
    pub fn write(&self) -> Result<()> {
        for (path, (before, _)) in &self.changes {
            self.workspace.expect(path, before.as_deref())?;
        }
        self.changes
            .iter()
            .try_for_each(|(path, (before, after))| self.workspace.write(path, before.as_deref(), after))
    }
}

/// A record as the import has it.
#[derive(Debug)]
struct Incoming {
    input: usize,
    span: Span,
    /// Its values by field.
    fields: Map<String, Json>,
    /// Where each field stands.
    spans: BTreeMap<String, Span>,
}

/// Plans the import that `wish` asks for.
///
/// # Errors
/// Usage when the wish cannot be met; environment when a file cannot be read; what [`Session::open`] and
/// [`Session::check`] say.
pub fn plan(request: &Request, environment: &Environment, wish: &Wish) -> Result<Planned> {
    let mut request = request.clone();
    request.allow_empty = true;
    let session = Session::open(request.clone(), environment)?;
    let settled = settle(&session, wish)?;
    let collection = session.collection(&settled.into)?;
    let mut inputs = Vec::new();
    for file in &settled.files {
        let path = RepoPath::new(&file.to_string_lossy().replace('\\', "/"));
        inputs.push(Input { path, bytes: session.workspace.read_named(file)? });
    }
    let mut faults = faults::Faults::new(&inputs);
    let mut rows: Vec<Row> = Vec::new();
    for (at, input) in inputs.iter().enumerate() {
        let (own, problems) = source::read(at, input, settled.is_airtable);
        rows.extend(own);
        problems.into_iter().for_each(|problem| faults.problem(at, problem));
    }
    let columns = Columns::new(&session, collection, &settled, &rows)?;
    let incoming = columns.records(rows);
    let merged = merge::merge(&session, collection, &columns.key, &incoming, &mut faults)?;
    let mut report = Report::default();
    if faults.is_empty() && !merged.changes.is_empty() {
        let after = merged.changes.iter().map(|(path, (_, after))| (path.clone(), after.clone()));
        let after: Vec<(RepoPath, Vec<u8>)> = after.collect();
        report = verdict::brought_by(&request, environment, &after)?;
        let is_own = |path: &str| after.iter().any(|(own, _)| own.as_str() == path);
        if let Some((path, why)) = report.scope.unread.iter().find(|(path, _)| is_own(path)) {
            // A file that does not look like the collection is not judged; its records are.
            if let Some(schema) = session.schema_of(collection) {
                incoming.iter().for_each(|record| faults.violations(record, &schema));
            }
            if faults.is_empty() {
                let message = format!("{path} would not be read as {}: {}", collection.name, escape(why));
                return Err(Error::usage(message)
                    .hint("map the columns of the fields it needs with --map COLUMN=FIELD"));
            }
        }
    }
    let report = faults.into_report(report, &merged.places, &incoming, collection);
    let merge::Merged { changes, added, changed, same, missing, .. } = merged;
    Ok(Planned { added, changed, same, missing, report, changes, workspace: session.workspace })
}

/// The wish and the configuration together.
#[derive(Debug)]
struct Settled {
    is_airtable: bool,
    files: Vec<PathBuf>,
    into: String,
    map: Vec<(String, String)>,
    /// The columns that the command line maps.
    asked: Vec<String>,
    values: Vec<(String, String)>,
    key: Option<String>,
}

fn settle(session: &Session, wish: &Wish) -> Result<Settled> {
    let is_format = FORMATS.iter().any(|(name, _)| *name == wish.what);
    let configured = session.config.imports.iter().find(|import| import.name == wish.what && !is_format);
    if configured.is_none() && !is_format {
        let names: Vec<&str> = session.config.imports.iter().map(|import| import.name.as_str()).collect();
        let known = FORMATS.iter().map(|(name, _)| *name).chain(names).collect::<Vec<_>>().join(", ");
        return Err(Error::usage(format!("there is no format or import '{}'", escape(&wish.what)))
            .hint(format!("known are {known}; [import.NAME] in opsbook.toml adds one")));
    }
    let configured = configured.cloned().unwrap_or_default();
    let format = if is_format { &wish.what } else { &configured.format };
    let files = match wish.files.is_empty() {
        true => configured.files.iter().map(PathBuf::from).collect(),
        false => wish.files.clone(),
    };
    if files.is_empty() {
        return Err(
            Error::usage("no file is named").hint(format!("opsbook import {} FILE", escape(&wish.what)))
        );
    }
    let into = wish.into.clone().unwrap_or(configured.into);
    if into.is_empty() {
        return Err(Error::usage("no collection is named").hint("name it with --into COLLECTION"));
    }
    let is_mapped = |(from, _): &&(String, String)| wish.map.iter().all(|(own, _)| own != from);
    let inherited: Vec<_> = configured.map.iter().filter(is_mapped).cloned().collect();
    Ok(Settled {
        is_airtable: format == "airtable",
        files,
        into,
        map: wish.map.iter().cloned().chain(inherited).collect(),
        asked: wish.map.iter().map(|(from, _)| from.clone()).collect(),
        values: configured.values,
        key: wish.key.clone().or(configured.key),
    })
}

#[cfg(test)]
mod tests;
