//! A secret in the inventory that should have been rotated by now.

use jiff::Span as Days;
use jiff::civil::Date;

use crate::finding::Finding;
use crate::rules::{Check, Context};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let database = context.database;
    let Some((at, table)) = database.table("secrets") else { return };
    database.for_each(at, &mut |id, record, base| {
        let text = record.get("rotation_days").and_then(|value| value.as_number());
        let Some(days) = text.and_then(|text| text.parse::<i64>().ok()) else { return };
        let rotated = record.get("last_rotated").filter(|value| value.as_str().is_some());
        let (span, message) = match rotated {
            None => (record.span(), "it was never rotated".to_owned()),
            Some(value) => {
                let Some(late) = days_late(value.as_str().unwrap_or_default(), days, context.today) else {
                    return;
                };
                let plural = if late == 1 { "" } else { "s" };
                (value.span(), format!("it should have been rotated {late} day{plural} ago"))
            }
        };
        let key = table.key(record);
        let name = crate::text::escape(key.as_deref().unwrap_or("a secret")).into_owned();
        let owner = record.get("owner").and_then(|value| value.as_str());
        let mut finding = Finding::new(
            "secret-rotation-overdue",
            &database.file(id).path,
            span.shifted(base),
            format!("{name}: {message}"),
        )
        .record(table.name(), key.map(Into::into))
        .field("/last_rotated")
        .note(format!("it is to be rotated every {days} days"));
        if let Some(owner) = owner {
            finding = finding.note(format!("owner: {}", crate::text::escape(owner)));
        }
        findings.push(finding);
    });
}

/// By how many days the rotation is late on `today`; `None` when it is not, or the date says nothing.
fn days_late(last: &str, every: i64, today: Date) -> Option<i32> {
    let last: Date = last.get(..10)?.parse().ok()?;
    let period = Days::new().try_days(every).ok()?;
    let due = last.checked_add(period).ok()?;
    let late = today.since(due).ok()?.get_days();
    (late > 0).then_some(late)
}
