//! Pipelines: which forge a repository is at, which files say what is run there, and what runs opsbook.
//!
//! It looks for the name only. What a pipeline really does is known where it runs.

use super::hook::names_opsbook;
use crate::repo::{Snapshot, Workspace};

/// A forge for which there is a pipeline to propose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Forge {
    GitHub,
    GitLab,
}

/// What is known of a repository's pipelines.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pipelines {
    /// The forge, as far as files and the remote tell.
    pub(super) forge: Option<Forge>,
    /// The files that describe pipelines.
    pub(super) files: Vec<String>,
    /// The first of them that names opsbook.
    pub(super) runs_opsbook: Option<String>,
}

/// What is proposed: the file, its text, and what else is to be done for it to count.
pub(super) struct Proposal {
    pub(super) path: &'static str,
    pub(super) text: &'static str,
    pub(super) then: &'static str,
}

/// The file in which GitLab looks for pipelines.
const GITLAB: &str = ".gitlab-ci.yml";

/// Places of pipelines: a file, or a folder whose YAML files are some.
const PLACES: &[&str] = &[
    ".github/workflows/",
    GITLAB,
    ".gitlab/",
    ".forgejo/workflows/",
    ".gitea/workflows/",
    ".circleci/config.yml",
    ".woodpecker.yml",
    ".woodpecker/",
    ".travis.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "Jenkinsfile",
];

/// Pipelines are pages long.
const LIMIT: u64 = 1 << 20;

/// Looks for pipelines in `snapshot`.
pub(super) fn look(workspace: &Workspace, snapshot: &Snapshot) -> Pipelines {
    let mut found = Pipelines { forge: forge(workspace, snapshot), ..Pipelines::default() };
    for entry in snapshot.entries().iter().filter(|entry| is_pipeline(entry.path.as_str())) {
        let path = entry.path.as_str().to_owned();
        let is_named = || snapshot.read(entry, LIMIT).is_ok_and(|bytes| names_opsbook(&bytes));
        if found.runs_opsbook.is_none() && is_named() {
            found.runs_opsbook = Some(path.clone());
        }
        found.files.push(path);
    }
    found
}

impl Pipelines {
    /// The pipeline that would run opsbook; `None` where one does already, or where the forge is not known.
    pub(super) fn proposal(&self) -> Option<Proposal> {
        const GITHUB_TEXT: &str = include_str!("../../templates/init/ci/github.yml");
        const GITLAB_TEXT: &str = include_str!("../../templates/init/ci/gitlab.yml");
        const INSTALL: &str = "add the step that installs opsbook on the runner";
        if self.runs_opsbook.is_some() {
            return None;
        }
        Some(match self.forge? {
            Forge::GitHub => {
                Proposal { path: ".github/workflows/opsbook.yml", text: GITHUB_TEXT, then: INSTALL }
            }
            Forge::GitLab if self.files.iter().any(|file| file == GITLAB) => Proposal {
                path: ".gitlab/opsbook.yml",
                text: GITLAB_TEXT,
                then: "include `.gitlab/opsbook.yml` as a local file, and choose an image that holds opsbook",
            },
            Forge::GitLab => {
                Proposal { path: GITLAB, text: GITLAB_TEXT, then: "choose an image that holds opsbook" }
            }
        })
    }
}

fn is_pipeline(path: &str) -> bool {
    let is_yaml = path.ends_with(".yml") || path.ends_with(".yaml");
    PLACES.iter().any(|place| path == *place || (place.ends_with('/') && path.starts_with(place) && is_yaml))
}

/// The forge that the files of a repository are for, else the one its remote is at.
fn forge(workspace: &Workspace, snapshot: &Snapshot) -> Option<Forge> {
    let places = [
        (".github/workflows", Forge::GitHub),
        (GITLAB, Forge::GitLab),
        (".github", Forge::GitHub),
        (".gitlab", Forge::GitLab),
    ];
    let is_there = |place: &str| snapshot.contains(place) || snapshot.has_folder(place);
    let by_files = places.into_iter().find(|(place, _)| is_there(place)).map(|(_, forge)| forge);
    by_files.or_else(|| {
        let host = host(&workspace.origin_url()?).to_ascii_lowercase();
        match host.as_str() {
            "github.com" => Some(Forge::GitHub),
            host if host.split('.').any(|part| part == "gitlab") => Some(Forge::GitLab),
            _ => None,
        }
    })
}

/// The machine in the address of a remote: `https://host/…`, `ssh://git@host:22/…` or `git@host:…`.
fn host(url: &str) -> &str {
    let address = url.split_once("://").map_or(url, |(_, rest)| rest);
    let machine = address.split('/').next().unwrap_or_default();
    let machine = machine.rsplit_once('@').map_or(machine, |(_, machine)| machine);
    machine.split(':').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Environment;
    use crate::repo::builder::Repo;

    fn pipelines(repo: &Repo) -> Pipelines {
        let workspace = Workspace::open(repo.path(), &Environment::default()).expect("the repository opens");
        let snapshot = workspace.worktree().expect("it has a working tree");
        look(&workspace, &snapshot)
    }

    fn proposed(repo: &Repo) -> Option<&'static str> {
        pipelines(repo).proposal().map(|proposal| proposal.path)
    }

    #[test]
    fn the_forge_is_told_by_files_before_the_remote() {
        let repo = Repo::new();
        assert_eq!(proposed(&repo), None);
        let mut config = repo.git().config().expect("there is a configuration");
        config.set_str("remote.origin.url", "git@gitlab.example.org:a/b.git").expect("it is writable");
        assert_eq!(proposed(&repo), Some(".gitlab-ci.yml"));
        repo.write(".github/CODEOWNERS", "* @ana\n");
        assert_eq!(proposed(&repo), Some(".github/workflows/opsbook.yml"));
    }

    #[test]
    fn a_pipeline_that_is_there_is_not_proposed_over() {
        let repo = Repo::new();
        repo.write(".gitlab-ci.yml", "test:\n  script: make\n");
        assert_eq!(proposed(&repo), Some(".gitlab/opsbook.yml"));
        repo.write(".gitlab/checks.yml", "a:\n  script: opsbook check\n");
        assert_eq!(proposed(&repo), None);
        assert_eq!(pipelines(&repo).runs_opsbook.as_deref(), Some(".gitlab/checks.yml"));
    }

    #[test]
    fn only_pipelines_are_looked_into() {
        let repo = Repo::new();
        repo.write(".github/workflows/README.md", "opsbook\n").write("Makefile", "opsbook check\n");
        assert_eq!(pipelines(&repo).runs_opsbook, None);
        assert_eq!(pipelines(&repo).files, [""; 0]);
    }

    #[test]
    fn the_machine_is_found_in_every_form_of_address() {
        for (url, machine) in [
            ("https://github.com/a/b.git", "github.com"),
            ("https://user:pass@github.com/a/b", "github.com"),
            ("ssh://git@gitlab.example.org:2222/a/b.git", "gitlab.example.org"),
            ("git@github.com:a/b.git", "github.com"),
            ("../elsewhere", ".."),
        ] {
            assert_eq!(host(url), machine, "{url}");
        }
    }
}
