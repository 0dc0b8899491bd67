//! What it costs to read the history of one clone, for `bench/history.py`, which sets it beside git's own.
//!
//! `cargo bench --bench history -- CLONE [CONFIGURATION COLLECTION]` prints one JSON object: what was read, and the
//! seconds it took; with a configuration, for the records of a collection as well, cold and from what is remembered.

use std::path::Path;
use std::time::Instant;

use opsbook::config::Config;
use opsbook::database::history::Past;
use opsbook::database::{Wants, load};
use opsbook::repo::{Environment, Workspace};

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let Some(clone) = arguments.first() else { return };
    let workspace = Workspace::open(Path::new(clone), &Environment::from_process()).expect("a clone");
    let start = Instant::now();
    let log = workspace.log("HEAD").expect("HEAD is a commit");
    let walk = start.elapsed().as_secs_f64();
    let changes = log.changes(&|_| true);
    let all = start.elapsed().as_secs_f64();
    let files: usize = changes.of.iter().map(Vec::len).sum();
    let commits = log.commits.len();
    print!("{{\"commits\":{commits},\"files\":{files},\"walk\":{walk:.3},\"log\":{all:.3}");
    if let [_, configuration, collection] = arguments.as_slice() {
        records(&workspace, configuration, collection);
    }
    println!("}}");
}

fn records(workspace: &Workspace, configuration: &str, collection: &str) {
    let snapshot = workspace.commit("HEAD").expect("HEAD is a commit");
    let config = Config::read(None, "", configuration);
    let wants = Wants { violations: false, unknown_fields: false, keys: false };
    let database = load(&snapshot, &snapshot, &config, wants, &|_| Vec::new()).database;
    for (name, cache) in [("plain", false), ("cold", true), ("warm", true)] {
        let past = Past { workspace, snapshot: &snapshot, config: &config, tables: &database.tables, cache };
        let start = Instant::now();
        let history = past.history(&|table| **table.name() == *collection).expect("it can be read");
        print!(",\"{name}\":{:.3}", start.elapsed().as_secs_f64());
        if cache {
            continue;
        }
        let (records, changes) = (history.records.len(), history.changes.len());
        print!(",\"records\":{records},\"changes\":{changes},\"unknown\":{}", history.unknown.len());
    }
}
