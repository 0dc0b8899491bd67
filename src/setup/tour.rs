//! The example behind `opsbook tour`: a small team's repository, built commit by commit in a temporary folder, and
//! the mistakes that the tour makes in it.
//!
//! The files are those of `examples/tour`. This module builds states; the command line shows what opsbook says.

use crate::repo::builder::Repo;

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        /// The files of the example, by path.
        pub const FILES: &[(&str, &str)] = &[$(($path, include_str!(concat!("../../examples/tour/", $path)))),*];
    };
}

files![
    "README.md",
    "docs/restore.md",
    "memory/notes.jsonl",
    "ops/incidents.jsonl",
    "ops/people.jsonl",
    "ops/risks.jsonl",
    "roadmap.jsonl",
];

/// The day of the tour.
pub const NOW: &str = "2026-11-20T09:00:00Z";

/// The example, with three commits.
#[must_use]
pub fn build() -> Repo {
    let repo = Repo::new();
    let commits: [(&str, &[&str]); 3] = [
        ("docs: say what this repository holds", &["README.md", "docs/restore.md"]),
        (
            "ops: record people, risks and the incident",
            &["ops/people.jsonl", "ops/risks.jsonl", "ops/incidents.jsonl"],
        ),
        ("plan: the roadmap, and the notes it came from", &["roadmap.jsonl", "memory/notes.jsonl"]),
    ];
    for (message, paths) in commits {
        for (path, text) in FILES.iter().filter(|(path, _)| paths.contains(path)) {
            repo.write(path, text).stage(path);
        }
        repo.commit(message);
    }
    repo
}

/// An afternoon's work on the roadmap with four mistakes: a status in the wrong spelling, a day that does not exist,
/// a comma too many, and an item deleted on which another depends. Staged.
pub fn make_mistakes(repo: &Repo) {
    let edited = roadmap()
        .replace(
            r#""status":"in-progress","priority":"P1","owner":"@teo""#,
            r#""status":"In Progress","priority":"P1","owner":"@teo""#,
        )
        .replace(r#""due":"2026-12-11""#, r#""due":"2026-11-31""#)
        .replace(
            r#""verification":"seven green nights in a row"}"#,
            r#""verification":"seven green nights in a row",}"#,
        );
    let kept: String = edited.split_inclusive('\n').filter(|line| !line.contains(r#""id":"LH-5""#)).collect();
    repo.write("roadmap.jsonl", kept).stage("roadmap.jsonl");
}

/// The two mistakes that need a person, mended: the day, and the reference to the deleted item.
pub fn mend_by_hand(repo: &Repo) {
    let place = repo.path().join("roadmap.jsonl");
    let text = read(&place);
    let mended = text
        .replace(r#""due":"2026-11-31""#, r#""due":"2026-11-30""#)
        .replace(r#","depends_on":["LH-5"]"#, "");
    repo.write("roadmap.jsonl", mended).stage("roadmap.jsonl");
}

fn roadmap() -> &'static str {
    FILES.iter().find(|(path, _)| *path == "roadmap.jsonl").map_or("", |(_, text)| text)
}

fn read(place: &std::path::Path) -> String {
    crate::repo::builder::read(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mistakes_are_made_and_mended() {
        let repo = build();
        make_mistakes(&repo);
        let text = read(&repo.path().join("roadmap.jsonl"));
        for mistake in ["In Progress", "2026-11-31", "row\",}"] {
            assert!(text.contains(mistake), "{mistake}");
        }
        assert_eq!(text.matches("LH-5").count(), 1);
        mend_by_hand(&repo);
        let text = read(&repo.path().join("roadmap.jsonl"));
        assert!(!text.contains("LH-5") && !text.contains("2026-11-31"));
    }
}
