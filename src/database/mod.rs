//! Collections as tables: which file is read as what, what its records hold, which keys they have and refer to.
//!
//! Records are not kept as values: a table remembers where each record stands, and hashes of its key and references.
//! Whoever needs a value reads it again from the bytes, which is cheap, so memory stays near the size of the files.
//! This room knows nothing of rules or output; what a rule wants to see of a file while it is in memory is asked for
//! by the `observe` function of [`load`].

mod claims;
mod columns;
mod documents;
mod file;
mod folders;
pub mod history;
mod join;
mod keys;
mod pieces;
mod reading;
mod repeats;
pub mod sql;
mod table;

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use crate::config::{Class, Collection, Config, PLACES, SchemaSource};
use crate::finding::Finding;
use crate::read::tape::Value;
use crate::repo::{Entry, Snapshot, Unread};
use crate::schema::{Schema, built_in};
use crate::text::{RepoPath, Span};

pub use columns::RecordId;
pub use documents::Document;
pub use file::File;
pub use join::{Dangling, DanglingPlace, Joined};
pub use keys::Keys;
pub use reading::{FileView, RecordFaults, Role, UnknownField};
pub use table::Table;

/// What of the records is needed. Less asked for is less done.
#[derive(Debug, Clone, Copy)]
pub struct Wants {
    /// Violations of the schema.
    pub violations: bool,
    /// Fields the schema does not describe.
    pub unknown_fields: bool,
    /// Hashes of keys and references, which [`Database::join`] needs.
    pub keys: bool,
}

/// Everything a snapshot holds that opsbook understands.
pub struct Database {
    /// The collections, by name.
    pub tables: Vec<Table>,
    /// The files read as records, sorted by path.
    pub files: Vec<File>,
    /// The documents read.
    pub documents: Vec<Document>,
    /// What was not read although something claims it.
    pub unread: Vec<NotRead>,
    /// Documents that stand where a collection's would, and are none of its records: the collection and why.
    pub declined: Vec<Declined>,
    /// Configured patterns that match no file: the collection, the pattern, its bytes in the configuration.
    pub unmatched: Vec<(Arc<str>, String, Span)>,
    /// Schemas of the repository that cannot be used: pointer to the setting, its bytes, why.
    pub schema_errors: Vec<(String, Span, String)>,
}

/// A document that is no record of a collection although it stands where its records do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Declined {
    /// Where it is.
    pub path: RepoPath,
    /// The collection.
    pub collection: Arc<str>,
    /// Why, in words.
    pub reason: String,
}

/// A file that was not read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotRead {
    /// The path, printable.
    pub path: String,
    /// Why.
    pub reason: String,
    /// Whether something that should be known is therefore unknown. Not so for what opsbook leaves alone by design.
    pub is_loss: bool,
}

/// A database and what the observer made of its files.
pub struct Loaded {
    /// The database.
    pub database: Database,
    /// What the observer returned, in the order of the files.
    pub findings: Vec<Finding>,
}

/// Reads everything in `snapshot` that `config` claims, in parallel. Schemas of the repository come from `schemas`, which
/// is another snapshot where the records of a base are judged by today's schemas. `observe` sees every byte once, with
/// everything found there: whole files, and files of lines in pieces of whole lines.
pub fn load(
    snapshot: &Snapshot,
    schemas: &Snapshot,
    config: &Config,
    wants: Wants,
    observe: &(dyn Fn(&FileView<'_>) -> Vec<Finding> + Sync),
) -> Loaded {
    let mut database = Database::empty(schemas, config);
    let mut unread = Vec::new();
    let claims = claims::claims(snapshot, config, &mut unread);
    database.unmatched = claims::unmatched(config, &claims, &unread);
    let findings = database.read(snapshot, config, &claims, wants, observe);
    database.settle(unread);
    Loaded { database, findings }
}

/// Reads of `snapshot` only what belongs to the tables with the indices `tables`, and all documents if they are asked for.
#[must_use]
pub fn load_part(
    snapshot: &Snapshot,
    config: &Config,
    tables: &BTreeSet<usize>,
    documents: bool,
) -> Database {
    let mut database = Database::empty(snapshot, config);
    let mut unread = Vec::new();
    let mut claims = claims::claims(snapshot, config, &mut unread);
    for claim in &mut claims {
        claim.offers.retain(|offer| tables.contains(&offer.table));
    }
    claims.retain(|claim| !claim.offers.is_empty() || (documents && claims::is_document(&claim.entry.path)));
    let wants = Wants { violations: false, unknown_fields: false, keys: false };
    database.read(snapshot, config, &claims, wants, &|_| Vec::new());
    database.settle(unread);
    database
}

/// Whether the content of `path` can matter to what is found: a file that is read, or one that says how.
#[must_use]
pub fn may_read(config: &Config, path: &RepoPath) -> bool {
    let named = |collection: &Collection| {
        collection.files.is_match(path.as_str())
            || matches!(&collection.schema, Some(SchemaSource::Path(schema)) if schema == path.as_str())
    };
    claims::is_document(path)
        || folders::is_named_so(path)
        || PLACES.iter().any(|place| path.as_str().ends_with(place))
        || config.collections.iter().any(named)
}

/// Where a link of the document at `path` to `destination` leads in its repository; `None` when it leads elsewhere.
#[must_use]
pub fn leads_to(path: &RepoPath, destination: &str) -> Option<RepoPath> {
    documents::target(path, destination)
}

/// The schema in the file `path` of the snapshot.
///
/// # Errors
/// One sentence: the file is not there, cannot be read, or is not a schema.
pub fn repository_schema(snapshot: &Snapshot, config: &Config, path: &str) -> Result<Schema, String> {
    let Some(entry) = snapshot.entry(path) else { return Err(format!("there is no file {path}")) };
    let bytes = snapshot.read(entry, config.limits.file_bytes).map_err(|unread| unread.reason)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| "not UTF-8".to_owned())?;
    Schema::new(text)
}

impl Database {
    /// The tables of `config` without any record. Schemas of the repository come from `schemas`.
    #[must_use]
    pub fn empty(schemas: &Snapshot, config: &Config) -> Self {
        let mut schema_errors = Vec::new();
        let mut tables = Vec::new();
        for collection in &config.collections {
            let schema = match &collection.schema {
                Some(SchemaSource::BuiltIn(name)) => built_in(name),
                Some(SchemaSource::Path(path)) => {
                    let compiled = repository_schema(schemas, config, path);
                    let pointer = format!("/collections/{}/schema", collection.name);
                    compiled
                        .map_err(|why| {
                            schema_errors.push((pointer, collection.schema_span, format!("{path}: {why}")))
                        })
                        .ok()
                        .map(Arc::new)
                }
                None => None,
            };
            tables.push(Table::new(collection.clone(), schema));
        }
        Self {
            tables,
            files: Vec::new(),
            documents: Vec::new(),
            unread: Vec::new(),
            declined: Vec::new(),
            unmatched: Vec::new(),
            schema_errors,
        }
    }

    /// Reads what is claimed; gives what the observer returned, in the order of the files.
    fn read(
        &mut self,
        snapshot: &Snapshot,
        config: &Config,
        claims: &[claims::Claim<'_>],
        wants: Wants,
        observe: &(dyn Fn(&FileView<'_>) -> Vec<Finding> + Sync),
    ) -> Vec<Finding> {
        let read = |claim| reading::read(snapshot, config, &self.tables, claim, wants, observe);
        let outcomes: Vec<reading::Outcome> = claims.par_iter().map(read).collect();
        let mut findings = Vec::new();
        for outcome in outcomes {
            findings.extend(outcome.findings);
            self.files.extend(outcome.files);
            self.documents.extend(outcome.document);
            self.declined.extend(outcome.declined);
            self.unread.extend(outcome.unread);
        }
        findings
    }

    /// Puts what was read in order, with what was not.
    fn settle(&mut self, unread: Vec<NotRead>) {
        self.unread.extend(unread);
        self.unread.sort();
        self.unread.dedup();
        for (at, file) in self.files.iter().enumerate() {
            self.tables[file.table].files.push(at);
        }
        repeats::set_aside(self);
    }

    /// The table called `name`.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<(usize, &Table)> {
        self.tables.iter().enumerate().find(|(_, table)| **table.name() == *name)
    }

    /// Whether a table has a file of its own, so that what is not in it can be missed. One that is kept for another
    /// program is no list of all there is.
    #[must_use]
    pub fn has_own_file(&self, table: usize) -> bool {
        self.tables[table].files.iter().any(|&at| !self.files[at].reader.is_borrowed())
    }

    /// Calls `visit` with every record that was set aside, because another file of the table has it.
    pub fn for_each_repeat(&self, table: usize, visit: &mut dyn FnMut(Value<'_>)) {
        self.tables[table].files.iter().for_each(|&at| self.files[at].for_each_repeat(visit));
    }

    /// The files of a table, with those it had before.
    #[must_use]
    pub fn paths(&self, table: usize) -> Vec<RepoPath> {
        let table = &self.tables[table];
        table.files.iter().map(|&at| self.files[at].path.clone()).chain(table.gone.iter().cloned()).collect()
    }

    /// How long what a document says must stay true: as it says itself, else by what it was read as, else by its place.
    #[must_use]
    pub fn class_of(&self, document: &Document, config: &Config) -> Class {
        if let Some(class) = document.class {
            return class;
        }
        let first = self.files.partition_point(|file| file.path < document.path);
        let files = self.files[first..].iter().take_while(|file| file.path == document.path);
        let mut classes = files.map(|file| self.tables[file.table].collection.class);
        classes
            .find(|class| *class != Class::Living)
            .unwrap_or_else(|| config.drift.class_of(document.path.as_str()))
    }

    /// Remembers the files that collections had in `before` and no longer have, so that references into a collection
    /// whose last file was deleted are known to lead nowhere.
    pub fn remember(&mut self, before: &Snapshot, now: &Snapshot) {
        for table in &mut self.tables {
            let claimed =
                before.entries().iter().filter(|entry| table.collection.files.is_match(entry.path.as_str()));
            let is_own = |entry: &&Entry| !table.collection.readers_for(&entry.path)[0].is_borrowed();
            let gone = claimed.filter(is_own).filter(|entry| !now.contains(entry.path.as_str()));
            table.gone = gone.map(|entry| entry.path.clone()).collect();
        }
    }

    /// Counts files as unread that were written while they were read: what was said of them may never have been true.
    pub fn notice_changes(&mut self) {
        let changed = self.files.iter().filter(|file| file.has_changed());
        self.unread.extend(changed.map(|file| NotRead {
            path: crate::text::escape(file.path.as_str()).into_owned(),
            reason: "it was written while opsbook ran: run it again".to_owned(),
            is_loss: true,
        }));
    }

    /// The file that holds a record.
    #[must_use]
    pub fn file(&self, id: RecordId) -> &File {
        &self.files[id.file as usize]
    }

    /// How many files were read, each counted once.
    #[must_use]
    pub fn paths_read(&self) -> usize {
        let records = self.files.iter().map(|file| file.path.as_str());
        let paths = records.chain(self.documents.iter().map(|document| document.path.as_str()));
        paths.collect::<std::collections::HashSet<_>>().len()
    }

    /// How many records there are.
    #[must_use]
    pub fn records(&self) -> usize {
        self.files.iter().map(File::len).sum()
    }

    /// Calls `f` with the record, whose spans count from the given base, and gives what it returns.
    pub fn with_record<T>(&self, id: RecordId, f: impl FnOnce(Value<'_>, u32) -> T) -> Option<T> {
        let file = self.file(id);
        file.with_record(&self.tables[file.table], id.record, f)
    }

    /// Calls `visit` with every record of a table: its place, its value, the base its spans count from.
    pub fn for_each(&self, table: usize, visit: &mut dyn FnMut(RecordId, Value<'_>, u32)) {
        for &at in &self.tables[table].files {
            self.for_each_in(at, visit);
        }
    }

    /// Calls `visit` with every record of the file with index `at`.
    pub fn for_each_in(&self, at: usize, visit: &mut dyn FnMut(RecordId, Value<'_>, u32)) {
        let file = &self.files[at];
        file.for_each(&self.tables[file.table], &mut |record, value, base| {
            visit(RecordId { file: at as u32, record }, value, base);
        });
    }

    /// Reads the file with index `at` piece by piece, side by side: `read` adds a record to what is made of its piece,
    /// and `take` gets what was made of each piece, in order and on this thread.
    ///
    /// # Errors
    /// The first of `take`, after which nothing more is taken.
    pub fn for_each_piece_in<T: Default + Send, E>(
        &self,
        at: usize,
        read: &(dyn Fn(&mut T, RecordId, Value<'_>, u32) + Sync),
        take: &mut dyn FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let file = &self.files[at];
        let read = |made: &mut T, record: u32, value: Value<'_>, base: u32| {
            read(made, RecordId { file: at as u32, record }, value, base);
        };
        file.for_each_piece(&self.tables[file.table], &read, take)
    }

    /// The key of a record as text.
    #[must_use]
    pub fn key(&self, id: RecordId) -> Option<Arc<str>> {
        let table = &self.tables[self.file(id).table];
        self.with_record(id, |value, _| table.key(value)).flatten().map(Into::into)
    }

    /// The bytes of a record in its file.
    #[must_use]
    pub fn span(&self, id: RecordId) -> Span {
        self.with_record(id, |value, base| value.span().shifted(base)).unwrap_or_default()
    }
}

impl From<&Unread> for NotRead {
    fn from(unread: &Unread) -> Self {
        Self { path: unread.path.clone(), reason: unread.reason.clone(), is_loss: !unread.cause.by_design() }
    }
}
