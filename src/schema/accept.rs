//! A quick yes for values that plainly satisfy a schema.
//!
//! Nearly every record is valid, so the common answer should cost little more than reading the record. A program
//! compiled from the schema says "accepted" only where that is certain; "not accepted" means nothing but "ask the
//! full validator", which alone decides and explains. So this module may know less than all of JSON Schema, but must
//! never accept what the full validator rejects; a test compares the two.

use std::collections::HashMap;

use regex_automata::Anchored;
use regex_automata::dfa::{Automaton, dense};
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use serde_json::Value as Json;

use super::formats::Format;
use crate::read::tape::{Kind, Value, is_same};

/// The compiled checks of one schema. Check 0 is the schema itself.
#[derive(Debug, Default)]
pub(super) struct Program {
    checks: Vec<Check>,
}

/// What one subschema asks of a value.
#[derive(Debug, Default)]
struct Check {
    /// Something is asked that this module cannot judge: nothing is accepted.
    never: bool,
    /// Nothing but its own keywords judges the value.
    is_plain: bool,
    /// Allowed kinds as bits of [`bit`]; none where nothing is accepted.
    kinds: u8,
    /// Whether numbers must be written as integers.
    integer: bool,
    /// Allowed scalar values; `None` allows all.
    values: Option<Values>,
    string: StringCheck,
    minimum: Option<(f64, bool)>,
    maximum: Option<(f64, bool)>,
    items: Option<usize>,
    min_items: usize,
    max_items: Option<usize>,
    unique: bool,
    properties: Vec<(Box<str>, usize)>,
    slots: Slots,
    /// Bits of the required properties, by index into `properties`.
    required: u64,
    additional: Additional,
    all_of: Vec<usize>,
    any_of: Vec<usize>,
}

/// A table from names to properties that hardly ever compares twice: the properties of one schema are few and known,
/// so a factor is searched for under which they fall into different slots.
#[derive(Debug)]
struct Slots {
    factor: u32,
    /// Index of a property plus one; 0 for none.
    table: [u8; 64],
}

impl Default for Slots {
    fn default() -> Self {
        Self { factor: 1, table: [0; 64] }
    }
}

impl Slots {
    /// The best table for `names`, of which the first 255 get a slot.
    fn new(names: &[(Box<str>, usize)]) -> Self {
        let build = |factor: u32| {
            let (mut slots, mut taken) = (Self { factor, table: [0; 64] }, 0);
            for ((name, _), number) in names.iter().zip(1u8..=u8::MAX) {
                let slot = &mut slots.table[slots.factor_slot(name.as_bytes())];
                taken += usize::from(*slot != 0);
                *slot = if *slot == 0 { number } else { *slot };
            }
            (taken, slots)
        };
        let tried = (0..64).map(|n| build(2 * n + 1));
        tried.min_by_key(|(collisions, _)| *collisions).map_or_else(Self::default, |(_, slots)| slots)
    }

    #[inline]
    fn factor_slot(&self, name: &[u8]) -> usize {
        let (first, last) = (name.first().copied().unwrap_or(0), name.last().copied().unwrap_or(0));
        let middle = name.get(name.len() / 2).copied().unwrap_or(0);
        let mixed =
            u32::from(first) | u32::from(last) << 8 | u32::from(middle) << 16 | (name.len() as u32) << 24;
        (mixed.wrapping_mul(self.factor.wrapping_mul(0x9e37_79b1)) >> 26) as usize
    }
}

#[derive(Debug, Default)]
struct Values {
    strings: Vec<Box<str>>,
    /// Bits of [`bit`] for `null`, `true` and `false`.
    literals: u8,
}

#[derive(Debug, Default)]
struct StringCheck {
    min_length: usize,
    max_length: Option<usize>,
    pattern: Option<Pattern>,
    format: Option<Format>,
}

#[derive(Debug)]
struct Pattern {
    dfa: Box<dense::DFA<Vec<u32>>>,
    start: StateID,
}

#[derive(Debug, Default, Clone, Copy)]
enum Additional {
    #[default]
    Any,
    Forbidden,
    Check(usize),
}

impl Program {
    /// Compiles `schema`. Never fails: what is not understood is never accepted.
    pub(super) fn compile(schema: &Json) -> Self {
        let dialect = schema.get("$schema").and_then(Json::as_str);
        let known = dialect.is_none_or(|uri| uri.trim_end_matches('#').ends_with("draft/2020-12/schema"));
        let mut compiler = Compiler { root: schema, checks: Vec::new(), places: HashMap::new() };
        let root = compiler.check(schema, "");
        debug_assert_eq!(root, 0);
        if !known || compiler.has_cycle_in_place() {
            compiler.checks[0].never = true;
        }
        compiler.checks.iter_mut().for_each(Check::settle);
        Self { checks: compiler.checks }
    }

    /// Whether `value` certainly satisfies the schema.
    #[inline]
    pub(super) fn accepts(&self, value: Value<'_>) -> bool {
        self.accepts_at(0, value)
    }

    fn accepts_at(&self, at: usize, value: Value<'_>) -> bool {
        let check = &self.checks[at];
        let kind = value.kind();
        if check.kinds & bit(kind) == 0 {
            return false;
        }
        let fits = match kind {
            Kind::String => {
                let text = value.text_bytes();
                check.string.accepts(text)
                    && check.values.as_ref().is_none_or(|values| values.allow_string(text))
            }
            Kind::Object | Kind::Array if check.values.is_some() => false,
            Kind::Object => self.accepts_object(check, value),
            Kind::Array => self.accepts_array(check, value),
            Kind::Number => {
                check.values.is_none() && check.accepts_number(value.as_number().unwrap_or_default())
            }
            Kind::Null | Kind::False | Kind::True => {
                check.values.as_ref().is_none_or(|values| values.literals & bit(kind) != 0)
            }
        };
        fits && (check.is_plain || self.accepts_in_place(check, value))
    }

    /// The subschemas that judge the same value.
    fn accepts_in_place(&self, check: &Check, value: Value<'_>) -> bool {
        check.all_of.iter().all(|&at| self.accepts_at(at, value))
            && (check.any_of.is_empty() || check.any_of.iter().any(|&at| self.accepts_at(at, value)))
    }

    fn accepts_array(&self, check: &Check, value: Value<'_>) -> bool {
        let len = value.len();
        if len < check.min_items || check.max_items.is_some_and(|max| len > max) {
            return false;
        }
        if check.unique && !plainly_unique(value) {
            return false;
        }
        check.items.is_none_or(|at| value.items().all(|item| self.accepts_at(at, item)))
    }

    fn accepts_object(&self, check: &Check, value: Value<'_>) -> bool {
        if check.properties.is_empty() && matches!(check.additional, Additional::Any) {
            return true;
        }
        let mut missing = check.required;
        for (name, member) in value.members() {
            let found = check.property(name.text_bytes());
            let at = match (found, check.additional) {
                (Some(at), _) => {
                    missing &= !(1 << at.min(63));
                    check.properties[at].1
                }
                (None, Additional::Any) => continue,
                (None, Additional::Forbidden) => return false,
                (None, Additional::Check(at)) => at,
            };
            if !self.accepts_at(at, member) {
                return false;
            }
        }
        missing == 0
    }
}

impl Values {
    fn allow_string(&self, text: &[u8]) -> bool {
        self.strings.iter().any(|allowed| is_same(allowed.as_bytes(), text))
    }
}

impl StringCheck {
    #[inline]
    fn accepts(&self, text: &[u8]) -> bool {
        if text.len() < self.min_length.saturating_mul(4) && characters(text) < self.min_length {
            return false;
        }
        if self.max_length.is_some_and(|max| text.len() > max && characters(text) > max) {
            return false;
        }
        self.format.is_none_or(|format| format.plainly_holds(text))
            && self.pattern.as_ref().is_none_or(|pattern| pattern.matches(text))
    }
}

impl Pattern {
    #[inline]
    fn matches(&self, text: &[u8]) -> bool {
        let mut state = self.start;
        for &byte in text {
            state = self.dfa.next_state(state, byte);
            if self.dfa.is_special_state(state) {
                if self.dfa.is_match_state(state) {
                    return true;
                }
                if self.dfa.is_dead_state(state) || self.dfa.is_quit_state(state) {
                    return false;
                }
            }
        }
        self.dfa.is_match_state(self.dfa.next_eoi_state(state))
    }
}

impl Check {
    /// The index of the property called `name`.
    #[inline]
    fn property(&self, name: &[u8]) -> Option<usize> {
        let named = |at: usize| is_same(self.properties[at].0.as_bytes(), name);
        match usize::from(self.slots.table[self.slots.factor_slot(name)]).checked_sub(1) {
            None if self.properties.len() < usize::from(u8::MAX) => None,
            Some(at) if named(at) => Some(at),
            _ => (0..self.properties.len()).find(|&at| named(at)),
        }
    }

    /// Works out what is asked at every value.
    fn settle(&mut self) {
        self.slots = Slots::new(&self.properties);
        self.is_plain = self.all_of.is_empty() && self.any_of.is_empty();
        self.kinds = match (self.never, self.kinds) {
            (true, _) => 0,
            (false, 0) => u8::MAX,
            (false, kinds) => kinds,
        };
    }

    fn accepts_number(&self, text: &str) -> bool {
        if self.integer && text.contains(['.', 'e', 'E']) {
            return false;
        }
        if self.minimum.is_none() && self.maximum.is_none() {
            return true;
        }
        // Beyond 2^53 two numbers may round to one: leave those to the full validator.
        let Some(number) = text.parse::<f64>().ok().filter(|n| n.abs() < 9.0e15) else {
            return false;
        };
        let above = |(limit, strict): (f64, bool)| if strict { number > limit } else { number >= limit };
        let below = |(limit, strict): (f64, bool)| if strict { number < limit } else { number <= limit };
        self.minimum.is_none_or(above) && self.maximum.is_none_or(below)
    }
}

/// Code points in UTF-8 text.
fn characters(text: &[u8]) -> usize {
    text.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

/// Whether all items are strings and differ. A long array is left to the full validator, which has a hash table.
fn plainly_unique(value: Value<'_>) -> bool {
    const LONG: usize = 32;
    if value.len() > LONG {
        return false;
    }
    value.items().enumerate().all(|(at, item)| {
        item.kind() == Kind::String
            && value.items().take(at).all(|other| !is_same(other.text_bytes(), item.text_bytes()))
    })
}

const fn bit(kind: Kind) -> u8 {
    match kind {
        Kind::Null => 1,
        Kind::False => 2,
        Kind::True => 4,
        Kind::Number => 8,
        Kind::String => 16,
        Kind::Array => 32,
        Kind::Object => 64,
    }
}

struct Compiler<'a> {
    root: &'a Json,
    checks: Vec<Check>,
    /// Which check a place in the schema became, by JSON pointer.
    places: HashMap<String, usize>,
}

/// Keywords that say nothing about validity.
const ANNOTATIONS: [&str; 12] = [
    "$schema",
    "$id",
    "$comment",
    "$defs",
    "title",
    "description",
    "examples",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "contentMediaType",
];

impl<'a> Compiler<'a> {
    fn check(&mut self, schema: &Json, place: &str) -> usize {
        if let Some(&at) = self.places.get(place) {
            return at;
        }
        if let Some((pointer, target)) = self.only_refers(schema) {
            return self.check(target, pointer);
        }
        let at = self.checks.len();
        self.places.insert(place.to_owned(), at);
        self.checks.push(Check::default());
        let check = match schema {
            Json::Bool(true) => Check::default(),
            Json::Object(keywords) => {
                let mut check = Check::default();
                for (keyword, argument) in keywords {
                    if self.keyword(&mut check, keyword, argument, place).is_none() {
                        check.never = true;
                    }
                }
                if !place.is_empty() && (keywords.contains_key("$id") || keywords.contains_key("$anchor")) {
                    check.never = true;
                }
                self.resolve_required(&mut check, keywords, place);
                check
            }
            _ => Check { never: true, ..Check::default() },
        };
        self.checks[at] = check;
        at
    }

    /// The place and the schema that `schema` stands for when it is nothing but a reference with annotations. The root,
    /// and a reference to another reference, are left as they are, so that this ends.
    fn only_refers<'b>(&self, schema: &'b Json) -> Option<(&'b str, &'a Json)> {
        let keywords = schema.as_object()?;
        let pointer = keywords.get("$ref")?.as_str()?.strip_prefix('#')?;
        let others = keywords.keys().filter(|keyword| *keyword != "$ref");
        let is_bare = others.into_iter().all(|keyword| is_annotation(keyword) && keyword != "$id");
        let target = self.root.pointer(pointer)?;
        (is_bare && !self.checks.is_empty() && target.get("$ref").is_none()).then_some((pointer, target))
    }

    /// Adds what one keyword asks; `None` when that is beyond this module.
    fn keyword(&mut self, check: &mut Check, keyword: &str, argument: &Json, place: &str) -> Option<()> {
        let below = format!("{place}/{keyword}");
        match keyword {
            "type" => check.kinds = kinds(argument, &mut check.integer)?,
            // Both at once would have to be intersected.
            "enum" | "const" if check.values.is_some() => return None,
            "enum" => check.values = Some(values(argument.as_array()?)?),
            "const" => check.values = Some(values(std::slice::from_ref(argument))?),
            "minLength" => check.string.min_length = size(argument)?,
            "maxLength" => check.string.max_length = Some(size(argument)?),
            "pattern" => check.string.pattern = Some(pattern(argument.as_str()?)?),
            "format" => check.string.format = Some(Format::from_name(argument.as_str()?)?),
            "minimum" => tighten(&mut check.minimum, argument, false, f64::max)?,
            "exclusiveMinimum" => tighten(&mut check.minimum, argument, true, f64::max)?,
            "maximum" => tighten(&mut check.maximum, argument, false, f64::min)?,
            "exclusiveMaximum" => tighten(&mut check.maximum, argument, true, f64::min)?,
            "items" => check.items = Some(self.check(argument, &below)),
            "minItems" => check.min_items = size(argument)?,
            "maxItems" => check.max_items = Some(size(argument)?),
            "uniqueItems" => check.unique = argument.as_bool()?,
            "properties" => {
                for (name, schema) in argument.as_object()? {
                    let at =
                        self.check(schema, &format!("{below}/{}", crate::read::tape::escape_pointer(name)));
                    check.properties.push((name.as_str().into(), at));
                }
            }
            "additionalProperties" => {
                check.additional = match argument {
                    Json::Bool(false) => Additional::Forbidden,
                    Json::Bool(true) => Additional::Any,
                    schema => Additional::Check(self.check(schema, &below)),
                }
            }
            "allOf" => check.all_of.extend(self.branches(argument, &below)?),
            "anyOf" => check.any_of = self.branches(argument, &below)?,
            "$ref" => {
                let pointer = argument.as_str()?.strip_prefix('#')?;
                let target = self.root.pointer(pointer)?;
                check.all_of.push(self.check(target, pointer));
            }
            "required" => {}
            _ if is_annotation(keyword) => {}
            _ => return None,
        }
        Some(())
    }

    fn branches(&mut self, argument: &Json, place: &str) -> Option<Vec<usize>> {
        let branches = argument.as_array()?.iter().enumerate();
        Some(branches.map(|(n, schema)| self.check(schema, &format!("{place}/{n}"))).collect())
    }

    /// Gives each required name a property, also one that is not described, and sets its bit.
    fn resolve_required(&mut self, check: &mut Check, keywords: &serde_json::Map<String, Json>, place: &str) {
        let Some(required) = keywords.get("required") else { return };
        let names: Vec<&str> = required.as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        for name in names {
            let known = check.properties.iter().position(|(property, _)| **property == *name);
            let at = known.unwrap_or_else(|| {
                // An undescribed property must satisfy what additional ones must.
                let any = self.check(&Json::Bool(true), &format!("{place}/required/{name}"));
                let target = match check.additional {
                    Additional::Any => any,
                    Additional::Check(at) => at,
                    Additional::Forbidden => {
                        check.never = true;
                        any
                    }
                };
                check.properties.push((name.into(), target));
                check.properties.len() - 1
            });
            if at < 63 {
                check.required |= 1 << at;
            } else {
                check.never = true;
            }
        }
        if check.properties.len() > 63 && check.required != 0 {
            check.never = true;
        }
    }

    /// Whether a check leads back to itself without going one level down in the value, which would never end.
    fn has_cycle_in_place(&self) -> bool {
        fn visit(checks: &[Check], at: usize, state: &mut [u8]) -> bool {
            match state[at] {
                1 => return true,
                2 => return false,
                _ => state[at] = 1,
            }
            let next = checks[at].all_of.iter().chain(&checks[at].any_of);
            let cyclic = next.copied().any(|to| visit(checks, to, state));
            state[at] = 2;
            cyclic
        }
        let mut state = vec![0; self.checks.len()];
        (0..self.checks.len()).any(|at| visit(&self.checks, at, &mut state))
    }
}

fn is_annotation(keyword: &str) -> bool {
    ANNOTATIONS.contains(&keyword) || keyword.starts_with("x-")
}

fn kinds(argument: &Json, integer: &mut bool) -> Option<u8> {
    let names: Vec<&str> = match argument {
        Json::String(name) => vec![name],
        Json::Array(names) => names.iter().map(Json::as_str).collect::<Option<_>>()?,
        _ => return None,
    };
    let mut kinds = 0;
    *integer = names.contains(&"integer") && !names.contains(&"number");
    for name in names {
        kinds |= match name {
            "null" => bit(Kind::Null),
            "boolean" => bit(Kind::False) | bit(Kind::True),
            "number" | "integer" => bit(Kind::Number),
            "string" => bit(Kind::String),
            "array" => bit(Kind::Array),
            "object" => bit(Kind::Object),
            _ => return None,
        };
    }
    Some(kinds)
}

fn values(options: &[Json]) -> Option<Values> {
    let mut values = Values::default();
    for option in options {
        match option {
            Json::String(text) => values.strings.push(text.as_str().into()),
            Json::Null => values.literals |= bit(Kind::Null),
            Json::Bool(true) => values.literals |= bit(Kind::True),
            Json::Bool(false) => values.literals |= bit(Kind::False),
            // Numbers compare by value, containers deeply: the full validator knows how. Records that hold one
            // of the other values are still accepted here.
            _ => {}
        }
    }
    Some(values)
}

fn size(argument: &Json) -> Option<usize> {
    argument.as_u64().and_then(|n| usize::try_from(n).ok())
}

fn tighten(
    limit: &mut Option<(f64, bool)>,
    argument: &Json,
    strict: bool,
    tighter: fn(f64, f64) -> f64,
) -> Option<()> {
    let new = argument.as_f64().filter(|n| n.abs() < 9.0e15)?;
    *limit = Some(match *limit {
        Some((old, old_strict)) if old == new => (old, strict || old_strict),
        Some((old, old_strict)) if tighter(old, new) == old => (old, old_strict),
        _ => (new, strict),
    });
    Some(())
}

/// A pattern in the part of the syntax that ECMA 262 and our regular expressions read alike: ASCII literals,
/// plain classes, groups, alternation, repetition, anchors; and the dot, once it is told which line ends ECMA means.
fn pattern(text: &str) -> Option<Pattern> {
    const SIZE: usize = 1 << 20;
    const ANY: &str = r"[^\n\r\u{2028}\u{2029}]";
    let mut translated = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut in_class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let escaped = chars.next()?;
                let is_punctuation = escaped.is_ascii_punctuation() && !matches!(escaped, '<' | '>');
                if !is_punctuation && !matches!(escaped, 't' | 'n' | 'r') {
                    return None;
                }
                translated.push('\\');
                translated.push(escaped);
                continue;
            }
            '[' if in_class => return None,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class && chars.peek() == Some(&'?') => return None,
            '.' if !in_class => {
                translated.push_str(ANY);
                continue;
            }
            // Set operations inside classes are ours alone.
            '&' | '~' | '-' if in_class && chars.peek() == Some(&c) => return None,
            c if c.is_ascii_graphic() || c == ' ' => {}
            _ => return None,
        }
        translated.push(c);
    }
    let syntax = regex_automata::util::syntax::Config::new();
    let config = dense::Config::new().dfa_size_limit(Some(SIZE)).determinize_size_limit(Some(SIZE));
    let dfa = dense::Builder::new().syntax(syntax).configure(config).build(&translated).ok()?;
    let anchored = if text.starts_with('^') && !text.contains('|') { Anchored::Yes } else { Anchored::No };
    let start = dfa.start_state(&start::Config::new().anchored(anchored)).ok()?;
    Some(Pattern { dfa: Box::new(dfa), start })
}
