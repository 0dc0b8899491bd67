//! Commits, and how they relate.

use git2::{ObjectType, Oid, Signature, Time};

use super::*;
use crate::error::ErrorKind;
use crate::repo::AutoBase;

#[test]
fn any_name_of_a_commit_gives_its_files() {
    let repo = Repo::new();
    repo.write("a.md", "one").stage_all();
    let first = repo.commit("feat: one");
    repo.write("a.md", "two").write("b/c.md", "c").stage_all();
    let second = repo.commit("feat: two");
    git(repo.path(), &["tag", "-a", "-m", "v1", "v1", &first]);
    let place = open(&repo);
    for rev in ["v1", "HEAD~1", first.as_str(), &first[..8], "main^"] {
        let snapshot = place.commit(rev).expect("listed");
        assert_eq!(
            (snapshot.commit(), read(&snapshot, "a.md").as_str()),
            (Some(first.as_str()), "one"),
            "{rev}"
        );
    }
    assert_eq!(paths(&place.commit("HEAD").expect("listed")), ["a.md", "b/c.md"]);
    assert_eq!(place.resolve("main").expect("known"), second);
    for rev in ["nope", "HEAD^{tree}", "", "--all", "HEAD..HEAD", "a\0b"] {
        let error = place.commit(rev).err().unwrap_or_else(|| panic!("{rev:?} is no commit"));
        assert!(error.kind == ErrorKind::Usage && error.hint.is_some(), "{rev:?}: {error}");
    }
}

#[test]
fn links_and_submodules_of_a_commit_are_unread() {
    let repo = Repo::new();
    repo.write("a.md", "a").stage_all();
    let first = repo.commit("feat: a");
    let link = repo.git().blob(b"/etc/passwd").expect("stored");
    git(repo.path(), &["update-index", "--add", "--cacheinfo", &format!("120000,{link},link.md")]);
    git(repo.path(), &["update-index", "--add", "--cacheinfo", &format!("160000,{first},vendor/x")]);
    repo.commit("feat: b");
    let place = open(&repo);
    for snapshot in [place.commit("HEAD"), place.index()] {
        let snapshot = snapshot.expect("listed");
        assert_eq!(paths(&snapshot), ["a.md"]);
        assert_eq!(unread(&snapshot), [("link.md", Cause::Symlink), ("vendor/x", Cause::Submodule)]);
    }
    assert!(place.worktree().expect("listed").unread().is_empty(), "neither is on disk");
}

/// Commits a tree of raw items, as only a hostile tool writes one.
fn commit_raw(repo: &Repo, items: &[(&str, &[u8], Oid)]) -> (Oid, Oid) {
    let git = repo.git();
    let mut raw = Vec::new();
    for (mode, name, id) in items {
        raw.extend([mode.as_bytes(), b" ", name, b"\0", id.as_bytes()].concat());
    }
    let tree = git.odb().and_then(|odb| odb.write(ObjectType::Tree, &raw)).expect("stored");
    let who = "Ada <ada@example.org> 1767603600 +0000";
    let text = format!("tree {tree}\nauthor {who}\ncommitter {who}\n\nfeat: raw\n");
    let commit = git.odb().and_then(|odb| odb.write(ObjectType::Commit, text.as_bytes())).expect("stored");
    (tree, commit)
}

#[test]
fn hostile_names_are_listed_and_lead_nowhere() {
    let repo = Repo::new();
    let blob = repo.git().blob(b"x").expect("stored");
    let (tree, _) = commit_raw(&repo, &[("100644", b"inner.md", blob)]);
    let (_, commit) = commit_raw(
        &repo,
        &[
            ("40000", b"..", tree),
            ("40000", b".GIT", tree),
            ("100644", b"a/../../b.md", blob),
            ("100644", b"", blob),
            ("100644", b"ok.md", blob),
            ("100644", b"ok.md", tree),
            ("40000", b"ok", tree),
            ("10644", b"pipe", blob),
        ],
    );
    let snapshot = open(&repo).commit(&commit.to_string()).expect("listed");
    assert_eq!(paths(&snapshot), ["ok.md", "ok/inner.md"]);
    assert_eq!(read(&snapshot, "ok.md"), "x");
    let hostile: Vec<_> =
        ["", "..", ".GIT", "a/../../b.md", "ok.md", "pipe"].map(|p| (p, Cause::UnsafePath)).to_vec();
    assert_eq!(unread(&snapshot), hostile);
}

#[test]
fn damaged_and_endless_trees_are_told() {
    let repo = Repo::new();
    let blob = repo.git().blob(b"x").expect("stored");
    let (_, commit) = commit_raw(&repo, &[("100644", b"a.md", blob), ("not octal", b"b", blob)]);
    let snapshot = open(&repo).commit(&commit.to_string()).expect("listed");
    assert_eq!(
        (paths(&snapshot), snapshot.unread()[0].reason.as_str()),
        (vec!["a.md"], "damaged tree object")
    );

    let (mut tree, mut commit) = commit_raw(&repo, &[("100644", b"a.md", blob)]);
    for _ in 0..9 {
        let items: Vec<_> =
            [b"0", b"1", b"2", b"3", b"4", b"5"].map(|name| ("40000", name.as_slice(), tree)).to_vec();
        (tree, commit) = commit_raw(&repo, &items);
    }
    let error = open(&repo).commit(&commit.to_string()).err().expect("ten million files in ten objects");
    assert_eq!(error.kind, ErrorKind::Environment);
}

#[test]
fn a_missing_blob_is_unread_and_a_missing_tree_is_an_error() {
    let repo = Repo::new();
    repo.write("a.md", "a").write("sub/b.md", "b").stage_all();
    let commit = repo.commit("feat: x");
    let forget = |object: &str| {
        let id = repo.git().revparse_single(&format!("{commit}{object}")).expect("known").id().to_string();
        std::fs::remove_file(repo.path().join(".git/objects").join(&id[..2]).join(&id[2..])).expect("loose");
    };
    forget(":a.md");
    let snapshot = open(&repo).commit("HEAD").expect("listed");
    let unread = snapshot.read(&snapshot.entries()[0], LIMIT).expect_err("missing");
    assert_eq!(unread.cause, Cause::MissingObject);
    assert!(unread.reason.ends_with("is missing: run `git fsck`"), "{}", unread.reason);
    forget(":sub");
    assert_eq!(open(&repo).commit("HEAD").err().expect("no tree").kind, ErrorKind::Environment);
}

#[test]
fn many_threads_read_one_snapshot() {
    use rayon::prelude::*;
    let repo = Repo::new();
    for n in 0..200 {
        repo.write(&format!("{n}.md"), format!("text {n}"));
    }
    repo.stage_all().commit("feat: x");
    let snapshot = open(&repo).commit("HEAD").expect("listed");
    let right = |entry: &crate::repo::Entry| {
        let number = entry.path.as_str().trim_end_matches(".md");
        *snapshot.read(entry, LIMIT).expect("read") == *format!("text {number}").as_bytes()
    };
    assert!(snapshot.entries().par_iter().all(right));
    assert_eq!(snapshot.entries().len(), 200);
}

#[test]
fn a_merge_base_is_the_best_common_ancestor() {
    let repo = Repo::new();
    repo.write("a.md", "a").stage_all();
    let base = repo.commit("feat: base");
    repo.branch("side").write("b.md", "b").stage_all().commit("feat: side");
    git(repo.path(), &["checkout", "-q", "main"]);
    repo.write("c.md", "c").stage_all().commit("feat: main");
    let place = open(&repo);
    assert_eq!(place.merge_base("main", "side").expect("known"), Some(base));
    let apart = Signature::new("Ada", "ada@example.org", &Time::new(0, 0)).expect("valid");
    let handle = repo.git();
    let tree = handle.head().and_then(|head| head.peel_to_tree()).expect("a tree");
    let alone = handle.commit(None, &apart, &apart, "alone", &tree, &[]).expect("made").to_string();
    assert_eq!(place.merge_base("main", &alone).expect("known"), None);
}

#[test]
fn the_base_is_where_the_branch_left_the_default_branch() {
    let repo = Repo::new();
    let auto = || open(&repo).auto_base().expect("told");
    let on = |branch: &str| AutoBase::OnDefaultBranch { branch: branch.to_owned() };
    assert_eq!(auto(), on("main"), "unborn");
    repo.write("a.md", "a").stage_all();
    let base = repo.commit("feat: base");
    assert_eq!(auto(), on("main"));
    git(repo.path(), &["checkout", "-q", "--detach"]);
    assert_eq!(auto(), on("main"), "detached on the branch, as in CI");
    repo.branch("side").write("b.md", "b").stage_all().commit("feat: side");
    let from = |commit: &str, tip: &str, branch: &str| AutoBase::Base {
        commit: commit.to_owned(),
        tip: tip.to_owned(),
        branch: branch.to_owned(),
    };
    assert_eq!(auto(), from(&base, &base, "main"));
    let ahead = repo.switch("main").write("c.md", "c").stage_all().commit("feat: main");
    repo.switch("side");
    assert_eq!(auto(), from(&base, &ahead, "main"));
    git(repo.path(), &["update-ref", "refs/remotes/origin/trunk", &base]);
    git(repo.path(), &["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk"]);
    assert_eq!(auto(), from(&base, &base, "origin/trunk"));
    git(repo.path(), &["branch", "-q", "-m", "side", "trunk"]);
    assert_eq!(auto(), on("trunk"));
}

#[test]
fn without_a_default_branch_the_base_is_unknown() {
    let repo = Repo::new();
    repo.write("a.md", "a").stage_all().commit("feat: base");
    git(repo.path(), &["branch", "-q", "-m", "main", "release"]);
    let auto = || open(&repo).auto_base().expect("told");
    assert!(matches!(auto(), AutoBase::Unknown { reason } if reason.starts_with("no default branch found")));
    git(repo.path(), &["config", "init.defaultBranch", "release"]);
    assert_eq!(auto(), AutoBase::OnDefaultBranch { branch: "release".to_owned() });
    assert!(matches!(open(&Repo::plain()).auto_base(), Ok(AutoBase::Unknown { .. })));
}
