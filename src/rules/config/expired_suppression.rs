//! A suppression whose last day has passed.

use crate::finding::Finding;
use crate::rules::{Check, Ledger};

pub(crate) const CHECK: Check = Check::Ledger(check);

fn check(ledger: &Ledger, findings: &mut Vec<Finding>) {
    let expired = ledger.suppressions.iter().filter(|one| ledger.is_expired(one));
    findings.extend(expired.map(|one| {
        let until = one.until.map(|day| day.to_string()).unwrap_or_default();
        let message = format!("the suppression of {} {} held until {until}", one.rule, one.covers);
        Finding::new("expired-suppression", &one.path, one.span, message)
            .quoted(format!("{} {}", one.rule, one.covers))
            .note("mend what it covers, or decide anew until when it may stay")
    }));
}
