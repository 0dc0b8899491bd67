"""Run other programs in turn and say what each cost: the part the benchmark scripts share.

A measurement is one whole process: CPU time (user and system, children included), wall time and peak
resident memory, all from wait4(2). It knows nothing of what is run or why.
"""

import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

# macOS counts ru_maxrss in bytes, everyone else in KiB.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass
class Sample:
    """One run of one command."""

    cpu: float
    system: float
    wall: float
    peak: int
    status: int


@dataclass
class Command:
    """What to run, and what is known about it before it runs."""

    name: str
    argv: list
    cwd: Path = None
    # Records of its input; a scaled peer has fewer than the others.
    records: int = 0
    # Exit statuses that mean "it did the work"; others are failures and are shown as such.
    expect: tuple = (0,)
    # Runs before each measured run and is not counted.
    before: object = None
    samples: list = field(default_factory=list)
    failure: str = ""

    def median(self, what):
        return statistics.median(getattr(sample, what) for sample in self.samples)


def run(command, environment=None):
    """Run the command once to its end and return its Sample; what it prints goes to temporary storage."""
    if command.before:
        command.before()
    with open(os.devnull, "rb") as nothing, scratch() as output:
        began = time.perf_counter()
        child = subprocess.Popen(
            [str(part) for part in command.argv],
            cwd=command.cwd,
            stdin=nothing,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
        )
        _, raw, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        # Popen must not wait for a child that is already reaped.
        child.returncode = os.waitstatus_to_exitcode(raw)
        # Only the end is read: this script's own memory would show in every later peak.
        output.seek(max(0, output.seek(0, os.SEEK_END) - 400))
        said = output.read().decode("utf-8", "replace").strip()
    cpu = usage.ru_utime + usage.ru_stime
    sample = Sample(cpu, usage.ru_stime, wall, usage.ru_maxrss * RSS_UNIT, child.returncode)
    if sample.status not in command.expect:
        command.failure = f"exit {sample.status}: {said or 'no output'}"
    return sample


def in_turn(commands, rounds, environment=None, progress=True):
    """Measure A B C, A B C, … `rounds` times; one uncounted round first fills the file cache.

    A command that fails is not run again: its time would be that of something else.
    """
    for number in range(rounds + 1):
        for command in commands:
            if command.failure:
                continue
            if progress:
                print(f"  {number}/{rounds} {command.name}", file=sys.stderr, flush=True)
            sample = run(command, environment)
            if command.failure:
                # One bad run spoils the median of the good ones.
                command.samples.clear()
                print(f"  FAILED {command.name}: {command.failure}", file=sys.stderr)
            elif number:
                command.samples.append(sample)


def scratch():
    """A temporary file for output: a pipe would have to be drained, and some programs detect /dev/null."""
    return tempfile.TemporaryFile()


def find(candidates):
    """The first of these that can be run, as an absolute path, or None."""
    for candidate in candidates:
        path = shutil.which(str(candidate))
        if path:
            return os.path.abspath(path)
    return None


def table(header, rows):
    """A Markdown table; the first column is text, the others are numbers."""
    widths = [max(len(str(row[i])) for row in [header, *rows]) for i in range(len(header))]

    def line(cells):
        shown = [
            str(cell).ljust(width) if i == 0 else str(cell).rjust(width)
            for i, (cell, width) in enumerate(zip(cells, widths))
        ]
        return "| " + " | ".join(shown) + " |"

    rule = ["-" * width if i == 0 else "-" * (width - 1) + ":" for i, width in enumerate(widths)]
    return "\n".join([line(header), "| " + " | ".join(rule) + " |", *map(line, rows)])


def machine():
    """One line that says where this ran; figures of different machines do not compare."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}"


def missing(names):
    """What was not measured, by name, so that no table looks more complete than it is."""
    return "\n".join(f"missing: {name}" for name in names)


def failures(commands):
    """What ran and did not do its work."""
    return "\n".join(f"failed: {c.name}: {c.failure}" for c in commands if c.failure)


def launcher_peak():
    """Linux counts a child's peak from before its exec, so no row can show less than this script's own."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT
    return f"peaks up to {own / 1024 / 1024:.0f} MiB are the measuring script's own"


def milliseconds(seconds):
    return f"{seconds * 1000:.1f}"


def clean_environment(home):
    """The caller's environment without what would make git or opsbook differ between machines."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "OPSBOOK_")) and name not in ("CI", "COLUMNS", "NO_COLOR")
    }
    kept.update(
        HOME=str(home),
        XDG_CONFIG_HOME=str(home),
        GIT_CONFIG_NOSYSTEM="1",
        GIT_AUTHOR_NAME="Bench",
        GIT_AUTHOR_EMAIL="bench@opsbook.example",
        GIT_AUTHOR_DATE="2026-11-20T09:00:00Z",
        GIT_COMMITTER_NAME="Bench",
        GIT_COMMITTER_EMAIL="bench@opsbook.example",
        GIT_COMMITTER_DATE="2026-11-20T09:00:00Z",
        OPSBOOK_NOW="2026-11-20T09:00:00Z",
    )
    return kept
