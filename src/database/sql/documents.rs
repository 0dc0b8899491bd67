//! Files and Markdown documents as tables: what there is, how documents are built, where they link, what is ticked.

use rayon::prelude::*;

use super::{Cell, Needs, Place, Source, SqlError, TableInfo, Take};
use crate::database::{Database, documents};
use crate::read::markdown::{self, LinkKind};
use crate::repo::{Entry, Snapshot};
use crate::text::{LineIndex, RepoPath, Span};

/// How many documents are read at once.
const BATCH: usize = 256;

/// A table about the files of a snapshot.
struct Files<'a> {
    snapshot: &'a Snapshot,
    database: &'a Database,
    /// The largest file that is read, in bytes.
    limit: u64,
    what: &'static Kind,
    info: TableInfo,
}

/// One of the tables.
struct Kind {
    name: &'static str,
    about: &'static str,
    columns: &'static [(&'static str, &'static str, &'static str)],
    rows: fn(&Page<'_>) -> Vec<Row>,
}

/// A row while it is made.
type Row = (Span, Vec<Cell<'static>>);

/// A document as the tables see it.
struct Page<'a> {
    path: &'a RepoPath,
    text: &'a str,
    lines: LineIndex,
    document: markdown::Document,
}

const KINDS: &[Kind] = &[
    Kind {
        name: "documents",
        about: "a Markdown file",
        columns: &[
            ("path", "text", "Where the document is."),
            ("title", "text", "Its first heading of level 1, else its first heading."),
            ("words", "integer", "How many words of text it has, code left out."),
            ("lines", "integer", "How many lines it has."),
            ("front_matter", "text", "The text between the marks of its front matter."),
        ],
        rows: pages,
    },
    Kind {
        name: "headings",
        about: "a heading of a document",
        columns: &[
            ("path", "text", "The document."),
            ("line", "integer", "The line it stands on, from 1."),
            ("level", "integer", "1 to 6."),
            ("text", "text", "Its text without markup."),
            ("anchor", "text", "The name by which a link leads to it."),
        ],
        rows: headings,
    },
    Kind {
        name: "links",
        about: "a link or an image of a document",
        columns: &[
            ("path", "text", "The document."),
            ("line", "integer", "The line it stands on, from 1."),
            ("kind", "text", "inline, image, auto or definition."),
            ("text", "text", "Its text without markup."),
            ("destination", "text", "Where it leads, as written."),
            ("target", "text", "The path in the repository that it leads to; none when it leads elsewhere."),
        ],
        rows: links,
    },
    Kind {
        name: "tasks",
        about: "an item with a box, of a list in a document",
        columns: &[
            ("path", "text", "The document."),
            ("line", "integer", "The line it stands on, from 1."),
            ("text", "text", "Its text without markup."),
            ("done", "boolean", "Whether its box is ticked."),
            ("depth", "integer", "How deep it is nested, from 1."),
            ("section", "text", "The heading it stands under."),
        ],
        rows: tasks,
    },
];

/// The table of all files.
const FILES: &[(&str, &str, &str)] = &[
    ("path", "text", "Where it is."),
    ("folder", "text", "The folder it is in; empty at the top."),
    ("name", "text", "Its name without the folder."),
    ("extension", "text", "What follows the last dot of its name, in lower case."),
    ("collection", "text", "The collection that it holds records of."),
    ("records", "integer", "How many records of the collection it holds."),
    ("reader", "text", "How it was read."),
];

/// The tables about files and documents.
#[must_use]
pub fn sources<'a>(snapshot: &'a Snapshot, database: &'a Database, limit: u64) -> Vec<Box<dyn Source + 'a>> {
    let about = "a file of the repository, once for each collection that it holds records of";
    let info = TableInfo::new("files", about, FILES);
    let mut all: Vec<Box<dyn Source + 'a>> = vec![Box::new(Listing { snapshot, database, info })];
    for what in KINDS {
        let info = TableInfo::new(what.name, what.about, what.columns);
        all.push(Box::new(Files { snapshot, database, limit, what, info }));
    }
    all
}

impl Source for Files<'_> {
    fn info(&self) -> &TableInfo {
        &self.info
    }

    fn needs(&self, _columns: &[usize], needs: &mut Needs) {
        needs.documents = true;
    }

    fn rows(&self, wanted: &[usize], take: &mut Take<'_>) -> Result<(), SqlError> {
        let entries: Vec<&Entry> = self
            .database
            .documents
            .iter()
            .filter_map(|document| self.snapshot.entry(document.path.as_str()))
            .collect();
        for entries in entries.chunks(BATCH) {
            let read = |entry: &&&Entry| {
                let bytes = self.snapshot.read(entry, self.limit).ok()?;
                let text = std::str::from_utf8(&bytes).ok()?;
                let (lines, document) = (LineIndex::new(&bytes), markdown::Document::read(text));
                Some((self.what.rows)(&Page { path: &entry.path, text, lines, document }))
            };
            let rows: Vec<Vec<Row>> =
                entries.par_iter().map(|entry| read(&entry).unwrap_or_default()).collect();
            for (entry, rows) in entries.iter().zip(rows) {
                for (span, mut cells) in rows {
                    let cells: Vec<Cell<'static>> =
                        wanted.iter().map(|&at| std::mem::replace(&mut cells[at], Cell::Null)).collect();
                    take(Place::Bytes(&entry.path, span), &cells)?;
                }
            }
        }
        Ok(())
    }
}

impl Page<'_> {
    fn path(&self) -> Cell<'static> {
        Cell::text(self.path.as_str().to_owned())
    }

    fn line(&self, span: Span) -> Cell<'static> {
        Cell::Integer(i64::from(self.lines.line(span.start)))
    }
}

fn pages(page: &Page<'_>) -> Vec<Row> {
    let headings = &page.document.headings;
    let is_told = |heading: &&markdown::Heading| !heading.text.is_empty();
    let top = headings.iter().filter(is_told).find(|heading| heading.level == 1);
    let title = top.or_else(|| headings.iter().find(is_told));
    let words: usize = page.document.lines.iter().map(|line| line.text.split_whitespace().count()).sum();
    let front = page.document.front_matter.and_then(|front| page.text.get(front.inner.range()));
    let span = title.map_or(Span::default(), |heading| heading.span);
    let cells = vec![
        page.path(),
        Cell::maybe(title.map(|heading| heading.text.clone())),
        Cell::Integer(words as i64),
        Cell::Integer(page.text.lines().count() as i64),
        Cell::maybe(front.map(str::to_owned)),
    ];
    vec![(span, cells)]
}

fn headings(page: &Page<'_>) -> Vec<Row> {
    let rows = page.document.headings.iter().map(|heading| {
        let cells = vec![
            page.path(),
            page.line(heading.span),
            Cell::Integer(i64::from(heading.level)),
            Cell::text(heading.text.clone()),
            Cell::text(heading.slug.clone()),
        ];
        (heading.span, cells)
    });
    rows.collect()
}

fn links(page: &Page<'_>) -> Vec<Row> {
    let links = page.document.links.iter().filter(|link| link.kind != LinkKind::Reference);
    let rows = links.map(|link| {
        let kind = match link.kind {
            LinkKind::Image => "image",
            LinkKind::Auto => "auto",
            LinkKind::Definition => "definition",
            LinkKind::Inline | LinkKind::Reference => "inline",
        };
        let target = documents::target(page.path, &link.destination);
        let cells = vec![
            page.path(),
            page.line(link.span),
            Cell::text(kind),
            Cell::text(link.text.clone()),
            Cell::text(link.destination.clone()),
            Cell::maybe(target.map(|path| path.as_str().to_owned())),
        ];
        (link.span, cells)
    });
    rows.collect()
}

fn tasks(page: &Page<'_>) -> Vec<Row> {
    let document = &page.document;
    let items = document.lines.iter().filter_map(|line| match line.place {
        markdown::Place::Item(item) => Some((line, item, item.task?)),
        _ => None,
    });
    let rows = items.map(|(line, item, done)| {
        let section = line.section.map(|at| document.headings[at].text.clone());
        let cells = vec![
            page.path(),
            page.line(line.span),
            Cell::text(line.text.clone()),
            Cell::bool(done),
            Cell::Integer(i64::from(item.depth)),
            Cell::maybe(section),
        ];
        (line.span, cells)
    });
    rows.collect()
}

/// The table of all files.
struct Listing<'a> {
    snapshot: &'a Snapshot,
    database: &'a Database,
    info: TableInfo,
}

impl Source for Listing<'_> {
    fn info(&self) -> &TableInfo {
        &self.info
    }

    fn needs(&self, _columns: &[usize], needs: &mut Needs) {
        needs.documents = true;
        needs.tables.extend(0..self.database.tables.len());
    }

    fn rows(&self, wanted: &[usize], take: &mut Take<'_>) -> Result<(), SqlError> {
        let mut held: std::collections::HashMap<&str, Vec<usize>> = std::collections::HashMap::new();
        for (at, file) in self.database.files.iter().enumerate() {
            held.entry(file.path.as_str()).or_default().push(at);
        }
        for entry in self.snapshot.entries() {
            let path = entry.path.as_str();
            let files = held.get(path).map(Vec::as_slice).unwrap_or_default();
            let files: Vec<Option<usize>> =
                if files.is_empty() { vec![None] } else { files.iter().copied().map(Some).collect() };
            for file in files.into_iter().map(|at| at.map(|at| &self.database.files[at])) {
                let cells = wanted.iter().map(|&column| match FILES[column].0 {
                    "path" => Cell::text(path),
                    "folder" => Cell::text(entry.path.parent()),
                    "name" => Cell::text(entry.path.file_name()),
                    "extension" => Cell::text(entry.path.extension()),
                    "collection" => {
                        Cell::maybe(file.map(|file| self.database.tables[file.table].name().to_string()))
                    }
                    "records" => file.map_or(Cell::Null, |file| Cell::Integer(file.len() as i64)),
                    _ => Cell::maybe(file.map(|file| file.reader.name())),
                });
                let cells: Vec<Cell<'_>> = cells.collect();
                take(Place::Bytes(&entry.path, Span::default()), &cells)?;
            }
        }
        Ok(())
    }
}
