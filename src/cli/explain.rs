//! `opsbook explain`.

use clap::Args;

use super::Outcome;
use super::output::Terminal;
use crate::error::Error;
use crate::rules::{RULES, Rule, groups};
use crate::text::nearest;

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// The rule or group to explain; without it, all rules are listed.
    rule: Option<String>,
}

pub(super) fn run(arguments: &ExplainArguments, terminal: &mut Terminal) -> Outcome {
    let Some(name) = arguments.rule.as_deref() else {
        for group in groups() {
            terminal.print(&format!("{group}\n"))?;
            list(group, terminal)?;
        }
        terminal.print("\n* runs without being named; the others run once [rules.severity] names them.\n")?;
        return Ok(0);
    };
    if let Some(rule) = Rule::from_id(name) {
        terminal.print(&page(rule))?;
        return Ok(0);
    }
    if groups().contains(&name) {
        list(name, terminal)?;
        return Ok(0);
    }
    let error = Error::usage(format!("there is no rule '{}'", crate::text::escape(name)));
    let known = RULES.iter().map(|rule| rule.id).chain(groups());
    Err(match nearest(name, known) {
        Some(near) => error.hint(format!("did you mean '{near}'?")),
        None => error.hint("`opsbook explain` lists the rules"),
    })
}

fn list(group: &str, terminal: &mut Terminal) -> crate::error::Result<()> {
    for rule in RULES.iter().filter(|rule| rule.group == group) {
        let mark = if rule.on { '*' } else { ' ' };
        let line = format!("  {mark} {:<24} {:<8} {}\n", rule.id, rule.severity.name(), rule.summary);
        terminal.print(&line)?;
    }
    Ok(())
}

/// A rule's page under a line of its facts.
fn page(rule: &Rule) -> String {
    let on = if rule.on { "on by default" } else { "off unless named" };
    let facts = format!(
        "group {} · severity {} · {on} · fix: {} · since {}",
        rule.group,
        rule.severity.name(),
        rule.fix.name(),
        rule.since
    );
    let prose = rule.prose();
    match prose.split_once('\n') {
        Some((heading, rest)) => format!("{heading}\n\n{facts}\n{rest}"),
        None => format!("{prose}\n\n{facts}\n"),
    }
}
