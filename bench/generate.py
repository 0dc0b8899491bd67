#!/usr/bin/env python3
"""Write N roadmap-like JSONL records, about 412 bytes each, the same bytes on every machine.

    generate.py N OUT [--bad-every K] [--seed S]

The records fit roadmap.schema.json; `depends_on` only names earlier records, so there is no dangling
reference and no cycle. With --bad-every K each K-th record breaks the schema three times: an unknown
priority, an impossible due date, no owner.

Only `random.Random.random()` is drawn from: it is the one method whose sequence Python promises to keep.
"""

import argparse
import json
import random
from pathlib import Path

WORDS = (
    "agenda ledger cadence budget outage rollback deploy latency quota tenant backup restore signing "
    "vault rotate invoice churn funnel cohort alert runbook on-call façade naïve paging retention audit"
).split()
STATUSES = ("proposed", "planned", "in-progress", "blocked", "done", "dropped")
PRIORITIES = ("P0", "P1", "P2", "P3")
TAGS = ("api", "billing", "ci", "cost", "data", "docs", "infra", "risk", "search", "security")
OWNERS = ("aiko", "bruno", "carla", "dev", "emre", "farah", "goran", "hana")
PAGES = ("issues", "pull", "commit")


class Draw:
    """The few shapes of chance a record is made of."""

    def __init__(self, seed):
        self.random = random.Random(seed).random

    def below(self, limit):
        return int(self.random() * limit)

    def between(self, low, high):
        return low + int(self.random() * (high - low + 1))

    def one_of(self, choices):
        return choices[int(self.random() * len(choices))]

    def words(self, low, high):
        return " ".join([self.one_of(WORDS) for _ in range(self.between(low, high))])

    def date(self):
        return f"20{self.between(24, 27)}-{self.between(1, 12):02}-{self.between(1, 28):02}"

    def moment(self):
        return f"{self.date()}T{self.below(24):02}:{self.below(60):02}:{self.below(60):02}Z"


def key(number):
    return f"RM-{number:07}"


def record(draw, number):
    """The record with this number, as a dict in the order its fields are written."""
    before = max(1, number)
    depends_on = sorted({key(draw.below(before)) for _ in range(draw.below(4))}) if number else []
    return {
        "id": key(number),
        "title": draw.words(4, 8).capitalize(),
        "status": draw.one_of(STATUSES),
        "priority": draw.one_of(PRIORITIES),
        "owner": "@" + draw.one_of(OWNERS),
        "created": draw.moment(),
        "updated": draw.moment(),
        "due": draw.date(),
        "tags": sorted({draw.one_of(TAGS) for _ in range(draw.between(1, 4))}),
        "depends_on": depends_on,
        "verification": draw.words(5, 12),
        "links": [
            f"https://forge.example.com/ops/handbook/{draw.one_of(PAGES)}/{draw.between(1, 99999)}"
            for _ in range(draw.below(3))
        ],
    }


def spoil(fields):
    fields["priority"] = "P9"
    fields["due"] = "2026-13-45"
    del fields["owner"]


def lines(count, bad_every=0, seed=20):
    """The records as JSON text without line ends."""
    draw = Draw(seed)
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    for number in range(count):
        fields = record(draw, number)
        if bad_every and number % bad_every == bad_every - 1:
            spoil(fields)
        yield encode(fields)


def write(count, out, bad_every=0, seed=20):
    """Write the file whole or not at all, so that an interrupted run leaves nothing half made."""
    out = Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(out.name + ".part")
    with open(part, "w", encoding="utf-8", newline="\n") as file:
        for line in lines(count, bad_every, seed):
            file.write(line)
            file.write("\n")
    part.replace(out)


def main():
    parser = argparse.ArgumentParser(description="Write deterministic roadmap-like JSONL.")
    parser.add_argument("count", metavar="N", type=int)
    parser.add_argument("out", metavar="OUT")
    parser.add_argument("--bad-every", metavar="K", type=int, default=0)
    parser.add_argument("--seed", type=int, default=20)
    args = parser.parse_args()
    write(args.count, args.out, args.bad_every, args.seed)


if __name__ == "__main__":
    main()
