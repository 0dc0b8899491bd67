//! One flat array of nodes for a parsed value, whatever its format, each node knowing the bytes it came from.
//!
//! A tape is filled front to back by a reader and then only read. It holds no tree of allocations: a container
//! stores the index one past its last descendant, so a child is the next node and a sibling is one jump away.
//! Scalars point into the source where their text stands verbatim, and into a side text where it had to be
//! decoded. It does not know which format it came from.

use std::borrow::Cow;

use crate::text::Span;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`.
    Null,
    /// `false`.
    False,
    /// `true`.
    True,
    /// A number, kept as written in JSON's grammar.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object: its children alternate between name (a string) and value.
    Object,
}

/// One node: 20 bytes.
#[derive(Debug, Clone, Copy)]
struct Entry {
    span: Span,
    /// Scalars: where the text starts. Containers: the index one past the last descendant.
    data: u32,
    /// Scalars: length of the text in bytes. Arrays: items. Objects: members.
    len: u32,
    kind: Kind,
    /// Scalars: whether the text stands in the side text instead of the source.
    decoded: bool,
}

/// Parsed values of one source. Reusable: [`clear`](Self::clear) keeps the memory.
#[derive(Debug, Default, Clone)]
pub struct Tape {
    entries: Vec<Entry>,
    decoded: String,
    /// Where the names of the last record stand in the source, quotes included; see [`Tape::foreseen`].
    foreseen: Vec<(Span, u64)>,
}

/// An open container while a reader fills it.
#[derive(Debug)]
#[must_use = "an open container must be closed"]
pub struct Open(usize);

impl Tape {
    /// An empty tape.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets all values, keeps the memory.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.decoded.clear();
    }

    /// Where the name at `place` of the record before stands in the same source, with its quotes, and the mark the
    /// reader gave it. It outlives [`clear`](Self::clear), and ends with [`forget`](Self::forget).
    #[inline]
    #[must_use]
    pub(super) fn foreseen(&self, place: usize) -> Option<(Span, u64)> {
        self.foreseen.get(place).copied()
    }

    /// Remembers the names of the object whose first name is node `first`, up to one that does not stand verbatim, each
    /// with the mark that `mark` gives its text.
    pub(super) fn foresee(&mut self, source: &str, first: usize, mark: fn(&[u8]) -> u64) {
        const MOST: usize = 64;
        self.foreseen.clear();
        let mut at = first;
        while let Some(name) = self.entries.get(at) {
            if name.decoded || self.foreseen.len() == MOST {
                break;
            }
            let text = Span::new(name.data, name.data + name.len);
            self.foreseen.push((name.span, mark(text.slice(source.as_bytes()))));
            at = match self.entries.get(at + 1) {
                Some(Entry { kind: Kind::Array | Kind::Object, data, .. }) => *data as usize,
                _ => at + 2,
            };
        }
    }

    /// Forgets the names of the record before: another source comes.
    pub(super) fn forget(&mut self) {
        self.foreseen.clear();
    }

    /// The length of the string at node `name` in the source, quotes included.
    pub(super) fn name_length(&self, name: usize) -> u32 {
        let span = self.entries[name].span;
        span.end - span.start
    }

    /// Number of nodes; the next node pushed gets this index.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing was pushed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Drops the nodes from index `len` on: a reader that fails in the middle of a value takes it back.
    pub fn truncate(&mut self, len: usize) {
        self.entries.truncate(len);
    }

    /// Pushes `null`, `true` or `false`.
    pub fn push_literal(&mut self, kind: Kind, span: Span) {
        self.push(Entry { span, data: 0, len: 0, kind, decoded: false });
    }

    /// Pushes a string or number whose text stands verbatim at `text` of the source.
    #[inline]
    pub fn push_verbatim(&mut self, kind: Kind, span: Span, text: Span) {
        let len = text.end - text.start;
        self.push(Entry { span, data: text.start, len, kind, decoded: false });
    }

    /// Pushes a string or number whose text had to be decoded. A number's text must be in JSON's grammar.
    pub fn push_decoded(&mut self, kind: Kind, span: Span, text: &str) {
        let data = to_u32(self.decoded.len());
        self.decoded.push_str(text);
        self.push(Entry { span, data, len: to_u32(text.len()), kind, decoded: true });
    }

    /// Pushes the scalar at node `at` once more, with its span: how a name is repeated without repeating its text.
    pub fn push_again(&mut self, at: usize) {
        let entry = self.entries[at];
        debug_assert!(!matches!(entry.kind, Kind::Array | Kind::Object));
        self.push(entry);
    }

    /// Opens an array or object that starts at byte `start`.
    #[inline]
    pub fn open(&mut self, kind: Kind, start: usize) -> Open {
        let at = self.entries.len();
        self.push(Entry { span: Span::at(start), data: 0, len: 0, kind, decoded: false });
        Open(at)
    }

    /// Closes a container that ends before byte `end` and has `len` items or members.
    #[inline]
    pub fn close(&mut self, open: Open, end: usize, len: usize) {
        let next = to_u32(self.entries.len());
        let entry = &mut self.entries[open.0];
        entry.span.end = to_u32(end);
        entry.data = next;
        entry.len = to_u32(len);
    }

    /// Gives the string at node `at` another text, keeping its span: how a configured name or value alias is
    /// applied.
    pub fn rename(&mut self, at: usize, text: &str) {
        let data = to_u32(self.decoded.len());
        self.decoded.push_str(text);
        let entry = &mut self.entries[at];
        debug_assert_eq!(entry.kind, Kind::String);
        (entry.data, entry.len, entry.decoded) = (data, to_u32(text.len()), true);
    }

    /// The value at node `at`. `source` must be the text the tape was filled from.
    #[must_use]
    pub fn value<'a>(&'a self, source: &'a str, at: usize) -> Value<'a> {
        Value { tape: self, source, at: to_u32(at) }
    }

    /// The first value.
    #[must_use]
    pub fn root<'a>(&'a self, source: &'a str) -> Option<Value<'a>> {
        (!self.is_empty()).then(|| self.value(source, 0))
    }

    #[inline]
    fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }
}

#[inline]
fn to_u32(n: usize) -> u32 {
    // Sources are at most 4 GiB, and a node takes at least one byte of them.
    n as u32
}

/// A value on a tape. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Value<'a> {
    tape: &'a Tape,
    source: &'a str,
    at: u32,
}

impl<'a> Value<'a> {
    #[inline]
    fn entry(&self) -> &'a Entry {
        &self.tape.entries[self.at as usize]
    }

    /// What it is.
    #[inline]
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.entry().kind
    }

    /// The bytes it came from: with the quotes of a string, the brackets of a container.
    #[inline]
    #[must_use]
    pub fn span(&self) -> Span {
        self.entry().span
    }

    /// Its index on the tape, which is its identity.
    #[must_use]
    pub fn index(&self) -> usize {
        self.at as usize
    }

    /// The address of the tape it is on: with the index, unique among all values alive.
    #[must_use]
    pub fn tape_address(&self) -> usize {
        std::ptr::from_ref(self.tape) as usize
    }

    /// The text of a string, decoded.
    #[inline]
    #[must_use]
    pub fn as_str(&self) -> Option<&'a str> {
        (self.kind() == Kind::String).then(|| self.text())
    }

    /// The text of a number, in JSON's grammar.
    #[must_use]
    pub fn as_number(&self) -> Option<&'a str> {
        (self.kind() == Kind::Number).then(|| self.text())
    }

    /// The truth value of `true` and `false`.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.kind() {
            Kind::True => Some(true),
            Kind::False => Some(false),
            _ => None,
        }
    }

    /// The text of a scalar as a person would quote it: strings decoded, others as written; `None` for containers.
    #[must_use]
    pub fn scalar_text(&self) -> Option<&'a str> {
        match self.kind() {
            Kind::String | Kind::Number => Some(self.text()),
            Kind::True => Some("true"),
            Kind::False => Some("false"),
            Kind::Null => Some("null"),
            Kind::Array | Kind::Object => None,
        }
    }

    #[inline]
    fn text(&self) -> &'a str {
        let entry = self.entry();
        let range = entry.data as usize..(entry.data + entry.len) as usize;
        let from = if entry.decoded { &self.tape.decoded } else { self.source };
        from.get(range).unwrap_or_default()
    }

    /// The bytes of a scalar's text, decoded; those of a container are empty.
    #[inline]
    #[must_use]
    pub fn text_bytes(&self) -> &'a [u8] {
        let entry = self.entry();
        match entry.kind {
            Kind::String | Kind::Number => {
                let range = entry.data as usize..(entry.data + entry.len) as usize;
                let from = if entry.decoded { self.tape.decoded.as_bytes() } else { self.source.as_bytes() };
                from.get(range).unwrap_or_default()
            }
            _ => &[],
        }
    }

    /// How many bytes [`Self::text_bytes`] has, without a look at them.
    #[inline]
    #[must_use]
    pub fn text_len(&self) -> usize {
        match self.kind() {
            Kind::String | Kind::Number => self.entry().len as usize,
            _ => 0,
        }
    }

    /// Number of items or members; 0 for scalars.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        match self.kind() {
            Kind::Array | Kind::Object => self.entry().len as usize,
            _ => 0,
        }
    }

    /// Whether there are no items or members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The items of an array; none for anything else.
    #[inline]
    #[must_use]
    pub fn items(&self) -> Items<'a> {
        let end = match self.kind() {
            Kind::Array => self.entry().data,
            _ => self.at + 1,
        };
        Items { next: Value { at: self.at + 1, ..*self }, end }
    }

    /// The members of an object as (name, value); none for anything else. A name that occurs twice is given twice.
    #[inline]
    #[must_use]
    pub fn members(&self) -> Members<'a> {
        let end = match self.kind() {
            Kind::Object => self.entry().data,
            _ => self.at + 1,
        };
        Members { next: Value { at: self.at + 1, ..*self }, end }
    }

    /// The value of the member called `name`; the last one, as JSON parsers agree, when the name occurs twice.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value<'a>> {
        self.members().filter(|(key, _)| key.text() == name).last().map(|(_, value)| value)
    }

    /// The value at a JSON pointer (RFC 6901) below this one.
    #[must_use]
    pub fn pointer(&self, pointer: &str) -> Option<Value<'a>> {
        let mut value = *self;
        for token in pointer.split('/').skip(1) {
            let token = unescape_pointer(token);
            value = match value.kind() {
                Kind::Object => value.get(&token)?,
                Kind::Array => value.items().nth(token.parse().ok()?)?,
                _ => return None,
            };
        }
        Some(value)
    }

    /// The index one past this value and all it holds, where its next sibling stands if it has one.
    #[inline]
    #[must_use]
    pub fn next_index(&self) -> usize {
        self.after() as usize
    }

    #[inline]
    fn after(&self) -> u32 {
        match self.kind() {
            Kind::Array | Kind::Object => self.entry().data,
            _ => self.at + 1,
        }
    }

    /// The same value as `serde_json` holds it, for error texts and comparisons. The last of equal names wins.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self.kind() {
            Kind::Null => Json::Null,
            Kind::False => Json::Bool(false),
            Kind::True => Json::Bool(true),
            Kind::Number => number(self.text()).map_or(Json::Null, Json::Number),
            Kind::String => Json::String(self.text().to_owned()),
            Kind::Array => Json::Array(self.items().map(|item| item.to_json()).collect()),
            Kind::Object => {
                let members = self.members().map(|(name, value)| (name.text().to_owned(), value.to_json()));
                Json::Object(members.collect())
            }
        }
    }
}

impl std::fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.to_json())
    }
}

/// A number text as `serde_json` holds it; beyond the range of `f64` the largest finite value of its sign.
#[must_use]
pub fn number(text: &str) -> Option<serde_json::Number> {
    if let Ok(number) = text.parse::<serde_json::Number>() {
        return Some(number);
    }
    let value: f64 = text.parse().ok()?;
    serde_json::Number::from_f64(value.clamp(f64::MIN, f64::MAX))
}

/// One token of a JSON pointer without its `~0` and `~1` escapes.
#[must_use]
pub fn unescape_pointer(token: &str) -> Cow<'_, str> {
    if token.contains('~') { token.replace("~1", "/").replace("~0", "~").into() } else { token.into() }
}

/// One token of a JSON pointer with `~` and `/` escaped.
#[must_use]
pub fn escape_pointer(token: &str) -> Cow<'_, str> {
    if token.contains(['~', '/']) { token.replace('~', "~0").replace('/', "~1").into() } else { token.into() }
}

/// Whether two short texts are equal. Names mostly differ in length or at their ends, so this looks there first, with
/// few loads and no call.
#[inline]
#[must_use]
pub fn is_same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    match a.len() {
        8..=16 => a.first_chunk::<8>() == b.first_chunk::<8>() && a.last_chunk::<8>() == b.last_chunk::<8>(),
        4..=7 => a.first_chunk::<4>() == b.first_chunk::<4>() && a.last_chunk::<4>() == b.last_chunk::<4>(),
        2..=3 => a.first_chunk::<2>() == b.first_chunk::<2>() && a.last() == b.last(),
        _ => a == b,
    }
}

/// Iterator over the items of an array.
#[derive(Clone)]
pub struct Items<'a> {
    next: Value<'a>,
    end: u32,
}

impl<'a> Iterator for Items<'a> {
    type Item = Value<'a>;

    #[inline]
    fn next(&mut self) -> Option<Value<'a>> {
        if self.next.at >= self.end {
            return None;
        }
        let value = self.next;
        self.next.at = value.after();
        Some(value)
    }
}

/// Iterator over the members of an object.
#[derive(Clone)]
pub struct Members<'a> {
    next: Value<'a>,
    end: u32,
}

impl<'a> Iterator for Members<'a> {
    type Item = (Value<'a>, Value<'a>);

    #[inline]
    fn next(&mut self) -> Option<(Value<'a>, Value<'a>)> {
        if self.next.at >= self.end {
            return None;
        }
        let name = self.next;
        let value = Value { at: name.at + 1, ..name };
        self.next.at = value.after();
        Some((name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tape_is_walked_by_jumps_and_keeps_spans() {
        let source = r#"{"a":[1,"x"],"b":null}"#;
        let mut tape = Tape::new();
        let object = tape.open(Kind::Object, 0);
        tape.push_verbatim(Kind::String, Span::new(1, 4), Span::new(2, 3));
        let array = tape.open(Kind::Array, 5);
        tape.push_verbatim(Kind::Number, Span::new(6, 7), Span::new(6, 7));
        tape.push_decoded(Kind::String, Span::new(8, 11), "decoded");
        tape.close(array, 12, 2);
        tape.push_verbatim(Kind::String, Span::new(13, 16), Span::new(14, 15));
        tape.push_literal(Kind::Null, Span::new(17, 21));
        tape.close(object, 22, 2);

        let root = tape.root(source).expect("one value was pushed");
        assert_eq!(root.to_json(), serde_json::json!({"a": [1, "decoded"], "b": null}));
        assert_eq!(root.span(), Span::new(0, 22));
        let item = root.pointer("/a/1").expect("the pointer names an item");
        assert_eq!((item.as_str(), item.span()), (Some("decoded"), Span::new(8, 11)));
        assert!(root.pointer("/a/7").is_none() && root.pointer("/b/0").is_none());
    }

    #[test]
    fn numbers_beyond_any_range_stay_finite() {
        assert_eq!(number("1e999").and_then(|n| n.as_f64()), Some(f64::MAX));
        assert_eq!(number("18446744073709551615").and_then(|n| n.as_u64()), Some(u64::MAX));
    }

    #[test]
    fn names_of_any_length_are_compared_whole() {
        let text = "abcdefghijklmnopqrstuvwxyz";
        for length in 0..text.len() {
            let name = &text[..length];
            assert!(is_same(name.as_bytes(), name.to_owned().as_bytes()));
            for at in 0..length {
                let other: String =
                    name.chars().enumerate().map(|(n, c)| if n == at { '!' } else { c }).collect();
                assert!(!is_same(name.as_bytes(), other.as_bytes()), "{name} {other}");
            }
        }
    }

    #[test]
    fn pointer_tokens_survive_escaping() {
        assert_eq!(unescape_pointer(&escape_pointer("a/b~c")), "a/b~c");
    }
}
