#!/usr/bin/env python3
"""Real documents that stopped being true, and real ones that only look like it.

    tests/drift_cases.py --opsbook BIN --clones DIR [--only NAME]

DIR holds clones with full history, named as in the table below. What is not there is skipped, loudly. A case is a
commit that made documents false and a later one that mended them, both public. opsbook has to be silent about them
before the break; has to name document, old path and new path after it; and has to be silent after the mending. That
in four histories:

- full: the history as it is. Here `check --base` at the break has to name the same.
- shallow: only the commit of the break. Its past is unknown: exit status 2, the word, and nothing made up.
- squashed: the trees before, at and after, each as one commit.
- reformatted: one more commit on top that wraps paragraphs anew and leaves spaces behind them. The same answers.

The clones are only read; what is built for a case lies in a temporary folder that borrows their objects.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import textwrap
from collections import Counter
from pathlib import Path

DRIFT = ("broken-reference", "moved-path", "deleted-path")

# What a case expects: (document, old path, new path) -> how many references; or a rule and its document.
CASES = [
    {
        "name": "rumdl: a page whose name changed only in case",
        "clone": "rumdl",
        "break": "f89561e9f",
        "mended": "f6d8dcca2",
        "expected": {
            (f"docs/{page}.md", "docs/RULES.md", "docs/rules.md"): count
            for page, count in [
                ("comparison", 1), ("flavors", 1), ("getting-started/quickstart", 1), ("global-settings", 1), ("index", 2),
                ("inline-configuration", 2), ("lsp", 1), ("markdownlint-comparison", 2), ("mdformat-comparison", 2),
            ]
        },
        # The first mending left one.
        "between": ("6abb5aaa1", {("docs/global-settings.md", "docs/RULES.md", "docs/rules.md"): 1}),
    },
    {
        "name": "argo-rollouts: a page that became a folder, and took its own links with it",
        "clone": "argo-rollouts",
        "break": "68afdbf9b0",
        "mended": "1bd44bbabb",
        "expected": {
            ("docs/migrating.md", "docs/features/canary.md", "docs/features/canary/index.md"): 1,
            **{
                ("docs/features/canary/index.md", place, place): 1
                for place in (
                    "docs/features/kubectl-plugin.md", "docs/features/analysis.md",
                    "docs/features/anti-affinity/anti-affinity.md",
                )
            },
            # Twice: once in a list, and once in an admonition.
            ("docs/features/canary/index.md",) + ("docs/features/traffic-management/index.md",) * 2: 2,
        },
    },
    {
        "name": "gsd-core: a list of decision records that leaves out more than twenty",
        "clone": "gsd-core",
        # The list fell behind over months; what is looked at is the commit before the mending.
        "break": "67a9243cf^",
        "mended": "67a9243cf",
        "rule": "adr-index-incomplete",
        "document": "docs/adr/README.md",
    },
]

# Nothing may be said, as an error, of documents or references that these accept.
QUIET = [
    {"clone": "openfasttrace", "what": "skills of agents", "document": r"^\.agents/skills/", "reference": r""},
    {"clone": "knowl", "what": "plans", "document": r"^docs/superpowers/plans/", "reference": r""},
    {"clone": "rumdl", "what": "names of a user's own configuration", "document": r"", "reference": r"(^|/)\.?rumdl\.toml$"},
]


class Failures:
    """What went wrong, said at once and counted."""

    def __init__(self):
        self.count = 0

    def check(self, holds, what):
        print(f"  {'ok  ' if holds else 'FAIL'} {what}")
        self.count += not holds


def git(repository, *arguments, stdin=None, **environment):
    return subprocess.run(
        ["git", "-C", str(repository), "-c", "core.quotepath=off", *arguments], check=True, capture_output=True,
        input=stdin, env={**os.environ, **environment},
    ).stdout.decode("utf-8", "replace").strip()


class Scratch:
    """A bare repository that borrows the objects of a clone."""

    IDENTITY = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "A. Tester"), ("EMAIL", "tester@example.com"), ("DATE", "2026-11-01T12:00:00Z"))
    }

    def __init__(self, clone, folder):
        self.path = Path(folder)
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(self.path)], check=True)
        objects = git(clone, "rev-parse", "--path-format=absolute", "--git-path", "objects")
        (self.path / "objects/info/alternates").write_text(objects + "\n")

    def commit(self, tree, parent=None):
        parents = ["-p", parent] if parent else []
        return git(self.path, "commit-tree", *parents, "-m", "docs: a step", tree, **self.IDENTITY)

    def point(self, commit):
        git(self.path, "update-ref", "refs/heads/main", commit)

    def reformatted(self, commit):
        """A commit on top of another that says the same in other lines."""
        index = {"GIT_INDEX_FILE": str(self.path / "index.tmp")}
        git(self.path, "read-tree", commit, **index)
        entries = []
        for entry in git(self.path, "ls-tree", "-r", "-z", commit).split("\0"):
            meta, _, path = entry.partition("\t")
            if not path.endswith((".md", ".mdx")) or not meta.startswith("100"):
                continue
            mode, _, blob = meta.split()
            raw = subprocess.run(
                ["git", "-C", str(self.path), "cat-file", "blob", blob], check=True, capture_output=True
            ).stdout
            try:
                text = raw.decode()
            except UnicodeDecodeError:
                continue
            new = git(self.path, "hash-object", "-w", "--stdin", stdin=reformatted(text).encode())
            entries.append(f"{mode} {new}\t{path}")
        git(self.path, "update-index", "-z", "--index-info", stdin="\0".join(entries).encode(), **index)
        return self.commit(git(self.path, "write-tree", **index), commit)


# A line that is only words, and may be wrapped with those beside it.
PLAIN = re.compile(r"^(?![-+*#>|=!:<\[{`~\d\s]|---)[^|]*$")
# A word that would mean something else at the start of a line.
STARTS = re.compile(r"^([-+*#>|=!:~<\[{`]|\d+[.)])")


def reformatted(text):
    """The document with its paragraphs wrapped at another width, and spaces at their ends."""
    out, paragraph, fence = [], [], False

    def flush():
        if paragraph:
            words = " ".join(paragraph).split()
            # What must not begin a line stays beside the word before it.
            joined = words[:1]
            for word in words[1:]:
                if STARTS.match(word):
                    joined[-1] += "\0" + word
                else:
                    joined.append(word)
            lines = textwrap.wrap(" ".join(joined), 60, break_long_words=False, break_on_hyphens=False)
            out.extend(line.replace("\0", " ") + " " for line in lines)
            paragraph.clear()

    lines = text.split("\n")
    front = lines[0].strip() == "---"
    for number, line in enumerate(lines):
        if front:
            out.append(line)
            front = number == 0 or line.strip() != "---"
            continue
        if line.lstrip(" >").startswith(("```", "~~~")):
            fence = not fence
        # Two lines in a row that end a paragraph may be a heading with its rule.
        rule = number + 1 < len(lines) and re.match(r"^\s*(=+|-+)\s*$", lines[number + 1])
        # Only paragraphs on their own: what follows a list or a table belongs to that.
        alone = not out or not out[-1].strip() or paragraph
        if not fence and line.strip() and PLAIN.match(line) and not line.endswith(("  ", "\\")) and not rule and alone:
            paragraph.append(line)
        else:
            flush()
            out.append(line)
    flush()
    return "\n".join(out)


class Opsbook:
    def __init__(self, binary):
        self.binary = str(Path(binary).resolve())

    def run(self, command, repository, *arguments):
        """The exit status, and the report."""
        run = subprocess.run(
            [self.binary, command, "-C", str(repository), "--format", "json", "--all", *arguments],
            capture_output=True, text=True,
        )
        try:
            return run.returncode, json.loads(run.stdout)
        except json.JSONDecodeError:
            sys.exit(f"no report from {command} {arguments} in {repository}: {run.stdout[:300]}{run.stderr[:600]}")


def answers(case, report):
    """What a report says of a case, in the form in which the case expects it."""
    if "rule" in case:
        said = [one for one in report["findings"] if one["rule"] == case["rule"]]
        return Counter(one["path"] for one in said if one["path"] == case["document"])
    said = Counter()
    for one in report["findings"]:
        if one["rule"] in DRIFT and one["severity"] == "error":
            old, new = (one["related"] + [None, None])[:2]
            said[one["path"], old, new or old] += 1
    return said


def expected(case):
    return Counter([case["document"]] if "rule" in case else case["expected"])


def only(said, case):
    """Of what was said, what is about the case: other documents may well be false for other reasons."""
    known = set(expected(case))
    old = {one[1] for one in known} if "rule" not in case else set()
    return Counter({one: n for one, n in said.items() if one in known or ("rule" not in case and one[1] in old)})


def differs(said, wanted):
    return f": expected also {dict(wanted - said)}, and did not expect {dict(said - wanted)}" if said != wanted else ""


def try_case(case, clone, opsbook, failures, folder):
    command = "check" if "rule" in case else "drift"
    pick = ("--only", case["rule"]) if "rule" in case else ()
    at_break, mended = (git(clone, "rev-parse", case[name]) for name in ("break", "mended"))
    before = None if "rule" in case else git(clone, "rev-parse", at_break + "^")
    wanted = expected(case)

    def said(repository, commit):
        return only(answers(case, opsbook.run(command, repository, "--rev", commit, *pick)[1]), case)

    def expect(repository, commit, what, wish):
        got = said(repository, commit)
        failures.check(got == wish, what + differs(got, wish))

    full = Scratch(clone, folder / "full")
    full.point(mended)
    if before:
        expect(full.path, before, "full: silent before the break", Counter())
    expect(full.path, at_break, f"full: names {sum(wanted.values())} at the break", wanted)
    if "between" in case:
        commit, wish = case["between"]
        expect(full.path, git(clone, "rev-parse", commit), "full: names what the first mending left", Counter(wish))
    expect(full.path, mended, "full: silent after the mending", Counter())
    if before:
        status, report = opsbook.run("check", full.path, "--rev", at_break, "--base", before)
        got = answers(case, report)
        failures.check(got == wanted and status == 1, "full: check --base names the same" + differs(got, wanted))

    git(full.path, "branch", "-f", "break", at_break)
    shallow = folder / "shallow"
    subprocess.run(
        ["git", "clone", "-q", "--bare", "--depth", "1", "-b", "break", f"file://{full.path}", str(shallow)], check=True
    )
    status, report = opsbook.run("drift", shallow, "--rev", "HEAD")
    unknown = any("shallow" in one for one in report["scope"]["unknown"])
    failures.check(status == 2 and unknown, f"shallow: unknown, exit status 2 (was {status})")
    invented = [one["message"] for one in report["findings"] if one["rule"] in DRIFT]
    failures.check(not invented, f"shallow: nothing made up {invented[:3] or ''}")

    squashed = Scratch(clone, folder / "squashed")
    first = squashed.commit(git(clone, "rev-parse", (before or at_break) + "^{tree}"))
    second = squashed.commit(git(clone, "rev-parse", at_break + "^{tree}"), first) if before else first
    third = squashed.commit(git(clone, "rev-parse", mended + "^{tree}"), second)
    squashed.point(third)
    if before:
        expect(squashed.path, first, "squashed: silent before the break", Counter())
    expect(squashed.path, second, "squashed: the same at the break", wanted)
    expect(squashed.path, third, "squashed: silent after the mending", Counter())

    again, quiet = full.reformatted(at_break), full.reformatted(mended)
    # So that whole histories are on a branch, as they are for anybody.
    git(full.path, "branch", "-f", "again", again)
    git(full.path, "branch", "-f", "quiet", quiet)
    failures.check(
        git(full.path, "rev-parse", again + "^{tree}") != git(full.path, "rev-parse", at_break + "^{tree}"),
        "reformatted: there was something to reformat",
    )
    expect(full.path, again, "reformatted: the same at the break", wanted)
    expect(full.path, quiet, "reformatted: silent after the mending", Counter())


def try_quiet(control, clone, opsbook, failures):
    _, report = opsbook.run("drift", clone, "--rev", "HEAD")
    loud = [
        f"{one['path']}:{one['start']['line']} {one['message']}"
        for one in report["findings"]
        if one["severity"] == "error" and re.search(control["document"], one["path"])
        and any(re.search(control["reference"], path) for path in one["related"] or [""])
    ]
    failures.check(report["scope"]["references"] > 0, "there are references to look at")
    failures.check(not loud, f"quiet about {control['what']}" + "".join(f"\n         {one}" for one in loud[:5]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--opsbook", required=True, type=Path, help="the binary")
    parser.add_argument("--clones", required=True, type=Path, help="the folder of the clones")
    parser.add_argument("--only", default="", help="only cases of this clone")
    options = parser.parse_args()
    opsbook, failures, tried, skipped = Opsbook(options.opsbook), Failures(), 0, []
    for one in CASES + QUIET:
        clone = options.clones / one["clone"]
        name = one.get("name") or f"{one['clone']}: must stay quiet about {one['what']}"
        if options.only and one["clone"] != options.only:
            continue
        if not clone.exists():
            print(f"SKIPPED {name}: there is no {clone}")
            skipped.append(name)
            continue
        print(name)
        tried += 1
        if one in QUIET:
            try_quiet(one, clone, opsbook, failures)
        else:
            with tempfile.TemporaryDirectory() as folder:
                try_case(one, clone, opsbook, failures, Path(folder))
    print(f"{tried} cases tried, {len(skipped)} SKIPPED, {failures.count} failures")
    if not tried:
        sys.exit("nothing was tried: --clones names a folder without any of the clones")
    sys.exit(failures.count > 0)


if __name__ == "__main__":
    main()
