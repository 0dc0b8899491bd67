//! Rituals as configured: what takes place when, who leads it, where its minutes lie, and who is told when it does not
//! take place. A preset is a ritual that ships, in the form of a user's own; the user's keys lie on top of it.
//!
//! What is wrong is a mistake at its bytes. Whether a ritual makes sense, such as an agenda that fits its time, is for
//! rules to say.

use jiff::Span as Length;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value as Json;

use super::layers::{Origin, Settings};
use super::preset::preset;
use super::{Mistake, within};
use crate::model::length::length;
use crate::model::period;
use crate::model::recurrence::Recurrence;
use crate::read::tape::Value;
use crate::text::{LineIndex, Span, escape, nearest};

/// Something that takes place again and again.
#[derive(Debug, Clone)]
pub struct Ritual {
    /// What notes (`meeting:ID`) and minutes call it.
    pub id: String,
    /// What people call it; the id where nothing is said.
    pub title: String,
    /// When it takes place. `None` for a ritual without a calendar, or one whose rule is a mistake.
    pub series: Option<Recurrence>,
    /// The rule as written; empty for none.
    pub rrule: String,
    /// How long it takes.
    pub duration: Option<Length>,
    /// The zone of its clock.
    pub zone: TimeZone,
    /// Who leads it.
    pub owner: Option<String>,
    /// Who else takes part.
    pub participants: Vec<String>,
    /// What it is about, in order.
    pub agenda: Vec<AgendaItem>,
    /// What it needs.
    pub inputs: Vec<String>,
    /// What it has to bring forth.
    pub outputs: Vec<String>,
    /// Where its minutes lie, with the placeholders of [`period`]: a folder, or a file. From the top of the repository.
    pub folder: Option<String>,
    /// How long after its end the minutes may take.
    pub publish_within: Option<Length>,
    /// How much may be done without asking, from 1 (everything) to 3 (nothing).
    pub autonomy: Option<u8>,
    /// Who is told when it is missed, the first first.
    pub escalation: Vec<Escalation>,
    /// How long before it a calendar reminds of it.
    pub reminders: Vec<Length>,
    /// The preset it is made from.
    pub preset: Option<String>,
    /// Its own settings by pointer, `/rrule` and the like, each with where it came from.
    pub settings: Settings,
    /// The bytes of the entry in the configuration.
    pub span: Span,
}

/// An item of an agenda.
#[derive(Debug, Clone, PartialEq)]
pub struct AgendaItem {
    /// What it is about.
    pub title: String,
    /// How many minutes it is given.
    pub minutes: Option<f64>,
    /// The command that shows how things stand. Nothing runs it unasked.
    pub evidence_command: Option<String>,
}

impl AgendaItem {
    /// The item as JSON: `title`, `minutes` (whole where they are), `evidence_command`.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let whole = self.minutes.filter(|minutes| minutes.fract() == 0.0 && minutes.abs() < 1e9);
        let minutes = whole.map_or_else(|| Json::from(self.minutes), |minutes| Json::from(minutes as i64));
        serde_json::json!({
            "title": self.title, "minutes": minutes, "evidence_command": self.evidence_command,
        })
    }
}

/// A step of an escalation.
#[derive(Debug, Clone)]
pub struct Escalation {
    /// How long after the end of what was missed.
    pub after: Length,
    /// Who is told then.
    pub to: String,
}

impl Ritual {
    /// The bytes of the setting at `pointer` in the configuration file; those of the entry where a preset gives it.
    #[must_use]
    pub fn place(&self, pointer: &str) -> Span {
        place(&self.settings, pointer, self.span)
    }
}

/// The rituals that the list `rituals` of the configuration `root` describes, in order. `zone` is that of the project.
pub(super) fn rituals(
    root: Option<Value<'_>>,
    source: &str,
    folder: &str,
    zone: &TimeZone,
    mistakes: &mut Vec<Mistake>,
) -> Vec<Ritual> {
    let lines = LineIndex::new(source.as_bytes());
    let mut rituals: Vec<Ritual> = Vec::new();
    let items = root.and_then(|root| root.get("rituals")).into_iter().flat_map(|list| list.items());
    for (at, item) in items.enumerate() {
        let mut settings = Settings::default();
        let named = item.get("preset").and_then(|name| Some((name.as_str()?, name.span())));
        let from = named.and_then(|(name, _)| preset(name));
        if let Some(preset) = from {
            preset.add_to(&mut settings);
        } else if let Some((name, span)) = named {
            mistakes.push(unknown_preset(name, span, at));
        }
        settings.add_table(item, "", Origin::File, &lines);
        let mut reading = Reading { settings: &settings, span: item.span(), at, mistakes };
        let Some(ritual) = reading.ritual(folder, zone, named.is_some() && from.is_none()) else { continue };
        let ritual = Ritual { settings, ..ritual };
        if rituals.iter().any(|other| other.id == ritual.id) {
            let from_preset = ritual.settings.get("/id").is_some_and(|id| id.origin != Origin::File);
            let pointer = if from_preset { "/preset" } else { "/id" };
            let message = format!("there are two rituals \"{}\"", escape(&ritual.id));
            let mut mistake = Mistake::new(ritual.place(pointer), format!("/rituals/{at}{pointer}"), message);
            mistake.notes.push("give one of them another id".to_owned());
            mistakes.push(mistake);
            continue;
        }
        rituals.push(ritual);
    }
    rituals
}

fn unknown_preset(name: &str, span: Span, at: usize) -> Mistake {
    let message = format!("there is no preset \"{}\" of a ritual", escape(name));
    let mut mistake = Mistake::new(span, format!("/rituals/{at}/preset"), message);
    let names = || super::preset::names();
    match nearest(name, names()) {
        Some(near) => {
            mistake.label = Some(format!("did you mean \"{near}\"?"));
            mistake.fix = Some((format!("write \"{near}\""), span, format!("\"{near}\""), false));
        }
        None => mistake.notes.push(format!("the presets are {}", names().collect::<Vec<_>>().join(", "))),
    }
    mistake
}

/// The bytes of the setting at `pointer` where the file gives it, else `entry`.
fn place(settings: &Settings, pointer: &str, entry: Span) -> Span {
    let own = settings.get(pointer).filter(|setting| setting.origin == Origin::File);
    own.map_or(entry, |setting| setting.span)
}

/// One entry while it is read.
struct Reading<'a> {
    settings: &'a Settings,
    span: Span,
    at: usize,
    mistakes: &'a mut Vec<Mistake>,
}

impl Reading<'_> {
    /// The ritual, without its settings. `None` when nothing says what it is called; `is_told` when that is known.
    fn ritual(&mut self, folder: &str, zone: &TimeZone, is_told: bool) -> Option<Ritual> {
        let text = |name: &str| self.settings.text(&format!("/{name}")).map(str::to_owned);
        let texts = |name: &str| -> Vec<String> {
            self.settings.texts(&format!("/{name}")).map(|(text, _)| text.to_owned()).collect()
        };
        let Some(id) = text("id") else {
            if !is_told {
                self.mistake("/id", "a ritual has an id, or a preset that brings one".to_owned());
            }
            return None;
        };
        let (title, owner, preset) = (text("title"), text("owner"), text("preset"));
        let (participants, inputs, outputs) = (texts("participants"), texts("inputs"), texts("outputs"));
        let autonomy = self.settings.number("/autonomy").and_then(|level| u8::try_from(level).ok());
        let zone = self.zone().unwrap_or_else(|| zone.clone());
        let start = self.start();
        let rrule = text("rrule").unwrap_or_default();
        let reminders = match self.settings.get("/reminders") {
            Some(_) => self.lengths("/reminders"),
            None => length("15m").into_iter().collect(),
        };
        Some(Ritual {
            title: title.unwrap_or_else(|| id.clone()),
            series: self.series(start, &zone, &rrule),
            rrule,
            duration: self.length("/duration"),
            zone,
            owner,
            participants,
            agenda: self.agenda(),
            inputs,
            outputs,
            folder: self.folder().map(|pattern| within(folder, pattern.trim_end_matches('/'))),
            publish_within: self.length("/publish_within"),
            autonomy,
            escalation: self.escalation(),
            reminders,
            preset,
            settings: Settings::default(),
            span: self.span,
            id,
        })
    }

    fn mistake(&mut self, pointer: &str, message: String) -> &mut Mistake {
        let span = place(self.settings, pointer, self.span);
        self.mistake_at(span, pointer, message)
    }

    fn mistake_at(&mut self, span: Span, pointer: &str, message: String) -> &mut Mistake {
        self.mistakes.push(Mistake::new(span, format!("/rituals/{}{pointer}", self.at), message));
        self.mistakes.last_mut().expect("it was just pushed")
    }

    fn zone(&mut self) -> Option<TimeZone> {
        let name = self.settings.text("/zone")?;
        let zone = TimeZone::get(name).ok();
        if zone.is_none() {
            self.mistake("/zone", super::no_zone(name));
        }
        zone
    }

    /// The first moment on the clock.
    fn start(&mut self) -> Option<DateTime> {
        let text = self.settings.text("/start")?;
        let has_offset =
            text.ends_with(['Z', 'z']) || text.get(10..).is_some_and(|time| time.contains(['+', '-']));
        if has_offset {
            let message = "a start is what the clock of the zone shows, without an offset";
            self.mistake("/start", message.to_owned())
                .notes
                .push("`zone` says where the clock stands".to_owned());
            return None;
        }
        let start = text.parse::<DateTime>().ok();
        if start.is_none() {
            self.mistake("/start", format!("'{}' is no time like 2026-01-05T09:00:00", escape(text)));
        }
        start
    }

    fn series(&mut self, start: Option<DateTime>, zone: &TimeZone, rrule: &str) -> Option<Recurrence> {
        let Some(start) = start else {
            if !rrule.is_empty() && self.settings.get("/start").is_none() {
                self.mistake(
                    "/rrule",
                    "a recurrence rule needs a start: the first time it may take place".to_owned(),
                );
            }
            return None;
        };
        match Recurrence::new(start, zone.clone(), rrule) {
            Ok(series) => Some(series),
            Err(message) => {
                let pointer = if rrule.is_empty() { "/start" } else { "/rrule" };
                self.mistake(pointer, message);
                None
            }
        }
    }

    fn length(&mut self, pointer: &str) -> Option<Length> {
        let text = self.settings.text(pointer)?;
        length(text).map_err(|message| _ = self.mistake(pointer, message)).ok()
    }

    fn lengths(&mut self, pointer: &str) -> Vec<Length> {
        let settings = self.settings;
        let each = settings.texts(pointer);
        each.filter_map(|(text, span)| self.length_at(text, span, pointer)).collect()
    }

    /// A length inside the list at `pointer`, whose bytes are `span` if the file has them.
    fn length_at(&mut self, text: &str, span: Span, pointer: &str) -> Option<Length> {
        let is_own = self.settings.get(pointer).is_some_and(|setting| setting.origin == Origin::File);
        let span = if is_own { span } else { self.span };
        length(text).map_err(|message| _ = self.mistake_at(span, pointer, message)).ok()
    }

    fn folder(&mut self) -> Option<&str> {
        let pattern = self.settings.text("/folder")?;
        if let Some((bytes, near)) = period::unknown(pattern) {
            let message = format!("{} stands for nothing", escape(&pattern[bytes]));
            let mistake = self.mistake("/folder", message);
            mistake.label = near.map(|near| format!("did you mean {{{near}}}?"));
            mistake.notes.push(format!("known are {}", period::names()));
            return None;
        }
        if pattern.starts_with('/') || pattern.split('/').any(|part| part == "..") {
            self.mistake("/folder", "a folder is named from the top of the project".to_owned());
            return None;
        }
        Some(pattern)
    }

    fn agenda(&self) -> Vec<AgendaItem> {
        let text = |item: &Json, name: &str| item.get(name).and_then(Json::as_str).map(str::to_owned);
        let items = self.settings.list("/agenda").filter_map(|(item, _)| {
            Some(AgendaItem {
                title: text(item, "title")?,
                minutes: item.get("minutes").and_then(Json::as_f64),
                evidence_command: text(item, "evidence_command"),
            })
        });
        items.collect()
    }

    fn escalation(&mut self) -> Vec<Escalation> {
        let settings = self.settings;
        let mut steps = Vec::new();
        for (item, span) in settings.list("/escalation") {
            let text = |name: &str| item.get(name).and_then(Json::as_str);
            let (Some(after), Some(to)) = (text("after"), text("to")) else { continue };
            if let Some(after) = self.length_at(after, span, "/escalation") {
                steps.push(Escalation { after, to: to.to_owned() });
            }
        }
        steps.sort_by_key(|step| crate::model::length::minutes(step.after));
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Config, RITUAL_PRESETS};
    use super::*;
    use crate::model::length::minutes;
    use jiff::civil::date;

    /// The mistakes of a configuration: the bytes they mark, and what they say.
    fn mistakes(source: &str) -> Vec<(String, String)> {
        let found = Config::read(None, "", source).mistakes.into_iter();
        found.map(|mistake| (source[mistake.span.range()].to_owned(), mistake.message)).collect()
    }

    #[test]
    fn a_mistake_stands_at_its_bytes() {
        for (keys, bytes, message) in [
            (
                "rrule = \"FREQ=WEEKLI\"\nstart = 2026-01-05T09:00:00",
                "\"FREQ=WEEKLI\"",
                "'WEEKLI' is no FREQ",
            ),
            ("rrule = \"FREQ=DAILY\"", "\"FREQ=DAILY\"", "a recurrence rule needs a start"),
            (
                "start = 2026-01-05T09:00:00Z",
                "2026-01-05T09:00:00Z",
                "a start is what the clock of the zone shows",
            ),
            ("start = \"monday\"", "\"monday\"", "'monday' is no time like"),
            ("start = 1900-01-01T09:00:00", "1900-01-01T09:00:00", "starts are known from"),
            ("zone = \"Europe/Berln\"", "\"Europe/Berln\"", "\"Europe/Berln\" is not a time zone"),
            ("duration = \"long\"", "\"long\"", "'long' is no length of time"),
            ("publish_within = \"0h\"", "\"0h\"", "'0h' is not longer than nothing"),
            ("reminders = [\"15m\", \"soon\"]", "\"soon\"", "'soon' is no length of time"),
            ("folder = \"ops/{weak}\"", "\"ops/{weak}\"", "{weak} stands for nothing"),
            ("folder = \"../ops\"", "\"../ops\"", "a folder is named from the top of the project"),
            (
                "preset = \"weekly-ops-reviw\"",
                "\"weekly-ops-reviw\"",
                "there is no preset \"weekly-ops-reviw\"",
            ),
            (
                "escalation = [{ after = \"late\", to = \"lead\" }]",
                "{ after = \"late\", to = \"lead\" }",
                "'late' is no length of time",
            ),
        ] {
            let found = mistakes(&format!("[[rituals]]\nid = \"r\"\n{keys}\n"));
            let [(marked, said)] = &found[..] else { panic!("{keys}: {found:?}") };
            assert_eq!(marked, bytes);
            assert!(said.starts_with(message), "{keys}: {said}");
        }
        let nameless = mistakes("[[rituals]]\ntitle = \"Weekly\"\n");
        assert_eq!(nameless[0].1, "a ritual has an id, or a preset that brings one");
    }

    #[test]
    fn no_two_rituals_have_one_id() {
        let source = "[[rituals]]\npreset = \"plan-updates\"\n[[rituals]]\npreset = \"plan-updates\"\n";
        let again = format!("{source}id = \"friday\"\n[[rituals]]\nid = \"friday\"\n");
        assert_eq!(
            mistakes(source),
            [("\"plan-updates\"".to_owned(), "there are two rituals \"plan-updates\"".to_owned())]
        );
        assert_eq!(
            mistakes(&again),
            [("\"friday\"".to_owned(), "there are two rituals \"friday\"".to_owned())]
        );
    }

    #[test]
    fn the_keys_of_the_user_lie_on_those_of_the_preset() {
        let source = "[project]\nzone = \"Europe/Berlin\"\n[[rituals]]\npreset = \"weekly-ops-review\"\n\
                      owner = \"@ada\"\nstart = 2026-01-07T08:30:00\nrrule = \"FREQ=WEEKLY;BYDAY=WE\"\n";
        let config = Config::read(None, "teams/web", source);
        assert!(config.mistakes.is_empty(), "{:?}", config.mistakes);
        let [ritual] = &config.rituals[..] else { panic!("{:?}", config.rituals) };
        assert_eq!((&*ritual.id, ritual.owner.as_deref()), ("weekly-ops-review", Some("@ada")));
        assert_eq!(ritual.folder.as_deref(), Some("teams/web/ops/operations/weekly/{week}"));
        assert_eq!(ritual.agenda.len(), 5);
        let series = ritual.series.as_ref().expect("a series");
        let first = &series.between(date(2026, 7, 1), date(2026, 7, 1))[0];
        assert_eq!(first.timestamp().to_string(), "2026-07-01T06:30:00Z");
        let origin = |pointer: &str| ritual.settings.get(pointer).map(|setting| setting.origin);
        assert_eq!(origin("/owner"), Some(Origin::File));
        assert_eq!(origin("/agenda"), Some(Origin::Preset("weekly-ops-review")));
    }

    #[test]
    fn every_preset_is_a_ritual_without_a_mistake_whose_agenda_fits() {
        let page = include_str!("../../docs/rituals.md");
        for preset in RITUAL_PRESETS {
            let named = Config::read(None, "", &format!("[[rituals]]\npreset = \"{}\"\n", preset.name));
            let own = Config::read(None, "", preset.text);
            assert!(
                own.mistakes.is_empty() && named.mistakes.is_empty(),
                "{}: {:?}",
                preset.name,
                own.mistakes
            );
            for ritual in [&own.rituals[0], &named.rituals[0]] {
                assert_eq!(ritual.id, preset.name);
                let series = ritual.series.as_ref().expect("a series");
                // The start is the first of the dates, so that a preset does not say two things.
                let first = series.between(series.start.date(), series.start.date());
                assert_eq!(first.len(), 1, "{}", preset.name);
                let time = ritual.duration.map(minutes).expect("a duration") as f64;
                let agenda: f64 = ritual.agenda.iter().filter_map(|item| item.minutes).sum();
                assert!(agenda == 0.0 || agenda == time, "{}: {agenda} of {time}", preset.name);
            }
            assert!(
                page.contains(&format!("`{}`", preset.name)),
                "docs/rituals.md does not name {}",
                preset.name
            );
        }
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/rituals");
        let files = std::fs::read_dir(folder).expect("the presets are beside the sources");
        assert_eq!(files.count(), RITUAL_PRESETS.len(), "a file is not embedded");
        assert!(RITUAL_PRESETS.is_sorted_by_key(|preset| preset.name));
    }

    #[test]
    fn objectives_and_priorities_have_lengths() {
        let config = Config::built_in();
        let slas: Vec<(&str, i64)> =
            config.slas.iter().map(|sla| (&*sla.priority, minutes(sla.within) / 60)).collect();
        assert_eq!(slas, [("P0", 24), ("P1", 168), ("P2", 336), ("P3", 720)]);
        let slo = "[[slos]]\nname = \"a\"\nmetric = \"m\"\nop = \"<\"\ntarget = 2\n";
        assert_eq!(Config::read(None, "", slo).slos.len(), 1);
        assert_eq!(mistakes(&format!("{slo}{slo}"))[0].1, "there are two objectives \"a\"");
        assert_eq!(mistakes(&format!("{slo}window = \"x\"\n")).len(), 1);
        assert_eq!(mistakes("[sla]\nP0 = \"now\"\n")[0].0, "\"now\"");
    }
}
