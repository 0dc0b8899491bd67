//! The example behind `opsbook tour`: the repository of a small operations team with fourteen weeks of history, built
//! commit by commit in a temporary folder, and the mistakes that the tour makes in it.
//!
//! The files are those of `examples/operations`, embedded. This module builds states; the command line shows what
//! opsbook says of them.

mod files;

use crate::repo::builder::{self, Repo};
use crate::setup::examples::Example;
use files::FILES;

/// The moment of the tour: the afternoon of the example's last day.
pub const NOW: &str = "2026-11-20T15:00:00Z";

/// The minutes of the last week.
pub const MINUTES: &str = "ops/operations/weekly/2026-47/minutes.md";

const ACTIONS: &str = "ops/operations/weekly/2026-47/actions.jsonl";
const ROADMAP: &str = "roadmap.jsonl";
const METRICS: &str = "ops/metrics.jsonl";
const DECISIONS: &str = "docs/adr/README.md";
const SUPERSEDED: &str = "docs/adr/0003-one-budget-for-the-assistant.md";
const TAKEN: &str = "docs/adr/0008-refunds-go-out-within-a-day.md";
const FREE: &str = "docs/adr/0009-refunds-go-out-within-a-day.md";
const CHECKLIST: &str = "docs/checklists/pre-read.md";
const CHECKLIST_MOVED: &str = "docs/checklists/before-a-review.md";

/// The decision that the afternoon brings.
const DECISION: &str = "\
# 8. Refunds go out within a day

Date: 2026-11-20

## Status

Proposed

## Context

In the night of 9 November 61 passengers were charged twice, and some waited four days for their money (INC-14).

## Decision

Who was charged twice is refunded within a day, without having to ask.

## Consequences

Now and then somebody is refunded who need not have been. That is cheaper than a letter.
";

/// The example.
#[must_use]
pub fn example() -> Example {
    Example::new(FILES.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
}

/// Its repository, with all its commits.
#[must_use]
pub fn build() -> Repo {
    example().build().0
}

/// An afternoon's work with six mistakes, staged: an action for a row of the backlog that does not exist, a day that
/// does not exist, a comma too many, a decision deleted to which others link, a number given to a second decision, and
/// a document moved without the link to it.
///
/// # Panics
/// When the example no longer holds what is changed.
pub fn make_mistakes(repo: &Repo) {
    edit(repo, ACTIONS, r#""backlog":"B-23""#, r#""backlog":"B-24""#);
    edit(repo, ROADMAP, r#""due":"2026-11-27","depends_on""#, r#""due":"2026-11-31","depends_on""#);
    append(repo, METRICS, r#"{"name":"restore_minutes","date":"2026-11-20","value":44,"unit":"min",}"#);
    repo.write(TAKEN, DECISION).remove(SUPERSEDED);
    repo.write(CHECKLIST_MOVED, text(repo, CHECKLIST)).remove(CHECKLIST);
    repo.stage_all();
}

/// The mistakes that need a person, mended and staged; those that opsbook mends are left to it.
///
/// # Panics
/// When the mistakes are not there.
pub fn mend_by_hand(repo: &Repo) {
    edit(repo, ACTIONS, r#""backlog":"B-24""#, r#""backlog":"B-23""#);
    edit(repo, ROADMAP, r#""due":"2026-11-31""#, r#""due":"2026-11-30""#);
    repo.write(SUPERSEDED, embedded(SUPERSEDED));
    repo.write(FREE, DECISION.replacen("# 8.", "# 9.", 1)).remove(TAKEN);
    append(
        repo,
        DECISIONS,
        "| 9 | [Refunds go out within a day](0009-refunds-go-out-within-a-day.md) | proposed |",
    );
    repo.stage_all();
}

/// Changes the one place in a file that says `from`.
fn edit(repo: &Repo, path: &str, from: &str, to: &str) {
    let text = text(repo, path);
    assert_eq!(text.matches(from).count(), 1, "{from} in {path}");
    repo.write(path, text.replace(from, to));
}

fn append(repo: &Repo, path: &str, line: &str) {
    repo.write(path, format!("{}{line}\n", text(repo, path)));
}

fn text(repo: &Repo, path: &str) -> String {
    builder::read(&repo.path().join(path))
}

fn embedded(path: &str) -> &'static str {
    let found = FILES.iter().find(|(own, _)| *own == path);
    found.map(|(_, text)| *text).expect("the example holds what the tour brings back")
}
