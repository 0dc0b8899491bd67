//! A reference of a record, such as minutes, to something that went later.

use crate::finding::Finding;
use crate::rules::fates::{died, is_wrong};
use crate::rules::{Check, Context};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    died(context, "outdated-record", &|fate, death| !is_wrong(fate, death), findings);
}
