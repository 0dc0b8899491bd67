#!/usr/bin/env python3
"""What bench/sql.py asks of DuckDB and of plain SQLite: a statement over JSON lines, or the checks of keys and references.

    sql.py duckdb|sqlite FILE SQL COLUMN...
    sql.py duckdb|sqlite FILE --rules

Rows are printed as opsbook prints CSV. Only the columns that are named are taken from the lines. The rules print how
many records have a key that was there before, how many references lead nowhere, and how many are left when all that
lead out of every cycle are taken away, round by round.
"""

import csv
import sys

DUPLICATES = "SELECT count(*) - count(DISTINCT id) FROM items"
DANGLING = "SELECT count(*) FROM edges e WHERE NOT EXISTS (SELECT 1 FROM items i WHERE i.id = e.target)"
# A reference to what itself refers to nothing is on no cycle.
PEEL = "CREATE TABLE {after} AS SELECT * FROM {before} WHERE target IN (SELECT source FROM {before})"


def main():
    engine, path, *rest = sys.argv[1:]
    load, edges = {"duckdb": (load_duckdb, DUCKDB_EDGES), "sqlite": (load_sqlite, SQLITE_EDGES)}[engine]
    if rest == ["--rules"]:
        answer = rules(load(path, ["id", "depends_on"]), edges)
    else:
        answer = load(path, rest[1:]).execute(rest[0])
        names = [column[0] for column in answer.description]
        answer = [names, *answer.fetchall()]
    csv.writer(sys.stdout, lineterminator="\r\n").writerows(answer)


DUCKDB_EDGES = "CREATE TABLE edges AS SELECT id AS source, unnest(depends_on) AS target FROM items"
SQLITE_EDGES = "CREATE TABLE edges AS SELECT items.id AS source, value AS target FROM items, json_each(depends_on)"


def load_duckdb(path, columns):
    import duckdb

    kinds = ", ".join(f"'{name}': '{'VARCHAR[]' if name == 'depends_on' else 'VARCHAR'}'" for name in columns)
    connection = duckdb.connect()
    read = f"read_json('{path}', format = 'newline_delimited', columns = {{{kinds}}})"
    connection.execute(f"CREATE TABLE items AS SELECT * FROM {read}")
    return connection


def load_sqlite(path, columns):
    import sqlite3

    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("CREATE TABLE lines (line)")
    with open(path, encoding="utf-8") as file:
        connection.executemany("INSERT INTO lines VALUES (?)", ((line,) for line in file))
    taken = ", ".join(f"json_extract(line, '$.{name}') AS {name}" for name in columns)
    connection.execute(f"CREATE TABLE items AS SELECT {taken} FROM lines")
    return connection


def rules(connection, edges):
    def count(statement):
        return connection.execute(statement).fetchone()[0]

    connection.execute(edges)
    if "sqlite" in type(connection).__module__:
        connection.execute("CREATE INDEX ids ON items (id)")
    found = [count(DUPLICATES), count(DANGLING)]
    before, left = "edges", count("SELECT count(*) FROM edges")
    for turn in range(1_000_000):
        after = f"edges_{turn}"
        connection.execute(PEEL.format(before=before, after=after))
        connection.execute(f"DROP TABLE {before}")
        before, was, left = after, left, count(f"SELECT count(*) FROM {after}")
        if left in (0, was):
            break
    return [["duplicates", "dangling", "in cycles"], [*found, left]]


if __name__ == "__main__":
    main()
