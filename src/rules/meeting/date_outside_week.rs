//! Minutes in the folder of another week than that of their date.

use jiff::civil::{Date, Weekday};

use crate::finding::Finding;
use crate::model::{FolderWeek, Week};
use crate::rules::{Check, Context};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let database = context.database;
    let Some((at, table)) = database.table("meetings") else { return };
    database.for_each(at, &mut |id, record, base| {
        let path = &database.file(id).path;
        let Some(folder) = FolderWeek::of(path.as_str()).filter(|folder| folder.is_week()) else { return };
        let Ok(week) = folder.week() else { return };
        let Some(value) = record.get("date") else { return };
        let Some(date) = value.as_str().and_then(|text| text.get(..10)?.parse::<Date>().ok()) else { return };
        if week.holds(date) {
            return;
        }
        let message = format!("{date} lies in {}, but the folder is that of {week}", Week::of(date));
        let mut finding = Finding::new("date-outside-week", path, value.span().shifted(base), message)
            .record(table.name(), table.key(record).map(Into::into))
            .field("/date")
            .note(format!("{week} is {} to {}", week.monday(), week.sunday()));
        if let Some(numbering) = numbering(date, folder.year, folder.number) {
            finding = finding.note(format!("{} is its week {numbering}", folder.name));
        }
        findings.push(finding);
    });
}

/// How one has to count for `date` to lie in week `number` of `year`.
fn numbering(date: Date, year: i16, number: i16) -> Option<&'static str> {
    let own = Week::of(date);
    let day = date.day_of_year();
    let new_year = date.first_of_year().weekday();
    let from_sunday = i16::from(new_year.since(Weekday::Sunday));
    let into_week = i16::from(date.weekday().since(Weekday::Sunday));
    let counts = [
        ((day - 1 + from_sunday) / 7 + 1, "when weeks start on Sunday and January 1 lies in week 1"),
        ((day - 1) / 7 + 1, "when weeks are counted in sevens from January 1"),
        ((day + 6 - into_week) / 7, "when weeks start on Sunday and the first Sunday starts week 1"),
        ((day + 6 - (into_week + 6) % 7) / 7, "when the first Monday of the year starts week 1"),
        (i16::from(own.number()), "with the calendar's year instead of that of the week"),
    ];
    let found = counts.iter().find(|(count, _)| date.year() == year && *count == number);
    let next = || {
        let monday = own.monday();
        let is = |days: i64| {
            let other = monday.checked_add(jiff::Span::new().days(days)).ok().map(Week::of);
            other.is_some_and(|other| (other.year(), i16::from(other.number())) == (year, number))
        };
        (is(7) || is(-7)).then_some("by one too many or too few")
    };
    found.map(|(_, how)| *how).or_else(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(date: &str, year: i16, number: i16, expect: Option<&str>) {
        let date: Date = date.parse().expect("the test's date is one");
        let found = numbering(date, year, number);
        assert_eq!(found.is_some(), expect.is_some(), "{date} {year}-{number} {found:?}");
        assert!(found.unwrap_or_default().contains(expect.unwrap_or_default()), "{date} {found:?}");
    }

    #[test]
    fn the_other_numbering_is_named() {
        // January 1, 2026 is a Thursday, so its week has only three days behind a Sunday.
        check("2026-11-22", 2026, 48, Some("January 1 lies in week 1"));
        check("2027-01-02", 2027, 1, Some("January 1"));
        check("2026-11-20", 2026, 46, Some("first"));
        check("2027-01-01", 2027, 53, Some("calendar's year"));
        check("2026-11-16", 2026, 46, Some("in sevens"));
        check("2026-11-16", 2026, 48, Some("too many"));
        check("2026-11-16", 2026, 30, None);
    }
}
