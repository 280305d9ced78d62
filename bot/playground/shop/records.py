"""What does the shop keep for good? Patients and, while Redis is away, sessions: SQLite, in memory."""

import sqlite3

NAMES = ("Ada", "Bo", "Cleo", "Dinu", "Elif", "Femi", "Gita", "Hugo", "Ines", "Jun", "Kofi", "Lena")
FIRST_PATIENT = 123

_TABLES = """
CREATE TABLE patients (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE sessions (token TEXT PRIMARY KEY, email TEXT NOT NULL, expires_ms INTEGER NOT NULL);
"""


class Records:
    """The shop's database."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.executescript(_TABLES)
        rows = list(enumerate(NAMES, FIRST_PATIENT))
        self._connection.executemany("INSERT INTO patients VALUES (?, ?)", rows)

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

    def is_connected(self) -> bool:
        try:
            self._connection.execute("SELECT 1")
        except sqlite3.Error:
            return False
        return True

    def close(self) -> None:
        self._connection.close()
