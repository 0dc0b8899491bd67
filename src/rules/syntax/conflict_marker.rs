//! A merge that was never finished.

use crate::database::FileView;
use crate::finding::Finding;
use crate::rules::Check;
use crate::rules::place::Lines;

pub(crate) const CHECK: Check = Check::File(check);

fn check(file: &FileView<'_>, findings: &mut Vec<Finding>) {
    let lines = Lines::new(file);
    for conflict in file.conflicts {
        let finding =
            Finding::new("conflict-marker", file.path, conflict.ours, "an unresolved merge conflict")
                .note(format!("the other side starts at {}", lines.place(conflict.separator)))
                .note(format!("it ends at {}", lines.place(conflict.theirs)))
                .note("keep one side or join both, then remove the marker lines");
        let ours = String::from_utf8_lossy(file.slice(conflict.ours)).into_owned();
        findings.push(finding.quoted(ours));
    }
}
