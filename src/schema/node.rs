//! Lets the `jsonschema` crate validate values on a tape in place, so that spans survive validation and no second
//! tree is built.

use std::borrow::Cow;

use jsonschema::JsonType;
use jsonschema::json::{Array, Json, JsonNumber, Node, NodeIdentity, Object};

use crate::read::tape::{self, Items, Kind, Members, Value};

/// The tape as a JSON representation.
pub(super) struct TapeJson;

/// A value on a tape, or a name that `propertyNames` looks at by itself.
#[derive(Clone, Copy)]
pub(super) enum TapeNode<'a> {
    /// A value.
    Value(Value<'a>),
    /// A name.
    Name(&'a str),
}

impl Json for TapeJson {
    type Node<'a> = TapeNode<'a>;
    type PreparedKey = Box<str>;
    type StringBuffer = String;

    fn prepare_key(key: &str) -> Box<str> {
        key.into()
    }

    fn with_string_node<T>(buffer: &mut String, string: &str, f: impl FnOnce(TapeNode<'_>) -> T) -> T {
        buffer.clear();
        buffer.push_str(string);
        f(TapeNode::Name(buffer))
    }
}

impl<'a> Node<'a, TapeJson> for TapeNode<'a> {
    type Object = TapeObject<'a>;
    type Array = TapeArray<'a>;
    type Number = TapeNumber<'a>;

    fn as_object(&self) -> Option<TapeObject<'a>> {
        match self {
            Self::Value(value) if value.kind() == Kind::Object => Some(TapeObject(*value)),
            _ => None,
        }
    }

    fn as_array(&self) -> Option<TapeArray<'a>> {
        match self {
            Self::Value(value) if value.kind() == Kind::Array => Some(TapeArray(*value)),
            _ => None,
        }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::Value(value) => value.as_str().map(Cow::Borrowed),
            Self::Name(name) => Some(Cow::Borrowed(name)),
        }
    }

    fn as_number(&self) -> Option<TapeNumber<'a>> {
        match self {
            Self::Value(value) => value.as_number().map(TapeNumber),
            Self::Name(_) => None,
        }
    }

    fn as_boolean(&self) -> Option<bool> {
        match self {
            Self::Value(value) => value.as_bool(),
            Self::Name(_) => None,
        }
    }

    fn is_null(&self) -> bool {
        matches!(self, Self::Value(value) if value.kind() == Kind::Null)
    }

    fn json_type(&self) -> JsonType {
        match self {
            Self::Name(_) => JsonType::String,
            Self::Value(value) => match value.kind() {
                Kind::Null => JsonType::Null,
                Kind::False | Kind::True => JsonType::Boolean,
                Kind::Number => JsonType::Number,
                Kind::String => JsonType::String,
                Kind::Array => JsonType::Array,
                Kind::Object => JsonType::Object,
            },
        }
    }

    fn to_value(&self) -> Cow<'a, serde_json::Value> {
        Cow::Owned(match self {
            Self::Value(value) => value.to_json(),
            Self::Name(name) => serde_json::Value::String((*name).to_owned()),
        })
    }

    fn identity(&self) -> Option<NodeIdentity> {
        match self {
            // A tape's address and an index on it name one value as long as the tape lives.
            Self::Value(value) => Some(NodeIdentity::tagged(value.tape_address(), value.index() as u32)),
            Self::Name(_) => None,
        }
    }
}

/// An object on a tape.
pub(super) struct TapeObject<'a>(Value<'a>);

impl<'a> Object<'a, TapeJson> for TapeObject<'a> {
    type Node = TapeNode<'a>;
    type MemberName = &'a str;
    type MembersIter = TapeMembers<'a>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, key: &Box<str>) -> Option<TapeNode<'a>> {
        self.0.get(key).map(TapeNode::Value)
    }

    fn members(&self) -> TapeMembers<'a> {
        TapeMembers(self.0.members())
    }
}

/// The members of an object on a tape.
pub(super) struct TapeMembers<'a>(Members<'a>);

impl<'a> Iterator for TapeMembers<'a> {
    type Item = (&'a str, TapeNode<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, value) = self.0.next()?;
        Some((name.as_str().unwrap_or_default(), TapeNode::Value(value)))
    }
}

/// An array on a tape.
pub(super) struct TapeArray<'a>(Value<'a>);

impl<'a> Array<'a, TapeJson> for TapeArray<'a> {
    type Node = TapeNode<'a>;
    type ElementsIter = std::iter::Map<Items<'a>, fn(Value<'a>) -> TapeNode<'a>>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn elements(&self) -> Self::ElementsIter {
        self.0.items().map(TapeNode::Value)
    }
}

/// A number as written.
pub(super) struct TapeNumber<'a>(&'a str);

impl JsonNumber for TapeNumber<'_> {
    fn as_u64(&self) -> Option<u64> {
        self.0.parse().ok()
    }

    fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }

    fn as_f64(&self) -> Option<f64> {
        self.0.parse().ok()
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.0)
    }

    fn to_number(&self) -> Cow<'_, serde_json::Number> {
        Cow::Owned(tape::number(self.0).unwrap_or_else(|| 0.into()))
    }
}
