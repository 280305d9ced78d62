from bot.playground.panel.server import RedisServer
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
