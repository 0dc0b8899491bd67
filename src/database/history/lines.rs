//! What differs between the lines that only one of two versions of a file has.
//!
//! Most of them are a record with a key, before and since. Those are compared as they lie on their tapes: only the
//! fields that differ become values.

use std::collections::HashMap;
use std::sync::Arc;

use super::delta::{self, Delta, Edit, Edited, Record};
use super::versions::record;
use crate::database::Table;
use crate::read::jsonl::{self, Line};
use crate::read::tape::{Tape, Value};
use crate::text::Span;

/// The difference between two sets of lines, each with the bytes of its file.
pub(super) fn between(table: &Table, old: (&[u8], &[Span]), new: (&[u8], &[Span])) -> Delta {
    let (Some(before), Some(since)) = (Parsed::new(table, old), Parsed::new(table, new)) else {
        return delta::between(records(table, old.0, old.1), records(table, new.0, new.1));
    };
    let mut by_key: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, key) in before.keys.iter().enumerate().rev() {
        if let Some(key) = key {
            by_key.entry(key).or_default().push(at);
        }
    }
    let (mut edited, mut used, mut come) = (Vec::new(), vec![false; before.nodes.len()], Vec::new());
    for (at, key) in since.keys.iter().enumerate() {
        match key.as_deref().and_then(|key| by_key.get_mut(key)).and_then(Vec::pop) {
            Some(same) => {
                used[same] = true;
                let edits = edits(before.value(same), &before, since.value(at), &since);
                let key = key.as_deref().map(Arc::from);
                // A record with a key is known by that, not by what it says.
                edited.push(Edited { key, old_key: None, was: 0, is: 0, edits });
            }
            None => come.push(record(table, since.value(at), false)),
        }
    }
    let gone = (0..used.len()).filter(|&at| !used[at]).map(|at| record(table, before.value(at), false));
    let rest = delta::between(gone.collect(), come);
    edited.retain(|one| !one.edits.is_empty());
    edited.extend(rest.edited);
    Delta { gone: rest.gone, edited, come: rest.come }
}

/// Lines as records on a tape.
struct Parsed<'a> {
    text: &'a str,
    tape: Tape,
    nodes: Vec<usize>,
    keys: Vec<Option<String>>,
}

impl<'a> Parsed<'a> {
    /// `None` when the file is not UTF-8 throughout.
    fn new(table: &Table, (bytes, lines): (&'a [u8], &[Span])) -> Option<Self> {
        let text = simdutf8::basic::from_utf8(bytes).ok()?;
        let mut tape = Tape::new();
        let mut nodes = Vec::with_capacity(lines.len());
        for line in lines {
            // A byte order mark stands before the first record, not in it.
            let mark = usize::from(line.start == 0 && text.starts_with('\u{feff}')) * 3;
            let line = Span::of(line.start as usize + mark, line.end as usize);
            if let Some(node) = jsonl::append(text, line, &mut tape) {
                if table.has_aliases() {
                    table.apply_aliases(&mut tape, text, node);
                }
                nodes.push(node);
            }
        }
        let keys = nodes.iter().map(|&node| table.key(tape.value(text, node))).collect();
        Some(Self { text, tape, nodes, keys })
    }

    fn value(&self, at: usize) -> Value<'_> {
        self.tape.value(self.text, self.nodes[at])
    }
}

/// The fields that differ, sorted by name.
fn edits(old: Value<'_>, before: &Parsed<'_>, new: Value<'_>, since: &Parsed<'_>) -> Vec<Edit> {
    let is_same = |a: Value<'_>, b: Value<'_>| {
        a.span().slice(before.text.as_bytes()) == b.span().slice(since.text.as_bytes())
            || a.to_json() == b.to_json()
    };
    let mut edits: Vec<Edit> = Vec::new();
    let mut others = new.members();
    for (name, value) in old.members() {
        let Some(name) = name.as_str() else { continue };
        // Mostly the fields stand in the same order.
        let beside = others.next().filter(|(other, _)| other.as_str() == Some(name)).map(|(_, other)| other);
        match beside.or_else(|| new.get(name)) {
            Some(other) if is_same(value, other) => {}
            other => edits.push((name.into(), Some(value.to_json()), other.map(|other| other.to_json()))),
        }
    }
    for (name, value) in new.members() {
        if let Some(name) = name.as_str().filter(|name| old.get(name).is_none()) {
            edits.push((name.into(), None, Some(value.to_json())));
        }
    }
    edits.sort_by(|a, b| a.0.cmp(&b.0));
    edits.dedup_by(|a, b| a.0 == b.0);
    edits
}

/// The records of some lines of a file.
pub(super) fn records(table: &Table, bytes: &[u8], spans: &[Span]) -> Vec<Record> {
    let mut records = Vec::with_capacity(spans.len());
    for span in spans {
        each_record(table, bytes, *span, &mut |value| records.push(record(table, value, false)));
    }
    records
}

/// Calls `visit` with each record of the lines in `span`; what is none is passed over.
pub(super) fn each_record(table: &Table, bytes: &[u8], span: Span, visit: &mut dyn FnMut(Value<'_>)) {
    let aliases = |tape: &mut Tape, source: &str| table.apply_aliases(tape, source, 0);
    let prepare: Option<jsonl::Prepare<'_>> = if table.has_aliases() { Some(&aliases) } else { None };
    jsonl::read(span.slice(bytes), span.start, &mut Tape::new(), prepare, &mut Vec::new(), |_, _, found| {
        if let Line::Record(value) = found {
            visit(value);
        }
    });
}
