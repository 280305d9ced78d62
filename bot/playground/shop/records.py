"""What does the shop keep for good? Patients and, while Redis is away, sessions and jobs: SQLite."""

import sqlite3
from pathlib import Path

from bot.errors import SettingsError

NAMES = ("Ada", "Bo", "Cleo", "Dinu", "Elif", "Femi", "Gita", "Hugo", "Ines", "Jun", "Kofi", "Lena")
FIRST_PATIENT = 123

_TABLES = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=NORMAL;
CREATE TABLE IF NOT EXISTS patients (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sessions
  (token TEXT PRIMARY KEY, email TEXT NOT NULL, expires_ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS jobs (id INTEGER PRIMARY KEY, job TEXT NOT NULL);
"""


class Records:
    """The shop's database, in `file`; without one, in memory. Raises SettingsError when `file` is none."""

    def __init__(self, file: Path | None = None) -> None:
        self._connection = sqlite3.connect(file or ":memory:", isolation_level=None)
        try:
            self._connection.executescript(_TABLES)
        except sqlite3.DatabaseError:
            raise SettingsError(f"{file} cannot be read: start anew with FRESH=1.") from None
        rows = list(enumerate(NAMES, FIRST_PATIENT))
        self._connection.executemany("INSERT OR IGNORE INTO patients VALUES (?, ?)", rows)

    def patients(self) -> list[dict[str, object]]:
        rows = self._connection.execute("SELECT id, name FROM patients ORDER BY id")
        return [{"id": number, "name": name} for number, name in rows]

    def patient(self, number: int) -> dict[str, object] | None:
        row = self._connection.execute("SELECT id, name FROM patients WHERE id = ?", (number,)).fetchone()
        return {"id": row[0], "name": row[1]} if row else None

    def keep_session(self, token: str, email: str, *, expires_ms: int) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?)", (token, email, expires_ms)
        )

    def session(self, token: str, now_ms: int) -> str | None:
        query = "SELECT email FROM sessions WHERE token = ? AND expires_ms > ?"
        row = self._connection.execute(query, (token, now_ms)).fetchone()
        return str(row[0]) if row else None

    def keep_job(self, job: str) -> None:
        self._connection.execute("INSERT INTO jobs (job) VALUES (?)", (job,))

    def jobs(self, most: int) -> list[tuple[int, str]]:
        """The oldest that wait here, with their numbers."""
        query = "SELECT id, job FROM jobs ORDER BY id LIMIT ?"
        return list(self._connection.execute(query, (most,)))

    def forget_job(self, number: int) -> None:
        self._connection.execute("DELETE FROM jobs WHERE id = ?", (number,))

    def count_jobs(self) -> int:
        return int(self._connection.execute("SELECT COUNT(*) FROM jobs").fetchone()[0])

    def is_connected(self) -> bool:
        try:
            self._connection.execute("SELECT 1")
        except sqlite3.Error:
            return False
        return True

    def close(self) -> None:
        self._connection.close()
