//! A collection made ready for reading: its schema compiled, its names looked up once.

use std::sync::Arc;

use crate::config::{Collection, FieldPath};
use crate::read::tape::{Kind, Tape, Value};
use crate::schema::Schema;
use crate::text::RepoPath;

/// One collection and where its records are.
#[derive(Debug)]
pub struct Table {
    /// The collection as configured.
    pub collection: Collection,
    /// What a record must look like.
    pub schema: Option<Arc<Schema>>,
    /// Indices of its files in [`Database::files`](super::Database::files).
    pub files: Vec<usize>,
    /// Files it had in the commit before and no longer has.
    pub gone: Vec<RepoPath>,
    /// For each alias of a value: the fields it applies to.
    enumerated: Vec<String>,
    /// The fields that every record has and whose values are words of the collection.
    worded: Vec<String>,
    /// A bit for the length of the name of each field that is a key or a reference: most names need no closer look.
    joined_lengths: u64,
}

impl Table {
    pub(super) fn new(collection: Collection, schema: Option<Arc<Schema>>) -> Self {
        let enumerated = match &schema {
            Some(schema) if !collection.values.is_empty() => {
                let names = schema.field_names().filter(|name| schema.is_enumerated(name));
                names.map(str::to_owned).collect()
            }
            _ => Vec::new(),
        };
        let worded = schema.as_ref().map_or_else(Vec::new, |schema| {
            let mut names = schema.required_sets().concat();
            names.retain(|name| schema.is_enumerated(name));
            names.dedup();
            names.into_iter().map(str::to_owned).collect()
        });
        let references = collection.references.iter().map(|reference| &reference.field);
        let joined = collection.key.iter().chain(references);
        let joined_lengths = joined.fold(0, |bits, field| bits | length_bit(field.first().len()));
        Self { collection, schema, files: Vec::new(), gone: Vec::new(), enumerated, worded, joined_lengths }
    }

    /// Whether a name of `length` bytes may be that of a key or a reference.
    #[inline]
    pub(super) fn may_join(&self, length: usize) -> bool {
        self.joined_lengths & length_bit(length) != 0
    }

    /// The collection's name.
    #[must_use]
    pub fn name(&self) -> &Arc<str> {
        &self.collection.name
    }

    /// Whether records carry other names or values in the file than in the collection.
    pub(super) fn has_aliases(&self) -> bool {
        !self.collection.map.is_empty() || !self.enumerated.is_empty()
    }

    /// The collection's name for a field that is called `name` in the file.
    pub(super) fn known_as<'a>(&'a self, name: &'a str) -> &'a str {
        self.collection.map.iter().find(|(from, _)| from == name).map_or(name, |(_, to)| to)
    }

    /// Gives the record at node `at` the collection's names and values.
    pub(super) fn apply_aliases(&self, tape: &mut Tape, source: &str, at: usize) {
        let record = tape.value(source, at);
        let mut renames: Vec<(usize, &str)> = Vec::new();
        for (name, value) in record.members() {
            let text = name.as_str().unwrap_or_default();
            let mapped = self.collection.map.iter().find(|(from, _)| from == text).map(|(_, to)| to.as_str());
            if let Some(to) = mapped {
                renames.push((name.index(), to));
            }
            let field = mapped.unwrap_or(text);
            if let Some(text) = value.as_str().filter(|_| self.enumerated.iter().any(|known| known == field))
            {
                let canonical = self.collection.values.iter().find(|(alias, _)| alias == text);
                renames.extend(canonical.map(|(_, to)| (value.index(), to.as_str())));
            }
        }
        for (node, text) in renames {
            tape.rename(node, text);
        }
    }

    /// The key of a record: the text of its key fields, joined by `/` where there are several. `None` where the
    /// record has none of them.
    #[must_use]
    pub fn key(&self, record: Value<'_>) -> Option<String> {
        match self.collection.key.as_slice() {
            [] => None,
            [field] => single(record, field),
            fields => {
                let parts: Vec<String> =
                    fields.iter().map(|field| single(record, field).unwrap_or_default()).collect();
                let key = parts.join("/");
                let key = key.trim_end_matches('/');
                (!key.is_empty()).then(|| key.to_owned())
            }
        }
    }

    /// The name of the key field, when the key is one top-level field.
    #[inline]
    pub(crate) fn simple_key(&self) -> Option<&str> {
        match self.collection.key.as_slice() {
            [field] if field.is_simple() => Some(field.first()),
            _ => None,
        }
    }

    /// Whether a record of an unconfigured file has what the schema requires, so that it looks like this collection's.
    pub(super) fn looks_right(&self, record: Value<'_>) -> bool {
        let Some(schema) = &self.schema else { return true };
        schema.required_sets().iter().any(|set| set.iter().all(|name| record.get(name).is_some()))
    }

    /// Whether the words of a record that the collection has its own for are among those; `None` without any such word.
    pub(super) fn speaks_of(&self, record: Value<'_>) -> Option<Result<(), String>> {
        let schema = self.schema.as_ref()?;
        let mut foreign = None;
        for name in &self.worded {
            match record.get(name).and_then(|value| value.as_str()) {
                Some(word) if schema.may_mean(name, word) => return Some(Ok(())),
                Some(word) => foreign = foreign.or(Some(word)),
                None => {}
            }
        }
        foreign.map(|word| Err(word.to_owned()))
    }
}

#[inline]
const fn length_bit(length: usize) -> u64 {
    1 << (length & 63)
}

/// The hash by which keys are joined; never 0.
#[inline]
pub(super) fn hash(text: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(text.as_bytes()).max(1)
}

/// The text of a value that can be a key or a reference: strings and numbers that are not empty.
#[inline]
pub(super) fn scalar_key<'a>(value: Value<'a>) -> Option<&'a str> {
    match value.kind() {
        Kind::String | Kind::Number => value.scalar_text().filter(|text| !text.is_empty()),
        _ => None,
    }
}

fn single(record: Value<'_>, field: &FieldPath) -> Option<String> {
    let value = record.get(field.first())?;
    if field.is_simple() {
        return match value.kind() {
            Kind::Object | Kind::Array if value.is_empty() => None,
            Kind::Object | Kind::Array => Some(value.to_json().to_string()),
            _ => scalar_key(value).map(str::to_owned),
        };
    }
    let mut found = None;
    field.visit(record, &mut |_, value| {
        if found.is_none() {
            found = scalar_key(value).map(str::to_owned);
        }
    });
    found
}
