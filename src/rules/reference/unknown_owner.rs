//! An owner who is not among the recorded people.

use std::collections::HashMap;

use crate::database::Database;
use crate::finding::Finding;
use crate::read::tape::Value;
use crate::rules::{Check, Context};
use crate::text::{escape, nearest, shorten};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let database = context.database;
    let Some((people, _)) = database.table("people") else { return };
    if !database.has_own_file(people) {
        return;
    }
    let names = known_names(database, people);
    for (at, table) in database.tables.iter().enumerate() {
        let Some(schema) = &table.schema else { continue };
        let fields = schema.fields_referring_to("people");
        if fields.is_empty() || at == people {
            continue;
        }
        database.for_each(at, &mut |id, record, base| {
            for field in &fields {
                let Some(value) = record.get(field) else { continue };
                let each = std::iter::once(value).filter(|value| value.as_str().is_some());
                for value in each.chain(value.items()) {
                    let Some(text) = value.as_str().filter(|text| !names.contains_key(&folded(text))) else {
                        continue;
                    };
                    let shown = shorten(&escape(text), 40).into_owned();
                    let span = value.span().shifted(base);
                    let message = format!("{shown} is not among the people recorded");
                    let mut finding = Finding::new("unknown-owner", &database.file(id).path, span, message)
                        .record(table.name(), table.key(record).map(Into::into))
                        .field(format!("/{field}"))
                        .quoted(text);
                    if let Some(handle) = nearest(text, names.values().map(String::as_str)) {
                        finding = finding.label(format!("did you mean {handle}?"));
                        let quoted = serde_json::Value::String(handle.to_owned()).to_string();
                        if database.file(id).slice(span).starts_with(b"\"") {
                            finding = finding.fix(format!("write {quoted}"), false, span, quoted);
                        }
                    }
                    findings.push(finding);
                }
            }
        });
    }
}

/// Every name a person goes by, folded, with the person's handle.
fn known_names(database: &Database, people: usize) -> HashMap<String, String> {
    let mut names = HashMap::new();
    let mut learn = |person: Value<'_>| {
        let handle = person.get("handle").and_then(|value| value.as_str()).unwrap_or_default();
        let mut add = |value: Value<'_>| {
            if let Some(name) = value.as_str() {
                names.entry(folded(name)).or_insert_with(|| handle.to_owned());
            }
        };
        for field in ["handle", "name", "email", "emails", "aliases"] {
            if let Some(value) = person.get(field) {
                add(value);
                value.items().for_each(&mut add);
            }
        }
    };
    database.for_each(people, &mut |_, person, _| learn(person));
    database.for_each_repeat(people, &mut learn);
    names
}

/// A name without what varies: case, a leading `@`, white space around it.
fn folded(name: &str) -> String {
    name.trim().trim_start_matches('@').to_lowercase()
}
