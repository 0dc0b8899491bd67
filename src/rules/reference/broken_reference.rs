//! A link of a document to something that was there and is gone.

use crate::finding::Finding;
use crate::rules::fates::{died, is_wrong};
use crate::rules::{Check, Context};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    died(
        context,
        "broken-reference",
        &|fate, death| fate.reference.kind.is_link() && is_wrong(fate, death),
        findings,
    );
}
