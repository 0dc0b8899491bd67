//! Makefiles: the targets that they define, without running anything.
//!
//! Variables are put in where a Makefile sets them to plain words. What is made of others may be any name; then the file
//! says that it is open.

use std::collections::HashMap;

use super::Defined;
use crate::text::RepoPath;

pub(super) fn is_makefile(path: &RepoPath) -> bool {
    let name = path.file_name();
    matches!(name, "Makefile" | "makefile" | "GNUmakefile")
        || name.starts_with("Makefile.")
        || matches!(path.extension().as_str(), "mk" | "mak" | "make")
}

pub(super) fn read(text: &str) -> Defined {
    let mut defined = Defined::default();
    let mut variables: HashMap<&str, Vec<&str>> = HashMap::new();
    let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
    for line in joined.lines().filter(|line| !line.starts_with('\t')) {
        let line = line.split('#').next().unwrap_or_default();
        let trimmed = line.trim();
        let first = trimmed.split_whitespace().next().unwrap_or_default();
        match first {
            // What others hold is seen as a file of its own, if it is in the repository.
            "include" | "-include" | "sinclude" => {
                defined.is_open |= trimmed.split_whitespace().skip(1).any(|one| !one.contains(".mk"));
            }
            "define" | "$(eval" | "$(foreach" | "$(call" => {
                defined.is_open = true;
                add_words(&mut defined, trimmed);
            }
            _ => {}
        }
        if let Some((name, value)) = assignment(trimmed) {
            variables.entry(name).or_default().extend(value.split_whitespace());
            add_words(&mut defined, value);
            continue;
        }
        let Some(colon) = trimmed.find(':') else { continue };
        let behind = trimmed[colon + 1..].trim_start_matches(':');
        for target in trimmed[..colon].split_whitespace() {
            add(&mut defined, target, &variables);
        }
        // What must not be taken for a file is a target, wherever its rule is.
        if trimmed[..colon].trim() == ".PHONY" {
            behind.split_whitespace().for_each(|target| add(&mut defined, target, &variables));
        }
    }
    defined
}

/// `NAME = value` in its forms.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix("export ").or_else(|| line.strip_prefix("override ")).unwrap_or(line);
    let at = line.find('=')?;
    let name = line[..at].trim_end_matches([':', '+', '?', '!', ':']).trim();
    let is_name = !name.is_empty() && !name.contains([' ', ':', '%', '(', '/']);
    is_name.then(|| (name, &line[at + 1..]))
}

fn add(defined: &mut Defined, target: &str, variables: &HashMap<&str, Vec<&str>>) {
    if target == ".DEFAULT" {
        defined.patterns.push((String::new(), String::new()));
    }
    match (target.split_once('%'), target.contains('$')) {
        (Some((start, end)), false) => defined.patterns.push((start.to_owned(), end.to_owned())),
        (None, false) => {
            defined.names.insert(target.to_owned());
        }
        (_, true) => {
            let name = target.strip_prefix("$(").or_else(|| target.strip_prefix("${"));
            let name = name.and_then(|rest| rest.strip_suffix([')', '}']));
            match name.and_then(|name| variables.get(name)) {
                Some(words) if words.iter().all(|word| !word.contains('$')) => {
                    defined.names.extend(words.iter().map(|word| (*word).to_owned()));
                }
                _ => defined.is_open = true,
            }
        }
    }
}

/// Words of which names may be made.
fn add_words(defined: &mut Defined, text: &str) {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let words = text.split(|c| !is_name(c)).filter(|word| word.len() > 1);
    defined.words.extend(words.map(str::to_owned));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_those_of_rules_of_phony_and_of_plain_variables() {
        let found = read(
            "OUT := bin\nALL = one \\\n  two\n.PHONY: clean\nbuild test: deps ## builds\n\tgo test a: b\n$(ALL):\nlint-%: x\ninclude common.mk\n",
        );
        for name in ["build", "test", "one", "two", "clean", "lint-go", "bin"] {
            assert!(found.has(name), "{name}");
        }
        assert!(!found.has("a") && !found.has("deps") && !found.is_open);
    }

    #[test]
    fn a_file_that_makes_its_targets_is_open() {
        assert!(read("$(foreach x,$(Y),$(eval $(call rule,$(x))))\n").is_open);
        assert!(read("include $(TOP)/rules\n").is_open);
        assert!(read("$(addprefix a-,$(X)):\n").is_open);
    }
}
