//! New records: from a template, with a number or id that nobody has, where the repository keeps such records; checked
//! before they are written.
//!
//! Which kinds there are is a table. What a record says is a template's, `templates/KIND.j2`, which a file of that name in
//! the repository replaces.

mod document;
mod ids;
mod place;
mod table;
mod times;

use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::line::{Manner, appended};
use super::{template, verdict};
use crate::config::{Collection, Config};
use crate::error::{Error, Result};
use crate::model::Week;
use crate::read::json as reader;
use crate::read::tape::{Kind as ValueKind, Tape};
use crate::repo::{Environment, Workspace, new_file_diff, unified_diff};
use crate::report::Report;
use crate::session::{Request, Row, Session};
use crate::text::{RepoPath, Span, escape, nearest};
use place::Form;

/// A kind of record that can be made.
#[derive(Debug)]
pub struct Kind {
    /// The name on the command line, and that of its template.
    pub name: &'static str,
    /// The collection it belongs to.
    pub collection: &'static str,
    /// What it is, a few words.
    pub summary: &'static str,
    /// The built-in template.
    template: &'static str,
    /// What an id begins with where there is no other to go by; empty for documents.
    prefix: &'static str,
    /// Whether it has an id even when the records beside it have none.
    has_id: bool,
}

macro_rules! kind {
    ($name:literal, $collection:literal, $prefix:literal, $has_id:literal, $summary:literal) => {
        Kind {
            name: $name,
            collection: $collection,
            summary: $summary,
            template: include_str!(concat!("../../../templates/", $name, ".j2")),
            prefix: $prefix,
            has_id: $has_id,
        }
    };
}

/// All kinds. The command line lists them from here.
pub const KINDS: &[Kind] = &[
    kind!("adr", "adrs", "", false, "a decision record, with the next number that no known branch has"),
    kind!("meeting", "meetings", "", false, "minutes, with the agenda of the last such meeting"),
    kind!("task", "roadmap", "T-", true, "a roadmap item"),
    kind!("note", "notes", "N-", false, "a note"),
    kind!("risk", "risks", "R-", true, "a risk"),
    kind!("incident", "incidents", "INC-", true, "an incident, opened now"),
];

/// What is asked for.
#[derive(Debug)]
pub struct Wish {
    /// The kind.
    pub kind: &'static Kind,
    /// The title; of a note, its text. A meeting goes without.
    pub title: Option<String>,
    /// Further fields, name and value.
    pub fields: Vec<(String, String)>,
    /// The ritual that a meeting or a note belongs to.
    pub ritual: Option<String>,
    /// The day, instead of today in the project's zone.
    pub date: Option<Date>,
}

/// A record that could be written.
pub struct Planned {
    /// The file.
    pub path: RepoPath,
    /// The line it starts on, from 1.
    pub line: usize,
    /// What would newly be found with it.
    pub report: Report,
    before: Option<Vec<u8>>,
    after: Vec<u8>,
    workspace: Workspace,
}

impl Kind {
    /// The kind called `name`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    const fn is_document(&self) -> bool {
        self.prefix.is_empty()
    }
}

impl Planned {
    /// What would be written, as a unified diff.
    #[must_use]
    pub fn diff(&self) -> String {
        match &self.before {
            Some(before) => unified_diff(self.path.as_str(), before, &self.after),
            None => new_file_diff(self.path.as_str(), &self.after),
        }
    }

    /// Writes it.
    ///
    /// # Errors
    /// Environment when the file changed or came to be meanwhile, or the disk refuses.
    pub fn write(&self) -> Result<()> {
        self.workspace.write(&self.path, self.before.as_deref(), &self.after)
    }

    /// Opens what was written in `editor` and waits.
    ///
    /// # Errors
    /// Environment when the editor fails.
    pub fn edit(&self, editor: &str) -> Result<()> {
        self.workspace.edit(&self.path, editor)
    }
}

/// The file of lines that new records of `collection` go into.
///
/// # Errors
/// Usage when they are kept in files of another kind, or nothing says where.
pub(super) fn lines_of(session: &Session, collection: &Collection) -> Result<RepoPath> {
    match place::of(session, collection)? {
        (path, Form::Lines) => Ok(path),
        (path, Form::Table) => {
            Err(Error::usage(format!("{} are kept in the document {path}", collection.name)).hint(format!(
                "make an empty file of JSON Lines that [collections.{}].files names",
                collection.name
            )))
        }
    }
}

/// Plans the record that `wish` asks for.
///
/// # Errors
/// What [`Session::open`] and [`Session::check`] say; usage when the wish cannot be met; configuration when the template
/// makes no record.
pub fn plan(request: &Request, environment: &Environment, wish: &Wish) -> Result<Planned> {
    let mut request = request.clone();
    request.allow_empty = true;
    let session = Session::open(request.clone(), environment)?;
    let collection = session.collection(wish.kind.collection)?;
    let subject = Subject::new(&session, collection, &request, wish)?;
    let (path, line, before, after) = match wish.kind.is_document() {
        true => document(&subject)?,
        false => record(&subject)?,
    };
    let report = verdict::brought_by(&request, environment, &[(path.clone(), after.clone())])?;
    request.overlay.push((path.clone(), after.clone()));
    is_read(&Session::open(request, environment)?, wish.kind, &path, line)?;
    Ok(Planned { path, line, report, before, after, workspace: session.workspace })
}

/// Path, line, and the file before and after.
type Made = (RepoPath, usize, Option<Vec<u8>>, Vec<u8>);

/// What is wished for, and where.
struct Subject<'a> {
    session: &'a Session,
    collection: &'a Collection,
    wish: &'a Wish,
    /// The records of the collection.
    rows: Vec<Row>,
    date: Date,
    now: String,
}

impl<'a> Subject<'a> {
    fn new(
        session: &'a Session,
        collection: &'a Collection,
        request: &Request,
        wish: &'a Wish,
    ) -> Result<Self> {
        let is_plain = |text: &String| !text.trim().is_empty() && !text.contains(['\n', '\r']);
        let needs_title = wish.kind.name != "meeting";
        if !wish.title.as_ref().map_or(!needs_title, is_plain) {
            let name = wish.kind.name;
            return Err(Error::usage(format!("a title is needed for a new {name}, on one line"))
                .hint(format!("write it behind the kind: `opsbook new {name} \"What it is about\"`")));
        }
        if let Some(ritual) = &wish.ritual {
            check_ritual(&session.config, ritual)?;
        }
        let mut rows = Vec::new();
        session.records(Some(&collection.name), &mut |row| {
            rows.push(row);
            Ok(())
        })?;
        let today = request.now.to_zoned(session.config.project.zone.clone()).date();
        // Whole seconds, as people write them.
        let now = jiff::Timestamp::from_second(request.now.as_second()).unwrap_or(request.now).to_string();
        Ok(Self { session, collection, wish, rows, date: wish.date.unwrap_or(today), now })
    }

    /// What the template makes of these variables and those that every template has.
    fn render(&self, own: Json) -> Result<String> {
        let name = format!("templates/{}.j2", self.wish.kind.name);
        let place = place::within(&self.session.config.root, &name);
        let theirs = self.session.file(&place);
        let source = match &theirs {
            Some(bytes) => std::str::from_utf8(bytes)
                .map_err(|_| Error::configuration(format!("{place} is not UTF-8")))?,
            None => self.wish.kind.template,
        };
        let week = Week::of(self.date);
        let fields: serde_json::Map<String, Json> =
            self.wish.fields.iter().map(|(name, value)| (name.clone(), Json::from(value.as_str()))).collect();
        let mut context = json!({
            "title": self.wish.title,
            "date": self.date.to_string(),
            "now": self.now,
            "week": week.to_string(),
            "ritual": self.wish.ritual,
            "tag": self.wish.ritual.as_ref().map(|ritual| format!("meeting:{ritual}")),
            "fields": fields,
        });
        if let (Json::Object(all), Json::Object(own)) = (&mut context, own) {
            all.extend(own);
        }
        template::render(&place, source, &context)
    }
}

/// Refuses a ritual that nobody configured where others are: its name is misspelt.
fn check_ritual(config: &Config, name: &str) -> Result<()> {
    let names = || config.rituals.iter().map(|ritual| &*ritual.id);
    if config.rituals.is_empty() || config.ritual(name).is_some() {
        return Ok(());
    }
    let error = Error::usage(format!("there is no ritual '{}'", escape(name)));
    Err(match nearest(name, names()) {
        Some(near) => error.hint(format!("did you mean '{near}'?")),
        None => error.hint(format!("the rituals are {}", names().collect::<Vec<_>>().join(", "))),
    })
}

/// A document of its own.
fn document(subject: &Subject<'_>) -> Result<Made> {
    let planned = match subject.wish.kind.collection {
        "adrs" => document::decision(subject)?,
        _ => document::meeting(subject),
    };
    let path = planned.path;
    let place = subject.session.workspace.root().join(path.as_str());
    if subject.session.snapshot.contains(path.as_str()) || subject.session.workspace.is_there(&place) {
        return Err(Error::usage(format!("there is {path} already"))
            .hint("write into that one, or name another title or day (--date)"));
    }
    let text = subject.render(planned.variables)?;
    Ok((path, 1, None, format!("{}\n", text.trim()).into_bytes()))
}

/// A record among others in a file.
fn record(subject: &Subject<'_>) -> Result<Made> {
    let (path, form) = place::of(subject.session, subject.collection)?;
    let before = subject.session.file(path.as_str()).map(|bytes| bytes.to_vec());
    let key = subject.collection.key.first().filter(|key| key.is_simple()).map(|key| key.first());
    let wishes_id = subject.wish.fields.iter().any(|(name, _)| Some(name.as_str()) == key);
    let id = match key {
        Some(key) if !wishes_id => ids::next(subject, &path, key)?,
        _ => None,
    };
    let text = subject.render(json!({ "id": id }))?;
    let mut members = members(&text).ok_or_else(|| {
        let name = subject.wish.kind.name;
        Error::configuration(format!("the template templates/{name}.j2 makes no JSON object")).hint(
            "print strings with the filter tojson; `opsbook explain invalid-syntax` says what JSON allows",
        )
    })?;
    complete(subject, key, &mut members)?;
    let old = before.clone().unwrap_or_default();
    let (after, line) = match form {
        Form::Lines => {
            let last = old.trim_ascii_end().rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
            let manner = Manner::of(std::str::from_utf8(last).unwrap_or_default());
            appended(&old, &[manner.object(&members)])
        }
        Form::Table => table::appended(subject.collection, &path, &old, &members, &subject.wish.fields)?,
    };
    Ok((path, line, before, after))
}

/// The members of the JSON object in `text`, in their order.
fn members(text: &str) -> Option<Vec<(String, Json)>> {
    let mut tape = Tape::new();
    let problems = reader::read(text, Span::of(0, text.len()), &mut tape);
    let root = tape.root(text).filter(|root| root.kind() == ValueKind::Object && problems.is_empty())?;
    Some(
        root.members()
            .map(|(name, value)| (name.as_str().unwrap_or_default().to_owned(), value.to_json()))
            .collect(),
    )
}

/// Puts the fields of the wish into what the template made, and takes out what stayed empty.
fn complete(subject: &Subject<'_>, key: Option<&str>, members: &mut Vec<(String, Json)>) -> Result<()> {
    if let Some((name, _)) = members.iter_mut().find(|(name, _)| name == "id") {
        key.unwrap_or("id").clone_into(name);
    }
    let schema = subject.session.schema_of(subject.collection);
    for (name, text) in &subject.wish.fields {
        let kinds = schema.as_ref().map(|schema| schema.kinds_of(name)).unwrap_or_default();
        let value = value_of(&kinds, text);
        match members.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => members.push((name.clone(), value)),
        }
    }
    members.retain(|(_, value)| !value.is_null());
    match members.is_empty() {
        true => Err(Error::usage("the record would be empty")),
        false => Ok(()),
    }
}

/// What `text` stands for in a field of these kinds: text where that is allowed, else JSON, else a list of what stands
/// between commas.
fn value_of(kinds: &[&str], text: &str) -> Json {
    let parsed = serde_json::from_str::<Json>(text).ok();
    let is_text =
        kinds.contains(&"string") || (kinds.is_empty() && parsed.as_ref().is_none_or(Json::is_null));
    if is_text {
        return Json::from(text);
    }
    match parsed {
        Some(value) if kinds != ["array"] && kinds != ["array", "null"] || value.is_array() => value,
        _ if kinds.contains(&"array") => {
            text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Json::from).collect()
        }
        _ => Json::from(text),
    }
}

/// Makes sure that the record is read as what it is meant to be.
fn is_read(session: &Session, kind: &Kind, path: &RepoPath, line: usize) -> Result<()> {
    let mut is_there = false;
    session.records(Some(kind.collection), &mut |row| {
        is_there |= row.path == path.as_str() && (kind.is_document() || row.line as usize == line);
        Ok(())
    })?;
    if is_there {
        return Ok(());
    }
    let receipt = session.status(false)?;
    let declined = receipt.declined.iter().find(|(declined, ..)| declined == path.as_str());
    let unread = receipt.scope.unread.iter().find(|(unread, _)| unread == path.as_str());
    let why = declined.map(|(_, _, why)| why).or(unread.map(|(_, why)| why));
    let why = why.map(|why| format!(": {}", escape(why))).unwrap_or_default();
    Err(Error::configuration(format!(
        "what would be written into {path} would not be read as a record of {}{why}",
        kind.collection
    ))
    .hint("`opsbook config` shows where records are looked for; see templates/ for what was written"))
}

#[cfg(test)]
mod tests;
