from bot.playground.panel.server import RedisServer, client
from bot.playground.shop.shop import Shop


async def test_the_hit_rate_is_of_the_last_look_ups(shop: Shop) -> None:
    assert not shop.usage.has_looked_up
    await shop.usage.look_up("cache:nothing")
    assert shop.usage.hit_rate == 0
    await shop.usage.redis.set("cache:there", "x")
    for _ in range(3):
        await shop.usage.look_up("cache:there")
    assert shop.usage.hit_rate == 0.75


async def test_failures_are_counted_until_redis_answers_again(shop: Shop, server: RedisServer) -> None:
    await server.stop()
    for _ in range(3):
        assert await shop.usage.read("cache:1") is None
    assert (shop.usage.errors_in_a_row, shop.usage.is_connected) == (3, False)
    await server.start()
    await shop.usage.read("cache:1")
    assert (shop.usage.errors_in_a_row, shop.usage.is_connected) == (0, True)


async def test_a_refusal_by_redis_is_no_lost_connection(shop: Shop) -> None:
    assert await shop.usage.ask(shop.usage.redis.get("forbidden:key")) is None
    assert shop.usage.is_connected


async def test_the_log_has_the_lines_that_people_look_for(shop: Shop, server: RedisServer) -> None:
    await shop.usage.read("cache:1")
    await server.stop()
    await shop.usage.read("cache:1")
    await server.start()
    await server.freeze()
    await shop.usage.read("cache:1")
    lines = [(entry["level"], entry["line"]) for entry in shop.log.last(10)]
    assert lines == [
        ("info", "Redis connected"),
        ("info", "Redis ready"),
        ("warn", "Redis disconnected"),
        ("error", "Redis connection refused"),
        ("error", "Redis connection timeout"),
    ]


async def test_what_redis_refuses_stands_in_the_log_in_its_own_words(shop: Shop, server: RedisServer) -> None:
    async with client(server.configuration.url("panel")) as panel:
        await panel.config_set("maxmemory", "1")
    await shop.may_ask("maya")
    said = [entry["line"] for entry in shop.log.last(10)]
    assert "Redis error: OOM command not allowed when used memory > 'maxmemory'." in said
