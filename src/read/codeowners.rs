//! The owners that a `CODEOWNERS` file names, as GitHub and GitLab read it: on each line a pattern of paths and those
//! who own them, or the name of a section and those who own what it leaves open.
//!
//! The file belongs to another program: what is no owner by its rules is passed over, and nothing is a mistake here.
//! Which paths somebody owns is not taken.

use std::collections::HashSet;

use super::person::{Person, is_address, lines, text, trimmed};
use super::tape::Tape;
use crate::text::Span;

/// Reads the owners in `source` onto the end of `tape` and pushes the node of each onto `rows`, in the order in which
/// they are first named: one object for each handle (`@ana`), team (`@org/team`, which names itself in `teams`) and
/// address.
pub fn read(source: &str, tape: &mut Tape, rows: &mut Vec<u32>) {
    let mut known = HashSet::new();
    for line in lines(source) {
        for owner in owners(source, line) {
            let Some(kind) = Owner::of(text(source, owner)) else { continue };
            if !known.insert(text(source, owner).to_lowercase()) {
                continue;
            }
            let mut person = Person { span: line, handle: owner, ..Person::default() };
            match kind {
                Owner::Person => {}
                Owner::Team => person.teams.push(owner),
                Owner::Address => person.emails.push(owner),
            }
            person.write(tape, rows);
        }
    }
}

/// What an owner is named by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Person,
    Team,
    Address,
}

impl Owner {
    /// What `word` names, when it is an owner. A role such as `@@maintainers` is nobody in particular.
    fn of(word: &str) -> Option<Self> {
        let Some(name) = word.strip_prefix('@') else { return is_address(word).then_some(Self::Address) };
        let is_name = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        let kind = if name.contains('/') { Self::Team } else { Self::Person };
        name.split('/').all(is_name).then_some(kind)
    }
}

/// The words of a line that stand where owners do, up to a comment.
fn owners(source: &str, line: Span) -> impl Iterator<Item = Span> {
    let whole = text(source, line);
    let from = match whole {
        _ if whole.starts_with('#') => whole.len(),
        _ => behind_section(whole).unwrap_or_else(|| behind_pattern(whole)),
    };
    let mut at = line.start as usize + from;
    let end = line.end as usize;
    let words = std::iter::from_fn(move || {
        let rest = trimmed(source, at, end);
        let word = text(source, rest).split(char::is_whitespace).next().filter(|word| !word.is_empty())?;
        at = rest.start as usize + word.len();
        Some(Span::of(rest.start as usize, at))
    });
    words.take_while(move |&word| !text(source, word).starts_with('#'))
}

/// Where the name of a section ends: `[Name]`, `^[Name]`, `[Name][2]`.
fn behind_section(line: &str) -> Option<usize> {
    let name = line.strip_prefix('^').unwrap_or(line).strip_prefix('[')?;
    let (_, rest) = name.split_once(']')?;
    let count = rest.strip_prefix('[').and_then(|count| count.split_once(']'));
    let rest = count
        .filter(|(count, _)| count.bytes().all(|byte| byte.is_ascii_digit()))
        .map_or(rest, |(_, rest)| rest);
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then(|| line.len() - rest.len())
}

/// Where the pattern of paths ends: at white space without a `\` before it.
fn behind_pattern(line: &str) -> usize {
    let mut is_escaped = false;
    let end = line.char_indices().find(|(_, c)| {
        let ends = c.is_whitespace() && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        ends
    });
    end.map_or(line.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn people(source: &str) -> Vec<serde_json::Value> {
        let (mut tape, mut rows) = (Tape::new(), Vec::new());
        read(source, &mut tape, &mut rows);
        rows.iter().map(|&row| tape.value(source, row as usize).to_json()).collect()
    }

    fn handles(source: &str) -> Vec<String> {
        people(source).iter().map(|person| person["handle"].as_str().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn owners_are_handles_teams_and_addresses_each_once() {
        let source = "\u{feff}# The owners\n*  @ana @org/web  cy@example.org # not @dee\r\n/docs @Ana @bo\n";
        assert_eq!(
            people(source),
            [
                json!({"handle": "@ana"}),
                json!({"handle": "@org/web", "teams": ["@org/web"]}),
                json!({"handle": "cy@example.org", "emails": ["cy@example.org"]}),
                json!({"handle": "@bo"}),
            ]
        );
    }

    #[test]
    fn values_stand_at_their_bytes() {
        let source = "* @ana\n/b   @bo # @cy\n";
        let (mut tape, mut rows) = (Tape::new(), Vec::new());
        read(source, &mut tape, &mut rows);
        let bo = tape.value(source, rows[1] as usize);
        let place = |span: Span| &source[span.range()];
        assert_eq!(place(bo.span()), "/b   @bo # @cy");
        assert_eq!(bo.get("handle").map(|handle| place(handle.span())), Some("@bo"));
    }

    #[test]
    fn sections_patterns_and_comments_are_told_from_owners() {
        for (line, expect) in [
            ("[Docs] @ana @bo", vec!["@ana", "@bo"]),
            ("^[Docs for @ana][2] @bo", vec!["@bo"]),
            ("[Docs]", vec![]),
            ("[ab]*.rs @ana", vec!["@ana"]),
            ("/a\\ @b/c @ana", vec!["@ana"]),
            ("/@types/ @ana", vec!["@ana"]),
            ("@types/x", vec![]),
            ("!/generated @ana", vec!["@ana"]),
            ("/apps/none", vec![]),
            ("#* @ana", vec![]),
            ("* @group/sub/team", vec!["@group/sub/team"]),
            ("* @@maintainers @ @/x @org/ @a,@b ana <ana@example.org>", vec![]),
            ("<<<<<<< HEAD", vec![]),
        ] {
            assert_eq!(handles(line), expect, "{line}");
        }
    }

    proptest! {
        #[test]
        fn every_text_is_read_and_gives_people_by_the_schema(
            source in "(@ana|@org/web|cy@example.org|[@a./<>#\\[\\]^\\\\ \u{e9}\u{2028}\n\r]){0,40}"
        ) {
            crate::read::person::testing::judge(&source, read);
        }
    }
}
