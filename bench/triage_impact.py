"""What does triage every 5 s cost the requests of a busy server with 1.2M keys?

An open-loop load of 1,000 requests a second beside it, in pairs of runs with and without triage, in turns;
each part is a process of its own. python bench/triage_impact.py
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import Sequence

import httpx
from redis.asyncio import Redis

from bot.clock import SystemClock
from bot.diagnostics.triage import triage
from bot.targets.address import parse
from bot.targets.target import Target
from tests.fixtures.redis_server import RedisServer

KEYS = 1_200_000
PER_S = 1_000
EVERY_S = 5.0
RUN_S = 20.0
PAIRS = 5
SLOW_US = 1_000
CLASSES = ("cache", "session", "ratelimit", "job")


def fill(server: RedisServer) -> None:
    """1.2M keys of four classes, as the runbook's application has them."""
    with server.client() as client:
        for start in range(0, KEYS, 10_000):
            pipeline = client.pipeline(transaction=False)
            for number in range(start, start + 10_000):
                pipeline.set(f"{CLASSES[number % 4]}:{number}", "x" * 100, ex=86_400)
            pipeline.execute()


async def load(port: int, for_s: float) -> list[float]:
    """Each request's time in ms, from the moment that it was due."""
    redis = Redis(port=port)
    took_ms: list[float] = []

    async def one(number: int, due_s: float) -> None:
        await (redis.get(f"cache:{number * 4 % KEYS}") if number % 2 else redis.ping())
        took_ms.append(1000 * (time.monotonic() - due_s))

    began_s = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for number in range(int(for_s * PER_S)):
            due_s = began_s + number / PER_S
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))
            group.create_task(one(number, due_s))
    await redis.aclose()
    return took_ms


async def triages(port: int, for_s: float) -> int:
    """Triage every 5 s; how many there were."""
    target = Target(name="busy", address=parse(f"redis://127.0.0.1:{port}"))
    ends_s, number = time.monotonic() + for_s, 0
    async with httpx.AsyncClient() as http:
        while (began_s := time.monotonic()) < ends_s:
            diagnosis = await triage(target, SystemClock(), http)
            assert diagnosis.outcome.is_reachable
            number += 1
            await asyncio.sleep(max(0.0, min(began_s + EVERY_S, ends_s) - time.monotonic()))
    return number


async def process(part: str, port: int, for_s: float) -> "asyncio.subprocess.Process":
    words = (sys.executable, __file__, "--part", part, "--port", str(port), "--for-s", str(for_s))
    return await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)


async def p99_ms(port: int, *, with_triage: bool) -> float:
    """Of one run."""
    loading = await process("load", port, RUN_S)
    beside = await process("triage", port, RUN_S - 1) if with_triage else None
    out, _ = await loading.communicate()
    if beside:
        await beside.communicate()
    return percentile(json.loads(out), 99)


def percentile(values: Sequence[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


async def main() -> None:
    with RedisServer("--slowlog-log-slower-than", str(SLOW_US), "--slowlog-max-len", "1000") as server:
        fill(server)
        server.command("SLOWLOG", "RESET")
        await p99_ms(server.port, with_triage=False)  # to warm up
        pairs = []
        for number in range(PAIRS):
            runs = {with_triage: 0.0 for with_triage in ((True, False) if number % 2 else (False, True))}
            for with_triage in runs:
                runs[with_triage] = await p99_ms(server.port, with_triage=with_triage)
            pairs.append((runs[False], runs[True]))
            print(f"p99 {runs[False]:.2f} ms without, {runs[True]:.2f} ms with triage every {EVERY_S:.0f} s")
        rises = [beside - alone for alone, beside in pairs]
        print(f"median rise of p99 over {PAIRS} pairs: {statistics.median(rises):.2f} ms (wanted: under 1)")
        slow = [entry for entry in server.command("SLOWLOG", "GET", 1000) if entry[5] == b"pong"]
        names = sorted({entry[3][0].decode() for entry in slow})
        print(f"commands of triage over {SLOW_US / 1000:.0f} ms in SLOWLOG: {len(slow)} {' '.join(names)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--part", choices=("load", "triage"))
    parser.add_argument("--port", type=int)
    parser.add_argument("--for-s", type=float)
    given = parser.parse_args()
    if given.part == "load":
        print(json.dumps(asyncio.run(load(given.port, given.for_s))))
    elif given.part == "triage":
        print(asyncio.run(triages(given.port, given.for_s)))
    else:
        asyncio.run(main())
