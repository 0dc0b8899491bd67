//! What would be found if files were written: the check that comes before the writing.
//!
//! What was wrong before stays wrong and stops nobody; only what the writing brings counts.

use std::collections::HashSet;

use crate::error::Result;
use crate::repo::Environment;
use crate::report::{Report, Summary};
use crate::session::{Request, Session};
use crate::text::RepoPath;

/// The report of the repository with `changes`, without the findings that there are now.
///
/// # Errors
/// What [`Session::open`] and [`Session::check`] say.
pub(super) fn brought_by(
    request: &Request,
    environment: &Environment,
    changes: &[(RepoPath, Vec<u8>)],
) -> Result<Report> {
    let mut request = request.clone();
    request.allow_empty = true;
    let before = Session::open(request.clone(), environment)?.check()?.report;
    request.overlay.extend(changes.iter().cloned());
    let mut report = Session::open(request, environment)?.check()?.report;
    let known: HashSet<&str> = before.findings.iter().map(|found| &*found.fingerprint).collect();
    report.findings.retain(|found| !known.contains(&*found.fingerprint));
    report.summary = Summary::of(&report.findings);
    Ok(report)
}
