//! Which texts are paths, and what in them is not: line numbers, anchors, and all that only looks like a path.
//!
//! A path in code is taken on trust that somebody asks whether it ever existed; here is left out what no repository
//! holds, or what holds in every second one without being meant.

use std::ops::Range;

/// Code that names a path, as byte ranges of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pieces {
    pub(super) path: Range<usize>,
    /// What follows `#`.
    pub(super) fragment: Option<Range<usize>>,
    pub(super) lines: Option<Lines>,
}

/// Line numbers: where they stand, the first and the last.
pub(super) type Lines = (Range<usize>, u32, u32);

/// What stands behind the `#` of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fragment {
    Lines(u32, u32),
    Anchor(String),
    /// Something for a browser only.
    Nothing,
}

/// Longer texts are no paths.
const LONGEST: usize = 300;

/// First folders of the machine, not of a repository.
const SYSTEM: [&str; 27] = [
    "Applications",
    "Library",
    "System",
    "Users",
    "Volumes",
    "bin",
    "boot",
    "dev",
    "etc",
    "home",
    "lib",
    "lib64",
    "media",
    "mnt",
    "nix",
    "opt",
    "private",
    "proc",
    "root",
    "run",
    "sbin",
    "snap",
    "srv",
    "sys",
    "tmp",
    "usr",
    "var",
];

/// First parts of the names of Git's refs and of branches; a name with an extension is a file all the same.
const REFS: [&str; 20] = [
    "bugfix",
    "chore",
    "dependabot",
    "feat",
    "feature",
    "features",
    "fix",
    "fork",
    "heads",
    "hotfix",
    "origin",
    "pull",
    "refs",
    "release",
    "releases",
    "remotes",
    "renovate",
    "tags",
    "topic",
    "upstream",
];

/// First parts of media types (RFC 6838).
const MEDIA: [&str; 7] = ["application", "audio", "font", "image", "multipart", "text", "video"];

/// Last parts of host names, as they open import paths and addresses without a scheme.
const DOMAINS: [&str; 27] = [
    "ai", "app", "biz", "ch", "cloud", "co", "com", "de", "dev", "edu", "eu", "gov", "info", "in", "io",
    "local", "me", "net", "nl", "org", "page", "pro", "sh", "site", "tech", "uk", "us",
];

/// Names that stand for any name.
const ANY_NAME: [&str; 17] = [
    "bar",
    "barbaz",
    "baz",
    "blah",
    "foo",
    "foobar",
    "qux",
    "quux",
    "somedir",
    "somefile",
    "something",
    "whatever",
    "xx",
    "xyz",
    "yourname",
    "yyy",
    "zzz",
];

/// Runs of letters that stand for digits or for any name.
const ANY_TEXT: [&str; 12] =
    ["NNN", "XXX", "xxx", "YYYY", "yyyy", "MM-DD", "mm-dd", "0XX", "-NN", "…", "...", "-XX"];

/// Beginnings of names that stand for any name.
const ANY_START: [&str; 8] = ["your-", "your_", "some-", "some_", "any-", "path-to", "path_to", "YOUR"];

/// Words that people join with a slash, each pair as one text.
const PAIRS: [&str; 24] = [
    "and/or",
    "audio/video",
    "before/after",
    "client/server",
    "create/update",
    "enable/disable",
    "enabled/disabled",
    "get/set",
    "he/she",
    "his/her",
    "input/output",
    "key/value",
    "left/right",
    "major/minor",
    "pass/fail",
    "read/write",
    "request/response",
    "src/dest",
    "src/dst",
    "start/stop",
    "success/failure",
    "true/false",
    "up/down",
    "yes/no",
];

/// The path in a piece of code; `None` when it names none.
pub(super) fn in_code(code: &str) -> Option<Pieces> {
    let text = code.trim();
    let offset = code.len() - code.trim_start().len();
    if !text.contains('/') || text.len() > LONGEST {
        return None;
    }
    let (head, fragment) = match text.find('#') {
        Some(at) if at + 1 < text.len() => (&text[..at], Some(offset + at + 1..offset + text.len())),
        Some(at) => (&text[..at], None),
        None => (text, None),
    };
    let (path, lines) = without_lines(head);
    let path = without_symbol(path)?;
    let lines = lines.map(|(range, first, last)| (range.start + offset..range.end + offset, first, last));
    is_code_path(path).then(|| Pieces { path: offset..offset + path.len(), fragment, lines })
}

/// `text` without line numbers at its end, and these: `:120`, `:120:8`, `:10-20`, `:L10-L20`.
pub(super) fn without_lines(text: &str) -> (&str, Option<Lines>) {
    let Some(colon) = text.rfind(':').filter(|_| text.ends_with(|c: char| c.is_ascii_digit())) else {
        return (text, None);
    };
    // The last number may be a column.
    let first = text[..colon].rfind(':').filter(|&first| is_number(&text[first + 1..colon]));
    let (at, end) = match first {
        Some(first) if is_number(&text[colon + 1..]) => (first, colon),
        _ => (colon, text.len()),
    };
    // What stands before a port is no file.
    let name = text[..at].rsplit('/').next().unwrap_or_default();
    let is_file = has_extension(name) || name.starts_with(char::is_uppercase);
    match line_numbers(&text[at + 1..end]).filter(|_| is_file) {
        Some((first, last)) => (&text[..at], Some((at + 1..end, first, last))),
        None => (text, None),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `10`, `L10`, `10-20`, `L10-L20`, `L10C5-L20C9`: the first and the last line.
fn line_numbers(text: &str) -> Option<(u32, u32)> {
    let number = |text: &str| {
        let text = text.strip_prefix(['L', 'l']).unwrap_or(text);
        let (line, column) = text.split_once(['C', 'c']).unwrap_or((text, "1"));
        (is_number(line) && is_number(column))
            .then(|| line.parse::<u32>().ok())
            .flatten()
            .filter(|&line| line > 0)
    };
    let (first, last) = text.split_once(['-', '–']).unwrap_or((text, text));
    let (first, last) = (number(first)?, number(last)?);
    (first <= last).then_some((first, last))
}

/// What the fragment `text` of an address means.
pub(super) fn fragment(text: &str) -> Fragment {
    let is_lines = text.starts_with('L') && text[1..].starts_with(|c: char| c.is_ascii_digit());
    if let Some((first, last)) = is_lines.then(|| line_numbers(text)).flatten() {
        return Fragment::Lines(first, last);
    }
    // Text fragments, and the addresses of pages that a script shows.
    if text.is_empty() || text.starts_with([':', '/', '!', '?']) || text.eq_ignore_ascii_case("top") {
        return Fragment::Nothing;
    }
    crate::text::percent_decoded(text).map_or(Fragment::Nothing, Fragment::Anchor)
}

/// `path` without a name of something in the file: `a/b.py::test`, `a/b.rs:parse`. `None` when there is another colon.
fn without_symbol(path: &str) -> Option<&str> {
    let Some(at) = path.find(':') else { return Some(path) };
    let symbol = path[at..].trim_start_matches(':');
    let is_symbol = symbol.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '<')
        && symbol.chars().all(|c| c.is_alphanumeric() || "_-.:<>()[]".contains(c));
    (path[..at].contains('/') && has_extension(&path[..at]) && (symbol.is_empty() || is_symbol))
        .then_some(&path[..at])
}

/// Whether `path`, found in code, may be one of a repository.
fn is_code_path(path: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+@()".contains(c);
    if !path.contains('/')
        || !path.chars().all(is_plain)
        || !is_shaped(path)
        || path.starts_with(['(', ',', '+'])
    {
        return false;
    }
    let names = || path.split('/').filter(|name| !matches!(*name, "" | "." | ".."));
    let (Some(first), Some(last)) = (names().next(), names().next_back()) else { return false };
    let is_file = has_extension(last);
    let is_folder = path.ends_with('/');
    let has_two = names().count() >= 2;
    let is_anchored = path.starts_with("./") || path.starts_with("../");
    let is_handle = |name: &str| {
        let at = name.find('@').filter(|&at| at > 0);
        at.is_some_and(|at| !has_extension(name) || name[at + 1..].starts_with(['v', 'V']))
    };
    let is_wrong = path.starts_with('/') && (!is_file || SYSTEM.contains(&first))
        || !is_file && REFS.contains(&first) && !is_folder && !is_anchored
        || path.starts_with("application/")
        || has_two && !is_folder && !is_file && MEDIA.contains(&first) && names().count() == 2
        || is_host(first) && has_two && !is_anchored
        || names().any(is_handle)
        || names().any(|name| name.contains(['(', ')']) && !is_group(name))
        || names().all(|name| name.len() <= 2)
        || names().all(|name| name.chars().all(|c| !c.is_alphabetic()))
        || PAIRS.iter().any(|pair| path.eq_ignore_ascii_case(pair))
        || is_version(last) && !is_folder;
    !is_wrong
}

/// `(name)`: how some frameworks write a folder that is no part of an address.
fn is_group(name: &str) -> bool {
    let inner = name.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    inner.is_some_and(|inner| !inner.is_empty() && !inner.contains(['(', ')']))
}

/// `v1`, `v1.2`, `1.x`: no name of a file.
fn is_version(name: &str) -> bool {
    let rest = name.strip_prefix(['v', 'V']).unwrap_or(name);
    rest.starts_with(|c: char| c.is_ascii_digit())
        && rest.chars().all(|c| c.is_ascii_digit() || ".x+".contains(c))
}

/// Whether `name`, the first of a path, is that of a host.
fn is_host(name: &str) -> bool {
    let domain = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, domain)| domain);
    name.eq_ignore_ascii_case("localhost") || domain.is_some_and(|domain| DOMAINS.contains(&domain))
}

/// Whether the path of a link, decoded, may be one of a repository.
pub(super) fn is_link_path(path: &str) -> bool {
    let is_open = |c: char| c.is_control() || "{}<>$*|`\\".contains(c);
    !(path.starts_with("//")
        || path.starts_with('"')
        || path.starts_with('@')
        || path.starts_with('~')
        || has_scheme(path)
        || path.contains(is_open)
        || path.trim_matches(['.', '/']).is_empty() && !path.contains("..")
        || path.contains("...")
        || is_host(path.split('/').next().unwrap_or_default()) && path.contains('/')
        || path.starts_with("www.")
        || matches!(path, "url" | "link" | "URL" | "LINK" | "TODO" | "TBD")
        || !is_shaped(path))
}

/// Whether nothing in `path` stands for something else.
fn is_shaped(path: &str) -> bool {
    let is_any = |name: &str| {
        let stem = name.split('.').next().unwrap_or_default();
        ANY_NAME.iter().any(|any| stem.eq_ignore_ascii_case(any))
            || ANY_START.iter().any(|start| name.starts_with(start))
    };
    !(path.starts_with("~/")
        || path.starts_with('-')
        || path.starts_with('@')
        || path.get(1..).is_some_and(|rest| rest.contains("//"))
        || path.starts_with("//")
        || ANY_TEXT.iter().any(|text| path.contains(text))
        || path.contains("path/to")
        || path.split('/').any(is_any))
}

/// Whether `text` starts with the scheme of an address.
pub(super) fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| !scheme.contains('/'))
}

/// Whether the name of a file has an extension: letters and digits that start with a letter.
pub(super) fn has_extension(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.rsplit_once('.').is_some_and(|(_, extension)| {
        extension.len() <= 12
            && extension.starts_with(|c: char| c.is_alphabetic())
            && extension.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
    }) || has_numbered_extension(name)
}

/// The few extensions that start with a digit, and the pages of manuals.
fn has_numbered_extension(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(stem, extension)| {
        matches!(extension, "1" | "3" | "5" | "7" | "8" | "7z" | "3mf")
            && !stem.ends_with(|c: char| c.is_ascii_digit())
    })
}
