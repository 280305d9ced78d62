"""How do too many people come at once?"""

import asyncio
import contextlib

import httpx

from bot.playground.panel.bench import Bench
from bot.playground.panel.breakages.breakage import Breakage, Way
from bot.playground.panel.server import ServerState
from bot.playground.serving import local_client

NAME = "flood"
AT_ONCE = 8
RESTS_S = 0.05  # about 150 requests a second: much for the shop, bearable for this machine


async def _come(bench: Bench) -> None:
    bench.go_on(NAME, lambda: _flood(bench), ended="")


async def _flood(bench: Bench) -> None:
    async with local_client(bench.shop_url, timeout=5) as browser, asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(_ask(browser, bench))


async def _ask(browser: httpx.AsyncClient, bench: Bench) -> None:
    while True:
        with contextlib.suppress(httpx.HTTPError):
            await browser.get("/api/patients")
        await bench.clock.sleep(RESTS_S)


async def _go(bench: Bench) -> None:
    await bench.end(NAME)


FLOOD = Breakage(
    group="load",
    trouble="flood of traffic",
    breaks=Way(
        name="flood",
        label="Flood the shop",
        expect="The rate limit turns nearly all away. No alert: Redis bears it.",
        does=_come,
    ),
    mends=Way(name="flood-end", label="End the flood", expect="The usual visitors are left.", does=_go),
    is_broken=lambda bench: bench.goes_on(NAME),
    can_when=frozenset(ServerState),
)
