use proptest::prelude::*;
use serde_json::{Value, json};

use super::{anywhere, extract};
use crate::extract::Source;
use crate::extract::testing::extracted;
use crate::read::markdown::Document;

/// The record in `text`, a file at docs/adr/0005-use-x.md.
fn record(text: &str) -> Value {
    record_at("docs/adr/0005-use-x.md", text)
}

fn record_at(path: &str, text: &str) -> Value {
    let found = extracted(extract, path, text).unwrap_or_else(|why| panic!("{why}: {text}"));
    found[0].clone()
}

fn refused(path: &str, text: &str) -> String {
    extracted(extract, path, text).expect_err("it is no decision record")
}

const BODY: &str =
    "\n## Context\n\nWe ship by hand.\n\n## Decision\n\nWe use x.\n\n## Consequences\n\n- less work\n";

#[test]
fn a_plain_record_gives_all_its_fields() {
    let text = "# 5. Use x\n\nDate: 2026-11-20\nDeciders: Ana, [Bo](@bo)\n\n## Status\n\nAccepted\n\n\
         Supersedes [3. Use y](0003-use-y.md)\n\
         \n## Context\n\nWhy.\n\n## Decision\n\nWe use x.\n\n### More\n\nOf it.\n\n## Consequences\n\n\
         Fine.\n\n## Rollback\n\nUse y.\n";
    assert_eq!(
        record(text),
        json!({
            "number": 5, "title": "Use x", "status": "accepted", "status_raw": "Accepted", "date": "2026-11-20",
            "deciders": ["Ana", "Bo"], "supersedes": ["3"], "superseded_by": [], "amends": [],
            "context": "Why.", "decision": "We use x.\n\n### More\n\n\
         Of it.", "consequences": "Fine.", "rollback": "Use y.",
            "affects": [], "sections": ["Status", "Context", "Decision", "More", "Consequences", "Rollback"]
        })
    );
}

#[test]
fn status_and_date_are_found_in_every_form() {
    for head in [
        "---\nstatus: accepted\ndate: 2026-11-20\n---\n# Use x\n",
        "---\nstatus: {accepted}\ndate: {2026-11-20}\n---\n# Use x\n",
        "+++\nstatus = \"Accepted\"\ndate = 2026-11-20\n+++\n# Use x\n",
        "# Use x\n\n* Status: accepted\n* Date: 20.11.2026\n",
        "# Use x\n\n**Status**: Accepted | **Date**: 2026-11-20 | **Review**: 2027-11-20\n",
        "# Use x\n\n| Status | Accepted |\n|---|---|\n| Date | Nov 20, 2026 |\n",
        "# Use x\n\n| Status | Date | Owner |\n|---|---|---|\n| Accepted | 2026-11-20 | Ana |\n",
        "# Use x\n\n| Status | Date |\n|---|---|\n| Accepted | 2026-11-20 |\n",
        "# Use x\n\n## Status\n\n\u{2705} **Accepted** (2026-11-20)\n",
        "# Use x\n\n## Status\n\nProposed 2026-11-01\n\nAccepted 2026-11-20\n",
        "# Use x\n\n## Status\n\n~~Proposed~~ Accepted\n\n## Date\n\n2026-11-20\n",
        "# Use x\n\n## Status\n\n- [ ] Proposed\n- [x] Accepted\n- [ ] Rejected\n\n## Date\n\n2026-11-20\n",
        "# Use x\n\n## Status\n\nWhat is the status, such as proposed or accepted?\n\n\
         Accepted 2026-11-20\n",
        "# Use x\n\n## Status: accepted\n\n2026-11-20\n",
        "# Use x\n\nStatus:\nAccepted\n\n_2026-11-20_\n",
        "# Use x\n\nStatus: accepted\n\nLast updated: 2027-01-01\n\n## History\n\n\
         - 2026-12-24: reworded\n- 2026-11-20: written\n",
    ] {
        let found = record(&format!("{head}{BODY}"));
        assert_eq!((&found["status"], &found["date"]), (&json!("accepted"), &json!("2026-11-20")), "{head}");
        assert_eq!((&found["title"], &found["number"]), (&json!("Use x"), &json!(5)), "{head}");
    }
}

#[test]
fn values_named_below_the_first_part_are_not_its_own() {
    let text = "# Use x\n\n## Context\n\nStatus: rejected\nDate: 2020-01-01\n\n### Status of y\n\n\
         Deprecated\n\n## Decision\n\n\
         ### Status\n\nsuperseded by 7\n\n```yaml\nstatus: proposed\n```\n";
    let found = record(text);
    assert!(found.get("status_raw").is_none() && found.get("date").is_none(), "{found}");
    assert_eq!(found["superseded_by"], json!([]));
}

#[test]
fn a_status_that_is_not_understood_is_kept_as_written() {
    let found = record(&format!("# Use x\n\n## Status\n\nproposed | accepted\n{BODY}"));
    assert!(found.get("status").is_none());
    assert_eq!(found["status_raw"], "proposed | accepted");
}

#[test]
fn a_further_line_says_what_became_of_it() {
    for (lines, status) in [
        ("Accepted\n\nSuperceded by [7. Use z](0007-use-z.md)", "superseded"),
        ("Accepted\n\nImplemented", "accepted"),
        ("Accepted\n\nRejected options are listed far below", "accepted"),
        ("Proposed\n\nNot implemented yet.", "proposed"),
        ("Proposed\n\nSomebody described [another way](0009-z.md)\nand implemented it.", "proposed"),
    ] {
        let found = record(&format!("# Use x\n\n## Status\n\n{lines}\n{BODY}"));
        assert_eq!(found["status"], status, "{lines}");
    }
}

#[test]
fn relations_are_found_in_every_form() {
    for head in [
        "# Use x\n\n## Status\n\nSuperseded by [ADR 7](/adr/7) and [ADR 8](/adr/8)\n",
        "# Use x\n\n* Status: superseded by [ADR-7](0007-use-z.md), ADR-8\n",
        "---\nstatus: superseded by [ADR-7](0007-use-z.md) and ADR-8\n---\n# Use x\n",
        "---\nstatus: superseded\nsuperseded-by: [7, ADR-0008]\n---\n# Use x\n",
        "---\nstatus: superseded\nlinks:\n  - target: 7\n    kind: supersededBy\n  - target: 8\n    kind: SupersededBy\n---\n# Use x\n",
        "# Use x\n\nStatus: superseded\nSuperseded by: 0007-use-z.md, 8\n",
        "# Use x\n\n> **Superseded by** [7](0007-use-z.md) and 8.\n\nStatus: accepted\n",
        "# Use x\n\n## Status\n\nSuperseded\n\n## Superseded by\n\n- [Use z](0007-use-z.md)\n- ADR 8\n",
    ] {
        let found = record(&format!("{head}{BODY}"));
        assert_eq!(found["superseded_by"], json!(["7", "8"]), "{head}");
        assert_eq!((&found["supersedes"], &found["amends"]), (&json!([]), &json!([])), "{head}");
    }
    let links = "\n## Links\n\n- Supersedes [3. Y](0003-y.md)\n- See [4. Z](0004-z.md)\n";
    let found = record(&format!("# Use x\n{BODY}{links}\nText that supersedes ADR 6.\n"));
    assert_eq!(found["supersedes"], json!(["3"]));
    for none in ["None (extends ADR-3)", "nothing. It narrows one rule of [ADR 3](0003-y.md)"] {
        let found = record(&format!("# Use x\n\n- **Status:** Accepted\n- **Supersedes:** {none}\n{BODY}"));
        assert_eq!(found["supersedes"], json!([]), "{none}");
    }
    let found = record(&format!(
        "# Use x\n\n## Status\n\nAccepted\n\nAmends [2. Y](0002-y.md)\n\nAmended by [9. Z](0009-z.md)\n\
         {BODY}"
    ));
    assert_eq!((&found["amends"], &found["superseded_by"]), (&json!(["2"]), &json!([])));
}

#[test]
fn the_number_in_front_of_a_title_is_taken_off() {
    for (heading, title) in [
        ("# 5. Use x", "Use x"),
        ("# ADR-0005: Use x", "Use x"),
        ("# ADR 5 \u{2013} Use x", "Use x"),
        ("# 0005 \u{2014} Use x", "Use x"),
        ("# [ADR-5] Use x", "Use x"),
        ("# Architecture Decision Record: Use x", "Use x"),
        ("# ADR: 5. Use x", "Use x"),
        ("# CORE-ADR-NET-0005: Use x", "Use x"),
        ("# 5 Use x", "Use x"),
        ("# 0005 Use x", "Use x"),
        ("# [OPS-12] Use x", "[OPS-12] Use x"),
        ("# 2 factors for all", "2 factors for all"),
        ("# 1.5 times more", "1.5 times more"),
        ("# 5-minute builds", "5-minute builds"),
        ("# adr-cost", "adr-cost"),
        ("# ADR-005-use x", "use x"),
        ("# 2026-11-20: use x", "2026-11-20: use x"),
        ("# Decisions are kept", "Decisions are kept"),
        ("Use x\n=====", "Use x"),
    ] {
        assert_eq!(record(&format!("{heading}\n{BODY}"))["title"], title, "{heading}");
    }
    let found = record_at("docs/adr/use-x.md", &format!("# ADR-7: Use x\n\nStatus: accepted\n{BODY}"));
    assert_eq!(found["number"], 7);
    let found = record_at("docs/adr/0005-use-x.md", &format!("# 7. Use x\n{BODY}"));
    assert_eq!(found["number"], 5);
}

#[test]
fn the_day_may_stand_in_the_name_of_the_file() {
    let found =
        record_at("docs/adr/20261120-use-x.md", &format!("# Use x\n\nLast updated: 2027-01-01\n{BODY}"));
    assert_eq!((&found["date"], found.get("number")), (&json!("2026-11-20"), None));
    let found =
        record_at("docs/adr/2026-11-20_012-use-x.md", &format!("# Use x\n\nDate: 2026-11-19\n{BODY}"));
    assert_eq!((&found["date"], &found["number"]), (&json!("2026-11-19"), &json!(12)));
}

#[test]
fn bold_lines_and_labels_open_parts() {
    let found = record(
        "# Use x\n\n**Context**\n\nBy hand.\n\n**Decision:**\n\nWe use x.\n\n**Consequences**\n\nFine.\n",
    );
    assert_eq!(
        (&found["context"], &found["decision"], &found["consequences"]),
        (&json!("By hand."), &json!("We use x."), &json!("Fine."))
    );
    let found = record("# Use x\n\nContext: by hand\n\nDecision: x\n");
    assert_eq!((&found["context"], &found["decision"]), (&json!("by hand"), &json!("x")));
}

#[test]
fn two_kinds_of_consequences_are_one_part() {
    let text = "# Use x\n\n## Context\n\nA.\n\n## Decision Outcome\n\nB.\n\n### Positive Consequences\n\
         \n- c\n\n### Negative Consequences\n\n- d\n";
    let found = record(text);
    assert_eq!(
        found["consequences"],
        "### Positive Consequences\n\n- c\n\n### Negative Consequences\n\n\
         - d"
    );
}

#[test]
fn what_speaks_of_decisions_is_none() {
    let full = format!("# Use x\n\nStatus: accepted\n{BODY}");
    assert_eq!(refused("docs/adr/template.md", &full), "it is a template");
    assert_eq!(refused("docs/adr/0000-adr-template.md", &full), "it is a template");
    assert_eq!(refused("docs/adr/OPS-ADR-0000-template.md", &full), "it is a template");
    assert_eq!(refused("docs/adr/NNNN-title.md", &full), "it is a template");
    assert_eq!(refused("docs/adr/templates/0001-x.md", &full), "it is a template");
    let blank = full.replace("# Use x", "# {short title of the problem}");
    assert_eq!(refused("docs/adr/0001-x.md", &blank), "it is a template");
    assert_eq!(refused("docs/adr/0005-annex-figures.md", &full), "it is an annex to another record");
    assert_eq!(refused("docs/adr/README.md", &full), "it is about the folder, not a decision");
    let index = "# Ours\n\nStatus: fine\n\n- [a](0001-a.md)\n- [b](0002-b.md)\n- [c](0003-c.md)\n\
         - [d](0004-d.md)\n";
    assert_eq!(refused("docs/adr/ours.md", index), "it is an index of other records");
    let page = "# adr-cost\n\n## Finds\n\n### A record that has no consequences\n\n\
         ### Decisions of one year or two\n";
    assert!(refused("src/rules/adr/adr-cost.md", page).contains("neither"));
    let notes = "# Board of November\n\nWe met.\n";
    assert!(refused("docs/decisions/2026-11-20-board.md", notes).contains("neither"));
    assert!(
        refused("src/001-isolation.md", "# Isolation\n\nStatus: accepted\n\n## Usage\n").contains("neither")
    );
}

#[test]
fn what_decides_is_a_record_wherever_it_lies() {
    for path in [
        "rust/005-use-x.md",
        "adr-005-use-x.md",
        "docs/decisions/use-x.md",
        "docs/adr/0005-use-template-engine.md",
        "docs/adr/0005-use-x/README.md",
    ] {
        record_at(path, &format!("# Use x\n\nStatus: accepted\n{BODY}"));
    }
    record_at("docs/adr/20261120-use-x.md", "# Use x\n\n- Status: accepted\n\nIn one sentence.\n");
    record_at("docs/adr/0005-x.md", &format!("# [Use x]\n\nStatus: accepted\n{BODY}"));
    record_at("docs/adr/0005-[x].md", &format!("# [OPS-1] Use x\n{BODY}"));
}

#[test]
fn people_and_paths_are_taken_apart() {
    let text = format!(
        "---\ndeciders: [ana, Bo Lee]\naffects:\n  - src/**\nreview-by: 2027-11-20\n---\n# Use x\n{BODY}"
    );
    let found = record(&text);
    assert_eq!(found["deciders"], json!(["ana", "Bo Lee"]));
    assert_eq!(found["affects"], json!(["src/**"]));
    assert_eq!(found["review_by"], "2027-11-20");
    let found = record(&format!("# Use x\n\nDeciders:\n- Ana\n- {{list of all}}\n{BODY}"));
    assert_eq!(found["deciders"], json!(["Ana"]));
}

proptest! {
    #[test]
    fn any_text_is_judged_and_its_spans_lie_in_it(
        text in "(# |## |ADR-|Status|: |\\*\\*|~~|accepted|[|]|---\n\
         |\\[|\\]\\(|\\)|0005-x.md|superseded by |\u{e9}|12|2026-11-20|Decision|Context|- \\[x\\] |\n|\n\
         \n| |\\{|\\.|`){0,40}",
        name in "(adr-|0005|2026-11-20|-|_|\u{e9}|x|README|template|[.]){0,6}",
    ) {
        let path = format!("docs/adr/{name}.md");
        let document = Document::read(&text);
        let source = Source::new(&path, &text, &document, None);
        for object in extract(&source).unwrap_or_default() {
            let mut tape = crate::read::tape::Tape::new();
            let row = object.write(&text, &mut tape) as usize;
            let inside = |value: crate::read::tape::Value<'_>| text.get(value.span().range()).is_some();
            for (_, value) in tape.value(&text, row).members() {
                prop_assert!(inside(value) && value.items().all(inside), "{:?}", value);
            }
        }
    }
}

/// At these sizes a cost that grows with the square of the input would keep the tests from ending: that it is seen needs
/// no clock. What fails faster is a panic, a stack that runs out, or memory that does.
#[test]
fn hostile_files_come_to_an_end() {
    let many = 30_000;
    for text in [
        "## Status\n\nx\n\n".repeat(many),
        "**Context**\n\n".repeat(many),
        "Status: x\n".repeat(many),
        "## Links\n\n- supersedes 5\n\n".repeat(many),
        "| a | b |\n|---|---|\n| Status | x |\n\n".repeat(many / 3),
        format!("# x\n\n## Status\n\n{}", "superseded by [a](b.md) ".repeat(many)),
    ] {
        let document = Document::read(&text);
        let found = extract(&Source::new("docs/adr/0005-x.md", &text, &document, None));
        assert!(found.unwrap_or_default().len() <= 1, "{text:.40}");
    }
}

#[test]
fn anywhere_only_what_leaves_no_doubt_is_a_decision() {
    let found =
        |path: &str, text: &str| extracted(anywhere, path, text).map(|found| found[0]["title"].clone());
    for head in [
        "# 5. Use x\n\n## Status\n\nAccepted\n",
        "# Use x\n\nStatus: accepted\nDate: 2026-11-20\n",
        "# ADR-005: Use x\n",
        "---\ndate: 2026-11-20\n---\n# Use x\n",
    ] {
        assert_eq!(found("docs/x.md", &format!("{head}{BODY}")), Ok(json!("Use x")), "{head}");
    }
    assert_eq!(found("docs/2026-11-20-x.md", &format!("# Use x\n{BODY}")), Ok(json!("Use x")));
    let context = "## Context\n\nWhy.\n\n";
    for text in [
        // Nothing says which decision it is, or what came of it.
        format!("# Use x\n{BODY}"),
        format!("# Use x\n\nStatus: accepted\n{BODY}"),
        "# 5. Use x\n\n## Context\n\nWhy.\n\n## Decision\n\nx.\n".to_owned(),
        // Another document that speaks of decisions.
        format!("# 5. Use x\n\n{context}## Decisions\n\nx.\n\n## Consequences\n\nFew.\n"),
        format!("# 5. Use x\n\n{context}## Decision log\n\nx.\n\n## Consequences\n\nFew.\n"),
        "# 5. Use x\n\n## Motivation\n\nWhy.\n\n## Decision\n\nx.\n\n## Consequences\n\nFew.\n".to_owned(),
        "# 5. Use x\n\n## Background\n\nWhy.\n\n## Decision\n\nx.\n\n## Consequences\n\nFew.\n".to_owned(),
        format!("# 5. Use x\n\n{context}### Decision\n\nx.\n\n## Consequences\n\nFew.\n"),
        format!("# 5. Use x\n\n## Decision\n\nx.\n\n{context}## Consequences\n\nFew.\n"),
        format!("# 5. Plans\n{BODY}\n## Context\n\nOther.\n"),
        format!("# 5. Plans\n{BODY}\n## Decision\n\nOther.\n"),
        "# 5. Use x\n\n**Context**\n\nWhy.\n\n**Decision**\n\nx.\n\n**Consequences**\n\nFew.\n".to_owned(),
        // Nobody has written it yet.
        format!("# {{number}}. {{title}}\n\nDate: {{date}}\n\n## Status\n\nAccepted\n{BODY}"),
        "# 5. Use x\n\n## Status\n\nAccepted\n\n## Context\n\n## Decision\n\n## Consequences\n".to_owned(),
        String::new(),
    ] {
        assert_eq!(found("docs/x.md", &text), Err(String::new()), "{text}");
    }
    let numbered = format!("# 5. Use x\n{BODY}");
    for path in [
        "README.md",
        "docs/templates/x.md",
        "docs/template.md",
        "docs/appendix-x.md",
        "docs/plans/x.md",
        ".tool/specs/x-v1.md",
    ] {
        assert_eq!(found(path, &numbered), Err(String::new()), "{path}");
    }
}

#[test]
fn a_text_about_a_decision_is_none() {
    let text = format!("# Look at ADR 7\n\nStatus: done\n\n## Outcome\n\nFine.\n{BODY}");
    for path in ["docs/task-42-adr-007-x.md", "docs/adr-0048-0138-gap-map.md", "docs/adr-007-review.md"] {
        let found = extracted(extract, path, &text);
        assert_eq!(found, Err("it is about a decision, and none itself".to_owned()), "{path}");
    }
    let found = extracted(extract, "docs/plans/2026-11-20-x.md", &text);
    assert_eq!(found, Err("it is kept among plans or specifications".to_owned()));
    for path in ["docs/adr-007-x.md", "docs/core-adr-007-2-hosts.md", "docs/adr/adr-007-review.md"] {
        assert_eq!(record_at(path, &text)["number"], 7, "{path}");
    }
}

#[test]
fn what_no_section_tells_may_stand_above_the_first_or_among_the_reasons() {
    let long = "The old host is slow, and nobody who ran it is left, so that each night of the last month somebody \
                had to get up and start it again.";
    let head = "# Use x\n\n- **Status:** Accepted\n";
    let found = record(&format!("{head}\n{long}\n\n- a point\n\n## Decision\n\nWe move.\n"));
    assert_eq!(found["context"], long);
    let found = record(&format!("{head}\n{long}\n\n{BODY}"));
    assert_ne!(found["context"], long, "a section of its own is what counts");
    let found = record(&format!("{head}\nA remark.\n\n## Decision\n\nWe move.\n"));
    assert_eq!(found.get("context"), None);
    let found = record(&format!("{head}\n{long}\n\n## Decision\n\nWe move.\n\n## Rationale\n\nSlow.\n"));
    assert_eq!(found["context"], "Slow.");
    let decided = format!("We decided to move. {long}");
    let found = record(&format!("{head}\n{decided}\n\n## Consequences\n\nA bill.\n"));
    assert_eq!((&found["context"], &found["decision"]), (&json!(decided), &json!(decided)));
    let found = record(&format!("{head}\n{long}\n\n## Consequences\n\nA bill.\n"));
    assert_eq!(found.get("decision"), None);
    let found = record("# Use x\n\n## Context\n\nSlow.\n\n## The existing decision\n\nWe moved.\n");
    assert_eq!(found["decision"], "We moved.");
}
