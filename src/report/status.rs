//! The receipt of `opsbook status`, for people and as `opsbook.status/1` for programs. It lists what was understood
//! before anything else may be said of it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::health::WireHealth;
use super::plain::{count, shown, thousands, wrap};
use super::scope::looked_at;
use super::{Health, Scope, Style};

/// What was read as what.
#[derive(Debug, Default)]
pub struct Receipt {
    /// The version of opsbook.
    pub version: &'static str,
    /// What was looked at.
    pub scope: Scope,
    /// The collections with at least one file, by name.
    pub collections: Vec<(String, Vec<FileReceipt>)>,
    /// How many Markdown documents were read.
    pub documents: usize,
    /// Documents that stand where a collection's would and are none: path, collection, why.
    pub declined: Vec<(String, String, String)>,
    /// Patterns of the configuration that match no file: collection, pattern.
    pub unmatched: Vec<(String, String)>,
    /// How operations are.
    pub health: Health,
}

/// One file of a collection.
#[derive(Debug)]
pub struct FileReceipt {
    /// Where it is.
    pub path: String,
    /// The reader that read it.
    pub reader: &'static str,
    /// How many records it holds.
    pub records: usize,
    /// How many places in it could not be read.
    pub broken: usize,
    /// What was understood, when that was asked for.
    pub facts: Vec<Fact>,
}

/// A fact of a document.
#[derive(Debug)]
pub struct Fact {
    /// The field.
    pub name: String,
    /// Its value in a few words.
    pub value: String,
    /// The line it came from, from 1.
    pub line: u32,
}

/// How many files of a collection, and how many documents that are none, are listed unless all are asked for.
const LISTED: usize = 10;

impl Receipt {
    /// Writes it for people.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_text(&self, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page { style, out };
        for (name, files) in &self.collections {
            let records = files.iter().map(|file| file.records).sum();
            page.line(
                0,
                &format!("{}: {} in {}", shown(name), count(records, "record"), count(files.len(), "file")),
            )?;
            page.list(files, |page, file| page.file(file))?;
        }
        if self.collections.is_empty() {
            page.line(0, "no records were found; `opsbook config` shows where they are looked for")?;
        }
        if !self.declined.is_empty() {
            page.line(0, "none of its records, although it stands where they do:")?;
            page.list(&self.declined, |page, (path, collection, reason)| {
                page.line(1, &format!("{}: not {}: {}", shown(path), shown(collection), shown(reason)))
            })?;
        }
        for (collection, pattern) in &self.unmatched {
            page.line(0, &format!("no file: {} of {}", shown(pattern), shown(collection)))?;
        }
        page.line(0, &format!("{} read as text", count(self.documents, "document")))?;
        for (path, reason) in &self.scope.unread {
            page.line(0, &format!("not read: {}: {}", shown(path), shown(reason)))?;
        }
        for reason in &self.scope.unknown {
            page.line(0, &format!("cannot tell: {}", shown(reason)))?;
        }
        page.line(0, &looked_at(&self.scope).replacen("checked", "read", 1))?;
        let is_told = self.health.indicators.iter().any(|one| one.is_shown);
        if is_told {
            writeln!(out)?;
        }
        self.health.write_text(style, out)
    }

    /// Writes it as one JSON object, `opsbook.status/1`.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let collections = self
            .collections
            .iter()
            .map(|(name, files)| (name.as_str(), files.iter().map(WireFile::from).collect()));
        let wire = WireReceipt {
            format: "opsbook.status/1",
            tool: super::json::tool(),
            scope: super::json::scope(&self.scope),
            collections: collections.collect(),
            documents: self.documents,
            declined: self
                .declined
                .iter()
                .map(|(path, collection, reason)| WireDeclined { path, collection, reason })
                .collect(),
            unmatched: self
                .unmatched
                .iter()
                .map(|(collection, pattern)| WireUnmatched { collection, pattern })
                .collect(),
            health: self.health.wire(),
        };
        serde_json::to_writer(&mut *out, &wire)?;
        writeln!(out)
    }
}

struct Page<'a> {
    style: &'a Style,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn line(&mut self, depth: usize, text: &str) -> io::Result<()> {
        let indent = depth * 2;
        let room = self.style.width.saturating_sub(indent).max(24);
        for (at, line) in wrap(text, room, room.saturating_sub(2)).iter().enumerate() {
            let indent = indent + if at > 0 { 2 } else { 0 };
            writeln!(self.out, "{}{line}", " ".repeat(indent))?;
        }
        Ok(())
    }

    fn list<T>(
        &mut self,
        items: &[T],
        mut show: impl FnMut(&mut Self, &T) -> io::Result<()>,
    ) -> io::Result<()> {
        let all = self.style.all || self.style.verbose || items.len() <= LISTED + 1;
        let listed = if all { items.len() } else { LISTED };
        items[..listed].iter().try_for_each(|item| show(self, item))?;
        match items.len() - listed {
            0 => Ok(()),
            more => self.line(1, &format!("… and {} more (--verbose shows them)", thousands(more))),
        }
    }

    fn file(&mut self, file: &FileReceipt) -> io::Result<()> {
        let broken = if file.broken > 0 {
            format!(", {} not readable", count(file.broken, "place"))
        } else {
            String::new()
        };
        let path = shown(&file.path);
        self.line(1, &format!("{path}: {} ({}){broken}", count(file.records, "record"), file.reader))?;
        file.facts.iter().try_for_each(|fact| {
            self.line(2, &format!("{} = {} (line {})", shown(&fact.name), shown(&fact.value), fact.line))
        })
    }
}

#[derive(Serialize)]
struct WireReceipt<'a> {
    format: &'static str,
    tool: super::json::WireTool,
    scope: super::json::WireScope<'a>,
    collections: BTreeMap<&'a str, Vec<WireFile<'a>>>,
    documents: usize,
    declined: Vec<WireDeclined<'a>>,
    unmatched: Vec<WireUnmatched<'a>>,
    health: WireHealth<'a>,
}

#[derive(Serialize)]
struct WireFile<'a> {
    path: &'a str,
    reader: &'a str,
    records: usize,
    broken: usize,
    facts: Vec<WireFact<'a>>,
}

#[derive(Serialize)]
struct WireFact<'a> {
    name: &'a str,
    value: &'a str,
    line: u32,
}

#[derive(Serialize)]
struct WireDeclined<'a> {
    path: &'a str,
    collection: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct WireUnmatched<'a> {
    collection: &'a str,
    pattern: &'a str,
}

impl<'a> From<&'a FileReceipt> for WireFile<'a> {
    fn from(file: &'a FileReceipt) -> Self {
        let facts = file.facts.iter();
        Self {
            path: &file.path,
            reader: file.reader,
            records: file.records,
            broken: file.broken,
            facts: facts
                .map(|fact| WireFact { name: &fact.name, value: &fact.value, line: fact.line })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn receipt() -> Receipt {
        let fact = Fact { name: "status".to_owned(), value: "accepted\u{1b}[1m".to_owned(), line: 3 };
        let file = FileReceipt {
            path: "docs/adr/0001-x.md".to_owned(),
            reader: "adr",
            records: 1,
            broken: 0,
            facts: vec![fact],
        };
        Receipt {
            version: "0.0.0",
            collections: vec![("adrs".to_owned(), vec![file])],
            documents: 4,
            declined: vec![("docs/adr/README.md".to_owned(), "adrs".to_owned(), "an index".to_owned())],
            unmatched: vec![("risks".to_owned(), "ops/*.jsonl".to_owned())],
            health: crate::report::health::tests::health(),
            scope: sample::report().scope,
        }
    }

    #[test]
    fn the_receipt_says_what_was_read_as_what_and_what_was_not() {
        let mut out = Vec::new();
        receipt().write_text(&sample::STYLE, &mut out).expect("memory can be written");
        insta::assert_snapshot!(String::from_utf8(out).expect("it is text"), @r"
        adrs: 1 record in 1 file
          docs/adr/0001-x.md: 1 record (adr)
            status = accepted\u{1b}[1m (line 3)
        none of its records, although it stands where they do:
          docs/adr/README.md: not adrs: an index
        no file: ops/*.jsonl of risks
        4 documents read as text
        not read: data/huge.jsonl: is a Git LFS pointer
        cannot tell: history is shallow, so dangling-reference could not look for
          deletions
        read the working tree at 1a2b3c4: 12 files, 1,204 records (roadmap 1,190 in
          1 file, notes 14 in 1 file)

        health, 2026-10-24 to 2026-11-20:
          Actions closed         66.7 %  4 of 6          >= 80 %  ·█▁ worse   off target
          Cost                  +2.72 %  60.4 of 58.8    ± 15 %   ▁█▅ better  ok
            Clocks can be tru…     -3 %  1,201 of 1,204
            The assistant pay…    +40 %  1,244 of 1,204                       off target
          Documentation drift   unknown: drift is not measured yet, and so nobody can
                                tell how old the oldest is
        ");
    }

    #[test]
    fn the_receipt_satisfies_its_schema() {
        let mut out = Vec::new();
        receipt().write_json(&mut out).expect("memory can be written");
        let json: serde_json::Value = serde_json::from_slice(&out).expect("it is JSON");
        let schema = include_str!("../../schemas/status.schema.json");
        let schema: serde_json::Value = serde_json::from_str(schema).expect("the schema is JSON");
        let validator = jsonschema::validator_for(&schema).expect("the schema compiles");
        let errors: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
}
