//! What a document covers changed since somebody looked.

use crate::drift::What;
use crate::finding::Finding;
use crate::rules::lapses::{about, files, way_out, weighed};
use crate::rules::{Check, Context};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for lapse in context.lapses {
        let What::Changed(change) = &lapse.what else { continue };
        let message = format!("{} changed since this document was held against it", files(change));
        let finding = about(context, "covered-code-changed", lapse, message, change);
        findings.push(weighed(finding, change).note(way_out(&lapse.document)));
    }
}
