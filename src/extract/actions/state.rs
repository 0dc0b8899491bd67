//! Whether an action is done, as a box, a cell or a word behind it says.

use std::ops::Range;

use crate::extract::minutes::parts::plain;
pub(super) use crate::model::Progress as State;

/// Marks that stand for a state.
const MARKS: [(&[char], State); 3] = [
    (&['\u{2705}', '\u{2714}', '\u{2713}', '\u{2611}'], State::Done),
    (&['\u{274c}', '\u{2717}'], State::Dropped),
    (&['\u{23f3}', '\u{1f6a7}', '\u{2610}'], State::Open),
];

/// The state that a cell or a remark names.
pub(super) fn of(text: &str) -> Option<State> {
    let name = plain(text);
    State::of(&name).or_else(|| {
        let marks = MARKS.iter().find(|(marks, _)| text.contains(*marks));
        marks.map(|(_, state)| *state)
    })
}

/// The state that stands behind or before the text of an action, with where both are.
pub(super) fn around(text: &str, range: Range<usize>) -> Option<(State, Range<usize>, Range<usize>)> {
    let part = text[range.clone()].trim_end_matches(['.', ' ']);
    let end = range.start + part.len();
    let mark = part.char_indices().next_back()?;
    if !mark.1.is_alphanumeric() && !mark.1.is_ascii() && of(&part[mark.0..]).is_some() {
        let before = part[..mark.0].trim_end_matches([' ', ':', '-', '\u{fe0f}']);
        let state = of(&part[mark.0..])?;
        return Some((state, range.start..range.start + before.len(), range.start + mark.0..end));
    }
    for dash in [" - ", " \u{2013} ", " \u{2014} ", " (", " [", ": "] {
        if let Some(at) = part.rfind(dash)
            && let Some(state) = of(part[at + dash.len()..].trim_end_matches([')', ']']))
            && at > 0
        {
            return Some((state, range.start..range.start + at, range.start + at + dash.len()..end));
        }
    }
    for open in ["DONE: ", "Done: ", "[DONE] ", "[Done] ", "\u{2705} ", "[done] ", "(done) ", "DONE - "] {
        if let Some(rest) = part.strip_prefix(open) {
            return Some((State::Done, end - rest.len()..end, range.start..range.start + open.len()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_stands_behind_or_before_the_text() {
        for (text, expect) in [
            ("call them - done", Some((State::Done, "call them"))),
            ("call them \u{2705}", Some((State::Done, "call them"))),
            ("call them (in progress)", Some((State::Open, "call them"))),
            ("call them: dropped", Some((State::Dropped, "call them"))),
            ("DONE: call them", Some((State::Done, "call them"))),
            ("get it done", None),
            ("call them", None),
        ] {
            let found = around(text, 0..text.len()).map(|(state, rest, _)| (state, &text[rest]));
            assert_eq!(found, expect, "{text}");
        }
    }
}
