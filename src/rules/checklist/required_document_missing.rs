//! A document that the configuration requires and that is not there.

use crate::finding::{Edit, Finding, Fix};
use crate::rules::{Check, Context};
use crate::text::{Span, escape};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(file) = &context.config.file else { return };
    for required in &context.config.required {
        if (context.has_file)(&required.files) {
            continue;
        }
        let message = format!("there is no {}", escape(&required.pattern));
        let mut finding = Finding::new("required-document-missing", file, required.span, message)
            .quoted(required.pattern.as_str());
        finding.notes.extend(required.because.clone());
        if let Some(path) = &required.path {
            let edit = Edit { path: path.clone(), span: Span::default(), text: required.scaffold() };
            let title = format!("make {}", escape(path.as_str()));
            finding.fix = Some(Fix { title, safe: true, edits: vec![edit] });
        }
        findings.push(finding);
    }
}
