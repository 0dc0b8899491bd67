//! What a repository looks like before opsbook is set up: code of others, and records that stand outside their usual
//! place.
//!
//! Whether a file holds records of a collection is not judged here: the reading itself is asked.

use crate::config::Collection;
use crate::error::Result;
use crate::repo::{Environment, Snapshot};
use crate::session::{Request, Session};
use crate::text::RepoPath;

/// Folders that hold the code of others.
const VENDORED: &[&str] = &["vendor", "third_party", "third-party", "node_modules"];

/// Parts of paths below which records are examples, not records.
const SAMPLES: &[&str] = &["test", "tests", "testdata", "fixtures", "examples", "example", "spec", "target"];

/// Files above this size are not looked into.
const LIMIT: u64 = 16 << 20;

/// The folders at the top that hold the code of others.
pub(super) fn vendored(snapshot: &Snapshot) -> Vec<&'static str> {
    VENDORED.iter().copied().filter(|folder| snapshot.has_folder(folder)).collect()
}

/// A collection with records outside its usual place, and every place it has then.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Astray {
    pub(super) collection: String,
    pub(super) files: Vec<String>,
}

/// How often the reading is asked at most.
const ROUNDS: usize = 8;

/// JSON Lines that are named like a collection, stand where nobody looks for it, and hold its records.
///
/// Each is read as if it stood in a usual place of the collection; what the reading then leaves aside is
/// something else of that name.
///
/// # Errors
/// What [`Session::check`] says.
pub(super) fn astray(session: &Session, request: &Request, env: &Environment) -> Result<Vec<Astray>> {
    let (mut candidates, mut found) = (candidates(session), Vec::new());
    for _ in 0..ROUNDS {
        if candidates.is_empty() {
            break;
        }
        let (tried, later) = seats(candidates);
        candidates = later;
        let mut request = request.clone();
        for (_, path, place) in &tried {
            let bytes = session.snapshot.entry(path).map(|entry| session.snapshot.read(entry, LIMIT));
            let bytes = bytes.and_then(std::result::Result::ok).map(|bytes| bytes.to_vec());
            request.overlay.push((RepoPath::new(place), bytes.unwrap_or_default()));
        }
        let scope = Session::open(request, env)?.check()?.report.scope;
        let is_read = |place: &str| scope.unread.iter().all(|(unread, _)| unread != place);
        found.extend(tried.into_iter().filter(|(_, _, place)| is_read(place)).map(|(c, path, _)| (c, path)));
    }
    Ok(together(session, &found))
}

/// A file that may belong to a collection.
type Candidate<'a> = (&'a Collection, &'a str);

/// As many of the candidates as there are usual places to try them in, each with its place; and the others.
fn seats(candidates: Vec<Candidate<'_>>) -> (Vec<(&Collection, &str, &str)>, Vec<Candidate<'_>>) {
    let (mut seated, mut standing): (Vec<(&Collection, &str, &str)>, Vec<Candidate<'_>>) = Default::default();
    for (collection, path) in candidates {
        let places = collection.patterns.iter().map(|(pattern, _)| pattern.as_str());
        let mut plain = places.filter(|place| !place.contains(['*', '?', '[', '{'])).peekable();
        let has_places = plain.peek().is_some();
        match plain.find(|place| !seated.iter().any(|(_, _, taken)| taken == place)) {
            Some(place) => seated.push((collection, path, place)),
            None if has_places => standing.push((collection, path)),
            None => {}
        }
    }
    (seated, standing)
}

/// The files by collection, behind the usual places of it that hold something.
fn together(session: &Session, found: &[Candidate<'_>]) -> Vec<Astray> {
    let mut all: Vec<Astray> = Vec::new();
    for (collection, path) in found {
        match all.iter_mut().find(|astray| *astray.collection == *collection.name) {
            Some(astray) => astray.files.push((*path).to_owned()),
            None => {
                let patterns = collection.patterns.iter().map(|(pattern, _)| pattern);
                let mut files: Vec<String> =
                    patterns.filter(|pattern| holds(&session.snapshot, pattern)).cloned().collect();
                files.push((*path).to_owned());
                all.push(Astray { collection: collection.name.to_string(), files });
            }
        }
    }
    all
}

fn holds(snapshot: &Snapshot, pattern: &str) -> bool {
    let matcher = crate::config::glob("", pattern).map(|glob| glob.compile_matcher());
    matcher.is_ok_and(|matcher| snapshot.entries().iter().any(|entry| matcher.is_match(entry.path.as_str())))
}

fn candidates(session: &Session) -> Vec<Candidate<'_>> {
    let paths = session.snapshot.entries().iter().map(|entry| &entry.path);
    paths
        .filter(|path| path.extension() == "jsonl" && !is_aside(session, path))
        .filter_map(|path| {
            let name = path.file_name().strip_suffix(".jsonl")?;
            let collection = session.config.collection(name)?;
            let is_usual = collection.is_configured || collection.files.is_match(path.as_str());
            (!is_usual).then_some((collection, path.as_str()))
        })
        .collect()
}

/// Whether `path` is none of the team's own records and documents.
fn is_aside(session: &Session, path: &RepoPath) -> bool {
    let mut folders = path.parent().split('/');
    session.config.excludes(path.as_str())
        || folders.any(|folder| VENDORED.contains(&folder) || SAMPLES.contains(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::builder::Repo;

    fn request(repo: &Repo) -> Request {
        let mut request = Request::new(repo.path(), jiff::Timestamp::UNIX_EPOCH);
        request.allow_empty = true;
        request
    }

    fn session(repo: &Repo) -> Session {
        Session::open(request(repo), &Environment::default()).expect("the repository opens")
    }

    #[test]
    fn records_outside_their_place_are_found_when_they_look_right() {
        let repo = Repo::new();
        let risk = "{\"id\":\"R-1\",\"title\":\"A backup cannot be restored\"}\n";
        repo.write("ops/risks.jsonl", risk).write("teams/web/risks.jsonl", risk.replace("R-1", "R-2"));
        repo.write("data/metrics.jsonl", "{\"epoch\":1,\"loss\":0.5}\n{\"epoch\":2,\"loss\":0.4}\n");
        repo.write("tests/roadmap.jsonl", "{\"id\":\"1\",\"title\":\"t\",\"status\":\"todo\"}\n");
        repo.write("teams/api/risks.jsonl", risk.replace("R-1", "R-3"));
        let found = astray(&session(&repo), &request(&repo), &Environment::default());
        let files = ["ops/risks.jsonl", "teams/api/risks.jsonl", "teams/web/risks.jsonl"];
        let files = files.map(str::to_owned).to_vec();
        assert_eq!(found.expect("it is checked"), [Astray { collection: "risks".to_owned(), files }]);
    }
}
