//! JSON Schema 2020-12 over values with spans: every violation of a record, at the bytes of the field.
//!
//! The `jsonschema` crate decides and finds all violations; in front of it stands a quick check that accepts what is
//! plainly valid. This room knows no collections: a schema is compiled from its text, a value is judged by it.
//! Formats are asserted, references stay inside the schema, patterns run in linear time.

mod accept;
mod built_in;
#[cfg(test)]
mod differential;
mod formats;
mod node;
mod violation;

use std::collections::HashSet;
use std::sync::OnceLock;

use jsonschema::{PatternOptions, Validator};
use serde_json::Value as Json;

pub use built_in::{BUILT_IN, BuiltIn, built_in};
pub use violation::Violation;

use crate::read::tape::Value;
use crate::text::{Span, nearest};
use node::{TapeJson, TapeNode};

/// A compiled schema. Cheap to make: its halves are compiled when they are first needed.
#[derive(Debug)]
pub struct Schema {
    json: Json,
    quick: OnceLock<accept::Program>,
    full: OnceLock<Result<Validator<TapeJson>, String>>,
}

impl Schema {
    /// The schema in `text`.
    ///
    /// # Errors
    /// One sentence when the text is not JSON or not a schema.
    pub fn new(text: &str) -> Result<Self, String> {
        let json = serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
        let schema = Self::trusted(json);
        match schema.full() {
            Ok(_) => Ok(schema),
            Err(error) => Err(error.clone()),
        }
    }

    /// A schema that is known to compile, so compiling it can wait until a value needs it.
    #[must_use]
    pub fn trusted(json: Json) -> Self {
        Self { json, quick: OnceLock::new(), full: OnceLock::new() }
    }

    /// The schema as JSON.
    #[must_use]
    pub const fn json(&self) -> &Json {
        &self.json
    }

    /// Whether `value` is plainly valid. `false` says nothing.
    #[inline]
    #[must_use]
    pub fn accepts_quickly(&self, value: Value<'_>) -> bool {
        self.quick.get_or_init(|| accept::Program::compile(&self.json)).accepts(value)
    }

    /// Every violation of `value`, in the order of their places; none when it is valid. Spans are those of the tape.
    #[must_use]
    pub fn violations(&self, value: Value<'_>) -> Vec<Violation> {
        if self.accepts_quickly(value) {
            return Vec::new();
        }
        self.all_violations(value)
    }

    /// Every violation as the full validator finds it, without the quick check before it.
    #[must_use]
    pub fn all_violations(&self, value: Value<'_>) -> Vec<Violation> {
        let Ok(full) = self.full() else { return Vec::new() };
        let errors = full.iter_errors(TapeNode::Value(value));
        let mut places = violation::Places::new(value);
        let mut found: Vec<Violation> =
            errors.flat_map(|error| violation::from_error(&self.json, &mut places, &error)).collect();
        found.sort_by(|a, b| (a.span, &a.pointer, &a.keyword).cmp(&(b.span, &b.pointer, &b.keyword)));
        found.dedup();
        // A value of the wrong type breaks the keywords beside `type`, too; that is one mistake, not several.
        let mistyped: HashSet<(Span, String)> = found
            .iter()
            .filter(|violation| violation.keyword == "type")
            .map(|violation| (violation.span, violation.pointer.clone()))
            .collect();
        found.retain(|violation| {
            violation.keyword == "type" || !mistyped.contains(&(violation.span, violation.pointer.clone()))
        });
        found
    }

    /// The names of the fields the schema describes at its top level.
    pub fn field_names(&self) -> impl Iterator<Item = &str> {
        self.properties().into_iter().flatten().map(|(name, _)| name.as_str())
    }

    /// Whether the top-level field `name` is restricted to an `enum`.
    #[must_use]
    pub fn is_enumerated(&self, name: &str) -> bool {
        self.properties()
            .and_then(|properties| properties.get(name))
            .is_some_and(|field| violation::resolve(&self.json, field).get("enum").is_some())
    }

    /// Whether `word` is a value of the top-level field `name`, which is restricted to an `enum`, or is written so nearly
    /// like one that it may be meant.
    #[must_use]
    pub fn may_mean(&self, name: &str, word: &str) -> bool {
        let field = self.properties().and_then(|properties| properties.get(name));
        let options = field.and_then(|field| violation::resolve(&self.json, field).get("enum")?.as_array());
        let options: Vec<&str> = options.into_iter().flatten().filter_map(Json::as_str).collect();
        options.contains(&word) || nearest(word, options.iter().copied()).is_some()
    }

    /// The kinds of value, by their names in JSON Schema, that the top-level field `name` may have; empty when the schema
    /// does not say.
    #[must_use]
    pub fn kinds_of(&self, name: &str) -> Vec<&str> {
        let field = self.properties().and_then(|properties| properties.get(name));
        let Some(field) = field.map(|field| violation::resolve(&self.json, field)) else { return Vec::new() };
        match field.get("type") {
            Some(Json::String(kind)) => vec![kind],
            Some(Json::Array(kinds)) => kinds.iter().filter_map(Json::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// What the schema says of the top-level field `name`, for people.
    #[must_use]
    pub fn description_of(&self, name: &str) -> Option<&str> {
        let field = self.properties()?.get(name)?;
        let own =
            field.get("description").or_else(|| violation::resolve(&self.json, field).get("description"));
        own.and_then(Json::as_str)
    }

    /// The top-level fields that the schema says refer to `collection`, by its `x-references` annotation.
    #[must_use]
    pub fn fields_referring_to(&self, collection: &str) -> Vec<String> {
        let fields = self.properties().into_iter().flatten();
        let referring = fields.filter(|(_, field)| field["x-references"] == collection);
        referring.map(|(name, _)| name.clone()).collect()
    }

    /// The sets of fields of which a record must have one to look right: the required ones, or the alternatives of
    /// an `anyOf` that only requires.
    #[must_use]
    pub fn required_sets(&self) -> Vec<Vec<&str>> {
        let always = names_of(&self.json);
        let branches = schema_array(&self.json, "anyOf");
        let alternatives: Vec<Vec<&str>> =
            branches.iter().map(names_of).filter(|set| !set.is_empty()).collect();
        if alternatives.is_empty() || alternatives.len() != branches.len() {
            return vec![always];
        }
        alternatives.into_iter().map(|set| always.iter().copied().chain(set).collect()).collect()
    }

    fn properties(&self) -> Option<&serde_json::Map<String, Json>> {
        self.json.get("properties").and_then(Json::as_object)
    }

    fn full(&self) -> &Result<Validator<TapeJson>, String> {
        self.full.get_or_init(|| {
            jsonschema::options_for::<TapeJson>()
                .offline()
                .should_validate_formats(true)
                .with_pattern_options(PatternOptions::regex())
                .build(&self.json)
                .map_err(|error| format!("not a schema: {error}"))
        })
    }
}

fn names_of(schema: &Json) -> Vec<&str> {
    schema_array(schema, "required").iter().filter_map(Json::as_str).collect()
}

fn schema_array<'a>(schema: &'a Json, keyword: &str) -> &'a [Json] {
    schema.get(keyword).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{json, tape::Tape};

    const SCHEMA: &str = r##"{
        "type": "object",
        "required": ["id", "status"],
        "properties": {
            "id": {"type": "string", "pattern": "^T-[0-9]+$"},
            "status": {"description": "Where it stands.", "enum": ["todo", "in-progress", "done"]},
            "due": {"type": ["string", "null"], "format": "date"},
            "count": {"type": "integer", "minimum": 0, "maximum": 9},
            "tags": {"type": "array", "items": {"type": "string", "minLength": 1}, "uniqueItems": true},
            "at": {"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]},
            "value": false
        },
        "additionalProperties": {"$ref": "#/$defs/text"},
        "$defs": {"text": {"type": "string", "maxLength": 3}}
    }"##;

    fn with_record<T>(source: &str, f: impl FnOnce(Value<'_>) -> T) -> T {
        let mut tape = Tape::new();
        let problems = json::read(source, Span::of(0, source.len()), &mut tape);
        assert!(
            problems.iter().all(|p| p.kind != crate::read::ProblemKind::Syntax),
            "{source}: {problems:?}"
        );
        f(tape.root(source).expect("the source is JSON"))
    }

    fn violations(source: &str) -> Vec<String> {
        let schema = Schema::new(SCHEMA).expect("the schema compiles");
        with_record(source, |record| {
            let found = schema.violations(record);
            let text = |v: &Violation| String::from_utf8_lossy(v.span.slice(source.as_bytes())).into_owned();
            found.iter().map(|v| format!("{} at {}: {}", v.pointer, text(v), v.message)).collect()
        })
    }

    #[test]
    fn every_violation_of_a_record_stands_on_its_bytes() {
        let found =
            violations(r#"{"id":"é","status":"In Progress","due":"2026-13-45","count":12,"x":"long"}"#);
        assert_eq!(
            found,
            [
                r#"/id at "é": "é" does not match the pattern ^T-[0-9]+$"#,
                r#"/status at "In Progress": "In Progress" is not a value of status"#,
                r#"/due at "2026-13-45": "2026-13-45" is not a date (YYYY-MM-DD)"#,
                r#"/count at 12: 12 is more than 9, the maximum of count"#,
                r#"/x at "long": x has 4 characters, more than 3"#,
            ]
        );
    }

    #[test]
    fn a_missing_field_is_the_record_and_a_forbidden_one_is_its_name() {
        assert_eq!(violations(r#"{"id":"T-1"}"#), [r#"/status at {"id":"T-1"}: status is missing"#]);
        assert_eq!(
            violations(r#"{"id":"T-1","status":"done","value":1}"#),
            [r#"/value at "value": value must not be here"#]
        );
    }

    #[test]
    fn a_word_means_a_value_when_it_is_one_or_nearly_so() {
        let schema = Schema::new(SCHEMA).expect("the schema compiles");
        for (word, expect) in
            [("todo", true), ("In Progress", true), ("dome", true), ("shipped", false), ("", false)]
        {
            assert_eq!(schema.may_mean("status", word), expect, "{word}");
        }
        assert!(!schema.may_mean("count", "todo") && !schema.may_mean("other", "todo"));
    }

    #[test]
    fn where_nothing_is_described_each_field_is_one_too_many() {
        let schema = Schema::new(r#"{"additionalProperties":false}"#).expect("the schema compiles");
        let found = with_record(r#"{"a":1,"b":{"c":2}}"#, |record| schema.violations(record));
        let pointers: Vec<&str> = found.iter().map(|violation| violation.pointer.as_str()).collect();
        assert_eq!(pointers, ["/a", "/b"]);
    }

    #[test]
    fn a_failed_union_is_one_violation_that_names_the_choices() {
        assert_eq!(
            violations(r#"{"id":"T-1","status":"done","at":"soon"}"#),
            [
                r#"/at at "soon": "soon" is neither a date (YYYY-MM-DD) nor a date and time (RFC 3339, such as 2026-11-20T09:00:00Z)"#
            ]
        );
    }

    #[test]
    fn the_nearest_allowed_value_is_offered_and_is_safe_when_it_is_the_same_word() {
        let schema = Schema::new(SCHEMA).expect("the schema compiles");
        let fix = |source: &str| with_record(source, |record| schema.violations(record)[0].fix.clone());
        assert_eq!(fix(r#"{"id":"T-1","status":"In Progress"}"#), Some(("in-progress".to_owned(), true)));
        assert_eq!(fix(r#"{"id":"T-1","status":"doen"}"#), Some(("done".to_owned(), false)));
        assert_eq!(fix(r#"{"id":"T-1","status":"elsewhere"}"#), None);
    }

    #[test]
    fn plainly_valid_records_are_accepted_quickly() {
        let schema = Schema::new(SCHEMA).expect("the schema compiles");
        for source in [
            r#"{"id":"T-1","status":"done"}"#,
            r#"{"status":"todo","due":null,"id":"T-22","tags":["a","b"],"count":9,"at":"2026-11-20T09:00:00Z","y":"abc"}"#,
        ] {
            assert!(with_record(source, |record| schema.accepts_quickly(record)), "{source}");
        }
    }

    #[test]
    fn a_schema_that_leads_back_to_itself_ends() {
        let schema = Schema::new(r##"{"allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/a"},{"type":"string"}]}}}"##)
            .expect("the schema compiles");
        assert!(!with_record("1", |value| schema.accepts_quickly(value)));
    }

    #[test]
    fn what_is_not_a_schema_is_an_error_that_says_why() {
        assert!(Schema::new("{").is_err_and(|error| error.starts_with("not JSON: ")));
        assert!(Schema::new(r#"{"type":"strin"}"#).is_err_and(|error| error.starts_with("not a schema: ")));
    }

    proptest::proptest! {
        /// The quick check must never accept what the full validator rejects.
        #[test]
        fn the_quick_check_accepts_nothing_that_the_full_validator_rejects(
            id in "T-[0-9]{0,3}|[A-Z]-1|é",
            status in "todo|done|in-progress|Done|",
            due in "20[0-9]{2}-[01][0-9]-[0-3][0-9]|null|x",
            count in "-?[0-9]{1,2}(\\.[05])?(e0)?",
            tags in proptest::collection::vec("[ab]{0,2}", 0..4),
            at in "2026-0[1-9]-[0-3][0-9](T[012][0-9]:[0-7][0-9]:[0-6][0-9](\\.[0-9])?(Z|[+-]0[0-9]:[0-9]0|z)?)?",
            drop in 0usize..8,
        ) {
            let mut value = serde_json::json!({"id": id, "status": status, "tags": tags, "at": at, "y": "abc"});
            value["due"] = if due == "null" { Json::Null } else { due.into() };
            if let Some(name) = ["id", "status", "tags", "at", "y", "due"].get(drop) {
                value.as_object_mut().expect("an object was made").remove(*name);
            }
            let source = value.to_string().replacen('{', &format!("{{\"count\":{count},"), 1);
            let schema = Schema::new(SCHEMA).expect("the schema compiles");
            let mut tape = Tape::new();
            // Leading zeros are not JSON; such a line never reaches a schema.
            if json::read(&source, Span::of(0, source.len()), &mut tape).is_empty() {
                let record = tape.root(&source).expect("the source is JSON");
                let rejected = !schema.all_violations(record).is_empty();
                proptest::prop_assert!(!(rejected && schema.accepts_quickly(record)), "{}", source);
            }
        }
    }
}
