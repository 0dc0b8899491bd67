//! Columns of collections that are computed where a record does not say them.

use super::carryover;
use crate::database::Database;
use crate::database::sql::{Cell, Filled, Needs, Source, Values};

/// The table `inner` of the collection called `name`, with its computed columns.
#[must_use]
pub fn computed<'a>(database: &'a Database, name: &str, inner: Box<dyn Source + 'a>) -> Box<dyn Source + 'a> {
    let mut needs = Needs::default();
    match name {
        "actions" => {
            carryover::needs_of(database, &mut needs);
            let values = Box::new(|| carryover::computed(database));
            Box::new(Filled::new(inner, &["carried", "first_seen"], needs, values))
        }
        "risks" => Box::new(Filled::new(inner, &["rating"], needs, Box::new(|| ratings(database)))),
        _ => inner,
    }
}

/// Likelihood times impact, where a risk has both.
fn ratings(database: &Database) -> Values {
    let mut values = Values::new();
    let Some((table, _)) = database.table("risks") else { return values };
    database.for_each(table, &mut |id, risk, _| {
        let number = |name: &str| risk.get(name)?.scalar_text()?.trim().parse::<i64>().ok();
        let rating =
            number("likelihood").zip(number("impact")).and_then(|(one, other)| one.checked_mul(other));
        values.extend(rating.map(|rating| (id, vec![Cell::Integer(rating)])));
    });
    values
}
