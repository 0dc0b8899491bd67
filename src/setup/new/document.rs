//! Where a new decision record or new minutes go: into the folder where the others are, under a name shaped as theirs.

use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::Subject;
use super::place::within;
use super::times::{quarter, redated};
use crate::config::{AgendaItem, Ritual, is_markdown};
use crate::error::{Error, Result};
use crate::model::decision::Name;
use crate::model::decision::name::{self, digit_runs, renumbered};
use crate::model::{Week, period};
use crate::session::Row;
use crate::text::{RepoPath, fold};

/// A document to be made.
#[derive(Debug)]
pub(super) struct Planned {
    /// Where.
    pub(super) path: RepoPath,
    /// What its template is told beside what all are.
    pub(super) variables: Json,
}

/// Folders in which decisions are usually kept.
const DECISIONS: &[&str] = &[
    "docs/adr",
    "docs/adrs",
    "doc/adr",
    "docs/decisions",
    "docs/architecture/decisions",
    "architecture/decisions",
    "adr",
];

/// Folders in which minutes are kept that lie flat.
const MINUTES: &[&str] =
    &["docs/meetings", "meetings", "docs/meeting-notes", "meeting-notes", "docs/minutes", "minutes"];

/// Letters of a file's name that a title gives.
const NAME: usize = 60;

/// A decision record: behind the highest number that its folder has here or on a known branch.
///
/// # Errors
/// Usage when its name would not be read with its number; environment when the branches cannot be listed.
pub(super) fn decision(subject: &Subject<'_>) -> Result<Planned> {
    let documents = subject.rows.iter().filter(|row| is_markdown(&RepoPath::new(&row.path).extension()));
    let documents: Vec<&Row> = documents.collect();
    let home = home(subject, &documents);
    let own: Vec<&Row> = documents.into_iter().filter(|row| name::folder(&row.path) == home).collect();
    let number = |row: &Row| row.fields.get("number").and_then(Json::as_i64);
    // The latest shows how names are made now.
    let like = own.iter().max_by_key(|row| (number(row), row.path.as_str()));
    let stem = like.map_or("0000-x", |row| name::stem(&row.path));
    let is_numbered = like.is_none_or(|row| number(row).is_some());
    let next = match is_numbered {
        true => {
            let elsewhere = subject.session.workspace.names_on_branches(&home)?;
            let names = elsewhere.iter().map(|file| file.rsplit_once('.').map_or(&**file, |(stem, _)| stem));
            let elsewhere = names.filter_map(|stem| Name::of(stem).number);
            Some(own.iter().filter_map(|row| number(row)).chain(elsewhere).max().unwrap_or_default() + 1)
        }
        false => None,
    };
    let title = subject.wish.title.as_deref().unwrap_or_default();
    let stem = stem_like(stem, next, subject.date, title).ok_or_else(|| {
        Error::usage(format!("a file named as {stem} is would not be read with the number {next:?}"))
            .hint("write the record by hand, and give it a title that begins with its number")
    })?;
    let file = like.map_or_else(
        || format!("{stem}.md"),
        |row| {
            let file = RepoPath::new(&row.path);
            // Some give each record a folder of its own.
            let is_page =
                file.file_name().rsplit_once('.').map(|(stem, _)| stem) != Some(name::stem(&row.path));
            match is_page {
                true => format!("{stem}/{}", file.file_name()),
                false => format!("{stem}.{}", file.extension()),
            }
        },
    );
    let path = RepoPath::new(&within(&home, &file));
    Ok(Planned { path, variables: json!({ "number": next }) })
}

/// The folder that has most decisions; without any, the one that is named for them.
fn home(subject: &Subject<'_>, documents: &[&Row]) -> String {
    let folders = documents.iter().map(|row| name::folder(&row.path));
    let count = |folder: &&str| documents.iter().filter(|row| name::folder(&row.path) == *folder).count();
    if let Some(most) = folders.max_by(|a, b| count(a).cmp(&count(b)).then_with(|| b.cmp(a))) {
        return most.to_owned();
    }
    let root = &subject.session.config.root;
    let named = subject.session.file(&within(root, ".adr-dir"));
    let named =
        named.and_then(|bytes| Some(std::str::from_utf8(&bytes).ok()?.trim().trim_matches('/').to_owned()));
    if let Some(folder) = named.filter(|folder| !folder.is_empty()) {
        return within(root, &folder);
    }
    if let Some(folder) = configured(subject) {
        return folder;
    }
    let usual: Vec<String> = DECISIONS.iter().map(|folder| within(root, folder)).collect();
    let there = usual.iter().find(|folder| subject.session.snapshot.has_folder(folder));
    there.unwrap_or(&usual[0]).clone()
}

/// The folder that the configuration names for a collection, when it does.
fn configured(subject: &Subject<'_>) -> Option<String> {
    let pattern = &subject.collection.patterns.first().filter(|_| subject.collection.is_configured)?.0;
    let fixed: Vec<&str> =
        pattern.split('/').take_while(|part| !part.contains(['*', '?', '[', '{', '\\'])).collect();
    // The last part of a pattern without wild cards is a file.
    let folders = fixed.len().min(pattern.split('/').count() - 1);
    (folders > 0).then(|| within(&subject.session.config.root, &fixed[..folders].join("/")))
}

/// A name shaped like `like` for another number, day and title. `None` where it would be read otherwise.
fn stem_like(like: &str, number: Option<i64>, date: Date, title: &str) -> Option<String> {
    let own = Name::of(like);
    let (head, rest) = match number {
        Some(number) => {
            let (run, digits) = renumbered(like, number)?;
            let head = redated(&like[..run.start], date).unwrap_or_else(|| like[..run.start].to_owned());
            (format!("{head}{digits}"), &like[run.end..])
        }
        None if own.date.is_some() => {
            // Behind the digits of the day, and of the time if there is one.
            let end = if like.as_bytes().get(4) == Some(&b'-') { 10 } else { digit_runs(like).first()?.end };
            let day = if end == 10 { date.to_string() } else { date.strftime("%Y%m%d").to_string() };
            (day, like.get(end..)?)
        }
        None => (String::new(), like),
    };
    let words = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    let gap = match &rest[..rest.len() - words.len()] {
        "" if !head.is_empty() => "-",
        gap => gap,
    };
    let own_gap = words.chars().find(|c| matches!(c, '-' | '_' | ' '));
    let word_gap = own_gap.or_else(|| gap.chars().find(|c| *c != '.')).unwrap_or('-');
    let stem = format!("{head}{gap}{}", slug(title, word_gap));
    (number.is_none() || Name::of(&stem).number == number).then_some(stem)
}

/// The words of a title in lower case, with `gap` between them.
fn slug(title: &str, gap: char) -> String {
    let mut slug = String::new();
    for word in title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if slug.len() + word.len() > NAME && !slug.is_empty() {
            break;
        }
        if !slug.is_empty() {
            slug.push(gap);
        }
        slug.extend(word.to_lowercase().chars().take(NAME));
    }
    if slug.is_empty() { "untitled".to_owned() } else { slug }
}

/// Minutes: where their ritual has them and with what it is about; without a ritual that is known, beside those of the
/// last such meeting and with its agenda.
pub(super) fn meeting(subject: &Subject<'_>) -> Planned {
    let name = subject.wish.ritual.as_deref();
    let ritual = name.and_then(|name| subject.session.config.ritual(name));
    let last = last_meeting(subject, name);
    let known = ritual.as_ref().map(|ritual| ritual.title.clone());
    let title = subject.wish.title.clone().or(known).or_else(|| name.map(spoken)).or_else(|| {
        let title = last?.fields.get("title")?.as_str()?;
        // Its own day, week or quarter is not that of the next one.
        let plain: Vec<&str> =
            title.split(' ').filter(|word| !word.chars().any(|c| c.is_ascii_digit())).collect();
        Some(plain.join(" ").trim_matches(|c: char| !c.is_alphanumeric()).to_owned())
    });
    let title = title.filter(|title| !title.is_empty()).unwrap_or_else(|| "Meeting".to_owned());
    let path = ritual
        .as_ref()
        .and_then(|ritual| place_of(ritual, subject.date))
        .or_else(|| last.and_then(|row| path_like(&row.path, subject.date, subject.wish.title.as_deref())))
        .unwrap_or_else(|| usual_minutes(subject, name));
    let variables = match &ritual {
        Some(ritual) => of_ritual(ritual, title),
        None => {
            let agenda = last.and_then(|row| row.fields.get("agenda")).cloned().unwrap_or_else(|| json!([]));
            json!({ "title": title, "agenda": agenda, "participants": [], "inputs": [], "outputs": [] })
        }
    };
    Planned { path: RepoPath::new(&path), variables }
}

/// The file of the minutes that a ritual has on a day, where it says so.
fn place_of(ritual: &Ritual, date: Date) -> Option<String> {
    let pattern = ritual.folder.as_deref()?;
    let folder = period::rendered(pattern, date);
    if is_markdown(&RepoPath::new(&folder).extension()) {
        return Some(folder);
    }
    let file = if period::has_placeholder(pattern) { "minutes".to_owned() } else { date.to_string() };
    Some(within(&folder, &format!("{file}.md")))
}

/// What a template is told of a ritual.
fn of_ritual(ritual: &Ritual, title: String) -> Json {
    let mut participants: Vec<&String> = ritual.owner.iter().collect();
    participants.extend(ritual.participants.iter().filter(|name| Some(*name) != ritual.owner.as_ref()));
    json!({
        "title": title,
        "agenda": ritual.agenda.iter().map(AgendaItem::to_json).collect::<Vec<Json>>(),
        "participants": participants,
        "inputs": ritual.inputs,
        "outputs": ritual.outputs,
    })
}

/// The latest meeting; of a ritual, the latest that is said to be of it, or else lies where such meetings do.
fn last_meeting<'a>(subject: &'a Subject<'_>, ritual: Option<&str>) -> Option<&'a Row> {
    let documents = || subject.rows.iter().filter(|row| is_markdown(&RepoPath::new(&row.path).extension()));
    let day = |row: &&'a Row| (text(row, "date"), row.path.as_str());
    let Some(ritual) = ritual else { return documents().max_by_key(day) };
    let is_of_it = |row: &&Row| {
        let names = fold(&format!("{} {}", row.path, text(row, "title")));
        text(row, "ritual") == ritual || names.contains(&fold(ritual))
    };
    let lies_so = |row: &&Row| row.path.split('/').any(|part| part == cadence(ritual));
    documents().filter(is_of_it).max_by_key(day).or_else(|| documents().filter(lies_so).max_by_key(day))
}

/// The text of a field; empty where there is none.
fn text<'a>(row: &'a Row, name: &str) -> &'a str {
    row.fields.get(name).and_then(Json::as_str).unwrap_or_default()
}

/// The words of a ritual's id, as a title.
fn spoken(ritual: &str) -> String {
    let words = ritual.replace(['-', '_'], " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Where minutes go when there are none to go by.
fn usual_minutes(subject: &Subject<'_>, ritual: Option<&str>) -> String {
    let (root, date) = (&subject.session.config.root, subject.date);
    let flat = |folder: &str| format!("{folder}/{date}.md");
    if let Some(folder) = configured(subject) {
        return flat(&folder);
    }
    let there = MINUTES.iter().map(|folder| within(root, folder));
    if let Some(folder) = there.into_iter().find(|folder| subject.session.snapshot.has_folder(folder)) {
        return flat(&folder);
    }
    let week = Week::of(date);
    let week = format!("{:04}-{:02}", week.year(), week.number());
    let (cadence, period) = match cadence(ritual.unwrap_or_default()) {
        cadence @ ("weekly" | "biweekly") => (cadence, week),
        "monthly" => ("monthly", date.strftime("%Y-%m").to_string()),
        cadence => (cadence, format!("{}-Q{}", date.year(), quarter(date))),
    };
    within(root, &format!("ops/operations/{cadence}/{period}/minutes.md"))
}

/// How often a ritual is held, as its id says; a week where it does not.
fn cadence(ritual: &str) -> &'static str {
    let ritual = fold(ritual);
    let cadences = [("quarter", "quarterly"), ("month", "monthly"), ("biweek", "biweekly")];
    cadences.into_iter().find(|(word, _)| ritual.contains(word)).map_or("weekly", |(_, cadence)| cadence)
}

/// `path` with the days, weeks, months and quarters in it as those of `date`; words behind the day in the file's name become
/// those of `title`. `None` where it names no time.
fn path_like(path: &str, date: Date, title: Option<&str>) -> Option<String> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, extension) = file.rsplit_once('.').unwrap_or((file, "md"));
    let own = Name::of(stem);
    let stem = match title {
        Some(title) if own.date.is_some() && !own.words.is_empty() => stem_like(stem, None, date, title)?,
        _ => stem.to_owned(),
    };
    let file = within(folder, &format!("{stem}.{extension}"));
    let redated = redated(&file, date);
    redated.or_else(|| (title.is_some() && file != path).then_some(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shaped_as_the_one_before() {
        let date = jiff::civil::date(2026, 11, 20);
        for (like, number, expect) in [
            ("0012-use-x", Some(13), Some("0013-move-the-queue")),
            ("adr-007-use-x", Some(8), Some("adr-008-move-the-queue")),
            ("ADR012_use_x", Some(13), Some("ADR013_move_the_queue")),
            ("9. use x", Some(10), Some("10. move the queue")),
            ("core-ADR-12-use-x", Some(13), Some("core-ADR-13-move-the-queue")),
            ("2026-11-12_012-use-x", Some(13), Some("2026-11-20_013-move-the-queue")),
            ("2026-11-12-use-x", None, Some("2026-11-20-move-the-queue")),
            ("20261112-use_x", None, Some("20261120-move_the_queue")),
            ("20261112093000_use_x", None, Some("20261120_move_the_queue")),
            ("use-x", None, Some("move-the-queue")),
            ("0012", Some(13), Some("0013-move-the-queue")),
            ("0012-use-x", Some(2026), None),
        ] {
            assert_eq!(stem_like(like, number, date, "Move the queue!").as_deref(), expect, "{like}");
        }
    }

    #[test]
    fn the_next_minutes_lie_where_the_last_ones_do() {
        let date = jiff::civil::date(2027, 1, 2);
        for (path, title, expect) in [
            ("ops/operations/weekly/2026-47/minutes.md", None, "ops/operations/weekly/2026-53/minutes.md"),
            ("ops/operations/monthly/2026-10/minutes.md", None, "ops/operations/monthly/2027-01/minutes.md"),
            (
                "ops/operations/quarterly/2026-Q4/minutes.md",
                None,
                "ops/operations/quarterly/2027-Q1/minutes.md",
            ),
            ("docs/meetings/2026-W47.md", None, "docs/meetings/2026-W53.md"),
            ("docs/meetings/2026-11-20.md", Some("Ops"), "docs/meetings/2027-01-02.md"),
            ("docs/meetings/2026-11-20-ops-sync.md", None, "docs/meetings/2027-01-02-ops-sync.md"),
            ("docs/meetings/2026-11-20-ops-sync.md", Some("On call"), "docs/meetings/2027-01-02-on-call.md"),
            ("notes/2026/20261120.md", None, "notes/2027/20270102.md"),
            ("notes/2026/11/20.md", None, "notes/2027/01/02.md"),
            ("notes/2026/11-20/minutes.md", None, "notes/2027/01-02/minutes.md"),
            ("notes/2026_11_20.md", None, "notes/2027_01_02.md"),
        ] {
            assert_eq!(path_like(path, date, title).as_deref(), Some(expect), "{path}");
        }
        assert_eq!(path_like("minutes/first.md", date, None), None);
    }

    #[test]
    fn a_ritual_says_how_often_it_is_held() {
        for (ritual, expect) in [
            ("weekly-ops", "weekly"),
            ("bi-weekly", "biweekly"),
            ("Monthly_Risk", "monthly"),
            ("quarter", "quarterly"),
            ("x", "weekly"),
        ] {
            assert_eq!(cadence(ritual), expect, "{ritual}");
        }
        assert_eq!(spoken("weekly-ops_review"), "Weekly ops review");
    }
}
