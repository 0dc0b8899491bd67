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

/// Who is told when something stays open for longer than its priority allows.
#[derive(Debug, Clone)]
pub struct SlaEscalation {
    /// The priority it is for; `None` for all.
    pub priority: Option<String>,
    /// How long after the time ran out; `None` for at once.
    pub after: Option<Length>,
    /// Who is told then.
    pub to: String,
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

/// The list `escalation` of `[sla]`. A step that names nobody is left out; the schema says so.
pub(super) fn escalations(settings: &Settings, mistakes: &mut Vec<Mistake>) -> Vec<SlaEscalation> {
    let mut steps = Vec::new();
    for (at, (entry, span)) in settings.list("/sla/escalation").enumerate() {
        let text = |name: &str| entry.get(name).and_then(Json::as_str).map(str::to_owned);
        let after = text("after").map(|after| length(&after)).transpose();
        match (after, text("to")) {
            (Ok(after), Some(to)) => steps.push(SlaEscalation { priority: text("priority"), after, to }),
            (Err(message), _) => {
                mistakes.push(Mistake::new(span, format!("/sla/escalation/{at}/after"), message));
            }
            (Ok(_), None) => {}
        }
    }
    steps
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

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn steps_of_an_escalation_are_read_and_what_is_no_length_is_a_mistake() {
        let source = "[sla]\nP1 = \"3d\"\n\
                      escalation = [{ priority = \"P0\", to = \"@rm\" }, { after = \"2d\", to = \"@board\" }]\n";
        let config = Config::read(None, "", source);
        assert!(config.mistakes.is_empty(), "{:?}", config.mistakes);
        let steps: Vec<_> = config
            .sla_escalation
            .iter()
            .map(|step| (step.priority.as_deref(), step.after.map(crate::model::length::minutes), &*step.to))
            .collect();
        assert_eq!(steps, [(Some("P0"), None, "@rm"), (None, Some(2_880), "@board")]);
        assert_eq!(config.slas.len(), 4, "what is built in stays");
        let wrong = Config::read(None, "", &source.replace("2d", "soon"));
        assert_eq!(wrong.mistakes.len(), 1, "{:?}", wrong.mistakes);
        assert_eq!(wrong.mistakes[0].pointer, "/sla/escalation/1/after");
        assert!(!Config::read(None, "", "[sla]\nescalation = [{ after = \"2d\" }]\n").mistakes.is_empty());
    }
}
