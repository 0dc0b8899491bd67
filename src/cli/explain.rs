//! `opsbook explain`.

use clap::Args;

use super::output::Terminal;
use super::{Globals, Outcome};
use crate::error::Error;
use crate::rules::{RULES, Rule, groups};
use crate::session::{Request, Session};
use crate::text::nearest;

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// The rule or group to explain; without it, all rules are listed.
    rule: Option<String>,
}

pub(super) fn run(arguments: &ExplainArguments, globals: &Globals, terminal: &mut Terminal) -> Outcome {
    let asked = arguments.rule.as_deref();
    // A page that is built in needs no repository.
    if let Some(rule) = asked.and_then(Rule::from_id) {
        terminal.print(&page(rule))?;
        return Ok(0);
    }
    let rules = rules(globals);
    let groups = groups(rules.iter().copied());
    let Some(name) = asked else {
        for group in groups {
            terminal.print(&format!("{group}\n"))?;
            list(&rules, group, terminal)?;
        }
        terminal.print("\n* runs without being named; the others run once [rules.severity] names them.\n")?;
        return Ok(0);
    };
    if let Some(rule) = rules.iter().find(|rule| rule.id == name) {
        terminal.print(&page(rule))?;
        return Ok(0);
    }
    if groups.contains(&name) {
        list(&rules, name, terminal)?;
        return Ok(0);
    }
    let error = Error::usage(format!("there is no rule '{}'", crate::text::escape(name)));
    let known = rules.iter().map(|rule| rule.id).chain(groups.iter().copied());
    Err(match nearest(name, known) {
        Some(near) => error.hint(format!("did you mean '{near}'?")),
        None => error.hint("`opsbook explain` lists the rules"),
    })
}

/// The built-in rules, and those of the repository around, if there is one.
fn rules(globals: &Globals) -> Vec<&'static Rule> {
    let mut request = Request::new(&globals.dir, globals.now);
    request.config.clone_from(&globals.config);
    match Session::open_for_any_version(request, &globals.environment) {
        Ok(session) => session.rules().to_vec(),
        Err(_) => RULES.iter().collect(),
    }
}

fn list(rules: &[&'static Rule], group: &str, terminal: &mut Terminal) -> crate::error::Result<()> {
    for rule in rules.iter().filter(|rule| rule.group == group) {
        let mark = if rule.on { '*' } else { ' ' };
        let line = format!("  {mark} {:<24} {:<8} {}", rule.id, rule.severity.name(), rule.summary);
        terminal.print(&format!("{}\n", line.trim_end()))?;
    }
    Ok(())
}

/// A rule's page under a line of its facts.
fn page(rule: &Rule) -> String {
    let on = if rule.on { "on by default" } else { "off unless named" };
    let since = match rule.since {
        "" => "of this repository".to_owned(),
        since => format!("since {since}"),
    };
    let facts = format!(
        "group {} · severity {} · {on} · fix: {} · {since}",
        rule.group,
        rule.severity.name(),
        rule.fix.name(),
    );
    let prose = rule.prose();
    match prose.split_once('\n') {
        Some((heading, rest)) => format!("{heading}\n\n{facts}\n{rest}"),
        None => format!("{prose}\n\n{facts}\n"),
    }
}
