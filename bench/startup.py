#!/usr/bin/env python3
"""How long opsbook takes to say the least it can, beside other programs on this machine.

    startup.py --opsbook target/release/opsbook [--rounds R]

Wall time is what a person or an editor waits for; the median of 30 runs, all commands in turn. The launching
itself (fork, exec) is in every row; `true` shows how much that is.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import measure
from measure import Command

# What is compared when it is installed; git is the one everybody here has.
PEERS = ("git", "rg", "fd", "jj", "typos", "ruff", "prek", "git-cliff", "taplo", "lychee", "rumdl")


def main():
    parser = argparse.ArgumentParser(description="Compare start-up times.")
    parser.add_argument("--opsbook", default="target/release/opsbook")
    parser.add_argument("--rounds", type=int, default=30)
    args = parser.parse_args()

    opsbook = measure.find([args.opsbook])
    rows = [
        ("opsbook --version", opsbook, ["--version"]),
        ("opsbook explain schema-violation", opsbook, ["explain", "schema-violation"]),
        ("floor: true", measure.find(["true"]), []),
    ]
    rows += [(f"{name} --version", measure.find([name]), ["--version"]) for name in PEERS]

    with tempfile.TemporaryDirectory(prefix="opsbook-bench-") as folder:
        # Outside any repository: what is measured is the program, not what it finds.
        commands = [Command(name, [path, *rest], folder) for name, path, rest in rows if path]
        measure.in_turn(commands, args.rounds, measure.clean_environment(Path(folder)), progress=False)

    ours = next((c for c in commands if c.name == "opsbook --version" and c.samples), None)
    shown = []
    for command in commands:
        if not command.samples:
            shown.append([command.name, "failed", "", "", ""])
            continue
        wall = command.median("wall")
        worst = max(sample.wall for sample in command.samples)
        shown.append(
            [
                command.name,
                measure.milliseconds(wall),
                measure.milliseconds(worst),
                measure.milliseconds(command.median("cpu")),
                f"{wall / ours.median('wall'):.2f} ×" if ours else "–",
            ]
        )
    print(f"{measure.machine()}; median of {args.rounds}, in turn\n")
    print(measure.table(["command", "wall ms", "worst ms", "CPU ms", "wall ÷ opsbook's"], shown))
    print()
    absent = [name for name, path, _ in rows if not path]
    print("\n".join(note for note in (measure.missing(absent), measure.failures(commands)) if note))
    return 0 if ours and not any(c.failure for c in commands) else 1


if __name__ == "__main__":
    sys.exit(main())
