//! A status that is written and says nothing known.

use std::collections::HashMap;

use crate::finding::Finding;
use crate::model::status::{Reading, Status, read};
use crate::read::markdown::{Document, Line, Place};
use crate::rules::decisions::{Decision, Decisions};
use crate::rules::{Check, Context};
use crate::text::{RepoPath, escape, shorten};

pub(crate) const CHECK: Check = Check::Database(check);

/// A word that so many records use is no slip but how a team speaks.
const COMMON: usize = 3;

/// What is longer is an explanation, of which nobody can tell whether it names a state.
const WORDS: usize = 6;

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let decisions = Decisions::of(context.database);
    let unknown = || decisions.all.iter().filter(|own| own.status.is_none());
    let mut uses: HashMap<String, usize> = HashMap::new();
    for (raw, _) in unknown().filter_map(|own| own.status_raw.as_ref()) {
        *uses.entry(folded(raw)).or_default() += 1;
    }
    for own in unknown() {
        let Some((raw, span)) = &own.status_raw else { continue };
        let is_common = uses.get(&folded(raw)).is_some_and(|&count| count >= COMMON);
        let what = match read(raw) {
            Reading::State(_) => continue,
            Reading::Placeholder => "nobody filled in the status",
            Reading::Unknown if is_common || raw.split_whitespace().count() > WORDS => continue,
            Reading::Unknown if is_explained(context, own, &folded(raw)) => continue,
            Reading::Unknown => "this says nothing known about where the decision stands",
        };
        findings.push(finding(own, raw, *span, what));
    }
}

fn finding(own: &Decision, raw: &str, span: crate::text::Span, what: &str) -> Finding {
    let states: Vec<&str> = Status::ALL.into_iter().map(Status::name).collect();
    let shown = shorten(&escape(raw), 60).into_owned();
    own.finding("adr-unknown-status", span, format!("{}: {what}: {shown}", own.shown()))
        .field("/status")
        .quoted(raw)
        .note(format!("known states: {}; or write none", states.join(", ")))
}

/// Whether the page of the folder lists `word` among the states: in text that speaks of a status, or stands under a
/// heading that does. What stands in tables is what each record says.
fn is_explained(context: &Context<'_>, own: &Decision, word: &str) -> bool {
    const PAGES: &[&str] = &["README.md", "readme.md", "index.md"];
    let speaks = |text: &str| {
        folded(text).split(' ').any(|word| matches!(word, "status" | "statuses" | "state" | "states"))
    };
    let place = |page: &&str| RepoPath::new(format!("{}/{page}", own.home).trim_start_matches('/'));
    let Some(bytes) = PAGES.iter().map(place).find_map(|path| (context.bytes)(&path)) else { return false };
    let document = Document::read(&String::from_utf8_lossy(&bytes));
    let headed = |line: &Line| line.section.is_some_and(|at| speaks(&document.headings[at].text));
    let tells =
        |line: &&Line| !matches!(line.place, Place::Cell { .. }) && (speaks(&line.text) || headed(line));
    document
        .lines
        .iter()
        .filter(tells)
        .any(|line| format!(" {} ", folded(&line.text)).contains(&format!(" {word} ")))
}

fn folded(raw: &str) -> String {
    raw.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
