//! All keys of a collection, to find the one that a wrong reference probably means.
//!
//! Only made when a reference leads nowhere. It holds hashes, not texts: a near key is found by writing the wrong one
//! in every way that is one edit away and looking that up.

use std::collections::HashSet;

use super::Database;
use super::table::hash;

/// The hashes of a collection's keys.
#[derive(Debug, Default)]
pub struct Keys {
    hashes: HashSet<u64>,
}

impl Database {
    /// The keys of a table.
    #[must_use]
    pub fn keys(&self, table: usize) -> Keys {
        let files = self.tables[table].files.iter().map(|&at| &self.files[at]);
        let hashes = files.flat_map(|file| &file.pieces).flat_map(|piece| &piece.columns.keys);
        Keys { hashes: hashes.copied().filter(|&hash| hash != 0).collect() }
    }
}

/// Longer keys are not searched for: their neighbours are many and their mistakes seldom one edit.
const LONGEST: usize = 64;

impl Keys {
    /// Whether a record has this key.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.hashes.contains(&hash(key))
    }

    /// The key that `text` means, when exactly one key differs from it only in case, or else in one edit: a character
    /// left out, added, replaced, or two neighbours swapped. Several candidates are none: in numbered keys everything
    /// is near to everything.
    #[must_use]
    pub fn nearest(&self, text: &str) -> Option<String> {
        if text.len() > LONGEST {
            return None;
        }
        for recased in [text.to_uppercase(), text.to_lowercase()] {
            if self.contains(&recased) {
                return Some(recased);
            }
        }
        let mut found: Option<String> = None;
        for candidate in neighbours(text) {
            if self.contains(&candidate)
                && has_same_number(&candidate, text)
                && found.as_ref() != Some(&candidate)
            {
                if found.is_some() {
                    return None;
                }
                found = Some(candidate);
            }
        }
        found
    }
}

/// Whether two keys hold the same digits, leading zeros aside: another number is another thing, not a slip.
fn has_same_number(a: &str, b: &str) -> bool {
    let number = |text: &str| -> String {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        digits.trim_start_matches('0').to_owned()
    };
    number(a) == number(b)
}

/// Every text one edit away from `text`, with the characters that keys are made of.
fn neighbours(text: &str) -> impl Iterator<Item = String> {
    let chars: Vec<char> = text.chars().collect();
    let length = chars.len();
    let join = |parts: [&[char]; 3]| parts.concat().into_iter().collect::<String>();
    let mut all = Vec::new();
    for at in 0..=length {
        let (before, after) = chars.split_at(at);
        if let Some((first, rest)) = after.split_first() {
            all.push(join([before, rest, &[]]));
            if let Some((second, rest)) = rest.split_first() {
                all.push(join([before, &[*second, *first], rest]));
            }
            all.extend(alphabet().map(|c| join([before, &[c], rest])));
        }
        all.extend(alphabet().map(|c| join([before, &[c], after])));
    }
    all.retain(|candidate| candidate != text);
    all.into_iter()
}

fn alphabet() -> impl Iterator<Item = char> {
    ('0'..='9').chain('a'..='z').chain('A'..='Z').chain("-_./#:@".chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(all: &[&str]) -> Keys {
        Keys { hashes: all.iter().map(|key| hash(key)).collect() }
    }

    #[test]
    fn one_near_key_is_meant_and_several_are_not() {
        let known = keys(&["backup", "restore", "T-1", "T-2", "T-30"]);
        for (wrong, meant) in [
            ("bakcup", Some("backup")),
            ("restor", Some("restore")),
            ("restore!", Some("restore")),
            ("Backup", Some("backup")),
            ("t-30", Some("T-30")),
            ("T-3", None),
            ("T-31", None),
            ("T-030", Some("T-30")),
            ("TT-30", Some("T-30")),
            ("elsewhere", None),
        ] {
            assert_eq!(known.nearest(wrong).as_deref(), meant, "{wrong}");
        }
    }
}
