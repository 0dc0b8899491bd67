//! What the configuration says and cannot mean.

use crate::config::{Mistake, ignore_comment};
use crate::finding::Finding;
use crate::rules::{Check, Context, groups};
use crate::text::{RepoPath, escape, nearest};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let config = context.config;
    for document in &context.database.documents {
        for (span, text) in &document.comments {
            if let Err(message) = ignore_comment(text) {
                let finding = Finding::new("invalid-config", &document.path, *span, message.as_str());
                let note = "write <!-- opsbook-ignore: RULE because REASON -->";
                findings.push(finding.quoted(message.as_str()).note(note));
            }
        }
    }
    findings.extend(context.page_mistakes.iter().map(|(path, mistake)| finding(path, mistake)));
    let Some(path) = &config.file else { return };
    findings.extend(config.mistakes.iter().map(|mistake| finding(path, mistake)));
    for (pointer, span, message) in &context.database.schema_errors {
        let mistake = Mistake::new(*span, pointer.as_str(), message.as_str());
        findings.push(finding(path, &mistake));
    }
    findings.extend(unknown_names(context).map(|mistake| finding(path, &mistake)));
}

fn finding(path: &RepoPath, mistake: &Mistake) -> Finding {
    let mut finding = Finding::new("invalid-config", path, mistake.span, mistake.message.as_str())
        .field(mistake.pointer.as_str())
        .quoted(mistake.message.as_str());
    finding.label.clone_from(&mistake.label);
    finding.notes.clone_from(&mistake.notes);
    match &mistake.fix {
        Some((title, span, text, safe)) => finding.fix(title.as_str(), *safe, *span, text.as_str()),
        None => finding,
    }
}

/// Rules and groups that the configuration names and that do not exist.
fn unknown_names<'a>(context: &'a Context<'_>) -> impl Iterator<Item = Mistake> + 'a {
    let config = context.config;
    let severities =
        config.severities.iter().map(|entry| ("/rules/severity", entry.name.as_str(), entry.span));
    let ignores = config.ignores.iter().map(|ignore| ("/ignore", ignore.rule.as_str(), ignore.span));
    severities.chain(ignores).filter(|(_, name, _)| !is_known(context, name)).map(|(table, name, span)| {
        let message = format!("there is no rule \"{}\"", escape(name));
        let mut mistake = Mistake::new(span, format!("{table}/{name}"), message);
        let names = context.rules.iter().map(|rule| rule.id).chain(groups(context.rules.iter().copied()));
        if let Some(near) = nearest(name, names) {
            mistake.label = Some(format!("did you mean {near}?"));
        }
        mistake.notes.push("`opsbook explain` lists the rules".to_owned());
        mistake
    })
}

fn is_known(context: &Context<'_>, name: &str) -> bool {
    context.rules.iter().any(|rule| rule.id == name || rule.group == name)
}
