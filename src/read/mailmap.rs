//! The people that a `.mailmap` file names, as git reads it (gitmailmap(5)): each line gives somebody's own name and
//! address, and may give the name and address that stand in commits instead.
//!
//! Two lines speak of one person when an address says so, never because a name is the same. The file belongs to
//! another program: what git would pass over is passed over, and nothing is a mistake here.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::person::{Person, lines, text, trimmed};
use super::tape::Tape;
use crate::text::Span;

/// Reads the people in `source` onto the end of `tape` and pushes the node of each onto `rows`, in the order in which
/// they are first named. Somebody is known by the own address of that line.
///
/// An address that counts only together with a name in commits may be shared: it is taken as the person's when no
/// other person of the file has it.
pub fn read(source: &str, tape: &mut Tape, rows: &mut Vec<u32>) {
    let entries: Vec<Entry> = lines(source).filter_map(|line| Entry::of(source, line)).collect();
    let owners = owners(source, &entries);
    let mut claims: HashMap<String, BTreeSet<usize>> = HashMap::new();
    for (entry, &owner) in entries.iter().zip(&owners) {
        for address in entry.addresses() {
            claims.entry(folded(source, address)).or_default().insert(owner);
        }
    }
    let mut people: HashMap<usize, Person> = HashMap::new();
    let mut said = HashSet::new();
    for (entry, &owner) in entries.iter().zip(&owners) {
        let person = people.entry(owner).or_insert_with(|| Person {
            span: entry.span,
            handle: entry.own,
            ..Person::default()
        });
        if let Some(name) = entry.name.filter(|name| said.insert((owner, folded(source, *name)))) {
            person.add_name(name);
        }
        for address in entry.addresses() {
            let folded = folded(source, address);
            if claims[&folded].len() == 1 && said.insert((owner, folded)) {
                person.add_address(source, address);
            }
        }
    }
    let mut people: Vec<Person> = people.into_values().collect();
    people.sort_by_key(|person| person.span);
    people.iter().for_each(|person| person.write(tape, rows));
}

/// A line.
#[derive(Debug)]
struct Entry {
    span: Span,
    /// The person's own name.
    name: Option<Span>,
    /// The person's own address.
    own: Span,
    /// The address in commits, where another is given, and whether it counts only with a name.
    committed: Option<(Span, bool)>,
}

impl Entry {
    fn of(source: &str, span: Span) -> Option<Self> {
        if text(source, span).starts_with('#') {
            return None;
        }
        let (name, own, end) = name_and_address(source, span.start as usize, span.end as usize)?;
        let is_one_word = |address: Span| {
            let is_apart = |c: char| c.is_whitespace() || c.is_control();
            !address.is_empty() && !text(source, address).contains(is_apart)
        };
        let committed = name_and_address(source, end, span.end as usize)
            .filter(|(_, address, _)| is_one_word(*address))
            .map(|(name, address, _)| (address, !name.is_empty()));
        let name = (!name.is_empty()).then_some(name);
        is_one_word(own).then_some(Self { span, name, own, committed })
    }

    /// The addresses that are this person's and nobody else's.
    fn identities(&self) -> impl Iterator<Item = Span> {
        let alone = self.committed.filter(|(_, needs_name)| !needs_name);
        std::iter::once(self.own).chain(alone.map(|(address, _)| address))
    }

    fn addresses(&self) -> impl Iterator<Item = Span> {
        std::iter::once(self.own).chain(self.committed.map(|(address, _)| address))
    }
}

/// `Name <address>` from `start` on: the name, the address, and where it ends.
fn name_and_address(source: &str, start: usize, end: usize) -> Option<(Span, Span, usize)> {
    let rest = source.get(start..end)?;
    let open = start + rest.find('<')?;
    let close = open + source.get(open..end)?.find('>')?;
    Some((trimmed(source, start, open), trimmed(source, open + 1, close), close + 1))
}

/// For each entry the first one that speaks of the same person.
fn owners(source: &str, entries: &[Entry]) -> Vec<usize> {
    let mut first: Vec<usize> = (0..entries.len()).collect();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (at, entry) in entries.iter().enumerate() {
        for address in entry.identities() {
            let other = *known.entry(folded(source, address)).or_insert(at);
            let (a, b) = (root(&mut first, other), root(&mut first, at));
            first[a.max(b)] = a.min(b);
        }
    }
    (0..entries.len()).map(|at| root(&mut first, at)).collect()
}

/// The end of the chain from `at`, which is made shorter on the way.
fn root(first: &mut [usize], mut at: usize) -> usize {
    while first[at] != at {
        first[at] = first[first[at]];
        at = first[at];
    }
    at
}

fn folded(source: &str, span: Span) -> String {
    text(source, span).to_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn people(source: &str) -> Vec<serde_json::Value> {
        let (mut tape, mut rows) = (Tape::new(), Vec::new());
        read(source, &mut tape, &mut rows);
        rows.iter().map(|&row| tape.value(source, row as usize).to_json()).collect()
    }

    #[test]
    fn each_form_names_a_person() {
        let source = "# Names\nAna Sousa <ana@x.org>\n<bo@x.org> <bo@old.org>\nCy Li <cy@x.org> <cy@old.org> # moved\n\
                      Dee Oh <dee@x.org> dee <root@old.org>\r\n";
        assert_eq!(
            people(source),
            [
                json!({"handle": "ana@x.org", "name": "Ana Sousa", "emails": ["ana@x.org"]}),
                json!({"handle": "bo@x.org", "emails": ["bo@x.org", "bo@old.org"]}),
                json!({"handle": "cy@x.org", "name": "Cy Li", "emails": ["cy@x.org", "cy@old.org"]}),
                json!({"handle": "dee@x.org", "name": "Dee Oh", "emails": ["dee@x.org", "root@old.org"]}),
            ]
        );
    }

    #[test]
    fn lines_are_joined_by_addresses_and_never_by_names() {
        let source = "Ana <ana@x.org> <a@old.org>\nAna Sousa <ANA@x.org> <b@old.org>\n<c@x.org> <b@old.org>\n\
                      Ana <ana@y.org>\n";
        assert_eq!(
            people(source),
            [
                json!({
                    "handle": "ana@x.org", "name": "Ana", "aliases": ["Ana Sousa"],
                    "emails": ["ana@x.org", "a@old.org", "b@old.org", "c@x.org"],
                }),
                json!({"handle": "ana@y.org", "name": "Ana", "emails": ["ana@y.org"]}),
            ]
        );
    }

    #[test]
    fn an_address_that_several_used_is_nobodys() {
        let source = "Ana <ana@x.org> ana <root@old.org>\nBo <bo@x.org> bo <root@old.org>\n";
        let emails: Vec<_> = people(source).iter().map(|person| person["emails"].clone()).collect();
        assert_eq!(emails, [json!(["ana@x.org"]), json!(["bo@x.org"])]);
    }

    #[test]
    fn what_git_passes_over_is_passed_over() {
        let source = "Ana\nAna <>\nAna <ana@x.org\n<a b> <c@x.org>\n#Ana <ana@x.org>\n";
        assert_eq!(people(source), [json!(null); 0]);
        let odd = people("Ana <ana@host.(none)>\n");
        assert_eq!(
            odd,
            [json!({"handle": "ana@host.(none)", "name": "Ana", "aliases": ["ana@host.(none)"]})]
        );
    }

    #[test]
    fn many_lines_cost_no_more_than_their_number() {
        let source: String = (0..50_000).map(|at| format!("<{}@x.org> <{at}@x.org>\n", at + 1)).collect();
        let start = std::time::Instant::now();
        assert_eq!(people(&source[..20_000]).len(), 1);
        assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    }

    proptest! {
        #[test]
        fn every_text_is_read_and_gives_people_by_the_schema(
            source in "(Ana |<ana@x.org>|<bo@x.org> |[<>#@a. \u{e9}\u{2028}\n\r]){0,40}"
        ) {
            crate::read::person::testing::judge(&source, read);
        }
    }
}
