"""What does an application's health say of its parts, and which runbook may fit?

The shape is the runbook's, steps 3 and 6: `.status`, and `.checks` with a word for each part.
"""

from typing import Any

from bot.diagnostics.finding import NextStep
from bot.text import plain

PARTS_MOST = 12
WELL = frozenset({"connected", "ok", "healthy", "up", "true", "pass"})
DISCONNECTED = frozenset({"disconnected", "down", "failed", "unhealthy", "error", "false", "fail"})
DATABASES = ("database", "db", "postgres", "postgresql")


def word_of(value: Any) -> str:
    """A short word of an answer, in small letters, be it under "status"; "" for what is none."""
    if isinstance(value, dict):
        value = value.get("status")
    if isinstance(value, bool):
        return str(value).lower()
    return plain(value, 40).lower() if isinstance(value, str) else ""


def parts_of(body: dict[str, Any]) -> dict[str, str]:
    """Each part with its word, as far as both can be read; at most 12."""
    checks = body.get("checks")
    told = list(checks.items())[:PARTS_MOST] if isinstance(checks, dict) else []
    return {plain(name, 30): word for name, value in told if (word := word_of(value))}


def database_of(parts: dict[str, str]) -> str:
    """The word for its database; "" where it says nothing of one."""
    return next((parts[name] for name in DATABASES if name in parts), "")


def may_be_the_server(application: str) -> NextStep:
    return NextStep(label=f"API_SERVER_DOWN may fit: /incident open {application}")


def may_be_the_database(application: str, databases: tuple[str, ...]) -> NextStep:
    """`databases` are those that pong.toml has for it."""
    if databases:
        return NextStep(label=f"DATABASE_FAILURE may fit: /incident open {' or '.join(databases)}")
    return NextStep(
        label=f"DATABASE_FAILURE may fit: look at the database of {application}; pong.toml names none."
    )
