//! Bytes that are not the format they should be; the readers already know where and why.

use crate::database::FileView;
use crate::finding::Finding;
use crate::read::ProblemKind;
use crate::rules::Check;
use crate::rules::syntax_problem;

pub(crate) const CHECK: Check = Check::File(check);

fn check(file: &FileView<'_>, findings: &mut Vec<Finding>) {
    let problems = file.problems.iter().filter(|problem| problem.kind == ProblemKind::Syntax);
    findings.extend(problems.map(|problem| syntax_problem("invalid-syntax", file, problem)));
}
