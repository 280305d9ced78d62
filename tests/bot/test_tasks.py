import asyncio
from contextlib import suppress

import pytest
from redis.asyncio import Redis

from bot.tasks import closed, end_tasks, using
from tests.fixtures.redis_server import RedisServer


async def test_a_task_that_loses_its_first_cancellations_still_ends() -> None:
    lost = 0

    async def stubborn() -> None:
        nonlocal lost
        while lost < 3:
            try:
                await asyncio.sleep(600)
            except asyncio.CancelledError:
                lost += 1
        await asyncio.sleep(600)

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await end_tasks(task)
    assert (lost, task.cancelled()) == (3, True)


async def test_who_ends_others_ends_them_also_when_it_is_asked_again_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An engine that is cancelled twice left an execution behind, which then found its server gone."""
    monkeypatch.setattr("bot.tasks.ASKS_AGAIN_S", 0.05)
    is_over = False

    async def slow() -> None:
        nonlocal is_over
        for _ in range(5):
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(1)
        is_over = True

    inner = asyncio.create_task(slow())

    async def owner() -> None:
        try:
            await asyncio.sleep(600)
        finally:
            await end_tasks(inner)

    outer = asyncio.create_task(owner())
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await end_tasks(outer)
    assert (is_over, outer.cancelled()) == (True, True)


async def test_what_a_task_raised_stays_with_it() -> None:
    async def fails() -> None:
        raise ValueError("mine")

    task = asyncio.create_task(fails())
    await asyncio.wait({task})
    await end_tasks(task)
    assert str(task.exception()) == "mine"


async def test_a_client_is_closed_although_its_closing_is_cancelled() -> None:
    with RedisServer() as server:
        client = Redis(port=server.port)
        connection = await client.connection_pool.get_connection()
        await client.connection_pool.release(connection)
        closing = asyncio.create_task(closed(client))
        await asyncio.sleep(0)  # it has begun, and what it waits for has not
        closing.cancel()
        await asyncio.wait({closing})
        async with asyncio.timeout(5):
            while connection.is_connected:  # noqa: ASYNC110 - another task closes it
                await asyncio.sleep(0.01)


async def test_nothing_stays_open_at_whichever_moment_its_use_is_cancelled() -> None:
    async def uses(client: Redis) -> None:
        async with using(client):
            await client.ping()

    with RedisServer() as server:
        async with using(Redis(port=server.port)) as beside:
            for turns in range(60):
                client = Redis(port=server.port)
                task = asyncio.create_task(uses(client))
                for _ in range(turns):
                    await asyncio.sleep(0)
                await end_tasks(task)
                async with asyncio.timeout(5):
                    while len(await beside.client_list()) > 1:  # noqa: ASYNC110 - another task closes it
                        await asyncio.sleep(0.01)
