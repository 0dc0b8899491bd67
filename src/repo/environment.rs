//! What the process was told by its environment, read once, so that a run can be repeated with another.
//!
//! Only `from_process` reads variables; it judges none of them.

use std::ffi::OsString;
use std::path::PathBuf;

/// The variables a run may depend on. `Environment::default()` is an environment in which nothing is set: no home,
/// no system-wide git configuration, no hook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `GIT_DIR`: the repository, set by git for its hooks.
    pub git_dir: Option<PathBuf>,
    /// `GIT_WORK_TREE`: the top of the working tree.
    pub git_work_tree: Option<PathBuf>,
    /// `GIT_INDEX_FILE`: the index of the commit being made, relative to the top of the working tree.
    pub git_index_file: Option<PathBuf>,
    /// `GIT_OBJECT_DIRECTORY`: where objects are, set by git while a push is in quarantine.
    pub git_object_directory: Option<PathBuf>,
    /// `GIT_ALTERNATE_OBJECT_DIRECTORIES`: further places with objects.
    pub git_alternate_object_directories: Vec<PathBuf>,
    /// `GIT_CEILING_DIRECTORIES`: folders above which no repository is looked for.
    pub git_ceiling_directories: Vec<PathBuf>,
    /// git's system-wide configuration: `GIT_CONFIG_SYSTEM`, else where git keeps it, unless `GIT_CONFIG_NOSYSTEM`.
    pub git_config_system: Option<PathBuf>,
    /// `GIT_CONFIG_GLOBAL`: the user's git configuration instead of the files in the home folder.
    pub git_config_global: Option<PathBuf>,
    /// `HOME` (`USERPROFILE` on Windows).
    pub home: Option<PathBuf>,
    /// `PATH`: the folders in which programs are found by their name.
    pub path: Vec<PathBuf>,
    /// `XDG_CONFIG_HOME`, when set and not empty.
    pub xdg_config_home: Option<PathBuf>,
    /// `OPSBOOK_NOW`: the time to take for the clock's.
    pub opsbook_now: Option<String>,
    /// Whether `NO_COLOR` is set (<https://no-color.org>).
    pub no_color: bool,
    /// `COLUMNS`: how wide text should be.
    pub columns: Option<usize>,
    /// `VISUAL`, else `EDITOR`: the command in which a person edits a file.
    pub editor: Option<String>,
    /// Whether `CI` is set to something other than nothing, `0` or `false`.
    pub ci: bool,
}

impl Environment {
    /// The environment of this process.
    #[must_use]
    pub fn from_process() -> Self {
        let path = |name: &str| text(name).map(PathBuf::from);
        let list =
            |name: &str| text(name).map(|all| std::env::split_paths(&all).collect()).unwrap_or_default();
        Self {
            git_dir: path("GIT_DIR"),
            git_work_tree: path("GIT_WORK_TREE"),
            git_index_file: path("GIT_INDEX_FILE"),
            git_object_directory: path("GIT_OBJECT_DIRECTORY"),
            git_alternate_object_directories: list("GIT_ALTERNATE_OBJECT_DIRECTORIES"),
            git_ceiling_directories: list("GIT_CEILING_DIRECTORIES"),
            git_config_system: system_configuration(),
            git_config_global: path("GIT_CONFIG_GLOBAL"),
            home: path(if cfg!(windows) { "USERPROFILE" } else { "HOME" }),
            path: list("PATH"),
            xdg_config_home: path("XDG_CONFIG_HOME"),
            opsbook_now: text("OPSBOOK_NOW").and_then(|now| now.into_string().ok()),
            no_color: text("NO_COLOR").is_some(),
            columns: text("COLUMNS").and_then(|columns| columns.to_str()?.parse().ok()),
            editor: ["VISUAL", "EDITOR"]
                .into_iter()
                .find_map(text)
                .and_then(|editor| editor.into_string().ok()),
            ci: text("CI").is_some_and(|ci| ci != "0" && ci != "false"),
        }
    }

    /// The same environment without what git sets for its hooks: another repository than the one around is meant.
    #[must_use]
    pub fn without_git(&self) -> Self {
        Self {
            git_dir: None,
            git_work_tree: None,
            git_index_file: None,
            git_object_directory: None,
            git_alternate_object_directories: Vec::new(),
            ..self.clone()
        }
    }

    /// The program called `name` that a shell would start.
    #[must_use]
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        self.path.iter().map(|folder| folder.join(&name)).find(|place| super::is_program(place))
    }

    /// The user's folder for git's own files (`ignore`, `attributes`, `config`), as git looks for it.
    pub(super) fn xdg_git(&self) -> Option<PathBuf> {
        let folder = self.xdg_config_home.clone().or_else(|| Some(self.home.as_ref()?.join(".config")))?;
        Some(folder.join("git"))
    }
}

/// A variable that is set and not empty: git takes an empty one for unset.
fn text(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

fn system_configuration() -> Option<PathBuf> {
    let off = text("GIT_CONFIG_NOSYSTEM").is_some_and(|value| value != "0" && value != "false");
    if off {
        return None;
    }
    text("GIT_CONFIG_SYSTEM").map(PathBuf::from).or_else(|| git2::Config::find_system().ok())
}
