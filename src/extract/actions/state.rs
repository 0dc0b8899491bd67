//! Whether an action is done, as a box, a cell or a word behind it says.

use std::ops::Range;

use crate::extract::minutes::parts::plain;

/// The state of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// To be done.
    Open,
    /// Done.
    Done,
    /// Given up.
    Dropped,
}

impl State {
    /// As the schema of actions spells it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Dropped => "dropped",
        }
    }

    /// Whether it is done; an action that was given up is neither.
    pub(super) const fn done(self) -> Option<bool> {
        match self {
            Self::Open => Some(false),
            Self::Done => Some(true),
            Self::Dropped => None,
        }
    }
}

/// The state that a cell or a remark names.
pub(super) fn of(text: &str) -> Option<State> {
    let name = plain(text);
    match &*name {
        "done" | "completed" | "complete" | "closed" | "finished" | "yes" | "x" | "resolved" | "fixed"
        | "shipped" | "merged" => Some(State::Done),
        "open" | "pending" | "in progress" | "todo" | "to do" | "ongoing" | "wip" | "not started"
        | "started" | "no" | "still open" | "blocked" | "not done" | "new" | "planned" => Some(State::Open),
        "dropped" | "cancelled" | "canceled" | "wontfix" | "won't do" | "wont do" | "obsolete"
        | "abandoned" | "rejected" | "no longer needed" => Some(State::Dropped),
        _ if text.contains(['\u{2705}', '\u{2714}', '\u{2713}', '\u{2611}']) => Some(State::Done),
        _ if text.contains(['\u{274c}', '\u{2717}']) => Some(State::Dropped),
        _ if text.contains(['\u{23f3}', '\u{1f6a7}', '\u{2610}']) => Some(State::Open),
        _ => None,
    }
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
