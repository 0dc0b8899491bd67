//! Something that was to be read before a meeting and was not.

use crate::finding::Finding;
use crate::read::tape::Kind;
use crate::rules::{Check, Context};
use crate::text::{escape, shorten};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let database = context.database;
    let Some((at, table)) = database.table("meetings") else { return };
    database.for_each(at, &mut |id, record, base| {
        let kind = record.get("kind").and_then(|kind| kind.as_str());
        let Some(items) = record.get("pre_read").filter(|_| kind == Some("minutes")) else { return };
        for (number, item) in items.items().enumerate() {
            if item.get("done").is_none_or(|done| done.kind() != Kind::False) {
                continue;
            }
            let text = item.get("text").unwrap_or(item);
            let shown = shorten(&escape(text.as_str().unwrap_or_default()), 60).into_owned();
            let message = format!("the meeting took place without this having been read: {shown}");
            let span = text.span().shifted(base);
            let finding = Finding::new("pre-read-unfinished", &database.file(id).path, span, message)
                .record(table.name(), table.key(record).map(Into::into))
                .field(format!("/pre_read/{number}"));
            findings.push(finding);
        }
    });
}
