//! The questions of `docs/queries.md`, asked of the examples: the answers are those that `tests/queries.py` counts from
//! the files and from git, and those that the page shows.
//!
//! `UPDATE=1 cargo test --test it queries` writes the answers into the page, and the rows of the script, where there is
//! a Python to run it, into `tests/data/queries/`. Read the difference before you commit it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use opsbook::repo::builder::{Repo, files, read};
use opsbook::setup::examples::Example;

use crate::support::run;

/// What counts as now where a question does not say.
const NOW: &str = "2026-11-20T18:00:00Z";

/// A question of the page.
struct Question {
    /// Its place on the page, from 1.
    number: usize,
    title: String,
    example: String,
    now: String,
    sql: String,
    /// Where its answer stands, behind the statement.
    answer: Range<usize>,
}

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn questions(page: &str) -> Vec<Question> {
    let starts: Vec<usize> = page.match_indices("\n## ").map(|(at, _)| at + 1).collect();
    let ends = starts.iter().skip(1).copied().chain([page.len()]);
    let question = |(at, (start, end)): (usize, (&usize, usize))| {
        let part = &page[*start..end];
        let between = |from: &str, to: &str| {
            let found = part.split_once(from).and_then(|(_, rest)| rest.split_once(to));
            found.map_or_else(|| panic!("no {from} in {part}"), |(found, _)| found.trim().to_owned())
        };
        let asked = between("<!-- ask:", "-->");
        let (example, now) = asked.split_once(" at ").unwrap_or((&asked, NOW));
        let sql = between("```sql\n", "```");
        let behind = part.find("```sql").and_then(|at| Some(at + 6 + part[at + 6..].find("```\n")? + 4));
        Question {
            number: at + 1,
            title: between("## ", "\n"),
            example: example.to_owned(),
            now: now.to_owned(),
            sql,
            answer: start + behind.expect("the statement ends")..end,
        }
    };
    starts.iter().zip(ends).enumerate().map(question).collect()
}

/// The examples that questions are asked of, built.
fn examples(questions: &[Question]) -> BTreeMap<&str, Repo> {
    let mut built = BTreeMap::new();
    for question in questions {
        built.entry(&*question.example).or_insert_with(|| {
            Example::new(files(&top().join("examples").join(&question.example))).build().0
        });
    }
    built
}

fn rows_of(question: &Question) -> PathBuf {
    top().join(format!("tests/data/queries/{:02}.csv", question.number))
}

fn is_update() -> bool {
    std::env::var_os("UPDATE").is_some()
}

#[test]
fn twenty_questions_of_an_operator_have_the_answers_that_were_counted_without_opsbook() {
    let place = top().join("docs/queries.md");
    let page = read(&place);
    let questions = questions(&page);
    assert!(questions.len() >= 20, "{} questions", questions.len());
    let examples = examples(&questions);
    let mut mended = page.clone();
    let mut wrong = Vec::new();
    // From the end, so that the places of those before stay true.
    for question in questions.iter().rev() {
        let ask = |format: &str| {
            let args = ["query", "--now", &question.now, "--format", format, &question.sql];
            run(&examples[&*question.example], &args).exits(0).stdout
        };
        let found = ask("csv").replace('\r', "");
        let found = found.split_once('\n').map_or("", |(_, rows)| rows);
        assert!(!found.is_empty(), "{}: an answer without rows shows nothing", question.title);
        let expect = std::fs::read_to_string(rows_of(question)).unwrap_or_default();
        if found != expect {
            wrong.push(format!("{}\nopsbook says\n{found}\ncounted was\n{expect}", question.title));
        }
        mended.replace_range(question.answer.clone(), &format!("\n{}\n", ask("markdown").trim_end()));
        if question.number < questions.len() {
            let end =
                question.answer.start + mended[question.answer.start..].find("\n## ").unwrap_or_default();
            mended.insert(end, '\n');
        }
    }
    let mended = format!("{}\n", mended.trim_end());
    if is_update() {
        std::fs::write(&place, &mended).expect("the page can be written");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(is_update() || mended == page, "docs/queries.md shows other answers; UPDATE=1 writes them");
}

#[test]
fn the_counted_rows_are_what_the_script_counts() {
    let has = |program: &str, args: &[&str]| {
        Command::new(program).args(args).output().is_ok_and(|output| output.status.success())
    };
    if !has("python3", &["-c", "import tomllib, zoneinfo; zoneinfo.ZoneInfo('Europe/Oslo')"])
        || !has("git", &["--version"])
    {
        eprintln!("SKIPPED: no Python 3.11 with time zones, or no git, to count the rows again");
        return;
    }
    let page = read(&top().join("docs/queries.md"));
    let questions = questions(&page);
    let examples = examples(&questions);
    for question in &questions {
        let mut script = Command::new("python3");
        script.arg(top().join("tests/queries.py")).arg(examples[&*question.example].path());
        let output = script.args([&*question.now, &question.number.to_string()]).output().expect("it runs");
        assert!(output.status.success(), "{}: {}", question.title, String::from_utf8_lossy(&output.stderr));
        let counted = String::from_utf8(output.stdout).expect("UTF-8").replace('\r', "");
        if is_update() {
            std::fs::create_dir_all(rows_of(question).parent().expect("a folder")).expect("writable");
            std::fs::write(rows_of(question), &counted).expect("writable");
        }
        assert_eq!(counted, read(&rows_of(question)), "{}", question.title);
    }
}
