//! A decision that should have been looked at again by now.

use crate::finding::Finding;
use crate::model::Status;
use crate::rules::decisions::Decisions;
use crate::rules::{Check, Context};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for own in &Decisions::of(context.database).all {
        let is_over = matches!(own.status, Some(Status::Rejected | Status::Deprecated | Status::Superseded));
        let Some((day, span)) = own.review_by.filter(|(day, _)| *day < context.today && !is_over) else {
            continue;
        };
        let days = context.today.since(day).map_or(0, |span| span.get_days());
        let plural = if days == 1 { "" } else { "s" };
        let message = format!("{} should have been reviewed {days} day{plural} ago", own.shown());
        let finding = own.finding("adr-review-overdue", span, message).field("/review_by");
        findings
            .push(finding.quoted(day.to_string()).note("look whether it still holds, then set the next day"));
    }
}
