//! How much of a text changed, in words: what somebody would have to read again.

use std::collections::HashMap;

/// How many words of `new` are not in `old`, or of `old` not in `new`, whichever are more. Where links lead, comments, case,
/// marks and the order of words do not count.
#[must_use]
pub fn changed(old: &str, new: &str) -> usize {
    let (old, new) = (without_targets(&without_comments(old)), without_targets(&without_comments(new)));
    let mut left: HashMap<String, i64> = HashMap::new();
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    words(&old).into_iter().for_each(|word| *left.entry(word).or_default() += 1);
    words(&new).into_iter().for_each(|word| *left.entry(word).or_default() -= 1);
    let sum = |sign: i64| left.values().map(|count| (count * sign).max(0)).sum::<i64>();
    usize::try_from(sum(1).max(sum(-1))).unwrap_or_default()
}

/// `text` without what stands between `<!--` and `-->`.
fn without_comments(text: &str) -> String {
    let mut parts = text.split("<!--");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push(' ');
        kept.push_str(part.split_once("-->").map_or("", |(_, behind)| behind));
    }
    kept
}

/// `text` without addresses, and without the destinations of links.
fn without_targets(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("](") {
        kept.push_str(&rest[..at + 1]);
        let end = rest[at..].find([')', '\n']).map_or(rest.len(), |end| at + end + 1);
        rest = &rest[end..];
        kept.push(' ');
    }
    kept.push_str(rest);
    let words = kept.split_whitespace().filter(|word| !word.contains("://"));
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::changed;

    #[test]
    fn only_words_that_are_read_count() {
        for (old, new, expect) in [
            ("We move to the new host.", "We move to the *new* host", 0),
            ("See [the plan](../plan.md).", "See [the plan](../../docs/plan.md \"Plan\").", 0),
            ("See https://a.example/x for more", "See https://b.example/y for more", 0),
            ("We will recieve mail", "We will receive mail", 1),
            ("one two three", "three two one", 0),
            ("we move", "we do not move", 2),
            ("a b c d", "", 4),
            ("", "a b", 2),
            ("[a](", "[a](b", 0),
            ("a <!-- lint off --> b", "a b <!-- lint on", 0),
        ] {
            assert_eq!(changed(old, new), expect, "{old} | {new}");
        }
    }
}
