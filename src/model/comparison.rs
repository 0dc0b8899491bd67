//! How a figure compares with what is asked of it: `<`, `<=`, `=`, `==`, `!=`, `>=`, `>`.

/// A comparison of two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `=` and `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `>=`
    AtLeast,
    /// `>`
    More,
}

impl Comparison {
    /// The comparison written as `sign`.
    #[must_use]
    pub fn from_sign(sign: &str) -> Option<Self> {
        Some(match sign {
            "<" => Self::Less,
            "<=" => Self::AtMost,
            "=" | "==" => Self::Equal,
            "!=" => Self::NotEqual,
            ">=" => Self::AtLeast,
            ">" => Self::More,
            _ => return None,
        })
    }

    /// Whether `value` compares so with `target`. What cannot be compared never does, and is never equal.
    #[must_use]
    pub fn holds<T: PartialOrd>(self, value: &T, target: &T) -> bool {
        match self {
            Self::Less => value < target,
            Self::AtMost => value <= target,
            Self::Equal => value == target,
            Self::NotEqual => value != target,
            Self::AtLeast => value >= target,
            Self::More => value > target,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Comparison;

    #[test]
    fn every_sign_says_what_holds_below_at_and_above() {
        for (sign, expect) in [
            ("<", [true, false, false]),
            ("<=", [true, true, false]),
            ("=", [false, true, false]),
            ("==", [false, true, false]),
            ("!=", [true, false, true]),
            (">=", [false, true, true]),
            (">", [false, false, true]),
        ] {
            let comparison = Comparison::from_sign(sign).expect(sign);
            assert_eq!([1.0, 2.0, 3.0].map(|value| comparison.holds(&value, &2.0)), expect, "{sign}");
        }
        assert_eq!(Comparison::from_sign("below"), None);
    }
}
