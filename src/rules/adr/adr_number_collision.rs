//! Two decisions of one folder under one number, here or once another ref is merged.

use std::collections::HashMap;

use crate::finding::Finding;
use crate::model::decision::Name;
use crate::model::decision::name;
use crate::rules::decisions::{Decision, Decisions};
use crate::rules::{Check, Context, Elsewhere};
use crate::text::{RepoPath, escape};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let decisions = Decisions::of(context.database);
    let others: Vec<Other<'_>> = context
        .elsewhere
        .iter()
        .map(|side| Other { side, decisions: Decisions::of(&side.database) })
        .collect();
    let mut free = Free::of(&decisions, &others);
    for group in decisions.by_number() {
        // Many folders keep 0 for what has no number yet.
        if group[0].number == Some(0) {
            continue;
        }
        let is_companion = |one: &Decision| group.iter().any(|other| !other.is(one) && goes_with(one, other));
        let mut own: Vec<&Decision> = group.iter().copied().filter(|one| !is_companion(one)).collect();
        own.sort_by_key(|one| (one.date.map(|(date, _)| date), one.path.as_str().to_owned()));
        let Some((first, later)) = own.split_first() else { continue };
        for one in later {
            findings.push(taken_here(one, first, free.next(&one.home)));
        }
        let elsewhere = taken_elsewhere(first, &others);
        if !elsewhere.is_empty() {
            findings.push(taken_there(first, &elsewhere, free.next(&first.home)));
        }
    }
}

/// A finding about `own`, whose number the record `first` of the same snapshot has.
fn taken_here(own: &Decision, first: &Decision, free: i64) -> Finding {
    let number = own.number.unwrap_or_default();
    let message = format!("number {number} is taken: {} has it", first.shown());
    let mut finding = finding(own, message)
        .note(format!("the next free number is {free}; a reference to {number} may mean either"));
    if first.path != own.path {
        let path = escape(first.path.as_str()).into_owned();
        finding = finding.note(format!("the other one: {path}")).related(&first.path);
    }
    with_command(finding, own, free)
}

/// A finding about `own`, whose number records of other refs have, of which there is at least one.
fn taken_there(own: &Decision, others: &[Taken<'_>], free: i64) -> Finding {
    let number = own.number.unwrap_or_default();
    let (first, refs) = &others[0];
    let message = format!("number {number} is taken: {} has it on {}", first.shown(), listed(refs));
    let mut finding = finding(own, message).note(format!(
        "the next number free on both sides is {free}; after the merge, a reference to {number} may mean either"
    ));
    for (other, refs) in others {
        let path = escape(other.path.as_str());
        finding = finding.note(format!("the other one: {path} on {}", listed(refs)));
    }
    with_command(finding, own, free)
}

/// Names the command that mends it, where there is one and a shell takes the path as it is.
fn with_command(finding: Finding, own: &Decision, free: i64) -> Finding {
    let path = own.path.as_str();
    let is_plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._/-".contains(&byte));
    let is_page = name::folder(path) != own.path.parent();
    if !own.is_document || is_page || !is_plain || path.starts_with('-') {
        return finding;
    }
    finding.note(format!("`opsbook renumber {path} --to {free}` changes it, and what links to it"))
}

fn finding(own: &Decision, message: String) -> Finding {
    let number = own.number.unwrap_or_default();
    own.finding("adr-number-collision", own.title_span, message)
        .quoted(format!("{number} {}", own.path.as_str()))
}

/// Names of refs as a list.
fn listed(refs: &[&str]) -> String {
    refs.iter().map(|name| escape(name)).collect::<Vec<_>>().join(" and ")
}

/// Another ref with its decisions.
struct Other<'a> {
    side: &'a Elsewhere,
    decisions: Decisions,
}

/// A record of other refs, and their names.
type Taken<'a> = (&'a Decision, Vec<&'a str>);

/// The records of other refs that took the number of `own` while it was taken here. A file that one side renamed is
/// none: it is not new on both, and keeps its title.
fn taken_elsewhere<'a>(own: &Decision, others: &'a [Other<'_>]) -> Vec<Taken<'a>> {
    let mut taken: Vec<Taken<'a>> = Vec::new();
    for Other { side, decisions } in others {
        let had = |path: &RepoPath| {
            let name = Name::of(name::stem(path.as_str()));
            (name::folder(path.as_str()), name.number) == (&*own.home, own.number)
                && name.series == own.series()
        };
        if !side.new_here.contains(&own.path) || side.before.iter().any(had) {
            continue;
        }
        for other in &decisions.all {
            let is_same = (&other.home, other.number) == (&own.home, own.number)
                && other.series() == own.series()
                && !title(other).eq(&title(own));
            if !is_same || goes_with(own, other) || goes_with(other, own) {
                continue;
            }
            match taken.iter_mut().find(|(known, _)| known.path == other.path) {
                Some((_, refs)) => refs.push(&side.name),
                None => taken.push((other, vec![&side.name])),
            }
        }
    }
    taken
}

/// A title by which a record is known again.
fn title(decision: &Decision) -> String {
    decision.title.trim().to_lowercase()
}

/// Whether the file of `one` belongs to that of `other`: its name goes on where the other's ends, as those of
/// translations and supplements do, or differs in its last two or three letters alone.
fn goes_with(one: &Decision, other: &Decision) -> bool {
    let stem = |decision: &Decision| name::stem(decision.path.as_str()).to_lowercase();
    let (own, other_stem) = (stem(one), stem(other));
    let goes_on = own.strip_prefix(&*other_stem).is_some_and(|rest| rest.starts_with(['-', '_', '.']));
    let is_same = own == other_stem && other.path < one.path;
    let is_translation = match (translated(&own), translated(&other_stem)) {
        (Some(own), Some(of)) => own == of && other.path < one.path,
        _ => false,
    };
    one.is_document && (goes_on || is_same || is_translation)
}

/// The name in front of `.en` or `.pt-br`.
fn translated(stem: &str) -> Option<&str> {
    let (name, language) = stem.rsplit_once('.')?;
    let is_language =
        matches!(language.len(), 2 | 3 | 5) && language.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    is_language.then_some(name)
}

/// The highest number of each folder, here and in what is to be merged.
struct Free(HashMap<String, i64>);

impl Free {
    fn of(decisions: &Decisions, others: &[Other<'_>]) -> Self {
        let mut free = Self(HashMap::new());
        let theirs = others.iter().flat_map(|other| &other.decisions.all);
        for one in decisions.all.iter().chain(theirs) {
            free.count(&one.home, one.number);
        }
        for path in others.iter().flat_map(|other| &other.side.before) {
            free.count(name::folder(path.as_str()), Name::of(name::stem(path.as_str())).number);
        }
        free
    }

    fn count(&mut self, home: &str, number: Option<i64>) {
        let highest = self.0.entry(home.to_owned()).or_default();
        *highest = (*highest).max(number.unwrap_or_default());
    }

    /// The next free number of a folder, which is then no longer free.
    fn next(&mut self, home: &str) -> i64 {
        let highest = self.0.entry(home.to_owned()).or_default();
        *highest += 1;
        *highest
    }
}
