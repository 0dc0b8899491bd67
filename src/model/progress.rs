//! How far something is that is to be done, by the words that people write for it.

/// How far something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// To be done.
    Open,
    /// Done.
    Done,
    /// Given up.
    Dropped,
}

impl Progress {
    /// As the schema of actions spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Dropped => "dropped",
        }
    }

    /// Whether it is done; what was given up is neither done nor to be done.
    #[must_use]
    pub const fn done(self) -> Option<bool> {
        match self {
            Self::Open => Some(false),
            Self::Done => Some(true),
            Self::Dropped => None,
        }
    }

    /// What `words` say: in lower case, with single spaces and without punctuation.
    #[must_use]
    pub fn of(words: &str) -> Option<Self> {
        match words {
            "done" | "completed" | "complete" | "closed" | "finished" | "yes" | "x" | "resolved"
            | "fixed" | "shipped" | "merged" => Some(Self::Done),
            "open" | "pending" | "in progress" | "todo" | "to do" | "ongoing" | "wip" | "not started"
            | "started" | "no" | "still open" | "blocked" | "not done" | "new" | "planned" => {
                Some(Self::Open)
            }
            "dropped" | "cancelled" | "canceled" | "wontfix" | "won't do" | "wont do" | "obsolete"
            | "abandoned" | "rejected" | "no longer needed" => Some(Self::Dropped),
            _ => None,
        }
    }

    /// Whether a status as records write it, such as `Done` or `wont-do`, says that nothing is left to do.
    #[must_use]
    pub fn is_over(status: &str) -> bool {
        let words = status.to_lowercase().replace(['-', '_'], " ");
        let words = words.trim().trim_end_matches('.');
        matches!(Self::of(words), Some(Self::Done | Self::Dropped))
    }
}

#[cfg(test)]
mod tests {
    use super::Progress;

    #[test]
    fn a_status_is_over_when_nothing_is_left_to_do() {
        for status in ["done", "Closed", "wont-do", "WONTFIX", "no_longer_needed", " resolved. "] {
            assert!(Progress::is_over(status), "{status}");
        }
        for status in ["todo", "in-progress", "blocked", "proposed", "", "not done", "almost done"] {
            assert!(!Progress::is_over(status), "{status}");
        }
    }
}
