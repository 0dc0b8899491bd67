//! `[import.NAME]`: how a file of another tool becomes records, so that nobody types it twice.

use super::collection::pairs;
use super::layers::Settings;
use crate::read::tape::escape_pointer;

/// One import as configured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
}

/// Every import the settings describe, by name.
pub(super) fn imports(settings: &Settings) -> Vec<Import> {
    let names = settings.names("/import").into_iter();
    names
        .map(|name| {
            let at = format!("/import/{}", escape_pointer(&name));
            let text = |key: &str| settings.text(&format!("{at}/{key}")).map(str::to_owned);
            Import {
                format: text("format").unwrap_or_default(),
                files: settings.texts(&format!("{at}/file")).map(|(file, _)| file.to_owned()).collect(),
                into: text("into").unwrap_or_default(),
                map: pairs(settings, &format!("{at}/map")),
                values: pairs(settings, &format!("{at}/values")),
                key: text("key"),
                name,
            }
        })
        .collect()
}
