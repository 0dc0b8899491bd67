//! A suppression that covers nothing any more.

use crate::finding::Finding;
use crate::rules::{Check, Ledger};

pub(crate) const CHECK: Check = Check::Ledger(check);

fn check(ledger: &Ledger, findings: &mut Vec<Finding>) {
    let unused =
        ledger.suppressions.iter().filter(|one| one.used == 0 && one.was_checked && !ledger.is_expired(one));
    findings.extend(unused.map(|one| {
        let message = format!("there is no {} finding to suppress {}", one.rule, one.covers);
        Finding::new("unused-suppression", &one.path, one.span, message)
            .quoted(format!("{} {}", one.rule, one.covers))
            .note("remove it, so that the next finding is not hidden by it")
    }));
}
