"""Does no step that must not repeat run twice when Pong is killed in the middle, and are people told?

Configured commands: test_kill_execution.py. Credentials: tests/commands/redis/test_rotate.py.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.playground.local_slack import LocalSlack
from bot.playground.local_slack.person import Person
from bot.playground.serving import serving
from tests.faults.killing import rows
from tests.fixtures.alerts import alertmanager
from tests.fixtures.answering import answering
from tests.fixtures.cloud import CF_TOKEN, DO_TOKEN, GH_TOKEN, Actions, AppPlatform, CloudflareZone
from tests.fixtures.outside import Outside
from tests.fixtures.real_pong import RealPong
from tests.fixtures.redis_server import RedisServer

WELL = json.dumps({"status": "healthy", "checks": {"redis": "connected"}})
TIMES = 3
OVER = ("succeeded", "failed", "unknown")
TARGET = 'application = "shop"\nmaxmemory_most_bytes = 1000000000'
MORE = """
[applications.shop]
health_url = "{health}"
digitalocean_app_id = "app-1"
cloudflare_zone_id = "zone-1"
github_repository = "acme/shop"
fallback_workflow = "fallback.yml"

[approval]
data_losing_per_hour = 1000
"""


@dataclass
class World:
    """A real Pong, a real Redis, and all that Pong may call."""

    pong: RealPong
    server: RedisServer
    outside: Outside
    sam: Person
    dev: Person
    zone: CloudflareZone = field(default_factory=CloudflareZone)
    platform: AppPlatform = field(default_factory=AppPlatform)
    actions: Actions = field(default_factory=Actions)

    def begins(self) -> None:
        """What is outside, as before any of it."""
        self.platform, self.actions = AppPlatform(), Actions()
        self.outside.stands = {
            "/v2/apps": self.platform._answer,
            "/repos": self.actions._answer,
            "/client": self.zone._answer,
        }

    def flushes(self) -> int:
        calls = self.server.command("INFO", "commandstats").get("cmdstat_flushdb", {})
        return int(calls.get("calls", 0))


@dataclass(frozen=True, kw_only=True)
class Action:
    """`types` is what Sam writes in round `n`; `effects` counts what came about in the world so far; what is
    `repeatable` may come about twice. Who approves it is Dev, where Sam's own confirm is not enough."""

    name: str
    types: Callable[[int], str]
    effects: Callable[[World], int]
    needs_dev: bool = False
    repeatable: bool = False
    outside: bool = True


def _scaled(world: World) -> int:
    return int(world.server.command("INFO", "memory")["maxmemory"])


ACTIONS = (
    Action(name="restart the app", types=lambda n: "restart app", effects=lambda w: w.platform.restarts),
    Action(
        name="fall back",
        types=lambda n: f"fallback {('on', 'off')[n % 2]}",
        effects=lambda w: len(w.actions.modes),
    ),
    Action(
        name="security level",
        types=lambda n: f"protect {('high', 'under_attack')[n % 2]}",
        effects=lambda w: len(w.zone.changes),
        repeatable=True,
    ),
    Action(
        name="block an address",
        types=lambda n: f"protect block 192.0.2.{n + 1}",
        effects=lambda w: len(w.zone.blocked),
    ),
    Action(
        name="scale",
        types=lambda n: f"scale {100 + n}mb",
        effects=_scaled,
        repeatable=True,
        outside=False,
    ),
    Action(
        name="flush",
        types=lambda n: "flush db",
        effects=World.flushes,
        needs_dev=True,
        outside=False,
    ),
    Action(
        name="clear",
        types=lambda n: "clear cache",
        effects=lambda w: 0,
        needs_dev=True,
        repeatable=True,
        outside=False,
    ),
)
AT = ("approval.approve", "execution.started", "held back", "execution.step")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("action", ACTIONS, ids=[action.name for action in ACTIONS])
async def test_it_happens_at_most_once_and_how_it_ended_is_told(tmp_path: Path, action: Action) -> None:
    async with world(tmp_path) as all_of_it:
        points = [point for point in AT if action.outside or point != "held back"]
        points = [point for point in points if point != "execution.step" or action.name != "clear"]
        for n, point in enumerate(points * TIMES):
            await _one_round(all_of_it, action, n, point)


async def _one_round(world: World, action: Action, n: int, point: str) -> None:
    world.begins()
    world.server.fill("cache", value_bytes=10, keys_most=200)
    before, since = action.effects(world), len(world.pong.child.lines)
    world.outside.holds = point == "held back"
    await world.sam.commands(f"/redis {action.types(n)}")
    card = await world.sam.sees("needs 1 approval" if action.needs_dev else "needs a responder's confirm", 30)
    who, button = (world.dev, "Approve") if action.needs_dev else (world.sam, "Confirm")
    await who.presses(card, button)
    if point == "held back":
        async with asyncio.timeout(30):
            await world.outside.held.wait()
    else:
        await world.pong.happens(point, since=since)
    await world.pong.child.kill()
    world.outside.lets_go()
    await world.pong.start()
    state = await _ended(world.pong, n + 1)
    came_about = action.effects(world) - before
    assert action.repeatable or came_about <= 1, f"{point}: {came_about} times"
    if state == "unknown":
        card = await world.sam.sees(lambda message: "pong:did_not_run" in json.dumps(message), 30)
        await world.sam.presses(card, "It ran")
    assert state != "succeeded" or came_about or action.name == "clear", f"{point}: nothing came about"
    await world.sam.sees({"succeeded": "is done", "failed": "Next:", "unknown": "looked and says"}[state], 30)


async def _ended(pong: RealPong, count: int) -> str:
    """How the newest of `count` executions ended."""
    async with asyncio.timeout(100):
        while True:
            found = rows(pong, "SELECT state FROM executions ORDER BY id")
            if len(found) >= count and found[-1]["state"] in OVER:
                return str(found[-1]["state"])
            await asyncio.sleep(0.05)


@asynccontextmanager
async def world(folder: Path) -> AsyncIterator[World]:
    outside, slack = Outside(), LocalSlack(SystemClock(), rates_strict=False)
    async with AsyncExitStack() as stack:
        server = stack.enter_context(RedisServer("--maxmemory", "64mb"))
        health = stack.enter_context(answering(lambda: WELL))
        slack_url = await stack.enter_async_context(serving(slack.asgi()))
        url = await stack.enter_async_context(serving(outside))
        pong = RealPong(
            folder,
            slack_url=slack_url,
            redis_url=server.url(),
            target=TARGET,
            more=MORE.format(health=health),
            environment={
                "DIGITALOCEAN_TOKEN": DO_TOKEN,
                "DIGITALOCEAN_API_URL": url,
                "CLOUDFLARE_API_TOKEN": CF_TOKEN,
                "CLOUDFLARE_API_URL": url,
                "GITHUB_TOKEN": GH_TOKEN,
                "GITHUB_API_URL": url,
            },
        )
        stack.push_async_callback(pong.child.end)
        stack.callback(outside.lets_go)
        await pong.start()
        sam = Person(slack_url, "U0SAM")
        await pong.takes_alert(alertmanager("RedisDown"))
        await sam.sees("INCIDENT: Redis Failure", 30)
        yield World(pong, server, outside, sam, Person(slack_url, "U0DEV"))
