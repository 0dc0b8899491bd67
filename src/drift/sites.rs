//! How the generators of websites find what a link names, where the repository alone has nothing at its path.
//!
//! A generator shows a page at another place than its file: in a folder of its own, below a folder that is mounted,
//! once for each language, and at addresses that it once had. So a link is looked for from all the places where its
//! document may be shown. This module knows conventions and the configuration of Hugo; it runs no generator, and does
//! not know what scripts fetch.

use std::collections::HashSet;
use std::sync::OnceLock;

use super::readers::is_any_language;
use crate::extract::references::{Reference, ReferenceKind, candidates};
use crate::read::tape::{Tape, Value};
use crate::read::{toml, yaml};
use crate::repo::{Entry, Snapshot};
use crate::text::{RepoPath, Span, joined};

/// What the configuration of a Docusaurus site is called.
const DOCUSAURUS: [&str; 3] = ["docusaurus.config.js", "docusaurus.config.ts", "docusaurus.config.mjs"];

/// What the configuration of generators in JavaScript is called, without extension, in the folder that holds their
/// static files, and whether they take what is linked from where its document lies.
const GENERATORS: [(&str, bool); 10] = [
    ("_config", false),
    ("astro.config", false),
    ("docusaurus.config", true),
    ("eleventy.config", false),
    ("gatsby-config", false),
    ("next.config", false),
    ("nuxt.config", false),
    ("sidebars", true),
    ("svelte.config", false),
    ("vite.config", false),
];

/// What makes pages of the documents beside and below it, and whether that takes what is linked from where its document
/// lies, as mdBook and MkDocs do.
const MARKS: [(&str, bool); 16] = [
    (".eleventy.js", false),
    ("SUMMARY.md", true),
    ("_config.yaml", false),
    ("_config.yml", false),
    ("_quarto.yml", false),
    ("_sidebar.md", false),
    ("antora.yml", false),
    ("book.toml", true),
    ("conf.py", true),
    ("config.rb", false),
    ("docfx.json", true),
    ("docs.json", false),
    ("mint.json", false),
    ("mkdocs.yaml", true),
    ("mkdocs.yml", true),
    ("zensical.toml", true),
];

/// Where a page's front matter says at which other addresses it is shown.
const ALIASES: [&str; 8] =
    ["alias", "aliases", "oldUrl", "permalink", "redirect_from", "redirects", "slug", "url"];

/// Folders of sites whose documents lie beside them.
const BESIDE: [&str; 6] = ["website", "site", "www", "web", "docs-site", "docusaurus"];

/// Folders whose files a site has at its top.
const STATIC: [&str; 4] = ["static", "public", ".vuepress/public", ".vitepress/public"];

/// Languages of which a page may say that it is written for: `install-python.md`.
const PROGRAMMING: [&str; 14] = [
    "csharp", "dotnet", "go", "java", "js", "kotlin", "node", "php", "py", "python", "ruby", "rust", "swift",
    "ts",
];

/// Files of configuration larger than this are not read, in bytes.
const LARGEST: u64 = 1 << 20;

/// The sites that are made of a snapshot.
pub(super) struct Sites<'a> {
    snapshot: &'a Snapshot,
    mounts: OnceLock<Vec<Mount>>,
    roots: OnceLock<Vec<Root<'a>>>,
    aliases: OnceLock<HashSet<String>>,
}

/// A folder that a site is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Root<'a> {
    folder: &'a str,
    /// Whether all that makes pages there takes files from where a link leads in the repository.
    is_literal: bool,
    /// Whether all that makes pages there is configured by a `_config.yml`, as Jekyll is.
    is_jekyll: bool,
}

/// A folder that Hugo shows as if it were another: `[[module.mounts]]`.
struct Mount {
    source: String,
    target: String,
}

impl<'a> Sites<'a> {
    pub(super) fn new(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, mounts: OnceLock::new(), roots: OnceLock::new(), aliases: OnceLock::new() }
    }

    /// Whether a site may show something where `reference`, a link of `document`, leads.
    pub(super) fn show(&self, document: &RepoPath, reference: &Reference) -> bool {
        reference.kind.is_link()
            && !reference.path.is_empty()
            && (self.is_asset(document, reference)
                || self.is_in_another_language(document, reference)
                || self.is_alias(&reference.path)
                || self.is_variant(document, reference)
                || self.places(document, reference).iter().any(|place| self.leads(place, reference)))
    }

    /// Whether `reference` leads to something from a document that is shown at `place`.
    fn leads(&self, place: &str, reference: &Reference) -> bool {
        let stands = |path: &str| {
            let mounted = self.mounts().iter().filter_map(|mount| within(path, &mount.target, &mount.source));
            self.snapshot.has(path) || mounted.into_iter().any(|path| self.snapshot.has(&path))
        };
        candidates(&RepoPath::new(place), reference).iter().any(|candidate| stands(candidate.path.as_str()))
    }

    /// The places other than its own at which `document` is shown, or from which its links are looked for.
    fn places(&self, document: &RepoPath, reference: &Reference) -> Vec<String> {
        let own = document.as_str();
        let mounts = self.mounts().iter();
        let mut places: Vec<String> =
            mounts.filter_map(|mount| within(own, &mount.source, &mount.target)).collect();
        // What is mounted elsewhere may lead to what is mounted beside the document.
        if !self.mounts().is_empty() {
            places.push(own.to_owned());
        }
        if self.hold(own) && !self.names_pages_by_file(own) {
            places.extend(own_folder(own, reference));
        }
        // A folder in brackets is no part of an address.
        if own.contains("/(") {
            let parts = own.split('/').filter(|part| !(part.starts_with('(') && part.ends_with(')')));
            let address = parts.collect::<Vec<_>>().join("/");
            places.extend([address.replace(".mdx", "/index.mdx"), address]);
        }
        if !reference.path.starts_with(['.', '/'])
            && let Some(site) = self.docusaurus(own)
        {
            let below = own[site.len()..].trim_start_matches('/');
            let documents = below.split_once('/').map_or("", |(first, _)| first);
            places.extend(
                ["", documents].iter().filter_map(|folder| joined(site, &format!("{folder}/index.md"))),
            );
        }
        places
    }

    /// The folder of the Docusaurus site that the document at `own` belongs to, or which holds that site beside it. It
    /// looks for the path of a page also from the folder that the site is made of, and from its documents.
    fn docusaurus<'p>(&self, own: &'p str) -> Option<&'p str> {
        let is_site = |folder: &&str| {
            let beside = BESIDE.iter().filter_map(|name| joined(folder, name));
            [(*folder).to_owned()].into_iter().chain(beside).any(|folder| {
                DOCUSAURUS
                    .iter()
                    .any(|name| joined(&folder, name).is_some_and(|path| self.snapshot.contains(&path)))
            })
        };
        above(own).find(is_site)
    }

    /// Whether `document` is a page of a website: something makes pages of the documents around it.
    pub(super) fn hold(&self, document: &str) -> bool {
        self.around(document).next().is_some()
    }

    /// Whether `reference` leads to something from a folder that is called like `document`: a site of another repository
    /// may show it there.
    pub(super) fn lead_from_own_folder(&self, document: &RepoPath, reference: &Reference) -> bool {
        !self.hold(document.as_str())
            && own_folder(document.as_str(), reference).is_some_and(|place| self.leads(&place, reference))
    }

    /// Whether the innermost site around the document at `own` is one of Jekyll that addresses this page as its file is
    /// called: neither the page nor anything in the configuration has a `permalink` that ends with a slash.
    fn names_pages_by_file(&self, own: &str) -> bool {
        let Some(root) = self.around(own).next().filter(|root| root.is_jekyll) else { return false };
        let of_page = self.snapshot.entry(own).and_then(|entry| self.text(entry));
        let of_page = of_page.as_deref().and_then(front_matter).and_then(has_folders);
        let of_site = || {
            let names = ["_config.yml", "_config.yaml"].iter().filter_map(|name| joined(root.folder, name));
            let texts = names.filter_map(|path| self.text(self.snapshot.entry(&path)?));
            texts.filter_map(|text| has_folders(&text)).any(|has_folders| has_folders)
        };
        !of_page.unwrap_or_else(of_site)
    }

    /// Whether a site, whose page `document` is, may find what `reference` names in a way of its own. It does not where its
    /// generator takes files from where the document lies, nor where it led, to `path`, outside the site's folder.
    pub(super) fn remake(&self, document: &RepoPath, reference: &Reference, path: &RepoPath) -> bool {
        let is_absolute = reference.path.starts_with('/');
        let is_file = !is_absolute && !reference.may_be_page() && reference.kind != ReferenceKind::Html;
        let is_inside = |root: &Root| path.is_within(root.folder);
        self.around(document.as_str())
            .any(|root| !(is_file && root.is_literal) && (is_absolute || is_inside(&root)))
    }

    /// The folders of sites that `document` is in, the innermost first. Documents that lie beside a site are in a folder of
    /// their own.
    fn around<'d>(&self, document: &'d str) -> impl Iterator<Item = Root<'d>> {
        let known = |folder: &str| {
            let root = self.roots().binary_search_by_key(&folder, |root| root.folder).ok();
            root.map(|at| self.roots()[at])
        };
        let mut inner = document;
        above(document).filter_map(move |folder| {
            let start = if folder.is_empty() { 0 } else { folder.len() + 1 };
            let name = inner[start..].split('/').next().unwrap_or_default();
            let beside = || {
                let is_documents = matches!(name, "docs" | "doc" | "content" | "blog");
                let mut sites = BESIDE.iter().filter_map(|site| joined(folder, site));
                is_documents
                    .then(|| sites.find_map(|site| known(&site).map(|root| Root { folder: "", ..root })))?
            };
            let own = known(folder).map(|root| Root { folder, ..root });
            let found = own.or_else(|| Some(Root { folder: &document[..start + name.len()], ..beside()? }));
            inner = folder;
            found
        })
    }

    /// Whether the link is to a file that a site takes from a folder of its own: that of a theme, or one for what it
    /// shows unchanged.
    fn is_asset(&self, document: &RepoPath, reference: &Reference) -> bool {
        let path = reference.path.as_str();
        let mut rest = path;
        while let Some(shorter) = ["./", "../", "/"].iter().find_map(|start| rest.strip_prefix(start)) {
            rest = shorter;
        }
        if reference.may_be_route() && !path.starts_with('/') || !rest.contains('/') || rest.ends_with(".md")
        {
            return false;
        }
        let holds = |folder: &str| {
            STATIC.iter().any(|name| {
                let path = joined(folder, &format!("{name}/{rest}"));
                path.is_some_and(|path| self.snapshot.contains(&path))
            })
        };
        // From the top, a link may count from that of a site which lies beside the document.
        let roots = if path.starts_with('/') { self.roots() } else { &[] };
        let roots = roots.iter().map(|root| root.folder);
        let is_held = |folder: &str| {
            let themes = joined(folder, "themes").unwrap_or_default();
            holds(folder) || self.folders(&themes).iter().any(|theme| holds(theme))
        };
        above(document.as_str()).chain(roots).any(is_held)
    }

    /// Whether the link is to a picture or the like that stands in the folder of another language, which lends its own
    /// where a translation has none.
    fn is_in_another_language(&self, document: &RepoPath, reference: &Reference) -> bool {
        let Some(path) = joined(document.parent(), &reference.path) else { return false };
        if reference.may_be_route() || path.ends_with(".md") || path.ends_with(".mdx") {
            return false;
        }
        let mut parts =
            path.match_indices('/').map(|(end, _)| (path[..end].rfind('/').map_or(0, |at| at + 1), end));
        let Some((start, end)) = parts.find(|&(start, end)| is_any_language(&path[start..end])) else {
            return false;
        };
        let beside = self.folders(path[..start].trim_end_matches('/'));
        beside.iter().any(|folder| {
            let name = folder.rsplit('/').next().unwrap_or_default();
            is_any_language(name) && self.snapshot.contains(&format!("{folder}{}", &path[end..]))
        })
    }

    /// Whether a page says that it is shown at the address `path`.
    fn is_alias(&self, path: &str) -> bool {
        let is_address = path.starts_with('/') && !path.ends_with(".md");
        is_address && self.aliases().contains(path.trim_matches('/'))
    }

    /// The folders in `folder`.
    fn folders(&self, folder: &str) -> Vec<String> {
        let inside = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let entries = self.snapshot.entries();
        let first = entries.partition_point(|entry| entry.path.as_str() < inside.as_str());
        let rest = entries[first..].iter().map_while(|entry| entry.path.as_str().strip_prefix(&inside));
        let mut folders: Vec<String> =
            rest.filter_map(|rest| Some(format!("{inside}{}", rest.split_once('/')?.0))).collect();
        folders.dedup();
        folders
    }

    /// Whether the page that is linked is there for a language: for that of its document, which is shown beside it
    /// (`a.zh.md` leads to `b.md` and means `b.zh.md`), or for one of programming, of which the reader chooses.
    fn is_variant(&self, document: &RepoPath, reference: &Reference) -> bool {
        let Some(path) = joined(document.parent(), &reference.path) else { return false };
        let Some((page, ending)) =
            path.rsplit_once('.').filter(|(_, ending)| matches!(*ending, "md" | "mdx"))
        else {
            return false;
        };
        let is_there = |language: &str| self.snapshot.contains(&format!("{page}{language}.{ending}"));
        let own = document.as_str();
        let stem = own.rsplit_once('.').map_or(own, |(stem, _)| stem);
        let language = stem.rfind(['.', '-', '_']).map(|at| &stem[at..]).unwrap_or_default();
        is_any_language(language.trim_start_matches(['.', '-', '_'])) && is_there(language)
            || PROGRAMMING.iter().any(|language| is_there(&format!("-{language}")))
    }

    /// The folders that sites are made of.
    fn roots(&self) -> &[Root<'a>] {
        self.roots.get_or_init(|| {
            let paths = self.snapshot.entries().iter().map(|entry| entry.path.as_str());
            let hugo = |path| Some(Root { folder: self.hugo(path)?, is_literal: false, is_jekyll: false });
            let mut roots: Vec<Root> =
                paths.filter_map(|path| generated(path).or_else(|| hugo(path))).collect();
            roots.sort_unstable();
            // What is said of a folder holds for all generators there.
            roots.dedup_by(|other, root| {
                let is_same = other.folder == root.folder;
                if is_same {
                    root.is_literal &= other.is_literal;
                    root.is_jekyll &= other.is_jekyll;
                }
                is_same
            });
            roots
        })
    }

    /// The folder of the Hugo site that the file at `path` configures: many a program is configured by such a file, but
    /// only a site has content beside it.
    fn hugo<'p>(&self, path: &'p str) -> Option<&'p str> {
        let is_site =
            |site: &&str| joined(site, "content").is_some_and(|folder| self.snapshot.has_folder(&folder));
        hugo(path).filter(is_site)
    }

    /// The other addresses of all pages, without slashes at their ends.
    fn aliases(&self) -> &HashSet<String> {
        self.aliases.get_or_init(|| {
            let is_page = |entry: &&Entry| {
                entry.path.as_str().ends_with(".md") || entry.path.as_str().ends_with(".mdx")
            };
            self.snapshot.entries().iter().filter(is_page).flat_map(|entry| self.aliases_of(entry)).collect()
        })
    }

    fn aliases_of(&self, entry: &Entry) -> Vec<String> {
        let text = self.text(entry).unwrap_or_default();
        // Most pages have none, and a look at the words is quicker than to read them.
        let Some(front) = front_matter(&text).filter(|front| ALIASES.iter().any(|name| front.contains(name)))
        else {
            return Vec::new();
        };
        let mut tape = Tape::new();
        let _ = yaml::read(front, Span::of(0, front.len()), &mut tape);
        let root = tape.root(front);
        let named = ALIASES.iter().filter_map(|name| root.and_then(|root| root.get(name)));
        let listed = named.flat_map(|value| {
            value.as_str().into_iter().chain(value.items().filter_map(|item| item.as_str()))
        });
        listed.map(|address| address.trim_matches('/').to_owned()).collect()
    }

    fn mounts(&self) -> &[Mount] {
        self.mounts.get_or_init(|| {
            let entries = self.snapshot.entries().iter();
            entries
                .filter_map(|entry| Some((entry, hugo(entry.path.as_str())?)))
                .flat_map(|(entry, site)| self.read(entry, site))
                .collect()
        })
    }

    fn text(&self, entry: &Entry) -> Option<String> {
        String::from_utf8(self.snapshot.read(entry, LARGEST).ok()?.into()).ok()
    }

    /// The mounts in the configuration `entry` of the site in the folder `site`.
    fn read(&self, entry: &Entry, site: &str) -> Vec<Mount> {
        let Some(text) = self.text(entry) else { return Vec::new() };
        let mut tape = Tape::new();
        let whole = Span::of(0, text.len());
        match entry.path.as_str().ends_with(".toml") {
            true => toml::read(&text, whole, &mut tape),
            false => yaml::read(&text, whole, &mut tape),
        };
        let Some(root) = tape.root(&text) else { return Vec::new() };
        let listed = root.pointer("/module/mounts").or_else(|| root.pointer("/mounts"));
        let mounts = listed.into_iter().flat_map(|list| list.items());
        let folder = |text: &str| joined(site, text);
        mounts
            .filter_map(|mount| {
                let named = |name: &str| folder(mount.get(name)?.as_str()?);
                Some(Mount { source: named("source")?, target: named("target")? })
            })
            .filter(|mount| mount.source != mount.target)
            .collect()
    }
}

/// The folder of the site that the file at `path` configures, if that is how another generator than Hugo calls it.
fn generated(path: &str) -> Option<Root<'_>> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, ending) = name.rsplit_once('.')?;
    let is_script = matches!(ending, "js" | "mjs" | "cjs" | "ts" | "mts" | "json");
    for hidden in [".vitepress", ".vuepress"] {
        if stem == "config" && folder.ends_with(hidden) {
            let folder = folder[..folder.len() - hidden.len()].trim_end_matches('/');
            return Some(Root { folder, is_literal: true, is_jekyll: false });
        }
    }
    let script = GENERATORS.iter().find(|(name, _)| is_script && *name == stem);
    let (_, is_literal) = script.or_else(|| MARKS.iter().find(|(mark, _)| *mark == name))?;
    Some(Root { folder, is_literal: *is_literal, is_jekyll: stem == "_config" && !is_script })
}

/// The folder of the site that the file at `path` configures, if that is how Hugo calls it.
fn hugo(path: &str) -> Option<&str> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, ending) = name.rsplit_once('.')?;
    if !matches!(ending, "toml" | "yaml" | "yml") {
        return None;
    }
    match stem {
        "hugo" | "config" if !folder.ends_with("config/_default") => Some(folder),
        "hugo" | "config" | "module" => {
            let site = folder.strip_suffix("config/_default")?;
            Some(site.strip_suffix('/').unwrap_or(site))
        }
        _ => None,
    }
}

/// The page in a folder of its own that is made of the document at `own`: links that name no file of its kind count from
/// in there.
fn own_folder(own: &str, reference: &Reference) -> Option<String> {
    let (page, ending) = own.rsplit_once('.').unwrap_or((own, ""));
    let is_counted = !reference.path.ends_with(&format!(".{ending}")) && !reference.path.starts_with('/');
    is_counted.then(|| format!("{page}/index.{ending}"))
}

/// The front matter of a page, without its fences.
fn front_matter(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("---\n")?;
    Some(&rest[..rest.find("\n---")?])
}

/// Whether a `permalink`, at any depth of the YAML in `text`, gives pages folders of their own; `None` without one.
fn has_folders(text: &str) -> Option<bool> {
    fn look(value: Value<'_>, found: &mut Option<bool>) {
        for (name, value) in value.members() {
            match value.as_str().filter(|_| name.as_str() == Some("permalink")) {
                Some(link) => *found = Some(*found == Some(true) || link == "pretty" || link.ends_with('/')),
                None => look(value, found),
            }
        }
        value.items().for_each(|item| look(item, found));
    }
    let (mut tape, mut found) = (Tape::new(), None);
    let _ = yaml::read(text, Span::of(0, text.len()), &mut tape);
    look(tape.root(text)?, &mut found);
    found
}

/// `path`, which is in the folder `from`, as if that were the folder `to`.
fn within(path: &str, from: &str, to: &str) -> Option<String> {
    let rest = path.strip_prefix(from)?;
    (from.is_empty() || rest.is_empty() || rest.starts_with('/'))
        .then(|| joined(to, rest.trim_start_matches('/')))
        .flatten()
}

/// The folders that `path` lies in, the innermost first, the top last.
fn above(path: &str) -> impl Iterator<Item = &str> {
    path.rmatch_indices('/').map(|(at, _)| &path[..at]).chain([""])
}
