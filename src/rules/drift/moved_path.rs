//! A path in the text of a document whose file was moved.

use crate::finding::Finding;
use crate::rules::fates::{died, is_wrong};
use crate::rules::{Check, Context};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    died(
        context,
        "moved-path",
        &|fate, death| {
            !fate.reference.kind.is_link()
                && is_wrong(fate, death)
                && (death.home.is_some() || death.document_was.is_some())
        },
        findings,
    );
}
