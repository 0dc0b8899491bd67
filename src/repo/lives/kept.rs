//! Life lines as bytes below git's folder, and back.
//!
//! A check sum stands in front, so that an entry that was cut off or damaged is as if it were not there. Numbers are
//! little-endian. The format is nobody's business but this module's; a change of it changes the name of the entry.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use git2::Oid;

use super::table::{Event, Table};
use super::{Lives, State, Step};
use crate::repo::git::Git;
use crate::repo::log::renames::Move;

/// A larger entry is not kept: reading it would cost what it saves.
const LARGEST: usize = 256 << 20;

const GONE: u8 = 0;
const OTHER: u8 = 1;
const FILE: u8 = 2;

/// The bytes of `lives`; `None` when they are too many.
pub(super) fn written(lives: &Lives) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(16 + lives.steps.len() * 48 + lives.table.events.len() * 25);
    out.extend_from_slice(lives.missing.unwrap_or(Oid::ZERO_SHA1).as_bytes());
    number(&mut out, lives.steps.len());
    for step in &lives.steps {
        out.extend_from_slice(step.id.as_bytes());
        out.extend_from_slice(step.tree.as_bytes());
        out.extend_from_slice(&step.seconds.to_le_bytes());
    }
    number(&mut out, lives.table.paths.len());
    for (path, end) in lives.table.paths.iter().zip(&lives.table.ends) {
        text(&mut out, path);
        out.extend_from_slice(&end.to_le_bytes());
    }
    number(&mut out, lives.table.events.len());
    for event in &lives.table.events {
        out.extend_from_slice(&event.commit.to_le_bytes());
        match event.state {
            State::Gone => out.push(GONE),
            State::Other => out.push(OTHER),
            State::File(blob) => {
                out.push(FILE);
                out.extend_from_slice(&blob);
            }
        }
    }
    let moves = lives.known_moves();
    let mut commits: Vec<_> = moves.iter().collect();
    commits.sort_unstable_by_key(|(commit, _)| **commit);
    number(&mut out, commits.len());
    for (commit, moves) in commits {
        out.extend_from_slice(commit.as_bytes());
        number(&mut out, moves.len());
        for one in moves.iter() {
            text(&mut out, &one.from);
            text(&mut out, &one.to);
            out.push(one.likeness);
        }
    }
    let sum = xxhash_rust::xxh3::xxh3_64(&out).to_le_bytes();
    (out.len() <= LARGEST).then(|| [sum.as_slice(), &out].concat())
}

/// The life lines in `bytes`, when they are whole and what they say of the end of history still holds.
pub(super) fn parsed(bytes: &[u8], git: &Arc<Git>) -> Option<Lives> {
    let (sum, rest) = bytes.split_first_chunk::<8>()?;
    if xxhash_rust::xxh3::xxh3_64(rest).to_le_bytes() != *sum {
        return None;
    }
    let mut input = Input { rest };
    let missing = Some(input.oid()?).filter(|oid| !oid.is_zero());
    let steps: Option<Vec<Step>> = (0..input.number()?)
        .map(|_| {
            Some(Step { id: input.oid()?, tree: input.oid()?, seconds: i64::from_le_bytes(input.take()?) })
        })
        .collect();
    let mut table = Table::default();
    for _ in 0..input.number()? {
        table.paths.push(input.text()?.into());
        table.ends.push(u32::from_le_bytes(input.take()?));
    }
    for _ in 0..input.number()? {
        let commit = u32::from_le_bytes(input.take()?);
        let state = match input.take::<1>()?[0] {
            GONE => State::Gone,
            OTHER => State::Other,
            FILE => State::File(input.take()?),
            _ => return None,
        };
        table.events.push(Event { commit, state });
    }
    let mut moves = HashMap::new();
    for _ in 0..input.number()? {
        let commit = input.oid()?;
        let found: Option<Vec<Move>> = (0..input.number()?)
            .map(|_| {
                let (from, to) = (input.text()?.to_owned(), input.text()?.to_owned());
                Some(Move { from, to, likeness: input.take::<1>()?[0] })
            })
            .collect();
        moves.insert(commit, found?.into());
    }
    // What was missing may have been fetched since.
    let steps = steps?;
    if let (Some(missing), Some(first)) = (missing, steps.first()) {
        let is_fetched =
            git.with(|handle| handle.odb().is_ok_and(|odb| odb.exists(missing))).unwrap_or(false);
        if is_fetched && !git.shallow_commits().contains(&first.id.to_string()) {
            return None;
        }
    }
    let remembered = moves.len();
    Some(Lives { steps, missing, table, moves: Mutex::new(moves), remembered, ..Lives::new(git) })
}

fn number(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&(number as u32).to_le_bytes());
}

fn text(out: &mut Vec<u8>, text: &str) {
    number(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

struct Input<'a> {
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*taken)
    }

    fn number(&mut self) -> Option<usize> {
        Some(u32::from_le_bytes(self.take()?) as usize)
    }

    fn oid(&mut self) -> Option<Oid> {
        Oid::from_bytes(&self.take::<20>()?).ok()
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.number()?;
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        std::str::from_utf8(text).ok()
    }
}
