//! `records`: what was understood, record by record.

use serde_json::{Map, Value as Json};

use super::Session;
use crate::database::{self, Wants};
use crate::error::{Error, Result};
use crate::report::Scope;
use crate::text::nearest;

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
        if let Some(name) = collection.filter(|name| self.config.collection(name).is_none()) {
            let known = || self.config.collections.iter().map(|collection| &*collection.name);
            let error = Error::usage(format!("there is no collection '{}'", crate::text::escape(name)));
            let names = known().collect::<Vec<_>>().join(", ");
            return Err(match nearest(name, known()) {
                Some(near) => error.hint(format!("did you mean '{near}'?")),
                None => error.hint(format!("the collections are {names}")),
            });
        }
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
}
