//! Which paths git would check out, and how a path that is not text is shown.
//!
//! Trees are data from strangers: a tree object can name `..` or `.git`. Nothing here looks at the disk.

use crate::text;

/// Why a part of a path is one that git refuses to check out; `None` when it is an ordinary name.
pub(super) fn refused(part: &[u8]) -> Option<&'static str> {
    let separator =
        |byte: &u8| *byte == b'/' || *byte == 0 || (cfg!(windows) && matches!(byte, b'\\' | b':'));
    if part.is_empty() {
        Some("a part of the path is empty")
    } else if part == b"." || part == b".." {
        Some("the path leads out of its folder")
    } else if part.iter().any(separator) {
        Some("a part of the path holds a separator")
    } else if is_dot_git(part) {
        Some("the path lies in .git")
    } else {
        None
    }
}

/// Why some part of `path` is refused.
pub(super) fn refused_path(path: &[u8]) -> Option<&'static str> {
    path.split(|byte| *byte == b'/').find_map(refused)
}

/// A path as it can be shown: bytes that are not UTF-8 as `\xNN`, what would move a cursor as `\u{…}`.
pub(super) fn printable(path: &[u8]) -> String {
    let mut shown = String::with_capacity(path.len());
    for chunk in path.utf8_chunks() {
        shown.push_str(&text::escape(chunk.valid()));
        for byte in chunk.invalid() {
            shown.push_str(&format!("\\x{byte:02x}"));
        }
    }
    shown
}

/// Whether a file system may take `part` for `.git`: in any case, with characters that HFS+ does not see, with the
/// endings that NTFS drops, or as its short name (git's `core.protectHFS` and `core.protectNTFS`).
fn is_dot_git(part: &[u8]) -> bool {
    let visible: String = String::from_utf8_lossy(part).chars().filter(|c| !is_unseen(*c)).collect();
    let stem = visible.split(':').next().unwrap_or_default().trim_end_matches([' ', '.']);
    stem.eq_ignore_ascii_case(".git") || stem.eq_ignore_ascii_case("git~1")
}

/// The characters HFS+ ignores in names, from git's `utf8.c`.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_every_spelling_of_the_git_folder() {
        for name in [".git", ".GIT", ".git ", ".git.", ".g\u{200c}it", "git~1", ".git::$INDEX_ALLOCATION"] {
            assert_eq!(refused(name.as_bytes()), Some("the path lies in .git"), "{name:?}");
        }
        for name in [".gitignore", ".github", "git", "a..b", "...", ".git-blame-ignore-revs"] {
            assert_eq!(refused(name.as_bytes()), None, "{name:?}");
        }
    }

    #[test]
    fn refuses_what_leads_out() {
        for path in ["../a", "a/../b", "/a", "a//b", "./a", "a/", ""] {
            assert!(refused_path(path.as_bytes()).is_some(), "{path:?}");
        }
        assert_eq!(refused_path(b"docs/a..b/c.md"), None);
    }

    #[test]
    fn shows_what_is_not_text() {
        assert_eq!(printable(b"caf\xe9\x1b.md"), "caf\\xe9\\u{1b}.md");
    }
}
