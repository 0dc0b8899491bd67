//! Scalars of YAML and TOML on their way to the tape: numbers in JSON's grammar, text by reference where it can be.
//!
//! Numbers stay exact: digits are moved, never computed with, except to change the base of an integer. This module
//! does not know which format a text came from.

use std::borrow::Cow;

use super::tape::{Kind, Tape};
use crate::text::Span;

/// Pushes the string or number `text`, which was decoded from `raw` at `span` of the source: by reference where the
/// same bytes stand there, bare or within one or three quotes.
pub(super) fn push(tape: &mut Tape, kind: Kind, span: Span, raw: &str, text: &str) {
    let quotes = raw.len().saturating_sub(text.len()) / 2;
    let fits = match quotes {
        0 => raw == text,
        1 | 3 => {
            raw.len() == text.len() + 2 * quotes && &raw.as_bytes()[quotes..][..text.len()] == text.as_bytes()
        }
        _ => false,
    };
    if fits {
        let start = span.start + quotes as u32;
        tape.push_verbatim(kind, span, Span::new(start, start + text.len() as u32));
    } else {
        tape.push_decoded(kind, span, text);
    }
}

/// Whether `text` is a number in JSON's grammar (RFC 8259, section 6).
pub(super) fn is_json(text: &str) -> bool {
    let rest = text.strip_prefix('-').unwrap_or(text);
    let (whole, rest) = digits(rest);
    if whole.is_empty() || (whole.len() > 1 && whole.starts_with('0')) {
        return false;
    }
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => match digits(fraction) {
            ("", _) => return false,
            (_, rest) => rest,
        },
        None => rest,
    };
    rest.is_empty() || exponent(rest).is_some()
}

/// A decimal number in JSON's grammar, when `text` is one of YAML's core schema (YAML 1.2.2, section 10.3.2):
/// a sign, leading zeros and a dot without digits on one side are allowed there.
pub(super) fn decimal(text: &str) -> Option<Cow<'_, str>> {
    if is_json(text) {
        return Some(text.into());
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, rest) = digits(unsigned);
    let (fraction, tail) = rest.strip_prefix('.').map_or(("", rest), digits);
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let power = if tail.is_empty() { "" } else { exponent(tail)? };
    let mut out = String::with_capacity(text.len() + 2);
    if text.starts_with('-') {
        out.push('-');
    }
    out.push_str(without_leading_zeros(whole));
    if rest.starts_with('.') {
        out.push('.');
        out.push_str(if fraction.is_empty() { "0" } else { fraction });
    }
    if !tail.is_empty() {
        out.push('e');
        out.push_str(power);
    }
    Some(out.into())
}

/// The decimal text of an integer given by its digits to the base `radix`; `None` beyond 128 bits.
pub(super) fn to_decimal(digits: &str, radix: u32) -> Option<String> {
    if digits.is_empty() || !digits.bytes().all(|b| char::from(b).is_digit(radix)) {
        return None;
    }
    u128::from_str_radix(digits, radix).ok().map(|value| value.to_string())
}

/// What follows the `e` of an exponent that ends the text: an optional sign and digits.
fn exponent(text: &str) -> Option<&str> {
    let power = text.strip_prefix(['e', 'E'])?;
    match digits(power.strip_prefix(['+', '-']).unwrap_or(power)) {
        ("", _) => None,
        (_, rest) => rest.is_empty().then_some(power),
    }
}

fn without_leading_zeros(whole: &str) -> &str {
    match whole.trim_start_matches('0') {
        "" => "0",
        trimmed => trimmed,
    }
}

/// The decimal digits `text` starts with, and the rest.
fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<&str>) {
        let found = decimal(text);
        assert_eq!(found.as_deref(), expect, "{text:?}");
        assert_eq!(is_json(text), expect == Some(text), "{text:?}");
        if let Some(found) = found {
            assert!(
                serde_json::from_str::<serde_json::Number>(&found).is_ok() || found.contains('e'),
                "{found}"
            );
        }
    }

    #[test]
    fn decimals_reach_the_grammar_of_json() {
        for text in ["0", "-0", "12", "1.5", "-1e5", "0.25E-7", "1e999999"] {
            check(text, Some(text));
        }
        for (text, expect) in [
            ("+12", "12"),
            ("007", "7"),
            ("-00", "-0"),
            (".5", "0.5"),
            ("5.", "5.0"),
            ("+.5e+3", "0.5e+3"),
            ("1.e5", "1.0e5"),
            ("-00.10", "-0.10"),
            ("01e2", "1e2"),
        ] {
            check(text, Some(expect));
        }
        for text in
            ["", "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "1_000", "0x1", "--1", "2024-01-01", "1 ", "١"]
        {
            check(text, None);
        }
    }

    #[test]
    fn text_is_taken_by_reference_only_where_the_same_bytes_stand() {
        for (raw, text, verbatim) in [
            ("a", "a", true),
            ("'a'", "a", true),
            ("\"\"\"a\"\"\"", "a", true),
            ("\"\"", "", true),
            ("'é'", "x", false),
        ] {
            let (mut tape, empty) = (Tape::new(), " ".repeat(raw.len()));
            push(&mut tape, Kind::String, Span::of(0, raw.len()), raw, text);
            let value = tape.root(raw).expect("a value was pushed");
            assert_eq!(value.as_str(), Some(text));
            let kept = tape.root(&empty).expect("a value was pushed").as_str() == Some(text);
            assert_eq!(kept, !verbatim || text.is_empty(), "{raw}");
        }
    }

    #[test]
    fn integers_change_their_base_up_to_128_bits() {
        assert_eq!(to_decimal("ff", 16).as_deref(), Some("255"));
        assert_eq!(to_decimal("777", 8).as_deref(), Some("511"));
        assert_eq!(to_decimal("+1", 16), None);
        assert_eq!(to_decimal("8", 8), None);
        assert_eq!(to_decimal(&"f".repeat(33), 16), None);
    }
}
