//! Where a workspace is, and repositories in unusual form.

use super::*;
use crate::error::ErrorKind;
use crate::repo::AutoBase;

fn error_of(place: &Path) -> crate::error::Error {
    Workspace::open(place, &Environment::default()).err().expect("it cannot be opened")
}

#[test]
fn a_typed_path_is_relative_to_where_the_user_is() {
    let repo = Repo::new();
    repo.write("docs/adr/1.md", "").write("docs/guide.md", "");
    let place = open_at(&repo.path().join("docs"));
    assert_eq!(place.root(), repo.top());
    let relative = |path: &str| place.relative(Path::new(path)).map(|path| path.as_str().to_owned());
    for (typed, path) in [
        ("guide.md", "docs/guide.md"),
        ("./adr/../adr/1.md", "docs/adr/1.md"),
        ("../README.md", "README.md"),
        ("gone/for/ever.md", "docs/gone/for/ever.md"),
        ("gone/../new.md", "docs/new.md"),
        (".", "docs"),
        ("adr/", "docs/adr"),
        ("..", ""),
    ] {
        assert_eq!(relative(typed).as_deref(), Ok(path), "{typed}");
    }
    assert_eq!(relative(&repo.top().join("docs/x.md").to_string_lossy()).as_deref(), Ok("docs/x.md"));
    for typed in ["../..", "../../x", "/", "../.git/config"] {
        assert!(relative(typed).is_err_and(|e| e.kind == ErrorKind::Usage), "{typed}");
    }
}

#[cfg(unix)]
#[test]
fn a_folder_reached_through_a_link_is_the_same_folder() {
    use std::os::unix::fs::symlink;
    let repo = Repo::new();
    repo.write("docs/a.md", "");
    let elsewhere = Repo::plain();
    let link = elsewhere.path().join("link");
    symlink(repo.path(), &link).expect("linked");
    symlink("a.md", repo.path().join("docs/latest.md")).expect("linked");
    symlink("docs", repo.path().join("d")).expect("linked");
    symlink(elsewhere.path(), repo.path().join("out")).expect("linked");
    let place = open_at(&link);
    let relative = |path: &Path| place.relative(path).map(|path| path.as_str().to_owned());
    assert_eq!(relative(&link.join("docs/gone.md")).as_deref(), Ok("docs/gone.md"));
    assert_eq!(relative(Path::new("d/a.md")).as_deref(), Ok("docs/a.md"));
    assert_eq!(
        relative(Path::new("docs/latest.md")).as_deref(),
        Ok("docs/latest.md"),
        "the link itself is meant"
    );
    assert!(relative(Path::new("out/x")).is_err());
}

#[test]
fn a_bare_repository_has_commits_only() {
    let repo = Repo::new();
    repo.write("a.md", "a").stage_all().commit("feat: a");
    let bare = Repo::plain();
    let folder = bare.top().join("x.git");
    git(repo.path(), &["clone", "-q", "--bare", ".", &folder.to_string_lossy()]);
    let place = open_at(&folder);
    assert!(place.is_bare() && place.is_git() && place.root() == folder);
    assert_eq!(read(&place.commit("main").expect("listed"), "a.md"), "a");
    for snapshot in [place.worktree(), place.index()] {
        let error = snapshot.err().expect("refused");
        assert_eq!(
            (error.kind, error.hint.as_deref()),
            (ErrorKind::Usage, Some("check a commit with `--rev HEAD`"))
        );
    }
    assert!(place.write(&"b.md".into(), None, b"").is_err());
    assert_eq!(place.relative(Path::new("docs/a.md")).map(|p| p.to_string()).as_deref(), Ok("docs/a.md"));
    assert!(place.relative(Path::new("../a.md")).is_err());
    assert_eq!(place.hooks_dir().expect("known"), folder.join("hooks"));
}

#[test]
fn a_bare_repository_with_linked_worktrees_is_bare_only_itself() {
    let repo = Repo::new();
    repo.write("a.md", "a").stage_all().commit("feat: a");
    git(repo.path(), &["config", "extensions.worktreeConfig", "true"]);
    git(repo.path(), &["config", "--unset", "core.bare"]);
    git(repo.path(), &["config", "--worktree", "core.bare", "true"]);
    let linked = Repo::plain();
    git(
        &repo.path().join(".git"),
        &["worktree", "add", "-q", "-b", "x", &linked.path().join("x").to_string_lossy()],
    );
    assert!(open(&repo).is_bare());
    let place = open_at(&linked.path().join("x"));
    assert!(!place.is_bare());
    assert_eq!(paths(&place.worktree().expect("listed")), ["a.md"]);
}

#[test]
fn a_detached_head_is_a_head() {
    let repo = Repo::new();
    repo.write("a.md", "a").stage_all();
    let first = repo.commit("feat: a");
    repo.write("a.md", "b").stage_all().commit("feat: b");
    git(repo.path(), &["checkout", "-q", &first]);
    assert_eq!(open(&repo).head().expect("HEAD"), Some(first));
}

#[test]
fn hooks_are_where_git_looks_for_them() {
    let repo = Repo::new();
    let hooks = || open_at(&repo.path().join("sub")).hooks_dir().expect("known");
    repo.write("sub/x", "");
    assert_eq!(hooks(), repo.top().join(".git/hooks"));
    git(repo.path(), &["config", "core.hooksPath", ".husky"]);
    assert_eq!(hooks(), repo.top().join(".husky"));
    git(repo.path(), &["config", "core.hooksPath", "~/hooks"]);
    let env = Environment { home: Some("/home/ada".into()), ..Environment::default() };
    let place = Workspace::open(repo.path(), &env).expect("opened");
    assert_eq!(place.hooks_dir().expect("known"), Path::new("/home/ada/hooks"));
    git(repo.path(), &["config", "--unset", "core.hooksPath"]);
    let user = Repo::plain();
    user.write("config", "[core]\n\thooksPath = /opt/hooks\n");
    let env = Environment { git_config_global: Some(user.top().join("config")), ..Environment::default() };
    let place = Workspace::open(repo.path(), &env).expect("opened");
    assert_eq!(place.hooks_dir().expect("known"), Path::new("/opt/hooks"));
}

#[test]
fn the_environment_names_repository_and_working_tree() {
    let repo = Repo::new();
    repo.write("a.md", "a").stage_all().commit("feat: a");
    let tree = Repo::plain();
    tree.write("b.md", "b");
    let env = Environment {
        git_dir: Some(repo.top().join(".git")),
        git_work_tree: Some(tree.top()),
        ..Environment::default()
    };
    let place = Workspace::open(tree.path(), &env).expect("opened");
    assert_eq!(
        (place.root(), paths(&place.worktree().expect("listed"))),
        (tree.top().as_path(), vec!["b.md"])
    );
    assert_eq!(paths(&place.index().expect("listed")), ["a.md"]);
    let hook = Environment { git_dir: Some(".git".into()), ..Environment::default() };
    assert_eq!(Workspace::open(repo.path(), &hook).expect("opened").root(), repo.top());
    let wrong = Environment { git_dir: Some("nowhere".into()), ..Environment::default() };
    assert!(Workspace::open(repo.path(), &wrong).is_err_and(|e| e.kind == ErrorKind::Environment));
}

#[test]
fn objects_in_quarantine_are_found() {
    let repo = Repo::new();
    repo.write("a.md", "a").stage_all().commit("feat: a");
    let quarantine = repo.top().join("incoming");
    std::fs::rename(repo.path().join(".git/objects"), &quarantine).expect("moved");
    std::fs::create_dir(repo.path().join(".git/objects")).expect("made");
    let env = Environment { git_object_directory: Some("incoming".into()), ..Environment::default() };
    let place = Workspace::open(repo.path(), &env).expect("opened");
    assert_eq!(read(&place.commit("HEAD").expect("listed"), "a.md"), "a");
}

#[test]
fn the_search_stops_at_a_ceiling() {
    let repo = Repo::new();
    repo.write("sub/deep/a.md", "a");
    let env = Environment { git_ceiling_directories: vec![repo.top()], ..Environment::default() };
    assert!(!Workspace::open(&repo.path().join("sub/deep"), &env).expect("opened").is_git());
    assert!(open_at(&repo.path().join("sub/deep")).is_git());
}

#[test]
fn a_shallow_clone_says_where_history_ends() {
    let repo = Repo::new();
    repo.write("a.md", "a").stage_all().commit("feat: a");
    repo.write("b.md", "b").stage_all();
    let second = repo.commit("feat: b");
    repo.branch("side").write("c.md", "c").stage_all();
    repo.commit("feat: c");
    let clone = Repo::plain();
    let url = format!("file://{}", repo.top().display());
    git(clone.path(), &["clone", "-q", "--depth", "1", "--no-single-branch", &url, "x"]);
    let top = clone.top().join("x");
    git(&top, &["worktree", "add", "-q", "-b", "linked", "../y", "origin/main"]);
    for folder in [top.clone(), clone.top().join("y")] {
        let place = open_at(&folder);
        assert!(place.is_shallow());
        let snapshot = place.worktree().expect("listed");
        assert_eq!(snapshot.unknown(), ["shallow clone: history before 2 commits is unknown"]);
        assert_eq!(place.merge_base("origin/side", "origin/main").expect("told"), None);
        assert_eq!(place.merge_base("origin/main", &second).expect("told"), Some(second.clone()));
        let error = place.resolve("HEAD~3").expect_err("not fetched");
        assert_eq!(
            error.hint.as_deref(),
            Some("this is a shallow clone; fetch more with `git fetch --unshallow`")
        );
    }
    git(&top, &["remote", "set-head", "origin", "main"]);
    let auto = open_at(&top).auto_base().expect("told");
    assert!(matches!(auto, AutoBase::Unknown { reason } if reason.starts_with("shallow clone: ")));
}

#[test]
fn a_partial_clone_is_read_as_far_as_it_was_fetched() {
    let repo = Repo::new();
    repo.write("a.md", "old").stage_all().commit("feat: a");
    repo.write("a.md", "new").stage_all().commit("feat: b");
    git(repo.path(), &["config", "uploadpack.allowFilter", "true"]);
    let clone = Repo::plain();
    let url = format!("file://{}", repo.top().display());
    git(clone.path(), &["clone", "-q", "--filter=blob:none", &url, "x"]);
    git(clone.path(), &["clone", "-q", "--filter=tree:0", "--bare", &url, "y"]);
    for folder in ["x", "y"] {
        git(&clone.path().join(folder), &["config", "core.repositoryformatversion", "1"]);
        git(&clone.path().join(folder), &["config", "extensions.partialClone", "origin"]);
    }
    let place = open_at(&clone.path().join("x"));
    assert!(place.is_partial() && !place.is_shallow() && !place.is_bare());
    assert_eq!(place.root(), clone.top().join("x"));
    assert_eq!(read(&place.worktree().expect("listed"), "a.md"), "new");
    assert_eq!(read(&place.commit("origin/main").expect("listed"), "a.md"), "new");
    assert_eq!(read(&place.index().expect("listed"), "a.md"), "new");
    let old = place.commit("HEAD~1").expect("listed");
    let unread = old.read(old.entry("a.md").expect("listed"), LIMIT).expect_err("not fetched");
    assert_eq!(unread.cause, Cause::MissingObject);
    assert!(
        unread.reason.starts_with("not fetched (partial clone): run `git cat-file -p "),
        "{}",
        unread.reason
    );
    assert_eq!(place.cache_dir(), Some(clone.top().join("x/.git/opsbook")));

    let bare = open_at(&clone.path().join("y"));
    let error = bare.commit("HEAD").err().expect("no trees");
    assert!(
        bare.is_bare() && error.kind == ErrorKind::Environment && error.message.contains("partial clone")
    );
}

#[test]
fn formats_libgit2_cannot_read_name_the_way_out() {
    for (format, hint) in
        [("--ref-format=reftable", "git refs migrate"), ("--object-format=sha256", "git archive HEAD")]
    {
        let repo = Repo::plain();
        git(repo.path(), &["init", "-q", format]);
        let error = error_of(repo.path());
        assert_eq!(error.kind, ErrorKind::Environment);
        assert!(error.hint.as_ref().is_some_and(|way_out| way_out.contains(hint)), "{format}: {error:?}");
    }
    let repo = Repo::new();
    git(repo.path(), &["config", "core.repositoryformatversion", "1"]);
    git(repo.path(), &["config", "extensions.fromTheFuture", "1"]);
    assert!(error_of(repo.path()).message.contains("extensions.fromthefuture"));
}

#[test]
fn what_is_no_place_is_refused() {
    let repo = Repo::plain();
    repo.write("file.md", "");
    assert_eq!(error_of(&repo.path().join("gone")).kind, ErrorKind::Usage);
    assert_eq!(error_of(&repo.path().join("file.md")).kind, ErrorKind::Usage);
    repo.write("moved/.git", "gitdir: /nowhere/at/all\n").write("moved/sub/a.md", "");
    assert_eq!(error_of(&repo.path().join("moved/sub")).kind, ErrorKind::Environment);
}

/// Only a superuser can give files away, and only then is there something to refuse.
#[cfg(unix)]
#[test]
fn a_repository_of_another_user_is_refused_as_git_refuses_it() {
    use std::os::unix::fs::chown;
    let repo = Repo::new();
    if std::env::var_os("SUDO_UID").is_some() || chown(repo.path(), Some(12345), None).is_err() {
        return;
    }
    chown(repo.path().join(".git"), Some(12345), None).expect("a superuser may");
    let error = error_of(repo.path());
    let hint =
        format!("if you trust it, run `git config --global --add safe.directory {}`", repo.top().display());
    assert_eq!((error.kind, error.hint), (ErrorKind::Environment, Some(hint)));
}
