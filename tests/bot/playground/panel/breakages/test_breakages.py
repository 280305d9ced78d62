"""Does each breakage break what it says, on a real server, and does its counterpart mend it?"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.clock import SystemClock
from bot.playground.panel.bench import Bench
from bot.playground.panel.breakages import BREAKAGES, Breakage
from bot.playground.panel.panel import Panel
from bot.playground.panel.server import client
from bot.playground.serving import serving
from bot.playground.shop.routes import shop_app
from bot.playground.shop.shop import Shop
from tests.bot.playground.conftest import Eventually

BY_NAME = {one.breaks.name: one for one in BREAKAGES}
WRITES = ("SET", "ratelimit:me", "1")


@dataclass(frozen=True)
class Broken:
    """What a client meets: `says` is a part of the error of `asks`."""

    says: str
    asks: tuple[str, ...] = WRITES


MEETS = {
    "stop": Broken("111"),
    "kill": Broken("111"),
    "freeze": Broken("Timeout"),
    "fill": Broken("maxmemory"),
    "fill-no-ttl": Broken("maxmemory"),
    "fill-hash": Broken("maxmemory"),
    "password": Broken("invalid username-password pair"),
    "shop-password": Broken("invalid username-password pair"),
    "leak": Broken("max number of clients"),
    "script": Broken("BUSY"),
    "disk": Broken("MISCONF"),
    "replica": Broken("read only replica"),
}


def _shop(bench: Bench) -> Redis:
    return client(bench.server.configuration.way_url("shop"), timeout_s=0.5)


async def _meets(bench: Bench, asks: tuple[str, ...]) -> str:
    async with _shop(bench) as redis:
        try:
            await redis.execute_command(*asks)
        except (RedisError, OSError) as error:
            return str(error)
    return "nothing"


def _until(bench: Bench, asks: tuple[str, ...], says: str) -> Callable[[], Awaitable[bool]]:
    async def met() -> bool:
        return says in await _meets(bench, asks)

    return met


@pytest.mark.parametrize("name", MEETS)
async def test_a_client_meets_it_until_it_is_mended(
    bench: Bench, panel: Panel, eventually: Eventually, name: str
) -> None:
    breakage, broken = BY_NAME[name], MEETS[name]
    if name == "leak":
        async with bench.redis() as redis:
            await redis.config_set("maxclients", 10)
    await panel.press(name)
    await eventually(_until(bench, broken.asks, broken.says))
    assert breakage.is_broken(bench)
    assert (await panel.state())["server"]["trouble"] == breakage.trouble
    await panel.press(breakage.mends.name)
    await eventually(_until(bench, broken.asks, "nothing"))
    assert not breakage.is_broken(bench)


async def test_a_slow_network_is_slow_for_everybody_but_the_panel(
    bench: Bench, panel: Panel, eventually: Eventually
) -> None:
    await panel.press("slow")
    assert "Timeout" in await _meets(bench, ("PING",)) or bench.proxy.delay_s > 0
    async with bench.redis() as redis:
        assert await redis.ping()
    await panel.press(BY_NAME["slow"].mends.name)
    await eventually(_until(bench, ("PING",), "nothing"))


async def test_a_flood_makes_the_shop_turn_visitors_away(
    bench: Bench, panel: Panel, eventually: Eventually
) -> None:
    async with _shop(bench) as redis:
        shop = Shop(redis, SystemClock())
        async with serving(shop_app(shop)) as url:
            bench.shop_url = url
            await panel.press("flood")

            async def many_are_turned_away() -> bool:
                return shop.limited_a_minute() > 50

            await eventually(many_are_turned_away)
            await panel.press(BY_NAME["flood"].mends.name)
        assert not BY_NAME["flood"].is_broken(bench)
        shop.records.close()


@pytest.mark.parametrize(("name", "prefix"), [("fill", "cache:patient:"), ("fill-no-ttl", "cache:report:")])
async def test_filling_leaves_other_keys_alone_and_so_does_mending(
    bench: Bench, panel: Panel, eventually: Eventually, name: str, prefix: str
) -> None:
    async with bench.redis() as redis:
        await redis.set("session:1", "x")
        await panel.press(name)
        await eventually(_until(bench, WRITES, "maxmemory"))
        await panel.press(BY_NAME[name].mends.name)
        assert [key async for key in redis.scan_iter(f"{prefix}*", count=1000)] == []
        assert await redis.get("session:1") == b"x"


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda one: one.breaks.name)
def test_each_says_in_a_line_what_to_expect(breakage: Breakage) -> None:
    for way in (breakage.breaks, breakage.mends):
        assert 0 < len(way.expect) <= 75
        assert way.expect.endswith(".")
        assert len(way.label) <= 32


def test_no_two_share_a_name() -> None:
    names = [one.breaks.name for one in BREAKAGES]
    assert len(set(names)) == len(names)
    assert len({one.mends.name for one in BREAKAGES} & set(names)) == 0
    assert set(MEETS) | {"slow", "flood", "lose"} == set(names)
