//! Commands that documents tell people to type, held against what defines them: Makefiles, scripts of packages, binaries
//! and examples of Cargo, its aliases, recipes of `just`.
//!
//! A name that something of its kind defines anywhere in the repository is taken to be that one. One that nothing defines
//! was defined while the document named it, or is told of only where everything that could define it is understood.

mod cargo;
mod just;
mod make;
mod said;
mod scripts;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::past::Moment;
use super::texts::{Gone, Judged, Page, World, says};
use super::versions::Version;
use crate::config::Class;
use crate::repo::{BlobId, Bytes};
use crate::text::{RepoPath, Span, nearest};
use said::Said;

/// Versions of a registry that are looked at.
const MOST: usize = 400;

/// A command that nothing defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostCommand {
    /// The document.
    pub document: RepoPath,
    /// The bytes of the name.
    pub span: Span,
    /// What kind of command it is.
    pub kind: CommandKind,
    /// The name.
    pub name: String,
    /// The command as it is written, up to the name.
    pub words: String,
    /// Where it was defined, or should be.
    pub registry: RepoPath,
    /// A name that is defined and much like it.
    pub near: Option<String>,
    /// What is known of it.
    pub end: CommandEnd,
}

/// Why nothing defines a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandEnd {
    /// It was defined while the document named it.
    Died(Box<Gone>),
    /// It never was, and everything that could define it is understood.
    Never,
}

/// What runs a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CommandKind {
    /// `make NAME`.
    Target,
    /// `npm run NAME` and what is like it.
    Script,
    /// `cargo run --bin NAME`.
    Binary,
    /// `cargo run --example NAME`.
    Example,
    /// `cargo NAME`.
    Alias,
    /// `just NAME`.
    Recipe,
}

impl CommandKind {
    /// Every kind.
    const ALL: [Self; 6] =
        [Self::Target, Self::Script, Self::Binary, Self::Example, Self::Alias, Self::Recipe];

    /// What such a name is called.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Script => "script",
            Self::Binary => "binary",
            Self::Example => "example",
            Self::Alias => "alias",
            Self::Recipe => "recipe",
        }
    }

    /// Whether the file at `path` defines names of this kind.
    fn is_registry(self, path: &RepoPath) -> bool {
        match self {
            Self::Target => make::is_makefile(path),
            Self::Script => path.file_name() == "package.json",
            Self::Binary | Self::Example => path.file_name() == "Cargo.toml",
            Self::Alias => {
                matches!(path.as_str().rsplit_once(".cargo/"), Some((_, "config" | "config.toml")))
            }
            Self::Recipe => just::is_justfile(path),
        }
    }

    /// Whether a command typed in the registry's folder reads it, without being told to.
    fn is_main(self, path: &RepoPath) -> bool {
        match self {
            Self::Target => matches!(path.file_name(), "Makefile" | "makefile" | "GNUmakefile"),
            Self::Recipe => just::is_main(path),
            _ => true,
        }
    }

    fn read(self, text: &str) -> Defined {
        match self {
            Self::Target => make::read(text),
            Self::Script => scripts::read(text),
            Self::Binary => cargo::read(text, "bin"),
            Self::Example => cargo::read(text, "example"),
            Self::Alias => cargo::aliases(text),
            Self::Recipe => just::read(text),
        }
    }
}

/// What one version of a registry defines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Defined {
    names: HashSet<String>,
    /// What comes before and after any name that is defined as well.
    patterns: Vec<(String, String)>,
    /// Words of which names may be made when the registry is read.
    words: HashSet<String>,
    /// Whether something in it is not understood, so that there may be more names.
    is_open: bool,
}

impl Defined {
    fn has(&self, name: &str) -> bool {
        self.names.contains(name)
            || self.words.contains(name)
            || self.patterns.iter().any(|(start, end)| {
                name.len() > start.len() + end.len()
                    && name.starts_with(start.as_str())
                    && name.ends_with(end.as_str())
            })
    }
}

/// The registries of a snapshot.
pub(super) struct Registries {
    known: HashMap<CommandKind, Vec<(RepoPath, Defined)>>,
    /// Whether a program makes Makefiles here.
    makes_makefiles: bool,
    then: Mutex<HashMap<(CommandKind, BlobId), Arc<Defined>>>,
}

impl Registries {
    pub(super) fn new(world: &World<'_>) -> Self {
        let entries = world.snapshot.entries();
        let is_vendored = |path: &RepoPath| {
            path.as_str().split('/').any(|part| matches!(part, "node_modules" | "vendor" | "third_party"))
        };
        let of = |kind: CommandKind| {
            let files =
                entries.par_iter().filter(|entry| kind.is_registry(&entry.path) && !is_vendored(&entry.path));
            let mut known: Vec<(RepoPath, Defined)> = files
                .filter_map(|entry| {
                    let bytes = world.read(entry.path.as_str())?;
                    Some((entry.path.clone(), kind.read(std::str::from_utf8(&bytes).ok()?)))
                })
                .collect();
            cargo::add_files(kind, &mut known, entries.iter().map(|entry| &entry.path));
            (kind, known)
        };
        let is_generator = |path: &RepoPath| {
            let name = path.file_name();
            matches!(
                name,
                "CMakeLists.txt"
                    | "configure"
                    | "configure.ac"
                    | "Makefile.am"
                    | "Makefile.in"
                    | "Makefile.PL"
            )
        };
        Self {
            known: CommandKind::ALL.into_iter().map(of).collect(),
            makes_makefiles: entries.iter().any(|entry| is_generator(&entry.path)),
            then: Mutex::default(),
        }
    }

    /// The registries that a command typed in `folder` finds, the nearest first.
    fn above(&self, kind: CommandKind, folder: &str) -> Vec<&(RepoPath, Defined)> {
        let home = |path: &RepoPath| match kind {
            CommandKind::Alias => path.parent().trim_end_matches(".cargo").trim_end_matches('/').to_owned(),
            _ => path.parent().to_owned(),
        };
        let folder = RepoPath::new(folder);
        let is_above = |one: &&(RepoPath, Defined)| kind.is_main(&one.0) && folder.is_within(&home(&one.0));
        let mut found: Vec<_> = self.known[&kind].iter().filter(is_above).collect();
        found.sort_by_key(|(path, _)| std::cmp::Reverse(path.as_str().len()));
        found
    }

    fn then(&self, world: &World<'_>, kind: CommandKind, version: &Version) -> Option<Arc<Defined>> {
        let lock = || self.then.lock().unwrap_or_else(PoisonError::into_inner);
        let identity = world.past.identity(version).map(|id| (kind, id));
        if let Some(known) = identity.and_then(|id| lock().get(&id).cloned()) {
            return Some(known);
        }
        let bytes: Arc<Bytes> = world.past.bytes_of(version)?;
        let found = Arc::new(kind.read(std::str::from_utf8(&bytes).ok()?));
        if let Some(id) = identity {
            lock().insert(id, found.clone());
        }
        Some(found)
    }
}

/// The commands of a page that nothing defines.
pub(super) fn lost(world: &World<'_>, registries: &Registries, page: &Page<'_>) -> Vec<LostCommand> {
    if page.class != Class::Living || !said::may_say(page.text()) {
        return Vec::new();
    }
    let folders = |folder: &str| world.snapshot.has_folder(folder);
    let said = said::said(page.text(), page.parsed(), page.document.path.parent(), &folders);
    said.into_iter().filter_map(|said| one(world, registries, page, said)).collect()
}

fn one(world: &World<'_>, registries: &Registries, page: &Page<'_>, said: Said) -> Option<LostCommand> {
    let known = &registries.known[&said.kind];
    if known.iter().any(|(_, defined)| defined.has(&said.name)) {
        return None;
    }
    let above = registries.above(said.kind, &said.folder);
    if above.is_empty() {
        return None;
    }
    let document = &page.document.path;
    let is_said = |bytes: &[u8]| says(bytes, &said.words);
    let died = above.iter().find_map(|(path, _)| died(world, registries, &said, path, (document, &is_said)));
    let died = died.or_else(|| {
        let homes = known.iter().map(|(path, _)| path.parent());
        file_died(world, &said, homes, (document, &is_said))
    });
    let (registry, end) = match died {
        Some((registry, gone)) => (registry, CommandEnd::Died(Box::new(gone))),
        None => {
            let is_understood = known.iter().all(|(_, defined)| !defined.is_open);
            let is_generated = said.kind == CommandKind::Target && registries.makes_makefiles;
            if !said.is_certain || !is_understood || is_generated {
                return None;
            }
            (above[0].0.clone(), CommandEnd::Never)
        }
    };
    let names = above.iter().flat_map(|(_, defined)| defined.names.iter().map(String::as_str));
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    let near = nearest(&said.name, names).map(str::to_owned);
    // A name that never was one is only told of as a slip of the pen: people also write down what others have to define.
    let distance = near.as_ref().map(|near| strsim::damerau_levenshtein(near, &said.name));
    let is_slip = distance.is_some_and(|distance| distance <= (said.name.len() / 6).max(1));
    if end == CommandEnd::Never && !is_slip {
        return None;
    }
    Some(LostCommand {
        document: document.clone(),
        span: said.span,
        kind: said.kind,
        name: said.name,
        words: said.words,
        registry,
        near,
        end,
    })
}

/// How the name went from the registry at `path`, when it was there while the document named it.
fn died(
    world: &World<'_>,
    registries: &Registries,
    said: &Said,
    path: &RepoPath,
    (document, is_said): Judged<'_>,
) -> Option<(RepoPath, Gone)> {
    let versions = world.past.versions(path, MOST);
    let defines = |version: &&Version| {
        registries.then(world, said.kind, version).is_some_and(|one| one.names.contains(&said.name))
    };
    let at = versions.iter().position(|version| defines(&version))?;
    let until = versions[at].until;
    if !is_said(&world.past.said_until(document, until)?) {
        return None;
    }
    let name = match at.checked_sub(1) {
        Some(next) => versions[next].name.clone(),
        None => world.past.name_in_mainline(path),
    };
    let lacks = |bytes: &[u8]| {
        std::str::from_utf8(bytes).is_ok_and(|text| !said.kind.read(text).names.contains(&said.name))
    };
    Some((path.clone(), world.gone((&name, &lacks), until, (document, is_said))))
}

/// How the file of a binary or an example went, when it was there while the document named it.
fn file_died<'a>(
    world: &World<'_>,
    said: &Said,
    homes: impl Iterator<Item = &'a str>,
    (document, is_said): Judged<'_>,
) -> Option<(RepoPath, Gone)> {
    let past = world.past;
    let lives = past.lives?;
    for place in homes.flat_map(|home| cargo::files(said.kind, home, &said.name)) {
        let last = lives.of(&place).into_iter().filter_map(|life| life.died).next_back();
        let Some(died) = last.filter(|_| !world.snapshot.contains(&place)) else { continue };
        let said_then = past.said_until(document, Moment::Commit(died)).is_some_and(|bytes| is_said(&bytes));
        if said_then {
            let since = died.checked_sub(1).and_then(|before| past.held_since(document, is_said, before));
            let written = since.map(|since| (lives.seconds(since), lives.id(since)));
            let gone = Gone { obituary: lives.obituary(&place, died), is_new: false, written };
            return Some((RepoPath::new(&place), gone));
        }
    }
    None
}
