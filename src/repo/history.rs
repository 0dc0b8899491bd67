//! Names of commits and how they relate: revisions, merge bases, the base a change is compared with.
//!
//! It answers about commits as a whole and knows nothing of the files in them.

use git2::{ErrorCode, ObjectType, Repository};

use super::Workspace;
use super::git::failure;
use crate::error::{Error, Result};

/// What the commit checked out is compared with when the user leaves the choice to opsbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AutoBase {
    /// The merge base of HEAD and the default branch.
    Base {
        /// Full id of the merge base.
        commit: String,
        /// Full id of the default branch's last commit.
        tip: String,
        /// The default branch as git writes it for people, such as `origin/main`.
        branch: String,
    },
    /// HEAD is the default branch, or a detached commit of it: there is nothing it came from.
    OnDefaultBranch {
        /// The default branch.
        branch: String,
    },
    /// It cannot be told.
    Unknown {
        /// Why, as a sentence without a period.
        reason: String,
    },
}

/// A branch and the reference that holds it.
struct Branch {
    name: String,
    shown: String,
    tip: git2::Oid,
}

impl Workspace {
    /// The full id of the commit checked out; `None` without git and before the first commit.
    ///
    /// # Errors
    /// Environment when HEAD is damaged.
    pub fn head(&self) -> Result<Option<String>> {
        let Some(git) = &self.git else { return Ok(None) };
        git.with(|handle| Ok(head(handle)?.map(|oid| oid.to_string())))?
    }

    /// The full id of the commit that `rev` names, in any form git knows.
    ///
    /// # Errors
    /// Usage when it names no commit.
    pub fn resolve(&self, rev: &str) -> Result<String> {
        let git = self.git(&format!("revision '{rev}'"))?;
        git.with(|handle| resolve(handle, rev, git.is_shallow()).map(|oid| oid.to_string()))?
    }

    /// The best common ancestor of two commits; `None` when there is none, or none that was fetched.
    ///
    /// # Errors
    /// Usage when `a` or `b` names no commit; environment when history cannot be read.
    pub fn merge_base(&self, a: &str, b: &str) -> Result<Option<String>> {
        let git = self.git("a merge base")?;
        git.with(|handle| {
            let shallow = git.is_shallow();
            let (a, b) = (resolve(handle, a, shallow)?, resolve(handle, b, shallow)?);
            Ok(merge_base(handle, a, b)?.map(|oid| oid.to_string()))
        })?
    }

    /// The merge base of HEAD with the default branch: `origin/HEAD`, else the branch that `init.defaultBranch`
    /// names, `main` or `master`, on the remote `origin` before here. A branch without commits counts as the default
    /// branch, for there is no other.
    ///
    /// # Errors
    /// Environment when references or history cannot be read.
    pub fn auto_base(&self) -> Result<AutoBase> {
        let unknown = |reason: &str| Ok(AutoBase::Unknown { reason: reason.to_owned() });
        let Some(git) = &self.git else { return unknown("no git repository: history is unknown") };
        let configured = git.config()?.get_string("init.defaultbranch").ok();
        git.with(|handle| {
            let current = current_branch(handle);
            let Some(head) = head(handle)? else {
                return Ok(AutoBase::OnDefaultBranch {
                    branch: current.unwrap_or_else(|| "HEAD".to_owned()),
                });
            };
            let Some(default) = default_branch(handle, configured) else {
                return unknown(
                    "no default branch found: run `git fetch origin` and `git remote set-head origin --auto`",
                );
            };
            if current.as_ref() == Some(&default.name) {
                return Ok(AutoBase::OnDefaultBranch { branch: default.name });
            }
            Ok(match merge_base(handle, head, default.tip)? {
                Some(base) if base == head && current.is_none() => {
                    AutoBase::OnDefaultBranch { branch: default.shown }
                }
                Some(base) => AutoBase::Base {
                    commit: base.to_string(),
                    tip: default.tip.to_string(),
                    branch: default.shown,
                },
                None => AutoBase::Unknown { reason: no_merge_base(&default.shown, git.is_shallow()) },
            })
        })?
    }
}

fn head(handle: &Repository) -> Result<Option<git2::Oid>> {
    match handle.head() {
        Ok(reference) => match reference.peel(ObjectType::Commit) {
            Ok(commit) => Ok(Some(commit.id())),
            Err(e) => Err(failure("cannot read the commit of HEAD", &e).hint("run `git fsck`")),
        },
        Err(e) if matches!(e.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => Ok(None),
        Err(e) => Err(failure("cannot read HEAD", &e).hint("run `git fsck`")),
    }
}

fn resolve(handle: &Repository, rev: &str, shallow: bool) -> Result<git2::Oid> {
    let shown = crate::text::escape(rev);
    let object = match handle.revparse_single(rev) {
        Ok(object) => object,
        Err(_) if rev == "HEAD" => {
            return Err(Error::usage("revision 'HEAD' is unknown: there are no commits yet")
                .hint("commit first, or check the working tree"));
        }
        Err(e) if e.code() == ErrorCode::Ambiguous => {
            return Err(
                Error::usage(format!("revision '{shown}' is ambiguous")).hint("give more digits of the id")
            );
        }
        Err(_) => {
            let hint = match shallow {
                true => "this is a shallow clone; fetch more with `git fetch --unshallow`",
                false => "name a commit, tag or branch that `git rev-parse` knows",
            };
            return Err(Error::usage(format!("unknown revision '{shown}'")).hint(hint));
        }
    };
    let kind = object.kind().map_or("object", |kind| kind.str());
    object.peel_to_commit().map(|commit| commit.id()).map_err(|_| {
        Error::usage(format!("revision '{shown}' is a {kind}, not a commit"))
            .hint("name a commit, tag or branch")
    })
}

fn merge_base(handle: &Repository, a: git2::Oid, b: git2::Oid) -> Result<Option<git2::Oid>> {
    match handle.merge_base(a, b) {
        Ok(base) => Ok(Some(base)),
        Err(e) if e.code() == ErrorCode::NotFound => Ok(None),
        Err(e) => Err(failure("cannot read history", &e).hint("run `git fsck`")),
    }
}

/// The branch HEAD points to, also before its first commit; `None` when detached.
fn current_branch(handle: &Repository) -> Option<String> {
    let head = handle.find_reference("HEAD").ok()?;
    Some(head.symbolic_target().ok().flatten()?.strip_prefix("refs/heads/")?.to_owned())
}

fn default_branch(handle: &Repository, configured: Option<String>) -> Option<Branch> {
    let named_by_remote = handle.find_reference("refs/remotes/origin/HEAD").ok().and_then(|reference| {
        let target = reference.symbolic_target().ok().flatten()?;
        Some(target.strip_prefix("refs/remotes/origin/")?.to_owned())
    });
    let usual = ["main", "master"].map(str::to_owned);
    named_by_remote.into_iter().chain(configured).chain(usual).find_map(|name| {
        ["refs/remotes/origin/", "refs/heads/"].into_iter().find_map(|folder| {
            let reference = format!("{folder}{name}");
            let tip = handle.find_reference(&reference).ok()?.peel_to_commit().ok()?.id();
            let shown =
                reference.trim_start_matches("refs/remotes/").trim_start_matches("refs/heads/").to_owned();
            Some(Branch { name: name.clone(), shown, tip })
        })
    })
}

fn no_merge_base(branch: &str, shallow: bool) -> String {
    match shallow {
        true => format!(
            "shallow clone: the merge base of HEAD and {branch} was not fetched; run `git fetch --unshallow`"
        ),
        false => format!("HEAD and {branch} have no common ancestor"),
    }
}
