"""Appends one sale to the ledger: record_revenue.py DAY FUNNEL AMOUNT [REFUND_OF]."""

import json
import sys
from pathlib import Path

LEDGER = Path("ledger/sales.jsonl")


def main(day, funnel, amount, refund_of=None):
    count = len(LEDGER.read_text(encoding="utf-8").splitlines())
    sale = {"id": f"S-{count + 1:04}", "date": day, "funnel": funnel, "amount": float(amount), "currency": "EUR"}
    if refund_of:
        sale["refund_of"] = refund_of
    with LEDGER.open("a", encoding="utf-8") as ledger:
        ledger.write(json.dumps(sale, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
