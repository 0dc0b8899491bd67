//! Whether two versions of a file differ in more than white space and comments, and in which lines.
//!
//! A file is read as words, texts in quotes and signs. What a comment is, and how a text is quoted, depends on the name
//! of the file and stands in a table; of a file whose name says nothing only white space is left out. Where a language
//! gives meaning to indentation, its depth counts, but not its width. Whatever is read wrongly is at worst taken for
//! code, and a change of it counts. This module does not know what a file is for.

use std::collections::HashMap;

/// How comments and texts look in a language.
#[derive(Debug, Clone, Copy)]
struct Syntax {
    /// What starts a comment up to the end of the line.
    line: &'static [&'static str],
    /// What starts a comment, and what ends it.
    block: &'static [(&'static str, &'static str)],
    /// What starts and ends a text. The longer ones stand first.
    quotes: &'static [Quote],
    /// Whether a comment starts only at the start of a line or behind white space.
    is_spaced: bool,
    /// Whether indentation and the ends of lines mean something.
    is_indented: bool,
}

/// How a text is quoted.
#[derive(Debug, Clone, Copy)]
struct Quote {
    mark: &'static str,
    /// Whether a backslash takes the meaning from what follows.
    escapes: bool,
    /// Whether it may go over several lines.
    is_long: bool,
}

const fn quote(mark: &'static str, escapes: bool, is_long: bool) -> Quote {
    Quote { mark, escapes, is_long }
}

const PLAIN: Syntax = Syntax { line: &[], block: &[], quotes: &[], is_spaced: false, is_indented: false };
const C: Syntax = Syntax {
    line: &["//"],
    block: &[("/*", "*/")],
    quotes: &[quote("\"", true, false), quote("'", true, false)],
    ..PLAIN
};
const SCRIPT: Syntax =
    Syntax { quotes: &[quote("`", true, true), quote("\"", true, false), quote("'", true, false)], ..C };
const GO: Syntax =
    Syntax { quotes: &[quote("`", false, true), quote("\"", true, false), quote("'", true, false)], ..C };
// A single quote also starts a lifetime; a text in double quotes may be long.
const RUST: Syntax = Syntax { quotes: &[quote("\"", true, true)], ..C };
const CSS: Syntax = Syntax { line: &[], ..C };
const PHP: Syntax = Syntax { line: &["//", "#"], ..C };
const SHELL: Syntax = Syntax {
    line: &["#"],
    quotes: &[quote("\"", true, true), quote("'", false, true)],
    is_spaced: true,
    ..PLAIN
};
const RUBY: Syntax = Syntax { quotes: &[quote("\"", true, true), quote("'", true, true)], ..SHELL };
const MAKE: Syntax = Syntax { quotes: &[], is_indented: true, ..SHELL };
const PYTHON: Syntax = Syntax {
    quotes: &[
        quote("\"\"\"", true, true),
        quote("'''", true, true),
        quote("\"", true, false),
        quote("'", true, false),
    ],
    is_indented: true,
    ..SHELL
};
const TOML: Syntax = Syntax {
    quotes: &[
        quote("\"\"\"", true, true),
        quote("'''", false, true),
        quote("\"", true, false),
        quote("'", false, false),
    ],
    ..SHELL
};
const YAML: Syntax =
    Syntax { quotes: &[quote("\"", true, false), quote("'", false, false)], is_indented: true, ..SHELL };
const SQL: Syntax = Syntax {
    line: &["--"],
    block: &[("/*", "*/")],
    quotes: &[quote("'", false, true), quote("\"", false, true)],
    ..PLAIN
};
const LUA: Syntax = Syntax {
    line: &["--"],
    block: &[("--[[", "]]")],
    quotes: &[quote("\"", true, false), quote("'", true, false)],
    ..PLAIN
};
const HASKELL: Syntax = Syntax {
    line: &["-- ", "---"],
    block: &[("{-", "-}")],
    quotes: &[quote("\"", true, false)],
    is_indented: true,
    ..PLAIN
};
const MARKUP: Syntax = Syntax { block: &[("<!--", "-->")], ..PLAIN };
const LISP: Syntax = Syntax { line: &[";"], quotes: &[quote("\"", true, true)], is_spaced: true, ..PLAIN };
const INI: Syntax = Syntax { line: &[";", "#"], is_spaced: true, ..PLAIN };
const JSON: Syntax = Syntax { quotes: &[quote("\"", true, false)], ..PLAIN };
const HCL: Syntax = Syntax { line: &["//", "#"], quotes: &[quote("\"", true, false)], ..C };

/// Which names of files and extensions have which syntax.
const SYNTAXES: &[(&str, Syntax)] = &[
    ("c h cc cpp cxx hh hpp cs java kt kts swift scala dart proto groovy gradle zig m mm jsonc json5", C),
    ("js jsx mjs cjs ts tsx mts cts", SCRIPT),
    ("go", GO),
    ("rs", RUST),
    ("css", CSS),
    ("scss less", C),
    ("php", PHP),
    ("sh bash zsh fish ksh pl pm r jl nix dockerfile containerfile", SHELL),
    ("rb rake gemfile rakefile ex exs cr", RUBY),
    ("mk makefile gnumakefile justfile", MAKE),
    ("py pyi pyx bzl star", PYTHON),
    ("toml", TOML),
    ("yml yaml", YAML),
    ("sql", SQL),
    ("lua", LUA),
    ("hs elm", HASKELL),
    ("md markdown mdx html htm xml svg xsl vue svelte", MARKUP),
    ("lisp el clj cljs edn scm rkt asm", LISP),
    ("ini cfg conf properties editorconfig gitattributes gitignore env", INI),
    ("json jsonl ndjson", JSON),
    ("tf hcl", HCL),
];

/// Comments that tools obey.
const OBEYED: [&str; 3] = ["//go:", "// +build", "#!"];

/// The largest file that is taken apart, in bytes.
const LARGEST: usize = 4 << 20;

/// How a file differs from another version of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Difference {
    /// In nothing but white space and comments.
    Form,
    /// In these lines of either, as far as they are known: the words and signs of each, parted by single spaces.
    Lines(Vec<String>),
}

/// How the file at `path` with the bytes `before` differs from `now`.
pub(super) fn difference(path: &str, before: &[u8], now: &[u8]) -> Difference {
    if before == now {
        return Difference::Form;
    }
    let (Some(before), Some(now)) = (text(before), text(now)) else { return Difference::Lines(Vec::new()) };
    let syntax = syntax_of(path);
    let (before, now) = (lines(syntax, before), lines(syntax, now));
    let words = |lines: &[String]| lines.iter().flat_map(|line| line.split('\u{1f}')).count();
    let is_same = words(&before) == words(&now)
        && before
            .iter()
            .flat_map(|line| line.split('\u{1f}'))
            .eq(now.iter().flat_map(|line| line.split('\u{1f}')));
    if is_same { Difference::Form } else { Difference::Lines(unlike(&before, &now)) }
}

fn text(bytes: &[u8]) -> Option<&str> {
    let is_text = bytes.len() <= LARGEST && !bytes.iter().take(8000).any(|&byte| byte == 0);
    is_text.then(|| std::str::from_utf8(bytes).ok()).flatten()
}

fn syntax_of(path: &str) -> Syntax {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let extension = name.rsplit('.').next().unwrap_or(&name);
    let known = |wanted: &str| {
        let mut rows = SYNTAXES.iter();
        rows.find(|(names, _)| names.split(' ').any(|name| name == wanted)).map(|(_, syntax)| *syntax)
    };
    // `Dockerfile.test` is a Dockerfile, too.
    known(extension).or_else(|| known(name.split('.').next().unwrap_or_default())).unwrap_or(PLAIN)
}

/// The lines that stand more often in one of the two than in the other.
fn unlike(before: &[String], now: &[String]) -> Vec<String> {
    let mut counts: HashMap<&str, i64> = HashMap::new();
    before.iter().for_each(|line| *counts.entry(line).or_default() -= 1);
    now.iter().for_each(|line| *counts.entry(line).or_default() += 1);
    let mut found = Vec::new();
    for line in before.iter().chain(now) {
        if counts.insert(line, 0).is_some_and(|count| count != 0) {
            found.push(line.replace('\u{1f}', " "));
        }
    }
    // The same words on other lines.
    if found.is_empty() {
        found.extend(now.iter().map(|line| line.replace('\u{1f}', " ")));
    }
    found
}

/// The words, texts and signs of each line that has any, parted by a character that stands in no text.
fn lines(syntax: Syntax, text: &str) -> Vec<String> {
    let mut reader = Reader { syntax, text, at: 0, lines: Vec::new(), line: String::new(), brackets: 0 };
    let mut depths: Vec<usize> = Vec::new();
    let mut is_start = true;
    while reader.at < text.len() {
        let rest = &text[reader.at..];
        let first = rest.chars().next().unwrap_or_default();
        if first == '\n' {
            reader.end_line();
            reader.at += 1;
            is_start = true;
        } else if first.is_whitespace() {
            reader.at += first.len_utf8();
        } else if reader.skips_comment() {
        } else {
            if is_start && syntax.is_indented && reader.brackets == 0 {
                let depth = depth(&text[..reader.at], &mut depths);
                reader.push(&format!("\u{1e}{depth}"));
            }
            is_start = false;
            reader.take(first);
        }
    }
    reader.end_line();
    reader.lines
}

/// How many blocks the line that begins before the end of `before` is in.
fn depth(before: &str, depths: &mut Vec<usize>) -> usize {
    let start = before.rfind('\n').map_or(0, |feed| feed + 1);
    let width = before[start..].chars().map(|c| if c == '\t' { 8 } else { 1 }).sum();
    while depths.last().is_some_and(|&last| last > width) {
        depths.pop();
    }
    if width > 0 && depths.last() != Some(&width) {
        depths.push(width);
    }
    depths.len()
}

struct Reader<'a> {
    syntax: Syntax,
    text: &'a str,
    at: usize,
    lines: Vec<String>,
    line: String,
    /// Open brackets, in which indentation means nothing.
    brackets: usize,
}

impl Reader<'_> {
    fn push(&mut self, token: &str) {
        if !self.line.is_empty() {
            self.line.push('\u{1f}');
        }
        self.line.push_str(token);
    }

    fn end_line(&mut self) {
        if !self.line.is_empty() {
            self.lines.push(std::mem::take(&mut self.line));
        }
    }

    /// Goes behind the comment that starts here, if one does.
    fn skips_comment(&mut self) -> bool {
        let (before, rest) = self.text.split_at(self.at);
        let is_free = !self.syntax.is_spaced || before.is_empty() || before.ends_with(char::is_whitespace);
        // In `\//` and `http://` it is none.
        if !is_free || before.ends_with('\\') || OBEYED.iter().any(|word| rest.starts_with(word)) {
            return false;
        }
        let starts = |&&(open, _): &&(&str, &str)| rest.starts_with(open);
        if let Some((open, close)) = self.syntax.block.iter().find(starts) {
            let inner = &rest[open.len()..];
            self.at += open.len() + inner.find(close).map_or(inner.len(), |end| end + close.len());
            return true;
        }
        let is_line = self.syntax.line.iter().any(|mark| rest.starts_with(mark));
        if is_line && !(before.ends_with(':') && rest.starts_with("//")) {
            self.at += rest.find('\n').unwrap_or(rest.len());
            return true;
        }
        false
    }

    /// Takes what starts here with `first`, which is no white space and no comment.
    fn take(&mut self, first: char) {
        let rest = &self.text[self.at..];
        let length = if first.is_alphanumeric() || first == '_' {
            rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len())
        } else {
            self.quoted(rest).unwrap_or(first.len_utf8())
        };
        match first {
            '(' | '[' | '{' => self.brackets += 1,
            ')' | ']' | '}' => self.brackets = self.brackets.saturating_sub(1),
            _ => {}
        }
        let token = &self.text[self.at..self.at + length];
        self.push(token);
        self.at += length;
    }

    /// How long the text in quotes is that `rest` starts with.
    fn quoted(&self, rest: &str) -> Option<usize> {
        if self.syntax.quotes.len() == 1 && rest.starts_with('\'') {
            return character(rest);
        }
        let quote = self.syntax.quotes.iter().find(|quote| rest.starts_with(quote.mark))?;
        let mut at = quote.mark.len();
        while at < rest.len() {
            let inner = &rest[at..];
            if inner.starts_with(quote.mark) {
                return Some(at + quote.mark.len());
            }
            let next = inner.chars().next().unwrap_or_default();
            if next == '\n' && !quote.is_long {
                return Some(at);
            }
            at += next.len_utf8();
            if next == '\\' && quote.escapes {
                at += rest[at..].chars().next().map_or(0, char::len_utf8);
            }
        }
        Some(rest.len())
    }
}

/// How long the literal of one character is that `rest` starts with; `None` for a single quote with another meaning.
fn character(rest: &str) -> Option<usize> {
    let mut letters = rest.char_indices().skip(1);
    let (_, first) = letters.next()?;
    if first == '\\' {
        let inner = rest.get(3..)?;
        return inner.find('\'').filter(|&end| end < 10).map(|end| 3 + end + 1);
    }
    letters.next().filter(|&(_, second)| second == '\'').map(|(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_form(path: &str, before: &str, now: &str) -> bool {
        difference(path, before.as_bytes(), now.as_bytes()) == Difference::Form
    }

    #[test]
    fn white_space_and_comments_are_form() {
        for (path, before, now) in [
            ("a.rs", "fn a(x: u8) { b(x) }\n", "// Why.\nfn a( x: u8 )\n{\n    b(x) /* so */\n}\n"),
            ("a.rs", "let a = 'a'; // one\n", "let a = 'a'; // two\n"),
            ("a.rs", "fn a<'a>(x: &'a str) {} // it's\n", "fn a<'a>(x: &'a str) {}\n"),
            ("a.py", "def a():\n    return 1  # one\n", "def a():\n\n  # Why.\n  return 1\n"),
            ("a.py", "a(b, c)\n", "a(\n    b,\n    c)\n"),
            ("a.sh", "echo 1 # one\n", "echo   1\n"),
            ("Makefile", "a: b\n\tc\n", "# Why.\na: b\n\n\tc\n"),
            ("Dockerfile.test", "RUN a # b\n", "RUN a\n"),
            ("a.sql", "SELECT 1; -- one\n", "/* all */ SELECT\n 1;\n"),
            ("a.html", "<p>a</p>\n", "<!-- why -->\n<p> a </p>\n"),
            ("a.el", "(a) ; one\n", "(a)\n"),
            ("a.toml", "a = 1 # one\n", "a=1\n"),
            ("a.json", "{\"a\":1}", "{\n  \"a\": 1\n}\n"),
            ("a.unknown", "a b\n", "a  b\n\n"),
            ("a.md", "one two\nthree\n", "one\ntwo three\n"),
            ("a.go", "a := 1\r\n", "a := 1\n"),
        ] {
            assert!(is_form(path, before, now), "{path}: {before:?} {now:?}");
            assert!(is_form(path, now, before), "{path}: {now:?} {before:?}");
        }
    }

    #[test]
    fn everything_else_is_not() {
        for (path, before, now) in [
            ("a.rs", "a b", "ab"),
            ("a.rs", "let a = \"x // y\";", "let a = \"x // z\";"),
            ("a.rs", "let a = '\"'; b // c", "let a = '\"'; d // c"),
            ("a.rs", "let a = \" a\";", "let a = \"  a\";"),
            ("a.js", "f(/\\/*x/); a", "f(/\\/*x/); b"),
            ("a.js", "const a = `# ${x} // 1`;", "const a = `# ${x} // 2`;"),
            ("a.css", "a { b: url(http://c/1) }", "a { b: url(http://c/2) }"),
            ("a.py", "if a:\n  b\n  c\n", "if a:\n  b\nc\n"),
            ("a.py", "def a():\n  \"\"\"One.\"\"\"\n", "def a():\n  \"\"\"Two.\"\"\"\n"),
            ("a.py", "a = '#1'\n", "a = '#2'\n"),
            ("a.yml", "a:\n  b: 1\n  c: 2\n", "a:\n  b: 1\nc: 2\n"),
            ("a.sh", "echo $# ${a#b}1\n", "echo $# ${a#b}2\n"),
            ("a.sh", "#!/bin/sh\n", "#!/bin/bash\n"),
            ("a.go", "//go:build linux\n", "//go:build darwin\n"),
            ("a.sql", "SELECT '--1'", "SELECT '--2'"),
            ("a.unknown", "# one\n", "# two\n"),
            ("a.md", "one\n", "two\n"),
        ] {
            assert!(!is_form(path, before, now), "{path}: {before:?} {now:?}");
        }
        assert!(!is_form("a.bin", "\0 1", "\0  1"), "of what is no text every byte counts");
    }

    #[test]
    fn the_lines_that_differ_are_given_without_comments() {
        let before = "fn a() {}\nconst LIMIT: u8 = 3; // three\nfn b() {}\n";
        let now = "fn a() {}\nconst LIMIT: u8 = 5; // five\n\nfn b() {}\n";
        let found = difference("a.rs", before.as_bytes(), now.as_bytes());
        let expect = ["const LIMIT : u8 = 3 ;", "const LIMIT : u8 = 5 ;"].map(str::to_owned).to_vec();
        assert_eq!(found, Difference::Lines(expect));
    }
}
