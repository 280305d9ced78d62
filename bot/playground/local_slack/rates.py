"""How often may a method be called?

https://docs.slack.dev/apis/web-api/rate-limits
"""

import math
from collections import deque

from bot.clock import Clock
from bot.playground.local_slack.refusal import RateLimited

WINDOW_MS = 60_000
POSTS_A_MINUTE = 300  # "several hundred messages a minute" for the whole workspace


class Rates:
    """One chat.postMessage a second and channel, after `burst` at once; each method by its tier.

    With `strict` false nothing is refused.
    """

    def __init__(self, clock: Clock, *, burst: int = 4, strict: bool = True) -> None:
        self.burst = burst
        self.strict = strict
        self._clock = clock
        self._calls: dict[str, deque[int]] = {}
        self._channels: dict[str, tuple[float, int]] = {}

    def take(self, method: str, channel: str, *, calls_a_minute: int | None) -> None:
        """Count one call. Raises RateLimited."""
        if not self.strict:
            return
        if method == "chat.postMessage":
            self._take_post(channel)
            calls_a_minute = POSTS_A_MINUTE
        if calls_a_minute:
            self._take_call(method, calls_a_minute)

    def _take_call(self, method: str, calls_a_minute: int) -> None:
        now_ms = self._clock.now_ms()
        calls = self._calls.setdefault(method, deque())
        while calls and calls[0] <= now_ms - WINDOW_MS:
            calls.popleft()
        if len(calls) >= calls_a_minute:
            raise RateLimited(math.ceil((calls[0] + WINDOW_MS - now_ms) / 1000))
        calls.append(now_ms)

    def _take_post(self, channel: str) -> None:
        now_ms = self._clock.now_ms()
        left, since_ms = self._channels.get(channel, (float(self.burst), now_ms))
        left = min(float(self.burst), left + (now_ms - since_ms) / 1000)
        if left < 1:
            raise RateLimited(max(1, math.ceil(1 - left)))
        self._channels[channel] = (left - 1, now_ms)
