//! The part of a file that a mark names, and the comparison of a copy with it.

use std::ops::Range;

use regex_automata::meta::Regex;
use regex_automata::util::syntax;

use super::marks::{Part, Until};

/// How regions begin and end, each with what stands for the name: mdBook, editors and C#, Google's samples, Python-Markdown,
/// MarkdownSnippets, AWS's samples.
const MARKS: [(&str, &str); 7] = [
    ("ANCHOR: %", "ANCHOR_END: %"),
    ("#region %", "endregion"),
    ("region %", "endregion"),
    ("[START %]", "[END %]"),
    ("--8<-- [start:%]", "--8<-- [end:%]"),
    ("begin-snippet: %", "end-snippet"),
    ("snippet-start:[%]", "snippet-end:[%]"),
];

/// What a line that only marks a region holds.
const MARKERS: [&str; 12] = [
    "ANCHOR:",
    "ANCHOR_END:",
    "#region",
    "endregion",
    "region ",
    "[START ",
    "[END ",
    "--8<-- [",
    "begin-snippet",
    "end-snippet",
    "snippet-start:",
    "snippet-end:",
];

/// The bytes of the part of `source` that is meant; `None` when there is none.
pub(super) fn part(source: &str, part: &Part) -> Option<Range<usize>> {
    match part {
        Part::Whole => Some(0..source.len()),
        Part::Lines(first, last) => {
            let starts: Vec<usize> = starts(source);
            let end = |line: u32| starts.get(line as usize).copied().unwrap_or(source.len());
            let start = *starts.get(*first as usize - 1)?;
            // A range that goes beyond the end means all there is.
            (start < source.len()).then(|| start..end(*last).max(start))
        }
        Part::Region(name) => region(source, name),
        Part::Between(from, until) => {
            let from = found(source, from)?;
            let end = match until {
                None => from.end,
                Some(Until::End) => source.len(),
                Some(Until::Match(to)) => from.end + found(&source[from.end..], to)?.end,
            };
            Some(from.start..end)
        }
        Part::Unknown => None,
    }
}

fn starts(source: &str) -> Vec<usize> {
    std::iter::once(0).chain(memchr::memchr_iter(b'\n', source.as_bytes()).map(|at| at + 1)).collect()
}

fn found(source: &str, pattern: &str) -> Option<Range<usize>> {
    let lines = syntax::Config::new().multi_line(true);
    let regex = Regex::builder().syntax(lines).build(pattern).ok()?;
    regex.find(source).map(|found| found.range())
}

/// Between the lines that mark the region `name`.
fn region(source: &str, name: &str) -> Option<Range<usize>> {
    MARKS.iter().find_map(|(open, close)| {
        let (open, close) = (open.replace('%', name), close.replace('%', name));
        let (mut at, mut start, mut depth) = (0, None, 0);
        for line in source.split_inclusive('\n') {
            let next = at + line.len();
            match start {
                None if is_marked(line, &open) => start = Some(next),
                Some(start) if is_marked(line, &close) && depth == 0 => return Some(start..at),
                Some(_) if close == "endregion" && is_marked(line, &close) => depth -= 1,
                Some(_) if close == "endregion" && is_opening(line) => depth += 1,
                _ => {}
            }
            at = next;
        }
        None
    })
}

fn is_opening(line: &str) -> bool {
    line.contains("region ") && !line.contains("endregion")
}

/// Whether `line` holds `mark`, and not as a part of a longer name.
fn is_marked(line: &str, mark: &str) -> bool {
    line.find(mark).is_some_and(|at| {
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let goes_on = line[at + mark.len()..].starts_with(is_word) && mark.ends_with(is_word);
        // `#endregion` is none that opens.
        let begins_in = line[..at].ends_with(|c: char| c.is_alphanumeric());
        !goes_on && !begins_in
    })
}

/// Lines without what they have in common before them, without blanks at their ends, and without blank lines around them.
pub(super) fn plain(lines: &[&str]) -> Vec<String> {
    let is_blank = |line: &&str| line.trim().is_empty();
    let start = lines.iter().position(|line| !is_blank(line)).unwrap_or(lines.len());
    let end = lines.iter().rposition(|line| !is_blank(line)).map_or(start, |at| at + 1);
    let lines = &lines[start..end];
    let width = |line: &&str| line.len() - line.trim_start().len();
    let common = lines.iter().filter(|line| !is_blank(line)).map(width).min().unwrap_or(0);
    let cut = |line: &&str| line.get(common..).unwrap_or_default().trim_end().to_owned();
    lines.iter().map(cut).collect()
}

/// Whether copy and part are the same once the lines are left out that mark regions within them.
pub(super) fn same_but_for_marks(copy: &[String], part: &[String]) -> bool {
    let without = |lines: &[String]| {
        let is_kept = |line: &&str| !MARKERS.iter().any(|mark| line.contains(mark));
        plain(&lines.iter().map(String::as_str).filter(is_kept).collect::<Vec<_>>())
    };
    without(copy) == without(part)
}

/// Whether at least half of the lines of a copy stand in the part.
pub(super) fn is_alike(copy: &[String], part: &[String]) -> bool {
    let lines = || copy.iter().map(|line| line.trim()).filter(|line| line.len() > 2);
    let shared = lines().filter(|line| part.iter().any(|other| other.trim() == *line)).count();
    shared > 0 && shared * 2 >= lines().count()
}

/// The only lines of `source` that are the same as `copy`: the first and the last, from 1.
pub(super) fn only_place(source: &str, copy: &[String]) -> Option<(u32, u32)> {
    let lines: Vec<&str> = source.lines().collect();
    let mut found = lines.windows(copy.len().max(1)).enumerate().filter(|(_, window)| plain(window) == copy);
    let (at, _) = found.next()?;
    found.next().is_none().then_some((at as u32 + 1, (at + copy.len()) as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "a\n// ANCHOR: x\n    b\n      c\n// ANCHOR_END: x\n#region y z\nd\n#region inner\ne\n#endregion\n#endregion\nf\n// [START g]\nh\n// [END g]\n";

    fn text(part_of: &Part) -> Option<&'static str> {
        part(SOURCE, part_of).map(|range| &SOURCE[range])
    }

    #[test]
    fn a_part_is_lines_or_what_stands_between_marks() {
        assert_eq!(text(&Part::Lines(3, 4)), Some("    b\n      c\n"));
        assert_eq!(text(&Part::Lines(90, 91)), None);
        assert_eq!(text(&Part::Region("x".into())), Some("    b\n      c\n"));
        assert_eq!(text(&Part::Region("y".into())), Some("d\n#region inner\ne\n#endregion\n"));
        assert_eq!(text(&Part::Region("g".into())), Some("h\n"));
        assert_eq!(text(&Part::Region("no".into())), None);
        assert_eq!(
            text(&Part::Between("^d".into(), Some(Until::Match("^e".into())))),
            Some("d\n#region inner\ne")
        );
    }

    #[test]
    fn a_copy_is_compared_without_its_indentation_and_without_marks() {
        assert_eq!(plain(&["", "    b  ", "", "      c", ""]), ["b", "", "  c"]);
        let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        assert!(same_but_for_marks(&owned(&["d", "e"]), &owned(&["d", "#region inner", "e", "#endregion"])));
        assert_eq!(only_place(SOURCE, &owned(&["b", "  c"])), Some((3, 4)));
        assert_eq!(only_place(SOURCE, &owned(&["#endregion"])), None);
    }
}
