"""What does a bounded sample of the keys look like?

About 10,000 keys by SCAN within a second; of some 500 of them the type, the bytes, the expiry and the length.
Only classes leave this room, never a key: the part before the first ":", when many keys share it.
https://redis.io/docs/latest/commands/scan/
"""

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.targets.read_only import ReadOnly

SCAN_COUNT = 100  # about 0.3 ms of the server
KEYS_MOST = 10_000
CLOSER_MOST = 500
SCANS_FOR_S = 1.0
OTHER = "other"
SIZE_SAMPLES = 5

# What stands before a ":" may be a person's name or a token: a class is a plain word that many keys share.
_CLASS = re.compile(rb"([a-z][a-z0-9_.-]{0,30}):")
_CLASS_LEAST_SHARE = 0.02
_CLASS_LEAST_KEYS = 20
_LENGTHS = {
    "hash": "HLEN",
    "set": "SCARD",
    "list": "LLEN",
    "zset": "ZCARD",
    "stream": "XLEN",
    "string": "STRLEN",
}


@dataclass(frozen=True, kw_only=True)
class SampledKey:
    """One of those that were looked at closer; None is what the server does not tell.

    `kind` is Redis's type, `bytes` what it holds in memory, `length` its fields, members or bytes by type;
    `has_expiry` is False for a key that stays for ever.
    """

    key_class: str
    kind: str | None = None
    bytes: int | None = None
    length: int | None = None
    has_expiry: bool | None = None


@dataclass(frozen=True)
class KeySample:
    """`seen` keys were scanned, `closer` of them looked at."""

    seen: int
    closer: tuple[SampledKey, ...]

    def by_class(self) -> dict[str, list[SampledKey]]:
        classes: dict[str, list[SampledKey]] = {}
        for key in self.closer:
            classes.setdefault(key.key_class, []).append(key)
        return classes


async def take_keys(redis: ReadOnly, clock: Clock) -> KeySample:
    """Raises what redis-py raises; what a server does not support is None in each key."""
    keys = await _scan(redis, clock)
    chosen = random.sample(keys, min(CLOSER_MOST, len(keys)))
    classes = common_classes(keys)
    sizes = await redis.ask_each([("MEMORY", "USAGE", key, "SAMPLES", SIZE_SAMPLES) for key in chosen])
    kinds = [_word(kind) for kind in await redis.ask_each([("TYPE", key) for key in chosen])]
    expiries = await redis.ask_each([("PTTL", key) for key in chosen])
    lengths = await _lengths(redis, chosen, kinds)
    closer = tuple(
        SampledKey(
            key_class=class_of(key, classes),
            kind=kind,
            bytes=_number(size),
            length=length,
            has_expiry=None if (left_ms := _number(expiry)) in (None, -2) else left_ms != -1,
        )
        for key, size, kind, expiry, length in zip(chosen, sizes, kinds, expiries, lengths, strict=True)
    )
    return KeySample(len(keys), closer)


def common_classes(keys: Sequence[bytes]) -> frozenset[str]:
    """The classes that enough of `keys` share to be named."""
    counted = Counter(_prefix(key) for key in keys)
    least = max(_CLASS_LEAST_KEYS, _CLASS_LEAST_SHARE * len(keys))
    return frozenset(name for name, number in counted.items() if name and number >= least)


def class_of(key: bytes, classes: frozenset[str]) -> str:
    name = _prefix(key)
    return name if name in classes else OTHER


async def _scan(redis: ReadOnly, clock: Clock) -> list[bytes]:
    """Up to 10,000 keys within a second; one that is seen twice counts once."""
    found: dict[bytes, None] = {}
    ends_s, cursor = clock.monotonic_s() + SCANS_FOR_S, 0
    while len(found) < KEYS_MOST:
        cursor, keys = await redis.ask("SCAN", cursor, "COUNT", SCAN_COUNT)
        found.update(dict.fromkeys(keys))
        if cursor in (0, b"0") or clock.monotonic_s() > ends_s:
            break
    return list(found)


async def _lengths(redis: ReadOnly, keys: Sequence[bytes], kinds: Sequence[str | None]) -> list[int | None]:
    asked = [(number, _LENGTHS[kind]) for number, kind in enumerate(kinds) if kind in _LENGTHS]
    lengths: list[int | None] = [None] * len(keys)
    replies = await redis.ask_each([(command, keys[number]) for number, command in asked])
    for (number, _), reply in zip(asked, replies, strict=True):
        lengths[number] = _number(reply)
    return lengths


def _prefix(key: bytes) -> str:
    matched = _CLASS.match(key)
    return matched[1].decode() if matched else ""


def _word(reply: object) -> str | None:
    if isinstance(reply, bytes):
        return reply.decode(errors="replace")
    return reply if isinstance(reply, str) else None


def _number(reply: object) -> int | None:
    return reply if isinstance(reply, int) else None
