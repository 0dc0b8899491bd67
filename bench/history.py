#!/usr/bin/env python3
"""What reading a history costs: a clone's changed files beside git log, its records beside git cat-file.

    history.py --clone CLONE... [--records CLONE --files PATH... --key FIELD] [--rounds R]

The program measured is `benches/history.rs`, built by cargo. For records, opsbook's cache below the clone's git folder
is removed before the cold run and left behind by the warm one.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import measure
from measure import Command


def main():
    args = arguments()
    program, git = build(), measure.find(["git"])
    if not git:
        sys.exit("git is not installed: without it there is nothing to measure against")
    with tempfile.TemporaryDirectory(prefix="opsbook-bench-") as scratch:
        environment = measure.clean_environment(Path(scratch))
        for clone in args.clone:
            log = [git, "-C", clone, "log", "--first-parent", "-m", "--name-status", "-M", "--format=%H", "HEAD", "--"]
            table(clone, [Command("opsbook", [program, clone]), Command("git log", log)], args.rounds, environment)
        if args.records:
            records(args, program, git, Path(scratch), environment)
    return 0


def arguments():
    parser = argparse.ArgumentParser(description="Measure reading a history.")
    parser.add_argument("--clone", nargs="*", default=[])
    parser.add_argument("--records", help="a clone whose records are followed")
    parser.add_argument("--files", nargs="*", default=["issues.jsonl"], help="the files of its records")
    parser.add_argument("--key", default="id")
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def build():
    """The path of the compiled benchmark."""
    argv = ["cargo", "bench", "--locked", "--bench", "history", "--no-run", "--message-format", "json"]
    built = subprocess.run(argv, check=True, capture_output=True, text=True, cwd=Path(__file__).parent.parent)
    artifacts = [json.loads(line) for line in built.stdout.splitlines()]
    names = [one["executable"] for one in artifacts if one.get("target", {}).get("name") == "history"]
    return names[-1]


def records(args, program, git, scratch, environment):
    clone = args.records
    configuration = f'[collections.followed]\nfiles = {json.dumps(args.files)}\nkey = "{args.key}"\n'
    blobs = scratch / "blobs"
    count, size = list_blobs(git, clone, args.files, blobs)
    folder = git_output(git, clone, "rev-parse", "--absolute-git-dir").strip()

    def forget():
        shutil.rmtree(Path(folder) / "opsbook", ignore_errors=True)

    follow = [program, clone, configuration, "followed"]
    commands = [
        Command("opsbook, no cache", follow),
        Command("opsbook, cold", [*follow, "cached"], before=forget),
        Command("opsbook, warm", [*follow, "cached"]),
        Command("git cat-file --batch", ["sh", "-c", f'"$0" -C "$1" cat-file --batch < "{blobs}"', git, clone]),
    ]
    print(f"{count} blobs, {size / 2**20:,.0f} MiB")
    table(clone, commands, args.rounds, environment)


def list_blobs(git, clone, files, path):
    """Write the ids of all versions of the files to `path`, oldest first; their count and their bytes."""
    raw = git_output(git, clone, "log", "--reverse", "--first-parent", "-m", "--format=", "--raw", "--abbrev=40", "HEAD", "--", *files)
    ids = dict.fromkeys(part for line in raw.splitlines() for part in line.split()[2:4] if part.strip("0"))
    check = [git, "-C", clone, "cat-file", "--batch-check"]
    found = subprocess.run(check, input="\n".join(ids) + "\n", check=True, capture_output=True, text=True).stdout
    there = [line.split() for line in found.splitlines() if " blob " in line]
    path.write_text("".join(f"{one[0]}\n" for one in there))
    return len(there), sum(int(one[2]) for one in there)


def git_output(git, clone, *arguments):
    return subprocess.run([git, "-C", clone, *arguments], check=True, capture_output=True, text=True).stdout


def table(clone, commands, rounds, environment):
    measure.in_turn(commands, rounds, environment)
    print(f"{clone}:\n\n| command | CPU s | wall s | peak MiB | wall ÷ git's |\n| --- | ---: | ---: | ---: | ---: |")
    base = commands[-1].median("wall")
    for command in commands:
        cpu, wall = command.median("cpu"), command.median("wall")
        peak = command.median("peak") / 2**20
        print(f"| {command.name} | {cpu:.2f} | {wall:.2f} | {peak:,.0f} | {wall / base:.2f} × |")
    print()


if __name__ == "__main__":
    sys.exit(main())
