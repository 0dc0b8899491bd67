//! Keys and references of whole collections, joined by hash: duplicates, references to nothing, cycles.
//!
//! The join goes through the keys in parts by the top bits of their hash, so that each part's table stays in the
//! processor's cache and parts can be worked on side by side.

use std::collections::{BTreeSet, HashSet};

use hashbrown::HashTable;
use rayon::prelude::*;

use super::Database;
use super::columns::{Columns, RecordId};
use super::pieces::Piece;
use super::table::{hash, scalar_key};
use crate::text::Span;

/// What joining all keys and references found.
#[derive(Debug, Default)]
pub struct Joined {
    /// Records whose key another record had before: (the first, the later one), in the order of the later ones.
    pub duplicates: Vec<(RecordId, RecordId)>,
    /// References to keys that do not exist.
    pub dangling: Vec<Dangling>,
    /// Cycles of acyclic references: the table, the reference, and the records in order, each referring to the next
    /// and the last to the first.
    pub cycles: Vec<(usize, usize, Vec<RecordId>)>,
}

/// A reference to a key that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dangling {
    /// The record that refers.
    pub record: RecordId,
    /// Which of its collection's references it is.
    pub reference: usize,
    /// Hash of the key it refers to.
    pub hash: u64,
}

/// A place in a record that refers to a key that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DanglingPlace {
    /// Which of the collection's references it is.
    pub reference: usize,
    /// JSON pointer to the value.
    pub pointer: String,
    /// The missing key.
    pub key: String,
    /// The bytes of the value in the file.
    pub span: Span,
}

const PARTS: u64 = 16;

/// Which part a hash belongs to.
#[inline]
const fn part(hash: u64) -> u64 {
    hash >> 60
}

impl Database {
    /// Joins all keys and references. References into collections that never had a file here are left alone: what they
    /// refer to may be kept elsewhere.
    #[must_use]
    pub fn join(&self) -> Joined {
        let mut joined = Joined::default();
        for to in 0..self.tables.len() {
            if self.has_own_file(to) || !self.tables[to].gone.is_empty() {
                self.join_table(to, &mut joined);
            }
        }
        joined.duplicates.sort_by_key(|&(_, later)| later);
        joined.dangling.sort();
        joined
    }

    /// Every place at which the record of `dangling`, which is the same for all, refers to one of the missing keys. The
    /// record is read once, however many there are.
    #[must_use]
    pub fn dangling_places(&self, dangling: &[Dangling]) -> Vec<DanglingPlace> {
        let Some(first) = dangling.first() else { return Vec::new() };
        let missing: HashSet<(usize, u64)> = dangling.iter().map(|one| (one.reference, one.hash)).collect();
        let references: BTreeSet<usize> = dangling.iter().map(|one| one.reference).collect();
        let table = &self.tables[self.file(first.record).table];
        let places = self.with_record(first.record, |record, base| {
            let mut places = Vec::new();
            for reference in references {
                table.collection.references[reference].field.visit(record, &mut |pointer, value| {
                    let Some(key) = scalar_key(value) else { return };
                    if missing.contains(&(reference, hash(key))) {
                        let (key, span) = (key.to_owned(), value.span().shifted(base));
                        places.push(DanglingPlace { reference, pointer, key, span });
                    }
                });
            }
            places
        });
        places.unwrap_or_default()
    }

    fn join_table(&self, to: usize, joined: &mut Joined) {
        let keys = Rows::of(self, to);
        let sources: Vec<Source<'_>> = self.sources(to);
        let parts: Vec<PartJoin> = (0..PARTS).into_par_iter().map(|part| keys.join(part, &sources)).collect();
        let mut edges: Vec<Vec<(u32, u32)>> = vec![Vec::new(); sources.len()];
        for part in parts {
            let ids = part.duplicates.iter().map(|&(first, later)| (keys.id(first), keys.id(later)));
            if self.tables[to].collection.is_unique {
                joined.duplicates.extend(ids);
            }
            joined.dangling.extend(part.dangling.iter().map(|&(source, row, hash)| {
                let source = &sources[source];
                Dangling { record: source.rows.id(row), reference: source.reference, hash }
            }));
            for (source, edge) in part.edges {
                edges[source].push(edge);
            }
        }
        for (source, edges) in sources.iter().zip(edges) {
            if source.is_acyclic {
                let cycles = cycles(keys.len(), edges);
                let records = |cycle: Vec<u32>| cycle.into_iter().map(|row| keys.id(row)).collect();
                joined.cycles.extend(cycles.into_iter().map(|cycle| (to, source.reference, records(cycle))));
            }
        }
    }

    /// Every reference of any table into table `to`.
    fn sources(&self, to: usize) -> Vec<Source<'_>> {
        let mut sources = Vec::new();
        for (from, table) in self.tables.iter().enumerate() {
            for (at, reference) in table.collection.references.iter().enumerate() {
                if *reference.to == **self.tables[to].name() && !table.files.is_empty() {
                    let is_acyclic = reference.acyclic && from == to;
                    sources.push(Source { rows: Rows::of(self, from), reference: at, is_acyclic });
                }
            }
        }
        sources
    }
}

/// One kind of reference: where it is written.
struct Source<'a> {
    rows: Rows<'a>,
    reference: usize,
    is_acyclic: bool,
}

/// The records of a table as numbered rows.
struct Rows<'a> {
    /// Each piece with its first row, its file, and its first record in that file.
    pieces: Vec<(u32, u32, u32, &'a Columns)>,
    /// From which piece on they are of files that may name what is recorded elsewhere.
    borrowed: usize,
    len: u32,
}

impl<'a> Rows<'a> {
    fn of(database: &'a Database, table: usize) -> Self {
        let (mut pieces, mut row, mut borrowed) = (Vec::new(), 0u32, None);
        let mut files = database.tables[table].files.clone();
        files.sort_by_key(|&at| database.files[at].reader.is_borrowed());
        for at in files {
            let mut record = 0;
            if database.files[at].reader.is_borrowed() {
                borrowed.get_or_insert(pieces.len());
            }
            for Piece { columns, .. } in &database.files[at].pieces {
                pieces.push((row, at as u32, record, columns));
                let count = columns.starts.len() as u32;
                (row, record) = (row + count, record + count);
            }
        }
        let borrowed = borrowed.unwrap_or(pieces.len());
        Self { pieces, borrowed, len: row }
    }

    fn len(&self) -> usize {
        self.len as usize
    }

    fn id(&self, row: u32) -> RecordId {
        let at = self.pieces.partition_point(|&(first, ..)| first <= row) - 1;
        let (first, file, record, _) = self.pieces[at];
        RecordId { file, record: record + (row - first) }
    }

    fn join(&self, wanted: u64, sources: &[Source<'_>]) -> PartJoin {
        let mut table: HashTable<(u64, u32)> = HashTable::with_capacity(self.len() / PARTS as usize);
        let mut found = PartJoin::default();
        for (at, &(first, _, _, columns)) in self.pieces.iter().enumerate() {
            for (&hash, row) in columns.keys.iter().zip(first..) {
                if part(hash) != wanted || hash == 0 {
                    continue;
                }
                match table.find(hash, |&(key, _)| key == hash) {
                    Some(_) if at >= self.borrowed => {}
                    Some(&(_, earlier)) => found.duplicates.push((earlier, row)),
                    None => {
                        table.insert_unique(hash, (hash, row), |&(key, _)| key);
                    }
                }
            }
        }
        for (at, source) in sources.iter().enumerate() {
            for &(first, _, _, columns) in &source.rows.pieces {
                for cell in &columns.references {
                    if part(cell.hash) != wanted || cell.reference as usize != source.reference {
                        continue;
                    }
                    let row = first + cell.record;
                    match table.find(cell.hash, |&(key, _)| key == cell.hash) {
                        Some(&(_, target)) if source.is_acyclic => found.edges.push((at, (row, target))),
                        Some(_) => {}
                        None => found.dangling.push((at, row, cell.hash)),
                    }
                }
            }
        }
        found
    }
}

/// What one part of the keys gave.
#[derive(Default)]
struct PartJoin {
    duplicates: Vec<(u32, u32)>,
    dangling: Vec<(usize, u32, u64)>,
    edges: Vec<(usize, (u32, u32))>,
}

/// The cycles among `rows` rows, one for each strongly connected set: its shortest cycle through its first row, in
/// order, starting there.
fn cycles(rows: usize, mut edges: Vec<(u32, u32)>) -> Vec<Vec<u32>> {
    // Nearly always items refer to earlier ones only, or to later ones only; then there is no cycle.
    if edges.iter().all(|&(from, to)| to < from) || edges.iter().all(|&(from, to)| to > from) {
        return Vec::new();
    }
    edges.sort_unstable();
    edges.dedup();
    let mut starts = vec![0u32; rows + 1];
    for &(from, _) in &edges {
        starts[from as usize + 1] += 1;
    }
    for at in 0..rows {
        starts[at + 1] += starts[at];
    }
    let graph = Graph { starts, edges };
    let mut cycles: Vec<Vec<u32>> =
        graph.components().into_iter().filter_map(|component| graph.cycle_in(&component)).collect();
    cycles.sort();
    cycles
}

/// Edges sorted by their origin, and where each row's edges start.
struct Graph {
    starts: Vec<u32>,
    edges: Vec<(u32, u32)>,
}

impl Graph {
    fn targets(&self, row: u32) -> &[(u32, u32)] {
        &self.edges[self.starts[row as usize] as usize..self.starts[row as usize + 1] as usize]
    }

    /// Strongly connected sets with a cycle in them, by Tarjan's algorithm without recursion.
    fn components(&self) -> Vec<Vec<u32>> {
        const NEW: u32 = u32::MAX;
        let rows = self.starts.len() - 1;
        let (mut index, mut low) = (vec![NEW; rows], vec![0u32; rows]);
        let mut on_stack = vec![false; rows];
        let (mut stack, mut work, mut found) = (Vec::new(), Vec::new(), Vec::new());
        let mut next = 0;
        for root in 0..rows as u32 {
            if index[root as usize] != NEW || self.targets(root).is_empty() {
                continue;
            }
            work.push((root, 0usize));
            while let Some((row, at)) = work.pop() {
                let here = row as usize;
                if at == 0 {
                    (index[here], low[here]) = (next, next);
                    next += 1;
                    stack.push(row);
                    on_stack[here] = true;
                }
                if let Some(&(_, to)) = self.targets(row).get(at) {
                    work.push((row, at + 1));
                    if index[to as usize] == NEW {
                        work.push((to, 0));
                    } else if on_stack[to as usize] {
                        low[here] = low[here].min(index[to as usize]);
                    }
                    continue;
                }
                if low[here] == index[here] {
                    let cut = stack
                        .iter()
                        .rposition(|&other| other == row)
                        .expect("a row is on the stack until its set is closed");
                    let mut component = stack.split_off(cut);
                    component.iter().for_each(|&member| on_stack[member as usize] = false);
                    component.sort_unstable();
                    let refers_to_itself = self.targets(row).iter().any(|&(_, to)| to == row);
                    if component.len() > 1 || refers_to_itself {
                        found.push(component);
                    }
                }
                if let Some(&(parent, _)) = work.last() {
                    low[parent as usize] = low[parent as usize].min(low[here]);
                }
            }
        }
        found
    }

    /// The shortest way from the first row of `component` back to itself.
    fn cycle_in(&self, component: &[u32]) -> Option<Vec<u32>> {
        let start = *component.first()?;
        let mut came_from = std::collections::HashMap::new();
        let mut queue = std::collections::VecDeque::from([start]);
        while let Some(row) = queue.pop_front() {
            for &(_, to) in self.targets(row) {
                if to == start {
                    let mut cycle = vec![row];
                    while let Some(&before) = came_from.get(cycle.last()?) {
                        cycle.push(before);
                    }
                    cycle.reverse();
                    return Some(cycle);
                }
                if component.binary_search(&to).is_ok() && !came_from.contains_key(&to) {
                    came_from.insert(to, row);
                    queue.push_back(to);
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_are_found_once_and_start_at_their_first_row() {
        assert_eq!(cycles(5, vec![(0, 1), (1, 2), (2, 0), (3, 2), (4, 4)]), [vec![0, 1, 2], vec![4]]);
        assert_eq!(cycles(3, vec![(0, 1), (1, 2), (2, 1), (1, 0)]), [vec![0, 1]]);
        assert!(cycles(4, vec![(0, 2), (2, 1), (1, 3)]).is_empty());
    }

    #[test]
    fn a_long_chain_exhausts_no_stack() {
        let rows = 300_000u32;
        let mut edges: Vec<(u32, u32)> = (0..rows - 1).map(|row| (row, row + 1)).collect();
        edges.push((rows - 1, 0));
        assert_eq!(cycles(rows as usize, edges).first().map(Vec::len), Some(rows as usize));
    }
}
