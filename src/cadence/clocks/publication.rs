//! Minutes: until when those of a meeting that took place are to be published.

use std::ops::RangeInclusive;

use jiff::ToSpan;
use jiff::civil::Date;

use super::{About, Clock, ClockKind, Sight, Stop};
use crate::cadence::occurrence::{Occurrence, State, occurrences};
use crate::cadence::tables::days;
use crate::cadence::{Evidence, TooMany};
use crate::config::Ritual;

/// The clocks of the rituals that say how long their minutes may take.
///
/// # Errors
/// When the rituals have more dates than the configuration allows.
pub(super) fn clocks(sight: &Sight<'_>) -> Result<Vec<Clock>, TooMany> {
    if !sight.config.rituals.iter().any(|ritual| ritual.publish_within.is_some()) {
        return Ok(Vec::new());
    }
    let mut evidence = Evidence::of(sight.database);
    evidence.learn_arrivals(sight.timeline);
    let range: RangeInclusive<Date> = days(sight.config, &evidence, sight.now);
    let has_past = sight.timeline.unknown().is_empty();
    let most = sight.config.limits.occurrences;
    let all = occurrences(&sight.config.rituals, &evidence, &range, sight.now, most)?;
    let held = all.into_iter().filter(|one| one.state == State::Held);
    let clocks = held.filter_map(|one| {
        let ritual = sight.config.rituals.iter().find(|ritual| ritual.id == one.ritual)?;
        ritual.publish_within.is_some().then(|| clock(sight, &one, ritual, has_past))
    });
    Ok(clocks.collect())
}

fn clock(sight: &Sight<'_>, one: &Occurrence, ritual: &Ritual, has_past: bool) -> Clock {
    // What was moved to a later day is published later, too.
    let later = |moment: jiff::Timestamp| {
        let moved = moment.to_zoned(one.end.time_zone().clone());
        moved.checked_add(one.days_late.days()).map_or(moment, |moved| moved.timestamp())
    };
    let collection = one.record.map(|id| sight.database.tables[sight.database.file(id).table].name().clone());
    let about = About {
        record: one.record,
        span: Some(ritual.span),
        collection,
        key: one.meeting.clone(),
        title: Some(format!("{}, {}", ritual.title, one.held_on.unwrap_or(one.start.date()))),
        owner: one.owner.clone(),
        priority: None,
    };
    let stopped = match one.published {
        Some(published) => Stop::At(published),
        None if has_past => Stop::Not,
        None => Stop::Unknown,
    };
    Clock {
        kind: ClockKind::Publication,
        about,
        field: "title",
        started: Some(later(one.end.timestamp())),
        due: Some(later(one.publish_by)),
        stopped,
        escalated_to: None,
    }
}
