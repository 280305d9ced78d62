"""How does the shop use Redis, and how does it do without?

Every use asks once with a short time-out; a failure is counted, logged and answered with "do without".
"""

from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeVar

from redis.asyncio import Redis
from redis.exceptions import (
    BusyLoadingError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
)
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import TimeoutError as TooSlow

from bot.playground.shop.log import ShopLog

ANSWERS_WITHIN_S = 0.25
LOOKUPS_REMEMBERED = 200
CODES: dict[type, str] = {OutOfMemoryError: "OOM", ReadOnlyError: "READONLY", NoPermissionError: "NOPERM"}
T = TypeVar("T")


class Usage:
    """Asks Redis and remembers how that went."""

    def __init__(self, redis: Redis, log: ShopLog) -> None:
        self.redis = redis
        self._log = log
        self.is_connected = False
        self.errors_in_a_row = 0
        self.is_cut_off: Callable[[], bool] = lambda: False
        self._hits: deque[bool] = deque(maxlen=LOOKUPS_REMEMBERED)

    async def ask(self, question: Awaitable[T]) -> T | None:
        """The answer, or None when Redis gave none or an error."""
        try:
            answer = await question
            if self.is_cut_off():
                raise NotConnected("Connection closed by server.")
        except (BusyLoadingError, NotConnected, TooSlow, OSError) as error:
            self._failed(_line_about(error))
            return None
        except ResponseError as error:  # it answers, and says no: out of memory, read-only, no permission
            self._log.write("error", _line_about(error))
            if not str(error).startswith("BUSY"):
                self._answered()
            return None
        except RedisError as error:
            self._failed(_line_about(error))
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

    def _failed(self, line: str) -> None:
        if self.is_connected:
            self._log.write("warn", "Redis disconnected")
        self._log.write("error", line)
        self.is_connected = False
        self.errors_in_a_row += 1

    def _answered(self) -> None:
        if not self.is_connected:
            self._log.write("info", "Redis connected")
            self._log.write("info", "Redis ready")
        self.is_connected = True
        self.errors_in_a_row = 0


def _line_about(error: Exception) -> str:
    """In the words that the runbook looks for."""
    if isinstance(error, TooSlow):
        return "Redis connection timeout"
    if isinstance(error, ResponseError):
        return f"Redis error: {_own_words(error)}"
    if "Connect call failed" in str(error) or "refused" in str(error):
        return "Redis connection refused"
    if "max number of clients" in str(error):
        return "Too many clients"
    return f"Redis error: {error}"


def _own_words(error: ResponseError) -> str:
    """What Redis said, with the code that redis-py takes off and without the command that it adds."""
    said = str(error).rpartition("caused error: ")[2].strip("()\"',")
    code = CODES.get(type(error), "")
    return f"{code} {said}".strip()
