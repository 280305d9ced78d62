"""When did a server last save its data to the disk, and who else has them?

rdb_last_save_time is the time of its start until it has saved once.
https://redis.io/docs/latest/commands/info/
"""

from collections.abc import Mapping
from typing import Any

from bot.diagnostics.units import count, seconds

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


def kept_where(info: Mapping[str, Any], now_ms: int) -> str:
    """What is left of keys that are deleted: the last save has them until the next one, a replica has not."""
    replicas = int(info.get("connected_slaves") or 0)
    followed = (
        f"{count(replicas, 'replica', 'replicas')} will lose the same keys"
        if replicas
        else "it has no replica"
    )
    return f"{_last_save(info, now_ms)}; {followed}"


def _last_save(info: Mapping[str, Any], now_ms: int) -> str:
    if not isinstance(info.get("rdb_last_save_time"), int):
        return "When it last saved is not known"
    age_s = age_of_save(info, now_ms)
    if age_s is None:
        return NEVER_SAVED
    well = "" if info.get("rdb_last_bgsave_status") == "ok" else ", and the last attempt failed"
    return f"Its last save was {seconds(age_s)} ago{well}"
