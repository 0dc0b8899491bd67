#!/usr/bin/env python3
"""Ask the same of a million records in opsbook, DuckDB and plain SQLite, in turn.

    sql.py --opsbook target/release/opsbook [--records N] [--rounds R] [--python bench/.venv/bin/python]

Two statements over two columns, and the checks of keys, references and cycles. Whole processes are measured, A B C A B C,
after one uncounted round; figures are medians. Before that each is asked once, and the answers have to be the same:
else the script ends there. A few records with faults stand at the end of the data, so that the checks find something.

What each row does is not quite the same, and cannot be:
  opsbook query            parses every record whole, tells broken lines from records, and loads two columns
  opsbook check --only …   finds the bytes of what is wrong, too
  duckdb                   read_json of the columns that are asked for, on all cores; the checks as joins, and for cycles
                           statements that take away, round by round, the references that are on none
  sqlite                   Python's sqlite3: every line into a table in memory, the columns by json_extract; the same checks

The peer comes with `python3 -m venv bench/.venv && bench/.venv/bin/pip install -r bench/requirements.txt`.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import compare
import measure
from measure import Command

PEER = compare.BENCH / "peers" / "sql.py"
CONFIG = compare.CONFIG.replace('depends_on = "items"', 'depends_on = { to = "items", acyclic = true }')
STATEMENTS = {
    "GROUP BY": "SELECT status, priority, count(*) AS n FROM items GROUP BY status, priority ORDER BY 1, 2",
    "WHERE": "SELECT count(*) AS n, min(status) AS status FROM items WHERE status = 'blocked' AND priority = 'P0'",
}
COLUMNS = ["status", "priority"]
RULES = "duplicate-key,dangling-reference,reference-cycle"
# Two keys that are there already, three references to nothing, a cycle of three.
FAULTS = [
    ("RM-0000000", []),
    ("RM-0000001", []),
    ("X-1", ["X-0", "RM-0000001"]),
    ("X-2", ["X-0", "X-00"]),
    ("Y-1", ["Y-2"]),
    ("Y-2", ["Y-3", "X-1"]),
    ("Y-3", ["Y-1"]),
]
FOUND = {"duplicate-key": 2, "dangling-reference": 3, "reference-cycle": 1}


def main():
    args = arguments()
    opsbook, python = measure.find([args.opsbook]), measure.find([args.python])
    if not opsbook:
        sys.exit(f"{args.opsbook} cannot be run")
    with tempfile.TemporaryDirectory(prefix="opsbook-bench-") as scratch:
        environment = measure.clean_environment(Path(scratch))
        repository = make_repository(Path(scratch) / "repository", args.records, environment)
        peers, absent = find_peers(python)
        print(f"{measure.machine()}; {', '.join(peers.values())}; median of {args.rounds}, in turn\n")
        complete = not absent
        for title, commands in line_up(opsbook, python, repository, peers):
            are_the_same(title, commands, environment)
            measure.in_turn(commands, args.rounds, environment)
            complete &= show(title, args, commands)
        print(measure.missing(absent))
    return 0 if complete else 1


def arguments():
    parser = argparse.ArgumentParser(description="Compare SQL over records with DuckDB and SQLite.")
    parser.add_argument("--opsbook", default="target/release/opsbook")
    parser.add_argument("--python", default=compare.BENCH / ".venv" / "bin" / "python", help="one that has duckdb")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    if args.rounds < 1 or args.records < 2:
        parser.error("--rounds is at least 1, --records at least 2")
    return args


def find_peers(python):
    """The peers that `python` has, each with its version, and the names of the others."""
    ask = {
        "duckdb": "import duckdb; print(duckdb.__version__)",
        "sqlite": "import sqlite3; print(sqlite3.sqlite_version)",
    }
    peers, absent = {}, []
    for name, code in ask.items():
        said = subprocess.run([python, "-c", code], capture_output=True, text=True) if python else None
        if said and said.returncode == 0:
            peers[name] = f"{name} {said.stdout.strip()}"
        else:
            absent.append(name)
    return peers, absent


def make_repository(folder, count, environment):
    """The generated records and a few with faults, their schema, and the configuration that joins them."""
    folder.mkdir()
    subprocess.run(["git", "init", "--quiet", "."], cwd=folder, check=True, env=environment)
    (folder / "opsbook.toml").write_text(CONFIG, encoding="utf-8")
    shutil.copy(compare.SCHEMA, folder / compare.SCHEMA.name)
    records = folder / "records.jsonl"
    shutil.copy(compare.data(count, 0), records)
    with open(records, encoding="utf-8") as file:
        record = json.loads(file.readline())
    with open(records, "a", encoding="utf-8", newline="\n") as file:
        for key, depends_on in FAULTS:
            file.write(json.dumps({**record, "id": key, "depends_on": depends_on}, ensure_ascii=False) + "\n")
    return folder


def line_up(opsbook, python, repository, peers):
    """What is measured, by title, opsbook first."""
    records = repository / "records.jsonl"
    ours = [opsbook, "-C", repository]
    for title, sql in STATEMENTS.items():
        commands = [Command("opsbook query", [*ours, "query", sql, "--format", "csv"])]
        for peer in peers:
            commands.append(Command(peer, [python, PEER, peer, records, sql, *COLUMNS]))
        yield f"{title}: {sql}", commands
    check = [*ours, "check", "--no-cache", "--format", "json", "--only"]
    commands = [Command("opsbook check, those rules", [*check, RULES], expect=(1,))]
    for peer in peers:
        commands.append(Command(peer, [python, PEER, peer, records, "--rules"]))
    commands.append(Command("floor: opsbook check, reading alone", [*check, "invalid-syntax"]))
    yield f"Keys, references, cycles: {RULES}", commands


def are_the_same(title, commands, environment):
    """End the script unless all of them answer the same."""
    answers = {}
    for command in commands:
        if command.name.startswith("floor"):
            continue
        argv = [str(part) for part in command.argv]
        ran = subprocess.run(argv, capture_output=True, env=environment)
        if ran.returncode not in command.expect:
            sys.exit(f"{command.name}: exit {ran.returncode}: {ran.stderr.decode()[-400:]}")
        answers[command.name] = counts(ran.stdout) if command.expect == (1,) else ran.stdout.decode()
    if "rules" in commands[0].name:
        # The three references of the cycle are left of all; opsbook tells it once.
        cycle = sum(1 for key, _ in FAULTS if key.startswith("Y"))
        expect = [FOUND["duplicate-key"], FOUND["dangling-reference"], cycle]
        row = ",".join(map(str, expect))
        assert answers.pop(commands[0].name) == FOUND, f"{title}: opsbook did not find {FOUND}"
        assert all(answer.split()[-1] == row for answer in answers.values()), f"{title}: {answers}, not {row}"
    else:
        assert len(set(answers.values())) == 1, f"{title}: the answers differ: {answers}"


def counts(report):
    """How many findings of each rule a report holds."""
    found = {}
    for finding in json.loads(report)["findings"]:
        found[finding["rule"]] = found.get(finding["rule"], 0) + 1
    return found


def show(title, args, commands):
    """Print one table; false when something is missing from it."""
    print(f"## {args.records:,} records. {title}\n")
    ours, rows = commands[0], []
    for command in commands:
        if not command.samples:
            rows.append([command.name, "failed", "", "", "", ""])
            continue
        ratio = [command.median(what) / ours.median(what) for what in ("cpu", "wall")] if ours.samples else []
        rows.append(
            [
                command.name,
                f"{command.median('cpu'):.2f}",
                f"{command.median('wall'):.2f}",
                f"{command.median('peak') / compare.MIB:,.0f}",
                *[f"{one:.2f} ×" for one in ratio],
            ]
        )
    print(measure.table(["command", "CPU s", "wall s", "peak MiB", "CPU ÷ opsbook's", "wall ÷ opsbook's"], rows))
    print("\n" + "\n".join(note for note in (measure.failures(commands), measure.launcher_peak()) if note) + "\n", flush=True)
    return all(command.samples for command in commands)


if __name__ == "__main__":
    sys.exit(main())
