import httpx
import pytest

from bot.clock import SystemClock
from bot.playground.panel.memory import fill
from bot.playground.panel.server import RedisServer, client
from bot.playground.shop.shop import Shop


async def test_health_and_metrics_have_the_runbooks_shape(browser: httpx.AsyncClient) -> None:
    health = (await browser.get("/api/health")).json()
    assert health == {"status": "healthy", "checks": {"redis": "connected", "database": "connected"}}
    metrics = (await browser.get("/api/health/metrics")).json()
    assert set(metrics) == {"redis"}
    assert metrics["redis"]["connected"] is True
    assert metrics["redis"]["connections"] >= 1
    assert metrics["redis"]["connectionErrors"] == 0
    assert 0 <= metrics["redis"]["cacheHitRate"] <= 1


@pytest.mark.parametrize("failure", ["stop", "kill", "freeze"])
async def test_the_shop_degrades_without_redis_and_recovers(
    browser: httpx.AsyncClient, server: RedisServer, failure: str
) -> None:
    await getattr(server, failure)()
    health = (await browser.get("/api/health")).json()
    assert health == {"status": "degraded", "checks": {"redis": "disconnected", "database": "connected"}}
    redis = (await browser.get("/api/health/metrics")).json()["redis"]
    assert (redis["connected"], redis["connections"]) == (False, 0)
    assert redis["connectionErrors"] > 0
    assert (await browser.get("/api/patients")).status_code == 200
    assert (await browser.get("/api/patients/123/context")).status_code == 200
    await (server.thaw() if failure == "freeze" else server.start())
    assert (await browser.get("/api/health")).json()["status"] == "healthy"
    assert (await browser.get("/api/health/metrics")).json()["redis"]["connectionErrors"] == 0


async def test_the_twenty_first_request_of_a_window_is_refused(browser: httpx.AsyncClient) -> None:
    codes = [(await browser.get("/api/patients")).status_code for _ in range(25)]
    assert codes == [200] * 20 + [429] * 5


async def test_without_redis_nobody_is_limited(browser: httpx.AsyncClient, server: RedisServer) -> None:
    await server.stop()
    assert {(await browser.get("/api/patients")).status_code for _ in range(25)} == {200}


async def test_a_rate_limit_always_ends(browser: httpx.AsyncClient, server: RedisServer) -> None:
    await browser.get("/api/patients")
    async with client(server.configuration.url("panel")) as redis:
        keys = [key async for key in redis.scan_iter(match="ratelimit:*")]
        assert len(keys) == 1
        assert 0 < await redis.ttl(keys[0]) <= 60


async def test_the_second_look_at_a_context_comes_from_the_cache(browser: httpx.AsyncClient) -> None:
    first = await browser.get("/api/patients/123/context")
    second = await browser.get("/api/patients/123/context")
    assert (first.headers["x-cache"], second.headers["x-cache"]) == ("miss", "hit")
    assert first.json() == second.json()


async def test_a_login_leaves_a_session_in_redis(browser: httpx.AsyncClient, server: RedisServer) -> None:
    answer = await browser.post("/api/auth/login", json={"email": "test@example.com", "password": "password"})
    token = answer.cookies["session"]
    async with client(server.configuration.url("panel")) as redis:
        assert await redis.ttl(f"session:{token}") > 0


async def test_a_session_made_without_redis_holds(
    browser: httpx.AsyncClient, server: RedisServer, shop: Shop
) -> None:
    await server.stop()
    answer = await browser.post("/api/auth/login", json={"email": "test@example.com", "password": "password"})
    token = answer.cookies["session"]
    assert await shop.who(token) == "test@example.com"
    await server.start()
    assert await shop.who(token) == "test@example.com"


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"email": 5}', '{"email": "nobody"}'])
async def test_a_malformed_login_is_refused(browser: httpx.AsyncClient, body: str) -> None:
    assert (await browser.post("/api/auth/login", content=body)).status_code == 400


async def test_there_is_no_context_of_a_stranger(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/api/patients/99999/context")).status_code == 404


async def test_a_full_redis_still_counts_as_connected_and_limits_nobody(
    browser: httpx.AsyncClient, server: RedisServer, shop: Shop
) -> None:
    async with client(server.configuration.url("panel")) as redis:
        await fill(redis, SystemClock())
    assert {(await browser.get("/api/patients")).status_code for _ in range(22)} == {200}
    assert not shop.is_limiting
    assert (await browser.get("/api/health")).json()["status"] == "healthy"


async def test_a_lost_session_is_asked_to_log_in_again(browser: httpx.AsyncClient) -> None:
    browser.cookies.set("session", "made-up")
    answer = await browser.get("/api/patients")
    assert (answer.status_code, answer.json()) == (401, {"error": "Log in again."})
    browser.cookies.clear()
    assert (await browser.get("/api/patients")).status_code == 200


async def test_a_letter_is_written_later(browser: httpx.AsyncClient, shop: Shop) -> None:
    assert (await browser.post("/api/patients/123/letter")).status_code == 202
    await shop.jobs.turn()
    assert shop.jobs.done == 1
