//! A name that occurs twice in one object: parsers keep one value and drop the other in silence.

use crate::database::FileView;
use crate::finding::Finding;
use crate::read::ProblemKind;
use crate::rules::place::Lines;
use crate::rules::{Check, syntax_problem};

pub(crate) const CHECK: Check = Check::File(check);

fn check(file: &FileView<'_>, findings: &mut Vec<Finding>) {
    let lines = Lines::new(file);
    for problem in file.problems.iter().filter(|problem| problem.kind == ProblemKind::DuplicateKey) {
        let mut finding = syntax_problem("duplicate-json-key", file, problem);
        if let Some(first) = problem.other {
            finding.notes.insert(0, format!("the first one stands at {}", lines.beside(first, problem.span)));
        }
        findings.push(finding);
    }
}
