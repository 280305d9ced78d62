"""Which figures stand in a report, before and after, in units that people read?"""

from collections.abc import Callable
from typing import Any

from bot.clock import iso
from bot.diagnostics.units import in_bytes, percent
from bot.report.markdown import table

NOT_MEASURED = "not measured"


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _percent(value: float) -> str:
    return percent(value / 100)


def _s(value: float) -> str:
    return f"{value:,.1f} s"


def _ms(value: float) -> str:
    return f"{value:,.1f} ms"


# In the order of the table: the figure's name in a diagnosis, what people call it, how it is written.
FIGURES: tuple[tuple[str, str, Callable[[float], str]], ...] = (
    ("memory_percent", "Memory", _percent),
    ("used_memory_bytes", "Memory used", in_bytes),
    ("memory_limit_bytes", "Memory limit", in_bytes),
    ("memory_share_cache_percent", "Share of the cache", _percent),
    ("oom_errors_ever", "Writes refused (OOM), since the start", _whole),
    ("evicted_keys", "Keys evicted in the window", _whole),
    ("connected_clients", "Clients", _whole),
    ("rejected_connections", "Clients rejected in the window", _whole),
    ("ping_ms", "PING", _ms),
    ("hit_rate_percent", "Hit rate", _percent),
    ("pool_cache_hit_rate_percent", "Hit rate of the application", _percent),
    ("health_ms", "Answer of the application's health", _ms),
    ("database_login_ms", "Login", _ms),
    ("database_connections", "Connections", _whole),
    ("database_connections_most", "Connections allowed", _whole),
    ("locks_waiting", "Sessions that wait for a lock", _whole),
    ("longest_lock_wait_s", "Longest wait for a lock", _s),
    ("pool_connection_errors", "Connection errors of the application", _whole),
)


def figures(findings: list[dict[str, Any]]) -> str:
    """The table of the first and the last measurement; a sentence when there was only one, or none."""
    measured = [found for found in findings if found["facts"].get("figures")]
    if not measured:
        return "None were measured."
    first, last = measured[0], measured[-1]
    rows = [
        (title, _shown(first, name, write), _shown(last, name, write))
        for name, title, write in FIGURES
        if name in first["facts"]["figures"] or name in last["facts"]["figures"]
    ]
    if first is last:
        return table(("", iso(first["at_ms"])), [row[:2] for row in rows]) + "\n\nMeasured once only."
    return table(("", f"first, {iso(first['at_ms'])}", f"last, {iso(last['at_ms'])}"), rows)


def _shown(found: dict[str, Any], name: str, write: Callable[[float], str]) -> str:
    value = found["facts"]["figures"].get(name)
    return NOT_MEASURED if value is None else write(float(value))
