//! The working tree.

use std::time::{Duration, SystemTime};

use super::*;

#[test]
fn lists_tracked_files_and_untracked_ones_that_are_not_ignored() {
    let repo = Repo::new();
    repo.write(".gitignore", "*.log\n/build/\n!keep.log\n").write("kept.log", "tracked").write("a/b.md", "b");
    repo.stage_all().stage("kept.log").commit("feat: start");
    repo.write("x.log", "").write("keep.log", "").write("build/out.md", "").write("sub/build/in.md", "");
    repo.write("sub/.gitignore", "*.tmp\n!*.log\n")
        .write("sub/y.log", "")
        .write("sub/z.tmp", "")
        .write(".hidden", "");
    repo.remove("a/b.md");
    let snapshot = open(&repo).worktree().expect("listed");
    assert_eq!(
        paths(&snapshot),
        [".gitignore", ".hidden", "keep.log", "kept.log", "sub/.gitignore", "sub/build/in.md", "sub/y.log"]
    );
    assert!(snapshot.unread().is_empty() && snapshot.unknown().is_empty());
    assert_eq!(snapshot.commit().map(str::to_owned), open(&repo).head().expect("HEAD"));
}

#[test]
fn ignores_what_the_repository_and_the_user_exclude() {
    let repo = Repo::new();
    repo.write(".git/info/exclude", "*.local\n").write("a.local", "").write("a.mine", "").write("a.md", "");
    let home = Repo::plain();
    home.write("git/ignore", "*.mine\n");
    repo.git().config().and_then(|mut config| config.remove("core.excludesfile")).expect("removed");
    let env = Environment { xdg_config_home: Some(home.top()), ..Environment::default() };
    let snapshot = Workspace::open(repo.path(), &env).and_then(|place| place.worktree()).expect("listed");
    assert_eq!(paths(&snapshot), ["a.md"]);
}

#[test]
fn a_plain_folder_has_all_files_and_no_history() {
    let folder = Repo::plain();
    folder.write("a.md", "a").write(".gitignore", "*.log").write("x.log", "").write("sub/b.md", "b");
    let place = open(&folder);
    let snapshot = place.worktree().expect("listed");
    assert_eq!(paths(&snapshot), [".gitignore", "a.md", "sub/b.md"]);
    assert_eq!(snapshot.unknown(), ["no git repository: history is unknown"]);
    assert!(!place.is_git() && place.cache_dir().is_none() && place.head().expect("no git").is_none());
    assert!(place.index().is_err_and(|e| e.exit_status() == 2 && e.hint.is_some()));
}

#[test]
fn an_unborn_branch_has_files_and_no_commit() {
    let repo = Repo::new();
    repo.write("a.md", "a").write("b.md", "b").stage("b.md");
    let place = open(&repo);
    assert_eq!(paths(&place.worktree().expect("listed")), ["a.md", "b.md"]);
    assert_eq!(paths(&place.index().expect("listed")), ["b.md"]);
    assert_eq!(place.worktree().expect("listed").commit(), None);
    assert!(place.empty().entries().is_empty());
    let error = place.commit("HEAD").err().expect("no commit");
    assert_eq!(error.message, "revision 'HEAD' is unknown: there are no commits yet");
}

#[cfg(unix)]
#[test]
fn links_are_never_followed() {
    use std::os::unix::fs::symlink;
    let repo = Repo::new();
    let outside = Repo::plain();
    outside.write("secret.md", "secret").write("patterns", "*.md");
    repo.write("real/a.md", "a")
        .write("moved/b.md", "b")
        .write("moved/c.md", "c")
        .stage_all()
        .commit("feat: x");
    repo.remove("moved");
    symlink(outside.path(), repo.path().join("moved")).expect("linked");
    symlink("real/a.md", repo.path().join("link.md")).expect("linked");
    symlink("real", repo.path().join("folder")).expect("linked");
    symlink(outside.path().join("patterns"), repo.path().join(".gitignore")).expect("linked");
    let snapshot = open(&repo).worktree().expect("listed");
    assert_eq!(paths(&snapshot), ["real/a.md"]);
    let link = Cause::Symlink;
    assert_eq!(
        unread(&snapshot),
        [(".gitignore", link), ("folder", link), ("link.md", link), ("moved", link)]
    );
    assert!(
        snapshot.contains("link.md") && snapshot.has_folder("folder") && !snapshot.contains("moved/b.md")
    );
    assert!(link.by_design() && !Cause::Io.by_design());
}

#[cfg(unix)]
#[test]
fn a_file_that_changes_its_nature_while_opsbook_runs_is_unread() {
    use std::os::unix::fs::symlink;
    let repo = Repo::new();
    repo.write("a.md", "a").write("b.md", "b").write("c/d.md", "d").write("e.md", "e");
    let snapshot = open(&repo).worktree().expect("listed");
    repo.remove("a.md").remove("b.md").remove("c");
    symlink("b.md", repo.path().join("a.md")).expect("linked");
    symlink("/", repo.path().join("c")).expect("linked");
    repo.remove("e.md").write("e.md/now/a/folder", "");
    let cause =
        |path: &str| snapshot.read(snapshot.entry(path).expect("listed"), LIMIT).expect_err("unread").cause;
    assert_eq!(
        [cause("a.md"), cause("b.md"), cause("c/d.md"), cause("e.md")],
        [Cause::Symlink, Cause::Io, Cause::Symlink, Cause::Io]
    );
}

#[cfg(unix)]
#[test]
fn pipes_are_not_files() {
    let repo = Repo::new();
    let make = |path: &str| {
        let made = Command::new("mkfifo").arg(repo.path().join(path)).status();
        assert!(made.is_ok_and(|status| status.success()), "mkfifo is part of POSIX");
    };
    make("pipe.md");
    repo.write("a.md", "a").stage("a.md");
    let snapshot = open(&repo).worktree().expect("listed");
    assert_eq!(paths(&snapshot), ["a.md"]);
    repo.remove("a.md");
    make("a.md");
    let unread = snapshot.read(&snapshot.entries()[0], LIMIT).expect_err("reading would wait for ever");
    assert_eq!(unread.reason, "it is no file any more");
    assert!(open(&repo).worktree().expect("listed").entries().is_empty());
}

#[test]
fn other_repositories_are_not_entered() {
    let repo = Repo::new();
    let other = Repo::new();
    other.write("x.md", "x").stage_all().commit("feat: x");
    repo.write("a.md", "a").stage_all().commit("feat: a");
    git(repo.path(), &["submodule", "add", "-q", &other.path().to_string_lossy(), "vendor/other"]);
    git(repo.path(), &["init", "-q", "nested"]);
    repo.write("nested/n.md", "n").write("empty/.git/info", "").write("empty/e.md", "e");
    let snapshot = open(&repo).worktree().expect("listed");
    assert_eq!(paths(&snapshot), [".gitmodules", "a.md", "empty/e.md"]);
    assert_eq!(unread(&snapshot), [("nested", Cause::Submodule), ("vendor/other", Cause::Submodule)]);
    assert_eq!(snapshot.unread()[1].reason, "submodule");
    assert!(snapshot.has_folder("vendor/other") && snapshot.has_folder("vendor"));
    let inside = open_at(&repo.path().join("vendor/other"));
    assert_eq!(paths(&inside.worktree().expect("listed")), ["x.md"]);
}

#[test]
fn sparse_checkout_reads_what_is_left_out_from_the_index() {
    let repo = Repo::new();
    repo.write("in/a.md", "a").write("out/b.md", "b").write("top.md", "t").stage_all().commit("feat: x");
    git(repo.path(), &["sparse-checkout", "set", "--no-sparse-index", "in"]);
    assert!(!repo.path().join("out").exists());
    let snapshot = open(&repo).worktree().expect("listed");
    assert_eq!(paths(&snapshot), ["in/a.md", "out/b.md", "top.md"]);
    assert_eq!((read(&snapshot, "out/b.md").as_str(), read(&snapshot, "in/a.md").as_str()), ("b", "a"));
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8_are_unread() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let repo = Repo::new();
    repo.write("a.md", "a");
    std::fs::write(repo.path().join(OsStr::from_bytes(b"caf\xe9.md")), "x").expect("written");
    git(repo.path(), &["add", "-A"]);
    repo.commit("feat: x");
    std::fs::create_dir(repo.path().join(OsStr::from_bytes(b"dir\xff"))).expect("made");
    let place = open(&repo);
    let file = ("caf\\xe9.md", Cause::NotUtf8Name);
    assert_eq!(unread(&place.worktree().expect("listed")), [file, ("dir\\xff", Cause::NotUtf8Name)]);
    assert_eq!(unread(&place.index().expect("listed")), [file]);
    assert_eq!(unread(&place.commit("HEAD").expect("listed")), [file]);
}

#[test]
fn names_that_differ_in_case_are_two_files() {
    let repo = Repo::new();
    repo.write("a.md", "a").stage_all();
    let handle = repo.git();
    let mut index = handle.index().expect("index");
    let mut entry = index.get(0).expect("staged");
    entry.path = b"A.md".to_vec();
    index.add(&entry).and_then(|()| index.write()).expect("staged");
    repo.commit("feat: x");
    assert_eq!(paths(&open(&repo).commit("HEAD").expect("listed")), ["A.md", "a.md"]);
}

#[test]
fn limits_and_lfs_pointers_are_unread_with_the_reason() {
    let repo = Repo::new();
    repo.write("big.md", vec![b'x'; 2000]);
    repo.write("lfs.md", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
    repo.stage_all().commit("feat: x");
    let place = open(&repo);
    for snapshot in [place.worktree(), place.index(), place.commit("HEAD")] {
        let snapshot = snapshot.expect("listed");
        let read = |path: &str, limit: u64| snapshot.read(snapshot.entry(path).expect("listed"), limit);
        assert_eq!(
            read("big.md", 1999).expect_err("too large").reason,
            "larger than the limit of 1999 bytes"
        );
        assert_eq!(read("big.md", 2000).expect("within the limit").len(), 2000);
        assert_eq!(read("lfs.md", LIMIT).expect_err("a pointer").cause, Cause::LfsPointer);
    }
}

#[test]
fn bytes_are_those_of_the_snapshot() {
    let repo = Repo::new();
    repo.git().config().and_then(|mut config| config.set_str("core.autocrlf", "true")).expect("set");
    repo.write("a.md", "one\r\ntwo\r\n");
    git(repo.path(), &["add", "a.md"]);
    repo.commit("feat: x");
    let place = open(&repo);
    assert_eq!(read(&place.worktree().expect("listed"), "a.md"), "one\r\ntwo\r\n");
    assert_eq!(read(&place.index().expect("listed"), "a.md"), "one\ntwo\n");
    assert_eq!(read(&place.commit("HEAD").expect("listed"), "a.md"), "one\ntwo\n");
}

fn set_modified(repo: &Repo, path: &str, time: SystemTime) {
    let file = std::fs::File::options().write(true).open(repo.path().join(path)).expect("opened");
    file.set_modified(time).expect("set");
}

/// Makes the index younger than the files it describes, as it is a moment after any checkout.
fn age(repo: &Repo, path: &str) {
    set_modified(repo, path, SystemTime::now() - Duration::from_secs(100));
    git(repo.path(), &["update-index", "--refresh"]);
}

#[test]
fn a_blob_is_known_only_while_the_file_is_what_git_saw() {
    let repo = Repo::new();
    repo.write("a.md", "aaaa").stage_all().commit("feat: a");
    let place = open(&repo);
    let known = || {
        let snapshot = place.worktree().expect("listed");
        snapshot.blob(snapshot.entry("a.md").expect("listed"))
    };
    set_modified(&repo, "a.md", SystemTime::now() + Duration::from_secs(100));
    repo.stage("a.md");
    assert_eq!(known(), None, "no older than the index");
    age(&repo, "a.md");
    let staged = place.index().expect("listed");
    assert_eq!(known(), staged.blob(staged.entry("a.md").expect("listed")));
    assert!(known().is_some());
    // Same size, and the old time put back: the inode's own time still tells.
    let modified =
        std::fs::metadata(repo.path().join("a.md")).and_then(|file| file.modified()).expect("known");
    repo.write("a.md", "bbbb");
    set_modified(&repo, "a.md", modified);
    assert_eq!(known(), None);
}

#[test]
fn a_blob_is_unknown_where_git_converts_the_file() {
    let repo = Repo::new();
    repo.git().config().and_then(|mut config| config.set_str("core.autocrlf", "true")).expect("set");
    repo.write("crlf.md", "a\r\n").write("lf.md", "a\n");
    git(repo.path(), &["add", "."]);
    repo.commit("feat: a");
    age(&repo, "crlf.md");
    age(&repo, "lf.md");
    let known = |path: &str| {
        let snapshot = open(&repo).worktree().expect("listed");
        snapshot.blob(snapshot.entry(path).expect("listed")).is_some()
    };
    assert_eq!((known("crlf.md"), known("lf.md")), (false, true));
    repo.write(".gitattributes", "*.bin filter=x\n");
    assert!(!known("lf.md"));
}

#[test]
fn an_overlay_stands_over_the_file_or_beside_the_others() {
    let repo = Repo::new();
    repo.write("a.md", "a").write("c.md", "c");
    let mut snapshot = open(&repo).worktree().expect("listed");
    snapshot.overlay("c.md".into(), b"edited".to_vec());
    snapshot.overlay("b/new.md".into(), b"new".to_vec());
    assert_eq!(paths(&snapshot), ["a.md", "b/new.md", "c.md"]);
    assert_eq!((read(&snapshot, "c.md").as_str(), read(&snapshot, "b/new.md").as_str()), ("edited", "new"));
    assert!(snapshot.has_folder("b") && !snapshot.has_folder("a") && !snapshot.has_folder("bb"));
}
