//! Records as files that other tools read: one JSON Lines and one CSV file per collection, the same bytes for the same
//! records.
//!
//! A folder of exports says so in a file that lists them, so that another export may replace them and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json};

use super::cell::{self, Kinds};
use super::line::Manner;
use crate::config::Collection;
use crate::error::{Error, Result};
use crate::session::Session;

/// A format of exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A record a line.
    Jsonl,
    /// A record a row (RFC 4180), nested values as JSON.
    Csv,
}

impl Format {
    /// All formats, with their names, which are also the extensions of their files.
    pub const ALL: [(Self, &'static str); 2] = [(Self::Jsonl, "jsonl"), (Self::Csv, "csv")];

    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
        }
    }
}

/// The file that lists what an export wrote: its first line, then a line a file with hash and name.
const LIST: &str = ".opsbook-export";
const HEAD: &str = "opsbook.export/1";

/// Writes the records of the session into the folder `dir`, which may hold nothing but an earlier export, unless `force`.
/// Gives the files with how many records each has, and what was not read.
///
/// # Errors
/// Usage when something else stands in the folder; environment when the disk refuses.
pub fn export(session: &Session, dir: &Path, formats: &[Format], force: bool) -> Result<Exported> {
    let earlier = earlier(session, dir, force)?;
    let mut tables: BTreeMap<String, Vec<Map<String, Json>>> = BTreeMap::new();
    let scope = session.records(None, &mut |row| {
        tables.entry(row.collection).or_default().push(row.fields);
        Ok(())
    })?;
    let (mut list, mut files) = (format!("{HEAD}\n"), Vec::new());
    session.workspace.make_folder_named(dir)?;
    for (name, rows) in &tables {
        let collection = session.collection(name)?;
        let columns = columns(session, collection, rows);
        for format in formats {
            let text = match format {
                Format::Jsonl => lines(&columns, rows),
                Format::Csv => table(session, collection, &columns, rows),
            };
            let file = format!("{name}.{}", format.name());
            session.workspace.write_named(&dir.join(&file), text.as_bytes())?;
            list.push_str(&format!("{} {file}\n", hash(text.as_bytes())));
            files.push((dir.join(&file), rows.len()));
        }
    }
    let kept: BTreeSet<&str> = list.lines().filter_map(|line| Some(line.split_once(' ')?.1)).collect();
    for stale in earlier.iter().filter(|name| !kept.contains(name.as_str())) {
        session.workspace.remove_named(&dir.join(stale))?;
    }
    session.workspace.write_named(&dir.join(LIST), list.as_bytes())?;
    Ok(Exported { files, unread: scope.unread })
}

/// What an export wrote.
#[derive(Debug)]
pub struct Exported {
    /// The files, each with how many records it holds.
    pub files: Vec<(PathBuf, usize)>,
    /// Files whose records are missing: path and reason.
    pub unread: Vec<(String, String)>,
}

/// The files of an earlier export in the folder; refuses one in which something else stands.
fn earlier(session: &Session, dir: &Path, force: bool) -> Result<Vec<String>> {
    let Some(there) = session.workspace.names_in_named(dir)?.filter(|names| !names.is_empty()) else {
        return Ok(Vec::new());
    };
    let list = match there.iter().any(|name| name == LIST) {
        true => session.workspace.read_named(&dir.join(LIST))?,
        false => Vec::new(),
    };
    let list = String::from_utf8_lossy(&list).into_owned();
    let mut lines = list.lines();
    let is_list = lines.next() == Some(HEAD);
    let listed: BTreeMap<&str, &str> = lines
        .filter(|_| is_list)
        .filter_map(|line| line.split_once(' '))
        .map(|(hash, name)| (name, hash))
        .collect();
    let is_own = |name: &String| -> Result<bool> {
        Ok(match listed.get(name.as_str()) {
            Some(hash) => self::hash(&session.workspace.read_named(&dir.join(name))?) == **hash,
            None => name == LIST && is_list,
        })
    };
    let mut own = Vec::new();
    for name in there {
        match is_own(&name)? {
            true if name != LIST => own.push(name),
            true => {}
            false if force => {}
            false => {
                let (dir, name) = (dir.display(), crate::text::escape(&name).into_owned());
                return Err(Error::usage(format!(
                    "{dir} holds {name}, which is no export, or was changed since"
                ))
                .hint("name another folder, or pass --force to write beside it and over exports"));
            }
        }
    }
    Ok(own)
}

fn hash(bytes: &[u8]) -> String {
    format!("{:032x}", xxhash_rust::xxh3::xxh3_128(bytes))
}

/// The fields that records have: those of the schema in its order, then the others by name.
fn columns(session: &Session, collection: &Collection, rows: &[Map<String, Json>]) -> Vec<String> {
    let mut names: BTreeSet<&str> = rows.iter().flat_map(Map::keys).map(String::as_str).collect();
    let described = session.field_order(collection);
    let first = described.into_iter().filter(|name| names.remove(name.as_str())).collect::<Vec<_>>();
    first.into_iter().chain(names.into_iter().map(str::to_owned)).collect()
}

fn lines(columns: &[String], rows: &[Map<String, Json>]) -> String {
    let line = |row: &Map<String, Json>| {
        let members = columns.iter().filter_map(|name| Some((name.clone(), row.get(name)?.clone())));
        format!("{}\n", Manner::TIGHT.object(&members.collect::<Vec<_>>()))
    };
    rows.iter().map(line).collect()
}

fn table(
    session: &Session,
    collection: &Collection,
    columns: &[String],
    rows: &[Map<String, Json>],
) -> String {
    let schema = session.schema_of(collection);
    // A field without a name cannot be a column.
    let columns: Vec<&String> = columns.iter().filter(|name| !name.is_empty()).collect();
    let kinds: Vec<Kinds> = columns.iter().map(|name| Kinds::of(schema.as_deref(), name)).collect();
    let cells = |row: &Map<String, Json>| {
        let cells = columns
            .iter()
            .zip(&kinds)
            .map(|(name, kinds)| row.get(*name).map(|value| cell::text(kinds, value)).unwrap_or_default());
        cells.collect::<Vec<_>>()
    };
    let head = columns.iter().map(|name| (*name).clone()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows.iter().map(cells)).collect();
    cell::table(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Environment;
    use crate::repo::builder::{Repo, files, read};
    use crate::session::Request;

    fn session(repo: &Repo) -> Session {
        let request = Request::new(repo.path(), jiff::Timestamp::UNIX_EPOCH);
        Session::open(request, &Environment::default()).expect("it opens")
    }

    const BOTH: &[Format] = &[Format::Jsonl, Format::Csv];

    #[test]
    fn records_are_written_in_the_order_of_their_schema() {
        let repo = Repo::plain();
        repo.write(
            "roadmap.jsonl",
            "{\"zz\":1,\"tags\":[\"a,b\"],\"status\":\"todo\",\"title\":\"A \\\"b\\\"\",\"id\":\"T-1\"}\n{\"id\":\"T-2\",\"title\":\"x\",\"status\":\"done\",\"aa\":null}\n",
        );
        let done = export(&session(&repo), Path::new("out"), BOTH, false).expect("the folder is new");
        assert_eq!(done.files.len(), 2);
        let out = repo.path().join("out");
        assert_eq!(
            read(&out.join("roadmap.jsonl")),
            "{\"id\":\"T-1\",\"title\":\"A \\\"b\\\"\",\"status\":\"todo\",\"tags\":[\"a,b\"],\"zz\":1}\n{\"id\":\"T-2\",\"title\":\"x\",\"status\":\"done\",\"aa\":null}\n"
        );
        assert_eq!(
            read(&out.join("roadmap.csv")),
            "id,title,status,tags,aa,zz\r\nT-1,\"A \"\"b\"\"\",todo,\"[\"\"a,b\"\"]\",,1\r\nT-2,x,done,,,\r\n"
        );
    }

    #[test]
    fn only_an_earlier_export_is_replaced() {
        let repo = Repo::plain();
        repo.write("roadmap.jsonl", "{\"id\":\"T-1\",\"title\":\"x\",\"status\":\"done\"}\n");
        repo.write("ops/risks.jsonl", "{\"id\":\"R-1\",\"title\":\"x\"}\n");
        let to = |dir: &str, force| export(&session(&repo), Path::new(dir), BOTH, force);
        to("out", false).expect("the folder is new");
        let first = files(&repo.path().join("out"));
        to("out", false).expect("an export is there");
        assert_eq!(files(&repo.path().join("out")), first);
        repo.remove("roadmap.jsonl");
        to("out", false).expect("an export is there");
        let names: Vec<String> = files(&repo.path().join("out")).into_keys().collect();
        assert_eq!(names, [".opsbook-export", "risks.csv", "risks.jsonl"]);
        // The records themselves are no export, whatever their files are called.
        assert!(to("ops", false).is_err_and(|error| error.message.contains("risks.jsonl")));
        repo.write("out/risks.csv", "mine\n");
        assert!(to("out", false).is_err_and(|error| error.message.contains("risks.csv")));
        to("out", true).expect("it is forced");
        assert!(read(&repo.path().join("out/risks.csv")).starts_with("id,title"));
    }
}
