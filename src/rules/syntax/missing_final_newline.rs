//! A last record without a line feed, to which the next append would be glued.

use crate::database::FileView;
use crate::finding::Finding;
use crate::read::ProblemKind;
use crate::rules::{Check, syntax_problem};

pub(crate) const CHECK: Check = Check::File(check);

fn check(file: &FileView<'_>, findings: &mut Vec<Finding>) {
    let problems = file.problems.iter().filter(|problem| problem.kind == ProblemKind::MissingFinalNewline);
    findings.extend(problems.map(|problem| syntax_problem("missing-final-newline", file, problem)));
}
