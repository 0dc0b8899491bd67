//! Actions in the forms that people write them in, as records.

use serde_json::{Value, json};

use crate::extract::testing::extracted;

fn actions(text: &str) -> Vec<Value> {
    let found = extracted(super::extract, "meetings/2026-11-20.md", &format!("# Meeting\n\n{text}"));
    found.map_or_else(|_| Vec::new(), |found| found.as_array().expect("it is a list").clone())
}

/// Each action as "owner: text".
fn said(text: &str) -> Vec<String> {
    let word = |action: &Value, name: &str| action[name].as_str().unwrap_or_default().to_owned();
    actions(text)
        .iter()
        .map(|action| format!("{}: {}", word(action, "owner"), word(action, "text")))
        .collect()
}

#[test]
fn an_action_is_found_in_every_form() {
    for text in [
        "## Action items\n\n- Ana to call them\n",
        "## Action items\n\n- [ ] Ana: call them\n",
        "**Action Items:**\n\n* @ana will call them\n",
        "**Action Items:** @ana will call them\n",
        "Next steps:\n- call them (Ana)\n",
        "### Colour\n\n- talk\n- **Action**: Ana to call them\n",
        "- Bo: **[Action - Ana]** call them\n",
        "- ACTION - Ana - call them\n",
        "- TODO: Ana: call them\n",
        "AI: Ana to call them\n",
        "- talk\n  - Action items\n    - Ana to call them\n",
        "## Follow-ups\n\n- [Ana] call them\n",
        "## To do\n\n- Ana:\n  - call them\n",
        "**Action items:** Ana will:\n\n- call them\n",
        "## Action items\n\n- Colours\n  - Ana to call them\n",
        "| Action | Owner | Due |\n|---|---|---|\n| call them | Ana | |\n",
        "## Action items\n\n| Task | Who |\n|---|---|\n| call them | Ana |\n",
        "Text.\n\n### Action item: Ana: call them\n",
        "Next Steps and Action Items\nAna: call them\n",
        "Talk. Ana takes the action to call them\n",
    ] {
        let found = said(text);
        assert_eq!(found.len(), 1, "{text} {found:?}");
        assert_eq!(found[0].to_lowercase().trim_start_matches('@'), "ana: call them", "{text}");
    }
}

#[test]
fn talk_plans_and_agendas_are_no_actions() {
    for text in [
        "## Notes\n\n- Ana will call them\n- Ana to call them\n",
        "## Agenda\n\n- [ ] Colours\n- [x] Review action items\n",
        "## Review previous meeting's action items\n\n- All open action items\n- Old one was closed by Bo\n",
        "## Action items\n\n- None\n",
        "## Action items\n\n- [ ] Leftover action items from last meeting https://example.org/2026-11-13.md#actions\n",
        "## Action items\n\nNo action items this week.\n",
        "## Next steps for the parser\n\n- Ana: it is slow\n",
        "## Next steps\n\nThe parser was discussed at length. It is slow.\n",
        "We should take action on colours.\n",
        "**Action items:**\n\n## Notes\n\n- Ana: hello\n",
        "| Name | Owner |\n|---|---|\n| Colours | Ana |\n",
        "```\nAction: call Ana\n```\n",
    ] {
        assert_eq!(said(text), [] as [&str; 0], "{text}");
    }
}

#[test]
fn actions_looked_at_again_count_when_marked() {
    let text = "## Review previous action items\n\n- [Ana] call them\n  - Done\n- call Bo - pending\n- Bo was away\n- @bo was away\n";
    let found = actions(text);
    assert_eq!(
        found,
        [
            json!({"text": "call them", "owner": "Ana", "status": "done", "done": true, "section": "Review previous action items"}),
            json!({"text": "call Bo", "status": "open", "done": false, "section": "Review previous action items"}),
        ]
    );
}

#[test]
fn a_list_of_its_own_needs_no_heading() {
    let text = "# Week 47\n\n- [x] A-1: call them by 2026-11-30\n- [ ] order it\n  - Owner: Bo\n  - Verification: it came\n\n\
        | ID | Description | Owner | Due | Status | Evidence |\n|---|---|---|---|---|---|\n\
        | A-3 | paint it | tbd | Nov 30, 2026 | in progress | |\n";
    let found =
        extracted(super::extract, "ops/operations/weekly/2026-47/actions.md", text).expect("it is a list");
    assert_eq!(
        found,
        json!([
            {"id": "A-1", "text": "call them", "due": "2026-11-30", "done": true, "section": "Week 47"},
            {"text": "order it", "owner": "Bo", "verification": "it came", "done": false, "section": "Week 47"},
            {"id": "A-3", "text": "paint it", "due": "2026-11-30", "status": "open", "done": false, "evidence": [], "section": "Week 47"}
        ])
    );
}

#[test]
fn what_is_done_or_given_up_says_so() {
    let text = "## Actions\n\n### Open\n\n- call them\n\n### Done\n\n- call Bo\n- wait (dropped)\n";
    let states: Vec<String> =
        actions(text).iter().map(|action| format!("{} {}", action["status"], action["done"])).collect();
    assert_eq!(states, ["null null", "null true", "\"dropped\" null"]);
}

#[test]
fn next_steps_that_are_mostly_talk_give_only_what_is_to_be_done() {
    let text = "## Next steps\n\n- The parser is slow.\n- Many use it:\n- Write a test\n- Others are faster.\n- Old one\n";
    assert_eq!(said(text), [": Write a test"]);
    assert_eq!(said("## Next steps\n\n- Write a test\n- Ana to call them\n- Colours\n").len(), 3);
}

#[test]
fn a_name_in_brackets_behind_the_label_owns_the_list() {
    let text = "- Action items (Ana, later):\n  - call them\n  - Bo to paint\n";
    assert_eq!(said(text), ["Ana: call them", "Bo: paint"]);
}

#[test]
fn a_wrapped_action_is_one() {
    let text = "## Action items\n\n- Ana to call\n  them all\n- TODO: Bo to\n  paint\n";
    assert_eq!(said(text), ["Ana: call them all", "Bo: paint"]);
}

#[test]
fn we_and_relative_days_are_left_out() {
    let text = "## Action items\n\n- We: call them by Friday\n- Unclaimed: paint it by 2026-11-30.\n";
    let found = actions(text);
    assert_eq!(found[0].get("owner"), None);
    assert_eq!(found[0].get("due"), None);
    assert_eq!((&found[1]["due"], found[1].get("owner")), (&json!("2026-11-30"), None));
}

#[test]
fn actions_of_minutes_are_found_wherever_these_lie() {
    let text = "# Call\n\n## Attendees\n\n- Ana Ito\n- Bo Li\n\n## Agenda\n\n- Paint\n\n## Action items\n\n- Ana: paint\n";
    let found = |path: &str| extracted(super::anywhere, path, text).map(|found| found[0]["text"].clone());
    assert_eq!(found("main/2026-11-20.md"), Ok(json!("paint")));
    assert_eq!(found("main/call.md"), Err(String::new()));
}
