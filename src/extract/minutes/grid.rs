//! The cells of one table by row and column.

use std::collections::HashMap;

use super::parts::plain;
use crate::read::markdown::{Line, Place};

/// A table.
pub(in crate::extract) struct Grid<'a> {
    cells: HashMap<(usize, usize), (usize, &'a Line)>,
    /// The columns of the header: number, text, and the text in plain words.
    pub header: Vec<(usize, &'a str, String)>,
    /// The number of the last row; the header is row 0.
    pub last: usize,
    /// The first line of the table.
    pub line: usize,
}

impl<'a> Grid<'a> {
    /// The table whose cells are `cells`, each with the index of its line; not empty.
    pub(in crate::extract) fn new(cells: &[(usize, &'a Line)]) -> Self {
        let mut grid = Self { cells: HashMap::new(), header: Vec::new(), last: 0, line: usize::MAX };
        for &(at, cell) in cells {
            let Place::Cell { row, column, .. } = cell.place else { continue };
            grid.cells.insert((row, column), (at, cell));
            grid.last = grid.last.max(row);
            grid.line = grid.line.min(at);
            if row == 0 {
                grid.header.push((column, cell.text.trim(), plain(&cell.text)));
            }
        }
        grid
    }

    /// The cell at a row and column, unless it is empty.
    pub(in crate::extract) fn cell(&self, row: usize, column: usize) -> Option<&'a Line> {
        self.cells.get(&(row, column)).map(|(_, cell)| *cell)
    }

    /// The first line of a row, and the cells of its header's columns.
    pub(in crate::extract) fn row(&self, row: usize) -> Vec<(usize, &'a Line)> {
        self.header.iter().filter_map(|(column, ..)| self.cells.get(&(row, *column)).copied()).collect()
    }

    /// The cells of a column below the header.
    pub(in crate::extract) fn body(&self, column: usize) -> Vec<&'a Line> {
        (1..=self.last).filter_map(|row| self.cell(row, column)).collect()
    }

    /// The first column whose plain name is one of `names`.
    pub(in crate::extract) fn column(&self, names: &[&str]) -> Option<usize> {
        self.header.iter().find(|(_, _, name)| names.contains(&&**name)).map(|(column, ..)| *column)
    }
}

/// The tables among `lines`, each as its cells with the indices of their lines.
pub(in crate::extract) fn tables(lines: &[Line]) -> Vec<Vec<(usize, &Line)>> {
    let mut found: Vec<Vec<(usize, &Line)>> = Vec::new();
    let mut last = None;
    for (at, line) in lines.iter().enumerate() {
        let Place::Cell { table, .. } = line.place else { continue };
        if last != Some(table) {
            found.push(Vec::new());
        }
        last = Some(table);
        found.last_mut().expect("a table was begun").push((at, line));
    }
    found
}
