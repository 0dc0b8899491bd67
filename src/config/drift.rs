//! How long documents must stay true, by where they are: the `[drift]` table.
//!
//! What a collection or a document itself says of this goes before what its path says; that is for those to ask who
//! know both.

use globset::{GlobSet, GlobSetBuilder};

use super::layers::{Origin, Settings};
use super::{Class, Mistake, glob};

/// The classes of documents by their paths.
#[derive(Debug, Clone, Default)]
pub struct Drift {
    /// Patterns and what they make of a document, the first that matches counts.
    classes: Vec<(GlobSet, Class)>,
}

impl Drift {
    /// How long the document at `path` must stay true.
    #[must_use]
    pub fn class_of(&self, path: &str) -> Class {
        let found = self.classes.iter().find(|(files, _)| files.is_match(path));
        found.map_or(Class::Living, |(_, class)| *class)
    }
}

/// The names of the lists, in the order in which they are asked.
const LISTS: [(&str, Class); 3] =
    [("living", Class::Living), ("record", Class::Record), ("plan", Class::Plan)];

/// The table `[drift]`: the lists of the file come first, those in `built_in` stand behind them.
pub(super) fn drift(
    settings: &Settings,
    built_in: &Settings,
    root: &str,
    mistakes: &mut Vec<Mistake>,
) -> Drift {
    let mut drift = Drift::default();
    for (layer, is_own) in [(settings, true), (built_in, false)] {
        for (name, class) in LISTS {
            let pointer = format!("/drift/{name}");
            let is_here = |origin: Origin| (origin == Origin::File) == is_own;
            if !layer.get(&pointer).is_some_and(|setting| is_here(setting.origin)) {
                continue;
            }
            let mut files = GlobSetBuilder::new();
            for (pattern, span) in layer.texts(&pointer) {
                match glob(root, pattern) {
                    Ok(glob) => {
                        files.add(glob);
                    }
                    Err(message) => mistakes.push(Mistake::new(span, &*pointer, message)),
                }
            }
            drift.classes.push((files.build().unwrap_or_default(), class));
        }
    }
    drift
}

#[cfg(test)]
mod tests {
    use crate::config::{Class, Config};

    #[test]
    fn a_path_says_how_long_its_document_must_stay_true() {
        let config = Config::built_in();
        for (class, paths) in [
            (
                Class::Living,
                &[
                    "README.md",
                    "docs/guide.md",
                    "docs/2026/guide.md",
                    "docs/runbooks/restore.md",
                    "CONTRIBUTING.md",
                    "docs/history-of-a-request.md",
                    "src/testing/README.md",
                    "RELEASE.md",
                    "docs/releasing.md",
                    "src/sessions/README.md",
                    "docs/v2/guide.md",
                    "docs/migrating-to-v2.md",
                    "docs/writing-templates.md",
                    "docs/archive-format.md",
                    "src/archiver/README.md",
                ][..],
            ),
            (
                Class::Record,
                &[
                    "CHANGELOG.md",
                    "packages/x/CHANGELOG-2.x.md",
                    "docs/release-notes/1.2.md",
                    "RELEASE_NOTES.md",
                    "HISTORY.md",
                    "NEWS.md",
                    "website/blog/hello.md",
                    "docs/2026-01-02-outage.md",
                    "notes/20260102_sync.md",
                    "log/2026-01-02/index.md",
                    "meetings/a.md",
                    "docs/adr/0001-x.md",
                    "docs/archive/x.md",
                    "legacy/README.md",
                    "ops/postmortems/x.md",
                    ".changeset/brave-cats.md",
                    "tests/fixtures/a/README.md",
                    "pkg/testdata/a.md",
                    "src/__tests__/a.md",
                    "test/data/a.md",
                    "vendor/x/README.md",
                    "lib/pump-1.34.6/INSTALL.md",
                    "docs-template/README.md",
                    "skills/fuzzing/journal.md",
                    "docs/ISSUE_TEMPLATE.md",
                    "docs/runbook-template.md",
                    "docs/design-template-long.md",
                    "docs/v1.2/install.md",
                    "docs/queue-design-v1.2.md",
                    "docs/queue_v0.9-beta.md",
                    ".attic/x.md",
                    "docs-archive/x.md",
                    "docs/archived docs/x.md",
                    "archive-2019/x.md",
                    "web/node_modules/x/README.md",
                ],
            ),
            (
                Class::Plan,
                &[
                    "ROADMAP.md",
                    "docs/TODO.md",
                    "docs/proposals/x.md",
                    "rfcs/0001-x.md",
                    "keps/a/README.md",
                    "docs/plans/x.md",
                    "PLAN.md",
                    "docs/queue-rewrite-plan.md",
                    "hints_tracking.md",
                    "docs/swip/SWIP-10/SWIP.md",
                    "teps/TEP-0075.md",
                    "docs/RFC-QUEUES.md",
                ],
            ),
        ] {
            for path in paths {
                assert_eq!(config.drift.class_of(path), class, "{path}");
            }
        }
    }

    #[test]
    fn the_lists_of_the_file_come_before_those_that_are_built_in() {
        let source = "[drift]\nliving = [\"docs/archive/keep.md\"]\nrecord = [\"log/**\"]\n";
        let config = Config::read(None, "", source);
        assert!(config.mistakes.is_empty(), "{:?}", config.mistakes);
        let class = |path: &str| config.drift.class_of(path);
        assert_eq!(class("docs/archive/keep.md"), Class::Living);
        assert_eq!(class("docs/archive/other.md"), Class::Record);
        assert_eq!((class("log/a.md"), class("ROADMAP.md")), (Class::Record, Class::Plan));
        let wrong = Config::read(None, "", "[drift]\nplan = [\"docs/[a\"]\n");
        assert_eq!(wrong.mistakes[0].pointer, "/drift/plan");
    }
}
