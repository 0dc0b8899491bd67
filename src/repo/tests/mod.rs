//! Each state a place can be in, and the answer it gets.

use std::path::Path;
use std::process::{Command, Output};

use super::builder::Repo;
use super::{Cause, Environment, Snapshot, When, Workspace};

mod commits;
mod indexes;
mod lives;
mod log;
mod places;
mod worktrees;
mod writes;

const LIMIT: u64 = 1 << 20;

fn open(repo: &Repo) -> Workspace {
    open_at(repo.path())
}

fn open_at(place: &Path) -> Workspace {
    Workspace::open(place, &Environment::default()).expect("the place can be opened")
}

fn paths(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.entries().iter().map(|entry| entry.path.as_str()).collect()
}

fn unread(snapshot: &Snapshot) -> Vec<(&str, Cause)> {
    snapshot.unread().iter().map(|unread| (unread.path.as_str(), unread.cause)).collect()
}

fn read(snapshot: &Snapshot, path: &str) -> String {
    let entry = snapshot.entry(path).unwrap_or_else(|| panic!("{path} is listed in {:?}", paths(snapshot)));
    String::from_utf8(snapshot.read(entry, LIMIT).expect("it can be read").to_vec()).expect("it is text")
}

/// Runs git as a user would, without the machine's configuration; what libgit2 cannot build is built so.
fn git(folder: &Path, arguments: &[&str]) -> String {
    let done = try_git(folder, arguments);
    assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}

fn try_git(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("git");
    for (key, _) in std::env::vars_os().filter(|(key, _)| key.to_string_lossy().starts_with("GIT_")) {
        command.env_remove(key);
    }
    let nothing = if cfg!(windows) { "NUL" } else { "/dev/null" };
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", nothing);
    for role in ["AUTHOR", "COMMITTER"] {
        command
            .env(format!("GIT_{role}_NAME"), "Ada Example")
            .env(format!("GIT_{role}_EMAIL"), "ada@example.org");
        command.env(format!("GIT_{role}_DATE"), "2026-01-05T09:00:00Z");
    }
    let done =
        command.current_dir(folder).args(["-c", "protocol.file.allow=always"]).args(arguments).output();
    done.expect("git is installed")
}
