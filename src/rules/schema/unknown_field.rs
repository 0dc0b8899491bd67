//! A field that the schema does not describe: allowed, but often a misspelt one.

use crate::database::FileView;
use crate::finding::Finding;
use crate::read::tape::escape_pointer;
use crate::rules::{Check, shared};
use crate::text::{escape, shorten};

pub(crate) const CHECK: Check = Check::File(check);

fn check(file: &FileView<'_>, findings: &mut Vec<Finding>) {
    for faults in file.faults {
        for field in &faults.unknown {
            let name = shorten(&escape(&field.name), 40).into_owned();
            let message = format!("{name} is no field that {} describes", faults.collection);
            let mut finding = Finding::new("unknown-field", file.path, field.span, message)
                .record(&faults.collection, shared(faults.key.as_deref()))
                .field(format!("/{}", escape_pointer(&field.name)))
                .quoted(field.name.as_str());
            if let Some(near) = &field.nearest {
                finding = finding.label(format!("did you mean {near}?"));
                if file.slice(field.span).starts_with(b"\"") {
                    finding =
                        finding.fix(format!("rename it to {near}"), false, field.span, format!("\"{near}\""));
                }
            }
            findings.push(finding);
        }
    }
}
