//! What is promised: how long an issue of each priority may stay open, and what figures are to keep to. Whether it is
//! kept is for others to compute.

use jiff::Span as Length;
use serde_json::Value as Json;

use super::Mistake;
use super::layers::Settings;
use crate::model::length::length;
use crate::text::Span;

/// How long something of a priority may stay open.
#[derive(Debug, Clone)]
pub struct Sla {
    /// The priority, such as `P0`.
    pub priority: String,
    /// How long.
    pub within: Length,
}

/// What a figure is to keep to.
#[derive(Debug, Clone)]
pub struct Slo {
    /// What it is called.
    pub name: String,
    /// The metric whose values count.
    pub metric: String,
    /// How a value compares with the target when it is kept.
    pub op: String,
    /// The target.
    pub target: f64,
    /// The time that one judgement covers.
    pub window: Option<Length>,
    /// The bytes of the entry.
    pub span: Span,
}

/// The table `[sla]`, by priority.
pub(super) fn slas(settings: &Settings, mistakes: &mut Vec<Mistake>) -> Vec<Sla> {
    let mut slas = Vec::new();
    for (priority, setting) in settings.table("/sla") {
        let Some(text) = setting.json.as_str() else { continue };
        match length(text) {
            Ok(within) => slas.push(Sla { priority, within }),
            Err(message) => mistakes.push(Mistake::new(setting.span, format!("/sla/{priority}"), message)),
        }
    }
    slas
}

/// The list `[[slos]]`. One without a name, a metric, a comparison or a target is left out; the schema says so.
pub(super) fn slos(settings: &Settings, mistakes: &mut Vec<Mistake>) -> Vec<Slo> {
    let mut slos: Vec<Slo> = Vec::new();
    for (at, (entry, span)) in settings.list("/slos").enumerate() {
        let text = |name: &str| entry.get(name).and_then(Json::as_str).map(str::to_owned);
        let target = entry.get("target").and_then(Json::as_f64);
        let window = text("window").map(|window| length(&window));
        if let Some(Err(message)) = &window {
            mistakes.push(Mistake::new(span, format!("/slos/{at}/window"), message.clone()));
        }
        let whole = (text("name"), text("metric"), text("op"), target);
        let (Some(name), Some(metric), Some(op), Some(target)) = whole else { continue };
        if slos.iter().any(|other| other.name == name) {
            let message = format!("there are two objectives \"{}\"", crate::text::escape(&name));
            mistakes.push(Mistake::new(span, format!("/slos/{at}/name"), message));
            continue;
        }
        slos.push(Slo { name, metric, op, target, window: window.and_then(Result::ok), span });
    }
    slos
}
