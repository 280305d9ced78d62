import asyncio
import contextlib

from bot.clock import SystemClock
from bot.playground.panel.server import RedisServer
from bot.playground.serving import serving
from bot.playground.shop.routes import shop_app
from bot.playground.shop.shop import Shop
from bot.playground.shop.visitors import Experience, Visitors
from tests.bot.playground.conftest import Eventually


async def test_visitors_go_on_while_redis_goes_away(
    shop: Shop, server: RedisServer, eventually: Eventually
) -> None:
    async with serving(shop_app(shop)) as url:
        visitors = Visitors(url, SystemClock())
        task = asyncio.create_task(visitors.run())

        async def has_looked() -> object:
            return len(visitors.experience.asked_at_s) >= 4

        await eventually(has_looked)
        await server.stop()
        seen = len(visitors.experience.asked_at_s)

        async def goes_on() -> object:
            return len(visitors.experience.asked_at_s) >= seen + 4

        await eventually(goes_on)
        assert not task.done()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def test_experience_is_the_median_and_the_recent_rate() -> None:
    experience = Experience()
    assert experience.answer_ms() is None
    for began_s, took_s in ((0.0, 0.01), (50.0, 0.2), (55.0, 0.02)):
        experience.note(began_s, began_s + took_s)
    assert round(experience.answer_ms() or 0) == 20
    assert experience.requests_per_s(56.0) == 0.2
