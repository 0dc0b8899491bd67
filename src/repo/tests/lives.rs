//! When things stood at a path, where they went, and that what is remembered changes nothing of it.

use super::*;
use crate::repo::{Life, Lives, Moved, State};

fn lives(repo: &Repo) -> Lives {
    open(repo).lives("HEAD", false).expect("HEAD is a commit")
}

fn long(words: &str) -> String {
    (0..30).map(|line| format!("{words} {line}\n")).collect()
}

fn of(lives: &Lives, path: &str) -> Vec<(usize, Option<usize>)> {
    lives.of(path).into_iter().map(|Life { born, died }| (born, died)).collect()
}

fn moved(lives: &Lives, path: &str) -> Option<(String, bool)> {
    let died = lives.of(path).last()?.died?;
    lives.moved_to(path, died).map(|Moved { to, is_sure }| (to, is_sure))
}

fn sure(to: &str) -> Option<(String, bool)> {
    Some((to.to_owned(), true))
}

/// One commit for each line of a story: `+ path text`, `- path`, `> from to`, several with `;` between them.
fn told(story: &[&str]) -> Repo {
    let repo = Repo::new();
    for chapter in story {
        for step in chapter.split(';').map(str::trim) {
            let words: Vec<&str> = step.split(' ').collect();
            match words.as_slice() {
                ["+", path, text] => _ = repo.write(path, long(text)),
                ["-", path] => _ = repo.remove(path),
                [">", from, to] => {
                    let text = std::fs::read(repo.path().join(from)).expect("it is there");
                    repo.remove(from).write(to, text);
                }
                other => panic!("{other:?}"),
            }
        }
        repo.stage_all().commit(&format!("chore: {chapter}"));
    }
    repo
}

#[test]
fn a_path_lives_from_the_commit_that_made_it_to_the_one_that_took_it_away() {
    let repo = told(&["+ a.md one; + src/x.rs x", "+ b.md two", "- a.md", "+ a.md other", "- src/x.rs"]);
    let lives = lives(&repo);
    assert_eq!(of(&lives, "a.md"), [(0, Some(2)), (3, None)]);
    assert_eq!(of(&lives, "b.md"), [(1, None)]);
    assert_eq!(of(&lives, "src"), [(0, Some(4))]);
    assert_eq!(of(&lives, "never.md"), []);
    assert_eq!(moved(&lives, "src/x.rs"), None);
    let states: Vec<bool> = (0..5).map(|at| lives.state("a.md", at) == State::Gone).collect();
    assert_eq!(states, [false, false, true, false, false]);
    let obituary = lives.obituary("src/x.rs", 4).expect("the commit can be read");
    assert_eq!((obituary.summary.as_str(), obituary.author.as_str()), ("chore: - src/x.rs", "Ada Example"));
}

#[test]
fn a_move_is_followed_by_content_by_name_and_by_case() {
    let repo = told(&["+ a/one.md one; + b.md two; + Readme.md three; + d.md four", "> a/one.md c/uno.md"]);
    repo.remove("b.md").write("new/b.md", long("two") + &long("and much more of it").repeat(3)).stage_all();
    repo.commit("refactor: moved and doubled");
    repo.remove("Readme.md").write("README.md", long("three")).stage_all().commit("docs: louder");
    repo.remove("d.md").write("e.md", long("four") + &long("lots")).stage_all().commit("d to e");
    let lives = lives(&repo);
    assert_eq!(moved(&lives, "a/one.md"), sure("c/uno.md"));
    assert_eq!(moved(&lives, "b.md"), None, "less than half of it is left");
    assert_eq!(moved(&lives, "Readme.md"), sure("README.md"));
    assert_eq!(moved(&lives, "d.md"), Some(("e.md".to_owned(), false)), "half of it, under another name");
    assert_eq!(moved(&lives, "a"), sure("c").filter(|_| false), "its only file has another name");
    assert_eq!(lives.came_from("c/uno.md", 1).as_deref(), Some("a/one.md"));
}

#[test]
fn texts_that_everybody_has_are_not_told_apart_by_likeness_alone() {
    let repo = Repo::new();
    repo.write("licenses/pump.txt", format!("Ada Example, 2020\n{}", long("as is")))
        .stage_all()
        .commit("a license");
    let other = format!("Ben Example, 2021\n{}", long("as is"));
    repo.remove("licenses/pump.txt").write("licenses/valve.txt", &other).stage_all().commit("another's");
    assert_eq!(moved(&lives(&repo), "licenses/pump.txt"), Some(("licenses/valve.txt".to_owned(), false)));
    repo.remove("licenses/valve.txt").write("docs/old-valve.txt", other.replace("2021", "2022")).stage_all();
    repo.commit("elsewhere");
    assert_eq!(moved(&lives(&repo), "licenses/valve.txt"), sure("docs/old-valve.txt"));
}

#[test]
fn a_folder_goes_where_its_files_go() {
    let repo = told(&[
        "+ old/a.rs a; + old/deep/b.rs b; + old/c.rs c; + lib/x.rs x",
        "> old/c.rs elsewhere/z.rs",
        "> old/a.rs src/core/a.rs; > old/deep/b.rs src/core/deep/b.rs",
    ]);
    let lives = lives(&repo);
    assert_eq!(of(&lives, "old"), [(0, Some(2))]);
    assert_eq!(moved(&lives, "old"), sure("src/core"));
    assert_eq!(moved(&lives, "old/deep"), sure("src/core/deep"));
}

#[test]
fn a_move_in_two_commits_is_one_when_the_bytes_are_the_same() {
    let copied_first = told(&["+ a/guide.md text", "+ docs/guide.md text", "+ x.md y", "- a/guide.md"]);
    assert_eq!(moved(&lives(&copied_first), "a/guide.md"), sure("docs/guide.md"));
    let gone_first = told(&["+ a/guide.md text", "- a/guide.md", "+ docs/guide.md text"]);
    assert_eq!(moved(&lives(&gone_first), "a/guide.md"), sure("docs/guide.md"));
    let twice = told(&["+ a/guide.md text", "- a/guide.md", "+ b/guide.md text; + c/guide.md text"]);
    assert_eq!(moved(&lives(&twice), "a/guide.md"), None, "nobody can tell which");
    let short = told(&["+ a.md text"]);
    short.write("v/empty.py", "\n").write("w/empty.py", "\n").stage_all().commit("two that are the same");
    short.remove("v/empty.py").stage_all().commit("one goes");
    assert_eq!(moved(&lives(&short), "v/empty.py"), None);
}

#[test]
fn a_file_becomes_a_folder_and_a_folder_a_file() {
    let repo = told(&["+ a text", "> a a.old; + a/x.md inner", "> a/x.md b; - a; > a.old a"]);
    let lives = lives(&repo);
    assert_eq!(of(&lives, "a"), [(0, Some(1)), (1, Some(2)), (2, None)]);
    assert_eq!(moved(&lives, "a/x.md"), sure("b"));
}

#[test]
fn what_a_branch_did_is_told_by_its_own_commit() {
    let repo = told(&["+ a.md text; + z.md z"]);
    repo.branch("side");
    repo.remove("a.md").write("b.md", long("text")).stage_all().commit("refactor: the move");
    repo.write("b.md", long("nothing of it is left")).stage_all().commit("docs: all new");
    repo.switch("main").write("m.md", "m\n").stage_all().commit("feat: main goes on");
    git(repo.path(), &["merge", "--quiet", "--no-ff", "-m", "merge: side", "side"]);
    let lives = lives(&repo);
    let died = lives.of("a.md")[0].died.expect("it is gone");
    assert_eq!((died, lives.commits()), (2, 3));
    assert_eq!(lives.obituary("a.md", died).map(|one| one.summary).as_deref(), Some("refactor: the move"));
    assert_eq!(moved(&lives, "a.md"), sure("b.md"));
    assert_eq!(lives.came_from("b.md", 2).as_deref(), Some("a.md"));
}

/// Everything there is to know of a few paths.
#[test]
fn what_a_branch_took_out_of_a_file_is_told_by_its_own_commit() {
    let repo = Repo::new();
    repo.write("a.md", "## Why\n").stage_all().commit("docs: a");
    repo.branch("side");
    repo.write("a.md", "## Reasons\n").stage_all().commit("docs: reasons");
    repo.write("a.md", "## Reasons\n\nmore\n").stage_all().commit("docs: more");
    repo.switch("main");
    git(repo.path(), &["merge", "--quiet", "--no-ff", "-m", "merge: side", "side"]);
    let lives = lives(&repo);
    let lacks = |bytes: &[u8]| !bytes.starts_with(b"## Why");
    assert_eq!(lives.made("a.md", 1, &lacks).map(|one| one.summary).as_deref(), Some("docs: reasons"));
}

fn all(lives: &Lives) -> Vec<String> {
    let paths = ["a.md", "b.md", "c.md", "d/e.md", "d"];
    let told = paths.map(|path| format!("{path} {:?} {:?}", of(lives, path), moved(lives, path)));
    [told.to_vec(), vec![format!("{} {:?}", lives.commits(), lives.unknown)]].concat()
}

#[test]
fn what_is_remembered_is_extended_and_forgotten_where_history_was_rewritten() {
    let repo = told(&["+ a.md one", "> a.md b.md"]);
    let place = open(&repo);
    let warm = |repo: &Repo| {
        let lives = place.lives("HEAD", true).expect("HEAD is a commit");
        let told = all(&lives);
        place.remember_lives(&lives);
        assert_eq!(told, all(&self::lives(repo)));
        told
    };
    let first = warm(&repo);
    assert_eq!(first, warm(&repo));
    repo.remove("b.md").write("c.md", long("one")).write("d/e.md", long("e")).stage_all().commit("more");
    let grown = warm(&repo);
    assert!(grown[1].contains("c.md"), "{grown:?}");
    git(repo.path(), &["reset", "--quiet", "--hard", "HEAD~1"]);
    assert_eq!(warm(&repo), first);
    repo.write("d/e.md", long("other")).stage_all().commit("another way");
    assert!(!warm(&repo)[1].contains("c.md"));
    // An entry that was cut off is as if it were not there.
    let entry = place.cache_dir().expect("there is git").join("lives-1");
    let bytes = std::fs::read(&entry).expect("it was written");
    std::fs::write(&entry, &bytes[..bytes.len() - 1]).expect("it can be damaged");
    warm(&repo);
    std::fs::write(&entry, b"").expect("it can be damaged");
    warm(&repo);
}

#[test]
fn a_shallow_clone_says_where_its_knowledge_ends() {
    let repo = told(&["+ a.md one", "> a.md b.md", "+ c.md c", "- c.md"]);
    let folder = tempfile::tempdir().expect("there is room");
    let from = format!("file://{}", repo.top().display());
    git(folder.path(), &["clone", "--quiet", "--depth", "2", &from, "clone"]);
    let place = open_at(&folder.path().join("clone"));
    let cut = place.lives("HEAD", true).expect("HEAD is a commit");
    assert!(cut.is_cut() && cut.unknown[0].starts_with("shallow clone: history before"), "{:?}", cut.unknown);
    assert_eq!((cut.commits(), of(&cut, "a.md"), of(&cut, "c.md")), (2, vec![], vec![(0, Some(1))]));
    place.remember_lives(&cut);
    git(&folder.path().join("clone"), &["fetch", "--quiet", "--unshallow"]);
    let whole = open_at(&folder.path().join("clone")).lives("HEAD", true).expect("HEAD is a commit");
    assert_eq!((whole.commits(), whole.is_cut(), of(&whole, "a.md")), (4, false, vec![(0, Some(1))]));
}

#[test]
fn a_page_that_becomes_the_entrance_of_its_folder_is_the_same_page() {
    let repo = told(&["+ docs/canary.md text; + src/config.rs code"]);
    repo.remove("docs/canary.md").write("docs/canary/index.md", long("text") + &long("tale")).stage_all();
    repo.commit("docs: a folder of its own");
    repo.remove("src/config.rs").write("src/config/mod.rs", long("code") + &long("more")).stage_all();
    repo.commit("refactor: modules");
    let lives = lives(&repo);
    assert_eq!(moved(&lives, "docs/canary.md"), sure("docs/canary/index.md"));
    assert_eq!(moved(&lives, "src/config.rs"), sure("src/config/mod.rs"));
}
