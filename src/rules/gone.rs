//! How it is told that something within a file went, whatever it is.

use jiff::civil::Date;

use super::fates::{day, short};
use crate::drift::Gone;
use crate::finding::{Evidence, Finding};
use crate::text::{escape, shorten};

/// " in 1a2b3c4d5 (2026-03-02, "split the page")", or that the change which is looked at did it.
pub(super) fn by(gone: &Gone) -> String {
    match &gone.obituary {
        Some(one) => {
            let summary = shorten(&escape(&one.summary), 60).into_owned();
            format!(" in {} ({}, \"{summary}\")", short(&one.commit), day(one.when.seconds))
        }
        None if gone.is_new => " in this change".to_owned(),
        None => String::new(),
    }
}

/// Adds to a finding since when the document says so, since when it is untrue, and the commits that show it.
pub(super) fn explained(mut finding: Finding, gone: &Gone, today: Date) -> Finding {
    if let Some(one) = &gone.obituary {
        let age = (today - day(one.when.seconds)).get_days().max(0);
        finding = finding
            .note(format!("untrue for {age} {}", if age == 1 { "day" } else { "days" }))
            .evidence(Evidence {
                kind: "commit",
                id: one.commit.clone(),
                date: Some(one.when.rfc3339()),
                summary: format!("{}: {}", one.author, one.summary),
            });
    }
    written(finding, gone.written.as_ref())
}

/// Adds to a finding when the document began to say so.
pub(super) fn written(finding: Finding, written: Option<&(i64, String)>) -> Finding {
    let Some((seconds, commit)) = written else { return finding };
    let date = day(*seconds);
    finding.note(format!("written {date} in {}", short(commit))).evidence(Evidence {
        kind: "commit",
        id: commit.clone(),
        date: Some(date.to_string()),
        summary: "the document began to say so".to_owned(),
    })
}
