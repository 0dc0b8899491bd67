//! A reference to a key that no record has.

use std::collections::{HashMap, HashSet};

use crate::database::{DanglingPlace, Database, Keys};
use crate::finding::{Evidence, Finding};
use crate::rules::{Check, Context, Removal};
use crate::text::{escape, shorten};

pub(crate) const CHECK: Check = Check::Database(check);

/// How many missing keys history is asked about: each answer may cost a walk.
const ASKED: usize = 20;

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let database = context.database;
    let mut keys: HashMap<usize, Keys> = HashMap::new();
    let mut unreadable: HashMap<usize, HashSet<Vec<u8>>> = HashMap::new();
    let mut asked: HashMap<(usize, String), Option<Removal>> = HashMap::new();
    for dangling in context.joined.dangling.chunk_by(|a, b| a.record == b.record) {
        let record = dangling[0].record;
        let file = database.file(record);
        let table = &database.tables[file.table];
        let own_key = database.key(record);
        for place in database.dangling_places(dangling) {
            let DanglingPlace { pointer, key: text, span, .. } = place;
            let reference = &table.collection.references[place.reference];
            let Some((to, target)) = database.table(&reference.to) else { continue };
            if unreadable
                .entry(to)
                .or_insert_with(|| strings_in_broken(database, to))
                .contains(inner(&text).as_bytes())
            {
                continue;
            }
            let shown = shorten(&escape(&text), 60).into_owned();
            let message = format!("{} refers to {shown}, which is not in {}", reference.field, target.name());
            let mut finding = Finding::new("dangling-reference", &file.path, span, message)
                .record(table.name(), own_key.clone())
                .field(pointer)
                .quoted(text.as_str());
            finding.related = database.paths(to).into_iter().filter(|path| *path != file.path).collect();
            let known = keys.entry(to).or_insert_with(|| database.keys(to));
            if let Some(near) = known.nearest(&text) {
                finding = finding.label(format!("did you mean {}?", shorten(&escape(&near), 60)));
                if file.slice(span).starts_with(b"\"") {
                    let quoted = serde_json::Value::String(near).to_string();
                    finding = finding.fix(format!("refer to {quoted}"), false, span, quoted);
                }
            }
            if asked.len() < ASKED || asked.contains_key(&(to, text.clone())) {
                let removal = asked.entry((to, text.clone())).or_insert_with(|| (context.removal)(to, &text));
                finding = with_removal(finding, removal.as_ref(), &shown);
            }
            findings.push(finding);
        }
    }
}

/// Every string in the places of a table's files that could not be read, as written there. A record whose key is among
/// them may exist.
fn strings_in_broken(database: &Database, table: usize) -> HashSet<Vec<u8>> {
    let files = database.tables[table].files.iter().map(|&at| &database.files[at]);
    let broken = files.flat_map(|file| file.broken.iter().map(|span| file.slice(*span)));
    broken.flat_map(|text| strings(&text).map(<[u8]>::to_vec).collect::<Vec<_>>()).collect()
}

/// What stands between each two double quotes of `text` that no backslash takes away.
fn strings(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_quote = |at: &usize| {
        let escapes = text[..*at].iter().rev().take_while(|&&byte| byte == b'\\').count();
        escapes % 2 == 0
    };
    let mut last = None;
    memchr::memchr_iter(b'"', text).filter(is_quote).filter_map(move |at| {
        let start = last.replace(at + 1)?;
        Some(&text[start..at])
    })
}

/// A key as JSON writes it between the quotes.
fn inner(key: &str) -> String {
    let quoted = serde_json::Value::String(key.to_owned()).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Says what took the key away.
fn with_removal(finding: Finding, removal: Option<&Removal>, key: &str) -> Finding {
    let Some(removal) = removal else { return finding };
    match &removal.commit {
        None => finding.note(format!("the last commit still has {key}: this change removes it")),
        Some(commit) => finding.evidence(Evidence {
            kind: "commit",
            id: commit.clone(),
            date: Some(removal.date.clone()),
            summary: format!("removed {key}: {}", shorten(&escape(&removal.summary), 60)),
        }),
    }
}
