"""Records of one kind in one SQLite file: see decision 3."""
import json
import sqlite3


class SqlRepository:
    def __init__(self, path):
        self.base = sqlite3.connect(path)
        self.base.execute("CREATE TABLE IF NOT EXISTS record (id TEXT PRIMARY KEY, body TEXT NOT NULL)")

    def put(self, id, body):
        self.base.execute("INSERT OR REPLACE INTO record VALUES (?, ?)", (id, json.dumps(body)))
        self.base.commit()

    def all(self):
        return [json.loads(body) for (body,) in self.base.execute("SELECT body FROM record ORDER BY id")]
