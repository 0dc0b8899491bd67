use super::*;
use crate::repo::Environment;
use crate::repo::builder::{Repo, read};
use crate::session::Request;

const BODY: &str = "\n## Status\n\nAccepted\n\n## Context\n\nc\n\n## Decision\n\nd\n";

fn decision(title: &str) -> String {
    format!("# {title}\n{BODY}")
}

fn session(repo: &Repo) -> Session {
    let request = Request::new(repo.path(), "2026-11-20T12:00:00Z".parse().expect("a moment"));
    Session::open(request, &Environment::default()).expect("it opens")
}

/// A repository in which two records have the number 13, and nothing else is there.
fn collided() -> Repo {
    let repo = Repo::new();
    repo.write("docs/adr/0013-use-x.md", decision("13. Use x"));
    repo.write("docs/adr/0013-use-y.md", decision("13. Use y"));
    repo
}

/// Gives `docs/adr/0013-use-x.md` the next free number and writes it; the places that are left as "path:line".
fn renumbered(repo: &Repo) -> Vec<String> {
    let session = session(repo);
    let file = repo.path().join("docs/adr/0013-use-x.md");
    let planned = session.renumber(&file, None).expect("it can be planned");
    session.write_renumbering(&planned).expect("it can be written");
    planned.left.iter().map(|left| format!("{}:{}", left.path, left.line)).collect()
}

fn text(repo: &Repo, path: &str) -> String {
    read(&repo.path().join(path))
}

/// What becomes of the line `before` in a document when the record gets the number 14, and whether the line is told as
/// left. The other record with the number 13 is there when `shared`.
#[track_caller]
fn check(shared: bool, before: &str, after: &str, is_left: bool) {
    let repo = collided();
    if !shared {
        repo.remove("docs/adr/0013-use-y.md");
    }
    let around = |line: &str| format!("# Notes\n\n{line}\n\n```\n{before}\n```\n");
    repo.write("docs/notes.md", around(before));
    let left = renumbered(&repo);
    assert_eq!(text(&repo, "docs/notes.md"), around(after), "{before}");
    let expected: &[&str] = if is_left { &["docs/notes.md:3"] } else { &[] };
    assert_eq!(left, expected, "{before}");
}

#[test]
fn the_file_and_its_title_get_the_number_and_nothing_else_of_it_changes() {
    for (file, head, to, new_file, new_head) in [
        ("docs/adr/0013-use-x.md", "# 13. Use x", None, "docs/adr/0014-use-x.md", "# 14. Use x"),
        (
            "docs/adr/0013-use-x.md",
            "# ADR-0013: Use 13 x",
            Some(7),
            "docs/adr/0007-use-x.md",
            "# ADR-0007: Use 13 x",
        ),
        ("docs/adr/0013-use-x.md", "# Use x", Some(120), "docs/adr/0120-use-x.md", "# Use x"),
        ("docs/adr/0013-use-x.md", "# 13 x for all", None, "docs/adr/0014-use-x.md", "# 14 x for all"),
        (
            "docs/adr/adr-13-use-x.md",
            "# [ADR-13] Use `x`",
            None,
            "docs/adr/adr-14-use-x.md",
            "# [ADR-14] Use `x`",
        ),
        ("adr-13.md", "Use x\r\n=====", Some(5), "adr-5.md", "Use x\r\n====="),
        (
            "docs/adr/0013-x.md",
            "---\nid: ADR-0013\ntitle: \"13: Use x\"\ndate: 2026-11-13\n---\n# 13: Use x",
            None,
            "docs/adr/0014-x.md",
            "---\nid: ADR-0014\ntitle: \"14: Use x\"\ndate: 2026-11-13\n---\n# 14: Use x",
        ),
        ("docs/adr/use-x.md", "# Decision 13: Use x", None, "docs/adr/use-x.md", "# Decision 14: Use x"),
        (
            "docs/adr/0013-x.md",
            "# Architecture Decision Record 13 \u{2014} Use x",
            None,
            "docs/adr/0014-x.md",
            "# Architecture Decision Record 14 \u{2014} Use x",
        ),
    ] {
        let repo = Repo::plain();
        repo.write(file, format!("{head}\n{BODY}"));
        let session = session(&repo);
        let planned =
            session.renumber(&repo.path().join(file), to).unwrap_or_else(|error| panic!("{head}: {error:?}"));
        session.write_renumbering(&planned).expect("it can be written");
        let files = crate::repo::builder::files(repo.path());
        assert_eq!(files, [(new_file.to_owned(), format!("{new_head}\n{BODY}"))].into(), "{head}");
    }
}

#[test]
fn what_leads_to_the_record_leads_to_it_afterwards() {
    for (before, after) in [
        ("[x](adr/0013-use-x.md)", "[x](adr/0014-use-x.md)"),
        ("[x](./adr/../adr/0013-use-x.md#why-13 \"13\")", "[x](./adr/../adr/0014-use-x.md#why-13 \"13\")"),
        ("[x](</docs/adr/0013-use-x.md>)", "[x](</docs/adr/0014-use-x.md>)"),
        ("[x](adr/0013%2Duse-x.md)", "[x](adr/0014%2Duse-x.md)"),
        ("[x](adr/0013-use-x)", "[x](adr/0014-use-x)"),
        ("[13. Use x](adr/0013-use-x.md)", "[14. Use x](adr/0014-use-x.md)"),
        ("[ADR-0013](adr/0013-use-x.md)", "[ADR-0014](adr/0014-use-x.md)"),
        ("[Use x (ADR 13)](adr/0013-use-x.md)", "[Use x (ADR 14)](adr/0014-use-x.md)"),
        ("[`0013-use-x.md`](adr/0013-use-x.md)", "[`0014-use-x.md`](adr/0014-use-x.md)"),
        ("[13 reasons](adr/0013-use-x.md)", "[13 reasons](adr/0014-use-x.md)"),
        ("see adr/0013-use-x.md, `0013-use-x`", "see adr/0014-use-x.md, `0014-use-x`"),
    ] {
        check(true, before, after, false);
    }
    let links = "# L\n\n[13. Use x][x] and [y].\n\n[x]: adr/0013-use-x.md\n[y]: adr/0013-use-y.md\n";
    let repo = collided();
    repo.write("docs/l.md", links).write("docs/adr/0014-old.md", decision("14. Old"));
    assert_eq!(renumbered(&repo), [""; 0]);
    let after = links.replace("[13. Use x]", "[15. Use x]").replace("0013-use-x", "0015-use-x");
    assert_eq!(text(&repo, "docs/l.md"), after);
}

#[test]
fn mentions_change_only_where_no_other_record_can_be_meant() {
    for (before, after) in [
        ("as ADR 13 says", "as ADR 14 says"),
        ("ADR-0013, adr #13 and ADR13.", "ADR-0014, adr #14 and ADR14."),
    ] {
        check(false, before, after, false);
        check(true, before, before, true);
    }
    for other in [
        "13 reasons, ADR 13.5, ADR 130, ADR 131, WEB-ADR-13",
        "quadr 13, 2026-11-13, [ADR 12](adr/0012-x.md)",
        "[x](https://example.org/adr-13)",
        "0013-use-xyz and x-0013-use-x",
    ] {
        check(false, other, other, false);
        check(true, other, other, false);
    }
    // A bare number beside a link may be the record's, or anything.
    check(true, "- 13 [x](adr/0013-use-x.md)", "- 13 [x](adr/0014-use-x.md)", true);
    // In its own folder a mention means what is there, wherever else the number is taken.
    let repo = collided();
    repo.remove("docs/adr/0013-use-y.md").write("web/adr/0013-use-z.md", decision("13. Use z"));
    repo.write("docs/adr/notes.md", "# N\n\nADR 13\n").write("web/notes.md", "# N\n\nADR 13\n");
    assert_eq!(renumbered(&repo), ["web/notes.md:3"]);
    assert_eq!(text(&repo, "docs/adr/notes.md"), "# N\n\nADR 14\n");
}

#[test]
fn relations_follow_when_they_can_only_mean_the_record() {
    let old = "---\nsuperseded_by: [13]\n---\n# 12. Old\n\n## Context\n\nc\n\n## Decision\n\nd\n";
    let linked = decision("11. Older").replace("Accepted", "Superseded by [13. Use x](0013-use-x.md)");
    for is_shared in [false, true] {
        let repo = collided();
        if !is_shared {
            repo.remove("docs/adr/0013-use-y.md");
        }
        repo.write("docs/adr/0012-old.md", old).write("docs/adr/0011-older.md", &linked);
        let left = renumbered(&repo);
        let linked = linked.replace("[13", "[14").replace("0013", "0014");
        assert_eq!(text(&repo, "docs/adr/0011-older.md"), linked);
        if is_shared {
            assert_eq!(
                (left, text(&repo, "docs/adr/0012-old.md")),
                (vec!["docs/adr/0012-old.md:2".to_owned()], old.to_owned())
            );
        } else {
            assert_eq!((left, text(&repo, "docs/adr/0012-old.md")), (vec![], old.replace("13", "14")));
        }
    }
}

#[test]
fn records_that_rest_on_the_decision_follow_too() {
    let item =
        |adr: &str| format!("{{\"id\":\"T-13\",\"title\":\"ADR 13\",\"status\":\"todo\",\"adr\":[{adr}]}}\n");
    let repo = collided();
    repo.write("roadmap.jsonl", item("\"13\",\"0013-use-x\",\"0013-use-y\""));
    assert_eq!(renumbered(&repo), ["roadmap.jsonl:1"]);
    assert_eq!(text(&repo, "roadmap.jsonl"), item("\"13\",\"0014-use-x\",\"0013-use-y\""));
    let repo = collided();
    repo.remove("docs/adr/0013-use-y.md").write("roadmap.jsonl", item("\"ADR-0013\",\"130\""));
    assert_eq!(renumbered(&repo), [""; 0]);
    assert_eq!(text(&repo, "roadmap.jsonl"), item("\"ADR-0014\",\"130\""));
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_written() {
    let repo = collided();
    repo.write("docs/adr/0009-z/README.md", decision("9. Use z"))
        .write("docs/adr/use-w.md", decision("Use w"));
    repo.write("docs/adr/0012-annex-x.md", "An annex.\n").write("docs/adr/.gitignore", "0015*\n");
    repo.write("docs/adr/0015-use-x.md", "Ignored by git.\n")
        .write("notes.md", "[x](docs/adr/0013-use-x.md)\n");
    let before = crate::repo::builder::files(&repo.path().join("docs"));
    for (file, to, words) in [
        ("docs/adr/0013-use-x.md", Some(13), "already"),
        ("docs/adr/0014-none.md", None, "no decision record"),
        ("docs/adr/0012-annex-x.md", None, "annex"),
        ("docs/adr/0013-use-x.md", Some(2026), "read otherwise"),
        ("docs/adr/0013-use-x.md", Some(15), "a file already"),
        ("docs/adr/0009-z/README.md", None, "folder"),
        ("docs/adr/use-w.md", None, "has no number"),
        ("docs/adr/0013-use-y.md", Some(9), "0009-z/README.md has it"),
    ] {
        let error = session(&repo).renumber(&repo.path().join(file), to).expect_err(file);
        assert!(error.message.contains(words), "{file}: {error:?}");
    }
    // What changes between plan and deed stops all of it.
    let session = session(&repo);
    let planned = session.renumber(&repo.path().join("docs/adr/0013-use-x.md"), None).expect("planned");
    repo.write("notes.md", "[x](docs/adr/0013-use-x.md) and more\n");
    assert!(session.write_renumbering(&planned).is_err_and(|error| error.message.contains("notes.md")));
    assert_eq!(crate::repo::builder::files(&repo.path().join("docs")), before);
    repo.write("notes.md", "[x](docs/adr/0013-use-x.md)\n").write("docs/adr/0014-use-x.md", "new\n");
    assert!(session.write_renumbering(&planned).is_err_and(|error| error.message.contains("a file already")));
    assert_eq!(text(&repo, "notes.md"), "[x](docs/adr/0013-use-x.md)\n");
    assert_eq!(text(&repo, "docs/adr/0014-use-x.md"), "new\n");
}

#[test]
fn the_diff_shows_both_names_and_every_changed_line() {
    let repo = collided();
    repo.write("notes.md", "[x](docs/adr/0013-use-x.md)\n");
    let planned =
        session(&repo).renumber(&repo.path().join("docs/adr/0013-use-x.md"), None).expect("planned");
    let diff = planned.diff();
    assert!(diff.starts_with(
        "rename from docs/adr/0013-use-x.md\nrename to docs/adr/0014-use-x.md\n--- a/docs/adr/0013"
    ));
    assert!(diff.contains("-# 13. Use x\n+# 14. Use x\n"), "{diff}");
    assert!(diff.ends_with("-[x](docs/adr/0013-use-x.md)\n+[x](docs/adr/0014-use-x.md)\n"), "{diff}");
    assert_eq!(planned.changes.applied, 2);
}
