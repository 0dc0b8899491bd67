//! The week that a folder is named after: `2026-47`, `2026-W47`, `2026_w47`.
//!
//! `2026-05` may be a month as well; it is a week only when something says so. This module sees a path as text.

use super::Week;
use super::week::NoSuchWeek;

/// The week that a folder of a path is named after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FolderWeek<'a> {
    /// The name of the folder.
    pub name: &'a str,
    /// The path down to the folder.
    pub path: &'a str,
    /// The year it names.
    pub year: i16,
    /// The number it names, which may be none of a week.
    pub number: i16,
    /// Whether a `W` or the folder above says that it is a week.
    pub is_marked: bool,
}

impl<'a> FolderWeek<'a> {
    /// The last folder of `path` that is named like a week.
    #[must_use]
    pub fn of(path: &'a str) -> Option<Self> {
        let mut end = path.rfind('/')?;
        loop {
            let start = path[..end].rfind('/').map_or(0, |at| at + 1);
            let above = path[..start.saturating_sub(1)].rsplit('/').next().unwrap_or_default();
            if let Some((year, number, has_letter)) = parsed(&path[start..end]) {
                let is_marked = has_letter || above.to_lowercase().contains("week");
                return Some(Self { name: &path[start..end], path: &path[..end], year, number, is_marked });
            }
            end = start.checked_sub(1)?;
        }
    }

    /// Whether it can only be a week, not a month.
    #[must_use]
    pub const fn is_week(self) -> bool {
        self.is_marked || self.number > 12
    }

    /// The week.
    ///
    /// # Errors
    /// When the year has no such week; see [`Week::new`].
    pub fn week(self) -> Result<Week, Option<NoSuchWeek>> {
        Week::new(self.year, self.number)
    }
}

/// Year, number, and whether a `W` stands before the number.
fn parsed(folder: &str) -> Option<(i16, i16, bool)> {
    let (year, rest) = (folder.get(..4)?, folder.get(4..)?);
    let rest = rest.strip_prefix(['-', '_']).unwrap_or(rest);
    let number = rest.strip_prefix(['W', 'w']).unwrap_or(rest);
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_parted = folder.len() > 6;
    (is_digits(year) && number.len() == 2 && is_digits(number) && is_parted)
        .then(|| Some((year.parse().ok()?, number.parse().ok()?, number.len() < rest.len())))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_named_after_a_week_is_told_from_a_month() {
        for (path, expect) in [
            ("ops/weekly/2026-05/minutes.md", Some((2026, 5, true))),
            ("notes/2026-W05/x.md", Some((2026, 5, true))),
            ("notes/2026w05/x/y.md", Some((2026, 5, true))),
            ("notes/2026-05/x.md", Some((2026, 5, false))),
            ("notes/2026-47/x.md", Some((2026, 47, true))),
            ("weekly/2026-00/x.md", Some((2026, 0, true))),
            ("2026_W47/x.md", Some((2026, 47, true))),
            ("notes/2026/x.md", None),
            ("notes/202647/x.md", None),
            ("notes/2026-11-20/x.md", None),
            ("2026-47.md", None),
        ] {
            let found = FolderWeek::of(path);
            assert_eq!(found.map(|week| (week.year, week.number, week.is_week())), expect, "{path}");
        }
        assert_eq!(FolderWeek::of("a/weekly/2026-47/b/c.md").map(|week| week.path), Some("a/weekly/2026-47"));
    }
}
