//! Paths and what happened to each, in the order of the paths, so that what lies in a folder lies together.
//!
//! It knows commits by their numbers only.

use std::collections::HashMap;
use std::ops::{Range, RangeInclusive};

use super::State;
use crate::repo::snapshot::BlobId;

/// What a commit made of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Event {
    /// The number of the commit.
    pub(super) commit: u32,
    /// What stood there afterwards.
    pub(super) state: State,
}

/// Paths, sorted, each with its events in the order of commits.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Table {
    pub(super) paths: Vec<Box<str>>,
    /// Where the events of each path end.
    pub(super) ends: Vec<u32>,
    pub(super) events: Vec<Event>,
}

impl Table {
    /// The events of a path that is no folder, or was none.
    pub(super) fn events(&self, path: &str) -> &[Event] {
        match self.paths.binary_search_by(|known| (**known).cmp(path)) {
            Ok(at) => &self.events[self.range(at)],
            Err(_) => &[],
        }
    }

    fn range(&self, at: usize) -> Range<usize> {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        start as usize..self.ends[at] as usize
    }

    /// The paths that begin with `start`, as indices.
    fn beginning(&self, start: &str) -> Range<usize> {
        let first = self.paths.partition_point(|path| &**path < start);
        let count = self.paths[first..].partition_point(|path| path.starts_with(start));
        first..first + count
    }

    /// When something came to stand at `path` and when it went, a file or a folder: commits, and whether it was there
    /// after them.
    pub(super) fn presence(&self, path: &str) -> Vec<(u32, bool)> {
        let own = self.events(path).iter();
        let mut presence: Vec<(u32, bool)> =
            own.map(|event| (event.commit, event.state != State::Gone)).collect();
        let inside = self.beginning(&format!("{path}/"));
        if inside.is_empty() {
            return presence;
        }
        // A folder is there as long as one of its files is.
        let mut counts: Vec<(u32, i32)> = Vec::new();
        for at in inside {
            let mut was_there = false;
            for event in &self.events[self.range(at)] {
                let is_there = event.state != State::Gone;
                if is_there != was_there {
                    counts.push((event.commit, if is_there { 1 } else { -1 }));
                }
                was_there = is_there;
            }
        }
        counts.sort_unstable_by_key(|(commit, _)| *commit);
        let (mut standing, mut at) = (0, 0);
        while let Some(&(commit, _)) = counts.get(at) {
            let same = counts[at..].iter().take_while(|(other, _)| *other == commit);
            let (count, change) = same.fold((0, 0), |(count, sum), (_, change)| (count + 1, sum + change));
            at += count;
            let was_there = standing > 0;
            standing += change;
            if was_there != (standing > 0) {
                presence.push((commit, standing > 0));
            }
        }
        // Where a file became a folder, the file goes in the commit in which the folder comes.
        presence.sort_by_key(|&(commit, is_there)| (commit, is_there));
        presence
    }

    /// The files below a folder that a commit took away.
    pub(super) fn died_in(&self, inside: &str, commit: u32) -> Vec<&str> {
        let dies = |event: &Event| event.commit == commit && event.state == State::Gone;
        let paths = self.beginning(inside);
        paths.filter(|&at| self.events[self.range(at)].iter().any(dies)).map(|at| &*self.paths[at]).collect()
    }

    /// The files that commits of `near` made with the bytes of `blob`.
    pub(super) fn born_with(&self, blob: BlobId, near: &RangeInclusive<usize>) -> Vec<String> {
        let mut found = Vec::new();
        let mut start = 0;
        for (path, &end) in self.paths.iter().zip(&self.ends) {
            let events = &self.events[start as usize..end as usize];
            start = end;
            let mut before = State::Gone;
            for event in events {
                let is_born = before == State::Gone && event.state == State::File(blob);
                if is_born && near.contains(&(event.commit as usize)) {
                    found.push(path.to_string());
                    break;
                }
                before = event.state;
            }
        }
        found
    }

    /// Forgets what commits from `first` on did.
    pub(super) fn forget(&mut self, first: u32) {
        let old = std::mem::take(self);
        let mut start = 0;
        for (path, end) in old.paths.into_iter().zip(old.ends) {
            let events = &old.events[start as usize..end as usize];
            start = end;
            let kept = events.partition_point(|event| event.commit < first);
            if kept > 0 {
                self.events.extend_from_slice(&events[..kept]);
                self.paths.push(path);
                self.ends.push(self.events.len() as u32);
            }
        }
    }

    /// Adds events that are in the order of commits and later than all that are known.
    pub(super) fn add(&mut self, news: Vec<(Box<str>, Event)>) {
        let old = std::mem::take(self);
        let mut added: HashMap<Box<str>, Vec<Event>> = HashMap::new();
        for (path, event) in news {
            added.entry(path).or_default().push(event);
        }
        let mut added: Vec<(Box<str>, Vec<Event>)> = added.into_iter().collect();
        added.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut added = added.into_iter().peekable();
        let mut start = 0;
        for (path, end) in old.paths.into_iter().zip(old.ends) {
            while let Some((new, events)) = added.next_if(|(new, _)| *new < path) {
                self.push(new, &[], &events);
            }
            let later = added.next_if(|(new, _)| *new == path).map(|(_, events)| events).unwrap_or_default();
            self.push(path, &old.events[start as usize..end as usize], &later);
            start = end;
        }
        for (new, events) in added {
            self.push(new, &[], &events);
        }
    }

    fn push(&mut self, path: Box<str>, earlier: &[Event], later: &[Event]) {
        self.events.extend_from_slice(earlier);
        self.events.extend_from_slice(later);
        self.paths.push(path);
        self.ends.push(self.events.len() as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOB: State = State::File([1; 20]);

    fn table(events: &[(&str, u32, State)]) -> Table {
        let mut table = Table::default();
        table.add(
            events.iter().map(|&(path, commit, state)| (path.into(), Event { commit, state })).collect(),
        );
        table
    }

    #[test]
    fn a_folder_is_there_as_long_as_one_of_its_files_is() {
        let table = table(&[
            ("a/x", 1, BLOB),
            ("a/b/y", 2, BLOB),
            ("a-z", 2, BLOB),
            ("a/x", 3, State::Gone),
            ("a/b/y", 5, State::Gone),
            ("a/b/z", 5, BLOB),
            ("a/b/z", 6, State::Gone),
            ("a/x", 8, BLOB),
        ]);
        assert_eq!(table.presence("a"), [(1, true), (6, false), (8, true)]);
        assert_eq!(table.presence("a/b"), [(2, true), (6, false)]);
        assert_eq!(table.presence("a/x"), [(1, true), (3, false), (8, true)]);
        assert_eq!(table.presence("a/"), []);
        assert_eq!(table.died_in("a/b/", 5), ["a/b/y"]);
    }

    #[test]
    fn a_file_that_becomes_a_folder_goes_before_the_folder_comes() {
        let table = table(&[("a", 1, BLOB), ("a", 4, State::Gone), ("a/x", 4, BLOB)]);
        assert_eq!(table.presence("a"), [(1, true), (4, false), (4, true)]);
    }

    #[test]
    fn what_is_added_later_is_as_if_it_had_been_there() {
        let events =
            [("b", 0, BLOB), ("a", 1, BLOB), ("b", 2, State::Gone), ("c/d", 3, BLOB), ("b", 4, State::Other)];
        let whole = table(&events);
        for cut in 0..=events.len() {
            let mut grown = table(&events[..cut]);
            let rest = &events[cut..];
            grown.add(
                rest.iter().map(|&(path, commit, state)| (path.into(), Event { commit, state })).collect(),
            );
            assert_eq!(grown, whole);
            if cut > 0 && cut < events.len() {
                let mut shrunk = table(&events);
                shrunk.forget(events[cut].1);
                assert_eq!(shrunk, table(&events[..cut]));
            }
        }
    }
}
