"""How fast may Pong talk to Slack, and how long does it wait when something went wrong?

https://docs.slack.dev/apis/web-api/rate-limits
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.store.sending import UPDATE, Letter

HISTORY = "conversations.history"
REPLIES = "conversations.replies"
JOIN = "conversations.join"
UPLOAD = "files.getUploadURLExternal"

_PACED = {UPDATE, HISTORY, REPLIES, JOIN}


@dataclass(frozen=True, kw_only=True)
class Pacing:
    """Lengths in milliseconds. `dice` gives the waits their jitter.

    `look_up_after_ms` is longer than the request's own time-out: until then the answer may still come, and
    the message with it. `clock_skew_ms` is by how much this machine's clock may run ahead of Slack's.
    """

    lane_ms: int = 1_000
    lease_ms: int = 30_000
    look_up_after_ms: int = 15_000
    look_again_ms: int = 5_000
    hold_ms: int = 30_000
    clock_skew_ms: int = 60 * 60 * 1_000
    first_wait_ms: int = 1_000
    longest_wait_ms: int = 60_000
    retry_after_most_ms: int = 5 * 60 * 1_000
    # 46 a minute and 4 at once: the methods of tier 3 allow 50 a minute.
    method_ms: int = 1_300
    method_burst: int = 4
    strange_tries: int = 5
    dice: random.Random = field(default_factory=random.Random, compare=False)

    @property
    def longest_ms(self) -> int:
        """No wait reaches further ahead than this."""
        waits_ms = (
            self.lease_ms,
            self.look_up_after_ms,
            self.look_again_ms,
            self.hold_ms,
            self.longest_wait_ms,
        )
        return max(waits_ms) + self.retry_after_most_ms + self.ahead_ms

    @property
    def ahead_ms(self) -> int:
        """How far a method's calls may be ahead of its budget."""
        return self.method_ms * (self.method_burst - 1)

    def backoff_ms(self, attempts: int) -> int:
        """The wait after so many attempts: doubling, bounded, with up to a half taken off by the dice."""
        full_ms = min(self.longest_wait_ms, self.first_wait_ms * 2 ** min(max(0, attempts - 1), 20))
        return self.jittered_ms(full_ms)

    def jittered_ms(self, full_ms: int) -> int:
        return round(full_ms * (0.5 + self.dice.random() / 2))

    def asked_ms(self, retry_after_s: float) -> int:
        """What Slack asked for, within reason: a mistaken header must not silence a channel for a day."""
        return min(round(retry_after_s * 1_000), self.retry_after_most_ms)


class Budgets:
    """When each method may be called again.

    A spent budget stands at the time until which its calls are spoken for; `method_burst` calls may be
    ahead of it. https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
    """

    def __init__(self, spent: Mapping[str, int], pacing: Pacing) -> None:
        self._spent = spent
        self._pacing = pacing

    def ready_ms(self, method: str) -> int:
        """From when on `method` may be called."""
        return self._spent.get(method, 0) - self._pacing.ahead_ms

    def after_call_ms(self, method: str, *, now_ms: int) -> int | None:
        """What to note when it is called; None for a method that is not paced."""
        if method not in _PACED:
            return None
        spent_ms = self._spent.get(method, 0)
        if spent_ms > now_ms + self._pacing.longest_ms:
            spent_ms = now_ms  # noted before the machine's clock was set back
        return max(spent_ms, now_ms) + self._pacing.method_ms

    def after_refusal_ms(self, retry_after_s: float, *, now_ms: int) -> int:
        """What to note when Slack asked to wait."""
        return now_ms + self._pacing.asked_ms(retry_after_s) + self._pacing.ahead_ms


def look_up_method(letter: Letter) -> str:
    return REPLIES if letter.thread_ts else HISTORY
