//! What documents cover: `[[drift.cover]]`, for those that do not say so in their front matter. Whether they kept up with
//! it is for others to find out.

use globset::{GlobSet, GlobSetBuilder};
use serde_json::Value as Json;

use super::layers::Settings;
use super::{Mistake, glob, within};
use crate::text::{RepoPath, Span};

/// A document and what it covers.
#[derive(Debug, Clone)]
pub struct Cover {
    /// The document.
    pub document: RepoPath,
    /// The globs of what it covers, as written.
    pub covers: Vec<String>,
    /// Why.
    pub because: Option<String>,
    /// The bytes of the entry.
    pub span: Span,
}

/// Globs of files, each for files, or for a folder with everything in it.
#[derive(Debug, Clone, Default)]
pub struct Globs {
    set: GlobSet,
    /// The globs that are none, each with what is wrong with it.
    pub wrong: Vec<(String, String)>,
}

impl Globs {
    /// The globs `patterns` of a project in the folder `root`.
    #[must_use]
    pub fn new<'p>(root: &str, patterns: impl IntoIterator<Item = &'p str>) -> Self {
        let mut globs = Self::default();
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            let folder = pattern.trim_end_matches('/');
            match (glob(root, folder), glob(root, &format!("{folder}/**"))) {
                (Ok(own), Ok(inside)) => {
                    set.add(own).add(inside);
                }
                (Err(why), _) | (_, Err(why)) => globs.wrong.push((pattern.to_owned(), why)),
            }
        }
        globs.set = set.build().unwrap_or_default();
        globs
    }

    /// Whether the file at `path` is meant.
    #[must_use]
    pub fn is_match(&self, path: &str) -> bool {
        self.set.is_match(path)
    }
}

/// The list `[[drift.cover]]`. One without a document is left out; the schema says so.
pub(super) fn covers(settings: &Settings, root: &str, mistakes: &mut Vec<Mistake>) -> Vec<Cover> {
    let mut all = Vec::new();
    for (at, (entry, span)) in settings.list("/drift/cover").enumerate() {
        let text = |name: &str| entry.get(name).and_then(Json::as_str).map(str::to_owned);
        let Some(document) = text("document") else { continue };
        let covers: Vec<String> = match entry.get("covers") {
            Some(Json::Array(items)) => items.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
            other => other.and_then(Json::as_str).map(str::to_owned).into_iter().collect(),
        };
        let globs = Globs::new(root, covers.iter().map(String::as_str));
        for (_, why) in globs.wrong {
            mistakes.push(Mistake::new(span, format!("/drift/cover/{at}/covers"), why));
        }
        let document = RepoPath::new(&within(root, &document));
        all.push(Cover { document, covers, because: text("because"), span });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn a_document_covers_files_and_folders_of_its_project() {
        let source = "[[drift.cover]]\ndocument = \"docs/api.md\"\ncovers = [\"src/api\", \"*.toml\"]\n\
                      because = \"the handbook\"\n[[drift.cover]]\ndocument = \"a.md\"\ncovers = [\"src/[a\"]\n";
        let config = Config::read(None, "shop", source);
        let [one, _] = &config.covers[..] else { panic!("{:?}", config.covers) };
        assert_eq!(one.document.as_str(), "shop/docs/api.md");
        assert_eq!(one.because.as_deref(), Some("the handbook"));
        let globs = Globs::new("shop", one.covers.iter().map(String::as_str));
        for (path, expect) in [
            ("shop/src/api/a/b.rs", true),
            ("shop/src/api", true),
            ("shop/Cargo.toml", true),
            ("shop/src/apis/b.rs", false),
            ("src/api/b.rs", false),
            ("shop/x/Cargo.toml", false),
        ] {
            assert_eq!(globs.is_match(path), expect, "{path}");
        }
        assert_eq!(config.mistakes.len(), 1, "{:?}", config.mistakes);
        assert_eq!(config.mistakes[0].pointer, "/drift/cover/1/covers");
    }
}
