"""Prints every value of every table of a database, a line each. Usage: dump_database.py FILE"""
import sqlite3
import sys

database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
    rows = database.execute(f'SELECT * FROM "{table}"')
    names = [column[0] for column in rows.description]
    for row in rows:
        for name, value in zip(names, row):
            print(f"{table}.{name}: {value!r}".replace("\n", " "))
