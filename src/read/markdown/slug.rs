//! The names by which GitHub links to headings: lower case, spaces to hyphens, punctuation left out, repeated ones
//! numbered (the algorithm of the `github-slugger` package, which GitHub's own output agrees with).

use std::collections::HashMap;

/// Gives the headings of one document their slugs, in order.
#[derive(Debug, Default)]
pub(super) struct Slugs {
    seen: HashMap<String, usize>,
}

impl Slugs {
    /// The slug of the next heading, whose text is `text`.
    pub(super) fn slug(&mut self, text: &str) -> String {
        let base = slug(text);
        let mut slug = base.clone();
        while self.seen.contains_key(&slug) {
            let count = self.seen.entry(base.clone()).or_default();
            *count += 1;
            slug = format!("{base}-{count}");
        }
        self.seen.insert(slug.clone(), 0);
        slug
    }
}

/// The slug of a heading as if it were the only one.
#[must_use]
pub fn slug(text: &str) -> String {
    let kept = text.trim().chars().filter(|&c| matches!(c, ' ' | '-') || is_word(c));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Whether `c` is a letter, a mark, a decimal digit or a connector; `²` and `①` are none of them.
fn is_word(c: char) -> bool {
    c.is_alphabetic() || is_digit(c) || is_mark(c) || is_connector(c)
}

/// Decimal digits, which come in rows of ten.
fn is_digit(c: char) -> bool {
    const ZEROS: [u32; 30] = [
        0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
        0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0,
        0xa620, 0xa8d0, 0xff10,
    ];
    c.is_ascii_digit() || !c.is_ascii() && ZEROS.iter().any(|&zero| (zero..zero + 10).contains(&(c as u32)))
}

/// `_` and its like.
fn is_connector(c: char) -> bool {
    matches!(
        c,
        '_' | '\u{203f}' | '\u{2040}' | '\u{2054}' | '\u{fe33}' | '\u{fe34}' | '\u{fe4d}'
            ..='\u{fe4f}' | '\u{ff3f}'
    )
}

/// Marks that are no letters: accents written apart, what joins the consonants of Indian scripts, and the selectors
/// behind emoji, which stay when the emoji goes.
fn is_mark(c: char) -> bool {
    const MARKS: [(u32, u32); 42] = [
        (0x300, 0x36f),
        (0x483, 0x489),
        (0x591, 0x5bd),
        (0x5bf, 0x5c7),
        (0x610, 0x61a),
        (0x64b, 0x65f),
        (0x670, 0x670),
        (0x6d6, 0x6dc),
        (0x6df, 0x6e8),
        (0x6ea, 0x6ed),
        (0x900, 0x903),
        (0x93a, 0x94f),
        (0x951, 0x957),
        (0x9bc, 0x9bc),
        (0x9cd, 0x9cd),
        (0xa3c, 0xa3c),
        (0xa4d, 0xa4d),
        (0xabc, 0xabc),
        (0xacd, 0xacd),
        (0xb3c, 0xb3c),
        (0xb4d, 0xb4d),
        (0xbcd, 0xbcd),
        (0xc4d, 0xc4d),
        (0xcbc, 0xcbc),
        (0xccd, 0xccd),
        (0xd3b, 0xd3c),
        (0xd4d, 0xd4d),
        (0xdca, 0xdca),
        (0xe31, 0xe31),
        (0xe34, 0xe3a),
        (0xe47, 0xe4e),
        (0xeba, 0xeba),
        (0xec8, 0xece),
        (0x1037, 0x103a),
        (0x17c9, 0x17d3),
        (0x1ab0, 0x1aff),
        (0x1dc0, 0x1dff),
        (0x20d0, 0x20f0),
        (0x302a, 0x302f),
        (0x3099, 0x309a),
        (0xfe00, 0xfe0f),
        (0xfe20, 0xfe2f),
    ];
    !c.is_ascii() && MARKS.iter().any(|&(from, to)| (from..=to).contains(&(c as u32)))
}

#[cfg(test)]
mod tests {
    use crate::read::markdown::Document;

    #[test]
    fn headings_are_called_as_on_github() {
        for (heading, expect) in [
            ("# 🎉 Party time", "-party-time"),
            ("# :rocket: Start", "rocket-start"),
            ("# ❤\u{fe0f} Thanks", "\u{fe0f}-thanks"),
            ("# 1\u{fe0f}\u{20e3} First", "1\u{fe0f}\u{20e3}-first"),
            ("# 👨\u{200d}👩 Family", "-family"),
            ("# snake_case and _emphasis_", "snake_case-and-emphasis"),
            ("# `code_x` & `y`", "code_x--y"),
            ("# [a link](b.md) here", "a-link-here"),
            ("# <b>bold</b> <!-- no --> x", "bold--x"),
            ("# 日本語 見出し！", "日本語-見出し"),
            ("# हिन्दी में", "हिन्दी-में"),
            ("# What's new?", "whats-new"),
            ("# a -- b — c", "a----b--c"),
            ("# C++ / C#", "c--c"),
            ("# 1.2 m² ½ ①", "12-m--"),
            ("# A&amp;B", "ab"),
            ("# Closed ##", "closed"),
            ("Set\n*ext*\n===", "set-ext"),
            ("# `@` modifier", "-modifier"),
        ] {
            let document = Document::read(&format!("{heading}\n"));
            assert_eq!(document.headings[0].slug, expect, "{heading}");
        }
    }
}
