"""PONG says reachable, not healthy: what does INFO say that would make writes fail?

The fields: https://redis.io/docs/latest/commands/info/
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.targets.outcome import Kind

Info = Mapping[str, Any]

FULL_SHARE = 0.99  # a full server hovers just under its limit, as each refused write leaves it


def parse_info(text: str) -> dict[str, Any]:
    """INFO's fields as redis-py gives them: numbers as numbers, "keys=2,expires=1" as a mapping."""
    lines = (line.partition(":") for line in text.splitlines() if line and not line.startswith("#"))
    return {name: _value(value) for name, colon, value in lines if colon}


def _value(text: str) -> Any:
    if "=" in text:
        pairs = (item.rpartition("=") for item in text.split(",") if item)
        return {name or value: _value(value) if name else True for name, _, value in pairs}
    if "," in text:
        return [_value(item) for item in text.split(",") if item]
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


def kind_by(info: Info) -> Kind:
    """What `info` shows to be wrong, first thing first; HEALTHY when nothing is."""
    return next((kind for kind, is_so in _SIGHTS if is_so(info)), Kind.HEALTHY)


def seen_by(kind: Kind, info: Info) -> str:
    """The figures in `info` behind `kind`, in words."""
    say = _DETAILS.get(kind)
    return say(info) if say and info else ""


def number(info: Info, name: str) -> float:
    """A figure of INFO; 0 when it is missing or is no number."""
    value = info.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def can_evict(info: Info) -> bool:
    """Whether the policy finds something to throw away: volatile-* only takes keys that have a TTL."""
    policy = info.get("maxmemory_policy", "noeviction")
    if str(policy).startswith("volatile-"):
        databases = (value for name, value in info.items() if name.startswith("db"))
        return any(isinstance(one, Mapping) and number(one, "expires") > 0 for one in databases)
    return bool(policy != "noeviction")


def _is_full(info: Info) -> bool:
    limit = number(info, "maxmemory")
    return limit > 0 and number(info, "used_memory") >= FULL_SHARE * limit and not can_evict(info)


def _is_read_only(info: Info) -> bool:
    return info.get("role") == "slave" and info.get("slave_read_only", 1) == 1


_SIGHTS: tuple[tuple[Kind, Callable[[Info], bool]], ...] = (
    (Kind.IS_SENTINEL, lambda info: "sentinel" in (info.get("redis_mode"), info.get("server_mode"))),
    (Kind.LOADING, lambda info: info.get("loading") == 1),
    (Kind.CLUSTER_DOWN, lambda info: info.get("cluster_state") == "fail"),
    (Kind.READ_ONLY, _is_read_only),
    (Kind.FULL, _is_full),
)


def _loading(info: Info) -> str:
    share, left = number(info, "loading_loaded_perc"), number(info, "loading_eta_seconds")
    return f"{share:.0f} % loaded, about {left:.0f} s left"


def _full(info: Info) -> str:
    used, limit = number(info, "used_memory"), number(info, "maxmemory")
    return (
        f"memory {100 * used / limit:.0f} % of {limit / 2**20:.0f} MB, policy {info.get('maxmemory_policy')}"
    )


def _replica(info: Info) -> str:
    return f"role replica, link to its primary {info.get('master_link_status', 'unknown')}"


def _disk(info: Info) -> str:
    snapshot, log = info.get("rdb_last_bgsave_status"), info.get("aof_last_write_status")
    return f"last snapshot: {snapshot}, last write of the append-only file: {log}"


_DETAILS: dict[Kind, Callable[[Info], str]] = {
    Kind.LOADING: _loading,
    Kind.FULL: _full,
    Kind.READ_ONLY: _replica,
    Kind.REPLICA_CUT_OFF: _replica,
    Kind.WRITES_STOPPED: _disk,
}
