//! The places of a document that a link can name, and which heading took the place of which from one version to the next.
//!
//! GitHub's names count exactly. Websites make names of their own from the same headings, so a name is also known by its
//! letters and digits alone; whoever asks decides how much that is worth.

use std::collections::HashSet;

use crate::read::markdown::{self, slug};

/// The places of one version of a document.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The headings, in order.
    pub(super) headings: Vec<Heading>,
    names: HashSet<String>,
    loose: HashSet<String>,
    /// Whether some of its text stands in other files, which a website puts together.
    pub(super) includes: bool,
    /// Whether it is written for a website that makes names of its own.
    pub(super) is_site: bool,
}

/// A heading of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    level: u8,
    /// Its text.
    pub(super) text: String,
    /// The name to link to it by: the one that it gives itself, else GitHub's.
    pub(super) slug: String,
    /// The lines under it, up to the next heading.
    body: HashSet<u64>,
}

/// What says that other files belong to the text of a page.
const INCLUDES: [&str; 9] = [
    "{{#include",
    "--8<--",
    "{!",
    "{% include",
    "{{% include",
    "{{< include",
    "{% render",
    "```{include}",
    "<!-- INCLUDE",
];

/// What only the sources of websites have.
const SITE: [&str; 6] = ["{#", "{: #", ":::", "{{<", "{%", "```{"];

impl Places {
    /// The places of the document `text`; `is_component` says that it may hold parts of a program.
    pub(super) fn read(text: &str, is_component: bool) -> Self {
        let parsed = markdown::Document::read(text);
        let mut places = Self {
            includes: INCLUDES.iter().any(|mark| text.contains(mark))
                || (is_component && text.lines().any(|line| line.starts_with("import "))),
            is_site: is_component || SITE.iter().any(|mark| text.contains(mark)),
            ..Self::default()
        };
        for (at, heading) in parsed.headings.iter().enumerate() {
            let end = parsed.headings.get(at + 1).map_or(text.len() as u32, |next| next.span.start);
            let body = text.get(heading.span.end as usize..end as usize).unwrap_or_default();
            let lines = body.lines().map(str::trim).filter(|line| !line.is_empty());
            let body = lines.map(|line| xxhash_rust::xxh3::xxh3_64(line.as_bytes())).collect();
            let (shown, name) = explicit(&heading.text);
            places.names.insert(heading.slug.clone());
            places.loose.insert(loose(&heading.slug));
            places.loose.insert(loose(shown));
            // Some generators leave out a number that a heading begins with.
            places.loose.insert(loose(shown.trim_start_matches(|c: char| !c.is_alphabetic())));
            if let Some(name) = name {
                places.name(name);
            }
            // A name that a heading gives itself is meant to be used.
            let (level, slug) = (heading.level, name.unwrap_or(&heading.slug).to_owned());
            places.headings.push(Heading { level, text: shown.to_owned(), slug, body });
        }
        parsed.anchors.iter().for_each(|name| places.name(name));
        html_headings(text).for_each(|heading| places.name(&slug(&heading)));
        places.loosely(text, &parsed);
        places
    }

    fn name(&mut self, name: &str) {
        self.names.insert(name.to_owned());
        self.loose.insert(loose(name));
    }

    /// Headings that only some see, such as those in an indented part, and names in curly or square brackets.
    fn loosely(&mut self, text: &str, parsed: &markdown::Document) {
        let is_fenced = |at: usize| {
            parsed.fences.iter().any(|fence| {
                let is_marked = text[fence.span.range()].starts_with(['`', '~']);
                is_marked && fence.span.range().contains(&at)
            })
        };
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let shown = line.trim().trim_start_matches(['>', ' ', '-', '*']);
            let title = shown.trim_start_matches('#');
            if shown.starts_with('#') && title.starts_with(' ') && !is_fenced(at) {
                let (title, name) = explicit(title);
                self.loose.insert(loose(title));
                name.into_iter().for_each(|name| self.name(name));
            }
            // `(name)=` of MyST, `[#name]` and `[[name]]`.
            if let Some(name) = shown.strip_prefix('(').and_then(|rest| rest.strip_suffix(")=")) {
                self.name(name);
            }
            at += line.len();
        }
    }

    /// Whether GitHub leads to `anchor`, in whatever case it is written.
    pub(super) fn has(&self, anchor: &str) -> bool {
        let anchor = bare(anchor);
        self.names.contains(anchor) || self.names.contains(&anchor.to_lowercase())
    }

    /// Whether some website may lead to `anchor`.
    pub(super) fn has_like(&self, anchor: &str) -> bool {
        self.has(anchor) || self.loose.contains(&loose(bare(anchor)))
    }

    /// The names of the headings.
    pub(super) fn slugs(&self) -> impl Iterator<Item = &str> {
        self.headings.iter().map(|heading| heading.slug.as_str())
    }

    /// The heading that `anchor` names.
    fn heading(&self, anchor: &str) -> Option<usize> {
        let anchor = bare(anchor);
        let exact = self.headings.iter().position(|heading| heading.slug == anchor);
        exact.or_else(|| self.headings.iter().position(|heading| loose(&heading.slug) == loose(anchor)))
    }
}

/// The heading of `after` that stands where the one that `anchor` names stood in `before`, and whether it is beyond doubt
/// that it is the same under another name: what is under it is mostly the same, or the names are much alike.
pub(super) fn successor<'a>(before: &Places, after: &'a Places, anchor: &str) -> Option<(&'a Heading, bool)> {
    let at = before.heading(anchor)?;
    let (old, new) = gap(&before.headings, &after.headings, at)?;
    if old.len() != new.len() {
        return None;
    }
    let is_level = |(a, b): (usize, usize)| before.headings[a].level == after.headings[b].level;
    if !old.clone().zip(new.clone()).all(is_level) {
        return None;
    }
    let (was, is) = (&before.headings[at], &after.headings[new.start + at - old.start]);
    let shared = was.body.intersection(&is.body).count();
    let is_same = shared * 2 > was.body.len().max(is.body.len());
    let is_alike = strsim::damerau_levenshtein(&was.slug, &is.slug) * 3 <= was.slug.chars().count();
    Some((is, is_same || (is_alike && old.len() == 1)))
}

/// Between the nearest headings that both have: those of the one, among them `at`, and those of the other. A heading that
/// both have is a gap by itself.
fn gap(
    before: &[Heading],
    after: &[Heading],
    at: usize,
) -> Option<(std::ops::Range<usize>, std::ops::Range<usize>)> {
    /// Headings of a version; more are not compared with each other.
    const MOST: usize = 400;
    if before.len() > MOST || after.len() > MOST {
        return None;
    }
    let same = |a: usize, b: usize| before[a].level == after[b].level && before[a].text == after[b].text;
    // The length of the longest common sequence from each pair on.
    let width = after.len() + 1;
    let mut longest = vec![0_u16; (before.len() + 1) * width];
    for a in (0..before.len()).rev() {
        for b in (0..after.len()).rev() {
            longest[a * width + b] = match same(a, b) {
                true => longest[(a + 1) * width + b + 1] + 1,
                false => longest[(a + 1) * width + b].max(longest[a * width + b + 1]),
            };
        }
    }
    let (mut a, mut b, mut start) = (0, 0, (0, 0));
    while a < before.len() && b < after.len() {
        if same(a, b) {
            if a == at {
                return Some((a..a + 1, b..b + 1));
            }
            if a > at {
                return Some((start.0..a, start.1..b));
            }
            (a, b) = (a + 1, b + 1);
            start = (a, b);
        } else if longest[(a + 1) * width + b] >= longest[a * width + b + 1] {
            a += 1;
        } else {
            b += 1;
        }
    }
    Some((start.0..before.len(), start.1..after.len()))
}

/// The letters and digits of a name, in lower case.
pub(super) fn loose(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A name without what GitHub and Bitbucket put before it.
fn bare(anchor: &str) -> &str {
    let anchor = anchor.strip_prefix("user-content-").unwrap_or(anchor);
    anchor.strip_prefix("markdown-header-").unwrap_or(anchor)
}

/// The text of a heading without the name that it gives itself, `## Title {#name}` or `{: #name }`, and that name.
fn explicit(text: &str) -> (&str, Option<&str>) {
    let Some(open) = text.rfind('{').filter(|_| text.trim_end().ends_with('}')) else { return (text, None) };
    let inside = text[open + 1..].trim_end().trim_end_matches('}');
    let name = inside.split_whitespace().find_map(|word| word.trim_start_matches(':').strip_prefix('#'));
    (text[..open].trim_end(), name)
}

/// The texts of headings that are written as HTML.
fn html_headings(text: &str) -> impl Iterator<Item = String> {
    let bytes = text.as_bytes();
    memchr::memmem::find_iter(bytes, b"<h").chain(memchr::memmem::find_iter(bytes, b"<H")).filter_map(
        move |at| {
            let level = bytes.get(at + 2).filter(|byte| (b'1'..=b'6').contains(*byte))?;
            let rest = text.get(at + 3..)?;
            let start = rest.find('>')? + 1;
            let end = rest.to_ascii_lowercase().find(&format!("</h{}", *level as char))?;
            let inside = rest.get(start..end)?;
            let mut shown = String::new();
            let mut in_tag = false;
            for c in inside.chars() {
                match c {
                    '<' => in_tag = true,
                    '>' => in_tag = false,
                    c if !in_tag => shown.push(if c == '\n' { ' ' } else { c }),
                    _ => {}
                }
            }
            Some(shown)
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Places {
        Places::read(text, false)
    }

    #[test]
    fn names_are_those_of_headings_and_of_html() {
        let found = places(
            "# The `x` & more\n\n## Title {#own}\n\n<a id=\"y\"></a>\n\n<h2 align=\"center\">In <b>HTML</b></h2>\n\n(label)=\n",
        );
        for name in ["the-x--more", "own", "y", "in-html", "label", "The-X--More", "user-content-own"] {
            assert!(found.has(name), "{name}");
        }
        assert!(!found.has("the-x-more") && found.has_like("the-x-more"));
        assert!(!found.has_like("other"));
    }

    #[test]
    fn indented_headings_count_loosely_and_those_in_fences_do_not() {
        let found = places("=== \"Tab\"\n\n    ## Inside\n\n```sh\n# comment\n```\n");
        assert!(found.has_like("inside") && !found.has_like("comment"));
    }

    #[test]
    fn a_heading_is_followed_to_the_one_in_its_place() {
        let before = places("# A\n\n## Start\n\none\n\ntwo\n\n## End\n\nx\n");
        let after = places("# A\n\n## New\n\nn\n\n# B\n\n## Begin\n\none\n\ntwo\n\n## End\n\nx\n");
        assert!(successor(&before, &after, "start").is_none(), "two headings are new, one went");
        let after = places("# A\n\n## Begin\n\none\n\ntwo\n\n## End\n\nx\n");
        let (heading, is_sure) = successor(&before, &after, "start").expect("one stands in its place");
        assert_eq!((heading.slug.as_str(), is_sure), ("begin", true));
        let after = places("# A\n\n## Begin {#go}\n\none\n\ntwo\n\n## End\n\nx\n");
        let (heading, _) = successor(&before, &after, "start").expect("one stands in its place");
        assert_eq!(
            (heading.slug.as_str(), heading.text.as_str()),
            ("go", "Begin"),
            "by the name it gives itself"
        );
        let after = places("# A\n\n## Licence\n\nother\n\n## End\n\nx\n");
        assert!(!successor(&before, &after, "start").expect("one stands there").1);
        let deeper = places("# A\n\n### Begin\n\none\n\n## End\n");
        assert!(successor(&before, &deeper, "start").is_none(), "of another level");
    }
}
