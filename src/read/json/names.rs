//! The names of an object: which are foreseen from the record before, and which occur twice.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::read::tape::Tape;
use crate::read::{Problem, ProblemKind};
use crate::text::{Span, escape, shorten};

/// How far the names of a record follow those of the record before. Records of one file mostly have the same fields in
/// the same order, and comparing a name with the one expected is quicker than looking for its end.
pub(super) struct Foreseen {
    pub(super) next: usize,
    pub(super) holds: bool,
    pub(super) is_used: bool,
}

impl Foreseen {
    /// A name came that was not expected. When it is one of the next expected ones, those between are optional fields
    /// that this record lacks.
    pub(super) fn missed(&mut self, tape: &Tape, name: usize) {
        const OPTIONAL: usize = 3;
        if !self.is_used {
            return;
        }
        self.holds = false;
        let length = tape.name_length(name);
        let ahead = (self.next + 1..=self.next + OPTIONAL)
            .find(|&at| tape.foreseen(at).is_some_and(|(known, _)| known.end - known.start == length));
        self.next = ahead.map_or(self.next, |at| at) + 1;
    }
}

/// The names of one object so far. Names that all stood in the record before differ, so nothing is compared before one
/// comes that did not. Most objects are small and have no name twice, which a 64-bit filter shows without comparing;
/// large objects keep a set.
pub(super) struct Names {
    pub(super) first: usize,
    /// The bits of the names so far.
    filter: u64,
    /// Whether all were foreseen.
    is_foreseen: bool,
    pub(super) count: usize,
    set: Option<HashMap<u64, Span>>,
}

impl Names {
    const SMALL: usize = 32;

    pub(super) fn new(first: usize) -> Self {
        Self { first, filter: 0, is_foreseen: true, count: 0, set: None }
    }

    /// Adds the name at `node` and reports it when it was there before.
    #[inline]
    pub(super) fn add(&mut self, tape: &Tape, source: &str, node: usize, problems: &mut Vec<Problem>) {
        self.is_foreseen = false;
        let bit = Self::bit(tape.value(source, node).text_bytes());
        self.add_foreseen(bit, tape, source, node, problems);
    }

    /// The same for a name that is known, with its bit, from the record before.
    #[inline]
    pub(super) fn add_foreseen(
        &mut self,
        bit: u64,
        tape: &Tape,
        source: &str,
        node: usize,
        problems: &mut Vec<Problem>,
    ) {
        self.count += 1;
        if !self.is_foreseen && (self.count > Self::SMALL || self.filter & bit != 0) {
            self.compare(tape, source, node, problems);
        }
        self.filter |= bit;
    }

    /// The bit of a name in the filter.
    #[inline]
    pub(super) fn bit(name: &[u8]) -> u64 {
        let (head, tail) = (name.first().copied().unwrap_or(0), name.last().copied().unwrap_or(0));
        let middle = name.get(name.len() / 2).copied().unwrap_or(0);
        let mixed =
            u32::from(head) | u32::from(tail) << 8 | u32::from(middle) << 16 | (name.len() as u32) << 24;
        1 << (mixed.wrapping_mul(0x9e37_79b1) >> 26)
    }

    #[cold]
    fn compare(&mut self, tape: &Tape, source: &str, node: usize, problems: &mut Vec<Problem>) {
        let name = tape.value(source, node).as_str().unwrap_or_default();
        if self.count > Self::SMALL {
            let hash = |text: &str| xxhash_rust::xxh3::xxh3_64(text.as_bytes());
            let first = self.first;
            let set = self.set.get_or_insert_with(|| {
                let mut set = HashMap::new();
                for (name, span) in names_before(tape, source, first, node) {
                    set.entry(hash(name)).or_insert(span);
                }
                set
            });
            let span = tape.value(source, node).span();
            match set.entry(hash(name)) {
                Entry::Occupied(before) => problems.push(Self::twice(name, span, *before.get())),
                Entry::Vacant(free) => {
                    free.insert(span);
                }
            }
            return;
        }
        let before = names_before(tape, source, self.first, node).find(|(other, _)| *other == name);
        if let Some((_, before)) = before {
            problems.push(Self::twice(name, tape.value(source, node).span(), before));
        }
    }

    fn twice(name: &str, span: Span, before: Span) -> Problem {
        let message = format!("the name \"{}\" occurs twice in this object", shorten(&escape(name), 40));
        let column = span.start - before.start;
        let note =
            format!("it stands {column} bytes before, too; parsers keep the last one and drop the first");
        Problem::new(ProblemKind::DuplicateKey, span, message).note(note)
    }
}

/// The names from node `first` up to the name at node `last`, which is left out.
fn names_before<'a>(
    tape: &'a Tape,
    source: &'a str,
    first: usize,
    last: usize,
) -> impl Iterator<Item = (&'a str, Span)> {
    let mut at = first;
    std::iter::from_fn(move || {
        if at >= last {
            return None;
        }
        let name = tape.value(source, at);
        at = tape.value(source, at + 1).next_index();
        Some((name.as_str().unwrap_or_default(), name.span()))
    })
}
