"""What is a read-only question to a PostgreSQL?

Read, then judge: `read` does the I/O, `judge` is pure. The list of questions is in catalog.py.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.diagnostics.finding import Finding
from bot.postgres.session import Session
from bot.postgres.table import DatabaseThresholdsTable


@dataclass(frozen=True, kw_only=True)
class Question:
    """One check; `read` raises psycopg.Error."""

    check: str
    read: Callable[[Session], Awaitable[dict[str, Any]]]
    judge: Callable[[dict[str, Any], DatabaseThresholdsTable], list[Finding]]
