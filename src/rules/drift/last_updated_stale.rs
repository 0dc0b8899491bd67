//! A day of the last change that was not kept.

use crate::drift::What;
use crate::finding::Finding;
use crate::rules::lapses::{days, evidence, finding, said};
use crate::rules::{Check, Context};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for lapse in context.lapses {
        let What::Stale { stated, is_plain, last, day } = &lapse.what else { continue };
        let message = format!("says {stated}, but what it says was changed on {day}");
        let mut found = finding("last-updated-stale", lapse, message)
            .note(format!("changed in {}, {} after the day it states", said(last), days(*stated, *day)))
            .evidence(evidence(last, "the last change of what the document says"));
        if *is_plain {
            found = found.fix(format!("write {day}"), true, lapse.span, day.to_string());
        }
        findings.push(found);
    }
}
