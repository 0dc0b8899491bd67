//! A table of records with columns that are computed where a record does not say them.

use std::collections::HashMap;

use super::{Cell, Needs, Place, Source, SqlError, TableInfo, Take};
use crate::database::RecordId;

/// The computed values of records, in the order of the columns.
pub type Values = HashMap<RecordId, Vec<Cell<'static>>>;

/// A table of records, and what some of its columns are where a record has no value of its own.
pub struct Filled<'a> {
    inner: Box<dyn Source + 'a>,
    /// The columns, those that there are: the index in the table, the index among the values.
    columns: Vec<(usize, usize)>,
    needs: Needs,
    values: Box<dyn Fn() -> Values + 'a>,
}

impl<'a> Filled<'a> {
    /// The table `inner` with the columns called `names` filled from `values`, for which `needs` has to be read.
    #[must_use]
    pub fn new(
        inner: Box<dyn Source + 'a>,
        names: &[&str],
        needs: Needs,
        values: Box<dyn Fn() -> Values + 'a>,
    ) -> Self {
        let at = |name: &str| inner.info().columns.iter().position(|column| column.name == name);
        let columns = names.iter().enumerate().filter_map(|(value, name)| Some((at(name)?, value)));
        Self { columns: columns.collect(), inner, needs, values }
    }
}

impl Source for Filled<'_> {
    fn info(&self) -> &TableInfo {
        self.inner.info()
    }

    fn needs(&self, columns: &[usize], needs: &mut Needs) {
        self.inner.needs(columns, needs);
        if self.columns.iter().any(|(column, _)| columns.contains(column)) {
            needs.tables.extend(&self.needs.tables);
            needs.documents |= self.needs.documents;
        }
    }

    fn has_repeats(&self) -> bool {
        self.inner.has_repeats()
    }

    fn announce(&self) {
        self.inner.announce();
    }

    fn unknown(&self) -> Vec<String> {
        self.inner.unknown()
    }

    fn rows(&self, wanted: &[usize], take: &mut Take<'_>) -> Result<(), SqlError> {
        let slot = |column: usize| wanted.iter().position(|&at| at == column);
        let slots: Vec<(usize, usize)> =
            self.columns.iter().filter_map(|&(column, value)| Some((slot(column)?, value))).collect();
        if slots.is_empty() {
            return self.inner.rows(wanted, take);
        }
        let values = (self.values)();
        let mut row: Vec<Cell<'static>> = Vec::new();
        self.inner.rows(wanted, &mut |place, cells| {
            let known = match place {
                Place::Record(id) => values.get(&id),
                _ => None,
            };
            let Some(known) = known else { return take(place, cells) };
            row.clear();
            row.extend(cells.iter().map(Cell::to_owned_cell));
            for &(slot, value) in &slots {
                if row[slot] == Cell::Null {
                    row[slot] = known[value].clone();
                }
            }
            take(place, &row)
        })
    }
}
