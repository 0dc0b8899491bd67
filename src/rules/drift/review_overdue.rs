//! A document that is to be reviewed from time to time, and was not.

use jiff::civil::Date;

use crate::drift::What;
use crate::finding::Finding;
use crate::model::length;
use crate::rules::lapses::{days, finding, shown};
use crate::rules::{Check, Context};

pub(crate) const CHECK: Check = Check::Database(check);

/// Words for lengths of time.
const WORDS: [(&str, &str); 9] = [
    ("daily", "1d"),
    ("weekly", "1w"),
    ("biweekly", "2w"),
    ("monthly", "1 month"),
    ("quarterly", "3 months"),
    ("half-yearly", "6 months"),
    ("semiannually", "6 months"),
    ("yearly", "1 year"),
    ("annually", "1 year"),
];

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for lapse in context.lapses {
        let What::Due { every, last, known_from } = &lapse.what else { continue };
        match due(every, *last) {
            Err(why) => findings.push(finding("review-overdue", lapse, why)),
            Ok(due) if due < context.today => {
                let late = days(due, context.today);
                let message = format!("was to be reviewed by {due}, {late} ago");
                let found = finding("review-overdue", lapse, message);
                findings.push(
                    found.note(format!("last reviewed on {last}, by {known_from}; every {}", shown(every))),
                );
            }
            Ok(_) => {}
        }
    }
}

/// The last day on which a document that is reviewed `every` so long, and was on `last`, is in time.
fn due(every: &str, last: Date) -> Result<Date, String> {
    let lower = every.trim().to_lowercase();
    let word = WORDS.iter().find(|(word, _)| *word == lower).map(|(_, length)| (*length).to_owned());
    // A number alone counts days.
    let is_number = !lower.is_empty() && lower.bytes().all(|byte| byte.is_ascii_digit());
    let text = word.unwrap_or_else(|| if is_number { format!("{lower}d") } else { lower });
    let length = length::length(&text)?;
    Ok(last.checked_add(length).unwrap_or(Date::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_review_is_due_a_length_after_the_last_one() {
        let last: Date = "2026-01-31".parse().expect("a day");
        for (every, expect) in [
            ("30d", "2026-03-02"),
            ("90", "2026-05-01"),
            ("1 month", "2026-02-28"),
            ("Quarterly", "2026-04-30"),
            ("2w", "2026-02-14"),
            ("24h", "2026-02-01"),
        ] {
            assert_eq!(due(every, last).map(|day| day.to_string()).as_deref(), Ok(expect), "{every}");
        }
        assert!(due("soon", last).is_err());
    }
}
