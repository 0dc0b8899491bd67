//! People as files of other programs name them: what is said of one in several lines is gathered, and every text keeps
//! its place. What makes two lines speak of one person is for each format to say.

use super::tape::{Kind, Tape};
use crate::text::Span;

/// A person while what is said of it is gathered. All texts stand verbatim in the source.
#[derive(Debug, Default)]
pub(super) struct Person {
    /// The bytes of the line that names the person first.
    pub(super) span: Span,
    /// What the person is known by.
    pub(super) handle: Span,
    pub(super) name: Option<Span>,
    pub(super) emails: Vec<Span>,
    pub(super) aliases: Vec<Span>,
    pub(super) teams: Vec<Span>,
}

impl Person {
    /// Puts the person on `tape` as an object, and its node on `rows`.
    pub(super) fn write(&self, tape: &mut Tape, rows: &mut Vec<u32>) {
        rows.extend(u32::try_from(tape.len()));
        let open = tape.open(Kind::Object, self.span.start as usize);
        let mut members = 0;
        for (name, text) in [("handle", Some(self.handle)), ("name", self.name)] {
            if let Some(text) = text {
                tape.push_decoded(Kind::String, text, name);
                tape.push_verbatim(Kind::String, text, text);
                members += 1;
            }
        }
        for (name, texts) in [("emails", &self.emails), ("aliases", &self.aliases), ("teams", &self.teams)] {
            if let [first, .., last] | [first @ last] = texts.as_slice() {
                tape.push_decoded(Kind::String, *first, name);
                let list = tape.open(Kind::Array, first.start as usize);
                texts.iter().for_each(|text| tape.push_verbatim(Kind::String, *text, *text));
                tape.close(list, last.end as usize, texts.len());
                members += 1;
            }
        }
        tape.close(open, self.span.end as usize, members);
    }

    /// Adds an address; one that is none by the rules of mail is another name of the person.
    pub(super) fn add_address(&mut self, source: &str, address: Span) {
        let texts = if is_address(text(source, address)) { &mut self.emails } else { &mut self.aliases };
        texts.push(address);
    }

    /// Adds a name; every one after the first is another name of the person.
    pub(super) fn add_name(&mut self, name: Span) {
        match self.name {
            Some(_) => self.aliases.push(name),
            None => self.name = Some(name),
        }
    }
}

/// The text of `span`.
pub(super) fn text(source: &str, span: Span) -> &str {
    source.get(span.range()).unwrap_or_default()
}

/// The lines of `source` without white space around them, each with its bytes; empty ones are left out.
pub(super) fn lines(source: &str) -> impl Iterator<Item = Span> {
    let mut start = 0;
    source.split('\n').filter_map(move |line| {
        let at = start;
        start += line.len() + 1;
        let span = trimmed(source, at, at + line.len());
        (!span.is_empty()).then_some(span)
    })
}

/// The bytes from `start` to `end` without white space, or a mark of the byte order, around them.
pub(super) fn trimmed(source: &str, start: usize, end: usize) -> Span {
    let inner = source.get(start..end).unwrap_or_default();
    let is_blank = |c: char| c.is_whitespace() || c == '\u{feff}';
    let start = start + (inner.len() - inner.trim_start_matches(is_blank).len());
    Span::of(start, start + inner.trim_matches(is_blank).len())
}

/// Whether `text` is an address as mail on the internet has them: RFC 5321 without quoted and literal parts.
pub(super) fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
    };
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let has_top =
        domain.rsplit('.').next().is_some_and(|top| top.starts_with(|c: char| c.is_ascii_alphabetic()));
    local.len() <= 64
        && local.split('.').all(is_atom)
        && domain.len() <= 253
        && domain.contains('.')
        && has_top
        && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_by_the_rules_of_mail() {
        for text in ["ana@example.org", "a.b+c@x-y.example.org", "1+ana@users.noreply.example.com"] {
            assert!(is_address(text), "{text}");
        }
        for text in [
            "",
            "ana",
            "@ana",
            "ana@",
            "ana@localhost",
            "ana@host.(none)",
            "a b@example.org",
            "a@b@example.org",
            ".a@example.org",
            "a..b@example.org",
            "bot[bot]@example.org",
            "ana@-x.org",
            "ana@1.2",
            "\u{e9}@example.org",
        ] {
            assert!(!is_address(text), "{text}");
        }
    }
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;

    /// Reads `source` and looks whether each record is a person, with bytes of the source, and none is there twice.
    pub(crate) fn judge(source: &str, read: fn(&str, &mut Tape, &mut Vec<u32>)) {
        let (mut tape, mut rows) = (Tape::new(), Vec::new());
        read(source, &mut tape, &mut rows);
        let mut handles = std::collections::HashSet::new();
        for row in rows {
            let person = tape.value(source, row as usize);
            let json = person.to_json();
            assert!(source.get(person.span().range()).is_some(), "{json}");
            for (_, value) in person.members() {
                for value in std::iter::once(value).chain(value.items()) {
                    let bytes = source.get(value.span().range());
                    assert!(
                        bytes.is_some() && (value.as_str().is_none() || value.as_str() == bytes),
                        "{json}"
                    );
                }
            }
            assert!(handles.insert(json["handle"].to_string().to_lowercase()), "{json}");
            let schema = include_str!("../../schemas/people.schema.json");
            let schema: serde_json::Value = serde_json::from_str(schema).expect("JSON");
            let schema =
                jsonschema::options().should_validate_formats(true).build(&schema).expect("it compiles");
            assert!(schema.is_valid(&json), "{json}");
        }
    }
}
