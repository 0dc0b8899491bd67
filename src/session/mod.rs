//! One run, wired: a snapshot and a configuration go in, a report comes out.
//!
//! Everything that is decided once for all findings is decided here: which rules run, their severity, what is
//! suppressed or in the baseline, what is new against a base, where things stand in lines and columns. It does not
//! know how the request was written or how the report is shown.

mod ack;
mod against;
mod base;
mod baseline;
mod cache;
mod calendar;
mod care;
mod check;
mod fix;
mod health;
mod locate;
mod plan;
mod policy;
mod query;
mod records;
mod renumber;
mod run;
mod scope;
mod secrets;
mod status;
mod suppress;
mod texts;

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::config::{Config, PLACES};
use crate::error::{Error, Result};
use crate::repo::{Environment, Snapshot, Workspace};
use crate::rules::Rule;
use crate::text::RepoPath;

pub use ack::Acknowledged;
pub use check::Checked;
pub use fix::{FileChange, Fixes};
pub use records::Row;
pub use renumber::{Left, Renumbering};

/// The version of opsbook.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Which files are looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Source {
    /// The files on disk.
    #[default]
    Worktree,
    /// The files staged for the next commit.
    Index,
    /// The files of a commit.
    Commit(String),
}

/// What a change is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BaseChoice {
    /// A commit.
    Rev(String),
    /// The merge base with the default branch.
    Auto,
}

/// Everything a run is asked to do.
#[derive(Debug, Clone)]
pub struct Request {
    /// The folder the run starts in.
    pub dir: PathBuf,
    /// A configuration that replaces the repository's.
    pub config: Option<PathBuf>,
    /// The moment that counts as now.
    pub now: Timestamp,
    /// Which files are looked at.
    pub source: Source,
    /// Report only what is new against it.
    pub base: Option<BaseChoice>,
    /// Whether a run that cannot ask the past, or finds nothing to ask about, cannot tell.
    pub needs_history: bool,
    /// Refs that decision records must not collide with once they are merged.
    pub against: Vec<String>,
    /// Report only what changes in these paths could have broken.
    pub paths: Vec<PathBuf>,
    /// Rules and groups that alone run.
    pub only: Vec<String>,
    /// Rules and groups that do not run.
    pub skip: Vec<String>,
    /// Content that stands for the file at a path.
    pub stdin: Option<(PathBuf, Vec<u8>)>,
    /// Files that are looked at as if they stood in the snapshot with these bytes, the configuration among them.
    pub overlay: Vec<(RepoPath, Vec<u8>)>,
    /// A baseline that replaces the repository's.
    pub baseline: Option<PathBuf>,
    /// Whether a repository with nothing to check is fine.
    pub allow_empty: bool,
    /// Whether results may be kept for, and taken from, other runs.
    pub cache: bool,
}

impl Request {
    /// A request for everything in the working tree at `dir`.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>, now: Timestamp) -> Self {
        Self {
            dir: dir.into(),
            config: None,
            now,
            source: Source::Worktree,
            base: None,
            needs_history: false,
            against: Vec::new(),
            paths: Vec::new(),
            only: Vec::new(),
            skip: Vec::new(),
            stdin: None,
            overlay: Vec::new(),
            baseline: None,
            allow_empty: false,
            cache: true,
        }
    }
}

/// An opened repository with its configuration: what every command that looks at records starts from.
pub struct Session {
    /// The place.
    pub workspace: Workspace,
    /// The files looked at.
    pub snapshot: Snapshot,
    /// What is configured.
    pub config: Config,
    /// Every rule there is.
    pages: policy::Pages,
    /// The bytes of the configuration file; empty without one.
    config_source: Vec<u8>,
    request: Request,
    /// The paths of the request, in the repository.
    paths: Vec<RepoPath>,
}

impl Session {
    /// Opens the place a request is about and reads its configuration.
    ///
    /// # Errors
    /// Usage, configuration or environment, when the place, the snapshot or the configuration cannot be had.
    pub fn open(request: Request, environment: &Environment) -> Result<Self> {
        let session = Self::open_for_any_version(request, environment)?;
        session.config.check_version(VERSION)?;
        Ok(session)
    }

    /// Like [`Session::open`], but whatever version the project asks for: for those who say what stands in the way.
    ///
    /// # Errors
    /// As for [`Session::open`], the version left out.
    pub fn open_for_any_version(request: Request, environment: &Environment) -> Result<Self> {
        let workspace = Workspace::open(&request.dir, environment)?;
        let mut snapshot = match &request.source {
            Source::Worktree => workspace.worktree()?,
            Source::Index => workspace.index()?,
            Source::Commit(rev) => workspace.commit(rev)?,
        };
        let mut paths = Vec::new();
        for path in &request.paths {
            paths.push(workspace.relative(path)?);
        }
        if let Some((path, bytes)) = &request.stdin {
            let path = workspace.relative(path)?;
            snapshot.overlay(path.clone(), bytes.clone());
            paths.push(path);
        }
        for (path, bytes) in &request.overlay {
            snapshot.overlay(path.clone(), bytes.clone());
        }
        let ConfigFile { path, root, bytes: config_source } = configuration(&workspace, &snapshot, &request)?;
        let source = std::str::from_utf8(&config_source).map_err(|_| {
            let file = path.as_ref().map_or("opsbook.toml", RepoPath::as_str);
            Error::configuration(format!("{file} is not UTF-8")).hint("save it as UTF-8")
        })?;
        let config = Config::read(path, &root, source);
        let pages = policy::pages(&snapshot, &config.pages);
        Ok(Self { workspace, snapshot, config, pages, config_source, request, paths })
    }

    /// The file that standard input stands for, and its bytes.
    #[must_use]
    pub fn stdin(&self) -> Option<(RepoPath, &Vec<u8>)> {
        let (_, bytes) = self.request.stdin.as_ref()?;
        Some((self.paths.last()?.clone(), bytes))
    }

    /// Every rule: the built-in ones, and those of the repository.
    #[must_use]
    pub fn rules(&self) -> &[&'static Rule] {
        &self.pages.rules
    }

    /// The day of the request in the project's time zone.
    fn today(&self) -> jiff::civil::Date {
        self.request.now.to_zoned(self.config.project.zone.clone()).date()
    }
}

/// A configuration file: where it stands, the folder of its project, its bytes.
#[derive(Default)]
struct ConfigFile {
    path: Option<RepoPath>,
    root: String,
    bytes: Vec<u8>,
}

/// The configuration: the named one, else the snapshot's own of the innermost project around the folder of the request.
fn configuration(workspace: &Workspace, snapshot: &Snapshot, request: &Request) -> Result<ConfigFile> {
    if let Some(path) = &request.config {
        let bytes = workspace.read_named(path)?;
        let shown = workspace.relative(path).unwrap_or_else(|_| RepoPath::new(&path.to_string_lossy()));
        return Ok(ConfigFile { path: Some(shown), root: String::new(), bytes });
    }
    const LIMIT: u64 = 16 << 20;
    for (root, place) in config_places(workspace) {
        if let Some(entry) = snapshot.entry(&place) {
            let bytes = snapshot
                .read(entry, LIMIT)
                .map_err(|unread| Error::configuration(format!("cannot read {place}: {}", unread.reason)))?;
            return Ok(ConfigFile { path: Some(entry.path.clone()), root, bytes: bytes.to_vec() });
        }
        if let Some(unread) = snapshot.unread_at(&place) {
            return Err(Error::configuration(format!("cannot read {place}: {}", unread.reason))
                .hint("opsbook does not run on built-in settings where a configuration is meant"));
        }
    }
    Ok(ConfigFile { path: None, root: String::new(), bytes: Vec::new() })
}

/// Where a configuration may stand, from the folder of the request up to the top, with the folder of its project.
fn config_places(workspace: &Workspace) -> Vec<(String, String)> {
    let here = workspace.relative(Path::new(".")).unwrap_or_else(|_| RepoPath::new(""));
    let mut places = Vec::new();
    let mut folder = here.as_str();
    loop {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        places.extend(PLACES.iter().map(|place| (folder.to_owned(), format!("{prefix}{place}"))));
        if folder.is_empty() {
            return places;
        }
        folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
    }
}

#[cfg(test)]
mod tests;
