//! A record while it is put together: named values, each with the bytes it was taken from.

use std::borrow::Cow;

use crate::read::tape::{Kind, Tape, Value};
use crate::text::Span;

/// A record, or an object inside of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// The bytes it stands for.
    pub span: Span,
    fields: Vec<(Cow<'static, str>, Field)>,
}

/// The value of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    /// A text and its bytes.
    Text(String, Span),
    /// A whole number and its bytes.
    Number(i64, Span),
    /// A truth value and its bytes.
    Bool(bool, Span),
    /// Nothing, although something is named.
    Null(Span),
    /// A list and its bytes.
    List(Vec<Field>, Span),
    /// An object.
    Object(Object),
}

impl Object {
    /// An object without fields that stands for `span`.
    #[must_use]
    pub const fn new(span: Span) -> Self {
        Self { span, fields: Vec::new() }
    }

    /// Adds a field. A field that is there already keeps its first value.
    pub fn add(&mut self, name: impl Into<Cow<'static, str>>, field: impl Into<Option<Field>>) -> &mut Self {
        let name = name.into();
        if let Some(field) = field.into()
            && !self.has(&name)
        {
            self.fields.push((name, field));
        }
        self
    }

    /// Adds a list, also an empty one, which then has no bytes of its own but those of the object's start.
    pub fn list(&mut self, name: impl Into<Cow<'static, str>>, items: Vec<Field>) -> &mut Self {
        let first = items.first().map(Field::span);
        let last = items.last().map(Field::span);
        let span = match (first, last) {
            (Some(first), Some(last)) if first.start <= last.end => Span::new(first.start, last.end),
            (Some(first), _) => first,
            _ => Span::new(self.span.start, self.span.start),
        };
        self.add(name, Field::List(items, span))
    }

    /// Whether there is a field called `name`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The field called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, field)| field)
    }

    /// Replaces the value of each field by what `change` makes of it.
    pub fn map_fields(&mut self, change: impl Fn(&str, Field) -> Field) {
        for (name, field) in &mut self.fields {
            let value = std::mem::replace(field, Field::Null(Span::default()));
            *field = change(name, value);
        }
    }

    /// Puts the object on `tape`, whose source is `source`, and gives its node.
    pub fn write(&self, source: &str, tape: &mut Tape) -> u32 {
        let node = tape.len() as u32;
        let open = tape.open(Kind::Object, self.span.start as usize);
        for (name, field) in &self.fields {
            tape.push_decoded(Kind::String, field.span(), name);
            field.write(source, tape);
        }
        tape.close(open, self.span.end as usize, self.fields.len());
        node
    }
}

impl Field {
    /// A text and its bytes.
    #[must_use]
    pub fn text(text: impl Into<String>, span: Span) -> Self {
        Self::Text(text.into(), span)
    }

    /// A value of another tape, such as one of the front matter, with its bytes.
    #[must_use]
    pub fn from_value(value: Value<'_>) -> Self {
        let span = value.span();
        match value.kind() {
            Kind::Null => Self::Null(span),
            Kind::False => Self::Bool(false, span),
            Kind::True => Self::Bool(true, span),
            Kind::String => Self::text(value.as_str().unwrap_or_default(), span),
            Kind::Number => {
                let text = value.as_number().unwrap_or_default();
                text.parse().map_or_else(|_| Self::text(text, span), |number| Self::Number(number, span))
            }
            Kind::Array => Self::List(value.items().map(Self::from_value).collect(), span),
            Kind::Object => {
                let mut object = Object::new(span);
                for (name, value) in value.members() {
                    object.add(name.as_str().unwrap_or_default().to_owned(), Self::from_value(value));
                }
                Self::Object(object)
            }
        }
    }

    /// Its bytes.
    #[must_use]
    pub const fn span(&self) -> Span {
        match self {
            Self::Text(_, span)
            | Self::Number(_, span)
            | Self::Bool(_, span)
            | Self::Null(span)
            | Self::List(_, span) => *span,
            Self::Object(object) => object.span,
        }
    }

    /// Its text, when it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text, _) => Some(text),
            _ => None,
        }
    }

    fn write(&self, source: &str, tape: &mut Tape) {
        match self {
            Self::Text(text, span) if source.get(span.range()) == Some(text) => {
                tape.push_verbatim(Kind::String, *span, *span);
            }
            Self::Text(text, span) => tape.push_decoded(Kind::String, *span, text),
            Self::Number(number, span) => tape.push_decoded(Kind::Number, *span, &number.to_string()),
            Self::Bool(true, span) => tape.push_literal(Kind::True, *span),
            Self::Bool(false, span) => tape.push_literal(Kind::False, *span),
            Self::Null(span) => tape.push_literal(Kind::Null, *span),
            Self::List(items, span) => {
                let open = tape.open(Kind::Array, span.start as usize);
                items.iter().for_each(|item| item.write(source, tape));
                tape.close(open, span.end as usize, items.len());
            }
            Self::Object(object) => {
                object.write(source, tape);
            }
        }
    }
}
