"""How soon does triage answer on a target 25 ms away, against the runbook's own commands one after another?

python bench/triage.py
"""

import asyncio
import shutil
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from urllib.parse import urlsplit

import httpx

from bot import catalog
from bot.clock import SystemClock
from bot.diagnostics.diagnosis import Diagnosis
from bot.diagnostics.question import NotSupported, Subject
from bot.diagnostics.triage import ping, triage
from bot.playground.panel.proxy import Proxy
from bot.targets.address import parse
from bot.targets.read_only import reading
from bot.targets.target import Target
from tests.fixtures.listeners import black_hole
from tests.fixtures.redis_server import RedisServer, free_port

ONE_WAY_S = 0.0125
# Steps 2 and 5 to 9 of the runbook, as it writes them: each starts redis-cli anew.
RUNBOOK = (
    "PING",
    "INFO stats",
    "INFO memory",
    "INFO clients",
    "INFO replication",
    "INFO persistence",
    "SLOWLOG GET 10",
    "CLIENT LIST",
    "CONFIG GET maxmemory",
    "CONFIG GET maxmemory-policy",
    "DBSIZE",
    "INFO keyspace",
    "LATENCY LATEST",
)


async def answers_s(target: Target) -> tuple[float, float]:
    """How long the first answer takes, and the whole one."""
    began_s, first_s = time.monotonic(), 0.0

    async def known(diagnosis: Diagnosis) -> None:
        nonlocal first_s
        first_s = time.monotonic() - began_s

    async with httpx.AsyncClient() as http:
        await triage(target, SystemClock(), http, on_first=known)
    whole_s = time.monotonic() - began_s
    return first_s or whole_s, whole_s


async def slowest_s(target: Target) -> tuple[str, float]:
    """The slowest single question that counts nothing, each asked alone on a new connection."""
    slowest = ("", 0.0)
    for question in (one for one in catalog.DIAGNOSTICS if not one.later):
        clock = SystemClock()
        began_s = time.monotonic()
        async with httpx.AsyncClient() as http, reading(target.address) as redis:
            probing = asyncio.ensure_future(ping(target, clock))
            subject = Subject(target, redis, http, clock, probing)
            try:
                await subject.outcome()
                await question.read(subject)
            except NotSupported:
                pass
            await subject.close()
        slowest = max(slowest, (question.check, time.monotonic() - began_s), key=lambda one: one[1])
    return slowest


async def runbook_s(port: int) -> float:
    """The runbook's commands by redis-cli, one after another."""
    began_s = time.monotonic()
    for command in RUNBOOK:
        words = ["redis-cli", "-p", str(port), *command.split()]
        process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.DEVNULL)
        await process.wait()
    return time.monotonic() - began_s


@contextmanager
def filled() -> Iterator[RedisServer]:
    with RedisServer() as server:
        with server.client() as client, client.pipeline(transaction=False) as pipeline:
            for number in range(100_000):
                pipeline.set(f"cache:{number}", "x" * 100, ex=3600)
            pipeline.execute()
        yield server


async def main() -> None:
    async with AsyncExitStack() as stack:
        server = stack.enter_context(filled())
        proxy = Proxy(free_port(), urlsplit(server.url()).port or 0, SystemClock())
        proxy.delay_s = ONE_WAY_S
        await proxy.open()
        stack.push_async_callback(proxy.close)
        target = Target(name="far", address=parse(f"redis://127.0.0.1:{proxy.port}"))
        first_s, whole_s = await answers_s(target)
        name, slow_s = await slowest_s(target)
        print(f"first answer {first_s:.2f} s, whole answer {whole_s:.2f} s, at 25 ms there and back")
        print(f"its slowest single question: {name}, {slow_s:.2f} s; {first_s / slow_s:.2f} times that")
        if shutil.which("redis-cli"):
            by_hand_s = await runbook_s(proxy.port)
            print(f"{len(RUNBOOK)} of the runbook's commands one after another: {by_hand_s:.2f} s")
        server.freeze()
        print(f"frozen: {(await answers_s(target))[1]:.2f} s")
        server.kill()
        print(f"dead: {(await answers_s(target))[1]:.2f} s")
    with black_hole() as port:
        silent = Target(name="silent", address=parse(f"redis://127.0.0.1:{port}"))
        print(f"black hole: {(await answers_s(silent))[1]:.2f} s")


if __name__ == "__main__":
    asyncio.run(main())
