//! A command that nothing defines any more, or ever did.

use crate::drift::{CommandEnd, LostCommand};
use crate::finding::{Finding, Severity};
use crate::rules::fates::named;
use crate::rules::gone::{by, explained};
use crate::rules::{Check, Context};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    findings.extend(context.texts.commands.iter().map(|lost| finding(context, lost)));
}

fn finding(context: &Context<'_>, lost: &LostCommand) -> Finding {
    let LostCommand { document, span, kind, name, words, registry, near, end } = lost;
    let (noun, place) = (kind.noun(), named(registry));
    let new = |message: String| {
        Finding::new("unknown-command", document, *span, message).related(registry).quoted(words.as_str())
    };
    let finding = match end {
        CommandEnd::Died(gone) => {
            let message =
                format!("nothing defines the {noun} {name} any more: it went from {place}{}", by(gone));
            let mut finding = explained(new(message), gone, context.today);
            finding.severity = Some(Severity::Error);
            finding
        }
        CommandEnd::Never => new(format!("nothing defines the {noun} {name}, {place} neither")),
    };
    match near {
        Some(near) => finding.note(format!("there is a {noun} {near}")),
        None => finding,
    }
}
