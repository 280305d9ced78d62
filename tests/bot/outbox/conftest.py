"""What do the outbox's tests stand on? A store on a file, a local Slack over loopback, a sender between."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import SystemClock
from bot.outbox.pacing import Pacing
from bot.outbox.sender import Sender
from bot.outbox.settling import SetAside
from bot.playground.local_slack import LocalSlack
from bot.playground.serving import serving
from bot.store.records import Records
from bot.store.sqlite import SqliteStore, open_sqlite
from bot.text import redact

CHANNEL = "C0INCIDENTS"
FAST = Pacing(
    lane_ms=5,
    look_up_after_ms=1_000,
    look_again_ms=50,
    hold_ms=100,
    first_wait_ms=20,
    longest_wait_ms=200,
    retry_after_most_ms=60,
    method_ms=2,
    dice=random.Random(1),
)
TOKEN = "xoxb-local-pong"
CLIENT_TIMEOUT_S = 0.7


@pytest.fixture
def clock() -> SystemClock:
    return SystemClock()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = open_sqlite(f"sqlite:///{tmp_path / 'pong.db'}", redact=redact, mirror=lambda event: None)
    yield store
    await store.close()


@pytest.fixture
async def slack(clock: SystemClock) -> AsyncIterator[LocalSlack]:
    """Lenient about rates: what the pacing is for, test_pacing and one story test with the true limits."""
    slack = LocalSlack(clock, rates_strict=False, seed=7)
    async with serving(slack.asgi()) as base_url:
        slack.base_url = base_url  # type: ignore[attr-defined]
        yield slack


class Post:
    """An outbox with a sender that a test can start and stop."""

    def __init__(self, store: SqliteStore, slack: LocalSlack, clock: SystemClock) -> None:
        self.store = store
        self.slack = slack
        self.clock = clock
        self.failed: list[tuple[str, str]] = []

    def sender(self, *, owner: str = "one", token: str = TOKEN, pacing: Pacing = FAST) -> Sender:
        client = AsyncWebClient(
            token,
            base_url=f"{self.slack.base_url}/api/",  # type: ignore[attr-defined]
            timeout=CLIENT_TIMEOUT_S,
            retry_handlers=[],
        )
        return Sender(self.store, client, self.clock, owner=owner, on_failed=self._on_failed, pacing=pacing)

    @contextlib.asynccontextmanager
    async def sending(self, **how: Any) -> AsyncIterator[Sender]:
        sender = self.sender(**how)
        task = asyncio.create_task(sender.run())
        try:
            yield sender
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def say(self, id: str, text: str = "", *, parent: str | None = None, **more: Any) -> None:
        lane = more.pop("lane", CHANNEL)
        klass = {"klass": more.pop("klass")} if "klass" in more else {}
        at_ms = self.clock.now_ms()
        await self.store.write(
            lambda records: records.outbox.post(
                id, {"text": text or id, **more}, lane=lane, parent_id=parent, at_ms=at_ms, **klass
            )
        )

    async def edit(self, id: str, text: str) -> None:
        at_ms = self.clock.now_ms()
        await self.store.write(lambda records: records.outbox.edit(id, {"text": text}, at_ms=at_ms))

    async def counts(self) -> dict[str, int]:
        return await self.store.read(lambda records: records.outbox.counts())

    async def is_empty(self) -> bool:
        counts = await self.counts()
        return not counts.get("pending", 0) and not counts.get("sending", 0)

    async def emptied(self, *, seconds: float = 20) -> None:
        await until(self.is_empty, seconds=seconds)

    def said(self, channel: str = CHANNEL) -> list[str]:
        """Every text in the channel, in the order of Slack's stamps."""
        messages = self.slack.workspace.channels[channel].messages
        return [messages[ts].text for ts in sorted(messages)]

    def calls(self, method: str) -> list[dict[str, Any]]:
        return [call for call in self.slack.calls if call["method"] == method]

    async def _on_failed(self, records: Records, aside: SetAside) -> None:
        self.failed.append((aside.letter.message_id, aside.reason))


@pytest.fixture
def post(store: SqliteStore, slack: LocalSlack, clock: SystemClock) -> Post:
    return Post(store, slack, clock)


async def until(is_so: Callable[[], Any], *, seconds: float = 10) -> None:
    """Wait until `is_so()`, which may be a coroutine function. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while True:
            answer = is_so()
            if await answer if asyncio.iscoroutine(answer) else answer:
                return
            await asyncio.sleep(0.01)


@pytest.fixture(name="until")
def until_fixture() -> Callable[..., Any]:
    return until


@pytest.fixture
def make_post() -> type[Post]:
    return Post
