//! Pages of rules that a repository brings: Markdown with front matter, and a block of SQL that is the rule.
//!
//! The form is that of the built-in pages, of which less is required. Whether the statement can be asked is seen when it
//! is; this module knows neither files nor tables.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use super::{FixKind, Rule};
use crate::config::Mistake;
use crate::finding::Severity;
use crate::read::markdown::{FrontMatterKind, front_matter};
use crate::read::tape::{Tape, Value};
use crate::read::yaml;
use crate::text::{Span, escape};

/// The group of rules whose page names none.
const GROUP: &str = "policy";

/// A page that was read: its rule, as far as there is one, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Page {
    /// The rule.
    pub rule: Option<&'static Rule>,
    /// What is wrong, at the bytes of the page.
    pub mistakes: Vec<Mistake>,
}

/// Reads the page of a rule. A page without front matter is no rule, but some other document, and nothing is said of it.
#[must_use]
pub fn read_page(text: &str) -> Page {
    let mut page = Page::default();
    let Some(front) = front_matter(text).filter(|front| front.kind == FrontMatterKind::Yaml) else {
        return page;
    };
    let mut tape = Tape::new();
    for problem in yaml::read(text, front.inner, &mut tape) {
        page.mistakes.push(Mistake::new(problem.span, "", problem.message));
    }
    let Some(fields) = tape.root(text) else { return page };
    let start = Span::new(front.inner.start, front.inner.start);
    let text_of = |name: &str| fields.get(name).and_then(|value| value.as_str());
    let Some(id) = text_of("id") else {
        page.mistakes.push(Mistake::new(start, "/id", "the page of a rule says its id"));
        return page;
    };
    let at = |name: &str| fields.get(name).map_or(start, |value| value.span());
    if !is_kebab(id) {
        let message = format!("\"{}\" is no id: it is words of lower case, joined by hyphens", escape(id));
        page.mistakes.push(Mistake::new(at("id"), "/id", message));
    } else if Rule::from_id(id).is_some() {
        page.mistakes.push(Mistake::new(at("id"), "/id", format!("{id} is a built-in rule")));
    }
    let severity = one_of(&fields, "severity", &["error", "warning", "info"], &mut page);
    let default = one_of(&fields, "default", &["on", "off"], &mut page);
    let known = ["id", "group", "severity", "default", "since", "fix", "summary"];
    for (name, _) in fields.members() {
        let text = name.as_str().unwrap_or_default();
        if !known.contains(&text) {
            let mut mistake =
                Mistake::new(name.span(), "", format!("the page of a rule has no field {}", escape(text)));
            mistake.notes.push(format!("known here: {}", known.join(", ")));
            page.mistakes.push(mistake);
        }
    }
    let rule = Rule {
        id: kept(id),
        group: kept(text_of("group").filter(|group| is_kebab(group)).unwrap_or(GROUP)),
        severity: severity.and_then(Severity::from_name).unwrap_or(Severity::Warning),
        on: default != Some("off"),
        since: "",
        fix: FixKind::Never,
        summary: kept(text_of("summary").unwrap_or_default()),
        page: kept(text),
        check: None,
    };
    if rule.sql().is_none() {
        page.mistakes.push(Mistake::new(
            start,
            "/sql",
            "the page of a rule has a block of SQL, fenced as ```sql",
        ));
    }
    if page.mistakes.is_empty() {
        page.rule = Some(Box::leak(Box::new(rule)));
    }
    page
}

fn one_of<'v>(fields: &Value<'v>, name: &str, allowed: &[&str], page: &mut Page) -> Option<&'v str> {
    let value = fields.get(name)?;
    // YAML of old reads on and off as true and false.
    let text = match value.as_bool() {
        Some(true) => "on",
        Some(false) => "off",
        None => value.as_str().unwrap_or_default(),
    };
    if allowed.contains(&text) {
        return Some(text);
    }
    let mut mistake = Mistake::new(value.span(), format!("/{name}"), format!("no {name} is called that"));
    mistake.notes.push(format!("allowed: {}", allowed.join(", ")));
    page.mistakes.push(mistake);
    None
}

fn is_kebab(id: &str) -> bool {
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    id.starts_with(|c: char| c.is_ascii_lowercase()) && id.split('-').all(is_word)
}

/// `text`, for as long as the process lives; the same text once.
fn kept(text: &str) -> &'static str {
    static TEXTS: LazyLock<Mutex<HashMap<String, &'static str>>> = LazyLock::new(Mutex::default);
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = texts.get(text) {
        return known;
    }
    let kept: &'static str = Box::leak(text.to_owned().into_boxed_str());
    texts.insert(text.to_owned(), kept);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQL: &str = "\n```sql\nSELECT _id, 'x' AS message FROM roadmap\n```\n";

    fn said(text: &str) -> Vec<String> {
        read_page(text).mistakes.into_iter().map(|mistake| mistake.message).collect()
    }

    #[test]
    fn an_id_and_a_statement_are_a_rule() {
        let page = read_page(&format!("---\nid: no-friday-work\n---\n# No work on Fridays\n{SQL}"));
        let rule = page.rule.expect("it is a rule");
        assert_eq!((rule.id, rule.group, rule.on), ("no-friday-work", "policy", true));
        let (sql, span) = rule.sql().expect("there is a statement");
        assert_eq!(sql, "SELECT _id, 'x' AS message FROM roadmap");
        assert_eq!(&rule.page[span.range()], sql);
        let text = format!("---\nid: a\ngroup: team\nseverity: error\ndefault: off\nsummary: s\n---\n{SQL}");
        let rule = read_page(&text).rule.expect("it is a rule");
        assert_eq!((rule.group, rule.severity, rule.on, rule.summary), ("team", Severity::Error, false, "s"));
    }

    #[test]
    fn a_document_that_is_no_rule_is_left_alone() {
        assert!(said("# How we write rules\n").is_empty());
        assert!(read_page("").rule.is_none());
    }

    #[test]
    fn what_is_wrong_with_a_page_is_said() {
        for (text, message) in [
            (format!("---\nsummary: s\n---\n{SQL}"), "the page of a rule says its id"),
            (
                format!("---\nid: No_Way\n---\n{SQL}"),
                "\"No_Way\" is no id: it is words of lower case, joined by hyphens",
            ),
            (format!("---\nid: duplicate-key\n---\n{SQL}"), "duplicate-key is a built-in rule"),
            (format!("---\nid: a\nseverity: bad\n---\n{SQL}"), "no severity is called that"),
            (format!("---\nid: a\nlevel: bad\n---\n{SQL}"), "the page of a rule has no field level"),
            ("---\nid: a\n---\ntext\n".to_owned(), "the page of a rule has a block of SQL, fenced as ```sql"),
            (
                "---\nid: a\n---\n```sql\n".to_owned(),
                "the page of a rule has a block of SQL, fenced as ```sql",
            ),
        ] {
            assert_eq!(said(&text), [message], "{text}");
            assert!(read_page(&text).rule.is_none());
        }
    }
}
