//! Events of the parser become lines, headings and links. It keeps what is open while it goes through a file once.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, LinkType, OffsetIter, Parser, Tag, TagEnd};

use super::{Document, Fence, Heading, Item, Line, Link, LinkKind, Place, Run};
use crate::read::markdown::regions::{self, FrontMatter};
use crate::read::markdown::slug::Slugs;
use crate::text::Span;

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

pub(super) struct Builder<'a> {
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
    /// Where the link that was closed last ends.
    closed: u32,
    strong: Option<usize>,
    struck: Option<usize>,
    code_block: bool,
}

impl<'a> Builder<'a> {
    /// For the file `source`, whose body starts at byte `body`.
    pub(super) fn new(source: &'a str, body: u32, front_matter: Option<FrontMatter>) -> Self {
        Self {
            source,
            body,
            document: Document { front_matter, ..Document::default() },
            slugs: Slugs::default(),
            open: None,
            lists: Vec::new(),
            item: None,
            paragraph: false,
            cell: None,
            heading: None,
            sections: Vec::new(),
            links: Vec::new(),
            closed: 0,
            strong: None,
            struck: None,
            code_block: false,
        }
    }

    /// The body `text`, taken apart.
    pub(super) fn read(mut self, text: &'a str) -> Document {
        self.run(Parser::new_ext(text, regions::options()).into_offset_iter());
        self.document
    }

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
                self.document.html.push(span);
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
        self.document.html.push(span);
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
        self.document.anchors.extend(own_name(&text).map(str::to_owned));
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
        // Images in the text may have none of their own.
        let (mut text, mut inner_end) = (String::new(), self.closed.max(span.start));
        self.closed = span.end;
        if let Some(open) = &mut self.open {
            open.links.push(at);
            text = open.text.get(from..).unwrap_or_default().to_owned();
            if !text.is_empty() {
                inner_end = open.end.max(inner_end);
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

/// The name that a heading gives itself at its end, `{#name}`: not on GitHub, but where books and sites are made.
fn own_name(heading: &str) -> Option<&str> {
    let (_, attributes) = heading.strip_suffix('}')?.rsplit_once('{')?;
    attributes.split_whitespace().find_map(|part| part.strip_prefix('#')).filter(|name| !name.is_empty())
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
