//! Blank lines behind the last record.

use crate::database::FileView;
use crate::finding::Finding;
use crate::read::ProblemKind;
use crate::rules::{Check, syntax_problem};

pub(crate) const CHECK: Check = Check::File(check);

fn check(file: &FileView<'_>, findings: &mut Vec<Finding>) {
    let problems = file.problems.iter().filter(|problem| problem.kind == ProblemKind::BlankLine);
    findings.extend(problems.map(|problem| syntax_problem("trailing-blank-record", file, problem)));
}
