//! Where a reference may lead: the paths of the repository that its writer could have meant, and how such a path is
//! written back.

use super::{Reference, ReferenceKind};
use crate::text::RepoPath;

/// A path of the repository that a reference may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The path, of a file or a folder.
    pub path: RepoPath,
    /// The folder from which the reference names it; empty for the top of the repository.
    pub base: RepoPath,
    /// Whether the reference is written as its page is addressed on a website, not as its file is called.
    pub is_page: bool,
}

/// Folders that websites are built from, whose files are addressed without them.
const SITE_FOLDERS: [&str; 4] = ["static", "public", "content", "docs"];

/// What a page is called in the repository whose address lacks it.
const PAGES: [&str; 5] = [".md", ".mdx", "/index.md", "/README.md", "/_index.md"];

/// Places that `reference` may mean in the document at `document`, the likeliest first.
///
/// A link leads from the folder of its document, or with a slash from the top of the repository; behind those stand the
/// files of which a website would make the page that is linked. A path in code is named from the top of the repository,
/// from the document's folder, or from a folder between.
#[must_use]
pub fn candidates(document: &RepoPath, reference: &Reference) -> Vec<Candidate> {
    let mut places = Places { reference, found: Vec::new() };
    let own = document.parent();
    let above = || std::iter::successors(Some(own), |folder| (!folder.is_empty()).then(|| parent(folder)));
    match (reference.kind.is_link(), reference.path.starts_with('/')) {
        (_, _) if reference.path.is_empty() => {
            places.found.push(Candidate { path: document.clone(), base: RepoPath::new(own), is_page: false });
        }
        (true, false) => {
            places.add(own, "", false);
            places.pages(own);
        }
        (true, true) => {
            places.add("", "", false);
            for folder in above() {
                if !folder.is_empty() {
                    places.add(folder, "", true);
                }
                SITE_FOLDERS.iter().for_each(|site| places.add(&joined(folder, site), "", true));
                places.pages(folder);
            }
        }
        (false, true) => places.add("", "", false),
        (false, false) => {
            // What climbs is written from where the document stands.
            let first = if reference.path.starts_with("../") { own } else { "" };
            places.add(first, "", false);
            above().filter(|folder| *folder != first).for_each(|folder| places.add(folder, "", false));
        }
    }
    places.found
}

/// The text that names `to` as `reference`, which leads to `candidate`, would: from the same folder, in the same form. `None`
/// when that cannot be said in the same form.
#[must_use]
pub fn rewritten(reference: &Reference, candidate: &Candidate, to: &RepoPath) -> Option<String> {
    if candidate.is_page || reference.path.is_empty() {
        return None;
    }
    let base = candidate.base.as_str();
    let mut text = match to.as_str().strip_prefix(base).map(|rest| rest.strip_prefix('/').unwrap_or(rest)) {
        Some(below) if to.is_within(base) => match reference.path.starts_with("./") {
            true => format!("./{below}"),
            false => below.to_owned(),
        },
        // Only a link says for sure from where it leads.
        _ if reference.kind.is_link() || reference.path.starts_with("../") => relative(base, to.as_str()),
        _ => return None,
    };
    if reference.path.starts_with('/') {
        text.insert(0, '/');
    }
    if reference.path.ends_with('/') && !text.ends_with('/') {
        text.push('/');
    }
    if reference.kind.is_link() && reference.kind != ReferenceKind::Auto {
        return Some(encoded(&text));
    }
    (!text.contains([' ', '`', '|'])).then_some(text)
}

/// The places found so far.
struct Places<'a> {
    reference: &'a Reference,
    found: Vec<Candidate>,
}

impl Places<'_> {
    /// Adds what the reference means from the folder `base` with `ending` behind it.
    fn add(&mut self, base: &str, ending: &str, is_page: bool) {
        let path = self.reference.path.trim_start_matches('/');
        let Some(mut path) = crate::text::joined(base, path) else { return };
        path.push_str(ending);
        let path = path.strip_prefix('/').unwrap_or(&path);
        if path.is_empty() || self.found.iter().any(|known| known.path.as_str() == path) {
            return;
        }
        self.found.push(Candidate { path: RepoPath::new(path), base: RepoPath::new(base), is_page });
    }

    /// Adds the files of which a website makes the page that is named.
    fn pages(&mut self, base: &str) {
        let path = self.reference.path.trim_end_matches('/');
        let last = path.rsplit('/').next().unwrap_or_default();
        if let Some(stem) = path.strip_suffix(".html") {
            let named = Reference { path: stem.to_owned(), ..self.reference.clone() };
            let mut places = Places { reference: &named, found: std::mem::take(&mut self.found) };
            PAGES[..2].iter().for_each(|ending| places.add(base, ending, true));
            self.found = places.found;
        } else if !super::paths::has_extension(last) {
            PAGES.iter().for_each(|ending| self.add(base, ending, true));
        }
    }
}

/// How `to` is named from the folder `base`.
fn relative(base: &str, to: &str) -> String {
    let folders: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
    let parts: Vec<&str> = to.split('/').collect();
    let common = folders.iter().zip(&parts[..parts.len() - 1]).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", folders.len() - common);
    up.chain(parts[common..].iter().copied()).collect::<Vec<_>>().join("/")
}

/// `path` as the destination of a link: what would end it or begin something else becomes `%20` and the like.
fn encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            ' ' | '(' | ')' | '<' | '>' | '%' | '#' | '?' | '\\' | '"' | '&' | '|' | '*' | '`' => {
                text.push_str(&format!("%{:02X}", c as u32));
            }
            c => text.push(c),
        }
    }
    text
}

fn parent(folder: &str) -> &str {
    folder.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
