"""What does the panel show of the shop?"""

from typing import Any

from bot.playground.shop.shop import Shop
from bot.playground.shop.visitors import Experience

LINES_SHOWN = 30


def shop_figures(shop: Shop, experience: Experience, *, now_s: float) -> dict[str, Any]:
    """{shop, shop_log}, as the shop saw it at its last requests: nothing is asked for this."""
    is_connected = shop.usage.is_connected
    figures = {
        "status": "healthy" if is_connected else "degraded",
        "redis": "connected" if is_connected else "disconnected",
        "rate_limit": "on" if is_connected and shop.is_limiting else "off",
        "answer_ms": experience.answer_ms(),
        "cache_hit_rate": shop.usage.hit_rate if shop.usage.has_looked_up else None,
        "requests_per_s": experience.requests_per_s(now_s),
        "limited_per_min": shop.limited_a_minute(),
        "logged_in": shop.logged_in(),
        "queue_depth": shop.jobs.depth,
    }
    return {"shop": figures, "shop_log": shop.log.last(LINES_SHOWN)}
