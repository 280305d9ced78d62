from bot.clock import SystemClock
from bot.playground.panel.server import RedisServer
from bot.playground.shop.records import FIRST_PATIENT
from bot.playground.shop.shop import SLOW_QUERY_S, Shop


async def test_a_miss_is_slow_and_a_hit_is_fast(shop: Shop) -> None:
    clock = SystemClock()
    began_s = clock.monotonic_s()
    miss = await shop.context(FIRST_PATIENT)
    between_s = clock.monotonic_s()
    hit = await shop.context(FIRST_PATIENT)
    assert miss
    assert hit
    assert (miss.is_cached, hit.is_cached) == (False, True)
    assert between_s - began_s >= SLOW_QUERY_S > clock.monotonic_s() - between_s


async def test_a_warm_cache_spares_the_first_visitor_the_slow_query(shop: Shop) -> None:
    await shop.warm()
    context = await shop.context(FIRST_PATIENT)
    assert context
    assert context.is_cached


async def test_an_unknown_token_is_nobodys(shop: Shop, server: RedisServer) -> None:
    assert await shop.who("made-up") is None
    await server.stop()
    assert await shop.who("made-up") is None


async def test_a_session_that_redis_lost_is_no_longer_counted(shop: Shop, server: RedisServer) -> None:
    token = await shop.log_in("maya@example.com")
    assert (shop.logged_in(), await shop.who(token)) == (1, "maya@example.com")
    await server.kill()
    assert await shop.who(token) is None
    assert shop.logged_in() == 1  # nobody knows yet: Redis is away
    await server.start()
    assert await shop.who(token) is None
    assert shop.logged_in() == 0


async def test_sessions_go_to_the_database_while_redis_is_away(shop: Shop, server: RedisServer) -> None:
    await server.stop()
    token = await shop.log_in("maya@example.com")
    assert await shop.who(token) == "maya@example.com"
    await server.start()
    assert await shop.who(token) == "maya@example.com"


async def test_the_limit_is_counted_and_off_without_redis(shop: Shop, server: RedisServer) -> None:
    asked = [await shop.may_ask("maya") for _ in range(25)]
    assert (asked.count(True), shop.limited_a_minute()) == (20, 5)
    await server.stop()
    assert await shop.may_ask("maya")
    assert not shop.is_limiting
