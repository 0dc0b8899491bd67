//! A Markdown file as the lines a reader sees, without its markup: each with its text, the bytes it came from, and where
//! in the document it stands.
//!
//! What people write in decision records and minutes is not Markdown's structure but lines in it: a heading, an item, a
//! cell, a line of a paragraph. So that is what is kept, whatever the markup around it. Code blocks and comments are
//! not text. This module does not know what any line means.

mod builder;

use super::regions::{self, FrontMatter};
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
    /// Names that `#name` may refer to beside the headings: `id` and `name` attributes of HTML, `{#name}` of headings.
    pub anchors: Vec<String>,
    /// Code blocks: fenced ones with their fences, indented ones without the first line's indentation.
    pub fences: Vec<Fence>,
    /// HTML comments outside code, from `<!--` through `-->`; an open one ends with its block.
    pub comments: Vec<Span>,
    /// HTML: each tag that stands in text, and whole blocks, with the comments in them.
    pub html: Vec<Span>,
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

    /// Where in the text the byte at `source` is read; for markup, where the text goes on behind it.
    #[must_use]
    pub fn offset_of(&self, source: u32) -> usize {
        let Some(at) = self.runs.partition_point(|run| run.source.start <= source).checked_sub(1) else {
            return 0;
        };
        let run = self.runs[at];
        let end = self.runs.get(at + 1).map_or(self.text.len(), |next| next.text as usize);
        match run.is_verbatim {
            true => end.min((run.text + (source - run.source.start)) as usize),
            false if source < run.source.end => run.text as usize,
            false => end,
        }
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
        builder::Builder::new(source, body, front_matter).read(text)
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
        assert_eq!(Document::read("## `a=b` {#c .d}\n## {e}\n").anchors, ["c"]);
    }

    #[test]
    fn a_byte_of_the_source_is_found_in_the_text() {
        let source = "- a **b** [c](d.md) &amp; `e`\n";
        let document = Document::read(source);
        let line = &document.lines[0];
        let at = |text: &str| &line.text[line.offset_of(source.find(text).expect("it is there") as u32)..];
        assert_eq!((at("b**"), at("**b"), at("[c")), ("b c & e", "b c & e", "c & e"));
        assert_eq!((at("(d.md"), at("&amp;"), at("amp;"), at("`e")), (" & e", "& e", "& e", "e"));
        assert_eq!(line.offset_of(0), 0);
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

    /// At these sizes a cost that grows with the square of the input would keep the tests from ending: that it is seen needs
    /// no clock. What fails faster is a panic, a stack that runs out, or memory that does.
    #[test]
    fn hostile_documents_come_to_an_end() {
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
            let document = Document::read(&source);
            let labels = document.labels().len();
            assert!(document.lines.len() <= source.len() && labels <= source.len(), "{source:.60}");
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
