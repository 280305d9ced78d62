"""What would it mean to empty a database, or all of them?

The runbook's last resort, step 9. https://redis.io/docs/latest/commands/flushall/
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from redis.asyncio import ConnectionPool, Redis
from redis.exceptions import RedisError

from bot.clock import Clock
from bot.config.quorum import FLUSHALL_NEEDS
from bot.errors import BadInput, Refused
from bot.remediations.compared import margin_of
from bot.remediations.plan import ConfiguredCommand, Plan, Preview, RedisCommand, Repeat, Tier, Wait
from bot.remediations.remediation import Prepared, Remediation, Scene, Words
from bot.remediations.sample import WELL_KNOWN, KeySample, sample_keys
from bot.remediations.saves import kept_where
from bot.remediations.trouble import unmeasured
from bot.tasks import closed

TAKES = "db | all"
FREED_WITHIN_S = 60
DATABASES_SAMPLED, ELSEWHERE_AT_MOST_S = 15, 0.1
NO_COPY = "No copy of its last save is taken: snapshot_command is not set in pong.toml"


async def prepare(scene: Scene, words: Words) -> Prepared:
    word = words[0].lower() if words else ""
    if word not in ("db", "all"):
        raise BadInput(f"Flush what? Write one of {TAKES}.")
    if word == "all" and not scene.target.may_flush_all:
        raise Refused(
            f"FLUSHALL is off for {scene.target.name}: clear a class of keys, or set flushall in "
            f"[targets.{scene.target.name}] of pong.toml."
        )
    allowed = scene.allowed.classes
    classes = WELL_KNOWN | {name: one.prefix for name, one in allowed.items()}
    preview = await measure(
        scene.redis,
        scene.clock,
        classes=classes,
        is_all=word == "all",
        memory_limit_bytes=scene.target.memory_limit_bytes,
    )
    if not scene.target.snapshot_command:
        preview = replace(preview, says=(*preview.says, NO_COPY))
    return plan(scene, preview, is_all=word == "all"), preview


async def measure(
    redis: Redis,
    clock: Clock,
    *,
    classes: dict[str, str],
    is_all: bool,
    memory_limit_bytes: int | None = None,
) -> Preview:
    """How many keys of which class there are, and what is saved. Raises ServiceUnavailable."""
    now_ms = clock.now_ms()
    try:
        info = await redis.info()
        numbers = _others(info, redis) if is_all else ()
        samples = [await sample_keys(redis, clock), *[await _elsewhere(redis, n, clock) for n in numbers]]
    except (RedisError, OSError) as error:
        raise unmeasured("Nothing was measured", error) from None
    if info.get("role") == "slave":
        raise Refused("It is a replica, where nothing can be deleted: the target has to be the primary.")
    databases = _databases(info)
    seen = sum(sample.database_keys for sample in samples)
    keys = sum(databases.values()) if is_all and databases else seen
    counts = {name: sum(_estimate(one, prefix) for one in samples) for name, prefix in classes.items()}
    found = {name: count for name, count in counts.items() if count}
    other = keys - sum(found.values())
    used, limit = info.get("used_memory"), info.get("maxmemory") or memory_limit_bytes
    return Preview(
        measured_at_ms=now_ms,
        classes=tuple(sorted([*counts, "other"])),  # whatever comes meanwhile is emptied too
        keys=keys,
        keys_margin=margin_of(keys),
        sampled_keys=sum(len(sample.keys) for sample in samples),
        database_keys=keys,
        says=(
            *_of_classes(found, other, samples),
            *_of_databases(databases, is_all=is_all),
            kept_where(info, now_ms),
        ),
        memory_before_percent=round(100 * int(used) / int(limit), 1) if used and limit else None,
    )


def _others(info: Mapping[str, Any], redis: Redis) -> tuple[int, ...]:
    """The databases that hold keys, but for the one that `redis` is in: some, so that it takes no longer."""
    found = [int(name[2:]) for name in info if re.fullmatch(r"db[0-9]{1,5}", name)]
    own = int(redis.connection_pool.connection_kwargs.get("db") or 0)
    return tuple(number for number in sorted(found) if number != own)[:DATABASES_SAMPLED]


async def _elsewhere(redis: Redis, number: int, clock: Clock) -> KeySample:
    """A sample of another database of the same server."""
    pool = redis.connection_pool
    there = Redis.from_pool(
        ConnectionPool(connection_class=pool.connection_class, **(pool.connection_kwargs | {"db": number}))
    )
    try:
        return await sample_keys(there, clock, at_most_s=ELSEWHERE_AT_MOST_S)
    finally:
        await closed(there)


def _estimate(sample: KeySample, prefix: str) -> int:
    return sample.estimate(len(sample.of(prefix.encode())))[0]


def plan(scene: Scene, preview: Preview, *, is_all: bool) -> Plan:
    """Raises BadInput when there is nothing to empty."""
    if not preview.keys:
        raise BadInput(f"{scene.target.name} holds no keys: there is nothing to flush.")
    command, what = ("FLUSHALL", "every key of every database") if is_all else ("FLUSHDB", "every key")
    goal = scene.target.thresholds.memory_goal_percent
    return Plan(
        remediation="flush",
        title="Flush all databases" if is_all else "Flush the database",
        target=scene.target.name,
        address=scene.address,
        tier=Tier.DATA_LOSING,
        steps=(
            *_copied(scene),
            RedisCommand(arguments=(command, "ASYNC"), undo="Cannot be undone.", repeat=Repeat.NEVER),
            Wait(at_most_s=FREED_WITHIN_S, until="the memory is freed", condition="memory-freed"),
        ),
        lost=f"{what}: sessions (people are logged out), rate limits (they start anew), jobs, cache",
        undo="Cannot be undone",
        preconditions=("it holds keys",),
        goal=f"memory under {goal:g} %",
        goal_percent=goal,
        least_approvals=FLUSHALL_NEEDS if is_all else 1,
        must_type=is_all,
    )


def _copied(scene: Scene) -> tuple[ConfiguredCommand, ...]:
    """The last snapshot is put aside first, where pong.toml says how: a server that saves writes it anew."""
    command = scene.target.snapshot_command
    undo = "Remove the copy."
    return (ConfiguredCommand(arguments=command, undo=undo, repeat=Repeat.HARMLESS),) if command else ()


def _databases(info: Mapping[str, Any]) -> dict[str, int]:
    return {
        name: int(facts["keys"]) for name, facts in info.items() if name.startswith("db") and "keys" in facts
    }


def _of_classes(found: dict[str, int], other: int, samples: Sequence[KeySample]) -> list[str]:
    """Of a class of few keys a sample may meet none: then it is lost all the same."""
    looked, there = sum(len(one.keys) for one in samples), sum(one.database_keys for one in samples)
    is_whole = all(one.is_whole for one in samples)
    rare = [] if is_whole else [f"Rare classes may be missing there: {looked:,} of {there:,} keys looked at"]
    parts = [f"{name} about {count:,}" for name, count in sorted(found.items())]
    return ["By class: " + ", ".join([*parts, *([f"other about {other:,}"] if other > 0 else [])]), *rare]


def _of_databases(databases: dict[str, int], *, is_all: bool) -> list[str]:
    if not is_all:
        return []
    return ["By database: " + ", ".join(f"{name} {keys:,}" for name, keys in sorted(databases.items()))]


REMEDIATION = Remediation(name="flush", takes=TAKES, prepare=prepare, typed=frozenset({"all"}))
