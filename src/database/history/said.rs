//! What a field or a whole record says, mostly shared with the line it stands on: a long history says few different
//! things very often.
//!
//! It knows nothing of commits, and not which record it is of.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value as Json};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::lines::Line;
use crate::read::tape::Value;

/// What a field, or a whole record as an object, said. Cheap to clone.
#[derive(Clone)]
pub struct Said(Place);

#[derive(Clone)]
enum Place {
    /// A node of the record on a line.
    Line(Arc<Line>, u32),
    /// A value of its own, and the hash of what it says.
    Own(Arc<(Json, OnceLock<u64>)>),
}

impl Said {
    /// What the record on `line` says.
    pub(super) fn of_line(line: &Arc<Line>) -> Self {
        match line.is_object() {
            true => Self(Place::Line(line.clone(), 0)),
            false => Json::Object(as_object(line.record().to_json())).into(),
        }
    }

    /// What the value at `node` of `line` says.
    pub(super) fn at(line: &Arc<Line>, node: usize) -> Self {
        u32::try_from(node)
            .map_or_else(|_| line.value(node).to_json().into(), |node| Self(Place::Line(line.clone(), node)))
    }

    /// The value.
    #[must_use]
    pub fn json(&self) -> Json {
        match &self.0 {
            Place::Line(line, node) => line.value(*node as usize).to_json(),
            Place::Own(own) => own.0.clone(),
        }
    }

    /// The text, when it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.0 {
            Place::Line(line, node) => line.value(*node as usize).as_str(),
            Place::Own(own) => own.0.as_str(),
        }
    }

    /// The members of an object; none of anything else.
    pub(super) fn fields(&self) -> Map<String, Json> {
        match self.json() {
            Json::Object(fields) => fields,
            _ => Map::new(),
        }
    }

    /// The line whose whole record this is.
    pub(super) fn line(&self) -> Option<&Arc<Line>> {
        match &self.0 {
            Place::Line(line, 0) => Some(line),
            _ => None,
        }
    }

    /// The hash of what it says, however that is written.
    pub(super) fn content(&self) -> u64 {
        match &self.0 {
            Place::Line(line, 0) => line.content(),
            Place::Line(..) => content(&self.json()),
            Place::Own(own) => *own.1.get_or_init(|| content(&own.0)),
        }
    }
}

impl From<Json> for Said {
    fn from(value: Json) -> Self {
        Self(Place::Own(Arc::new((value, OnceLock::new()))))
    }
}

impl PartialEq for Said {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Place::Line(a, at), Place::Line(b, other)) if Arc::ptr_eq(a, b) && at == other => true,
            _ => self.json() == other.json(),
        }
    }
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.json(), f)
    }
}

/// Whether two values on tapes say the same, given the texts their spans count in.
pub(super) fn is_same((a, text): (Value<'_>, &str), (b, other): (Value<'_>, &str)) -> bool {
    let as_written = a.span().slice(text.as_bytes()) == b.span().slice(other.as_bytes());
    as_written
        || match (a.as_str(), b.as_str()) {
            (Some(a), Some(b)) => a == b,
            (None, None) => a.to_json() == b.to_json(),
            _ => false,
        }
}

/// A record as an object, whatever it is.
pub(super) fn as_object(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(fields) => fields,
        other => Map::from_iter([("value".to_owned(), other)]),
    }
}

/// The hash of what a value says, whatever the order in which objects name their fields.
pub(super) fn content(value: &Json) -> u64 {
    match value {
        Json::Object(fields) => {
            let hashes =
                fields.iter().map(|(name, value)| xxh3_64_with_seed(name.as_bytes(), content(value)));
            xxh3_64_with_seed(&hashes.fold(0_u64, u64::wrapping_add).to_le_bytes(), 4)
        }
        Json::Array(items) => {
            let hashes: Vec<u8> = items.iter().flat_map(|item| content(item).to_le_bytes()).collect();
            xxh3_64_with_seed(&hashes, 1)
        }
        Json::String(text) => xxh3_64_with_seed(text.as_bytes(), 2),
        scalar => xxh3_64_with_seed(scalar.to_string().as_bytes(), 3),
    }
}
