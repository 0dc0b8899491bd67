//! From documents to the records they hold: decision records, minutes, action lists, tables, task lists, sections.
//!
//! People write the same facts in many forms; each extraction knows the forms, takes what is there with its bytes, and
//! leaves out what is not. Unknown stays unknown: nothing is guessed. This room knows no collections, no files and no
//! configuration; it is handed a document and gives objects.

pub mod actions;
pub mod adr;
pub mod minutes;
mod object;
pub mod references;
pub mod registers;
pub mod shapes;
pub mod upkeep;

use std::cell::OnceCell;

pub use object::{Field, Object};

use crate::read::markdown::{Document, FrontMatter, FrontMatterKind, Heading, Label};
use crate::read::tape::{Tape, Value};
use crate::read::{Problem, toml, yaml};
use crate::text::Span;

/// How a document becomes records: all it holds, or in a sentence why it is not what was looked for.
pub type Extract = fn(&Source<'_>) -> Result<Vec<Object>, String>;

/// A document to take records from.
pub struct Source<'a> {
    /// Its path in the repository, with `/`.
    pub path: &'a str,
    /// Its text.
    pub text: &'a str,
    /// The text, taken apart.
    pub document: &'a Document,
    /// The values of its front matter.
    pub front_matter: Option<Value<'a>>,
    labels: OnceCell<Vec<Label>>,
}

/// Reads the front matter of a document onto `tape`; gives what is wrong with it, with spans in the file.
///
/// What starts like front matter may be text between two rules: when no name with a colon or an equals sign opens it,
/// nothing is said of it.
pub fn front_matter(text: &str, document: &Document, tape: &mut Tape) -> Vec<Problem> {
    let is_meant = |found: &FrontMatter| {
        let inner = text.get(found.inner.range()).unwrap_or_default();
        let mut lines = inner.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        lines.next().is_none_or(|line| {
            let name = line.split([':', '=']).next().unwrap_or_default().trim();
            name.len() < line.trim_end().len() && !name.contains(' ')
        })
    };
    match document.front_matter.filter(is_meant) {
        None => Vec::new(),
        Some(found) => match found.kind {
            FrontMatterKind::Yaml => yaml::read(text, found.inner, tape),
            FrontMatterKind::Toml => toml::read(text, found.inner, tape),
        },
    }
}

impl<'a> Source<'a> {
    /// A document at `path`; `front_matter` is what [`front_matter`] put on a tape.
    #[must_use]
    pub fn new(
        path: &'a str,
        text: &'a str,
        document: &'a Document,
        front_matter: Option<Value<'a>>,
    ) -> Self {
        Self { path, text, document, front_matter, labels: OnceCell::new() }
    }

    /// The labelled values of the text, in order; see [`Document::labels`].
    #[must_use]
    pub fn labels(&self) -> &[Label] {
        self.labels.get_or_init(|| self.document.labels())
    }

    /// The value of the front matter called `name`, whatever its case.
    #[must_use]
    pub fn front(&self, name: &str) -> Option<Value<'a>> {
        let members = self.front_matter?.members();
        members
            .filter(|(key, _)| key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name)))
            .last()
            .map(|(_, value)| value)
    }

    /// The file's name without folder and extension.
    #[must_use]
    pub fn stem(&self) -> &'a str {
        let name = self.path.rsplit('/').next().unwrap_or(self.path);
        name.rsplit_once('.').map_or(name, |(stem, _)| stem)
    }

    /// The title: that of the front matter, else the first heading of level 1, else the first heading.
    #[must_use]
    pub fn title(&self) -> Option<(String, Span)> {
        let front =
            self.front("title").and_then(|value| Some((value.as_str()?.trim().to_owned(), value.span())));
        front.filter(|(title, _)| !title.is_empty()).or_else(|| {
            let headings = &self.document.headings;
            let is_title = |heading: &&Heading| !heading.text.is_empty();
            let top = headings.iter().filter(is_title).find(|heading| heading.level == 1);
            let heading = top.or_else(|| headings.iter().find(is_title))?;
            let line = &self.document.lines[heading.line?];
            Some((heading.text.clone(), Span::new(line.span.start, heading.span.end)))
        })
    }

    /// The bytes of the document without white space around them: where a fact about all of it stands.
    #[must_use]
    pub fn span(&self) -> Span {
        let end = self.text.trim_end().len();
        let start = self.text.len() - self.text.trim_start().len();
        Span::of(start.min(end), end)
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// What `extract` makes of a document, as JSON; its spans are checked.
    pub(crate) fn extracted(extract: Extract, path: &str, text: &str) -> Result<serde_json::Value, String> {
        let document = Document::read(text);
        let mut tape = Tape::new();
        let problems = front_matter(text, &document, &mut tape);
        assert!(problems.is_empty(), "{problems:?}");
        let source = Source::new(path, text, &document, tape.root(text));
        let objects = extract(&source)?;
        let mut out = Tape::new();
        let rows: Vec<u32> = objects.iter().map(|object| object.write(text, &mut out)).collect();
        let rows = rows.iter().map(|&row| {
            let value = out.value(text, row as usize);
            assert!(text.get(value.span().range()).is_some(), "{value:?}");
            value.to_json()
        });
        Ok(rows.collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::testing::extracted;
    use super::{Extract, actions, adr, minutes, registers, shapes};

    /// Every extraction, with a path at which it is used.
    const ALL: [(&str, Extract); 11] = [
        ("docs/adr/0001-x.md", adr::extract),
        ("docs/x.md", adr::anywhere),
        ("meetings/2026-11-20.md", minutes::extract),
        ("actions.md", actions::extract),
        ("spec.md", registers::spec),
        ("docs/assessments/Q4-2026.md", registers::assessment),
        ("CHANGELOG.md", registers::releases),
        ("page.md", shapes::DOCUMENT),
        ("table.md", shapes::ROWS),
        ("list.md", shapes::TASKS),
        ("notes.md", shapes::SECTIONS),
    ];

    /// At these sizes a cost that grows with the square of the input would keep the tests from ending: that it is seen needs
    /// no clock. What fails faster is a panic, a stack that runs out, or memory that does.
    #[test]
    fn hostile_documents_come_to_an_end() {
        for text in [
            "a: b\n".repeat(20_000),
            "Action: b\n".repeat(20_000),
            "- Attendees:\n".repeat(20_000),
            "# Decisions\n".to_owned() + &"- a: b\n".repeat(20_000),
            "## Action items\n- Ana: b\n".repeat(10_000),
            "| Decision | Present | Action | Owner |\n|-|-|-|-|\n".to_owned()
                + &"| a | b | c | Ana |\n".repeat(5_000),
            "| Action | Owner |\n|-|-|\n| a | b |\n\n".repeat(3_000),
            "- ".repeat(5_000) + "Action items",
            "Present: ".to_owned() + &"Ana, ".repeat(20_000),
            "(".repeat(100_000),
            "Ana to ".repeat(20_000),
        ] {
            for (path, extract) in ALL {
                // What is found is some part of what is there.
                let found = extracted(extract, path, &text).unwrap_or_default();
                assert!(found.as_array().map_or(0, Vec::len) <= text.len(), "{path}: {text:.40}");
            }
        }
    }

    proptest! {
        #[test]
        fn every_document_is_read(
            text in "(# |## |- |  - |\\[ \\] |\\[x\\] |\\*\\*|~~|\\||\\|-\\|\n|\n|\n\n|: |, |@|\\(|\\)|\\[|\\]| - |Attendees|\
            Present|Action|action items|Decision|TODO|Agenda|Owner|Due|by |2026-11-30| to | will |Ana|Bo Li|é|İ|5 min|http://x ){0,40}"
        ) {
            for (path, extract) in ALL {
                let _ = extracted(extract, path, &text);
            }
        }
    }
}
