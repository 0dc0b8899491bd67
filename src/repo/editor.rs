//! The editor of the person at the terminal. It is the one their environment names, never one that a repository does.

use std::process::Command;

use super::Workspace;
use super::snapshot::on_disk;
use crate::error::{Error, Result};
use crate::text::RepoPath;

impl Workspace {
    /// Opens the file at `path` in the editor that the command `editor` starts, and waits until it is closed. The
    /// command may have arguments and goes through the shell, as git's does.
    ///
    /// # Errors
    /// Environment when it cannot be started or fails.
    pub fn edit(&self, path: &RepoPath, editor: &str) -> Result<()> {
        let place = on_disk(self.root(), path.as_str());
        let mut command = if cfg!(windows) {
            let mut words = editor.split_whitespace();
            let mut command = Command::new(words.next().unwrap_or(editor));
            command.args(words).arg(place);
            command
        } else {
            let mut command = Command::new("sh");
            command.arg("-c").arg(format!("{editor} \"$@\"")).arg(editor).arg(place);
            command
        };
        let failed = |why: String| {
            Error::environment(format!("the editor '{editor}' {why}"))
                .hint("set VISUAL or EDITOR to one that starts, or pass --no-edit; the file is written")
        };
        match command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(failed(format!("ended with {status}"))),
            Err(error) => Err(failed(format!("cannot be started: {error}"))),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::repo::Environment;
    use crate::repo::builder::{Repo, read};

    #[test]
    fn the_editor_gets_the_file_and_its_failure_is_told() {
        let repo = Repo::plain();
        repo.write("a b.md", "one\n");
        let workspace = Workspace::open(repo.path(), &Environment::default()).expect("it opens");
        let path = RepoPath::new("a b.md");
        workspace.edit(&path, "sh -c 'echo two >> \"$1\"' x").expect("the shell appends");
        assert_eq!(read(&repo.path().join("a b.md")), "one\ntwo\n");
        assert!(workspace.edit(&path, "false").is_err_and(|error| error.message.contains("ended with")));
    }
}
