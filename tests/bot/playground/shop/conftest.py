"""What do the shop's tests share?"""

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.clock import SystemClock
from bot.playground.panel.server import RedisServer, client
from bot.playground.shop.routes import shop_app
from bot.playground.shop.shop import Shop


@pytest.fixture
async def shop(server: RedisServer) -> AsyncIterator[Shop]:
    async with client(server.configuration.url("shop"), timeout_s=0.25) as redis:
        shop = Shop(redis, SystemClock())
        yield shop
        shop.records.close()


@pytest.fixture
async def browser(shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=shop_app(shop))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client
