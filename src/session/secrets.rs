//! What nobody may print: the texts that a run knows to be secrets, taken out of every word of every finding.
//!
//! A rule marks the bytes of a secret where it stands. Another rule may quote the same value, as a key, in a note, in the
//! text of a fix, cut or escaped, from this file or another one. So the texts are collected first, in each spelling in
//! which they can turn up, and one place cleans whole findings. It knows no formats: what they get holds no secret.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::finding::{Evidence, Finding, Fix};
use crate::text::{Span, escape};

/// Shorter texts are no secrets, and are parts of other words. In bytes: by so many they are looked up.
const SHORTEST: usize = 6;

/// What stands in place of a secret.
const REDACTED: &str = "[redacted]";

/// Texts that are secret.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    /// Every spelling of each, by how it begins: a file may hold thousands, and every word of a report is tried.
    texts: HashMap<[u8; SHORTEST], Vec<String>>,
}

impl Secrets {
    /// Adds what `bytes` of a file say, in every spelling in which a finding could repeat it.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let raw = String::from_utf8_lossy(bytes).into_owned();
        let mut values = vec![raw.trim_matches(['"', '\'']).to_owned()];
        if let Ok(value) = serde_json::from_str(&raw) {
            leaves(&value, &mut values);
        }
        values.push(raw);
        for value in values {
            let quoted = Json::String(value.clone()).to_string();
            let in_json = quoted[1..quoted.len() - 1].to_owned();
            let in_pointer = value.replace('~', "~0").replace('/', "~1");
            for text in [escape(&value).into_owned(), in_json, in_pointer, value] {
                let Some(head) = text.as_bytes().first_chunk() else { continue };
                let known = self.texts.entry(*head).or_default();
                if !known.contains(&text) {
                    known.push(text);
                }
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// `text` without secrets; `None` when it has none.
    pub(super) fn without(&self, text: &str) -> Option<String> {
        let mut clean = String::new();
        let mut from = 0;
        for range in self.ranges(text.as_bytes()) {
            clean.push_str(&text[from..range.start]);
            clean.push_str(REDACTED);
            from = range.end;
        }
        (from > 0).then(|| clean + &text[from..])
    }

    /// Where in `bytes`, which start at `base` of their file, secrets stand.
    pub(super) fn spans(&self, bytes: &[u8], base: u32) -> Vec<Span> {
        self.ranges(bytes).into_iter().map(|range| Span::of(range.start, range.end).shifted(base)).collect()
    }

    /// Takes every secret out of everything that a format may show of `finding`. Its path stays, because without it
    /// nobody finds the place.
    ///
    /// A fix that would write a secret goes: to write it once more is no way to mend anything, and whoever takes the
    /// secret out of the repository first gets the fix again.
    pub(super) fn clean(&self, finding: &mut Finding) {
        if self.is_empty() {
            return;
        }
        let clean = |text: &mut String| {
            if let Some(without) = self.without(text) {
                *text = without;
            }
        };
        // Taken apart, so that what is added to a finding cannot be forgotten here.
        let Finding {
            rule: _,
            message,
            path: _,
            span: _,
            label,
            collection: _,
            record,
            field,
            notes,
            evidence,
            fix,
            severity: _,
            related,
            quoted,
            hidden: _,
        } = finding;
        if fix.as_ref().is_some_and(|fix| self.is_written_by(fix)) {
            *fix = None;
            notes.push("its fix is left out, because that would write a secret once more".to_owned());
        }
        related.retain(|path| self.without(path.as_str()).is_none());
        clean(message);
        label.iter_mut().chain(field).chain(quoted).chain(notes).for_each(clean);
        fix.iter_mut().for_each(|fix| clean(&mut fix.title));
        for Evidence { kind: _, id, date, summary } in evidence {
            clean(id);
            date.iter_mut().for_each(clean);
            clean(summary);
        }
        if let Some(key) = record.as_ref().and_then(|key| self.without(key)) {
            *record = Some(Arc::from(key));
        }
    }

    fn is_written_by(&self, fix: &Fix) -> bool {
        fix.edits.iter().any(|edit| self.without(&edit.text).is_some())
    }

    /// The parts of `text` that are secret, in order and apart from each other: whole secrets, and beginnings of secrets
    /// that were cut off with an ellipsis.
    fn ranges(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for (at, head) in text.windows(SHORTEST).enumerate() {
            let known = <[u8; SHORTEST]>::try_from(head).ok().and_then(|head| self.texts.get(&head));
            let lengths = known.into_iter().flatten().filter_map(|secret| beginning(secret, &text[at..]));
            let Some(length) = lengths.max() else { continue };
            match found.last_mut() {
                Some(last) if at < last.end => last.end = last.end.max(at + length),
                _ => found.push(at..at + length),
            }
        }
        found
    }
}

/// How much of `text` begins with `secret`: all of it, or as much as stands in front of an ellipsis.
fn beginning(secret: &str, text: &[u8]) -> Option<usize> {
    let same = secret.bytes().zip(text).take_while(|(a, b)| a == *b).count();
    if same == secret.len() {
        return Some(same);
    }
    let boundary = (0..=same).rev().find(|&at| secret.is_char_boundary(at))?;
    text[boundary..].starts_with("…".as_bytes()).then_some(boundary).filter(|&length| length >= SHORTEST)
}

/// The texts in a value.
fn leaves(value: &Json, texts: &mut Vec<String>) {
    match value {
        Json::String(text) => texts.push(text.clone()),
        Json::Array(items) => items.iter().for_each(|item| leaves(item, texts)),
        Json::Object(members) => members.values().for_each(|member| leaves(member, texts)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Edit;

    /// Made up; no issuer's format.
    const SECRET: &str = "n0t~a/re\"al-\u{e9}-0ne";

    fn secrets(raw: &str) -> Secrets {
        let mut secrets = Secrets::default();
        secrets.add(raw.as_bytes());
        secrets
    }

    #[test]
    fn a_secret_is_known_in_every_spelling() {
        let quoted = Json::String(SECRET.into()).to_string();
        for raw in [quoted.clone(), quoted.replace('\u{e9}', "\\u00e9"), format!("[{{\"x\":{quoted}}}]")] {
            let secrets = secrets(&raw);
            for said in
                [SECRET.to_owned(), quoted.clone(), "n0t~0a~1re\"al-\u{e9}-0ne".to_owned(), raw.clone()]
            {
                let clean = secrets.without(&format!("it is {said}, is it")).expect("it is a secret");
                assert!(!clean.contains("n0t") && clean.starts_with("it is "), "{raw}: {said}: {clean}");
            }
        }
        assert_eq!(secrets("'plain-w0rd'").without("plain-w0rd").as_deref(), Some(REDACTED));
        assert_eq!(secrets("\"abc\"").without("abc"), None);
    }

    #[test]
    fn what_is_cut_off_is_a_secret_still_and_other_words_are_not() {
        let secrets = secrets("abcdefghijklmnop");
        let clean = |text: &str| secrets.without(text);
        assert_eq!(clean("key abcdefghi… gone").as_deref(), Some("key [redacted]… gone"));
        assert_eq!(clean("abcdefghijklmnopabcdefghijklmnop").as_deref(), Some("[redacted][redacted]"));
        for other in ["abcde… cut", "abcdefghi", "…", "bcdefghijk…", ""] {
            assert_eq!(clean(other), None, "{other}");
        }
    }

    #[test]
    fn every_part_of_a_finding_is_clean() {
        let path = "items.jsonl".into();
        let edit =
            |text: &str| Edit { path: "items.jsonl".into(), span: Span::default(), text: text.to_owned() };
        let said = format!("it is {SECRET}");
        let mut finding = Finding::new("schema-violation", &path, Span::default(), said.as_str())
            .label(said.as_str())
            .record(&"items".into(), Some(said.as_str().into()))
            .field(format!("/{SECRET}"))
            .note(said.as_str())
            .quoted(said.as_str())
            .related(&said.as_str().into())
            .evidence(Evidence {
                kind: "commit",
                id: said.clone(),
                date: Some(said.clone()),
                summary: said.clone(),
            });
        finding.fix = Some(Fix { title: said.clone(), safe: true, edits: vec![edit("harmless")] });
        let mut writing = finding.clone();
        writing.fix =
            Some(Fix { title: "write it".to_owned(), safe: true, edits: vec![edit("a"), edit(&said)] });
        let secrets = secrets(&Json::String(SECRET.into()).to_string());
        for finding in [&mut finding, &mut writing] {
            secrets.clean(finding);
            assert!(!format!("{finding:?}").contains("n0t"), "{finding:#?}");
        }
        assert_eq!(finding.fix.map(|fix| fix.title).as_deref(), Some("it is [redacted]"));
        assert_eq!((writing.fix, writing.notes.len()), (None, 2));
    }
}
