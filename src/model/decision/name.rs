//! What the name of a file says of the decision in it: its number, its day, and what kind of file it is.
//!
//! `0012-use-x.md`, `adr-012-use-x.md`, `core-ADR-012.md`, `2026-11-20_012-use-x.md`, `20261120-use-x.md`. A run of
//! digits that may be a year or a day is no number: two decisions of one year do not share it.

use std::ops::Range;

use jiff::civil::Date;

use crate::model::date;

/// A file's name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Name {
    /// The number of the decision.
    pub number: Option<i64>,
    /// The day in front of it.
    pub date: Option<Date>,
    /// The other words, in lower case.
    pub words: Vec<String>,
    /// The words before the number, which tell one series of numbers from another in the same folder.
    pub series: Vec<String>,
    /// Whether a word says that it is a decision record.
    pub is_marked: bool,
}

/// Words that stand before the number of a decision.
const MARKS: &[&str] = &["adr", "adrs", "madr", "decision", "dr", "ddr", "pdr", "tdr"];

impl Name {
    /// Reads a name without folder and extension.
    #[must_use]
    pub fn of(stem: &str) -> Self {
        let (date, rest) = leading_date(stem);
        if let Some((number, rest)) = leading_number(rest) {
            return Self { number, date, words: words(rest), ..Self::default() };
        }
        let parts: Vec<&str> = rest.split(['-', '_', ' ', '.']).filter(|part| !part.is_empty()).collect();
        let marked = parts.iter().take(4).position(|part| {
            let letters = part.trim_end_matches(|c: char| c.is_ascii_digit());
            MARKS.contains(&letters.to_lowercase().as_str())
        });
        if let Some((at, digits, number)) = marked.and_then(|mark| marked_number(&parts, mark)) {
            let lower = |part: &&str| part.to_lowercase();
            let before = parts[..at].iter().map(lower).filter(|part| !MARKS.contains(&&**part));
            let series: Vec<String> = before.collect();
            let words = series.iter().cloned().chain(parts[at + digits..].iter().map(lower)).collect();
            return Self { number: Some(number), date, words, series, is_marked: true };
        }
        Self { date, words: words(rest), ..Self::default() }
    }
}

/// The runs of ASCII digits in `text`, in order.
#[must_use]
pub fn digit_runs(text: &str) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_digit()) {
        match runs.last_mut() {
            Some(last) if last.end == at => last.end += 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

/// `number` in the manner of the digits `like`: filled up with zeros where those are, or are three or more.
#[must_use]
pub fn written_like(number: i64, like: &str) -> String {
    let is_filled = like.starts_with('0') || like.len() > 2;
    let width = if is_filled { like.len() } else { 0 };
    format!("{number:0width$}")
}

/// The digits of `stem` that are its number, and what stands in their place when it is `number` instead. `None` where it
/// has no number, or would be read as something else, such as a year.
#[must_use]
pub fn renumbered(stem: &str, number: i64) -> Option<(Range<usize>, String)> {
    let own = Name::of(stem);
    let old = own.number?;
    let wanted = Name { number: Some(number), ..own };
    digit_runs(stem).into_iter().filter(|run| stem[run.clone()].parse() == Ok(old)).find_map(|run| {
        let digits = written_like(number, &stem[run.clone()]);
        let name = [&stem[..run.start], &digits, &stem[run.end..]].concat();
        (Name::of(&name) == wanted).then_some((run, digits))
    })
}

/// The number behind the mark at `mark`: before which part its words end, how many parts it takes from there, and the
/// number. One word may stand between, before digits that are filled up with zeros.
fn marked_number(parts: &[&str], mark: usize) -> Option<(usize, usize, i64)> {
    let whole = |digits: &str| {
        leading_number(digits).filter(|(_, rest)| rest.is_empty()).and_then(|(number, _)| number)
    };
    let glued = parts[mark].trim_start_matches(|c: char| !c.is_ascii_digit());
    if !glued.is_empty() {
        return Some((mark, 1, whole(glued)?));
    }
    if let Some(number) = parts.get(mark + 1).and_then(|next| whole(next)) {
        return Some((mark + 1, 1, number));
    }
    let (between, digits) = (parts.get(mark + 1)?, parts.get(mark + 2)?);
    let is_filled = digits.len() > 2 && between.chars().all(char::is_alphabetic);
    Some((mark + 2, 1, whole(digits).filter(|_| is_filled)?))
}

/// The day that `stem` starts with, and what follows. A year with a month is taken off, too.
fn leading_date(stem: &str) -> (Option<Date>, &str) {
    let digits = stem.bytes().take_while(u8::is_ascii_digit).count();
    let separators = ['-', '_', '.', ' '];
    let length = match digits {
        8 | 12 | 14 => digits,
        4 if stem.get(4..5).is_some_and(|c| c.starts_with(separators)) => 10,
        _ => return (None, stem),
    };
    let day = if length == 10 { stem.get(..10) } else { stem.get(..8) };
    let is_apart = stem.get(length..).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()));
    match day.filter(|_| is_apart).and_then(date::first) {
        Some(date) => {
            (Some(date), stem[length..].trim_start_matches(separators).trim_start_matches(['T', 't']))
        }
        None => match stem.get(4..7).filter(|_| digits == 4 && is_year(&stem[..4])) {
            Some(month) if (1..=12).contains(&month[1..].parse().unwrap_or(0)) && !continues(stem, 7) => {
                (None, &stem[7..])
            }
            _ => (None, stem),
        },
    }
}

fn continues(stem: &str, at: usize) -> bool {
    stem[at..].starts_with(|c: char| c.is_alphanumeric())
}

fn is_year(digits: &str) -> bool {
    digits.len() == 4 && digits.parse().is_ok_and(|year: i64| (1990..2100).contains(&year))
}

/// The number that `text` starts with, and what follows; no number where it is a year.
fn leading_number(text: &str) -> Option<(Option<i64>, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    let ends = rest.is_empty() || rest.starts_with(['-', '_', '.', ' ', ',']);
    if !(1..=6).contains(&digits) || !ends {
        return None;
    }
    Some(((!is_year(number)).then(|| number.parse().ok()).flatten(), rest))
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// The part of a path that names the decision: the file, or its folder when the file is the folder's page.
#[must_use]
pub fn stem(path: &str) -> &str {
    let mut parts = path.rsplit('/');
    let file = parts.next().unwrap_or(path);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let is_page = matches!(&*stem.to_lowercase(), "readme" | "index" | "_index" | "adr" | "decision");
    let names_one = |folder: &&str| {
        let name = Name::of(folder);
        name.number.is_some() || (name.date.is_some() && !name.words.is_empty())
    };
    parts.next().filter(|_| is_page).filter(names_one).unwrap_or(stem)
}

/// The folder of a path, without a `/` at its end; that of the folder where the file is a folder's page.
#[must_use]
pub fn folder(path: &str) -> &str {
    let folder = |path: &'_ str| path.rfind('/').unwrap_or(0);
    let own = &path[..folder(path)];
    let file = path[own.len()..].trim_start_matches('/');
    let is_page = file.rsplit_once('.').map_or(file, |(stem, _)| stem) != stem(path);
    if is_page { &own[..folder(own)] } else { own }
}

/// Whether a folder on the way to `path` is one where decisions are kept.
#[must_use]
pub fn is_kept_among_decisions(path: &str) -> bool {
    let mut folders = path.split('/').collect::<Vec<_>>();
    folders.pop();
    folders.iter().any(|folder| {
        let words = words(folder);
        let last = words.last().map_or("", String::as_str);
        let has_decision = words.iter().any(|word| word.starts_with("decision"));
        matches!(last, "adr" | "adrs" | "madr" | "madrs" | "decisions" | "adl")
            || (has_decision && matches!(last, "record" | "records" | "log" | "logs" | "register"))
            || (words.len() == 2 && words[0].starts_with("architect") && words[1].starts_with("decision"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_behind_every_prefix() {
        for stem in [
            "0012-use-x",
            "012_use_x",
            "12. use x",
            "adr-012-use-x",
            "ADR012-use-x",
            "core-ADR-12-use-x",
            "2026-11-20_012-use-x",
        ] {
            assert_eq!(Name::of(stem).number, Some(12), "{stem}");
        }
        assert_eq!(Name::of("adr-012-use-x").words, ["use", "x"]);
        let name = Name::of("core-ADR-Net-012-use-x");
        assert_eq!((name.number, name.words.join(" ")), (Some(12), "core net use x".to_owned()));
        assert_eq!(name.series, ["core", "net"]);
        assert_eq!(Name::of("adr-use-2-things").number, None);
        assert_eq!(Name::of("0000-x").number, Some(0));
    }

    #[test]
    fn years_days_and_digits_in_words_are_no_numbers() {
        for stem in [
            "2026-use-x",
            "2026-11-20-use-x",
            "20261120-use-x",
            "20261120093000_use_x",
            "2026-11-use-x",
            "use-x",
            "use-2-x",
            "3d-models",
            "http2",
        ] {
            assert_eq!(Name::of(stem).number, None, "{stem}");
        }
    }

    #[test]
    fn another_number_keeps_the_shape_of_the_name() {
        let renamed = |stem: &str, number| {
            let (run, digits) = renumbered(stem, number)?;
            Some([&stem[..run.start], &digits, &stem[run.end..]].concat())
        };
        for (stem, number, expect) in [
            ("0012-use-x", 13, "0013-use-x"),
            ("12-use-12-x", 5, "5-use-12-x"),
            ("012_use_x", 1234, "1234_use_x"),
            ("9. use x", 10, "10. use x"),
            ("adr-012-use-x", 7, "adr-007-use-x"),
            ("ADR012-use-x", 13, "ADR013-use-x"),
            ("core-ADR-Net-012-use-x", 13, "core-ADR-Net-013-use-x"),
            ("2026-11-12_012-use-x", 13, "2026-11-12_013-use-x"),
            ("0012", 13, "0013"),
        ] {
            assert_eq!(renamed(stem, number).as_deref(), Some(expect), "{stem}");
        }
        for (stem, number) in [("use-x", 13), ("2026-use-x", 13), ("0012-use-x", 2026)] {
            assert_eq!(renamed(stem, number), None, "{stem}");
        }
    }

    #[test]
    fn a_day_in_front_is_found() {
        for stem in ["2026-11-20-use-x", "20261120-use-x", "2026-11-20_012-use-x", "20261120093000_use_x"] {
            assert_eq!(
                Name::of(stem).date.map(|date| date.to_string()).as_deref(),
                Some("2026-11-20"),
                "{stem}"
            );
        }
        for stem in ["20261399-use-x", "2026-use-x", "0012-x-2026-11-20"] {
            assert_eq!(Name::of(stem).date, None, "{stem}");
        }
    }

    #[test]
    fn a_folder_of_its_own_names_the_decision() {
        assert_eq!(stem("docs/adr/0005-use-x/README.md"), "0005-use-x");
        assert_eq!(folder("docs/adr/0005-use-x/README.md"), "docs/adr");
        assert_eq!(stem("docs/decision-records/2026-11-20-use-x/README.md"), "2026-11-20-use-x");
        assert_eq!(folder("docs/decision-records/2026-11-20-use-x/README.md"), "docs/decision-records");
        assert_eq!(stem("docs/decisions/2026-11-20/README.md"), "README");
        assert_eq!((stem("docs/adr/README.md"), folder("docs/adr/README.md")), ("README", "docs/adr"));
        assert_eq!((stem("0005-x.md"), folder("0005-x.md")), ("0005-x", ""));
    }

    #[test]
    fn folders_of_decisions_are_known_by_their_names() {
        for path in [
            "docs/adr/x.md",
            "a/architecture-decisions/x.md",
            "decisions/2026/x.md",
            "my_adrs/x.md",
            "architecture-decision-records/x.md",
        ] {
            assert!(is_kept_among_decisions(path), "{path}");
        }
        for path in ["docs/x.md", "adr.md", "docs/quadr/x.md", "decision-engine/x.md"] {
            assert!(!is_kept_among_decisions(path), "{path}");
        }
    }
}
