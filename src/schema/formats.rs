//! The string formats that records use most, recognised in their plain form.
//!
//! Only a certain yes is given here; every doubt is left to the full validator, which knows the whole of each RFC.

/// A `format` of JSON Schema with a quick check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Date,
    DateTime,
    Uri,
    UriReference,
}

impl Format {
    pub(super) fn from_name(name: &str) -> Option<Self> {
        match name {
            "date" => Some(Self::Date),
            "date-time" => Some(Self::DateTime),
            "uri" => Some(Self::Uri),
            "uri-reference" => Some(Self::UriReference),
            _ => None,
        }
    }

    /// Whether `text` has the format beyond doubt.
    pub(super) fn plainly_holds(self, text: &[u8]) -> bool {
        match self {
            Self::Date => is_date(text),
            Self::DateTime => is_date_time(text),
            Self::Uri => is_web_address(text),
            Self::UriReference => is_web_address(text) || is_relative_path(text),
        }
    }
}

/// `YYYY-MM-DD`, RFC 3339 section 5.6 `full-date`.
fn is_date(text: &[u8]) -> bool {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return false };
    let Some([year, century, month, day]) = pairs([y3, y4, y1, y2, m1, m2, d1, d2]) else { return false };
    // A year of a whole century is a leap year when its century divides by four.
    let leap = if year == 0 { century % 4 == 0 } else { year % 4 == 0 };
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// RFC 3339 `date-time` without a leap second.
fn is_date_time(text: &[u8]) -> bool {
    let Some((date, rest)) = text.split_at_checked(10) else { return false };
    let &[b'T', h1, h2, b':', m1, m2, b':', s1, s2, ref rest @ ..] = rest else { return false };
    let Some([hour, minute, second, _]) = pairs([h1, h2, m1, m2, s1, s2, b'0', b'0']) else { return false };
    if !(is_date(date) && hour < 24 && minute < 60 && second < 60) {
        return false;
    }
    let offset = match rest.strip_prefix(b".") {
        Some(fraction) => {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 {
                return false;
            }
            &fraction[digits..]
        }
        None => rest,
    };
    match *offset {
        [b'Z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => pairs([h1, h2, m1, m2, b'0', b'0', b'0', b'0'])
            .is_some_and(|pairs| pairs[0] < 24 && pairs[1] < 60),
        _ => false,
    }
}

/// The numbers that four pairs of digits write.
#[inline]
fn pairs(text: [u8; 8]) -> Option<[u8; 4]> {
    let digits = text.map(|byte| byte.wrapping_sub(b'0'));
    let [a, b, c, d, e, f, g, h] = digits;
    let numbers = || [a * 10 + b, c * 10 + d, e * 10 + f, g * 10 + h];
    digits.iter().all(|&digit| digit < 10).then(numbers)
}

/// An `http` or `https` address with a plain host and no escapes, RFC 3986.
fn is_web_address(text: &[u8]) -> bool {
    let Some(rest) = text.strip_prefix(b"https://").or_else(|| text.strip_prefix(b"http://")) else {
        return false;
    };
    let end = rest.iter().position(|&byte| !is_any(byte, HOST)).unwrap_or(rest.len());
    let (host, tail) = rest.split_at(end);
    !host.is_empty() && matches!(tail.first(), None | Some(b'/' | b'?' | b'#')) && has_plain_tail(tail)
}

/// A relative path of unreserved characters.
fn is_relative_path(text: &[u8]) -> bool {
    text.iter().all(|&byte| is_any(byte, UNRESERVED) || byte == b'/') && !text.starts_with(b"//")
}

/// Path, query and fragment without escapes, at most one `#`.
fn has_plain_tail(tail: &[u8]) -> bool {
    // All bytes at once, which is quicker than stopping at the first that does not fit.
    let common = |bytes: &[u8]| bytes.iter().fold(u8::MAX, |all, &byte| all & CLASSES[usize::from(byte)]);
    let (path, fragment) = match memchr::memchr(b'#', tail) {
        Some(at) => (&tail[..at], &tail[at + 1..]),
        None => (tail, &[][..]),
    };
    common(path) & common(fragment) & TAIL != 0
}

/// Letters, digits, `.` and `-`.
const HOST: u8 = 1;
/// RFC 3986 `unreserved`.
const UNRESERVED: u8 = 2;
/// What may stand in a path, query or fragment.
const TAIL: u8 = 4;

/// The classes of each byte.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        let this = byte as u8;
        if this.is_ascii_alphanumeric() || this == b'.' || this == b'-' {
            classes[byte] = HOST | UNRESERVED | TAIL;
        }
        byte += 1;
    }
    classes[b'_' as usize] = UNRESERVED | TAIL;
    classes[b'~' as usize] = UNRESERVED | TAIL;
    let delimiters = b"/:@!$&'()*+,;=?";
    let mut at = 0;
    while at < delimiters.len() {
        classes[delimiters[at] as usize] = TAIL;
        at += 1;
    }
    classes
};

#[inline]
const fn is_any(byte: u8, classes: u8) -> bool {
    CLASSES[byte as usize] & classes != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_follow_the_calendar() {
        for right in ["2026-11-20", "2024-02-29", "2000-02-29", "0001-01-01"] {
            assert!(is_date(right.as_bytes()), "{right}");
        }
        for wrong in ["2026-13-45", "2025-02-29", "1900-02-29", "2026-1-01", "2026-04-31", "2026-01-00", "x"]
        {
            assert!(!is_date(wrong.as_bytes()), "{wrong}");
        }
    }

    #[test]
    fn times_need_an_offset() {
        for right in ["2026-11-20T09:00:00Z", "2026-11-20T09:00:00.123+05:30"] {
            assert!(is_date_time(right.as_bytes()), "{right}");
        }
        for wrong in
            ["2026-11-20T09:00:00", "2026-11-20 09:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T09:00:00.Z"]
        {
            assert!(!is_date_time(wrong.as_bytes()), "{wrong}");
        }
    }

    #[test]
    fn addresses_are_plain_or_left_to_the_full_validator() {
        assert!(is_web_address(b"https://git.example.com/ops/book/issues/7?x=1#note"));
        for doubt in ["https://", "ftp://x", "https://a b", "https://a/%zz", "https://a#b#c", "https://u@h/"]
        {
            assert!(!is_web_address(doubt.as_bytes()), "{doubt}");
        }
    }
}
