//! A configured pattern that no file matches: a collection that silently reads nothing.

use crate::finding::Finding;
use crate::rules::{Check, Context};
use crate::text::escape;

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(path) = &context.config.file else { return };
    for (table, pattern, span) in &context.database.unmatched {
        let message = format!("no file matches {}, so {table} reads nothing from it", escape(pattern));
        let finding = Finding::new("unmatched-collection", path, *span, message)
            .field(format!("/collections/{table}/files"))
            .quoted(pattern.as_str())
            .note("patterns are relative to the repository's root; `**` crosses folders");
        findings.push(finding);
    }
}
