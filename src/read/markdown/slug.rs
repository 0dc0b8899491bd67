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
    let kept =
        text.trim().chars().filter(|&c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_') || is_mark(c));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Combining marks and joiners, which are part of words in many scripts and of emoji.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}')
}
