//! The quick check against the full validator, over generated schemas and values: what the first accepts, the second
//! must accept.

use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::Schema;
use crate::read::{json as reader, tape::Tape};
use crate::text::Span;

/// Keywords with arguments, beyond the quick check's knowledge, too.
fn keyword() -> impl Strategy<Value = (&'static str, Json)> {
    let kind =
        || prop::sample::select(vec!["null", "boolean", "integer", "number", "string", "array", "object"]);
    prop_oneof![
        4 => kind().prop_map(|kind| ("type", json!(kind))),
        2 => prop::collection::vec(kind(), 1..3).prop_map(|mut kinds| {
            kinds.sort_unstable();
            kinds.dedup();
            ("type", json!(kinds))
        }),
        2 => prop::collection::vec(scalar(), 1..4).prop_map(|values| ("enum", json!(values))),
        1 => scalar().prop_map(|value| ("const", value)),
        2 => (0..4u8).prop_map(|n| ("minLength", json!(n))),
        2 => (0..4u8).prop_map(|n| ("maxLength", json!(n))),
        2 => (-2..3i8).prop_map(|n| ("minimum", json!(n))),
        2 => (-2..3i8).prop_map(|n| ("exclusiveMaximum", json!(f64::from(n) + 0.5))),
        1 => (0..3u8).prop_map(|n| ("minItems", json!(n))),
        1 => (0..3u8).prop_map(|n| ("maxItems", json!(n))),
        2 => any::<bool>().prop_map(|unique| ("uniqueItems", json!(unique))),
        3 => prop::sample::select(vec!["^[a-c]+$", "a.b", "^(ab|ca)?$", "[^a]", "b{2}", "^\\\\d$", "x|^a", "a-?$"])
            .prop_map(|pattern| ("pattern", json!(pattern))),
        2 => prop::sample::select(vec!["date", "date-time", "uri", "uri-reference", "email", "ipv4"])
            .prop_map(|format| ("format", json!(format))),
        1 => (1..3u8).prop_map(|n| ("multipleOf", json!(n))),
        1 => (0..3u8).prop_map(|n| ("minProperties", json!(n))),
    ]
}

fn scalar() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        (-3..4i8).prop_map(Json::from),
        prop::sample::select(vec![0.5, 1.0, -2.5, 1e300]).prop_map(Json::from),
        "[abcé]{0,4}".prop_map(Json::from),
        prop::sample::select(vec![
            "2026-11-20",
            "2026-02-30",
            "2026-11-20T09:00:00Z",
            "2026-11-20T09:00:60Z",
            "2026-11-20t09:00:00z",
            "https://a.b/c",
            "https://a b",
            "http://a:80/#x#y",
            "a/b",
            "//x",
            "a:b",
            "a@b.c",
            "1.2.3.4",
            "ab\n",
            "a\u{2028}b",
        ])
        .prop_map(Json::from),
    ]
}

fn value() -> impl Strategy<Value = Json> {
    scalar().prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec(prop::sample::select(vec!["a", "ab", "b"]), 0..4)
                .prop_map(|all| json!(all)),
            prop::collection::vec((name(), inner), 0..4).prop_map(object),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "ab", "abc", "id", "due", "a/b", "~", "é"]).prop_map(str::to_owned)
}

fn object(members: Vec<(String, Json)>) -> Json {
    Json::Object(members.into_iter().collect::<Map<_, _>>())
}

fn schema() -> impl Strategy<Value = Json> {
    let leaf = prop::collection::vec(keyword(), 0..3).prop_map(|keywords| {
        object(keywords.into_iter().map(|(name, argument)| (name.to_owned(), argument)).collect())
    });
    let leaf = prop_oneof![8 => leaf, 1 => any::<bool>().prop_map(Json::from), 1 => Just(json!({"$ref": "#/$defs/d"}))];
    leaf.prop_recursive(3, 20, 4, |inner| {
        let list = || prop::collection::vec(inner.clone(), 1..3);
        let fields = prop::collection::vec((name(), inner.clone()), 0..4).prop_map(object);
        let required = prop::collection::btree_set(name(), 0..3);
        let additional = prop::option::of(inner.clone());
        prop_oneof![
            3 => (fields, required, additional).prop_map(|(fields, required, additional)| {
                let mut schema = json!({"properties": fields, "required": required});
                if let Some(additional) = additional {
                    schema["additionalProperties"] = additional;
                }
                schema
            }),
            1 => inner.clone().prop_map(|items| json!({"items": items})),
            1 => list().prop_map(|all| json!({"allOf": all})),
            1 => list().prop_map(|any| json!({"anyOf": any})),
            1 => list().prop_map(|one| json!({"oneOf": one})),
            1 => inner.clone().prop_map(|not| json!({"not": not})),
            1 => (name(), inner).prop_map(|(name, schema)| {
                let name = name.replace('~', "x");
                json!({"patternProperties": {name: schema}})
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_quick_check_is_never_more_generous(
        mut schema in schema(),
        shared in schema(),
        values in prop::collection::vec(value(), 1..12),
    ) {
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("$defs".to_owned(), json!({"d": shared}));
        }
        // What the full validator refuses to compile, such as a reference that leads nowhere, never comes to be used.
        let Ok(compiled) = Schema::new(&schema.to_string()) else { return Ok(()) };
        for value in values {
            let source = value.to_string();
            let mut tape = Tape::new();
            prop_assert!(reader::read(&source, Span::of(0, source.len()), &mut tape).is_empty());
            let root = tape.root(&source).expect("serde_json writes JSON");
            if compiled.accepts_quickly(root) {
                prop_assert_eq!(compiled.all_violations(root), vec![], "{} accepted by {}", source, schema);
            }
        }
    }
}
