//! Documents that a repository has to have: `[[required]]`. Whether they are there is for a rule to say.

use globset::GlobMatcher;
use serde_json::Value as Json;

use super::layers::Settings;
use super::{Mistake, glob, within};
use crate::text::{RepoPath, Span};

/// A document that has to be there.
#[derive(Debug, Clone)]
pub struct Required {
    /// Where, as written, from the top of the repository.
    pub pattern: String,
    /// The files that will do.
    pub files: GlobMatcher,
    /// The one place that is meant; `None` where the pattern leaves a choice.
    pub path: Option<RepoPath>,
    /// What it is called.
    pub title: Option<String>,
    /// What it is divided into.
    pub sections: Vec<String>,
    /// Why it has to be there.
    pub because: Option<String>,
    /// The bytes of the entry.
    pub span: Span,
}

/// The list `[[required]]`. One without a path is left out; the schema says so.
pub(super) fn required(settings: &Settings, root: &str, mistakes: &mut Vec<Mistake>) -> Vec<Required> {
    let mut all = Vec::new();
    for (at, (entry, span)) in settings.list("/required").enumerate() {
        let text = |name: &str| entry.get(name).and_then(Json::as_str).map(str::to_owned);
        let Some(path) = text("path") else { continue };
        let files = match glob(root, &path) {
            Ok(glob) => glob.compile_matcher(),
            Err(message) => {
                mistakes.push(Mistake::new(span, format!("/required/{at}/path"), message));
                continue;
            }
        };
        let pattern = within(root, &path);
        let sections = match entry.get("sections") {
            Some(Json::Array(items)) => items.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
            other => other.and_then(Json::as_str).map(str::to_owned).into_iter().collect(),
        };
        let is_plain = !path.contains(['*', '?', '[', ']', '{', '}', '\\', '!']);
        all.push(Required {
            path: is_plain.then(|| RepoPath::new(&pattern)),
            title: text("title"),
            because: text("because"),
            pattern,
            files,
            sections,
            span,
        });
    }
    all
}

impl Required {
    /// The document that is made where there is none: its title, and its sections with nothing in them.
    #[must_use]
    pub fn scaffold(&self) -> String {
        let title = self.title.clone().unwrap_or_else(|| title_of(&self.pattern));
        let sections = self.sections.iter().map(|section| format!("\n## {section}\n"));
        format!("# {title}\n{}", sections.collect::<String>())
    }
}

/// A title out of the name of a file: `docs/HANDOFF_CHECKLIST.md` is a "Handoff checklist".
fn title_of(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let words = stem.replace(['-', '_'], " ").to_lowercase();
    let mut letters = words.trim().chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn a_document_is_required_at_a_place_or_at_one_of_several() {
        let source = "[[required]]\npath = \"docs/HANDOFF_CHECKLIST.md\"\nsections = [\"Access\", \"Open work\"]\n\
                      [[required]]\npath = \"docs/*.runbook.md\"\ntitle = \"Runbook\"\nbecause = \"on call\"\n";
        let config = Config::read(None, "shop", source);
        assert!(config.mistakes.is_empty(), "{:?}", config.mistakes);
        let [one, other] = &config.required[..] else { panic!("{:?}", config.required) };
        assert_eq!(one.path.as_ref().map(|path| path.as_str()), Some("shop/docs/HANDOFF_CHECKLIST.md"));
        assert_eq!(one.scaffold(), "# Handoff checklist\n\n## Access\n\n## Open work\n");
        assert_eq!((other.path.as_ref(), &*other.scaffold()), (None, "# Runbook\n"));
        assert!(other.files.is_match("shop/docs/a.runbook.md") && !other.files.is_match("docs/a.runbook.md"));
        let wrong = Config::read(None, "", "[[required]]\npath = \"docs/[a\"\n");
        assert_eq!(wrong.mistakes[0].pointer, "/required/0/path");
    }
}
