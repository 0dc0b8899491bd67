//! From a validator's error to words at the bytes of a field.

use std::collections::HashMap;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value as Json;

use crate::read::tape::{Kind, Value, escape_pointer, unescape_pointer};
use crate::text::{Span, escape, fold, nearest, shorten};

/// One way in which a value breaks its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The schema keyword that is broken.
    pub keyword: String,
    /// JSON pointer to the field, also when it is missing.
    pub pointer: String,
    /// The bytes: the value; the name of a field that must not be there; the whole object where a field is missing.
    pub span: Span,
    /// What is wrong, one sentence without a final period.
    pub message: String,
    /// Words beside the marked bytes.
    pub label: Option<String>,
    /// What is allowed, and what the schema says the field is.
    pub notes: Vec<String>,
    /// The value of a field that must not be there: it may be there because somebody thought it was the place for a
    /// secret, so nobody is to print it.
    pub hidden: Option<Span>,
    /// The text of the string that should stand there, and whether it is the same word written otherwise.
    pub fix: Option<(String, bool)>,
}

/// The violations one error stands for: one, except for several unexpected fields of one object.
pub(super) fn from_error(
    schema: &Json,
    places: &mut Places<'_>,
    error: &ValidationError<'_>,
) -> Vec<Violation> {
    let pointer = error.instance_path().as_str();
    let root = places.root;
    let place = Place { root, pointer, value: places.find(pointer).unwrap_or(root) };
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            // Of a name that stands twice, the last one counts.
            let names: HashMap<&str, Span> =
                place.value.members().filter_map(|(name, _)| Some((name.as_str()?, name.span()))).collect();
            let span = |name: &String| names.get(name.as_str()).copied();
            unexpected.iter().map(|name| place.unexpected(schema, error, name, span(name))).collect()
        }
        // Where no property is described, the validator speaks of the object instead of each field that is too many.
        ValidationErrorKind::FalseSchema
            if error.schema_path().as_str().ends_with("/additionalProperties")
                && place.value.kind() == Kind::Object =>
        {
            let names = place.value.members().filter_map(|(name, _)| Some((name.as_str()?, name.span())));
            names.map(|(name, span)| place.unexpected(schema, error, name, Some(span))).collect()
        }
        kind => vec![place.violation(schema, error, kind)],
    }
}

/// Follows `$ref` from `schema` within `root` until something else stands there.
pub(super) fn resolve<'a>(root: &'a Json, mut schema: &'a Json) -> &'a Json {
    for _ in 0..16 {
        let Some(target) = schema.get("$ref").and_then(Json::as_str) else { break };
        match target.strip_prefix('#').and_then(|pointer| root.pointer(pointer)) {
            Some(next) => schema = next,
            None => break,
        }
    }
    schema
}

/// The values of a record by pointer. Members of wide objects and items of long arrays are looked up in a table, so
/// that a record with very many violations is not walked from its start for each.
pub(super) struct Places<'a> {
    root: Value<'a>,
    wide: HashMap<usize, HashMap<String, Value<'a>>>,
}

impl<'a> Places<'a> {
    /// How many items make a table worth it.
    const WIDE: usize = 64;

    pub(super) fn new(root: Value<'a>) -> Self {
        Self { root, wide: HashMap::new() }
    }

    fn find(&mut self, pointer: &str) -> Option<Value<'a>> {
        let mut value = self.root;
        for token in pointer.split('/').skip(1) {
            let token = unescape_pointer(token);
            value = if value.len() > Self::WIDE {
                *self.wide.entry(value.index()).or_insert_with(|| parts(value)).get(&*token)?
            } else {
                match value.kind() {
                    Kind::Object => value.get(&token)?,
                    Kind::Array => value.items().nth(token.parse().ok()?)?,
                    _ => return None,
                }
            };
        }
        Some(value)
    }
}

/// The items of an array by number, or the members of an object by name, the last one of a name.
fn parts(value: Value<'_>) -> HashMap<String, Value<'_>> {
    match value.kind() {
        Kind::Array => value.items().enumerate().map(|(at, item)| (at.to_string(), item)).collect(),
        _ => value
            .members()
            .map(|(name, member)| (name.as_str().unwrap_or_default().to_owned(), member))
            .collect(),
    }
}

/// A value in a record and the pointer that leads to it.
struct Place<'a> {
    root: Value<'a>,
    pointer: &'a str,
    value: Value<'a>,
}

impl Place<'_> {
    /// What to call the field in a sentence.
    fn name(&self) -> String {
        let tokens: Vec<_> = self.pointer.split('/').skip(1).collect();
        match tokens.as_slice() {
            [] => "the record".to_owned(),
            [.., field, index] if index.bytes().all(|b| b.is_ascii_digit()) => {
                format!("item {} of {}", index.parse::<usize>().map_or(0, |at| at + 1), plain(field))
            }
            [.., field] => plain(field),
        }
    }

    fn violation(&self, schema: &Json, error: &ValidationError<'_>, kind: &ValidationErrorKind) -> Violation {
        let mut violation = Violation {
            keyword: error.kind().keyword().to_owned(),
            pointer: self.pointer.to_owned(),
            span: self.value.span(),
            message: self.message(kind),
            label: None,
            notes: Vec::new(),
            hidden: None,
            fix: None,
        };
        match kind {
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                violation.pointer = format!("{}/{}", self.pointer, escape_pointer(name));
                violation.notes.extend(description(schema, &violation.pointer));
            }
            ValidationErrorKind::FalseSchema => {
                violation.hidden = Some(violation.span);
                violation.span = self.name_span();
                violation.notes.extend(description(schema, self.pointer));
            }
            ValidationErrorKind::Enum { options } => {
                self.suggest(&mut violation, options);
            }
            _ => violation.notes.extend(description(schema, self.pointer)),
        }
        violation
    }

    /// An object's field that may not be there; the finding stands on its name.
    fn unexpected(
        &self,
        schema: &Json,
        error: &ValidationError<'_>,
        name: &str,
        span: Option<Span>,
    ) -> Violation {
        let parent = error.schema_path().as_str().rsplit_once('/').map_or("", |(parent, _)| parent);
        let siblings = schema.pointer(parent).map(|parent| resolve(schema, parent));
        let known = siblings.and_then(|parent| parent.get("properties")).and_then(Json::as_object);
        let near = known.and_then(|known| nearest(name, known.keys().map(String::as_str)));
        let mut notes = Vec::new();
        if let Some(known) = known.filter(|known| !known.is_empty()) {
            let names: Vec<&str> = known.keys().map(String::as_str).collect();
            notes.push(format!("known here: {}", names.join(", ")));
        }
        Violation {
            keyword: error.kind().keyword().to_owned(),
            pointer: format!("{}/{}", self.pointer, escape_pointer(name)),
            span: span.unwrap_or(self.value.span()),
            message: format!("{} is not known here", plain(name)),
            label: near.map(|near| format!("did you mean {near}?")),
            notes,
            hidden: None,
            fix: near.map(|near| (near.to_owned(), false)),
        }
    }

    /// The allowed value nearest to the one that stands here.
    fn suggest(&self, violation: &mut Violation, options: &Json) {
        let options: Vec<&str> = options.as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        if !options.is_empty() {
            violation.notes.push(format!("allowed: {}", options.join(", ")));
        }
        let Some(text) = self.value.as_str() else { return };
        let Some(near) = nearest(text, options.iter().copied()) else { return };
        let safe = fold(near) == fold(text);
        violation.label = Some(format!("{} \"{near}\"", if safe { "is written" } else { "did you mean" }));
        violation.fix = Some((near.to_owned(), safe));
    }

    /// The span of the name under which the value stands, or of the value where it has no name.
    fn name_span(&self) -> Span {
        let named = self.pointer.rsplit_once('/').and_then(|(parent, token)| {
            let name = unescape_pointer(token);
            let members = self.root.pointer(parent)?.members();
            members.filter(|(key, _)| key.as_str() == Some(&name)).last()
        });
        named.map_or(self.value.span(), |(key, _)| key.span())
    }

    fn message(&self, kind: &ValidationErrorKind) -> String {
        let (name, shown) = (self.name(), quote(self.value));
        match kind {
            ValidationErrorKind::Required { property } => {
                let missing = plain(property.as_str().unwrap_or_default());
                match self.pointer {
                    "" => format!("{missing} is missing"),
                    _ => format!("{missing} is missing in {name}"),
                }
            }
            ValidationErrorKind::Enum { .. } => format!("{shown} is not a value of {name}"),
            ValidationErrorKind::Constant { expected_value } => format!("{name} must be {expected_value}"),
            ValidationErrorKind::Format { format } => format!("{shown} is not {}", format_words(format)),
            ValidationErrorKind::Pattern { pattern } => {
                format!("{shown} does not match the pattern {pattern}")
            }
            ValidationErrorKind::Type { kind } => {
                format!("{name} must be {}, not {}", type_words(kind), kind_words(self.value.kind()))
            }
            ValidationErrorKind::Minimum { limit } => {
                format!("{shown} is less than {limit}, the minimum of {name}")
            }
            ValidationErrorKind::Maximum { limit } => {
                format!("{shown} is more than {limit}, the maximum of {name}")
            }
            ValidationErrorKind::ExclusiveMinimum { limit } => format!("{name} must be more than {limit}"),
            ValidationErrorKind::ExclusiveMaximum { limit } => format!("{name} must be less than {limit}"),
            ValidationErrorKind::MultipleOf { multiple_of } => {
                format!("{name} must be a multiple of {multiple_of}")
            }
            ValidationErrorKind::MinLength { limit: 1 } => format!("{name} is empty"),
            ValidationErrorKind::MinLength { limit } => {
                format!("{name} has {} characters, fewer than {limit}", self.characters())
            }
            ValidationErrorKind::MaxLength { limit } => {
                format!("{name} has {} characters, more than {limit}", self.characters())
            }
            ValidationErrorKind::MinItems { limit } => {
                format!("{name} has {} items, fewer than {limit}", self.value.len())
            }
            ValidationErrorKind::MaxItems { limit } => {
                format!("{name} has {} items, more than {limit}", self.value.len())
            }
            ValidationErrorKind::MinProperties { limit } => {
                format!("{name} has {} fields, fewer than {limit}", self.value.len())
            }
            ValidationErrorKind::MaxProperties { limit } => {
                format!("{name} has {} fields, more than {limit}", self.value.len())
            }
            ValidationErrorKind::UniqueItems => format!("{name} holds {} twice", self.repeated()),
            ValidationErrorKind::FalseSchema => format!("{name} must not be here"),
            ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
                self.union(context)
            }
            ValidationErrorKind::OneOfMultipleValid { .. } => {
                format!("{name} fits more than one of the forms that exclude each other")
            }
            ValidationErrorKind::PropertyNames { error } => {
                format!("a field name of {name} is wrong: {error}")
            }
            ValidationErrorKind::Not { .. } => format!("{name} is what it must not be"),
            ValidationErrorKind::Contains => format!("{name} lacks an item that it must hold"),
            ValidationErrorKind::AdditionalItems { limit } => format!("{name} has more than {limit} items"),
            _ => format!("{name} breaks the schema"),
        }
    }

    /// Why none of several forms fits: the first reason of each form, said once.
    fn union(&self, context: &[Vec<ValidationError<'static>>]) -> String {
        let missing: Option<Vec<String>> = context
            .iter()
            .map(|errors| match errors.as_slice() {
                [error] => match error.kind() {
                    ValidationErrorKind::Required { property } => property.as_str().map(plain),
                    _ => None,
                },
                _ => None,
            })
            .collect();
        if let Some(names) = missing.filter(|names| !names.is_empty()) {
            return format!("{} needs one of {}", self.name(), names.join(", "));
        }
        let formats: Option<Vec<&str>> = context
            .iter()
            .map(|errors| match errors.as_slice() {
                [error] => match error.kind() {
                    ValidationErrorKind::Format { format } => Some(format.as_str()),
                    _ => None,
                },
                _ => None,
            })
            .collect();
        if let Some(formats) = formats.filter(|formats| !formats.is_empty()) {
            let words: Vec<String> = formats.iter().map(|format| format_words(format)).collect();
            return format!("{} is neither {}", quote(self.value), words.join(" nor "));
        }
        let mut reasons: Vec<String> = Vec::new();
        for error in context.iter().filter_map(|errors| errors.first()) {
            let pointer = error.instance_path().as_str();
            let below = pointer.strip_prefix(self.pointer).unwrap_or(pointer);
            let value = self.value.pointer(below).unwrap_or(self.value);
            let reason = Place { root: self.root, pointer, value }.message(error.kind());
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        match reasons.is_empty() {
            true => format!("{} fits none of the allowed forms", self.name()),
            false => reasons.join(", and "),
        }
    }

    fn characters(&self) -> usize {
        self.value.as_str().unwrap_or_default().chars().count()
    }

    /// The first item that stands twice, as text.
    fn repeated(&self) -> String {
        let mut seen = std::collections::HashSet::new();
        let repeated = self.value.items().find(|item| !seen.insert(item.to_json().to_string()));
        repeated.map_or_else(|| "an item".to_owned(), quote)
    }
}

/// What the schema says the field at `pointer` is: the first sentence of its description.
fn description(schema: &Json, pointer: &str) -> Option<String> {
    let mut here = schema;
    let mut described = None;
    for token in pointer.split('/').skip(1) {
        let name = unescape_pointer(token);
        let resolved = resolve(schema, here);
        let field = resolved.get("properties").and_then(|fields| fields.get(&*name));
        here = field.or_else(|| resolved.get("items"))?;
        described = here.get("description").or(described);
    }
    let text = described?.as_str()?;
    let first = text.split_inclusive(". ").next().unwrap_or(text).trim().trim_end_matches('.');
    let name = pointer.split('/').rfind(|token| !token.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some(format!("{}: {first}", plain(name)))
}

fn plain(name: &str) -> String {
    let unescaped = unescape_pointer(name);
    shorten(&escape(&unescaped), 40).into_owned()
}

/// A value as a message quotes it.
fn quote(value: Value<'_>) -> String {
    match (value.as_str(), value.scalar_text()) {
        (Some(text), _) => format!("\"{}\"", shorten(&escape(text), 60)),
        (None, Some(text)) => shorten(text, 60).into_owned(),
        (None, None) => kind_words(value.kind()).to_owned(),
    }
}

const fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Null => "null",
        Kind::False | Kind::True => "a boolean",
        Kind::Number => "a number",
        Kind::String => "a string",
        Kind::Array => "an array",
        Kind::Object => "an object",
    }
}

fn type_words(kind: &TypeKind) -> String {
    let word = |kind: JsonType| match kind {
        JsonType::Null => "null",
        JsonType::Boolean => "a boolean",
        JsonType::Integer => "an integer",
        JsonType::Number => "a number",
        JsonType::String => "a string",
        JsonType::Array => "an array",
        JsonType::Object => "an object",
    };
    match kind {
        TypeKind::Single(kind) => word(*kind).to_owned(),
        TypeKind::Multiple(kinds) => kinds.iter().map(word).collect::<Vec<_>>().join(" or "),
    }
}

fn format_words(format: &str) -> String {
    match format {
        "date" => "a date (YYYY-MM-DD)".to_owned(),
        "date-time" => "a date and time (RFC 3339, such as 2026-11-20T09:00:00Z)".to_owned(),
        "time" => "a time (RFC 3339, such as 09:00:00Z)".to_owned(),
        "uri" => "an address with a scheme (such as https://example.org)".to_owned(),
        "email" => "an email address".to_owned(),
        other => format!("in the format {other}"),
    }
}
