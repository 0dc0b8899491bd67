//! Values as cells of a CSV table and back: what a field may hold decides what a text stands for.
//!
//! [`text`] and [`value`] are each other's inverse for every value but null, which is an empty cell.

use serde_json::Value as Json;

use crate::schema::Schema;

/// What a field may hold, by its schema.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Kinds(Vec<String>);

impl Kinds {
    /// Those of the top-level field `name`; nothing is known of a field that the schema does not describe.
    pub(super) fn of(schema: Option<&Schema>, name: &str) -> Self {
        let kinds = schema.map(|schema| schema.kinds_of(name)).unwrap_or_default();
        Self(kinds.into_iter().map(str::to_owned).collect())
    }

    /// Those that the keyword `type` of a property names.
    pub(super) fn of_type(named: &Json) -> Self {
        let listed = named.as_array().into_iter().flatten().chain([named]);
        Self(listed.filter_map(Json::as_str).map(str::to_owned).collect())
    }

    pub(super) fn has(&self, kind: &str) -> bool {
        self.0.iter().any(|known| known == kind)
    }

    /// Whether it holds text and nothing else.
    pub(super) fn is_text(&self) -> bool {
        self.has("string") && self.0.iter().all(|kind| kind == "string" || kind == "null")
    }

    pub(super) const fn is_unknown(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `value` is one that the field may hold.
    fn allow(&self, value: &Json) -> bool {
        match value {
            Json::Null => false,
            Json::Bool(_) => self.has("boolean"),
            Json::Number(number) => {
                self.has("number") || (self.has("integer") && (number.is_i64() || number.is_u64()))
            }
            Json::String(_) => self.has("string"),
            Json::Array(_) => self.has("array"),
            Json::Object(_) => self.has("object"),
        }
    }
}

/// The cell that shows `value`; empty for null.
pub(super) fn text(kinds: &Kinds, value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) if kinds.is_text() => match is_quotes(text) && text.len() != 1 {
            true => format!("\"{text}\""),
            false => text.clone(),
        },
        Json::String(text) => match self::value(kinds, text) {
            Some(Json::String(read)) if read == *text => text.clone(),
            _ => value.to_string(),
        },
        other => other.to_string(),
    }
}

/// The value that a cell shows, when that is certain: text in a field for text, else JSON of a kind that the field may
/// hold, else text if it may hold that. `None` for an empty cell, and for a text in a field that may hold none.
pub(super) fn value(kinds: &Kinds, cell: &str) -> Option<Json> {
    if cell.is_empty() {
        return None;
    }
    if kinds.is_text() {
        let is_wrapped = is_quotes(cell) && cell.len() > 1;
        return Some(Json::from(if is_wrapped { &cell[1..cell.len() - 1] } else { cell }));
    }
    match serde_json::from_str::<Json>(cell).ok() {
        Some(json) if !json.is_null() && (kinds.is_unknown() || kinds.allow(&json)) => Some(json),
        _ => (kinds.is_unknown() || kinds.has("string")).then(|| Json::from(cell)),
    }
}

/// Whether a text is nothing but quotes: an empty one cannot be told from no text unless it is wrapped.
fn is_quotes(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'"')
}

/// Rows as a table by RFC 4180, the first naming the columns.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    let mut out = String::new();
    for row in rows {
        for (at, cell) in row.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            // A row with one empty cell would be a blank line.
            let is_special = cell.contains(['"', ',', '\r', '\n']) || cell.starts_with('\u{feff}');
            match is_special || (row.len() == 1 && cell.is_empty()) {
                true => out.push_str(&format!("\"{}\"", cell.replace('"', "\"\""))),
                false => out.push_str(cell),
            }
        }
        out.push_str("\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn kinds(names: &[&str]) -> Kinds {
        Kinds(names.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_cell_is_what_its_field_may_hold() {
        for (names, cell, expect) in [
            (&["string", "null"][..], "12", Some(json!("12"))),
            (&["string"], "\"\"", Some(json!(""))),
            (&["string", "integer"], "12", Some(json!(12))),
            (&["string", "integer"], "007", Some(json!("007"))),
            (&["string", "integer"], "1.5", Some(json!("1.5"))),
            (&["number", "null"], "1.5", Some(json!(1.5))),
            (&["number"], "about 2", None),
            (&["array", "null"], "[\"a\"]", Some(json!(["a"]))),
            (&[], "true", Some(json!(true))),
            (&[], "yes", Some(json!("yes"))),
            (&[], "", None),
        ] {
            assert_eq!(value(&kinds(names), cell), expect, "{names:?} {cell}");
        }
        assert_eq!(
            table(&[vec!["a".into(), "b".into()], vec!["x,\"".into(), String::new()]]),
            "a,b\r\n\"x,\"\"\",\r\n"
        );
    }

    fn any_value() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            "[\"a1\\[{, -]{0,5}".prop_map(Json::from),
            Just(json!("12")),
            Just(json!("null")),
            Just(json!("\"x\"")),
        ];
        leaf.prop_recursive(2, 6, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
                prop::collection::btree_map("[a-c]", inner, 0..3)
                    .prop_map(|map| Json::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_value_survives_its_cell(original in any_value()) {
            for names in [&[][..], &["string", "null"], &["string", "integer"], &["number"], &["array", "null"], &["object", "boolean"]] {
                let kinds = kinds(names);
                if kinds.is_unknown() || kinds.allow(&original) {
                    let cell = text(&kinds, &original);
                    prop_assert_eq!(value(&kinds, &cell), Some(original.clone()), "{:?} {}", names, cell);
                }
            }
        }
    }
}
