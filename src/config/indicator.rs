//! Indicators as configured: figures that say how operations are, each with a statement that gives it and a target. Those
//! that ship stand in `indicators.toml`, in exactly the form of a user's; an entry with the id of one changes it, key by
//! key.
//!
//! What a statement reads and answers is not known here, nor whether a target is met.

use jiff::{Span as Length, ToSpan};

use super::Mistake;
use super::layers::{Origin, Settings};
use crate::model::Threshold;
use crate::model::length::length;
use crate::read::tape::{Tape, Value};
use crate::read::toml;
use crate::text::{LineIndex, Span, escape, nearest};

/// The indicators that ship, in the form of a user's `opsbook.toml`.
pub const INDICATORS: &str = include_str!("indicators.toml");

/// A figure that says how operations are.
#[derive(Debug, Clone)]
pub struct Indicator {
    /// What commands and other programs call it.
    pub id: String,
    /// What people call it; the id where nothing is said.
    pub title: String,
    /// What it says, and why that matters.
    pub about: Option<String>,
    /// What its values count: `%`, `d`, `EUR`; empty for mere numbers.
    pub unit: String,
    /// What it is to keep to.
    pub target: Option<Threshold>,
    /// Which way is better; `None` when nobody can tell.
    pub better: Option<Better>,
    /// The statement that gives it, for the table `period`.
    pub sql: String,
    /// The statement for periods that are over, where those need another.
    pub past: Option<String>,
    /// Its own settings by pointer, `/sql` and the like, each with where it came from.
    pub settings: Settings,
    /// The bytes of the entry in the configuration; nothing for one that the file does not mention.
    pub span: Span,
}

/// Which way an indicator gets better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Nearer to nothing is better.
    Nearer,
}

impl Better {
    /// Its name in the configuration and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Higher => "higher",
            Self::Lower => "lower",
            Self::Nearer => "nearer",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Higher, Self::Lower, Self::Nearer].into_iter().find(|better| better.name() == name)
    }

    /// The way in which a target is reached.
    fn of(target: &Threshold) -> Option<Self> {
        use crate::model::Comparison;
        use crate::model::threshold::Op;
        match target.op {
            Op::Is(Comparison::AtLeast | Comparison::More) => Some(Self::Higher),
            Op::Is(Comparison::AtMost | Comparison::Less) => Some(Self::Lower),
            Op::Within => Some(Self::Nearer),
            Op::Is(Comparison::Equal) if target.number() == Some(0.0) => Some(Self::Nearer),
            Op::Is(Comparison::Equal | Comparison::NotEqual) | Op::Beyond => None,
        }
    }
}

/// The `[status]` table: what `status` looks back on.
#[derive(Debug, Clone, Copy)]
pub struct Lookback {
    /// How long a period is.
    pub period: Length,
    /// How many periods there are, the one that ends now among them.
    pub periods: usize,
}

/// The table `[status]`.
pub(super) fn lookback(settings: &Settings, mistakes: &mut Vec<Mistake>) -> Lookback {
    let pointer = "/status/period";
    let period = settings.text(pointer).map(length);
    if let Some(Err(message)) = &period {
        mistakes.push(Mistake::new(settings.span(pointer), pointer, message.clone()));
    }
    let period = period.and_then(Result::ok).unwrap_or_else(|| 28.days());
    let shortest = crate::model::length::minutes(period) >= 24 * 60;
    if !shortest {
        let message = "a period of health is a day or longer";
        mistakes.push(Mistake::new(settings.span(pointer), pointer, message));
    }
    let periods = settings.number("/status/periods").map_or(4, |number| number.clamp(1, 52) as usize);
    Lookback { period: if shortest { period } else { 28.days() }, periods }
}

/// The indicators that ship and those of the configuration `root`, in that order, without the disabled ones.
pub(super) fn indicators(
    root: Option<Value<'_>>,
    source: &str,
    mistakes: &mut Vec<Mistake>,
) -> Vec<Indicator> {
    let mut tape = Tape::new();
    let problems = toml::read(INDICATORS, Span::of(0, INDICATORS.len()), &mut tape);
    debug_assert!(problems.is_empty(), "{problems:?}");
    let mut entries: Vec<Entry> = Vec::new();
    add(&mut entries, tape.root(INDICATORS), INDICATORS, Origin::BuiltIn, mistakes);
    add(&mut entries, root, source, Origin::File, mistakes);
    entries.into_iter().filter_map(|entry| entry.indicator(mistakes)).collect()
}

/// One indicator while its layers are put together.
struct Entry {
    id: String,
    settings: Settings,
    span: Span,
    /// Its place in the list of the file.
    at: usize,
}

fn add(
    entries: &mut Vec<Entry>,
    root: Option<Value<'_>>,
    source: &str,
    origin: Origin,
    mistakes: &mut Vec<Mistake>,
) {
    let lines = LineIndex::new(source.as_bytes());
    let mut seen: Vec<String> = Vec::new();
    let items = root.and_then(|root| root.get("indicators")).into_iter().flat_map(|list| list.items());
    for (at, item) in items.enumerate() {
        // The schema says that it has to have one.
        let Some(id) = item.get("id").and_then(|id| id.as_str()) else { continue };
        if seen.iter().any(|other| other == id) {
            let message = format!("there are two indicators \"{}\"", escape(id));
            mistakes.push(Mistake::new(item.span(), format!("/indicators/{at}/id"), message));
            continue;
        }
        seen.push(id.to_owned());
        let known = entries.iter().position(|entry| entry.id == id);
        let entry = match known {
            Some(known) => &mut entries[known],
            None => {
                let (settings, span) = (Settings::default(), Span::default());
                entries.push(Entry { id: id.to_owned(), settings, span, at });
                entries.last_mut().expect("it was just pushed")
            }
        };
        entry.settings.add_table(item, "", origin, &lines);
        if origin == Origin::File {
            (entry.span, entry.at) = (item.span(), at);
        }
    }
}

impl Entry {
    /// The indicator; `None` when it is disabled, or cannot be asked for.
    fn indicator(self, mistakes: &mut Vec<Mistake>) -> Option<Indicator> {
        let text = |name: &str| self.settings.text(&format!("/{name}")).map(str::to_owned);
        if self.settings.get("/enabled").is_some_and(|setting| setting.json == false) {
            return None;
        }
        let place = |pointer: &str| {
            let own = self.settings.get(pointer).filter(|setting| setting.origin == Origin::File);
            own.map_or(self.span, |setting| setting.span)
        };
        let target = text("target").map(|target| Threshold::parse(&target)).transpose();
        let target = target.and_then(|target| match target {
            Some(target) if target.number().is_none() => {
                Err("a target is a comparison with a number, such as >= 90".to_owned())
            }
            target => Ok(target),
        });
        let pointer = |name: &str| format!("/indicators/{}/{name}", self.at);
        if let Err(message) = &target {
            mistakes.push(Mistake::new(place("/target"), pointer("target"), message.clone()));
        }
        let target = target.ok().flatten();
        let Some(sql) = text("sql") else {
            mistakes.push(self.without_statement());
            return None;
        };
        let better = text("better").as_deref().and_then(Better::from_name);
        let own_sql = self.settings.get("/sql").map(|setting| setting.origin);
        // A statement for the past belongs to the one beside it.
        let past = self.settings.get("/past").filter(|past| Some(past.origin) == own_sql);
        Some(Indicator {
            title: text("title").unwrap_or_else(|| self.id.clone()),
            about: text("about"),
            unit: text("unit").unwrap_or_default(),
            better: better.or_else(|| target.as_ref().and_then(Better::of)),
            target,
            sql,
            past: past.and_then(|past| past.json.as_str()).map(str::to_owned),
            id: self.id,
            settings: self.settings,
            span: self.span,
        })
    }

    /// What to say of an entry that nothing gives a figure: most often its id is meant to be another.
    fn without_statement(&self) -> Mistake {
        let message = format!("the indicator \"{}\" has no sql that gives it", escape(&self.id));
        let mut mistake = Mistake::new(self.span, format!("/indicators/{}/sql", self.at), message);
        let shipped: Vec<&str> = INDICATORS.lines().filter_map(shipped_id).collect();
        match nearest(&self.id, shipped.iter().copied()) {
            Some(near) => mistake.notes.push(format!("did you mean the built-in \"{near}\"?")),
            None => mistake.notes.push("built-in indicators are listed by `opsbook config`".to_owned()),
        }
        mistake
    }
}

/// The id that a line of the file gives.
fn shipped_id(line: &'static str) -> Option<&'static str> {
    line.strip_prefix("id = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn mistakes(source: &str) -> Vec<(String, String)> {
        let found = Config::read(None, "", source).mistakes.into_iter();
        found.map(|mistake| (source[mistake.span.range()].to_owned(), mistake.message)).collect()
    }

    #[test]
    fn what_ships_is_whole() {
        let config = Config::built_in();
        assert!(config.mistakes.is_empty(), "{:?}", config.mistakes);
        let own = Config::read(None, "", INDICATORS);
        assert!(own.mistakes.is_empty(), "{:?}", own.mistakes);
        assert_eq!(own.indicators.len(), config.indicators.len());
        let page = include_str!("../../docs/status.md");
        for one in &config.indicators {
            assert!(one.about.as_ref().is_some_and(|about| about.ends_with('.')), "{}", one.id);
            assert!(one.title != one.id && one.title.chars().count() <= 22, "{}", one.title);
            assert!(page.contains(&format!("`{}`", one.id)), "docs/status.md does not name {}", one.id);
        }
    }

    #[test]
    fn an_entry_changes_the_one_with_its_id_or_is_one_of_its_own() {
        let built_in = Config::built_in().indicators;
        let source = "[[indicators]]\nid = \"action-closure\"\ntarget = \">= 95\"\n\
                      [[indicators]]\nid = \"own\"\nunit = \"ms\"\ntarget = \"< 100\"\nsql = \"SELECT 1 AS value\"\n\
                      [[indicators]]\nid = \"repeated-issues\"\nenabled = false\n";
        let config = Config::read(None, "", source);
        assert!(config.mistakes.is_empty(), "{:?}", config.mistakes);
        assert_eq!(config.indicators.len(), built_in.len());
        let of = |id: &str| config.indicators.iter().find(|one| one.id == id).expect("it is there");
        let closure = of("action-closure");
        assert_eq!(closure.target.as_ref().map(ToString::to_string).as_deref(), Some(">= 95"));
        assert!(closure.sql.contains("actions"));
        assert_eq!((of("own").better, &*of("own").title), (Some(Better::Lower), "own"));
        assert!(!config.indicators.iter().any(|one| one.id == "repeated-issues"));
    }

    #[test]
    fn a_statement_of_the_user_does_not_inherit_the_one_for_the_past() {
        let source = "[[indicators]]\nid = \"overdue-actions\"\nsql = \"SELECT 1 AS value\"\n";
        let of = |config: &Config| {
            let one = config.indicators.iter().find(|one| one.id == "overdue-actions").expect("it ships");
            one.past.is_some()
        };
        assert!(of(&Config::built_in()) && !of(&Config::read(None, "", source)));
    }

    #[test]
    fn a_mistake_stands_at_its_bytes() {
        for (source, bytes, message) in [
            (
                "[[indicators]]\nid = \"a\"\nsql = \"SELECT 1\"\ntarget = \"many\"\n",
                "\"many\"",
                "'many' is no comparison",
            ),
            (
                "[[indicators]]\nid = \"a\"\nsql = \"SELECT 1\"\ntarget = \"= good\"\n",
                "\"= good\"",
                "a target is a comparison with a number",
            ),
            ("[status]\nperiod = \"soon\"\n", "\"soon\"", "'soon' is no length of time"),
            ("[status]\nperiod = \"2h\"\n", "\"2h\"", "a period of health is a day or longer"),
        ] {
            let found = mistakes(source);
            let [(marked, said)] = &found[..] else { panic!("{source}: {found:?}") };
            assert!(marked == bytes && said.starts_with(message), "{marked}: {said}");
        }
        let found = Config::read(None, "", "[[indicators]]\nid = \"action-closur\"\n").mistakes;
        assert_eq!(found[0].message, "the indicator \"action-closur\" has no sql that gives it");
        assert_eq!(found[0].notes, ["did you mean the built-in \"action-closure\"?"]);
        let twice = "[[indicators]]\nid = \"a\"\nsql = \"SELECT 1\"\n";
        assert_eq!(mistakes(&format!("{twice}{twice}"))[0].1, "there are two indicators \"a\"");
    }
}
