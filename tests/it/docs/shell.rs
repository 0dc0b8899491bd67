//! What runs the examples: the real opsbook in a repository of its own, and the few other commands that examples use,
//! done without a shell so that they are the same on every machine.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use opsbook::repo::builder::Repo;

/// A terminal at the top of an example's repository.
pub(super) struct Shell {
    repo: Repo,
    /// The exit status of the last opsbook.
    pub(super) status: i32,
    /// Whether an example has begun in it.
    pub(super) is_used: bool,
}

impl Shell {
    /// A shell in a new repository of a kind.
    pub(super) fn new(kind: &str) -> Result<Self, String> {
        let repo = match kind {
            "repository" => Repo::new(),
            "folder" => Repo::plain(),
            other => return Err(format!("there is no kind of example called '{other}'")),
        };
        Ok(Self { repo, status: 0, is_used: false })
    }

    pub(super) fn write(&mut self, path: &str, content: &str) {
        self.is_used = true;
        self.repo.write(path, content);
    }

    /// Runs a command line and gives what a terminal would show.
    pub(super) fn run(&mut self, line: &str) -> Result<String, String> {
        self.is_used = true;
        let words = words(line)?;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let output = match words.as_slice() {
            ["opsbook", rest @ ..] => self.opsbook(rest)?,
            ["echo", "$?"] => format!("{}\n", self.status),
            ["echo", text, ">>", path] => self.append(path, text),
            ["cat", path] => self.read(path)?,
            ["rm", path] => self.done(|repo| repo.remove(path)),
            ["git", "mv", from, to] => self.moved(from, to)?,
            ["git", "add", "."] => self.done(Repo::stage_all),
            ["git", "add", path] => self.done(|repo| repo.stage(path)),
            ["git", "commit", "-q", "-m", message] => self.commit(message)?,
            ["git", "switch", "-q", "-c", name] => self.done(|repo| repo.branch(name)),
            ["git", "switch", "-q", name] => self.done(|repo| repo.switch(name)),
            _ => return Err(format!("examples cannot run `{line}`; see tests/it/docs/shell.rs")),
        };
        let top = self.repo.top();
        Ok(output.replace(&*top.to_string_lossy(), "/repo"))
    }

    /// Makes of the repository what a clone of depth 1 is.
    pub(super) fn cut_history(&self) {
        let git = self.repo.git();
        let head = git.head().and_then(|head| head.peel_to_commit()).expect("HEAD is a commit");
        self.repo.write(".git/shallow", format!("{}\n", head.id()));
    }

    fn done(&self, work: impl FnOnce(&Repo) -> &Repo) -> String {
        work(&self.repo);
        String::new()
    }

    /// Commits what is staged. An installed hook has its say first, as it has when git commits.
    fn commit(&mut self, message: &str) -> Result<String, String> {
        let mut shown = String::new();
        self.status = 0;
        if self.repo.path().join(".git/hooks/pre-commit").exists() {
            shown = self.opsbook(&["hook", "run", "pre-commit"])?;
        }
        if self.status == 0 {
            self.repo.commit(message);
        }
        Ok(shown)
    }

    fn read(&self, path: &str) -> Result<String, String> {
        std::fs::read_to_string(self.repo.path().join(path)).map_err(|e| format!("{path}: {e}"))
    }

    fn moved(&self, from: &str, to: &str) -> Result<String, String> {
        let text = self.read(from)?;
        self.repo.remove(from).write(to, text).stage_all();
        Ok(String::new())
    }

    fn append(&self, path: &str, text: &str) -> String {
        let before = self.read(path).unwrap_or_default();
        self.repo.write(path, format!("{before}{text}\n"));
        String::new()
    }

    /// `opsbook …`, with `< FILE` for its input and `| jq .` for one JSON object that people can read.
    fn opsbook(&mut self, words: &[&str]) -> Result<String, String> {
        let (words, pretty) = match words {
            [words @ .., "|", "jq", "."] => (words, true),
            words => (words, false),
        };
        let (words, input) = match words {
            [words @ .., "<", file] => (words, self.read(file)?),
            words => (words, String::new()),
        };
        let (status, shown) = run_opsbook(self.repo.path(), words, &input, pretty)?;
        self.status = status;
        Ok(shown)
    }
}

/// Runs opsbook in `folder`, with nothing in its environment but the day, and gives its status and what a terminal
/// shows: both streams in the order they were written.
pub(super) fn run_opsbook(
    folder: &Path,
    words: &[&str],
    input: &str,
    pretty: bool,
) -> Result<(i32, String), String> {
    let failed = |e: std::io::Error| format!("opsbook cannot be run: {e}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_opsbook"));
    command.current_dir(folder).env_clear().env("OPSBOOK_NOW", super::NOW).args(words).stdin(Stdio::piped());
    let mut shown = String::new();
    if pretty {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(failed)?;
        feed(&mut child, input);
        let output = child.wait_with_output().map_err(failed)?;
        shown.push_str(&pretty_json(&String::from_utf8_lossy(&output.stdout)));
        shown.push_str(&String::from_utf8_lossy(&output.stderr));
        return Ok((output.status.code().unwrap_or(-1), shown));
    }
    let (mut reader, writer) = std::io::pipe().map_err(failed)?;
    command.stdout(writer.try_clone().map_err(failed)?).stderr(writer);
    let mut child = command.spawn().map_err(failed)?;
    // The command holds our ends of the pipe, which would otherwise never end.
    drop(command);
    feed(&mut child, input);
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).map_err(failed)?;
    shown.push_str(&String::from_utf8_lossy(&bytes));
    Ok((child.wait().map_err(failed)?.code().unwrap_or(-1), shown))
}

fn feed(child: &mut std::process::Child, input: &str) {
    if let Some(mut stdin) = child.stdin.take() {
        // A command that reads no input closes its end.
        let _ = stdin.write_all(input.as_bytes());
    }
}

/// A command line as words: blanks part them, quotes hold them together.
pub(super) fn words(line: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in line.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => word.get_or_insert_default().push(c),
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c == ' ' => words.extend(word.take()),
            None => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    if quote.is_some() { Err(format!("a quote of `{line}` is never closed")) } else { Ok(words) }
}

/// JSON with two blanks an indent, members in their order, as jq shows it.
fn pretty_json(text: &str) -> String {
    let (mut shown, mut depth, mut in_string, mut escaped) = (String::new(), 0_usize, false, false);
    let mut chars = text.trim().chars().peekable();
    let line = |shown: &mut String, depth: usize| {
        shown.push('\n');
        shown.push_str(&"  ".repeat(depth));
    };
    while let Some(c) = chars.next() {
        if in_string {
            shown.push(c);
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '{' | '[' if chars.peek().is_some_and(|next| matches!(next, '}' | ']')) => {
                shown.push(c);
                shown.extend(chars.next());
            }
            '{' | '[' => {
                shown.push(c);
                depth += 1;
                line(&mut shown, depth);
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut shown, depth);
                shown.push(c);
            }
            ',' => {
                shown.push(c);
                line(&mut shown, depth);
            }
            ':' => shown.push_str(": "),
            _ => {
                shown.push(c);
                in_string = c == '"';
            }
        }
    }
    shown.push('\n');
    shown
}
