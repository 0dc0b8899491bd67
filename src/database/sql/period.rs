//! The table `period`: one row with the time that a figure is asked for. It can be put to another time between two
//! questions, so that one statement tells of several.

use std::cell::RefCell;
use std::rc::Rc;

use super::{Cell, Engine, Place, Source, SqlError, TableInfo, Take};

/// A time that a figure is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// The moment before its first, in UTC, `2026-10-23T09:00:00Z`.
    pub since: String,
    /// Its last moment, in UTC.
    pub until: String,
    /// Its first day in the project's time zone, `2026-10-24`.
    pub first_day: String,
    /// Its last day.
    pub last_day: String,
}

/// The row of the table `period`.
#[derive(Clone)]
pub struct PeriodSlot(Rc<RefCell<Period>>);

impl PeriodSlot {
    /// A slot that holds `period`.
    #[must_use]
    pub fn new(period: Period) -> Self {
        Self(Rc::new(RefCell::new(period)))
    }

    /// The table.
    #[must_use]
    pub fn source(&self) -> Box<dyn Source> {
        let columns = [
            ("since", "date", "The moment before its first, in UTC."),
            ("until", "date", "Its last moment, in UTC."),
            ("first_day", "date", "Its first day, in the project's time zone."),
            ("last_day", "date", "Its last day."),
        ];
        let about = "the time that an indicator is asked for: the period that ends now";
        Box::new(Table { info: TableInfo::new(TABLE, about, &columns), slot: self.clone() })
    }

    /// Puts `period` into the table of `engine`; what was loaded otherwise stays.
    ///
    /// # Errors
    /// Internal failures of SQLite.
    pub fn put(&self, period: &Period, engine: &mut Engine<'_>) -> Result<(), SqlError> {
        self.0.replace(period.clone());
        let reads = engine.reads(&format!("SELECT * FROM {TABLE}"))?;
        engine.load(&reads)
    }
}

/// The name of the table.
const TABLE: &str = "period";

struct Table {
    info: TableInfo,
    slot: PeriodSlot,
}

impl Source for Table {
    fn info(&self) -> &TableInfo {
        &self.info
    }

    fn rows(&self, wanted: &[usize], take: &mut Take<'_>) -> Result<(), SqlError> {
        let period = self.slot.0.borrow();
        let texts = [&period.since, &period.until, &period.first_day, &period.last_day];
        let cells: Vec<Cell<'_>> = wanted.iter().map(|&at| Cell::text(texts[at].as_str())).collect();
        take(Place::Nowhere, &cells)
    }
}
