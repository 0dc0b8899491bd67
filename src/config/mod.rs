//! What `opsbook.toml` says, on top of what ships in the binary: raw and spanned first, then validated, with every
//! mistake kept as something that can be shown at its bytes.
//!
//! The built-in collections stand in `defaults.toml` in exactly the form a user writes, and go through the same code.
//! This room knows neither the rules' logic nor the command line; it never opens a file.

mod assessment;
mod collection;
mod cover;
mod drift;
mod import;
mod indicator;
mod layers;
mod policy;
mod preset;
mod required;
mod ritual;

use globset::{GlobBuilder, GlobMatcher, GlobSet, GlobSetBuilder};
use jiff::civil::Date;
use jiff::tz::TimeZone;

pub use assessment::{Assessment, Band, Modifier};
pub use collection::{
    Class, Collection, FieldPath, Reader, Reference, SchemaSource, is_markdown, is_template,
};
pub use cover::{Cover, Globs};
pub use drift::Drift;
pub use import::Import;
pub use indicator::{Better, INDICATORS, Indicator, Lookback};
pub use layers::{Origin, Setting, Settings};
pub use policy::{Sla, SlaEscalation, Slo};
pub use preset::{RITUAL_PRESETS, RitualPreset};
pub use required::Required;
pub use ritual::{AgendaItem, Escalation, Ritual};

use crate::error::{Error, Result};
use crate::finding::Severity;
use crate::model::Language;
use crate::read::tape::Tape;
use crate::read::{Problem, toml};
use crate::schema::{Violation, built_in};
use crate::text::{RepoPath, Span};

/// The built-in part, in the form of a user's `opsbook.toml`.
pub const DEFAULTS: &str = include_str!("defaults.toml");

/// Where the configuration of a repository may stand, the first one found counts.
pub const PLACES: [&str; 2] = ["opsbook.toml", ".config/opsbook.toml"];

/// A validated configuration.
#[derive(Debug)]
pub struct Config {
    /// The file it came from, where there is one.
    pub file: Option<RepoPath>,
    /// The folder of the project in its repository: empty, or that of a nested project. Patterns and paths of the
    /// configuration are relative to it.
    pub root: String,
    /// The project's own facts.
    pub project: Project,
    /// All collections, sorted by name, without the disabled ones.
    pub collections: Vec<Collection>,
    /// What `[import]` says, by name.
    pub imports: Vec<Import>,
    /// Sizes beyond which a file is not read.
    pub limits: Limits,
    /// What `[rules.severity]` says, by rule or group.
    pub severities: Vec<SeverityEntry>,
    /// Where pages of rules stand.
    pub pages: PagePaths,
    /// The suppressions.
    pub ignores: Vec<Ignore>,
    /// What takes place again and again, in the order of the file.
    pub rituals: Vec<Ritual>,
    /// How long something of each priority may stay open.
    pub slas: Vec<Sla>,
    /// Who is told when that is exceeded, in the order of the file.
    pub sla_escalation: Vec<SlaEscalation>,
    /// What figures are to keep to, in the order of the file.
    pub slos: Vec<Slo>,
    /// How an assessment leads to a decision.
    pub assessment: Assessment,
    /// The figures that say how operations are, those that ship first.
    pub indicators: Vec<Indicator>,
    /// What those look back on.
    pub lookback: Lookback,
    /// Documents that have to be there, in the order of the file.
    pub required: Vec<Required>,
    /// How long documents must stay true, by their paths.
    pub drift: Drift,
    /// What documents cover that do not say so themselves, in the order of the file.
    pub covers: Vec<Cover>,
    /// Where the baseline stands.
    pub baseline: RepoPath,
    /// Everything that is set, each with where it came from.
    pub settings: Settings,
    /// What is wrong with the file.
    pub mistakes: Vec<Mistake>,
}

/// The `[project]` table.
#[derive(Debug)]
pub struct Project {
    /// The name for headings.
    pub name: Option<String>,
    /// The time zone in which days begin and end.
    pub zone: TimeZone,
    /// The language that documents and records are written in.
    pub language: Option<Language>,
    /// Files and folders that are left alone.
    pub exclude: GlobSet,
    /// The versions of opsbook that may check this repository.
    pub required_version: Option<semver::VersionReq>,
}

/// The `[limits]` table.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The largest file that is read, in bytes.
    pub file_bytes: u64,
    /// The longest line that is read, in bytes.
    pub line_bytes: u64,
    /// The steps that a statement of SQL may take.
    pub sql_steps: u64,
    /// The memory that SQL may take, in bytes.
    pub sql_bytes: u64,
    /// The rows that a statement of SQL may give.
    pub sql_rows: u64,
    /// The dates that the rules of rituals may pass, all together.
    pub occurrences: usize,
    /// The seconds that SQL may be at work on a statement.
    pub sql_seconds: u64,
}

/// One line of `[rules.severity]`.
#[derive(Debug, Clone)]
pub struct SeverityEntry {
    /// A rule or a group.
    pub name: String,
    /// The severity; `None` is `off`.
    pub severity: Option<Severity>,
    /// The bytes of the name.
    pub span: Span,
}

/// One `[[ignore]]` entry.
#[derive(Debug, Clone)]
pub struct Ignore {
    /// The rule whose findings it covers.
    pub rule: String,
    /// The record it covers, by key.
    pub record: Option<String>,
    /// The files it covers.
    pub path: Option<GlobMatcher>,
    /// The reason.
    pub because: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// The bytes of the entry.
    pub span: Span,
}

/// Something wrong with a configuration file.
#[derive(Debug, Clone)]
pub struct Mistake {
    /// The bytes that are wrong.
    pub span: Span,
    /// JSON pointer to the setting.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
    /// Words beside the marked bytes.
    pub label: Option<String>,
    /// What is allowed.
    pub notes: Vec<String>,
    /// Title, bytes to replace, text, whether it is safe.
    pub fix: Option<(String, Span, String, bool)>,
}

impl Mistake {
    /// A mistake in the setting at `pointer`.
    #[must_use]
    pub fn new(span: Span, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        let (pointer, message) = (pointer.into(), message.into());
        Self { span, pointer, message, label: None, notes: Vec::new(), fix: None }
    }
}

impl Config {
    /// The ritual called `id`: the configured one, else the one that ships under this name.
    #[must_use]
    pub fn ritual(&self, id: &str) -> Option<Ritual> {
        let own = self.rituals.iter().find(|ritual| ritual.id == id).cloned();
        own.or_else(|| {
            let preset = preset::preset(id)?;
            Self::read(None, &self.root, preset.text).rituals.pop()
        })
    }

    /// The configuration of a repository without one.
    #[must_use]
    pub fn built_in() -> Self {
        Self::read(None, "", "")
    }

    /// The configuration in `source`, which stands at `file`, of the project in the folder `root`. Mistakes are kept
    /// beside what could be understood.
    #[must_use]
    pub fn read(file: Option<RepoPath>, root: &str, source: &str) -> Self {
        let mut tape = Tape::new();
        let problems = toml::read(source, Span::of(0, source.len()), &mut tape);
        let mut mistakes: Vec<Mistake> = problems.into_iter().map(from_problem).collect();
        if let Some(root) = tape.root(source) {
            let schema = built_in("opsbook").expect("the configuration's schema is embedded");
            mistakes.extend(
                schema.violations(root).into_iter().map(|violation| from_violation(source, violation)),
            );
        }
        let mut settings = Settings::default();
        settings.add(&defaults(), DEFAULTS, Origin::BuiltIn);
        let built_in = settings.clone();
        settings.add(&tape, source, Origin::File);
        let drift = drift::drift(&settings, &built_in, root, &mut mistakes);
        let mut collections = collection::collections(&settings, root, &mut mistakes);
        let project = project(&settings, root, &mut mistakes);
        let rituals = ritual::rituals(tape.root(source), source, root, &project.zone, &mut mistakes);
        collection::add_folders(&mut collections, root, &rituals);
        let indicators = indicator::indicators(tape.root(source), source, &mut mistakes);
        let config = Self {
            project,
            collections,
            imports: import::imports(&settings, &mut mistakes),
            limits: limits(&settings),
            severities: severities(&settings),
            pages: pages(&settings, root, &mut mistakes),
            ignores: ignores(&settings, root, &mut mistakes),
            rituals,
            slas: policy::slas(&settings, &mut mistakes),
            sla_escalation: policy::escalations(&settings, &mut mistakes),
            slos: policy::slos(&settings, &mut mistakes),
            assessment: assessment::assessment(&settings, &mut mistakes),
            indicators,
            lookback: indicator::lookback(&settings, &mut mistakes),
            required: required::required(&settings, root, &mut mistakes),
            drift,
            covers: cover::covers(&settings, root, &mut mistakes),
            baseline: RepoPath::new(&within(
                root,
                settings.text("/baseline/file").unwrap_or(".opsbook/baseline.json"),
            )),
            root: root.to_owned(),
            settings,
            mistakes,
            file,
        };
        config.without_repeated_mistakes()
    }

    /// The collection called `name`.
    #[must_use]
    pub fn collection(&self, name: &str) -> Option<&Collection> {
        self.collections.iter().find(|collection| *collection.name == *name)
    }

    /// Whether `path` is left alone.
    #[must_use]
    pub fn excludes(&self, path: &str) -> bool {
        self.project.exclude.is_match(path)
    }

    /// Stops when this binary is not a version that the project asks for.
    ///
    /// # Errors
    /// A configuration error that names both versions.
    pub fn check_version(&self, version: &str) -> Result<()> {
        let Some(required) = &self.project.required_version else { return Ok(()) };
        let version = semver::Version::parse(version).expect("the package's version is SemVer");
        if required.matches(&version) {
            return Ok(());
        }
        let file = self.file.as_ref().map_or("opsbook.toml", RepoPath::as_str);
        Err(Error::configuration(format!("this is opsbook {version}, but {file} asks for {required}"))
            .hint("install a version that matches, or change [project].required_version"))
    }

    /// One place is told once: the schema's word on it comes first.
    fn without_repeated_mistakes(mut self) -> Self {
        self.mistakes.sort_by_key(|mistake| mistake.span);
        let mut seen = std::collections::HashSet::new();
        self.mistakes.retain(|mistake| seen.insert((mistake.span, mistake.pointer.clone())));
        self
    }
}

/// The rule and the reason of a suppression comment in Markdown, `<!-- opsbook-ignore: RULE because REASON -->`.
///
/// # Errors
/// One sentence when the comment is meant as one and lacks a part.
pub fn ignore_comment(comment: &str) -> std::result::Result<(String, String), String> {
    let inner = comment.trim_start_matches("<!--").trim_end_matches("-->").trim();
    let Some(rest) = inner.strip_prefix("opsbook-ignore") else {
        return Err("a suppression comment starts with opsbook-ignore".to_owned());
    };
    let Some(rest) = rest.trim_start().strip_prefix(':') else {
        return Err("a suppression comment names its rule after a colon".to_owned());
    };
    let (rule, rest) = rest.trim().split_once(char::is_whitespace).unwrap_or((rest.trim(), ""));
    let because = rest.trim().strip_prefix("because").map(str::trim).unwrap_or_default();
    match (rule, because) {
        ("", _) => Err("a suppression comment names a rule".to_owned()),
        (_, "") => Err(format!("the suppression of {} gives no reason", crate::text::escape(rule))),
        (rule, because) => Ok((rule.to_owned(), because.to_owned())),
    }
}

fn defaults() -> Tape {
    let mut tape = Tape::new();
    let problems = toml::read(DEFAULTS, Span::of(0, DEFAULTS.len()), &mut tape);
    debug_assert!(problems.is_empty(), "{problems:?}");
    tape
}

fn from_problem(problem: Problem) -> Mistake {
    let mut mistake = Mistake::new(problem.span, "", problem.message);
    mistake.notes.extend(problem.note);
    mistake.fix = problem.fix.map(|(title, span, text)| (title.to_owned(), span, text, true));
    mistake
}

fn from_violation(source: &str, violation: Violation) -> Mistake {
    let mut mistake = Mistake::new(violation.span, violation.pointer, violation.message);
    mistake.label = violation.label;
    mistake.notes = violation.notes;
    mistake.fix = violation.fix.map(|(text, safe)| {
        let quoted = source[violation.span.range()].starts_with('"');
        let text = if quoted { format!("\"{text}\"") } else { text };
        (format!("write {text}"), violation.span, text, safe)
    });
    mistake
}

fn project(settings: &Settings, root: &str, mistakes: &mut Vec<Mistake>) -> Project {
    let zone_name = settings.text("/project/zone").unwrap_or("UTC");
    let zone = TimeZone::get(zone_name).unwrap_or_else(|_| {
        mistakes.push(Mistake::new(settings.span("/project/zone"), "/project/zone", no_zone(zone_name)));
        TimeZone::UTC
    });
    let required = settings.text("/project/required_version").and_then(|text| {
        let parsed = semver::VersionReq::parse(text);
        if let Err(error) = &parsed {
            let pointer = "/project/required_version";
            mistakes.push(Mistake::new(
                settings.span(pointer),
                pointer,
                format!("not a version requirement: {error}"),
            ));
        }
        parsed.ok()
    });
    Project {
        name: settings.text("/project/name").map(str::to_owned),
        zone,
        language: language(settings, mistakes),
        exclude: exclude(settings, root, mistakes),
        required_version: required,
    }
}

fn language(settings: &Settings, mistakes: &mut Vec<Mistake>) -> Option<Language> {
    let pointer = "/project/language";
    let tag = settings.text(pointer)?;
    let language = Language::from_tag(tag);
    if language.is_none() {
        let message = format!("\"{}\" does not begin with a code of ISO 639-1", crate::text::escape(tag));
        let mut mistake = Mistake::new(settings.span(pointer), pointer, message);
        mistake.notes.push("a language has two letters, as in en, de or pt-BR".to_owned());
        mistakes.push(mistake);
    }
    language
}

/// Which files are pages of rules: those that `[rules].paths` names, and all below a folder that it names.
#[derive(Debug, Clone, Default)]
pub struct PagePaths(GlobSet);

impl PagePaths {
    /// Whether the file at `path` is a page of a rule.
    #[must_use]
    pub fn is_match(&self, path: &RepoPath) -> bool {
        !self.0.is_empty() && is_markdown(&path.extension()) && self.0.is_match(path.as_str())
    }
}

fn pages(settings: &Settings, root: &str, mistakes: &mut Vec<Mistake>) -> PagePaths {
    PagePaths(paths(settings, "/rules/paths", root, mistakes))
}

fn no_zone(name: &str) -> String {
    format!("\"{}\" is not a time zone of the IANA database", crate::text::escape(name))
}

/// The excluded paths: a pattern names files, or a folder with everything in it.
fn exclude(settings: &Settings, root: &str, mistakes: &mut Vec<Mistake>) -> GlobSet {
    paths(settings, "/project/exclude", root, mistakes)
}

/// The patterns at `pointer`, each for files, or for a folder with everything in it.
fn paths(settings: &Settings, pointer: &str, root: &str, mistakes: &mut Vec<Mistake>) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for (pattern, span) in settings.texts(pointer) {
        let folder = pattern.trim_end_matches('/');
        for text in [folder.to_owned(), format!("{folder}/**")] {
            match glob(root, &text) {
                Ok(glob) => {
                    set.add(glob);
                }
                Err(message) => mistakes.push(Mistake::new(span, pointer, message)),
            }
        }
    }
    set.build().unwrap_or_default()
}

/// `path` of a configuration in the folder `root`, relative to the repository.
fn within(root: &str, path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    if root.is_empty() { path.to_owned() } else { format!("{root}/{path}") }
}

/// A path pattern as opsbook understands it everywhere: relative to the project's folder `root`; `*` stays within a
/// folder, `**` does not, `{a,b}` is either.
pub(crate) fn glob(root: &str, pattern: &str) -> std::result::Result<globset::Glob, String> {
    GlobBuilder::new(&within(&globset::escape(root), pattern))
        .literal_separator(true)
        .backslash_escape(true)
        .build()
        .map_err(|error| format!("not a path pattern: {}", error.kind()))
}

fn limits(settings: &Settings) -> Limits {
    let bytes =
        |pointer: &str, default: u64| settings.number(pointer).unwrap_or(default).min(u64::from(u32::MAX));
    Limits {
        file_bytes: bytes("/limits/file_bytes", 1 << 30),
        line_bytes: bytes("/limits/line_bytes", 64 << 20),
        sql_steps: settings.number("/limits/sql_steps").unwrap_or(500_000_000),
        sql_bytes: settings.number("/limits/sql_bytes").unwrap_or(2 << 30),
        sql_rows: settings.number("/limits/sql_rows").unwrap_or(1_000_000),
        occurrences: settings
            .number("/limits/occurrences")
            .unwrap_or(1_000_000)
            .try_into()
            .unwrap_or(usize::MAX),
        sql_seconds: settings.number("/limits/sql_seconds").unwrap_or(60),
    }
}

fn severities(settings: &Settings) -> Vec<SeverityEntry> {
    let entries = settings.table("/rules/severity").filter_map(|(name, setting)| {
        let text = setting.json.as_str()?;
        let severity = Severity::from_name(text);
        (text == "off" || severity.is_some()).then(|| SeverityEntry {
            name: name.to_owned(),
            severity,
            span: setting.name_span,
        })
    });
    entries.collect()
}

fn ignores(settings: &Settings, root: &str, mistakes: &mut Vec<Mistake>) -> Vec<Ignore> {
    let mut ignores = Vec::new();
    for (at, (entry, span)) in settings.list("/ignore").enumerate() {
        let text = |name: &str| entry.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
        let path = match text("path").map(|pattern| glob(root, &pattern)) {
            Some(Err(message)) => {
                mistakes.push(Mistake::new(span, format!("/ignore/{at}/path"), message));
                continue;
            }
            Some(Ok(glob)) => Some(glob.compile_matcher()),
            None => None,
        };
        let (Some(rule), Some(because)) = (text("rule"), text("because")) else { continue };
        let record = text("record");
        let until = text("until").map(|date| date.parse::<Date>()).transpose();
        // Without a reason, a record or path, or a day that exists, it would hide more than was meant.
        let is_whole = !because.trim().is_empty() && (record.is_some() != path.is_some());
        if let (Ok(until), true) = (until, is_whole) {
            ignores.push(Ignore { rule, record, path, because, until, span });
        }
    }
    ignores
}

#[cfg(test)]
mod tests;
