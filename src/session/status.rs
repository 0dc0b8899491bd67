//! `status`: the receipt. What was read as what, which facts came from which line, what was left alone and why, and how
//! operations are.

use super::{Session, VERSION};
use crate::database::{self, Database, Wants};
use crate::error::{Error, Result};
use crate::read::tape::{Kind, Value};
use crate::report::{Fact, FileReceipt, Receipt};

/// Values longer than this are shown by their beginning.
const SHOWN: usize = 60;

impl Session {
    /// The receipt of the session's files; `with_facts` says whether it lists the facts of each document.
    ///
    /// # Errors
    /// Environment when nothing was read at all.
    pub fn status(&self, with_facts: bool) -> Result<Receipt> {
        let wants = Wants { violations: false, unknown_fields: false, keys: false };
        let loaded = database::load(&self.snapshot, &self.snapshot, &self.config, wants, &|_| Vec::new());
        let mut database = loaded.database;
        database.notice_changes();
        if database.paths_read() == 0 && !self.request.allow_empty {
            return Err(Error::environment("nothing was read: there is no record and no document here")
                .hint("`opsbook config` shows where records are looked for"));
        }
        let mut receipt = Receipt {
            version: VERSION,
            scope: self.scope(&database, None, Vec::new()),
            documents: database.documents.len(),
            health: self.health(&database),
            ..Receipt::default()
        };
        for table in database.tables.iter().filter(|table| !table.files.is_empty()) {
            let files = table.files.iter().map(|&at| file_receipt(&database, at, with_facts));
            receipt.collections.push((table.name().to_string(), files.collect()));
        }
        receipt.declined = database
            .declined
            .iter()
            .map(|one| (one.path.as_str().to_owned(), one.collection.to_string(), one.reason.clone()))
            .collect();
        receipt.declined.sort();
        receipt.unmatched = database
            .unmatched
            .iter()
            .map(|(collection, pattern, _)| (collection.to_string(), pattern.clone()))
            .collect();
        Ok(receipt)
    }
}

fn file_receipt(database: &Database, at: usize, with_facts: bool) -> FileReceipt {
    let file = &database.files[at];
    let mut facts = Vec::new();
    if with_facts && file.reader.is_for_documents() {
        database.for_each_in(at, &mut |_, record, base| {
            facts.extend(record.members().map(|(name, value)| Fact {
                name: name.as_str().unwrap_or_default().to_owned(),
                value: shown(value),
                line: file.line(value.span().shifted(base).start),
            }));
        });
    }
    FileReceipt {
        path: file.path.as_str().to_owned(),
        reader: file.reader.name(),
        records: file.len(),
        broken: file.broken.len(),
        facts,
    }
}

/// A value in a few words.
fn shown(value: Value<'_>) -> String {
    let text = match (value.kind(), value.scalar_text()) {
        (Kind::Array, _) => value.items().map(shown).collect::<Vec<_>>().join(", "),
        (_, Some(text)) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        _ => value.to_json().to_string(),
    };
    crate::text::shorten(&text, SHOWN).into_owned()
}
