//! A reference to a key that no record has.

use std::collections::{HashMap, HashSet};

use crate::database::{Dangling, Database, Keys};
use crate::finding::{Evidence, Finding};
use crate::rules::{Check, Context};
use crate::text::{Span, escape, shorten};

pub(crate) const CHECK: Check = Check::Database(check);

/// How many missing keys history is asked about: each answer may cost a walk.
const ASKED: usize = 20;

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let database = context.database;
    let mut keys: HashMap<usize, Keys> = HashMap::new();
    let mut asked: HashMap<(usize, String), Option<Evidence>> = HashMap::new();
    let mut seen: HashSet<(Dangling, Span)> = HashSet::new();
    for &dangling in &context.joined.dangling {
        let file = database.file(dangling.record);
        let table = &database.tables[file.table];
        let reference = &table.collection.references[dangling.reference];
        let Some((to, target)) = database.table(&reference.to) else { continue };
        for (pointer, text, span) in places(database, dangling) {
            if !seen.insert((dangling, span)) || is_unreadable(database, to, &text) {
                continue;
            }
            let shown = shorten(&escape(&text), 60).into_owned();
            let message = format!("{} refers to {shown}, which is not in {}", reference.field, target.name());
            let mut finding = Finding::new("dangling-reference", &file.path, span, message)
                .record(table.name(), database.key(dangling.record))
                .field(pointer)
                .quoted(text.as_str());
            finding.related = database.paths(to);
            let known = keys.entry(to).or_insert_with(|| database.keys(to));
            if let Some(near) = known.nearest(&text) {
                finding = finding.label(format!("did you mean {}?", shorten(&escape(&near), 60)));
                if span.slice(&file.bytes).starts_with(b"\"") {
                    let quoted = serde_json::Value::String(near).to_string();
                    finding = finding.fix(format!("refer to {quoted}"), false, span, quoted);
                }
            }
            if asked.len() < ASKED || asked.contains_key(&(to, text.clone())) {
                let evidence = asked.entry((to, text.clone())).or_insert_with(|| removal(context, to, &text));
                finding.evidence.extend(evidence.clone());
            }
            findings.push(finding);
        }
    }
}

/// Where a record refers to the key of `dangling`: pointer, text, bytes.
fn places(database: &Database, dangling: Dangling) -> Vec<(String, String, Span)> {
    let table = &database.tables[database.file(dangling.record).table];
    let field = &table.collection.references[dangling.reference].field;
    let found = database.with_record(dangling.record, |record, base| {
        let mut places = Vec::new();
        field.visit(record, &mut |pointer, value| {
            if let Some(text) = dangling.matches(value) {
                places.push((pointer, text.to_owned(), value.span().shifted(base)));
            }
        });
        places
    });
    found.unwrap_or_default()
}

/// Whether the key stands in a place of the target's files that could not be read, so that the record may exist.
fn is_unreadable(database: &Database, to: usize, key: &str) -> bool {
    let quoted = serde_json::Value::String(key.to_owned()).to_string();
    let files = database.tables[to].files.iter().map(|&at| &database.files[at]);
    files.filter(|file| !file.broken.is_empty()).any(|file| {
        let holds = |span: &Span| memchr::memmem::find(span.slice(&file.bytes), quoted.as_bytes()).is_some();
        file.broken.iter().any(holds)
    })
}

fn removal(context: &Context<'_>, to: usize, key: &str) -> Option<Evidence> {
    let removal = (context.removal)(to, key)?;
    Some(match removal.commit {
        None => Evidence {
            kind: "change",
            id: "uncommitted".to_owned(),
            date: None,
            summary: "the last commit still has it; what is checked does not".to_owned(),
        },
        Some(commit) => Evidence {
            kind: "commit",
            id: commit,
            date: Some(removal.date),
            summary: format!("removed it: {}", shorten(&escape(&removal.summary), 60)),
        },
    })
}
