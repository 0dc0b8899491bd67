//! A change of what a document covers that leaves the document out.

use crate::drift::What;
use crate::finding::Finding;
use crate::rules::lapses::{about, files, way_out};
use crate::rules::{Check, Context};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for lapse in context.lapses {
        let What::NotUpdated(change) = &lapse.what else { continue };
        let message = format!(
            "this change is about {}, which this document covers, and leaves it as it was",
            files(change)
        );
        let finding = about(context, "spec-not-updated", lapse, message, change);
        findings.push(finding.note(way_out(&lapse.document)));
    }
}
