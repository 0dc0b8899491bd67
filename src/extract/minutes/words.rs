//! What people call the parts of minutes.
//!
//! Each question is about a name in plain words (see `parts::plain`); answers err on the side of "no", since a heading
//! may be about anything.

/// What being on a list of people means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum Presence {
    /// They were there.
    Present,
    /// They were not.
    Absent,
    /// It does not say.
    Open,
}

/// Words that leave the meaning of a name as it is.
const PLAIN: &str = "\
    meeting meetings list of the and in at person remote remotely online members member team council \
    board other others also additional all who was is were names name here today committee current \
    voting non core virtual virtually by on call invited observers guests staff sign record with for to \
    s regular session roll people chairs public wg sig group working";

/// Words of headings that speak about attendance instead of listing it.
const ABOUT: &str = "\
    policy tracking rate requirements guidelines rules fee introduction introductions participation \
    agree welcome minimum expected next update updates issue problem statistics stats future past \
    proposal";

/// Whether `word` is one of `list`, whose words are parted by spaces.
pub(in crate::extract) fn among(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|other| other == word)
}

fn has(words: &[&str], any: &str) -> bool {
    words.iter().any(|word| among(any, word))
}

/// What a list of people called `name` says about them; `None` when the name is of something else.
pub(in crate::extract) fn presence(name: &str) -> Option<Presence> {
    let words: Vec<&str> = name.split(' ').collect();
    if words.len() > 7 || has(&words, ABOUT) {
        return None;
    }
    let is_absent = has(&words, "absent absentees absence absences regrets regret apologies excused")
        || [
            "not present",
            "not attending",
            "unable to attend",
            "did not attend",
            "not in attendance",
            "unable to join",
        ]
        .iter()
        .any(|phrase| name.contains(phrase))
        || matches!(name, "missing" | "no shows" | "no show" | "away" | "apology");
    if is_absent {
        return (words.len() <= 5 || name.contains("not")).then_some(Presence::Absent);
    }
    if matches!(
        name,
        "maybe" | "tentative" | "invited" | "invitees" | "invite list" | "cc" | "distribution" | "optional"
    ) {
        return Some(Presence::Open);
    }
    const SURE: &str =
        "attendees attendee attendance attending attended participants participant rollcall attendants";
    let is_sure = has(&words, SURE) || name.contains("roll call");
    let is_present = matches!(
        name,
        "present"
            | "participating"
            | "in person"
            | "remote"
            | "remotely"
            | "in the room"
            | "on the call"
            | "who was there"
            | "people"
            | "dial in"
            | "in room"
            | "people present"
            | "joined"
            | "online"
    ) || (words.contains(&"present") && words.len() <= 4);
    let rest = words.iter().filter(|word| {
        !among(PLAIN, word) && !among(SURE, word) && !matches!(**word, "present" | "participating")
    });
    ((is_sure || is_present) && rest.count() <= usize::from(words.len() <= 3)).then_some(Presence::Present)
}

/// Whether `name` is that of a group within a list of people.
pub(in crate::extract) fn is_group(name: &str) -> bool {
    const GROUPS: &str = "\
        members member observers observer guests guest visitors team tsc committee board staff council \
        contributors maintainers remote remotely in person online community voting core others other \
        invited regular non people public the and also wg speakers presenters organizers leads chairs \
        editors alternates delegates from room";
    !name.is_empty() && name.split(' ').count() <= 4 && name.split(' ').all(|word| among(GROUPS, word))
}

/// Whether a label called `name` has the person who led the meeting as its value.
pub(in crate::extract) fn is_chair(name: &str) -> bool {
    matches!(
        name,
        "chair"
            | "chairs"
            | "chairperson"
            | "chaired by"
            | "meeting chair"
            | "facilitator"
            | "facilitators"
            | "facilitated by"
            | "moderator"
            | "moderated by"
            | "host"
            | "hosted by"
            | "led by"
            | "meeting lead"
            | "meeting host"
            | "meeting facilitator"
            | "meeting leader"
            | "co chairs"
            | "president"
            | "presiding"
    )
}

/// Whether a label called `name` has people with a duty in the meeting as its value.
pub(in crate::extract) fn is_duty(name: &str) -> bool {
    is_chair(name)
        || matches!(
            name,
            "scribe"
                | "scribes"
                | "note taker"
                | "note takers"
                | "notetaker"
                | "notetakers"
                | "notes by"
                | "secretary"
                | "minutes by"
                | "timekeeper"
                | "recorder"
                | "minute taker"
                | "presenter"
                | "co chair"
                | "organizer"
                | "action item scribe"
                | "note keeper"
                | "driver"
        )
}

/// Whether `name` is that of decisions.
pub(in crate::extract) fn is_decisions(name: &str) -> bool {
    const DECISIONS: &str = "\
        decision decisions resolution resolutions resolved agreed agreement agreements conclusion \
        conclusions consensus outcome outcomes";
    const WITH: &str = "made taken and the key of meeting rough summary our tsc group";
    let words: Vec<&str> = name.split(' ').collect();
    let rest = words.iter().filter(|word| !among(DECISIONS, word));
    has(&words, DECISIONS) && words.len() <= 4 && rest.clone().all(|word| among(WITH, word))
}

/// Whether `name` is that of the agenda.
pub(in crate::extract) fn is_agenda(name: &str) -> bool {
    matches!(
        name,
        "agenda"
            | "agenda items"
            | "meeting agenda"
            | "agenda item"
            | "topics"
            | "agenda topics"
            | "proposed agenda"
            | "planned agenda"
            | "todays agenda"
            | "today agenda"
            | "the agenda"
            | "draft agenda"
            | "discussion topics"
    )
}

/// Whether `name` is that of what is to be read before the meeting.
pub(in crate::extract) fn is_pre_read(name: &str) -> bool {
    matches!(
        name,
        "pre read"
            | "pre reads"
            | "pre reading"
            | "preread"
            | "prereads"
            | "prereading"
            | "required reading"
            | "reading list"
            | "read before"
            | "before the meeting"
            | "preparation"
            | "prep"
            | "pre work"
            | "pre meeting"
            | "pre reading list"
            | "pre read checklist"
            | "please read"
            | "background reading"
    )
}

/// Whether `name` is that of a look at the risks.
pub(in crate::extract) fn is_risks(name: &str) -> bool {
    const WITH: &str = "\
        risk risks review reviewed register update updates and issues open top status blockers the of \
        new log revisited key changes";
    let words: Vec<&str> = name.split(' ').collect();
    has(&words, "risk risks") && words.len() <= 4 && words.iter().all(|word| among(WITH, word))
}

/// Names that end the part before them, beside those the questions above know.
pub(in crate::extract) fn is_other(name: &str) -> bool {
    matches!(
        name,
        "date"
            | "time"
            | "location"
            | "where"
            | "when"
            | "notes"
            | "meeting notes"
            | "discussion"
            | "minutes"
            | "recording"
            | "video"
            | "links"
            | "next meeting"
            | "announcements"
            | "updates"
            | "summary"
            | "transcript"
            | "duration"
            | "meeting link"
            | "background"
            | "references"
            | "resources"
            | "questions"
            | "goals"
            | "goal"
            | "status"
            | "done"
            | "completed"
            | "closed"
            | "finished"
            | "length"
            | "timebox"
            | "time box"
            | "meeting time"
            | "date and time"
            | "date time"
            | "rationale"
            | "reason"
            | "skipped"
            | "meeting skipped"
            | "cancelled"
            | "canceled"
            | "skip rationale"
            | "why skipped"
            | "reason for skipping"
            | "recovery"
            | "recovery plan"
            | "recovered by"
            | "catch up"
            | "make up"
            | "recovery action"
            | "ideas"
            | "open questions"
            | "discussion points"
            | "q a"
            | "any other business"
            | "aob"
            | "parking lot"
    )
}

/// What the list called `name` holds, when it is one of actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum Actions {
    /// Things to do, said in so many words.
    Sure,
    /// Next steps and follow-ups, which may also be talk.
    Likely,
    /// The actions of another meeting, looked at again.
    Earlier,
    /// Those that are done.
    Done,
}

/// Whether, and how surely, what stands under `name` is to be done.
pub(in crate::extract) fn actions(name: &str) -> Option<Actions> {
    const SURE: &str = "action actions ai ais todo todos assignments commitments actionables";
    const LIKELY: &str = "followup followups";
    const WITH: &str = "\
        item items point points next step steps of and summary list key for the from our new open \
        outstanding current pending meeting meetings week to do follow up ups tasks task taken agreed \
        assigned required owners owner this today immediate any all tracking tracker log decisions \
        table register resulting upcoming in progress weekly monthly";
    const EARLIER: &str = "\
        review previous last prior past old status reviewed recap check earlier carried over leftover update \
        updates reviewing s";
    const DONE: &str = "completed done closed finished resolved";
    let words: Vec<&str> = name.split(' ').collect();
    let is_phrase = |phrase: &str| format!(" {name} ").contains(&format!(" {phrase} "));
    let is_sure = has(&words, SURE)
        || ["to do", "to dos", "task list", "open tasks", "new tasks", "tasks assigned"]
            .iter()
            .any(|phrase| is_phrase(phrase))
        || matches!(name, "tasks");
    let is_likely = has(&words, LIKELY)
        || ["next step", "next steps", "follow up", "follow ups", "next actions"]
            .iter()
            .any(|phrase| is_phrase(phrase));
    let known = [SURE, LIKELY, WITH, EARLIER, DONE, "dos"];
    let is_other = words.iter().any(|word| !known.iter().any(|known| among(known, word)));
    if words.len() > 7 || is_other || !(is_sure || is_likely) {
        return None;
    }
    Some(match () {
        () if has(&words, EARLIER) => Actions::Earlier,
        () if has(&words, DONE) => Actions::Done,
        () if is_sure => Actions::Sure,
        () => Actions::Likely,
    })
}

/// Whether `name` is known to open a part of minutes.
pub(in crate::extract) fn is_known(name: &str) -> bool {
    presence(name).is_some()
        || actions(name).is_some()
        || is_decisions(name)
        || is_agenda(name)
        || is_pre_read(name)
        || is_risks(name)
        || is_duty(name)
        || is_other(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_people_are_known_by_many_names() {
        for name in [
            "attendees",
            "present",
            "in attendance",
            "members present",
            "roll call",
            "tsc attendees",
            "meeting participants",
            "remote and in person attendees",
            "who was present",
            "attending",
        ] {
            assert_eq!(presence(name), Some(Presence::Present), "{name}");
        }
        for name in ["absent", "regrets", "apologies for absence", "not present", "members unable to attend"]
        {
            assert_eq!(presence(name), Some(Presence::Absent), "{name}");
        }
        assert_eq!(presence("maybe"), Some(Presence::Open));
        for name in [
            "introduction of attendees",
            "attendance policy",
            "participants complain about the agenda",
            "notes",
        ] {
            assert_eq!(presence(name), None, "{name}");
        }
    }

    #[test]
    fn a_topic_about_next_steps_is_no_list_of_actions() {
        for (name, expect) in [
            ("action items", Some(Actions::Sure)),
            ("todo for next meeting", Some(Actions::Sure)),
            ("next steps and action items", Some(Actions::Sure)),
            ("to do", Some(Actions::Sure)),
            ("next steps", Some(Actions::Likely)),
            ("follow ups", Some(Actions::Likely)),
            ("review previous meeting action items", Some(Actions::Earlier)),
            ("leftover action items from last meeting", Some(Actions::Earlier)),
            ("action items completed", Some(Actions::Done)),
            ("next steps for the parser", None),
            ("call to action", None),
            ("follow ups and ideas", None),
            ("steps", None),
        ] {
            assert_eq!(actions(name), expect, "{name}");
        }
    }
}
