//! Holds the code to the table of rooms in `ARCHITECTURE.md`: which room may use which, and what no room but a few
//! may name at all. The page is this test's input, so it cannot say something else than the code.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path as FilePath;

mod rust;

#[test]
fn every_edge_is_in_the_table() {
    let root = FilePath::new(env!("CARGO_MANIFEST_DIR"));
    let page =
        fs::read_to_string(root.join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is beside Cargo.toml");
    let table = Table::parse(&page).unwrap_or_else(|problem| panic!("ARCHITECTURE.md: {problem}"));
    let files = sources(root, &root.join("src"));
    assert!(!files.is_empty(), "there is something to look at");
    let problems = [table.inventory(&files), table.problems(&files)].concat();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// What only some files may name, and which: folders end in `/`.
const ABSENCES: &[Absence] = &[
    Absence { what: What::Path("std::fs"), only: &["src/repo/"] },
    Absence { what: What::Path("std::process::Command"), only: &["src/repo/"] },
    Absence { what: What::Path("std::env"), only: &["src/repo/", "src/main.rs"] },
    Absence { what: What::Call(".canonicalize"), only: &["src/repo/"] },
    Absence { what: What::Call(".read_dir"), only: &["src/repo/"] },
    Absence { what: What::Call(".symlink_metadata"), only: &["src/repo/"] },
    Absence { what: What::Path("git2"), only: &["src/repo/"] },
    Absence { what: What::Path("ignore"), only: &["src/repo/"] },
    Absence { what: What::Path("clap"), only: &["src/cli/", "src/main.rs"] },
    Absence { what: What::Path("serde::Serialize"), only: &["src/report/"] },
    Absence { what: What::Call("println!"), only: PRINTING },
    Absence { what: What::Call("eprintln!"), only: PRINTING },
    Absence { what: What::Call("print!"), only: PRINTING },
    Absence { what: What::Call("eprint!"), only: PRINTING },
    Absence { what: What::Path("std::io::stdout"), only: PRINTING },
    Absence { what: What::Path("std::io::stderr"), only: PRINTING },
    Absence { what: What::Ending("SystemTime::now"), only: &["src/main.rs"] },
    Absence { what: What::Ending("Timestamp::now"), only: &["src/main.rs"] },
    Absence { what: What::Ending("Zoned::now"), only: &["src/main.rs"] },
];

const PRINTING: &[&str] = &["src/cli/", "src/main.rs"];

struct Absence {
    what: What,
    only: &'static [&'static str],
}

enum What {
    /// This path and everything below it.
    Path(&'static str),
    /// A path that ends so, wherever it starts.
    Ending(&'static str),
    /// A macro (`name!`) or a method (`.name`).
    Call(&'static str),
}

/// A file of the crate: its path from the root with `/`, and its text.
type Source = (String, String);

struct Table {
    rows: Vec<Row>,
}

struct Row {
    room: String,
    may_use: Vec<String>,
}

impl Table {
    /// Reads the table whose first column is `room` and which has a column `may use`.
    fn parse(page: &str) -> Result<Self, String> {
        let mut lines = page.lines().skip_while(|line| cells(line).first() != Some(&"room"));
        let header = cells(lines.next().ok_or("no table whose first column is `room`")?);
        let column = header.iter().position(|name| *name == "may use").ok_or("no column `may use`")?;
        let mut rows: Vec<Row> = Vec::new();
        for line in lines.skip(1).take_while(|line| line.starts_with('|')) {
            let cells = cells(line);
            let room = cells.first().map_or("", |cell| cell.trim_matches('`')).to_owned();
            let cell = *cells.get(column).ok_or(format!("the row of {room} is too short"))?;
            let names = cell.split(',').map(str::trim).filter(|name| !matches!(*name, "" | "–" | "-"));
            let may_use: Vec<String> = names.map(|name| name.trim_matches('`').to_owned()).collect();
            if rows.iter().any(|row| row.room == room) {
                return Err(format!("{room} has two rows"));
            }
            for used in &may_use {
                if !rows.iter().any(|row| row.room == *used) {
                    return Err(format!("{room} may not use {used}: no room of that name stands above it"));
                }
            }
            rows.push(Row { room, may_use });
        }
        if rows.is_empty() { Err("the table has no rows".to_owned()) } else { Ok(Self { rows }) }
    }

    fn row(&self, room: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.room == room)
    }

    /// Rooms without a row and rows without a room.
    fn inventory(&self, files: &[Source]) -> Vec<String> {
        let built: BTreeSet<&str> = files.iter().filter_map(|(path, _)| room_of(path)).collect();
        let unlisted = built
            .iter()
            .filter(|room| self.row(room).is_none())
            .map(|room| format!("src/{room}: no row in the table of ARCHITECTURE.md"));
        let unbuilt =
            self.rows.iter().filter(|row| !built.contains(row.room.as_str())).map(|row| {
                format!("ARCHITECTURE.md: {} has a row, but there is no src/{}/", row.room, row.room)
            });
        unlisted.chain(unbuilt).collect()
    }

    /// Edges that are not in the table, and names that stand where they must not.
    fn problems(&self, files: &[Source]) -> Vec<String> {
        let scans: Vec<(&str, Vec<String>, rust::Scan)> = files
            .iter()
            .map(|(path, text)| {
                let module = module_of(path);
                let scan = rust::scan(text, &module);
                (path.as_str(), module, scan)
            })
            .collect();
        let test_modules: Vec<&Vec<String>> =
            scans.iter().flat_map(|(_, _, scan)| &scan.test_modules).collect();
        let mut problems = Vec::new();
        for (path, module, scan) in &scans {
            if scan.test_only || test_modules.iter().any(|test| module.starts_with(test)) {
                continue;
            }
            problems.extend(scan.paths.iter().filter_map(|found| self.edge(path, found)));
            problems.extend(ABSENCES.iter().flat_map(|absence| absence.broken_by(path, scan)));
        }
        problems.sort();
        problems.dedup();
        problems
    }

    fn edge(&self, path: &str, found: &rust::Path) -> Option<String> {
        // The root lists the rooms; `main.rs` is part of `cli`.
        let room = if path == "src/main.rs" { "cli" } else { room_of(path)? };
        if !found.inside {
            return None;
        }
        let line = found.line;
        let Some(target) = found.segments.first() else {
            return found.glob.then(|| format!("{path}:{line}: crate::* hides which rooms {room} uses"));
        };
        let row = self.row(room)?;
        if target == room || row.may_use.contains(target) {
            return None;
        }
        let written = found.segments.join("::");
        if self.row(target).is_some() {
            let allowed = row.may_use.join(", ");
            let allowed = if allowed.is_empty() { "nothing" } else { &allowed };
            Some(format!("{path}:{line}: {room} -> {target} (crate::{written}); {room} may use {allowed}"))
        } else if found.invoked {
            // An exported macro lives at the root, whichever room wrote it.
            None
        } else {
            Some(format!("{path}:{line}: crate::{written} is in no room of the table"))
        }
    }
}

impl Absence {
    fn broken_by(&self, path: &str, scan: &rust::Scan) -> Vec<String> {
        if self.only.iter().any(|place| path == *place || (place.ends_with('/') && path.starts_with(place))) {
            return Vec::new();
        }
        let only = self.only.join(", ");
        let say = |name: &str, line: usize| format!("{path}:{line}: {name} belongs to {only} only");
        let outside = scan.paths.iter().filter(|found| !found.inside);
        match self.what {
            What::Path(name) => {
                let banned: Vec<&str> = name.split("::").collect();
                outside
                    .filter(|found| {
                        begins(&found.segments, &banned) || (found.glob && hides(&found.segments, &banned))
                    })
                    .map(|found| say(name, found.line))
                    .collect()
            }
            What::Ending(name) => {
                let banned: Vec<&str> = name.split("::").collect();
                outside
                    .filter(|found| found.segments.iter().rev().zip(banned.iter().rev()).all(|(a, b)| a == b))
                    .filter(|found| found.segments.len() >= banned.len())
                    .map(|found| say(name, found.line))
                    .collect()
            }
            What::Call(name) => scan
                .calls
                .iter()
                .filter(|(called, _)| called == name)
                .map(|(_, line)| say(name, *line))
                .collect(),
        }
    }
}

fn begins(segments: &[String], with: &[&str]) -> bool {
    segments.len() >= with.len() && segments.iter().zip(with).all(|(a, b)| a == b)
}

/// Whether `segments::*` brings `name` or a module on the way to it into scope.
fn hides(segments: &[String], name: &[&str]) -> bool {
    segments.len() < name.len() && segments.iter().zip(name).all(|(a, b)| a == b)
}

fn cells(line: &str) -> Vec<&str> {
    line.trim().trim_matches('|').split('|').map(str::trim).collect()
}

/// The room a file is in; none for the crate's two roots.
fn room_of(path: &str) -> Option<&str> {
    let below = path.strip_prefix("src/")?;
    match below.split_once('/') {
        Some((room, _)) => Some(room),
        None => below.strip_suffix(".rs").filter(|name| !matches!(*name, "lib" | "main")),
    }
}

/// `src/read/tape.rs` is `read::tape`, `src/read/mod.rs` is `read`, the roots are empty.
fn module_of(path: &str) -> Vec<String> {
    let below = path.strip_prefix("src/").unwrap_or(path);
    let below = below.strip_suffix(".rs").unwrap_or(below);
    let mut module: Vec<String> = below.split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| last == "mod")
        || (module.len() == 1 && matches!(module[0].as_str(), "lib" | "main"))
    {
        module.pop();
    }
    module
}

fn sources(root: &FilePath, folder: &FilePath) -> Vec<Source> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a readable folder entry").path();
        if path.is_dir() {
            found.extend(sources(root, &path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text =
                fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let below = path.strip_prefix(root).expect("a path below the root");
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            found.push((parts.join("/"), text));
        }
    }
    found.sort();
    found
}

mod samples {
    //! The check itself is checked: each way to write an edge is found, and what is no edge is not.

    use super::*;

    const PAGE: &str = "\
# Sample

| room | owns | may use |
|---|---|---|
| `text` | bytes | – |
| `read` | records | `text` |
| `repo` | the disk | `text` |
| `rules` | checks | `text`, `read` |
| `cli` | arguments | `text`, `rules` |
";

    /// What is wrong with one file at `path` that says `text`.
    fn wrong(path: &str, text: &str) -> Vec<String> {
        wrong_all(&[(path, text)])
    }

    fn wrong_all(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<Source> =
            files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        Table::parse(PAGE).expect("the sample table is sound").problems(&files)
    }

    #[test]
    fn finds_a_forbidden_edge_in_each_syntactic_form() {
        for text in [
            "use crate::rules;",
            "use crate::rules::Rule;",
            "pub use crate::rules::Rule;",
            "pub(crate) use crate::{rules};",
            "use crate::{text::Span, rules::{self, Rule}};",
            "use crate::{text::{Span, LineIndex}, rules::*};",
            "use {crate::text, crate::rules};",
            "use ::opsbook::rules::Rule;",
            "use opsbook::{text, rules::Rule as R};",
            "use super::super::rules::Rule;",
            "use super::super::{text, rules};",
            "use self::super::super::rules;",
            "use crate as home; fn f(r: &home::rules::Rule) {}",
            "use crate::{self as home}; fn f(r: &home::rules::Rule) {}",
            "use crate as home; use home as h; use h::rules::Rule;",
            "fn f() -> Vec<crate::rules::Rule> { vec![] }",
            "fn f() { crate::rules::all().for_each(drop); }",
            "fn f() { let _ = <crate::rules::Rule as Default>::default(); }",
            "impl crate::rules::Check for X {}",
            "fn f() { g::<crate::rules::Rule>() }",
            "macro_rules! m { () => { $crate::rules::all() } }",
            "mod inner { fn f() { super::super::super::rules::all() } }",
            "mod inner { use super::super::super::rules; }",
            "mod inner { mod deep {} use crate::rules; }",
            "fn f() { use crate::rules::Rule; }",
            "#[derive(Debug)] struct S(crate::rules::Rule);",
            "#[cfg(not(test))] use crate::rules::Rule;",
            "#[cfg(any(test, unix))] mod m { use crate::rules::Rule; }",
            "#[cfg(test)] mod tests { fn f() { if a { b } } } use crate::rules;",
            "const C: char = '\\''; use crate::rules;",
            "fn f<'a>(x: &'a str) -> char { 'é' } use crate::rules;",
            "const S: &str = r#\"\"//\"#; use crate::rules;",
            "const B: &[u8] = b\"\\\\\"; use crate::rules;",
            "/* /* nested */ */ use crate::rules;",
            "use crate::r#rules::Rule;",
            "use crate\n    ::rules\n    ::Rule;",
        ] {
            let found = wrong("src/read/csv.rs", text);
            let meant = |problem: &String| problem.contains("read -> rules (crate::rules");
            assert!(!found.is_empty() && found.iter().all(meant), "{text}\n{found:#?}");
        }
    }

    #[test]
    fn says_file_line_and_what_is_allowed() {
        let found =
            wrong("src/read/csv.rs", "//! Why.\n\nuse crate::{\n    text::Span,\n    rules::Rule,\n};\n");
        assert_eq!(found, ["src/read/csv.rs:5: read -> rules (crate::rules::Rule); read may use text"]);
    }

    #[test]
    fn is_silent_about_what_is_no_edge() {
        for text in [
            "// use crate::rules;",
            "//! [`crate::rules`]",
            "/* use crate::rules; /* crate::rules::x */ crate::rules::y */",
            "const S: &str = \"crate::rules::x\";",
            "const S: &str = \"a \\\" crate::rules::x\";",
            "const S: &str = r##\"\"# crate::rules::x\"##;",
            "#[cfg(test)] mod tests { use crate::rules; fn f() { std::fs::read(\"\") } }",
            "#[cfg(test)] #[allow(dead_code)] pub(crate) mod tests { use crate::rules; }",
            "#[cfg(all(test, unix))] mod tests { use crate::rules; }",
            "#[cfg(test)] use crate::rules;",
            "#[cfg(test)] fn f() -> [u8; 2] { crate::rules::all() }",
            "#![cfg(test)] use crate::rules;",
            "use crate::text::{self, Span}; fn f(t: text::Span) {}",
            "use super::tape::Tape; use super::super::text::Span; use crate::read::tape;",
            "pub(crate) fn f() {} pub(in crate::read) fn g(self) { self.rules() }",
            "fn f(rules: u8) { x.rules.y(); rules + 1 }",
            "fn f() { other::rules::all() }",
            "fn f() { crate::exported!() }",
            "fn f() { if a != b {} }",
            "fn f() -> impl Iterator<Item = u8> + use<> { x }",
        ] {
            assert_eq!(wrong("src/read/csv.rs", text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_test_module_in_a_file_of_its_own_is_left_alone() {
        let declared = ("src/read/mod.rs", "#[cfg(test)]\nmod tests;\n");
        let file = ("src/read/tests.rs", "use crate::rules; fn f() { std::fs::read(\"\"); }");
        assert_eq!(wrong_all(&[declared, file]), Vec::<String>::new());
        assert_eq!(wrong_all(&[("src/read/mod.rs", "mod tests;"), file]).len(), 2);
    }

    #[test]
    fn paths_are_relative_to_their_module() {
        assert_eq!(wrong("src/read/mod.rs", "use super::rules::Rule;").len(), 1);
        assert_eq!(wrong("src/read.rs", "use super::rules::Rule;").len(), 1);
        assert_eq!(wrong("src/read/csv.rs", "use super::rules::Rule;"), Vec::<String>::new());
        assert_eq!(wrong("src/read/deep/x.rs", "use super::super::super::rules::Rule;").len(), 1);
        assert_eq!(wrong("src/read/deep/mod.rs", "use super::super::rules::Rule;").len(), 1);
    }

    #[test]
    fn main_is_part_of_cli_and_the_root_lists_rooms() {
        assert_eq!(
            wrong("src/main.rs", "fn main() { opsbook::cli::run(); opsbook::rules::all(); }"),
            [""; 0]
        );
        assert_eq!(wrong("src/main.rs", "fn main() { opsbook::read::all(); }").len(), 1);
        assert_eq!(wrong("src/lib.rs", "pub mod read; pub mod rules; pub use rules::Rule;"), [""; 0]);
    }

    #[test]
    fn a_name_at_the_root_or_a_glob_of_it_hides_no_edge() {
        let found = wrong("src/read/csv.rs", "use crate::Rule;");
        assert_eq!(found, ["src/read/csv.rs:1: crate::Rule is in no room of the table"]);
        let found = wrong("src/read/csv.rs", "use crate::*;");
        assert_eq!(found, ["src/read/csv.rs:1: crate::* hides which rooms read uses"]);
    }

    #[test]
    fn finds_what_must_be_absent() {
        for (text, name) in [
            ("use std::fs;", "std::fs"),
            ("use std::{io, fs::File};", "std::fs"),
            ("fn f() { ::std::fs::read(\"x\"); }", "std::fs"),
            ("fn f() -> std::io::Result<std::fs::File> { x }", "std::fs"),
            ("use std as s; fn f() { s::fs::read(\"x\"); }", "std::fs"),
            ("use std::process; fn f() { process::Command::new(\"x\"); }", "std::process::Command"),
            ("use std::process::*;", "std::process::Command"),
            ("fn f() { std::env::var(\"x\"); }", "std::env"),
            ("fn f(p: &Path) { p.canonicalize(); }", ".canonicalize"),
            ("use git2::Repository;", "git2"),
            ("fn f(r: &git2::Repository) {}", "git2"),
            ("fn f() { ignore::WalkBuilder::new(\".\"); }", "ignore"),
            ("#[derive(clap::Parser)] struct A;", "clap"),
            ("use serde::Serialize; #[derive(Debug)] struct A;", "serde::Serialize"),
            ("#[derive(Debug, serde::Serialize)] struct A;", "serde::Serialize"),
            ("fn f() { println!(\"x\"); }", "println!"),
            ("fn f() { anstream::eprintln!(\"x\"); }", "eprintln!"),
            ("fn f() { std::io::stdout(); }", "std::io::stdout"),
            ("use std::io; fn f() { io::stderr(); }", "std::io::stderr"),
            ("use jiff::Timestamp; fn f() { Timestamp::now(); }", "Timestamp::now"),
            ("fn f() { jiff::Timestamp::now(); }", "Timestamp::now"),
            ("use std::time::SystemTime as T; fn f() { T::now(); }", "SystemTime::now"),
            ("fn f() { jiff::Zoned::now(); }", "Zoned::now"),
        ] {
            let found = wrong("src/rules/x.rs", text);
            assert_eq!(found.len(), 1, "{text}\n{found:#?}");
            assert!(
                found[0].starts_with(&format!("src/rules/x.rs:1: {name} belongs to ")),
                "{text}\n{found:#?}"
            );
        }
    }

    #[test]
    fn lets_each_thing_stand_where_it_belongs() {
        for (path, text) in [
            (
                "src/repo/x.rs",
                "use std::{env, fs, process::Command}; fn f() { git2::Repository::open(\".\"); }",
            ),
            ("src/main.rs", "fn main() { std::env::args_os(); jiff::Timestamp::now(); eprintln!(\"x\"); }"),
            ("src/cli/x.rs", "use clap::Parser; fn f() { anstream::println!(\"x\"); }"),
            ("src/report/x.rs", "#[derive(serde::Serialize)] struct A;"),
            (
                "src/rules/x.rs",
                "use std::process::ExitCode; use std::io::Write; fn f() { w.write(b\"\"); env!(\"X\"); }",
            ),
            ("src/rules/x.rs", "mod ignore; fn f() { ignore::parse(); let ignore = 1; ignore + 1; }"),
        ] {
            assert_eq!(wrong(path, text), Vec::<String>::new(), "{path}: {text}");
        }
    }

    #[test]
    fn a_room_needs_a_row_and_a_row_needs_a_room() {
        let table = Table::parse(PAGE).expect("the sample table is sound");
        let file = |path: &str| (path.to_owned(), String::new());
        let built: Vec<Source> =
            ["src/lib.rs", "src/main.rs", "src/text/mod.rs", "src/read.rs", "src/repo/mod.rs"]
                .into_iter()
                .chain(["src/cli/mod.rs", "src/attic/mod.rs"])
                .map(file)
                .collect();
        let problems = table.inventory(&built);
        assert_eq!(
            problems,
            [
                "src/attic: no row in the table of ARCHITECTURE.md",
                "ARCHITECTURE.md: rules has a row, but there is no src/rules/",
            ]
        );
    }

    #[test]
    fn a_table_that_contradicts_itself_is_refused() {
        let row = |rows: &str| format!("| room | may use |\n|---|---|\n{rows}");
        for (page, problem) in [
            (row("| `a` | `b` |\n| `b` | – |\n"), "a may not use b: no room of that name stands above it"),
            (row("| `a` | `a` |\n"), "a may not use a: no room of that name stands above it"),
            (row("| `a` | – |\n| `a` | – |\n"), "a has two rows"),
            (row("| `a` |\n"), "the row of a is too short"),
            (row(""), "the table has no rows"),
            ("# Nothing\n".to_owned(), "no table whose first column is `room`"),
            ("| room | owns |\n".to_owned(), "no column `may use`"),
        ] {
            assert_eq!(Table::parse(&page).err().as_deref(), Some(problem), "{page}");
        }
    }
}
