//! Lines of files that documents name by number, and that stand elsewhere now.
//!
//! A number says nothing by itself; what was meant is the text that stood there when the document was written. Only a text
//! that is one of its kind is followed.

use super::texts::{Page, World, from_name, says};
use crate::config::Class;
use crate::extract::references::{LineRange, Reference};
use crate::text::{RepoPath, Span};

/// Letters and digits without which a line could be any line.
const LEAST: usize = 10;

/// Lines that a document names and that stand elsewhere now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedLines {
    /// The document.
    pub document: RepoPath,
    /// What names them.
    pub reference: Reference,
    /// The lines as they are named.
    pub lines: LineRange,
    /// The file.
    pub target: RepoPath,
    /// The first line, as it was when the document named it.
    pub was: String,
    /// Where that line is now; `None` when the file ends before the line that is named.
    pub now: Option<u32>,
    /// How many lines the file has.
    pub length: u32,
    /// The numbers as they should be written, where both ends are known.
    pub fix: Option<String>,
    /// Whether the words around the numbers are of what stood on these lines, so that the numbers were right.
    pub is_sure: bool,
    /// When the document began to name them, in seconds since 1970, and the full id of the commit.
    pub written: Option<(i64, String)>,
}

/// The lines that a page names and that are elsewhere.
pub(super) fn moved(world: &World<'_>, page: &Page<'_>) -> Vec<MovedLines> {
    if page.class != Class::Living {
        return Vec::new();
    }
    page.document.references.iter().filter_map(|reference| one(world, page, reference)).collect()
}

fn one(world: &World<'_>, page: &Page<'_>, reference: &Reference) -> Option<MovedLines> {
    let lines = reference.lines?;
    let document = &page.document.path;
    if reference.is_past || reference.path.is_empty() {
        return None;
    }
    let target = world.target(document, reference)?;
    let words = from_name(page.slice(Span::new(reference.span.start, lines.span.end)));
    let is_said = |bytes: &[u8]| says(bytes, words);
    let past = world.past;
    let (then, written) = match past.lives {
        Some(lives) => {
            let since = past.held_since(document, &is_said, lives.commits().checked_sub(1)?)?;
            (past.said_after(&target, since)?, Some((lives.seconds(since), lives.id(since))))
        }
        None => {
            let before = past.before_step(&past.name_in_mainline(document))?;
            if !is_said(&before) {
                return None;
            }
            (past.before_step(&past.name_in_mainline(&target))?, None)
        }
    };
    let now = world.read(target.as_str())?;
    let (then, now) = (std::str::from_utf8(&then).ok()?, std::str::from_utf8(&now).ok()?);
    let found = follow(then, now, lines.first, lines.last)?;
    let is_sure = is_about(page, reference, then, lines);
    let fix = found.lines.and_then(|(first, last)| renumbered(page.slice(lines.span), first, last));
    Some(MovedLines {
        document: document.clone(),
        reference: reference.clone(),
        lines,
        target,
        was: found.was,
        now: found.first,
        length: now.lines().count() as u32,
        fix,
        is_sure,
        written,
    })
}

/// Whether the line of the document has a word of what stood on `lines` of `then`: a number may have been wrong from the
/// start.
fn is_about(page: &Page<'_>, reference: &Reference, then: &str, lines: LineRange) -> bool {
    let text = page.text();
    let at = reference.span.start as usize;
    let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    // The path itself proves nothing.
    let around = text[start..end].replace(page.slice(reference.span), " ").to_lowercase();
    let count = (lines.last - lines.first + 1) as usize;
    let meant: Vec<&str> = then.lines().skip(lines.first as usize - 1).take(count).collect();
    let meant = meant.join("\n").to_lowercase();
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut words = around.split(|c| !is_part(c)).filter(|word| word.len() > 4);
    words.any(|word| word.starts_with(|c: char| c.is_alphabetic()) && meant.contains(word))
}

/// Where lines are now.
struct Followed {
    was: String,
    first: Option<u32>,
    /// The first and the last, where both are beyond doubt.
    lines: Option<(u32, u32)>,
}

/// Where the lines from `first` to `last` of `then` are in `now`; `None` when they are where they were, or nobody can tell.
fn follow(then: &str, now: &str, first: u32, last: u32) -> Option<Followed> {
    let old: Vec<&str> = then.lines().map(str::trim).collect();
    let new: Vec<&str> = now.lines().map(str::trim).collect();
    let at = |lines: &[&str], line: u32| lines.get(line as usize - 1).map(|line| (*line).to_owned());
    let was = at(&old, first)?;
    if was.chars().filter(|c| c.is_alphanumeric()).count() < LEAST {
        return None;
    }
    let only = |lines: &[&str], text: &str| {
        let mut found = lines.iter().enumerate().filter(|(_, line)| **line == text);
        let (place, _) = found.next()?;
        found.next().is_none().then_some(place as u32 + 1)
    };
    if at(&new, first).as_ref() == Some(&was) {
        return None;
    }
    only(&old, &was)?;
    let Some(place) = only(&new, &was) else {
        let is_short = new.len() < first as usize && !new.contains(&was.as_str());
        return is_short.then_some(Followed { was, first: None, lines: None });
    };
    let end = place + (last - first);
    let closing = at(&old, last)?;
    let is_end = at(&new, end).as_ref() == Some(&closing);
    let elsewhere = || only(&new, &closing).filter(|found| *found > place && only(&old, &closing).is_some());
    let end = if is_end { Some(end) } else { elsewhere() };
    Some(Followed { was, first: Some(place), lines: end.map(|end| (place, end)) })
}

/// The numbers `written`, `10`, `L10` or `10-L20`, with others in their place.
fn renumbered(written: &str, first: u32, last: u32) -> Option<String> {
    let number = |part: &str, to: u32| {
        let digits = part.trim_start_matches(['L', 'l']);
        let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_plain.then(|| format!("{}{to}", &part[..part.len() - digits.len()]))
    };
    match written.find(['-', '–']) {
        None => number(written, first).filter(|_| first == last),
        Some(at) => {
            let dash = written[at..].chars().next()?;
            let (from, to) = (&written[..at], &written[at + dash.len_utf8()..]);
            Some(format!("{}{dash}{}", number(from, first)?, number(to, last)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEN: &str = "use std::fmt;\n\nfn parse_header() {\n    let mut header = Header::new();\n}\n}\n";

    #[test]
    fn a_line_is_followed_by_its_text_when_it_is_the_only_one() {
        let now =
            "use std::fmt;\nuse std::io;\n\nfn parse_header() {\n    let mut header = Header::new();\n}\n}\n";
        let found = follow(THEN, now, 3, 4).expect("it moved");
        assert_eq!((found.first, found.lines), (Some(4), Some((4, 5))));
        assert!(follow(THEN, THEN, 3, 4).is_none(), "it is where it was");
        assert!(follow(THEN, now, 5, 5).is_none(), "a brace could be any brace");
        let twice = format!("{now}{now}");
        assert!(follow(THEN, &twice, 3, 3).is_none(), "two are like it");
        assert!(follow(THEN, "a\nb\nc\nd\n", 3, 3).is_none(), "it was changed");
        assert_eq!(follow(THEN, "a\n", 3, 3).expect("the file is shorter").first, None);
    }

    #[test]
    fn numbers_keep_the_form_they_are_written_in() {
        assert_eq!(renumbered("10", 12, 12).as_deref(), Some("12"));
        assert_eq!(renumbered("L10-L20", 12, 22).as_deref(), Some("L12-L22"));
        assert_eq!(renumbered("10-20", 12, 22).as_deref(), Some("12-22"));
        assert_eq!(renumbered("L10C5", 12, 12), None);
        assert_eq!(renumbered("10", 12, 13), None);
    }
}
