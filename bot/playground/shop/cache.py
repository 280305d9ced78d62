"""How does the shop use Redis, and how does it do without?

Every use asks once with a short time-out; a failure is counted and answered with "do without".
"""

from collections import deque
from collections.abc import Awaitable
from typing import TypeVar

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as TooSlow

ANSWERS_WITHIN_S = 0.25
LOOKUPS_REMEMBERED = 200
T = TypeVar("T")


class Usage:
    """Asks Redis and remembers how that went."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.is_connected = False
        self.errors_in_a_row = 0
        self._hits: deque[bool] = deque(maxlen=LOOKUPS_REMEMBERED)

    async def ask(self, question: Awaitable[T]) -> T | None:
        """The answer, or None when Redis gave none or an error."""
        try:
            answer = await question
        except (NotConnected, TooSlow, OSError):
            self.is_connected = False
            self.errors_in_a_row += 1
            return None
        except ResponseError:  # it answers, and says no: out of memory, read-only, no permission
            self._answered()
            return None
        except RedisError:
            self.errors_in_a_row += 1
            return None
        self._answered()
        return answer

    async def look_up(self, key: str) -> bytes | None:
        """A cached answer, counted as a hit or a miss."""
        found = await self.read(key)
        self._hits.append(found is not None)
        return found

    async def read(self, key: str) -> bytes | None:
        """What stands under `key`."""
        found = await self.ask(self.redis.get(key))
        return found.encode() if isinstance(found, str) else found

    @property
    def hit_rate(self) -> float:
        """Of the last look-ups, 0 to 1."""
        return sum(self._hits) / len(self._hits) if self._hits else 0.0

    @property
    def has_looked_up(self) -> bool:
        return bool(self._hits)

    def _answered(self) -> None:
        self.is_connected = True
        self.errors_in_a_row = 0
