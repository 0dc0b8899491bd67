//! A decision record without one of the parts that make it one.

use crate::finding::Finding;
use crate::rules::decisions::Decisions;
use crate::rules::{Check, Context};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for own in
        Decisions::of(context.database).all.iter().filter(|own| own.is_document && !own.missing.is_empty())
    {
        let missing = own.missing.join(", ");
        let message = format!("{} does not tell: {missing}", own.shown());
        findings.push(own.finding("adr-missing-section", own.title_span, message).quoted(missing));
    }
}
