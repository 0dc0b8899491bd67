//! A decision or a finished action whose place for evidence is empty.

use crate::finding::Finding;
use crate::read::tape::{Kind, Value};
use crate::rules::{Check, Context};
use crate::text::{escape, shorten};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let database = context.database;
    if let Some((at, table)) = database.table("meetings") {
        database.for_each(at, &mut |id, record, base| {
            let decisions = record.get("decisions").into_iter().flat_map(|decisions| decisions.items());
            for (number, decision) in decisions.enumerate().filter(|(_, decision)| is_empty(*decision)) {
                let finding = finding(&database.file(id).path, "decision", decision, base);
                let finding = finding.record(table.name(), table.key(record).map(Into::into));
                findings.push(finding.field(format!("/decisions/{number}/evidence")));
            }
        });
    }
    if let Some((at, table)) = database.table("actions") {
        database.for_each(at, &mut |id, record, base| {
            let path = &database.file(id).path;
            if is_empty(record) && is_done(record) && crate::config::is_markdown(&path.extension()) {
                let finding = finding(path, "finished action", record, base).field("/evidence");
                findings.push(finding.record(table.name(), table.key(record).map(Into::into)));
            }
        });
    }
}

fn finding(path: &crate::text::RepoPath, what: &str, record: Value<'_>, base: u32) -> Finding {
    let text = record.get("text").unwrap_or(record);
    let shown = shorten(&escape(text.as_str().unwrap_or_default()), 60).into_owned();
    let message = format!("the {what} names no evidence: {shown}");
    Finding::new("evidence-missing", path, text.span().shifted(base), message)
}

/// Whether there is a place for evidence, with nothing in it.
fn is_empty(record: Value<'_>) -> bool {
    record
        .get("evidence")
        .is_some_and(|evidence| evidence.kind() == Kind::Array && evidence.items().next().is_none())
}

fn is_done(record: Value<'_>) -> bool {
    let status = record.get("status").and_then(|status| status.as_str());
    status == Some("done") || record.get("done").is_some_and(|done| done.kind() == Kind::True)
}
