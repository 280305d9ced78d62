"""How soon does triage answer on a target 25 ms away, against the runbook's own commands one after another?

Both reach the same Redis and the same application through the same delaying proxies. python bench/triage.py
"""

import asyncio
import json
import shutil
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from unittest import mock

import httpx

from bot import catalog
from bot.applications.health import Application
from bot.clock import SystemClock
from bot.diagnostics.diagnosis import Diagnosis
from bot.diagnostics.question import Question
from bot.diagnostics.triage import triage
from bot.playground.panel.proxy import Proxy
from bot.playground.ports import free_port
from bot.targets.address import parse
from bot.targets.target import Target
from tests.fixtures.listeners import black_hole
from tests.fixtures.redis_server import RedisServer

ONE_WAY_S = 0.0125
RUNS = 5
# Steps 2, 3, 5 and 6 of the runbook, as it writes them; nslookup, doctl and the web pages are left out.
REDIS_CLI = (
    "PING",
    "INFO",
    "INFO memory",
    "INFO clients",
    "INFO stats",
    "INFO stats",
    "INFO stats",
)
CURL = ("/api/health", "/api/health", "/api/health/metrics")
ANSWERS = {
    "/api/health": {"status": "healthy", "checks": {"redis": "connected"}},
    "/api/health/metrics": {"redis": {"connected": True, "connectionErrors": 0, "cacheHitRate": 0.85}},
}


class FarProxy(Proxy):
    """A proxy as far away as its answers say: to connect takes a round trip too.

    The kernel accepts at once on loopback, so the first bytes of a connection wait for it.
    """

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * self.delay_s)
        await super()._take(reader, writer)


@asynccontextmanager
async def far(port: int) -> AsyncIterator[int]:
    """The port that leads to `port`, 25 ms there and back."""
    proxy = FarProxy(free_port(), port, SystemClock())
    proxy.delay_s = ONE_WAY_S
    await proxy.open()
    try:
        yield proxy.port
    finally:
        await proxy.close()


@asynccontextmanager
async def application() -> AsyncIterator[int]:
    """The port of an application that answers as the runbook's does."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
        body = json.dumps(ANSWERS[path]).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def answers_s(target: Target) -> tuple[float, float]:
    """How long the first answer takes, and the whole one."""
    first_s = 0.0

    async def known(diagnosis: Diagnosis) -> None:
        nonlocal first_s
        first_s = time.monotonic() - began_s

    async with httpx.AsyncClient() as http:
        began_s = time.monotonic()
        await triage(target, SystemClock(), http, on_first=known)
        whole_s = time.monotonic() - began_s
    return first_s or whole_s, whole_s


async def median_s(measure: Callable[[], Awaitable[float]]) -> float:
    return statistics.median([await measure() for _ in range(RUNS)])


async def first_s(target: Target, questions: tuple[Question, ...]) -> float:
    """The median time to the first answer when only `questions` are asked."""

    async def once() -> float:
        return (await answers_s(target))[0]

    with mock.patch.object(catalog, "DIAGNOSTICS", questions):
        return await median_s(once)


async def slowest_s(target: Target) -> tuple[str, float]:
    """The slowest single question of the first answer, each asked by itself."""
    alone = {one.check: await first_s(target, (one,)) for one in catalog.DIAGNOSTICS if not one.later}
    return max(alone.items(), key=lambda one: one[1])


async def by_hand_s(redis_port: int, application_port: int) -> float:
    """The runbook's commands, one after another."""
    commands = [["redis-cli", "-p", str(redis_port), *words.split()] for words in REDIS_CLI]
    commands += [["curl", "-s", f"http://127.0.0.1:{application_port}{path}"] for path in CURL]
    began_s = time.monotonic()
    for words in commands:
        process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.DEVNULL)
        if await process.wait():
            raise RuntimeError(f"{words} failed")
    return time.monotonic() - began_s


def fill(server: RedisServer) -> None:
    with server.client() as client, client.pipeline(transaction=False) as pipeline:
        for number in range(100_000):
            pipeline.set(f"cache:{number}", "x" * 100, ex=3600)
        pipeline.execute()


async def beside_the_runbook(target: Target, redis_port: int, application_port: int) -> None:
    first = await first_s(target, catalog.DIAGNOSTICS)
    whole = (await answers_s(target))[1]
    name, slow = await slowest_s(target)
    print(
        f"at 25 ms there and back: first answer {first:.3f} s (median of {RUNS}), whole answer {whole:.2f} s"
    )
    print(
        f"slowest single question: {name}, {slow:.3f} s; the first answer takes {first / slow:.2f} times that"
    )
    if not (shutil.which("redis-cli") and shutil.which("curl")):
        print("redis-cli or curl is not on this machine: nothing to compare with")
        return
    hand = await median_s(lambda: by_hand_s(redis_port, application_port))
    print(
        f"the runbook's {len(REDIS_CLI)} redis-cli and {len(CURL)} curl one after another: {hand:.3f} s; "
        f"the first answer takes {first / hand:.2f} of that"
    )


async def main() -> None:
    with RedisServer() as server:
        fill(server)
        async with application() as shop_port, far(server.port) as port, far(shop_port) as application_port:
            base = f"http://127.0.0.1:{application_port}/api/health"
            shop = Application(name="shop", health_url=base, metrics_url=f"{base}/metrics")
            target = Target(name="far", address=parse(f"redis://127.0.0.1:{port}"), application=shop)
            await beside_the_runbook(target, port, application_port)
            lonely = replace(target, application=None)
            server.freeze()
            print(f"frozen: {(await answers_s(lonely))[1]:.2f} s")
            server.kill()
            print(f"dead: {(await answers_s(lonely))[1]:.2f} s")
    with black_hole() as port:
        silent = Target(name="silent", address=parse(f"redis://127.0.0.1:{port}"))
        print(f"black hole: {(await answers_s(silent))[1]:.2f} s")


if __name__ == "__main__":
    asyncio.run(main())
