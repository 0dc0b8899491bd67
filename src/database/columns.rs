//! What is remembered of each record after its value is gone: where it starts, and hashes of its key and references.

use super::table::{Table, hash, scalar_key};
use crate::read::tape::Value;

/// A record of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId {
    /// Index of the file.
    pub file: u32,
    /// Number of the record in its file, from 0.
    pub record: u32,
}

/// The records of one piece of a file, column by column: 12 bytes a record and 16 a reference.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// Byte offset of each record in the file; for formats kept on a tape, its node.
    pub(super) starts: Vec<u32>,
    /// Hash of each record's key, 0 for none. Empty when keys are not wanted.
    pub(super) keys: Vec<u64>,
    /// References in the order of their records.
    pub(super) references: Vec<ReferenceCell>,
}

/// One reference of one record.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReferenceCell {
    /// Hash of the key referred to.
    pub(super) hash: u64,
    /// The record, counted within the piece.
    pub(super) record: u32,
    /// Which of the collection's references it is.
    pub(super) reference: u32,
}

impl Columns {
    /// Remembers a record that starts at `start`.
    #[inline]
    pub(super) fn push(&mut self, table: &Table, record: Value<'_>, start: u32, with_keys: bool) {
        let number = self.starts.len() as u32;
        self.starts.push(start);
        if !with_keys {
            return;
        }
        self.keys.push(table.key_hash(record));
        let references = &table.collection.references;
        if references.is_empty() {
            return;
        }
        for (name, value) in record.members() {
            let name = name.as_str().unwrap_or_default();
            for (at, reference) in references.iter().enumerate() {
                if reference.field.first() == name {
                    reference.field.visit_below(value, &mut |value| {
                        if let Some(text) = scalar_key(value) {
                            let cell =
                                ReferenceCell { hash: hash(text), record: number, reference: at as u32 };
                            self.references.push(cell);
                        }
                    });
                }
            }
        }
    }

    /// Gives back the memory that growing left over.
    pub(super) fn shrink(&mut self) {
        self.starts.shrink_to_fit();
        self.keys.shrink_to_fit();
        self.references.shrink_to_fit();
    }
}
