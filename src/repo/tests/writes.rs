//! Writing.

use super::*;

fn content(repo: &Repo, path: &str) -> String {
    std::fs::read_to_string(repo.path().join(path)).expect("the file is there")
}

fn names(repo: &Repo) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(repo.path())
        .expect("listed")
        .map(|entry| entry.expect("listed").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_file_is_replaced_only_while_it_is_what_was_read() {
    let repo = Repo::plain();
    repo.write("a.md", "old");
    let place = open(&repo);
    place.write(&"a.md".into(), Some(b"old"), b"new").expect("written");
    assert_eq!(content(&repo, "a.md"), "new");
    for expected in [Some(b"old".as_slice()), Some(b"newer"), None] {
        assert!(place.write(&"a.md".into(), expected, b"x").is_err(), "{expected:?}");
    }
    assert!(place.write(&"gone.md".into(), Some(b"was here"), b"x").is_err());
    assert_eq!((content(&repo, "a.md").as_str(), names(&repo)), ("new", vec!["a.md".to_owned()]));
}

#[test]
fn a_new_file_gets_its_folders() {
    let repo = Repo::plain();
    open(&repo).write(&"docs/adr/1.md".into(), None, b"one").expect("written");
    assert_eq!(content(&repo, "docs/adr/1.md"), "one");
}

#[cfg(unix)]
#[test]
fn permissions_are_kept() {
    use std::os::unix::fs::PermissionsExt;
    let repo = Repo::plain();
    repo.write("run.sh", "old");
    let mode =
        |path: &str| std::fs::metadata(repo.path().join(path)).expect("there").permissions().mode() & 0o777;
    std::fs::set_permissions(repo.path().join("run.sh"), PermissionsExt::from_mode(0o751)).expect("set");
    let place = open(&repo);
    place.write(&"run.sh".into(), Some(b"old"), b"new").expect("written");
    assert_eq!(mode("run.sh"), 0o751);
    place.write(&"new.md".into(), None, b"new").expect("written");
    repo.write("usual.md", "");
    assert_eq!(mode("new.md"), mode("usual.md"));
}

#[test]
fn nothing_is_written_outside_or_into_git() {
    let repo = Repo::new();
    for path in ["../x", "a/../../x", ".git/hooks/pre-commit", ".GIT/config", "/x", "", "a//b", "."] {
        assert!(open(&repo).write(&path.into(), None, b"x").is_err(), "{path:?}");
    }
    assert_eq!(names(&repo), [".git"]);
}

#[cfg(unix)]
#[test]
fn links_are_not_written_through() {
    use std::os::unix::fs::symlink;
    let repo = Repo::new();
    let outside = Repo::plain();
    outside.write("a.md", "theirs");
    symlink(outside.path(), repo.path().join("out")).expect("linked");
    symlink(outside.path().join("a.md"), repo.path().join("a.md")).expect("linked");
    let place = open(&repo);
    assert!(place.write(&"out/b.md".into(), None, b"x").is_err());
    assert!(place.write(&"out/a.md".into(), Some(b"theirs"), b"x").is_err());
    assert!(place.write(&"a.md".into(), Some(b"theirs"), b"x").is_err());
    assert_eq!((content(&outside, "a.md").as_str(), names(&outside).len()), ("theirs", 1));
}
