//! The marks that tools and people leave at a block of code to say which file it is a copy of.

use std::fmt;

use crate::drift::texts::World;
use crate::read::markdown::{Document, Fence};
use crate::text::{RepoPath, Span};

/// A mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) form: Form,
    /// The file as it is named.
    path: String,
    pub(super) part: Part,
    /// The bytes of the path with the part.
    pub(super) span: Span,
    /// A line that the tool puts above the copy.
    pub(super) header: Option<String>,
    /// The bytes of the line numbers.
    pub(super) numbers: Option<Span>,
    /// The block; `None` for one that is only made when the page is.
    pub(super) fence: Option<Span>,
}

/// How a block is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `file=path#part` behind the opening fence.
    Attribute,
    /// `<!-- snippet: path#part -->` above the block.
    Comment,
    /// `[embedmd]:# (path language /from/ /to/)` above the block.
    Embedmd,
    /// `(CODE:src=path&lines=1-9)` in a comment above the block.
    Magic,
    /// `{{#include path:part}}`, which mdBook replaces.
    Include,
}

/// What of the file is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    /// The first and the last line, from 1.
    Lines(u32, u32),
    /// Between the marks of that name.
    Region(String),
    /// From what the first pattern matches to what the second does, or to the end.
    Between(String, Option<Until>),
    /// Something that is not understood.
    Unknown,
}

/// Where a part ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Until {
    End,
    Match(String),
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole | Self::Unknown => f.write_str("anything"),
            Self::Lines(first, last) if first == last => write!(f, "line {first}"),
            Self::Lines(first, last) => write!(f, "lines {first} to {last}"),
            Self::Region(name) => write!(f, "region '{name}'"),
            Self::Between(from, _) => write!(f, "match of /{from}/"),
        }
    }
}

/// What a document with a mark holds at least one of.
const HINTS: [&str; 6] = ["file=", "snippet:", "[embedmd]:#", "(CODE:", "{{#", "{{ #"];

/// Whether `text` may have marks.
pub(super) fn may_have(text: &str) -> bool {
    HINTS.iter().any(|hint| memchr::memmem::find(text.as_bytes(), hint.as_bytes()).is_some())
}

/// The marks of a document, in the order of their kinds.
pub(super) fn marks(text: &str, parsed: &Document) -> Vec<Mark> {
    let mut found: Vec<Mark> = parsed.fences.iter().filter_map(|fence| attribute(text, fence)).collect();
    for &span in &parsed.comments {
        found.extend(comment(text, span).and_then(|mark| above(text, parsed, span.end, mark)));
    }
    for (at, line) in lines(text) {
        if line.trim_start().starts_with("[embedmd]:#") && !is_in_fence(parsed, at) {
            let end = (at + line.len()) as u32;
            found.extend(embedmd(at, line).and_then(|mark| above(text, parsed, end, mark)));
        }
        includes(at, line, &mut found);
    }
    found
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        at += line.len();
        (at - line.len(), line)
    })
}

fn is_in_fence(parsed: &Document, at: usize) -> bool {
    parsed.fences.iter().any(|fence| fence.span.range().contains(&at))
}

/// The mark with the block that follows it, between which nothing but comments and empty elements may stand.
fn above(text: &str, parsed: &Document, end: u32, mark: Mark) -> Option<Mark> {
    let fence = parsed.fences.iter().find(|fence| fence.span.start >= end)?;
    let mut between = text.get(end as usize..fence.span.start as usize)?.trim();
    while between.starts_with('<') {
        let close = if between.starts_with("<!--") { "-->" } else { ">" };
        between = between[between.find(close)? + close.len()..].trim_start();
    }
    between.is_empty().then_some(Mark { fence: Some(fence.span), ..mark })
}

/// `file=path#part`, bare, quoted, or among attributes in curly brackets.
fn attribute(text: &str, fence: &Fence) -> Option<Mark> {
    let line = text[fence.span.range()].lines().next()?;
    let is_free = |at: usize| at == 0 || line[..at].ends_with([' ', ',', '{', '\t']);
    let at = line.match_indices("file=").map(|(at, _)| at).find(|&at| is_free(at))? + "file=".len();
    let rest = &line[at..];
    let (from, len) = match rest.chars().next()? {
        quote @ ('"' | '\'') => (1, rest[1..].find(quote)?),
        _ => (0, rest.find([' ', ',', '}', '\t']).unwrap_or(rest.len())),
    };
    let start = fence.span.start as usize + at + from;
    let mark = target(Form::Attribute, start, &rest[from..from + len], '#')?;
    Some(Mark { fence: Some(fence.span), ..mark })
}

/// `<!-- snippet: path#part -->`, and the marks of markdown-magic and markdown-autodocs.
fn comment(text: &str, span: Span) -> Option<Mark> {
    let whole = &text[span.range()];
    let inside = whole.strip_prefix("<!--")?.trim_end_matches("-->").trim();
    let start = span.start as usize + whole.find(inside)?;
    if let Some(rest) = inside.strip_prefix("snippet:") {
        let named = rest.trim();
        let start = start + inside.len() - rest.trim_start().len();
        // A bare name is one that a tool looks up in a list of its own.
        let path = named.split('#').next().unwrap_or_default();
        let is_path = has_extension(path) && !named.contains(' ');
        return is_path.then(|| target(Form::Comment, start, named, '#')).flatten();
    }
    if !inside.contains("START") {
        return None;
    }
    let open = inside.find("(CODE:")? + "(CODE:".len();
    let options = &inside[open..inside[open..].find(')')? + open];
    let src = options.find("src=")? + "src=".len();
    let path = options[src..].split('&').next()?;
    let mut mark = target(Form::Magic, start + open + src, path, '\0')?;
    if let Some(at) = options.find("lines=") {
        let from = at + "lines=".len();
        let numbers = options[from..].split('&').next()?;
        mark.part = line_part(numbers).unwrap_or(Part::Unknown);
        mark.numbers = Some(Span::of(start + open + from, start + open + from + numbers.len()));
    }
    mark.header = options.split('&').find_map(|option| option.strip_prefix("header=")).map(str::to_owned);
    Some(mark)
}

/// `[embedmd]:# (path language /from/ /to/)`.
fn embedmd(at: usize, line: &str) -> Option<Mark> {
    let open = line.find('(')? + 1;
    let inside = &line[open..line.rfind(')')?];
    let named = inside.split_whitespace().next()?;
    let start = at + open + inside.find(named)?;
    let mut mark = target(Form::Embedmd, start, named, '\0')?;
    let mut rest = inside[inside.find(named)? + named.len()..].trim_start();
    if !rest.starts_with('/') {
        let language = rest.find(char::is_whitespace).unwrap_or(rest.len());
        rest = rest[language..].trim_start();
    }
    if rest.is_empty() {
        return Some(mark);
    }
    let (from, rest) = pattern(rest)?;
    let until = match rest.trim() {
        "" => None,
        "$" => Some(Until::End),
        rest => Some(Until::Match(pattern(rest)?.0)),
    };
    mark.part = Part::Between(from, until);
    Some(mark)
}

/// A pattern between slashes, and what follows it.
fn pattern(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('/')?;
    let mut is_escaped = false;
    let end = inside.char_indices().find(|(_, c)| {
        let ends = *c == '/' && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        ends
    })?;
    Some((inside[..end.0].replace("\\/", "/"), &inside[end.0 + 1..]))
}

/// `{{#include path:part}}` and its like, which mdBook replaces wherever they stand.
fn includes(at: usize, line: &str, found: &mut Vec<Mark>) {
    const NAMES: [&str; 4] = ["include", "rustdoc_include", "playground", "playpen"];
    for (open, _) in line.match_indices("{{#") {
        let inside = &line[open + 3..];
        let Some(close) = inside.find("}}").filter(|_| !line[..open].ends_with('\\')) else { continue };
        let inside = &inside[..close];
        let Some((name, rest)) = inside.split_once(' ') else { continue };
        let Some(named) = rest.split_whitespace().next().filter(|_| NAMES.contains(&name)) else { continue };
        let start = at + open + 3 + (inside.len() - rest.len()) + rest.find(named).unwrap_or_default();
        found.extend(target(Form::Include, start, named, ':'));
    }
}

/// The mark that names `named`, which stands at `start`, with its part behind `separator`.
fn target(form: Form, start: usize, named: &str, separator: char) -> Option<Mark> {
    let (path, part) = match named.split_once(separator) {
        Some((path, part)) => (path, Some(part)),
        None => (named, None),
    };
    let is_open = |c: char| c.is_control() || "*${}|`\\ ".contains(c);
    if path.is_empty() || path.contains("://") || path.contains(is_open) {
        return None;
    }
    let lines = part.and_then(line_part);
    let numbers = lines.is_some().then(|| Span::of(start + path.len() + 1, start + named.len()));
    let part = match part {
        None | Some("") => Part::Whole,
        // mdBook has other forms of lines: `2:`, `:10`.
        Some(part) if part.contains(':') => part_with_colons(part),
        Some(part) => lines.unwrap_or_else(|| Part::Region(part.to_owned())),
    };
    let span = Span::of(start, start + named.len());
    Some(Mark { form, path: path.to_owned(), part, span, header: None, numbers, fence: None })
}

fn part_with_colons(part: &str) -> Part {
    let numbers: Option<Vec<u32>> = part.split(':').map(|number| number.parse().ok()).collect();
    match numbers.as_deref() {
        Some(&[first, last]) if first > 0 => Part::Lines(first, last),
        _ => Part::Unknown,
    }
}

/// `L10-L20`, `10-20`, `L10`.
fn line_part(text: &str) -> Option<Part> {
    let number = |text: &str| text.trim_start_matches('L').parse::<u32>().ok().filter(|&line| line > 0);
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (number(first)?, number(last)?);
    (first <= last).then_some(Part::Lines(first, last))
}

fn has_extension(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').is_some_and(|(stem, extension)| !stem.is_empty() && !extension.is_empty())
}

impl Mark {
    /// The files that may be meant, the likeliest first: from the document's folder, and from the top.
    pub(super) fn places(&self, document: &RepoPath) -> Vec<RepoPath> {
        let named = self.path.strip_prefix("<rootDir>/").unwrap_or(&self.path);
        let own = joined(document.parent(), named).filter(|_| !self.path.starts_with(['<', '/']));
        let is_local = self.path.starts_with('.') || self.form == Form::Include;
        let top = joined("", named).filter(|_| !is_local);
        let mut places: Vec<RepoPath> = own.into_iter().chain(top).map(|path| RepoPath::new(&path)).collect();
        places.dedup();
        places
    }

    /// Whether the mark can only mean a file of the repository, so that one that is not there is a fault.
    pub(super) fn is_promise(&self, world: &World<'_>, document: &RepoPath) -> bool {
        match self.form {
            Form::Embedmd | Form::Magic => true,
            Form::Comment => self.path.contains('/'),
            Form::Attribute => {
                self.part != Part::Whole && has_extension(&self.path) && self.path.contains('/')
            }
            Form::Include => is_in_book(world, document),
        }
    }

    /// The numbers `written`, with others in their place.
    pub(super) fn renumbered(&self, written: &str, first: u32, last: u32) -> Option<String> {
        let letter = if written.starts_with('L') { "L" } else { "" };
        match written.split_once('-') {
            Some((_, end)) => {
                let other = if end.starts_with('L') { "L" } else { "" };
                Some(format!("{letter}{first}-{other}{last}"))
            }
            None => (first == last).then(|| format!("{letter}{first}")),
        }
    }
}

/// Whether a document belongs to a book of mdBook.
fn is_in_book(world: &World<'_>, document: &RepoPath) -> bool {
    let mut folder = document.parent();
    loop {
        let book = if folder.is_empty() { "book.toml".to_owned() } else { format!("{folder}/book.toml") };
        if world.snapshot.contains(&book) {
            return true;
        }
        if folder.is_empty() {
            return false;
        }
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
    }
}

/// `path` from `folder`; `None` when it leads out of the repository, or nowhere in it.
fn joined(folder: &str, path: &str) -> Option<String> {
    crate::text::joined(folder, path.trim_start_matches('/')).filter(|path| !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(Form, String, Part)> {
        let parsed = Document::read(text);
        marks(text, &parsed)
            .into_iter()
            .map(|mark| (mark.form, text[mark.span.range()].to_owned(), mark.part))
            .collect()
    }

    #[test]
    fn marks_of_every_form_are_understood() {
        for (text, form, named, part) in [
            ("```rust file=src/a.rs#L1-L2\nx\n```\n", Form::Attribute, "src/a.rs#L1-L2", Part::Lines(1, 2)),
            ("```rust,file=\"a.rs#x\"\nx\n```\n", Form::Attribute, "a.rs#x", Part::Region("x".into())),
            (
                "<!-- snippet: src/a.rs#x -->\n\n```rust\nx\n```\n",
                Form::Comment,
                "src/a.rs#x",
                Part::Region("x".into()),
            ),
            ("[embedmd]:# (a.go go)\n```go\nx\n```\n", Form::Embedmd, "a.go", Part::Whole),
            (
                "[embedmd]:# (a.go /func a/ /^}/)\n```go\nx\n```\n",
                Form::Embedmd,
                "a.go",
                Part::Between("func a".into(), Some(Until::Match("^}".into()))),
            ),
            (
                "<!-- AUTO-GENERATED-CONTENT:START (CODE:src=./a.js&lines=2-4) -->\n<!-- The below -->\n```js\nx\n```\n",
                Form::Magic,
                "./a.js",
                Part::Lines(2, 4),
            ),
            ("```rust\n{{#include ../a.rs:x}}\n```\n", Form::Include, "../a.rs:x", Part::Region("x".into())),
        ] {
            assert_eq!(found(text), [(form, named.to_owned(), part)], "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_mark_is_none() {
        for text in [
            "```rust title=\"src/a.rs\"\nx\n```\n",
            "```rust profile=x\nx\n```\n",
            "<!-- snippet: some-name -->\n```\nx\n```\n",
            "<!-- snippet: src/a.rs -->\n\nwords\n\n```\nx\n```\n",
            "```md\n[embedmd]:# (a.go go)\n```\n",
            "\\{{#include ../a.rs}}\n",
            "[embedmd]:# (https://x.org/a.go go)\n```go\nx\n```\n",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
