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
    let kept = text.trim().chars().filter(|&c| is_word(c) || matches!(c, ' ' | '-'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Whether a character is kept: a letter, a mark, a decimal digit or what connects words, as `\p{Word}` has it on GitHub.
fn is_word(c: char) -> bool {
    (c.is_alphanumeric() && !is_other_number(c)) || is_mark(c) || is_connector(c)
}

/// Numbers that are no decimal digits and no letters: raised and lowered ones, fractions, numbers in circles.
fn is_other_number(c: char) -> bool {
    matches!(c, '²' | '³' | '¹' | '¼'..='¾' | '\u{2070}' | '\u{2074}'..='\u{2079}' | '\u{2080}'..='\u{2089}'
        | '\u{2150}'..='\u{215f}' | '\u{2189}' | '\u{2460}'..='\u{249b}' | '\u{24ea}'..='\u{24ff}'
        | '\u{2776}'..='\u{2793}' | '\u{3192}'..='\u{3195}' | '\u{3220}'..='\u{3229}' | '\u{3248}'..='\u{324f}'
        | '\u{3251}'..='\u{325f}' | '\u{3280}'..='\u{3289}' | '\u{32b1}'..='\u{32bf}')
}

/// Underscores and their like.
fn is_connector(c: char) -> bool {
    matches!(
        c,
        '_' | '\u{203f}' | '\u{2040}' | '\u{2054}' | '\u{fe33}' | '\u{fe34}' | '\u{fe4d}'
            ..='\u{fe4f}' | '\u{ff3f}'
    )
}

/// Marks that are part of words in many scripts, as far as they do not count as letters anyway; among them the one that
/// asks for the coloured form of a sign, so that a heading which begins with an emoji has a name with an invisible start.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}'
        | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{900}'..='\u{903}'
        | '\u{93a}'..='\u{93c}' | '\u{93e}'..='\u{94f}' | '\u{951}'..='\u{957}' | '\u{9bc}' | '\u{9cd}' | '\u{a3c}'
        | '\u{a4d}' | '\u{abc}' | '\u{acd}' | '\u{b3c}' | '\u{b4d}' | '\u{bcd}' | '\u{c4d}' | '\u{cbc}'
        | '\u{ccd}' | '\u{d4d}' | '\u{dca}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}'
        | '\u{ec8}'..='\u{ece}' | '\u{1037}' | '\u{1039}' | '\u{103a}' | '\u{17c9}'..='\u{17d3}'
        | '\u{1ab0}'..='\u{1ace}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20f0}' | '\u{302a}'..='\u{302f}'
        | '\u{3099}' | '\u{309a}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_letters_marks_and_digits_only() {
        for (heading, expected) in [
            ("C++ & C#: 100% x²", "c--c-100-x"),
            ("⚙️ Set up", "\u{fe0f}-set-up"),
            ("🚀 Go", "-go"),
            ("snake_case / kebab-case", "snake_case--kebab-case"),
            ("हिन्दी में", "हिन्दी-में"),
            ("Fußnote №1", "fußnote-1"),
            ("v1.2.3 (2026-01-02)", "v123-2026-01-02"),
            ("① one", "-one"),
        ] {
            assert_eq!(slug(heading), expected, "{heading}");
        }
    }
}
