//! What is remembered of each record after its value is gone: where it starts, and hashes of its key and references.

use super::table::{Table, hash, scalar_key};
use crate::read::tape::{Value, is_same};

/// A record of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId {
    /// Index of the file.
    pub file: u32,
    /// Number of the record in its file, from 0.
    pub record: u32,
}

impl RecordId {
    /// The number that stands for the record in SQL, its `_id`.
    #[must_use]
    pub const fn handle(self) -> i64 {
        ((self.file as i64) << 32) | self.record as i64
    }
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
        let references = &table.collection.references;
        let simple = table.simple_key();
        let mut key = 0;
        for (name, value) in record.members() {
            if !table.may_join(name.text_len()) {
                continue;
            }
            let name = name.text_bytes();
            if simple.is_some_and(|simple| is_same(simple.as_bytes(), name)) {
                key = scalar_key(value).map_or(0, hash);
            }
            for (reference, at) in references.iter().zip(0..) {
                if is_same(reference.field.first().as_bytes(), name) {
                    reference.field.visit_below(value, &mut |value| {
                        if let Some(text) = scalar_key(value) {
                            self.references.push(ReferenceCell {
                                hash: hash(text),
                                record: number,
                                reference: at,
                            });
                        }
                    });
                }
            }
        }
        if simple.is_none() {
            key = table.key(record).map_or(0, |key| hash(&key));
        }
        self.keys.push(key);
    }

    /// Forgets the records whose number `is_kept` denies.
    pub(super) fn retain(&mut self, is_kept: impl Fn(usize) -> bool) {
        let kept: Vec<bool> = (0..self.starts.len()).map(is_kept).collect();
        let mut new = 0;
        let numbers: Vec<u32> = kept
            .iter()
            .map(|&is_kept| {
                let now = new;
                new += u32::from(is_kept);
                now
            })
            .collect();
        self.references.retain_mut(|cell| {
            let old = cell.record as usize;
            cell.record = numbers[old];
            kept[old]
        });
        let mut each = kept.iter();
        self.starts.retain(|_| each.next().is_some_and(|&is_kept| is_kept));
        let mut each = kept.iter();
        self.keys.retain(|_| each.next().is_some_and(|&is_kept| is_kept));
    }

    /// Gives back the memory that growing left over.
    pub(super) fn shrink(&mut self) {
        self.starts.shrink_to_fit();
        self.keys.shrink_to_fit();
        self.references.shrink_to_fit();
    }
}
