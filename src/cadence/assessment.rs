//! What an assessment amounts to: its scores, the bands that alignment and gaps fall into, what is out of bounds, and the
//! decision that follows by the configuration, beside the one that is stated.
//!
//! Whether a stated decision is the right one is for people; this room only says where it is not the one that their own
//! thresholds give.

use std::collections::{HashMap, HashSet};

use jiff::civil::{Date, date};
use serde_json::{Value as Json, json};

use crate::config::{Assessment, Band, Config, Modifier};
use crate::database::sql::{Cell, Needs, Place, Source, SqlError, TableInfo, Take};
use crate::database::{Database, leads_to};
use crate::model::threshold::{first_number, place, says};
use crate::read::tape::Value;
use crate::text::RepoPath;

/// The collection of assessments.
const RECORDS: &str = "assessments";

/// What one assessment says.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The scores, each with the name of its dimension as written.
    pub scores: Vec<(String, f64)>,
    /// Its other fields, as text.
    pub fields: HashMap<String, String>,
}

/// What follows from an assessment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// The score of each dimension of the configuration, in its order.
    pub scores: Vec<Option<f64>>,
    /// Their mean.
    pub overall: Option<f64>,
    /// How far things are as they were meant, in percent.
    pub alignment: Option<f64>,
    /// How much of the plan is missing, in percent.
    pub gaps: Option<f64>,
    /// The index of the band of the alignment.
    pub alignment_band: Option<usize>,
    /// The index of the band of the gaps.
    pub gap_band: Option<usize>,
    /// The indices of the modifiers that hold.
    pub modifiers: Vec<usize>,
    /// What the assessment does not say and a band or a modifier asks for.
    pub unknown: Vec<String>,
    /// The index of the band that counts: the worst.
    pub band: Option<usize>,
    /// The decision, in words.
    pub decision: Option<String>,
    /// Whether the stated decision is that one; `None` when one of them is not known.
    pub is_same: Option<bool>,
}

/// What follows from `facts` by `rules`.
#[must_use]
pub fn outcome(rules: &Assessment, facts: &Facts) -> Outcome {
    let scores: Vec<Option<f64>> = rules.dimensions.iter().map(|(_, words)| score(facts, words)).collect();
    let known: Vec<f64> = scores.iter().flatten().copied().collect();
    let of_dimension = |name: &Option<String>| {
        let at = rules.dimensions.iter().position(|(known, _)| Some(known) == name.as_ref())?;
        scores[at]
    };
    let stated = |field: &str| facts.fields.get(field).and_then(|text| first_number(text));
    let mut outcome = Outcome {
        overall: (!known.is_empty()).then(|| tenths(known.iter().sum::<f64>() / known.len() as f64)),
        alignment: stated("alignment").or_else(|| of_dimension(&rules.alignment)),
        gaps: stated("gaps").or_else(|| of_dimension(&rules.gaps).map(lacking)),
        ..Outcome::default()
    };
    outcome.scores = scores;
    outcome.bands(rules);
    outcome.add_modifiers(rules, facts);
    let Some(band) = outcome.band else { return outcome };
    let added = outcome.modifiers.iter().map(|&at| &rules.modifiers[at].decision);
    let mut words: Vec<&str> = vec![&rules.bands[band].decision];
    added.for_each(|more| {
        if !words.contains(&more.as_str()) {
            words.push(more);
        }
    });
    outcome.decision = Some(words.join("; "));
    outcome.is_same =
        facts.fields.get("decision").map(|stated| outcome.is_stated(rules, facts, stated, band));
    outcome
}

impl Outcome {
    /// Finds the bands. The worst counts, if all that bands ask for is known.
    fn bands(&mut self, rules: &Assessment) {
        let asks_alignment = rules.bands.iter().any(|band| band.alignment.is_some());
        let asks_gaps = rules.bands.iter().any(|band| band.gaps.is_some());
        let first = |holds: &dyn Fn(&Band) -> bool| {
            rules.bands.iter().position(holds).or_else(|| rules.bands.len().checked_sub(1))
        };
        let fits = |value: f64, comparison: &Option<crate::model::Threshold>| {
            comparison.as_ref().is_none_or(|comparison| comparison.holds(value))
        };
        let alignment = self.alignment.filter(|_| asks_alignment);
        let gaps = self.gaps.filter(|_| asks_gaps);
        self.alignment_band = alignment.and_then(|value| first(&|band| fits(value, &band.alignment)));
        self.gap_band = gaps.and_then(|value| first(&|band| fits(value, &band.gaps)));
        for (is_asked, value, name) in [(asks_alignment, alignment, "alignment"), (asks_gaps, gaps, "gaps")] {
            if is_asked && value.is_none() {
                self.unknown.push(name.to_owned());
            }
        }
        if self.unknown.is_empty() {
            self.band = self.alignment_band.max(self.gap_band);
        }
    }

    fn add_modifiers(&mut self, rules: &Assessment, facts: &Facts) {
        for (at, modifier) in rules.modifiers.iter().enumerate() {
            match self.holds(modifier, facts) {
                Some(true) => self.modifiers.push(at),
                Some(false) => {}
                None if self.unknown.contains(&modifier.of) => {}
                None => self.unknown.push(modifier.of.clone()),
            }
        }
    }

    fn holds(&self, modifier: &Modifier, facts: &Facts) -> Option<bool> {
        match self.computed(&modifier.of) {
            Some(value) => value.map(|value| modifier.when.holds(value)),
            None => modifier.when.holds_for(facts.fields.get(&modifier.of)?),
        }
    }

    /// The figure that a modifier calls `name`, as far as it is known; `None` for a field of the assessment.
    fn computed(&self, name: &str) -> Option<Option<f64>> {
        match name {
            "alignment" => Some(self.alignment),
            "gaps" => Some(self.gaps),
            "overall" => Some(self.overall),
            _ => None,
        }
    }

    /// Whether `stated` is the decision of `band` with the modifiers that hold, and without those that do not. A modifier
    /// with a plan is kept by the plan, in whatever words.
    fn is_stated(&self, rules: &Assessment, facts: &Facts, stated: &str, band: usize) -> bool {
        let places = rules.bands.iter().enumerate().filter_map(|(at, band)| {
            Some((names(&band.decision, &band.names).filter_map(|name| place(stated, name)).min()?, at))
        });
        let is_band = places.min().is_some_and(|(_, named)| named == band);
        let mut others = rules.modifiers.iter().enumerate().filter(|(_, modifier)| modifier.plan.is_none());
        let is_right = |(at, modifier): (usize, &Modifier)| {
            let is_said = names(&modifier.decision, &modifier.names).any(|name| says(stated, name));
            let holds = self.modifiers.contains(&at);
            is_said == holds || self.holds(modifier, facts).is_none()
        };
        is_band && others.all(is_right)
    }
}

fn names<'a>(decision: &'a str, others: &'a [String]) -> impl Iterator<Item = &'a str> {
    std::iter::once(decision).chain(others.iter().map(String::as_str))
}

/// The score of the first dimension that is known by one of `words`.
fn score(facts: &Facts, words: &[String]) -> Option<f64> {
    let is_known = |name: &str| words.iter().any(|word| says(name, word));
    facts.scores.iter().find(|(name, _)| is_known(name)).map(|(_, score)| *score)
}

/// What a score lacks to 100, without what binary numbers add to it.
fn lacking(score: f64) -> f64 {
    ((100.0 - score) * 1e9).round() / 1e9
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

const COLUMNS: &[(&str, &str, &str)] = &[
    ("quarter", "text", "The quarter, as in 2026-Q4."),
    ("day", "date", "The day it was made; the last of the quarter where none is said."),
    ("overall", "number", "The mean of the scores."),
    (
        "alignment",
        "number",
        "How far things are as they were meant, in percent: as stated, else the score of its dimension.",
    ),
    ("gaps", "number", "How much is missing, in percent: as stated, else what its dimension lacks to 100."),
    ("alignment_band", "text", "The decision that the alignment alone leads to."),
    ("gap_band", "text", "The decision that the gaps alone lead to."),
    ("modifiers", "json", "What is out of bounds: decision, of, when."),
    ("plans", "json", "The documents that it has to name: field, because, named, is_there."),
    ("unknown", "json", "The figures that are asked for and not said."),
    (
        "decision",
        "text",
        "The worst of the two bands, and what the modifiers add; none when a band cannot be told.",
    ),
    ("stated", "text", "The decision that it states."),
    ("is_same", "boolean", "Whether that is the computed one."),
];

/// The table `assessment_results` of `config`.
#[must_use]
pub fn source<'a>(config: &'a Config, database: &'a Database) -> Box<dyn Source + 'a> {
    let about = "an assessment, and the decision that follows from it by [assessment]";
    let mut info = TableInfo::new("assessment_results", about, COLUMNS);
    for (at, (name, _)) in config.assessment.dimensions.iter().enumerate() {
        let about = "The score of this dimension, 0 to 100.";
        let column = crate::database::sql::Column::new(format!("{SCORE}{name}"), "number", about);
        info.columns.insert(SCORES_AT + at, column);
    }
    Box::new(Results { config, database, info })
}

/// Where the columns of scores begin.
const SCORES_AT: usize = 2;

/// What the names of those columns begin with.
const SCORE: &str = "score_";

struct Results<'a> {
    config: &'a Config,
    database: &'a Database,
    info: TableInfo,
}

impl Source for Results<'_> {
    fn info(&self) -> &TableInfo {
        &self.info
    }

    fn needs(&self, _columns: &[usize], needs: &mut Needs) {
        needs.add(self.database, &[RECORDS]);
        needs.documents = true;
    }

    fn rows(&self, wanted: &[usize], take: &mut Take<'_>) -> Result<(), SqlError> {
        let Some((table, _)) = self.database.table(RECORDS) else { return Ok(()) };
        let mut all = Vec::new();
        self.database.for_each(table, &mut |id, record, _| all.push((id, facts(record))));
        let paths = if all.is_empty() { HashSet::new() } else { self.paths() };
        for (id, facts) in all {
            let outcome = outcome(&self.config.assessment, &facts);
            let path = &self.database.file(id).path;
            let cells: Vec<Cell<'_>> =
                wanted.iter().map(|&at| self.cell(at, &facts, &outcome, path, &paths)).collect();
            take(Place::Record(id), &cells)?;
        }
        Ok(())
    }
}

impl Results<'_> {
    /// Everything a plan may be.
    fn paths(&self) -> HashSet<&str> {
        let documents = self.database.documents.iter().map(|document| document.path.as_str());
        documents.chain(self.database.files.iter().map(|file| file.path.as_str())).collect()
    }

    fn cell(
        &self,
        column: usize,
        facts: &Facts,
        outcome: &Outcome,
        path: &RepoPath,
        paths: &HashSet<&str>,
    ) -> Cell<'static> {
        let rules = &self.config.assessment;
        let field = |name: &str| facts.fields.get(name);
        let band = |at: Option<usize>| Cell::maybe(at.map(|at| rules.bands[at].decision.clone()));
        let list = |list: Vec<Json>| Cell::text(Json::Array(list).to_string());
        let name = &*self.info.columns[column].name;
        if let Some(dimension) = name.strip_prefix(SCORE) {
            let at = rules.dimensions.iter().position(|(known, _)| known == dimension);
            return real(at.and_then(|at| outcome.scores[at]));
        }
        match name {
            "quarter" => Cell::maybe(field("period").cloned()),
            "day" => Cell::maybe(day(facts)),
            "overall" => real(outcome.overall),
            "alignment" => real(outcome.alignment),
            "gaps" => real(outcome.gaps),
            "alignment_band" => band(outcome.alignment_band),
            "gap_band" => band(outcome.gap_band),
            "modifiers" => list(outcome.modifiers.iter().map(|&at| shown(&rules.modifiers[at])).collect()),
            "plans" => list(plans(rules, facts, outcome, path, paths)),
            "unknown" => list(outcome.unknown.iter().cloned().map(Json::from).collect()),
            "decision" => Cell::maybe(outcome.decision.clone()),
            "stated" => Cell::maybe(field("decision").cloned()),
            _ => outcome.is_same.map_or(Cell::Null, Cell::bool),
        }
    }
}

fn shown(modifier: &Modifier) -> Json {
    json!({ "decision": modifier.decision, "of": modifier.of, "when": modifier.when.to_string() })
}

/// The documents that the assessment at `path` has to name, each once.
fn plans(
    rules: &Assessment,
    facts: &Facts,
    outcome: &Outcome,
    path: &RepoPath,
    paths: &HashSet<&str>,
) -> Vec<Json> {
    let mut plans: Vec<(&str, Json)> = Vec::new();
    for modifier in outcome.modifiers.iter().map(|&at| &rules.modifiers[at]) {
        let Some(field) = modifier.plan.as_deref() else { continue };
        if plans.iter().any(|(known, _)| *known == field) {
            continue;
        }
        let named = facts.fields.get(field);
        let is_there = named.is_some_and(|named| is_there(named, path, paths));
        let value = match outcome.computed(&modifier.of) {
            Some(value) => value.map(|value| value.to_string()),
            None => facts.fields.get(&modifier.of).cloned(),
        };
        let because = format!("{} is {}", modifier.of, value.unwrap_or_default());
        plans.push((
            field,
            json!({ "field": field, "because": because, "named": named, "is_there": is_there }),
        ));
    }
    plans.into_iter().map(|(_, plan)| plan).collect()
}

/// Whether a document is where `named` says, from the assessment at `path` or from the top; what is kept elsewhere is
/// believed to be there.
fn is_there(named: &str, path: &RepoPath, paths: &HashSet<&str>) -> bool {
    let named = named.trim().trim_matches('`');
    let from_here = leads_to(path, named);
    let from_top = named.split('#').next().unwrap_or_default();
    named.contains("://")
        || paths.contains(from_top)
        || from_here.is_some_and(|place| paths.contains(place.as_str()))
}

fn real(value: Option<f64>) -> Cell<'static> {
    value.map_or(Cell::Null, Cell::Real)
}

/// The day of an assessment.
fn day(facts: &Facts) -> Option<String> {
    let stated = facts.fields.get("date").and_then(|text| text.get(..10)?.parse::<Date>().ok());
    let last = || {
        let (year, quarter) = facts.fields.get("period")?.split_once("-Q")?;
        let (year, quarter): (i16, i8) = (year.parse().ok()?, quarter.parse().ok()?);
        let month = quarter.checked_mul(3).filter(|month| (1..=12).contains(month))?;
        (1..9999).contains(&year).then(|| date(year, month, 1).last_of_month())
    };
    stated.or_else(last).map(|day| day.to_string())
}

/// What a record says.
fn facts(record: Value<'_>) -> Facts {
    let mut facts = Facts::default();
    for (name, value) in record.members() {
        let name = name.as_str().unwrap_or_default();
        if let Some(text) = value.scalar_text().filter(|text| !text.trim().is_empty()) {
            facts.fields.insert(name.to_owned(), text.to_owned());
        }
    }
    for item in record.get("dimensions").into_iter().flat_map(|list| list.items()) {
        let name = item.get("name").and_then(|name| name.as_str());
        let score = item.get("score").and_then(|score| score.as_number()?.parse().ok());
        facts.scores.extend(name.map(str::to_owned).zip(score));
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Facts of `fields`, and of scores for alignment and technical gaps.
    fn facts(scores: &[(&str, f64)], fields: &[(&str, &str)]) -> Facts {
        Facts {
            scores: scores.iter().map(|(name, score)| ((*name).to_owned(), *score)).collect(),
            fields: fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
        }
    }

    fn of(source: &str, facts: &Facts) -> Outcome {
        let config = Config::read(None, "", source);
        assert!(config.mistakes.is_empty(), "{:?}", config.mistakes);
        outcome(&config.assessment, facts)
    }

    fn decision(fields: &[(&str, &str)]) -> Option<String> {
        of("", &facts(&[], fields)).decision
    }

    #[test]
    fn the_worst_band_of_alignment_and_gaps_counts() {
        for (alignment, gaps, expect) in [
            ("91 %", "0", "continue as planned"),
            ("91 %", "10", "continue as planned"),
            ("90", "0", "adjust tactics"),
            ("70", "0", "adjust tactics"),
            ("95", "30.1 %", "pivot strategy; close the gaps by a plan"),
            ("69.9", "5", "pivot strategy"),
            ("50", "5", "pivot strategy"),
            ("49", "5", "pause and re-evaluate"),
            ("95", "51", "pause and re-evaluate; close the gaps by a plan"),
        ] {
            let found = decision(&[("alignment", alignment), ("gaps", gaps)]);
            assert_eq!(found.as_deref(), Some(expect), "{alignment}, {gaps}");
        }
    }

    #[test]
    fn every_modifier_that_holds_is_added() {
        let with = |more: &[(&str, &str)]| {
            let fields = [&[("alignment", "95"), ("gaps", "5")], more].concat();
            decision(&fields).expect("a decision").replacen("continue as planned", "", 1)
        };
        assert_eq!(with(&[("budget_variance", "+15 %")]), "");
        assert_eq!(with(&[("budget_variance", "-16 %")]), "; propose another budget");
        assert_eq!(
            with(&[("budget_variance", "26"), ("timeline_variance", "20 %"), ("metric_trend", "Degrading")]),
            "; propose another budget; propose another timeline; reduce scope or secure funding; accelerate"
        );
        assert_eq!(with(&[("metric_trend", "steady")]), "");
    }

    #[test]
    fn scores_stand_in_for_what_is_not_stated() {
        let scores = [
            ("Goal alignment", 88.0),
            ("Technical Gaps", 60.0),
            ("Budget & timeline", 75.0),
            ("Success criteria", 90.0),
            ("Risk assessment", 70.0),
            ("Stakeholder alignment", 95.0),
            ("Industry trends", 65.0),
        ];
        let found = of("", &facts(&scores, &[]));
        assert_eq!((found.overall, found.alignment, found.gaps), (Some(77.6), Some(88.0), Some(40.0)));
        assert!(found.scores.iter().all(Option::is_some), "{:?}", found.scores);
        assert_eq!(found.decision.as_deref(), Some("pivot strategy; close the gaps by a plan"));
        assert_eq!(found.unknown, ["budget_variance", "timeline_variance", "metric_trend"]);
        assert_eq!(found.is_same, None);
        let of_tenths = of("", &facts(&[("Technical gaps", 89.9)], &[("alignment", "95")]));
        assert_eq!(of_tenths.gaps, Some(10.1), "no more digits than the score has");
    }

    #[test]
    fn without_a_figure_there_is_no_decision() {
        let found = of("", &facts(&[("Technical gaps", 95.0)], &[("decision", "continue")]));
        assert_eq!((found.decision, found.is_same), (None, None));
        assert_eq!(found.unknown[0], "alignment");
        let words = of("", &facts(&[], &[("alignment", "high"), ("gaps", "few")]));
        assert_eq!((words.alignment, words.band), (None, None));
    }

    #[test]
    fn a_stated_decision_names_its_band_first_and_the_modifiers_that_hold() {
        let is_same = |more: &[(&str, &str)], stated: &str| {
            let fields = [&[("alignment", "80"), ("gaps", "20"), ("decision", stated)], more].concat();
            of("", &facts(&[], &fields)).is_same
        };
        for (more, stated, expect) in [
            (&[][..], "Adjust tactics", true),
            (&[], "We **adjust** rather than pivot", true),
            (&[], "Continue as planned", false),
            (&[], "Pivot, then adjust", false),
            (&[], "carry on", false),
            (&[("budget_variance", "30")], "adjust tactics", false),
            (&[("budget_variance", "30")], "adjust tactics and reduce scope", true),
            (&[("budget_variance", "3")], "adjust tactics and reduce scope", false),
            (&[], "adjust tactics and reduce scope", true),
        ] {
            assert_eq!(is_same(more, stated), Some(expect), "{stated} {more:?}");
        }
    }

    #[test]
    fn thresholds_are_those_of_the_configuration() {
        let source = "[assessment]\nbands = [{ decision = \"go\", alignment = \">= 60\" }, { decision = \"stop\" }]\n\
                      modifiers = [{ of = \"overall\", when = \"< 50\", decision = \"ask for help\" }]\n";
        let found = of(source, &facts(&[("Goals", 40.0)], &[("alignment", "65")]));
        assert_eq!(found.decision.as_deref(), Some("go; ask for help"));
        assert!(found.gap_band.is_none() && found.unknown.is_empty());
        let found = of(source, &facts(&[], &[("alignment", "59")]));
        assert_eq!(found.decision.as_deref(), Some("stop"));
    }

    #[test]
    fn a_plan_is_looked_for_from_the_assessment_and_from_the_top() {
        let here = RepoPath::new("docs/assessments/Q4-2026.md");
        let paths = HashSet::from(["docs/assessments/Q4-gaps.md", "docs/plans/budget.md"]);
        for (named, expect) in [
            ("Q4-gaps.md", true),
            ("../plans/budget.md#costs", true),
            ("docs/plans/budget.md", true),
            ("`docs/plans/budget.md`", true),
            ("https://plans.example/7", true),
            ("Q3-gaps.md", false),
            ("soon", false),
        ] {
            assert_eq!(is_there(named, &here, &paths), expect, "{named}");
        }
    }

    #[test]
    fn an_assessment_without_a_day_is_that_of_the_end_of_its_quarter() {
        let of = |fields: &[(&str, &str)]| day(&facts(&[], fields));
        assert_eq!(of(&[("period", "2026-Q4")]).as_deref(), Some("2026-12-31"));
        assert_eq!(of(&[("period", "2026-Q1"), ("date", "2026-03-27")]).as_deref(), Some("2026-03-27"));
        assert_eq!((of(&[("period", "2026-Q9")]), of(&[])), (None, None));
    }
}
