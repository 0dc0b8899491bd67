//! A paragraph, or a text of a record, that is certainly not in the language of the project.
//!
//! Prose alone is judged, paragraph by paragraph: code, paths and lists of names show no language. A file whose name or
//! folder says that it is in another language is so on purpose.

use rayon::prelude::*;

use crate::database::{Database, RecordId};
use crate::finding::Finding;
use crate::model::Language;
use crate::read::markdown::{self, Line, Place};
use crate::read::tape::{Kind, Value, escape_pointer};
use crate::rules::{Check, Context};
use crate::text::{RepoPath, Span, shorten};

pub(crate) const CHECK: Check = Check::Database(check);

/// How many documents are in memory at once.
const AHEAD: usize = 64;

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(language) = &context.config.project.language else { return };
    let paths = context.database.documents.iter().map(|document| &document.path);
    let paths: Vec<&RepoPath> = paths.filter(|path| !is_translation(path.as_str(), language)).collect();
    for some in paths.chunks(AHEAD) {
        let read =
            some.iter().filter_map(|path| Some((*path, String::from_utf8((context.bytes)(path)?).ok()?)));
        let read: Vec<(&RepoPath, String)> = read.collect();
        findings.par_extend(read.par_iter().flat_map_iter(|(path, text)| of_document(path, text, language)));
    }
    for (at, file) in context.database.files.iter().enumerate() {
        let is_data = !file.reader.is_for_documents() && !file.reader.is_borrowed();
        if is_data && !is_translation(file.path.as_str(), language) {
            of_file(context.database, at, language, findings);
        }
    }
}

/// The findings in a document.
fn of_document(path: &RepoPath, text: &str, language: &Language) -> Vec<Finding> {
    let document = markdown::Document::read(text);
    // What an MDX document takes from programs and gives to them is code.
    let is_code = |lines: &[Line]| {
        path.extension() == "mdx" && ["import ", "export "].iter().any(|word| lines[0].text.starts_with(word))
    };
    let paragraphs = paragraphs(text, &document).into_iter().filter(|lines| !is_code(lines));
    let told = paragraphs.filter_map(|lines| {
        let prose: Vec<String> = lines.iter().map(without_code).collect();
        let prose = prose.join("\n");
        let other = language.other_than(&prose)?;
        let span = Span::new(lines[0].span.start, lines[lines.len() - 1].span.end);
        Some(finding(path, span, prose.trim(), language, other))
    });
    told.collect()
}

/// The lines of a document, those of a paragraph together.
fn paragraphs<'d>(text: &str, document: &'d markdown::Document) -> Vec<&'d [Line]> {
    let is_one = |before: &Line, line: &Line| {
        let continues = match line.place {
            Place::Paragraph { first } => !first,
            Place::InItem { depth } => before.depth() == depth,
            Place::Heading(_) | Place::Item(_) | Place::Cell { .. } => false,
        };
        let between = text.get(before.span.end as usize..line.span.start as usize).unwrap_or_default();
        continues && between.matches('\n').count() < 2
    };
    document.lines.chunk_by(is_one).collect()
}

/// The text of a line, with a mark where code stands.
fn without_code(line: &Line) -> String {
    let mut text = line.text.clone();
    for code in line.code.iter().rev() {
        text.replace_range(code.clone(), "`");
    }
    text
}

/// The findings in a file of records.
fn of_file(database: &Database, at: usize, language: &Language, findings: &mut Vec<Finding>) {
    let read = |found: &mut Vec<Finding>, id: RecordId, record: Value<'_>, base: u32| {
        let table = &database.tables[database.file(id).table];
        texts(record, "", &mut |value, text, pointer| {
            if let Some(other) = language.other_than(text) {
                let path = &database.file(id).path;
                let one = finding(path, value.span().shifted(base), text, language, other);
                found.push(one.record(table.name(), table.key(record).map(Into::into)).field(pointer));
            }
        });
    };
    let taken = database.for_each_piece_in(at, &read, &mut |found: Vec<Finding>| {
        findings.extend(found);
        Ok::<(), std::convert::Infallible>(())
    });
    let Ok(()) = taken;
}

/// Calls `visit` with every text in `value`, and the pointer that leads to it.
fn texts<'v>(value: Value<'v>, pointer: &str, visit: &mut dyn FnMut(Value<'v>, &'v str, &str)) {
    match value.kind() {
        Kind::Object => value.members().for_each(|(name, value)| {
            let name = escape_pointer(name.as_str().unwrap_or_default());
            texts(value, &format!("{pointer}/{name}"), visit);
        }),
        Kind::Array => value.items().enumerate().for_each(|(at, value)| {
            texts(value, &format!("{pointer}/{at}"), visit);
        }),
        _ => {
            if let Some(text) = value.as_str() {
                visit(value, text, pointer);
            }
        }
    }
}

fn finding(path: &RepoPath, span: Span, text: &str, language: &Language, other: &str) -> Finding {
    let message = format!("this is not in {}: it reads as {other}", language.name());
    Finding::new("unexpected-language", path, span, message).quoted(shorten(text, 200))
}

/// Whether a part of the path names another language: a folder such as `de` or `zh-CN`, or the end of a name, as in
/// `guide.fr.md` and `README_ja.md`.
fn is_translation(path: &str, language: &Language) -> bool {
    let is_other = |tag: &str| {
        let (code, region) = tag.split_once(['-', '_']).unwrap_or((tag, ""));
        code.len() == 2
            && (region.is_empty() || (2..=4).contains(&region.len()))
            && Language::from_tag(code).is_some_and(|named| named != *language)
    };
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let behind_dot = stem.rsplit_once('.').is_some_and(|(_, tag)| is_other(tag));
    let behind_readme = stem.strip_prefix("README").and_then(|rest| rest.strip_prefix(['-', '_']));
    folders.split('/').any(is_other) || behind_dot || behind_readme.is_some_and(is_other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_may_say_that_a_file_is_a_translation() {
        let language = Language::from_tag("en").expect("a language");
        for path in [
            "docs/zh-CN/guide.md",
            "de/README.md",
            "README.fr.md",
            "README_ja.md",
            "README-pt_BR.md",
            "a/x.zh-Hans.md",
        ] {
            assert!(is_translation(path, &language), "{path}");
        }
        for path in [
            "docs/en/guide.md",
            "README.md",
            "how-to.md",
            "what-is.md",
            "docs/adr/0001-de.md",
            "README.en.md",
            "v1.2/a.md",
        ] {
            assert!(!is_translation(path, &language), "{path}");
        }
    }

    #[test]
    fn a_paragraph_is_what_stands_together() {
        let source = "# Title\none\ntwo\n\nthree\n- four\n  five\n\n  six\n- seven\n\n| a | b |\n|---|---|\n| c | d |\n";
        let document = markdown::Document::read(source);
        let told: Vec<String> = paragraphs(source, &document)
            .iter()
            .map(|lines| lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(told, ["Title", "one two", "three", "four five", "six", "seven", "a", "b", "c", "d"]);
    }
}
