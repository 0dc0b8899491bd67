//! One file per output format. This room owns the wire types; it knows nothing of how a finding came to be, and it
//! never prints: every format writes where it is told to.

pub mod calendar;
mod concise;
pub mod doctor;
mod excerpt;
mod github;
mod gitlab;
mod health;
mod ics;
mod json;
mod junit;
mod markdown;
mod markup;
mod plain;
mod rdjson;
pub mod rows;
mod sarif;
mod scope;
mod status;
mod text;

#[cfg(test)]
mod sample;

use std::collections::BTreeMap;
use std::io::{self, Write};

pub use health::{Explanation, FigureReceipt, Health, IndicatorReceipt, PartReceipt, Target};
pub use json::on_one_line;
pub use plain::count;
pub use status::{Fact, FileReceipt, Receipt};

use crate::finding::{Finding, RuleId, Severity};
use crate::text::{Excerpt, Position, RepoPath, Span};

/// A way to write a report.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// The name on the command line.
    pub name: &'static str,
    /// What it is for, one line in the imperative mood of a help text.
    pub summary: &'static str,
    /// Whether a reader waits for one document whatever happens, so that a run that could check nothing writes one, too.
    pub is_document: bool,
    /// Whether people read it, in the order that serves them best.
    pub is_for_people: bool,
    /// Writes the whole report. Many small writes: give it a buffered writer.
    pub write: fn(&Report, &Style, &mut dyn Write) -> io::Result<()>,
}

/// All formats, the default first. The command line, its help and its completions list them from here.
pub const FORMATS: &[Format] = &[
    lines("text", "Show each problem with its line, for people", text::write),
    lines("concise", "Show each problem on one line", concise::write),
    document("json", "Write one object, opsbook.check/1", json::write),
    lines("jsonl", "Write one finding a line, as in json", json::write_lines),
    lines("github", "Annotate the change in GitHub Actions", github::write),
    document("gitlab", "Write a GitLab Code Quality report", gitlab::write),
    document("sarif", "Write SARIF 2.1.0 for code scanning", sarif::write),
    document("junit", "Write JUnit XML, each problem a failed test", junit::write),
    document("rdjson", "Write diagnostics for reviewdog", rdjson::write),
    document("markdown", "Write a comment for a pull request", markdown::write),
];

/// Writes a report.
type Writer = fn(&Report, &Style, &mut dyn Write) -> io::Result<()>;

const fn lines(name: &'static str, summary: &'static str, write: Writer) -> Format {
    let is_for_people = matches!(name.as_bytes(), b"text" | b"concise");
    Format { name, summary, is_document: false, is_for_people, write }
}

const fn document(name: &'static str, summary: &'static str, write: Writer) -> Format {
    let is_for_people = matches!(name.as_bytes(), b"markdown");
    Format { name, summary, is_document: true, is_for_people, write }
}

impl Format {
    /// The format called `name`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.name == name)
    }
}

/// Everything one `check` has to say.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What was looked at.
    pub scope: Scope,
    /// What was found, sorted by path, position, rule.
    pub findings: Vec<Located>,
    /// The counts.
    pub summary: Summary,
    /// The rules that ran, for formats that describe them. A finding's rule may be absent.
    pub rules: Vec<RuleInfo>,
    /// Places whose bytes nothing may show although no finding of this report marks them, such as a secret that
    /// a suppression covers. What a finding hides is hidden without being listed here.
    pub secrets: Vec<(RepoPath, Span)>,
}

/// What a format tells about a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInfo {
    /// Its name.
    pub id: RuleId,
    /// Its group.
    pub group: String,
    /// What it finds, one sentence.
    pub summary: String,
    /// Its explanation, in Markdown.
    pub help_markdown: Option<String>,
    /// The severity it has without configuration.
    pub severity: Severity,
}

/// A finding with everything the session decided about it.
#[derive(Debug, Clone)]
pub struct Located {
    /// What the rule said.
    pub finding: Finding,
    /// The rule's group.
    pub group: String,
    /// Its final severity.
    pub severity: Severity,
    /// Where the marked bytes start.
    pub start: Position,
    /// Where they end, exclusive.
    pub end: Position,
    /// Where each edit of the finding's fix starts and ends in the edit's own file: as many, in the same order.
    pub edits: Vec<(Position, Position)>,
    /// Its stable name, 32 hexadecimal digits.
    pub fingerprint: String,
    /// The line it stands on, cut to a window around the marked bytes.
    pub excerpt: Excerpt,
}

/// What a run looked at, and what it could not.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// `worktree`, `index` or `commit`.
    pub snapshot: &'static str,
    /// The commit checked, or HEAD under a working tree or index; full object id.
    pub commit: Option<String>,
    /// The commit compared against.
    pub base: Option<String>,
    /// Whether everything the run needed was there.
    pub complete: bool,
    /// Files read.
    pub files: usize,
    /// Records read.
    pub records: usize,
    /// Commits read.
    pub commits: usize,
    /// Documents whose references were held against the past.
    pub documents: usize,
    /// References in them.
    pub references: usize,
    /// Per collection with at least one file: (files, records).
    pub collections: BTreeMap<String, (usize, usize)>,
    /// Files that were not read: (path, reason).
    pub unread: Vec<(String, String)>,
    /// What could not be told, one sentence each.
    pub unknown: Vec<String>,
    /// What a reader of the report should know: exclusions, suppressions that the change adds.
    pub notes: Vec<String>,
}

/// The counts of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Findings of severity error.
    pub error: usize,
    /// Findings of severity warning.
    pub warning: usize,
    /// Findings of severity info.
    pub info: usize,
    /// Findings a suppression covers.
    pub suppressed: usize,
    /// Findings the baseline covers.
    pub baselined: usize,
}

impl Summary {
    /// The counts of `findings`, of which none is left out.
    #[must_use]
    pub fn of(findings: &[Located]) -> Self {
        let count = |severity| findings.iter().filter(|found| found.severity == severity).count();
        let (error, warning, info) =
            (count(Severity::Error), count(Severity::Warning), count(Severity::Info));
        Self { error, warning, info, ..Self::default() }
    }
}

/// How a person's terminal wants its text. Machine formats ignore it.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Whether to use colour (ANSI escapes).
    pub color: bool,
    /// Columns to stay within.
    pub width: usize,
    /// Whether to show every finding, however many a rule has in a file.
    pub all: bool,
    /// Whether to show what a quiet reader does not need.
    pub verbose: bool,
    /// Whether to leave out what is not a finding.
    pub quiet: bool,
}

impl Located {
    /// The last line with a marked byte: the line before the end where that is the start of a line.
    fn last_line(&self) -> u32 {
        if self.end.column == 1 && self.end.line > self.start.line {
            self.end.line - 1
        } else {
            self.end.line
        }
    }
}

/// How many other files a finding names in formats for programs. A reference may lead to nowhere in thousands of files,
/// and each such finding would list them all.
const RELATED: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_apart_by_name_and_text_is_the_default() {
        let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
        let expected =
            ["text", "concise", "json", "jsonl", "github", "gitlab", "sarif", "junit", "rdjson", "markdown"];
        assert_eq!(names, expected);
        for format in FORMATS {
            assert_eq!(Format::from_name(format.name).map(|found| found.name), Some(format.name));
            assert!(!format.summary.ends_with('.') && format.summary.len() < 60, "{}", format.summary);
        }
        assert!(Format::from_name("xml").is_none());
    }

    #[test]
    fn no_format_writes_a_control_character_of_a_record() {
        let mut report = sample::report();
        for located in &mut report.findings {
            located.finding.message = "\u{1b}]0;x\u{7}\r\u{85}".into();
            located.finding.rule = "\u{1b}c".into();
            located.finding.record = Some("\u{1b}c".into());
            located.finding.related = vec!["\u{1b}c".into()];
        }
        report.scope.unread = vec![("\u{1b}c".into(), "\u{1b}c".into())];
        report.scope.collections.insert("\u{1b}c".into(), (1, 1));
        for format in FORMATS {
            let text = sample::written(format.write, &report);
            let raw = |c: char| c.is_ascii_control() && c != '\n';
            assert!(!text.is_empty() && !text.contains(raw), "{}: {text:?}", format.name);
        }
    }
}
