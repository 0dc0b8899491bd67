//! What must hold of anything a reader gives, whatever the input: the targets share it.

use opsbook::read::Problem;
use opsbook::read::tape::{Kind, Tape, Value};
use opsbook::text::Span;

/// A span lies in the source, at character boundaries.
pub fn span(source: &str, span: Span) {
    assert!(source.get(span.range()).is_some(), "{span:?} of {} bytes", source.len());
}

/// Problems have sound spans and something to say.
pub fn problems(source: &str, problems: &[Problem]) {
    for problem in problems {
        span(source, problem.span);
        assert!(!problem.message.is_empty() && !problem.message.ends_with('.'));
        assert!(!problem.message.chars().any(char::is_control), "{:?}", problem.message);
        if let Some((_, place, _)) = &problem.fix {
            span(source, *place);
        }
    }
}

/// One read of a whole document tells a bounded number of problems.
pub fn few(problems: &[Problem]) {
    assert!(problems.len() <= opsbook::read::MAX_PROBLEMS + 1);
}

/// All nodes have sound spans, and numbers are in JSON's grammar.
pub fn bounded(source: &str, value: Value<'_>) {
    span(source, value.span());
    if value.kind() == Kind::Number {
        let text = value.as_number().expect("a number has a text");
        assert!(is_json_number(text), "{text:?}");
    }
    assert_eq!(value.items().count() + value.members().count(), value.len());
    value.items().for_each(|item| bounded(source, item));
    value.members().for_each(|(name, value)| {
        assert_eq!(name.kind(), Kind::String);
        bounded(source, name);
        bounded(source, value);
    });
}

/// A reader of people gives handles, each once, in any text.
pub fn people(bytes: &[u8], read: fn(&str, &mut Tape, &mut Vec<u32>)) {
    let Ok(source) = std::str::from_utf8(bytes) else { return };
    let (mut tape, mut rows) = (Tape::new(), Vec::new());
    read(source, &mut tape, &mut rows);
    let mut handles = std::collections::HashSet::new();
    for row in rows {
        let person = tape.value(source, row as usize);
        bounded(source, person);
        let handle = person.get("handle").and_then(|handle| handle.as_str()).expect("a person has a handle");
        assert!(handles.insert(handle.to_lowercase()), "{handle} is there twice");
    }
}

/// The span of each node lies within that of its parent, and siblings follow one another.
pub fn nested(value: Value<'_>) {
    let parent = value.span();
    let mut last = parent.start;
    let mut child = |value: Value<'_>| {
        let span = value.span();
        assert!(last <= span.start && span.end <= parent.end, "{span:?} after {last} in {parent:?}");
        last = span.end;
    };
    value.items().for_each(&mut child);
    value.members().for_each(|(name, value)| {
        child(name);
        child(value);
    });
    value.items().for_each(nested);
    value.members().for_each(|(_, value)| nested(value));
}

/// A reader of a range gives the same for the same bytes further down a file, with all spans moved.
pub fn moves(source: &str, read: impl Fn(&str, Span, &mut Tape) -> Vec<Problem>) {
    const HEAD: &str = "é\n---\n";
    let moved = format!("{HEAD}{source}\n]}}\"");
    let (mut here, mut there) = (Tape::new(), Tape::new());
    let by = HEAD.len() as u32;
    let found = read(source, Span::of(0, source.len()), &mut here);
    let found_there = read(&moved, Span::of(0, source.len()).shifted(by), &mut there);
    let place = |problem: &Problem| (problem.span, problem.message.clone());
    let shifted = found.iter().map(|problem| (problem.span.shifted(by), problem.message.clone()));
    assert!(shifted.eq(found_there.iter().map(place)), "{found:?}\n{found_there:?}");
    assert_eq!(here.len(), there.len());
    for at in 0..here.len() {
        let (a, b) = (here.value(source, at), there.value(&moved, at));
        assert_eq!((a.kind(), a.span().shifted(by), a.scalar_text()), (b.kind(), b.span(), b.scalar_text()));
    }
}

/// Whether `text` is a number in JSON's grammar, however large.
fn is_json_number(text: &str) -> bool {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let exponent = &text[mantissa.len()..];
    let power = exponent.get(1..).unwrap_or_default().trim_start_matches(['+', '-']);
    let sound = exponent.is_empty() || (!power.is_empty() && power.bytes().all(|b| b.is_ascii_digit()));
    let digits = mantissa.trim_start_matches('-');
    let whole = digits.split('.').next().unwrap_or_default();
    let fraction = digits.get(whole.len()..).unwrap_or_default();
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    sound
        && is_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && (fraction.is_empty() || is_digits(&fraction[1..]))
        && text.len() - text.trim_start_matches('-').len() <= 1
}
