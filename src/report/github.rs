//! Annotations in GitHub Actions, by workflow commands on standard output. GitHub shows ten of a kind a step and
//! fifty a job and drops the rest without a word, so the rest is written as plain lines and counted.

use std::io::{self, Write};

use super::plain::{shown, thousands, unled};
use super::scope::{scope_lines, summary_line};
use super::{Located, Report, Style};
use crate::finding::Severity;

/// Annotations of one kind that GitHub shows for a step. Three kinds stay below the fifty it shows for a job.
const SHOWN: usize = 10;

/// Writes the annotations, errors first, then plain lines that no text of a repository can make a command.
pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for severity in Severity::ALL.into_iter().rev() {
        let of_kind: Vec<&Located> =
            report.findings.iter().filter(|located| located.severity == severity).collect();
        let shown = of_kind.len().min(SHOWN);
        for located in &of_kind[..shown] {
            writeln!(out, "{}", annotation(located))?;
        }
        if shown < of_kind.len() {
            writeln!(out, "{}", left_out(shown, of_kind.len(), severity))?;
            for located in &of_kind[shown..] {
                writeln!(out, "{}", super::concise::line(located))?;
            }
        }
    }
    writeln!(out, "{}", summary_line(report))?;
    if !style.quiet {
        for line in scope_lines(report, style.all) {
            writeln!(out, "{}", unled(line))?;
        }
    }
    Ok(())
}

fn left_out(shown: usize, total: usize, severity: Severity) -> String {
    let noun = match severity {
        Severity::Error => "errors",
        Severity::Warning => "warnings",
        Severity::Info => "notices",
    };
    format!("{shown} of {} {noun} shown as annotations; the others follow:", thousands(total))
}

/// `::error file=…,line=…,…::message`. Columns are given only within one line, as GitHub asks.
fn annotation(located: &Located) -> String {
    let finding = &located.finding;
    let command = match located.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let (first, last) = (located.start.line, located.last_line());
    let path = escape_property(&shown(finding.path.as_str()));
    let mut properties = format!("file={path},line={first},endLine={last}");
    if located.end.line == first {
        let (column, end) = (located.start.column, located.end.column);
        properties = format!("file={path},line={first},col={column},endLine={last},endColumn={end}");
    }
    let title = escape_property(&shown(&finding.rule));
    format!("::{command} {properties},title={title}::{}", escape_data(&message(located)))
}

/// The message, then the notes and the way out on lines of their own.
fn message(located: &Located) -> String {
    let finding = &located.finding;
    let mut lines = vec![shown(&finding.message)];
    lines.extend(finding.notes.iter().map(|note| format!("note: {}", shown(note))));
    lines.extend(finding.fix.as_ref().map(|fix| format!("help: {}", shown(&fix.title))));
    lines.join("\n")
}

/// Escapes the message of a workflow command (`escapeData` of GitHub's toolkit).
fn escape_data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property of a workflow command (`escapeProperty` of GitHub's toolkit).
fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    /// The lines that the runner would read as commands: it looks at the first word of a line, and for `##[`
    /// anywhere.
    fn commands(text: &str) -> Vec<&str> {
        text.lines().filter(|line| line.trim_start().starts_with("::") || line.contains("##[")).collect()
    }

    #[test]
    fn findings_become_annotations_and_the_scope_plain_lines() {
        insta::assert_snapshot!(sample::written(write, &sample::report()), @r#"
        ::error file=roadmap.jsonl,line=2,col=41,endLine=2,endColumn=54,title=schema-violation::"In Progress" is not a value that `status` may have%0Anote: schemas/roadmap.schema.json allows 4 values%0Ahelp: write "in-progress"
        ::error file=roadmap.jsonl,line=2,col=64,endLine=2,endColumn=70,title=dangling-reference::no record of roadmap has the key RM-7
        ::warning file=roadmap.jsonl,line=2,col=8,endLine=2,endColumn=12,title=stale-in-progress::RM-2 has not changed for 94 days%0Ahelp: set it back to planned
        2 errors, 1 warning (1 suppressed, 3 in the baseline); 1 can be mended with --fix, 1 more with --fix --unsafe-fixes; not everything could be checked
        checked the working tree at 1a2b3c4: 12 files, 1,204 records (roadmap 1,190 in 1 file, notes 14 in 1 file)
        not read: data/huge.jsonl: is a Git LFS pointer
        cannot tell: history is shallow, so dangling-reference could not look for deletions
        "#);
    }

    #[test]
    fn what_github_would_drop_follows_as_plain_lines() {
        let mut report = sample::report();
        let error = report.findings[0].clone();
        report.findings.extend(std::iter::repeat_n(error, 338));
        let text = sample::written(write, &report);
        assert_eq!(commands(&text).len(), 11);
        assert!(text.contains(
            "10 of 340 errors shown as annotations; the others follow:\nroadmap.jsonl:2:41: error["
        ));
        assert_eq!(text.matches("\nroadmap.jsonl:").count(), 330);
        let warning = text.find("::warning").expect("the warning is annotated");
        assert!(text.rfind("::error").is_some_and(|error| error < warning));
    }

    #[test]
    fn text_of_a_repository_is_never_a_command() {
        let mut report = sample::report();
        let hostile = "100%\r\n::set-output name=a::b ##[error]c, d: e";
        for located in &mut report.findings {
            located.finding.message = hostile.into();
            located.finding.path = hostile.into();
            located.finding.notes = vec![hostile.into()];
        }
        let error = report.findings[0].clone();
        report.findings.resize(20, error);
        report.scope.unread = vec![("::error::x".into(), hostile.into())];
        report.scope.unknown = vec![hostile.into()];
        report.scope.notes = vec![hostile.into()];
        let text = sample::written(write, &report);
        let commands = commands(&text);
        assert_eq!(commands.len(), 11);
        assert!(
            commands
                .iter()
                .all(|line| line.starts_with("::error file=") || line.starts_with("::warning file="))
        );
        assert!(
            commands[0].contains(
                "file=100%25\\r\\n%3A%3Aset-output name=a%3A%3Ab #\\u{23}[error]c%2C d%3A e,line=2,"
            )
        );
    }

    #[test]
    fn columns_are_given_only_within_a_line() {
        let source = "one\ntwo\nthree\n";
        let at = |needle: &str| {
            let finding =
                crate::finding::Finding::new("a", &"a.md".into(), sample::span(source, needle), "m");
            annotation(&sample::located(finding, Severity::Info, source))
        };
        assert_eq!(at("wo"), "::notice file=a.md,line=2,col=2,endLine=2,endColumn=4,title=a::m");
        assert_eq!(at("wo\nth"), "::notice file=a.md,line=2,endLine=3,title=a::m");
        assert_eq!(at("two\n"), "::notice file=a.md,line=2,endLine=2,title=a::m");
    }
}
