//! An agenda whose items take longer than the meeting.

use crate::finding::Finding;
use crate::rules::{Check, Context};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let database = context.database;
    let Some((at, table)) = database.table("meetings") else { return };
    database.for_each(at, &mut |id, record, base| {
        let number =
            |value: crate::read::tape::Value<'_>| value.as_number().and_then(|text| text.parse::<f64>().ok());
        let Some(duration) = record.get("duration").and_then(number) else { return };
        let Some(agenda) = record.get("agenda") else { return };
        let minutes = agenda.items().filter_map(|item| item.get("minutes").and_then(number));
        let total: f64 = minutes.sum();
        if total <= duration {
            return;
        }
        let message = format!("the agenda takes {total} minutes, the meeting has {duration}");
        let span = agenda.span().shifted(base);
        let finding = Finding::new("agenda-over-time", &database.file(id).path, span, message)
            .record(table.name(), table.key(record).map(Into::into))
            .field("/agenda");
        findings.push(finding.note(format!("take out or shorten items by {} minutes", total - duration)));
    });
}
