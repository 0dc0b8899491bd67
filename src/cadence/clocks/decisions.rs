//! Decisions: until when one is to be looked at again, and how long one may stay proposed.

use std::collections::HashMap;

use jiff::{Timestamp, ToSpan};

use super::{About, Clock, ClockKind, Sight, Stop, moment, words};
use crate::config::is_markdown;
use crate::database::{RecordId, Table};
use crate::model::decision::name;
use crate::model::{Moment, Status};
use crate::read::tape::Value;
use crate::text::RepoPath;

/// How many days a proposal may wait.
const PATIENCE: i64 = 90;

/// A decision, as far as its clocks need it.
struct Decision {
    path: RepoPath,
    /// Whether its file holds nothing else, so that it came when the file did.
    is_document: bool,
    about: About,
    status: Option<Status>,
    date: Option<Moment>,
    review_by: Option<Moment>,
}

/// The clocks that run, and whether some would be known with more history.
pub(super) fn clocks(sight: &Sight<'_>) -> (Vec<Clock>, bool) {
    let mut decisions = Vec::new();
    for (at, table) in sight.database.tables.iter().enumerate() {
        if table.collection.holds_decisions() {
            sight.database.for_each(at, &mut |id, record, _| {
                decisions.push(decision(id, table, &sight.database.file(id).path, record));
            });
        }
    }
    let is_proposed = |own: &&Decision| own.status == Some(Status::Proposed);
    let undated = decisions.iter().filter(is_proposed).filter(|own| own.date.is_none() && own.is_document);
    let came = came(sight, &undated.map(|own| &own.path).collect::<Vec<_>>());
    let mut lacks_past = false;
    let mut clocks = Vec::new();
    for own in &decisions {
        if let Some(day) = own.review_by.filter(|_| !is_over(own.status)) {
            let started = own.date.map(|date| date.start(sight.zone()));
            clocks.push(clock(ClockKind::Review, own, "review_by", started, Some(day.end(sight.zone()))));
        }
        if is_proposed(&own) {
            let since = own.date.or_else(|| came.get(&own.path).copied().map(Moment::At));
            let started = since.map(|since| since.start(sight.zone()));
            let due = since.map(|since| since.due(PATIENCE.days(), sight.zone()));
            lacks_past |= due.is_none();
            clocks.push(clock(ClockKind::Proposal, own, "date", started, due));
        }
    }
    (clocks, lacks_past)
}

const fn is_over(status: Option<Status>) -> bool {
    matches!(status, Some(Status::Rejected | Status::Deprecated | Status::Superseded))
}

fn clock(
    kind: ClockKind,
    own: &Decision,
    field: &'static str,
    started: Option<Timestamp>,
    due: Option<Timestamp>,
) -> Clock {
    Clock { kind, about: own.about.clone(), field, started, due, stopped: Stop::Not, escalated_to: None }
}

/// When the files at `paths` came; now, when they are not committed.
fn came(sight: &Sight<'_>, paths: &[&RepoPath]) -> HashMap<RepoPath, Timestamp> {
    if paths.is_empty() {
        return HashMap::new();
    }
    // All documents, since one that was moved came under its old name.
    let arrivals = sight.timeline.arrivals(&|path| is_markdown(&RepoPath::new(path).extension()));
    let is_whole = sight.timeline.unknown().is_empty();
    let first = |path: &RepoPath| {
        let first = arrivals.get(path).and_then(|moments| moments.first().copied());
        first.or(is_whole.then_some(sight.now)).map(|came| (path.clone(), came))
    };
    paths.iter().filter_map(|path| first(path)).collect()
}

fn decision(id: RecordId, table: &Table, path: &RepoPath, record: Value<'_>) -> Decision {
    let is_document = is_markdown(&path.extension());
    let number = record.get("number").and_then(|number| number.as_number()).map(str::to_owned);
    let about = About {
        record: Some(id),
        span: None,
        collection: Some(table.name().clone()),
        key: number.or_else(|| is_document.then(|| name::stem(path.as_str()).to_owned())),
        title: words(record, &["title"]),
        owner: record.get("deciders").and_then(|list| list.items().next()?.as_str()).map(str::to_owned),
        priority: None,
    };
    let status = words(record, &["status"]).as_deref().and_then(Status::from_name);
    Decision {
        path: path.clone(),
        is_document,
        about,
        status,
        date: moment(record, &["date"]),
        review_by: moment(record, &["review_by"]),
    }
}
