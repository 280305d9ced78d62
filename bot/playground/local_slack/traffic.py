"""What did the app and Slack say to each other last?

For the developers' drawer of the page. Tokens and signatures are left out before anything is noted.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, Literal

from bot.clock import Clock
from bot.playground.local_slack.refusal import Json

KEPT = 200


class Traffic:
    """Remembers the last 200 exchanges, each once it is complete."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = count(1)
        self._kept: deque[Json] = deque(maxlen=KEPT)
        self._watchers: list[asyncio.Queue[Json]] = []

    def note(
        self, sender: Literal["pong", "slack"], what: str, *, sent: Any, status: int | None, answer: Any
    ) -> None:
        """`what` is a method, or the kind of what was delivered; `status` an HTTP status, 0 for no answer."""
        entry = {
            "n": next(self._numbers),
            "at_ms": self._clock.now_ms(),
            "from": sender,
            "what": what,
            "sent": sent,
            "status": status,
            "answer": answer,
        }
        self._kept.append(entry)
        for queue in self._watchers:
            queue.put_nowait(entry)

    @contextmanager
    def watching(self) -> Iterator[asyncio.Queue[Json]]:
        """A queue with what is remembered, and then with what comes."""
        queue: asyncio.Queue[Json] = asyncio.Queue()
        for entry in self._kept:
            queue.put_nowait(entry)
        self._watchers.append(queue)
        try:
            yield queue
        finally:
            self._watchers = [known for known in self._watchers if known is not queue]
