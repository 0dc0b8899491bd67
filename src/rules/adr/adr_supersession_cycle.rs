//! Decisions that take each other's place in a circle.

use std::collections::HashSet;

use crate::database::RecordId;
use crate::finding::Finding;
use crate::model::decision::Relation;
use crate::rules::decisions::{Decision, Decisions};
use crate::rules::{Check, Context};
use crate::text::Span;

pub(crate) const CHECK: Check = Check::Database(check);

/// That the decision at `from` takes the place of the one at `to`, and where it is said.
struct Edge {
    from: usize,
    to: usize,
    /// The record that says it, and the bytes.
    said: (usize, Span),
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let decisions = Decisions::of(context.database);
    let edges = edges(&decisions);
    let mut told: HashSet<RecordId> = HashSet::new();
    for start in 0..decisions.all.len() {
        if told.contains(&decisions.all[start].id) {
            continue;
        }
        let Some(circle) = circle(&edges, start) else { continue };
        told.extend(circle.iter().map(|&edge| decisions.all[edges[edge].from].id));
        findings.push(finding(&decisions, &edges, &circle));
    }
}

fn edges(decisions: &Decisions) -> Vec<Edge> {
    let mut edges: Vec<Edge> = Vec::new();
    let place = |id: RecordId| decisions.all.iter().position(|own| own.id == id);
    for (at, own) in decisions.all.iter().enumerate() {
        for relation in [Relation::Supersedes, Relation::SupersededBy] {
            for (target, span) in own.related(relation) {
                let Some(other) = decisions.meant(own, target).and_then(|other| place(other.id)) else {
                    continue;
                };
                let (from, to) = if relation == Relation::Supersedes { (at, other) } else { (other, at) };
                if !edges.iter().any(|edge| (edge.from, edge.to) == (from, to)) {
                    edges.push(Edge { from, to, said: (at, *span) });
                }
            }
        }
    }
    edges
}

/// The shortest way from `start` back to it, as indices of edges.
fn circle(edges: &[Edge], start: usize) -> Option<Vec<usize>> {
    let mut ways: Vec<(usize, Vec<usize>)> = vec![(start, Vec::new())];
    let mut seen = HashSet::new();
    let mut next = 0;
    while let Some((here, way)) = ways.get(next).cloned() {
        next += 1;
        for (at, edge) in edges.iter().enumerate().filter(|(_, edge)| edge.from == here) {
            let longer: Vec<usize> = way.iter().copied().chain([at]).collect();
            if edge.to == start {
                return Some(longer);
            }
            if seen.insert(edge.to) {
                ways.push((edge.to, longer));
            }
        }
    }
    None
}

fn finding(decisions: &Decisions, edges: &[Edge], circle: &[usize]) -> Finding {
    let shown = |decision: &Decision| decision.shown();
    let mut names: Vec<String> = circle.iter().map(|&edge| shown(&decisions.all[edges[edge].from])).collect();
    names.push(names[0].clone());
    let (said, span) = edges[circle[0]].said;
    let own = &decisions.all[said];
    let message = match circle {
        [_] => format!("{} supersedes itself", names[0]),
        _ => format!("these decisions supersede each other in a circle: {}", names.join(" \u{2192} ")),
    };
    let mut finding = own
        .finding("adr-supersession-cycle", span, message)
        .quoted(names.join(" > "))
        .note("none of them is in force; take out the one that does not hold");
    for &edge in circle {
        let path = &decisions.all[edges[edge].from].path;
        if *path != finding.path && !finding.related.contains(path) {
            finding = finding.related(path);
        }
    }
    finding
}
