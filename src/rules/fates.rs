//! How a finding about a reference to something that went is worded, whichever rule makes it.
//!
//! The message names what was referred to, where it is now, and the commit that is the reason; the evidence carries the
//! same for programs.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Context;
use crate::config::Class;
use crate::drift::{Death, End, Fate};
use crate::finding::{Evidence, Finding, Severity};
use crate::text::{RepoPath, Span, escape, shorten};

/// The findings of `rule` about the references that died and that `wanted` accepts.
pub(super) fn died(
    context: &Context<'_>,
    rule: &'static str,
    wanted: &dyn Fn(&Fate, &Death) -> bool,
    findings: &mut Vec<Finding>,
) {
    for fate in context.fates {
        if let End::Died(death) = &fate.end
            && wanted(fate, death)
        {
            let found = finding(rule, fate, death, context.today);
            findings.push(if is_certain(fate) {
                found
            } else {
                Finding { severity: Some(Severity::Warning), ..found }
            });
        }
    }
}

/// Whether what went makes the document wrong: it has to be true now, or it was true until this very change, which can
/// still mend its links.
pub(super) const fn is_wrong(fate: &Fate, death: &Death) -> bool {
    !matches!(fate.class, Class::Record) || (death.is_new && fate.reference.kind.is_link())
}

/// Whether the evidence is as strong as it gets. Words of a plan speak of several times at once.
const fn is_certain(fate: &Fate) -> bool {
    match (fate.class, fate.reference.kind.is_link()) {
        (Class::Record, _) => true,
        (Class::Plan, false) => false,
        _ => !fate.is_doubtful,
    }
}

fn finding(rule: &'static str, fate: &Fate, death: &Death, today: Date) -> Finding {
    let Fate { document, reference, path, .. } = fate;
    let mut finding = Finding::new(rule, document, reference.span, message(fate, death))
        .related(path)
        .quoted(reference.written.as_str());
    if death.document_was.is_none() && reference.path.trim_matches('/') != path.as_str() {
        finding = finding.note(format!("'{}' leads to {}", shown(&reference.written), shown(path.as_str())));
    }
    if let Some(home) = &death.home {
        finding = finding.related(&home.path);
        if !home.by_way_of.is_empty() {
            let places: Vec<String> = home.by_way_of.iter().map(|place| shown(place.as_str())).collect();
            finding = finding.note(format!("by way of {}", places.join(", ")));
        }
        if !home.is_sure {
            finding =
                finding.note("it is not certain that this is the same: look before you change the reference");
        }
    }
    if let Some((seconds, commit)) = &death.written {
        let date = day(*seconds);
        finding = finding.note(format!("written {date} in {}", short(commit))).evidence(Evidence {
            kind: "commit",
            id: commit.clone(),
            date: Some(date.to_string()),
            summary: "the reference was written".to_owned(),
        });
    }
    match &death.obituary {
        Some(obituary) => {
            let age = (today - day(obituary.when.seconds)).get_days().max(0);
            finding = finding.note(format!("untrue for {age} {}", if age == 1 { "day" } else { "days" }));
            finding.evidence.insert(
                0,
                Evidence {
                    kind: "commit",
                    id: obituary.commit.clone(),
                    date: Some(obituary.when.rfc3339()),
                    summary: format!("{}: {}", obituary.author, obituary.summary),
                },
            );
        }
        None if death.home.is_none() => {
            finding = finding.note("the commit before still has it: bring it back, or change the reference");
        }
        None => {}
    }
    let Some(text) = &death.fix else { return finding };
    // The path as written, which ends where a fragment or a line number begins.
    let span = Span::new(reference.span.start, reference.span.end);
    finding.fix(format!("write {text}"), true, span, text.as_str())
}

fn message(fate: &Fate, death: &Death) -> String {
    let path = shown(fate.path.as_str());
    let by = match &death.obituary {
        Some(one) => {
            let summary = shorten(&escape(&one.summary), 60).into_owned();
            format!(" in {} ({}, \"{summary}\")", short(&one.commit), day(one.when.seconds))
        }
        None => String::new(),
    };
    match (&death.document_was, &death.home) {
        (Some(was), home) => {
            let home = home.as_ref().map(|home| shown(home.path.as_str())).filter(|home| *home != path);
            format!(
                "'{}' led to {path} before this document was moved from {}{by}{}",
                shown(&fate.reference.written),
                shown(was.as_str()),
                home.map(|home| format!("; it is at {home} now")).unwrap_or_default()
            )
        }
        (None, Some(home)) if home.is_sure => {
            format!("{path} was moved to {}{by}", shown(home.path.as_str()))
        }
        (None, Some(home)) => {
            format!("{path} is no longer there{by}; it may have become {}", shown(home.path.as_str()))
        }
        (None, None) => format!("{path} was deleted{by}"),
    }
}

pub(super) fn shown(path: &str) -> String {
    shorten(&escape(path), 120).into_owned()
}

pub(super) fn short(commit: &str) -> &str {
    commit.get(..9).unwrap_or(commit)
}

pub(super) fn day(seconds: i64) -> Date {
    let moment = Timestamp::from_second(seconds).unwrap_or_default();
    moment.to_zoned(TimeZone::UTC).date()
}

/// What a document at `path` is called in a sentence.
pub(super) fn named(path: &RepoPath) -> String {
    shown(path.as_str())
}
