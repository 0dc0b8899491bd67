//! What documents say of the insides of files, when a rule wants to know.

use super::Session;
use super::plan::Plan;
use super::run::Earlier;
use crate::config::Config;
use crate::database::Database;
use crate::drift::{Past, Texts, Wanted, look};
use crate::repo::Snapshot;

impl Session {
    /// Looks at the documents of `database` for what the rules of `plan` are about. Without a past, only what needs none
    /// is found.
    pub(super) fn texts(
        &self,
        plan: &Plan,
        snapshot: &Snapshot,
        config: &Config,
        database: &Database,
        earlier: Earlier<'_>,
    ) -> Texts {
        let Wanted { anchors, lines, snippets, commands } = plan.wants_texts();
        if !anchors && !lines && !snippets && !commands {
            return Texts::default();
        }
        let Earlier { lives, .. } = earlier;
        let step = earlier.step(snapshot);
        let past = Past::new(lives, step.as_ref(), &|_| None);
        look(database, snapshot, config, &past, plan.wants_texts())
    }
}

#[cfg(test)]
mod tests {
    use crate::finding::Finding;
    use crate::repo::Environment;
    use crate::repo::builder::Repo;
    use crate::session::{BaseChoice, Request, Session, Source};

    fn request(repo: &Repo, rule: &str) -> Request {
        let mut request = Request::new(repo.path(), "2026-11-20T12:00:00Z".parse().expect("a moment"));
        request.only = vec![rule.to_owned()];
        request
    }

    fn findings(request: Request) -> Vec<Finding> {
        let session = Session::open(request, &Environment::default()).expect("it opens");
        let checked = session.check().expect("it can be checked");
        checked.report.findings.into_iter().map(|located| located.finding).collect()
    }

    fn messages(request: Request) -> Vec<String> {
        findings(request).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn a_change_is_told_of_the_headings_lines_and_commands_that_it_breaks() {
        let repo = Repo::new();
        let readme = "# A\n\n[why](b.md#why), `src/a.rs:2`, `make check-all`\n";
        repo.write("README.md", readme).write("b.md", "# B\n\n## Why\n\none\n");
        repo.write("src/a.rs", "\nfn parse_the_header() {}\n").write("Makefile", "check-all:\n\ttrue\n");
        repo.stage_all().commit("docs: all");
        repo.write("b.md", "# B\n\n## Reasons\n\none\n").write("Makefile", "test:\n\ttrue\n");
        repo.write("src/a.rs", "\n\nfn parse_the_header() {}\n");
        let rules = [
            ("broken-anchor", "the heading #why of b.md became #reasons in this change"),
            ("line-anchor-moved", "line 2 of src/a.rs, `fn parse_the_header() {}`, is line 3 now"),
            (
                "unknown-command",
                "nothing defines the target check-all any more: it went from Makefile in this change",
            ),
        ];
        for (rule, expected) in rules {
            assert_eq!(messages(request(&repo, rule)), [expected], "not yet staged");
        }
        repo.stage_all();
        for (rule, expected) in rules {
            assert_eq!(
                messages(Request { source: Source::Index, ..request(&repo, rule) }),
                [expected],
                "staged"
            );
        }
        repo.commit("docs: reasons");
        for (rule, expected) in rules {
            let base = Some(BaseChoice::Rev("HEAD~1".into()));
            assert_eq!(messages(Request { base, ..request(&repo, rule) }), [expected], "against the base");
            let base = Some(BaseChoice::Rev("HEAD".into()));
            assert_eq!(messages(Request { base, ..request(&repo, rule) }), [""; 0], "it was so before");
        }
    }

    #[test]
    fn what_stands_in_a_heading_is_followed_over_several_names() {
        let repo = Repo::new();
        repo.write("README.md", "# A\n\n[x](#one)\n\n## One\n\nfirst\n\nsecond\n")
            .stage_all()
            .commit("docs: a");
        repo.write("README.md", "# A\n\n[x](#one)\n\n## Two\n\nfirst\n\nsecond\n").stage_all();
        let commit = repo.commit("docs: two");
        repo.write("README.md", "# A\n\n[x](#one)\n\n## Three\n\nfirst\n\nsecond\n")
            .stage_all()
            .commit("docs: three");
        let found = findings(request(&repo, "broken-anchor"));
        assert_eq!(found.len(), 1);
        assert!(
            found[0].message.starts_with("the heading #one of this document became #three in"),
            "{found:?}"
        );
        assert_eq!(found[0].evidence[0].id, commit, "the first commit took the name away");
        assert_eq!(found[0].fix.as_ref().map(|fix| fix.edits[0].text.as_str()), Some("three"));
    }
}
