//! The parts of a Markdown file that are not its text: front matter and HTML comments.
//!
//! Whoever looks for labels, links or conflict markers in Markdown must pass over these. This module does not read
//! what stands in them.

use memchr::memmem;
use pulldown_cmark::Options;

use crate::text::Span;

/// The format of front matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FrontMatterKind {
    /// Between lines of `---`, or from `---` to `...`.
    Yaml,
    /// Between lines of `+++`.
    Toml,
}

/// Front matter at the start of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrontMatter {
    /// The format.
    pub kind: FrontMatterKind,
    /// The lines between the markers, what a reader of the format takes; empty or ending with a line feed.
    pub inner: Span,
    /// The same with both marker lines, from the start of the file with a byte order mark to where the body starts.
    pub whole: Span,
}

/// The front matter of `source`, at its start only, behind a byte order mark if there is one; either line ending.
///
/// As Pandoc has it, a marker line that a blank line follows is a thematic break. Without a closing marker there is
/// no front matter.
#[must_use]
pub fn front_matter(source: &str) -> Option<FrontMatter> {
    let text = source.strip_prefix('\u{feff}').unwrap_or(source);
    let (kind, closing): (_, &[&str]) = match text.get(..3)? {
        "---" => (FrontMatterKind::Yaml, &["---", "..."]),
        "+++" => (FrontMatterKind::Toml, &["+++"]),
        _ => return None,
    };
    let mut lines = text.split_inclusive('\n');
    let opening = lines.next()?;
    if !opening[3..].trim().is_empty() || !opening.ends_with('\n') {
        return None;
    }
    let inner = source.len() - text.len() + opening.len();
    let mut at = inner;
    for line in lines {
        if at == inner && line.trim().is_empty() {
            return None;
        }
        if closing.contains(&line.trim_end()) {
            return Some(FrontMatter {
                kind,
                inner: Span::of(inner, at),
                whole: Span::of(0, at + line.len()),
            });
        }
        at += line.len();
    }
    None
}

/// What changes where blocks begin and end on GitHub: without footnotes, their second paragraph would be code.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
}

/// Adds the comments of the HTML block at `block`.
pub(super) fn comments(source: &str, block: Span, found: &mut Vec<Span>) {
    let bytes = &source.as_bytes()[..block.end as usize];
    let mut at = block.start as usize;
    while let Some(offset) = memmem::find(&bytes[at..], b"<!--") {
        let start = at + offset;
        // `<!-->` is a whole comment: the dashes of the start may be those of the end.
        let end = memmem::find(&bytes[start + 2..], b"-->").map_or(bytes.len(), |end| start + 2 + end + 3);
        found.push(Span::of(start, end));
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::read::markdown::Document;

    /// The text of each region: fences, comments.
    fn check(source: &str, fences: &[&str], comments: &[&str]) {
        let found = Document::read(source);
        let text =
            |spans: &[Span]| -> Vec<String> { spans.iter().map(|s| source[s.range()].to_owned()).collect() };
        let blocks: Vec<Span> = found.fences.iter().map(|fence| fence.span).collect();
        assert_eq!(text(&blocks), fences, "{source:?}");
        assert_eq!(text(&found.comments), comments, "{source:?}");
    }

    fn check_front_matter(source: &str, expect: Option<(FrontMatterKind, &str)>) {
        let found = front_matter(source);
        assert_eq!(found.map(|f| (f.kind, &source[f.inner.range()])), expect, "{source:?}");
        if let Some(found) = found {
            assert!(found.whole.start == 0 && found.inner.end < found.whole.end);
            assert_eq!(Document::read(source).front_matter, Some(found));
        }
    }

    #[test]
    fn code_blocks_are_found_in_all_their_forms() {
        check("a\n\n```sh\nb é\n```\nc\n", &["```sh\nb é\n```"], &[]);
        check("~~~\nx\n", &["~~~\nx\n"], &[]);
        check("a\r\n\r\n```\r\nb\r\n```\r\n", &["```\r\nb\r\n```"], &[]);
        check("a\n\n    b\n    c\n", &["b\n    c\n"], &[]);
        check("- a\n  ```\n  b\n  ```\n", &["```\n  b\n  ```"], &[]);
        check("`a` ``b``\n", &[], &[]);
        check("x[^1]\n\n[^1]: a\n\n    b\n", &[], &[]);
    }

    #[test]
    fn comments_are_found_outside_code() {
        check("<!-- é\n\nb --> c\n", &[], &["<!-- é\n\nb -->"]);
        check("a <!-- b --> c <!-- d -->\n", &[], &["<!-- b -->", "<!-- d -->"]);
        check("<div>\n<!-- a --><!-- b -->\n</div>\n", &[], &["<!-- a -->", "<!-- b -->"]);
        check("`<!-- a -->`\n\n```\n<!-- b -->\n```\n", &["```\n<!-- b -->\n```"], &[]);
        check("<!--> <!-- a\n", &[], &["<!-->", "<!-- a\n"]);
    }

    #[test]
    fn front_matter_stands_at_the_start_between_its_markers() {
        use FrontMatterKind::{Toml, Yaml};
        check_front_matter("---\na: é\n---\nb\n", Some((Yaml, "a: é\n")));
        check_front_matter("---\na: 1\n...\nb\n", Some((Yaml, "a: 1\n")));
        check_front_matter("\u{feff}---  \r\na: 1\r\n---\r\n", Some((Yaml, "a: 1\r\n")));
        check_front_matter("+++\na = 1\n---\n+++", Some((Toml, "a = 1\n---\n")));
        check_front_matter("---\n---\n", Some((Yaml, "")));
        for source in [
            "",
            "--",
            "---",
            "---\n",
            "---\na: 1\n",
            "a\n---\nb\n---\n",
            "----\na\n----\n",
            "---\n\na\n\n---\n",
            "--é\n",
        ] {
            check_front_matter(source, None);
        }
    }

    #[test]
    fn front_matter_is_not_markdown() {
        check("---\na: |\n  ```\n    <!-- x -->\n---\n<!-- b -->\n", &[], &["<!-- b -->"]);
    }

    /// At these sizes a cost that grows with the square of the input would keep the tests from ending: that it is seen
    /// needs no clock. What fails faster is a panic, a stack that runs out, or memory that does.
    #[test]
    fn hostile_files_come_to_an_end() {
        let staircase = |unit: &str| (0..1500).map(|n| unit.repeat(n) + "a\n").collect::<String>();
        for source in [
            ">".repeat(200_000),
            "- ".repeat(200_000),
            staircase("> "),
            staircase("  - "),
            "[".repeat(1 << 20),
            "![[](".repeat(200_000),
            "[a](<b".repeat(100_000),
            "*a **a ".repeat(100_000),
            "a*_b~".repeat(100_000),
            "`".repeat(1 << 20),
            (1..1500).map(|n| "`".repeat(n) + " ").collect(),
            "<!--".repeat(200_000),
            "a <!-- ".repeat(100_000),
            "<a href='".repeat(100_000),
            "a <![CDATA[".repeat(100_000),
            "a <?".repeat(100_000),
            "a <!X ".repeat(100_000),
            "&#".repeat(200_000),
            "```\n".repeat(200_000),
            "[^a]: ".repeat(100_000),
            "[a]: b\n".repeat(100_000),
            "[a] ".repeat(100_000) + "\n\n[a]: b\n",
            "|a".repeat(100_000) + "\n" + &"|-".repeat(100_000) + "\n" + &"|\n".repeat(1000),
            "---\n".to_owned() + &"a\n".repeat(1 << 20),
            "é".repeat(5 << 20),
            "\0\r".repeat(1 << 20),
        ] {
            let document = Document::read(&source);
            let regions = document.fences.len() + document.comments.len();
            assert!(regions <= source.len(), "{source:.60}");
        }
    }

    proptest! {
        #[test]
        fn regions_lie_in_the_source_and_do_not_overlap(
            source in "(---\n|\\+\\+\\+\n|```|\n|    |<!--|-->|é|> |- |<div>|`|a|\r|\t){0,30}"
        ) {
            let found = Document::read(&source);
            let mut all: Vec<Span> = found.fences.iter().map(|fence| fence.span).collect();
            all.extend(&found.comments);
            all.extend(found.front_matter.map(|found| found.whole));
            all.sort();
            for span in &all {
                prop_assert!(source.get(span.range()).is_some());
            }
            for pair in all.windows(2) {
                prop_assert!(pair[0].end <= pair[1].start, "{:?}", pair);
            }
        }
    }
}
