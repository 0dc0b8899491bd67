//! Text that was UTF-8, was read as Windows-1252 and written as UTF-8 again.
//!
//! Only what can hardly be meant is found: a run of characters that are the bytes of one other character, where the
//! first of them is one that such damage begins with. Code in documents is left alone: it may be about this very thing.
//! So is a line of a document that has the damaged word and the right one: it explains such damage.

use std::ops::Range;

use crate::database::{FileView, Role};
use crate::finding::Finding;
use crate::rules::Check;
use crate::text::Span;

pub(crate) const CHECK: Check = Check::File(check);

fn check(file: &FileView<'_>, findings: &mut Vec<Finding>) {
    // All damage begins with a character from U+00C2 to U+00F4, whose first byte in UTF-8 is this.
    const LEAD: u8 = 0xc3;
    let mut done = 0;
    for at in memchr::memchr_iter(LEAD, file.bytes) {
        if at < done {
            continue;
        }
        let in_word = file.bytes[..at].last().is_some_and(u8::is_ascii_lowercase);
        if let Some((end, text)) = damaged(&file.bytes[at..], in_word) {
            done = at + end;
            let span = Span::of(at, done).shifted(file.base);
            let is_code = || file.code.iter().any(|code| code.start <= span.start && span.end <= code.end);
            let is_explained =
                || matches!(file.role, Role::Document) && is_explained(file.bytes, at..done, &text);
            if !is_code() && !is_explained() {
                findings.push(finding(file, span, &text));
            }
        }
    }
}

/// Whether the line that holds `damaged` also has the word as it is with `text` in its place.
fn is_explained(bytes: &[u8], damaged: Range<usize>, text: &str) -> bool {
    let start = memchr::memrchr(b'\n', &bytes[..damaged.start]).map_or(0, |at| at + 1);
    let end = memchr::memchr(b'\n', &bytes[damaged.end..]).map_or(bytes.len(), |at| damaged.end + at);
    let (before, behind) = (&bytes[start..damaged.start], &bytes[damaged.end..end]);
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric();
    let first = before.len() - before.iter().rev().take_while(|byte| is_letter(byte)).count();
    let last = behind.iter().take_while(|byte| is_letter(byte)).count();
    let word = [&before[first..], text.as_bytes(), &behind[..last]].concat();
    memchr::memmem::find(&bytes[start..end], &word).is_some()
}

fn finding(file: &FileView<'_>, span: Span, text: &str) -> Finding {
    let shown = String::from_utf8_lossy(file.slice(span)).into_owned();
    Finding::new(
        "mojibake",
        file.path,
        span,
        format!("\"{shown}\" is \"{text}\" read with the wrong encoding"),
    )
    .quoted(shown)
    .note("the text was UTF-8, was taken for Windows-1252, and was saved as UTF-8 again")
    .fix(format!("write \"{text}\""), true, span, text)
}

/// The damaged characters that `bytes` start with: where they end and what they were. A capital letter with a quotation
/// mark behind it may be the end of a quoted word, unless it stands `in_word` behind a small letter, or more follows.
fn damaged(bytes: &[u8], in_word: bool) -> Option<(usize, String)> {
    const LONGEST: usize = 400;
    let bytes = &bytes[..bytes.len().min(LONGEST)];
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()?,
    };
    let (mut restored, mut end) = (String::new(), 0);
    while let Some((length, c)) = one(&text[end..]) {
        restored.push(c);
        end += length;
    }
    let mut written = text[..end].chars();
    let is_short = end > 0 && written.clone().count() == 2;
    let may_be_meant = is_short && !in_word && written.nth(1).is_some_and(is_punctuation);
    (!restored.is_empty() && !may_be_meant).then_some((end, restored))
}

/// What ends a word or a quotation, or parts two.
const fn is_punctuation(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{ab}' | '\u{bb}' | '\u{b7}' | '\u{2013}'..='\u{203a}')
}

/// One damaged character at the start of `text`: how many bytes it takes now, and what it was.
fn one(text: &str) -> Option<(usize, char)> {
    let mut chars = text.char_indices();
    let (_, lead) = chars.next()?;
    let count = match lead {
        '\u{c2}' | '\u{c3}'..='\u{df}' => 2,
        '\u{e2}' => 3,
        '\u{f0}' => 4,
        _ => return None,
    };
    let mut raw = vec![lead as u32 as u8];
    let mut end = lead.len_utf8();
    for (at, c) in chars.take(count - 1) {
        raw.push(windows_1252(c)?);
        end = at + c.len_utf8();
    }
    let restored = std::str::from_utf8(&raw).ok().filter(|_| raw.len() == count)?;
    let c = restored.chars().next()?;
    is_plausible(c).then_some((end, c))
}

/// The byte that Windows-1252 has for `c`, when it is one that continues a character in UTF-8.
fn windows_1252(c: char) -> Option<u8> {
    const HIGH: [(char, u8); 27] = [
        ('\u{20ac}', 0x80),
        ('\u{201a}', 0x82),
        ('\u{192}', 0x83),
        ('\u{201e}', 0x84),
        ('\u{2026}', 0x85),
        ('\u{2020}', 0x86),
        ('\u{2021}', 0x87),
        ('\u{2c6}', 0x88),
        ('\u{2030}', 0x89),
        ('\u{160}', 0x8a),
        ('\u{2039}', 0x8b),
        ('\u{152}', 0x8c),
        ('\u{17d}', 0x8e),
        ('\u{2018}', 0x91),
        ('\u{2019}', 0x92),
        ('\u{201c}', 0x93),
        ('\u{201d}', 0x94),
        ('\u{2022}', 0x95),
        ('\u{2013}', 0x96),
        ('\u{2014}', 0x97),
        ('\u{2dc}', 0x98),
        ('\u{2122}', 0x99),
        ('\u{161}', 0x9a),
        ('\u{203a}', 0x9b),
        ('\u{153}', 0x9c),
        ('\u{17e}', 0x9e),
        ('\u{178}', 0x9f),
    ];
    match u32::from(c) {
        code @ 0x80..=0xbf => u8::try_from(code).ok(),
        _ => HIGH.iter().find(|(known, _)| *known == c).map(|(_, byte)| *byte),
    }
}

/// Whether `c` is what people write, so that finding it in damaged form is no accident: letters of Latin scripts, marks
/// and signs above ASCII, punctuation, arrows, box drawing, symbols, emoji.
fn is_plausible(c: char) -> bool {
    matches!(c, '\u{a0}'..='\u{17f}' | '\u{370}'..='\u{45f}' | '\u{2010}'..='\u{203a}' | '\u{20ac}' | '\u{2100}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `text` as it looks after it was read as Windows-1252.
    fn damage(text: &str) -> String {
        let high =
            |byte: u8| (0x80u32..0x2200).filter_map(char::from_u32).find(|&c| windows_1252(c) == Some(byte));
        text.bytes()
            .map(|byte| if byte < 0x80 { byte.into() } else { high(byte).unwrap_or(char::from(byte)) })
            .collect()
    }

    #[test]
    fn what_was_read_with_the_wrong_encoding_is_restored() {
        for text in ["é", "ü", "’", "–", "“", "€", "→", "✓", "🎉", "é’–"] {
            let damaged_text = damage(text);
            assert_ne!(damaged_text, text);
            let found = damaged(format!("{damaged_text} rest").as_bytes(), false);
            assert_eq!(found, Some((damaged_text.len(), text.to_owned())), "{text}");
        }
    }

    #[test]
    fn punctuation_behind_a_capital_counts_inside_a_word_only() {
        let text = damage("\u{e0}");
        assert_eq!(damaged(text.as_bytes(), false), None);
        assert_eq!(damaged(text.as_bytes(), true).map(|(_, text)| text).as_deref(), Some("\u{e0}"));
    }

    #[test]
    fn text_in_any_language_is_left_alone() {
        for text in [
            "Ärger",
            "Ça va",
            "Étude",
            "São Paulo",
            "Œuvre",
            "naïveté",
            "ÄÖÜ",
            "Ñandú",
            "Þórr",
            "Ã o",
            "â€",
            "Â",
            "«MANHÃ»",
            "“MANHÔ",
            "MANHÃ…",
            "«Ä»",
        ] {
            let starts = text.char_indices().map(|(at, _)| at);
            for at in starts {
                let in_word = text[..at].ends_with(|c: char| c.is_ascii_lowercase());
                assert_eq!(damaged(&text.as_bytes()[at..], in_word), None, "{text}");
            }
        }
    }
}
