"""What does the shop write into its log? The lines that the runbook looks for.

A line that would repeat within a minute is written once, as a log that somebody has to read.
"""

from collections import deque
from typing import Literal

from bot.clock import Clock

KEPT = 200
AGAIN_AFTER_MS = 60_000
Level = Literal["info", "warn", "error"]


class ShopLog:
    """The last lines, oldest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lines: deque[dict[str, object]] = deque(maxlen=KEPT)
        self._said_ms: dict[str, int] = {}

    def write(self, level: Level, line: str) -> None:
        now_ms = self._clock.now_ms()
        if now_ms - self._said_ms.get(line, -AGAIN_AFTER_MS) < AGAIN_AFTER_MS:
            return
        self._said_ms[line] = now_ms
        self._lines.append({"at_ms": now_ms, "level": level, "line": line})

    def last(self, number: int) -> list[dict[str, object]]:
        return list(self._lines)[-number:]
