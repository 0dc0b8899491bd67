#!/bin/sh
# Passes when every entry of a day's run log has the fields of SCHEMA.md: checks/schema.sh DAY.jsonl
for field in run topic channel stages cost_usd outcome; do
  grep -vq "\"$field\":" "$1" && echo "an entry lacks $field" && exit 1
done
exit 0
