//! When two actions of different meetings are the same one, and what became of an action from meeting to meeting.
//!
//! People carry an action over by writing it again: in other words, with another owner or another day. What makes it
//! the same is what it is about; numbers and dates are never about the same thing when they differ, and words that
//! stand in every action, such as "follow up" or "open an issue", say next to nothing. Pure functions on texts; they
//! know no files and no records.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

mod words;

use words::Words;

/// An action as one meeting has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Action<'a> {
    /// Its id, when it has one.
    pub id: Option<&'a str>,
    /// What is to be done.
    pub text: &'a str,
    /// Who does it, as written.
    pub owner: Option<&'a str>,
    /// Whether it is still to be done.
    pub is_open: bool,
}

/// The actions of one meeting of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting<'a> {
    /// Its day.
    pub date: Date,
    /// What it lists, in its order; empty when it lists none, which says nothing of the actions before.
    pub actions: Vec<Action<'a>>,
}

/// One action through the meetings of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// Its name, the same as long as the meetings up to its first stay what they are: its id, else the day it was first
    /// seen and a hash of its words then.
    pub identity: String,
    /// The day of the first meeting that lists it.
    pub first_seen: Date,
    /// The day of the last.
    pub last_seen: Date,
    /// How many meetings after the first list it.
    pub carried: usize,
    /// The day of the next meeting that lists actions, when the action was open and no meeting lists it since.
    pub gone: Option<Date>,
    /// Where it stands: the numbers of the meeting and of the action there, in order.
    pub at: Vec<(usize, usize)>,
}

/// From this likeness on, actions of two meetings are the same.
const SAME: f64 = 0.65;
/// From this on, two actions of one meeting are: it may list one where it is agreed, and again at its end.
const REPEATED: f64 = 0.95;
/// How many meetings that list actions an action may be missing from before it counts as another when it is back.
const MISSED: usize = 2;

/// How much alike two actions are: 0 and less is not at all, 1 and more is the same words. Equal ids are 2; different
/// ids, and numbers of which neither has all of the other's, are -1.
#[must_use]
pub fn likeness(a: &Action<'_>, b: &Action<'_>) -> f64 {
    alike(&Words::of(a), &Words::of(b))
}

/// Whether two actions of different meetings of one series are the same.
#[must_use]
pub fn is_same(a: &Action<'_>, b: &Action<'_>) -> bool {
    likeness(a, b) >= SAME
}

/// The actions of a series of meetings, which are in the order of their days; sorted by where they are first listed.
#[must_use]
pub fn chains(meetings: &[Meeting<'_>]) -> Vec<Chain> {
    let mut threads: Vec<Thread<'_>> = Vec::new();
    let listing = meetings.iter().enumerate().filter(|(_, meeting)| !meeting.actions.is_empty());
    for (turn, (number, meeting)) in listing.clone().enumerate() {
        let groups = groups(&meeting.actions);
        let taken = matched(&threads, &groups, turn);
        for (group, thread) in groups.into_iter().zip(taken) {
            let is_open = group.members.iter().all(|&at| meeting.actions[at].is_open);
            let at = group.members.iter().map(|&at| (number, at));
            match thread {
                Some(thread) => threads[thread].follow(group.words, turn, is_open, at),
                None => threads.push(Thread::new(group.words, turn, is_open, at.collect())),
            }
        }
    }
    let days: Vec<Date> = listing.map(|(_, meeting)| meeting.date).collect();
    threads.iter().map(|thread| thread.told(&days)).collect()
}

/// For each of `chains`, which are those of `meetings`: the chain that ended before it began, was closed, and is about
/// the same, whatever its id; of several the last.
#[must_use]
pub fn recurrences(meetings: &[Meeting<'_>], chains: &[Chain]) -> Vec<Option<usize>> {
    let action = |at: Option<&(usize, usize)>| at.map(|&(meeting, action)| meetings[meeting].actions[action]);
    let words = |chain: &Chain| {
        let first = action(chain.at.first()).unwrap_or_default();
        Words::of(&Action { id: None, ..first })
    };
    let all: Vec<Words<'_>> = chains.iter().map(words).collect();
    // What is alike shares something that it is about.
    let mut by_topic: HashMap<&str, Vec<usize>> = HashMap::new();
    let is_closed = |chain: &&Chain| action(chain.at.last()).is_some_and(|last| !last.is_open);
    for (at, _) in chains.iter().enumerate().filter(|(_, chain)| is_closed(chain)) {
        for topic in all[at].topics.iter().chain(&all[at].numbers) {
            by_topic.entry(topic).or_default().push(at);
        }
    }
    let of = |(at, chain): (usize, &Chain)| {
        let topics = all[at].topics.iter().chain(&all[at].numbers);
        let near: BTreeSet<usize> =
            topics.filter_map(|topic| by_topic.get(&**topic)).flatten().copied().collect();
        let earlier = near.into_iter().filter(|&other| chains[other].last_seen < chain.first_seen);
        // Nothing leads from the one to the other, so each having a topic of its own makes them two.
        let is_within = |other: &usize| {
            let (one, other) = (&all[at].topics, &all[*other].topics);
            one.is_subset(other) || other.is_subset(one)
        };
        let same = earlier.filter(is_within).filter(|&other| alike(&all[other], &all[at]) >= SAME);
        same.max_by_key(|&other| (chains[other].last_seen, other))
    };
    chains.iter().enumerate().map(of).collect()
}

/// The series that the meeting in the file at `path` is of: its path without what tells one meeting from the next, such
/// as dates, weeks and numbers, and without the words for minutes and lists of actions.
#[must_use]
pub fn series(path: &str) -> String {
    const KINDS: [&str; 8] =
        ["minutes", "actions", "agenda", "notes", "meeting", "summary", "readme", "index"];
    let name = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let folders = name.matches('/').count();
    let parts = name.split('/').enumerate().map(|(depth, part)| {
        let words = part.split(|c: char| !c.is_alphanumeric()).filter(|word| {
            let word = word.to_lowercase();
            let is_number = word.trim_start_matches(['w', 'q']).bytes().all(|byte| byte.is_ascii_digit());
            let is_kind = depth == folders && KINDS.contains(&word.as_str());
            !word.is_empty() && !is_number && super::date::month(&word).is_none() && !is_kind
        });
        words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
    });
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
}

/// An action of one meeting, with every place where that meeting lists it.
struct Group<'a> {
    words: Words<'a>,
    members: Vec<usize>,
}

fn groups<'a>(actions: &[Action<'a>]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for (at, action) in actions.iter().enumerate() {
        let words = Words::of(action);
        match groups.iter_mut().find(|group| alike(&group.words, &words) >= REPEATED) {
            Some(group) => group.members.push(at),
            None => groups.push(Group { words, members: vec![at] }),
        }
    }
    groups
}

/// For each group the thread that it goes on with: the most alike first, each thread once.
fn matched(threads: &[Thread<'_>], groups: &[Group<'_>], turn: usize) -> Vec<Option<usize>> {
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (thread, open) in threads.iter().enumerate().filter(|(_, thread)| thread.is_live(turn)) {
        for (at, group) in groups.iter().enumerate() {
            pairs.push((alike(&open.first, &group.words).max(alike(&open.last, &group.words)), thread, at));
        }
    }
    pairs.retain(|(likeness, ..)| *likeness >= SAME);
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let (mut taken, mut used) = (vec![None; groups.len()], BTreeSet::new());
    for (_, thread, group) in pairs {
        if taken[group].is_none() && used.insert(thread) {
            taken[group] = Some(thread);
        }
    }
    taken
}

/// An action while its series is followed.
struct Thread<'a> {
    first: Words<'a>,
    last: Words<'a>,
    /// The turns, among the meetings that list actions, in which it is listed.
    turns: Vec<usize>,
    is_open: bool,
    at: Vec<(usize, usize)>,
}

impl<'a> Thread<'a> {
    fn new(words: Words<'a>, turn: usize, is_open: bool, at: Vec<(usize, usize)>) -> Self {
        Self { first: words.clone(), last: words, turns: vec![turn], is_open, at }
    }

    fn follow(
        &mut self,
        words: Words<'a>,
        turn: usize,
        is_open: bool,
        at: impl Iterator<Item = (usize, usize)>,
    ) {
        self.last = words;
        self.turns.push(turn);
        self.is_open = is_open;
        self.at.extend(at);
    }

    fn seen(&self) -> (usize, usize) {
        let first = self.turns.first().copied().unwrap_or_default();
        (first, self.turns.last().copied().unwrap_or_default())
    }

    /// Whether it may be listed again in `turn`: what has an id at any time, anything else while it is open, and what is
    /// done is said to be so once more at most.
    fn is_live(&self, turn: usize) -> bool {
        let missed = turn - self.seen().1 - 1;
        self.first.id.is_some() || missed <= if self.is_open { MISSED } else { 0 }
    }

    fn told(&self, days: &[Date]) -> Chain {
        let (first, last) = self.seen();
        let first_seen = days[first];
        let identity = self.first.id.map_or_else(|| self.first.name(first_seen), str::to_owned);
        Chain {
            identity,
            first_seen,
            last_seen: days[last],
            carried: self.turns.len() - 1,
            gone: days.get(last + 1).copied().filter(|_| self.is_open),
            at: self.at.clone(),
        }
    }
}

/// See [`likeness`].
fn alike(a: &Words<'_>, b: &Words<'_>) -> f64 {
    if let (Some(one), Some(other)) = (a.id, b.id) {
        return if one == other { 2.0 } else { -1.0 };
    }
    // One that has none may mean the other's.
    if !(a.numbers.is_subset(&b.numbers) || b.numbers.is_subset(&a.numbers)) {
        return -1.0;
    }
    let shared = Words {
        id: None,
        numbers: a.numbers.intersection(&b.numbers).cloned().collect(),
        topics: a.topics.intersection(&b.topics).cloned().collect(),
        usual: a.usual.intersection(&b.usual).cloned().collect(),
        owner: a.owner.intersection(&b.owner).cloned().collect(),
    };
    let (both, one, other) = (shared.weight(), a.weight(), b.weight());
    if one == 0.0 || other == 0.0 {
        return 0.0;
    }
    // What one says may be a part of what the other says.
    let mut likeness = 0.5 * (2.0 * both / (one + other) + both / one.min(other));
    let are_owned = !a.owner.is_empty() && !b.owner.is_empty();
    let is_same_owner = are_owned && !shared.owner.is_empty();
    if are_owned {
        likeness += if is_same_owner { 0.08 } else { -0.08 };
    }
    if !shared.numbers.is_empty() {
        likeness += 0.15;
    }
    // Nothing in particular is shared.
    if both < 1.3 {
        likeness -= if is_same_owner { 0.35 } else { 0.55 };
    }
    likeness
}

#[cfg(test)]
mod tests;
