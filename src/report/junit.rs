//! JUnit XML, as far as CI services agree on it: <https://github.com/testmoapp/junitxml> collects what they read,
//! <https://docs.gitlab.com/ci/testing/unit_test_reports/> says what GitLab takes. Each file with findings is a suite
//! and each finding a failed case. One more suite is about the run itself: its case passes when everything could be
//! checked and is an error when not, so that no report is without a test and no incomplete run is green.

use std::io::{self, Write};

use super::plain::{shown, unled};
use super::scope::{nothing_found, scope_lines, summary_line};
use super::{Located, Report, Scope, Style};

/// Writes one document. Suites and cases stand in the order of the report; no time is given, as none is measured.
pub(super) fn write(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let run = about_the_run(report);
    let files: Vec<&[Located]> = report.findings.chunk_by(|a, b| a.finding.path == b.finding.path).collect();
    let mut total = Counts::of(&run);
    total.tests += report.findings.len();
    total.failures += report.findings.len();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"{TOOL}\"{}>", total.attributes())?;
    suite(TOOL, &run, out)?;
    for file in files {
        let cases: Vec<Case> = file.iter().map(Case::from).collect();
        suite(&shown(file[0].finding.path.as_str()), &cases, out)?;
    }
    writeln!(out, "</testsuites>")
}

/// The name of the suite about the run, and of the class of its cases.
const TOOL: &str = env!("CARGO_PKG_NAME");

/// How many digits of a fingerprint tell cases apart that have the same words. Services take cases of one name for one.
const DIGITS: usize = 12;

/// A `testcase`.
struct Case {
    name: String,
    /// The file and the line it is about.
    place: Option<(String, u32)>,
    outcome: Outcome,
    /// `system-out`.
    output: Option<String>,
}

enum Outcome {
    Passed,
    /// What stopped it from being tried.
    Skipped(String),
    Failed {
        severity: &'static str,
        message: String,
        text: String,
    },
    /// That the answer is not known, and why.
    Error {
        message: String,
        text: String,
    },
}

impl From<&Located> for Case {
    fn from(located: &Located) -> Self {
        let finding = &located.finding;
        let (rule, message) = (shown(&finding.rule), shown(&finding.message));
        let digits: String = located.fingerprint.chars().take(DIGITS).collect();
        let mut lines = vec![super::concise::line(located)];
        lines.extend(finding.notes.iter().map(|note| format!("note: {}", shown(note))));
        lines.extend(finding.fix.as_ref().map(|fix| format!("help: {}", shown(&fix.title))));
        Self {
            name: format!("{rule}: {message} ({digits})"),
            place: Some((shown(finding.path.as_str()), located.start.line)),
            outcome: Outcome::Failed { severity: located.severity.name(), message, text: lines.join("\n") },
            output: None,
        }
    }
}

/// Whether everything could be checked, with the scope as its output, and each file that was not read.
fn about_the_run(report: &Report) -> Vec<Case> {
    let scope = &report.scope;
    let lines = scope_lines(report, true).into_iter().map(unled);
    let told: Vec<String> = std::iter::once(summary_line(report)).chain(lines).collect();
    let text = told.join("\n");
    let (outcome, output) = if !scope.complete {
        (Outcome::Error { message: "not everything could be checked".to_owned(), text }, None)
    } else if is_nothing(scope) {
        (Outcome::Skipped(nothing_found(scope).to_owned()), Some(text))
    } else {
        (Outcome::Passed, Some(text))
    };
    let whole = Case { name: "everything could be checked".to_owned(), place: None, outcome, output };
    let unread = scope.unread.iter().map(|(path, reason)| Case {
        name: format!("{} could be read", shown(path)),
        place: None,
        outcome: Outcome::Skipped(format!("not read: {}", shown(reason))),
        output: None,
    });
    std::iter::once(whole).chain(unread).collect()
}

/// Whether there was nothing to look at, which must not read as a test that passed.
fn is_nothing(scope: &Scope) -> bool {
    scope.files == 0 && scope.commits == 0
}

/// The counts that a suite gives as attributes.
#[derive(Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Counts {
    fn of(cases: &[Case]) -> Self {
        let mut counts = Self { tests: cases.len(), ..Self::default() };
        for case in cases {
            match case.outcome {
                Outcome::Passed => {}
                Outcome::Skipped(_) => counts.skipped += 1,
                Outcome::Failed { .. } => counts.failures += 1,
                Outcome::Error { .. } => counts.errors += 1,
            }
        }
        counts
    }

    fn attributes(&self) -> String {
        let Self { tests, failures, errors, skipped } = self;
        format!(" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\"")
    }
}

fn suite(name: &str, cases: &[Case], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  <testsuite name=\"{}\"{}>", xml(name), Counts::of(cases).attributes())?;
    cases.iter().try_for_each(|case| case.write(name, out))?;
    writeln!(out, "  </testsuite>")
}

impl Case {
    /// Writes the element. GitLab calls the class the suite, so it is the suite's name.
    fn write(&self, class: &str, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "    <testcase classname=\"{}\" name=\"{}\"", xml(class), xml(&self.name))?;
        if let Some((file, line)) = &self.place {
            write!(out, " file=\"{}\" line=\"{line}\"", xml(file))?;
        }
        writeln!(out, ">")?;
        match &self.outcome {
            Outcome::Passed => {}
            Outcome::Skipped(why) => {
                writeln!(out, "      <skipped message=\"{0}\">{0}</skipped>", xml(why))?;
            }
            Outcome::Failed { severity, message, text } => {
                detail("failure", severity, message, text, out)?;
            }
            Outcome::Error { message, text } => detail("error", "incomplete", message, text, out)?,
        }
        if let Some(text) = &self.output {
            writeln!(out, "      <system-out>{}</system-out>", xml(text))?;
        }
        writeln!(out, "    </testcase>")
    }
}

/// GitLab shows what an element holds, others its message, so it has both.
fn detail(name: &str, kind: &str, message: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
    let (message, text) = (xml(message), xml(text));
    writeln!(out, "      <{name} message=\"{message}\" type=\"{kind}\">{text}</{name}>")
}

/// `text` for an attribute's value or an element's content. What XML 1.0 has no way to write (section 2.2) becomes
/// `\u{…}`, as does what attaches a file to a case (`[[ATTACHMENT|path]]`).
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '[' if text[at..].starts_with("[ATTACHMENT") => out.extend(c.escape_unicode()),
            '\n' | ' '..='\u{7e}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'.. => out.push(c),
            c => out.extend(c.escape_unicode()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use roxmltree::{Document, Node};

    use super::super::sample;
    use super::*;

    /// Each case of a document: (class, name, outcome), and its counts compared to what it holds.
    fn cases(text: &str) -> Vec<(String, String, String)> {
        let document = Document::parse(text).expect("well-formed XML");
        let root = document.root_element();
        assert!(root.has_tag_name("testsuites"));
        assert_counts(root);
        root.children().filter(Node::is_element).for_each(assert_counts);
        let attribute = |node: &Node, name| node.attribute(name).expect("it is there").to_owned();
        let elements = root.descendants().filter(|node| node.has_tag_name("testcase"));
        elements
            .map(|case| {
                let outcome = case.first_element_child().map_or("passed", |child| child.tag_name().name());
                let outcome = if outcome == "system-out" { "passed" } else { outcome };
                (attribute(&case, "classname"), attribute(&case, "name"), outcome.to_owned())
            })
            .collect()
    }

    fn assert_counts(suite: Node) {
        let counted = |tag| suite.descendants().filter(|node| node.has_tag_name(tag)).count().to_string();
        for (attribute, tag) in
            [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
        {
            assert_eq!(suite.attribute(attribute), Some(&*counted(tag)), "{attribute}");
        }
    }

    #[test]
    fn a_report_is_a_suite_about_the_run_and_a_suite_for_each_file() {
        insta::assert_snapshot!(sample::written(write, &sample::report()), @r##"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="opsbook" tests="5" failures="3" errors="1" skipped="1">
          <testsuite name="opsbook" tests="2" failures="0" errors="1" skipped="1">
            <testcase classname="opsbook" name="everything could be checked">
              <error message="not everything could be checked" type="incomplete">2 errors, 1 warning (1 suppressed, 3 in the baseline); 1 can be mended with --fix, 1 more with --fix --unsafe-fixes; not everything could be checked
        checked the working tree at 1a2b3c4: 12 files, 1,204 records (roadmap 1,190 in 1 file, notes 14 in 1 file)
        not read: data/huge.jsonl: is a Git LFS pointer
        cannot tell: history is shallow, so dangling-reference could not look for deletions</error>
            </testcase>
            <testcase classname="opsbook" name="data/huge.jsonl could be read">
              <skipped message="not read: is a Git LFS pointer">not read: is a Git LFS pointer</skipped>
            </testcase>
          </testsuite>
          <testsuite name="roadmap.jsonl" tests="3" failures="3" errors="0" skipped="0">
            <testcase classname="roadmap.jsonl" name="schema-violation: &quot;In Progress&quot; is not a value that `status` may have (a38dde787d98)" file="roadmap.jsonl" line="2">
              <failure message="&quot;In Progress&quot; is not a value that `status` may have" type="error">roadmap.jsonl:2:41: error[schema-violation] &quot;In Progress&quot; is not a value that `status` may have
        note: schemas/roadmap.schema.json allows 4 values
        help: write &quot;in-progress&quot;</failure>
            </testcase>
            <testcase classname="roadmap.jsonl" name="dangling-reference: no record of roadmap has the key RM-7 (8bd830c963a9)" file="roadmap.jsonl" line="2">
              <failure message="no record of roadmap has the key RM-7" type="error">roadmap.jsonl:2:64: error[dangling-reference] no record of roadmap has the key RM-7</failure>
            </testcase>
            <testcase classname="roadmap.jsonl" name="stale-in-progress: RM-2 has not changed for 94 days (1c6964bd5879)" file="roadmap.jsonl" line="2">
              <failure message="RM-2 has not changed for 94 days" type="warning">roadmap.jsonl:2:8: warning[stale-in-progress] RM-2 has not changed for 94 days
        help: set it back to planned</failure>
            </testcase>
          </testsuite>
        </testsuites>
        "##);
        assert_eq!(cases(&sample::written(write, &sample::report())).len(), 5);
    }

    #[test]
    fn a_clean_run_is_one_test_that_passed() {
        let text = sample::written(write, &sample::of(Vec::new()));
        assert_eq!(cases(&text), [("opsbook".into(), "everything could be checked".into(), "passed".into())]);
        assert!(text.contains("<system-out>no problems found\nchecked the working tree"), "{text}");
    }

    #[test]
    fn a_run_that_did_not_see_everything_or_anything_does_not_pass() {
        let outcome = |scope: Scope| {
            let report = Report { scope, ..Report::default() };
            cases(&sample::written(write, &report)).remove(0).2
        };
        assert_eq!(outcome(sample::scope()), "passed");
        assert_eq!(outcome(Scope { complete: false, ..sample::scope() }), "error");
        assert_eq!(outcome(Scope::default()), "error");
        assert_eq!(outcome(Scope { complete: true, ..Scope::default() }), "skipped");
    }

    #[test]
    fn equal_words_at_two_places_are_two_tests() {
        let mut report = sample::report();
        let mut twin = report.findings[1].clone();
        twin.fingerprint = crate::finding::fingerprint(&twin.finding.identity(), 1);
        report.findings.insert(1, twin);
        let mut names: Vec<_> = cases(&sample::written(write, &report)).into_iter().collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn text_of_a_repository_neither_ends_an_element_nor_breaks_the_document() {
        let hostile =
            "]]></failure>\"' <![CDATA[ &amp; <!-- \u{0}\u{1b}\u{b}\u{7f}\u{9b}\u{fffe}\u{ffff}\r\n\t";
        let seen = "]]></failure>\"' <![CDATA[ &amp; <!-- \\u{0}\\u{1b}\\u{b}\\u{7f}\\u{9b}\\u{fffe}\\u{ffff}\\r\\n\\t";
        let mut report = sample::report();
        for located in &mut report.findings {
            located.finding.message = hostile.into();
            located.finding.path = hostile.into();
            located.finding.notes = vec![hostile.into()];
        }
        report.scope.unread = vec![(hostile.into(), hostile.into())];
        report.scope.unknown = vec![hostile.into()];
        let text = sample::written(write, &report);
        let cases = cases(&text);
        assert_eq!(cases.len(), 5);
        assert_eq!(cases[2].0, seen);
        let document = Document::parse(&text).expect("well-formed XML");
        let failure = document.descendants().find(|node| node.has_tag_name("failure"));
        let failure = failure.expect("there is one");
        assert_eq!(failure.attribute("message"), Some(seen));
        assert!(failure.text().is_some_and(|text| text.contains(&format!("\nnote: {seen}"))));
    }

    #[test]
    fn every_character_can_be_read_again() {
        let all: String =
            (0..=0x2_ffff_u32).chain([0x10_fffe, 0x10_ffff]).filter_map(char::from_u32).collect();
        let text = format!("<a b=\"{0}\">{0}</a>", xml(&all));
        let document = Document::parse(&text).expect("well-formed XML");
        assert!(document.root_element().attribute("b").is_some_and(|value| value.contains("\\u{1}")));
    }

    #[test]
    fn no_file_is_attached_because_a_record_says_so() {
        let mut report = sample::of(Vec::new());
        report.scope.notes = vec!["[[ATTACHMENT|/etc/passwd]]".into()];
        let text = sample::written(write, &report);
        assert!(text.contains("/etc/passwd") && !text.contains("[[ATTACHMENT"), "{text}");
    }
}
