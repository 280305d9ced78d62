"""Are exactly the chosen connections closed?"""

import asyncio

import redis as sync_redis
from redis.asyncio import Redis

from bot.execution.effects.effect import Outcome
from bot.execution.effects.kill import run
from bot.execution.effects.redis import remediation_client
from bot.playground.ports import free_port
from bot.remediations.plan import RedisKill
from bot.targets.address import Address, parse
from tests.fixtures.redis_server import RedisServer


def names(server: RedisServer) -> list[str]:
    return sorted(client["name"] for client in server.client().client_list() if client["name"])


async def test_clients_by_name_go_and_others_stay(redis: Redis, server: RedisServer) -> None:
    leaking = [sync_redis.Redis(port=server.port, client_name="leak") for _ in range(5)]
    other = sync_redis.Redis(port=server.port, client_name="web")
    for client in (*leaking, other):
        client.ping()
    effect = await run(redis, RedisKill(by="name", given="leak"))
    assert (effect.outcome, effect.detail) == (Outcome.DONE, "5 of 5 connections closed")
    assert names(server) == ["web"]
    for client in (*leaking, other):
        client.close()


async def test_a_worker_that_waits_for_its_queue_is_spared(redis: Redis, server: RedisServer) -> None:
    worker = remediation_client(Address(scheme="redis", host="127.0.0.1", port=server.port), timeout_s=20)
    await worker.client_setname("leak")
    waiting = asyncio.ensure_future(worker.blpop("queue:jobs", timeout=15))
    while not int((await redis.info("clients"))["blocked_clients"]):  # noqa: ASYNC110 - nor does the server
        await asyncio.sleep(0.02)
    await run(redis, RedisKill(by="name", given="leak"))
    server.command("RPUSH", "queue:jobs", "job")
    assert await waiting
    await worker.aclose()


async def test_pong_never_closes_its_own_connection(redis: Redis) -> None:
    own = await redis.client_id()
    effect = await run(redis, RedisKill(by="idle", given="0"))
    assert effect.outcome is Outcome.DONE
    assert await redis.client_id() == own


async def test_user_that_may_not_list_clients_is_refused(server: RedisServer) -> None:
    server.command("ACL", "SETUSER", "low", "on", ">pw", "+@all", "-client|list", "~*")
    client = remediation_client(parse(server.url(user="low", password="pw")))
    effect = await run(client, RedisKill(by="idle", given="60"))
    assert effect.outcome is Outcome.REFUSED
    await client.aclose()


async def test_dead_server_closes_nothing() -> None:
    client = remediation_client(Address(scheme="redis", host="127.0.0.1", port=free_port()))
    effect = await run(client, RedisKill(by="idle", given="60"))
    assert effect.outcome is Outcome.FAILED
    await client.aclose()
