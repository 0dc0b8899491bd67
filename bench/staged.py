#!/usr/bin/env python3
"""What a commit waits for: one changed line, staged, in a file of 100,000 records.

    staged.py --opsbook target/release/opsbook [--records N] [--rounds R]

The repository is made in a temporary folder. Cold runs read and write no cache (`check --no-cache`), or start
with the cache removed (the hook, which has no such option); warm runs follow one uncounted run. Two rows have two
rules in SQL enabled besides. Beside them, what git itself takes to look at the same index.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import compare
import generate
import measure
from measure import Command

# Each over two columns of every record; no record breaks them.
SQL_RULES = {
    "late-and-dropped": "SELECT _id, 'was done' AS message FROM items WHERE status = 'done' AND due > '9999'",
    "one-owner-too-many": "SELECT min(_id) AS _id, owner AS message FROM items GROUP BY owner, status HAVING count(*) > 9999999",
}
SQL_CONFIG = "with-sql.toml"


def main():
    args = arguments()
    opsbook = measure.find([args.opsbook])
    git = measure.find(["git"])
    if not git:
        sys.exit("git is not installed: without it there is no repository to measure in")

    with tempfile.TemporaryDirectory(prefix="opsbook-bench-") as scratch:
        environment = measure.clean_environment(Path(scratch))
        repository = make_repository(Path(scratch) / "repository", git, args.records, environment)
        check = [opsbook, "-C", repository, "check", "--staged", "--format", "concise"]
        hook = [opsbook, "-C", repository, "hook", "run", "pre-commit"]

        with_sql = [*check, "--config", repository / SQL_CONFIG]

        def forget():
            forget_cache(repository)

        rows = [
            ("opsbook check --staged, cold", opsbook, [*check, "--no-cache"], None),
            ("opsbook check --staged, warm", opsbook, check, None),
            ("the same with two rules in SQL, cold", opsbook, [*with_sql, "--no-cache"], None),
            ("the same with two rules in SQL, warm", opsbook, with_sql, None),
            ("opsbook hook run pre-commit, cold", opsbook, hook, forget),
            ("opsbook hook run pre-commit, warm", opsbook, hook, None),
            ("git status", git, ["git", "-C", repository, "status"], None),
            ("git diff --cached --stat", git, ["git", "-C", repository, "diff", "--cached", "--stat"], None),
        ]
        commands = [Command(n, argv, repository, args.records, before=b) for n, path, argv, b in rows if path]
        # Cold and warm runs of the hook must not disturb each other: the warm ones run by themselves.
        cold = [c for c in commands if c.before]
        measure.in_turn(cold, args.rounds, environment)
        measure.in_turn([c for c in commands if not c.before], args.rounds, environment)
        absent = [name for name, path, *_ in rows if not path]
        report(args, commands, absent)
    return 0 if opsbook and all(command.samples for command in commands) else 1


def arguments():
    parser = argparse.ArgumentParser(description="Measure the checks a commit waits for.")
    parser.add_argument("--opsbook", default="target/release/opsbook")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=9)
    return parser.parse_args()


def make_repository(folder, git, count, environment):
    """Commit the records, then change one title in the middle and stage it."""
    folder.mkdir()

    def run(*arguments):
        subprocess.run([git, *arguments], cwd=folder, check=True, env=environment, stdout=subprocess.DEVNULL)

    records = folder / "records.jsonl"
    run("init", "--quiet", ".")
    (folder / "opsbook.toml").write_text(compare.CONFIG, encoding="utf-8")
    shutil.copy(compare.SCHEMA, folder / compare.SCHEMA.name)
    generate.write(count, records)
    (folder / SQL_CONFIG).write_text(compare.CONFIG + '\n[rules]\npaths = ["policies"]\n', encoding="utf-8")
    (folder / "policies").mkdir()
    for rule, sql in SQL_RULES.items():
        page = f"---\nid: {rule}\n---\n\n# {rule}\n\n```sql\n{sql}\n```\n"
        (folder / "policies" / f"{rule}.md").write_text(page, encoding="utf-8")
    run("add", ".")
    run("commit", "--quiet", "--message", "feat: add the records")

    # Line by line: this script's own memory would show in every later peak.
    with open(records, "w", encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(generate.lines(count)):
            if number == count // 2:
                changed = json.loads(line)
                changed["title"] = "A title that somebody just edited"
                line = json.dumps(changed, ensure_ascii=False, separators=(",", ":"))
            file.write(line + "\n")
    run("add", records.name)
    return folder


def forget_cache(repository):
    """The cache is in the git directory, under opsbook's name, and safe to delete."""
    for entry in (repository / ".git").glob("*opsbook*"):
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def report(args, commands, absent):
    status = next((c for c in commands if c.name == "git status" and c.samples), None)
    rows = []
    for command in commands:
        if not command.samples:
            rows.append([command.name, "failed", "", "", ""])
            continue
        wall = command.median("wall")
        rows.append(
            [
                command.name,
                measure.milliseconds(wall),
                measure.milliseconds(command.median("cpu")),
                f"{command.median('peak') / compare.MIB:.0f}",
                f"{wall / status.median('wall'):.2f} ×" if status else "–",
            ]
        )
    print(f"{measure.machine()}; median of {args.rounds}, in turn\n")
    print(f"## One line of {args.records:,} records changed and staged\n")
    print(measure.table(["command", "wall ms", "CPU ms", "peak MiB", "wall ÷ git status"], rows))
    notes = (measure.missing(absent), measure.failures(commands), measure.launcher_peak())
    print("\n" + "\n".join(note for note in notes if note))


if __name__ == "__main__":
    sys.exit(main())
