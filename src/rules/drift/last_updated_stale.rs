//! A day of the last change that was not kept.

use crate::drift::What;
use crate::finding::Finding;
use crate::rules::lapses::{days, finding, said, shown_by};
use crate::rules::{Check, Context};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for lapse in context.lapses {
        let What::Stale { stated, is_plain, last, day } = &lapse.what else { continue };
        let message = format!("says {stated}, but what it says was changed on {day}");
        let found = finding("last-updated-stale", lapse, message).note(format!(
            "changed in {}, {} after the day it states",
            said(last),
            days(*stated, *day)
        ));
        let mut found = shown_by(found, last, "the last change of what the document says");
        if *is_plain {
            found = found.fix(format!("write {day}"), true, lapse.span, day.to_string());
        }
        findings.push(found);
    }
}
