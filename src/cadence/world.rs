//! A repository with a past, and what SQL says of it: what the tests of the tables stand on.

use std::collections::BTreeSet;
use std::rc::Rc;

use jiff::Timestamp;

use crate::config::Config;
use crate::database::load_part;
use crate::database::sql::{self, Cell, Engine, Limits, Now, Source, Timeline};
use crate::repo::builder::Repo;
use crate::repo::{Environment, Workspace};
use crate::text::RepoPath;

/// A repository, its configuration and what counts as now.
pub(super) struct World {
    repo: Repo,
    config: String,
    now: Timestamp,
}

impl World {
    /// A repository with nothing in it.
    pub(super) fn new(config: &str, now: &str) -> Self {
        Self { repo: Repo::new(), config: config.to_owned(), now: now.parse().expect("a moment") }
    }

    /// The same in a folder without git.
    pub(super) fn without_git(self) -> Self {
        Self { repo: Repo::plain(), ..self }
    }

    /// With these files, not committed.
    pub(super) fn with(self, files: &[(&str, &str)]) -> Self {
        files.iter().for_each(|(path, text)| _ = self.repo.write(path, text));
        self
    }

    /// Without these files.
    pub(super) fn without(self, paths: &[&str]) -> Self {
        paths.iter().for_each(|path| _ = self.repo.remove(path));
        self
    }

    /// With these files, committed at a moment.
    pub(super) fn at(self, moment: &str, files: &[(&str, &str)]) -> Self {
        let world = self.with(files);
        let seconds = moment.parse::<Timestamp>().expect("a moment").as_second();
        world.repo.stage_all().commit_at("docs: records", seconds);
        world
    }

    /// At another moment.
    pub(super) fn now(self, now: &str) -> Self {
        Self { now: now.parse().expect("a moment"), ..self }
    }

    /// The rows of a statement, each as its values joined by bars.
    pub(super) fn ask(&self, statement: &str) -> Vec<String> {
        self.asked(statement).0
    }

    /// The same, with what cannot be told.
    pub(super) fn asked(&self, statement: &str) -> (Vec<String>, Vec<String>) {
        let config = Config::read(Some(RepoPath::new("opsbook.toml")), "", &self.config);
        assert!(config.mistakes.is_empty(), "{:?}", config.mistakes);
        let workspace = Workspace::open(self.repo.path(), &Environment::default()).expect("it opens");
        let snapshot = workspace.worktree().expect("it is readable");
        let all: BTreeSet<usize> = (0..config.collections.len()).collect();
        let database = load_part(&snapshot, &config, &all, true);
        let timeline = Rc::new(Timeline::new(&workspace, &snapshot, &config, &database, false));
        let mut sources: Vec<Box<dyn Source + '_>> = super::sources(&config, &database, &timeline, self.now);
        for at in 0..database.tables.len() {
            sources.push(Box::new(sql::Records::new(&database, at, true)));
        }
        let now = Now {
            instant: self.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            today: self.now.to_zoned(config.project.zone.clone()).date().to_string(),
        };
        let limits = Limits { steps: 50_000_000, bytes: 1 << 30, rows: 1_000, seconds: 60 };
        let mut engine = Engine::new(sources, &now, limits).expect("SQLite starts");
        let reads = engine.reads(statement).expect("a statement");
        engine.load(&reads).expect("it can be loaded");
        let mut rows = Vec::new();
        let mut visit = |_: &[String], cells: &[Cell<'_>]| {
            let shown = cells.iter().map(|cell| match cell {
                Cell::Null => "-".to_owned(),
                Cell::Integer(number) => number.to_string(),
                Cell::Real(number) => number.to_string(),
                Cell::Text(text) => text.to_string(),
            });
            let row = shown.collect::<Vec<_>>().join("|");
            rows.extend((!cells.is_empty()).then_some(row));
            Ok(())
        };
        engine.run(statement, &mut visit).expect("an answer");
        let unknown = engine.unknown(&reads);
        (rows, unknown)
    }
}
