//! Binaries, examples and aliases of Cargo: by `Cargo.toml`, by where their files are, and by `.cargo/config.toml`.

use toml::{Table, Value};

use super::{CommandKind, Defined};
use crate::text::RepoPath;

/// What a manifest defines under `[[bin]]` or `[[example]]`; a package is a binary of its own name as well.
pub(super) fn read(text: &str, key: &str) -> Defined {
    let Ok(manifest) = text.parse::<Table>() else {
        return Defined { is_open: true, ..Defined::default() };
    };
    let name = |value: &Value| value.get("name").and_then(Value::as_str).map(str::to_owned);
    let listed = manifest.get(key).and_then(Value::as_array);
    let mut defined = Defined::default();
    defined.names.extend(listed.into_iter().flatten().filter_map(name));
    if key == "bin" {
        defined.names.extend(manifest.get("package").and_then(name));
    }
    defined
}

/// The aliases of a configuration.
pub(super) fn aliases(text: &str) -> Defined {
    let Ok(config) = text.parse::<Table>() else {
        return Defined { is_open: true, ..Defined::default() };
    };
    let aliases = config.get("alias").and_then(Value::as_table);
    Defined { names: aliases.into_iter().flat_map(Table::keys).cloned().collect(), ..Defined::default() }
}

/// Adds to manifests the names that files have by where they are.
pub(super) fn add_files<'a>(
    kind: CommandKind,
    known: &mut [(RepoPath, Defined)],
    files: impl Iterator<Item = &'a RepoPath>,
) {
    let folder = match kind {
        CommandKind::Binary => "src/bin/",
        CommandKind::Example => "examples/",
        _ => return,
    };
    // Whose file it is does not matter: a name that anything defines is known.
    let Some((_, first)) = known.first_mut() else { return };
    for file in files.map(RepoPath::as_str) {
        let Some(at) = file.find(folder).filter(|&at| at == 0 || file[..at].ends_with('/')) else { continue };
        let rest = &file[at + folder.len()..];
        let name = rest.strip_suffix("/main.rs").or_else(|| rest.strip_suffix(".rs"));
        first.names.extend(name.filter(|name| !name.contains('/')).map(str::to_owned));
    }
}

/// The files that would make `name` a binary or an example of the package in `home`.
pub(super) fn files(kind: CommandKind, home: &str, name: &str) -> Vec<String> {
    let folder = match kind {
        CommandKind::Binary => "src/bin",
        CommandKind::Example => "examples",
        _ => return Vec::new(),
    };
    let start = if home.is_empty() { String::new() } else { format!("{home}/") };
    vec![format!("{start}{folder}/{name}.rs"), format!("{start}{folder}/{name}/main.rs")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_names_binaries_and_examples() {
        let text = "[package]\nname = \"a\"\n[[bin]]\nname = \"b\"\n[[example]]\nname = \"c\"\n";
        assert!(read(text, "bin").has("a") && read(text, "bin").has("b") && !read(text, "bin").has("c"));
        assert!(read(text, "example").has("c"));
        assert!(aliases("[alias]\nxtask = \"run -p xtask\"\n").has("xtask"));
    }

    #[test]
    fn files_are_names_by_where_they_are() {
        let mut known = vec![("Cargo.toml".into(), Defined::default())];
        let files: [RepoPath; 3] =
            ["a/src/bin/x.rs".into(), "src/bin/y/main.rs".into(), "src/bin/y/part.rs".into()];
        add_files(CommandKind::Binary, &mut known, files.iter());
        let mut names: Vec<&String> = known[0].1.names.iter().collect();
        names.sort();
        assert_eq!(names, ["x", "y"]);
    }
}
