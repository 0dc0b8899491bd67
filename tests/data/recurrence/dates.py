"""Writes dates.jsonl: when things take place, counted day by day with datetime alone.

No recurrence rule is read here. Each case is a rule in words of RFC 5545 for the program under test, and beside it a
condition on a day, written by hand. The moments are in UTC, over the years 2025 to 2027 unless the case says otherwise.

Run it from anywhere: python3 tests/data/recurrence/dates.py
"""

import json
import pathlib
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def days(first, last):
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)


def is_last_friday_of_quarter(day):
    later = day + timedelta(days=7)
    return day.weekday() == 4 and day.month % 3 == 0 and later.month != day.month


def is_last_workday(day):
    rest = (day + timedelta(days=n) for n in range(1, 7))
    return day.weekday() < 5 and not any(d.month == day.month and d.weekday() < 5 for d in rest)


def is_nth(weekday, n):
    return lambda day: day.weekday() == weekday and (day.day - 1) // 7 + 1 == n


def weeks_since(day, first):
    monday = lambda d: d - timedelta(days=d.weekday())
    return (monday(day) - monday(first)).days // 7


CASES = [
    # The four of the handbook of a machine-learning system.
    ("mondays", "FREQ=WEEKLY;BYDAY=MO", "2025-01-06T09:00", "UTC", lambda d: d.weekday() == 0),
    ("fridays", "FREQ=WEEKLY;BYDAY=FR", "2025-01-03T16:00", "UTC", lambda d: d.weekday() == 4),
    ("1st and 15th", "FREQ=MONTHLY;BYMONTHDAY=1,15", "2025-01-01T10:00", "UTC", lambda d: d.day in (1, 15)),
    ("last Friday of the quarter", "FREQ=YEARLY;BYMONTH=3,6,9,12;BYDAY=-1FR", "2025-03-28T09:00", "UTC",
     is_last_friday_of_quarter),
    ("last Friday of the quarter, by months", "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR", "2025-03-28T09:00", "UTC",
     is_last_friday_of_quarter),
    # Summer time: the clock stays, the moment moves. 02:30 does not exist on the last Sunday of March, and exists twice
    # on the last of October.
    ("Berlin mornings", "FREQ=WEEKLY;BYDAY=MO,TH", "2025-01-06T09:00", "Europe/Berlin", lambda d: d.weekday() in (0, 3)),
    ("Berlin nights", "FREQ=WEEKLY;BYDAY=SU", "2025-01-05T02:30", "Europe/Berlin", lambda d: d.weekday() == 6),
    ("New York evenings", "FREQ=MONTHLY;BYDAY=2TU", "2025-01-14T18:00", "America/New_York", is_nth(1, 2)),
    ("Lord Howe", "FREQ=WEEKLY;BYDAY=SU", "2025-01-05T02:15", "Australia/Lord_Howe", lambda d: d.weekday() == 6),
    # Parts of rules.
    ("last workday", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2025-01-31T15:00", "UTC", is_last_workday),
    ("every other week", "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", "2025-01-08T11:00", "UTC",
     lambda d: d.weekday() == 2 and weeks_since(d, date(2025, 1, 8)) % 2 == 0),
    ("every other week from a Sunday, weeks from Monday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU", "2025-01-05T11:00", "UTC",
     lambda d: d >= date(2025, 1, 5) and d.weekday() in (0, 6) and weeks_since(d, date(2025, 1, 5)) % 2 == 0),
    ("ten times", "FREQ=DAILY;INTERVAL=3;COUNT=10", "2025-12-25T08:00", "UTC",
     lambda d: d >= date(2025, 12, 25) and (d - date(2025, 12, 25)).days % 3 == 0
     and (d - date(2025, 12, 25)).days < 30),
    ("until a moment", "FREQ=WEEKLY;BYDAY=MO;UNTIL=20250331T070000Z", "2025-01-06T09:00", "Europe/Berlin",
     lambda d: d.weekday() == 0 and d <= date(2025, 3, 31)),
    ("until just before", "FREQ=WEEKLY;BYDAY=MO;UNTIL=20250331T065959Z", "2025-01-06T09:00", "Europe/Berlin",
     lambda d: d.weekday() == 0 and d < date(2025, 3, 31)),
    ("until a day", "FREQ=WEEKLY;BYDAY=MO;UNTIL=20250331", "2025-01-06T09:00", "Europe/Berlin",
     lambda d: d.weekday() == 0 and d <= date(2025, 3, 31)),
    ("all but two", "RRULE:FREQ=WEEKLY;BYDAY=MO\nEXDATE:20251222T090000,20251229T090000", "2025-01-06T09:00",
     "Europe/Berlin", lambda d: d.weekday() == 0 and d not in (date(2025, 12, 22), date(2025, 12, 29))),
    ("all but a day", "RRULE:FREQ=WEEKLY;BYDAY=MO\nEXDATE;VALUE=DATE:20251222", "2025-01-06T09:00",
     "Europe/Berlin", lambda d: d.weekday() == 0 and d != date(2025, 12, 22)),
    ("all but a moment in UTC", "RRULE:FREQ=WEEKLY;BYDAY=MO\nEXDATE:20250707T070000Z", "2025-01-06T09:00",
     "Europe/Berlin", lambda d: d.weekday() == 0 and d != date(2025, 7, 7)),
    ("and one more", "RRULE:FREQ=WEEKLY;BYDAY=MO\nRDATE:20250102T090000", "2025-01-02T09:00", "UTC",
     lambda d: d.weekday() == 0 or d == date(2025, 1, 2)),
    ("Mondays of week 53", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", "2025-01-06T09:00", "UTC",
     lambda d: d.weekday() == 0 and d.isocalendar().week == 53),
    ("leap days", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2025-01-01T09:00", "UTC",
     lambda d: d.month == 2 and d.day == 29),
    ("once", "", "2026-02-03T09:00", "Asia/Tokyo", lambda d: d == date(2026, 2, 3)),
]


def moment(day, clock, zone):
    hour, minute = map(int, clock.split(":"))
    # fold=0: of two, the first; in a gap, by the offset before it. RFC 5545, 3.3.5.
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone), fold=0)
    return local.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")


def main():
    lines = []
    for name, rule, start, zone, holds in CASES:
        first, clock = start.split("T")
        first, last = date.fromisoformat(first), date(2032 if name == "leap days" else 2027, 12, 31)
        found = [moment(day, clock, zone) for day in days(first, last) if holds(day)]
        row = {"name": name, "rule": rule, "start": start, "zone": zone, "from": str(first), "to": str(last)}
        lines.append(json.dumps(row | {"starts": found}))
    pathlib.Path(__file__).with_name("dates.jsonl").write_text("\n".join(lines) + "\n")


main()
