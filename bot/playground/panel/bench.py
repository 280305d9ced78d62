"""On what does breaking stand? The server, the way to it, and what goes on breaking beside."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.clock import Clock
from bot.playground.panel.proxy import Proxy
from bot.playground.panel.server import RedisServer, ServerState, client
from bot.tasks import end_tasks, using

ANSWERS_WITHIN_S = 5.0
Work = Callable[[], Coroutine[Any, Any, None]]

# What lasts under these names is the shop's own trouble: to start Redis anew mends none of it.
LOST, LEAK, FALLBACK, SHOP_PASSWORD = "lost", "leak", "fallback", "shop-password"
OF_THE_SHOP = {LOST, FALLBACK}


async def _nothing() -> None:
    """A shop that nobody runs has no connections."""


class Bench:
    """`broken` names the breakages that last until somebody mends them; `said` is what failed last."""

    def __init__(self, server: RedisServer, proxy: Proxy, clock: Clock, *, shop_url: str) -> None:
        self.server = server
        self.proxy = proxy
        self.clock = clock
        self.shop_url = shop_url
        self.broken: set[str] = set()
        self.said = ""
        self.shop_login = ("shop", server.configuration.passwords["shop"])
        self.shop_connects_anew: Callable[[], Coroutine[Any, Any, None]] = _nothing
        self._going_on: dict[str, asyncio.Task[None]] = {}

    def redis(self) -> AbstractAsyncContextManager[Redis]:
        """A client with every right, past the proxy."""
        return using(client(self.server.configuration.url("panel"), timeout_s=ANSWERS_WITHIN_S))

    async def start(self, *, with_snapshot: bool = False) -> None:
        """Start the server as its configuration has it: what was changed while it ran is gone."""
        if not self.server.pid:
            self.broken &= OF_THE_SHOP
            self.shop_login = ("shop", self.server.configuration.passwords["shop"])
        await self.server.start(with_snapshot=with_snapshot)
        await self.proxy.open()

    async def stop(self) -> None:
        await self.proxy.close()
        await self.server.stop()

    async def kill(self) -> None:
        await self.proxy.close()
        await self.server.kill()

    async def restart(self) -> None:
        """As a service manager does: end it, whatever its state, and begin it anew."""
        await (self.kill() if self.server.state is ServerState.FROZEN else self.stop())
        await self.start()

    async def restart_shop(self) -> None:
        """It comes back with a new pool: what it lost, and what it leaked, is gone."""
        self.broken.discard(LOST)
        await self.end(LEAK)

    @property
    def shop_has_no_redis(self) -> bool:
        """Its pool is dead, or somebody told it to do without."""
        return bool(self.broken & OF_THE_SHOP)

    def go_on(self, name: str, work: Work, *, ended: str) -> None:
        """Do `work` beside; when Redis goes away meanwhile, `ended` is said."""
        self._going_on[name] = asyncio.create_task(self._watched(work, ended))

    def goes_on(self, name: str) -> bool:
        task = self._going_on.get(name)
        return task is not None and not task.done()

    async def end(self, name: str) -> None:
        """End what goes on beside under `name`, if it does."""
        if task := self._going_on.pop(name, None):
            await end_tasks(task)

    async def close(self) -> None:
        await end_tasks(*self._going_on.values())
        self._going_on.clear()
        await self.proxy.close()

    async def _watched(self, work: Work, ended: str) -> None:
        try:
            await work()
        except (RedisError, OSError):
            self.said = ended
