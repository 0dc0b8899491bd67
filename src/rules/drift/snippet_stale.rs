//! A block of code that is marked as a copy, and is none any more.

use crate::drift::{Snippet, SnippetFault};
use crate::finding::{Finding, Severity};
use crate::rules::fates::named;
use crate::rules::{Check, Context};
use crate::text::{escape, shorten};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    findings.extend(context.texts.snippets.iter().map(finding));
}

fn finding(snippet: &Snippet) -> Finding {
    let Snippet { document, span, written, path, fault } = snippet;
    let new = |message: String| {
        Finding::new("snippet-stale", document, *span, message).related(path).quoted(written.as_str())
    };
    let path = named(path);
    match fault {
        SnippetFault::NoFile => {
            let mut finding = new(format!("the block is marked as a copy of {path}, which is not there"));
            finding.severity = Some(Severity::Error);
            finding
        }
        SnippetFault::NoPart(part) => {
            let part = shorten(&escape(part), 80).into_owned();
            let mut finding = new(format!("the block is marked as a copy of {path}, which has no {part}"));
            finding.severity = Some(Severity::Error);
            finding
        }
        SnippetFault::Differs { line, fix } => {
            let finding = new(format!("the copy of {path} differs from it, first in line {line}"));
            match fix {
                Some((span, text)) => finding.fix("copy the block anew", true, *span, text.as_str()),
                None => finding.note("the lines that were meant changed: name them anew"),
            }
        }
        SnippetFault::Moved(span, numbers) => new(format!(
            "the lines that are copied are {numbers} of {path} now"
        ))
        .fix(format!("write {numbers}"), true, *span, numbers.as_str()),
    }
}
