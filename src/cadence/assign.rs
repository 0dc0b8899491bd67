//! Which record belongs to which occurrence.
//!
//! A record that lies in the folder of an occurrence belongs to it, whatever its day; one that names its ritual and lies
//! elsewhere belongs to the nearest occurrence. Where several rituals share a folder, the day decides. Records that
//! could belong to two are left out rather than guessed.

use std::collections::HashMap;

use jiff::Zoned;
use jiff::civil::Date;

use super::evidence::Meeting;
use crate::config::Ritual;
use crate::model::{Week, period};

/// The occurrences of a ritual, where a record can be looked up.
pub(super) struct Slots<'a> {
    pub(super) ritual: &'a Ritual,
    /// When each begins, in order.
    pub(super) starts: Vec<Zoned>,
    /// Folder or file → the occurrences whose minutes lie there. Empty for a folder that is the same for all.
    folders: HashMap<String, Vec<usize>>,
}

/// The record that each occurrence has, by ritual and occurrence; the strongest and nearest of several.
pub(super) fn assigned<'a>(rituals: &[Slots<'_>], meetings: &'a [Meeting]) -> Vec<Vec<Option<&'a Meeting>>> {
    let mut taken: Vec<Vec<Option<&Meeting>>> =
        rituals.iter().map(|slots| vec![None; slots.starts.len()]).collect();
    for meeting in meetings {
        let Some((ritual, slot)) = slot_of(rituals, meeting) else { continue };
        let strength = |one: &Meeting| {
            (one.kind, distance(&rituals[ritual].starts[slot], one), one.path.clone(), one.line)
        };
        let place = &mut taken[ritual][slot];
        if place.is_none_or(|other| strength(meeting) < strength(other)) {
            *place = Some(meeting);
        }
    }
    taken
}

/// How many days lie between an occurrence and a record.
fn distance(start: &Zoned, meeting: &Meeting) -> i32 {
    meeting.date.map_or(0, |date| days_between(start.date(), date).abs())
}

/// How many days `later` comes after `date`.
pub(super) fn days_between(date: Date, later: Date) -> i32 {
    (later - date).get_days()
}

/// The index of the ritual and of its occurrence.
fn slot_of(rituals: &[Slots<'_>], meeting: &Meeting) -> Option<(usize, usize)> {
    if let Some(id) = &meeting.ritual {
        let at = rituals.iter().position(|slots| slots.ritual.id == *id)?;
        let slots = &rituals[at];
        let slot = slots.nearest(&slots.in_folder(meeting), meeting).or_else(|| slots.by_day(meeting))?;
        return Some((at, slot));
    }
    let all = rituals.iter().enumerate();
    let mut found: Vec<(usize, Vec<usize>)> = all
        .map(|(at, slots)| (at, slots.in_folder(meeting)))
        .filter(|(_, slots)| !slots.is_empty())
        .collect();
    if found.len() > 1 {
        // The folder is that of several rituals: only one of them may have its day then.
        let is_day = |at: usize, slot: &usize| meeting.date == Some(rituals[at].starts[*slot].date());
        found.iter_mut().for_each(|(at, slots)| slots.retain(|slot| is_day(*at, slot)));
        found.retain(|(_, slots)| !slots.is_empty());
    }
    let [(at, slots)] = &found[..] else { return None };
    Some((*at, rituals[*at].nearest(slots, meeting)?))
}

impl<'a> Slots<'a> {
    /// The occurrences of `ritual` on `starts`, which are in order.
    pub(super) fn new(ritual: &'a Ritual, starts: Vec<Zoned>) -> Self {
        let mut folders: HashMap<String, Vec<usize>> = HashMap::new();
        let pattern = ritual.folder.as_deref().filter(|pattern| period::has_placeholder(pattern));
        for (at, start) in starts.iter().enumerate().filter(|_| pattern.is_some()) {
            for name in pattern.into_iter().flat_map(|pattern| spellings(pattern, start.date())) {
                folders.entry(name).or_default().push(at);
            }
        }
        Self { ritual, starts, folders }
    }

    /// The occurrences in whose folder a record lies. In a folder that is the same for all, those of its day.
    fn in_folder(&self, meeting: &Meeting) -> Vec<usize> {
        let Some(pattern) = self.ritual.folder.as_deref() else { return Vec::new() };
        let mut above = ancestors(&meeting.path);
        if period::has_placeholder(pattern) {
            return above.find_map(|folder| self.folders.get(folder)).cloned().unwrap_or_default();
        }
        let is_inside = above.any(|folder| folder == pattern);
        let days = self.starts.iter().enumerate().filter(|(_, start)| Some(start.date()) == meeting.date);
        days.map(|(at, _)| at).filter(|_| is_inside).collect()
    }

    /// The one of `slots` that is nearest to a record. Without a day, only one can be meant.
    fn nearest(&self, slots: &[usize], meeting: &Meeting) -> Option<usize> {
        match (slots, meeting.date) {
            ([one], _) => Some(*one),
            (_, None) => None,
            (_, Some(_)) => slots.iter().copied().min_by_key(|&at| distance(&self.starts[at], meeting)),
        }
    }

    /// The occurrence nearest to the day of a record, or the only one in its week. Beyond the first and the last, no
    /// further away than half the way to a neighbour.
    fn by_day(&self, meeting: &Meeting) -> Option<usize> {
        let Some(date) = meeting.date else {
            let week = meeting.week.as_deref()?;
            let in_week = |start: &Zoned| Week::of(start.date()).to_string() == week;
            let slots: Vec<usize> = (0..self.starts.len()).filter(|&at| in_week(&self.starts[at])).collect();
            return self.nearest(&slots, meeting);
        };
        let behind = self.starts.partition_point(|start| start.date() < date);
        let around = [behind.checked_sub(1), Some(behind).filter(|&at| at < self.starts.len())];
        let near = around.into_iter().flatten().min_by_key(|&at| distance(&self.starts[at], meeting))?;
        let day = |at: usize| self.starts[at].date();
        let before = near.checked_sub(1).map(|other| days_between(day(other), day(near)));
        let after = (near + 1 < self.starts.len()).then(|| days_between(day(near), day(near + 1)));
        let gap = before.into_iter().chain(after).max().unwrap_or(14);
        (distance(&self.starts[near], meeting) * 2 <= gap).then_some(near)
    }
}

/// The pattern written for a date; a week also as people write it with its letter.
fn spellings(pattern: &str, date: Date) -> Vec<String> {
    let plain = period::rendered(pattern, date);
    let with_letter = pattern.replace("{week}", &Week::of(date).to_string());
    match with_letter == pattern {
        true => vec![plain],
        false => vec![plain, period::rendered(&with_letter, date)],
    }
}

/// A path, its folder, the folder above, and so on.
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rsplit_once('/').map(|(above, _)| above))
}
