//! A day of review that moved alone, although what the document covers had changed.

use crate::drift::What;
use crate::finding::Finding;
use crate::rules::lapses::{about, evidence, files, said, way_out};
use crate::rules::{Check, Context};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for lapse in context.lapses {
        let What::Contradicted { stamped, change } = &lapse.what else { continue };
        let message = format!(
            "{} moved only the date or version of this document, although {} had changed",
            said(stamped),
            files(change)
        );
        let mut finding = about(context, "review-contradicts-evidence", lapse, message, change);
        finding.evidence.insert(0, evidence(stamped, "nothing but the date or version changed"));
        findings.push(finding.note(way_out(&lapse.document)));
    }
}
