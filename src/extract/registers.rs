//! The documents that operations keep beside records: specifications, quarterly assessments, changelogs.

use super::shapes::trimmed;
use super::{Field, Object, Source};
use crate::model::date;
use crate::read::markdown::{Heading, Label, Place};
use crate::read::tape::Value;
use crate::text::Span;

/// A specification: a document whose front matter has a `version` or says what it `covers`.
///
/// # Errors
/// An empty text for any other document, of which there is nothing to say.
pub fn spec(source: &Source<'_>) -> Result<Vec<Object>, String> {
    if source.front("version").is_none() && source.front("covers").is_none() {
        return Err(String::new());
    }
    let mut record = Object::new(source.span());
    record.add("title", source.title().map(|(text, span)| Field::Text(text, span)));
    for name in ["version", "owner", "review_every", "last_reviewed", "status"] {
        record.add(name, source.front(name).map(Field::from_value));
    }
    record.add("covers", source.front("covers").map(as_list));
    Ok(vec![record])
}

fn as_list(value: Value<'_>) -> Field {
    match Field::from_value(value) {
        list @ Field::List(..) => list,
        one => {
            let span = one.span();
            Field::List(vec![one], span)
        }
    }
}

/// A quarterly assessment: the period of its name or title, and a table of dimensions with their scores.
///
/// # Errors
/// A sentence when no quarter is named.
pub fn assessment(source: &Source<'_>) -> Result<Vec<Object>, String> {
    let title = source.title();
    let named = period(source.stem()).or_else(|| period(title.as_ref().map_or("", |(title, _)| title)));
    let Some(named) = named else { return Err("its name says no quarter, such as Q4-2026".to_owned()) };
    let mut record = Object::new(source.span());
    let place = title.as_ref().map_or(source.span(), |(_, span)| *span);
    record.add("period", Field::text(named, place));
    let labels = source.labels().iter().filter(|label| !label.value.is_empty());
    let labels: Vec<(String, &Label)> = labels.map(|label| (plain(&label.name), label)).collect();
    let label = |name: &str| labels.iter().find(|(known, _)| known == name).map(|(_, label)| *label);
    let day = label("date").and_then(|label| Some((date::first(&label.value)?, label.value_span)));
    record.add("date", day.map(|(day, span)| Field::text(day.to_string(), span)));
    record.list("dimensions", dimensions(source));
    for (field, names) in LABELS {
        let found = names.iter().find_map(|name| label(name));
        record.add(*field, found.map(|label| stated(source, label)));
    }
    Ok(vec![record])
}

/// The fields of an assessment that stand in it as labelled values, with the names they go by.
const LABELS: &[(&str, &[&str])] = &[
    ("alignment", &["alignment", "plan alignment"]),
    ("gaps", &["gaps", "gap"]),
    ("budget_variance", &["budget variance"]),
    ("timeline_variance", &["timeline variance"]),
    ("metric_trend", &["metric trend"]),
    ("decision", &["decision"]),
    ("remediation_plan", &["remediation plan", "gap remediation plan"]),
    (
        "adjustment_proposal",
        &[
            "adjustment proposal",
            "budget and timeline adjustment proposal",
            "budget timeline adjustment proposal",
        ],
    ),
];

/// A name in lower case, its words parted by single spaces.
fn plain(name: &str) -> String {
    let name = name.to_lowercase();
    name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What a label says: where its link leads, if its value is one.
fn stated(source: &Source<'_>, label: &Label) -> Field {
    let document = source.document;
    let mut links = document.lines[label.line].links.iter().map(|&at| &document.links[at]);
    match links.find(|link| link.text.trim() == label.value.trim()) {
        Some(link) => Field::text(link.destination.as_str(), link.span),
        None => Field::text(label.value.as_str(), label.value_span),
    }
}

/// `2026-Q4` from `Q4-2026`, `2026 Q4` and their like.
fn period(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let quarter = |word: &str| {
        let digit = word.strip_prefix(['Q', 'q'])?;
        matches!(digit, "1" | "2" | "3" | "4").then(|| digit.to_owned())
    };
    let year =
        |word: &str| word.len() == 4 && word.starts_with("20") && word.bytes().all(|b| b.is_ascii_digit());
    words.windows(2).find_map(|pair| match (quarter(pair[0]), quarter(pair[1])) {
        (Some(quarter), _) if year(pair[1]) => Some(format!("{}-Q{quarter}", pair[1])),
        (_, Some(quarter)) if year(pair[0]) => Some(format!("{}-Q{quarter}", pair[0])),
        _ => None,
    })
}

/// The rows of a table that has a column of scores: name, score from 0 to 100, findings.
fn dimensions(source: &Source<'_>) -> Vec<Field> {
    let mut found: Vec<Object> = Vec::new();
    let (mut score, mut current) = (None, None);
    for line in &source.document.lines {
        let Place::Cell { table, row, column } = line.place else { continue };
        if row == 0 {
            if column == 0 {
                score = None;
            }
            if line.text.to_lowercase().contains("score") {
                score = Some(column);
            }
            continue;
        }
        let Some(scores) = score else { continue };
        if current != Some((table, row)) {
            current = Some((table, row));
            found.push(Object::new(line.span));
        }
        let Some(record) = found.last_mut() else { continue };
        record.span.end = line.span.end;
        let digits: String = line.text.trim().chars().take_while(char::is_ascii_digit).collect();
        match (column, digits.parse::<i64>()) {
            (0, _) => record.add("name", Field::text(line.text.trim(), line.span)),
            (at, Ok(number)) if at == scores => record.add("score", Field::Number(number, line.span)),
            (at, _) if at > scores => record.add("findings", Field::text(line.text.trim(), line.span)),
            _ => record,
        };
    }
    found.retain(|record| record.has("name") && record.has("score"));
    found.into_iter().map(Field::Object).collect()
}

/// The releases of a changelog: a heading with a version for each, newest or oldest first. What is unreleased is no
/// release.
///
/// # Errors
/// A sentence when no heading is a version.
pub fn releases(source: &Source<'_>) -> Result<Vec<Object>, String> {
    let headings = &source.document.headings;
    let versions = headings.iter().map(|heading| version(&heading.text));
    let versions: Vec<Option<(String, usize)>> = versions.collect();
    let level = headings.iter().zip(&versions).filter(|(_, version)| version.is_some());
    let Some(level) = level.map(|(heading, _)| heading.level).min() else {
        return Err("no heading in it is a version".to_owned());
    };
    let releases = headings.iter().enumerate().zip(versions);
    let releases = releases.filter(|((_, heading), _)| heading.level == level);
    Ok(releases.filter_map(|((at, heading), found)| Some(release(source, at, heading, found?))).collect())
}

fn release(source: &Source<'_>, at: usize, heading: &Heading, (version, end): (String, usize)) -> Object {
    let whole = trimmed(source.text, Span::new(heading.span.start, heading.end));
    let mut record = Object::new(whole);
    let place = |range: std::ops::Range<usize>| match heading.line.map(|line| &source.document.lines[line]) {
        Some(line) if line.text.trim_end() == heading.text => line.span_of(range),
        _ => heading.span,
    };
    let start = end - heading.text[..end].len().min(version.len());
    record.add("version", Field::text(version, place(start..end)));
    let rest = &heading.text[end..];
    let day = date::dates(rest).into_iter().next();
    record.add(
        "date",
        day.map(|(day, range)| Field::text(day.to_string(), place(end + range.start..end + range.end))),
    );
    if rest.to_lowercase().contains("yanked") {
        record.add("yanked", Field::Bool(true, heading.span));
    }
    let mut sections = Object::new(whole);
    for (below, section) in source.document.headings.iter().enumerate() {
        if section.parent == Some(at) && !section.text.is_empty() {
            let body = trimmed(source.text, source.document.body(below));
            let text = source.text.get(body.range()).unwrap_or_default();
            sections.add(section.text.to_lowercase(), Field::text(text, body));
        }
    }
    record.add("sections", Field::Object(sections));
    let body = trimmed(source.text, source.document.body(at));
    record.add("notes", Field::text(source.text.get(body.range()).unwrap_or_default(), body));
    record
}

/// The version that a heading names, without a `v` before it, and where it ends: at least two numbers joined by dots, with
/// what Semantic Versioning allows behind them.
fn version(heading: &str) -> Option<(String, usize)> {
    const BEFORE: usize = 3;
    let words = heading.split([' ', '\t', '[', ']', '(', ')', ',']).filter(|word| !word.is_empty());
    for word in words.take(BEFORE) {
        let bare = word.rsplit(['@', '/']).next().unwrap_or(word);
        let bare = bare.strip_prefix(['v', 'V']).unwrap_or(bare).trim_end_matches(':');
        let core = bare.split(['-', '+']).next().unwrap_or_default();
        let numbers: Vec<&str> = core.split('.').collect();
        let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let is_date = numbers.len() == 1
            || bare.len() == 10 && numbers.len() == 3 && numbers[0].len() == 4 && numbers[1].len() == 2;
        if numbers.len() >= 2 && numbers.iter().all(is_number) && !is_date {
            let start = word.as_ptr() as usize - heading.as_ptr() as usize;
            let offset = start + (bare.as_ptr() as usize - word.as_ptr() as usize);
            return Some((bare.to_owned(), offset + bare.len()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::extract::testing::extracted;

    #[test]
    fn a_spec_is_a_document_with_a_version_or_what_it_covers() {
        let text = "---\nversion: 1.2.0\ncovers: src/**\nowner: '@ana'\n---\n# Payments\n";
        let found = extracted(spec, "docs/payments.md", text).expect("it has a version");
        assert_eq!(
            found,
            json!([{"title": "Payments", "version": "1.2.0", "owner": "@ana", "covers": ["src/**"]}])
        );
        assert_eq!(extracted(spec, "docs/a.md", "---\ntitle: A\n---\n"), Err(String::new()));
    }

    #[test]
    fn an_assessment_has_a_quarter_and_scores() {
        let text = "# 360 assessment\n\n**Date**: 2026-11-20\n\n| Dimension | Score | Why |\n|---|---|---|\n| Quality | 82/100 | tests |\n| Cost | open | |\n";
        let found = extracted(assessment, "docs/assessments/Q4-2026.md", text).expect("it names a quarter");
        assert_eq!(
            found,
            json!([{"period": "2026-Q4", "date": "2026-11-20",
                "dimensions": [{"name": "Quality", "score": 82, "findings": "tests"}]}])
        );
        assert!(extracted(assessment, "docs/assessments/README.md", "# About\n").is_err());
    }

    #[test]
    fn an_assessment_states_its_figures_and_names_its_plans() {
        let text = "# Q4 2026\n\n- **Alignment:** 86 %\n- **Gaps**: 12%\n- Budget variance: +18.5 %\n\
                    - Timeline variance: -3 %\n- Metric trend: degrading\n\
                    - Remediation plan: [how gaps are closed](Q4-gaps.md)\n\
                    - Budget/Timeline adjustment proposal: `docs/plans/budget.md`\n- Decision: Adjust tactics, see [7](7.md)\n";
        let found = extracted(assessment, "docs/assessments/Q4-2026.md", text).expect("it names a quarter");
        assert_eq!(
            found,
            json!([{"period": "2026-Q4", "dimensions": [], "alignment": "86 %", "gaps": "12%",
                "budget_variance": "+18.5 %", "timeline_variance": "-3 %", "metric_trend": "degrading",
                "decision": "Adjust tactics, see 7", "remediation_plan": "Q4-gaps.md",
                "adjustment_proposal": "docs/plans/budget.md"}])
        );
    }

    #[test]
    fn releases_are_headings_with_a_version() {
        let text = "# Changelog\n\n## [Unreleased]\n\n- x\n\n## [1.2.0] - 2026-11-20 [YANKED]\n\n### Added\n\n- a\n\n## v1.1.0-rc.1 (Nov 2, 2026)\n\n## 2026-10-01\n";
        let found = extracted(releases, "CHANGELOG.md", text).expect("there are versions");
        assert_eq!(
            found,
            json!([
                {"version": "1.2.0", "date": "2026-11-20", "yanked": true, "sections": {"added": "- a"},
                 "notes": "### Added\n\n- a"},
                {"version": "1.1.0-rc.1", "date": "2026-11-02", "sections": {}, "notes": ""}
            ])
        );
        assert!(extracted(releases, "CHANGELOG.md", "# Changelog\n\nNothing yet.\n").is_err());
    }

    #[test]
    fn a_version_is_found_where_headings_have_it() {
        for (heading, expect) in [
            ("1.2.3", Some("1.2.3")),
            ("Version 1.2", Some("1.2")),
            ("pkg@1.0.0-beta.1+5: fixes", Some("1.0.0-beta.1+5")),
            ("2026.11.20", None),
            ("2026-11-20", None),
            ("What is new in the release of 1.2.3", None),
            ("Added", None),
        ] {
            assert_eq!(version(heading).map(|(version, _)| version).as_deref(), expect, "{heading}");
        }
    }
}
