//! Records that several files have, where that is sure.
//!
//! Files that are kept for other programs name people in passing, who may be recorded elsewhere. Such a record is the
//! same as another when it shares the handle or an address, with one other record and no more; a name makes nobody the
//! same. It is then set aside: who counts or lists records meets each of them once, and what else it says is still there
//! for whoever looks for it.

use std::collections::HashMap;

use super::Database;
use crate::config::Reader;
use crate::read::tape::Value;

/// The number of the record that something belongs to; `None` when it belongs to several.
type Known = HashMap<String, Option<usize>>;

/// Sets aside the records of borrowed files that another file has, too.
pub(super) fn set_aside(database: &mut Database) {
    for table in 0..database.tables.len() {
        let files = &database.tables[table].files;
        let is_borrowed = |at: &usize| database.files[*at].reader.is_borrowed();
        let (mut borrowed, own): (Vec<usize>, Vec<usize>) = files.iter().partition(|at| is_borrowed(at));
        // Names say more than handles alone.
        borrowed.sort_by_key(|&at| database.files[at].reader != Reader::Mailmap);
        if borrowed.is_empty() {
            continue;
        }
        let (mut known, mut count) = (Known::new(), 0);
        for at in own {
            database.for_each_in(at, &mut |_, record, _| {
                count += 1;
                identities(record).for_each(|identity| claim(&mut known, identity, count));
            });
        }
        for at in borrowed {
            let mut repeats = Vec::new();
            database.for_each_in(at, &mut |id, record, _| {
                let same = same(&known, record);
                count += 1;
                repeats.extend(same.map(|_| id.record as usize));
                let record_is = same.unwrap_or(count);
                identities(record).for_each(|identity| claim(&mut known, identity, record_is));
            });
            database.files[at].set_aside(&repeats);
        }
    }
}

/// The one record that `record` speaks of again.
fn same(known: &Known, record: Value<'_>) -> Option<usize> {
    let mut found = identities(record).filter_map(|identity| known.get(&identity).copied());
    let first = found.next()??;
    found.all(|other| other == Some(first)).then_some(first)
}

fn claim(known: &mut Known, identity: String, record: usize) {
    let owner = known.entry(identity).or_insert(Some(record));
    if *owner != Some(record) {
        *owner = None;
    }
}

/// What tells a person from all others: the handle, with those among the other names, and every address.
fn identities(record: Value<'_>) -> impl Iterator<Item = String> {
    let mut all = Vec::new();
    for field in ["handle", "emails", "aliases"] {
        let Some(value) = record.get(field) else { continue };
        for text in std::iter::once(value).chain(value.items()).filter_map(|value| value.as_str()) {
            if field != "aliases" || text.starts_with('@') {
                all.push(text.trim().trim_start_matches('@').to_lowercase());
            }
        }
    }
    all.into_iter()
}
