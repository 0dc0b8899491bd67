//! Indicators as people and programs see them, from receipts as a session would make them.

use super::*;
use crate::report::rows::Cell;
use crate::report::{Style, sample};

fn figure(value: f64, numerator: f64, denominator: f64) -> FigureReceipt {
    FigureReceipt {
        value: Some(value),
        numerator: Some(numerator),
        denominator: Some(denominator),
        note: None,
    }
}

/// An indicator off its target, one with parts, one that is unknown, one with nothing to say.
pub(in crate::report) fn health() -> Health {
    let period = |first: &str, last: &str| {
        [first, last, "2026-10-23T09:00:00Z", "2026-11-20T09:00:00Z"].map(str::to_owned)
    };
    let closure = IndicatorReceipt {
        id: "action-closure".to_owned(),
        title: "Actions closed".to_owned(),
        unit: "%".to_owned(),
        target: Some(Target { op: ">=", value: 80.0 }),
        better: Some("higher"),
        state: "off-target",
        figure: figure(66.666, 4.0, 6.0),
        trend: vec![None, Some(83.0), Some(66.666)],
        direction: Some("down"),
        is_better: Some(false),
        is_shown: true,
        ..IndicatorReceipt::default()
    };
    let part = |name: &str, state, value: f64| PartReceipt {
        name: name.to_owned(),
        state,
        figure: figure(value, 1_204.0 + value, 1_204.0),
        trend: vec![None, None, Some(value)],
    };
    let cost = IndicatorReceipt {
        id: "cost".to_owned(),
        title: "Cost".to_owned(),
        unit: "%".to_owned(),
        target: Some(Target { op: "within", value: 15.0 }),
        better: Some("nearer"),
        state: "ok",
        figure: figure(2.7211, 60.4, 58.8),
        trend: vec![Some(-4.0), Some(9.0), Some(2.7211)],
        direction: Some("down"),
        is_better: Some(true),
        parts: vec![
            part("Clocks can be trusted", "ok", -3.0),
            part("The assistant pays \u{1b}[31mits way", "off-target", 40.0),
        ],
        is_shown: true,
        ..IndicatorReceipt::default()
    };
    let drift = IndicatorReceipt {
        id: "drift".to_owned(),
        title: "Documentation drift".to_owned(),
        unit: "d".to_owned(),
        state: "unknown",
        reason: Some("drift is not measured yet, and so nobody can tell how old the oldest is".to_owned()),
        trend: vec![None, None, None],
        is_shown: true,
        ..IndicatorReceipt::default()
    };
    let silent = IndicatorReceipt {
        id: "silent".to_owned(),
        title: "Silent".to_owned(),
        state: "unknown",
        reason: Some("no records of risks".to_owned()),
        trend: vec![None, None, None],
        ..IndicatorReceipt::default()
    };
    Health {
        periods: vec![
            period("2026-08-29", "2026-09-25"),
            period("2026-09-26", "2026-10-23"),
            period("2026-10-24", "2026-11-20"),
        ],
        indicators: vec![closure, cost, drift, silent],
    }
}

fn text(style: &Style) -> String {
    let mut out = Vec::new();
    health().write_text(style, &mut out).expect("memory can be written");
    String::from_utf8(out).expect("it is text")
}

#[test]
fn indicators_stand_in_columns_and_those_without_a_word_are_left_out() {
    insta::assert_snapshot!(text(&sample::STYLE), @r#"
    health, 2026-10-24 to 2026-11-20:
      Actions closed         66.7 %  4 of 6          >= 80 %  ·█▁ worse   off target
      Cost                  +2.72 %  60.4 of 58.8    ± 15 %   ▁█▅ better  ok
        Clocks can be tru…     -3 %  1,201 of 1,204
        The assistant pay…    +40 %  1,244 of 1,204                       off target
      Documentation drift   unknown: drift is not measured yet, and so nobody can
                            tell how old the oldest is
    "#);
    assert!(text(&sample::STYLE).lines().all(|line| width(line) <= 80));
    let narrow = text(&Style { width: 50, ..sample::STYLE });
    assert!(narrow.lines().all(|line| width(line) <= 50) && !narrow.contains("4 of 6"), "{narrow}");
}

#[test]
fn colour_only_repeats_what_the_words_say() {
    let colored = text(&Style { color: true, ..sample::STYLE });
    assert!(colored.contains("\u{1b}[31moff target\u{1b}[0m"), "{colored}");
    let mut plain = colored;
    for code in ["31", "32", "33", "0"] {
        plain = plain.replace(&format!("\u{1b}[{code}m"), "");
    }
    assert_eq!(plain, text(&sample::STYLE));
}

#[test]
fn many_parts_are_counted() {
    let mut health = health();
    let part = |at: usize| PartReceipt {
        name: format!("part {at}"),
        state: "no-target",
        figure: FigureReceipt { value: Some(at as f64), ..FigureReceipt::default() },
        trend: Vec::new(),
    };
    health.indicators[1].parts = (0..12).map(part).collect();
    let written = |style: &Style| {
        let mut out = Vec::new();
        health.write_text(style, &mut out).expect("memory can be written");
        String::from_utf8(out).expect("it is text")
    };
    let short = written(&sample::STYLE);
    assert!(short.contains("… and 4 more (--verbose shows them)") && !short.contains("part 9"), "{short}");
    assert!(written(&Style { verbose: true, ..sample::STYLE }).contains("part 11"));
}

#[test]
fn numbers_have_the_digits_that_say_something() {
    for (value, expect) in [
        (0.0, "0"),
        (-0.0004, "0"),
        (0.9574, "0.957"),
        (-2.738, "-2.74"),
        (100.0, "100"),
        (66.666, "66.7"),
        (-3.0, "-3"),
        (1_234_567.89, "1,234,567.9"),
        (99.96, "100"),
    ] {
        assert_eq!(number(value), expect);
    }
}

#[test]
fn blocks_go_from_the_least_to_the_most() {
    assert_eq!(spark(&[Some(1.0), None, Some(8.0), Some(4.5)]), "▁·█▅");
    assert_eq!(spark(&[Some(2.0), Some(2.0)]), "▄▄");
    assert_eq!((spark(&[None, Some(2.0)]), spark(&[])), (String::new(), String::new()));
}

fn explanation() -> Explanation {
    let Health { periods, mut indicators } = health();
    Explanation {
        periods,
        indicator: indicators.remove(0),
        about: Some(
            "Of the actions whose day fell into the period, those that are done or dropped.".to_owned(),
        ),
        origin: "built in".to_owned(),
        sql: "SELECT 66.666 AS value,\n  4 AS numerator\n".to_owned(),
        past: None,
        records: vec![("ops/actions.jsonl".to_owned(), "actions".to_owned(), 6)],
        tables: vec!["period".to_owned()],
        columns: vec!["value".to_owned(), "numerator".to_owned()],
        rows: vec![vec![Cell::Real(66.666), Cell::Integer(4)]],
    }
}

#[test]
fn an_explanation_shows_definition_question_answer_and_places() {
    let mut out = Vec::new();
    explanation().write_text(&sample::STYLE, &mut out).expect("memory can be written");
    insta::assert_snapshot!(String::from_utf8(out).expect("it is text"), @r#"
    Actions closed (action-closure)
      Of the actions whose day fell into the period, those that are done or dropped.

      now      66.7 %, 4 of 6, off target
      target   >= 80 %
      trend    2026-08-29 to 2026-09-25  –
               2026-09-26 to 2026-10-23  83 %
               2026-10-24 to 2026-11-20  66.7 %
      from     built in
      records  ops/actions.jsonl: 6 records of actions
      tables   period

      SELECT 66.666 AS value,
        4 AS numerator

     value  numerator
    66.666          4
    "#);
}

#[test]
fn an_explanation_for_programs_is_the_indicator_with_more() {
    let mut out = Vec::new();
    explanation().write_json(&mut out).expect("memory can be written");
    let json: serde_json::Value = serde_json::from_slice(&out).expect("it is JSON");
    assert_eq!(json["id"], "action-closure");
    assert_eq!(json["rows"][0]["value"], 66.666);
    assert_eq!(json["records"][0]["path"], "ops/actions.jsonl");
    assert_eq!(json["trend"]["values"][1]["value"], 83.0);
}
