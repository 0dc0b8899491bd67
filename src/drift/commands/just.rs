//! Files of `just`: the recipes and aliases that they define.

use super::Defined;
use crate::text::RepoPath;

pub(super) fn is_justfile(path: &RepoPath) -> bool {
    is_main(path) || path.extension() == "just"
}

pub(super) fn is_main(path: &RepoPath) -> bool {
    let name = path.file_name();
    name.eq_ignore_ascii_case("justfile") || name.eq_ignore_ascii_case(".justfile")
}

pub(super) fn read(text: &str) -> Defined {
    let mut defined = Defined::default();
    for line in text.lines().filter(|line| !line.starts_with([' ', '\t', '#', '['])) {
        let first = line.split_whitespace().next().unwrap_or_default();
        if let Some(rest) = line.strip_prefix("alias ") {
            defined.names.extend(rest.split(":=").next().map(|name| name.trim().to_owned()));
            continue;
        }
        if matches!(first, "mod" | "mod?") {
            let name = line.split_whitespace().nth(1).unwrap_or_default();
            defined.names.insert(name.to_owned());
            // `just module recipe` and `just module::recipe` are defined elsewhere.
            defined.patterns.push((format!("{name}::"), String::new()));
        }
        defined.is_open |= matches!(first, "import" | "import?") && line.contains("..");
        let Some(colon) = line.find(':').filter(|&colon| !line[colon..].starts_with(":=")) else { continue };
        let name = line[..colon].split_whitespace().next().unwrap_or_default().trim_start_matches('@');
        if !matches!(first, "set" | "export" | "import" | "mod") && !name.is_empty() {
            defined.names.insert(name.to_owned());
        }
    }
    defined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipes_and_aliases_are_names() {
        let found = read(
            "set shell := [\"sh\"]\nx := 'a: b'\n# why: no\nalias b := build\n[private]\n@build target='x': deps\n  echo a: b\ntest *args:\n",
        );
        for name in ["b", "build", "test"] {
            assert!(found.has(name), "{name}");
        }
        assert_eq!(found.names.len(), 3);
    }
}
