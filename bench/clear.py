"""How quick is clearing a class, and what do others wait, against the runbook's redis-cli --scan | xargs del?

1M of 1.2M keys, with an open-loop load of 1,000 requests a second beside it, in turns on fresh keys; each
part is a process of its own. Then the same on keys with spaces, quotes and newlines in their names.
python bench/clear.py
"""

import argparse
import asyncio
import json
import shutil
import statistics
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import hiredis

from bot.clock import SystemClock
from bot.execution.effects.redis import remediation_client
from bot.execution.effects.sweep import Listener, Progress, Sweep, sweep
from bot.targets.address import parse
from tests.fixtures.redis_server import RedisServer

CACHE, OTHERS = 1_000_000, 200_000
PER_S = 1_000
OPEN = 100
PAIRS = 5
IDLE_S = 5.0
WANTED_TIMES = 1.5
# Names that xargs takes apart: of the first it deletes session:1 and misses what was meant.
AWKWARD = (
    b"cache:evil session:1",
    b'cache:"quoted"',
    b"cache:it's",
    b"cache:two\nlines",
    b"cache:back\\slash",
)
SPARED = (b"session:1", b"session:2", b"lines", b"xcache:1")
RUNBOOK = "redis-cli -p {port} --scan --pattern 'cache:*' | xargs redis-cli -p {port} del > /dev/null"


@dataclass(frozen=True)
class Run:
    """One clearing: keys a second, and the others' times in ms."""

    keys_per_s: float
    p50_ms: float
    p99_ms: float

    def __str__(self) -> str:
        others = f"others' p50 {self.p50_ms:.2f} ms, p99 {self.p99_ms:.2f} ms"
        return f"{self.keys_per_s:,.0f} keys/s, {others}"


def fill(server: RedisServer) -> None:
    server.command("FLUSHALL", "SYNC", socket_timeout=60)
    server.command("DEBUG", "POPULATE", CACHE, "cache", 100, socket_timeout=60)
    server.command("DEBUG", "POPULATE", OTHERS, "session", 100, socket_timeout=60)


class Caller(asyncio.Protocol):
    """One connection of the load. Its own work is kept small: on two cores a busy client is what all others
    wait for, and would be measured in the server's place."""

    def __init__(self, took_ms: list[float]) -> None:
        self.due_s: deque[float] = deque()
        self._took_ms = took_ms
        self._replies = hiredis.Reader()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)

    def data_received(self, data: bytes) -> None:
        self._replies.feed(data)
        now_s = time.monotonic()
        while self._replies.gets() is not False:
            self._took_ms.append(1000 * (now_s - self.due_s.popleft()))

    def ask(self, number: int, due_s: float) -> None:
        self.due_s.append(due_s)
        self._transport.write(b"GET session:%d\r\n" % (number % OTHERS) if number % 2 else b"PING\r\n")


async def load(port: int) -> list[float]:
    """Each request's time in ms, from the moment that it was due, until standard input ends."""
    loop, took_ms = asyncio.get_running_loop(), list[float]()
    opened = [await loop.create_connection(lambda: Caller(took_ms), "127.0.0.1", port) for _ in range(OPEN)]
    callers = [caller for _, caller in opened]
    over = loop.run_in_executor(None, sys.stdin.read)
    print("ready", flush=True)
    began_s, number = time.monotonic(), 0
    while not over.done():
        due_s = began_s + number / PER_S
        await asyncio.sleep(max(0.0, due_s - time.monotonic()))
        callers[number % OPEN].ask(number, due_s)
        number += 1
    for _ in range(500):  # whoever waits still is counted too
        await asyncio.sleep(0.01 if any(caller.due_s for caller in callers) else 0)
    return took_ms


async def pong(port: int, *, gentle: bool) -> float:
    """Clear as an approved plan does, in a Pong that runs already; seconds from the plan's first question."""
    address = parse(f"redis://127.0.0.1:{port}")
    client, canary = remediation_client(address), remediation_client(address)

    async def goes_on() -> bool:
        return False

    async def heard(_: Progress) -> None:
        return None

    listener = Listener(asked_to_stop=goes_on, on_progress=heard)
    work = Sweep(prefix=b"cache:", gentle=gentle)
    result = await sweep(client, canary, work, clock=SystemClock(), listener=listener)
    await client.aclose()
    await canary.aclose()
    assert result.stopped_because is None, result.stopped_because
    return result.took_ms / 1000


async def clearing(way: str, port: int) -> float:
    """Seconds."""
    if way == "runbook":
        began_s = time.monotonic()
        process = await asyncio.create_subprocess_shell(RUNBOOK.format(port=port))
        assert await process.wait() == 0
        return time.monotonic() - began_s
    process = await part(way, port)
    out, _ = await process.communicate()
    assert process.returncode == 0
    return float(out)


async def part(name: str, port: int) -> "asyncio.subprocess.Process":
    words = (sys.executable, __file__, "--part", name, "--port", str(port))
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe, limit=2**26)


async def run(way: str, server: RedisServer) -> Run:
    """Clear by `way` beside the load; without one, the load alone."""
    loading = await part("load", server.port)
    assert loading.stdout
    await loading.stdout.readline()
    took_s = await clearing(way, server.port) if way else await asyncio.sleep(IDLE_S, IDLE_S)
    out, _ = await loading.communicate(b"")
    times = json.loads(out)
    left = int(server.command("DBSIZE"))
    assert not way or left == OTHERS, f"{way} left {left:,} keys"
    return Run(CACHE / took_s, percentile(times, 50), percentile(times, 99))


def percentile(values: Sequence[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


async def exactness(server: RedisServer) -> None:
    """What is left of awkward names, and what goes with them, by either way. Each is tried alone, for xargs
    ends at the first quote that it cannot match: among others it would hang on SCAN's order what it reached.
    """
    for way in ("pong", "runbook"):
        missed, gone = 0, set[bytes]()
        for key in AWKWARD:
            left = await left_of(server, way, key)
            missed += key in left
            gone |= set(SPARED) - left
        sessions = sum(key.startswith(b"session:") for key in gone)
        print(
            f"{way}: of {len(AWKWARD)} awkward keys, each tried alone, {missed} left; "
            f"of {len(SPARED)} others beside them {len(gone)} deleted (sessions: {sessions})"
        )


async def left_of(server: RedisServer, way: str, key: bytes) -> set[bytes]:
    """The keys that are there after the cache was cleared by `way`, with `key` for a cache."""
    server.command("FLUSHALL")
    for one in (key, *SPARED):
        server.command("SET", one, 1)
    if way == "pong":
        await pong(server.port, gentle=False)
    else:
        process = await asyncio.create_subprocess_shell(RUNBOOK.format(port=server.port) + " 2>/dev/null")
        await process.wait()
    return set(server.command("KEYS", "*"))


async def main() -> None:
    if not shutil.which("redis-cli"):
        sys.exit("bench/clear.py compares with redis-cli: install redis-tools.")
    with RedisServer("--enable-debug-command", "local") as server:
        fill(server)
        idle = await run("", server)
        print(f"idle: p50 {idle.p50_ms:.2f} ms, p99 {idle.p99_ms:.2f} ms")
        runs: dict[str, list[Run]] = {"runbook": [], "pong": [], "gentle": []}
        for number in range(PAIRS):
            for way in runs if number % 2 else reversed(runs):
                fill(server)
                one = await run(way, server)
                runs[way].append(one)
                print(f"{way}: {one}")
        tell(runs, idle)
        await exactness(server)


def tell(runs: dict[str, list[Run]], idle: Run) -> None:
    pairs = zip(runs["pong"], runs["runbook"], strict=True)
    times = statistics.median(ours.keys_per_s / theirs.keys_per_s for ours, theirs in pairs)
    print(f"pong is {times:.2f} times as quick as the runbook (wanted: {WANTED_TIMES:g})")
    p99 = {way: statistics.median(run.p99_ms for run in found) for way, found in runs.items()}
    print(f"others' p99: pong {p99['pong']:.2f} ms, runbook {p99['runbook']:.2f} ms (wanted: lower)")
    p50_ms = statistics.median(run.p50_ms for run in runs["gentle"])
    print(f"others' p50: {p50_ms:.2f} ms while gentle, {idle.p50_ms:.2f} ms idle (wanted: as idle)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--part", choices=("load", "pong", "gentle"))
    parser.add_argument("--port", type=int)
    given = parser.parse_args()
    if given.part == "load":
        print(json.dumps(asyncio.run(load(given.port))))
    elif given.part:
        print(asyncio.run(pong(given.port, gentle=given.part == "gentle")))
    else:
        asyncio.run(main())
