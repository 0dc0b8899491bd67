//! Whom a document speaks to, by what it is called and where it lies: readers of another language, readers who build
//! something of their own, and pages that take it in.

/// The two letters of languages that documents are translated into (ISO 639-1), and what people write for them.
const LANGUAGES: [&str; 36] = [
    "ar", "bn", "cs", "da", "de", "el", "es", "fa", "fi", "fr", "he", "hi", "hu", "id", "it", "ja", "ko",
    "nb", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sv", "ta", "th", "tr", "uk", "ur", "vi", "zh", "jp",
    "kr", "cn",
];

/// What lessons are called, word by word.
const LESSONS: [&[&str]; 15] = [
    &["tutorial"],
    &["tutorials"],
    &["quickstart"],
    &["quickstarts"],
    &["quick", "start"],
    &["getting", "started"],
    &["get", "started"],
    &["walkthrough"],
    &["walkthroughs"],
    &["cookbook"],
    &["workshop"],
    &["migrating"],
    &["migration", "guide"],
    &["upgrading"],
    &["upgrade", "guide"],
];

/// Words in names of documents and folders that speak to those who work on the repository.
const INSIDERS: [&str; 39] = [
    "agent",
    "agents",
    "architecture",
    "build",
    "building",
    "ci",
    "claude",
    "clinerules",
    "codebase",
    "coding",
    "conventions",
    "cursor",
    "debugging",
    "dev",
    "devdocs",
    "devel",
    "devguide",
    "engineering",
    "gemini",
    "github",
    "governance",
    "hack",
    "hacking",
    "internal",
    "internals",
    "maintainers",
    "maintaining",
    "makefile",
    "microagents",
    "playbook",
    "playbooks",
    "readme",
    "releasing",
    "runbook",
    "runbooks",
    "skill",
    "style",
    "testing",
    "tests",
];

/// Beginnings of such words.
const INSIDER_STEMS: [&str; 4] = ["contribut", "develop", "releas", "troubleshoot"];

/// Folders of texts that other pages take in.
const PARTS: [&str; 10] = [
    "_includes",
    "_partials",
    "_snippets",
    "fragments",
    "include",
    "includes",
    "partials",
    "reusables",
    "shared-content",
    "snippets",
];

/// Whether a document speaks to those who work on this repository, by its name and place: then a path that it names is one
/// of this repository. Others, such as the pages for users, name as often what readers have in their own.
pub(super) fn is_for_insiders(path: &str) -> bool {
    let path = path.to_lowercase();
    let stem = path.rsplit_once('.').map_or(path.as_str(), |(stem, _)| stem);
    let mut words = stem.split(|c: char| !c.is_alphabetic());
    words.any(|word| INSIDERS.contains(&word) || INSIDER_STEMS.iter().any(|start| word.starts_with(start)))
}

/// Whether a document is one of a numbered series, `0012-queues.md`: a decision or a proposal, true on its day.
pub(super) fn is_numbered(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let rest = name.trim_start_matches(|c: char| c.is_ascii_digit());
    name.len() - rest.len() >= 3 && rest.starts_with(['-', '_'])
}

/// Whether other pages take in the text of a document, by its place: `snippets/prices.md`, `_prices.mdx`. Its links count
/// from those.
pub(super) fn is_part(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_own =
        |stem: &str| ["_index", "_sidebar", "_navbar", "_coverpage", "_footer", "_header"].contains(&stem);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let is_marked = name.starts_with('_') && !name.starts_with("__") && !is_own(&stem.to_lowercase());
    is_marked
        || !stem.eq_ignore_ascii_case("readme") && folders.split('/').any(|folder| PARTS.contains(&folder))
}

/// Whether a document stands in a folder of translations, or its name ends in a language: `ko/`, `pt-BR/`,
/// `README.zh-CN.md`.
pub(super) fn is_translation(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let of_name = name.split('.').rev().nth(1).filter(|_| name.matches('.').count() > 1);
    folders.split('/').any(is_language) || of_name.is_some_and(is_language)
}

/// Whether `name` is that of a language that is translated into, with or without its region.
fn is_language(name: &str) -> bool {
    let (language, region) = name.split_once(['-', '_']).unwrap_or((name, ""));
    let is_region = region.is_empty() || (2..=4).contains(&region.len());
    is_region && LANGUAGES.contains(&language.to_ascii_lowercase().as_str())
}

/// Whether `name` is that of a language, be it the one that is translated from.
pub(super) fn is_any_language(name: &str) -> bool {
    is_language(name)
        || name.split(['-', '_']).next().is_some_and(|language| language.eq_ignore_ascii_case("en"))
}

/// Whether a document deep in a folder of tests is what they read: `tests/format/markdown/case.md`. A README speaks to
/// people wherever it lies.
pub(super) fn is_sample(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut folders = folders.split('/');
    let is_in_tests = folders.any(|folder| matches!(folder, "test" | "tests" | "spec" | "testsuite" | "e2e"));
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_lowercase();
    is_in_tests
        && folders.count() >= 2
        && !matches!(stem.as_str(), "readme" | "contributing" | "testing" | "agents")
}

/// Whether a document teaches to build something, by its place: `tutorial-4.md`, `getting-started/`. The files that it names
/// are as likely those of the reader. What says that it is for contributors speaks of this repository.
pub(super) fn is_lesson(path: &str) -> bool {
    let path = path.to_lowercase();
    let is_named = |part: &str| {
        let words: Vec<&str> =
            part.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
        LESSONS.iter().any(|lesson| words.windows(lesson.len()).any(|some| some == *lesson))
    };
    !path.contains("contribut") && path.split('/').any(is_named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lessons_are_known_by_their_place() {
        for path in [
            "book/src/tutorial-4.md",
            "docs/getting-started/api.md",
            "docs/Quick_Start.md",
            "docs/quickstart.md",
            "MIGRATING.md",
            "docs/v2-migration-guide.md",
        ] {
            assert!(is_lesson(path), "{path}");
        }
        for path in [
            "README.md",
            "docs/contributing/getting-started.md",
            "docs/migrations.md",
            "docs/getting/x/started.md",
            "docs/starting.md",
        ] {
            assert!(!is_lesson(path), "{path}");
        }
    }

    #[test]
    fn documents_for_those_who_work_on_the_repository_are_known_by_their_place() {
        for path in [
            "README.md",
            "pkg/pump/README.md",
            "CONTRIBUTING.md",
            "docs/dev/queue.md",
            "docs/release_process.md",
            ".github/copilot-instructions.md",
            "docs/architecture/queue.md",
            "AGENTS.md",
        ] {
            assert!(is_for_insiders(path), "{path}");
        }
        for path in
            ["docs/install.md", "docs/user-guide/queues.md", "examples/add-test.md", "docs/devices.md"]
        {
            assert!(!is_for_insiders(path), "{path}");
        }
    }

    #[test]
    fn a_numbered_series_is_known_by_its_names() {
        assert!(is_numbered("docs/architecture/024-click.md") && is_numbered("0012_queues.md"));
        for path in ["docs/01-start.md", "docs/2.0.md", "docs/404.md", "docs/a-0012.md"] {
            assert!(!is_numbered(path), "{path}");
        }
    }

    #[test]
    fn samples_of_tests_are_known_by_their_place() {
        for path in ["tests/format/markdown/case.md", "x/test/a/b/SUMMARY.md"] {
            assert!(is_sample(path), "{path}");
        }
        for path in ["tests/a/b/README.md", "test/adding_tests.md", "tests/a/how.md", "docs/a/b/c.md"] {
            assert!(!is_sample(path), "{path}");
        }
    }

    #[test]
    fn parts_of_pages_are_known_by_their_place() {
        for path in ["docs/snippets/prices.md", "docs/_prices.mdx", "content/includes/a/b.md"] {
            assert!(is_part(path), "{path}");
        }
        for path in
            ["docs/_index.md", "docs/snippets/README.md", "snippets.md", "docs/__init__.md", "_sidebar.md"]
        {
            assert!(!is_part(path), "{path}");
        }
    }

    #[test]
    fn translations_are_known_by_their_place() {
        for path in ["docs/ko/x.md", "docs/pt-BR/x.md", "README.zh-CN.md"] {
            assert!(is_translation(path), "{path}");
        }
        for path in ["README.md", "docs/id.md", "docs/notes.old.md", "docs/english/x.md"] {
            assert!(!is_translation(path), "{path}");
        }
    }
}
