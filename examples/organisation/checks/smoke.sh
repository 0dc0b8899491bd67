#!/bin/sh
# Seeds, ingests and values, and compares the sum with the one in the test data.
set -e
python3 -m infra.scripts.seed_assets
python3 -m ingest.run --feed tests/feed.json
test "$(python3 -m infra.value --portfolio test)" = "48250.00"
