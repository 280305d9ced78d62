"""PONG says reachable, not healthy: what does INFO say that would make writes fail?

The fields: https://redis.io/docs/latest/commands/info/
"""

from collections.abc import Callable, Mapping

from bot.targets.outcome import Kind

Info = Mapping[str, str]

FULL_SHARE = 0.99  # a full server hovers just under its limit, as each refused write leaves it


def parse_info(text: str) -> dict[str, str]:
    """INFO's lines as they stand: every value is text."""
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line and not line.startswith("#"))


def kind_by(info: Info) -> Kind:
    """What `info` shows to be wrong, first thing first; HEALTHY when nothing is."""
    return next((kind for kind, is_so in _SIGHTS if is_so(info)), Kind.HEALTHY)


def seen_by(kind: Kind, info: Info) -> str:
    """The figures in `info` behind `kind`, in words."""
    say = _DETAILS.get(kind)
    return say(info) if say and info else ""


def number(info: Info, name: str) -> float:
    """A figure of INFO; 0 when it is missing or is no number."""
    try:
        return float(info.get(name, "0"))
    except ValueError:
        return 0.0


def can_evict(info: Info) -> bool:
    """Whether the policy finds something to throw away: volatile-* only takes keys that have a TTL."""
    policy = info.get("maxmemory_policy", "noeviction")
    if policy.startswith("volatile-"):
        return any(_with_ttl(value) for name, value in info.items() if name.startswith("db"))
    return policy != "noeviction"


def _with_ttl(keyspace: str) -> bool:
    return "expires=" in keyspace and not keyspace.partition("expires=")[2].startswith("0")


def _is_full(info: Info) -> bool:
    limit = number(info, "maxmemory")
    return limit > 0 and number(info, "used_memory") >= FULL_SHARE * limit and not can_evict(info)


def _is_read_only(info: Info) -> bool:
    return info.get("role") == "slave" and info.get("slave_read_only", "1") == "1"


_SIGHTS: tuple[tuple[Kind, Callable[[Info], bool]], ...] = (
    (Kind.LOADING, lambda info: info.get("loading") == "1"),
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
