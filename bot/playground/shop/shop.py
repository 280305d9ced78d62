"""What does the shop do for its visitors, with Redis and without?

Rate limits, sessions and a cache as the runbook describes them; without Redis there is no rate limit,
sessions live in the database and every context is computed anew.
"""

import json
import secrets
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis

from bot.clock import Clock
from bot.playground.shop.cache import Usage
from bot.playground.shop.jobs import Jobs
from bot.playground.shop.log import ShopLog
from bot.playground.shop.records import Records

REQUESTS_A_WINDOW = 20
WINDOW_S = 60
SESSION_LIVES_S = 1_800
CONTEXT_LIVES_S = 120
SLOW_QUERY_S = 0.2


@dataclass(frozen=True)
class Context:
    """A patient's context and where it came from."""

    body: dict[str, object]
    is_cached: bool


class Shop:
    """The application itself; `routes.py` puts it on HTTP."""

    def __init__(self, redis: Redis, clock: Clock, *, database: Path | None = None) -> None:
        self.log = ShopLog(clock)
        self.usage = Usage(redis, self.log)
        self.records = Records(database)
        self.jobs = Jobs(redis, self.usage, self.records, clock)
        self.limited_at_s: deque[float] = deque(maxlen=10_000)
        self._logged_in: dict[str, int] = {}  # a session's token, and when it ends
        self.is_limiting = True
        self._redis = redis
        self._clock = clock

    async def may_ask(self, visitor: str) -> bool:
        """Is `visitor` within the limit? Without Redis everybody is."""
        # One MULTI: a crash between the two would leave a counter that never ends.
        pipeline = self._redis.pipeline(transaction=True)
        key = f"ratelimit:{visitor}"
        pipeline.set(key, 0, ex=WINDOW_S, nx=True)
        pipeline.incr(key)
        replies = await self.usage.ask(pipeline.execute())
        self._note_limiting(is_limiting=replies is not None)
        if replies is None or int(replies[1]) <= REQUESTS_A_WINDOW:
            return True
        self.limited_at_s.append(self._clock.monotonic_s())
        return False

    async def log_in(self, email: str) -> str:
        """A new session's token."""
        token = secrets.token_urlsafe(16)
        expires_ms = self._clock.now_ms() + SESSION_LIVES_S * 1000
        kept = await self.usage.ask(self._redis.set(f"session:{token}", email, ex=SESSION_LIVES_S))
        if not kept:
            self.records.keep_session(token, email, expires_ms=expires_ms)
        self._logged_in[token] = expires_ms
        return token

    def logged_in(self) -> int:
        """How many sessions are open, as far as the shop has seen."""
        now_ms = self._clock.now_ms()
        self._logged_in = {token: ends for token, ends in self._logged_in.items() if ends > now_ms}
        return len(self._logged_in)

    def limited_a_minute(self) -> int:
        now_s = self._clock.monotonic_s()
        return sum(now_s - at_s < WINDOW_S for at_s in self.limited_at_s)

    async def who(self, token: str) -> str | None:
        """Whose session `token` is, from Redis or, failing that, from the database."""
        found = await self.usage.read(f"session:{token}")
        who = found.decode() if found else self.records.session(token, self._clock.now_ms())
        if who is None and self.usage.is_connected:
            self._logged_in.pop(token, None)  # Redis lost it: this person has to log in again
        return who

    async def context(self, number: int) -> Context | None:
        """A patient's context: from the cache, else from the slow query."""
        key = _cache_key(number)
        if found := await self.usage.look_up(key):
            return Context(json.loads(found), is_cached=True)
        body = await self._slow_query(number)
        if body is None:
            return None
        await self.usage.ask(self._redis.set(key, json.dumps(body), ex=CONTEXT_LIVES_S))
        return Context(body, is_cached=False)

    async def warm(self) -> None:
        """Fill the cache with every patient's context, so that the first visitors do not wait."""
        for patient in self.records.patients():
            body = json.dumps(self._context_of(patient))
            await self.usage.ask(self._redis.set(_cache_key(patient["id"]), body, ex=CONTEXT_LIVES_S))

    async def ping(self) -> bool:
        """Does Redis answer now?"""
        return bool(await self.usage.ask(self._redis.ping()))

    async def connections(self) -> int:
        """Connections that Redis has open for the shop; 0 when it does not say."""
        info = await self.usage.ask(self._redis.info("clients"))
        return int(info["connected_clients"]) if info else 0

    def _note_limiting(self, *, is_limiting: bool) -> None:
        if self.is_limiting and not is_limiting:
            self.log.write("warn", "Redis unavailable, rate limiting disabled")
        self.is_limiting = is_limiting

    async def _slow_query(self, number: int) -> dict[str, object] | None:
        await self._clock.sleep(SLOW_QUERY_S)  # the joins of a real record
        patient = self.records.patient(number)
        return self._context_of(patient) if patient else None

    def _context_of(self, patient: dict[str, object]) -> dict[str, object]:
        return {**patient, "visits": [{"plan": "follow-up in two weeks"}]}


def _cache_key(number: object) -> str:
    return f"cache:patient:{number}:context"
