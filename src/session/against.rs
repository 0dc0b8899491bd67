//! What other refs hold that this snapshot will meet when they are merged: the decision records that each took in since
//! the two parted.
//!
//! Two branches may take the same number on the same day. No merge conflict shows it, because the files have different
//! names, and before the merge neither branch holds both. Only what is new on both sides is looked at, so that a file
//! that one side renamed or deleted is no news, and nothing is read where one side took in nothing.

use std::collections::HashSet;

use super::Session;
use super::base::{Base, Tip};
use super::plan::Plan;
use crate::config::{PLACES, is_markdown};
use crate::database::{self, Wants};
use crate::error::Result;
use crate::repo::Snapshot;
use crate::rules::Elsewhere;
use crate::text::RepoPath;

/// The rule that asks for it.
const RULE: &str = "adr-number-collision";

impl Session {
    /// What the end of the base's branch, and every ref that the request names, took in. What cannot be told is said in
    /// `notes`.
    ///
    /// # Errors
    /// Usage when a ref of the request names no commit; environment when history cannot be read.
    pub(super) fn elsewhere(
        &self,
        base: Option<&Base>,
        plan: &Plan,
        notes: &mut Vec<String>,
    ) -> Result<Vec<Elsewhere>> {
        let mut tips: Vec<Tip> = base.and_then(|base| base.tip.clone()).into_iter().collect();
        for name in &self.request.against {
            let commit = self.workspace.resolve(name)?;
            if !tips.iter().any(|tip| tip.commit == commit) {
                tips.push(Tip { name: name.clone(), commit });
            }
        }
        if !plan.runs(RULE) || !self.snapshot.entries().iter().any(|entry| self.may_decide(&entry.path)) {
            return Ok(Vec::new());
        }
        let mut elsewhere = Vec::new();
        for tip in tips {
            elsewhere.extend(self.news_of(tip, notes)?);
        }
        Ok(elsewhere)
    }

    /// What the commit `tip` took in; `None` when there is nothing to compare.
    fn news_of(&self, tip: Tip, notes: &mut Vec<String>) -> Result<Option<Elsewhere>> {
        let common = match self.snapshot.commit() {
            Some(own) => self.workspace.merge_base(own, &tip.commit)?,
            None => None,
        };
        if common.as_ref() == Some(&tip.commit) {
            return Ok(None);
        }
        if common.is_none() && self.workspace.is_shallow() {
            notes.push(format!(
                "numbers of decisions were not compared with {}: where it parted from here was not fetched",
                crate::text::escape(&tip.name)
            ));
            return Ok(None);
        }
        let theirs = self.workspace.commit(&tip.commit)?;
        let common = common.map(|common| self.workspace.commit(&common)).transpose()?;
        let before = common.as_ref().map(|common| self.decisions_in(common)).unwrap_or_default();
        let news = |of: &Snapshot, without: &Snapshot| -> HashSet<RepoPath> {
            let is_new =
                |path: &RepoPath| before.binary_search(path).is_err() && !without.contains(path.as_str());
            self.decisions_in(of).into_iter().filter(is_new).collect()
        };
        let new_here = news(&self.snapshot, &theirs);
        if new_here.is_empty() {
            return Ok(None);
        }
        let new_there = news(&theirs, &self.snapshot);
        if new_there.is_empty() {
            return Ok(None);
        }
        let is_config = |path: &RepoPath| PLACES.iter().any(|place| path.as_str().ends_with(place));
        // The configurations stay, because a folder with one of its own is another project.
        let theirs = theirs.only(&|path| new_there.contains(path) || is_config(path));
        let wants = Wants { violations: false, unknown_fields: false, keys: false };
        let database = database::load(&theirs, &self.snapshot, &self.config, wants, &|_| Vec::new()).database;
        Ok(Some(Elsewhere { name: tip.name, database, new_here, before }))
    }

    /// The documents of a snapshot that stand where decisions are kept, sorted.
    fn decisions_in(&self, snapshot: &Snapshot) -> Vec<RepoPath> {
        let paths = snapshot.entries().iter().map(|entry| &entry.path);
        paths.filter(|path| self.may_decide(path)).cloned().collect()
    }

    /// Whether a document at `path` is looked at for a decision.
    fn may_decide(&self, path: &RepoPath) -> bool {
        let mut collections =
            self.config.collections.iter().filter(|collection| collection.holds_decisions());
        is_markdown(&path.extension()) && collections.any(|one| one.files.is_match(path.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Finding;
    use crate::repo::Environment;
    use crate::repo::builder::Repo;
    use crate::session::{BaseChoice, Request, Source};

    const NOW: &str = "2026-11-20T12:00:00Z";

    fn decision(title: &str) -> String {
        format!("# {title}\n\n## Status\n\nAccepted\n\n## Context\n\nc\n\n## Decision\n\nd\n")
    }

    /// One side of a fork: what it writes, and what it removes before.
    type Side<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);

    /// A repository on the branch `topic`. Where it left `main` there were `before` and a decision 12; each side then
    /// changed what it says.
    fn forked(before: &[(&str, &str)], topic: Side<'_>, main: Side<'_>) -> Repo {
        let repo = Repo::new();
        repo.write("docs/adr/0012-old.md", decision("12. Old"));
        let change = |(written, removed): Side<'_>| {
            removed.iter().for_each(|path| _ = repo.remove(path));
            written.iter().for_each(|(path, title)| _ = repo.write(path, decision(title)));
            repo.stage_all().commit("docs: decisions");
        };
        change((before, &[]));
        repo.branch("topic");
        change(topic);
        repo.switch("main");
        change(main);
        repo.switch("topic");
        repo
    }

    fn request(repo: &Repo) -> Request {
        let mut request = Request::new(repo.path(), NOW.parse().expect("a moment"));
        request.only = vec!["adr-number-collision".to_owned()];
        request
    }

    fn findings(request: Request) -> Vec<Finding> {
        let session = Session::open(request, &Environment::default()).expect("it opens");
        let checked = session.check().expect("it can be checked");
        checked.report.findings.into_iter().map(|located| located.finding).collect()
    }

    /// What is found with `--base auto`, as "path: message".
    fn found(repo: &Repo) -> Vec<String> {
        let request = Request { base: Some(BaseChoice::Auto), ..request(repo) };
        findings(request).iter().map(|one| format!("{}: {}", one.path, one.message)).collect()
    }

    #[test]
    fn a_number_that_the_default_branch_gave_away_meanwhile_is_taken() {
        let ours = [("docs/adr/0013-x.md", "13. Use x"), ("docs/adr/0014-y.md", "14. Use y")];
        let theirs = [("docs/adr/0013-z.md", "13. Use z"), ("docs/adr/0015-w.md", "15. Use w")];
        let repo = forked(&[], (&ours, &[]), (&theirs, &[]));
        let expected = "docs/adr/0013-x.md: number 13 is taken: ADR 13 (Use z) has it on main";
        assert_eq!(found(&repo), [expected]);
        let one = findings(Request { base: Some(BaseChoice::Rev("main".into())), ..request(&repo) });
        assert_eq!(one[0].notes[0].split(';').next(), Some("the next number free on both sides is 16"));
        assert!(one[0].notes[1].ends_with("docs/adr/0013-z.md on main"), "{:?}", one[0].notes);
        let whole = decision("13. Use x");
        assert_eq!(std::str::from_utf8(one[0].span.slice(whole.as_bytes())), Ok("Use x"));
        // Without another ref, nothing is known of it; the branch's own past has not taken it either.
        assert_eq!(findings(request(&repo)), []);
        assert_eq!(findings(Request { base: Some(BaseChoice::Rev("HEAD~1".into())), ..request(&repo) }), []);
    }

    #[test]
    fn refs_are_compared_one_by_one_and_named_together() {
        let repo = forked(
            &[],
            (&[("docs/adr/0013-x.md", "13. Use x")], &[]),
            (&[("docs/adr/0013-z.md", "13. Use z")], &[]),
        );
        repo.switch("main").branch("next");
        repo.write("docs/adr/0013-v.md", decision("13. Use v")).stage_all().commit("docs: v");
        repo.switch("topic");
        let against = |refs: &[&str]| {
            let against = refs.iter().map(|name| (*name).to_owned()).collect();
            findings(Request { against, ..request(&repo) })
        };
        assert_eq!(against(&["topic"]), []);
        let found = against(&["main", "next"]);
        let notes: Vec<&str> =
            found[0].notes.iter().filter(|note| note.starts_with("the other")).map(String::as_str).collect();
        assert_eq!((found.len(), notes.len()), (1, 2), "{found:#?}");
        assert_eq!(notes[0], "the other one: docs/adr/0013-z.md on main and next");
        assert_eq!(notes[1], "the other one: docs/adr/0013-v.md on next");
        let unknown = Request { against: vec!["nowhere".into()], ..request(&repo) };
        let session = Session::open(unknown, &Environment::default()).expect("it opens");
        assert!(session.check().is_err_and(|error| error.message.contains("nowhere")));
    }

    #[test]
    fn what_one_side_renamed_deleted_or_also_has_is_no_collision() {
        const X: (&str, &str) = ("docs/adr/0013-x.md", "13. Use x");
        const Z: (&str, &str) = ("docs/adr/0013-z.md", "13. Use z");
        let none: Side<'_> = (&[], &[]);
        let other = [("docs/adr/0014-other.md", "14. Other")];
        for (why, before, ours, theirs) in [
            ("renamed there", &[X][..], (&other[..], &[][..]), (&[Z][..], &[X.0][..])),
            ("renamed here", &[X], (&[Z], &[X.0]), (&other, &[])),
            ("renamed on both sides", &[X], (&[Z], &[X.0]), (&[("docs/adr/0013-v.md", "13. Use v")], &[X.0])),
            ("taken on purpose after a deletion", &[X], (&[Z], &[X.0]), none),
            ("its own fault", &[], (&[X], &[]), (&[X, Z], &[])),
            ("one record under two names", &[], (&[X], &[]), (&[("docs/adr/0013-y.md", "13. Use X")], &[])),
            ("another folder", &[], (&[X], &[]), (&[("web/adr/0013-z.md", "13. Use z")], &[])),
            ("another series", &[], (&[X], &[]), (&[("docs/adr/web-adr-0013-z.md", "Use z")], &[])),
            ("a translation", &[], (&[X], &[]), (&[("docs/adr/0013-x.de.md", "13. X nehmen")], &[])),
            (
                "no number yet",
                &[],
                (&[("docs/adr/0000-x.md", "Use x")], &[]),
                (&[("docs/adr/0000-z.md", "Use z")], &[]),
            ),
            ("no decision", &[], (&[X], &[]), (&[("docs/adr/0013-annex-z.md", "13. Z")], &[])),
        ] {
            assert_eq!(found(&forked(before, ours, theirs)), [""; 0], "{why}");
        }
        // Renumbered here onto what was taken there meanwhile: the same title as before, and yet a collision.
        let repo =
            forked(&[], (&[("docs/adr/0013-old.md", "13. Old")], &["docs/adr/0012-old.md"]), (&[Z], &[]));
        assert_eq!(found(&repo).len(), 1);
    }

    #[test]
    fn what_is_remembered_of_a_snapshot_knows_nothing_of_other_refs() {
        let repo = forked(
            &[],
            (&[("docs/adr/0013-x.md", "13. Use x")], &[]),
            (&[("docs/adr/0013-z.md", "13. Use z")], &[]),
        );
        // A commit, because only what is known by its blobs is remembered.
        let first = Request {
            source: Source::Commit("topic".into()),
            base: Some(BaseChoice::Rev("main".into())),
            ..request(&repo)
        };
        assert_eq!(findings(first).len(), 1);
        repo.write("notes.md", "More.\n").stage_all().commit("docs: more");
        let request = Request {
            base: Some(BaseChoice::Rev("HEAD~1".into())),
            against: vec!["main".into()],
            ..request(&repo)
        };
        let uncached = findings(Request { cache: false, ..request.clone() });
        assert_eq!((uncached.len(), findings(request).len()), (1, 1));
    }

    #[test]
    fn histories_without_a_common_commit_are_compared_whole() {
        let repo = forked(&[], (&[("docs/adr/0013-x.md", "13. Use x")], &[]), (&[], &[]));
        let git = repo.git();
        git.set_head("refs/heads/apart").expect("a branch without commits");
        repo.remove("docs").write("docs/adr/0013-z.md", decision("13. Use z")).stage_all().commit("docs: z");
        repo.switch("topic");
        assert_eq!(findings(Request { against: vec!["apart".into()], ..request(&repo) }).len(), 1);
    }
}
