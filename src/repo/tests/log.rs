//! The mainline and what its commits changed, beside what git says of the same.

use super::*;
use crate::repo::FileChanges;

/// What each commit changed, in the words of `git log --name-status`.
fn told(place: &Workspace, rev: &str) -> Vec<String> {
    let log = place.log(rev).expect("it is a commit");
    let FileChanges { of, unknown } = log.changes(&|_| true);
    assert!(unknown.is_empty(), "{unknown:?}");
    let lines = log.commits.iter().zip(of).flat_map(|(commit, changes)| {
        let changes = changes.into_iter().map(|change| match &change.old_path {
            Some(old) => format!("R {old} {}", change.path),
            None => format!("{} {}", change.status.letter(), change.path),
        });
        let mut changes: Vec<String> = changes.collect();
        changes.sort();
        [vec![commit.id.clone()], changes].concat()
    });
    lines.collect()
}

/// The same as git tells it.
fn as_git_says(folder: &Path, rev: &str) -> Vec<String> {
    let arguments = ["log", "--first-parent", "-m", "--reverse", "--name-status", "-M", "--format=%n%H", rev];
    let text = git(folder, &arguments);
    let commits = text.split("\n\n").map(|commit| {
        let mut lines = commit.lines().filter(|line| !line.is_empty()).map(|line| {
            let mut parts = line.split('\t');
            let status = parts.next().unwrap_or_default();
            let status = if status.len() == 4 { &status[..1] } else { status };
            let status = if status == "T" { "M" } else { status };
            [vec![status], parts.collect()].concat().join(" ")
        });
        lines.by_ref().collect::<Vec<String>>()
    });
    let mut all: Vec<String> = Vec::new();
    for lines in commits {
        // A commit and its files come apart by an empty line.
        let (ids, mut files): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.len() == 40);
        files.sort();
        all.extend([ids, files].concat());
    }
    all
}

fn long(words: &str) -> String {
    (0..30).map(|line| format!("{words} {line}\n")).collect()
}

/// A branch with everything that git shows in one way of its own.
fn eventful() -> Repo {
    let repo = Repo::new();
    repo.write("a.md", long("alpha")).write("docs/b.md", long("beta")).write("c.md", "c\n").stage_all();
    repo.commit("feat: first\n\nWith a body.\nOf two lines.");
    repo.remove("a.md").write("docs/a.md", long("alpha")).stage_all();
    repo.commit("refactor: moved as it was");
    repo.remove("docs/b.md").write("docs/deep/er/b.md", long("beta") + "and more\n").write("c.md", "d\n");
    repo.stage_all();
    repo.commit("refactor: moved and changed");
    repo.branch("side").write("side.md", "side\n").stage_all();
    repo.commit("feat: on the side");
    repo.switch("main").write("main.md", "main\n").stage_all();
    repo.commit("feat: on main");
    git(repo.path(), &["merge", "--quiet", "--no-ff", "-m", "merge: side", "side"]);
    repo.remove("c.md").write("c.md/now/a/folder.md", "x\n").write("docs-and.md", "y\n").stage_all();
    repo.commit("refactor: a file becomes a folder");
    repo.remove("c.md").write("c.md", "z\n").stage_all();
    repo.commit("refactor: and a file again");
    repo
}

#[test]
fn every_change_is_as_git_tells_it() {
    let repo = eventful();
    let told = told(&open(&repo), "HEAD");
    assert_eq!(told, as_git_says(repo.path(), "HEAD"));
    for expected in
        ["R a.md docs/a.md", "R docs/b.md docs/deep/er/b.md", "A side.md", "D c.md", "A c.md/now/a/folder.md"]
    {
        assert!(told.iter().any(|line| line == expected), "{expected} in {told:#?}");
    }
}

#[test]
fn only_wanted_files_are_compared() {
    let repo = eventful();
    let log = open(&repo).log("HEAD").expect("it is a commit");
    let changes = log.changes(&|path| path.starts_with("docs/"));
    let paths: Vec<String> = changes.of.iter().flatten().map(|change| change.path.to_string()).collect();
    assert_eq!(paths, ["docs/b.md", "docs/a.md", "docs/deep/er/b.md"]);
    // Folders that hold none of them need not be looked into; those that hold all are.
    let asked = std::sync::Mutex::new(Vec::new());
    let within = log.changes_within(
        &|folder| {
            asked.lock().expect("no thread fails").push(folder.to_owned());
            folder == "docs/"
        },
        &|path| path.starts_with("docs/"),
    );
    let paths: Vec<String> = within.of.iter().flatten().map(|change| change.path.to_string()).collect();
    assert_eq!(paths, ["docs/b.md", "docs/a.md", "docs/b.md"]);
    let asked = asked.into_inner().expect("no thread failed");
    assert!(
        asked.contains(&"docs/deep/".to_owned()) && !asked.contains(&"docs/deep/er/".to_owned()),
        "{asked:?}"
    );
}

#[test]
fn a_commit_tells_who_when_and_why() {
    let repo = Repo::new();
    repo.write("a", "a").stage_all();
    repo.commit_at("feat: one\nline more\n\nA body.\n\nOf two paragraphs.\n", 2_000);
    repo.write("a", "b").stage_all();
    repo.commit_by("Bo <bo@example.org>", "fix: earlier by the clock", 1_000);
    let log = open(&repo).log("HEAD").expect("it is a commit");
    let [first, second] = log.commits.as_slice() else { panic!("two commits: {:?}", log.commits) };
    assert_eq!(
        (first.summary.as_str(), first.body.as_str()),
        ("feat: one line more", "A body.\n\nOf two paragraphs.")
    );
    assert_eq!((second.author.as_str(), second.email.as_str()), ("Bo", "bo@example.org"));
    assert_eq!(second.parents, [first.id.as_str()]);
    assert_eq!(
        (second.committed.seconds, second.arrived),
        (1_000, 2_000),
        "nothing arrives before its parent"
    );
    assert_eq!(first.authored.rfc3339(), "1970-01-01T00:33:20+00:00");
}

#[test]
fn a_moment_keeps_its_offset_and_its_bounds() {
    let at = |seconds, offset| When { seconds, offset }.rfc3339();
    assert_eq!(at(1_767_603_600, 90), "2026-01-05T10:30:00+01:30");
    assert_eq!(at(1_767_603_600, 99_999), "2026-01-05T09:00:00+00:00", "no place has such an offset");
    assert_eq!(at(i64::MAX, -720).get(..4), Some("9999"));
    assert!(at(i64::MIN, 720).starts_with("0000-01-0"));
}

#[test]
fn a_shallow_clone_says_where_history_ends() {
    let repo = eventful();
    let clone = tempfile::tempdir().expect("there is room");
    let from = format!("file://{}", repo.top().display());
    git(clone.path(), &["clone", "--quiet", "--depth", "2", &from, "."]);
    let log = open_at(clone.path()).log("HEAD").expect("it is a commit");
    let [cut, _] = log.commits.as_slice() else { panic!("two commits: {:?}", log.commits) };
    assert!(cut.is_cut && cut.parents.len() == 1, "{cut:?}");
    assert_eq!(log.unknown, [format!("shallow clone: history before {} is unknown", &cut.id[..12])]);
    let changes = log.changes(&|_| true);
    assert!(changes.of[0].is_empty() && changes.of[1].len() == 2, "{changes:?}");
}

#[test]
fn a_partial_clone_says_what_it_cannot_tell() {
    let repo = eventful();
    git(repo.path(), &["config", "uploadpack.allowFilter", "true"]);
    let clone = tempfile::tempdir().expect("there is room");
    let from = format!("file://{}", repo.top().display());
    git(clone.path(), &["clone", "--quiet", "--no-checkout", "--filter=tree:0", &from, "."]);
    let changes = open_at(clone.path()).log("HEAD").expect("it is a commit").changes(&|_| true);
    assert!(changes.of.iter().all(Vec::is_empty), "{changes:?}");
    assert!(changes.unknown[0].contains("is missing"), "{:?}", changes.unknown);
    let blobless = tempfile::tempdir().expect("there is room");
    git(blobless.path(), &["clone", "--quiet", "--no-checkout", "--filter=blob:none", &from, "."]);
    let log = open_at(blobless.path()).log("HEAD").expect("it is a commit");
    let changes = log.changes(&|_| true);
    assert!(changes.unknown.is_empty() && changes.of[0].len() == 3, "{changes:?}");
    let blob = changes.of[0][0].blob.expect("it is a file");
    let read = log.with_blobs(|blobs| blobs.read(blob, LIMIT).map(drop)).expect("the objects can be opened");
    let why = read.expect_err("it was not fetched");
    assert!(why.starts_with("partial clone: object "), "{why}");
}

#[test]
fn tags_lead_to_their_commits() {
    let repo = Repo::new();
    repo.write("a", "a").stage_all();
    let first = repo.commit("feat: one");
    git(repo.path(), &["tag", "-a", "-m", "The first.\n\nWith notes.", "v1.0.0"]);
    git(repo.path(), &["tag", "light"]);
    git(repo.path(), &["tag", "a-tree", "HEAD^{tree}"]);
    let tags = open(&repo).tags().expect("they can be read");
    let told: Vec<_> = tags.iter().map(|tag| (tag.name.as_str(), tag.message.as_deref())).collect();
    assert_eq!(told, [("light", None), ("v1.0.0", Some("The first.\n\nWith notes."))]);
    assert!(tags.iter().all(|tag| tag.commit == first), "{tags:?}");
    assert_eq!(tags[0].when.seconds, crate::repo::builder::FIRST_COMMIT);
}

#[test]
fn a_hostile_tree_changes_nothing_by_name_and_ends() {
    let repo = Repo::new();
    repo.write("a.md", "a").stage_all();
    repo.commit("feat: one");
    let store = repo.git();
    let odb = store.odb().expect("there are objects");
    let blob = store.blob(b"x").expect("stored");
    let item =
        |mode: &str, name: &[u8], id: git2::Oid| [mode.as_bytes(), b" ", name, b"\0", id.as_bytes()].concat();
    let raw = [
        item("100644", b"..", blob),
        item("100644", b".git", blob),
        item("100644", b"caf\xe9.md", blob),
        b"12".to_vec(),
    ];
    let mut tree = odb.write(git2::ObjectType::Tree, &raw.concat()).expect("stored");
    // Ten folders in each of ten folders, seven times over.
    for _ in 0..7 {
        let folders: Vec<u8> = (b'a'..=b'j').flat_map(|name| item("40000", &[name], tree)).collect();
        tree = odb.write(git2::ObjectType::Tree, &folders).expect("stored");
    }
    let small = odb.write(git2::ObjectType::Tree, &raw.concat()).expect("stored");
    let who = "Ada <ada@example.org> 1767603600 +0000";
    let mut parent = repo.git().head().and_then(|head| head.peel_to_commit()).expect("a commit").id();
    for tree in [small, tree] {
        let text = format!("tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\nfeat: raw\n");
        parent = odb.write(git2::ObjectType::Commit, text.as_bytes()).expect("stored");
    }
    let changes = open(&repo).log(&parent.to_string()).expect("it is a commit").changes(&|_| true);
    let paths: Vec<&str> = changes.of[1].iter().map(|change| change.path.as_str()).collect();
    assert_eq!(paths, ["a.md", "caf\\xe9.md"]);
    assert!(changes.unknown[0].ends_with("more than 4000000 files"), "{:?}", changes.unknown);
}
