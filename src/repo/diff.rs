//! The difference between two versions of a file, as people read it.

/// `old` and `new` as a unified diff with three lines of context; empty when they are equal.
#[must_use]
pub fn unified_diff(path: &str, old: &[u8], new: &[u8]) -> String {
    let (before, after) = (format!("a/{path}"), format!("b/{path}"));
    let mut options = git2::DiffOptions::new();
    options.context_lines(3).force_text(true);
    let patch = git2::Patch::from_buffers(
        old,
        Some(before.trim_start_matches("a/").as_ref()),
        new,
        Some(after.trim_start_matches("b/").as_ref()),
        Some(&mut options),
    );
    let text = patch.and_then(|mut patch| patch.to_buf().map(|buffer| buffer.to_vec())).unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    // The first lines name blob ids, which say nothing here.
    let kept = text.lines().filter(|line| !line.starts_with("index ") && !line.starts_with("diff --git "));
    kept.flat_map(|line| [line, "\n"]).collect()
}

/// A file that is not there yet, with all its lines, as a unified diff.
#[must_use]
pub fn new_file_diff(path: &str, new: &[u8]) -> String {
    let diff = unified_diff(path, b"", new);
    match diff.split_once('\n') {
        Some((_, rest)) => format!("--- /dev/null\n{rest}"),
        None => diff,
    }
}

/// A file that gets another name, and maybe other bytes, as git shows it.
#[must_use]
pub fn moved_file_diff(from: &str, to: &str, old: &[u8], new: &[u8]) -> String {
    let names = format!("rename from {from}\nrename to {to}\n");
    match unified_diff(to, old, new).split_once('\n') {
        Some((_, rest)) => format!("{names}--- a/{from}\n{rest}"),
        None => names,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_comes_from_nowhere() {
        let diff = new_file_diff("a/b.md", b"one\ntwo\n");
        assert_eq!(diff, "--- /dev/null\n+++ b/a/b.md\n@@ -0,0 +1,2 @@\n+one\n+two\n");
    }

    #[test]
    fn a_moved_file_has_both_names() {
        let names = "rename from a.md\nrename to b.md\n";
        assert_eq!(moved_file_diff("a.md", "b.md", b"one\n", b"one\n"), names);
        let changed = format!("{names}--- a/a.md\n+++ b/b.md\n@@ -1 +1 @@\n-one\n+two\n");
        assert_eq!(moved_file_diff("a.md", "b.md", b"one\n", b"two\n"), changed);
    }
}
