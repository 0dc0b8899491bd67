//! Just enough Rust to see which paths a file names: tokens without comments and literals, `use` trees, inline
//! modules and `#[cfg(test)]`. It does not know what a room is.

use std::collections::BTreeMap;

/// What one file names, outside its tests.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// Every path, resolved as far as this file alone allows.
    pub(crate) paths: Vec<Path>,
    /// Names of invoked macros and of called methods that follow a dot, with their lines.
    pub(crate) calls: Vec<(String, usize)>,
    /// Modules declared under `#[cfg(test)]` whose text is in another file.
    pub(crate) test_modules: Vec<Vec<String>>,
    /// Whether the whole file is `#![cfg(test)]`.
    pub(crate) test_only: bool,
}

/// One path in the text.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    /// Whether it starts in this crate.
    pub(crate) inside: bool,
    /// From the crate's root, or from an external crate's name.
    pub(crate) segments: Vec<String>,
    /// Whether it is `…::*` in a `use`.
    pub(crate) glob: bool,
    /// Whether a `!` follows: a macro call.
    pub(crate) invoked: bool,
    /// 1-based.
    pub(crate) line: usize,
}

/// Scans the text of the module at `module` (from the crate's root; empty for the root itself).
pub(crate) fn scan(source: &str, module: &[String]) -> Scan {
    let mut walker = Walker {
        tokens: tokens(source),
        at: 0,
        depth: 0,
        modules: module.iter().map(|name| (name.clone(), 0)).collect(),
        raw: Vec::new(),
        children: Vec::new(),
        scan: Scan::default(),
    };
    walker.file();
    let mut scan = walker.scan;
    scan.paths = resolve(&walker.raw, &walker.children);
    scan
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Token<'a> {
    text: &'a str,
    line: usize,
    ident: bool,
}

/// A path as written, with the module it is written in.
#[derive(Debug)]
struct Raw {
    module: Vec<String>,
    segments: Vec<String>,
    line: usize,
    glob: bool,
    invoked: bool,
    /// The name a `use` gives it.
    alias: Option<String>,
    in_use: bool,
}

struct Walker<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
    depth: usize,
    /// Names of the modules around, each with the brace depth at which it closes (0: the file's own).
    modules: Vec<(String, usize)>,
    raw: Vec<Raw>,
    children: Vec<Vec<String>>,
    scan: Scan,
}

impl<'a> Walker<'a> {
    fn file(&mut self) {
        while self.at < self.tokens.len() {
            match self.text(0) {
                "#" => self.attribute(),
                "use" if self.text(1) != "<" => self.use_item(),
                "mod" if self.is_ident(1) => self.module(),
                "{" => {
                    self.depth += 1;
                    self.at += 1;
                }
                "}" => {
                    self.depth = self.depth.saturating_sub(1);
                    while self.modules.last().is_some_and(|(_, closes)| *closes > self.depth) {
                        self.modules.pop();
                    }
                    self.at += 1;
                }
                _ => self.path(),
            }
        }
    }

    fn text(&self, ahead: usize) -> &'a str {
        self.tokens.get(self.at + ahead).map_or("", |token| token.text)
    }

    fn is_ident(&self, ahead: usize) -> bool {
        self.tokens.get(self.at + ahead).is_some_and(|token| token.ident)
    }

    fn line(&self) -> usize {
        self.tokens.get(self.at).map_or(0, |token| token.line)
    }

    fn here(&self) -> Vec<String> {
        self.modules.iter().map(|(name, _)| name.clone()).collect()
    }

    /// At `#`: skips what `#[cfg(test)]` guards; any other attribute is read like code, for its derives.
    fn attribute(&mut self) {
        let inner = self.text(1) == "!";
        let open = self.at + 1 + usize::from(inner);
        if self.tokens.get(open).map(|token| token.text) != Some("[") {
            self.at += 1;
            return;
        }
        let close = self.closing(open);
        let written: String = self.tokens[open + 1..close].iter().map(|token| token.text).collect();
        let within_all =
            written.starts_with("cfg(all(") && !written.contains("not(") && !written.contains("any(");
        let names_test = self.tokens[open..close].iter().any(|token| token.text == "test");
        if written != "cfg(test)" && !(within_all && names_test) {
            self.at = open + 1;
        } else if inner {
            self.scan.test_only |= self.depth == 0;
            self.at = close + 1;
        } else {
            self.at = close + 1;
            self.guarded_item();
        }
    }

    /// At the item that `#[cfg(test)]` guards.
    fn guarded_item(&mut self) {
        while self.text(0) == "#" && self.text(1) == "[" {
            self.at = self.closing(self.at + 1) + 1;
        }
        if self.text(0) == "pub" {
            self.at += 1;
            if self.text(0) == "(" {
                self.at = self.closing(self.at) + 1;
            }
        }
        match self.text(0) {
            "mod" => {
                if self.text(2) == ";" {
                    let mut path = self.here();
                    path.push(self.text(1).to_owned());
                    self.scan.test_modules.push(path);
                }
                self.skip_item();
            }
            "use" | "fn" | "impl" => self.skip_item(),
            // Fields, arms and the rest have no end that tokens alone show: they are read like any code.
            _ => {}
        }
    }

    /// Moves past the next `;` or `{…}` that is not inside brackets.
    fn skip_item(&mut self) {
        while self.at < self.tokens.len() {
            match self.text(0) {
                "(" | "[" => self.at = self.closing(self.at) + 1,
                "{" => {
                    self.at = self.closing(self.at) + 1;
                    return;
                }
                ";" => {
                    self.at += 1;
                    return;
                }
                _ => self.at += 1,
            }
        }
    }

    /// The index of the bracket that closes the one at `open`, or the end.
    fn closing(&self, open: usize) -> usize {
        let mut depth = 0usize;
        for (index, token) in self.tokens.iter().enumerate().skip(open) {
            match token.text {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => {
                    depth -= 1;
                    if depth == 0 {
                        return index;
                    }
                }
                _ => {}
            }
        }
        self.tokens.len().saturating_sub(1)
    }

    fn module(&mut self) {
        let name = self.text(1).to_owned();
        match self.text(2) {
            "{" => {
                self.depth += 1;
                self.modules.push((name, self.depth));
                self.children.push(self.here());
                self.at += 3;
            }
            ";" => {
                let mut path = self.here();
                path.push(name);
                self.children.push(path);
                self.at += 3;
            }
            _ => self.at += 1,
        }
    }

    fn use_item(&mut self) {
        self.at += 1;
        if self.text(0) == "::" {
            self.at += 1;
        }
        self.use_tree(&[]);
        if self.text(0) == ";" {
            self.at += 1;
        }
    }

    fn use_tree(&mut self, prefix: &[String]) {
        let mut segments = prefix.to_vec();
        let line = self.line();
        loop {
            match self.text(0) {
                "{" => {
                    self.at += 1;
                    while self.at < self.tokens.len() && self.text(0) != "}" {
                        let before = self.at;
                        self.use_tree(&segments);
                        // A comma, or something unforeseen: never stand still.
                        if self.text(0) == "," || self.at == before {
                            self.at += 1;
                        }
                    }
                    self.at += 1;
                    return;
                }
                "*" => {
                    self.at += 1;
                    self.note_use(segments, line, true, None);
                    return;
                }
                // `a::{self}` is `a`.
                "self" if !segments.is_empty() && segments.len() == prefix.len() => self.at += 1,
                "$" => {
                    self.at += 1;
                    continue;
                }
                name if self.is_ident(0) => {
                    segments.push(name.to_owned());
                    self.at += 1;
                }
                _ => return,
            }
            if self.text(0) != "::" {
                break;
            }
            self.at += 1;
        }
        let mut alias = segments.last().cloned();
        if self.text(0) == "as" {
            alias = Some(self.text(1).to_owned()).filter(|name| name != "_");
            self.at += 2;
        }
        self.note_use(segments, line, false, alias);
    }

    fn note_use(&mut self, segments: Vec<String>, line: usize, glob: bool, alias: Option<String>) {
        let module = self.here();
        self.raw.push(Raw { module, segments, line, glob, invoked: false, alias, in_use: true });
    }

    /// At a token that is no item of interest: a path in code, or something to step over.
    fn path(&mut self) {
        let before = self.at.checked_sub(1).map_or("", |index| self.tokens[index].text);
        if before == "." && self.is_ident(0) {
            if self.text(1) == "(" {
                self.scan.calls.push((format!(".{}", self.text(0)), self.line()));
            }
            self.at += 1;
            return;
        }
        let line = self.line();
        if self.text(0) == "::" && self.is_ident(1) {
            self.at += 1;
        }
        if !self.is_ident(0) {
            self.at += 1;
            return;
        }
        let mut segments = vec![self.text(0).to_owned()];
        self.at += 1;
        while self.text(0) == "::" && self.is_ident(1) {
            segments.push(self.text(1).to_owned());
            self.at += 2;
        }
        let invoked = self.text(0) == "!" && self.text(1) != "=";
        if invoked && let Some(name) = segments.last() {
            self.scan.calls.push((format!("{name}!"), line));
        }
        let module = self.here();
        self.raw.push(Raw { module, segments, line, glob: false, invoked, alias: None, in_use: false });
    }
}

/// Follows `crate`, `self`, `super`, this crate's own name, child modules and the names that `use` gave.
fn resolve(raw: &[Raw], children: &[Vec<String>]) -> Vec<Path> {
    let mut aliases = BTreeMap::new();
    // A name may rest on another one; four rounds are more than anybody writes.
    for _ in 0..4 {
        for path in raw.iter().filter(|path| path.in_use && !path.glob) {
            if let (Some(name), Some((inside, segments))) = (&path.alias, locate(path, children, &aliases)) {
                aliases.insert(name.clone(), (inside, segments));
            }
        }
    }
    raw.iter()
        .filter_map(|path| {
            let (inside, segments) = locate(path, children, &aliases)?;
            Some(Path { inside, segments, glob: path.glob, invoked: path.invoked, line: path.line })
        })
        .collect()
}

type Aliases = BTreeMap<String, (bool, Vec<String>)>;

fn locate(path: &Raw, children: &[Vec<String>], aliases: &Aliases) -> Option<(bool, Vec<String>)> {
    let alone = path.segments.len() == 1 && !path.in_use;
    let first = path.segments.first().map_or("crate", String::as_str);
    let rest = path.segments.get(1..).unwrap_or_default();
    match first {
        "crate" if alone => None,
        "opsbook" if alone => None,
        "self" if alone => None,
        "crate" | "opsbook" => Some((true, rest.to_vec())),
        // `self::super` is the same as `super`.
        "self" | "super" => {
            let path_after_self = if first == "self" { rest } else { path.segments.as_slice() };
            let ups = path_after_self.iter().take_while(|segment| *segment == "super").count();
            let base = path.module.get(..path.module.len().checked_sub(ups)?)?;
            Some((true, [base, &path_after_self[ups..]].concat()))
        }
        name => {
            let child = [path.module.as_slice(), &[name.to_owned()]].concat();
            // A `use` that gives the name it starts from would otherwise rest on itself.
            let own = path.alias.as_deref() == Some(name);
            if children.contains(&child) {
                Some((true, [child.as_slice(), rest].concat()))
            } else if let (false, Some((inside, base))) = (own, aliases.get(name)) {
                Some((*inside, [base.as_slice(), rest].concat()))
            } else if alone {
                None
            } else {
                Some((false, path.segments.clone()))
            }
        }
    }
}

/// The tokens of `source` without comments, literals and lifetimes; `::` is one token.
fn tokens(source: &str) -> Vec<Token<'_>> {
    let bytes = source.as_bytes();
    let (mut at, mut line, mut found) = (0, 1, Vec::new());
    while at < bytes.len() {
        let start = at;
        let ident = is_word(bytes[at]) && !bytes[at].is_ascii_digit();
        at = match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => find(bytes, at, b'\n'),
            b'/' if bytes.get(at + 1) == Some(&b'*') => block_comment(bytes, at),
            b'"' => string(bytes, at),
            b'\'' => quote(bytes, at),
            b':' if bytes.get(at + 1) == Some(&b':') => at + 2,
            byte if is_word(byte) => word(bytes, at),
            _ => at + 1,
        };
        let text = source[start..at].strip_prefix("r#").unwrap_or(&source[start..at]);
        let skipped = text.starts_with(['/', '"', '\'']) && (text.len() > 1 || text == "\"");
        let literal = ident && text.ends_with(['"', '\'', '#']);
        let blank = bytes[start].is_ascii_whitespace();
        if !skipped && !literal && !blank {
            found.push(Token { text, line, ident });
        }
        line += source[start..at].matches('\n').count();
    }
    found
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn find(bytes: &[u8], from: usize, wanted: u8) -> usize {
    bytes[from..].iter().position(|byte| *byte == wanted).map_or(bytes.len(), |offset| from + offset)
}

fn block_comment(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0;
    while at < bytes.len() {
        match &bytes[at..bytes.len().min(at + 2)] {
            b"/*" => {
                depth += 1;
                at += 2;
            }
            b"*/" => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    break;
                }
            }
            _ => at += 1,
        }
    }
    at
}

/// Past the string whose opening quote is at `at`.
fn string(bytes: &[u8], mut at: usize) -> usize {
    at += 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

/// Past a character literal or a lifetime.
fn quote(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at + 1) {
        Some(b'\\') => (find(bytes, at + 3, b'\'') + 1).min(bytes.len()),
        Some(first) => {
            // The character's own length in UTF-8.
            let length = match first {
                0..=0x7f => 1,
                0x80..=0xdf => 2,
                0xe0..=0xef => 3,
                _ => 4,
            };
            if bytes.get(at + 1 + length) == Some(&b'\'') {
                return at + 2 + length;
            }
            let mut end = at + 1;
            while end < bytes.len() && is_word(bytes[end]) {
                end += 1;
            }
            end
        }
        None => bytes.len(),
    }
}

/// Past an identifier or number, or past the literal that an identifier like `br#` opens.
fn word(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while end < bytes.len() && is_word(bytes[end]) {
        end += 1;
    }
    let prefix = &bytes[at..end];
    if !matches!(prefix, b"r" | b"b" | b"c" | b"br" | b"cr") {
        return end;
    }
    let raw = prefix.ends_with(b"r");
    let hashes = bytes[end..].iter().take_while(|byte| **byte == b'#').count();
    match bytes.get(end + hashes) {
        Some(b'"') if raw => {
            let closing: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
            let body = end + hashes + 1;
            bytes[body..]
                .windows(closing.len())
                .position(|window| window == closing)
                .map_or(bytes.len(), |offset| body + offset + closing.len())
        }
        Some(b'"') if hashes == 0 => string(bytes, end),
        Some(b'\'') if hashes == 0 && prefix == b"b" => quote(bytes, end),
        // A raw identifier.
        Some(next) if raw && hashes == 1 && is_word(*next) => word(bytes, end + 1),
        _ => end,
    }
}
