//! Actions in the lists and paragraphs of a part that is called so.
//!
//! Each item is an action, unless it only names who does the items below it or what they are about.

use std::ops::Range;

use super::owner::{self, Known};
use super::{Field, Kind, Reading, is_nothing, marks, state, verbs};
use crate::extract::minutes::parts::{Part, plain};
use crate::extract::minutes::words::{self, Actions};
use crate::read::markdown::{Item, Place};

/// The owner, when `range` of `text` is nothing else: `@ana will:`, `Ana:`.
pub(super) fn only_owner(text: &str, range: Range<usize>, known: &Known) -> Option<Range<usize>> {
    let part = text[range.clone()].trim_end();
    let name = part.trim_end_matches([':', ' ', '*']);
    let has_colon = name.len() < part.len();
    let stripped = [" will", " to", " should"].iter().find_map(|verb| name.strip_suffix(verb));
    let name = stripped.unwrap_or(name);
    let inner = name.trim_start_matches('[').trim_end_matches(']').trim_end_matches("][");
    let is_set_apart = has_colon || stripped.is_some() || name.starts_with(['@', '[']) || known.holds(inner);
    let is_owner = owner::is_people(inner, false) && (known.holds(inner) || owner::looks_like_people(inner));
    let start = range.start + (inner.as_ptr() as usize - part.as_ptr() as usize);
    (is_set_apart && is_owner).then(|| start..start + inner.len())
}

impl Reading<'_> {
    /// Reads every part of actions.
    pub(super) fn blocks(&mut self, parts: &[Part], kinds: &[Kind]) {
        let mut at = 0;
        while at < kinds.len() {
            let is_text = !matches!(self.lines[at].place, Place::Heading(_));
            let Some((part, kind)) = kinds[at].filter(|_| is_text) else {
                at += 1;
                continue;
            };
            let is_own = |line: &usize| {
                kinds[*line].is_some_and(|(other, _)| other == part)
                    && !matches!(self.lines[*line].place, Place::Heading(_))
            };
            let end = (at..kinds.len()).take_while(is_own).last().map_or(at + 1, |last| last + 1);
            let is_headed = parts.get(part).is_none_or(|part| part.level.is_some());
            let owner = parts.get(part).filter(|_| !is_headed).and_then(|part| self.owner_of_part(part.line));
            self.block(&(at..end).collect::<Vec<_>>(), kind, is_headed, owner.as_ref());
            at = end;
        }
    }

    /// Whom a name such as `Action items (Ana)` names on line `at`.
    fn owner_of_part(&self, at: usize) -> Option<Field> {
        let text = &self.lines[at].text;
        let open = text.find('(')? + 1;
        let close = open + text[open..].find(')')?;
        let name = owner::first_name(text, open..close)?;
        Some(self.owner_at(at, name))
    }

    /// Reads the lines of one part, down to its next heading.
    fn block(&mut self, own: &[usize], kind: Actions, is_headed: bool, owner: Option<&Field>) {
        let depths = own.iter().filter_map(|&at| match self.lines[at].place {
            Place::Item(Item { depth, .. }) => Some(depth),
            _ => None,
        });
        let Some(depth) = depths.min() else {
            let has_cells = own.iter().any(|&at| matches!(self.lines[at].place, Place::Cell { .. }));
            if !has_cells && kind != Actions::Earlier {
                self.paragraphs(own, kind, is_headed);
            }
            return;
        };
        let is_top = |at: &usize| matches!(self.lines[*at].place, Place::Item(Item { depth: own, .. }) if own == depth);
        let items: Vec<usize> = own.iter().copied().filter(is_top).collect();
        // What follows "next steps" may be talk; then only what reads like an action is one.
        let like_actions = items.iter().filter(|&&at| self.reads_like_action(at)).count();
        let is_talk = kind == Actions::Likely && like_actions * 3 < items.len() * 2;
        for at in items {
            if !is_talk || self.reads_like_action(at) {
                self.item(at, kind, owner);
            }
        }
    }

    /// Whether an item has a box, a mark or an owner, or starts with what is to be done.
    fn reads_like_action(&self, at: usize) -> bool {
        let line = &self.lines[at];
        let text = &line.text;
        let first =
            text.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty()).unwrap_or_default();
        matches!(line.place, Place::Item(Item { task: Some(_), .. }))
            || verbs::is_verb(first)
            || marks::mark(text).is_some()
            || only_owner(text, 0..text.len(), &self.known).is_some()
            || owner::owned(text, 0..text.len(), &self.known, false).is_some()
    }

    /// An item of a list of actions.
    fn item(&mut self, at: usize, kind: Actions, owner: Option<&Field>) {
        let line = &self.lines[at];
        let text = &line.text;
        let is_name = words::actions(&plain(text)).is_some() || is_nothing(text);
        if self.used.contains(&at) || is_name {
            return;
        }
        let is_done = kind == Actions::Done;
        let below = self.below(at);
        if text.trim_end().ends_with(':') && self.nearest(&below).is_empty() {
            return;
        }
        let owned = owner::owned(text, 0..text.len(), &self.known, false);
        let is_boxed = matches!(line.place, Place::Item(Item { task: Some(_), .. }));
        if !below.is_empty() {
            if let Some(name) = only_owner(text, 0..text.len(), &self.known) {
                let owner = self.owner_at(at, name);
                return self.children(&below, Some(&owner), is_done);
            }
            let is_topic =
                owned.as_ref().is_none_or(|owned| !owned.is_sure) && !is_boxed && self.are_actions(&below);
            if is_topic {
                return self.children(&below, None, is_done);
            }
        }
        let says_so = || {
            let is_apart = text.starts_with(['[', '@'])
                && owned.as_ref().is_some_and(|owned| owned.is_sure && owned.text.start > 0);
            is_boxed
                || is_apart
                || state::around(text, 0..text.len()).is_some()
                || marks::mark(text).is_some()
        };
        if kind != Actions::Earlier || says_so() {
            let own = owned.is_some_and(|owned| owned.owner.is_some());
            self.plain(at, owner.filter(|_| !own), is_done);
        }
    }

    /// The items right below an item, as actions.
    pub(super) fn children(&mut self, below: &[usize], owner: Option<&Field>, is_done: bool) {
        for at in self.nearest(below) {
            let text = &self.lines[at].text;
            let known = owner::owned(text, 0..text.len(), &self.known, false);
            let own = known.is_some_and(|owned| owned.is_sure && owned.text.start > 0);
            if !is_nothing(text) {
                self.plain(at, owner.filter(|_| !own), is_done);
            }
        }
    }

    /// Those of the lines that are items of the highest level among them.
    pub(super) fn nearest(&self, below: &[usize]) -> Vec<usize> {
        let depth = |at: &usize| match self.lines[*at].place {
            Place::Item(Item { depth, .. }) => Some(depth),
            _ => None,
        };
        let top = below.iter().filter_map(depth).min();
        below.iter().copied().filter(|at| top.is_some() && depth(at) == top).collect()
    }

    /// Whether at least half of the items right below an item have a box or a sure owner.
    fn are_actions(&self, below: &[usize]) -> bool {
        let items = self.nearest(below);
        let is_action = |at: &&usize| {
            let line = &self.lines[**at];
            let owned = owner::owned(&line.text, 0..line.text.len(), &self.known, false);
            matches!(line.place, Place::Item(Item { task: Some(_), .. }))
                || owned.is_some_and(|owned| owned.is_sure && owned.text.start > 0)
        };
        !items.is_empty() && items.iter().filter(is_action).count() * 2 >= items.len()
    }

    /// Lines of text in a part of actions without any list.
    fn paragraphs(&mut self, own: &[usize], kind: Actions, is_headed: bool) {
        let text = |at: usize| self.lines[at].text.as_str();
        let starts =
            |at: &&usize| text(**at).starts_with(|c: char| c.is_uppercase() || matches!(c, '@' | '['));
        let is_first = |at: &&usize| matches!(self.lines[**at].place, Place::Paragraph { first: true });
        let are_apart = own.iter().all(|at| starts(&at));
        let units: Vec<usize> = own.iter().filter(|at| are_apart || is_first(at)).copied().collect();
        let first = own.first().copied();
        for &at in units.iter().chain(first.iter().filter(|first| !units.contains(first))) {
            let text = text(at);
            let owned = owner::owned(text, 0..text.len(), &self.known, false);
            let is_sure = owned.is_some_and(|owned| owned.is_sure || kind == Actions::Sure);
            let is_short = text.chars().count() <= 300 && (!is_headed || units.len() <= 3);
            if !text.trim_end().ends_with(':') && (is_sure || (kind != Actions::Likely && is_short)) {
                self.plain(at, None, kind == Actions::Done);
            }
        }
    }
}
