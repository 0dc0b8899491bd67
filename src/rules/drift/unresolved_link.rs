//! A link to a file that never was.

use crate::config::Class;
use crate::drift::End;
use crate::finding::Finding;
use crate::rules::fates::named;
use crate::rules::{Check, Context};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for fate in context.fates.iter().filter(|fate| fate.end == End::Never && fate.class == Class::Living) {
        let message = format!("nothing ever stood at {}", named(&fate.path));
        let finding = Finding::new("unresolved-link", &fate.document, fate.reference.span, message);
        findings.push(finding.related(&fate.path).quoted(fate.reference.written.as_str()));
    }
}
