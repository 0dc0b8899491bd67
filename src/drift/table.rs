//! What documents refer to and is not there, as a table that statements may read.
//!
//! The rows are found out when they are first asked for; how, is handed in.

use std::cell::OnceCell;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::fate::{Death, End, Fate};
use crate::config::Class;
use crate::database::sql::{Cell, Needs, Place, Source, SqlError, TableInfo, Take};

const INFO: &[(&str, &str, &str)] = &[
    ("document", "text", "The document."),
    ("class", "text", "living, record or plan: how long it has to be true."),
    ("kind", "text", "link, or path for words in code."),
    ("reference", "text", "The path as it is written."),
    ("target", "text", "What it leads to."),
    ("state", "text", "moved, deleted, or never for what never was."),
    ("now", "text", "Where it is now."),
    ("is_sure", "boolean", "Whether it is beyond doubt that this is the same."),
    ("since", "date", "The day on which it was moved or deleted; none before that is committed."),
    ("days", "integer", "For how many days the document has been untrue."),
    ("commit_id", "text", "The commit that did it."),
    ("author", "text", "Who did it."),
    ("summary", "text", "The first line of its message."),
    ("written", "date", "The day on which the reference was written."),
];

/// What is found out of a repository: the references that lead nowhere, and what cannot be told.
pub type Known = (Vec<Fate>, Vec<String>);

/// The table of what documents refer to and is not there, as of `today`. `find` is called when it is first read.
#[must_use]
pub fn source<'a>(today: Date, find: Box<dyn Fn() -> Known + 'a>) -> Box<dyn Source + 'a> {
    let about = "a reference of a document that leads nowhere";
    Box::new(Drift { today, find, known: OnceCell::new(), info: TableInfo::new("drift", about, INFO) })
}

struct Drift<'a> {
    today: Date,
    find: Box<dyn Fn() -> Known + 'a>,
    known: OnceCell<Known>,
    info: TableInfo,
}

impl Source for Drift<'_> {
    fn info(&self) -> &TableInfo {
        &self.info
    }

    fn needs(&self, _: &[usize], needs: &mut Needs) {
        needs.documents = true;
    }

    fn rows(&self, wanted: &[usize], take: &mut Take<'_>) -> Result<(), SqlError> {
        let (fates, _) = self.known.get_or_init(&self.find);
        for fate in fates {
            let cells: Vec<Cell<'_>> =
                wanted.iter().map(|&at| self.cell(fate, &self.info.columns[at].name)).collect();
            take(Place::Bytes(&fate.document, fate.reference.span), &cells)?;
        }
        Ok(())
    }

    fn unknown(&self) -> Vec<String> {
        self.known.get().map(|(_, unknown)| unknown.clone()).unwrap_or_default()
    }
}

impl Drift<'_> {
    fn cell<'f>(&self, fate: &'f Fate, name: &str) -> Cell<'f> {
        let death = match &fate.end {
            End::Died(death) => Some(&**death),
            End::Never => None,
        };
        let home = death.and_then(|death| death.home.as_ref());
        let obituary = death.and_then(|death| death.obituary.as_ref());
        let since = obituary.map(|one| day(one.when.seconds));
        match name {
            "document" => Cell::text(fate.document.as_str()),
            "class" => Cell::text(match fate.class {
                Class::Living => "living",
                Class::Record => "record",
                Class::Plan => "plan",
            }),
            "kind" => Cell::text(if fate.reference.kind.is_link() { "link" } else { "path" }),
            "reference" => Cell::text(fate.reference.written.as_str()),
            "target" => Cell::text(fate.path.as_str()),
            "state" => Cell::text(state(death)),
            "now" => Cell::maybe(home.map(|home| home.path.as_str())),
            "is_sure" => home.map_or(Cell::Null, |home| Cell::bool(home.is_sure)),
            "since" => Cell::maybe(since.map(|day| day.to_string())),
            "days" => death.map_or(Cell::Null, |_| {
                let age = since.map_or(0, |since| (self.today - since).get_days().max(0));
                Cell::Integer(i64::from(age))
            }),
            "commit_id" => Cell::maybe(obituary.map(|one| one.commit.as_str())),
            "author" => Cell::maybe(obituary.map(|one| one.author.as_str())),
            "summary" => Cell::maybe(obituary.map(|one| one.summary.as_str())),
            "written" => {
                let written = death.and_then(|death| death.written.as_ref());
                Cell::maybe(written.map(|(seconds, _)| day(*seconds).to_string()))
            }
            _ => Cell::Null,
        }
    }
}

fn state(death: Option<&Death>) -> &'static str {
    match death {
        None => "never",
        Some(Death { home: None, document_was: None, .. }) => "deleted",
        Some(_) => "moved",
    }
}

fn day(seconds: i64) -> Date {
    let moment = Timestamp::from_second(seconds).unwrap_or_default();
    moment.to_zoned(TimeZone::UTC).date()
}
