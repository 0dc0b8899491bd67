//! `[import.NAME]`: how a file of another tool becomes records, so that nobody types it twice.

use jiff::Span as Length;

use super::Mistake;
use super::collection::pairs;
use super::layers::Settings;
use crate::model::length::length;
use crate::read::tape::escape_pointer;
use crate::text::Span;

/// One import as configured.
#[derive(Debug, Clone, Default)]
pub struct Import {
    /// Its name on the command line.
    pub name: String,
    /// The format: `csv` or `airtable`.
    pub format: String,
    /// The files that are read when the command line names none, from the folder of the command.
    pub files: Vec<String>,
    /// The collection.
    pub into: String,
    /// Column → field; an empty field leaves the column out.
    pub map: Vec<(String, String)>,
    /// Value in the file → value in the record.
    pub values: Vec<(String, String)>,
    /// The field by which records are recognised, instead of the collection's key.
    pub key: Option<String>,
    /// How old the files may become before they are to be fetched again.
    pub within: Option<Length>,
    /// The bytes of `within` in the configuration.
    pub span: Span,
}

/// Every import the settings describe, by name.
pub(super) fn imports(settings: &Settings, mistakes: &mut Vec<Mistake>) -> Vec<Import> {
    let names = settings.names("/import").into_iter();
    names
        .map(|name| {
            let at = format!("/import/{}", escape_pointer(&name));
            let text = |key: &str| settings.text(&format!("{at}/{key}")).map(str::to_owned);
            let within = text("within").and_then(|text| {
                let pointer = format!("{at}/within");
                let span = settings.get(&pointer).map_or(Span::default(), |setting| setting.span);
                length(&text).map_err(|why| mistakes.push(Mistake::new(span, pointer, why))).ok()
            });
            Import {
                format: text("format").unwrap_or_default(),
                files: settings.texts(&format!("{at}/file")).map(|(file, _)| file.to_owned()).collect(),
                into: text("into").unwrap_or_default(),
                map: pairs(settings, &format!("{at}/map")),
                values: pairs(settings, &format!("{at}/values")),
                key: text("key"),
                within,
                span: settings.get(&format!("{at}/within")).map_or(Span::default(), |setting| setting.span),
                name,
            }
        })
        .collect()
}
