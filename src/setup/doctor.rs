//! Whether opsbook is in place in a repository, and if not, why not: one check a question, each with its way
//! out.
//!
//! It looks and changes nothing. What is found in the records is none of its business; that is what `check`
//! is for.

use std::path::Path;

use super::ci;
use super::hook::{self, PRE_COMMIT, State as Hook};
use crate::error::{Error, Result};
use crate::repo::{Environment, Workspace, is_program, is_same_file, this_program};
use crate::report::count;
use crate::report::doctor::{Check, Checkup, State};
use crate::session::{Request, Session, Source, VERSION};

/// How many files that were not read are named.
const UNREAD: usize = 10;

/// Examines the place of `request`.
#[must_use]
pub fn examine(request: &Request, environment: &Environment) -> Checkup {
    let mut request = request.clone();
    request.allow_empty = true;
    let mut checkup = Checkup::default();
    let workspace = match Workspace::open(&request.dir, environment) {
        Ok(workspace) => workspace,
        Err(error) => {
            checkup.checks.extend([version(None), failed("git", &error)]);
            return checkup;
        }
    };
    if workspace.is_bare() {
        request.source = Source::Commit("HEAD".to_owned());
    }
    let session = Session::open_for_any_version(request, environment);
    checkup.checks.push(version(session.as_ref().ok()));
    checkup.checks.push(git(&workspace));
    checkup.checks.extend(history(&workspace));
    match &session {
        Ok(session) => checkup.checks.extend(contents(session)),
        Err(error) => checkup.checks.push(failed("configuration", error)),
    }
    if workspace.is_git() && !workspace.is_bare() {
        checkup.checks.extend(hooks(&workspace, environment).unwrap_or_else(|e| vec![failed("hook", &e)]));
    }
    checkup.checks.extend(cache(&workspace));
    if let Ok(session) = &session {
        checkup.checks.push(pipeline(session));
        checkup.checks.extend(pre_commit_config(session));
    }
    checkup
}

/// What could not be told, and why.
fn failed(id: &'static str, error: &Error) -> Check {
    Check::new(id, &error.message).is(State::Unknown, error.hint.clone().unwrap_or_default())
}

fn version(session: Option<&Session>) -> Check {
    let place = this_program().map(|place| format!(" at {}", place.display())).unwrap_or_default();
    let running = Check::new("version", format!("opsbook {VERSION}{place}"));
    let Some(config) = session.map(|session| &session.config) else { return running };
    let Some(required) = &config.project.required_version else { return running };
    match config.check_version(VERSION) {
        Ok(()) => Check { message: format!("{}, and {required} is asked for", running.message), ..running },
        Err(error) => Check::new("version", error.message).is(State::Problem, error.hint.unwrap_or_default()),
    }
}

fn git(workspace: &Workspace) -> Check {
    let root = workspace.root().display();
    match workspace.git_dir() {
        None => Check::new("git", format!("{root} is in no git repository: no hook, no base, no history"))
            .is(State::Note, "run `git init` where that is not meant"),
        Some(_) if workspace.is_bare() => Check::new("git", format!("{root} is a bare repository"))
            .is(State::Note, "check commits with `--rev`; there is no working tree and nothing is staged"),
        Some(folder) => Check::new("git", format!("{root}, with git's files in {}", folder.display())),
    }
}

fn history(workspace: &Workspace) -> Option<Check> {
    workspace.git_dir()?;
    Some(if workspace.is_shallow() {
        Check::new("history", "a shallow clone: older commits were not fetched")
            .is(State::Note, "run `git fetch --unshallow` when a base cannot be told")
    } else if workspace.is_partial() {
        Check::new("history", "a partial clone: git fetches some objects only when it needs them")
            .is(State::Note, "run `git fetch --refetch --no-filter` when one is missing")
    } else {
        Check::new("history", "complete")
    })
}

/// The configuration, and what it and the built-in places lead to.
fn contents(session: &Session) -> Vec<Check> {
    let mut checks = vec![configuration(session)];
    let checked = match session.check() {
        Ok(checked) => checked,
        Err(error) => {
            checks.push(failed("reading", &error));
            return checks;
        }
    };
    let scope = &checked.report.scope;
    let mut empty = Vec::new();
    for collection in &session.config.collections {
        let name = &*collection.name;
        checks.extend(match scope.collections.get(name) {
            Some((files, records)) => {
                let found = format!("{} in {}", count(*records, "record"), count(*files, "file"));
                Some(Check::new("collection", found).of(name))
            }
            None if collection.is_configured => Some(
                Check::new("collection", "0 files, although the configuration says where they are")
                    .of(name)
                    .is(State::Note, "mend its `files`, or take it out"),
            ),
            None => {
                empty.push(name);
                None
            }
        });
    }
    if !empty.is_empty() {
        checks
            .push(Check::new("collections", format!("0 files in the usual places of {}", empty.join(", "))));
    }
    checks.extend(
        scope
            .unread
            .iter()
            .take(UNREAD)
            .map(|(path, reason)| Check::new("unread", reason).of(path).is(State::Note, "")),
    );
    if scope.unread.len() > UNREAD {
        let more = count(scope.unread.len() - UNREAD, "more file");
        checks.push(Check::new("unread", more).is(State::Note, "run `opsbook check --all` for all of them"));
    }
    checks.extend(checked.unable.map(|error| failed("reading", &error)));
    checks
}

fn configuration(session: &Session) -> Check {
    let config = &session.config;
    let Some(file) = &config.file else {
        return Check::new("configuration", "no opsbook.toml: everything is built in");
    };
    let Some(first) = config.mistakes.first() else { return Check::new("configuration", file.as_str()) };
    let mistakes = count(config.mistakes.len(), "mistake");
    Check::new("configuration", format!("{mistakes}, the first: {}", first.message))
        .of(file.as_str())
        .is(State::Problem, "run `opsbook check --only invalid-config` to see where")
}

fn hooks(workspace: &Workspace, environment: &Environment) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    checks.extend(workspace.hooks_path_setting()?.map(|path| {
        Check::new(
            "hooks-path",
            format!("core.hooksPath is {path}, so hooks are in {}", shown_folder(workspace)),
        )
    }));
    let place = hook::place(workspace)?;
    let shown = place.display();
    let state = hook::state(workspace)?;
    checks.push(match &state {
        Hook::Missing => {
            Check::new("hook", "no pre-commit hook").is(State::Note, "run `opsbook hook install`")
        }
        Hook::Ours { .. } if !workspace.is_hook_executable(PRE_COMMIT)? => {
            Check::new("hook", format!("{shown} is not executable, so git passes it by"))
                .is(State::Problem, format!("run `chmod +x {shown}`"))
        }
        Hook::Ours { .. } => Check::new("hook", format!("ours, at {shown}")),
        Hook::Managed { manager, advice, runs_opsbook: false } => {
            Check::new("hook", format!("{manager} manages the hooks and does not name opsbook"))
                .is(State::Note, *advice)
        }
        Hook::Managed { manager, .. } if workspace.hook(PRE_COMMIT)?.is_none() => Check::new(
            "hook",
            format!("{manager} names opsbook, but there is no pre-commit hook that starts it"),
        )
        .is(State::Note, format!("run the command by which {manager} installs its hooks")),
        Hook::Managed { manager, .. } => Check::new("hook", format!("{manager} runs opsbook")),
        Hook::Other { runs_opsbook: true } => Check::new("hook", format!("{shown} runs opsbook")),
        Hook::Other { .. } => {
            Check::new("hook", format!("{shown} is somebody else's and does not name opsbook"))
                .is(State::Note, format!("add this line to it: {}", hook::LINE))
        }
    });
    if let Hook::Ours { program } = &state {
        checks.push(program_of_hook(program, environment));
    }
    Ok(checks)
}

fn shown_folder(workspace: &Workspace) -> String {
    workspace.hooks_dir().map(|folder| folder.display().to_string()).unwrap_or_default()
}

/// Whether the hook starts the opsbook that is running, another one, or none.
fn program_of_hook(program: &Path, environment: &Environment) -> Check {
    const AGAIN: &str = "run `opsbook hook uninstall` and `opsbook hook install` with the one that is meant";
    let check = |message: String| Check::new("hook-program", message);
    let shown = program.display();
    if this_program().is_some_and(|running| is_same_file(&running, program)) {
        return check("the hook calls this opsbook".to_owned());
    }
    if is_program(program) {
        return check(format!("the hook calls another opsbook: {shown}")).is(State::Note, AGAIN);
    }
    match environment.program("opsbook") {
        Some(found) => {
            check(format!("{shown} is gone, so the hook calls {}", found.display())).is(State::Note, AGAIN)
        }
        None => check(format!("{shown} is gone and no opsbook is on the PATH: every commit fails"))
            .is(State::Problem, AGAIN),
    }
}

fn cache(workspace: &Workspace) -> Option<Check> {
    let folder = workspace.cache_dir()?;
    let shown = folder.display();
    Some(match workspace.is_cache_writable()? {
        true => Check::new("cache", format!("{shown} can be written")),
        false => Check::new("cache", format!("{shown} cannot be written, so a base is read again each time"))
            .is(State::Note, "check who owns it; nothing else depends on it"),
    })
}

fn pipeline(session: &Session) -> Check {
    let pipelines = ci::look(&session.workspace, &session.snapshot);
    match (&pipelines.runs_opsbook, pipelines.files.as_slice()) {
        (Some(file), _) => Check::new("pipeline", format!("{file} names opsbook")),
        (None, []) => Check::new("pipeline", "no pipeline was found")
            .is(State::Note, "run `opsbook check --base auto` in one"),
        (None, [only]) => Check::new("pipeline", format!("{only} does not name opsbook"))
            .is(State::Note, "add `opsbook check --base auto` to it; `opsbook init` proposes a file"),
        (None, files) => {
            Check::new("pipeline", format!("none of {} names opsbook", count(files.len(), "file")))
                .is(State::Note, "add `opsbook check --base auto` to one; `opsbook init` proposes a file")
        }
    }
}

/// The configuration of pre-commit, where there is one: it is read by people who have another hook, too.
fn pre_commit_config(session: &Session) -> Option<Check> {
    const FILE: &str = ".pre-commit-config.yaml";
    let bytes = session.snapshot.read(session.snapshot.entry(FILE)?, 1 << 20).ok()?;
    Some(match hook::names_opsbook(&bytes) {
        true => Check::new("pre-commit", format!("{FILE} names opsbook")),
        false => Check::new("pre-commit", format!("{FILE} does not name opsbook"))
            .is(State::Note, "add a hook with `entry: opsbook hook run pre-commit` to it"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::builder::Repo;

    fn examined_in(repo: &Repo, environment: &Environment) -> Checkup {
        let request = Request::new(repo.path(), jiff::Timestamp::UNIX_EPOCH);
        examine(&request, environment)
    }

    /// The state of the first check called `id`, and what it says.
    fn state(repo: &Repo, id: &str) -> (State, String) {
        let checkup = examined_in(repo, &Environment::default());
        let found = checkup.checks.iter().find(|check| check.id == id);
        let found = found.unwrap_or_else(|| panic!("no {id} in {checkup:#?}"));
        (found.state, format!("{} {}", found.subject.as_deref().unwrap_or_default(), found.message))
    }

    fn workspace(repo: &Repo) -> Workspace {
        Workspace::open(repo.path(), &Environment::default()).expect("the repository opens")
    }

    #[test]
    fn a_repository_that_is_set_up_has_no_problem() {
        let repo = Repo::new();
        repo.write("roadmap.jsonl", "{\"id\":\"1\",\"title\":\"t\",\"status\":\"todo\"}\n");
        repo.write(".gitlab-ci.yml", "a:\n  script: opsbook check\n");
        hook::install(&workspace(&repo)).expect("nothing is in the way");
        let checkup = examined_in(&repo, &Environment::default());
        assert_eq!(checkup.verdict(), State::Ok, "{checkup:#?}");
        assert_eq!(state(&repo, "collection").1, "roadmap 1 record in 1 file");
        assert!(state(&repo, "collections").1.contains("backlog"));
    }

    #[test]
    fn a_version_that_is_not_asked_for_is_a_problem_and_the_rest_is_said_all_the_same() {
        let repo = Repo::new();
        repo.write("opsbook.toml", "[project]\nrequired_version = \">=99\"\n");
        assert_eq!(state(&repo, "version").0, State::Problem);
        assert_eq!(state(&repo, "configuration").0, State::Ok);
    }

    #[test]
    fn mistakes_of_the_configuration_are_counted_and_a_collection_without_files_is_named() {
        let repo = Repo::new();
        repo.write("opsbook.toml", "[projct]\n[collections.vendors]\nfiles = [\"vendors.csv\"]\n");
        let (is, said) = state(&repo, "configuration");
        assert!(is == State::Problem && said.starts_with("opsbook.toml 1 mistake"), "{said}");
        let (is, said) = state(&repo, "collection");
        assert!(is == State::Note && said.starts_with("vendors 0 files"), "{said}");
    }

    #[cfg(unix)]
    #[test]
    fn a_hook_that_git_passes_by_is_a_problem() {
        use std::os::unix::fs::PermissionsExt;
        let repo = Repo::new();
        assert_eq!(state(&repo, "hook").0, State::Note);
        hook::install(&workspace(&repo)).expect("nothing is in the way");
        assert_eq!(state(&repo, "hook").0, State::Ok);
        let place = repo.path().join(".git/hooks/pre-commit");
        std::fs::set_permissions(place, std::fs::Permissions::from_mode(0o644)).expect("it is ours");
        assert_eq!(state(&repo, "hook").0, State::Problem);
    }

    #[test]
    fn a_hook_whose_opsbook_is_gone_is_a_problem_unless_the_path_has_one() {
        let repo = Repo::new();
        hook::install(&workspace(&repo)).expect("nothing is in the way");
        let place = repo.path().join(".git/hooks/pre-commit");
        let ours = crate::repo::builder::read(&place);
        let running = this_program().expect("the test has a program");
        repo.write(".git/hooks/pre-commit", ours.replace(&*running.to_string_lossy(), "/nowhere/opsbook"));
        assert_eq!(state(&repo, "hook-program").0, State::Problem);
        let folder = tempfile::tempdir().expect("there is room");
        std::fs::copy(&running, folder.path().join(format!("opsbook{}", std::env::consts::EXE_SUFFIX)))
            .expect("a program can be copied");
        let environment = Environment { path: vec![folder.path().to_owned()], ..Environment::default() };
        let checkup = examined_in(&repo, &environment);
        let found = checkup.checks.iter().find(|check| check.id == "hook-program").expect("it is looked at");
        assert_eq!(found.state, State::Note, "{found:?}");
    }

    #[test]
    fn a_hooks_path_and_a_manager_are_named() {
        let repo = Repo::new();
        repo.write(".pre-commit-config.yaml", "repos: []\n");
        let mut config = repo.git().config().expect("there is a configuration");
        config.set_str("core.hooksPath", ".hooks").expect("it is writable");
        assert!(state(&repo, "hooks-path").1.contains(".hooks"));
        assert_eq!(state(&repo, "pre-commit").0, State::Note);
        assert!(state(&repo, "hook").1.contains("does not name opsbook"));
        repo.write(".pre-commit-config.yaml", "- id: opsbook\n");
        assert_eq!(state(&repo, "pre-commit").0, State::Ok);
        assert!(state(&repo, "hook").1.contains("no pre-commit hook that starts it"));
        repo.write(".hooks/pre-commit", "#!/bin/sh\n");
        assert_eq!(state(&repo, "hook"), (State::Ok, " pre-commit runs opsbook".to_owned()));
    }

    #[test]
    fn what_cannot_be_opened_cannot_be_told() {
        let repo = Repo::plain();
        repo.write(".git", "gitdir: nowhere\n");
        let checkup = examined_in(&repo, &Environment::default());
        assert_eq!(checkup.verdict(), State::Unknown, "{checkup:#?}");
        assert!(checkup.checks.iter().any(|check| check.id == "git" && check.help.is_some()));
    }

    #[test]
    fn a_folder_without_git_is_a_note() {
        assert_eq!(state(&Repo::plain(), "git").0, State::Note);
        assert_eq!(examined_in(&Repo::plain(), &Environment::default()).verdict(), State::Note);
    }

    #[test]
    fn a_shallow_clone_is_a_note_with_the_way_to_the_rest() {
        let repo = Repo::new();
        repo.write("a.md", "# A\n").stage_all();
        let commit = repo.commit("docs: a page");
        repo.write(".git/shallow", format!("{commit}\n"));
        assert_eq!(state(&repo, "history").0, State::Note);
    }
}
