//! What is a reference and what is not, by one line of a document each.

use proptest::prelude::*;

use super::{Reference, candidates, references, rewritten};
use crate::read::markdown;
use crate::text::RepoPath;

const DOCUMENT: &str = "packages/x/docs/guide.md";

fn found(text: &str) -> Vec<Reference> {
    let parsed = markdown::Document::read(text);
    references(text, &parsed)
}

/// Each reference as "kind path #anchor :first-last past", with what is nothing left out.
fn shown(text: &str) -> String {
    let one = |reference: &Reference| {
        let mut shown = format!("{:?} {}", reference.kind, reference.path);
        if let Some(anchor) = &reference.anchor {
            shown.push_str(&format!(" #{}", anchor.text));
        }
        if let Some(lines) = &reference.lines {
            shown.push_str(&format!(" :{}-{}", lines.first, lines.last));
        }
        if reference.is_past {
            shown.push_str(" past");
        }
        shown
    };
    found(text).iter().map(one).collect::<Vec<_>>().join(", ")
}

fn check(cases: &[(&str, &str)]) {
    for (text, expect) in cases {
        assert_eq!(shown(text), *expect, "{text}");
    }
}

#[test]
fn links_in_all_their_forms_are_references() {
    check(&[
        ("[a](b.md)", "Link b.md"),
        ("[a](./b%20c.md#d%C3%A9)", "Link ./b c.md #dé"),
        ("[a](<b c.md>)", "Link b c.md"),
        ("[a](../)", "Link ../"),
        ("[a](/b.md?raw=1#x)", "Link /b.md #x"),
        ("[a](b.rs#L10-L20) [a](b.rs#L7) [a](b.rs:12)", "Link b.rs :10-20, Link b.rs :7-7, Link b.rs :12-12"),
        ("![a](b.png)", "Image b.png"),
        ("[![a](b.png)](c.md)", "Image b.png, Link c.md"),
        ("[a](./b/\"c\"-d.md) [a](../../../../e.md)", "Link ./b/\"c\"-d.md, Link ../../../../e.md"),
        ("[a][b]\n\n[b]: c.md#d 'e'", "Definition c.md #d"),
        ("<main.rs:12>", "Auto main.rs :12-12"),
        ("a <img src=\"b.png\" alt='c'> <a name=x href='d/'>e</a>", "Html b.png, Html d/"),
        ("<p>\n<source srcset=\"b.svg\">\n<img\n  src=c.png></p>", "Html b.svg, Html c.png"),
        ("<a href=\"b&amp;c.md\">x</a>", "Html b&c.md"),
        ("[own](#some-heading)", "Link  #some-heading"),
        ("[a](b.md \"title\")", "Link b.md"),
        ("| a |\n|---|\n| [b](c.md) |", "Link c.md"),
    ]);
}

#[test]
fn text_in_the_boxes_of_site_generators_is_text() {
    let text = "!!! note \"Title\"\n    See [a](b.md) and `c/d.rs`.\n\n    And [e](f.md).\n\nEnd `g/h.rs`.\n\n    [no](code.md)\n";
    assert_eq!(shown(text), "Link b.md, Code c/d.rs, Link f.md, Code g/h.rs");
    for reference in found(text) {
        assert_eq!(&text[reference.span.range()], reference.written);
    }
    let nested = "=== \"Tab\"\n\n    !!! tip\n\n        Deep [a](b.md).\n";
    assert_eq!(shown(nested), "Link b.md");
}

#[test]
fn a_path_that_is_linked_on_a_forge_is_one_of_a_branch_that_goes_on() {
    check(&[
        ("[`src/a.rs`](https://example.org/o/r/blob/main/src/a.rs)", "Code src/a.rs"),
        ("[`src/a.rs`](https://example.org/o/r/tree/master/src/a.rs#L3)", "Code src/a.rs"),
        ("[`src/a.rs`](https://example.org/o/r/tree/master/x/src/a.rs#L3)", ""),
        ("[`src/a.rs`](https://example.org/o/r/blob/v1.2/src/a.rs)", ""),
        ("[`src/a.rs`](https://example.org/o/r/blob/main/src/b.rs)", ""),
        ("[`src/a.rs`](https://example.org/)", ""),
    ]);
}

#[test]
fn what_held_on_a_day_and_what_is_the_readers_own_is_told() {
    check(&[
        ("`a/b.rs`: 2026-03-02 - 85%", "Code a/b.rs past"),
        ("- `a/b.rs`: 20260302", "Code a/b.rs past"),
        ("`a/b.rs`, port 20269999", "Code a/b.rs"),
        ("`a/2026-03-02.md`", "Code a/2026-03-02.md"),
        ("Put it into your `a/b.rs`.", "Code a/b.rs past"),
        ("At the root of your repository, create a new workflow, e.g. `a/b.yml`.", "Code a/b.yml past"),
        ("It was removed. See `a/b.yml`.", "Code a/b.yml"),
        ("Copy `a.yml` and the other to `a/b.yml`.", "Code a/b.yml past"),
        ("Move this to\n`a/b.yml` and go on.", "Code a/b.yml past"),
        ("Copy it. Then go to `a/b.yml`.", "Code a/b.yml"),
        ("Things to move belong to `a/b.yml`.", "Code a/b.yml past"),
        ("This belongs to `a/b.yml`.", "Code a/b.yml"),
        ("For example, `a/b.rs` could.", "Code a/b.rs past"),
        ("At the time it was `a/b.rs`.", "Code a/b.rs past"),
    ]);
}

#[test]
fn each_of_two_destinations_of_a_picture_that_is_a_link_has_its_own_place() {
    for text in ["[![a](b.png)](c.md)", "[![](b.png)](c.md)", "a [![](<b.png>) ![](d.png)](c.md)"] {
        for reference in found(text) {
            assert_eq!(&text[reference.span.range()], reference.written, "{text}");
        }
    }
}

#[test]
fn what_leads_out_of_the_repository_is_no_reference() {
    for destination in [
        "https://example.org/a.md",
        "mailto:a@example.org",
        "tel:123",
        "localhost:8080",
        "//example.org/a.md",
        "www.example.org/a.md",
        "example.org/a/b",
        "github.com/a/b",
        "@ana",
        "~/a.md",
        "\"a.md\"",
        "a/{b}.md",
        "{{url}}",
        "${a}/b.md",
        "...",
        "path/to/file.md",
        "url",
        "#",
        "#top",
        "#/a/b",
        "?a=b",
        ".",
        "%ff.md",
        "C:\\\\a\\\\b.md",
    ] {
        assert_eq!(shown(&format!("[a]({destination})")), "", "{destination}");
    }
    for text in [
        "<!-- [a](b.md) <img src=\"b.png\"> -->",
        "```\n[a](b.md) `c/d.rs`\n```",
        "<https://example.org/a.md>",
        "<ana@example.org>",
        "<a href={b.md}>x</a>",
        "<img data-src='b.png'>",
    ] {
        assert_eq!(shown(text), "", "{text}");
    }
}

#[test]
fn code_is_a_reference_when_it_can_be_a_path() {
    check(&[
        ("`src/a.rs`", "Code src/a.rs"),
        ("`src/`", "Code src/"),
        ("`crates/core`", "Code crates/core"),
        ("`./run.sh` `../a/b.md`", "Code ./run.sh, Code ../a/b.md"),
        ("`/docs/a.md`", "Code /docs/a.md"),
        ("`src/a.rs:120`", "Code src/a.rs :120-120"),
        ("`src/a.rs:120:8`", "Code src/a.rs :120-120"),
        ("`src/a.rs:10-20`", "Code src/a.rs :10-20"),
        ("`src/a.rs#L10-L20`", "Code src/a.rs :10-20"),
        ("`docs/a.md#b`", "Code docs/a.md #b"),
        ("`tests/a.py::TestB::test_c`", "Code tests/a.py"),
        ("`src/a.go:Parse`", "Code src/a.go"),
        ("`.github/workflows/ci.yml`", "Code .github/workflows/ci.yml"),
        ("`src/@types/a.d.ts`", "Code src/@types/a.d.ts"),
        ("`app/(auth)/page.tsx`", "Code app/(auth)/page.tsx"),
        ("`build/Makefile:12`", "Code build/Makefile :12-12"),
        ("`release/notes.md`", "Code release/notes.md"),
        ("`man/a.1`", "Code man/a.1"),
        ("`image/logo.png`", "Code image/logo.png"),
        ("``src/a.rs``", "Code src/a.rs"),
        ("[`src/a.rs`](../src/a.rs)", "Link ../src/a.rs"),
    ]);
}

#[test]
fn code_that_is_something_else_is_no_reference() {
    for code in [
        "a.rs",
        "Makefile",
        "cat src/a.rs",
        "src/**/*.rs",
        "src/*.rs",
        "src/{a,b}.rs",
        "pages/[id].tsx",
        "src/<name>.rs",
        "$HOME/a.rs",
        "%s/a.rs",
        "src/.../a.rs",
        "src/…",
        "./...",
        "path/to/a.rs",
        "docs/adr/NNNN-title.md",
        "ops/YYYY-WW/a.md",
        "docs/XXX.md",
        "your-app/src/a.rs",
        "foo/bar",
        "src/foo.rs",
        "--out=a/b.rs",
        "-I/usr/include",
        "~/.config/a.toml",
        "/etc/hosts.conf",
        "/usr/local/bin/a.sh",
        "/api/v1/users",
        "/healthz",
        "C:/a/b.txt",
        "a\\b/c.rs",
        "origin/main",
        "feature/x",
        "refs/heads/main",
        "fix/issue-12",
        "dependabot/npm/x-1.2.3",
        "application/json",
        "application/vnd.api+json",
        "text/html",
        "image/svg+xml",
        "and/or",
        "I/O",
        "n/a",
        "1/2",
        "2026/01/02",
        "10.0.0.0/8",
        "github.com/a/b",
        "golang.org/x/tools/go/packages",
        "k8s.io/api",
        "example.com/a.md",
        "std::fs/x",
        "@scope/pkg",
        "actions/checkout@v4",
        "actions/checkout@v4.1.2",
        "prom/prometheus:v2.0",
        "localhost/a",
        "localhost:8080/a",
        "https://a.example/b.md",
        "//a/b:c",
        "a//b.rs",
        "s/a/b/",
        "/",
        "./",
        "../..",
        "</div>",
        "a/b()",
        "apps/v1",
        "a=b/c.rs",
        "\"a/b.rs\"",
    ] {
        assert_eq!(shown(&format!("x `{code}` y")), "", "{code}");
    }
    // A path in the text of a link that leads elsewhere is a path over there.
    assert_eq!(shown("[see `src/a.rs`](https://example.org/x)"), "");
}

#[test]
fn ticked_items_name_what_was_made() {
    check(&[
        ("- [x] `src/a.rs` and docs/b.md.", "Ticked src/a.rs, Ticked docs/b.md"),
        ("- [x] wrote (src/a.rs:3), and/or more", "Ticked src/a.rs :3-3"),
        ("- [x] one\n  in src/a.rs\n- [ ] src/b.rs `src/c.rs`", "Ticked src/a.rs, Code src/c.rs"),
        ("- [X] see [src/a.rs](../a.rs)", "Link ../a.rs"),
        ("- [x] https://a.example/b.md", ""),
        ("- src/a.rs", ""),
    ]);
}

#[test]
fn what_is_past_or_to_come_is_told() {
    let past = [
        "`src/a.rs` was renamed to x.",
        "Moved from `src/a.rs`",
        "This was formerly in `src/a.rs`.",
        "It used to be `src/a.rs`.",
        "Removed `src/a.rs`, which nobody used",
        "`src/a.rs` has been removed",
        "`src/a.rs` (deprecated)",
        "[a](src/a.rs) is deprecated in favour of b",
        "This replaces\n`src/a.rs`.",
        "the old `src/a.rs`",
        "the legacy [a](src/a.rs)",
        "~~`src/a.rs`~~",
        "~~[a](src/a.rs)~~",
        "`src/a.rs` will be created",
        "`src/a.rs` is not yet written",
        "Create `src/a.rs`:",
        "`src/a.rs` no longer exists",
        "# Changelog\n\n- `src/a.rs`",
        "# History\n\n## More\n\n`src/a.rs`",
        "## [1.2.0] - 2026-01-02\n\n`src/a.rs`",
        "## v1.2.0\n\n`src/a.rs`",
        "## Migrating from 1.0\n\n[a](src/a.rs)",
        "## Breaking changes\n\n[a]\n\n[a]: src/a.rs",
        "| Before | After |\n|---|---|\n| `src/a.rs` | x |",
        "| File | State |\n|---|---|\n| `src/a.rs` | removed |",
        "`src/a.rs` → `x`",
        "`src/a.rs` is gone",
        "Note that there is no `src/a.rs` in release 3.4.",
        "The build generates `src/a.rs`.",
        "The report is written to `src/a.rs`",
        "## [DONE] Story 3: the importer\n\n`src/a.rs`",
        "## Phase 1 (done)\n\n### Files\n\n`src/a.rs`",
    ];
    for text in past {
        assert!(found(text)[0].is_past, "{text}");
    }
    let now = [
        "`src/a.rs` removes files",
        "`src/a.rs` will be loaded",
        "`src/a.rs` handles deprecated names",
        "Removed the check in `src/a.rs`",
        "Moved x to `src/a.rs`",
        "Renamed. See `src/a.rs`",
        "Renamed to `src/a.rs`",
        "# Database migrations\n\n`src/a.rs`",
        "# Command history\n\n`src/a.rs`",
        "## 2. Setup\n\n`src/a.rs`",
        "| Before | After |\n|---|---|\n| x | `src/a.rs` |",
        "`src/a.rs` → `src/b.rs` → `src/c.rs`",
        "the threshold `src/a.rs`",
        "`src/a.rs` generates the report",
        "## What is done here\n\n`src/a.rs`",
        "the `src/legacy/a.rs`",
        "~~x~~ `src/a.rs`",
    ];
    for text in now {
        assert!(!found(text)[0].is_past, "{text}");
    }
    let both = found("Moved `src/a.rs` to `src/b.rs`.");
    assert_eq!(both.iter().map(|reference| reference.is_past).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn spans_are_the_path_alone() {
    for (text, expect) in [
        ("[a](./b.md#c)", "./b.md"),
        ("[a](<b c.md#d> 'e')", "b c.md"),
        ("é `src/a.rs:12`", "src/a.rs"),
        ("`` src/a.rs#L1 ``", "src/a.rs"),
        ("<img src=\"a.png?raw=true\">", "a.png"),
        ("[a]\n\n[a]: b.md#c", "b.md"),
        ("- [x] (src/a.rs)", "src/a.rs"),
    ] {
        let reference = &found(text)[0];
        assert!(reference.is_verbatim, "{text}");
        assert_eq!(&text[reference.span.range()], expect, "{text}");
    }
    for text in ["[a](b\\_c.md)", "[a](b&amp;c.md#d)", "<a href='b&amp;c.md'>d</a>"] {
        assert!(!found(text)[0].is_verbatim, "{text}");
    }
    let text = "`src/a.rs:10-20` [b](c.md#de)";
    let references = found(text);
    let lines = references[0].lines.expect("it names lines");
    let anchor = references[1].anchor.as_ref().expect("it has an anchor");
    assert_eq!((&text[lines.span.range()], &text[anchor.span.range()]), ("10-20", "de"));
}

#[test]
fn what_a_website_may_serve_is_told_from_a_file() {
    let may = |text: &str| found(text)[0].may_be_route();
    assert!(["[a](/b.md)", "[a](b)", "[a](../b/)", "[a](b.html)"].into_iter().all(may));
    assert!(["[a](b.md)", "[a](../b.png)", "`src/b`"].into_iter().all(|text| !may(text)));
}

#[test]
fn candidates_are_the_likeliest_first() {
    let places = |text: &str| {
        let own = RepoPath::new(DOCUMENT);
        let found = candidates(&own, &found(text)[0]);
        found.into_iter().map(|one| one.path.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(places("[a](b.md)"), ["packages/x/docs/b.md"]);
    assert_eq!(places("[a](/b.md)")[..2], ["b.md", "packages/x/docs/b.md"]);
    assert_eq!(places("[a](../b)")[..2], ["packages/x/b", "packages/x/b.md"]);
    assert_eq!(
        places("[a](b.html)"),
        ["packages/x/docs/b.html", "packages/x/docs/b.md", "packages/x/docs/b.mdx"]
    );
    assert_eq!(
        places("`src/a.rs`"),
        ["src/a.rs", "packages/x/docs/src/a.rs", "packages/x/src/a.rs", "packages/src/a.rs"]
    );
    assert_eq!(places("`../a.rs`"), ["packages/x/a.rs", "packages/a.rs", "a.rs"]);
    assert_eq!(places("`/a/b.rs`"), ["a/b.rs"]);
    assert_eq!(places("[a](#b)"), [DOCUMENT]);
}

#[test]
fn a_path_is_written_back_from_the_same_folder() {
    let again = |text: &str, at: usize, to: &str| {
        let reference = &found(text)[0];
        let candidate = &candidates(&RepoPath::new(DOCUMENT), reference)[at];
        rewritten(reference, candidate, &RepoPath::new(to))
    };
    for (text, at, to, expect) in [
        ("[a](b.md)", 0, "packages/x/docs/c d.md", Some("c%20d.md")),
        ("[a](./b.md)", 0, "packages/x/docs/c.md", Some("./c.md")),
        ("[a](b.md)", 0, "c.md", Some("../../../c.md")),
        ("[a](/b.md)", 0, "d/c.md", Some("/d/c.md")),
        ("[a](b/)", 0, "packages/x/docs/c", Some("c/")),
        ("`src/a.rs`", 0, "src/b.rs", Some("src/b.rs")),
        ("`src/a.rs`", 2, "packages/x/src/b.rs", Some("src/b.rs")),
        ("`src/a.rs`", 2, "packages/y/src/b.rs", None),
        ("`../src/a.rs`", 0, "src/b.rs", Some("../../../src/b.rs")),
        ("`./a/b.rs`", 0, "c/b.rs", Some("./c/b.rs")),
    ] {
        assert_eq!(again(text, at, to).as_deref(), expect, "{text} {to}");
    }
}

#[test]
fn hostile_documents_cost_no_more_than_their_size() {
    for source in [
        "`a/b.rs` ".repeat(20_000),
        "`a/b.rs`\n".repeat(20_000),
        "[`a/b.rs`](https://a.b) ".repeat(20_000),
        "- [x] a/b.rs\n".repeat(20_000),
        "<a href=".repeat(50_000),
        "<a href='".repeat(50_000),
        "<div>\n".to_owned() + &"<a href=b>".repeat(50_000),
        "# a\n[a](b.md)\n".repeat(20_000),
        "a:".repeat(50_000) + "`" + &"a/".repeat(50_000) + "`",
        "|a|\n|-|\n".to_owned() + &"| `a/b.rs` |\n".repeat(20_000),
    ] {
        let start = std::time::Instant::now();
        let _ = found(&source);
        assert!(start.elapsed().as_secs() < 20, "{source:.60} took {:?}", start.elapsed());
    }
}

proptest! {
    #[test]
    fn spans_lie_in_the_source_and_are_what_was_written(
        source in "(# |## |\n|\n\n|- \\[x\\] |- |> |\\||\n\\|-\\|\n|`|``|src/a\\.rs|a/|\\.\\./|b\\.md|#c|#L1|:12|%20|é|\\[a\\]\\(|\\)|<|>|!\\[|\
        \\[d\\]: |<a href=|<img src=\"|\"|&amp;|\\\\|~~| |\\?|removed |→|---\n|<!--|-->){0,40}"
    ) {
        let own = RepoPath::new(DOCUMENT);
        for reference in found(&source) {
            let bytes = source.get(reference.span.range());
            prop_assert!(bytes.is_some(), "{:?}", reference);
            if reference.is_verbatim {
                prop_assert_eq!(bytes, Some(&*reference.written));
            }
            prop_assert!(reference.anchor.iter().all(|part| source.get(part.span.range()).is_some()), "{:?}", reference);
            prop_assert!(reference.lines.iter().all(|lines| source.get(lines.span.range()).is_some()), "{:?}", reference);
            let places = candidates(&own, &reference);
            for candidate in &places {
                prop_assert!(!candidate.path.as_str().starts_with('/'), "{:?}", candidate);
                let _ = rewritten(&reference, candidate, &RepoPath::new("z/y x.rs"));
            }
        }
    }
}
