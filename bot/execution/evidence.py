"""What was the server like before Pong changed it?

Figures, counts and settings by an allow-list; no key name, no value, no address, no environment. What could
not be read is named. https://redis.io/docs/latest/commands/info/
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.clock import Clock
from bot.remediations.sample import WELL_KNOWN, sample_keys
from bot.remediations.trouble import in_words

AT_MOST_S = 10.0
EACH_AT_MOST_S = 3.0

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "server": ("redis_version", "valkey_version", "redis_mode", "run_id", "uptime_in_seconds"),
    "clients": ("connected_clients", "blocked_clients", "maxclients"),
    "memory": (
        "used_memory",
        "used_memory_rss",
        "used_memory_peak",
        "used_memory_dataset",
        "maxmemory",
        "maxmemory_policy",
        "mem_fragmentation_ratio",
        "lazyfree_pending_objects",
    ),
    "persistence": (
        "loading",
        "rdb_changes_since_last_save",
        "rdb_last_save_time",
        "rdb_last_bgsave_status",
        "aof_enabled",
        "aof_last_write_status",
    ),
    "stats": (
        "instantaneous_ops_per_sec",
        "rejected_connections",
        "expired_keys",
        "evicted_keys",
        "keyspace_hits",
        "keyspace_misses",
        "total_error_replies",
    ),
    "replication": ("role", "connected_slaves", "master_link_status", "master_repl_offset"),
    "errorstats": (),
    "keyspace": (),
}
# Whole sections that hold only counts. A script can name an error as it likes, so names are checked.
_WHOLE = {"errorstats": re.compile(r"errorstat_[A-Z]{2,20}"), "keyspace": re.compile(r"db\d+")}

Figure = int | float | str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """`info` by section, `classes` counts keys by class in a sample; `missing` says what and why."""

    taken_at_ms: int
    info: Mapping[str, Mapping[str, Figure]]
    slowlog_length: int | None
    database_keys: int | None
    sampled_keys: int | None
    classes: Mapping[str, int]
    missing: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """For the store, the timeline and the report."""
        return {
            "taken_at_ms": self.taken_at_ms,
            "info": {section: dict(figures) for section, figures in self.info.items()},
            "slowlog_length": self.slowlog_length,
            "database_keys": self.database_keys,
            "sampled_keys": self.sampled_keys,
            "classes": dict(self.classes),
            "missing": list(self.missing),
        }


@dataclass
class _Notes:
    """What was read so far; all of it counts when the time is over."""

    info: dict[str, dict[str, Figure]] = field(default_factory=dict)
    slowlog_length: int | None = None
    database_keys: int | None = None
    sampled_keys: int | None = None
    classes: dict[str, int] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


async def collect(
    redis: Redis,
    clock: Clock,
    *,
    classes: Mapping[str, str] | None = None,
    at_most_s: float = AT_MOST_S,
) -> Evidence:
    """What can be read within `at_most_s`; never raises for what cannot. `classes` binds names of classes
    of key to their prefixes, beside the well-known ones."""
    known = WELL_KNOWN | {"cache": "cache:"} | dict(classes or {})
    questions: dict[str, Callable[[_Notes], Awaitable[None]]] = {
        **{f"INFO {section}": _asks_info(redis, section) for section in SECTIONS},
        "the length of the SLOWLOG": _asks_slowlog(redis),
        "a sample of the keys": _asks_sample(redis, clock, known),
    }
    taken_at_ms = clock.now_ms()
    notes = _Notes(missing=dict.fromkeys(questions, "the time for it was over"))
    try:
        async with asyncio.timeout(at_most_s):
            for name, ask in questions.items():
                await _note(notes, name, ask)
    except TimeoutError:
        pass  # what was not reached stands in `missing` already
    return Evidence(
        taken_at_ms=taken_at_ms,
        info=notes.info,
        slowlog_length=notes.slowlog_length,
        database_keys=notes.database_keys,
        sampled_keys=notes.sampled_keys,
        classes=notes.classes,
        missing=tuple(f"{name}: {why}" for name, why in notes.missing.items()),
    )


async def _note(notes: _Notes, name: str, ask: Callable[[_Notes], Awaitable[None]]) -> None:
    try:
        async with asyncio.timeout(EACH_AT_MOST_S):
            await ask(notes)
    except (RedisError, OSError) as error:
        notes.missing[name] = in_words(error)
    else:
        del notes.missing[name]


def _asks_info(redis: Redis, section: str) -> Callable[[_Notes], Awaitable[None]]:
    async def ask(notes: _Notes) -> None:
        notes.info[section] = allowed(section, await redis.info(section))

    return ask


def _asks_slowlog(redis: Redis) -> Callable[[_Notes], Awaitable[None]]:
    async def ask(notes: _Notes) -> None:
        notes.slowlog_length = int(await redis.slowlog_len())

    return ask


def _asks_sample(redis: Redis, clock: Clock, known: Mapping[str, str]) -> Callable[[_Notes], Awaitable[None]]:
    async def ask(notes: _Notes) -> None:
        sample = await sample_keys(redis, clock)
        counts = {name: len(sample.of(prefix.encode())) for name, prefix in known.items()}
        notes.classes = counts | {"other": max(0, len(sample.keys) - sum(counts.values()))}
        notes.sampled_keys, notes.database_keys = len(sample.keys), sample.database_keys

    return ask


def allowed(section: str, info: Mapping[str, Any]) -> dict[str, Figure]:
    """Of one section of INFO only what is known to hold no name, address or path. Pure."""
    if shape := _WHOLE.get(section):
        return {
            f"{name}_{part}": figure
            for name, parts in info.items()
            if shape.fullmatch(name) and isinstance(parts, Mapping)
            for part, figure in parts.items()
            if isinstance(figure, int | float)
        }
    return {name: info[name] for name in SECTIONS[section] if isinstance(info.get(name), int | float | str)}
