//! A record that is not what its collection's schema says a record is.

use crate::database::{FileView, RecordFaults};
use crate::finding::Finding;
use crate::rules::{Check, shared};
use crate::schema::Violation;

pub(crate) const CHECK: Check = Check::File(check);

fn check(file: &FileView<'_>, findings: &mut Vec<Finding>) {
    for faults in file.faults {
        findings.extend(faults.violations.iter().map(|violation| finding(file, faults, violation)));
    }
}

fn finding(file: &FileView<'_>, faults: &RecordFaults, violation: &Violation) -> Finding {
    let mut finding = Finding::new("schema-violation", file.path, violation.span, violation.message.as_str())
        .field(violation.pointer.as_str());
    finding = finding.record(&faults.collection, shared(faults.key.as_deref()));
    if finding.record.is_none() {
        let text = String::from_utf8_lossy(file.slice(violation.span));
        finding = finding.quoted(crate::text::shorten(&text, 200).into_owned());
    }
    finding.hidden.extend(violation.hidden);
    finding.label.clone_from(&violation.label);
    finding.notes.clone_from(&violation.notes);
    match &violation.fix {
        // Only a value in double quotes is replaced: its spelling in the file is known then.
        Some((text, safe)) if file.slice(violation.span).starts_with(b"\"") => {
            let quoted = serde_json::Value::String(text.clone()).to_string();
            finding.fix(format!("write {quoted}"), *safe, violation.span, quoted)
        }
        _ => finding,
    }
}
