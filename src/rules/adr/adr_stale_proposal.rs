//! A proposal that nobody decided on for a long time.

use jiff::ToSpan;

use crate::finding::Finding;
use crate::model::Status;
use crate::rules::decisions::Decisions;
use crate::rules::{Check, Context};

pub(crate) const CHECK: Check = Check::Database(check);

/// How many days a proposal may wait.
const PATIENCE: i64 = 90;

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for own in Decisions::of(context.database).all.iter().filter(|own| own.status == Some(Status::Proposed)) {
        let Some((date, span)) = own.date else { continue };
        let Ok(last) = date.checked_add(PATIENCE.days()) else { continue };
        if last < context.today {
            let days = context.today.since(date).map_or(0, |span| span.get_days());
            let message = format!("{} has been proposed for {days} days", own.shown());
            let finding = own.finding("adr-stale-proposal", span, message).field("/date");
            findings.push(
                finding.quoted(date.to_string()).note("decide, or say that it is deferred or rejected"),
            );
        }
    }
}
