#!/usr/bin/env python3
"""Check the Markdown of a repository with opsbook and with other programs that read Markdown, in turn.

    documents.py --opsbook target/release/opsbook --repository CLONE [--rounds R]

CLONE is any git repository with many Markdown files. Whole processes are measured, in turn, after one round that
is not counted; opsbook runs without its cache, as the others do. What each does is not the same: markdownlint-cli2
and rumdl look at style, lychee at links (offline: only those within the repository), opsbook at what its default
rules look at. The floor is reading every blob of HEAD through git.

Peers: `npm install --no-save --no-package-lock markdownlint-cli2` in bench/, rumdl from PyPI in bench/.venv,
`cargo install lychee`; one that is not there is named.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import measure
from measure import Command

BENCH = Path(__file__).resolve().parent
PEERS = {
    "markdownlint-cli2": [BENCH / "node_modules/.bin/markdownlint-cli2", "markdownlint-cli2"],
    "rumdl": [BENCH / ".venv/bin/rumdl", "rumdl"],
    "lychee": ["lychee"],
}


def main():
    parser = argparse.ArgumentParser(description="Compare opsbook with its peers on Markdown.")
    parser.add_argument("--opsbook", default="target/release/opsbook")
    parser.add_argument("--repository", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lychee", help="the binary, when it is not on the path")
    args = parser.parse_args()

    repository = args.repository.resolve()
    listed = subprocess.run(["git", "ls-files", "-z", "*.md"], cwd=repository, check=True, capture_output=True)
    files = [name for name in listed.stdout.decode().split("\0") if name]
    size = sum((repository / name).stat().st_size for name in files)
    print(f"{measure.machine()}; median of {args.rounds}, in turn")
    print(f"{len(files):,} Markdown files, {size / 1024 / 1024:.1f} MiB\n")

    opsbook = measure.find([args.opsbook])
    if args.lychee:
        PEERS["lychee"] = [args.lychee]
    found = {name: measure.find([str(place) for place in places]) for name, places in PEERS.items()}
    with tempfile.TemporaryDirectory(prefix="opsbook-bench-") as folder:
        scratch = Path(folder)
        blobs = scratch / "blobs"
        tree = subprocess.run(["git", "ls-tree", "-r", "HEAD"], cwd=repository, check=True, capture_output=True)
        blobs.write_text("".join(line.split()[2] + "\n" for line in tree.stdout.decode().splitlines()))
        read_blobs = f"git cat-file --batch <{blobs} >/dev/null"
        check = [opsbook, "check", "--no-cache"]
        commands = [
            Command("opsbook check", check, repository, expect=(0, 1)),
            Command("floor: every blob, git cat-file", ["sh", "-c", read_blobs], repository),
            Command("floor: git status", ["git", "status", "--porcelain"], repository),
        ]
        everything = {
            "markdownlint-cli2": ["**/*.md", "#node_modules"],
            "rumdl": ["check", "--no-cache", "."],
            "lychee": ["--offline", "--no-progress", "--quiet", "**/*.md"],
        }
        for name, place in found.items():
            if place:
                commands.append(Command(name, [place, *everything[name]], repository, expect=(0, 1, 2)))
        measure.in_turn(commands, args.rounds, measure.clean_environment(scratch), progress=False)
        show(commands)
    absent = [name for name, place in found.items() if not place]
    print("\n".join(note for note in (measure.missing(absent), measure.failures(commands)) if note))
    return 1 if any(command.failure for command in commands) else 0


def show(commands):
    ours = commands[0]
    rows = []
    for command in commands:
        if not command.samples:
            rows.append([command.name, "failed", "", "", ""])
            continue
        rows.append(
            [
                command.name,
                f"{command.median('cpu'):.2f}",
                f"{command.median('wall'):.2f}",
                f"{command.median('peak') / 1024 / 1024:,.0f}",
                f"{command.median('wall') / ours.median('wall'):.2f} ×",
            ]
        )
    print(measure.table(["command", "CPU s", "wall s", "peak MiB", "wall ÷ opsbook's"], rows))
    print()


if __name__ == "__main__":
    sys.exit(main())
