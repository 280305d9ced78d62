from bot.playground.panel.server import RedisServer
from bot.playground.shop.figures import shop_figures
from bot.playground.shop.shop import Shop
from bot.playground.shop.visitors import Experience


async def test_the_figures_follow_the_last_request(shop: Shop, server: RedisServer) -> None:
    await shop.may_ask("maya")
    figures = shop_figures(shop, Experience(), now_s=0.0)["shop"]
    assert (figures["status"], figures["redis"], figures["rate_limit"]) == ("healthy", "connected", "on")
    assert (figures["limited_per_min"], figures["logged_in"], figures["queue_depth"]) == (0, 0, 0)
    assert (figures["answer_ms"], figures["cache_hit_rate"]) == (None, None)
    await server.stop()
    await shop.may_ask("maya")
    shown = shop_figures(shop, Experience(), now_s=0.0)
    assert [entry["line"] for entry in shown["shop_log"]][-2:] == [
        "Redis connection refused",
        "Redis unavailable, rate limiting disabled",
    ]
    figures = shown["shop"]
    assert (figures["status"], figures["redis"], figures["rate_limit"]) == ("degraded", "disconnected", "off")
