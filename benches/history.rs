//! What it costs to read the history of one clone, for `bench/history.py`, which sets it beside git's own.
//!
//! `CLONE` compares every commit of the mainline with its first parent; `CLONE CONFIGURATION COLLECTION` follows the
//! records of one collection, `CLONE CONFIGURATION COLLECTION cached` with what is remembered. Each prints one JSON
//! object of what was read.

use std::path::Path;

use opsbook::config::Config;
use opsbook::database::history::Past;
use opsbook::database::{Wants, load};
use opsbook::repo::{Environment, Workspace};

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [clone] => files(clone),
        [clone, configuration, collection] => records(clone, configuration, collection, false),
        [clone, configuration, collection, "cached"] => records(clone, configuration, collection, true),
        _ => {}
    }
}

fn open(clone: &str) -> Workspace {
    Workspace::open(Path::new(clone), &Environment::from_process()).expect("a clone")
}

fn files(clone: &str) {
    let log = open(clone).log("HEAD").expect("HEAD is a commit");
    let changes = log.changes(&|_| true);
    let files: usize = changes.of.iter().map(Vec::len).sum();
    println!("{{\"commits\":{},\"files\":{files},\"unknown\":{}}}", log.commits.len(), changes.unknown.len());
}

fn records(clone: &str, configuration: &str, collection: &str, cache: bool) {
    let workspace = open(clone);
    let snapshot = workspace.commit("HEAD").expect("HEAD is a commit");
    let config = Config::read(None, "", configuration);
    let wants = Wants { violations: false, unknown_fields: false, keys: false };
    let database = load(&snapshot, &snapshot, &config, wants, &|_| Vec::new()).database;
    let (workspace, snapshot, tables) = (&workspace, &snapshot, database.tables.as_slice());
    let past = Past { workspace, snapshot, config: &config, tables, cache };
    let history = past.history(&|table| **table.name() == *collection).expect("it can be read");
    let (records, changes) = (history.records.len(), history.changes.len());
    println!("{{\"records\":{records},\"changes\":{changes},\"unknown\":{}}}", history.unknown.len());
}
