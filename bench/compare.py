#!/usr/bin/env python3
"""Validate the same JSONL with opsbook and its peers, in turn, and print the ratios.

    compare.py --opsbook target/release/opsbook [--records N] [--rounds R] [--only NAME,…] [--cargo-floor]

Whole processes are measured, A B C A B C, after one uncounted round; every figure is the median of the
rounds (5 unless told otherwise). Only the ratios within one run mean anything: machines differ, and so
does one machine from hour to hour. System time is shown apart: for a peer that fills gigabytes it depends on
who had the memory before. A peer that is not installed, or does not do its work, is named.

What each row does is not quite the same, and cannot be:
  opsbook check            every default rule: schema, keys, references, cycles, with byte positions
  opsbook check --only …   the schema alone, every violation with its byte position
  ajv                      every violation, no positions, no check of keys or references
  sourcemeta --fast        says which record is invalid, not why; twice, without and with formats
  check-jsonschema         every violation; takes no JSONL, so it gets a JSON array of fewer records
  wc -l, cat               floors: looking at each byte, and moving it

Peers: `npm install --no-package-lock` in bench/, and
`python3 -m venv bench/.venv && bench/.venv/bin/pip install -r bench/requirements.txt`.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import generate
import measure
from measure import Command

BENCH = Path(__file__).resolve().parent
SCHEMA = BENCH / "roadmap.schema.json"
CONFIG = """\
[collections.items]
files = ["records.jsonl"]
schema = "roadmap.schema.json"
key = "id"

[collections.items.references]
depends_on = "items"
"""
BAD_EVERY = 100
MIB = 1024 * 1024


def main():
    args = arguments()
    complete = True
    print(f"{measure.machine()}; median of {args.rounds}, in turn\n")
    with tempfile.TemporaryDirectory(prefix="opsbook-bench-") as scratch:
        scratch = Path(scratch)
        environment = measure.clean_environment(scratch)
        for title, bad_every in (("clean", 0), (f"1 bad record in {BAD_EVERY}", BAD_EVERY)):
            records = data(args.records, bad_every)
            array = scaled_array(records, max(1, args.records // args.scale), bad_every)
            repository = make_repository(scratch / f"bad-{bad_every}", records, environment)
            commands, absent = line_up(args, repository, records, array, bad=bool(bad_every))
            measure.in_turn(commands, args.rounds, environment)
            complete &= show(title, records, args, commands, absent)
    floor(args)
    return 0 if complete else 1


def arguments():
    parser = argparse.ArgumentParser(description="Compare opsbook with its peers on the same JSONL.")
    parser.add_argument("--opsbook", default="target/release/opsbook", help="the binary to measure")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=int, default=100, help="check-jsonschema gets records / SCALE")
    parser.add_argument("--only", default="", help="measure only the rows whose name contains one of these")
    parser.add_argument(
        "--cargo-floor", action="store_true", help="end with `cargo bench --bench floor`: parsing alone, in-process"
    )
    args = parser.parse_args()
    if args.rounds < 1 or args.records < 1 or args.scale < 1:
        parser.error("--rounds, --records and --scale are at least 1")
    return args


def data(count, bad_every):
    """The generated file, made once and kept in bench/data under a name that says what it holds."""
    path = BENCH / "data" / f"records-{count}-{bad_every}.jsonl"
    if not path.exists():
        print(f"  generating {path.name}", file=sys.stderr)
        generate.write(count, path, bad_every)
    return path


def scaled_array(records, count, bad_every):
    """The first `count` records as one JSON array and the schema for it, for a peer without JSONL."""
    path = records.with_name(f"array-{count}-{bad_every}.json")
    schema = records.with_name("array.schema.json")
    with open(records, encoding="utf-8") as file:
        taken = [line.rstrip("\n") for line, _ in zip(file, range(count))]
    path.write_text("[" + ",\n".join(taken) + "]\n", encoding="utf-8")
    # The record schema keeps its $id, so its own references still resolve inside it.
    wrapped = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "array",
        "items": json.loads(SCHEMA.read_text(encoding="utf-8")),
    }
    schema.write_text(json.dumps(wrapped), encoding="utf-8")
    return path, schema, len(taken)


def make_repository(folder, records, environment):
    """A repository as a user has it: the records, their schema, and the configuration that joins them."""
    folder.mkdir()
    subprocess.run(["git", "init", "--quiet", "."], cwd=folder, check=True, env=environment)
    (folder / "opsbook.toml").write_text(CONFIG, encoding="utf-8")
    shutil.copy(SCHEMA, folder / SCHEMA.name)
    try:
        os.link(records, folder / "records.jsonl")
    except OSError:
        shutil.copy(records, folder / "records.jsonl")
    return folder


def line_up(args, repository, records, array, bad):
    """The commands to measure, and the names of those that are not installed."""
    found = (1,) if bad else (0,)
    count = args.records
    opsbook = measure.find([args.opsbook])
    node = measure.find(["node"])
    ajv_here = (BENCH / "node_modules" / "ajv").is_dir() and (BENCH / "node_modules" / "ajv-formats").is_dir()
    sourcemeta = measure.find([BENCH / "node_modules" / ".bin" / "jsonschema"])
    check_jsonschema = measure.find([BENCH / ".venv" / "bin" / "check-jsonschema", "check-jsonschema"])
    array_path, array_schema, array_count = array
    check = [opsbook, "-C", repository, "check", "--no-cache", "--format", "concise"]
    validate = [sourcemeta, "validate", "--fast", "--continue"]
    # sourcemeta exits 2 for invalid instances, 1 for its own failures.
    rows = [
        (opsbook, "opsbook check", check, count, found),
        (opsbook, "opsbook check --only schema", [*check, "--only", "schema"], count, found),
        (node if ajv_here else None, "ajv", [node, BENCH / "peers/ajv.mjs", SCHEMA, records], count, found),
        (sourcemeta, "sourcemeta --fast", [*validate, SCHEMA, records], count, (2,) if bad else (0,)),
        (
            sourcemeta,
            "sourcemeta --fast --format-assertion",
            [*validate, "--format-assertion", SCHEMA, records],
            count,
            (2,) if bad else (0,),
        ),
        (
            check_jsonschema,
            f"check-jsonschema (scaled: {array_count:,} records)",
            [check_jsonschema, "--schemafile", array_schema, array_path],
            array_count,
            found,
        ),
        (measure.find(["wc"]), "floor: wc -l", ["wc", "-l", records], count, (0,)),
        (measure.find(["cat"]), "floor: cat", ["cat", records], count, (0,)),
    ]
    wanted = [part for part in args.only.split(",") if part]
    if wanted:
        rows = [row for row in rows if any(part in row[1] for part in wanted)]
    commands = [Command(name, argv, None, n, expect) for program, name, argv, n, expect in rows if program]
    return commands, [name for program, name, *_ in rows if not program]


def show(title, records, args, commands, absent):
    """Print one table; false when something is missing from it."""
    size = records.stat().st_size
    allowed = size / MIB + args.records * 64 / MIB + 40
    print(f"## {args.records:,} records, {size / MIB:.0f} MiB, {title}\n")
    ours = next((c for c in commands if c.name == "opsbook check" and c.samples), None)
    rows = []
    for command in commands:
        if not command.samples:
            rows.append([command.name, "failed", "", "", "", "", ""])
            continue
        cpu = command.median("cpu")
        # Per record, so that a scaled peer stands beside the others.
        ratio = f"{(cpu / command.records) / (ours.median('cpu') / ours.records):.2f} ×" if ours else "–"
        rows.append(
            [
                command.name,
                f"{cpu:.2f}",
                f"{command.median('system'):.2f}",
                f"{command.median('wall'):.2f}",
                f"{command.records / cpu:,.0f}" if cpu > 0 else "–",
                f"{command.median('peak') / MIB:,.0f}",
                ratio,
            ]
        )
    print(measure.table(["command", "CPU s", "of it system", "wall s", "records/s of CPU", "peak MiB", "CPU ÷ opsbook's"], rows))
    notes = [measure.missing(absent), measure.failures(commands), measure.launcher_peak()]
    if ours:
        peak = ours.median("peak") / MIB
        verdict = "within" if peak <= allowed else "ABOVE"
        notes.append(f"memory: opsbook's {peak:,.0f} MiB is {verdict} file + 64 B a record + 40 MiB = {allowed:,.0f} MiB")
    print("\n" + "\n".join(note for note in notes if note) + "\n", flush=True)
    return not absent and all(command.samples for command in commands)


def floor(args):
    command = ["cargo", "bench", "--locked", "--bench", "floor"]
    if not args.cargo_floor:
        print(f"Parsing alone, in-process: `{' '.join(command)}` (or --cargo-floor).")
        return
    print(f"## {' '.join(command)}\n", flush=True)
    subprocess.run(command, cwd=BENCH.parent, check=False)


if __name__ == "__main__":
    sys.exit(main())
