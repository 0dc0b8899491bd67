//! Every example of README.md and docs/*.md is run, and what the pages must name is looked for in them.
//!
//! How an example is written:
//!
//! - A fence ```` ```jsonl roadmap.jsonl ```` writes that file. Prose beside it names the file, too, for the forge does
//!   not show the words behind the language.
//! - A fence ```` ```console ```` is a session: `$ opsbook …` is run at the top of the example's repository, and the
//!   lines under it are exactly what a terminal of 80 columns shows. A line that is only `…` stands for any lines. The
//!   exit status must be 0 or 1 unless the next command, `$ echo $?`, says otherwise. Other commands are those that
//!   `docs/shell.rs` knows: `git add`, `git commit` with an installed hook, `cat` and a few more. The repository's own
//!   path is shown as `/repo`.
//! - Each heading of the second level begins a new, empty repository; so do the comments `<!-- example: repository -->`
//!   and, without git, `<!-- example: folder -->`. `<!-- example: continued -->` goes on with the last one before the heading,
//!   and `<!-- example: shallow -->` cuts the history of the current one.
//! - `sh` fences are shown only. Each of their lines stands in `SHOWN`, so that none is forgotten, and what they say to
//!   opsbook must be an option that exists. The same holds for YAML fences and for code in prose.
//! - `toml` and `jsonl` fences hold what opsbook itself reads without a complaint, unless `wrong` stands behind their
//!   path.
//!
//! `UPDATE=1 cargo test --test it docs` writes what opsbook says now into the pages. Read the difference before you commit it.

mod page;
mod shell;

use std::collections::BTreeSet;

use opsbook::config::{Config, Reader};
use opsbook::read::tape::Tape;
use opsbook::read::{jsonl, toml, yaml};
use opsbook::report::FORMATS;
use opsbook::schema::BUILT_IN;
use opsbook::text::Span;
use page::{Fence, Page, Part, markdown_in, top};
use serde_json::Value as Json;
use shell::{Shell, run_opsbook, words};

/// What counts as now in every example.
const NOW: &str = "2026-11-20T09:00:00Z";

/// The lines of `sh` fences. What they do is tried elsewhere: `.ci/run` runs the cargo commands.
const SHOWN: &[&str] =
    &["cargo run --release --locked -- tour", "cargo test --locked", "cargo install --path . --locked"];

#[test]
fn every_example_says_what_opsbook_says() {
    let is_update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    let mut count = 0;
    for page in Page::documentation() {
        let sessions = sessions(&page);
        count += sessions.len();
        let mut mended = page.text.clone();
        // From the end, so that the places of those before stay true.
        for (fence, shown) in sessions.iter().rev().filter(|(fence, shown)| *shown != fence.content) {
            mended.replace_range(fence.range.clone(), shown);
            wrong.push(format!("{}:\n{}", page.place(fence.line), difference(&fence.content, shown)));
        }
        if is_update && mended != page.text {
            std::fs::write(top().join(&page.path), &mended).expect("the page can be written");
        }
    }
    assert!(count > 30, "only {count} sessions were found");
    assert!(is_update || wrong.is_empty(), "{} of {count} sessions:\n{}", wrong.len(), wrong.join("\n"));
}

/// The console fences of a page, each with the session as it goes now.
fn sessions(page: &Page) -> Vec<(Fence, String)> {
    let start = |kind: &str, line: usize| {
        Shell::new(kind).unwrap_or_else(|why| panic!("{}: {why}", page.place(line)))
    };
    let mut sessions = Vec::new();
    let (mut shell, mut before) = (start("repository", 1), None);
    for part in page.parts() {
        match part {
            Part::Section if shell.is_used => {
                before = Some(std::mem::replace(&mut shell, start("repository", 1)));
            }
            Part::Section => {}
            Part::Directive { line, name } => match name.as_str() {
                "continued" => shell = before.take().expect("an example goes before"),
                "shallow" => shell.cut_history(),
                kind => shell = start(kind, line),
            },
            Part::Fence(fence) if fence.language() == "console" => {
                let shown = session(&mut shell, &fence);
                let shown = shown.unwrap_or_else(|why| panic!("{}: {why}", page.place(fence.line)));
                sessions.push((fence, shown));
            }
            Part::Fence(fence) => {
                if let Some(path) = fence.path() {
                    shell.write(path, &fence.content);
                }
            }
        }
    }
    sessions
}

/// The session of a console fence as it goes now. Where the lines under a command fit what is shown, they stay.
fn session(shell: &mut Shell, fence: &Fence) -> Result<String, String> {
    let mut commands: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in fence.content.lines() {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command, Vec::new())),
            (None, Some((_, expected))) => expected.push(line),
            (None, None) => return Err("a session begins with `$ COMMAND`".to_owned()),
        }
    }
    let mut text = String::new();
    for (at, (command, expected)) in commands.iter().enumerate() {
        let shown = shell.run(command)?;
        let lines: Vec<&str> = shown.lines().collect();
        let lines = if fits(expected, &lines) { expected } else { &lines };
        text.push_str(&format!("$ {command}\n"));
        lines.iter().for_each(|line| text.push_str(&format!("{line}\n")));
        let is_told = commands.get(at + 1).is_some_and(|(next, _)| *next == "echo $?");
        if command.starts_with("opsbook ") && shell.status > 1 && !is_told {
            return Err(format!(
                "`{command}` ends with {}, which no `$ echo $?` says:\n{shown}",
                shell.status
            ));
        }
    }
    Ok(text)
}

/// Whether the lines of a page are those shown, where `…` stands for any.
fn fits(expected: &[&str], shown: &[&str]) -> bool {
    match expected {
        [] => shown.is_empty(),
        ["…", rest @ ..] => (0..=shown.len()).any(|left_out| fits(rest, &shown[left_out..])),
        [line, rest @ ..] => shown.first() == Some(line) && fits(rest, &shown[1..]),
    }
}

fn difference(expected: &str, shown: &str) -> String {
    opsbook::repo::unified_diff("session", expected.as_bytes(), shown.as_bytes())
}

#[test]
fn lines_that_are_left_out_are_any_lines() {
    assert!(fits(&["a", "…", "d"], &["a", "b", "c", "d"]) && fits(&["…"], &[]));
    assert!(!fits(&["a", "…", "d"], &["a", "b", "c"]) && !fits(&["a"], &["a", "b"]));
    assert!(!fits(&["a", "b"], &["a"]));
}

#[test]
fn lines_that_are_only_shown_are_known() {
    let mut shown = BTreeSet::new();
    for page in Page::documentation() {
        for fence in page.fences().filter(|fence| fence.language() == "sh") {
            for line in fence.content.lines().map(str::trim).filter(|line| !line.is_empty()) {
                let line = line.split(" #").next().unwrap_or_default().trim().to_owned();
                let is_known =
                    SHOWN.contains(&&*line) || line.starts_with("opsbook ") || line.starts_with('#');
                assert!(is_known, "{}: `{line}` is not in SHOWN", page.place(fence.line));
                shown.insert(line);
            }
        }
    }
    for line in SHOWN {
        assert!(shown.contains(*line), "`{line}` is in SHOWN and on no page");
    }
}

#[test]
fn what_pages_say_to_opsbook_can_be_said() {
    let mut lines = BTreeSet::new();
    for page in Page::documentation().into_iter().chain(markdown_in("").iter().map(|path| Page::read(path))) {
        let fences = page.fences().filter(|fence| ["sh", "yaml"].contains(&fence.language()));
        let in_fences: Vec<String> = fences.map(|fence| fence.content).collect();
        let lines_of_fences = in_fences.iter().flat_map(|content| content.lines()).filter_map(|line| {
            line.find("opsbook ")
                .filter(|&at| line[..at].trim_end().ends_with([':', '-']) || at == 0)
                .map(|at| &line[at..])
        });
        let spans = page.code_spans();
        let all = lines_of_fences
            .chain(spans.iter().map(String::as_str))
            .filter(|line| line.starts_with("opsbook "));
        lines.extend(all.map(|line| (page.path.clone(), line.replace('\n', " "))));
    }
    assert!(lines.len() > 20, "{lines:?}");
    let folder = top();
    for (page, line) in lines {
        let mut words = words(&line).unwrap_or_else(|why| panic!("{page}: {why}"));
        let end = words.iter().position(|word| matches!(&**word, "|" | "||" | "&&" | "<" | ">" | "#" | "…"));
        words.truncate(end.unwrap_or(words.len()));
        words.push("--help".to_owned());
        let words: Vec<&str> = words[1..].iter().map(String::as_str).collect();
        let (status, shown) = run_opsbook(&folder, &words, "", false).expect("opsbook runs");
        assert_eq!(status, 0, "{page}: `{line}`: {shown}");
    }
}

#[test]
fn toml_and_jsonl_are_what_opsbook_reads() {
    for page in Page::documentation() {
        for fence in page.fences().filter(|fence| !fence.is_wrong()) {
            let source = fence.content.as_str();
            let whole = Span::of(0, source.len());
            let place = page.place(fence.line);
            match fence.language() {
                "toml" if fence.path().is_none_or(|path| path == "opsbook.toml") => {
                    let mistakes = Config::read(None, "", source).mistakes;
                    assert!(mistakes.is_empty(), "{place}: {mistakes:#?}");
                }
                "toml" => assert_eq!(toml::read(source, whole, &mut Tape::new()), [], "{place}"),
                "yaml" => assert_eq!(yaml::read(source, whole, &mut Tape::new()), [], "{place}"),
                "jsonl" => {
                    let found = problems_of_lines(source);
                    assert!(found.is_empty(), "{place}: {found:#?}");
                }
                _ => {}
            }
        }
    }
}

fn problems_of_lines(source: &str) -> Vec<opsbook::read::Problem> {
    let mut tape = Tape::new();
    let mut problems = Vec::new();
    for line in source.lines() {
        problems.extend(opsbook::read::json::read(line, Span::of(0, line.len()), &mut tape));
        tape.clear();
    }
    problems.extend(jsonl::ending(source.as_bytes()));
    problems
}

#[test]
fn every_key_of_the_configuration_has_an_example() {
    let page = Page::read("docs/configuration.md");
    let mut given = Vec::new();
    for fence in page.fences().filter(|fence| fence.language() == "toml") {
        let mut tape = Tape::new();
        let _ = toml::read(&fence.content, Span::of(0, fence.content.len()), &mut tape);
        given.extend(tape.root(&fence.content).map(|root| root.to_json()));
    }
    let schema = BUILT_IN.iter().find(|schema| schema.name == "opsbook").expect("the schema ships");
    let schema: Json = serde_json::from_str(schema.text).expect("a schema is JSON");
    let given: Vec<&Json> = given.iter().collect();
    let mut missing = Vec::new();
    without_example(&schema, &schema, "", &given, &mut missing);
    assert!(missing.is_empty(), "docs/configuration.md gives no example of {missing:?}");
}

/// The keys that `schema` describes and none of `given` has, by their path.
fn without_example(whole: &Json, schema: &Json, path: &str, given: &[&Json], missing: &mut Vec<String>) {
    let schema = match schema["$ref"].as_str().and_then(|name| name.strip_prefix("#")) {
        Some(pointer) => whole.pointer(pointer).expect("a reference in the schema leads somewhere"),
        None => schema,
    };
    if given.is_empty() {
        missing.push(path.to_owned());
        return;
    }
    // A table with names of the user's choice, or of rules: one entry is enough of an example.
    let free = schema["patternProperties"].as_object().and_then(|patterns| patterns.values().next());
    if let Some(below) = free {
        let values: Vec<&Json> =
            given.iter().filter_map(|value| value.as_object()).flat_map(|members| members.values()).collect();
        return without_example(whole, below, &format!("{path}.*"), &values, missing);
    }
    if schema["items"].is_object() {
        let values: Vec<&Json> = given.iter().filter_map(|value| value.as_array()).flatten().collect();
        return without_example(whole, &schema["items"], &format!("{path}[]"), &values, missing);
    }
    for (name, below) in schema["properties"].as_object().into_iter().flatten() {
        let values: Vec<&Json> = given.iter().filter_map(|value| value.get(name)).collect();
        without_example(whole, below, &format!("{path}.{name}"), &values, missing);
    }
}

#[test]
fn commands_options_and_formats_are_documented() {
    let text: String = Page::documentation().into_iter().map(|page| page.text).collect();
    let mut missing = Vec::new();
    let mut pending = vec![Vec::<String>::new()];
    while let Some(command) = pending.pop() {
        let mut line: Vec<&str> = command.iter().map(String::as_str).collect();
        line.push("--help");
        let (status, help) = run_opsbook(&top(), &line, "", false).expect("opsbook runs");
        assert_eq!(status, 0, "{line:?}: {help}");
        let below = subcommands(&help);
        pending.extend(below.iter().map(|name| [command.as_slice(), std::slice::from_ref(name)].concat()));
        let commands =
            below.iter().map(|name| format!("opsbook {}", [&*command.join(" "), name].join(" ").trim()));
        let names: Vec<String> = options(&help).into_iter().chain(commands).collect();
        missing.extend(names.into_iter().filter(|name| !is_mentioned(&text, name)));
    }
    let check = Page::read("docs/check.md").text;
    missing.extend(
        FORMATS.iter().map(|format| format!("`{}`", format.name)).filter(|name| !check.contains(name)),
    );
    missing.sort();
    missing.dedup();
    assert!(missing.is_empty(), "on no page: {missing:?}");
}

/// Whether `name` stands in `text` as a word of its own.
fn is_mentioned(text: &str, name: &str) -> bool {
    let of_word = |c: char| c.is_alphanumeric() || c == '-';
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(of_word) && !text[at + name.len()..].starts_with(of_word))
}

fn subcommands(help: &str) -> Vec<String> {
    let lines =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

fn options(help: &str) -> Vec<String> {
    let lines =
        help.lines().map(str::trim_start).filter(|line| line.starts_with('-') && !line.starts_with("- "));
    lines
        .flat_map(|line| line.split([' ', ',']).take_while(|word| word.is_empty() || word.starts_with('-')))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn collections_fields_and_readers_are_documented() {
    let page = Page::read("docs/records.md");
    let readme = Page::read("README.md").text;
    let mut missing = Vec::new();
    let mut need = |text: &str, name: String, place: &str| {
        if !text.contains(&name) {
            missing.push(format!("{place}: {name}"));
        }
    };
    for collection in &Config::built_in().collections {
        let heading = format!("\n### {}\n", collection.name);
        need(&page.text, heading.clone(), "docs/records.md");
        let section = page.text.split(&heading).nth(1).unwrap_or_default();
        let section = section.split("\n##").next().unwrap_or_default();
        for (pattern, _) in &collection.patterns {
            need(section, format!("`{pattern}`"), &collection.name);
            need(&readme, format!("`{pattern}`"), "README.md");
        }
        let schema =
            BUILT_IN.iter().find(|schema| *schema.name == *collection.name).expect("it has a schema");
        let schema: Json = serde_json::from_str(schema.text).expect("a schema is JSON");
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        for name in schema["properties"].as_object().expect("it has fields").keys() {
            let bold = if required.contains(&name.as_str()) { "**" } else { "" };
            need(section, format!("| {bold}`{name}`{bold} |"), &collection.name);
        }
        for reference in &collection.references {
            need(section, format!("→ {}", reference.to), &collection.name);
        }
    }
    for (_, name) in Reader::ALL {
        need(&page.text, format!("`{name}`"), "docs/records.md");
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn relative_links_lead_somewhere() {
    let folders = ["", "docs", "docs/adr"];
    let mut broken = Vec::new();
    for path in folders.iter().flat_map(|folder| markdown_in(folder)) {
        let page = Page::read(&path);
        let folder = top().join(&path).parent().expect("a file has a folder").to_owned();
        for link in page.links().iter().filter(|link| !link.contains(':')) {
            let (target, anchor) = link.split_once('#').unwrap_or((link, ""));
            let place = if target.is_empty() { top().join(&path) } else { folder.join(target) };
            let is_there = place.exists() && (anchor.is_empty() || has_anchor(&place, anchor));
            if !is_there {
                broken.push(format!("{path}: {link}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

fn has_anchor(place: &std::path::Path, anchor: &str) -> bool {
    let text = std::fs::read_to_string(place).expect("the file was there");
    Page { path: String::new(), text }.anchors().iter().any(|known| known == anchor)
}
