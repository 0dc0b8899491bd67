//! What programs are given of indicators: a part of `opsbook.status/1`, described by `schemas/status.schema.json`.

use serde::Serialize;

use super::{FigureReceipt, Health, IndicatorReceipt, Target};

#[derive(Serialize)]
pub(in crate::report) struct WireHealth<'a> {
    periods: Vec<WirePeriod<'a>>,
    indicators: Vec<WireIndicator<'a>>,
}

#[derive(Serialize)]
struct WirePeriod<'a> {
    first_day: &'a str,
    last_day: &'a str,
    since: &'a str,
    until: &'a str,
}

#[derive(Serialize)]
pub(super) struct WireIndicator<'a> {
    id: &'a str,
    title: &'a str,
    unit: Option<&'a str>,
    target: Option<&'a Target>,
    better: Option<&'a str>,
    state: &'a str,
    reason: Option<&'a str>,
    #[serde(flatten)]
    figure: &'a FigureReceipt,
    trend: WireTrend<'a>,
    parts: Vec<WirePart<'a>>,
}

#[derive(Serialize)]
struct WireTrend<'a> {
    values: Vec<WireValue<'a>>,
    direction: Option<&'a str>,
    better: Option<bool>,
}

#[derive(Serialize)]
struct WireValue<'a> {
    first_day: &'a str,
    last_day: &'a str,
    value: Option<f64>,
}

#[derive(Serialize)]
struct WirePart<'a> {
    name: &'a str,
    state: &'a str,
    #[serde(flatten)]
    figure: &'a FigureReceipt,
    trend: Vec<WireValue<'a>>,
}

fn wire_periods(periods: &[[String; 4]]) -> Vec<WirePeriod<'_>> {
    let wire = periods.iter().map(|[first_day, last_day, since, until]| WirePeriod {
        first_day,
        last_day,
        since,
        until,
    });
    wire.collect()
}

pub(super) fn wire<'a>(one: &'a IndicatorReceipt, periods: &'a [[String; 4]]) -> WireIndicator<'a> {
    let parts = one.parts.iter().map(|part| WirePart {
        name: &part.name,
        state: part.state,
        figure: &part.figure,
        trend: values(&part.trend, periods),
    });
    WireIndicator {
        id: &one.id,
        title: &one.title,
        unit: (!one.unit.is_empty()).then_some(&*one.unit),
        target: one.target.as_ref(),
        better: one.better,
        state: one.state,
        reason: one.reason.as_deref(),
        figure: &one.figure,
        trend: WireTrend {
            values: values(&one.trend, periods),
            direction: one.direction,
            better: one.is_better,
        },
        parts: parts.collect(),
    }
}

fn values<'a>(values: &[Option<f64>], periods: &'a [[String; 4]]) -> Vec<WireValue<'a>> {
    let each = values.iter().zip(periods);
    each.map(|(value, [first_day, last_day, ..])| WireValue { first_day, last_day, value: *value }).collect()
}

impl<'a> WireHealth<'a> {
    /// What programs are given of `health`.
    pub(super) fn new(health: &'a Health) -> Self {
        Self {
            periods: wire_periods(&health.periods),
            indicators: health.indicators.iter().map(|one| wire(one, &health.periods)).collect(),
        }
    }
}
