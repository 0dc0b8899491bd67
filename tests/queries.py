#!/usr/bin/env python3
"""The answers to docs/queries.md, counted from the files and from git alone.

    queries.py REPOSITORY NOW NUMBER

prints the rows of the question with that number as CSV. It reads what the examples hold in the simplest way that is
right for them, and shares nothing with opsbook, so that two ways of counting can be compared.
"""

import collections
import csv
import datetime as dt
import glob
import json
import os
import re
import subprocess
import sys
import tomllib
import zoneinfo

ROOT, NOW = sys.argv[1], dt.datetime.fromisoformat(sys.argv[2].replace("Z", "+00:00"))
CONFIG = tomllib.load(open(os.path.join(ROOT, "opsbook.toml"), "rb"))
ZONE = zoneinfo.ZoneInfo(CONFIG.get("project", {}).get("zone", "UTC"))
TODAY = NOW.astimezone(ZONE).date()


# What there is.


def git(*arguments):
    done = subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, check=True)
    return done.stdout.decode()


def commits():
    """Hash, moment and author of each commit, the oldest first."""
    lines = git("log", "--first-parent", "--reverse", "--format=%H%x09%cI%x09%an").splitlines()
    return [(sha, dt.datetime.fromisoformat(at), who) for sha, at, who in (line.split("\t") for line in lines)]


def day(moment):
    return moment.astimezone(ZONE).date()


def text(path, commit=None):
    if commit is None:
        with open(os.path.join(ROOT, path), encoding="utf-8") as file:
            return file.read()
    done = subprocess.run(["git", "-C", ROOT, "show", f"{commit}:{path}"], capture_output=True)
    return done.stdout.decode() if done.returncode == 0 else ""


def paths(*patterns):
    found = (path for pattern in patterns for path in glob.glob(pattern, root_dir=ROOT, recursive=True))
    return sorted(set(found))


def lines(path, commit=None):
    return [json.loads(line) for line in text(path, commit).splitlines() if line.strip()]


def roadmap(commit=None):
    return [item for path in paths("**/roadmap.jsonl") for item in lines(path, commit)]


def table(source, heading):
    """The rows of the first table whose first column is called `heading`, as dictionaries with names in lower case."""
    rows, names = [], None
    for line in source.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else None
        if cells is None:
            if names and rows:
                break
            names = names if cells else None
        elif names is None:
            names = [cell.lower() for cell in cells] if cells[0].lower() == heading.lower() else None
        elif not set(cells[0]) <= set("-: "):
            rows.append(dict(zip(names, cells)))
    return rows


def risks(commit=None):
    return table(text("docs/operations/RISK_REGISTER.md", commit), "ID")


def actions(commit=None):
    """The actions of each meeting that keeps them as lines."""
    return [one for path in paths("ops/**/actions.jsonl") for one in lines(path, commit)]


def links(path):
    """Where the links of a document lead, as paths."""
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text(path)):
        if "://" not in target:
            yield os.path.normpath(os.path.join(os.path.dirname(path), target))


def decisions():
    """Number, title, day and status of each decision record."""
    for path in paths("docs/adr/[0-9]*.md"):
        source = text(path)
        number, title = re.match(r"# (\d+)\. (.*)", source).groups()
        date = re.search(r"^Date: (\S+)", source, re.M).group(1)
        status = re.search(r"^## Status\n\n(\w+)", source, re.M).group(1).lower()
        yield path, int(number), title, date, status


# When rituals take place.


def occurrences(ritual, last):
    """The moments at which a ritual begins, for the rules that the examples have."""
    rule = dict(part.split("=") for part in ritual["rrule"].split(";"))
    start = ritual["start"].replace(tzinfo=zoneinfo.ZoneInfo(ritual.get("zone", str(ZONE))))
    weekdays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
    one = start.date()
    while one <= last:
        wanted = rule.get("BYDAY", "")
        nth, name = re.match(r"(-?\d*)(\w\w)?", wanted).groups()
        is_day = name is None or weekdays[one.weekday()] == name
        ahead, behind = one + dt.timedelta(7), one - dt.timedelta(7)
        if nth == "-1":
            is_day = is_day and ahead.month != one.month
        elif nth:
            is_day = is_day and (one.day + 6) // 7 == int(nth)
        if "BYMONTHDAY" in rule:
            is_day = str(one.day) in rule["BYMONTHDAY"].split(",")
        if "BYMONTH" in rule:
            is_day = is_day and str(one.month) in rule["BYMONTH"].split(",")
        if rule.get("INTERVAL", "1") != "1" and rule["FREQ"] == "WEEKLY":
            is_day = is_day and ((one - start.date()).days // 7) % int(rule["INTERVAL"]) == 0
        if is_day:
            yield dt.datetime.combine(one, start.timetz())
        one += dt.timedelta(1)


def folder(pattern, moment):
    year, week, _ = moment.date().isocalendar()
    quarter = (moment.month + 2) // 3
    fill = {"week": f"{year}-{week:02}", "month": f"{moment:%Y-%m}", "quarter": f"{moment.year}-Q{quarter}",
            "q": f"Q{quarter}", "year": str(moment.year), "date": f"{moment:%Y-%m-%d}"}
    return re.sub(r"\{(\w+)\}", lambda name: fill[name.group(1)], pattern)


def rituals():
    """The rituals of the configuration on top of their presets."""
    home = os.path.join(os.path.dirname(__file__), "..", "templates", "rituals")
    for own in CONFIG.get("rituals", []):
        preset = {}
        if "preset" in own:
            preset = tomllib.load(open(os.path.join(home, own["preset"] + ".toml"), "rb"))["rituals"][0]
        yield preset | own


def minutes_of(ritual, moment):
    """The file in which a meeting is recorded, if there is one."""
    return next(iter(paths(folder(ritual["folder"], moment) + "/*.md")), None)


def length(words):
    number, unit = re.fullmatch(r"(\d+)([a-z]+)", words).groups()
    return int(number) * {"m": 60, "h": 3600, "d": 86400, "w": 604800}[unit] / 86400


def arrivals(path):
    """When commits that changed a file arrived."""
    lines = git("log", "--first-parent", "--reverse", "--format=%cI", "--", path).splitlines()
    return [dt.datetime.fromisoformat(line) for line in lines]


# The questions, in the order of the page.

QUESTIONS = []


def question(function):
    QUESTIONS.append(function)
    return function


@question
def carried_over():
    seen = collections.defaultdict(list)
    for path in paths("ops/meetings/plan-updates/*/minutes.md"):
        held = re.search(r"^- Date: (\S+)", text(path), re.M).group(1)
        for row in table(text(path), "ID"):
            seen[row["id"]].append((held, row))
    found = []
    for key, rows in seen.items():
        if len(rows) - 1 > 2:
            last = rows[-1][1]
            found.append((last["owner"], key, last["action"], rows[0][0], len(rows) - 1, last["status"]))
    yield from sorted(found)


@question
def closure_by_month():
    done_on = {}
    for sha, moment, _ in commits():
        for one in actions(sha):
            if one["status"] == "done":
                done_on.setdefault(one["id"], day(moment).isoformat())
    months = collections.defaultdict(lambda: [0, 0, 0])
    for one in actions():
        if one["due"] <= TODAY.isoformat():
            month = months[one["due"][:7]]
            month[0] += 1
            month[1] += one["status"] == "done"
            month[2] += one["id"] in done_on and done_on[one["id"]] <= one["due"]
    for month, counts in sorted(months.items()):
        yield month, *counts


@question
def past_their_time():
    found = []
    for collection, records in (("incidents", lines("ops/incidents.jsonl")), ("roadmap", roadmap())):
        for one in records:
            priority = one.get("priority") or one.get("severity")
            if priority in ("P0", "P1") and one.get("kind") not in ("phase", "stage", "milestone"):
                due = moment_of(one.get("opened") or one["created"]) + dt.timedelta(length(CONFIG["sla"][priority]))
                closed = one.get("resolved") or one.get("closed")
                late = (moment_of(closed) if closed else NOW) - due
                if late > dt.timedelta(0):
                    steps = [step for step in CONFIG["sla"].get("escalation", []) if step.get("priority", priority) == priority]
                    told = [step["to"] for step in sorted(steps, key=lambda step: length(step.get("after", "0h")))
                            if dt.timedelta(length(step.get("after", "0h"))) <= late]
                    found.append((due, collection, one["id"], priority, late.days, told[-1] if told else ""))
    for due, collection, key, priority, late, told in sorted(found):
        yield collection, key, priority, f"{due.astimezone(dt.UTC):%Y-%m-%d}", "breached", late, told


def moment_of(text):
    """A moment, or the end of a day."""
    if "T" in text:
        return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return dt.datetime.combine(dt.date.fromisoformat(text) + dt.timedelta(1), dt.time(), ZONE)


@question
def risen_risks():
    then = {}
    for sha, moment, _ in commits():
        if day(moment) <= dt.date(2026, 9, 30):
            then = {row["id"]: int(row["likelihood"]) * int(row["impact"]) for row in risks(sha)}
    for row in risks():
        now = int(row["likelihood"]) * int(row["impact"])
        if row["id"] in then and now > then[row["id"]]:
            yield row["id"], row["risk"], then[row["id"]], now


@question
def decided_nowhere():
    named = {target for path in paths("ops/**/minutes.md") for target in links(path)}
    for path, number, title, date, status in decisions():
        if status == "accepted" and path not in named:
            yield number, title, date


@question
def criteria():
    latest = {}
    for metric in sorted(lines("ops/metrics.jsonl"), key=lambda metric: metric["date"]):
        latest[metric["name"]] = metric["value"]
    for phase in roadmap():
        if phase.get("kind") == "phase" and phase["status"] != "done":
            for one in phase.get("exit_criteria", []):
                if "metric" in one:
                    name = one["metric"]
                    yield phase["id"], phase["title"], name, one["op"], one["value"], latest.get(name)


@question
def cost_by_phase():
    phases = collections.defaultdict(lambda: [0, 0, 0])
    for stage in roadmap():
        if stage.get("kind") == "stage" and stage["status"] == "done" and stage.get("estimate", {}).get("cost"):
            phase = phases[stage["parent"]]
            phase[0] += 1
            phase[1] += stage["estimate"]["cost"]
            phase[2] += stage.get("realized", {}).get("cost", 0)
    for name, (count, estimate, cost) in sorted(phases.items()):
        yield name, count, estimate, cost, rounded(100 * cost / estimate - 100)


@question
def missed_rituals():
    found = []
    for ritual in rituals():
        held = None
        for moment in reversed(list(occurrences(ritual, TODAY))):
            end = moment + dt.timedelta(days=length(ritual["duration"]))
            by = end + dt.timedelta(days=length(ritual["publish_within"]))
            if minutes_of(ritual, moment):
                held = moment
            elif by < NOW and (moment.month + 2) // 3 == (TODAY.month + 2) // 3 and moment.year == TODAY.year:
                until = held or NOW
                late = (until - end).total_seconds() / 86400
                told = [step["to"] for step in sorted(ritual.get("escalation", []), key=lambda step: length(step["after"]))
                        if length(step["after"]) < late]
                found.append((moment.date().isoformat(), ritual["id"], int(late), told[-1] if told else ""))
    for date, name, late, told in sorted(found):
        yield name, date, late, told


def section(source, name):
    """The text under a heading, on one line."""
    found = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", source, re.M | re.S)
    return " ".join(found.group(1).split()) if found else None


@question
def skipped():
    for path in paths("ops/meetings/**/*.md"):
        source = text(path)
        if section(source, "Rationale"):
            date, ritual = (re.search(rf"^- {name}: (\S+)", source, re.M).group(1) for name in ("Date", "Ritual"))
            yield date, ritual, section(source, "Rationale"), section(source, "Recovery")


@question
def publication():
    counts = collections.defaultdict(list)
    for ritual in rituals():
        for moment in occurrences(ritual, TODAY):
            path = minutes_of(ritual, moment)
            if path and not section(text(path), "Rationale"):
                end = moment + dt.timedelta(days=length(ritual["duration"]))
                out = next(at for at in arrivals(path) if at >= moment)
                hours = (out - end).total_seconds() / 3600
                counts[ritual["id"]].append((hours, out > end + dt.timedelta(days=length(ritual["publish_within"]))))
    for name, all_ in sorted(counts.items()):
        yield name, len(all_), rounded(sum(hours for hours, _ in all_) / len(all_), 1), sum(late for _, late in all_)


@question
def moves():
    found, before = [], {}
    for number, (sha, moment, who) in enumerate(commits()):
        items = {item["id"]: item for item in roadmap(sha)}
        for key, item in items.items():
            old = before.get(key)
            if old and old["status"] != item["status"] and day(moment) > TODAY - dt.timedelta(14):
                found.append((number, key, day(moment).isoformat(), old["status"], item["status"], who))
        before = items
    for _, key, date, old, new, who in sorted(found):
        yield date, key, old, new, who


@question
def slipped():
    slips, before = collections.defaultdict(list), {}
    for sha, _, _ in commits():
        items = {item["id"]: item.get("due") for item in roadmap(sha)}
        for key, due in items.items():
            if before.get(key) and due and due > before[key]:
                slips[key].append((before[key], due))
        before = items
    rows = []
    for key, all_ in slips.items():
        first, last = min(old for old, _ in all_), max(new for _, new in all_)
        days = (dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days
        rows.append((key, first, last, days, len(all_)))
    yield from sorted(rows, key=lambda row: (-row[3], row[0]))


@question
def incidents():
    hours = collections.defaultdict(list)
    for one in lines("ops/incidents.jsonl"):
        if one.get("resolved"):
            opened, resolved = (dt.datetime.fromisoformat(one[name].replace("Z", "+00:00")) for name in ("opened", "resolved"))
            hours[one["severity"]].append((resolved - opened).total_seconds() / 3600)
    for severity, all_ in sorted(hours.items()):
        yield severity, len(all_), rounded(sum(all_) / len(all_), 1), rounded(max(all_), 1)


@question
def objectives():
    kept = {
        "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    }
    for slo in sorted(CONFIG["slos"], key=lambda slo: slo["name"]):
        assert slo["window"] == "7d", "only weeks are counted here"
        weeks = collections.defaultdict(lambda: collections.defaultdict(list))
        for one in lines("ops/metrics.jsonl"):
            date = dt.date.fromisoformat(one["date"])
            sunday = date + dt.timedelta(6 - date.weekday())
            if one["name"] == slo["metric"] and sunday < TODAY:
                weeks[json.dumps(one.get("labels"))][sunday].append(one["value"])
        judged = breached = longest = 0
        for series in weeks.values():
            row = 0
            for _, values in sorted(series.items()):
                is_met = kept[slo["op"]](sum(values) / len(values), slo["target"])
                row = 0 if is_met else row + 1
                judged, breached, longest = judged + 1, breached + (not is_met), max(longest, row)
        yield slo["name"], judged, breached, longest


@question
def departments():
    counts = collections.defaultdict(lambda: [0, 0])
    for path in paths("docs/checklists/*/*.md"):
        for box in re.findall(r"^\s*[-*] \[([ xX])\]", text(path), re.M):
            counts[path.split("/")[2]][0] += 1
            counts[path.split("/")[2]][1] += box != " "
    for name, (items, done) in sorted(counts.items()):
        yield name, items, done, rounded(100 * done / items)


@question
def funnels():
    sums = collections.defaultdict(lambda: [0, 0, 0])
    for sale in lines("ledger/sales.jsonl"):
        age = (TODAY - dt.date.fromisoformat(sale["date"])).days
        for at, limit in enumerate((1, 7, 30)):
            sums[sale["funnel"]][at] += sale["amount"] if 0 <= age < limit else 0
    for funnel, all_ in sorted(sums.items()):
        yield funnel, *all_


@question
def profiles():
    counts = collections.defaultdict(lambda: [0, 0, 0])
    for task in roadmap():
        if task.get("profile") and task["status"] in ("done", "dropped"):
            count = counts[task["profile"]]
            count[0] += 1
            count[1] += task.get("outcome") == "success"
            count[2] += task.get("outcome") == "failure"
    for profile, all_ in sorted(counts.items()):
        yield profile, *all_


@question
def rotation():
    due = []
    for key in lines("ops/secrets.jsonl"):
        by = dt.date.fromisoformat(key["last_rotated"]) + dt.timedelta(key["rotation_days"])
        if by <= TODAY + dt.timedelta(60):
            due.append((by.isoformat(), key["name"], key["owner"]))
    for by, name, owner in sorted(due):
        yield name, owner, by


@question
def orphans():
    led = {target for path in paths("**/*.md") for target in links(path) if target != path}
    for path in paths("docs/**/*.md"):
        if path not in led:
            yield (path,)


@question
def who_writes():
    months = collections.defaultdict(lambda: [0, 0])
    for sha, moment, who in commits():
        parent = git("rev-list", "--parents", "-n", "1", sha).split()[1:]
        changed = git("diff-tree", "-r", "--name-only", "--no-commit-id", *(["-M", parent[0], sha] if parent else ["--root", sha]))
        files = [path for path in changed.splitlines() if path.startswith("ops/")]
        if files:
            month = months[f"{day(moment):%Y-%m}", who]
            month[0] += 1
            month[1] += len(files)
    for (month, who), (count, files) in sorted(months.items(), key=lambda one: (one[0][0], -one[1][0], one[0][1])):
        yield month, who, count, files


@question
def scores():
    known = collections.defaultdict(dict)
    for path in paths("docs/assessments/Q[1-4]-*.md"):
        for row in table(text(path), "Dimension"):
            known[row["dimension"]][path[-10:-8]] = int(row["score"])
    rows = [(name, one.get("Q2"), one.get("Q3")) for name, one in known.items()]
    yield from sorted(rows, key=lambda row: (row[2] - row[1], row[0]))


def rounded(number, places=0):
    """A number as people round it, half away from zero, without a fraction that is none."""
    scaled = abs(number) * 10**places
    whole = int(scaled + 0.5)
    value = (whole if number >= 0 else -whole) / 10**places
    return int(value) if value == int(value) else value


if __name__ == "__main__":
    csv.writer(sys.stdout).writerows(QUESTIONS[int(sys.argv[3]) - 1]())
