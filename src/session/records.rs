//! `records`: what was understood, record by record.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::Session;
use crate::config::{Collection, SchemaSource};
use crate::database::{self, Wants};
use crate::error::{Error, Result};
use crate::read::json;
use crate::read::tape::Tape;
use crate::repo::Bytes;
use crate::report::Scope;
use crate::schema::{BUILT_IN, Schema, built_in};
use crate::text::{Span, nearest};

/// One record as it was understood.
#[derive(Debug, Clone)]
pub struct Row {
    /// The collection.
    pub collection: String,
    /// Its fields under the collection's names.
    pub fields: Map<String, Json>,
    /// The file.
    pub path: String,
    /// The line it starts on, from 1.
    pub line: u32,
    /// Its key.
    pub key: Option<String>,
}

impl Session {
    /// Calls `visit` with every record, or every record of one collection, in the order of collections and files, and
    /// gives what was looked at.
    ///
    /// # Errors
    /// Usage when there is no such collection.
    pub fn records(
        &self,
        collection: Option<&str>,
        visit: &mut dyn FnMut(Row) -> Result<()>,
    ) -> Result<Scope> {
        collection.map(|name| self.collection(name)).transpose()?;
        let wants = Wants { violations: false, unknown_fields: false, keys: false };
        let mut database =
            database::load(&self.snapshot, &self.snapshot, &self.config, wants, &|_| Vec::new()).database;
        for table in &database.tables {
            if collection.is_some_and(|name| **table.name() != *name) {
                continue;
            }
            for &at in &table.files {
                let file = &database.files[at];
                let mut outcome = Ok(());
                database.for_each_in(at, &mut |_, record, base| {
                    if outcome.is_err() {
                        return;
                    }
                    let fields = match record.to_json() {
                        Json::Object(fields) => fields,
                        other => Map::from_iter([("value".to_owned(), other)]),
                    };
                    outcome = visit(Row {
                        collection: table.name().to_string(),
                        fields,
                        path: file.path.as_str().to_owned(),
                        line: file.line(record.span().shifted(base).start),
                        key: table.key(record),
                    });
                });
                outcome?;
            }
        }
        database.notice_changes();
        Ok(self.scope(&database, None, Vec::new()))
    }

    /// The collection called `name`.
    ///
    /// # Errors
    /// Usage when there is none.
    pub fn collection(&self, name: &str) -> Result<&Collection> {
        self.config.collection(name).ok_or_else(|| {
            let known = || self.config.collections.iter().map(|collection| &*collection.name);
            let error = Error::usage(format!("there is no collection '{}'", crate::text::escape(name)));
            let names = known().collect::<Vec<_>>().join(", ");
            match nearest(name, known()) {
                Some(near) => error.hint(format!("did you mean '{near}'?")),
                None => error.hint(format!("the collections are {names}")),
            }
        })
    }

    /// What records of `collection` must look like; `None` where nothing usable says so.
    #[must_use]
    pub fn schema_of(&self, collection: &Collection) -> Option<Arc<Schema>> {
        match collection.schema.as_ref()? {
            SchemaSource::BuiltIn(name) => built_in(name),
            SchemaSource::Path(path) => {
                database::repository_schema(&self.snapshot, &self.config, path).ok().map(Arc::new)
            }
        }
    }

    /// The fields that the schema of `collection` describes, in the order of its text.
    #[must_use]
    pub fn field_order(&self, collection: &Collection) -> Vec<String> {
        let text = match &collection.schema {
            Some(SchemaSource::BuiltIn(name)) => {
                BUILT_IN.iter().find(|schema| schema.name == *name).map(|schema| schema.text.to_owned())
            }
            Some(SchemaSource::Path(path)) => {
                self.file(path).and_then(|bytes| Some(std::str::from_utf8(&bytes).ok()?.to_owned()))
            }
            None => None,
        };
        let text = text.unwrap_or_default();
        let mut tape = Tape::new();
        let _ = json::read(&text, Span::of(0, text.len()), &mut tape);
        let properties = tape.root(&text).and_then(|root| root.get("properties"));
        let names = properties.into_iter().flat_map(|properties| properties.members());
        names.filter_map(|(name, _)| name.as_str().map(str::to_owned)).collect()
    }

    /// The bytes of the file at `path`; `None` where there is none that can be read.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<Bytes> {
        self.snapshot.read(self.snapshot.entry(path)?, self.config.limits.file_bytes).ok()
    }
}
