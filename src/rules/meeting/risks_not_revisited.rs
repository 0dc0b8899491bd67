//! Minutes of a meeting in which nobody looked at the risks.

use crate::finding::Finding;
use crate::read::tape::Kind;
use crate::rules::{Check, Context};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let database = context.database;
    let Some((at, table)) = database.table("meetings") else { return };
    database.for_each(at, &mut |id, record, base| {
        let kind = record.get("kind").and_then(|kind| kind.as_str());
        let reviewed = record.get("risks_reviewed");
        let (place, message) = match reviewed.map(|value| (value, value.kind())) {
            _ if kind != Some("minutes") => return,
            Some((_, Kind::True)) => return,
            Some((value, _)) => (value, "the risks were not looked at"),
            None => (record.get("title").unwrap_or(record), "nothing says that the risks were looked at"),
        };
        let span = place.span().shifted(base);
        let finding = Finding::new("risks-not-revisited", &database.file(id).path, span, message)
            .record(table.name(), table.key(record).map(Into::into))
            .field("/risks_reviewed");
        findings.push(
            finding.note("look at the risk register and write down what changed, if only \"no change\""),
        );
    });
}
