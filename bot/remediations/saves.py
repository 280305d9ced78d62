"""When did a server last save its data to the disk?

rdb_last_save_time is the time of its start until it has saved once.
https://redis.io/docs/latest/commands/info/
"""

from collections.abc import Mapping
from typing import Any

NEVER_SAVED = "It has not saved since it started, so what its disk holds is not known"
# INFO gives both in whole seconds.
SAME_S = 2


def age_of_save(info: Mapping[str, Any], now_ms: int) -> float | None:
    """Seconds since the last save, None when it has not saved since it started. Of a whole INFO."""
    age_s = max(0.0, now_ms / 1000 - float(info.get("rdb_last_save_time") or 0))
    uptime_s = info.get("uptime_in_seconds")
    saves = info.get("rdb_saves")  # since Redis 7
    if saves is not None:
        return age_s if int(saves) else None
    return None if uptime_s is not None and age_s >= float(uptime_s) - SAME_S else age_s


def keys_of(info: Mapping[str, Any]) -> int:
    """How many keys all its databases hold."""
    facts = [value for name, value in info.items() if name.startswith("db") and isinstance(value, Mapping)]
    return sum(int(value.get("keys") or 0) for value in facts)
