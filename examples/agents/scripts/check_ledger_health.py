"""Says whether the ledger is sound: one line for each sale, each id once, days in order, no refund above its sale."""

import json
import sys
from pathlib import Path


def faults(sales):
    seen, last = {}, ""
    for sale in sales:
        name = sale["id"]
        if name in seen:
            yield f"{name} stands twice"
        if sale["date"] < last:
            yield f"{name} is earlier than the line above it"
        origin = seen.get(sale.get("refund_of"))
        if "refund_of" in sale and (origin is None or -sale["amount"] > origin["amount"]):
            yield f"{name} refunds more than was paid"
        seen[name], last = sale, sale["date"]


def main():
    lines = Path("ledger/sales.jsonl").read_text(encoding="utf-8").splitlines()
    found = list(faults([json.loads(line) for line in lines]))
    print("\n".join(found) or f"{len(lines)} lines, sound")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
