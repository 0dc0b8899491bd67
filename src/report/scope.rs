//! The words under the findings: the counts, and what was looked at. A run that did not see everything must not
//! read as clean, so the words for "clean" are chosen here too. Knows nothing of single findings but their fixes.

use super::plain::{count, shown, thousands};
use super::{Report, Scope, Summary};

/// How many unread files, unknowns and notes are listed each, unless all are asked for.
const LISTED: usize = 10;

/// The counts in one line: `2 errors, 1 warning (1 suppressed); 1 can be mended with --fix`.
pub(super) fn summary_line(report: &Report) -> String {
    let aside = set_aside(report).map(|words| format!(" ({words})")).unwrap_or_default();
    let further = [mendable(report), blind(report)].into_iter().flatten();
    let further: String = further.map(|words| format!("; {words}")).collect();
    format!("{}{aside}{further}", counts(report))
}

/// What [`summary_line`] says beside the counts, one remark each.
pub(super) fn remarks(report: &Report) -> Vec<String> {
    [set_aside(report), mendable(report), blind(report)].into_iter().flatten().collect()
}

/// `2 errors, 1 warning`, or that there is nothing to count.
pub(super) fn counts(report: &Report) -> String {
    let summary = &report.summary;
    let counts = severities([summary.error, summary.warning, summary.info]);
    if counts.is_empty() { nothing_found(&report.scope).to_owned() } else { counts }
}

/// `2 errors, 1 warning` of errors, warnings and infos; empty if there are none.
pub(super) fn severities([errors, warnings, infos]: [usize; 3]) -> String {
    let mut counts = Vec::new();
    if errors > 0 {
        counts.push(count(errors, "error"));
    }
    if warnings > 0 {
        counts.push(count(warnings, "warning"));
    }
    if infos > 0 {
        counts.push(format!("{} info", thousands(infos)));
    }
    counts.join(", ")
}

/// What was looked at and what was not, one fact a line, the first one always there.
pub(super) fn scope_lines(report: &Report, all: bool) -> Vec<String> {
    let scope = &report.scope;
    let mut lines = vec![looked_at(scope)];
    let unread = scope.unread.iter().map(|(path, reason)| format!("{}: {}", shown(path), shown(reason)));
    list(&mut lines, "not read", "file", unread, all);
    list(&mut lines, "cannot tell", "reason", scope.unknown.iter().map(|text| shown(text)), all);
    if !scope.complete && scope.unread.is_empty() && scope.unknown.is_empty() {
        lines.push("cannot tell: something that the run needed was missing".to_owned());
    }
    list(&mut lines, "note", "note", scope.notes.iter().map(|text| shown(text)), all);
    lines
}

fn list(
    lines: &mut Vec<String>,
    lead: &str,
    noun: &str,
    items: impl ExactSizeIterator<Item = String>,
    all: bool,
) {
    let total = items.len();
    // One line more is shorter than saying that it was left out.
    let listed = if all || total <= LISTED + 1 { total } else { LISTED };
    lines.extend(items.take(listed).map(|item| format!("{lead}: {item}")));
    if listed < total {
        let more = thousands(total - listed);
        lines.push(format!("{lead}: … and {more} more {noun}s (--all shows them)"));
    }
}

pub(super) fn looked_at(scope: &Scope) -> String {
    let commit = scope.commit.as_deref().map(short);
    let place = match (scope.snapshot, commit) {
        ("commit", Some(commit)) => format!("commit {commit}"),
        ("index", Some(commit)) => format!("the index at {commit}"),
        ("index", None) => "the index".to_owned(),
        (_, Some(commit)) => format!("the working tree at {commit}"),
        (_, None) => "the working tree".to_owned(),
    };
    let base = scope.base.as_deref().map(|base| format!(", for what is new since {}", short(base)));
    let mut counts = vec![count(scope.files, "file"), count(scope.records, "record")];
    if scope.references > 0 {
        let documents = count(scope.documents, "document");
        counts.push(format!("{} in {documents}", count(scope.references, "reference")));
    }
    if scope.commits > 0 {
        counts.push(count(scope.commits, "commit"));
    }
    let counts = counts.join(", ");
    format!("checked {place}{}: {counts}{}", base.unwrap_or_default(), collections(scope))
}

/// ` (roadmap 1,190 in 1 file, notes 14 in 1 file)`, the largest first.
fn collections(scope: &Scope) -> String {
    if scope.collections.is_empty() {
        return String::new();
    }
    let mut sorted: Vec<_> = scope.collections.iter().collect();
    sorted.sort_by_key(|(_, (_, records))| std::cmp::Reverse(*records));
    let words: Vec<String> = sorted
        .into_iter()
        .map(|(name, (files, records))| {
            format!("{} {} in {}", shown(name), thousands(*records), count(*files, "file"))
        })
        .collect();
    format!(" ({})", words.join(", "))
}

fn short(commit: &str) -> String {
    shown(commit).chars().take(7).collect()
}

fn saw_everything(scope: &Scope) -> bool {
    scope.complete
}

pub(super) fn nothing_found(scope: &Scope) -> &'static str {
    if scope.files == 0 && scope.commits == 0 {
        "nothing was checked: no file was read"
    } else if saw_everything(scope) {
        "no problems found"
    } else {
        "no problems found, but not everything could be checked"
    }
}

/// `1 suppressed, 3 in the baseline`.
fn set_aside(report: &Report) -> Option<String> {
    let mut words = Vec::new();
    if report.summary.suppressed > 0 {
        words.push(format!("{} suppressed", thousands(report.summary.suppressed)));
    }
    if report.summary.baselined > 0 {
        words.push(format!("{} in the baseline", thousands(report.summary.baselined)));
    }
    (!words.is_empty()).then(|| words.join(", "))
}

/// `1 can be mended with --fix, 2 more with --fix --unsafe-fixes`.
fn mendable(report: &Report) -> Option<String> {
    let fixes = || report.findings.iter().filter_map(|located| located.finding.fix.as_ref());
    let safe = fixes().filter(|fix| fix.safe).count();
    let risky = fixes().filter(|fix| !fix.safe).count();
    match (safe, risky) {
        (0, 0) => None,
        (safe, 0) => Some(format!("{} can be mended with --fix", thousands(safe))),
        (0, risky) => Some(format!("{} can be mended with --fix --unsafe-fixes", thousands(risky))),
        (safe, risky) => Some(format!(
            "{} can be mended with --fix, {} more with --fix --unsafe-fixes",
            thousands(safe),
            thousands(risky)
        )),
    }
}

/// What the words for "nothing found" say when there is nothing, and nothing else would say otherwise.
fn blind(report: &Report) -> Option<String> {
    let Summary { error, warning, info, .. } = report.summary;
    let is_said = error + warning + info == 0;
    (!is_said && !saw_everything(&report.scope)).then(|| "not everything could be checked".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_run_that_did_not_see_everything_is_not_called_clean() {
        let mut report = Report { scope: sample::scope(), ..Report::default() };
        assert_eq!(summary_line(&report), "no problems found");
        report.scope.unread.push(("a.md".into(), "is a symbolic link".into()));
        assert_eq!(summary_line(&report), "no problems found");
        report.scope.complete = false;
        assert_eq!(summary_line(&report), "no problems found, but not everything could be checked");
        report.scope.unread.clear();
        report.scope.unknown.push("history is shallow".into());
        assert_eq!(summary_line(&report), "no problems found, but not everything could be checked");
        report.summary.error = 1;
        assert_eq!(summary_line(&report), "1 error; not everything could be checked");
        assert_eq!(summary_line(&Report::default()), "nothing was checked: no file was read");
    }

    #[test]
    fn the_summary_counts_what_was_set_aside() {
        let mut report = Report { scope: sample::scope(), ..Report::default() };
        report.summary = Summary { error: 2, warning: 1, info: 1_204, suppressed: 1, baselined: 3 };
        assert_eq!(
            summary_line(&report),
            "2 errors, 1 warning, 1,204 info (1 suppressed, 3 in the baseline)"
        );
    }

    #[test]
    fn each_snapshot_has_its_words() {
        let words = |snapshot, commit: Option<&str>, base: Option<&str>| {
            let (commit, base) = (commit.map(Into::into), base.map(Into::into));
            looked_at(&Scope { snapshot, commit, base, files: 1, ..Scope::default() })
        };
        let oid = Some("1a2b3c4d5e6f");
        assert_eq!(words("worktree", None, None), "checked the working tree: 1 file, 0 records");
        assert_eq!(words("index", oid, None), "checked the index at 1a2b3c4: 1 file, 0 records");
        assert_eq!(
            words("commit", oid, Some("99999999")),
            "checked commit 1a2b3c4, for what is new since 9999999: 1 file, 0 records"
        );
    }

    #[test]
    fn a_scope_that_is_not_complete_says_so_when_nothing_else_does() {
        let mut report = Report { scope: Scope { complete: false, ..sample::scope() }, ..Report::default() };
        let told =
            |report: &Report| scope_lines(report, false).iter().any(|line| line.contains("was missing"));
        assert!(told(&report));
        report.scope.unknown = vec!["history is shallow".into()];
        assert!(!told(&report));
        report.scope.unread = vec![("a.md".into(), "is a symbolic link".into())];
        report.scope.unknown.clear();
        assert!(!told(&report));
    }

    #[test]
    fn many_unread_files_are_counted() {
        let mut report = Report { scope: sample::scope(), ..Report::default() };
        report.scope.unread = (0..1_212).map(|n| (format!("big/{n}.jsonl"), "is a pointer".into())).collect();
        let lines = scope_lines(&report, false);
        assert_eq!((lines.len(), &lines[1][..]), (12, "not read: big/0.jsonl: is a pointer"));
        assert_eq!(lines[11], "not read: … and 1,202 more files (--all shows them)");
        assert_eq!(scope_lines(&report, true).len(), 1_213);
        report.scope.unread.truncate(11);
        assert_eq!(scope_lines(&report, false).len(), 12);
    }
}
