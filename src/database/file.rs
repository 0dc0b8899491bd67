//! A file that was read as records, and how its records are had again: their values are not kept.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::pieces::Piece;
use super::table::Table;
use crate::config::Reader;
use crate::read::json;
use crate::read::jsonl::{self, Line};
use crate::read::tape::{Tape, Value};
use crate::repo::Contents;
use crate::text::{LineIndex, Position, RepoPath, Span, Window};

/// A file read as records.
pub struct File {
    /// Where it is.
    pub path: RepoPath,
    /// Index of its table.
    pub table: usize,
    /// The reader that read it.
    pub reader: Reader,
    /// The places that could not be read as records. A key that stands in one may still be there.
    pub broken: Vec<Span>,
    /// From the first to the last marker of each unresolved conflict.
    pub conflicts: Vec<Span>,
    pub(super) contents: Arc<Contents>,
    /// What is kept of it, in order and none of them empty; one for formats that are not read line by line.
    pub(super) pieces: Vec<Piece>,
    /// The values, for those formats.
    pub(super) tape: Option<Tape>,
    /// The nodes of records that were set aside: another file has them already.
    pub(super) repeats: Vec<u32>,
    /// The lines, for those formats, once they are asked for.
    pub(super) index: OnceLock<LineIndex>,
}

impl File {
    /// How many records it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pieces.iter().map(|piece| piece.columns.starts.len()).sum()
    }

    /// Whether it holds no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes it has.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.contents.len()
    }

    /// The bytes of `span`.
    #[must_use]
    pub fn slice(&self, span: Span) -> Cow<'_, [u8]> {
        self.contents.slice(span)
    }

    /// Whether it was written while it was read.
    #[must_use]
    pub fn has_changed(&self) -> bool {
        self.contents.has_changed()
    }

    /// The stretch of the file that shows `offset`: its line, or the whole file where that is at hand anyway.
    #[must_use]
    pub fn window(&self, offset: u32) -> Window<'_> {
        if self.tape.is_some() {
            return Window::whole(self.contents.all());
        }
        let (before, span) = self.locate(offset);
        Window::new(self.slice(span), span.start, before, span.end as usize == self.contents.len())
    }

    /// The line that holds `offset`, from 1.
    #[must_use]
    pub fn line(&self, offset: u32) -> u32 {
        match self.tape {
            Some(_) => self.index.get_or_init(|| LineIndex::new(&self.contents.all())).line(offset),
            None => self.locate(offset).0 + 1,
        }
    }

    /// The place of `offset`.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        match self.tape {
            Some(_) => {
                let bytes = self.contents.all();
                self.index.get_or_init(|| LineIndex::new(&bytes)).position(&bytes, offset)
            }
            None => self.window(offset).position(offset),
        }
    }

    /// The bytes of line `number`, counted from 1; nothing at the start when there is no such line.
    #[must_use]
    pub fn line_span(&self, number: u32) -> Span {
        let bytes = self.contents.all();
        let start = match number {
            0 | 1 => Some(0),
            _ => memchr::memchr_iter(b'\n', &bytes).nth(number as usize - 2).map(|feed| feed + 1),
        };
        let Some(start) = start else { return Span::default() };
        let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |length| start + length);
        Span::of(start, end)
    }

    /// The line of a file of lines that holds `offset`: how many lines are before it, and its bytes.
    fn locate(&self, offset: u32) -> (u32, Span) {
        let at = self.pieces.partition_point(|piece| piece.span.start <= offset).saturating_sub(1);
        let Some(piece) = self.pieces.get(at) else { return (0, Span::default()) };
        let end = piece.span.end;
        // Behind the last line feed starts a line with nothing in it.
        if offset >= end && *self.slice(Span::new(end - 1, end)) == *b"\n" {
            return (piece.before + piece.lines(), Span::new(end, end));
        }
        piece.line(offset)
    }

    /// The byte offset (or node) of record `number`.
    fn start(&self, mut number: usize) -> Option<u32> {
        for Piece { columns, .. } in &self.pieces {
            match columns.starts.get(number) {
                Some(&start) => return Some(start),
                None => number -= columns.starts.len(),
            }
        }
        None
    }

    /// Sets aside the records with these numbers, which are sorted. Only what stands on a tape can be set aside.
    pub(super) fn set_aside(&mut self, numbers: &[usize]) {
        let mut before = 0;
        for piece in &mut self.pieces {
            let count = piece.columns.starts.len();
            let is_kept = |number: usize| numbers.binary_search(&(before + number)).is_err();
            let starts = piece.columns.starts.iter().enumerate();
            self.repeats.extend(starts.filter(|(number, _)| !is_kept(*number)).map(|(_, &start)| start));
            piece.columns.retain(is_kept);
            before += count;
        }
    }

    /// Calls `visit` with every record that was set aside.
    pub(super) fn for_each_repeat(&self, visit: &mut dyn FnMut(Value<'_>)) {
        let (Some(tape), false) = (&self.tape, self.repeats.is_empty()) else { return };
        let bytes = self.contents.all();
        let Ok(text) = simdutf8::basic::from_utf8(&bytes) else { return };
        self.repeats.iter().for_each(|&node| visit(tape.value(text, node as usize)));
    }

    /// Calls `f` with one record and the base its spans count from.
    pub(super) fn with_record<T>(
        &self,
        table: &Table,
        record: u32,
        f: impl FnOnce(Value<'_>, u32) -> T,
    ) -> Option<T> {
        let start = self.start(record as usize)?;
        if let Some(tape) = &self.tape {
            let bytes = self.contents.all();
            let text = simdutf8::basic::from_utf8(&bytes).ok()?;
            return Some(f(tape.value(text, start as usize), 0));
        }
        let (_, line) = self.locate(start);
        let bytes = self.slice(Span::new(start, line.end));
        value_of(table, &bytes, &mut Tape::new(), |value| f(value, start))
    }

    /// Calls `visit` with every record: its number, its value, the base its spans count from.
    pub(super) fn for_each(&self, table: &Table, visit: &mut dyn FnMut(u32, Value<'_>, u32)) {
        let (mut number, mut scratch) = (0, Scratch::default());
        for piece in &self.pieces {
            self.visit(table, piece, number, &mut scratch, visit);
            number += piece.columns.starts.len() as u32;
        }
    }

    /// Like [`for_each`](Self::for_each), with pieces read side by side: `read` is given the records of a piece and adds
    /// to what is made of that piece, and `take` gets what was made of each, in order and on this thread, while the next
    /// few are read. It ends at the first error of `take`.
    pub(super) fn for_each_piece<T: Default + Send, E>(
        &self,
        table: &Table,
        read: &(dyn Fn(&mut T, u32, Value<'_>, u32) + Sync),
        take: &mut dyn FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut number = 0;
        let numbered = self.pieces.iter().map(|piece| {
            let first = number;
            number += piece.columns.starts.len() as u32;
            (first, piece)
        });
        let numbered: Vec<(u32, &Piece)> = numbered.collect();
        let make = |scratch: &mut Scratch, &(first, piece): &(u32, &Piece)| {
            let mut made = T::default();
            self.visit(table, piece, first, scratch, &mut |number, value, base| {
                read(&mut made, number, value, base);
            });
            made
        };
        let mut made: Vec<T> = Vec::new();
        // After the last pieces come none, so that what was made of the last is taken.
        for pieces in numbered.chunks(AHEAD).chain([&[][..]]) {
            let (mut next, mut taken) = (Vec::new(), Ok(()));
            rayon::in_place_scope(|scope| {
                scope.spawn(|_| next = pieces.par_iter().map_init(Scratch::default, make).collect());
                taken = made.drain(..).try_for_each(&mut *take);
            });
            taken?;
            made = next;
        }
        Ok(())
    }

    /// Calls `visit` with the records of `piece`, the first of which has the number `first`.
    fn visit(
        &self,
        table: &Table,
        piece: &Piece,
        first: u32,
        scratch: &mut Scratch,
        visit: &mut dyn FnMut(u32, Value<'_>, u32),
    ) {
        let Piece { span, columns, .. } = piece;
        let bytes = self.contents.read(*span, &mut scratch.buffer);
        // A file that was written meanwhile may have more lines: they are not of this database.
        let mut numbers = first..first + columns.starts.len() as u32;
        if let Some(tape) = &self.tape {
            let Ok(text) = simdutf8::basic::from_utf8(bytes) else { return };
            for (number, &start) in numbers.zip(&columns.starts) {
                visit(number, tape.value(text, start as usize), 0);
            }
            return;
        }
        let aliases = |tape: &mut Tape, source: &str| table.apply_aliases(tape, source, 0);
        let prepare: Option<jsonl::Prepare<'_>> = if table.has_aliases() { Some(&aliases) } else { None };
        let mut problems = Vec::new();
        jsonl::read(bytes, span.start, &mut scratch.tape, prepare, &mut problems, |_, base, line| {
            if let Line::Record(value) = line
                && let Some(number) = numbers.next()
            {
                visit(number, value, base);
            }
        });
    }
}

/// How many pieces are read side by side before what was made of them is taken.
const AHEAD: usize = 8;

/// What is used again from piece to piece.
#[derive(Default)]
struct Scratch {
    buffer: Vec<u8>,
    tape: Tape,
}

/// Reads the value of a line again.
fn value_of<T>(table: &Table, line: &[u8], tape: &mut Tape, f: impl FnOnce(Value<'_>) -> T) -> Option<T> {
    let text = std::str::from_utf8(line.strip_suffix(b"\n").unwrap_or(line)).ok()?;
    json::read(text, Span::of(0, text.len()), tape);
    if table.has_aliases() && !tape.is_empty() {
        table.apply_aliases(tape, text, 0);
    }
    tape.root(text).map(f)
}
