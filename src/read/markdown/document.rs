//! A Markdown file as the lines a reader sees, without its markup: each with its text, the bytes it came from, and where
//! in the document it stands.
//!
//! What people write in decision records and minutes is not Markdown's structure but lines in it: a heading, an item, a
//! cell, a line of a paragraph. So that is what is kept, whatever the markup around it. Code blocks and comments are
//! not text. This module does not know what any line means.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, LinkType, OffsetIter, Parser, Tag, TagEnd};

use super::regions::{self, FrontMatter};
use super::slug::Slugs;
use crate::text::Span;

/// A Markdown file, taken apart.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// The front matter, if there is one.
    pub front_matter: Option<FrontMatter>,
    /// Everything that is text, in the order of the file.
    pub lines: Vec<Line>,
    /// The headings, each with where its line stands.
    pub headings: Vec<Heading>,
    /// How many tables there are.
    pub tables: usize,
    /// Links, images and what they refer to, in the order of the file.
    pub links: Vec<Link>,
    /// Names that `#name` may refer to beside the headings: `id` and `name` attributes of HTML.
    pub anchors: Vec<String>,
    /// Code blocks: fenced ones with their fences, indented ones without the first line's indentation.
    pub fences: Vec<Fence>,
    /// HTML comments outside code, from `<!--` through `-->`; an open one ends with its block.
    pub comments: Vec<Span>,
}

/// One line of text, as a reader sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The text without markup; in a cell, `\n` stands for a line break.
    pub text: String,
    /// The bytes from its first to its last character, markup between them included.
    pub span: Span,
    /// What it is part of.
    pub place: Place,
    /// The heading it stands under, an index into [`Document::headings`]. A heading's own line stands under itself.
    pub section: Option<usize>,
    /// Bold parts, as byte ranges of the text.
    pub strong: Vec<std::ops::Range<usize>>,
    /// Parts struck out, as byte ranges of the text.
    pub struck: Vec<std::ops::Range<usize>>,
    /// Parts that are code, as byte ranges of the text.
    pub code: Vec<std::ops::Range<usize>>,
    /// The links it holds, as indices into [`Document::links`].
    pub links: Vec<usize>,
    /// Where the runs of the text stand in the source, in order.
    runs: Vec<Run>,
}

/// A run of a line's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    /// Where it starts in the text.
    text: u32,
    /// Its bytes in the source.
    source: Span,
    /// Whether they are its text byte by byte. Otherwise no part of it can be told from another.
    is_verbatim: bool,
}

/// What a line is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A heading of this level, 1 to 6.
    Heading(u8),
    /// A paragraph outside of lists.
    Paragraph {
        /// Whether it is the first line of its paragraph.
        first: bool,
    },
    /// The first line of a list item.
    Item(Item),
    /// A further line of the list item at this depth, counted from 1.
    InItem {
        /// How deep the item is.
        depth: u8,
    },
    /// A cell of a table.
    Cell {
        /// Which table of the document.
        table: usize,
        /// The row, 0 for the header.
        row: usize,
        /// The column, from 0.
        column: usize,
    },
}

/// A list item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// How deep it is, from 1.
    pub depth: u8,
    /// Whether its list is numbered.
    pub ordered: bool,
    /// Whether its box is ticked; `None` for an item without a box.
    pub task: Option<bool>,
    /// The bytes between the brackets of its box.
    pub mark: Option<Span>,
}

/// A heading.
#[derive(Debug, Clone, PartialEq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Its text without markup.
    pub text: String,
    /// All of it with its markup, without the line ending.
    pub span: Span,
    /// Index of its line in [`Document::lines`]; `None` for a heading without text.
    pub line: Option<usize>,
    /// The name by which GitHub links to it.
    pub slug: String,
    /// The nearest heading above it with a lower level, an index into [`Document::headings`].
    pub parent: Option<usize>,
    /// Where its section ends: the start of the next heading of its level or above, or the end of the file.
    pub end: u32,
}

/// What kind of link it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// `[text](destination)`.
    Inline,
    /// `![text](destination)`.
    Image,
    /// `<destination>`.
    Auto,
    /// `[text][label]` and its short forms; the destination stands in the definition.
    Reference,
    /// `[label]: destination`.
    Definition,
}

/// A link.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// What kind.
    pub kind: LinkKind,
    /// Where it leads, escapes and entities resolved.
    pub destination: String,
    /// The bytes of the destination; of the whole link where the destination stands elsewhere.
    pub span: Span,
    /// The bytes of the whole link.
    pub whole: Span,
    /// Its text without markup.
    pub text: String,
    /// The heading it stands under.
    pub section: Option<usize>,
}

/// A code block.
#[derive(Debug, Clone, PartialEq)]
pub struct Fence {
    /// Its bytes.
    pub span: Span,
    /// What stands behind the opening fence; empty for indented code.
    pub info: String,
}

impl Line {
    /// The bytes of the source that a byte range of the text came from.
    #[must_use]
    pub fn span_of(&self, range: std::ops::Range<usize>) -> Span {
        let run_at = |offset: usize| {
            let run = self.runs.partition_point(|run| run.text as usize <= offset);
            self.runs[run.saturating_sub(1)]
        };
        let run = run_at(range.start);
        let start = match run.is_verbatim {
            true => (run.source.start + (range.start as u32).saturating_sub(run.text)).min(run.source.end),
            false => run.source.start,
        };
        let Some(last) = self.text.get(range.clone()).and_then(|text| text.char_indices().next_back()) else {
            return Span::new(start, start);
        };
        let run = run_at(range.start + last.0);
        let end = match run.is_verbatim {
            true => run.source.start + (range.end as u32).saturating_sub(run.text),
            false => run.source.end,
        };
        Span::new(start, end.min(run.source.end).max(start))
    }

    /// How deep in lists the line stands; 0 outside.
    #[must_use]
    pub const fn depth(&self) -> u8 {
        match self.place {
            Place::Item(Item { depth, .. }) | Place::InItem { depth } => depth,
            _ => 0,
        }
    }

    /// Whether all of its text is bold, as in a heading that somebody wrote without `#`.
    #[must_use]
    pub fn is_strong(&self) -> bool {
        let text = self.text.trim_end_matches([':', ' ']);
        self.strong.first().is_some_and(|range| range.start == 0 && range.end >= text.len())
            && !text.is_empty()
    }
}

impl Document {
    /// Takes `source` apart, GitHub's Markdown with its front matter.
    #[must_use]
    pub fn read(source: &str) -> Self {
        let front_matter = regions::front_matter(source);
        let body = front_matter.map_or(0, |found| found.whole.end);
        let text = source.get(body as usize..).unwrap_or_default();
        let events = Parser::new_ext(text, regions::options()).into_offset_iter();
        let mut builder = Builder {
            source,
            body,
            document: Self { front_matter, ..Self::default() },
            slugs: Slugs::default(),
            open: None,
            lists: Vec::new(),
            item: None,
            paragraph: false,
            cell: None,
            heading: None,
            sections: Vec::new(),
            links: Vec::new(),
            strong: None,
            struck: None,
            code_block: false,
        };
        builder.run(events);
        builder.document
    }

    /// The lines under heading `at`, down to the next heading of any level.
    pub fn under(&self, at: Option<usize>) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.section == at && !matches!(line.place, Place::Heading(_)))
    }

    /// Whether heading `at` is `top` or lies below it.
    #[must_use]
    pub fn is_below(&self, at: Option<usize>, top: usize) -> bool {
        let mut here = at;
        while let Some(heading) = here {
            if heading == top {
                return true;
            }
            here = self.headings[heading].parent;
        }
        false
    }

    /// The text of a section and everything below it as it stands in the source, without its heading.
    #[must_use]
    pub fn body(&self, heading: usize) -> Span {
        let Heading { span, end, .. } = self.headings[heading];
        Span::new(span.end.min(end), end)
    }
}

/// A line while it is read.
#[derive(Default)]
struct Open {
    text: String,
    runs: Vec<Run>,
    start: u32,
    end: u32,
    strong: Vec<std::ops::Range<usize>>,
    struck: Vec<std::ops::Range<usize>>,
    code: Vec<std::ops::Range<usize>>,
    links: Vec<usize>,
}

/// A list while it is read.
struct List {
    ordered: bool,
}

struct Builder<'a> {
    source: &'a str,
    /// Where the body starts, from which the parser's offsets count.
    body: u32,
    document: Document,
    slugs: Slugs,
    open: Option<Open>,
    lists: Vec<List>,
    /// The item whose first line has not come yet.
    item: Option<Item>,
    /// Whether a line of the open paragraph has come.
    paragraph: bool,
    /// Table, row and column.
    cell: Option<(usize, usize, usize)>,
    heading: Option<(u8, Span)>,
    /// The headings whose sections are open, each below the one before.
    sections: Vec<usize>,
    /// Open links, as indices, with where their text starts in the open line.
    links: Vec<(usize, usize)>,
    strong: Option<usize>,
    struck: Option<usize>,
    code_block: bool,
}

impl<'a> Builder<'a> {
    fn run(&mut self, mut events: OffsetIter<'a>) {
        let mut row = 0;
        for (event, range) in events.by_ref() {
            let span = Span::of(range.start, range.end).shifted(self.body);
            match event {
                Event::Start(tag) => self.start(tag, span, &mut row),
                Event::End(tag) => self.end(tag, span, &mut row),
                Event::Text(text) if !self.code_block => self.text(&text, span),
                Event::Code(text) => self.code(&text, span),
                Event::SoftBreak | Event::HardBreak => self.line_break(),
                Event::TaskListMarker(done) => self.task(done, span),
                Event::InlineHtml(html) => self.inline_html(&html, span),
                Event::Html(html) => anchors(&html, &mut self.document.anchors),
                Event::FootnoteReference(_) | Event::Rule | Event::Text(_) => {}
                Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text, span),
            }
        }
        self.close_sections();
        self.definitions(&events);
    }

    fn start(&mut self, tag: Tag<'a>, span: Span, row: &mut usize) {
        match tag {
            Tag::Heading { level, .. } => {
                self.flush();
                self.heading = Some((level_of(level), span));
                // Counted before its line, so that the line stands under it.
                self.open_heading(level_of(level), span);
            }
            Tag::Paragraph => {
                self.flush();
                self.paragraph = false;
            }
            Tag::List(first) => {
                self.flush();
                self.lists.push(List { ordered: first.is_some() });
            }
            Tag::Item => {
                self.flush();
                let ordered = self.lists.last().is_some_and(|list| list.ordered);
                let depth = u8::try_from(self.lists.len()).unwrap_or(u8::MAX);
                self.item = Some(Item { depth, ordered, task: None, mark: None });
            }
            Tag::CodeBlock(kind) => {
                self.flush();
                self.code_block = true;
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.document.fences.push(Fence { span, info });
            }
            Tag::HtmlBlock => {
                self.flush();
                regions::comments(self.source, span, &mut self.document.comments);
            }
            Tag::Table(_) => {
                self.flush();
                self.document.tables += 1;
                *row = 0;
                self.cell = Some((self.document.tables - 1, 0, 0));
            }
            Tag::TableHead | Tag::TableRow => {
                self.cell = Some((self.document.tables.saturating_sub(1), *row, 0));
            }
            Tag::TableCell => self.flush(),
            Tag::Strong => self.strong = Some(self.written()),
            Tag::Strikethrough => self.struck = Some(self.written()),
            Tag::Link { link_type, dest_url, .. } => self.open_link(link_type, &dest_url, span, false),
            Tag::Image { link_type, dest_url, .. } => self.open_link(link_type, &dest_url, span, true),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, span: Span, row: &mut usize) {
        match tag {
            TagEnd::Heading(_) => {
                self.flush();
                self.close_heading();
            }
            TagEnd::Paragraph => self.flush(),
            TagEnd::Item => {
                self.flush();
                self.item = None;
            }
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
            }
            TagEnd::CodeBlock => self.code_block = false,
            TagEnd::TableCell => {
                self.flush();
                if let Some((_, _, column)) = &mut self.cell {
                    *column += 1;
                }
            }
            TagEnd::TableHead | TagEnd::TableRow => *row += 1,
            TagEnd::Table => self.cell = None,
            TagEnd::Strong => {
                let (from, to) = (self.strong.take(), self.written());
                if let (Some(from), Some(open)) = (from, &mut self.open) {
                    open.strong.push(from.min(to)..to);
                }
            }
            TagEnd::Strikethrough => {
                let (from, to) = (self.struck.take(), self.written());
                if let (Some(from), Some(open)) = (from, &mut self.open) {
                    open.struck.push(from.min(to)..to);
                }
            }
            TagEnd::Link | TagEnd::Image => self.close_link(span),
            _ => {}
        }
    }

    /// Length of the open line's text.
    fn written(&self) -> usize {
        self.open.as_ref().map_or(0, |open| open.text.len())
    }

    fn text(&mut self, text: &str, span: Span) {
        let is_verbatim = self.source.get(span.range()) == Some(text);
        let open = self.open.get_or_insert_with(|| Open { start: span.start, ..Open::default() });
        open.runs.push(Run { text: open.text.len() as u32, source: span, is_verbatim });
        open.text.push_str(text);
        open.end = span.end;
    }

    fn code(&mut self, text: &str, span: Span) {
        let inner = self.source.get(span.range()).and_then(|source| source.find(text));
        let inner = inner.map(|at| Span::of(at, at + text.len()).shifted(span.start)).unwrap_or(span);
        let from = self.written();
        let first = self.open.is_none();
        self.text(text, inner);
        if let Some(open) = &mut self.open {
            open.code.push(from..open.text.len());
            open.end = span.end;
            if first {
                open.start = span.start;
            }
        }
    }

    fn line_break(&mut self) {
        if self.cell.is_some() {
            return self.cell_break();
        }
        // Bold text over two lines is bold on both.
        let (strong, struck) = (self.strong.take(), self.struck.take());
        let to = self.written();
        if let Some(open) = &mut self.open {
            open.strong.extend(strong.map(|from| from.min(to)..to));
            open.struck.extend(struck.map(|from| from.min(to)..to));
        }
        self.flush();
        self.strong = strong.map(|_| 0);
        self.struck = struck.map(|_| 0);
    }

    fn cell_break(&mut self) {
        if let Some(open) = &mut self.open {
            let source = Span::new(open.end, open.end);
            open.runs.push(Run { text: open.text.len() as u32, source, is_verbatim: false });
            open.text.push('\n');
        }
    }

    fn inline_html(&mut self, html: &str, span: Span) {
        if html.starts_with("<!--") {
            self.document.comments.push(span);
            return;
        }
        let name = html.trim_start_matches('<').trim_start_matches('/').to_ascii_lowercase();
        if name.starts_with("br") {
            return self.line_break();
        }
        anchors(html, &mut self.document.anchors);
    }

    fn task(&mut self, done: bool, span: Span) {
        if let Some(item) = &mut self.item {
            item.task = Some(done);
            item.mark = Some(Span::new(span.start + 1, span.end.saturating_sub(1)));
        }
    }

    /// Ends the open line.
    fn flush(&mut self) {
        let Some(open) = self.open.take() else { return };
        let trimmed = open.text.trim_start().len();
        if trimmed == 0 {
            return;
        }
        let place = match (self.heading, self.cell, self.item.take()) {
            (Some((level, _)), ..) => Place::Heading(level),
            (None, Some((table, row, column)), item) => {
                self.item = item;
                Place::Cell { table, row, column }
            }
            (None, None, Some(item)) => Place::Item(item),
            (None, None, None) => match u8::try_from(self.lists.len()).unwrap_or(u8::MAX) {
                0 => Place::Paragraph { first: !std::mem::replace(&mut self.paragraph, true) },
                depth => Place::InItem { depth },
            },
        };
        self.document.lines.push(Line {
            text: open.text,
            span: Span::new(open.start, open.end),
            place,
            section: self.document.headings.len().checked_sub(1),
            strong: open.strong,
            struck: open.struck,
            code: open.code,
            links: open.links,
            runs: open.runs,
        });
    }

    fn open_heading(&mut self, level: u8, span: Span) {
        self.close_down_to(level, span.start);
        let parent = self.sections.last().copied();
        self.sections.push(self.document.headings.len());
        let text = self.source.get(span.range()).unwrap_or_default().trim_end();
        let span = Span::new(span.start, span.start + text.len() as u32);
        self.document.headings.push(Heading {
            level,
            text: String::new(),
            span,
            line: None,
            slug: String::new(),
            parent,
            end: u32::MAX,
        });
    }

    /// A heading may take several lines; together they are its text.
    fn close_heading(&mut self) {
        self.heading = None;
        let Some(last) = self.document.headings.len().checked_sub(1) else { return };
        let is_own = |line: &&Line| line.section == Some(last);
        let own: Vec<&Line> = self.document.lines.iter().rev().take_while(is_own).collect();
        let text = own.iter().rev().map(|line| line.text.trim()).collect::<Vec<_>>().join(" ");
        let first = self.document.lines.len() - own.len();
        let heading = &mut self.document.headings[last];
        heading.line = (!own.is_empty()).then_some(first);
        heading.slug = self.slugs.slug(&text);
        heading.text = text;
    }

    /// Ends the sections of `level` and below it at `at`.
    fn close_down_to(&mut self, level: u8, at: u32) {
        while let Some(&last) = self.sections.last() {
            if self.document.headings[last].level < level {
                break;
            }
            self.document.headings[last].end = at;
            self.sections.pop();
        }
    }

    fn close_sections(&mut self) {
        self.flush();
        self.close_down_to(0, Span::of(0, self.source.len()).end);
    }

    fn open_link(&mut self, link_type: LinkType, destination: &str, span: Span, is_image: bool) {
        let kind = match link_type {
            LinkType::Autolink | LinkType::Email => LinkKind::Auto,
            LinkType::Inline if is_image => LinkKind::Image,
            LinkType::Inline => LinkKind::Inline,
            _ => LinkKind::Reference,
        };
        let at = self.document.links.len();
        self.links.push((at, self.written()));
        self.document.links.push(Link {
            kind,
            destination: destination.to_owned(),
            span,
            whole: span,
            text: String::new(),
            section: self.document.headings.len().checked_sub(1),
        });
    }

    fn close_link(&mut self, span: Span) {
        let Some((at, from)) = self.links.pop() else { return };
        let (mut text, mut inner_end) = (String::new(), span.start);
        if let Some(open) = &mut self.open {
            open.links.push(at);
            text = open.text.get(from..).unwrap_or_default().to_owned();
            if !text.is_empty() {
                inner_end = open.end.max(span.start);
            }
            open.end = open.end.max(span.end);
        }
        let link = &mut self.document.links[at];
        link.text = text;
        if matches!(link.kind, LinkKind::Inline | LinkKind::Image) {
            let destination = inline_destination(self.source, Span::new(inner_end, span.end));
            link.span = destination.unwrap_or(span);
        } else if link.kind == LinkKind::Auto {
            link.span = Span::new(span.start + 1, span.end - 1);
        }
    }

    fn definitions(&mut self, events: &OffsetIter<'a>) {
        let mut found: Vec<Link> = Vec::new();
        for (label, definition) in events.reference_definitions().iter() {
            let whole = Span::of(definition.span.start, definition.span.end).shifted(self.body);
            let source = self.source.get(whole.range()).unwrap_or_default();
            let start = source.find("]:").map_or(0, |at| at + 2);
            let rest = &source[start..];
            let blank = rest.len() - rest.trim_start().len();
            let span = destination_at(source, start + blank).map_or(whole, |span| span.shifted(whole.start));
            found.push(Link {
                kind: LinkKind::Definition,
                destination: definition.dest.to_string(),
                span,
                whole,
                text: label.to_owned(),
                section: None,
            });
        }
        // The parser keeps them in a hash table.
        found.sort_by_key(|link| link.whole);
        let starts: Vec<u32> = self.document.headings.iter().map(|heading| heading.span.start).collect();
        for mut link in found {
            link.section = starts.partition_point(|&start| start <= link.whole.start).checked_sub(1);
            self.document.links.push(link);
        }
    }
}

const fn level_of(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// The destination in the rest of an inline link, which starts somewhere in or behind the link's text.
fn inline_destination(source: &str, rest: Span) -> Option<Span> {
    let text = source.get(rest.range())?;
    let start = text.find("](")? + 2;
    let blank = text[start..].len() - text[start..].trim_start().len();
    destination_at(text, start + blank).map(|span| span.shifted(rest.start))
}

/// The destination that starts at byte `at` of `text`: in angle brackets, or up to white space or the bracket that
/// closes the link (CommonMark 0.31, "link destination").
fn destination_at(text: &str, at: usize) -> Option<Span> {
    let rest = text.get(at..)?;
    if let Some(inner) = rest.strip_prefix('<') {
        let end = inner.find('>')?;
        return Some(Span::of(at + 1, at + 1 + end));
    }
    let (mut depth, mut escaped) = (0usize, false);
    let mut end = rest.len();
    for (offset, c) in rest.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' if depth == 0 => {
                end = offset;
                break;
            }
            ')' => depth -= 1,
            c if c.is_ascii_whitespace() => {
                end = offset;
                break;
            }
            _ => {}
        }
    }
    Some(Span::of(at, at + end))
}

/// Adds the values of `id` and `name` attributes in a piece of HTML.
fn anchors(html: &str, found: &mut Vec<String>) {
    for attribute in ["id", "name"] {
        let mut rest = html;
        while let Some(at) = rest.find(attribute) {
            let is_own = rest[..at].ends_with(|c: char| c.is_ascii_whitespace());
            rest = &rest[at + attribute.len()..];
            let Some(value) = rest.trim_start().strip_prefix('=') else { continue };
            let value = value.trim_start();
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
            let value = match quote {
                Some(quote) => value[1..].split(quote).next(),
                None => value.split(|c: char| c.is_ascii_whitespace() || c == '>').next(),
            };
            if is_own {
                found.extend(value.filter(|value| !value.is_empty()).map(str::to_owned));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Each line as "place|text|source".
    fn outline(source: &str) -> Vec<String> {
        let document = Document::read(source);
        let place = |line: &Line| match line.place {
            Place::Heading(level) => format!("h{level}"),
            Place::Paragraph { first } => if first { "p" } else { "p+" }.to_owned(),
            Place::Item(Item { depth, ordered, task, .. }) => {
                let mark = task.map_or("", |done| if done { "x" } else { "o" });
                format!("{}{depth}{mark}", if ordered { "n" } else { "i" })
            }
            Place::InItem { depth } => format!("i{depth}+"),
            Place::Cell { table, row, column } => format!("t{table}r{row}c{column}"),
        };
        let lines = document.lines.iter();
        lines.map(|line| format!("{}|{}|{}", place(line), line.text, &source[line.span.range()])).collect()
    }

    #[test]
    fn a_line_is_what_a_reader_sees_and_knows_its_bytes() {
        let source = "---\na: 1\n---\n# The *first*\n\nStatus: **acc**epted\nDate: 1\n\n- [x] one\n  more\n  1. two `c`\n\n> quoted\n\n```\nno\n```\n<!-- no -->\n";
        assert_eq!(
            outline(source),
            [
                "h1|The first|The *first",
                "p|Status: accepted|Status: **acc**epted",
                "p+|Date: 1|Date: 1",
                "i1x|one|one",
                "i1+|more|more",
                "n2|two c|two `c`",
                "p|quoted|quoted",
            ]
        );
    }

    #[test]
    fn cells_are_lines_with_their_row_and_column() {
        assert_eq!(
            outline("| A | B |\n|---|---|\n| x<br>y | [z](q) |\n|  | w |\n"),
            ["t0r0c0|A|A", "t0r0c1|B|B", "t0r1c0|x\ny|x<br>y", "t0r1c1|z|z](q)", "t0r2c1|w|w"]
        );
    }

    #[test]
    fn bold_over_several_lines_is_bold_on_each() {
        let document = Document::read("**one\ntwo** three\n\n**All:**\n");
        let strong: Vec<_> =
            document.lines.iter().map(|line| (line.strong[0].clone(), line.is_strong())).collect();
        assert_eq!(strong[0], (0..3, true));
        assert_eq!(strong[1], (0..3, false));
        assert_eq!(strong[2], (0..4, true));
    }

    #[test]
    fn sections_end_where_the_next_of_their_level_starts() {
        let source = "intro\n\n# A\n\na\n\n## B\n\nb\n\n# C\n\nc\n";
        let document = Document::read(source);
        let bodies: Vec<&str> = (0..3).map(|at| source[document.body(at).range()].trim()).collect();
        assert_eq!(bodies, ["a\n\n## B\n\nb", "b", "c"]);
        let parents: Vec<_> = document.headings.iter().map(|heading| heading.parent).collect();
        assert_eq!(parents, [None, Some(0), None]);
        let under: Vec<&str> = document.under(Some(1)).map(|line| line.text.as_str()).collect();
        assert_eq!(under, ["b"]);
        assert!(document.is_below(Some(1), 0) && !document.is_below(Some(2), 0));
    }

    #[test]
    fn links_point_at_their_destinations() {
        let source = "# H\n[a](b.md \"t\") ![i](<c d.png>) <https://x.y> [r][d] [a [n] b](p(q).md#s)\n\n[d]: ../e.md 'x'\n";
        let document = Document::read(source);
        let found: Vec<_> = document
            .links
            .iter()
            .map(|link| {
                (link.kind, link.destination.as_str(), &source[link.span.range()], link.text.as_str())
            })
            .collect();
        assert_eq!(
            found,
            [
                (LinkKind::Inline, "b.md", "b.md", "a"),
                (LinkKind::Image, "c d.png", "c d.png", "i"),
                (LinkKind::Auto, "https://x.y", "https://x.y", "https://x.y"),
                (LinkKind::Reference, "../e.md", "[r][d]", "r"),
                (LinkKind::Inline, "p(q).md#s", "p(q).md#s", "a [n] b"),
                (LinkKind::Definition, "../e.md", "../e.md", "d"),
            ]
        );
        assert!(document.links.iter().all(|link| link.section == Some(0)));
    }

    #[test]
    fn headings_have_the_names_github_links_to() {
        let source = "# Über *uns* & `x.y`!\n## A\n## A\n## A-1\n## A\n\nSet\n===\n";
        let slugs: Vec<String> =
            Document::read(source).headings.into_iter().map(|heading| heading.slug).collect();
        assert_eq!(slugs, ["über-uns--xy", "a", "a-1", "a-1-1", "a-2", "set"]);
        let anchors =
            Document::read("<a name=\"x\"></a> b <span id='y'>\n\n<div id=z data-id=\"no\">\n").anchors;
        assert_eq!(anchors, ["x", "y", "z"]);
    }

    #[test]
    fn parts_of_a_line_are_found_in_the_source() {
        let source = "- **Key:** a `code` [link](x.md) &amp; end\n";
        let document = Document::read(source);
        let line = &document.lines[0];
        assert_eq!(line.text, "Key: a code link & end");
        let part = |text: &str| {
            let at = line.text.find(text).expect("the text is there");
            &source[line.span_of(at..at + text.len()).range()]
        };
        assert_eq!((part("Key"), part("code"), part("link"), part("end")), ("Key", "code", "link", "end"));
        assert_eq!(part("a code"), "a `code");
    }

    #[test]
    fn hostile_documents_cost_no_more_than_their_size() {
        for source in [
            ">".repeat(100_000),
            "- ".repeat(100_000),
            "# a\n".repeat(100_000),
            "###### a\n# b\n".repeat(50_000),
            "[a](b) ".repeat(100_000),
            "[".repeat(1 << 19),
            "**a ".repeat(100_000),
            "a: b | ".repeat(100_000),
            "<a id=".repeat(50_000),
            "|a".repeat(2_000) + "\n" + &"|-".repeat(2_000) + "\n" + &"|\n".repeat(500),
            "[a]: b\n".repeat(50_000),
        ] {
            let start = std::time::Instant::now();
            let document = Document::read(&source);
            let _ = document.labels();
            assert!(start.elapsed().as_secs() < 20, "{source:.60} took {:?}", start.elapsed());
        }
    }

    proptest! {
        #[test]
        fn everything_lies_in_the_source(
            source in "(---\n|# |\n|```\n|    |<!--|-->|é|> |- |- \\[ \\] |\\[a\\]\\(b\\)|\\*\\*|\\||\\|-\\|\n|: |`|&amp;|<br>|a|\r|\t|~~){0,40}"
        ) {
            let document = Document::read(&source);
            for line in &document.lines {
                prop_assert!(source.get(line.span.range()).is_some(), "{:?}", line);
                let mut at = 0;
                for c in line.text.chars() {
                    let span = line.span_of(at..at + c.len_utf8());
                    prop_assert!(line.span.start <= span.start && span.start <= span.end && span.end <= line.span.end);
                    at += c.len_utf8();
                }
                for part in line.strong.iter().chain(&line.code).chain(&line.struck) {
                    prop_assert!(line.text.get(part.clone()).is_some(), "{:?}", line);
                }
            }
            for link in &document.links {
                prop_assert!(source.get(link.span.range()).is_some() && source.get(link.whole.range()).is_some());
            }
            for label in document.labels() {
                prop_assert!(source.get(label.name_span.range()).is_some(), "{:?}", label);
                prop_assert!(source.get(label.value_span.range()).is_some(), "{:?}", label);
            }
            for at in 0..document.headings.len() {
                prop_assert!(source.get(document.body(at).range()).is_some());
            }
        }
    }
}
