//! Where a collection's records are kept: the file that holds them now, else the first of its usual places.

use crate::config::{Collection, Reader};
use crate::error::{Error, Result};
use crate::session::Session;
use crate::text::RepoPath;

/// How a record is added to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A line of JSON.
    Lines,
    /// A row of a table in a document.
    Table,
}

/// The file that a new record of `collection` goes into, and how.
///
/// # Errors
/// Usage when such records are kept in files that cannot be added to, or nothing says in which file.
pub(super) fn of(session: &Session, collection: &Collection) -> Result<(RepoPath, Form)> {
    let root = &session.config.root;
    let exact: Vec<String> = collection
        .patterns
        .iter()
        .map(|(pattern, _)| pattern)
        .filter(|pattern| !pattern.contains(['*', '?', '[', '{', '\\']))
        .map(|pattern| within(root, pattern))
        .collect();
    let receipt = session.status(false)?;
    let read = receipt.collections.iter().filter(|(name, _)| **name == *collection.name);
    let read: Vec<(&str, &str)> =
        read.flat_map(|(_, files)| files).map(|file| (file.path.as_str(), file.reader)).collect();
    let is_of = |path: &str| collection.files.is_match(path) && !session.config.excludes(path);
    let entries = session.snapshot.entries().iter().map(|entry| entry.path.clone());
    let there: Vec<RepoPath> = entries.filter(|path| is_of(path.as_str())).collect();
    let first = |candidates: Vec<RepoPath>| {
        // The usual places come in their order; of others, names with the highest date or number are the latest.
        let rank = |path: &RepoPath| exact.iter().position(|one| one == path.as_str()).unwrap_or(exact.len());
        candidates.into_iter().min_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| b.cmp(a)))
    };
    for (reader, form) in [(Reader::Jsonl, Form::Lines), (Reader::MarkdownTable, Form::Table)] {
        let holding = read.iter().filter(|(_, name)| *name == reader.name());
        let holding = holding.map(|(path, _)| RepoPath::new(path)).collect();
        let empty = || {
            let fits = there.iter().filter(|path| collection.readers_for(path).contains(&reader));
            fits.filter(|path| read.iter().all(|(read, _)| *read != path.as_str())).cloned().collect()
        };
        if let Some(path) = first(holding).or_else(|| first(empty())) {
            return Ok((path, form));
        }
    }
    let is_borrowed = |name: &str| Reader::from_name(name).is_some_and(Reader::is_borrowed);
    if let Some((path, reader)) = read.iter().find(|(_, reader)| !is_borrowed(reader)) {
        return Err(Error::usage(format!(
            "{} are kept in {path}, which is read as {reader}",
            collection.name
        ))
        .hint("records are added to JSON Lines and to tables of documents; add this one by hand"));
    }
    let usual = exact.iter().map(|path| RepoPath::new(path));
    let lines =
        |path: &RepoPath| path.extension() == "jsonl" && collection.readers_for(path) == [Reader::Jsonl];
    usual.filter(lines).map(|path| (path, Form::Lines)).next().ok_or_else(|| {
        Error::usage(format!("nothing says in which file {} are kept", collection.name))
            .hint(format!("make an empty file that matches [collections.{}].files", collection.name))
    })
}

/// `path` of a configuration in the folder `root`, relative to the repository.
pub(super) fn within(root: &str, path: &str) -> String {
    if root.is_empty() { path.to_owned() } else { format!("{root}/{path}") }
}
