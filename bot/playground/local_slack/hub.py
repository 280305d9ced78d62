"""Who watches the workspace now, and what are they told?"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from bot.playground.local_slack.refusal import Json


class Hub:
    """Hands every happening to the people whose windows are open."""

    def __init__(self) -> None:
        self._watchers: list[tuple[str, asyncio.Queue[Json]]] = []

    @contextmanager
    def watching(self, user: str) -> Iterator[asyncio.Queue[Json]]:
        queue: asyncio.Queue[Json] = asyncio.Queue()
        watcher = (user, queue)
        self._watchers.append(watcher)
        try:
            yield queue
        finally:
            self._watchers = [known for known in self._watchers if known is not watcher]

    def publish(self, kind: str, *, to: str | None = None, **fields: object) -> None:
        """Tell everybody, or only `to`."""
        for user, queue in self._watchers:
            if to is None or user == to:
                queue.put_nowait({"type": kind, **fields})
