"""What does a server's log of refusals hold, in either protocol?

https://redis.io/docs/latest/commands/acl-log/
"""

from typing import Any

ENTRIES_MOST = 128


def entries_of(reply: Any) -> list[dict[str, Any]]:
    """Each entry by the server's own field names, as `age-seconds`; empty when the reply is no list."""
    return [_fields(entry) for entry in reply] if isinstance(reply, list) else []


def number_of(value: Any) -> float:
    """0.0 where it is none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


def _fields(entry: Any) -> dict[str, Any]:
    if isinstance(entry, dict):
        return {_text(name): _text(value) for name, value in entry.items()}
    return {_text(name): _text(value) for name, value in zip(entry[::2], entry[1::2], strict=False)}


def _text(value: Any) -> Any:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
