//! How a finding about a document that did not keep up is worded, whichever rule makes it.

use jiff::civil::Date;

use super::Context;
use crate::drift::{At, Change, Lapse, Since};
use crate::finding::{Evidence, Finding, Severity};
use crate::text::{RepoPath, escape, shorten};

/// A finding of `rule` at what `lapse` is about.
pub(super) fn finding(rule: &'static str, lapse: &Lapse, message: String) -> Finding {
    Finding::new(rule, &lapse.document, lapse.span, message)
}

/// A finding of `rule` about `change`, which weighs more when lines changed that hold what the document quotes.
pub(super) fn about(
    context: &Context<'_>,
    rule: &'static str,
    lapse: &Lapse,
    message: String,
    change: &Change,
) -> Finding {
    /// Files that a finding is about.
    const MOST: usize = 50;
    let mut found = finding(rule, lapse, message);
    for file in change.files.iter().take(MOST) {
        found = found.related(file);
    }
    if !change.quoted.is_empty() {
        let names: Vec<String> = change.quoted.iter().take(5).map(|name| shown(name)).collect();
        let rest = change.quoted.len().saturating_sub(names.len());
        let more = if rest == 0 { String::new() } else { format!(" and {rest} more") };
        found = found.note(format!("lines changed that hold {}{more}, which it quotes", names.join(", ")));
    }
    if let Some((first, last)) = &change.span {
        found = shown_by(
            found.note(when(first, last, context.today)),
            first,
            "the first change since the review",
        );
        if last != first {
            found = shown_by(found, last, "the last change");
        }
    }
    match &change.since {
        Since::Receipt(path) => found.note(format!("counted from its receipt, {}", shown(path.as_str()))),
        Since::Together(at) => {
            found.note(format!("counted from {}, which changed the document together with them", said(at)))
        }
        Since::Declared(at) => {
            found.note(format!("counted from {}, since which it says that it covers them", said(at)))
        }
        Since::Base => found,
    }
}

/// `finding`, which is an error when lines changed that hold what the document quotes.
pub(super) fn weighed(mut finding: Finding, change: &Change) -> Finding {
    if !change.quoted.is_empty() {
        finding.severity = Some(Severity::Error);
    }
    finding
}

/// The files of a change, in words.
pub(super) fn files(change: &Change) -> String {
    /// Files that are named.
    const MOST: usize = 3;
    let names: Vec<String> = change.files.iter().take(MOST).map(|path| shown(path.as_str())).collect();
    match change.files.len().saturating_sub(MOST) {
        0 => names.join(", "),
        rest => format!("{} and {rest} more", names.join(", ")),
    }
}

/// A moment, in words.
pub(super) fn said(at: &At) -> String {
    match &at.commit {
        Some((_, id)) => format!("{} ({})", id.get(..9).unwrap_or(id), at.day),
        None => "what is not committed".to_owned(),
    }
}

/// `finding` with a moment as evidence, when it is a commit.
pub(super) fn shown_by(finding: Finding, at: &At, summary: &str) -> Finding {
    let Some((_, id)) = &at.commit else { return finding };
    let date = Some(at.day.to_string());
    finding.evidence(Evidence { kind: "commit", id: id.clone(), date, summary: summary.to_owned() })
}

/// How many days, in words.
pub(super) fn days(from: Date, until: Date) -> String {
    let days = (until - from).get_days().max(0);
    format!("{days} {}", if days == 1 { "day" } else { "days" })
}

pub(super) fn shown(path: &str) -> String {
    shorten(&escape(path), 120).into_owned()
}

/// What a document is called in a sentence, for the way out.
pub(super) fn way_out(document: &RepoPath) -> String {
    format!(
        "change the document, or say that it is still true with `opsbook drift ack {}`",
        shown(document.as_str())
    )
}

fn when(first: &At, last: &At, today: Date) -> String {
    let age = days(first.day, today);
    match first == last {
        true if first.commit.is_none() => "that is not committed yet".to_owned(),
        true => format!("changed in {}, {age} ago", said(first)),
        false => format!("changed from {} to {}; the first is {age} ago", said(first), said(last)),
    }
}
