//! What stands at a path on every branch known here, so that a number taken elsewhere is not given away twice.
//!
//! Known are the local branches and those of remotes as they were last fetched. Most hold the same blob, which is read
//! once. It does not know what the files mean.

use std::collections::{BTreeSet, HashSet};

use git2::{ObjectType, Oid, Repository};

use super::Workspace;
use super::git::failure;
use crate::error::Result;
use crate::text::RepoPath;

/// Bytes of blobs that are read before the rest is left out.
const BYTES: usize = 256 << 20;

impl Workspace {
    /// The different contents that the file at `path` has at the ends of all branches; none without git.
    ///
    /// # Errors
    /// Environment when the branches cannot be listed. One that is damaged is passed over.
    pub fn on_branches(&self, path: &RepoPath) -> Result<Vec<Vec<u8>>> {
        let Some(git) = &self.git else { return Ok(Vec::new()) };
        git.with(|handle| {
            let (mut budget, mut contents) = (BYTES, Vec::new());
            for blob in at_path(handle, path.as_str(), ObjectType::Blob)? {
                let Ok(blob) = handle.find_blob(blob) else { continue };
                let Some(left) = budget.checked_sub(blob.size()) else { break };
                budget = left;
                contents.push(blob.content().to_vec());
            }
            Ok(contents)
        })?
    }

    /// The names of what the folder at `path` holds at the ends of all branches, sorted; none without git.
    ///
    /// # Errors
    /// As for [`Self::on_branches`].
    pub fn names_on_branches(&self, path: &str) -> Result<BTreeSet<String>> {
        let Some(git) = &self.git else { return Ok(BTreeSet::new()) };
        git.with(|handle| {
            let mut names = BTreeSet::new();
            for tree in at_path(handle, path, ObjectType::Tree)? {
                let Ok(tree) = handle.find_tree(tree) else { continue };
                names.extend(tree.iter().filter_map(|entry| entry.name().ok().map(str::to_owned)));
            }
            Ok(names)
        })?
    }
}

/// The different objects of `kind` that stand at `path` at the ends of branches.
fn at_path(handle: &Repository, path: &str, kind: ObjectType) -> Result<HashSet<Oid>> {
    let branches = handle.branches(None).map_err(|e| failure("cannot list the branches", &e))?;
    let mut tips = HashSet::new();
    for (branch, _) in branches.flatten() {
        tips.extend(branch.get().peel_to_commit().map(|commit| commit.tree_id()));
    }
    let mut found = HashSet::new();
    for tip in tips {
        let Ok(tree) = handle.find_tree(tip) else { continue };
        if path.is_empty() {
            found.insert(tip);
        } else if let Ok(entry) = tree.get_path(path.as_ref())
            && entry.kind() == Some(kind)
        {
            found.insert(entry.id());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Environment;
    use crate::repo::builder::Repo;

    #[test]
    fn what_branches_hold_is_known_once_each() {
        let repo = Repo::new();
        repo.write("a/x.jsonl", "1\n").stage_all().commit("feat: x");
        repo.branch("same").branch("other").switch("other");
        repo.write("a/x.jsonl", "2\n").write("a/y.md", "y").stage_all().commit("feat: y");
        repo.switch("main").write("a/x.jsonl", "not committed\n");
        let workspace = Workspace::open(repo.path(), &Environment::default()).expect("it opens");
        let mut contents = workspace.on_branches(&RepoPath::new("a/x.jsonl")).expect("branches are listed");
        contents.sort();
        assert_eq!(contents, [b"1\n", b"2\n"]);
        let names = |path| workspace.names_on_branches(path).expect("branches are listed");
        assert_eq!(names("a").into_iter().collect::<Vec<_>>(), ["x.jsonl", "y.md"]);
        assert_eq!((names("").len(), names("a/x.jsonl").len(), names("b").len()), (1, 0, 0));
    }

    #[test]
    fn without_git_there_are_no_branches() {
        let repo = Repo::plain();
        let workspace = Workspace::open(repo.path(), &Environment::default()).expect("it opens");
        assert_eq!(workspace.on_branches(&RepoPath::new("x")), Ok(Vec::new()));
    }
}
