//! What a repository needs for opsbook and does not have yet, as a plan: shown whole, then written or not.
//!
//! Nothing that is there is changed. The plan is checked before it is shown, by reading the repository as if
//! it were written already.

mod layout;
mod preset;
mod settings;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use preset::{Preset, preset, presets};

use super::ci::{self, Forge, Pipelines};
use super::hook::{self, State};
use crate::error::Result;
use crate::repo::{Environment, Workspace, new_file_diff};
use crate::report::count;
use crate::session::{Request, Session};
use crate::text::RepoPath;

/// What would be written, and what was seen on the way.
pub struct Plan {
    /// The new files, each with its text.
    pub files: Vec<(RepoPath, String)>,
    /// Where the hook would be written.
    pub hook: Option<PathBuf>,
    /// What is there already, a line each.
    pub found: Vec<String>,
    /// What is left for people to do, a line each.
    pub notes: Vec<String>,
    /// How many findings there would be, suppressed ones and those in the baseline left out.
    pub faults: usize,
    workspace: Workspace,
}

/// Plans what the repository of `request` needs, and what `preset` adds to it.
///
/// # Errors
/// What [`Session::open`] and [`Session::check`] say; usage in a bare repository.
pub fn plan(request: &Request, environment: &Environment, preset: Option<&Preset>) -> Result<Plan> {
    let mut request = request.clone();
    request.allow_empty = true;
    let session = Session::open(request.clone(), environment)?;
    let pipelines = ci::look(&session.workspace, &session.snapshot);
    let mut files = Vec::new();
    if session.config.file.is_none() {
        let astray = layout::astray(&session, &request, environment)?;
        let text = settings::text(&layout::vendored(&session.snapshot), &astray, preset);
        files.push((RepoPath::new("opsbook.toml"), text));
    }
    files.extend(preset.map(|preset| of_preset(preset, &session)).unwrap_or_default());
    let mut notes = Vec::new();
    match pipelines.proposal() {
        Some(proposal) => {
            files.push((RepoPath::new(proposal.path), proposal.text.to_owned()));
            notes.push(format!("in {}: {}", proposal.path, proposal.then));
        }
        None if pipelines.runs_opsbook.is_none() => {
            notes.push("no forge is known here; in a pipeline, run: opsbook check --base auto".to_owned());
        }
        None => {}
    }
    files.retain(|(path, _)| !is_there(&session, path));
    let hook = plan_hook(&session.workspace, &mut notes)?;
    request.overlay = files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())).collect();
    let report = Session::open(request, environment)?.check()?.report;
    let found = found(&session, &report.scope.collections, &pipelines);
    Ok(Plan { files, hook, found, notes, faults: report.findings.len(), workspace: session.workspace })
}

impl Plan {
    /// Whether everything is there.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.files.is_empty() && self.hook.is_none()
    }

    /// Everything that would be written, as a unified diff.
    #[must_use]
    pub fn diff(&self) -> String {
        let files = self.files.iter().map(|(path, text)| new_file_diff(path.as_str(), text.as_bytes()));
        files.chain(self.hook.iter().map(|place| self.hook_diff(place))).collect()
    }

    fn hook_diff(&self, place: &Path) -> String {
        let diff = |place: &Path| {
            new_file_diff(&place.to_string_lossy().replace('\\', "/"), hook::script().as_bytes())
        };
        match place.strip_prefix(self.workspace.root()) {
            Ok(inside) => diff(inside),
            // A linked worktree has its hooks elsewhere: that is no path of the repository, and is shown
            // whole.
            Err(_) => diff(place).replacen("+++ b/", "+++ /", 1),
        }
    }

    /// Writes it; gives what was written, in order.
    ///
    /// # Errors
    /// Environment when something has come to stand in a place meanwhile, or the disk refuses; what
    /// stands before it in the plan is written then.
    pub fn write(&self) -> Result<Vec<String>> {
        let mut written = Vec::new();
        for (path, text) in &self.files {
            self.workspace.write(path, None, text.as_bytes())?;
            written.push(path.as_str().to_owned());
        }
        if self.hook.is_some() {
            let (hook::Installed::Written(place) | hook::Installed::AlreadyThere(place)) =
                hook::install(&self.workspace)?;
            written.push(place.display().to_string());
        }
        Ok(written)
    }
}

/// The folders of a preset that are missing, each as its README, and its documents.
fn of_preset(preset: &Preset, session: &Session) -> Vec<(RepoPath, String)> {
    let root = &session.config.root;
    let within = |path: &str| if root.is_empty() { path.to_owned() } else { format!("{root}/{path}") };
    let folders = preset.folders.iter().filter(|folder| !session.snapshot.has_folder(&within(&folder.path)));
    let readmes = folders.map(|folder| (format!("{}/README.md", folder.path), &folder.readme));
    let documents = preset.files.iter().map(|file| (file.path.clone(), &file.text));
    readmes.chain(documents).map(|(path, text)| (RepoPath::new(&within(&path)), text.clone())).collect()
}

/// Whether something stands at `path`: in the snapshot, or on disk where git does not look.
fn is_there(session: &Session, path: &RepoPath) -> bool {
    let place = session.workspace.root().join(path.as_str());
    session.snapshot.contains(path.as_str()) || session.workspace.is_there(&place)
}

/// Where the hook would be written; what stands in its way is said instead.
fn plan_hook(workspace: &Workspace, notes: &mut Vec<String>) -> Result<Option<PathBuf>> {
    if !workspace.is_git() {
        notes.push(
            "no git repository: after `git init`, `opsbook hook install` checks each commit".to_owned(),
        );
        return Ok(None);
    }
    match hook::state(workspace)? {
        State::Missing => return hook::place(workspace).map(Some),
        State::Managed { manager, advice, runs_opsbook: false } => {
            notes.push(format!("{manager} manages the hooks: {advice}"));
        }
        State::Other { runs_opsbook: false } => {
            notes.push(format!("there is a pre-commit hook already; add this line to it: {}", hook::LINE));
        }
        State::Ours { .. } | State::Managed { .. } | State::Other { .. } => {}
    }
    Ok(None)
}

/// What is there already, a line each.
fn found(
    session: &Session,
    collections: &BTreeMap<String, (usize, usize)>,
    pipelines: &Pipelines,
) -> Vec<String> {
    let mut lines: Vec<String> = collections
        .iter()
        .map(|(name, (files, records))| {
            format!("{name}: {} in {}", count(*records, "record"), count(*files, "file"))
        })
        .collect();
    lines.extend(session.config.file.iter().map(|file| format!("configuration: {file}")));
    lines.extend(pipelines.runs_opsbook.iter().map(|file| format!("opsbook in a pipeline: {file}")));
    lines.extend(pipelines.forge.map(|forge| match forge {
        Forge::GitHub => "forge: GitHub".to_owned(),
        Forge::GitLab => "forge: GitLab".to_owned(),
    }));
    lines
}

#[cfg(test)]
mod tests;
