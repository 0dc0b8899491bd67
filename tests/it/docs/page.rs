//! A page of the documentation as the test sees it: headings, fences, directives, code spans and links. It knows
//! Markdown as our pages use it, and nothing of what an example means.

use std::ops::Range;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// A Markdown file.
pub(super) struct Page {
    /// Relative to the top of the project, with `/`.
    pub(super) path: String,
    pub(super) text: String,
}

/// What an example is made of, in the order of the page.
pub(super) enum Part {
    /// A heading of the second level, which begins a new repository.
    Section,
    /// `<!-- example: NAME -->`, which says what the examples after it start from.
    Directive {
        line: usize,
        name: String,
    },
    Fence(Fence),
}

/// A fenced code block.
pub(super) struct Fence {
    /// The line of its opening fence, from 1.
    pub(super) line: usize,
    /// The words behind the backticks: language, path, attributes.
    pub(super) info: Vec<String>,
    pub(super) content: String,
    /// The bytes of the content in the page.
    pub(super) range: Range<usize>,
}

impl Fence {
    pub(super) fn language(&self) -> &str {
        self.info.first().map_or("", String::as_str)
    }

    pub(super) fn path(&self) -> Option<&str> {
        self.info.get(1).map(String::as_str)
    }

    /// Whether the example is meant to be wrong.
    pub(super) fn is_wrong(&self) -> bool {
        self.info.iter().skip(1).any(|word| word == "wrong")
    }
}

impl Page {
    pub(super) fn read(path: &str) -> Self {
        let text = std::fs::read_to_string(top().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
        Self { path: path.to_owned(), text }
    }

    /// README.md and the pages of `docs/`, without the generated one and the decision records.
    pub(super) fn documentation() -> Vec<Self> {
        let mut pages = vec![Self::read("README.md")];
        pages.extend(
            markdown_in("docs").into_iter().filter(|path| path != "docs/rules.md").map(|p| Self::read(&p)),
        );
        pages
    }

    pub(super) fn place(&self, line: usize) -> String {
        format!("{}:{line}", self.path)
    }

    pub(super) fn parts(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut open: Option<(String, Fence)> = None;
        let mut at = 0;
        for (number, line) in self.text.split_inclusive('\n').enumerate() {
            let (start, end) = (at, at + line.len());
            at = end;
            let trimmed = line.trim_end();
            match &mut open {
                Some((ticks, fence)) if is_closing(trimmed, ticks) => {
                    fence.range.end = start;
                    fence.content = self.text[fence.range.clone()].to_owned();
                    parts.extend(open.take().map(|(_, fence)| Part::Fence(fence)));
                }
                Some(_) => {}
                None if trimmed.starts_with("```") => {
                    let info = trimmed.trim_start_matches('`');
                    let ticks = trimmed[..trimmed.len() - info.len()].to_owned();
                    let info = info.split_whitespace().map(str::to_owned).collect();
                    open = Some((
                        ticks,
                        Fence { line: number + 1, info, content: String::new(), range: end..end },
                    ));
                }
                None if trimmed.starts_with("## ") => parts.push(Part::Section),
                None => {
                    let name =
                        trimmed.strip_prefix("<!-- example:").and_then(|rest| rest.strip_suffix("-->"));
                    parts.extend(
                        name.map(|name| Part::Directive { line: number + 1, name: name.trim().to_owned() }),
                    );
                }
            }
        }
        assert!(open.is_none(), "{}: a fence is never closed", self.path);
        parts
    }

    pub(super) fn fences(&self) -> impl Iterator<Item = Fence> {
        self.parts().into_iter().filter_map(|part| match part {
            Part::Fence(fence) => Some(fence),
            _ => None,
        })
    }

    /// The texts set as code within prose.
    pub(super) fn code_spans(&self) -> Vec<String> {
        let codes = self.events().filter_map(|event| match event {
            Event::Code(text) => Some(text.to_string()),
            _ => None,
        });
        codes.collect()
    }

    /// The targets of all links and images.
    pub(super) fn links(&self) -> Vec<String> {
        let links = self.events().filter_map(|event| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                Some(dest_url.to_string())
            }
            _ => None,
        });
        links.collect()
    }

    /// The names under which the headings can be linked to, as the forge makes them.
    pub(super) fn anchors(&self) -> Vec<String> {
        let (mut anchors, mut heading) = (Vec::new(), None::<String>);
        for event in self.events() {
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => anchors.extend(heading.take().map(|text| anchor(&text))),
                Event::Text(text) | Event::Code(text) => {
                    heading.iter_mut().for_each(|all| all.push_str(&text))
                }
                _ => {}
            }
        }
        anchors
    }

    fn events(&self) -> impl Iterator<Item = Event<'_>> {
        Parser::new_ext(&self.text, Options::ENABLE_TABLES)
    }
}

/// The top of the project.
pub(super) fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The Markdown files directly in a folder of the project, sorted.
pub(super) fn markdown_in(folder: &str) -> Vec<String> {
    let items = std::fs::read_dir(top().join(folder)).expect("the folder is there");
    let names = items.map(|item| item.expect("it can be listed").file_name().to_string_lossy().into_owned());
    let mut paths: Vec<String> = names
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "md"))
        .map(|name| if folder.is_empty() { name } else { format!("{folder}/{name}") })
        .collect();
    paths.sort();
    paths
}

fn is_closing(line: &str, ticks: &str) -> bool {
    line.starts_with(ticks) && line.bytes().all(|byte| byte == b'`')
}

fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}
