"""How does the Redis become full, as a cache that nobody bounded does?"""

import json
import random
from collections.abc import Sequence

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


async def memory(redis: Redis) -> tuple[int, int]:
    """Bytes used, and the most that may be."""
    info = await redis.info("memory")
    return int(info["used_memory"]), int(info["maxmemory"])


async def fill(redis: Redis, clock: Clock, *, seed: int = 20260101) -> int:
    """Write `cache:` keys until the server refuses one more; the number of keys written.

    Keys have the shape of the shop's cached answers, and a time to live of one to four hours.
    """
    answers = _answers(random.Random(seed))  # noqa: S311  # shapes of rehearsal data, not secrets
    written = 0
    while True:
        replies = await _write(redis, answers, written)
        refused = [reply for reply in replies if isinstance(reply, Exception)]
        written += len(replies) - len(refused)
        if refused:
            _only_full(refused)
            return written
        await clock.sleep(0)


async def press_on(redis: Redis, clock: Clock) -> None:
    """Go on trying to write, as whatever filled the cache would, until somebody made room."""
    answers = _answers(random.Random(1))  # noqa: S311  # shapes of rehearsal data, not secrets
    used_bytes, max_bytes = await memory(redis)
    number = FIRST_OF_THE_REST
    while used_bytes >= ROOM_AGAIN * max_bytes:
        replies = await _write(redis, answers, number, keys=WRITES_AT_ONCE)
        _only_full([reply for reply in replies if isinstance(reply, Exception)])
        number += WRITES_AT_ONCE
        await clock.sleep(PRESSES_EVERY_S)
        used_bytes, max_bytes = await memory(redis)


async def empty(redis: Redis) -> None:
    """Delete everything: the cache, the sessions, the rate limits."""
    await redis.flushall(asynchronous=True)


async def _write(
    redis: Redis, answers: Sequence[bytes], first: int, *, keys: int = KEYS_A_PIPELINE
) -> Sequence[object]:
    async with redis.pipeline(transaction=False) as pipeline:
        for number in range(first, first + keys):
            lives_s = _HOUR_S + number * 7919 % (3 * _HOUR_S)
            key = f"cache:patient:{100_000 + number}:context"
            pipeline.execute_command("SET", key, answers[number % len(answers)], "EX", lives_s)
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
