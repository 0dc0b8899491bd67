//! A comment for a pull request: the counts, then each finding with its line, then what was looked at. It stays within
//! what GitHub takes for a comment and says what it left out. Text of the repository reaches it only as the words and
//! code of `markup`, so a record can neither break the page nor link nor mention anybody. Knows no forge's addresses.
//!
//! Sources: <https://github.github.com/gfm/>; the limit is the one GitHub's API answers with when a body is too long.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::io::{self, Write};

use super::excerpt::{Secrets, draw};
use super::markup::{code, marked_up, preformatted};
use super::plain::thousands;
use super::scope::{counts, remarks, scope_lines, severities};
use super::text::asides;
use super::{Located, Report, Style};
use crate::finding::Severity;
use crate::text::shorten;

/// Characters of a comment: 65,536, less what a workflow may put around it. Counted as UTF-16 does, which is never
/// less than what a service counts.
const LIMIT: usize = 65_000;

/// Characters that the scope may take of them.
const SCOPE: usize = 10_000;

/// Findings shown for a rule in a file, unless all are asked for.
const SHOWN: usize = 10;

/// Findings that stand open; of more, those of each file are folded.
const OPEN: usize = 10;

/// Columns of source in an excerpt: what a comment shows without scrolling.
const COLUMNS: usize = 80;

/// Lines of explanation under a finding.
const ASIDES: usize = 8;

/// Writes the comment.
pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let scope = if style.quiet { String::new() } else { scope(report, style.all) };
    let head = head(report);
    let page = Page { report, style, secrets: Secrets::new(report) };
    // What says how many were left out is as long as the head of a file at most.
    let shown = page.kept(LIMIT.saturating_sub(units(&head) + units(&scope) + LEFT_OUT));
    out.write_all(head.as_bytes())?;
    if shown.len() < report.findings.len() {
        let (shown, found) = (thousands(shown.len()), thousands(report.findings.len()));
        writeln!(out, "{shown} of {found} findings are shown, the heaviest first.\n")?;
    }
    page.files(&shown, out)?;
    out.write_all(scope.as_bytes())
}

/// Room for the line that says how many findings are shown.
const LEFT_OUT: usize = 100;

/// The headline, and what is to be said about all findings.
fn head(report: &Report) -> String {
    let remarks: String =
        remarks(report).into_iter().map(|remark| format!("- {}\n", marked_up(&remark))).collect();
    let end = if remarks.is_empty() { "" } else { "\n" };
    format!("## {}: {}\n\n{remarks}{end}", env!("CARGO_PKG_NAME"), counts(report))
}

/// What was looked at, and a list of what was not.
fn scope(report: &Report, all: bool) -> String {
    let lines = scope_lines(report, all);
    let mut out = String::new();
    for (index, line) in lines.iter().enumerate() {
        let item = marked_up(line);
        if units(&out) + units(&item) > SCOPE {
            out.push_str(&format!("- … and {} more lines\n", thousands(lines.len() - index)));
            break;
        }
        let gap = if index == 0 && lines.len() > 1 { "\n" } else { "" };
        let bullet = if index == 0 { "" } else { "- " };
        out.push_str(&format!("{bullet}{item}\n{gap}"));
    }
    out
}

/// What all findings are drawn on.
struct Page<'a> {
    report: &'a Report,
    style: &'a Style,
    secrets: Secrets<'a>,
}

impl Page<'_> {
    /// The heaviest findings that fit in `room`, each drawn, in the order of the report.
    fn kept(&self, room: usize) -> Vec<(usize, String)> {
        let findings = &self.report.findings;
        let mut order: Vec<usize> = (0..findings.len()).collect();
        order.sort_by_key(|&index| (Reverse(findings[index].severity), index));
        let mut seen: HashMap<(&str, &str), usize> = HashMap::new();
        let mut paths: HashSet<&str> = HashSet::new();
        let (mut kept, mut used) = (Vec::new(), 0);
        for index in order {
            let finding = &findings[index].finding;
            let path = finding.path.as_str();
            let count = seen.entry((path, &finding.rule)).or_default();
            *count += 1;
            if *count > SHOWN && !self.style.all {
                continue;
            }
            let text = self.finding(&findings[index]);
            let frame = if paths.contains(path) { 0 } else { frame(path) };
            if used + units(&text) + frame > room {
                break;
            }
            used += units(&text) + frame;
            paths.insert(path);
            kept.push((index, text));
        }
        kept.sort_unstable_by_key(|&(index, _)| index);
        kept
    }

    /// The findings, file by file, folded when they are many.
    fn files(&self, kept: &[(usize, String)], out: &mut dyn Write) -> io::Result<()> {
        let path = |index: usize| self.report.findings[index].finding.path.as_str();
        let is_folded = kept.len() > OPEN;
        let mut all: HashMap<&str, [usize; 3]> = HashMap::new();
        for located in &self.report.findings {
            let place = match located.severity {
                Severity::Error => 0,
                Severity::Warning => 1,
                Severity::Info => 2,
            };
            all.entry(located.finding.path.as_str()).or_default()[place] += 1;
        }
        for file in kept.chunk_by(|a, b| path(a.0) == path(b.0)) {
            let name = path(file[0].0);
            let found = all.get(name).copied().unwrap_or_default();
            out.write_all(opening(name, found, is_folded).as_bytes())?;
            file.iter().try_for_each(|(_, text)| out.write_all(text.as_bytes()))?;
            let more = found.iter().sum::<usize>().saturating_sub(file.len());
            if more > 0 {
                writeln!(out, "- … and {} more in this file", thousands(more))?;
            }
            out.write_all(closing(is_folded).as_bytes())?;
        }
        Ok(())
    }

    /// A finding as an item of a list: where and what, the line of source, and what explains it.
    fn finding(&self, located: &Located) -> String {
        let finding = &located.finding;
        let (line, severity) = (located.start.line, located.severity.name());
        let message = marked_up(&shorten(&finding.message, 500));
        let mut out =
            format!("- line {line}, **{severity}** {}: {message}\n", code(&shorten(&finding.rule, 100)));
        let drawn = draw(located, &self.secrets, COLUMNS, 0);
        if !drawn.source.trim().is_empty() {
            let source = preformatted(drawn.source.trim_end());
            let (indent, marks) = (" ".repeat(drawn.indent), "^".repeat(drawn.marks));
            out.push_str(&format!("  <pre>\n  {source}\n  {indent}{marks}\n  </pre>\n"));
        }
        for (kind, text) in asides(located, self.style.verbose).iter().take(ASIDES) {
            out.push_str(&format!("  - {kind}: {}\n", marked_up(&shorten(text, 300))));
        }
        out
    }
}

/// What stands before the findings of a file.
fn opening(path: &str, found: [usize; 3], is_folded: bool) -> String {
    let name = code(&shorten(path, 300));
    if is_folded {
        format!("<details>\n<summary>{name}: {}</summary>\n\n", severities(found))
    } else {
        format!("### {name}\n\n")
    }
}

/// What stands behind them.
const fn closing(is_folded: bool) -> &'static str {
    if is_folded { "\n</details>\n\n" } else { "\n" }
}

/// Characters around the findings of a file at most: the counts of its head, and of what it leaves out.
fn frame(path: &str) -> usize {
    units(&opening(path, [usize::MAX; 3], true)) + units(closing(true)) + LEFT_OUT
}

/// Characters as UTF-16 counts them.
fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::super::sample;
    use super::*;
    use crate::finding::{Finding, Fix};
    use crate::text::Span;

    /// Everything but what replaces characters by nicer ones.
    const OPTIONS: Options = Options::all().difference(Options::ENABLE_SMART_PUNCTUATION);

    /// The text of a page outside code, by block; anything but lists, headings, code and folds fails.
    fn read(page: &str) -> Vec<String> {
        let (mut blocks, mut depth) = (vec![String::new()], 0);
        for event in Parser::new_ext(page, OPTIONS) {
            match event {
                Event::Text(text) if depth == 0 => blocks.last_mut().expect("there is one").push_str(&text),
                Event::Text(_) | Event::End(_) | Event::SoftBreak => {}
                Event::Start(Tag::Strong | Tag::HtmlBlock) => {}
                Event::Start(Tag::Paragraph | Tag::List(None) | Tag::Item | Tag::Heading { .. }) => {
                    blocks.push(String::new())
                }
                Event::InlineHtml(html) if &*html == "<code>" => depth += 1,
                Event::InlineHtml(html) if &*html == "</code>" => depth -= 1,
                Event::InlineHtml(html) if &*html == "<wbr>" => assert!(depth > 0),
                Event::Html(html) => assert_html(&html),
                other => panic!("{other:?} in\n{page}"),
            }
        }
        assert_eq!(depth, 0);
        blocks.retain(|block| !block.is_empty());
        blocks
    }

    /// Raw HTML is a line of ours, or source in which nothing is an element.
    fn assert_html(line: &str) {
        let text = line.trim();
        let is_ours = ["<pre>", "</pre>", "<details>", "</details>"].contains(&text);
        let summary = text.strip_prefix("<summary><code>").and_then(|text| text.strip_suffix("</summary>"));
        let bare = summary.map_or_else(|| text.to_owned(), |text| text.replacen("</code>", "", 1));
        let bare = bare.replace("<wbr>", "");
        assert!(is_ours || !bare.contains(['<', '>']), "{line}");
    }

    const HOSTILE: &str = "@ana mara@example.org #1 | <img src=x onerror=y> </pre></details> `a` ``` [x](https://example.org) \
        *b* www.example.org\n\n# Title\n- x\r\u{1b}[2J\u{202e}![y](z) \\";

    #[test]
    fn a_comment_has_counts_findings_and_scope() {
        insta::assert_snapshot!(sample::written(write, &sample::report()), @r##"
        ## opsbook: 2 errors, 1 warning

        - 1 suppressed, 3 in the baseline
        - 1 can be mended with <code>--fix</code>, 1 more with <code>--fix --unsafe-fixes</code>
        - not everything could be checked

        ### <code>roadmap.jsonl</code>

        - line 2, **error** <code>schema-violation</code>: "In Progress" is not a value that <code>&#96;status&#96;</code> may have
          <pre>
          {"id":"RM-2","title":"Ship it","status":"In Progress","parent":"RM-7"}
                                                  ^^^^^^^^^^^^^
          </pre>
          - record: <code>RM-2</code> in roadmap, field <code>/status</code>
          - note: <code>schemas/roadmap.schema.json</code> allows 4 values
          - help: write "in-progress" (<code>--fix</code> applies it)
        - line 2, **error** <code>dangling-reference</code>: no record of roadmap has the key <code>RM-7</code>
          <pre>
          {"id":"RM-2","title":"Ship it","status":"In Progress","parent":"RM-7"}
                                                                         ^^^^^^
          </pre>
          - record: <code>RM-2</code> in roadmap, field <code>/parent</code>
          - evidence: commit <code>9f8e7d6</code> of <code>2026-11-02</code>: drop the items that nobody owns
        - line 2, **warning** <code>stale-in-progress</code>: <code>RM-2</code> has not changed for 94 days
          <pre>
          {"id":"RM-2","title":"Ship it","status":"In Progress","parent":"RM-7"}
                 ^^^^
          </pre>
          - see also: <code>docs/adr/0003-build.md</code>
          - help: set it back to planned (<code>--fix --unsafe-fixes</code> applies it)

        checked the working tree at <code>1a2b3c4</code>: 12 files, 1,204 records (roadmap 1,190 in 1 file, notes 14 in 1 file)

        - not read: <code>data/huge.jsonl</code>: is a Git LFS pointer
        - cannot tell: history is shallow, so dangling-reference could not look for deletions
        "##);
    }

    #[test]
    fn a_clean_run_is_a_headline_and_its_scope() {
        insta::assert_snapshot!(sample::written(write, &sample::of(Vec::new())), @r##"
        ## opsbook: no problems found

        checked the working tree at <code>1a2b3c4</code>: 12 files, 1,204 records (roadmap 1,190 in 1 file, notes 14 in 1 file)
        "##);
        let quiet = Style { quiet: true, ..sample::STYLE };
        assert_eq!(
            sample::styled(write, &sample::of(Vec::new()), quiet),
            "## opsbook: no problems found\n\n"
        );
    }

    /// A report whose every text is hostile.
    fn hostile() -> Report {
        let mut report = sample::report();
        for located in &mut report.findings {
            let finding = &mut located.finding;
            finding.path = HOSTILE.into();
            finding.message = HOSTILE.into();
            finding.rule = HOSTILE.into();
            finding.record = Some(HOSTILE.into());
            finding.notes = vec![HOSTILE.into()];
            finding.related = vec![HOSTILE.into()];
            finding.fix = Some(Fix { title: HOSTILE.into(), safe: true, edits: Vec::new() });
            located.excerpt.text = HOSTILE.into();
        }
        report.scope.unread = vec![(HOSTILE.into(), HOSTILE.into())];
        report.scope.unknown = vec![HOSTILE.into()];
        report.scope.notes = vec![HOSTILE.into()];
        report.scope.collections.insert(HOSTILE.into(), (1, 1));
        report
    }

    #[test]
    fn text_of_a_repository_breaks_nothing_links_nothing_and_mentions_nobody() {
        let mut report = hostile();
        for count in [3, OPEN + 2] {
            let last = report.findings[0].clone();
            report.findings.resize(count, last);
            let text = sample::written(write, &report);
            assert!(!text.contains("<img") && !text.contains(['\u{1b}', '\u{202e}', '\r']), "{text}");
            for block in read(&text) {
                let ours = ["@", "#1", "www", "://", "example", "Title"];
                assert!(!ours.iter().any(|hostile| block.contains(hostile)), "{block}");
            }
            // Within HTML, names are looked for unless it is code or preformatted.
            let mut outside = String::new();
            for (index, part) in text.split("<pre>").enumerate() {
                outside.push_str(if index == 0 {
                    part
                } else {
                    part.split_once("</pre>").expect("closed").1
                });
            }
            assert!(!outside.contains('@'), "{outside}");
        }
    }

    #[test]
    fn secrets_are_not_in_the_excerpt() {
        let source = "{\"id\":\"RM-1\",\"token\":\"s3cr3t-value\"}\n";
        let secret = sample::span(source, "s3cr3t-value");
        let finding = Finding::new("plaintext-secret", &"a.jsonl".into(), secret, "m").hidden(secret);
        let beside = Finding::new("b", &"a.jsonl".into(), Span::new(0, 2), "m");
        let located = |finding| sample::located(finding, Severity::Error, source);
        let text = sample::written(write, &sample::of(vec![located(beside), located(finding)]));
        assert!(text.contains("[redacted]") && !text.contains("s3cr3t"), "{text}");
    }

    #[test]
    fn many_findings_are_folded_by_file_and_counted() {
        let mut report = sample::report();
        let error = report.findings[1].clone();
        report.findings.splice(1..1, std::iter::repeat_n(error, 20));
        let text = sample::written(write, &report);
        assert!(text.contains("12 of 23 findings are shown, the heaviest first."), "{text}");
        assert!(
            text.contains("<details>\n<summary><code>roadmap.jsonl</code>: 22 errors, 1 warning</summary>")
        );
        assert!(text.contains("\n- … and 11 more in this file\n\n</details>\n"), "{text}");
        let all = sample::styled(write, &report, Style { all: true, ..sample::STYLE });
        assert!(all.contains("dangling") && !all.contains("are shown, the heaviest first"));
        read(&all);
    }

    #[test]
    fn thirty_thousand_findings_fit_the_heaviest_first() {
        let mut report = hostile();
        let (error, mut info) = (report.findings[0].clone(), report.findings[1].clone());
        info.severity = Severity::Info;
        report.findings =
            (0..30_000).map(|index| if index % 300 == 299 { &error } else { &info }.clone()).collect();
        for (index, located) in report.findings.iter_mut().enumerate() {
            located.finding.path = (&*format!("{:05}{HOSTILE}", index / 3)).into();
        }
        for all in [false, true] {
            let text = sample::styled(write, &report, Style { all, ..sample::STYLE });
            assert!(units(&text) <= LIMIT && units(&text) > LIMIT / 2, "{}", units(&text));
            assert!(text.contains(" of 30,000 findings are shown") && text.contains("**error**"));
            assert!(!text.contains("**info**"), "errors come first");
            read(&text);
        }
    }

    #[test]
    fn very_long_text_leaves_room_for_the_finding() {
        let mut report = hostile();
        let long = "@|<`*".repeat(4_000);
        let located = &mut report.findings[0];
        located.finding.message.clone_from(&long);
        located.finding.path = (&*long).into();
        located.finding.notes = vec![long.clone(); 100];
        report.findings.truncate(1);
        report.scope.unread = vec![(long.clone(), long.clone()); 100];
        report.scope.notes = vec![long; 100];
        let text = sample::styled(write, &report, Style { all: true, ..sample::STYLE });
        assert!(units(&text) <= LIMIT, "{}", units(&text));
        assert!(text.contains("- line 2, **error**") && text.contains(" more lines\n"), "{text}");
        read(&text);
    }
}
