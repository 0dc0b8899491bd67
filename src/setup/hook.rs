//! The pre-commit hook: written where git looks for it, never over another one, removed only when it is ours.

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::repo::{Workspace, this_program};

/// The hook that git runs before a commit.
pub const PRE_COMMIT: &str = "pre-commit";

/// A line by which our own hook is known again.
const MARK: &str = "# opsbook hook, version 1";

/// What installing did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Installed {
    /// The hook was written here.
    Written(PathBuf),
    /// It was there already.
    AlreadyThere(PathBuf),
}

/// Installs the pre-commit hook.
///
/// # Errors
/// Usage without git and where another hook or a hook manager stands, with the line to add to it; environment when
/// it cannot be written.
pub fn install(workspace: &Workspace) -> Result<Installed> {
    let folder = workspace.hooks_dir()?;
    let place = folder.join(PRE_COMMIT);
    match workspace.hook(PRE_COMMIT)? {
        Some(bytes) if is_ours(&bytes) => return Ok(Installed::AlreadyThere(place)),
        Some(_) => {
            return Err(Error::usage(format!("{} is there already and stays as it is", place.display()))
                .hint("add this line to it: opsbook hook run pre-commit || exit $?"));
        }
        None => {}
    }
    if let Some((manager, advice)) = manager(workspace)? {
        return Err(Error::usage(format!("{manager} manages the hooks of this repository")).hint(advice));
    }
    Ok(Installed::Written(workspace.write_hook(PRE_COMMIT, script().as_bytes())?))
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

/// A hook manager that keeps its own configuration in the working tree, and how to add opsbook to it.
fn manager(workspace: &Workspace) -> Result<Option<(&'static str, &'static str)>> {
    const MANAGERS: &[(&str, &[&str], &str)] = &[
        ("husky", &[".husky"], "add `opsbook hook run pre-commit` to .husky/pre-commit"),
        (
            "lefthook",
            &["lefthook.yml", ".lefthook.yml", "lefthook.yaml", "lefthook.toml"],
            "add a pre-commit command with `run: opsbook hook run pre-commit` to its configuration",
        ),
    ];
    let snapshot = workspace.worktree()?;
    let found = MANAGERS.iter().find(|(_, places, _)| {
        places.iter().any(|place| snapshot.contains(place) || snapshot.has_folder(place))
    });
    Ok(found.map(|&(name, _, advice)| (name, advice)))
}

/// The hook's text: this program, or the one on the path when this one is gone.
fn script() -> String {
    let program = this_program().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
    let quoted = program.replace('\'', r"'\''");
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
        let repo = Repo::new();
        repo.write("lefthook.yml", "pre-commit:\n");
        assert!(install(&workspace(&repo)).is_err_and(|error| error.message.starts_with("lefthook")));
    }
}
