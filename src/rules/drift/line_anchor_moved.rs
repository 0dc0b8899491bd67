//! Line numbers of a file whose lines moved.

use crate::drift::MovedLines;
use crate::finding::Finding;
use crate::rules::fates::named;
use crate::rules::gone::written;
use crate::rules::{Check, Context};
use crate::text::{Span, escape, shorten};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    findings.extend(context.texts.lines.iter().map(finding));
}

fn finding(moved: &MovedLines) -> Finding {
    let MovedLines { document, reference, lines, target, was, now, length, fix, .. } = moved;
    let text = shorten(&escape(was), 60).into_owned();
    let message = match now {
        Some(now) => {
            format!("line {} of {}, `{text}`, is line {now} now", lines.first, named(target))
        }
        None => format!("{} has only {length} lines; line {} was `{text}`", named(target), lines.first),
    };
    let span = Span::new(reference.span.start, lines.span.end);
    let quoted = format!("{}:{}-{}", reference.written, lines.first, lines.last);
    let finding = Finding::new("line-anchor-moved", document, span, message).related(target).quoted(quoted);
    let finding = written(finding, moved.written.as_ref());
    let finding = match moved.is_sure || now.is_none() {
        true => finding,
        false => finding.note("the words beside it are not on that line: look whether it was meant"),
    };
    match fix {
        Some(fix) => finding.fix(format!("write {fix}"), moved.is_sure, lines.span, fix.as_str()),
        None => finding,
    }
}
