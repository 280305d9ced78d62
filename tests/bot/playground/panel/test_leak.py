import asyncio

import pytest
from redis.exceptions import RedisError

from bot.clock import SystemClock
from bot.playground.panel.bench import Bench
from bot.playground.panel.leak import Leak
from bot.playground.panel.server import client
from bot.tasks import end_tasks
from tests.bot.playground.conftest import Eventually


async def test_every_place_is_taken_and_given_back(bench: Bench, eventually: Eventually) -> None:
    async with bench.redis() as redis:
        await redis.config_set("maxclients", 12)
        leak = asyncio.create_task(Leak(bench.server.configuration.url("shop"), SystemClock()).run())

        async def is_full() -> bool:
            return bool((await redis.info("clients"))["connected_clients"] == 12)

        await eventually(is_full)
        async with client(bench.server.configuration.url("pong")) as another:
            with pytest.raises(RedisError, match="max number of clients"):
                await another.ping()
        await end_tasks(leak)

        async def has_room() -> bool:
            return bool((await redis.info("clients"))["connected_clients"] == 1)

        await eventually(has_room)
