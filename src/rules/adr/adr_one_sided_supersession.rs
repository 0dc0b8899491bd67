//! A decision that took another's place, and only one of the two says so.

use crate::database::File;
use crate::finding::{Edit, Finding, Fix};
use crate::model::Status;
use crate::model::decision::{Relation, name, relations};
use crate::rules::decisions::{Decision, Decisions};
use crate::rules::{Check, Context};
use crate::text::{Span, escape};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let decisions = Decisions::of(context.database);
    for own in &decisions.all {
        for relation in [Relation::SupersededBy, Relation::Supersedes] {
            for (target, span) in own.related(relation) {
                let Some(other) = decisions.meant(own, target).filter(|other| !other.is(own)) else {
                    continue;
                };
                let answer = match relation {
                    Relation::SupersededBy => Relation::Supersedes,
                    _ => Relation::SupersededBy,
                };
                if is_partial(own, *span, context.database.file(own.id)) {
                    continue;
                }
                let file = context.database.file(other.id);
                if says(&decisions, other, answer, own, file) {
                    continue;
                }
                findings.push(finding(own, other, relation, *span, file));
            }
        }
    }
}

fn finding(own: &Decision, other: &Decision, relation: Relation, span: Span, file: &File) -> Finding {
    let (claim, silence) = match relation {
        Relation::SupersededBy => ("is superseded by", "does not say that it supersedes it"),
        _ => ("supersedes", "does not say that it is superseded"),
    };
    let message = format!("{} {claim} {}, which {silence}", own.shown(), other.shown());
    let mut finding = own
        .finding("adr-one-sided-supersession", span, message)
        .quoted(format!("{claim} {}", other.path.as_str()))
        .related(&other.path);
    if own.path != other.path {
        finding = finding.note(format!("say so in {}", escape(other.path.as_str())));
    }
    finding.fix = if relation == Relation::SupersededBy { answered(own, other, file) } else { None };
    finding
}

/// Whether `other` says, in its fields or anywhere in its text, how it stands to `own`.
fn says(decisions: &Decisions, other: &Decision, answer: Relation, own: &Decision, file: &File) -> bool {
    // A number that two records have may be meant for this one.
    let is_own = |target: &str| decisions.may_mean(other, target, own);
    if other.related(answer).iter().any(|(target, _)| is_own(target)) {
        return true;
    }
    // A decision that was turned down or given up is not in force, whatever was to take its place; one that is
    // superseded without a name leaves open by what.
    let is_over = matches!(other.status, Some(Status::Superseded | Status::Deprecated | Status::Rejected));
    if answer == Relation::SupersededBy && is_over {
        return true;
    }
    let bytes = file.slice(Span::of(0, file.bytes()));
    let text = String::from_utf8_lossy(&bytes);
    let names_own =
        |part: &str| relations::targets(part, other.path.as_str()).iter().any(|(target, _)| is_own(target));
    other.is_document && paragraphs(&text).any(|part| speaks_of_place(part) && names_own(part))
}

/// The paragraphs and list items of a document, as written.
fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n\n").flat_map(|part| part.split("\n- ").flat_map(|item| item.split("\n* ")))
}

/// Whether `text` has a word for taking a place, in whatever form.
fn speaks_of_place(text: &str) -> bool {
    const STEMS: &[&str] = &[
        "supersed",
        "superced",
        "replac",
        "obsolet",
        "overrid",
        "deprecat",
        "instead of",
        "in favo",
        "revis",
    ];
    let lower = text.to_lowercase();
    STEMS.iter().any(|stem| lower.contains(stem))
}

/// Whether only a part of one of the two gives way to the other, so that the rest stays in force.
fn is_partial(own: &Decision, span: Span, file: &File) -> bool {
    const WORDS: &[&str] = &[
        "some",
        "part",
        "parts",
        "partly",
        "partially",
        "aspect",
        "aspects",
        "portion",
        "portions",
        "section",
    ];
    let bytes = file.slice(Span::new(0, span.start));
    let line = bytes.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line).to_lowercase();
    own.is_document && line.split(|c: char| !c.is_alphabetic()).any(|word| WORDS.contains(&word))
}

/// The edit that lets `other` answer, where its status stands as a line of its own under a heading for it.
fn answered(own: &Decision, other: &Decision, file: &File) -> Option<Fix> {
    let (_, status) = other.status_raw.as_ref()?;
    if !other.is_document || !own.is_document || other.home != own.home || other.status.is_none() {
        return None;
    }
    let bytes = file.slice(Span::of(0, file.bytes()));
    let text = std::str::from_utf8(&bytes).ok()?;
    let (before, after) = (text.get(..status.start as usize)?, text.get(status.end as usize..)?);
    let rest = after.split('\n').next().unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let heading = before[..before.len() - line.len()].trim_end().rsplit('\n').next().unwrap_or_default();
    let is_heading = heading.starts_with('#')
        && heading.trim_matches(|c: char| !c.is_alphabetic()).eq_ignore_ascii_case("status");
    let is_alone = line.trim().is_empty() && rest.trim_matches(['.', ' ', '\r']).is_empty();
    let follows = after.get(rest.len()..)?.trim_start_matches('\r');
    let ends_paragraph = follows.trim().is_empty() || follows.replace('\r', "").starts_with("\n\n");
    let file_name = own.path.as_str().rsplit('/').next().unwrap_or_default();
    let is_plain = file_name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if !is_heading || !is_alone || !ends_paragraph || !is_plain || name::folder(own.path.as_str()) != own.home
    {
        return None;
    }
    let end = status.end as usize + rest.trim_end_matches('\r').len();
    let ending = if rest.ends_with('\r') { "\r\n" } else { "\n" };
    let number = own.number.map(|number| format!("{number}. ")).unwrap_or_default();
    let title = own.title.replace(['[', ']'], "");
    let added = format!("{ending}{ending}Supersedes [{number}{title}]({file_name})");
    let edit = Edit { path: other.path.clone(), span: Span::of(end, end), text: added };
    Some(Fix {
        title: format!("say in {} what it supersedes", escape(other.path.as_str())),
        safe: false,
        edits: vec![edit],
    })
}
