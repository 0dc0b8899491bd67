//! One file per output format. This room owns the wire types; it knows nothing of how a finding came to be.

use std::collections::BTreeMap;

use crate::finding::{Finding, Severity};
use crate::text::{Excerpt, Position};

/// Everything one `check` has to say.
#[derive(Debug, Clone)]
pub struct Report {
    /// What was looked at.
    pub scope: Scope,
    /// What was found, sorted by path, position, rule.
    pub findings: Vec<Located>,
    /// The counts.
    pub summary: Summary,
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
