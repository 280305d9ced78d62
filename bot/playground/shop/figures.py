"""What does the panel show of the shop?"""

from typing import Any

from bot.playground.shop.shop import Shop
from bot.playground.shop.visitors import Experience


def shop_figures(shop: Shop, experience: Experience, *, now_s: float) -> dict[str, Any]:
    """As the shop saw it at its last request: nothing is asked for this."""
    is_connected = shop.usage.is_connected
    return {
        "status": "healthy" if is_connected else "degraded",
        "redis": "connected" if is_connected else "disconnected",
        "rate_limit": "on" if is_connected and shop.is_limiting else "off",
        "answer_ms": experience.answer_ms(),
        "cache_hit_rate": shop.usage.hit_rate if shop.usage.has_looked_up else None,
        "requests_per_s": experience.requests_per_s(now_s),
    }
