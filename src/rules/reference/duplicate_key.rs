//! Two records of a collection with one key.

use crate::config::Class;
use crate::database::RecordId;
use crate::finding::Finding;
use crate::rules::place::place;
use crate::rules::{Check, Context};
use crate::text::{Span, escape, shorten};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for &(first, later) in &context.joined.duplicates {
        findings.extend(finding(context, first, later));
    }
}

fn finding(context: &Context<'_>, first: RecordId, later: RecordId) -> Option<Finding> {
    let database = context.database;
    let (file, other) = (database.file(later), database.file(first));
    let table = &database.tables[file.table];
    // Equal hashes are not yet equal keys.
    let key = database.key(later)?;
    if database.key(first)? != key || is_in_conflict(context, first) || is_in_conflict(context, later) {
        return None;
    }
    if table.collection.class == Class::Record
        && first.file == later.file
        && is_revision(context, first, later)
    {
        return None;
    }
    let span = key_span(context, later)?;
    let shown = shorten(&escape(&key), 60).into_owned();
    let at = place(other.position(key_span(context, first)?.start));
    let elsewhere = if first.file == later.file { String::new() } else { format!("{}, ", other.path) };
    Some(
        Finding::new("duplicate-key", &file.path, span, format!("the key {shown} is taken"))
            .record(table.name(), Some(key))
            .field(format!("/{}", table.collection.key.first()?.first()))
            .related(&other.path)
            .note(format!("the first record with it stands at {elsewhere}{at}"))
            .note(format!("references to {shown} cannot tell the two apart; give one a key of its own")),
    )
}

fn is_in_conflict(context: &Context<'_>, id: RecordId) -> bool {
    let file = context.database.file(id);
    !file.conflicts.is_empty() && {
        let start = context.database.span(id).start;
        file.conflicts.iter().any(|conflict| conflict.touches(start))
    }
}

/// Whether the later record is the earlier one written again, as append-only logs do: at least half of the fields
/// they both have, apart from the key, are equal.
fn is_revision(context: &Context<'_>, first: RecordId, later: RecordId) -> bool {
    let table = &context.database.tables[context.database.file(later).table];
    let json = |id| context.database.with_record(id, |value, _| value.to_json()).unwrap_or_default();
    let (before, after) = (json(first), json(later));
    let (Some(first), Some(later)) = (before.as_object(), after.as_object()) else { return false };
    let is_key = |name: &str| table.collection.key.iter().any(|key| key.first() == name);
    let common = later.iter().filter(|(name, _)| first.contains_key(*name) && !is_key(name));
    let (mut equal, mut count) = (0, 0);
    for (name, value) in common {
        count += 1;
        equal += usize::from(first.get(name) == Some(value));
    }
    count > 0 && equal * 2 >= count
}

/// The bytes of the first key field of a record.
fn key_span(context: &Context<'_>, id: RecordId) -> Option<Span> {
    let table = &context.database.tables[context.database.file(id).table];
    let field = table.collection.key.first()?;
    context.database.with_record(id, |record, base| {
        let mut span = None;
        field.visit(record, &mut |_, value| {
            span.get_or_insert(value.span().shifted(base));
        });
        span.unwrap_or_else(|| record.span().shifted(base))
    })
}
