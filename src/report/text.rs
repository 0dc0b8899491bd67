//! The face of the product: each problem with its line, the marked bytes and the way out, for a terminal of any
//! width, without colour, and for a screen reader. Colour and drawing only repeat what the words say.

use std::collections::HashMap;
use std::io::{self, Write};

use super::excerpt::{Secrets, draw};
use super::plain::{shown, thousands, width, wrap};
use super::scope::{scope_lines, summary_line};
use super::{Located, Report, Style};
use crate::finding::{Evidence, Finding, Fix, Severity};

/// Findings shown for a rule in a file, unless all are asked for.
const SHOWN: usize = 10;

/// Other files named for a finding, unless a verbose reader asks.
const RELATED: usize = 5;

/// Fewest columns that lines are made for.
const NARROWEST: usize = 40;

/// Writes every finding, then the counts, then what was looked at.
pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let page = Page { secrets: Secrets::new(report), style: *style, columns: style.width.max(NARROWEST) };
    page.findings(&report.findings, out)?;
    page.paragraph(&summary_line(report), summary_color(report), out)?;
    if !style.quiet {
        for line in scope_lines(report, style.all) {
            page.paragraph(&line, PLAIN, out)?;
        }
    }
    Ok(())
}

/// Select Graphic Rendition parameters (ECMA-48, 8.3.117).
type Color = &'static str;

const PLAIN: Color = "";
const BOLD: Color = "1";
const FRAME: Color = "34";
const GOOD: Color = "1;32";

const fn severity_color(severity: Severity) -> Color {
    match severity {
        Severity::Error => "1;31",
        Severity::Warning => "1;33",
        Severity::Info => "1;36",
    }
}

fn summary_color(report: &Report) -> Color {
    let summary = &report.summary;
    if summary.error > 0 {
        severity_color(Severity::Error)
    } else if summary.warning > 0 {
        severity_color(Severity::Warning)
    } else if summary_line(report).starts_with("no problems found") && report.scope.complete {
        GOOD
    } else {
        BOLD
    }
}

/// What all findings of a report are drawn on.
struct Page<'a> {
    secrets: Secrets<'a>,
    style: Style,
    columns: usize,
}

impl Page<'_> {
    /// The findings, file by file; what a file has too many of is counted at its end.
    fn findings(&self, findings: &[Located], out: &mut dyn Write) -> io::Result<()> {
        for file in findings.chunk_by(|a, b| a.finding.path == b.finding.path) {
            let mut seen: HashMap<&str, usize> = HashMap::new();
            for located in file {
                let count = seen.entry(located.finding.rule.as_ref()).or_default();
                *count += 1;
                if self.style.all || *count <= SHOWN {
                    self.finding(located, out)?;
                }
            }
            if !self.style.all {
                self.left_out(file, &mut seen, out)?;
            }
        }
        Ok(())
    }

    /// How many findings of each rule of the file were not shown, in the order of their first finding.
    fn left_out(
        &self,
        file: &[Located],
        seen: &mut HashMap<&str, usize>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        for located in file {
            let rule = located.finding.rule.as_ref();
            if let Some(count) = seen.remove(rule).filter(|&count| count > SHOWN) {
                let (more, path) = (thousands(count - SHOWN), shown(located.finding.path.as_str()));
                self.paragraph(
                    &format!("… and {more} more {} in {path} (--all shows them)", shown(rule)),
                    PLAIN,
                    out,
                )?;
                writeln!(out)?;
            }
        }
        Ok(())
    }

    /// One finding and the blank line after it.
    fn finding(&self, located: &Located, out: &mut dyn Write) -> io::Result<()> {
        let number = located.excerpt.line.to_string();
        let gutter = " ".repeat(number.len());
        self.header(located, out)?;
        writeln!(out, "{gutter}{} {}", self.paint(FRAME, "-->"), place(located))?;
        self.excerpt(located, &number, out)?;
        let asides = asides(located, self.style.verbose);
        if !asides.is_empty() {
            writeln!(out, "{gutter} {}", self.paint(FRAME, "|"))?;
        }
        for (kind, text) in asides {
            self.aside(&gutter, kind, &text, out)?;
        }
        writeln!(out)
    }

    /// `error[rule-id]: message`, wrapped.
    fn header(&self, located: &Located, out: &mut dyn Write) -> io::Result<()> {
        let title = format!("{}[{}]", located.severity.name(), shown(&located.finding.rule));
        let first = self.columns.saturating_sub(width(&title) + 2);
        let lines = wrap(&shown(&located.finding.message), first, self.columns - 2);
        let title = self.paint(severity_color(located.severity), &title);
        writeln!(out, "{title}{} {}", self.paint(BOLD, ":"), self.paint(BOLD, &lines[0]))?;
        for line in &lines[1..] {
            writeln!(out, "  {}", self.paint(BOLD, line))?;
        }
        Ok(())
    }

    /// The line of source, and under it the marks with the label beside them, or below where it does not fit.
    fn excerpt(&self, located: &Located, number: &str, out: &mut dyn Write) -> io::Result<()> {
        let columns = self.columns.saturating_sub(number.len() + 3);
        let label = shown(located.finding.label.as_deref().unwrap_or_default());
        let drawn = draw(located, &self.secrets, columns, width(&label) + 1);
        let (bar, color) = (self.paint(FRAME, "|"), severity_color(located.severity));
        let gutter = " ".repeat(number.len());
        let row = |out: &mut dyn Write, indent: usize, text: &str| {
            writeln!(out, "{gutter} {bar} {}{}", " ".repeat(indent), self.paint(color, text))
        };
        writeln!(out, "{gutter} {bar}")?;
        let source = drawn.source.trim_end();
        let space = if source.is_empty() { "" } else { " " };
        writeln!(out, "{} {bar}{space}{source}", self.paint(FRAME, number))?;
        let marks = "^".repeat(drawn.marks);
        if label.is_empty() {
            return row(out, drawn.indent, &marks);
        }
        if drawn.indent + drawn.marks + 1 + width(&label) <= columns {
            return row(out, drawn.indent, &format!("{marks} {label}"));
        }
        row(out, drawn.indent, &marks)?;
        let indent = drawn.indent.min(columns.saturating_sub(width(&label)));
        wrap(&label, columns - indent, columns - indent).iter().try_for_each(|line| row(out, indent, line))
    }

    /// A line of explanation with its kind before it, wrapped.
    fn aside(&self, gutter: &str, kind: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
        let lead = gutter.len() + 3 + kind.len() + 2;
        let room = self.columns.saturating_sub(lead);
        let lines = wrap(text, room, room);
        let kind = self.paint(BOLD, &format!("{kind}:"));
        writeln!(out, "{gutter} {} {kind} {}", self.paint(FRAME, "="), lines[0])?;
        lines[1..].iter().try_for_each(|line| writeln!(out, "{}{}", " ".repeat(lead), line))
    }

    /// A line at the left margin, wrapped.
    fn paragraph(&self, text: &str, color: Color, out: &mut dyn Write) -> io::Result<()> {
        for (index, line) in wrap(text, self.columns, self.columns - 2).into_iter().enumerate() {
            let indent = if index > 0 { "  " } else { "" };
            writeln!(out, "{indent}{}", self.paint(color, &line))?;
        }
        Ok(())
    }

    fn paint(&self, color: Color, text: &str) -> String {
        if self.style.color && !color.is_empty() && !text.is_empty() {
            format!("\u{1b}[{color}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// `path:line:column`, and the last line of a place over several lines.
fn place(located: &Located) -> String {
    let (start, last) = (located.start, located.last_line());
    let path = shown(located.finding.path.as_str());
    let to = if last > start.line { format!(" (to line {last})") } else { String::new() };
    format!("{path}:{}:{}{to}", start.line, start.column)
}

/// What stands under the excerpt: (kind, text), in the order a reader needs it.
pub(super) fn asides(located: &Located, verbose: bool) -> Vec<(&'static str, String)> {
    let finding = &located.finding;
    let mut asides: Vec<(&'static str, String)> = record(finding).into_iter().collect();
    asides.extend(finding.notes.iter().map(|note| ("note", shown(note))));
    asides.extend(finding.evidence.iter().map(|fact| ("evidence", evidence(fact))));
    let listed = if verbose { finding.related.len() } else { finding.related.len().min(RELATED) };
    asides.extend(finding.related[..listed].iter().map(|path| ("see also", shown(path.as_str()))));
    if listed < finding.related.len() {
        asides.push((
            "see also",
            format!("… and {} more (--verbose shows them)", finding.related.len() - listed),
        ));
    }
    asides.extend(finding.fix.as_ref().map(|fix| ("help", help(fix))));
    if verbose {
        asides.push(("fingerprint", located.fingerprint.clone()));
    }
    asides
}

/// Which record and which of its fields the finding is about.
fn record(finding: &Finding) -> Option<(&'static str, String)> {
    let field = finding.field.as_deref().filter(|field| !field.is_empty()).map(shown);
    let collection = finding.collection.as_deref().map(shown);
    let beside = field.as_ref().map(|field| format!(", field {field}")).unwrap_or_default();
    match (finding.record.as_deref().map(shown), collection) {
        (Some(key), Some(collection)) => Some(("record", format!("{key} in {collection}{beside}"))),
        (Some(key), None) => Some(("record", format!("{key}{beside}"))),
        (None, Some(collection)) => Some(("record", format!("without a key, in {collection}{beside}"))),
        (None, None) => field.map(|field| ("field", field)),
    }
}

/// `commit 1a2b3c4 of 2026-11-02: remove the backlog`.
fn evidence(fact: &Evidence) -> String {
    let id = shown(&fact.id);
    let id = if fact.kind == "commit" { id.chars().take(7).collect() } else { id };
    let date = fact.date.as_deref().map(|date| format!(" of {}", shown(date))).unwrap_or_default();
    format!("{} {id}{date}: {}", fact.kind, shown(&fact.summary))
}

fn help(fix: &Fix) -> String {
    let flags = if fix.safe { "--fix" } else { "--fix --unsafe-fixes" };
    format!("{} ({flags} applies it)", shown(&fix.title))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sample;
    use super::*;
    use crate::text::Span;

    /// A finding at `span` of `source`, with words beside the marks.
    fn at(source: &str, span: Span, label: &str) -> Located {
        let finding = Finding::new("a-rule", &"notes.md".into(), span, "it is wrong").label(label);
        sample::located(finding, Severity::Error, source)
    }

    /// What is drawn between the header and the blank line after a finding, for `needle` of `source`.
    fn check(source: &str, needle: &str, label: &str, expect: &str) {
        check_at(source, sample::span(source, needle), label, expect);
    }

    fn check_at(source: &str, span: Span, label: &str, expect: &str) {
        let text = sample::written(write, &sample::of(vec![at(source, span, label)]));
        let drawn = text.strip_prefix("error[a-rule]: it is wrong\n").expect("the header comes first");
        let drawn = drawn.split("\n\n").next().expect("there is a first part");
        assert_eq!(drawn, expect.trim_start_matches('\n').trim_end(), "\n{drawn}\n");
    }

    #[test]
    fn a_report_shows_each_problem_then_the_counts_then_the_scope() {
        insta::assert_snapshot!(sample::written(write, &sample::report()), @r#"
        error[schema-violation]: "In Progress" is not a value that `status` may have
         --> roadmap.jsonl:2:41
          |
        2 | {"id":"RM-2","title":"Ship it","status":"In Progress","parent":"RM-7"}
          |                                         ^^^^^^^^^^^^^
          |                                   one of planned, in-progress, done, dropped
          |
          = record: RM-2 in roadmap, field /status
          = note: schemas/roadmap.schema.json allows 4 values
          = help: write "in-progress" (--fix applies it)

        error[dangling-reference]: no record of roadmap has the key RM-7
         --> roadmap.jsonl:2:64
          |
        2 | {"id":"RM-2","title":"Ship it","status":"In Progress","parent":"RM-7"}
          |                                                                ^^^^^^
          |
          = record: RM-2 in roadmap, field /parent
          = evidence: commit 9f8e7d6 of 2026-11-02: drop the items that nobody owns

        warning[stale-in-progress]: RM-2 has not changed for 94 days
         --> roadmap.jsonl:2:8
          |
        2 | {"id":"RM-2","title":"Ship it","status":"In Progress","parent":"RM-7"}
          |        ^^^^
          |
          = see also: docs/adr/0003-build.md
          = help: set it back to planned (--fix --unsafe-fixes applies it)

        2 errors, 1 warning (1 suppressed, 3 in the baseline); 1 can be mended with
          --fix, 1 more with --fix --unsafe-fixes; not everything could be checked
        checked the working tree at 1a2b3c4: 12 files, 1,204 records (roadmap 1,190 in
          1 file, notes 14 in 1 file)
        not read: data/huge.jsonl: is a Git LFS pointer
        cannot tell: history is shallow, so dangling-reference could not look for
          deletions
        "#);
    }

    #[test]
    fn a_clean_run_is_one_line_and_its_scope() {
        insta::assert_snapshot!(sample::written(write, &sample::of(Vec::new())), @r"
        no problems found
        checked the working tree at 1a2b3c4: 12 files, 1,204 records (roadmap 1,190 in
          1 file, notes 14 in 1 file)
        ");
    }

    #[test]
    fn quiet_leaves_out_the_scope_but_not_that_something_is_missing() {
        let quiet = Style { quiet: true, ..sample::STYLE };
        assert_eq!(sample::styled(write, &sample::of(Vec::new()), quiet), "no problems found\n");
        let text = sample::styled(write, &sample::report(), quiet);
        assert!(text.ends_with("not everything could be checked\n"), "{text}");
    }

    #[test]
    fn tabs_wide_characters_and_emoji_keep_the_marks_in_place() {
        check(
            "\tstatus:\tIn Progress\r\nx",
            "In Progress",
            "here",
            "
 --> notes.md:1:10
  |
1 |     status:    In Progress
  |                ^^^^^^^^^^^ here",
        );
        check(
            "名前: 日本語のタイトル, status: 完了した\n",
            "完了した",
            "not a status",
            "
 --> notes.md:1:23
  |
1 | 名前: 日本語のタイトル, status: 完了した
  |                                 ^^^^^^^^ not a status",
        );
        check(
            "👩\u{200d}💻 e\u{301}\u{200b} 👍🏽 🇯🇵 ❤\u{fe0f} done\n",
            "done",
            "when",
            "
 --> notes.md:1:18
  |
1 | 👩\u{200d}💻 e\u{301}\\u{200b} 👍🏽 🇯🇵 ❤\u{fe0f} done
  |                       ^^^^ when"
                .replace("\\\\", "\\")
                .as_str(),
        );
    }

    #[test]
    fn control_characters_and_log_commands_are_shown_not_obeyed() {
        check(
            "a\u{1b}[2J\u{202e}b ##[error]x done\n",
            "done",
            "not a \u{1b}[31mstatus",
            r"
 --> notes.md:1:20
  |
1 | a\u{1b}[2J\u{202e}b #\u{23}[error]x done
  |                                     ^^^^ not a \u{1b}[31mstatus",
        );
    }

    #[test]
    fn a_long_line_is_cut_around_the_marks() {
        let before = "abcdefghi ".repeat(5_000);
        let source = format!("{before}\"status\":\"In Progress\"{}\n", " jklmnopqr".repeat(5_000));
        check(
            &source,
            "\"In Progress\"",
            "one of planned, in-progress, done, dropped",
            "
 --> notes.md:1:50010
  |
1 | …bcdefghi \"status\":\"In Progress\" jklmnopqr jklmnopqr jklmnopqr jklmnopqr jk…
  |                    ^^^^^^^^^^^^^ one of planned, in-progress, done, dropped",
        );
        check_at(
            &source,
            Span::of(100, 90_000),
            "all of this",
            "
 --> notes.md:1:101
  |
1 | …abcdefghi abcdefghi abcdefghi abcdefghi abcdefghi abcdefghi abcdefghi abcd…
  |  ^ all of this",
        );
    }

    #[test]
    fn a_place_at_the_end_or_in_an_empty_file_has_a_mark() {
        check_at(
            "one\ntwo",
            Span::at(7),
            "a line feed is missing",
            "
 --> notes.md:2:4
  |
2 | two
  |    ^ a line feed is missing",
        );
        check_at(
            "",
            Span::at(0),
            "nothing here",
            "
 --> notes.md:1:1
  |
1 |
  | ^ nothing here",
        );
    }

    #[test]
    fn a_place_over_lines_says_to_which_line() {
        let source = "# A\nfirst\nsecond\nthird\n";
        check(
            source,
            "rst\nsecond\nth",
            "from here",
            "
 --> notes.md:2:3 (to line 4)
  |
2 | first
  |   ^^^ from here",
        );
        check(
            source,
            "first\n",
            "all of it",
            "
 --> notes.md:2:1
  |
2 | first
  | ^^^^^ all of it",
        );
    }

    #[test]
    fn equal_findings_are_capped_by_rule_and_file() {
        let source = "word\n";
        let mut findings: Vec<Located> = (0..12).map(|_| at(source, Span::new(0, 4), "")).collect();
        let mut other = at(source, Span::new(0, 4), "");
        other.finding.path = "other.md".into();
        findings.push(other);
        let report = sample::of(findings);
        let text = sample::written(write, &report);
        assert_eq!(text.matches("error[a-rule]").count(), 11);
        let line = "\n… and 2 more a-rule in notes.md (--all shows them)\n\nerror[a-rule]: it is wrong\n --> other.md";
        assert!(text.contains(line), "{text}");
        let all = sample::styled(write, &report, Style { all: true, ..sample::STYLE });
        assert_eq!((all.matches("error[a-rule]").count(), all.contains("more a-rule")), (13, false));
    }

    #[test]
    fn colour_only_adds_to_the_words() {
        let plain = sample::written(write, &sample::report());
        let mut colored = sample::styled(write, &sample::report(), Style { color: true, ..sample::STYLE });
        assert!(colored.contains("\u{1b}[1;31merror[schema-violation]\u{1b}[0m"));
        while let Some(start) = colored.find('\u{1b}') {
            let end = start + colored[start..].find('m').expect("a sequence ends");
            colored.replace_range(start..=end, "");
        }
        assert_eq!(colored, plain);
    }

    /// `source` with its needles as findings that are secrets, and a finding on `plain`.
    fn drawn_beside(source: &str, secrets: &[&str], plain: &str) -> String {
        let mut findings = vec![at(source, sample::span(source, plain), "")];
        for needle in secrets {
            let mut located = at(source, sample::span(source, needle), "a key");
            located.finding.hidden.push(located.finding.span);
            findings.push(located);
        }
        sample::written(write, &sample::of(findings))
    }

    #[test]
    fn a_secret_is_hidden_in_every_excerpt_of_its_line() {
        let text = drawn_beside("key = AKIA1234 and ghp_5678 then x\n", &["AKIA1234", "ghp_5678"], "then");
        assert_eq!(text.matches("1 | key = [redacted] and [redacted] then x\n").count(), 3, "{text}");
        assert!(text.contains("\n  |       ^^^^^^^^^^ a key\n"), "{text}");
    }

    #[test]
    fn a_secret_longer_than_the_excerpt_or_over_lines_is_hidden() {
        let long = format!("key = {} then\n", "K".repeat(2_000));
        assert!(!drawn_beside(&long, &["K".repeat(2_000).as_str()], "key").contains("KK"));
        assert!(!drawn_beside(&long, &["K".repeat(2_000).as_str()], "then").contains("KK"));
        let lines = "key = \r\nSECRET1\r\nSECRET2\r\nend\n";
        for place in ["key", "SECRET1", "\r\nSECRET2", "\nSECRET2", "CRET2", "\r\nend"] {
            let text = drawn_beside(lines, &["SECRET1\r\nSECRET2"], place);
            assert!(!text.contains("RET"), "{place:?}: {text}");
        }
    }

    #[test]
    fn secrets_that_overlap_are_hidden_whole() {
        let text = drawn_beside("key = ABCDEFGH then\n", &["ABCDE", "CDEFGH", "DE"], "then");
        assert_eq!(text.matches("1 | key = [redacted] then\n").count(), 4, "{text}");
    }

    #[test]
    fn a_secret_before_a_marked_line_ending_is_hidden_whole() {
        let text = drawn_beside("key = AKIA1234\r\n", &["AKIA1234"], "\n");
        assert!(text.contains("[redacted]\n") && !text.contains("[redacted]4"), "{text}");
    }

    #[test]
    fn a_secret_that_a_suppression_covers_is_hidden() {
        let source = "key = AKIA1234 then\n";
        let mut report = sample::of(vec![at(source, sample::span(source, "then"), "")]);
        report.secrets = vec![("notes.md".into(), sample::span(source, "AKIA1234"))];
        assert!(sample::written(write, &report).contains("key = [redacted] then\n"));
    }

    #[test]
    fn where_bytes_are_not_text_a_line_with_a_secret_is_hidden() {
        let source = b"\xff\xfe key = AKIA1234 then\n";
        let lines = crate::text::LineIndex::new(source);
        let mut located = at("", Span::at(0), "").clone();
        let span = Span::new(9, 17);
        located.start = lines.position(source, span.start);
        located.end = lines.position(source, span.end);
        located.excerpt = crate::text::Excerpt::new(source, &lines, span);
        located.finding.hidden.push(span);
        let text = sample::written(write, &sample::of(vec![located]));
        assert!(text.contains("1 | [redacted]\n  | ^^^^^^^^^^\n"), "{text}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_text_breaks_out_of_its_place(
            text in "(\\PC|[\u{0}-\u{1f}\u{80}-\u{9f}\u{200b}-\u{200f}\u{202e}]|::|##\\[| ){0,200}",
            (from, to) in (0..200_u32, 0..300_u32),
            width_asked in 0..120_usize,
        ) {
            let mut located = at(&text, Span::new(from.min(to), to), &text);
            located.finding = located.finding.note(text.as_str()).field(text.as_str());
            located.finding.message.clone_from(&text);
            let mut report = sample::of(vec![located]);
            report.scope.notes = vec![text.clone()];
            let style = Style { width: width_asked, ..sample::STYLE };
            let written = sample::styled(write, &report, style);
            for line in written.lines() {
                prop_assert!(!line.contains(crate::text::is_unprintable), "{line:?}");
                prop_assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "{line:?}");
                prop_assert!(width(line) <= width_asked.max(NARROWEST), "{line:?}");
            }
        }
    }
}
