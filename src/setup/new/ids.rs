//! Ids that nobody has: the next number where records are numbered, else letters and digits made of what the record is.
//!
//! A number is above every number on the branches known here. Two clones that do not know of each other can still take the
//! same, which only the check after the merge sees; letters and digits differ between any two records.

use std::collections::HashSet;

use serde_json::Value as Json;
use xxhash_rust::xxh3::xxh3_64;

use super::Subject;
use crate::error::Result;
use crate::model::decision::name::{digit_runs, written_like};
use crate::read::jsonl::{self, Line};
use crate::read::tape::Tape;
use crate::text::RepoPath;

/// The id of a new record in the file at `path` whose key is the field `key`; `None` where such records have none.
pub(super) fn next(subject: &Subject<'_>, path: &RepoPath, key: &str) -> Result<Option<Json>> {
    let here: Vec<&Json> = subject.rows.iter().filter_map(|row| row.fields.get(key)).collect();
    let kind = subject.wish.kind;
    if !kind.has_id && here.len() * 2 <= subject.rows.len() {
        return Ok(None);
    }
    let text = |id: &&Json| id.as_str().map_or_else(|| id.to_string(), str::to_owned);
    let ids: Vec<String> = here.iter().map(text).collect();
    let mut taken: HashSet<String> = ids.iter().cloned().collect();
    for content in subject.session.workspace.on_branches(path)? {
        taken.extend(keys(&content, key));
    }
    let year = subject.date.year();
    if let Some(id) = next_number(&ids, &taken, year) {
        let is_number = here.last().is_some_and(|id| id.is_number());
        return Ok(Some(match id.parse::<u64>() {
            Ok(number) if is_number => number.into(),
            _ => id.into(),
        }));
    }
    let prefix = common_prefix(&ids).unwrap_or(kind.prefix);
    let seed = format!("{}\0{:?}\0{:?}\0{}", kind.name, subject.wish.title, subject.wish.fields, subject.now);
    let mut tries =
        (0..).map(|count: u32| format!("{prefix}{}", code(xxh3_64(format!("{seed}\0{count}").as_bytes()))));
    Ok(tries.find(|id| !taken.contains(id)).map(Json::from))
}

/// The keys of the records in a file of lines; of another file, everything in it that stands apart.
fn keys(content: &[u8], key: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let mut lines = 0;
    jsonl::read(content, 0, &mut Tape::new(), None, &mut Vec::new(), |_, _, line| {
        if let Line::Record(record) = line {
            lines += 1;
            keys.extend(record.get(key).and_then(|value| value.scalar_text()).map(str::to_owned));
        }
    });
    if lines == 0 {
        let text = String::from_utf8_lossy(content);
        let words = text.split(|c: char| c.is_whitespace() || matches!(c, '|' | '`' | ',' | '(' | ')'));
        keys.extend(words.filter(|word| !word.is_empty()).map(str::to_owned));
    }
    keys
}

/// The number behind all of `taken`, in the manner of the last of `ids`, when at least half of those are numbered so. A year
/// in front of the number is this one's, and each year counts for itself.
fn next_number(ids: &[String], taken: &HashSet<String>, year: i16) -> Option<String> {
    let (like, digits) = ids.iter().rev().find_map(|id| numbered(id))?;
    let of_year = |prefix: &str| in_year(prefix, year);
    let prefix = of_year(like);
    let same = ids.iter().filter(|id| numbered(id).is_some_and(|(own, _)| of_year(own) == prefix)).count();
    if same * 2 < ids.len() {
        return None;
    }
    let all = taken.iter().filter_map(|id| numbered(id)).filter(|(own, _)| *own == prefix);
    let highest = all.filter_map(|(_, digits)| digits.parse::<i64>().ok()).max().unwrap_or(0);
    Some(format!("{prefix}{}", written_like(highest + 1, digits)))
}

/// An id that ends in a number, taken apart. `T-k3f9` does not: its digits are part of a word.
fn numbered(id: &str) -> Option<(&str, &str)> {
    let start = id.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (prefix, digits) = id.split_at(start);
    let word = prefix.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    ((1..=9).contains(&digits.len()) && word.chars().all(char::is_alphabetic)).then_some((prefix, digits))
}

/// `prefix` with `year` in the place of another year.
fn in_year(prefix: &str, year: i16) -> String {
    let is_year = |run: &std::ops::Range<usize>| {
        run.len() == 4 && prefix[run.clone()].parse().is_ok_and(|year: i16| (1990..2100).contains(&year))
    };
    match digit_runs(prefix).into_iter().find(is_year) {
        Some(run) => format!("{}{year}{}", &prefix[..run.start], &prefix[run.end..]),
        None => prefix.to_owned(),
    }
}

/// What at least half of `ids` begin with, up to a hyphen or the like.
fn common_prefix(ids: &[String]) -> Option<&str> {
    let prefix = |id: &'_ String| id.rfind(['-', '_', ':', '/']).map(|at| at + 1);
    let last = ids.iter().rev().find_map(|id| Some(&id[..prefix(id)?]))?;
    let same = ids.iter().filter(|id| prefix(id).is_some_and(|at| &id[..at] == last)).count();
    (same * 2 >= ids.len()).then_some(last)
}

/// Eight letters and digits, without those that are easily mistaken. Letters at both ends, so that it is never read as a
/// number.
fn code(mut hash: u64) -> String {
    const LETTERS: &[u8] = b"bcdfghjkmnpqrstvwxz";
    const ALL: &[u8] = b"bcdfghjkmnpqrstvwxz23456789";
    let mut next = |from: &[u8]| {
        let at = hash % from.len() as u64;
        hash /= from.len() as u64;
        char::from(from[at as usize])
    };
    let first = next(LETTERS);
    let middle: String = (0..6).map(|_| next(ALL)).collect();
    let last = next(LETTERS);
    format!("{first}{middle}{last}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next_of(ids: &[&str], elsewhere: &[&str]) -> Option<String> {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let taken = ids.iter().cloned().chain(elsewhere.iter().map(ToString::to_string)).collect();
        next_number(&ids, &taken, 2026)
    }

    #[test]
    fn a_number_continues_those_of_every_branch_in_their_manner() {
        for (ids, elsewhere, expect) in [
            (&["RM-17", "RM-3"][..], &[][..], Some("RM-18")),
            (&["T-19"], &["T-25", "X-99"], Some("T-26")),
            (&["R007", "R009"], &[], Some("R010")),
            (&["9"], &[], Some("10")),
            (&["T-19", "x", "y"], &[], None),
            (&["T-k3f9q2wd", "T-b22ccd77"], &[], None),
            (&["INC-2025-014"], &[], Some("INC-2026-001")),
            (&["INC-2025-014", "INC-2026-003"], &["INC-2026-004"], Some("INC-2026-005")),
            (&[], &["T-1"], None),
        ] {
            assert_eq!(next_of(ids, elsewhere).as_deref(), expect, "{ids:?}");
        }
    }

    #[test]
    fn a_code_is_no_number_and_another_for_another_record() {
        let codes: HashSet<String> = (0..2000_u64).map(|n| code(xxh3_64(&n.to_le_bytes()))).collect();
        assert_eq!(codes.len(), 2000);
        for one in codes {
            assert!(one.len() == 8 && numbered(&format!("T-{one}")).is_none(), "{one}");
        }
    }

    #[test]
    fn what_most_ids_begin_with_is_kept() {
        let ids = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(common_prefix(&ids(&["bd-a1b", "bd-c2d"])), Some("bd-"));
        assert_eq!(common_prefix(&ids(&["move-the-backups", "a", "b"])), None);
        assert_eq!(keys(b"| T-1 | x `T-2` |", "id").len(), 3);
        assert_eq!(keys(b"{\"id\":\"T-1\",\"parent\":\"T-9\"}\n", "id"), ["T-1"]);
    }
}
