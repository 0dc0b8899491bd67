//! The index.

use super::*;

#[test]
fn files_are_read_as_they_are_staged() {
    let repo = Repo::new();
    repo.write("a.md", "old").write("gone.md", "x").write("same.md", "s").stage_all().commit("feat: x");
    repo.write("a.md", "staged").remove("gone.md").stage_all().write("a.md", "edited").write("new.md", "n");
    git(repo.path(), &["add", "--intent-to-add", "new.md"]);
    let place = open(&repo);
    let index = place.index().expect("listed");
    assert_eq!(paths(&index), ["a.md", "same.md"]);
    assert_eq!(read(&index, "a.md"), "staged");
    assert_eq!(read(&place.worktree().expect("listed"), "a.md"), "edited");
    assert!(place.worktree().expect("listed").contains("new.md"));
    assert_eq!((index.kind().name(), index.commit().map(str::len)), ("index", Some(40)));
}

#[test]
fn files_in_conflict_are_unread_in_the_index_and_read_from_disk() {
    let repo = Repo::new();
    repo.write("a.md", "base\n").write("b.md", "b\n").stage_all().commit("feat: base");
    repo.branch("other").write("a.md", "theirs\n").stage_all().commit("feat: theirs");
    git(repo.path(), &["checkout", "-q", "main"]);
    repo.write("a.md", "ours\n").stage_all().commit("feat: ours");
    assert!(!try_git(repo.path(), &["merge", "-q", "other"]).status.success(), "the merge has a conflict");
    let place = open(&repo);
    let index = place.index().expect("listed");
    assert_eq!(paths(&index), ["b.md"]);
    assert_eq!(unread(&index), [("a.md", Cause::Unmerged)]);
    assert_eq!(index.unread()[0].reason, "unmerged: resolve the conflict, then stage the file");
    let worktree = place.worktree().expect("listed");
    assert!(read(&worktree, "a.md").contains("<<<<<<<") && worktree.unread().is_empty());
}

#[test]
fn the_index_of_a_commit_being_made_is_named_by_the_environment() {
    let repo = Repo::new();
    repo.write("a.md", "a").stage_all().commit("feat: a");
    repo.write("sub/b.md", "b").stage_all();
    let lock = repo.top().join(".git/next-index-17.lock");
    std::fs::rename(repo.path().join(".git/index"), &lock).expect("moved");
    for (dir, file) in
        [(repo.top(), lock.clone()), (repo.top().join("sub"), ".git/next-index-17.lock".into())]
    {
        let env = Environment { git_index_file: Some(file), ..Environment::default() };
        let index = Workspace::open(&dir, &env).and_then(|place| place.index()).expect("listed");
        assert_eq!(paths(&index), ["a.md", "sub/b.md"]);
    }
    assert!(open(&repo).index().expect("no index is an empty one").entries().is_empty());
}

#[test]
fn a_hook_of_a_linked_worktree_sees_its_own_index() {
    let repo = Repo::new();
    repo.write("a.md", "a").stage_all().commit("feat: a");
    let linked = Repo::plain();
    let top = linked.top().join("linked");
    git(repo.path(), &["worktree", "add", "-q", "-b", "side", &top.to_string_lossy()]);
    std::fs::write(top.join("b.md"), "b").expect("written");
    git(&top, &["add", "b.md"]);
    let env = Environment {
        git_dir: Some(repo.top().join(".git/worktrees/linked")),
        git_index_file: Some(repo.top().join(".git/worktrees/linked/index")),
        ..Environment::default()
    };
    for env in [env, Environment::default()] {
        let place = Workspace::open(&top, &env).expect("opened");
        assert_eq!(place.root(), top);
        assert_eq!(paths(&place.index().expect("listed")), ["a.md", "b.md"]);
        assert_eq!(place.cache_dir(), Some(repo.top().join(".git/opsbook")));
        assert_eq!(place.hooks_dir().expect("known"), repo.top().join(".git/hooks"));
    }
}

#[test]
fn an_index_libgit2_cannot_read_names_the_way_out() {
    let repo = Repo::new();
    repo.write("in/a.md", "a").write("out/b/c.md", "b").stage_all().commit("feat: x");
    git(repo.path(), &["update-index", "--split-index"]);
    let error = open(&repo).index().err().expect("refused");
    assert_eq!(error.hint.as_deref(), Some("run `git update-index --no-split-index`"));
    assert!(open(&repo).worktree().is_err(), "what is tracked is unknown as well");
    git(repo.path(), &["update-index", "--no-split-index"]);
    assert_eq!(paths(&open(&repo).index().expect("listed")), ["in/a.md", "out/b/c.md"]);
    git(repo.path(), &["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    let error = open(&repo).index().err().expect("refused");
    assert_eq!(error.hint.as_deref(), Some("run `git sparse-checkout reapply --no-sparse-index`"));
    git(repo.path(), &["sparse-checkout", "reapply", "--no-sparse-index"]);
    assert_eq!(paths(&open(&repo).index().expect("listed")), ["in/a.md", "out/b/c.md"]);
}

#[test]
fn every_version_of_the_index_is_read() {
    let repo = Repo::new();
    repo.write("a/b.md", "b").write("a/c.md", "c").stage_all();
    for version in ["2", "3", "4"] {
        git(repo.path(), &["update-index", "--index-version", version]);
        assert_eq!(paths(&open(&repo).index().expect("listed")), ["a/b.md", "a/c.md"], "version {version}");
    }
}
