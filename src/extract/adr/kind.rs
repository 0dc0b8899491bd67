//! Whether a file holds a decision, or speaks of decisions: indexes, templates and annexes lie in the same folders.

use super::Adr;
use super::parts::{Part, Section, body, is_plainly, plain};
use crate::extract::Source;
use crate::model::decision::name;
use crate::read::markdown::LinkKind;

/// Says, in a sentence, why the file holds no decision record, when it holds none. `is_kept` says whether it lies where
/// decisions are kept.
pub(super) fn judge(adr: &Adr<'_, '_>, is_kept: bool) -> Result<(), String> {
    if is_template(adr) {
        return Err("it is a template".to_owned());
    }
    if is_annex(adr) {
        return Err("it is an annex to another record".to_owned());
    }
    if is_about_the_folder(adr) {
        return Err("it is about the folder, not a decision".to_owned());
    }
    if is_index(adr) {
        return Err("it is an index of other records".to_owned());
    }
    if !is_kept && is_about_another(adr) {
        return Err("it is about a decision, and none itself".to_owned());
    }
    if !is_kept && is_among_plans(adr.source.path) {
        return Err("it is kept among plans or specifications".to_owned());
    }
    let is_home = is_kept || adr.name.is_marked;
    let has = |part| adr.sections.iter().any(|section| section.part == Some(part));
    let parts = [Part::Context, Part::Decision, Part::Consequences].into_iter().filter(|part| has(*part));
    let has_status = adr.facts.has_status();
    let is_named = adr.name.number.is_some() || adr.name.date.is_some() || adr.title_number.is_some();
    let evidence = parts.count() + usize::from(has_status) + usize::from(adr.is_titled_so);
    let is_record = match (is_home, is_named) {
        _ if has_both_parts(&adr.sections) => true,
        (true, true) => evidence > 0,
        (true, false) => evidence > 1,
        (false, _) => adr.is_titled_so && has_status,
    };
    match is_record {
        true if adr.title.is_none() && adr.name.words.is_empty() => Err("it has no title".to_owned()),
        true => Ok(()),
        false => Err("it has neither the parts nor the status of a decision record".to_owned()),
    }
}

/// Whether the headings of a document have a context and, after it and on the same level, a decision, once each. Hardly
/// any other document does: a proposal has a motivation or a background, minutes have decisions.
pub(super) fn may_be_anywhere(source: &Source<'_>) -> bool {
    let (mut context, mut decision) = (None, None);
    for (at, heading) in source.document.headings.iter().enumerate() {
        let name = plain(&heading.text);
        let found = match plainest(&name) {
            Some(Part::Context) => &mut context,
            Some(Part::Decision) => &mut decision,
            _ => continue,
        };
        if found.replace((at, heading.level)).is_some() {
            return false;
        }
    }
    matches!((context, decision), (Some((at, level)), Some((after, same))) if at < after && level == same)
}

/// The part that a section called `name` opens, where no other document has such a section.
fn plainest(name: &str) -> Option<Part> {
    const CONTEXT: &[&str] = &["context", "kontext", "contexto", "contexte"];
    let first = name.split(' ').next().unwrap_or_default();
    if CONTEXT.contains(&first) && is_plainly(name, Part::Context) {
        return Some(Part::Context);
    }
    (first != "decisions" && is_plainly(name, Part::Decision)).then_some(Part::Decision)
}

/// Whether a document whose place says nothing is a decision record: one with the parts, that says which one it is or
/// of which day, and what came of it. Templates and texts about decision records say neither.
pub(super) fn is_beyond_doubt(adr: &Adr<'_, '_>) -> bool {
    let is_other = is_template(adr) || is_annex(adr) || is_about_the_folder(adr) || is_index(adr);
    let is_other = is_other || is_about_another(adr) || is_among_plans(adr.source.path);
    let says = |part| body(&adr.sections, part).is_some_and(|body| !body.is_empty());
    let is_one = adr.title_number.is_some() || adr.name.date.is_some() || adr.facts.date().is_some();
    let is_settled = matches!(adr.facts.status(), Some((Some(_), ..))) || says(Part::Consequences);
    !is_other && adr.title.is_some() && says(Part::Context) && says(Part::Decision) && is_one && is_settled
}

/// Whether context and decision have sections of their own, and plain names.
pub(super) fn has_both_parts(sections: &[Section]) -> bool {
    let has = |part| sections.iter().any(|section| is_plainly(&section.name, part));
    has(Part::Context) && has(Part::Decision)
}

fn is_template(adr: &Adr<'_, '_>) -> bool {
    const AROUND: &[&str] = &[
        "template",
        "templates",
        "adr",
        "adrs",
        "madr",
        "short",
        "long",
        "full",
        "bare",
        "minimal",
        "simple",
        "basic",
        "example",
        "sample",
        "decision",
        "decisions",
        "record",
        "records",
        "architecture",
        "architectural",
        "title",
        "name",
        "of",
        "the",
        "nygard",
        "nnn",
        "nnnn",
        "xxx",
        "xxxx",
        "your",
        "here",
        "en",
        "new",
    ];
    const BLANKS: &[&str] = &["nnn", "nnnn", "xxx", "xxxx", "yyyy", "yyyymmdd", "template", "templates"];
    let words = &adr.name.words;
    let is_around =
        |word: &String| AROUND.contains(&&**word) || word.bytes().all(|byte| byte.is_ascii_digit());
    let by_name = words.iter().any(|word| BLANKS.contains(&&**word)) && words.iter().all(is_around)
        || words.first().is_some_and(|word| {
            matches!(&**word, "nnn" | "nnnn" | "xxx" | "xxxx" | "yyyy" | "yyyymmdd" | "template")
        });
    let by_name = by_name
        || (adr.name.number.unwrap_or_default() == 0 && words.last().is_some_and(|word| word == "template"));
    let in_folder = adr.source.path.split('/').rev().skip(1).any(|folder| {
        matches!(
            &*folder.to_lowercase(),
            "template" | "templates" | "_templates" | ".templates" | "adr-templates"
        )
    });
    let title = adr.title.as_ref().map_or("", |(title, _)| title.trim());
    let has_ends = |open: char, close: char| {
        title
            .strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
            .is_some_and(|rest| !rest.contains(open))
    };
    // Some put their titles into brackets; a template then has no status yet.
    let is_filled_in = matches!(adr.facts.status(), Some((Some(_), ..))) && adr.name.number.is_some();
    let is_blank = has_ends('[', ']') && !is_filled_in || has_ends('{', '}') || has_ends('<', '>');
    let lower = plain(title);
    let titled = is_blank && !title.contains("](")
        || matches!(
            &*lower,
            "title"
                | "short title"
                | "adr title"
                | "number title"
                | "adr template"
                | "template"
                | "decision title"
                | "nnnn title"
                | "adr nnn title"
        )
        || (adr.name.number.is_none()
            && lower.split(' ').any(|word| word == "template")
            && adr.sections.len() < 3);
    by_name || in_folder || titled
}

fn is_annex(adr: &Adr<'_, '_>) -> bool {
    let is_mark = |word: &str| {
        matches!(word, "annex" | "annexe" | "appendix" | "addendum" | "supplement" | "attachment")
    };
    let words = &adr.name.words;
    let by_name =
        words.first().is_some_and(|word| is_mark(word)) || words.last().is_some_and(|word| is_mark(word));
    let title = plain(adr.title.as_ref().map_or("", |(title, _)| title));
    by_name || title.split(' ').next().is_some_and(is_mark)
}

/// Whether the file's name tells of a decision beside something else: a number stands before the mark, as that of the
/// task in `task-42-adr-7-review.md`; or another one behind it, as in `adr-7-12-gaps.md`; or the last word is one for a
/// text on decisions.
fn is_about_another(adr: &Adr<'_, '_>) -> bool {
    const TEXTS: &[&str] = &["review", "audit", "checklist", "retrospective"];
    let is_number = |word: &String| word.bytes().all(|byte| byte.is_ascii_digit());
    let behind = adr.name.words.get(adr.name.series.len());
    let is_range = behind.is_some_and(|word| word.len() > 2 && is_number(word));
    let is_text = adr.name.words.last().is_some_and(|word| TEXTS.contains(&&**word));
    adr.name.is_marked && (adr.name.series.iter().any(is_number) || is_range || is_text)
}

/// Whether a folder on the way says that plans or specifications are kept there. They have a context and decisions, too.
fn is_among_plans(path: &str) -> bool {
    const PLANS: &[&str] = &["plans", "plan", "specs", "spec", "specifications", "specification", "roadmaps"];
    path.split('/').rev().skip(1).any(|folder| PLANS.contains(&&*folder.to_lowercase()))
}

/// Whether the file's name is one that a folder's own pages have.
fn is_about_the_folder(adr: &Adr<'_, '_>) -> bool {
    const PAGES: &[&str] = &[
        "readme",
        "index",
        "toc",
        "contributing",
        "changelog",
        "log",
        "summary",
        "about",
        "guide",
        "guidelines",
        "glossary",
        "table of contents",
        "adr log",
        "adr index",
        "decision log",
        "process",
        "adr process",
        "adr readme",
        "home",
        "sidebar",
        "decisions",
        "adrs",
        "all",
        "list",
        "license",
        "overview",
    ];
    adr.name.number.is_none() && adr.name.date.is_none() && PAGES.contains(&&*adr.name.words.join(" "))
}

/// Whether most of the file is links to other records.
fn is_index(adr: &Adr<'_, '_>) -> bool {
    const MANY: usize = 4;
    if adr.name.number.is_some()
        || adr.name.date.is_some()
        || adr.sections.iter().any(|section| section.part == Some(Part::Decision))
    {
        return false;
    }
    let document = adr.source.document;
    let is_record = |destination: &str| {
        let stem = name::stem(destination.split('#').next().unwrap_or_default());
        !destination.contains("://")
            && (name::Name::of(stem).number.is_some() || name::Name::of(stem).date.is_some())
    };
    let inner =
        document.links.iter().filter(|link| link.kind != LinkKind::Image && is_record(&link.destination));
    let linked = inner.count();
    linked >= MANY && linked * 3 >= document.lines.len()
}
