//! Words for people: what text from a repository must go through before it stands in a line of output, and how
//! lines are measured, wrapped and counted. Knows nothing of findings.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use crate::text::{escape, is_unprintable, shorten};

/// Longest text of a repository shown in one piece, in characters; the rest becomes an ellipsis.
const LONGEST: usize = 1_000;

/// `text` as it may stand within a line: nothing moves a cursor or reorders the line, and nothing in it is a log
/// command of a CI service, which are recognized anywhere in a line (`##[error]`, `##vso[…]`, `##teamcity[…]`).
pub(super) fn shown(text: &str) -> String {
    let short = shorten(text, LONGEST);
    let escaped = escape(&short);
    if !escaped.contains("##") {
        return escaped.into_owned();
    }
    let mut out = String::with_capacity(escaped.len() + 8);
    for (at, c) in escaped.char_indices() {
        match c {
            '#' if ends_log_prefix(&escaped, at) => out.push_str("\\u{23}"),
            c => out.push(c),
        }
    }
    out
}

/// `line` as it may stand at the left margin: GitHub reads a line whose first word starts with `::` as a command.
pub(super) fn unled(line: String) -> String {
    match line.find(|c: char| !c.is_whitespace()) {
        Some(at) if line[at..].starts_with("::") => format!("{}\\u{{3a}}{}", &line[..at], &line[at + 1..]),
        _ => line,
    }
}

/// Whether the `#` at `at` is the last one before the name and bracket of a log command.
pub(super) fn ends_log_prefix(text: &str, at: usize) -> bool {
    text[..at].ends_with('#')
        && text[at + 1..].trim_start_matches(|c: char| c.is_ascii_alphanumeric()).starts_with('[')
}

/// Columns that `text` takes on a terminal.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// `text` in lines of at most `first` columns for the first and `rest` for the others, broken at spaces, or
/// within a word that is longer than a line. A number stays with the noun after it. No
/// line but the first can be a log command.
pub(super) fn wrap(text: &str, first: usize, rest: usize) -> Vec<String> {
    // What `unled` may add.
    let rest = if text.contains("::") { rest.saturating_sub("\\u{3a}".len() - 1) } else { rest };
    let (mut lines, mut line, mut free) = (Vec::new(), String::new(), first);
    for (index, word) in words(text).into_iter().enumerate() {
        let space = usize::from(index > 0);
        let needed = width(word);
        if needed + space <= free {
            line.push_str(&" "[..space]);
            free -= space;
        } else if needed <= rest {
            lines.push(std::mem::take(&mut line));
            free = rest;
        } else if space < free {
            line.push_str(&" "[..space]);
            free -= space;
        }
        for piece in pieces(word, needed <= free) {
            let columns = width(&word[piece.clone()]);
            if columns > free {
                lines.push(std::mem::take(&mut line));
                free = rest;
            }
            line.push_str(&word[piece]);
            free = free.saturating_sub(columns);
        }
    }
    lines.push(line);
    let later = lines.split_off(1);
    lines.extend(later.into_iter().map(unled));
    lines
}

/// `text` at its spaces, but not at those between a number and a noun.
fn words(text: &str) -> Vec<&str> {
    let is_number =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b',');
    let (mut words, mut start) = (Vec::new(), 0);
    for (space, _) in text.match_indices(' ') {
        if !is_number(&text[start..space]) || !text[space + 1..].starts_with(char::is_alphabetic) {
            words.push(&text[start..space]);
            start = space + 1;
        }
    }
    words.push(&text[start..]);
    words
}

/// `word` in the pieces it may be broken into: one if it need not be.
fn pieces(word: &str, whole: bool) -> Vec<Range<usize>> {
    if whole { std::iter::once(0..word.len()).collect() } else { clusters(word) }
}

/// The ranges of `text` that a terminal draws in one piece: a character with its combining marks, variation
/// selectors and skin tones, or an emoji sequence. A piece holds at most twelve characters, however many marks follow.
pub(super) fn clusters(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::with_capacity(text.len());
    let (mut length, mut joined, mut base_wide, mut open) = (0, false, false, false);
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let extends = !is_unprintable(c)
            && !is_hidden(c)
            && (joined && base_wide || c.len_utf8() > 1 && width(&text[at..end]) == 0 || is_skin_tone(c));
        match found.last_mut() {
            Some(last) if open && extends && length < 12 => {
                last.end = end;
                length += 1;
            }
            _ => {
                found.push(at..end);
                length = 1;
                open = !is_unprintable(c) && !is_hidden(c) && width(&text[at..end]) > 0;
                base_wide = width(&text[at..end]) == 2 || c >= '\u{2000}';
            }
        }
        joined = c == '\u{200d}';
    }
    found
}

/// Whether `c` is drawn as nothing and joins nothing, so that a reader could not know it is there.
pub(super) fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2064}')
}

fn is_skin_tone(c: char) -> bool {
    matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

/// `1204` as `1,204`.
pub(super) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 file`, `12 files`.
#[must_use]
pub fn count(number: usize, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {one}{plural}", thousands(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_a_repository_is_no_log_command() {
        assert_eq!(
            shown("a ##[error]b ##vso[x] ###teamcity[y"),
            r"a #\u{23}[error]b #\u{23}vso[x] ##\u{23}teamcity[y"
        );
        assert_eq!(shown("## Title [x] #[y]"), "## Title [x] #[y]");
        assert_eq!(unled("  ::error::x".into()), r"  \u{3a}:error::x");
        assert_eq!(unled("a ::error::x".into()), "a ::error::x");
    }

    #[test]
    fn lines_break_at_spaces_and_long_words_at_characters() {
        assert_eq!(wrap("one two three", 7, 5), ["one two", "three"]);
        assert_eq!(wrap("日本語日本語", 4, 5), ["日本", "語日", "本語"]);
        assert_eq!(wrap("a  b", 9, 9), ["a  b"]);
        assert_eq!(wrap("for 94 days, 1 2", 7, 9), ["for", "94 days,", "1 2"]);
        assert_eq!(wrap(" one", 9, 9), [" one"]);
        assert_eq!(wrap("", 9, 9), [""]);
    }

    #[test]
    fn what_a_terminal_draws_in_one_piece_stays_in_one_piece() {
        let pieces =
            |text: &str| clusters(text).into_iter().map(|range| text[range].to_owned()).collect::<Vec<_>>();
        assert_eq!(pieces("e\u{301}x"), ["e\u{301}", "x"]);
        assert_eq!(pieces("👩\u{200d}💻!"), ["👩\u{200d}💻", "!"]);
        assert_eq!(pieces("👍🏽a\u{200b}"), ["👍🏽", "a", "\u{200b}"]);
        assert_eq!(pieces(&format!("e{}", "\u{301}".repeat(40)))[0].chars().count(), 12);
    }

    #[test]
    fn numbers_are_grouped_and_nouns_agree() {
        let shown: Vec<String> = [0, 1, 999, 1_000, 1_234_567].map(|n| count(n, "file")).into();
        assert_eq!(shown, ["0 files", "1 file", "999 files", "1,000 files", "1,234,567 files"]);
    }
}
