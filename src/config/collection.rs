//! Collections as configured: which files, how they are read, what a record must look like, what its fields mean.

use std::fmt;
use std::sync::Arc;

use globset::{GlobSet, GlobSetBuilder};

use super::layers::{Origin, Setting, Settings};
use super::{Mistake, Ritual, glob, within};
use crate::model::period;
use crate::read::tape::{Kind, Value, escape_pointer};
use crate::schema::built_in;
use crate::text::{RepoPath, Span, nearest};

/// One collection of records.
#[derive(Debug, Clone)]
pub struct Collection {
    /// Its name: the SQL table, the argument of `records`.
    pub name: Arc<str>,
    /// The patterns of its files as written, each with its bytes in the configuration.
    pub patterns: Vec<(String, Span)>,
    /// The same patterns, ready to match.
    pub files: GlobSet,
    /// Whether the user named the files. Only then must they exist, and are they read whatever they look like.
    pub is_configured: bool,
    /// Whether documents that no pattern names are taken, too, when what they say leaves no doubt.
    pub anywhere: bool,
    /// How a file becomes records: those readers that fit its extension, the first that finds some counts. Where none
    /// fits, the extension decides.
    pub readers: Vec<Reader>,
    /// What a record must look like.
    pub schema: Option<SchemaSource>,
    /// The bytes of the schema's name in the configuration.
    pub schema_span: Span,
    /// The fields that together identify a record; empty when nothing does.
    pub key: Vec<FieldPath>,
    /// Fields that hold keys of other records.
    pub references: Vec<Reference>,
    /// Name in the file → name in the collection.
    pub map: Vec<(String, String)>,
    /// Value in the file → value the schema knows, for fields with an `enum`.
    pub values: Vec<(String, String)>,
    /// Whether no two records may have the same key.
    pub is_unique: bool,
    /// How long what the records say must stay true.
    pub class: Class,
}

impl Collection {
    /// Whether a file that is offered to it may lie in `folder`, whose path ends in a slash, or below that. `root` is the
    /// project's folder. It may say so of a folder in which none can.
    #[must_use]
    pub fn may_lie_in(&self, root: &str, folder: &str) -> bool {
        // Documents and decisions are found wherever they are.
        let is_found = self.anywhere || (!self.is_configured && self.readers.contains(&Reader::Adr));
        is_found
            || self.patterns.iter().any(|(pattern, _)| {
                let literal =
                    pattern.split(['*', '?', '[', ']', '{', '}', '\\', '!']).next().unwrap_or_default();
                let start = within(root, literal);
                start.starts_with(folder) || folder.starts_with(&start)
            })
    }

    /// Whether its records are decisions.
    #[must_use]
    pub fn holds_decisions(&self) -> bool {
        *self.name == *"adrs" || self.readers.contains(&Reader::Adr)
    }

    /// The readers for the file at `path`, in the order in which they are tried; at least one.
    #[must_use]
    pub fn readers_for(&self, path: &RepoPath) -> Vec<Reader> {
        let usual = Reader::from_path(path);
        if usual.is_borrowed() && self.readers.contains(&usual) {
            return vec![usual];
        }
        let is_document = is_markdown(&path.extension());
        // Of several readers, one for a file of a certain name is for no other.
        let is_only = self.readers.len() == 1;
        let fits =
            |reader: &Reader| reader.is_for_documents() == is_document && (is_only || !reader.is_borrowed());
        let fitting: Vec<Reader> = self.readers.iter().copied().filter(fits).collect();
        match (fitting.is_empty(), self.readers.first()) {
            (false, _) => fitting,
            // A format named for files whose extension says something else.
            (true, Some(reader)) if !reader.is_for_documents() && (is_only || !reader.is_borrowed()) => {
                vec![*reader]
            }
            (true, _) => vec![usual],
        }
    }
}

/// How a file becomes records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// A record a line.
    Jsonl,
    /// A document, or each item of its array.
    Json,
    /// A document, or each item of its list.
    Yaml,
    /// A document.
    Toml,
    /// A record a row.
    Csv,
    /// A Markdown document is a record.
    Markdown,
    /// A row of a table in a Markdown document.
    MarkdownTable,
    /// An item of a task list in a Markdown document.
    MarkdownTasks,
    /// A section of a Markdown document.
    MarkdownSections,
    /// A Markdown document that is a decision record.
    Adr,
    /// A Markdown document that is the minutes of a meeting.
    Minutes,
    /// The actions agreed in a Markdown document.
    Actions,
    /// A Markdown document whose front matter makes it a specification.
    Spec,
    /// A Markdown document that is a quarterly assessment.
    Assessment,
    /// The releases of a changelog.
    Releases,
    /// An owner that a `CODEOWNERS` file names.
    Codeowners,
    /// Somebody whom a `.mailmap` file names.
    Mailmap,
}

impl Reader {
    /// All readers, with their names in configuration.
    pub const ALL: [(Self, &'static str); 17] = [
        (Self::Jsonl, "jsonl"),
        (Self::Json, "json"),
        (Self::Yaml, "yaml"),
        (Self::Toml, "toml"),
        (Self::Csv, "csv"),
        (Self::Markdown, "markdown"),
        (Self::MarkdownTable, "markdown-table"),
        (Self::MarkdownTasks, "markdown-tasks"),
        (Self::MarkdownSections, "markdown-sections"),
        (Self::Adr, "adr"),
        (Self::Minutes, "minutes"),
        (Self::Actions, "actions"),
        (Self::Spec, "spec"),
        (Self::Assessment, "assessment"),
        (Self::Releases, "releases"),
        (Self::Codeowners, "codeowners"),
        (Self::Mailmap, "mailmap"),
    ];

    /// The reader called `name`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == name).map(|(reader, _)| reader)
    }

    /// The name in configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(reader, _)| *reader == self).map_or("", |(_, name)| name)
    }

    /// The reader for the file at `path` by its name or extension; JSON Lines when those say nothing.
    #[must_use]
    pub fn from_path(path: &RepoPath) -> Self {
        let extension = path.extension();
        match (path.file_name(), &*extension) {
            ("CODEOWNERS", _) => Self::Codeowners,
            (".mailmap", _) => Self::Mailmap,
            (_, "yml") => Self::Yaml,
            (_, extension) if is_markdown(extension) => Self::Markdown,
            (_, other) => {
                let is_format = |reader: &Self| !reader.is_for_documents() && !reader.is_borrowed();
                Self::from_name(other).filter(is_format).unwrap_or(Self::Jsonl)
            }
        }
    }

    /// Whether it reads Markdown documents.
    #[must_use]
    pub const fn is_for_documents(self) -> bool {
        !matches!(self, Self::Jsonl | Self::Json | Self::Yaml | Self::Toml | Self::Csv) && !self.is_borrowed()
    }

    /// Whether the file is kept for another program, and speaks of the collection's records only in passing: then it
    /// is no list of all of them, and may name one that is recorded elsewhere.
    #[must_use]
    pub const fn is_borrowed(self) -> bool {
        matches!(self, Self::Codeowners | Self::Mailmap)
    }
}

/// Whether files with `extension` are Markdown documents.
#[must_use]
pub fn is_markdown(extension: &str) -> bool {
    matches!(extension, "md" | "markdown" | "mdx")
}

/// Endings of files from which another file is made, in front of which stands the ending of that one.
const TEMPLATES: [&str; 14] = [
    "ejs", "erb", "gotmpl", "hbs", "in", "j2", "jinja", "jinja2", "liquid", "mustache", "njk", "template",
    "tmpl", "tpl",
];

/// Whether the file at `path` is a template of a Markdown document: `page.html.md.erb`, `README.md.j2`.
#[must_use]
pub fn is_template(path: &RepoPath) -> bool {
    let Some((stem, ending)) = path.file_name().rsplit_once('.') else { return false };
    TEMPLATES.contains(&ending) && is_markdown(&RepoPath::new(stem).extension())
}

/// Where a schema comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaSource {
    /// One that ships in the binary.
    BuiltIn(String),
    /// A file of the repository.
    Path(String),
}

/// How long what a document or record says must stay true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Now.
    Living,
    /// On the day it was written.
    Record,
    /// Some day.
    Plan,
}

impl Class {
    /// The class called `name` in configuration and in front matter.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "living" => Some(Self::Living),
            "record" => Some(Self::Record),
            "plan" => Some(Self::Plan),
            _ => None,
        }
    }
}

/// A field whose value is a key of another collection.
#[derive(Debug, Clone)]
pub struct Reference {
    /// The field.
    pub field: FieldPath,
    /// The collection the keys belong to.
    pub to: Arc<str>,
    /// Whether a chain of these references must never lead back to where it began.
    pub acyclic: bool,
}

/// A path to a field: names joined by dots; arrays on the way are entered by themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldPath(Vec<Box<str>>);

impl FieldPath {
    /// The path written `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.split('.').map(Into::into).collect())
    }

    /// The first name.
    #[must_use]
    pub fn first(&self) -> &str {
        &self.0[0]
    }

    /// Whether the path is one name.
    #[must_use]
    pub fn is_simple(&self) -> bool {
        self.0.len() == 1
    }

    /// Calls `visit` with each scalar the path leads to from `record` and its JSON pointer.
    pub fn visit<'a>(&self, record: Value<'a>, visit: &mut dyn FnMut(String, Value<'a>)) {
        walk(record, &self.0, String::new(), visit);
    }

    /// Calls `visit` with each scalar the path leads to, given the value of its first name: the quick form.
    #[inline]
    pub fn visit_below<'a>(&self, first: Value<'a>, visit: &mut impl FnMut(Value<'a>)) {
        descend(first, &self.0[1..], visit);
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

fn descend<'a>(value: Value<'a>, path: &[Box<str>], visit: &mut impl FnMut(Value<'a>)) {
    match (value.kind(), path) {
        (Kind::Array, _) => value.items().for_each(|item| descend(item, path, visit)),
        (Kind::Object, [name, rest @ ..]) => {
            if let Some(below) = value.get(name) {
                descend(below, rest, visit);
            }
        }
        (Kind::Object, []) | (_, [_, ..]) => {}
        (_, []) => visit(value),
    }
}

fn walk<'a>(value: Value<'a>, path: &[Box<str>], pointer: String, visit: &mut dyn FnMut(String, Value<'a>)) {
    if value.kind() == Kind::Array {
        for (at, item) in value.items().enumerate() {
            walk(item, path, format!("{pointer}/{at}"), visit);
        }
        return;
    }
    match path {
        [] if value.kind() != Kind::Object => visit(pointer, value),
        [] => {}
        [name, rest @ ..] => {
            if let Some(below) = value.get(name) {
                walk(below, rest, format!("{pointer}/{}", escape_pointer(name)), visit);
            }
        }
    }
}

/// Every enabled collection the settings describe, sorted by name.
pub(super) fn collections(settings: &Settings, root: &str, mistakes: &mut Vec<Mistake>) -> Vec<Collection> {
    let names = settings.names("/collections");
    let mut collections: Vec<Collection> = Vec::new();
    for name in &names {
        let at = format!("/collections/{}", escape_pointer(name));
        let disabled = settings.get(&format!("{at}/enabled")).is_some_and(|setting| setting.json == false);
        if !disabled {
            collections.extend(collection(settings, name, (root, &at), mistakes));
        }
    }
    for collection in &collections {
        for reference in &collection.references {
            if !names.iter().any(|name| **name == *reference.to) {
                mistakes.push(unknown_target(settings, collection, reference, &names));
            }
        }
    }
    collections
}

/// The collections that minutes belong to, with the files of each that lie in the folder of a ritual.
const IN_RITUALS: &[(&str, &[&str])] = &[("meetings", &["*.md"]), ("actions", &["*.md", "actions.jsonl"])];

/// Adds the folders of `rituals` to the collections of minutes, unless the user said where those are.
pub(super) fn add_folders(collections: &mut [Collection], root: &str, rituals: &[Ritual]) {
    let folders: Vec<(String, Span)> = rituals
        .iter()
        .filter_map(|ritual| Some((ritual.folder.as_deref()?, ritual.span)))
        .filter(|(folder, _)| !is_markdown(&RepoPath::new(folder).extension()))
        .filter_map(|(folder, span)| {
            let inside =
                if root.is_empty() { folder } else { folder.strip_prefix(root)?.trim_start_matches('/') };
            Some((period::globbed(inside), span))
        })
        .collect();
    for (name, files) in IN_RITUALS {
        let own = collections.iter_mut().find(|one| *one.name == **name && !one.is_configured);
        let Some(own) = own.filter(|_| !folders.is_empty()) else { continue };
        for (folder, span) in &folders {
            own.patterns.extend(files.iter().map(|file| (format!("{folder}/{file}"), *span)));
        }
        let mut set = GlobSetBuilder::new();
        own.patterns.iter().filter_map(|(pattern, _)| glob(root, pattern).ok()).for_each(|glob| {
            set.add(glob);
        });
        own.files = set.build().unwrap_or_default();
    }
}

fn collection(
    settings: &Settings,
    name: &str,
    (root, at): (&str, &str),
    mistakes: &mut Vec<Mistake>,
) -> Option<Collection> {
    let mut set = GlobSetBuilder::new();
    let mut patterns = Vec::new();
    let pointer = format!("{at}/files");
    for (pattern, span) in settings.texts(&pointer) {
        match glob(root, pattern) {
            Ok(glob) => {
                set.add(glob);
                patterns.push((pattern.to_owned(), span));
            }
            Err(message) => mistakes.push(Mistake::new(span, &*pointer, message)),
        }
    }
    if settings.get(&pointer).is_none() {
        let span = settings.table(at).next().map_or(Span::default(), |(_, setting)| setting.name_span);
        let message = format!("the collection {name} has no files");
        mistakes.push(Mistake::new(span, &*pointer, message));
        return None;
    }
    let schema_pointer = format!("{at}/schema");
    Some(Collection {
        name: name.into(),
        patterns,
        files: set.build().unwrap_or_default(),
        is_configured: settings.get(&pointer).is_some_and(|setting| setting.origin == Origin::File),
        anywhere: goes_with_files(settings, at, "anywhere").is_some_and(|setting| setting.json == true),
        readers: readers(settings, at),
        schema: schema(settings, root, &schema_pointer, mistakes),
        schema_span: settings.span(&schema_pointer),
        key: settings.texts(&format!("{at}/key")).map(|(field, _)| FieldPath::new(field)).collect(),
        references: references(settings, &format!("{at}/references")),
        map: pairs(settings, &format!("{at}/map")),
        values: pairs(settings, &format!("{at}/values")),
        is_unique: settings.get(&format!("{at}/unique")).is_none_or(|setting| setting.json != false),
        class: settings.text(&format!("{at}/class")).and_then(Class::from_name).unwrap_or(Class::Living),
    })
}

/// The setting of a collection called `name`. One that is built in goes with the built-in files.
fn goes_with_files<'a>(settings: &'a Settings, at: &str, name: &str) -> Option<&'a Setting> {
    let setting = settings.get(&format!("{at}/{name}"))?;
    let files = settings.get(&format!("{at}/files"))?;
    (setting.origin == Origin::File || files.origin == Origin::BuiltIn).then_some(setting)
}

/// The readers that are named. Those that are built in go with the built-in files: other files go by their extension,
/// except that a document is still what the collection is made of.
fn readers(settings: &Settings, at: &str) -> Vec<Reader> {
    let pointer = format!("{at}/reader");
    let own_files = settings.get(&format!("{at}/files")).is_some_and(|files| files.origin == Origin::File);
    let built_in = settings.get(&pointer).is_some_and(|named| named.origin == Origin::BuiltIn);
    let named = settings.texts(&pointer).filter_map(|(name, _)| Reader::from_name(name));
    named.filter(|reader| !(own_files && built_in) || reader.is_for_documents()).collect()
}

fn schema(
    settings: &Settings,
    root: &str,
    pointer: &str,
    mistakes: &mut Vec<Mistake>,
) -> Option<SchemaSource> {
    let text = settings.text(pointer)?;
    if text.ends_with(".json") {
        return Some(SchemaSource::Path(within(root, text)));
    }
    if built_in(text).is_some() && text != "opsbook" {
        return Some(SchemaSource::BuiltIn(text.to_owned()));
    }
    let mut mistake =
        Mistake::new(settings.span(pointer), pointer, format!("there is no built-in schema \"{text}\""));
    let known = crate::schema::BUILT_IN.iter().map(|schema| schema.name);
    if let Some(near) = nearest(text, known) {
        mistake.label = Some(format!("did you mean \"{near}\"?"));
        mistake.fix = Some((format!("write \"{near}\""), mistake.span, format!("\"{near}\""), false));
    }
    mistake.notes.push("a schema of the repository is named by its path, ending in .json".to_owned());
    mistakes.push(mistake);
    None
}

fn references(settings: &Settings, at: &str) -> Vec<Reference> {
    let mut references = Vec::new();
    for field in settings.names(at) {
        let pointer = format!("{at}/{}", escape_pointer(&field));
        let short = settings.text(&pointer);
        let Some(to) = short.or_else(|| settings.text(&format!("{pointer}/to"))) else { continue };
        let acyclic = settings.get(&format!("{pointer}/acyclic")).is_some_and(|setting| setting.json == true);
        references.push(Reference { field: FieldPath::new(&field), to: to.into(), acyclic });
    }
    references
}

pub(super) fn pairs(settings: &Settings, at: &str) -> Vec<(String, String)> {
    settings.table(at).filter_map(|(from, to)| Some((from, to.json.as_str()?.to_owned()))).collect()
}

fn unknown_target(
    settings: &Settings,
    collection: &Collection,
    reference: &Reference,
    names: &[String],
) -> Mistake {
    let field = reference.field.to_string();
    let pointer = format!("/collections/{}/references/{}", collection.name, escape_pointer(&field));
    let long = format!("{pointer}/to");
    let span =
        settings.get(&pointer).or_else(|| settings.get(&long)).map_or(Span::default(), |found| found.span);
    let message = format!("{field} refers to the collection \"{}\", which does not exist", reference.to);
    let mut mistake = Mistake::new(span, pointer, message);
    if let Some(near) = nearest(&reference.to, names.iter().map(String::as_str)) {
        mistake.label = Some(format!("did you mean \"{near}\"?"));
        mistake.fix = Some((format!("write \"{near}\""), span, format!("\"{near}\""), false));
    }
    mistake
}

#[cfg(test)]
mod tests {
    use super::is_template;
    use crate::config::Config;

    #[test]
    fn a_template_of_a_document_is_known_by_both_its_endings() {
        let is = |path: &str| is_template(&path.into());
        assert!(
            ["a/page.html.md.erb", "README.md.j2", "x.mdx.tmpl", "CHANGELOG.markdown.in"].into_iter().all(is)
        );
        assert!(
            ["README.md", "page.html.erb", "md.erb", "README.md.bak", "a.md/b.erb"]
                .into_iter()
                .all(|path| !is(path))
        );
    }

    #[test]
    fn folders_without_a_file_of_a_collection_are_known_by_its_patterns() {
        let settings = "[collections.x]\nfiles = [\"./data/*.jsonl\", \"a/b/c.jsonl\", \"no[tv]es/x.csv\"]\n";
        for (root, inside) in [("", ""), ("shop", "shop/")] {
            let config = Config::read(None, root, settings);
            let own = config.collections.iter().find(|one| &*one.name == "x").expect("it is declared");
            let may = |folder: &str| own.may_lie_in(root, &format!("{inside}{folder}"));
            for folder in ["data/", "a/", "a/b/", "notes/", "nor/"] {
                assert!(may(folder), "{root} {folder}");
            }
            for folder in ["b/", "database/", "a/c/", "src/data/"] {
                assert!(!may(folder), "{root} {folder}");
            }
            assert!(root.is_empty() || own.may_lie_in(root, "shop/") && !own.may_lie_in(root, "data/"));
        }
        // Decisions are found wherever a repository keeps them, and patterns may begin with any folder.
        let built_in = Config::built_in();
        for name in ["adrs", "risks"] {
            let one = built_in.collections.iter().find(|one| &*one.name == name).expect("it is built in");
            assert!(one.may_lie_in("", "any/where/"), "{name}");
        }
    }
}
