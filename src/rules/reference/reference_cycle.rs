//! A chain of references that leads back to where it began.

use crate::finding::Finding;
use crate::rules::{Check, Context};
use crate::text::{escape, shorten};

pub(crate) const CHECK: Check = Check::Database(check);

/// How many records of a cycle are named.
const SHOWN: usize = 8;

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let database = context.database;
    for (table, reference, cycle) in &context.joined.cycles {
        let table = &database.tables[*table];
        let field = &table.collection.references[*reference].field;
        let Some(&first) = cycle.first() else { continue };
        let keys: Vec<String> = cycle
            .iter()
            .take(SHOWN)
            .map(|&id| shorten(&escape(&database.key(id).unwrap_or_default()), 40).into_owned())
            .collect();
        let next = database.key(cycle.get(1).copied().unwrap_or(first)).unwrap_or_default();
        let place = database.with_record(first, |record, base| {
            let mut place = None;
            field.visit(record, &mut |pointer, value| {
                if value.scalar_text() == Some(&*next) {
                    place.get_or_insert((pointer, value.span().shifted(base)));
                }
            });
            place
        });
        let Some((pointer, span)) = place.flatten() else { continue };
        let more =
            if cycle.len() > SHOWN { format!(" → … ({} in all)", cycle.len()) } else { String::new() };
        let message = format!("{field} leads in a circle: {}{more} → {}", keys.join(" → "), keys[0]);
        let mut finding = Finding::new("reference-cycle", &database.file(first).path, span, message)
            .record(table.name(), database.key(first))
            .field(pointer)
            .note("none of these can come before the others; take one reference out");
        for &id in cycle {
            let path = &database.file(id).path;
            if !finding.related.contains(path) {
                finding = finding.related(path);
            }
        }
        findings.push(finding);
    }
}
