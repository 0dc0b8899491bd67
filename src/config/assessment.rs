//! How an assessment leads to a decision: the dimensions it scores, the bands of alignment and gaps, and what is added to
//! a decision when a figure is out of bounds. All of it is data, in `defaults.toml` and in a user's file.
//!
//! What an assessment says, and so what is decided, is for others to compute.

use serde_json::Value as Json;

use super::Mistake;
use super::layers::Settings;
use crate::model::Threshold;
use crate::text::Span;

/// The `[assessment]` table.
#[derive(Debug, Clone, Default)]
pub struct Assessment {
    /// What is scored, by name, each with the words by which it is known.
    pub dimensions: Vec<(String, Vec<String>)>,
    /// The dimension whose score is the alignment where none is stated.
    pub alignment: Option<String>,
    /// The dimension whose score leaves the gaps open where none are stated: what it lacks to 100.
    pub gaps: Option<String>,
    /// The decisions, the best first.
    pub bands: Vec<Band>,
    /// What a decision gains when a figure is out of bounds.
    pub modifiers: Vec<Modifier>,
}

/// A decision, and how good alignment and gaps have to be for it. The first band that a figure satisfies is its own; the
/// last one is that of whatever is left.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// The decision.
    pub decision: String,
    /// Other words for it.
    pub names: Vec<String>,
    /// What the alignment is compared with.
    pub alignment: Option<Threshold>,
    /// What the gaps are compared with.
    pub gaps: Option<Threshold>,
}

/// What is added to a decision when a figure is out of bounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Modifier {
    /// The field of the assessment.
    pub of: String,
    /// When it holds.
    pub when: Threshold,
    /// What is added.
    pub decision: String,
    /// Other words for it.
    pub names: Vec<String>,
    /// The field that has to name a document then.
    pub plan: Option<String>,
}

/// The table `[assessment]`.
pub(super) fn assessment(settings: &Settings, mistakes: &mut Vec<Mistake>) -> Assessment {
    let mut dimensions: Vec<(String, Vec<String>)> = Vec::new();
    for (name, setting) in settings.table("/assessment/dimensions") {
        let words = texts(&setting.json);
        // Without words it is taken out.
        if !words.is_empty() {
            dimensions.push((name, words));
        }
    }
    let mut reading = Reading { settings, mistakes };
    Assessment {
        alignment: reading.dimension("/assessment/alignment", &dimensions),
        gaps: reading.dimension("/assessment/gaps", &dimensions),
        bands: reading.bands(),
        modifiers: reading.modifiers(),
        dimensions,
    }
}

struct Reading<'a> {
    settings: &'a Settings,
    mistakes: &'a mut Vec<Mistake>,
}

impl Reading<'_> {
    /// The dimension that the setting at `pointer` names.
    fn dimension(&mut self, pointer: &str, known: &[(String, Vec<String>)]) -> Option<String> {
        let named = self.settings.text(pointer).filter(|name| !name.is_empty())?;
        if known.iter().any(|(name, _)| name == named) {
            return Some(named.to_owned());
        }
        let message =
            format!("there is no dimension \"{}\" in [assessment.dimensions]", crate::text::escape(named));
        self.mistakes.push(Mistake::new(self.settings.span(pointer), pointer, message));
        None
    }

    fn bands(&mut self) -> Vec<Band> {
        let settings = self.settings;
        let mut bands = Vec::new();
        for (at, (item, span)) in settings.list("/assessment/bands").enumerate() {
            let pointer = format!("/assessment/bands/{at}");
            let alignment = self.comparison(item, "alignment", span, &pointer);
            let gaps = self.comparison(item, "gaps", span, &pointer);
            let Some(decision) = text(item, "decision") else { continue };
            bands.push(Band { decision, names: texts(&item["names"]), alignment, gaps });
        }
        bands
    }

    fn modifiers(&mut self) -> Vec<Modifier> {
        let settings = self.settings;
        let mut modifiers = Vec::new();
        for (at, (item, span)) in settings.list("/assessment/modifiers").enumerate() {
            let when = self.comparison(item, "when", span, &format!("/assessment/modifiers/{at}"));
            let (Some(of), Some(when), Some(decision)) = (text(item, "of"), when, text(item, "decision"))
            else {
                continue;
            };
            let (names, plan) = (texts(&item["names"]), text(item, "plan"));
            modifiers.push(Modifier { of, when, decision, names, plan });
        }
        modifiers
    }

    fn comparison(&mut self, item: &Json, name: &str, span: Span, pointer: &str) -> Option<Threshold> {
        match Threshold::parse(item.get(name)?.as_str()?) {
            Ok(comparison) => Some(comparison),
            Err(message) => {
                self.mistakes.push(Mistake::new(span, format!("{pointer}/{name}"), message));
                None
            }
        }
    }
}

fn text(item: &Json, name: &str) -> Option<String> {
    item.get(name).and_then(Json::as_str).map(str::to_owned)
}

fn texts(list: &Json) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    #[test]
    fn what_ships_is_the_framework_of_the_handbook() {
        let built_in = Config::built_in().assessment;
        assert_eq!(built_in.dimensions.len(), 7);
        let decisions: Vec<&str> = built_in.bands.iter().map(|band| &*band.decision).collect();
        assert_eq!(
            decisions,
            ["continue as planned", "adjust tactics", "pivot strategy", "pause and re-evaluate"]
        );
        assert_eq!(built_in.modifiers.iter().filter(|modifier| modifier.plan.is_some()).count(), 3);
    }

    #[test]
    fn a_user_changes_dimensions_one_by_one_and_bands_as_a_whole() {
        let source = "[assessment]\nbands = [{ decision = \"go\", alignment = \">= 50\" }, { decision = \"stop\" }]\n\
                      [assessment.dimensions]\nindustry = []\npeople = [\"people\"]\n";
        let config = Config::read(None, "", source);
        assert!(config.mistakes.is_empty(), "{:?}", config.mistakes);
        let own = config.assessment;
        assert_eq!((own.dimensions.len(), own.bands.len()), (7, 2));
        assert!(own.dimensions.iter().any(|(name, _)| name == "people"));
        assert!(own.bands[0].gaps.is_none() && own.bands[1].alignment.is_none());
    }

    #[test]
    fn a_mistake_stands_at_its_bytes() {
        for (source, bytes, message) in [
            (
                "[assessment]\nbands = [{ decision = \"go\", alignment = \"good\" }]\n",
                "{ decision = \"go\", alignment = \"good\" }",
                "'good' is no comparison",
            ),
            (
                "[assessment]\nmodifiers = [{ of = \"gaps\", when = \"10\", decision = \"plan\" }]\n",
                "{ of = \"gaps\", when = \"10\", decision = \"plan\" }",
                "'10' is no comparison",
            ),
            ("[assessment]\nalignment = \"goal\"\n", "\"goal\"", "there is no dimension \"goal\""),
        ] {
            let found = Config::read(None, "", source).mistakes;
            let [mistake] = &found[..] else { panic!("{source}: {found:?}") };
            assert_eq!(&source[mistake.span.range()], bytes);
            assert!(mistake.message.starts_with(message), "{}", mistake.message);
        }
    }
}
