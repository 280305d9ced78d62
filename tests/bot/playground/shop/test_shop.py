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
