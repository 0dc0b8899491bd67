//! A record as a line of a JSON Lines file: written in the manner of its neighbours, or changed in place, member by
//! member, so that what nobody meant to change stays byte for byte.

use serde_json::Value as Json;

use crate::read::json;
use crate::read::tape::{Kind, Tape, Value};
use crate::text::Span;

/// What stands between the parts of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Manner {
    comma: &'static str,
    colon: &'static str,
}

impl Manner {
    /// No white space.
    pub(super) const TIGHT: Self = Self { comma: ",", colon: ":" };

    /// The manner of an object in `line`, as its first member shows it.
    pub(super) fn of(line: &str) -> Self {
        let mut tape = Tape::new();
        let _ = json::read(line, Span::of(0, line.len()), &mut tape);
        let Some(root) = tape.root(line) else { return Self::TIGHT };
        let mut members = root.members();
        let (first, second) = (members.next(), members.next());
        let is_wide = |from: Option<u32>, to: Option<u32>| {
            let (Some(from), Some(to)) = (from, to) else { return false };
            line.get(from as usize..to as usize).is_some_and(|between| between.ends_with(' '))
        };
        let end = first.map(|(_, value)| value.span().end);
        let colon =
            is_wide(first.map(|(name, _)| name.span().end), first.map(|(_, value)| value.span().start));
        let comma = is_wide(end, second.map(|(name, _)| name.span().start));
        Self { comma: if comma { ", " } else { "," }, colon: if colon { ": " } else { ":" } }
    }

    /// An object of `members`, in their order.
    pub(super) fn object(self, members: &[(String, Json)]) -> String {
        let members: Vec<String> = members.iter().map(|(name, value)| self.member(name, value)).collect();
        format!("{{{}}}", members.join(self.comma))
    }

    fn member(self, name: &str, value: &Json) -> String {
        format!("{}{}{}", Json::from(name), self.colon, self.value(value))
    }

    /// A value in this manner.
    fn value(self, value: &Json) -> String {
        match value {
            Json::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.value(item)).collect();
                format!("[{}]", items.join(self.comma))
            }
            Json::Object(members) => {
                let members = members.iter().map(|(name, value)| self.member(name, value));
                format!("{{{}}}", members.collect::<Vec<_>>().join(self.comma))
            }
            other => other.to_string(),
        }
    }
}

/// The object in `line` with the members `changes`: those it has get their values, in place; the others follow at its end.
/// A member whose value is the same already stays as it is written. `None` when `line` holds no object.
pub(super) fn changed(line: &str, changes: &[(String, Json)]) -> Option<String> {
    let mut tape = Tape::new();
    let _ = json::read(line, Span::of(0, line.len()), &mut tape);
    let root = tape.root(line).filter(|root| root.kind() == Kind::Object)?;
    let manner = Manner::of(line);
    let (mut edits, mut added) = (Vec::new(), String::new());
    for (name, value) in changes {
        match root.get(name) {
            Some(old) if is_same(&old.to_json(), value) => {}
            Some(old) => edits.push((old.span(), manner.value(value))),
            None => {
                if !root.is_empty() || !added.is_empty() {
                    added.push_str(manner.comma);
                }
                added.push_str(&manner.member(name, value));
            }
        }
    }
    edits.push((end_of_members(root), added));
    edits.sort_by_key(|(span, _)| *span);
    let (mut out, mut at) = (String::with_capacity(line.len() + 64), 0);
    for (span, text) in edits {
        out.push_str(line.get(at..span.start as usize)?);
        out.push_str(&text);
        at = span.end as usize;
    }
    out.push_str(line.get(at..)?);
    Some(out)
}

/// Where a member can be added: behind the last one, or behind the opening bracket.
fn end_of_members(root: Value<'_>) -> Span {
    let last = root.members().last().map(|(_, value)| value.span().end);
    let at = last.unwrap_or(root.span().start + 1);
    Span::new(at, at)
}

/// Whether two values mean the same: numbers by what they count, objects whatever the order of their members.
pub(super) fn is_same(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Number(a), Json::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| is_same(a, b)))
        }
        _ => one == other,
    }
}

/// `file` with `line` behind its last record, in a line of its own, and the number of that line. A missing line feed
/// before it is added; nothing else changes.
pub(super) fn appended(file: &[u8], lines: &[String]) -> (Vec<u8>, usize) {
    let kept = file.trim_ascii_end().len();
    let feed = memchr::memchr(b'\n', &file[kept..]).map(|at| kept + at + 1);
    let is_dos = memchr::memchr(b'\n', file).is_some_and(|at| file[..at].ends_with(b"\r"));
    let ending: &[u8] = if is_dos { b"\r\n" } else { b"\n" };
    let (head, tail) = file.split_at(feed.unwrap_or(if kept == 0 { 0 } else { file.len() }));
    let mut out = head.to_vec();
    if feed.is_none() && kept > 0 {
        out.extend_from_slice(ending);
    }
    let number = memchr::memchr_iter(b'\n', &out).count() + 1;
    for line in lines {
        out.extend_from_slice(line.as_bytes());
        out.extend_from_slice(ending);
    }
    out.extend_from_slice(tail);
    (out, number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn pairs(members: &[(&str, Json)]) -> Vec<(String, Json)> {
        members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    #[test]
    fn only_what_changes_is_touched() {
        let changes = pairs(&[("b", json!("new")), ("n", json!(1)), ("z", json!(["x", {"y": 1}]))]);
        for (line, expect) in [
            (r#"{"n":1.0,"b":"old","a":"\u0041"}"#, r#"{"n":1.0,"b":"new","a":"\u0041","z":["x",{"y":1}]}"#),
            (r#" { "b": "old", "n": 2 } "#, r#" { "b": "new", "n": 1, "z": ["x", {"y": 1}] } "#),
            ("{}", r#"{"b":"new","n":1,"z":["x",{"y":1}]}"#),
        ] {
            assert_eq!(changed(line, &changes).as_deref(), Some(expect));
        }
        assert_eq!(changed("[1]", &changes), None);
        assert_eq!(changed("{", &changes), None);
    }

    #[test]
    fn a_line_goes_behind_the_last_record_and_mends_its_end() {
        for (file, expect, number) in [
            ("", "{}\n", 1),
            ("{\"a\":1}\n", "{\"a\":1}\n{}\n", 2),
            ("{\"a\":1}", "{\"a\":1}\n{}\n", 2),
            ("{\"a\":1}\r\n{\"a\":2}", "{\"a\":1}\r\n{\"a\":2}\r\n{}\r\n", 3),
            ("{\"a\":1}\n\n\n", "{\"a\":1}\n{}\n\n\n", 2),
        ] {
            let (found, line) = appended(file.as_bytes(), &["{}".to_owned()]);
            assert_eq!((String::from_utf8_lossy(&found).as_ref(), line), (expect, number), "{file:?}");
        }
    }

    proptest! {
        #[test]
        fn a_change_is_read_back_and_made_once(
            old in prop::collection::btree_map("[a-e]", "[ -~é]{0,6}", 0..5),
            new in prop::collection::btree_map("[a-h]", "[ -~é]{0,6}", 0..5),
        ) {
            let line = Manner { comma: ", ", colon: ": " }.object(
                &old.iter().map(|(name, text)| (name.clone(), Json::from(text.as_str()))).collect::<Vec<_>>(),
            );
            let changes: Vec<(String, Json)> =
                new.iter().map(|(name, text)| (name.clone(), Json::from(text.as_str()))).collect();
            let after = changed(&line, &changes).expect("it is an object");
            let mut expect = old;
            expect.extend(new);
            let read: std::collections::BTreeMap<String, String> =
                serde_json::from_str(&after).expect("it is an object still");
            prop_assert_eq!(read, expect);
            prop_assert_eq!(changed(&after, &changes), Some(after));
        }
    }
}
