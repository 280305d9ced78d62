"""How does the Redis become full, as what nobody bounded does?"""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from bot.clock import Clock

KEYS_A_PIPELINE = 500
SHAPES = 256
ROOM_AGAIN = 0.9
PRESSES_EVERY_S = 0.25
WRITES_AT_ONCE = 64
FIRST_OF_THE_REST = 10_000_000
_HOUR_S = 3_600
_PLANS = ("hydration", "physiotherapy", "follow-up in two weeks", "blood pressure diary", "diet counselling")

Command = tuple[str | bytes | int, ...]


@dataclass(frozen=True, kw_only=True)
class Filling:
    """What fills it: `write(number, value)` is the command for one more, `prefix` that of its keys."""

    prefix: str
    write: Callable[[int, bytes], Command]


def _cached(number: int, value: bytes) -> Command:
    lives_s = _HOUR_S + number * 7919 % (3 * _HOUR_S)
    return ("SET", f"cache:patient:{100_000 + number}:context", value, "EX", lives_s)


def _for_ever(number: int, value: bytes) -> Command:
    return ("SET", f"cache:report:{number}", value)


def _in_one(number: int, value: bytes) -> Command:
    return ("HSET", "analytics:events", number, value)


CACHE = Filling(prefix="cache:patient:", write=_cached)
NO_TTL = Filling(prefix="cache:report:", write=_for_ever)
HASH = Filling(prefix="analytics:", write=_in_one)


async def memory(redis: Redis) -> tuple[int, int]:
    """Bytes used, and the most that may be."""
    info = await redis.info("memory")
    return int(info["used_memory"]), int(info["maxmemory"])


async def fill(redis: Redis, clock: Clock, filling: Filling = CACHE, *, seed: int = 20260101) -> int:
    """Write until the server refuses one more; how many were written."""
    answers = _answers(random.Random(seed))  # noqa: S311  # shapes of rehearsal data, not secrets
    written = 0
    while True:
        replies = await _write(redis, filling, answers, written)
        refused = [reply for reply in replies if isinstance(reply, Exception)]
        written += len(replies) - len(refused)
        if refused:
            _only_full(refused)
            return written
        await clock.sleep(0)


async def press_on(redis: Redis, clock: Clock, filling: Filling = CACHE) -> None:
    """Go on trying to write, as whatever filled it would, until somebody made room."""
    answers = _answers(random.Random(1))  # noqa: S311  # shapes of rehearsal data, not secrets
    used_bytes, max_bytes = await memory(redis)
    number = FIRST_OF_THE_REST
    while used_bytes >= ROOM_AGAIN * max_bytes:
        replies = await _write(redis, filling, answers, number, keys=WRITES_AT_ONCE)
        _only_full([reply for reply in replies if isinstance(reply, Exception)])
        number += WRITES_AT_ONCE
        await clock.sleep(PRESSES_EVERY_S)
        used_bytes, max_bytes = await memory(redis)


async def free(redis: Redis, filling: Filling) -> None:
    """Delete what `filling` wrote."""
    batch: list[bytes] = []
    async for key in redis.scan_iter(match=f"{filling.prefix}*", count=1_000):
        batch.append(key)
        if len(batch) >= KEYS_A_PIPELINE:
            await redis.unlink(*batch)
            batch.clear()
    if batch:
        await redis.unlink(*batch)


async def empty(redis: Redis) -> None:
    """Delete everything: the cache, the sessions, the rate limits."""
    await redis.flushall(asynchronous=True)


async def _write(
    redis: Redis, filling: Filling, answers: Sequence[bytes], first: int, *, keys: int = KEYS_A_PIPELINE
) -> Sequence[object]:
    async with redis.pipeline(transaction=False) as pipeline:
        for number in range(first, first + keys):
            pipeline.execute_command(*filling.write(number, answers[number % len(answers)]))
        replies: Sequence[object] = await pipeline.execute(raise_on_error=False)
        return replies


def _only_full(refused: Sequence[Exception]) -> None:
    for error in refused:
        if not (isinstance(error, ResponseError) and "maxmemory" in str(error)):
            raise error


def _answers(dice: random.Random) -> list[bytes]:
    return [json.dumps(_answer(dice)).encode() for _ in range(SHAPES)]


def _answer(dice: random.Random) -> dict[str, object]:
    visits = [{"day": dice.randint(1, 365), "plan": dice.choice(_PLANS)} for _ in range(dice.randint(2, 5))]
    return {"visits": visits, "summary": "x" * dice.randint(20, 160)}
