//! Applying the edits that findings carry: byte ranges only, never two on the same bytes, all of a fix or nothing.

use std::collections::BTreeMap;

use super::Session;
use super::secrets::Secrets;
use crate::error::Result;
use crate::finding::Edit;
use crate::repo::{Bytes, unified_diff};
use crate::report::Report;
use crate::text::{RepoPath, Span};

/// What fixes would change.
#[derive(Debug, Default)]
pub struct Fixes {
    /// The files, by path.
    pub files: BTreeMap<RepoPath, FileChange>,
    /// How many findings are mended by it.
    pub applied: usize,
    /// What no diff shows.
    pub(super) secrets: Secrets,
}

/// A file before and after.
#[derive(Debug)]
pub struct FileChange {
    /// The bytes in the snapshot; `None` for a file that there is not yet.
    pub before: Option<Bytes>,
    /// The bytes with the edits.
    pub after: Vec<u8>,
}

impl Session {
    /// The changes that the fixes in `report` make: the safe ones, and with `with_unsafe` the others, too. Of fixes
    /// that touch the same bytes the first is taken; running again brings the next.
    #[must_use]
    pub fn fixes(&self, report: &Report, with_unsafe: bool) -> Fixes {
        let mut edits: BTreeMap<RepoPath, BTreeMap<Span, Edit>> = BTreeMap::new();
        let mut fixes = Fixes::default();
        let offered = report.findings.iter().filter_map(|located| located.finding.fix.as_ref());
        for fix in offered.filter(|fix| fix.safe || with_unsafe) {
            let clashes =
                |edit: &Edit| edits.get(&edit.path).is_some_and(|others| clashes(edit.span, others));
            if !fix.edits.iter().any(clashes) {
                fixes.applied += 1;
                for edit in &fix.edits {
                    edits.entry(edit.path.clone()).or_default().insert(edit.span, edit.clone());
                }
            }
        }
        fixes.files = self.edited(edits);
        for (path, span) in &report.secrets {
            if let Some(bytes) = self.bytes(&self.snapshot, path) {
                fixes.secrets.add(span.slice(&bytes));
            }
        }
        fixes
    }

    /// The files of the snapshot with edits, of which no two of a file clash.
    pub(super) fn edited(
        &self,
        edits: BTreeMap<RepoPath, BTreeMap<Span, Edit>>,
    ) -> BTreeMap<RepoPath, FileChange> {
        let changed = edits.into_iter().filter_map(|(path, edits)| {
            let before = self.bytes(&self.snapshot, &path);
            if before.is_none() && self.is_taken(&path) {
                return None;
            }
            let after = apply(before.as_deref().unwrap_or_default(), edits.into_values());
            Some((path, FileChange { before, after }))
        });
        changed.collect()
    }

    /// Whether something stands at `path`, read or not.
    fn is_taken(&self, path: &RepoPath) -> bool {
        let path = path.as_str();
        self.snapshot.contains(path)
            || self.snapshot.has_folder(path)
            || self.snapshot.unread_at(path).is_some()
    }

    /// Writes the changes into the working tree. Each file must still be as it was checked.
    ///
    /// # Errors
    /// Environment when a file changed meanwhile or cannot be written; files before it are written then.
    pub fn write(&self, fixes: &Fixes) -> Result<()> {
        for (path, change) in &fixes.files {
            self.workspace.write(path, change.before.as_deref(), &change.after)?;
        }
        Ok(())
    }
}

impl FileChange {
    /// The bytes in the snapshot; none for a file that there is not yet.
    #[must_use]
    pub fn before(&self) -> &[u8] {
        self.before.as_deref().unwrap_or_default()
    }
}

impl Fixes {
    /// The changes as one unified diff, without secrets.
    #[must_use]
    pub fn diff(&self) -> String {
        let diffs = self
            .files
            .iter()
            .map(|(path, change)| unified_diff(path.as_str(), change.before(), &change.after));
        let diff: String = diffs.collect();
        self.secrets.without(&diff).unwrap_or(diff)
    }
}

/// Whether an edit of `span` clashes with one of `others`, of which no two clash: only neighbours can. Two edits may
/// start at one place, an insertion there and a change of what follows.
fn clashes(span: Span, others: &BTreeMap<Span, Edit>) -> bool {
    let before = others.range(..=span).rev().take(2);
    let after = others.range(span..).take(2);
    before.chain(after).any(|(other, _)| overlap(span, *other))
}

/// Whether two edits of one file touch the same bytes, or insert at the same place.
fn overlap(a: Span, b: Span) -> bool {
    a == b || (a.start < b.end && b.start < a.end)
}

/// `bytes` with all `edits`, which are sorted and do not overlap.
fn apply(bytes: &[u8], edits: impl Iterator<Item = Edit>) -> Vec<u8> {
    let mut after = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for edit in edits {
        let range = edit.span.range();
        if range.start < at || range.end > bytes.len() {
            continue;
        }
        after.extend_from_slice(&bytes[at..range.start]);
        after.extend_from_slice(edit.text.as_bytes());
        at = range.end;
    }
    after.extend_from_slice(&bytes[at..]);
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: u32, end: u32, text: &str) -> (Span, Edit) {
        let span = Span::new(start, end);
        (span, Edit { path: "a".into(), span, text: text.to_owned() })
    }

    #[test]
    fn edits_touch_only_their_bytes_whatever_their_order() {
        let edits = BTreeMap::from([edit(4, 5, "X"), edit(0, 1, ""), edit(6, 6, "!")]);
        assert_eq!(apply(b"abcdef", edits.into_values()), b"bcdXf!");
    }

    #[test]
    fn edits_on_the_same_bytes_clash_and_neighbours_do_not() {
        let clash = |(span, _): (Span, Edit), others: &[(Span, Edit)]| {
            clashes(span, &others.iter().cloned().collect())
        };
        assert!(clash(edit(1, 3, ""), &[edit(2, 4, "")]));
        assert!(clash(edit(2, 2, "a"), &[edit(2, 2, "b")]));
        assert!(!clash(edit(1, 3, ""), &[edit(3, 4, "")]));
        assert!(clash(edit(5, 9, ""), &[edit(0, 1, ""), edit(2, 6, ""), edit(9, 9, ""), edit(12, 13, "")]));
        assert!(clash(edit(3, 9, ""), &[edit(0, 1, ""), edit(3, 3, ""), edit(3, 4, "")]));
        assert!(!clash(edit(3, 9, ""), &[edit(1, 3, ""), edit(3, 3, ""), edit(9, 9, ""), edit(9, 12, "")]));
    }
}
