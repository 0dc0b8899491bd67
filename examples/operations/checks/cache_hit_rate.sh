#!/bin/sh
# At least 45 of 100 answers come from the cache.
# Fails when the newest figure says otherwise. Run it from the top of the repository.
value=$(grep '"name":"cache_hit_rate"' ops/metrics.jsonl | tail -n 1 | sed 's/.*"value":\([0-9.]*\).*/\1/')
awk -v value="$value" 'BEGIN { exit value < 0.45 }'
