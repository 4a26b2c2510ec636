"""Lets every enrolment link of a stopped server on SQLite have expired long ago.

    expire_links.py waypost.db
"""

import sqlite3
import sys

with sqlite3.connect(sys.argv[1]) as store:
    changed = store.execute("UPDATE token SET expires_at_ms = 1").rowcount
print(changed)
