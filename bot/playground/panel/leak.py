"""How does an application that never closes its connections take every place of a server?

https://redis.io/docs/latest/develop/reference/clients/#maximum-concurrent-connected-clients
"""

from contextlib import AsyncExitStack

from redis.exceptions import RedisError

from bot.clock import Clock
from bot.playground.panel.server import client
from bot.tasks import using

EVERY_S = 0.02
AGAIN_S = 0.5


class Leak:
    """Opens connections until one is refused, holds them, and takes each place that becomes free."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = url
        self._clock = clock

    async def run(self) -> None:
        """Until it is cancelled; then all places are given back."""
        async with AsyncExitStack() as held:
            while True:
                try:
                    async with AsyncExitStack() as taken:  # closed again, if it is refused
                        leaked = await taken.enter_async_context(using(client(self._url)))
                        await leaked.ping()
                        held.push_async_callback(taken.pop_all().aclose)
                    await self._clock.sleep(EVERY_S)
                except (RedisError, OSError):
                    await self._clock.sleep(AGAIN_S)
