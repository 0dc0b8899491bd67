//! A folder named after a week that its year does not have.

use std::collections::HashSet;

use crate::finding::Finding;
use crate::model::FolderWeek;
use crate::rules::{Check, Context};
use crate::text::escape;

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let database = context.database;
    let mut said: HashSet<String> = HashSet::new();
    for name in ["meetings", "actions"] {
        let Some((at, table)) = database.table(name) else { continue };
        database.for_each(at, &mut |id, record, base| {
            let path = &database.file(id).path;
            let Some(folder) = FolderWeek::of(path.as_str()).filter(|folder| folder.is_marked) else {
                return;
            };
            let Err(Some(wrong)) = folder.week() else { return };
            if !said.insert(folder.path.to_owned()) {
                return;
            }
            let [before, after] = wrong.meant;
            let place = record.get("title").unwrap_or(record).span().shifted(base);
            let message = format!("the folder {} names a week that does not exist", escape(folder.name));
            let finding = Finding::new("invalid-week", path, place, message)
                .record(table.name(), table.key(record).map(Into::into))
                .note(format!("weeks of ISO 8601: {before} is followed by {after}"));
            let days = |week: crate::model::Week| format!("{week} is {} to {}", week.monday(), week.sunday());
            findings.push(finding.note(format!("{}; {}", days(before), days(after))));
        });
    }
}
