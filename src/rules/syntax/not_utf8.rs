//! Bytes that are no text: everything behind them would be guesswork.

use crate::database::FileView;
use crate::finding::Finding;
use crate::read::ProblemKind;
use crate::rules::{Check, syntax_problem};

pub(crate) const CHECK: Check = Check::File(check);

fn check(file: &FileView<'_>, findings: &mut Vec<Finding>) {
    let problems = file.problems.iter().filter(|problem| problem.kind == ProblemKind::NotUtf8);
    findings.extend(problems.map(|problem| {
        let bytes = file.slice(problem.span).iter().take(4).map(|byte| format!("{byte:02x}"));
        let shown = bytes.collect::<Vec<_>>().join(" ");
        syntax_problem("not-utf8", file, problem).label(shown)
    }));
}
