//! The built binary in a clean environment: nothing of the machine's settings, home or clock reaches a test.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use opsbook::repo::builder::Repo;
use serde_json::Value;
use tempfile::TempDir;

/// The moment that counts as now.
pub(crate) const NOW: &str = "2026-11-20T12:00:00Z";

/// What a run of the binary left.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs opsbook in the folder of `repo`.
pub(crate) fn run(repo: &Repo, args: &[&str]) -> Output {
    run_in(repo.path(), args)
}

/// Runs opsbook in a folder.
pub(crate) fn run_in(folder: &Path, args: &[&str]) -> Output {
    finish(command(folder).args(["--now", NOW]).args(args))
}

/// Runs opsbook in the folder of `repo` with `input` as its standard input.
pub(crate) fn run_with_input(repo: &Repo, args: &[&str], input: &[u8]) -> Output {
    let mut command = command(repo.path());
    command.args(["--now", NOW]).args(args).stdin(Stdio::piped());
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary was built");
    let mut stdin = child.stdin.take().expect("it is piped");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("it ends");
    // A run that refuses its arguments never reads.
    let _ = writer.join().expect("the writer does not panic");
    Output::from(output)
}

/// The binary, to be run in `folder` with a cleared environment and without `--now`.
pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_opsbook"));
    clean(&mut command, folder);
    command
}

/// Gives a command the environment of a hermetic test.
pub(crate) fn clean(command: &mut Command, folder: &Path) {
    static HOME: OnceLock<TempDir> = OnceLock::new();
    let home = HOME.get_or_init(|| tempfile::tempdir().expect("there is room for a folder"));
    command
        .current_dir(folder)
        .env_clear()
        .env("HOME", home.path())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(Stdio::null());
}

/// Runs a command to its end.
pub(crate) fn finish(command: &mut Command) -> Output {
    Output::from(command.output().expect("the program can be started"))
}

/// A git of the machine in `folder`, or `None` when there is none, which is said. Who commits and when is fixed.
pub(crate) fn git(folder: &Path) -> Option<Command> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&path).any(|folder| folder.join("git").is_file()) {
        eprintln!("skipped: there is no git on this machine");
        return None;
    }
    let mut git = Command::new("git");
    clean(&mut git, folder);
    git.env("PATH", path).env("OPSBOOK_NOW", NOW);
    for who in ["AUTHOR", "COMMITTER"] {
        git.env(format!("GIT_{who}_NAME"), "Ada Example");
        git.env(format!("GIT_{who}_EMAIL"), "ada@example.org");
        git.env(format!("GIT_{who}_DATE"), "2026-11-20T12:00:00Z");
    }
    Some(git)
}

impl From<std::process::Output> for Output {
    fn from(output: std::process::Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("opsbook writes UTF-8");
        // A signal is no exit status, and never expected.
        let status = output.status.code().unwrap_or(-1);
        Self { status, stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

impl Output {
    /// Asserts the exit status, and shows everything when it is another.
    #[track_caller]
    pub(crate) fn exits(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        self
    }

    /// Standard output as JSON that its schema allows.
    #[track_caller]
    pub(crate) fn report(&self) -> Value {
        let report: Value =
            serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("not JSON: {error}: {self:#?}"));
        assert_valid(report_schema(), &report);
        report
    }

    /// The findings of a JSON report as "path:line:column rule".
    #[track_caller]
    pub(crate) fn places(&self) -> Vec<String> {
        places(&self.report())
    }

    /// The rules of the findings of a JSON report, each once, sorted.
    #[track_caller]
    pub(crate) fn rules(&self) -> Vec<String> {
        let report = self.report();
        let findings = report["findings"].as_array().expect("a list").iter();
        let mut rules: Vec<String> =
            findings.map(|one| one["rule"].as_str().expect("a text").to_owned()).collect();
        rules.sort();
        rules.dedup();
        rules
    }
}

/// The findings of a JSON report as "path:line:column rule".
pub(crate) fn places(report: &Value) -> Vec<String> {
    let place = |finding: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (line, column) = (&finding["start"]["line"], &finding["start"]["column"]);
        format!("{}:{line}:{column} {}", text(&finding["path"]), text(&finding["rule"]))
    };
    report["findings"].as_array().expect("a list").iter().map(place).collect()
}

/// The published schema of `check --format json`.
pub(crate) fn report_schema() -> &'static jsonschema::Validator {
    static SCHEMA: OnceLock<jsonschema::Validator> = OnceLock::new();
    SCHEMA.get_or_init(|| compile("schemas/check-report.schema.json"))
}

/// The published schema of SARIF.
pub(crate) fn sarif_schema() -> &'static jsonschema::Validator {
    static SCHEMA: OnceLock<jsonschema::Validator> = OnceLock::new();
    SCHEMA.get_or_init(|| compile("tests/data/sarif-2.1.0.schema.json"))
}

/// What GitLab documents for a Code Quality report.
pub(crate) fn gitlab_schema() -> &'static jsonschema::Validator {
    static SCHEMA: OnceLock<jsonschema::Validator> = OnceLock::new();
    SCHEMA.get_or_init(|| compile("tests/data/gitlab-code-quality.schema.json"))
}

/// The published definition of reviewdog's format.
pub(crate) fn rdjson_schema() -> &'static jsonschema::Validator {
    static SCHEMA: OnceLock<jsonschema::Validator> = OnceLock::new();
    SCHEMA.get_or_init(|| compile("tests/data/rdjson.schema.json"))
}

/// A published schema of this project.
pub(crate) fn compile(path: &str) -> jsonschema::Validator {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = std::fs::read_to_string(place).expect("the schema is in the package");
    let schema: Value = serde_json::from_str(&text).expect("the schema is JSON");
    jsonschema::options().offline().build(&schema).expect("the schema is one")
}

/// Asserts that a schema allows `value`.
#[track_caller]
pub(crate) fn assert_valid(schema: &jsonschema::Validator, value: &Value) {
    let errors: Vec<String> = schema
        .iter_errors(value)
        .take(3)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// A repository with a collection `items` in `items.jsonl`: roadmap records whose `depends_on` names other items.
pub(crate) fn items(records: &str) -> Repo {
    let repo = Repo::new();
    repo.write("opsbook.toml", ITEMS).write("items.jsonl", records);
    repo
}

/// The configuration of [`items`].
pub(crate) const ITEMS: &str = "\
[collections.items]
files = [\"items.jsonl\", \"more/*.jsonl\"]
schema = \"roadmap\"
key = \"id\"
references.depends_on = \"items\"
[rules.severity]
unmatched-collection = \"off\"
";

/// A valid item.
pub(crate) fn item(id: &str) -> String {
    format!("{{\"id\":\"{id}\",\"title\":\"Item {id}\",\"status\":\"planned\"}}\n")
}

/// An item that depends on another.
pub(crate) fn dependent(id: &str, on: &str) -> String {
    format!("{{\"id\":\"{id}\",\"title\":\"t\",\"status\":\"planned\",\"depends_on\":[\"{on}\"]}}\n")
}

/// An item whose status is none.
pub(crate) fn faulty(id: &str) -> String {
    format!("{{\"id\":\"{id}\",\"title\":\"t\",\"status\":\"plannd\"}}\n")
}
