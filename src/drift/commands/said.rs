//! The commands that a document says, in blocks for a shell and in code spans.
//!
//! This is no shell: what is not plain words is left out, and where nobody can tell in which folder a command is typed, it
//! is not looked at.

use super::CommandKind;
use crate::read::markdown::{Document, Fence};
use crate::text::Span;

/// A command that a document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) kind: CommandKind,
    pub(super) name: String,
    /// The bytes of the name.
    pub(super) span: Span,
    /// What is written, from the program to the name.
    pub(super) words: String,
    /// The folder in which it is typed.
    pub(super) folder: String,
    /// Whether it can only be a name of its kind, and not one that a program knows by itself.
    pub(super) is_certain: bool,
}

/// The programs that are understood.
const PROGRAMS: [&str; 7] = ["make", "npm", "yarn", "pnpm", "bun", "cargo", "just"];

/// The languages of blocks that are typed into a shell.
const SHELLS: [&str; 10] = [
    "bash",
    "console",
    "fish",
    "sh",
    "shell",
    "shell-session",
    "shellsession",
    "terminal",
    "zsh",
    "sh-session",
];

/// Words near a command that say it is of the past.
const PAST: [&str; 11] = [
    "deprecated",
    "formerly",
    "gone",
    "instead of",
    "no longer",
    "old",
    "previously",
    "removed",
    "renamed",
    "replaced",
    "used to",
];

/// Whether `text` may say a command.
pub(super) fn may_say(text: &str) -> bool {
    PROGRAMS
        .iter()
        .any(|program| memchr::memmem::find(text.as_bytes(), format!("{program} ").as_bytes()).is_some())
}

/// The commands of a document that stands in `folder`. `is_folder` says whether a folder is there.
pub(super) fn said(
    text: &str,
    parsed: &Document,
    folder: &str,
    is_folder: &dyn Fn(&str) -> bool,
) -> Vec<Said> {
    let mut found = Vec::new();
    for fence in &parsed.fences {
        in_fence(text, fence, folder, is_folder, &mut found);
    }
    for line in &parsed.lines {
        let lower = line.text.to_lowercase();
        if line.code.is_empty() || PAST.iter().any(|word| lower.contains(word)) {
            continue;
        }
        for range in &line.code {
            let span = line.span_of(range.clone());
            let code = text.get(span.range()).unwrap_or_default();
            // Markup within would move the words.
            if code == &line.text[range.clone()] && !code.contains('\n') {
                commands(code, span.start as usize, &mut folder.to_owned(), is_folder, &mut found);
            }
        }
    }
    found
}

fn in_fence(
    text: &str,
    fence: &Fence,
    folder: &str,
    is_folder: &dyn Fn(&str) -> bool,
    found: &mut Vec<Said>,
) {
    let language = fence.info.split([' ', ',', '{']).next().unwrap_or_default().to_ascii_lowercase();
    let block = &text[fence.span.range()];
    let has_prompt = block.lines().any(|line| line.trim_start().starts_with("$ "));
    let is_shell = SHELLS.contains(&language.as_str());
    let is_session = has_prompt && matches!(language.as_str(), "" | "text");
    if !is_shell && !is_session {
        return;
    }
    let mut at = fence.span.start as usize;
    let mut here = folder.to_owned();
    let (mut goes_on, mut until): (bool, Option<String>) = (false, None);
    for (number, line) in block.split_inclusive('\n').enumerate() {
        let (start, raw) = (at, line.trim_end());
        at += line.len();
        // What is fed to a command is no command.
        if let Some(end) = &until {
            if raw.trim() == end {
                until = None;
            }
            continue;
        }
        let trimmed = raw.trim_start();
        let prompt = trimmed.strip_prefix("$ ");
        if number == 0 || goes_on || trimmed.starts_with('#') || (has_prompt && prompt.is_none()) {
            goes_on = raw.ends_with('\\') && number > 0 && (goes_on || !has_prompt || prompt.is_some());
            continue;
        }
        goes_on = raw.ends_with('\\');
        let command = prompt.unwrap_or(trimmed);
        if let Some(mark) = command.find("<<").filter(|_| !command.contains("<<<")) {
            let word =
                command[mark + 2..].trim_start_matches('-').split_whitespace().next().unwrap_or_default();
            until = Some(word.trim_matches(['"', '\'']).to_owned());
        }
        let offset = start + raw.len() - command.len();
        if !commands(command, offset, &mut here, is_folder, found) {
            return;
        }
    }
}

/// The commands of one line, which starts at `offset`. Gives whether it is known where the next line is typed.
fn commands(
    line: &str,
    offset: usize,
    folder: &mut String,
    is_folder: &dyn Fn(&str) -> bool,
    found: &mut Vec<Said>,
) -> bool {
    let line = line.split(" #").next().unwrap_or_default();
    let mut words: Vec<(usize, &str)> = Vec::new();
    let mut at = 0;
    for word in line.split_inclusive(' ') {
        let plain = word.trim();
        if !plain.is_empty() {
            let start = at + word.find(plain).unwrap_or_default();
            words.push((start, plain));
        }
        at += word.len();
    }
    let is_end = |word: &str| matches!(word, "&&" | "||" | "|" | ";" | "&" | ">" | ">>" | "2>&1");
    for part in words.split(|(_, word)| is_end(word)) {
        let from = part.iter().position(|(_, word)| !is_prefix(word)).unwrap_or(part.len());
        let part = &part[from..];
        let Some(&(start, program)) = part.first() else { continue };
        if matches!(program, "cd" | "pushd" | "popd") {
            let to = part.get(1).map_or("", |(_, word)| word.trim_end_matches(';'));
            match joined(folder, to).filter(|folder| folder.is_empty() || is_folder(folder)) {
                Some(to_) if !to.is_empty() => *folder = to_,
                _ => return false,
            }
            continue;
        }
        if program == "git" && part.get(1).is_some_and(|(_, word)| *word == "clone") {
            return false;
        }
        let mut add = |kind, at: usize, is_certain, folder: String| {
            let (place, name) = part[at];
            let name = name.trim_end_matches([';', ',']);
            if is_name(name, kind) {
                let span = Span::of(offset + place, offset + place + name.len());
                let words = line[start..place + name.len()].to_owned();
                found.push(Said { kind, name: name.to_owned(), span, words, folder, is_certain });
            }
        };
        match program {
            "make" => make(part, folder, is_folder, &mut add),
            "npm" | "yarn" | "pnpm" | "bun" => script(part, folder, &mut add),
            "cargo" => cargo(part, folder, &mut add),
            "just" => just(part, folder, &mut add),
            _ => {}
        }
    }
    true
}

/// What may stand before a command.
fn is_prefix(word: &str) -> bool {
    let is_assignment = word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    });
    is_assignment || matches!(word, "sudo" | "time" | "$" | "env")
}

/// Adds a name: its kind, the place among the words, whether it is certain, and the folder.
type Add<'a> = dyn FnMut(CommandKind, usize, bool, String) + 'a;

fn make(part: &[(usize, &str)], folder: &str, is_folder: &dyn Fn(&str) -> bool, add: &mut Add<'_>) {
    let (mut at, mut folder) = (1, folder.to_owned());
    while let Some(&(_, word)) = part.get(at) {
        at += 1;
        let named = word
            .strip_prefix("--directory=")
            .or_else(|| word.strip_prefix("-C").filter(|rest| !rest.is_empty()));
        if named.is_some() || matches!(word, "-C" | "--directory") {
            let to = named.or_else(|| part.get(at).map(|(_, word)| *word)).unwrap_or_default();
            at += usize::from(named.is_none());
            match joined(&folder, to).filter(|folder| is_folder(folder)) {
                Some(to) => folder = to,
                None => return,
            }
        } else if word.starts_with("-f") || word.starts_with("--file") || word.starts_with("--makefile") {
            return;
        } else if matches!(word, "-j" | "-l" | "-o" | "-W") {
            at += usize::from(
                part.get(at).is_some_and(|(_, word)| word.bytes().all(|byte| byte.is_ascii_digit())),
            );
        } else if !word.starts_with('-') && !word.contains('=') {
            add(CommandKind::Target, at - 1, true, folder.clone());
            if !is_name(word, CommandKind::Target) {
                return;
            }
        }
    }
}

fn script(part: &[(usize, &str)], folder: &str, add: &mut Add<'_>) {
    /// What the programs do by themselves, whatever a package defines.
    const OWN: [&str; 60] = [
        "access",
        "add",
        "approve-builds",
        "audit",
        "bin",
        "build",
        "cache",
        "ci",
        "config",
        "constraints",
        "create",
        "dedupe",
        "deploy",
        "dlx",
        "docs",
        "exec",
        "explain",
        "fetch",
        "fund",
        "generate-lock-entry",
        "global",
        "help",
        "i",
        "import",
        "info",
        "init",
        "install",
        "licenses",
        "link",
        "list",
        "login",
        "logout",
        "ls",
        "node",
        "npm",
        "outdated",
        "owner",
        "pack",
        "patch",
        "plugin",
        "prune",
        "publish",
        "rebuild",
        "remove",
        "rm",
        "search",
        "self-update",
        "set",
        "setup",
        "store",
        "tag",
        "team",
        "uninstall",
        "unlink",
        "unplug",
        "up",
        "update",
        "upgrade",
        "upgrade-interactive",
        "why",
    ];
    const OTHERS: [&str; 8] =
        ["workspace", "workspaces", "x", "version", "versions", "view", "policies", "env"];
    let word = |at: usize| part.get(at).map_or("", |(_, word)| *word);
    // With options, another package may be meant.
    if word(1).starts_with('-') {
        return;
    }
    if matches!(word(1), "run" | "run-script") {
        let is_elsewhere = part.iter().take_while(|(_, word)| *word != "--").any(|(_, word)| {
            ["-w", "--workspace", "--prefix", "--filter", "-C", "--cwd"]
                .iter()
                .any(|option| word.starts_with(option))
        });
        if !word(2).starts_with('-') && part.len() > 2 && !is_elsewhere {
            add(CommandKind::Script, 2, word(0) != "bun", folder.to_owned());
        }
        return;
    }
    let is_short = matches!((word(0), word(1)), (_, "test" | "start" | "stop") | ("yarn" | "pnpm", _));
    if is_short && part.len() > 1 && !OWN.contains(&word(1)) && !OTHERS.contains(&word(1)) {
        add(CommandKind::Script, 1, false, folder.to_owned());
    }
}

fn cargo(part: &[(usize, &str)], folder: &str, add: &mut Add<'_>) {
    const OWN: [&str; 42] = [
        "add",
        "b",
        "bench",
        "binstall",
        "build",
        "c",
        "check",
        "clean",
        "clippy",
        "config",
        "d",
        "doc",
        "fetch",
        "fix",
        "fmt",
        "generate-lockfile",
        "help",
        "info",
        "init",
        "install",
        "locate-project",
        "login",
        "logout",
        "metadata",
        "miri",
        "new",
        "owner",
        "package",
        "pkgid",
        "publish",
        "r",
        "read-manifest",
        "remove",
        "report",
        "run",
        "rustc",
        "rustdoc",
        "search",
        "t",
        "test",
        "tree",
        "update",
    ];
    let mut at = 1;
    if part.get(at).is_some_and(|(_, word)| word.starts_with('+')) {
        at += 1;
    }
    let Some(&(_, command)) = part.get(at) else { return };
    if command.starts_with('-') {
        return;
    }
    if !OWN.contains(&command) {
        return add(CommandKind::Alias, at, false, folder.to_owned());
    }
    if !matches!(command, "run" | "r" | "build" | "b" | "test" | "t" | "check" | "c") {
        return;
    }
    for (at, (_, word)) in part.iter().enumerate().skip(at + 1) {
        match *word {
            "--" => return,
            "--manifest-path" => return,
            "--bin" if part.len() > at + 1 => add(CommandKind::Binary, at + 1, true, folder.to_owned()),
            "--example" if part.len() > at + 1 => add(CommandKind::Example, at + 1, true, folder.to_owned()),
            _ => {}
        }
    }
}

fn just(part: &[(usize, &str)], folder: &str, add: &mut Add<'_>) {
    for (at, (_, word)) in part.iter().enumerate().skip(1) {
        if word.starts_with('-') {
            return;
        }
        if !word.contains('=') {
            return add(CommandKind::Recipe, at, true, folder.to_owned());
        }
    }
}

/// Whether `name` is plain, and stands for nothing else.
fn is_name(name: &str, kind: CommandKind) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.');
    let stands_for_any =
        ["target", "foo", "bar", "baz", "xxx", "script", "recipe", "command", "name", "task"];
    name.len() > 1
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(is_plain)
        && !name.ends_with(['.', ':', '-'])
        && !name.contains("...")
        && !stands_for_any.contains(&name.to_ascii_lowercase().as_str())
        && !(kind == CommandKind::Target && name.contains('.'))
        && !(kind != CommandKind::Script && kind != CommandKind::Recipe && name.contains(':'))
        && !name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// `path` from `folder`; `None` when it is no plain path of the repository.
fn joined(folder: &str, path: &str) -> Option<String> {
    if path.is_empty()
        || path.starts_with(['/', '~', '$', '-', '<'])
        || path.contains(['$', '*', '<', '"', '\''])
    {
        return None;
    }
    crate::text::joined(folder, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let parsed = Document::read(text);
        let is_folder = |folder: &str| folder == "docs";
        let said = said(text, &parsed, "", &is_folder);
        said.into_iter()
            .map(|one| {
                assert_eq!(&text[one.span.range()], one.name);
                format!("{} {} {}", one.kind.noun(), one.name, one.folder).trim().to_owned()
            })
            .collect()
    }

    #[test]
    fn commands_are_found_in_blocks_and_spans() {
        assert_eq!(
            found(
                "```sh\nmake -j4 V=1 lint test # all\nX=1 npm run a:b -- -w && cargo run --bin tool\n```\n"
            ),
            ["target lint", "target test", "script a:b", "binary tool"]
        );
        assert_eq!(
            found("```console\n$ just check\nmake no\n$ cargo xtask dist\n```\n"),
            ["recipe check", "alias xtask"]
        );
        assert_eq!(found("Run `make lint`, or `yarn dev`.\n"), ["target lint", "script dev"]);
    }

    #[test]
    fn the_folder_is_followed_and_lost() {
        assert_eq!(found("```sh\ncd docs\nmake html\n```\n"), ["target html docs"]);
        assert_eq!(found("```sh\nmake -C docs html\n```\n"), ["target html docs"]);
        assert_eq!(found("```sh\ncd other\nmake html\n```\n"), [""; 0]);
        assert_eq!(found("```sh\ngit clone https://x.org/y && cd y\nmake all\n```\n"), [""; 0]);
    }

    #[test]
    fn what_is_no_command_is_not_found() {
        for text in [
            "`make TARGET`, `make <x>`, `make out/x.o`, `npm run test:*`, `yarn add x`, `make`, `cargo test`\n",
            "`make lint` was removed\n",
            "```rust\nmake lint\n```\n",
            "```sh\ncat <<EOF\nmake lint\nEOF\n# make lint\n```\n",
            "```sh\nnpm run x --workspace y\n```\n",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
