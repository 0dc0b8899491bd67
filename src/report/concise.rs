//! One line a finding, for `grep`, editors and people in a hurry. Nothing is capped.

use std::io::{self, Write};

use super::plain::{shown, unled};
use super::scope::{scope_lines, summary_line};
use super::{Located, Report, Style};

/// Writes `path:line:col: severity[rule] message` lines, then the counts and the scope, one line each.
pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for located in &report.findings {
        writeln!(out, "{}", line(located))?;
    }
    writeln!(out, "{}", summary_line(report))?;
    if !style.quiet {
        for line in scope_lines(report, style.all) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// The finding in one line that no CI service reads as a command.
pub(super) fn line(located: &Located) -> String {
    let finding = &located.finding;
    let (path, message) = (shown(finding.path.as_str()), shown(&finding.message));
    let (line, column) = (located.start.line, located.start.column);
    unled(format!("{path}:{line}:{column}: {}[{}] {message}", located.severity.name(), shown(&finding.rule)))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_finding_is_one_line_and_the_scope_another() {
        insta::assert_snapshot!(sample::written(write, &sample::report()), @r#"
        roadmap.jsonl:2:41: error[schema-violation] "In Progress" is not a value that `status` may have
        roadmap.jsonl:2:64: error[dangling-reference] no record of roadmap has the key RM-7
        roadmap.jsonl:2:8: warning[stale-in-progress] RM-2 has not changed for 94 days
        2 errors, 1 warning (1 suppressed, 3 in the baseline); 1 can be mended with --fix, 1 more with --fix --unsafe-fixes; not everything could be checked
        checked the working tree at 1a2b3c4: 12 files, 1,204 records (roadmap 1,190 in 1 file, notes 14 in 1 file)
        not read: data/huge.jsonl: is a Git LFS pointer
        cannot tell: history is shallow, so dangling-reference could not look for deletions
        "#);
    }

    #[test]
    fn a_path_cannot_be_a_command() {
        let mut report = sample::report();
        report.findings[0].finding.path = "::error file=x::y".into();
        let text = sample::written(write, &report);
        assert!(text.starts_with(r"\u{3a}:error file=x::y:2:"), "{text}");
    }
}
