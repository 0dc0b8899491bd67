//! Settings in layers: what a user gives replaces what is built in, key by key, and each value remembers where it
//! came from. It does not know what any setting means.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::read::tape::{Kind, Tape, Value, escape_pointer, unescape_pointer};
use crate::text::{LineIndex, Span};

/// Where a setting came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The binary.
    BuiltIn,
    /// The preset of this name, which ships in the binary.
    Preset(&'static str),
    /// The configuration file.
    File,
}

/// One value that is not a table.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The value.
    pub json: Json,
    /// The bytes of the value in its layer.
    pub span: Span,
    /// The bytes of its name in its layer.
    pub name_span: Span,
    /// The layer.
    pub origin: Origin,
    /// The line in its layer, from 1.
    pub line: u32,
    /// For a list: the bytes of each item.
    items: Vec<Span>,
}

/// All settings by JSON pointer. Tables are merged; everything else, lists included, is replaced as a whole.
#[derive(Debug, Default, Clone)]
pub struct Settings {
    values: BTreeMap<String, Setting>,
}

impl Settings {
    /// Adds a layer on top of those before.
    pub(super) fn add(&mut self, tape: &Tape, source: &str, origin: Origin) {
        let lines = LineIndex::new(source.as_bytes());
        if let Some(root) = tape.root(source) {
            self.add_table(root, "", origin, &lines);
        }
    }

    /// Adds the settings of one table, as those at `pointer`, on top of those before.
    pub(super) fn add_table(&mut self, table: Value<'_>, pointer: &str, origin: Origin, lines: &LineIndex) {
        for (name, value) in table.members() {
            let below = format!("{pointer}/{}", escape_pointer(name.as_str().unwrap_or_default()));
            if value.kind() == Kind::Object {
                self.values.remove(&below);
                self.add_table(value, &below, origin, lines);
                continue;
            }
            let nested = format!("{below}/");
            let replaced = self.values.range(nested.clone()..).map(|(pointer, _)| pointer.clone());
            let replaced: Vec<String> = replaced.take_while(|pointer| pointer.starts_with(&nested)).collect();
            for pointer in replaced {
                self.values.remove(&pointer);
            }
            let setting = Setting {
                json: value.to_json(),
                span: value.span(),
                name_span: name.span(),
                origin,
                line: lines.line(name.span().start),
                items: value.items().map(|item| item.span()).collect(),
            };
            self.values.insert(below, setting);
        }
    }

    /// Every setting with the names that lead to it, sorted by them.
    pub fn iter(&self) -> impl Iterator<Item = (Vec<String>, &Setting)> {
        self.values.iter().map(|(pointer, setting)| {
            let names = pointer.split('/').skip(1).map(|name| unescape_pointer(name).into_owned());
            (names.collect(), setting)
        })
    }

    /// The setting at `pointer`.
    #[must_use]
    pub fn get(&self, pointer: &str) -> Option<&Setting> {
        self.values.get(pointer)
    }

    /// The text at `pointer`.
    #[must_use]
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.get(pointer)?.json.as_str()
    }

    /// The whole number at `pointer`.
    #[must_use]
    pub fn number(&self, pointer: &str) -> Option<u64> {
        self.get(pointer)?.json.as_u64()
    }

    /// The bytes of the value at `pointer`; the start of the file when it is not set.
    #[must_use]
    pub fn span(&self, pointer: &str) -> Span {
        self.get(pointer).map_or(Span::default(), |setting| setting.span)
    }

    /// The texts of the list at `pointer`, or its one text, each with its bytes.
    pub fn texts(&self, pointer: &str) -> impl Iterator<Item = (&str, Span)> {
        let setting = self.get(pointer);
        let one = setting.and_then(|setting| Some((setting.json.as_str()?, setting.span)));
        let many = self.list(pointer).filter_map(|(item, span)| Some((item.as_str()?, span)));
        one.into_iter().chain(many)
    }

    /// The items of the list at `pointer`, each with its bytes.
    pub fn list(&self, pointer: &str) -> impl Iterator<Item = (&Json, Span)> {
        let setting = self.get(pointer);
        let items = setting.and_then(|setting| setting.json.as_array());
        let spans = setting.map_or(&[][..], |setting| &setting.items);
        items.into_iter().flatten().zip(spans.iter().copied())
    }

    /// The settings directly in the table at `pointer`, by name, unescaped.
    pub fn table(&self, pointer: &str) -> impl Iterator<Item = (String, &Setting)> {
        let prefix = format!("{pointer}/");
        self.below(prefix)
            .filter(|(name, _)| !name.contains('/'))
            .map(|(name, setting)| (unescape_pointer(name).into_owned(), setting))
    }

    /// The names of the tables and settings directly in the table at `pointer`.
    #[must_use]
    pub fn names(&self, pointer: &str) -> Vec<String> {
        let prefix = format!("{pointer}/");
        let mut names: Vec<String> = self
            .below(prefix)
            .map(|(rest, _)| rest.split('/').next().unwrap_or_default())
            .map(|name| unescape_pointer(name).into_owned())
            .collect();
        names.dedup();
        names.sort();
        names.dedup();
        names
    }

    fn below(&self, prefix: String) -> impl Iterator<Item = (&str, &Setting)> {
        self.values
            .range(prefix.clone()..)
            .take_while({
                let prefix = prefix.clone();
                move |(pointer, _)| pointer.starts_with(&prefix)
            })
            .map(move |(pointer, setting)| (&pointer[prefix.len()..], setting))
    }
}
