//! An entry of the baseline whose finding is gone.

use crate::finding::Finding;
use crate::rules::{Check, Ledger};
use crate::text::{escape, shorten};

pub(crate) const CHECK: Check = Check::Ledger(check);

fn check(ledger: &Ledger, findings: &mut Vec<Finding>) {
    findings.extend(ledger.stale_baseline.iter().map(|(path, span, rule, message)| {
        let shown = shorten(&escape(message), 80).into_owned();
        let text = format!("the {} finding it covers is mended: {shown}", escape(rule));
        Finding::new("stale-baseline-entry", path, *span, text)
            .quoted(format!("{rule} {message}"))
            .note("take the entry out, so that the fault cannot come back unseen")
    }));
}
