//! What the `.gitignore` files of a snapshot keep out of git.
//!
//! Only the snapshot's own files count: what a machine ignores besides is none of the repository's business, and would
//! make a run depend on the machine.

use std::collections::HashMap;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::Snapshot;

/// The largest `.gitignore` that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// The patterns of a snapshot, each file read when it is first needed.
pub struct Ignored<'a> {
    snapshot: &'a Snapshot,
    files: HashMap<String, Option<Gitignore>>,
}

impl<'a> Ignored<'a> {
    /// The patterns of `snapshot`.
    #[must_use]
    pub fn new(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, files: HashMap::new() }
    }

    /// Whether git would leave out what stands at `path`, be it a file or a folder.
    pub fn covers(&mut self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let mut ends: Vec<usize> = path.match_indices('/').map(|(at, _)| at).collect();
        ends.push(path.len());
        ends.iter().any(|&end| {
            let is_whole = end == path.len();
            self.decides(&path[..end], true) || (is_whole && self.decides(&path[..end], false))
        })
    }

    /// What the patterns say of one path, those of its own folder first.
    fn decides(&mut self, path: &str, is_folder: bool) -> bool {
        let mut folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        loop {
            if let Some(patterns) = self.patterns(folder) {
                let below = path[folder.len()..].trim_start_matches('/');
                match patterns.matched(below, is_folder) {
                    Match::Ignore(_) => return true,
                    Match::Whitelist(_) => return false,
                    Match::None => {}
                }
            }
            if folder.is_empty() {
                return false;
            }
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        }
    }

    fn patterns(&mut self, folder: &str) -> Option<&Gitignore> {
        let snapshot = self.snapshot;
        let read = || {
            let place =
                if folder.is_empty() { ".gitignore".to_owned() } else { format!("{folder}/.gitignore") };
            let bytes = snapshot.read(snapshot.entry(&place)?, LARGEST).ok()?;
            let mut builder = GitignoreBuilder::new("");
            for line in String::from_utf8_lossy(&bytes).lines() {
                // A pattern that is none ignores nothing, as in git.
                let _ = builder.add_line(None, line);
            }
            builder.build().ok()
        };
        self.files.entry(folder.to_owned()).or_insert_with(read).as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::builder::Repo;
    use crate::repo::{Environment, Workspace};

    #[test]
    fn patterns_count_from_their_folder_and_the_nearest_decides() {
        let repo = Repo::new();
        repo.write(".gitignore", "target/\n*.log\n/dist\n!keep.log\nbroken[\n");
        repo.write("web/.gitignore", "out\n!*.log\n").write("a.md", "a");
        repo.stage_all().commit("chore: first");
        let place = Workspace::open(repo.path(), &Environment::default()).expect("it opens");
        let snapshot = place.commit("HEAD").expect("it is a commit");
        let mut ignored = Ignored::new(&snapshot);
        for (path, expect) in [
            ("target", true),
            ("target/debug/x.rs", true),
            ("web/target/x", true),
            ("x.log", true),
            ("deep/er/x.log", true),
            ("keep.log", false),
            ("dist/x.js", true),
            ("web/dist/x.js", false),
            ("web/out/x.js", true),
            ("out/x.js", false),
            ("web/x.log", false),
            ("src/a.rs", false),
        ] {
            assert_eq!(ignored.covers(path), expect, "{path}");
        }
    }
}
