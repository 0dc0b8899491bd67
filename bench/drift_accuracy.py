#!/usr/bin/env python3
"""How many stale references `opsbook drift` reports of those that people later repaired, and what it reports besides.

    bench/drift_accuracy.py mine   CLONE... --out DIR
    bench/drift_accuracy.py recall CLONE... --out DIR --opsbook BIN [--seed N] [--commits N] [--per-commit N]
    bench/drift_accuracy.py sample CLONE... --out DIR --opsbook BIN [--seed N] [--at N] [--each N]
    bench/drift_accuracy.py fixes  CLONE... --out DIR --opsbook BIN

`mine` walks the first-parent mainline of each clone and looks for repairs: a commit changes a document so that a path
which it named (the target of a link, or a path in a code span) goes, nothing stands at that path before the commit,
something did earlier, and the line stays, with a path in its place that exists (`replaced`) or without any
(`removed`). Repairs made by the very commit that took the target away are left out: nobody could have been told. So
are documents that are records by the list below, and files that are data for tests or somebody else's.

`recall` asks the binary about the parent of a sample of those commits, and counts the repaired references that it
reports at that document, as errors or warnings, and how many of them as errors. `sample` draws findings for people to
judge, at HEAD and at older commits of the mainline. `fixes` looks at every fix that is called safe, in the same reports: is what the new text leads to there?

Nothing of opsbook's own readers is used: documents are read with the few regular expressions below, and history with
`git log --raw`. Reports are kept in DIR by commit and binary, so a run that was stopped goes on where it was.
"""

import argparse
import bisect
import collections
import difflib
import functools
import hashlib
import json
import os
import posixpath
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote

DOCUMENT = re.compile(r"\.(md|mdx|markdown)$", re.I)

# Documents that say what was true on a day, and files that are nobody's words: data of tests, copies of others' work.
RECORD_NAME = re.compile(
    r"(^|/)(change-?logs?|changes|history|news|releases?([-_ ]?notes?)?|whats-?new|breaking[-_]?changes)\b"
    r"[^/]*\.\w+$|(^|/)[^/]*(19|20)\d\d-?(0[1-9]|1[0-2])[^/]*$|(^|/)(v?\d+\.\d+(\.\w+)*)\.\w+$",
    re.I,
)
RECORD_FOLDER = re.compile(
    r"(^|/)(\.?changelogs?|\.?changesets?|changes|release-?notes?|releases|news(fragments)?|adrs?|decisions?|decision-records?|"
    r"minutes|meetings?|meeting-notes|blog|posts?|_posts|archived?|reports?|retros?|postmortems?|audits?|history|"
    r"versioned_docs|node_modules|vendor|third[_-]party|fixtures?|testdata|test-?data|__snapshots__|snapshots|testing|tests?)/",
    re.I,
)

INLINE = re.compile(r"\]\(\s*<?([^()\s<>]+(?:\([^()\s]*\)[^()\s<>]*)*)>?(?:\s+[\"'(][^\n]*?[\"')])?\s*\)")
DEFINED = re.compile(r"^ {0,3}\[[^\]\n]+\]:\s*<?([^\s<>]+)>?", re.M)
HTML = re.compile(r"<(?:a|img|source)\b[^>]*?\b(?:href|src)\s*=\s*[\"']([^\"'\s]+)[\"']", re.I)
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
FENCE = re.compile(r"^[ >]*(```+|~~~+)")
PATHLIKE = re.compile(r"^\.{0,2}/?[\w.@+()\[\]-]+(/[\w.@+()\[\]-]+)+/?$|^[\w.-]+/$")
LINE_NUMBER = re.compile(r"(:\d+(-\d+)?(:\d+)?|#L\d+(-L?\d+)?)$")
WORD = re.compile(r"\w+")
SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:|^//", re.I)


def git(clone, *arguments, **more):
    return subprocess.run(
        ["git", "-C", str(clone), "-c", "core.quotepath=off", *arguments], check=True, capture_output=True, **more
    ).stdout


class Blobs:
    """Reads blobs of a clone through one process, and what they refer to."""

    def __init__(self, clone):
        self.process = subprocess.Popen(
            ["git", "-C", str(clone), "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.known = {}

    def bytes(self, blob):
        self.process.stdin.write(blob.encode() + b"\n")
        self.process.stdin.flush()
        header = self.process.stdout.readline().split()
        if header[-1] == b"missing":
            return b""
        data = self.process.stdout.read(int(header[2]))
        self.process.stdout.read(1)
        return data

    def text(self, blob):
        data = self.bytes(blob)
        return "" if len(data) > 2_000_000 else data.decode("utf-8", "replace")


def references(text, only=None):
    """(kind, path, line) of each reference of a document, lines from 1; of the lines in `only`, if it is given."""
    found, fence = [], None
    for number, line in enumerate(text.split("\n"), 1):
        if "```" in line or "~~~" in line:
            mark = FENCE.match(line)
            if fence:
                if mark and mark.group(1).startswith(fence):
                    fence = None
                continue
            if mark:
                fence = mark.group(1)[:3]
                continue
        if not fence and (only is None or line in only):
            found += [(kind, path, number) for kind, path in of_line(line)]
    return found


@functools.lru_cache(maxsize=1 << 16)
def of_line(line):
    """(kind, path) of each reference of a line."""
    found = []
    words = CODE.sub(lambda span: "`" + " " * (len(span.group(0)) - 2) + "`", line)
    for kind, pattern in (("link", INLINE), ("link", DEFINED), ("html", HTML)):
        found += [(kind, target(one.group(1))) for one in pattern.finditer(words)]
    for one in CODE.finditer(line):
        path = LINE_NUMBER.sub("", one.group(1).strip())
        if PATHLIKE.match(path) and not path.startswith(("/", "@")) and "..." not in path:
            found.append(("code", path))
    return [one for one in found if one[1]]


def target(written):
    """The path in the target of a link; empty for an address or an anchor."""
    if SCHEME.match(written) or written.startswith("#"):
        return ""
    return re.split(r"[?#]", written, maxsplit=1)[0]


def places(document, kind, path):
    """The paths of the repository that a reference may mean, the likeliest first."""
    path = unquote(path) if kind != "code" else path
    folder = posixpath.dirname(document)
    if path.startswith("/"):
        bases = [""]
    elif kind != "code":
        bases = [folder]
    else:
        bases = ["", folder]
        while folder:
            folder = posixpath.dirname(folder)
            bases.append(folder)
    answer = []
    for base in bases:
        place = posixpath.normpath(posixpath.join(base, path.lstrip("/"))) if path.strip("/") else ""
        if place and not place.startswith("..") and place != "." and place not in answer:
            answer.append(place)
    return answer


class Mainline:
    """The paths of the mainline while it is walked: what stands, what stood, what documents said."""

    def __init__(self):
        self.files, self.folders = set(), collections.Counter()
        self.died, self.versions = {}, collections.defaultdict(list)
        self.commits, self.origins = [], {}

    def stands(self, place):
        return place in self.files or self.folders[place] > 0

    def add(self, path):
        self.files.add(path)
        for folder in parents(path):
            self.folders[folder] += 1

    def drop(self, path, commit):
        self.files.discard(path)
        self.died[path] = commit
        for folder in parents(path):
            self.folders[folder] -= 1
            if not self.folders[folder]:
                self.died[folder] = commit

    def names(self, document):
        """(name, commit) of the names that a document had before, and when it lost them, the latest first."""
        for _ in range(10):
            if document not in self.origins:
                return
            document, commit = self.origins[document]
            yield document, commit

    def name_at(self, document, commit):
        """The name that a document had after a commit; nothing if it is younger."""
        while not self.blob(document, commit):
            document, born = self.origins.get(document, (None, 0))
            if not document or born <= commit:
                return None
        return document

    def moved(self, changes, blobs, commit):
        """Notes which documents of a commit came from which: the same bytes, or the same name and much the same lines."""
        gone = {path: old for status, path, old, _, _ in changes if status == "D" and DOCUMENT.search(path)}
        for status, path, _, new, _ in changes if gone else []:
            if status != "A" or not DOCUMENT.search(path):
                continue
            origin = next((name for name, blob in gone.items() if blob == new), None)
            if not origin and len(gone) < 300:
                said = set(blobs.text(new).split("\n"))
                def share(name):
                    lines = set(blobs.text(gone[name]).split("\n"))
                    return len(lines & said) / (len(lines | said) or 1)
                same = [name for name in gone if posixpath.basename(name).lower() == posixpath.basename(path).lower()]
                best = max(same or list(gone), key=share)
                origin = best if share(best) >= 0.5 else None
            if origin:
                self.origins[path] = (origin, commit)

    def blob(self, document, commit):
        """The blob of the document after a commit."""
        versions = self.versions[document]
        at = bisect.bisect_right(versions, (commit, "~")) - 1
        return versions[at][1] if at >= 0 else None


def parents(path):
    while "/" in path:
        path = path.rsplit("/", 1)[0]
        yield path


def walk(clone):
    """(commit, changes) of the mainline, the oldest first; a change is (status, path, old blob, new blob)."""
    raw = git(
        clone, "log", "--first-parent", "-m", "--reverse", "--raw", "-z", "--no-renames", "--no-abbrev", "--root",
        "--format=%x01%H", "HEAD",
    )
    for piece in raw.decode("utf-8", "surrogateescape").split("\x01")[1:]:
        fields = piece.split("\x00")
        commit, changes = fields[0].strip(), []
        for meta, path in zip(fields[1::2], fields[2::2]):
            parts = meta.strip().lstrip(":").split(" ")
            if len(parts) == 5:
                changes.append((parts[4], path, parts[2], parts[3], parts[0]))
        yield commit, changes


def mine(clone, out):
    """Writes the repairs of a clone to `out`, and returns them."""
    kept = out / "repairs.jsonl"
    if kept.exists():
        return [json.loads(line) for line in kept.read_text().splitlines()]
    line, blobs, repairs = Mainline(), Blobs(clone), []
    for number, (commit, changes) in enumerate(walk(clone)):
        line.commits.append(commit)
        documents = [one for one in changes if one[0] == "M" and DOCUMENT.search(one[1]) and is_living(one[1])]
        # What stood before is asked first, what stands afterwards once the changes are made.
        pending = [one for change in documents for one in stale(line, blobs, change)]
        for status, path, old, new, mode in changes:
            if status == "A":
                line.add(path)
            elif status == "D":
                line.drop(path, number)
            if DOCUMENT.search(path):
                line.versions[path].append((number, None if status == "D" else new))
        line.moved(changes, blobs, number)
        for one in pending:
            repair = settled(line, blobs, one)
            if repair:
                parent = line.commits[number - 1]
                repairs.append({"commit": commit, "parent": parent, **repair})
    by_parent = collections.defaultdict(list)
    for one in repairs:
        by_parent[one["parent"]].append(one)
    for parent, group in by_parent.items():
        covered = ignored(clone, parent, {one["place"] for one in group})
        for one in group:
            one["ignored"] = one["place"] in covered
    out.mkdir(parents=True, exist_ok=True)
    kept.write_text("".join(json.dumps(one) + "\n" for one in repairs))
    return repairs


def ignored(clone, commit, paths):
    """Those of `paths` that the .gitignore files of a commit cover."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q", folder], check=True)
        for path in git(clone, "ls-tree", "-r", "-z", "--name-only", commit).decode("utf-8", "replace").split("\0"):
            if posixpath.basename(path) == ".gitignore":
                copy = Path(folder, path)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(git(clone, "cat-file", "blob", f"{commit}:{path}"))
        asked = "".join(f"{path}\0{path}/\0" for path in paths)
        run = subprocess.run(["git", "-C", folder, "check-ignore", "--no-index", "-z", "--stdin"], input=asked.encode(),
                             capture_output=True)
        return {path.rstrip("/") for path in run.stdout.decode("utf-8", "replace").split("\0") if path}


def is_living(path):
    return not RECORD_NAME.search(path) and not RECORD_FOLDER.search(path)


def stale(line, blobs, change):
    """References that a change of a document takes away, to what stood once and did not stand before it."""
    _, document, old_blob, new_blob, _ = change
    old, new = blobs.text(old_blob), blobs.text(new_blob)
    old_lines, new_lines = old.split("\n"), new.split("\n")
    gone = collections.Counter(old_lines) - collections.Counter(new_lines)
    fresh = collections.Counter(new_lines) - collections.Counter(old_lines)
    before, after = references(old, gone), references(new, fresh)
    fewer = collections.Counter((k, p) for k, p, _ in before)
    fewer.subtract(collections.Counter((k, p) for k, p, _ in after))
    wanted = {}
    for kind, path, _ in before:
        if fewer[kind, path] > 0 and (kind, path) not in wanted:
            place = stood_once(line, document, kind, path)
            if place:
                wanted[kind, path] = place
    if not wanted:
        return
    lines = {number for kind, path, number in before if (kind, path) in wanted}
    pairs = changed_lines(old_lines, new_lines, lines)
    on_line = collections.defaultdict(list)
    for kind, path, number in after:
        on_line[number].append((kind, path))
    for kind, path, number in before:
        if (kind, path) in wanted and number in pairs:
            news = [one for one in on_line[pairs[number]] if fewer[one] < 0]
            place, name, moment = wanted[kind, path]
            yield dict(document=document, kind=kind, path=path, line=number, place=place, was=name, moment=moment,
                       news=news, words=old_lines[number - 1][:300])


def stood_once(line, document, kind, path):
    """The place that a reference led to once and does not now, the name of the document then, and the commit since
    which it leads nowhere: the target went, or the document moved away from it."""
    where = places(document, kind, path)
    if any(line.stands(place) for place in where):
        return None
    dead = [(line.died[place], place) for place in where if place in line.died]
    if dead:
        moment, place = max(dead)
        return place, document, moment
    for name, moment in line.names(document):
        for place in places(name, kind, path) if kind != "code" or path.startswith("../") else []:
            if place not in where and (line.stands(place) or line.died.get(place, -1) >= moment):
                return place, name, moment
    return None


def changed_lines(old, new, wanted):
    """For each wanted line of `old` that is still to be known in `new`, changed, its number there; both from 1."""
    said = set(old)
    fresh = [(at, line, set(WORD.findall(line))) for at, line in enumerate(new, 1) if line not in said]
    pairs = {}
    for number in wanted:
        line = old[number - 1]
        words = set(WORD.findall(line))
        likely = sorted(fresh, key=lambda one: -len(words & one[2]) / (len(words | one[2]) or 1))[:5]
        match = difflib.SequenceMatcher(None, line[:400], "")
        best = (0.5, 0)
        for at, other, _ in likely:
            match.set_seq2(other[:400])
            if match.real_quick_ratio() >= best[0] and match.quick_ratio() >= best[0]:
                best = max(best, (match.ratio(), at))
        if best[1]:
            pairs[number] = best[1]
    return pairs


def settled(line, blobs, one):
    """The repair, once it is known what stands after the commit."""
    document, place, name, moment = one["document"], one["place"], one.pop("was"), one.pop("moment")
    now = len(line.commits) - 1
    if moment >= now or (name == document and line.stands(place)):
        return None
    options = []
    for kind, path in one.pop("news"):
        home = next((home for home in places(document, kind, path) if line.stands(home)), None)
        if home:
            options.append((likeness(place, home), path, home))
    then = line.name_at(name, moment - 1)
    said = references(blobs.text(line.blob(then, moment - 1))) if then else []
    held = any((kind, path) == (one["kind"], one["path"]) for kind, path, _ in said)
    held = held and place in places(then, one["kind"], one["path"])
    best = max(options, default=None)
    return {
        **one,
        "repair": "replaced" if best else "removed",
        "new": best and best[1],
        "home": best and best[2],
        "died": line.commits[moment],
        # Whether the document named it when it went. If not, it was never true: a mistake, but nothing went stale.
        "held": held,
        "document_was": name if name != document else None,
    }


def likeness(old, new):
    same_name = posixpath.basename(old).lower() == posixpath.basename(new).lower()
    return same_name + difflib.SequenceMatcher(None, old, new).ratio()


# ---- asking opsbook ----


class Opsbook:
    """Reports of a binary about commits of a clone, kept on disk."""

    def __init__(self, binary, clone, out):
        self.binary, self.clone = str(binary), clone
        self.key = hashlib.sha256(Path(binary).read_bytes()).hexdigest()[:12]
        self.kept = out / "reports" / self.key

    def drift(self, commit):
        kept = self.kept / f"{commit}.json"
        if kept.exists():
            return json.loads(kept.read_text())
        try:
            run = subprocess.run(
                [self.binary, "drift", "-C", str(self.clone), "--rev", commit, "--format", "json", "--all",
                 "--fail-on", "error"],
                capture_output=True, text=True, timeout=900,
            )
            report = json.loads(run.stdout)
        except (subprocess.TimeoutExpired, json.JSONDecodeError) as error:
            print(f"{self.clone.name} {commit[:9]}: {error}", file=sys.stderr)
            return None
        self.kept.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(report))
        return report


def text_at(blobs, commit, finding):
    """The text that a finding points at."""
    data = blobs.bytes(f"{commit}:{finding['path']}")
    return data[finding["start"]["offset"] : finding["end"]["offset"]].decode("utf-8", "replace")


ERRORS = ("broken-reference", "moved-path", "deleted-path")


def recall(clone, out, options):
    """Asks about the parents of a sample of the repairs; one row a repair, with what was reported."""
    by_parent = collections.defaultdict(list)
    for one in mine(clone, out):
        if one["kind"] != "html" or options.html:
            by_parent[one["parent"]].append(one)
    chance = random.Random(f"{options.seed} {clone.name}")
    parents_drawn = sorted(by_parent)
    chance.shuffle(parents_drawn)
    opsbook, blobs, rows = Opsbook(options.opsbook, clone, out), Blobs(clone), []
    for parent in parents_drawn[: options.commits]:
        repairs = by_parent[parent]
        if len(repairs) > options.per_commit:
            repairs = chance.sample(repairs, options.per_commit)
        report = opsbook.drift(parent)
        if report is None:
            continue
        found = collections.defaultdict(list)
        for finding in report["findings"]:
            found[finding["path"]].append(finding)
        rows += [{**one, **answer(one, found[one["document"]], blobs, parent)} for one in repairs]
    (out / "recall.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return rows


def answer(repair, findings, blobs, parent):
    """What was said of a repaired reference."""
    plain = repair["path"].strip("/")
    best = {"reported": False, "error": False, "home_right": None, "cause": "silent"}
    for finding in findings:
        quoted = text_at(blobs, parent, finding)
        if re.split(r"[?#]", quoted)[0].strip("/<>` ") != plain and plain not in quoted:
            continue
        near = finding["start"]["line"] == repair["line"]
        if finding["severity"] in ("error", "warning") and finding["rule"] in ERRORS:
            told = finding["related"][1:] + [fix_text(finding)]
            right = None
            if repair["home"]:
                right = repair["home"] in told or any(is_within(repair["home"], one) for one in told if one)
            if near or not best["reported"]:
                best = {"reported": True, "error": finding["severity"] == "error", "home_right": right,
                        "cause": "" if near else "another line", "told": finding["related"][1:],
                        "sure": bool(finding["fix"] and finding["fix"]["safe"])}
        elif not best["reported"]:
            best["cause"] = f"{finding['rule']} ({finding['severity']})"
    if not best["reported"] and best["cause"] == "silent":
        if repair["ignored"]:
            best["cause"] = "git ignores it"
        elif not repair["held"]:
            best["cause"] = "not named when it went"
        elif re.search(r"\]\(https?:", repair["words"]) and repair["kind"] == "code":
            best["cause"] = "silent, the text of a link to an address"
    return best


def fix_text(finding):
    fix = finding.get("fix")
    return fix["edits"][0].get("text") or fix["edits"][0].get("new") if fix and fix.get("edits") else None


def is_within(path, folder):
    return path.startswith(folder.rstrip("/") + "/") or folder.startswith(path.rstrip("/") + "/")


def show_recall(name, rows):
    def share(of):
        told, errors = (sum(row[name] for row in of) for name in ("reported", "error"))
        return f"{told}/{len(of)} = {told / len(of):.2f} ({errors} as errors)" if of else "0/0"

    # What went while the document named it, and is not ignored: what the tool says it finds.
    stale_ones = [row for row in rows if row["held"] and not row["ignored"]]
    replaced = [row for row in stale_ones if row["repair"] == "replaced"]
    homes = [row for row in replaced if row["reported"]]
    right = sum(bool(row["home_right"]) for row in homes)
    print(f"{name}: replaced {share(replaced)}; with those removed {share(stale_ones)}; everything mined {share(rows)}; "
          f"the new place named {right}/{len(homes)}")
    causes = collections.Counter((row["kind"], row["repair"], row["cause"]) for row in rows if not row["reported"])
    for cause, count in causes.most_common():
        print(f"    {count:4} {' '.join(cause)}")


# ---- findings to judge ----


def moments(clone, how_many):
    """HEAD, and older commits of the mainline, evenly apart."""
    line = git(clone, "rev-list", "--first-parent", "HEAD", text=True).split()
    return [line[min(len(line) - 1, at * len(line) // (how_many + 1))] for at in range(how_many + 1)]


def sample(clone, out, options):
    """Draws findings of the error tier, evenly over rules, none twice for one reference."""
    opsbook, blobs, seen = Opsbook(options.opsbook, clone, out), Blobs(clone), set()
    by_rule = collections.defaultdict(list)
    counts = []
    for commit in moments(clone, options.at):
        report = opsbook.drift(commit)
        if report is None:
            continue
        errors = [one for one in report["findings"] if one["severity"] == "error" and one["rule"] in ERRORS]
        counts.append(len(errors))
        for finding in errors:
            key = (finding["path"], finding["related"][0] if finding["related"] else finding["message"])
            if key not in seen:
                seen.add(key)
                by_rule[finding["rule"]].append((commit, finding))
    chance = random.Random(f"{options.seed} {clone.name}")
    for findings in by_rule.values():
        chance.shuffle(findings)
    drawn, of_document = [], collections.Counter()
    while len(drawn) < options.each and any(by_rule.values()):
        for rule in sorted(by_rule):
            if by_rule[rule]:
                commit, finding = by_rule[rule].pop()
                of_document[finding["path"]] += 1
                if of_document[finding["path"]] <= options.per_document:
                    drawn.append((commit, finding))
    rows = []
    for commit, finding in drawn[: options.each]:
        lines = blobs.bytes(f"{commit}:{finding['path']}").decode("utf-8", "replace").split("\n")
        at = finding["start"]["line"]
        rows.append({
            "repository": clone.name, "commit": commit, "path": finding["path"], "rule": finding["rule"], "line": at,
            "message": finding["message"], "notes": finding["notes"], "quoted": text_at(blobs, commit, finding),
            "context": lines[max(0, at - 3) : at + 2], "verdict": None, "reason": None,
        })
    (out / "sample.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    print(f"{clone.name}: errors at HEAD and before {counts}, {len(rows)} drawn")


def fixes(clone, out, options):
    """Looks at every safe fix of the reports that are there: does the new text lead to something?"""
    opsbook, blobs = Opsbook(options.opsbook, clone, out), Blobs(clone)
    rows, wrong = [], 0
    for kept in sorted(opsbook.kept.glob("*.json")):
        commit = kept.stem
        report = json.loads(kept.read_text())
        safe = [one for one in report["findings"] if one.get("fix") and one["fix"]["safe"] and one["rule"] in ERRORS]
        if not safe:
            continue
        stands = set(git(clone, "ls-tree", "-r", "-t", "-z", "--name-only", commit).decode("utf-8", "replace").split("\0"))
        for finding in safe:
            text = fix_text(finding) or ""
            kind = "code" if finding["rule"] != "broken-reference" else "link"
            leads = [place for place in places(finding["path"], kind, re.split(r"[?#]", text)[0]) if place in stands]
            wrong += not leads
            rows.append({"repository": clone.name, "commit": commit, "path": finding["path"],
                         "line": finding["start"]["line"], "old": text_at(blobs, commit, finding), "new": text,
                         "leads": leads[:1], "message": finding["message"]})
    (out / "fixes.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    print(f"{clone.name}: {len(rows)} safe fixes, {wrong} lead nowhere")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["mine", "recall", "sample", "fixes"])
    parser.add_argument("clones", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="where answers are kept")
    parser.add_argument("--opsbook", type=Path, help="the binary")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--commits", type=int, default=25, help="repairing commits a clone")
    parser.add_argument("--per-commit", type=int, default=8, help="repairs of one commit")
    parser.add_argument("--at", type=int, default=0, help="older commits to draw findings from, besides HEAD")
    parser.add_argument("--each", type=int, default=25, help="findings to draw a clone")
    parser.add_argument("--per-document", type=int, default=4, help="findings to draw of one document")
    parser.add_argument("--html", action="store_true", help="count references in HTML, too")
    options = parser.parse_args()
    if options.what != "mine" and not options.opsbook:
        parser.error("--opsbook is needed")
    rows = []
    for clone in options.clones:
        out = options.out / clone.name
        out.mkdir(parents=True, exist_ok=True)
        if options.what == "mine":
            found = mine(clone, out)
            count = collections.Counter((one["kind"], one["repair"]) for one in found)
            print(clone.name, len({one["commit"] for one in found}), "commits", dict(count), flush=True)
        elif options.what == "recall":
            mined = recall(clone, out, options)
            show_recall(clone.name, mined)
            rows += mined
        else:
            {"sample": sample, "fixes": fixes}[options.what](clone, out, options)
        sys.stdout.flush()
    if options.what == "recall" and len(options.clones) > 1:
        show_recall("TOTAL", rows)


if __name__ == "__main__":
    main()
