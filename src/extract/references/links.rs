//! References in links, images, definitions and attributes of HTML: where a destination ends and its fragment begins.

use std::collections::HashSet;

use super::past::Around;
use super::paths::{self, Fragment};
use super::{LineRange, Part, Reference, ReferenceKind};
use crate::read::markdown::{Document, LinkKind};
use crate::text::{Span, percent_decoded};

/// The attributes whose values are destinations.
const ATTRIBUTES: [&str; 3] = ["href", "src", "srcset"];

/// Adds the references of all links in `parsed`.
pub(super) fn links(text: &str, parsed: &Document, around: &mut Around<'_>, found: &mut Vec<Reference>) {
    let uses = parsed.links.iter().filter(|link| link.kind != LinkKind::Definition);
    let used: HashSet<&str> = uses.map(|link| link.destination.as_str()).collect();
    for link in &parsed.links {
        let kind = match link.kind {
            LinkKind::Inline => ReferenceKind::Link,
            LinkKind::Image => ReferenceKind::Image,
            LinkKind::Auto => ReferenceKind::Auto,
            LinkKind::Definition => ReferenceKind::Definition,
            // Its destination stands in the definition.
            LinkKind::Reference => continue,
        };
        // What no link uses, no reader sees.
        if kind == ReferenceKind::Definition && !used.contains(link.destination.as_str()) {
            continue;
        }
        if let Some(mut reference) = destination(text, kind, &link.destination, link.span) {
            reference.is_past = match link.kind {
                LinkKind::Definition => around.is_past_section(link.section),
                _ => around.is_past(link.whole),
            };
            found.push(reference);
        }
    }
    for &html in &parsed.html {
        attributes(text, html, |value| {
            let is_comment = |span: &Span| span.start <= value.start && value.end <= span.end;
            let before = parsed.comments.partition_point(|span| span.start <= value.start);
            if parsed.comments[..before].last().is_some_and(is_comment) {
                return;
            }
            let read = without_entities(&text[value.range()]);
            if let Some(mut reference) = destination(text, ReferenceKind::Html, &read, value) {
                reference.is_past = around.is_past(value);
                found.push(reference);
            }
        });
    }
}

/// The reference whose destination is `read`, from the bytes at `span`; `None` when it leads out of the repository or
/// is no path.
fn destination(text: &str, kind: ReferenceKind, read: &str, span: Span) -> Option<Reference> {
    let source = text.get(span.range())?;
    let is_verbatim = source == read;
    let end = read.find(['#', '?']).unwrap_or(read.len());
    let (named, lines) = paths::without_lines(&read[..end]);
    let path = percent_decoded(named)?;
    // In angle brackets stands an address, unless it ends like a place in a file.
    let is_address = kind == ReferenceKind::Auto && lines.is_none();
    if is_address || !path.is_empty() && !paths::is_link_path(&path) {
        return None;
    }
    let fragment = read[end..].find('#').map(|at| end + at + 1).filter(|&at| at < read.len());
    // In a destination with escapes, the place of a part is that of the last such mark in the source.
    let part = |from: usize, len: usize| match is_verbatim {
        true => Span::of(from, from + len).shifted(span.start),
        false => {
            let from = source.rfind('#').map_or(0, |at| at + 1);
            Span::of(from, source.len()).shifted(span.start)
        }
    };
    let mut reference = Reference {
        kind,
        span: if is_verbatim { Span::new(span.start, span.start + named.len() as u32) } else { span },
        written: named.to_owned(),
        is_verbatim,
        path,
        anchor: None,
        lines: lines.map(|(range, first, last)| LineRange {
            span: part(range.start, range.len()),
            first,
            last,
        }),
        is_past: false,
    };
    if let Some(from) = fragment {
        match paths::fragment(&read[from..]) {
            Fragment::Lines(first, last) => {
                reference.lines = Some(LineRange { span: part(from, read.len() - from), first, last });
            }
            Fragment::Anchor(name) => {
                reference.anchor = Some(Part { span: part(from, read.len() - from), text: name });
            }
            Fragment::Nothing => {}
        }
    }
    (!reference.path.is_empty() || reference.anchor.is_some()).then_some(reference)
}

/// Calls `visit` with the bytes of each destination in the tags of a piece of HTML.
fn attributes(text: &str, html: Span, mut visit: impl FnMut(Span)) {
    let bytes = &text.as_bytes()[..(html.end as usize).min(text.len())];
    let mut at = html.start as usize;
    while let Some(offset) = memchr::memchr(b'<', &bytes[at.min(bytes.len())..]) {
        at += offset + 1;
        if bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
            at = tag(bytes, at, &mut visit);
        }
    }
}

/// Elements that no reader follows.
const UNSEEN: [&str; 4] = ["link", "script", "meta", "base"];

/// Goes through one tag from its name on; gives where it ends.
fn tag(bytes: &[u8], mut at: usize, visit: &mut impl FnMut(Span)) -> usize {
    let is_name =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.' | b'@');
    let count =
        |from: usize, is: &dyn Fn(&u8) -> bool| bytes[from..].iter().take_while(|byte| is(byte)).count();
    let element = &bytes[at..at + count(at, &is_name)];
    let is_followed = !UNSEEN.iter().any(|unseen| element.eq_ignore_ascii_case(unseen.as_bytes()));
    while at < bytes.len() {
        let len = count(at, &is_name);
        let name = &bytes[at..at + len];
        at += len;
        let mut ahead = at + count(at, &u8::is_ascii_whitespace);
        if bytes.get(ahead) == Some(&b'=') {
            ahead += 1;
            ahead += count(ahead, &u8::is_ascii_whitespace);
            let quote = bytes.get(ahead).copied().filter(|byte| matches!(byte, b'"' | b'\''));
            let start = ahead + usize::from(quote.is_some());
            let len = match quote {
                Some(quote) => count(start, &|byte| *byte != quote),
                None => count(start, &|byte| !byte.is_ascii_whitespace() && *byte != b'>'),
            };
            at = (start + len + usize::from(quote.is_some())).min(bytes.len());
            if is_followed && ATTRIBUTES.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes())) {
                visit(Span::of(start, start + len));
            }
            continue;
        }
        match bytes.get(at) {
            Some(b'>') => return at + 1,
            Some(b'<') => return at,
            Some(_) if len > 0 => {}
            Some(_) => at += 1,
            None => {}
        }
    }
    at
}

/// An attribute's value as a browser reads it.
fn without_entities(value: &str) -> std::borrow::Cow<'_, str> {
    const ENTITIES: [(&str, &str); 6] =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'"), ("&amp;", "&")];
    if !value.contains('&') {
        return value.into();
    }
    ENTITIES.iter().fold(value.to_owned(), |value, (name, c)| value.replace(name, c)).into()
}
