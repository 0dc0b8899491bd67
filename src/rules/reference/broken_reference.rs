//! A link of a document to a file that the change deletes or moves.

use crate::database::BrokenLink;
use crate::finding::Finding;
use crate::rules::{Check, Context};
use crate::text::{RepoPath, Span, escape, shorten};

pub(crate) const CHECK: Check = Check::Database(check);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    findings.extend(context.broken_links.iter().map(finding));
}

fn finding(link: &BrokenLink) -> Finding {
    let BrokenLink { document, target, moved_to } = link;
    let path = shorten(&escape(target.path.as_str()), 120).into_owned();
    let message = format!("the link leads to {path}, which is no longer there");
    let mut finding = Finding::new("broken-reference", document, target.span, message)
        .related(&target.path)
        .quoted(target.written.as_str());
    let Some(new) = moved_to else {
        return finding.note("the commit before still has it: bring it back, or change the link");
    };
    let written = relative(document, new, target.written.starts_with('/'));
    finding = finding.label("it was moved").note(format!("it is at {} now", escape(new.as_str())));
    // Only what stands there as it was read is replaced, up to a query or a fragment.
    let is_plain = !target.written.contains(['%', '\\', '&']) && target.is_verbatim;
    if is_plain && !written.contains([' ', '(', ')', '<', '>', '%', '#', '?']) {
        let end = target.span.start + target.written.len() as u32;
        let span = Span::new(target.span.start, end.min(target.span.end));
        finding = finding.fix(format!("link to {written}"), true, span, written);
    }
    finding
}

/// How the document at `from` links to `to`: from the top of the repository when `absolute`, else from its folder.
fn relative(from: &RepoPath, to: &RepoPath, absolute: bool) -> String {
    if absolute {
        return format!("/{to}");
    }
    let folders: Vec<&str> = from.as_str().split('/').collect();
    let folders = &folders[..folders.len() - 1];
    let parts: Vec<&str> = to.as_str().split('/').collect();
    let common = folders.iter().zip(&parts[..parts.len() - 1]).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", folders.len() - common);
    up.chain(parts[common..].iter().copied()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_written_from_the_folder_of_its_document() {
        let from = |from: &str, to: &str| relative(&from.into(), &to.into(), false);
        assert_eq!(from("README.md", "docs/a.md"), "docs/a.md");
        assert_eq!(from("docs/x/README.md", "docs/a.md"), "../a.md");
        assert_eq!(from("docs/a.md", "docs/b.md"), "b.md");
        assert_eq!(from("a/b/c.md", "d/e.md"), "../../d/e.md");
        assert_eq!(relative(&"a/b.md".into(), &"c.md".into(), true), "/c.md");
    }
}
