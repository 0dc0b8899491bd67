//! The past and the calendar as tables: what changed when and by whom, and what a clone without it says.

use opsbook::repo::builder::Repo;

use crate::support::{run, run_in};

const RITUAL: &str = "[[rituals]]\nid = \"weekly\"\nrrule = \"FREQ=WEEKLY;BYDAY=MO\"\nstart = 2026-11-02T09:00:00\n\
                      duration = \"1h\"\nzone = \"UTC\"\nfolder = \"ops/operations/weekly/{week}\"\n\
                      publish_within = \"24h\"\n";

/// Monday 2026-11-02, 09:00 UTC, in seconds since 1970.
const MONDAY: i64 = 1_793_610_000;
const HOUR: i64 = 3_600;

fn task(status: &str) -> String {
    format!("{{\"id\":\"T-1\",\"title\":\"Move\",\"status\":\"{status}\"}}\n")
}

/// A task that was started, and minutes of two weeks, the first of them late.
fn repo() -> Repo {
    let repo = Repo::new();
    repo.write("opsbook.toml", RITUAL).write("roadmap.jsonl", task("todo"));
    repo.stage_all().commit_by("Ana <ana@example.com>", "feat: a task", MONDAY - HOUR);
    repo.write("roadmap.jsonl", task("in-progress"));
    repo.stage_all().commit_by("Ben <ben@example.com>", "chore: start", MONDAY + HOUR);
    repo.write(
        "ops/operations/weekly/2026-45/minutes.md",
        "# Review 2026-11-02\n\n## Minutes\n\n- all well\n",
    );
    repo.stage_all().commit_by("Ana <ana@example.com>", "docs: minutes", MONDAY + 49 * HOUR);
    repo.write("ops/operations/weekly/2026-46/minutes.md", "# Review 2026-11-09\n\n## Agenda\n");
    repo.stage_all().commit_by("Ana <ana@example.com>", "docs: agenda", MONDAY + 150 * HOUR);
    repo.write(
        "ops/operations/weekly/2026-46/minutes.md",
        "# Review 2026-11-09\n\n## Minutes\n\n- all well\n",
    );
    repo.stage_all().commit_by("Ana <ana@example.com>", "docs: minutes", MONDAY + 170 * HOUR);
    repo
}

fn rows(repo: &Repo, args: &[&str]) -> Vec<String> {
    let output = run(repo, &[&["query", "--format", "csv"], args].concat()).exits(0);
    output.stdout.lines().skip(1).map(|line| line.trim_end().to_owned()).collect()
}

#[test]
fn history_says_what_changed_with_which_commit_and_leads_to_the_record() {
    let repo = repo();
    repo.write("roadmap.jsonl", task("done"));
    let sql = "SELECT h.field, h.old, h.new, h.author, h.arrived, h.date, r.title FROM roadmap_history h \
               LEFT JOIN roadmap r ON r._id = h.record WHERE h.field IS NOT NULL ORDER BY h.number NULLS LAST";
    assert_eq!(
        rows(&repo, &[sql]),
        [
            "status,todo,in-progress,Ben,2026-11-02T10:00:00Z,2026-11-02,Move",
            "status,in-progress,done,,,,Move"
        ]
    );
    let of_all = "SELECT count(*) FROM history WHERE collection = 'roadmap'";
    assert_eq!(rows(&repo, &[of_all]), ["3"]);
    assert_eq!(rows(&repo, &["--rev", "HEAD~3", of_all]), ["2"], "the same question at two commits");
}

#[test]
fn commits_their_files_and_tags_are_tables() {
    let repo = repo();
    let git = repo.git();
    let head = git.head().and_then(|head| head.peel(git2::ObjectType::Commit)).expect("a commit");
    git.tag_lightweight("v1.0.0", &head, false).expect("a tag");
    let sql = "SELECT c.number, c.summary, f.status, f.path, t.name FROM commits c \
               JOIN commit_files f ON f.commit_id = c.id LEFT JOIN tags t ON t.commit_id = c.id ORDER BY 1 DESC, 4";
    let found = rows(&repo, &[sql]);
    assert_eq!(found[0], "5,docs: minutes,M,ops/operations/weekly/2026-46/minutes.md,v1.0.0");
    assert_eq!(found.last().map(String::as_str), Some("1,feat: a task,A,roadmap.jsonl,"));
}

#[test]
fn minutes_are_published_when_they_come_after_the_meeting() {
    let repo = repo();
    let sql = "SELECT day, state, published, publish_by, published > publish_by AS late FROM occurrences \
               WHERE day <= '2026-11-16'";
    assert_eq!(
        rows(&repo, &["--now", "2026-11-20T09:00:00Z", sql]),
        [
            "2026-11-02,held,2026-11-04T10:00:00Z,2026-11-03T10:00:00Z,1",
            "2026-11-09,held,2026-11-09T11:00:00Z,2026-11-10T10:00:00Z,0",
            "2026-11-16,missed,,2026-11-17T10:00:00Z,",
        ]
    );
    let rituals = rows(&repo, &["SELECT id, minutes, publish_hours, zone FROM rituals"]);
    assert_eq!(rituals, ["weekly,60,24,UTC"]);
}

#[test]
fn a_shallow_clone_says_what_it_cannot_know_and_rules_that_need_it_are_not_asked() {
    let repo = repo();
    let page = "---\nid: no-change\n---\n# No change\n\n```sql\nSELECT record AS _id, 'changed' AS message \
                FROM roadmap_history\n```\n";
    repo.write("opsbook.toml", format!("{RITUAL}[rules]\npaths = [\"rules\"]\n"))
        .write("rules/no-change.md", page);
    repo.stage_all().commit_at("feat: a rule", MONDAY + 200 * HOUR);
    let check = ["check", "--only", "no-change", "--format", "concise"];
    assert!(run(&repo, &check).stdout.contains("no-change"), "with all of history it is asked");
    let clone = Repo::plain();
    let url = format!("file://{}", repo.path().display());
    let clone_into = clone.path().join("clone");
    let done = std::process::Command::new("git")
        .args(["clone", "--quiet", "--depth", "1", &url])
        .arg(&clone_into)
        .status()
        .expect("git runs");
    assert!(done.success());
    let output = run_in(&clone_into, &["query", "SELECT count(*) FROM roadmap_history"]).exits(0);
    assert!(output.stderr.contains("shallow clone: history before"), "{output:#?}");
    let checked = run_in(&clone_into, &["check", "--only", "no-change", "--format", "json"]);
    assert!(!checked.stdout.contains("\"changed\""), "{checked:#?}");
    assert!(checked.stdout.contains("what no-change says: shallow clone"), "{checked:#?}");
    // When a box was ticked is not in the minutes.
    let checked = run_in(&clone_into, &["check", "--only", "pre-read-late", "--format", "json"]);
    assert!(checked.stdout.contains("what pre-read-late says: shallow clone"), "{checked:#?}");
}

#[test]
fn without_git_there_is_no_past_and_that_is_said() {
    let repo = Repo::plain();
    repo.write("roadmap.jsonl", task("todo"));
    let output = run(&repo, &["query", "SELECT * FROM commits"]).exits(0);
    assert!(output.stderr.contains("no git repository: history is unknown"), "{output:#?}");
}

#[test]
fn columns_that_records_leave_out_are_computed() {
    let repo = Repo::new();
    let minutes = |day: &str, action: &str| {
        let text = format!("# Review {day}\n\nAttendees: Ana, Bo\n\n## Actions\n\n- [ ] {action}\n");
        repo.write(&format!("meetings/{day}.md"), text);
    };
    minutes("2026-11-02", "Ana: order blue paint");
    minutes("2026-11-09", "Bo: order the blue paint");
    repo.write(
        "ops/risks.jsonl",
        "{\"id\":\"R-1\",\"title\":\"x\",\"likelihood\":3,\"impact\":4}\n\
         {\"id\":\"R-2\",\"title\":\"y\",\"likelihood\":3,\"impact\":4,\"rating\":20}\n\
         {\"id\":\"R-3\",\"title\":\"z\",\"impact\":4}\n",
    );
    let carried = "SELECT carried, first_seen, owner FROM actions ORDER BY _path";
    assert_eq!(rows(&repo, &[carried]), ["0,2026-11-02,Ana", "1,2026-11-02,Bo"]);
    assert_eq!(rows(&repo, &["SELECT id, rating FROM risks ORDER BY id"]), ["R-1,12", "R-2,20", "R-3,"]);
}

#[test]
fn what_a_commit_moved_is_told_against_its_base_although_no_file_that_is_read_changed() {
    let repo = Repo::new();
    let code = "/// The engine turns what comes in into what goes out, a piece at a time.\nfn turn() {}\n";
    repo.write("docs/run.md", "The work is done in `src/engine.rs`.\n").write("src/engine.rs", code);
    repo.stage_all().commit("feat: the engine");
    repo.remove("src/engine.rs").write("src/core/engine.rs", code);
    repo.stage_all().commit("refactor: a folder");
    for _ in 0..2 {
        let output = run(&repo, &["drift", "--base", "HEAD~1", "--format", "concise"]).exits(1);
        assert!(output.stdout.contains("src/engine.rs was moved to src/core/engine.rs"), "{output:#?}");
    }
}
