//! A link to a heading that is not there.

use crate::config::Class;
use crate::drift::{AnchorEnd, LostAnchor};
use crate::finding::{Finding, Severity};
use crate::rules::fates::named;
use crate::rules::gone::{by, explained};
use crate::rules::{Check, Context};
use crate::text::{Span, escape, shorten};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    findings.extend(context.texts.anchors.iter().filter_map(|lost| finding(context, lost)));
}

fn finding(context: &Context<'_>, lost: &LostAnchor) -> Option<Finding> {
    let anchor = shorten(&escape(&lost.anchor.text), 80).into_owned();
    let place = match lost.target == lost.document {
        true => "this document".to_owned(),
        false => named(&lost.target),
    };
    let span = Span::new(lost.reference.span.start.min(lost.anchor.span.start), lost.anchor.span.end);
    let new = |message: String| {
        let quoted = format!("{}#{}", lost.reference.written, lost.anchor.text);
        Finding::new("broken-anchor", &lost.document, span, message).related(&lost.target).quoted(quoted)
    };
    match &lost.end {
        AnchorEnd::Died { gone, successor, is_sure } => {
            // What a record says was true on its day, until this very change.
            if lost.class == Class::Record && !(gone.is_new && lost.reference.kind.is_link()) {
                return None;
            }
            let by = by(gone);
            let message = match successor.as_ref().filter(|_| *is_sure) {
                Some((slug, _)) => format!("the heading #{anchor} of {place} became #{slug}{by}"),
                None => format!("{place} has no heading #{anchor} any more: it went{by}"),
            };
            let mut finding = explained(new(message), gone, context.today);
            if let Some((slug, text)) = successor {
                let text = shorten(&escape(text), 80).into_owned();
                match is_sure {
                    true if lost.reference.is_verbatim => {
                        finding =
                            finding.fix(format!("write #{slug}"), true, lost.anchor.span, slug.as_str());
                    }
                    true => finding = finding.note(format!("it is called '{text}' now")),
                    false => {
                        finding =
                            finding.note(format!("there is #{slug}, '{text}', which may not be the same"))
                    }
                }
            }
            Some(finding)
        }
        AnchorEnd::Near(slug) => {
            if lost.class == Class::Record {
                return None;
            }
            let mut finding = new(format!("{place} has no heading #{anchor}; #{slug} is almost the same"));
            finding.severity = Some(Severity::Warning);
            Some(finding)
        }
    }
}
