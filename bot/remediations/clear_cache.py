"""What would it mean to delete all keys of one class, and which steps would do it?

`measure` reads and changes nothing; `plan` is pure. A class is a name that the runbook binds to a literal
prefix. https://redis.io/docs/latest/commands/unlink/
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from bot.clock import Clock
from bot.errors import BadInput, Refused
from bot.remediations.compared import margin_of
from bot.remediations.plan import Plan, Preview, RedisSweep, Tier
from bot.remediations.remediation import Prepared, Remediation, Scene, Words
from bot.remediations.sample import WELL_KNOWN, KeyFacts, KeySample, measure_keys, sample_keys
from bot.remediations.saves import kept_where
from bot.remediations.trouble import unmeasured
from bot.text import plain

GENTLE = "--gentle"
GLOB_SIGNS = frozenset("*?[]\\")
MEASURE_AT_MOST_S = 2.0


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """What the runbook and pong.toml say: `prefix` is what `resolve_class` gave, `lost` what people lose."""

    target: str
    address: str
    class_name: str
    prefix: str
    lost: str
    goal_percent: float = 70
    gentle: bool = False


async def prepare(scene: Scene, words: Words) -> Prepared:
    """What clearing the class that `words` name would be."""
    target, allowed = scene.target, scene.allowed
    if not words:
        raise BadInput(f"Clear what? Classes: {', '.join(sorted(allowed.classes))}.")
    class_name = words[0].lower()
    prefix = resolve_class(class_name, allowed.prefixes)
    each = [
        measure(
            redis,
            prefix,
            scene.clock,
            classes=allowed.prefixes,
            memory_limit_bytes=target.memory_limit_bytes,
        )
        for redis in scene.each_redis
    ]
    preview = together(await asyncio.gather(*each))
    parameters = Parameters(
        target=target.name,
        address=scene.address,
        class_name=class_name,
        prefix=prefix,
        lost=allowed.classes[class_name].lost,
        goal_percent=target.thresholds.memory_goal_percent,
        gentle=GENTLE in words,
    )
    return plan(preview, parameters), preview


def resolve_class(name: str, classes: Mapping[str, str]) -> str:
    """The literal prefix that the runbook binds `name` to. Raises BadInput for anything else."""
    known = f"Classes: {', '.join(sorted(classes)) or 'none'}."
    if GLOB_SIGNS & set(name):
        raise BadInput(f"Name a class of keys, not a pattern. {known}")
    if name not in classes:
        near = get_close_matches(name, classes, 1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise BadInput(f"There is no class of keys “{plain(name, 40)}”. {hint}{known}")
    return _literal(name, classes[name])


async def measure(
    redis: Redis,
    prefix: str,
    clock: Clock,
    *,
    classes: Mapping[str, str],
    memory_limit_bytes: int | None = None,
) -> Preview:
    """What deleting `prefix` would lose, from a sample, in about a second at most.

    `classes` are the runbook's (name -> prefix), beside the well-known ones; `memory_limit_bytes` serves
    where the server has no maxmemory. Raises ServiceUnavailable when the server does not answer in time.
    """
    try:
        async with asyncio.timeout(MEASURE_AT_MOST_S):
            measured_at_ms = clock.now_ms()
            sample = await sample_keys(redis, clock)
            matched = sample.of(prefix.encode())
            facts = await measure_keys(redis, matched, clock)
            info = await _info(redis)
            await _check_it_deletes(redis)
    except (RedisError, TimeoutError, OSError) as error:
        raise unmeasured("Nothing was measured", error) from None
    preview = _count(sample, len(matched), replace(_EMPTY, measured_at_ms=measured_at_ms))
    lost, untouched = _split(prefix, WELL_KNOWN | dict(classes), sample)
    says = (kept_where(info, measured_at_ms),) if info else ()
    preview = replace(preview, classes=lost, untouched=untouched, ttl_share=_ttl_share(facts), says=says)
    return _weigh(preview, facts, *_memory(info, memory_limit_bytes))


def together(parts: Sequence[Preview]) -> Preview:
    """The primaries of a cluster as one: sums, and the memory of the one that is fullest. Pure."""
    if len(parts) == 1:
        return parts[0]
    fullest = max(parts, key=lambda part: part.memory_before_percent or 0)
    freed = [part.freed_bytes for part in parts]
    classes = tuple(dict.fromkeys(name for part in parts for name in part.classes))
    spared = dict.fromkeys(name for part in parts for name in part.untouched)
    return replace(
        fullest,
        keys=sum(part.keys for part in parts),
        keys_margin=sum(part.keys_margin for part in parts),
        sampled_keys=sum(part.sampled_keys for part in parts),
        database_keys=sum(part.database_keys for part in parts),
        freed_bytes=None if None in freed else sum(one or 0 for one in freed),
        classes=classes,
        untouched=tuple(name for name in spared if name not in classes),
        says=(f"{len(parts)} primaries, one after the other; the memory is that of the fullest",),
    )


def plan(preview: Preview, parameters: Parameters) -> Plan:
    """The steps that delete the class. Raises BadInput when nothing would be deleted."""
    prefix = _literal(parameters.class_name, parameters.prefix)
    if not preview.keys and not preview.keys_margin:
        raise BadInput(
            f"{parameters.target} holds no {parameters.class_name} keys: there is nothing to clear."
        )
    return Plan(
        remediation="clear",
        title=f"Clear {parameters.class_name}",
        target=parameters.target,
        address=parameters.address,
        tier=Tier.DATA_LOSING,
        steps=(RedisSweep(prefix=prefix, gentle=parameters.gentle, undo="Cannot be undone."),),
        lost=parameters.lost,
        undo="Cannot be undone",
        preconditions=("the server is a primary", "it answers within its budget"),
        goal=f"memory under {parameters.goal_percent:g} %",
        goal_percent=parameters.goal_percent,
    )


def _literal(name: str, prefix: str) -> str:
    if not prefix:
        raise BadInput(
            f"The runbook gives {name} an empty prefix, which is every key: write one, like cache:"
        )
    if GLOB_SIGNS & set(prefix):
        raise BadInput(f"The runbook's prefix of {name} has one of * ? [ ] \\ in it: write it literally.")
    return prefix


_EMPTY = Preview(measured_at_ms=0, classes=(), keys=0, keys_margin=0, sampled_keys=0, database_keys=0)


def _count(sample: KeySample, matched: int, preview: Preview) -> Preview:
    keys, margin = sample.estimate(matched)
    return replace(
        preview,
        keys=keys,
        keys_margin=max(margin, margin_of(keys)),
        sampled_keys=len(sample.keys),
        database_keys=sample.database_keys,
    )


def _split(
    prefix: str, classes: Mapping[str, str], sample: KeySample
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The classes that lose keys, and those present that do not."""
    lost = {name for name, own in classes.items() if own.startswith(prefix) or prefix.startswith(own)}
    present = {name for name, own in classes.items() if sample.of(own.encode())}
    return tuple(sorted(lost)), tuple(sorted(present - lost))


def _ttl_share(facts: tuple[KeyFacts, ...]) -> float | None:
    return sum(fact.has_ttl for fact in facts) / len(facts) if facts else None


def _weigh(preview: Preview, facts: tuple[KeyFacts, ...], used: int | None, limit: int | None) -> Preview:
    sizes = [fact.size_bytes for fact in facts if fact.size_bytes is not None]
    freed = round(sum(sizes) / len(sizes) * preview.keys) if sizes else None
    if used is None or limit is None:
        return replace(preview, freed_bytes=freed)
    after = None if freed is None else 100 * max(0, used - freed) / limit
    return replace(
        preview,
        freed_bytes=freed,
        memory_before_percent=round(100 * used / limit, 1),
        memory_after_percent=None if after is None else round(after, 1),
    )


async def _check_it_deletes(redis: Redis) -> None:
    """A server that cannot save refuses deletions, and PING with them. Raises Refused."""
    try:
        await redis.ping()
    except ResponseError as error:
        if not str(error).startswith("MISCONF"):
            return  # it may not be pinged: then nothing is known of it
        raise Refused(
            "It cannot save to its disk, so it refuses deletions too, and nothing would be cleared: "
            "mend the disk (full, or not writable), then ask again."
        ) from None


async def _info(redis: Redis) -> Mapping[str, Any]:
    """Raises Refused where nothing can be deleted."""
    try:
        info: Mapping[str, Any] = await redis.info()
    except ResponseError:  # some services have no INFO: then nothing of it is claimed
        return {}
    if info.get("role") == "slave":
        raise Refused("It is a replica, where nothing can be deleted: the target has to be the primary.")
    return info


def _memory(info: Mapping[str, Any], memory_limit_bytes: int | None) -> tuple[int | None, int | None]:
    used, limit = info.get("used_memory"), info.get("maxmemory") or memory_limit_bytes
    return (int(used), int(limit)) if used and limit else (None, None)


REMEDIATION = Remediation(name="clear", takes="cache | sessions", prepare=prepare, flags=frozenset({GENTLE}))
