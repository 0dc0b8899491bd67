//! Folders that a repository itself names as the home of its decisions: the tools that number decision records keep
//! the folder they write to in a file called `.adr-dir`, one line, relative to the folder where that file stands.
//!
//! The file is read from the snapshot like any other. What is in it may be anything; what is no folder below its own
//! names nothing.

use crate::repo::{Cause, Entry, Snapshot};
use crate::text::RepoPath;

use super::NotRead;

/// The name of the file.
pub(super) const NAME: &str = ".adr-dir";

/// More than any path has.
const LONGEST: u64 = 4096;

/// The folders that the files in `entries` name. Files that name none, and why, go to `unread`.
pub(super) fn named<'a>(
    snapshot: &Snapshot,
    entries: impl Iterator<Item = &'a Entry>,
    unread: &mut Vec<NotRead>,
) -> Vec<String> {
    let mut folders = Vec::new();
    for entry in entries.filter(|entry| is_named_so(&entry.path)) {
        let folder = match snapshot.read(entry, LONGEST) {
            Ok(bytes) => folder(entry.path.parent(), &bytes).map_err(str::to_owned),
            Err(why) if why.cause == Cause::TooLarge => Err("it is no path of a folder".to_owned()),
            Err(why) => Err(why.reason),
        };
        match folder {
            Ok(folder) => folders.push(folder),
            Err(reason) => {
                let path = crate::text::escape(entry.path.as_str()).into_owned();
                unread.push(NotRead { path, reason, is_loss: false });
            }
        }
    }
    folders
}

/// Whether a file at `path` names a folder.
pub(super) fn is_named_so(path: &RepoPath) -> bool {
    path.file_name() == NAME
}

/// The folder that `bytes` name, which stand in a file of the folder `base`.
fn folder(base: &str, bytes: &[u8]) -> Result<String, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8")?;
    let line = text.strip_prefix('\u{feff}').unwrap_or(text).trim();
    if line.contains(char::is_control) {
        return Err("it is not one line");
    }
    let parts: Vec<&str> = line.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if line.starts_with('/') || parts.is_empty() || parts.contains(&"..") {
        return Err("it names no folder below its own");
    }
    let below = parts.join("/");
    Ok(if base.is_empty() { below } else { format!("{base}/{below}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_a_folder_below_its_own() {
        for (base, text, expect) in [
            ("", "adr\n", Ok("adr")),
            ("", "doc/choices", Ok("doc/choices")),
            ("", "\u{feff}./doc//choices/ \r\n", Ok("doc/choices")),
            ("web", "choices\n", Ok("web/choices")),
            ("", "our choices\n", Ok("our choices")),
            ("", "..choices\n", Ok("..choices")),
            ("", "", Err("it names no folder below its own")),
            ("web", ".\n", Err("it names no folder below its own")),
            ("", "/etc", Err("it names no folder below its own")),
            ("web", "../choices", Err("it names no folder below its own")),
            ("", "a/../..", Err("it names no folder below its own")),
            ("", "a\nb\n", Err("it is not one line")),
            ("", "a\0b", Err("it is not one line")),
        ] {
            assert_eq!(folder(base, text.as_bytes()), expect.map(str::to_owned), "{text:?}");
        }
        assert_eq!(folder("", b"\xff"), Err("it is not UTF-8"));
    }
}
