//! Thresholds as people write targets and bounds: `>= 90`, `< 7`, `within 15`, `beyond 25`, `= degrading`.
//!
//! What is compared, and in which unit, is for others to know.

use std::fmt;

use super::Comparison;

/// What a value is compared with, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// How.
    pub op: Op,
    /// With what.
    pub operand: Operand,
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// As it stands.
    Is(Comparison),
    /// No further from zero than.
    Within,
    /// Further from zero than.
    Beyond,
}

/// What a value is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// A number.
    Number(f64),
    /// Words, for `=` and `!=`.
    Text(String),
}

/// Each way to compare with how it is written, the longer before those they begin with.
const OPS: &[(&str, Op)] = &[
    ("<=", Op::Is(Comparison::AtMost)),
    (">=", Op::Is(Comparison::AtLeast)),
    ("==", Op::Is(Comparison::Equal)),
    ("!=", Op::Is(Comparison::NotEqual)),
    ("<", Op::Is(Comparison::Less)),
    (">", Op::Is(Comparison::More)),
    ("=", Op::Is(Comparison::Equal)),
    ("within ", Op::Within),
    ("beyond ", Op::Beyond),
];

impl Threshold {
    /// The threshold written `text`.
    ///
    /// # Errors
    /// One sentence, when it is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            let shown = crate::text::escape(text.trim());
            format!("'{shown}' is no comparison; write it like >= 90, < 7, within 15 or = steady")
        };
        let trimmed = text.trim();
        let found = OPS.iter().find_map(|(name, op)| Some((*op, trimmed.strip_prefix(name)?.trim())));
        let Some((op, rest)) = found else { return Err(wrong()) };
        match (number(rest), op) {
            (Some(number), Op::Within | Op::Beyond) if number < 0.0 => Err(wrong()),
            (Some(number), _) => Ok(Self { op, operand: Operand::Number(number) }),
            (None, Op::Is(Comparison::Equal | Comparison::NotEqual)) if !rest.is_empty() => {
                Ok(Self { op, operand: Operand::Text(rest.to_owned()) })
            }
            _ => Err(wrong()),
        }
    }

    /// Whether `value` satisfies it. No number equals words.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        let Operand::Number(with) = self.operand else { return self.op == Op::Is(Comparison::NotEqual) };
        match self.op {
            Op::Is(comparison) => comparison.holds(&value, &with),
            Op::Within => value.abs() <= with,
            Op::Beyond => value.abs() > with,
        }
    }

    /// Whether a value written as `text` satisfies it: the number it begins with is compared with a number, and words equal
    /// it when it says them. `None` when it has no such number.
    #[must_use]
    pub fn holds_for(&self, text: &str) -> Option<bool> {
        match &self.operand {
            Operand::Number(_) => first_number(text).map(|value| self.holds(value)),
            Operand::Text(words) => Some(says(text, words) == (self.op == Op::Is(Comparison::Equal))),
        }
    }

    /// The number it compares with.
    #[must_use]
    pub const fn number(&self) -> Option<f64> {
        match self.operand {
            Operand::Number(number) => Some(number),
            Operand::Text(_) => None,
        }
    }
}

impl Op {
    /// How it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        OPS.iter().rfind(|(_, op)| *op == self).map_or("=", |(name, _)| name.trim_end())
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.operand {
            Operand::Number(number) => write!(f, "{} {number}", self.op.name()),
            Operand::Text(text) => write!(f, "{} {text}", self.op.name()),
        }
    }
}

/// The number at the start of a text as people write figures: `92`, `92 %`, `92/100`, `+18.5%`, `−3`.
#[must_use]
pub fn first_number(text: &str) -> Option<f64> {
    let text = text.trim().trim_start_matches(['±', '~', '≈']).trim_start();
    let (sign, rest) = match text.strip_prefix(['-', '−', '–']) {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    number(rest[..end].trim_end_matches('.')).map(|number| sign * number)
}

/// Whether `text` says `words`, one after the other and whole, whatever stands between them and in whatever case.
#[must_use]
pub fn says(text: &str, words: &str) -> bool {
    place(text, words).is_some()
}

/// Where `text` first says `words`, as a number that grows along the text.
#[must_use]
pub fn place(text: &str, words: &str) -> Option<usize> {
    let fold = |text: &str| -> String {
        let folded = text.to_lowercase();
        let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.flat_map(|word| [" ", word]).chain([" "]).collect()
    };
    let words = fold(words);
    fold(text).find(&words).filter(|_| words.len() > 1)
}

fn number(text: &str) -> Option<f64> {
    let is_plain = text.starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == '-' || c == '+');
    text.parse().ok().filter(|number: &f64| is_plain && number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_is_read_and_holds_where_it_should() {
        for (text, yes, no) in [
            ("< 7", 6.9, 7.0),
            ("<= 7", 7.0, 7.1),
            (">90", 90.1, 90.0),
            (">= 90", 90.0, 89.9),
            ("= 4", 4.0, 5.0),
            ("== 4", 4.0, 5.0),
            ("!= 4", 5.0, 4.0),
            ("within 15", -15.0, -15.1),
            ("beyond 15", -15.1, 15.0),
            ("> -0.5", 0.0, -0.5),
        ] {
            let comparison = Threshold::parse(text).expect(text);
            assert!(comparison.holds(yes) && !comparison.holds(no), "{text}");
            assert_eq!(Threshold::parse(&comparison.to_string()).as_ref(), Ok(&comparison), "{text}");
        }
    }

    #[test]
    fn what_is_no_comparison_is_refused() {
        for text in ["", "90", "> ", "> many", "within", "within -3", "at least 3", "< nan", "< inf"] {
            assert!(Threshold::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn texts_are_compared_by_their_first_number_or_by_their_words() {
        let holds =
            |comparison: &str, text: &str| Threshold::parse(comparison).expect(comparison).holds_for(text);
        for (comparison, text, expect) in [
            ("> 90", "92 %", Some(true)),
            ("> 90", "90/100", Some(false)),
            ("beyond 15", "−18.5% since spring", Some(true)),
            ("> 15", "+3.", Some(false)),
            ("> 15", "high", None),
            ("= degrading", "Degrading, slowly", Some(true)),
            ("= degrading", "not degraded", Some(false)),
            ("!= degrading", "steady", Some(true)),
        ] {
            assert_eq!(holds(comparison, text), expect, "{comparison}: {text}");
        }
    }

    #[test]
    fn words_are_whole() {
        assert!(says("**Pause** & re-evaluate", "pause & re evaluate"));
        assert!(!says("pauses", "pause") && !says("anything", "") && !says("anything", "&"));
        assert!(place("first pause, then pivot", "pause") < place("first pause, then pivot", "pivot"));
    }
}
