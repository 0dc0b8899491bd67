//! Imports: until when records that are kept elsewhere have to be fetched again.

use jiff::Timestamp;

use super::{About, Clock, ClockKind, Sight, Stop};
use crate::model::length::after;

/// The clocks of the imports that say how fresh they are to be, and whether some would be known with more history.
pub(super) fn clocks(sight: &Sight<'_>) -> (Vec<Clock>, bool) {
    let imports: Vec<_> = sight.config.imports.iter().filter(|import| import.within.is_some()).collect();
    if imports.is_empty() {
        return (Vec::new(), false);
    }
    let arrivals = sight
        .timeline
        .arrivals(&|path| imports.iter().any(|import| import.files.iter().any(|file| file == path)));
    let mut lacks_past = false;
    let clock = |import: &&crate::config::Import| {
        let of_file =
            |file: &String| arrivals.iter().find(|(path, _)| path.as_str() == file)?.1.last().copied();
        let started: Option<Timestamp> = import.files.iter().filter_map(of_file).max();
        let due = started
            .zip(import.within)
            .map(|(started, within)| after(&started.to_zoned(sight.zone().clone()), within));
        lacks_past |= started.is_none();
        let about = About {
            record: None,
            span: Some(import.span),
            collection: Some(import.into.as_str().into()),
            key: Some(import.name.clone()),
            title: Some(format!("import {}", import.name)),
            owner: None,
            priority: None,
        };
        Clock {
            kind: ClockKind::Import,
            about,
            field: "within",
            started,
            due,
            stopped: Stop::Not,
            escalated_to: None,
        }
    };
    let clocks = imports.iter().map(clock).collect();
    (clocks, lacks_past)
}
