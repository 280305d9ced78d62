"""Which class of keys holds the memory?

A bounded sample: about 10,000 keys by SCAN, then the size of some 500 of them, grouped by the part before the
first ":". Only classes leave this file, never a key. https://redis.io/docs/latest/commands/scan/
"""

import random
import re
from collections import Counter

from bot.diagnostics.finding import Finding, Severity
from bot.diagnostics.question import Measured, NotSupported, Subject
from bot.diagnostics.units import percent
from bot.settings import ThresholdsTable

CHECK = "keys"
SCAN_COUNT = 250
KEYS_MOST = 10_000
SIZES_MOST = 500
SCANS_FOR_S = 1.0
OTHER = "other"

# What stands before a ":" may be a person's name or a token: a class is a plain word that many keys share.
_CLASS = re.compile(rb"([a-z][a-z0-9_.-]{0,30}):")
_CLASS_LEAST_SHARE = 0.02
_CLASS_LEAST_KEYS = 20


async def read(subject: Subject) -> Measured:
    """sampled: how many keys; shares: of the bytes, by class, 0 to 1, biggest first."""
    keys = await _scan(subject)
    if not keys:
        return {"sampled": 0, "shares": {}}
    chosen = random.sample(keys, min(SIZES_MOST, len(keys)))
    sizes = await subject.redis.ask_each([("MEMORY", "USAGE", key, "SAMPLES", 5) for key in chosen])
    if not any(isinstance(size, int) for size in sizes):
        raise NotSupported("not supported by this server: it does not tell the size of a key")
    sized = [(key, size) for key, size in zip(chosen, sizes, strict=True) if isinstance(size, int)]
    return {"sampled": len(keys), "shares": shares(keys, sized)}


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    if not measured["sampled"]:
        return [Finding(check=CHECK, severity=Severity.OK, title="The database is empty")]
    held: dict[str, float] = measured["shares"]
    words = ", ".join(f"{name} {percent(share)}" for name, share in list(held.items())[:3])
    return [
        Finding(
            check=CHECK,
            severity=Severity.OK,
            title=f"Memory by class of key: {words} (a sample of {measured['sampled']:,})",
            figure=words,
            figures={f"memory_share_{name}_percent": round(100 * share, 1) for name, share in held.items()},
        )
    ]


def shares(keys: list[bytes], sized: list[tuple[bytes, int]]) -> dict[str, float]:
    """Each class's part of the bytes of `sized`, with the classes that are common among `keys`."""
    counted = Counter(_class(key) for key in keys)
    least = max(_CLASS_LEAST_KEYS, _CLASS_LEAST_SHARE * len(keys))
    held: Counter[str] = Counter()
    for key, size in sized:
        name = _class(key)
        held[name if counted[name] >= least else OTHER] += size
    total = held.total() or 1
    return {name: size / total for name, size in held.most_common()}


async def _scan(subject: Subject) -> list[bytes]:
    """Up to 10,000 keys within a second; one that is seen twice counts once."""
    found: dict[bytes, None] = {}
    ends_s, cursor = subject.clock.monotonic_s() + SCANS_FOR_S, 0
    while len(found) < KEYS_MOST:
        cursor, keys = await subject.redis.ask("SCAN", cursor, "COUNT", SCAN_COUNT)
        found.update(dict.fromkeys(keys))
        if cursor in (0, b"0") or subject.clock.monotonic_s() > ends_s:
            break
    return list(found)


def _class(key: bytes) -> str:
    matched = _CLASS.match(key)
    return matched[1].decode() if matched else OTHER
