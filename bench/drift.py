#!/usr/bin/env python3
"""What it costs to hold every document against the whole past, beside git's own listing of that past.

    drift.py --opsbook target/release/opsbook --clone CLONE... [--rounds R]

`opsbook drift` reads every document and the life lines of the mainline, as a whole process: without its cache, with the
cache removed before, and with the one that the run before left. Beside it, `git log --name-status -M --first-parent`
on the same clone, and reading every document as `git cat-file --batch` does.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import measure
from measure import Command


def main():
    args = arguments()
    opsbook, git = measure.find([args.opsbook]), measure.find(["git"])
    if not git:
        sys.exit("git is not installed: without it there is nothing to measure against")
    with tempfile.TemporaryDirectory(prefix="opsbook-bench-") as scratch:
        environment = measure.clean_environment(Path(scratch))
        for clone in args.clone:
            compare(opsbook, git, Path(clone).resolve(), args.rounds, environment, Path(scratch))
    return 0


def arguments():
    parser = argparse.ArgumentParser(description="Measure drift.")
    parser.add_argument("--opsbook", required=True)
    parser.add_argument("--clone", nargs="+", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def compare(opsbook, git, clone, rounds, environment, scratch):
    folder = Path(output(git, clone, "rev-parse", "--absolute-git-dir").strip())
    paths = output(git, clone, "ls-tree", "-r", "HEAD").splitlines()
    documents = [line.split()[2] for line in paths if line.endswith((".md", ".markdown", ".mdx"))]
    blobs = scratch / "documents"
    blobs.write_text("".join(f"{blob}\n" for blob in documents))

    def forget():
        shutil.rmtree(folder / "opsbook", ignore_errors=True)

    # 0 is no drift, 1 is some.
    drift = lambda name, *more, **kept: Command(
        name, [opsbook, "-C", str(clone), "drift", "--rev", "HEAD", "--format", "json", *more], expect=(0, 1), **kept
    )
    log = [git, "-C", str(clone), "log", "--name-status", "-M", "--first-parent", "--format=%H", "HEAD", "--"]
    commands = [
        drift("opsbook drift, no cache", "--no-cache"),
        drift("opsbook drift, cold", before=forget),
        drift("opsbook drift, warm"),
        Command("floor: every document, git cat-file", ["sh", "-c", f'"$0" -C "$1" cat-file --batch < "{blobs}"', git, str(clone)]),
        Command("git log --name-status -M", log),
    ]
    measure.in_turn(commands, rounds, environment)
    commits = output(git, clone, "rev-list", "--count", "--first-parent", "HEAD").strip()
    print(f"{clone.name}: {int(commits):,} commits, {len(documents):,} documents\n")
    print("| command | CPU s | wall s | peak MiB | CPU ÷ git log's |\n| --- | ---: | ---: | ---: | ---: |")
    base = commands[-1].median("cpu")
    for command in commands:
        cpu, wall, peak = (command.median(what) for what in ("cpu", "wall", "peak"))
        print(f"| {command.name} | {cpu:.2f} | {wall:.2f} | {peak / 2**20:,.0f} | {cpu / base:.2f} × |")
    print()


def output(git, clone, *arguments):
    return subprocess.run([git, "-C", clone, *arguments], check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
