//! The pre-commit hook: written where git looks for it, never over another one, removed only when it is ours.

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::repo::{Workspace, this_program};

/// The hook that git runs before a commit.
pub const PRE_COMMIT: &str = "pre-commit";

/// A line by which our own hook is known again.
const MARK: &str = "# opsbook hook, version 1";

/// The line that another hook takes to do what ours does.
pub const LINE: &str = "opsbook hook run pre-commit || exit $?";

/// A single quote within single quotes, as a shell writes it.
const QUOTE: &str = r"'\''";

/// Configurations of hook managers are a page long.
const LIMIT: u64 = 1 << 20;

/// What installing did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Installed {
    /// The hook was written here.
    Written(PathBuf),
    /// It was there already.
    AlreadyThere(PathBuf),
}

/// What stands where git looks for the pre-commit hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nothing: it can be installed.
    Missing,
    /// Our own, and the program it calls.
    Ours {
        /// The program as the hook names it.
        program: PathBuf,
    },
    /// A hook manager that keeps its own configuration in the working tree.
    Managed {
        /// Its name.
        manager: &'static str,
        /// How opsbook is added to it.
        advice: &'static str,
        /// Whether that was done.
        runs_opsbook: bool,
    },
    /// Somebody else's hook.
    Other {
        /// Whether it names opsbook.
        runs_opsbook: bool,
    },
}

/// Looks at the pre-commit hook.
///
/// # Errors
/// Usage without git; environment when the hook or the working tree cannot be read.
pub fn state(workspace: &Workspace) -> Result<State> {
    let bytes = workspace.hook(PRE_COMMIT)?;
    if let Some(bytes) = bytes.as_deref().filter(|bytes| is_ours(bytes)) {
        return Ok(State::Ours { program: program(bytes) });
    }
    Ok(match (manager(workspace)?, bytes) {
        (Some(managed), _) => managed,
        (None, Some(bytes)) => State::Other { runs_opsbook: names_opsbook(&bytes) },
        (None, None) => State::Missing,
    })
}

/// Installs the pre-commit hook.
///
/// # Errors
/// Usage without git and where another hook or a hook manager stands, with the line to add to it;
/// environment when it cannot be written.
pub fn install(workspace: &Workspace) -> Result<Installed> {
    let place = place(workspace)?;
    match state(workspace)? {
        State::Missing => Ok(Installed::Written(workspace.write_hook(PRE_COMMIT, script().as_bytes())?)),
        State::Ours { .. } => Ok(Installed::AlreadyThere(place)),
        State::Other { .. } => {
            Err(Error::usage(format!("{} is there already and stays as it is", place.display()))
                .hint(format!("add this line to it: {LINE}")))
        }
        State::Managed { manager, advice, .. } => {
            Err(Error::usage(format!("{manager} manages the hooks of this repository")).hint(advice))
        }
    }
}

/// Where the pre-commit hook stands, or would.
///
/// # Errors
/// Usage without git; environment when git's configuration cannot be read.
pub fn place(workspace: &Workspace) -> Result<PathBuf> {
    Ok(workspace.hooks_dir()?.join(PRE_COMMIT))
}

/// Removes the pre-commit hook when it is ours; gives where it was, `None` when there was none.
///
/// # Errors
/// Usage when the hook is somebody else's; environment when it cannot be removed.
pub fn uninstall(workspace: &Workspace) -> Result<Option<PathBuf>> {
    match workspace.hook(PRE_COMMIT)? {
        None => Ok(None),
        Some(bytes) if is_ours(&bytes) => workspace.remove_hook(PRE_COMMIT, &bytes).map(Some),
        Some(_) => {
            Err(Error::usage("the pre-commit hook is not opsbook's")
                .hint("take the line for opsbook out of it"))
        }
    }
}

fn is_ours(bytes: &[u8]) -> bool {
    bytes.split(|&byte| byte == b'\n').any(|line| line == MARK.as_bytes())
}

/// Whether the text of a hook or of a hook manager's configuration names opsbook.
pub(super) fn names_opsbook(bytes: &[u8]) -> bool {
    String::from_utf8_lossy(bytes).contains("opsbook")
}

/// The program that a hook of ours calls.
fn program(hook: &[u8]) -> PathBuf {
    let text = String::from_utf8_lossy(hook);
    let quoted = text.lines().find_map(|line| line.strip_prefix("opsbook='")?.strip_suffix('\''));
    PathBuf::from(quoted.unwrap_or_default().replace(QUOTE, "'"))
}

/// A hook manager: its name, the files and folders by which it is known, the files that would name opsbook,
/// and how opsbook is added.
struct Manager {
    name: &'static str,
    places: &'static [&'static str],
    names_hooks_in: &'static [&'static str],
    advice: &'static str,
}

const LEFTHOOK: &[&str] = &["lefthook.yml", ".lefthook.yml", "lefthook.yaml", "lefthook.toml"];
const PRE_COMMIT_CONFIG: &[&str] = &[".pre-commit-config.yaml", "prek.toml"];

const MANAGERS: &[Manager] = &[
    Manager {
        name: "husky",
        places: &[".husky"],
        names_hooks_in: &[".husky/pre-commit"],
        advice: "add `opsbook hook run pre-commit` to .husky/pre-commit",
    },
    Manager {
        name: "lefthook",
        places: LEFTHOOK,
        names_hooks_in: LEFTHOOK,
        advice: "add a pre-commit command with `run: opsbook hook run pre-commit` to its configuration",
    },
    Manager {
        name: "pre-commit",
        places: PRE_COMMIT_CONFIG,
        names_hooks_in: PRE_COMMIT_CONFIG,
        advice: "add a hook with `entry: opsbook hook run pre-commit` to its configuration",
    },
];

fn manager(workspace: &Workspace) -> Result<Option<State>> {
    let snapshot = workspace.worktree()?;
    let is_there = |place: &&'static str| snapshot.contains(place) || snapshot.has_folder(place);
    let Some(found) = MANAGERS.iter().find(|manager| manager.places.iter().any(is_there)) else {
        return Ok(None);
    };
    let bytes = |place: &&str| snapshot.read(snapshot.entry(place)?, LIMIT).ok();
    let runs_opsbook = found.names_hooks_in.iter().filter_map(bytes).any(|bytes| names_opsbook(&bytes));
    Ok(Some(State::Managed { manager: found.name, advice: found.advice, runs_opsbook }))
}

/// The hook's text: this program, or the one on the path when this one is gone.
#[must_use]
pub fn script() -> String {
    let program = this_program().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
    let quoted = program.replace('\'', QUOTE);
    format!(
        "#!/bin/sh\n{MARK}\n# Checks what is about to be committed. `opsbook hook uninstall` removes it;\n\
         # `git commit --no-verify` passes it by once.\nopsbook='{quoted}'\n\
         [ -x \"$opsbook\" ] || opsbook=opsbook\nexec \"$opsbook\" hook run pre-commit\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Environment;
    use crate::repo::builder::Repo;

    fn workspace(repo: &Repo) -> Workspace {
        Workspace::open(repo.path(), &Environment::default()).expect("the repository opens")
    }

    #[test]
    fn a_hook_is_installed_once_and_removed_again() {
        let repo = Repo::new();
        let place = workspace(&repo).hooks_dir().expect("there is git").join(PRE_COMMIT);
        assert_eq!(install(&workspace(&repo)), Ok(Installed::Written(place.clone())));
        assert_eq!(install(&workspace(&repo)), Ok(Installed::AlreadyThere(place.clone())));
        assert_eq!(uninstall(&workspace(&repo)), Ok(Some(place)));
        assert_eq!(uninstall(&workspace(&repo)), Ok(None));
    }

    #[test]
    fn somebody_elses_hook_is_neither_overwritten_nor_removed() {
        let repo = Repo::new();
        repo.write(".git/hooks/pre-commit", "#!/bin/sh\nmake lint\n");
        let error = install(&workspace(&repo)).expect_err("a hook is there");
        assert!(error.hint.is_some_and(|hint| hint.contains("opsbook hook run pre-commit")));
        assert!(uninstall(&workspace(&repo)).is_err());
        let left = workspace(&repo).hook(PRE_COMMIT);
        assert_eq!(left, Ok(Some(b"#!/bin/sh\nmake lint\n".to_vec())));
    }

    #[test]
    fn a_hook_manager_is_left_in_charge() {
        for (place, name) in [
            (".husky/commit-msg", "husky"),
            ("lefthook.yml", "lefthook"),
            (".pre-commit-config.yaml", "pre-commit"),
        ] {
            let repo = Repo::new();
            repo.write(place, "other things\n");
            assert!(install(&workspace(&repo)).is_err_and(|error| error.message.starts_with(name)), "{name}");
            assert_eq!(workspace(&repo).hook(PRE_COMMIT), Ok(None));
        }
    }

    #[test]
    fn a_hook_manager_that_was_told_of_opsbook_is_known() {
        let repo = Repo::new();
        let runs = |repo: &Repo| match state(&workspace(repo)) {
            Ok(State::Managed { runs_opsbook, .. }) => runs_opsbook,
            other => panic!("{other:?}"),
        };
        repo.write(".husky/commit-msg", "opsbook\n");
        assert!(!runs(&repo), "another hook of husky");
        repo.write(".husky/pre-commit", "opsbook hook run pre-commit\n");
        assert!(runs(&repo));
    }

    #[test]
    fn the_program_of_our_hook_is_read_back() {
        let repo = Repo::new();
        install(&workspace(&repo)).expect("nothing is in the way");
        let program = this_program().expect("the test has a program");
        assert_eq!(state(&workspace(&repo)), Ok(State::Ours { program }));
        let quoted = b"#!/bin/sh\nopsbook='/a'\\''b/opsbook'\n";
        assert_eq!(super::program(quoted), PathBuf::from("/a'b/opsbook"));
    }

    #[test]
    fn a_hook_of_another_that_calls_opsbook_is_known() {
        let repo = Repo::new();
        repo.write(".git/hooks/pre-commit", format!("#!/bin/sh\nmake lint\n{LINE}\n"));
        assert_eq!(state(&workspace(&repo)), Ok(State::Other { runs_opsbook: true }));
    }
}
