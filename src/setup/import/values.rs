//! What a value of another tool is in a field of a record, where that is certain. What is not stays as it is, and the check
//! of the record says so at its line.

use serde_json::Value as Json;

use super::source::Content;
use crate::model::date;
use crate::schema::Schema;
use crate::setup::cell::{self, Kinds};
use crate::text::fold;

/// What is known of a field.
#[derive(Debug, Default)]
pub(super) struct Field {
    kinds: Kinds,
    /// The texts it may hold, where those are listed.
    allowed: Vec<String>,
    is_moment: bool,
}

impl Field {
    /// The field of `schema` that the names `path` lead to.
    pub(super) fn of(schema: Option<&Schema>, path: &[String]) -> Self {
        let Some(schema) = schema else { return Self::default() };
        let whole = schema.json();
        let property = path.iter().fold(whole, |found, name| resolved(whole, &found["properties"][name]));
        let listed = property["enum"].as_array().into_iter().flatten();
        let formats = property["anyOf"].as_array().into_iter().flatten().chain([property]);
        Self {
            kinds: Kinds::of_type(&property["type"]),
            allowed: listed.filter_map(Json::as_str).map(str::to_owned).collect(),
            is_moment: formats
                .into_iter()
                .any(|one| matches!(one["format"].as_str(), Some("date" | "date-time"))),
        }
    }

    /// The value of this field that `content` is; `values` are the aliases, name and meaning. `None` for nothing.
    pub(super) fn value(&self, content: &Content, values: &[(String, String)]) -> Option<Json> {
        match content {
            Content::About(text) => Some(self.of_text(text, values)),
            Content::Cell(text) => self.of_cell(text, values),
            Content::Value(value) => self.of_value(value, values),
        }
    }

    fn of_cell(&self, text: &str, values: &[(String, String)]) -> Option<Json> {
        if let Some((_, meant)) = values.iter().find(|(alias, _)| alias == text.trim()) {
            return cell::value(&self.kinds, meant);
        }
        if text.is_empty() {
            return None;
        }
        if self.kinds.is_text() || self.kinds.is_unknown() {
            let value = cell::value(&self.kinds, text)?;
            return Some(match value {
                Json::String(text) => self.of_text(&text, values),
                other => other,
            });
        }
        let value = cell::value(&self.kinds, text);
        if let Some(value) = value.filter(|value| !value.is_string()) {
            return Some(value);
        }
        if self.kinds.has("array") {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            return Some(items.map(|item| self.of_text(attached(item), values)).collect());
        }
        Some(self.of_text(text, values))
    }

    fn of_value(&self, value: &Json, values: &[(String, String)]) -> Option<Json> {
        match value {
            Json::Null => None,
            Json::String(text) => Some(self.of_text(text, values)),
            Json::Array(items) => {
                let items: Vec<Json> = items.iter().filter_map(|item| self.of_value(item, values)).collect();
                let holds_one = !self.kinds.is_unknown() && !self.kinds.has("array");
                match items.as_slice() {
                    [] => None,
                    [one] if holds_one => Some(one.clone()),
                    _ => Some(items.into()),
                }
            }
            // Attachments and people come with more than what names them.
            Json::Object(members) if !self.kinds.has("object") => {
                let named = ["url", "email", "name"].iter().find_map(|name| members.get(*name));
                Some(named.filter(|_| members.contains_key("id")).unwrap_or(value).clone())
            }
            other => Some(other.clone()),
        }
    }

    fn of_text(&self, text: &str, values: &[(String, String)]) -> Json {
        if let Some((_, meant)) = values.iter().find(|(alias, _)| alias == text) {
            return Json::from(meant.as_str());
        }
        if !self.allowed.is_empty() {
            let canonical = self.allowed.iter().find(|known| fold(known) == fold(text));
            return Json::from(canonical.map_or(text, String::as_str));
        }
        if self.is_moment {
            return Json::from(day(text).unwrap_or_else(|| text.to_owned()));
        }
        let takes_number = self.kinds.has("number") || self.kinds.has("integer");
        if takes_number && !self.kinds.has("string") {
            return self.number(text).unwrap_or_else(|| Json::from(text));
        }
        if self.kinds.has("boolean") && !self.kinds.has("string") {
            return match &*fold(text) {
                "checked" | "true" | "yes" | "1" => true.into(),
                "unchecked" | "false" | "no" | "0" => false.into(),
                _ => text.into(),
            };
        }
        Json::from(text)
    }

    /// A number with its currency, its thousands and its percent sign taken off.
    fn number(&self, text: &str) -> Option<Json> {
        let plain = text.trim();
        let (plain, is_percent) = plain.strip_suffix('%').map_or((plain, false), |plain| (plain, true));
        let (plain, sign) = plain.strip_prefix('-').map_or((plain, ""), |plain| (plain, "-"));
        let plain = plain.trim().trim_start_matches(['$', '€', '£', '¥']).trim_end_matches(['€', '£']).trim();
        let digits = ungrouped(plain)?;
        let number: serde_json::Number = format!("{sign}{digits}").parse().ok()?;
        let number = match is_percent {
            // A percentage is the fraction, as Airtable's API gives it; rounded to what was written.
            true => {
                let decimals = digits.split_once('.').map_or(0, |(_, after)| after.len()) + 2;
                format!("{:.decimals$}", number.as_f64()? / 100.0).parse().ok()?
            }
            false => number,
        };
        let is_whole = number.is_i64() || number.is_u64();
        match self.kinds.has("number") || is_whole {
            true => Some(Json::Number(number)),
            false => {
                let whole = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 1e15)?;
                Some(Json::from(whole as i64))
            }
        }
    }
}

/// A text that is one day, as ISO 8601 writes it; one that is that already, or might be another, is not.
fn day(text: &str) -> Option<String> {
    let text = text.trim();
    let is_moment = text.parse::<jiff::Timestamp>().is_ok();
    match date::dates(text).as_slice() {
        [(date, range)] if *range == (0..text.len()) && !is_moment => Some(date.to_string()),
        _ => None,
    }
}

/// The digits of a number without commas between thousands. `None` where a comma may mean something else.
fn ungrouped(text: &str) -> Option<String> {
    let (whole, rest) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let rest_of_groups: Vec<&str> = groups.collect();
    let is_grouped = rest_of_groups.iter().all(|group| group.len() == 3 && is_digits(group));
    let fits = is_digits(first) && is_grouped && (rest_of_groups.is_empty() || first.len() <= 3);
    if !fits || rest.is_some_and(|rest| !is_digits(rest)) {
        return None;
    }
    let whole = format!("{first}{}", rest_of_groups.concat());
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(rest.map_or_else(|| whole.to_owned(), |rest| format!("{whole}.{rest}")))
}

/// The address of an attachment as CSV shows one, `name.png (https://…)`; anything else as it is.
fn attached(item: &str) -> &str {
    let inside = item.strip_suffix(')').and_then(|item| item.rsplit_once('('));
    inside.map(|(_, inside)| inside).filter(|inside| inside.starts_with("http")).unwrap_or(item)
}

fn resolved<'a>(schema: &'a Json, property: &'a Json) -> &'a Json {
    let pointer = property["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    pointer.and_then(|pointer| schema.pointer(pointer)).unwrap_or(property)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::built_in;
    use serde_json::json;

    fn read(schema: &str, field: &str, content: Content) -> Option<Json> {
        let schema = built_in(schema);
        let path: Vec<String> = field.split('.').map(str::to_owned).collect();
        Field::of(schema.as_deref(), &path).value(&content, &[("Now".to_owned(), "in-progress".to_owned())])
    }

    #[test]
    fn cells_become_what_the_field_holds_where_that_is_certain() {
        for (schema, field, text, expect) in [
            ("roadmap", "status", "In Progress", json!("in-progress")),
            ("roadmap", "status", "Now", json!("in-progress")),
            ("roadmap", "status", "Whenever", json!("Whenever")),
            ("roadmap", "due", "11/20/2026", json!("2026-11-20")),
            ("roadmap", "due", "20 November 2026", json!("2026-11-20")),
            ("roadmap", "due", "5/6/2026", json!("5/6/2026")),
            ("roadmap", "due", "11/20/2026 9:00am", json!("11/20/2026 9:00am")),
            ("roadmap", "due", "2026-11-20T09:00:00Z", json!("2026-11-20T09:00:00Z")),
            ("roadmap", "tags", "a, b", json!(["a", "b"])),
            ("roadmap", "links", "x.png (https://example.org/x.png)", json!(["https://example.org/x.png"])),
            ("roadmap", "title", "2026", json!("2026")),
            ("risks", "impact", "4", json!(4)),
            ("risks", "impact", "4.0", json!(4)),
            ("risks", "impact", "high", json!("high")),
            ("metrics", "value", "$1,234.50", json!(1234.50)),
            ("roadmap", "estimate.cost", "1,200", json!(1200)),
            ("metrics", "value", "45%", json!(0.45)),
            ("metrics", "value", "-12.5%", json!(-0.125)),
            ("metrics", "value", "12,5", json!("12,5")),
            ("people", "active", "checked", json!(true)),
            ("risks", "whatever", "true", json!(true)),
        ] {
            assert_eq!(read(schema, field, Content::Cell(text.into())), Some(expect), "{field} {text}");
        }
        assert_eq!(read("risks", "impact", Content::Cell(String::new())), None);
    }

    #[test]
    fn values_of_airtable_lose_what_does_not_name_them() {
        for (field, value, expect) in [
            (
                "links",
                json!([{"id": "att1", "url": "https://x.org/a", "filename": "a"}]),
                Some(json!(["https://x.org/a"])),
            ),
            (
                "owner",
                json!({"id": "usr1", "email": "ana@example.org", "name": "Ana"}),
                Some(json!("ana@example.org")),
            ),
            ("parent", json!(["recA"]), Some(json!("recA"))),
            ("parent", json!(["recA", "recB"]), Some(json!(["recA", "recB"]))),
            ("depends_on", json!(["recA", "recB"]), Some(json!(["recA", "recB"]))),
            ("depends_on", json!([]), None),
            ("estimate", json!({"cost": 5}), Some(json!({"cost": 5}))),
            ("whatever", json!(true), Some(json!(true))),
        ] {
            assert_eq!(read("roadmap", field, Content::Value(value)), expect, "{field}");
        }
    }
}
