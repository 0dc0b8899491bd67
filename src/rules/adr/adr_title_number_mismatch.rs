//! A file and its title that give a decision different numbers.

use crate::finding::Finding;
use crate::model::decision::name::{self, Name};
use crate::rules::decisions::Decisions;
use crate::rules::{Check, Context};
use crate::text::Span;

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for own in Decisions::of(context.database).all.iter().filter(|own| own.is_document) {
        let Some(number) = Name::of(name::stem(own.path.as_str())).number else { continue };
        let file = context.database.file(own.id);
        let before = file.slice(Span::new(0, own.title_span.start));
        let Some((titled, span)) = number_before(&before) else { continue };
        if titled != number {
            let message = format!("the title says {titled}, the name of the file says {number}");
            let finding = own.finding("adr-title-number-mismatch", span, message);
            findings.push(
                finding.quoted(format!("{titled} {number}")).note("the name of the file is what counts"),
            );
        }
    }
}

/// The number that stands on the line of the title, in front of it, and its bytes; none where it ends a range of numbers.
fn number_before(before: &[u8]) -> Option<(i64, Span)> {
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let line = &before[start..];
    let last = line.iter().rposition(u8::is_ascii_digit)? + 1;
    let digits = line[..last].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    if ends_range(&line[..last - digits]) {
        return None;
    }
    let text = std::str::from_utf8(&line[last - digits..last]).ok()?;
    Some((text.parse().ok()?, Span::of(start + last - digits, start + last)))
}

/// Whether `before` ends with a number and what makes a range of it and the next one: `ADR-0048..ADR-`, `5 to `.
fn ends_range(before: &[u8]) -> bool {
    let Some(number) = before.iter().rposition(u8::is_ascii_digit) else { return false };
    let between = String::from_utf8_lossy(&before[number + 1..]).to_lowercase();
    let marks = ["..", "\u{2026}", "\u{2013}", "\u{2014}", " to ", " - ", "through"];
    marks.iter().any(|mark| between.contains(mark))
}
