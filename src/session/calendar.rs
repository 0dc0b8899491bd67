//! `calendar`: when rituals take place, and which were held, skipped or missed.

use std::ops::RangeInclusive;

use jiff::ToSpan;
use jiff::civil::Date;

use super::Session;
use crate::cadence::{Evidence, Occurrence, TooMany, occurrences};
use crate::config::{Config, Mistake};
use crate::database::sql::Timeline;
use crate::database::{self, Wants};
use crate::error::{Error, Result};
use crate::model::recurrence::DAYS;
use crate::report::calendar::{Calendar, Entry};

impl Session {
    /// The days `from` to `to`: without them, from four weeks back to eight weeks on.
    ///
    /// # Errors
    /// Usage when the first comes after the last, or lies where no calendar is known.
    pub fn days(&self, from: Option<Date>, to: Option<Date>) -> Result<RangeInclusive<Date>> {
        let today = self.today();
        let from = from.unwrap_or_else(|| today.saturating_sub(4.weeks()).min(to.unwrap_or(today)));
        let to = to.unwrap_or_else(|| today.saturating_add(8.weeks()).max(from));
        if from > to {
            return Err(Error::usage(format!("{from} comes after {to}"))
                .hint("--from names the first day, --to the last"));
        }
        if from < DAYS[0] || to > DAYS[1] {
            let message = format!("the calendar is known from {} to {}", DAYS[0], DAYS[1]);
            return Err(Error::usage(message).hint("ask for days between them"));
        }
        Ok(from..=to)
    }

    /// What takes place on the days of `range`.
    ///
    /// # Errors
    /// Environment when it is more than `[limits].occurrences` allows.
    pub fn calendar(&self, range: &RangeInclusive<Date>) -> Result<Calendar> {
        let wants = Wants { violations: false, unknown_fields: false, keys: false };
        let loaded = database::load(&self.snapshot, &self.snapshot, &self.config, wants, &|_| Vec::new());
        let database = &loaded.database;
        let timeline =
            Timeline::new(&self.workspace, &self.snapshot, &self.config, database, self.request.cache);
        let mut evidence = Evidence::of(database);
        if !self.config.rituals.is_empty() {
            evidence.learn_arrivals(&timeline);
        }
        let all = occurrences(
            &self.config.rituals,
            &evidence,
            range,
            self.request.now,
            self.config.limits.occurrences,
        )
        .map_err(|many| Error::environment(many.to_string()).hint(TooMany::HINT))?;
        Ok(Calendar {
            project: self.config.project.name.clone(),
            now: self.request.now,
            entries: all.into_iter().map(|one| entry(one, &self.config)).collect(),
        })
    }

    /// What is wrong with the rituals of the configuration, so that the calendar lacks something.
    #[must_use]
    pub fn mistakes_of_rituals(&self) -> Vec<&Mistake> {
        self.config.mistakes.iter().filter(|mistake| mistake.pointer.starts_with("/rituals")).collect()
    }
}

fn entry(one: Occurrence, config: &Config) -> Entry {
    let ritual = config.rituals.iter().find(|ritual| ritual.id == one.ritual);
    let agenda = ritual.map_or(&[][..], |ritual| &ritual.agenda);
    Entry {
        agenda: agenda.iter().map(|item| (item.title.clone(), item.minutes)).collect(),
        reminders: ritual.map(|ritual| ritual.reminders.clone()).unwrap_or_default(),
        ritual: one.ritual,
        title: one.title,
        owner: one.owner,
        start: one.start,
        end: one.end,
        week: one.week.to_string(),
        state: one.state.name(),
        folder: one.folder,
        meeting: one.meeting.zip(one.line),
        held_on: one.held_on,
        rationale: one.rationale,
        recovery: one.recovery,
        publish_by: one.publish_by,
        published: one.published,
        days_late: one.days_late,
        escalated_to: one.escalated_to,
    }
}
