//! Every example on every rule page is run: what it finds, where, and that it finds nothing else.

use std::collections::BTreeMap;

use jiff::Timestamp;
use opsbook::repo::Environment;
use opsbook::repo::builder::Repo;
use opsbook::rules::{RULES, Rule};
use opsbook::session::{BaseChoice, Request, Session};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

const NOW: &str = "2026-11-20T12:00:00Z";

#[test]
fn every_example_finds_what_its_page_says() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for rule in RULES {
        let examples = examples(rule);
        assert!(examples.iter().any(|one| one.finds), "{}: no example of what it finds", rule.id);
        assert!(examples.iter().any(|one| !one.finds), "{}: no example of what it does not find", rule.id);
        for example in examples {
            count += 1;
            let found = run(rule, &example);
            let expected = &example.expected;
            let fits = found.len() == expected.len()
                && found.iter().zip(expected).all(|(found, expected)| is_match(found, expected));
            if !fits {
                wrong.push(format!(
                    "{}: {}\n  expected {:#?}\n  found {:#?}",
                    rule.id, example.title, expected, found
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} examples:\n{}", wrong.len(), wrong.join("\n"));
}

/// Whether a finding, "path:line:column message", is the expected one, which may end anywhere after the place.
fn is_match(found: &str, expected: &str) -> bool {
    found == expected
        || found.strip_prefix(expected).is_some_and(|rest| rest.starts_with(' ') || expected.contains(' '))
}

/// Files by path, those that a commit takes away without bytes.
type Changes = Vec<(String, Option<Vec<u8>>)>;

/// Files by path.
type Files = Vec<(String, Vec<u8>)>;

struct Example {
    title: String,
    finds: bool,
    /// The files of the commit before; without any, and without `commits`, there is no git.
    before: Files,
    /// By moment and author: the files that a commit writes, on top of those before, or takes away.
    commits: BTreeMap<(Timestamp, String), Changes>,
    files: Files,
    /// Whether the files are a change against the last commit, as `--base HEAD` has it.
    is_change: bool,
    expected: Vec<String>,
}

fn run(rule: &Rule, example: &Example) -> Vec<String> {
    let has_past = !example.before.is_empty() || !example.commits.is_empty();
    let repo = if has_past { Repo::new() } else { Repo::plain() };
    for (path, bytes) in &example.before {
        repo.write(path, bytes).stage(path);
    }
    if !example.before.is_empty() {
        repo.commit("before");
        example.before.iter().for_each(|(path, _)| {
            repo.remove(path);
        });
    }
    for ((moment, author), files) in &example.commits {
        for (path, bytes) in files {
            match bytes {
                Some(bytes) => repo.write(path, bytes),
                None => repo.remove(path),
            };
        }
        repo.stage_all();
        let author = format!("{author} <{}@example.org>", author.to_lowercase());
        repo.commit_by(&author, "docs: records", moment.as_second());
    }
    for (path, bytes) in &example.files {
        repo.write(path, bytes);
    }
    let mut request = Request::new(repo.path(), NOW.parse().expect("a moment"));
    // Rules about suppressions and the baseline look at what the others found.
    let looks_at_others =
        ["unused-suppression", "expired-suppression", "stale-baseline-entry"].contains(&rule.id);
    if !looks_at_others {
        request.only = vec![rule.id.to_owned()];
    }
    request.base = example.is_change.then(|| BaseChoice::Rev("HEAD".to_owned()));
    let session = Session::open(request, &Environment::default()).expect("the example opens");
    let checked = session.check().expect("the example can be checked");
    assert!(!checked.has_bug, "{}: {}", rule.id, example.title);
    let of_rule = checked.report.findings.iter().filter(|located| located.finding.rule == rule.id);
    let mut lines: Vec<String> = of_rule
        .map(|located| {
            let (finding, start) = (&located.finding, located.start);
            format!("{}:{}:{} {}", finding.path, start.line, start.column, finding.message)
        })
        .collect();
    lines.sort();
    lines
}

fn examples(rule: &Rule) -> Vec<Example> {
    let (mut examples, mut finds, mut heading) = (Vec::<Example>::new(), None, None::<HeadingLevel>);
    let mut fence: Option<(String, String)> = None;
    for event in Parser::new(rule.prose()) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => heading = Some(level),
            Event::End(TagEnd::Heading(_)) => heading = None,
            Event::Text(text) if heading == Some(HeadingLevel::H2) => {
                finds = match &*text {
                    "Finds" => Some(true),
                    "Does not find" => Some(false),
                    _ => None,
                }
            }
            Event::Text(text) if heading == Some(HeadingLevel::H3) => {
                if let Some(finds) = finds {
                    let title = text.to_string();
                    let (before, files, expected) = (Vec::new(), Vec::new(), Vec::new());
                    let commits = BTreeMap::new();
                    let is_change = false;
                    examples.push(Example { title, finds, before, commits, files, is_change, expected });
                }
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) if finds.is_some() => {
                fence = Some((info.to_string(), String::new()));
            }
            Event::Text(text) => {
                if let Some((_, content)) = &mut fence {
                    content.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                if let (Some((info, content)), Some(example)) = (fence.take(), examples.last_mut()) {
                    add_fence(example, &info, content);
                }
            }
            _ => {}
        }
    }
    for example in &mut examples {
        let has_files = !example.files.is_empty() || !example.commits.is_empty();
        assert!(has_files, "{}: {} has no file", rule.id, example.title);
        assert_eq!(example.finds, !example.expected.is_empty(), "{}: {}", rule.id, example.title);
        example.expected.sort();
    }
    examples
}

fn add_fence(example: &mut Example, info: &str, mut content: String) {
    let mut words = info.split_whitespace();
    let language = words.next().unwrap_or_default();
    let Some(path) = words.next() else {
        assert_eq!(language, "text", "a fence without a path lists what is found");
        example.expected.extend(content.lines().map(str::to_owned));
        return;
    };
    let attributes: Vec<&str> = words.collect();
    if attributes.contains(&"no-final-newline") {
        content.truncate(content.trim_end_matches('\n').len());
    }
    let bytes = match attributes.contains(&"latin-1") {
        true => {
            content.chars().map(|c| u8::try_from(u32::from(c)).expect("a character of Latin-1")).collect()
        }
        false => content.into_bytes(),
    };
    let word_behind = |name: &str| {
        let at = attributes.iter().position(|word| *word == name)?;
        Some(*attributes.get(at + 1).unwrap_or_else(|| panic!("{path}: nothing stands behind {name}")))
    };
    if let Some(when) = word_behind("at") {
        let author = word_behind("by").unwrap_or("Ada").to_owned();
        let content = (!attributes.contains(&"gone")).then_some(bytes);
        example.commits.entry((moment(when), author)).or_default().push((path.to_owned(), content));
        return;
    }
    // The last commit is the base of a change that brings the file.
    example.is_change |= attributes.contains(&"base");
    let files = if attributes.contains(&"before") { &mut example.before } else { &mut example.files };
    files.push((path.to_owned(), bytes));
}

/// A moment of an example: a day, which is nine o'clock in UTC, or a day and a time.
fn moment(text: &str) -> Timestamp {
    let whole = if text.len() == 10 { format!("{text}T09:00:00Z") } else { text.to_owned() };
    whole.parse().unwrap_or_else(|_| panic!("{text} is no moment like 2026-11-02 or 2026-11-02T10:30:00Z"))
}
