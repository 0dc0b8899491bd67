//! Two decisions of one folder under one number.

use crate::finding::Finding;
use crate::model::decision::name;
use crate::rules::decisions::{Decision, Decisions};
use crate::rules::{Check, Context};
use crate::text::escape;

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let decisions = Decisions::of(context);
    let groups = decisions.by_number();
    let mut home = String::new();
    let mut free = 0;
    for group in groups {
        if group[0].home != home || free == 0 {
            home.clone_from(&group[0].home);
            let own = decisions.all.iter().filter(|other| other.home == home);
            free = own.filter_map(|other| other.number).max().unwrap_or_default() + 1;
        }
        // Many folders keep 0 for what has no number yet.
        if group[0].number == Some(0) {
            continue;
        }
        let mut own: Vec<&Decision> =
            group.iter().copied().filter(|one| !is_companion(one, &group)).collect();
        own.sort_by_key(|one| (one.date.map(|(date, _)| date), one.path.as_str().to_owned()));
        let Some((first, others)) = own.split_first() else { continue };
        for other in others {
            findings.push(finding(first, other, free));
            free += 1;
        }
    }
}

fn finding(first: &Decision, other: &Decision, free: i64) -> Finding {
    let number = other.number.unwrap_or_default();
    let path = escape(first.path.as_str()).into_owned();
    let message = format!("number {number} is taken: {} has it", first.shown());
    let mut finding = other
        .finding("adr-number-collision", other.title_span, message)
        .quoted(format!("{number} {}", other.path.as_str()))
        .note(format!("the next free number is {free}; a reference to {number} may mean either"));
    if first.path != other.path {
        finding = finding.note(format!("the other one: {path}")).related(&first.path);
    }
    finding
}

/// Whether a file belongs to another one of the same number: its name goes on where the other's ends, as those of
/// translations and supplements do, or differs in its last two or three letters alone.
fn is_companion(one: &Decision, group: &[&Decision]) -> bool {
    let stem = |decision: &Decision| name::stem(decision.path.as_str()).to_lowercase();
    let own = stem(one);
    one.is_document
        && group.iter().filter(|other| !other.is(one)).any(|other| {
            let other_stem = stem(other);
            let goes_on =
                own.strip_prefix(&*other_stem).is_some_and(|rest| rest.starts_with(['-', '_', '.']));
            let is_same = own == other_stem && other.path < one.path;
            let is_translation = match (translated(&own), translated(&other_stem)) {
                (Some(own), Some(of)) => own == of && other.path < one.path,
                _ => false,
            };
            goes_on || is_same || is_translation
        })
}

/// The name in front of `.en` or `.pt-br`.
fn translated(stem: &str) -> Option<&str> {
    let (name, language) = stem.rsplit_once('.')?;
    let is_language =
        matches!(language.len(), 2 | 3 | 5) && language.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    is_language.then_some(name)
}
