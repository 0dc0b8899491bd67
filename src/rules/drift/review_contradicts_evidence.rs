//! A day of review that moved alone, although what the document covers had changed.

use crate::drift::What;
use crate::finding::Finding;
use crate::rules::lapses::{about, files, said, shown_by, way_out};
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
        let of_change = std::mem::take(&mut finding.evidence);
        let mut finding = shown_by(finding, stamped, "nothing but the date or version changed");
        finding.evidence.extend(of_change);
        findings.push(finding.note(way_out(&lapse.document)));
    }
}
